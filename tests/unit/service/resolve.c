/* What a manager settles: by hand, by applying what was kept, or by dropping it; and what is applied by itself. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

struct place {
    const char *drug;
    struct till t, b;
    struct mt_id manager;
};

static struct place open_shop(struct shop *s) {
    struct place p = {.drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE),
                      .t = shop_till(s, "A03"),
                      .b = shop_till(s, "B01"),
                      .manager = shop_staff(s, "Wu", MT_ROLE_MANAGER)};
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 10);
    return p;
}

static const char *open_exception(struct shop *s, const char *kind) {
    struct mt_stmt *q = NULL;
    assert_int_equal(mt_db_stmt(s->look, "SELECT min(exception_id) FROM mt_exception WHERE kind = ?1 AND state = 'open'", &q, NULL),
                     MT_OK);
    mt_bind_text(q, 1, kind);
    assert_int_equal(mt_stmt_step(q, NULL), MT_STEP_ROW);
    const char *id = mt_col_text(q, 0, &s->arena);
    mt_stmt_done(q);
    return id;
}

static const char *resolution(struct shop *s, const char *exception_id, const char *action) {
    return shop_fmt(s, "\"exception_id\":\"%s\",\"action\":\"%s\",\"note\":\"seen to\"", exception_id, action);
}

static struct mt_push_result settle(struct shop *s, struct place *p, const char *exception_id, const char *action) {
    s->acts = p->manager;
    struct mt_push_result r = shop_send(s, &p->b, "exception.resolve", false, resolution(s, exception_id, action));
    s->acts = s->clerk;
    return r;
}

static int64_t orders(struct shop *s, const char *order_no) {
    return shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_order WHERE order_no = '%s'", order_no));
}

static int64_t open_ones(struct shop *s) {
    return shop_int(s, "SELECT count(*) FROM mt_exception WHERE state = 'open'");
}

static const char *sale(struct shop *s, struct place *p, const char *code, int n, int packs) {
    return shop_create(s, code, n, shop_item(s, p->drug, packs, 900), shop_cash(s, n, packs * 900));
}

/* A string inside JSON. */
static const char *quoted(struct shop *s, const char *json) {
    char text[4096];
    size_t n = 0;
    for (; *json != '\0' && n + 2 < sizeof text; json++) {
        if (*json == '"' || *json == '\\')
            text[n++] = '\\';
        text[n++] = *json;
    }
    assert_true(*json == '\0');
    text[n] = '\0';
    return shop_fmt(s, "%s", text);
}

/* What a till that worked from a copied file sends of one of its operations. */
static const char *salvaged(struct shop *s, const char *kind, int n, const char *body, bool fact) {
    char at[MT_TIME_TEXT];
    mt_time_format(s->now, at);
    const char *op = shop_fmt(s,
                              "{\"at\":\"%s\",\"body\":{%s},\"fact\":%s,\"kind\":\"%s\",\"op_id\":"
                              "\"01940000-0000-7000-8004-%012d\"}",
                              at, body, fact ? "true" : "false", kind, n);
    return shop_fmt(s, "\"register\":\"A03\",\"register_seq\":%d,\"op_id\":\"01940000-0000-7000-8004-%012d\",\"original\":\"%s\"",
                    n, n, quoted(s, op));
}

