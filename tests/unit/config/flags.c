#include "test.h"

#include <medterm/base/utf8.h>
#include <medterm/config/config.h>

#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 3 };

struct run {
    struct mt_option options[6];
    struct mt_arena arena;
    struct mt_err err;
    const char *words[MAX_WORDS];
    size_t word_count;
    enum mt_rc rc;
};

static const struct mt_option table[] = {
    {.name = "listen", .value = "127.0.0.1:8080"},
    {.name = "db"},
    {.name = "json", .is_switch = true},
    {.name = "line", .many = true},
    {.name = "pin", .flag_only = true},
    {.name = "store", .elsewhere = true},
};

/* Splits a command line at its spaces; "_" stands for an empty word. */
static void run(struct run *r, const char *line) {
    char text[400];
    assert_int_equal(mt_sv_copy(mt_sv(line), text, sizeof text), MT_OK);
    char *argv[20] = {text}; /* the program's own name is skipped */
    int argc = 1;
    for (char *p = text; *p; argc++) {
        argv[argc] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
        if (strcmp(argv[argc], "_") == 0)
            argv[argc][0] = '\0';
    }
    *r = (struct run){0};
    memcpy(r->options, table, sizeof table);
    mt_arena_init(&r->arena, 10000);
    r->rc = mt_config_read(r->options, 6, argc, argv, 1, r->words, MAX_WORDS, &r->word_count, &r->arena, &r->err);
    for (size_t i = 0; i < r->word_count; i++) /* argv ends with this function */
        r->words[i] = mt_arena_str(&r->arena, r->words[i]);
}

static const char *get(const struct run *r, const char *name) {
    return mt_config_get(r->options, 6, name);
}

static void done(struct run *r) {
    mt_arena_fini(&r->arena);
}

static void nothing_given_leaves_the_defaults(void **state) {
    (void)state;
    struct run r;
    run(&r, "");
    assert_int_equal(r.rc, MT_OK);
    assert_string_equal(get(&r, "listen"), "127.0.0.1:8080");
    assert_null(get(&r, "db"));
    assert_null(get(&r, "json"));
    assert_null(get(&r, "no-such-option"));
    assert_int_equal(r.word_count, 0);
    done(&r);
}

static void both_forms_anywhere_between_words(void **state) {
    (void)state;
    struct run r;
    run(&r, "store --db sqlite:///a add --listen=[::1]:0 --json - ");
    assert_int_equal(r.rc, MT_OK);
    assert_string_equal(get(&r, "db"), "sqlite:///a");
    assert_string_equal(get(&r, "listen"), "[::1]:0");
    assert_string_equal(get(&r, "json"), "1");
    assert_int_equal(r.word_count, 3);
    assert_string_equal(r.words[0], "store");
    assert_string_equal(r.words[1], "add");
    assert_string_equal(r.words[2], "-");
    done(&r);
}

static void values_are_taken_as_they_are(void **state) {
    (void)state;
    struct run r;
    run(&r, "--db=a=b --pin -5 --listen _");
    assert_int_equal(r.rc, MT_OK);
    assert_string_equal(get(&r, "db"), "a=b");
    assert_string_equal(get(&r, "pin"), "-5");
    assert_string_equal(get(&r, "listen"), "");
    done(&r);
    run(&r, "--db= --listen=--odd");
    assert_int_equal(r.rc, MT_OK);
    assert_string_equal(get(&r, "db"), "");
    assert_string_equal(get(&r, "listen"), "--odd");
    done(&r);
}

static void the_last_one_wins_and_many_adds_up(void **state) {
    (void)state;
    struct run r;
    run(&r, "--db a --line x*1 --db b --line=y*2 --line z*3");
    assert_int_equal(r.rc, MT_OK);
    assert_string_equal(get(&r, "db"), "b");
    assert_string_equal(get(&r, "line"), "x*1\ny*2\nz*3");
    done(&r);
}

static void two_dashes_end_the_options(void **state) {
    (void)state;
    struct run r;
    run(&r, "a -- --db -x");
    assert_int_equal(r.rc, MT_OK);
    assert_int_equal(r.word_count, 3);
    assert_string_equal(r.words[1], "--db");
    assert_string_equal(r.words[2], "-x");
    assert_null(get(&r, "db"));
    done(&r);
}

static void what_is_not_understood_is_named(void **state) {
    (void)state;
    const struct {
        const char *line, *text;
    } bad[] = {
        {"--lisen x", "“--lisen” is not understood"},
        {"--lisen=secret", "“--lisen” is not understood"},
        {"--listen", "“--listen” needs a value"},
        {"--listen --db x", "“--listen” needs a value"},
        {"--listen --", "“--listen” needs a value"},
        {"--json=1", "“--json” takes no value"},
        {"--store x", "“--store” is not understood"},
        {"-x", "“-x” is not understood"},
        {"--=x", "“--” is not understood"},
        {"a b c d", "“d” is not understood"},
        {"--LISTEN x", "“--LISTEN” is not understood"},
        {"-\x1B[2J", "“-[2J” is not understood"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct run r;
        run(&r, bad[i].line);
        assert_int_equal(r.rc, MT_INVALID);
        assert_string_equal(mt_err_text(&r.err), bad[i].text);
        assert_string_equal(get(&r, "listen"), "127.0.0.1:8080");
        done(&r);
    }
}

static void a_failure_changes_nothing(void **state) {
    (void)state;
    struct run r;
    run(&r, "--listen x --db y --nonsense");
    assert_int_equal(r.rc, MT_INVALID);
    assert_string_equal(get(&r, "listen"), "127.0.0.1:8080");
    assert_null(get(&r, "db"));
    done(&r);
}

static void a_full_arena_is_told(void **state) {
    (void)state;
    for (size_t max = 0; max < 400; max += 16) {
        struct mt_option options[6];
        memcpy(options, table, sizeof table);
        struct mt_arena arena;
        mt_arena_init(&arena, max);
        char program[] = "p", flag[] = "--line", value[] = "abc", more[] = "--line=def";
        char *argv[] = {program, flag, value, more};
        const char *words[1];
        size_t count = 9;
        struct mt_err err = {0};
        enum mt_rc rc = mt_config_read(options, 6, 4, argv, 1, words, 1, &count, &arena, &err);
        assert_true(rc == MT_NOMEM || rc == MT_OK);
        assert_int_equal(count, 0);
        if (rc == MT_OK)
            assert_string_equal(mt_config_get(options, 6, "line"), "abc\ndef");
        else
            assert_null(mt_config_get(options, 6, "line"));
        assert_true(max > 0 || rc == MT_NOMEM);
        mt_arena_fini(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_leaves_the_defaults), cmocka_unit_test(both_forms_anywhere_between_words),
        cmocka_unit_test(values_are_taken_as_they_are),      cmocka_unit_test(the_last_one_wins_and_many_adds_up),
        cmocka_unit_test(two_dashes_end_the_options),        cmocka_unit_test(what_is_not_understood_is_named),
        cmocka_unit_test(a_failure_changes_nothing),         cmocka_unit_test(a_full_arena_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
