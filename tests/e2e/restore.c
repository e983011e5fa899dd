/* The service is put back to an older state: by `medtermd restore`, or unnoticed, as a snapshot of its machine. Tills go on from
 * where they were, and whichever comes first, everything they did stands again with the outcome it had; what nobody can bring again
 * is listed. */
#include "hands.h"
#include "http.h"

#include <medterm/db/db.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EACH 250 /* orders a till takes after the backup */

enum how { RESTORED, PUT_BACK };

struct story {
    struct mt_shop shop;
    struct mt_counter till[2], late; /* late: enrolled after the backup */
    char *backup, *snapshot;
    char rest_no[32]; /* an order made over REST after the backup */
    struct mt_arena arena;
};

static int64_t sync_till(struct mt_counter *till) {
    cJSON *doc = mt_counter_run(till, NULL, "sync", "--once");
    int64_t unsent = mt_number_of(doc, "unsent");
    cJSON_Delete(doc);
    return unsent;
}

/* ---- what there is, as text ---- */

static const char *rows(struct story *s, const char *sql) {
    struct mt_db *db = NULL;
    struct mt_stmt *stmt = NULL;
    struct mt_err err = {.rc = MT_OK};
    struct mt_buf text;
    mt_buf_init(&text, 8u << 20);
    const struct mt_db_options o = {.url = s->shop.server.db_url, .mode = MT_DB_READ, .busy_ms = 5000};
    if (mt_db_open(&o, &db, &err) != MT_OK || mt_db_stmt(db, sql, &stmt, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    enum mt_step step;
    while ((step = mt_stmt_step(stmt, &err)) == MT_STEP_ROW) {
        mt_buf_sv(&text, mt_col_sv(stmt, 0));
        mt_buf_char(&text, '\n');
    }
    assert_int_equal(step, MT_STEP_DONE);
    mt_stmt_done(stmt);
    mt_db_close(db);
    const char *kept = mt_arena_sv(&s->arena, mt_buf_view(&text));
    assert_non_null(kept);
    mt_buf_fini(&text);
    return kept;
}

#define OF_TILLS "register_id NOT IN (SELECT client_id FROM mt_client)"

static const char *operations(struct story *s) {
    return rows(s, "SELECT op_id || ' ' || kind || ' ' || register_seq || ' ' || outcome FROM mt_operation WHERE " OF_TILLS
                   " ORDER BY op_id");
}

static const char *orders(struct story *s) {
    return rows(s, "SELECT order_no || ' ' || order_id || ' ' || status || ' ' || total_amount || ' ' || paid_amount || ' '"
                   " || refunded_amount FROM mt_order WHERE " OF_TILLS " ORDER BY order_no");
}

static const char *epoch(struct story *s) {
    return rows(s, "SELECT value FROM mt_meta WHERE key = 'epoch'");
}

/* The first line in which they differ says more than both. */
static void assert_same(const char *before, const char *after, const char *what) {
    while (*before != '\0' || *after != '\0') {
        size_t n = strcspn(before, "\n"), m = strcspn(after, "\n");
        if (n != m || strncmp(before, after, n) != 0)
            fail_msg("%s: before \"%.*s\", after \"%.*s\"", what, (int)n, before, (int)m, after);
        before += n + (before[n] != '\0');
        after += m + (after[m] != '\0');
    }
}

/* ---- the story ---- */

static void before_the_backup(struct story *s, char unpaid[MT_ORDER_NO_TEXT], char paid[MT_ORDER_NO_TEXT]) {
    struct mt_hands h;
    mt_shop_open(&s->shop);
    mt_arena_init(&s->arena, (size_t)64 << 20);
    cJSON_Delete(mt_shop_admin(&s->shop, "stock", "receive", "--store", s->shop.store, "--drug", IBUPROFEN, "--lot", "I2",
                               "--expires", "2099-01-31", "--quantity", "5000"));
    mt_counter_enrol(&s->till[0], &s->shop, "A01", NULL);
    mt_counter_enrol(&s->till[1], &s->shop, "A02", NULL);
    mt_hands_open(&h, &s->till[0]);
    mt_hands_sell(&h, METFORMIN, 1, false, false, unpaid);
    mt_hands_sell(&h, METFORMIN, 2, true, false, paid);
    mt_hands_close(&h);
    assert_int_equal(sync_till(&s->till[0]), 0);
    assert_int_equal(sync_till(&s->till[1]), 0);
}

static void back_up(struct story *s) {
    struct stat st;
    s->backup = mt_path(s->shop.dir, "nightly.backup");
    cJSON *doc = mt_shop_admin(&s->shop, "backup", s->backup);
    char line[64];
    snprintf(line, sizeof line, "%s\n", mt_text_of(doc, "epoch"));
    assert_string_equal(line, epoch(s));
    cJSON_Delete(doc);
    assert_int_equal(stat(s->backup, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct mt_run again = mt_run((const char *const[]){MEDTERMD, "backup", s->backup, "--db", s->shop.server.db_url, NULL}, NULL);
    assert_int_equal(again.status, 1); /* never over another */
    mt_run_free(&again);
    s->snapshot = mt_path(s->shop.dir, "snapshot");
    mt_shop_kill(&s->shop);
    assert_int_equal(mkdir(s->snapshot, 0700), 0);
    struct mt_run copy =
        mt_run((const char *const[]){"/bin/sh", "-c", "cp -p \"$0\"/medtermd.db* \"$1\"", s->shop.dir, s->snapshot, NULL}, NULL);
    assert_int_equal(copy.status, 0);
    mt_run_free(&copy);
    mt_shop_serve(&s->shop);
}

/* 250 orders: most paid, some unpaid and some of these paid later, some handed over; the first few numbers are told. */
static void take_orders(struct mt_counter *till, char no[4][MT_ORDER_NO_TEXT]) {
    struct mt_hands h;
    char later[MT_ORDER_NO_TEXT];
    mt_hands_open(&h, till);
    for (int i = 0; i < 4; i++)
        mt_hands_sell(&h, IBUPROFEN, 1, i % 2 == 1, false, no[i]); /* 0 and 2 unpaid, 1 and 3 paid */
    mt_hands_sell(&h, LAST_PACK, 1, false, false, NULL);           /* one of the two is refused */
    for (int i = 5; i < EACH; i++) {
        const bool paid = i % 5 != 0;
        mt_hands_sell(&h, IBUPROFEN, 1 + i % 3, paid, paid && i % 7 == 0, later);
        if (!paid && i % 2 == 0)
            mt_hands_pay(&h, later);
    }
    mt_hands_close(&h);
    assert_int_equal(sync_till(till), 0);
}

/* Each works on the other's orders, made before the backup and after. */
static void work_across(struct story *s, const char *unpaid, const char *paid, char no[2][4][MT_ORDER_NO_TEXT]) {
    struct mt_hands h;
    assert_int_equal(sync_till(&s->till[0]), 0);
    mt_hands_open(&h, &s->till[0]);
    mt_hands_advance(&h, no[1][1], MT_ORDER_PREPARING); /* the other's, and the claim */
    mt_hands_advance(&h, no[1][1], MT_ORDER_SHIPPED);
    mt_hands_cancel(&h, no[0][0]);
    mt_hands_pay(&h, no[0][2]);
    mt_hands_close(&h);
    assert_int_equal(sync_till(&s->till[0]), 0);
    assert_int_equal(sync_till(&s->till[1]), 0);
    mt_hands_open(&h, &s->till[1]);
    mt_hands_advance(&h, no[1][1], MT_ORDER_COMPLETED); /* its own, which the other one has brought on */
    mt_hands_advance(&h, paid, MT_ORDER_PREPARING);
    mt_hands_advance(&h, paid, MT_ORDER_COMPLETED);
    mt_hands_advance(&h, no[0][1], MT_ORDER_PREPARING);
    mt_hands_advance(&h, no[0][2], MT_ORDER_COMPLETED);
    mt_hands_cancel(&h, unpaid);
    mt_hands_close(&h);
    mt_hands_open(&h, &s->till[0]);
    mt_hands_advance(&h, no[0][1], MT_ORDER_PREPARING); /* the other one was faster: refused */
    mt_hands_pay(&h, unpaid);                           /* and cancelled meanwhile: an exception */
    mt_hands_close(&h);
    assert_int_equal(sync_till(&s->till[1]), 0);
    assert_int_equal(sync_till(&s->till[0]), 0);
    mt_hands_open(&h, &s->till[0]);
    mt_hands_advance(&h, no[0][3], MT_ORDER_SHIPPED);
    mt_hands_close(&h);
    assert_int_equal(sync_till(&s->till[0]), 0);
    assert_int_equal(sync_till(&s->till[1]), 0);
}

static void a_new_till(struct story *s) {
    struct mt_hands h;
    mt_counter_enrol(&s->late, &s->shop, "A05", NULL);
    mt_hands_open(&h, &s->late);
    for (int i = 0; i < 3; i++)
        mt_hands_sell(&h, AMOXICILLIN, 2, true, false, NULL);
    mt_hands_close(&h);
    assert_int_equal(sync_till(&s->late), 0);
}

/* An order of another program; its number. */
static void over_rest(struct story *s, const char *key, char no[32]) {
    char drug[64], body[256];
    mt_shop_drug_id(&s->shop, METFORMIN, drug);
    snprintf(body, sizeof body, "{\"fulfilment\":\"pickup\",\"items\":[{\"drug_id\":\"%s\",\"quantity\":1,\"price\":2100}]}", drug);
    struct mt_http answer = mt_http("POST", s->shop.url, "/v1/orders", s->shop.token, key, body);
    if (answer.status != 201)
        fail_msg("POST /v1/orders: %ld %s", answer.status, answer.body);
    cJSON *doc = cJSON_Parse(answer.body);
    snprintf(no, 32, "%s", mt_text_of(doc, "order_no"));
    cJSON_Delete(doc);
    mt_http_free(&answer);
}

static bool lists(const cJSON *lost, const char *kind, const char *key, const char *value) {
    const cJSON *item;
    cJSON_ArrayForEach(item, lost) {
        if (strcmp(mt_text_of(item, "kind"), kind) == 0 && strcmp(mt_text_of(item, key), value) == 0)
            return true;
    }
    return false;
}

static void restore(struct story *s) {
    struct mt_run busy = mt_run((const char *const[]){MEDTERMD, "restore", s->backup, "--db", s->shop.server.db_url, NULL}, NULL);
    assert_int_equal(busy.status, 1); /* while it is served */
    assert_non_null(strstr(busy.err, "Stop that one first"));
    mt_run_free(&busy);
    mt_server_stop(&s->shop.server);
    cJSON *doc = mt_shop_admin(&s->shop, "restore", s->backup);
    const cJSON *lost = cJSON_GetObjectItem(doc, "lost");
    assert_true(lists(lost, "enrolment", "register", "A05"));
    assert_true(lists(lost, "operation", "order_no", s->rest_no));
    assert_false(lists(lost, "enrolment", "register", "A01"));
    assert_int_equal(access(mt_text_of(doc, "replaced"), F_OK), 0);
    cJSON_Delete(doc);
    mt_shop_serve(&s->shop);
}

/* The machine comes back as it was that night, and nobody says so. */
static void put_back(struct story *s) {
    mt_shop_kill(&s->shop);
    struct mt_run copy = mt_run(
        (const char *const[]){"/bin/sh", "-c", "rm \"$0\"/medtermd.db* && cp -p \"$1\"/* \"$0\"", s->shop.dir, s->snapshot, NULL},
        NULL);
    assert_int_equal(copy.status, 0);
    mt_run_free(&copy);
    mt_shop_serve(&s->shop);
}

static void come_back(struct story *s, int first, enum how how) {
    int status = 0;
    char code[64];
    for (int round = 0; round < 2; round++) {
        assert_int_equal(sync_till(&s->till[first]), 0);
        assert_int_equal(sync_till(&s->till[1 - first]), 0);
    }
    cJSON_Delete(mt_counter_run(&s->late, &status, "sync", "--once"));
    cJSON *doc = how == RESTORED ? mt_shop_admin(&s->shop, "register", "recover", "--code", "A05")
                                 : mt_shop_admin(&s->shop, "register", "recover", "--code", "A05", "--store", s->shop.store);
    snprintf(code, sizeof code, "%s", mt_text_of(doc, "enrolment_code"));
    cJSON_Delete(doc);
    doc = mt_counter_run(&s->late, NULL, "enroll", "--code", code);
    assert_string_equal(mt_text_of(doc, "register"), "A05");
    cJSON_Delete(doc);
    assert_int_equal(sync_till(&s->late), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(sync_till(&s->till[i]), 0);
}

static int64_t attention(struct mt_counter *till) {
    cJSON *doc = mt_counter_run(till, NULL, "outbox");
    int64_t n = mt_number_of(doc, "attention");
    cJSON_Delete(doc);
    return n;
}

static void tell(enum how how, int first) {
    struct story s = {.rest_no = ""};
    char rest_no[32], unpaid[MT_ORDER_NO_TEXT], paid[MT_ORDER_NO_TEXT], no[2][4][MT_ORDER_NO_TEXT];
    before_the_backup(&s, unpaid, paid);
    back_up(&s);
    take_orders(&s.till[0], no[0]);
    take_orders(&s.till[1], no[1]);
    work_across(&s, unpaid, paid, no);
    a_new_till(&s);
    over_rest(&s, "Idempotency-Key: before", s.rest_no);
    const char *ops = operations(&s), *all = orders(&s), *old_epoch = epoch(&s);
    const int64_t needs[2] = {attention(&s.till[0]), attention(&s.till[1])};
    assert_true(needs[0] + needs[1] >= 2);
    mt_shop_check(&s.shop);
    how == RESTORED ? restore(&s) : put_back(&s);
    come_back(&s, first, how);
    assert_string_not_equal(epoch(&s), old_epoch);
    assert_same(ops, operations(&s), "operations");
    assert_same(all, orders(&s), "orders");
    for (int i = 0; i < 2; i++)
        assert_int_equal(attention(&s.till[i]), needs[i]);
    assert_null(mt_shop_order(&s.shop, s.rest_no)); /* gone, and its number is nobody else's */
    over_rest(&s, "Idempotency-Key: after", rest_no);
    assert_true(strtol(strchr(rest_no, '-') + 1, NULL, 10) > 1000000);
    mt_shop_check(&s.shop);
    for (int i = 0; i < 2; i++)
        mt_counter_close(&s.till[i]);
    mt_counter_close(&s.late);
    free(s.backup);
    free(s.snapshot);
    mt_arena_fini(&s.arena);
    mt_shop_close(&s.shop);
}

static void restored_first_till_first(void **state) {
    (void)state;
    tell(RESTORED, 0);
}

static void restored_second_till_first(void **state) {
    (void)state;
    tell(RESTORED, 1);
}

static void put_back_first_till_first(void **state) {
    (void)state;
    tell(PUT_BACK, 0);
}

static void put_back_second_till_first(void **state) {
    (void)state;
    tell(PUT_BACK, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restored_first_till_first),
        cmocka_unit_test(restored_second_till_first),
        cmocka_unit_test(put_back_first_till_first),
        cmocka_unit_test(put_back_second_till_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
