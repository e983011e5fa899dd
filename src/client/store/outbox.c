/* The outbox: what waits, what needs attention, and what a person or the service makes of it. An operation is never
 * deleted and never changes its id, sequence or first bytes; only its state and the last answer change. */
#include "register_impl.h"

#include <medterm/base/utf8.h>

#include <stdlib.h>
#include <string.h>

const char *mt_outbox_state_name(enum mt_outbox_state s) {
    static const char *const names[] = {
#define MT_X(symbol, name) [symbol] = (name),
        MT_OUTBOX_TABLE(MT_X)
#undef MT_X
    };
    return (size_t)s < sizeof names / sizeof names[0] ? names[s] : "";
}

static enum mt_outbox_state state_parse(struct mt_sv name) {
    static const enum mt_outbox_state all[] = {
#define MT_X(symbol, text) symbol,
        MT_OUTBOX_TABLE(MT_X)
#undef MT_X
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (mt_sv_is(name, mt_outbox_state_name(all[i]))) {
            return all[i];
        }
    }
    return MT_OUT_WAITING; /* the table's CHECK allows no other */
}

#define OP_COLUMNS                                                                                                                 \
    "SELECT lane, seq, op_id, coalesce(order_id, ''), kind, state, bytes, coalesce(order_no, ''), at, coalesce(answered_at, 0),"   \
    " attempts, words, coalesce(result, ''), coalesce(problem, ''), coalesce(outcome, ''), coalesce(answered_epoch, ''),"          \
    " settled_by IS NOT NULL FROM outbox "

static struct mt_sv kept(struct mt_stmt *s, int col, struct mt_arena *arena) {
    const struct mt_sv text = mt_col_sv(s, col);
    const char *copy = mt_col_text(s, col, arena);
    return copy != NULL ? mt_sv_n(copy, text.n) : (struct mt_sv){NULL, 0};
}

static enum mt_rc read_op(struct mt_stmt *s, struct mt_arena *arena, struct mt_outbox_op *o, struct mt_err *err) {
    *o = (struct mt_outbox_op){
        .lane = mt_col_int(s, 0),
        .seq = mt_col_int(s, 1),
        .kind = mt_op_kind_parse(mt_col_sv(s, 4)),
        .state = state_parse(mt_col_sv(s, 5)),
        .bytes = kept(s, 6, arena),
        .order_no = mt_col_text(s, 7, arena),
        .at = mt_col_int(s, 8),
        .answered_at = mt_col_int(s, 9),
        .attempts = mt_col_int(s, 10),
        .words = mt_col_text(s, 11, arena),
        .result = kept(s, 12, arena),
        .problem = kept(s, 13, arena),
        .answered_epoch = mt_col_text(s, 15, arena),
        .settled = mt_col_int(s, 16) != 0,
    };
    o->has_outcome = mt_outcome_parse(mt_col_sv(s, 14), &o->outcome) == MT_OK;
    if (o->order_no == NULL || o->words == NULL || o->bytes.p == NULL || o->answered_epoch == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the unsent operations.");
    }
    enum mt_rc rc = mt_sv_copy(mt_col_sv(s, 2), o->op_id.s, sizeof o->op_id.s);
    return rc == MT_OK ? mt_sv_copy(mt_col_sv(s, 3), o->order_id.s, sizeof o->order_id.s) : rc;
}

