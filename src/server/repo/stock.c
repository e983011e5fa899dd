/* Stock by lot. on_hand changes only together with a row of the ledger (mt_stock_move), reserved only together with a
 * reservation, each by a statement that names what must still hold; the table's checks catch what slips through. */
#include <medterm/repo/goods.h>

#include "lot_recalled.h"
#include "row.h"

static enum mt_rc lots_read(struct mt_stmt *s, struct mt_arena *arena, struct mt_stock *out, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        if (step == MT_STEP_ERROR)
            return mt_stmt_rc(s);
        out->lots = row_grow(arena, out->lots, out->lot_count, sizeof *out->lots);
        if (out->lots == NULL)
            return mt_fail(err, MT_NOMEM, "no memory for the lots of a drug");
        struct mt_lot *lot = &out->lots[out->lot_count++];
        lot->lot_no = col_text(s, 0, arena, &rc);
        lot->expires_on = mt_col_date(s, 1);
        lot->on_hand = mt_col_int(s, 3);
        lot->reserved = mt_col_int(s, 4);
        out->on_hand += lot->on_hand;
        out->reserved += lot->reserved;
        if (rc == MT_OK)
            rc = mt_lot_state_parse(mt_col_sv(s, 2), &lot->state);
    }
    return rc;
}

static enum mt_rc stock_version(struct mt_db *db, const char *store_id, const char *drug_id, int64_t *version, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT version FROM mt_stock_version WHERE store_id = ?1 AND drug_id = ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    rc = row_one(s, err);
    if (rc == MT_NOTFOUND) {
        *version = 0;
        return MT_OK;
    }
    if (rc == MT_OK) {
        *version = mt_col_int(s, 0);
        mt_stmt_done(s);
    }
    return rc;
}

enum mt_rc mt_repo_stock_load(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_arena *arena,
                              struct mt_stock *out, struct mt_err *err) {
    enum mt_rc rc = mt_repo_stock_lots(db, store_id, drug_id, arena, out, err);
    return rc == MT_OK ? stock_version(db, store_id, drug_id, &out->version, err) : rc;
}

enum mt_rc mt_repo_stock_lots(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_arena *arena,
                              struct mt_stock *out, struct mt_err *err) {
    *out = (struct mt_stock){.lots = NULL};
    enum mt_rc rc = mt_sv_copy(mt_sv(drug_id), out->drug_id.s, sizeof out->drug_id.s);
    if (rc != MT_OK)
        return rc;
    struct mt_stmt *s;
    rc = mt_db_stmt(db,
                    "SELECT lot_no, expires_on, state, on_hand, reserved FROM mt_lot WHERE store_id = ?1 AND drug_id = ?2"
                    " ORDER BY coalesce(expires_on, '9999-12-31'), lot_no",
                    &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    rc = lots_read(s, arena, out, err);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_stock_touch(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_stock_version(store_id, drug_id, version) VALUES (?1, ?2, 1)"
                               " ON CONFLICT(store_id, drug_id) DO UPDATE SET version = mt_stock_version.version + 1",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    return mt_stmt_later(s, err);
}

/* A row of the ledger: plus comes in, minus goes out. */
static enum mt_rc move(struct mt_db *db, const struct mt_repo_packs *p, const char *kind, int64_t quantity, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_stock_move(store_id, drug_id, lot_no, kind, quantity, order_id, line, op_id, at)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, ''), nullif(?7, 0), nullif(?8, ''), ?9)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->store_id);
    mt_bind_text(s, 2, p->drug_id);
    mt_bind_text(s, 3, p->lot_no);
    mt_bind_text(s, 4, kind);
    mt_bind_int(s, 5, quantity);
    mt_bind_text(s, 6, p->order_id);
    mt_bind_int(s, 7, p->line);
    mt_bind_text(s, 8, p->op_id);
    mt_bind_int(s, 9, p->at);
    return mt_stmt_later(s, err);
}

/* on_hand and reserved move by what is given, as long as enough stays free. */
static enum mt_rc lot_change(struct mt_db *db, const struct mt_repo_packs *p, int64_t on_hand, int64_t reserved,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_lot SET on_hand = on_hand + ?4, reserved = reserved + ?5"
                               " WHERE store_id = ?1 AND drug_id = ?2 AND lot_no = ?3 AND reserved + ?5 >= 0"
                               " AND reserved + ?5 <= on_hand + ?4",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->store_id);
    mt_bind_text(s, 2, p->drug_id);
    mt_bind_text(s, 3, p->lot_no);
    mt_bind_int(s, 4, on_hand);
    mt_bind_int(s, 5, reserved);
    return row_touch(s, MT_CONFLICT, "the lot has fewer packs than that", err);
}

