/* The proof finds what a hand has broken, rule by rule; each teardown of the other tests shows that it finds nothing else. */
#include "shop.h"

#include <stdio.h>
#include <unistd.h>

#define ASPIRIN "6900000000025"

/* A shop after a day: sold, unpaid, cancelled, short. */
static void a_day(struct shop *s) {
    const char *drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 10);
    struct till t = shop_till(s, "A03");
    const char *item = shop_item(s, drug, 2, 900);
    (void)shop_order(s, shop_send(s, &t, "order.create", true,
                                  shop_create(s, "A03", 1, item, shop_fmt(s, "%s,\"handed_over\":true", shop_cash(s, 1, 1800)))));
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 2, item, "")));
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 3, item, "")));
    (void)shop_order(s, shop_send(s, &t, "order.cancel", false, shop_about(s, "A03", 3, ",\"reason\":\"x\"")));
    (void)shop_order(
        s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 4, shop_item(s, drug, 9, 900), shop_cash(s, 4, 8100))));
}

static void drop_guards(struct shop *s, struct mt_db *db, const char *table) {
    struct mt_stmt *guards = NULL;
    const char *names[8];
    size_t count = 0;
    const char *sql = shop_on_postgres(s) ? "SELECT CAST(tgname AS TEXT) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                                            " WHERE NOT tgisinternal AND c.relname = CAST(?1 AS TEXT)"
                                          : "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1";
    assert_int_equal(mt_db_stmt(db, sql, &guards, NULL), MT_OK);
    mt_bind_text(guards, 1, table);
    while (mt_stmt_step(guards, NULL) == MT_STEP_ROW && count < 8)
        names[count++] = mt_col_text(guards, 0, &s->arena);
    mt_stmt_done(guards);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(mt_db_exec(db,
                                    shop_fmt(s, "DROP TRIGGER %s%s%s", names[i], shop_on_postgres(s) ? " ON " : "",
                                             shop_on_postgres(s) ? table : ""),
                                    NULL),
                         MT_OK);
}

