/* Transactions and savepoints. A write transaction takes the writer's place at once, so that it can not fail half way
 * because another one was faster. Savepoints nest by name: both engines take the innermost of a name, and depth counts them.
 * A full disk or a failing one may make SQLite undo the whole transaction by itself: what follows then says so. */
#include "driver.h"

bool mt_db_in_transaction(const struct mt_db *db) {
    return db->driver->in_transaction(db);
}

static enum mt_rc may_begin(const struct mt_db *db, enum mt_db_mode mode, struct mt_err *err) {
    if (mt_db_in_transaction(db)) {
        return mt_fail(err, MT_BUG, "%s: a transaction inside the one of %s", db->path, db->where != NULL ? db->where : "?");
    }
    if (mode == MT_DB_WRITE && db->mode == MT_DB_READ) {
        return mt_fail(err, MT_BUG, "%s: opened for reading only", db->path);
    }
    return MT_OK;
}

static enum mt_rc begun(struct mt_db *db, enum mt_rc rc, const char *where) {
    if (rc == MT_OK) {
        db->where = where;
        db->depth = 0;
    }
    return rc;
}

enum mt_rc mt_db_begin(struct mt_db *db, enum mt_db_mode mode, const char *where, struct mt_err *err) {
    enum mt_rc rc = may_begin(db, mode, err);
    if (rc != MT_OK)
        return rc;
    return begun(db, mode == MT_DB_WRITE ? db->driver->begin_write(db, NULL, 0, err) : db->driver->begin_read(db, err), where);
}

enum mt_rc mt_db_begin_for(struct mt_db *db, const char *const *scopes, size_t count, const char *where, struct mt_err *err) {
    enum mt_rc rc = may_begin(db, MT_DB_WRITE, err);
    return rc == MT_OK ? begun(db, db->driver->begin_write(db, scopes, count, err), where) : rc;
}

enum mt_rc mt_db_order(struct mt_db *db, struct mt_err *err) {
    if (!mt_db_in_transaction(db))
        return mt_fail(err, MT_BUG, "%s: the ordering step outside a transaction", db->path);
    return db->driver->order(db, err);
}

enum mt_rc mt_db_commit(struct mt_db *db, struct mt_err *err) {
    if (!mt_db_in_transaction(db)) {
        db->where = NULL;
        return mt_fail(err, MT_BUG, "%s: no transaction to commit", db->path);
    }
    enum mt_rc rc = db->driver->commit(db, err);
    if (rc != MT_OK) {
        mt_db_rollback(db);
    }
    db->where = NULL;
    db->depth = 0;
    return rc;
}

void mt_db_rollback(struct mt_db *db) {
    if (mt_db_in_transaction(db)) {
        db->driver->rollback(db);
    }
    db->where = NULL;
    db->depth = 0;
}

enum mt_rc mt_db_savepoint(struct mt_db *db, struct mt_err *err) {
    if (!mt_db_in_transaction(db)) {
        return mt_fail(err, MT_BUG, "%s: a savepoint outside a transaction", db->path);
    }
    enum mt_rc rc = db->driver->savepoint(db, err);
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

static enum mt_rc leave(struct mt_db *db, struct mt_err *err) {
    enum mt_rc rc = db->driver->release(db, err);
    if (rc == MT_OK)
        db->depth--;
    return rc;
}

enum mt_rc mt_db_release(struct mt_db *db, struct mt_err *err) {
    enum mt_rc rc = demand_savepoint(db, err);
    if (rc != MT_OK)
        return rc;
    rc = leave(db, err);
    if (rc != MT_OK && mt_db_rollback_to(db, NULL) != MT_OK)
        return rc; /* the transaction is lost; what follows says so */
    return rc;
}

enum mt_rc mt_db_rollback_to(struct mt_db *db, struct mt_err *err) {
    enum mt_rc rc = demand_savepoint(db, err);
    if (rc == MT_OK) {
        rc = db->driver->rollback_to(db, err);
    }
    return rc == MT_OK ? leave(db, err) : rc;
}
