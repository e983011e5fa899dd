/* `medtermd backup` and `restore` where something is wrong: what is there stays as it is, and the words say what to do. */
#include "server.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

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

static char *add_store(struct mt_server *s, const char *name) {
    char *json = mt_server_admin(s, WORDS("store", "add", "--name", name), NULL);
    char *store = mt_server_value(json, "store_id");
    free(json);
    return store;
}

static char *admin_value(struct mt_server *s, const char *const *words, const char *key) {
    char *json = mt_server_admin(s, words, NULL);
    char *value = mt_server_value(json, key);
    free(json);
    return value;
}

/* Runs it and expects a failure with these words. */
static void fails(struct mt_server *s, const char *const *words, const char *says) {
    const char *argv[16] = {s->binary};
    size_t n = 1;
    for (; *words != NULL; words++)
        argv[n++] = *words;
    argv[n++] = "--db";
    argv[n] = s->db_url;
    struct mt_run run = mt_run(argv, NULL);
    if (run.status != 1 || strstr(run.err, says) == NULL)
        fail_msg("%s: status %d: %s", argv[1], run.status, run.err);
    mt_run_free(&run);
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void nothing_is_lost_by_a_failure(void **state) {
    struct mt_server *s = *state;
    char *file = mt_path(s->dir, "a.backup"), *junk = mt_path(s->dir, "junk"), *missing = mt_path(s->dir, "missing");
    fails(s, WORDS("backup", file), "There is no database");
    assert_int_not_equal(access(file, F_OK), 0);
    free(add_store(s, "Riverside"));
    char *head = admin_value(s, WORDS("audit", "verify"), "head");
    char *epoch = admin_value(s, WORDS("backup", file), "epoch");
    fails(s, WORDS("backup", file), "is there already");
    write_file(junk, "not a database, and long enough to be looked at as one by somebody who does not look closely\n");
    fails(s, WORDS("restore", junk), "junk");
    fails(s, WORDS("restore", missing), "no backup");
    char *still = admin_value(s, WORDS("audit", "verify"), "head");
    assert_string_equal(still, head);
    char *violations = admin_value(s, WORDS("check"), "violations");
    assert_string_equal(violations, "0");
    struct mt_run pg = mt_run(WORDS(s->binary, "restore", file, "--db", "postgres://nobody@127.0.0.1:1/none"), NULL);
    assert_int_equal(pg.status, 1);
    assert_non_null(strstr(pg.err, "medtermd epoch renew"));
    mt_run_free(&pg);
    free(violations);
    free(still);
    free(epoch);
    free(head);
    free(missing);
    free(junk);
    free(file);
}

/* A backup that lies under a name of the restore's own, or the database itself: it is neither cleared away nor worked on. */
static void names_of_its_own(void **state) {
    struct mt_server *s = *state;
    char *db = mt_path(s->dir, "medtermd.db"), *file = mt_path(s->dir, "medtermd.db.restored");
    free(admin_value(s, WORDS("backup", file), "epoch"));
    fails(s, WORDS("restore", file), "another name");
    fails(s, WORDS("restore", db), "another name");
    assert_int_equal(access(file, F_OK), 0);
    assert_int_equal(remove(file), 0);
    free(file);
    free(db);
}

static int damage(const char *path) {
    FILE *f = fopen(path, "r+");
    static const char noise[4096] = "noise";
    const bool good = f != NULL && fseek(f, 0, SEEK_SET) == 0 && fwrite(noise, 1, sizeof noise, f) == sizeof noise;
    return f != NULL && fclose(f) == 0 && good ? 0 : -1;
}

/* Over a database that nobody can read, and where there is none: the backup comes back, and what was there is kept. */
static void over_what_is_damaged(void **state) {
    struct mt_server *s = *state;
    char *file = mt_path(s->dir, "b.backup"), *db = mt_path(s->dir, "medtermd.db");
    char *store = add_store(s, "Hillside");
    char *epoch = admin_value(s, WORDS("backup", file), "epoch");
    char *words = mt_path(s->dir, "medtermd.db-wal");
    (void)remove(words);
    assert_int_equal(damage(db), 0);
    char *json = mt_server_admin(s, WORDS("restore", file), NULL);
    char *compared = mt_server_value(json, "compared"), *now = mt_server_value(json, "epoch"),
         *replaced = mt_server_value(json, "replaced");
    assert_string_equal(compared, "false");
    assert_string_not_equal(now, epoch);
    assert_int_equal(access(replaced, F_OK), 0);
    char *violations = admin_value(s, WORDS("check"), "violations");
    assert_string_equal(violations, "0");
    assert_int_equal(remove(db), 0);
    free(mt_server_admin(s, WORDS("restore", file), NULL));
    free(mt_server_admin(s, WORDS("register", "add", "--store", store, "--code", "A03"), NULL));
    char *left = mt_path(s->dir, "medtermd.db.restoring");
    assert_int_not_equal(access(left, F_OK), 0);
    free(left);
    free(violations);
    free(replaced);
    free(now);
    free(compared);
    free(json);
    free(words);
    free(epoch);
    free(store);
    free(db);
    free(file);
}

/* What administrators did since is listed, each enrolment for itself and goods as one. */
static void lists_what_administrators_did(void **state) {
    struct mt_server *s = *state;
    char *file = mt_path(s->dir, "c.backup");
    char *store = add_store(s, "Lakeside");
    free(admin_value(s, WORDS("backup", file), "epoch"));
    free(mt_server_admin(s, WORDS("register", "add", "--store", store, "--code", "B07"), NULL));
    free(mt_server_admin(s, WORDS("client", "add", "--store", store, "--role", "manager"), NULL));
    free(mt_server_admin(s, WORDS("staff", "add", "--store", store, "--name", "Chen Mei", "--role", "manager"),
                         WORDS("MEDTERM_PIN=2580")));
    char *json = mt_server_admin(s, WORDS("restore", file), NULL);
    assert_non_null(strstr(json, "\"B07\""));
    assert_non_null(strstr(json, "\"client\""));
    assert_non_null(strstr(json, "\"staff\""));
    assert_null(strstr(json, "Chen"));
    fails(s, WORDS("register", "add", "--store", store, "--code", "B07"), "register recover");
    char *code = admin_value(s, WORDS("register", "recover", "--code", "B07"), "enrolment_code");
    assert_int_equal(strlen(code), 14);
    free(code);
    free(json);
    free(store);
    free(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_by_a_failure),
        cmocka_unit_test(names_of_its_own),
        cmocka_unit_test(over_what_is_damaged),
        cmocka_unit_test(lists_what_administrators_did),
    };
    return cmocka_run_group_tests(tests, open_server, close_server);
}
