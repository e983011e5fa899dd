/* One request's way: its first line makes a call (call_new), MHD then calls call_go_on once when the headers are in, once for each
 * piece of the body, once when it is complete, and again after each sleep; call_over ends it. What is wrong with the headers is
 * answered before a body is read.
 *
 * How many connections an address may have is counted here too: libmicrohttpd's own count was seen to lose one under load and
 * then ends the program.
 *
 * libmicrohttpd 0.9.75 accepts two Content-Length headers, and one beside Transfer-Encoding; either is how requests are smuggled
 * past a proxy (RFC 9112 section 6.3), so both are refused here and the connection closed. */
#include "edge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { ARENA_MAX = 64 << 20 };

void *call_new(void *http, const char *uri, struct MHD_Connection *mhd) {
    struct mt_http *h = http;
    struct call *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->http = h;
    c->mhd = mhd;
    c->started = edge_now(h);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    c->conn = info ? info->socket_context : NULL;
    mt_arena_init(&c->arena, ARENA_MAX);
    mt_response_init(&c->response);
    struct mt_sv rest = mt_sv(uri);
    char *copy = mt_arena_sv(&c->arena, rest);
    if (!c->conn || !copy) {
        mt_arena_fini(&c->arena);
        free(c);
        return NULL;
    }
    rest = mt_sv_n(copy, rest.n);
    c->request.path = mt_sv_cut(&rest, '?');
    c->request.query = rest;
    c->body_max = mt_route_body_max(c->request.path);
    if (h->o.metrics) {
        c->request.print_metrics = metrics_print;
        c->request.metrics_ctx = h;
    }
    mt_buf_init(&c->body, c->body_max);
    (void)pthread_mutex_lock(&h->id_lock);
    struct mt_id id = mt_id_new(&h->ids);
    (void)pthread_mutex_unlock(&h->id_lock);
    memcpy(c->id_made, id.s, sizeof c->id_made);
    keeper_call_begins(h);
    keeper_deadline(h, c->conn, h->o.limits.head_ms);
    return c;
}

/* The headers that are read. A list is one however many lines it comes in (RFC 9110 section 5.3). Two of another could each be
 * meant: of those that decide what is done none is guessed, and the two that only name the request in the log pass for none. */
enum header_form { ONCE, LIST, OR_NONE };
enum header {
    HOST,
    AUTHORIZATION,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    ACCEPT_ENCODING,
    REQUEST_ID,
    TRACEPARENT,
    HEADERS
};
static const struct {
    const char *name;
    enum header_form form;
} headers[HEADERS] = {[HOST] = {"Host", ONCE},
                      [AUTHORIZATION] = {"Authorization", ONCE},
                      [CONTENT_TYPE] = {"Content-Type", ONCE},
                      [CONTENT_ENCODING] = {"Content-Encoding", LIST},
                      [IDEMPOTENCY_KEY] = {"Idempotency-Key", ONCE},
                      [IF_MATCH] = {"If-Match", LIST},
                      [IF_NONE_MATCH] = {"If-None-Match", LIST},
                      [ACCEPT_ENCODING] = {"Accept-Encoding", LIST},
                      [REQUEST_ID] = {"X-Request-Id", OR_NONE},
                      [TRACEPARENT] = {"Traceparent", OR_NONE}};
struct reading {
    struct mt_sv values[HEADERS]; /* the first of each */
    unsigned counts[HEADERS];
};
struct joining {
    const char *name;
    struct mt_buf text;
};

static enum MHD_Result read_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct reading *r = ctx;
    (void)kind;
    for (enum header h = 0; h < HEADERS; h++)
        if (strcasecmp(name, headers[h].name) == 0 && r->counts[h]++ == 0)
            r->values[h] = mt_sv(value ? value : ""); /* an empty one is there, too */
    return MHD_YES;
}

static enum MHD_Result join_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct joining *j = ctx;
    (void)kind;
    if (strcasecmp(name, j->name) == 0)
        mt_buf_fmt(&j->text, "%s, ", value ? value : "");
    return MHD_YES;
}

/* All lines of a list; an empty member at its end means nothing. False when there is no memory for it. */
static bool join_list(struct call *c, enum header h, struct mt_sv *out) {
    struct joining j = {.name = headers[h].name};
    mt_buf_init(&j.text, c->http->o.limits.header_max); /* longer headers are refused anyhow */
    (void)MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, join_header, &j);
    struct mt_sv text = mt_buf_view(&j.text);
    const char *copy = mt_buf_rc(&j.text) == MT_OK ? mt_arena_sv(&c->arena, text) : NULL;
    *out = mt_sv_n(copy, copy ? text.n : 0);
    mt_buf_fini(&j.text);
    return copy;
}

