#!/bin/sh
# Every script parses in the shell it names. usage: scripts.sh ROOT
set -eu
cd "$1"
for script in packaging/*.sh tests/run.sh tests/packaging/*.sh tests/peers/*.sh; do
    sh -n "$script" || { echo "$script does not parse"; exit 1; }
    echo "$script"
done
bash -n .ci/run
for completion in packaging/completions/*; do
    bash -n "$completion"
    echo "$completion"
done
