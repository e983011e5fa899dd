/* Goods in, corrections, counts, quarantine and recall. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"
#define ZINC "6900000000056"

struct place {
    const char *drug;
    struct till t;
    struct mt_id manager;
};

static struct place open_shop(struct shop *s) {
    struct place p = {.drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE),
                      .t = shop_till(s, "A03"),
                      .manager = shop_staff(s, "Wu", MT_ROLE_MANAGER)};
    return p;
}

/* An operation in the name of a person. */
static struct mt_push_result send_as(struct shop *s, struct till *t, const struct mt_id *person, const char *kind, bool fact,
                                     const char *body) {
    const struct mt_id before = s->acts;
    s->acts = *person;
    struct mt_push_result r = shop_send(s, t, kind, fact, body);
    s->acts = before;
    return r;
}

static const char *line(struct shop *s, const char *drug, const char *lot, const char *name, int quantity, const char *expires) {
    return shop_fmt(s, "{\"drug_id\":\"%s\",\"lot_no\":\"%s\",\"%s\":%d%s}", drug, lot, name, quantity,
                    expires[0] != '\0' ? shop_fmt(s, ",\"expires_on\":\"%s\"", expires) : "");
}

static struct mt_push_result receive(struct shop *s, struct place *p, const char *lot, const char *expires, int quantity) {
    return send_as(s, &p->t, &p->manager, "stock.receive", true,
                   shop_fmt(s, "\"lines\":[%s],\"reference\":\"DN-1\"", line(s, p->drug, lot, "quantity", quantity, expires)));
}

static struct mt_push_result adjust(struct shop *s, struct place *p, const char *lot, int change) {
    return send_as(s, &p->t, &p->manager, "stock.adjust", true,
                   shop_fmt(s, "\"lines\":[%s],\"reason\":\"broken\"", line(s, p->drug, lot, "change", change, "")));
}

static struct mt_push_result count(struct shop *s, struct place *p, const char *lot, int counted) {
    return send_as(s, &p->t, &p->manager, "stock.count", true,
                   shop_fmt(s, "\"lines\":[%s]", line(s, p->drug, lot, "counted", counted, "")));
}

static struct mt_push_result mark(struct shop *s, struct place *p, const char *kind, const char *lot, const char *more) {
    return send_as(s, &p->t, &p->manager, kind, false,
                   shop_fmt(s, "\"drug_id\":\"%s\",\"lot_no\":\"%s\",\"reason\":\"notice 12\"%s", p->drug, lot, more));
}

static struct mt_order sell(struct shop *s, struct place *p, int n, int packs) {
    return shop_order(s, shop_send(s, &p->t, "order.create", true,
                                   shop_create(s, "A03", n, shop_item(s, p->drug, packs, 900), shop_cash(s, n, packs * 900))));
}

static struct mt_push_result promise(struct shop *s, struct place *p, int n, int packs) {
    return shop_send(s, &p->t, "order.create", false, shop_create(s, "A03", n, shop_item(s, p->drug, packs, 900), ""));
}

static struct mt_push_result pay(struct shop *s, struct place *p, int n, int amount) {
    return shop_send(
        s, &p->t, "payment.record", true,
        shop_about(s, "A03", n,
                   shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":%d", shop_payment_id(s, n), amount)));
}

static int64_t on_hand(struct shop *s, const char *lot) {
    return shop_int(s, shop_fmt(s, "SELECT on_hand FROM mt_lot WHERE lot_no = '%s' AND store_id = '%s'", lot, s->store.s));
}

static int64_t reserved(struct shop *s, const char *lot) {
    return shop_int(s, shop_fmt(s, "SELECT reserved FROM mt_lot WHERE lot_no = '%s' AND store_id = '%s'", lot, s->store.s));
}

static int64_t exceptions(struct shop *s, const char *kind, const char *state) {
    return shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_exception WHERE kind = '%s' AND state = '%s'", kind, state));
}

