/* One statement API over two engines: SQLite (both programs) and PostgreSQL (the service of a chain). SQL is written once, with
 * parameters ?1, ?2 …; only DDL stands per engine. A connection belongs to one thread. Statements are prepared once and kept by
 * their text, and are reset by mt_stmt_done. */
#ifndef MEDTERM_DB_DB_H
#define MEDTERM_DB_DB_H

#include <medterm/base/arena.h>
#include <medterm/base/time.h>

struct mt_db;
struct mt_stmt;

enum mt_engine { MT_ENGINE_SQLITE, MT_ENGINE_POSTGRES };
enum mt_db_mode { MT_DB_READ, MT_DB_WRITE /* creates the file (0600) when absent */ };
enum mt_db_sync { MT_DB_SYNC_FULL, MT_DB_SYNC_NORMAL };
struct mt_db_options {
    const char *url; /* sqlite:///absolute/path, a bare path, or postgres(ql)://user@host:port/database?options as libpq reads it */
    enum mt_db_mode mode;
    enum mt_db_sync sync;
    const char *vfs;    /* NULL: the system's; the simulator names its own */
    int busy_ms;        /* how long a writer waits for another; 0: not at all */
    bool no_checkpoint; /* SQLite: checkpoints are another connection's job */
    int64_t cache_kib;  /* SQLite; 0: the engine's own */
    int64_t map_mib;    /* SQLite, reading: so much of the file is read where the system has it in memory instead of being copied;
                         * a file cut short under the map, or a disk that fails below it, then ends the program (SIGBUS) */
    bool patient;       /* PostgreSQL: a statement may take as long as it takes, not 30 s to read and 60 s to write */
};
/* Errors: MT_NEWER/MT_CORRUPT/MT_READONLY/MT_FULL/MT_BUSY/MT_IO with words naming the file, or the URL without its password.
 * SQLite: WAL, foreign keys on, trusted_schema off. PostgreSQL: a broken connection is replaced by itself when the next transaction
 * begins, or the next statement outside one. */
MT_MUST enum mt_rc mt_db_open(const struct mt_db_options *o, struct mt_db **out, struct mt_err *err);
void mt_db_close(struct mt_db *db);             /* NULL is fine; an open transaction is rolled back */
const char *mt_db_path(const struct mt_db *db); /* borrowed; the file, or the URL without its password; for messages */
enum mt_engine mt_db_engine(const struct mt_db *db);
enum mt_engine mt_db_url_engine(const char *url); /* postgres:// and postgresql://; everything else is SQLite */
/* The transaction met another one (serialization, deadlock, a lock not given in time): the whole of it may be tried again. */
bool mt_db_try_again(enum mt_rc rc);

/* One or several statements without parameters or rows. */
MT_MUST enum mt_rc mt_db_exec(struct mt_db *db, const char *sql, struct mt_err *err);

/* The prepared statement for sql (a literal; kept for the connection's life), ready to bind. Parameters are ?1, ?2 … */
MT_MUST enum mt_rc mt_db_stmt(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err);
/* Binding is sticky: a failure comes out of the next step. Text and blobs must live until mt_stmt_done. */
void mt_bind_int(struct mt_stmt *s, int at, int64_t value);
void mt_bind_text(struct mt_stmt *s, int at, const char *text); /* NULL binds null */
void mt_bind_sv(struct mt_stmt *s, int at, struct mt_sv text);
void mt_bind_blob(struct mt_stmt *s, int at, struct mt_sv bytes);
void mt_bind_null(struct mt_stmt *s, int at);
void mt_bind_date(struct mt_stmt *s, int at, struct mt_date date); /* text YYYY-MM-DD, null for none */

enum mt_step { MT_STEP_ROW, MT_STEP_DONE, MT_STEP_ERROR };
MT_MUST enum mt_step mt_stmt_step(struct mt_stmt *s, struct mt_err *err);
/* Why the last step ended in MT_STEP_ERROR: MT_CONFLICT for a broken constraint, MT_BUSY, MT_FULL, MT_IO … */
enum mt_rc mt_stmt_rc(const struct mt_stmt *s);
void mt_stmt_done(struct mt_stmt *s); /* resets and unbinds; NULL is fine; always call it */
/* Steps to the end and resets: for statements without rows. *changed (may be NULL) rows touched. */
MT_MUST enum mt_rc mt_stmt_run(struct mt_stmt *s, int64_t *changed, struct mt_err *err);
/* As mt_stmt_run for a statement whose rows and count nobody needs; it may be sent without waiting for the answer. What it fails
 * with comes out of this connection's next step, run, savepoint, release, rollback_to or commit. Bound texts may go when it
 * returns. Outside a transaction, and on SQLite, it runs at once. */
