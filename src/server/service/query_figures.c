/* Figures of a store over a time, and one payment with what went back of it. */
#include "query.h"

#include <medterm/repo/figures.h>
#include <medterm/repo/money.h>
#include <medterm/service/lists.h>
#include <medterm/wire/doc.h>

#define DAY_MS ((mt_time)86400000)
#define LONGEST_MS (366 * DAY_MS)

/* Today when neither is given; from one day on, or up to now, when one is. */
static enum mt_rc read_range(struct mt_session *x, struct mt_sv from, struct mt_sv to, mt_time *start, mt_time *end,
                             struct mt_problem *problem) {
    bool has_from, has_to;
    const mt_time today = (mt_time)mt_date_of(service_now(x)).day * DAY_MS;
    enum mt_rc rc = query_bound(from, false, "from", &has_from, start, problem);
    if (rc == MT_OK)
        rc = query_bound(to, true, "to", &has_to, end, problem);
    if (rc != MT_OK)
        return rc;
    if (!has_to)
        *end = today + DAY_MS;
    if (!has_from)
        *start = has_to ? *end - DAY_MS : today;
    if (*end <= *start)
        return query_invalid(problem, "to", "must be later than from");
    if (*end - *start > LONGEST_MS)
        return query_invalid(problem, "from", "must be at most 366 days before to");
    return MT_OK;
}

static enum mt_rc print_figures(const struct mt_repo_store *store, mt_time start, mt_time end, const struct mt_repo_figures *f,
                                struct mt_buf *out) {
    char from[MT_TIME_TEXT], to[MT_TIME_TEXT];
    mt_time_format(start, from);
    mt_time_format(end, to);
    struct mt_doc *d = mt_doc_new();
    struct mt_node *root = mt_doc_root(d);
    mt_node_text(d, root, "store_id", store->store_id.s);
    mt_node_text(d, root, "from", from);
    mt_node_text(d, root, "to", to);
    mt_node_text(d, root, "currency", store->currency);
    struct mt_node *list = mt_node_array(d, root, "orders");
    for (int i = 0; i < MT_ORDER_STATUS_COUNT; i++) {
        struct mt_node *n = mt_node_object(d, list, NULL);
        mt_node_text(d, n, "status", mt_order_status_name((enum mt_order_status)i));
        mt_node_int(d, n, "count", f->orders[i].count);
        mt_node_int(d, n, "total_amount", mt_money_to_minor(f->orders[i].amount));
    }
    list = mt_node_array(d, root, "payments");
    for (int i = 0; i < MT_PAY_METHOD_COUNT; i++) {
        struct mt_node *n = mt_node_object(d, list, NULL);
        mt_node_text(d, n, "method", mt_pay_method_name((enum mt_pay_method)i));
        mt_node_int(d, n, "count", f->payments[i].count);
        mt_node_int(d, n, "amount", mt_money_to_minor(f->payments[i].amount));
    }
    struct mt_node *back = mt_node_object(d, root, "refunds");
    mt_node_int(d, back, "count", f->refunds.count);
    mt_node_int(d, back, "amount", mt_money_to_minor(f->refunds.amount));
    enum mt_rc rc = mt_doc_print(d, out);
    mt_doc_free(d);
    return rc;
}

enum mt_rc mt_query_stats(struct mt_session *x, const struct mt_caller *c, struct mt_sv store_id, struct mt_sv from,
                          struct mt_sv to, struct mt_buf *out, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_store store;
    struct mt_repo_figures figures;
    mt_time start = 0, end = 0;
    if (store_id.n > 0 && !mt_sv_is(store_id, c->store_id.s)) {
        (void)mt_problem_set(problem, MT_P_NOT_FOUND, "%s", "There is no such store.");
        return MT_NOTFOUND;
    }
    enum mt_rc rc = read_range(x, from, to, &start, &end, problem);
    if (rc == MT_OK)
        rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_store_get(x->db, &c->store_id, &store, &err);
    if (rc == MT_OK)
        rc = mt_repo_figures(x->db, c->store_id.s, start, end, &figures, &err);
    if (rc == MT_OK)
        rc = print_figures(&store, start, end, &figures, out);
    return query_end(x, rc, &err, problem);
}

/* What went back, and what is on its way; an attempt that failed is shown and not counted. */
static enum mt_rc load_refunds(struct mt_session *x, struct mt_payment_detail *detail, struct mt_err *err) {
    struct mt_repo_refund *refunds = NULL;
    size_t count = 0;
    enum mt_rc rc = mt_repo_refunds_of_payment(x->db, detail->payment.payment_id.s, &x->scratch, &refunds, &count, err);
    if (rc != MT_OK)
        return rc;
    detail->refunds = mt_arena_array(&x->scratch, count + 1, sizeof *detail->refunds);
    if (detail->refunds == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a payment");
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        const struct mt_repo_refund *r = &refunds[i];
        detail->refunds[detail->refund_count++] = (struct mt_payment_refund){
            .refund_id = r->refund_id, .amount = r->amount, .status = r->status, .reason = r->reason, .at = r->at};
        if (r->status != MT_PAY_FAILED)
            rc = mt_money_add(detail->refunded_amount, r->amount, &detail->refunded_amount);
    }
    return rc;
}

enum mt_rc mt_query_payment(struct mt_session *x, const struct mt_caller *c, struct mt_sv payment_id, struct mt_buf *out,
                            struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_payment p;
    struct mt_id id;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = mt_id_parse(payment_id, &id) == MT_OK ? mt_repo_payment_get(x->db, id.s, &x->scratch, &p, &err) : MT_NOTFOUND;
    if (rc == MT_NOTFOUND || (rc == MT_OK && !mt_id_eq(&p.store_id, &c->store_id))) {
        (void)mt_problem_set(problem, MT_P_NOT_FOUND, "%s", "There is no such payment.");
        rc = MT_NOTFOUND;
    }
    if (rc == MT_OK) {
        struct mt_payment_detail detail = {.payment = p.payment, .order_id = p.order_id, .refunded_amount = mt_money_zero()};
        rc = mt_sv_copy(mt_sv(p.order_no), detail.order_no, sizeof detail.order_no);
        if (rc == MT_OK)
            rc = load_refunds(x, &detail, &err);
        if (rc == MT_OK) {
            mt_payment_print(&detail, out);
            rc = mt_buf_rc(out);
        }
    }
    return query_end(x, rc, &err, problem);
}
