/* exception.resolve: what a manager decides. `settled` ends an exception that was seen to by hand. An exception that stands for a
 * kept operation (quarantined, or salvaged from a copied till) ends only with that operation: `apply` applies it now, `drop`
 * answers that it did not happen. Either way what waited behind it on the same order goes on. */
#include "goods.h"
#include "settle.h"
#include "words.h"

#include <medterm/repo/orders.h>
#include <medterm/repo/settle.h>

#include <string.h>

/* What is to be settled, and the operation kept for it. */
struct matter {
    struct mt_exception exception;
    struct mt_repo_operation row;
    bool kept;
};

static enum mt_rc load_kept(struct apply *a, struct matter *m) {
    const enum mt_exception_kind kind = m->exception.kind;
    if ((kind != MT_EXC_QUARANTINED && kind != MT_EXC_SALVAGE) || !mt_id_is(&m->exception.op_id))
        return MT_OK;
    enum mt_rc rc = mt_repo_operation_get(a->db, m->exception.op_id.s, a->arena, &m->row, &a->err);
    m->kept = rc == MT_OK && strcmp(m->row.outcome, mt_outcome_name(MT_QUARANTINED)) == 0;
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc find(struct apply *a, struct matter *m) {
    struct mt_id store_id = {""};
    const char *id = a->op->body.resolve.exception_id.s;
    enum mt_rc rc = mt_repo_exception_store(a->db, id, &store_id, &a->err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && !mt_id_eq(&store_id, &a->lane.store_id)))
        return refuse_field(a, MT_P_NOT_FOUND, "exception_id", "There is no such exception in this store.");
    if (rc == MT_OK)
        rc = mt_repo_exception_get(a->db, id, a->arena, &m->exception, &a->err);
    if (rc == MT_OK && !m->exception.open)
        return refuse_field(a, MT_P_VALIDATION_FAILED, "exception_id", "This exception is settled already.");
    return rc == MT_OK ? load_kept(a, m) : rc;
}

/* Whether the action fits what there is. */
static enum mt_rc judge(struct apply *a, const struct matter *m) {
    const bool by_hand = a->op->body.resolve.action == MT_RESOLVE_SETTLED;
    if (by_hand && m->kept)
        return refuse_field(a, MT_P_VALIDATION_FAILED, "action", "An operation is kept for this: apply it, or drop it.");
    if (!by_hand && !m->kept)
        return refuse_field(a, MT_P_VALIDATION_FAILED, "action", "No operation is kept for this; it can only be settled by hand.");
    return MT_OK;
}

static enum mt_rc note_order(struct apply *a, const struct mt_id *order_id) {
    struct mt_order o;
    if (!mt_id_is(order_id))
        return MT_OK;
    enum mt_rc rc = mt_repo_order_load(a->db, order_id->s, a->arena, &o, &a->err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && !mt_id_eq(&o.store_id, &a->lane.store_id)))
        return MT_OK;
    if (rc == MT_OK)
        rc = order_noted(a, &o, "exception", a->op->body.resolve.note);
    return rc == MT_OK ? trail_change(a->x, a->lane.store_id.s, MT_ENTITY_ORDER, order_id->s, &a->err) : rc;
}

static enum mt_rc close_it(struct apply *a, const struct matter *m) {
    const struct mt_op_resolve *body = &a->op->body.resolve;
    const char *by = mt_id_is(&a->op->staff_id) ? a->op->staff_id.s : a->lane.code;
    const char *id = m->exception.exception_id.s;
    enum mt_rc rc = mt_repo_exception_settle(a->db, id, body->note, by, a->now, &a->err);
    if (rc == MT_OK)
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_EXCEPTION, id, &a->err);
    if (rc == MT_OK)
        rc = goods_audit(a, mt_resolve_name(body->action), "exception", id);
    return rc == MT_OK ? note_order(a, &m->exception.order_id) : rc;
}

/* The sender hears that it is refused; whatever it was is not in the books. */
static enum mt_rc drop(struct apply *a, struct matter *m) {
    const char *note = a->op->body.resolve.note;
    struct mt_problem problem;
    struct mt_buf said;
    mt_problem_init(&problem);
    mt_buf_init(&said, 16u << 10);
    (void)mt_problem_set(&problem, MT_P_VALIDATION_FAILED, "A manager has settled that it is not to be applied: %.*s",
                         words_fit(note, 150), note);
    mt_problem_print(&problem, &said);
    enum mt_rc rc = mt_buf_rc(&said);
    if (rc == MT_OK) {
        m->row.outcome = mt_outcome_name(MT_REFUSED);
        m->row.result = mt_sv("");
        m->row.problem = mt_buf_view(&said);
        m->row.waits = "";
        rc = mt_repo_operation_answer(a->db, &m->row, &a->err);
    }
    mt_buf_fini(&said);
    a->freed = m->row.order_id;
    return rc;
}

static enum mt_rc act(struct apply *a, struct matter *m) {
    switch (a->op->body.resolve.action) {
    case MT_RESOLVE_SETTLED:
        return MT_OK;
    case MT_RESOLVE_APPLY:
        return kept_apply(a, &m->row);
    case MT_RESOLVE_DROP:
        return drop(a, m);
    }
    return mt_fail(&a->err, MT_BUG, "an exception settled in no way");
}

static enum mt_rc answer(struct apply *a, const struct matter *m) {
    struct mt_exception now;
    enum mt_rc rc = mt_repo_exception_get(a->db, m->exception.exception_id.s, a->arena, &now, &a->err);
    if (rc != MT_OK)
        return rc;
    mt_exception_print(&now, &a->result);
    return mt_buf_rc(&a->result);
}

enum mt_rc apply_exception_resolve(struct apply *a) {
    struct matter m = {.kept = false};
    enum mt_rc rc = demand_right(a, MT_RIGHT_SETTLE, NULL);
    if (rc == MT_OK && going_on(a))
        rc = find(a, &m);
    if (rc == MT_OK && going_on(a))
        rc = judge(a, &m);
    if (rc == MT_OK && going_on(a))
        rc = close_it(a, &m);
    if (rc == MT_OK && going_on(a))
        rc = act(a, &m);
    return rc == MT_OK && going_on(a) ? answer(a, &m) : rc;
}
