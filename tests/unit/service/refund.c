/* Money that goes back: told, asked for, and with an order that is cancelled. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

struct counter {
    struct till a, b;
    const char *drug;
    struct mt_id pharmacist, clerk;
};

static struct counter open_counter(struct shop *s) {
    struct counter c = {.drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE)};
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 20);
    c.a = shop_till(s, "A03");
    c.b = shop_till(s, "B01");
    c.pharmacist = shop_staff(s, "Pharmacist", MT_ROLE_PHARMACIST);
    c.clerk = shop_staff(s, "Clerk", MT_ROLE_COUNTER);
    s->acts = c.pharmacist;
    return c;
}

/* Order n, 2 packs for 18.00, paid. */
static struct mt_order sold(struct shop *s, struct counter *c, int n) {
    return shop_order(s, shop_send(s, &c->a, "order.create", true,
                                   shop_create(s, "A03", n, shop_item(s, c->drug, 2, 900), shop_cash(s, n, 1800))));
}

static struct mt_order unpaid(struct shop *s, struct counter *c, int n) {
    return shop_order(s, shop_send(s, &c->a, "order.create", false, shop_create(s, "A03", n, shop_item(s, c->drug, 2, 900), "")));
}

static const char *refund_id(struct shop *s, int n) {
    return shop_fmt(s, "01940000-0000-7000-8003-%012x", (unsigned)n);
}

/* Body of refund r of order n on payment p. */
static const char *back(struct shop *s, int n, int r, int p, int amount, const char *more) {
    return shop_about(s, "A03", n,
                      shop_fmt(s, ",\"refund_id\":\"%s\",\"payment_id\":\"%s\",\"amount\":%d,\"reason\":\"damaged\"%s",
                               refund_id(s, r), shop_payment_id(s, p), amount, more));
}

static struct mt_push_result tell(struct shop *s, struct counter *c, int n, int r, int p, int amount, const char *more) {
    return shop_send(s, &c->a, "refund.record", true, back(s, n, r, p, amount, more));
}

static struct mt_push_result ask(struct shop *s, struct counter *c, int n, int r, int p, int amount, const char *more) {
    return shop_send(s, &c->a, "refund.start", false, back(s, n, r, p, amount, more));
}

static int64_t opened(struct shop *s, const char *kind) {
    return shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_exception WHERE kind = '%s' AND state = 'open'", kind));
}

static void test_told(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    struct mt_order o = sold(s, &c, 1);
    o = shop_order(s, tell(s, &c, 1, 1, 1, 900, ",\"lines\":[{\"line\":1,\"quantity\":1}]"));
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 900);
    assert_int_equal(mt_money_to_minor(o.paid_amount), 1800);
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(o.version, 3);
    assert_int_equal(o.exception_count, 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE kind = 'refund' AND note = 'damaged' AND version = 3"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_refund WHERE status = 'succeeded' AND amount = 900"), 1);
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_refund_line"), 1);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 18); /* money only */
}

/* The money is gone, so it is written down, and somebody is told. */
static void test_told_beyond(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    struct mt_order o = shop_order(s, tell(s, &c, 1, 1, 1, 2000, ""));
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 2000);
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(opened(s, "refund_differs"), 1);
    (void)sold(s, &c, 2);
    o = shop_order(s, tell(s, &c, 2, 2, 1, 900, "")); /* a payment of another order */
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_refund r JOIN mt_payment p ON p.payment_id = r.payment_id"
                                 " WHERE r.order_id = p.order_id"),
                     2);
    o = shop_order(s, tell(s, &c, 2, 3, 2, 100, ",\"lines\":[{\"line\":2,\"quantity\":1}]")); /* a line that is not there */
    assert_int_equal(o.exception_count, 2);
    o = shop_order(s, tell(s, &c, 2, 4, 2, 100, ",\"lines\":[{\"line\":1,\"quantity\":3}]"));
    assert_int_equal(o.exception_count, 3);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_refund_line"), 3);
}

static void test_told_by_the_wrong_hand(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    s->acts = c.clerk;
    struct mt_order o = shop_order(s, tell(s, &c, 1, 1, 1, 900, ""));
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 900);
    assert_int_equal(opened(s, "rule_broken"), 1);
    assert_refused(ask(s, &c, 1, 2, 1, 900, ""), MT_P_FORBIDDEN);
}

