#define _GNU_SOURCE /* memrchr */
/* What GET /metrics tells: the text's form (Prometheus text format 0.0.4), and that what happens is counted. */
#include "client.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_STOCK_CODE "6901000000028"

struct world {
    struct rig rig;
    struct edge edge;
};

static int open_world(void **state) {
    static struct world w;
    rig_open(&w.rig);
    edge_start(&w.edge, &w.rig, NULL);
    *state = &w;
    return 0;
}

static int close_world(void **state) {
    struct world *w = *state;
    edge_stop(&w->edge);
    rig_close(&w->rig);
    return 0;
}

/* The text; owned. */
static char *scrape(struct world *w) {
    struct answer a = ask(&w->edge, "GET", "/metrics", NULL, NULL, NULL);
    assert_int_equal(a.status, 200);
    assert_true(answer_has(&a, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    free(a.head);
    return a.body;
}

/* The value behind a series, -1 when it is not there. */
static int64_t value_in(const char *text, const char *series) {
    const size_t n = strlen(series);
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, series, n) == 0 && line[n] == ' ')
            return (int64_t)strtoll(line + n + 1, NULL, 10);
    return -1;
}

static int64_t value(struct world *w, const char *series) {
    char *text = scrape(w);
    const int64_t found = value_in(text, series);
    free(text);
    return found;
}

/* Asks again until the gauge stands there: what sleeps is counted a moment after its bytes were sent. */
static void expect_soon(struct world *w, const char *series, int64_t wanted) {
    struct mt_clock clock = mt_clock_system();
    const int64_t until = clock.mono(clock.ctx) + 20000;
    int64_t found;
    while ((found = value(w, series)) != wanted)
        if (clock.mono(clock.ctx) > until)
            fail_msg("%s is %" PRId64 ", not %" PRId64, series, found, wanted);
}

static bool is_name(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '_' && s[i] != ':')
            return false;
    return n > 0 && !isdigit((unsigned char)s[0]);
}

/* One sample line: name, optional labels, one number. */
static void check_sample(const char *line, size_t n, const char *family) {
    const size_t name = strcspn(line, "{ \n");
    assert_true(is_name(line, name));
    if (strncmp(line, family, strlen(family)) != 0)
        fail_msg("%.*s stands under %s", (int)n, line, family);
    const char *at = line + name;
    if (*at == '{') {
        do {
            at++;
            size_t label = strcspn(at, "=");
            assert_true(is_name(at, label) && at[label + 1] == '"');
            at += label + 2;
            at += strcspn(at, "\"\n");
            assert_int_equal(*at++, '"');
        } while (*at == ',');
        assert_int_equal(*at++, '}');
    }
    assert_int_equal(*at++, ' ');
    char *end;
    (void)strtod(at, &end);
    assert_true(end > at && *end == '\n' && end == line + n);
}

/* Each family once, its help and type first, each series once. */
static void the_text_has_the_form(void **state) {
    struct world *w = *state;
    char family[100] = "", *text = scrape(w);
    size_t families = 0;
    free(text);
    text = scrape(w); /* now /metrics itself has a series */
    assert_int_equal(text[strlen(text) - 1], '\n');
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        const size_t n = strcspn(line, "\n");
        char again[100], type[20];
        assert_true(n > 0);
        if (sscanf(line, "# HELP %99s", family) == 1) {
            families++;
            assert_int_equal(sscanf(strchr(line, '\n') + 1, "# TYPE %99s %19s", again, type), 2);
            assert_string_equal(again, family);
            assert_true(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0 || strcmp(type, "histogram") == 0);
            const size_t length = strlen(family);
            assert_int_equal(strcmp(type, "counter") == 0, length > 6 && strcmp(family + length - 6, "_total") == 0);
        } else if (strncmp(line, "# TYPE ", 7) != 0) {
            check_sample(line, n, family);
            const size_t before = (size_t)((const char *)memrchr(line, ' ', n) - line) + 1;
            char *series = strndup(line - 1, before + 1); /* from the line's beginning to the space */
            assert_non_null(series);
            const char *first = strstr(text, series);
            assert_ptr_equal(first, line - 1);
            free(series);
        }
    }
    assert_int_equal(families, MT_METRIC_END + 2);
    free(text);
}

