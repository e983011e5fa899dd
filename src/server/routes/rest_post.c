/* REST writes: each route is an operation with holes. A row of the table below says which operation, what its address names, and
 * what the service makes; one function reads them all. What the key stands for is method, address and canonical body, so a client
 * that prints its JSON in another order still asks the same. */
#include "route.h"

#include <medterm/wire/rest.h>

#include <string.h>

struct rest_form {
    enum mt_op_kind kind;
    enum mt_rest_about about; /* what {} in the path names, when it is an order or a payment */
    bool of_order;            /* the operation tells its order */
    const char *named;        /* the member that {} fills; NULL: none */
    const char *made;         /* the member that gets a new id; NULL: none */
    bool may_give;            /* the caller may give that id itself: what it has changed then */
};

/* A comma-separated list of entity tags (RFC 9110 section 13.1.1). An order's tag is its version as we print it; any other names no
 * version of it, and a weak one never matches. A header without a tag asks for something too, and nothing meets it. */
static enum mt_rc read_if_match(struct exchange *x, struct mt_rest *r) {
    struct mt_sv rest = x->request->if_match;
    if (!rest.p || mt_sv_is(mt_sv_trim(rest), "*"))
        return MT_OK; /* the order is there */
    size_t most = 1, n = 0;
    for (size_t i = 0; i < rest.n; i++)
        most += rest.p[i] == ',';
    int64_t *versions = mt_arena_array(x->arena, most, sizeof *versions);
    if (!versions)
        return MT_NOMEM;
    while (rest.n) {
        struct mt_sv tag = mt_sv_trim(mt_sv_cut(&rest, ','));
        if (tag.n > 2 && tag.p[0] == '"' && tag.p[1] != '0' && tag.p[tag.n - 1] == '"' &&
            mt_sv_int(mt_sv_n(tag.p + 1, tag.n - 2), &versions[n]) == MT_OK)
            n++;
    }
    r->if_match = true;
    r->versions = versions;
    r->version_count = n;
    return MT_OK;
}

/* What fills the holes; each address of a patient may need an id. */
static size_t members_of(const struct rest_form *form, const struct mt_rest_start *start, const char *name,
                         struct mt_rest_member out[MT_REST_MEMBERS_MAX]) {
    size_t n = 0;
    if (form->of_order) {
        out[n++] = (struct mt_rest_member){.name = "order_id", .value = start->order_id.s};
        out[n++] = (struct mt_rest_member){.name = "order_no", .value = start->order_no};
    }
    if (form->named)
        out[n++] = (struct mt_rest_member){.name = form->named, .value = name};
    if (form->made)
        out[n++] = (struct mt_rest_member){.name = form->made, .value = start->made[0].s, .may_give = form->may_give};
    if (form->kind == MT_OP_USER_PUT)
        for (size_t i = 0; i < MT_ADDRESSES_MAX; i++)
            out[n++] =
                (struct mt_rest_member){.list = "addresses", .name = "address_id", .value = start->made[1 + i].s, .may_give = true};
    return n;
}
_Static_assert(MT_ADDRESSES_MAX + 8 <= MT_REST_MEMBERS_MAX, "every member has its place");

static enum mt_rc read_body(struct exchange *x, const struct rest_form *form, const struct mt_rest_start *start,
                            struct mt_rest *r) {
    struct mt_rest_member members[MT_REST_MEMBERS_MAX];
    const char *name = mt_arena_sv(x->arena, x->name);
    struct mt_sv canonical;
    if (!name)
        return MT_NOMEM;
    const struct mt_rest_given given = {
        .kind = form->kind, .at = start->at, .members = members, .count = members_of(form, start, name, members)};
    enum mt_rc rc = mt_rest_parse(x->request->body, &given, x->arena, &r->op, &canonical, &x->problem);
    if (rc != MT_OK)
        return rc;
    r->op.op_id = start->op_id;
    struct mt_buf asked;
    mt_buf_init(&asked, canonical.n + 1024);
    mt_buf_fmt(&asked, "POST %s %s\n", x->response->route, name);
    mt_buf_add(&asked, canonical.p, canonical.n);
    rc = mt_buf_rc(&asked);
    const char *copy = rc == MT_OK ? mt_arena_sv(x->arena, mt_buf_view(&asked)) : NULL;
    r->request = mt_sv_n(copy, mt_buf_view(&asked).n);
    mt_buf_fini(&asked);
    return rc == MT_OK && !copy ? MT_NOMEM : rc;
}

static enum mt_route_next post(struct exchange *x, const struct rest_form *form) {
    struct mt_rest_start start;
    struct mt_id id;
    struct mt_write *w = route_write(x, MT_WRITE_REST);
    if (!w)
        return route_refuse(x, MT_NOMEM);
    w->request.rest.key = x->request->idempotency_key;
    if (form->named && mt_id_parse_uuid(x->name, &id) != MT_OK) /* nothing has such a name */
        return route_refuse(x, MT_NOTFOUND);
    enum mt_rc rc = mt_query_rest_start(x->read, &x->caller, form->about, x->name, &start, &x->problem);
    if (rc == MT_OK)
        rc = read_body(x, form, &start, &w->request.rest);
    if (rc == MT_OK && form->about != MT_REST_ABOUT_NOTHING)
        rc = read_if_match(x, &w->request.rest);
    return route_queue(x, w, rc);
}

