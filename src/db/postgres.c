/* The PostgreSQL driver: transactions. Writers are kept apart by advisory locks, which end with their transaction: one lock is the
 * database, shared by those who change some stores only and taken alone by those who may change anything; one lock each is a store;
 * one orders what is stamped with a place (the feed, the audit chain). Locks of stores are taken in the order of their keys, so
 * that two batches can not wait for each other. Behind its locks a writer runs at READ COMMITTED: each statement sees what the
 * holder before it has committed. Readers take one snapshot for the whole transaction.
 *
 * BEGIN of a reader, SAVEPOINT and ROLLBACK TO are not waited for: they travel with the next command. SAVEPOINT and RELEASE wait
 * only for statements of mt_stmt_later that could still fail before them. */
#include "postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First keys of our advisory locks: "mt" and what they are for. */
#define LOCK_DATABASE 0x6d740001
#define LOCK_SCOPE 0x6d740002
#define LOCK_ORDER 0x6d740003

static bool in_transaction(const struct mt_db *db) {
    return ((const struct postgres_db *)db)->in_transaction;
}

static void started(struct postgres_db *db, bool writes) {
    db->in_transaction = true;
    db->writes = writes;
    db->failed = false;
}

static void ended(struct postgres_db *db) {
    db->in_transaction = db->writes = db->failed = false;
}

static void rollback(struct mt_db *base) {
    struct postgres_db *db = postgres_of(base);
    if (!db->lost && db->unheard && mt_postgres_sync(db, NULL, NULL, NULL) == MT_IO && !db->lost)
        (void)mt_postgres_lost(db, NULL);
    if (!db->lost && (mt_postgres_command(db, "ROLLBACK", NULL) != MT_OK || mt_postgres_sync(db, NULL, NULL, NULL) != MT_OK))
        (void)mt_postgres_lost(db, NULL); /* a new connection knows nothing of it */
    ended(db);
}

static enum mt_rc begin_read(struct mt_db *base, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = mt_postgres_ready(db, err);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    if (rc == MT_OK)
        started(db, false);
    return rc;
}

static int32_t key_of(const char *scope) {
    uint32_t h = 2166136261u; /* FNV-1a; two stores of one key only wait for each other */
    for (const unsigned char *p = (const unsigned char *)scope; *p != '\0'; p++)
        h = (h ^ *p) * 16777619u;
    return (int32_t)(h & 0x7fffffff);
}

static int by_key(const void *a, const void *b) {
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The statement that takes the locks of the scopes, in the order of their keys. */
static enum mt_rc lock_scopes(struct postgres_db *db, const char *const *scopes, size_t count, struct mt_err *err) {
    int32_t *keys = calloc(count, sizeof *keys);
    if (keys == NULL)
        return mt_fail(err, MT_NOMEM, "%s: no memory for locks", db->base.path);
    for (size_t i = 0; i < count; i++)
        keys[i] = key_of(scopes[i]);
    qsort(keys, count, sizeof *keys, by_key);
    struct mt_buf sql;
    mt_buf_init(&sql, 1u << 20);
    mt_buf_fmt(&sql, "SELECT pg_advisory_xact_lock(%d, k) FROM unnest('{", LOCK_SCOPE);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || keys[i] != keys[i - 1])
            mt_buf_fmt(&sql, i > 0 ? ",%d" : "%d", (int)keys[i]);
    mt_buf_str(&sql, "}'::int4[]) AS k");
    enum mt_rc rc = mt_buf_rc(&sql);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, mt_buf_text(&sql), err);
    mt_buf_fini(&sql);
    free(keys);
    return rc;
}

static enum mt_rc begin_once(struct postgres_db *db, const char *const *scopes, size_t count, struct mt_err *err) {
    char sql[80];
    enum mt_rc rc = mt_postgres_ready(db, err);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, "BEGIN ISOLATION LEVEL READ COMMITTED", err);
    if (rc != MT_OK)
        return rc;
    started(db, true);
    (void)snprintf(sql, sizeof sql, "SELECT pg_advisory_xact_lock%s(%d, 0)", scopes != NULL ? "_shared" : "", LOCK_DATABASE);
    rc = mt_postgres_command(db, sql, err);
    if (rc == MT_OK && scopes != NULL && count > 0)
        rc = lock_scopes(db, scopes, count, err);
    if (rc == MT_OK)
        rc = mt_postgres_sync(db, NULL, NULL, err);
    if (rc != MT_OK)
        rollback(&db->base);
    return rc;
}

