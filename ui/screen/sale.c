/* New order: the order table, its total, the input line, what the input finds. The input stands still whatever the order
 * holds: eyes and fingers learn the place. */
#include "parts.h"

#include <stdio.h>

/* The order table; a terminal of 110 columns and more shows maker and shelf too. */
enum { NARROW_NAME = 1, WIDE_FROM = 110, NAME_TAB = 27 };
static const struct mt_column narrow[] = {
    {"", 3, 0, MT_LEFT, false, true},   {"", 41, 41, MT_LEFT, false, false}, {"", 2, 0, MT_LEFT, false, true},
    {"", 3, 0, MT_RIGHT, false, false}, {"", 8, 0, MT_RIGHT, false, false},  {"", 8, 0, MT_RIGHT, false, false},
};
static const struct mt_column wide[] = {
    {"", 3, 0, MT_LEFT, false, true},   {"", 46, 46, MT_LEFT, false, false}, {"", 18, 30, MT_LEFT, false, false},
    {"", 8, 0, MT_LEFT, false, false},  {"", 2, 0, MT_LEFT, false, true},    {"", 3, 0, MT_RIGHT, false, false},
    {"", 8, 0, MT_RIGHT, false, false}, {"", 8, 0, MT_RIGHT, false, false},
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    char no[MT_ORDER_NO_TEXT];
    words_order_no(t, no);
    mt_buf_fmt(left, "Order %s   %s", no, words_who(t));
    mt_buf_str(right, words_handover(t->customer.fulfilment));
}

/* ---- the order ---- */

static bool is_wide(const struct mt_grid *g) {
    return g->cols >= WIDE_FROM;
}

static void layout(struct mt_table *table, struct mt_rect r, const struct mt_grid *g) {
    if (is_wide(g))
        mt_table_layout(table, r, wide, COUNT(wide), true);
    else
        mt_table_layout(table, r, narrow, COUNT(narrow), true);
}

static void paint_line(const struct mt_till *t, const struct mt_table *table, struct mt_grid *g, int row, size_t at) {
    const struct mt_cart_line *l = &t->cart.lines[at];
    char number[16], quantity[16], price[MT_MONEY_TEXT], sum[MT_MONEY_TEXT];
    struct mt_money subtotal;
    bool current = at == t->cart.current;
    if (snprintf(number, sizeof number, "%s%2zu", current ? g->signs->current : " ", at + 1) < 0 ||
        snprintf(quantity, sizeof quantity, "%d", (int)l->quantity) < 0)
        return;
    mt_money_format(l->drug.price, price);
    if (mt_money_times(l->drug.price, l->quantity, &subtotal) != MT_OK)
        subtotal = mt_money_zero(); /* the order's total would have refused it */
    mt_money_format(subtotal, sum);
    const char *rx = mt_rx_sign(l->drug.rx);
    const char *few[] = {number, NULL, rx, quantity, price, sum};
    const char *many[] = {number, NULL, l->drug.maker, l->drug.shelf, rx, quantity, price, sum};
    mt_style style = current ? MT_BOLD : MT_NORMAL;
    mt_table_row(table, g, row, is_wide(g) ? many : few, NULL, style);
    frame_name_spec(g, row, table->col[NARROW_NAME], table->width[NARROW_NAME], NAME_TAB, style, l->drug.name, l->drug.spec);
}

static void paint_order(const struct mt_till *t, struct mt_rect r, const struct mt_table *table, struct mt_grid *g) {
    size_t top = mt_list_top(t->cart.count, t->cart.count > 0 ? t->cart.current : MT_LIST_NONE, r.rows);
    for (int i = 0; i < r.rows && top + (size_t)i < t->cart.count; i++)
        paint_line(t, table, g, r.row + i, top + (size_t)i);
}

