/* Statements: prepared once, found again by their text in a small hash table, reset by mt_stmt_done. Most texts are literals,
 * so the place a text stands at is looked at first: comparing two texts is cheaper than hashing one. Bindings are
 * sticky: the first failure is kept and comes out of the next step, so callers check in one place. A step says row,
 * done or error, and busy or a failing disk is never taken for "no row". */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const char *text) {
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        h = (h ^ *p) * UINT64_C(1099511628211);
    }
    return h;
}

static enum mt_rc prepare(struct mt_db *db, const char *sql, uint64_t hash, struct mt_stmt **out, struct mt_err *err) {
    struct mt_stmt *s = calloc(1, sizeof *s);
    char *copy = strdup(sql);
    if (s == NULL || copy == NULL) {
        free(s);
        free(copy);
        return mt_fail(err, MT_NOMEM, "%s: no memory for a statement", db->path);
    }
    s->db = db;
    s->sql = copy;
    s->hash = hash;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL);
    if (code != SQLITE_OK || s->handle == NULL) {
        enum mt_rc rc = mt_db_fail(db, code != SQLITE_OK ? code : SQLITE_MISUSE, err);
        free(copy);
        free(s);
        return rc;
    }
    struct mt_stmt **bucket = &db->buckets[hash % MT_DB_BUCKETS];
    s->next = *bucket;
    *bucket = s;
    *out = s;
    return MT_OK;
}

static enum mt_rc find(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err) {
    uint64_t hash = hash_of(sql);
    struct mt_stmt *s = db->buckets[hash % MT_DB_BUCKETS];
    while (s != NULL && (s->hash != hash || strcmp(s->sql, sql) != 0)) {
        s = s->next;
    }
    *out = s;
    return s != NULL ? MT_OK : prepare(db, sql, hash, out, err);
}

enum mt_rc mt_db_stmt(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err) {
    *out = NULL;
    struct mt_stmt **recent = &db->recent[((uintptr_t)sql >> 4) % MT_DB_RECENT];
    struct mt_stmt *s = *recent;
    if (s == NULL || strcmp(s->sql, sql) != 0) {
        enum mt_rc rc = find(db, sql, &s, err);
        if (rc != MT_OK) {
            return rc;
        }
        *recent = s;
    }
    if (s->busy) {
        return mt_fail(err, MT_BUG, "%s: a statement is used inside itself: %.120s", db->path, sql);
    }
    s->busy = true;
    s->bind_failed = SQLITE_OK;
    s->rc = MT_OK;
    *out = s;
    return MT_OK;
}

void mt_db_drop_statements(struct mt_db *db) {
    memset(db->recent, 0, sizeof db->recent);
    for (size_t i = 0; i < MT_DB_BUCKETS; i++) {
        while (db->buckets[i] != NULL) {
            struct mt_stmt *s = db->buckets[i];
            db->buckets[i] = s->next;
            (void)sqlite3_finalize(s->handle); /* repeats the code of the last step */
            free(s->sql);
            free(s);
        }
    }
}

static void bound(struct mt_stmt *s, int code) {
    if (code != SQLITE_OK && s->bind_failed == SQLITE_OK) {
        s->bind_failed = code;
    }
}

void mt_bind_int(struct mt_stmt *s, int at, int64_t value) {
    bound(s, sqlite3_bind_int64(s->handle, at, value));
}

void mt_bind_text(struct mt_stmt *s, int at, const char *text) {
    bound(s, sqlite3_bind_text(s->handle, at, text, -1, SQLITE_STATIC));
}

void mt_bind_sv(struct mt_stmt *s, int at, struct mt_sv text) {
    bound(s, sqlite3_bind_text64(s->handle, at, text.p != NULL ? text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8));
}

void mt_bind_blob(struct mt_stmt *s, int at, struct mt_sv bytes) {
    bound(s, sqlite3_bind_blob64(s->handle, at, bytes.p != NULL ? bytes.p : "", bytes.n, SQLITE_STATIC));
}

void mt_bind_null(struct mt_stmt *s, int at) {
    bound(s, sqlite3_bind_null(s->handle, at));
}

void mt_bind_date(struct mt_stmt *s, int at, struct mt_date date) {
    if (!mt_date_is(date)) {
        mt_bind_null(s, at);
        return;
    }
    char text[MT_DATE_TEXT];
    mt_date_format(date, text);
    bound(s, sqlite3_bind_text(s->handle, at, text, -1, SQLITE_TRANSIENT));
}

enum mt_step mt_stmt_step(struct mt_stmt *s, struct mt_err *err) {
    int code = s->bind_failed != SQLITE_OK ? s->bind_failed : sqlite3_step(s->handle);
    if (code == SQLITE_ROW) {
        s->rc = MT_OK;
        return MT_STEP_ROW;
    }
    if (code == SQLITE_DONE) {
        s->rc = MT_OK;
        return MT_STEP_DONE;
    }
    s->rc = mt_db_fail(s->db, code, err);
    return MT_STEP_ERROR;
}

enum mt_rc mt_stmt_rc(const struct mt_stmt *s) {
    return s->rc;
}

void mt_stmt_done(struct mt_stmt *s) {
    if (s == NULL) {
        return;
    }
    (void)sqlite3_reset(s->handle);          /* repeats the code of the last step */
    (void)sqlite3_clear_bindings(s->handle); /* can not fail */
    s->busy = false;
}

enum mt_rc mt_stmt_run(struct mt_stmt *s, int64_t *changed, struct mt_err *err) {
    enum mt_step step;
    do {
        step = mt_stmt_step(s, err);
    } while (step == MT_STEP_ROW);
    enum mt_rc rc = step == MT_STEP_DONE ? MT_OK : s->rc;
    if (changed != NULL) {
        *changed = rc == MT_OK ? sqlite3_changes64(s->db->handle) : 0;
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_stmt_later(struct mt_stmt *s, struct mt_err *err) {
    return mt_stmt_run(s, NULL, err);
}

bool mt_col_is_null(struct mt_stmt *s, int col) {
    return sqlite3_column_type(s->handle, col) == SQLITE_NULL;
}

int64_t mt_col_int(struct mt_stmt *s, int col) {
    return sqlite3_column_int64(s->handle, col);
}

struct mt_sv mt_col_sv(struct mt_stmt *s, int col) {
    const char *p = sqlite3_column_blob(s->handle, col);
    int n = sqlite3_column_bytes(s->handle, col);
    return mt_sv_n(p != NULL ? p : "", p != NULL && n > 0 ? (size_t)n : 0);
}

struct mt_date mt_col_date(struct mt_stmt *s, int col) {
    struct mt_date date;
    if (mt_col_is_null(s, col) || mt_date_parse(mt_col_sv(s, col), &date) != MT_OK) {
        return MT_NO_DATE;
    }
    return date;
}

const char *mt_col_text(struct mt_stmt *s, int col, struct mt_arena *arena) {
    struct mt_sv text = mt_col_sv(s, col);
    return text.n == 0 ? "" : mt_arena_sv(arena, text);
}
