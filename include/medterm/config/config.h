/* Settings: flags > MEDTERM_* environment > config file > default, for a table of options each program gives. */
#ifndef MEDTERM_CONFIG_CONFIG_H
#define MEDTERM_CONFIG_CONFIG_H

#include <medterm/base/arena.h>

struct mt_option {
    const char *name;  /* "tls-cert": flag --tls-cert, environment MEDTERM_TLS_CERT, key tls-cert in the file */
    const char *value; /* default on entry (NULL: none), result on return; results are owned by the arena */
    bool flag_only;    /* not read from environment or file */
    bool is_switch;    /* --json: no value; "1" when given; in environment and file 1, yes, true, on or 0, no, false, off */
    bool many;         /* flags given again do not replace, they add a line: values stand in order with '\n' between */
    bool elsewhere;    /* another command's: may stand in the file, is not a flag of this one and gets no value from it */
};

/* Reads argv[from..argc): options may stand anywhere; other words (borrowed from argv) go to words[*word_count], at most max_words.
 * MT_INVALID names the word, variable or key that is not understood, never a value. `--config F` and MEDTERM_CONFIG name an INI
 * file (inih) without sections, also when the table does not list it; a table that does may give a default, and only that one may
 * be missing.
 * `--x=v` and `--x v` both work, `--` ends options. An empty variable counts as not set. options is untouched on failure. */
MT_MUST enum mt_rc mt_config_read(struct mt_option *options, size_t count, int argc, char **argv, int from, const char **words,
                                  size_t max_words, size_t *word_count, struct mt_arena *arena, struct mt_err *err);
const char *mt_config_get(const struct mt_option *options, size_t count, const char *name); /* NULL when not given */

#endif
