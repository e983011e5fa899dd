/* The customer dialog, below the order: what the order lacks and its total stay in sight. */
#include "parts.h"

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    screen_sale.title(t, left, right);
}

static void paint_handover(const struct mt_till *t, struct mt_rect row, int label, bool focus, struct mt_grid *g) {
    static const enum mt_fulfilment both[] = {MT_PICKUP, MT_DELIVERY};
    mt_grid_str(g, row.row, row.col, label, focus ? MT_BOLD : MT_NORMAL, mt_customer_field_label(MT_FIELD_FULFILMENT));
    mt_grid_str(g, row.row, row.col + label, 1, focus ? MT_ACCENT : MT_DIM, focus ? g->signs->prompt : g->signs->dot);
    int col = row.col + label + 2;
    for (int i = 0; i < 2; i++) {
        bool chosen = t->customer.fulfilment == both[i];
        if (chosen && focus)
            mt_grid_cursor(g, row.row, col);
        col += mt_grid_fmt(g, row.row, col, 14, chosen ? MT_BOLD : MT_DIM, "%s%s", chosen ? g->signs->current : " ",
                           words_handover(both[i])) +
               2;
    }
    if (focus)
        mt_grid_str(g, row.row, col + 1, 14, MT_DIM, "Space changes");
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    enum { LABEL = 17, FRAME = 4 };
    mt_rect_bottom(&r, frame_message_over(t, g));
    struct mt_rect box = mt_rect_bottom(&r, MT_CUSTOMER_FIELDS + FRAME);
    sale_order_view(t, r, g);
    struct mt_rect in = frame_box(g, box, MT_CUSTOMER_FIELDS, "Customer", "Tab Next   Enter Confirm   Esc Back, nothing is lost");
    for (int f = 0; f < MT_CUSTOMER_FIELDS; f++) {
        bool focus = t->customer.field == (enum mt_customer_field)f;
        struct mt_rect row = mt_rect_top(&in, 1);
        if (f == MT_FIELD_FULFILMENT)
            paint_handover(t, row, LABEL, focus, g);
        else
            frame_field(g, row, LABEL, mt_customer_field_label((enum mt_customer_field)f), &t->customer.text[f], focus, false, "");
    }
}

static const struct screen_key keys[] = {
    {MT_KEY_TAB, 0, MT_ACT_NEXT_FIELD, NULL, "Next field", NULL},
    {MT_KEY_BACKTAB, 0, MT_ACT_PREV_FIELD, NULL, NULL, NULL},
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Confirm", NULL},
    {MT_KEY_ESC, 0, MT_ACT_BACK, NULL, "Back", NULL},
};

const struct screen screen_customer = {
    .name = "Customer",
    .title = title,
    .view = view,
    SCREEN_KEYS(keys),
    .help = "Enter goes on to what the order still asks for, then back to it. What is typed is kept with the order at "
            "once."};
