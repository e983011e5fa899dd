/* What no client should send, at a real service over a bare socket: a definite answer that names the field, a closed connection
 * where the framing can not be trusted, and nothing stored. Deadlines of slow senders and the cap of one address are tried at the
 * edge itself (tests/unit/http/protocol.c), where they can be made short. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct mt_shop shop;
static char drug[64], till[300];
static int keys;

enum { ANSWER_MAX = 64 << 10, DEADLINE_S = 60 };

/* ---- bytes out, bytes in ---- */

static int dial(void) {
    const struct timeval deadline = {.tv_sec = DEADLINE_S};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)shop.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void put(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return; /* it has closed already: its answer says why */
        bytes += sent;
        n -= (size_t)sent;
    }
}

/* All that comes until the service closes, as it does after each answer here. */
static char *take_all(int fd) {
    char *text = calloc(1, ANSWER_MAX);
    size_t n = 0;
    assert_non_null(text);
    for (;;) {
        ssize_t got = recv(fd, text + n, ANSWER_MAX - 1 - n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            fail_msg("the connection is still open; so far: %s", text);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    (void)close(fd);
    return text;
}

static char *ask(const char *path, const char *token, const char *framing, const char *body, size_t n) {
    char head[1024], length[64];
    snprintf(length, sizeof length, "Content-Length: %zu\r\n", n);
    int fd = dial();
    int m = snprintf(head, sizeof head,
                     "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                     "Idempotency-Key: bad-%d\r\n%s%s\r\n",
                     path, token, ++keys, framing ? framing : length, framing ? "" : "Connection: close\r\n");
    assert_true(m > 0 && m < (int)sizeof head);
    put(fd, head, (size_t)m);
    put(fd, body, n);
    return take_all(fd);
}

static void expect(char *answer, int status, const char *part, const char *about) {
    char start[32];
    snprintf(start, sizeof start, "HTTP/1.1 %d ", status);
    if (strncmp(answer, start, strlen(start)) != 0 || !strstr(answer, part))
        fail_msg("%s: not %d with %s: %s", about, status, part, answer);
    free(answer);
}

/* ---- bodies ---- */

#define ROW(text, status, part)                                                                                                    \
    { text, sizeof(text) - 1, status, part }
#define ITEM(members) "{\"items\":[{\"drug_id\":\"$\"," members "}]}"
#define REMARK(value) "{\"remark\":" value ",\"items\":[{\"drug_id\":\"$\",\"quantity\":1,\"price\":1850}]}"

/* $ stands for a drug of the catalogue. */
static const struct {
    const char *body;
    size_t n;
    int status;
    const char *part;
} bodies[] = {
    ROW("", 400, "items"),
    ROW("null", 400, "must be an object"),
    ROW("[]", 400, "must be an object"),
    ROW("{\"items\":[", 400, "MALFORMED"),
    ROW(REMARK("\"x\"") "{}", 400, "MALFORMED"),
    ROW(REMARK("[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]"), 400, "remark"),
    ROW(REMARK("\"a\",\"remark\":\"b\""), 400, "remark"),
    ROW(REMARK("\"\xC3(\""), 400, "remark"),
    ROW(REMARK("\"\xED\xA0\x80\""), 400, "remark"),
    ROW(REMARK("\"a\0b\""), 400, "remark"),
    ROW(REMARK("\"a\\u0000b\""), 400, "remark"),
    ROW(REMARK("\"\\ud800\""), 400, "remark"),
    ROW(REMARK("\"\\udc00\\ud800\""), 400, "remark"),
    ROW(REMARK("7"), 400, "\"field\":\"remark\""),
    ROW(REMARK("\"x\",\"colour\":1"), 400, "\"field\":\"colour\""),
    ROW(ITEM("\"quantity\":1,\"price\":1850,\"colour\":{\"a\":[1]}"), 400, "\"field\":\"items[0].colour\""),
    ROW(ITEM("\"quantity\":1"), 400, "\"field\":\"items[0].price\""),
    ROW(ITEM("\"quantity\":1,\"price\":NaN"), 400, "items[0].price"),
    ROW(ITEM("\"quantity\":1,\"price\":Infinity"), 400, "items[0].price"),
    ROW(ITEM("\"quantity\":1,\"price\":1e999"), 400, "items[0].price"),
    ROW(ITEM("\"quantity\":1,\"price\":18.5"), 400, "\"field\":\"items[0].price\""),
    ROW(ITEM("\"quantity\":1,\"price\":9007199254740993"), 400, "\"field\":\"items[0].price\""),
    ROW(ITEM("\"quantity\":1,\"price\":99999999999999999999999999"), 400, "\"field\":\"items[0].price\""),
    ROW(ITEM("\"quantity\":1,\"price\":-1850"), 400, "\"field\":\"items[0].price\""),
    ROW(ITEM("\"quantity\":1,\"price\":\"1850\""), 400, "\"field\":\"items[0].price\""),
    ROW(ITEM("\"quantity\":1,\"price\":01850"), 400, "items[0].price"),
    ROW(ITEM("\"quantity\":0,\"price\":1850"), 400, "\"field\":\"items[0].quantity\""),
    ROW(ITEM("\"quantity\":-3,\"price\":1850"), 400, "\"field\":\"items[0].quantity\""),
    ROW(ITEM("\"quantity\":0.5,\"price\":1850"), 400, "\"field\":\"items[0].quantity\""),
    ROW(ITEM("\"quantity\":1000,\"price\":1850"), 400, "\"field\":\"items[0].quantity\""),
    ROW(ITEM("\"quantity\":999,\"price\":9007199254740991"), 400, "VALIDATION_FAILED"),
    ROW("{\"items\":[]}", 400, "\"field\":\"items\""),
};

static void bodies_nobody_should_send(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char text[1024], about[32];
        size_t n = 0;
        for (size_t k = 0; k < bodies[i].n; k++) {
            const bool here = bodies[i].body[k] == '$';
            const size_t m = here ? strlen(drug) : 1;
            assert_true(n + m < sizeof text);
            memcpy(text + n, here ? drug : bodies[i].body + k, m);
            n += m;
        }
        snprintf(about, sizeof about, "body %zu", i);
        expect(ask("/v1/orders", shop.token, NULL, text, n), bodies[i].status, bodies[i].part, about);
    }
}

static void more_than_is_taken(void **state) {
    (void)state;
    static const struct {
        const char *path;
        size_t most;
    } rows[] = {{"/v1/orders", 256u << 10}, {"/v1/operations", 4u << 20}};
    for (size_t i = 0; i < 2; i++) {
        const char *token = i == 0 ? shop.token : till;
        char *body = malloc(rows[i].most + 1);
        assert_non_null(body);
        memset(body, ' ', rows[i].most + 1);
        expect(ask(rows[i].path, token, NULL, body, rows[i].most + 1), 413, "TOO_LARGE", rows[i].path);
        expect(ask(rows[i].path, token, NULL, body, rows[i].most), 400, "MALFORMED", rows[i].path); /* it is read to its end */
        free(body);
    }
}

/* ---- framing ---- */

static void lengths_that_lie(void **state) {
    (void)state;
    static const char *const framings[] = {
        "Content-Length: 2\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nContent-Length: 47\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Content-Length: -2\r\n",
        "Content-Length: 2x\r\n",
        "Transfer-Encoding: gzip\r\n",
    };
    static const char smuggled[] = "{}GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    for (size_t i = 0; i < sizeof framings / sizeof framings[0]; i++) {
        char *answer = ask("/v1/orders", shop.token, framings[i], smuggled, sizeof smuggled - 1);
        assert_null(strstr(answer, "\"live\"")); /* closed, and the rest is no request */
        expect(answer, 400, "", framings[i]);
    }
}

