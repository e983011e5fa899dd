/* The SQLite driver: opening, and transactions. A file is created by us, not by SQLite, so that it is 0600 from its first moment;
 * the -wal and -shm files take its mode from it. A read connection may open the file for writing (WAL needs the shared index) but
 * is held to reading by query_only, and never checkpoints: that stays with one connection of the program. */
#include "sqlite.h"

#include <medterm/base/buf.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum mt_rc rc_of(int code) {
    if (code == SQLITE_IOERR_NOMEM) {
        return MT_NOMEM;
    }
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return MT_OK;
    case SQLITE_NOMEM:
        return MT_NOMEM;
    case SQLITE_CONSTRAINT:
        return MT_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        return MT_BUSY;
    case SQLITE_FULL:
        return MT_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return MT_READONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return MT_CORRUPT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return MT_IO;
    case SQLITE_TOOBIG:
        return MT_LIMIT;
    }
    return MT_BUG;
}

enum mt_rc mt_sqlite_fail(struct mt_db *db, int code, struct mt_err *err) {
    sqlite3 *handle = sqlite_of(db)->handle;
    return mt_db_say(db, rc_of(code), handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(code), err);
}

static enum mt_rc path_of(const char *url, char **out, struct mt_err *err) {
    static const char scheme[] = "sqlite://";
    const char *path = url;
    if (strncmp(url, scheme, sizeof scheme - 1) == 0) {
        path = url + sizeof scheme - 1;
        if (path[0] != '/') {
            return mt_fail(err, MT_INVALID, "%s: write sqlite:///path with an absolute path", url);
        }
    } else if (strstr(url, "://") != NULL) {
        return mt_fail(err, MT_INVALID,
                       "Databases of this kind are not known here: write sqlite:///PATH or postgres://USER@HOST/DATABASE.");
    }
    if (path[0] == '\0') {
        return mt_fail(err, MT_INVALID, "no database file named");
    }
    *out = strdup(path);
    return *out != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "no memory to open %s", path);
}

static enum mt_rc create_private(const char *path, struct mt_err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        (void)close(fd); /* nothing was written */
        return MT_OK;
    }
    switch (errno) {
    case EEXIST:
        return MT_OK;
    case EROFS:
    case EACCES:
    case EPERM:
        return mt_fail(err, MT_READONLY, "%.120s: can not be created (%s). Name a file in a folder that this user may write.", path,
                       strerror(errno));
    case ENOSPC:
    case EDQUOT:
        return mt_fail(err, MT_FULL, "%s: can not be created (%s)", path, strerror(errno));
    }
    return mt_fail(err, MT_IO, "%s: can not be created (%s)", path, strerror(errno));
}

static enum mt_rc configure(struct mt_db *db, const struct mt_db_options *o, struct mt_err *err) {
    static const struct {
        int option, value;
    } settings[] = {
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_DQS_DDL, 0},        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        int code = sqlite3_db_config(sqlite_of(db)->handle, settings[i].option, settings[i].value, (int *)NULL);
        if (code != SQLITE_OK) {
            return mt_sqlite_fail(db, code, err);
        }
    }
    int code = sqlite3_busy_timeout(sqlite_of(db)->handle, o->busy_ms);
    if (code == SQLITE_OK && (o->no_checkpoint || o->mode == MT_DB_READ)) {
        code = sqlite3_db_config(sqlite_of(db)->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
        if (code == SQLITE_OK) {
            code = sqlite3_wal_autocheckpoint(sqlite_of(db)->handle, 0);
        }
    }
    return code == SQLITE_OK ? MT_OK : mt_sqlite_fail(db, code, err);
}

/* Fits: at most 24 + 20 bytes. */
static enum mt_rc set_pragma(struct mt_db *db, const char *name, int64_t value, struct mt_err *err) {
    char text[64];
    (void)snprintf(text, sizeof text, "PRAGMA %s=%lld", name, (long long)value);
    return mt_db_exec(db, text, err);
}