static void test_settled_by_hand(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    struct mt_order o = shop_order(s, shop_send(s, &p.t, "order.create", true, sale(s, &p, "A03", 1, 12)));
    const char *id = open_exception(s, "stock_shortfall");
    assert_refused(shop_send(s, &p.t, "exception.resolve", false, resolution(s, id, "settled")), MT_P_FORBIDDEN);
    assert_refused(settle(s, &p, id, "apply"), MT_P_VALIDATION_FAILED); /* nothing is kept for it */
    assert_refused(settle(s, &p, "01940000-0000-7000-8009-000000000001", "settled"), MT_P_NOT_FOUND);
    struct mt_push_result done = settle(s, &p, id, "settled");
    assert_outcome(done, MT_APPLIED);
    assert_non_null(strstr(shop_fmt(s, "%.*s", (int)done.result.n, done.result.p), "\"state\":\"resolved\""));
    assert_int_equal(open_ones(s), 0);
    assert_int_equal(shop_int(s, shop_fmt(s,
                                          "SELECT count(*) FROM mt_exception WHERE resolution = 'seen to' AND resolved_by = '%s'"
                                          " AND version = 2",
                                          p.manager.s)),
                     1);
    assert_int_equal(shop_int(s, "SELECT version FROM mt_order"), o.version + 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'settled' AND entity = 'exception'"), 1);
    assert_refused(settle(s, &p, id, "settled"), MT_P_VALIDATION_FAILED); /* by somebody else meanwhile */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE kind = 'exception'"), 1);
}

static void test_another_store(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(shop_send(s, &p.t, "order.create", true, sale(s, &p, "A03", 1, 12)), MT_APPLIED);
    const char *id = open_exception(s, "stock_shortfall");
    const struct mt_id mine = s->store;
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    struct place far = {.b = shop_till(s, "H01"), .manager = shop_staff(s, "Sun", MT_ROLE_MANAGER)};
    assert_refused(settle(s, &far, id, "settled"), MT_P_NOT_FOUND);
    s->store = mine;
    assert_int_equal(open_ones(s), 1);
}

/* A number of another register: the order gets one of the store's own lane, the printed one finds it, and what waited goes on. */
static void test_apply_under_a_new_number(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    const char *op = shop_op(s, &p.t, "order.create", true, sale(s, &p, "B01", 1, 2));
    assert_outcome(shop_push(s, &p.t, op).results[0], MT_QUARANTINED);
    const char *move = shop_op(s, &p.t, "order.advance", true, shop_about(s, "B01", 1, ",\"to\":\"completed\""));
    assert_outcome(shop_push(s, &p.t, move).results[0], MT_QUARANTINED);
    const char *id = open_exception(s, "quarantined");
    assert_refused(settle(s, &p, id, "settled"), MT_P_VALIDATION_FAILED); /* the sale would stay outside */
    assert_outcome(settle(s, &p, id, "apply"), MT_APPLIED);
    assert_int_equal(orders(s, "S01-000001"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE printed_no = 'B01-000001' AND status = 'completed'"), 1);
    assert_int_equal(open_ones(s), 0);
    struct mt_push_result again = shop_push(s, &p.t, op).results[0];
    assert_true(again.replayed);
    assert_string_equal(shop_order(s, again).order_no, "S01-000001");
    assert_outcome(shop_push(s, &p.t, move).results[0], MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 8);
    /* the number stays free for the register it belongs to */
    assert_string_equal(
        shop_order(s, shop_send(s, &p.b, "order.create", true,
                                shop_fmt(s,
                                         "\"order_id\":\"%s\",\"order_no\":\"B01-000001\",\"fulfilment\":\"pickup\","
                                         "\"items\":[%s]%s",
                                         shop_order_id(s, 5), shop_item(s, p.drug, 1, 900), shop_cash(s, 5, 900))))
            .order_no,
        "B01-000001");
}

static void test_drop(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    const char *op = shop_op(s, &p.t, "order.create", true, sale(s, &p, "B01", 1, 2));
    assert_outcome(shop_push(s, &p.t, op).results[0], MT_QUARANTINED);
    assert_outcome(shop_send(s, &p.t, "order.cancel", false, shop_about(s, "B01", 1, ",\"reason\":\"x\"")), MT_QUARANTINED);
    assert_outcome(settle(s, &p, open_exception(s, "quarantined"), "drop"), MT_APPLIED);
    struct mt_push_result again = shop_push(s, &p.t, op).results[0];
    assert_outcome(again, MT_REFUSED);
    assert_string_equal(shop_detail(s, again), "A manager has settled that it is not to be applied: seen to");
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation WHERE kind = 'order.cancel' AND outcome = 'refused'"), 1);
    assert_int_equal(open_ones(s), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 0);
}

/* What made no sense yesterday makes none today: the manager hears why, and nothing changes. */
static void test_apply_what_still_can_not_be(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(shop_send(s, &p.t, "order.create", true, sale(s, &p, "A03", 1, 1)), MT_APPLIED);
    const char *pay =
        shop_about(s, "A03", 1, shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":900", shop_payment_id(s, 1)));
    assert_outcome(shop_send(s, &p.t, "payment.record", true, pay), MT_QUARANTINED); /* twice */
    const char *id = open_exception(s, "quarantined");
    struct mt_push_result r = settle(s, &p, id, "apply");
    assert_refused(r, MT_P_VALIDATION_FAILED);
    assert_string_equal(shop_detail(s, r), "It still can't be applied. This payment is recorded already.");
    assert_int_equal(open_ones(s), 1);
    assert_outcome(settle(s, &p, id, "drop"), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT paid_amount FROM mt_order"), 900);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE kind = 'exception'"), 1);
    /* what can't be read stays so */
    assert_outcome(shop_send(s, &p.t, "void", true, "\"reason\":\"not readable\",\"original\":\"\""), MT_QUARANTINED);
    id = open_exception(s, "quarantined");
    assert_refused(settle(s, &p, id, "apply"), MT_P_VALIDATION_FAILED);
    assert_outcome(settle(s, &p, id, "drop"), MT_APPLIED);
}

static void test_salvage(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    /* the file was copied after A03-000001, and both sold a second time */
    assert_outcome(shop_send(s, &p.t, "order.create", true, sale(s, &p, "A03", 1, 1)), MT_APPLIED);
    assert_outcome(shop_send(s, &p.t, "order.create", true, sale(s, &p, "A03", 2, 1)), MT_APPLIED);
    const char *other = shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"A03-000002\",\"fulfilment\":\"pickup\",\"items\":[%s]%s",
                                 shop_order_id(s, 77), shop_item(s, p.drug, 3, 900), shop_cash(s, 77, 2700));
    const char *create = salvaged(s, "order.create", 2, other, true);
    const char *moved = shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"A03-000002\",\"to\":\"completed\"", shop_order_id(s, 77));
    assert_outcome(shop_send(s, &p.b, "salvage", true, salvaged(s, "order.advance", 3, moved, true)), MT_QUARANTINED);
    const char *advance_id = open_exception(s, "salvage");
    assert_refused(settle(s, &p, advance_id, "apply"), MT_P_ORDER_NOT_FOUND); /* its order comes first */
    assert_outcome(shop_send(s, &p.b, "salvage", true, create), MT_QUARANTINED);
    const char *create_id =
        shop_fmt(s, "%s", open_exception(s, "salvage")); /* ids rise with time, so the first is the advance still */
    assert_string_equal(create_id, advance_id);
    assert_int_equal(open_ones(s), 2);
    struct mt_stmt *q = NULL;
    assert_int_equal(mt_db_stmt(s->look, "SELECT max(exception_id) FROM mt_exception WHERE state = 'open'", &q, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(q, NULL), MT_STEP_ROW);
    create_id = mt_col_text(q, 0, &s->arena);
    mt_stmt_done(q);
    assert_outcome(settle(s, &p, create_id, "apply"), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE order_no = 'S01-000001' AND printed_no = 'A03-000002'"
                                 " AND status = 'paid' AND paid_amount = 2700"),
                     1);
    assert_outcome(settle(s, &p, advance_id, "apply"), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order WHERE order_no = 'S01-000001' AND status = 'completed'"), 1);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 5);
    assert_int_equal(open_ones(s), 0);
    /* the next one of the store has the next number */
    const char *third = shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"A03-000003\",\"fulfilment\":\"pickup\",\"items\":[%s]%s",
                                 shop_order_id(s, 78), shop_item(s, p.drug, 1, 900), shop_cash(s, 78, 900));
    assert_outcome(shop_send(s, &p.b, "salvage", true, salvaged(s, "order.create", 4, third, true)), MT_QUARANTINED);
    assert_outcome(settle(s, &p, open_exception(s, "salvage"), "apply"), MT_APPLIED);
    assert_int_equal(orders(s, "S01-000002"), 1);
}

