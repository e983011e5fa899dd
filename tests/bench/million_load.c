/* The orders are put in as the service's own queries put them in, many in a transaction. On PostgreSQL they travel in its pipeline,
 * and keys between tables are not looked up for each row while loading: the rows are ours. */
#include "million_load.h"

#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>
#include <medterm/repo/people.h>
#include <medterm/service/admin.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define A_BATCH 20000

static const char *const codes[] = {"A01", "A02", "B01"};
static const char *const surnames[] = {"Wang", "Li",  "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu",  "Zhou",
                                       "Xu",   "Sun", "Ma",    "Zhu", "Hu",   "Guo",  "He",    "Lin",  "Gao", "Luo"};
static const char *const given[] = {"Fang", "Wei", "Min", "Jing", "Li", "Qiang", "Lei", "Jun", "Yang", "Yong"};

const char *side_register(size_t n) {
    return codes[n];
}

const char *side_surname(size_t n) {
    return surnames[n];
}

void bench_must(enum mt_rc rc, const struct mt_err *err) {
    if (rc != MT_OK)
        bench_die(err != NULL ? mt_err_text(err) : mt_rc_text(rc));
}

void side_drug_name(int n, char out[64]) {
    static const char *const stems[] = {"Amoxi", "Cefa", "Ibu", "Metfor", "Lora", "Ome", "Ator", "Amlo", "Para", "Azi"};
    static const char *const ends[] = {"cillin",  "lexin",    "profen", "min",     "tadine",
                                       "prazole", "vastatin", "dipine", "cetamol", "thromycin"};
    (void)snprintf(out, 64, "%s%s %d", stems[n % 10], ends[n / 10 % 10], n / 100 + 1);
}

void side_drug_code(int n, char out[16]) {
    (void)snprintf(out, 16, "69000%08u", (unsigned)n % 100000000u);
}

void side_patient(int n, char name[64], char phone[16]) {
    (void)snprintf(name, 64, "%s %s", surnames[n % 20], given[n / 20 % 10]);
    (void)snprintf(phone, 16, "138%04d%04d", n % 7, n * 37 % 10000);
}

static struct mt_id number_id(int64_t a, int64_t b) {
    unsigned char bytes[16] = {0};
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(a >> (8 * (5 - i)));
    bytes[6] = 0x70;
    bytes[8] = 0x80;
    for (int i = 0; i < 6; i++)
        bytes[10 + i] = (unsigned char)(b >> (8 * (5 - i)));
    return mt_id_from_bytes(bytes);
}

static struct mt_money money(int64_t minor) {
    struct mt_money m;
    bench_must(mt_money_from_minor(minor, &m), NULL);
    return m;
}

static enum mt_order_status status_of(int64_t n) {
    const int64_t k = n * 7919 % 1000;
    return k < 2    ? MT_ORDER_PENDING
           : k < 5  ? MT_ORDER_PAID
           : k < 7  ? MT_ORDER_PREPARING
           : k < 9  ? MT_ORDER_SHIPPED
           : k < 49 ? MT_ORDER_CANCELLED
                    : MT_ORDER_COMPLETED;
}

static void put_order(struct mt_db *db, const struct side *s, int64_t n) {
    char name[64] = "", phone[16] = "", drugs[2][64];
    struct mt_err err = {.rc = MT_OK};
    struct mt_order_item items[2];
    struct mt_order o;
    const int r = (int)(n % 3);
    mt_order_blank(&o);
    if (n * 31 % 5 == 0)
        side_patient((int)(n / 5 % PATIENTS), name, phone);
    o.created_at = o.updated_at = o.taken_at = o.pay_time = FIRST_MS + n * APART_MS;
    o.order_id = number_id(o.created_at, n);
    bench_must(mt_order_no_make(codes[r], n / 3 + 1, o.order_no), NULL);
    o.store_id = s->stores[r / 2];
    o.status = status_of(n);
    o.version = 2;
    o.user_name = name;
    o.user_phone = phone;
    o.currency = "CNY";
    o.pay_type = "cash";
    for (int i = 0; i < 2; i++) {
        const int drug = (int)((n * 13 + i * 251) % DRUGS);
        side_drug_name(drug, drugs[i]);
        items[i] = (struct mt_order_item){.line = i + 1,
                                          .drug_id = number_id(1, drug),
                                          .drug_name = drugs[i],
                                          .drug_spec = "0.25 g × 24",
                                          .quantity = 1,
                                          .price = money(1280)};
    }
    o.items = items;
    o.item_count = 2;
    bench_must(mt_order_total(&o), NULL);
    o.paid_amount = o.total_amount;
    const struct mt_repo_order_extra extra = {
        .register_id = s->registers[r], .create_op_id = number_id(2, n), .prescription = "", .buyer_id_no = ""};
    bench_must(mt_repo_order_insert(db, &o, &extra, &err), &err);
    for (int i = 0; i < 2; i++) {
        const struct mt_lot_taken lot = {.lot_no = "L2401", .expires_on = mt_date_from_civil(2027, 3, 31), .quantity = 1};
        bench_must(mt_repo_item_lot_insert(db, o.order_id.s, i + 1, &lot, &err), &err);
    }
    const struct mt_payment p = {.payment_id = number_id(3, n),
                                 .status = MT_PAY_SUCCEEDED,
                                 .amount = o.total_amount,
                                 .change = mt_money_zero(),
                                 .reference = "",
                                 .at = o.created_at};
    bench_must(mt_repo_payment_insert(db, o.order_id.s, &p, extra.create_op_id.s, o.created_at, &err), &err);
}

