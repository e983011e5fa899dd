/* The table of kinds, and the decisions an apply function can make instead of applying. */
#include "give_back.h"
#include "goods.h"
#include "people_put.h"
#include "prior.h"
#include "settle.h"
#include "words.h"

#include <medterm/repo/orders.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A new kind is one row here. */
static const apply_fn table[] = {
    [MT_OP_ORDER_CREATE] = apply_order_create,
    [MT_OP_ORDER_ADVANCE] = apply_order_advance,
    [MT_OP_ORDER_CANCEL] = apply_order_cancel,
    [MT_OP_PAYMENT_RECORD] = apply_payment_record,
    [MT_OP_REFUND_RECORD] = apply_refund,
    [MT_OP_REFUND_START] = apply_refund,
    [MT_OP_RETURN_RECORD] = apply_return,
    [MT_OP_PAYMENT_START] = apply_payment_start,
    [MT_OP_PAYMENT_CANCEL] = apply_payment_cancel,
    [MT_OP_STOCK_RECEIVE] = apply_stock,
    [MT_OP_STOCK_ADJUST] = apply_stock,
    [MT_OP_STOCK_COUNT] = apply_stock,
    [MT_OP_LOT_QUARANTINE] = apply_lot_quarantine,
    [MT_OP_LOT_RECALL] = apply_lot_recall,
    [MT_OP_USER_PUT] = apply_user_put,
    [MT_OP_DOCTOR_PUT] = apply_doctor_put,
    [MT_OP_EXCEPTION_RESOLVE] = apply_exception_resolve,
    [MT_OP_VOID] = apply_void,
    [MT_OP_SALVAGE] = apply_salvage,
    [MT_OP_UNKNOWN] = NULL,
};

apply_fn apply_of(enum mt_op_kind kind) {
    return (size_t)kind < sizeof table / sizeof table[0] ? table[kind] : NULL;
}

/* Sets the problem's code; gives the place its sentence goes to. */
static char *detail_of(struct apply *a, enum mt_problem_code code) {
    mt_problem_init(a->problem);
    a->problem->code = code;
    return a->problem->detail;
}

/* Cut is better than lost, and without words the code's title still says what happened. */
static void cut(struct apply *a, int written) {
    if (written < 0)
        a->problem->detail[0] = '\0';
    a->problem->detail[words_fit(a->problem->detail, sizeof a->problem->detail - 4)] = '\0';
}

enum mt_rc refuse(struct apply *a, enum mt_problem_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    cut(a, vsnprintf(detail_of(a, code), sizeof a->problem->detail, format, args));
    va_end(args);
    a->outcome = MT_REFUSED;
    return MT_OK;
}

enum mt_rc refuse_field(struct apply *a, enum mt_problem_code code, const char *field, const char *format, ...) {
    va_list args;
    va_start(args, format);
    cut(a, vsnprintf(detail_of(a, code), sizeof a->problem->detail, format, args));
    va_end(args);
    mt_field_error(&a->problem->errors, field, "%.*s", words_fit(a->problem->detail, 120), a->problem->detail);
    a->outcome = MT_REFUSED;
    return MT_OK;
}

enum mt_rc set_aside(struct apply *a, const char *waits, enum mt_problem_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    cut(a, vsnprintf(detail_of(a, code), sizeof a->problem->detail, format, args));
    va_end(args);
    a->outcome = MT_QUARANTINED;
    a->waits = waits;
    return MT_OK;
}

enum mt_rc uncountable(struct apply *a) {
    static const char words[] = "With it the order's money would be more than can be counted. Look at the amount.";
    return a->lane.is_client ? refuse_field(a, MT_P_PAYMENT_FAILED, "amount", "%s", words)
                             : set_aside(a, "person", MT_P_VALIDATION_FAILED, "%s", words);
}

static enum mt_rc has_right(struct apply *a, enum mt_right right, bool *has) {
    struct mt_staff staff;
    struct mt_id store_id;
    *has = a->lane.is_client && mt_role_has(a->lane.role, right);
    if (a->lane.is_client || !mt_id_is(&a->op->staff_id))
        return MT_OK;
    enum mt_rc rc = mt_repo_staff_get(a->db, a->op->staff_id.s, a->arena, &staff, &store_id, &a->err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    *has = rc == MT_OK && staff.active && mt_id_eq(&store_id, &a->lane.store_id) && mt_role_has(staff.role, right);
    return rc;
}

/* Before the service was put back: a request would have been refused, and a fact would have left its order with an exception. Who
 * did it may have come behind the backup and is not asked for. */
static bool allowed_then(const struct apply *a) {
    const bool asked = !a->op->fact && !a->revived;
    return a->prior_applied && (asked || a->prior == NULL || a->prior->exception_count == 0);
}

enum mt_rc demand_right(struct apply *a, enum mt_right right, const struct mt_order *o) {
    bool has = allowed_then(a);
    enum mt_rc rc = has ? MT_OK : has_right(a, right, &has);
    if (rc != MT_OK || has)
        return rc;
    if (a->fact && !a->lane.is_client)
        return open_exception(a, MT_EXC_RULE_BROKEN, o, NULL, 0, 0, "Done by somebody whose role does not allow it.");
    return refuse(a, MT_P_FORBIDDEN, "This needs somebody whose role allows it: ask the pharmacist or the manager.");
}

/* A fact on an order whose create was refused: the sale happened, so the order is made after all, as a fact at the prices
 * the till had, and what the refusal was about becomes exceptions. */
static enum mt_rc revive(struct apply *a, const struct mt_id *order_id, bool *revived) {
    struct mt_repo_operation refused;
    *revived = false;
    enum mt_rc rc = mt_repo_operation_refused_create(a->db, order_id->s, a->lane.store_id.s, a->arena, &refused, &a->err);
    if (rc != MT_OK)
        return rc == MT_NOTFOUND ? MT_OK : rc;
    struct apply create = *a;
    struct mt_op op;
    rc = mt_repo_register_get(a->db, &refused.register_id, &create.lane, &a->err);
    if (rc != MT_OK)
        return rc;
    if (mt_op_parse(refused.bytes, a->arena, &op, a->problem) != MT_OK)
        return MT_OK;
    create.op = &op;
    create.fact = true;
    create.revived = true;
    rc = apply_order_create(&create);
    a->err = create.err;
    *revived = rc == MT_OK && going_on(&create);
    return rc;
}

enum mt_rc find_order(struct apply *a, const struct mt_id *order_id, const char *order_no, struct mt_order *out) {
    enum mt_rc rc = mt_repo_order_load(a->db, order_id->s, a->arena, out, &a->err);
    bool revived = false;
    if (rc == MT_NOTFOUND && a->fact) {
        rc = revive(a, order_id, &revived);
        if (rc == MT_OK)
            rc = revived ? mt_repo_order_load(a->db, order_id->s, a->arena, out, &a->err) : MT_NOTFOUND;
    }
    if (rc != MT_OK && rc != MT_NOTFOUND)
        return rc;
    if (rc == MT_NOTFOUND || !mt_id_eq(&out->store_id, &a->lane.store_id)) {
        if (a->fact)
            return set_aside(a, "order", MT_P_ORDER_NOT_FOUND, "Order %s is not known here yet; this waits for it.", order_no);
        return refuse(a, MT_P_ORDER_NOT_FOUND, "Order %s is not known here.", order_no);
    }
    if (strcmp(out->order_no, order_no) != 0 && strcmp(out->printed_no, order_no) != 0)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "The id of order %s belongs to order %s.", order_no, out->order_no);
    a->order_id = out->order_id;
    return prior_meet(a, out);
}
