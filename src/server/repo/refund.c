/* Money and goods that went back. Rows are only ever added here; a refund that a provider still works on changes its status
 * elsewhere, and a trigger holds that one that has ended stands. */
#include <medterm/repo/money.h>

#include "row.h"

enum mt_rc mt_repo_refund_insert(struct mt_db *db, const struct mt_repo_refund *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_refund(refund_id, payment_id, order_id, amount, status, reason, op_id, at,"
                               " created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, r->refund_id.s);
    mt_bind_text(s, 2, r->payment_id.s);
    mt_bind_text(s, 3, r->order_id.s);
    bind_money(s, 4, r->amount);
    mt_bind_text(s, 5, mt_pay_status_name(r->status));
    mt_bind_text(s, 6, r->reason);
    mt_bind_text(s, 7, r->op_id.s);
    mt_bind_int(s, 8, r->at);
    mt_bind_int(s, 9, r->created_at);
    return mt_stmt_run(s, NULL, err);
}

/* Whether the question, about one id, has an answer. */
static enum mt_rc exists(struct mt_db *db, const char *sql, const char *id, bool *found, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, id);
    rc = row_one(s, err);
    *found = rc == MT_OK;
    if (rc == MT_OK)
        mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_repo_refund_exists(struct mt_db *db, const char *refund_id, bool *found, struct mt_err *err) {
    return exists(db, "SELECT 1 FROM mt_refund WHERE refund_id = ?1", refund_id, found, err);
}

static enum mt_rc read_refund(struct mt_stmt *s, struct mt_arena *arena, struct mt_repo_refund *r) {
    enum mt_rc rc = MT_OK;
    *r = (struct mt_repo_refund){.refund_id = col_id(s, 0),
                                 .payment_id = col_id(s, 1),
                                 .order_id = col_id(s, 2),
                                 .op_id = col_id(s, 6),
                                 .at = mt_col_int(s, 7),
                                 .created_at = mt_col_int(s, 8)};
    r->amount = col_money(s, 3, &rc);
    r->reason = col_text(s, 5, arena, &rc);
    return rc == MT_OK ? mt_pay_status_parse(mt_col_sv(s, 4), &r->status) : rc;
}

#define REFUND_SELECT "SELECT refund_id, payment_id, order_id, amount, status, reason, op_id, at, created_at FROM mt_refund WHERE "

static enum mt_rc refunds(struct mt_db *db, const char *sql, const char *id, struct mt_arena *arena, struct mt_repo_refund **out,
                          size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *out = NULL;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, id);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_refund *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for refunds");
            break;
        }
        *out = list;
        rc = read_refund(s, arena, &list[(*count)++]);
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_refunds_of_payment(struct mt_db *db, const char *payment_id, struct mt_arena *arena, struct mt_repo_refund **out,
                                      size_t *count, struct mt_err *err) {
    return refunds(db, REFUND_SELECT "payment_id = ?1 ORDER BY created_at, refund_id", payment_id, arena, out, count, err);
}

enum mt_rc mt_repo_refunds_of_order(struct mt_db *db, const char *order_id, struct mt_arena *arena, struct mt_repo_refund **out,
                                    size_t *count, struct mt_err *err) {
    return refunds(db, REFUND_SELECT "order_id = ?1 ORDER BY created_at, refund_id", order_id, arena, out, count, err);
}

enum mt_rc mt_repo_refund_line_insert(struct mt_db *db, const char *refund_id, int32_t line, int64_t quantity, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "INSERT INTO mt_refund_line(refund_id, line, quantity) VALUES (?1, ?2, ?3)", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, refund_id);
    mt_bind_int(s, 2, line);
    mt_bind_int(s, 3, quantity);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_refunded_packs(struct mt_db *db, const char *order_id, int64_t *packs, size_t count, struct mt_err *err) {
    struct mt_stmt *s;
    for (size_t i = 0; i < count; i++)
        packs[i] = 0;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT l.line, l.quantity FROM mt_refund r JOIN mt_refund_line l ON l.refund_id = r.refund_id"
                               " WHERE r.order_id = ?1 AND r.status <> 'failed'",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW) {
        const int64_t line = mt_col_int(s, 0);
        if (line >= 1 && (uint64_t)line <= count)
            packs[line - 1] += mt_col_int(s, 1);
    }
    rc = step == MT_STEP_DONE ? MT_OK : mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_return_line_insert(struct mt_db *db, const struct mt_repo_return_line *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_return_line(return_id, order_id, line, lot_no, quantity, fate, reason, op_id, at,"
                               " created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, r->return_id.s);
    mt_bind_text(s, 2, r->order_id.s);
    mt_bind_int(s, 3, r->line);
    mt_bind_text(s, 4, r->lot_no);
    mt_bind_int(s, 5, r->quantity);
    mt_bind_text(s, 6, r->quarantine ? "quarantine" : "resale");
    mt_bind_text(s, 7, r->reason);
    mt_bind_text(s, 8, r->op_id.s);
    mt_bind_int(s, 9, r->at);
    mt_bind_int(s, 10, r->created_at);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_return_exists(struct mt_db *db, const char *return_id, bool *found, struct mt_err *err) {
    return exists(db, "SELECT 1 FROM mt_return_line WHERE return_id = ?1 LIMIT 1", return_id, found, err);
}

static enum mt_rc read_return(struct mt_stmt *s, struct mt_arena *arena, struct mt_repo_return_line *r) {
    enum mt_rc rc = MT_OK;
    *r = (struct mt_repo_return_line){.return_id = col_id(s, 0),
                                      .order_id = col_id(s, 1),
                                      .line = (int32_t)mt_col_int(s, 2),
                                      .quantity = mt_col_int(s, 4),
                                      .quarantine = mt_sv_is(mt_col_sv(s, 5), "quarantine"),
                                      .op_id = col_id(s, 7),
                                      .at = mt_col_int(s, 8),
                                      .created_at = mt_col_int(s, 9)};
    r->lot_no = col_text(s, 3, arena, &rc);
    r->reason = col_text(s, 6, arena, &rc);
    return rc;
}

enum mt_rc mt_repo_returns_of_order(struct mt_db *db, const char *order_id, struct mt_arena *arena,
                                    struct mt_repo_return_line **out, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *out = NULL;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT return_id, order_id, line, lot_no, quantity, fate, reason, op_id, at, created_at"
                               " FROM mt_return_line WHERE order_id = ?1 ORDER BY line, lot_no, return_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_return_line *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for returns");
            break;
        }
        *out = list;
        rc = read_return(s, arena, &list[(*count)++]);
    }
    mt_stmt_done(s);
    return rc;
}
