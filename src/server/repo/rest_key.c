/* What the service keeps of REST callers beside their operations, and the short way from an address to an order. */
#include <medterm/repo/rest.h>

#include "row.h"

enum mt_rc mt_repo_rest_key_get(struct mt_db *db, const char *client_id, struct mt_sv key, struct mt_repo_rest_key *out,
                                struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "SELECT client_id, op_id, hash, created_at FROM mt_rest_key WHERE client_id = ?1 AND key = ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, client_id);
    mt_bind_sv(s, 2, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_repo_rest_key){.client_id = col_id(s, 0), .op_id = col_id(s, 1), .created_at = mt_col_int(s, 3)};
    rc = mt_sv_copy(mt_col_sv(s, 2), out->hash, sizeof out->hash);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_rest_key_insert(struct mt_db *db, const struct mt_repo_rest_key *k, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "INSERT INTO mt_rest_key(client_id, key, hash, op_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5)", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, k->client_id.s);
    mt_bind_sv(s, 2, k->key);
    mt_bind_text(s, 3, k->hash);
    mt_bind_text(s, 4, k->op_id.s);
    mt_bind_int(s, 5, k->created_at);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_client_next_order(struct mt_db *db, const char *client_id, int64_t *number, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "UPDATE mt_client SET last_order_no = last_order_no + 1 WHERE client_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, client_id);
    rc = row_touch(s, MT_NOTFOUND, "no such client", err);
    if (rc == MT_OK)
        rc = mt_db_stmt(db, "SELECT last_order_no FROM mt_client WHERE client_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, client_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *number = mt_col_int(s, 0);
    mt_stmt_done(s);
    return MT_OK;
}

static enum mt_rc place(struct mt_db *db, const char *sql, struct mt_sv key, struct mt_repo_order_place *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_sv(s, 1, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_repo_order_place){.order_id = col_id(s, 0), .store_id = col_id(s, 1)};
    rc = mt_sv_copy(mt_col_sv(s, 2), out->order_no, sizeof out->order_no);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_order_place(struct mt_db *db, struct mt_sv order_no, struct mt_repo_order_place *out, struct mt_err *err) {
    return place(db, "SELECT order_id, store_id, order_no FROM mt_order WHERE order_no = ?1", order_no, out, err);
}

enum mt_rc mt_repo_payment_place(struct mt_db *db, struct mt_sv payment_id, struct mt_repo_order_place *out, struct mt_err *err) {
    return place(db,
                 "SELECT o.order_id, o.store_id, o.order_no FROM mt_payment p JOIN mt_order o ON o.order_id = p.order_id"
                 " WHERE p.payment_id = ?1",
                 payment_id, out, err);
}

enum mt_rc mt_repo_order_version(struct mt_db *db, const char *order_id, int64_t *version, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT version FROM mt_order WHERE order_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *version = mt_col_int(s, 0);
    mt_stmt_done(s);
    return MT_OK;
}
