/* The commands of medterm as the binary: words, exit codes, and one document each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../e2e/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    struct mt_shop shop;
    struct mt_counter till;
};

static int setup(void **state) {
    static struct place p;
    mt_shop_open(&p.shop);
    mt_counter_enrol(&p.till, &p.shop, "A03", p.shop.url);
    *state = &p;
    return 0;
}

static int teardown(void **state) {
    struct place *p = *state;
    mt_counter_close(&p->till);
    mt_shop_close(&p->shop);
    return 0;
}

/* Runs it as given, nothing added; the exit code. Words of the error stream to err (owned) when wanted. */
static int run(const char *const *argv, char **err) {
    static const char *const env[] = {"MEDTERM_SERVER", "MEDTERM_STATE_DIR", "MEDTERM_CONFIG", NULL};
    struct mt_run r = mt_run(argv, env);
    const int status = r.status;
    if (err != NULL) {
        *err = r.err;
        r.err = NULL;
    }
    mt_run_free(&r);
    return status;
}

#define RUN(err, ...) run((const char *const[]){MEDTERM, __VA_ARGS__, NULL}, (err))

static void test_usage(void **state) {
    struct place *p = *state;
    char *err = NULL;
    const char *const dir = p->till.dir;
    assert_int_equal(RUN(NULL, "nonsense"), 2);
    assert_int_equal(RUN(NULL, "outbox", "--nonsense"), 2);
    assert_int_equal(RUN(NULL, "outbox", "extra", "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "sync", "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "sell", "--state-dir", dir), 2);
    char *nowhere = mt_path(p->till.home, "nowhere");
    assert_int_equal(RUN(NULL, "sell", "--state-dir", nowhere), 2);
    assert_int_equal(access(nowhere, F_OK), -1); /* a mistyped command leaves nothing behind */
    free(nowhere);
    assert_int_equal(RUN(NULL, "sell", "--items", IBUPROFEN, "--pay", "gold", "--staff", p->shop.staff, "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "sell", "--items", IBUPROFEN, "--pay", "cash", "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "advance", "A03-000001", "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "advance", "A03-000001", "nowhere", "--staff", p->shop.staff, "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "orders", "--status", "nowhere", "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "export-outbox", "--state-dir", dir), 2);
    assert_int_equal(RUN(NULL, "enroll", "--state-dir", dir), 2);
    assert_int_equal(RUN(&err, "sell", "--state-dir", dir), 2);
    assert_non_null(strstr(err, "usage: medterm"));
    free(err);
    assert_int_equal(RUN(NULL, "--help"), 0);
    assert_int_equal(RUN(NULL, "--version"), 0);
}

static void test_nothing_here(void **state) {
    struct place *p = *state;
    char *dir, *err = NULL;
    mt_temp_dir(&dir);
    assert_int_equal(RUN(&err, "outbox", "--state-dir", dir), 1);
    assert_non_null(strstr(err, "Enrol"));
    free(err);
    assert_int_equal(RUN(&err, "sync", "--once", "--state-dir", dir), 1);
    assert_non_null(strstr(err, "not enrolled"));
    free(err);
    assert_int_equal(RUN(&err, "enroll", "--server", p->shop.url, "--code", "ABCD-EFGH-JKMN", "--state-dir", dir), 1);
    assert_true(strlen(err) > 20);
    free(err);
    assert_int_equal(RUN(&err, "enroll", "--server", p->shop.url, "--code", "not a code", "--state-dir", dir), 1);
    assert_non_null(strstr(err, "not an enrolment code"));
    free(err);
    assert_int_equal(RUN(&err, "enroll", "--server", "http://pharmacy.example", "--code", "ABCD-EFGH-JKMN", "--state-dir", dir), 1);
    assert_non_null(strstr(err, "https://"));
    free(err);
    mt_temp_dir_remove(dir);
}

static cJSON *sell(struct place *p, int *status, const char *items, const char *pay) {
    return mt_counter_run(&p->till, status, "sell", "--staff", p->shop.staff, "--items", items, "--pay", pay);
}

static void test_sell(void **state) {
    struct place *p = *state;
    cJSON *doc = sell(p, NULL, IBUPROFEN "*2," METFORMIN, "cash=60");
    assert_string_equal(mt_text_of(doc, "order_no"), "A03-000001");
    assert_int_equal(mt_number_of(doc, "total_amount"), 5800);
    assert_int_equal(mt_number_of(doc, "change"), 200);
    assert_int_equal(mt_number_of(doc, "unsent"), 0);
    cJSON_Delete(doc);
    cJSON *order = mt_shop_order(&p->shop, "A03-000001");
    assert_string_equal(mt_text_of(order, "status"), "paid");
    assert_int_equal(mt_number_of(order, "total_amount"), 5800);
    cJSON_Delete(order);
    doc = sell(p, NULL, METFORMIN, "none");
    assert_int_equal(mt_number_of(doc, "change"), 0);
    cJSON_Delete(doc);
    doc = mt_counter_run(&p->till, NULL, "orders", "--status", "pending_payment");
    const cJSON *orders = cJSON_GetObjectItem(doc, "orders");
    assert_int_equal(cJSON_GetArraySize(orders), 1);
    assert_string_equal(mt_text_of(cJSON_GetArrayItem(orders, 0), "order_no"), "A03-000002");
    cJSON_Delete(doc);
    char *receipt = mt_counter_receipt(&p->till, "A03-000001");
    assert_non_null(strstr(receipt, "Change                                      2.00\n"));
    assert_null(strstr(receipt, "OFFLINE"));
    free(receipt);
}

/* Refused before anything is saved: no number is used up. */
static void test_sell_refused(void **state) {
    struct place *p = *state;
    static const struct {
        const char *items, *pay;
    } rows[] = {
        {UNKNOWN_CODE, "cash"},
        {"6901000000029", "cash"},
        {"rubbish", "cash"},
        {IBUPROFEN "*0", "cash"},
        {IBUPROFEN "*1000", "cash"},
        {IBUPROFEN "*-1", "cash"},
        {IBUPROFEN "*x", "cash"},
        {IBUPROFEN, "cash=1"},
        {IBUPROFEN, "cash=abc"},
        {MORPHINE, "cash"},
        {"", "cash"},
        {",", "cash"},
        {IBUPROFEN, "cash=1e9"},
        {IBUPROFEN, "cash=18.505"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status = 0;
        cJSON_Delete(sell(p, &status, rows[i].items, rows[i].pay));
        if (status != 1) {
            fail_msg("%s for %s: exit %d", rows[i].items, rows[i].pay, status);
        }
    }
    int status = 0;
    cJSON_Delete(mt_counter_run(&p->till, &status, "sell", "--staff", "nobody", "--items", IBUPROFEN, "--pay", "cash"));
    assert_int_equal(status, 1);
    cJSON *doc = sell(p, NULL, IBUPROFEN, "cash");
    assert_string_equal(mt_text_of(doc, "order_no"), "A03-000001");
    cJSON_Delete(doc);
}

static void test_without_a_line(void **state) {
    struct place *p = *state;
    mt_shop_kill(&p->shop);
    cJSON *doc = sell(p, NULL, IBUPROFEN, "cash");
    assert_int_equal(mt_number_of(doc, "unsent"), 1);
    cJSON_Delete(doc);
    char *receipt = mt_counter_receipt(&p->till, "OFFLINE");
    free(receipt);
    int status = 0;
    doc = mt_counter_run(&p->till, &status, "sync", "--once");
    assert_int_equal(status, 1);
    assert_int_equal(mt_number_of(doc, "unsent"), 1);
    cJSON_Delete(doc);
    doc = mt_counter_run(&p->till, NULL, "outbox");
    assert_int_equal(mt_number_of(doc, "unsent"), 1);
    assert_int_equal(mt_number_of(doc, "attention"), 0);
    const cJSON *op = cJSON_GetArrayItem(cJSON_GetObjectItem(doc, "operations"), 0);
    assert_string_equal(mt_text_of(op, "state"), "waiting");
    assert_string_equal(mt_text_of(op, "kind"), "order.create");
    assert_true(mt_number_of(op, "attempts") >= 1);
    assert_true(strlen(mt_text_of(op, "why")) > 0);
    cJSON_Delete(doc);
    char *path = mt_path(p->till.home, "export.json");
    doc = mt_counter_run(&p->till, NULL, "export-outbox", path);
    assert_int_equal(mt_number_of(doc, "operations"), 1);
    cJSON_Delete(doc);
    char *text = mt_file_text(path);
    cJSON *exported = cJSON_Parse(text);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(exported, "operations")), 1);
    cJSON_Delete(exported);
    free(text);
    free(path);
    mt_shop_serve(&p->shop);
    doc = mt_counter_run(&p->till, NULL, "sync", "--once");
    assert_int_equal(mt_number_of(doc, "pushed"), 1);
    assert_int_equal(mt_number_of(doc, "unsent"), 0);
    cJSON_Delete(doc);
}

/* Where the document can not be printed, the sale stands: a caller that took it for a failure would sell twice. */
static void test_sell_into_a_full_pipe(void **state) {
    struct place *p = *state;
    char *line = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&line, &n);
    assert_non_null(f);
    assert_true(fprintf(f, "%s sell --json --items %s --pay cash --staff %s --state-dir %s >/dev/full", MEDTERM, IBUPROFEN,
                        p->shop.staff, p->till.dir) > 0);
    assert_int_equal(fclose(f), 0);
    char *err = NULL;
    assert_int_equal(run((const char *const[]){"/bin/sh", "-c", line, NULL}, &err), 0);
    assert_non_null(strstr(err, "can not be printed"));
    free(err);
    free(line);
}

