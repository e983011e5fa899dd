#!/bin/sh
# Is check-source to be trusted? Plants one breach of every rule in a tree of its own and sees it named with file and line; then what only
# looks like a breach, and what is allowed where it stands, and sees nothing named.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' HUP INT TERM
failures=0
trials=0

run() {
    status=0
    answer=$("$here/check-source.sh" "$tree" 2>&1) || status=$?
}

empty_tree() {
    rm -rf "$tree/src" "$tree/include" "$tree/ui" "$tree/tests"
    mkdir -p "$tree/src/base"
    echo 'int quiet;' >"$tree/src/base/quiet.c"
}

write() {
    mkdir -p "$tree/$(dirname "$1")"
    printf '%b' "$2" >"$tree/$1"
}

complain() {
    echo "FAILED: $1"
    echo "$answer" | sed 's/^/    /'
    failures=$((failures + 1))
}

# caught PATH LINE TEXT: that text in that file is one breach, at that line.
caught() {
    trials=$((trials + 1))
    empty_tree
    write "$1" "$3"
    run
    if [ "$status" -ne 1 ]; then
        complain "ended with $status: $1: $3"
    elif [ "$(echo "$answer" | wc -l)" -ne 2 ]; then
        complain "not exactly one breach: $1: $3"
    else
        case $answer in
        "$1:$2: "*) ;;
        *) complain "not named at $1:$2: $3" ;;
        esac
    fi
}

# allowed PATH TEXT
allowed() {
    trials=$((trials + 1))
    empty_tree
    write "$1" "$2"
    run
    if [ "$status" -ne 0 ] || [ -n "$answer" ]; then
        complain "taken for a breach: $1: $2"
    fi
}

inc() {
    printf '#include <%s>\\n' "$1"
}

# Libraries stand where they belong.
for place in src/base src/client/app src/client/store ui/cell ui/widget ui/screen include/medterm/ui tests/unit/db; do
    for header in curses.h ncurses.h ncursesw/curses.h term.h; do
        caught "$place/a.c" 2 "\n$(inc $header)"
    done
done
allowed tests/bench/a.c "$(inc curses.h)"
for header in curses.h ncurses.h term.h; do
    allowed ui/term/a.c "$(inc $header)"
done
for place in src/base src/client/store src/server/repo src/server/service tests/e2e include/medterm/db; do
    caught "$place/a.c" 1 "$(inc sqlite3.h)"
done
for place in src/db tests/sim tests/bench; do
    allowed "$place/a.c" "$(inc sqlite3.h)"
done
caught src/server/repo/a.c 1 "$(inc libpq-fe.h)"
caught tests/sim/a.c 1 "$(inc postgresql/libpq-fe.h)"
allowed src/db/postgres.c "$(inc libpq-fe.h)"
caught src/client/app/a.c 1 "$(inc curl/curl.h)"
caught src/server/http/a.c 1 "$(inc curl/curl.h)"
caught include/medterm/net/a.h 1 "$(inc curl/curl.h)"
allowed src/client/net/a.c "$(inc curl/curl.h)"
allowed tests/e2e/a.c "$(inc curl/curl.h)"
for header in cJSON.h cjson/cJSON.h; do
    caught src/client/app/a.c 1 "$(inc $header)"
    caught include/medterm/wire/a.h 1 "$(inc $header)"
    allowed src/wire/a.c "$(inc $header)"
    allowed tests/e2e/a.c "$(inc $header)"
    caught tests/sim/a.c 1 "$(inc $header)"
done
caught src/server/routes/a.c 1 "$(inc microhttpd.h)"
allowed src/server/http/a.c "$(inc microhttpd.h)"
caught src/server/service/a.c 1 "$(inc sodium.h)"
allowed src/crypto/a.c "$(inc sodium.h)"
caught src/client/net/a.c 1 "$(inc openssl/evp.h)"
allowed src/crypto/a.c "$(inc openssl/evp.h)"
caught src/base/a.c 1 "$(inc ini.h)"
allowed src/config/a.c "$(inc ini.h)"
caught ui/screen/a.c 1 "$(inc qrencode.h)"
allowed ui/widget/a.c "$(inc qrencode.h)"
caught ui/term/a.c 1 "$(inc vterm.h)"
allowed tests/e2e/a.c "$(inc vterm.h)"
caught src/base/a.c 2 'int a;\n  #  include  <cJSON.h>\n'

