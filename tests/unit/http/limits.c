/* How often a caller may ask, by a clock the test moves; and what a request leaves in the log. */
#include "client.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

enum { RATE = 5 };

struct world {
    struct rig rig;
    struct edge edge;
    atomic_llong now; /* monotonic milliseconds; the wall stands still */
    char *log_path;
    struct mt_log log;
};

static mt_time wall(void *ctx) {
    (void)ctx;
    return INT64_C(1800000000000);
}

static int64_t mono(void *ctx) {
    return atomic_load(&((struct world *)ctx)->now);
}

static int open_world(void **state) {
    static struct world w;
    rig_open(&w.rig);
    atomic_init(&w.now, 1000000);
    w.log_path = mt_path(w.rig.dir, "edge.log");
    w.log = (struct mt_log){.fd = open(w.log_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600), .least = MT_LOG_INFO};
    assert_true(w.log.fd >= 0);
    struct mt_clock clock = {.ctx = &w, .wall = wall, .mono = mono};
    struct mt_http_limits limits = mt_http_limits_default();
    limits.rate = RATE;
    edge_start_with(&w.edge, &w.rig, &limits, &clock, &w.log);
    *state = &w;
    return 0;
}

static int close_world(void **state) {
    struct world *w = *state;
    edge_stop(&w->edge);
    (void)close(w->log.fd);
    free(w->log_path);
    rig_close(&w->rig);
    return 0;
}

/* Sends until one is refused; how many were granted. */
static int until_refused(struct world *w, const char *token, const char *extra, struct answer *refusal) {
    for (int granted = 0; granted < 100; granted++) {
        *refusal = ask(&w->edge, "GET", "/v1/register", token, extra, NULL);
        if (refusal->status == 429)
            return granted;
        answer_free(refusal);
    }
    return 100;
}

static void expect_refusal(struct answer *a) {
    assert_int_equal(a->status, 429);
    assert_true(answer_has(a, "Content-Type: application/problem+json") && answer_has(a, "Retry-After: 1"));
    assert_non_null(strstr(a->body, "\"code\":\"TOO_MANY_REQUESTS\""));
    answer_free(a);
}

static void forward(struct world *w, int64_t ms) {
    (void)atomic_fetch_add(&w->now, ms);
}

static void a_token_has_a_bucket_of_its_own(void **state) {
    struct world *w = *state;
    struct answer a;
    assert_int_equal(until_refused(w, w->rig.token, NULL, &a), 2 * RATE);
    expect_refusal(&a);
    a = ask(&w->edge, "GET", "/v1/register", w->rig.other_token, NULL, NULL);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    forward(w, 1000 / RATE - 1);
    assert_int_equal(until_refused(w, w->rig.token, NULL, &a), 0);
    expect_refusal(&a);
    forward(w, 1);
    assert_int_equal(until_refused(w, w->rig.token, NULL, &a), 1);
    expect_refusal(&a);
    forward(w, 60000); /* never more than a full bucket */
    assert_int_equal(until_refused(w, w->rig.token, NULL, &a), 2 * RATE);
    expect_refusal(&a);
}

/* The same token written in another way is the same caller. */
static void spelling_makes_no_other_caller(void **state) {
    struct world *w = *state;
    struct answer a;
    forward(w, 60000);
    assert_int_equal(until_refused(w, w->rig.token, NULL, &a), 2 * RATE);
    expect_refusal(&a);
    char extra[120];
    assert_true(snprintf(extra, sizeof extra, "Authorization:   bearer    %s  \r\n", w->rig.token) > 0);
    assert_int_equal(until_refused(w, NULL, extra, &a), 0);
    expect_refusal(&a);
}

static void without_a_token_the_address_counts(void **state) {
    struct world *w = *state;
    struct answer a;
    forward(w, 60000);
    assert_int_equal(until_refused(w, NULL, NULL, &a), 2 * RATE);
    expect_refusal(&a);
    a = ask(&w->edge, "POST", "/v1/enrolments", NULL, NULL, "{}"); /* its body is not read */
    assert_true(answer_has(&a, "Connection: close"));
    expect_refusal(&a);
    a = ask(&w->edge, "GET", "/v1/register", w->rig.token, NULL, NULL); /* whoever has one is not held back by strangers */
    assert_int_equal(a.status, 200);
    answer_free(&a);
}

/* How many of many requests, each with another made-up token, are answered as they should be; the others are refused. */
static int answered(struct world *w, const char *method, const char *target, const char *body, int status) {
    int count = 0;
    forward(w, 60000);
    for (int i = 0; i < 3 * RATE; i++) {
        char token[40];
        assert_true(snprintf(token, sizeof token, "not-a-token-%d", i) > 0);
        struct answer a = ask(&w->edge, method, target, token, NULL, body);
        count += a.status == status;
        if (a.status != status)
            assert_int_equal(a.status, 429);
        answer_free(&a);
    }
    return count;
}

/* Wherever they are shown: also where nobody looks at them. */
static void made_up_tokens_count_for_the_address(void **state) {
    struct world *w = *state;
    static const char guess[] = "{\"code\":\"AAAA-AAAA-AAAA\",\"instance_id\":\"" RIG_INSTANCE "\"}";
    assert_int_equal(answered(w, "GET", "/v1/register", NULL, 401), 2 * RATE);
    assert_int_equal(answered(w, "GET", "/readyz", NULL, 200), 2 * RATE);
    assert_int_equal(answered(w, "GET", "/v1/nothing", NULL, 404), 2 * RATE);
    assert_int_equal(answered(w, "POST", "/v1/enrolments", guess, 403), 2 * RATE); /* a code is not guessed any faster */
}

