/* medtermd as an administrator meets it: words, options, exit codes, documents; and the service it starts. */
#include "http.h"
#include "server.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CODE_1 "6901000000011"

static int open_server(void **state) {
    static struct mt_server s;
    mt_server_prepare(&s, MEDTERMD, NULL);
    *state = &s;
    return 0;
}

static int close_server(void **state) {
    mt_server_free(*state);
    return 0;
}

/* Runs medtermd with words and --db; the caller frees. */
static struct mt_run command(struct mt_server *s, const char *const *words, const char *const *env) {
    const char *argv[24] = {s->binary};
    size_t n = 1;
    for (; *words; words++)
        argv[n++] = *words;
    argv[n++] = "--db";
    argv[n] = s->db_url;
    assert_true(n < 24);
    return mt_run(argv, env);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char *add_store(struct mt_server *s) {
    char *json = mt_server_admin(s, WORDS("store", "add", "--name", "Riverside"), NULL);
    char *store = mt_server_value(json, "store_id");
    free(json);
    return store;
}

static void expect_key(char *json, const char *key, const char *expected) {
    char *value = mt_server_value(json, key);
    assert_string_equal(value, expected);
    free(value);
}

static void wrong_command_lines(void **state) {
    struct mt_server *s = *state;
    char *store = add_store(s);
    const struct {
        const char *words[14];
        const char *says;
    } rows[] = {
        {{"sell"}, "not known"},
        {{"store"}, "not known"},
        {{"store", "remove"}, "not known"},
        {{"store", "add"}, "--name"},
        {{"store", "add", "--name", ""}, "--name"},
        {{"store", "add", "--name"}, "--name"},
        {{"store", "add", "--name", "x", "--colour", "red"}, "--colour"},
        {{"store", "add", "--name", "x", "--currency", "yuan"}, "--currency"},
        {{"store", "add", "--name", "x", "more"}, "more"},
        {{"store", "add", "--name", "\xff"}, "--name"},
        {{"store", "add", "--name", "x", "--store", "y"}, "--store"},
        {{"register", "add", "--store", store, "--code", "a03"}, "--code"},
        {{"register", "add", "--store", "no spaces here", "--code", "A03"}, "--store"},
        {{"register", "add", "--store", store}, "--code"},
        {{"staff", "add", "--store", store, "--name", "x", "--role", "boss"}, "--role"},
        {{"staff", "set", "--id", store}, "--new-pin"},
        {{"staff", "set", "--id", store, "--active", "maybe"}, "--active"},
        {{"staff", "add", "--store", store, "--name", "x", "--role", "counter"}, "MEDTERM_PIN"},
        {{"client", "add", "--store", store}, "--role"},
        {{"catalogue", "import"}, "FILE"},
        {{"catalogue", "import", "x.csv", "--format", "xml"}, "--format"},
        {{"stock", "receive", "--store", store, "--drug", "12", "--lot", "L", "--expires", "2027-01-01", "--quantity", "1"},
         "--drug"},
        {{"stock", "receive", "--store", store, "--drug", CODE_1, "--lot", "L", "--expires", "soon", "--quantity", "1"},
         "--expires"},
        {{"stock", "receive", "--store", store, "--drug", CODE_1, "--lot", "L", "--expires", "2027-01-01", "--quantity", "0"},
         "--quantity"},
        {{"stock", "receive", "--store", store, "--drug", CODE_1, "--lot", "", "--expires", "2027-01-01", "--quantity", "1"},
         "--lot"},
        {{"stock", "receive", "--store", store, "--drug", CODE_1, "--lot", " L9 ", "--expires", "2027-01-01", "--quantity", "1"},
         "no blank at its ends"},
        {{"serve", "--listen", "0.0.0.0:0"}, "loopback"},
        {{"serve", "--listen", "here"}, "not an address"},
        {{"check", "--log-level", "loud"}, "--log-level"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_run run = command(s, rows[i].words, WORDS("MEDTERM_PIN=12"));
        if (run.status != 2 || run.out[0] || !strstr(run.err, rows[i].says))
            fail_msg("%s %s: status %d, out \"%s\", err \"%s\"", rows[i].words[0], rows[i].words[1] ? rows[i].words[1] : "",
                     run.status, run.out, run.err);
        mt_run_free(&run);
    }
    free(store);
}

static void failures_exit_with_1(void **state) {
    struct mt_server *s = *state;
    char *store = add_store(s);
    struct mt_run first = command(s, WORDS("register", "add", "--store", store, "--code", "T01"), NULL);
    assert_int_equal(first.status, 0);
    mt_run_free(&first);
    const struct {
        const char *words[14];
    } rows[] = {
        {{"register", "add", "--store", store, "--code", "T01"}},
        {{"register", "add", "--store", "01930000-0000-7000-8000-000000000000", "--code", "T02"}},
        {{"staff", "add", "--store", "01930000-0000-7000-8000-000000000000", "--name", "x", "--role", "counter"}},
        {{"client", "add", "--store", "01930000-0000-7000-8000-000000000000", "--role", "manager"}},
        {{"catalogue", "import", "/nowhere/x.csv"}},
        {{"catalogue", "import", "/nowhere/CIS_bdpm.txt", "/nowhere/CIS_CIP_bdpm.txt", "/nowhere/CIS_CPD_bdpm.txt"}},
        {{"stock", "receive", "--store", store, "--drug", "6901000000998", "--lot", "L", "--expires", "2027-01-01", "--quantity",
          "1"}},
        {{"check", "--log", "/nowhere/log"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_run run = command(s, rows[i].words, WORDS("MEDTERM_PIN=1234"));
        if (run.status != 1 || run.out[0] || strncmp(run.err, "medtermd: ", 10) != 0)
            fail_msg("%s %s: status %d, out \"%s\", err \"%s\"", rows[i].words[0], rows[i].words[1], run.status, run.out, run.err);
        mt_run_free(&run);
    }
    char *missing = mt_path(s->dir, "missing.db");
    struct mt_run run = mt_run(WORDS(s->binary, "check", "--db", missing), NULL);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "no database"));
    assert_int_equal(access(missing, F_OK), -1);
    mt_run_free(&run);
    FILE *f = fopen(missing, "w"); /* there, and nothing has been made in it yet */
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    run = mt_run(WORDS(s->binary, "check", "--db", missing), NULL);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "`medtermd migrate` brings it"));
    mt_run_free(&run);
    free(missing);
    free(store);
}

