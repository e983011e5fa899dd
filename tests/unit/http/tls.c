/* The edge with a certificate: the same answers behind TLS 1.2 or newer, none to older or plain callers, and any address. */
#include "client.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct identity {
    X509 *cert;
    char cert_pem[4096], key_pem[4096];
};

struct world {
    struct rig rig;
    struct edge edge;
    struct identity first, second;
};

static void take_pem(BIO *from, char to[4096]) {
    int n = BIO_read(from, to, 4095);
    assert_true(n > 0);
    to[n] = '\0';
    (void)BIO_free(from);
}

static void make_certificate(struct identity *w) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *cert_out = BIO_new(BIO_s_mem()), *key_out = BIO_new(BIO_s_mem());
    assert_true(key && cert_out && key_out && (w->cert = X509_new()) != NULL);
    X509_NAME *name = X509_get_subject_name(w->cert);
    assert_true(X509_set_version(w->cert, 2) && ASN1_INTEGER_set(X509_get_serialNumber(w->cert), 1) &&
                X509_gmtime_adj(X509_getm_notBefore(w->cert), -3600) && X509_gmtime_adj(X509_getm_notAfter(w->cert), 3600) &&
                X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) &&
                X509_set_issuer_name(w->cert, name) && X509_set_pubkey(w->cert, key) && X509_sign(w->cert, key, EVP_sha256()));
    assert_true(PEM_write_bio_X509(cert_out, w->cert) && PEM_write_bio_PrivateKey(key_out, key, NULL, NULL, 0, NULL, NULL));
    take_pem(cert_out, w->cert_pem);
    take_pem(key_out, w->key_pem);
    EVP_PKEY_free(key);
}

static int open_world(void **state) {
    struct world *w = calloc(1, sizeof *w);
    char bound[MT_HTTP_ADDRESS_TEXT];
    struct mt_err err = {0};
    assert_non_null(w);
    rig_open(&w->rig);
    make_certificate(&w->first);
    make_certificate(&w->second);
    struct mt_http_options o = {.listen = "0.0.0.0:0", /* with a certificate beyond loopback too */
                                .tls_cert = w->first.cert_pem,
                                .tls_key = w->first.key_pem,
                                .service = w->rig.service,
                                .clock = mt_clock_system(),
                                .random = mt_random_system(),
                                .limits = mt_http_limits_default()};
    if (mt_http_start(&o, &w->edge.http, bound, &err) != MT_OK)
        fail_msg("%s", err.text);
    w->edge.port = (int)strtol(strrchr(bound, ':') + 1, NULL, 10);
    *state = w;
    return 0;
}

static int close_world(void **state) {
    struct world *w = *state;
    edge_stop(&w->edge);
    rig_close(&w->rig);
    X509_free(w->first.cert);
    X509_free(w->second.cert);
    free(w);
    return 0;
}

struct line {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
};

/* A TLS connection of at most `newest` to a server that is `who`; false: the handshake failed. */
static bool line_open(struct world *w, struct line *l, int newest, const struct identity *who) {
    struct timeval patience = {.tv_sec = 30};
    l->ctx = SSL_CTX_new(TLS_client_method());
    l->fd = dial(&w->edge);
    assert_true(l->ctx && X509_STORE_add_cert(SSL_CTX_get_cert_store(l->ctx), who->cert) &&
                SSL_CTX_set_max_proto_version(l->ctx, newest) && SSL_CTX_set_min_proto_version(l->ctx, TLS1_VERSION));
    assert_int_equal(setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    SSL_CTX_set_security_level(l->ctx, 0); /* so that it is the service which refuses an old version */
    SSL_CTX_set_verify(l->ctx, SSL_VERIFY_PEER, NULL);
    l->ssl = SSL_new(l->ctx);
    assert_true(l->ssl && SSL_set1_host(l->ssl, "localhost") && SSL_set_fd(l->ssl, l->fd));
    return SSL_connect(l->ssl) == 1;
}

static void line_close(struct line *l) {
    SSL_free(l->ssl);
    SSL_CTX_free(l->ctx);
    (void)close(l->fd);
}

/* GET /livez and its answer, as far as its body. */
static void line_ask(struct line *l, char answer[4096]) {
    static const char request[] = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int n = 0, got;
    answer[0] = '\0';
    assert_true(SSL_write(l->ssl, request, (int)sizeof request - 1) > 0);
    while (!strstr(answer, "{\"status\":\"live\"}") && n < 4095 && (got = SSL_read(l->ssl, answer + n, 4095 - n)) > 0) {
        n += got;
        answer[n] = '\0';
    }
}

/* Whether a new connection is greeted by `who`, and answered. */
static bool is_greeted_by(struct world *w, int newest, const struct identity *who) {
    struct line l;
    char answer[4096] = "";
    if (line_open(w, &l, newest, who))
        line_ask(&l, answer);
    line_close(&l);
    return strncmp(answer, "HTTP/1.1 200 ", 13) == 0 && strstr(answer, "{\"status\":\"live\"}");
}

static void the_same_answers(void **state) {
    struct world *w = *state;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++)
        assert_true(is_greeted_by(w, version, &w->first));
    assert_false(is_greeted_by(w, TLS1_3_VERSION, &w->second));
}

