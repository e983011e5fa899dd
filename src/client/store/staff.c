/* Staff, settings and the PIN counter. The feed brings staff into the cache; from there they are taken over into
 * register.db, where they outlive the cache. The counter counts a try before the PIN is looked at. */
#include "cache_impl.h"
#include "register_impl.h"

#include <medterm/store/staff.h>

#include <string.h>

#define LOCK_FIRST_MS INT64_C(60000)
#define LOCK_MOST_MS INT64_C(900000)

static enum mt_rc put_staff(struct mt_register *r, struct mt_stmt *from, const char *epoch, int64_t *changed, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db,
                   "INSERT INTO staff (staff_id, name, role, verifier, active, version, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                   " ON CONFLICT DO UPDATE SET name = ?2, role = ?3, verifier = ?4, active = ?5, version = ?6, epoch = ?7"
                   " WHERE version < ?6 OR epoch <> ?7",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    for (int i = 0; i < 4; i++) {
        mt_bind_sv(s, i + 1, mt_col_sv(from, i));
    }
    mt_bind_int(s, 5, mt_col_int(from, 4));
    mt_bind_int(s, 6, mt_col_int(from, 5));
    mt_bind_text(s, 7, epoch);
    int64_t n = 0;
    rc = mt_stmt_run(s, &n, err);
    *changed += n;
    return rc;
}

