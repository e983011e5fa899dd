/* What the files of the commands share. */
#ifndef MEDTERM_APP_COMMAND_IMPL_H
#define MEDTERM_APP_COMMAND_IMPL_H

#include <medterm/app/command.h>
#include <medterm/wire/doc.h>

struct command {
    const struct mt_command_line *line;
    struct mt_app *app;
    struct mt_arena arena;
    struct mt_err err;
};

/* NULL when not given. */
const char *command_option(const struct command *c, const char *name);
bool command_json(const struct command *c);
/* Says what went wrong on the error stream and returns the exit code. */
int command_failed(struct command *c);
int command_usage(struct command *c, const char *what);
/* Prints the document when --json was asked for, frees it, and returns the exit code. */
int command_print(struct command *c, struct mt_doc *d, int code);

int command_enroll(struct command *c);
int command_sell(struct command *c);
int command_advance(struct command *c);
int command_sync(struct command *c);
int command_outbox(struct command *c);
int command_orders(struct command *c);
int command_export(struct command *c);

#endif
