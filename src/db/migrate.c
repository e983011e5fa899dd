/* Migrations: an append-only list. What has run stands in mt_migration by number and name, so that a file of another
 * program, or of a newer one, is told apart and left alone. All that is missing runs in one transaction. */
#include "driver.h"

static enum mt_rc table_exists(struct mt_db *db, bool *exists, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, db->driver->migrations_exist, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    enum mt_step step = mt_stmt_step(s, err);
    rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : MT_OK;
    *exists = step == MT_STEP_ROW;
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_db_version(struct mt_db *db, int64_t *version, struct mt_err *err) {
    *version = 0;
    bool exists = false;
    enum mt_rc rc = table_exists(db, &exists, err);
    if (rc != MT_OK || !exists) {
        return rc;
    }
    struct mt_stmt *s;
    rc = mt_db_stmt(db, "SELECT count(*) FROM mt_migration", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    if (mt_stmt_step(s, err) == MT_STEP_ROW) {
        *version = mt_col_int(s, 0);
    } else {
        rc = mt_stmt_rc(s);
    }
    mt_stmt_done(s);
    return rc;
}

/* The names that stand in the file are the first of the list. */
static enum mt_rc same_history(struct mt_db *db, const struct mt_migration *list, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT version, name FROM mt_migration ORDER BY version", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    enum mt_step step;
    for (int64_t i = 0; (step = mt_stmt_step(s, err)) == MT_STEP_ROW && rc == MT_OK; i++) {
        if (mt_col_int(s, 0) != i + 1 || !mt_sv_is(mt_col_sv(s, 1), list[i].name)) {
            rc = mt_fail(err, MT_CONFLICT, "%s: it is a database of another program, or was changed by hand", db->path);
        }
    }
    if (step == MT_STEP_ERROR) {
        rc = mt_stmt_rc(s);
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc apply_one(struct mt_db *db, const struct mt_migration *m, int64_t version, struct mt_err *err) {
    const char *sql = db->driver->engine == MT_ENGINE_SQLITE ? m->sqlite : m->postgres;
    if (sql == NULL)
        return mt_fail(err, MT_BUG, "%s: the migration %s is not written for this engine", db->path, m->name);
    enum mt_rc rc = mt_db_exec(db, sql, err);
    if (rc != MT_OK) {
        return rc;
    }
    struct mt_stmt *s;
    rc = mt_db_stmt(db, "INSERT INTO mt_migration(version, name) VALUES (?1, ?2)", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, version);
    mt_bind_text(s, 2, m->name);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc check_version(struct mt_db *db, const struct mt_migration *list, size_t count, int64_t version,
                                struct mt_err *err) {
    if (version > (int64_t)count) {
        return mt_fail(err, MT_NEWER,
                       "%s: it was written by a newer version (schema %lld, this program knows %zu); nothing was changed", db->path,
                       (long long)version, count);
    }
    return version > 0 ? same_history(db, list, err) : MT_OK;
}

enum mt_rc mt_db_migrate(struct mt_db *db, const struct mt_migration *list, size_t count, int64_t *version, struct mt_err *err) {
    int64_t have = 0;
    enum mt_rc rc = mt_db_version(db, &have, err);
    if (rc == MT_OK && have >= (int64_t)count && have > 0) { /* most starts: nobody has to wait for us */
        rc = check_version(db, list, count, have, err);
        if (rc == MT_OK && version != NULL)
            *version = have;
        return rc;
    }
    if (rc == MT_OK)
        rc = mt_db_begin(db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    if (db->driver->migrations_begin != NULL)
        rc = mt_db_exec(db, db->driver->migrations_begin, err);
    if (rc == MT_OK)
        rc = mt_db_version(db, &have, err);
    if (rc == MT_OK) {
        rc = check_version(db, list, count, have, err);
    }
    if (rc == MT_OK && have == 0) {
        rc = mt_db_exec(db, db->driver->migrations_make, err);
    }
    while (rc == MT_OK && have < (int64_t)count) {
        rc = apply_one(db, &list[have], have + 1, err);
        have++;
    }
    if (rc == MT_OK) {
        rc = mt_db_commit(db, err);
    }
    if (rc != MT_OK) {
        mt_db_rollback(db);
        return rc;
    }
    if (version != NULL) {
        *version = have;
    }
    return MT_OK;
}
