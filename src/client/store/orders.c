/* Orders taken or touched here. A row keeps two texts: base, the service's last word, and json, what is shown: base
 * with the waiting operations laid over it. When an answer comes, base is replaced and the rest is laid over again, so
 * that a refusal in the middle undoes only itself. */
#include "orders.h"
#include "register_impl.h"

#include <medterm/store/view.h>

#include <string.h>

enum mt_rc mt_order_own(const struct mt_order *o, struct mt_arena *arena, struct mt_order *out, struct mt_err *err) {
    struct mt_buf json;
    mt_buf_init(&json, MT_OP_MAX_BYTES);
    mt_order_print(o, MT_ORDER_FULL, &json);
    enum mt_rc rc = mt_buf_rc(&json);
    if (rc == MT_OK) {
        rc = mt_order_parse(mt_buf_view(&json), arena, out, err);
    }
    mt_buf_fini(&json);
    return rc;
}

static enum mt_rc put_row(struct mt_register *r, const struct mt_order *o, struct mt_sv json, struct mt_sv base,
                          struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db,
#ifdef MT_PLANT_NUMBER_REUSED
                   "INSERT OR REPLACE INTO local_order (order_id, order_no, own, status, version, epoch, taken_at, json, base)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
#else
                   "INSERT INTO local_order (order_id, order_no, own, status, version, epoch, taken_at, json, base)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (order_id) DO UPDATE SET"
                   " status = excluded.status, json = excluded.json, refused = 0,"
                   " base = CASE WHEN excluded.version > version THEN excluded.base ELSE base END,"
                   " epoch = CASE WHEN excluded.version > version THEN excluded.epoch ELSE epoch END,"
                   " version = max(version, excluded.version)",
#endif
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, o->order_id.s);
    mt_bind_text(s, 2, o->order_no);
    mt_bind_int(s, 3, strcmp(o->register_code, r->enrolled.info.register_code) == 0);
    mt_bind_text(s, 4, mt_order_status_name(o->status));
    mt_bind_int(s, 5, o->version);
    mt_bind_text(s, 6, o->version > 0 ? r->enrolled.info.epoch : "");
    mt_bind_int(s, 7, o->taken_at);
    mt_bind_sv(s, 8, json);
    if (base.n > 0) {
        mt_bind_sv(s, 9, base);
    }
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_local_order_put(struct mt_register *r, const struct mt_order *shown, const struct mt_order *base,
                              struct mt_err *err) {
    struct mt_buf json, under;
    mt_buf_init(&json, MT_OP_MAX_BYTES);
    mt_buf_init(&under, MT_OP_MAX_BYTES);
    mt_order_print(shown, MT_ORDER_FULL, &json);
    enum mt_rc rc = mt_buf_rc(&json);
    if (rc == MT_OK && base != NULL && base->version > 0) {
        mt_order_print(base, MT_ORDER_FULL, &under);
        rc = mt_buf_rc(&under);
    }
    if (rc == MT_OK) {
        rc = put_row(r, shown, mt_buf_view(&json), mt_buf_view(&under), err);
    }
    mt_buf_fini(&json);
    mt_buf_fini(&under);
    return rc;
}

struct waiting {
    struct mt_op op;
    bool readable;
};

