#include <medterm/base/sv.h>

#include <string.h>

struct mt_sv mt_sv(const char *text) {
    return (struct mt_sv){text, text ? strlen(text) : 0};
}

struct mt_sv mt_sv_n(const char *p, size_t n) {
    return (struct mt_sv){p, n};
}

bool mt_sv_eq(struct mt_sv a, struct mt_sv b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool mt_sv_is(struct mt_sv a, const char *text) {
    return mt_sv_eq(a, mt_sv(text));
}

bool mt_sv_starts(struct mt_sv a, struct mt_sv prefix) {
    return a.n >= prefix.n && mt_sv_eq(mt_sv_n(a.p, prefix.n), prefix);
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct mt_sv mt_sv_trim(struct mt_sv a) {
    while (a.n && is_space(a.p[0])) {
        a.p++;
        a.n--;
    }
    while (a.n && is_space(a.p[a.n - 1]))
        a.n--;
    return a;
}

struct mt_sv mt_sv_cut(struct mt_sv *rest, char by) {
    struct mt_sv before = *rest;
    const char *at = rest->n ? memchr(rest->p, by, rest->n) : NULL;
    if (!at) {
        *rest = mt_sv_n(rest->n ? rest->p + rest->n : rest->p, 0);
        return before;
    }
    before.n = (size_t)(at - rest->p);
    rest->p = at + 1;
    rest->n -= before.n + 1;
    return before;
}

enum mt_rc mt_sv_int(struct mt_sv a, int64_t *out) {
    bool minus = a.n && a.p[0] == '-';
    size_t i = minus ? 1 : 0;
    if (i == a.n)
        return MT_INVALID;
    for (size_t k = i; k < a.n; k++)
        if (a.p[k] < '0' || a.p[k] > '9')
            return MT_INVALID;
    /* Counted downwards, as the negative side reaches one further. */
    int64_t v = 0;
    for (; i < a.n; i++) {
        int digit = a.p[i] - '0';
        if (v < (INT64_MIN + digit) / 10)
            return MT_LIMIT;
        v = v * 10 - digit;
    }
    if (!minus && v == INT64_MIN)
        return MT_LIMIT;
    *out = minus ? v : -v;
    return MT_OK;
}

enum mt_rc mt_sv_copy(struct mt_sv a, char *to, size_t size) {
    if (size == 0)
        return MT_LIMIT;
    to[0] = '\0';
    if (a.n >= size || (a.n && memchr(a.p, '\0', a.n)))
        return MT_LIMIT;
    if (a.n)
        memcpy(to, a.p, a.n);
    to[a.n] = '\0';
    return MT_OK;
}
