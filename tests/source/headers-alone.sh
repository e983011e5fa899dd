#!/bin/sh
# Every public header compiles by itself, as C17 without extensions, without warnings, and twice in a row.
# Usage: headers-alone.sh COMPILER INCLUDE-FOLDER
set -eu

compiler=$1
folder=$2
count=0
failures=0
for header in $(find -H "$folder" -name '*.h' | LC_ALL=C sort); do
    name=${header#"$folder"/}
    count=$((count + 1))
    if ! printf '#include <%s>\n#include <%s>\nextern int some;\n' "$name" "$name" |
        "$compiler" -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wstrict-prototypes -Wmissing-prototypes -Werror \
            -I "$folder" -fsyntax-only -x c -; then
        echo "$name does not compile alone"
        failures=$((failures + 1))
    fi
done
echo "$count headers, $failures failed"
[ "$count" -gt 0 ] && [ "$failures" -eq 0 ]
