#include "check.h"

#include <medterm/wire/doc.h>

static void test_document(void **state) {
    (void)state;
    struct mt_doc *d = mt_doc_new();
    struct mt_node *root = mt_doc_root(d), *list, *item;
    struct mt_buf b;
    mt_buf_init(&b, 1u << 12);
    mt_node_text(d, root, "name", "李\n\"x\"\x1b");
    mt_node_text(d, root, "none", NULL);
    mt_node_int(d, root, "big", INT64_C(9007199254740991));
    mt_node_int(d, root, "round", INT64_C(1000000000000000));
    mt_node_int(d, root, "least", INT64_MIN);
    mt_node_bool(d, root, "yes", true);
    mt_node_raw(d, root, "raw", MT_SV("{\"a\":[1]}"));
    list = mt_node_array(d, root, "list");
    mt_node_int(d, list, NULL, 1);
    item = mt_node_object(d, list, NULL);
    mt_node_bool(d, item, "no", false);
    assert_int_equal(mt_doc_print(d, &b), MT_OK);
    assert_sv(mt_buf_view(&b),
              "{\"name\":\"李\\n\\\"x\\\"\\u001b\",\"none\":null,\"big\":9007199254740991,\"round\":1000000000000000,"
              "\"least\":-9223372036854775808,\"yes\":true,\"raw\":{\"a\":[1]},\"list\":[1,{\"no\":false}]}");
    mt_buf_fini(&b);
    mt_doc_free(d);
}

static void test_broken_text_is_mended(void **state) {
    (void)state;
    struct mt_doc *d = mt_doc_new();
    struct mt_buf b;
    mt_buf_init(&b, 1u << 12);
    mt_node_text(d, mt_doc_root(d), "file",
                 "a\xff"
                 "b");
    assert_int_equal(mt_doc_print(d, &b), MT_OK);
    assert_sv(mt_buf_view(&b), "{\"file\":\"a\xef\xbf\xbd"
                               "b\"}");
    mt_buf_fini(&b);
    mt_doc_free(d);
}

static void test_failure_sticks(void **state) {
    (void)state;
    struct mt_doc *d = mt_doc_new();
    struct mt_buf b;
    mt_buf_init(&b, 1u << 12);
    mt_node_int(d, NULL, "lost", 1);
    assert_int_equal(mt_doc_print(d, &b), MT_NOMEM);
    mt_doc_free(d);
    d = mt_doc_new();
    mt_buf_fini(&b);
    mt_buf_init(&b, 4);
    mt_node_int(d, mt_doc_root(d), "number", 12345);
    assert_int_equal(mt_doc_print(d, &b), MT_LIMIT);
    mt_doc_free(d);
    mt_buf_fini(&b);
}

static void test_no_document(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 16);
    mt_node_text(NULL, mt_doc_root(NULL), "a", "b");
    mt_node_int(NULL, NULL, "a", 1);
    mt_node_bool(NULL, NULL, "a", true);
    mt_node_raw(NULL, NULL, "a", MT_SV("1"));
    assert_null(mt_node_object(NULL, NULL, "a"));
    assert_null(mt_node_array(NULL, NULL, "a"));
    assert_int_equal(mt_doc_print(NULL, &b), MT_NOMEM);
    mt_doc_free(NULL);
    mt_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),
        cmocka_unit_test(test_broken_text_is_mended),
        cmocka_unit_test(test_failure_sticks),
        cmocka_unit_test(test_no_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
