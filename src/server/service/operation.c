/* One operation of a push: applied in a savepoint, or refused, or set aside, and in each case written to the log with its
 * answer in the batch's transaction. What a refusal had written until then is undone. A fault of ours (out of memory, a
 * rule of the schema that our code broke) sets the operation aside and lets the others go on; a fault of the disk ends the
 * batch, and nothing of it is stored. */
#include "operation.h"

#include <medterm/repo/orders.h>

#include <string.h>

/* The order an operation is about, also when its body could not be read. Canonical JSON escapes quotes inside strings, so
 * the bare member can only be the body's own. */
static struct mt_id order_of(const struct mt_push_op *p) {
    static const char member[] = "\"order_id\":\"";
    struct mt_id id = {""};
    const struct mt_id *known = mt_op_order_id(&p->op);
    if (p->op.kind == MT_OP_VOID || p->op.kind == MT_OP_SALVAGE)
        return id;
    if (!p->unreadable && !p->unknown && mt_id_is(known))
        return *known;
    const size_t n = sizeof member - 1;
    for (size_t i = 0; i + n < p->canonical.n; i++) {
        if (memcmp(p->canonical.p + i, member, n) != 0)
            continue;
        struct mt_sv rest = mt_sv_n(p->canonical.p + i + n, p->canonical.n - i - n);
        if (mt_id_parse(mt_sv_cut(&rest, '"'), &id) != MT_OK)
            id.s[0] = '\0';
        break;
    }
    return id;
}

/* What can be said before the kind's own function is asked. */
static enum mt_rc judge(struct apply *a, const struct mt_push_op *p, const struct mt_id *order_id) {
    const char *said = p->problem != NULL ? p->problem->detail : "";
    if (p->unknown) {
        enum mt_rc rc =
            set_aside(a, "version", MT_P_VALIDATION_FAILED, "%s", said[0] != '\0' ? said : "This service does not know it yet.");
        if (p->problem != NULL)
            a->problem->errors = p->problem->errors;
        return rc;
    }
    if (p->unreadable) {
        enum mt_rc rc =
            a->fact ? set_aside(a, "person", MT_P_VALIDATION_FAILED, "%s", said) : refuse(a, MT_P_VALIDATION_FAILED, "%s", said);
        if (p->problem != NULL)
            a->problem->errors = p->problem->errors;
        return rc;
    }
    if (a->prior_refused)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "It was refused before the service was put back to an older state.");
    if (a->op->kind != MT_OP_VOID && a->op->kind != MT_OP_SALVAGE && a->op->fact != a->fact && !a->prior_applied)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "It says it is a %s and is a %s.", a->op->fact ? "fact" : "request",
                         a->fact ? "fact" : "request");
    if (!mt_id_is(order_id))
        return MT_OK;
    bool waiting = false;
    enum mt_rc rc = mt_repo_operation_waiting(a->db, order_id->s, a->op->kind == MT_OP_ORDER_CREATE, &waiting, &a->err);
    if (rc == MT_OK && waiting)
        return set_aside(a, "operation", MT_P_INVALID_ORDER_STATUS, "An earlier operation on this order has to be settled first.");
    return rc;
}

static enum mt_rc print_order(struct apply *a, struct mt_buf *out) {
    struct mt_order o;
    enum mt_rc rc = mt_repo_order_load(a->db, a->order_id.s, a->arena, &o, &a->err);
    if (rc != MT_OK)
        return rc;
    mt_order_print(&o, MT_ORDER_FULL, out);
    return mt_buf_rc(out);
}

/* The effect: in a savepoint, undone unless it stands. */
static enum mt_rc effect(struct apply *a, struct mt_buf *result) {
    apply_fn apply = apply_of(a->op->kind);
    if (apply == NULL)
        return set_aside(a, "version", MT_P_VALIDATION_FAILED, "This service does not know the operation yet.");
    enum mt_rc rc = mt_db_savepoint(a->db, &a->err);
    if (rc != MT_OK)
        return rc;
    rc = apply(a);
    if (rc == MT_OK && going_on(a) && mt_id_is(&a->order_id)) {
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_ORDER, a->order_id.s, &a->err);
        if (rc == MT_OK)
            rc = print_order(a, result);
    }
    if (rc == MT_OK && going_on(a))
        return mt_db_release(a->db, &a->err);
    struct mt_err undo = {.rc = MT_OK};
    enum mt_rc undone = mt_db_rollback_to(a->db, &undo);
    if (undone != MT_OK) {
        a->err = undo;
        return undone;
    }
    return rc;
}