static void help_and_version(void **state) {
    struct mt_server *s = *state;
    static const char *const asked[] = {"help", "--help", "--version"};
    for (size_t i = 0; i < 3; i++) {
        struct mt_run run = mt_run(WORDS(s->binary, asked[i]), NULL);
        assert_int_equal(run.status, 0);
        assert_non_null(strstr(run.out, "medtermd"));
        assert_string_equal(run.err, "");
        assert_int_equal(strstr(run.out, "catalogue import FILE") != NULL, i < 2);
        mt_run_free(&run);
    }
    struct mt_run run = mt_run(WORDS(s->binary, "store", "add", "--help"), NULL); /* of one command, though it lacks --name */
    assert_int_equal(run.status, 0);
    assert_string_equal(run.err, "");
    assert_non_null(strstr(run.out, "medtermd store add --name NAME"));
    assert_non_null(strstr(run.out, "MEDTERM_<NAME>"));
    assert_null(strstr(run.out, "catalogue"));
    mt_run_free(&run);
    run = mt_run(WORDS(s->binary, "serve", "--version"), NULL);
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "medtermd ", 9), 0);
    mt_run_free(&run);
    run = mt_run(WORDS(s->binary), NULL);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.out, "");
    assert_non_null(strstr(run.err, "serve"));
    mt_run_free(&run);
}

