/* Every code a problem can have, reached over the network at a real service. The list below is held against the table of codes: a
 * code that nobody reaches here fails the test. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <medterm/db/db.h>
#include <medterm/wire/problem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSOLD "6901000000080"
#define ID(n) "01930000-0000-7000-8000-0000000000" n

static struct mt_shop shop;
static char till[300], counter[300], ibuprofen[64], morphine[64], unsold[64];

/* ---- small things ---- */

static void set(char *to, size_t size, const char *from) {
    assert_true(snprintf(to, size, "%s", from) < (int)size);
}

static const char *one_of(const char *drug, int quantity, int price) {
    static char body[256];
    snprintf(body, sizeof body, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":%d}]}", drug, quantity, price);
    return body;
}

struct order {
    char no[32], id[40], path[64];
};

static struct order new_order(void) {
    struct order o;
    struct mt_http a = mt_shop_post(&shop, NULL, "/v1/orders", one_of(ibuprofen, 1, 1850));
    cJSON *doc = cJSON_Parse(a.body);
    if (a.status != 201)
        fail_msg("%ld %s", a.status, a.body);
    set(o.no, sizeof o.no, mt_text_of(doc, "order_no"));
    set(o.id, sizeof o.id, mt_text_of(doc, "order_id"));
    snprintf(o.path, sizeof o.path, "/v1/orders/%s", o.no);
    cJSON_Delete(doc);
    mt_http_free(&a);
    return o;
}

static struct mt_http on_order(const char *what, const char *body, const char *extra) {
    const struct order o = new_order();
    char path[128];
    snprintf(path, sizeof path, "%s/%s", o.path, what);
    return extra ? mt_http("POST", shop.url, path, shop.token, extra, body) : mt_shop_post(&shop, NULL, path, body);
}

/* One operation of the till; sent ten minutes after it was taken. */
static struct mt_http push(const char *instance, int seq, const char *op_id, const char *kind, const char *body) {
    char text[1024];
    snprintf(text, sizeof text,
             "{\"instance_id\":\"%s\",\"sent_at\":\"2026-11-23T06:42:00.000Z\",\"acked\":null,\"operations\":[{\"op_id\":\"%s\","
             "\"register_seq\":%d,\"kind\":\"%s\",\"staff_id\":\"\",\"at\":\"2026-11-23T06:32:00.000Z\",\"body\":%s}]}",
             instance, op_id, seq, kind, body);
    return mt_http("POST", shop.url, "/v1/operations", till, NULL, text);
}

/* The database as another program has it open. */
static struct mt_db *beside(void) {
    struct mt_db *db = NULL;
    const struct mt_db_options o = {.url = shop.server.db_url, .mode = MT_DB_WRITE, .busy_ms = 10000, .no_checkpoint = true};
    assert_int_equal(mt_db_open(&o, &db, NULL), MT_OK);
    return db;
}

/* ---- one function a code ---- */

static struct mt_http validation_failed(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", one_of(ibuprofen, 0, 1850));
}

static struct mt_http malformed(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", "{\"items\":[}");
}

static struct mt_http unauthenticated(void) {
    return mt_http("GET", shop.url, "/v1/orders", "nobody-knows-this", NULL, NULL);
}

static struct mt_http forbidden(void) {
    return mt_shop_post(&shop, counter, "/v1/stock/recalls", "{}");
}

static struct mt_http not_found(void) {
    return mt_http("GET", shop.url, "/v1/nothing", shop.token, NULL, NULL);
}

static struct mt_http order_not_found(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders/W01-999999/cancel", "{\"reason\":\"tried\"}");
}

static struct mt_http method_not_allowed(void) {
    return mt_http("DELETE", shop.url, "/v1/orders", shop.token, NULL, NULL);
}

static struct mt_http sequence_gap(void) {
    return push(MT_SHOP_INSTANCE, 99, ID("01"), "stock.count", "{}");
}