# What asks the world.
for name in time rand srand random srandom clock_gettime gettimeofday clock; do
    caught src/domain/a.c 3 "\n\nint x = $name(0);\n"
    caught src/client/sync/a.c 1 "x = f( $name (0));\n"
    caught ui/term/a.c 1 "$name(0);\n"
    caught src/config/a.c 1 "$name(0);\n"
    allowed src/base/ports.c "$name(0);\n"
    allowed src/client/main.c "$name(0);\n"
    allowed src/server/main.c "$name(0);\n"
    allowed tests/e2e/a.c "$name(0);\n"
done
for name in getenv secure_getenv; do
    caught src/client/app/a.c 1 "$name(\"HOME\");\n"
    caught src/base/log.c 1 "$name(\"HOME\");\n"
    allowed src/config/a.c "$name(\"HOME\");\n"
    allowed src/server/main.c "$name(\"HOME\");\n"
done
allowed ui/term/a.c 'getenv("TERM");\ngetenv("NO_COLOR");\n'
caught ui/term/a.c 1 'getenv("HOME");\n'
caught ui/screen/a.c 1 'getenv("NO_COLOR");\n'

# What is not used at all.
for name in sprintf vsprintf strcpy strcat stpcpy strtok gets atoi atol atoll atof; do
    for place in src/base src/client ui/term include/medterm/base tests/unit/base; do
        caught "$place/a.c" 2 "int a;\nint b = $name(0);\n"
    done
done
for name in sleep usleep nanosleep clock_nanosleep; do
    caught tests/e2e/a.c 1 "(void)$name(1);\n"
    allowed src/client/app/a.c "(void)$name(1);\n"
done

# Money.
caught src/client/till/a.c 1 'x = total.minor;\n'
caught src/server/repo/a.c 1 'x = o->total.minor + 1;\n'
caught src/wire/a.c 1 'x = o->minor;\n'
caught ui/screen/a.c 1 'struct mt_money m = {.minor = 5};\n'
caught include/medterm/wire/a.h 1 'x = o->minor;\n'
allowed src/domain/a.c 'x = o->minor;\n'
allowed src/client/till/a.c 'x = v.minor_version; y = minor;\n'
allowed tests/unit/domain/a.c 'x = o->minor;\n'
for word in float double; do
    caught src/domain/a.c 1 "$word x;\n"
    caught include/medterm/domain/a.h 1 "$word x;\n"
    caught src/server/service/a.c 1 "y = ($word)x;\n"
    allowed src/wire/a.c "$word x;\n"
    allowed src/domain/a.c "int ${word}_entry;\n"
done

# Layers, upwards and sideways.
caught src/base/a.c 1 "$(inc medterm/domain/money.h)"
caught src/domain/a.c 1 "$(inc medterm/wire/doc.h)"
caught src/wire/a.c 1 "$(inc medterm/crypto/crypto.h)"
caught src/config/a.c 1 "$(inc medterm/domain/money.h)"
caught src/crypto/a.c 1 "$(inc medterm/db/db.h)"
caught src/db/a.c 1 "$(inc medterm/domain/money.h)"
caught src/client/till/a.c 1 "$(inc medterm/store/register.h)"
caught src/client/till/a.c 1 "$(inc medterm/wire/doc.h)"
caught src/client/store/a.c 1 "$(inc medterm/till/till.h)"
caught src/client/sync/a.c 1 "$(inc medterm/db/db.h)"
caught src/client/sync/a.c 1 "$(inc medterm/net/net.h)"
caught src/client/net/a.c 1 "$(inc medterm/wire/doc.h)"
caught src/client/print/a.c 1 "$(inc medterm/store/cart.h)"
caught src/client/app/a.c 1 "$(inc medterm/ui/cell.h)"
caught src/client/app/a.c 1 "$(inc medterm/service/service.h)"
caught src/client/app/a.c 1 "$(inc medterm/db/db.h)"
caught src/server/repo/a.c 1 "$(inc medterm/service/service.h)"
caught src/server/service/a.c 1 "$(inc medterm/routes/routes.h)"
caught src/server/service/a.c 1 "$(inc medterm/till/till.h)"
caught src/server/routes/a.c 1 "$(inc medterm/repo/orders.h)"
caught src/server/http/a.c 1 "$(inc medterm/repo/orders.h)"
caught src/server/admin/a.c 1 "$(inc medterm/routes/routes.h)"
caught ui/cell/a.c 1 "$(inc medterm/ui/widget.h)"
caught ui/cell/a.c 1 "$(inc medterm/domain/money.h)"
caught ui/widget/a.c 1 "$(inc medterm/till/till.h)"
caught ui/screen/a.c 1 "$(inc medterm/ui/term.h)"
caught ui/screen/a.c 1 "$(inc medterm/store/register.h)"
caught ui/term/a.c 1 "$(inc medterm/ui/widget.h)"
caught include/medterm/domain/a.h 1 "$(inc medterm/wire/doc.h)"
caught include/medterm/ui/cell.h 1 "$(inc medterm/ui/widget.h)"
caught include/medterm/ui/key.h 1 "$(inc medterm/ui/widget.h)"
caught src/base/a.c 1 "$(inc medterm/nowhere/a.h)"
caught src/server/repo/a.c 1 '#include "../service/service.h"\n'
caught ui/cell/a.c 1 '#include "../widget/list.h"\n'
allowed src/client/till/a.c "$(inc medterm/domain/money.h)$(inc medterm/base/sv.h)$(inc medterm/till/till.h)"
allowed src/client/app/a.c "$(inc medterm/till/till.h)$(inc medterm/store/register.h)$(inc medterm/sync/sync.h)$(inc medterm/net/net.h)"
allowed src/server/service/a.c "$(inc medterm/repo/orders.h)$(inc medterm/db/db.h)$(inc medterm/crypto/crypto.h)"
allowed ui/screen/a.c "$(inc medterm/ui/widget.h)$(inc medterm/ui/key.h)$(inc medterm/till/till.h)"
allowed ui/term/a.c "$(inc medterm/ui/cell.h)$(inc medterm/ui/key.h)"
allowed src/client/main.c "$(inc medterm/app/app.h)$(inc medterm/ui/term.h)$(inc medterm/ui/screen.h)"
allowed src/server/main.c "$(inc medterm/http/http.h)$(inc medterm/db/db.h)"
allowed tests/sim/a.c "$(inc medterm/till/till.h)$(inc medterm/repo/orders.h)"
allowed src/base/a.c '#include "private.h"\n'