static void assert_stock(struct mt_push_result r, const char *json) {
    assert_outcome(r, MT_APPLIED);
    if (!mt_sv_is(r.result, json))
        fail_msg("%.*s", (int)r.result.n, r.result.p);
}

static void test_receive(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    const char *zinc = shop_drug(s, ZINC, "Zinc", "", 400, MT_RX_NONE);
    struct mt_push_result r =
        send_as(s, &p.t, &p.manager, "stock.receive", true,
                shop_fmt(s, "\"lines\":[%s,%s,%s]", line(s, p.drug, "S1", "quantity", 5, "2028-01-31"),
                         line(s, zinc, "Z1", "quantity", 2, ""), line(s, p.drug, "S2", "quantity", 1, "2027-06-30")));
    assert_stock(
        r,
        shop_fmt(s,
                 "{\"stock\":[{\"drug_id\":\"%s\",\"on_hand\":6,\"reserved\":0,\"lots\":[{\"lot_no\":\"S2\",\"expires_on\":"
                 "\"2027-06-30\",\"state\":\"ok\",\"on_hand\":1,\"reserved\":0},{\"lot_no\":\"S1\",\"expires_on\":\"2028-01-31\","
                 "\"state\":\"ok\",\"on_hand\":5,\"reserved\":0}]},{\"drug_id\":\"%s\",\"on_hand\":2,\"reserved\":0,\"lots\":[{"
                 "\"lot_no\":\"Z1\",\"expires_on\":null,\"state\":\"ok\",\"on_hand\":2,\"reserved\":0}]}]}",
                 p.drug, zinc));
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_stock_move WHERE kind = 'receive' AND op_id IS NOT NULL"), 3);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'receive' AND entity = 'stock'"), 2);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_change WHERE entity = 'stock'"), 2);
    assert_int_equal(shop_int(s, "SELECT sum(version) FROM mt_stock_version"), 2); /* one a drug */
    assert_outcome(receive(s, &p, "S1", "2028-01-31", 4), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 9);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception"), 0);
}

static void test_receive_again_is_one(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    const char *op =
        shop_op(s, &p.t, "stock.receive", true, shop_fmt(s, "\"lines\":[%s]", line(s, p.drug, "S1", "quantity", 5, "")));
    assert_outcome(shop_push(s, &p.t, op).results[0], MT_APPLIED);
    struct mt_push_result again = shop_push(s, &p.t, op).results[0];
    assert_true(again.replayed);
    assert_int_equal(on_hand(s, "S1"), 5);
    /* nobody with the right was named: it happened, and a person hears of it */
    assert_int_equal(exceptions(s, "rule_broken", "open"), 1);
}

static void test_receive_under_another_date(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(receive(s, &p, "S1", "2028-01-31", 5), MT_APPLIED);
    assert_outcome(receive(s, &p, "S1", "2029-01-31", 5), MT_APPLIED);
    assert_int_equal(exceptions(s, "rule_broken", "open"), 1);
    assert_int_equal(on_hand(s, "S1"), 10);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE expires_on = '2028-01-31'"), 1);
    /* a lot without a date learns it */
    assert_outcome(receive(s, &p, "S2", "", 1), MT_APPLIED);
    assert_outcome(receive(s, &p, "S2", "2029-02-28", 1), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE expires_on = '2029-02-28' AND on_hand = 2"), 1);
    assert_int_equal(exceptions(s, "rule_broken", "open"), 1);
}

static void test_unknown_drug(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    struct mt_push_result r = send_as(s, &p.t, &p.manager, "stock.receive", true,
                                      shop_fmt(s, "\"lines\":[%s,%s]", line(s, p.drug, "S1", "quantity", 5, ""),
                                               line(s, "01940000-0000-7000-8009-000000000001", "X", "quantity", 5, "")));
    assert_outcome(r, MT_QUARANTINED);
    assert_int_equal(shop_code(r), MT_P_DRUG_NOT_FOUND);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot"), 0); /* all or nothing */
}

static void test_adjust(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 5);
    assert_outcome(adjust(s, &p, "S1", -2), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 3);
    assert_outcome(adjust(s, &p, "S2", 4), MT_APPLIED); /* found behind a shelf */
    assert_int_equal(on_hand(s, "S2"), 4);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_stock_move WHERE kind = 'adjust'"), 2);
    assert_outcome(promise(s, &p, 1, 6), MT_APPLIED); /* all of S1, three of S2 */
    assert_outcome(adjust(s, &p, "S2", -3), MT_APPLIED);
    assert_int_equal(on_hand(s, "S2") * 10 + reserved(s, "S2"), 33);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_exception WHERE kind = 'stock_differs' AND state = 'open'"), 2);
    assert_outcome(adjust(s, &p, "NONE", -1), MT_APPLIED); /* a lot that never was */
    assert_int_equal(exceptions(s, "stock_differs", "open"), 2);
}

