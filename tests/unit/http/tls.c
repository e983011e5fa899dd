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

struct world {
    struct rig rig;
    struct edge edge;
    X509 *cert;
    char cert_pem[4096], key_pem[4096];
};

static void take_pem(BIO *from, char to[4096]) {
    int n = BIO_read(from, to, 4095);
    assert_true(n > 0);
    to[n] = '\0';
    (void)BIO_free(from);
}

static void make_certificate(struct world *w) {
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
    make_certificate(w);
    struct mt_http_options o = {.listen = "0.0.0.0:0", /* with a certificate beyond loopback too */
                                .tls_cert = w->cert_pem,
                                .tls_key = w->key_pem,
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
    X509_free(w->cert);
    free(w);
    return 0;
}

/* The answer to GET /livez over TLS of at most `newest`; empty when there is no handshake. */
static void ask_live(struct world *w, int newest, char answer[4096]) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    struct timeval patience = {.tv_sec = 30};
    int fd = dial(&w->edge), n = 0, got;
    static const char request[] = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    answer[0] = '\0';
    assert_true(ctx && X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), w->cert) && SSL_CTX_set_max_proto_version(ctx, newest) &&
                SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION));
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    SSL_CTX_set_security_level(ctx, 0); /* so that it is the service which refuses an old version */
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL *ssl = SSL_new(ctx);
    assert_true(ssl && SSL_set1_host(ssl, "localhost") && SSL_set_fd(ssl, fd));
    if (SSL_connect(ssl) == 1 && SSL_write(ssl, request, (int)sizeof request - 1) > 0)
        for (; n < 4095 && (got = SSL_read(ssl, answer + n, 4095 - n)) > 0; n += got)
            answer[n + got] = '\0';
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    (void)close(fd);
}

static void the_same_answers(void **state) {
    char answer[4096];
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        ask_live(*state, version, answer);
        assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
        assert_non_null(strstr(answer, "{\"status\":\"live\"}"));
    }
}

static void nothing_older(void **state) {
    char answer[4096];
    ask_live(*state, TLS1_1_VERSION, answer);
    assert_string_equal(answer, "");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_answers),
        cmocka_unit_test(nothing_older),
        cmocka_unit_test(nothing_in_clear),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