/* X(handler, operation, about, of an order, named, made, may give) */
#define FORMS(X)                                                                                                                   \
    X(post_orders, MT_OP_ORDER_CREATE, MT_REST_ABOUT_NOTHING, true, NULL, NULL, false)                                             \
    X(post_order_status, MT_OP_ORDER_ADVANCE, MT_REST_ABOUT_ORDER, true, NULL, NULL, false)                                        \
    X(post_order_cancel, MT_OP_ORDER_CANCEL, MT_REST_ABOUT_ORDER, true, NULL, NULL, false)                                         \
    X(post_order_payments, MT_OP_PAYMENT_START, MT_REST_ABOUT_ORDER, true, NULL, "payment_id", false)                              \
    X(post_order_returns, MT_OP_RETURN_RECORD, MT_REST_ABOUT_ORDER, true, NULL, "return_id", false)                                \
    X(post_payment_cancel, MT_OP_PAYMENT_CANCEL, MT_REST_ABOUT_PAYMENT, true, "payment_id", NULL, false)                           \
    X(post_payment_refunds, MT_OP_REFUND_START, MT_REST_ABOUT_PAYMENT, true, "payment_id", "refund_id", false)                     \
    X(post_stock_receipts, MT_OP_STOCK_RECEIVE, MT_REST_ABOUT_NOTHING, false, NULL, NULL, false)                                   \
    X(post_stock_adjustments, MT_OP_STOCK_ADJUST, MT_REST_ABOUT_NOTHING, false, NULL, NULL, false)                                 \
    X(post_stock_counts, MT_OP_STOCK_COUNT, MT_REST_ABOUT_NOTHING, false, NULL, NULL, false)                                       \
    X(post_stock_recalls, MT_OP_LOT_RECALL, MT_REST_ABOUT_NOTHING, false, NULL, NULL, false)                                       \
    X(post_stock_quarantines, MT_OP_LOT_QUARANTINE, MT_REST_ABOUT_NOTHING, false, NULL, NULL, false)                               \
    X(post_users, MT_OP_USER_PUT, MT_REST_ABOUT_NOTHING, false, NULL, "user_id", true)                                             \
    X(post_doctors, MT_OP_DOCTOR_PUT, MT_REST_ABOUT_NOTHING, false, NULL, "doctor_id", true)                                       \
    X(post_exception_resolve, MT_OP_EXCEPTION_RESOLVE, MT_REST_ABOUT_NOTHING, false, "exception_id", NULL, false)

#define X(handler, kind, about, of_order, named, made, may_give)                                                                   \
    enum mt_route_next handler(struct exchange *x) {                                                                               \
        static const struct rest_form form = {kind, about, of_order, named, made, may_give};                                       \
        return post(x, &form);                                                                                                     \
    }
FORMS(X)
#undef X

/* No provider is set up, so none can have sent it; what it says is not looked at. */
enum mt_route_next post_payment_callback(struct exchange *x) {
    (void)mt_problem_set(&x->problem, MT_P_NOT_FOUND, "No such payment provider is set up at this service.");
    return route_refuse(x, MT_NOTFOUND);
}

static void locate(const struct mt_write *w, struct mt_response *r) {
    struct mt_buf to;
    mt_buf_init(&to, sizeof r->location - 1);
    if (w->answer.rest.order_no[0])
        mt_buf_fmt(&to, "/v1/orders/%s", w->answer.rest.order_no);
    else
        mt_buf_fmt(&to, "/v1/payments/%s", w->answer.rest.id.s);
    if (mt_buf_rc(&to) != MT_OK || mt_sv_copy(mt_buf_view(&to), r->location, sizeof r->location) != MT_OK)
        r->location[0] = '\0';
    mt_buf_fini(&to);
}

static bool creates(enum mt_op_kind kind) {
    return kind == MT_OP_ORDER_CREATE || kind == MT_OP_PAYMENT_START || kind == MT_OP_PAYMENT_RECORD;
}

enum mt_rc rest_answer(const struct mt_write *w, struct mt_response *r) {
    const struct mt_push_result *told = &w->answer.rest.told;
    r->replayed = told->replayed;
    if (told->outcome != MT_APPLIED) {
        struct mt_problem p;
        if (mt_problem_parse(told->problem, &p) != MT_OK)
            return MT_CORRUPT;
        mt_route_problem(&p, r);
        return MT_OK;
    }
    const int64_t version = mt_rest_order_version(told->result);
    r->status = creates(w->answer.rest.kind) ? 201 : 200;
    if (r->status == 201)
        locate(w, r);
    if (version > 0)
        route_version_tag(version, r->etag);
    mt_buf_add(&r->body, told->result.p, told->result.n);
    return mt_buf_rc(&r->body);
}