static enum mt_rc waiting_on(struct mt_register *r, const struct mt_id *order_id, struct mt_arena *arena, struct waiting list[],
                             size_t max, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(
        r->db, "SELECT bytes FROM outbox WHERE order_id = ?1 AND state IN ('waiting','frozen') ORDER BY lane, seq LIMIT ?2", &s,
        err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_id->s);
    mt_bind_int(s, 2, (int64_t)max);
    while (*count < max && (rc = mt_stmt_one(s, err)) == MT_OK) {
        struct mt_problem problem;
        mt_problem_init(&problem);
        struct waiting *w = &list[(*count)++];
        w->readable = mt_op_parse(mt_col_sv(s, 0), arena, &w->op, &problem) == MT_OK;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* base with the waiting operations over it. */
static enum mt_rc lay_over(struct mt_register *r, const struct mt_id *order_id, struct mt_order *o, struct mt_arena *arena,
                           struct mt_err *err) {
    enum { MOST = 64 }; /* waiting operations on one order */
    struct waiting *list = mt_arena_array(arena, MOST, sizeof *list);
    size_t count = 0;
    if (list == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for an order.");
    }
    enum mt_rc rc = waiting_on(r, order_id, arena, list, MOST, &count, err);
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        struct mt_order next;
        if (!list[i].readable || list[i].op.kind == MT_OP_ORDER_CREATE) {
            continue; /* the service knows the order already */
        }
        if (mt_order_predict(&list[i].op, o, arena, &next, NULL) == MT_OK) {
            *o = next;
        }
    }
    return rc;
}

static enum mt_rc set_row(struct mt_register *r, const struct mt_order *base, struct mt_sv base_json, const struct mt_order *shown,
                          const char *epoch, struct mt_err *err) {
    struct mt_buf json;
    mt_buf_init(&json, MT_OP_MAX_BYTES);
    mt_order_print(shown, MT_ORDER_FULL, &json);
    struct mt_stmt *s;
    enum mt_rc rc = mt_buf_rc(&json);
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db,
                        "UPDATE local_order SET base = ?2, version = ?3, epoch = ?4, json = ?5, status = ?6 WHERE order_id = ?1",
                        &s, err);
    }
    if (rc == MT_OK) {
        mt_bind_text(s, 1, base->order_id.s);
        mt_bind_sv(s, 2, base_json);
        mt_bind_int(s, 3, base->version);
        mt_bind_text(s, 4, epoch);
        mt_bind_sv(s, 5, mt_buf_view(&json));
        mt_bind_text(s, 6, mt_order_status_name(shown->status));
        rc = mt_stmt_run(s, NULL, err);
    }
    mt_buf_fini(&json);
    return rc;
}