/* More callers than the table has places: all are served, nobody is refused for it. */
static void the_table_is_bounded(void **state) {
    struct world *w = *state;
    int fd = dial(&w->edge);
    for (int i = 0; i < 6000; i++) {
        char token[40];
        if (i % RATE == 0)
            forward(w, 1000);
        assert_true(snprintf(token, sizeof token, "caller-%d", i) > 0);
        put_request(fd, "GET", "/livez", token, NULL, NULL);
        struct answer a = take_answer(fd);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    (void)close(fd);
}

/* Whoever makes up callers until the table overflows pushes nobody out who goes on asking: such a one gets no more than the rate.
 */
static void who_is_busy_is_not_forgotten(void **state) {
    struct world *w = *state;
    enum { MS = 8000, EACH_MS = 10 };
    int fd = dial(&w->edge), granted = 0;
    forward(w, 60000);
    for (int i = 0; i < MS; i++) {
        char token[40];
        forward(w, 1);
        assert_true(snprintf(token, sizeof token, "crowd-%d", i) > 0);
        put_request(fd, "GET", "/livez", token, NULL, NULL);
        struct answer a = take_answer(fd);
        answer_free(&a);
        if (i % EACH_MS)
            continue;
        a = ask(&w->edge, "GET", "/v1/register", w->rig.other_token, NULL, NULL);
        granted += a.status == 200;
        answer_free(&a);
    }
    (void)close(fd);
    assert_in_range(granted, (2 + MS / 1000) * RATE - 1, (2 + MS / 1000) * RATE);
}

/* The last line of the log. */
static void last_line(const struct world *w, char line[1024]) {
    char *text = mt_file_text(w->log_path);
    assert_non_null(text);
    size_t n = strlen(text);
    assert_true(n > 1 && text[n - 1] == '\n');
    text[n - 1] = '\0';
    const char *last = strrchr(text, '\n');
    assert_true(snprintf(line, 1024, "%s", last ? last + 1 : text) < 1024);
    free(text);
}

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"

static void a_trace_is_followed(void **state) {
    struct world *w = *state;
    static const struct {
        const char *header, *trace;
    } rows[] = {
        {"00-" TRACE "-" PARENT "-01", TRACE},
        {"00-" TRACE "-" PARENT "-00", TRACE},
        {"cc-" TRACE "-" PARENT "-01", TRACE}, /* of a later version */
        {"cc-" TRACE "-" PARENT "-01-what-comes", TRACE},
        {"cc-" TRACE "-" PARENT "-01x", "-"},
        {"00-" TRACE "-" PARENT "-01-what-comes", "-"},
        {"ff-" TRACE "-" PARENT "-01", "-"},
        {"00-00000000000000000000000000000000-" PARENT "-01", "-"},
        {"00-" TRACE "-0000000000000000-01", "-"},
        {"00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01", "-"},
        {"00-" TRACE "-" PARENT, "-"},
        {"00-" TRACE "-" PARENT "-0", "-"},
        {"00-" TRACE "-" PARENT "-0g", "-"},
        {"0-" TRACE "-" PARENT "-01", "-"},
        {"00" TRACE "-" PARENT "-01", "-"},
        {"", "-"},
        {"garbage", "-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char extra[200], line[1024], wanted[64];
        assert_true(snprintf(extra, sizeof extra, "traceparent: %s\r\n", rows[i].header) < (int)sizeof extra);
        assert_true(snprintf(wanted, sizeof wanted, " trace_id=%s", rows[i].trace) < (int)sizeof wanted);
        forward(w, 60000);
        int fd = dial(&w->edge);
        put_request(fd, "GET", "/livez", NULL, extra, NULL);
        struct answer a = take_answer(fd);
        assert_int_equal(a.status, 200);
        answer_free(&a);
        (void)close(fd);
        last_line(w, line);
        const char *at = strstr(line, wanted);
        if (!at || at[strlen(wanted)] != '\0')
            fail_msg("%s: %s", rows[i].header, line);
    }
}

static void one_line_a_request(void **state) {
    struct world *w = *state;
    char line[1024];
    static const struct {
        const char *method, *target;
        bool with_token;
        const char *line;
    } rows[] = {
        {"GET", "/v1/orders?user_phone=13800138000&q=Wang", true,
         "level=info event=request method=GET route=/v1/orders status=200 ms=0 caller=A03 request_id=r-1 trace_id=-"},
        {"GET", "/v1/orders/A03-999999", true,
         "level=info event=request method=GET route=/v1/orders/{} status=404 ms=0 caller=A03 request_id=r-1 trace_id=-"},
        {"GET", "/v1/13800138000", false,
         "level=info event=request method=GET route=none status=404 ms=0 caller=- request_id=r-1 trace_id=-"},
        {"WANGXIAOMING13800138000", "/livez", false,
         "level=info event=request method=other route=none status=405 ms=0 caller=- request_id=r-1 trace_id=-"},
        {"GET", "/v1/register", false,
         "level=info event=request method=GET route=/v1/register status=401 ms=0 caller=- request_id=r-1 trace_id=-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forward(w, 60000);
        struct answer a =
            ask(&w->edge, rows[i].method, rows[i].target, rows[i].with_token ? w->rig.token : NULL, "X-Request-Id: r-1\r\n", NULL);
        answer_free(&a);
        last_line(w, line);
        assert_string_equal(line, rows[i].line);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_a_bucket_of_its_own),
        cmocka_unit_test(spelling_makes_no_other_caller),
        cmocka_unit_test(without_a_token_the_address_counts),
        cmocka_unit_test(made_up_tokens_count_for_the_address),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(who_is_busy_is_not_forgotten),
        cmocka_unit_test(a_trace_is_followed),
        cmocka_unit_test(one_line_a_request),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
