/* The way out over libcurl. What a subscriber can do to us is bounded: ten seconds, no redirects, no proxy of the environment's,
 * only addresses that target.c lets pass, and an answer of which nothing but the status is kept. */
#include <medterm/notify/notify.h>

#include <curl/curl.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POST_MS = 10 * 1000, CONNECT_MS = 5 * 1000, BODY_MAX = 64 << 10, HEADER_MAX = 200 };

struct mt_notify_net {
    CURL *curl;
    bool allow_private, tls, refused;
    size_t read; /* bytes of the answer's body so far */
    atomic_bool stopping;
};

/* The body is thrown away; too much of it ends the transfer. */
static size_t drop(char *bytes, size_t size, size_t n, void *ctx) {
    struct mt_notify_net *net = ctx;
    (void)bytes;
    net->read += size * n;
    return net->read <= BODY_MAX ? size * n : 0;
}

static int should_stop(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&((struct mt_notify_net *)ctx)->stopping) ? 1 : 0;
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to) {
    struct mt_notify_net *net = ctx;
    (void)purpose;
    if (!mt_notify_target_ok(&to->addr, net->tls, net->allow_private)) {
        net->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static bool set_up(struct mt_notify_net *n) {
    CURL *c = n->curl;
    return curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)POST_MS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "medtermd/" MT_VERSION) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK && curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, n) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, n) == CURLE_OK && curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, should_stop) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFODATA, n) == CURLE_OK;
}

enum mt_rc mt_notify_net_new(bool allow_private, struct mt_notify_net **out, struct mt_err *err) {
    struct mt_notify_net *n = calloc(1, sizeof *n);
    if (!n || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(n);
        return mt_fail(err, MT_NOMEM, "not enough memory for webhooks");
    }
    n->allow_private = allow_private;
    atomic_init(&n->stopping, false);
    n->curl = curl_easy_init();
    if (!n->curl || !set_up(n)) {
        mt_notify_net_free(n);
        return mt_fail(err, MT_NOMEM, "webhooks can not be set up");
    }
    *out = n;
    return MT_OK;
}

void mt_notify_net_free(struct mt_notify_net *n) {
    if (!n)
        return;
    curl_easy_cleanup(n->curl);
    curl_global_cleanup();
    free(n);
}

void mt_notify_net_stop(struct mt_notify_net *n) {
    atomic_store(&n->stopping, true);
}

/* One more header; false: no memory, and the list is gone. */
static bool add(struct curl_slist **list, const char *name, const char *value) {
    char line[HEADER_MAX];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more = n > 0 && n < HEADER_MAX ? curl_slist_append(*list, line) : NULL;
    if (!more) {
        curl_slist_free_all(*list);
        *list = NULL;
        return false;
    }
    *list = more;
    return true;
}

static enum mt_rc perform(struct mt_notify_net *n, int *status) {
    long code = 0;
    n->refused = false;
    n->read = 0;
    CURLcode done = curl_easy_perform(n->curl);
    if (atomic_load(&n->stopping))
        return MT_BUSY;
    /* A body that is too long was cut off by us, behind the status. */
    const bool answered = done == CURLE_OK || (done == CURLE_WRITE_ERROR && n->read > BODY_MAX);
    if (!answered || curl_easy_getinfo(n->curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK)
        return n->refused ? MT_DENIED : MT_OFFLINE; /* of several addresses another may have done */
    *status = (int)code;
    return MT_OK;
}

static enum mt_rc post(void *ctx, const struct mt_notify_post *p, int *status) {
    struct mt_notify_net *n = ctx;
    struct curl_slist *headers = NULL;
    char timestamp[24];
    (void)snprintf(timestamp, sizeof timestamp, "%lld", (long long)p->timestamp); /* 20 characters at most */
    if (!add(&headers, "Content-Type", "application/json") || !add(&headers, "Medterm-Delivery", p->delivery_id) ||
        !add(&headers, "Medterm-Timestamp", timestamp) || !add(&headers, "Medterm-Signature", p->signature) ||
        !add(&headers, "Expect", ""))
        return MT_BUSY;
    n->tls = mt_sv_starts(mt_sv(p->url), MT_SV("https://"));
    enum mt_rc rc = MT_OFFLINE;
    if (curl_easy_setopt(n->curl, CURLOPT_URL, p->url) == CURLE_OK &&
        curl_easy_setopt(n->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
        curl_easy_setopt(n->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->body.n) == CURLE_OK &&
        curl_easy_setopt(n->curl, CURLOPT_POSTFIELDS, p->body.p) == CURLE_OK)
        rc = perform(n, status);
    (void)curl_easy_setopt(n->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return rc;
}

struct mt_notify_line mt_notify_net_line(struct mt_notify_net *n) {
    return (struct mt_notify_line){.ctx = n, .post = post};
}
