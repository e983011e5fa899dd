/* The queue of a connection. It stands in libpq's pipeline mode: commands are put into the queue, and one sync sends what has not
 * gone yet and reads all answers in order. After a command that failed the server skips the rest up to the sync, so the first
 * failure is the only one, and nothing behind it was done. What nobody waits for (BEGIN, SAVEPOINT, rows of a log) thus travels
 * with the next command that is waited for.
 *
 * In a transaction an error leaves only undoing; until then every command answers with what the first one met.
 *
 * A statement that was prepared before its tables were changed (by a newer program's migration) is refused once. That is MT_BUSY:
 * all statements are prepared anew, and the same transaction goes through when it is tried again. */
#include "postgres.h"

#include <stdio.h>
#include <string.h>

enum mt_rc mt_postgres_rc_of(const char *sqlstate) {
    static const struct {
        const char *prefix;
        enum mt_rc rc;
    } rows[] = {
        {"08", MT_IO},       {"0A000", MT_BUSY},     {"22003", MT_LIMIT},    {"22001", MT_LIMIT},   {"22", MT_INVALID},
        {"23", MT_CONFLICT}, {"26000", MT_BUSY},     {"25006", MT_READONLY}, {"25P03", MT_IO},      {"40003", MT_DOUBTFUL},
        {"40", MT_BUSY},     {"42501", MT_READONLY}, {"53100", MT_FULL},     {"53200", MT_NOMEM},   {"53400", MT_FULL},
        {"53", MT_BUSY},     {"54", MT_LIMIT},       {"55P03", MT_BUSY},     {"57014", MT_BUSY},    {"57P", MT_IO},
        {"58", MT_IO},       {"P0001", MT_CONFLICT}, {"XX001", MT_CORRUPT},  {"XX002", MT_CORRUPT},
    };
    for (size_t i = 0; sqlstate != NULL && i < sizeof rows / sizeof rows[0]; i++)
        if (strncmp(sqlstate, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return rows[i].rc;
    return MT_BUG;
}

static enum mt_rc fail(struct postgres_db *db, enum mt_rc rc, const char *said, struct mt_err *err) {
    if (db->in_transaction && !db->failed) {
        db->failed = true;
        db->failed_rc = rc;
    }
    return mt_db_say(&db->base, rc, said, err);
}

/* A server that takes no writes is no file, and what helps depends on why. */
static enum mt_rc fail_unwritable(struct postgres_db *db, const char *state, const char *said, struct mt_err *err) {
    const bool rights = strcmp(state, "42501") == 0;
    (void)fail(db, MT_READONLY, state, NULL);
    return mt_fail(err, MT_READONLY, "%.100s: %.80s. %s", db->base.path, said != NULL ? said : state,
                   rights ? "Grant it to the user of the URL, or name one who has that right."
                          : "Name the server that takes writes.");
}

/* Values stand in the messages of class 22 (a text that is no number …): of these only the code is told. */
static enum mt_rc fail_result(struct postgres_db *db, const PGresult *result, struct mt_err *err) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE), *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == NULL)
        return fail(db, MT_IO, "the answer could not be read", err);
    if (strcmp(state, "25P02") == 0 && db->failed)
        return mt_db_say(&db->base, db->failed_rc, "an earlier statement of the transaction failed", err);
    enum mt_rc rc = mt_postgres_rc_of(state);
    if (rc == MT_READONLY)
        return fail_unwritable(db, state, said, err);
    return fail(db, rc, strncmp(state, "22", 2) == 0 || said == NULL ? state : said, err);
}

/* What was not prepared is prepared under another name when it comes again; so is everything when tables have changed since. */
static void forget(struct postgres_db *db, const struct postgres_queued *q, const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (q->s == NULL)
        return;
    if (q->prepares)
        q->s->prepared = 0;
    else if (state != NULL && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0))
        db->generation++;
}

enum mt_rc mt_postgres_command(struct postgres_db *db, const char *sql, struct mt_err *err) {
    if (db->queued == POSTGRES_QUEUE) {
        enum mt_rc rc = mt_postgres_sync(db, NULL, NULL, err);
        if (rc != MT_OK)
            return rc;
    }
    if (PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 0) != 1)
        return mt_postgres_lost(db, err);
    db->queue[db->queued++] = (struct postgres_queued){NULL, false};
    return MT_OK;
}

