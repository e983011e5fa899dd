/* What a list, a search and one order cost as orders become many: the same questions asked of 10,000 and of 1,000,000 orders, in
 * turn (so that a machine that drifts drifts for both), through the service's own queries on SQLite. Two stores, three registers,
 * 500 drugs, two lines an order, one order in five of a known patient, most completed. Patients come back: each has one order in a
 * thousand, so that a page of ten of theirs is full at both sizes and both answer with as much. One order in full
 * is asked for twice: of the newest 10,000, which is what people look at, and of all, where with a million each page has to come
 * from the file's cache and with 10,000 from the reader's own. Then all is asked again over HTTP, on one connection, of a real
 * medtermd: what a caller waits, which the goal is about. MT_BENCH_ORDERS sets another number than a million. */
#include "load.h"
#include "report.h"
#include "shop.h"

#include <medterm/crypto/crypto.h>
#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>
#include <medterm/repo/people.h>
#include <medterm/service/admin.h>
#include <medterm/service/lists.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FEW 10000
#define MANY 1000000
#define DRUGS 500
#define PATIENTS 200
#define ASKED 1000 /* times, each question at each size */
#define A_BATCH 20000
#define FIRST_MS 1735689600000 /* 2025-01-01 */
#define APART_MS 30000

struct side {
    char dir[32], path[64];
    int64_t orders;
    struct mt_service *service;
    struct mt_session *session;
    struct mt_id stores[2], registers[3];
    struct mt_caller caller;
    struct mt_buf out;
    struct bench_shop served; /* on the same file */
    char token[65];
};

static const char *const codes[] = {"A01", "A02", "B01"};
static const char *const surnames[] = {"Wang", "Li",  "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu",  "Zhou",
                                       "Xu",   "Sun", "Ma",    "Zhu", "Hu",   "Guo",  "He",    "Lin",  "Gao", "Luo"};
static const char *const given[] = {"Fang", "Wei", "Min", "Jing", "Li", "Qiang", "Lei", "Jun", "Yang", "Yong"};

static void must(enum mt_rc rc, const struct mt_err *err) {
    if (rc != MT_OK)
        bench_die(err != NULL ? mt_err_text(err) : mt_rc_text(rc));
}

static void drug_name(int n, char out[64]) {
    static const char *const stems[] = {"Amoxi", "Cefa", "Ibu", "Metfor", "Lora", "Ome", "Ator", "Amlo", "Para", "Azi"};
    static const char *const ends[] = {"cillin",  "lexin",    "profen", "min",     "tadine",
                                       "prazole", "vastatin", "dipine", "cetamol", "thromycin"};
    (void)snprintf(out, 64, "%s%s %d", stems[n % 10], ends[n / 10 % 10], n / 100 + 1);
}

static void drug_code(int n, char out[16]) {
    (void)snprintf(out, 16, "69000%08u", (unsigned)n % 100000000u);
}

