/* A grid of cells: what a screen paints and the terminal shows. Columns are terminal columns, rows and columns count
 * from 0, every function clips at the grid, so a view never checks bounds. Text given to the grid may be hostile:
 * mt_grid_put and its kin are the one sink that makes it harmless (mt_utf8_harmful). */
#ifndef MEDTERM_UI_CELL_H
#define MEDTERM_UI_CELL_H

#include <medterm/base/buf.h>

/* ---- styles ---- */

/* X(symbol, name, letter in a style map). The five roles after MT_NORMAL are themable. */
#define MT_INK_TABLE(X)                                                                                                            \
    X(MT_NORMAL, "normal", ' ')                                                                                                    \
    X(MT_ACCENT, "accent", 'a')                                                                                                    \
    X(MT_GOOD, "good", 'g')                                                                                                        \
    X(MT_WARN, "warn", 'w')                                                                                                        \
    X(MT_BAD, "bad", 'b')                                                                                                          \
    X(MT_DIM, "dim", 'd')

enum mt_ink {
#define MT_X(symbol, name, letter) symbol,
    MT_INK_TABLE(MT_X)
#undef MT_X
        MT_INKS
};

/* A role, with MT_BOLD and MT_REVERSE or'ed in: MT_WARN | MT_BOLD. */
typedef unsigned mt_style;
#define MT_BOLD 0x10u
#define MT_REVERSE 0x20u
enum mt_ink mt_style_role(mt_style style);

/* One role as a terminal shows it: colours of the 16 and 256 palettes, -1 for the terminal's own. */
struct mt_theme_role {
    int fg16, fg256;
    bool bold, dim; /* what the role adds to the text, also where there is no colour */
    bool mono_bold; /* bold only where there is no colour */
};
struct mt_theme {
    struct mt_theme_role role[MT_INKS];
};
extern const struct mt_theme mt_theme_default;
/* What a style adds to the text on a terminal with or without colour: MT_BOLD, MT_FAINT, MT_REVERSE. */
#define MT_FAINT 0x40u
mt_style mt_theme_look(const struct mt_theme *theme, mt_style style, bool colour);

/* ---- signs ---- */

/* Chosen once at start: the real ones, or their ASCII twins. Each is one column wide, the ellipsis of ASCII is '~'. */
struct mt_signs {
    const char *online, *offline, *connecting;             /* ● ○ ◐ */
    const char *current, *prompt;                          /* ▸ › */
    const char *yes, *warn, *no;                           /* ✓ ! ✗ */
    const char *ellipsis, *times, *dot;                    /* … × · */
    const char *up, *down;                                 /* ↑ ↓ */
    const char *hline, *vline, *tee_down, *tee_up, *cross; /* ─ │ ┬ ┴ ┼ */
    const char *top_left, *top_right, *bottom_left, *bottom_right;
    const char *mask;  /* • in a masked field */
    const char *block; /* █ of the big digits */
};
const struct mt_signs *mt_signs(bool utf8); /* static */

/* ---- text ---- */

/* Columns a code point takes: 0 (combining, or nothing to show), 1 or 2. */
int mt_code_width(uint32_t code);
/* Columns the text takes on a grid, after it has been made harmless. */
int mt_text_width(struct mt_sv text);

#define MT_CELL_TEXT 16 /* bytes of one cell's text with the NUL; marks beyond it are dropped */
/* Takes one grapheme (a base and its combining marks) from *rest, harmless, into out; returns its columns (1 or 2),
 * or 0 at the end. White-space controls come out as a space, invalid bytes as U+FFFD. */
int mt_text_next(struct mt_sv *rest, char out[MT_CELL_TEXT]);
/* The longest beginning of text, cut at a grapheme, that fits into `width` columns. Borrowed from text. */
struct mt_sv mt_text_fit(struct mt_sv text, int width);
/* Takes the next line of at most `width` columns from *rest: breaks at spaces and after '\n', a longer word at a grapheme.
 * Borrowed from *rest; leading spaces of the following line are dropped. */