/* What the proof says of a copy of the shop that was harmed behind the service's back. */
static int64_t violations_after(struct shop *s, const char *table, const char *harm) {
    struct mt_err err = {.rc = MT_OK};
    const char *copy = shop_copy(s);
    struct mt_db *db = NULL;
    struct mt_db_options o = {.url = copy, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL};
    assert_int_equal(mt_db_open(&o, &db, &err), MT_OK);
    drop_guards(s, db, table);
    assert_int_equal(
        mt_db_exec(db, shop_on_postgres(s) ? "SET session_replication_role = replica" : "PRAGMA foreign_keys=OFF", &err), MT_OK);
    if (mt_db_exec(db, harm, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    mt_db_close(db);
    struct mt_service *service = NULL;
    struct mt_session *session = NULL;
    int64_t violations = 0;
    struct mt_service_options so = {.db_url = copy, .key_path = s->key, .clock = mt_clock_system(), .random = mt_random_system()};
    assert_int_equal(mt_service_open(&so, &service, &err), MT_OK);
    assert_int_equal(mt_session_open(service, false, &session, &err), MT_OK);
    assert_int_equal(mt_admin_check(session, NULL, NULL, &violations, &err), MT_OK);
    mt_session_close(session);
    mt_service_close(service);
    return violations;
}

static void test_hand_made_violations(void **state) {
    struct shop *s = *state;
    a_day(s);
    assert_int_equal(shop_violations(s), 0);
    static const struct {
        const char *table, *harm; /* guards of the table are dropped first */
    } rows[] = {
        {"mt_lot", "UPDATE mt_lot SET on_hand = on_hand + 1"},
        {"mt_lot", "UPDATE mt_lot SET reserved = reserved - 1"},
        {"mt_stock_move", "DELETE FROM mt_stock_move WHERE kind = 'sale' AND move_id = (SELECT max(move_id) FROM mt_stock_move)"},
        {"mt_reservation", "UPDATE mt_reservation SET state = 'released', ended_at = 1 WHERE state = 'held'"},
        {"mt_order_item_lot", "UPDATE mt_order_item_lot SET quantity = quantity + 1 WHERE order_id LIKE '%1'"},
        {"mt_exception", "DELETE FROM mt_exception WHERE kind = 'stock_shortfall'"},
        {"mt_order", "UPDATE mt_order SET paid_amount = paid_amount + 1 WHERE order_no = 'A03-000001'"},
        {"mt_order", "UPDATE mt_order SET original_amount = original_amount + 1, total_amount = total_amount + 1 WHERE order_no = "
                     "'A03-000002'"},
        {"mt_order", "UPDATE mt_order SET version = version + 1 WHERE order_no = 'A03-000002'"},
        {"mt_order", "UPDATE mt_order SET status = 'shipped' WHERE order_no = 'A03-000001'"},
        {"mt_order", "UPDATE mt_order SET order_no = 'B01-000001' WHERE order_no = 'A03-000001'"},
        {"mt_payment", "DELETE FROM mt_payment WHERE payment_id LIKE '%1'"},
        {"mt_event", "DELETE FROM mt_event WHERE version = 2"},
        {"mt_event", "UPDATE mt_event SET from_status = 'completed' WHERE version = 3"},
        {"mt_audit", "UPDATE mt_audit SET actor = 'nobody' WHERE audit_id = 3"},
        {"mt_audit", "DELETE FROM mt_audit WHERE audit_id = 3"},
        {"mt_operation", "DELETE FROM mt_operation WHERE register_seq = 2"},
        {"mt_register", "UPDATE mt_register SET last_seq = last_seq + 1"},
        {"mt_change", "DELETE FROM mt_change WHERE entity = 'order'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (violations_after(s, rows[i].table, rows[i].harm) == 0)
            fail_msg("not found: %s", rows[i].harm);
}

/* A shop that gave money and goods back: within what came in, beyond it, and with a cancelled order that was paid late. */
static void a_bad_day(struct shop *s) {
    const char *drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 30);
    struct till t = shop_till(s, "A03");
    s->acts = shop_staff(s, "Pharmacist", MT_ROLE_PHARMACIST);
    for (int n = 1; n <= 3; n++)
        (void)shop_order(
            s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", n, shop_item(s, drug, 2, 900), shop_cash(s, n, 1800))));
    for (int n = 1; n <= 2; n++) {
        (void)shop_order(
            s, shop_send(s, &t, "refund.record", true,
                         shop_about(s, "A03", n,
                                    shop_fmt(s,
                                             ",\"refund_id\":\"01940000-0000-7000-8003-%012x\",\"payment_id\":\"%s\",\"amount\":%d,"
                                             "\"reason\":\"x\",\"lines\":[{\"line\":1,\"quantity\":%d}]",
                                             (unsigned)n, shop_payment_id(s, n), n * 1000, n == 1 ? 1 : 3))));
        (void)shop_order(s, shop_send(s, &t, "return.record", true,
                                      shop_about(s, "A03", n,
                                                 shop_fmt(s,
                                                          ",\"return_id\":\"01940000-0000-7000-8004-%012x\",\"reason\":\"x\","
                                                          "\"lines\":[{\"line\":1,\"quantity\":%d,\"to\":\"quarantine\"}]",
                                                          (unsigned)n, n))));
    }
    (void)shop_order(s, shop_send(s, &t, "order.cancel", false, shop_about(s, "A03", 3, ",\"reason\":\"x\"")));
    (void)shop_order(
        s, shop_send(s, &t, "payment.record", true,
                     shop_about(s, "A03", 3,
                                shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":5", shop_payment_id(s, 9)))));
}

static void test_what_went_back(void **state) {
    struct shop *s = *state;
    a_bad_day(s);
    assert_int_equal(shop_violations(s), 0);
    static const struct {
        const char *table, *harm;
    } rows[] = {
        {"mt_refund", "UPDATE mt_refund SET amount = amount + 1 WHERE order_id LIKE '%1'"},
        {"mt_refund", "UPDATE mt_refund SET status = 'pending' WHERE order_id LIKE '%1'"},
        {"mt_refund", "UPDATE mt_refund SET payment_id = (SELECT payment_id FROM mt_payment WHERE payment_id LIKE '%3')"
                      " WHERE order_id LIKE '%1'"},
        {"mt_refund_line", "UPDATE mt_refund_line SET quantity = 3 WHERE refund_id LIKE '%1'"},
        {"mt_exception", "DELETE FROM mt_exception WHERE kind = 'refund_differs'"},
        {"mt_exception", "DELETE FROM mt_exception WHERE kind = 'status_conflict'"},
        {"mt_order", "UPDATE mt_order SET refunded_amount = refunded_amount - 1 WHERE order_no = 'A03-000001'"},
        {"mt_return_line", "UPDATE mt_return_line SET quantity = quantity + 1 WHERE order_id LIKE '%1'"},
        {"mt_return_line", "DELETE FROM mt_return_line WHERE order_id LIKE '%2'"},
        {"mt_stock_move", "UPDATE mt_stock_move SET line = 2 WHERE kind = 'return' AND order_id LIKE '%1'"},
        {"mt_stock_move", "UPDATE mt_stock_move SET quantity = 1, kind = 'return' WHERE kind = 'restock'"},
        {"mt_payment",
         "INSERT INTO mt_payment(payment_id, order_id, method, status, amount, change, reference, at, op_id, created_at)"
         " SELECT payment_id || 'x', '01940000-0000-7000-8001-000000000001', 'wechat', 'pending', 1, 0, '', 1, '', 1"
         " FROM mt_payment"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (violations_after(s, rows[i].table, rows[i].harm) == 0)
            fail_msg("not found: %s", rows[i].harm);
}

/* A shop that counted, covered what was short and recalled a lot. */
static void a_stocktaking_day(struct shop *s) {
    const char *drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1);
    struct till t = shop_till(s, "A03");
    s->acts = shop_staff(s, "Manager", MT_ROLE_MANAGER);
    (void)shop_order(
        s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 3, 900), shop_cash(s, 1, 2700))));
    assert_outcome(shop_send(s, &t, "stock.count", true,
                             shop_fmt(s, "\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"S1\",\"counted\":6}]", drug)),
                   MT_APPLIED);
    assert_outcome(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 2, shop_item(s, drug, 2, 900), "")), MT_APPLIED);
    assert_outcome(
        shop_send(s, &t, "lot.recall", false, shop_fmt(s, "\"drug_id\":\"%s\",\"lot_no\":\"BAD\",\"reason\":\"x\"", drug)),
        MT_APPLIED);
    shop_goods(s, ASPIRIN, "BAD", "2028-02-28", 1);
}

