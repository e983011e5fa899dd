/* The examples of RFC 8785, as far as whole numbers go. */
#include "check.h"

#include "canonical.h"

static void check_without(const char *json, const char *const *without, const char *want) {
    struct json_doc doc;
    struct mt_arena arena;
    struct mt_buf out;
    mt_arena_init(&arena, ARENA_MAX);
    mt_buf_init(&out, 1u << 16);
    assert_int_equal(json_read(&doc, mt_sv(json)), MT_OK);
    assert_int_equal(canonical_print(doc.root, without, &arena, &out), MT_OK);
    assert_sv(mt_buf_view(&out), want);
    json_free(&doc);
    mt_buf_fini(&out);
    mt_arena_fini(&arena);
}

static void check(const char *json, const char *want) {
    check_without(json, NULL, want);
    /* A canonical text is its own canonical form. */
    check_without(want, NULL, want);
}

static void test_rfc_literals_and_strings(void **state) {
    (void)state;
    /* Section 3.2.2. */
    check("{\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n \"literals\": [null, true, false]}",
          "{\"literals\":[null,true,false],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

static void test_rfc_sorting(void **state) {
    (void)state;
    /* Section 3.2.3. */
    check("{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\", \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\","
          " \"1\": \"One\", \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
          " \"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}",
          "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
          "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

static void test_sorting_of_prefixes_and_pairs(void **state) {
    (void)state;
    check("{\"ab\":1,\"a\":2,\"\":3,\"b\":4,\"A\":5}", "{\"\":3,\"A\":5,\"a\":2,\"ab\":1,\"b\":4}");
    check("{\"\xf0\x9f\x98\x81\":1,\"\xf0\x9f\x98\x80\":2}", "{\"\xf0\x9f\x98\x80\":2,\"\xf0\x9f\x98\x81\":1}");
}

static void test_nesting_and_space(void **state) {
    (void)state;
    check(" [ { \"b\" : { \"z\" : [ ] , \"a\" : { } } , \"a\" : 1 } , [ 2 , 3 ] ] ", "[{\"a\":1,\"b\":{\"a\":{},\"z\":[]}},[2,3]]");
}

static void test_numbers(void **state) {
    (void)state;
    check("[0,-0,1280,-5,1e3,12.80e2,10.0,9007199254740991]", "[0,0,1280,-5,1000,1280,10,9007199254740991]");
    /* What no operation may hold stays as it was written. */
    check("[0.5,1e999]", "[0.5,1e999]");
}

static void test_controls(void **state) {
    (void)state;
    check("\"\\u0001\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u001f\\u007f\"", "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\"");
}

static void test_left_out_members(void **state) {
    (void)state;
    static const char *const without[] = {"register_seq", "prior", NULL};
    check_without("{\"register_seq\":1,\"op_id\":\"x\",\"prior\":{},\"body\":{\"prior\":1}}", without,
                  "{\"body\":{\"prior\":1},\"op_id\":\"x\"}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_literals_and_strings),
        cmocka_unit_test(test_rfc_sorting),
        cmocka_unit_test(test_sorting_of_prefixes_and_pairs),
        cmocka_unit_test(test_nesting_and_space),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_left_out_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
