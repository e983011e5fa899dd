/* libcurl multi behind slots: each keeps its easy handle, so its connection stays open between requests. The body is gathered up to
 * the caller's limit after decompression, so a small gzip can not fill the memory. An exchange is finished when curl
 * says so; a connection cut in the middle of a body of known length is a failure there, never half an answer. */
#include <medterm/base/buf.h>
#include <medterm/net/net.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 5000L
#define TYPE_TEXT 128

struct slot {
    CURL *easy;                 /* owned; kept over requests */
    struct curl_slist *headers; /* owned */
    bool busy, finished, too_large;
    bool head_whole; /* the blank line behind the headers has come */
    CURLcode result;
    struct mt_buf url, body;
    char type[TYPE_TEXT];
    mt_time date;
};

struct mt_net {
    CURLM *multi; /* owned */
    struct slot slot[MT_NET_SLOTS];
};

static enum mt_rc curl_fail(struct mt_err *err, const char *text) {
    return mt_fail(err, MT_NOMEM, "The network can not be used: %s.", text);
}

enum mt_rc mt_net_new(struct mt_net **out, struct mt_err *err) {
    *out = NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return curl_fail(err, "libcurl does not start");
    }
    struct mt_net *n = calloc(1, sizeof *n);
    if (n != NULL) {
        n->multi = curl_multi_init();
    }
    if (n == NULL || n->multi == NULL) {
        free(n);
        curl_global_cleanup();
        return curl_fail(err, "not enough memory");
    }
    for (size_t i = 0; i < MT_NET_SLOTS; i++) {
        mt_buf_init(&n->slot[i].url, 16384);
        mt_buf_init(&n->slot[i].body, 1);
    }
    *out = n;
    return MT_OK;
}

void mt_net_cancel(struct mt_net *n, size_t slot) {
    struct slot *s = &n->slot[slot];
    if (s->busy) {
        (void)curl_multi_remove_handle(n->multi, s->easy); /* it was added: can not fail */
        s->busy = s->finished = false;
    }
}

void mt_net_free(struct mt_net *n) {
    if (n == NULL) {
        return;
    }
    for (size_t i = 0; i < MT_NET_SLOTS; i++) {
        struct slot *s = &n->slot[i];
        mt_net_cancel(n, i);
        if (s->easy != NULL) {
            curl_easy_cleanup(s->easy);
        }
        curl_slist_free_all(s->headers);
        mt_buf_fini(&s->url);
        mt_buf_fini(&s->body);
    }
    (void)curl_multi_cleanup(n->multi); /* nothing is left in it */
    free(n);
    curl_global_cleanup();
}

static size_t on_body(char *bytes, size_t one, size_t count, void *ctx) {
    struct slot *s = ctx;
    const size_t n = one * count;
    mt_buf_add(&s->body, bytes, n);
    if (mt_buf_rc(&s->body) != MT_OK) {
        s->too_large = true;
        return 0; /* curl ends the exchange */
    }
    return n;
}

static bool header_is(struct mt_sv line, const char *name, struct mt_sv *value) {
    struct mt_sv rest = line;
    const struct mt_sv key = mt_sv_cut(&rest, ':');
    const size_t n = strlen(name);
    if (key.n != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const char c = key.p[i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c) != name[i]) {
            return false;
        }
    }
    *value = mt_sv_trim(rest);
    return true;
}

static size_t on_header(char *bytes, size_t one, size_t count, void *ctx) {
    struct slot *s = ctx;
    const struct mt_sv line = mt_sv_n(bytes, one * count);
    struct mt_sv value;
    char date[64];
    if (mt_sv_starts(line, MT_SV("HTTP/"))) { /* the headers of a 100 do not count */
        s->type[0] = '\0';
        s->date = 0;
        s->head_whole = false;
    } else if (mt_sv_trim(line).n == 0) {
        s->head_whole = true;
    } else if (header_is(line, "content-type", &value)) {
        if (mt_sv_copy(value, s->type, sizeof s->type) != MT_OK) {
            s->type[0] = '\0';
        }
    } else if (header_is(line, "date", &value) && mt_sv_copy(value, date, sizeof date) == MT_OK) {
        const time_t t = curl_getdate(date, NULL);
        s->date = t > 0 ? (mt_time)t * 1000 : 0;
    }
    return line.n;
}

