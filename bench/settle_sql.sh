#!/usr/bin/env bash
# settle as SQL beside a PL/pgSQL function of the same rules, on one PostgreSQL backend.
# Input: ROWS (1,000,000) invented bills under policy/990101/390-2026.md with what it includes: inpatient,
# chronic, outpatient and two-disease visits, three levels, first to third stay, home and elsewhere with and
# without filing, four identity classes, costs and the year's accumulators spread by multiplication with primes.
# Both functions take facts, four costs and accumulators and answer the same composite; every answer is
# compared before anything is timed.
# needs: postgresql-15 postgresql-server-dev-15
set -eu
cd "$(dirname "$0")/.."
rows=${ROWS:-1000000}
. tests/cluster.inc
make -s ext
home=$dir/home
mkdir -p "$home/catalogs/chs-drg"
cp -R policy "$home/policy"
cp -R catalogs/kinds.tsv catalogs/regions.tsv catalogs/terms "$home/catalogs/"
cp ext/postgres/yiheng.so "$dir/yiheng.so"
chmod -R a+rX "$home" "$dir/yiheng.so"
settings="shared_preload_libraries = '$dir/yiheng.so'
yiheng.home = '$home'
max_parallel_workers_per_gather = 0
jit = off"
cluster_start one
sed -e '/^\\echo/d' -e "s|'MODULE_PATHNAME'|'$dir/yiheng.so'|" ext/postgres/yiheng--0.1.sql >"$dir/yiheng.sql"
run() { as_postgres "$pgbin/psql" -h "$socket" -p "$port" -U postgres -qAtX -v ON_ERROR_STOP=1 -d postgres "$@"; }
run -f - <"$dir/yiheng.sql"
v=$(run -c 'SELECT yiheng_version()')
like='{"region":"990101","scheme":"390","begin":"2026-03-10","end":"2026-03-18","facts":{"就医类别":"住院","人员":"成年居民","身份":[],"级别":"三级","次数":1,"年龄":40}}'
at() { # the place of an accumulator in the array
    run -c "SELECT n FROM json_array_elements_text(yiheng_standing('$v', '$like')) WITH ORDINALITY AS t(name, n) WHERE name = '$1'"
}
clinic=$(at 门诊统筹.已付) two=$(at 两病门诊.已付) disease=$(at 两病门诊.已付.病种) basic=$(at 基本统筹.已付) begun=$(at 基本统筹.起付) stay=$(at 基本统筹.起付.次)
sum=$(at 大病保险.累计) serious=$(at 大病保险.已付) assist=$(at 医疗救助.已付) edge=$(at 医疗救助.起付)
tilt=$(at 倾斜救助.已付) burden=$(at 倾斜救助.累计)
width=$(run -c "SELECT json_array_length(yiheng_standing('$v', '$like'))")
# The document's rules, written for PL/pgSQL as one would: the same inputs, the same answer, accumulators
# included.  It is given the facts as jsonb, already parsed; yiheng_pay gets them as text.
run -f - <<SQL
CREATE FUNCTION plain_pay(facts jsonb, outside bigint, over bigint, first bigint, scope bigint, standing bigint[])
RETURNS yiheng_payment LANGUAGE plpgsql IMMUTABLE AS \$\$
DECLARE
    f jsonb := facts -> 'facts';
    visit text := f ->> '就医类别'; level text := f ->> '级别'; place text := coalesce(f ->> '就医地', '本地');
    filed text := coalesce(f ->> '备案', '无需备案'); nth int := coalesce((f ->> '次数')::int, 1);
    poor boolean := f -> '身份' ? '特困'; low boolean := f -> '身份' ? '低保';
    back boolean := f -> '身份' ? '返贫致贫'; near boolean := f -> '身份' ? '低保边缘';
    p yiheng_payment; s bigint[] := standing;
    rest bigint := scope; rate int; deduct bigint := 0; due bigint; start bigint; cut bigint; f1 bigint; f2 bigint; extra int;
