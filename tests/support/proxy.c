/* One thread and one poll loop over all connections; what the test sets is atomic. A pair is a connection from the till and one
 * to the service. HTTP is read just far enough to tell a push that carries operations from everything else. */
#define _GNU_SOURCE /* memmem, accept4 */
#include "proxy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS 32
#define HALF_BYTES 20

struct pair {
    int till, service; /* -1: closed */
    bool push;         /* the request under way is a push */
    bool operations;   /* and carries some */
};

struct mt_proxy {
    int listener, port, wake[2];
    pthread_t thread;
    atomic_int mode, target, left, dropped, served, epoch;
    atomic_bool stop;
    struct pair pairs[PAIRS];
};

static void close_pair(struct pair *pair) {
    if (pair->till >= 0)
        close(pair->till);
    if (pair->service >= 0)
        close(pair->service);
    *pair = (struct pair){.till = -1, .service = -1};
}

static bool send_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

static int connect_to(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool answers_itself(int mode) {
    return mode == MT_PROXY_HTML || mode == MT_PROXY_REDIRECT || mode == MT_PROXY_JSON || mode == MT_PROXY_STALL ||
           mode == MT_PROXY_BUSY || mode == MT_PROXY_DENIED;
}

static void accept_one(struct mt_proxy *p) {
    int fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    atomic_fetch_add(&p->served, 1);
    struct pair *pair = NULL;
    for (size_t i = 0; i < PAIRS && pair == NULL; i++)
        if (p->pairs[i].till < 0)
            pair = &p->pairs[i];
    int mode = atomic_load(&p->mode);
    if (pair == NULL || mode == MT_PROXY_RESET) {
        close(fd);
        return;
    }
    int service = answers_itself(mode) ? -1 : connect_to(atomic_load(&p->target));
    if (service < 0 && !answers_itself(mode)) {
        close(fd);
        return;
    }
    *pair = (struct pair){.till = fd, .service = service};
}

static void answer_itself(struct pair *pair, int mode) {
    static const struct {
        const char *head, *body;
    } answers[] = {
        [MT_PROXY_HTML] = {"200 OK\r\nContent-Type: text/html", "<html><h1>Hotel guests, log in here</h1></html>"},
        [MT_PROXY_REDIRECT] = {"302 Found\r\nLocation: http://127.0.0.1:1/login", ""},
        [MT_PROXY_BUSY] = {"503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: application/problem+json",
                           "{\"status\":503,\"code\":\"OVERLOADED\",\"title\":\"busy\"}"},
        [MT_PROXY_DENIED] = {"401 Unauthorized\r\nContent-Type: application/problem+json",
                             "{\"status\":401,\"code\":\"UNAUTHENTICATED\",\"title\":\"no\"}"},
        [MT_PROXY_JSON] = {"200 OK\r\nContent-Type: application/json", "{\"results\":{\"outcome\":\"applied\"}}"},
    };
    char bytes[512];
    if (mode == MT_PROXY_STALL)
        return;
    int n = snprintf(bytes, sizeof bytes, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", answers[mode].head,
                     strlen(answers[mode].body), answers[mode].body);
    if (send_all(pair->till, bytes, (size_t)n))
        shutdown(pair->till, SHUT_WR);
}

/* From the till to the service. */
static void forward(struct mt_proxy *p, struct pair *pair) {
    static char bytes[65536];
    ssize_t n = recv(pair->till, bytes, sizeof bytes, 0);
    if (n <= 0) {
        close_pair(pair);
        return;
    }
    int mode = atomic_load(&p->mode);
    if (answers_itself(mode)) {
        answer_itself(pair, mode);
        return;
    }
    if (memmem(bytes, (size_t)n, " HTTP/1.", 8) != NULL) { /* a new request begins */
        pair->push = memmem(bytes, (size_t)n, "POST /v1/operations ", 20) != NULL;
        pair->operations = false;
    }
    if (memmem(bytes, (size_t)n, "\"op_id\"", 7) != NULL && memmem(bytes, (size_t)n, "\"kind\"", 6) != NULL)
        pair->operations = true;
    if (!send_all(pair->service, bytes, (size_t)n))
        close_pair(pair);
}

/* From the service to the till: the reply is here, so the service has committed. */
static void give_back(struct mt_proxy *p, struct pair *pair) {
    static char bytes[65536];
    ssize_t n = recv(pair->service, bytes, sizeof bytes, 0);
    if (n <= 0) {
        close_pair(pair);
        return;
    }
    int mode = atomic_load(&p->mode);
    if (mode == MT_PROXY_DROP && pair->push && pair->operations && atomic_load(&p->left) > 0) {
        atomic_fetch_sub(&p->left, 1);
        atomic_fetch_add(&p->dropped, 1);
        close_pair(pair);
        return;
    }
    if (mode == MT_PROXY_HALF && pair->push) {
        send_all(pair->till, bytes, n < HALF_BYTES ? (size_t)n : HALF_BYTES);
        atomic_fetch_add(&p->dropped, 1);
        close_pair(pair);
        return;
    }
    if (!send_all(pair->till, bytes, (size_t)n))
        close_pair(pair);
}

static void one_round(struct mt_proxy *p, int *epoch) {
    struct pollfd fds[2 + 2 * PAIRS] = {{.fd = p->listener, .events = POLLIN}, {.fd = p->wake[0], .events = POLLIN}};
    for (size_t i = 0; i < PAIRS; i++) {
        fds[2 + 2 * i] = (struct pollfd){.fd = p->pairs[i].till, .events = POLLIN};
        fds[3 + 2 * i] = (struct pollfd){.fd = p->pairs[i].service, .events = POLLIN};
    }
    poll(fds, 2 + 2 * PAIRS, -1);
    char byte;
    while (read(p->wake[0], &byte, 1) == 1) {
    }
    if (*epoch != atomic_load(&p->epoch)) {
        *epoch = atomic_load(&p->epoch);
        for (size_t i = 0; i < PAIRS; i++)
            close_pair(&p->pairs[i]);
        return;
    }
    for (size_t i = 0; i < PAIRS; i++) {
        if (fds[2 + 2 * i].revents != 0 && p->pairs[i].till >= 0)
            forward(p, &p->pairs[i]);
        if (fds[3 + 2 * i].revents != 0 && p->pairs[i].service >= 0)
            give_back(p, &p->pairs[i]);
    }
    if (fds[0].revents != 0)
        accept_one(p);
}

static void *run(void *arg) {
    struct mt_proxy *p = arg;
    int epoch = 0;
    while (!atomic_load(&p->stop))
        one_round(p, &epoch);
    for (size_t i = 0; i < PAIRS; i++)
        close_pair(&p->pairs[i]);
    return NULL;
}

struct mt_proxy *mt_proxy_start(int port) {
    struct mt_proxy *p = calloc(1, sizeof *p);
    assert_non_null(p);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(p->listener >= 0 && bind(p->listener, (struct sockaddr *)&here, size) == 0 && listen(p->listener, 32) == 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&here, &size), 0);
    assert_int_equal(pipe2(p->wake, O_CLOEXEC | O_NONBLOCK), 0);
    p->port = ntohs(here.sin_port);
    atomic_store(&p->target, port);
    for (size_t i = 0; i < PAIRS; i++)
        p->pairs[i] = (struct pair){.till = -1, .service = -1};
    assert_int_equal(pthread_create(&p->thread, NULL, run, p), 0);
    return p;
}

static void wake(struct mt_proxy *p) {
    ssize_t n = write(p->wake[1], "x", 1);
    assert_true(n == 1 || errno == EAGAIN);
}

void mt_proxy_stop(struct mt_proxy *p) {
    if (p == NULL)
        return;
    atomic_store(&p->stop, true);
    wake(p);
    pthread_join(p->thread, NULL);
    close(p->listener);
    close(p->wake[0]);
    close(p->wake[1]);
    free(p);
}

int mt_proxy_port(const struct mt_proxy *p) {
    return p->port;
}

void mt_proxy_mode(struct mt_proxy *p, enum mt_proxy_mode mode) {
    atomic_store(&p->mode, (int)mode);
    atomic_fetch_add(&p->epoch, 1);
    wake(p);
}

void mt_proxy_target(struct mt_proxy *p, int port) {
    atomic_store(&p->target, port);
}

void mt_proxy_drop(struct mt_proxy *p, int replies) {
    atomic_store(&p->left, replies);
    mt_proxy_mode(p, MT_PROXY_DROP);
}

int mt_proxy_dropped(struct mt_proxy *p) {
    return atomic_load(&p->dropped);
}

int mt_proxy_served(struct mt_proxy *p) {
    return atomic_load(&p->served);
}
