/* The pharmacy is built by the commands an administrator would type, so every story also proves them. Tills get folders and an
 * environment of their own: nothing of the machine the tests run on is read or written. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WORDS_MAX 32

static const char catalogue[] =
    "code,name,spec,form,maker,generic,pinyin,price,rx,shelf,lot_no,expires_on,quantity\n" AMOXICILLIN
    ",Amoxicillin caps,0.25 g × 24,capsule,North,amoxicillin,amxl,12.80,none,A1,FAR,+400d,50\n" AMOXICILLIN
    ",Amoxicillin caps,0.25 g × 24,capsule,North,amoxicillin,amxl,12.80,none,A1,NEAR,+60d,1\n" IBUPROFEN
    ",Ibuprofen SR caps,0.3 g × 20,capsule,East,ibuprofen,blf,18.50,none,A2,I1,+300d,500\n" METFORMIN
    ",Metformin tabs,0.5 g × 48,tablet,South,metformin,ejsg,21.00,none,A3,M1,+300d,500\n" LAST_PACK
    ",Tacrolimus ointment,10 g,ointment,West,tacrolimus,tkms,35.00,none,B1,T1,+200d,1\n" HOSTILE ",\"\xE2\x80\xAE毒\xE2\x80\x8B"
    "Evil\xC2\x9B"
    "31m\xE2\x80\xA8 name\",1,tablet,West,evil,,5.00,none,B2,H1,+200d,50\n" MORPHINE
    ",Morphine SR tabs,30 mg × 10,tablet,West,morphine,mf,88.00,rx,C1,O1,+200d,10\n";

/* ---- small things ---- */

const char *mt_text_of(const cJSON *object, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text != NULL ? text : "";
}

int64_t mt_number_of(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : -1;
}

static void copy_text(char *to, size_t size, const cJSON *from, const char *key) {
    int n = snprintf(to, size, "%s", mt_text_of(from, key));
    assert_true(n > 0 && (size_t)n < size);
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* ---- the service ---- */

void mt_shop_serve(struct mt_shop *s) {
    mt_server_again(&s->server);
    s->port = (int)strtol(strchr(s->server.address, ':') + 1, NULL, 10);
    assert_true(s->port > 0);
    snprintf(s->url, sizeof s->url, "%s", s->server.url);
}

void mt_shop_kill(struct mt_shop *s) {
    mt_server_kill(&s->server);
}

cJSON *mt_shop_admin_words(struct mt_shop *s, const char *const *words) {
    char *text = mt_server_admin(&s->server, words, (const char *const[]){"MEDTERM_PIN=" PIN, NULL});
    cJSON *doc = cJSON_Parse(text);
    if (doc == NULL)
        fail_msg("medtermd %s %s printed no JSON: %s", words[0], words[1], text);
    free(text);
    return doc;
}

static void open_shop(struct mt_shop *s, const char *db_url, bool with_catalogue) {
    *s = (struct mt_shop){.port = 0};
    mt_server_prepare(&s->server, MEDTERMD, NULL);
    if (db_url != NULL) {
        free(s->server.db_url);
        s->server.db_url = strdup(db_url);
        assert_non_null(s->server.db_url);
    }
    s->dir = s->server.dir;
    mt_shop_serve(s);
    cJSON *doc = mt_shop_admin(s, "store", "add", "--name", "Riverside");
    copy_text(s->store, sizeof s->store, doc, "store_id");
    cJSON_Delete(doc);
    doc = mt_shop_admin(s, "staff", "add", "--store", s->store, "--name", "Chen Mei", "--role", "manager");
    copy_text(s->staff, sizeof s->staff, doc, "staff_id");
    cJSON_Delete(doc);
    doc = mt_shop_admin(s, "client", "add", "--store", s->store, "--role", "manager");
    copy_text(s->token, sizeof s->token, doc, "token");
    cJSON_Delete(doc);
    if (!with_catalogue)
        return;
    char *csv = mt_path(s->dir, "catalogue.csv");
    write_file(csv, catalogue);
    doc = mt_shop_admin(s, "catalogue", "import", csv, "--store", s->store);
    assert_int_equal(mt_number_of(doc, "rejected"), 0);
    cJSON_Delete(doc);
    free(csv);
}

void mt_shop_open(struct mt_shop *s) {
    open_shop(s, NULL, true);
}

void mt_shop_open_at(struct mt_shop *s, const char *db_url) {
    open_shop(s, db_url, true);
}

void mt_shop_open_empty(struct mt_shop *s) {
    open_shop(s, NULL, false);
}

void mt_shop_close(struct mt_shop *s) {
    if (s->server.pid != 0)
        mt_server_stop(&s->server);
    mt_server_free(&s->server);
    *s = (struct mt_shop){.port = 0};
}

/* ---- asking the service ---- */

cJSON *mt_shop_get(struct mt_shop *s, const char *path) {
    struct mt_http answer = mt_http("GET", s->url, path, s->token, NULL, NULL);
    if (answer.status != 200)
        fail_msg("GET %s: %ld %s", path, answer.status, answer.body);
    cJSON *doc = cJSON_Parse(answer.body);
    assert_non_null(doc);
    mt_http_free(&answer);
    return doc;
}

struct mt_http mt_shop_post(struct mt_shop *s, const char *token, const char *path, const char *body) {
    static int keys = 0;
    char key[48];
    snprintf(key, sizeof key, "Idempotency-Key: shop-%d", ++keys);
    return mt_http("POST", s->url, path, token != NULL ? token : s->token, key, body);
}

void mt_shop_register(struct mt_shop *s, const char *code, char token[300]) {
    char body[256];
    cJSON *doc = mt_shop_admin(s, "register", "add", "--store", s->store, "--code", code);
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"instance_id\":\"" MT_SHOP_INSTANCE "\"}", mt_text_of(doc, "enrolment_code"));
    cJSON_Delete(doc);
    struct mt_http a = mt_http("POST", s->url, "/v1/enrolments", NULL, NULL, body);
    assert_int_equal(a.status, 201);
    doc = cJSON_Parse(a.body);
    copy_text(token, 300, doc, "token");
    cJSON_Delete(doc);
    mt_http_free(&a);
}