static void test_same_refund_twice(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    const char *op = shop_op(s, &c.a, "refund.record", true, back(s, 1, 1, 1, 900, ""));
    struct answer first = shop_push(s, &c.a, op), again = shop_push(s, &c.a, op);
    assert_outcome(first.results[0], MT_APPLIED);
    assert_true(again.results[0].replayed);
    assert_int_equal(shop_int(s, "SELECT refunded_amount FROM mt_order"), 900);
    assert_refused(ask(s, &c, 1, 1, 1, 900, ""), MT_P_VALIDATION_FAILED);
    assert_outcome(tell(s, &c, 1, 1, 1, 900, ""), MT_QUARANTINED); /* another operation with its id */
    assert_int_equal(shop_int(s, "SELECT refunded_amount FROM mt_order"), 900);
    assert_int_equal(opened(s, "quarantined"), 1);
}

static void test_asked(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    assert_refused(ask(s, &c, 1, 1, 1, 1801, ""), MT_P_PAYMENT_FAILED);
    assert_refused(ask(s, &c, 1, 1, 9, 900, ""), MT_P_PAYMENT_FAILED);
    assert_refused(ask(s, &c, 1, 1, 1, 900, ",\"lines\":[{\"line\":1,\"quantity\":3}]"), MT_P_VALIDATION_FAILED);
    assert_refused(ask(s, &c, 1, 1, 1, 900, ",\"lines\":[{\"line\":7,\"quantity\":1}]"), MT_P_VALIDATION_FAILED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_refund"), 0);
    struct mt_order o = shop_order(s, ask(s, &c, 1, 1, 1, 1000, ",\"lines\":[{\"line\":1,\"quantity\":2}]"));
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 1000);
    assert_refused(ask(s, &c, 1, 2, 1, 800, ",\"lines\":[{\"line\":1,\"quantity\":1}]"), MT_P_VALIDATION_FAILED);
    assert_refused(ask(s, &c, 1, 2, 1, 801, ""), MT_P_PAYMENT_FAILED);
    o = shop_order(s, ask(s, &c, 1, 2, 1, 800, ""));
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 1800);
    assert_refused(ask(s, &c, 1, 3, 1, 1, ""), MT_P_INVALID_ORDER_STATUS); /* nothing is held any more */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception"), 0);
}

/* Two payments: each gives back what it brought. */
static void test_each_payment_its_own(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    const char *both = shop_fmt(s,
                                ",\"payments\":[{\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":500},{\"payment_id\":\"%s\","
                                "\"method\":\"bank_card\",\"amount\":1300}]",
                                shop_payment_id(s, 1), shop_payment_id(s, 2));
    (void)shop_order(s, shop_send(s, &c.a, "order.create", true, shop_create(s, "A03", 1, shop_item(s, c.drug, 2, 900), both)));
    assert_refused(ask(s, &c, 1, 1, 1, 501, ""), MT_P_PAYMENT_FAILED);
    (void)shop_order(s, ask(s, &c, 1, 1, 1, 500, ""));
    assert_refused(ask(s, &c, 1, 2, 1, 1, ""), MT_P_PAYMENT_FAILED);
    (void)shop_order(s, ask(s, &c, 1, 2, 2, 1300, ""));
}

/* Its age is what it had when it was sent, whatever the clocks say. */
static void test_asked_too_late(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    const char *old = shop_op(s, &c.a, "refund.start", false, back(s, 1, 1, 1, 900, ",\"valid_for\":60"));
    s->now += 61000;
    struct answer late = shop_push(s, &c.a, old);
    assert_refused(late.results[0], MT_P_STALE);
    const char *good = shop_op(s, &c.a, "refund.start", false, back(s, 1, 2, 1, 900, ",\"valid_for\":60"));
    s->now += 60000;
    late = shop_push(s, &c.a, good);
    assert_outcome(late.results[0], MT_APPLIED);
}

