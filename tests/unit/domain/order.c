#include "check.h"

#include <medterm/domain/order.h>

/* The whole table, row "from", column "to": k keep, r reduce, l release, b restock and refund, '.' no such edge. */
static const char *const edges[MT_ORDER_STATUS_COUNT] = {
    /* to: pending paid preparing shipped completed cancelled */
    [MT_ORDER_PENDING] = ".r...l", [MT_ORDER_PAID] = "..k..b",      [MT_ORDER_PREPARING] = "...k.b",
    [MT_ORDER_SHIPPED] = "....k.", [MT_ORDER_COMPLETED] = "......", [MT_ORDER_CANCELLED] = "......",
};

static char letter(const struct mt_order_edge *e) {
    if (e == NULL)
        return '.';
    switch (e->stock) {
    case MT_STOCK_KEEP:
        return 'k';
    case MT_STOCK_REDUCE:
        return 'r';
    case MT_STOCK_RELEASE:
        return 'l';
    case MT_STOCK_RESTOCK:
        return e->refund ? 'b' : '?';
    }
    return '?';
}

static void test_every_edge(void **state) {
    (void)state;
    for (int from = 0; from < MT_ORDER_STATUS_COUNT; from++)
        for (int to = 0; to < MT_ORDER_STATUS_COUNT; to++) {
            const struct mt_order_edge *e = mt_order_edge((enum mt_order_status)from, (enum mt_order_status)to);
            assert_int_equal(letter(e), edges[from][to]);
            if (e != NULL) {
                assert_int_equal(e->from, from);
                assert_int_equal(e->to, to);
                assert_int_equal(e->refund, e->stock == MT_STOCK_RESTOCK);
            }
        }
}

static void test_final_has_no_way_out(void **state) {
    (void)state;
    for (int from = 0; from < MT_ORDER_STATUS_COUNT; from++) {
        bool out = strspn(edges[from], ".") < MT_ORDER_STATUS_COUNT;
        assert_int_equal(mt_order_status_final((enum mt_order_status)from), !out);
    }
}

static void test_next_is_an_edge(void **state) {
    (void)state;
    static const enum mt_order_status next[] = {MT_ORDER_PENDING,   MT_ORDER_PREPARING, MT_ORDER_SHIPPED,
                                                MT_ORDER_COMPLETED, MT_ORDER_COMPLETED, MT_ORDER_CANCELLED};
    for (int s = 0; s < MT_ORDER_STATUS_COUNT; s++)
        assert_int_equal(mt_order_status_next((enum mt_order_status)s), next[s]);
}

static void test_stamps_are_apart(void **state) {
    (void)state;
    struct mt_order o = {.version = 0};
    for (int s = 0; s < MT_ORDER_STATUS_COUNT; s++)
        *mt_order_stamp(&o, (enum mt_order_status)s) = s + 1;
    assert_int_equal(o.created_at, 1);
    assert_int_equal(o.pay_time, 2);
    assert_int_equal(o.drug_time, 3);
    assert_int_equal(o.send_time, 4);
    assert_int_equal(o.finish_time, 5);
    assert_int_equal(o.cancel_time, 6);
}

static void test_number_made(void **state) {
    (void)state;
    char no[MT_ORDER_NO_TEXT];
    assert_int_equal(mt_order_no_make("A03", 417, no), MT_OK);
    assert_string_equal(no, "A03-000417");
    assert_int_equal(mt_order_no_make("ABCDEFG1", 12345678, no), MT_OK);
    assert_string_equal(no, "ABCDEFG1-12345678");
    assert_int_equal(mt_order_no_make("A03", 0, no), MT_INVALID);
    assert_string_equal(no, "");
    assert_int_equal(mt_order_no_make("a03", 1, no), MT_INVALID);
    assert_int_equal(mt_order_no_make("W01", INT64_MAX, no), MT_OK);
}

