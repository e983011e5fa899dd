/* REST writes through the routes and the service: operations of their client, once a key, judged by version and by store. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int open_rig(void **state) {
    static struct rig r;
    rig_open(&r);
    *state = &r;
    return 0;
}

static int close_rig(void **state) {
    struct rig *r = *state;
    int64_t violations = 0;
    assert_int_equal(mt_admin_check(r->read, NULL, NULL, &violations, NULL), MT_OK);
    assert_int_equal(violations, 0);
    rig_close(r);
    return 0;
}

struct ask {
    const char *path, *key, *body, *token, *if_match;
};

static struct mt_response post(struct rig *r, struct ask a) {
    char bearer[96];
    assert_true(snprintf(bearer, sizeof bearer, "Bearer %s", a.token ? a.token : r->client) < (int)sizeof bearer);
    struct mt_request q = {.method = MT_SV("POST"),
                           .path = mt_sv(a.path),
                           .authorization = mt_sv(bearer),
                           .content_type = MT_SV("application/json"),
                           .if_match = mt_sv(a.if_match),
                           .idempotency_key = mt_sv(a.key),
                           .body = mt_sv(a.body)};
    return rig_ask(r, &q, NULL);
}

static void expect(struct mt_response *a, int status, const char *part) {
    if (a->status != status || !strstr(mt_buf_text(&a->body), part))
        fail_msg("%d instead of %d with %s: %s", a->status, status, part, mt_buf_text(&a->body));
    mt_response_fini(a);
}

static void expect_post(struct rig *r, struct ask a, int status, const char *part) {
    struct mt_response got = post(r, a);
    expect(&got, status, part);
}

static const char *order_body(const struct rig *r, int quantity, int price) {
    static char body[256];
    assert_true(snprintf(body, sizeof body, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":%d}]}", r->drug.s, quantity,
                         price) < (int)sizeof body);
    return body;
}

/* An order of one pack; its address, owned. */
static char *new_order(struct rig *r, const char *key) {
    struct mt_response a = post(r, (struct ask){"/v1/orders", key, order_body(r, 1, 1280), NULL, NULL});
    if (a.status != 201)
        fail_msg("%d: %s", a.status, mt_buf_text(&a.body));
    char *path = strdup(a.location);
    assert_non_null(path);
    mt_response_fini(&a);
    return path;
}

static const char *under(const char *path, const char *more) {
    static char full[128];
    assert_true(snprintf(full, sizeof full, "%s%s", path, more) < (int)sizeof full);
    return full;
}

static void an_order_is_an_operation(void **state) {
    struct rig *r = *state;
    struct mt_response a = post(r, (struct ask){"/v1/orders", "k1", order_body(r, 2, 1280), NULL, NULL});
    assert_int_equal(a.status, 201);
    assert_string_equal(a.location, "/v1/orders/W01-000001");
    assert_string_equal(a.etag, "\"1\"");
    assert_false(a.replayed);
    assert_non_null(strstr(mt_buf_text(&a.body), "\"status\":\"pending_payment\""));
    assert_non_null(strstr(mt_buf_text(&a.body), "\"total_amount\":2560"));
    assert_non_null(strstr(mt_buf_text(&a.body), "\"register\":\"W01\""));
    struct mt_response read = rig_send(r, "GET", a.location, r->client, NULL);
    assert_int_equal(read.status, 200);
    assert_string_equal(mt_buf_text(&read.body), mt_buf_text(&a.body));
    mt_response_fini(&read);
    mt_response_fini(&a);
    char *second = new_order(r, "k2");
    assert_string_equal(second, "/v1/orders/W01-000002");
    free(second);
}

