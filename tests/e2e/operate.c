#define _GNU_SOURCE /* pipe2 */
/* Running the service: certificates renewed while it serves, subscribers told by the real program, metrics of a day's work, and an
 * end that answers what it has accepted. */
#include "../unit/notify/receiver.h"
#include "http.h"
#include "shop.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_S = 30 };

static bool too_late(time_t begun) {
    return time(NULL) - begun > DEADLINE_S;
}

/* ---- certificates ---- */

struct secure {
    char *dir, *cert, *key, *db, *log; /* owned */
    pid_t pid;
    int out;
    char url[96];
};

static void make_certificate(const char *cert, const char *key) {
    const char *argv[] = {"openssl",
                          "req",
                          "-x509",
                          "-newkey",
                          "ec",
                          "-pkeyopt",
                          "ec_paramgen_curve:P-256",
                          "-nodes",
                          "-keyout",
                          key,
                          "-out",
                          cert,
                          "-days",
                          "2",
                          "-subj",
                          "/CN=localhost",
                          "-addext",
                          "subjectAltName=IP:127.0.0.1",
                          NULL};
    struct mt_run made = mt_run(argv, NULL);
    if (made.status != 0)
        fail_msg("openssl: %s", made.err);
    mt_run_free(&made);
}

static void first_line(int from, char *line, size_t size) {
    for (size_t n = 0; n + 1 < size; n++) {
        struct pollfd p = {.fd = from, .events = POLLIN};
        if (poll(&p, 1, DEADLINE_S * 1000) <= 0 || read(from, line + n, 1) != 1)
            fail_msg("it is not ready");
        if (line[n] == '\n') {
            line[n] = '\0';
            return;
        }
    }
    fail_msg("a line without an end");
}

static void serve(struct secure *s) {
    int ends[2];
    char line[160];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(ends[1], 1) == 1)
            execl(MEDTERMD, MEDTERMD, "serve", "--listen", "127.0.0.1:0", "--db", s->db, "--log", s->log, "--tls-cert", s->cert,
                  "--tls-key", s->key, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    s->out = ends[0];
    first_line(s->out, line, sizeof line);
    assert_int_equal(strncmp(line, "listening on https://127.0.0.1:", 31), 0);
    assert_true(snprintf(s->url, sizeof s->url, "%s/livez", line + 13) < (int)sizeof s->url);
}

static void secure_open(struct secure *s) {
    *s = (struct secure){.out = -1};
    mt_temp_dir(&s->dir);
    s->cert = mt_path(s->dir, "cert.pem");
    s->key = mt_path(s->dir, "key.pem");
    s->db = mt_path(s->dir, "m.db");
    s->log = mt_path(s->dir, "m.log");
    make_certificate(s->cert, s->key);
    serve(s);
}

static void secure_close(struct secure *s) {
    int status = 0;
    assert_int_equal(kill(s->pid, SIGTERM), 0);
    while (waitpid(s->pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    (void)close(s->out);
    free(s->cert);
    free(s->key);
    free(s->db);
    free(s->log);
    mt_temp_dir_remove(s->dir);
}

static size_t drop(char *bytes, size_t size, size_t n, void *ctx) {
    (void)bytes, (void)ctx;
    return size * n;
}

/* A client that trusts this certificate alone. */
static CURL *client(const struct secure *s, const char *trusted) {
    CURL *c = curl_easy_init();
    assert_true(
        c && curl_easy_setopt(c, CURLOPT_URL, s->url) == CURLE_OK && curl_easy_setopt(c, CURLOPT_CAINFO, trusted) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop) == CURLE_OK && curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)DEADLINE_S) == CURLE_OK);
    return c;
}

static bool answers(CURL *c) {
    long status = 0;
    return curl_easy_perform(c) == CURLE_OK && curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200;
}

static bool is_trusted(const struct secure *s, const char *cert) {
    CURL *c = client(s, cert);
    const bool good = answers(c);
    curl_easy_cleanup(c);
    return good;
}

