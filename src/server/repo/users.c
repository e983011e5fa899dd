/* Patients with their addresses, and doctors: written whole, read whole, and patients found by telephone or by the words of their
 * names, newest first. Ids rise with time, so the order of ids is the order of arrival. */
#include <medterm/repo/patients.h>

#include "row.h"
#include "walk.h"
#include "words.h"

/* Rows a page looks at beyond those it shows. */
#define LOOKED_AT 2000

static enum mt_rc address_insert(struct mt_db *db, const struct mt_user *u, size_t place, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "INSERT INTO mt_address(user_id, address_id, place, detail) VALUES (?1, ?2, ?3, ?4)", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, u->user_id.s);
    mt_bind_text(s, 2, u->addresses[place].address_id.s);
    mt_bind_int(s, 3, (int64_t)place);
    mt_bind_text(s, 4, u->addresses[place].detail);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc addresses_put(struct mt_db *db, const struct mt_user *u, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "DELETE FROM mt_address WHERE user_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, u->user_id.s);
    rc = mt_stmt_run(s, NULL, err);
    for (size_t i = 0; rc == MT_OK && i < u->address_count; i++)
        rc = address_insert(db, u, i, err);
    return rc;
}

enum mt_rc mt_repo_user_put(struct mt_db *db, const char *store_id, const struct mt_user *user, mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_user(user_id, store_id, name, phone, version, created_at, updated_at)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT(user_id) DO UPDATE SET name = excluded.name,"
                               " phone = excluded.phone, version = excluded.version, updated_at = excluded.updated_at"
                               " WHERE mt_user.store_id = excluded.store_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, user->user_id.s);
    mt_bind_text(s, 2, store_id);
    mt_bind_text(s, 3, user->name);
    mt_bind_text(s, 4, user->phone);
    mt_bind_int(s, 5, user->version);
    mt_bind_int(s, 6, now);
    rc = row_touch(s, MT_CONFLICT, "another store has a patient of that id", err);
    if (rc == MT_OK)
        rc = addresses_put(db, user, err);
    return rc == MT_OK ? words_put_user(db, store_id, user, err) : rc;
}

static enum mt_rc load_addresses(struct mt_db *db, struct mt_arena *arena, struct mt_user *u, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT address_id, detail FROM mt_address WHERE user_id = ?1 ORDER BY place", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, u->user_id.s);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_address *list = step == MT_STEP_ROW ? row_grow(arena, u->addresses, u->address_count, sizeof *list) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for a patient");
            break;
        }
        u->addresses = list;
        list[u->address_count++] = (struct mt_address){.address_id = col_id(s, 0), .detail = col_text(s, 1, arena, &rc)};
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_user_get(struct mt_db *db, const char *user_id, struct mt_arena *arena, struct mt_user *out,
                            struct mt_id *store_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT user_id, store_id, name, phone, version FROM mt_user WHERE user_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, user_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_user){.user_id = col_id(s, 0), .version = mt_col_int(s, 4)};
    *store_id = col_id(s, 1);
    out->name = col_text(s, 2, arena, &rc);
    out->phone = col_text(s, 3, arena, &rc);
    mt_stmt_done(s);
    return rc == MT_OK ? load_addresses(db, arena, out, err) : rc;
}

enum mt_rc mt_repo_doctor_put(struct mt_db *db, const char *store_id, const struct mt_doctor *doctor, mt_time now,
                              struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_doctor(doctor_id, store_id, name, licence, active, version, created_at, updated_at)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT(doctor_id) DO UPDATE SET name = excluded.name,"
                               " licence = excluded.licence, active = excluded.active, version = excluded.version,"
                               " updated_at = excluded.updated_at WHERE mt_doctor.store_id = excluded.store_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, doctor->doctor_id.s);
    mt_bind_text(s, 2, store_id);
    mt_bind_text(s, 3, doctor->name);
    mt_bind_text(s, 4, doctor->licence);
    mt_bind_int(s, 5, doctor->active);
    mt_bind_int(s, 6, doctor->version);
    mt_bind_int(s, 7, now);
    return row_touch(s, MT_CONFLICT, "another store has a doctor of that id", err);
}

enum mt_rc mt_repo_doctor_get(struct mt_db *db, const char *doctor_id, struct mt_arena *arena, struct mt_doctor *out,
                              struct mt_id *store_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "SELECT doctor_id, store_id, name, licence, active, version FROM mt_doctor WHERE doctor_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, doctor_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_doctor){.doctor_id = col_id(s, 0), .active = mt_col_int(s, 4) != 0, .version = mt_col_int(s, 5)};
    *store_id = col_id(s, 1);
    out->name = col_text(s, 2, arena, &rc);
    out->licence = col_text(s, 3, arena, &rc);
    mt_stmt_done(s);
    return rc;
}

/* What all have the same stands in the order too, so that only the index made for it has that order: PostgreSQL would go through
 * patients of other stores as well. */
static const char by_word[] = "SELECT 0, '', user_id FROM mt_user_word WHERE store_id = ?1 AND word >= ?2"
                              " AND (word, user_id) < (?2, ?6) ORDER BY word DESC, user_id DESC LIMIT ?7";