static void patient(int n, char name[64], char phone[16]) {
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
    must(mt_money_from_minor(minor, &m), NULL);
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
        patient((int)(n / 5 % PATIENTS), name, phone);
    o.created_at = o.updated_at = o.taken_at = o.pay_time = FIRST_MS + n * APART_MS;
    o.order_id = number_id(o.created_at, n);
    must(mt_order_no_make(codes[r], n / 3 + 1, o.order_no), NULL);
    o.store_id = s->stores[r / 2];
    o.status = status_of(n);
    o.version = 2;
    o.user_name = name;
    o.user_phone = phone;
    o.currency = "CNY";
    o.pay_type = "cash";
    for (int i = 0; i < 2; i++) {
        const int drug = (int)((n * 13 + i * 251) % DRUGS);
        drug_name(drug, drugs[i]);
        items[i] = (struct mt_order_item){.line = i + 1,
                                          .drug_id = number_id(1, drug),
                                          .drug_name = drugs[i],
                                          .drug_spec = "0.25 g × 24",
                                          .quantity = 1,
                                          .price = money(1280)};
    }
    o.items = items;
    o.item_count = 2;
    must(mt_order_total(&o), NULL);
    o.paid_amount = o.total_amount;
    const struct mt_repo_order_extra extra = {
        .register_id = s->registers[r], .create_op_id = number_id(2, n), .prescription = "", .buyer_id_no = ""};
    must(mt_repo_order_insert(db, &o, &extra, &err), &err);
    for (int i = 0; i < 2; i++) {
        const struct mt_lot_taken lot = {.lot_no = "L2401", .expires_on = mt_date_from_civil(2027, 3, 31), .quantity = 1};
        must(mt_repo_item_lot_insert(db, o.order_id.s, i + 1, &lot, &err), &err);
    }
    const struct mt_payment p = {.payment_id = number_id(3, n),
                                 .status = MT_PAY_SUCCEEDED,
                                 .amount = o.total_amount,
                                 .change = mt_money_zero(),
                                 .reference = "",
                                 .at = o.created_at};
    must(mt_repo_payment_insert(db, o.order_id.s, &p, extra.create_op_id.s, o.created_at, &err), &err);
}

static void put_drugs(struct mt_db *db) {
    struct mt_err err = {.rc = MT_OK};
    for (int n = 0; n < DRUGS; n++) {
        char code[16], name[64];
        drug_code(n, code);
        drug_name(n, name);
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
        must(mt_repo_drug_put(db, &d, &err), &err);
    }
}

static void load(struct side *s) {
    struct mt_db *db;
    struct mt_err err = {.rc = MT_OK};
    const struct mt_db_options o = {.url = s->path, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .cache_kib = 256 << 10};
    must(mt_db_open(&o, &db, &err), &err);
    for (int64_t n = 0; n < s->orders;) {
        must(mt_db_begin(db, MT_DB_WRITE, MT_HERE, &err), &err);
        if (n == 0)
            put_drugs(db);
        for (int64_t end = n + A_BATCH; n < end && n < s->orders; n++)
            put_order(db, s, n);
        must(mt_db_commit(db, &err), &err);
    }
    must(mt_db_checkpoint(db, &err), &err);
    mt_db_close(db);
}

static void side_open(struct side *s, int64_t orders) {
    struct mt_err err = {.rc = MT_OK};
    char code[15];
    *s = (struct side){.dir = "/tmp/medterm-bench-XXXXXX", .orders = orders};
    if (mkdtemp(s->dir) == NULL)
        bench_die("no folder to work in");
    (void)snprintf(s->path, sizeof s->path, "%s/orders.db", s->dir);
    const struct mt_service_options o = {.db_url = s->path, .clock = mt_clock_system(), .random = mt_random_system()};
    must(mt_service_open(&o, &s->service, &err), &err);
    must(mt_session_open(s->service, true, &s->session, &err), &err);
    for (int i = 0; i < 2; i++)
        must(mt_admin_store_add(s->session, i == 0 ? "Riverside" : "Hillside", "CNY", &s->stores[i], &err), &err);
    for (int i = 0; i < 3; i++)
        must(mt_admin_register_add(s->session, &s->stores[i / 2], codes[i], &s->registers[i], code, &err), &err);
    struct mt_id client;
    must(mt_admin_client_add(s->session, &s->stores[0], MT_ROLE_MANAGER, s->token, code, &client, &err), &err);
    mt_session_close(s->session);
    load(s);
    must(mt_session_open(s->service, false, &s->session, &err), &err);
    s->caller = (struct mt_caller){.kind = MT_CALLER_CLIENT, .store_id = s->stores[0], .role = MT_ROLE_MANAGER};
    mt_buf_init(&s->out, 16u << 20);
}

static void side_close(struct side *s) {
    static const char *const ends[] = {"", "-wal", "-shm", ".key", ".lock"};
    mt_buf_fini(&s->out);
    mt_session_close(s->session);
    mt_service_close(s->service);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char path[96];
        (void)snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(s->dir);
}

