/* medtermd. A command is one row of the table below: its words, options, operands, a line of help, the session it needs and its
 * function. main reads the row's options, opens the service, runs the function and prints what it said: one JSON document or a
 * sentence. */
#include "program.h"

#include <medterm/crypto/crypto.h>
#include <medterm/db/db.h>
#include <medterm/repo/schema.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };
enum needs { NEEDS_NOTHING, NEEDS_SERVICE, NEEDS_READ, NEEDS_WRITE };
enum { WORDS_MAX = 64, ARENA_MAX = 8 << 20 };

static enum mt_rc command_migrate(struct mt_command *c, struct mt_err *err) {
    size_t version;
    (void)err;
    (void)mt_repo_migrations(&version); /* the service is open, so they have all run */
    mt_node_int(c->doc, mt_doc_root(c->doc), "version", (int64_t)version);
    mt_buf_fmt(&c->sentence, "The database is at version %zu.", version);
    return MT_OK;
}

static const struct command {
    const char *words[2];
    const char *options; /* beside --db, --key-file, --config, --json, --log, --log-level; '!': required */
    const char *operands;
    size_t operands_least, operands_most;
    enum needs needs;
    enum mt_rc (*run)(struct mt_command *c, struct mt_err *err); /* NULL: serve */
    const char *help;
} commands[] = {
    {{"serve"},
     "listen tls-cert tls-key rate webhooks-private unpaid-minutes",
     "",
     0,
     0,
     NEEDS_SERVICE,
     NULL,
     "answers the tills until it is told to stop"},
    {{"migrate"}, "", "", 0, 0, NEEDS_SERVICE, command_migrate, "brings the database to this program's version"},
    {{"check"}, "", "", 0, 0, NEEDS_READ, mt_command_check, "proves every ledger sum and invariant"},
    {{"audit", "verify"},
     "against",
     "",
     0,
     0,
     NEEDS_READ,
     mt_command_audit_verify,
     "walks the audit's chain of hashes; a head noted earlier must still stand in it"},
    {{"backup"}, "", "FILE", 1, 1, NEEDS_READ, mt_command_backup, "copies the database into a new file, while it is served"},
    {{"restore"},
     "",
     "FILE",
     1,
     1,
     NEEDS_NOTHING,
     mt_command_restore,
     "puts a backup in the database's place and lists what is lost"},
    {{"epoch", "renew"},
     "",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_epoch_renew,
     "for a database that was put back by other means: callers compare everything"},
    {{"store", "add"}, "name! currency", "", 0, 0, NEEDS_WRITE, mt_command_store_add, "adds a pharmacy"},
    {{"register", "add"},
     "store! code!",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_register_add,
     "adds a counter and prints its one-time enrolment code"},
    {{"register", "recover"},
     "code! store",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_register_recover,
     "admits a counter again whose enrolment a restore has lost"},
    {{"staff", "add"},
     "store! name! role!",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_staff_add,
     "adds a person; the PIN is asked for, or comes from MEDTERM_PIN"},
    {{"staff", "set"},
     "id! name role active new-pin",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_staff_set,
     "changes a person's name, role or PIN, or says whether they still work here"},
    {{"client", "add"}, "store! role!", "", 0, 0, NEEDS_WRITE, mt_command_client_add, "makes a token for other programs"},
    {{"client", "rotate"}, "id!", "", 0, 0, NEEDS_WRITE, mt_command_client_rotate, "gives a client a new token; the old one ends"},
    {{"client", "revoke"}, "id!", "", 0, 0, NEEDS_WRITE, mt_command_client_revoke, "ends a client's token for good"},
    {{"register", "revoke"},
     "id!",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_register_revoke,
     "shuts a till out, until it is enrolled with a new code"},
    {{"subscription", "add"},
     "store! url!",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_subscription_add,
     "tells a web address each status change of a store's orders; prints the secret of its signatures"},
    {{"subscription", "list"},
     "store!",
     "",
     0,
     0,
     NEEDS_READ,
     mt_command_subscription_list,
     "lists who is told of a store's orders, and how much they were not told yet"},
    {{"subscription", "remove"}, "id!", "", 0, 0, NEEDS_WRITE, mt_command_subscription_remove, "tells it no more"},
    {{"catalogue", "import"},
     "format store",
     "FILE…",
     1,
     WORDS_MAX,
     NEEDS_WRITE,
     mt_command_catalogue_import,
     "reads a CSV, or the BDPM's files"},
    {{"stock", "receive"},
     "store! drug! lot! expires! quantity!",
     "",
     0,
     0,
     NEEDS_WRITE,
     mt_command_stock_receive,
     "books goods in"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static const struct option_row {
    struct mt_option option;
    const char *shape; /* of its value, for the help */
    bool everywhere;
} option_rows[] = {
    {{.name = "db"}, "URL", true},
    {{.name = "key-file"}, "FILE", true},
    {{.name = "config"}, "FILE", true},
    {{.name = "json", .is_switch = true, .flag_only = true}, "", true},
    {{.name = "help", .is_switch = true, .flag_only = true}, "", true},
    {{.name = "version", .is_switch = true, .flag_only = true}, "", true},
    {{.name = "log"}, "FILE", true},
    {{.name = "log-level", .value = "info"}, "LEVEL", true},
    {{.name = "listen", .value = "127.0.0.1:8484"}, "ADDR:PORT", false},
    {{.name = "tls-cert"}, "FILE", false},
    {{.name = "tls-key"}, "FILE", false},
    {{.name = "rate"}, "N", false},
    {{.name = "webhooks-private", .is_switch = true}, "", false},
    {{.name = "url", .flag_only = true}, "URL", false},
    {{.name = "unpaid-minutes"}, "N", false},
    {{.name = "store", .flag_only = true}, "ID", false},
    {{.name = "name", .flag_only = true}, "NAME", false},
    {{.name = "currency", .value = "CNY", .flag_only = true}, "CODE", false},
    {{.name = "code", .flag_only = true}, "A03", false},
    {{.name = "role", .flag_only = true}, "ROLE", false},
    {{.name = "id", .flag_only = true}, "ID", false},
    {{.name = "active", .flag_only = true}, "yes|no", false},
    {{.name = "new-pin", .is_switch = true, .flag_only = true}, "", false},
    {{.name = "format", .flag_only = true}, "csv|bdpm", false},
    {{.name = "drug", .flag_only = true}, "CODE", false},
    {{.name = "lot", .flag_only = true}, "LOT", false},
    {{.name = "expires", .flag_only = true}, "YYYY-MM-DD", false},
    {{.name = "quantity", .flag_only = true}, "N", false},
    {{.name = "against", .flag_only = true}, "HEAD", false},
};
enum { OPTION_COUNT = sizeof option_rows / sizeof option_rows[0] };

/* What main holds while a command runs. */
struct program {
    const struct command *command;
    struct mt_option options[OPTION_COUNT];
    const char *words[WORDS_MAX];
    struct mt_arena arena;
    struct mt_log log;
    int log_fd;                 /* of --log; -1: stderr is used */
    struct mt_metrics *metrics; /* owned; of serve, otherwise NULL */
    struct mt_service *service;
    struct mt_command c;
};

/* ---- the table's questions ---- */

/* Whether the command's list names the option; *required: with '!'. */
static bool takes(const struct command *k, const char *option, bool *required) {
    struct mt_sv rest = mt_sv(k->options);
    *required = false;
    while (rest.n) {
        struct mt_sv one = mt_sv_cut(&rest, ' ');
        bool must = one.n && one.p[one.n - 1] == '!';
        if (must)
            one.n--;
        if (mt_sv_is(one, option)) {
            *required = must;
            return true;
        }
    }
    return false;
}

static void print_usage(FILE *to, const struct command *k) {
    (void)fprintf(to, "  medtermd %s%s%s", k->words[0], k->words[1] ? " " : "", k->words[1] ? k->words[1] : "");
    if (k->operands[0])
        (void)fprintf(to, " %s", k->operands);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        bool required;
        if (takes(k, option_rows[i].option.name, &required))
            (void)fprintf(to, required ? " --%s%s%s" : " [--%s%s%s]", option_rows[i].option.name,
                          option_rows[i].shape[0] ? " " : "", option_rows[i].shape);
    }
    (void)fprintf(to, "\n      %s\n", k->help);
}

static void print_common(FILE *to) {
    (void)fprintf(
        to,
        "\nEvery command takes --db sqlite:///PATH or postgres://USER@HOST/DATABASE, --key-file FILE, --config FILE, --log FILE,\n"
        "--log-level debug|info|warn|error and --json.\n"
        "A setting is taken from its flag, then MEDTERM_<NAME>, then the file, then its default.\n"
        "Exit codes: 0 done, 1 failed, 2 the command line is wrong.\n");
}

static void print_help(FILE *to) {
    (void)fprintf(to, "medtermd %s: the order service that all tills sync with\n\n", MT_VERSION);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        print_usage(to, &commands[i]);
    (void)fprintf(to, "  medtermd help\n  medtermd --version\n");
    print_common(to);
}

static const struct command *find_command(int argc, char **argv, int *from) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *const *w = commands[i].words;
        if (strcmp(argv[1], w[0]) != 0)
            continue;
        if (w[1] && (argc < 3 || strcmp(argv[2], w[1]) != 0))
            continue;
        *from = w[1] ? 3 : 2;
        return &commands[i];
    }
    return NULL;
}

