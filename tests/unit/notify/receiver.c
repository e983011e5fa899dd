#define _GNU_SOURCE /* strcasestr */
#include "receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { REQUEST_MAX = 16 << 10, DEADLINE_S = 30 };

static size_t whole(const char *text) {
    const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\nContent-Length:");
    return end && length ? (size_t)(end - text) + 4 + (size_t)strtoul(length + 17, NULL, 10) : SIZE_MAX;
}

static char *read_request(int fd) {
    char *text = calloc(1, REQUEST_MAX);
    size_t n = 0;
    ssize_t got;
    assert_non_null(text);
    while (n < whole(text) && n < REQUEST_MAX - 1 && (got = recv(fd, text + n, REQUEST_MAX - 1 - n, 0)) > 0)
        n += (size_t)got;
    return text;
}

static void answer(int fd, const char *text) {
    size_t n = strlen(text);
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        n -= (size_t)sent;
    }
}

/* Until the other side leaves, or the test ends. */
static void say_nothing(struct receiver *r, int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    bool stopping = false;
    while (!stopping && poll(&p, 1, 50) == 0) {
        (void)pthread_mutex_lock(&r->lock);
        stopping = r->stopping;
        (void)pthread_mutex_unlock(&r->lock);
    }
}

static void *work(void *arg) {
    struct receiver *r = arg;
    for (;;) {
        int fd = accept(r->fd, NULL, NULL);
        if (fd < 0)
            return NULL; /* shut down */
        char *request = read_request(fd);
        (void)pthread_mutex_lock(&r->lock);
        const size_t i = r->count < r->answer_count ? r->count : r->answer_count - 1;
        if (r->count < RECEIVED_MAX)
            r->requests[r->count++] = request;
        else
            free(request);
        (void)pthread_cond_broadcast(&r->heard);
        (void)pthread_mutex_unlock(&r->lock);
        if (r->answers[i])
            answer(fd, r->answers[i]);
        else
            say_nothing(r, fd);
        (void)close(fd);
    }
}

void receiver_start(struct receiver *r, const char *const *answers, size_t count) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    *r = (struct receiver){.answers = answers, .answer_count = count};
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(r->fd >= 0 && bind(r->fd, (struct sockaddr *)&at, n) == 0 && listen(r->fd, 16) == 0 &&
                getsockname(r->fd, (struct sockaddr *)&at, &n) == 0);
    r->port = ntohs(at.sin_port);
    assert_true(pthread_mutex_init(&r->lock, NULL) == 0 && pthread_cond_init(&r->heard, NULL) == 0 &&
                pthread_create(&r->thread, NULL, work, r) == 0);
}

void receiver_stop(struct receiver *r) {
    (void)pthread_mutex_lock(&r->lock);
    r->stopping = true;
    (void)pthread_mutex_unlock(&r->lock);
    (void)shutdown(r->fd, SHUT_RDWR);
    (void)pthread_join(r->thread, NULL);
    (void)close(r->fd);
    for (size_t i = 0; i < r->count; i++)
        free(r->requests[i]);
    (void)pthread_cond_destroy(&r->heard);
    (void)pthread_mutex_destroy(&r->lock);
}

void receiver_await(struct receiver *r, size_t count) {
    struct timespec until;
    int late = 0;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &until), 0);
    until.tv_sec += DEADLINE_S;
    (void)pthread_mutex_lock(&r->lock);
    while (r->count < count && late == 0)
        late = pthread_cond_timedwait(&r->heard, &r->lock, &until);
    const size_t heard = r->count;
    (void)pthread_mutex_unlock(&r->lock);
    if (heard < count)
        fail_msg("%zu requests instead of %zu", heard, count);
}

char *receiver_header(const struct receiver *r, size_t request, const char *name) {
    char wanted[64];
    assert_true(request < r->count && snprintf(wanted, sizeof wanted, "\r\n%s: ", name) < (int)sizeof wanted);
    const char *at = strcasestr(r->requests[request], wanted);
    return at ? strndup(at + strlen(wanted), strcspn(at + strlen(wanted), "\r")) : NULL;
}

const char *receiver_body(const struct receiver *r, size_t request) {
    assert_true(request < r->count);
    const char *at = strstr(r->requests[request], "\r\n\r\n");
    return at ? at + 4 : "";
}
