/* The log of operations: what a register sent, its hash, and the one answer it gets for ever. Only a quarantined one may
 * be answered later; a trigger holds that. */
#include <medterm/repo/settle.h>

#include "row.h"

static void bind_json(struct mt_stmt *s, int at, struct mt_sv json) {
    if (json.n == 0)
        mt_bind_null(s, at);
    else
        mt_bind_sv(s, at, json);
}

enum mt_rc mt_repo_operation_insert(struct mt_db *db, const struct mt_repo_operation *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "INSERT INTO mt_operation(op_id, register_id, register_seq, hash, kind, order_id, bytes, received_at,"
                   " outcome, result, problem, waits) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->op_id.s);
    mt_bind_text(s, 2, o->register_id.s);
    mt_bind_int(s, 3, o->register_seq);
    mt_bind_text(s, 4, o->hash);
    mt_bind_text(s, 5, o->kind);
    mt_bind_text(s, 6, o->order_id.s);
    mt_bind_sv(s, 7, o->bytes);
    mt_bind_int(s, 8, o->received_at);
    mt_bind_text(s, 9, o->outcome);
    bind_json(s, 10, o->result);
    bind_json(s, 11, o->problem);
    mt_bind_text(s, 12, o->waits);
    return mt_stmt_later(s, err);
}

#define OPERATION_SELECT                                                                                                           \
    "SELECT op_id, register_id, register_seq, hash, kind, order_id, bytes, received_at, outcome, result, problem, waits"           \
    " FROM mt_operation WHERE "

static struct mt_sv col_json(struct mt_stmt *s, int col, struct mt_arena *arena, enum mt_rc *rc) {
    struct mt_sv text = mt_col_sv(s, col);
    const char *copy = col_text(s, col, arena, rc);
    return mt_sv_n(copy, text.n);
}

/* Takes the statement with its parameters bound. */
static enum mt_rc read_one(struct mt_stmt *s, struct mt_arena *arena, struct mt_repo_operation *out, struct mt_err *err) {
    enum mt_rc rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_repo_operation){.op_id = col_id(s, 0),
                                      .register_id = col_id(s, 1),
                                      .register_seq = mt_col_int(s, 2),
                                      .order_id = col_id(s, 5),
                                      .received_at = mt_col_int(s, 7)};
    out->kind = col_text(s, 4, arena, &rc);
    out->bytes = col_json(s, 6, arena, &rc);
    out->outcome = col_text(s, 8, arena, &rc);
    out->result = col_json(s, 9, arena, &rc);
    out->problem = col_json(s, 10, arena, &rc);
    out->waits = col_text(s, 11, arena, &rc);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 3), out->hash, sizeof out->hash);
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc by_text(struct mt_db *db, const char *sql, const char *key, struct mt_arena *arena, struct mt_repo_operation *out,
                          struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, key);
    return read_one(s, arena, out, err);
}

enum mt_rc mt_repo_operation_get(struct mt_db *db, const char *op_id, struct mt_arena *arena, struct mt_repo_operation *out,
                                 struct mt_err *err) {
    return by_text(db, OPERATION_SELECT "op_id = ?1", op_id, arena, out, err);
}

/* Only what registers of the store sent: an id another store names by mistake or malice is none of this one's orders. */
#define OF_STORE " AND EXISTS (SELECT 1 FROM mt_register r WHERE r.register_id = mt_operation.register_id AND r.store_id = ?2)"

static enum mt_rc for_order(struct mt_db *db, const char *sql, const char *order_id, const char *store_id, struct mt_arena *arena,
                            struct mt_repo_operation *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_text(s, 2, store_id);
    return read_one(s, arena, out, err);
}

enum mt_rc mt_repo_operation_refused_create(struct mt_db *db, const char *order_id, const char *store_id, struct mt_arena *arena,
                                            struct mt_repo_operation *out, struct mt_err *err) {
    return for_order(db,
                     OPERATION_SELECT "order_id = ?1 AND outcome = 'refused' AND kind = 'order.create'" OF_STORE
                                      " ORDER BY received_at LIMIT 1",
                     order_id, store_id, arena, out, err);
}

