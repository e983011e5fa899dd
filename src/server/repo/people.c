/* Stores, registers, staff, and the facts the database keeps about itself. A REST client is a register with a role:
 * both have a code of the one name space and a numbered lane of operations. */
#include <medterm/repo/people.h>

#include "row.h"

enum mt_rc mt_repo_meta_get(struct mt_db *db, const char *key, char *value, size_t size, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT value FROM mt_meta WHERE key = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_sv_copy(mt_col_sv(s, 0), value, size);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_meta_put(struct mt_db *db, const char *key, const char *value, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db, "INSERT INTO mt_meta(key, value) VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, key);
    mt_bind_text(s, 2, value);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_store_insert(struct mt_db *db, const struct mt_repo_store *store, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "INSERT INTO mt_store(store_id, name, currency, created_at) VALUES (?1, ?2, ?3, ?4)", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store->store_id.s);
    mt_bind_text(s, 2, store->name);
    mt_bind_text(s, 3, store->currency);
    mt_bind_int(s, 4, store->created_at);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_store_get(struct mt_db *db, const struct mt_id *store_id, struct mt_repo_store *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT name, currency, created_at FROM mt_store WHERE store_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id->s);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    out->store_id = *store_id;
    out->created_at = mt_col_int(s, 2);
    rc = mt_sv_copy(mt_col_sv(s, 0), out->name, sizeof out->name);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 1), out->currency, sizeof out->currency);
    mt_stmt_done(s);
    return rc;
}

/* A client that comes after a jump begins behind it too: its code may have been another's in the lost time. */
#define NUMBERS_BASE "coalesce((SELECT CAST(value AS BIGINT) FROM mt_meta WHERE key = 'numbers_base'), 0)"

static enum mt_rc client_insert(struct mt_db *db, const struct mt_repo_register *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "INSERT INTO mt_client(client_id, role, last_order_no) VALUES (?1, ?2, " NUMBERS_BASE ")", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, r->register_id.s);
    mt_bind_text(s, 2, mt_role_name(r->role));
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_register_insert(struct mt_db *db, const struct mt_repo_register *r, const char *token_hash,
                                   const char *enrol_code_hash, mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_register(register_id, store_id, code, token_hash, enrol_code_hash, enrol_expires,"
                               " created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, r->register_id.s);
    mt_bind_text(s, 2, r->store_id.s);
    mt_bind_text(s, 3, r->code);
    mt_bind_text(s, 4, token_hash);
    mt_bind_text(s, 5, enrol_code_hash);
    bind_time(s, 6, r->enrol_expires);
    mt_bind_int(s, 7, now);
    rc = mt_stmt_run(s, NULL, err);
    return rc == MT_OK && r->is_client ? client_insert(db, r, err) : rc;
}

#define REGISTER_SELECT                                                                                                            \
    "SELECT r.register_id, r.store_id, r.code, coalesce(r.instance_id, ''), r.enrol_expires, r.last_seq, c.role, r.revoked_at"     \
    " FROM mt_register r LEFT JOIN mt_client c ON c.client_id = r.register_id WHERE "

static enum mt_rc register_read(struct mt_db *db, const char *sql, const char *key, struct mt_repo_register *out,
                                struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_repo_register){.register_id = col_id(s, 0), .store_id = col_id(s, 1)};
    rc = mt_sv_copy(mt_col_sv(s, 2), out->code, sizeof out->code);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 3), out->instance_id, sizeof out->instance_id);
    out->enrol_expires = mt_col_int(s, 4);
    out->last_seq = mt_col_int(s, 5);
    out->is_client = !mt_col_is_null(s, 6);
    out->revoked = !mt_col_is_null(s, 7);
    if (rc == MT_OK && out->is_client)
        rc = mt_role_parse(mt_col_sv(s, 6), &out->role);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_register_get(struct mt_db *db, const struct mt_id *register_id, struct mt_repo_register *out,
                                struct mt_err *err) {
    return register_read(db, REGISTER_SELECT "r.register_id = ?1", register_id->s, out, err);
}

enum mt_rc mt_repo_register_by_token(struct mt_db *db, const char *token_hash, struct mt_repo_register *out, struct mt_err *err) {
    return register_read(db, REGISTER_SELECT "r.token_hash = ?1 AND r.revoked_at IS NULL", token_hash, out, err);
}

