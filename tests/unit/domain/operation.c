#include "check.h"

#include <medterm/domain/operation.h>

static struct mt_op create(size_t payments, bool handed_over) {
    return (struct mt_op){.kind = MT_OP_ORDER_CREATE,
                          .body.create = {.order = {.order_id = {"o1"}, .payment_count = payments}, .handed_over = handed_over}};
}

static struct mt_op advance(enum mt_order_status to) {
    return (struct mt_op){.kind = MT_OP_ORDER_ADVANCE, .body.advance = {.order_id = {"o1"}, .to = to}};
}

static void expect(const struct mt_op *op, bool register_fact, bool client_fact) {
    assert_int_equal(mt_op_is_fact(op, true), register_fact);
    assert_int_equal(mt_op_is_fact(op, false), client_fact);
}

static void test_create(void **state) {
    (void)state;
    struct mt_op unpaid = create(0, false), paid = create(1, false), handed = create(0, true), both = create(2, true);
    expect(&unpaid, false, false);
    expect(&paid, true, false);
    expect(&handed, true, false);
    expect(&both, true, false);
}

static void test_advance(void **state) {
    (void)state;
    for (int to = 0; to < MT_ORDER_STATUS_COUNT; to++) {
        struct mt_op op = advance((enum mt_order_status)to);
        expect(&op, to == MT_ORDER_SHIPPED || to == MT_ORDER_COMPLETED, false);
    }
}

static void test_others(void **state) {
    (void)state;
    struct mt_op payment = {.kind = MT_OP_PAYMENT_RECORD}, cancel = {.kind = MT_OP_ORDER_CANCEL, .fact = true};
    expect(&payment, true, true);
    expect(&cancel, false, false);
}

/* What registers have done; a client only asks for it. */
static void test_goods_and_money_back(void **state) {
    (void)state;
    static const enum mt_op_kind facts[] = {MT_OP_REFUND_RECORD, MT_OP_RETURN_RECORD, MT_OP_STOCK_RECEIVE, MT_OP_STOCK_ADJUST,
                                            MT_OP_STOCK_COUNT};
    static const enum mt_op_kind requests[] = {MT_OP_REFUND_START, MT_OP_PAYMENT_START,    MT_OP_PAYMENT_CANCEL,
                                               MT_OP_LOT_RECALL,   MT_OP_LOT_QUARANTINE,   MT_OP_USER_PUT,
                                               MT_OP_DOCTOR_PUT,   MT_OP_EXCEPTION_RESOLVE};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        struct mt_op op = {.kind = facts[i]};
        expect(&op, true, false);
    }
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct mt_op op = {.kind = requests[i], .fact = true};
        expect(&op, false, false);
    }
}

static void test_carriers_repeat_the_sender(void **state) {
    (void)state;
    static const enum mt_op_kind kinds[] = {MT_OP_VOID, MT_OP_SALVAGE, MT_OP_UNKNOWN};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct mt_op op = {.kind = kinds[i], .fact = true};
        expect(&op, true, true);
        op.fact = false;
        expect(&op, false, false);
    }
}

static void test_order_id(void **state) {
    (void)state;
    struct mt_op c = create(0, false), a = advance(MT_ORDER_PAID);
    struct mt_op x = {.kind = MT_OP_ORDER_CANCEL, .body.cancel = {.order_id = {"o2"}}};
    struct mt_op p = {.kind = MT_OP_PAYMENT_RECORD, .body.payment = {.order_id = {"o3"}}};
    struct mt_op v = {.kind = MT_OP_VOID};
    static const enum mt_op_kind none[] = {MT_OP_STOCK_RECEIVE,  MT_OP_STOCK_ADJUST, MT_OP_STOCK_COUNT, MT_OP_LOT_RECALL,
                                           MT_OP_LOT_QUARANTINE, MT_OP_USER_PUT,     MT_OP_DOCTOR_PUT,  MT_OP_EXCEPTION_RESOLVE};
    struct mt_op r = {.kind = MT_OP_REFUND_RECORD, .body.refund = {.order_id = {"o4"}}};
    struct mt_op b = {.kind = MT_OP_RETURN_RECORD, .body.returned = {.order_id = {"o5"}}};
    struct mt_op t = {.kind = MT_OP_PAYMENT_START, .body.start = {.order_id = {"o6"}}};
    struct mt_op n = {.kind = MT_OP_PAYMENT_CANCEL, .body.payment_cancel = {.order_id = {"o7"}}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct mt_op op = {.kind = none[i]};
        assert_string_equal(mt_op_order_id(&op)->s, "");
    }
    assert_string_equal(mt_op_order_id(&r)->s, "o4");
    assert_string_equal(mt_op_order_id(&b)->s, "o5");
    assert_string_equal(mt_op_order_id(&t)->s, "o6");
    assert_string_equal(mt_op_order_id(&n)->s, "o7");
    assert_string_equal(mt_op_order_id(&c)->s, "o1");
    assert_string_equal(mt_op_order_id(&a)->s, "o1");
    assert_string_equal(mt_op_order_id(&x)->s, "o2");
    assert_string_equal(mt_op_order_id(&p)->s, "o3");
    assert_string_equal(mt_op_order_id(&v)->s, "");
}

static void test_field_errors_are_bounded(void **state) {
    (void)state;
    struct mt_field_errors e = {.count = 0};
    char longest[300];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (int i = 0; i < MT_FIELD_ERRORS_MAX + 5; i++)
        mt_field_error(&e, longest, "%s %d", longest, i);
    assert_int_equal(e.count, MT_FIELD_ERRORS_MAX);
    assert_int_equal(strlen(e.at[0].field), sizeof e.at[0].field - 1);
    assert_int_equal(strlen(e.at[0].message), sizeof e.at[0].message - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_advance),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_goods_and_money_back),
        cmocka_unit_test(test_carriers_repeat_the_sender),
        cmocka_unit_test(test_order_id),
        cmocka_unit_test(test_field_errors_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