static void test_count(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 5);
    assert_outcome(count(s, &p, "S1", 5), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_stock_move"), 1); /* as the books say: no move */
    assert_outcome(count(s, &p, "S1", 7), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 7);
    assert_outcome(count(s, &p, "S1", 4), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 4);
    assert_outcome(count(s, &p, "S9", 0), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot"), 1);
    assert_outcome(promise(s, &p, 1, 3), MT_APPLIED);
    assert_outcome(count(s, &p, "S1", 1), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 3); /* what the unpaid order holds stays */
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE kind = 'stock_differs'"), 2);
}

/* Two went out that the books did not have; a delivery covers one, the next one the other. */
static void test_receipt_covers_shortfall(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1);
    struct mt_order short_one = sell(s, &p, 1, 3);
    assert_int_equal(short_one.exception_count, 1);
    assert_outcome(receive(s, &p, "S1", "", 1), MT_APPLIED); /* the lot the line has already */
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE state = 'open'"), 1);
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_order_item_lot WHERE lot_no = 'S1'"), 2);
    assert_int_equal(on_hand(s, "S1"), 0);
    assert_int_equal(shop_violations(s), 0);
    assert_outcome(receive(s, &p, "S2", "2028-05-31", 10), MT_APPLIED);
    assert_int_equal(on_hand(s, "S2"), 9);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 0);
    assert_int_equal(exceptions(s, "stock_shortfall", "resolved"), 1);
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_order_item_lot WHERE lot_no = 'S2'"), 1);
    assert_int_equal(shop_int(s, "SELECT -sum(quantity) FROM mt_stock_move WHERE kind = 'sale'"), 3);
    assert_int_equal(shop_int(s, "SELECT version FROM mt_order"), short_one.version + 2);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'cover'"), 2);
}

/* Oldest first, and nothing of a lot that may not be sold. */
static void test_shortfalls_in_order(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    (void)sell(s, &p, 1, 2);
    s->now += 1000;
    (void)sell(s, &p, 2, 2);
    assert_outcome(receive(s, &p, "OLD", "2026-12-31", 4), MT_APPLIED);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 2);
    assert_outcome(receive(s, &p, "S1", "2028-01-31", 3), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_exception WHERE state = 'open'"), 1);
    assert_int_equal(shop_int(s, shop_fmt(s, "SELECT quantity FROM mt_order_item_lot WHERE order_id = '%s'", shop_order_id(s, 1))),
                     2);
}

/* A count is of what is there after the packs went: it settles the sale and comes to what was counted. */
static void test_count_covers_shortfall(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1);
    (void)sell(s, &p, 1, 3);
    assert_outcome(count(s, &p, "S1", 4), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 4);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 0);
    assert_int_equal(shop_int(s, "SELECT -sum(quantity) FROM mt_stock_move WHERE kind = 'sale'"), 3);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_stock_move WHERE kind = 'count'"), 6);
}