/* Reads rows until none is left, `most` are read, or `max_bytes` are full. */
static enum mt_rc read_ops(struct mt_stmt *s, size_t most, size_t max_bytes, struct mt_arena *arena, struct mt_outbox_op *ops,
                           size_t *count, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    size_t bytes = 0;
    while (*count < most && (rc = mt_stmt_one(s, err)) == MT_OK) {
        rc = read_op(s, arena, &ops[*count], err);
        if (rc != MT_OK) {
            break;
        }
        bytes += ops[*count].bytes.n + 64; /* what stands around them in the batch */
        if (*count > 0 && bytes > max_bytes) {
            break;
        }
        (*count)++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_register_batch(struct mt_register *r, size_t max_ops, size_t max_bytes, struct mt_arena *arena,
                             struct mt_outbox_op **ops, size_t *count, struct mt_err *err) {
    *count = 0;
    *ops = NULL;
    enum mt_rc rc = mt_register_need_lane(r, err);
    if (rc != MT_OK || r->enrolled.frozen) {
        return rc;
    }
    *ops = mt_arena_array(arena, max_ops, sizeof **ops);
    struct mt_stmt *s;
    rc = *ops != NULL ? mt_db_stmt(r->db, OP_COLUMNS "WHERE state = 'waiting' AND lane = ?1 ORDER BY lane, seq LIMIT ?2", &s, err)
                      : mt_fail(err, MT_NOMEM, "Not enough memory for the unsent operations.");
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, (int64_t)max_ops);
    return read_ops(s, max_ops, max_bytes, arena, *ops, count, err);
}

static enum mt_rc number_of(struct mt_register *r, const char *sql, int64_t lane, int64_t *out, struct mt_err *err) {
    struct mt_stmt *s;
    *out = 0;
    enum mt_rc rc = mt_db_stmt(r->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, lane);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *out = mt_col_int(s, 0);
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc acked_id(struct mt_register *r, struct mt_outbox_sum *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db, "SELECT op_id, coalesce(answered_epoch, '') FROM outbox WHERE lane = ?1 AND seq = ?2", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, out->acked_seq);
    rc = mt_stmt_one(s, err);
    rc = rc == MT_OK ? mt_sv_copy(mt_col_sv(s, 0), out->acked_op_id.s, sizeof out->acked_op_id.s) : rc;
    rc = rc == MT_OK ? mt_sv_copy(mt_col_sv(s, 1), out->acked_epoch, sizeof out->acked_epoch) : rc;
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

#define UNSENT "(state = 'waiting' OR (state = 'frozen' AND salvaged_by IS NULL))"

/* It waits for another answer, and has one: what the service must know has not become less. */
#define ASKED_AGAIN                                                                                                                \
    "(coalesce(outcome, '') = 'quarantined' AND coalesce(answered_epoch, '') = (SELECT l.epoch FROM lane l WHERE l.lane = ?1))"

enum mt_rc mt_register_sum(struct mt_register *r, struct mt_outbox_sum *out, struct mt_err *err) {
    *out = (struct mt_outbox_sum){0};
    const int64_t lane = r->is_enrolled ? r->enrolled.lane : 0;
    int64_t first_waiting = 0;
    const struct {
        const char *sql;
        int64_t *to;
    } figures[] = {
        {"SELECT count(*) FROM outbox WHERE state IN ('waiting','frozen') AND " UNSENT " AND ?1 >= 0", &out->unsent},
        {"SELECT coalesce(min(at), 0) FROM outbox WHERE state IN ('waiting','frozen') AND " UNSENT " AND ?1 >= 0",
         &out->oldest_unsent},
        {"SELECT count(*) FROM outbox WHERE state IN ('refused','quarantined') AND ?1 >= 0", &out->attention},
        {"SELECT count(*) FROM outbox WHERE state = 'waiting' AND lane = ?1", &out->waiting},
        {"SELECT coalesce(min(seq), 0) FROM outbox WHERE state IN ('waiting','frozen') AND lane = ?1 AND NOT " ASKED_AGAIN,
         &first_waiting},
        {"SELECT coalesce(max(seq), 0) FROM outbox WHERE lane = ?1", &out->last_seq},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        enum mt_rc rc = number_of(r, figures[i].sql, lane, figures[i].to, err);
        if (rc != MT_OK) {
            return rc;
        }
    }
    out->acked_seq = first_waiting > 0 ? first_waiting - 1 : out->last_seq;
    return out->acked_seq > 0 ? acked_id(r, out, err) : MT_OK;
}

enum mt_rc mt_register_tried(struct mt_register *r, int64_t first, int64_t last, const char *words, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        r->db,
        "UPDATE outbox SET attempts = attempts + 1, words = ?4 WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3 AND state = 'waiting'", &s,
        err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, first);
    mt_bind_int(s, 3, last);
    mt_bind_text(s, 4, words != NULL ? words : "");
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_register_reopen(struct mt_register *r, int64_t last_seq, int64_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(r->db,
                               "UPDATE outbox SET state = 'waiting' WHERE lane = ?1 AND seq > ?2 AND state IN "
                               "('applied','refused','quarantined','settled')",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, last_seq);
    return mt_stmt_run(s, count, err);
}

enum mt_rc mt_register_ask_again(struct mt_register *r, int64_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE outbox SET state = 'waiting' WHERE lane = ?1 AND state = 'quarantined'", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    return mt_stmt_run(s, count, err);
}

static enum mt_rc freeze_rows(struct mt_register *r, const char *why, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE lane SET frozen = 1, why = ?2 WHERE lane = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_text(s, 2, why);
    rc = mt_stmt_run(s, NULL, err);
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db, "UPDATE outbox SET state = 'frozen', words = ?2 WHERE lane = ?1 AND state = 'waiting'", &s, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_text(s, 2, why);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_register_freeze(struct mt_register *r, const char *why, struct mt_err *err) {
    enum mt_rc rc = mt_register_need_lane(r, err);
    if (rc == MT_OK) {
        rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    rc = freeze_rows(r, why, err);
    if (rc == MT_OK) {
        rc = mt_register_audit(r, "", "freeze", r->enrolled.info.register_code, err);
    }
    rc = mt_register_end(r, rc, err);
    return rc == MT_OK ? mt_register_load(r, err) : rc;
}

/* Of the present lane, whatever became of it. */
static enum mt_rc one_op(struct mt_register *r, int64_t seq, struct mt_arena *arena, struct mt_outbox_op *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, OP_COLUMNS "WHERE lane = ?1 AND seq = ?2", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, seq);
    rc = mt_stmt_one(s, err);
    rc = rc == MT_OK ? read_op(s, arena, out, err) : rc;
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? mt_fail(err, rc, "There is no operation %lld.", (long long)seq) : rc;
}

/* The longest original a void carries; a longer one, and one a void was already refused with, is left out and stays here. */
#define VOID_ORIGINAL_MAX (96u << 10)

static enum mt_rc write_void(struct mt_register *r, const struct mt_outbox_op *old, const char *reason, struct mt_arena *arena,
                             struct mt_err *err) {
    struct mt_op was;
    struct mt_problem problem;
    mt_problem_init(&problem);
    struct mt_op op = {
        .op_id = old->op_id,
        .register_seq = old->seq,
        .kind = MT_OP_VOID,
        .kind_name = mt_op_kind_name(MT_OP_VOID),
        .at = old->at,
        .body.voided = {reason, old->bytes.n <= VOID_ORIGINAL_MAX && old->kind != MT_OP_VOID && mt_utf8_valid(old->bytes)
                                    ? old->bytes.p
                                    : ""},
    };
    op.fact = true; /* unless its bytes say otherwise: a lost fact would be noticed by nobody */
    if (mt_op_parse(old->bytes, arena, &was, &problem) == MT_OK) {
        op.fact = was.fact;
        op.staff_id = was.staff_id;
    }
    struct mt_buf bytes;
    mt_buf_init(&bytes, MT_OP_MAX_BYTES);
    mt_op_print(&op, &bytes);
    enum mt_rc rc = mt_buf_rc(&bytes);
    struct mt_stmt *s;
    if (rc == MT_OK) {
        rc = mt_db_stmt(
            r->db, "UPDATE outbox SET original = coalesce(original, bytes), bytes = ?3, kind = 'void' WHERE lane = ?1 AND seq = ?2",
            &s, err);
    }
    if (rc == MT_OK) {
        mt_bind_int(s, 1, r->enrolled.lane);
        mt_bind_int(s, 2, old->seq);
        mt_bind_sv(s, 3, mt_buf_view(&bytes));
        rc = mt_stmt_run(s, NULL, err);
    }
    mt_buf_fini(&bytes);
    return rc;
}

enum mt_rc mt_register_void(struct mt_register *r, int64_t seq, const char *reason, struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 4u << 20);
    struct mt_outbox_op old;
    enum mt_rc rc = one_op(r, seq, &arena, &old, err);
    if (rc == MT_OK && old.kind == MT_OP_VOID && old.bytes.n < 512) {
        rc =
            mt_fail(err, MT_CONFLICT,
                    "The service takes operation %lld in no form, and what comes after it waits. Nothing is lost.", (long long)seq);
    }
    if (rc == MT_OK) {
        rc = write_void(r, &old, reason, &arena, err);
    }
    mt_arena_fini(&arena);
    return rc;
}

static enum mt_rc settle_row(struct mt_register *r, int64_t seq, const char *staff_id, struct mt_err *err) {
    struct mt_stmt *s;
    int64_t changed = 0;
    enum mt_rc rc =
        mt_db_stmt(r->db,
                   "UPDATE outbox SET state = 'settled', settled_by = ?2 WHERE seq = ?1 AND lane = (SELECT max(lane) FROM outbox"
                   " WHERE seq = ?1 AND state IN ('refused','quarantined')) AND state IN ('refused','quarantined')",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, seq);
    mt_bind_text(s, 2, staff_id);
    rc = mt_stmt_run(s, &changed, err);
    if (rc == MT_OK && changed == 0) {
        rc = mt_fail(err, MT_NOTFOUND, "Operation %lld needs no attention.", (long long)seq);
    }
    char subject[24];
    struct mt_buf b;
    mt_buf_init(&b, sizeof subject);
    mt_buf_fmt(&b, "%lld", (long long)seq);
    if (rc == MT_OK) {
        rc = mt_register_audit(r, staff_id, "settle", mt_buf_text(&b), err);
    }
    mt_buf_fini(&b);
    return rc;
}

enum mt_rc mt_register_settle(struct mt_register *r, int64_t seq, const char *staff_id, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    return mt_register_end(r, settle_row(r, seq, staff_id, err), err);
}

/* The one settle_row settles: an older lane may have used the same sequence. */
static enum mt_rc refused_op(struct mt_register *r, int64_t seq, struct mt_arena *arena, struct mt_outbox_op *out,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db, OP_COLUMNS "WHERE seq = ?1 AND state IN ('refused','quarantined') ORDER BY lane DESC LIMIT 1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, seq);
    rc = mt_stmt_one(s, err);
    rc = rc == MT_OK ? read_op(s, arena, out, err) : rc;
    mt_stmt_done(s);
    if (rc == MT_OK && out->state != MT_OUT_REFUSED) { /* a second copy would count twice when the first is applied */
        return mt_fail(err, MT_DENIED, "The service keeps operation %lld and applies it by itself.", (long long)seq);
    }
    return rc == MT_NOTFOUND ? mt_fail(err, rc, "Operation %lld needs no attention.", (long long)seq) : rc;
}

/* Its order waits for an answer again. */
static enum mt_rc order_waits(struct mt_register *r, const struct mt_id *order_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE local_order SET refused = 0 WHERE order_id = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_id->s);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc again_row(struct mt_register *r, int64_t seq, const char *staff_id, struct mt_arena *arena, struct mt_err *err) {
    struct mt_outbox_op old;
    struct mt_op op;
    struct mt_problem problem;
    mt_problem_init(&problem);
    enum mt_rc rc = refused_op(r, seq, arena, &old, err);
    if (rc == MT_OK && mt_op_parse(old.bytes, arena, &op, &problem) != MT_OK) {
        rc = mt_fail(err, MT_INVALID, "Operation %lld can not be sent again as it is.", (long long)seq);
    }
    if (rc == MT_OK) {
        rc = settle_row(r, seq, staff_id, err);
    }
    if (rc == MT_OK) {
        op.op_id = mt_id_new(&r->ids);
        op.at = r->clock.wall(r->clock.ctx);
        rc = mt_register_take_seq(r, &op.register_seq, err);
    }
    struct mt_buf bytes;
    mt_buf_init(&bytes, MT_OP_MAX_BYTES);
    if (rc == MT_OK) {
        mt_op_print(&op, &bytes);
        rc = mt_buf_rc(&bytes);
    }
    if (rc == MT_OK) {
        rc = mt_register_put_op(r, &op, mt_buf_view(&bytes), err);
    }
    mt_buf_fini(&bytes);
    return rc == MT_OK && op.kind == MT_OP_ORDER_CREATE ? order_waits(r, &old.order_id, err) : rc;
}

enum mt_rc mt_register_again(struct mt_register *r, int64_t seq, const char *staff_id, struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 16u << 20);
    enum mt_rc rc = mt_register_need_lane(r, err);
    if (rc == MT_OK) {
        rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    }
    if (rc == MT_OK) {
        rc = mt_register_end(r, again_row(r, seq, staff_id, &arena, err), err);
    }
    mt_arena_fini(&arena);
    return rc;
}

enum mt_rc mt_register_outbox(struct mt_register *r, enum mt_outbox_pick pick, size_t limit, struct mt_arena *arena,
                              struct mt_outbox_op **ops, size_t *count, struct mt_err *err) {
    static const struct {
        const char *count, *rows;
    } sql[] = {
#define OPEN "WHERE state IN ('waiting','refused','quarantined','frozen') AND (state <> 'frozen' OR salvaged_by IS NULL) "
#define MINE "WHERE state IN ('waiting','frozen') AND " UNSENT " "
        [MT_PICK_OPEN] = {"SELECT count(*) FROM outbox " OPEN "AND ?1 >= 0", OP_COLUMNS OPEN "ORDER BY lane, seq LIMIT ?1"},
        [MT_PICK_UNSENT] = {"SELECT count(*) FROM outbox " MINE "AND ?1 >= 0", OP_COLUMNS MINE "ORDER BY lane, seq LIMIT ?1"},
        [MT_PICK_ALL] = {"SELECT count(*) FROM outbox WHERE ?1 >= 0", OP_COLUMNS "ORDER BY lane, seq LIMIT ?1"},
#undef OPEN
#undef MINE
    };
    int64_t n = 0;
    *count = 0;
    enum mt_rc rc = number_of(r, sql[pick].count, 0, &n, err);
    const size_t most = limit > 0 && (size_t)n > limit ? limit : (size_t)n;
    *ops = mt_arena_array(arena, most + 1, sizeof **ops);
    if (rc == MT_OK && *ops == NULL) {
        rc = mt_fail(err, MT_NOMEM, "Not enough memory for the unsent operations.");
    }
    struct mt_stmt *s;
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db, sql[pick].rows, &s, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, (int64_t)most);
    return read_ops(s, most, SIZE_MAX, arena, *ops, count, err);
}
