/* Sums, each from an index of a store's orders by time: totals off the index by status alone, payments and refunds through their
 * indexes by order. And one payment with the order it is for. */
#include <medterm/repo/figures.h>

#include "row.h"
#include "rows.h"

#define SUM(column) "count(*), CAST(coalesce(sum(" column "), 0) AS BIGINT)"

/* Each amount is money, their sum need not be: one beyond it is told as the most there is, and the other figures stand. */
static enum mt_rc figure(struct mt_stmt *s, int col, struct mt_repo_figure *out) {
    const int64_t sum = mt_col_int(s, col + 1);
    out->count = mt_col_int(s, col);
    return mt_money_from_minor(sum < MT_MONEY_MAX ? sum : MT_MONEY_MAX, &out->amount);
}

static void bind_time_of(struct mt_stmt *s, const char *store_id, mt_time from, mt_time to) {
    mt_bind_text(s, 1, store_id);
    mt_bind_int(s, 2, from);
    mt_bind_int(s, 3, to);
}

static enum mt_rc orders_of(struct mt_db *db, const char *store_id, mt_time from, mt_time to, enum mt_order_status status,
                            struct mt_repo_figure *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT " SUM("total_amount") " FROM mt_order WHERE store_id = ?1 AND status = ?4"
                                                             " AND created_at >= ?2 AND created_at < ?3",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    bind_time_of(s, store_id, from, to);
    mt_bind_text(s, 4, mt_order_status_name(status));
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = figure(s, 0, out);
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc payments_of(struct mt_db *db, const char *store_id, mt_time from, mt_time to, struct mt_repo_figures *out,
                              struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "SELECT p.method, " SUM("p.amount") " FROM mt_order o JOIN mt_payment p ON p.order_id = o.order_id"
                                                       " WHERE o.store_id = ?1 AND o.created_at >= ?2 AND o.created_at < ?3"
                                                       " AND p.status = 'succeeded' GROUP BY p.method",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    bind_time_of(s, store_id, from, to);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        enum mt_pay_method method;
        rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_pay_method_parse(mt_col_sv(s, 0), &method);
        if (rc == MT_OK)
            rc = figure(s, 1, &out->payments[method]);
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc refunds_of(struct mt_db *db, const char *store_id, mt_time from, mt_time to, struct mt_repo_figures *out,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT " SUM("r.amount") " FROM mt_order o JOIN mt_refund r ON r.order_id = o.order_id"
                                                         " WHERE o.store_id = ?1 AND o.created_at >= ?2 AND o.created_at < ?3"
                                                         " AND r.status = 'succeeded'",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    bind_time_of(s, store_id, from, to);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = figure(s, 0, &out->refunds);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_figures(struct mt_db *db, const char *store_id, mt_time from, mt_time to, struct mt_repo_figures *out,
                           struct mt_err *err) {
    *out = (struct mt_repo_figures){.refunds = {.count = 0}};
    enum mt_rc rc = MT_OK;
    for (int i = 0; rc == MT_OK && i < MT_ORDER_STATUS_COUNT; i++)
        rc = orders_of(db, store_id, from, to, (enum mt_order_status)i, &out->orders[i], err);
    if (rc == MT_OK)
        rc = payments_of(db, store_id, from, to, out, err);
    return rc == MT_OK ? refunds_of(db, store_id, from, to, out, err) : rc;
}

enum mt_rc mt_repo_payment_get(struct mt_db *db, const char *payment_id, struct mt_arena *arena, struct mt_repo_payment *out,
                               struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT p.payment_id, p.method, p.status, p.amount, p.tendered, p.change, p.reference, p.at,"
                               " o.order_id, o.store_id, o.order_no FROM mt_payment p JOIN mt_order o ON o.order_id = p.order_id"
                               " WHERE p.payment_id = ?1",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, payment_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_repo_payment){.order_id = col_id(s, 8), .store_id = col_id(s, 9)};
    rc = mt_row_payment(s, arena, &out->payment);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 10), out->order_no, sizeof out->order_no);
    mt_stmt_done(s);
    return rc;
}
