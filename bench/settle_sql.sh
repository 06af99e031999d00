#!/usr/bin/env bash
# settle as SQL beside PL/pgSQL functions of the same rules, on one PostgreSQL backend.
# Input: ROWS (1,000,000) invented bills under policy/990101/390-2026.md with what it includes: inpatient,
# chronic, outpatient and two-disease visits, three levels, first to third stay, home and elsewhere with and
# without filing, four identity classes, the year's accumulators spread by multiplication with primes.
# Two forms of bill:
#   lines   12 fee lines each over six days, of 3,000 items (half 甲, 45 % 乙 with 5-30 % first pay, the rest 丙; one
#           in five with a price limit): each is split by its item's terms of the day, the level, the scheme and the
#           nearest of office, pool and province, then the layers pay
#   totals  the four cost totals of a bill whose lines were split before: the layers alone
# The PL/pgSQL functions are written for this one document, with its numbers in them, get their facts as typed
# columns, and find the terms in a table by its primary key (restrictions, marks and codes that stand for a more
# general one are not in the data, and not in them); of two ways to write the lines, one SELECT
# over all of them and a loop with a SELECT each, the faster one is the peer.  All answer the same composite,
# the accumulators after included, and every answer is compared before anything is timed.
# Medians of RUNS (5) after one run that does not count, one session.  ROWS=200000 bench/settle_sql.sh is a
# shorter one.  All are PARALLEL SAFE, but OFFSET 0 keeps the statement on one backend, so no worker is asked for.
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
# The bench's own items, invented: class, first-pay share, price limit in yuan; one in ten has a limit for each level,
# one in ten another limit from 14 March on, one in ten stands in the pool's list, of which half in the office's too.
awk -v home="$home" 'function draw(n) { x = (x * 48271) % 2147483647; return x % n }
    function row(region, code, limit, level, from, to) {
        print code, "项目", class, pay, limit, level, "", "09", "", "", "", from, to, "invented", "" >>(home "/catalogs/terms/" region ".tsv") }
    BEGIN { x = 20260318; OFS = "\t"; split("0.05 0.1 0.2 0.3", share, " ")
        for (i = 1; i <= 3000; i++) {
            code = sprintf("X%019d", i); class = draw(10) < 5 ? "甲" : draw(10) < 9 ? "乙" : "丙"
            pay = class == "乙" ? share[1 + draw(4)] : ""; limit = class != "丙" && draw(5) == 0 ? 20 + draw(380) : ""; how = i % 10
            if (how == 1) for (level = 1; level <= 3; level++) row("990101", code, class == "丙" ? "" : 20 + 60 * level, level, "", "")
            else if (how == 2) { row("990101", code, limit, "", "", "2026-03-14"); row("990101", code, class == "丙" ? "" : 90, "", "2026-03-14", "") }
            else if (how == 3) { row("990100", code, limit, "", "", ""); if (i % 20 == 3) row("990101", code, class == "丙" ? "" : 150, "", "", "") }
            else row("990101", code, limit, "", "", "")
        } }' </dev/null
for r in 990101 990100 990000; do
    awk -F'\t' -v r="$r" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        { print $1, r, $c["level"], $c["insutype"], $c["valid_from"], $c["valid_to"], $c["class"], $c["first_pay"], $c["limit"] }' OFS='\t' "$home/catalogs/terms/$r.tsv"
done >"$dir/terms.tsv"
cp ext/postgres/yiheng.so "$dir/yiheng.so"
chmod -R a+rX "$home" "$dir/yiheng.so"
settings="shared_preload_libraries = '$dir/yiheng.so'
yiheng.home = '$home'
max_parallel_workers_per_gather = 0
shared_buffers = 2GB
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
# The document's layers, written for PL/pgSQL as one would.
declared='p yiheng_payment; s bigint[] := standing; rest bigint; rate int; deduct bigint := 0; due bigint; start bigint;
    cut bigint; f1 bigint; f2 bigint; extra int; poor boolean := ident = $$特困$$; low boolean := ident = $$低保$$;
    back boolean := ident = $$返贫致贫$$; near boolean := ident = $$低保边缘$$;'
