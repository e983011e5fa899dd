#!/bin/sh
# The rules of the architecture that a compiler does not know: which layer may include what, which calls stand where, how large a file may grow.
# Prints every breach as path:line: and ends with 1 when there is one. The rules themselves are the tables in check-source.awk.
# Usage: check-source.sh [root of the source tree]
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${1:-$here/../..}
cd "$root"

folders=
for folder in src include ui tests; do
    if [ -d "$folder" ]; then
        folders="$folders $folder"
    fi
done
if [ -z "$folders" ]; then
    echo "check-source: no source tree at $root" >&2
    exit 2
fi

# shellcheck disable=SC2086 # a list of words on purpose, here and below
files=$(find -H $folders -type f \( -name '*.c' -o -name '*.h' -o -name '*.sh' -o -name 'CMakeLists.txt' -o -name '*.cmake' \) | LC_ALL=C sort)
if [ -z "$files" ]; then
    echo "check-source: nothing to check at $root" >&2
    exit 2
fi
LC_ALL=C awk -f "$here/check-source.awk" $files