static void await_log(const char *path, const char *part) {
    for (time_t begun = time(NULL);;) {
        char *text = mt_file_text(path);
        const bool there = text && strstr(text, part);
        if (!there && too_late(begun))
            fail_msg("no %s in the log: %s", part, text ? text : "");
        free(text);
        if (there)
            return;
    }
}

static void a_certificate_is_renewed(void **state) {
    struct secure s;
    (void)state;
    secure_open(&s);
    char *old = mt_path(s.dir, "old.pem"), *next = mt_path(s.dir, "next.pem"), *next_key = mt_path(s.dir, "next-key.pem");
    mt_copy_dir(s.cert, old);
    CURL *open_line = client(&s, old); /* keeps its connection */
    assert_true(answers(open_line));
    FILE *f = fopen(s.cert, "w"); /* somebody writes nonsense */
    assert_true(f && fputs("nonsense\n", f) >= 0 && fclose(f) == 0);
    assert_int_equal(kill(s.pid, SIGHUP), 0);
    await_log(s.log, "event=certificate_kept");
    assert_true(answers(open_line) && is_trusted(&s, old));
    make_certificate(next, next_key);
    mt_copy_dir(next, s.cert);
    assert_int_equal(kill(s.pid, SIGHUP), 0); /* the key is not that of the certificate yet */
    assert_int_equal(rename(next_key, s.key), 0);
    assert_int_equal(kill(s.pid, SIGHUP), 0);
    await_log(s.log, "event=certificate_renewed");
    assert_true(is_trusted(&s, next));
    assert_false(is_trusted(&s, old));
    long connects = 0;
    assert_true(answers(open_line)); /* the old connection goes on */
    assert_true(curl_easy_getinfo(open_line, CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK && connects == 0);
    curl_easy_cleanup(open_line);
    char *log = mt_file_text(s.log);
    assert_null(strstr(log, "PRIVATE KEY"));
    free(log);
    free(old);
    free(next);
    free(next_key);
    secure_close(&s);
}

/* ---- a shop ---- */

static struct mt_shop shop;

/* Without TLS there is nothing to read again: a SIGHUP changes nothing and ends nothing. */
static void a_hangup_without_a_certificate(void **state) {
    (void)state;
    mt_shop_open(&shop);
    assert_int_equal(kill(shop.server.pid, SIGHUP), 0);
    struct mt_http a = mt_http("GET", shop.url, "/livez", NULL, NULL, NULL);
    assert_int_equal(a.status, 200);
    mt_http_free(&a);
    assert_int_equal(kill(shop.server.pid, SIGHUP), 0);
    mt_server_stop(&shop.server); /* fails the test unless it ends with 0 */
    char *log = mt_file_text(shop.server.log);
    assert_true(log && strstr(log, "event=stopped") && !strstr(log, "certificate"));
    free(log);
    mt_shop_serve(&shop);
    mt_shop_close(&shop);
}

static void sell(struct mt_counter *till) {
    cJSON_Delete(mt_counter_run(till, NULL, "sell", "--staff", shop.staff, "--items", (IBUPROFEN "*1"), "--pay", "cash"));
    cJSON_Delete(mt_counter_run(till, NULL, "sync", "--once"));
}

/* The signature by another library than the service's. */
static void verify(const struct receiver *r, size_t request, const char *secret) {
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char text[4096], hex[2 * EVP_MAX_MD_SIZE + 1] = "";
    char *timestamp = receiver_header(r, request, "Medterm-Timestamp");
    char *signature = receiver_header(r, request, "Medterm-Signature");
    assert_true(timestamp && signature);
    assert_true(labs((long)(time(NULL) - strtol(timestamp, NULL, 10))) < 2 * DEADLINE_S);
    const int length = snprintf(text, sizeof text, "%s.%s", timestamp, receiver_body(r, request));
    assert_true(length > 0 && length < (int)sizeof text);
    assert_non_null(HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, (size_t)length, mac, &n));
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(snprintf(hex + 2 * i, 3, "%02x", mac[i]), 2);
    assert_int_equal(strncmp(signature, "v1=", 3), 0);
    assert_string_equal(signature + 3, hex);
    free(timestamp);
    free(signature);
}

