/* Answers of the service, one transaction for all of a push: the operation's state and the answer in its row, the
 * order as the service has it, the packs no longer subtracted. An operation that is not waiting any more keeps what it
 * has: the same answer may come twice. What a person has settled and a restored service refuses again stays settled. */
#include "orders.h"
#include "register_impl.h"

#include <string.h>

static enum mt_outbox_state state_of(enum mt_outcome o) {
    switch (o) {
    case MT_APPLIED:
        return MT_OUT_APPLIED;
    case MT_REFUSED:
        return MT_OUT_REFUSED;
    case MT_QUARANTINED:
        break;
    }
    return MT_OUT_QUARANTINED;
}

static void words_of(const struct mt_push_result *res, char *out, size_t size) {
    out[0] = '\0';
    if (res->outcome == MT_APPLIED) {
        return;
    }
    struct mt_problem p;
    mt_problem_init(&p);
    const char *text = "";
    if (res->problem.n > 0 && mt_problem_parse(res->problem, &p) == MT_OK) {
        text = p.detail[0] != '\0' ? p.detail : mt_problem_title(p.code);
    }
    if (text[0] == '\0') {
        text = res->outcome == MT_REFUSED ? "The service refused it without a reason."
                                          : "The service keeps it and could not apply it yet.";
    }
    if (mt_sv_copy(mt_sv(text), out, size) != MT_OK) {
        out[0] = '\0';
    }
}

struct row {
    struct mt_id order_id;
    enum mt_op_kind kind;
    bool settled; /* by a person, before the service was put back */
};

static enum mt_rc update_row(struct mt_register *r, const struct mt_push_result *res, const char *epoch, struct row *row,
                             struct mt_err *err) {
    char words[256];
    words_of(res, words, sizeof words);
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db,
                   "UPDATE outbox SET state = CASE WHEN settled_by IS NULL OR ?4 = 'applied' THEN ?4 ELSE 'settled' END, attempts "
                   "= attempts + 1, words = ?5, result = ?6, problem = ?7, answered_at = ?8,"
                   " answered_epoch = ?9, outcome = ?10 WHERE lane = ?1 AND seq = ?2 AND op_id = ?3 AND state = 'waiting'"
                   " RETURNING coalesce(order_id, ''), kind, coalesce(settled_by, '')",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, res->register_seq);
    mt_bind_text(s, 3, res->op_id.s);
    mt_bind_text(s, 4, mt_outbox_state_name(state_of(res->outcome)));
    mt_bind_text(s, 5, words);
    if (res->result.n > 0) {
        mt_bind_sv(s, 6, res->result);
    }
    if (res->problem.n > 0) {
        mt_bind_sv(s, 7, res->problem);
    }
    mt_bind_int(s, 8, r->clock.wall(r->clock.ctx));
    mt_bind_text(s, 9, epoch);
    mt_bind_text(s, 10, mt_outcome_name(res->outcome));
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        rc = mt_sv_copy(mt_col_sv(s, 0), row->order_id.s, sizeof row->order_id.s);
        row->kind = mt_op_kind_parse(mt_col_sv(s, 1));
        row->settled = mt_col_sv(s, 2).n > 0; /* SQLite 3.40 gets IS NOT NULL wrong in RETURNING */
    }
    mt_stmt_done(s);
    return rc;
}

/* The packs are the service's now, also those of an operation that this one salvaged. */
static enum mt_rc drop_pending(struct mt_register *r, const struct mt_push_result *res, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db,
                               "DELETE FROM pending_line WHERE (lane = ?1 AND seq = ?2) OR"
                               " (lane, seq) IN (SELECT lane, seq FROM outbox WHERE state = 'frozen' AND salvaged_by = ?3)",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, res->register_seq);
    mt_bind_text(s, 3, res->op_id.s);
    return mt_stmt_run(s, NULL, err);
}

/* A later operation made a refused order stand after all: its refusal needs nobody any more. */
static enum mt_rc revive(struct mt_register *r, const struct mt_id *order_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        r->db,
        "UPDATE outbox SET state = 'settled' WHERE order_id = ?1 AND kind = 'order.create' AND state = 'refused' AND lane = ?2", &s,
        err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_id->s);
    mt_bind_int(s, 2, r->enrolled.lane);
    rc = mt_stmt_run(s, NULL, err);
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db, "UPDATE local_order SET refused = 0 WHERE order_id = ?1", &s, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_id->s);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc one_answer(struct mt_register *r, const struct mt_push_result *res, const char *epoch, struct mt_err *err) {
    struct row row = {0};
    enum mt_rc rc = update_row(r, res, epoch, &row, err);
    if (rc == MT_NOTFOUND) {
        return MT_OK; /* answered before */
    }
    if (rc == MT_OK) {
        rc = drop_pending(r, res, err);
    }
    if (rc != MT_OK || !mt_id_is(&row.order_id)) {
        return rc;
    }
    if (res->outcome == MT_APPLIED && res->result.n > 0) {
        rc = mt_local_order_answered(r, &row.order_id, res->result, epoch, err);
        if (rc == MT_OK && row.kind != MT_OP_ORDER_CREATE) {
            rc = revive(r, &row.order_id, err);
        }
    } else if (res->outcome == MT_REFUSED) {
        const bool create = row.kind == MT_OP_ORDER_CREATE || row.kind == MT_OP_VOID;
        if (!create || !row.settled) { /* settled: its order is what the person, or what was sent in its place, made of it */
            rc = mt_local_order_refused(r, &row.order_id, create, err);
        }
    }
    return rc;
}

static enum mt_rc put_epoch(struct mt_register *r, const char *epoch, struct mt_err *err) {
    if (epoch[0] == '\0' || strcmp(epoch, r->enrolled.info.epoch) == 0) {
        return MT_OK;
    }
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE lane SET epoch = ?2 WHERE lane = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_text(s, 2, epoch);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_register_answered(struct mt_register *r, const struct mt_push_result *results, size_t count, const char *epoch,
                                struct mt_err *err) {
    enum mt_rc rc = mt_register_need_lane(r, err);
    if (rc != MT_OK || (count == 0 && strcmp(epoch, r->enrolled.info.epoch) == 0)) {
        return rc;
    }
    rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    for (size_t i = 0; i < count && rc == MT_OK; i++) {
        rc = one_answer(r, &results[i], epoch, err);
    }
    if (rc == MT_OK) {
        rc = put_epoch(r, epoch, err);
    }
    rc = mt_register_end(r, rc, err);
    return rc == MT_OK ? mt_register_load(r, err) : rc;
}
