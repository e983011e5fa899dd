/* A line is put together in a fixed room on the stack and given to the system in one write, so lines of several threads
 * do not mix and logging needs no memory when there is none. Every text passes the code points mt_utf8_harmful refuses by, so no
 * text can begin a line of its own or steer a terminal; a value is cut at VALUE_BYTES, and a line out of room says so. */
#include <medterm/base/log.h>
#include <medterm/base/utf8.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, VALUE_BYTES = 512 };

static const char cut_mark[] = " cut=1";

struct line {
    char s[LINE_BYTES];
    size_t n;
    bool cut;
};

static const char *level_name(enum mt_log_level level) {
    switch (level) {
    case MT_LOG_DEBUG:
        return "debug";
    case MT_LOG_INFO:
        return "info";
    case MT_LOG_WARN:
        return "warn";
    case MT_LOG_ERROR:
        return "error";
    }
    return "unknown";
}

/* One " key=value" is added whole or not at all; room for the mark and the newline always stays. */
static void put(struct line *l, const char *key, struct mt_sv value) {
    size_t key_bytes = strlen(key);
    size_t room = sizeof l->s - sizeof cut_mark - 1 - l->n;
    if (l->cut || key_bytes > room || value.n + 2 > room - key_bytes) {
        l->cut = true;
        return;
    }
    if (l->n)
        l->s[l->n++] = ' ';
    for (size_t i = 0; i < key_bytes; i++) {
        char c = key[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        l->s[l->n++] = plain ? c : '_';
    }
    l->s[l->n++] = '=';
    memcpy(l->s + l->n, value.p, value.n);
    l->n += value.n;
}

/* Appends one code point of a value, escaped for the quotes; false when the value's room is used up. */
static bool put_code(char *to, size_t *n, uint32_t code) {
    char bytes[5];
    size_t count = 0;
    if (code == '"' || code == '\\')
        bytes[count++] = '\\';
    char encoded[4];
    size_t encoded_bytes = mt_utf8_put(code, encoded);
    if (*n + count + encoded_bytes > VALUE_BYTES)
        return false;
    memcpy(bytes + count, encoded, encoded_bytes);
    memcpy(to + *n, bytes, count + encoded_bytes);
    *n += count + encoded_bytes;
    return true;
}

static void put_text(struct line *l, const char *key, const char *text) {
    static const char ellipsis[] = "…\"";
    char value[1 + VALUE_BYTES + sizeof ellipsis];
    size_t n = 0;
    bool quoted = !text || !*text, cut = false;
    value[0] = '"';
    struct mt_sv rest = mt_sv(text);
    while (rest.n && !cut) {
        uint32_t code = mt_utf8_next(&rest);
        bool space = (code >= '\t' && code <= '\r') || code == 0x85 || code == 0x2028 || code == 0x2029;
        if (!space && mt_utf8_harmful(code))
            continue;
        code = space ? ' ' : code;
        quoted = quoted || code == ' ' || code == '"' || code == '\\' || code == '=';
        cut = !put_code(value + 1, &n, code);
    }
    if (cut || quoted || n == 0) {
        const char *tail = cut ? ellipsis : ellipsis + sizeof ellipsis - 2;
        size_t tail_bytes = strlen(tail);
        memcpy(value + 1 + n, tail, tail_bytes);
        put(l, key, mt_sv_n(value, 1 + n + tail_bytes));
    } else {
        put(l, key, mt_sv_n(value + 1, n));
    }
}

static void put_int(struct line *l, const char *key, int64_t number) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)number);
    if (n > 0 && (size_t)n < sizeof digits)
        put(l, key, mt_sv_n(digits, (size_t)n));
}

static void put_field(struct line *l, const struct mt_log_field *f) {
    switch (f->type) {
    case MT_LOG_END:
        return;
    case MT_LOG_TEXT:
        put_text(l, f->key, f->text);
        return;
    case MT_LOG_INT:
        put_int(l, f->key, f->number);
        return;
    case MT_LOG_PERSON:
    case MT_LOG_PHONE:
        /* Whether there was one, and nothing else: not even its length. */
        put(l, f->key, f->text && f->text[0] ? MT_SV("***") : MT_SV("-"));
        return;
    }
}

/* A log that can not be written must not stop the program it tells about. */
static void write_line(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t put_bytes = write(fd, p, n);
        if (put_bytes < 0 && errno == EINTR)
            continue;
        if (put_bytes <= 0)
            return;
        p += put_bytes;
        n -= (size_t)put_bytes;
    }
}

void mt_log_fields(const struct mt_log *log, enum mt_log_level level, const char *event, const struct mt_log_field *fields) {
    if (!log || log->fd < 0 || level < log->least)
        return;
    struct line l;
    l.n = 0;
    l.cut = false;
    if (log->clock.wall) {
        char at[MT_TIME_TEXT];
        mt_time_format(log->clock.wall(log->clock.ctx), at);
        put(&l, "at", mt_sv(at));
    }
    put(&l, "level", mt_sv(level_name(level)));
    put_text(&l, "event", event);
    for (; fields->type != MT_LOG_END; fields++)
        put_field(&l, fields);
    if (l.cut) {
        memcpy(l.s + l.n, cut_mark, sizeof cut_mark - 1);
        l.n += sizeof cut_mark - 1;
    }
    l.s[l.n++] = '\n';
    int kept = errno;
    write_line(log->fd, l.s, l.n);
    errno = kept;
}