static void a_key_is_one_request(void **state) {
    struct rig *r = *state;
    char spaced[300], other[300];
    assert_true(snprintf(spaced, sizeof spaced, " { \"items\" : [ { \"price\":1280, \"quantity\":3, \"drug_id\":\"%s\" } ] }",
                         r->drug.s) < (int)sizeof spaced);
    assert_true(snprintf(other, sizeof other, "%s", order_body(r, 4, 1280)) < (int)sizeof other);
    struct mt_response first = post(r, (struct ask){"/v1/orders", "k1", order_body(r, 3, 1280), NULL, NULL});
    struct mt_response again = post(r, (struct ask){"/v1/orders", "k1", spaced, NULL, NULL});
    assert_int_equal(first.status, 201);
    assert_int_equal(again.status, 201);
    assert_false(first.replayed);
    assert_true(again.replayed);
    assert_string_equal(first.location, again.location);
    assert_string_equal(first.etag, again.etag);
    assert_string_equal(mt_buf_text(&first.body), mt_buf_text(&again.body));
    expect_post(r, (struct ask){"/v1/orders", "k1", other, NULL, NULL}, 422, "IDEMPOTENCY_KEY_REUSED");
    expect_post(r, (struct ask){under(first.location, "/cancel"), "k1", "{\"reason\":\"x\"}", NULL, NULL}, 422,
                "IDEMPOTENCY_KEY_REUSED");
    struct mt_response list = rig_send(r, "GET", "/v1/orders", r->client, NULL);
    assert_null(strstr(mt_buf_text(&list.body), "W01-000002"));
    free(new_order(r, "k2"));
    /* the same words under another address are another request */
    expect_post(r, (struct ask){"/v1/orders/W01-000001/cancel", "k3", "{\"reason\":\"x\"}", NULL, NULL}, 200, "W01-000001");
    expect_post(r, (struct ask){"/v1/orders/W01-000002/cancel", "k3", "{\"reason\":\"x\"}", NULL, NULL}, 422,
                "IDEMPOTENCY_KEY_REUSED");
    mt_response_fini(&list);
    mt_response_fini(&first);
    mt_response_fini(&again);
}

static void keys_belong_to_their_client(void **state) {
    struct rig *r = *state;
    char token[MT_TOKEN_TEXT], code[MT_REGISTER_CODE_TEXT];
    assert_int_equal(mt_admin_client_add(r->write, &r->store, MT_ROLE_COUNTER, token, code, &(struct mt_id){""}, NULL), MT_OK);
    char *one = new_order(r, "k1");
    struct mt_response a = post(r, (struct ask){"/v1/orders", "k1", order_body(r, 1, 1280), token, NULL});
    assert_int_equal(a.status, 201);
    assert_false(a.replayed);
    assert_string_equal(a.location, "/v1/orders/W02-000001");
    mt_response_fini(&a);
    free(one);
}

static void a_refusal_is_repeated(void **state) {
    struct rig *r = *state;
    for (int i = 0; i < 2; i++) {
        struct mt_response a = post(r, (struct ask){"/v1/orders", "k1", order_body(r, 1, 1000), NULL, NULL});
        assert_int_equal(a.replayed, i == 1);
        assert_string_equal(a.etag, "");
        assert_string_equal(a.location, "");
        assert_non_null(strstr(mt_buf_text(&a.body), "\"request_id\":\"made-here\""));
        assert_non_null(strstr(mt_buf_text(&a.body), "items[0].price"));
        expect(&a, 422, "PRICE_CHANGED");
    }
    expect_post(r, (struct ask){"/v1/orders", "k2", order_body(r, 999, 1280), NULL, NULL}, 201, "W01-000002");
}