enum mt_rc mt_repo_register_by_code_hash(struct mt_db *db, const char *enrol_code_hash, struct mt_repo_register *out,
                                         struct mt_err *err) {
    return register_read(db, REGISTER_SELECT "r.enrol_code_hash = ?1", enrol_code_hash, out, err);
}

enum mt_rc mt_repo_register_by_code(struct mt_db *db, const char *code, struct mt_repo_register *out, struct mt_err *err) {
    return register_read(db, REGISTER_SELECT "r.code = ?1", code, out, err);
}

enum mt_rc mt_repo_register_code_put(struct mt_db *db, const struct mt_id *register_id, const char *enrol_code_hash,
                                     mt_time expires, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "UPDATE mt_register SET enrol_code_hash = ?2, enrol_expires = ?3 WHERE register_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id->s);
    mt_bind_text(s, 2, enrol_code_hash);
    mt_bind_int(s, 3, expires);
    return row_touch(s, MT_NOTFOUND, "no such register", err);
}

static enum mt_rc numbers_base_put(struct mt_db *db, int64_t base, struct mt_err *err) {
    char text[24];
    struct mt_buf number;
    mt_buf_init(&number, sizeof text);
    mt_buf_fmt(&number, "%lld", (long long)base);
    enum mt_rc rc = mt_buf_rc(&number);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_buf_view(&number), text, sizeof text);
    mt_buf_fini(&number);
    return rc == MT_OK ? mt_repo_meta_put(db, "numbers_base", text, err) : rc;
}

enum mt_rc mt_repo_clients_jump(struct mt_db *db, int64_t by, const struct mt_id *cause, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "UPDATE mt_client SET last_order_no = last_order_no + ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, by);
    rc = mt_stmt_run(s, NULL, err);
    if (rc == MT_OK)
        rc = mt_db_stmt(db,
                        "UPDATE mt_register SET last_seq = last_seq + ?1, last_op_id = ?2"
                        " WHERE register_id IN (SELECT client_id FROM mt_client)",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, by);
    mt_bind_text(s, 2, cause->s);
    rc = mt_stmt_run(s, NULL, err);
    int64_t base = 0;
    if (rc == MT_OK)
        rc = mt_repo_numbers_base(db, &base, err);
    return rc == MT_OK ? numbers_base_put(db, base + by, err) : rc;
}

enum mt_rc mt_repo_numbers_base(struct mt_db *db, int64_t *base, struct mt_err *err) {
    char text[24];
    *base = 0;
    enum mt_rc rc = mt_repo_meta_get(db, "numbers_base", text, sizeof text, err);
    if (rc == MT_OK && mt_sv_int(mt_sv(text), base) != MT_OK)
        rc = mt_fail(err, MT_CORRUPT, "the base of the service's numbers is no number");
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc lane_at_least(struct mt_db *db, const struct mt_repo_numbers *n, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "UPDATE mt_client SET last_order_no = ?2 WHERE client_id = ?1 AND last_order_no < ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, n->client_id.s);
    mt_bind_int(s, 2, n->last_order_no);
    rc = mt_stmt_run(s, NULL, err);
    if (rc == MT_OK)
        rc = mt_db_stmt(db,
                        "UPDATE mt_register SET last_seq = ?2, last_op_id = coalesce(last_op_id, ?1) WHERE register_id = ?1"
                        " AND last_seq < ?2",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, n->client_id.s);
    mt_bind_int(s, 2, n->last_seq);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_numbers_at_least(struct mt_db *db, const struct mt_repo_numbers *n, struct mt_err *err) {
    int64_t base = 0;
    enum mt_rc rc = lane_at_least(db, n, err);
    if (rc == MT_OK)
        rc = mt_repo_numbers_base(db, &base, err);
    return rc == MT_OK && base < n->last_order_no ? numbers_base_put(db, n->last_order_no, err) : rc;
}

enum mt_rc mt_repo_numbers_next(struct mt_db *db, struct mt_repo_numbers *n, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT c.client_id, c.last_order_no, r.last_seq FROM mt_client c JOIN mt_register r"
                               " ON r.register_id = c.client_id WHERE c.client_id > ?1 ORDER BY c.client_id LIMIT 1",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, n->client_id.s);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *n = (struct mt_repo_numbers){.client_id = col_id(s, 0), .last_order_no = mt_col_int(s, 1), .last_seq = mt_col_int(s, 2)};
    mt_stmt_done(s);
    return MT_OK;
}

enum mt_rc mt_repo_register_enrol(struct mt_db *db, const struct mt_id *register_id, const char *token_hash,
                                  const char *instance_id, const char *name, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db, "UPDATE mt_register SET token_hash = ?2, instance_id = ?3, name = ?4, revoked_at = NULL WHERE register_id = ?1", &s,
        err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id->s);
    mt_bind_text(s, 2, token_hash);
    mt_bind_text(s, 3, instance_id);
    mt_bind_text(s, 4, name);
    return row_touch(s, MT_NOTFOUND, "no such register", err);
}

