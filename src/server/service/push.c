/* A push inside a batch. The whole of it is judged first: the instance, what was acknowledged, and each operation's place
 * in the lane. Known operations must be the ones that are stored; new ones must follow without a gap. So a clone, a reuse
 * or a gap is found before anything is written, and the push stores nothing. Then each operation is answered in turn. */
#include "operation.h"

#include <stdio.h>
#include <string.h>

static enum mt_rc turn_down(struct mt_write *w, const struct mt_repo_register *lane, enum mt_problem_code code,
                            const char *detail) {
    (void)mt_problem_set(&w->problem, code, "%s", detail);
    w->problem.last_seq = lane->last_seq;
    return MT_OK;
}

static bool turned_down(const struct mt_write *w) {
    return w->problem.code != MT_P_NONE;
}

static enum mt_rc reused(struct mt_write *w, const struct mt_repo_register *lane) {
    return turn_down(
        w, lane, MT_P_IDEMPOTENCY_KEY_REUSED,
        "This number of the register was used for something else: its file was copied or put back. Nothing was stored.");
}

/* From a till that does not say in which epoch it was answered, the same proof shown again, while it sends anew what was lost, is
 * no second restore. */
static enum mt_rc note_lost(struct mt_session *x, const struct mt_repo_register *lane, const char *acked_op, struct mt_err *err) {
    char key[8 + MT_ID_TEXT], known[MT_ID_TEXT];
    int n = snprintf(key, sizeof key, "lost:%s", lane->register_id.s);
    if (n < 0 || (size_t)n >= sizeof key)
        return mt_fail(err, MT_BUG, "a register's id is too long");
    enum mt_rc rc = mt_repo_meta_get(x->db, key, known, sizeof known, err);
    if (rc == MT_OK && strcmp(known, acked_op) == 0)
        return MT_OK;
    if (rc == MT_OK || rc == MT_NOTFOUND)
        rc = mt_repo_meta_put(x->db, key, acked_op, err);
    return rc == MT_OK ? service_epoch_renew(x, err) : rc;
}

/* The till was told more than the service knows. When that was in this very epoch, or in one that was never here, the service was
 * put back and nobody said so: a new one begins. In an earlier one it is what that restore lost, and everybody knows. */
static enum mt_rc heed_loss(struct mt_session *x, const struct mt_push *push, const struct mt_repo_register *lane,
                            struct mt_err *err) {
    char epoch[MT_ID_TEXT];
    if (push->acked_epoch[0] == '\0')
        return note_lost(x, lane, push->acked_op_id.s, err);
    enum mt_rc rc = service_epoch(x, epoch, err);
    if (rc != MT_OK || strcmp(epoch, push->acked_epoch) == 0)
        return rc == MT_OK ? service_epoch_renew(x, err) : rc;
    rc = service_epoch_known(x, push->acked_epoch, err);
    if (rc != MT_NOTFOUND)
        return rc;
    rc = service_epoch_note(x, push->acked_epoch, err);
    return rc == MT_OK ? service_epoch_renew(x, err) : rc;
}

/* What the till knows and the service must know too, before anything else. */
static enum mt_rc judge_acked(struct mt_session *x, struct mt_write *w, const struct mt_repo_register *lane, struct mt_err *err) {
    const struct mt_push *push = &w->request.push;
    if (!push->has_acked || push->acked_seq < 1)
        return MT_OK;
    if (push->acked_seq > lane->last_seq) {
        enum mt_rc rc = service_savepoint(x, err);
        if (rc != MT_OK)
            return rc;
        rc = heed_loss(x, push, lane, err);
        enum mt_rc ended = rc == MT_OK ? service_release(x, err) : service_rollback_to(x, err);
        return rc == MT_OK ? ended : rc;
    }
    struct mt_repo_operation stored;
    enum mt_rc rc = mt_repo_operation_at(x->db, lane->register_id.s, push->acked_seq, &x->scratch, &stored, err);
    if (rc == MT_OK && !mt_id_eq(&stored.op_id, &push->acked_op_id))
        return reused(w, lane);
    return rc;
}

/* The same operation as the one stored, whatever else its envelope says. A void stands for bytes nobody could read, so it
 * has none to compare. */
static bool same(const struct mt_repo_operation *stored, const struct mt_push_op *p, const struct mt_repo_register *lane) {
#ifdef MT_PLANT_HASH_NOT_COMPARED
    return stored->register_seq == p->op.register_seq; /* the simulator's fork must notice */
#endif
    if (!mt_id_eq(&stored->op_id, &p->op.op_id) || !mt_id_eq(&stored->register_id, &lane->register_id) ||
        stored->register_seq != p->op.register_seq)
        return false;
    char hash[MT_HASH_TEXT];
    mt_hash_hex(p->canonical, hash);
    return p->op.kind == MT_OP_VOID || strcmp(stored->hash, hash) == 0;
}

/* Two operations of one push under one sequence. */
static bool same_here(const struct mt_push_op *a, const struct mt_push_op *b) {
    return mt_id_eq(&a->op.op_id, &b->op.op_id) && (b->op.kind == MT_OP_VOID || mt_sv_eq(a->canonical, b->canonical));
}

