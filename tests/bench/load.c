/* Sockets without blocking, one poll loop. An answer is whole when Content-Length bytes of body have come. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256

struct line {
    int fd;
    struct mt_buf out, in;
    size_t sent;
    int64_t asked;
    bool done;
};

static int connect_to(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    return fd;
}

/* Length of the whole answer in `in` when it is there, else 0; its body and status. */
static size_t whole_answer(struct mt_sv in, int *status, struct mt_sv *body) {
    const char *end = in.n ? memmem(in.p, in.n, "\r\n\r\n", 4) : NULL;
    if (!end || in.n < 12)
        return 0;
    size_t head = (size_t)(end - in.p) + 4, length = 0;
    *status = (int)strtol(in.p + 9, NULL, 10);
    for (const char *p = in.p; p < end; p++)
        if (*p == '\n' && !strncasecmp(p + 1, "content-length:", 15))
            length = (size_t)strtoull(p + 16, NULL, 10);
    *body = mt_sv_n(in.p + head, length);
    return in.n >= head + length ? head + length : 0;
}

static bool begin_next(const struct bench_load *l, struct line *c, int who) {
    mt_buf_clear(&c->out);
    mt_buf_clear(&c->in);
    c->sent = 0;
    c->done = !l->next(l->ctx, who, &c->out);
    c->asked = bench_now();
    return mt_buf_rc(&c->out) == MT_OK;
}

static bool send_more(struct line *c) {
    struct mt_sv rest = mt_buf_view(&c->out);
    while (c->sent < rest.n) {
        ssize_t n = send(c->fd, rest.p + c->sent, rest.n - c->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        c->sent += (size_t)n;
    }
    return true;
}

static bool receive(const struct bench_load *l, struct line *c, int who, struct bench_loaded *out) {
    char bytes[16384];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    mt_buf_add(&c->in, bytes, (size_t)n);
    int status = 0;
    struct mt_sv body;
    if (!whole_answer(mt_buf_view(&c->in), &status, &body))
        return mt_buf_rc(&c->in) == MT_OK;
    bench_sample(&out->samples, bench_now() - c->asked);
    out->answered++;
    out->failed += !l->look(l->ctx, who, status, body);
    return begin_next(l, c, who) && (c->done || send_more(c));
}

static int run(const struct bench_load *l, struct line *lines, struct bench_loaded *out) {
    struct pollfd fds[CONNECTIONS_MAX];
    int64_t begin = bench_now(), end = begin + (int64_t)(l->seconds * 1e9);
    int live = l->connections;
    while (live > 0 && bench_now() < end) {
        live = 0;
        for (int i = 0; i < l->connections; i++) {
            bool writing = lines[i].sent < mt_buf_view(&lines[i].out).n;
            fds[i] =
                (struct pollfd){.fd = lines[i].done ? -1 : lines[i].fd, .events = (short)(writing ? POLLIN | POLLOUT : POLLIN)};
            live += !lines[i].done;
        }
        if (poll(fds, (nfds_t)l->connections, 1000) < 0 && errno != EINTR)
            return 1;
        for (int i = 0; i < l->connections; i++) {
            if (lines[i].done)
                continue;
            if ((fds[i].revents & POLLOUT) && !send_more(&lines[i]))
                return 1;
            if ((fds[i].revents & (POLLIN | POLLERR | POLLHUP)) && !receive(l, &lines[i], i, out))
                return 1;
        }
    }
    out->seconds = (double)(bench_now() - begin) / 1e9;
    return 0;
}

int bench_load(const struct bench_load *l, struct bench_loaded *out) {
    struct line lines[CONNECTIONS_MAX];
    int rc = l->connections > CONNECTIONS_MAX ? 1 : 0, made = 0;
    *out = (struct bench_loaded){0};
    for (; !rc && made < l->connections; made++) {
        struct line *c = &lines[made];
        *c = (struct line){.fd = connect_to(l->port)};
        mt_buf_init(&c->out, 8u << 20);
        mt_buf_init(&c->in, 8u << 20);
        if (c->fd < 0 || !begin_next(l, c, made) || !send_more(c))
            rc = 1;
    }
    if (!rc)
        rc = run(l, lines, out);
    for (int i = 0; i < made; i++) {
        if (lines[i].fd >= 0)
            (void)close(lines[i].fd);
        mt_buf_fini(&lines[i].out);
        mt_buf_fini(&lines[i].in);
    }
    return rc;
}

struct once {
    struct mt_sv request;
    struct mt_buf *body;
    int status, asked;
};

static bool once_next(void *ctx, int who, struct mt_buf *out) {
    (void)who;
    struct once *o = ctx;
    mt_buf_sv(out, o->request);
    return o->asked++ == 0;
}

static bool once_look(void *ctx, int who, int status, struct mt_sv body) {
    (void)who;
    struct once *o = ctx;
    o->status = status;
    mt_buf_sv(o->body, body);
    return true;
}

int bench_ask(int port, struct mt_sv request, struct mt_buf *body) {
    struct once o = {.request = request, .body = body};
    struct bench_loaded done;
    int rc = bench_load(
        &(struct bench_load){.port = port, .connections = 1, .seconds = 60, .next = once_next, .look = once_look, .ctx = &o},
        &done);
    bench_samples_free(&done.samples);
    return rc ? 0 : o.status;
}

void bench_request(struct mt_buf *out, const char *method, const char *path, const char *token, struct mt_sv body) {
    mt_buf_fmt(out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path);
    if (token)
        mt_buf_fmt(out, "Authorization: Bearer %s\r\n", token);
    if (body.n)
        mt_buf_fmt(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.n);
    mt_buf_str(out, "\r\n");
    mt_buf_sv(out, body);
}
