/* Orders as the contract shows them. */
#include "check.h"

#include <medterm/wire/order.h>

/* The contract's example, with ids in place of its dots and one more of everything that may stand there. */
#define ID "01890f3e-7b1c-7cc3-98c4-dc0c0c07398f"
#define FRONT                                                                                                                      \
    "{\"order_id\":\"" ID                                                                                                          \
    "\",\"order_no\":\"A03-000417\",\"store_id\":\"s1\",\"register\":\"A03\",\"status\":\"paid\",\"version\":2,"                   \
    "\"user_id\":null,\"user_name\":\"\",\"user_phone\":\"\",\"doctor_id\":null,\"doctor_name\":\"\",\"address_id\":null,"         \
    "\"address_detail\":\"\",\"fulfilment\":\"pickup\",\"currency\":\"CNY\",\"total_amount\":6510,\"paid_amount\":6510,"           \
    "\"refunded_amount\":0,\"pay_type\":\"cash\",\"original_amount\":6510,\"discount_amount\":0,"
#define LISTS                                                                                                                      \
    "\"items\":[{\"line\":1,\"drug_id\":\"d1\",\"drug_name\":\"阿莫西林\",\"drug_spec\":\"0.25 g × "                          \
    "24\",\"quantity\":2,\"price\":1280,"                                                                                          \
    "\"subtotal\":2560,\"lots\":[{\"lot_no\":\"L2401\",\"expires_on\":\"2027-03-31\",\"quantity\":2,\"source\":\"scanned\"},"      \
    "{\"lot_no\":\"L9\",\"expires_on\":null,\"quantity\":1,\"source\":\"fefo\"}]}],"                                               \
    "\"payments\":[{\"payment_id\":\"p1\",\"method\":\"cash\",\"amount\":6510,\"status\":\"succeeded\",\"tendered\":7000,"         \
    "\"change\":490,\"at\":\"2027-03-31T14:32:05.123Z\"},{\"payment_id\":\"p2\",\"method\":\"bank_card\",\"amount\":1,"            \
    "\"status\":\"failed\",\"reference\":\"slip 9\",\"at\":null}],"
#define BACK                                                                                                                       \
    "\"taken_offline\":false,\"taken_at\":\"2027-03-31T14:32:05.123Z\",\"created_at\":\"2027-03-31T14:32:06.000Z\","               \
    "\"updated_at\":\"2027-03-31T14:32:06.000Z\",\"pay_time\":\"2027-03-31T14:32:06.000Z\",\"drug_time\":null,\"send_time\":null," \
    "\"finish_time\":null,\"cancel_time\":null,\"remark\":\"\""
#define EXAMPLE FRONT LISTS BACK ",\"exceptions\":[]}"

static int setup(void **state) {
    struct mt_arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        return -1;
    mt_arena_init(a, ARENA_MAX);
    *state = a;
    return 0;
}

static int teardown(void **state) {
    mt_arena_fini(*state);
    free(*state);
    return 0;
}