static enum mt_rc judge_known(struct mt_session *x, struct mt_write *w, const struct mt_repo_register *lane,
                              const struct mt_push_op *p, struct mt_err *err) {
    struct mt_repo_operation stored;
    enum mt_rc rc = mt_repo_operation_at(x->db, lane->register_id.s, p->op.register_seq, &x->scratch, &stored, err);
    if (rc == MT_NOTFOUND)
        return mt_fail(err, MT_CORRUPT, "a register's log has a hole");
    if (rc == MT_OK && !same(&stored, p, lane))
        return reused(w, lane);
    return rc;
}

static enum mt_rc judge_new(struct mt_session *x, struct mt_write *w, const struct mt_repo_register *lane, size_t at,
                            struct mt_err *err) {
    const struct mt_push *push = &w->request.push;
    struct mt_repo_operation stored;
    enum mt_rc rc = mt_repo_operation_get(x->db, push->ops[at].op.op_id.s, &x->scratch, &stored, err);
    if (rc == MT_OK)
        return reused(w, lane);
    if (rc != MT_NOTFOUND)
        return rc;
    for (size_t i = 0; i < at; i++)
        if (mt_id_eq(&push->ops[i].op.op_id, &push->ops[at].op.op_id))
            return reused(w, lane);
    return MT_OK;
}

/* Sequences that were new a moment ago in this same push. */
static bool repeats_here(const struct mt_push *push, size_t at, bool *equal) {
    for (size_t i = 0; i < at; i++)
        if (push->ops[i].op.register_seq == push->ops[at].op.register_seq) {
            *equal = same_here(&push->ops[i], &push->ops[at]);
            return true;
        }
    return false;
}

static enum mt_rc judge(struct mt_session *x, struct mt_write *w, const struct mt_repo_register *lane, struct mt_err *err) {
    const struct mt_push *push = &w->request.push;
    if (lane->is_client)
        return turn_down(w, lane, MT_P_FORBIDDEN, "Only registers send operations.");
    if (strcmp(push->instance_id, lane->instance_id) != 0)
        return turn_down(w, lane, MT_P_REGISTER_CLONED,
                         "Another machine works under this register. This one must be enrolled under a code of its own.");
    enum mt_rc rc = judge_acked(x, w, lane, err);
    int64_t next = lane->last_seq + 1;
    for (size_t i = 0; rc == MT_OK && !turned_down(w) && i < push->count; i++) {
        const struct mt_push_op *p = &push->ops[i];
        bool equal = false;
        mt_arena_reset(&x->scratch);
        if (p->op.register_seq > next)
            rc = turn_down(w, lane, MT_P_SEQUENCE_GAP, "Operations before these are missing; send from the one after last_seq.");
        else if (p->op.register_seq <= lane->last_seq)
            rc = judge_known(x, w, lane, p, err);
        else if (repeats_here(push, i, &equal))
            rc = equal ? MT_OK : reused(w, lane);
        else {
            rc = judge_new(x, w, lane, i, err);
            next++;
        }
    }
    return rc;
}

static enum mt_rc answer_one(struct mt_session *x, struct mt_write *w, struct mt_repo_register *lane, const struct mt_push_op *p,
                             struct mt_push_result *out, struct mt_err *err) {
    mt_arena_reset(&x->scratch);
    if (p->op.register_seq > lane->last_seq)
        return operation_apply(x, lane, p, &(struct push_of){.epoch = w->answer.push.epoch, .sent_at = w->request.push.sent_at},
                               w->arena, out, err);
    struct mt_repo_operation stored;
    enum mt_rc rc = mt_repo_operation_at(x->db, lane->register_id.s, p->op.register_seq, &x->scratch, &stored, err);
    return rc == MT_OK ? operation_answer(&stored, true, w->arena, out) : rc;
}

enum mt_rc push_apply(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    const struct mt_push *push = &w->request.push;
    struct mt_repo_register lane;
    mt_arena_reset(&x->scratch);
    enum mt_rc rc = mt_repo_register_get(x->db, &w->caller.id, &lane, err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && lane.revoked)) /* since the route looked */
        return turn_down(w, &(struct mt_repo_register){.last_seq = -1}, MT_P_UNAUTHENTICATED,
                         "This register is not known any more.");
    if (rc == MT_OK)
        rc = judge(x, w, &lane, err);
    if (rc == MT_OK && !turned_down(w))
        rc = service_epoch(x, w->answer.push.epoch, err);
    if (rc != MT_OK || turned_down(w))
        return rc;
    struct mt_push_result *results = mt_arena_array(w->arena, push->count > 0 ? push->count : 1, sizeof *results);
    if (results == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for the answers of a push");
    for (size_t i = 0; rc == MT_OK && i < push->count; i++)
        rc = answer_one(x, w, &lane, &push->ops[i], &results[i], err);
    w->answer.push.results = results;
    w->answer.push.count = push->count;
    w->answer.push.last_seq = lane.last_seq;
    return rc;
}
