/* Enrolment. A lane is one numbering of operations and belongs to a register. The same register again keeps its lane: by its
 * register_id (a lost reply, a new token), or by its code in its store, when the service had lost the enrolment with an older state
 * and was told to take the register back; what it forgot is then sent again. Another one starts a new lane; what the old lane never
 * got answered goes into the new one as salvage operations, each carrying the original bytes, in the same transaction: from then on
 * they are unsent operations like any other, and a manager settles them at the service. */
#include "register_impl.h"

#include <string.h>

/* lane: of one that is there; 0 for a new one. */
static enum mt_rc bind_lane(struct mt_register *r, const char *sql, int64_t lane, const char *url, const struct mt_register_info *i,
                            struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, i->register_id.s);
    mt_bind_text(s, 2, i->register_code);
    mt_bind_text(s, 3, i->store_id.s);
    mt_bind_text(s, 4, i->store_name);
    mt_bind_text(s, 5, i->currency);
    mt_bind_text(s, 6, url);
    mt_bind_text(s, 7, i->token);
    mt_bind_text(s, 8, i->epoch);
    mt_bind_int(s, 9, r->clock.wall(r->clock.ctx));
    if (lane > 0) {
        mt_bind_int(s, 10, lane);
    }
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc renew(struct mt_register *r, const char *url, const struct mt_register_info *i, struct mt_err *err) {
    return bind_lane(
        r,
        "UPDATE lane SET register_id = ?1, register_code = ?2, store_id = ?3, store_name = ?4, currency = ?5, url = ?6, token = ?7,"
        " epoch = CASE WHEN epoch = '' THEN ?8 ELSE epoch END, enrolled_at = ?9 WHERE lane = ?10",
        r->enrolled.lane, url, i, err);
}

/* A code never returns with another register_id; should it, its numbers still go on where they stopped. */
static enum mt_rc begin_lane(struct mt_register *r, const char *url, const struct mt_register_info *i, struct mt_err *err) {
    return bind_lane(r,
                     "INSERT INTO lane (register_id, register_code, store_id, store_name, currency, url, token, epoch, enrolled_at,"
                     " last_order) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                     " coalesce((SELECT max(last_order) FROM lane WHERE register_code = ?2), 0))",
                     0, url, i, err);
}

struct unanswered {
    struct mt_id op_id, staff_id;
    int64_t seq;
    const char *bytes;
};

