#include "test.h"

#include <medterm/base/log.h>
#include <medterm/base/utf8.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mt_time fake_wall(void *ctx) {
    (void)ctx;
    return 1806503525123;
}

static int64_t fake_mono(void *ctx) {
    (void)ctx;
    return 0;
}

struct fixture {
    FILE *file;
    struct mt_log log;
    char text[65536];
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->file = tmpfile();
    assert_non_null(f->file);
    f->log = (struct mt_log){.fd = fileno(f->file), .least = MT_LOG_DEBUG, .clock = {NULL, fake_wall, fake_mono}};
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    (void)fclose(f->file);
    free(f);
    return 0;
}

/* All that was logged since the last call. */
static const char *logged(struct fixture *f) {
    off_t size = lseek(f->log.fd, 0, SEEK_END);
    assert_true(size >= 0 && (size_t)size < sizeof f->text);
    assert_int_equal(pread(f->log.fd, f->text, (size_t)size, 0), size);
    f->text[size] = '\0';
    assert_int_equal(ftruncate(f->log.fd, 0), 0);
    assert_int_equal(lseek(f->log.fd, 0, SEEK_SET), 0);
    return f->text;
}

#define HEAD "at=2027-03-31T14:32:05.123Z level="

static void value(struct fixture *f, const char *text, const char *expected) {
    char line[2048];
    int n = snprintf(line, sizeof line, HEAD "info event=e k=%s\n", expected);
    assert_in_range(n, 1, sizeof line - 1);
    mt_log_event(&f->log, MT_LOG_INFO, "e", MT_L_TEXT("k", text));
    assert_string_equal(logged(f), line);
}

static void one_event_one_line(void **state) {
    struct fixture *f = *state;
    mt_log_event(&f->log, MT_LOG_INFO, "push", MT_L_INT("operations", 3), MT_L_TEXT("store", "s1"));
    assert_string_equal(logged(f), HEAD "info event=push operations=3 store=s1\n");
    mt_log_event(&f->log, MT_LOG_ERROR, "disk", MT_L_INT("min", INT64_MIN), MT_L_INT("max", INT64_MAX));
    assert_string_equal(logged(f), HEAD "error event=disk min=-9223372036854775808 max=9223372036854775807\n");
}

static void levels_below_the_least_are_silent(void **state) {
    struct fixture *f = *state;
    f->log.least = MT_LOG_WARN;
    mt_log_event(&f->log, MT_LOG_DEBUG, "a", MT_L_INT("n", 1));
    mt_log_event(&f->log, MT_LOG_INFO, "b", MT_L_INT("n", 1));
    mt_log_event(&f->log, MT_LOG_WARN, "c", MT_L_INT("n", 1));
    mt_log_event(&f->log, MT_LOG_ERROR, "d", MT_L_INT("n", 1));
    assert_string_equal(logged(f), HEAD "warn event=c n=1\n" HEAD "error event=d n=1\n");
}

static void without_a_log_nothing_happens(void **state) {
    (void)state;
    mt_log_event(NULL, MT_LOG_ERROR, "a", MT_L_INT("n", 1));
    struct mt_log closed = {.fd = -1, .clock = {NULL, fake_wall, fake_mono}};
    mt_log_event(&closed, MT_LOG_ERROR, "a", MT_L_INT("n", 1));
}

static void a_descriptor_that_fails_is_no_failure(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
    struct mt_log gone = {.fd = ends[1], .clock = {NULL, fake_wall, fake_mono}};
    errno = ERANGE;
    mt_log_event(&gone, MT_LOG_ERROR, "a", MT_L_INT("n", 1));
    assert_int_equal(errno, ERANGE); /* logging on the way out must not change what the caller reports */
}

static void values_are_quoted_when_needed(void **state) {
    struct fixture *f = *state;
    value(f, "plain", "plain");
    value(f, "", "\"\"");
    value(f, NULL, "\"\"");
    value(f, "two words", "\"two words\"");
    value(f, "a=b", "\"a=b\"");
    value(f, "say \"no\"", "\"say \\\"no\\\"\"");
    value(f, "back\\slash", "\"back\\\\slash\"");
    value(f, "药房", "药房");
    value(f, "http://127.0.0.1:80/", "http://127.0.0.1:80/");
}

