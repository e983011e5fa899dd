/* What happened and what a human must settle: events of orders, the audit chain, exceptions. Events and audit rows are only
 * ever added. */
#include <medterm/repo/log.h>

#include "row.h"
#include "rows.h"

enum mt_rc mt_repo_event_insert(struct mt_db *db, const struct mt_repo_event *e, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "INSERT INTO mt_event(order_id, version, kind, from_status, to_status, register_id, staff_id, op_id, note,"
                   " at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, e->order_id);
    mt_bind_int(s, 2, e->version);
    mt_bind_text(s, 3, e->kind);
    mt_bind_text(s, 4, e->from_status);
    mt_bind_text(s, 5, e->to_status);
    mt_bind_text(s, 6, e->register_id);
    mt_bind_text(s, 7, e->staff_id);
    mt_bind_text(s, 8, e->op_id);
    mt_bind_text(s, 9, e->note);
    mt_bind_int(s, 10, e->at);
    mt_bind_int(s, 11, e->created_at);
    return mt_stmt_later(s, err);
}

static enum mt_rc read_event(struct mt_stmt *s, struct mt_arena *arena, const char *order_id, struct mt_repo_event *e) {
    enum mt_rc rc = MT_OK;
    *e = (struct mt_repo_event){
        .order_id = order_id, .version = mt_col_int(s, 0), .at = mt_col_int(s, 8), .created_at = mt_col_int(s, 9)};
    e->kind = col_text(s, 1, arena, &rc);
    e->from_status = col_text(s, 2, arena, &rc);
    e->to_status = col_text(s, 3, arena, &rc);
    e->register_id = col_text(s, 4, arena, &rc);
    e->staff_id = col_text(s, 5, arena, &rc);
    e->op_id = col_text(s, 6, arena, &rc);
    e->note = col_text(s, 7, arena, &rc);
    e->register_code = col_text(s, 10, arena, &rc);
    return rc;
}

enum mt_rc mt_repo_events(struct mt_db *db, const char *order_id, struct mt_arena *arena, struct mt_repo_event **out, size_t *count,
                          struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "SELECT e.version, e.kind, e.from_status, e.to_status, e.register_id, e.staff_id, e.op_id, e.note, e.at,"
                   " e.created_at, r.code FROM mt_event e LEFT JOIN mt_register r ON r.register_id = e.register_id"
                   " WHERE e.order_id = ?1 ORDER BY e.version",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_event *events = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (events == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for an order's timeline");
            break;
        }
        *out = events;
        rc = read_event(s, arena, order_id, &events[(*count)++]);
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_audit_head(struct mt_db *db, char hash[65], struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT hash FROM mt_audit ORDER BY audit_id DESC LIMIT 1", &s, err);
    if (rc != MT_OK)
        return rc;
    rc = row_one(s, err);
    if (rc == MT_NOTFOUND) {
        memset(hash, '0', 64);
        hash[64] = '\0';
        return MT_OK;
    }
    if (rc != MT_OK)
        return rc;
    rc = mt_sv_copy(mt_col_sv(s, 0), hash, 65);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_audit_link(struct mt_db *db, int64_t at, int64_t *audit_id, char hash[65], struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               at > 0 ? "SELECT audit_id, hash FROM mt_audit WHERE audit_id = ?1"
                                      : "SELECT audit_id, hash FROM mt_audit WHERE audit_id > ?1 ORDER BY audit_id DESC LIMIT 1",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, at);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *audit_id = mt_col_int(s, 0);
    rc = mt_sv_copy(mt_col_sv(s, 1), hash, 65);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_audit_insert(struct mt_db *db, const struct mt_repo_audit *a, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_audit(at, actor, staff_id, action, entity, entity_id, version, op_id, prev, hash)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, a->at);
    mt_bind_text(s, 2, a->actor);
    mt_bind_text(s, 3, a->staff_id);
    mt_bind_text(s, 4, a->action);
    mt_bind_text(s, 5, a->entity);
    mt_bind_text(s, 6, a->entity_id);
    mt_bind_int(s, 7, a->version);
    mt_bind_text(s, 8, a->op_id);
    mt_bind_text(s, 9, a->prev);
    mt_bind_text(s, 10, a->hash);
    return mt_stmt_later(s, err);
}

enum mt_rc mt_repo_audit_next(struct mt_db *db, int64_t *audit_id, struct mt_arena *arena, struct mt_repo_audit *out,
                              struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "SELECT audit_id, at, actor, staff_id, action, entity, entity_id, version, op_id, prev, hash FROM mt_audit"
                   " WHERE audit_id > ?1 ORDER BY audit_id LIMIT 1",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, *audit_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *audit_id = mt_col_int(s, 0);
    *out = (struct mt_repo_audit){.at = mt_col_int(s, 1), .version = mt_col_int(s, 7)};
    out->actor = col_text(s, 2, arena, &rc);
    out->staff_id = col_text(s, 3, arena, &rc);
    out->action = col_text(s, 4, arena, &rc);
    out->entity = col_text(s, 5, arena, &rc);
    out->entity_id = col_text(s, 6, arena, &rc);
    out->op_id = col_text(s, 8, arena, &rc);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 9), out->prev, sizeof out->prev);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 10), out->hash, sizeof out->hash);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_exception_insert(struct mt_db *db, const char *store_id, int32_t line, const struct mt_exception *x,
                                    struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "INSERT INTO mt_exception(exception_id, store_id, kind, order_id, order_no, line, op_id, drug_id, quantity,"
                   " detail, state, created_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'open', ?11, ?12)",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, x->exception_id.s);
    mt_bind_text(s, 2, store_id);
    mt_bind_text(s, 3, mt_exception_kind_name(x->kind));
    mt_bind_text(s, 4, x->order_id.s);
    mt_bind_text(s, 5, x->order_no);
    mt_bind_int(s, 6, line);
    mt_bind_text(s, 7, x->op_id.s);
    mt_bind_text(s, 8, x->drug_id.s);
    mt_bind_int(s, 9, x->quantity);
    mt_bind_text(s, 10, x->detail);
    mt_bind_int(s, 11, x->created_at);
    mt_bind_int(s, 12, x->version);
    return mt_stmt_later(s, err);
}

