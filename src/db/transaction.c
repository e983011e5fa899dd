/* Transactions and savepoints. A write transaction takes the writer's place at once, so that it can not fail half way
 * because another one was faster. Savepoints nest by name: SQLite takes the innermost of a name, and depth counts them.
 * A full disk or a failing one may make SQLite undo the whole transaction by itself: what follows then says so. */
#include "driver.h"

#include <string.h>

enum mt_rc mt_db_exec(struct mt_db *db, const char *sql, struct mt_err *err) {
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? MT_OK : mt_db_fail(db, code, err);
}

/* Begin, commit and the like come thousands of times a second: keep them prepared. */
static enum mt_rc run(struct mt_db *db, const char *sql, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    return rc == MT_OK ? mt_stmt_run(s, NULL, err) : rc;
}

bool mt_db_in_transaction(const struct mt_db *db) {
    return db->handle != NULL && sqlite3_get_autocommit(db->handle) == 0;
}

enum mt_rc mt_db_begin(struct mt_db *db, enum mt_db_mode mode, const char *where, struct mt_err *err) {
    if (mt_db_in_transaction(db)) {
        return mt_fail(err, MT_BUG, "%s: a transaction inside the one of %s", db->path, db->where != NULL ? db->where : "?");
    }
    if (mode == MT_DB_WRITE && db->mode == MT_DB_READ) {
        return mt_fail(err, MT_BUG, "%s: opened for reading only", db->path);
    }
    enum mt_rc rc = run(db, mode == MT_DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED", err);
    if (rc == MT_OK) {
        db->where = where;
        db->depth = 0;
    }
    return rc;
}

enum mt_rc mt_db_begin_for(struct mt_db *db, const char *const *scopes, size_t count, const char *where, struct mt_err *err) {
    (void)scopes;
    (void)count;
    return mt_db_begin(db, MT_DB_WRITE, where, err);
}

enum mt_rc mt_db_order(struct mt_db *db, struct mt_err *err) {
    return mt_db_in_transaction(db) ? MT_OK : mt_fail(err, MT_BUG, "%s: the ordering step outside a transaction", db->path);
}

enum mt_rc mt_db_commit(struct mt_db *db, struct mt_err *err) {
    if (!mt_db_in_transaction(db)) {
        db->where = NULL;
        return mt_fail(err, MT_BUG, "%s: no transaction to commit", db->path);
    }
    enum mt_rc rc = run(db, "COMMIT", err);
    if (rc != MT_OK) {
        mt_db_rollback(db);
    }
    db->where = NULL;
    db->depth = 0;
    return rc;
}

void mt_db_rollback(struct mt_db *db) {
    if (mt_db_in_transaction(db)) {
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL); /* when it fails SQLite has undone it already */
    }
    db->where = NULL;
    db->depth = 0;
}

enum mt_rc mt_db_savepoint(struct mt_db *db, struct mt_err *err) {
    if (!mt_db_in_transaction(db)) {
        return mt_fail(err, MT_BUG, "%s: a savepoint outside a transaction", db->path);
    }
    enum mt_rc rc = run(db, "SAVEPOINT mt", err);
    if (rc == MT_OK) {
        db->depth++;
    }
    return rc;
}

static enum mt_rc demand_savepoint(struct mt_db *db, struct mt_err *err) {
    if (!mt_db_in_transaction(db)) {
        db->depth = 0;
        return mt_fail(err, MT_IO, "%s: the database has undone the transaction", db->path);
    }
    return db->depth > 0 ? MT_OK : mt_fail(err, MT_BUG, "%s: no savepoint to end", db->path);
}

enum mt_rc mt_db_release(struct mt_db *db, struct mt_err *err) {
    enum mt_rc rc = demand_savepoint(db, err);
    if (rc == MT_OK) {
        rc = run(db, "RELEASE mt", err);
    }
    if (rc == MT_OK) {
        db->depth--;
    }
    return rc;
}

enum mt_rc mt_db_rollback_to(struct mt_db *db, struct mt_err *err) {
    enum mt_rc rc = demand_savepoint(db, err);
    if (rc == MT_OK) {
        rc = run(db, "ROLLBACK TO mt", err);
    }
    return rc == MT_OK ? mt_db_release(db, err) : rc;
}

enum mt_rc mt_db_checkpoint_at(struct mt_db *db, int pages, struct mt_err *err) {
    int code = sqlite3_wal_autocheckpoint(db->handle, pages);
    return code == SQLITE_OK ? MT_OK : mt_db_fail(db, code, err);
}

enum mt_rc mt_db_checkpoint(struct mt_db *db, struct mt_err *err) {
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return code == SQLITE_OK ? MT_OK : mt_db_fail(db, code, err);
}