declared=${declared//\$\$/\'}
layers=$(cat <<SQL
    p.hifp_pay := 0; p.hifmi_pay := 0; p.maf_pay := 0; rest := scope;
    p.cvlserv_pay := 0; p.hifes_pay := 0; p.hifob_pay := 0; p.hifdm_pay := 0; p.oth_pay := 0;
    IF level = '未定级' THEN level := '一级'; END IF;
    IF visit = '门诊' THEN                                            -- 第六条
        rate := CASE level WHEN '一级' THEN 50 WHEN '二级' THEN 40 ELSE 0 END;
        due := (scope * rate + 50) / 100;
        due := greatest(least(due, 50000 - s[$clinic]), 0);
        s[$clinic] := s[$clinic] + due; p.hifp_pay := due; rest := rest - due;
    ELSIF visit = '门诊两病' THEN                                     -- 第七条
        due := (scope * 60 + 50) / 100;
        due := greatest(least(due, CASE disease WHEN '高血压' THEN 40000 WHEN '糖尿病' THEN 60000 ELSE 0 END - s[$disease]), 0);
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
SQL
)
facts='visit text, level text, place text, filed text, nth int, ident text, disease text'
run -f - <<SQL
CREATE TABLE term (code text COLLATE "C", rank int, level text, insutype text, valid_from date, valid_to date, class text NOT NULL,
    first_pay bigint NOT NULL, price_limit bigint, PRIMARY KEY (code, rank, level, insutype, valid_from));
COMMENT ON TABLE term IS 'of the office (rank 0), its pool, its province; first_pay: millionths; price_limit: millionths of a yuan';
CREATE FUNCTION plain_pay($facts, outside bigint, over bigint, first bigint, scope bigint, standing bigint[])
RETURNS yiheng_payment LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS \$\$
DECLARE
    $declared
BEGIN
$layers
END \$\$;
-- 第五条, all lines at once
CREATE FUNCTION plain_lines($facts, codes text[], prices bigint[], quantities bigint[], amounts bigint[], days date[], standing bigint[])
RETURNS yiheng_payment LANGUAGE plpgsql STABLE PARALLEL SAFE AS \$\$
DECLARE
    outside bigint; over bigint; first bigint; scope bigint;
    at_level text := CASE level WHEN '三级' THEN '3' WHEN '二级' THEN '2' ELSE '1' END;
    $declared
BEGIN
    SELECT sum(CASE WHEN u.share IS NULL THEN u.amount ELSE 0 END), sum(u.over),
           sum(((u.amount - u.over) * u.share + 500000) / 1000000), sum(u.amount)
    INTO outside, over, first, scope
    FROM (SELECT l.amount, CASE WHEN t.class = '甲' THEN 0 WHEN t.class = '乙' THEN t.first_pay END AS share,
                 CASE WHEN t.class IN ('甲', '乙') AND l.price > t.price_limit
                      THEN least(((l.price - t.price_limit) * l.quantity + 50000000) / 100000000, l.amount) ELSE 0 END AS over
          FROM unnest(codes, prices, quantities, amounts, days) l(code, price, quantity, amount, day)
          LEFT JOIN LATERAL (SELECT i.class, i.first_pay, i.price_limit FROM term i
              WHERE i.code = l.code AND (i.level = '' OR i.level = at_level) AND (i.insutype = '' OR i.insutype = '390')
                AND i.valid_from <= l.day AND l.day < i.valid_to ORDER BY i.rank LIMIT 1) t ON true) u;
    first := coalesce(first, 0);
    scope := scope - outside - over - first;
$layers
END \$\$;
-- and line by line
CREATE FUNCTION plain_loop($facts, codes text[], prices bigint[], quantities bigint[], amounts bigint[], days date[], standing bigint[])
RETURNS yiheng_payment LANGUAGE plpgsql STABLE PARALLEL SAFE AS \$\$
DECLARE
    outside bigint := 0; over bigint := 0; first bigint := 0; scope bigint := 0;
    item_class text; item_share bigint; item_limit bigint; left_over bigint; o bigint;
    at_level text := CASE level WHEN '三级' THEN '3' WHEN '二级' THEN '2' ELSE '1' END;
    $declared
BEGIN
    FOR i IN 1 .. cardinality(codes) LOOP
        SELECT t.class, t.first_pay, t.price_limit INTO item_class, item_share, item_limit FROM term t
        WHERE t.code = codes[i] AND (t.level = '' OR t.level = at_level) AND (t.insutype = '' OR t.insutype = '390')
          AND t.valid_from <= days[i] AND days[i] < t.valid_to ORDER BY t.rank LIMIT 1;
        IF item_class = '甲' OR item_class = '乙' THEN
            left_over := amounts[i];
            IF prices[i] > item_limit THEN
                o := least(((prices[i] - item_limit) * quantities[i] + 50000000) / 100000000, left_over);
                over := over + o; left_over := left_over - o;
            END IF;
            IF item_class = '乙' THEN
                o := (left_over * item_share + 500000) / 1000000;
                first := first + o; left_over := left_over - o;
            END IF;
            scope := scope + left_over;
        ELSE
            outside := outside + amounts[i];
        END IF;
    END LOOP;
$layers
END \$\$;
CREATE TEMP TABLE raw (code text, region text, level text, insutype text, valid_from date, valid_to date, class text, share numeric, price_limit numeric);
\copy raw FROM '$dir/terms.tsv' (FORMAT csv, DELIMITER E'\t', FORCE_NOT_NULL (level, insutype))
INSERT INTO term SELECT code, CASE region WHEN '990101' THEN 0 WHEN '990100' THEN 1 ELSE 2 END, level, insutype, coalesce(valid_from, '-infinity'),
    coalesce(valid_to, 'infinity'), class, coalesce(share, 0) * 1000000, price_limit * 1000000 FROM raw;
CREATE TABLE stay AS
SELECT i AS n, i::bigint * 7919 % 200000 AS outside, i::bigint * 6007 % 30000 AS over, i::bigint * 5003 % 150000 AS first,
       i::bigint * 104729 % 6000000 AS scope, visit, level, place, filed, 1 + i / 3 % 3 AS nth, ident, disease,
       format('{"region":"990101","scheme":"390","begin":"2026-03-10","end":"2026-03-18","facts":{"就医类别":"%s","人员":"成年居民","身份":[%s],"级别":"%s","次数":%s,"年龄":40%s%s}}',
           visit, CASE WHEN ident = '' THEN '' ELSE '"' || ident || '"' END, level, 1 + i / 3 % 3,
           CASE WHEN place = '本地' THEN '' ELSE format(',"就医地":"%s","备案":"%s"', place, filed) END,
           CASE disease WHEN '' THEN '' ELSE format(',"病种":"%s"', disease) END) AS facts,
       (SELECT array_agg((i::bigint * k * 15485863 % 3000000)::bigint ORDER BY k) FROM generate_series(1, $width) k) AS standing,
       c.codes, c.prices, c.quantities, c.amounts, c.days
FROM (SELECT i, (ARRAY['', '', '', '低保', '特困', '返贫致贫', '低保边缘'])[1 + i / 9 % 7] AS ident, (ARRAY['一级', '二级', '三级'])[1 + i % 3] AS level,
             (ARRAY['住院', '住院', '住院', '住院', '门诊慢特病', '门诊', '门诊两病'])[1 + i / 5 % 7] AS visit,
             (ARRAY['本地', '本地', '跨省异地', '跨省异地'])[1 + i / 13 % 4] AS place,
             (ARRAY['无需备案', '无需备案', '转诊备案', '未备案'])[1 + i / 13 % 4] AS filed,
             CASE (i / 5 % 7) WHEN 6 THEN '高血压' ELSE '' END AS disease FROM generate_series(1, $rows) i) x,
     LATERAL (SELECT array_agg('X' || lpad((1 + (i::bigint * 31 + k) * 7919 % 3000)::text, 19, '0')) AS codes,
                     array_agg(price * 10000) AS prices, array_agg(quantity * 10000) AS quantities, array_agg(price * quantity) AS amounts,
                     array_agg('2026-03-10'::date + (k - 1) / 2) AS days
              FROM (SELECT k, 100 + (i::bigint * 13 + k) * 104729 % 119900 AS price, 1 + (i::bigint + k) * 31 % 10 AS quantity
                    FROM generate_series(1, 12) k) y) c;
VACUUM FULL ANALYZE stay;
ANALYZE term;
SQL
# What the page for analysts asks (docs/sql.md): the share that is paid.  OFFSET 0 keeps the planner from
# calling the function once a column.
sums='count(*), sum((p).fund), sum((p).total)'
told='visit, level, place, filed, nth, ident, disease'
lines='codes, prices, quantities, amounts, days'
all_of() { echo "SELECT $sums FROM (SELECT $1 AS p FROM stay OFFSET 0) t"; }
clock() { # RUNS runs in one session, milliseconds, the median
    local again=()
    for ((i = 0; i < ${RUNS:-5}; i++)); do again+=(-c "$1"); done
    run -c "$1" -c '\timing on' "${again[@]}" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n | sed -n "$((1 + ${RUNS:-5} / 2))p"
}
agree() { # ours, theirs
    local differ
    differ=$(run -c "SELECT count(*) FROM stay WHERE $1 IS DISTINCT FROM $2")
    [ "$differ" = 0 ] && return
    echo "the two disagree on $differ bills:"
    run -c "SELECT n, facts, outside, over, first, scope, standing, $lines, $1, $2 FROM stay WHERE $1 IS DISTINCT FROM $2 LIMIT 3"
    exit 1
}
compare() { # name, ours, theirs, the scan
    local a b s
    a=$(clock "$(all_of "$2")") b=$(clock "$(all_of "$3")") s=$(clock "$4")
    awk -v name="$1" -v n="$rows" -v a="$a" -v b="$b" -v s="$s" 'BEGIN {
        printf "%s\n  ours      %9.0f ms  %9.0f bills/s\n  PL/pgSQL  %9.0f ms  %9.0f bills/s\n", name, a, n / a * 1000, b, n / b * 1000
        printf "  the scan  %9.0f ms\n  ratio     %9.1f  (without the scan %.1f)\n", s, b / a, (b - s) / (a - s) }'
}
ours_lines="yiheng_pay_lines('$v', facts, $lines, standing)"
ours_totals="yiheng_pay('$v', facts, outside, over, first, scope, standing)"
plain_lines="plain_lines($told, $lines, standing)" plain_loop="plain_loop($told, $lines, standing)"
plain_totals="plain_pay($told, outside, over, first, scope, standing)"
agree "$ours_lines" "$plain_lines"
agree "$ours_lines" "$plain_loop"
agree "$ours_totals" "$plain_totals"
some() { run -c '\timing on' -c "SELECT $sums FROM (SELECT $1 AS p FROM (SELECT * FROM stay LIMIT 20000) x OFFSET 0) t" | sed -n 's/^Time: \([0-9]*\).*/\1/p'; }
a=$(some "$plain_lines") b=$(some "$plain_loop")
echo "settle as SQL, $rows bills, one backend, medians of ${RUNS:-5}; every answer the same"
echo "PL/pgSQL for lines, 20,000 bills: one SELECT over the lines $a ms, a loop $b ms"
[ "$b" -lt "$a" ] && plain_lines=$plain_loop
compare 'lines: 12 a bill, split by their terms' "$ours_lines" "$plain_lines" \
    'SELECT count(*), sum(octet_length(facts)), sum(amounts[1]) FROM stay'
compare 'totals: the layers alone' "$ours_totals" "$plain_totals" \
    'SELECT count(*), sum(octet_length(facts)), sum(standing[1]) FROM stay'
