/* The listening socket is made here, not by libmicrohttpd, so that a refusal can say why in words. */
#include "edge.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 511 };

struct where {
    char host[48], port[6];
};

static enum mt_rc bad_form(const char *address, struct mt_err *err) {
    return mt_fail(err, MT_INVALID, "\"%.60s\" is not an address to listen on. Write it as 127.0.0.1:8080 or [::1]:8080.", address);
}

/* "host:port" or "[host]:port". */
static enum mt_rc cut(const char *address, struct where *w, struct mt_err *err) {
    struct mt_sv rest = mt_sv(address), host;
    if (mt_sv_starts(rest, MT_SV("["))) {
        rest = mt_sv_n(rest.p + 1, rest.n - 1);
        host = mt_sv_cut(&rest, ']');
        if (!mt_sv_starts(rest, MT_SV(":")))
            return bad_form(address, err);
        rest = mt_sv_n(rest.p + 1, rest.n - 1);
    } else {
        host = mt_sv_cut(&rest, ':');
    }
    if (mt_sv_is(host, "localhost"))
        host = MT_SV("127.0.0.1");
    int64_t port;
    if (!host.n || mt_sv_int(rest, &port) != MT_OK || port < 0 || port > 65535 ||
        mt_sv_copy(host, w->host, sizeof w->host) != MT_OK || mt_sv_copy(rest, w->port, sizeof w->port) != MT_OK)
        return bad_form(address, err);
    return MT_OK;
}

static bool is_loopback(const struct sockaddr *a) {
    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a, sizeof in);
        return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, a, sizeof in6);
        return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
    }
    return false;
}

static enum mt_rc cannot_bind(const char *address, int why, struct mt_err *err) {
    if (why == EADDRINUSE)
        return mt_fail(err, MT_BUSY, "%.60s is in use by another program. Stop that one or choose another port.", address);
    if (why == EACCES)
        return mt_fail(err, MT_DENIED, "Listening on %.60s is not allowed for this user. Choose a port above 1023.", address);
    return mt_fail(err, MT_IO, "Listening on %.60s failed: %s.", address, strerror(why));
}

static enum mt_rc bind_to(const struct addrinfo *a, const char *address, int *fd, struct mt_err *err) {
    int s = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    if (s < 0)
        return cannot_bind(address, errno, err);
    /* TCP_NODELAY is inherited by what is accepted. */
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) || setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) ||
        bind(s, a->ai_addr, a->ai_addrlen) || listen(s, BACKLOG)) {
        int why = errno;
        (void)close(s);
        return cannot_bind(address, why, err);
    }
    *fd = s;
    return MT_OK;
}

/* The address as an URL shows it, with the port the system chose. */
static enum mt_rc describe(int fd, char bound[MT_HTTP_ADDRESS_TEXT], struct mt_err *err) {
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    char host[48], port[8];
    if (getsockname(fd, (struct sockaddr *)&a, &n) ||
        getnameinfo((struct sockaddr *)&a, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV))
        return mt_fail(err, MT_IO, "The address listened on can not be read.");
    int written = snprintf(bound, MT_HTTP_ADDRESS_TEXT, a.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
    return written > 0 && written < MT_HTTP_ADDRESS_TEXT ? MT_OK : mt_fail(err, MT_BUG, "The address listened on is too long.");
}

enum mt_rc listen_open(const char *address, bool tls, int *fd, char bound[MT_HTTP_ADDRESS_TEXT], struct mt_err *err) {
    struct where w;
    enum mt_rc rc = cut(address, &w, err);
    if (rc != MT_OK)
        return rc;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *list = NULL;
    if (getaddrinfo(w.host, w.port, &hints, &list))
        return bad_form(address, err);
    if (!tls && !is_loopback(list->ai_addr)) {
        rc = mt_fail(err, MT_INVALID,
                     "%.60s can be reached from other machines, and without TLS the service listens on loopback only. "
                     "Use 127.0.0.1:PORT, or give --tls-cert and --tls-key.",
                     address);
    } else {
        rc = bind_to(list, address, fd, err);
    }
    freeaddrinfo(list);
    if (rc != MT_OK)
        return rc;
    rc = describe(*fd, bound, err);
    if (rc != MT_OK) {
        (void)close(*fd);
        *fd = -1;
    }
    return rc;
}
