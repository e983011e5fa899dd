/* REST requests inside a batch. A request becomes an operation of its client: the service gives it the next number of the client's
 * lane, and a new order its own number, prints it in the canonical form that tills send, and applies it like any other. So the log,
 * the hashes, the answers and the audit know one kind of write.
 *
 * The key a request came under is stored in the savepoint of its operation: either both stand or none. A repeat finds the key, is
 * held against the hash of what was asked then, and gets the answer of the operation, whatever has become of it. What is turned
 * down before it is an operation (an unmet If-Match) leaves the key free. */
#include "operation.h"

#include <medterm/repo/rest.h>

#include <string.h>

static enum mt_rc turn_down(struct mt_write *w, enum mt_problem_code code, const char *detail) {
    (void)mt_problem_set(&w->problem, code, "%s", detail);
    return MT_OK;
}

/* What the answer is about, beside what it says. */
static void name_subject(struct mt_write *w, const struct mt_op *op) {
    w->answer.rest.kind = op->kind;
    switch (op->kind) {
    case MT_OP_ORDER_CREATE:
        memcpy(w->answer.rest.order_no, op->body.create.order.order_no, sizeof w->answer.rest.order_no);
        break;
    case MT_OP_PAYMENT_RECORD:
        w->answer.rest.id = op->body.payment.payment.payment_id;
        break;
    case MT_OP_PAYMENT_START:
        w->answer.rest.id = op->body.start.payment_id;
        break;
    case MT_OP_PAYMENT_CANCEL:
        w->answer.rest.id = op->body.payment_cancel.payment_id;
        break;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
        w->answer.rest.id = op->body.refund.refund_id;
        break;
    case MT_OP_RETURN_RECORD:
        w->answer.rest.id = op->body.returned.return_id;
        break;
    case MT_OP_USER_PUT:
        w->answer.rest.id = op->body.user.user.user_id;
        break;
    case MT_OP_DOCTOR_PUT:
        w->answer.rest.id = op->body.doctor.doctor.doctor_id;
        break;
    case MT_OP_ORDER_ADVANCE:
    case MT_OP_ORDER_CANCEL:
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
    case MT_OP_EXCEPTION_RESOLVE:
    case MT_OP_VOID:
    case MT_OP_SALVAGE:
    case MT_OP_UNKNOWN:
        break;
    }
}

static enum mt_rc repeat(struct mt_session *x, struct mt_write *w, const struct mt_repo_rest_key *known, const char *hash,
                         struct mt_err *err) {
    struct mt_repo_operation stored;
    struct mt_op op;
    if (strcmp(known->hash, hash) != 0)
        return turn_down(w, MT_P_IDEMPOTENCY_KEY_REUSED,
                         "This Idempotency-Key came with another request before. Use a new key for a new request.");
    enum mt_rc rc = mt_repo_operation_get(x->db, known->op_id.s, &x->scratch, &stored, err);
    if (rc == MT_OK)
        rc = operation_answer(&stored, true, w->arena, &w->answer.rest.told);
    if (rc == MT_OK)
        rc = mt_op_parse(stored.bytes, &x->scratch, &op, &(struct mt_problem){.code = MT_P_NONE});
    if (rc == MT_OK)
        name_subject(w, &op);
    return rc == MT_NOTFOUND || rc == MT_INVALID ? mt_fail(err, MT_CORRUPT, "a key without its operation") : rc;
}

static enum mt_rc judge_version(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    const struct mt_rest *r = &w->request.rest;
    const struct mt_id *order_id = mt_op_order_id(&r->op);
    int64_t version = 0;
    if (!r->if_match || !mt_id_is(order_id))
        return MT_OK;
    enum mt_rc rc = mt_repo_order_version(x->db, order_id->s, &version, err);
    for (size_t i = 0; rc == MT_OK && i < r->version_count; i++)
        if (r->versions[i] == version)
            return MT_OK;
    return rc == MT_OK ? turn_down(w, MT_P_VERSION_CONFLICT, "The order has changed meanwhile. Read it again, and decide anew.")
                       : rc;
}

/* The number and the bytes; *p is what a push would have brought. */
static enum mt_rc complete(struct mt_session *x, struct mt_write *w, const struct mt_repo_register *lane, struct mt_push_op *p,
                           struct mt_err *err) {
    struct mt_op *op = &w->request.rest.op;
    struct mt_buf bytes;
    enum mt_rc rc = MT_OK;
    op->register_seq = lane->last_seq + 1;
    if (op->kind == MT_OP_ORDER_CREATE) {
        int64_t number = 0;
        rc = mt_repo_client_next_order(x->db, lane->register_id.s, &number, err);
        if (rc == MT_OK)
            rc = mt_order_no_make(lane->code, number, op->body.create.order.order_no);
    }
    if (rc != MT_OK)
        return rc;
    mt_buf_init(&bytes, MT_PUSH_MAX_BYTES);
    mt_op_print(op, &bytes);
    rc = mt_buf_rc(&bytes);
    const char *copy = rc == MT_OK ? mt_arena_sv(w->arena, mt_buf_view(&bytes)) : NULL;
    *p = (struct mt_push_op){.op = *op, .canonical = mt_sv_n(copy, mt_buf_view(&bytes).n)};
    mt_buf_fini(&bytes);
    return rc == MT_OK && copy == NULL ? mt_fail(err, MT_NOMEM, "no memory for an operation") : rc;
}

static enum mt_rc apply_new(struct mt_session *x, struct mt_write *w, struct mt_repo_register *lane, const char *hash,
                            struct mt_err *err) {
    struct mt_repo_rest_key key = {.client_id = lane->register_id,
                                   .op_id = w->request.rest.op.op_id,
                                   .key = w->request.rest.key,
                                   .created_at = service_now(x)};
    const struct push_of push = {.epoch = "", .sent_at = 0};
    struct mt_push_op p;
    memcpy(key.hash, hash, sizeof key.hash);
    enum mt_rc rc = complete(x, w, lane, &p, err);
    mt_arena_reset(&x->scratch);
    if (rc == MT_OK)
        rc = operation_apply(x, lane, &p, &push, w->arena, &w->answer.rest.told, err);
    if (rc == MT_OK)
        rc = mt_repo_rest_key_insert(x->db, &key, err);
    if (rc == MT_OK)
        name_subject(w, &p.op);
    return rc;
}

enum mt_rc rest_apply(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    const struct mt_rest *r = &w->request.rest;
    struct mt_repo_register lane;
    struct mt_repo_rest_key known;
    char hash[MT_HASH_TEXT];
    mt_hash_hex(r->request, hash);
    mt_arena_reset(&x->scratch);
    enum mt_rc rc = mt_repo_register_get(x->db, &w->caller.id, &lane, err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && lane.revoked)) /* since the route looked */
        return turn_down(w, MT_P_UNAUTHENTICATED, "This client is not known any more.");
    if (rc == MT_OK)
        rc = mt_repo_rest_key_get(x->db, lane.register_id.s, r->key, &known, err);
    if (rc == MT_OK)
        return repeat(x, w, &known, hash, err);
    if (rc == MT_NOTFOUND)
        rc = judge_version(x, w, err);
    if (rc != MT_OK || w->problem.code != MT_P_NONE)
        return rc;
    rc = service_savepoint(x, err);
    if (rc != MT_OK)
        return rc;
    rc = apply_new(x, w, &lane, hash, err);
    if (rc == MT_OK)
        return service_release(x, err);
    enum mt_rc undone = service_rollback_to(x, NULL);
    return undone == MT_OK ? rc : undone;
}