/* How the body is framed, counted over all headers: a lookup would show only one of two. */
struct framing {
    unsigned lengths, encodings;
    const char *length, *encoding;
};

static enum MHD_Result count_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct framing *f = ctx;
    (void)kind;
    if (strcasecmp(name, "Content-Length") == 0) {
        f->lengths++;
        f->length = value ? value : "";
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        f->encodings++;
        f->encoding = value;
    }
    return MHD_YES;
}

/* The refusal the headers alone call for: MT_P_NONE when there is none; then room for the body is claimed. */
static enum mt_problem_code judge_head(struct call *c, const char **detail) {
    struct framing f = {0};
    (void)MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, count_header, &f);
    const union MHD_ConnectionInfo *size = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    int64_t length = 0;
    if (size && size->header_size > c->http->o.limits.header_max) {
        *detail = "The headers are longer than 16 KiB.";
        return MT_P_HEADERS_TOO_LARGE;
    }
    if (f.lengths > 1 || f.encodings > 1 || (f.lengths && f.encodings)) {
        *detail = "The length of the body is said twice. The connection is closed.";
        return MT_P_MALFORMED;
    }
    if (f.encodings && (!f.encoding || strcasecmp(f.encoding, "chunked") != 0)) {
        *detail = "The body's transfer coding is not known here. The connection is closed.";
        return MT_P_MALFORMED;
    }
    enum mt_rc rc = f.length ? mt_sv_int(mt_sv(f.length), &length) : MT_OK;
    if (rc == MT_LIMIT || (rc == MT_OK && length > (int64_t)c->body_max)) {
        *detail = c->body_max == MT_PUSH_MAX_BYTES ? "The body is larger than 4 MiB." : "The body is larger than 256 KiB.";
        return MT_P_TOO_LARGE;
    }
    if (rc != MT_OK || length < 0) {
        *detail = "Content-Length is not a number. The connection is closed.";
        return MT_P_MALFORMED;
    }
    size_t claim = f.encodings ? c->body_max : (size_t)length;
    if (!keeper_claim_body(c->http, claim)) {
        *detail = "The service is working on too much at once. Send the same again in a moment.";
        return MT_P_OVERLOADED;
    }
    c->body_claim = claim;
    return MT_P_NONE;
}

/* "q=0", "q=0.000": not acceptable (RFC 9110 section 12.4.2). */
static bool is_zero(struct mt_sv weight) {
    if (!mt_sv_starts(weight, MT_SV("q=0")))
        return false;
    for (size_t i = 2; i < weight.n; i++)
        if (weight.p[i] >= '1' && weight.p[i] <= '9')
            return false;
    return true;
}

/* Accept-Encoding (RFC 9110 section 12.5.3): gzip is named and not weighted with zero. */
static bool accepts_gzip(struct mt_sv list) {
    while (list.n) {
        struct mt_sv weight = mt_sv_cut(&list, ',');
        struct mt_sv coding = mt_sv_trim(mt_sv_cut(&weight, ';'));
        if (coding.n == 4 && strncasecmp(coding.p, "gzip", 4) == 0)
            return !is_zero(mt_sv_trim(weight));
    }
    return false;
}

/* False when there is no memory for it. *twice: the header that must stand once and does not; NULL: none. */
static bool read_headers(struct call *c, const char *method, const char **twice) {
    struct mt_request *q = &c->request;
    struct reading r = {0};
    bool ok = true;
    (void)MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, read_header, &r);
    for (enum header h = 0; h < HEADERS; h++)
        if (r.counts[h] > 1)
            switch (headers[h].form) {
            case ONCE:
                *twice = headers[h].name;
                break;
            case LIST:
                ok = join_list(c, h, &r.values[h]) && ok;
                break;
            case OR_NONE:
                r.values[h] = mt_sv("");
                break;
            }
    q->method = mt_sv(method);
    q->authorization = r.values[AUTHORIZATION];
    q->content_type = r.values[CONTENT_TYPE];
    q->content_encoding = r.values[CONTENT_ENCODING];
    q->if_none_match = r.values[IF_NONE_MATCH];
    q->if_match = r.values[IF_MATCH];
    q->idempotency_key = r.values[IDEMPOTENCY_KEY];
    q->request_id = r.values[REQUEST_ID];
    trace_read(r.values[TRACEPARENT], c->trace_id);
    q->trace_id = c->trace_id;
    c->wants_gzip = accepts_gzip(r.values[ACCEPT_ENCODING]);
    return ok;
}

