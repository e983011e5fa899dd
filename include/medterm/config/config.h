/* Settings: flags > MEDTERM_* environment > config file > default, for a table of options each program gives. */
#ifndef MEDTERM_CONFIG_CONFIG_H
#define MEDTERM_CONFIG_CONFIG_H

#include <medterm/base/arena.h>

struct mt_option {
    const char *name;  /* "listen": flag --listen, environment MEDTERM_LISTEN, key listen in the file */
    const char *value; /* default on entry (NULL: none), result on return; results are owned by the arena */
    bool flag_only;    /* not read from environment or file */
    bool is_switch;    /* --json: no value; "1" when given */
    bool many;         /* not used with files; the last one wins otherwise */
};

/* Reads argv[from..argc): options may stand anywhere; other words go to words[*word_count], at most max_words.
 * MT_INVALID names the word that is not understood. `--config F` and MEDTERM_CONFIG name an INI file (inih), without sections. `--x=v` and `--x v` both work, `--` ends options. */
MT_MUST enum mt_rc mt_config_read(struct mt_option *options, size_t count, int argc, char **argv, int from, const char **words, size_t max_words, size_t *word_count, struct mt_arena *arena, struct mt_err *err);
const char *mt_config_get(const struct mt_option *options, size_t count, const char *name); /* NULL when not given */

#endif
