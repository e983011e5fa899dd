#!/bin/sh
# Builds one preset into build/PRESET, installing what is missing first: sh packaging/build.sh PRESET LIST…
# Configures only when there is nothing to build from yet, or when the folder was made for another checkout;
# after that ninja itself knows when CMake has to run again.
set -eu
[ $# -ge 1 ] || { echo "usage: sh packaging/build.sh PRESET [LIST…]" >&2; exit 2; }
preset=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"

sh packaging/install-packages.sh "$@"

home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "build/$preset/CMakeCache.txt" 2>/dev/null || true)
if [ "$home" != "$root" ]; then
    cmake --fresh --preset "$preset"
elif [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset"
fi
exec cmake --build --preset "$preset"