static enum MHD_Result head_is_in(struct call *c, const char *method) {
    const char *twice = NULL, *detail = "";
    bool ok = read_headers(c, method, &twice);
    enum mt_problem_code code = judge_head(c, &detail);
    if (code == MT_P_NONE && !ok)
        return MHD_NO;
    if (code == MT_P_NONE && twice) {
        code = MT_P_MALFORMED;
        detail = mt_arena_fmt(&c->arena, "The header %s is there more than once. Send it once; nothing was done.", twice);
    }
    if (code != MT_P_NONE) {
        c->close_after = true; /* the body stays unread */
        return detail ? answer_problem(c, code, 0, detail) : MHD_NO;
    }
    struct rate_key who = rate_by_caller(c->conn, c->request.authorization);
    int retry_after = rate_take(c->http, &who);
    if (retry_after)
        return answer_too_often(c, retry_after);
    c->state = CALL_BODY;
    keeper_deadline(c->http, c->conn, c->http->o.limits.body_ms);
    return MHD_YES;
}

/* A body without a length that grows too large is read on for a while and thrown away, because MHD can not answer in the
 * middle of one; the 413 follows at its end. One that goes on for ever is cut. */
static enum MHD_Result take_body(struct call *c, const char *bytes, size_t *n) {
    mt_buf_add(&c->body, bytes, *n);
    if (mt_buf_rc(&c->body) != MT_OK)
        c->discarded += *n;
    *n = 0;
    return c->discarded <= c->body_max ? MHD_YES : MHD_NO;
}

/* The connection sleeps; from batch_add on the call is the writer's. */
static enum MHD_Result to_writer(struct call *c) {
    if (!flight_begins(c))
        return answer_problem(c, MT_P_REQUEST_IN_FLIGHT, 1,
                              "The same request is being worked on. Send it again in a moment to read its answer.");
    c->state = CALL_QUEUED;
    keeper_deadline(c->http, c->conn, NEVER);
    MHD_suspend_connection(c->mhd);
    metrics_queued(c, true);
    if (!batch_add(c->http, c)) {
        metrics_queued(c, false);
        c->state = CALL_TURNED_AWAY;
        MHD_resume_connection(c->mhd);
    }
    return MHD_YES;
}

/* Asks the routes, with a read session for as long as that takes. */
static enum mt_route_next ask(struct call *c, int64_t *wait_ms) {
    struct mt_session *s = pool_take(&c->http->pool);
    enum mt_route_next next = mt_route_begin(s, &c->request, c->id_made, &c->arena, &c->response, &c->write, wait_ms);
    pool_give(&c->http->pool, s);
    return next;
}

static enum MHD_Result to_sleep(struct call *c, uint64_t feed, int64_t wait_ms) {
    if (!c->wait_until)
        c->wait_until = edge_now(c->http) + wait_ms;
    c->state = CALL_WAITING;
    keeper_deadline(c->http, c->conn, NEVER);
    MHD_suspend_connection(c->mhd);
    metrics_waiting(c, true);
    if (!keeper_wait(c->http, c, feed))
        MHD_resume_connection(c->mhd); /* the feed moved while we looked: look again */
    return MHD_YES;
}

/* Each made-up token is a caller of its own: whoever shows one that is not known, or that nobody has looked at, is counted by the
 * address, too. */
static int unknown_caller(struct call *c) {
    if (c->response.caller[0] || !c->request.authorization.n)
        return 0;
    struct rate_key from = rate_by_address(c->conn);
    return rate_take(c->http, &from);
}

static enum MHD_Result proceed(struct call *c) {
    uint64_t feed = keeper_feed(c->http);
    int64_t wait_ms = 0;
    c->request.body = mt_buf_view(&c->body);
    c->request.wait_over = keeper_stopping(c->http) || (c->wait_until && edge_now(c->http) >= c->wait_until);
    enum mt_route_next next = ask(c, &wait_ms);
    int retry_after = unknown_caller(c);
    if (retry_after)
        return answer_too_often(c, retry_after);
    switch (next) {
    case MT_ROUTE_DONE:
        return answer_send(c);
    case MT_ROUTE_WRITE:
        return to_writer(c);
    case MT_ROUTE_WAIT:
        return to_sleep(c, feed, wait_ms);
    }
    return MHD_NO;
}

