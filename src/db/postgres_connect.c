/* The PostgreSQL driver: connecting. A connection that broke is noticed by the command that meets it, or, while it was idle, by a
 * look at its socket before the next one; it is replaced outside transactions only, because what a transaction has done is gone
 * with its connection. Statements know on which connection they were prepared and are prepared again on a new one.
 *
 * The words of messages name the server by host, port, database and user, as libpq reads them from the URL; a password never gets
 * into them. */
#include "postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void silent(void *ctx, const PGresult *result) {
    (void)ctx;
    (void)result;
}

static const char *option(const PQconninfoOption *list, const char *keyword) {
    for (; list->keyword != NULL; list++)
        if (strcmp(list->keyword, keyword) == 0)
            return list->val != NULL ? list->val : "";
    return "";
}

/* The URL in words that may be shown. */
static enum mt_rc name(struct mt_db *db, const char *url, struct mt_err *err) {
    char *said = NULL;
    PQconninfoOption *list = PQconninfoParse(url, &said);
    PQfreemem(said); /* it repeats the URL, and with it the password */
    if (list == NULL)
        return mt_fail(err, MT_INVALID, "The URL of the database can not be read. Write postgres://USER@HOST:PORT/DATABASE.");
    struct mt_buf text;
    mt_buf_init(&text, 1024);
    const char *user = option(list, "user"), *host = option(list, "host"), *port = option(list, "port");
    mt_buf_fmt(&text, "postgres://%s%s%s%s%s/%s", user, user[0] != '\0' ? "@" : "", host, port[0] != '\0' ? ":" : "", port,
               option(list, "dbname"));
    PQconninfoFree(list);
    enum mt_rc rc = mt_buf_rc(&text);
    if (rc == MT_OK) {
        db->path = strdup(mt_buf_text(&text));
        rc = db->path != NULL ? MT_OK : MT_NOMEM;
    }
    mt_buf_fini(&text);
    return rc == MT_OK ? MT_OK : mt_fail(err, rc, "The URL of the database is too long.");
}

/* On one line, without the end that libpq gives it. */
static enum mt_rc say_connection(struct postgres_db *db, enum mt_rc rc, struct mt_err *err) {
    char text[200];
    (void)snprintf(text, sizeof text, "%s", PQerrorMessage(db->conn)); /* cut is fine */
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    for (char *p = text; *p != '\0'; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
    return mt_db_say(&db->base, rc, text, err);
}

/* What the server or the URL has set for itself stands, where 0 or auto means that nobody has.
 *
 * Statements are planned once a connection, not anew for the values of each execution: each is written for one index, whatever it
 * is asked with, and planning a list of orders takes longer than reading it. */
static enum mt_rc set_up(struct postgres_db *db, struct mt_err *err) {
    char sql[1024];
    const bool reads = db->base.mode == MT_DB_READ;
    int n = snprintf(sql, sizeof sql,
                     "SET lock_timeout = %d; SET jit = off; SET default_transaction_read_only = %s; SET bytea_output = hex;"
                     "SET standard_conforming_strings = on;"
                     "SELECT set_config('statement_timeout', '%d', false) WHERE current_setting('statement_timeout') = '0';"
                     "SELECT set_config('idle_in_transaction_session_timeout', '60000', false)"
                     " WHERE current_setting('idle_in_transaction_session_timeout') = '0';"
                     "SELECT set_config('plan_cache_mode', 'force_generic_plan', false)"
                     " WHERE current_setting('plan_cache_mode') = 'auto';"
                     "SELECT set_config('synchronous_commit', 'on', false)"
                     " WHERE current_setting('synchronous_commit') IN ('off', 'local')",
                     db->busy_ms > 0 ? db->busy_ms : 1, reads ? "on" : "off",
                     db->patient ? 0
                     : reads     ? 30000
                                 : 60000);
    if (n < 0 || (size_t)n >= sizeof sql)
        return mt_fail(err, MT_BUG, "the settings of a connection are too long");
    const char *encoding = PQparameterStatus(db->conn, "server_encoding");
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
        return mt_fail(err, MT_INVALID, "%s: its encoding is %s. Make the database with ENCODING 'UTF8'.", db->base.path,
                       encoding != NULL ? encoding : "not known");
    PGresult *result = PQexec(db->conn, sql);
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_TUPLES_OK)
        return say_connection(db, PQstatus(db->conn) == CONNECTION_BAD ? MT_IO : MT_INVALID, err);
    if (PQenterPipelineMode(db->conn) != 1)
        return mt_fail(err, MT_BUG, "%s: no pipeline mode", db->base.path);
    db->generation++;
    db->lost = false;
    db->queued = 0;
    db->unheard = false;
    return MT_OK;
}

struct mt_db *mt_postgres_make(void) {
    struct postgres_db *db = calloc(1, sizeof *db);
    return db != NULL ? &db->base : NULL;
}

enum mt_rc mt_postgres_open(struct mt_db *base, const struct mt_db_options *o, struct mt_err *err) {
    struct postgres_db *db = postgres_of(base);
    enum mt_rc rc = name(base, o->url, err);
    if (rc != MT_OK)
        return rc;
    db->busy_ms = o->busy_ms;
    db->patient = o->patient;
    /* What stands before the URL is overridden by it, what stands behind it is ours. */
    static const char *const keywords[] = {"connect_timeout",
                                           "tcp_user_timeout",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "fallback_application_name",
                                           "dbname",
                                           "client_encoding",
                                           NULL};
    const char *const values[] = {"10", "30000", "30", "10", "3", "medterm", o->url, "UTF8", NULL};
    db->conn = PQconnectdbParams(keywords, values, 1);
    if (db->conn == NULL)
        return mt_fail(err, MT_NOMEM, "%s: no memory for a connection", base->path);
    (void)PQsetNoticeReceiver(db->conn, silent, NULL);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return say_connection(db, MT_IO, err);
    return set_up(db, err);
}

void mt_postgres_close(struct mt_db *db) {
    PQfinish(postgres_of(db)->conn); /* NULL is fine */
}

/* Whether an idle connection has been closed by the other side. Notices may lie before the end. */
static bool hung_up(struct postgres_db *db) {
    for (int looks = 0; looks < 8; looks++) {
        struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
        if (p.fd < 0)
            return true;
        if (poll(&p, 1, 0) <= 0)
            return false;
        if (PQconsumeInput(db->conn) != 1 || PQstatus(db->conn) == CONNECTION_BAD)
            return true;
        PQfreemem(PQnotifies(db->conn)); /* reads what has come; nobody listens */
    }
    return false;
}

enum mt_rc mt_postgres_lost(struct postgres_db *db, struct mt_err *err) {
    db->lost = true;
    db->queued = 0;
    db->unheard = false;
    return mt_db_say(&db->base, MT_IO, "the connection to the database was lost", err);
}

enum mt_rc mt_postgres_ready(struct postgres_db *db, struct mt_err *err) {
    if (db->in_transaction)
        return db->lost ? mt_postgres_lost(db, err) : MT_OK;
    if (!db->lost && !hung_up(db))
        return MT_OK;
    db->lost = true;
    PQreset(db->conn);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return say_connection(db, MT_IO, err);
    return set_up(db, err);
}
