/* The judge. What must hold is computed from the intents that the oracle wrote down itself; the databases are only
 * read, with statements of its own, never with the service's or the till's. */
#include "sim.h"

#include <medterm/crypto/crypto.h>

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t packs_at_start[SIM_DRUGS] = {3, 40, 60, 60, 25, 80};

struct sim_op *sim_op_find(struct sim_world *w, const char *op_id) {
    for (size_t i = 0; i < w->op_count; i++)
        if (!strcmp(w->op[i].op_id.s, op_id))
            return &w->op[i];
    return NULL;
}

static struct sim_op *create_of(struct sim_world *w, const char *order_id) {
    for (size_t i = 0; i < w->op_count; i++)
        if (w->op[i].kind == MT_OP_ORDER_CREATE && !strcmp(w->op[i].order_id.s, order_id))
            return &w->op[i];
    return NULL;
}

/* ---- at the till ---- */

struct outbox {
    struct mt_arena arena;
    struct mt_outbox_op *ops;
    size_t count;
};

static void outbox_read(struct sim_world *w, struct sim_till *t, struct outbox *o) {
    struct mt_err err = {0};
    mt_arena_init(&o->arena, 64u << 20);
    o->count = 0;
    if (mt_register_outbox(t->reg, MT_PICK_ALL, 0, &o->arena, &o->ops, &o->count, &err) != MT_OK)
        sim_violated(w, "I1: the outbox of %s can not be read: %s", t->node, mt_err_text(&err));
}

static struct mt_outbox_op *outbox_find(struct outbox *o, const struct mt_id *op_id) {
    for (size_t i = 0; i < o->count; i++)
        if (mt_id_eq(&o->ops[i].op_id, op_id))
            return &o->ops[i];
    return NULL;
}

/* Every acknowledged operation of this till stands in its outbox, byte for byte. */
static void check_kept(struct sim_world *w, struct sim_till *t, struct outbox *o) {
    for (size_t i = 0; i < w->op_count; i++) {
        const struct sim_op *op = &w->op[i];
        if (op->till != t->index || op->known != SIM_ACKNOWLEDGED)
            continue;
        const struct mt_outbox_op *kept = outbox_find(o, &op->op_id);
        char hash[65] = "";
        if (kept)
            mt_hash_hex(kept->bytes, hash);
        if (!kept || strcmp(hash, op->hash) != 0)
            sim_violated(w, "I1: %s %s of %s was saved and is %s the outbox", mt_op_kind_name(op->kind), op->order_no, t->node,
                         kept ? "different in" : "gone from");
    }
}

/* No order stands at the till without the operation that tells the service of it. */
static void check_told(struct sim_world *w, struct sim_till *t, struct outbox *o) {
    struct mt_arena arena;
    struct mt_local_order *orders = NULL;
    size_t n = 0;
    struct mt_err err = {0};
    mt_arena_init(&arena, 64u << 20);
    if (mt_register_orders(t->reg, MT_ORDERS_ALL, MT_ORDER_PENDING, 1000, &arena, &orders, &n, &err) != MT_OK)
        sim_violated(w, "I1: the orders of %s can not be read: %s", t->node, mt_err_text(&err));
    for (size_t i = 0; i < n; i++) {
        const struct sim_op *taken = create_of(w, orders[i].order.order_id.s);
        bool found = !orders[i].own || (taken && taken->till != t->index); /* a fork's twin has the same register code */
        for (size_t k = 0; k < o->count && !found; k++)
            found = o->ops[k].kind == MT_OP_ORDER_CREATE && mt_id_eq(&o->ops[k].order_id, &orders[i].order.order_id);
        if (!found)
            sim_violated(w, "I1: %s shows order %s and has no operation for it", t->node, orders[i].order.order_no);
    }
    mt_arena_fini(&arena);
}

/* The next number lies above all that were printed. */
static void check_numbers(struct sim_world *w, struct sim_till *t) {
    int64_t next = 0;
    struct mt_err err = {0};
    if (mt_register_next_order(t->reg, &next, &err) != MT_OK)
        sim_violated(w, "I9: no next number: %s", mt_err_text(&err));
    for (size_t i = 0; i < w->op_count; i++) {
        const struct sim_op *op = &w->op[i];
        char code[MT_REGISTER_CODE_TEXT];
        int64_t seq = 0;
        if (op->till != t->index || op->known != SIM_ACKNOWLEDGED || op->kind != MT_OP_ORDER_CREATE)
            continue;
        if (mt_order_no_parse(mt_sv(op->order_no), code, &seq) != MT_OK || seq >= next)
            sim_violated(w, "I9: %s would give number %lld again, %s is printed", t->node, (long long)next, op->order_no);
    }
}

