#!/bin/sh
# A whole pharmacy on one machine: builds a release, starts the order service on a free loopback port, fills it with
# the demo catalogue, a store, a register and four people, and opens the till. Everything it starts it stops, and
# what it wrote is removed, unless --keep names a folder for it.
set -eu

usage() {
    cat <<'END'
usage: sh packaging/demo.sh [--keep DIR] [--no-ui] [--bin DIR]
  --keep DIR   keep the state in DIR; a second run with it goes on from there
  --no-ui      no till: print the service's address and an example, stay until interrupted
  --bin DIR    use the medterm and medtermd in DIR instead of building them
END
}

keep= ui=yes bin=
while [ $# -gt 0 ]; do
    case $1 in
        --keep | --bin)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            case $1 in --keep) keep=$2 ;; --bin) bin=$2 ;; esac
            shift
            ;;
        --keep=*) keep=${1#--keep=} ;;
        --bin=*) bin=${1#--bin=} ;;
        --no-ui) ui= ;;
        -h | --help) usage; exit 0 ;;
        *) echo "demo: unknown word '$1'" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

say() { printf '%s\n' "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

if [ -n "$ui" ] && ! { [ -t 0 ] && [ -t 1 ]; }; then
    die "the till needs a terminal. Without one: sh packaging/demo.sh --no-ui"
fi

root=$(cd "$(dirname "$0")/.." && pwd -P)
if [ -z "$bin" ]; then
    sh "$root/packaging/build.sh" release build || die "the build failed; its reason is above"
    bin=$root/build/release/bin
fi
bin=$(cd "$bin" && pwd -P) || die "no such folder: $bin"
for program in medterm medtermd; do
    [ -x "$bin/$program" ] || die "no program $bin/$program"
done

# A caller's own settings are for a real store, not for this one.
for name in $(env | sed -n 's/^\(MEDTERM_[A-Za-z0-9_]*\)=.*/\1/p'); do
    unset "$name"
done
umask 077

service_pid= ui_pid= throwaway= saved=

# TERM, then KILL if that is not heard within five seconds. The watcher takes its own sleep along when it goes; it
# is told by USR1, because the signals that end the demo are ignored by now.
stop() {
    kill -TERM "$1" 2>/dev/null || return 0
    (
        nap=
        trap '[ -z "$nap" ] || kill -KILL "$nap"; exit 0' USR1
        sleep 5 &
        nap=$!
        wait "$nap"
        kill -KILL "$1" 2>/dev/null
    ) >/dev/null 2>&1 &
    watcher=$!
    wait "$1" 2>/dev/null || :
    kill -USR1 "$watcher" 2>/dev/null || :
    wait "$watcher" 2>/dev/null || :
}
finish() {
    status=$?
    trap '' HUP INT TERM
    trap - EXIT
    [ -z "$saved" ] || stty "$saved"
    [ -z "$ui_pid" ] || stop "$ui_pid"
    [ -z "$service_pid" ] || stop "$service_pid"
    [ -z "$throwaway" ] || rm -rf "$throwaway"
    exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -n "$keep" ]; then
    mkdir -p "$keep" || die "can't make the folder $keep"
    dir=$(cd "$keep" && pwd -P)
    if [ ! -f "$dir/demo.ini" ] && [ -n "$(ls -A "$dir")" ]; then
        die "$keep is not empty and holds no finished demo. Name an empty folder, or remove it first."
    fi
else
    throwaway=$(mktemp -d "${TMPDIR:-/tmp}/medterm-demo.XXXXXX")
    dir=$throwaway
fi
db=sqlite://$dir/service/medterm.db
till=$dir/till
mkdir -p "$dir/service" "$till"

# medtermd's first line comes when it is ready; if it ends before, the pipe ends too, so this never waits in vain.
rm -f "$dir/ready"
mkfifo "$dir/ready"
"$bin/medtermd" serve --listen 127.0.0.1:0 --db "$db" >"$dir/ready" 2>"$dir/service/medtermd.log" </dev/null &
service_pid=$!
exec 3<"$dir/ready"
IFS= read -r line <&3 || line=
rm -f "$dir/ready"
url=${line#listening on }
case $url in
    http://*) ;;
    *)
        cat "$dir/service/medtermd.log" >&2
        die "medtermd did not start"
        ;;
esac

admin() { "$bin/medtermd" "$@" --db "$db" --json </dev/null 3<&-; }
value() { sed -n 's/.*"'"$1"'"[ ]*:[ ]*"\([^"]*\)".*/\1/p' | head -n 1; } # of a key in the JSON on stdin
need() { [ -n "$2" ] || die "medtermd gave no $1"; }

if [ -f "$dir/demo.ini" ]; then
    store=$(sed -n 's/^store=//p' "$dir/demo.ini")
    chen=$(sed -n 's/^chen=//p' "$dir/demo.ini")
    token=$(sed -n 's/^token=//p' "$dir/demo.ini")
else
    out=$(admin store add --name Riverside --currency CNY) || die "medtermd store add failed"
    store=$(say "$out" | value store_id)
    need "store" "$store"
    person() { # NAME ROLE PIN
        out=$(MEDTERM_PIN=$3 admin staff add --store "$store" --name "$1" --role "$2") || die "medtermd staff add failed"
        say "$out" | value staff_id
    }
    chen=$(person "Chen Mei" pharmacist 2580)
    need "staff" "$chen"
    person "Li Na" counter 1470 >/dev/null
    person "Wang Jun" fulfilment 3690 >/dev/null
    person "Zhao Min" manager 9510 >/dev/null
    out=$(admin catalogue import "$root/packaging/demo/catalogue.csv" --store "$store") || die "the demo catalogue was not imported"
    out=$(admin register add --store "$store" --code A03) || die "medtermd register add failed"
    code=$(say "$out" | value enrolment_code)
    need "enrolment code" "$code"
    "$bin/medterm" enroll --server "$url" --code "$code" --state-dir "$till" >/dev/null 3<&- </dev/null || die "the till could not be enrolled"
    out=$(admin client add --store "$store" --role manager) || die "medtermd client add failed"
    token=$(say "$out" | value token)
    need "token" "$token"
    printf 'store=%s\nchen=%s\ntoken=%s\n' "$store" "$chen" "$token" >"$dir/demo.ini"
fi

say ""
say "medterm demo: store Riverside, register A03, service at $url"
if [ -n "$keep" ]; then
    say "State is kept in $dir."
else
    say "State is in $dir and goes away with this demo."
fi

if [ -z "$ui" ]; then
    say ""
    say "Sell two packs from another terminal, as Chen Mei (PIN 2580), then ask the service for the order:"
    say "  MEDTERM_PIN=2580 $bin/medterm sell --staff $chen --items '6901117000201*2' --pay cash --state-dir $till --server $url --json"
    say "  $bin/medterm sync --once --state-dir $till --server $url --json"
    say "  curl -sS -H 'Authorization: Bearer $token' '$url/v1/orders?limit=5'"
    say ""
    say "Ctrl-C stops the service."
    status=0
    wait "$service_pid" || status=$?
    service_pid=
    cat "$dir/service/medtermd.log" >&2
    die "medtermd ended by itself (status $status)"
fi

say ""
say "Sign in with one of these PINs:"
say "  2580  Chen Mei, pharmacist      1470  Li Na, counter"
say "  9510  Zhao Min, manager         3690  Wang Jun, fulfilment"
say ""
printf 'The till opens in a few seconds; any key opens it now. '
saved=$(stty -g)
stty -icanon -echo min 0 time 40
dd bs=1 count=1 >/dev/null 2>&1 || :
stty "$saved"
saved=
say ""

case $(locale charmap 2>/dev/null) in
    UTF-8) ;;
    *) LC_ALL=C.UTF-8; export LC_ALL ;; # otherwise the Chinese names could not be shown
esac
# In the background, so that a signal is acted upon at once; with the terminal, which sh would otherwise take away.
exec 4<&0
"$bin/medterm" --server "$url" --state-dir "$till" <&4 3<&- 4<&- &
ui_pid=$!
status=0
wait "$ui_pid" || status=$?
ui_pid=
exit "$status"
