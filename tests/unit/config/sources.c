#include "test.h"

#include <medterm/config/config.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTIONS = 7 };

struct fixture {
    char folder[32], path[64];
    struct mt_option options[OPTIONS];
    struct mt_arena arena;
    struct mt_err err;
};

static const struct mt_option table[OPTIONS] = {
    {.name = "listen", .value = "default"}, {.name = "tls-cert"}, {.name = "quiet", .is_switch = true},
    {.name = "pin", .flag_only = true},     {.name = "idle2"},    {.name = "loud", .value = "1", .is_switch = true},
    {.name = "store", .elsewhere = true},
};

static const char *const variables[] = {"MEDTERM_LISTEN", "MEDTERM_TLS_CERT", "MEDTERM_QUIET", "MEDTERM_PIN",
                                        "MEDTERM_IDLE2",  "MEDTERM_LOUD",     "MEDTERM_STORE", "MEDTERM_CONFIG"};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    memcpy(f->folder, "/tmp/medterm-config-XXXXXX", 27);
    assert_non_null(mkdtemp(f->folder));
    assert_true(snprintf(f->path, sizeof f->path, "%s/conf", f->folder) > 0);
    memcpy(f->options, table, sizeof table);
    mt_arena_init(&f->arena, 100000);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        assert_int_equal(unsetenv(variables[i]), 0);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    (void)unlink(f->path);
    assert_int_equal(rmdir(f->folder), 0);
    mt_arena_fini(&f->arena);
    free(f);
    return 0;
}

