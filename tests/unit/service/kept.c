/* What is kept for later or for a person: facts that can not be read, kinds of tomorrow, voids, salvage, and what waits. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

static const char *stock_up(struct shop *s) {
    const char *id = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 100);
    return id;
}

static int64_t exceptions(struct shop *s, const char *kind, const char *state) {
    return shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_exception WHERE kind = '%s' AND state = '%s'", kind, state));
}

/* What becomes of an operation that can not be applied as it is. */
static void test_outcomes(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *item = shop_item(s, drug, 1, 900), *none = "01940000-0000-7000-8003-000000000009";
    const struct {
        const char *kind;
        bool fact;
        const char *body;
        enum mt_outcome outcome;
    } rows[] = {
        {"order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 1000, 900), ""), MT_REFUSED}, /* invalid request */
        {"order.create", true, shop_create(s, "A03", 2, shop_item(s, drug, 1000, 900), shop_cash(s, 2, 1)),
         MT_QUARANTINED}, /* invalid fact */
        {"order.create", true, shop_create(s, "A03", 3, shop_item(s, none, 1, 900), shop_cash(s, 3, 900)),
         MT_QUARANTINED},                                                                              /* unknown drug in a fact */
        {"order.create", true, shop_create(s, "A03", 4, item, ""), MT_QUARANTINED},                    /* says fact, is a request */
        {"order.create", false, shop_create(s, "A03", 5, item, shop_cash(s, 5, 900)), MT_QUARANTINED}, /* says request, is a fact */
        {"order.create", false, shop_create(s, "A03", 6, item, ",\"colour\":\"blue\""), MT_QUARANTINED}, /* a field of tomorrow */
        {"loyalty.add", true, "\"points\":7", MT_QUARANTINED},                                           /* a kind of tomorrow */
        {"payment.record", true,
         shop_about(s, "A03", 99, shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":5", shop_payment_id(s, 99))),
         MT_QUARANTINED},
        {"order.advance", true, shop_about(s, "A03", 98, ",\"to\":\"shipped\""), MT_QUARANTINED},
        {"order.advance", false, shop_about(s, "A03", 97, ",\"to\":\"preparing\""), MT_REFUSED},
        {"order.cancel", false, shop_about(s, "A03", 96, ",\"reason\":\"x\""), MT_REFUSED},
        {"salvage", true,
         "\"register\":\"B01\",\"register_seq\":7,\"op_id\":\"01940000-0000-7000-8000-0000000000cc\",\"original\":\"{}\"",
         MT_QUARANTINED},
        {"void", false, "\"reason\":\"not readable\",\"original\":\"{\\\"kind\\\":\\\"order.create\\\"}\"", MT_REFUSED},
        {"void", false, "\"reason\":\"not readable\",\"original\":\"{\\\"fact\\\":true\"", MT_QUARANTINED},
        {"void", true, "\"reason\":\"not readable\",\"original\":\"\"", MT_QUARANTINED},
    };
    int64_t open = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push_result r = shop_send(s, &t, rows[i].kind, rows[i].fact, rows[i].body);
        if (r.outcome != rows[i].outcome)
            fail_msg("row %zu: %s: %.*s", i, mt_outcome_name(r.outcome), (int)r.problem.n, r.problem.p);
        open += r.outcome == MT_QUARANTINED;
        assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE state = 'open'"), open);
    }
    assert_int_equal(exceptions(s, "salvage", "open"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 0);
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 50, item, ""))); /* others go on */
}

/* The till gives up on bytes that no service takes, and says so under the same id and sequence. */
static void test_void_of_a_known_operation(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    int64_t ids = s->ids;
    struct mt_push_result first =
        shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), shop_cash(s, 1, 900)));
    s->ids = ids;
    t.seq = 0;
    struct mt_push_result again = shop_send(s, &t, "void", true, "\"reason\":\"x\",\"original\":\"{}\"");
    assert_outcome(again, MT_APPLIED);
    assert_true(again.replayed);
    assert_true(mt_sv_eq(again.result, first.result));
}

/* Operations on an order whose creation lies in quarantine wait with it, and so does a request; other orders go on. */
static void test_waits_with_its_order(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *item = shop_item(s, drug, 1, 900);
    assert_outcome(
        shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, item, shop_fmt(s, "%s,\"tip\":1", shop_cash(s, 1, 900)))),
        MT_QUARANTINED);
    assert_outcome(shop_send(s, &t, "order.advance", false, shop_about(s, "A03", 1, ",\"to\":\"preparing\"")), MT_QUARANTINED);
    assert_outcome(shop_send(s, &t, "order.advance", true, shop_about(s, "A03", 1, ",\"to\":\"shipped\"")), MT_QUARANTINED);
    assert_int_equal(exceptions(s, "quarantined", "open"), 1); /* one thing to settle, not three */
    (void)shop_order(s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 2, item, shop_cash(s, 2, 900))));
}

/* A payment that arrives before its order is applied by itself once the order is there. */
static void test_applied_when_the_order_arrives(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    const char *pay =
        shop_about(s, "A03", 1, shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":900", shop_payment_id(s, 1)));
    const char *op = shop_op(s, &b, "payment.record", true, pay);
    assert_outcome(shop_push(s, &b, op).results[0], MT_QUARANTINED);
    assert_outcome(shop_send(s, &b, "order.advance", true, shop_about(s, "A03", 1, ",\"to\":\"shipped\"")), MT_QUARANTINED);
    assert_int_equal(exceptions(s, "quarantined", "open"), 1);
    (void)shop_order(s, shop_send(s, &a, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), "")));
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'shipped' AND paid_amount = 900"), 1);
    assert_int_equal(exceptions(s, "quarantined", "open"), 0);
    assert_int_equal(exceptions(s, "quarantined", "resolved"), 1);
    struct answer again = shop_push(s, &b, op);
    assert_outcome(again.results[0], MT_APPLIED);
    assert_true(again.results[0].replayed);
}