/* ---- settings ---- */

static enum mt_rc make_parents(char *path, struct mt_err *err) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        int why = errno;
        *slash = '/';
        if (!made)
            return mt_fail(err, MT_IO, "The folder for %.160s can not be made: %s.", path, strerror(why));
    }
    return MT_OK;
}

/* $XDG_STATE_HOME/medterm/<name>, or under ~/.local/state; its folder is made. */
static enum mt_rc default_file(struct program *p, const char *name, char **path, struct mt_err *err) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    *path = NULL;
    if (state && state[0] == '/')
        *path = mt_arena_fmt(&p->arena, "%s/medterm/%s", state, name);
    else if (home && home[0] == '/')
        *path = mt_arena_fmt(&p->arena, "%s/.local/state/medterm/%s", home, name);
    if (!*path)
        return mt_fail(err, MT_INVALID, "There is no home folder to keep %s in: give --db sqlite:///PATH or --key-file PATH.",
                       name);
    return make_parents(*path, err);
}

static enum mt_rc default_db(struct program *p, const char **url, struct mt_err *err) {
    char *path;
    enum mt_rc rc = default_file(p, "medtermd.db", &path, err);
    if (rc != MT_OK)
        return rc;
    *url = mt_arena_fmt(&p->arena, "sqlite://%s", path);
    return *url ? MT_OK : mt_fail(err, MT_NOMEM, "not enough memory");
}

