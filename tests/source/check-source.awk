# Reads the sources line by line. Comments and the insides of literals are blanked first, so that a rule about calls is not broken by a sentence about
# one. A rule is a row of a table: what is looked for, and the path prefixes where it is allowed.

BEGIN {
    # Layer of a path, by the longest prefix; what is not listed has no include rule. Files directly in src/client and src/server wire the parts
    # together and may see everything.
    split("base domain wire config crypto db", ground, " ")
    for (i in ground) {
        layer_of["src/" ground[i] "/"] = ground[i]
        layer_of["include/medterm/" ground[i] "/"] = ground[i]
    }
    split("till store sync net print app", client, " ")
    for (i in client) {
        layer_of["src/client/" client[i] "/"] = client[i]
        layer_of["include/medterm/" client[i] "/"] = client[i]
    }
    split("repo service routes notify http admin", server, " ")
    for (i in server) {
        layer_of["src/server/" server[i] "/"] = server[i]
        layer_of["include/medterm/" server[i] "/"] = server[i]
    }
    split("cell widget screen term", screen, " ")
    for (i in screen) {
        layer_of["ui/" screen[i] "/"] = "ui_" screen[i]
        layer_of["include/medterm/ui/" screen[i] "."] = "ui_" screen[i]
        layer_of["include/medterm/ui/" screen[i] "/"] = "ui_" screen[i]
    }
    layer_of["include/medterm/ui/key."] = "ui_cell"

    sees["base"] = "base"
    sees["domain"] = "base domain"
    sees["wire"] = "base domain wire"
    sees["config"] = "base config"
    sees["crypto"] = "base crypto"
    sees["db"] = "base db"
    sees["till"] = "base domain till"
    sees["store"] = "base domain wire crypto db store"
    sees["sync"] = "base domain wire store sync"
    sees["net"] = "base net"
    sees["print"] = "base domain print"
    sees["app"] = "base domain wire crypto config till store sync net print app"
    sees["repo"] = "base domain db repo"
    sees["service"] = "base domain wire crypto db repo service"
    sees["routes"] = "base domain wire service routes"
    sees["http"] = "base domain wire crypto service routes http"
    sees["notify"] = "base domain wire crypto db repo service notify"
    sees["admin"] = "base domain wire crypto config db repo service admin"
    sees["ui_cell"] = "base ui_cell"
    sees["ui_widget"] = "base ui_cell ui_widget"
    sees["ui_screen"] = "base domain till ui_cell ui_widget ui_screen"
    sees["ui_term"] = "base ui_cell ui_term"

    # Headers of libraries: a pattern, and where it may stand.
    library("^n?curses(w)?[./]", "ui/term/ tests/bench/") # a bench measures the limit with the library alone
    library("^term\\.h$", "ui/term/")
    library("^sqlite3(ext)?\\.h$", "src/db/ tests/sim/ tests/bench/ tests/unit/http/")
    library("libpq|^postgresql/", "src/db/")
    library("^curl/", "src/client/net/ src/server/notify/ tests/")
    library("[cC][jJ][sS][oO][nN]", "src/wire/ tests/e2e/ tests/unit/routes/openapi.c") # tests read answers with a reader of their own
    library("^microhttpd", "src/server/http/")
    library("^gnutls/", "src/server/http/")
    library("^sodium", "src/crypto/")
    library("^openssl/", "src/crypto/ tests/")
    library("^ini\\.h$", "src/config/")
    library("^qrencode", "ui/widget/")
    library("^vterm", "tests/")

    # Calls that ask the world, and where they may: the ports, the settings, the composition roots; tests may ask for deadlines.
    world = "src/base/ports.c src/client/main.c src/server/main.c tests/"
    split("time rand srand random srandom clock_gettime gettimeofday clock", asks, " ")
    for (i in asks)
        call(asks[i], world, "asks the world; take it through a port")
    call("getenv", world " src/config/ ui/term/", "the environment is read by config and the composition roots")
    call("secure_getenv", world " src/config/", "the environment is read by config and the composition roots")

    split("sprintf vsprintf strcpy strcat stpcpy strtok gets atoi atol atoll atof", unsafe, " ")
    for (i in unsafe)
        call(unsafe[i], "", "is not used here")
    split("sleep usleep nanosleep clock_nanosleep", naps, " ")
    for (i in naps)
        call(naps[i], "src/ ui/ include/", "a test waits for what it expects, never for a time")

    exact["src/domain/"] = exact["include/medterm/domain/"] = 1
    exact["src/client/till/"] = exact["src/client/print/"] = exact["src/server/repo/"] = exact["src/server/service/"] = 1
    longest = 600
}

function library(pattern, places) {
    library_pattern[++libraries] = pattern
    library_places[libraries] = places
}

function call(name, places, why) {
    call_name[++calls] = name
    call_places[calls] = places
    call_why[calls] = why
}

function breach(line, text) {
    printf "%s:%d: %s\n", FILENAME, line, text
    breaches++
}

function starts(text, prefix) {
    return substr(text, 1, length(prefix)) == prefix
}

# Whether the path lies under one of the prefixes.
function within(path, places,    list, n, k) {
    n = split(places, list, " ")
    for (k = 1; k <= n; k++)
        if (starts(path, list[k]))
            return 1
    return 0
}

