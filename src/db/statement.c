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
    char *copy = strdup(sql);
    if (copy == NULL)
        return mt_fail(err, MT_NOMEM, "%s: no memory for a statement", db->path);
    struct mt_stmt *s = NULL;
    enum mt_rc rc = db->driver->prepare(db, sql, &s, err);
    if (rc != MT_OK) {
        free(copy);
        return rc;
    }
    s->db = db;
    s->sql = copy;
    s->hash = hash;
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
    s->rc = MT_OK;
    db->driver->ready(s);
    *out = s;
    return MT_OK;
}

void mt_db_drop_statements(struct mt_db *db) {
    memset(db->recent, 0, sizeof db->recent);
    for (size_t i = 0; i < MT_DB_BUCKETS; i++) {
        while (db->buckets[i] != NULL) {
            struct mt_stmt *s = db->buckets[i];
            db->buckets[i] = s->next;
            free(s->sql);
            db->driver->finalize(s);
        }
    }
}

void mt_bind_int(struct mt_stmt *s, int at, int64_t value) {
    s->db->driver->bind_int(s, at, value);
}

void mt_bind_text(struct mt_stmt *s, int at, const char *text) {
    s->db->driver->bind(s, at, mt_sv(text), text != NULL ? MT_BOUND_TEXT : MT_BOUND_NULL);
}

void mt_bind_sv(struct mt_stmt *s, int at, struct mt_sv text) {
    s->db->driver->bind(s, at, text, MT_BOUND_VIEW);
}

void mt_bind_blob(struct mt_stmt *s, int at, struct mt_sv bytes) {
    s->db->driver->bind(s, at, bytes, MT_BOUND_BYTES);
}

void mt_bind_null(struct mt_stmt *s, int at) {
    s->db->driver->bind(s, at, mt_sv_n(NULL, 0), MT_BOUND_NULL);
}

void mt_bind_date(struct mt_stmt *s, int at, struct mt_date date) {
    if (!mt_date_is(date)) {
        mt_bind_null(s, at);
        return;
    }
    char text[MT_DATE_TEXT];
    _Static_assert(sizeof text <= MT_BOUND_COPY_MAX, "a date must fit where it is copied");
    mt_date_format(date, text);
    s->db->driver->bind(s, at, mt_sv(text), MT_BOUND_COPY);
}

enum mt_step mt_stmt_step(struct mt_stmt *s, struct mt_err *err) {
    return s->db->driver->step(s, err);
}

enum mt_rc mt_stmt_rc(const struct mt_stmt *s) {
    return s->rc;
}

void mt_stmt_done(struct mt_stmt *s) {
    if (s == NULL) {
        return;
    }
    s->db->driver->reset(s);
    s->busy = false;
}

enum mt_rc mt_stmt_run(struct mt_stmt *s, int64_t *changed, struct mt_err *err) {
    enum mt_step step;
    do {
        step = mt_stmt_step(s, err);
    } while (step == MT_STEP_ROW);
    enum mt_rc rc = step == MT_STEP_DONE ? MT_OK : s->rc;
    if (changed != NULL) {
        *changed = rc == MT_OK ? s->db->driver->changed(s) : 0;
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_stmt_later(struct mt_stmt *s, struct mt_err *err) {
    if (s->db->driver->later == NULL)
        return mt_stmt_run(s, NULL, err);
    enum mt_rc rc = s->db->driver->later(s, err);
    mt_stmt_done(s);
    return rc;
}

bool mt_col_is_null(struct mt_stmt *s, int col) {
    return s->db->driver->is_null(s, col);
}

int64_t mt_col_int(struct mt_stmt *s, int col) {
    return s->db->driver->col_int(s, col);
}

struct mt_sv mt_col_sv(struct mt_stmt *s, int col) {
    return s->db->driver->col_sv(s, col);
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

enum mt_rc mt_db_exec(struct mt_db *db, const char *sql, struct mt_err *err) {
    return db->driver->exec(db, sql, err);
}

enum mt_rc mt_db_run(struct mt_db *db, const char *sql, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    return rc == MT_OK ? mt_stmt_run(s, NULL, err) : rc;
}
