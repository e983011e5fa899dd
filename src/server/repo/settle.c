/* What exceptions come to. Sales that went out short are exceptions of kind stock_shortfall, until goods that come in cover them.
 * The packs still owed to the ledger are the exception's quantity, so it falls as they are covered, and sold = lots + shortfall
 * holds at every step. */
#include <medterm/repo/settle.h>

#include "row.h"

enum mt_rc mt_repo_shortfalls_open(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_arena *arena,
                                   struct mt_repo_shortfall **out, size_t *count, struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT x.exception_id, x.order_id, x.line, x.quantity,"
                               " CASE WHEN o.status = 'pending_payment' THEN 1 ELSE 0 END FROM mt_exception x"
                               " JOIN mt_order o ON o.order_id = x.order_id WHERE x.store_id = ?1 AND x.drug_id = ?2"
                               " AND x.kind = 'stock_shortfall' AND x.state = 'open' AND x.quantity > 0"
                               " ORDER BY x.created_at, x.exception_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_shortfall *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for the shortfalls of a drug");
            break;
        }
        *out = list;
        list[(*count)++] = (struct mt_repo_shortfall){.exception_id = col_id(s, 0),
                                                      .order_id = col_id(s, 1),
                                                      .line = (int32_t)mt_col_int(s, 2),
                                                      .quantity = mt_col_int(s, 3),
                                                      .unpaid = mt_col_int(s, 4) != 0};
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_shortfall_cover(struct mt_db *db, const char *exception_id, int64_t quantity, mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_exception SET quantity = quantity - ?2, version = version + 1,"
                               " state = CASE WHEN quantity = ?2 THEN 'resolved' ELSE 'open' END,"
                               " resolved_at = CASE WHEN quantity = ?2 THEN CAST(?3 AS BIGINT) ELSE NULL END,"
                               " resolution = CASE WHEN quantity = ?2 THEN 'covered by goods that came in' ELSE '' END"
                               " WHERE exception_id = ?1 AND kind = 'stock_shortfall' AND state = 'open' AND quantity >= ?2",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, exception_id);
    mt_bind_int(s, 2, quantity);
    mt_bind_int(s, 3, now);
    return row_touch(s, MT_CONFLICT, "the shortfall is smaller than that", err);
}

enum mt_rc mt_repo_shortfall_owes(struct mt_db *db, const char *order_id, int32_t line, int64_t quantity, struct mt_id *changed,
                                  struct mt_err *err) {
    struct mt_stmt *s;
    *changed = (struct mt_id){""};
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_exception SET quantity = ?3, version = version + 1 WHERE order_id = ?1"
                               " AND order_id <> '' AND line = ?2 AND kind = 'stock_shortfall' AND state = 'open'"
                               " AND quantity > ?3 RETURNING exception_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_int(s, 2, line);
    mt_bind_int(s, 3, quantity);
    rc = row_one(s, err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    if (rc == MT_OK)
        *changed = col_id(s, 0);
    return rc == MT_OK ? mt_stmt_run(s, NULL, err) : rc;
}

enum mt_rc mt_repo_exception_store(struct mt_db *db, const char *exception_id, struct mt_id *store_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT store_id FROM mt_exception WHERE exception_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, exception_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *store_id = col_id(s, 0);
    mt_stmt_done(s);
    return MT_OK;
}

enum mt_rc mt_repo_exception_settle(struct mt_db *db, const char *exception_id, const char *resolution, const char *by, mt_time now,
                                    struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_exception SET state = 'resolved', resolved_at = ?2, version = version + 1,"
                               " resolution = ?3, resolved_by = ?4 WHERE exception_id = ?1 AND state = 'open'",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, exception_id);
    mt_bind_int(s, 2, now);
    mt_bind_text(s, 3, resolution);
    mt_bind_text(s, 4, by);
    return row_touch(s, MT_CONFLICT, "the exception is settled already", err);
}
