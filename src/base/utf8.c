#include <medterm/base/utf8.h>

struct range {
    uint32_t first, last;
};

/* Beside the controls and the bidi set: what has no width or no place in a text a person reads. The ideographic variation
 * selectors (U+E0100 on) stay, as names are written with them. Sorted. */
static const struct range harmful[] = {
    {0x0000, 0x001F},   /* C0 */
    {0x007F, 0x009F},   /* DEL, C1 */
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x180E, 0x180E},   /* Mongolian vowel separator */
    {0x200B, 0x200F},   /* zero-width, direction marks */
    {0x2028, 0x202E},   /* line and paragraph separator, embeddings, overrides */
    {0x2060, 0x206F},   /* word joiner, invisible operators, isolates, deprecated formats */
    {0xD800, 0xDFFF},   /* surrogates */
    {0xFDD0, 0xFDEF},   /* non-characters */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0xE0000, 0xE007F}, /* tags */
};

bool mt_utf8_harmful(uint32_t code) {
    if (code > 0x10FFFF || (code & 0xFFFEu) == 0xFFFEu)
        return true;
    for (size_t i = 0; i < sizeof harmful / sizeof harmful[0] && code >= harmful[i].first; i++)
        if (code <= harmful[i].last)
            return true;
    return false;
}

/* Length of the sequence a lead byte opens and the smallest code point it may stand for; 0 for no lead byte. */
static size_t sequence(unsigned char lead, uint32_t *bits, uint32_t *least) {
    if (lead < 0x80) {
        *bits = lead;
        *least = 0;
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        *bits = lead & 0x1Fu;
        *least = 0x80;
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *bits = lead & 0x0Fu;
        *least = 0x800;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *bits = lead & 0x07u;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

/* Bytes of the well-formed code point at the front, 0 when there is none. */
static size_t decode(struct mt_sv text, uint32_t *code) {
    uint32_t value = 0, least = 0;
    if (!text.n)
        return 0;
    size_t n = sequence((unsigned char)text.p[0], &value, &least);
    if (n == 0 || n > text.n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c & 0xC0u) != 0x80u)
            return 0;
        value = (value << 6) | (c & 0x3Fu);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code = value;
    return n;
}

uint32_t mt_utf8_next(struct mt_sv *rest) {
    if (!rest->n)
        return 0;
    uint32_t code = MT_REPLACEMENT;
    size_t n = decode(*rest, &code);
    if (n == 0)
        n = 1;
    rest->p += n;
    rest->n -= n;
    return code;
}

size_t mt_utf8_put(uint32_t code, char out[4]) {
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = MT_REPLACEMENT;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80u | (code & 0x3Fu));
        code >>= 6;
    }
    out[0] = (char)(lead[n] | code);
    return n;
}

bool mt_utf8_valid(struct mt_sv text) {
    while (text.n) {
        uint32_t code = 0;
        size_t n = decode(text, &code);
        if (n == 0 || code == 0)
            return false;
        text.p += n;
        text.n -= n;
    }
    return true;
}

static bool is_break(uint32_t code) {
    return (code >= '\t' && code <= '\r') || code == 0x85 || code == 0x2028 || code == 0x2029;
}

void mt_utf8_clean(struct mt_buf *out, struct mt_sv text) {
    bool after_break = false; /* a run of breaks, also with vanished characters between them, is one space */
    while (text.n) {
        uint32_t code = mt_utf8_next(&text);
        if (is_break(code)) {
            if (!after_break)
                mt_buf_char(out, ' ');
            after_break = true;
        } else if (!mt_utf8_harmful(code)) {
            char bytes[4];
            mt_buf_add(out, bytes, mt_utf8_put(code, bytes));
            after_break = false;
        }
    }
}
