#!/bin/sh
# Installs the tools that package-lock.json pins into FOLDER, unless just these are there. Their install scripts are not run, and
# afterwards they need no network. usage: install.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
folder=$1
mkdir -p "$folder"
if ! cmp -s "$here/package-lock.json" "$folder/installed.json"; then
    rm -f "$folder/installed.json"
    cp "$here/package.json" "$here/package-lock.json" "$folder/"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$here/package-lock.json" "$folder/installed.json"
fi
for tool in @redocly/cli/package.json @stoplight/prism-cli/dist/index.js specmatic/specmatic.jar; do
    [ -f "$folder/node_modules/$tool" ] || { echo "peers: $tool is not installed" >&2; exit 1; }
done
