/* A copy of a SQLite database beside those who work with it (the online backup API): all pages in one step, from one state of the
 * database, so a writer that goes on is neither kept waiting nor seen. The copy is one file, without a log of its own, made 0600
 * by us and not by SQLite, and is on the disk with its name before we say that it is there. */
#include "sqlite.h"

#include <medterm/base/buf.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum mt_rc sync_path(const char *path, int flags, struct mt_err *err) {
    int fd = open(path, flags | O_CLOEXEC);
    const bool good = fd >= 0 && fsync(fd) == 0;
    enum mt_rc rc = good ? MT_OK : mt_fail(err, MT_IO, "%.160s can not be written to the disk (%s)", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd); /* it was read or synced: nothing is lost */
    return rc;
}

enum mt_rc mt_db_sync_name(const char *path, struct mt_err *err) {
    char *copy = strdup(path);
    if (copy == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for the path %.160s", path);
    enum mt_rc rc = sync_path(dirname(copy), O_RDONLY | O_DIRECTORY, err);
    free(copy);
    return rc;
}

static enum mt_rc create(const char *path, struct mt_err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        (void)close(fd); /* nothing was written */
        return MT_OK;
    }
    if (errno == EEXIST)
        return mt_fail(err, MT_CONFLICT, "%.160s is there already; name a file that is not", path);
    return mt_fail(err, errno == ENOSPC ? MT_FULL : MT_IO, "%.160s can not be made (%s)", path, strerror(errno));
}

/* What SQLite says of the file that is written. */
static enum mt_rc said(sqlite3 *to, const char *path, int code, struct mt_err *err) {
    const enum mt_rc rc = (code & 0xff) == SQLITE_FULL ? MT_FULL : (code & 0xff) == SQLITE_NOMEM ? MT_NOMEM : MT_IO;
    return mt_fail(err, rc, "%.120s: %s (%s)", path, mt_rc_text(rc), to != NULL ? sqlite3_errmsg(to) : sqlite3_errstr(code));
}

static enum mt_rc copy_pages(sqlite3 *from, sqlite3 *to, const char *path, struct mt_err *err) {
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (b == NULL)
        return said(to, path, sqlite3_errcode(to), err);
    int code = sqlite3_backup_step(b, -1);
    const int finished = sqlite3_backup_finish(b);
    if (code == SQLITE_DONE)
        code = finished;
    if (code == SQLITE_OK) /* the copy says of itself that it has a log, and would make one when it is looked at */
        code = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    return code == SQLITE_OK ? MT_OK : said(to, path, code, err);
}

static enum mt_rc copy_file(struct mt_db *db, const char *path, struct mt_err *err) {
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    enum mt_rc rc = code == SQLITE_OK ? copy_pages(sqlite_of(db)->handle, to, path, err) : said(to, path, code, err);
    (void)sqlite3_close(to); /* no statement is left */
    if (rc == MT_OK)
        rc = sync_path(path, O_RDWR, err);
    return rc == MT_OK ? mt_db_sync_name(path, err) : rc;
}

/* A copy that could not be finished, as on a full disk, leaves a log, and SQLite would put its pages into the next one of that
 * name: it goes with its copy, and one that lies there without a copy is nobody's. */
static enum mt_rc copy_beside(struct mt_db *db, const char *path, const char *log, struct mt_err *err) {
    enum mt_rc rc = create(path, err);
    if (rc != MT_OK)
        return rc;
    (void)unlink(log); /* absent is as good, here and below */
    rc = copy_file(db, path, err);
    if (rc != MT_OK) {
        (void)unlink(path); /* half a copy is no copy */
        (void)unlink(log);
    }
    return rc;
}

enum mt_rc mt_db_backup(struct mt_db *db, const char *path, struct mt_err *err) {
    struct mt_buf log;
    if (mt_db_engine(db) != MT_ENGINE_SQLITE)
        return mt_fail(err, MT_INVALID, "A PostgreSQL database is backed up with its own tools: pg_dump, or a base backup.");
    mt_buf_init(&log, PATH_MAX);
    mt_buf_fmt(&log, "%s-journal", path);
    enum mt_rc rc = mt_buf_rc(&log) == MT_OK ? copy_beside(db, path, mt_buf_text(&log), err)
                                             : mt_fail(err, MT_INVALID, "%.160s is too long for the name of a file", path);
    mt_buf_fini(&log);
    return rc;
}