cJSON *mt_shop_order(struct mt_shop *s, const char *order_no) {
    char path[64];
    snprintf(path, sizeof path, "/v1/orders/%s", order_no);
    struct mt_http answer = mt_http("GET", s->url, path, s->token, NULL, NULL);
    cJSON *doc = answer.status == 200 ? cJSON_Parse(answer.body) : NULL;
    mt_http_free(&answer);
    return doc;
}

int mt_shop_orders(struct mt_shop *s, int64_t *total) {
    cJSON *doc = mt_shop_get(s, "/v1/orders?limit=1000");
    const cJSON *orders = cJSON_GetObjectItem(doc, "orders"), *order;
    int64_t sum = 0;
    cJSON_ArrayForEach(order, orders) sum += mt_number_of(order, "total_amount");
    int count = cJSON_GetArraySize(orders);
    cJSON_Delete(doc);
    if (total != NULL)
        *total = sum;
    return count;
}

/* The data of the first change of that entity with that text under key, from the whole feed; NULL when there is none. */
static cJSON *find_change(struct mt_shop *s, const char *entity, const char *key, const char *text) {
    cJSON *doc = mt_shop_get(s, "/v1/changes?limit=1000"), *found = NULL;
    const cJSON *change;
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(doc, "more")));
    cJSON_ArrayForEach(change, cJSON_GetObjectItem(doc, "changes")) {
        cJSON *data = cJSON_GetObjectItem(change, "data");
        if (found == NULL && strcmp(mt_text_of(change, "entity"), entity) == 0 && strcmp(mt_text_of(data, key), text) == 0)
            found = cJSON_Duplicate(data, true);
    }
    cJSON_Delete(doc);
    return found;
}

void mt_shop_drug_id(struct mt_shop *s, const char *code, char drug_id[64]) {
    cJSON *drug = find_change(s, "drug", "code", code);
    assert_non_null(drug);
    copy_text(drug_id, 64, drug, "drug_id");
    cJSON_Delete(drug);
}

int64_t mt_shop_on_hand(struct mt_shop *s, const char *code) {
    char drug_id[64];
    mt_shop_drug_id(s, code, drug_id);
    cJSON *stock = find_change(s, "stock", "drug_id", drug_id);
    assert_non_null(stock);
    int64_t on_hand = mt_number_of(stock, "on_hand");
    cJSON_Delete(stock);
    return on_hand;
}

void mt_shop_check(struct mt_shop *s) {
    cJSON *doc = mt_shop_admin(s, "check");
    assert_int_equal(mt_number_of(doc, "violations"), 0);
    cJSON_Delete(doc);
}

/* ---- tills ---- */

struct environment {
    char home[512], cache[512], state[512], config[512];
    const char *all[8];
};

static void environment(const struct mt_counter *c, bool with_pin, struct environment *e) {
    snprintf(e->home, sizeof e->home, "HOME=%s", c->home);
    snprintf(e->cache, sizeof e->cache, "XDG_CACHE_HOME=%s/cache", c->home);
    snprintf(e->state, sizeof e->state, "XDG_STATE_HOME=%s/xdg-state", c->home);
    snprintf(e->config, sizeof e->config, "XDG_CONFIG_HOME=%s/config", c->home);
    const char *all[] = {e->home, e->cache, e->state, e->config, with_pin ? "MEDTERM_PIN=" PIN : "MEDTERM_PIN", NULL};
    memcpy(e->all, all, sizeof all);
}