static void write_bytes(struct fixture *f, const void *text, size_t n) {
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void write_file(struct fixture *f, const char *text) {
    write_bytes(f, text, strlen(text));
}

/* With --config, and one more word when given. */
static enum mt_rc read_with(struct fixture *f, char *flag) {
    char program[] = "p", config[] = "--config";
    char *argv[] = {program, config, f->path, flag};
    const char *words[1];
    size_t count;
    memcpy(f->options, table, sizeof table);
    f->err = (struct mt_err){0};
    return mt_config_read(f->options, OPTIONS, flag ? 4 : 3, argv, 1, words, 1, &count, &f->arena, &f->err);
}

static enum mt_rc read_plain(struct fixture *f) {
    char program[] = "p";
    char *argv[] = {program};
    const char *words[1];
    size_t count;
    memcpy(f->options, table, sizeof table);
    return mt_config_read(f->options, OPTIONS, 1, argv, 1, words, 1, &count, &f->arena, &f->err);
}

static const char *get(const struct fixture *f, const char *name) {
    return mt_config_get(f->options, OPTIONS, name);
}

static void flag_over_environment_over_file_over_default(void **state) {
    struct fixture *f = *state;
    char flag[] = "--listen=flag";
    write_file(f, "listen = file\n");
    assert_int_equal(setenv("MEDTERM_LISTEN", "environment", 1), 0);
    assert_int_equal(read_with(f, flag), MT_OK);
    assert_string_equal(get(f, "listen"), "flag");
    assert_int_equal(read_with(f, NULL), MT_OK);
    assert_string_equal(get(f, "listen"), "environment");
    assert_int_equal(unsetenv("MEDTERM_LISTEN"), 0);
    assert_int_equal(read_with(f, NULL), MT_OK);
    assert_string_equal(get(f, "listen"), "file");
    write_file(f, "");
    assert_int_equal(read_with(f, NULL), MT_OK);
    assert_string_equal(get(f, "listen"), "default");
}

static void names_in_the_environment(void **state) {
    struct fixture *f = *state;
    assert_int_equal(setenv("MEDTERM_TLS_CERT", "/etc/cert", 1), 0);
    assert_int_equal(setenv("MEDTERM_IDLE2", "5", 1), 0);
    assert_int_equal(setenv("MEDTERM_LISTEN", "", 1), 0);
    assert_int_equal(setenv("MEDTERM_PIN", "2468", 1), 0);
    assert_int_equal(setenv("MEDTERM_STORE", "s1", 1), 0);
    assert_int_equal(read_plain(f), MT_OK);
    assert_string_equal(get(f, "tls-cert"), "/etc/cert");
    assert_string_equal(get(f, "idle2"), "5");
    assert_string_equal(get(f, "listen"), "default"); /* empty is not set */
    assert_null(get(f, "pin"));                       /* only by flag */
    assert_null(get(f, "store"));                     /* another command's */
}

static void the_environment_names_the_file(void **state) {
    struct fixture *f = *state;
    write_file(f, "listen = file\n");
    assert_int_equal(setenv("MEDTERM_CONFIG", f->path, 1), 0);
    assert_int_equal(read_plain(f), MT_OK);
    assert_string_equal(get(f, "listen"), "file");
    assert_int_equal(setenv("MEDTERM_CONFIG", "/nonexistent/medterm", 1), 0);
    assert_int_equal(read_plain(f), MT_NOTFOUND);
    assert_int_equal(read_with(f, NULL), MT_OK); /* the flag's file is the one read */
}

static void results_do_not_hang_on_the_environment(void **state) {
    struct fixture *f = *state;
    assert_int_equal(setenv("MEDTERM_LISTEN", "first", 1), 0);
    assert_int_equal(read_plain(f), MT_OK);
    assert_int_equal(setenv("MEDTERM_LISTEN", "other", 1), 0);
    assert_string_equal(get(f, "listen"), "first");
}

static void switches_in_words(void **state) {
    struct fixture *f = *state;
    static const char *const on[] = {"1", "yes", "true", "on"}, *const off[] = {"0", "no", "false", "off"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(setenv("MEDTERM_QUIET", on[i], 1), 0);
        assert_int_equal(setenv("MEDTERM_LOUD", off[i], 1), 0);
        assert_int_equal(read_plain(f), MT_OK);
        assert_string_equal(get(f, "quiet"), "1");
        assert_null(get(f, "loud")); /* on by default, turned off */
    }
    assert_int_equal(setenv("MEDTERM_QUIET", "perhaps", 1), 0);
    assert_int_equal(read_plain(f), MT_INVALID);
    assert_string_equal(mt_err_text(&f->err), "the environment's value for quiet is neither yes nor no");
    assert_int_equal(setenv("MEDTERM_QUIET", "no", 1), 0);
    char flag[] = "--quiet";
    write_file(f, "quiet = yes\nloud = no\n");
    assert_int_equal(read_with(f, NULL), MT_OK);
    assert_null(get(f, "quiet")); /* the environment's no beats the file's yes */
    assert_int_equal(read_with(f, flag), MT_OK);
    assert_string_equal(get(f, "quiet"), "1");
    write_file(f, "quiet = maybe\n");
    assert_int_equal(read_with(f, NULL), MT_INVALID);
    assert_string_equal(mt_err_text(&f->err), "config file, line 1: quiet is yes or no");
}

static void what_a_file_may_hold(void **state) {
    struct fixture *f = *state;
    write_file(f, "\xEF\xBB\xBF# a comment\n; another\n\n  listen =  one two  \n\ttls-cert=/a/b\r\nlisten = last ; and why\nstore "
                  "= s1\nidle2 = x");
    assert_int_equal(read_with(f, NULL), MT_OK);
    assert_string_equal(get(f, "listen"), "last");
    assert_string_equal(get(f, "tls-cert"), "/a/b");
    assert_string_equal(get(f, "idle2"), "x");
    assert_null(get(f, "store"));
}

static void what_a_file_may_not_hold(void **state) {
    struct fixture *f = *state;
    const struct {
        const char *text, *why;
    } bad[] = {
        {"listen = a\nlisen = b\n", "config file, line 2: this key is not understood"},
        {"\n\npin = 2468\n", "config file, line 3: this key is not understood"},
        {"config = other\n", "config file, line 1: this key is not understood"},
        {"[server]\nlisten = a\n", "config file, line 2: sections are not used"},
        {"listen = a\nnonsense\n", "config file, line 2: not of the form key = value"},
        {"# ok\n[open\n", "config file, line 2: not of the form key = value"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(f, bad[i].text);
        assert_int_equal(read_with(f, NULL), MT_INVALID);
        assert_string_equal(mt_err_text(&f->err), bad[i].why);
        assert_string_equal(get(f, "listen"), "default");
    }
    write_bytes(f, "listen = a\0b\nidle2 = c\n", 23);
    assert_int_equal(read_with(f, NULL), MT_INVALID);
}

static void a_long_line_is_refused_not_split(void **state) {
    struct fixture *f = *state;
    /* Behind the 200th byte stands what would be a setting of its own, were the line read as two. */
    char text[400];
    for (size_t pad = 150; pad < 300; pad++) {
        int n = snprintf(text, sizeof text, "listen = %0*dtls-cert = x\nidle2 = y\n", (int)pad, 0);
        assert_in_range(n, 1, sizeof text - 1);
        write_file(f, text);
        enum mt_rc rc = read_with(f, NULL);
        if (rc == MT_OK) {
            assert_int_equal(strlen(get(f, "listen")), pad + strlen("tls-cert = x"));
            assert_string_equal(get(f, "idle2"), "y");
        } else {
            assert_int_equal(rc, MT_INVALID);
            assert_true(pad > 160);
        }
        assert_null(get(f, "tls-cert"));
    }
}

static void files_that_can_not_be_read(void **state) {
    struct fixture *f = *state;
    assert_int_equal(read_with(f, NULL), MT_NOTFOUND);
    char path[64];
    memcpy(path, f->path, sizeof path);
    memcpy(f->path, f->folder, sizeof f->folder);
    assert_int_equal(read_with(f, NULL), MT_IO); /* a folder */
    memcpy(f->path, path, sizeof path);
}

static void a_listed_config_option_may_name_a_default_file(void **state) {
    struct fixture *f = *state;
    struct mt_option options[] = {{.name = "config", .value = f->path}, {.name = "listen", .value = "default"}};
    char program[] = "p", flag[] = "--config=/nonexistent/medterm";
    char *argv[] = {program, flag};
    const char *words[1];
    size_t count;
    assert_int_equal(mt_config_read(options, 2, 1, argv, 1, words, 1, &count, &f->arena, &f->err), MT_OK);
    assert_string_equal(options[1].value, "default"); /* missing, and nobody asked for it */
    assert_int_equal(f->err.rc, MT_OK);
    write_file(f, "listen = file\n");
    assert_int_equal(mt_config_read(options, 2, 1, argv, 1, words, 1, &count, &f->arena, &f->err), MT_OK);
    assert_string_equal(options[1].value, "file");
    assert_string_equal(mt_config_get(options, 2, "config"), f->path);
    assert_int_equal(mt_config_read(options, 2, 2, argv, 1, words, 1, &count, &f->arena, &f->err), MT_NOTFOUND);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(flag_over_environment_over_file_over_default),
        CASE(names_in_the_environment),
        CASE(the_environment_names_the_file),
        CASE(results_do_not_hang_on_the_environment),
        CASE(switches_in_words),
        CASE(what_a_file_may_hold),
        CASE(what_a_file_may_not_hold),
        CASE(a_long_line_is_refused_not_split),
        CASE(files_that_can_not_be_read),
        CASE(a_listed_config_option_may_name_a_default_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