static enum mt_rc load_unanswered(struct mt_register *r, int64_t lane, struct mt_arena *arena, struct unanswered **out,
                                  size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        r->db, "SELECT count(*) FROM outbox WHERE lane = ?1 AND state IN ('waiting','frozen') AND salvaged_by IS NULL", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, lane);
    rc = mt_stmt_one(s, err);
    size_t n = rc == MT_OK ? (size_t)mt_col_int(s, 0) : 0;
    mt_stmt_done(s);
    *count = 0;
    *out = mt_arena_array(arena, n + 1, sizeof **out);
    if (rc != MT_OK || *out == NULL) {
        return rc != MT_OK ? rc : mt_fail(err, MT_NOMEM, "Not enough memory for the unanswered operations.");
    }
    rc = mt_db_stmt(r->db,
                    "SELECT op_id, seq, bytes, coalesce(staff_id, '') FROM outbox WHERE lane = ?1 AND state IN ('waiting','frozen')"
                    " AND salvaged_by IS NULL ORDER BY seq",
                    &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, lane);
    while (*count < n && (rc = mt_stmt_one(s, err)) == MT_OK) {
        struct unanswered *u = &(*out)[*count];
        u->seq = mt_col_int(s, 1);
        u->bytes = mt_col_text(s, 2, arena);
        rc = mt_sv_copy(mt_col_sv(s, 0), u->op_id.s, sizeof u->op_id.s);
        if (rc == MT_OK) {
            rc = mt_sv_copy(mt_col_sv(s, 3), u->staff_id.s, sizeof u->staff_id.s);
        }
        if (rc == MT_OK && u->bytes == NULL) {
            rc = mt_fail(err, MT_NOMEM, "Not enough memory for the unanswered operations.");
        }
        if (rc != MT_OK) {
            break;
        }
        (*count)++;
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc salvage_one(struct mt_register *r, const struct mt_enrolled *old, const struct unanswered *u,
                              struct mt_err *err) {
    struct mt_op op = {
        .op_id = mt_id_new(&r->ids),
        .kind = MT_OP_SALVAGE,
        .kind_name = mt_op_kind_name(MT_OP_SALVAGE),
        .staff_id = u->staff_id,
        .at = r->clock.wall(r->clock.ctx),
        .body.salvage = {old->info.register_code, u->seq, u->op_id, u->bytes},
    };
    op.fact = true; /* it stands for what may have happened */
    struct mt_buf bytes;
    mt_buf_init(&bytes, 2 * MT_OP_MAX_BYTES);
    mt_op_print(&op, &bytes);
    enum mt_rc rc = mt_buf_rc(&bytes);
    if (rc == MT_OK) {
        rc = mt_register_take_seq(r, &op.register_seq, err);
    }
    if (rc == MT_OK) {
        rc = mt_register_put_op(r, &op, mt_buf_view(&bytes), err);
    }
    struct mt_stmt *s;
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db, "UPDATE outbox SET state = 'frozen', salvaged_by = ?2 WHERE op_id = ?1", &s, err);
    }
    if (rc == MT_OK) {
        mt_bind_text(s, 1, u->op_id.s);
        mt_bind_text(s, 2, op.op_id.s);
        rc = mt_stmt_run(s, NULL, err);
    }
    mt_buf_fini(&bytes);
    return rc;
}

static enum mt_rc salvage(struct mt_register *r, const struct mt_enrolled *old, struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 256u << 20);
    struct unanswered *list = NULL;
    size_t count = 0;
    enum mt_rc rc = load_unanswered(r, old->lane, &arena, &list, &count, err);
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        rc = salvage_one(r, old, &list[i], err);
    }
    mt_arena_fini(&arena);
    return rc;
}

/* The packs of a salvaged operation are no longer "not yet answered": the service decides about them as a whole. */
static enum mt_rc new_lane(struct mt_register *r, const char *url, const struct mt_register_info *info, struct mt_err *err) {
    const bool had = r->is_enrolled;
    const struct mt_enrolled old = r->enrolled;
    enum mt_rc rc = begin_lane(r, url, info, err);
    if (rc == MT_OK) {
        rc = mt_register_load(r, err);
    }
    if (rc == MT_OK && had) {
        rc = salvage(r, &old, err);
    }
    return rc;
}

/* The register this till is already. A frozen lane stays behind whatever its code: what was copied is salvaged. */
static bool same_register(const struct mt_register *r, const struct mt_register_info *info) {
    const struct mt_register_info *own = &r->enrolled.info;
    if (!r->is_enrolled || mt_id_eq(&own->register_id, &info->register_id))
        return r->is_enrolled;
    return !r->enrolled.frozen && strcmp(own->register_code, info->register_code) == 0 && mt_id_eq(&own->store_id, &info->store_id);
}

enum mt_rc mt_register_enrol(struct mt_register *r, const char *url, const struct mt_register_info *info, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    if (same_register(r, info)) {
        rc = renew(r, url, info, err);
    } else {
        rc = new_lane(r, url, info, err);
    }
    if (rc == MT_OK) {
        rc = mt_register_audit(r, "", "enrol", info->register_code, err);
    }
    rc = mt_register_end(r, rc, err);
    struct mt_err later = {0};
    enum mt_rc loaded = mt_register_load(r, rc == MT_OK ? err : &later); /* also after a rollback: memory follows the file */
    return rc != MT_OK ? rc : loaded;
}