static enum mt_rc pragmas(struct mt_db *db, const struct mt_db_options *o, struct mt_err *err) {
    enum mt_rc rc = mt_db_exec(db, "PRAGMA temp_store=MEMORY", err);
    if (rc == MT_OK && o->map_mib == 0) { /* a page of a mapped file would be checked anew at each look, not once when it is read */
        rc = mt_db_exec(db, "PRAGMA cell_size_check=ON", err);
    }
    if (rc == MT_OK && o->mode == MT_DB_WRITE) {
        rc = mt_db_exec(db, "PRAGMA journal_mode=WAL", err);
    }
    if (rc == MT_OK) {
        rc = mt_db_exec(db, o->sync == MT_DB_SYNC_FULL ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", err);
    }
    if (rc == MT_OK && o->mode == MT_DB_READ) {
        rc = mt_db_exec(db, "PRAGMA query_only=ON", err);
    }
    if (rc == MT_OK && o->cache_kib > 0) {
        rc = set_pragma(db, "cache_size", -o->cache_kib, err);
    }
    if (rc == MT_OK && o->mode == MT_DB_READ && o->map_mib > 0) {
        rc = set_pragma(db, "mmap_size", o->map_mib << 20, err);
    }
    if (rc == MT_OK) { /* the first read of the header: damage shows here, not in the middle of a sale */
        rc = mt_db_exec(db, "SELECT count(*) FROM sqlite_schema", err);
    }
    return rc;
}

/* WAL is not a wish: with another journal a reader would block the writer. */
static enum mt_rc demand_wal(struct mt_db *db, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "PRAGMA journal_mode", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    if (mt_stmt_step(s, err) != MT_STEP_ROW) {
        rc = mt_stmt_rc(s) != MT_OK ? mt_stmt_rc(s) : MT_BUG;
    } else if (!mt_sv_is(mt_col_sv(s, 0), "wal")) {
        rc = mt_fail(err, MT_IO, "%s: its file system does not carry a write-ahead log", db->path);
    }
    mt_stmt_done(s);
    return rc;
}

static bool withheld(const char *path, int mode) {
    return access(path, mode) != 0 && (errno == EACCES || errno == EPERM || errno == EROFS);
}

/* Whether rights keep this user from what also a reader needs: the file, its log and the log's index, or the folder where these are
 * made. */
static bool withheld_around(const char *path) {
    static const char *const tails[] = {"", "-wal", "-shm"};
    bool found = false;
    struct mt_buf name;
    mt_buf_init(&name, PATH_MAX);
    for (size_t i = 0; !found && i < sizeof tails / sizeof tails[0]; i++) {
        mt_buf_clear(&name);
        mt_buf_fmt(&name, "%s%s", path, tails[i]);
        found = mt_buf_rc(&name) == MT_OK && withheld(mt_buf_text(&name), R_OK | W_OK);
    }
    mt_buf_fini(&name);
    char *copy = strdup(path);
    found = found || (copy != NULL && withheld(dirname(copy), W_OK));
    free(copy);
    return found;
}

/* SQLite's own words for missing rights say nothing of them. */
static enum mt_rc say_withheld(const char *path, enum mt_rc rc, struct mt_err *err) {
    if ((rc != MT_READONLY && rc != MT_IO) || !withheld_around(path)) {
        return rc;
    }
    return mt_fail(
        err, rc,
        "%.110s: this user may not write it and its folder, which reading needs, too. Run this as its owner; only to read,"
        " a copy will do.",
        path);
}

static struct mt_db *make(void) {
    struct sqlite_db *db = calloc(1, sizeof *db);
    return db != NULL ? &db->base : NULL;
}

static enum mt_rc open_file(struct mt_db *db, const struct mt_db_options *o, struct mt_err *err) {
    enum mt_rc rc = path_of(o->url, &db->path, err);
    if (rc == MT_OK && o->mode == MT_DB_WRITE && o->vfs == NULL) {
        rc = create_private(db->path, err);
    }
    if (rc == MT_OK) {
        int flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (o->mode == MT_DB_WRITE ? SQLITE_OPEN_CREATE : 0);
        int code = sqlite3_open_v2(db->path, &sqlite_of(db)->handle, flags, o->vfs);
        rc = code == SQLITE_OK ? configure(db, o, err) : mt_sqlite_fail(db, code, err);
    }
    if (rc == MT_OK) {
        rc = pragmas(db, o, err);
    }
    if (rc == MT_OK && o->mode == MT_DB_WRITE) {
        rc = demand_wal(db, err);
    }
    if (rc != MT_OK && sqlite_of(db)->handle != NULL && o->vfs == NULL) {
        rc = say_withheld(db->path, rc, err);
    }
    if (rc != MT_OK && sqlite_of(db)->handle != NULL) { /* what can not be opened stays as it is, with its log */
        (void)sqlite3_db_config(sqlite_of(db)->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    }
    return rc;
}

static void close_file(struct mt_db *db) {
    (void)sqlite3_close(sqlite_of(db)->handle); /* no statement is left, so it can not be busy; NULL is fine */
}

static enum mt_rc exec(struct mt_db *db, const char *sql, struct mt_err *err) {
    int code = sqlite3_exec(sqlite_of(db)->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? MT_OK : mt_sqlite_fail(db, code, err);
}

static bool in_transaction(const struct mt_db *db) {
    sqlite3 *handle = ((const struct sqlite_db *)db)->handle;
    return handle != NULL && sqlite3_get_autocommit(handle) == 0;
}

/* Begin, commit and the like come thousands of times a second: they are kept prepared. */
static enum mt_rc begin_read(struct mt_db *db, struct mt_err *err) {
    return mt_db_run(db, "BEGIN DEFERRED", err);
}

static enum mt_rc begin_write(struct mt_db *db, const char *const *scopes, size_t count, struct mt_err *err) {
    (void)scopes; /* one writer a file, whatever it writes */
    (void)count;
    return mt_db_run(db, "BEGIN IMMEDIATE", err);
}

static enum mt_rc order(struct mt_db *db, struct mt_err *err) {
    (void)db;
    (void)err;
    return MT_OK; /* writers are one after another anyway */
}

static enum mt_rc commit(struct mt_db *db, struct mt_err *err) {
    return mt_db_run(db, "COMMIT", err);
}

static void rollback(struct mt_db *db) {
    (void)sqlite3_exec(sqlite_of(db)->handle, "ROLLBACK", NULL, NULL, NULL); /* when it fails SQLite has undone it already */
}

static enum mt_rc savepoint(struct mt_db *db, struct mt_err *err) {
    return mt_db_run(db, "SAVEPOINT mt", err);
}

static enum mt_rc release(struct mt_db *db, struct mt_err *err) {
    return mt_db_run(db, "RELEASE mt", err);
}

static enum mt_rc rollback_to(struct mt_db *db, struct mt_err *err) {
    return mt_db_run(db, "ROLLBACK TO mt", err);
}

enum mt_rc mt_db_checkpoint_at(struct mt_db *db, int pages, struct mt_err *err) {
    if (mt_db_engine(db) != MT_ENGINE_SQLITE)
        return MT_OK;
    int code = sqlite3_wal_autocheckpoint(sqlite_of(db)->handle, pages);
    return code == SQLITE_OK ? MT_OK : mt_sqlite_fail(db, code, err);
}

enum mt_rc mt_db_checkpoint(struct mt_db *db, struct mt_err *err) {
    if (mt_db_engine(db) != MT_ENGINE_SQLITE)
        return MT_OK;
    int code = sqlite3_wal_checkpoint_v2(sqlite_of(db)->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return code == SQLITE_OK ? MT_OK : mt_sqlite_fail(db, code, err);
}

const struct mt_driver mt_driver_sqlite = {
    .engine = MT_ENGINE_SQLITE,
    .make = make,
    .open = open_file,
    .close = close_file,
    .exec = exec,
    .prepare = mt_sqlite_prepare,
    .finalize = mt_sqlite_finalize,
    .ready = mt_sqlite_ready,
    .bind_int = mt_sqlite_bind_int,
    .bind = mt_sqlite_bind,
    .step = mt_sqlite_step,
    .reset = mt_sqlite_reset,
    .changed = mt_sqlite_changed,
    .is_null = mt_sqlite_is_null,
    .col_int = mt_sqlite_int,
    .col_sv = mt_sqlite_sv,
    .in_transaction = in_transaction,
    .begin_read = begin_read,
    .begin_write = begin_write,
    .order = order,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .release = release,
    .rollback_to = rollback_to,
    .migrations_exist = "SELECT 1 FROM sqlite_schema WHERE type='table' AND name='mt_migration'",
    .migrations_make = "CREATE TABLE IF NOT EXISTS mt_migration(version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT",
};
