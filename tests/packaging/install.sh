#!/bin/sh
# An installed tree has everything a store needs, and the manual names every command the programs have.
# usage: install.sh BUILD ROOT
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
DESTDIR=$work cmake --install "$1" --prefix /usr >"$work/log" || { cat "$work/log"; exit 1; }
bad=0
for file in bin/medterm sbin/medtermd share/man/man1/medterm.1 share/man/man8/medtermd.8 lib/systemd/system/medtermd.service \
    share/bash-completion/completions/medterm share/bash-completion/completions/medtermd share/medterm/demo/catalogue.csv share/doc/medterm/README.md; do
    [ -f "$work/usr/$file" ] || { echo "not installed: $file"; bad=1; }
done
for words in 'serve' 'migrate' 'check' 'store add' 'register add' 'staff add' 'client add' 'catalogue import' 'stock receive'; do
    grep -q "^\.B medtermd $words" "$2/packaging/man/medtermd.8" || { echo "medtermd.8 lacks: $words"; bad=1; }
done
for words in 'enroll' 'sell' 'sync' 'outbox' 'orders' 'advance' 'export-outbox'; do
    tr -d '\\' <"$2/packaging/man/medterm.1" | grep -q "^.B medterm $words" || { echo "medterm.1 lacks: $words"; bad=1; }
done
[ "$("$work/usr/bin/medterm" --version | wc -l)" -eq 1 ] || { echo "medterm --version"; bad=1; }
exit $bad
