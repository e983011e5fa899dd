/* What people, scanners, terminals, signals and disks do to a till: a clear message, a next step, nothing lost. */
#include "proxy.h"
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>
#include <medterm/db/db.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct mt_shop shop;

/* Every test has a till of its own at the one shop. */
static int open_the_shop(void **state) {
    (void)state;
    mt_shop_open(&shop);
    return 0;
}

static int close_the_shop(void **state) {
    (void)state;
    mt_shop_check(&shop);
    mt_shop_close(&shop);
    return 0;
}

static void open_till(struct mt_counter *till) {
    static unsigned char number = 0;
    char code[8];
    snprintf(code, sizeof code, "T%02u", ++number);
    mt_counter_enrol(till, &shop, code, NULL);
    mt_counter_start(till);
    mt_counter_sign_in(till);
}

static void close_till(struct mt_counter *till) {
    mt_counter_quit(till);
    mt_counter_close(till);
}

static bool has_one(void *ctx) {
    const char *order_no = ctx;
    cJSON *order = mt_shop_order(&shop, order_no);
    bool is = order != NULL;
    cJSON_Delete(order);
    return is;
}

/* ---- keys, pastes, scanners ---- */

static void keys_nobody_knows(void **state) {
    (void)state;
    static const char noise[] = "\033[99~\033[1;7Q\xFF\xC0\x80\x1C\x00\033Oz\xE2\x80\xAE";
    struct mt_counter till;
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_bytes(till.screen, noise, sizeof noise - 1);
    for (int i = 0; i < 300; i++)
        mt_pty_bytes(till.screen, "\xE9\x98", 2);
    mt_pty_keys(till.screen, "metf");
    mt_pty_expect(till.screen, "in stock");
    mt_pty_expect(till.screen, "metf");
    assert_false(mt_pty_shows(till.screen, "99~"));
    mt_pty_keys(till.screen, "<Enter>");
    mt_pty_expect(till.screen, "39.50"); /* both lines */
    close_till(&till);
}

static void a_paste_triggers_nothing(void **state) {
    (void)state;
    static const char paste[] = IBUPROFEN "\r\033OS\r\r";
    struct mt_counter till;
    open_till(&till);
    mt_counter_scan(&till, METFORMIN, "Metformin tabs");
    mt_pty_paste(till.screen, paste, sizeof paste - 1);
    mt_pty_expect(till.screen, IBUPROFEN);
    assert_false(mt_pty_shows(till.screen, "Pay T"));
    assert_false(mt_pty_shows(till.screen, "Ibuprofen SR caps          0.3 g × 20     │"));
    mt_pty_expect(till.screen, "21.00");
    size_t n = 1000000;
    char *big = malloc(n);
    assert_non_null(big);
    memset(big, 'x', n);
    mt_pty_paste(till.screen, big, n);
    free(big);
    mt_pty_expect(till.screen, "nput truncated");
    mt_counter_kill(&till); /* the cart is kept whatever is in the input */
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "Metformin tabs");
    close_till(&till);
}

static void twenty_scans_at_once(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    for (int i = 0; i < 10; i++)
        mt_pty_keys(till.screen, IBUPROFEN "<Enter>" METFORMIN "<Enter>");
    mt_pty_expect(till.screen, "185.00");
    mt_pty_expect(till.screen, "210.00");
    mt_pty_expect(till.screen, "395.00");
    mt_pty_keys(till.screen, "6901000000029<Enter>");
    mt_pty_expect(till.screen, "check digit");
    mt_pty_keys(till.screen, UNKNOWN_CODE "<Enter>");
    mt_pty_expect(till.screen, "Unknown code " UNKNOWN_CODE);
    mt_pty_expect(till.screen, "395.00");
    close_till(&till);
}

