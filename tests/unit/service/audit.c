/* The audit's chain: what somebody changes, takes out or cuts off behind the service's back. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

static struct mt_audit_report verify(struct shop *s, const char *against) {
    struct mt_audit_report r;
    struct mt_err err = {.rc = MT_OK};
    if (mt_admin_audit_verify(s->session, against, &r, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return r;
}

static void some_days_work(struct shop *s) {
    (void)shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    for (int i = 1; i <= 5; i++)
        shop_goods(s, ASPIRIN, shop_fmt(s, "S%d", i), "2028-01-31", 100);
}

static void test_whole(void **state) {
    struct shop *s = *state;
    struct mt_audit_report early = verify(s, NULL);
    some_days_work(s);
    struct mt_audit_report r = verify(s, early.head);
    assert_int_equal(r.rows, shop_int(s, "SELECT count(*) FROM mt_audit"));
    assert_true(r.rows > early.rows);
    assert_int_equal(r.broken, 0);
    assert_true(r.found);
    assert_false(verify(s, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff").found);
}

/* Whoever can write the file can drop a trigger. */
static void without_triggers(struct shop *s) {
    shop_exec(s, "DROP TRIGGER mt_audit_stands");
    shop_exec(s, "DROP TRIGGER mt_audit_stays");
}

static void test_changed(void **state) {
    struct shop *s = *state;
    some_days_work(s);
    without_triggers(s);
    shop_exec(s, "UPDATE mt_audit SET actor = 'nobody' WHERE audit_id = 4");
    assert_int_equal(verify(s, NULL).broken, 4);
    shop_exec(s, "UPDATE mt_audit SET actor = 'admin' WHERE audit_id = 4");
    assert_int_equal(verify(s, NULL).broken, 0);
}

static void test_taken_out(void **state) {
    struct shop *s = *state;
    some_days_work(s);
    without_triggers(s);
    shop_exec(s, "CREATE TABLE aside AS SELECT * FROM mt_audit WHERE audit_id = 3");
    shop_exec(s, "DELETE FROM mt_audit WHERE audit_id = 3");
    assert_int_equal(verify(s, NULL).broken, 4);
    shop_exec(s, "INSERT INTO mt_audit SELECT * FROM aside");
    assert_int_equal(verify(s, NULL).broken, 0);
}

static void test_cut_off(void **state) {
    struct shop *s = *state;
    some_days_work(s);
    without_triggers(s);
    struct mt_audit_report noted = verify(s, NULL);
    shop_exec(s, "CREATE TABLE aside AS SELECT * FROM mt_audit WHERE audit_id > 5");
    shop_exec(s, "DELETE FROM mt_audit WHERE audit_id > 5");
    assert_int_equal(verify(s, NULL).broken, 0); /* a chain that ends earlier is whole */
    assert_false(verify(s, noted.head).found);
    shop_exec(s, "INSERT INTO mt_audit SELECT * FROM aside");
    assert_true(verify(s, noted.head).found);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_whole),
        SHOP_TEST(test_changed),
        SHOP_TEST(test_taken_out),
        SHOP_TEST(test_cut_off),
    };
    return mt_engine_run(argc, argv, tests);
}