static struct mt_http register_cloned(void) {
    static const char other[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    return push(other, 1, ID("02"), "stock.count", "{}");
}

/* Two of the same while nothing can be written: one waits for the database, the other is told so. Another client's request under
 * the same key has nothing to do with them. */
struct pair {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    char body[256];
    struct mt_http answers[2];
    int count;
    char stranger[128];
    long strangers_status;
};

static void *ask_as_another(void *arg) {
    struct pair *p = arg;
    struct mt_http a = mt_http("POST", shop.url, "/v1/orders", p->stranger, "Idempotency-Key: in-flight", p->body);
    p->strangers_status = a.status;
    mt_http_free(&a);
    return NULL;
}

static void *ask_one(void *arg) {
    struct pair *p = arg;
    struct mt_http a = mt_http("POST", shop.url, "/v1/orders", shop.token, "Idempotency-Key: in-flight", p->body);
    (void)pthread_mutex_lock(&p->lock);
    p->answers[p->count++] = a;
    (void)pthread_cond_signal(&p->answered);
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

static struct mt_http request_in_flight(void) {
    struct pair p = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    pthread_t threads[2], another;
    cJSON *client = mt_shop_admin(&shop, "client", "add", "--store", shop.store, "--role", "manager");
    set(p.stranger, sizeof p.stranger, mt_text_of(client, "token"));
    cJSON_Delete(client);
    struct mt_db *db = beside();
    set(p.body, sizeof p.body, one_of(ibuprofen, 1, 1850));
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_one, &p), 0);
    assert_int_equal(pthread_create(&another, NULL, ask_as_another, &p), 0);
    (void)pthread_mutex_lock(&p.lock);
    while (p.count == 0)
        (void)pthread_cond_wait(&p.answered, &p.lock);
    (void)pthread_mutex_unlock(&p.lock);
    mt_db_close(db); /* gives the writer's place back */
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(pthread_join(another, NULL), 0);
    assert_int_equal(p.strangers_status, 201);
    if (p.answers[1].status != 201)
        fail_msg("the first: %ld %s", p.answers[1].status, p.answers[1].body);
    struct mt_http again = mt_http("POST", shop.url, "/v1/orders", shop.token, "Idempotency-Key: in-flight", p.body);
    assert_string_equal(again.body, p.answers[1].body);
    mt_http_free(&again);
    mt_http_free(&p.answers[1]);
    return p.answers[0];
}

static struct mt_http version_conflict(void) {
    return on_order("status", "{\"to\":\"preparing\",\"if_version\":7}", NULL);
}

static struct mt_http too_large(void) {
    const size_t n = (256u << 10) + 1;
    char *body = malloc(n + 1);
    assert_non_null(body);
    memset(body, ' ', n);
    body[n] = '\0';
    struct mt_http a = mt_shop_post(&shop, NULL, "/v1/orders", body);
    free(body);
    return a;
}

/* The body goes out as JSON; another type is said in front of that, and the service reads the first it is told. */
static struct mt_http media_type(void) {
    return mt_http("POST", shop.url, "/v1/enrolments", NULL, "Content-Type: text/plain", "{}");
}

static struct mt_http idempotency_key_reused(void) {
    struct mt_http a = on_order("cancel", "{\"reason\":\"tried\"}", "Idempotency-Key: reused");
    assert_int_equal(a.status, 200);
    mt_http_free(&a);
    return on_order("cancel", "{\"reason\":\"tried\"}", "Idempotency-Key: reused");
}

static struct mt_http insufficient_stock(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", one_of(ibuprofen, 999, 1850));
}

static struct mt_http invalid_order_status(void) {
    return on_order("status", "{\"to\":\"completed\"}", NULL);
}

static struct mt_http payment_failed(void) {
    return on_order("payments", "{\"method\":\"wechat\",\"amount\":1850}", NULL);
}

