/* The INI file, by inih. Lines come to it through a reader of our own, for three things inih does not do: a line longer than its
 * buffer is refused instead of read as two, a line that is indented is a line of its own and not the end of the one before, and
 * errors know their line. */
#include "source.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

struct ini_read {
    struct mt_config_reading *reading;
    FILE *file; /* owned by mt_config_file */
    int line;
    enum mt_rc rc;
};

static char *next_line(char *to, int size, void *stream) {
    struct ini_read *in = stream;
    if (in->rc != MT_OK || !fgets(to, size, in->file))
        return NULL;
    in->line++;
    size_t n = strlen(to);
    if ((n == 0 || to[n - 1] != '\n') && !feof(in->file)) {
        in->rc = mt_fail(in->reading->err, MT_INVALID, "config file, line %d: too long or holds a NUL", in->line);
        return NULL;
    }
    size_t indent = strspn(to, " \t");
    memmove(to, to + indent, n - indent + 1);
    return to;
}

static enum mt_rc take(struct ini_read *in, const char *section, const char *key, const char *value) {
    struct mt_config_reading *r = in->reading;
    if (*section)
        return mt_fail(r->err, MT_INVALID, "config file, line %d: sections are not used", in->line);
    size_t i = mt_config_find(r->options, r->count, mt_sv(key));
    if (i == r->count || r->options[i].flag_only)
        return mt_fail(r->err, MT_INVALID, "config file, line %d: this key is not understood", in->line);
    if (r->options[i].elsewhere)
        return MT_OK;
    if (r->options[i].is_switch) {
        if (mt_config_switch(mt_sv(value), &r->file[i]) != MT_OK)
            return mt_fail(r->err, MT_INVALID, "config file, line %d: %s is yes or no", in->line, r->options[i].name);
        return MT_OK;
    }
    r->file[i] = mt_arena_str(r->arena, value);
    return r->file[i] ? MT_OK : mt_fail(r->err, MT_NOMEM, "not enough memory for the settings");
}

static int on_value(void *user, const char *section, const char *key, const char *value) {
    struct ini_read *in = user;
    if (in->rc == MT_OK)
        in->rc = take(in, section, key, value);
    return in->rc == MT_OK;
}

enum mt_rc mt_config_file(struct mt_config_reading *r, const char *path) {
    struct ini_read in = {.reading = r, .file = fopen(path, "re")};
    if (!in.file)
        return mt_fail(r->err, errno == ENOENT ? MT_NOTFOUND : MT_IO, "the config file can not be opened: %s", strerror(errno));
    int at = ini_parse_stream(next_line, &in, on_value, &in);
    if (in.rc == MT_OK && ferror(in.file))
        in.rc = mt_fail(r->err, MT_IO, "the config file can not be read");
    if (in.rc == MT_OK && at < 0)
        in.rc = mt_fail(r->err, MT_NOMEM, "not enough memory for the config file");
    if (in.rc == MT_OK && at > 0)
        in.rc = mt_fail(r->err, MT_INVALID, "config file, line %d: not of the form key = value", at);
    (void)fclose(in.file); /* only read */
    return in.rc;
}