function has_word(list, word) {
    return index(" " list " ", " " word " ") > 0
}

function layer(path,    prefix, best, name) {
    best = 0
    name = ""
    for (prefix in layer_of)
        if (starts(path, prefix) && length(prefix) > best) {
            best = length(prefix)
            name = layer_of[prefix]
        }
    return name
}

# The line without comments and without what stands inside literals. in_comment lives on to the next line.
function code_of(line,    out, two, first) {
    out = ""
    while (length(line)) {
        if (in_comment) {
            first = index(line, "*/")
            if (!first)
                return out
            line = substr(line, first + 2)
            in_comment = 0
            out = out " "
            continue
        }
        if (!match(line, /["'\/]/))
            return out line
        out = out substr(line, 1, RSTART - 1)
        line = substr(line, RSTART)
        two = substr(line, 1, 2)
        first = substr(line, 1, 1)
        if (two == "//")
            return out
        if (two == "/*") {
            in_comment = 1
            line = substr(line, 3)
        } else if (first == "/") {
            out = out first
            line = substr(line, 2)
        } else {
            if (first == "\"")
                match(line, /^"([^"\\]|\\.)*"?/)
            else
                match(line, /^'([^'\\]|\\.)*'?/)
            out = out first first
            line = substr(line, RLENGTH + 1)
        }
    }
    return out
}

# Whether the code calls the function of that name; a member of that name is somebody else's.
function has_call(code, name,    before) {
    while (match(code, "(^|[^A-Za-z0-9_])" name "[ \t]*\\(")) {
        before = substr(code, 1, RSTART)
        if (before !~ /(\.|->)$/)
            return 1
        code = substr(code, RSTART + RLENGTH)
    }
    return 0
}

function check_include(header, own, quoted,    target, k) {
    if (quoted) {
        if (index(header, "../") && !within(FILENAME, "tests/"))
            breach(FNR, "an include must not climb out of its layer: " header)
        return
    }
    for (k = 1; k <= libraries; k++)
        if (header ~ library_pattern[k] && !within(FILENAME, library_places[k]))
            breach(FNR, "<" header "> belongs to " library_places[k])
    if (own == "" || !starts(header, "medterm/"))
        return
    target = layer("include/" header)
    if (target == "")
        breach(FNR, "<" header "> is of no known layer")
    else if (!has_word(sees[own], target))
        breach(FNR, "layer " own " must not see " target ": <" header ">")
}

function check_calls(code,    k) {
    for (k = 1; k <= calls; k++)
        if (index(code, call_name[k]) && has_call(code, call_name[k]) && !within(FILENAME, call_places[k]))
            breach(FNR, call_name[k] "(): " call_why[k])
}

# Of the environment a terminal is described in, nothing but that description.
function check_term_environment(raw, code) {
    if (starts(FILENAME, "ui/term/") && has_call(code, "getenv") && raw !~ /getenv\("(TERM|NO_COLOR|COLORTERM|LANG|LC_ALL|LC_CTYPE)"\)/)
        breach(FNR, "getenv(): ui/term asks for TERM, NO_COLOR and the like only")
}

function check_name(    name) {
    name = FILENAME
    sub(/^.*\//, "", name)
    sub(/\..*$/, "", name)
    if (name ~ /(^|[_-])(utils?|misc|helpers?|common)([_-]|$)/)
        breach(1, "a file is named after what it does, not " name)
}

function end_of_file() {
    if (is_c && lines > longest && !starts(last_file, "tests/")) {
        printf "%s:%d: longer than %d lines\n", last_file, longest + 1, longest
        breaches++
    }
}

FNR == 1 {
    if (last_file != "")
        end_of_file()
    last_file = FILENAME
    in_comment = 0
    is_c = FILENAME ~ /\.[ch]$/
    own_layer = layer(FILENAME)
    is_test = starts(FILENAME, "tests/")
    pure_numbers = 0
    for (place in exact)
        if (starts(FILENAME, place))
            pure_numbers = 1
    check_name()
}

{ lines = FNR }

# The check and its trial name the words they look for.
starts(FILENAME, "tests/source/") { next }

/(^|[^A-Za-z0-9_])(TODO|FIXME|XXX)([^A-Za-z0-9_]|$)/ { breach(FNR, "unfinished work is finished or filed, not marked") }

!is_c { next }

{
    was_comment = in_comment
    code = code_of($0)
    if (!was_comment && match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*/)) {
        header = substr($0, RSTART, RLENGTH)
        quoted = header ~ /"/
        sub(/^[^<"]*[<"]/, "", header)
        check_include(header, own_layer, quoted)
        next
    }
    check_calls(code)
    check_term_environment($0, code)
    if (!is_test && code ~ /(\.|->)minor([^A-Za-z0-9_]|$)/ && !starts(FILENAME, "src/domain/"))
        breach(FNR, ".minor: only src/domain looks into money")
    if (pure_numbers && code ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/)
        breach(FNR, "no floating point near money")
}

END {
    if (last_file != "")
        end_of_file()
    if (breaches) {
        printf "%d breach%s\n", breaches, breaches == 1 ? "" : "es"
        exit 1
    }
}