# Names, sizes, marks.
for name in util utils misc helper helpers common str_util http-helpers common_types; do
    caught "src/base/$name.c" 1 'int x;\n'
    caught "tests/support/$name.h" 1 'int x;\n'
done
allowed src/base/utility_bill.c 'int x;\n'
allowed src/base/uncommon.c 'int x;\n'
long=$(awk 'BEGIN { for (i = 0; i < 600; i++) printf "int x;\\n" }')
allowed src/base/long.c "$long"
caught src/base/long.c 601 "${long}int y;\n"
caught include/medterm/base/long.h 601 "${long}int y;\n"
caught ui/cell/zz_long.c 601 "${long}int y;\n"
allowed tests/sim/long.c "${long}int y;\n"
for mark in TODO FIXME XXX; do
    caught src/base/a.c 2 "int a;\n/* $mark: later */\n"
    caught ui/cell/a.c 1 "// $mark\n"
    caught tests/unit/base/CMakeLists.txt 1 "# $mark\n"
    caught tests/run.sh 2 "#!/bin/sh\n# $mark\n"
done

# What only looks like a breach.
allowed src/domain/a.c '/* sprintf(x) and time(0) are not used, nor\n   strcpy(a, b) or x.minor\n   #include <curses.h> */\nint a;\n'
allowed src/domain/a.c '// time(0) double float .minor\nint a;\n'
allowed src/domain/a.c 'const char *s = "time(0) // \\"getenv(x)\\" sprintf(a)";\n'
allowed src/domain/a.c "char c = '\\\\'', d = '\"';\nint x; /* \" */\n"
allowed src/domain/a.c 'snprintf(a, b, c); mt_strcpy(x); my_time(1); times(2); timeout(3); strtok_r(a); nanosleep_for(1);\n'
allowed src/domain/a.c 'x = clock.time(ctx); y = c->rand(ctx); z = p->clock(p);\n'
allowed tests/unit/base/a.c 'char t[] = "/tmp/medterm-XXXXXX";\nsleepless(1);\n'

# And what hides behind something.
caught src/domain/a.c 1 '/* ok */ x = time(0);\n'
caught src/domain/a.c 2 '/* ok\n */ x = time(0);\n'
caught src/domain/a.c 1 'f("a // b", time(0));\n'
caught src/domain/a.c 1 "f('\"', time(0), '\"');\n"
caught src/domain/a.c 1 'x = clock.time(ctx) + time(0);\n'
caught src/domain/a.c 1 'x = a>time(0);\n'
caught src/domain/a.c 1 'time(0);'

# A tree that is not there is an error, not a clean bill.
rm -rf "$tree/src" "$tree/include" "$tree/ui" "$tree/tests"
run
trials=$((trials + 1))
[ "$status" -eq 2 ] || complain "an empty tree ended with $status"

echo "$trials trials, $failures failed"
[ "$failures" -eq 0 ]
