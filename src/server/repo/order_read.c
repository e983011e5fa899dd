/* Reading whole orders: the row, then its items with lots, payments and open exceptions. */
#include <medterm/repo/orders.h>

#include "row.h"
#include "rows.h"

static void read_texts(struct mt_stmt *s, struct mt_arena *arena, struct mt_order *o, enum mt_rc *rc) {
    const char **texts[] = {&o->user_id,     &o->user_name,  &o->user_phone,    &o->doctor_id,
                            &o->doctor_name, &o->address_id, &o->address_detail};
    for (int i = 0; i < 7; i++)
        *texts[i] = col_text(s, 6 + i, arena, rc);
    o->register_code = col_text(s, 3, arena, rc);
    o->currency = col_text(s, 14, arena, rc);
    o->pay_type = col_text(s, 20, arena, rc);
    o->remark = col_text(s, 30, arena, rc);
    o->printed_no = col_text(s, 31, arena, rc);
}

enum mt_rc mt_row_order(struct mt_stmt *s, struct mt_arena *arena, struct mt_order *o) {
    enum mt_rc rc = MT_OK;
    *o = (struct mt_order){.order_id = col_id(s, 0), .store_id = col_id(s, 2), .version = mt_col_int(s, 5)};
    read_texts(s, arena, o, &rc);
    o->original_amount = col_money(s, 15, &rc);
    o->discount_amount = col_money(s, 16, &rc);
    o->total_amount = col_money(s, 17, &rc);
    o->paid_amount = col_money(s, 18, &rc);
    o->refunded_amount = col_money(s, 19, &rc);
    o->taken_offline = mt_col_int(s, 21) != 0;
    mt_time *times[] = {&o->taken_at,  &o->created_at, &o->updated_at,  &o->pay_time,
                        &o->drug_time, &o->send_time,  &o->finish_time, &o->cancel_time};
    for (int i = 0; i < 8; i++)
        *times[i] = mt_col_int(s, 22 + i);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 1), o->order_no, sizeof o->order_no);
    if (rc == MT_OK)
        rc = mt_order_status_parse(mt_col_sv(s, 4), &o->status);
    if (rc == MT_OK)
        rc = mt_fulfilment_parse(mt_col_sv(s, 13), &o->fulfilment);
    return rc;
}

static enum mt_rc load_items(struct mt_db *db, struct mt_arena *arena, struct mt_order *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT line, drug_id, drug_name, drug_spec, quantity, price, subtotal FROM mt_order_item WHERE "
                               "order_id = ?1 ORDER BY line",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_order_item *items = step == MT_STEP_ROW ? row_grow(arena, o->items, o->item_count, sizeof *o->items) : NULL;
        if (items == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for an order");
            break;
        }
        o->items = items;
        struct mt_order_item *item = &items[o->item_count++];
        *item = (struct mt_order_item){.line = (int32_t)mt_col_int(s, 0), .drug_id = col_id(s, 1), .quantity = mt_col_int(s, 4)};
        item->drug_name = col_text(s, 2, arena, &rc);
        item->drug_spec = col_text(s, 3, arena, &rc);
        item->price = col_money(s, 5, &rc);
        item->subtotal = col_money(s, 6, &rc);
    }
    mt_stmt_done(s);
    return rc;
}

static struct mt_order_item *item_of(struct mt_order *o, int64_t line) {
    for (size_t i = 0; i < o->item_count; i++)
        if (o->items[i].line == line)
            return &o->items[i];
    return NULL;
}

static enum mt_rc load_lots(struct mt_db *db, struct mt_arena *arena, struct mt_order *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT line, lot_no, expires_on, quantity, scanned FROM mt_order_item_lot WHERE order_id = ?1"
                               " ORDER BY line, coalesce(expires_on, '9999-12-31'), lot_no",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_order_item *item = step == MT_STEP_ROW ? item_of(o, mt_col_int(s, 0)) : NULL;
        struct mt_lot_taken *lots = item != NULL ? row_grow(arena, item->lots, item->lot_count, sizeof *item->lots) : NULL;
        if (lots == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for an order");
            break;
        }
        item->lots = lots;
        lots[item->lot_count++] = (struct mt_lot_taken){.lot_no = col_text(s, 1, arena, &rc),
                                                        .expires_on = mt_col_date(s, 2),
                                                        .quantity = mt_col_int(s, 3),
                                                        .scanned = mt_col_int(s, 4) != 0};
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_row_payment(struct mt_stmt *s, struct mt_arena *arena, struct mt_payment *p) {
    enum mt_rc rc = MT_OK;
    *p = (struct mt_payment){.payment_id = col_id(s, 0), .has_tendered = !mt_col_is_null(s, 4), .at = mt_col_int(s, 7)};
    p->amount = col_money(s, 3, &rc);
    p->tendered = col_money(s, 4, &rc);
    p->change = col_money(s, 5, &rc);
    p->reference = col_text(s, 6, arena, &rc);
    if (rc == MT_OK)
        rc = mt_pay_method_parse(mt_col_sv(s, 1), &p->method);
    if (rc == MT_OK)
        rc = mt_pay_status_parse(mt_col_sv(s, 2), &p->status);
    return rc;
}

static enum mt_rc load_payments(struct mt_db *db, struct mt_arena *arena, struct mt_order *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT payment_id, method, status, amount, tendered, change, reference, at FROM mt_payment"
                               " WHERE order_id = ?1 ORDER BY created_at, payment_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_payment *payments =
            step == MT_STEP_ROW ? row_grow(arena, o->payments, o->payment_count, sizeof *o->payments) : NULL;
        if (payments == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for an order");
            break;
        }
        o->payments = payments;
        rc = mt_row_payment(s, arena, &payments[o->payment_count++]);
    }
    mt_stmt_done(s);
    return rc;
}

