/* A growable buffer with a mandatory maximum. Appending is sticky: after the first failure the rest is
 * ignored and mt_buf_rc tells why, so a writer checks once at the end. Always NUL-terminated once used. */
#ifndef MEDTERM_BASE_BUF_H
#define MEDTERM_BASE_BUF_H

#include <medterm/base/sv.h>

#include <stdarg.h>

struct mt_buf {
    char *p; /* owned; NULL before the first byte */
    size_t n, cap, max;
    enum mt_rc rc;
};

void mt_buf_init(struct mt_buf *b, size_t max);
void mt_buf_fini(struct mt_buf *b);
void mt_buf_clear(struct mt_buf *b); /* forgets content and failure, keeps the memory */
void mt_buf_add(struct mt_buf *b, const void *bytes, size_t n);
void mt_buf_sv(struct mt_buf *b, struct mt_sv text);
void mt_buf_str(struct mt_buf *b, const char *text);
void mt_buf_char(struct mt_buf *b, char c);
void mt_buf_fmt(struct mt_buf *b, const char *format, ...) MT_PRINTF(2, 3);
void mt_buf_vfmt(struct mt_buf *b, const char *format, va_list args);
MT_MUST enum mt_rc mt_buf_rc(const struct mt_buf *b); /* MT_OK, MT_LIMIT or MT_NOMEM */
struct mt_sv mt_buf_view(const struct mt_buf *b);     /* borrowed until the next change */
const char *mt_buf_text(const struct mt_buf *b);      /* borrowed; "" when empty */

#endif
