/* Goods, lots, people and settling over REST: what a register tells as a fact, a client asks for, and may be refused. */
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

/* POST as the manager's client, under a key that no other request here has; owned. */
static char *ask(struct rig *r, const char *path, int status, const char *body) {
    static int keys;
    char bearer[96], key[32];
    assert_true(snprintf(bearer, sizeof bearer, "Bearer %s", r->client) < (int)sizeof bearer);
    assert_true(snprintf(key, sizeof key, "key-%d", ++keys) < (int)sizeof key);
    struct mt_request q = {.method = MT_SV("POST"),
                           .path = mt_sv(path),
                           .authorization = mt_sv(bearer),
                           .content_type = MT_SV("application/json"),
                           .idempotency_key = mt_sv(key),
                           .body = mt_sv(body)};
    struct mt_response a = rig_ask(r, &q, NULL);
    char *text = strdup(mt_buf_text(&a.body));
    assert_non_null(text);
    if (a.status != status)
        fail_msg("%s: %d instead of %d: %s", path, a.status, status, text);
    mt_response_fini(&a);
    return text;
}

static void expect(struct rig *r, const char *path, int status, const char *body, const char *part) {
    char *text = ask(r, path, status, body);
    if (strstr(text, part) == NULL)
        fail_msg("%s: no %s in %s", path, part, text);
    free(text);
}

/* One line about the rig's drug: members behind lot_no. */
static const char *line(const struct rig *r, const char *lot, const char *more, const char *behind) {
    static char body[512];
    assert_true(snprintf(body, sizeof body, "{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"%s\",%s}]%s}", r->drug.s, lot, more,
                         behind) < (int)sizeof body);
    return body;
}

static const char *lot(const struct rig *r, const char *lot_no, const char *more) {
    static char body[256];
    assert_true(snprintf(body, sizeof body, "{\"drug_id\":\"%s\",\"lot_no\":\"%s\",\"reason\":\"x\"%s}", r->drug.s, lot_no, more) <
                (int)sizeof body);
    return body;
}

/* An unpaid order of so many packs; its number is W01-<n>. */
static void order(struct rig *r, int quantity) {
    char body[256];
    assert_true(snprintf(body, sizeof body, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":1280}]}", r->drug.s,
                         quantity) < (int)sizeof body);
    free(ask(r, "/v1/orders", 201, body));
}

static void receipts(void **state) {
    struct rig *r = *state;
    expect(r, "/v1/stock/receipts", 200, line(r, "L2", "\"quantity\":5,\"expires_on\":\"2099-06-30\"", ",\"reference\":\"DN\""),
           "\"on_hand\":100005");
    expect(r, "/v1/stock/receipts", 400, line(r, "L2", "\"quantity\":5,\"expires_on\":\"2099-07-31\"", ""), "lines[0].expires_on");
    expect(r, "/v1/stock/receipts", 400, line(r, "L2", "\"quantity\":0", ""), "lines[0].quantity");
    expect(r, "/v1/stock/receipts", 400, line(r, " L2 ", "\"quantity\":1", ""), "\"field\":\"lines[0].lot_no\"");
    expect(r, "/v1/stock/receipts", 400, line(r, "L2\\u001b", "\"quantity\":1", ""), "\"field\":\"lines[0].lot_no\"");
    expect(r, "/v1/stock/recalls", 400, lot(r, "L2 ", ""), "\"field\":\"lot_no\"");
    expect(r, "/v1/stock/receipts", 422,
           "{\"lines\":[{\"drug_id\":\"01940000-0000-7000-8009-000000000001\",\"lot_no\":\"L\",\"quantity\":1}]}",
           "DRUG_NOT_FOUND");
}

static void below_what_is_held(void **state) {
    struct rig *r = *state;
    order(r, 3);
    expect(r, "/v1/stock/adjustments", 422, line(r, "L1", "\"change\":-99998", ",\"reason\":\"x\""), "INVENTORY_UPDATE_FAILED");
    expect(r, "/v1/stock/adjustments", 422, line(r, "L9", "\"change\":-1", ",\"reason\":\"x\""),
           "Lot L9 has 0 packs; no more can go.");
    expect(r, "/v1/stock/adjustments", 200, line(r, "L1", "\"change\":-99997", ",\"reason\":\"x\""),
           "\"on_hand\":3,\"reserved\":3");
    expect(r, "/v1/stock/counts", 422, line(r, "L1", "\"counted\":2", ""), "lines[0].counted");
    expect(r, "/v1/stock/counts", 200, line(r, "L1", "\"counted\":3", ""), "\"on_hand\":3");
}