static void keys_have_a_form(void **state) {
    struct rig *r = *state;
    char longest[258];
    memset(longest, 'k', sizeof longest);
    longest[257] = '\0';
    const char *const bad[] = {"", "a b", "caf\xC3\xA9", longest, longest + 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_post(r, (struct ask){"/v1/orders", bad[i], order_body(r, 1, 1280), NULL, NULL}, 400,
                    "\"field\":\"Idempotency-Key\"");
    expect_post(r, (struct ask){"/v1/orders", longest + 2, order_body(r, 1, 1280), NULL, NULL}, 201, "W01-000001");
}

static void paid_moved_on_and_cancelled(void **state) {
    struct rig *r = *state;
    char *order = new_order(r, "k1");
    struct mt_response a = post(
        r, (struct ask){under(order, "/payments"), "k2", "{\"method\":\"cash\",\"amount\":1280,\"tendered\":2000}", NULL, NULL});
    assert_true(strncmp(a.location, "/v1/payments/", 13) == 0);
    assert_string_equal(a.etag, "\"2\"");
    char *payment = rig_text(mt_buf_text(&a.body), "payment_id");
    assert_string_equal(a.location + 13, payment);
    expect(&a, 201, "\"change\":720");
    a = post(r,
             (struct ask){under(order, "/payments"), "k2", "{\"method\":\"cash\",\"amount\":1280,\"tendered\":2000}", NULL, NULL});
    assert_true(a.replayed);
    assert_string_equal(a.location + 13, payment);
    expect(&a, 201, "\"paid_amount\":1280");
    expect_post(r, (struct ask){under(order, "/status"), "k3", "{\"to\":\"completed\"}", NULL, NULL}, 422, "INVALID_ORDER_STATUS");
    expect_post(r, (struct ask){under(order, "/status"), "k4", "{\"to\":\"preparing\"}", NULL, NULL}, 200,
                "\"status\":\"preparing\"");
    expect_post(r, (struct ask){under(order, "/status"), "k5", "{\"to\":\"shipped\",\"if_version\":1}", NULL, NULL}, 412,
                "VERSION_CONFLICT");
    expect_post(r, (struct ask){under(order, "/status"), "k6", "{\"to\":\"shipped\",\"if_version\":0}", NULL, NULL}, 400,
                "\"field\":\"if_version\"");
    expect_post(r, (struct ask){under(order, "/status"), "k6", "{\"to\":\"shipped\",\"if_version\":3}", NULL, NULL}, 200,
                "\"status\":\"shipped\"");
    free(payment);
    free(order);
    order = new_order(r, "k7");
    expect_post(r, (struct ask){under(order, "/cancel"), "k8", "{\"reason\":\"not wanted\"}", NULL, NULL}, 200,
                "\"status\":\"cancelled\"");
    expect_post(r, (struct ask){under(order, "/payments"), "k9", "{\"method\":\"wechat\",\"amount\":1280}", NULL, NULL}, 422,
                "INVALID_ORDER_STATUS");
    free(order);
}

static void if_match(void **state) {
    struct rig *r = *state;
    char *order = new_order(r, "k1");
    const char *body = "{\"reason\":\"x\"}";
    expect_post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, "\"2\""}, 412, "VERSION_CONFLICT");
    expect_post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, "W/\"1\""}, 412, "VERSION_CONFLICT");
    expect_post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, "\"abc\", 1"}, 412, "VERSION_CONFLICT");
    expect_post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, "\"01\""}, 412, "VERSION_CONFLICT");
    /* A caller whose tag was lost asked for one all the same. */
    expect_post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, ""}, 412, "VERSION_CONFLICT");
    expect_post(r, (struct ask){under(order, "/payments"), "k2", "{\"method\":\"cash\",\"amount\":1280}", NULL, "\"7\""}, 412,
                "VERSION_CONFLICT");
    /* It became no operation, so the key is still free. */
    expect_post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, "\"9\" , \"1\""}, 200, "\"version\":2");
    struct mt_response a = post(r, (struct ask){under(order, "/cancel"), "k2", body, NULL, "\"1\""});
    assert_true(a.replayed); /* a repeat is a repeat, whatever the order has become */
    expect(&a, 200, "\"version\":2");
    expect_post(r, (struct ask){under(order, "/cancel"), "k3", body, NULL, "*"}, 200, "\"version\":2");
    free(order);
}

static void other_stores_have_no_such_order(void **state) {
    struct rig *r = *state;
    char token[MT_TOKEN_TEXT], code[MT_REGISTER_CODE_TEXT];
    assert_int_equal(mt_admin_client_add(r->write, &r->other_store, MT_ROLE_MANAGER, token, code, &(struct mt_id){""}, NULL),
                     MT_OK);
    char *order = new_order(r, "k1");
    struct mt_response a =
        post(r, (struct ask){under(order, "/payments"), "k2", "{\"method\":\"cash\",\"amount\":1280}", NULL, NULL});
    char payment[128];
    assert_true(snprintf(payment, sizeof payment, "%s", a.location) < (int)sizeof payment);
    expect(&a, 201, "");
    expect_post(r, (struct ask){under(order, "/cancel"), "k1", "{\"reason\":\"x\"}", token, NULL}, 404, "ORDER_NOT_FOUND");
    expect_post(r, (struct ask){under(order, "/status"), "k1", "{\"to\":\"preparing\"}", token, NULL}, 404, "ORDER_NOT_FOUND");
    expect_post(r, (struct ask){under(order, "/payments"), "k1", "{\"method\":\"cash\",\"amount\":1}", token, NULL}, 404,
                "ORDER_NOT_FOUND");
    expect_post(
        r, (struct ask){under(order, "/returns"), "k1", "{\"reason\":\"x\",\"lines\":[{\"line\":1,\"quantity\":1}]}", token, NULL},
        404, "ORDER_NOT_FOUND");
    expect_post(r, (struct ask){under(payment, "/refunds"), "k1", "{\"reason\":\"x\",\"amount\":1}", token, NULL}, 404,
                "NOT_FOUND");
    expect_post(r, (struct ask){under(payment, "/cancel"), "k1", "", token, NULL}, 404, "NOT_FOUND");
    expect_post(r, (struct ask){"/v1/orders/W01-000099/cancel", "k3", "{\"reason\":\"x\"}", NULL, NULL}, 404, "ORDER_NOT_FOUND");
    expect_post(r, (struct ask){"/v1/payments/x/cancel", "k3", "", NULL, NULL}, 404, "NOT_FOUND");
    free(order);
}