void sim_check_till(struct sim_world *w, struct sim_till *t) {
    struct outbox o;
    outbox_read(w, t, &o);
    check_kept(w, t, &o);
    check_told(w, t, &o);
    check_numbers(w, t);
    mt_arena_fini(&o.arena);
}

void sim_note_told(struct sim_world *w) {
    for (int i = 0; i < SIM_TILLS; i++) {
        struct outbox o;
        if (!w->till[i].up)
            continue;
        outbox_read(w, &w->till[i], &o);
        for (size_t k = 0; k < o.count; k++) {
            struct sim_op *op = sim_op_find(w, o.ops[k].op_id.s);
            if (op && o.ops[k].has_outcome && o.ops[k].outcome != MT_QUARANTINED) {
                op->answered = true;
                op->outcome = o.ops[k].outcome;
            }
        }
        mt_arena_fini(&o.arena);
    }
}

void sim_check_shown(struct sim_world *w, struct sim_till *t, const struct mt_order *shown) {
    struct sim_seen *s = NULL;
    if (w->put_back)
        return; /* versions compare within an epoch */
    for (size_t i = 0; i < t->seen_count && !s; i++)
        if (mt_id_eq(&t->seen[i].order_id, &shown->order_id))
            s = &t->seen[i];
    if (!s) {
        if (t->seen_count == sizeof t->seen / sizeof t->seen[0])
            return;
        s = &t->seen[t->seen_count++];
        *s = (struct sim_seen){.order_id = shown->order_id};
    }
    if (shown->version < s->version)
        sim_violated(w, "I7: %s showed %s at version %lld after %lld", t->node, shown->order_no, (long long)shown->version,
                     (long long)s->version);
    s->version = shown->version;
}

/* ---- at the service ---- */

static sqlite3_stmt *ask(struct sim_world *w, sqlite3 *db, const char *sql, const char *arg) {
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK ||
        (arg && sqlite3_bind_text(s, 1, arg, -1, SQLITE_TRANSIENT) != SQLITE_OK))
        sim_violated(w, "the oracle can not read the service: %s", sqlite3_errmsg(db));
    return s;
}

static int64_t number(struct sim_world *w, sqlite3 *db, const char *sql, const char *arg) {
    sqlite3_stmt *s = ask(w, db, sql, arg);
    int64_t n = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    (void)sqlite3_finalize(s);
    return n;
}

static const char *text(sqlite3_stmt *s, int col) {
    const char *p = (const char *)sqlite3_column_text(s, col);
    return p ? p : "";
}

/* A refusal leaves Needs attention when a person has settled it, or a fact has brought the order to life after all. */
static bool agrees(enum mt_outbox_state state, const char *outcome) {
    return !strcmp(mt_outbox_state_name(state), outcome) || (state == MT_OUT_SETTLED && strcmp(outcome, "applied") != 0);
}

