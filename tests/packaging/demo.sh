#!/bin/sh
# The demo without a screen, end to end: it starts, its printed examples work as they are printed, and an
# interrupt leaves neither process nor folder behind; --keep goes on where it stopped.
# usage: demo.sh ROOT BIN
set -eu
root=$1
bin=$2
demo=$root/packaging/demo.sh
work=$(mktemp -d)
demo_pid=
cleanup() {
    status=$?
    [ -z "$demo_pid" ] || kill -TERM "$demo_pid" 2>/dev/null || :
    [ -z "$demo_pid" ] || wait "$demo_pid" 2>/dev/null || :
    if [ "$status" -ne 0 ]; then
        echo "--- what the demo said"
        cat "$work"/out "$work"/err 2>/dev/null || :
    fi
    rm -rf "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
fail() { echo "FAILED: $*"; exit 1; }

# Its output comes through a pipe that is read to its last greeting line, so nothing here waits by the clock.
# A shell ignores SIGINT in what it starts in the background; env gives the demo its default back.
start() {
    rm -f "$work/pipe"
    mkfifo "$work/pipe"
    TMPDIR=$work env --default-signal=INT sh "$demo" --no-ui --bin "$bin" "$@" >"$work/pipe" 2>"$work/err" </dev/null &
    demo_pid=$!
    exec 5<"$work/pipe"
    : >"$work/out"
    while IFS= read -r line <&5; do
        printf '%s\n' "$line" >>"$work/out"
        case $line in "Ctrl-C stops"*) return 0 ;; esac
    done
    fail "the demo ended before it was ready"
}
interrupt() {
    service=$(sed -n 's/.*service at http:\/\/\(.*\)$/\1/p' "$work/out")
    kill -INT "$demo_pid"
    status=0
    wait "$demo_pid" || status=$?
    demo_pid=
    exec 5<&-
    [ "$status" -eq 130 ] || fail "interrupted, the demo ended with $status"
    if curl -s -o "$work/body" "http://$service/livez"; then fail "the service still answers"; fi
    left=$(find "$work" -maxdepth 1 -name 'medterm-demo.*')
    [ -z "$left" ] || fail "left behind: $left"
}
# Runs the printed example that starts with these words; its output goes to a file.
example() {
    command=$(sed -n "s|^  \($1 .*\)|\1|p" "$work/out")
    [ -n "$command" ] || fail "no example $1 is printed"
    sh -c "$command" >"$2" || fail "the printed example failed: $command: $(cat "$2")"
}
sell() { example MEDTERM_PIN=2580 "$work/sale"; }
sync() { example '[^ ]*/medterm sync' "$work/sync"; }
orders() { example curl "$work/orders"; }
number() { sed -n 's/.*"order_no"[ ]*:[ ]*"\([^"]*\)".*/\1/p' "$work/sale" | head -n 1; }

start
[ -n "$(find "$work" -maxdepth 1 -name 'medterm-demo.*')" ] || fail "no throw-away folder in TMPDIR"
sell
first=$(number)
case $first in A03-*) ;; *) fail "no order number: $(cat "$work/sale")" ;; esac
grep -Eq '"total_amount"[ ]*:[ ]*1520([^0-9]|$)' "$work/sale" || fail "two packs at 7.60 are not 15.20: $(cat "$work/sale")"
sync
orders
grep -q "\"$first\"" "$work/orders" || fail "the service does not show $first: $(cat "$work/orders")"
interrupt
echo "throw-away: sold $first, nothing left behind"

start --keep "$work/kept"
sell
sync
first=$(number)
interrupt
[ -f "$work/kept/demo.ini" ] || fail "--keep kept nothing"

start --keep "$work/kept"
orders
grep -q "\"$first\"" "$work/orders" || fail "$first is gone from the kept state: $(cat "$work/orders")"
sell
second=$(number)
[ "$first" != "$second" ] || fail "$first was given twice"
interrupt
echo "kept: $first, then $second"

mkdir "$work/other"
: >"$work/other/mine"
if sh "$demo" --no-ui --bin "$bin" --keep "$work/other" >"$work/out" 2>"$work/err" </dev/null; then fail "used a folder that is somebody else's"; fi
grep -q 'not empty' "$work/err" || fail "no reason given for the folder that is somebody else's"
if sh "$demo" --bin "$bin" >"$work/out" 2>"$work/err" </dev/null; then fail "opened a till without a terminal"; fi
grep -q 'needs a terminal' "$work/err" || fail "no reason given without a terminal"