/* subscription add while it serves; a sale at a till; the notices, the first of them refused once. */
static void a_subscriber_is_told(void **state) {
    static const char *const what_it_says[] = {"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
                                               "HTTP/1.1 204 Yes\r\nContent-Length: 0\r\n\r\n"};
    struct receiver r;
    struct mt_counter till;
    char url[64];
    (void)state;
    mt_shop_open(&shop);
    receiver_start(&r, what_it_says, 2);
    assert_true(snprintf(url, sizeof url, "http://127.0.0.1:%d/", r.port) > 0);
    cJSON *made = mt_shop_admin(&shop, "subscription", "add", "--store", shop.store, "--url", url);
    char *id = strdup(mt_text_of(made, "subscription_id")), *secret = strdup(mt_text_of(made, "secret"));
    assert_true(id && secret && strlen(secret) == 64);
    cJSON_Delete(made);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    sell(&till);
    receiver_await(&r, 3); /* again after five seconds, and then what came behind it */
    char *first = receiver_header(&r, 0, "Medterm-Delivery"), *again = receiver_header(&r, 1, "Medterm-Delivery");
    assert_true(first && again);
    assert_string_equal(first, again);
    free(first);
    free(again);
    for (size_t i = 0; i < 3; i++)
        verify(&r, i, secret);
    assert_non_null(strstr(receiver_body(&r, 1), "\"from\":null,\"to\":\"pending_payment\",\"version\":1"));
    assert_non_null(strstr(receiver_body(&r, 2), "\"from\":\"pending_payment\",\"to\":\"paid\",\"version\":2"));
    cJSON_Delete(mt_shop_admin(&shop, "subscription", "remove", "--id", id));
    char *log = mt_file_text(shop.server.log);
    assert_true(log && strstr(log, "event=webhook_failed") && !strstr(log, secret) && !strstr(log, url));
    free(log);
    free(id);
    free(secret);
    mt_counter_close(&till);
    mt_shop_check(&shop);
    mt_shop_close(&shop);
    receiver_stop(&r);
}

/* What became of the subscription's first notice. */
static void await_failure(const char *subscription, const char *what) {
    char part[160];
    assert_true(snprintf(part, sizeof part, "event=webhook_failed subscription=%s %s", subscription, what) < (int)sizeof part);
    await_log(shop.server.log, part);
}

static char *subscribe(const char *url) {
    cJSON *made = mt_shop_admin(&shop, "subscription", "add", "--store", shop.store, "--url", url);
    char *id = strdup(mt_text_of(made, "subscription_id"));
    assert_non_null(id);
    cJSON_Delete(made);
    return id;
}

/* Nothing is told to one whose certificate nobody vouches for, nor into a private network unless the service is told to. */
static void who_is_not_told(void **state) {
    struct secure s;
    struct mt_counter till;
    (void)state;
    secure_open(&s);
    mt_shop_open(&shop);
    char *stranger = subscribe(s.url), *inside = subscribe("https://[fd00:6d65:6474::1]/");
    mt_counter_enrol(&till, &shop, "A03", NULL);
    sell(&till);
    await_failure(stranger, "rc=offline status=0 attempts=1");
    await_failure(inside, "rc=denied status=0 attempts=1");
    mt_server_stop(&shop.server);
    assert_int_equal(setenv("MEDTERM_WEBHOOKS_PRIVATE", "yes", 1), 0);
    mt_shop_serve(&shop);
    assert_int_equal(unsetenv("MEDTERM_WEBHOOKS_PRIVATE"), 0);
    await_failure(inside, "rc=offline status=0 attempts=2"); /* tried, and nobody is there */
    char *log = mt_file_text(s.log);
    assert_true(log && !strstr(log, "method=POST"));
    free(log);
    free(stranger);
    free(inside);
    mt_counter_close(&till);
    mt_shop_check(&shop);
    mt_shop_close(&shop);
    secure_close(&s);
}