static void no_text_can_begin_a_line_or_steer_a_terminal(void **state) {
    struct fixture *f = *state;
    value(f, "x\nlevel=error event=forged", "\"x level=error event=forged\"");
    value(f, "x\r\n\ty", "\"x   y\"");
    value(f, "x\" k2=\"y", "\"x\\\" k2=\\\"y\"");
    value(f, "\x1B[2Jx", "[2Jx");
    value(f,
          "\xC2\x9B"
          "2Jx",
          "2Jx");
    value(f,
          "a\xE2\x80\xAE"
          "b\xE2\x80\xA8"
          "c",
          "\"ab c\"");
    value(f, "\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD");
    value(f, "\x1B\x01", "\"\"");
    mt_log_event(&f->log, MT_LOG_INFO, "e\nf", MT_L_INT("a b\n=\"", 1));
    assert_string_equal(logged(f), HEAD "info event=\"e f\" a_b___=1\n");
}

static void people_and_phones_are_masked(void **state) {
    struct fixture *f = *state;
    mt_log_event(&f->log, MT_LOG_INFO, "order", MT_L_PERSON("patient", "Canary Zhang"), MT_L_PHONE("phone", "13800000000"),
                 MT_L_PERSON("prescriber", ""), MT_L_PHONE("other", NULL));
    const char *line = logged(f);
    assert_string_equal(line, HEAD "info event=order patient=*** phone=*** prescriber=- other=-\n");
}

static void long_values_and_lines_are_cut_and_say_so(void **state) {
    struct fixture *f = *state;
    char text[3001];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 <= 3000; i += 3)
            memcpy(text + i, "药", 3);
        text[shift + (3000 - shift) / 3 * 3] = '\0';
        mt_log_event(&f->log, MT_LOG_INFO, "e", MT_L_TEXT("k", text), MT_L_INT("n", 1));
        const char *line = logged(f);
        assert_true(mt_utf8_valid(mt_sv(line)));
        assert_true(strlen(line) < 650);
        assert_non_null(strstr(line, "…\" n=1\n"));
    }
    mt_log_event(&f->log, MT_LOG_INFO, "e", MT_L_TEXT("a", text), MT_L_TEXT("b", text), MT_L_TEXT("c", text), MT_L_TEXT("d", text),
                 MT_L_TEXT("e", text), MT_L_TEXT("f", text), MT_L_TEXT("g", text), MT_L_TEXT("h", text), MT_L_TEXT("i", text),
                 MT_L_INT("last", 1));
    const char *line = logged(f);
    assert_true(strlen(line) <= 4096);
    assert_true(mt_utf8_valid(mt_sv(line)));
    assert_string_equal(line + strlen(line) - 7, " cut=1\n");
    assert_null(strstr(line, " last=1"));
}

enum { WRITERS = 4, LINES = 200 };

static void *write_lines(void *log) {
    for (int i = 0; i < LINES; i++)
        mt_log_event(log, MT_LOG_INFO, "thread", MT_L_TEXT("text", "one two three four"), MT_L_INT("n", 7));
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state) {
    struct fixture *f = *state;
    char path[64];
    assert_true(snprintf(path, sizeof path, "/proc/self/fd/%d", f->log.fd) > 0);
    FILE *append = fopen(path, "a");
    assert_non_null(append);
    struct mt_log log = f->log;
    log.fd = fileno(append);
    pthread_t threads[WRITERS];
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &log), 0);
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(fclose(append), 0);
    const char expected[] = HEAD "info event=thread text=\"one two three four\" n=7\n";
    off_t size = lseek(f->log.fd, 0, SEEK_END);
    assert_int_equal(size, (off_t)((size_t)WRITERS * LINES * (sizeof expected - 1)));
    for (size_t i = 0; i < (size_t)WRITERS * LINES; i++) {
        char line[sizeof expected];
        assert_int_equal(pread(f->log.fd, line, sizeof expected - 1, (off_t)(i * (sizeof expected - 1))), sizeof expected - 1);
        assert_memory_equal(line, expected, sizeof expected - 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_event_one_line, setup, teardown),
        cmocka_unit_test_setup_teardown(levels_below_the_least_are_silent, setup, teardown),
        cmocka_unit_test(without_a_log_nothing_happens),
        cmocka_unit_test(a_descriptor_that_fails_is_no_failure),
        cmocka_unit_test_setup_teardown(values_are_quoted_when_needed, setup, teardown),
        cmocka_unit_test_setup_teardown(no_text_can_begin_a_line_or_steer_a_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(people_and_phones_are_masked, setup, teardown),
        cmocka_unit_test_setup_teardown(long_values_and_lines_are_cut_and_say_so, setup, teardown),
        cmocka_unit_test_setup_teardown(lines_of_threads_do_not_mix, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
