/* Three medtermd on one PostgreSQL, eight registers, one drug with a hundred packs. Each register orders one pack at a time,
 * unpaid, and goes on past the last: exactly a hundred orders are accepted and every other is told INSUFFICIENT_STOCK. Then the
 * same while one of the three is killed in the middle: its registers go on with another and send the operation whose answer they
 * did not get again. */
#include "http.h"
#include "postgres.h"
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <medterm/db/db.h>

#include <cJSON.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE "6901234567892"
#define SERVERS 3
#define REGISTERS 8
#define ORDERS_EACH 25 /* twice the stock in all */
#define STOCK 100
#define KILLED 1                          /* which of the three */
#define KILL_AT 30                        /* accepted orders */
#define TRIES_MOST 200                    /* of one operation */
#define SOURCE "2027-01-15T10:00:00.000Z" /* the registers' clocks; the service only notes that they are off */

struct chain {
    struct mt_postgres *cluster;
    char *dir, *url;
    struct mt_server servers[SERVERS];
    char store[64], staff[64], drug[64];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int accepted, refused, ended;
};

struct till {
    struct chain *chain;
    pthread_t thread;
    int number, server;
    char code[8], instance[32], token[128];
    int accepted, refused;
    char failed[256]; /* "": as it should be */
};

/* ---- the chain ---- */

static void copy(char *to, size_t size, char *value) {
    assert_true(snprintf(to, size, "%s", value) < (int)size);
    free(value);
}

static void admin_value(struct chain *c, const char *const *words, const char *key, char *to, size_t size) {
    char *doc = mt_server_admin(&c->servers[0], words, (const char *const[]){"MEDTERM_PIN=2580", NULL});
    if (key != NULL)
        copy(to, size, mt_server_value(doc, key));
    free(doc);
}

static void stock_up(struct chain *c) {
    char *path = mt_path(c->dir, "catalogue.csv");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file,
                        "code,name,spec,price,lot_no,expires_on,quantity\n" CODE ",Amoxicillin caps,0.25 g,12.80,L1,+400d,%d\n",
                        STOCK) > 0);
    assert_int_equal(fclose(file), 0);
    admin_value(c, (const char *const[]){"catalogue", "import", path, "--store", c->store, NULL}, NULL, NULL, 0);
    free(path);
}

static void open_chain(struct chain *c, struct mt_postgres *cluster) {
    *c = (struct chain){.cluster = cluster};
    assert_int_equal(pthread_mutex_init(&c->lock, NULL), 0);
    assert_int_equal(pthread_cond_init(&c->moved, NULL), 0);
    mt_temp_dir(&c->dir);
    c->url = mt_postgres_database(cluster, "oversell");
    assert_int_equal(setenv("XDG_STATE_HOME", c->dir, 1), 0); /* where the key of cursors lies, for all three */
    for (int i = 0; i < SERVERS; i++) {
        mt_server_prepare(&c->servers[i], MEDTERMD, NULL);
        free(c->servers[i].db_url);
        c->servers[i].db_url = strdup(c->url);
        assert_non_null(c->servers[i].db_url);
    }
    admin_value(c, (const char *const[]){"store", "add", "--name", "Riverside", NULL}, "store_id", c->store, sizeof c->store);
    admin_value(c, (const char *const[]){"staff", "add", "--store", c->store, "--name", "Lin", "--role", "counter", NULL},
                "staff_id", c->staff, sizeof c->staff);
    stock_up(c);
    for (int i = 0; i < SERVERS; i++)
        mt_server_again(&c->servers[i]);
}

static void close_chain(struct chain *c) {
    for (int i = 0; i < SERVERS; i++) {
        if (c->servers[i].pid != 0)
            mt_server_stop(&c->servers[i]);
        mt_server_free(&c->servers[i]);
    }
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    mt_temp_dir_remove(c->dir);
    free(c->url);
    assert_int_equal(pthread_cond_destroy(&c->moved), 0);
    assert_int_equal(pthread_mutex_destroy(&c->lock), 0);
}

