/* The terminal's door in a real pty: keys, pastes, sizes, colours, broken input, and how many bytes a keystroke costs. */
#include "pty.h"
#include "run.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const argv[] = {TERM_PROBE, NULL};

static struct mt_pty *start(const char *const *env) {
    struct mt_pty *p = mt_pty_spawn(24, 80, argv, env);
    mt_pty_expect_row(p, 0, "ready 80x24");
    return p;
}

static void quit(struct mt_pty *p) {
    assert_false(mt_pty_is_restored(p));
    mt_pty_keys(p, "q");
    assert_int_equal(mt_pty_expect_exit(p), 0);
    mt_pty_expect(p, "bye"); /* on the screen before, which is the shell's again */
    assert_true(mt_pty_is_restored(p));
    mt_pty_free(p);
}

static void keys_arrive_by_name(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_keys(p, "a<F1><F4><F12>");
    mt_pty_expect_row(p, 1, "keys a F1 F4 F12");
    mt_pty_keys(p, "<Up><Down><Left><Right><Home><End><PgUp><PgDn>");
    mt_pty_expect_row(p, 1, "Up Down Left Right Home End PgUp PgDn");
    mt_pty_keys(p, "<Enter><Tab><BackTab>");
    mt_pty_expect_row(p, 1, "keys Tab Shift-Tab"); /* the probe begins a new line when the old is full */
    mt_pty_keys(p, "<Backspace><Del><Ins>");
    mt_pty_expect_row(p, 1, "Backspace Del Ins");
    mt_pty_keys(p, "<Ctrl-A><Alt-4><Alt-0>");
    mt_pty_expect_row(p, 1, "Ctrl-a F4 F10");
    mt_pty_keys(p, "阿é");
    mt_pty_expect_row(p, 1, "阿 é");
    quit(p);
}

static void escape_alone_answers_soon(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_keys(p, "<Esc>");
    mt_pty_expect_row(p, 1, "keys Esc");
    mt_pty_keys(p, "x");
    mt_pty_expect_row(p, 1, "keys Esc x");
    quit(p);
}

static void other_dialects_of_function_keys(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_bytes(p, "\033[11~\033[[B\033[1~\033[A", 16);
    mt_pty_expect_row(p, 1, "keys F1 F2 Home Up");
    quit(p);
}

static void broken_input_is_dropped(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_bytes(p,
                 "\xFF\xC0\x80"
                 "a\xE9\x98"
                 "b\033[99~c\033[1;7Zd\x1C\xE2\x80\xAE"
                 "e",
                 26);
    mt_pty_expect_row(p, 1, "keys a b c d e");
    mt_pty_expect_row(p, 2, "count 5");
    quit(p);
}

static void a_paste_is_one_key_and_bounded(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_paste(p, "two\rlines\033OS", 12);
    mt_pty_expect_row(p, 1, "keys paste:9:two line");
    size_t n = 1000000;
    char *big = malloc(n);
    assert_non_null(big);
    memset(big, 'x', n);
    mt_pty_paste(p, big, n);
    free(big);
    mt_pty_expect_row(p, 1, "paste:4096:cut:xxxxxxxx");
    mt_pty_expect_row(p, 2, "count 2");
    mt_pty_keys(p, "z");
    mt_pty_expect_row(p, 2, "count 3");
    quit(p);
}

static void hostile_text_stays_text(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_expect_row(p, 3, "A[2J BC 阿莫西林 e\xCC\x81 end");
    int row, col;
    assert_true(mt_pty_find(p, "end", &row, &col));
    assert_int_equal(row, 3);
    assert_int_equal(col, 19);
    quit(p);
}

static void colours_and_no_colours(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_expect_row(p, 23, "corner");
    assert_true(mt_pty_look(p, 0, 0).colour >= 0);
    struct mt_pty_look bad = mt_pty_look(p, 3, 0);
    assert_true(bad.reverse);
    assert_int_equal(mt_pty_look(p, 4, 0).colour, -1);
    quit(p);
    p = start((const char *const[]){"NO_COLOR=1", NULL});
    mt_pty_expect_row(p, 23, "corner");
    assert_int_equal(mt_pty_look(p, 0, 0).colour, -1);
    assert_true(mt_pty_look(p, 0, 0).bold);
    assert_true(mt_pty_look(p, 3, 0).reverse);
    assert_int_equal(mt_pty_look(p, 3, 0).colour, -1);
    quit(p);
    p = start((const char *const[]){"TERM=vt100", NULL});
    mt_pty_expect_row(p, 23, "corner");
    assert_int_equal(mt_pty_look(p, 0, 0).colour, -1);
    quit(p);
}