/* ---- addresses ---- */

static void orders_of_others_and_notices_of_nobody(void **state) {
    (void)state;
    char token[300], path[64];
    cJSON *doc = mt_shop_admin(&shop, "store", "add", "--name", "Hillside");
    cJSON *client = mt_shop_admin(&shop, "client", "add", "--store", mt_text_of(doc, "store_id"), "--role", "manager");
    snprintf(token, sizeof token, "%s", mt_text_of(client, "token"));
    cJSON_Delete(client);
    cJSON_Delete(doc);
    char body[256];
    snprintf(body, sizeof body, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":1,\"price\":1850}]}", drug);
    struct mt_http made = mt_shop_post(&shop, NULL, "/v1/orders", body);
    assert_int_equal(made.status, 201);
    char *order_no = mt_server_value(made.body, "order_no");
    snprintf(path, sizeof path, "/v1/orders/%s/cancel", order_no);
    expect(ask(path, token, NULL, "{\"reason\":\"x\"}", 14), 404, "ORDER_NOT_FOUND", "another store's order");
    expect(ask("/v1/orders/W01-%00/cancel", shop.token, NULL, "{\"reason\":\"x\"}", 14), 400, "MALFORMED", "a NUL in the address");
    expect(ask("/v1/orders/W01-%zz/cancel", shop.token, NULL, "{\"reason\":\"x\"}", 14), 400, "MALFORMED", "a bad escape");
    expect(ask("/v1/payment-callbacks/wechat", "", NULL, "{\"paid\":true}", 13), 404, "NOT_FOUND", "an unsigned notice");
    expect(ask(path, shop.token, NULL, "{\"reason\":\"x\"}", 14), 200, "\"status\":\"cancelled\"", "the order's own client");
    free(order_no);
    mt_http_free(&made);
}

/* ---- the shop ---- */

static int open_the_shop(void **state) {
    (void)state;
    mt_shop_open(&shop);
    mt_shop_drug_id(&shop, IBUPROFEN, drug);
    mt_shop_register(&shop, "A03", till);
    return 0;
}

/* Of all this one order was made, and it is cancelled. */
static int close_the_shop(void **state) {
    (void)state;
    int64_t total = 0;
    assert_int_equal(mt_shop_orders(&shop, &total), 1);
    assert_int_equal(mt_shop_on_hand(&shop, IBUPROFEN), 500);
    mt_shop_check(&shop);
    mt_shop_close(&shop);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_nobody_should_send),
        cmocka_unit_test(more_than_is_taken),
        cmocka_unit_test(lengths_that_lie),
        cmocka_unit_test(orders_of_others_and_notices_of_nobody),
    };
    return cmocka_run_group_tests(tests, open_the_shop, close_the_shop);
}