static bool send_prepare(struct postgres_db *db, struct postgres_stmt *s) {
    (void)snprintf(s->name, sizeof s->name, "m%u", ++db->names);
    if (PQsendPrepare(db->conn, s->name, s->text, s->params, s->types) != 1)
        return false;
    db->queue[db->queued++] = (struct postgres_queued){s, true};
    s->prepared = db->generation; /* taken back when it fails */
    return true;
}

enum mt_rc mt_postgres_statement(struct postgres_db *db, struct postgres_stmt *s, struct mt_err *err) {
    if (db->queued + 2 > POSTGRES_QUEUE) {
        enum mt_rc rc = mt_postgres_sync(db, NULL, NULL, err);
        if (rc != MT_OK)
            return rc;
    }
    if (s->prepared != db->generation && !send_prepare(db, s))
        return mt_postgres_lost(db, err);
    if (PQsendQueryPrepared(db->conn, s->name, s->params, s->values, s->lengths, s->formats, 0) != 1)
        return mt_postgres_lost(db, err);
    db->queue[db->queued++] = (struct postgres_queued){s, false};
    return MT_OK;
}

/* The answer of one command: its result, owned, when it is good. *told: the server said that it failed. false: the connection is
 * gone, which libpq tells as a failure without a code. */
static bool take_one(struct postgres_db *db, size_t at, PGresult **good, bool *told, enum mt_rc *rc, struct mt_err *err) {
    PGresult *result = PQgetResult(db->conn);
    *good = NULL;
    if (result == NULL)
        return false;
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
        *good = result;
    } else {
        if (status != PGRES_PIPELINE_ABORTED) {
            *told = PQresultErrorField(result, PG_DIAG_SQLSTATE) != NULL;
            *rc = fail_result(db, result, err);
        }
        forget(db, &db->queue[at], result);
        PQclear(result);
    }
    while ((result = PQgetResult(db->conn)) != NULL)
        PQclear(result);
    return PQstatus(db->conn) != CONNECTION_BAD;
}

/* Reads to the sync's own answer. */
static bool take_sync(struct postgres_db *db) {
    for (;;) {
        PGresult *result = PQgetResult(db->conn);
        if (result == NULL)
            return false;
        bool end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
        if (end)
            return true;
        if (PQstatus(db->conn) == CONNECTION_BAD)
            return false;
    }
}

enum mt_rc mt_postgres_sync(struct postgres_db *db, PGresult **last, bool *before, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    PGresult *good = NULL;
    const size_t count = db->queued;
    if (last != NULL)
        *last = NULL;
    if (before != NULL)
        *before = false;
    bool there = PQpipelineSync(db->conn) == 1;
    for (size_t i = 0; there && i < count; i++) {
        PQclear(good);
        bool told = false;
        there = take_one(db, i, &good, &told, &rc, err);
        if (told && i + 1 < count && before != NULL)
            *before = true;
    }
    there = there && take_sync(db);
    db->queued = 0;
    db->unheard = false;
    if (!there)
        rc = mt_postgres_lost(db, err);
    if (rc == MT_OK && last != NULL)
        *last = good;
    else
        PQclear(good);
    return rc;
}

/* Several statements at once go outside of pipeline mode. */
enum mt_rc mt_postgres_exec(struct mt_db *base, const char *sql, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = mt_postgres_ready(db, err);
    if (rc == MT_OK && db->queued > 0)
        rc = mt_postgres_sync(db, NULL, NULL, err);
    if (rc != MT_OK)
        return rc;
    if (PQexitPipelineMode(db->conn) != 1)
        return mt_postgres_lost(db, err);
    PGresult *result = PQexec(db->conn, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        rc = fail_result(db, result, err);
    PQclear(result);
    if (PQstatus(db->conn) == CONNECTION_BAD || PQenterPipelineMode(db->conn) != 1)
        return mt_postgres_lost(db, err);
    return rc;
}