static void requests_are_counted_by_route(void **state) {
    struct world *w = *state;
    struct rig *r = &w->rig;
    static const char *const targets[] = {"/v1/orders/A03-777777", "/v1/orders?user_phone=13800138000", "/v1/13800138000"};
    for (size_t i = 0; i < 3; i++) {
        struct answer a = ask(&w->edge, "GET", targets[i], r->token, NULL, NULL);
        answer_free(&a);
    }
    char *text = scrape(w);
    assert_int_equal(value_in(text, "medterm_http_requests_total{route=\"/v1/orders/{}\",method=\"GET\",status=\"4xx\"}"), 1);
    assert_int_equal(value_in(text, "medterm_http_requests_total{route=\"/v1/orders\",method=\"GET\",status=\"2xx\"}"), 1);
    assert_int_equal(value_in(text, "medterm_http_requests_total{route=\"none\",method=\"other\",status=\"4xx\"}"), 1);
    assert_int_equal(
        value_in(text, "medterm_http_request_duration_seconds_bucket{route=\"/v1/orders\",method=\"GET\",le=\"+Inf\"}"), 1);
    assert_int_equal(value_in(text, "medterm_http_request_duration_seconds_count{route=\"/v1/orders\",method=\"GET\"}"), 1);
    assert_null(strstr(text, "777777"));
    assert_null(strstr(text, "13800138000"));
    assert_true(value_in(text, "medterm_http_connections") >= 1);
    assert_true(value_in(text, "process_start_time_seconds") > 1600000000);
    assert_true(value_in(text, "process_resident_memory_bytes") > 1 << 20);
    free(text);
}

static void send(struct world *w, char *push, int times, const char *outcome) {
    for (int i = 0; i < times; i++) {
        struct answer a = ask(&w->edge, "POST", "/v1/operations", w->rig.token, NULL, push);
        if (a.status != 200 || !strstr(a.body, outcome) || !strstr(a.body, i ? "\"replayed\":true" : "\"replayed\":false"))
            fail_msg("%d %s", a.status, a.body ? a.body : "");
        answer_free(&a);
    }
    free(push);
}

/* A rig whose drug is in the catalogue and nowhere on a shelf. */
static struct rig without_stock(struct rig *r) {
    struct rig other = *r;
    struct mt_drug d = {.code = NO_STOCK_CODE,
                        .name = "Ibuprofen",
                        .spec = "",
                        .form = "",
                        .maker = "",
                        .generic = "",
                        .pinyin = "",
                        .shelf = "",
                        .has_price = true,
                        .sellable = true,
                        .rx = MT_RX_NONE};
    bool changed;
    assert_int_equal(mt_money_from_minor(1280, &d.price), MT_OK);
    assert_int_equal(mt_admin_import_begin(r->write, NULL), MT_OK);
    assert_int_equal(mt_admin_import_drug(r->write, &d, &changed, NULL), MT_OK);
    assert_int_equal(mt_admin_import_end(r->write, true, NULL), MT_OK);
    struct mt_response a = rig_send(r, "GET", "/v1/changes?limit=1000", r->token, NULL);
    const char *at = strstr(mt_buf_text(&a.body), "\"code\":\"" NO_STOCK_CODE);
    assert_non_null(at);
    while (strncmp(at, "\"drug_id\"", 9) != 0)
        at--;
    char *id = rig_text(at, "drug_id");
    assert_int_equal(mt_id_parse(mt_sv(id), &other.drug), MT_OK);
    free(id);
    mt_response_fini(&a);
    return other;
}

/* The sale as a request that is not paid yet; frees it. */
static char *unpaid(char *sale) {
    struct mt_buf b;
    struct mt_sv rest = mt_sv(sale);
    const char *fact = strstr(sale, "\"fact\":true"), *paid = strstr(sale, ",\"payments\"");
    assert_true(fact && paid && fact < paid);
    mt_buf_init(&b, 8192);
    mt_buf_add(&b, rest.p, (size_t)(fact - sale));
    mt_buf_str(&b, "\"fact\":false");
    mt_buf_add(&b, fact + 11, (size_t)(paid - fact - 11));
    mt_buf_str(&b, "}}]}");
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    free(sale);
    return b.p;
}

