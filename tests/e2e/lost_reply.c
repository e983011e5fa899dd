/* The service commits and its answer gets lost, again and again: one order. And what the contract says of repeats, asked of the
 * service directly. */
#include "http.h"
#include "proxy.h"
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOST 10

static void ten_lost_replies(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till;
    char url[64];
    int status = 0;
    mt_shop_open(&shop);
    struct mt_proxy *line = mt_proxy_start(shop.port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", mt_proxy_port(line));
    mt_counter_enrol(&till, &shop, "A03", url);
    mt_proxy_drop(line, LOST);
    cJSON *sold = mt_counter_run(&till, NULL, "sell", "--staff", shop.staff, "--items", (IBUPROFEN "*3"), "--pay", "cash=60");
    assert_string_equal(mt_text_of(sold, "order_no"), "A03-000001");
    assert_int_equal(mt_number_of(sold, "change"), 450);
    cJSON_Delete(sold);
    while (mt_proxy_dropped(line) < LOST) {
        int before = mt_proxy_dropped(line);
        cJSON *doc = mt_counter_run(&till, &status, "sync", "--once");
        assert_true(mt_proxy_dropped(line) > before);
        /* libcurl tries a connection that died under it once more by itself, so the last loss may already be made good. */
        assert_int_equal(status, mt_number_of(doc, "unsent") == 1 ? 1 : 0);
        assert_true(mt_number_of(doc, "unsent") == 1 || mt_proxy_dropped(line) == LOST);
        cJSON_Delete(doc);
    }
    assert_int_equal(mt_shop_orders(&shop, NULL), 1); /* the service had it all the time */
    assert_int_equal(mt_proxy_dropped(line), LOST);
    cJSON *doc = mt_counter_run(&till, NULL, "sync", "--once");
    assert_int_equal(mt_number_of(doc, "unsent"), 0);
    assert_int_equal(mt_number_of(doc, "attention"), 0);
    cJSON_Delete(doc);
    assert_int_equal(mt_shop_orders(&shop, NULL), 1);
    assert_int_equal(mt_shop_on_hand(&shop, IBUPROFEN), 497);
    mt_shop_check(&shop);
    mt_counter_close(&till);
    mt_proxy_stop(line);
    mt_shop_close(&shop);
}

/* Answers no till may take for a yes. */
static void answers_of_somebody_else(void **state) {
    (void)state;
    static const enum mt_proxy_mode modes[] = {MT_PROXY_HTML,   MT_PROXY_REDIRECT, MT_PROXY_JSON, MT_PROXY_BUSY,
                                               MT_PROXY_DENIED, MT_PROXY_RESET,    MT_PROXY_HALF};
    struct mt_shop shop;
    struct mt_counter till;
    char url[64];
    int status = 0;
    mt_shop_open(&shop);
    struct mt_proxy *line = mt_proxy_start(shop.port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", mt_proxy_port(line));
    mt_counter_enrol(&till, &shop, "A03", url);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        mt_proxy_mode(line, modes[i]);
        cJSON_Delete(mt_counter_run(&till, NULL, "sell", "--staff", shop.staff, "--items", (IBUPROFEN "*1"), "--pay", "cash"));
        cJSON *doc = mt_counter_run(&till, &status, "sync", "--once");
        assert_int_equal(status, 1);
        assert_int_equal(mt_number_of(doc, "unsent"), (int64_t)i + 1);
        assert_int_equal(mt_number_of(doc, "attention"), 0);
        cJSON_Delete(doc);
    }
    mt_proxy_mode(line, MT_PROXY_PASS);
    cJSON *doc = mt_counter_run(&till, NULL, "sync", "--once");
    assert_int_equal(mt_number_of(doc, "unsent"), 0);
    cJSON_Delete(doc);
    assert_int_equal(mt_shop_orders(&shop, NULL), (int)(sizeof modes / sizeof modes[0]));
    mt_counter_close(&till);
    mt_proxy_stop(line);
    mt_shop_close(&shop);
}

/* ---- the service alone, spoken to by hand ---- */

#define INSTANCE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OP_ID "01890000-0000-7000-8000-000000000001"
#define AT "2026-01-01T10:00:00.000Z"

static void enrol(struct mt_shop *shop, char token[128]) {
    char body[256];
    cJSON *doc = mt_shop_admin(shop, "register", "add", "--store", shop->store, "--code", "B01");
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"instance_id\":\"%s\"}", mt_text_of(doc, "enrolment_code"), INSTANCE);
    cJSON_Delete(doc);
    struct mt_http answer = mt_http("POST", shop->url, "/v1/enrolments", NULL, NULL, body);
    assert_int_equal(answer.status, 201);
    doc = cJSON_Parse(answer.body);
    snprintf(token, 128, "%s", mt_text_of(doc, "token"));
    cJSON_Delete(doc);
    mt_http_free(&answer);
}

