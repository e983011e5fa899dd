/* What the screens read: suggestions, a scanned pack, the board, one order, the outbox. All of it comes from the two files
 * on this thread, within a millisecond or two; what is shown is the cache with this till's own operations over it. */
#include "loop_impl.h"

#include <string.h>

#define BOARD_MOST 300
#define OUTBOX_MOST 500

static struct mt_found found_of(const struct mt_shelf_drug *d) {
    return (struct mt_found){d->cached.drug, d->free, d->cached.first_expiry, d->cached.expired};
}

void loop_search(struct loop *l, const struct mt_effect *e) {
    struct mt_shelf_drug *drugs = NULL;
    size_t count = 0;
    struct mt_err err = {0};
    enum mt_rc rc = mt_app_search(l->app, mt_sv(e->text), e->limit > 0 ? (size_t)e->limit : MT_SUGGESTIONS_MAX, &l->arena, &drugs,
                                  &count, &err);
    struct mt_found *found = mt_arena_array(&l->arena, count + 1, sizeof *found);
    struct mt_msg *m = loop_answer(l, MT_MSG_FOUND);
    if (m == NULL) {
        return;
    }
    loop_words(l, m, rc, &err);
    m->generation = e->generation;
    for (size_t i = 0; found != NULL && i < count; i++) {
        found[i] = found_of(&drugs[i]);
    }
    m->found = found;
    m->found_count = found != NULL ? count : 0;
}

void loop_lookup(struct loop *l, const struct mt_effect *e) {
    struct mt_shelf_drug drug;
    struct mt_err err = {0};
    enum mt_rc rc = mt_app_by_code(l->app, e->scan.gtin, &l->arena, &drug, &err);
    struct mt_found *found = mt_arena_alloc(&l->arena, sizeof *found);
    struct mt_msg *m = loop_answer(l, MT_MSG_LOOKED_UP);
    if (m == NULL) {
        return;
    }
    m->generation = e->generation;
    m->scan = e->scan;
    m->scan.rest = mt_sv("");
    if (rc == MT_OK && found != NULL) {
        *found = found_of(&drug);
        m->found = found;
        m->found_count = 1;
    } else if (rc != MT_NOTFOUND) {
        loop_words(l, m, rc, &err);
    }
}

static struct mt_board_row row_of(struct mt_local_order *o) {
    struct mt_order *x = &o->order;
    struct mt_board_row row = {
        .order_no = x->order_no,
        .who = x->user_name[0] != '\0' ? x->user_name : "Walk-in",
        .status = x->status,
        .version = x->version,
        .lines = (int64_t)x->item_count,
        .own = o->own,
        .unsynced = o->unsent > 0,
    };
    const mt_time *stamp = mt_order_stamp(x, x->status);
    row.since = stamp != NULL && *stamp != 0 ? *stamp : x->taken_at;
    for (size_t i = 0; i < x->item_count; i++) {
        row.packs += x->items[i].quantity;
    }
    return row;
}

void loop_load_board(struct loop *l) {
    struct mt_local_order *orders = NULL;
    size_t count = 0;
    struct mt_err err = {0};
    enum mt_rc rc =
        mt_orders_pick(l->app->reg, l->app->reader, MT_ORDERS_OPEN, MT_ORDER_PENDING, BOARD_MOST, &l->arena, &orders, &count, &err);
    struct mt_board_row *rows = mt_arena_array(&l->arena, count + 1, sizeof *rows);
    struct mt_msg *m = loop_answer(l, MT_MSG_BOARD);
    if (m == NULL) {
        return;
    }
    loop_words(l, m, rc, &err);
    for (size_t i = 0; rows != NULL && i < count; i++) {
        rows[i] = row_of(&orders[i]);
    }
    m->board = rows;
    m->board_count = rows != NULL ? count : 0;
}

static const char *const *shelves_of(struct loop *l, const struct mt_order *o) {
    const char **shelf = mt_arena_array(&l->arena, o->item_count + 1, sizeof *shelf);
    for (size_t i = 0; shelf != NULL && i < o->item_count; i++) {
        struct mt_cached_drug d;
        shelf[i] = "";
        if (l->app->reader != NULL &&
            mt_cache_by_id(l->app->reader, &o->items[i].drug_id, mt_app_today(l->app), &l->arena, &d, NULL) == MT_OK) {
            shelf[i] = d.drug.shelf;
        }
    }
    return shelf;
}

void loop_load_order(struct loop *l, const char *order_no) {
    struct mt_local_order *o = mt_arena_alloc(&l->arena, sizeof *o);
    struct mt_err err = {0};
    enum mt_rc rc = o != NULL ? mt_order_pick(l->app->reg, l->app->reader, order_no, &l->arena, o, &err) : MT_NOMEM;
    struct mt_msg *m = loop_answer(l, MT_MSG_ORDER);
    if (m == NULL) {
        return;
    }
    loop_words(l, m, rc, &err);
    const char *copy = mt_arena_str(&l->arena, order_no);
    m->order_no = copy != NULL ? copy : "";
    if (rc == MT_OK) {
        m->order = &o->order;
        m->shelf = shelves_of(l, &o->order);
    }
}

void loop_load_sync(struct loop *l) {
    struct mt_outbox_op *ops = NULL;
    size_t count = 0;
    struct mt_cache_facts facts = {.cursor = ""};
    struct mt_err err = {0};
    enum mt_rc rc = mt_register_outbox(l->app->reg, MT_PICK_OPEN, OUTBOX_MOST, &l->arena, &ops, &count, &err);
    if (rc == MT_OK && l->app->reader != NULL) {
        rc = mt_cache_facts(l->app->reader, &l->arena, &facts, &err);
    }
    struct mt_outbox_row *rows = mt_arena_array(&l->arena, count + 1, sizeof *rows);
    struct mt_msg *m = loop_answer(l, MT_MSG_SYNC);
    if (m == NULL) {
        return;
    }
    loop_words(l, m, rc, &err);
    for (size_t i = 0; rows != NULL && i < count; i++) {
        rows[i] = (struct mt_outbox_row){ops[i].seq,  ops[i].kind,          ops[i].order_no,
                                         ops[i].at,   (int)ops[i].attempts, mt_outbox_state_name(ops[i].state),
                                         ops[i].words};
    }
    m->outbox = rows;
    m->outbox_count = rows != NULL ? count : 0;
    m->cursor = facts.cursor;
    const char *epoch = mt_arena_str(&l->arena, facts.epoch);
    m->epoch = epoch != NULL ? epoch : "";
}
