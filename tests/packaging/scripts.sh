#!/bin/sh
# Every script parses in the shell it names. usage: scripts.sh ROOT
set -eu
cd "$1"
for script in packaging/*.sh tests/run.sh tests/packaging/*.sh tests/peers/*.sh; do
    case $(head -n 1 "$script") in *bash*) shell=bash ;; *) shell=sh ;; esac
    $shell -n "$script" || { echo "$script does not parse"; exit 1; }
    echo "$script"
done
bash -n .ci/run
for completion in packaging/completions/*; do
    bash -n "$completion"
    echo "$completion"
done
