/* One operation of a push. Its effect and its row in the log stand or fall together, in a savepoint; when it is refused or
 * set aside the effect is undone, and the row, with its exception, gets a savepoint of its own. Savepoints are never nested:
 * the pages an outer one keeps would make each of a long batch's dearer than the one before. A fault of ours (out of
 * memory, a rule of the schema that our code broke) sets the operation aside and lets the others go on; a fault of the disk
 * ends the batch, and nothing of it is stored. */
#include "operation.h"
#include "prior.h"
#include "words.h"

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
    /* What others wait for does not wait behind them: an order, and the payment that a refund came before. */
    const bool awaited = a->op->kind == MT_OP_ORDER_CREATE || a->op->kind == MT_OP_PAYMENT_RECORD;
    bool waiting = false;
    enum mt_rc rc = mt_repo_operation_waiting(a->db, order_id->s, a->lane.store_id.s, awaited, &waiting, &a->err);
    if (rc != MT_OK || !waiting)
        return rc;
    /* Who asks over REST is on the line and gets a no; a till's request can wait as its facts do. */
    if (a->lane.is_client && !a->fact)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "An earlier operation on this order has to be settled first. Ask again then.");
    return set_aside(a, "operation", MT_P_INVALID_ORDER_STATUS, "An earlier operation on this order has to be settled first.");
}

static enum mt_rc print_order(struct apply *a) {
    struct mt_order o;
    enum mt_rc rc = a->made == NULL ? mt_repo_order_load(a->db, a->order_id.s, a->arena, &o, &a->err) : MT_OK;
    if (rc != MT_OK)
        return rc;
    mt_order_print(a->made != NULL ? a->made : &o, MT_ORDER_FULL, &a->result);
    return mt_buf_rc(&a->result);
}

/* The answer goes into the row, the row into the log. */
static enum mt_rc log_row(struct apply *a) {
    a->row->outcome = mt_outcome_name(a->outcome);
    a->row->result = mt_buf_view(&a->result);
    a->row->problem = mt_buf_view(&a->said);
    a->row->waits = a->outcome == MT_QUARANTINED ? a->waits : "";
    return a->log(a);
}

/* Ends the savepoint: what was written stands, or is undone. */
static enum mt_rc leave(struct apply *a, enum mt_rc rc, bool stands) {
    struct mt_err undo = {.rc = MT_OK};
    if (rc == MT_OK && stands) {
        rc = service_release(a->x, &a->err);
        if (rc == MT_OK)
            count_operation(a);
        return rc;
    }
    a->went_out_short = 0;
    enum mt_rc undone = service_rollback_to(a->x, &undo);
    if (undone == MT_OK)
        return rc;
    a->err = undo;
    return undone;
}

static enum mt_rc effect(struct apply *a) {
    apply_fn apply = apply_of(a->op->kind);
    if (apply == NULL)
        return set_aside(a, "version", MT_P_VALIDATION_FAILED, "This service does not know the operation yet.");
    enum mt_rc rc = service_savepoint(a->x, &a->err);
    if (rc != MT_OK)
        return rc;
    rc = apply(a);
    if (rc == MT_OK && going_on(a) && mt_id_is(&a->order_id)) {
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_ORDER, a->order_id.s, &a->err);
        if (rc == MT_OK && a->result.n == 0)
            rc = print_order(a);
    } else if (rc == MT_OK && going_on(a) && a->result.n == 0) {
        mt_buf_str(&a->result, "{}");
        rc = mt_buf_rc(&a->result);
    }
    if (rc == MT_OK && going_on(a))
        rc = log_row(a);
    return leave(a, rc, going_on(a));
}

/* It was applied before the service was put back, and would be refused now: its answer stands, and a person hears of what it meets.
 * What settled an exception that is not here any more has nothing left to do. */
static enum mt_rc stands(struct apply *a) {
    const struct mt_order about = {.order_id = a->row->order_id};
    enum mt_rc rc = service_savepoint(a->x, &a->err);
    if (rc != MT_OK)
        return rc;
    if (a->op->kind != MT_OP_EXCEPTION_RESOLVE)
        rc = open_exception(a, MT_EXC_STATUS_CONFLICT, &about, NULL, 0, 0, "It was done before the service was put back. Now: %.*s",
                            words_fit(a->problem->detail, 300), a->problem->detail);
    a->outcome = MT_APPLIED;
    mt_problem_init(a->problem);
    mt_buf_clear(&a->result);
    if (a->prior_result.n > 0)
        mt_buf_sv(&a->result, a->prior_result);
    else
        mt_buf_str(&a->result, "{}");
    if (rc == MT_OK)
        rc = mt_buf_rc(&a->result);
    if (rc == MT_OK)
        rc = log_row(a);
    return leave(a, rc, true);
}

enum mt_rc operation_effect(struct apply *a) {
    enum mt_rc rc = effect(a);
    return rc == MT_OK && a->outcome == MT_REFUSED && a->prior_applied ? stands(a) : rc;
}

static enum mt_rc exception_of(struct apply *a) {
    if (a->outcome != MT_QUARANTINED || strcmp(a->waits, "operation") == 0)
        return MT_OK;
    struct mt_order about = {.order_id = a->row->order_id};
    return open_exception(a, a->exception, &about, NULL, 0, 0, "%s", a->problem->detail);
}