static const char by_phone[] = "SELECT 0, '', user_id FROM mt_user WHERE store_id = ?1 AND phone >= ?2 AND phone <> ''"
                               " AND (phone, user_id) < (?2, ?6) ORDER BY phone DESC, user_id DESC LIMIT ?7";
static const char by_arrival[] = "SELECT 0, '', user_id FROM mt_user WHERE store_id >= ?1 AND (store_id, user_id) < (?1, ?6)"
                                 " ORDER BY store_id DESC, user_id DESC LIMIT ?7";

struct user_search {
    struct walk walk;
    struct mt_words names;
    struct mt_sv text; /* asked for */
};

static enum mt_rc add_words(struct user_search *q, const struct word_choice *choice, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < choice->count; i++)
        rc = walk_add(&q->walk, by_word, choice->words[i], 0, err);
    return rc;
}

static enum mt_rc find_words(struct user_search *q, struct mt_sv text, struct mt_err *err) {
    struct word_choice choice;
    mt_words_add(&q->names, text, MT_WORDS_ASKED);
    q->text = mt_words_digits(&q->names, text);
    enum mt_rc rc = words_choose_phone(q->walk.db, WORDS_OF_USERS, q->walk.scope, q->text, q->walk.arena, &choice, err);
    if (rc == MT_OK)
        rc = add_words(q, &choice, err);
    if (rc == MT_OK)
        rc = words_choose(q->walk.db, WORDS_OF_USERS, q->walk.scope, WORD_NAME, &q->names, q->walk.arena, &choice, err);
    if (rc == MT_OK)
        rc = add_words(q, &choice, err);
    return rc == MT_OK && choice.common ? walk_add(&q->walk, by_arrival, NULL, 0, err) : rc;
}

static bool matches(const struct user_search *q, const struct mt_repo_user_filter *f, const struct mt_user *u) {
    struct mt_words kept = {.count = 0};
    if (f->phone.n > 0 && !mt_sv_is(f->phone, u->phone))
        return false;
    if (f->q.n == 0 || (mt_phone_like(q->text) && word_phone_ends(u->phone, q->text)))
        return true;
    mt_words_add(&kept, mt_sv(u->name), MT_WORDS_KEPT);
    return q->names.count > 0 && mt_words_match(&kept, &q->names);
}

static enum mt_rc begin(struct user_search *q, const struct mt_repo_user_filter *f, struct mt_err *err) {
    enum mt_rc rc = f->after.n > 0 ? mt_sv_copy(f->after, q->walk.behind.id.s, sizeof q->walk.behind.id.s) : MT_OK;
    if (rc != MT_OK)
        return mt_fail(err, rc, "a place in a list of patients");
    if (f->phone.n > 0) {
        const char *phone = mt_arena_sv(q->walk.arena, f->phone);
        rc = phone != NULL ? walk_add(&q->walk, by_phone, phone, 0, err) : mt_fail(err, MT_NOMEM, "no memory for a search");
    } else if (f->q.n > 0) {
        rc = find_words(q, f->q, err);
    } else {
        rc = walk_add(&q->walk, by_arrival, NULL, 0, err);
    }
    q->walk.first = q->walk.count > 0 ? (size_t)f->limit / q->walk.count + 2 : 0;
    return rc;
}

static enum mt_rc add(struct mt_repo_user_page *out, const struct mt_user *u, struct mt_arena *arena, struct mt_err *err) {
    struct mt_user *users = row_grow(arena, out->users, out->count, sizeof *users);
    if (users == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a list of patients");
    out->users = users;
    users[out->count++] = *u;
    return MT_OK;
}

enum mt_rc mt_repo_users(struct mt_db *db, const struct mt_repo_user_filter *f, struct mt_arena *arena,
                         struct mt_repo_user_page *out, struct mt_err *err) {
    *out = (struct mt_repo_user_page){.count = 0};
    struct user_search *q = mt_arena_alloc(arena, sizeof *q);
    if (q == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a search");
    q->walk =
        (struct walk){.db = db, .arena = arena, .order = WALK_NEWEST, .scope = f->store_id, .behind = walk_start(WALK_NEWEST)};
    q->walk.behind.at = 0;
    enum mt_rc rc = begin(q, f, err);
    for (int64_t seen = 1; rc == MT_OK; seen++) {
        struct walk_key key;
        struct mt_user u;
        struct mt_id store;
        unsigned tags;
        bool found;
        rc = walk_next(&q->walk, &key, &tags, &found, err);
        if (rc != MT_OK || !found)
            break;
        rc = mt_repo_user_get(db, key.id.s, arena, &u, &store, err);
        if (rc != MT_OK)
            break;
        const bool match = matches(q, f, &u);
        if (match && out->count == (size_t)f->limit) {
            out->after = out->users[out->count - 1].user_id;
            break;
        }
        if (match)
            rc = add(out, &u, arena, err);
        if (seen >= f->limit + LOOKED_AT) {
            out->after = u.user_id;
            break;
        }
    }
    return rc;
}
