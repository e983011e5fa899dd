/* What the edge does with bytes: framing, limits, deadlines, connections. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { SOON_MS = 20000 };

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

static void expect_status(struct answer *a, int status) {
    if (a->status != status)
        fail_msg("status %d instead of %d: %s%s", a->status, status, a->head ? a->head : "", a->body ? a->body : "");
    answer_free(a);
}

static void expect_problem(struct answer *a, int status) {
    assert_true(answer_has(a, "Content-Type: application/problem+json"));
    assert_non_null(strstr(a->body, "\"request_id\""));
    expect_status(a, status);
}

static void one_connection_many_requests(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    int fd = dial(&e);
    for (int i = 0; i < 3; i++) { /* pipelined: three in one go, answered in order */
        char id[32], header[64];
        assert_true(snprintf(header, sizeof header, "X-Request-Id: %s\r\n", number_text(id, i)) > 0);
        put_request(fd, "GET", i == 1 ? "/nowhere" : "/livez", NULL, header, NULL);
    }
    for (int i = 0; i < 3; i++) {
        struct answer a = take_answer(fd);
        char line[64];
        assert_true(snprintf(line, sizeof line, "X-Request-Id: %d", i) > 0);
        assert_true(answer_has(&a, line));
        expect_status(&a, i == 1 ? 404 : 200);
    }
    struct mt_clock clock = mt_clock_system();
    int64_t before = clock.mono(clock.ctx);
    for (int i = 0; i < 100; i++) { /* with a delayed acknowledgement in each it would take four seconds and more */
        put_request(fd, "GET", "/livez", NULL, NULL, NULL);
        struct answer a = take_answer(fd);
        expect_status(&a, 200);
    }
    assert_true(clock.mono(clock.ctx) - before < 3000);
    put_request(fd, "HEAD", "/readyz", NULL, NULL, NULL);
    struct answer head = take_head_answer(fd);
    assert_true(answer_has(&head, "Content-Length: 18"));
    expect_status(&head, 200);
    put_request(fd, "GET", "/livez", NULL, "Connection: close\r\n", NULL);
    struct answer last = take_answer(fd);
    expect_status(&last, 200);
    assert_true(at_end(fd, SOON_MS));
    (void)close(fd);
    edge_stop(&e);
}

/* How the request says its body's length; each is refused with 400 and the connection closed, so nothing behind it is read as a
 * request. */
