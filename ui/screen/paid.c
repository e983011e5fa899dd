/* Paid: the change to give back stays until the next key. */
#include "parts.h"

enum { LABEL = 18, DIGITS_COLS = 40 };

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    (void)right;
    mt_buf_fmt(left, "Paid %s", t->paid.order_no);
}

/* A path whole, or its end: the file's name is the order's number. */
static void paint_path(struct mt_grid *g, int row, int col, int width, const char *path) {
    struct mt_sv rest = mt_sv(path);
    char grapheme[MT_CELL_TEXT];
    bool cut = mt_text_width(rest) > width;
    while (cut && mt_text_width(rest) > width - 1 && mt_text_next(&rest, grapheme) > 0)
        continue;
    int used = cut ? mt_grid_str(g, row, col, 1, MT_NORMAL, g->signs->ellipsis) : 0;
    mt_grid_put(g, row, col + used, width - used, MT_NORMAL, rest);
}

static void paint_receipt(const struct mt_till *t, struct mt_rect row, struct mt_grid *g) {
    mt_grid_str(g, row.row, row.col, LABEL, MT_NORMAL, "Receipt");
    mt_rect_left(&row, LABEL);
    switch (t->paid.receipt) {
    case MT_RECEIPT_WAITING:
        mt_grid_str(g, row.row, row.col, row.cols, MT_DIM, "printing");
        break;
    case MT_RECEIPT_PRINTED:
        mt_rect_left(&row, mt_grid_fmt(g, row.row, row.col, row.cols - 1, MT_NORMAL, "%s printed%s", g->signs->yes,
                                       t->paid.path[0] != '\0' ? " to " : ""));
        paint_path(g, row.row, row.col, row.cols - 1, t->paid.path);
        break;
    case MT_RECEIPT_FAILED:
        mt_grid_fmt(g, row.row, row.col, row.cols - 1, MT_WARN, "%s not printed; the sale is saved. Ctrl-P prints a copy",
                    g->signs->warn);
        break;
    }
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    char total[MT_MONEY_TEXT], tendered[MT_MONEY_TEXT], change[MT_MONEY_TEXT];
    mt_money_format(t->paid.total, total);
    mt_money_format(t->paid.tendered, tendered);
    mt_money_format(t->paid.change, change);
    mt_grid_hline(g, r.row, 0, g->cols, MT_DIM);
    mt_rect_top(&r, 2);
    mt_rect_left(&r, 1);
    struct mt_rect row = mt_rect_top(&r, MT_DIGITS_ROWS);
    mt_grid_str(g, row.row + 1, row.col, LABEL, MT_BOLD, "Change");
    struct mt_rect digits = {row.row, row.col + LABEL, MT_DIGITS_ROWS, DIGITS_COLS};
    (void)mt_digits_view(g, digits, change, MT_ACCENT);
    mt_grid_str(g, row.row + 1, digits.col + DIGITS_COLS + 2, 4, MT_DIM, t->currency);
    mt_grid_str(g, row.row + 2, digits.col + DIGITS_COLS + 2, 18, MT_BOLD, change);
    mt_rect_top(&r, 1);
    row = mt_rect_top(&r, 1);
    mt_grid_str(g, row.row, row.col, LABEL, MT_NORMAL, "Cash handed over");
    mt_grid_align(g, row.row, row.col + LABEL, DIGITS_COLS, MT_RIGHT, MT_NORMAL, mt_sv(t->paid.has_tendered ? tendered : total));
    row = mt_rect_top(&r, 1);
    mt_grid_str(g, row.row, row.col, LABEL, MT_NORMAL, "Due");
    mt_grid_align(g, row.row, row.col + LABEL, DIGITS_COLS, MT_RIGHT, MT_NORMAL, mt_sv(total));
    mt_rect_top(&r, 1);
    row = mt_rect_top(&r, 1);
    mt_grid_str(g, row.row, row.col, LABEL, MT_NORMAL, "Goods");
    mt_grid_str(g, row.row, row.col + LABEL, row.cols - LABEL, MT_NORMAL,
                t->paid.handed_over ? "handed over" : "to be prepared, on the board");
    paint_receipt(t, mt_rect_top(&r, 1), g);
    mt_rect_top(&r, 2);
    mt_grid_str(g, r.row, r.col, r.cols, MT_DIM, "Any key starts the next order; a scan goes straight into it.");
}

static const struct screen_key keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Next order", NULL},
    {MT_KEY_CTRL, 'p', MT_ACT_REPRINT, NULL, "Print a copy", NULL},
};

const struct screen screen_paid = {.name = "Paid", .title = title, .view = view, SCREEN_KEYS(keys), .help = "", .any_key = true};
