/* What the files of this folder share: the connection, its statements, and how SQLite's codes become ours. */
#ifndef MEDTERM_DB_DRIVER_H
#define MEDTERM_DB_DRIVER_H

#include <medterm/db/db.h>

#include <sqlite3.h>

#define MT_DB_BUCKETS 256 /* statements are few hundred at most; a power of two */
#define MT_DB_RECENT 256  /* places for statements by where their text stands; a power of two */

struct mt_stmt {
    struct mt_db *db;     /* borrowed */
    struct mt_stmt *next; /* in its bucket */
    sqlite3_stmt *handle; /* owned */
    char *sql;            /* owned */
    uint64_t hash;
    int bind_failed; /* first SQLite code of a failed binding, SQLITE_OK otherwise */
    enum mt_rc rc;   /* of the last step */
    bool busy;       /* handed out and not done yet */
};

struct mt_db {
    sqlite3 *handle; /* owned */
    char *path;      /* owned; for messages */
    enum mt_db_mode mode;
    struct mt_stmt *buckets[MT_DB_BUCKETS]; /* owned lists */
    struct mt_stmt *recent[MT_DB_RECENT];   /* borrowed from the lists */
    int depth;                              /* savepoints open */
    const char *where;                      /* who began the transaction, borrowed */
};

enum mt_rc mt_db_rc_of(int code);
/* Records what SQLite says about this connection, with the file's name and, in a transaction, where it began. */
enum mt_rc mt_db_fail(struct mt_db *db, int code, struct mt_err *err);
void mt_db_drop_statements(struct mt_db *db);

#endif