static void pay(struct rig *r, const char *order_no, int status, const char *part) {
    char path[64];
    assert_true(snprintf(path, sizeof path, "/v1/orders/%s/payments", order_no) < (int)sizeof path);
    expect(r, path, status, "{\"method\":\"cash\",\"amount\":1280}", part);
}

/* An unpaid order whose packs were recalled can't be paid, unless other packs have come in. */
static void recalled_before_it_was_paid(void **state) {
    struct rig *r = *state;
    order(r, 1);
    expect(r, "/v1/stock/recalls", 200, lot(r, "L1", ""), "\"state\":\"recalled\"");
    pay(r, "W01-000001", 422, "DRUG_NOT_SELLABLE");
    expect(r, "/v1/stock/quarantines", 422, lot(r, "L1", ",\"release\":true"), "INVENTORY_UPDATE_FAILED");
    expect(r, "/v1/stock/quarantines", 400, lot(r, "L1", ",\"release\":7"), "release");
    free(ask(r, "/v1/stock/receipts", 200, line(r, "L2", "\"quantity\":5", "")));
    pay(r, "W01-000001", 201, "\"status\":\"succeeded\"");
}

static void people(void **state) {
    struct rig *r = *state;
    char *text = ask(r, "/v1/users", 200, "{\"name\":\"Li Lei\"}"), *id = rig_text(text, "user_id"), body[256];
    assert_non_null(strstr(text, "\"version\":1"));
    assert_true(snprintf(body, sizeof body, "{\"user_id\":\"%s\",\"name\":\"Li Lei\",\"phone\":\"13800138000\"}", id) <
                (int)sizeof body);
    expect(r, "/v1/users", 200, body, "\"version\":2");
    free(id);
    free(text);
    expect(r, "/v1/doctors", 200, "{\"name\":\"Dr Wu\",\"licence\":\"110-7\"}", "\"active\":true");
    expect(r, "/v1/users", 400, "{\"name\":\" \"}", "name");
    struct mt_buf many; /* it is not told to name what it need not */
    mt_buf_init(&many, 4096);
    mt_buf_str(&many, "{\"name\":\"Li Lei\",\"addresses\":[");
    for (int i = 0; i <= MT_ADDRESSES_MAX; i++)
        mt_buf_fmt(&many, "%s{\"detail\":\"No %d\"}", i > 0 ? "," : "", i);
    mt_buf_str(&many, "]}");
    expect(r, "/v1/users", 400, mt_buf_text(&many), "\"detail\":\"addresses are too many.\"");
    mt_buf_fini(&many);
}

static void settling(void **state) {
    struct rig *r = *state;
    char path[128];
    char *push = rig_sale(r, "A03", 1, 999);
    /* a price the catalogue does not say: an exception for a person */
    char *price = strstr(push, "\"price\":1280");
    if (price != NULL)
        memcpy(price, "\"price\":1270", 12);
    struct mt_response a = rig_send(r, "POST", "/v1/operations", r->token, push);
    assert_int_equal(a.status, 200);
    mt_response_fini(&a);
    free(push);
    a = rig_send(r, "GET", "/v1/exceptions?state=open", r->client, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(mt_buf_text(&a.body), "\"resolution\":null,\"resolved_by\":null"));
    char *id = rig_text(mt_buf_text(&a.body), "exception_id");
    mt_response_fini(&a);
    assert_true(snprintf(path, sizeof path, "/v1/exceptions/%s/resolve", id) < (int)sizeof path);
    expect(r, path, 400, "{\"action\":\"apply\",\"note\":\"x\"}", "action");
    expect(r, path, 200, "{\"action\":\"settled\",\"note\":\"agreed with the customer\"}", "\"state\":\"resolved\"");
    expect(r, path, 400, "{\"action\":\"settled\",\"note\":\"x\"}", "exception_id");
    a = rig_send(r, "GET", "/v1/exceptions?state=resolved", r->client, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(mt_buf_text(&a.body), "\"resolution\":\"agreed with the customer\",\"resolved_by\":\""));
    mt_response_fini(&a);
    free(id);
    expect(r, "/v1/exceptions/01940000-0000-7000-8009-000000000001/resolve", 404, "{\"action\":\"settled\",\"note\":\"x\"}",
           "NOT_FOUND");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        TEST(receipts), TEST(below_what_is_held), TEST(recalled_before_it_was_paid), TEST(people), TEST(settling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
