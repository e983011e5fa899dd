/* The rules of refunds, returns and payments that a provider takes. */
#include "rules.h"

#include <stdlib.h>

#define LINES 2

static void two_lines(struct mt_back_line lines[LINES]) {
    lines[0] = (struct mt_back_line){.line = 1, .quantity = 2, .lot_no = ""};
    lines[1] = (struct mt_back_line){.line = 2, .quantity = 1, .lot_no = ""};
}

static struct mt_op refund_op(enum mt_op_kind kind, struct mt_back_line lines[LINES]) {
    two_lines(lines);
    return (struct mt_op){.kind = kind,
                          .body.refund = {.order_id = id_of("order-1"),
                                          .order_no = "A03-000417",
                                          .refund_id = id_of("refund-1"),
                                          .payment_id = id_of("payment-1"),
                                          .amount = yuan(500),
                                          .reason = "wrong pack",
                                          .lines = lines,
                                          .line_count = LINES}};
}

static struct mt_op return_op(struct mt_back_line lines[LINES]) {
    two_lines(lines);
    return (struct mt_op){.kind = MT_OP_RETURN_RECORD,
                          .body.returned = {.order_id = id_of("order-1"),
                                            .order_no = "A03-000417",
                                            .return_id = id_of("return-1"),
                                            .reason = "opened",
                                            .lines = lines,
                                            .line_count = LINES}};
}

static void test_refund(void **state) {
    (void)state;
    static const enum mt_op_kind kinds[] = {MT_OP_REFUND_RECORD, MT_OP_REFUND_START};
    char text[LONG_TEXT_MAX];
    for (size_t i = 0; i < 2; i++) {
        struct mt_back_line lines[LINES];
        const struct mt_op good = refund_op(kinds[i], lines);
        struct mt_op op = good;
        assert_good(&op);
        op.body.refund.line_count = 0; /* money without packs */
        assert_good(&op);
        op = good;
        op.body.refund.order_id = id_of("");
        assert_bad(&op, "order_id");
        op = good;
        op.body.refund.order_no[0] = 'a';
        assert_bad(&op, "order_no");
        op = good;
        op.body.refund.refund_id = id_of("");
        assert_bad(&op, "refund_id");
        op = good;
        op.body.refund.payment_id = id_of("");
        assert_bad(&op, "payment_id");
        op = good;
        op.body.refund.reason = "";
        assert_bad(&op, "reason");
        op.body.refund.reason = long_text(text, 256);
        assert_bad(&op, "reason");
        for (int64_t amount = -1; amount <= 0; amount++) {
            op = good;
            op.body.refund.amount = yuan(amount);
            assert_bad(&op, "amount");
        }
    }
}

static void test_valid_for(void **state) {
    (void)state;
    struct mt_back_line lines[LINES];
    struct mt_op op = refund_op(MT_OP_REFUND_START, lines);
    static const int64_t good[] = {0, 1, 86400}, bad[] = {-1, 86401};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        op.body.refund.valid_for = good[i];
        assert_good(&op);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        op.body.refund.valid_for = bad[i];
        assert_bad(&op, "valid_for");
    }
}

static void test_lines(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_back_line lines[LINES];
    struct mt_op op = return_op(lines);
    assert_good(&op);
    lines[1].line = 0;
    assert_bad(&op, "lines[1].line");
    lines[1].line = 1;
    assert_bad(&op, "lines[1].line"); /* twice, and neither names its lot */
    lines[0].lot_no = "L1";
    assert_bad(&op, "lines[1].line"); /* one of them may take from the other's */
    lines[1].lot_no = "L1";
    assert_bad(&op, "lines[1].line");
    lines[1].lot_no = "L2";
    assert_good(&op);
    lines[1].lot_no = long_text(text, 65);
    assert_bad(&op, "lines[1].lot_no");
    static const int64_t bad[] = {0, -1, 1000};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        op = return_op(lines);
        lines[0].quantity = bad[i];
        assert_bad(&op, "lines[0].quantity");
    }
}

static void test_return(void **state) {
    (void)state;
    struct mt_back_line lines[LINES];
    struct mt_op op = return_op(lines);
    op.body.returned.return_id = id_of("");
    assert_bad(&op, "return_id");
    op = return_op(lines);
    op.body.returned.reason = "";
    assert_bad(&op, "reason");
    op = return_op(lines);
    op.body.returned.line_count = 0; /* goods that came back are some */
    assert_bad(&op, "lines");
    struct mt_back_line *many = calloc(MT_ITEMS_MAX + 1, sizeof *many);
    assert_non_null(many);
    for (int32_t i = 0; i <= MT_ITEMS_MAX; i++)
        many[i] = (struct mt_back_line){.line = i + 1, .quantity = 1, .lot_no = ""};
    op.body.returned.lines = many;
    op.body.returned.line_count = MT_ITEMS_MAX;
    assert_good(&op);
    op.body.returned.line_count++;
    assert_bad(&op, "lines");
    free(many);
}

static void test_payment_start(void **state) {
    (void)state;
    struct mt_op op = {.kind = MT_OP_PAYMENT_START,
                       .body.start = {.order_id = id_of("order-1"),
                                      .order_no = "A03-000417",
                                      .payment_id = id_of("payment-1"),
                                      .method = MT_PAY_WECHAT,
                                      .amount = yuan(100)}};
    assert_good(&op);
    op.body.start.method = MT_PAY_CASH;
    assert_bad(&op, "method");
    op.body.start.method = MT_PAY_BANK_CARD;
    assert_good(&op);
    op.body.start.amount = yuan(0);
    assert_bad(&op, "amount");
    op.body.start.amount = yuan(1);
    op.body.start.valid_for = 86401;
    assert_bad(&op, "valid_for");
    op.body.start.valid_for = 90;
    op.body.start.payment_id = id_of("");
    assert_bad(&op, "payment_id");
}

static void test_payment_cancel(void **state) {
    (void)state;
    struct mt_op op = {
        .kind = MT_OP_PAYMENT_CANCEL,
        .body.payment_cancel = {.order_id = id_of("order-1"), .order_no = "A03-000417", .payment_id = id_of("payment-1")}};
    assert_good(&op);
    op.body.payment_cancel.payment_id = id_of("");
    assert_bad(&op, "payment_id");
    op.body.payment_cancel.payment_id = id_of("payment-1");
    op.body.payment_cancel.order_id = id_of("");
    assert_bad(&op, "order_id");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refund), cmocka_unit_test(test_valid_for),     cmocka_unit_test(test_lines),
        cmocka_unit_test(test_return), cmocka_unit_test(test_payment_start), cmocka_unit_test(test_payment_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