/* What has gone is settled before an older order that only waits gets any of the counted packs. */
static void test_count_settles_what_went_first(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(
        shop_send(s, &p.t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, p.drug, 3, 900), shop_cash(s, 1, 900))),
        MT_APPLIED);
    s->now += 1000;
    (void)sell(s, &p, 2, 2);
    assert_outcome(count(s, &p, "S1", 1), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1") * 10 + reserved(s, "S1"), 11);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 1);
}

/* An unpaid order that was handed over: its packs are reserved when they come, and sold when it is paid. */
static void test_receipt_reserves_for_unpaid(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1);
    assert_outcome(
        shop_send(s, &p.t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, p.drug, 3, 900), shop_cash(s, 1, 900))),
        MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'pending_payment'"), 1);
    assert_outcome(receive(s, &p, "S1", "", 5), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1") * 10 + reserved(s, "S1"), 63);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 0);
    assert_int_equal(shop_violations(s), 0);
    struct mt_order paid = shop_order(
        s, shop_send(s, &p.t, "payment.record", true,
                     shop_about(s, "A03", 1,
                                shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800", shop_payment_id(s, 2)))));
    assert_int_equal(paid.status, MT_ORDER_PAID);
    assert_int_equal(on_hand(s, "S1") * 10 + reserved(s, "S1"), 30);
}

/* What an unpaid order was short of never went out: when it is cancelled, nothing is owed any more. */
static void test_cancelled_unpaid_owes_nothing(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(
        shop_send(s, &p.t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, p.drug, 3, 900), ",\"handed_over\":true")),
        MT_APPLIED);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 1);
    assert_outcome(shop_send(s, &p.t, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"brought back\"")), MT_APPLIED);
    assert_int_equal(exceptions(s, "stock_shortfall", "open"), 0);
    assert_outcome(receive(s, &p, "S1", "2028-01-31", 5), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1"), 5);
}

static void test_rights(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    struct mt_id counter = shop_staff(s, "Li", MT_ROLE_COUNTER), runner = shop_staff(s, "Bo", MT_ROLE_FULFILMENT);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 5);
    const char *in = shop_fmt(s, "\"lines\":[%s]", line(s, p.drug, "S1", "quantity", 1, ""));
    const char *off = shop_fmt(s, "\"lines\":[%s],\"reason\":\"x\"", line(s, p.drug, "S1", "change", -1, ""));
    const char *lot = shop_fmt(s, "\"drug_id\":\"%s\",\"lot_no\":\"S1\",\"reason\":\"x\"", p.drug);
    assert_outcome(send_as(s, &p.t, &runner, "stock.receive", true, in), MT_APPLIED);
    assert_int_equal(exceptions(s, "rule_broken", "open"), 0);
    assert_outcome(send_as(s, &p.t, &counter, "stock.receive", true, in), MT_APPLIED);
    assert_int_equal(exceptions(s, "rule_broken", "open"), 1);
    assert_outcome(send_as(s, &p.t, &runner, "stock.adjust", true, off), MT_APPLIED);
    assert_int_equal(exceptions(s, "rule_broken", "open"), 2);
    assert_refused(send_as(s, &p.t, &runner, "lot.quarantine", false, lot), MT_P_FORBIDDEN);
    assert_refused(send_as(s, &p.t, &counter, "lot.recall", false, lot), MT_P_FORBIDDEN);
    assert_int_equal(on_hand(s, "S1"), 6);
}