/* The key for cursors lies beside the file of the database; a server has none. */
static enum mt_rc find_key(struct program *p, struct mt_service_options *o, struct mt_err *err) {
    o->key_path = mt_config_get(p->options, OPTION_COUNT, "key-file");
    if (o->key_path || mt_db_url_engine(o->db_url) == MT_ENGINE_SQLITE)
        return MT_OK;
    char *path;
    enum mt_rc rc = default_file(p, "medtermd.key", &path, err);
    o->key_path = path;
    return rc;
}

static bool asks(const struct program *p, const char *option) {
    return mt_config_get(p->options, OPTION_COUNT, option) != NULL;
}

static enum mt_rc read_settings(struct program *p, int argc, char **argv, int from, struct mt_err *err) {
    bool required[OPTION_COUNT];
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        p->options[i] = option_rows[i].option;
        bool taken = takes(p->command, p->options[i].name, &required[i]);
        p->options[i].elsewhere = !taken && !option_rows[i].everywhere;
    }
    enum mt_rc rc = mt_config_read(p->options, OPTION_COUNT, argc, argv, from, p->words, p->command->operands_most,
                                   &p->c.word_count, &p->arena, err);
    if (rc != MT_OK || asks(p, "help") || asks(p, "version"))
        return rc;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (required[i] && (!p->options[i].value || !p->options[i].value[0]))
            return mt_fail(err, MT_INVALID, "--%s is missing.", p->options[i].name);
    if (p->c.word_count < p->command->operands_least)
        return mt_fail(err, MT_INVALID, "%s is missing.", p->command->operands);
    p->c.options = p->options;
    p->c.option_count = OPTION_COUNT;
    p->c.words = p->words;
    return MT_OK;
}