/* The same operation must not come in by both ways. */
static void test_salvage_of_what_is_here(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(shop_send(s, &p.t, "order.create", true, sale(s, &p, "A03", 1, 1)), MT_APPLIED);
    const char *body =
        shop_fmt(s, "\"register\":\"A03\",\"register_seq\":1,\"op_id\":\"01940000-0000-7000-8000-%012llx\",\"original\":\"%s\"",
                 (unsigned long long)s->ids,
                 quoted(s, shop_fmt(s,
                                    "{\"at\":\"2027-01-15T10:00:00.000Z\",\"body\":{%s},\"fact\":true,\"kind\":"
                                    "\"order.create\",\"op_id\":\"01940000-0000-7000-8000-%012llx\"}",
                                    sale(s, &p, "A03", 1, 1), (unsigned long long)s->ids)));
    assert_outcome(shop_send(s, &p.b, "salvage", true, body), MT_QUARANTINED);
    assert_refused(settle(s, &p, open_exception(s, "salvage"), "apply"), MT_P_VALIDATION_FAILED);
    assert_outcome(settle(s, &p, open_exception(s, "salvage"), "drop"), MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
}

static void test_settling_again_is_one(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(shop_send(s, &p.t, "order.create", true, sale(s, &p, "B01", 1, 2)), MT_QUARANTINED);
    s->acts = p.manager;
    const char *op = shop_op(s, &p.b, "exception.resolve", false, resolution(s, open_exception(s, "quarantined"), "apply"));
    struct mt_push_result one = shop_push(s, &p.b, op).results[0], two = shop_push(s, &p.b, op).results[0];
    assert_outcome(one, MT_APPLIED);
    assert_true(two.replayed);
    assert_true(mt_sv_eq(one.result, two.result));
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
}

/* Goods of a drug the catalogue did not have come in when an import brings it. */
static void test_delivery_waits_for_its_drug(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    struct mt_id id;
    assert_int_equal(mt_id_from_cause(MT_SV("drug:6900000000063"), &id), MT_OK);
    s->acts = p.manager;
    assert_outcome(shop_send(s, &p.t, "stock.receive", true,
                             shop_fmt(s, "\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"N1\",\"quantity\":4}]", id.s)),
                   MT_QUARANTINED);
    assert_int_equal(open_ones(s), 1);
    (void)shop_drug(s, "6900000000063", "Nasal spray", "", 700, MT_RX_NONE);
    assert_int_equal(open_ones(s), 0);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'N1'"), 4);
}

/* An older program kept what it did not know; the newer one applies it when it opens the database. */
static void test_kept_for_a_newer_program(void **state) {
    struct shop *s = *state;
    struct place p = open_shop(s);
    assert_outcome(
        shop_send(s, &p.t, "order.create", true,
                  shop_create(s, "A03", 1, shop_item(s, p.drug, 1, 900), shop_fmt(s, "%s,\"tip\":1", shop_cash(s, 1, 900)))),
        MT_QUARANTINED);
    shop_reopen(s);
    assert_int_equal(open_ones(s), 1); /* this program does not know that field either */
    const char *bytes = shop_fmt(s,
                                 "{\"at\":\"2027-01-15T10:00:00.000Z\",\"body\":{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"V1\","
                                 "\"quantity\":6}]},\"fact\":true,\"kind\":\"stock.receive\",\"op_id\":"
                                 "\"01940000-0000-7000-8005-000000000001\",\"staff_id\":\"%s\"}",
                                 p.drug, p.manager.s);
    shop_exec(
        s, shop_fmt(s,
                    "INSERT INTO mt_operation(op_id, register_id, register_seq, hash, kind, order_id, bytes, received_at, outcome,"
                    " result, problem, waits) SELECT '01940000-0000-7000-8005-000000000001', register_id, last_seq + 1,"
                    " '%064d', 'stock.receive', '', '%s', 1, 'quarantined', NULL, '{}', 'version' FROM mt_register"
                    " WHERE code = 'A03'",
                    7, bytes));
    shop_exec(s, "UPDATE mt_register SET last_seq = last_seq + 1, last_op_id = '01940000-0000-7000-8005-000000000001'"
                 " WHERE code = 'A03'");
    shop_reopen(s);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'V1'"), 6);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation WHERE outcome = 'applied' AND kind = 'stock.receive'"), 1);
    assert_int_equal(open_ones(s), 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_settled_by_hand),
        SHOP_TEST(test_another_store),
        SHOP_TEST(test_apply_under_a_new_number),
        SHOP_TEST(test_drop),
        SHOP_TEST(test_apply_what_still_can_not_be),
        SHOP_TEST(test_salvage),
        SHOP_TEST(test_salvage_of_what_is_here),
        SHOP_TEST(test_settling_again_is_one),
        SHOP_TEST(test_delivery_waits_for_its_drug),
        SHOP_TEST(test_kept_for_a_newer_program),
    };
    return mt_engine_run(argc, argv, tests);
}