static void money_and_goods_come_back(void **state) {
    struct rig *r = *state;
    char *order = new_order(r, "k1");
    struct mt_response a =
        post(r, (struct ask){under(order, "/payments"), "k2", "{\"method\":\"cash\",\"amount\":1280}", NULL, NULL});
    char payment[128];
    assert_true(snprintf(payment, sizeof payment, "%s", a.location) < (int)sizeof payment);
    expect(&a, 201, "");
    expect_post(r, (struct ask){under(order, "/status"), "k3", "{\"to\":\"preparing\"}", NULL, NULL}, 200, "");
    expect_post(r, (struct ask){under(order, "/status"), "k4", "{\"to\":\"shipped\"}", NULL, NULL}, 200, "");
    expect_post(r, (struct ask){under(payment, "/refunds"), "k5", "{\"reason\":\"x\",\"amount\":2000}", NULL, NULL}, 422,
                "PAYMENT_FAILED");
    expect_post(r, (struct ask){under(payment, "/refunds"), "k6", "{\"reason\":\"broken\",\"amount\":1280}", NULL, NULL}, 200,
                "\"refunded_amount\":1280");
    expect_post(r,
                (struct ask){under(order, "/returns"), "k7",
                             "{\"reason\":\"broken\",\"lines\":[{\"line\":1,\"quantity\":1,\"to\":\"quarantine\"}]}", NULL, NULL},
                200, "\"order_no\"");
    expect_post(r, (struct ask){under(payment, "/cancel"), "k8", "", NULL, NULL}, 422, "INVALID_ORDER_STATUS");
    expect_post(r, (struct ask){under(payment, "/cancel"), "k9", "{\"a\":1}", NULL, NULL}, 400, "\"field\":\"a\"");
    free(order);
}

/* What may not come back is refused whole, and what may comes back once. */
static void too_much_does_not_come_back(void **state) {
    struct rig *r = *state;
    char *order = new_order(r, "k1");
    const char *one = "{\"reason\":\"x\",\"lines\":[{\"line\":1,\"quantity\":1}]}";
    const char *two = "{\"reason\":\"x\",\"lines\":[{\"line\":1,\"quantity\":2}]}";
    const char *other = "{\"reason\":\"x\",\"lines\":[{\"line\":2,\"quantity\":1}]}";
    expect_post(r, (struct ask){under(order, "/returns"), "k2", one, NULL, NULL}, 422, "INVALID_ORDER_STATUS");
    expect_post(r, (struct ask){under(order, "/payments"), "k3", "{\"method\":\"wechat\",\"amount\":1280}", NULL, NULL}, 422,
                "No provider for WeChat Pay");
    struct mt_response a =
        post(r, (struct ask){under(order, "/payments"), "k4", "{\"method\":\"cash\",\"amount\":1280}", NULL, NULL});
    char payment[128];
    assert_true(snprintf(payment, sizeof payment, "%s", a.location) < (int)sizeof payment);
    expect(&a, 201, "\"status\":\"paid\"");
    expect_post(r, (struct ask){under(order, "/returns"), "k5", two, NULL, NULL}, 400, "lines[0].quantity");
    expect_post(r, (struct ask){under(order, "/returns"), "k6", other, NULL, NULL}, 400, "lines[0].line");
    expect_post(r, (struct ask){under(order, "/returns"), "k7", one, NULL, NULL}, 200, "\"exceptions\":[]");
    expect_post(r, (struct ask){under(order, "/returns"), "k7", one, NULL, NULL}, 200, "\"exceptions\":[]"); /* the same one */
    expect_post(r, (struct ask){under(order, "/returns"), "k8", one, NULL, NULL}, 400, "lines[0].quantity");
    /* what the state refuses is kept, what is wrong as it stands is not */
    expect_post(r, (struct ask){under(order, "/returns"), "k8", two, NULL, NULL}, 422, "IDEMPOTENCY_KEY_REUSED");
    expect_post(r, (struct ask){under(order, "/returns"), "k11", "{\"reason\":\"x\"}", NULL, NULL}, 400, "lines");
    expect_post(r, (struct ask){under(order, "/returns"), "k11", one, NULL, NULL}, 400, "lines[0].quantity");
    expect_post(r, (struct ask){under(payment, "/refunds"), "k9", "{\"reason\":\"x\",\"amount\":1280}", NULL, NULL}, 200,
                "\"refunded_amount\":1280");
    expect_post(r, (struct ask){under(payment, "/refunds"), "k10", "{\"reason\":\"x\",\"amount\":1}", NULL, NULL}, 422,
                "INVALID_ORDER_STATUS");
    free(order);
}