static enum mt_rc open_log(struct program *p, struct mt_err *err) {
    static const char *const levels[] = {
        [MT_LOG_DEBUG] = "debug", [MT_LOG_INFO] = "info", [MT_LOG_WARN] = "warn", [MT_LOG_ERROR] = "error"};
    const char *path = mt_config_get(p->options, OPTION_COUNT, "log"),
               *level = mt_config_get(p->options, OPTION_COUNT, "log-level");
    size_t i = 0;
    while (i < sizeof levels / sizeof levels[0] && strcmp(levels[i], level ? level : "info") != 0)
        i++;
    if (i == sizeof levels / sizeof levels[0]) {
        p->c.usage = true;
        return mt_fail(err, MT_INVALID, "--log-level is debug, info, warn or error.");
    }
    if (path) {
        p->log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (p->log_fd < 0)
            return mt_fail(err, MT_IO, "The log %.160s can not be opened: %s.", path, strerror(errno));
    }
    p->log = (struct mt_log){.fd = path ? p->log_fd : STDERR_FILENO, .least = (enum mt_log_level)i, .clock = p->c.clock};
    return MT_OK;
}

/* ---- running ---- */

static void say(void *ctx, const char *line) {
    (void)ctx;
    (void)fprintf(stderr, "%s\n", line);
}

static enum mt_rc ask_pin(char pin[MT_PIN_MAX + 1], struct mt_err *err) {
    const char *given = getenv("MEDTERM_PIN");
    if (!given || !given[0])
        return program_ask_pin(pin, err);
    if (!mt_pin_ok(mt_sv(given)) || mt_sv_copy(mt_sv(given), pin, MT_PIN_MAX + 1) != MT_OK)
        return mt_fail(err, MT_INVALID, "MEDTERM_PIN is not a PIN: a PIN has 4 to 8 digits.");
    return MT_OK;
}

/* Of SQLite's file, inside the URL; NULL: it is no file. */
static const char *path_of(const char *url) {
    const char *path = mt_sv_starts(mt_sv(url), MT_SV("sqlite://")) ? url + strlen("sqlite://") : url;
    return strstr(path, "://") ? NULL : path;
}

/* A command that only reads must not make an empty database and then praise it. */
static enum mt_rc must_exist(const char *url, struct mt_err *err) {
    const char *path = path_of(url);
    if (!path || access(path, F_OK) == 0)
        return MT_OK;
    return mt_fail(err, MT_NOTFOUND, "There is no database at %.160s: %s.", path, strerror(errno));
}

/* What serves a file, what lies beside it and what a restore replaces go by its name, so a file has one: its own, not that of a
 * link to it. A file that is not there yet gets the name it was given. */
static enum mt_rc follow_links(struct program *p, struct mt_err *err) {
    const char *path = path_of(p->c.db_url);
    const bool named = path && (path[0] == '/' || path == p->c.db_url);
    char *real = named ? realpath(path, NULL) : NULL;
    if (!real)
        return MT_OK;
    p->c.db_url = mt_arena_fmt(&p->arena, "sqlite://%s", real);
    free(real);
    return p->c.db_url ? MT_OK : mt_fail(err, MT_NOMEM, "not enough memory");
}

static enum mt_rc find_db(struct program *p, struct mt_err *err) {
    p->c.db_url = mt_config_get(p->options, OPTION_COUNT, "db");
    enum mt_rc rc = p->c.db_url ? MT_OK : default_db(p, &p->c.db_url, err);
    return rc == MT_OK ? follow_links(p, err) : rc;
}

static enum mt_rc open_service(struct program *p, struct mt_err *err) {
    struct mt_service_options o = {.clock = p->c.clock, .random = p->c.random, .log = &p->log, .metrics = p->metrics};
    o.disk = mt_disk_system();
    o.db_url = p->c.db_url;
    o.read_only = p->command->needs == NEEDS_READ;
    enum mt_rc rc = MT_OK;
    if (p->command->needs == NEEDS_READ)
        rc = must_exist(o.db_url, err);
    else
        rc = find_key(p, &o, err);
    return rc == MT_OK ? mt_service_open(&o, &p->service, err) : rc;
}

