/* A PostgreSQL that goes away under the service: each request is told so in words, none is stored by half, and all goes on by
 * itself when the server is there again. */
#include "client.h"

#include "postgres.h"

#include <medterm/db/db.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    struct mt_postgres *cluster; /* its own: it is crashed */
    char *url;
    struct rig rig;
    struct edge edge;
    int64_t seq;
};

static int open_world(void **state) {
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->cluster = *state;
    w->url = mt_postgres_database(w->cluster, "lost");
    rig_open_at(&w->rig, w->url);
    edge_start(&w->edge, &w->rig, NULL);
    *state = w;
    return 0;
}

static void say(void *ctx, const char *line) {
    (void)ctx;
    print_message("violation: %s\n", line);
}

static int close_world(void **state) {
    struct world *w = *state;
    int64_t violations = -1;
    struct mt_err err = {0};
    edge_stop(&w->edge);
    if (mt_admin_check(w->rig.read, say, NULL, &violations, &err) != MT_OK)
        print_message("%s\n", mt_err_text(&err));
    rig_close(&w->rig);
    free(w->url);
    free(w);
    return violations == 0 ? 0 : -1;
}

static struct mt_db *look(const struct world *w) {
    struct mt_db *db = NULL;
    struct mt_err err = {0};
    struct mt_db_options o = {.url = w->url, .mode = MT_DB_READ};
    if (mt_db_open(&o, &db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return db;
}

static int64_t one(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    assert_int_equal(mt_db_stmt(db, sql, &s, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    int64_t n = mt_col_int(s, 0);
    mt_stmt_done(s);
    return n;
}

static int64_t ask_database(const struct world *w, const char *sql) {
    struct mt_db *db = look(w);
    int64_t n = one(db, sql);
    mt_db_close(db);
    return n;
}

static struct answer push(struct world *w, const char *sale) {
    return ask(&w->edge, "POST", "/v1/operations", w->rig.token, NULL, sale);
}

static void expect_503(struct answer a, const char *url) {
    if (a.status != 503 || !answer_has(&a, "Content-Type: application/problem+json") || !answer_has(&a, "Retry-After: ") ||
        strstr(a.body, "postgres") || strstr(a.body, url))
        fail_msg("%d %s%s", a.status, a.head ? a.head : "", a.body ? a.body : "");
    answer_free(&a);
}

static void expect_200(struct answer a) {
    if (a.status != 200)
        fail_msg("%d %s", a.status, a.body ? a.body : "");
    answer_free(&a);
}

static void expect_stored(struct world *w, const char *sale, bool first) {
    struct answer a = push(w, sale);
    if (a.status != 200 || !strstr(a.body, "\"outcome\":\"applied\"") ||
        !strstr(a.body, first ? "\"replayed\":false" : "\"replayed\":true"))
        fail_msg("%d %s", a.status, a.body ? a.body : "");
    answer_free(&a);
}

static void test_the_server_goes_and_comes(void **state) {
    struct world *w = *state;
    char *before = rig_sale(&w->rig, "A03", 1, 1), *during = rig_sale(&w->rig, "A03", 2, 1);
    expect_stored(w, before, true);
    mt_postgres_crash(w->cluster);
    for (int i = 0; i < 3; i++) { /* told each time, and the service lives on */
        expect_503(push(w, during), w->url);
        expect_503(ask(&w->edge, "GET", "/v1/orders/A03-000001", w->rig.token, NULL, NULL), w->url);
        expect_503(ask(&w->edge, "GET", "/readyz", NULL, NULL, NULL), w->url);
        expect_200(ask(&w->edge, "GET", "/livez", NULL, NULL, NULL));
    }
    mt_postgres_again(w->cluster, true);
    expect_200(ask(&w->edge, "GET", "/v1/orders/A03-000001", w->rig.token, NULL, NULL));
    expect_stored(w, before, false);
    expect_stored(w, during, true);
    expect_200(ask(&w->edge, "GET", "/readyz", NULL, NULL, NULL));
    assert_int_equal(ask_database(w, "SELECT count(*) FROM mt_order"), 2);
    assert_int_equal(ask_database(w, "SELECT sum(on_hand) FROM mt_lot"), 99998);
    free(before);
    free(during);
}

struct cutter {
    struct mt_db *db;
    sem_t go;
    int64_t cuts;
};

#define SALES 60

/* Ends every connection of the service while a sale is on its way, for half of the sales. */
static void *cut(void *arg) {
    struct cutter *c = arg;
    for (int i = 0; i < SALES / 2; i++) {
        while (sem_wait(&c->go) != 0)
            continue;
        c->cuts += one(c->db, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                              " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    return NULL;
}

/* Sales go on while connections are cut under them, sent again until they are answered: each is stored exactly once. */
static void test_cut_in_the_middle(void **state) {
    struct world *w = *state;
    struct cutter c = {.db = look(w)};
    pthread_t thread;
    int64_t refused = 0;
    assert_int_equal(sem_init(&c.go, 0, 0), 0);
    assert_int_equal(pthread_create(&thread, NULL, cut, &c), 0);
    for (int64_t seq = 1; seq <= SALES; seq++) {
        char *sale = rig_sale(&w->rig, "A03", seq, 1);
        bool stored = false;
        if (seq % 2 == 0)
            assert_int_equal(sem_post(&c.go), 0);
        for (int tries = 0; !stored && tries < 1000; tries++) {
            struct answer a = push(w, sale);
            stored = a.status == 200 && strstr(a.body, "\"outcome\":\"applied\"") != NULL;
            refused += a.status == 503;
            if (!stored && a.status != 503)
                fail_msg("%d %s", a.status, a.body ? a.body : "");
            answer_free(&a);
        }
        assert_true(stored);
        free(sale);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    mt_db_close(c.db);
    assert_int_equal(sem_destroy(&c.go), 0);
    assert_true(c.cuts > 0);
    print_message("%lld connections cut, %lld requests told to come again\n", (long long)c.cuts, (long long)refused);
    assert_int_equal(ask_database(w, "SELECT count(*) FROM mt_order"), SALES);
    assert_int_equal(ask_database(w, "SELECT count(*) FROM mt_operation WHERE outcome = 'applied'"), SALES);
    assert_int_equal(ask_database(w, "SELECT sum(on_hand) FROM mt_lot"), 100000 - SALES);
}

int main(void) {
    struct mt_postgres cluster;
    if (!mt_postgres_start_own(&cluster, true))
        return MT_POSTGRES_SKIP;
    struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_server_goes_and_comes, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_cut_in_the_middle, open_world, close_world),
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tests[i].initial_state = &cluster;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mt_postgres_stop(&cluster);
    return failed;
}
