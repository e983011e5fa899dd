/* The grid itself. Every write goes through place(), which keeps one rule: a wide grapheme owns two neighbouring cells,
 * and whatever overwrites one half blanks the other. So a blit never meets half a character. */
#include <limits.h>
#include <medterm/ui/cell.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mt_cell blank = {.text = " ", .width = 1};

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

enum mt_rc mt_grid_init(struct mt_grid *g, int rows, int cols, const struct mt_signs *signs) {
    rows = clamp(rows, 1, MT_GRID_ROWS_MAX);
    cols = clamp(cols, 1, MT_GRID_COLS_MAX);
    *g = (struct mt_grid){.rows = rows, .cols = cols, .signs = signs, .cursor_row = -1, .cursor_col = -1};
    g->cells = malloc((size_t)rows * (size_t)cols * sizeof *g->cells);
    if (g->cells == NULL) {
        g->rows = g->cols = 0;
        return MT_NOMEM;
    }
    mt_grid_clear(g);
    return MT_OK;
}

void mt_grid_fini(struct mt_grid *g) {
    free(g->cells);
    *g = (struct mt_grid){.cursor_row = -1, .cursor_col = -1};
}

void mt_grid_clear(struct mt_grid *g) {
    size_t count = (size_t)g->rows * (size_t)g->cols;
    for (size_t i = 0; i < count; i++)
        g->cells[i] = blank;
    g->cursor_row = g->cursor_col = -1;
}

struct mt_rect mt_grid_rect(const struct mt_grid *g) {
    return (struct mt_rect){0, 0, g->rows, g->cols};
}

static struct mt_cell *cell_at(const struct mt_grid *g, int row, int col) {
    if (row < 0 || col < 0 || row >= g->rows || col >= g->cols)
        return NULL;
    return &g->cells[(size_t)row * (size_t)g->cols + (size_t)col];
}

const struct mt_cell *mt_grid_at(const struct mt_grid *g, int row, int col) {
    return cell_at(g, row, col);
}

/* Blanks the other half of what stands at (row, col), if it is half of a wide grapheme. */
static void split(struct mt_grid *g, int row, int col) {
    struct mt_cell *cell = cell_at(g, row, col);
    if (cell == NULL || cell->width == 1)
        return;
    struct mt_cell *other = cell_at(g, row, cell->width == 2 ? col + 1 : col - 1);
    unsigned style = other != NULL ? other->style : 0;
    if (other != NULL) {
        *other = blank;
        other->style = (uint8_t)style;
    }
}

/* One grapheme; what does not fit into the row whole becomes a blank. */
static void place(struct mt_grid *g, int row, int col, const char *text, int width, mt_style style) {
    struct mt_cell *cell = cell_at(g, row, col);
    if (cell == NULL)
        return;
    split(g, row, col);
    struct mt_cell *right = width == 2 ? cell_at(g, row, col + 1) : NULL;
    *cell = blank;
    cell->style = (uint8_t)style;
    if (width == 2 && right == NULL)
        return;
    memcpy(cell->text, text, strnlen(text, MT_CELL_TEXT - 1) + 1);
    cell->width = (uint8_t)width;
    if (right != NULL) {
        split(g, row, col + 1);
        *right = (struct mt_cell){.style = (uint8_t)style};
    }
}

static int put_all(struct mt_grid *g, int row, int col, mt_style style, struct mt_sv text) {
    char grapheme[MT_CELL_TEXT];
    int used = 0, width;
    while (col + used < g->cols && (width = mt_text_next(&text, grapheme)) > 0) {
        place(g, row, col + used, grapheme, width, style);
        used += width;
    }
    return used;
}