static void nothing_older(void **state) {
    struct world *w = *state;
    assert_false(is_greeted_by(w, TLS1_1_VERSION, &w->first));
}

static void nothing_in_clear(void **state) {
    struct world *w = *state;
    int fd = dial(&w->edge);
    put_request(fd, "GET", "/livez", NULL, NULL, NULL);
    char byte[2] = "";
    while (recv(fd, byte, 1, 0) == 1)
        assert_true(byte[0] != 'H'); /* an alert of TLS at most, never an answer */
    (void)close(fd);
}

/* What can not be used changes nothing. */
static void a_bad_certificate_is_refused(void **state) {
    struct world *w = *state;
    const struct identity *a = &w->first, *b = &w->second;
    const struct {
        const char *cert, *key;
    } rows[] = {{"", a->key_pem},          {a->cert_pem, ""},         {"garbage", a->key_pem},  {a->cert_pem, "garbage"},
                {b->cert_pem, a->key_pem}, {a->cert_pem, b->key_pem}, {a->key_pem, a->cert_pem}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_err err = {0};
        assert_int_equal(mt_http_renew_tls(w->edge.http, rows[i].cert, rows[i].key, &err), MT_INVALID);
        assert_non_null(strstr(err.text, "--tls-cert"));
        assert_true(is_greeted_by(w, TLS1_3_VERSION, a));
    }
}

/* Open connections go on, new ones see the new certificate; as often as one likes. */
static void another_certificate(void **state) {
    struct world *w = *state;
    struct line before, between;
    char answer[4096];
    assert_true(line_open(w, &before, TLS1_3_VERSION, &w->first));
    line_ask(&before, answer);
    assert_int_equal(mt_http_renew_tls(w->edge.http, w->second.cert_pem, w->second.key_pem, NULL), MT_OK);
    assert_true(is_greeted_by(w, TLS1_2_VERSION, &w->second) && is_greeted_by(w, TLS1_3_VERSION, &w->second));
    assert_false(is_greeted_by(w, TLS1_3_VERSION, &w->first));
    assert_true(line_open(w, &between, TLS1_2_VERSION, &w->second));
    for (int i = 0; i < 20; i++)
        assert_int_equal(mt_http_renew_tls(w->edge.http, i % 2 ? w->second.cert_pem : w->first.cert_pem,
                                           i % 2 ? w->second.key_pem : w->first.key_pem, NULL),
                         MT_OK);
    line_ask(&before, answer);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    line_ask(&between, answer);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    line_close(&before);
    line_close(&between);
    assert_int_equal(mt_http_renew_tls(w->edge.http, w->first.cert_pem, w->first.key_pem, NULL), MT_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_answers),    cmocka_unit_test(nothing_older),
        cmocka_unit_test(nothing_in_clear),    cmocka_unit_test(a_bad_certificate_is_refused),
        cmocka_unit_test(another_certificate),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
