/* The receipt, whole, as it is printed; and what hostile names become on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <medterm/base/utf8.h>
#include <medterm/print/receipt.h>

#include <stdio.h>
#include <string.h>

struct sale {
    struct mt_order order;
    struct mt_order_item items[2];
    struct mt_payment payment;
    int32_t vat[2];
    struct mt_receipt receipt;
    struct mt_buf text;
};

static struct mt_money money(int64_t minor) {
    struct mt_money m;
    assert_int_equal(mt_money_from_minor(minor, &m), MT_OK);
    return m;
}

static int setup(void **state) {
    static struct sale s;
    s = (struct sale){.vat = {1300, 900}};
    s.items[0] = (struct mt_order_item){
        .line = 1, .drug_name = "Amoxicillin caps", .drug_spec = "0.25 g × 24", .quantity = 2, .price = money(1280)};
    s.items[1] = (struct mt_order_item){
        .line = 2, .drug_name = "阿莫西林胶囊", .drug_spec = "0.25克×24粒", .quantity = 10, .price = money(850)};
    s.payment = (struct mt_payment){.method = MT_PAY_CASH,
                                    .status = MT_PAY_SUCCEEDED,
                                    .amount = money(11060),
                                    .tendered = money(12000),
                                    .change = money(940),
                                    .has_tendered = true};
    s.order = (struct mt_order){
        .register_code = "A03", .currency = "CNY", .items = s.items, .item_count = 2, .payments = &s.payment, .payment_count = 1};
    s.order.taken_at = INT64_C(1795401168000); /* 2026-11-23T02:32:48Z */
    (void)snprintf(s.order.order_no, sizeof s.order.order_no, "A03-000417");
    assert_int_equal(mt_order_total(&s.order), MT_OK);
    s.receipt = (struct mt_receipt){.order = &s.order,
                                    .store_name = "Riverside",
                                    .register_code = "A03",
                                    .staff_name = "Chen Mei",
                                    .vat_bp = s.vat,
                                    .utc_offset_minutes = 480};
    mt_buf_init(&s.text, 1u << 20);
    *state = &s;
    return 0;
}

static int teardown(void **state) {
    mt_buf_fini(&((struct sale *)*state)->text);
    return 0;
}

static const char *print(struct sale *s) {
    mt_buf_clear(&s->text);
    mt_receipt_text(&s->receipt, &s->text);
    assert_int_equal(mt_buf_rc(&s->text), MT_OK);
    return mt_buf_text(&s->text);
}

#define HEAD                                                                                                                       \
    "                   Riverside\n"                                                                                               \
    "Register A03                    2026-11-23 10:32\n"                                                                           \
    "Order                                 A03-000417\n"                                                                           \
    "Served by                               Chen Mei\n"
#define ITEMS                                                                                                                      \
    "------------------------------------------------\n"                                                                           \
    "Amoxicillin caps\n"                                                                                                           \
    "  0.25 g × 24\n"                                                                                                             \
    "  2 x 12.80                                25.60\n"                                                                           \
    "阿莫西林胶囊\n"                                                                                                         \
    "  0.25克×24粒\n"                                                                                                           \
    "  10 x 8.50                                85.00\n"                                                                           \
    "------------------------------------------------\n"                                                                           \
    "TOTAL CNY                                 110.60\n"                                                                           \
    "VAT included                                9.97\n"

static void test_cash(void **state) {
    assert_string_equal(print(*state), HEAD ITEMS "Cash                                      120.00\n"
                                                  "Change                                      9.40\n");
}

static void test_offline_copy(void **state) {
    struct sale *s = *state;
    s->receipt.offline = s->receipt.copy = true;
    assert_string_equal(print(s), HEAD "                  *** COPY ***\n"
                                       "                    OFFLINE\n" ITEMS "Cash                                      120.00\n"
                                       "Change                                      9.40\n");
}

static void test_unpaid(void **state) {
    struct sale *s = *state;
    s->order.payment_count = 0;
    assert_string_equal(print(s), HEAD ITEMS "                    NOT PAID\n");
}

static void test_discount(void **state) {
    struct sale *s = *state;
    s->order.discount_amount = money(1060);
    assert_int_equal(mt_order_total(&s->order), MT_OK);
    const char *text = print(s);
    assert_non_null(strstr(text,
                           "Sum                                       110.60\nDiscount                                   10.60\n"
                           "TOTAL CNY                                 100.00\n"));
    assert_null(strstr(text, "VAT"));
}

/* No line is wider than the paper, nothing on it is a command. */
static void harmless(const char *text) {
    struct mt_sv rest = mt_sv(text);
    while (rest.n > 0) {
        struct mt_sv line = mt_sv_cut(&rest, '\n');
        assert_true(mt_paper_width(line) <= MT_RECEIPT_COLUMNS);
        while (line.n > 0) {
            assert_false(mt_utf8_harmful(mt_utf8_next(&line)));
        }
    }
}

static void test_hostile_names(void **state) {
    struct sale *s = *state;
    char long_name[256];
    memset(long_name, 'W', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    const char *const names[] = {
        "\x1b[2J\x1b@Amox",
        "Amox\rFREE",
        "Amox\tcaps\n\nTOTAL 0.00",
        "\xe2\x80\xae"
        "llip\xe2\x80\xac",
        "a\xe2\x80\x8b"
        "b\xef\xbb\xbf",
        "\xff\xfe\x80",
        long_name,
        "阿莫西林胶囊阿莫西林胶囊阿莫西林胶囊阿莫西林胶囊阿莫西林胶囊",
        "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
        "\x1dV\x42\x01",
        "\xc2\x9b"
        "31m",
        "",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        s->items[0].drug_name = s->items[0].drug_spec = names[i];
        s->receipt.store_name = s->receipt.staff_name = names[i];
        const char *text = print(s);
        harmless(text);
        assert_non_null(strstr(text, "TOTAL CNY                                 110.60\n"));
    }
    s->items[0].drug_name = "Amox\tcaps\n\nTOTAL 0.00";
    assert_null(strstr(print(s), "\nTOTAL 0.00")); /* a name makes no line of its own */
}

#define RECEIPT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        RECEIPT_TEST(test_cash),     RECEIPT_TEST(test_offline_copy),  RECEIPT_TEST(test_unpaid),
        RECEIPT_TEST(test_discount), RECEIPT_TEST(test_hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