cJSON *mt_counter_run_words(struct mt_counter *c, int *status, const char *const *words) {
    const char *argv[WORDS_MAX] = {MEDTERM};
    struct environment e;
    size_t n = 1;
    for (; *words != NULL; words++) {
        assert_true(n + 6 < WORDS_MAX);
        argv[n++] = *words;
    }
    argv[n++] = "--json";
    argv[n++] = "--state-dir";
    argv[n++] = c->dir;
    argv[n++] = "--server";
    argv[n] = c->url;
    environment(c, true, &e);
    struct mt_run run = mt_run(argv, e.all);
    if (status == NULL && run.status != 0)
        fail_msg("medterm %s: status %d\n%s%s", argv[1], run.status, run.out, run.err);
    if (status != NULL)
        *status = run.status;
    cJSON *doc = cJSON_Parse(run.out);
    mt_run_free(&run);
    return doc;
}

void mt_counter_enrol(struct mt_counter *c, struct mt_shop *s, const char *code, const char *url) {
    *c = (struct mt_counter){.shop = s, .home = mt_path(s->dir, code)};
    c->dir = mt_path(c->home, "state");
    assert_int_equal(mkdir(c->home, 0700), 0);
    snprintf(c->url, sizeof c->url, "%s", url != NULL ? url : s->url);
    cJSON *doc = mt_shop_admin(s, "register", "add", "--store", s->store, "--code", code);
    char enrolment[64];
    copy_text(enrolment, sizeof enrolment, doc, "enrolment_code");
    cJSON_Delete(doc);
    doc = mt_counter_run(c, NULL, "enroll", "--code", enrolment);
    assert_string_equal(mt_text_of(doc, "register"), code);
    cJSON_Delete(doc);
    cJSON_Delete(mt_counter_run(c, NULL, "sync", "--once")); /* staff and catalogue are here from now on */
}

void mt_counter_close(struct mt_counter *c) {
    mt_pty_free(c->screen);
    free(c->dir);
    free(c->home);
    *c = (struct mt_counter){.shop = NULL};
}

void mt_counter_start(struct mt_counter *c) {
    struct environment e;
    environment(c, false, &e);
    assert_null(c->screen);
    char *log = mt_path(c->home, "medterm.log");
    c->screen =
        mt_pty_spawn(24, 80, (const char *const[]){MEDTERM, "--state-dir", c->dir, "--server", c->url, "--log", log, NULL}, e.all);
    free(log);
    mt_pty_expect(c->screen, "PIN");
}

void mt_counter_sign_in(struct mt_counter *c) {
    mt_pty_keys(c->screen, PIN "<Enter>");
    mt_pty_expect(c->screen, "Chen Mei");
}

void mt_counter_quit(struct mt_counter *c) {
    mt_pty_keys(c->screen, "<F2><Ctrl-Q>"); /* quitting is a key of New order */
    assert_int_equal(mt_pty_expect_exit(c->screen), 0);
    mt_pty_free(c->screen);
    c->screen = NULL;
}

void mt_counter_kill(struct mt_counter *c) {
    mt_pty_kill(c->screen, SIGKILL);
    assert_int_equal(mt_pty_expect_exit(c->screen), 128 + SIGKILL);
    mt_pty_free(c->screen);
    c->screen = NULL;
}

void mt_counter_scan(struct mt_counter *c, const char *code, const char *name) {
    mt_pty_keys(c->screen, code);
    mt_pty_keys(c->screen, "<Enter>");
    mt_pty_expect_row(c->screen, 1, "Order "); /* no longer the sale before */
    mt_pty_expect(c->screen, name);
}

void mt_counter_pay(struct mt_counter *c, char order_no[32]) {
    char line[1024];
    mt_pty_keys(c->screen, "<F4>");
    mt_pty_expect_row(c->screen, 1, "Pay ");
    mt_pty_keys(c->screen, "<Enter>");
    mt_pty_expect_row(c->screen, 1, "Paid ");
    mt_pty_row(c->screen, 1, line, sizeof line);
    assert_int_equal(sscanf(line, " Paid %31[A-Z0-9-]", order_no), 1);
}

/* ---- receipts ---- */

static struct {
    const char *part;
    char *text;
} looked_for; /* nftw takes no context */

static int look(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    (void)st;
    (void)ftw;
    size_t n = strlen(path);
    if (kind != FTW_F || n < 4 || strcmp(path + n - 4, ".txt") != 0)
        return 0;
    char *text = mt_file_text(path);
    if (text != NULL && strstr(text, looked_for.part) != NULL && looked_for.text == NULL)
        looked_for.text = text;
    else
        free(text);
    return 0;
}

static bool is_printed(void *ctx) {
    const struct mt_counter *c = ctx;
    nftw(c->home, look, 16, FTW_PHYS);
    return looked_for.text != NULL;
}

char *mt_counter_receipt(struct mt_counter *c, const char *part) {
    looked_for.part = part;
    looked_for.text = NULL;
    mt_pty_until(c->screen, is_printed, c, "the receipt is printed");
    return looked_for.text;
}
