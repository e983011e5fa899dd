/* Two registers, one pack. Unpaid orders are requests: one wins, the other till says so in words. Cash is a fact: both stand, and a
 * person settles the shortfall. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct race {
    struct mt_shop shop;
    struct mt_counter till[2];
};

/* Both take their order while the service is away, so that both are in the outbox when the line returns. */
static void take_both(struct race *r, const char *pay) {
    mt_shop_open(&r->shop);
    mt_counter_enrol(&r->till[0], &r->shop, "A01", NULL);
    mt_counter_enrol(&r->till[1], &r->shop, "A02", NULL);
    mt_shop_kill(&r->shop);
    for (int i = 0; i < 2; i++) {
        cJSON *doc = mt_counter_run(&r->till[i], NULL, "sell", "--staff", r->shop.staff, "--items", (LAST_PACK "*1"), "--pay", pay);
        assert_int_equal(mt_number_of(doc, "unsent"), 1);
        cJSON_Delete(doc);
    }
    for (int i = 0; i < 2; i++) {
        mt_counter_start(&r->till[i]);
        mt_counter_sign_in(&r->till[i]);
    }
    mt_shop_serve(&r->shop);
    for (int i = 0; i < 2; i++)
        mt_pty_keys(r->till[i].screen, "<F9>");
    for (int i = 0; i < 2; i++) {
        mt_pty_keys(r->till[i].screen, "<Ctrl-T>");
        mt_pty_expect_row(r->till[i].screen, 0, "0 unsent");
    }
}

static void end(struct race *r) {
    mt_shop_check(&r->shop);
    for (int i = 0; i < 2; i++) {
        mt_counter_quit(&r->till[i]);
        mt_counter_close(&r->till[i]);
    }
    mt_shop_close(&r->shop);
}

static int open_exceptions(struct mt_shop *shop) {
    cJSON *doc = mt_shop_get(shop, "/v1/exceptions?state=open");
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(doc, "exceptions"));
    cJSON_Delete(doc);
    return n;
}

static int64_t attention(struct mt_counter *till) {
    cJSON *doc = mt_counter_run(till, NULL, "outbox");
    int64_t n = mt_number_of(doc, "attention");
    cJSON_Delete(doc);
    return n;
}

static void unpaid_orders(void **state) {
    (void)state;
    struct race r;
    take_both(&r, "none");
    assert_int_equal(mt_shop_orders(&r.shop, NULL), 1);
    int64_t needs[2] = {attention(&r.till[0]), attention(&r.till[1])};
    assert_int_equal(needs[0] + needs[1], 1);
    struct mt_counter *loser = &r.till[needs[0] == 1 ? 0 : 1];
    mt_pty_expect(loser->screen, "Not enough stock");
    mt_pty_expect(loser->screen, "Tacrolimus");
    assert_false(mt_pty_shows(loser->screen, "INSUFFICIENT_STOCK"));
    assert_int_equal(open_exceptions(&r.shop), 0);
    end(&r);
}

static void paid_in_cash(void **state) {
    (void)state;
    struct race r;
    take_both(&r, "cash");
    int64_t total = 0;
    assert_int_equal(mt_shop_orders(&r.shop, &total), 2);
    assert_int_equal(total, 7000);
    assert_int_equal(attention(&r.till[0]) + attention(&r.till[1]), 0);
    assert_int_equal(open_exceptions(&r.shop), 1);
    assert_int_equal(mt_shop_on_hand(&r.shop, LAST_PACK), 0);
    end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(unpaid_orders), cmocka_unit_test(paid_in_cash)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
