/* Between the parts of config: one reading in progress. */
#ifndef MEDTERM_CONFIG_SOURCE_H
#define MEDTERM_CONFIG_SOURCE_H

#include <medterm/config/config.h>

struct mt_config_reading {
    const struct mt_option *options; /* borrowed */
    size_t count;
    struct mt_arena *arena;
    struct mt_err *err;
    const char **flags, **file; /* what each source said about each option; NULL: nothing */
    const char *config;         /* --config, when the table has no such option */
};

/* Index of the option, or count. */
size_t mt_config_find(const struct mt_option *options, size_t count, struct mt_sv name);
/* "1" or "0" for a switch written as a word; MT_INVALID for any other word. */
MT_MUST enum mt_rc mt_config_switch(struct mt_sv word, const char **out);
/* Fills file from the INI file; MT_NOTFOUND when there is none. */
MT_MUST enum mt_rc mt_config_file(struct mt_config_reading *r, const char *path);

#endif
