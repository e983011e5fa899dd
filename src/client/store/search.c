/* Search terms. FTS5's tokenizer takes a run of CJK as one word and `1000mg` as another word than `1000 mg`, so texts
 * are cut before they reach it, in the index and in the query alike: CJK one character a token, digits apart from
 * letters, everything else a gap. A typed word becomes one phrase whose last token is a prefix. Only letters, digits and
 * spaces are written between the quotes, so nothing a person types is ever read as query syntax. */
#include <medterm/base/utf8.h>
#include <medterm/store/cache.h>

enum sort { GAP, LETTER, DIGIT, IDEOGRAPH };

static bool in(uint32_t c, uint32_t from, uint32_t to) {
    return c >= from && c <= to;
}

static bool cjk(uint32_t c) {
    return in(c, 0x3040, 0x30FF) || in(c, 0x3400, 0x4DBF) || in(c, 0x4E00, 0x9FFF) || in(c, 0xAC00, 0xD7AF) ||
           in(c, 0xF900, 0xFAFF) || in(c, 0x20000, 0x3FFFF);
}

/* Punctuation and symbols beyond ASCII that separate words. */
static bool gap(uint32_t c) {
    return mt_utf8_harmful(c) || in(c, 0x80, 0xA9) || in(c, 0xAB, 0xB4) || in(c, 0xB6, 0xB9) || in(c, 0xBB, 0xBF) || c == 0xD7 ||
           c == 0xF7 || in(c, 0x2000, 0x2BFF) || in(c, 0x3000, 0x303F) || in(c, 0xFE30, 0xFE6F) || in(c, 0xFF00, 0xFFEF) ||
           c >= 0xE0000 || c == MT_REPLACEMENT || in(c, 0xD800, 0xF8FF);
}

/* Full-width forms (U+FF01..FF5E) are ASCII to a person; upper case is folded so that both sides agree. */
static uint32_t fold(uint32_t c) {
    if (in(c, 0xFF01, 0xFF5E)) {
        c = c - 0xFF01 + 0x21;
    }
    return in(c, 'A', 'Z') ? c + ('a' - 'A') : c;
}

static enum sort sort_of(uint32_t c) {
    if (in(c, '0', '9')) {
        return DIGIT;
    }
    if (in(c, 'a', 'z')) {
        return LETTER;
    }
    if (c < 0x80 || gap(c)) {
        return GAP;
    }
    return cjk(c) ? IDEOGRAPH : LETTER;
}

void mt_search_terms(struct mt_sv text, struct mt_buf *out) {
    enum sort last = GAP;
    const size_t begin = out->n;
    while (text.n > 0) {
        const uint32_t c = fold(mt_utf8_next(&text));
        const enum sort now = sort_of(c);
        if (now != GAP) {
            if ((now != last || now == IDEOGRAPH) && out->n > begin) {
                mt_buf_char(out, ' ');
            }
            char bytes[4];
            const size_t n = mt_utf8_put(c, bytes);
            mt_buf_add(out, bytes, n);
        }
        last = now;
    }
}

#define QUERY_WORDS 8
#define QUERY_BYTES 256

static bool space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void mt_search_query(struct mt_sv typed, struct mt_buf *out) {
    if (typed.n > QUERY_BYTES) {
        typed.n = QUERY_BYTES; /* a character cut in two decodes to U+FFFD, which is a gap */
    }
    struct mt_buf word;
    mt_buf_init(&word, 4 * QUERY_BYTES);
    size_t words = 0;
    for (size_t i = 0; i < typed.n && words < QUERY_WORDS;) {
        while (i < typed.n && space(typed.p[i])) {
            i++;
        }
        size_t from = i;
        while (i < typed.n && !space(typed.p[i])) {
            i++;
        }
        mt_buf_clear(&word);
        mt_search_terms(mt_sv_n(typed.p + from, i - from), &word);
        if (word.n > 0) {
            mt_buf_str(out, words > 0 ? " AND \"" : "\"");
            mt_buf_sv(out, mt_buf_view(&word));
            mt_buf_str(out, "\"*");
            words++;
        }
    }
    mt_buf_fini(&word);
}