static struct mt_order parse(void **state, const char *json) {
    struct mt_order o;
    struct mt_err err = {.text = ""};
    if (mt_order_parse(mt_sv(json), *state, &o, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return o;
}

static void expect(const struct mt_order *o, enum mt_order_form form, const char *want) {
    struct mt_buf b;
    mt_buf_init(&b, 1u << 16);
    mt_order_print(o, form, &b);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_sv(mt_buf_view(&b), want);
    mt_buf_fini(&b);
}

static void test_example_comes_back_byte_for_byte(void **state) {
    struct mt_order o = parse(state, EXAMPLE);
    expect(&o, MT_ORDER_FULL, EXAMPLE);
}

static void test_summary(void **state) {
    struct mt_order o = parse(state, EXAMPLE);
    expect(&o, MT_ORDER_SUMMARY, FRONT BACK ",\"exceptions\":[]}");
    struct mt_order s = parse(state, FRONT BACK ",\"exceptions\":[]}");
    assert_int_equal(s.item_count, 0);
    assert_int_equal(s.payment_count, 0);
}

static void test_values(void **state) {
    struct mt_order o = parse(state, EXAMPLE);
    assert_string_equal(o.order_id.s, ID);
    assert_string_equal(o.order_no, "A03-000417");
    assert_string_equal(o.register_code, "A03");
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(o.version, 2);
    assert_string_equal(o.user_id, "");
    assert_int_equal(mt_money_to_minor(o.total_amount), 6510);
    assert_string_equal(o.pay_type, "cash");
    assert_int_equal(o.item_count, 1);
    assert_string_equal(o.items[0].drug_name, "阿莫西林");
    assert_int_equal(o.items[0].lot_count, 2);
    assert_true(o.items[0].lots[0].scanned);
    assert_false(o.items[0].lots[1].scanned);
    assert_false(mt_date_is(o.items[0].lots[1].expires_on));
    assert_int_equal(o.payment_count, 2);
    assert_true(o.payments[0].has_tendered);
    assert_int_equal(mt_money_to_minor(o.payments[0].change), 490);
    assert_false(o.payments[1].has_tendered);
    assert_string_equal(o.payments[1].reference, "slip 9");
    assert_int_equal(o.pay_time, o.created_at);
    assert_int_equal(o.drug_time, 0);
    assert_string_equal(o.printed_no, "");
}

static void test_ids_exceptions_and_printed_number(void **state) {
    struct mt_order o = parse(state, EXAMPLE);
    struct mt_id exceptions[2] = {{"e1"}, {"e2"}};
    o.user_id = "u1";
    o.pay_type = "";
    o.printed_no = "A02-000009";
    o.user_name = "\x1b[31m\"\\\r\n李\x01";
    o.exceptions = exceptions;
    o.exception_count = 2;
    struct mt_buf b;
    mt_buf_init(&b, 1u << 16);
    mt_order_print(&o, MT_ORDER_FULL, &b);
    struct mt_order again = parse(state, mt_buf_text(&b));
    assert_non_null(strstr(mt_buf_text(&b), "\"printed_no\":\"A02-000009\",\"exceptions\":[\"e1\",\"e2\"]"));
    assert_non_null(strstr(mt_buf_text(&b), "\"pay_type\":null"));
    assert_null(strchr(mt_buf_text(&b), '\x1b'));
    mt_buf_fini(&b);
    assert_string_equal(again.user_id, "u1");
    assert_string_equal(again.pay_type, "");
    assert_string_equal(again.printed_no, "A02-000009");
    assert_string_equal(again.user_name, "\x1b[31m\"\\\r\n李\x01");
    assert_int_equal(again.exception_count, 2);
    assert_string_equal(again.exceptions[1].s, "e2");
}

static void test_unknown_fields_are_stepped_over(void **state) {
    struct mt_order o = parse(state, FRONT "\"loyalty\":{\"points\":[1.5,2]}," LISTS BACK ",\"exceptions\":[]}");
    expect(&o, MT_ORDER_FULL, EXAMPLE);
}

static void test_few_fields_are_enough(void **state) {
    struct mt_order o =
        parse(state, "{\"order_id\":\"o\",\"order_no\":\"A03-000001\",\"status\":\"cancelled\",\"version\":9,\"total_amount\":0}");
    assert_int_equal(o.status, MT_ORDER_CANCELLED);
    assert_string_equal(o.remark, "");
    assert_string_equal(o.currency, "");
    assert_null(o.items);
}

static void test_wrong_types(void **state) {
    static const struct {
        const char *from, *to, *where;
    } rows[] = {
        {"\"version\":2", "\"version\":\"2\"", "version"},
        {"\"version\":2", "\"version\":2.5", "version"},
        {"\"status\":\"paid\"", "\"status\":\"lost\"", "status"},
        {"\"order_no\":\"A03-000417\"", "\"order_no\":null", "order_no"},
        {"\"order_no\":\"A03-000417\"", "\"order_no\":\"../../etc/passwd\"", "order_no"},
        {"\"total_amount\":6510", "\"total_amount\":1e17", "total_amount"},
        {"\"items\":[{", "\"items\":[1,{", "items[0]"},
        {"\"line\":1", "\"line\":0", "items[0].line"},
        {"\"source\":\"fefo\"", "\"source\":\"luck\"", "items[0].lots[1].source"},
        {"\"expires_on\":\"2027-03-31\"", "\"expires_on\":\"2027-13-31\"", "items[0].lots[0].expires_on"},
        {"\"method\":\"cash\"", "\"method\":\"\"", "payments[0].method"},
        {"\"pay_time\":\"2027-03-31T14:32:06.000Z\"", "\"pay_time\":\"noon\"", "pay_time"},
        {"\"taken_offline\":false", "\"taken_offline\":0", "taken_offline"},
        {"\"exceptions\":[]", "\"exceptions\":[3]", "exceptions[0]"},
        {"\"exceptions\":[]}", "\"exceptions\":[]", "the answer"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *at = strstr(EXAMPLE, rows[i].from);
        assert_non_null(at);
        const char *text = EXAMPLE;
        at = strstr(text, rows[i].from);
        const char *json = mt_arena_fmt(*state, "%.*s%s%s", (int)(at - text), text, rows[i].to, at + strlen(rows[i].from));
        struct mt_order o;
        struct mt_err err = {.text = ""};
        assert_int_equal(mt_order_parse(mt_sv(json), *state, &o, &err), MT_INVALID);
        if (strncmp(err.text, rows[i].where, strlen(rows[i].where)) != 0)
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void drug_round_trip(void **state, const char *json) {
    struct mt_drug d;
    struct mt_err err = {.text = ""};
    struct mt_buf b;
    if (mt_drug_parse(mt_sv(json), *state, &d, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    mt_buf_init(&b, 1u << 12);
    mt_drug_print(&d, &b);
    assert_sv(mt_buf_view(&b), json);
    mt_buf_fini(&b);
}

static void test_drugs(void **state) {
    drug_round_trip(state, "{\"drug_id\":\"d1\",\"code\":\"6901234567892\",\"name\":\"阿莫西林\",\"spec\":\"0.25 g × "
                           "24\",\"form\":\"caps\",\"maker\":\"M\","
                           "\"generic\":\"amoxicillin\",\"pinyin\":\"amxl\",\"price\":1280,\"rx\":\"rx\",\"vat_bp\":1300,\"shelf\":"
                           "\"A1\",\"sellable\":true}");
    drug_round_trip(state, "{\"drug_id\":\"d2\",\"code\":\"\",\"name\":\"N\",\"spec\":\"\",\"form\":\"\",\"maker\":\"\","
                           "\"generic\":\"\",\"pinyin\":\"\","
                           "\"price\":null,\"rx\":\"controlled\",\"vat_bp\":0,\"shelf\":\"\",\"sellable\":false}");
}

static void test_no_price_is_not_sellable(void **state) {
    struct mt_drug d;
    assert_int_equal(mt_drug_parse(mt_sv("{\"drug_id\":\"d\",\"name\":\"n\",\"price\":null,\"sellable\":true}"), *state, &d, NULL),
                     MT_OK);
    assert_false(d.sellable);
    assert_int_equal(mt_drug_parse(mt_sv("{\"drug_id\":\"d\",\"name\":\"n\",\"price\":5}"), *state, &d, NULL), MT_OK);
    assert_true(d.sellable);
    assert_int_equal(mt_drug_parse(mt_sv("{\"drug_id\":\"d\",\"name\":\"n\",\"price\":5.5}"), *state, &d, NULL), MT_INVALID);
    assert_int_equal(mt_drug_parse(mt_sv("{\"drug_id\":\"d\",\"name\":\"n\",\"vat_bp\":-1}"), *state, &d, NULL), MT_INVALID);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_example_comes_back_byte_for_byte),
        TEST(test_summary),
        TEST(test_values),
        TEST(test_ids_exceptions_and_printed_number),
        TEST(test_unknown_fields_are_stepped_over),
        TEST(test_few_fields_are_enough),
        TEST(test_wrong_types),
        TEST(test_drugs),
        TEST(test_no_price_is_not_sellable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
