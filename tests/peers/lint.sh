#!/bin/sh
# The contract is clean by redocly's strict rules. usage: lint.sh FOLDER DOCUMENT
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
export REDOCLY_TELEMETRY REDOCLY_SUPPRESS_UPDATE_NOTICE
exec node "$1/node_modules/@redocly/cli/bin/cli.js" lint --config "$here/redocly.yaml" --max-problems 1000 "$2"