static int64_t ask(struct chain *c, const char *sql) {
    struct mt_db *db = NULL;
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    struct mt_db_options o = {.url = c->url, .mode = MT_DB_READ};
    if (mt_db_open(&o, &db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    assert_int_equal(mt_db_stmt(db, sql, &s, NULL), MT_OK);
    if (mt_stmt_step(s, &err) != MT_STEP_ROW)
        fail_msg("%s: %s", sql, mt_err_text(&err));
    int64_t n = mt_col_int(s, 0);
    mt_stmt_done(s);
    mt_db_close(db);
    return n;
}

/* ---- a register ---- */

static void enrol(struct till *t, struct chain *c, int number) {
    char code[32], body[160];
    *t = (struct till){.chain = c, .number = number, .server = number % SERVERS};
    assert_true(snprintf(t->code, sizeof t->code, "A%02d", number + 1) < (int)sizeof t->code);
    assert_true(snprintf(t->instance, sizeof t->instance, "machine-%d", number) < (int)sizeof t->instance);
    admin_value(c, (const char *const[]){"register", "add", "--store", c->store, "--code", t->code, NULL}, "enrolment_code", code,
                sizeof code);
    assert_true(snprintf(body, sizeof body, "{\"code\":\"%s\",\"instance_id\":\"%s\"}", code, t->instance) < (int)sizeof body);
    struct mt_http a = mt_http("POST", c->servers[t->server].url, "/v1/enrolments", NULL, NULL, body);
    assert_int_equal(a.status, 201);
    copy(t->token, sizeof t->token, mt_server_value(a.body, "token"));
    mt_http_free(&a);
}

static void find_drug(struct chain *c, const struct till *t) {
    struct mt_http a = mt_http("GET", c->servers[0].url, "/v1/changes?limit=1000", t->token, NULL, NULL);
    assert_int_equal(a.status, 200);
    copy(c->drug, sizeof c->drug, mt_server_value(a.body, "drug_id"));
    mt_http_free(&a);
}

static void write_push(const struct till *t, int seq, char *body, size_t size) {
    int n = snprintf(body, size,
                     "{\"instance_id\":\"%s\",\"sent_at\":\"" SOURCE "\",\"acked\":null,\"operations\":[{"
                     "\"op_id\":\"01940000-0000-7000-8%03x-%012x\",\"register_seq\":%d,\"kind\":\"order.create\","
                     "\"staff_id\":\"%s\",\"at\":\"" SOURCE "\",\"fact\":false,\"body\":{"
                     "\"order_id\":\"01940000-0000-7000-9%03x-%012x\",\"order_no\":\"%s-%06d\",\"fulfilment\":\"pickup\","
                     "\"items\":[{\"drug_id\":\"%s\",\"quantity\":1,\"price\":1280}]}}]}",
                     t->instance, (unsigned)t->number, (unsigned)seq, seq, t->chain->staff, (unsigned)t->number, (unsigned)seq,
                     t->code, seq, t->chain->drug);
    if (n < 0 || (size_t)n >= size)
        abort();
}

enum said { SAID_NOTHING, SAID_ACCEPTED, SAID_SHORT, SAID_WRONG };

/* No answer at all, or that of something in between which found nobody: a fault of the service has a code of its own. */
static bool nobody_there(const struct mt_http *a) {
    return a->status == 0 || (a->status >= 500 && strstr(a->body, "\"code\":") == NULL);
}

static enum said read_answer(const struct mt_http *a) {
    if (nobody_there(a) || a->status == 503)
        return SAID_NOTHING;
    enum said said = SAID_WRONG;
    cJSON *doc = cJSON_Parse(a->body);
    const cJSON *result = cJSON_GetArrayItem(cJSON_GetObjectItem(doc, "results"), 0);
    const char *outcome = cJSON_GetStringValue(cJSON_GetObjectItem(result, "outcome"));
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(result, "problem"), "code"));
    if (a->status == 200 && outcome != NULL && strcmp(outcome, "applied") == 0)
        said = SAID_ACCEPTED;
    else if (a->status == 200 && outcome != NULL && strcmp(outcome, "refused") == 0 && code != NULL &&
             strcmp(code, "INSUFFICIENT_STOCK") == 0)
        said = SAID_SHORT;
    cJSON_Delete(doc);
    return said;
}

