/* The commands without a screen: `medterm sell …` and the others of one table. They print to the streams given and
 * return the exit code: 0 done, 1 failed, 2 not understood. */
#ifndef MEDTERM_APP_COMMAND_H
#define MEDTERM_APP_COMMAND_H

#include <medterm/app/app.h>
#include <medterm/config/config.h>

#include <stdio.h>

struct mt_command_line {
    struct mt_app_options app; /* directories, server, ports */
    const struct mt_option *options;
    size_t option_count;
    const char *const *words; /* the command's words, "sell" first */
    size_t word_count;
    FILE *out, *err;
};
enum { MT_EXIT_DONE = 0, MT_EXIT_FAILED = 1, MT_EXIT_USAGE = 2 };

/* The options that commands take beside config, server and state-dir. */
#define MT_COMMAND_OPTIONS                                                                                                         \
    {.name = "json", .flag_only = true, .is_switch = true}, {.name = "once", .flag_only = true, .is_switch = true},                \
        {.name = "code", .flag_only = true}, {.name = "staff", .flag_only = true}, {.name = "items", .flag_only = true},           \
        {.name = "pay", .flag_only = true}, {                                                                                      \
        .name = "status", .flag_only = true                                                                                        \
    }

/* word_count must not be 0. */
int mt_command_run(const struct mt_command_line *c);
void mt_command_usage(FILE *to);

#endif
