/* Reading orders: whole ones, and lists of summaries newest first. The list's text is put together from fixed pieces, so
 * that each combination of filters is one prepared statement with the index that fits it; values are always bound. */
#include <medterm/repo/orders.h>

#include "row.h"

#define ORDER_COLUMNS                                                                                                              \
    "o.order_id, o.order_no, o.store_id, r.code, o.status, o.version, o.user_id, o.user_name, o.user_phone, o.doctor_id,"          \
    " o.doctor_name, o.address_id, o.address_detail, o.fulfilment, o.currency, o.original_amount, o.discount_amount,"              \
    " o.total_amount, o.paid_amount, o.refunded_amount, o.pay_type, o.taken_offline, o.taken_at, o.created_at, o.updated_at,"      \
    " o.pay_time, o.drug_time, o.send_time, o.finish_time, o.cancel_time, o.remark, o.printed_no"
#define ORDER_FROM " FROM mt_order o JOIN mt_register r ON r.register_id = o.register_id"

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

static enum mt_rc read_row(struct mt_stmt *s, struct mt_arena *arena, struct mt_order *o) {
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

static enum mt_rc read_payment(struct mt_stmt *s, struct mt_arena *arena, struct mt_payment *p) {
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
        rc = read_payment(s, arena, &payments[o->payment_count++]);
    }
    mt_stmt_done(s);
    return rc;
}

/* Those that came with a version of the order; what lies in quarantine has not touched it. */
static enum mt_rc load_exceptions(struct mt_db *db, struct mt_arena *arena, struct mt_order *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "SELECT exception_id FROM mt_exception WHERE order_id = ?1 AND order_id <> '' AND state = 'open' AND kind <> 'quarantined'"
        " ORDER BY exception_id",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW) {
        struct mt_id *ids = row_grow(arena, o->exceptions, o->exception_count, sizeof *o->exceptions);
        if (ids == NULL) {
            mt_stmt_done(s);
            return mt_fail(err, MT_NOMEM, "no memory for an order");
        }
        o->exceptions = ids;
        ids[o->exception_count++] = col_id(s, 0);
    }
    rc = step == MT_STEP_DONE ? MT_OK : mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc load(struct mt_db *db, const char *sql, struct mt_sv key, struct mt_arena *arena, struct mt_order *out,
                       struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_sv(s, 1, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = read_row(s, arena, out);
    mt_stmt_done(s);
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
    return load(db, "SELECT " ORDER_COLUMNS ORDER_FROM " WHERE o.order_id = ?1", mt_sv(order_id), arena, out, err);
}

enum mt_rc mt_repo_order_by_no(struct mt_db *db, struct mt_sv order_no, struct mt_arena *arena, struct mt_order *out,
                               struct mt_err *err) {
    return load(db, "SELECT " ORDER_COLUMNS ORDER_FROM " WHERE o.order_no = ?1", order_no, arena, out, err);
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

/* Parameters have fixed numbers; a piece that is left out leaves its number unbound. */
static void list_sql(const struct mt_repo_order_filter *f, struct mt_buf *sql) {
    mt_buf_str(sql, "SELECT " ORDER_COLUMNS ORDER_FROM " WHERE o.store_id = ?1");
    if (f->status.n > 0)
        mt_buf_str(sql, " AND o.status = ?2");
    if (f->user_id.n > 0)
        mt_buf_str(sql, " AND o.user_id = ?3 AND o.user_id <> ''");
    if (f->user_phone.n > 0)
        mt_buf_str(sql, " AND o.user_phone = ?4 AND o.user_phone <> ''");
    if (f->register_code.n > 0)
        mt_buf_str(sql, " AND r.code = ?5");
    if (f->q.n > 0)
        mt_buf_str(sql,
                   " AND (o.order_no LIKE ?6 ESCAPE '\\' OR o.user_phone LIKE ?6 ESCAPE '\\' OR o.user_name LIKE ?6 ESCAPE '\\'"
                   " OR o.printed_no LIKE ?6 ESCAPE '\\')");
    if (f->has_from)
        mt_buf_str(sql, " AND o.created_at >= ?7");
    if (f->has_to)
        mt_buf_str(sql, " AND o.created_at < ?8");
    if (f->has_after)
        mt_buf_str(sql, " AND (o.created_at, o.order_id) < (?9, ?10)");
    mt_buf_str(sql, " ORDER BY o.created_at DESC, o.order_id DESC LIMIT ?11");
}

static void list_bind(struct mt_stmt *s, const struct mt_repo_order_filter *f, struct mt_sv like) {
    const struct mt_sv texts[] = {f->store_id, f->status, f->user_id, f->user_phone, f->register_code, like};
    for (int i = 0; i < 6; i++)
        if (texts[i].n > 0)
            mt_bind_sv(s, i + 1, texts[i]);
    if (f->has_from)
        mt_bind_int(s, 7, f->from);
    if (f->has_to)
        mt_bind_int(s, 8, f->to);
    if (f->has_after) {
        mt_bind_int(s, 9, f->after_time);
        mt_bind_sv(s, 10, f->after_id);
    }
    mt_bind_int(s, 11, f->limit);
}

/* Finds the text anywhere; its own % and _ mean themselves. */
static void like_pattern(struct mt_sv q, struct mt_buf *out) {
    mt_buf_char(out, '%');
    for (size_t i = 0; i < q.n; i++) {
        if (q.p[i] == '%' || q.p[i] == '_' || q.p[i] == '\\')
            mt_buf_char(out, '\\');
        mt_buf_char(out, q.p[i]);
    }
    mt_buf_char(out, '%');
}

static enum mt_rc list_read(struct mt_stmt *s, struct mt_arena *arena, struct mt_order **out, size_t *count, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        if (step == MT_STEP_ERROR)
            return mt_stmt_rc(s);
        struct mt_order *orders = row_grow(arena, *out, *count, sizeof **out);
        if (orders == NULL)
            return mt_fail(err, MT_NOMEM, "no memory for a list of orders");
        *out = orders;
        rc = read_row(s, arena, &orders[(*count)++]);
    }
    return rc;
}

enum mt_rc mt_repo_order_list(struct mt_db *db, const struct mt_repo_order_filter *f, struct mt_arena *arena, struct mt_order **out,
                              size_t *count, struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_buf sql, like;
    mt_buf_init(&sql, 4096);
    mt_buf_init(&like, 1024);
    list_sql(f, &sql);
    if (f->q.n > 0)
        like_pattern(f->q, &like);
    enum mt_rc rc = mt_buf_rc(&sql);
    if (rc == MT_OK)
        rc = mt_buf_rc(&like);
    struct mt_stmt *s = NULL;
    if (rc == MT_OK)
        rc = mt_db_stmt(db, mt_buf_text(&sql), &s, err);
    if (rc == MT_OK) {
        list_bind(s, f, mt_buf_view(&like));
        rc = list_read(s, arena, out, count, err);
    }
    mt_stmt_done(s);
    mt_buf_fini(&like);
    mt_buf_fini(&sql);
    return rc;
}
