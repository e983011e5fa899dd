/* What the engine-neutral files of this folder and the drivers share. A driver is a table of functions; its connection and its
 * statements begin with struct mt_db and struct mt_stmt, so that one pointer is both. */
#ifndef MEDTERM_DB_DRIVER_H
#define MEDTERM_DB_DRIVER_H

#include <medterm/db/db.h>

#define MT_DB_BUCKETS 256 /* statements are few hundred at most; a power of two */
#define MT_DB_RECENT 256  /* places for statements by where their text stands; a power of two */

struct mt_stmt {
    struct mt_db *db;     /* borrowed */
    struct mt_stmt *next; /* in its bucket */
    char *sql;            /* owned */
    uint64_t hash;
    enum mt_rc rc; /* of the last step */
    bool busy;     /* handed out and not done yet */
};

struct mt_db {
    const struct mt_driver *driver;
    char *path; /* owned; for messages, without a password */
    enum mt_db_mode mode;
    struct mt_stmt *buckets[MT_DB_BUCKETS]; /* owned lists */
    struct mt_stmt *recent[MT_DB_RECENT];   /* borrowed from the lists */
    int depth;                              /* savepoints open */
    const char *where;                      /* who began the transaction, borrowed */
};

/* How the bytes of a bound text live. */
enum mt_bound {
    MT_BOUND_TEXT,  /* NUL-terminated, lives until done */
    MT_BOUND_VIEW,  /* no NUL behind it, lives until done */
    MT_BOUND_COPY,  /* at most MT_BOUND_COPY_MAX bytes with the NUL; copied */
    MT_BOUND_BYTES, /* a blob; lives until done */
    MT_BOUND_NULL
};
#define MT_BOUND_COPY_MAX 24

struct mt_driver {
    enum mt_engine engine;
    /* Opens into *db, which was made by `make`; what it has taken is given back by close also when it fails. */
    struct mt_db *(*make)(void); /* zeroed; NULL when memory is out */
    enum mt_rc (*open)(struct mt_db *db, const struct mt_db_options *o, struct mt_err *err);
    void (*close)(struct mt_db *db);
    enum mt_rc (*exec)(struct mt_db *db, const char *sql, struct mt_err *err);

    enum mt_rc (*prepare)(struct mt_db *db, const char *sql, struct mt_stmt **out,
                          struct mt_err *err); /* the base is filled by the caller */
    void (*finalize)(struct mt_stmt *s);
    void (*ready)(struct mt_stmt *s); /* handed out again */
    void (*bind_int)(struct mt_stmt *s, int at, int64_t value);
    void (*bind)(struct mt_stmt *s, int at, struct mt_sv bytes, enum mt_bound how);
    enum mt_step (*step)(struct mt_stmt *s, struct mt_err *err);
    enum mt_rc (*later)(struct mt_stmt *s, struct mt_err *err); /* NULL: steps to the end */
    void (*reset)(struct mt_stmt *s);
    int64_t (*changed)(struct mt_stmt *s);
    bool (*is_null)(struct mt_stmt *s, int col);
    int64_t (*col_int)(struct mt_stmt *s, int col);
    struct mt_sv (*col_sv)(struct mt_stmt *s, int col);

    bool (*in_transaction)(const struct mt_db *db);
    enum mt_rc (*begin_read)(struct mt_db *db, struct mt_err *err);
    /* scopes NULL: alone in the database */
    enum mt_rc (*begin_write)(struct mt_db *db, const char *const *scopes, size_t count, struct mt_err *err);
    enum mt_rc (*order)(struct mt_db *db, struct mt_err *err);
    enum mt_rc (*commit)(struct mt_db *db, struct mt_err *err); /* when it fails rollback is called */
    void (*rollback)(struct mt_db *db);
    enum mt_rc (*savepoint)(struct mt_db *db, struct mt_err *err);
    enum mt_rc (*release)(struct mt_db *db, struct mt_err *err);
    enum mt_rc (*rollback_to)(struct mt_db *db, struct mt_err *err); /* undoes, and keeps the savepoint */

    const char *migrations_exist, *migrations_make, *migrations_begin; /* SQL; the last may be NULL */
};

extern const struct mt_driver mt_driver_sqlite, mt_driver_postgres;

/* Steps to the end; the statement is done afterwards. */
MT_MUST enum mt_rc mt_db_run(struct mt_db *db, const char *sql, struct mt_err *err);
void mt_db_drop_statements(struct mt_db *db);
/* Says rc and the engine's words about this connection, with its path and, in a transaction, where that began. */
enum mt_rc mt_db_say(const struct mt_db *db, enum mt_rc rc, const char *said, struct mt_err *err);

#endif
