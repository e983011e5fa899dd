/* What the files of the PostgreSQL driver share. */
#ifndef MEDTERM_DB_POSTGRES_H
#define MEDTERM_DB_POSTGRES_H

#include "driver.h"

#include <medterm/base/buf.h>

#include <libpq-fe.h>

struct postgres_stmt {
    struct mt_stmt base;
    char *text; /* owned; with $1, $2 … */
    char name[16];
    uint64_t prepared; /* generation of the connection it is prepared on; 0: none */
    int params;
    Oid *types; /* arrays of params, owned; types are settled by the first execution */
    const char **values;
    int *lengths, *formats;
    char (*copies)[MT_BOUND_COPY_MAX];
    struct mt_arena kept; /* what has to live until done: bound views, decoded blobs */
    enum mt_rc bind_rc;   /* of the first binding that failed */
    PGresult *result;     /* owned; of the step, NULL before it */
    int row;
};

enum { POSTGRES_QUEUE = 64 };

struct postgres_db {
    struct mt_db base;
    PGconn *conn; /* owned; always in pipeline mode between calls */
    int busy_ms;
    bool patient;
    uint64_t generation; /* of the connection, from 1 */
    unsigned names;      /* given to statements */
    bool in_transaction, writes;
    bool lost;            /* the connection broke; replaced at the next begin, or statement outside a transaction */
    bool failed;          /* the transaction, or its savepoint, met an error: only undoing goes on */
    enum mt_rc failed_rc; /* what it met */
    bool unheard;         /* a statement of mt_stmt_later is in the queue */
    size_t queued;        /* commands sent, whose answers have not been read */
    struct postgres_queued {
        struct postgres_stmt *s; /* borrowed; NULL: a command without one */
        bool prepares;
    } queue[POSTGRES_QUEUE];
};

static inline struct postgres_db *postgres_of(struct mt_db *db) {
    return (struct postgres_db *)db;
}

/* postgres_connect.c */
struct mt_db *mt_postgres_make(void);
enum mt_rc mt_postgres_open(struct mt_db *db, const struct mt_db_options *o, struct mt_err *err);
void mt_postgres_close(struct mt_db *db);
/* Before anything is sent: a broken connection is replaced outside a transaction, and MT_IO inside one. */
enum mt_rc mt_postgres_ready(struct postgres_db *db, struct mt_err *err);

/* postgres_pipeline.c: commands go into a queue; one sync sends what waits and reads every answer. */
enum mt_rc mt_postgres_command(struct postgres_db *db, const char *sql, struct mt_err *err);
enum mt_rc mt_postgres_statement(struct postgres_db *db, struct postgres_stmt *s, struct mt_err *err);
/* The first failure, or MT_OK and, when last is not NULL, the last command's result, owned. *before: an error that the server told
 * came from a command before the last. Both pointers may be NULL. */
enum mt_rc mt_postgres_sync(struct postgres_db *db, PGresult **last, bool *before, struct mt_err *err);
enum mt_rc mt_postgres_exec(struct mt_db *db, const char *sql, struct mt_err *err);
enum mt_rc mt_postgres_rc_of(const char *sqlstate);
enum mt_rc mt_postgres_lost(struct postgres_db *db, struct mt_err *err);

/* postgres_statement.c */
enum mt_rc mt_postgres_prepare(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err);
void mt_postgres_finalize(struct mt_stmt *s);
void mt_postgres_reset(struct mt_stmt *s);
void mt_postgres_bind_int(struct mt_stmt *s, int at, int64_t value);
void mt_postgres_bind(struct mt_stmt *s, int at, struct mt_sv bytes, enum mt_bound how);
enum mt_step mt_postgres_step(struct mt_stmt *s, struct mt_err *err);
enum mt_rc mt_postgres_later(struct mt_stmt *s, struct mt_err *err);
int64_t mt_postgres_changed(struct mt_stmt *s);
bool mt_postgres_is_null(struct mt_stmt *s, int col);
int64_t mt_postgres_int(struct mt_stmt *s, int col);
struct mt_sv mt_postgres_sv(struct mt_stmt *s, int col);

#endif
