/* Lines of a file. gzgets can not tell a NUL from the end of a line, so bytes are read one by one from zlib's buffer (gzgetc is a
 * macro over it), which costs little beside what a row costs later. */
#include "source.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

const char *source_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum mt_rc source_open(struct source *s, const char *path, struct mt_err *err) {
    *s = (struct source){.path = path, .name = source_name(path)};
    mt_buf_init(&s->line, SOURCE_LINE_MAX);
    errno = 0;
    gzFile gz = gzopen(path, "rbe");
    if (!gz)
        return mt_fail(err, errno == ENOENT ? MT_NOTFOUND : MT_IO, "%.160s can not be opened: %s.", path,
                       errno ? strerror(errno) : "not enough memory");
    if (gzbuffer(gz, 64 << 10) != 0) {
        (void)gzclose(gz);
        return mt_fail(err, MT_NOMEM, "not enough memory to read %.160s", path);
    }
    s->gz = gz;
    return MT_OK;
}

void source_close(struct source *s) {
    if (s->gz)
        (void)gzclose((gzFile)s->gz); /* only read from */
    s->gz = NULL;
    mt_buf_fini(&s->line);
}

static enum mt_rc read_error(struct source *s, struct mt_err *err) {
    int code = Z_OK;
    const char *text = gzerror((gzFile)s->gz, &code);
    if (code == Z_OK || code == Z_STREAM_END)
        return MT_OK;
    return mt_fail(err, MT_IO, "%.120s can not be read: %.100s.", s->path, code == Z_ERRNO ? strerror(errno) : text);
}

enum mt_rc source_line(struct source *s, struct mt_sv *text, struct mt_err *err) {
    gzFile gz = s->gz;
    mt_buf_clear(&s->line);
    int c = gzgetc(gz);
    if (c < 0) {
        enum mt_rc rc = read_error(s, err);
        return rc == MT_OK ? MT_NOTFOUND : rc;
    }
    s->number++;
    for (; c >= 0 && c != '\n'; c = gzgetc(gz))
        mt_buf_char(&s->line, (char)c);
    if (c < 0) {
        enum mt_rc rc = read_error(s, err);
        if (rc != MT_OK)
            return rc;
    }
    *text = mt_buf_view(&s->line);
    if (text->n && text->p[text->n - 1] == '\r')
        text->n--;
    if (s->number == 1 && mt_sv_starts(*text, MT_SV("\xEF\xBB\xBF")))
        *text = mt_sv_n(text->p + 3, text->n - 3);
    return mt_buf_rc(&s->line);
}
