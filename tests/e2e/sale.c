/* One sale from the PIN to the completed order, through the screens of a real till in a real terminal and a real service: a
 * newcomer's first five minutes. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
    struct mt_shop *shop;
    const char *order_no, *status;
};

static bool has_status(void *ctx) {
    const struct wanted *w = ctx;
    cJSON *order = mt_shop_order(w->shop, w->order_no);
    bool is = order != NULL && strcmp(mt_text_of(order, "status"), w->status) == 0;
    cJSON_Delete(order);
    return is;
}

/* Packs taken of a lot by an order's item. */
static int64_t lot_quantity(const cJSON *item, const char *lot_no) {
    const cJSON *lot;
    cJSON_ArrayForEach(lot, cJSON_GetObjectItem(item, "lots")) {
        if (strcmp(mt_text_of(lot, "lot_no"), lot_no) == 0)
            return mt_number_of(lot, "quantity");
    }
    return 0;
}

static void check_order(const cJSON *order) {
    assert_int_equal(mt_number_of(order, "total_amount"), 2 * 1280 + 2100);
    assert_int_equal(mt_number_of(order, "paid_amount"), 2 * 1280 + 2100);
    assert_string_equal(mt_text_of(order, "pay_type"), "cash");
    const cJSON *items = cJSON_GetObjectItem(order, "items");
    assert_int_equal(cJSON_GetArraySize(items), 2);
    const cJSON *first = cJSON_GetArrayItem(items, 0);
    assert_int_equal(mt_number_of(first, "quantity"), 2);
    assert_int_equal(lot_quantity(first, "NEAR"), 1); /* what expires first is gone first */
    assert_int_equal(lot_quantity(first, "FAR"), 1);
    assert_int_equal(lot_quantity(cJSON_GetArrayItem(items, 1), "M1"), 1);
}

static void sold_paid_and_completed(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till;
    char order_no[32];
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "●");
    mt_pty_expect_row(till.screen, 0, "A03");

    mt_counter_scan(&till, AMOXICILLIN, "Amoxicillin caps");
    mt_pty_keys(till.screen, AMOXICILLIN "<Enter>"); /* the same pack again adds one */
    mt_pty_expect(till.screen, "25.60");
    mt_pty_keys(till.screen, "metf");
    mt_pty_expect(till.screen, "in stock");
    mt_pty_keys(till.screen, "<Enter>");
    mt_pty_expect(till.screen, "46.60");

    mt_counter_pay(&till, order_no);
    assert_string_equal(order_no, "A03-000001");
    struct wanted paid = {&shop, order_no, "paid"};
    mt_pty_until(till.screen, has_status, &paid, "the service has the order, paid");
    cJSON *order = mt_shop_order(&shop, order_no);
    check_order(order);
    cJSON_Delete(order);
    assert_int_equal(mt_shop_on_hand(&shop, AMOXICILLIN), 49);
    assert_int_equal(mt_shop_on_hand(&shop, METFORMIN), 499);

    char *receipt = mt_counter_receipt(&till, order_no);
    assert_non_null(receipt);
    assert_non_null(strstr(receipt, "46.60"));
    assert_non_null(strstr(receipt, "Riverside"));
    assert_null(strstr(receipt, "OFFLINE"));
    free(receipt);

    mt_pty_expect_row(till.screen, 0, "0 unsent");
    mt_pty_keys(till.screen, "<F5>");
    mt_pty_expect(till.screen, order_no);
    static const char *const steps[] = {"preparing", "shipped", "completed"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        mt_pty_keys(till.screen, "<Space>");
        struct wanted next = {&shop, order_no, steps[i]};
        mt_pty_until(till.screen, has_status, &next, steps[i]);
    }
    mt_pty_expect(till.screen, "A03-000001 is completed");
    mt_pty_expect(till.screen, "Nothing waits");
    mt_counter_quit(&till);
    mt_shop_check(&shop);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

static void change_is_shown(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till;
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_keys(till.screen, "<F4>");
    mt_pty_expect_row(till.screen, 1, "Pay ");
    mt_pty_keys(till.screen, "20<Enter>");
    mt_pty_expect_row(till.screen, 1, "Paid ");
    mt_pty_keys(till.screen, "a"); /* already belongs to the next order */
    mt_pty_expect_row(till.screen, 1, "Order ");
    struct wanted paid = {&shop, "A03-000001", "paid"};
    mt_pty_until(till.screen, has_status, &paid, "the service has the order, paid");
    cJSON *order = mt_shop_order(&shop, "A03-000001");
    const cJSON *payment = cJSON_GetArrayItem(cJSON_GetObjectItem(order, "payments"), 0);
    assert_int_equal(mt_number_of(payment, "tendered"), 2000);
    assert_int_equal(mt_number_of(payment, "change"), 150);
    cJSON_Delete(order);
    mt_counter_quit(&till);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

/* The manager changes what somebody may do, and then that they are there, while they stand at the till. */
static void who_may_what_changes(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till;
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    cJSON_Delete(mt_shop_admin(&shop, "staff", "set", "--id", shop.staff, "--role", "fulfilment"));
    mt_pty_expect(till.screen, "has the role fulfilment from now on");
    mt_pty_expect_row(till.screen, 0, "(fulfilment)");
    mt_pty_keys(till.screen, "<F4>");
    mt_pty_expect(till.screen, "not part of the role fulfilment");
    cJSON_Delete(mt_shop_admin(&shop, "staff", "set", "--id", shop.staff, "--active", "no"));
    mt_pty_expect(till.screen, "Chen Mei is not on the staff any more");
    mt_pty_expect(till.screen, "PIN");
    assert_int_equal(mt_shop_orders(&shop, NULL), 0);
    mt_counter_quit(&till);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sold_paid_and_completed), cmocka_unit_test(change_is_shown),
                                       cmocka_unit_test(who_may_what_changes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
