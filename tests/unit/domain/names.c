/* Every name of every table comes back as the value it stands for, and nothing else does. */
#include "check.h"

#include <medterm/domain/change.h>
#include <medterm/domain/operation.h>
#include <medterm/domain/rx.h>

#define ROUND_TRIP(type, last, name_of, parse)                                                                                     \
    do {                                                                                                                           \
        type got;                                                                                                                  \
        for (int i = 0; i <= (int)(last); i++) {                                                                                   \
            assert_true(name_of((type)i)[0] != '\0');                                                                              \
            assert_int_equal(parse(mt_sv(name_of((type)i)), &got), MT_OK);                                                         \
            assert_int_equal(got, i);                                                                                              \
        }                                                                                                                          \
        assert_int_equal(parse(mt_sv("no such name"), &got), MT_INVALID);                                                          \
        assert_int_equal(parse(mt_sv(""), &got), MT_INVALID);                                                                      \
        assert_string_equal(name_of((type)((int)(last) + 1)), "");                                                                 \
    } while (0)

static void test_round_trips(void **state) {
    (void)state;
    ROUND_TRIP(enum mt_rx, MT_RX_CONTROLLED, mt_rx_name, mt_rx_parse);
    ROUND_TRIP(enum mt_lot_state, MT_LOT_RECALLED, mt_lot_state_name, mt_lot_state_parse);
    ROUND_TRIP(enum mt_pay_method, MT_PAY_ALIPAY, mt_pay_method_name, mt_pay_method_parse);
    ROUND_TRIP(enum mt_pay_status, MT_PAY_CANCELLED, mt_pay_status_name, mt_pay_status_parse);
    ROUND_TRIP(enum mt_order_status, MT_ORDER_CANCELLED, mt_order_status_name, mt_order_status_parse);
    ROUND_TRIP(enum mt_fulfilment, MT_DELIVERY, mt_fulfilment_name, mt_fulfilment_parse);
    ROUND_TRIP(enum mt_role, MT_ROLE_MANAGER, mt_role_name, mt_role_parse);
    ROUND_TRIP(enum mt_exception_kind, MT_EXC_CLOCK, mt_exception_kind_name, mt_exception_kind_parse);
}

static void test_unknown_names(void **state) {
    (void)state;
    for (int k = 0; k < MT_OP_UNKNOWN; k++)
        assert_int_equal(mt_op_kind_parse(mt_sv(mt_op_kind_name((enum mt_op_kind)k))), k);
    assert_int_equal(mt_op_kind_parse(mt_sv("order.teleport")), MT_OP_UNKNOWN);
    for (int e = 0; e < MT_ENTITY_UNKNOWN; e++)
        assert_int_equal(mt_entity_parse(mt_sv(mt_entity_name((enum mt_entity)e))), e);
    assert_int_equal(mt_entity_parse(mt_sv("weather")), MT_ENTITY_UNKNOWN);
}

static void test_words(void **state) {
    (void)state;
    assert_string_equal(mt_rx_sign(MT_RX_NONE), "");
    assert_string_equal(mt_rx_sign(MT_RX_CONTROLLED), "CD");
    assert_string_equal(mt_order_status_words(MT_ORDER_SHIPPED), "Ready");
    assert_string_equal(mt_pay_method_words(MT_PAY_BANK_CARD), "Bank card");
    assert_string_equal(mt_op_kind_words(MT_OP_PAYMENT_RECORD), "Payment");
    assert_true(mt_exception_kind_words(MT_EXC_OVERPAID)[0] != '\0');
}

static void test_methods_offline(void **state) {
    (void)state;
    assert_true(mt_pay_method_offline(MT_PAY_CASH));
    assert_true(mt_pay_method_offline(MT_PAY_BANK_CARD));
    assert_false(mt_pay_method_offline(MT_PAY_WECHAT));
    assert_false(mt_pay_method_offline(MT_PAY_ALIPAY));
}

static void test_roles(void **state) {
    (void)state;
    static const struct {
        enum mt_role role;
        bool sell, fulfil, controlled;
    } rows[] = {{MT_ROLE_COUNTER, true, true, false},
                {MT_ROLE_FULFILMENT, false, true, false},
                {MT_ROLE_PHARMACIST, true, true, true},
                {MT_ROLE_MANAGER, true, true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mt_role_may_sell(rows[i].role), rows[i].sell);
        assert_int_equal(mt_role_may_fulfil(rows[i].role), rows[i].fulfil);
        assert_int_equal(mt_role_may_dispense_controlled(rows[i].role), rows[i].controlled);
    }
}

static void test_pins(void **state) {
    (void)state;
    static const char *const good[] = {"1234", "00000000", "98765"};
    static const char *const bad[] = {"", "123", "123456789", "12a4", "12 4", "１２３４", "-123"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(mt_pin_ok(mt_sv(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(mt_pin_ok(mt_sv(bad[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),     cmocka_unit_test(test_unknown_names), cmocka_unit_test(test_words),
        cmocka_unit_test(test_methods_offline), cmocka_unit_test(test_roles),         cmocka_unit_test(test_pins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