/* Those that came with a version of the order; what lies in quarantine has not touched it. */
#define TOLD_EXCEPTION "order_id <> '' AND state = 'open' AND kind <> 'quarantined' ORDER BY exception_id"

/* The rows of an order_id and an exception_id each, into the orders they are of. */
static enum mt_rc take_exceptions(struct mt_stmt *s, struct mt_arena *arena, struct mt_order *orders, size_t count,
                                  struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        const struct mt_id of = step == MT_STEP_ROW ? col_id(s, 0) : (struct mt_id){""};
        struct mt_order *o = orders;
        while (o < orders + count && !mt_id_eq(&o->order_id, &of))
            o++;
        if (step == MT_STEP_ERROR || o == orders + count) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_BUG, "an order that was not asked for");
            break;
        }
        struct mt_id *ids = row_grow(arena, o->exceptions, o->exception_count, sizeof *o->exceptions);
        if (ids == NULL) {
            rc = mt_fail(err, MT_NOMEM, "no memory for an order");
            break;
        }
        o->exceptions = ids;
        ids[o->exception_count++] = col_id(s, 1);
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc load_exceptions(struct mt_db *db, struct mt_arena *arena, struct mt_order *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "SELECT order_id, exception_id FROM mt_exception WHERE order_id = ?1 AND " TOLD_EXCEPTION, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    return take_exceptions(s, arena, o, 1, err);
}

enum mt_rc mt_row_orders_exceptions(struct mt_db *db, struct mt_order *orders, size_t count, struct mt_arena *arena,
                                    struct mt_err *err) {
    for (size_t from = 0; from < count; from += MT_ROW_ORDERS) {
        const size_t n = count - from < MT_ROW_ORDERS ? count - from : MT_ROW_ORDERS;
        struct mt_stmt *s;
        enum mt_rc rc = mt_db_stmt(db,
                                   "SELECT order_id, exception_id FROM mt_exception WHERE order_id IN (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                                   " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) AND " TOLD_EXCEPTION,
                                   &s, err);
        if (rc != MT_OK)
            return rc;
        for (size_t i = 0; i < MT_ROW_ORDERS; i++)
            mt_bind_text(s, (int)i + 1, i < n ? orders[from + i].order_id.s : "");
        rc = take_exceptions(s, arena, orders + from, n, err);
        if (rc != MT_OK)
            return rc;
    }
    return MT_OK;
}

static enum mt_rc load_row(struct mt_db *db, const char *sql, struct mt_sv key, struct mt_arena *arena, struct mt_order *out,
                           struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_sv(s, 1, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_row_order(s, arena, out);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_row_orders_by_id(struct mt_db *db, const char *const *ids, size_t count, struct mt_arena *arena, struct mt_order *out,
                               struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT " MT_ORDER_COLUMNS MT_ORDER_FROM " WHERE o.order_id IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                               " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    for (size_t i = 0; i < MT_ROW_ORDERS; i++)
        mt_bind_text(s, (int)i + 1, i < count ? ids[i] : "");
    size_t found = 0;
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        const struct mt_id id = step == MT_STEP_ROW ? col_id(s, 0) : (struct mt_id){""};
        size_t at = 0;
        while (at < count && strcmp(ids[at], id.s) != 0)
            at++;
        if (step == MT_STEP_ERROR || at == count)
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_BUG, "an order that was not asked for");
        else
            rc = mt_row_order(s, arena, &out[at]);
        found++;
    }
    mt_stmt_done(s);
    return rc == MT_OK && found < count ? MT_NOTFOUND : rc;
}

static enum mt_rc load(struct mt_db *db, const char *sql, struct mt_sv key, struct mt_arena *arena, struct mt_order *out,
                       struct mt_err *err) {
    enum mt_rc rc = load_row(db, sql, key, arena, out, err);
    if (rc == MT_OK)
        rc = load_items(db, arena, out, err);
    if (rc == MT_OK)
        rc = load_lots(db, arena, out, err);
    if (rc == MT_OK)
        rc = load_payments(db, arena, out, err);
    return rc == MT_OK ? load_exceptions(db, arena, out, err) : rc;
}

enum mt_rc mt_repo_order_load(struct mt_db *db, const char *order_id, struct mt_arena *arena, struct mt_order *out,
                              struct mt_err *err) {
    return load(db, "SELECT " MT_ORDER_COLUMNS MT_ORDER_FROM " WHERE o.order_id = ?1", mt_sv(order_id), arena, out, err);
}

enum mt_rc mt_repo_order_by_no(struct mt_db *db, struct mt_sv order_no, struct mt_arena *arena, struct mt_order *out,
                               struct mt_err *err) {
    return load(db, "SELECT " MT_ORDER_COLUMNS MT_ORDER_FROM " WHERE o.order_no = ?1", order_no, arena, out, err);
}

enum mt_rc mt_repo_order_known(struct mt_db *db, const char *order_id, const char *order_no, bool *known, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT EXISTS(SELECT 1 FROM mt_order WHERE order_id = ?1)"
                               " OR EXISTS(SELECT 1 FROM mt_order WHERE order_no = ?2)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_text(s, 2, order_no);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *known = mt_col_int(s, 0) != 0;
    mt_stmt_done(s);
    return MT_OK;
}