static enum mt_rc print_answer(struct program *p, struct mt_err *err) {
    struct mt_buf *out = &p->c.sentence;
    if (mt_config_get(p->options, OPTION_COUNT, "json")) {
        mt_buf_clear(out);
        if (mt_doc_print(p->c.doc, out) != MT_OK)
            return mt_fail(err, MT_NOMEM, "It is done, but there is not enough memory to print the answer.");
    }
    if (mt_buf_rc(out) != MT_OK || printf("%s\n", mt_buf_text(out)) < 0 || fflush(stdout) != 0)
        return mt_fail(err, MT_IO, "It is done, but the answer can not be printed.");
    return MT_OK;
}

static enum mt_rc run(struct program *p, struct mt_err *err) {
    enum mt_rc rc = open_log(p, err);
    if (rc == MT_OK && !p->command->run && (p->metrics = mt_metrics_new()) == NULL)
        rc = mt_fail(err, MT_NOMEM, "There is not enough memory to start.");
    if (rc == MT_OK && mt_crypto_init() != MT_OK)
        rc = mt_fail(err, MT_BUG, "The cryptographic library can not be started.");
    if (rc == MT_OK)
        rc = find_db(p, err);
    if (rc == MT_OK && p->command->needs != NEEDS_NOTHING)
        rc = open_service(p, err);
    if (rc != MT_OK)
        return rc;
    if (!p->command->run)
        return program_serve(&p->c, p->service, p->metrics, &p->log, err);
    if (p->command->needs == NEEDS_READ || p->command->needs == NEEDS_WRITE)
        rc = mt_session_open(p->service, p->command->needs == NEEDS_WRITE, &p->c.session, err);
    if (rc == MT_OK)
        rc = p->command->run(&p->c, err);
    return rc == MT_OK ? print_answer(p, err) : rc;
}

static int finish(struct program *p, enum mt_rc rc, bool usage, const struct mt_err *err) {
    if (rc != MT_OK)
        (void)fprintf(stderr, "medtermd: %s\n", mt_err_text(err));
    if (rc != MT_OK && usage) {
        (void)fprintf(stderr, "Usage:\n");
        print_usage(stderr, p->command);
    }
    bool failed = rc != MT_OK || p->c.failed;
    if (p->c.session)
        mt_session_close(p->c.session);
    mt_service_close(p->service);
    mt_metrics_free(p->metrics);
    mt_doc_free(p->c.doc);
    mt_buf_fini(&p->c.sentence);
    mt_arena_fini(&p->arena);
    if (p->log_fd >= 0)
        (void)close(p->log_fd);
    return rc != MT_OK && usage ? EXIT_USAGE : failed ? EXIT_FAILED : EXIT_DONE;
}

static int print_version(void) {
    return printf("medtermd %s\n", MT_VERSION) > 0 ? EXIT_DONE : EXIT_FAILED;
}

static int help_or_version(int argc, char **argv) {
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return print_version();
    bool asked = argc >= 2 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0);
    if (!asked && argc >= 2)
        (void)fprintf(stderr, "medtermd: the command is not known. These are:\n\n");
    print_help(asked ? stdout : stderr);
    return asked ? EXIT_DONE : EXIT_USAGE;
}

int main(int argc, char **argv) {
    struct program p = {.log_fd = -1};
    struct mt_err err = {0};
    int from = 0;
    p.command = argc >= 2 ? find_command(argc, argv, &from) : NULL;
    if (!p.command)
        return help_or_version(argc, argv);
    mt_arena_init(&p.arena, ARENA_MAX);
    mt_buf_init(&p.c.sentence, 1 << 20);
    p.c.doc = mt_doc_new();
    p.c.arena = &p.arena;
    p.c.clock = mt_clock_system();
    p.c.random = mt_random_system();
    p.c.ask_pin = ask_pin;
    p.c.say = say;
    enum mt_rc rc = read_settings(&p, argc, argv, from, &err);
    bool usage = rc == MT_INVALID;
    if (rc == MT_OK && asks(&p, "help")) {
        print_usage(stdout, p.command);
        print_common(stdout);
    } else if (rc == MT_OK && asks(&p, "version")) {
        p.c.failed = print_version() != EXIT_DONE;
    } else if (rc == MT_OK) {
        rc = run(&p, &err);
        usage = p.c.usage;
    }
    return finish(&p, rc, usage, &err);
}
