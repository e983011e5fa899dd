/* Pages of the feed. */
#include "check.h"

#include <medterm/wire/changes.h>

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

static enum mt_rc parse(void **state, const char *json, struct mt_changes_page *page, struct mt_err *err) {
    size_t n = strlen(json);
    char *copy = exact(json, n);
    enum mt_rc rc = mt_changes_parse(mt_sv_n(copy, n), *state, page, err);
    free(copy);
    return rc;
}

static void fill(struct mt_change c[9]) {
    static struct mt_lot lots[2];
    lots[0] = (struct mt_lot){
        .lot_no = "L1", .expires_on = mt_date_from_civil(2027, 3, 31), .state = MT_LOT_OK, .on_hand = 5, .reserved = 2};
    lots[1] = (struct mt_lot){.lot_no = "L2", .expires_on = MT_NO_DATE, .state = MT_LOT_RECALLED, .on_hand = 7, .reserved = 0};
    c[0] = (struct mt_change){.entity = MT_ENTITY_DRUG, .id = "d1", .version = 11};
    c[0].data.drug = (struct mt_drug){.drug_id = {"d1"},
                                      .code = "6901234567892",
                                      .name = "阿",
                                      .spec = "",
                                      .form = "",
                                      .maker = "",
                                      .generic = "",
                                      .pinyin = "a",
                                      .shelf = "A1",
                                      .has_price = true,
                                      .sellable = true,
                                      .price = yuan(1280),
                                      .rx = MT_RX_REQUIRED,
                                      .vat_bp = 1300};
    c[1] = (struct mt_change){.entity = MT_ENTITY_STOCK, .id = "d1", .version = 12};
    c[1].data.stock = (struct mt_stock){.drug_id = {"d1"}, .on_hand = 12, .reserved = 2, .lots = lots, .lot_count = 2};
    c[2] = (struct mt_change){.entity = MT_ENTITY_STAFF, .id = "s1", .version = 13};
    c[2].data.staff = (struct mt_staff){
        .staff_id = {"s1"}, .name = "陈", .role = MT_ROLE_PHARMACIST, .verifier = "$argon2id$v=19$m=1,t=1,p=1$a$b", .active = true};
    c[3] = (struct mt_change){.entity = MT_ENTITY_EXCEPTION, .id = "e1", .version = 14};
    c[3].data.exception = (struct mt_exception){.exception_id = {"e1"},
                                                .kind = MT_EXC_STOCK_SHORTFALL,
                                                .order_id = {"o1"},
                                                .order_no = "A03-000417",
                                                .quantity = 3,
                                                .detail = "three packs short",
                                                .open = true,
                                                .created_at = INT64_C(1806503525123)};
    c[4] = (struct mt_change){.entity = MT_ENTITY_SETTING, .id = "handover", .version = 15};
    c[4].data.setting.name = "handover";
    c[4].data.setting.value = "board";
    c[5] = (struct mt_change){.entity = MT_ENTITY_ORDER, .id = "o1", .version = 16, .removed = true};
    static struct mt_address addresses[2];
    addresses[0] = (struct mt_address){.address_id = {"a1"}, .detail = "2 River Road"};
    addresses[1] = (struct mt_address){.address_id = {"a2"}, .detail = "家"};
    c[6] = (struct mt_change){.entity = MT_ENTITY_USER, .id = "u1", .version = 17};
    c[6].data.user =
        (struct mt_user){.user_id = {"u1"}, .name = "王", .phone = "", .addresses = addresses, .address_count = 2, .version = 17};
    c[7] = (struct mt_change){.entity = MT_ENTITY_DOCTOR, .id = "m1", .version = 18};
    c[7].data.doctor = (struct mt_doctor){.doctor_id = {"m1"}, .name = "Li", .licence = "L-7", .active = false, .version = 18};
    c[8] = (struct mt_change){.entity = MT_ENTITY_EXCEPTION, .id = "e2", .version = 19};
    c[8].data.exception = (struct mt_exception){.exception_id = {"e2"},
                                                .kind = MT_EXC_OVERPAID,
                                                .detail = "",
                                                .resolution = "given back",
                                                .resolved_by = "s1",
                                                .created_at = INT64_C(1806503525123)};
}

static void print(const struct mt_change *c, size_t count, struct mt_buf *b) {
    mt_changes_begin(b, "epoch-1");
    for (size_t i = 0; i < count; i++)
        mt_changes_add(b, &c[i]);
    mt_changes_end(b, "cursor-9", true);
    assert_int_equal(mt_buf_rc(b), MT_OK);
}

