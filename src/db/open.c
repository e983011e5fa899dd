/* Opening and closing. A file is created by us, not by SQLite, so that it is 0600 from its first moment; the -wal
 * and -shm files take its mode from it. A read connection may open the file for writing (WAL needs the shared index)
 * but is held to reading by query_only, and never checkpoints: that stays with one connection of the program. */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum mt_rc mt_db_rc_of(int code) {
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

enum mt_rc mt_db_fail(struct mt_db *db, int code, struct mt_err *err) {
    enum mt_rc rc = mt_db_rc_of(code);
    const char *said = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
    if (db->where != NULL) {
        return mt_fail(err, rc, "%s: %s (%s, transaction of %s)", db->path, mt_rc_text(rc), said, db->where);
    }
    return mt_fail(err, rc, "%s: %s (%s)", db->path, mt_rc_text(rc), said);
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
        return mt_fail(err, MT_INVALID, "this program keeps its data in SQLite: give sqlite:///path");
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
        return mt_fail(err, MT_READONLY, "%s: can not be created (%s)", path, strerror(errno));
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
        int code = sqlite3_db_config(db->handle, settings[i].option, settings[i].value, (int *)NULL);
        if (code != SQLITE_OK) {
            return mt_db_fail(db, code, err);
        }
    }
    int code = sqlite3_busy_timeout(db->handle, o->busy_ms);
    if (code == SQLITE_OK && (o->no_checkpoint || o->mode == MT_DB_READ)) {
        code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
        if (code == SQLITE_OK) {
            code = sqlite3_wal_autocheckpoint(db->handle, 0);
        }
    }
    return code == SQLITE_OK ? MT_OK : mt_db_fail(db, code, err);
}

static enum mt_rc pragmas(struct mt_db *db, const struct mt_db_options *o, struct mt_err *err) {
    enum mt_rc rc = mt_db_exec(db, "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON", err);
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
        char text[64];
        (void)snprintf(text, sizeof text, "PRAGMA cache_size=-%lld", (long long)o->cache_kib); /* fits: 24 + 20 bytes */
        rc = mt_db_exec(db, text, err);
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

enum mt_rc mt_db_open(const struct mt_db_options *o, struct mt_db **out, struct mt_err *err) {
    *out = NULL;
    struct mt_db *db = calloc(1, sizeof *db);
    if (db == NULL) {
        return mt_fail(err, MT_NOMEM, "no memory to open a database");
    }
    db->mode = o->mode;
    enum mt_rc rc = path_of(o->url, &db->path, err);
    if (rc == MT_OK && o->mode == MT_DB_WRITE && o->vfs == NULL) {
        rc = create_private(db->path, err);
    }
    if (rc == MT_OK) {
        int flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (o->mode == MT_DB_WRITE ? SQLITE_OPEN_CREATE : 0);
        int code = sqlite3_open_v2(db->path, &db->handle, flags, o->vfs);
        rc = code == SQLITE_OK ? configure(db, o, err) : mt_db_fail(db, code, err);
    }
    if (rc == MT_OK) {
        rc = pragmas(db, o, err);
    }
    if (rc == MT_OK && o->mode == MT_DB_WRITE) {
        rc = demand_wal(db, err);
    }
    if (rc != MT_OK) {
        if (db->handle != NULL) { /* what can not be opened stays as it is, with its log */
            (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
        }
        mt_db_close(db);
        return rc;
    }
    *out = db;
    return MT_OK;
}

void mt_db_close(struct mt_db *db) {
    if (db == NULL) {
        return;
    }
    mt_db_rollback(db);
    mt_db_drop_statements(db);
    (void)sqlite3_close(db->handle); /* no statement is left, so it can not be busy; NULL is fine */
    free(db->path);
    free(db);
}

enum mt_engine mt_db_engine(const struct mt_db *db) {
    (void)db;
    return MT_ENGINE_SQLITE;
}

enum mt_engine mt_db_url_engine(const char *url) {
    return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0 ? MT_ENGINE_POSTGRES : MT_ENGINE_SQLITE;
}

bool mt_db_try_again(enum mt_rc rc) {
    return rc == MT_BUSY;
}

const char *mt_db_path(const struct mt_db *db) {
    return db->path;
}
