/* What the files of the SQLite driver share. */
#ifndef MEDTERM_DB_SQLITE_H
#define MEDTERM_DB_SQLITE_H

#include "driver.h"

#include <sqlite3.h>

struct sqlite_stmt {
    struct mt_stmt base;
    sqlite3_stmt *handle; /* owned */
    int bind_failed;      /* first SQLite code of a failed binding, SQLITE_OK otherwise */
};

struct sqlite_db {
    struct mt_db base;
    sqlite3 *handle; /* owned */
};

static inline struct sqlite_db *sqlite_of(struct mt_db *db) {
    return (struct sqlite_db *)db;
}

/* Records what SQLite says about this connection. */
enum mt_rc mt_sqlite_fail(struct mt_db *db, int code, struct mt_err *err);

/* sqlite_statement.c, for the driver's table */
enum mt_rc mt_sqlite_prepare(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err);
void mt_sqlite_finalize(struct mt_stmt *s);
void mt_sqlite_ready(struct mt_stmt *s);
void mt_sqlite_bind_int(struct mt_stmt *s, int at, int64_t value);
void mt_sqlite_bind(struct mt_stmt *s, int at, struct mt_sv bytes, enum mt_bound how);
enum mt_step mt_sqlite_step(struct mt_stmt *s, struct mt_err *err);
void mt_sqlite_reset(struct mt_stmt *s);
int64_t mt_sqlite_changed(struct mt_stmt *s);
bool mt_sqlite_is_null(struct mt_stmt *s, int col);
int64_t mt_sqlite_int(struct mt_stmt *s, int col);
struct mt_sv mt_sqlite_sv(struct mt_stmt *s, int col);

#endif
