#include <medterm/base/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *mt_rc_name(enum mt_rc rc) {
    switch (rc) {
#define MT_X(symbol, name, text)                                                                                                   \
    case symbol:                                                                                                                   \
        return name;
        MT_RC_TABLE(MT_X)
#undef MT_X
    }
    return "unknown";
}

const char *mt_rc_text(enum mt_rc rc) {
    switch (rc) {
#define MT_X(symbol, name, text)                                                                                                   \
    case symbol:                                                                                                                   \
        return text;
        MT_RC_TABLE(MT_X)
#undef MT_X
    }
    return "an unknown fault";
}

/* A text cut at the end of its room may stop inside a UTF-8 sequence: drop the piece. */
static void drop_partial_tail(char *text) {
    size_t n = strlen(text);
    size_t lead = n;
    while (lead > 0 && n - lead < 4 && ((unsigned char)text[lead - 1] & 0xC0u) == 0x80u)
        lead--;
    if (lead == 0)
        return;
    unsigned char c = (unsigned char)text[lead - 1];
    size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    if (n - lead + 1 < need)
        text[lead - 1] = '\0';
}

#undef mt_fail /* the header's word for the analyzer */
enum mt_rc mt_fail(struct mt_err *err, enum mt_rc rc, const char *format, ...) {
    if (!err)
        return rc;
    err->rc = rc;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (n < 0)
        err->text[0] = '\0';
    else if ((size_t)n >= sizeof err->text)
        drop_partial_tail(err->text);
    return rc;
}

const char *mt_err_text(const struct mt_err *err) {
    if (!err)
        return mt_rc_text(MT_BUG);
    return err->text[0] ? err->text : mt_rc_text(err->rc);
}