enum mt_rc mt_repo_operation_next_awaited(struct mt_db *db, const char *order_id, const char *store_id, struct mt_arena *arena,
                                          struct mt_repo_operation *out, struct mt_err *err) {
    return for_order(db,
                     OPERATION_SELECT
                     "order_id = ?1 AND order_id <> '' AND outcome = 'quarantined' AND waits IN ('order','operation')"
                     " AND kind IN ('order.create','payment.record')" OF_STORE
                     " ORDER BY received_at, register_id, register_seq LIMIT 1",
                     order_id, store_id, arena, out, err);
}

enum mt_rc mt_repo_operation_next_waiting(struct mt_db *db, const char *order_id, const char *store_id, struct mt_arena *arena,
                                          struct mt_repo_operation *out, struct mt_err *err) {
    return for_order(db,
                     OPERATION_SELECT "order_id = ?1 AND order_id <> '' AND outcome = 'quarantined'" OF_STORE
                                      " ORDER BY received_at, register_id, register_seq LIMIT 1",
                     order_id, store_id, arena, out, err);
}

enum mt_rc mt_repo_operation_next_lacking_drug(struct mt_db *db, const char *op_id, struct mt_arena *arena,
                                               struct mt_repo_operation *out, struct mt_err *err) {
    return by_text(db,
                   OPERATION_SELECT "op_id > ?1 AND outcome = 'quarantined' AND waits = 'person'"
                                    " AND kind IN ('order.create','stock.receive','stock.adjust','stock.count')"
                                    " AND problem LIKE '%\"code\":\"DRUG_NOT_FOUND\"%' ORDER BY op_id LIMIT 1",
                   op_id, arena, out, err);
}

enum mt_rc mt_repo_operation_next_of_version(struct mt_db *db, const char *op_id, struct mt_arena *arena,
                                             struct mt_repo_operation *out, struct mt_err *err) {
    return by_text(db, OPERATION_SELECT "op_id > ?1 AND outcome = 'quarantined' AND waits = 'version' ORDER BY op_id LIMIT 1",
                   op_id, arena, out, err);
}

enum mt_rc mt_repo_operation_at(struct mt_db *db, const char *register_id, int64_t seq, struct mt_arena *arena,
                                struct mt_repo_operation *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, OPERATION_SELECT "register_id = ?1 AND register_seq = ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id);
    mt_bind_int(s, 2, seq);
    return read_one(s, arena, out, err);
}

#define LIES_IN_QUARANTINE "SELECT 1 FROM mt_operation WHERE order_id = ?1 AND order_id <> '' AND outcome = 'quarantined'" OF_STORE

/* ?1 the order, ?2 the store. */
static enum mt_rc any(struct mt_db *db, const char *sql, const char *order_id, const char *store_id, bool *found,
                      struct mt_err *err) {
    *found = false;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_text(s, 2, store_id);
    rc = row_one(s, err);
    if (rc == MT_OK) {
        *found = true;
        mt_stmt_done(s);
    }
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_repo_operation_waiting(struct mt_db *db, const char *order_id, const char *store_id, bool to_create, bool *waiting,
                                     struct mt_err *err) {
    return any(db, to_create ? LIES_IN_QUARANTINE " AND waits NOT IN ('order','operation') LIMIT 1" : LIES_IN_QUARANTINE " LIMIT 1",
               order_id, store_id, waiting, err);
}

enum mt_rc mt_repo_operation_cancel_waiting(struct mt_db *db, const char *order_id, const char *store_id, bool *waiting,
                                            struct mt_err *err) {
    return any(db, LIES_IN_QUARANTINE " AND kind = 'order.cancel' LIMIT 1", order_id, store_id, waiting, err);
}

enum mt_rc mt_repo_operation_answer(struct mt_db *db, const struct mt_repo_operation *o, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "UPDATE mt_operation SET outcome = ?2, result = ?3, problem = ?4, waits = ?5 WHERE op_id = ?1 AND outcome = 'quarantined'",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, o->op_id.s);
    mt_bind_text(s, 2, o->outcome);
    bind_json(s, 3, o->result);
    bind_json(s, 4, o->problem);
    mt_bind_text(s, 5, o->waits);
    return row_touch(s, MT_CONFLICT, "the operation is answered already", err);
}
