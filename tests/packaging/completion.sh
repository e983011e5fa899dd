#!/usr/bin/env bash
# The completion offers what the program it completes says it takes: completion.sh MEDTERMD COMPLETION
set -eu
# shellcheck disable=SC1090
. "$2"

offers() {
    COMP_WORDS=("$medtermd" "$@")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _medtermd
    echo " ${COMPREPLY[*]} "
}

expect() { # word, typed…
    local wanted=$1 got
    shift
    got=$(offers "$@")
    case $got in
        *" $wanted "*) ;;
        *) echo "completion: '$*' does not offer $wanted, only:$got" >&2; exit 1 ;;
    esac
}

medtermd=$1
expect serve ""
expect staff s
expect add staff ""
expect set staff ""
expect --new-pin staff set --
expect --role staff add --store x --
expect pharmacist staff add --role ph
expect --listen serve --l
expect --json check --
case $(offers staff add --) in
    *--listen*) echo "completion: staff add offers --listen, which it does not take" >&2; exit 1 ;;
esac