enum mt_rc operation_keep(struct apply *a) {
    mt_buf_clear(&a->result);
    mt_buf_clear(&a->said);
    mt_problem_print(a->problem, &a->said);
    enum mt_rc rc = mt_buf_rc(&a->said);
    if (rc == MT_OK)
        rc = service_savepoint(a->x, &a->err);
    if (rc != MT_OK)
        return rc;
    rc = exception_of(a);
    if (rc == MT_OK)
        rc = log_row(a);
    return leave(a, rc, true);
}

static enum mt_rc fault(struct apply *a, enum mt_rc rc) {
    if (rc == MT_CONFLICT && a->x->suspects_others)
        return MT_BUSY;
    if (service_disk_fault(rc))
        return rc;
    mt_log_event(a->x->service->log, MT_LOG_ERROR, "operation_fault", SERVICE_ABOUT(a->x), MT_L_TEXT("op_id", a->op->op_id.s),
                 MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(&a->err)));
    return set_aside(a, "person", MT_P_INTERNAL, "A fault of the service; it is kept and will be applied.");
}

void operation_begin(struct apply *a, struct mt_session *x, const struct mt_repo_register *lane, const struct mt_push_op *p,
                     struct mt_repo_operation *row, enum mt_rc (*log)(struct apply *a), struct mt_problem *problem) {
    *a = (struct apply){.x = x,
                        .db = x->db,
                        .arena = &x->scratch,
                        .lane = *lane,
                        .op = &p->op,
                        .fact = mt_op_is_fact(&p->op, !lane->is_client) || (p->unreadable && p->op.fact),
                        .now = service_now(x),
                        .row = row,
                        .log = log,
                        .outcome = MT_APPLIED,
                        .waits = "",
                        .exception = MT_EXC_QUARANTINED,
                        .problem = problem};
    mt_problem_init(problem);
    mt_buf_init(&a->result, MT_BODY_MAX_BYTES * 4);
    mt_buf_init(&a->said, 64u << 10);
}

void operation_end(struct apply *a) {
    mt_buf_fini(&a->result);
    mt_buf_fini(&a->said);
}

static enum mt_rc log_new(struct apply *a) {
    enum mt_rc rc = mt_repo_operation_insert(a->db, a->row, &a->err);
    if (rc == MT_OK)
        rc = prior_keep(a);
    return rc == MT_OK ? mt_repo_register_advance(a->db, &a->lane.register_id, a->row->register_seq, &a->row->op_id, &a->err) : rc;
}

static struct mt_repo_operation row_of(const struct mt_push_op *p, const struct mt_repo_register *lane, mt_time now) {
    const char *sent = p->op.kind_name != NULL ? p->op.kind_name : "";
    struct mt_repo_operation row = {.op_id = p->op.op_id,
                                    .register_id = lane->register_id,
                                    .register_seq = p->op.register_seq,
                                    .kind = p->op.kind != MT_OP_UNKNOWN ? mt_op_kind_name(p->op.kind) : sent,
                                    .order_id = order_of(p),
                                    .bytes = p->canonical,
                                    .received_at = now};
    mt_hash_hex(p->canonical, row.hash);
    return row;
}

/* A till's clock may drift; a day off, or an operation taken after it was sent, is a clock that was set wrong. */
#define CLOCK_DRIFT_MS (24 * 60 * 60 * INT64_C(1000))
#define CLOCK_STEP_MS (5 * 60 * INT64_C(1000))
static bool clock_wrong(mt_time sent_at, mt_time taken_at, mt_time now) {
    return sent_at != 0 && (sent_at > now + CLOCK_DRIFT_MS || sent_at < now - CLOCK_DRIFT_MS || taken_at > sent_at + CLOCK_STEP_MS);
}

/* Sales that waited longer than this before they were sent were taken without a line. */
#define OFFLINE_AFTER_MS (30 * 1000)

enum mt_rc operation_apply(struct mt_session *x, struct mt_repo_register *lane, const struct mt_push_op *p,
                           const struct push_of *push, struct mt_arena *answer, struct mt_push_result *out, struct mt_err *err) {
    struct mt_problem problem;
    struct apply a;
    struct mt_repo_operation row = row_of(p, lane, service_now(x));
    operation_begin(&a, x, lane, p, &row, log_new, &problem);
    enum mt_rc rc = prior_heed(&a, p, push->epoch);
    a.clock_wrong = clock_wrong(push->sent_at, p->op.at, a.now);
    a.sent_at = push->sent_at;
    a.offline = push->sent_at != 0 && push->sent_at - p->op.at > OFFLINE_AFTER_MS;
    if (rc == MT_OK)
        rc = judge(&a, p, &row.order_id);
    if (rc == MT_OK && going_on(&a))
        rc = operation_effect(&a);
    if (rc != MT_OK)
        rc = fault(&a, rc);
    if (rc == MT_OK && !going_on(&a))
        rc = operation_keep(&a);
    if (rc == MT_OK) {
        lane->last_seq = row.register_seq;
        rc = operation_answer(&row, false, answer, out);
    }
    if (rc == MT_OK && a.outcome != MT_QUARANTINED && mt_id_is(&row.order_id))
        rc = waiting_apply(x, &row.order_id, &lane->store_id, &a.err);
    if (rc == MT_OK && a.outcome == MT_APPLIED && mt_id_is(&a.freed))
        rc = waiting_apply(x, &a.freed, &lane->store_id, &a.err);
    if (rc != MT_OK && err != NULL)
        *err = a.err;
    operation_end(&a);
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
