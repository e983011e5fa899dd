/* Pay: the amount due readable from two metres, what was handed over, the change as it is typed. */
#include "parts.h"

#include <stdio.h>

enum { LABEL = 18, DIGITS_COLS = 40 };

static bool standing(const struct mt_till *t) {
    return t->pay.order_no[0] != '\0';
}

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    char no[MT_ORDER_NO_TEXT];
    words_order_no(t, no);
    mt_buf_fmt(left, "Pay %s   %s", standing(t) ? t->pay.order_no : no, standing(t) ? "saved unpaid" : words_who(t));
    if (!standing(t))
        mt_buf_str(right, words_handover(t->customer.fulfilment));
}

static void paint_digits(struct mt_grid *g, struct mt_rect *r, const char *label, const char *money, const char *currency,
                         mt_style style) {
    struct mt_rect row = mt_rect_top(r, MT_DIGITS_ROWS);
    mt_grid_str(g, row.row + 1, row.col, LABEL, MT_BOLD, label);
    mt_rect_left(&row, LABEL);
    struct mt_rect digits = mt_rect_left(&row, DIGITS_COLS);
    (void)mt_digits_view(g, digits, money, style);
    mt_grid_str(g, digits.row + 1, digits.col + digits.cols + 2, 4, MT_DIM, currency);
    mt_grid_fmt(g, digits.row + 2, digits.col + digits.cols + 2, row.cols - 2, MT_BOLD, "%s", money);
}

static void paint_change(const struct mt_till *t, struct mt_rect *r, struct mt_grid *g) {
    char text[MT_MONEY_TEXT];
    struct mt_money tendered, change;
    if (t->pay.cash.n == 0) {
        struct mt_rect row = mt_rect_top(r, MT_DIGITS_ROWS);
        mt_grid_str(g, row.row + 1, row.col, LABEL, MT_NORMAL, "Change");
        mt_grid_str(g, row.row + 1, row.col + LABEL, 40, MT_DIM, "none; Enter alone takes the exact sum");
    } else if (mt_money_parse(mt_sv_n(t->pay.cash.s, t->pay.cash.n), &tendered) == MT_OK &&
               mt_money_sub(tendered, t->pay.due, &change) == MT_OK && !mt_money_is_negative(change)) {
        mt_money_format(change, text);
        paint_digits(g, r, "Change", text, t->currency, MT_ACCENT);
    } else {
        struct mt_rect row = mt_rect_top(r, MT_DIGITS_ROWS);
        mt_grid_str(g, row.row + 1, row.col, LABEL, MT_NORMAL, "Change");
        mt_grid_str(g, row.row + 1, row.col + LABEL, 40, MT_DIM, "not enough yet");
    }
}

static void paint_lines(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    enum { NAME = 55, TAB = 36 };
    if (r.rows < 2)
        return;
    size_t room = (size_t)r.rows, shown = t->cart.count <= room ? t->cart.count : room - 1;
    for (size_t i = 0; i < shown; i++) {
        const struct mt_cart_line *l = &t->cart.lines[i];
        char sum[MT_MONEY_TEXT];
        struct mt_money subtotal;
        int row = r.row + (int)i, name = r.cols - 25;
        if (mt_money_times(l->drug.price, l->quantity, &subtotal) != MT_OK)
            continue;
        mt_money_format(subtotal, sum);
        frame_name_spec(g, row, r.col, name < NAME ? name : NAME, TAB, MT_DIM, l->drug.name, l->drug.spec);
        mt_grid_fmt(g, row, r.col + 57, 6, MT_DIM, "%5lld", (long long)l->quantity);
        mt_grid_align(g, row, r.col + 63, 14, MT_RIGHT, MT_DIM, mt_sv(sum));
    }
    if (shown < t->cart.count)
        mt_grid_fmt(g, r.row + (int)shown, r.col, r.cols, MT_DIM, "and %zu more", t->cart.count - shown);
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    char due[MT_MONEY_TEXT], exact[MT_MONEY_TEXT + 8];
    mt_grid_hline(g, r.row, 0, g->cols, MT_DIM);
    mt_rect_top(&r, 2);
    mt_rect_left(&r, 1);
    mt_money_format(t->pay.due, due);
    if (snprintf(exact, sizeof exact, "exact: %s", due) < 0)
        exact[0] = '\0';
    paint_digits(g, &r, "Due", due, t->currency, MT_NORMAL);
    mt_rect_top(&r, 1);
    frame_field(g, mt_rect_top(&r, 1), LABEL - 1, "Cash handed over", &t->pay.cash, !t->commit.busy, false, exact);
    mt_rect_top(&r, 1);
    paint_change(t, &r, g);
    mt_rect_top(&r, 1);
    if (standing(t))
        return; /* its goods and lines are the board's */
    struct mt_rect row = mt_rect_top(&r, 1);
    mt_grid_str(g, row.row, row.col, LABEL, MT_NORMAL, "Goods");
    mt_grid_str(g, row.row, row.col + LABEL, row.cols - LABEL, MT_NORMAL,
                t->pay.handed_over ? "handed over now; the order is completed" : "to be prepared; the order goes to the board");
    mt_grid_hline(g, mt_rect_top(&r, 1).row, 0, g->cols, MT_DIM);
    paint_lines(t, r, g);
}

static bool cart_goes_to_board(const struct mt_till *t) {
    return !standing(t) && !t->pay.handed_over;
}
static bool cart_handed_over(const struct mt_till *t) {
    return !standing(t) && t->pay.handed_over;
}
static bool of_cart(const struct mt_till *t) {
    return !standing(t);
}

static const struct screen_key keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Cash", NULL},
    {MT_KEY_CTRL, 'g', MT_ACT_HANDED_OVER, NULL, "Goods handed over", cart_goes_to_board},
    {MT_KEY_CTRL, 'g', MT_ACT_HANDED_OVER, NULL, "Goods to the board", cart_handed_over},
    {MT_KEY_CTRL, 'u', MT_ACT_PAY_LATER, NULL, "Pay later", of_cart},
    {MT_KEY_ESC, 0, MT_ACT_BACK, NULL, "Back", NULL},
};

const struct screen screen_pay = {
    .name = "Pay",
    .title = title,
    .view = view,
    SCREEN_KEYS(keys),
    .help =
        "Type what was handed over and Enter; Enter alone is the exact sum. Pay later saves the order unpaid and keeps its packs."};