static void paint_total(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    struct mt_buf text;
    char total[MT_MONEY_TEXT];
    mt_style style = MT_DIM;
    mt_buf_init(&text, 512);
    if (t->cart.count == 0)
        mt_buf_str(&text, "");
    else if (t->cart.lack == MT_RX_LACK_NOTHING) {
        int64_t packs = words_packs(t);
        mt_buf_fmt(&text, "%zu %s, %lld %s", t->cart.count, words_plural((int64_t)t->cart.count, "line", "lines"), (long long)packs,
                   words_plural(packs, "pack", "packs"));
    } else {
        style = MT_WARN;
        if (t->cart.lack == MT_RX_LACK_ADDRESS)
            mt_buf_fmt(&text, "%s The %s%s", g->signs->warn, mt_rx_lack_words(t->cart.lack), mt_till_lack_key(t->cart.lack));
        else
            mt_buf_fmt(&text, "%s Line %zu %s%s", g->signs->warn, t->cart.lack_line + 1, mt_rx_lack_words(t->cart.lack),
                       mt_till_lack_key(t->cart.lack));
    }
    mt_money_format(t->cart.total, total);
    int money = mt_text_width(mt_sv(total)), end = r.col + r.cols;
    int label = end - (money > 11 ? money + 1 : 12) - 5;
    mt_grid_put(g, r.row, r.col + 1, label - r.col - 2, style, mt_buf_view(&text));
    mt_grid_str(g, r.row, label, 5, MT_BOLD, "TOTAL");
    mt_grid_str(g, r.row, end - money, money, MT_BOLD, total);
    mt_buf_fini(&text);
}

/* ---- what the input finds ---- */

static void paint_found(void *ctx, struct mt_grid *g, struct mt_rect row, size_t item, bool selected) {
    enum { AT_NAME = 4, AT_SPEC = 26, RIGHT = 37, MAKER = 22 };
    const struct mt_till *t = ctx;
    const struct mt_found *f = &t->sale.found[item];
    char text[WORDS_MAX], expiry[MT_DATE_TEXT];
    int end = row.col + row.cols, maker = is_wide(g) ? MAKER : 0;
    mt_style style = mt_found_sellable(f) ? MT_NORMAL : MT_DIM;
    int extra = row.cols - 80 - maker, tab = AT_SPEC + (extra > 0 ? extra / 2 : 0);
    mt_grid_fill(g, row, style);
    if (selected)
        mt_grid_str(g, row.row, row.col, 1, style, g->signs->current);
    mt_grid_str(g, row.row, row.col + 1, 2, style, mt_rx_sign(f->drug.rx));
    frame_name_spec(g, row.row, row.col + AT_NAME, end - RIGHT - maker - AT_NAME - row.col, tab, style, f->drug.name, f->drug.spec);
    if (maker > 0)
        mt_grid_str(g, row.row, end - RIGHT - maker, maker - 1, style, f->drug.maker);
    if (!f->drug.has_price)
        mt_grid_align(g, row.row, end - RIGHT, 8, MT_RIGHT, style, MT_SV("no price"));
    else {
        mt_money_format(f->drug.price, text);
        mt_grid_align(g, row.row, end - RIGHT, 8, MT_RIGHT, style, mt_sv(text));
    }
    long long shown = (long long)(f->free > 0 ? f->free : 0);
    if (f->drug.has_price && !f->drug.sellable)
        mt_grid_align(g, row.row, end - 29, 15, MT_RIGHT, style, MT_SV("off the market"));
    else if (snprintf(text, sizeof text, "%lld in stock", shown) > 0)
        mt_grid_align(g, row.row, end - 29, 15, MT_RIGHT, style, mt_sv(text));
    mt_date_format(f->first_expiry, expiry);
    expiry[7] = '\0'; /* year and month are what is printed on packs */
    if (shown == 0 && f->expired > 0) {
        if (snprintf(text, sizeof text, "%lld expired", (long long)f->expired) > 0)
            mt_grid_align(g, row.row, end - 14, 14, MT_RIGHT, style, mt_sv(text));
    } else if (mt_date_is(f->first_expiry) && snprintf(text, sizeof text, "exp %s", expiry) > 0)
        mt_grid_align(g, row.row, end - 14, 14, MT_RIGHT, style, mt_sv(text));
}

