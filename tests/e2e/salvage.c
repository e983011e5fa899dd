/* A till's folder is copied, and both go on. The service notices at the first operation of which there are two: the copy's lane is
 * frozen, and it sells on. Enrolled under a code of its own it brings what nobody has, a person settles each piece, and every sale
 * stands once, under a number of the store's own beside the one on paper. */
#include "engine.h"
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AMOXICILLIN_PRICE = 1280, IBUPROFEN_PRICE = 1850, METFORMIN_PRICE = 2100 };
enum { SALVAGED_MOST = 8 };

struct story {
    struct mt_shop shop;
    struct mt_counter till, copy;
    char *folder; /* below it the service keeps its key, when the database is no file */
};

/* ---- what a till does ---- */

static void sell(struct mt_counter *till, const char *items, const char *pay, char order_no[32]) {
    cJSON *doc = mt_counter_run(till, NULL, "sell", "--staff", till->shop->staff, "--items", items, "--pay", pay);
    snprintf(order_no, 32, "%s", mt_text_of(doc, "order_no"));
    assert_int_equal(strncmp(order_no, "A0", 2), 0);
    cJSON_Delete(doc);
}

static void advance(struct mt_counter *till, const char *order_no, const char *to) {
    cJSON *doc = mt_counter_run(till, NULL, "advance", order_no, to, "--staff", till->shop->staff);
    assert_string_equal(mt_text_of(doc, "status"), to);
    cJSON_Delete(doc);
}

static void sell_on_screen(struct mt_counter *till, const char *code, const char *name, char order_no[32]) {
    mt_counter_start(till);
    mt_counter_sign_in(till);
    mt_counter_scan(till, code, name);
    mt_counter_pay(till, order_no);
    mt_counter_quit(till);
}

struct outbox {
    int64_t unsent, attention;
    bool frozen;
};

static struct outbox outbox_of(struct mt_counter *till) {
    cJSON *doc = mt_counter_run(till, NULL, "outbox");
    const struct outbox o = {.unsent = mt_number_of(doc, "unsent"),
                             .attention = mt_number_of(doc, "attention"),
                             .frozen = cJSON_IsTrue(cJSON_GetObjectItem(doc, "frozen"))};
    cJSON_Delete(doc);
    return o;
}

static void sync_till(struct mt_counter *till) {
    cJSON_Delete(mt_counter_run(till, NULL, "sync", "--once"));
    assert_int_equal(outbox_of(till).unsent, 0);
}

static void copy_folder(struct story *s) {
    s->copy = (struct mt_counter){.shop = &s->shop, .home = mt_path(s->shop.dir, "copied")};
    s->copy.dir = mt_path(s->copy.home, "state");
    snprintf(s->copy.url, sizeof s->copy.url, "%s", s->till.url);
    struct mt_run run = mt_run((const char *const[]){"/bin/cp", "-Rp", s->till.home, s->copy.home, NULL}, NULL);
    assert_int_equal(run.status, 0);
    mt_run_free(&run);
}

/* ---- what the service has ---- */

/* How many exceptions there are; the first of them, the oldest first, into ids (may be NULL). */
static int exceptions(struct story *s, const char *state, char ids[SALVAGED_MOST][64]) {
    char path[80];
    snprintf(path, sizeof path, "/v1/exceptions?state=%s&limit=1000", state);
    cJSON *doc = mt_shop_get(&s->shop, path);
    const cJSON *list = cJSON_GetObjectItem(doc, "exceptions"), *e;
    const int n = cJSON_GetArraySize(list);
    int i = n;
    assert_true(ids == NULL || n <= SALVAGED_MOST);
    cJSON_ArrayForEach(e, list) {
        assert_string_equal(mt_text_of(e, "kind"), "salvage");
        if (ids != NULL)
            snprintf(ids[--i], 64, "%s", mt_text_of(e, "exception_id"));
    }
    cJSON_Delete(doc);
    return n;
}