static void test_stocktaking(void **state) {
    struct shop *s = *state;
    a_stocktaking_day(s);
    assert_int_equal(shop_violations(s), 0);
    static const struct {
        const char *table, *harm;
    } rows[] = {
        {"mt_stock_move", "UPDATE mt_stock_move SET quantity = quantity + 1 WHERE kind = 'count'"},
        {"mt_stock_move", "UPDATE mt_stock_move SET order_id = '01940000-0000-7000-8001-000000000001' WHERE kind = 'count'"},
        {"mt_reservation", "UPDATE mt_reservation SET quantity = 1 WHERE state = 'held'"},
        {"mt_exception", "UPDATE mt_exception SET state = 'open', resolved_at = NULL WHERE kind = 'stock_shortfall'"},
        {"mt_lot", "UPDATE mt_lot SET state = 'ok' WHERE lot_no = 'BAD'"},
        {"mt_lot", "UPDATE mt_lot SET state = 'recalled' WHERE lot_no = 'S1'"},
        {"mt_recall", "UPDATE mt_recall SET lot_no = 'S'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (violations_after(s, rows[i].table, rows[i].harm) == 0)
            fail_msg("not found: %s", rows[i].harm);
}

/* The guards themselves: ledgers take no update and no delete, an order no step back. */
static void test_guards(void **state) {
    struct shop *s = *state;
    a_day(s);
    static const char *const harms[] = {
        "UPDATE mt_stock_move SET quantity = 1",
        "DELETE FROM mt_stock_move",
        "UPDATE mt_event SET note = 'x'",
        "DELETE FROM mt_event",
        "UPDATE mt_audit SET actor = 'x'",
        "DELETE FROM mt_audit",
        "UPDATE mt_operation SET result = '{}'",
        "DELETE FROM mt_operation",
        "DELETE FROM mt_order",
        "UPDATE mt_order SET order_no = 'A03-000099' WHERE order_no = 'A03-000001'",
        "UPDATE mt_order SET version = version WHERE order_no = 'A03-000001'",
        "UPDATE mt_order SET status = 'paid', version = version + 1 WHERE order_no = 'A03-000001'",
        "UPDATE mt_reservation SET state = 'held', ended_at = NULL WHERE state = 'released'",
        "DELETE FROM mt_reservation",
        "UPDATE mt_lot SET reserved = on_hand + 1",
        "UPDATE mt_lot SET on_hand = -1, reserved = -1",
        "UPDATE mt_order_item SET subtotal = subtotal + 1",
        "INSERT INTO mt_serial VALUES ('d', '', 'o', 1)",
    };
    for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++)
        if (mt_db_exec(s->look, harms[i], NULL) != MT_CONFLICT)
            fail_msg("taken: %s", harms[i]);
}

/* A check looks and touches nothing: an older database stays old, and no file appears beside it. */
static void test_only_reads(void **state) {
    struct shop *s = *state;
    struct mt_err err = {.rc = MT_OK};
    struct mt_service *service = NULL;
    struct mt_session *x = NULL;
    int64_t violations = -1;
    struct mt_service_options o = {.db_url = s->file, .read_only = true, .clock = mt_clock_system(), .random = mt_random_system()};
    const char *key = s->key;
    a_day(s);
    assert_int_equal(remove(key), 0);
    assert_int_equal(mt_service_open(&o, &service, &err), MT_OK);
    assert_int_equal(mt_session_open(service, true, &x, &err), MT_BUG);
    assert_int_equal(mt_session_open(service, false, &x, &err), MT_OK);
    assert_int_equal(mt_admin_check(x, NULL, NULL, &violations, &err), MT_OK);
    assert_int_equal(violations, 0);
    mt_session_close(x);
    mt_service_close(service);
    assert_int_not_equal(access(key, F_OK), 0);
    const int64_t schema = shop_int(s, "SELECT count(*) FROM mt_migration");
    shop_exec(s, shop_fmt(s, "DELETE FROM mt_migration WHERE version = %lld", (long long)schema));
    assert_int_equal(mt_service_open(&o, &service, &err), MT_STALE);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_migration"), schema - 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {SHOP_TEST(test_hand_made_violations), SHOP_TEST(test_what_went_back),
                                       SHOP_TEST(test_stocktaking), SHOP_TEST(test_guards), SHOP_TEST(test_only_reads)};
    return mt_engine_run(argc, argv, tests);
}