static struct mt_http inventory_update_failed(void) {
    char body[256];
    snprintf(body, sizeof body, "{\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"I1\",\"change\":-100000}],\"reason\":\"tried\"}",
             ibuprofen);
    return mt_shop_post(&shop, NULL, "/v1/stock/adjustments", body);
}

static struct mt_http price_changed(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", one_of(ibuprofen, 1, 1849));
}

static struct mt_http drug_not_sellable(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", one_of(unsold, 1, 0));
}

static struct mt_http drug_not_found(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", one_of("no-such-drug", 1, 100));
}

static struct mt_http rx_rule(void) {
    return mt_shop_post(&shop, NULL, "/v1/orders", one_of(morphine, 1, 8800));
}

static struct mt_http stale(void) {
    const struct order o = new_order();
    char body[512];
    snprintf(body, sizeof body,
             "{\"payment_id\":\"" ID("a1") "\",\"order_id\":\"%s\",\"order_no\":\"%s\",\"method\":\"wechat\",\"amount\":1850,"
                                           "\"valid_for\":60}",
             o.id, o.no);
    return push(MT_SHOP_INSTANCE, 1, ID("03"), "payment.start", body);
}

/* A service that lets one request a second through. */
static struct mt_http too_many(void) {
    struct mt_server s;
    struct mt_http a = {.status = 200};
    assert_int_equal(setenv("MEDTERM_RATE", "1", 1), 0);
    mt_server_start(&s, MEDTERMD, NULL);
    assert_int_equal(unsetenv("MEDTERM_RATE"), 0);
    for (int i = 0; i < 100 && a.status == 200; i++) {
        mt_http_free(&a);
        a = mt_http("GET", s.url, "/livez", NULL, NULL, NULL);
    }
    mt_server_free(&s);
    return a;
}

static struct mt_http headers_too_large(void) {
    static char header[17 << 10];
    memset(header, 'x', sizeof header - 1);
    memcpy(header, "X-Long: ", 8);
    return mt_http("GET", shop.url, "/livez", NULL, header, NULL);
}

/* A rule of the schema that our code breaks: the request is kept, and the same key reads the same again. */
static struct mt_http internal(void) {
    static const char key[] = "Idempotency-Key: internal", body[] = "{\"name\":\"Wu Lan\"}";
    struct mt_db *db = beside();
    assert_int_equal(
        mt_db_exec(db, "CREATE TRIGGER planted BEFORE INSERT ON mt_user BEGIN SELECT RAISE(ABORT, 'planted'); END", NULL), MT_OK);
    struct mt_http first = mt_http("POST", shop.url, "/v1/users", shop.token, key, body);
    assert_int_equal(mt_db_exec(db, "DROP TRIGGER planted", NULL), MT_OK);
    mt_db_close(db);
    assert_int_equal(first.status, 500);
    mt_http_free(&first);
    return mt_http("POST", shop.url, "/v1/users", shop.token, key, body);
}

/* Another program holds the database for longer than the service waits; afterwards the same key goes through, once. */
static struct mt_http overloaded(void) {
    static const char key[] = "Idempotency-Key: overloaded";
    struct mt_db *db = beside();
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    struct mt_http a = mt_http("POST", shop.url, "/v1/orders", shop.token, key, one_of(ibuprofen, 1, 1850));
    mt_db_close(db);
    struct mt_http later = mt_http("POST", shop.url, "/v1/orders", shop.token, key, one_of(ibuprofen, 1, 1850));
    assert_int_equal(later.status, 201);
    mt_http_free(&later);
    return a;
}

/* ---- the list ---- */

