#define _GNU_SOURCE /* RTLD_NEXT */
/* Webhooks over the network: what a subscriber really gets, and what it can not do to us. */
#include "receiver.h"
#include "world.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define BUSY_ANSWER "HTTP/1.1 503 Later\r\nContent-Length: 4\r\n\r\nbusy"

struct place {
    struct world w;
    struct receiver r;
    struct mt_notify_net *net;
    char secret[MT_TOKEN_TEXT];
};

static void place_open(struct place *p, const char *const *answers, size_t count) {
    char url[64];
    world_open(&p->w, NULL);
    receiver_start(&p->r, answers, count);
    assert_int_equal(mt_notify_net_new(false, &p->net, NULL), MT_OK);
    p->w.o.line = mt_notify_net_line(p->net);
    assert_true(snprintf(url, sizeof url, "http://127.0.0.1:%d/hooks?k=1", p->r.port) > 0);
    (void)world_subscribe(&p->w, url, p->secret);
}

static void place_close(struct place *p) {
    mt_notify_net_free(p->net);
    receiver_stop(&p->r);
    world_close(&p->w);
}

static void all_steps(struct world *w) {
    while (world_step(w))
        continue;
}

/* As a subscriber would: from what it was sent and its secret alone. */
static void verify(const struct place *p, size_t request) {
    char *timestamp = receiver_header(&p->r, request, "Medterm-Timestamp");
    char *signature = receiver_header(&p->r, request, "Medterm-Signature");
    char *type = receiver_header(&p->r, request, "Content-Type");
    struct mt_buf text;
    char hex[MT_HASH_TEXT];
    assert_true(timestamp && signature && type);
    assert_string_equal(type, "application/json");
    mt_buf_init(&text, 4096);
    mt_buf_fmt(&text, "%s.%s", timestamp, receiver_body(&p->r, request));
    mt_hmac_hex(mt_sv(p->secret), mt_buf_view(&text), hex);
    assert_int_equal(strncmp(signature, "v1=", 3), 0);
    assert_string_equal(signature + 3, hex);
    assert_int_equal(strncmp(p->r.requests[request], "POST /hooks?k=1 HTTP/1.1\r\n", 26), 0);
    mt_buf_fini(&text);
    free(timestamp);
    free(signature);
    free(type);
}

static void two_failures_then_accepted(void **state) {
    static const char *const answers[] = {BUSY_ANSWER, "nonsense\r\n\r\n", OK_ANSWER};
    struct place p;
    (void)state;
    place_open(&p, answers, 3);
    world_sale(&p.w);
    for (int i = 0; i < 3; i++) {
        all_steps(&p.w);
        p.w.now += 3600 * SECOND;
    }
    receiver_await(&p.r, 4);
    assert_int_equal(p.r.count, 4);
    char *first = receiver_header(&p.r, 0, "Medterm-Delivery");
    for (size_t i = 0; i < 4; i++) {
        char *id = receiver_header(&p.r, i, "Medterm-Delivery");
        verify(&p, i);
        assert_int_equal(strcmp(id, first) == 0, i < 3);
        free(id);
    }
    free(first);
    assert_int_equal(world_int(&p.w, "SELECT count(*) FROM mt_delivery WHERE state = 'delivered'"), 2);
    assert_null(strstr(p.r.requests[0], "Amoxicillin")); /* no more than which order and where it stands */
    place_close(&p);
}

static void redirects_are_not_followed(void **state) {
    static const char *const answers[] = {"HTTP/1.1 307 Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"};
    struct place p;
    (void)state;
    place_open(&p, answers, 1);
    world_sale(&p.w);
    all_steps(&p.w);
    assert_int_equal(p.r.count, 1);
    assert_int_equal(world_int(&p.w, "SELECT sum(attempts) FROM mt_delivery WHERE state = 'waiting'"), 1);
    place_close(&p);
}

/* An answer without an end: its status counts, and no more of it is read than a little. */
static void a_long_answer_is_cut(void **state) {
    enum { LONG = 8 << 20 };
    struct mt_buf text;
    struct place p;
    (void)state;
    mt_buf_init(&text, LONG + 200);
    mt_buf_str(&text, "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n");
    for (int i = 0; i < LONG / 16; i++)
        mt_buf_str(&text, "0123456789abcdef");
    const char *const answers[] = {mt_buf_text(&text)};
    place_open(&p, answers, 1);
    world_sale(&p.w);
    all_steps(&p.w);
    assert_int_equal(world_int(&p.w, "SELECT count(*) FROM mt_delivery WHERE state = 'delivered'"), 2);
    place_close(&p);
    mt_buf_fini(&text);
}

/* The thread as serve runs it: it delivers by itself, and a subscriber that says nothing does not hold up the end. */
static void the_worker(void **state) {
    static const char *const answers[] = {OK_ANSWER, NULL};
    struct mt_clock system = mt_clock_system();
    struct mt_notify_worker *worker = NULL;
    struct place p;
    (void)state;
    place_open(&p, answers, 2);
    const struct mt_notify_options o = {.clock = system, .random = mt_random_system()};
    assert_int_equal(mt_notify_start(p.w.own_service, &o, false, &worker, NULL), MT_OK);
    world_sale(&p.w);
    receiver_await(&p.r, 2);
    const int64_t before = system.mono(system.ctx);
    mt_notify_stop(worker);
    assert_true(system.mono(system.ctx) - before < 5000);
    verify(&p, 0);
    assert_int_equal(world_int(&p.w, "SELECT count(*) FROM mt_delivery WHERE state = 'waiting' AND leased_until = 0"), 1);
    place_close(&p);
}

