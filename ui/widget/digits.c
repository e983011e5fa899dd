/* Big digits, three cells high, of full blocks and half blocks; on a terminal without them of line signs like a pocket
 * calculator. A glyph is its three rows, three columns each, and a column of space behind. */
#include <medterm/ui/widget.h>
#include <string.h>

struct glyph {
    char sign;
    int width;
    const char *block[MT_DIGITS_ROWS], *ascii[MT_DIGITS_ROWS];
};

static const struct glyph glyphs[] = {
    {'0', 3, {"█▀█", "█ █", "█▄█"}, {" _ ", "| |", "|_|"}},
    {'1', 3, {"▀█ ", " █ ", "▄█▄"}, {"   ", "  |", "  |"}},
    {'2', 3, {"▀▀█", "█▀▀", "█▄▄"}, {" _ ", " _|", "|_ "}},
    {'3', 3, {"▀▀█", " ▀█", "▄▄█"}, {" _ ", " _|", " _|"}},
    {'4', 3, {"█ █", "▀▀█", "  █"}, {"   ", "|_|", "  |"}},
    {'5', 3, {"█▀▀", "▀▀█", "▄▄█"}, {" _ ", "|_ ", " _|"}},
    {'6', 3, {"█▀▀", "█▀█", "█▄█"}, {" _ ", "|_ ", "|_|"}},
    {'7', 3, {"▀▀█", "  █", "  █"}, {" _ ", "  |", "  |"}},
    {'8', 3, {"█▀█", "█▀█", "█▄█"}, {" _ ", "|_|", "|_|"}},
    {'9', 3, {"█▀█", "▀▀█", "▄▄█"}, {" _ ", "|_|", " _|"}},
    {'.', 1, {" ", " ", "▄"}, {" ", " ", "."}},
    {',', 1, {" ", " ", "█"}, {" ", " ", ","}},
    {':', 1, {"▄", " ", "▀"}, {".", " ", "."}},
    {'-', 2, {"  ", "▀▀", "  "}, {"  ", "__", "  "}},
    {' ', 1, {" ", " ", " "}, {" ", " ", " "}},
};

static const struct glyph *glyph_of(char sign) {
    for (size_t i = 0; i < sizeof glyphs / sizeof glyphs[0]; i++)
        if (glyphs[i].sign == sign)
            return &glyphs[i];
    return NULL;
}

int mt_digits_width(const char *text) {
    int width = 0;
    for (; *text != '\0'; text++) {
        const struct glyph *glyph = glyph_of(*text);
        if (glyph != NULL)
            width += glyph->width + 1;
    }
    return width > 0 ? width - 1 : 0;
}

int mt_digits_view(struct mt_grid *g, struct mt_rect r, const char *text, mt_style style) {
    int width = mt_digits_width(text);
    if (width > r.cols || r.rows < MT_DIGITS_ROWS) { /* a sum is never cut: then small */
        if (r.rows > 0)
            mt_grid_align(g, r.row, r.col, r.cols, MT_RIGHT, style | MT_BOLD, mt_sv(text));
        return r.cols;
    }
    bool ascii = strcmp(g->signs->block, "#") == 0;
    int col = r.col + r.cols - width;
    for (; *text != '\0'; text++) {
        const struct glyph *glyph = glyph_of(*text);
        if (glyph == NULL)
            continue;
        for (int row = 0; row < MT_DIGITS_ROWS; row++)
            mt_grid_str(g, r.row + row, col, glyph->width, style, ascii ? glyph->ascii[row] : glyph->block[row]);
        col += glyph->width + 1;
    }
    return width;
}
