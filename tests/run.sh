#!/bin/sh
# Installs what is missing, builds with the address and undefined-behaviour sanitizers, runs every test.
# Ends with ctest's own lines and its exit code.
set -eu

usage() {
    cat <<'END'
usage: sh tests/run.sh [--label L] [--all]
  --label L   only the tests with this label (unit, ui, sim, e2e, peers, packaging, …)
  --all       the long runs too
END
}

label= seeds=1000
while [ $# -gt 0 ]; do
    case $1 in
        --label)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            label=$2
            shift
            ;;
        --label=*) label=${1#--label=} ;;
        --all) seeds=10000; MT_ALL=1; export MT_ALL ;;
        -h | --help) usage; exit 0 ;;
        *) echo "tests/run.sh: unknown word '$1'" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
# Other people's programs (Node, a Java runtime) are only needed where they judge.
case $label in
    '' | peers) peers=peers ;;
    *) peers= ;;
esac
sh packaging/build.sh asan build test $peers
# How many seeds the simulator tries is said when its tests are configured.
grep -q "^MT_SIM_SEEDS:STRING=$seeds\$" build/asan/CMakeCache.txt || cmake -DMT_SIM_SEEDS="$seeds" build/asan >/dev/null

# A tester's own settings must not reach the programs under test.
for name in $(env | sed -n 's/^\(MEDTERM_[A-Za-z0-9_]*\)=.*/\1/p'); do
    unset "$name"
done
LC_ALL=C.UTF-8
export LC_ALL
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
exec ctest --test-dir build/asan -j "$cores" --output-on-failure --no-tests=error ${label:+-L "$label"}
