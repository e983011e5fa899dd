/* The table of commands, and what all of them do: open the till in the way the command needs, run it, say what went
 * wrong in words, close. */
#include "command_impl.h"

#include <string.h>

static const struct {
    const char *name;
    size_t least, most;   /* words behind the name */
    const char *needs[4]; /* options, up to NULL: asked for before any file is opened */
    enum mt_app_use use;
    int (*run)(struct command *c);
    const char *usage;
} commands[] = {
    {"enroll", 0, 0, {"server", "code"}, MT_APP_ONCE, command_enroll, "enroll --server URL --code CODE"},
    {"sell",
     0,
     0,
     {"staff", "items", "pay"},
     MT_APP_ONCE,
     command_sell,
     "sell --staff ID --items CODE*QUANTITY,… --pay cash[=TENDERED]|none"},
    {"sync", 0, 0, {"once"}, MT_APP_ONCE, command_sync, "sync --once"},
    {"outbox", 0, 0, {NULL}, MT_APP_READ, command_outbox, "outbox"},
    {"orders", 0, 0, {NULL}, MT_APP_READ, command_orders, "orders [--status STATUS]"},
    {"advance", 2, 2, {"staff"}, MT_APP_ONCE, command_advance, "advance --staff ID ORDER_NO STATUS"},
    {"export-outbox", 1, 1, {NULL}, MT_APP_READ, command_export, "export-outbox FILE"},
};

void mt_command_usage(FILE *to) {
    (void)fprintf(to, "usage: medterm [--config FILE] [--server URL] [--state-dir DIR]            the screens\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        (void)fprintf(to, "       medterm %s [--json]\n", commands[i].usage);
    }
}

const char *command_option(const struct command *c, const char *name) {
    return mt_config_get(c->line->options, c->line->option_count, name);
}

bool command_json(const struct command *c) {
    return command_option(c, "json") != NULL;
}

int command_failed(struct command *c) {
    (void)fprintf(c->line->err, "medterm: %s\n", mt_err_text(&c->err));
    return MT_EXIT_FAILED;
}

int command_usage(struct command *c, const char *what) {
    (void)fprintf(c->line->err, "medterm: %s\n", what);
    mt_command_usage(c->line->err);
    return MT_EXIT_USAGE;
}

int command_print(struct command *c, struct mt_doc *d, int code) {
    struct mt_buf text;
    mt_buf_init(&text, 512u << 20);
    enum mt_rc rc = MT_OK;
    if (command_json(c)) {
        rc = d != NULL ? mt_doc_print(d, &text) : MT_NOMEM;
        if (rc == MT_OK && (fprintf(c->line->out, "%s\n", mt_buf_text(&text)) < 0 || fflush(c->line->out) != 0)) {
            rc = MT_IO;
        }
    }
    mt_doc_free(d);
    mt_buf_fini(&text);
    if (rc != MT_OK) {
        (void)mt_fail(&c->err, rc, "The answer can not be printed: %s.", mt_rc_text(rc));
        return command_failed(c);
    }
    return code;
}

static int run_open(const struct mt_command_line *line, size_t at) {
    struct command c = {.line = line};
    struct mt_app_options o = line->app;
    o.use = commands[at].use;
    mt_arena_init(&c.arena, 512u << 20);
    int code;
    if (mt_app_open(&o, &c.app, &c.err) != MT_OK) {
        code = command_failed(&c);
    } else {
        code = commands[at].run(&c);
    }
    mt_app_close(c.app);
    mt_arena_fini(&c.arena);
    return code;
}

int mt_command_run(const struct mt_command_line *line) {
    struct command c = {.line = line};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, line->words[0]) != 0) {
            continue;
        }
        const size_t words = line->word_count - 1;
        if (words < commands[i].least || words > commands[i].most) {
            return command_usage(&c, words < commands[i].least ? "Something is missing." : "There is a word too many.");
        }
        for (size_t k = 0; commands[i].needs[k] != NULL; k++) {
            if (command_option(&c, commands[i].needs[k]) == NULL) {
                (void)mt_fail(&c.err, MT_INVALID, "%s needs --%s.", commands[i].name, commands[i].needs[k]);
                return command_usage(&c, mt_err_text(&c.err));
            }
        }
        return run_open(line, i);
    }
    return command_usage(&c, "There is no such command.");
}