static void advance(struct place *p, const char *to, int expected, const char *status_now) {
    int status = 0;
    cJSON *doc = mt_counter_run(&p->till, &status, "advance", "--staff", p->shop.staff, "A03-000001", to);
    assert_int_equal(status, expected);
    if (status_now != NULL) {
        assert_string_equal(mt_text_of(doc, "status"), status_now);
        assert_string_equal(mt_text_of(doc, "order_no"), "A03-000001");
    }
    cJSON_Delete(doc);
}

static void test_advance(void **state) {
    struct place *p = *state;
    cJSON_Delete(sell(p, NULL, IBUPROFEN, "cash"));
    advance(p, "pending_payment", 1, NULL); /* no such edge */
    advance(p, "preparing", 0, "preparing");
    advance(p, "preparing", 0, "preparing"); /* a repeat tells the present state */
    advance(p, "shipped", 0, "shipped");
    advance(p, "completed", 0, "completed");
    advance(p, "preparing", 1, NULL);
    cJSON *order = mt_shop_order(&p->shop, "A03-000001");
    assert_string_equal(mt_text_of(order, "status"), "completed");
    cJSON_Delete(order);
    int status = 0;
    cJSON_Delete(mt_counter_run(&p->till, &status, "advance", "--staff", p->shop.staff, "A03-000099", "preparing"));
    assert_int_equal(status, 1);
}

static void test_roles(void **state) {
    struct place *p = *state;
    cJSON *packer = mt_shop_admin(&p->shop, "staff", "add", "--store", p->shop.store, "--name", "Packer", "--role", "fulfilment");
    cJSON_Delete(mt_counter_run(&p->till, NULL, "sync", "--once"));
    int status = 0;
    cJSON_Delete(mt_counter_run(&p->till, &status, "sell", "--staff", mt_text_of(packer, "staff_id"), "--items", IBUPROFEN, "--pay",
                                "cash"));
    assert_int_equal(status, 1);
    cJSON_Delete(packer);
}

static void test_files_are_private(void **state) {
    struct place *p = *state;
    static const char *const names[] = {"register.db", "cache/cache.db", "lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = mt_path(p->till.dir, names[i]);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
        free(path);
    }
}

#define COMMAND_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        COMMAND_TEST(test_usage),
        COMMAND_TEST(test_nothing_here),
        COMMAND_TEST(test_sell),
        COMMAND_TEST(test_sell_refused),
        COMMAND_TEST(test_without_a_line),
        COMMAND_TEST(test_advance),
        COMMAND_TEST(test_sell_into_a_full_pipe),
        COMMAND_TEST(test_roles),
        COMMAND_TEST(test_files_are_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
