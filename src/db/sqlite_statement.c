/* Statements of SQLite: each is one of the engine's own, prepared to stay. */
#include "sqlite.h"

#include <stdlib.h>

static struct sqlite_stmt *of(struct mt_stmt *s) {
    return (struct sqlite_stmt *)s;
}

enum mt_rc mt_sqlite_prepare(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err) {
    struct sqlite_stmt *s = calloc(1, sizeof *s);
    if (s == NULL)
        return mt_fail(err, MT_NOMEM, "%s: no memory for a statement", db->path);
    int code = sqlite3_prepare_v3(sqlite_of(db)->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL);
    if (code != SQLITE_OK || s->handle == NULL) {
        free(s);
        return mt_sqlite_fail(db, code != SQLITE_OK ? code : SQLITE_MISUSE, err);
    }
    *out = &s->base;
    return MT_OK;
}

void mt_sqlite_finalize(struct mt_stmt *s) {
    (void)sqlite3_finalize(of(s)->handle); /* repeats the code of the last step */
    free(s);
}

void mt_sqlite_ready(struct mt_stmt *s) {
    of(s)->bind_failed = SQLITE_OK;
}

static void bound(struct mt_stmt *s, int code) {
    if (code != SQLITE_OK && of(s)->bind_failed == SQLITE_OK)
        of(s)->bind_failed = code;
}

void mt_sqlite_bind_int(struct mt_stmt *s, int at, int64_t value) {
    bound(s, sqlite3_bind_int64(of(s)->handle, at, value));
}

void mt_sqlite_bind(struct mt_stmt *s, int at, struct mt_sv bytes, enum mt_bound how) {
    sqlite3_stmt *handle = of(s)->handle;
    const char *p = bytes.p != NULL ? bytes.p : "";
    switch (how) {
    case MT_BOUND_TEXT:
    case MT_BOUND_VIEW:
        bound(s, sqlite3_bind_text64(handle, at, p, bytes.n, SQLITE_STATIC, SQLITE_UTF8));
        break;
    case MT_BOUND_COPY:
        bound(s, sqlite3_bind_text64(handle, at, p, bytes.n, SQLITE_TRANSIENT, SQLITE_UTF8));
        break;
    case MT_BOUND_BYTES:
        bound(s, sqlite3_bind_blob64(handle, at, p, bytes.n, SQLITE_STATIC));
        break;
    case MT_BOUND_NULL:
        bound(s, sqlite3_bind_null(handle, at));
        break;
    }
}

enum mt_step mt_sqlite_step(struct mt_stmt *s, struct mt_err *err) {
    int code = of(s)->bind_failed != SQLITE_OK ? of(s)->bind_failed : sqlite3_step(of(s)->handle);
    if (code == SQLITE_ROW) {
        s->rc = MT_OK;
        return MT_STEP_ROW;
    }
    if (code == SQLITE_DONE) {
        s->rc = MT_OK;
        return MT_STEP_DONE;
    }
    s->rc = mt_sqlite_fail(s->db, code, err);
    return MT_STEP_ERROR;
}

void mt_sqlite_reset(struct mt_stmt *s) {
    (void)sqlite3_reset(of(s)->handle);          /* repeats the code of the last step */
    (void)sqlite3_clear_bindings(of(s)->handle); /* can not fail */
}

int64_t mt_sqlite_changed(struct mt_stmt *s) {
    return sqlite3_changes64(sqlite_of(s->db)->handle);
}

bool mt_sqlite_is_null(struct mt_stmt *s, int col) {
    return sqlite3_column_type(of(s)->handle, col) == SQLITE_NULL;
}

int64_t mt_sqlite_int(struct mt_stmt *s, int col) {
    return sqlite3_column_int64(of(s)->handle, col);
}

struct mt_sv mt_sqlite_sv(struct mt_stmt *s, int col) {
    const char *p = sqlite3_column_blob(of(s)->handle, col);
    int n = sqlite3_column_bytes(of(s)->handle, col);
    return mt_sv_n(p != NULL ? p : "", p != NULL && n > 0 ? (size_t)n : 0);
}
