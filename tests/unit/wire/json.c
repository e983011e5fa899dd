/* The strict reader: what it takes, what it refuses, and where it says the fault is. */
#include "check.h"

#include "json.h"

struct row {
    const char *text;
    const char *path; /* of the fault; NULL: must be read */
    bool grammar;
};

static void check_bytes(const char *bytes, size_t n, const char *path, bool grammar) {
    struct json_doc doc;
    char *copy = exact(bytes, n);
    enum mt_rc rc = json_read(&doc, mt_sv_n(copy, n));
    if ((rc == MT_OK) != (path == NULL))
        fail_msg("%s: %s at %s", bytes, doc.fault.message, doc.fault.path);
    if (path != NULL) {
        assert_int_equal(rc, MT_INVALID);
        assert_string_equal(doc.fault.path, path);
        assert_int_equal(doc.fault.grammar, grammar);
        assert_true(doc.fault.message[0] != '\0');
    }
    json_free(&doc);
    free(copy);
}

static void check(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        check_bytes(rows[i].text, strlen(rows[i].text), rows[i].path, rows[i].grammar);
}

#define CHECK(rows) check((rows), sizeof(rows) / sizeof(rows)[0])

static void test_accepted(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"{}", NULL, false},
        {"[]", NULL, false},
        {" \t\r\n{ \"a\" : [ 1 , 2 ] } \n", NULL, false},
        {"null", NULL, false},
        {"\"x\"", NULL, false},
        {"-0", NULL, false},
        {"0.5e-10", NULL, false},
        {"1E+2", NULL, false},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"", NULL, false},
        {"{\"\":1,\" \":2}", NULL, false},
        {"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", NULL, false},
        {"\"\x7f\"", NULL, false},
        {"[\"\",{\"k\":{}}]", NULL, false},
    };
    CHECK(rows);
}

static void test_grammar(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"", "$", true},
        {" ", "$", true},
        {"{", "$", true},
        {"[", "[0]", true},
        {"[1", "$", true},
        {"[1,", "[1]", true},
        {"[1,]", "[1]", true},
        {"[,1]", "[0]", true},
        {"[1 2]", "$", true},
        {"[1}", "$", true},
        {"{\"a\"}", "$", true},
        {"{\"a\":}", "a", true},
        {"{\"a\":1,}", "$", true},
        {"{a:1}", "$", true},
        {"{'a':1}", "$", true},
        {"{\"a\":1 \"b\":2}", "$", true},
        {"{} {}", "$", true},
        {"{}x", "$", true},
        {"// c\n{}", "$", true},
        {"{\"a\":/**/1}", "a", true},
        {"\xef\xbb\xbf{}", "$", true},
        {"{\"o\":[{\"p\":nul}]}", "o[0].p", true},
        {"[tru]", "[0]", true},
        {"True", "$", true},
        {"{\"a\":\"x}", "a", true},
        {"\"\\x\"", "$", true},
        {"\"\\u12\"", "$", true},
        {"\"\\u12g4\"", "$", true},
        {"\"\\", "$", true},
        {"[\"a\nb\"]", "[0]", true},
        {"{\"a\":\"\t\"}", "a", true},
        {"[1e]", "[0]", true},
        {"\f1", "$", true},
    };
    CHECK(rows);
}

static void test_numbers_grammar(void **state) {
    (void)state;
    static const char *const bad[] = {"01",  "-",   "+1",    ".5",  "1.",       "1.e3",      "1e",    "1e+", "0x10",
                                      "--1", "-01", "1.2.3", "NaN", "Infinity", "-Infinity", "1_000", "١"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[64];
        assert_true(snprintf(text, sizeof text, "{\"price\":%s}", bad[i]) > 0);
        struct json_doc doc;
        assert_int_equal(json_read(&doc, mt_sv(text)), MT_INVALID);
        assert_true(strcmp(doc.fault.path, "price") == 0 || strcmp(doc.fault.path, "$") == 0);
        json_free(&doc);
    }
}

