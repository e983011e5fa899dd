/* When the database fails under the service: a clear answer, nothing half-written, and all well again when the cause is gone. */
#include "bad_disk.h"
#include "client.h"

#include "run.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world {
    struct rig rig; /* its own service works on a good disk, beside */
    struct mt_service *service;
    struct edge edge;
    int64_t seq;
    atomic_llong clock_off; /* milliseconds added to the wall */
    struct mt_clock system;
};

static mt_time wall(void *ctx) {
    struct world *w = ctx;
    return w->system.wall(w->system.ctx) + atomic_load(&w->clock_off);
}

static int64_t mono(void *ctx) {
    struct world *w = ctx;
    return w->system.mono(w->system.ctx);
}

static int open_world(void **state) {
    struct world *w = calloc(1, sizeof *w);
    struct mt_err err = {0};
    assert_non_null(w);
    rig_open(&w->rig);
    w->system = mt_clock_system();
    const struct mt_clock clock = {.ctx = w, .wall = wall, .mono = mono};
    struct mt_service_options o = {.db_url = w->rig.db_url,
                                   .vfs = bad_disk_name(),
                                   .clock = clock,
                                   .random = mt_random_system(),
                                   .disk = mt_disk_system(),
                                   .metrics = w->rig.metrics};
    if (mt_service_open(&o, &w->service, &err) != MT_OK)
        fail_msg("%s", err.text);
    struct mt_service *own = w->rig.service;
    w->rig.service = w->service;
    edge_start_with(&w->edge, &w->rig, NULL, &clock, NULL);
    w->rig.service = own;
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
    bad_disk_set(DISK_GOOD);
    edge_stop(&w->edge);
    mt_service_close(w->service);
    assert_int_equal(mt_admin_check(w->rig.read, say, NULL, &violations, NULL), MT_OK);
    rig_close(&w->rig);
    free(w);
    return violations == 0 ? 0 : -1;
}

static struct answer push(struct world *w, const char *sale) {
    return ask(&w->edge, "POST", "/v1/operations", w->rig.token, NULL, sale);
}

/* The sale is stored and answered; whether it is the first time it is heard of. */
static bool goes_through(struct world *w, char *sale) {
    struct answer a = push(w, sale);
    if (a.status != 200 || !strstr(a.body, "\"outcome\":\"applied\""))
        fail_msg("%d %s", a.status, a.body ? a.body : "");
    const bool first = strstr(a.body, "\"replayed\":false") != NULL;
    answer_free(&a);
    free(sale);
    return first;
}

static char *next_sale(struct world *w) {
    return rig_sale(&w->rig, "A03", ++w->seq, 1);
}

static void expect_problem(struct answer *a, bool only_503) {
    if ((a->status != 503 && (only_503 || a->status != 500)) || !answer_has(a, "Content-Type: application/problem+json") ||
        (a->status == 503 && !answer_has(a, "Retry-After: ")) || strstr(a->body, ".db") || strstr(a->body, "SELECT"))
        fail_msg("%d %s%s", a->status, a->head ? a->head : "", a->body ? a->body : "");
    answer_free(a);
}

static int64_t on_hand(struct world *w) {
    char target[128];
    assert_true(snprintf(target, sizeof target, "/v1/drugs/%s/stock", w->rig.drug.s) > 0);
    struct answer a = ask(&w->edge, "GET", target, w->rig.token, NULL, NULL);
    assert_int_equal(a.status, 200);
    const char *at = strstr(a.body, "\"on_hand\":");
    assert_non_null(at);
    const int64_t n = (int64_t)strtoll(at + 10, NULL, 10);
    answer_free(&a);
    return n;
}