static void only_where_it_may_go(void **state) {
    static const struct {
        const char *address;
        bool clear, tls, tls_private;
    } rows[] = {
        {"127.0.0.1", true, true, true},          {"127.200.0.1", true, true, true},        {"::1", true, true, true},
        {"::ffff:127.0.0.1", true, true, true},   {"8.8.8.8", false, true, true},           {"2606:4700::1", false, true, true},
        {"::ffff:8.8.8.8", false, true, true},    {"10.0.0.1", false, false, true},         {"172.16.0.1", false, false, true},
        {"172.31.255.255", false, false, true},   {"172.32.0.1", false, true, true},        {"172.15.255.255", false, true, true},
        {"192.168.1.1", false, false, true},      {"100.64.0.1", false, false, true},       {"100.128.0.1", false, true, true},
        {"169.254.169.254", false, false, true},  {"fc00::1", false, false, true},          {"fd12::1", false, false, true},
        {"fe80::1", false, false, true},          {"::ffff:10.0.0.1", false, false, true},  {"64:ff9b::a00:1", false, false, true},
        {"2002:a00:1::1", false, false, true},    {"0.0.0.0", false, false, false},         {"0.1.2.3", false, false, false},
        {"224.0.0.1", false, false, false},       {"255.255.255.255", false, false, false}, {"::", false, false, false},
        {"ff02::1", false, false, false},         {"::ffff:0.0.0.0", false, false, false},  {"64:ff9b::", false, false, false},
        {"64:ff9b::7f00:1", false, false, false}, {"2002:7f00:1::1", false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_in in = {.sin_family = AF_INET};
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        const bool four = inet_pton(AF_INET, rows[i].address, &in.sin_addr) == 1;
        assert_true(four || inet_pton(AF_INET6, rows[i].address, &in6.sin6_addr) == 1);
        const struct sockaddr *to = four ? (const struct sockaddr *)&in : (const struct sockaddr *)&in6;
        if (mt_notify_target_ok(to, false, false) != rows[i].clear || mt_notify_target_ok(to, false, true) != rows[i].clear ||
            mt_notify_target_ok(to, true, false) != rows[i].tls || mt_notify_target_ok(to, true, true) != rows[i].tls_private)
            fail_msg("%s", rows[i].address);
    }
    assert_false(mt_notify_target_ok(&(struct sockaddr){.sa_family = AF_UNIX}, true, true));
}

/* The address that is connected to is judged, whatever the name says. */
static void the_line_asks_first(void **state) {
    struct mt_notify_net *net = NULL;
    int status = 0;
    (void)state;
    assert_int_equal(mt_notify_net_new(false, &net, NULL), MT_OK);
    const struct mt_notify_line line = mt_notify_net_line(net);
    struct mt_notify_post p = {.delivery_id = "d", .signature = "v1=0", .timestamp = 1, .body = MT_SV("{}")};
    static const char *const urls[] = {"https://10.255.255.1/", "https://169.254.169.254/latest", "http://192.0.2.1:9/",
                                       "https://0.0.0.0/", "https://[fe80::1]/"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        p.url = urls[i];
        if (line.post(line.ctx, &p, &status) != MT_DENIED)
            fail_msg("%s", urls[i]);
    }
    p.url = "http://127.0.0.1:1/"; /* nobody is there */
    assert_int_equal(line.post(line.ctx, &p, &status), MT_OFFLINE);
    mt_notify_net_stop(net);
    assert_int_equal(line.post(line.ctx, &p, &status), MT_BUSY);
    mt_notify_net_free(net);
}

/* A name of two addresses: libcurl asks this instead of the system, for the one name. */
#define TWO_HOMES "two-homes.test"
int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints, struct addrinfo **out) {
    static int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    struct addrinfo *forbidden, *mine;
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!name || strcmp(name, TWO_HOMES) != 0)
        return next(name, port, hints, out);
    if (next("10.255.255.1", port, hints, &forbidden) != 0 || next("127.0.0.1", port, hints, &mine) != 0)
        return EAI_FAIL;
    *out = forbidden;
    while (forbidden->ai_next)
        forbidden = forbidden->ai_next;
    forbidden->ai_next = mine;
    return 0;
}

/* What has been delivered at the one address is delivered, though the other was not to be tried. */
static void one_of_two_addresses_will_do(void **state) {
    static const char *const answers[] = {OK_ANSWER};
    struct mt_notify_net *net = NULL;
    struct receiver r;
    char url[64];
    int status = 0;
    (void)state;
    receiver_start(&r, answers, 1);
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0); /* of nobody's: what is in the environment is not asked */
    assert_int_equal(mt_notify_net_new(false, &net, NULL), MT_OK);
    const struct mt_notify_line line = mt_notify_net_line(net);
    assert_true(snprintf(url, sizeof url, "http://" TWO_HOMES ":%d/", r.port) > 0);
    const struct mt_notify_post p = {.url = url, .delivery_id = "d", .signature = "v1=0", .timestamp = 1, .body = MT_SV("{}")};
    assert_int_equal(line.post(line.ctx, &p, &status), MT_OK);
    assert_int_equal(status, 200);
    assert_int_equal(r.count, 1);
    assert_int_equal(unsetenv("http_proxy"), 0);
    mt_notify_net_free(net);
    receiver_stop(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_failures_then_accepted),   cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(a_long_answer_is_cut),         cmocka_unit_test(the_worker),
        cmocka_unit_test(only_where_it_may_go),         cmocka_unit_test(the_line_asks_first),
        cmocka_unit_test(one_of_two_addresses_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
