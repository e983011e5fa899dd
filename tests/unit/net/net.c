/* Bytes over a real socket: a thread plays the other side, one connection after the other, and says exactly what the row says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <medterm/net/net.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

struct server {
    int listener, port;
    pthread_t thread;
    const char *answer; /* borrowed; sent as it stands, then the connection is closed unless keep */
    size_t answer_bytes;
    int connections; /* how many are taken before it ends */
    bool keep, silent;
    char request[65536]; /* the last one, whole */
    int served;
};

static bool whole(const char *text) {
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strstr(text, "Content-Length: ");
    if (end == NULL) {
        return false;
    }
    return length == NULL || length > end || strlen(end + 4) >= strtoul(length + 16, NULL, 10);
}

static bool one_request(struct server *s, int fd) {
    size_t n = 0;
    s->request[0] = '\0';
    while (!whole(s->request)) {
        const ssize_t got = read(fd, s->request + n, sizeof s->request - 1 - n);
        if (got <= 0) {
            return false;
        }
        n += (size_t)got;
        s->request[n] = '\0';
    }
    s->served++;
    return true;
}

static void *serve(void *ctx) {
    struct server *s = ctx;
    for (int i = 0; i < s->connections; i++) {
        const int fd = accept(s->listener, NULL, NULL);
        if (fd < 0) {
            break;
        }
        while (one_request(s, fd)) {
            if (s->silent) {
                char c;
                (void)!read(fd, &c, 1); /* until the other side gives up */
                break;
            }
            if (write(fd, s->answer, s->answer_bytes) < 0 || !s->keep) {
                break;
            }
        }
        (void)close(fd);
    }
    return NULL;
}

static void start(struct server *s) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof a;
    s->connections = s->connections > 0 ? s->connections : 1;
    s->answer_bytes = s->answer_bytes > 0 || s->answer == NULL ? s->answer_bytes : strlen(s->answer);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s->listener >= 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(s->listener, 8), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &n), 0);
    s->port = ntohs(a.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s) {
    (void)shutdown(s->listener, SHUT_RDWR);
    assert_int_equal(pthread_join(s->thread, NULL), 0);
    (void)close(s->listener);
}

static int setup(void **state) {
    struct mt_net *n;
    assert_int_equal(mt_net_new(&n, NULL), MT_OK);
    *state = n;
    return 0;
}

static int teardown(void **state) {
    mt_net_free(*state);
    return 0;
}

static struct mt_net_request get(const struct server *s, char base[64]) {
    (void)snprintf(base, 64, "http://127.0.0.1:%d/", s->port);
    return (struct mt_net_request){
        .method = "GET", .base = base, .path = "/v1/changes?limit=1", .token = "secret", .timeout_ms = 20000, .max_answer = 1000};
}

static struct mt_net_reply finish(struct mt_net *n) {
    struct mt_net_reply r;
    for (int i = 0; i < 1000; i++) {
        if (mt_net_done(n, &r)) {
            return r;
        }
        assert_int_equal(mt_net_wait(n, NULL, NULL, 0, 1000, NULL), MT_OK);
    }
    fail_msg("no end");
    return (struct mt_net_reply){.status = 0};
}

static struct mt_net_reply ask(struct mt_net *n, struct server *s) {
    char base[64];
    start(s);
    const struct mt_net_request q = get(s, base);
    assert_int_equal(mt_net_start(n, 0, &q, NULL), MT_OK);
    const struct mt_net_reply r = finish(n);
    stop(s);
    return r;
}

static void test_get(void **state) {
    struct server s = {
        .answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 02:09:48 GMT\r\n"
                  "Content-Length: 2\r\n\r\n{}"};
    const struct mt_net_reply r = ask(*state, &s);
    assert_int_equal(r.rc, MT_OK);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.content_type, "application/json; charset=utf-8");
    assert_true(mt_sv_is(r.body, "{}"));
    assert_true(r.date == INT64_C(1795399788000));
    assert_int_equal(strncmp(s.request, "GET /v1/changes?limit=1 HTTP/1.1\r\n", 34), 0); /* one slash, not two */
    assert_non_null(strstr(s.request, "Authorization: Bearer secret\r\n"));
    assert_non_null(strstr(s.request, "gzip"));
}

