#!/bin/sh
# Runs a test program with prism between its tills and its service. Whatever prism finds wrong with a request or an answer fails
# the test, also where the program itself would not have noticed. usage: behind-proxy.sh FOLDER DOCUMENT PROGRAM
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
log=$work/prism.log
: >"$log"
cat >"$work/front" <<END
#!/bin/sh
exec node "$here/prism.js" "$1" "$2" "$log" "\$1" "\$2"
END
chmod +x "$work/front"
status=0
MT_TEST_FRONT=$work/front "$3" >"$work/said" 2>&1 || status=$?
cat "$work/said"
[ "$status" -ne 77 ] || exit 77
# A story that was skipped whole, for want of what it tells of, had nothing to say to prism either.
! grep -q '^\[  SKIPPED \]' "$work/said" || ! grep -q '^\[  PASSED  \] 0 test' "$work/said" || exit 77
requests=$(grep -c 'Request received' "$log" || true)
# What ends while a till is cut off from its service (ECONNREFUSED, socket hang up …) is no violation.
grep -E 'Violation:' "$log" >"$work/wrong" || true
violations=$(grep -c . "$work/wrong" || true)
echo "prism saw $requests requests and found $violations violations"
head -n 20 "$work/wrong" | cut -c 1-800
[ "$status" -eq 0 ] && [ "$violations" -eq 0 ] && [ "$requests" -gt 0 ]