/* Nothing has been done when it fails, so a connection that turns out to be broken is replaced at once. */
static enum mt_rc begin_write(struct mt_db *base, const char *const *scopes, size_t count, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = begin_once(db, scopes, count, err);
    if (rc == MT_IO && db->lost)
        rc = begin_once(db, scopes, count, err);
    return rc;
}

static enum mt_rc going_on(struct postgres_db *db, struct mt_err *err) {
    enum mt_rc rc = mt_postgres_ready(db, err);
    if (rc == MT_OK && db->failed)
        rc = mt_db_say(&db->base, db->failed_rc, "an earlier statement of the transaction failed", err);
    return rc;
}

static enum mt_rc order(struct mt_db *base, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    char sql[80];
    (void)snprintf(sql, sizeof sql, "SELECT pg_advisory_xact_lock(%d, 0)", LOCK_ORDER);
    enum mt_rc rc = going_on(db, err);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, sql, err);
    db->unheard = db->unheard || rc == MT_OK;
    return rc;
}

/* COMMIT of a transaction that failed is answered "ROLLBACK". A connection that breaks before the answer leaves open which. */
static enum mt_rc commit(struct mt_db *base, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    PGresult *result = NULL;
    bool before = false;
    enum mt_rc rc = going_on(db, err);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, "COMMIT", err);
    if (rc != MT_OK)
        return rc;
    rc = mt_postgres_sync(db, &result, &before, err);
    if (rc == MT_OK && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        rc = mt_fail(err, MT_BUG, "%s: the database has undone the transaction", base->path);
    PQclear(result);
    if (rc != MT_OK && db->lost && db->writes && !before)
        rc = mt_fail(err, MT_DOUBTFUL, "%s: the connection was lost while the transaction was saved", base->path);
    if (rc == MT_OK)
        ended(db);
    return rc;
}

/* Behind a statement that failed unheard the server would skip it, and undoing it would undo the one around it. */
static enum mt_rc savepoint(struct mt_db *base, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = going_on(db, err);
    if (rc == MT_OK && db->unheard)
        rc = mt_postgres_sync(db, NULL, NULL, err);
    return rc == MT_OK ? mt_postgres_command(db, "SAVEPOINT mt", err) : rc;
}

static enum mt_rc release(struct mt_db *base, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = going_on(db, err);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, "RELEASE SAVEPOINT mt", err);
    return rc == MT_OK && db->unheard ? mt_postgres_sync(db, NULL, NULL, err) : rc;
}

static enum mt_rc rollback_to(struct mt_db *base, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = mt_postgres_ready(db, err);
    if (rc == MT_OK && db->unheard && mt_postgres_sync(db, NULL, NULL, NULL) != MT_OK && db->lost)
        return mt_postgres_lost(db, err);
    if (rc == MT_OK)
        rc = mt_postgres_command(db, "ROLLBACK TO SAVEPOINT mt", err);
    if (rc == MT_OK)
        db->failed = false;
    return rc;
}

static void nothing(struct mt_stmt *s) {
    (void)s; /* reset has left it ready */
}

const struct mt_driver mt_driver_postgres = {
    .engine = MT_ENGINE_POSTGRES,
    .make = mt_postgres_make,
    .open = mt_postgres_open,
    .close = mt_postgres_close,
    .exec = mt_postgres_exec,
    .prepare = mt_postgres_prepare,
    .finalize = mt_postgres_finalize,
    .ready = nothing,
    .bind_int = mt_postgres_bind_int,
    .bind = mt_postgres_bind,
    .step = mt_postgres_step,
    .later = mt_postgres_later,
    .reset = mt_postgres_reset,
    .changed = mt_postgres_changed,
    .is_null = mt_postgres_is_null,
    .col_int = mt_postgres_int,
    .col_sv = mt_postgres_sv,
    .in_transaction = in_transaction,
    .begin_read = begin_read,
    .begin_write = begin_write,
    .order = order,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .release = release,
    .rollback_to = rollback_to,
    /* A look at the table, not to_regclass: that may answer from before the lock was waited for. */
    .migrations_exist = "SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'mt_migration' AND relkind = 'r'"
                        " AND pg_catalog.pg_table_is_visible(oid)",
    .migrations_make = "CREATE TABLE IF NOT EXISTS mt_migration(version BIGINT PRIMARY KEY, name TEXT NOT NULL)",
    .migrations_begin = "SET LOCAL statement_timeout = 0", /* a large table may take its time */
};
