#!/usr/bin/env bash
# usage: tests/signin.sh
# What a stranger, and who sits at another's desk, may try at the portal's door: names are not told apart,
# tries are counted, a new password ends the other sessions, other sites and broken words are refused.
# needs: curl
set -eu
cd "$(dirname "$0")/.."
. tests/serve.inc
bin=${YIHENG:-build/yiheng}
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
fail() { echo "signin: $1"; exit 1; }

"$bin" init-demo --data "$dir/data" > /dev/null
serve "$dir/log" "$bin" serve --data "$dir/data" --sandbox --port 0 --regions 990100

# NAME PATH BODY [curl options]: the status; the reply in $dir/NAME.out, NAME's cookie and word kept.
call() {
  local who=$1 path=$2 body=$3 word
  shift 3
  word=$(sed -n 's/.*"csrf":"\([0-9a-f]*\)".*/\1/p' "$dir/$who.in" 2>/dev/null || true)
  curl -s -o "$dir/$who.out" -w '%{http_code}' -X "${method:-POST}" "$url$path" -d "$body" -H 'Content-Type: application/json' \
    -H "Cookie: yiheng=$(cat "$dir/$who.cookie" 2>/dev/null || true)" -H "X-CSRF: $word" -D "$dir/$who.head" "$@"
}
open() { # NAME USER PASSWORD
  local status
  status=$(call "$1" /api/session "{\"user\":\"$2\",\"password\":\"$3\"}")
  if [ "$status" = 200 ]; then
    cp "$dir/$1.out" "$dir/$1.in"
    sed -n 's/^[Ss]et-[Cc]ookie: yiheng=\([0-9a-f]*\);.*/\1/p' "$dir/$1.head" > "$dir/$1.cookie"
  fi
  echo "$status"
}

# A name that nobody has is answered as one that somebody has, word for word and until it is locked.
for user in demo-jia demo-nobody; do
  for _ in 1 2 3 4 5 6; do
    open x "$user" wrong-password
    sed 's/.*"message":"\([^"]*\)".*/\1/' "$dir/x.out"
    echo
  done > "$dir/$user.tries"
done
cmp -s "$dir/demo-jia.tries" "$dir/demo-nobody.tries" || { diff "$dir/demo-jia.tries" "$dir/demo-nobody.tries"; fail "a name is told from no name"; }
[ "$(grep -c 401 "$dir/demo-jia.tries")" = 5 ] && grep -q 429 "$dir/demo-jia.tries" || fail "tries are not counted"

# A new password ends the other sessions of that user; tries of the old one are counted too.
[ "$(open a demo-bing yiheng-demo) $(open b demo-bing yiheng-demo)" = "200 200" ] || fail "no sign-in"
[ "$(call a /api/session/password '{"old":"yiheng-demo","new":"another word 7"}')" = 200 ] || { cat "$dir/a.out"; fail "no new password"; }
[ "$(method=GET call a /api/me '')" = 200 ] || fail "the own session ended"
[ "$(method=GET call b /api/me '')" = 401 ] || fail "another session outlives the password"
for _ in 1 2 3 4 5; do [ "$(call a /api/session/password '{"old":"guess","new":"another word 8"}')" = 400 ] || fail "a wrong old password"; done
[ "$(method=GET call a /api/me '')" = 401 ] || fail "old passwords may be tried at leisure"
[ "$(open a demo-bing 'another word 7')" = 429 ] || fail "and the name is not locked"

# Other sites, by either head; the own one.
[ "$(call y /api/session '{"user":"demo-clerk","password":"yiheng-demo"}' -H 'Sec-Fetch-Site: cross-site')" = 403 ] || fail "another site signs in"
[ "$(call y /api/session '{"user":"demo-clerk","password":"yiheng-demo"}' -H 'Origin: http://evil.example')" = 403 ] || fail "another origin signs in"
[ "$(call y /api/session '{"user":"demo-clerk","password":"yiheng-demo"}' -H "Origin: $url")" = 200 ] || fail "the own origin does not"

# Words that are no text, and words that grow sixfold in an error.
[ "$(open s demo-supervisor yiheng-demo)" = 200 ] || fail "no supervisor"
[ "$(method=GET call s '/api/cases/%ff%fe?purpose=audit' '')" = 404 ] || fail "bytes that are no text"
long=$(printf '\\u0001%.0s' $(seq 400))
[ "$(call s /api/cases "{\"hits\":\"$long\"}")" = 400 ] || fail "a long word"
[ "$(method=GET call s /api/session '')" = 200 ] || fail "the server is gone"
echo "signin: names untold, tries counted, sessions ended"
