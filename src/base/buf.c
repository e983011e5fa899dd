#include <medterm/base/buf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void mt_buf_init(struct mt_buf *b, size_t max) {
    *b = (struct mt_buf){.max = max};
}

void mt_buf_fini(struct mt_buf *b) {
    free(b->p);
    *b = (struct mt_buf){.max = b->max};
}

void mt_buf_clear(struct mt_buf *b) {
    b->n = 0;
    b->rc = MT_OK;
    if (b->p)
        b->p[0] = '\0';
}

/* Makes room for n more bytes and the NUL. The capacity doubles, but never far beyond the maximum. */
static bool reserve(struct mt_buf *b, size_t n) {
    if (b->rc != MT_OK)
        return false;
    if (n > b->max - b->n || b->n + n == SIZE_MAX) {
        b->rc = MT_LIMIT;
        return false;
    }
    size_t need = b->n + n + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : FIRST_CAPACITY;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (b->max < SIZE_MAX && cap > b->max + 1)
        cap = b->max + 1;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->rc = MT_NOMEM;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void mt_buf_add(struct mt_buf *b, const void *bytes, size_t n) {
    if (!reserve(b, n))
        return;
    if (n)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void mt_buf_sv(struct mt_buf *b, struct mt_sv text) {
    mt_buf_add(b, text.p, text.n);
}

void mt_buf_str(struct mt_buf *b, const char *text) {
    mt_buf_sv(b, mt_sv(text));
}

void mt_buf_char(struct mt_buf *b, char c) {
    mt_buf_add(b, &c, 1);
}

void mt_buf_vfmt(struct mt_buf *b, const char *format, va_list args) {
    if (b->rc != MT_OK)
        return;
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) {
        b->rc = MT_LIMIT;
    } else if (reserve(b, (size_t)n)) {
        int put = vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        if (put == n)
            b->n += (size_t)n;
        else
            b->rc = MT_LIMIT;
        b->p[b->n] = '\0';
    }
    va_end(again);
}

void mt_buf_fmt(struct mt_buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    mt_buf_vfmt(b, format, args);
    va_end(args);
}

enum mt_rc mt_buf_rc(const struct mt_buf *b) {
    return b->rc;
}

struct mt_sv mt_buf_view(const struct mt_buf *b) {
    return mt_sv_n(mt_buf_text(b), b->n);
}

const char *mt_buf_text(const struct mt_buf *b) {
    return b->p ? b->p : "";
}
