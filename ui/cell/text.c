/* Text by grapheme and column. A grapheme here is a base code point with the zero-width ones behind it; that is less than
 * UAX #29 asks for and exactly what terminals do. Widths come from a table of our own, so that a screen looks the same
 * under every locale; the terminal's side checks them against the C library before it writes. */
#include "width_table.h"
#include <medterm/base/utf8.h>
#include <medterm/ui/cell.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (code > ranges[mid].last)
            low = mid + 1;
        else if (code < ranges[mid].first)
            high = mid;
        else
            return true;
    }
    return false;
}

int mt_code_width(uint32_t code) {
    if (code < 0x20 || (code >= 0x7F && code < 0xA0))
        return 0;
    if (code < 0x300)
        return 1;
    if (in_ranges(code, zero_width, COUNT(zero_width)))
        return 0;
    return in_ranges(code, wide, COUNT(wide)) ? 2 : 1;
}

/* The next code point that may be shown; 0 at the end. */
static uint32_t next_harmless(struct mt_sv *rest) {
    while (rest->n > 0) {
        uint32_t code = mt_utf8_next(rest);
        if (code == '\t' || code == '\n' || code == '\r' || code == '\v' || code == '\f')
            return ' ';
        if (code != 0 && !mt_utf8_harmful(code))
            return code;
    }
    return 0;
}

int mt_text_next(struct mt_sv *rest, char out[MT_CELL_TEXT]) {
    uint32_t base = next_harmless(rest);
    out[0] = '\0';
    if (base == 0)
        return 0;
    int width = mt_code_width(base);
    size_t n = 0;
    if (width == 0) { /* a mark with nothing to stand on gets a blank */
        out[n++] = ' ';
        width = 1;
    }
    char bytes[4];
    size_t size = mt_utf8_put(base, bytes);
    memcpy(out + n, bytes, size);
    n += size;
    for (;;) {
        struct mt_sv ahead = *rest;
        uint32_t code = next_harmless(&ahead);
        if (code == 0) {
            *rest = ahead; /* only harmful bytes were left */
            break;
        }
        if (mt_code_width(code) != 0)
            break;
        *rest = ahead;
        size = mt_utf8_put(code, bytes);
        if (n + size < MT_CELL_TEXT) {
            memcpy(out + n, bytes, size);
            n += size;
        }
    }
    out[n] = '\0';
    return width;
}

int mt_text_width(struct mt_sv text) {
    char grapheme[MT_CELL_TEXT];
    int total = 0, width;
    while (total < MT_GRID_COLS_MAX && (width = mt_text_next(&text, grapheme)) > 0)
        total += width;
    return total;
}

struct mt_sv mt_text_fit(struct mt_sv text, int width) {
    char grapheme[MT_CELL_TEXT];
    struct mt_sv rest = text;
    size_t taken = 0;
    int used = 0;
    for (;;) {
        int columns = mt_text_next(&rest, grapheme);
        if (columns == 0 || used + columns > width)
            break;
        used += columns;
        taken = text.n - rest.n;
    }
    return mt_sv_n(text.p, taken);
}

struct mt_sv mt_text_wrap(struct mt_sv *rest, int width) {
    struct mt_sv paragraph = *rest;
    const char *end = paragraph.n > 0 ? memchr(paragraph.p, '\n', paragraph.n) : NULL;
    if (end != NULL)
        paragraph.n = (size_t)(end - paragraph.p);
    struct mt_sv line = mt_text_fit(paragraph, width < 2 ? 2 : width);
    if (line.n == 0)
        line.n = paragraph.n; /* nothing to show in it */
    size_t next = line.n;
    if (line.n < paragraph.n && paragraph.p[line.n] != ' ') {
        size_t cut = line.n;
        while (cut > 0 && line.p[cut - 1] != ' ')
            cut--;
        if (cut > 0)
            next = line.n = cut;
    }
    while (next < paragraph.n && paragraph.p[next] == ' ')
        next++;
    if (next == paragraph.n && end != NULL)
        next++;
    while (line.n > 0 && line.p[line.n - 1] == ' ')
        line.n--;
    *rest = mt_sv_n(rest->p + next, rest->n - next);
    return line;
}
