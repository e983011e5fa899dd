/* Every route with every method and every caller, and what is wrong in a request before a handler sees it. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The code of a problem answer, checked for the members every problem has; owned. */
static char *problem_code(struct mt_response *a) {
    const char *json = mt_buf_text(&a->body);
    assert_string_equal(a->content_type, "application/problem+json");
    static const char *const members[] = {"\"type\":", "\"title\":", "\"status\":", "\"detail\":", "\"request_id\":"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (!strstr(json, members[i]))
            fail_msg("no %s in %s", members[i], json);
    return rig_text(json, "code");
}

static void expect_problem(struct mt_response *a, int status, const char *code) {
    if (a->status != status)
        fail_msg("status %d instead of %d %s: %s", a->status, status, code, mt_buf_text(&a->body));
    char *got = problem_code(a);
    assert_string_equal(got, code);
    free(got);
    mt_response_fini(a);
}

/* What each caller gets: nobody, a register, a client. For {} stands an order or drug that exists. */
static const struct access {
    const char *method, *target;
    int nobody, reg, client;
} accesses[] = {
    {"GET", "/livez", 200, 200, 200},
    {"GET", "/readyz", 200, 200, 200},
    {"HEAD", "/livez", 200, 200, 200},
    {"GET", "/v1/register", 401, 200, 403},
    {"GET", "/v1/orders", 401, 200, 200},
    {"HEAD", "/v1/orders", 401, 200, 200},
    {"GET", "/v1/orders/A03-000001", 401, 200, 200},
    {"GET", "/v1/orders/A03-000001/events", 401, 200, 200},
    {"GET", "/v1/changes", 401, 200, 200},
    {"GET", "/v1/drugs/{drug}", 401, 200, 200},
    {"GET", "/v1/drugs/{drug}/stock", 401, 200, 200},
    {"GET", "/v1/exceptions", 401, 200, 200},
    {"GET", "/v1/drugs", 401, 200, 200},
    {"GET", "/v1/users", 401, 200, 200},
    {"GET", "/v1/users/none/orders", 401, 404, 404},
    {"GET", "/v1/payments/none", 401, 404, 404},
    {"GET", "/v1/stats", 401, 200, 200},
    {"POST", "/v1/operations", 401, 200, 403},
};

static void target_of(const struct rig *r, const char *pattern, char out[200]) {
    const char *hole = strstr(pattern, "{drug}");
    int n = hole ? snprintf(out, 200, "%.*s%s%s", (int)(hole - pattern), pattern, r->drug.s, hole + 6)
                 : snprintf(out, 200, "%s", pattern);
    assert_true(n > 0 && n < 200);
}

static void who_may(void **state) {
    struct rig *r = *state;
    char *sale = rig_sale(r, "A03", 1, 2);
    for (size_t i = 0; i < sizeof accesses / sizeof accesses[0]; i++) {
        const struct access *x = &accesses[i];
        const char *tokens[] = {NULL, r->token, r->client, "0000000000000000000000000000000000000000000000000000000000000000"};
        const int expected[] = {x->nobody, x->reg, x->client, x->nobody};
        char target[200];
        target_of(r, x->target, target);
        /* The sale comes first, so that A03-000001 exists for the reads. */
        struct mt_response first = rig_send(r, "POST", "/v1/operations", r->token, sale);
        assert_int_equal(first.status, 200);
        mt_response_fini(&first);
        for (size_t t = 0; t < 4; t++) {
            struct mt_response a = rig_send(r, x->method, target, tokens[t], strcmp(x->method, "POST") == 0 ? sale : NULL);
            if (a.status != expected[t])
                fail_msg("%s %s by caller %zu: %d instead of %d: %s", x->method, target, t, a.status, expected[t],
                         mt_buf_text(&a.body));
            assert_int_equal(a.challenge, expected[t] == 401);
            mt_response_fini(&a);
        }
    }
    free(sale);
}

static void other_methods_are_405(void **state) {
    struct rig *r = *state;
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", ""};
    static const struct {
        const char *target, *allow;
    } rows[] = {
        {"/v1/operations", "POST"},
        {"/v1/enrolments", "POST"},
        {"/v1/register", "GET, HEAD"},
        {"/v1/orders", "GET, HEAD, POST"},
        {"/v1/orders/A03-000001/cancel", "POST"},
        {"/v1/orders/A03-000001", "GET, HEAD"},
        {"/v1/orders/A03-000001/events", "GET, HEAD"},
        {"/v1/changes", "GET, HEAD"},
        {"/v1/drugs/x", "GET, HEAD"},
        {"/v1/drugs/x/stock", "GET, HEAD"},
        {"/v1/exceptions", "GET, HEAD"},
        {"/v1/drugs", "GET, HEAD"},
        {"/v1/users", "GET, HEAD, POST"},
        {"/v1/users/x/orders", "GET, HEAD"},
        {"/v1/payments/x", "GET, HEAD"},
        {"/v1/stats", "GET, HEAD"},
        {"/livez", "GET, HEAD"},
        {"/readyz", "GET, HEAD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
            if (methods[m][0] && strstr(rows[i].allow, methods[m]))
                continue;
            struct mt_response a = rig_send(r, methods[m], rows[i].target, r->token, NULL);
            assert_string_equal(a.allow, rows[i].allow);
            expect_problem(&a, 405, "METHOD_NOT_ALLOWED");
        }
    }
}

static void unknown_paths_are_404(void **state) {
    struct rig *r = *state;
    static const char *const paths[] = {"",
                                        "/",
                                        "//",
                                        "/v1",
                                        "/v1/",
                                        "/v2/orders",
                                        "/v1/order",
                                        "/v1/orders/",
                                        "/v1/orders//events",
                                        "/v1/orders/x/y",
                                        "/v1/orders/x/events/",
                                        "/livez/",
                                        "livez",
                                        "/v1/../livez",
                                        "*",
                                        "http://x/livez"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct mt_response a = rig_send(r, "GET", paths[i], r->token, NULL);
        assert_string_equal(a.allow, "");
        expect_problem(&a, 404, "NOT_FOUND");
    }
}

static void bad_queries_are_400(void **state) {
    struct rig *r = *state;
    static const struct {
        const char *target, *code, *says;
    } rows[] = {
        {"/v1/orders?limit=0", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?limit=1001", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?limit=-1", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?limit=", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?limit=1e2", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?limit=99999999999999999999", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?limit=10&limit=10", "VALIDATION_FAILED", "limit"},
        {"/v1/orders?status=payed", "VALIDATION_FAILED", "status"},
        {"/v1/orders?created_from=yesterday", "VALIDATION_FAILED", "created_from"},
        {"/v1/orders?cursor=zzz", NULL, "cursor"},
        {"/v1/orders?colour=red", "VALIDATION_FAILED", "colour"},
        {"/v1/orders?status=", "VALIDATION_FAILED", "status"},
        {"/v1/orders?status", "VALIDATION_FAILED", "status"},
        {"/v1/orders?user_id=", "VALIDATION_FAILED", "user_id"},
        {"/v1/orders?user_phone=&limit=5", "VALIDATION_FAILED", "user_phone"},
        {"/v1/orders?store_id=", "VALIDATION_FAILED", "store_id"},
        {"/v1/orders?q=&register=", "VALIDATION_FAILED", "register"},
        {"/v1/orders?created_from=", "VALIDATION_FAILED", "created_from"},
        {"/v1/orders?created_to=", "VALIDATION_FAILED", "created_to"},
        {"/v1/users?phone=", "VALIDATION_FAILED", "phone"},
        {"/v1/exceptions?state=", "VALIDATION_FAILED", "state"},
        {"/v1/stats?store_id=", "VALIDATION_FAILED", "store_id"},
        {"/v1/stats?from=", "VALIDATION_FAILED", "from"},
        {"/v1/stats?to=", "VALIDATION_FAILED", "to"},
        {"/v1/changes?wait=", "VALIDATION_FAILED", "wait"},
        {"/v1/orders?q=%zz", "MALFORMED", "percent"},
        {"/v1/orders?q=%4", "MALFORMED", "percent"},
        {"/v1/orders?q=%", "MALFORMED", "percent"},
        {"/v1/orders?q=%00", "MALFORMED", "UTF-8"},
        {"/v1/orders?q=%ff", "MALFORMED", "UTF-8"},
        {"/v1/orders?q=%ed%a0%80", "MALFORMED", "UTF-8"},
        {"/v1/orders/%ff", "MALFORMED", "UTF-8"},
        {"/v1/orders/A03-000001?x=1", "VALIDATION_FAILED", "x"},
        {"/v1/changes?limit=0", "VALIDATION_FAILED", "limit"},
        {"/v1/changes?wait=-1", "VALIDATION_FAILED", "wait"},
        {"/v1/changes?wait=soon", "VALIDATION_FAILED", "wait"},
        {"/v1/changes?cursor=zzz", NULL, "cursor"},
        {"/v1/exceptions?state=closed", "VALIDATION_FAILED", "state"},
        {"/v1/drugs?limit=0", "VALIDATION_FAILED", "limit"},
        {"/v1/users?cursor=zzz", "VALIDATION_FAILED", "cursor"},
        {"/v1/users?name=x", "VALIDATION_FAILED", "name"},
        {"/v1/exceptions?limit=1001", "VALIDATION_FAILED", "limit"},
        {"/v1/stats?from=soon", "VALIDATION_FAILED", "from"},
        {"/v1/stats?from=2020-01-01&to=2021-01-02", "VALIDATION_FAILED", "366"},
        {"/v1/register?all=1", "VALIDATION_FAILED", "all"},
        {"/livez?now", "VALIDATION_FAILED", "now"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_response a = rig_send(r, "GET", rows[i].target, r->token, NULL);
        if (a.status != 400 || !strstr(mt_buf_text(&a.body), rows[i].says))
            fail_msg("%s: %d %s", rows[i].target, a.status, mt_buf_text(&a.body));
        if (rows[i].code)
            expect_problem(&a, 400, rows[i].code);
        else
            mt_response_fini(&a);
    }
}

static void good_queries_are_200(void **state) {
    struct rig *r = *state;
    static const char *const targets[] = {
        "/v1/orders?limit=1",
        "/v1/orders?limit=1000",
        "/v1/orders?status=paid",
        "/v1/orders?q=A03",
        "/v1/orders?q=%e9%98%bf+x",
        "/v1/orders?&&limit=5&",
        "/v1/orders?q=&cursor=",
        "/v1/changes?cursor=&limit=1000",
        "/v1/exceptions?state=open",
        "/v1/exceptions?state=resolved",
        "/v1/exceptions",
        "/v1/changes?wait=0",
        "/v1/orders?created_from=2020-01-01T00:00:00Z",
        "/v1/orders?register=A03",
        "/v1/drugs?q=amox&limit=5",
        "/v1/drugs?cursor=",
        "/v1/users?phone=138&q=wang",
        "/v1/stats?from=2020-01-01&to=2020-12-31",
        "/v1/exceptions?limit=1&cursor=",
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct mt_response a = rig_send(r, "GET", targets[i], r->token, NULL);
        if (a.status != 200)
            fail_msg("%s: %d %s", targets[i], a.status, mt_buf_text(&a.body));
        mt_response_fini(&a);
    }
}

static void media_types(void **state) {
    struct rig *r = *state;
    static const struct {
        const char *type;
        bool good;
    } rows[] = {{"application/json", true},
                {"Application/JSON; charset=UTF-8", true},
                {"application/json;charset=\"utf-8\"", true},
                {"application/json; v=1", true},
                {"", false},
                {"text/plain", false},
                {"application/json; charset=latin1", false},
                {"application/json; charset=", false},
                {"application/jsonx", false},
                {"application/x-www-form-urlencoded", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_request q = {
            .method = MT_SV("POST"), .path = MT_SV("/v1/enrolments"), .content_type = mt_sv(rows[i].type), .body = MT_SV("{}")};
        struct mt_response a = rig_ask(r, &q, NULL);
        if (a.status != (rows[i].good ? 400 : 415))
            fail_msg("\"%s\": %d", rows[i].type, a.status);
        mt_response_fini(&a);
    }
    static const struct {
        const char *codings;
        bool good;
    } encodings[] = {{"identity", true}, {"Identity, ", true},      {"gzip", false},
                     {"br", false},      {"identity, gzip", false}, {"gzip;q=0", false}};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        struct mt_request q = {.method = MT_SV("POST"),
                               .path = MT_SV("/v1/enrolments"),
                               .content_type = MT_SV("application/json"),
                               .content_encoding = mt_sv(encodings[i].codings),
                               .body = MT_SV("{}")};
        struct mt_response a = rig_ask(r, &q, NULL);
        if (a.status != (encodings[i].good ? 400 : 415))
            fail_msg("\"%s\": %d", encodings[i].codings, a.status);
        mt_response_fini(&a);
    }
}

static void bad_bodies_are_400(void **state) {
    struct rig *r = *state;
    char deep[2 * 40 + 1];
    memset(deep, '[', 40);
    memset(deep + 40, ']', 40);
    deep[80] = '\0';
    const char *const bodies[] = {
        "",
        " ",
        "{",
        "[]",
        "null",
        "{}x",
        deep,
        "{\"operations\":1}",
        "{\"operations\":[],\"operations\":[]}",
        "{\"instance_id\":\"\xff\"}",
        "{\"instance_id\":\"\\ud800\"}",
        "{\"instance_id\":\"a\\u0000b\"}",
        "{\"instance_id\":NaN}",
        "{\"instance_id\":1e999}",
        "{\"instance_id\":\"x\",\"sent_at\":\"2026-01-01T00:00:00Z\",\"acked\":null,\"operations\":[],\"more\":1}",
        "{\"instance_id\":\"x\",\"sent_at\":\"never\",\"acked\":null,\"operations\":[]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct mt_response a = rig_send(r, "POST", "/v1/operations", r->token, bodies[i]);
        if (a.status != 400)
            fail_msg("%s: %d %s", bodies[i], a.status, mt_buf_text(&a.body));
        free(problem_code(&a));
        mt_response_fini(&a);
    }
    struct mt_request q = {
        .method = MT_SV("POST"), .path = MT_SV("/v1/enrolments"), .content_type = MT_SV("application/json"), .body = {"{\0}", 3}};
    struct mt_response a = rig_ask(r, &q, NULL);
    assert_int_equal(a.status, 400);
    mt_response_fini(&a);
}

static void request_ids(void **state) {
    struct rig *r = *state;
    char longest[65], too_long[66];
    memset(longest, 'x', 64);
    longest[64] = '\0';
    memset(too_long, 'x', 65);
    too_long[65] = '\0';
    const struct {
        const char *sent, *expected;
    } rows[] = {{"abc-1", "abc-1"},   {longest, longest},    {too_long, "made-here"},    {"", "made-here"},
                {"a b", "made-here"}, {"a\tb", "made-here"}, {"a\x1b[31m", "made-here"}, {"\xc3\xa9", "made-here"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_request q = {.method = MT_SV("GET"), .path = MT_SV("/nowhere"), .request_id = mt_sv(rows[i].sent)};
        struct mt_response a = rig_ask(r, &q, NULL);
        char *in_body = rig_text(mt_buf_text(&a.body), "request_id");
        assert_string_equal(a.request_id, rows[i].expected);
        assert_string_equal(in_body, rows[i].expected);
        free(in_body);
        mt_response_fini(&a);
    }
}

static void authorization_header(void **state) {
    struct rig *r = *state;
    static const struct {
        const char *format;
        int status;
    } rows[] = {{"Bearer %s", 200}, {"bearer  %s ", 200}, {"BEARER %s", 200}, {"Basic %s", 401},   {"%s", 401},
                {"Bearer%s", 401},  {"Bearer", 401},      {"Bearer ", 401},   {"Bearer %sx", 401}, {"Token %s", 401}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_buf header;
        mt_buf_init(&header, 200);
        const char *hole = strstr(rows[i].format, "%s");
        mt_buf_add(&header, rows[i].format, hole ? (size_t)(hole - rows[i].format) : strlen(rows[i].format));
        if (hole)
            mt_buf_fmt(&header, "%s%s", r->token, hole + 2);
        struct mt_request q = {.method = MT_SV("GET"), .path = MT_SV("/v1/register"), .authorization = mt_buf_view(&header)};
        struct mt_response a = rig_ask(r, &q, NULL);
        if (a.status != rows[i].status)
            fail_msg("%s: %d", rows[i].format, a.status);
        mt_response_fini(&a);
        mt_buf_fini(&header);
    }
}

static void etag_of_an_order(void **state) {
    struct rig *r = *state;
    char bearer[96], listed[120];
    assert_true(snprintf(bearer, sizeof bearer, "Bearer %s", r->token) < (int)sizeof bearer);
    struct mt_response a = rig_send(r, "GET", "/v1/orders/A03-000001", r->token, NULL);
    assert_int_equal(a.status, 200);
    assert_true(a.etag[0] == '"');
    assert_true(snprintf(listed, sizeof listed, "\"999\", W/%s", a.etag) < (int)sizeof listed);
    const struct {
        const char *header;
        int status;
    } rows[] = {{a.etag, 304}, {listed, 304}, {"*", 304}, {"\"999\"", 200}, {"", 200}, {"1", 200}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_request q = {.method = MT_SV("GET"),
                               .path = MT_SV("/v1/orders/A03-000001"),
                               .authorization = mt_sv(bearer),
                               .if_none_match = mt_sv(rows[i].header)};
        struct mt_response b = rig_ask(r, &q, NULL);
        assert_int_equal(b.status, rows[i].status);
        assert_string_equal(b.etag, a.etag);
        assert_int_equal(b.body.n, a.body.n); /* of a 304 its length is told, and it is not sent */
        mt_response_fini(&b);
    }
    mt_response_fini(&a);
}

/* The path and query of Link: <…>; rel="next"; owned, NULL when there is none. */
static char *next_link(const struct mt_response *a) {
    if (!a->link[0])
        return NULL;
    const char *end = strchr(a->link, '>');
    assert_true(a->link[0] == '<' && end && strcmp(end, ">; rel=\"next\"") == 0);
    char *target = malloc((size_t)(end - a->link));
    assert_non_null(target);
    memcpy(target, a->link + 1, (size_t)(end - a->link) - 1);
    target[end - a->link - 1] = '\0';
    return target;
}

static void pages_follow_the_link(void **state) {
    struct rig *r = *state;
    for (int64_t seq = 2; seq <= 7; seq++) {
        char *sale = rig_sale(r, "A03", seq, 1);
        struct mt_response a = rig_send(r, "POST", "/v1/operations", r->token, sale);
        assert_int_equal(a.status, 200);
        assert_non_null(strstr(mt_buf_text(&a.body), "\"applied\""));
        mt_response_fini(&a);
        free(sale);
    }
    size_t pages = 0, orders = 0;
    char first[] = "/v1/orders?status=paid&register=A03&limit=3";
    char *target = malloc(sizeof first);
    assert_non_null(target);
    memcpy(target, first, sizeof first);
    while (target) {
        struct mt_response a = rig_send(r, "GET", target, r->token, NULL);
        if (a.status != 200)
            fail_msg("%s: %s", target, mt_buf_text(&a.body));
        for (const char *at = mt_buf_text(&a.body); (at = strstr(at, "\"order_id\"")); at++)
            orders++;
        free(target);
        target = next_link(&a);
        assert_int_equal(target == NULL, strstr(mt_buf_text(&a.body), "\"next_cursor\":null") != NULL);
        mt_response_fini(&a);
        assert_true(++pages < 10);
    }
    assert_int_equal(orders, 7);
    assert_int_equal(pages, 3);
}

static void another_store_sees_nothing(void **state) {
    struct rig *r = *state;
    struct mt_response a = rig_send(r, "GET", "/v1/orders/A03-000001", r->other_token, NULL);
    expect_problem(&a, 404, "ORDER_NOT_FOUND");
    a = rig_send(r, "GET", "/v1/orders/A03-000001/events", r->other_token, NULL);
    expect_problem(&a, 404, "ORDER_NOT_FOUND");
    a = rig_send(r, "GET", "/v1/orders", r->other_token, NULL);
    assert_string_equal(mt_buf_text(&a.body), "{\"orders\":[],\"next_cursor\":null}");
    mt_response_fini(&a);
    a = rig_send(r, "GET", "/v1/orders/A03-999999", r->token, NULL);
    expect_problem(&a, 404, "ORDER_NOT_FOUND");
    a = rig_send(r, "GET", "/v1/drugs/nope", r->token, NULL);
    assert_int_equal(a.status, 404);
    mt_response_fini(&a);
}

static void long_poll(void **state) {
    struct rig *r = *state;
    char target[400], bearer[96];
    struct mt_response a = rig_send(r, "GET", "/v1/changes?limit=1000&wait=5", r->token, NULL);
    char *cursor = rig_text(mt_buf_text(&a.body), "cursor");
    mt_response_fini(&a);
    assert_true(snprintf(target, sizeof target, "cursor=%s&wait=5", cursor) < (int)sizeof target);
    assert_true(snprintf(bearer, sizeof bearer, "Bearer %s", r->token) < (int)sizeof bearer);
    struct mt_request q = {
        .method = MT_SV("GET"), .path = MT_SV("/v1/changes"), .query = mt_sv(target), .authorization = mt_sv(bearer)};
    enum mt_route_next next;
    a = rig_ask(r, &q, &next);
    assert_int_equal(next, MT_ROUTE_WAIT);
    mt_response_fini(&a);
    q.wait_over = true;
    a = rig_ask(r, &q, &next);
    assert_int_equal(next, MT_ROUTE_DONE);
    assert_non_null(strstr(mt_buf_text(&a.body), "\"changes\":[]"));
    mt_response_fini(&a);
    q.wait_over = false;
    char *sale = rig_sale(r, "A03", 8, 1);
    a = rig_send(r, "POST", "/v1/operations", r->token, sale);
    assert_int_equal(a.status, 200);
    mt_response_fini(&a);
    a = rig_ask(r, &q, &next);
    assert_int_equal(next, MT_ROUTE_DONE);
    assert_non_null(strstr(mt_buf_text(&a.body), "A03-000008"));
    mt_response_fini(&a);
    free(sale);
    free(cursor);
}

/* Every answer that says "later" says when; no other does. */
static void later_says_when(void **state) {
    (void)state;
    static const struct {
        enum mt_problem_code code;
        int given, sent;
    } rows[] = {{MT_P_OVERLOADED, 0, 1}, {MT_P_OVERLOADED, 5, 5}, {MT_P_TOO_MANY, 0, 1}, {MT_P_INTERNAL, 0, 0}, {MT_P_STALE, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_problem p;
        struct mt_response r;
        mt_problem_init(&p);
        mt_response_init(&r);
        (void)mt_problem_set(&p, rows[i].code, "Later.");
        p.retry_after = rows[i].given;
        mt_route_problem(&p, &r);
        assert_int_equal(r.retry_after, rows[i].sent);
        mt_response_fini(&r);
    }
}

static void body_limits(void **state) {
    (void)state;
    assert_int_equal(mt_route_body_max(MT_SV("/v1/operations")), 4 << 20);
    assert_int_equal(mt_route_body_max(MT_SV("/v1/enrolments")), 256 << 10);
    assert_int_equal(mt_route_body_max(MT_SV("/anything")), 256 << 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may),
        cmocka_unit_test(other_methods_are_405),
        cmocka_unit_test(unknown_paths_are_404),
        cmocka_unit_test(bad_queries_are_400),
        cmocka_unit_test(good_queries_are_200),
        cmocka_unit_test(media_types),
        cmocka_unit_test(bad_bodies_are_400),
        cmocka_unit_test(request_ids),
        cmocka_unit_test(authorization_header),
        cmocka_unit_test(etag_of_an_order),
        cmocka_unit_test(pages_follow_the_link),
        cmocka_unit_test(another_store_sees_nothing),
        cmocka_unit_test(long_poll),
        cmocka_unit_test(later_says_when),
        cmocka_unit_test(body_limits),
    };
    return cmocka_run_group_tests(tests, open_rig, close_rig);
}
