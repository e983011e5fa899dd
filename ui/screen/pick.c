/* One order: what to take, from which shelf and lot, for whom. */
#include "parts.h"

#include <stdio.h>

static const struct mt_column columns[] = {
    {"", 1, 0, MT_LEFT, false, true},        {"Shelf", 8, 0, MT_LEFT, false, false}, {"Drug", 38, 60, MT_LEFT, false, false},
    {"Packs", 5, 0, MT_RIGHT, false, false}, {"Lot", 12, 0, MT_LEFT, false, true},   {"Expires", 10, 0, MT_LEFT, false, true},
};
enum { COLUMNS = 6, DRUG = 2, TAB = 25 };

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    const struct mt_order *o = &t->pick.order;
    mt_buf_fmt(left, "Pick %s", t->pick.order_no);
    if (t->find.n > 0)
        mt_buf_fmt(right, "Find %s", t->find.s);
    else if (t->pick.loaded) {
        mt_buf_fmt(left, "   %s", o->user_name[0] != '\0' ? o->user_name : "Walk-in");
        mt_buf_fmt(right, "%s   %s", mt_order_status_words(o->status), words_handover(o->fulfilment));
    }
}

/* The row of one lot; the first of an item carries its name. */
static void paint_lot(const struct mt_till *t, const struct mt_table *table, struct mt_grid *g, int row, size_t at, bool first,
                      int64_t quantity, const char *lot, struct mt_date expires) {
    const struct mt_order_item *item = &t->pick.order.items[at];
    char packs[16], expiry[MT_DATE_TEXT];
    mt_date_format(expires, expiry);
    if (snprintf(packs, sizeof packs, "%lld", (long long)quantity) < 0)
        return;
    const char *texts[COLUMNS] = {
        first && at == t->pick.selected ? g->signs->current : "", first ? t->pick.shelf[at] : "", "", packs, lot, expiry};
    mt_style style = at == t->pick.selected ? MT_BOLD : MT_NORMAL;
    mt_table_row(table, g, row, texts, NULL, style);
    if (first)
        frame_name_spec(g, row, table->col[DRUG], table->width[DRUG], TAB, style, item->drug_name, item->drug_spec);
    if (first && at == t->pick.selected)
        mt_grid_cursor(g, row, 0);
}

static int paint_item(const struct mt_till *t, const struct mt_table *table, struct mt_grid *g, struct mt_rect r, size_t at) {
    const struct mt_order_item *item = &t->pick.order.items[at];
    int used = 0;
    if (item->lot_count == 0) {
        const struct mt_pack *pack = item->pack_count > 0 ? &item->packs[0] : NULL;
        bool scanned = pack != NULL && pack->lot_no[0] != '\0';
        paint_lot(t, table, g, r.row, at, true, item->quantity, scanned ? pack->lot_no : "first expiry",
                  scanned ? pack->expires_on : MT_NO_DATE);
        return 1;
    }
    for (size_t i = 0; i < item->lot_count && used < r.rows; i++, used++)
        paint_lot(t, table, g, r.row + used, at, i == 0, item->lots[i].quantity, item->lots[i].lot_no, item->lots[i].expires_on);
    return used;
}

static void fact(struct mt_grid *g, struct mt_rect *r, const char *label, const char *text) {
    if (text[0] == '\0')
        return;
    struct mt_rect row = mt_rect_top(r, 1);
    if (row.rows == 0)
        return;
    mt_grid_str(g, row.row, row.col, 18, MT_DIM, label);
    mt_grid_str(g, row.row, row.col + 18, row.cols - 19, MT_NORMAL, text);
}

static void paint_facts(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    const struct mt_order *o = &t->pick.order;
    struct mt_buf money;
    char total[MT_MONEY_TEXT], paid[MT_MONEY_TEXT];
    mt_rect_left(&r, 1);
    mt_buf_init(&money, 128);
    mt_money_format(o->total_amount, total);
    mt_money_format(o->paid_amount, paid);
    mt_buf_fmt(&money, "%s %s, paid %s", total, o->currency, paid);
    fact(g, &r, "Total", mt_buf_text(&money));
    fact(g, &r, "Phone", o->user_phone);
    fact(g, &r, "Prescriber", o->doctor_name);
    fact(g, &r, "Delivery address", o->address_detail);
    fact(g, &r, "Remark", o->remark);
    mt_buf_fini(&money);
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    enum { FACTS = 5 };
    struct mt_table table;
    mt_grid_hline(g, mt_rect_top(&r, 1).row, 0, g->cols, MT_DIM);
    if (!t->pick.loaded) {
        mt_grid_str(g, r.row, r.col + 1, r.cols - 1, MT_DIM, "Looking.");
        return;
    }
    paint_facts(t, mt_rect_bottom(&r, FACTS), g);
    mt_grid_hline(g, mt_rect_bottom(&r, 1).row, 0, g->cols, MT_DIM);
    mt_table_layout(&table, r, columns, COLUMNS, false);
    mt_table_head(&table, g, mt_rect_top(&r, 1).row, MT_DIM);
    size_t top = mt_list_top(t->pick.order.item_count, t->pick.selected, r.rows);
    for (size_t i = top; i < t->pick.order.item_count && r.rows > 0; i++)
        mt_rect_top(&r, paint_item(t, &table, g, r, i));
}

static bool is(const struct mt_till *t, enum mt_order_status status) {
    return t->pick.loaded && t->find.n == 0 && t->pick.order.status == status;
}
static bool to_prepare(const struct mt_till *t) {
    return is(t, MT_ORDER_PAID);
}
static bool to_ready(const struct mt_till *t) {
    return is(t, MT_ORDER_PREPARING);
}
static bool to_complete(const struct mt_till *t) {
    return is(t, MT_ORDER_SHIPPED);
}
static bool unpaid(const struct mt_till *t) {
    return is(t, MT_ORDER_PENDING);
}
static bool may_pay(const struct mt_till *t) {
    return unpaid(t) && mt_role_may_sell(t->staff.role);
}
static bool loaded(const struct mt_till *t) {
    return t->pick.loaded && t->find.n == 0;
}
static bool finding(const struct mt_till *t) {
    return t->find.n > 0;
}

static const struct screen_key keys[] = {
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "Space", "Prepare", to_prepare},
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "Space", "Ready", to_ready},
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "Space", "Complete", to_complete},
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "", NULL, loaded},
    {MT_KEY_F4, 0, MT_ACT_PAY, NULL, "Pay", may_pay},
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Find", finding},
    {MT_KEY_CTRL, 'p', MT_ACT_REPRINT, NULL, "Copy of receipt", loaded},
    {MT_KEY_CTRL, 'k', MT_ACT_CANCEL, NULL, "Cancel order", unpaid},
    {MT_KEY_ESC, 0, MT_ACT_BACK, NULL, "Board", NULL},
};

const struct screen screen_pick = {.name = "Pick list",
                                   .title = title,
                                   .view = view,
                                   SCREEN_KEYS(keys),
                                   .help = "Scanning a receipt, or typing an order number and Enter, jumps to that order."};
