/* What waited for an order, for a drug, or for a newer program. Operations that came before their order (another register was
 * faster than the one that made it) lie in quarantine; once the order is there, or its creation is refused and a fact among them
 * can bring it to life, they are applied in the order in which they came, and get their answer. The first that still can't be
 * applied stops the rest. A sale or delivery that names a drug the catalogue does not have (an older catalogue was put back) is
 * applied once an import brings it; an operation of a kind or with a field that was new to the program, when a newer one opens the
 * database. */
#include "operation.h"
#include "prior.h"

#include <medterm/repo/settle.h>

#include <string.h>

enum mt_rc waiting_answer(struct apply *a) {
    struct mt_id resolved;
    enum mt_rc rc = mt_repo_operation_answer(a->db, a->row, &a->err);
    if (rc == MT_OK)
        rc = mt_repo_exception_resolve(a->db, a->row->op_id.s, a->now, &resolved, &a->err);
    if (rc == MT_OK && mt_id_is(&resolved))
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_EXCEPTION, resolved.s, &a->err);
    return rc;
}

/* *answered is false when it waits on. */
static enum mt_rc apply_one(struct mt_session *x, struct mt_repo_operation *row, bool *answered, struct mt_err *err) {
    struct mt_problem problem;
    struct mt_push_op p = {.canonical = row->bytes};
    struct mt_repo_register lane;
    struct apply a;
    *answered = false;
    enum mt_rc rc = mt_repo_register_get(x->db, &row->register_id, &lane, err);
    if (rc != MT_OK || mt_op_parse(row->bytes, &x->scratch, &p.op, &problem) != MT_OK)
        return rc;
    operation_begin(&a, x, &lane, &p, row, waiting_answer, &problem);
    /* Only facts wait for an order, and one became a fact by its outcome before the service was put back: it stays one. */
    a.fact = a.fact || strcmp(row->waits, "order") == 0;
    rc = prior_recall(&a);
    if (rc == MT_OK)
        rc = operation_effect(&a);
    if (rc == MT_OK && a.outcome == MT_REFUSED)
        rc = operation_keep(&a);
    *answered = rc == MT_OK && a.outcome != MT_QUARANTINED;
    if (rc != MT_OK && err != NULL)
        *err = a.err;
    operation_end(&a);
    return rc == MT_OK || service_disk_fault(rc) ? rc : MT_OK; /* a fault of ours leaves it where it is */
}

static bool by_itself(const struct mt_repo_operation *row) {
    return strcmp(row->waits, "order") == 0 || strcmp(row->waits, "operation") == 0;
}

/* The first one waits on: for the order's money, which may lie behind it. */
static enum mt_rc awaited_apply(struct mt_session *x, const struct mt_id *order_id, const struct mt_id *store_id, bool *answered,
                                struct mt_err *err) {
    struct mt_repo_operation row;
    mt_arena_reset(&x->scratch);
    enum mt_rc rc = mt_repo_operation_next_awaited(x->db, order_id->s, store_id->s, &x->scratch, &row, err);
    return rc == MT_NOTFOUND ? MT_OK : rc == MT_OK ? apply_one(x, &row, answered, err) : rc;
}

enum mt_rc waiting_apply(struct mt_session *x, const struct mt_id *order_id, const struct mt_id *store_id, struct mt_err *err) {
    bool answered = true;
    enum mt_rc rc = MT_OK;
    while (rc == MT_OK && answered) {
        struct mt_repo_operation row;
        mt_arena_reset(&x->scratch);
        rc = mt_repo_operation_next_waiting(x->db, order_id->s, store_id->s, &x->scratch, &row, err);
        if (rc == MT_NOTFOUND || (rc == MT_OK && !by_itself(&row)))
            return MT_OK;
        if (rc == MT_OK)
            rc = apply_one(x, &row, &answered, err);
        if (rc == MT_OK && !answered)
            rc = awaited_apply(x, order_id, store_id, &answered, err);
    }
    return rc;
}

/* One row that a scan over all stores found, and what waited for its order. */
static enum mt_rc apply_found(struct mt_session *x, struct mt_repo_operation *row, struct mt_err *err) {
    struct mt_repo_register lane;
    bool answered = false;
    enum mt_rc rc = apply_one(x, row, &answered, err);
    if (rc != MT_OK || !answered || !mt_id_is(&row->order_id))
        return rc;
    rc = mt_repo_register_get(x->db, &row->register_id, &lane, err);
    return rc == MT_OK ? waiting_apply(x, &row->order_id, &lane.store_id, err) : rc;
}

typedef enum mt_rc (*next_fn)(struct mt_db *db, const char *op_id, struct mt_arena *arena, struct mt_repo_operation *out,
                              struct mt_err *err);

static enum mt_rc apply_all(struct mt_session *x, next_fn next, struct mt_err *err) {
    struct mt_id last = {""};
    for (;;) {
        struct mt_repo_operation row;
        mt_arena_reset(&x->scratch);
        enum mt_rc rc = next(x->db, last.s, &x->scratch, &row, err);
        if (rc != MT_OK)
            return rc == MT_NOTFOUND ? MT_OK : rc;
        last = row.op_id;
        rc = apply_found(x, &row, err);
        if (rc != MT_OK)
            return rc;
    }
}

enum mt_rc waiting_for_drugs_apply(struct mt_session *x, struct mt_err *err) {
    return apply_all(x, mt_repo_operation_next_lacking_drug, err);
}

enum mt_rc waiting_for_version_apply(struct mt_session *x, struct mt_err *err) {
    struct mt_repo_operation row;
    mt_arena_reset(&x->scratch);
    enum mt_rc rc = mt_repo_operation_next_of_version(x->db, "", &x->scratch, &row, err);
    if (rc != MT_OK)
        return rc == MT_NOTFOUND ? MT_OK : rc;
    rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = apply_all(x, mt_repo_operation_next_of_version, err);
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}