static void paint_suggestions(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    if (!mt_till_typing(t))
        return;
    if (t->sale.found_count > 0)
        (void)mt_list_view(g, r, t->sale.found_count, t->sale.selected, paint_found, (void *)(uintptr_t)t);
    else if (!t->sale.searching && t->sale.asked[0] != '\0')
        mt_grid_str(g, r.row, r.col + 3, r.cols - 3, MT_DIM, "Nothing matches. Words match from their start, in any order.");
}

static void paint_input(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    const struct mt_edit *e = &t->sale.input;
    struct mt_field field = {.text = mt_sv_n(e->s, e->n),
                             .cursor = e->cursor,
                             .focus = true,
                             .hint = t->cart.count == 0 ? "Scan a pack or type a name" : ""};
    mt_grid_str(g, r.row, r.col + 1, 1, MT_ACCENT, g->signs->prompt);
    mt_rect_left(&r, 3);
    if (t->sale.lookups > 0) {
        struct mt_rect busy = mt_rect_right(&r, 16);
        mt_grid_str(g, busy.row, busy.col, busy.cols, MT_DIM, "looking it up");
    }
    mt_field_view(g, r, &field, t->sale.spent ? MT_DIM : MT_NORMAL);
}

void sale_order_view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    struct mt_table table;
    layout(&table, r, g);
    mt_table_rule(&table, g, mt_rect_top(&r, 1).row, true, MT_DIM);
    paint_total(t, mt_rect_bottom(&r, 1), g);
    paint_order(t, r, &table, g);
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    enum { FOUND_ROWS = 6, FOUND_MOST = 14, BODY = 20 };
    int found = FOUND_ROWS + (r.rows - BODY) / 3;
    paint_suggestions(t, mt_rect_bottom(&r, found < FOUND_MOST ? found : FOUND_MOST), g);
    paint_input(t, mt_rect_bottom(&r, 1), g);
    mt_grid_hline(g, mt_rect_bottom(&r, 1).row, r.col, r.cols, MT_DIM);
    sale_order_view(t, r, g);
}

/* ---- keys ---- */

static bool has_lines(const struct mt_till *t) {
    return t->cart.count > 0;
}
static bool on_lines(const struct mt_till *t) {
    return t->cart.count > 0 && !mt_till_typing(t);
}
static bool has_found(const struct mt_till *t) {
    return mt_till_typing(t) && t->sale.found_count > 0;
}
static bool typing(const struct mt_till *t) {
    return t->sale.input.n > 0;
}

static const struct screen_key keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Take", has_found},
    {MT_KEY_CHAR, '+', MT_ACT_MORE, NULL, "More", on_lines},
    {MT_KEY_CHAR, '-', MT_ACT_LESS, NULL, "Less", on_lines},
    {MT_KEY_DELETE, 0, MT_ACT_DELETE, NULL, "Remove", on_lines},
    {MT_KEY_DELETE, 0, MT_ACT_DELETE, "", NULL, typing},
    {MT_KEY_UP, 0, MT_ACT_UP, "Up/Down", NULL, NULL},
    {MT_KEY_DOWN, 0, MT_ACT_DOWN, "", NULL, NULL},
    {MT_KEY_CTRL, 'x', MT_ACT_CLEAR, NULL, NULL, has_lines},
    {MT_KEY_ESC, 0, MT_ACT_BACK, "", NULL, NULL},
};

const struct screen screen_sale = {
    .name = "New order",
    .title = title,
    .view = view,
    SCREEN_KEYS(keys),
    .help = "3* before a scan takes 3 packs, *3 after it sets 3.\nLetters find names, substances, makers, pinyin initials."};