/* Version and epoch of the row; MT_NOTFOUND when the order is not kept here. */
static enum mt_rc row_of(struct mt_register *r, const struct mt_id *order_id, int64_t *version, bool *same_epoch, const char *epoch,
                         struct mt_arena *arena, const char **base, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT version, epoch, coalesce(base, '') FROM local_order WHERE order_id = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_id->s);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *version = mt_col_int(s, 0);
        *same_epoch = epoch == NULL || mt_sv_is(mt_col_sv(s, 1), epoch);
        *base = mt_col_text(s, 2, arena);
        rc = *base != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory for an order.");
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_local_order_answered(struct mt_register *r, const struct mt_id *order_id, struct mt_sv json, const char *epoch,
                                   struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 64u << 20);
    struct mt_order base, shown;
    int64_t version = 0;
    bool same_epoch = false;
    const char *old = "";
    enum mt_rc rc = row_of(r, order_id, &version, &same_epoch, epoch, &arena, &old, err);
    if (rc == MT_OK && mt_order_parse(json, &arena, &base, NULL) == MT_OK && mt_id_eq(&base.order_id, order_id) &&
        (!same_epoch || base.version >= version)) {
        shown = base;
        rc = lay_over(r, order_id, &shown, &arena, err);
        if (rc == MT_OK) {
            rc = set_row(r, &base, json, &shown, epoch, err);
        }
    }
    mt_arena_fini(&arena);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc mark_refused(struct mt_register *r, const struct mt_id *order_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE local_order SET refused = 1 WHERE order_id = ?1 AND base IS NULL", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_id->s);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_local_order_refused(struct mt_register *r, const struct mt_id *order_id, bool create, struct mt_err *err) {
    if (create) {
        return mark_refused(r, order_id, err);
    }
    struct mt_arena arena;
    mt_arena_init(&arena, 64u << 20);
    int64_t version = 0;
    bool same = false;
    const char *json = "";
    struct mt_order base, shown;
    enum mt_rc rc = row_of(r, order_id, &version, &same, NULL, &arena, &json, err);
    if (rc == MT_OK && json[0] != '\0' && mt_order_parse(mt_sv(json), &arena, &base, NULL) == MT_OK) {
        shown = base;
        rc = lay_over(r, order_id, &shown, &arena, err);
        if (rc == MT_OK) {
            rc = set_row(r, &base, mt_sv(json), &shown, r->enrolled.info.epoch, err);
        }
    }
    mt_arena_fini(&arena);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

#define LOCAL_COLUMNS                                                                                                              \
    "SELECT json, own, refused, epoch, (SELECT count(*) FROM outbox WHERE outbox.order_id = local_order.order_id"                  \
    " AND state IN ('waiting','frozen')) FROM local_order "

static enum mt_rc read_local(struct mt_stmt *s, struct mt_arena *arena, struct mt_local_order *out, struct mt_err *err) {
    memset(out, 0, sizeof *out);
    enum mt_rc rc = mt_order_parse(mt_col_sv(s, 0), arena, &out->order, err);
    out->own = mt_col_int(s, 1) != 0;
    out->refused = mt_col_int(s, 2) != 0;
    out->unsent = mt_col_int(s, 4);
    return rc == MT_OK ? mt_sv_copy(mt_col_sv(s, 3), out->epoch, sizeof out->epoch) : rc;
}

enum mt_rc mt_register_order(struct mt_register *r, const char *order_no, struct mt_arena *arena, struct mt_local_order *out,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, LOCAL_COLUMNS "WHERE order_no = ?1 ORDER BY own DESC, base IS NULL DESC LIMIT 1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_no);
    rc = mt_stmt_one(s, err);
    rc = rc == MT_OK ? read_local(s, arena, out, err) : rc;
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? mt_fail(err, rc, "There is no order %.31s on this till.", order_no) : rc;
}

#define NEWEST " ORDER BY taken_at DESC, order_no DESC LIMIT ?1"
const char *const mt_local_orders_sql[] = {
    [MT_ORDERS_ALL] = LOCAL_COLUMNS NEWEST,
    [MT_ORDERS_OPEN] = LOCAL_COLUMNS "WHERE " MT_ORDER_OPEN NEWEST,
    [MT_ORDERS_STATUS] = LOCAL_COLUMNS "WHERE status = ?2" NEWEST,
};

enum mt_rc mt_register_orders(struct mt_register *r, enum mt_orders_wanted wanted, enum mt_order_status status, size_t limit,
                              struct mt_arena *arena, struct mt_local_order **out, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    *out = mt_arena_array(arena, limit + 1, sizeof **out);
    enum mt_rc rc = *out != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory for the orders.");
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db, mt_local_orders_sql[wanted], &s, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, (int64_t)limit);
    if (wanted == MT_ORDERS_STATUS) {
        mt_bind_text(s, 2, mt_order_status_name(status));
    }
    while (*count < limit && (rc = mt_stmt_one(s, err)) == MT_OK) {
        rc = read_local(s, arena, &(*out)[*count], err);
        if (rc != MT_OK) {
            break;
        }
        (*count)++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* One number about a drug. */
static enum mt_rc packs_of(struct mt_register *r, const char *sql, const struct mt_id *drug_id, int64_t *packs,
                           struct mt_err *err) {
    struct mt_stmt *s;
    *packs = 0;
    enum mt_rc rc = mt_db_stmt(r->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, drug_id->s);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *packs = mt_col_int(s, 0);
    }
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_register_unsynced(struct mt_register *r, const struct mt_id *drug_id, int64_t *packs, struct mt_err *err) {
    return packs_of(r, "SELECT coalesce(sum(quantity), 0) FROM pending_line WHERE drug_id = ?1", drug_id, packs, err);
}

enum mt_rc mt_register_sold_one(struct mt_register *r, const struct mt_id *drug_id, int64_t *packs, struct mt_err *err) {
    return packs_of(r, "SELECT coalesce(sum(packs), 0) FROM sold WHERE drug_id = ?1", drug_id, packs, err);
}

enum mt_rc mt_register_sold(struct mt_register *r, struct mt_arena *arena, struct mt_sold **out, size_t *count,
                            struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT count(*) FROM sold", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_stmt_one(s, err);
    const size_t most = rc == MT_OK ? (size_t)mt_col_int(s, 0) : 0;
    mt_stmt_done(s);
    *out = mt_arena_array(arena, most + 1, sizeof **out);
    if (rc == MT_OK) {
        rc = *out != NULL ? mt_db_stmt(r->db, "SELECT drug_id, packs FROM sold", &s, err)
                          : mt_fail(err, MT_NOMEM, "Not enough memory for the ranking.");
    }
    if (rc != MT_OK) {
        return rc;
    }
    while (*count < most && (rc = mt_stmt_one(s, err)) == MT_OK) {
        struct mt_sold *one = &(*out)[*count];
        rc = mt_sv_copy(mt_col_sv(s, 0), one->drug_id.s, sizeof one->drug_id.s);
        if (rc != MT_OK) {
            break;
        }
        one->packs = mt_col_int(s, 1);
        (*count)++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}