/* I1, I3: what was acknowledged is at the service with the same hash and outcome; nothing waits any more but a frozen lane. */
static void check_arrived(struct sim_world *w, sqlite3 *db, struct sim_till *t, bool frozen) {
    struct outbox o;
    outbox_read(w, t, &o);
    for (size_t i = 0; i < w->op_count; i++) {
        struct sim_op *op = &w->op[i];
        struct mt_outbox_op *kept = op->till == t->index ? outbox_find(&o, &op->op_id) : NULL;
        if (op->till != t->index || (!kept && op->known == SIM_MAYBE))
            continue;
        sqlite3_stmt *s = ask(w, db, "SELECT hash, outcome FROM mt_operation WHERE op_id = ?1", op->op_id.s);
        bool there = s && sqlite3_step(s) == SQLITE_ROW;
        bool answered = kept && kept->state != MT_OUT_WAITING && kept->state != MT_OUT_FROZEN;
        char hash[65] = "";
        if (kept)
            mt_hash_hex(kept->bytes, hash);
        if (!there && !(frozen && kept && !answered))
            sim_violated(w, "I1: %s %s of %s is %s and unknown to the service", mt_op_kind_name(op->kind), op->order_no, t->node,
                         kept ? mt_outbox_state_name(kept->state) : "lost");
        else if (there && strcmp(text(s, 0), hash) != 0)
            sim_violated(w, "I3: %s %s of %s has another content at the service", mt_op_kind_name(op->kind), op->order_no, t->node);
        else if (there && !frozen && (!answered || !agrees(kept->state, text(s, 1))))
            sim_violated(w, "I10: %s %s is %s at the service, %s at %s", mt_op_kind_name(op->kind), op->order_no, text(s, 1),
                         kept ? mt_outbox_state_name(kept->state) : "?", t->node);
        if (there && op->answered && strcmp(text(s, 1), mt_outcome_name(op->outcome)) != 0)
            sim_violated(w, "I12: %s %s was %s before the service was put back, and is %s", mt_op_kind_name(op->kind), op->order_no,
                         mt_outcome_name(op->outcome), text(s, 1));
        if (there && op->fact && strcmp(text(s, 1), "refused") == 0)
            sim_violated(w, "a fact was refused: %s %s", mt_op_kind_name(op->kind), op->order_no);
        (void)sqlite3_finalize(s);
    }
    mt_arena_fini(&o.arena);
}

/* I2, I6, I9: an order at the service is one intent, with its total and its printed number. */
static void check_orders(struct sim_world *w, sqlite3 *db) {
    sqlite3_stmt *s = ask(w, db, "SELECT order_id, order_no, total_amount FROM mt_order", NULL);
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        const struct sim_op *op = create_of(w, text(s, 0));
        if (!op)
            sim_violated(w, "I2: order %s at the service was never taken", text(s, 1));
        else if (op->total != sqlite3_column_int64(s, 2))
            sim_violated(w, "I6: %s has another total at the service", text(s, 1));
        else if (op->known == SIM_ACKNOWLEDGED && strcmp(op->order_no, text(s, 1)) != 0)
            sim_violated(w, "I9: %s is %s at the service", op->order_no, text(s, 1));
    }
    (void)sqlite3_finalize(s);
    for (size_t i = 0; i < w->op_count; i++)
        for (size_t k = i + 1; k < w->op_count; k++)
            if (w->op[i].kind == MT_OP_ORDER_CREATE && w->op[k].kind == MT_OP_ORDER_CREATE && w->op[i].order_no[0] &&
                !(w->op[i].forked && w->op[k].forked) && !strcmp(w->op[i].order_no, w->op[k].order_no))
                sim_violated(w, "I9: number %s was printed twice", w->op[i].order_no);
}

static bool applied(struct sim_world *w, sqlite3 *db, const struct sim_op *op) {
    return number(w, db, "SELECT count(*) FROM mt_operation WHERE op_id = ?1 AND outcome = 'applied'", op->op_id.s) == 1;
}

/* Packs of line 1 that people brought back, as the intents say: each return is one pack, and no more than were sold. */
static int64_t returned(struct sim_world *w, sqlite3 *db, const struct sim_op *create) {
    int64_t packs = 0;
    for (size_t i = 0; i < w->op_count; i++)
        if (w->op[i].kind == MT_OP_RETURN_RECORD && mt_id_eq(&w->op[i].order_id, &create->order_id) && applied(w, db, &w->op[i]))
            packs++;
    return packs < create->first_packs ? packs : create->first_packs;
}

/* I4, I6: what an order gave back is what people say they gave back; a cancelled one gave back all it had then, and somebody who
 * did not know may give back more, of which a person hears. */
static void check_refunds(struct sim_world *w, sqlite3 *db) {
    sqlite3_stmt *s = ask(w, db, "SELECT order_id, order_no, status, paid_amount, refunded_amount FROM mt_order", NULL);
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        const int64_t paid = sqlite3_column_int64(s, 3), refunded = sqlite3_column_int64(s, 4);
        const bool cancelled = strcmp(text(s, 2), "cancelled") == 0;
        int64_t told = 0;
        for (size_t i = 0; i < w->op_count; i++)
            if (w->op[i].kind == MT_OP_REFUND_RECORD && !strcmp(w->op[i].order_id.s, text(s, 0)) && applied(w, db, &w->op[i]))
                told += w->op[i].total;
        const bool heard =
            number(w, db, "SELECT count(*) FROM mt_exception WHERE order_id = ?1 AND kind = 'refund_differs'", text(s, 0)) > 0;
        if (refunded < told || (!cancelled && refunded != told) || refunded - told > paid || (refunded > paid && !heard))
            sim_violated(w, "I6: order %s gave back %lld of %lld, people gave back %lld", text(s, 1), (long long)refunded,
                         (long long)paid, (long long)told);
    }
    (void)sqlite3_finalize(s);
}

