/* Orders that a REST client made and nobody paid give their goods back after a while. Each is cancelled by an operation of its
 * client's own lane, logged like any other, with an id that derives from the order: two programs that serve one database, and a
 * service that was put back to an older state, cancel it once. Tills expire their own orders themselves, because they may be taking
 * the money this moment without a line. */
#include "give_back.h"
#include "operation.h"

#include <stdio.h>

#define MINUTE_MS INT64_C(60000)

struct expiry {
    struct mt_session *x;
    char epoch[MT_ID_TEXT];
    mt_time until;
    struct mt_arena arena; /* the session's scratch is emptied by each operation */
    size_t expired;
};

static enum mt_rc unpaid(struct expiry *e, int64_t most, struct mt_repo_unpaid **list, size_t *count, struct mt_err *err) {
    mt_arena_reset(&e->arena);
    return mt_repo_unpaid_of_clients(e->x->db, e->until, most, &e->arena, list, count, err);
}

static enum mt_rc op_id_of(const struct mt_repo_unpaid *u, struct mt_id *out) {
    char cause[MT_ID_TEXT + 16];
    int n = snprintf(cause, sizeof cause, "expire:%s", u->order_id.s);
    if (n < 0 || (size_t)n >= sizeof cause)
        return MT_BUG;
    return mt_id_from_cause(mt_sv(cause), out);
}

static enum mt_rc apply(struct expiry *e, struct mt_repo_register *lane, struct mt_op *op, struct mt_err *err) {
    struct mt_buf bytes;
    mt_buf_init(&bytes, MT_BODY_MAX_BYTES);
    mt_op_print(op, &bytes);
    enum mt_rc rc = mt_buf_rc(&bytes);
    if (rc == MT_OK) {
        const struct mt_push_op p = {.op = *op, .canonical = mt_buf_view(&bytes)};
        struct mt_push_result result;
        mt_arena_reset(&e->x->scratch);
        rc = operation_apply(e->x, lane, &p, &(struct push_of){.epoch = e->epoch}, &e->arena, &result, err);
        if (rc == MT_OK && result.outcome == MT_APPLIED)
            e->expired++;
    }
    mt_buf_fini(&bytes);
    return rc;
}

static enum mt_rc expire_one(struct expiry *e, const struct mt_repo_unpaid *u, struct mt_err *err) {
    struct mt_repo_register lane;
    struct mt_repo_operation before;
    struct mt_op op = {.kind = MT_OP_ORDER_CANCEL, .at = service_now(e->x), .fact = false};
    op.kind_name = mt_op_kind_name(op.kind);
    op.body.cancel = (struct mt_op_order_cancel){.order_id = u->order_id, .reason = EXPIRED};
    enum mt_rc rc = mt_sv_copy(mt_sv(u->order_no), op.body.cancel.order_no, sizeof op.body.cancel.order_no);
    if (rc == MT_OK)
        rc = op_id_of(u, &op.op_id);
    if (rc == MT_OK)
        rc = mt_repo_operation_get(e->x->db, op.op_id.s, &e->arena, &before, err);
    if (rc != MT_NOTFOUND)
        return rc; /* it was tried before, and what came of it stands */
    rc = mt_repo_register_get(e->x->db, &u->register_id, &lane, err);
    if (rc != MT_OK)
        return rc;
    op.register_seq = lane.last_seq + 1;
    return apply(e, &lane, &op, err);
}

/* Looks again inside the transaction: money may have come meanwhile. */
static enum mt_rc expire_all(struct expiry *e, struct mt_err *err) {
    struct mt_repo_unpaid *list;
    size_t count;
    enum mt_rc rc = service_epoch(e->x, e->epoch, err);
    if (rc == MT_OK)
        rc = unpaid(e, MT_EXPIRE_MOST, &list, &count, err);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = expire_one(e, &list[i], err);
    return rc;
}

enum mt_rc mt_service_expire(struct mt_session *x, int64_t unpaid_minutes, size_t *expired, struct mt_err *err) {
    struct expiry e = {.x = x, .until = service_now(x) - unpaid_minutes * MINUTE_MS};
    struct mt_repo_unpaid *list;
    size_t count;
    *expired = 0;
    mt_arena_init(&e.arena, MT_SCRATCH_MAX);
    enum mt_rc rc = unpaid(&e, 1, &list, &count, err); /* mostly none: then nobody's place as the writer is taken */
    if (rc == MT_OK && count > 0) {
        rc = service_begin(x, MT_HERE, err);
        if (rc == MT_OK) {
            rc = expire_all(&e, err);
            if (rc == MT_OK)
                rc = service_commit(x, err);
            else
                service_rollback(x);
        }
        mt_metrics_move(x->tally, rc == MT_OK ? x->service->metrics : NULL);
    }
    if (rc == MT_OK)
        *expired = e.expired;
    mt_arena_fini(&e.arena);
    return rc;
}