static void a_scan_is_no_pin_and_no_sum(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_keys(till.screen, "<F4>");
    mt_pty_expect_row(till.screen, 1, "Pay ");
    mt_pty_keys(till.screen, METFORMIN "<Enter>");
    mt_pty_expect(till.screen, "A scan came in");
    assert_false(mt_pty_shows(till.screen, "Paid T"));
    mt_pty_keys(till.screen, "<Esc>");
    mt_pty_expect(till.screen, "Ibuprofen SR caps");
    mt_pty_keys(till.screen, "<F10>");
    mt_pty_expect(till.screen, "PIN");
    mt_pty_keys(till.screen, METFORMIN "<Enter>");
    mt_pty_expect(till.screen, "PIN is typed by hand");
    mt_pty_pause(till.screen, 200);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "Ibuprofen SR caps");
    close_till(&till);
}

static void enter_twice_pays_once(void **state) {
    (void)state;
    struct mt_counter till;
    char order_no[32];
    open_till(&till);
    int before = mt_shop_orders(&shop, NULL);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_keys(till.screen, "<F4>");
    mt_pty_expect_row(till.screen, 1, "Pay ");
    mt_pty_keys(till.screen, "<Enter><Enter><Enter><Enter>");
    mt_pty_expect_row(till.screen, 0, "0 unsent");
    snprintf(order_no, sizeof order_no, "%.3s-000001", strrchr(till.home, '/') + 1);
    mt_pty_until(till.screen, has_one, order_no, "the order is at the service");
    mt_counter_scan(&till, METFORMIN, "Metformin tabs");
    mt_counter_pay(&till, order_no);
    mt_pty_until(till.screen, has_one, order_no, "the next order is at the service");
    assert_non_null(strstr(order_no, "-000002"));
    assert_int_equal(mt_shop_orders(&shop, NULL), before + 2);
    close_till(&till);
}

static void is_harmless(const char *text) {
    for (const char *p = text; *p != '\0'; p++)
        assert_true((unsigned char)*p >= 0x20 || *p == '\n');
    assert_null(strstr(text, "\xC2\x9B"));
    assert_null(strstr(text, "\xE2\x80\xAE"));
    assert_null(strstr(text, "\xE2\x80\x8F"));
    assert_null(strstr(text, "\xEF\xBB\xBF"));
}

/* Neither program's log holds a control byte, nor the name. */
static void logs_are_harmless(const struct mt_counter *till, const char *name) {
    char *path = mt_path(till->home, "medterm.log");
    char *texts[2] = {mt_file_text(path), mt_file_text(shop.server.log)};
    for (int i = 0; i < 2; i++) {
        assert_non_null(texts[i]);
        is_harmless(texts[i]);
        assert_null(strstr(texts[i], name));
        free(texts[i]);
    }
    free(path);
}

static void hostile_names_are_only_text(void **state) {
    (void)state;
    struct mt_counter till;
    char order_no[32];
    open_till(&till);
    mt_counter_scan(&till, HOSTILE, "Evil31m");
    int row, col;
    assert_true(mt_pty_find(till.screen, "Evil31m", &row, &col));
    char line[1024];
    mt_pty_row(till.screen, row, line, sizeof line);
    assert_null(strstr(line, "\xE2\x80\xAE"));
    mt_pty_expect_row(till.screen, row, "5.00");
    mt_counter_pay(&till, order_no);
    char *receipt = mt_counter_receipt(&till, order_no);
    assert_non_null(strstr(receipt, "Evil"));
    is_harmless(receipt);
    free(receipt);
    mt_pty_until(till.screen, has_one, order_no, "the order is at the service");
    logs_are_harmless(&till, "Evil");
    close_till(&till);
}

/* What a person pastes into the customer's dialog goes to the screen, the service and back. */
static void a_hostile_patient(void **state) {
    (void)state;
    static const char name[] = "Wu\033[2J\033]0;x\007\r\n\t\xE2\x80\xAE\xE2\x80\x8F\xEF\xBB\xBF 王小明\xFF";
    struct mt_counter till;
    char order_no[32];
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_keys(till.screen, "<F3>");
    mt_pty_expect(till.screen, "Patient");
    mt_pty_paste(till.screen, name, sizeof name - 1);
    mt_pty_expect(till.screen, "王小明");
    mt_pty_expect(till.screen, "Patient");
    mt_pty_keys(till.screen, "<Enter>");
    mt_pty_expect_row(till.screen, 1, "王小明");
    mt_counter_pay(&till, order_no);
    mt_pty_until(till.screen, has_one, order_no, "the order is at the service");
    cJSON *order = mt_shop_order(&shop, order_no);
    is_harmless(mt_text_of(order, "user_name"));
    assert_non_null(strstr(mt_text_of(order, "user_name"), "王小明"));
    cJSON_Delete(order);
    mt_pty_keys(till.screen, "<F5>");
    mt_pty_expect(till.screen, order_no);
    mt_pty_expect(till.screen, "王小明");
    logs_are_harmless(&till, "王小明");
    close_till(&till);
}