static void test_number_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum mt_rc rc;
        int64_t sequence;
    } rows[] = {
        {"A03-000417", MT_OK, 417},
        {"A03-999999", MT_OK, 999999},
        {"A03-1000000", MT_OK, 1000000},
        {"A03-0000417", MT_INVALID, 0},
        {"A03-417", MT_INVALID, 0},
        {"A03-000000", MT_INVALID, 0},
        {"A03000417", MT_INVALID, 0},
        {"-000417", MT_INVALID, 0},
        {"A-000417", MT_INVALID, 0},
        {"3A-000417", MT_INVALID, 0},
        {"A03-00041x", MT_INVALID, 0},
        {"A03--00041", MT_INVALID, 0},
        {"a03-000417", MT_INVALID, 0},
        {"ABCDEFGHI-000417", MT_INVALID, 0},
        {"", MT_INVALID, 0},
        {"A03-9999999999999999999", MT_INVALID, 0},
        {"A03-000417 ", MT_INVALID, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[MT_REGISTER_CODE_TEXT] = "", again[MT_ORDER_NO_TEXT];
        int64_t sequence = 0;
        assert_int_equal(mt_order_no_parse(mt_sv(rows[i].text), code, &sequence), rows[i].rc);
        assert_int_equal(sequence, rows[i].sequence);
        if (rows[i].rc != MT_OK)
            continue;
        assert_string_equal(code, "A03");
        assert_int_equal(mt_order_no_make(code, sequence, again), MT_OK);
        assert_string_equal(again, rows[i].text);
    }
}

static void test_register_codes(void **state) {
    (void)state;
    static const char *const good[] = {"A03", "W01", "AB", "ABCDEFGH", "Z9"};
    static const char *const bad[] = {"", "A", "3A", "a03", "ABCDEFGHI", "A-3", "A 3", "Ä03"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(mt_register_code_ok(mt_sv(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(mt_register_code_ok(mt_sv(bad[i])));
}

static struct mt_order two_lines(struct mt_order_item items[2]) {
    items[0] = (struct mt_order_item){.quantity = 2, .price = yuan(1280)};
    items[1] = (struct mt_order_item){.quantity = 1, .price = yuan(1850)};
    return (struct mt_order){.items = items, .item_count = 2};
}

static void test_total(void **state) {
    (void)state;
    struct mt_order_item items[2];
    struct mt_order o = two_lines(items);
    o.discount_amount = yuan(410);
    assert_int_equal(mt_order_total(&o), MT_OK);
    assert_int_equal(mt_money_to_minor(items[0].subtotal), 2560);
    assert_int_equal(mt_money_to_minor(items[1].subtotal), 1850);
    assert_int_equal(mt_money_to_minor(o.original_amount), 4410);
    assert_int_equal(mt_money_to_minor(o.total_amount), 4000);
}

static void test_total_refuses(void **state) {
    (void)state;
    struct mt_order_item items[2];
    struct mt_order o = two_lines(items);
    o.discount_amount = yuan(4410);
    assert_int_equal(mt_order_total(&o), MT_OK);
    assert_true(mt_money_is_zero(o.total_amount));
    o.discount_amount = yuan(4411);
    assert_int_equal(mt_order_total(&o), MT_INVALID);
    o.discount_amount = yuan(-1);
    assert_int_equal(mt_order_total(&o), MT_INVALID);
    o.discount_amount = yuan(0);
    items[0].price = yuan(MT_MONEY_MAX);
    assert_int_equal(mt_order_total(&o), MT_LIMIT);
    items[0].quantity = 1;
    assert_int_equal(mt_order_total(&o), MT_LIMIT);
}

static void test_paid(void **state) {
    (void)state;
    struct mt_payment p[3] = {
        {.method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .amount = yuan(1000)},
        {.method = MT_PAY_WECHAT, .status = MT_PAY_FAILED, .amount = yuan(5510)},
        {.method = MT_PAY_BANK_CARD, .status = MT_PAY_SUCCEEDED, .amount = yuan(5510)},
    };
    struct mt_order o = {.payments = p, .payment_count = 0};
    assert_int_equal(mt_order_paid(&o), MT_OK);
    assert_string_equal(o.pay_type, "");
    o.payment_count = 2;
    assert_int_equal(mt_order_paid(&o), MT_OK);
    assert_string_equal(o.pay_type, "cash");
    assert_int_equal(mt_money_to_minor(o.paid_amount), 1000);
    o.payment_count = 3;
    assert_int_equal(mt_order_paid(&o), MT_OK);
    assert_string_equal(o.pay_type, "mixed");
    assert_int_equal(mt_money_to_minor(o.paid_amount), 6510);
    p[0].amount = yuan(MT_MONEY_MAX);
    assert_int_equal(mt_order_paid(&o), MT_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_edge),      cmocka_unit_test(test_final_has_no_way_out),
        cmocka_unit_test(test_next_is_an_edge), cmocka_unit_test(test_stamps_are_apart),
        cmocka_unit_test(test_number_made),     cmocka_unit_test(test_number_read),
        cmocka_unit_test(test_register_codes),  cmocka_unit_test(test_total),
        cmocka_unit_test(test_total_refuses),   cmocka_unit_test(test_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
