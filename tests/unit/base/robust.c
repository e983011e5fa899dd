/* Random bytes through everything of base that takes text from outside, with the sanitizers watching. Bytes are drawn so that the
 * interesting ones are common: pieces of well-formed input, lead and continuation bytes, digits and separators. The seed is fixed,
 * so a failure repeats. */
#include "test.h"

#include <medterm/base/id.h>
#include <medterm/base/log.h>
#include <medterm/base/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t x = 20270331;

static uint32_t draw(uint32_t below) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 32) % below;
}

static struct mt_sv random_text(char *memory, size_t most, const char *likely) {
    size_t n = draw((uint32_t)most + 1);
    size_t likely_bytes = strlen(likely);
    for (size_t i = 0; i < n; i++)
        memory[i] = draw(4) ? likely[draw((uint32_t)likely_bytes)] : (char)draw(256);
    return mt_sv_n(memory, n);
}

/* An exact-size copy on the heap, so that reading one byte too many is seen; the caller frees *owned. */
static struct mt_sv exact(struct mt_sv text, char **owned) {
    *owned = malloc(text.n ? text.n : 1);
    assert_non_null(*owned);
    if (text.n)
        memcpy(*owned, text.p, text.n);
    return mt_sv_n(*owned, text.n);
}

static const char utf8_likely[] = "a \n\t\x1B[\xC2\x9B\xE2\x80\xAE\xA8\xED\xA0\xEF\xBB\xBF\xF0\x9F\x98\xF4\x90\xF3\xA0\x81\xC0\xFF";

static void decoding_always_ends_and_never_yields_a_surrogate(void **state) {
    (void)state;
    char memory[64];
    for (int round = 0; round < 200000; round++) {
        char *owned;
        struct mt_sv text = exact(random_text(memory, sizeof memory, utf8_likely), &owned);
        struct mt_sv rest = text;
        size_t steps = 0;
        bool replaced = false, nul = false;
        while (rest.n) {
            size_t before = rest.n;
            uint32_t code = mt_utf8_next(&rest);
            assert_true(rest.n < before && before - rest.n <= 4);
            assert_true(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF));
            replaced = replaced || (code == MT_REPLACEMENT && before - rest.n == 1);
            nul = nul || code == 0;
            steps++;
        }
        assert_true(steps <= text.n);
        assert_int_equal(mt_utf8_valid(text), !replaced && !nul);
        free(owned);
    }
}

static void clean_text_is_valid_harmless_and_stays_so(void **state) {
    (void)state;
    char memory[64];
    for (int round = 0; round < 200000; round++) {
        char *owned;
        struct mt_sv text = exact(random_text(memory, sizeof memory, utf8_likely), &owned);
        struct mt_buf once, twice;
        mt_buf_init(&once, 3 * sizeof memory);
        mt_buf_init(&twice, 3 * sizeof memory);
        mt_utf8_clean(&once, text);
        assert_int_equal(mt_buf_rc(&once), MT_OK);
        assert_true(mt_utf8_valid(mt_buf_view(&once)));
        struct mt_sv rest = mt_buf_view(&once);
        while (rest.n)
            assert_false(mt_utf8_harmful(mt_utf8_next(&rest)));
        mt_utf8_clean(&twice, mt_buf_view(&once));
        assert_true(mt_sv_eq(mt_buf_view(&once), mt_buf_view(&twice)));
        mt_buf_fini(&once);
        mt_buf_fini(&twice);
        free(owned);
    }
}

static void what_parses_as_time_is_printed_and_parses_again(void **state) {
    (void)state;
    static const char base[] = "2027-02-28T23:59:59.123456+08:00";
    size_t taken = 0;
    for (int round = 0; round < 300000; round++) {
        char memory[64];
        size_t n = sizeof base - 1;
        memcpy(memory, base, n);
        for (uint32_t changes = draw(4); changes > 0; changes--)
            memory[draw((uint32_t)n)] = "0123456789-:TZ.+ "[draw(17)];
        if (draw(8) == 0)
            n = draw((uint32_t)n);
        char *owned;
        struct mt_sv text = exact(mt_sv_n(memory, n), &owned);
        mt_time t;
        if (mt_time_parse(text, &t) == MT_OK) {
            char printed[MT_TIME_TEXT];
            mt_time_format(t, printed);
            mt_time again;
            assert_int_equal(mt_time_parse(mt_sv(printed), &again), MT_OK);
            assert_true(t == again);
            taken++;
        }
        struct mt_date d;
        if (mt_date_parse(mt_sv_n(text.p, text.n < 10 ? text.n : 10), &d) == MT_OK) {
            char printed[MT_DATE_TEXT];
            mt_date_format(d, printed);
            assert_memory_equal(printed, text.p, 10);
        }
        free(owned);
    }
    assert_true(taken > 10000); /* or the test would prove nothing */
}

static void numbers_and_ids_from_anything(void **state) {
    (void)state;
    char memory[48];
    size_t numbers = 0;
    for (int round = 0; round < 200000; round++) {
        char *owned;
        struct mt_sv text = exact(random_text(memory, draw(2) ? 3 : sizeof memory, "0123456789-abcdef"), &owned);
        int64_t v;
        if (mt_sv_int(text, &v) == MT_OK) {
            struct mt_buf b;
            mt_buf_init(&b, 64);
            mt_buf_fmt(&b, "%lld", (long long)v);
            int64_t again = ~v;
            assert_int_equal(mt_sv_int(mt_buf_view(&b), &again), MT_OK);
            assert_true(v == again);
            mt_buf_fini(&b);
            numbers++;
        }
        struct mt_id id;
        if (mt_id_parse(text, &id) == MT_OK)
            assert_true(mt_sv_is(text, id.s));
        if (mt_id_parse_uuid(text, &id) == MT_OK)
            assert_true(mt_sv_is(text, id.s));
        char small[8];
        if (mt_sv_copy(text, small, sizeof small) == MT_OK)
            assert_true(mt_sv_is(text, small));
        free(owned);
    }
    assert_true(numbers > 1000);
}

static void every_log_line_is_one_harmless_line(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct mt_log log = {.fd = ends[1], .least = MT_LOG_DEBUG, .clock = {0}};
    char memory[701];
    char line[8192];
    for (int round = 0; round < 20000; round++) {
        struct mt_sv text = random_text(memory, draw(10) ? 40 : sizeof memory - 1, utf8_likely);
        memory[text.n] = '\0';
        mt_log_event(&log, MT_LOG_INFO, memory, MT_L_TEXT("k", memory), MT_L_PERSON("p", memory), MT_L_INT("n", round));
        ssize_t n = read(ends[0], line, sizeof line);
        assert_in_range(n, 2, 4096);
        struct mt_sv rest = mt_sv_n(line, (size_t)n - 1);
        assert_int_equal(line[n - 1], '\n');
        assert_true(mt_utf8_valid(rest));
        while (rest.n)
            assert_false(mt_utf8_harmful(mt_utf8_next(&rest)));
    }
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding_always_ends_and_never_yields_a_surrogate),
        cmocka_unit_test(clean_text_is_valid_harmless_and_stays_so),
        cmocka_unit_test(what_parses_as_time_is_printed_and_parses_again),
        cmocka_unit_test(numbers_and_ids_from_anything),
        cmocka_unit_test(every_log_line_is_one_harmless_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