static void test_utf8(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"{\"n\":\"\xff\"}", "n", true},
        {"{\"n\":\"\xc0\xaf\"}", "n", true},
        {"{\"n\":\"\xed\xa0\x80\"}", "n", true},
        {"{\"n\":\"\xf4\x90\x80\x80\"}", "n", true},
        {"{\"n\":\"\xe9\"}", "n", true},
        {"{\"n\":\"\xe4\xb8\"}", "n", true},
        {"{\"\xff\":1}", "$", true},
        {"{\"n\":\"\xe4\xb8\xad\xf0\x9f\x98\x80\"}", NULL, false},
        {"{\"n\":1}\xff", "$", true},
    };
    CHECK(rows);
}

static void test_refused_beyond_grammar(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"{\"a\":{\"n\":\"x\\u0000y\"}}", "a.n", false},
        {"{\"a\":\"\\ud800\"}", "a", false},
        {"{\"a\":\"\\udc00\"}", "a", false},
        {"{\"a\":\"\\ud800x\"}", "a", false},
        {"{\"a\":\"\\ud800\\u0041\"}", "a", false},
        {"{\"a\":\"\\ud800\\ud800\"}", "a", false},
        {"{\"a\":\"\\ude00\\ud83d\"}", "a", false},
        {"{\"a\":1,\"a\":1}", "a", false},
        {"{\"x\":[{\"a\":1,\"b\":2,\"\\u0061\":3}]}", "x[0].a", false},
        {"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]", false},
        {"{\"a\":1,\"c\\u0000\":2}", "$", false},
    };
    CHECK(rows);
    check_bytes("{\"a\":\"x\0y\"}", 11, "a", false);
    check_bytes("{\"a\":1}\0", 8, "$", true);
    check_bytes("\0", 1, "$", true);
}

static void test_many_keys(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 8u << 20);
    mt_buf_char(&b, '{');
    for (int i = 0; i < 50000; i++)
        mt_buf_fmt(&b, "\"k%d\":%d,", i, i);
    size_t n = b.n;
    mt_buf_str(&b, "\"last\":0}");
    struct json_doc doc;
    assert_int_equal(json_read(&doc, mt_buf_view(&b)), MT_OK);
    assert_int_equal(doc.root->count, 50001);
    json_free(&doc);
    b.n = n;
    mt_buf_str(&b, "\"k31415\":0}");
    assert_int_equal(json_read(&doc, mt_buf_view(&b)), MT_INVALID);
    assert_string_equal(doc.fault.path, "k31415");
    json_free(&doc);
    mt_buf_fini(&b);
}

static void test_memory_is_bounded(void **state) {
    (void)state;
    size_t n = 2u << 20;
    char *bytes = malloc(n);
    assert_non_null(bytes);
    /* [1,1,1,…,1] of an odd length */
    n--;
    for (size_t i = 0; i < n; i++)
        bytes[i] = i % 2 == 1 ? '1' : ',';
    bytes[0] = '[';
    bytes[n - 1] = ']';
    struct json_doc doc;
    assert_int_equal(json_read(&doc, mt_sv_n(bytes, n)), MT_LIMIT);
    assert_false(doc.fault.grammar);
    json_free(&doc);
    free(bytes);
}

static void test_deep_nesting_is_cheap(void **state) {
    (void)state;
    size_t n = 1u << 20;
    char *bytes = malloc(n);
    assert_non_null(bytes);
    memset(bytes, '[', n);
    struct json_doc doc;
    assert_int_equal(json_read(&doc, mt_sv_n(bytes, n)), MT_INVALID);
    assert_false(doc.fault.grammar);
    json_free(&doc);
    free(bytes);
}

