#include "check.h"

#include <medterm/domain/rx.h>

static struct mt_order_item items[3];
static const enum mt_rx otc[] = {MT_RX_NONE, MT_RX_NONE, MT_RX_NONE};
static const enum mt_rx rx_third[] = {MT_RX_NONE, MT_RX_NONE, MT_RX_REQUIRED};
static const enum mt_rx controlled_second[] = {MT_RX_NONE, MT_RX_CONTROLLED, MT_RX_NONE};

static struct mt_op_order_create complete(void) {
    for (int i = 0; i < 3; i++)
        items[i] = (struct mt_order_item){.quantity = 1};
    (void)snprintf(items[0].drug_id.s, MT_ID_TEXT, "d1");
    (void)snprintf(items[1].drug_id.s, MT_ID_TEXT, "d2");
    (void)snprintf(items[2].drug_id.s, MT_ID_TEXT, "d3");
    struct mt_op_order_create c = {
        .order = {.items = items,
                  .item_count = 3,
                  .user_id = "",
                  .user_name = "李",
                  .doctor_id = "",
                  .doctor_name = "Dr Wu",
                  .address_id = "",
                  .address_detail = "1 River Road",
                  .fulfilment = MT_DELIVERY},
        .buyer_id_no = "110101",
        .approved_by = {"s1"},
    };
    return c;
}

static enum mt_rx_lack check(const struct mt_op_order_create *c, const enum mt_rx *rx, bool approver, size_t *item) {
    return mt_rx_check(c, rx, mt_rx_limits_default(), approver, item);
}

static void test_over_the_counter_needs_nothing(void **state) {
    (void)state;
    size_t item = 9;
    struct mt_op_order_create c = complete();
    c.order.user_name = c.order.doctor_name = c.order.address_detail = c.buyer_id_no = "";
    c.order.fulfilment = MT_PICKUP;
    assert_int_equal(check(&c, otc, false, &item), MT_RX_LACK_NOTHING);
    assert_int_equal(item, 0);
}

static void test_delivery_needs_an_address(void **state) {
    (void)state;
    size_t item;
    struct mt_op_order_create c = complete();
    assert_int_equal(check(&c, otc, false, &item), MT_RX_LACK_NOTHING);
    c.order.address_detail = "  ";
    assert_int_equal(check(&c, otc, false, &item), MT_RX_LACK_ADDRESS);
    c.order.address_id = "a1";
    assert_int_equal(check(&c, otc, false, &item), MT_RX_LACK_NOTHING);
}

static void test_prescription_needs_doctor_and_patient(void **state) {
    (void)state;
    size_t item;
    struct mt_op_order_create c = complete();
    assert_int_equal(check(&c, rx_third, false, &item), MT_RX_LACK_NOTHING);
    c.order.doctor_name = " ";
    assert_int_equal(check(&c, rx_third, false, &item), MT_RX_LACK_DOCTOR);
    assert_int_equal(item, 2);
    c.order.doctor_id = "doc-1";
    assert_int_equal(check(&c, rx_third, false, &item), MT_RX_LACK_NOTHING);
    c.order.user_name = "";
    assert_int_equal(check(&c, rx_third, false, &item), MT_RX_LACK_PATIENT);
    c.order.user_id = "u1";
    assert_int_equal(check(&c, rx_third, false, &item), MT_RX_LACK_NOTHING);
}

static void test_controlled_needs_more(void **state) {
    (void)state;
    size_t item;
    struct mt_op_order_create c = complete();
    assert_int_equal(check(&c, controlled_second, true, &item), MT_RX_LACK_NOTHING);
    assert_int_equal(check(&c, controlled_second, false, &item), MT_RX_LACK_PHARMACIST);
    assert_int_equal(item, 1);
    c.approved_by.s[0] = '\0';
    assert_int_equal(check(&c, controlled_second, true, &item), MT_RX_LACK_PHARMACIST);
    c = complete();
    c.buyer_id_no = "";
    assert_int_equal(check(&c, controlled_second, true, &item), MT_RX_LACK_BUYER_ID);
    c = complete();
    c.order.doctor_name = "";
    assert_int_equal(check(&c, controlled_second, true, &item), MT_RX_LACK_DOCTOR);
}

static void test_cap_counts_all_lines_of_a_drug(void **state) {
    (void)state;
    size_t item;
    struct mt_op_order_create c = complete();
    items[1].quantity = 2;
    assert_int_equal(check(&c, controlled_second, true, &item), MT_RX_LACK_NOTHING);
    items[1].quantity = 3;
    assert_int_equal(check(&c, controlled_second, true, &item), MT_RX_LACK_CAP);
    assert_int_equal(item, 1);
    items[1].quantity = 2;
    items[2].drug_id = items[1].drug_id;
    static const enum mt_rx both[] = {MT_RX_NONE, MT_RX_CONTROLLED, MT_RX_CONTROLLED};
    assert_int_equal(check(&c, both, true, &item), MT_RX_LACK_CAP);
    struct mt_rx_limits wide = {.controlled_per_sale = 3};
    assert_int_equal(mt_rx_check(&c, both, wide, true, &item), MT_RX_LACK_NOTHING);
}

static void test_first_line_is_named(void **state) {
    (void)state;
    size_t item;
    static const enum mt_rx all[] = {MT_RX_REQUIRED, MT_RX_CONTROLLED, MT_RX_REQUIRED};
    struct mt_op_order_create c = complete();
    c.order.doctor_name = "";
    assert_int_equal(check(&c, all, true, &item), MT_RX_LACK_DOCTOR);
    assert_int_equal(item, 0);
}

static void test_words_and_fields(void **state) {
    (void)state;
    assert_string_equal(mt_rx_lack_field(MT_RX_LACK_DOCTOR), "doctor_name");
    assert_string_equal(mt_rx_lack_words(MT_RX_LACK_NOTHING), "");
    for (int l = MT_RX_LACK_DOCTOR; l <= MT_RX_LACK_ADDRESS; l++)
        assert_true(mt_rx_lack_words((enum mt_rx_lack)l)[0] != '\0');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_over_the_counter_needs_nothing),
        cmocka_unit_test(test_delivery_needs_an_address),
        cmocka_unit_test(test_prescription_needs_doctor_and_patient),
        cmocka_unit_test(test_controlled_needs_more),
        cmocka_unit_test(test_cap_counts_all_lines_of_a_drug),
        cmocka_unit_test(test_first_line_is_named),
        cmocka_unit_test(test_words_and_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
