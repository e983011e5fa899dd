/* Names, phones, tokens and codes that a caller sends stand nowhere in the log, whatever becomes of the request; and no error tells
 * them to somebody else. A log at its most talkative is searched for what was planted. */
#include "bad_disk.h"
#include "client.h"

#include "run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "Canary Wangxiaoming"
#define PHONE "13812345678"
#define ID_NO "110101199003078888"
#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"

static const char *const planted[] = {"Canary", "Wangxiaoming", PHONE, ID_NO, "CANARYREMARK", "CANARYRX"};

struct world {
    struct rig rig;
    struct mt_service *service;
    struct edge edge;
    char *log_path;
    struct mt_log log;
};

static int open_world(void **state) {
    static struct world w;
    struct mt_err err = {0};
    rig_open(&w.rig);
    w.log_path = mt_path(w.rig.dir, "all.log");
    w.log = (struct mt_log){.fd = open(w.log_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600), .least = MT_LOG_DEBUG};
    assert_true(w.log.fd >= 0);
    struct mt_service_options o = {
        .db_url = w.rig.db_url, .vfs = bad_disk_name(), .clock = mt_clock_system(), .random = mt_random_system(), .log = &w.log};
    if (mt_service_open(&o, &w.service, &err) != MT_OK)
        fail_msg("%s", err.text);
    struct mt_service *own = w.rig.service;
    w.rig.service = w.service;
    edge_start_with(&w.edge, &w.rig, NULL, NULL, &w.log);
    w.rig.service = own;
    *state = &w;
    return 0;
}

static int close_world(void **state) {
    struct world *w = *state;
    edge_stop(&w->edge);
    mt_service_close(w->service);
    (void)close(w->log.fd);
    free(w->log_path);
    rig_close(&w->rig);
    return 0;
}

static void expect_clean(const char *where, const char *text) {
    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++)
        if (strstr(text, planted[i]))
            fail_msg("%s tells %s: %s", where, planted[i], text);
}

static void search_log(struct world *w) {
    char *text = mt_file_text(w->log_path);
    assert_non_null(text);
    assert_non_null(strstr(text, "event=request"));
    expect_clean("the log", text);
    if (strstr(text, w->rig.token) || strstr(text, w->rig.client) || strstr(text, w->rig.spare_code))
        fail_msg("the log tells a secret: %s", text);
    free(text);
}

/* The sale with a patient in it; owned. */
static char *patients_sale(struct world *w, int64_t seq, const char *more) {
    char *sale = rig_sale(&w->rig, "A03", seq, 1);
    const char *items = strstr(sale, "\"items\":");
    struct mt_buf b;
    assert_non_null(items);
    mt_buf_init(&b, 8192);
    mt_buf_add(&b, sale, (size_t)(items - sale));
    mt_buf_str(&b, "\"user_name\":\"" NAME "\",\"user_phone\":\"" PHONE "\",\"buyer_id_no\":\"" ID_NO
                   "\",\"remark\":\"CANARYREMARK\",\"prescription\":\"CANARYRX\",");
    mt_buf_str(&b, more);
    mt_buf_str(&b, items);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    free(sale);
    return b.p;
}

static void expect_answer(struct world *w, const char *body, int status, const char *holds) {
    struct answer a = ask(&w->edge, "POST", "/v1/operations", w->rig.token, NULL, body);
    if (a.status != status || !strstr(a.body, holds))
        fail_msg("%d %s", a.status, a.body);
    if (!strstr(a.body, "\"result\"")) /* an order is told to its own till, a problem tells nothing */
        expect_clean("an answer", a.body);
    answer_free(&a);
}

static void what_is_pushed(void **state) {
    struct world *w = *state;
    char *sale = patients_sale(w, 1, "");
    expect_answer(w, sale, 200, "\"outcome\":\"applied\"");
    free(sale);
    sale = patients_sale(w, 2, "\"discount_amount\":-5,");
    expect_answer(w, sale, 200, "\"outcome\":\"quarantined\"");
    free(sale);
    sale = patients_sale(w, 3, "\"user_phone\":\"" PHONE "\",");
    expect_answer(w, sale, 400, "stands twice");
    free(sale);
    sale = patients_sale(w, 9, "");
    expect_answer(w, sale, 409, "SEQUENCE_GAP");
    sale[strlen(sale) / 2] = '\0';
    expect_answer(w, sale, 400, "MALFORMED");
    free(sale);
    sale = patients_sale(w, 1, "\"handed_over\":true,");
    expect_answer(w, sale, 422, "IDEMPOTENCY_KEY_REUSED");
    free(sale);
    search_log(w);
}

static void what_is_asked(void **state) {
    struct world *w = *state;
    static const char *const targets[] = {
        "/v1/orders?q=Canary",
        "/v1/orders?user_phone=" PHONE,
        "/v1/orders/" PHONE,
        "/v1/" PHONE,
        "/v1/orders?" PHONE "=1",
        "/v1/orders?cursor=" PHONE,
        "/v1/orders?status=" PHONE,
        "/v1/drugs/" PHONE "/stock",
        "/v1/changes?cursor=Wangxiaoming",
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        for (int with = 0; with < 2; with++) {
            struct answer a = ask(&w->edge, "GET", targets[i], with ? w->rig.token : NULL, NULL, NULL);
            assert_true(a.status >= 200 && a.status < 500);
            if (a.status >= 400 && i != 4) /* an unknown parameter is named to who sent it */
                expect_clean(targets[i], a.body);
            answer_free(&a);
        }
    struct answer a = ask(&w->edge, "POST", "/v1/enrolments", NULL, NULL, "{\"code\":\"" PHONE "\",\"instance_id\":\"" NAME "\"}");
    assert_true(a.status >= 400);
    expect_clean("an enrolment", a.body);
    answer_free(&a);
    a = ask(&w->edge, "POST", "/v1/operations", "Wangxiaoming", "X-Extra: " PHONE "\r\n", "{}");
    assert_int_equal(a.status, 401);
    expect_clean("a refusal", a.body);
    answer_free(&a);
    search_log(w);
}

/* A fault of the database is told in the log in detail, and the request can be found there; the order is not. */
static void what_fails(void **state) {
    struct world *w = *state;
    char *sale = patients_sale(w, 3, ""), *text;
    for (enum bad_disk bad = DISK_FULL; bad <= DISK_LOST; bad++) {
        bad_disk_set(bad);
        expect_answer(w, sale, 503, "OVERLOADED");
        bad_disk_set(DISK_GOOD);
    }
    bad_disk_set(DISK_LOST);
    struct answer a;
    for (int i = 0; i < 3; i++) { /* a page in memory may still be told */
        a = ask(&w->edge, "GET", "/v1/orders?q=Canary", w->rig.token,
                "X-Request-Id: wanted-1\r\ntraceparent: 00-" TRACE "-00f067aa0ba902b7-01\r\n", NULL);
        answer_free(&a);
    }
    bad_disk_set(DISK_GOOD);
    expect_answer(w, sale, 200, "\"outcome\":\"applied\"");
    free(sale);
    text = mt_file_text(w->log_path);
    assert_non_null(strstr(text, "request_id=wanted-1 trace_id=" TRACE));
    free(text);
    search_log(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pushed),
        cmocka_unit_test(what_is_asked),
        cmocka_unit_test(what_fails),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