static void the_business_is_counted(void **state) {
    struct world *w = *state;
    struct rig *r = &w->rig, empty = without_stock(r);
    send(w, rig_sale(r, "A03", 1, 2), 2, "\"outcome\":\"applied\"");
    send(w, rig_sale(&empty, "A03", 2, 1), 1, "\"outcome\":\"applied\"");
    send(w, unpaid(rig_sale(&empty, "A03", 3, 1)), 1, "INSUFFICIENT_STOCK");
    char *text = scrape(w);
    assert_int_equal(value_in(text, "medterm_orders_created_total"), 2);
    assert_int_equal(value_in(text, "medterm_operations_total{kind=\"order.create\",outcome=\"applied\"}"), 2);
    assert_int_equal(value_in(text, "medterm_operations_total{kind=\"order.create\",outcome=\"refused\"}"), 1);
    assert_int_equal(value_in(text, "medterm_operations_total{kind=\"order.create\",outcome=\"quarantined\"}"), 0);
    assert_int_equal(value_in(text, "medterm_payments_total{method=\"cash\",result=\"succeeded\"}"), 2);
    assert_int_equal(value_in(text, "medterm_payments_total{method=\"cash\",result=\"failed\"}"), 0);
    assert_int_equal(value_in(text, "medterm_shortages_total{result=\"refused\"}"), 1);
    assert_int_equal(value_in(text, "medterm_shortages_total{result=\"went_out\"}"), 1);
    const int64_t commits = value_in(text, "medterm_commit_batch_operations_count");
    assert_true(commits >= 4);
    assert_int_equal(value_in(text, "medterm_commit_batch_operations_bucket{le=\"+Inf\"}"), commits);
    assert_int_equal(value_in(text, "medterm_commit_batch_operations_bucket{le=\"8192\"}"), commits);
    assert_int_equal(value_in(text, "medterm_commit_batch_operations_sum"), commits); /* one operation each */
    assert_int_equal(value_in(text, "medterm_commits_failed_total"), 0);
    free(text);
}

/* No provider takes it; the same request sent again is the same failure. */
static void a_refused_payment_has_failed(void **state) {
    struct world *w = *state;
    struct rig *r = &w->rig;
    char body[200], path[200];
    static const char failed[] = "medterm_payments_total{method=\"wechat\",result=\"failed\"}";
    static const char taken[] = "medterm_payments_total{method=\"wechat\",result=\"succeeded\"}";
    static const struct {
        const char *key;
        int64_t failed;
    } rows[] = {{"Idempotency-Key: pay-1\r\n", 1}, {"Idempotency-Key: pay-1\r\n", 1}, {"Idempotency-Key: pay-2\r\n", 2}};
    assert_true(snprintf(body, sizeof body, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":1,\"price\":1280}]}", r->drug.s) > 0);
    struct answer a = ask(&w->edge, "POST", "/v1/orders", r->client, "Idempotency-Key: order-1\r\n", body);
    assert_int_equal(a.status, 201);
    char *order_no = rig_text(a.body, "order_no");
    answer_free(&a);
    assert_true(snprintf(path, sizeof path, "/v1/orders/%s/payments", order_no) > 0);
    free(order_no);
    assert_int_equal(value(w, failed), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        a = ask(&w->edge, "POST", path, r->client, rows[i].key, "{\"method\":\"wechat\",\"amount\":1280}");
        assert_int_equal(a.status, 422);
        assert_non_null(strstr(a.body, "PAYMENT_FAILED"));
        answer_free(&a);
        assert_int_equal(value(w, failed), rows[i].failed);
    }
    assert_int_equal(value(w, taken), 0);
}

static void what_waits_is_seen(void **state) {
    struct world *w = *state;
    struct rig *r = &w->rig;
    char target[600];
    struct answer a = ask(&w->edge, "GET", "/v1/changes?limit=1000", r->token, NULL, NULL);
    char *cursor = rig_text(a.body, "cursor");
    answer_free(&a);
    assert_true(snprintf(target, sizeof target, "/v1/changes?cursor=%s&wait=30", cursor) < (int)sizeof target);
    free(cursor);
    assert_int_equal(value(w, "medterm_feed_waiters"), 0);
    assert_int_equal(value(w, "medterm_write_queue_depth"), 0);
    int poll_fd = dial(&w->edge), sale_fd = dial(&w->edge);
    put_request(poll_fd, "GET", target, r->token, NULL, NULL);
    expect_soon(w, "medterm_feed_waiters", 1);
    assert_int_equal(mt_admin_import_begin(r->write, NULL), MT_OK); /* the writer has to wait */
    char *sale = rig_sale(r, "A03", 4, 1);
    put_request(sale_fd, "POST", "/v1/operations", r->token, NULL, sale);
    expect_soon(w, "medterm_write_queue_depth", 1);
    assert_int_equal(mt_admin_import_end(r->write, true, NULL), MT_OK);
    a = take_answer(sale_fd);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    a = take_answer(poll_fd);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    expect_soon(w, "medterm_feed_waiters", 0);
    assert_int_equal(value(w, "medterm_write_queue_depth"), 0);
    put_request(poll_fd, "GET", target, r->token, NULL, NULL); /* at once: the feed has moved */
    a = take_answer(poll_fd);
    answer_free(&a);
    (void)close(poll_fd);
    (void)close(sale_fd);
    free(sale);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_has_the_form),   cmocka_unit_test(requests_are_counted_by_route),
        cmocka_unit_test(the_business_is_counted), cmocka_unit_test(a_refused_payment_has_failed),
        cmocka_unit_test(what_waits_is_seen),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
