#include "attrs.h"
#include <medterm/base/utf8.h>
#include <string.h>
#include <wchar.h>

static short colour_of(const struct mt_theme_role *role) {
    if (COLORS >= 256)
        return (short)role->fg256;
    return role->fg16 < 0 || COLORS >= 16 ? (short)role->fg16 : (short)(role->fg16 % 8);
}

/* True when pairs are usable; *ground is the background to give them. */
static bool start_colours(bool no_color, short *ground) {
    if (no_color || !has_colors() || start_color() == ERR || COLORS < 8 || COLOR_PAIRS <= MT_INKS)
        return false;
    *ground = use_default_colors() == OK ? -1 : COLOR_BLACK;
    return true;
}

void mt_attrs_init(struct mt_attrs *a, const struct mt_theme *theme, bool no_color) {
    short ground = -1;
    bool colour = start_colours(no_color, &ground);
    a->theme = theme;
    a->colour = colour;
    for (int ink = 0; ink < MT_INKS; ink++) {
        const struct mt_theme_role *role = &theme->role[ink];
        a->pair[ink] = 0;
        short front = colour_of(role);
        if (colour && front >= 0 && init_pair((short)ink, front, ground) == OK)
            a->pair[ink] = (short)ink;
    }
}

#define MARKS 4 /* a cchar_t holds five wide characters */

/* The grapheme as wide characters; false when the C library sees other widths. */
static bool to_wide(const struct mt_cell *cell, wchar_t out[MARKS + 2]) {
    struct mt_sv rest = mt_sv(cell->text);
    int n = 0;
    while (rest.n > 0 && n <= MARKS) {
        wchar_t wide = (wchar_t)mt_utf8_next(&rest);
        int width = wcwidth(wide);
        if (width != (n == 0 ? cell->width : 0)) {
            if (n == 0)
                return false;
            continue; /* a mark it does not know is left out */
        }
        out[n++] = wide;
    }
    out[n] = L'\0';
    return n > 0;
}

/* The nearest ASCII character, for a terminal without UTF-8; '?' when there is none. */
static wchar_t ascii_of(uint32_t code) {
    /* U+00C0 … U+00FF: letters without their accents, and the two signs. */
    static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";
    static const struct {
        uint32_t code;
        char twin;
    } signs[] = {{0x00A0, ' '},  {0x00B5, 'u'},  {0x00B7, '-'}, {0x2013, '-'}, {0x2014, '-'},
                 {0x2018, '\''}, {0x2019, '\''}, {0x201C, '"'}, {0x201D, '"'}, {0x2026, '~'}};
    if (code < 0x80) /* with marks that are left out */
        return (wchar_t)code;
    if (code >= 0xC0 && code <= 0xFF)
        return (wchar_t)latin[code - 0xC0];
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (signs[i].code == code)
            return (wchar_t)signs[i].twin;
    return L'?';
}

void mt_attrs_cell(const struct mt_attrs *a, const struct mt_cell *cell, bool utf8, cchar_t *out) {
    enum mt_ink ink = mt_style_role(cell->style);
    mt_style look = mt_theme_look(a->theme, cell->style, a->colour);
    attr_t attr = ((look & MT_BOLD) != 0 ? A_BOLD : A_NORMAL) | ((look & MT_FAINT) != 0 ? A_DIM : A_NORMAL) |
                  ((look & MT_REVERSE) != 0 ? A_REVERSE : A_NORMAL);
    wchar_t wide[MARKS + 2] = {0};
    bool plain = (unsigned char)cell->text[0] < 0x80 && cell->text[1] == '\0';
    if (plain)
        wide[0] = (wchar_t)cell->text[0];
    else if (!utf8) {
        struct mt_sv rest = mt_sv(cell->text);
        wide[0] = ascii_of(mt_utf8_next(&rest));
    } else if (!to_wide(cell, wide))
        wmemcpy(wide, L"?", 2);
    memset(out, 0, sizeof *out);
    if (setcchar(out, wide, attr, a->pair[ink], NULL) == ERR) {
        /* Only for text curses can not hold; a question mark it always can. */
        int shown = setcchar(out, L"?", attr, a->pair[ink], NULL);
        (void)shown;
    }
}
