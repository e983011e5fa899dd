#define _GNU_SOURCE /* strcasestr */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DEADLINE_MS = 30000 };

void answer_free(struct answer *a) {
    free(a->head);
    free(a->body);
    *a = (struct answer){0};
}

bool answer_has(const struct answer *a, const char *start) {
    for (const char *line = a->head; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncasecmp(line, start, strlen(start)) == 0)
            return true;
    return false;
}

void edge_start(struct edge *e, struct rig *rig, const struct mt_http_limits *limits) {
    edge_start_with(e, rig, limits, NULL, NULL);
}

void edge_start_with(struct edge *e, struct rig *rig, const struct mt_http_limits *limits, const struct mt_clock *clock,
                     const struct mt_log *log) {
    char bound[MT_HTTP_ADDRESS_TEXT];
    struct mt_err err = {0};
    struct mt_http_options o = {.listen = "127.0.0.1:0",
                                .service = rig->service,
                                .clock = clock ? *clock : mt_clock_system(),
                                .log = log,
                                .metrics = rig->metrics,
                                .random = mt_random_system(),
                                .limits = limits ? *limits : mt_http_limits_default()};
    *e = (struct edge){.rig = rig};
    if (mt_http_start(&o, &e->http, bound, &err) != MT_OK)
        fail_msg("%s", err.text);
    assert_int_equal(strncmp(bound, "127.0.0.1:", 10), 0);
    e->port = (int)strtol(bound + 10, NULL, 10);
    assert_true(e->port > 0);
}

void edge_stop(struct edge *e) {
    mt_http_stop(e->http);
    e->http = NULL;
}

int dial(const struct edge *e) {
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)e->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

void put(int fd, const char *bytes, size_t n) {
    while (n) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            return;
        assert_true(sent > 0);
        bytes += sent;
        n -= (size_t)sent;
    }
}

void put_text(int fd, const char *text) {
    put(fd, text, strlen(text));
}

/* One byte: 1, the end or a reset: 0, nothing within ms: -1. */
static int next_byte(int fd, char *byte, int ms) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&p, 1, ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return -1;
    return recv(fd, byte, 1, 0) == 1 ? 1 : 0;
}

static struct answer take(int fd, int ms, bool with_body) {
    struct answer a = {0};
    struct mt_buf head;
    char byte;
    int got = 1;
    mt_buf_init(&head, 64 << 10);
    while ((head.n < 4 || memcmp(head.p + head.n - 4, "\r\n\r\n", 4) != 0) && (got = next_byte(fd, &byte, ms)) == 1)
        mt_buf_char(&head, byte);
    assert_int_equal(mt_buf_rc(&head), MT_OK);
    a.head = head.p;
    if (got != 1) {
        a.status = got;
        return a;
    }
    assert_int_equal(strncmp(a.head, "HTTP/1.1 ", 9), 0);
    a.status = (int)strtol(a.head + 9, NULL, 10);
    const char *length = strcasestr(a.head, "\r\nContent-Length:");
    with_body = with_body && a.status != 304; /* it tells the length of the 200 */
    a.body_n = length && with_body ? (size_t)strtoul(length + 17, NULL, 10) : 0;
    a.body = calloc(1, a.body_n + 1);
    assert_non_null(a.body);
    for (size_t i = 0; i < a.body_n; i++)
        assert_int_equal(next_byte(fd, &a.body[i], DEADLINE_MS), 1);
    return a;
}

struct answer take_answer(int fd) {
    struct answer a = take(fd, DEADLINE_MS, true);
    if (a.status == -1)
        fail_msg("no answer in time");
    return a;
}

struct answer take_head_answer(int fd) {
    return take(fd, DEADLINE_MS, false);
}

struct answer take_late(int fd, int ms) {
    return take(fd, ms, true);
}

bool at_end(int fd, int ms) {
    char byte;
    int got;
    while ((got = next_byte(fd, &byte, ms)) == 1)
        continue;
    return got == 0;
}

void put_request(int fd, const char *method, const char *target, const char *token, const char *extra, const char *body) {
    struct mt_buf b;
    mt_buf_init(&b, 8 << 20);
    mt_buf_fmt(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, target);
    if (token)
        mt_buf_fmt(&b, "Authorization: Bearer %s\r\n", token);
    mt_buf_str(&b, extra ? extra : "");
    if (body)
        mt_buf_fmt(&b, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    mt_buf_str(&b, "\r\n");
    mt_buf_str(&b, body ? body : "");
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    put(fd, b.p, b.n);
    mt_buf_fini(&b);
}

struct answer ask(const struct edge *e, const char *method, const char *target, const char *token, const char *extra,
                  const char *body) {
    int fd = dial(e);
    put_request(fd, method, target, token, extra, body);
    struct answer a = take_answer(fd);
    (void)close(fd);
    return a;
}

char *number_text(char out[32], int64_t number) {
    assert_true(snprintf(out, 32, "%lld", (long long)number) > 0);
    return out;
}