static bool add_header(struct slot *s, const char *line) {
    struct curl_slist *longer = curl_slist_append(s->headers, line);
    if (longer == NULL) {
        return false;
    }
    s->headers = longer;
    return true;
}

static bool set_headers(struct slot *s, const struct mt_net_request *q) {
    curl_slist_free_all(s->headers);
    s->headers = NULL;
    bool ok = add_header(s, "Accept: application/json, application/problem+json") && add_header(s, "Expect:");
    if (q->body.n > 0) {
        ok = ok && add_header(s, "Content-Type: application/json");
    }
    if (q->token != NULL && q->token[0] != '\0') {
        struct mt_buf line;
        mt_buf_init(&line, 512);
        mt_buf_fmt(&line, "Authorization: Bearer %s", q->token);
        ok = ok && mt_buf_rc(&line) == MT_OK && add_header(s, mt_buf_text(&line));
        mt_buf_fini(&line);
    }
    return ok;
}

static bool host_is_here(const char *host) {
    struct in_addr a;
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &a) == 1 && ntohl(a.s_addr) >> 24 == 127);
}

/* Base and path as one address; plain http only to this machine. */
static enum mt_rc make_url(struct slot *s, const struct mt_net_request *q, struct mt_err *err) {
    struct mt_sv base = mt_sv(q->base);
    while (base.n > 0 && base.p[base.n - 1] == '/') {
        base.n--;
    }
    mt_buf_clear(&s->url);
    mt_buf_sv(&s->url, base);
    mt_buf_str(&s->url, q->path);
    char *scheme = NULL, *host = NULL;
    CURLU *u = curl_url();
    enum mt_rc rc = MT_OK;
    if (u == NULL || mt_buf_rc(&s->url) != MT_OK || curl_url_set(u, CURLUPART_URL, mt_buf_text(&s->url), 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK || curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
        rc = mt_fail(err, MT_INVALID, "%.100s is not an address of a service. It looks like https://service.example", q->base);
    } else if (strcmp(scheme, "http") == 0 && !host_is_here(host)) {
        rc = mt_fail(err, MT_DENIED, "%.100s is not safe: beyond this machine the address must begin with https://", q->base);
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(u);
    return rc;
}

static bool set_request(struct slot *s, const struct mt_net_request *q) {
    CURL *e = s->easy;
    bool ok = curl_easy_setopt(e, CURLOPT_URL, mt_buf_text(&s->url)) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_HTTPHEADER, s->headers) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, q->method) == CURLE_OK;
    if (strcmp(q->method, "GET") == 0) {
        return ok && curl_easy_setopt(e, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    }
    ok = ok && curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_POSTFIELDS, q->body.p != NULL ? q->body.p : "") == CURLE_OK;
    return ok && curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n) == CURLE_OK;
}

/* What never changes; the handle is reset between requests and keeps its connection. */
static bool set_constant(struct slot *s) {
    CURL *e = s->easy;
    curl_easy_reset(e);
    bool ok = curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK; /* or the end of a request waits for the name server */
    ok = ok && curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1") == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_USERAGENT, "medterm/" MT_VERSION) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_WRITEDATA, s) == CURLE_OK;
    ok = ok && curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK;
    return ok && curl_easy_setopt(e, CURLOPT_HEADERDATA, s) == CURLE_OK;
}

enum mt_rc mt_net_start(struct mt_net *n, size_t slot, const struct mt_net_request *q, struct mt_err *err) {
    struct slot *s = &n->slot[slot];
    if (s->busy) {
        return mt_fail(err, MT_BUSY, "A request is under way.");
    }
    enum mt_rc rc = make_url(s, q, err);
    if (rc != MT_OK) {
        return rc;
    }
    if (s->easy == NULL) {
        s->easy = curl_easy_init();
    }
    if (s->easy == NULL || !set_constant(s) || !set_headers(s, q) || !set_request(s, q)) {
        return curl_fail(err, "the request can not be put together");
    }
    mt_buf_fini(&s->body);
    mt_buf_init(&s->body, q->max_answer + 1);
    s->finished = s->too_large = s->head_whole = false;
    s->type[0] = '\0';
    s->date = 0;
    if (curl_multi_add_handle(n->multi, s->easy) != CURLM_OK) {
        return curl_fail(err, "the request can not be started");
    }
    s->busy = true;
    return MT_OK;
}

