/* What a REST request needs before its body can be read. An order's number and its id belong together for ever, so they may be
 * looked up before the batch that changes the order. */
#include "query.h"

#include <medterm/repo/rest.h>

#include <string.h>

static enum mt_rc absent(enum mt_rest_about about, struct mt_problem *problem) {
    if (about == MT_REST_ABOUT_ORDER)
        (void)mt_problem_set(problem, MT_P_ORDER_NOT_FOUND, "There is no such order.");
    else
        (void)mt_problem_set(problem, MT_P_NOT_FOUND, "There is no such payment.");
    return MT_NOTFOUND;
}

static enum mt_rc find(struct mt_session *x, const struct mt_caller *c, enum mt_rest_about about, struct mt_sv name,
                       struct mt_rest_start *out, struct mt_problem *problem, struct mt_err *err) {
    struct mt_repo_order_place place;
    enum mt_rc rc = about == MT_REST_ABOUT_ORDER ? mt_repo_order_place(x->db, name, &place, err)
                                                 : mt_repo_payment_place(x->db, name, &place, err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && !mt_id_eq(&place.store_id, &c->store_id)))
        return absent(about, problem);
    if (rc != MT_OK)
        return rc;
    out->order_id = place.order_id;
    memcpy(out->order_no, place.order_no, sizeof out->order_no);
    return MT_OK;
}

enum mt_rc mt_query_rest_start(struct mt_session *x, const struct mt_caller *c, enum mt_rest_about about, struct mt_sv name,
                               struct mt_rest_start *out, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    *out = (struct mt_rest_start){.at = service_now(x), .op_id = mt_id_new(&x->ids)};
    for (size_t i = 0; i < sizeof out->made / sizeof out->made[0]; i++)
        out->made[i] = mt_id_new(&x->ids);
    if (about == MT_REST_ABOUT_NOTHING) {
        out->order_id = mt_id_new(&x->ids);
        return mt_order_no_make(c->code, 1, out->order_no);
    }
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    return query_end(x, find(x, c, about, name, out, problem, &err), &err, problem);
}