/* I5: lots against their ledger, and the ledger against the packs of the oracle's own orders. */
static void check_stock(struct sim_world *w, sqlite3 *db) {
    if (number(w, db,
               "SELECT count(*) FROM mt_lot l WHERE on_hand <> (SELECT coalesce(sum(quantity), 0) FROM mt_stock_move m WHERE"
               " m.drug_id = l.drug_id AND m.lot_no = l.lot_no)",
               NULL))
        sim_violated(w, "I5: a lot's on_hand is not the sum of its moves");
    int64_t sold[SIM_DRUGS] = {0}, held[SIM_DRUGS] = {0};
    sqlite3_stmt *s = ask(w, db, "SELECT order_id, status FROM mt_order", NULL);
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        const struct sim_op *op = create_of(w, text(s, 0));
        for (int k = 0; op && k < SIM_DRUGS; k++) {
            if (!strcmp(text(s, 1), "pending_payment"))
                held[k] += op->packs[k];
            else if (strcmp(text(s, 1), "cancelled") != 0)
                sold[k] += op->packs[k];
        }
        const bool out = !strcmp(text(s, 1), "shipped") || !strcmp(text(s, 1), "completed");
        if (op && out)
            sold[op->first_drug] -= returned(w, db, op);
    }
    (void)sqlite3_finalize(s);
    for (int k = 0; k < SIM_DRUGS; k++) {
        const char *id = w->drug_id[k].s;
        int64_t on_hand = number(w, db, "SELECT sum(on_hand) FROM mt_lot WHERE drug_id = ?1", id);
        int64_t reserved = number(w, db, "SELECT sum(reserved) FROM mt_lot WHERE drug_id = ?1", id);
#define SHORT_OF                                                                                                                   \
    "SELECT coalesce(sum(x.quantity), 0) FROM mt_exception x JOIN mt_order o ON o.order_id = x.order_id"                           \
    " WHERE x.kind = 'stock_shortfall' AND x.drug_id = ?1 AND o.status "
        int64_t shortfall = number(w, db, SHORT_OF "NOT IN ('cancelled', 'pending_payment')", id);
        held[k] -= number(w, db, SHORT_OF "= 'pending_payment'", id); /* promised again after a restore, to somebody else first */
#undef SHORT_OF
        if (on_hand != packs_at_start[k] - sold[k] + shortfall)
            sim_violated(w, "I5: drug %d: %lld on hand, %lld at start, %lld sold, %lld short", k, (long long)on_hand,
                         (long long)packs_at_start[k], (long long)sold[k], (long long)shortfall);
        if (reserved != held[k])
            sim_violated(w, "I5: drug %d: %lld reserved, unpaid orders hold %lld", k, (long long)reserved, (long long)held[k]);
    }
}

/* I7: only the edges of the table, written here once more on purpose. */
static void check_edges(struct sim_world *w, sqlite3 *db) {
    static const char *const edges[][2] = {{"", "pending_payment"},          {"", "paid"},          {"pending_payment", "paid"},
                                           {"pending_payment", "cancelled"}, {"paid", "preparing"}, {"preparing", "shipped"},
                                           {"shipped", "completed"},         {"paid", "cancelled"}, {"preparing", "cancelled"}};
    sqlite3_stmt *s =
        ask(w, db, "SELECT from_status, to_status, order_id FROM mt_event WHERE kind = 'status' ORDER BY event_id", NULL);
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        bool good = false;
        for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
            good = good || (!strcmp(edges[i][0], text(s, 0)) && !strcmp(edges[i][1], text(s, 1)));
        if (!good)
            sim_violated(w, "I7: order %s went from '%s' to '%s'", text(s, 2), text(s, 0), text(s, 1));
    }
    (void)sqlite3_finalize(s);
}