static enum mt_rc fault(struct apply *a, enum mt_rc rc) {
    if (service_disk_fault(rc))
        return rc;
    mt_log_event(a->x->service->log, MT_LOG_ERROR, "operation_fault", MT_L_TEXT("op_id", a->op->op_id.s),
                 MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(&a->err)));
    return set_aside(a, "person", MT_P_INTERNAL, "A fault of the service; it is kept and will be applied.");
}

static enum mt_rc exception_of(struct apply *a, const struct mt_id *order_id) {
    if (a->outcome != MT_QUARANTINED || strcmp(a->waits, "operation") == 0)
        return MT_OK;
    struct mt_order about = {.order_id = *order_id};
    return open_exception(a, a->exception, &about, NULL, 0, 0, "%s", a->problem->detail);
}

enum mt_rc operation_decide(struct apply *a, const struct mt_push_op *p, struct mt_repo_operation *row, struct mt_buf *result,
                            struct mt_buf *problem) {
    row->order_id = order_of(p);
    enum mt_rc rc = judge(a, p, &row->order_id);
    if (rc == MT_OK && going_on(a))
        rc = effect(a, result);
    if (rc != MT_OK)
        rc = fault(a, rc);
    if (rc != MT_OK)
        return rc;
    if (!going_on(a)) {
        mt_buf_clear(result);
        mt_problem_print(a->problem, problem);
        rc = exception_of(a, &row->order_id);
    } else if (mt_buf_view(result).n == 0) {
        mt_buf_str(result, "{}");
    }
    row->outcome = mt_outcome_name(a->outcome);
    row->result = mt_buf_view(result);
    row->problem = mt_buf_view(problem);
    row->waits = a->outcome == MT_QUARANTINED ? a->waits : "";
    if (rc == MT_OK)
        rc = mt_buf_rc(result);
    return rc == MT_OK ? mt_buf_rc(problem) : rc;
}

void operation_begin(struct apply *a, struct mt_session *x, const struct mt_repo_register *lane, const struct mt_push_op *p,
                     struct mt_problem *problem) {
    *a = (struct apply){.x = x,
                        .db = x->db,
                        .arena = &x->scratch,
                        .lane = *lane,
                        .op = &p->op,
                        .fact = mt_op_is_fact(&p->op, !lane->is_client) || (p->unreadable && p->op.fact),
                        .now = service_now(x),
                        .outcome = MT_APPLIED,
                        .waits = "",
                        .exception = MT_EXC_QUARANTINED,
                        .problem = problem};
    mt_problem_init(problem);
}

/* What an operation came to before the service was put back stands: it has been acted on. */
static void heed_prior(struct apply *a, const struct mt_push_op *p, const char *epoch) {
    if (!p->has_prior || strcmp(p->prior.epoch, epoch) == 0)
        return;
    a->prior_applied = p->prior.outcome == MT_APPLIED;
    a->prior_refused = p->prior.outcome == MT_REFUSED;
    a->fact = a->fact || a->prior_applied;
}

/* Answers one operation that had to wait. *done: it waits on, so do those behind it. */
static enum mt_rc wake_one(struct apply *by, struct mt_repo_operation *row, bool *done) {
    struct mt_problem problem;
    struct mt_push_op p = {.canonical = row->bytes};
    struct mt_repo_register lane;
    struct apply a;
    *done = true;
    enum mt_rc rc = mt_repo_register_get(by->db, &row->register_id, &lane, &by->err);
    if (rc != MT_OK || mt_op_parse(row->bytes, by->arena, &p.op, &problem) != MT_OK)
        return rc;
    operation_begin(&a, by->x, &lane, &p, &problem);
    struct mt_buf result, said;
    mt_buf_init(&result, MT_BODY_MAX_BYTES * 4);
    mt_buf_init(&said, 64u << 10);
    rc = effect(&a, &result);
    if (rc != MT_OK)
        rc = service_disk_fault(rc) ? rc : MT_OK; /* still a fault of ours: it stays where it is */
    else if (a.outcome != MT_QUARANTINED) {
        struct mt_id resolved;
        if (!going_on(&a))
            mt_problem_print(&problem, &said);
        row->outcome = mt_outcome_name(a.outcome);
        row->result = going_on(&a) ? mt_buf_view(&result) : mt_sv("");
        row->problem = mt_buf_view(&said);
        row->waits = "";
        *done = false;
        rc = mt_repo_operation_answer(a.db, row, &a.err);
        if (rc == MT_OK)
            rc = mt_repo_exception_resolve(a.db, row->order_id.s, row->op_id.s, a.now, &resolved, &a.err);
        if (rc == MT_OK && mt_id_is(&resolved))
            rc = trail_change(a.x, lane.store_id.s, MT_ENTITY_EXCEPTION, resolved.s, &a.err);
    }
    by->err = a.err;
    mt_buf_fini(&result);
    mt_buf_fini(&said);
    return rc;
}