struct mt_sv mt_text_wrap(struct mt_sv *rest, int width);

/* ---- rectangles ---- */

struct mt_rect {
    int row, col, rows, cols;
};
/* Each cuts `n` (clipped to what is there) off *rest and returns it. */
struct mt_rect mt_rect_top(struct mt_rect *rest, int n);
struct mt_rect mt_rect_bottom(struct mt_rect *rest, int n);
struct mt_rect mt_rect_left(struct mt_rect *rest, int n);
struct mt_rect mt_rect_right(struct mt_rect *rest, int n);
/* A rectangle of that size (clipped) in the middle of r. */
struct mt_rect mt_rect_centre(struct mt_rect r, int rows, int cols);

/* ---- grid ---- */

struct mt_cell {
    char text[MT_CELL_TEXT]; /* one grapheme, UTF-8; "" in the right half of a wide one */
    uint8_t width;           /* 1, 2, or 0 for the right half of a wide one */
    uint8_t style;
};
struct mt_grid {
    int rows, cols;
    struct mt_cell *cells;        /* owned; row after row */
    int cursor_row, cursor_col;   /* -1: no cursor */
    const struct mt_signs *signs; /* borrowed, static */
};
enum mt_align { MT_LEFT, MT_RIGHT, MT_CENTRE };

#define MT_GRID_ROWS_MAX 500
#define MT_GRID_COLS_MAX 1000
/* All cells blank. Sizes are clipped to 1 … maximum. */
MT_MUST enum mt_rc mt_grid_init(struct mt_grid *g, int rows, int cols, const struct mt_signs *signs);
void mt_grid_fini(struct mt_grid *g);
void mt_grid_clear(struct mt_grid *g); /* blanks, no cursor */
struct mt_rect mt_grid_rect(const struct mt_grid *g);
const struct mt_cell *mt_grid_at(const struct mt_grid *g, int row, int col); /* NULL outside */

/* Writes text from (row, col) on in at most `width` columns, cut with an ellipsis. Returns the columns written. */
int mt_grid_put(struct mt_grid *g, int row, int col, int width, mt_style style, struct mt_sv text);
int mt_grid_str(struct mt_grid *g, int row, int col, int width, mt_style style, const char *text);
int mt_grid_fmt(struct mt_grid *g, int row, int col, int width, mt_style style, const char *format, ...) MT_PRINTF(6, 7);
/* Fills exactly `width` columns: text aligned, the rest blank in the same style. */
void mt_grid_align(struct mt_grid *g, int row, int col, int width, enum mt_align align, mt_style style, struct mt_sv text);
void mt_grid_fill(struct mt_grid *g, struct mt_rect r, mt_style style);     /* blanks in that style */
void mt_grid_restyle(struct mt_grid *g, struct mt_rect r, mt_style style);  /* keeps the text; a selected row */
void mt_grid_add_style(struct mt_grid *g, struct mt_rect r, mt_style bits); /* adds MT_BOLD or MT_REVERSE, keeps roles */
void mt_grid_hline(struct mt_grid *g, int row, int col, int width, mt_style style);
void mt_grid_cursor(struct mt_grid *g, int row, int col);

/* For goldens. The text: one line a row, trailing blanks removed. The style map: one line "NN map" for each row that has
 * any style, a letter a column: the role's letter (blank for a normal one), upper case when bold (normal: 'N'); in reverse
 * '*' (normal), '1' accent, '2' good, '3' warn, '4' bad, '5' dim. Trailing blanks removed. The looks are the same map for
 * a terminal without colour: 'B' bold, 'f' faint, in reverse 'R', 'X' when bold too, 'x' when faint. */
void mt_grid_dump(const struct mt_grid *g, struct mt_buf *out);
void mt_grid_dump_styles(const struct mt_grid *g, struct mt_buf *out);
void mt_grid_dump_looks(const struct mt_grid *g, const struct mt_theme *theme, struct mt_buf *out);

#endif