/* I10: the till's cache is the service's projection. */
static void check_cache(struct sim_world *w, sqlite3 *db, struct sim_till *t) {
    struct mt_arena arena;
    struct mt_err err = {0};
    mt_arena_init(&arena, 16u << 20);
    for (int k = 0; k < SIM_DRUGS; k++) {
        struct mt_stock stock = {0};
        int64_t on_hand = number(w, db, "SELECT sum(on_hand) FROM mt_lot WHERE drug_id = ?1", w->drug_id[k].s);
        int64_t reserved = number(w, db, "SELECT sum(reserved) FROM mt_lot WHERE drug_id = ?1", w->drug_id[k].s);
        if (mt_cache_stock(t->reader, &w->drug_id[k], &arena, &stock, &err) != MT_OK || stock.on_hand != on_hand ||
            stock.reserved != reserved)
            sim_violated(w, "I10: %s shows %lld packs of drug %d, the service has %lld", t->node, (long long)stock.on_hand, k,
                         (long long)on_hand);
    }
    sqlite3_stmt *s = ask(w, db, "SELECT order_no, version, status FROM mt_order", NULL);
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        struct mt_order o = {0};
        if (mt_cache_order(t->reader, text(s, 0), &arena, &o, &err) != MT_OK || o.version != sqlite3_column_int64(s, 1) ||
            strcmp(mt_order_status_name(o.status), text(s, 2)) != 0)
            sim_violated(w, "I10: %s shows %s at version %lld, the service has %lld", t->node, text(s, 0), (long long)o.version,
                         (long long)sqlite3_column_int64(s, 1));
    }
    (void)sqlite3_finalize(s);
    mt_arena_fini(&arena);
}

/* A lane that exists once is never frozen; of two that both went on, one is. */
static void check_frozen(struct sim_world *w, const bool *frozen) {
    bool first = false, copy = false;
    for (size_t i = 0; i < w->op_count; i++) {
        first = first || (w->op[i].forked && w->op[i].till == 0 && w->op[i].known == SIM_ACKNOWLEDGED);
        copy = copy || (w->op[i].forked && w->op[i].till == SIM_TILLS - 1 && w->op[i].known == SIM_ACKNOWLEDGED);
    }
    for (int i = 0; i < SIM_TILLS; i++)
        if (frozen[i] && !(w->fork_taken_at && i != 1))
            sim_violated(w, "I3: till t%d is frozen, and nobody copied it", i);
    if (first && copy && !frozen[0] && !frozen[SIM_TILLS - 1])
        sim_violated(w, "I3: two tills work on one lane and none has noticed");
}

static void say(void *ctx, const char *line) {
    sim_violated(ctx, "check: %s", line);
}

void sim_check_end(struct sim_world *w) {
    sqlite3 *db = NULL;
    bool frozen[SIM_TILLS] = {false};
    if (!w->service.up || sqlite3_open_v2("/svc/medtermd.db", &db, SQLITE_OPEN_READWRITE, SIM_VFS) != SQLITE_OK) {
        sim_violated(w, "I10: the service is not there at the end");
        (void)sqlite3_close(db);
        return;
    }
    for (int i = 0; i < SIM_TILLS; i++) {
        struct sim_till *t = &w->till[i];
        if (!t->exists)
            continue;
        if (!t->up) {
            sim_violated(w, "I10: till %s is not there at the end", t->node);
            continue;
        }
        struct mt_sync_state state;
        mt_sync_state(t->sync, &state);
        frozen[i] = state.frozen;
        sim_check_till(w, t);
        check_arrived(w, db, t, state.frozen);
        if (!state.frozen)
            check_cache(w, db, t);
    }
    check_frozen(w, frozen);
    check_orders(w, db);
    check_stock(w, db);
    check_refunds(w, db);
    check_edges(w, db);
    if (number(w, db, "SELECT count(*) FROM mt_operation WHERE outcome = 'quarantined'", NULL))
        sim_violated(w, "an operation is quarantined, and nothing here is unknown to the service");
    int64_t violations = 0;
    struct mt_err err = {0};
    if (mt_admin_check(w->service.read, say, w, &violations, &err) != MT_OK)
        sim_violated(w, "check did not run: %s", mt_err_text(&err));
    (void)sqlite3_close(db);
}