static enum mt_rc adopt_staff(struct mt_register *r, struct mt_cache_reader *cache, const char *epoch, int64_t *changed,
                              struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(cache->db, "SELECT staff_id, name, role, verifier, active, version FROM staff_copy", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    while ((rc = mt_cache_one(s, err)) == MT_OK) {
        rc = put_staff(r, s, epoch, changed, err);
        if (rc != MT_OK) {
            break;
        }
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* Who is not in a complete cache of another epoch is not on the staff any more. */
static enum mt_rc retire(struct mt_register *r, const char *epoch, int64_t *changed, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE staff SET active = 0, epoch = ?1 WHERE epoch <> ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, epoch);
    int64_t n = 0;
    rc = mt_stmt_run(s, &n, err);
    *changed += n;
    return rc;
}

static enum mt_rc put_setting(struct mt_register *r, struct mt_sv name, struct mt_sv value, int64_t *changed, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        r->db, "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2 WHERE value <> ?2", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_sv(s, 1, name);
    mt_bind_sv(s, 2, value);
    int64_t n = 0;
    rc = mt_stmt_run(s, &n, err);
    *changed += n;
    return rc;
}

static enum mt_rc adopt_settings(struct mt_register *r, struct mt_cache_reader *cache, int64_t *changed, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(cache->db, "SELECT name, value FROM setting_copy", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    while ((rc = mt_cache_one(s, err)) == MT_OK) {
        rc = put_setting(r, mt_col_sv(s, 0), mt_col_sv(s, 1), changed, err);
        if (rc != MT_OK) {
            break;
        }
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_register_adopt(struct mt_register *r, struct mt_cache_reader *cache, bool *changed, struct mt_err *err) {
    struct mt_cache_file meta = {0};
    int64_t n = 0;
    if (changed != NULL) {
        *changed = false;
    }
    enum mt_rc rc = mt_cache_meta(cache->db, &meta, err);
    if (rc == MT_OK) {
        rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    rc = adopt_staff(r, cache, meta.epoch, &n, err);
    if (rc == MT_OK && meta.complete) {
        rc = retire(r, meta.epoch, &n, err);
    }
    if (rc == MT_OK) {
        rc = adopt_settings(r, cache, &n, err);
    }
    if (rc == MT_OK && n == 0) {
        mt_db_rollback(r->db); /* nothing to write: no sync of the disk */
        return MT_OK;
    }
    if (changed != NULL) {
        *changed = rc == MT_OK;
    }
    return mt_register_end(r, rc, err);
}

#define STAFF_COLUMNS "SELECT staff_id, name, role, verifier, active, version FROM staff "

static enum mt_rc read_staff(struct mt_stmt *s, struct mt_arena *arena, struct mt_staff *out, struct mt_err *err) {
    *out = (struct mt_staff){.name = mt_col_text(s, 1, arena),
                             .verifier = mt_col_text(s, 3, arena),
                             .active = mt_col_int(s, 4) != 0,
                             .version = mt_col_int(s, 5)};
    if (out->name == NULL || out->verifier == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the staff.");
    }
    enum mt_rc rc = mt_sv_copy(mt_col_sv(s, 0), out->staff_id.s, sizeof out->staff_id.s);
    return rc == MT_OK ? mt_role_parse(mt_col_sv(s, 2), &out->role) : rc;
}

enum mt_rc mt_register_staff(struct mt_register *r, struct mt_arena *arena, struct mt_staff **out, size_t *count,
                             struct mt_err *err) {
    enum { MOST = 500 };
    struct mt_stmt *s;
    *count = 0;
    *out = mt_arena_array(arena, MOST, sizeof **out);
    enum mt_rc rc = *out != NULL ? mt_db_stmt(r->db, STAFF_COLUMNS "WHERE active = 1 ORDER BY name, staff_id LIMIT 500", &s, err)
                                 : mt_fail(err, MT_NOMEM, "Not enough memory for the staff.");
    if (rc != MT_OK) {
        return rc;
    }
    while ((rc = mt_stmt_one(s, err)) == MT_OK && (rc = read_staff(s, arena, &(*out)[*count], err)) == MT_OK) {
        (*count)++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_register_staff_one(struct mt_register *r, const struct mt_id *staff_id, struct mt_arena *arena, struct mt_staff *out,
                                 struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, STAFF_COLUMNS "WHERE staff_id = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, staff_id->s);
    rc = mt_stmt_one(s, err);
    rc = rc == MT_OK ? read_staff(s, arena, out, err) : rc;
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? mt_fail(err, rc, "This till knows no such staff.") : rc;
}

enum mt_rc mt_register_setting(struct mt_register *r, const char *name, struct mt_arena *arena, const char **value,
                               struct mt_err *err) {
    struct mt_stmt *s;
    *value = "";
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT value FROM setting WHERE name = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, name);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *value = mt_col_text(s, 0, arena);
        rc = *value != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory.");
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_register_setting_put(struct mt_register *r, const char *name, const char *value, struct mt_err *err) {
    int64_t changed = 0;
    return put_setting(r, mt_sv(name), mt_sv(value), &changed, err);
}

/* Beside the service's settings, none of which is named so. */
#define SERVICE_TIME "till:service_time"

enum mt_rc mt_register_service_time(struct mt_register *r, mt_time *out, struct mt_err *err) {
    struct mt_arena arena;
    const char *value = "";
    mt_arena_init(&arena, 4096);
    *out = 0;
    enum mt_rc rc = mt_register_setting(r, SERVICE_TIME, &arena, &value, err);
    if (rc == MT_OK && (value[0] == '\0' || mt_time_parse(mt_sv(value), out) != MT_OK)) {
        *out = 0; /* what can not be read was never told */
    }
    mt_arena_fini(&arena);
    return rc;
}

enum mt_rc mt_register_note_service_time(struct mt_register *r, mt_time at, struct mt_err *err) {
    mt_time kept = 0;
    enum mt_rc rc = mt_register_service_time(r, &kept, err);
    const int64_t moved = at > kept ? at - kept : kept - at;
    if (rc != MT_OK || at <= 0 || moved < MT_SERVICE_TIME_STEP_MS) {
        return rc;
    }
    char text[MT_TIME_TEXT];
    mt_time_format(at, text);
    return mt_register_setting_put(r, SERVICE_TIME, text, err);
}

struct pin {
    int64_t wrong;
    mt_time until;
};

static enum mt_rc read_pin(struct mt_register *r, struct pin *out, struct mt_err *err) {
    struct mt_stmt *s;
    *out = (struct pin){0};
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT wrong, locked_until FROM pin", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *out = (struct pin){mt_col_int(s, 0), mt_col_int(s, 1)};
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc write_pin(struct mt_register *r, struct pin p, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        r->db,
        "INSERT INTO pin (one, wrong, locked_until) VALUES (1, ?1, ?2) ON CONFLICT DO UPDATE SET wrong = ?1, locked_until = ?2", &s,
        err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, p.wrong);
    mt_bind_int(s, 2, p.until);
    return mt_stmt_run(s, NULL, err);
}

/* A clock that jumped can neither open the lock for years nor close it for years: no lock is longer than the longest. */
static int64_t still_locked(const struct mt_register *r, const struct pin *p) {
    const int64_t left = p->until - r->clock.wall(r->clock.ctx);
    return left <= 0 ? 0 : left > LOCK_MOST_MS ? LOCK_MOST_MS : left;
}

static int64_t lock_for(int64_t wrong) {
    if (wrong < MT_PIN_TRIES) {
        return 0;
    }
    int64_t ms = LOCK_FIRST_MS;
    for (int64_t i = MT_PIN_TRIES; i < wrong && ms < LOCK_MOST_MS; i++) {
        ms *= 2;
    }
    return ms < LOCK_MOST_MS ? ms : LOCK_MOST_MS;
}

enum mt_rc mt_register_pin_try(struct mt_register *r, int64_t *locked_ms, struct mt_err *err) {
    struct pin p;
    *locked_ms = 0;
    enum mt_rc rc = read_pin(r, &p, err);
    if (rc != MT_OK) {
        return rc;
    }
    *locked_ms = still_locked(r, &p);
    if (*locked_ms > 0) {
        return mt_fail(err, MT_DENIED, "Too many wrong PINs. Locked for %lld s.", (long long)((*locked_ms + 999) / 1000));
    }
    p.wrong++;
    const int64_t lock = lock_for(p.wrong);
    p.until = lock > 0 ? r->clock.wall(r->clock.ctx) + lock : 0;
    return write_pin(r, p, err);
}

enum mt_rc mt_register_pin_right(struct mt_register *r, const struct mt_id *staff_id, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = write_pin(r, (struct pin){0}, err);
    if (rc == MT_OK) {
        rc = mt_register_audit(r, staff_id->s, "sign_in", "", err);
    }
    return mt_register_end(r, rc, err);
}

enum mt_rc mt_register_pin_wrong(struct mt_register *r, int *tries_left, int64_t *locked_ms, struct mt_err *err) {
    struct pin p;
    enum mt_rc rc = read_pin(r, &p, err);
    *tries_left = rc == MT_OK && p.wrong < MT_PIN_TRIES ? (int)(MT_PIN_TRIES - p.wrong) : 0;
    *locked_ms = rc == MT_OK ? still_locked(r, &p) : 0;
    return rc;
}
