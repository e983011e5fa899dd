#include "test.h"

#include <medterm/base/err.h>
#include <medterm/base/utf8.h>

#include <string.h>

static void every_code_has_its_own_name_and_text(void **state) {
    (void)state;
    const enum mt_rc all[] = {
#define MT_X(symbol, name, text) symbol,
        MT_RC_TABLE(MT_X)
#undef MT_X
    };
    size_t count = sizeof all / sizeof all[0];
    for (size_t i = 0; i < count; i++) {
        assert_true(strlen(mt_rc_text(all[i])) > 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(mt_rc_name(all[i]), mt_rc_name(all[k]));
    }
    assert_string_equal(mt_rc_name(MT_OK), "ok");
    assert_string_equal(mt_rc_name((enum mt_rc)9999), "unknown");
    assert_non_null(mt_rc_text((enum mt_rc)9999));
}

static void fail_records_and_returns_the_code(void **state) {
    (void)state;
    struct mt_err err = {0};
    assert_int_equal(mt_fail(&err, MT_IO, "file %d: %s", 7, "gone"), MT_IO);
    assert_int_equal(err.rc, MT_IO);
    assert_string_equal(mt_err_text(&err), "file 7: gone");
    assert_int_equal(mt_fail(NULL, MT_LIMIT, "nobody asks"), MT_LIMIT);
}

static void without_detail_the_code_speaks(void **state) {
    (void)state;
    struct mt_err err = {.rc = MT_STALE};
    assert_string_equal(mt_err_text(&err), mt_rc_text(MT_STALE));
    assert_non_null(mt_err_text(NULL));
}

static void long_detail_is_cut_at_a_whole_character(void **state) {
    (void)state;
    char text[400];
    /* "药" has three bytes; shifting the start by 0 to 3 puts the cut at each of its places. */
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "药", 4);
        struct mt_err err = {0};
        assert_int_equal(mt_fail(&err, MT_BUG, "%s", text), MT_BUG);
        size_t n = strlen(err.text);
        assert_in_range(n, MT_ERR_TEXT - 4, MT_ERR_TEXT - 1);
        assert_true(mt_utf8_valid(mt_sv(err.text)));
        assert_memory_equal(err.text, text, n);
    }
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct mt_err err = {0};
    assert_int_equal(mt_fail(&err, MT_BUG, "%s", text), MT_BUG);
    assert_int_equal(strlen(err.text), MT_ERR_TEXT - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_own_name_and_text),
        cmocka_unit_test(fail_records_and_returns_the_code),
        cmocka_unit_test(without_detail_the_code_speaks),
        cmocka_unit_test(long_detail_is_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