static void test_post(void **state) {
    struct server s = {
        .answer = "HTTP/1.1 503 No\r\nContent-Type: application/problem+json\r\nRetry-After: 17\r\nContent-Length: 2\r\n\r\n{}"};
    char base[64];
    start(&s);
    struct mt_net_request q = get(&s, base);
    q.method = "POST";
    q.path = "/v1/operations";
    q.body = mt_sv("{\"operations\":[]}");
    assert_int_equal(mt_net_start(*state, 1, &q, NULL), MT_OK);
    assert_int_equal(mt_net_start(*state, 1, &q, NULL), MT_BUSY);
    const struct mt_net_reply r = finish(*state);
    stop(&s);
    assert_int_equal(r.slot, 1);
    assert_int_equal(r.status, 503);
    assert_int_equal(r.retry_after, 17);
    assert_non_null(strstr(s.request, "POST /v1/operations HTTP/1.1\r\n"));
    assert_non_null(strstr(s.request, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(s.request, "\r\n\r\n{\"operations\":[]}"));
}

/* What is no whole answer is none. */
static void test_broken(void **state) {
    static const struct {
        const char *what, *answer;
        enum mt_rc rc;
    } rows[] = {
        {"reset", "", MT_OFFLINE},
        {"half a head", "HTTP/1.1 200 OK\r\nContent-Ty", MT_OFFLINE},
        {"half a body", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"results\":", MT_OFFLINE},
        {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"res", MT_OFFLINE},
        {"no http", "220 mail.example ESMTP\r\n", MT_OFFLINE},
        {"bad gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", MT_OFFLINE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct server s = {.answer = rows[i].answer, .connections = 2};
        s.answer_bytes = strlen(rows[i].answer);
        const struct mt_net_reply r = ask(*state, &s);
        if (r.rc != rows[i].rc || r.words[0] == '\0') {
            fail_msg("%s: %s, status %d", rows[i].what, mt_rc_name(r.rc), r.status);
        }
    }
}

static void test_redirect_not_followed(void **state) {
    struct server s = {.answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n"};
    const struct mt_net_reply r = ask(*state, &s);
    assert_int_equal(r.rc, MT_OK);
    assert_int_equal(r.status, 302);
    assert_int_equal(s.served, 1);
}

static void test_too_large(void **state) {
    char answer[3000];
    const int head = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n");
    memset(answer + head, 'x', 2000);
    struct server s = {.answer = answer, .answer_bytes = (size_t)head + 2000};
    const struct mt_net_reply r = ask(*state, &s);
    assert_int_equal(r.rc, MT_LIMIT);
}

/* A small gzip that grows is cut at the limit, an honest one is read. */
static void test_gzip(void **state) {
    static char plain[100000];
    static const size_t sizes[] = {500, sizeof plain};
    memset(plain, 'y', sizeof plain);
    for (size_t i = 0; i < 2; i++) {
        char answer[2000];
        z_stream z = {0};
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        char packed[1500];
        z.next_in = (unsigned char *)plain;
        z.avail_in = (unsigned)sizes[i];
        z.next_out = (unsigned char *)packed;
        z.avail_out = sizeof packed;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        const size_t n = z.total_out;
        (void)deflateEnd(&z);
        const int head =
            snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", n);
        memcpy(answer + head, packed, n);
        struct server s = {.answer = answer, .answer_bytes = (size_t)head + n};
        const struct mt_net_reply r = ask(*state, &s);
        assert_int_equal(r.rc, i == 0 ? MT_OK : MT_LIMIT);
        assert_true(i == 1 || r.body.n == 500);
    }
}

static void test_silence(void **state) {
    struct server s = {.answer = "", .silent = true};
    char base[64];
    start(&s);
    struct mt_net_request q = get(&s, base);
    q.timeout_ms = 200;
    assert_int_equal(mt_net_start(*state, 0, &q, NULL), MT_OK);
    const struct mt_net_reply r = finish(*state);
    assert_int_equal(r.rc, MT_OFFLINE);
    assert_string_equal(r.words, "The service did not answer in time.");
    mt_net_free(*state); /* closes what it kept, so the other side ends */
    stop(&s);
    (void)setup(state);
}

static void test_nobody(void **state) {
    struct server s = {.answer = ""};
    char base[64];
    start(&s);
    const struct mt_net_request q = get(&s, base);
    stop(&s);
    assert_int_equal(mt_net_start(*state, 0, &q, NULL), MT_OK);
    const struct mt_net_reply r = finish(*state);
    assert_int_equal(r.rc, MT_OFFLINE);
    assert_string_equal(r.words, "The service can not be reached.");
}

static void test_connection_kept(void **state) {
    struct server s = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", .keep = true};
    char base[64];
    start(&s);
    const struct mt_net_request q = get(&s, base);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mt_net_start(*state, 0, &q, NULL), MT_OK);
        assert_int_equal(finish(*state).rc, MT_OK);
    }
    assert_int_equal(s.served, 3); /* over the one connection that was taken */
    mt_net_free(*state);
    stop(&s);
    (void)setup(state);
}

static void test_addresses(void **state) {
    static const struct {
        const char *base;
        enum mt_rc rc;
    } rows[] = {
        {"http://service.example", MT_DENIED},
        {"http://10.0.0.1:8080", MT_DENIED},
        {"http://127.0.0.1.evil.example", MT_DENIED},
        {"ftp://127.0.0.1", MT_INVALID},
        {"file:///etc/passwd", MT_INVALID},
        {"service", MT_INVALID},
        {"", MT_INVALID},
        {"http://", MT_DENIED},
        {"https://service.example", MT_OK},
        {"http://localhost:1", MT_OK},
        {"http://[::1]:1", MT_OK},
        {"http://127.0.0.1@evil.example", MT_DENIED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct mt_net_request q = {.method = "GET", .base = rows[i].base, .path = "/v1", .timeout_ms = 100, .max_answer = 10};
        const enum mt_rc rc = mt_net_start(*state, 2, &q, NULL);
        mt_net_cancel(*state, 2);
        if (rc != rows[i].rc) {
            fail_msg("%s: %s", rows[i].base, mt_rc_name(rc));
        }
    }
}

/* Stands before the C library's: names are looked up by a server that says nothing until it is let go. */
static sem_t let_go;
static atomic_bool silent, looking_up;

int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict found) {
    struct timespec patience;
    (void)name;
    (void)service;
    (void)hints;
    *found = NULL;
    (void)clock_gettime(CLOCK_REALTIME, &patience);
    patience.tv_sec += 10;
    looking_up = silent;
    if (silent) {
        (void)sem_timedwait(&let_go, &patience);
    }
    looking_up = false;
    return EAI_AGAIN;
}

/* The thread that draws must not wait for a name server: neither when the time is over nor when the till closes. */
static void test_name_server_silent(void **state) {
    const struct mt_net_request q = {
        .method = "GET", .base = "https://service.example", .path = "/v1", .timeout_ms = 200, .max_answer = 10};
    assert_int_equal(sem_init(&let_go, 0, 0), 0);
    silent = true;
    assert_int_equal(mt_net_start(*state, 0, &q, NULL), MT_OK);
    const struct mt_net_reply r = finish(*state);
    assert_true(looking_up);
    assert_int_equal(r.rc, MT_OFFLINE);
    assert_string_equal(r.words, "The service did not answer in time.");
    assert_int_equal(mt_net_start(*state, 0, &q, NULL), MT_OK);
    assert_int_equal(mt_net_wait(*state, NULL, NULL, 0, 50, NULL), MT_OK);
    mt_net_free(*state);
    assert_true(looking_up);
    silent = false;
    assert_int_equal(sem_post(&let_go), 0);
    assert_int_equal(sem_post(&let_go), 0);
    (void)setup(state);
}

/* A descriptor of the caller ends the wait and is told apart. */
static void test_fds(void **state) {
    int a[2], b[2];
    bool ready[2];
    assert_int_equal(pipe(a), 0);
    assert_int_equal(pipe(b), 0);
    const int fds[2] = {a[0], b[0]};
    assert_int_equal(write(b[1], "x", 1), 1);
    assert_int_equal(mt_net_wait(*state, fds, ready, 2, 60000, NULL), MT_OK);
    assert_false(ready[0]);
    assert_true(ready[1]);
    for (int i = 0; i < 2; i++) {
        (void)close(a[i]);
        (void)close(b[i]);
    }
}

#define NET_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        NET_TEST(test_get),
        NET_TEST(test_post),
        NET_TEST(test_broken),
        NET_TEST(test_redirect_not_followed),
        NET_TEST(test_too_large),
        NET_TEST(test_gzip),
        NET_TEST(test_silence),
        NET_TEST(test_nobody),
        NET_TEST(test_connection_kept),
        NET_TEST(test_name_server_silent),
        NET_TEST(test_addresses),
        NET_TEST(test_fds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
