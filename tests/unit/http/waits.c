/* Requests that sleep: writes in the queue, long polls, and what a stop does to both. */
#include "client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REGISTERS = 24 };

static int open_rig(void **state) {
    static struct rig r;
    rig_open(&r);
    *state = &r;
    return 0;
}

static int close_rig(void **state) {
    rig_close(*state);
    return 0;
}

static void expect_applied(struct answer *a, bool replayed) {
    if (a->status != 200 || !strstr(a->body, "\"outcome\":\"applied\"") ||
        !strstr(a->body, replayed ? "\"replayed\":true" : "\"replayed\":false"))
        fail_msg("%d %s", a->status, a->body ? a->body : "");
    answer_free(a);
}

/* The cursor at the feed's end; owned. */
static char *feed_end(const struct edge *e, const char *token) {
    struct answer a = ask(e, "GET", "/v1/changes?limit=1000", token, NULL, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\"more\":false"));
    char *cursor = rig_text(a.body, "cursor");
    answer_free(&a);
    return cursor;
}

/* Starts a long poll at the feed's end; the connection. */
static int poll_feed(const struct edge *e, const char *token, int seconds) {
    char target[600];
    char *cursor = feed_end(e, token);
    assert_true(snprintf(target, sizeof target, "/v1/changes?cursor=%s&limit=100&wait=%d", cursor, seconds) < (int)sizeof target);
    free(cursor);
    int fd = dial(e);
    put_request(fd, "GET", target, token, NULL, NULL);
    return fd;
}

static void a_write_wakes_long_polls(void **state) {
    struct rig *r = *state;
    struct edge e;
    struct mt_http_limits limits = mt_http_limits_default();
    limits.recheck_ms = 600000; /* so that only the write can wake them */
    edge_start(&e, r, &limits);
    int polls[5];
    for (int i = 0; i < 5; i++)
        polls[i] = poll_feed(&e, r->token, 30);
    struct answer a = take_late(polls[0], 100);
    assert_int_equal(a.status, -1);
    answer_free(&a);
    char *sale = rig_sale(r, "A03", 1, 1);
    a = ask(&e, "POST", "/v1/operations", r->token, NULL, sale);
    expect_applied(&a, false);
    for (int i = 0; i < 5; i++) {
        a = take_answer(polls[i]);
        assert_int_equal(a.status, 200);
        assert_non_null(strstr(a.body, "A03-000001"));
        answer_free(&a);
        (void)close(polls[i]);
    }
    a = ask(&e, "POST", "/v1/operations", r->token, NULL, sale);
    expect_applied(&a, true);
    free(sale);
    edge_stop(&e);
}

static void another_process_wakes_long_polls(void **state) {
    struct rig *r = *state;
    struct edge e;
    struct mt_http_limits limits = mt_http_limits_default();
    char verifier[MT_PIN_VERIFIER_TEXT];
    struct mt_id staff;
    limits.recheck_ms = 50;
    edge_start(&e, r, &limits);
    int fd = poll_feed(&e, r->token, 30);
    struct answer a = take_late(fd, 200); /* looked again several times, and still nothing */
    assert_int_equal(a.status, -1);
    answer_free(&a);
    assert_int_equal(mt_pin_verifier(MT_SV("2580"), MT_PIN_COST_LEAST, verifier), MT_OK);
    assert_int_equal(mt_admin_staff_add(r->write, &r->store, "Chen Mei", MT_ROLE_PHARMACIST, verifier, &staff, NULL), MT_OK);
    a = take_answer(fd);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "Chen Mei"));
    answer_free(&a);
    (void)close(fd);
    edge_stop(&e);
}

static void a_long_poll_ends_by_itself(void **state) {
    struct rig *r = *state;
    struct edge e;
    struct mt_clock clock = mt_clock_system();
    edge_start(&e, r, NULL);
    int64_t before = clock.mono(clock.ctx);
    int fd = poll_feed(&e, r->token, 1);
    struct answer a = take_answer(fd);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\"changes\":[]"));
    assert_true(clock.mono(clock.ctx) - before >= 990);
    answer_free(&a);
    put_request(fd, "GET", "/livez", NULL, NULL, NULL); /* the connection is of use again */
    a = take_answer(fd);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    (void)close(fd);
    edge_stop(&e);
}

static void leaving_does_not_hurt(void **state) {
    struct rig *r = *state;
    struct edge e;
    edge_start(&e, r, NULL);
    for (int i = 0; i < 10; i++)
        (void)close(poll_feed(&e, r->token, 30));
    char *sale = rig_sale(r, "A03", 2, 1);
    int fd = dial(&e);
    put_request(fd, "POST", "/v1/operations", r->token, NULL, sale);
    (void)shutdown(fd, SHUT_RDWR);
    (void)close(fd); /* whether it was applied is not known to this client: it asks again */
    struct answer a = ask(&e, "POST", "/v1/operations", r->token, NULL, sale);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\"outcome\":\"applied\""));
    answer_free(&a);
    free(sale);
    edge_stop(&e);
}

/* Tokens of registers of their own, so that their sequences do not depend on each other. */
static void enrol_many(struct rig *r, char tokens[REGISTERS][MT_TOKEN_TEXT]) {
    for (int i = 0; i < REGISTERS; i++) {
        struct mt_id id;
        char code[9], enrolment[15], body[256];
        assert_true(snprintf(code, sizeof code, "%c0%d", 'C' + i / 10, i % 10) > 0);
        assert_int_equal(mt_admin_register_add(r->write, &r->store, code, &id, enrolment, NULL), MT_OK);
        assert_true(snprintf(body, sizeof body, "{\"code\":\"%s\",\"instance_id\":\"" RIG_INSTANCE "\"}", enrolment) > 0);
        struct mt_response a = rig_send(r, "POST", "/v1/enrolments", NULL, body);
        char *token = rig_text(mt_buf_text(&a.body), "token");
        memcpy(tokens[i], token, MT_TOKEN_TEXT);
        free(token);
        mt_response_fini(&a);
    }
}