static void resolve(struct story *s, const char *id, const char *action, long status, const char *part) {
    char path[120], body[80];
    snprintf(path, sizeof path, "/v1/exceptions/%s/resolve", id);
    snprintf(body, sizeof body, "{\"action\":\"%s\",\"note\":\"by the receipts\"}", action);
    struct mt_http a = mt_shop_post(&s->shop, NULL, path, body);
    if (a.status != status || !strstr(a.body, part))
        fail_msg("%s: %ld %s", action, a.status, a.body);
    mt_http_free(&a);
}

/* What stands under the number: its status, total and the number on paper. */
static void stands(struct story *s, const char *order_no, const char *status, int64_t total, const char *printed) {
    char path[64];
    cJSON *doc = mt_shop_order(&s->shop, order_no);
    if (doc == NULL)
        fail_msg("there is no %s", order_no);
    assert_string_equal(mt_text_of(doc, "status"), status);
    assert_int_equal(mt_number_of(doc, "total_amount"), total);
    assert_string_equal(mt_text_of(doc, "printed_no"), printed);
    cJSON_Delete(doc);
    if (printed[0] == '\0')
        return;
    snprintf(path, sizeof path, "/v1/orders?q=%s", printed); /* what is on paper finds it */
    doc = mt_shop_get(&s->shop, path);
    const cJSON *order;
    int found = 0;
    cJSON_ArrayForEach(order, cJSON_GetObjectItem(doc, "orders")) found += strcmp(mt_text_of(order, "order_no"), order_no) == 0;
    cJSON_Delete(doc);
    assert_int_equal(found, 1);
}

static int64_t cash_taken(struct story *s) {
    cJSON *doc = mt_shop_get(&s->shop, "/v1/stats");
    const cJSON *line;
    int64_t amount = -1;
    cJSON_ArrayForEach(line, cJSON_GetObjectItem(doc, "payments")) {
        if (strcmp(mt_text_of(line, "method"), "cash") == 0)
            amount = mt_number_of(line, "amount");
    }
    cJSON_Delete(doc);
    return amount;
}

/* ---- the story ---- */

/* Before the copy is noticed it takes two orders, and after that two more. */
static void both_go_on(struct story *s, char own[32], char no[4][32]) {
    char shared[32];
    int status = 0;
    sell(&s->till, AMOXICILLIN "*1", "cash", shared);
    sync_till(&s->till);
    copy_folder(s);
    sell(&s->till, METFORMIN "*2", "cash", own);
    sync_till(&s->till);
    mt_shop_kill(&s->shop); /* what it takes now waits: it does not know yet */
    sell(&s->copy, IBUPROFEN "*3", "cash", no[0]);
    advance(&s->copy, no[0], "preparing");
    sell(&s->copy, IBUPROFEN "*1", "none", no[1]);
    mt_shop_serve(&s->shop);
    assert_string_equal(no[0], own); /* two orders with one number on paper */
    assert_false(outbox_of(&s->copy).frozen);
    cJSON_Delete(mt_counter_run(&s->copy, &status, "sync", "--once"));
    assert_int_equal(status, 1);
    const struct outbox frozen = outbox_of(&s->copy);
    assert_true(frozen.frozen);
    assert_int_equal(frozen.unsent, 3);
    sell(&s->copy, IBUPROFEN "*5", "cash", no[2]);
    sell_on_screen(&s->copy, METFORMIN, "Metformin", no[3]);
    advance(&s->copy, no[2], "completed");
    assert_int_equal(outbox_of(&s->copy).unsent, 6);
    assert_int_equal(mt_shop_orders(&s->shop, NULL), 2); /* nothing of it has got through */
}

static void enrol_the_copy(struct story *s) {
    char code[64];
    cJSON *doc = mt_shop_admin(&s->shop, "register", "add", "--store", s->shop.store, "--code", "A09");
    snprintf(code, sizeof code, "%s", mt_text_of(doc, "enrolment_code"));
    cJSON_Delete(doc);
    doc = mt_counter_run(&s->copy, NULL, "enroll", "--code", code);
    assert_string_equal(mt_text_of(doc, "register"), "A09");
    cJSON_Delete(doc);
    sync_till(&s->copy);
    assert_false(outbox_of(&s->copy).frozen);
}

