/* Lots that must not be sold: recalls, which hold in every store and for packs that come in later, and the state of one store's
 * lot. What unpaid orders hold of such a lot is found here, so that it can be moved to other lots. */
#include <medterm/repo/goods.h>

#include "lot_recalled.h"
#include "row.h"

enum mt_rc mt_repo_recall_insert(struct mt_db *db, const char *drug_id, const char *lot_no, const char *reason, const char *op_id,
                                 mt_time at, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_recall(drug_id, lot_no, reason, op_id, at) VALUES (?1, ?2, ?3, ?4, ?5)"
                               " ON CONFLICT(drug_id, lot_no) DO NOTHING",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, drug_id);
    mt_bind_text(s, 2, lot_no);
    mt_bind_text(s, 3, reason);
    mt_bind_text(s, 4, op_id);
    mt_bind_int(s, 5, at);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_lot_recalled(struct mt_db *db, const char *drug_id, const char *lot_no, bool *recalled, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT 1 WHERE " LOT_RECALLED("?1", "?2"), &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, drug_id);
    mt_bind_text(s, 2, lot_no);
    rc = row_one(s, err);
    *recalled = rc == MT_OK;
    if (rc == MT_OK)
        mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_repo_lots_to_recall(struct mt_db *db, const char *drug_id, const char *lot_no, struct mt_arena *arena,
                                  struct mt_repo_lot_at **out, size_t *count, struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT store_id, lot_no FROM mt_lot WHERE drug_id = ?1 AND state <> 'recalled' AND " LOT_OF(
                                   "CAST(?2 AS TEXT)", "lot_no") " ORDER BY store_id, lot_no",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, drug_id);
    mt_bind_text(s, 2, lot_no);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_lot_at *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for the stores of a lot");
            break;
        }
        *out = list;
        list[(*count)++] = (struct mt_repo_lot_at){.store_id = col_id(s, 0), .lot_no = col_text(s, 1, arena, &rc)};
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_lot_state(struct mt_db *db, const char *store_id, const char *drug_id, const char *lot_no,
                             enum mt_lot_state state, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "UPDATE mt_lot SET state = ?4 WHERE store_id = ?1 AND drug_id = ?2 AND lot_no = ?3", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    mt_bind_text(s, 3, lot_no);
    mt_bind_text(s, 4, mt_lot_state_name(state));
    return row_touch(s, MT_NOTFOUND, "no such lot", err);
}

enum mt_rc mt_repo_orders_holding(struct mt_db *db, const char *store_id, const char *drug_id, const char *lot_no,
                                  struct mt_arena *arena, struct mt_id **out, size_t *count, struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT order_id FROM mt_reservation WHERE store_id = ?1 AND drug_id = ?2 AND lot_no = ?3"
                               " AND state = 'held' GROUP BY order_id ORDER BY min(created_at), order_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, drug_id);
    mt_bind_text(s, 3, lot_no);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_id *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for the orders that hold a lot");
            break;
        }
        *out = list;
        list[(*count)++] = col_id(s, 0);
    }
    mt_stmt_done(s);
    return rc;
}
