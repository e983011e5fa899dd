/* The line goes down, the service is killed, the till is killed, and nothing is lost or doubled. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SALES 20

struct count {
    struct mt_shop *shop;
    int orders;
};

static bool has_orders(void *ctx) {
    const struct count *wanted = ctx;
    return mt_shop_orders(wanted->shop, NULL) >= wanted->orders;
}

static void sell_through_the_screen(struct mt_counter *till, int number) {
    char order_no[32], expected[32];
    mt_counter_scan(till, IBUPROFEN, "Ibuprofen SR caps");
    mt_counter_pay(till, order_no);
    snprintf(expected, sizeof expected, "A03-%06d", number);
    assert_string_equal(order_no, expected);
}

static void twenty_sales_without_the_service(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till;
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "●");
    mt_shop_kill(&shop);
    for (int i = 1; i <= SALES; i++)
        sell_through_the_screen(&till, i);
    mt_pty_expect_row(till.screen, 0, "○");
    mt_pty_expect_row(till.screen, 0, "20 unsent");
    char *receipt = mt_counter_receipt(&till, "A03-000020");
    assert_non_null(receipt);
    assert_non_null(strstr(receipt, "OFFLINE"));
    free(receipt);

    mt_counter_scan(&till, AMOXICILLIN, "Amoxicillin caps");
    mt_counter_scan(&till, METFORMIN, "Metformin tabs");
    mt_counter_kill(&till);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "Amoxicillin caps");
    mt_pty_expect(till.screen, "Metformin tabs");
    mt_pty_expect(till.screen, "33.80");

    mt_shop_serve(&shop); /* and nobody touches the till */
    struct count twenty = {&shop, SALES};
    mt_pty_until(till.screen, has_orders, &twenty, "the outbox drains by itself");
    mt_pty_expect_row(till.screen, 0, "0 unsent");
    int64_t total = 0;
    assert_int_equal(mt_shop_orders(&shop, &total), SALES);
    assert_int_equal(total, SALES * 1850);
    for (int i = 1; i <= SALES; i++) {
        char order_no[32];
        snprintf(order_no, sizeof order_no, "A03-%06d", i);
        cJSON *order = mt_shop_order(&shop, order_no);
        assert_non_null(order);
        assert_string_equal(mt_text_of(order, "status"), "paid");
        cJSON_Delete(order);
    }
    assert_int_equal(mt_shop_on_hand(&shop, IBUPROFEN), 500 - SALES);
    char order_no[32];
    mt_counter_pay(&till, order_no);
    assert_string_equal(order_no, "A03-000021");
    struct count last = {&shop, SALES + 1};
    mt_pty_until(till.screen, has_orders, &last, "the 21st order arrives");
    mt_shop_check(&shop);
    mt_counter_quit(&till);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

/* A till's folder copied: as by somebody who wants a second till quickly. */
static void copy_till(struct mt_counter *copy, const struct mt_counter *from, const char *name) {
    *copy = (struct mt_counter){.shop = from->shop, .home = mt_path(from->shop->dir, name)};
    mt_copy_dir(from->home, copy->home);
    copy->dir = mt_path(copy->home, "state");
    snprintf(copy->url, sizeof copy->url, "%s", from->url);
}

static void sell(struct mt_counter *till, int times) {
    for (int i = 0; i < times; i++) {
        cJSON *doc = mt_counter_run(till, NULL, "sell", "--staff", till->shop->staff, "--items",
                                    i % 2 == 0 ? IBUPROFEN "*1" : METFORMIN "*2", "--pay", "cash");
        assert_true(mt_text_of(doc, "order_no")[0] != '\0');
        cJSON_Delete(doc);
    }
}

static int64_t unsent(struct mt_counter *till) {
    cJSON *doc = mt_counter_run(till, NULL, "outbox");
    int64_t n = mt_number_of(doc, "unsent");
    assert_true(n >= 0);
    cJSON_Delete(doc);
    return n;
}

static int open_exceptions(struct mt_shop *shop) {
    cJSON *doc = mt_shop_get(shop, "/v1/exceptions?state=open");
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(doc, "exceptions"));
    cJSON_Delete(doc);
    return n;
}

static void a_copied_till_is_noticed(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till, copy;
    int status = 0;
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    sell(&till, 2);
    cJSON_Delete(mt_counter_run(&till, NULL, "sync", "--once"));
    copy_till(&copy, &till, "copy");
    mt_shop_kill(&shop);
    sell(&till, 3);
    /* Sold something else in between, so that the two lanes differ whatever the ids are. */
    cJSON_Delete(mt_counter_run(&copy, NULL, "sell", "--staff", shop.staff, "--items", (AMOXICILLIN "*1"), "--pay", "cash"));
    sell(&copy, 2);
    mt_shop_serve(&shop);
    cJSON_Delete(mt_counter_run(&till, NULL, "sync", "--once"));
    int64_t total = 0;
    assert_int_equal(mt_shop_orders(&shop, &total), 5);
    assert_int_equal(unsent(&till), 0);

    cJSON_Delete(mt_counter_run(&copy, &status, "sync", "--once"));
    assert_int_equal(status, 1);
    assert_int_equal(unsent(&copy), 3); /* kept */
    int64_t after = 0;
    assert_int_equal(mt_shop_orders(&shop, &after), 5);
    assert_int_equal(after, total);
    mt_counter_start(&copy);
    mt_counter_sign_in(&copy);
    mt_pty_keys(copy.screen, "<F9>");
    mt_pty_expect(copy.screen, "copied");
    mt_pty_expect(copy.screen, "3 unsent");
    mt_counter_quit(&copy);

    /* Enrolled under a code of its own, it hands over what it has for a person to settle. */
    cJSON *doc = mt_shop_admin(&shop, "register", "add", "--store", shop.store, "--code", "A04");
    char code[64];
    snprintf(code, sizeof code, "%s", mt_text_of(doc, "enrolment_code"));
    cJSON_Delete(doc);
    cJSON_Delete(mt_counter_run(&copy, NULL, "enroll", "--code", code));
    cJSON_Delete(mt_counter_run(&copy, NULL, "sync", "--once"));
    assert_int_equal(unsent(&copy), 0);
    assert_int_equal(open_exceptions(&shop), 3);
    assert_int_equal(mt_shop_orders(&shop, NULL), 5);
    mt_shop_check(&shop);
    mt_counter_close(&copy);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(twenty_sales_without_the_service),
                                       cmocka_unit_test(a_copied_till_is_noticed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
