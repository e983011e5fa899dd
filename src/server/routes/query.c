/* A query string is cut at '&' and '=', then each side is percent-decoded. Decoding comes last, so that an escaped '&' is
 * part of a value. Everything a route does not know is refused by name: a mistyped filter must not answer with everything. */
#include "query.h"

#include <medterm/base/utf8.h>

#include <string.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum mt_rc percent_decode(struct mt_sv raw, bool plus_is_space, struct mt_arena *arena, struct mt_sv *out) {
    char *to = mt_arena_alloc(arena, raw.n + 1);
    if (!to)
        return MT_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(raw.p[i + 2]) : -1;
            if (low < 0)
                return MT_INVALID;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[n++] = c;
    }
    *out = mt_sv_n(to, n);
    return mt_utf8_valid(*out) ? MT_OK : MT_INVALID;
}

static enum mt_rc undecodable(enum mt_rc rc, struct mt_problem *problem) {
    if (rc == MT_NOMEM)
        return mt_problem_set(problem, MT_P_TOO_LARGE, "The query is too long.");
    return mt_problem_set(problem, MT_P_MALFORMED, "The query holds a bad percent escape or text that is not UTF-8.");
}

/* A name for the message: it comes from outside, so only its harmless part is shown. */
static void shown(struct mt_sv name, char out[64]) {
    size_t n = 0;
    for (size_t i = 0; i < name.n && n + 1 < 40; i++)
        if (name.p[i] > ' ' && name.p[i] < 0x7f)
            out[n++] = name.p[i];
    out[n] = '\0';
}

static enum mt_rc refuse(struct mt_problem *problem, struct mt_sv name, const char *message) {
    char text[64];
    shown(name, text);
    enum mt_rc rc = mt_problem_set(problem, MT_P_VALIDATION_FAILED, "The query parameter \"%s\" %s.", text, message);
    mt_field_error(&problem->errors, text, "%s", message);
    return rc;
}

/* A filter without a value is mostly a caller's empty variable, and would list the whole store. A search for nothing and a cursor
 * at the start say what they mean. */
static bool may_be_empty(const char *name) {
    return strcmp(name, "q") == 0 || strcmp(name, "cursor") == 0;
}

enum mt_rc query_read(struct mt_sv raw, const char *const *names, struct mt_arena *arena, struct mt_sv *values, bool *given,
                      struct mt_problem *problem) {
    while (raw.n) {
        struct mt_sv value = mt_sv_cut(&raw, '&');
        if (!value.n)
            continue;
        struct mt_sv name = mt_sv_cut(&value, '=');
        enum mt_rc rc = percent_decode(name, true, arena, &name);
        if (rc == MT_OK)
            rc = percent_decode(value, true, arena, &value);
        if (rc != MT_OK)
            return undecodable(rc, problem);
        size_t i = 0;
        while (i < QUERY_MAX && names && names[i] && !mt_sv_is(name, names[i]))
            i++;
        if (i == QUERY_MAX || !names || !names[i])
            return refuse(problem, name, "is not known here");
        if (given[i])
            return refuse(problem, name, "is given twice");
        if (!value.n && !may_be_empty(names[i]))
            return refuse(problem, name, "has no value");
        given[i] = true;
        values[i] = value;
    }
    return MT_OK;
}

void query_write(struct mt_buf *out, bool first, const char *name, struct mt_sv value) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    mt_buf_char(out, first ? '?' : '&');
    mt_buf_str(out, name);
    mt_buf_char(out, '=');
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] && strchr(plain, value.p[i]))
            mt_buf_char(out, value.p[i]);
        else
            mt_buf_fmt(out, "%%%02X", (unsigned)(unsigned char)value.p[i]);
    }
}
