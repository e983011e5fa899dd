/* Answers of an earlier epoch, of operations that could not be applied at once when they came again. */
#include <medterm/repo/log.h>

#include "row.h"

enum mt_rc mt_repo_prior_insert(struct mt_db *db, const char *op_id, const struct mt_repo_prior *prior, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "INSERT INTO mt_operation_prior(op_id, epoch, outcome, result) VALUES (?1, ?2, ?3, ?4)", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, op_id);
    mt_bind_text(s, 2, prior->epoch);
    mt_bind_text(s, 3, prior->outcome);
    if (prior->result.n > 0)
        mt_bind_sv(s, 4, prior->result);
    else
        mt_bind_null(s, 4);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_prior_get(struct mt_db *db, const char *op_id, struct mt_arena *arena, struct mt_repo_prior *out,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT epoch, outcome, coalesce(result, '') FROM mt_operation_prior WHERE op_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, op_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    out->epoch = col_text(s, 0, arena, &rc);
    out->outcome = col_text(s, 1, arena, &rc);
    const size_t n = mt_col_sv(s, 2).n;
    out->result = mt_sv_n(col_text(s, 2, arena, &rc), n);
    mt_stmt_done(s);
    return rc;
}
