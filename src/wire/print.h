/* Printing JSON straight into a buffer; private to the wire. A comma is put by itself wherever one is due, so callers just
 * name fields. Texts may hold anything: what is not UTF-8 becomes U+FFFD. */
#ifndef MEDTERM_SRC_WIRE_PRINT_H
#define MEDTERM_SRC_WIRE_PRINT_H

#include <medterm/base/buf.h>
#include <medterm/base/id.h>
#include <medterm/domain/money.h>

void print_open(struct mt_buf *out, char bracket); /* '{' or '[', as an element or behind a key */
void print_close(struct mt_buf *out, char bracket);
void print_key(struct mt_buf *out, const char *key);
void print_element(struct mt_buf *out, const char *text); /* a text in an array */
void print_string(struct mt_buf *out, struct mt_sv text); /* quoted and escaped (RFC 8785, 3.2.2.2), without a comma */
void print_code(struct mt_buf *out, uint32_t code);       /* one code point of a string, escaped where it must be */

void print_text(struct mt_buf *out, const char *key, const char *value);         /* NULL prints "" */
void print_text_or_null(struct mt_buf *out, const char *key, const char *value); /* "" prints null */
void print_text_if(struct mt_buf *out, const char *key, const char *value);      /* "" prints nothing */
void print_int(struct mt_buf *out, const char *key, int64_t value);
void print_money(struct mt_buf *out, const char *key, struct mt_money value);
void print_bool(struct mt_buf *out, const char *key, bool value);
void print_null(struct mt_buf *out, const char *key);
void print_time(struct mt_buf *out, const char *key, mt_time value);        /* 0 prints null */
void print_date(struct mt_buf *out, const char *key, struct mt_date value); /* none prints null */

#endif