/* A refund that comes before its payment waits for it. */
static void test_waits_for_the_payment(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)unpaid(s, &c, 1);
    struct mt_push_result r = shop_send(s, &c.b, "refund.record", true, back(s, 1, 1, 1, 900, ""));
    assert_outcome(r, MT_QUARANTINED);
    const char *pay = shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800", shop_payment_id(s, 1));
    (void)shop_order(s, shop_send(s, &c.a, "payment.record", true, shop_about(s, "A03", 1, pay)));
    assert_int_equal(shop_int(s, "SELECT refunded_amount FROM mt_order"), 900);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation WHERE outcome = 'quarantined'"), 0);
    assert_int_equal(opened(s, "quarantined"), 0);
}

/* An order is paid by the money it holds. */
static void test_paid_by_what_is_held(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)unpaid(s, &c, 1);
    for (int p = 1; p <= 3; p++) {
        const char *pay = shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":900", shop_payment_id(s, p));
        struct mt_order o = shop_order(s, shop_send(s, &c.a, "payment.record", true, shop_about(s, "A03", 1, pay)));
        assert_int_equal(o.status, p < 3 ? MT_ORDER_PENDING : MT_ORDER_PAID);
        assert_int_equal(o.exception_count, 0);
        if (p == 1)
            (void)shop_order(s, ask(s, &c, 1, 1, 1, 900, ""));
    }
}

static struct mt_push_result cancel(struct shop *s, struct till *t, int n, const char *more) {
    return shop_send(s, t, "order.cancel", false, shop_about(s, "A03", n, shop_fmt(s, ",\"reason\":\"wrong drug\"%s", more)));
}

static void test_cancel_gives_all_back(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    (void)shop_order(s, shop_send(s, &c.a, "order.advance", false, shop_about(s, "A03", 1, ",\"to\":\"preparing\"")));
    (void)shop_order(s, ask(s, &c, 1, 1, 1, 300, ""));
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 18);
    s->acts = c.clerk;
    assert_refused(cancel(s, &c.a, 1, ""), MT_P_FORBIDDEN);
    s->acts = c.pharmacist;
    struct mt_order o = shop_order(s, cancel(s, &c.a, 1, ""));
    assert_int_equal(o.status, MT_ORDER_CANCELLED);
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 1800);
    assert_int_equal(o.exception_count, 0);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 20);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_refund"), 2);
    const int64_t version = o.version;
    o = shop_order(s, cancel(s, &c.b, 1, "")); /* again: no change */
    assert_int_equal(o.version, version);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_refund"), 2);
}

/* Of an order that is partly paid: what it holds goes back, what it reserved is free. */
static void test_cancel_of_a_part_payment(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)unpaid(s, &c, 1);
    const char *pay = shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":500", shop_payment_id(s, 1));
    (void)shop_order(s, shop_send(s, &c.a, "payment.record", true, shop_about(s, "A03", 1, pay)));
    struct mt_order o = shop_order(s, cancel(s, &c.a, 1, ""));
    assert_int_equal(o.status, MT_ORDER_CANCELLED);
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 500);
    assert_int_equal(shop_int(s, "SELECT reserved FROM mt_lot"), 0);
}

/* What the other till saw was an unpaid order: it did not mean to give money back. */
static void test_cancel_by_one_who_did_not_know(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)unpaid(s, &c, 1);
    const char *blind = shop_op(s, &c.b, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"left\""));
    s->now += 1000;
    const char *pay = shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800", shop_payment_id(s, 1));
    (void)shop_order(s, shop_send(s, &c.a, "payment.record", true, shop_about(s, "A03", 1, pay)));
    struct answer late = shop_push(s, &c.b, blind);
    assert_refused(late.results[0], MT_P_INVALID_ORDER_STATUS);
    assert_non_null(strstr(shop_detail(s, late.results[0]), "holds 18.00"));
    assert_refused(cancel(s, &c.b, 1, ",\"if_version\":1"), MT_P_VERSION_CONFLICT);
    assert_int_equal(shop_order(s, cancel(s, &c.b, 1, ",\"if_version\":2")).status, MT_ORDER_CANCELLED);
}