static void other_locales(void **state) {
    (void)state;
    struct mt_pty *p = start((const char *const[]){"LC_ALL=C", NULL});
    mt_pty_expect_row(p, 3, "A[2J BC ? ? ? ?  e end xe");
    int row, col;
    assert_true(mt_pty_find(p, "end", &row, &col));
    assert_int_equal(col, 19);
    quit(p);
}

static void sizes(void **state) {
    (void)state;
    struct mt_pty *p = start((const char *const[]){"LINES=10", "COLUMNS=20", NULL}); /* not believed */
    static const int tries[][2] = {{40, 120}, {1, 1}, {2, 3}, {24, 80}, {10, 7}, {60, 200}, {24, 80}};
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        mt_pty_resize(p, tries[i][0], tries[i][1]);
        if (tries[i][1] >= 20) {
            char text[32];
            snprintf(text, sizeof text, "ready %dx%d", tries[i][1], tries[i][0]);
            mt_pty_expect_row(p, 0, text);
        }
    }
    for (int i = 0; i < 500; i++)
        mt_pty_resize(p, 1 + i % 50, 1 + i % 131);
    mt_pty_resize(p, 24, 80);
    mt_pty_expect_row(p, 0, "ready 80x24");
    mt_pty_expect_row(p, 23, "corner");
    mt_pty_keys(p, "a");
    mt_pty_expect_row(p, 1, "keys a");
    quit(p);
}

static void a_keystroke_costs_few_bytes(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_expect_row(p, 23, "corner");
    mt_pty_keys(p, "a");
    mt_pty_expect_row(p, 2, "count 1");
    mt_pty_pump(p, 50);
    size_t before = mt_pty_received(p);
    mt_pty_keys(p, "b"); /* rings as well */
    mt_pty_expect_row(p, 2, "count 2");
    mt_pty_pump(p, 50);
    assert_in_range(mt_pty_received(p) - before, 1, 80);
    quit(p);
}

static void wide_characters_keep_their_columns(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_expect_row(p, 23, "corner");
    char line[1024];
    for (int row = 4; row < 23; row++) {
        mt_pty_row(p, row, line, sizeof line);
        /* "NN " and 38 wide ones, or the cut: 80 columns with the ellipsis */
        assert_non_null(strstr(line, "…"));
        assert_int_equal(strlen(line), 3 + 3 * 38 + 3);
    }
    quit(p);
}

static void the_terminal_goes_away(void **state) {
    (void)state;
    struct mt_pty *p = start(NULL);
    mt_pty_hang_up(p);
    assert_int_equal(mt_pty_expect_exit(p), 3);
    mt_pty_free(p);
}

static void refused_in_words(const char *term, const char *words) {
    char setting[64];
    snprintf(setting, sizeof setting, "TERM=%s", term);
    struct mt_pty *p = mt_pty_spawn(24, 80, argv, (const char *const[]){setting, NULL});
    assert_int_equal(mt_pty_expect_exit(p), 1);
    mt_pty_expect(p, words);
    mt_pty_free(p);
}

static void terminals_that_can_not(void **state) {
    (void)state;
    refused_in_words("dumb", "can not move its cursor");
    refused_in_words("", "TERM is not set");
    refused_in_words("no-such-terminal", "is unknown here");
    struct mt_run run = mt_run(argv, NULL); /* no terminal at all */
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "need a terminal"));
    mt_run_free(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_arrive_by_name),
        cmocka_unit_test(escape_alone_answers_soon),
        cmocka_unit_test(other_dialects_of_function_keys),
        cmocka_unit_test(broken_input_is_dropped),
        cmocka_unit_test(a_paste_is_one_key_and_bounded),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(colours_and_no_colours),
        cmocka_unit_test(other_locales),
        cmocka_unit_test(sizes),
        cmocka_unit_test(a_keystroke_costs_few_bytes),
        cmocka_unit_test(wide_characters_keep_their_columns),
        cmocka_unit_test(the_terminal_goes_away),
        cmocka_unit_test(terminals_that_can_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
