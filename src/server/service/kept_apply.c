/* Applying what was kept for a person. The operation runs as it would have, in its own lane and with its own id, inside the one
 * that settles it, and gets its answer. A salvage is run as the operation it carries, told as what it tells (a fact stays one),
 * under the salvage's id. An order whose number is not its lane's to give, or is another order's already, and every salvaged one,
 * gets the next number of the store's own lane ("S01-000001"), so that no number of a till is ever given by anyone else; what was
 * printed stays beside it, and operations that name the printed number find it. */
#include "operation.h"
#include "settle.h"
#include "words.h"

#include <medterm/repo/orders.h>
#include <medterm/repo/rest.h>

#include <stdio.h>
#include <string.h>

/* The kept operation, ready to run. */
struct kept {
    struct mt_push_op p;
    struct mt_repo_register lane;
    const char *printed_no;
    bool salvaged, from_register;
};

/* A lane for the numbers that the service gives itself. It has no token, so nobody can speak for it. */
static enum mt_rc lane_make(struct apply *a, const char *key, struct mt_repo_register *out) {
    enum mt_rc rc = service_alone(a->x, &a->err); /* codes are the whole chain's */
    *out = (struct mt_repo_register){
        .register_id = mt_id_new(&a->x->ids), .store_id = a->lane.store_id, .is_client = true, .role = MT_ROLE_MANAGER};
    for (int n = 1; rc == MT_OK; n++) {
        struct mt_repo_register other;
        const int written = snprintf(out->code, sizeof out->code, "S%02d", n);
        if (written < 0 || (size_t)written >= sizeof out->code)
            return mt_fail(&a->err, MT_LIMIT, "there are no codes left for the service's own numbers");
        rc = mt_repo_register_by_code(a->db, out->code, &other, &a->err);
    }
    if (rc != MT_NOTFOUND)
        return rc;
    rc = mt_repo_register_insert(a->db, out, NULL, NULL, a->now, &a->err);
    return rc == MT_OK ? mt_repo_meta_put(a->db, key, out->register_id.s, &a->err) : rc;
}

static enum mt_rc lane_of_store(struct apply *a, struct mt_repo_register *out) {
    char key[16 + MT_ID_TEXT];
    struct mt_id id = {""};
    const int n = snprintf(key, sizeof key, "own_lane:%s", a->lane.store_id.s);
    if (n < 0 || (size_t)n >= sizeof key)
        return mt_fail(&a->err, MT_BUG, "a store's id is too long");
    enum mt_rc rc = mt_repo_meta_get(a->db, key, id.s, sizeof id.s, &a->err);
    if (rc == MT_NOTFOUND)
        return lane_make(a, key, out);
    return rc == MT_OK ? mt_repo_register_get(a->db, &id, out, &a->err) : rc;
}

/* Whether the number can't be the order's: of another lane, or another order's. */
static enum mt_rc number_taken(struct apply *a, const struct kept *k, bool *taken) {
    const struct mt_order *o = &k->p.op.body.create.order;
    char code[MT_REGISTER_CODE_TEXT];
    int64_t sequence = 0;
    struct mt_order other;
    *taken = k->salvaged || mt_order_no_parse(mt_sv(o->order_no), code, &sequence) != MT_OK || strcmp(code, k->lane.code) != 0;
    if (*taken)
        return MT_OK;
    enum mt_rc rc = mt_repo_order_by_no(a->db, mt_sv(o->order_no), a->arena, &other, &a->err);
    *taken = rc == MT_OK && !mt_id_eq(&other.order_id, &o->order_id);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc number(struct apply *a, struct kept *k) {
    struct mt_order *o = &k->p.op.body.create.order;
    bool taken = false;
    int64_t next = 0;
    enum mt_rc rc = number_taken(a, k, &taken);
    if (rc != MT_OK || !taken)
        return rc;
    k->printed_no = mt_arena_str(a->arena, o->order_no);
    if (k->printed_no == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for an order's number");
    rc = lane_of_store(a, &k->lane);
    if (rc == MT_OK)
        rc = mt_repo_client_next_order(a->db, k->lane.register_id.s, &next, &a->err);
    return rc == MT_OK ? mt_order_no_make(k->lane.code, next, o->order_no) : rc;
}

/* The operation that a salvage carries takes its place. */
static enum mt_rc unwrap(struct apply *a, struct kept *k, const struct mt_repo_operation *row) {
    struct mt_problem problem;
    struct mt_repo_operation before;
    struct mt_op carried;
    if (mt_op_parse(mt_sv(k->p.op.body.salvage.original), a->arena, &carried, &problem) != MT_OK)
        return refuse(a, MT_P_VALIDATION_FAILED, "What was salvaged can't be read. Settle it by hand, then drop it.");
    if (carried.kind == MT_OP_VOID || carried.kind == MT_OP_SALVAGE)
        return refuse(a, MT_P_VALIDATION_FAILED, "What was salvaged is nothing to apply. Drop it.");
    enum mt_rc rc = mt_repo_operation_get(a->db, carried.op_id.s, a->arena, &before, &a->err);
    if (rc == MT_OK)
        return refuse(a, MT_P_VALIDATION_FAILED, "The operation came in under its own id before. Drop this one.");
    if (rc != MT_NOTFOUND)
        return rc;
    carried.op_id = row->op_id;
    k->p.op = carried;
    k->salvaged = true;
    return MT_OK;
}

static enum mt_rc prepare(struct apply *a, struct kept *k, const struct mt_repo_operation *row) {
    struct mt_problem problem;
    enum mt_rc rc = mt_repo_register_get(a->db, &row->register_id, &k->lane, &a->err);
    if (rc != MT_OK)
        return rc;
    k->from_register = !k->lane.is_client;
    if (mt_op_parse(row->bytes, a->arena, &k->p.op, &problem) != MT_OK)
        return refuse(a, MT_P_VALIDATION_FAILED,
                      "It can't be read by this version of the service. Settle it by hand, then drop it.");
    if (k->p.op.kind == MT_OP_SALVAGE)
        rc = unwrap(a, k, row);
    if (rc == MT_OK && going_on(a) && k->p.op.kind == MT_OP_ORDER_CREATE)
        rc = number(a, k);
    return rc;
}

enum mt_rc kept_apply(struct apply *a, struct mt_repo_operation *row) {
    struct kept k = {.p = {.canonical = row->bytes}};
    struct mt_problem problem;
    struct apply run;
    enum mt_rc rc = prepare(a, &k, row);
    if (rc != MT_OK || !going_on(a))
        return rc;
    operation_begin(&run, a->x, &k.lane, &k.p, row, waiting_answer, &problem);
    run.fact = mt_op_is_fact(&k.p.op, k.from_register) || strcmp(row->waits, "order") == 0;
    run.printed_no = k.printed_no;
    rc = operation_effect(&run);
    if (rc == MT_OK && !going_on(&run))
        rc = refuse(a, problem.code, "It still can't be applied. %.*s", words_fit(problem.detail, 200), problem.detail);
    else if (rc == MT_OK)
        a->freed = *mt_op_order_id(&k.p.op);
    else
        a->err = run.err;
    operation_end(&run);
    return rc;
}
