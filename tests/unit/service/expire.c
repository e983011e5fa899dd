/* Unpaid orders of REST clients expire; those of tills, and those that hold money, do not. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"
#define MINUTE INT64_C(60000)

struct web {
    struct till shop; /* a client of the API from web_opens on */
    struct till till;
    const char *drug;
};

static struct web set_up(struct shop *s) {
    struct web w = {.drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE)};
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 500);
    w.shop = shop_till(s, "W01");
    w.till = shop_till(s, "A03");
    s->acts = shop_staff(s, "Manager", MT_ROLE_MANAGER);
    return w;
}

static struct mt_order order(struct shop *s, struct web *w, struct till *t, const char *code, int n) {
    return shop_order(s, shop_send(s, t, "order.create", false, shop_create(s, code, n, shop_item(s, w->drug, 2, 900), "")));
}

/* Its orders were sent like a till's; whose they are is what counts. */
static void web_opens(struct shop *s) {
    shop_exec(s, "INSERT INTO mt_client(client_id, role) SELECT register_id, 'manager' FROM mt_register WHERE code = 'W01'");
}

static struct mt_push_result pay(struct shop *s, struct till *t, const char *code, int n, int amount) {
    return shop_send(
        s, t, "payment.record", true,
        shop_about(s, code, n,
                   shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":%d", shop_payment_id(s, n), amount)));
}

static int64_t expire(struct shop *s) {
    size_t expired = 0;
    struct mt_err err = {.rc = MT_OK};
    if (mt_service_expire(s->session, MT_UNPAID_MINUTES, &expired, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return (int64_t)expired;
}

static void test_after_a_while(void **state) {
    struct shop *s = *state;
    struct web w = set_up(s);
    (void)order(s, &w, &w.shop, "W01", 1);
    (void)order(s, &w, &w.till, "A03", 2);
    s->now += 60000;
    (void)order(s, &w, &w.shop, "W01", 3);
    web_opens(s);
    s->now += 14 * MINUTE - 1;
    assert_int_equal(expire(s), 0);
    s->now += 1;
    assert_int_equal(expire(s), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'cancelled' AND order_no = 'W01-000001'"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE to_status = 'cancelled' AND note = 'expired'"), 1);
    assert_int_equal(shop_int(s, "SELECT reserved FROM mt_lot"), 4);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation o JOIN mt_register r ON r.register_id = o.register_id"
                                 " WHERE r.code = 'W01' AND o.kind = 'order.cancel' AND o.register_seq = 3"),
                     1);
    s->now += MINUTE;
    assert_int_equal(expire(s), 1);
    s->now += 600 * MINUTE;
    assert_int_equal(expire(s), 0); /* the till's own stays */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'pending_payment'"), 1);
}

static void test_money_holds_it(void **state) {
    struct shop *s = *state;
    struct web w = set_up(s);
    (void)order(s, &w, &w.shop, "W01", 1);
    (void)shop_order(s, pay(s, &w.till, "W01", 1, 500));
    web_opens(s);
    s->now += 60 * MINUTE;
    assert_int_equal(expire(s), 0);
    /* A till that asks for it by that reason hears so too. */
    assert_refused(shop_send(s, &w.till, "order.cancel", false, shop_about(s, "W01", 1, ",\"reason\":\"expired\"")),
                   MT_P_INVALID_ORDER_STATUS);
    (void)shop_order(s,
                     shop_send(s, &w.till, "refund.record", true,
                               shop_about(s, "W01", 1,
                                          shop_fmt(s, ",\"refund_id\":\"%s\",\"payment_id\":\"%s\",\"amount\":500,\"reason\":\"x\"",
                                                   shop_payment_id(s, 9), shop_payment_id(s, 1)))));
    assert_int_equal(expire(s), 1);
}

/* A payment under way has to end first. */
static void test_a_live_attempt_holds_it(void **state) {
    struct shop *s = *state;
    struct web w = set_up(s);
    (void)order(s, &w, &w.shop, "W01", 1);
    web_opens(s);
    shop_exec(s, shop_fmt(s,
                          "INSERT INTO mt_payment(payment_id, order_id, method, status, amount, change, reference, at, op_id,"
                          " created_at) VALUES ('%s', '%s', 'wechat', 'pending', 1800, 0, '', 1, '', 1)",
                          shop_payment_id(s, 1), shop_order_id(s, 1)));
    s->now += 60 * MINUTE;
    assert_int_equal(expire(s), 0);
    shop_exec(s, "UPDATE mt_payment SET status = 'failed'");
    assert_int_equal(expire(s), 1);
}

/* Money taken meanwhile is recorded, and somebody is told: the order stays what it is, final. */
static void test_money_comes_late(void **state) {
    struct shop *s = *state;
    struct web w = set_up(s);
    (void)order(s, &w, &w.shop, "W01", 1);
    web_opens(s);
    s->now += 15 * MINUTE;
    assert_int_equal(expire(s), 1);
    struct mt_order o = shop_order(s, pay(s, &w.till, "W01", 1, 1800));
    assert_int_equal(o.status, MT_ORDER_CANCELLED);
    assert_int_equal(mt_money_to_minor(o.paid_amount), 1800);
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'status_conflict' AND state = 'open'"), 1);
}

/* What another store sends about it is none of this order's, and keeps nobody's goods. */
static void test_another_stores_word(void **state) {
    struct shop *s = *state;
    struct web w = set_up(s);
    const struct mt_id here = s->store;
    (void)order(s, &w, &w.shop, "W01", 1);
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    struct till far = shop_till(s, "B01");
    s->store = here;
    assert_outcome(pay(s, &far, "W01", 1, 1800), MT_QUARANTINED);
    web_opens(s);
    s->now += 15 * MINUTE;
    assert_int_equal(expire(s), 1);
}

/* Many go in several calls. */
static void test_in_portions(void **state) {
    struct shop *s = *state;
    struct web w = set_up(s);
    for (int n = 1; n <= MT_EXPIRE_MOST + 1; n++)
        (void)order(s, &w, &w.shop, "W01", n);
    web_opens(s);
    s->now += 15 * MINUTE;
    assert_int_equal(expire(s), MT_EXPIRE_MOST);
    assert_int_equal(expire(s), 1);
    assert_int_equal(expire(s), 0);
    assert_int_equal(shop_int(s, "SELECT reserved FROM mt_lot"), 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_after_a_while),    SHOP_TEST(test_money_holds_it), SHOP_TEST(test_a_live_attempt_holds_it),
        SHOP_TEST(test_money_comes_late), SHOP_TEST(test_in_portions),    SHOP_TEST(test_another_stores_word)};
    return mt_engine_run(argc, argv, tests);
}
