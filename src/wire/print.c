/* Whether a comma is due is read off the last byte written: an opening bracket, a colon or nothing at all wants none. A string
 * ends with its quote, so no text can be mistaken for one of them. */
#include "print.h"

#include <medterm/base/utf8.h>

#include <inttypes.h>
#include <string.h>

static void comma(struct mt_buf *out) {
    if (out->n == 0)
        return;
    char last = out->p[out->n - 1];
    if (last != '{' && last != '[' && last != ':' && last != ',')
        mt_buf_char(out, ',');
}

void print_open(struct mt_buf *out, char bracket) {
    comma(out);
    mt_buf_char(out, bracket);
}

void print_close(struct mt_buf *out, char bracket) {
    mt_buf_char(out, bracket);
}

void print_key(struct mt_buf *out, const char *key) {
    comma(out);
    mt_buf_char(out, '"');
    mt_buf_str(out, key);
    mt_buf_add(out, "\":", 2);
}

/* The escape of an ASCII character, NULL when it stands for itself. */
static const char *short_escape(uint32_t code) {
    switch (code) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\t':
        return "\\t";
    case '\n':
        return "\\n";
    case '\f':
        return "\\f";
    case '\r':
        return "\\r";
    default:
        return NULL;
    }
}

void print_code(struct mt_buf *out, uint32_t code) {
    const char *escape = short_escape(code);
    if (escape != NULL) {
        mt_buf_add(out, escape, 2);
    } else if (code < 0x20) {
        mt_buf_fmt(out, "\\u%04x", (unsigned)code);
    } else {
        char bytes[4];
        mt_buf_add(out, bytes, mt_utf8_put(code, bytes));
    }
}

static bool plain(char c) {
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

void print_string(struct mt_buf *out, struct mt_sv text) {
    mt_buf_char(out, '"');
    while (text.n > 0) {
        size_t run = 0;
        while (run < text.n && plain(text.p[run]))
            run++;
        mt_buf_add(out, text.p, run);
        text = mt_sv_n(text.p + run, text.n - run);
        if (text.n > 0)
            print_code(out, mt_utf8_next(&text));
    }
    mt_buf_char(out, '"');
}

void print_element(struct mt_buf *out, const char *text) {
    comma(out);
    print_string(out, mt_sv(text));
}

void print_text(struct mt_buf *out, const char *key, const char *value) {
    print_key(out, key);
    print_string(out, mt_sv(value));
}

void print_text_or_null(struct mt_buf *out, const char *key, const char *value) {
    if (value == NULL || value[0] == '\0')
        print_null(out, key);
    else
        print_text(out, key, value);
}

void print_text_if(struct mt_buf *out, const char *key, const char *value) {
    if (value != NULL && value[0] != '\0')
        print_text(out, key, value);
}

void print_int(struct mt_buf *out, const char *key, int64_t value) {
    print_key(out, key);
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        digits[--at] = '-';
    mt_buf_add(out, digits + at, sizeof digits - at);
}

void print_money(struct mt_buf *out, const char *key, struct mt_money value) {
    print_int(out, key, mt_money_to_minor(value));
}

void print_bool(struct mt_buf *out, const char *key, bool value) {
    print_key(out, key);
    mt_buf_str(out, value ? "true" : "false");
}

void print_null(struct mt_buf *out, const char *key) {
    print_key(out, key);
    mt_buf_str(out, "null");
}

void print_time(struct mt_buf *out, const char *key, mt_time value) {
    char text[MT_TIME_TEXT];
    if (value == 0) {
        print_null(out, key);
        return;
    }
    mt_time_format(value, text);
    print_text(out, key, text);
}

void print_date(struct mt_buf *out, const char *key, struct mt_date value) {
    char text[MT_DATE_TEXT];
    mt_date_format(value, text);
    print_text_or_null(out, key, text);
}