/* Sold and cancelled without a line: the till knew of its own money. */
static void test_cancel_of_an_own_sale(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    const char *sale =
        shop_op(s, &c.a, "order.create", true, shop_create(s, "A03", 1, shop_item(s, c.drug, 2, 900), shop_cash(s, 1, 1800)));
    const char *undone = shop_op(s, &c.a, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"left\""));
    s->now += 3600000;
    struct answer late = shop_push(s, &c.a, shop_fmt(s, "%s,%s", sale, undone));
    assert_int_equal(shop_order(s, late.results[1]).status, MT_ORDER_CANCELLED);
}

/* A serial of a cancelled order may be sold again, and a line that was short is short no more. */
static void test_cancel_frees(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    const char *pack =
        shop_fmt(s, "{\"drug_id\":\"%s\",\"quantity\":22,\"price\":900,\"packs\":[{\"lot_no\":\"S1\",\"serial\":\"X1\"}]}", c.drug);
    struct mt_order o =
        shop_order(s, shop_send(s, &c.a, "order.create", true, shop_create(s, "A03", 1, pack, shop_cash(s, 1, 19800))));
    assert_int_equal(o.exception_count, 1);
    o = shop_order(s, cancel(s, &c.a, 1, ""));
    assert_int_equal(o.exception_count, 0);
    assert_int_equal(opened(s, "stock_shortfall"), 0);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 20);
    const char *one =
        shop_fmt(s, "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":900,\"packs\":[{\"lot_no\":\"S1\",\"serial\":\"X1\"}]}", c.drug);
    o = shop_order(s, shop_send(s, &c.a, "order.create", true, shop_create(s, "A03", 2, one, shop_cash(s, 2, 900))));
    assert_int_equal(o.exception_count, 0);
}

/* A refund's id says what caused it: sent again to a service that was put back, the same cancellation pays the same money. */
static void test_cancel_names_its_refunds(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    struct mt_id id;
    (void)sold(s, &c, 1);
    struct mt_push_result r = cancel(s, &c.a, 1, "");
    const char *cause = shop_fmt(s, "refund:%s:%s", r.op_id.s, shop_payment_id(s, 1));
    assert_int_equal(mt_id_from_cause(mt_sv(cause), &id), MT_OK);
    assert_int_equal(shop_int(s, shop_fmt(s, "SELECT amount FROM mt_refund WHERE refund_id = '%s'", id.s)), 1800);
}

static void test_cancel_too_late(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    (void)shop_order(s, shop_send(s, &c.a, "order.advance", true, shop_about(s, "A03", 1, ",\"to\":\"shipped\"")));
    assert_refused(cancel(s, &c.a, 1, ""), MT_P_INVALID_ORDER_STATUS);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_refund"), 0);
}

static struct mt_push_result start(struct shop *s, struct counter *c, int n, int p, const char *method, int amount,
                                   const char *more) {
    return shop_send(s, &c->a, "payment.start", false,
                     shop_about(s, "A03", n,
                                shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"%s\",\"amount\":%d%s", shop_payment_id(s, p),
                                         method, amount, more)));
}

/* No provider is set up; but what no provider could take is told first. */
static void test_payment_start(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)unpaid(s, &c, 1);
    struct mt_push_result r = start(s, &c, 1, 1, "wechat", 1800, "");
    assert_refused(r, MT_P_PAYMENT_FAILED);
    assert_non_null(strstr(shop_detail(s, r), "No provider for WeChat Pay is set up"));
    assert_refused(start(s, &c, 1, 1, "bank_card", 1800, ""), MT_P_PAYMENT_FAILED);
    r = start(s, &c, 1, 1, "alipay", 1801, "");
    assert_non_null(strstr(shop_detail(s, r), "more than the 18.00"));
    assert_refused(start(s, &c, 1, 1, "cash", 1800, ""), MT_P_VALIDATION_FAILED);
    const char *old =
        shop_op(s, &c.a, "payment.start", false,
                shop_about(s, "A03", 1,
                           shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"wechat\",\"amount\":1800,\"valid_for\":30",
                                    shop_payment_id(s, 1))));
    s->now += 31000;
    struct answer late = shop_push(s, &c.a, old);
    assert_refused(late.results[0], MT_P_STALE);
    (void)sold(s, &c, 2);
    assert_refused(start(s, &c, 2, 3, "wechat", 1, ""), MT_P_INVALID_ORDER_STATUS);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_payment"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE order_no = 'A03-000001' AND status = 'pending_payment'"), 1);
}

