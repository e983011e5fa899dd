/* Whether the database can be written, asked without writing. */
#include <medterm/repo/schema.h>

enum mt_rc mt_repo_takes_writes(struct mt_db *db, bool *takes, struct mt_err *err) {
    *takes = true;
    if (mt_db_engine(db) == MT_ENGINE_SQLITE)
        return MT_OK;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE 1 END", &s, err);
    if (rc != MT_OK)
        return rc;
    if (mt_stmt_step(s, err) == MT_STEP_ROW)
        *takes = mt_col_int(s, 0) != 0;
    else
        rc = mt_stmt_rc(s) != MT_OK ? mt_stmt_rc(s) : MT_IO;
    mt_stmt_done(s);
    return rc;
}
