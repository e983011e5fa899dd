/* A page looks at a bounded number of rows, and the pages behind it find what is there all the same. */
#include "file.h"

#define ORDERS 4500 /* more than two pages may look at */

/* The oldest order is the only cancelled one and the only one of its patient; all are of one register. */
static void shop(struct file *f) {
    size_t count;
    struct mt_err err = {.rc = MT_OK};
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    if (mt_db_exec(
            f->db,
            "INSERT INTO mt_store VALUES ('s', 'Riverside', 'CNY', 1);"
            "INSERT INTO mt_register(register_id, store_id, code, created_at) VALUES ('r', 's', 'A03', 1);"
            "INSERT INTO mt_order(order_id, order_no, store_id, register_id, status, version, user_id, user_name, user_phone,"
            " doctor_id, doctor_name, address_id, address_detail, fulfilment, currency, original_amount, discount_amount,"
            " total_amount, paid_amount, refunded_amount, pay_type, taken_offline, taken_at, created_at, updated_at, remark,"
            " printed_no, prescription, buyer_id_no, approved_by, create_op_id)"
            " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)"
            " SELECT 'o' || i, 'A03-' || (100000 + i), 's', 'r', CASE i WHEN 1 THEN 'cancelled' ELSE 'completed' END, 1, '',"
            " CASE i WHEN 1 THEN 'Wang Quiet' ELSE 'Wang Loud' END, '', '', '', '', '', 'pickup', 'CNY', 0, 0, 0, 0, 0, '', 0,"
            " i, i / 2, i, '', '', '', '', '', 'p' || i FROM n;"
            "INSERT INTO mt_order_word SELECT store_id, 'n:wang', created_at, order_id FROM mt_order",
            &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

/* Follows the pages to the end: how many there are, how many orders they show, and the last of these. */
static size_t follow(struct file *f, struct mt_repo_order_filter filter, size_t *shown, char last[MT_ORDER_NO_TEXT]) {
    struct mt_repo_order_page page;
    struct mt_err err = {.rc = MT_OK};
    struct mt_id after;
    size_t pages = 0;
    *shown = 0;
    do {
        mt_arena_reset(&f->arena);
        if (mt_repo_order_list(f->db, &filter, &f->arena, &page, &err) != MT_OK)
            fail_msg("%s", mt_err_text(&err));
        assert_true(page.count <= (size_t)filter.limit);
        if (page.count > 0)
            memcpy(last, page.orders[page.count - 1].order_no, MT_ORDER_NO_TEXT);
        *shown += page.count;
        after = page.after_id;
        filter.has_after = true;
        filter.after_time = page.after_time;
        filter.after_id = mt_sv(after.s);
        assert_true(++pages < 5000);
    } while (page.more);
    return pages;
}

static void test_bounded(void **state) {
    struct file *f = *state;
    char last[MT_ORDER_NO_TEXT] = "";
    size_t shown;
    shop(f);
    const struct mt_repo_order_filter all = {.store_id = MT_SV("s"), .limit = 1000};
    assert_int_equal(follow(f, all, &shown, last), 5); /* every row is wanted: pages are full */
    assert_int_equal(shown, ORDERS);
    struct mt_repo_order_filter rare = {.store_id = MT_SV("s"), .register_code = MT_SV("A03"), .limit = 1};
    rare.user_phone = MT_SV("1");
    assert_int_equal(follow(f, rare, &shown, last), 1); /* an index that knows of none */
    assert_int_equal(shown, 0);
    rare.user_phone = MT_SV("");
    rare.status = MT_SV("completed");
    rare.q = MT_SV("wang quiet");
    assert_int_equal(follow(f, rare, &shown, last), 1); /* no word begins with the second one */
    const struct mt_repo_order_filter cancelled = {
        .store_id = MT_SV("s"), .q = MT_SV("wang"), .status = MT_SV("cancelled"), .limit = 1};
    assert_int_equal(follow(f, cancelled, &shown, last), 3); /* 2,001 rows at a time */
    assert_int_equal(shown, 1);
    assert_string_equal(last, "A03-100001");
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {FILE_TEST(test_bounded)};
    return mt_engine_run(argc, argv, tests);
}
