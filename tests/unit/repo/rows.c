#include "file.h"

static void shelf(struct file *f) {
    size_t count;
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    assert_int_equal(
        file_exec(f, "INSERT INTO mt_store VALUES ('s', 'Riverside', 'CNY', 1);"
                     "INSERT INTO mt_register(register_id, store_id, code, created_at) VALUES ('r', 's', 'A03', 1);"
                     "INSERT INTO mt_drug VALUES ('d', '6900000000025', 'Aspirin', '', '', '', '', '', '', 900, 1, 'none', 0, 1)"),
        MT_OK);
}

static struct mt_repo_packs packs(const char *lot, int64_t quantity) {
    return (struct mt_repo_packs){
        .store_id = "s", .drug_id = "d", .lot_no = lot, .quantity = quantity, .order_id = "o", .op_id = "p", .line = 1, .at = 5};
}

static struct mt_order an_order(void) {
    static struct mt_order_item item = {.line = 1, .drug_id = {"d"}, .drug_name = "Aspirin", .drug_spec = "", .quantity = 2};
    struct mt_order o = {.order_id = {"o"},
                         .order_no = "A03-000001",
                         .store_id = {"s"},
                         .status = MT_ORDER_PENDING,
                         .version = 1,
                         .user_id = "",
                         .user_name = "王",
                         .user_phone = "",
                         .doctor_id = "",
                         .doctor_name = "",
                         .address_id = "",
                         .address_detail = "",
                         .currency = "CNY",
                         .pay_type = "",
                         .items = &item,
                         .item_count = 1,
                         .taken_at = 3,
                         .created_at = 4,
                         .updated_at = 4,
                         .remark = "",
                         .printed_no = ""};
    assert_int_equal(mt_money_from_minor(900, &item.price), MT_OK);
    assert_int_equal(mt_order_total(&o), MT_OK);
    return o;
}