/* The same bytes until somebody answers. */
static enum said order(struct till *t, int seq) {
    char body[1024];
    enum said said = SAID_NOTHING;
    write_push(t, seq, body, sizeof body);
    for (int tries = 0; said == SAID_NOTHING && tries < TRIES_MOST; tries++) {
        struct mt_http a = mt_http("POST", t->chain->servers[t->server].url, "/v1/operations", t->token, NULL, body);
        said = read_answer(&a);
        if (said == SAID_WRONG)
            (void)snprintf(t->failed, sizeof t->failed, "%s, %d: %ld %s", t->code, seq, a.status, a.body);
        if (nobody_there(&a))
            t->server = (t->server + 1) % SERVERS;
        mt_http_free(&a);
    }
    if (said == SAID_NOTHING)
        (void)snprintf(t->failed, sizeof t->failed, "%s, %d: nobody answered", t->code, seq);
    return said;
}

static void tell(struct chain *c, int accepted, int refused, int ended) {
    (void)pthread_mutex_lock(&c->lock);
    c->accepted += accepted;
    c->refused += refused;
    c->ended += ended;
    (void)pthread_cond_broadcast(&c->moved);
    (void)pthread_mutex_unlock(&c->lock);
}

static void *sell(void *arg) {
    struct till *t = arg;
    for (int seq = 1; seq <= ORDERS_EACH && t->failed[0] == '\0'; seq++) {
        enum said said = order(t, seq);
        tell(t->chain, said == SAID_ACCEPTED, said == SAID_SHORT, 0);
    }
    tell(t->chain, 0, 0, 1);
    return NULL;
}

/* ---- the two runs ---- */

static void hammer(struct chain *c, bool kill_one) {
    struct till tills[REGISTERS];
    for (int i = 0; i < REGISTERS; i++)
        enrol(&tills[i], c, i);
    find_drug(c, &tills[0]);
    for (int i = 0; i < REGISTERS; i++)
        assert_int_equal(pthread_create(&tills[i].thread, NULL, sell, &tills[i]), 0);
    if (kill_one) {
        (void)pthread_mutex_lock(&c->lock);
        while (c->accepted < KILL_AT && c->ended < REGISTERS)
            (void)pthread_cond_wait(&c->moved, &c->lock);
        (void)pthread_mutex_unlock(&c->lock);
        mt_server_kill(&c->servers[KILLED]);
    }
    for (int i = 0; i < REGISTERS; i++)
        assert_int_equal(pthread_join(tills[i].thread, NULL), 0);
    for (int i = 0; i < REGISTERS; i++)
        if (tills[i].failed[0] != '\0')
            fail_msg("%s", tills[i].failed);
}

static void assert_exact(struct chain *c) {
    assert_int_equal(c->accepted, STOCK);
    assert_int_equal(c->refused, REGISTERS * ORDERS_EACH - STOCK);
    assert_int_equal(ask(c, "SELECT count(*) FROM mt_order WHERE status = 'pending_payment'"), STOCK);
    assert_int_equal(ask(c, "SELECT count(*) FROM mt_order"), STOCK);
    assert_int_equal(ask(c, "SELECT sum(on_hand) FROM mt_lot"), STOCK);
    assert_int_equal(ask(c, "SELECT sum(reserved) FROM mt_lot"), STOCK);
    assert_int_equal(ask(c, "SELECT count(*) FROM mt_operation WHERE outcome = 'applied'"), STOCK);
    assert_int_equal(ask(c, "SELECT count(*) FROM mt_operation"), REGISTERS * ORDERS_EACH);
    assert_int_equal(ask(c, "SELECT count(*) FROM mt_register WHERE last_seq = 25"), REGISTERS);
    char *doc = mt_server_admin(&c->servers[0], (const char *const[]){"check", NULL}, NULL); /* fails unless it is clean */
    free(doc);
}

static struct mt_postgres *cluster_of(void **state) {
    return *state;
}

static void test_exactly_the_stock(void **state) {
    struct chain c;
    open_chain(&c, cluster_of(state));
    hammer(&c, false);
    assert_exact(&c);
    close_chain(&c);
}

static void test_one_of_three_killed(void **state) {
    struct chain c;
    open_chain(&c, cluster_of(state));
    hammer(&c, true);
    assert_int_equal(c.servers[KILLED].pid, 0);
    assert_exact(&c);
    close_chain(&c);
}

int main(void) {
    struct mt_postgres cluster;
    if (!mt_postgres_start(&cluster))
        return MT_POSTGRES_SKIP;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_exactly_the_stock, &cluster),
        cmocka_unit_test_prestate(test_one_of_three_killed, &cluster),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    mt_postgres_stop(&cluster);
    return failed;
}