int mt_grid_put(struct mt_grid *g, int row, int col, int width, mt_style style, struct mt_sv text) {
    if (width <= 0 || row < 0 || row >= g->rows || col >= g->cols)
        return 0;
    struct mt_sv fits = mt_text_fit(text, width);
    struct mt_sv rest = mt_sv_n(text.p + fits.n, text.n - fits.n);
    char grapheme[MT_CELL_TEXT];
    if (rest.n == 0 || mt_text_next(&rest, grapheme) == 0)
        return put_all(g, row, col, style, fits);
    int used = put_all(g, row, col, style, mt_text_fit(text, width - 1));
    place(g, row, col + used, g->signs->ellipsis, 1, style);
    return used + 1;
}

int mt_grid_str(struct mt_grid *g, int row, int col, int width, mt_style style, const char *text) {
    return mt_grid_put(g, row, col, width, style, mt_sv(text));
}

int mt_grid_fmt(struct mt_grid *g, int row, int col, int width, mt_style style, const char *format, ...) {
    struct mt_buf text;
    mt_buf_init(&text, 4096);
    va_list args;
    va_start(args, format);
    mt_buf_vfmt(&text, format, args);
    va_end(args);
    /* A failure leaves what fitted: a shorter line on the screen harms nobody. */
    int used = mt_grid_put(g, row, col, width, style, mt_buf_view(&text));
    mt_buf_fini(&text);
    return used;
}

void mt_grid_align(struct mt_grid *g, int row, int col, int width, enum mt_align align, mt_style style, struct mt_sv text) {
    if (width <= 0)
        return;
    mt_grid_fill(g, (struct mt_rect){row, col, 1, width}, style);
    int spare = width - mt_text_width(text);
    if (spare < 0)
        spare = 0;
    int shift = 0;
    switch (align) {
    case MT_LEFT:
        break;
    case MT_RIGHT:
        shift = spare;
        break;
    case MT_CENTRE:
        shift = spare / 2;
        break;
    }
    mt_grid_put(g, row, col + shift, width - shift, style, text);
}

/* The part of r that lies on the grid. */
static struct mt_rect on_grid(const struct mt_grid *g, struct mt_rect r) {
    int top = clamp(r.row, 0, g->rows), left = clamp(r.col, 0, g->cols);
    int bottom = r.rows > INT_MAX / 2 ? g->rows : clamp(r.row + r.rows, top, g->rows);
    int right = r.cols > INT_MAX / 2 ? g->cols : clamp(r.col + r.cols, left, g->cols);
    return (struct mt_rect){top, left, bottom - top, right - left};
}

void mt_grid_fill(struct mt_grid *g, struct mt_rect r, mt_style style) {
    r = on_grid(g, r);
    for (int row = r.row; row < r.row + r.rows; row++)
        for (int col = r.col; col < r.col + r.cols; col++)
            place(g, row, col, " ", 1, style);
}

/* Cells get (style & keep) | add. */
static void change_style(struct mt_grid *g, struct mt_rect r, mt_style keep, mt_style add) {
    r = on_grid(g, r);
    for (int row = r.row; row < r.row + r.rows; row++)
        for (int col = r.col; col < r.col + r.cols; col++) {
            struct mt_cell *cell = cell_at(g, row, col);
            cell->style = (uint8_t)((cell->style & keep) | add);
        }
}

void mt_grid_restyle(struct mt_grid *g, struct mt_rect r, mt_style style) {
    change_style(g, r, 0, style);
}

void mt_grid_add_style(struct mt_grid *g, struct mt_rect r, mt_style bits) {
    change_style(g, r, 0xFF, bits & (MT_BOLD | MT_REVERSE));
}

void mt_grid_hline(struct mt_grid *g, int row, int col, int width, mt_style style) {
    for (int i = 0; i < width && col + i < g->cols; i++)
        place(g, row, col + i, g->signs->hline, 1, style);
}

void mt_grid_cursor(struct mt_grid *g, int row, int col) {
    bool inside = cell_at(g, row, col) != NULL;
    g->cursor_row = inside ? row : -1;
    g->cursor_col = inside ? col : -1;
}
