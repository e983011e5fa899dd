/* Writing orders: the row with its lines at once, lots and payments one by one, and every later change by one update that
 * names the version it was based on. */
#include <medterm/repo/orders.h>

#include "row.h"
#include "words.h"

static void bind_stamps(struct mt_stmt *s, int at, const struct mt_order *o) {
    bind_time(s, at, o->pay_time);
    bind_time(s, at + 1, o->drug_time);
    bind_time(s, at + 2, o->send_time);
    bind_time(s, at + 3, o->finish_time);
    bind_time(s, at + 4, o->cancel_time);
}

static void bind_people(struct mt_stmt *s, int at, const struct mt_order *o) {
    const char *texts[] = {o->user_id, o->user_name, o->user_phone, o->doctor_id, o->doctor_name, o->address_id, o->address_detail};
    for (int i = 0; i < 7; i++)
        mt_bind_text(s, at + i, texts[i]);
}

static enum mt_rc row_insert(struct mt_db *db, const struct mt_order *o, const struct mt_repo_order_extra *extra,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "INSERT INTO mt_order(order_id, order_no, store_id, register_id, status, version, user_id, user_name, user_phone, "
        "doctor_id,"
        " doctor_name, address_id, address_detail, fulfilment, currency, original_amount, discount_amount, total_amount, "
        "paid_amount,"
        " refunded_amount, pay_type, taken_offline, taken_at, created_at, updated_at, pay_time, drug_time, send_time, finish_time,"
        " cancel_time, remark, printed_no, prescription, buyer_id_no, approved_by, create_op_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
        "?7,"
        " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, "
        "?32,"
        " ?33, ?34, ?35, ?36)",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    mt_bind_text(s, 2, o->order_no);
    mt_bind_text(s, 3, o->store_id.s);
    mt_bind_text(s, 4, extra->register_id.s);
    mt_bind_text(s, 5, mt_order_status_name(o->status));
    mt_bind_int(s, 6, o->version);
    bind_people(s, 7, o);
    mt_bind_text(s, 14, mt_fulfilment_name(o->fulfilment));
    mt_bind_text(s, 15, o->currency);
    bind_money(s, 16, o->original_amount);
    bind_money(s, 17, o->discount_amount);
    bind_money(s, 18, o->total_amount);
    bind_money(s, 19, o->paid_amount);
    bind_money(s, 20, o->refunded_amount);
    mt_bind_text(s, 21, o->pay_type);
    mt_bind_int(s, 22, o->taken_offline);
    mt_bind_int(s, 23, o->taken_at);
    mt_bind_int(s, 24, o->created_at);
    mt_bind_int(s, 25, o->updated_at);
    bind_stamps(s, 26, o);
    mt_bind_text(s, 31, o->remark);
    mt_bind_text(s, 32, o->printed_no);
    mt_bind_text(s, 33, extra->prescription);
    mt_bind_text(s, 34, extra->buyer_id_no);
    mt_bind_text(s, 35, extra->approved_by.s);
    mt_bind_text(s, 36, extra->create_op_id.s);
    return mt_stmt_later(s, err);
}

static enum mt_rc item_insert(struct mt_db *db, const char *order_id, const struct mt_order_item *item, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_order_item(order_id, line, drug_id, drug_name, drug_spec, quantity, price, subtotal)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_int(s, 2, item->line);
    mt_bind_text(s, 3, item->drug_id.s);
    mt_bind_text(s, 4, item->drug_name);
    mt_bind_text(s, 5, item->drug_spec);
    mt_bind_int(s, 6, item->quantity);
    bind_money(s, 7, item->price);
    bind_money(s, 8, item->subtotal);
    return mt_stmt_later(s, err);
}

enum mt_rc mt_repo_order_insert(struct mt_db *db, const struct mt_order *o, const struct mt_repo_order_extra *extra,
                                struct mt_err *err) {
    enum mt_rc rc = row_insert(db, o, extra, err);
    for (size_t i = 0; rc == MT_OK && i < o->item_count; i++)
        rc = item_insert(db, o->order_id.s, &o->items[i], err);
    return rc == MT_OK ? words_put_order(db, o, err) : rc;
}

enum mt_rc mt_repo_item_lot_insert(struct mt_db *db, const char *order_id, int32_t line, const struct mt_lot_taken *lot,
                                   struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "INSERT INTO mt_order_item_lot(order_id, line, lot_no, expires_on, quantity, scanned) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT(order_id, line, lot_no) DO UPDATE SET quantity = mt_order_item_lot.quantity + excluded.quantity",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_int(s, 2, line);
    mt_bind_text(s, 3, lot->lot_no);
    mt_bind_date(s, 4, lot->expires_on);
    mt_bind_int(s, 5, lot->quantity);
    mt_bind_int(s, 6, lot->scanned);
    return mt_stmt_later(s, err);
}

enum mt_rc mt_repo_payment_insert(struct mt_db *db, const char *order_id, const struct mt_payment *p, const char *op_id,
                                  mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "INSERT INTO mt_payment(payment_id, order_id, method, status, amount, tendered, change, reference, at,"
                   " op_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, p->payment_id.s);
    mt_bind_text(s, 2, order_id);
    mt_bind_text(s, 3, mt_pay_method_name(p->method));
    mt_bind_text(s, 4, mt_pay_status_name(p->status));
    bind_money(s, 5, p->amount);
    if (p->has_tendered)
        bind_money(s, 6, p->tendered);
    else
        mt_bind_null(s, 6);
    bind_money(s, 7, p->change);
    mt_bind_text(s, 8, p->reference);
    mt_bind_int(s, 9, p->at);
    mt_bind_text(s, 10, op_id);
    mt_bind_int(s, 11, now);
    return mt_stmt_later(s, err);
}

enum mt_rc mt_repo_payment_exists(struct mt_db *db, const char *payment_id, bool *exists, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT 1 FROM mt_payment WHERE payment_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, payment_id);
    rc = row_one(s, err);
    *exists = rc == MT_OK;
    if (rc == MT_OK)
        mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_repo_order_update(struct mt_db *db, const struct mt_order *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "UPDATE mt_order SET status = ?2, version = ?3, paid_amount = ?4, refunded_amount = ?5, pay_type = ?6,"
                   " updated_at = ?7, pay_time = ?8, drug_time = ?9, send_time = ?10, finish_time = ?11, cancel_time = ?12"
                   " WHERE order_id = ?1 AND version = ?3 - 1",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->order_id.s);
    mt_bind_text(s, 2, mt_order_status_name(o->status));
    mt_bind_int(s, 3, o->version);
    bind_money(s, 4, o->paid_amount);
    bind_money(s, 5, o->refunded_amount);
    mt_bind_text(s, 6, o->pay_type);
    mt_bind_int(s, 7, o->updated_at);
    bind_stamps(s, 8, o);
    return row_touch(s, MT_STALE, "the order has another version", err);
}
