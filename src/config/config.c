/* Each source is read into a row of its own, and only when all of them were understood the winners are written back to the table:
 * so precedence is one line (see settle), and a program that got an error still has its defaults. */
#include "source.h"

#include <medterm/base/utf8.h>

#include <stdlib.h>
#include <string.h>

size_t mt_config_find(const struct mt_option *options, size_t count, struct mt_sv name) {
    size_t i = 0;
    while (i < count && !mt_sv_is(name, options[i].name))
        i++;
    return i;
}

enum mt_rc mt_config_switch(struct mt_sv word, const char **out) {
    static const char *const on[] = {"1", "yes", "true", "on"};
    static const char *const off[] = {"0", "no", "false", "off"};
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
        if (mt_sv_is(word, on[i]) || mt_sv_is(word, off[i])) {
            *out = mt_sv_is(word, on[i]) ? "1" : "0";
            return MT_OK;
        }
    }
    return MT_INVALID;
}

/* Names the word; it may come from anywhere, so it is made harmless first. */
static enum mt_rc refuse(struct mt_config_reading *r, struct mt_sv word, const char *why) {
    struct mt_buf text;
    mt_buf_init(&text, 64);
    mt_utf8_clean(&text, word);
    enum mt_rc rc = mt_fail(r->err, MT_INVALID, "“%s” %s", mt_buf_text(&text), why);
    mt_buf_fini(&text);
    return rc;
}

static enum mt_rc no_memory(struct mt_config_reading *r) {
    return mt_fail(r->err, MT_NOMEM, "not enough memory for the settings");
}

/* One option at argv[*at]; moves *at over a value that stands by itself. */
static enum mt_rc take_flag(struct mt_config_reading *r, int argc, char **argv, int *at) {
    struct mt_sv value = mt_sv(argv[*at] + 2);
    bool has_value = strchr(argv[*at], '=') != NULL;
    struct mt_sv name = mt_sv_cut(&value, '=');
    struct mt_sv flag = mt_sv_n(argv[*at], name.n + 2);
    size_t i = mt_config_find(r->options, r->count, name);
    const struct mt_option *o = i < r->count ? &r->options[i] : NULL;
    if ((!o && !mt_sv_is(name, "config")) || (o && o->elsewhere))
        return refuse(r, flag, "is not understood");
    const char **slot = o ? &r->flags[i] : &r->config;
    if (o && o->is_switch) {
        *slot = "1";
        return has_value ? refuse(r, flag, "takes no value") : MT_OK;
    }
    if (!has_value) {
        if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0)
            return refuse(r, flag, "needs a value");
        value = mt_sv(argv[++*at]);
    }
    bool adds = o && o->many && *slot;
    *slot = adds ? mt_arena_fmt(r->arena, "%s\n%.*s", *slot, (int)value.n, value.p) : mt_arena_sv(r->arena, value);
    return *slot ? MT_OK : no_memory(r);
}

static enum mt_rc take_arguments(struct mt_config_reading *r, int argc, char **argv, int from, const char **words, size_t max_words,
                                 size_t *word_count) {
    bool options_end = false;
    *word_count = 0;
    for (int i = from; i < argc; i++) {
        const char *word = argv[i];
        if (!options_end && strcmp(word, "--") == 0) {
            options_end = true;
        } else if (!options_end && strncmp(word, "--", 2) == 0) {
            enum mt_rc rc = take_flag(r, argc, argv, &i);
            if (rc != MT_OK)
                return rc;
        } else if ((!options_end && word[0] == '-' && word[1]) || *word_count == max_words) {
            return refuse(r, mt_sv(word), "is not understood");
        } else {
            words[(*word_count)++] = word;
        }
    }
    return MT_OK;
}

/* MEDTERM_TLS_CERT for tls-cert; NULL when the variable is not set or empty. */
static const char *from_environment(const char *option) {
    char name[64] = "MEDTERM_";
    size_t n = strlen(name);
    for (; *option && n < sizeof name - 1; option++) {
        char c = *option;
        bool letter = c >= 'a' && c <= 'z';
        name[n++] = letter ? (char)(c - 'a' + 'A') : (c >= '0' && c <= '9') ? c : '_';
    }
    name[n] = '\0';
    const char *value = *option ? NULL : getenv(name);
    return value && *value ? value : NULL;
}

static enum mt_rc read_file(struct mt_config_reading *r) {
    size_t i = mt_config_find(r->options, r->count, MT_SV("config"));
    bool listed = i < r->count;
    const char *path = listed ? r->flags[i] : r->config;
    if (!path && !(listed && r->options[i].flag_only))
        path = from_environment("config");
    if (path)
        return mt_config_file(r, path);
    if (!listed || !r->options[i].value)
        return MT_OK;
    enum mt_rc rc = mt_config_file(r, r->options[i].value);
    if (rc == MT_NOTFOUND && r->err)
        *r->err = (struct mt_err){0};
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* What option i comes to, copied to the arena; a switch that is off comes to nothing. */
static enum mt_rc settle(struct mt_config_reading *r, size_t i, const char **out) {
    const struct mt_option *o = &r->options[i];
    const char *env = o->flag_only || o->elsewhere ? NULL : from_environment(o->name);
    if (env && o->is_switch && mt_config_switch(mt_sv(env), &env) != MT_OK)
        return mt_fail(r->err, MT_INVALID, "the environment's value for %s is neither yes nor no", o->name);
    const char *value = r->flags[i] ? r->flags[i] : env ? env : r->file[i] ? r->file[i] : o->value;
    if (value && o->is_switch && strcmp(value, "0") == 0)
        value = NULL;
    *out = value ? mt_arena_str(r->arena, value) : NULL;
    return value && !*out ? no_memory(r) : MT_OK;
}

enum mt_rc mt_config_read(struct mt_option *options, size_t count, int argc, char **argv, int from, const char **words,
                          size_t max_words, size_t *word_count, struct mt_arena *arena, struct mt_err *err) {
    struct mt_config_reading r = {.options = options, .count = count, .arena = arena, .err = err};
    r.flags = mt_arena_array(arena, count, sizeof *r.flags);
    r.file = mt_arena_array(arena, count, sizeof *r.file);
    const char **result = mt_arena_array(arena, count, sizeof *result);
    *word_count = 0;
    if (!r.flags || !r.file || !result)
        return no_memory(&r);
    enum mt_rc rc = take_arguments(&r, argc, argv, from, words, max_words, word_count);
    if (rc == MT_OK)
        rc = read_file(&r);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = settle(&r, i, &result[i]);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        options[i].value = result[i];
    return rc;
}

const char *mt_config_get(const struct mt_option *options, size_t count, const char *name) {
    size_t i = mt_config_find(options, count, mt_sv(name));
    return i < count ? options[i].value : NULL;
}
