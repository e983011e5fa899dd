/* UTF-8 (RFC 3629) by code point, and the one function that makes untrusted text harmless. */
#ifndef MEDTERM_BASE_UTF8_H
#define MEDTERM_BASE_UTF8_H

#include <medterm/base/buf.h>

#define MT_REPLACEMENT 0xFFFDu

/* Decodes one code point at *rest and moves past it; an invalid byte gives MT_REPLACEMENT and moves by one. */
uint32_t mt_utf8_next(struct mt_sv *rest);
/* Writes 1 to 4 bytes, returns how many; an invalid code point is written as U+FFFD. */
size_t mt_utf8_put(uint32_t code, char out[4]);
bool mt_utf8_valid(struct mt_sv text); /* also refuses NUL */
/* True for what must never reach a terminal, paper, CSV or log as it is: C0, DEL, C1, bidi controls and marks,
 * zero-width characters, line and paragraph separators, tags, U+FEFF, non-characters. */
bool mt_utf8_harmful(uint32_t code);
/* Appends text as one harmless line: white-space controls become one space, other harmful ones vanish, invalid bytes become U+FFFD.
 */
void mt_utf8_clean(struct mt_buf *out, struct mt_sv text);

#endif