static void put_drugs(struct mt_db *db) {
    struct mt_err err = {.rc = MT_OK};
    for (int n = 0; n < DRUGS; n++) {
        char code[16], name[64];
        side_drug_code(n, code);
        side_drug_name(n, name);
        const struct mt_drug d = {.drug_id = number_id(1, n),
                                  .code = code,
                                  .name = name,
                                  .spec = "0.25 g × 24",
                                  .form = "capsule",
                                  .maker = "Example",
                                  .generic = "",
                                  .pinyin = "",
                                  .shelf = "B2",
                                  .has_price = true,
                                  .sellable = true,
                                  .price = money(1280),
                                  .version = 1};
        bench_must(mt_repo_drug_put(db, &d, &err), &err);
    }
}

static struct mt_db *db_open(const struct side *s) {
    struct mt_db *db;
    struct mt_err err = {.rc = MT_OK};
    const struct mt_db_options o = {.url = s->url,
                                    .mode = MT_DB_WRITE,
                                    .sync = MT_DB_SYNC_NORMAL,
                                    .busy_ms = 600000, /* autovacuum works beside it */
                                    .cache_kib = 256 << 10,
                                    .patient = true};
    bench_must(mt_db_open(&o, &db, &err), &err);
    return db;
}

static void load(const struct side *s) {
    struct mt_db *db = db_open(s);
    struct mt_err err = {.rc = MT_OK};
    const bool postgres = mt_db_engine(db) == MT_ENGINE_POSTGRES;
    if (postgres)
        bench_must(mt_db_exec(db, "SET session_replication_role = replica", &err), &err);
    for (int64_t n = 0; n < s->orders;) {
        bench_must(mt_db_begin(db, MT_DB_WRITE, MT_HERE, &err), &err);
        if (n == 0)
            put_drugs(db);
        for (int64_t end = n + A_BATCH; n < end && n < s->orders; n++)
            put_order(db, s, n);
        bench_must(mt_db_commit(db, &err), &err);
    }
    if (postgres) {
        bench_must(mt_db_exec(db, "VACUUM ANALYZE", &err), &err);
        bench_must(mt_db_exec(db, "CHECKPOINT", &err), &err);
    }
    bench_must(mt_db_checkpoint(db, &err), &err);
    mt_db_close(db);
}

static void put_shop(struct side *s) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_id client;
    char code[15];
    bench_must(mt_session_open(s->service, true, &s->session, &err), &err);
    for (int i = 0; i < 2; i++)
        bench_must(mt_admin_store_add(s->session, i == 0 ? "Riverside" : "Hillside", "CNY", &s->stores[i], &err), &err);
    for (int i = 0; i < 3; i++)
        bench_must(mt_admin_register_add(s->session, &s->stores[i / 2], codes[i], &s->registers[i], code, &err), &err);
    bench_must(mt_admin_client_add(s->session, &s->stores[0], MT_ROLE_MANAGER, s->token, code, &client, &err), &err);
    mt_session_close(s->session);
}

void side_open(struct side *s, int64_t orders, const char *url) {
    struct mt_err err = {.rc = MT_OK};
    *s = (struct side){.dir = "/tmp/medterm-bench-XXXXXX", .orders = orders};
    if (mkdtemp(s->dir) == NULL)
        bench_die("no folder to work in");
    const int n =
        url != NULL ? snprintf(s->url, sizeof s->url, "%s", url) : snprintf(s->url, sizeof s->url, "sqlite://%s/orders.db", s->dir);
    if (n < 0 || (size_t)n >= sizeof s->url)
        bench_die("the database's address is too long");
    (void)snprintf(s->key, sizeof s->key, "%s/orders.db.key", s->dir);
    const struct mt_service_options o = {
        .db_url = s->url, .key_path = s->key, .clock = mt_clock_system(), .random = mt_random_system()};
    bench_must(mt_service_open(&o, &s->service, &err), &err);
    put_shop(s);
    load(s);
    bench_must(mt_session_open(s->service, false, &s->session, &err), &err);
    s->caller = (struct mt_caller){.kind = MT_CALLER_CLIENT, .store_id = s->stores[0], .role = MT_ROLE_MANAGER};
    mt_buf_init(&s->out, 16u << 20);
}

void side_close(struct side *s) {
    static const char *const ends[] = {"", "-wal", "-shm", ".key", ".serving"};
    mt_buf_fini(&s->out);
    mt_session_close(s->session);
    mt_service_close(s->service);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char path[96];
        (void)snprintf(path, sizeof path, "%s/orders.db%s", s->dir, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(s->dir);
}