/* A question, filled for the i-th time it is asked. */
struct question {
    const char *name;
    void (*fill)(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]);
    size_t least; /* orders an answer holds at least */
};

static uint32_t spread(uint32_t i) {
    return i * 2654435761u >> 4;
}

static void newest(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    (void)s, (void)i, (void)text;
    f->limit = MT_SV("20");
}
static void by_status(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    static const enum mt_order_status some[] = {MT_ORDER_COMPLETED, MT_ORDER_CANCELLED};
    newest(s, i, f, text);
    f->status = mt_sv(mt_order_status_name(some[i % 2]));
}
static void by_register(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    newest(s, i, f, text);
    f->register_code = mt_sv(codes[i % 2]);
}
static void by_both(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    by_register(s, i, f, text);
    f->status = mt_sv(mt_order_status_name(MT_ORDER_CANCELLED));
}
static void by_time(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    newest(s, i, f, text);
    mt_time_format(FIRST_MS + (100 + spread(i) % (s->orders - 200)) * APART_MS, text);
    f->created_to = mt_sv(text);
}
static void by_phone(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    char name[64];
    (void)s;
    patient((int)(spread(i) % PATIENTS), name, text);
    f->limit = MT_SV("5");
    f->user_phone = mt_sv(text);
}
static void number(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    must(mt_order_no_make(codes[i % 2], (int64_t)(spread(i) % (uint32_t)(s->orders / 3)) + 1, text), NULL);
    f->q = mt_sv(i % 4 < 2 ? text : strchr(text, '-') + 1);
}
static void phone_end(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    by_phone(s, i, f, text);
    f->user_phone = MT_SV("");
    f->q = mt_sv(text + strlen(text) - (i % 2 == 0 ? 4 : 7));
}
static void name_start(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    (void)s;
    (void)snprintf(text, 64, "%.3s", surnames[spread(i) % 20]);
    f->limit = MT_SV("10");
    f->q = mt_sv(text);
}
static void two_names(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    char phone[16];
    (void)s;
    patient((int)(spread(i) % PATIENTS), text, phone);
    f->limit = MT_SV("5");
    f->q = mt_sv(text);
}
static void drug_by_code(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    char code[16];
    newest(s, i, f, text);
    drug_code((int)(spread(i) % DRUGS), code);
    (void)snprintf(text, 64, "%s", code);
    f->q = mt_sv(text);
}
static void drug_by_name(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    newest(s, i, f, text);
    drug_name((int)(spread(i) % DRUGS), text);
    text[6] = '\0';
    f->q = mt_sv(text);
}

static const struct question questions[] = {
    {"list newest", newest, 20},
    {"list by status", by_status, 20},
    {"list by register", by_register, 20},
    {"list by register and status", by_both, 20},
    {"list by time", by_time, 20},
    {"list by telephone", by_phone, 1},
    {"search number", number, 1},
    {"search telephone's end", phone_end, 1},
    {"search name", name_start, 5},
    {"search two names", two_names, 1},
    {"search drug's code", drug_by_code, 10},
    {"search drug's name", drug_by_name, 10},
};

static size_t rows_of(const struct mt_buf *json) {
    size_t n = 0;
    for (const char *p = mt_buf_text(json); (p = strstr(p, "\"order_no\":")) != NULL; p++)
        n++;
    return n;
}

/* Each question is asked in several passes over all of them, and its best time counts: what is left out is other programs' turns on
 * the processor, and the caches are as cold for a pass as for the first. */
#define PASSES 3
struct times {
    int64_t best[ASKED];
};

static void take(struct times *t, uint32_t i, int64_t ns) {
    if (t->best[i] == 0 || ns < t->best[i])
        t->best[i] = ns;
}