static enum mt_rc lot_open(struct mt_db *db, const struct mt_repo_packs *p, struct mt_date expires_on, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_lot(store_id, drug_id, lot_no, expires_on, state, on_hand, reserved)"
                               " VALUES (?1, ?2, ?3, ?4, CASE WHEN " LOT_RECALLED(
                                   "?2", "?3") " THEN 'recalled' ELSE 'ok' END,"
                                               " 0, 0) ON CONFLICT(store_id, drug_id, lot_no) DO UPDATE SET expires_on = "
                                               "coalesce(mt_lot.expires_on, excluded.expires_on)"
                                               " WHERE mt_lot.expires_on IS NULL OR excluded.expires_on IS NULL"
                                               " OR mt_lot.expires_on = excluded.expires_on",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->store_id);
    mt_bind_text(s, 2, p->drug_id);
    mt_bind_text(s, 3, p->lot_no);
    mt_bind_date(s, 4, expires_on);
    return row_touch(s, MT_CONFLICT, "the lot is known with another expiry date", err);
}

enum mt_rc mt_repo_stock_receive(struct mt_db *db, const struct mt_repo_packs *p, struct mt_date expires_on, int64_t *on_hand,
                                 struct mt_err *err) {
    enum mt_rc rc = lot_open(db, p, expires_on, err);
    if (rc == MT_OK)
        rc = lot_change(db, p, p->quantity, 0, err);
    if (rc == MT_OK)
        rc = move(db, p, "receive", p->quantity, err);
    if (rc != MT_OK)
        return rc;
    struct mt_stmt *s;
    rc = mt_db_stmt(db, "SELECT sum(on_hand) FROM mt_lot WHERE store_id = ?1 AND drug_id = ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->store_id);
    mt_bind_text(s, 2, p->drug_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *on_hand = mt_col_int(s, 0);
    mt_stmt_done(s);
    return MT_OK;
}

enum mt_rc mt_repo_stock_correct(struct mt_db *db, const struct mt_repo_packs *p, const char *kind, struct mt_date expires_on,
                                 struct mt_err *err) {
    enum mt_rc rc = p->quantity > 0 ? lot_open(db, p, expires_on, err) : MT_OK;
    if (rc == MT_OK)
        rc = lot_change(db, p, p->quantity, 0, err);
    return rc == MT_OK ? move(db, p, kind, p->quantity, err) : rc;
}

enum mt_rc mt_repo_stock_sell(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
    enum mt_rc rc = lot_change(db, p, -p->quantity, 0, err);
    return rc == MT_OK ? move(db, p, "sale", -p->quantity, err) : rc;
}

enum mt_rc mt_repo_stock_restock(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
    enum mt_rc rc = lot_change(db, p, p->quantity, 0, err);
    return rc == MT_OK ? move(db, p, "restock", p->quantity, err) : rc;
}

enum mt_rc mt_repo_stock_return(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
    enum mt_rc rc = lot_change(db, p, p->quantity, 0, err);
    return rc == MT_OK ? move(db, p, "return", p->quantity, err) : rc;
}

enum mt_rc mt_repo_lot_quarantined(struct mt_db *db, const char *store_id, const char *drug_id, const char *lot_no,
                                   struct mt_date expires_on, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "INSERT INTO mt_lot(store_id, drug_id, lot_no, expires_on, state, on_hand, reserved)"
        " VALUES (?1, ?2, ?3, ?4, CASE WHEN " LOT_RECALLED("?2", "?3") " THEN 'recalled' ELSE 'quarantined' END,"
                                                                       " 0, 0) ON CONFLICT(store_id, drug_id, lot_no) DO NOTHING",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    mt_bind_text(s, 3, lot_no);
    mt_bind_date(s, 4, expires_on);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_stock_reserve(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
    enum mt_rc rc = lot_change(db, p, 0, p->quantity, err);
    if (rc != MT_OK)
        return rc;
    struct mt_stmt *s;
    rc = mt_db_stmt(db,
                    "INSERT INTO mt_reservation(order_id, line, lot_no, store_id, drug_id, quantity, state, created_at)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'held', ?7) ON CONFLICT(order_id, line, lot_no) DO UPDATE SET"
                    " quantity = mt_reservation.quantity + excluded.quantity WHERE mt_reservation.state = 'held'",
                    &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->order_id);
    mt_bind_int(s, 2, p->line);
    mt_bind_text(s, 3, p->lot_no);
    mt_bind_text(s, 4, p->store_id);
    mt_bind_text(s, 5, p->drug_id);
    mt_bind_int(s, 6, p->quantity);
    mt_bind_int(s, 7, p->at);
    return row_touch(s, MT_CONFLICT, "the reservation has ended before", err);
}

enum mt_rc mt_repo_reservations_held(struct mt_db *db, const char *order_id, struct mt_arena *arena, struct mt_repo_held **out,
                                     size_t *count, struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "SELECT drug_id, lot_no, line, quantity FROM mt_reservation WHERE order_id = ?1 AND state = 'held' ORDER BY line, lot_no",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_held *held = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (held == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for an order's reservations");
            break;
        }
        *out = held;
        held[(*count)++] = (struct mt_repo_held){.drug_id = col_id(s, 0),
                                                 .lot_no = col_text(s, 1, arena, &rc),
                                                 .line = (int32_t)mt_col_int(s, 2),
                                                 .quantity = mt_col_int(s, 3)};
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc reservation_end(struct mt_db *db, const struct mt_repo_packs *p, const char *state, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_reservation SET state = ?4, ended_at = ?5"
                               " WHERE order_id = ?1 AND line = ?2 AND lot_no = ?3 AND state = 'held' AND quantity = ?6",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->order_id);
    mt_bind_int(s, 2, p->line);
    mt_bind_text(s, 3, p->lot_no);
    mt_bind_text(s, 4, state);
    mt_bind_int(s, 5, p->at);
    mt_bind_int(s, 6, p->quantity);
    return row_touch(s, MT_CONFLICT, "the reservation has ended before", err);
}

enum mt_rc mt_repo_reservation_reduce(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
    enum mt_rc rc = reservation_end(db, p, "reduced", err);
    if (rc == MT_OK)
        rc = lot_change(db, p, -p->quantity, -p->quantity, err);
    return rc == MT_OK ? move(db, p, "sale", -p->quantity, err) : rc;
}

enum mt_rc mt_repo_reservation_release(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
    enum mt_rc rc = reservation_end(db, p, "released", err);
#ifdef MT_PLANT_RESERVATION_RELEASED_TWICE
    rc = rc == MT_OK ? lot_change(db, p, 0, -p->quantity, err) : rc;
#endif
    return rc == MT_OK ? lot_change(db, p, 0, -p->quantity, err) : rc;
}

/* One row of a table with these keys loses packs; the last packs take the row with them. */
static enum mt_rc row_shrink(struct mt_db *db, const struct mt_repo_packs *p, const char *less, const char *gone,
                             struct mt_err *err) {
    int64_t changed = 0;
    enum mt_rc rc = MT_OK;
    for (int step = 0; rc == MT_OK && changed == 0; step++) {
        struct mt_stmt *s;
        if (step == 2)
            return mt_fail(err, MT_CONFLICT, "the order holds fewer packs than that");
        rc = mt_db_stmt(db, step == 0 ? less : gone, &s, err);
        if (rc != MT_OK)
            return rc;
        mt_bind_text(s, 1, p->order_id);
        mt_bind_int(s, 2, p->line);
        mt_bind_text(s, 3, p->lot_no);
        mt_bind_int(s, 4, p->quantity);
        rc = mt_stmt_run(s, &changed, err);
    }
    return rc;
}

enum mt_rc mt_repo_reservation_shrink(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err) {
#define KEYS " WHERE order_id = ?1 AND line = ?2 AND lot_no = ?3 AND quantity "
    enum mt_rc rc = row_shrink(db, p, "UPDATE mt_reservation SET quantity = quantity - ?4" KEYS "> ?4 AND state = 'held'",
                               "DELETE FROM mt_reservation" KEYS "= ?4 AND state = 'held'", err);
    if (rc == MT_OK)
        rc = row_shrink(db, p, "UPDATE mt_order_item_lot SET quantity = quantity - ?4" KEYS "> ?4",
                        "DELETE FROM mt_order_item_lot" KEYS "= ?4", err);
#undef KEYS
    return rc == MT_OK ? lot_change(db, p, 0, -p->quantity, err) : rc;
}

enum mt_rc mt_repo_serial_take(struct mt_db *db, const char *drug_id, const char *serial, const char *order_id, int32_t line,
                               bool *taken, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "INSERT INTO mt_serial(drug_id, serial, order_id, line) VALUES (?1, ?2, ?3, ?4) ON CONFLICT(drug_id, serial) DO NOTHING",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, drug_id);
    mt_bind_text(s, 2, serial);
    mt_bind_text(s, 3, order_id);
    mt_bind_int(s, 4, line);
    int64_t changed = 0;
    rc = mt_stmt_run(s, &changed, err);
    *taken = changed == 1;
    return rc;
}

enum mt_rc mt_repo_serials_free(struct mt_db *db, const char *order_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "DELETE FROM mt_serial WHERE order_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    return mt_stmt_later(s, err);
}

enum mt_rc mt_repo_serials_free_line(struct mt_db *db, const char *order_id, int32_t line, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "DELETE FROM mt_serial WHERE order_id = ?1 AND line = ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_int(s, 2, line);
    return mt_stmt_later(s, err);
}