enum mt_rc mt_row_exception(struct mt_stmt *s, struct mt_arena *arena, struct mt_exception *x) {
    enum mt_rc rc = MT_OK;
    *x = (struct mt_exception){.exception_id = col_id(s, 0),
                               .order_id = col_id(s, 2),
                               .op_id = col_id(s, 4),
                               .drug_id = col_id(s, 5),
                               .quantity = mt_col_int(s, 6),
                               .open = mt_sv_is(mt_col_sv(s, 8), "open"),
                               .created_at = mt_col_int(s, 9),
                               .version = mt_col_int(s, 10)};
    x->detail = col_text(s, 7, arena, &rc);
    x->resolution = col_text(s, 11, arena, &rc);
    x->resolved_by = col_text(s, 12, arena, &rc);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 3), x->order_no, sizeof x->order_no);
    return rc == MT_OK ? mt_exception_kind_parse(mt_col_sv(s, 1), &x->kind) : rc;
}

#define EXCEPTION_SELECT                                                                                                           \
    "SELECT exception_id, kind, order_id, order_no, op_id, drug_id, quantity, detail, state, created_at, version, resolution,"     \
    " resolved_by FROM mt_exception WHERE "

enum mt_rc mt_repo_exception_get(struct mt_db *db, const char *exception_id, struct mt_arena *arena, struct mt_exception *out,
                                 struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, EXCEPTION_SELECT "exception_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, exception_id);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_row_exception(s, arena, out);
    mt_stmt_done(s);
    return rc;
}

/* What all have the same stands in the order too, so that only its own index has it: PostgreSQL would go through those of other
 * stores and states as well. */
#define EXCEPTIONS_OF_STATE                                                                                                        \
    EXCEPTION_SELECT "store_id = ?1 AND state >= ?2 AND (state, exception_id) < (?2, ?3)"                                          \
                     " ORDER BY state DESC, exception_id DESC LIMIT ?4"
#define EXCEPTIONS_OF_ALL                                                                                                          \
    EXCEPTION_SELECT "store_id >= ?1 AND (store_id, exception_id) < (?1, ?3) ORDER BY store_id DESC, exception_id DESC LIMIT ?4"

enum mt_rc mt_repo_exceptions(struct mt_db *db, const char *store_id, struct mt_sv state, struct mt_sv after, int64_t limit,
                              struct mt_arena *arena, struct mt_exception **out, size_t *count, struct mt_err *err) {
    *out = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, state.n > 0 ? EXCEPTIONS_OF_STATE : EXCEPTIONS_OF_ALL, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_sv(s, 2, state.n > 0 ? state : MT_SV(""));
    mt_bind_sv(s, 3, after.n > 0 ? after : MT_SV("\x7f")); /* behind every id */
    mt_bind_int(s, 4, limit);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_exception *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for the exceptions");
            break;
        }
        *out = list;
        rc = mt_row_exception(s, arena, &list[(*count)++]);
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_exception_resolve(struct mt_db *db, const char *op_id, mt_time now, struct mt_id *resolved, struct mt_err *err) {
    *resolved = (struct mt_id){""};
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_exception SET state = 'resolved', resolved_at = ?2, version = version + 1,"
                               " resolution = 'it has its answer' WHERE op_id = ?1 AND kind IN ('quarantined','salvage')"
                               " AND state = 'open' RETURNING exception_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, op_id);
    mt_bind_int(s, 2, now);
    rc = row_one(s, err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    if (rc == MT_OK)
        *resolved = col_id(s, 0);
    return rc == MT_OK ? mt_stmt_run(s, NULL, err) : rc;
}

enum mt_rc mt_repo_shortfalls_end(struct mt_db *db, const char *order_id, int32_t line, mt_time now, struct mt_arena *arena,
                                  struct mt_id **ids, size_t *count, struct mt_err *err) {
    *ids = NULL;
    *count = 0;
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "UPDATE mt_exception SET state = 'resolved', resolved_at = ?3, version = version + 1,"
                   " resolution = 'the order was cancelled' WHERE order_id = ?1 AND order_id <> '' AND kind = 'stock_shortfall'"
                   " AND state = 'open' AND (CAST(?2 AS BIGINT) = 0 OR line = ?2) RETURNING exception_id",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, order_id);
    mt_bind_int(s, 2, line);
    mt_bind_int(s, 3, now);
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW) {
        struct mt_id *list = row_grow(arena, *ids, *count, sizeof **ids);
        if (list == NULL) {
            mt_stmt_done(s);
            return mt_fail(err, MT_NOMEM, "no memory for an order's shortfalls");
        }
        *ids = list;
        list[(*count)++] = col_id(s, 0);
    }
    rc = step == MT_STEP_DONE ? MT_OK : mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}
