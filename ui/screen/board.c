/* The fulfilment board: counts and oldest ages on top, then every order, oldest first within its status. */
#include "parts.h"

#include <stdio.h>

static const struct mt_column columns[] = {
    {"Status", 10, 0, MT_LEFT, false, true}, {"Order", 13, 0, MT_LEFT, false, true},  {"For", 21, 40, MT_LEFT, false, false},
    {"Lines", 5, 0, MT_RIGHT, false, false}, {"Packs", 5, 0, MT_RIGHT, false, false}, {"Waits", 11, 0, MT_RIGHT, false, false},
    {"", 9, 0, MT_LEFT, false, false},
};
enum { COLUMNS = 7 };

static const struct {
    enum mt_order_status status;
    mt_style style;
} groups[] = {{MT_ORDER_PAID, MT_BOLD}, {MT_ORDER_PREPARING, MT_NORMAL}, {MT_ORDER_SHIPPED, MT_NORMAL}, {MT_ORDER_PENDING, MT_DIM}};

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    mt_buf_str(left, "Fulfil");
    if (t->find.n > 0)
        mt_buf_fmt(right, "Find %s", t->find.s);
}

enum { GROUPS = sizeof groups / sizeof groups[0] };

struct group_words {
    size_t orders;
    char count[WORDS_MAX], age[WORDS_MAX]; /* age "" when the group is empty */
};

static void count_group(const struct mt_till *t, enum mt_order_status status, struct group_words *out) {
    size_t count = 0;
    mt_time oldest = 0;
    char age[WORDS_MAX];
    for (size_t j = 0; j < t->board.count; j++) {
        if (t->board.rows[j].status != status)
            continue;
        if (count++ == 0 || t->board.rows[j].since < oldest)
            oldest = t->board.rows[j].since;
    }
    out->orders = count;
    words_age(t->now - oldest, age);
    if (snprintf(out->count, sizeof out->count, "%s %zu", mt_order_status_words(status), count) < 0)
        out->count[0] = '\0';
    if (count == 0 || snprintf(out->age, sizeof out->age, ", %.40s", age) < 0)
        out->age[0] = '\0';
}

/* A count is never cut: where the row is too narrow, ages go first, from the right. */
static void paint_counts(const struct mt_till *t, struct mt_rect row, struct mt_grid *g) {
    struct group_words words[GROUPS];
    int wide = 3 * (GROUPS - 1), col = row.col;
    for (size_t i = 0; i < GROUPS; i++) {
        count_group(t, groups[i].status, &words[i]);
        wide += mt_text_width(mt_sv(words[i].count)) + mt_text_width(mt_sv(words[i].age));
    }
    for (size_t i = GROUPS; i-- > 0 && wide > row.cols;) {
        wide -= mt_text_width(mt_sv(words[i].age));
        words[i].age[0] = '\0';
    }
    for (size_t i = 0; i < GROUPS; i++) {
        col += mt_grid_fmt(g, row.row, col, row.cols, words[i].orders > 0 ? groups[i].style & ~(unsigned)MT_DIM : MT_DIM, "%s",
                           words[i].count);
        col += mt_grid_fmt(g, row.row, col, row.cols, MT_DIM, "%s", words[i].age) + 3;
    }
}

struct paint {
    const struct mt_till *t;
    struct mt_table table;
};

static void paint_row(void *ctx, struct mt_grid *g, struct mt_rect r, size_t item, bool selected) {
    const struct paint *p = ctx;
    const struct mt_board_row *row = &p->t->board.rows[item];
    char status[WORDS_MAX], lines[16], packs[16], age[WORDS_MAX];
    if (snprintf(status, sizeof status, "%s%s", selected ? g->signs->current : " ", mt_order_status_words(row->status)) < 0 ||
        snprintf(lines, sizeof lines, "%lld", (long long)row->lines) < 0 ||
        snprintf(packs, sizeof packs, "%lld", (long long)row->packs) < 0)
        return;
    words_age(p->t->now - row->since, age);
    const char *mark = row->unsynced ? "unsent" : !row->own && p->t->link.link != MT_LINK_ONLINE ? "elsewhere" : "";
    const char *texts[COLUMNS] = {status, row->order_no, row->who, lines, packs, age, mark};
    mt_table_row(&p->table, g, r.row, texts, NULL, row->status == MT_ORDER_PENDING ? MT_DIM : MT_NORMAL);
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    struct paint p = {.t = t};
    mt_grid_hline(g, mt_rect_top(&r, 1).row, 0, g->cols, MT_DIM);
    struct mt_rect inner = r;
    mt_rect_left(&inner, 1);
    struct mt_rect counts = mt_rect_top(&inner, 2);
    if (t->board.loaded)
        paint_counts(t, counts, g);
    mt_rect_top(&r, 2);
    if (t->board.count == 0) {
        mt_grid_str(g, inner.row, inner.col, inner.cols, MT_DIM,
                    t->board.loaded ? "Nothing waits. Paid orders appear here by themselves." : "Looking.");
        mt_grid_cursor(g, inner.row, inner.col);
        return;
    }
    mt_table_layout(&p.table, r, columns, COLUMNS, false);
    mt_table_head(&p.table, g, mt_rect_top(&r, 1).row, MT_DIM);
    mt_grid_str(g, r.row - 1, 0, 8, MT_DIM, " Status");
    size_t top = mt_list_top(t->board.count, t->board.selected, r.rows);
    (void)mt_list_view(g, r, t->board.count, t->board.selected, paint_row, &p);
    mt_grid_cursor(g, r.row + (int)(t->board.selected - top), 0);
}

static const struct mt_board_row *selected(const struct mt_till *t) {
    return t->find.n == 0 ? mt_till_board_row(t) : NULL;
}
static bool to_prepare(const struct mt_till *t) {
    return selected(t) != NULL && selected(t)->status == MT_ORDER_PAID;
}
static bool to_ready(const struct mt_till *t) {
    return selected(t) != NULL && selected(t)->status == MT_ORDER_PREPARING;
}
static bool to_complete(const struct mt_till *t) {
    return selected(t) != NULL && selected(t)->status == MT_ORDER_SHIPPED;
}
static bool to_pay(const struct mt_till *t) {
    return selected(t) != NULL && selected(t)->status == MT_ORDER_PENDING && mt_role_may_sell(t->staff.role);
}
static bool any(const struct mt_till *t) {
    return selected(t) != NULL;
}
static bool finding(const struct mt_till *t) {
    return t->find.n > 0;
}
static bool several(const struct mt_till *t) {
    return t->board.count > 1;
}

static const struct screen_key keys[] = {
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "Space", "Prepare", to_prepare},
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "Space", "Ready", to_ready},
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "Space", "Complete", to_complete},
    {MT_KEY_CHAR, ' ', MT_ACT_ADVANCE, "", NULL, any},
    {MT_KEY_F4, 0, MT_ACT_PAY, NULL, "Pay", to_pay},
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Pick list", any},
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Find", finding},
    {MT_KEY_UP, 0, MT_ACT_UP, "Up/Down", "Choose", several},
    {MT_KEY_ESC, 0, MT_ACT_BACK, "", NULL, NULL},
};

const struct screen screen_board = {.name = "Fulfil",
                                    .title = title,
                                    .view = view,
                                    SCREEN_KEYS(keys),
                                    .help = "Scanning a receipt, or typing an order number and Enter, jumps to the order."};