/* Sales of many registers at once, while the database is held by an administrator: all wait, then all are applied. */
static void many_writes_at_once(void **state) {
    struct rig *r = *state;
    struct edge e;
    static char tokens[REGISTERS][MT_TOKEN_TEXT];
    int fds[REGISTERS];
    enrol_many(r, tokens);
    edge_start(&e, r, NULL);
    assert_int_equal(mt_admin_import_begin(r->write, NULL), MT_OK);
    for (int i = 0; i < REGISTERS; i++) {
        struct rig who = *r;
        char code[9];
        assert_true(snprintf(code, sizeof code, "%c0%d", 'C' + i / 10, i % 10) > 0);
        char *sale = rig_sale(&who, code, 1, 1);
        /* The ids differ by register only in one letter: make them differ in the digit too. */
        for (char *at = sale; (at = strstr(at, "-0000000000")) != NULL; at++)
            at[1] = (char)('0' + i % 10);
        fds[i] = dial(&e);
        put_request(fds[i], "POST", "/v1/operations", tokens[i], NULL, sale);
        free(sale);
    }
    struct answer a = take_late(fds[0], 50);
    assert_int_equal(a.status, -1);
    answer_free(&a);
    assert_int_equal(mt_admin_import_end(r->write, true, NULL), MT_OK);
    for (int i = 0; i < REGISTERS; i++) {
        a = take_answer(fds[i]);
        expect_applied(&a, false);
        (void)close(fds[i]);
    }
    edge_stop(&e);
}

static void *stop_edge(void *arg) {
    edge_stop(arg);
    return NULL;
}

/* A stop while a write waits for the database and long polls sleep: the polls are sent home, who comes now is turned away at once,
 * the write is finished and answered. */
static void a_stop_finishes_what_was_accepted(void **state) {
    struct rig *r = *state;
    struct edge e;
    struct mt_http_limits limits = mt_http_limits_default();
    limits.threads = 1; /* requests are then taken in the order they arrive */
    limits.stop_ms = 30000;
    edge_start(&e, r, &limits);
    int poll_fd = poll_feed(&e, r->token, 30), idle_fd = dial(&e), sale_fd = dial(&e);
    assert_int_equal(mt_admin_import_begin(r->write, NULL), MT_OK);
    char *sale = rig_sale(r, "A03", 3, 1);
    put_request(sale_fd, "POST", "/v1/operations", r->token, NULL, sale);
    struct answer a;
    for (int i = 0; i < 3; i++) { /* answered on the thread that has read the sale before */
        put_request(idle_fd, "GET", "/livez", NULL, NULL, NULL);
        a = take_answer(idle_fd);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    pthread_t stopper;
    assert_int_equal(pthread_create(&stopper, NULL, stop_edge, &e), 0);
    a = take_answer(poll_fd);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(&a, "Connection: close"));
    answer_free(&a);
    int late_fd = dial(&e);
    assert_true(at_end(late_fd, 10000));
    (void)close(late_fd);
    a = take_late(sale_fd, 100);
    assert_int_equal(a.status, -1);
    answer_free(&a);
    assert_int_equal(mt_admin_import_end(r->write, true, NULL), MT_OK);
    a = take_answer(sale_fd);
    expect_applied(&a, false);
    assert_int_equal(pthread_join(stopper, NULL), 0);
    assert_true(at_end(idle_fd, 10000) && at_end(sale_fd, 10000) && at_end(poll_fd, 10000));
    (void)close(idle_fd);
    (void)close(sale_fd);
    (void)close(poll_fd);
    edge_start(&e, r, NULL);
    a = ask(&e, "POST", "/v1/operations", r->token, NULL, sale);
    expect_applied(&a, true);
    free(sale);
    edge_stop(&e);
}

static void an_enrolment_over_the_line(void **state) {
    struct rig *r = *state;
    struct edge e;
    char body[256];
    edge_start(&e, r, NULL);
    assert_true(snprintf(body, sizeof body, "{\"code\":\"%s\",\"instance_id\":\"" RIG_INSTANCE "\"}", r->spare_code) > 0);
    struct answer a = ask(&e, "POST", "/v1/enrolments", NULL, NULL, body);
    assert_int_equal(a.status, 201);
    assert_true(answer_has(&a, "Location: /v1/register"));
    char *token = rig_text(a.body, "token");
    answer_free(&a);
    a = ask(&e, "GET", "/v1/register", token, NULL, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\"last_seq\":0"));
    assert_null(strstr(a.body, "\"token\""));
    answer_free(&a);
    free(token);
    edge_stop(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_wakes_long_polls),   cmocka_unit_test(another_process_wakes_long_polls),
        cmocka_unit_test(a_long_poll_ends_by_itself), cmocka_unit_test(leaving_does_not_hurt),
        cmocka_unit_test(many_writes_at_once),        cmocka_unit_test(a_stop_finishes_what_was_accepted),
        cmocka_unit_test(an_enrolment_over_the_line),
    };
    return cmocka_run_group_tests(tests, open_rig, close_rig);
}