static void documents_have_their_keys(void **state) {
    struct mt_server *s = *state;
    char *store = add_store(s), *csv = mt_path(s->dir, "c.csv");
    FILE *f = fopen(csv, "w");
    assert_non_null(f);
    assert_true(fprintf(f, "name,code,price,lot_no,expires_on,quantity\nAmoxicillin," CODE_1 ",12.80,L1,+90d,50\nbad,1,1,,,\n") >
                0);
    assert_int_equal(fclose(f), 0);
    char *json = mt_server_admin(s, WORDS("migrate"), NULL);
    free(mt_server_value(json, "version"));
    free(json);
    json = mt_server_admin(s, WORDS("register", "add", "--code", "A03", "--store", store), NULL);
    free(mt_server_value(json, "register_id"));
    char *code = mt_server_value(json, "enrolment_code");
    assert_int_equal(strlen(code), 14);
    free(code);
    free(json);
    json = mt_server_admin(s, WORDS("staff", "add", "--store", store, "--name=Chen Mei", "--role=pharmacist"),
                           WORDS("MEDTERM_PIN=2580"));
    free(mt_server_value(json, "staff_id"));
    assert_null(strstr(json, "2580"));
    free(json);
    json = mt_server_admin(s, WORDS("client", "add", "--store", store, "--role", "manager"), NULL);
    char *token = mt_server_value(json, "token");
    assert_int_equal(strlen(token), 64);
    free(token);
    free(json);
    json = mt_server_admin(s, WORDS("subscription", "list", "--store", store), NULL);
    assert_string_equal(json, "{\"subscriptions\":[]}\n");
    free(json);
    json = mt_server_admin(s, WORDS("subscription", "add", "--store", store, "--url", "https://shop.example/hooks"), NULL);
    char *subscription = mt_server_value(json, "subscription_id"), *secret = mt_server_value(json, "secret");
    free(json);
    json = mt_server_admin(s, WORDS("subscription", "list", "--store", store), NULL);
    expect_key(json, "subscription_id", subscription);
    expect_key(json, "url", "https://shop.example/hooks");
    expect_key(json, "waiting", "0");
    assert_non_null(strstr(json, "\"created_at\":\"20"));
    assert_null(strstr(json, secret));
    free(json);
    struct mt_run list = command(s, WORDS("subscription", "list", "--store", store), NULL);
    assert_true(list.status == 0 && strstr(list.out, subscription) && !strstr(list.out, secret));
    mt_run_free(&list);
    free(subscription);
    free(secret);
    json = mt_server_admin(s, WORDS("catalogue", "import", "--store", store, csv), NULL);
    expect_key(json, "read", "2");
    expect_key(json, "imported", "1");
    expect_key(json, "rejected", "1");
    expect_key(json, "lots", "1");
    free(json);
    json = mt_server_admin(
        s,
        WORDS("stock", "receive", "--store", store, "--drug", CODE_1, "--lot", "L2", "--expires", "2027-03-31", "--quantity", "7"),
        NULL);
    expect_key(json, "on_hand", "57");
    free(json);
    json = mt_server_admin(s, WORDS("check"), NULL);
    expect_key(json, "violations", "0");
    free(json);
    struct mt_run plain = command(s, WORDS("check"), NULL);
    assert_int_equal(plain.status, 0);
    assert_true(plain.out[0] != '{' && plain.out[0] != '\0');
    mt_run_free(&plain);
    free(csv);
    free(store);
}