static void ask(struct side *s, const struct question *q, uint32_t i, struct times *times) {
    struct mt_order_filter f = {.limit = MT_SV("20")};
    struct mt_problem problem;
    const char *next;
    char text[64];
    mt_problem_init(&problem);
    mt_buf_clear(&s->out);
    q->fill(s, i, &f, text);
    const int64_t start = bench_now();
    const enum mt_rc rc = mt_query_orders(s->session, &s->caller, &f, &s->out, &next, &problem);
    take(times, i, bench_now() - start);
    if (rc != MT_OK || rows_of(&s->out) < q->least) {
        (void)fprintf(stderr, "%s: %s: %zu rows: %s\n", q->name, text, rows_of(&s->out), problem.detail);
        bench_die("a question was not answered as it should be");
    }
}

/* back: of the newest so many orders. */
static void ask_detail(struct side *s, int64_t back, uint32_t i, struct times *times) {
    struct mt_problem problem;
    int64_t version;
    char no[MT_ORDER_NO_TEXT];
    mt_problem_init(&problem);
    mt_buf_clear(&s->out);
    must(mt_order_no_make(codes[i % 2], s->orders / 3 - (int64_t)(spread(i) % (uint32_t)(back / 3)), no), NULL);
    const int64_t start = bench_now();
    const enum mt_rc rc = mt_query_order(s->session, &s->caller, mt_sv(no), &s->out, &version, &problem);
    take(times, i, bench_now() - start);
    if (rc != MT_OK)
        bench_die(problem.detail);
}

static void tell(struct bench_report *r, const char *what, const char *kind, double p, struct bench_samples *few,
                 struct bench_samples *many) {
    char name[96];
    const double limit = bench_percentile(few, p) / 1000;
    (void)snprintf(name, sizeof name, "%s, %s, few", what, kind);
    bench_limit(r, name, limit, "us");
    (void)snprintf(name, sizeof name, "%s, %s, many", what, kind);
    bench_figure(r, name, bench_percentile(many, p) / 1000, "us", limit, BENCH_AT_MOST, 1.5);
}

/* ---- over HTTP ---- */

struct asking {
    struct side *side;
    const struct question *q; /* NULL: one order, whichever */
    uint32_t i;
};

static void add_value(struct mt_buf *path, const char *name, struct mt_sv value) {
    if (value.n == 0)
        return;
    mt_buf_fmt(path, "%c%s=", strchr(mt_buf_text(path), '?') != NULL ? '&' : '?', name);
    for (size_t i = 0; i < value.n; i++)
        mt_buf_fmt(path, "%%%02X", (unsigned)(unsigned char)value.p[i]);
}

static bool next_request(void *ctx, int who, struct mt_buf *out) {
    struct asking *a = ctx;
    struct mt_order_filter f = {.limit = MT_SV("20")};
    struct mt_buf path;
    char text[64];
    (void)who;
    if (a->i == ASKED)
        return false;
    mt_buf_init(&path, 1024);
    if (a->q == NULL) {
        must(mt_order_no_make(codes[a->i % 2], (int64_t)(spread(a->i) % (uint32_t)(a->side->orders / 3)) + 1, text), NULL);
        mt_buf_fmt(&path, "/v1/orders/%s", text);
    } else {
        a->q->fill(a->side, a->i, &f, text);
        mt_buf_str(&path, "/v1/orders");
        add_value(&path, "status", f.status);
        add_value(&path, "register", f.register_code);
        add_value(&path, "created_to", f.created_to);
        add_value(&path, "user_phone", f.user_phone);
        add_value(&path, "q", f.q);
        add_value(&path, "limit", f.limit);
    }
    a->i++;
    bench_request(out, "GET", mt_buf_text(&path), a->side->token, MT_SV(""));
    mt_buf_fini(&path);
    return true;
}

static bool look(void *ctx, int who, int status, struct mt_sv body) {
    (void)ctx, (void)who, (void)body;
    return status == 200;
}