/* What waited for the order an operation has just changed, oldest first. */
static enum mt_rc wake(struct apply *by) {
    bool done = false;
    enum mt_rc rc = MT_OK;
    while (rc == MT_OK && !done) {
        struct mt_repo_operation row;
        rc = mt_repo_operation_next_waiting(by->db, by->order_id.s, by->arena, &row, &by->err);
        if (rc == MT_NOTFOUND)
            return MT_OK;
        if (rc == MT_OK)
            rc = wake_one(by, &row, &done);
    }
    return rc;
}

/* Sales that waited longer than this before they were sent were taken without a line. */
#define OFFLINE_AFTER_MS (30 * 1000)

enum mt_rc operation_apply(struct mt_session *x, struct mt_repo_register *lane, const struct mt_push_op *p,
                           const struct push_of *push, struct mt_arena *answer, struct mt_push_result *out, struct mt_err *err) {
    struct mt_problem problem;
    struct apply a;
    operation_begin(&a, x, lane, p, &problem);
    heed_prior(&a, p, push->epoch);
    a.offline = push->sent_at != 0 && push->sent_at - p->op.at > OFFLINE_AFTER_MS;
    struct mt_repo_operation row = {.op_id = p->op.op_id,
                                    .register_id = lane->register_id,
                                    .register_seq = p->op.register_seq,
                                    .kind = p->op.kind != MT_OP_UNKNOWN ? mt_op_kind_name(p->op.kind)
                                                                        : (p->op.kind_name != NULL ? p->op.kind_name : ""),
                                    .bytes = p->canonical,
                                    .received_at = a.now};
    mt_hash_hex(p->canonical, row.hash);
    struct mt_buf result, said;
    mt_buf_init(&result, MT_BODY_MAX_BYTES * 4);
    mt_buf_init(&said, 64u << 10);
    enum mt_rc rc = operation_decide(&a, p, &row, &result, &said);
    if (rc == MT_OK)
        rc = mt_repo_operation_insert(x->db, &row, &a.err);
    if (rc == MT_OK)
        rc = mt_repo_register_advance(x->db, &lane->register_id, row.register_seq, &row.op_id, &a.err);
    if (rc == MT_OK) {
        lane->last_seq = row.register_seq;
        rc = operation_answer(&row, false, answer, out);
    }
    if (rc == MT_OK && going_on(&a) && mt_id_is(&a.order_id))
        rc = wake(&a);
    if (rc != MT_OK && err != NULL)
        *err = a.err;
    mt_buf_fini(&result);
    mt_buf_fini(&said);
    return rc;
}

enum mt_rc operation_answer(const struct mt_repo_operation *row, bool replayed, struct mt_arena *answer,
                            struct mt_push_result *out) {
    *out = (struct mt_push_result){.op_id = row->op_id, .register_seq = row->register_seq, .replayed = replayed};
    if (mt_outcome_parse(mt_sv(row->outcome), &out->outcome) != MT_OK)
        return MT_CORRUPT;
    const char *result = row->result.n > 0 ? mt_arena_sv(answer, row->result) : "";
    const char *problem = row->problem.n > 0 ? mt_arena_sv(answer, row->problem) : "";
    if (result == NULL || problem == NULL)
        return MT_NOMEM;
    out->result = mt_sv_n(result, row->result.n);
    out->problem = mt_sv_n(problem, row->problem.n);
    return MT_OK;
}
