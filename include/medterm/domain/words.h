/* Words that orders, patients and drugs are found by: one way to cut and fold a text, for what is kept and for what is asked, so
 * that a question finds what was stored whatever its case, accents or width. */
#ifndef MEDTERM_DOMAIN_WORDS_H
#define MEDTERM_DOMAIN_WORDS_H

#include <medterm/base/sv.h>

#define MT_WORD_TEXT 40      /* bytes of a word with its NUL; longer ones are cut, on both sides alike */
#define MT_WORDS_MAX 48      /* of one text or set of texts; what comes after is not found */
#define MT_WORDS_VERSION "1" /* changes with the way of cutting: what is kept is cut anew then */

/* Kept: a run of characters written without spaces (Chinese, Japanese, Korean) gives every ending of it, so that any run of
 * characters inside is the beginning of a kept word. Asked: the run itself. */
enum mt_words_for { MT_WORDS_KEPT, MT_WORDS_ASKED };

struct mt_words {
    char at[MT_WORDS_MAX][MT_WORD_TEXT];
    size_t count;
};
/* Adds the words of a text (UTF-8), each once: lower case without accents, full-width forms as ASCII; anything but letters and
 * digits parts words, and so does the place between a digit and a letter. words starts as {.count = 0}. */
void mt_words_add(struct mt_words *words, struct mt_sv text, enum mt_words_for use);
/* Whether each word asked for is the beginning of one that is kept. */
bool mt_words_match(const struct mt_words *kept, const struct mt_words *asked);
/* The number asked for, in ASCII digits whatever their width, when the words of the question are one run of digits; otherwise the
 * text as it is. Borrowed from whichever it is. */
struct mt_sv mt_words_digits(const struct mt_words *asked, struct mt_sv text);

#define MT_PHONE_DIGITS 24
/* The digits of a telephone number, at most its last 23; how many there are. */
size_t mt_phone_digits(struct mt_sv phone, char out[MT_PHONE_DIGITS]);
/* True when the text could be a telephone number, or the end of one: digits with what is written between them. */
bool mt_phone_like(struct mt_sv text);

#endif
