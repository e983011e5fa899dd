/* Parts of screens, painted into a grid. None keeps state: what is selected and typed is the model's. */
#ifndef MEDTERM_UI_WIDGET_H
#define MEDTERM_UI_WIDGET_H

#include <medterm/ui/cell.h>

/* ---- list ---- */

#define MT_LIST_NONE ((size_t)-1)
/* First item shown, so that `selected` (MT_LIST_NONE: none) stands in view, away from the edges where there is more. */
size_t mt_list_top(size_t count, size_t selected, int rows);
/* Paints one item into a rectangle of one row. */
typedef void mt_list_paint(void *ctx, struct mt_grid *g, struct mt_rect row, size_t item, bool selected);
/* Paints the items in view; the selected one in reverse across the whole row. Returns how many were painted. */
size_t mt_list_view(struct mt_grid *g, struct mt_rect r, size_t count, size_t selected, mt_list_paint *paint, void *ctx);

/* ---- field ---- */

struct mt_field {
    struct mt_sv text; /* borrowed */
    size_t cursor;     /* bytes from the start of text; clipped to it */
    bool masked;       /* a PIN: signs for characters */
    bool focus;        /* puts the grid's cursor there */
    const char *hint;  /* dim, while text is empty; NULL: none */
};
/* One row; scrolls sideways so that the cursor is in view. */
void mt_field_view(struct mt_grid *g, struct mt_rect r, const struct mt_field *field, mt_style style);

/* ---- table ---- */

#define MT_COLUMNS_MAX 16
struct mt_column {
    const char *title;   /* "" for none */
    int width;           /* the least; a column is never narrower */
    int wish;            /* grows up to this before extra columns appear; 0: never grows. Names come first in the table */
    enum mt_align align; /* MT_RIGHT is for numbers: those are never cut, they take from the left neighbour */
    bool extra;          /* shown only when there is room after the wishes */
    bool whole;          /* a code: never cut either, it runs into its right neighbour */
};
/* Where the columns stand; what remains after wishes and extra columns goes to the first column with a wish. */
struct mt_table {
    const struct mt_column *columns; /* borrowed */
    size_t count;
    bool bars;                                               /* the order table: bars between, else one space */
    int row_col, col[MT_COLUMNS_MAX], width[MT_COLUMNS_MAX]; /* width 0: hidden; col is absolute */
    int total;
};
void mt_table_layout(struct mt_table *t, struct mt_rect r, const struct mt_column *columns, size_t count, bool bars);
void mt_table_head(const struct mt_table *t, struct mt_grid *g, int row, mt_style style);
/* A rule over the full width with tees (down: the table is below it) where the bars are. */
void mt_table_rule(const struct mt_table *t, struct mt_grid *g, int row, bool down, mt_style style);
/* One text a column (NULL: blank); styles may be NULL, then all are `style`. */
void mt_table_row(const struct mt_table *t, struct mt_grid *g, int row, const char *const *texts, const mt_style *styles,
                  mt_style style);

/* ---- dialog ---- */

struct mt_dialog {
    const char *title;
    const char *text;        /* wrapped; '\n' breaks */
    const char *field_label; /* NULL: no field */
    struct mt_field field;
    const char *keys; /* "Enter keep   Ctrl-Y cancel the order"; accent */
};
/* The rows it takes in `cols` columns. */
int mt_dialog_rows(const struct mt_dialog *dialog, int cols);
/* A single box in the middle of r, at most 60 columns wide; covers what is below it. */
void mt_dialog_view(struct mt_grid *g, struct mt_rect r, const struct mt_dialog *dialog);

/* ---- big digits ---- */

#define MT_DIGITS_ROWS 3
/* Digits, '.', ',', '-', ':' and space, three rows high, right-aligned in r. Returns the columns taken. */
int mt_digits_width(const char *text);
int mt_digits_view(struct mt_grid *g, struct mt_rect r, const char *text, mt_style style);

/* ---- key bar ---- */

struct mt_hint {
    const char *key, *label; /* "F4", "Pay" */
};
/* The footer: keys in accent, labels plain; what does not fit is dropped from the right. Returns how many were shown. */
size_t mt_hints_view(struct mt_grid *g, struct mt_rect r, const struct mt_hint *hints, size_t count);

#endif
