/* Who may do what, tried over the network: every route of the table by nobody, with a made-up token, with tokens that were taken
 * back or replaced, by a till, by a client of each role and by one of another store. Who is let in stands here once more, as the
 * contract has it, so that a change of the service's tables must be meant; a route that has no request here fails the test. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <medterm/routes/routes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_TEXT 160

static struct mt_shop shop;
static char drug[64];
static int keys;

/* What {} stands for: a thing of this store, new for each try where the try uses it up. */
enum thing { NOTHING, DRUG, USER, UNPAID, PAID, SHIPPED, PAYMENT, EXCEPTION, PROVIDER };

static const struct request {
    const char *method, *path;
    const char *who; /* counter, fulfilment, pharmacist, manager, till; * everybody, without a token too */
    enum thing thing;
    int status; /* for whom it is let in */
    const char *body;
    bool of_store; /* another store has no such thing: 404 */
} requests[] = {
    {"POST", "/v1/operations", "t", NOTHING, 200,
     "{\"instance_id\":\"" MT_SHOP_INSTANCE "\",\"sent_at\":\"2026-11-23T06:32:00.000Z\",\"acked\":null,\"operations\":[]}", false},
    {"POST", "/v1/enrolments", "*", NOTHING, 400, "{}", false},
    {"GET", "/v1/register", "t", NOTHING, 200, NULL, false},
    {"GET", "/v1/orders", "cfpmt", NOTHING, 200, NULL, false},
    {"GET", "/v1/orders/{}", "cfpmt", UNPAID, 200, NULL, true},
    {"GET", "/v1/orders/{}/events", "cfpmt", UNPAID, 200, NULL, true},
    {"GET", "/v1/changes", "cfpmt", NOTHING, 200, NULL, false},
    {"GET", "/v1/drugs", "cfpmt", NOTHING, 200, NULL, false},
    {"GET", "/v1/drugs/{}", "cfpmt", DRUG, 200, NULL, false},
    {"GET", "/v1/drugs/{}/stock", "cfpmt", DRUG, 200, NULL, false},
    {"GET", "/v1/users", "cfpmt", NOTHING, 200, NULL, false},
    {"GET", "/v1/users/{}/orders", "cfpmt", USER, 200, NULL, true},
    {"GET", "/v1/payments/{}", "cfpmt", PAYMENT, 200, NULL, true},
    {"GET", "/v1/stats", "pmt", NOTHING, 200, NULL, false},
    {"GET", "/v1/exceptions", "cfpmt", NOTHING, 200, NULL, false},
    {"POST", "/v1/orders", "cpm", NOTHING, 201, "{\"items\":[{\"drug_id\":\"$DRUG\",\"quantity\":1,\"price\":1850}]}", false},
    {"POST", "/v1/orders/{}/status", "cfpm", PAID, 200, "{\"to\":\"preparing\"}", true},
    {"POST", "/v1/orders/{}/cancel", "cpm", UNPAID, 200, "{\"reason\":\"tried\"}", true},
    {"POST", "/v1/orders/{}/payments", "cpm", UNPAID, 201, "{\"method\":\"cash\",\"amount\":1850}", true},
    {"POST", "/v1/orders/{}/returns", "pm", SHIPPED, 200, "{\"reason\":\"tried\",\"lines\":[{\"line\":1,\"quantity\":1}]}", true},
    {"POST", "/v1/payments/{}/cancel", "cpm", PAYMENT, 422, "", true},
    {"POST", "/v1/payments/{}/refunds", "pm", PAYMENT, 200, "{\"amount\":1,\"reason\":\"tried\"}", true},
    {"POST", "/v1/payment-callbacks/{}", "*", PROVIDER, 404, "{}", false},
    {"POST", "/v1/stock/receipts", "fpm", NOTHING, 200,
     "{\"lines\":[{\"drug_id\":\"$DRUG\",\"lot_no\":\"X1\",\"expires_on\":\"2099-01-31\",\"quantity\":9}]}", false},
    {"POST", "/v1/stock/adjustments", "pm", NOTHING, 200,
     "{\"lines\":[{\"drug_id\":\"$DRUG\",\"lot_no\":\"X1\",\"change\":1}],\"reason\":\"tried\"}", false},
    {"POST", "/v1/stock/counts", "fpm", NOTHING, 200,
     "{\"lines\":[{\"drug_id\":\"$DRUG\",\"lot_no\":\"X1\",\"expires_on\":\"2099-01-31\",\"counted\":7}]}", false},
    {"POST", "/v1/stock/quarantines", "pm", NOTHING, 200, "{\"drug_id\":\"$DRUG\",\"lot_no\":\"X1\",\"reason\":\"tried\"}", false},
    {"POST", "/v1/stock/recalls", "pm", NOTHING, 200, "{\"drug_id\":\"$DRUG\",\"lot_no\":\"X2\",\"reason\":\"tried\"}", false},
    {"POST", "/v1/users", "cpm", NOTHING, 200, "{\"name\":\"Wu Lan\",\"phone\":\"13800000000\"}", false},
    {"POST", "/v1/doctors", "cpm", NOTHING, 200, "{\"name\":\"Dr Li\"}", false},
    {"POST", "/v1/exceptions/{}/resolve", "m", EXCEPTION, 200, "{\"action\":\"settled\",\"note\":\"tried\"}", true},
    {"GET", "/livez", "*", NOTHING, 200, NULL, false},
    {"GET", "/readyz", "*", NOTHING, 200, NULL, false},
    {"GET", "/metrics", "*", NOTHING, 200, NULL, false},
    {"GET", "/openapi.json", "*", NOTHING, 200, NULL, false},
};
#define REQUEST_COUNT (sizeof requests / sizeof requests[0])