/* A sale of a drug the catalogue has lost is applied when an import brings the drug, and then what came behind it. */
static void test_applied_when_the_drug_arrives(void **state) {
    struct shop *s = *state;
    struct till t = shop_till(s, "A03");
    struct mt_id id;
    assert_int_equal(mt_id_from_cause(MT_SV("drug:" ASPIRIN), &id), MT_OK);
    const char *sale =
        shop_op(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, id.s, 1, 900), shop_cash(s, 1, 900)));
    assert_outcome(shop_push(s, &t, sale).results[0], MT_QUARANTINED);
    assert_outcome(shop_send(s, &t, "order.advance", true, shop_about(s, "A03", 1, ",\"to\":\"shipped\"")), MT_QUARANTINED);
    (void)shop_drug(s, "6900000000018", "Ibuprofen", "", 500, MT_RX_NONE); /* another one is no help */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 0);
    assert_string_equal(stock_up(s), id.s);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'shipped' AND paid_amount = 900"), 1);
    assert_int_equal(exceptions(s, "quarantined", "open"), 0);
    assert_outcome(shop_push(s, &t, sale).results[0], MT_APPLIED);
}

/* A payment that waits for an order whose creation is then refused: the money is in the drawer, so the order is made after all. */
static void test_revives_a_refused_order_it_waited_for(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    const char *pay =
        shop_about(s, "A03", 1, shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":900", shop_payment_id(s, 1)));
    assert_outcome(shop_send(s, &b, "payment.record", true, pay), MT_QUARANTINED);
    assert_refused(shop_send(s, &a, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 1, 800), "")),
                   MT_P_PRICE_CHANGED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'paid' AND paid_amount = 900"), 1);
    assert_int_equal(exceptions(s, "quarantined", "open"), 0);
    assert_int_equal(exceptions(s, "price_differs", "open"), 1);
}

/* What another store sends about an order's id is that store's trouble: it neither holds the order up nor reaches it. */
static void test_another_store_holds_nothing_up(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct mt_id ours = s->store;
    struct mt_err err = {.rc = MT_OK};
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, &err), MT_OK);
    struct till other = shop_till(s, "H01");
    s->store = ours;
    struct till t = shop_till(s, "A03");
    const char *sent = shop_about(s, "A03", 1, ",\"to\":\"shipped\"");
    assert_outcome(shop_send(s, &other, "order.advance", true, sent), MT_QUARANTINED);
    (void)shop_order(
        s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), shop_cash(s, 1, 900))));
    assert_outcome(shop_send(s, &other, "loyalty.add", true, sent), MT_QUARANTINED);
    assert_outcome(shop_send(s, &t, "order.advance", false, shop_about(s, "A03", 1, ",\"to\":\"preparing\"")), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'preparing'"), 1);
}

/* After the service was put back, what had been decided stands. */
static void test_prior(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *epoch = "01940000-0000-7000-8000-0000000000ee";
    const char *won = shop_op(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 150, 900), ""));
    const char *lost = shop_op(s, &t, "order.create", false, shop_create(s, "A03", 2, shop_item(s, drug, 1, 900), ""));
    struct answer a = shop_push(s, &t,
                                shop_fmt(s,
                                         "%.*s,\"prior\":{\"epoch\":\"%s\",\"outcome\":\"applied\",\"result\":{}}},%.*s,\"prior\":{"
                                         "\"epoch\":\"%s\",\"outcome\":\"refused\",\"result\":null}}",
                                         (int)strlen(won) - 1, won, epoch, (int)strlen(lost) - 1, lost, epoch));
    struct mt_order o = shop_order(s, a.results[0]); /* there is less stock now; it was applied, so it is applied as a fact */
    assert_int_equal(o.status, MT_ORDER_PENDING);
    assert_int_equal(o.exception_count, 1);
    assert_outcome(a.results[1], MT_REFUSED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
}

/* The same when its order is not back yet: it waits, and is then applied as what it was, whatever version the order has now. */
static void test_prior_waits_for_its_order(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    const char *claim = shop_op(s, &b, "order.advance", false, shop_about(s, "A03", 1, ",\"to\":\"preparing\",\"if_version\":9"));
    const char *epoch = "01940000-0000-7000-8000-0000000000ee";
    claim = shop_fmt(s, "%.*s,\"prior\":{\"epoch\":\"%s\",\"outcome\":\"applied\",\"result\":{}}}", (int)strlen(claim) - 1, claim,
                     epoch);
    assert_outcome(shop_push(s, &b, claim).results[0], MT_QUARANTINED);
    (void)shop_order(
        s, shop_send(s, &a, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), shop_cash(s, 1, 900))));
    assert_outcome(shop_push(s, &b, claim).results[0], MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE status = 'preparing'"), 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_outcomes),
        SHOP_TEST(test_void_of_a_known_operation),
        SHOP_TEST(test_waits_with_its_order),
        SHOP_TEST(test_applied_when_the_order_arrives),
        SHOP_TEST(test_applied_when_the_drug_arrives),
        SHOP_TEST(test_revives_a_refused_order_it_waited_for),
        SHOP_TEST(test_another_store_holds_nothing_up),
        SHOP_TEST(test_prior),
        SHOP_TEST(test_prior_waits_for_its_order),
    };
    return mt_engine_run(argc, argv, tests);
}