static const struct reached {
    enum mt_problem_code code;
    struct mt_http (*by)(void);
    bool inside; /* the answer is a batch's, and the problem one operation's */
} list[] = {
    {MT_P_VALIDATION_FAILED, validation_failed, false},
    {MT_P_MALFORMED, malformed, false},
    {MT_P_UNAUTHENTICATED, unauthenticated, false},
    {MT_P_FORBIDDEN, forbidden, false},
    {MT_P_NOT_FOUND, not_found, false},
    {MT_P_ORDER_NOT_FOUND, order_not_found, false},
    {MT_P_METHOD_NOT_ALLOWED, method_not_allowed, false},
    {MT_P_SEQUENCE_GAP, sequence_gap, false},
    {MT_P_REGISTER_CLONED, register_cloned, false},
    {MT_P_REQUEST_IN_FLIGHT, request_in_flight, false},
    {MT_P_VERSION_CONFLICT, version_conflict, false},
    {MT_P_TOO_LARGE, too_large, false},
    {MT_P_MEDIA_TYPE, media_type, false},
    {MT_P_IDEMPOTENCY_KEY_REUSED, idempotency_key_reused, false},
    {MT_P_INSUFFICIENT_STOCK, insufficient_stock, false},
    {MT_P_INVALID_ORDER_STATUS, invalid_order_status, false},
    {MT_P_PAYMENT_FAILED, payment_failed, false},
    {MT_P_INVENTORY_UPDATE_FAILED, inventory_update_failed, false},
    {MT_P_PRICE_CHANGED, price_changed, false},
    {MT_P_DRUG_NOT_SELLABLE, drug_not_sellable, false},
    {MT_P_DRUG_NOT_FOUND, drug_not_found, false},
    {MT_P_RX_RULE, rx_rule, false},
    {MT_P_STALE, stale, true},
    {MT_P_TOO_MANY, too_many, false},
    {MT_P_HEADERS_TOO_LARGE, headers_too_large, false},
    {MT_P_INTERNAL, internal, false},
    {MT_P_OVERLOADED, overloaded, false},
};
#define LIST_COUNT (sizeof list / sizeof list[0])

static void every_code(void **state) {
    (void)state;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        char wanted[64];
        const char *name = mt_problem_code_name(list[i].code);
        struct mt_http a = list[i].by();
        snprintf(wanted, sizeof wanted, "\"code\":\"%s\"", name);
        if (a.status != (list[i].inside ? 200 : mt_problem_status(list[i].code)) || !strstr(a.body, wanted))
            fail_msg("%s is not what came: %ld %s", name, a.status, a.body);
        mt_http_free(&a);
    }
}

static void no_code_is_left_out(void **state) {
    (void)state;
    static const enum mt_problem_code all[] = {
#define X(symbol, code, status, title) symbol,
        MT_PROBLEM_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        size_t found = 0;
        for (size_t k = 0; k < LIST_COUNT; k++)
            found += list[k].code == all[i];
        if (found != (all[i] != MT_P_NONE))
            fail_msg("%s stands here %zu times", mt_problem_code_name(all[i]), found);
    }
}

static int open_the_shop(void **state) {
    (void)state;
    mt_shop_open(&shop);
    char *csv = mt_path(shop.dir, "unsold.csv");
    FILE *f = fopen(csv, "w");
    assert_non_null(f);
    assert_true(fputs("code,name,price\n" UNSOLD ",Withdrawn tabs,\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    cJSON_Delete(mt_shop_admin(&shop, "catalogue", "import", csv));
    free(csv);
    mt_shop_drug_id(&shop, IBUPROFEN, ibuprofen);
    mt_shop_drug_id(&shop, MORPHINE, morphine);
    mt_shop_drug_id(&shop, UNSOLD, unsold);
    mt_shop_register(&shop, "A03", till);
    cJSON *doc = mt_shop_admin(&shop, "client", "add", "--store", shop.store, "--role", "counter");
    set(counter, sizeof counter, mt_text_of(doc, "token"));
    cJSON_Delete(doc);
    return 0;
}

static int close_the_shop(void **state) {
    (void)state;
    mt_shop_check(&shop);
    mt_shop_close(&shop);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code), cmocka_unit_test(no_code_is_left_out)};
    return cmocka_run_group_tests(tests, open_the_shop, close_the_shop);
}