/* ---- callers ---- */

enum who { NOBODY, MADE_UP, REVOKED, REPLACED, TILL, REVOKED_TILL, CLIENT, STRANGER };
static struct caller {
    const char *name;
    enum who who;
    enum mt_role role;
    char token[300];
} callers[] = {
    {"nobody", NOBODY, 0, ""},
    {"a made-up token", MADE_UP, 0, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {"a revoked client", REVOKED, MT_ROLE_MANAGER, ""},
    {"a client's token of before", REPLACED, MT_ROLE_MANAGER, ""},
    {"a revoked till", REVOKED_TILL, 0, ""},
    {"a till", TILL, 0, ""},
    {"a client: counter", CLIENT, MT_ROLE_COUNTER, ""},
    {"a client: fulfilment", CLIENT, MT_ROLE_FULFILMENT, ""},
    {"a client: pharmacist", CLIENT, MT_ROLE_PHARMACIST, ""},
    {"a client: manager", CLIENT, MT_ROLE_MANAGER, ""},
    {"another store's manager", STRANGER, MT_ROLE_MANAGER, ""},
};
#define CALLER_COUNT (sizeof callers / sizeof callers[0])

static void revoke_till(struct caller *c, const char *code) {
    char id[64];
    mt_shop_register(&shop, code, c->token);
    struct mt_http a = mt_http("GET", shop.url, "/v1/register", c->token, NULL, NULL);
    cJSON *doc = cJSON_Parse(a.body);
    snprintf(id, sizeof id, "%s", mt_text_of(doc, "register_id"));
    cJSON_Delete(doc);
    mt_http_free(&a);
    cJSON_Delete(mt_shop_admin(&shop, "register", "revoke", "--id", id));
}

/* A client of the role; what its token came to is what the caller is. */
static void add_client(struct caller *c, const char *store) {
    cJSON *doc = mt_shop_admin(&shop, "client", "add", "--store", store, "--role", mt_role_name(c->role));
    const char *id = mt_text_of(doc, "client_id");
    snprintf(c->token, sizeof c->token, "%s", mt_text_of(doc, "token"));
    if (c->who == REVOKED)
        cJSON_Delete(mt_shop_admin(&shop, "client", "revoke", "--id", id));
    if (c->who == REPLACED) {
        cJSON *next = mt_shop_admin(&shop, "client", "rotate", "--id", id);
        struct mt_http a = mt_http("GET", shop.url, "/v1/orders", mt_text_of(next, "token"), NULL, NULL);
        assert_int_equal(a.status, 200);
        mt_http_free(&a);
        cJSON_Delete(next);
    }
    cJSON_Delete(doc);
}

static void let_them_in(void) {
    char other[64];
    cJSON *doc = mt_shop_admin(&shop, "store", "add", "--name", "Hillside");
    snprintf(other, sizeof other, "%s", mt_text_of(doc, "store_id"));
    cJSON_Delete(doc);
    cJSON_Delete(mt_shop_admin(&shop, "stock", "receive", "--store", other, "--drug", IBUPROFEN, "--lot", "H1", "--expires",
                               "2099-01-31", "--quantity", "10"));
    for (size_t i = 0; i < CALLER_COUNT; i++) {
        struct caller *c = &callers[i];
        switch (c->who) {
        case NOBODY:
        case MADE_UP:
            break;
        case TILL:
            mt_shop_register(&shop, "A03", c->token);
            break;
        case REVOKED_TILL:
            revoke_till(c, "A04");
            break;
        case REVOKED:
        case REPLACED:
        case CLIENT:
            add_client(c, shop.store);
            break;
        case STRANGER:
            add_client(c, other);
            break;
        }
    }
}

/* ---- things ---- */

/* What the manager does to have something to try on; the answer's text under key. */
static void prepare(const char *path, const char *body, const char *key, char *out) {
    struct mt_http a = mt_shop_post(&shop, NULL, path, body);
    cJSON *doc = cJSON_Parse(a.body);
    if (a.status != 200 && a.status != 201)
        fail_msg("POST %s: %ld %s", path, a.status, a.body);
    const char *text = mt_text_of(doc, key);
    if (!text[0])
        text = mt_text_of(cJSON_GetArrayItem(cJSON_GetObjectItem(doc, "payments"), 0), key);
    if (out)
        assert_true(snprintf(out, PATH_TEXT, "%s", text) > 0);
    cJSON_Delete(doc);
    mt_http_free(&a);
}

static void new_order(char order_no[PATH_TEXT]) {
    char body[256];
    snprintf(body, sizeof body, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":1,\"price\":1850}]}", drug);
    prepare("/v1/orders", body, "order_no", order_no);
}

static void on_order(const char *order_no, const char *what, const char *body, const char *key, char *out) {
    char path[PATH_TEXT + 32];
    snprintf(path, sizeof path, "/v1/orders/%s/%s", order_no, what);
    prepare(path, body, key, out);
}

/* Money beyond what is due is taken, and somebody has to see to it. */
static void new_exception(char id[PATH_TEXT]) {
    char order_no[PATH_TEXT];
    new_order(order_no);
    on_order(order_no, "payments", "{\"method\":\"cash\",\"amount\":1851}", "order_no", NULL);
    cJSON *list = mt_shop_get(&shop, "/v1/exceptions?state=open");
    const cJSON *x = cJSON_GetArrayItem(cJSON_GetObjectItem(list, "exceptions"), 0);
    assert_true(snprintf(id, PATH_TEXT, "%s", mt_text_of(x, "exception_id")) > 0);
    cJSON_Delete(list);
}

static void new_thing(enum thing thing, char out[PATH_TEXT]) {
    switch (thing) {
    case NOTHING:
        out[0] = '\0';
        return;
    case DRUG:
        snprintf(out, PATH_TEXT, "%s", drug);
        return;
    case USER:
        prepare("/v1/users", "{\"name\":\"Wu Lan\"}", "user_id", out);
        return;
    case EXCEPTION:
        new_exception(out);
        return;
    case PROVIDER:
        snprintf(out, PATH_TEXT, "wechat");
        return;
    case UNPAID:
    case PAID:
    case SHIPPED:
    case PAYMENT:
        break;
    }
    char payment[PATH_TEXT];
    new_order(out);
    if (thing == UNPAID)
        return;
    on_order(out, "payments", "{\"method\":\"cash\",\"amount\":1850}", "payment_id", payment);
    if (thing == SHIPPED) {
        on_order(out, "status", "{\"to\":\"preparing\"}", "order_no", NULL);
        on_order(out, "status", "{\"to\":\"shipped\"}", "order_no", NULL);
    }
    if (thing == PAYMENT)
        memcpy(out, payment, PATH_TEXT);
}

/* ---- the cells ---- */

static int expected(const struct request *q, const struct caller *c) {
    if (q->who[0] == '*')
        return q->status;
    switch (c->who) {
    case NOBODY:
    case MADE_UP:
    case REVOKED:
    case REPLACED:
    case REVOKED_TILL:
        return 401;
    case TILL:
        return strchr(q->who, 't') ? q->status : 403;
    case CLIENT:
    case STRANGER:
        break;
    }
    if (!strchr(q->who, mt_role_name(c->role)[0]))
        return 403;
    return c->who == STRANGER && q->of_store ? 404 : q->status;
}

static void fill(const char *pattern, const char *hole, const char *with, char *out, size_t size) {
    const char *at = strstr(pattern, hole);
    int n = at ? snprintf(out, size, "%.*s%s%s", (int)(at - pattern), pattern, with, at + strlen(hole))
               : snprintf(out, size, "%s", pattern);
    assert_true(n >= 0 && (size_t)n < size);
}

static void try_cell(const struct mt_route_info *r, const struct request *q, const struct caller *c) {
    char thing[PATH_TEXT], path[2 * PATH_TEXT], body[512], key[64];
    const int want = expected(q, c);
    new_thing(q->thing, thing);
    fill(q->path, "{}", thing, path, sizeof path);
    fill(q->body ? q->body : "", "$DRUG", drug, body, sizeof body);
    snprintf(key, sizeof key, "Idempotency-Key: k%d", ++keys);
    struct mt_http a =
        mt_http(q->method, shop.url, path, c->who == NOBODY ? NULL : c->token, r->key ? key : NULL, q->body ? body : NULL);
    if (a.status != want)
        fail_msg("%s %s by %s: %ld instead of %d: %s", q->method, q->path, c->name, a.status, want, a.body);
    if (want == 401 || want == 403)
        assert_non_null(strstr(a.body, want == 401 ? "UNAUTHENTICATED" : "FORBIDDEN"));
    mt_http_free(&a);
}

static const struct request *request_of(const struct mt_route_info *r) {
    for (size_t i = 0; i < REQUEST_COUNT; i++)
        if (strcmp(requests[i].method, r->method) == 0 && strcmp(requests[i].path, r->path) == 0)
            return &requests[i];
    fail_msg("%s %s is in the table of routes, and nobody tries it here", r->method, r->path);
    return NULL;
}

static void every_cell(void **state) {
    (void)state;
    size_t count;
    const struct mt_route_info *routes = mt_routes(&count);
    assert_int_equal(count, REQUEST_COUNT);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < CALLER_COUNT; c++)
            try_cell(&routes[i], request_of(&routes[i]), &callers[c]);
}

static int open_the_shop(void **state) {
    (void)state;
    mt_shop_open(&shop);
    mt_shop_drug_id(&shop, IBUPROFEN, drug);
    let_them_in();
    return 0;
}

static int close_the_shop(void **state) {
    (void)state;
    mt_shop_check(&shop);
    mt_shop_close(&shop);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell)};
    return cmocka_run_group_tests(tests, open_the_shop, close_the_shop);
}