static void put_order(struct file *f) {
    struct mt_order o = an_order();
    struct mt_repo_order_extra extra = {.register_id = {"r"}, .create_op_id = {"p"}, .prescription = "", .buyer_id_no = ""};
    struct mt_err err = {.rc = MT_OK};
    if (mt_repo_order_insert(f->db, &o, &extra, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static void test_stock_moves_together(void **state) {
    struct file *f = *state;
    shelf(f);
    put_order(f);
    int64_t on_hand = 0;
    struct mt_repo_packs in = packs("S1", 5), one = packs("S1", 1), six = packs("S1", 6), two = packs("S1", 2);
    struct mt_date day = mt_date_from_civil(2028, 1, 31);
    assert_int_equal(mt_repo_stock_receive(f->db, &in, day, &on_hand, NULL), MT_OK);
    assert_int_equal(on_hand, 5);
    assert_int_equal(mt_repo_stock_sell(f->db, &six, NULL), MT_CONFLICT);
    struct mt_lot_taken lot = {.lot_no = "S1", .expires_on = day, .quantity = 2};
    assert_int_equal(mt_repo_item_lot_insert(f->db, "o", 1, &lot, NULL), MT_OK);
    assert_int_equal(mt_repo_stock_reserve(f->db, &two, NULL), MT_OK);
    struct mt_repo_packs four = packs("S1", 4);
    assert_int_equal(mt_repo_stock_sell(f->db, &four, NULL), MT_CONFLICT); /* two of the five are another's */
    assert_int_equal(mt_repo_stock_sell(f->db, &one, NULL), MT_OK);
    assert_int_equal(mt_repo_reservation_reduce(f->db, &two, NULL), MT_OK);
    assert_int_equal(mt_repo_reservation_reduce(f->db, &two, NULL), MT_CONFLICT); /* it ends once */
    assert_int_equal(mt_repo_reservation_release(f->db, &two, NULL), MT_CONFLICT);
    assert_int_equal(file_int(f, "SELECT on_hand * 10 + reserved FROM mt_lot"), 20);
    assert_int_equal(file_int(f, "SELECT sum(quantity) FROM mt_stock_move"), 2);
    struct mt_stock stock;
    assert_int_equal(mt_repo_stock_load(f->db, "s", "d", &f->arena, &stock, NULL), MT_OK);
    assert_int_equal(stock.on_hand, 2);
    assert_int_equal(stock.lots[0].expires_on.day, day.day);
}

static void test_lots_in_the_order_of_fefo(void **state) {
    struct file *f = *state;
    shelf(f);
    int64_t on_hand = 0;
    static const struct {
        const char *lot;
        int year;
    } lots[] = {{"NEVER", 0}, {"B", 2029}, {"C", 2028}, {"A", 2029}};
    static const char *const want[] = {"C", "A", "B", "NEVER"};
    for (size_t i = 0; i < 4; i++) {
        struct mt_repo_packs p = packs(lots[i].lot, 1);
        assert_int_equal(mt_repo_stock_receive(f->db, &p, lots[i].year > 0 ? mt_date_from_civil(lots[i].year, 6, 30) : MT_NO_DATE,
                                               &on_hand, NULL),
                         MT_OK);
    }
    struct mt_stock stock;
    assert_int_equal(mt_repo_stock_load(f->db, "s", "d", &f->arena, &stock, NULL), MT_OK);
    assert_int_equal(stock.lot_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(stock.lots[i].lot_no, want[i]);
    assert_int_equal(mt_repo_stock_load(f->db, "s", "none", &f->arena, &stock, NULL), MT_OK);
    assert_int_equal(stock.lot_count, 0);
}

static void test_order_round_trip(void **state) {
    struct file *f = *state;
    shelf(f);
    put_order(f);
    struct mt_order o, again;
    assert_int_equal(mt_repo_order_load(f->db, "o", &f->arena, &o, NULL), MT_OK);
    assert_string_equal(o.order_no, "A03-000001");
    assert_string_equal(o.register_code, "A03");
    assert_string_equal(o.user_name, "王");
    assert_int_equal(mt_money_to_minor(o.total_amount), 1800);
    assert_int_equal(o.pay_time, 0);
    assert_int_equal(mt_repo_order_load(f->db, "none", &f->arena, &again, NULL), MT_NOTFOUND);
    o.version = 3;
    assert_int_equal(mt_repo_order_update(f->db, &o, NULL), MT_STALE); /* based on a version that never was */
    o.version = 2;
    o.status = MT_ORDER_CANCELLED;
    o.cancel_time = 9;
    assert_int_equal(mt_repo_order_update(f->db, &o, NULL), MT_OK);
    assert_int_equal(mt_repo_order_update(f->db, &o, NULL), MT_STALE);
    assert_int_equal(mt_repo_order_by_no(f->db, MT_SV("A03-000001"), &f->arena, &again, NULL), MT_OK);
    assert_int_equal(again.status, MT_ORDER_CANCELLED);
    assert_int_equal(again.cancel_time, 9);
}

static void test_sequence(void **state) {
    struct file *f = *state;
    shelf(f);
    struct mt_id r = {"r"}, op = {"p"};
    struct mt_repo_register reg;
    assert_int_equal(mt_repo_register_advance(f->db, &r, 2, &op, NULL), MT_CONFLICT);
    assert_int_equal(mt_repo_register_advance(f->db, &r, 1, &op, NULL), MT_OK);
    assert_int_equal(mt_repo_register_advance(f->db, &r, 1, &op, NULL), MT_CONFLICT);
    assert_int_equal(mt_repo_register_get(f->db, &r, &reg, NULL), MT_OK);
    assert_int_equal(reg.last_seq, 1);
    struct mt_repo_operation o = {.op_id = op,
                                  .register_id = r,
                                  .register_seq = 1,
                                  .kind = "order.create",
                                  .bytes = MT_SV("{}"),
                                  .outcome = "quarantined",
                                  .problem = MT_SV("{}"),
                                  .waits = "order",
                                  .received_at = 1,
                                  .order_id = {"o"}};
    memset(o.hash, 'a', 64);
    assert_int_equal(mt_repo_operation_insert(f->db, &o, NULL), MT_OK);
    assert_int_equal(mt_repo_operation_insert(f->db, &o, NULL), MT_CONFLICT);
    bool waiting = false;
    assert_int_equal(mt_repo_operation_waiting(f->db, "o", "s", false, &waiting, NULL), MT_OK);
    assert_true(waiting);
    assert_int_equal(mt_repo_operation_waiting(f->db, "o", "elsewhere", false, &waiting, NULL), MT_OK);
    assert_false(waiting);
    assert_int_equal(mt_repo_operation_waiting(f->db, "o", "s", true, &waiting, NULL), MT_OK);
    assert_false(waiting); /* it waits for the very order that is to be made */
    o.outcome = "applied", o.result = MT_SV("{}"), o.problem = mt_sv(""), o.waits = "";
    assert_int_equal(mt_repo_operation_answer(f->db, &o, NULL), MT_OK);
    assert_int_equal(mt_repo_operation_answer(f->db, &o, NULL), MT_CONFLICT); /* an answer stands */
}

static void test_feed_is_compacted(void **state) {
    struct file *f = *state;
    shelf(f);
    int64_t last = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mt_repo_change_last(f->db, &last, NULL), MT_OK);
        assert_int_equal(last, 2 * i);
        assert_int_equal(mt_repo_change_put(f->db, "", MT_ENTITY_DRUG, "d", last + 1, NULL), MT_OK);
        assert_int_equal(mt_repo_change_put(f->db, "s", MT_ENTITY_STOCK, "d", last + 2, NULL), MT_OK);
    }
    assert_int_equal(file_int(f, "SELECT count(*) FROM mt_change"), 2);
    assert_int_equal(mt_repo_change_last(f->db, &last, NULL), MT_OK);
    assert_int_equal(last, 6);
    struct mt_repo_change *page = NULL;
    size_t count = 0;
    assert_int_equal(mt_repo_changes(f->db, "s", 5, 10, &f->arena, &page, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(page[0].change.entity, MT_ENTITY_STOCK);
    assert_int_equal(mt_repo_changes(f->db, "other", 0, 10, &f->arena, &page, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_string_equal(page[0].change.data.drug.name, "Aspirin");
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_stock_moves_together), FILE_TEST(test_lots_in_the_order_of_fefo),
        FILE_TEST(test_order_round_trip),     FILE_TEST(test_sequence),
        FILE_TEST(test_feed_is_compacted),
    };
    return mt_engine_run(argc, argv, tests);
}