BEGIN
    p.hifp_pay := 0; p.hifmi_pay := 0; p.maf_pay := 0;
    p.cvlserv_pay := 0; p.hifes_pay := 0; p.hifob_pay := 0; p.hifdm_pay := 0; p.oth_pay := 0;
    IF level = '未定级' THEN level := '一级'; END IF;
    IF visit = '门诊' THEN                                            -- 第六条
        rate := CASE level WHEN '一级' THEN 50 WHEN '二级' THEN 40 ELSE 0 END;
        due := (scope * rate + 50) / 100;
        due := greatest(least(due, 50000 - s[$clinic]), 0);
        s[$clinic] := s[$clinic] + due; p.hifp_pay := due; rest := rest - due;
    ELSIF visit = '门诊两病' THEN                                     -- 第七条
        due := (scope * 60 + 50) / 100;
        due := greatest(least(due, CASE f ->> '病种' WHEN '高血压' THEN 40000 WHEN '糖尿病' THEN 60000 ELSE 0 END - s[$disease]), 0);
        s[$disease] := s[$disease] + due; s[$two] := s[$two] + due; p.hifp_pay := due; rest := rest - due;
    ELSE
        IF visit = '住院' THEN                                        -- 第八条, 第九条
            IF NOT poor AND nth < 3 THEN
                deduct := CASE level WHEN '一级' THEN 10000 WHEN '二级' THEN 30000 ELSE 80000 END;
                IF nth = 2 THEN deduct := deduct / 2; END IF;
            END IF;
            rate := CASE level WHEN '一级' THEN 80 WHEN '二级' THEN 70 ELSE 60 END;
            IF place <> '本地' THEN
                IF filed = '未备案' THEN rate := rate - 20;
                ELSIF filed <> '无需备案' THEN rate := rate - 10; END IF;
            END IF;
        ELSE                                                          -- 第十一条
            deduct := greatest(20000 - s[$begun], 0); rate := 60;
        END IF;
        deduct := least(deduct, scope);
        IF visit = '住院' THEN s[$stay] := s[$stay] + deduct; ELSE s[$begun] := s[$begun] + deduct; END IF;
        due := ((scope - deduct) * rate + 50) / 100;
        due := greatest(least(due, 10000000 - s[$basic]), 0);         -- 第十条
        s[$basic] := s[$basic] + due; p.hifp_pay := due; rest := rest - due;
        start := 1400000; extra := 0;                                 -- 第十四条, 第十五条
        IF poor OR low OR back THEN start := 700000; extra := 5; END IF;
        f1 := (greatest(least(s[$sum], 10000000) - start, 0) * (60 + extra) + greatest(s[$sum] - 10000000, 0) * (70 + extra) + 50) / 100;
        f2 := (greatest(least(s[$sum] + rest, 10000000) - start, 0) * (60 + extra) + greatest(s[$sum] + rest - 10000000, 0) * (70 + extra) + 50) / 100;
        s[$sum] := s[$sum] + rest;
        due := least(f2 - f1, rest);
        IF extra = 0 THEN due := greatest(least(due, 30000000 - s[$serious]), 0); END IF;
        s[$serious] := s[$serious] + due; p.hifmi_pay := due; rest := rest - due;
        due := 0;                                                     -- 第二十条
        IF poor THEN due := rest;
        ELSIF low OR back THEN due := greatest(least((rest * 70 + 50) / 100, 3000000 - s[$assist]), 0);
        ELSIF near THEN
            cut := least(greatest(300000 - s[$edge], 0), rest);
            s[$edge] := s[$edge] + cut;
            due := greatest(least(((rest - cut) * 60 + 50) / 100, 3000000 - s[$assist]), 0);
        END IF;
        s[$assist] := s[$assist] + due; p.maf_pay := due; rest := rest - due;
        IF low OR back THEN                                           -- 第二十一条
            f1 := (greatest(s[$burden] - 500000, 0) * 50 + 50) / 100;
            f2 := (greatest(s[$burden] + rest - 500000, 0) * 50 + 50) / 100;
            s[$burden] := s[$burden] + rest;
            due := greatest(least(least(f2 - f1, rest), 1000000 - s[$tilt]), 0);
            s[$tilt] := s[$tilt] + due; p.maf_pay := p.maf_pay + due; rest := rest - due;
        END IF;
    END IF;
    p.total := outside + over + first + scope;
    p.fund := p.hifp_pay + p.hifmi_pay + p.maf_pay;
    p.person := p.total - p.fund; p.hospital := 0; p.deductible := deduct; p.to_person := 0; p.standing := s;
    RETURN p;
