/* A line of text under a cursor. Only whole code points go in and out, so the text is always valid UTF-8. */
#include "parts.h"

#include <string.h>

enum { GS = 0x1d };

void till_edit_wipe(struct mt_edit *e) {
    volatile char *p = e->s; /* a PIN must not survive an optimiser that sees no reader */
    for (size_t i = 0; i < sizeof e->s; i++)
        p[i] = '\0';
    e->n = e->cursor = 0;
}

static size_t points(const struct mt_edit *e) {
    size_t count = 0;
    for (size_t i = 0; i < e->n; i++)
        count += ((unsigned char)e->s[i] & 0xC0u) != 0x80u;
    return count;
}

bool till_edit_insert(struct mt_edit *e, uint32_t code, size_t most) {
    char bytes[4];
    if (code == MT_REPLACEMENT || (code != GS && mt_utf8_harmful(code)))
        return false;
    size_t n = mt_utf8_put(code, bytes);
    if (e->n + n > MT_EDIT_MAX || points(e) >= most)
        return false;
    memmove(e->s + e->cursor + n, e->s + e->cursor, e->n - e->cursor);
    memcpy(e->s + e->cursor, bytes, n);
    e->n += n;
    e->cursor += n;
    e->s[e->n] = '\0';
    return true;
}

void till_edit_set(struct mt_edit *e, const char *text) {
    struct mt_sv rest = mt_sv(text);
    till_edit_wipe(e);
    while (rest.n > 0)
        if (!till_edit_insert(e, mt_utf8_next(&rest), MT_EDIT_MAX) && e->n + 4 > MT_EDIT_MAX)
            break;
}

static size_t before(const struct mt_edit *e, size_t at) {
    while (at > 0 && ((unsigned char)e->s[--at] & 0xC0u) == 0x80u)
        ;
    return at;
}

static size_t after(const struct mt_edit *e, size_t at) {
    if (at < e->n)
        at++;
    while (at < e->n && ((unsigned char)e->s[at] & 0xC0u) == 0x80u)
        at++;
    return at;
}

static void cut(struct mt_edit *e, size_t from, size_t to) {
    memmove(e->s + from, e->s + to, e->n - to);
    memset(e->s + (e->n - (to - from)), 0, to - from);
    e->n -= to - from;
    e->cursor = from;
}

void till_edit_drop_last(struct mt_edit *e, size_t count) {
    while (count-- > 0)
        cut(e, before(e, e->cursor), e->cursor);
}

bool till_edit_action(struct mt_edit *e, enum mt_action action) {
    if (action == MT_ACT_LEFT)
        e->cursor = before(e, e->cursor);
    else if (action == MT_ACT_RIGHT)
        e->cursor = after(e, e->cursor);
    else if (action == MT_ACT_HOME)
        e->cursor = 0;
    else if (action == MT_ACT_END)
        e->cursor = e->n;
    else if (action == MT_ACT_RUBOUT)
        cut(e, before(e, e->cursor), e->cursor);
    else if (action == MT_ACT_DELETE)
        cut(e, e->cursor, after(e, e->cursor));
    else
        return false;
    return true;
}