enum mt_rc mt_repo_register_token_put(struct mt_db *db, const struct mt_id *register_id, const char *token_hash,
                                      struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "UPDATE mt_register SET token_hash = ?2 WHERE register_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id->s);
    mt_bind_text(s, 2, token_hash);
    return row_touch(s, MT_NOTFOUND, "no such register", err);
}

enum mt_rc mt_repo_register_revoke(struct mt_db *db, const struct mt_id *register_id, mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "UPDATE mt_register SET token_hash = NULL, enrol_code_hash = NULL, enrol_expires = NULL, revoked_at = ?2"
                   " WHERE register_id = ?1",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id->s);
    mt_bind_int(s, 2, now);
    return row_touch(s, MT_NOTFOUND, "no such register", err);
}

enum mt_rc mt_repo_register_advance(struct mt_db *db, const struct mt_id *register_id, int64_t seq, const struct mt_id *op_id,
                                    struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db, "UPDATE mt_register SET last_seq = ?2, last_op_id = ?3 WHERE register_id = ?1 AND last_seq = ?2 - 1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id->s);
    mt_bind_int(s, 2, seq);
    mt_bind_text(s, 3, op_id->s);
    return row_touch(s, MT_CONFLICT, "a register's sequence has no gaps", err);
}

enum mt_rc mt_repo_client_count(struct mt_db *db, int64_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT count(*) FROM mt_client", &s, err);
    if (rc != MT_OK)
        return rc;
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *count = mt_col_int(s, 0);
    mt_stmt_done(s);
    return MT_OK;
}

enum mt_rc mt_repo_staff_insert(struct mt_db *db, const struct mt_id *store_id, const struct mt_staff *staff, mt_time now,
                                struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_staff(staff_id, store_id, name, role, verifier, active, version, created_at)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, staff->staff_id.s);
    mt_bind_text(s, 2, store_id->s);
    mt_bind_text(s, 3, staff->name);
    mt_bind_text(s, 4, mt_role_name(staff->role));
    mt_bind_text(s, 5, staff->verifier);
    mt_bind_int(s, 6, staff->active);
    mt_bind_int(s, 7, staff->version);
    mt_bind_int(s, 8, now);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_staff_update(struct mt_db *db, const struct mt_staff *staff, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_staff SET name = ?2, role = ?3, verifier = ?4, active = ?5, version = ?6"
                               " WHERE staff_id = ?1 AND version = ?6 - 1",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, staff->staff_id.s);
    mt_bind_text(s, 2, staff->name);
    mt_bind_text(s, 3, mt_role_name(staff->role));
    mt_bind_text(s, 4, staff->verifier);
    mt_bind_int(s, 5, staff->active);
    mt_bind_int(s, 6, staff->version);
    return row_touch(s, MT_STALE, "the person was changed meanwhile", err);
}

enum mt_rc mt_repo_staff_get(struct mt_db *db, const char *staff_id, struct mt_arena *arena, struct mt_staff *out,
                             struct mt_id *store_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "SELECT store_id, name, role, verifier, active, version FROM mt_staff WHERE staff_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, staff_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_staff){.active = mt_col_int(s, 4) != 0, .version = mt_col_int(s, 5)};
    *store_id = col_id(s, 0);
    out->name = col_text(s, 1, arena, &rc);
    out->verifier = col_text(s, 3, arena, &rc);
    if (rc == MT_OK)
        rc = mt_role_parse(mt_col_sv(s, 2), &out->role);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_sv(staff_id), out->staff_id.s, sizeof out->staff_id.s);
    mt_stmt_done(s);
    return rc;
}