END \$\$;
CREATE TABLE stay AS
SELECT i AS n, i::bigint * 7919 % 200000 AS outside, i::bigint * 6007 % 30000 AS over, i::bigint * 5003 % 150000 AS first,
       i::bigint * 104729 % 6000000 AS scope,
       format('{"region":"990101","scheme":"390","begin":"2026-03-10","end":"2026-03-18","facts":{"就医类别":"%s","人员":"成年居民","身份":[%s],"级别":"%s","次数":%s,"年龄":40%s%s}}',
           visit, CASE WHEN ident = '' THEN '' ELSE '"' || ident || '"' END, (ARRAY['一级', '二级', '三级'])[1 + i % 3], 1 + i / 3 % 3,
           (ARRAY['', '', ',"就医地":"跨省异地","备案":"转诊备案"', ',"就医地":"跨省异地","备案":"未备案"'])[1 + i / 13 % 4],
           CASE visit WHEN '门诊两病' THEN ',"病种":"高血压"' ELSE '' END) AS facts,
       (SELECT array_agg((i::bigint * k * 15485863 % 3000000)::bigint ORDER BY k) FROM generate_series(1, $width) k) AS standing
FROM (SELECT i, (ARRAY['', '', '', '低保', '特困', '返贫致贫', '低保边缘'])[1 + i / 9 % 7] AS ident,
             (ARRAY['住院', '住院', '住院', '住院', '门诊慢特病', '门诊', '门诊两病'])[1 + i / 5 % 7] AS visit FROM generate_series(1, $rows) i) x;
ALTER TABLE stay ADD parsed jsonb;
UPDATE stay SET parsed = facts::jsonb;
VACUUM FULL ANALYZE stay;
SQL
# OFFSET 0 keeps the planner from calling the function once a column.
sums='count(*), sum((p).fund), sum((p).hifp_pay), sum((p).hifmi_pay), sum((p).maf_pay), sum((p).person), sum((p).deductible)'
call_ours="yiheng_pay('$v', facts, outside, over, first, scope, standing)"
call_plain='plain_pay(parsed, outside, over, first, scope, standing)'
ours="SELECT $sums FROM (SELECT $call_ours AS p FROM stay OFFSET 0) t"
plain="SELECT $sums FROM (SELECT $call_plain AS p FROM stay OFFSET 0) t"
scan='SELECT count(*), sum(outside + over + first + scope), sum(length(facts)), sum(standing[1]) FROM stay'
differ=$(run -c "SELECT count(*) FROM stay WHERE $call_ours IS DISTINCT FROM $call_plain")
if [ "$differ" != 0 ]; then
    echo "the two disagree on $differ bills:"
    run -c "SELECT n, facts, outside, over, first, scope, standing, $call_ours, $call_plain FROM stay WHERE $call_ours IS DISTINCT FROM $call_plain LIMIT 3"
    exit 1
fi
clock() { # five runs, milliseconds, the median
    for i in 1 2 3 4 5; do
        run -c '\timing on' -c "$1" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'
    done | sort -n | sed -n 3p
}
t1=$(clock "$ours") t2=$(clock "$plain") t0=$(clock "$scan")
awk -v n="$rows" -v a="$t1" -v b="$t2" -v s="$t0" 'BEGIN {
    printf "settle as SQL, %d stays, one backend, medians of five\n", n
    printf "  yiheng_pay   %9.0f ms  %9.0f stays/s\n", a, n / a * 1000
    printf "  PL/pgSQL     %9.0f ms  %9.0f stays/s\n", b, n / b * 1000
    printf "  the scan     %9.0f ms\n", s
    printf "  ratio        %9.1f  (without the scan %.1f)\n", b / a, (b - s) / (a - s) }'