static void test_quarantine(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2027-05-31", 5);
    assert_refused(mark(s, &p, "lot.quarantine", "S7", ""), MT_P_NOT_FOUND);
    assert_outcome(mark(s, &p, "lot.quarantine", "S1", ""), MT_APPLIED);
    assert_refused(promise(s, &p, 1, 1), MT_P_INSUFFICIENT_STOCK);
    assert_outcome(mark(s, &p, "lot.quarantine", "S1", ""), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'quarantine'"), 1); /* again is no change */
    assert_outcome(mark(s, &p, "lot.quarantine", "S1", ",\"release\":true"), MT_APPLIED);
    assert_outcome(mark(s, &p, "lot.quarantine", "S1", ",\"release\":true"), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'release'"), 1);
    assert_outcome(promise(s, &p, 2, 1), MT_APPLIED);
}

/* Unpaid orders get packs of other lots, as far as there are any. */
static void test_quarantine_moves_what_is_held(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2027-05-31", 4);
    shop_goods(s, ASPIRIN, "S2", "2028-05-31", 3);
    struct mt_order one = shop_order(s, promise(s, &p, 1, 5)); /* four of S1, one of S2 */
    s->now += 1000;
    assert_outcome(mark(s, &p, "lot.quarantine", "S1", ""), MT_APPLIED);
    assert_int_equal(on_hand(s, "S1") * 10 + reserved(s, "S1"), 42);
    assert_int_equal(on_hand(s, "S2") * 10 + reserved(s, "S2"), 33);
    assert_int_equal(shop_int(s, "SELECT version FROM mt_order"), one.version + 1);
    assert_int_equal(shop_violations(s), 0);
    shop_goods(s, ASPIRIN, "S3", "2028-06-30", 1);
    struct mt_order paid = shop_order(s, pay(s, &p, 1, 4500)); /* S3 gives one more, one goes out of quarantine */
    assert_int_equal(paid.status, MT_ORDER_PAID);
    assert_int_equal(paid.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE kind = 'expired_lot'"), 1);
    assert_int_equal(on_hand(s, "S1") * 100 + on_hand(s, "S2") * 10 + on_hand(s, "S3"), 300);
}

static void test_all_that_is_held_moves(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2027-05-31", 2);
    shop_goods(s, ASPIRIN, "S2", "2028-05-31", 3);
    (void)shop_order(s, promise(s, &p, 1, 2));
    assert_outcome(mark(s, &p, "lot.recall", "S1", ""), MT_APPLIED);
    assert_int_equal(reserved(s, "S1") * 10 + reserved(s, "S2"), 2);
    assert_int_equal(shop_order(s, pay(s, &p, 1, 1800)).exception_count, 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order_item_lot WHERE lot_no = 'S1'"), 0);
}

/* Sold before the recall, packed behind it: it has happened, and somebody has to go after the packs that are still outside. */
static void test_packed_though_recalled(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2027-05-31", 3);
    shop_goods(s, ASPIRIN, "S2", "2028-05-31", 3);
    for (int n = 1; n <= 3; n++)
        (void)sell(s, &p, n, n == 1 ? 2 : 1); /* the third is of S2 */
    assert_outcome(mark(s, &p, "lot.recall", "S1", ""), MT_APPLIED);
    for (int n = 1; n <= 2; n++)
        assert_outcome(send_as(s, &p.t, &p.manager, "return.record", true,
                               shop_about(s, "A03", n,
                                          shop_fmt(s,
                                                   ",\"return_id\":\"01940000-0000-7000-8004-%012x\",\"reason\":\"recalled\","
                                                   "\"lines\":[{\"line\":1,\"quantity\":1}]",
                                                   (unsigned)n))),
                       MT_APPLIED);
    const char *to[] = {"preparing", "shipped", "completed"};
    for (int i = 0; i < 3; i++) {
        for (int n = 1; n <= 3; n++)
            (void)shop_order(
                s, shop_send(s, &p.t, "order.advance", i > 0, shop_about(s, "A03", n, shop_fmt(s, ",\"to\":\"%s\"", to[i]))));
        assert_int_equal(exceptions(s, "expired_lot", "open"), i > 0);
    }
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE kind = 'expired_lot' AND order_no = 'A03-000001'"), 1);
}

/* Everywhere at once, for packs that come later, and for packs that no store has in its books. */
static void test_recall(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    struct mt_id mine = s->store;
    shop_goods(s, ASPIRIN, "S1", "2028-05-31", 2);
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    const struct mt_id far_store = s->store;
    struct till far = shop_till(s, "H01");
    shop_goods(s, ASPIRIN, "S1", "2028-05-31", 3);
    s->acts = shop_staff(s, "Bo", MT_ROLE_COUNTER);
    const char *promised = shop_create(s, "H01", 7, shop_item(s, p.drug, 1, 900), "");
    assert_outcome(shop_send(s, &far, "order.create", false, promised), MT_APPLIED);
    s->store = mine;
    assert_outcome(mark(s, &p, "lot.recall", "S1", ""), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE state = 'recalled'"), 2);
    assert_int_equal(
        shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_change WHERE entity = 'stock' AND scope = '%s'", far_store.s)), 1);
    assert_int_equal(shop_int(s, shop_fmt(s, "SELECT version FROM mt_stock_version WHERE store_id = '%s'", far_store.s)), 3);
    const char *more = shop_create(s, "H01", 8, shop_item(s, p.drug, 1, 900), "");
    assert_refused(shop_send(s, &far, "order.create", false, more), MT_P_INSUFFICIENT_STOCK);
    /* what comes in later */
    assert_outcome(receive(s, &p, "S1", "", 5), MT_APPLIED);
    assert_int_equal(mt_admin_store_add(s->session, "Lakeside", "CNY", &s->store, NULL), MT_OK);
    shop_goods(s, ASPIRIN, "S1", "2028-05-31", 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE state = 'recalled'"), 3);
    s->store = mine;
    /* for ever */
    assert_refused(mark(s, &p, "lot.quarantine", "S1", ",\"release\":true"), MT_P_INVENTORY_UPDATE_FAILED);
    const int64_t audits = shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'recall' AND entity = 'stock'");
    assert_outcome(mark(s, &p, "lot.recall", "S1", ""), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'recall' AND entity = 'stock'"), audits);
}

static void test_recalled_pack_that_no_store_had(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    shop_goods(s, ASPIRIN, "S1", "2028-05-31", 2);
    assert_outcome(mark(s, &p, "lot.recall", "BAD", ""), MT_APPLIED);
    const char *item = shop_fmt(s, "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":900,\"packs\":[{\"lot_no\":\"BAD\"}]}", p.drug);
    assert_refused(shop_send(s, &p.t, "order.create", false, shop_create(s, "A03", 1, item, "")), MT_P_DRUG_NOT_SELLABLE);
    assert_outcome(shop_send(s, &p.t, "order.create", true, shop_create(s, "A03", 2, item, shop_cash(s, 2, 900))), MT_APPLIED);
    assert_int_equal(exceptions(s, "expired_lot", "open"), 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_count_settles_what_went_first),
        SHOP_TEST(test_receive),
        SHOP_TEST(test_receive_again_is_one),
        SHOP_TEST(test_receive_under_another_date),
        SHOP_TEST(test_unknown_drug),
        SHOP_TEST(test_adjust),
        SHOP_TEST(test_count),
        SHOP_TEST(test_receipt_covers_shortfall),
        SHOP_TEST(test_shortfalls_in_order),
        SHOP_TEST(test_count_covers_shortfall),
        SHOP_TEST(test_receipt_reserves_for_unpaid),
        SHOP_TEST(test_cancelled_unpaid_owes_nothing),
        SHOP_TEST(test_rights),
        SHOP_TEST(test_quarantine),
        SHOP_TEST(test_quarantine_moves_what_is_held),
        SHOP_TEST(test_all_that_is_held_moves),
        SHOP_TEST(test_packed_though_recalled),
        SHOP_TEST(test_recall),
        SHOP_TEST(test_recalled_pack_that_no_store_had),
    };
    return mt_engine_run(argc, argv, tests);
}