/* One request a second is two at once, and fewer than a test sends in a row. */
static void the_rate_is_set(void **state) {
    static const char *const wrong[] = {"-1", "1000001", "many", "1.5", ""};
    (void)state;
    mt_shop_open(&shop);
    mt_server_stop(&shop.server);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct mt_run run = mt_run((const char *const[]){MEDTERMD, "serve", "--db", shop.server.db_url, "--listen", "127.0.0.1:0",
                                                         "--rate", wrong[i], NULL},
                                   NULL);
        if (run.status != 2 || !strstr(run.err, "--rate"))
            fail_msg("%s: %d %s", wrong[i], run.status, run.err);
        mt_run_free(&run);
    }
    assert_int_equal(setenv("MEDTERM_RATE", "1", 1), 0);
    mt_shop_serve(&shop);
    assert_int_equal(unsetenv("MEDTERM_RATE"), 0);
    long status = 200;
    int sent = 0;
    for (; status == 200 && sent < 100; sent++) {
        struct mt_http a = mt_http("GET", shop.url, "/livez", NULL, NULL, NULL);
        status = a.status;
        mt_http_free(&a);
    }
    assert_int_equal(status, 429);
    mt_shop_close(&shop);
}

static void the_program_counts(void **state) {
    struct mt_counter till;
    (void)state;
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    sell(&till);
    sell(&till);
    struct mt_http a = mt_http("GET", shop.url, "/metrics", NULL, NULL, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\nmedterm_orders_created_total 2\n"));
    assert_non_null(strstr(a.body, "\nmedterm_payments_total{method=\"cash\",result=\"succeeded\"} 2\n"));
    assert_non_null(strstr(a.body, "\nmedterm_http_requests_total{route=\"/v1/operations\",method=\"POST\",status=\"2xx\"} "));
    assert_null(strstr(a.body, "A03"));
    mt_http_free(&a);
    a = mt_http("GET", shop.url, "/readyz", NULL, NULL, NULL);
    assert_int_equal(a.status, 200);
    mt_http_free(&a);
    mt_counter_close(&till);
    mt_shop_check(&shop);
    mt_shop_close(&shop);
}

static size_t requests_logged(void) {
    char *text = mt_file_text(shop.server.log);
    size_t n = 0;
    for (const char *at = text; at && (at = strstr(at, "event=request")) != NULL; at++)
        n++;
    free(text);
    return n;
}

/* A till sends what it sold without a line, and SIGTERM comes with its first request: what was answered is there afterwards, what
 * was not is sent again, and nothing is there twice. */
static void the_end_comes_while_they_sell(void **state) {
    struct mt_counter till;
    (void)state;
    mt_shop_open(&shop);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    for (int round = 0; round < 3; round++) {
        mt_server_stop(&shop.server); /* fails the test unless it ends with 0 */
        for (int i = 0; i < 3; i++)
            cJSON_Delete(mt_counter_run(&till, NULL, "sell", "--staff", shop.staff, "--items", (IBUPROFEN "*1"), "--pay", "cash"));
        mt_shop_serve(&shop);
        const size_t before = requests_logged();
        pid_t sync = fork();
        assert_true(sync >= 0);
        if (sync == 0) {
            execl(MEDTERM, MEDTERM, "sync", "--once", "--json", "--state-dir", till.dir, "--server", till.url, (char *)NULL);
            _exit(127);
        }
        for (time_t begun = time(NULL); requests_logged() == before;)
            assert_false(too_late(begun));
        mt_server_stop(&shop.server);
        int status;
        while (waitpid(sync, &status, 0) < 0)
            assert_int_equal(errno, EINTR);
        mt_shop_serve(&shop);
    }
    cJSON_Delete(mt_counter_run(&till, NULL, "sync", "--once"));
    int64_t total = 0;
    assert_int_equal(mt_shop_orders(&shop, &total), 9);
    mt_counter_close(&till);
    mt_shop_check(&shop);
    mt_shop_close(&shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_is_renewed),
        cmocka_unit_test(a_hangup_without_a_certificate),
        cmocka_unit_test(a_subscriber_is_told),
        cmocka_unit_test(who_is_not_told),
        cmocka_unit_test(the_rate_is_set),
        cmocka_unit_test(the_program_counts),
        cmocka_unit_test(the_end_comes_while_they_sell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