static void the_length_is_said_once(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    static const char *const framings[] = {
        "Content-Length: 2\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nContent-Length: 47\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2, 2\r\n",
        "Content-Length: -2\r\n",
        "Content-Length: 2x\r\n",
        "Content-Length: +2\r\n",
        "Content-Length:\r\n",
        "Transfer-Encoding: gzip\r\n",
    };
    for (size_t i = 0; i < sizeof framings / sizeof framings[0]; i++) {
        int fd = dial(&e);
        put_text(fd, "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
        put_text(fd, framings[i]);
        put_text(fd, "\r\n{}GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        struct answer a = take_answer(fd);
        if (a.status != 400)
            fail_msg("%s: %d", framings[i], a.status);
        answer_free(&a);
        a = take_answer(fd);
        if (a.status != 0)
            fail_msg("%s: the connection lives on: %d", framings[i], a.status);
        answer_free(&a);
        (void)close(fd);
    }
    edge_stop(&e);
}

/* An order that a client could make: its body. */
static char *order_body(const struct rig *r) {
    char *body = malloc(160);
    assert_non_null(body);
    assert_true(snprintf(body, 160, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":1,\"price\":1280}]}", r->drug.s) > 0);
    return body;
}

/* Two of a header that is no list (RFC 9110 section 5.3): neither is taken, whatever they say, and nothing is done. */
static void each_header_stands_once(void **state) {
    struct rig *r = *state;
    struct edge e;
    char token[120], other[120];
    char *body = order_body(r);
    edge_start(&e, r, NULL);
    assert_true(snprintf(token, sizeof token, "Authorization: Bearer %s\r\n", r->client) > 0);
    assert_true(snprintf(other, sizeof other, "authorization: Bearer %s\r\n", r->other_token) > 0);
    const struct {
        const char *name, *first, *second;
    } rows[] = {
        {"Idempotency-Key", "Idempotency-Key: twice-1\r\n", "Idempotency-Key: twice-2\r\n"},
        {"Idempotency-Key", "Idempotency-Key: twice-3\r\n", "idempotency-key: twice-3\r\n"},
        {"Idempotency-Key", "Idempotency-Key:\r\n", "Idempotency-Key: twice-4\r\n"},
        {"Authorization", token, token},
        {"Authorization", token, other},
        {"Authorization", other, token},
        {"Content-Type", "Content-Type: application/json\r\n", "Content-Type: text/plain\r\n"},
        {"Host", "Host: x\r\n", "Host: y\r\n"},
    };
    const struct {
        const char *name, *line;
    } others[] = {{"Host", "Host: x\r\n"},
                  {"Authorization", token},
                  {"Idempotency-Key", "Idempotency-Key: twice\r\n"},
                  {"Content-Type", "Content-Type: application/json\r\n"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char length[64];
        int fd = dial(&e);
        put_text(fd, "POST /v1/orders HTTP/1.1\r\n");
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
            if (strcmp(others[k].name, rows[i].name) != 0)
                put_text(fd, others[k].line);
        put_text(fd, rows[i].first);
        put_text(fd, rows[i].second);
        assert_true(snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", strlen(body)) > 0);
        put_text(fd, length);
        put_text(fd, body);
        struct answer a = take_answer(fd);
        if (a.status != 400 || !strstr(a.body, "\"MALFORMED\"") || !strstr(a.body, rows[i].name))
            fail_msg("two of %s: %d %s", rows[i].name, a.status, a.body ? a.body : "");
        expect_problem(&a, 400);
        assert_true(at_end(fd, SOON_MS));
        (void)close(fd);
    }
    struct answer a = ask(&e, "GET", "/v1/orders", r->client, NULL, NULL);
    assert_non_null(strstr(a.body, "\"orders\":[]"));
    expect_status(&a, 200);
    edge_stop(&e);
    free(body);
}

/* A 304 says what the 200 to the same request would weigh, or nothing (RFC 9110 section 8.6), and is its head alone. */
static void not_modified_weighs_the_same(const struct edge *e, const char *target, const char *extra) {
    char same[160];
    struct answer full = ask(e, "GET", target, e->rig->client, extra, NULL);
    assert_int_equal(full.status, 200);
    const char *tag = strstr(full.head, "\r\nETag: ");
    assert_non_null(tag);
    tag += 8;
    assert_true(snprintf(same, sizeof same, "%sIf-None-Match: %.*s\r\n", extra, (int)strcspn(tag, "\r"), tag) < (int)sizeof same);
    int fd = dial(e);
    put_request(fd, "GET", target, e->rig->client, same, NULL);
    struct answer a = take_answer(fd);
    const char *length = strstr(a.head, "\r\nContent-Length: ");
    assert_true(!length || strtoul(length + 18, NULL, 10) == full.body_n);
    assert_false(answer_has(&a, "Transfer-Encoding") || answer_has(&a, "Content-Encoding"));
    expect_status(&a, 304);
    put_request(fd, "GET", "/livez", NULL, NULL, NULL); /* nothing of a body stands before the next answer */
    a = take_answer(fd);
    expect_status(&a, 200);
    (void)close(fd);
    answer_free(&full);
}

/* Lines of a list are one list; two ids of a request are none. */
static void lists_may_come_in_lines(void **state) {
    struct rig *r = *state;
    struct edge e;
    char order[120], cancel[128];
    char *body = order_body(r);
    edge_start(&e, r, NULL);
    struct answer a = ask(&e, "POST", "/v1/orders", r->client, "Idempotency-Key: once\r\n", body);
    char *order_no = rig_text(a.body, "order_no");
    expect_status(&a, 201);
    assert_true(snprintf(order, sizeof order, "/v1/orders/%s", order_no) > 0);
    assert_true(snprintf(cancel, sizeof cancel, "%s/cancel", order) > 0);
    a = ask(&e, "GET", order, r->client, "If-None-Match: \"7\"\r\nif-none-match: \"1\"\r\n", NULL);
    expect_status(&a, 304);
    not_modified_weighs_the_same(&e, order, "");
    not_modified_weighs_the_same(&e, "/openapi.json", "");
    not_modified_weighs_the_same(&e, "/openapi.json", "Accept-Encoding: gzip\r\n");
    a = ask(&e, "POST", cancel, r->client, "Idempotency-Key: match-1\r\nIf-Match: \"7\"\r\nIf-Match: \"8\"\r\n",
            "{\"reason\":\"x\"}");
    assert_non_null(strstr(a.body, "VERSION_CONFLICT"));
    expect_problem(&a, 412);
    a = ask(&e, "POST", cancel, r->client, "Idempotency-Key: match-1\r\nIf-Match:\r\n", "{\"reason\":\"x\"}");
    expect_problem(&a, 412);
    a = ask(&e, "POST", cancel, r->client, "Idempotency-Key: match-2\r\nIf-Match: \"7\"\r\nIf-Match: \"1\"\r\n",
            "{\"reason\":\"x\"}");
    expect_status(&a, 200);
    a = ask(&e, "POST", "/v1/orders", r->client,
            "Idempotency-Key: packed\r\nContent-Encoding: identity\r\ncontent-encoding: gzip\r\n", body);
    assert_non_null(strstr(a.body, "UNSUPPORTED_MEDIA_TYPE"));
    expect_problem(&a, 415);
    a = ask(&e, "GET", "/livez", NULL, "X-Request-Id: one\r\nX-Request-Id: two\r\n", NULL);
    assert_false(answer_has(&a, "X-Request-Id: one") || answer_has(&a, "X-Request-Id: two"));
    assert_true(answer_has(&a, "X-Request-Id: "));
    expect_status(&a, 200);
    free(order_no);
    free(body);
    edge_stop(&e);
}

static void too_large_bodies(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    static const struct {
        const char *path, *length;
        int status; /* 0: not refused, the body is waited for */
    } rows[] = {
        {"/v1/enrolments", "262145", 413}, {"/v1/enrolments", "262144", 0}, {"/v1/operations", "4194305", 413},
        {"/v1/operations", "4194304", 0},  {"/nowhere", "262145", 413},     {"/v1/operations", "9223372036854775807", 413},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fd = dial(&e);
        char head[256];
        assert_true(snprintf(head, sizeof head,
                             "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n",
                             rows[i].path, rows[i].length) > 0);
        put_text(fd, head);
        if (rows[i].status) {
            struct answer a = take_answer(fd); /* before a byte of the body is sent */
            expect_problem(&a, 413);
            assert_true(at_end(fd, SOON_MS));
        } else {
            struct answer a = take_late(fd, 150);
            assert_int_equal(a.status, -1);
            answer_free(&a);
        }
        (void)close(fd);
    }
    edge_stop(&e);
}

/* Bodies that have not come yet count as said; others wait outside until there is room again. */
static void all_bodies_together_have_a_limit(void **state) {
    struct edge e;
    struct mt_http_limits limits = mt_http_limits_default();
    limits.bodies_max = 1000;
    edge_start(&e, *state, &limits);
    static const char head[] =
        "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 600\r\n";
    int first = dial(&e), second = dial(&e);
    put_text(first, head);
    put_text(first, "Expect: 100-continue\r\n\r\n");
    struct answer a = take_answer(first); /* so that it has been seen */
    expect_status(&a, 100);
    put_text(second, head);
    put_text(second, "\r\n");
    a = take_answer(second);
    assert_true(answer_has(&a, "Retry-After: 1"));
    expect_problem(&a, 503);
    char body[601];
    memset(body, ' ', 600);
    put(first, body, 600);
    a = take_answer(first);
    expect_problem(&a, 400);
    (void)close(first);
    (void)close(second);
    for (a = (struct answer){0}; a.status != 100; answer_free(&a)) { /* there is room a moment after the answer */
        second = dial(&e);
        put_text(second, head);
        put_text(second, "Expect: 100-continue\r\n\r\n");
        a = take_answer(second);
        (void)close(second);
        if (a.status == 100)
            break;
    }
    expect_status(&a, 100);
    edge_stop(&e);
}

static void chunks(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    static const char head[] =
        "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    int fd = dial(&e);
    put_text(fd, head);
    put_text(fd, "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
    struct answer a = take_answer(fd);
    expect_problem(&a, 400);
    char chunk[1000];
    memset(chunk, ' ', sizeof chunk);
    put_text(fd, head);
    for (int i = 0; i < 270; i++) { /* 270,000 bytes: a little too many */
        put_text(fd, "3e8\r\n");
        put(fd, chunk, sizeof chunk);
        put_text(fd, "\r\n");
    }
    put_text(fd, "0\r\n\r\n");
    a = take_answer(fd);
    expect_problem(&a, 413);
    put_text(fd, head);
    for (int i = 0; i < 2000; i++) { /* far too many: cut */
        put_text(fd, "3e8\r\n");
        put(fd, chunk, sizeof chunk);
        put_text(fd, "\r\n");
    }
    assert_true(at_end(fd, SOON_MS));
    (void)close(fd);
    edge_stop(&e);
}

static void too_long_headers(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    static const struct {
        size_t n;
        int status;
    } rows[] = {{8000, 200}, {15000, 200}, {17000, 431}, {24000, 431}, {100000, 431}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *filler = malloc(rows[i].n + 1);
        assert_non_null(filler);
        memset(filler, 'x', rows[i].n);
        filler[rows[i].n] = '\0';
        int fd = dial(&e);
        put_text(fd, "GET /livez HTTP/1.1\r\nHost: x\r\nX-Filler: ");
        put_text(fd, filler);
        put_text(fd, "\r\n\r\n");
        struct answer a = take_answer(fd);
        if (a.status != rows[i].status)
            fail_msg("%zu bytes: %d", rows[i].n, a.status);
        answer_free(&a);
        (void)close(fd);
        fd = dial(&e); /* the same as many short ones */
        put_text(fd, "GET /livez HTTP/1.1\r\nHost: x\r\n");
        for (size_t n = 0; n < rows[i].n; n += 100)
            put_text(fd, "X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
        put_text(fd, "\r\n");
        a = take_answer(fd);
        if (a.status != rows[i].status)
            fail_msg("%zu bytes in short ones: %d", rows[i].n, a.status);
        answer_free(&a);
        (void)close(fd);
        free(filler);
    }
    edge_stop(&e);
}

static void expect_continue(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    int fd = dial(&e);
    put_text(fd, "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: "
                 "100-continue\r\n\r\n");
    struct answer a = take_answer(fd);
    expect_status(&a, 100);
    put_text(fd, "{}");
    a = take_answer(fd);
    expect_problem(&a, 400);
    (void)close(fd);
    fd = dial(&e);
    put_text(fd, "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999\r\nExpect: "
                 "100-continue\r\n\r\n");
    a = take_answer(fd);
    expect_problem(&a, 413);
    (void)close(fd);
    edge_stop(&e);
}

/* A part of a request that never gets complete, sent byte by byte so that the connection is never silent. */
static void slow_senders_are_cut(void **state) {
    struct edge e;
    struct mt_http_limits limits = mt_http_limits_default();
    limits.head_ms = limits.body_ms = 300;
    limits.idle_ms = 60000;
    edge_start(&e, *state, &limits);
    static const char *const starts[] = {
        "",
        "GET /livez HT",
        "GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
        "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n",
    };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        int fd = dial(&e);
        put_text(fd, starts[i]);
        int rounds = 0;
        while (!at_end(fd, 20)) {
            put_text(fd, "x");
            if (++rounds > 1000)
                fail_msg("\"%.30s\" is not cut", starts[i]);
        }
        (void)close(fd);
    }
    int kept = dial(&e); /* one that has asked before may be silent for longer */
    put_request(kept, "GET", "/livez", NULL, NULL, NULL);
    struct answer a = take_answer(kept);
    expect_status(&a, 200);
    assert_false(at_end(kept, 500));
    put_request(kept, "GET", "/livez", NULL, NULL, NULL);
    a = take_answer(kept);
    expect_status(&a, 200);
    (void)close(kept);
    edge_stop(&e);
}

enum { MANY = 120, CAP = 10 };

static void many_connections(void **state) {
    struct edge e;
    int fds[MANY];
    edge_start(&e, *state, NULL);
    for (int i = 0; i < MANY; i++)
        fds[i] = dial(&e);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            put_request(fds[i], "GET", "/readyz", NULL, NULL, NULL);
        for (int i = 0; i < MANY; i++) {
            struct answer a = take_answer(fds[i]);
            expect_status(&a, 200);
        }
    }
    for (int i = 0; i < MANY; i++)
        (void)close(fds[i]);
    edge_stop(&e);
}

static void one_address_has_a_cap(void **state) {
    struct edge e;
    int fds[CAP];
    struct mt_http_limits limits = mt_http_limits_default();
    limits.per_address = CAP;
    edge_start(&e, *state, &limits);
    for (int i = 0; i < CAP; i++) {
        fds[i] = dial(&e);
        put_request(fds[i], "GET", "/livez", NULL, NULL, NULL);
        struct answer a = take_answer(fds[i]);
        expect_status(&a, 200);
    }
    int extra = dial(&e);
    put_request(extra, "GET", "/livez", NULL, NULL, NULL);
    assert_true(at_end(extra, SOON_MS));
    (void)close(extra);
    put_request(fds[0], "GET", "/livez", NULL, "Connection: close\r\n", NULL);
    assert_true(at_end(fds[0], SOON_MS));
    (void)close(fds[0]);
    struct answer a = {0};
    for (int tries = 0; a.status != 200 && tries < 1000; tries++) { /* the place is free a moment after the close */
        answer_free(&a);
        int fd = dial(&e);
        put_request(fd, "GET", "/livez", NULL, NULL, NULL);
        a = take_late(fd, SOON_MS);
        (void)close(fd);
    }
    expect_status(&a, 200);
    for (int i = 1; i < CAP; i++)
        (void)close(fds[i]);
    edge_stop(&e);
}

static void garbage_hurts_nobody(void **state) {
    struct edge e;
    edge_start(&e, *state, NULL);
    static const struct {
        const char *bytes;
        size_t n;
    } rows[] = {{"\0\0\0\0\r\n\r\n", 8},
                {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15},
                {"GET\r\n\r\n", 7},
                {"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n", 32},
                {"GET /livez HTTP/1.1\r\n\r\n", 23},
                {"GET /livez HTTP/1.1\r\nHost\r\n\r\n", 29},
                {"GET /\x01\x80\xff HTTP/1.1\r\nHost: x\r\n\r\n", 30}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fd = dial(&e);
        put(fd, rows[i].bytes, rows[i].n);
        struct answer a = take_late(fd, 300);
        if (a.status == 200)
            fail_msg("row %zu is taken for a request", i);
        answer_free(&a);
        (void)close(fd);
    }
    struct answer a = ask(&e, "GET", "/livez", NULL, NULL, NULL);
    expect_status(&a, 200);
    edge_stop(&e);
}

static void gzip_when_asked(void **state) {
    struct rig *r = *state;
    struct edge e;
    edge_start(&e, r, NULL);
    for (int64_t seq = 1; seq <= 5; seq++) {
        char *sale = rig_sale(r, "B01", seq, 1);
        struct answer a = ask(&e, "POST", "/v1/operations", r->other_token, NULL, sale);
        expect_status(&a, 200);
        free(sale);
    }
    struct answer plain = ask(&e, "GET", "/v1/changes?limit=1000", r->other_token, NULL, NULL);
    assert_false(answer_has(&plain, "Content-Encoding:"));
    assert_true(plain.body_n > 1024);
    static const struct {
        const char *header;
        bool packed;
    } rows[] = {{"Accept-Encoding: gzip\r\n", true},      {"Accept-Encoding: deflate, GZIP;q=0.5, br\r\n", true},
                {"Accept-Encoding: gzip;q=0\r\n", false}, {"Accept-Encoding: gzip;q=0.000, br;q=1\r\n", false},
                {"Accept-Encoding: identity\r\n", false}, {"Accept-Encoding: xgzip\r\n", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a = ask(&e, "GET", "/v1/changes?limit=1000", r->other_token, rows[i].header, NULL);
        assert_int_equal(answer_has(&a, "Content-Encoding: gzip"), rows[i].packed);
        assert_true(answer_has(&a, "Vary: Accept-Encoding"));
        if (rows[i].packed) {
            char *text = calloc(1, plain.body_n + 1);
            z_stream z = {
                .next_in = (Bytef *)a.body, .avail_in = (uInt)a.body_n, .next_out = (Bytef *)text, .avail_out = (uInt)plain.body_n};
            assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
            assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
            (void)inflateEnd(&z);
            assert_string_equal(text, plain.body);
            assert_true(a.body_n < plain.body_n);
            free(text);
        }
        expect_status(&a, 200);
    }
    struct answer small = ask(&e, "GET", "/livez", NULL, "Accept-Encoding: gzip\r\n", NULL);
    assert_false(answer_has(&small, "Content-Encoding:"));
    expect_status(&small, 200);
    answer_free(&plain);
    edge_stop(&e);
}

static void addresses(void **state) {
    struct rig *r = *state;
    struct edge e;
    char taken[32], bound[MT_HTTP_ADDRESS_TEXT];
    edge_start(&e, r, NULL);
    assert_true(snprintf(taken, sizeof taken, "127.0.0.1:%d", e.port) > 0);
    const struct {
        const char *listen;
        enum mt_rc rc;
        const char *says;
    } rows[] = {{"0.0.0.0:0", MT_INVALID, "loopback"},          {"[::]:0", MT_INVALID, "loopback"},
                {"192.0.2.1:8080", MT_INVALID, "loopback"},     {"127.0.0.1", MT_INVALID, "not an address"},
                {"127.0.0.1:", MT_INVALID, "not an address"},   {"127.0.0.1:65536", MT_INVALID, "not an address"},
                {"127.0.0.1:-1", MT_INVALID, "not an address"}, {"127.0.0.1:http", MT_INVALID, "not an address"},
                {":8080", MT_INVALID, "not an address"},        {"", MT_INVALID, "not an address"},
                {"[::1", MT_INVALID, "not an address"},         {"example.org:80", MT_INVALID, "not an address"},
                {"1.2.3.4.5:80", MT_INVALID, "not an address"}, {taken, MT_BUSY, "in use"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_err err = {0};
        struct mt_http *http = NULL;
        struct mt_http_options o = {.listen = rows[i].listen,
                                    .service = r->service,
                                    .clock = mt_clock_system(),
                                    .random = mt_random_system(),
                                    .limits = mt_http_limits_default()};
        assert_int_equal(mt_http_start(&o, &http, bound, &err), rows[i].rc);
        assert_null(http);
        if (!strstr(err.text, rows[i].says))
            fail_msg("%s: %s", rows[i].listen, err.text);
    }
    struct mt_http *http = NULL;
    struct mt_http_options o = {.listen = "localhost:0",
                                .service = r->service,
                                .clock = mt_clock_system(),
                                .random = mt_random_system(),
                                .limits = mt_http_limits_default()};
    assert_int_equal(mt_http_start(&o, &http, bound, NULL), MT_OK);
    assert_int_equal(strncmp(bound, "127.0.0.1:", 10), 0);
    mt_http_stop(http);
    edge_stop(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_many_requests),
        cmocka_unit_test(the_length_is_said_once),
        cmocka_unit_test(each_header_stands_once),
        cmocka_unit_test(lists_may_come_in_lines),
        cmocka_unit_test(too_large_bodies),
        cmocka_unit_test(all_bodies_together_have_a_limit),
        cmocka_unit_test(chunks),
        cmocka_unit_test(too_long_headers),
        cmocka_unit_test(expect_continue),
        cmocka_unit_test(slow_senders_are_cut),
        cmocka_unit_test(many_connections),
        cmocka_unit_test(one_address_has_a_cap),
        cmocka_unit_test(garbage_hurts_nobody),
        cmocka_unit_test(gzip_when_asked),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, open_rig, close_rig);
}
