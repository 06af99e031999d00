#!/usr/bin/env bash
# Every example of policy/examples.tsv that is one person's bill is a passing case of a document of
# its place and day, its parameters compared and never fed in; and the check finds what is broken.
set -eu
cd "$(dirname "$0")/.."
y=$PWD/build/yiheng
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ln -s "$PWD/catalogs" "$tmp/catalogs"
$y policy examples > "$tmp/out" || { cat "$tmp/out"; exit 1; }
cat "$tmp/out"
grep -q '^例子 80 个：通过 80 个' "$tmp/out" || { echo "80 examples are wanted"; exit 1; }

# What must be found out: WHY FILE SED-COMMAND WORDS
broken() {
    rm -rf "$tmp/policy"
    cp -r policy "$tmp/policy"
    sed -i "$3" "$tmp/policy/$2"
    ! cmp -s "policy/$2" "$tmp/policy/$2" || { echo "$1: nothing was changed"; exit 1; }
    if (cd "$tmp" && "$y" policy examples --catalogs catalogs) > "$tmp/out"; then
        echo "$1: was not found out"
        exit 1
    fi
    grep -q "$4" "$tmp/out" || { echo "$1: said"; cat "$tmp/out"; exit 1; }
}
broken "an expected figure that differs" examples.tsv 's/serious_pay=14450.00/serious_pay=14450.01/' 'E003：serious_pay'
broken "a parameter that differs" examples.tsv '/^E073/s/rate=0.85/rate=0.86/' 'E073：rate'
broken "an input that differs" examples.tsv '/^E037/s/continuous_months=12/continuous_months=13/' 'E037：continuous_months'
broken "a rate changed in the document" 330700/310-2024.md 's/三级 85% |/三级 84% |/' 'E073：.*没有通过'
broken "a case that is gone" 330700/390-2024.md '/E077/d' 'E077：没有一份文件'
broken "a parameter that is no longer compared" 330800/310-2021.md 's/起付总额(基本统筹)/说明/' 'E081：deductible_year_cap'
broken "an example of another place" examples.tsv '/^E077/s/金华市/泉州市/' 'E077：是泉州市的例子'
broken "an example of another day" examples.tsv '/^E077/s/2024-01-01/2020-01-01/' 'E077：日期不在'
broken "another level" examples.tsv '/^E077/s/三级/二级/' 'E077：二级'
broken "a name without a rule" examples.tsv '/^E077/s/policy_fee/policy_fees/' 'E077：policy_fees 没有规则'
broken "said to be impossible, yet it stands" examples-open.tsv 's/^E079\treading/E079\tcannot/' 'E079：列为说不出来'
echo "11 broken tables are found out"