static void test_round_trip(void **state) {
    struct mt_change c[9];
    struct mt_changes_page page;
    struct mt_err err = {.text = ""};
    struct mt_buf b, again;
    fill(c);
    mt_buf_init(&b, 1u << 16);
    mt_buf_init(&again, 1u << 16);
    print(c, 9, &b);
    if (parse(state, mt_buf_text(&b), &page, &err) != MT_OK)
        fail_msg("%s", err.text);
    assert_string_equal(page.epoch, "epoch-1");
    assert_string_equal(page.cursor, "cursor-9");
    assert_true(page.more);
    assert_int_equal(page.count, 9);
    print(page.changes, page.count, &again);
    assert_sv(mt_buf_view(&again), mt_buf_text(&b));
    assert_int_equal(page.changes[0].data.drug.version, 11);
    assert_int_equal(page.changes[1].data.stock.version, 12);
    assert_int_equal(page.changes[1].data.stock.lots[1].state, MT_LOT_RECALLED);
    assert_int_equal(page.changes[2].data.staff.version, 13);
    assert_true(page.changes[3].data.exception.open);
    assert_int_equal(page.changes[3].data.exception.version, 14);
    assert_string_equal(page.changes[3].data.exception.op_id.s, "");
    assert_string_equal(page.changes[3].data.exception.resolution, "");
    assert_false(page.changes[8].data.exception.open);
    assert_string_equal(page.changes[8].data.exception.resolution, "given back");
    assert_string_equal(page.changes[8].data.exception.resolved_by, "s1");
    assert_string_equal(page.changes[4].data.setting.value, "board");
    assert_true(page.changes[5].removed);
    assert_int_equal(page.changes[6].data.user.address_count, 2);
    assert_string_equal(page.changes[6].data.user.addresses[1].detail, "家");
    assert_false(page.changes[7].data.doctor.active);
    assert_int_equal(page.changes[7].data.doctor.version, 18);
    mt_buf_fini(&b);
    mt_buf_fini(&again);
}

static void test_empty_page(void **state) {
    struct mt_changes_page page;
    struct mt_buf b;
    mt_buf_init(&b, 1u << 10);
    mt_changes_begin(&b, "e");
    mt_changes_end(&b, "", false);
    assert_sv(mt_buf_view(&b), "{\"epoch\":\"e\",\"changes\":[],\"cursor\":\"\",\"more\":false}");
    assert_int_equal(parse(state, mt_buf_text(&b), &page, NULL), MT_OK);
    assert_int_equal(page.count, 0);
    assert_false(page.more);
    mt_buf_fini(&b);
}

static void test_what_is_not_known_is_skipped(void **state) {
    struct mt_changes_page page;
    assert_int_equal(parse(state,
                           "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"weather\":1,\"changes\":["
                           "{\"entity\":\"drone\",\"id\":\"x\",\"version\":1,\"data\":{\"height\":1.5}},"
                           "{\"entity\":\"payment\",\"id\":\"u\",\"version\":2,\"data\":{\"amount\":1}},"
                           "{\"entity\":\"exception\",\"id\":\"e\",\"version\":3,\"data\":{\"exception_id\":\"e\",\"kind\":"
                           "\"moon\",\"state\":\"open\"}},"
                           "{\"entity\":\"setting\",\"id\":\"s\",\"version\":4,\"colour\":2,\"data\":{\"name\":\"s\",\"value\":"
                           "\"v\",\"since\":1}}]}",
                           &page, NULL),
                     MT_OK);
    assert_int_equal(page.count, 4);
    assert_int_equal(page.changes[0].entity, MT_ENTITY_UNKNOWN);
    assert_int_equal(page.changes[1].entity, MT_ENTITY_PAYMENT);
    assert_int_equal(page.changes[2].entity, MT_ENTITY_UNKNOWN);
    assert_int_equal(page.changes[3].entity, MT_ENTITY_SETTING);
    assert_string_equal(page.changes[0].id, "x");
}

static void test_bad_pages(void **state) {
    static const char *const rows[] = {
        "<html>Welcome to the hotel</html>",
        "",
        "[]",
        "{}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"changes\":[]}",
        "{\"epoch\":\"e\",\"more\":false,\"changes\":[]}",
        "{\"cursor\":\"c\",\"more\":false,\"changes\":[]}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":[1]}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":[{\"entity\":\"drug\",\"id\":\"d\",\"version\":1,\"data\":{"
        "\"drug_id\":7,\"name\":\"n\"}}]}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":[{\"entity\":\"drug\",\"id\":\"d\",\"version\":1,\"data\":[]}"
        "]}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":[{\"entity\":\"stock\",\"id\":\"d\",\"version\":1,\"data\":{"
        "\"drug_id\":\"d\",\"on_hand\":1.5}}]}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":[{\"entity\":\"drug\",\"id\":\"d\"}]}",
        "{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":[",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_changes_page page;
        struct mt_err err = {.text = ""};
        assert_int_equal(parse(state, rows[i], &page, &err), MT_INVALID);
        assert_true(err.text[0] != '\0');
    }
}

static void test_a_thousand(void **state) {
    struct mt_change c[9];
    struct mt_changes_page page;
    struct mt_buf b;
    fill(c);
    mt_buf_init(&b, 4u << 20);
    mt_changes_begin(&b, "e");
    for (int i = 0; i < 1000; i++)
        mt_changes_add(&b, &c[i % 6]);
    mt_changes_end(&b, "c", false);
    assert_int_equal(parse(state, mt_buf_text(&b), &page, NULL), MT_OK);
    assert_int_equal(page.count, 1000);
    assert_string_equal(page.changes[996].data.drug.name, "阿");
    mt_buf_fini(&b);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip), TEST(test_empty_page), TEST(test_what_is_not_known_is_skipped),
        TEST(test_bad_pages),  TEST(test_a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