/* ---- terminals and signals ---- */

static void sizes(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_resize(till.screen, 10, 40);
    mt_pty_expect(till.screen, "80");
    mt_pty_expect_gone(till.screen, "Ibuprofen");
    for (int i = 0; i < 1000; i++)
        mt_pty_resize(till.screen, 1 + i % 40, 1 + i % 130);
    mt_pty_resize(till.screen, 1, 1);
    mt_pty_resize(till.screen, 24, 80);
    mt_pty_expect(till.screen, "Ibuprofen SR caps");
    mt_pty_expect(till.screen, "18.50");
    mt_pty_resize(till.screen, 40, 120);
    mt_pty_expect_row(till.screen, 39, "F1");
    close_till(&till);
}

static void ends_by(int signal) {
    struct mt_counter till;
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    assert_false(mt_pty_is_restored(till.screen));
    mt_pty_kill(till.screen, signal);
    mt_pty_expect_exit(till.screen);
    assert_true(mt_pty_is_restored(till.screen));
    assert_false(mt_pty_shows(till.screen, "Ibuprofen SR caps"));
    mt_pty_free(till.screen);
    till.screen = NULL;
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "Ibuprofen SR caps");
    close_till(&till);
}

static void ended_by_sigterm(void **state) {
    (void)state;
    ends_by(SIGTERM);
}

static void ended_by_sighup(void **state) {
    (void)state;
    ends_by(SIGHUP);
}

static void the_terminal_goes_away(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_pty_hang_up(till.screen);
    mt_pty_expect_exit(till.screen);
    mt_pty_free(till.screen);
    till.screen = NULL;
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "Ibuprofen SR caps");
    close_till(&till);
}

static void a_second_till_on_the_same_folder(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    struct mt_pty *second =
        mt_pty_spawn(24, 80, (const char *const[]){MEDTERM, "--state-dir", till.dir, "--server", till.url, NULL}, NULL);
    assert_int_equal(mt_pty_expect_exit(second), 1);
    mt_pty_expect(second, "already open");
    mt_pty_free(second);
    cJSON_Delete(mt_counter_run(&till, NULL, "outbox")); /* reading takes no lock */
    close_till(&till);
}

/* ---- disks and files ---- */

static char *register_file(const struct mt_counter *till) {
    return mt_path(till->dir, "register.db");
}

/* Starts the till, which must refuse to; its words are expected on the screen. */
static void refuses_to_start(struct mt_counter *till, const char *words) {
    struct mt_pty *p =
        mt_pty_spawn(24, 200, (const char *const[]){MEDTERM, "--state-dir", till->dir, "--server", till->url, NULL}, NULL);
    assert_int_equal(mt_pty_expect_exit(p), 1);
    mt_pty_expect(p, words);
    mt_pty_free(p);
}

static bool has_file_like(const char *dir, const char *part) {
    DIR *d = opendir(dir);
    bool found = false;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        found = found || strstr(e->d_name, part) != NULL;
    closedir(d);
    return found;
}

static void a_damaged_register_file(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_quit(&till);
    char *path = register_file(&till), *before = mt_file_text(path);
    assert_non_null(before);
    free(before);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    for (int i = 0; i < 200; i++)
        assert_true(fputs("not a database. ", file) >= 0);
    assert_int_equal(fclose(file), 0);
    refuses_to_start(&till, "damaged");
    assert_true(has_file_like(till.dir, "register.db.damaged-"));
    char *after = mt_file_text(path);
    assert_non_null(after);
    assert_int_equal(strncmp(after, "not a database. ", 16), 0); /* it is still there, as it is */
    free(after);
    free(path);
    mt_counter_close(&till);
}