/* Without --db the file is under XDG_STATE_HOME, else under ~/.local/state, for its owner only. */
static void the_default_database(void **state) {
    struct mt_server *s = *state;
    char *home = mt_path(s->dir, "home"), *xdg = mt_path(s->dir, "xdg"), home_env[400], xdg_env[400];
    assert_int_equal(mkdir(home, 0700), 0);
    assert_true(snprintf(home_env, sizeof home_env, "HOME=%s", home) > 0 &&
                snprintf(xdg_env, sizeof xdg_env, "XDG_STATE_HOME=%s", xdg) > 0);
    const struct {
        const char *env[3], *root, *below;
    } rows[] = {{{home_env, "XDG_STATE_HOME", NULL}, home, ".local/state/medterm/medtermd.db"},
                {{home_env, xdg_env, NULL}, xdg, "medterm/medtermd.db"}};
    for (size_t i = 0; i < 2; i++) {
        struct mt_run run = mt_run(WORDS(s->binary, "migrate"), rows[i].env);
        if (run.status != 0)
            fail_msg("%s", run.err);
        mt_run_free(&run);
        struct stat st;
        char *db = mt_path(rows[i].root, rows[i].below);
        assert_int_equal(stat(db, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        free(db);
    }
    free(home);
    free(xdg);
}

/* Through a link it is the same file, and served. */
static void the_file_under_another_name(const struct mt_server *s) {
    char *link = mt_path(s->dir, "link.db"), *backup = mt_path(s->dir, "before.db"), url[300];
    assert_int_equal(symlink(s->db_url + strlen("sqlite://"), link), 0);
    assert_true(snprintf(url, sizeof url, "sqlite://%s", link) < (int)sizeof url);
    struct mt_run run = mt_run(WORDS(s->binary, "serve", "--listen", "127.0.0.1:0", "--db", url), NULL);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "served by another medtermd"));
    mt_run_free(&run);
    run = mt_run(WORDS(s->binary, "backup", backup, "--db", url), NULL);
    assert_int_equal(run.status, 0);
    mt_run_free(&run);
    run = mt_run(WORDS(s->binary, "restore", backup, "--db", url), NULL);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "Stop that one first"));
    mt_run_free(&run);
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode)); /* nothing was put in its place */
    free(backup);
    free(link);
}

static void administration_while_it_serves(void **state) {
    struct mt_server *s = *state;
    mt_server_again(s);
    struct mt_http ready = mt_http("GET", s->url, "/readyz", NULL, NULL, NULL);
    assert_int_equal(ready.status, 200);
    mt_http_free(&ready);
    char *store = add_store(s);
    char *json = mt_server_admin(s, WORDS("client", "add", "--store", store, "--role", "manager"), NULL);
    char *token = mt_server_value(json, "token");
    struct mt_http orders = mt_http("GET", s->url, "/v1/orders", token, NULL, NULL);
    assert_int_equal(orders.status, 200);
    assert_string_equal(orders.body, "{\"orders\":[],\"next_cursor\":null}");
    mt_http_free(&orders);
    mt_server_stop(s);
    char *log = mt_file_text(s->log);
    assert_non_null(log);
    assert_non_null(strstr(log, "event=listening"));
    assert_non_null(strstr(log, "event=stopped"));
    assert_null(strstr(log, token));
    free(log);
    char before[80];
    memcpy(before, s->address, sizeof before);
    mt_server_again(s); /* on the same port */
    assert_string_equal(s->address, before);
    /* The same database on another port, then another database on the same port. */
    struct mt_run second = mt_run(WORDS(s->binary, "serve", "--listen", "127.0.0.1:0", "--db", s->db_url), NULL);
    assert_int_equal(second.status, 1);
    assert_non_null(strstr(second.err, "served by another medtermd"));
    mt_run_free(&second);
    char other[300];
    assert_true(snprintf(other, sizeof other, "%s-other", s->db_url) < (int)sizeof other);
    second = mt_run(WORDS(s->binary, "serve", "--listen", s->address, "--db", other), NULL);
    assert_int_equal(second.status, 1);
    assert_non_null(strstr(second.err, "in use"));
    mt_run_free(&second);
    the_file_under_another_name(s);
    mt_server_kill(s);
    mt_server_again(s);
    mt_server_stop(s);
    free(token);
    free(json);
    free(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_command_lines),  cmocka_unit_test(failures_exit_with_1),
        cmocka_unit_test(help_and_version),     cmocka_unit_test(documents_have_their_keys),
        cmocka_unit_test(the_default_database), cmocka_unit_test(administration_while_it_serves),
    };
    return cmocka_run_group_tests(tests, open_server, close_server);
}