static void test_payment_cancel(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)sold(s, &c, 1);
    const char *body = shop_about(s, "A03", 1, shop_fmt(s, ",\"payment_id\":\"%s\"", shop_payment_id(s, 1)));
    assert_refused(shop_send(s, &c.a, "payment.cancel", false, body), MT_P_INVALID_ORDER_STATUS);
    body = shop_about(s, "A03", 1, shop_fmt(s, ",\"payment_id\":\"%s\"", shop_payment_id(s, 5)));
    assert_refused(shop_send(s, &c.a, "payment.cancel", false, body), MT_P_NOT_FOUND);
}

/* More went back on one payment than it brought in: the other one gives only what the order still holds. */
static void test_never_more_than_the_order_holds(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)unpaid(s, &c, 1);
    for (int p = 1; p <= 2; p++)
        assert_outcome(
            shop_send(s, &c.a, "payment.record", true,
                      shop_about(s, "A03", 1,
                                 shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":900", shop_payment_id(s, p)))),
            MT_APPLIED);
    assert_outcome(tell(s, &c, 1, 1, 1, 1300, ""), MT_APPLIED);
    assert_refused(ask(s, &c, 1, 2, 2, 900, ""), MT_P_PAYMENT_FAILED);
    struct mt_order o = shop_order(s, shop_send(s, &c.a, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"x\"")));
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 1800);
}

#define MOST ",\"amount\":9007199254740991"

static struct mt_push_result pay_most(struct shop *s, struct till *t, int n, int p) {
    return shop_send(
        s, t, "payment.record", true,
        shop_about(s, "A03", n, shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\"" MOST, shop_payment_id(s, p))));
}

/* Sums beyond what money can be: no fault of the service. What a till tells is kept for somebody to look at. */
static void test_more_than_can_be_counted(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    for (int n = 1; n <= 2; n++)
        (void)unpaid(s, &c, n);
    assert_outcome(pay_most(s, &c.a, 1, 1), MT_APPLIED);
    struct mt_push_result r = pay_most(s, &c.a, 1, 2);
    assert_outcome(r, MT_QUARANTINED);
    assert_int_equal(shop_code(r), MT_P_VALIDATION_FAILED);
    assert_outcome(pay_most(s, &c.a, 2, 3), MT_APPLIED);
    for (int i = 1; i <= 2; i++) {
        r = shop_send(s, &c.a, "refund.record", true,
                      shop_about(s, "A03", 2,
                                 shop_fmt(s, ",\"refund_id\":\"%s\",\"payment_id\":\"%s\",\"reason\":\"x\"" MOST, refund_id(s, i),
                                          shop_payment_id(s, 3))));
        assert_outcome(r, i == 1 ? MT_APPLIED : MT_QUARANTINED);
    }
    assert_int_equal(shop_code(r), MT_P_VALIDATION_FAILED);
    assert_int_equal(opened(s, "quarantined"), 2);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {SHOP_TEST(test_never_more_than_the_order_holds),
                                       SHOP_TEST(test_more_than_can_be_counted),
                                       SHOP_TEST(test_told),
                                       SHOP_TEST(test_told_beyond),
                                       SHOP_TEST(test_told_by_the_wrong_hand),
                                       SHOP_TEST(test_same_refund_twice),
                                       SHOP_TEST(test_asked),
                                       SHOP_TEST(test_each_payment_its_own),
                                       SHOP_TEST(test_asked_too_late),
                                       SHOP_TEST(test_waits_for_the_payment),
                                       SHOP_TEST(test_paid_by_what_is_held),
                                       SHOP_TEST(test_cancel_gives_all_back),
                                       SHOP_TEST(test_cancel_of_a_part_payment),
                                       SHOP_TEST(test_cancel_by_one_who_did_not_know),
                                       SHOP_TEST(test_cancel_of_an_own_sale),
                                       SHOP_TEST(test_cancel_frees),
                                       SHOP_TEST(test_cancel_names_its_refunds),
                                       SHOP_TEST(test_cancel_too_late),
                                       SHOP_TEST(test_payment_start),
                                       SHOP_TEST(test_payment_cancel)};
    return mt_engine_run(argc, argv, tests);
}