static struct mt_http push(struct mt_shop *shop, const char *token, const char *drug_id, int seq, int quantity) {
    char body[2048];
    int n = snprintf(
        body, sizeof body,
        "{\"instance_id\":\"" INSTANCE "\",\"sent_at\":\"" AT "\",\"acked\":null,\"operations\":[{\"op_id\":\"" OP_ID
        "\",\"register_seq\":%d,\"kind\":\"order.create\",\"staff_id\":\"%s\",\"at\":\"" AT
        "\",\"fact\":true,\"body\":{\"order_id\":\"01890000-0000-7000-8000-000000000002\",\"order_no\":\"B01-000001\","
        "\"fulfilment\":\"pickup\",\"items\":[{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":1850}],\"payments\":[{\"payment_id\":"
        "\"01890000-0000-7000-8000-000000000003\",\"method\":\"cash\",\"amount\":%d}]}}]}",
        seq, shop->staff, drug_id, quantity, 1850 * quantity);
    assert_true(n > 0 && (size_t)n < sizeof body);
    return mt_http("POST", shop->url, "/v1/operations", token, NULL, body);
}

static void repeats_at_the_service(void **state) {
    (void)state;
    struct mt_shop shop;
    char token[128];
    mt_shop_open(&shop);
    enrol(&shop, token);
    char drug[64];
    mt_shop_drug_id(&shop, IBUPROFEN, drug);
    struct mt_http first = push(&shop, token, drug, 1, 2), again = push(&shop, token, drug, 1, 2);
    assert_int_equal(first.status, 200);
    assert_int_equal(again.status, 200);
    cJSON *one = cJSON_Parse(first.body), *two = cJSON_Parse(again.body);
    cJSON *a = cJSON_GetArrayItem(cJSON_GetObjectItem(one, "results"), 0),
          *b = cJSON_GetArrayItem(cJSON_GetObjectItem(two, "results"), 0);
    assert_string_equal(mt_text_of(a, "outcome"), "applied");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(a, "replayed")));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(b, "replayed")));
    assert_true(cJSON_Compare(cJSON_GetObjectItem(a, "result"), cJSON_GetObjectItem(b, "result"), true));
    assert_int_equal(mt_number_of(two, "last_seq"), 1);
    cJSON_Delete(one);
    cJSON_Delete(two);
    mt_http_free(&first);
    mt_http_free(&again);

    struct mt_http other = push(&shop, token, drug, 1, 3); /* same op_id and sequence, other content */
    assert_int_equal(other.status, 422);
    assert_non_null(strstr(other.body, "IDEMPOTENCY_KEY_REUSED"));
    mt_http_free(&other);
    other = push(&shop, token, drug, 2, 3); /* same op_id, the next sequence */
    assert_int_equal(other.status, 422);
    mt_http_free(&other);
    assert_int_equal(mt_shop_orders(&shop, NULL), 1);
    assert_int_equal(mt_shop_on_hand(&shop, IBUPROFEN), 498);
    mt_shop_close(&shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ten_lost_replies), cmocka_unit_test(answers_of_somebody_else),
                                       cmocka_unit_test(repeats_at_the_service)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