static void ask_over_http(struct side *s, const struct question *q, struct times *times) {
    struct asking a = {.side = s, .q = q};
    const struct bench_load l = {
        .port = s->served.port, .connections = 1, .seconds = 60, .next = next_request, .look = look, .ctx = &a};
    struct bench_loaded done = {.answered = 0};
    if (bench_load(&l, &done) != 0 || done.failed > 0 || done.samples.n != ASKED)
        bench_die("a question over HTTP was not answered as it should be");
    for (uint32_t i = 0; i < ASKED; i++)
        take(times, i, done.samples.at[i]);
    bench_samples_free(&done.samples);
}

static void serve_side(struct side *s, const char *program) {
    bench_programs(&s->served, program);
    (void)snprintf(s->served.db, sizeof s->served.db, "sqlite://%s", s->path);
    bench_serve(&s->served);
}

static void measure_http(struct bench_report *r, struct side *few, struct side *many, const struct question *q, const char *what) {
    static const struct times none;
    struct times times[2] = {none, none};
    struct bench_samples samples[2] = {{0}, {0}};
    char name[96];
    for (int pass = 0; pass < PASSES; pass++) {
        ask_over_http(few, q, &times[0]);
        ask_over_http(many, q, &times[1]);
    }
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < ASKED; i++)
            bench_sample(&samples[k], times[k].best[i]);
    (void)snprintf(name, sizeof name, "%s over HTTP", what);
    tell(r, name, "p50", 0.5, &samples[0], &samples[1]);
    tell(r, name, "p99", 0.99, &samples[0], &samples[1]);
    bench_samples_free(&samples[0]);
    bench_samples_free(&samples[1]);
}

/* q NULL: the detail of one order of the newest FEW, or of any. */
static void measure(struct bench_report *r, struct side *few, struct side *many, const struct question *q, const char *what,
                    bool any) {
    static const struct times none;
    struct times times[2] = {none, none};
    struct bench_samples samples[2] = {{0}, {0}};
    struct side *const sides[] = {few, many};
    for (int pass = 0; pass < PASSES; pass++)
        for (uint32_t i = 0; i < 2 * ASKED; i++) {
            struct side *s = sides[i % 2];
            if (q != NULL)
                ask(s, q, i / 2, &times[i % 2]);
            else
                ask_detail(s, any ? s->orders : FEW, i / 2, &times[i % 2]);
        }
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < ASKED; i++)
            bench_sample(&samples[k], times[k].best[i]);
    tell(r, what, "p50", 0.5, &samples[0], &samples[1]);
    tell(r, what, "p99", 0.99, &samples[0], &samples[1]);
    bench_samples_free(&samples[0]);
    bench_samples_free(&samples[1]);
}

int main(int argc, char **argv) {
    const char *text = getenv("MT_BENCH_ORDERS");
    int64_t orders = MANY;
    struct bench_report *r = bench_report_new("million");
    struct side few, many;
    if (r == NULL || mt_crypto_init() != MT_OK || (text != NULL && mt_sv_int(mt_sv(text), &orders) != MT_OK) || orders < FEW)
        bench_die("MT_BENCH_ORDERS is a number from 10000");
    side_open(&few, FEW);
    const int64_t start = bench_now();
    side_open(&many, orders);
    bench_limit(r, "orders loaded", (double)orders, "");
    bench_limit(r, "loading them", (double)(bench_now() - start) / 1e9, "s");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        measure(r, &few, &many, &questions[i], questions[i].name, false);
    measure(r, &few, &many, NULL, "detail", false);
    measure(r, &few, &many, NULL, "detail of any order", true);
    serve_side(&few, argc > 0 ? argv[0] : "");
    serve_side(&many, argc > 0 ? argv[0] : "");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        measure_http(r, &few, &many, &questions[i], questions[i].name);
    measure_http(r, &few, &many, NULL, "detail of any order");
    bench_unserve(&few.served);
    bench_unserve(&many.served);
    side_close(&few);
    side_close(&many);
    return bench_report_end(r);
}