MT_MUST enum mt_rc mt_stmt_later(struct mt_stmt *s, struct mt_err *err);

/* Columns from 0 of the current row. Views are borrowed until the next step. */
bool mt_col_is_null(struct mt_stmt *s, int col);
int64_t mt_col_int(struct mt_stmt *s, int col);
struct mt_sv mt_col_sv(struct mt_stmt *s, int col);
struct mt_date mt_col_date(struct mt_stmt *s, int col);
/* Copied to the arena; "" for null; NULL only when memory is out. */
const char *mt_col_text(struct mt_stmt *s, int col, struct mt_arena *arena);

/* Transactions: write ones take the writer's place at once (SQLite: BEGIN IMMEDIATE; PostgreSQL: the database's lock of ours), and
 * read ones see one state of the database from their first statement to their end. MT_BUSY when the place is not free within
 * busy_ms. `where` is MT_HERE, kept for the message of a failure. */
#define MT_HERE_1(line) #line
#define MT_HERE_2(line) MT_HERE_1(line)
#define MT_HERE __FILE__ ":" MT_HERE_2(__LINE__)
MT_MUST enum mt_rc mt_db_begin(struct mt_db *db, enum mt_db_mode mode, const char *where, struct mt_err *err);
/* A write transaction that changes only rows of these scopes (stores), beside others of other scopes; the texts are copied where
 * needed. PostgreSQL: READ COMMITTED behind one lock a scope, taken in one order everywhere. SQLite: as mt_db_begin(MT_DB_WRITE).
 */
MT_MUST enum mt_rc mt_db_begin_for(struct mt_db *db, const char *const *scopes, size_t count, const char *where,
                                   struct mt_err *err);
/* The ordering step of a write transaction: from here to its end nobody else passes it, so that what is numbered behind it is
 * committed in the order of its numbers (the feed, the audit chain). Take it last. SQLite: nothing to do. */
MT_MUST enum mt_rc mt_db_order(struct mt_db *db, struct mt_err *err);
/* When it fails all is undone; but MT_DOUBTFUL: the connection was lost on the way, and it may stand. */
MT_MUST enum mt_rc mt_db_commit(struct mt_db *db, struct mt_err *err);
void mt_db_rollback(struct mt_db *db); /* fine when none is open */
MT_MUST enum mt_rc mt_db_savepoint(struct mt_db *db, struct mt_err *err);
/* When it fails the savepoint has been undone and is over; MT_IO: so is the transaction. */
MT_MUST enum mt_rc mt_db_release(struct mt_db *db, struct mt_err *err);
MT_MUST enum mt_rc mt_db_rollback_to(struct mt_db *db, struct mt_err *err); /* undoes and ends the savepoint */
bool mt_db_in_transaction(const struct mt_db *db);

/* Checkpoints of SQLite's log; nothing on PostgreSQL. */
MT_MUST enum mt_rc mt_db_checkpoint(struct mt_db *db, struct mt_err *err);
/* This connection takes the checkpoints: at a commit that finds `pages` or more in the log. One connection a database
 * (SQLite before 3.51.3 has a race between two that checkpoint). */
MT_MUST enum mt_rc mt_db_checkpoint_at(struct mt_db *db, int pages, struct mt_err *err);

/* A copy of a SQLite database as it stands at this moment into a file that must not be there yet (MT_CONFLICT): 0600, one file, on
 * the disk when it returns. Others read and write on meanwhile. MT_INVALID in words on PostgreSQL. */
MT_MUST enum mt_rc mt_db_backup(struct mt_db *db, const char *path, struct mt_err *err);
/* Makes the name of a file that was made, renamed or linked as lasting as its content. */
MT_MUST enum mt_rc mt_db_sync_name(const char *path, struct mt_err *err);

/* Migrations: append-only; the schema version is how many have run. MT_NEWER when the database has more than `count`. Two programs
 * may migrate at once: one waits (as long as busy_ms) and finds it done. */
struct mt_migration {
    const char *name;   /* for the log and the table mt_migration */
    const char *sqlite; /* DDL of each engine; NULL where a database never lives on it (MT_BUG when it does) */
    const char *postgres;
};
MT_MUST enum mt_rc mt_db_migrate(struct mt_db *db, const struct mt_migration *list, size_t count, int64_t *version,
                                 struct mt_err *err);
MT_MUST enum mt_rc mt_db_version(struct mt_db *db, int64_t *version, struct mt_err *err);

#endif