static void test_whole_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum json_number exact;
        int64_t value;
    } rows[] = {
        {"0", JSON_WHOLE, 0},
        {"-0", JSON_WHOLE, 0},
        {"-0.000e5", JSON_WHOLE, 0},
        {"0e999999999999", JSON_WHOLE, 0},
        {"1280", JSON_WHOLE, 1280},
        {"-1280", JSON_WHOLE, -1280},
        {"9007199254740991", JSON_WHOLE, INT64_C(9007199254740991)},
        {"-9007199254740991", JSON_WHOLE, -INT64_C(9007199254740991)},
        {"9007199254740992", JSON_HUGE, 0},
        {"9007199254740993", JSON_HUGE, 0},
        {"-9007199254740992", JSON_HUGE, 0},
        {"9223372036854775807", JSON_HUGE, 0},
        {"9223372036854775808", JSON_HUGE, 0},
        {"99999999999999999999999999999999999999", JSON_HUGE, 0},
        {"100000000000000000000000000000000000001", JSON_HUGE, 0},
        {"1e15", JSON_WHOLE, INT64_C(1000000000000000)},
        {"1e16", JSON_HUGE, 0},
        {"1e999", JSON_HUGE, 0},
        {"1e99999999999999999999", JSON_HUGE, 0},
        {"1e-99999999999999999999", JSON_FRACTION, 0},
        {"12.8e2", JSON_WHOLE, 1280},
        {"12.80", JSON_FRACTION, 0},
        {"12.00", JSON_WHOLE, 12},
        {"10.0", JSON_WHOLE, 10},
        {"100e-2", JSON_WHOLE, 1},
        {"100e-3", JSON_FRACTION, 0},
        {"1005e-1", JSON_FRACTION, 0},
        {"0.001e3", JSON_WHOLE, 1},
        {"0.5", JSON_FRACTION, 0},
        {"1.0000000000000000000000000000000001", JSON_FRACTION, 0},
        {"9007199254740990.6", JSON_FRACTION, 0},
        {"0.9999999999999999999999", JSON_FRACTION, 0},
        {"90071992547409910e-1", JSON_WHOLE, INT64_C(9007199254740991)},
        {"1E+2", JSON_WHOLE, 100},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_doc doc;
        assert_int_equal(json_read(&doc, mt_sv(rows[i].text)), MT_OK);
        if (doc.root->exact != rows[i].exact)
            fail_msg("%s is taken for %d", rows[i].text, doc.root->exact);
        if (rows[i].exact == JSON_WHOLE)
            assert_int_equal(doc.root->is.number, rows[i].value);
        json_free(&doc);
    }
}

static void test_texts(void **state) {
    (void)state;
    struct json_doc doc;
    struct mt_arena arena;
    mt_arena_init(&arena, 1u << 16);
    assert_int_equal(json_read(&doc, mt_sv("[\"plain\",\"\",\"\\u4e2d\\u0041\\ud83d\\ude00\\n\\/\\\"\",\"中\"]")), MT_OK);
    const struct json *n = doc.root->is.child;
    assert_string_equal(json_text(n, &arena), "plain");
    n = n->next;
    assert_string_equal(json_text(n, &arena), "");
    n = n->next;
    assert_string_equal(json_text(n, &arena), "中A😀\n/\"");
    n = n->next;
    assert_string_equal(json_text(n, &arena), "中");
    json_free(&doc);
    mt_arena_fini(&arena);
}

static void test_paths_are_harmless(void **state) {
    (void)state;
    struct json_doc doc;
    assert_int_equal(json_read(&doc, mt_sv("{\"a\\u001b[2J中\":[0,{\"b\":tru}]}")), MT_INVALID);
    assert_string_equal(doc.fault.path, "a?[2J???[1].b");
    json_free(&doc);
    char text[512];
    memset(text, 'k', sizeof text);
    (void)snprintf(text, sizeof text, "{\"%0200d\":x}", 7);
    assert_int_equal(json_read(&doc, mt_sv(text)), MT_INVALID);
    assert_int_equal(strlen(doc.fault.path), JSON_PATH_TEXT - 1);
    json_free(&doc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_numbers_grammar),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_refused_beyond_grammar),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_deep_nesting_is_cheap),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_paths_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
