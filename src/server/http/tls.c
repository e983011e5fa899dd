/* The certificate, asked for anew at each handshake, so that another can take its place while the service runs. GnuTLS borrows what
 * the callback gives it for as long as the handshake needs it and never says when that ends; so a connection holds the identity it
 * was greeted with until it closes, and the last holder frees it.
 *
 * The callback has no argument of its own. libmicrohttpd keeps its connection in the session's pointer, and ours hangs on that. */
#include "edge.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 8, KEY_ID_MAX = 64 };

struct identity {
    unsigned holders; /* connections, and the server while it is the one in use; under tls.lock */
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

static void identity_free(struct identity *id) {
    for (unsigned i = 0; i < id->count; i++)
        gnutls_pcert_deinit(&id->chain[i]);
    if (id->key)
        gnutls_privkey_deinit(id->key);
    free(id);
}

static void let_go(struct mt_http *h, struct identity *id) {
    if (!id)
        return;
    (void)pthread_mutex_lock(&h->tls.lock);
    const bool last = --id->holders == 0;
    (void)pthread_mutex_unlock(&h->tls.lock);
    if (last)
        identity_free(id);
}

static gnutls_datum_t datum(const char *text) {
    /* GnuTLS reads only, but its type knows no const. */
    return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)text, .size = (unsigned)strlen(text)};
}

static enum mt_rc bad(struct mt_err *err, const char *what, int code) {
    return mt_fail(err, MT_INVALID, "%s: %s Check the files of --tls-cert and --tls-key.", what, gnutls_strerror(code));
}

static bool same_key(gnutls_x509_crt_t cert, gnutls_x509_privkey_t key) {
    unsigned char a[KEY_ID_MAX], b[KEY_ID_MAX];
    size_t a_n = sizeof a, b_n = sizeof b;
    return gnutls_x509_crt_get_key_id(cert, 0, a, &a_n) == 0 && gnutls_x509_privkey_get_key_id(key, 0, b, &b_n) == 0 &&
           a_n == b_n && memcmp(a, b, a_n) == 0;
}

/* The chain into id; its key must be `key`. */
static enum mt_rc take_chain(struct identity *id, const char *pem, gnutls_x509_privkey_t key, struct mt_err *err) {
    const gnutls_datum_t text = datum(pem);
    gnutls_x509_crt_t *certs = NULL;
    unsigned count = 0;
    int code = gnutls_x509_crt_list_import2(&certs, &count, &text, GNUTLS_X509_FMT_PEM, 0);
    if (code < 0)
        return bad(err, "The certificate can not be read", code);
    enum mt_rc rc = MT_OK;
    if (count == 0 || count > CHAIN_MAX)
        rc = mt_fail(err, MT_INVALID, "The certificate's file holds %u certificates; 1 to %d can be used.", count, CHAIN_MAX);
    else if (!same_key(certs[0], key))
        rc = mt_fail(err, MT_INVALID, "The key is not that of the first certificate. Check the files of --tls-cert and --tls-key.");
    for (unsigned i = 0; rc == MT_OK && i < count; i++) {
        code = gnutls_pcert_import_x509(&id->chain[i], certs[i], 0);
        rc = code < 0 ? bad(err, "The certificate can not be used", code) : MT_OK;
        id->count += rc == MT_OK;
    }
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(certs[i]);
    gnutls_free(certs);
    return rc;
}

static enum mt_rc take_key(struct identity *id, const char *cert, const char *pem, struct mt_err *err) {
    const gnutls_datum_t text = datum(pem);
    gnutls_x509_privkey_t key;
    int code = gnutls_x509_privkey_init(&key);
    if (code < 0)
        return bad(err, "The key can not be read", code);
    code = gnutls_x509_privkey_import2(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
    enum mt_rc rc = code < 0 ? bad(err, "The key can not be read", code) : take_chain(id, cert, key, err);
    if (rc == MT_OK) {
        code = gnutls_privkey_init(&id->key);
        if (code == 0)
            code = gnutls_privkey_import_x509(id->key, key, GNUTLS_PRIVKEY_IMPORT_COPY);
        rc = code < 0 ? bad(err, "The key can not be used", code) : MT_OK;
    }
    gnutls_x509_privkey_deinit(key);
    return rc;
}

enum mt_rc mt_http_renew_tls(struct mt_http *h, const char *cert, const char *key, struct mt_err *err) {
    struct identity *id = calloc(1, sizeof *id);
    if (!id)
        return mt_fail(err, MT_NOMEM, "not enough memory for the certificate");
    enum mt_rc rc = take_key(id, cert, key, err);
    if (rc != MT_OK) {
        identity_free(id);
        return rc;
    }
    id->holders = 1;
    (void)pthread_mutex_lock(&h->tls.lock);
    struct identity *old = h->tls.identity;
    h->tls.identity = id;
    (void)pthread_mutex_unlock(&h->tls.lock);
    let_go(h, old);
    return MT_OK;
}

void tls_release(struct mt_http *h, struct conn *c) {
    let_go(h, c->identity);
    c->identity = NULL;
}

void tls_close(struct mt_http *h) {
    let_go(h, h->tls.identity);
    h->tls.identity = NULL;
    (void)pthread_mutex_destroy(&h->tls.lock);
}

int tls_greet(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
              const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain, unsigned *count,
              gnutls_privkey_t *key) {
    struct MHD_Connection *mhd = gnutls_session_get_ptr(session);
    const union MHD_ConnectionInfo *info = mhd ? MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT) : NULL;
    struct conn *c = info ? info->socket_context : NULL;
    (void)authorities, (void)authority_count, (void)algorithms, (void)algorithm_count;
    if (!c)
        return -1;
    struct mt_http *h = c->http;
    (void)pthread_mutex_lock(&h->tls.lock);
    if (!c->identity) {
        c->identity = h->tls.identity;
        c->identity->holders++;
    }
    (void)pthread_mutex_unlock(&h->tls.lock);
    *chain = c->identity->chain;
    *count = c->identity->count;
    *key = c->identity->key;
    return 0;
}