/* Cancelling what is paid gives the money back, by those who may. */
static void paid_orders_are_cancelled_by_role(void **state) {
    struct rig *r = *state;
    char token[MT_TOKEN_TEXT], code[MT_REGISTER_CODE_TEXT];
    assert_int_equal(mt_admin_client_add(r->write, &r->store, MT_ROLE_COUNTER, token, code, &(struct mt_id){""}, NULL), MT_OK);
    char *order = new_order(r, "k1");
    expect_post(r, (struct ask){under(order, "/payments"), "k2", "{\"method\":\"cash\",\"amount\":1280}", token, NULL}, 201,
                "\"status\":\"paid\"");
    expect_post(r, (struct ask){under(order, "/cancel"), "k3", "{\"reason\":\"x\"}", token, NULL}, 403, "FORBIDDEN");
    expect_post(r, (struct ask){under(order, "/cancel"), "k3", "{\"reason\":\"x\"}", NULL, NULL}, 200, "\"refunded_amount\":1280");
    expect_post(r, (struct ask){under(order, "/cancel"), "k4", "{\"reason\":\"x\"}", NULL, NULL}, 200, "\"refunded_amount\":1280");
    free(order);
}

static void goods(void **state) {
    struct rig *r = *state;
    static char body[512];
    struct {
        const char *path, *format;
        int status;
    } rows[] = {
        {"/v1/stock/receipts",
         "{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"expires_on\":\"2099-01-31\",\"quantity\":5}],\"reference\":\"D-1\"}",
         200},
        {"/v1/stock/adjustments", "{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"change\":-1}],\"reason\":\"broken\"}", 200},
        {"/v1/stock/counts", "{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"counted\":3}]}", 200},
        {"/v1/stock/quarantines", "{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"reason\":\"wet\"}", 200},
        {"/v1/stock/recalls", "{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"reason\":\"maker's notice\"}", 200},
        {"/v1/stock/receipts", "{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"quantity\":0}]}", 400},
        {"/v1/stock/recalls", "{\"drug_id\":\"%s\",\"lot_no\":\"L9\",\"reason\":\"x\",\"release\":true}", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char key[8];
        (void)snprintf(key, sizeof key, "g%zu", i);
        assert_true(snprintf(body, sizeof body, rows[i].format, r->drug.s) < (int)sizeof body);
        expect_post(r, (struct ask){rows[i].path, key, body, NULL, NULL}, rows[i].status, "");
    }
}

static void money_has_a_most(void **state) {
    struct rig *r = *state;
    char *order = new_order(r, "k1");
    const char *most = "{\"method\":\"cash\",\"amount\":9007199254740991}";
    expect_post(r, (struct ask){under(order, "/payments"), "k2", most, NULL, NULL}, 201, "\"paid_amount\":9007199254740991");
    expect_post(r, (struct ask){under(order, "/payments"), "k3", most, NULL, NULL}, 422, "PAYMENT_FAILED");
    expect_post(r, (struct ask){under(order, "/cancel"), "k4", "{\"reason\":\"x\"}", NULL, NULL}, 200, "\"cancelled\"");
    free(order);
}

static void callbacks_go_nowhere(void **state) {
    struct rig *r = *state;
    struct mt_response a = rig_send(r, "POST", "/v1/payment-callbacks/wechat", NULL, "{\"paid\":true}");
    expect(&a, 404, "\"code\":\"NOT_FOUND\"");
}

#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, open_rig, close_rig)

int main(void) {
    const struct CMUnitTest tests[] = {
        RIG_TEST(an_order_is_an_operation),
        RIG_TEST(a_key_is_one_request),
        RIG_TEST(keys_belong_to_their_client),
        RIG_TEST(a_refusal_is_repeated),
        RIG_TEST(keys_have_a_form),
        RIG_TEST(paid_moved_on_and_cancelled),
        RIG_TEST(if_match),
        RIG_TEST(too_much_does_not_come_back),
        RIG_TEST(paid_orders_are_cancelled_by_role),
        RIG_TEST(other_stores_have_no_such_order),
        RIG_TEST(money_and_goods_come_back),
        RIG_TEST(goods),
        RIG_TEST(money_has_a_most),
        RIG_TEST(callbacks_go_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