static void a_register_file_of_a_newer_version(void **state) {
    (void)state;
    struct mt_counter till;
    struct mt_db *db = NULL;
    open_till(&till);
    mt_counter_quit(&till);
    char *path = register_file(&till);
    struct mt_db_options options = {.url = path, .mode = MT_DB_WRITE, .busy_ms = 1000};
    assert_int_equal(mt_db_open(&options, &db, NULL), MT_OK);
    assert_int_equal(
        mt_db_exec(db, "INSERT INTO mt_migration(version, name) SELECT max(version) + 1, 'of tomorrow' FROM mt_migration", NULL),
        MT_OK);
    mt_db_close(db);
    refuses_to_start(&till, "newer");
    free(path);
    mt_counter_close(&till);
}

static void a_page_damaged_in_the_middle(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_quit(&till);
    char *path = register_file(&till);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
    for (int i = 0; i < 4096; i++)
        assert_true(fputs("\x5A\xA5\x5A", file) >= 0);
    assert_int_equal(fclose(file), 0);
    refuses_to_start(&till, "damaged");
    assert_true(has_file_like(till.dir, "register.db.damaged-"));
    free(path);
    mt_counter_close(&till);
}

/* Lines in the file that this version can not read are told, and never mix with the next order. */
static void a_cart_nobody_can_read(void **state) {
    (void)state;
    struct mt_counter till;
    struct mt_db *db;
    open_till(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_counter_scan(&till, METFORMIN, "Metformin tabs");
    mt_counter_quit(&till);
    char *path = register_file(&till);
    const struct mt_db_options o = {.url = path, .mode = MT_DB_WRITE, .busy_ms = 1000};
    assert_int_equal(mt_db_open(&o, &db, NULL), MT_OK);
    assert_int_equal(mt_db_exec(db, "UPDATE cart_line SET drug = 'of tomorrow' WHERE at = 1", NULL), MT_OK);
    mt_db_close(db);
    free(path);
    mt_counter_start(&till);
    mt_pty_expect(till.screen, "could not be read");
    mt_counter_sign_in(&till);
    mt_counter_scan(&till, AMOXICILLIN, "Amoxicillin caps");
    mt_counter_kill(&till);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_expect(till.screen, "Amoxicillin caps");
    mt_pty_expect(till.screen, "12.80");
    assert_false(mt_pty_shows(till.screen, "Metformin"));
    close_till(&till);
}

static void the_address_given_is_in_the_guide(void **state) {
    (void)state;
    char *home;
    mt_temp_dir(&home);
    struct mt_pty *p =
        mt_pty_spawn(24, 80, (const char *const[]){MEDTERM, "--state-dir", home, "--server", "https://orders.example", NULL}, NULL);
    mt_pty_expect(p, "https://orders.example");
    mt_pty_keys(p, "<Ctrl-Q>");
    assert_int_equal(mt_pty_expect_exit(p), 0);
    mt_pty_free(p);
    mt_temp_dir_remove(home);
}

/* A till on a disk of its own, which the test can fill: a tmpfs in a name space of its own, where the machine allows it. */
static bool start_on_small_disk(struct mt_counter *till, const char *more) {
    char script[2048];
    snprintf(
        script, sizeof script,
        "cp -a %s %s.kept && mount -t tmpfs -o size=3m tmpfs %s && cp -a %s.kept/. %s/ && %s exec %s --state-dir %s --server %s",
        till->dir, till->dir, till->dir, till->dir, till->dir, more, MEDTERM, till->dir, till->url);
    struct mt_run can =
        mt_run((const char *const[]){"unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt", NULL}, NULL);
    bool able = can.status == 0;
    mt_run_free(&can);
    if (!able)
        return false;
    char home[300];
    snprintf(home, sizeof home, "HOME=%s", till->home);
    till->screen =
        mt_pty_spawn(24, 200, (const char *const[]){"unshare", "-rm", "sh", "-c", script, NULL}, (const char *const[]){home, NULL});
    return true;
}

/* The lines of the cart in the file; it is copied, because SQLite would look its path up in this name space. */
static int64_t journaled(const struct mt_counter *till) {
    char inside[512];
    struct mt_db *db;
    struct mt_stmt *s;
    snprintf(inside, sizeof inside, "/proc/%d/root%s", (int)mt_pty_pid(till->screen), till->dir);
    char *copy = mt_path(till->home, "copy");
    mt_copy_dir(inside, copy);
    char *path = mt_path(copy, "register.db");
    const struct mt_db_options o = {.url = path, .mode = MT_DB_READ, .busy_ms = 1000};
    assert_int_equal(mt_db_open(&o, &db, NULL), MT_OK);
    assert_int_equal(mt_db_stmt(db, "SELECT count(*) FROM cart_line", &s, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    const int64_t lines = mt_col_int(s, 0);
    mt_stmt_done(s);
    mt_db_close(db);
    free(path);
    free(copy);
    return lines;
}

static void a_full_disk(void **state) {
    (void)state;
    struct mt_counter till;
    char path[512], order_no[32];
    open_till(&till);
    mt_counter_quit(&till);
    if (!start_on_small_disk(&till, "")) {
        print_message("skipped: no name spaces with mounts here\n");
        mt_counter_close(&till);
        skip();
    }
    mt_pty_expect(till.screen, "PIN");
    mt_counter_sign_in(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    snprintf(path, sizeof path, "/proc/%d/root%s/filler", (int)mt_pty_pid(till.screen), till.dir);
    FILE *filler = fopen(path, "w");
    assert_non_null(filler);
    static const char page[4096];
    setvbuf(filler, NULL, _IONBF, 0);
    while (fwrite(page, sizeof page, 1, filler) == 1) {
    }
    fclose(filler);
    mt_counter_scan(&till, AMOXICILLIN, "Amoxicillin caps");
    mt_pty_expect(till.screen, "on the screen only");
    mt_pty_keys(till.screen, "<F4>");
    mt_pty_expect_row(till.screen, 1, "Pay ");
    mt_pty_keys(till.screen, "<Enter>");
    mt_pty_expect(till.screen, "Not saved");
    mt_pty_expect(till.screen, "full");
    assert_false(mt_pty_shows(till.screen, "Paid T"));
    assert_int_equal(unlink(path), 0); /* room again: the same sale goes through */
    mt_pty_keys(till.screen, "<Esc>");
    mt_pty_expect_row(till.screen, 1, "Order ");
    mt_counter_scan(&till, METFORMIN, "Metformin tabs"); /* keeps the line that could not be, too */
    assert_int_equal(journaled(&till), 3);
    mt_counter_pay(&till, order_no);
    assert_non_null(strstr(order_no, "-00000"));
    mt_pty_until(till.screen, has_one, order_no, "the order is at the service");
    mt_counter_quit(&till);
    mt_counter_close(&till);
}

static void a_disk_that_can_not_be_written(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_quit(&till);
    char remount[512];
    snprintf(remount, sizeof remount, "mount -o remount,ro %s &&", till.dir);
    if (!start_on_small_disk(&till, remount)) {
        print_message("skipped: no name spaces with mounts here\n");
        mt_counter_close(&till);
        skip();
    }
    assert_int_equal(mt_pty_expect_exit(till.screen), 1);
    mt_pty_expect(till.screen, "ead-only");
    mt_counter_close(&till);
}

static void the_outbox_can_be_exported(void **state) {
    (void)state;
    struct mt_counter till;
    open_till(&till);
    mt_counter_quit(&till);
    snprintf(till.url, sizeof till.url, "http://127.0.0.1:1"); /* nobody is there */
    for (int i = 0; i < 2; i++)
        cJSON_Delete(mt_counter_run(&till, NULL, "sell", "--staff", shop.staff, "--items", (IBUPROFEN "*1"), "--pay", "cash"));
    char *path = mt_path(till.home, "outbox.json");
    cJSON *doc = mt_counter_run(&till, NULL, "export-outbox", path);
    char *text = mt_file_text(path);
    assert_non_null(text);
    cJSON *written = cJSON_Parse(text);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(written, "operations")), 2);
    assert_non_null(strstr(text, "order.create"));
    cJSON_Delete(written);
    cJSON_Delete(doc);
    free(text);
    free(path);
    mt_counter_close(&till);
}

/* ---- the line ---- */

static void a_captive_portal(void **state) {
    (void)state;
    struct mt_counter till;
    char url[64], order_no[32];
    struct mt_proxy *line = mt_proxy_start(shop.port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", mt_proxy_port(line));
    mt_counter_enrol(&till, &shop, "P01", url);
    mt_proxy_mode(line, MT_PROXY_HTML);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_counter_pay(&till, order_no);
    mt_pty_expect_row(till.screen, 0, "○");
    mt_pty_expect_row(till.screen, 0, "1 unsent");
    mt_proxy_mode(line, MT_PROXY_PASS);
    mt_pty_keys(till.screen, "<F9><Ctrl-T>");
    mt_pty_expect_row(till.screen, 0, "0 unsent");
    assert_true(has_one(order_no));
    close_till(&till);
    mt_proxy_stop(line);
}

static void a_token_that_is_refused(void **state) {
    (void)state;
    struct mt_counter till;
    char url[64], order_no[32];
    struct mt_proxy *line = mt_proxy_start(shop.port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", mt_proxy_port(line));
    mt_counter_enrol(&till, &shop, "P02", url);
    mt_proxy_mode(line, MT_PROXY_DENIED);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_counter_scan(&till, IBUPROFEN, "Ibuprofen SR caps");
    mt_counter_pay(&till, order_no);
    mt_pty_expect_row(till.screen, 0, "paused");
    mt_pty_expect_row(till.screen, 0, "1 unsent");
    mt_proxy_mode(line, MT_PROXY_PASS);
    mt_pty_keys(till.screen, "<F9><Ctrl-T>");
    mt_pty_expect_row(till.screen, 0, "0 unsent");
    mt_pty_expect_row(till.screen, 0, "online");
    assert_true(has_one(order_no));
    close_till(&till);
    mt_proxy_stop(line);
}

/* A script that has stopped reading gets no answer, and the command still goes to its end. */
static void nobody_reads_the_answer(void **state) {
    (void)state;
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGPIPE, SIG_DFL);
        (void)dup2(ends[1], STDOUT_FILENO);
        execl(MEDTERM, MEDTERM, "--version", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 127);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_nobody_knows),
        cmocka_unit_test(a_paste_triggers_nothing),
        cmocka_unit_test(twenty_scans_at_once),
        cmocka_unit_test(a_scan_is_no_pin_and_no_sum),
        cmocka_unit_test(enter_twice_pays_once),
        cmocka_unit_test(hostile_names_are_only_text),
        cmocka_unit_test(a_hostile_patient),
        cmocka_unit_test(sizes),
        cmocka_unit_test(ended_by_sigterm),
        cmocka_unit_test(ended_by_sighup),
        cmocka_unit_test(the_terminal_goes_away),
        cmocka_unit_test(a_second_till_on_the_same_folder),
        cmocka_unit_test(a_damaged_register_file),
        cmocka_unit_test(a_page_damaged_in_the_middle),
        cmocka_unit_test(a_cart_nobody_can_read),
        cmocka_unit_test(the_address_given_is_in_the_guide),
        cmocka_unit_test(a_register_file_of_a_newer_version),
        cmocka_unit_test(a_full_disk),
        cmocka_unit_test(a_disk_that_can_not_be_written),
        cmocka_unit_test(the_outbox_can_be_exported),
        cmocka_unit_test(nobody_reads_the_answer),
        cmocka_unit_test(a_captive_portal),
        cmocka_unit_test(a_token_that_is_refused),
    };
    return cmocka_run_group_tests(tests, open_the_shop, close_the_shop);
}