static void a_write_while(struct world *w, enum bad_disk bad, bool may_have_been_stored) {
    const int64_t counted = mt_metric_read(w->rig.metrics, MT_METRIC_ORDERS, 0, 0);
    assert_true(goes_through(w, next_sale(w)));
    const int64_t before = on_hand(w);
    char *sale = next_sale(w);
    bad_disk_set(bad);
    for (int i = 0; i < 3; i++) { /* told each time, and the service lives on */
        struct answer a = push(w, sale);
        expect_problem(&a, true);
        a = ask(&w->edge, "GET", "/livez", NULL, NULL, NULL);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    bad_disk_set(DISK_GOOD);
    const int64_t between = on_hand(w);
    const bool first = goes_through(w, sale);
    assert_true(first || may_have_been_stored);
    assert_int_equal(between, first ? before : before - 1); /* all of it or nothing */
    assert_int_equal(on_hand(w), before - 1);
    assert_true(goes_through(w, next_sale(w)));
    /* What was undone is not counted, and what was not confirmed is not either. */
    assert_int_equal(mt_metric_read(w->rig.metrics, MT_METRIC_ORDERS, 0, 0), counted + 2 + first);
    assert_true(mt_metric_read(w->rig.metrics, MT_METRIC_COMMITS_FAILED, 0, 0) > 0);
}

static void the_disk_is_full(void **state) {
    a_write_while(*state, DISK_FULL, false);
}

static void the_disk_becomes_read_only(void **state) {
    a_write_while(*state, DISK_READONLY, false);
}

static void writing_fails(void **state) {
    a_write_while(*state, DISK_WRITE, false);
}

static void syncing_fails(void **state) {
    a_write_while(*state, DISK_SYNC, true); /* after a failed sync nobody knows */
}

static void the_disk_is_lost(void **state) {
    a_write_while(*state, DISK_LOST, false);
}

/* Reads go on as long as the disk can be read; otherwise they say so, and go on again. */
static void reads_beside(void **state) {
    struct world *w = *state;
    assert_true(goes_through(w, next_sale(w)));
    char target[64];
    assert_true(snprintf(target, sizeof target, "/v1/orders/A03-%06lld", (long long)w->seq) > 0);
    static const enum bad_disk readable[] = {DISK_FULL, DISK_READONLY, DISK_WRITE, DISK_SYNC};
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++) {
        bad_disk_set(readable[i]);
        struct answer a = ask(&w->edge, "GET", target, w->rig.token, NULL, NULL);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    bad_disk_set(DISK_LOST);
    struct answer a = ask(&w->edge, "GET", "/v1/orders?q=a", w->rig.token, NULL, NULL);
    if (a.status != 200) /* what is in memory may still be told */
        expect_problem(&a, false);
    else
        answer_free(&a);
    bad_disk_set(DISK_GOOD);
    a = ask(&w->edge, "GET", target, w->rig.token, NULL, NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
}

/* The file is moved away, then another stands in its place: nothing is written into a file nobody will look into. */
static void the_file_is_taken_away(void **state) {
    struct world *w = *state;
    char *file = mt_path(w->rig.dir, "m.db"), *aside = mt_path(w->rig.dir, "aside.db");
    assert_true(goes_through(w, next_sale(w)));
    char *sale = next_sale(w);
    assert_int_equal(rename(file, aside), 0);
    for (int replaced = 0; replaced < 2; replaced++) {
        struct answer a = push(w, sale);
        expect_problem(&a, true);
        a = ask(&w->edge, "GET", "/v1/orders", w->rig.token, NULL, NULL);
        expect_problem(&a, true);
        a = ask(&w->edge, "GET", "/readyz", NULL, NULL, NULL);
        assert_non_null(strstr(a.body, "\"field\":\"disk\""));
        expect_problem(&a, true);
        assert_int_equal(access(file, F_OK) == 0, replaced); /* none is made in its place */
        FILE *other = fopen(file, "w");
        assert_non_null(other);
        assert_int_equal(fclose(other), 0);
    }
    assert_int_equal(rename(aside, file), 0);
    assert_true(goes_through(w, sale));
    assert_true(goes_through(w, next_sale(w)));
    struct answer a = ask(&w->edge, "GET", "/readyz", NULL, NULL, NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    free(file);
    free(aside);
}

/* The service's clock jumps back and forth: orders are stored, the feed loses none and the ledgers stay right. */
static void the_clock_is_set_back(void **state) {
    static const int64_t offs[] = {0, -3600 * INT64_C(1000), -400 * 86400 * INT64_C(1000), 60 * INT64_C(1000), 0};
    struct world *w = *state;
    struct answer a = ask(&w->edge, "GET", "/v1/changes?limit=1000", w->rig.token, NULL, NULL);
    char *cursor = rig_text(a.body, "cursor"), target[600], no[32];
    answer_free(&a);
    for (size_t i = 0; i < sizeof offs / sizeof offs[0]; i++) {
        atomic_store(&w->clock_off, offs[i]);
        assert_true(goes_through(w, next_sale(w)));
        assert_true(snprintf(target, sizeof target, "/v1/changes?cursor=%s&limit=1000", cursor) < (int)sizeof target);
        a = ask(&w->edge, "GET", target, w->rig.token, NULL, NULL);
        assert_int_equal(a.status, 200);
        assert_true(snprintf(no, sizeof no, "A03-%06lld", (long long)w->seq) > 0);
        assert_non_null(strstr(a.body, no));
        free(cursor);
        cursor = rig_text(a.body, "cursor");
        answer_free(&a);
    }
    free(cursor);
}

#define FAULT_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        FAULT_TEST(the_disk_is_full),       FAULT_TEST(the_disk_becomes_read_only), FAULT_TEST(writing_fails),
        FAULT_TEST(syncing_fails),          FAULT_TEST(the_disk_is_lost),           FAULT_TEST(reads_beside),
        FAULT_TEST(the_file_is_taken_away), FAULT_TEST(the_clock_is_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