static void collect(struct mt_net *n) {
    int left = 0;
    const CURLMsg *m;
    while ((m = curl_multi_info_read(n->multi, &left)) != NULL) {
        for (size_t i = 0; m->msg == CURLMSG_DONE && i < MT_NET_SLOTS; i++) {
            if (n->slot[i].busy && n->slot[i].easy == m->easy_handle) {
                n->slot[i].finished = true;
                n->slot[i].result = m->data.result;
                break;
            }
        }
    }
}

static const char *words_of(CURLcode c) {
    switch ((int)c) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return "The service's name can not be found.";
    case CURLE_OPERATION_TIMEDOUT:
        return "The service did not answer in time.";
    case CURLE_COULDNT_CONNECT:
        return "The service can not be reached.";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return "The connection is not safe: the service's certificate is not accepted.";
    }
    return "The connection broke before the answer was complete.";
}

bool mt_net_done(struct mt_net *n, struct mt_net_reply *out) {
    for (size_t i = 0; i < MT_NET_SLOTS; i++) {
        struct slot *s = &n->slot[i];
        if (!s->busy || !s->finished) {
            continue;
        }
        long status = 0;
        curl_off_t retry_after = 0;
        (void)curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
        (void)curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &retry_after);
        *out = (struct mt_net_reply){
            .slot = i,
            .rc = s->too_large                                           ? MT_LIMIT
                  : s->result == CURLE_OK && status > 0 && s->head_whole ? MT_OK
                                                                         : MT_OFFLINE,
            .words = "",
            .status = (int)status,
            .content_type = s->type,
            .retry_after = retry_after > 0 && retry_after < 86400 ? (int)retry_after : 0,
            .date = s->date,
            .body = mt_buf_view(&s->body),
        };
        if (out->rc != MT_OK) {
            out->words = s->too_large ? "The answer is larger than any of the service's." : words_of(s->result);
        }
        (void)curl_multi_remove_handle(n->multi, s->easy); /* it was added: can not fail */
        s->busy = s->finished = false;
        return true;
    }
    return false;
}

static enum mt_rc drive(struct mt_net *n, struct mt_err *err) {
    int running = 0;
    const CURLMcode c = curl_multi_perform(n->multi, &running);
    collect(n);
    return c == CURLM_OK ? MT_OK : mt_fail(err, MT_IO, "The network failed: %s.", curl_multi_strerror(c));
}

enum mt_rc mt_net_wait(struct mt_net *n, const int *fds, bool *ready, size_t count, int timeout_ms, struct mt_err *err) {
    struct curl_waitfd extra[MT_NET_FDS];
    count = count < MT_NET_FDS ? count : MT_NET_FDS;
    for (size_t i = 0; i < count; i++) {
        extra[i] = (struct curl_waitfd){.fd = fds[i], .events = CURL_WAIT_POLLIN};
    }
    enum mt_rc rc = drive(n, err);
    for (size_t i = 0; i < MT_NET_SLOTS; i++) {
        if (n->slot[i].finished) {
            timeout_ms = 0; /* something to tell already */
        }
    }
    if (rc != MT_OK) {
        return rc;
    }
    const CURLMcode c = curl_multi_poll(n->multi, extra, (unsigned int)count, timeout_ms, NULL);
    for (size_t i = 0; ready != NULL && i < count; i++) {
        ready[i] = c == CURLM_OK && extra[i].revents != 0;
    }
    if (c != CURLM_OK) {
        return mt_fail(err, MT_IO, "The network failed: %s.", curl_multi_strerror(c));
    }
    return drive(n, err);
}
