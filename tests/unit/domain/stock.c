#include "check.h"

#include <medterm/domain/stock.h>

#define TODAY 100
#define DAY(n) ((struct mt_date){n})

struct want {
    size_t lot;
    int64_t quantity;
    bool scanned;
};

static const struct mt_lot shelf[] = {
    {.lot_no = "OLD", .expires_on = {TODAY - 1}, .state = MT_LOT_OK, .on_hand = 50, .reserved = 0},
    {.lot_no = "A", .expires_on = {TODAY}, .state = MT_LOT_OK, .on_hand = 5, .reserved = 2},
    {.lot_no = "Q", .expires_on = {TODAY + 10}, .state = MT_LOT_QUARANTINED, .on_hand = 9, .reserved = 0},
    {.lot_no = "B", .expires_on = {TODAY + 20}, .state = MT_LOT_OK, .on_hand = 10, .reserved = 0},
    {.lot_no = "R", .expires_on = {TODAY + 30}, .state = MT_LOT_RECALLED, .on_hand = 7, .reserved = 0},
    {.lot_no = "C", .expires_on = {TODAY + 40}, .state = MT_LOT_OK, .on_hand = 4, .reserved = 4},
};
#define LOTS (sizeof shelf / sizeof shelf[0])

static void check(const int64_t *already, const char *scanned, int64_t quantity, const struct want *want, size_t count,
                  int64_t short_by) {
    struct mt_stock_take takes[LOTS];
    size_t taken = 99;
    int64_t shortfall = -1;
    mt_stock_fefo(shelf, already, LOTS, scanned, quantity, DAY(TODAY), takes, &taken, &shortfall);
    assert_int_equal(taken, count);
    assert_int_equal(shortfall, short_by);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(takes[i].lot, want[i].lot);
        assert_int_equal(takes[i].quantity, want[i].quantity);
        assert_int_equal(takes[i].scanned, want[i].scanned);
    }
}

static void test_sellable(void **state) {
    (void)state;
    static const bool want[LOTS] = {false, true, false, true, false, true};
    for (size_t i = 0; i < LOTS; i++)
        assert_int_equal(mt_lot_sellable(&shelf[i], DAY(TODAY)), want[i]);
    /* The expiry day itself is the last good one. */
    assert_false(mt_lot_sellable(&shelf[1], DAY(TODAY + 1)));
    struct mt_lot undated = {.lot_no = "", .expires_on = MT_NO_DATE, .state = MT_LOT_OK, .on_hand = 1};
    assert_true(mt_lot_sellable(&undated, DAY(TODAY)));
}

static void test_earliest_first(void **state) {
    (void)state;
    check(NULL, "", 2, (struct want[]){{1, 2, false}}, 1, 0);
    check(NULL, NULL, 3, (struct want[]){{1, 3, false}}, 1, 0);
    check(NULL, "", 4, (struct want[]){{1, 3, false}, {3, 1, false}}, 2, 0);
    check(NULL, "", 13, (struct want[]){{1, 3, false}, {3, 10, false}}, 2, 0);
}

static void test_shortfall(void **state) {
    (void)state;
    check(NULL, "", 20, (struct want[]){{1, 3, false}, {3, 10, false}}, 2, 7);
    int64_t all[LOTS] = {50, 5, 9, 10, 7, 4};
    check(all, "", 2, NULL, 0, 2);
    check(NULL, "", 0, NULL, 0, 0);
    check(NULL, "", -3, NULL, 0, 0);
}

static void test_scanned_wins(void **state) {
    (void)state;
    check(NULL, "B", 2, (struct want[]){{3, 2, true}}, 1, 0);
    check(NULL, "B", 12, (struct want[]){{3, 10, true}, {1, 2, false}}, 2, 0);
    /* Once only: what the scanned lot gave does not come again by FEFO. */
    check(NULL, "B", 14, (struct want[]){{3, 10, true}, {1, 3, false}}, 2, 1);
    check(NULL, "NOT HERE", 1, (struct want[]){{1, 1, false}}, 1, 0);
}

static void test_scanned_lot_may_be_unsellable(void **state) {
    (void)state;
    check(NULL, "OLD", 1, (struct want[]){{0, 1, true}}, 1, 0);
    check(NULL, "Q", 1, (struct want[]){{2, 1, true}}, 1, 0);
}

static void test_reserved_is_left_alone(void **state) {
    (void)state;
    check(NULL, "C", 1, (struct want[]){{1, 1, false}}, 1, 0);
}

static void test_earlier_lines_count(void **state) {
    (void)state;
    int64_t already[LOTS] = {0, 3, 0, 4, 0, 0};
    check(already, "", 7, (struct want[]){{3, 6, false}}, 1, 1);
    check(already, "A", 1, (struct want[]){{3, 1, false}}, 1, 0);
}

static void test_no_lots(void **state) {
    (void)state;
    size_t taken = 9;
    int64_t shortfall = 0;
    mt_stock_fefo(NULL, NULL, 0, "A", 4, DAY(TODAY), NULL, &taken, &shortfall);
    assert_int_equal(taken, 0);
    assert_int_equal(shortfall, 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sellable),
        cmocka_unit_test(test_earliest_first),
        cmocka_unit_test(test_shortfall),
        cmocka_unit_test(test_scanned_wins),
        cmocka_unit_test(test_scanned_lot_may_be_unsellable),
        cmocka_unit_test(test_reserved_is_left_alone),
        cmocka_unit_test(test_earlier_lines_count),
        cmocka_unit_test(test_no_lots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
