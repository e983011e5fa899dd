#include "test.h"

#include <medterm/base/ports.h>

#include <string.h>

static void the_clocks_run(void **state) {
    (void)state;
    struct mt_clock c = mt_clock_system();
    mt_time wall = c.wall(c.ctx);
    mt_time year_2024, year_2200;
    assert_int_equal(mt_time_parse(MT_SV("2024-01-01T00:00:00Z"), &year_2024), MT_OK);
    assert_int_equal(mt_time_parse(MT_SV("2200-01-01T00:00:00Z"), &year_2200), MT_OK);
    assert_true(wall > year_2024 && wall < year_2200); /* milliseconds, not seconds or nanoseconds */
    int64_t last = c.mono(c.ctx);
    for (int i = 0; i < 1000; i++) {
        int64_t now = c.mono(c.ctx);
        assert_true(now >= last);
        last = now;
    }
}

static void random_fills_all_and_only_what_is_asked(void **state) {
    (void)state;
    struct mt_random r = mt_random_system();
    unsigned char bytes[1000], seen[1000] = {0};
    for (int round = 0; round < 20; round++) {
        memset(bytes, 0, sizeof bytes);
        r.fill(r.ctx, bytes, 998);
        assert_int_equal(bytes[998] | bytes[999], 0);
        for (size_t i = 0; i < sizeof bytes; i++)
            seen[i] |= bytes[i];
    }
    for (size_t i = 0; i < 998; i++)
        assert_true(seen[i] != 0); /* a byte that stays 0 twenty times is one never written */
    r.fill(r.ctx, bytes, 0);
    unsigned char again[998];
    r.fill(r.ctx, again, sizeof again);
    assert_memory_not_equal(bytes, again, sizeof again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clocks_run),
        cmocka_unit_test(random_fills_all_and_only_what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