/* Six operations: a sale, its way to the shelf, an order nobody paid, two sales more and a hand-over. */
static void settle(struct story *s) {
    char ids[SALVAGED_MOST][64];
    assert_int_equal(exceptions(s, "open", ids), 6);
    assert_int_equal(mt_shop_orders(&s->shop, NULL), 3); /* those that were in order, and the copy's under its new code */
    resolve(s, ids[1], "apply", 404, "ORDER_NOT_FOUND"); /* its order comes first */
    resolve(s, ids[0], "settled", 400, "VALIDATION_FAILED");
    resolve(s, ids[0], "apply", 200, "\"state\":\"resolved\"");
    resolve(s, ids[1], "apply", 200, "\"state\":\"resolved\"");
    resolve(s, ids[2], "drop", 200, "\"state\":\"resolved\"");
    resolve(s, ids[0], "apply", 400, "VALIDATION_FAILED"); /* once */
    sync_till(&s->copy);
    for (int i = 3; i < 6; i++)
        resolve(s, ids[i], "apply", 200, "\"state\":\"resolved\"");
    assert_int_equal(exceptions(s, "open", NULL), 0);
    assert_int_equal(exceptions(s, "resolved", NULL), 6);
}

static void open_story(struct story *s, struct mt_engine_tests *engine) {
    char url[300];
    *s = (struct story){.folder = NULL};
    if (!engine->postgres) {
        mt_shop_open(&s->shop);
    } else {
        mt_temp_dir(&s->folder);
        assert_int_equal(setenv("XDG_STATE_HOME", s->folder, 1), 0);
        assert_true(mt_engine_database(engine, "", "salvage", url, sizeof url));
        mt_shop_open_at(&s->shop, url);
    }
    mt_counter_enrol(&s->till, &s->shop, "A01", NULL);
}

static void close_story(struct story *s) {
    mt_counter_close(&s->till);
    mt_counter_close(&s->copy);
    mt_shop_close(&s->shop);
    if (s->folder == NULL)
        return;
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    mt_temp_dir_remove(s->folder);
}

static void a_copied_till(void **state) {
    struct story s;
    char own[32], no[4][32], mine[32], later[32];
    open_story(&s, *state);
    both_go_on(&s, own, no);
    enrol_the_copy(&s);
    sell(&s.copy, AMOXICILLIN "*1", "cash", mine);
    assert_string_equal(mine, "A09-000001");
    settle(&s);
    sync_till(&s.copy);
    sync_till(&s.copy);
    assert_int_equal(outbox_of(&s.copy).attention, 1); /* what was dropped is told */
    sell(&s.till, METFORMIN "*1", "cash", later);      /* the original was never in anybody's way */
    stands(&s, own, "paid", 2 * METFORMIN_PRICE, "");
    stands(&s, mine, "paid", AMOXICILLIN_PRICE, "");
    stands(&s, later, "paid", METFORMIN_PRICE, "");
    stands(&s, "S01-000001", "preparing", 3 * IBUPROFEN_PRICE, no[0]);
    stands(&s, "S01-000002", "completed", 5 * IBUPROFEN_PRICE, no[2]);
    stands(&s, "S01-000003", "paid", METFORMIN_PRICE, no[3]);
    int64_t total = 0;
    assert_int_equal(mt_shop_orders(&s.shop, &total), 7);
    assert_int_equal(total, 2 * AMOXICILLIN_PRICE + 4 * METFORMIN_PRICE + 8 * IBUPROFEN_PRICE);
    assert_int_equal(cash_taken(&s), total);
    assert_int_equal(mt_shop_on_hand(&s.shop, AMOXICILLIN), 49);
    assert_int_equal(mt_shop_on_hand(&s.shop, METFORMIN), 496);
    assert_int_equal(mt_shop_on_hand(&s.shop, IBUPROFEN), 492);
    mt_shop_check(&s.shop);
    close_story(&s);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_copied_till)};
    return mt_engine_run(argc, argv, tests);
}
