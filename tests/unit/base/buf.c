#include "test.h"

#include <medterm/base/buf.h>

#include <string.h>

static void an_unused_buffer_is_an_empty_text(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 10);
    assert_string_equal(mt_buf_text(&b), "");
    assert_int_equal(mt_buf_view(&b).n, 0);
    assert_non_null(mt_buf_view(&b).p);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    mt_buf_add(&b, NULL, 0);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    mt_buf_fini(&b);
    mt_buf_fini(&b);
}

static void what_is_added_stands_in_order(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 1000);
    mt_buf_str(&b, "one");
    mt_buf_char(&b, ' ');
    mt_buf_sv(&b, mt_sv_n("two three", 3));
    mt_buf_fmt(&b, " %d %s", 3, "four");
    mt_buf_str(&b, NULL);
    assert_string_equal(mt_buf_text(&b), "one two 3 four");
    assert_int_equal(b.n, 14);
    mt_buf_add(&b, "\0x", 2);
    assert_int_equal(b.n, 16);
    assert_int_equal(b.p[16], '\0');
    mt_buf_fini(&b);
}

static void growth_keeps_every_byte(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 100000);
    for (int i = 0; i < 10000; i++)
        mt_buf_fmt(&b, "%d,", i % 10);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_int_equal(b.n, 20000);
    for (size_t i = 0; i < b.n; i += 2)
        assert_int_equal(b.p[i], '0' + (char)(i / 2 % 10));
    mt_buf_fini(&b);
}

static void the_maximum_is_reached_but_not_passed(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 4);
    mt_buf_str(&b, "abcd");
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_true(b.cap <= 5);
    mt_buf_char(&b, 'e');
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    assert_string_equal(mt_buf_text(&b), "abcd");
    mt_buf_fini(&b);
    mt_buf_init(&b, 0);
    mt_buf_str(&b, "");
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    mt_buf_char(&b, 'a');
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    mt_buf_fini(&b);
}

static void failure_sticks_until_cleared(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 5);
    mt_buf_str(&b, "abc");
    mt_buf_str(&b, "too much");
    mt_buf_char(&b, 'd'); /* would fit, but a hole before it would be worse */
    mt_buf_fmt(&b, "%d", 1);
    mt_buf_add(&b, "", 0);
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    assert_string_equal(mt_buf_text(&b), "abc");
    const char *memory = b.p;
    mt_buf_clear(&b);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_string_equal(mt_buf_text(&b), "");
    mt_buf_str(&b, "again");
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_ptr_equal(b.p, memory);
    assert_string_equal(mt_buf_text(&b), "again");
    mt_buf_fini(&b);
}

static void formatted_text_beyond_the_maximum_is_not_cut(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 6);
    mt_buf_fmt(&b, "%s", "abc");
    mt_buf_fmt(&b, "%s", "defg");
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    assert_string_equal(mt_buf_text(&b), "abc");
    mt_buf_fini(&b);
}

static void absurd_sizes_are_refused_without_overflow(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, SIZE_MAX);
    mt_buf_str(&b, "abc");
    mt_buf_sv(&b, mt_sv_n("x", SIZE_MAX - 3));
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    mt_buf_clear(&b);
    mt_buf_sv(&b, mt_sv_n("x", SIZE_MAX));
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    mt_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unused_buffer_is_an_empty_text),
        cmocka_unit_test(what_is_added_stands_in_order),
        cmocka_unit_test(growth_keeps_every_byte),
        cmocka_unit_test(the_maximum_is_reached_but_not_passed),
        cmocka_unit_test(failure_sticks_until_cleared),
        cmocka_unit_test(formatted_text_beyond_the_maximum_is_not_cut),
        cmocka_unit_test(absurd_sizes_are_refused_without_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