enum MHD_Result call_go_on(void *http, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                           const char *upload, size_t *upload_size, void **call) {
    struct call *c = *call;
    (void)http, (void)mhd, (void)url, (void)version;
    if (!c)
        return MHD_NO; /* there was no memory for it */
    switch (c->state) {
    case CALL_HEAD:
        return head_is_in(c, method);
    case CALL_BODY:
        if (*upload_size)
            return take_body(c, upload, upload_size);
        if (c->discarded)
            return answer_problem(c, MT_P_TOO_LARGE, 0, "The body is too large.");
        return proceed(c);
    case CALL_WRITTEN:
        metrics_queued(c, false);
        flight_ends(c); /* before the answer goes out: whoever has read it may ask again */
        mt_route_finish(c->write, &c->response);
        return answer_send(c);
    case CALL_WAITING:
        metrics_waiting(c, false);
        return proceed(c);
    case CALL_TURNED_AWAY:
        return answer_problem(c, MT_P_OVERLOADED, 0, "The service is stopping. Nothing was stored; send the same again.");
    case CALL_QUEUED:
    case CALL_ANSWERED:
        return MHD_YES;
    }
    return MHD_NO;
}

void call_over(void *http, struct MHD_Connection *mhd, void **call, enum MHD_RequestTerminationCode why) {
    struct mt_http *h = http;
    struct call *c = *call;
    (void)mhd, (void)why;
    if (!c)
        return;
    size_t body_claim = c->body_claim;
    flight_ends(c);
    metrics_queued(c, false);
    metrics_waiting(c, false);
    *call = NULL;
    keeper_deadline(h, c->conn, h->o.limits.idle_ms);
    mt_buf_fini(&c->body);
    mt_response_fini(&c->response);
    mt_arena_fini(&c->arena);
    free(c->packed);
    free(c);
    keeper_call_ends(h, body_claim);
}

/* Both families in one form, so that they can be compared. */
static struct in6_addr address_of(const struct sockaddr *a, socklen_t n) {
    struct in6_addr out = IN6ADDR_ANY_INIT;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (a->sa_family == AF_INET && n >= sizeof in) {
        memcpy(&in, a, sizeof in);
        out.s6_addr[10] = out.s6_addr[11] = 0xff;
        memcpy(&out.s6_addr[12], &in.sin_addr, 4);
    } else if (a->sa_family == AF_INET6 && n >= sizeof in6) {
        memcpy(&in6, a, sizeof in6);
        out = in6.sin6_addr;
        if (!IN6_IS_ADDR_V4MAPPED(&out))
            memset(&out.s6_addr[8], 0, 8); /* whoever has one address of a /64 has them all */
    }
    return out;
}

enum MHD_Result conn_welcome(void *http, const struct sockaddr *from, socklen_t n) {
    struct mt_http *h = http;
    struct in6_addr address = address_of(from, n);
    return !keeper_stopping(h) && keeper_conns_from(h, &address) < h->o.limits.per_address ? MHD_YES : MHD_NO;
}

void conn_changed(void *http, struct MHD_Connection *mhd, void **conn, enum MHD_ConnectionNotificationCode what) {
    struct mt_http *h = http;
    switch (what) {
    case MHD_CONNECTION_NOTIFY_STARTED: {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct conn *c = info ? calloc(1, sizeof *c) : NULL;
        if (!c)
            return; /* its requests are refused in call_new */
        c->http = h;
        c->fd = info->connect_fd;
        struct sockaddr_storage from = {0};
        socklen_t n = sizeof from;
        if (getpeername(c->fd, (struct sockaddr *)&from, &n) == 0)
            c->from = address_of((struct sockaddr *)&from, n);
        *conn = c;
        mt_metric_add(h->o.metrics, MT_METRIC_CONNECTIONS, 0, 0, 1);
        keeper_conn_add(h, c, h->o.limits.head_ms);
        return;
    }
    case MHD_CONNECTION_NOTIFY_CLOSED:
        if (*conn) {
            keeper_conn_remove(h, *conn);
            mt_metric_add(h->o.metrics, MT_METRIC_CONNECTIONS, 0, 0, -1);
            tls_release(h, *conn);
            free(*conn);
            *conn = NULL;
        }
        return;
    }
}
