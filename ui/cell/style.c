/* Roles, the default theme, the signs and their ASCII twins, and the dumps that goldens compare. */
#include <medterm/ui/cell.h>
#include <medterm/ui/key.h>

enum mt_ink mt_style_role(mt_style style) {
    unsigned role = style & 0x0Fu;
    return role < MT_INKS ? (enum mt_ink)role : MT_NORMAL;
}

const struct mt_theme mt_theme_default = {.role = {
                                              [MT_NORMAL] = {-1, -1, false, false, false},
                                              [MT_ACCENT] = {6, 44, false, false, true},
                                              [MT_GOOD] = {2, 71, false, false, false},
                                              [MT_WARN] = {3, 178, false, false, false},
                                              [MT_BAD] = {1, 203, true, false, false},
                                              [MT_DIM] = {-1, -1, false, true, false},
                                          }};

mt_style mt_theme_look(const struct mt_theme *theme, mt_style style, bool colour) {
    const struct mt_theme_role *role = &theme->role[mt_style_role(style)];
    mt_style look = style & (MT_BOLD | MT_REVERSE);
    if (role->bold || (role->mono_bold && !colour))
        look |= MT_BOLD;
    if (role->dim && (style & MT_BOLD) == 0)
        look |= MT_FAINT;
    return look;
}

static const struct mt_signs unicode_signs = {
    .online = "●",
    .offline = "○",
    .connecting = "◐",
    .current = "▸",
    .prompt = "›",
    .yes = "✓",
    .warn = "!",
    .no = "✗",
    .ellipsis = "…",
    .times = "×",
    .dot = "·",
    .up = "↑",
    .down = "↓",
    .hline = "─",
    .vline = "│",
    .tee_down = "┬",
    .tee_up = "┴",
    .cross = "┼",
    .top_left = "┌",
    .top_right = "┐",
    .bottom_left = "└",
    .bottom_right = "┘",
    .mask = "•",
    .block = "█",
};
static const struct mt_signs ascii_signs = {
    .online = "*",
    .offline = "o",
    .connecting = "%",
    .current = ">",
    .prompt = ">",
    .yes = "+",
    .warn = "!",
    .no = "x",
    .ellipsis = "~",
    .times = "x",
    .dot = "-",
    .up = "^",
    .down = "v",
    .hline = "-",
    .vline = "|",
    .tee_down = "+",
    .tee_up = "+",
    .cross = "+",
    .top_left = "+",
    .top_right = "+",
    .bottom_left = "+",
    .bottom_right = "+",
    .mask = "*",
    .block = "#",
};

const struct mt_signs *mt_signs(bool utf8) {
    return utf8 ? &unicode_signs : &ascii_signs;
}

const char *mt_key_name(enum mt_key_code code) {
    switch (code) {
#define MT_X(symbol, name)                                                                                                         \
    case symbol:                                                                                                                   \
        return name;
        MT_KEY_TABLE(MT_X)
#undef MT_X
    }
    return "";
}

/* ---- dumps ---- */

void mt_grid_dump(const struct mt_grid *g, struct mt_buf *out) {
    for (int row = 0; row < g->rows; row++) {
        int end = g->cols;
        while (end > 0 && mt_sv_is(mt_sv(mt_grid_at(g, row, end - 1)->text), " "))
            end--;
        for (int col = 0; col < end; col++)
            mt_buf_str(out, mt_grid_at(g, row, col)->text);
        mt_buf_char(out, '\n');
    }
}

static char style_letter(mt_style style) {
    static const char plain[] = {
#define MT_X(symbol, name, letter) letter,
        MT_INK_TABLE(MT_X)
#undef MT_X
    };
    static const char reverse[] = "*12345";
    enum mt_ink role = mt_style_role(style);
    if ((style & MT_REVERSE) != 0)
        return reverse[role];
    if ((style & MT_BOLD) == 0)
        return plain[role];
    return role == MT_NORMAL ? 'N' : (char)(plain[role] - 'a' + 'A');
}

static char look_letter(const struct mt_theme *theme, mt_style style) {
    mt_style look = mt_theme_look(theme, style, false);
    bool bold = (look & MT_BOLD) != 0, faint = (look & MT_FAINT) != 0;
    if ((look & MT_REVERSE) != 0)
        return bold ? 'X' : faint ? 'x' : 'R';
    return bold ? 'B' : faint ? 'f' : ' ';
}

/* The map of every row that is not blank in it; without a theme the roles, else the looks. */
static void dump_map(const struct mt_grid *g, const struct mt_theme *theme, struct mt_buf *out) {
    for (int row = 0; row < g->rows; row++) {
        char map[MT_GRID_COLS_MAX];
        int end = 0;
        for (int col = 0; col < g->cols; col++) {
            mt_style style = mt_grid_at(g, row, col)->style;
            map[col] = theme == NULL ? style_letter(style) : look_letter(theme, style);
            end = map[col] == ' ' ? end : col + 1;
        }
        if (end > 0)
            mt_buf_fmt(out, "%02d %.*s\n", row, end, map);
    }
}

void mt_grid_dump_styles(const struct mt_grid *g, struct mt_buf *out) {
    dump_map(g, NULL, out);
}

void mt_grid_dump_looks(const struct mt_grid *g, const struct mt_theme *theme, struct mt_buf *out) {
    dump_map(g, theme, out);
}
