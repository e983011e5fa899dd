/* What a list, a search and one order cost as orders become many: the same questions asked of 10,000 and of 1,000,000 orders
 * (million_load.h), in turn, so that a machine that drifts drifts for both, through the service's own queries. One order in full
 * is asked for twice: of the newest 10,000, which is what people look at, and of all, where with a million each page has to come
 * from the file's cache and with 10,000 from the reader's own. Then all is asked again over HTTP, on one connection, of a real
 * medtermd: what a caller waits, which the goal is about. MT_BENCH_ORDERS sets another number than a million.
 *
 * On SQLite; with MT_BENCH_DB=postgres on a PostgreSQL of its own, which has vacuumed and analyzed both databases before the first
 * question, as its autovacuum does by and by in one that has grown. There all that asks and answers runs on one processor: between
 * two, to wake the other one takes longer than a short answer, or not, as the system happens to place them. */
#include "load.h"
#include "million_load.h"
#include "postgres.h"
#include "report.h"

#include <medterm/crypto/crypto.h>
#include <medterm/service/lists.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW 10000
#define MANY 1000000
#define ASKED 1000 /* times, each question at each size */

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
    f->register_code = mt_sv(side_register(i % 2));
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
    side_patient((int)(spread(i) % PATIENTS), name, text);
    f->limit = MT_SV("5");
    f->user_phone = mt_sv(text);
}
static void number(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    bench_must(mt_order_no_make(side_register(i % 2), (int64_t)(spread(i) % (uint32_t)(s->orders / 3)) + 1, text), NULL);
    f->q = mt_sv(i % 4 < 2 ? text : strchr(text, '-') + 1);
}
static void phone_end(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    by_phone(s, i, f, text);
    f->user_phone = MT_SV("");
    f->q = mt_sv(text + strlen(text) - (i % 2 == 0 ? 4 : 7));
}
static void name_start(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    (void)s;
    (void)snprintf(text, 64, "%.3s", side_surname(spread(i) % 20));
    f->limit = MT_SV("10");
    f->q = mt_sv(text);
}
static void two_names(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    char phone[16];
    (void)s;
    side_patient((int)(spread(i) % PATIENTS), text, phone);
    f->limit = MT_SV("5");
    f->q = mt_sv(text);
}
static void drug_by_code(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    char code[16];
    newest(s, i, f, text);
    side_drug_code((int)(spread(i) % DRUGS), code);
    (void)snprintf(text, 64, "%s", code);
    f->q = mt_sv(text);
}
static void drug_by_name(const struct side *s, uint32_t i, struct mt_order_filter *f, char text[64]) {
    newest(s, i, f, text);
    side_drug_name((int)(spread(i) % DRUGS), text);
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
 * the processor, and the caches are as cold for a pass as for the first. Over HTTP two processes take turns too, and some hundred
 * microseconds more or less are the scheduler's: a question is asked more often there. */
#define PASSES 3
#define HTTP_PASSES 12
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
    bench_must(mt_order_no_make(side_register(i % 2), s->orders / 3 - (int64_t)(spread(i) % (uint32_t)(back / 3)), no), NULL);
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
        bench_must(mt_order_no_make(side_register(a->i % 2), (int64_t)(spread(a->i) % (uint32_t)(a->side->orders / 3)) + 1, text),
                   NULL);
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
    (void)snprintf(s->served.db, sizeof s->served.db, "%s", s->url);
    (void)snprintf(s->served.key, sizeof s->served.key, "%s", s->key);
    bench_serve(&s->served);
}

static void measure_http(struct bench_report *r, struct side *few, struct side *many, const struct question *q, const char *what) {
    static const struct times none;
    struct times times[2] = {none, none};
    struct bench_samples samples[2] = {{0}, {0}};
    char name[96];
    for (int pass = 0; pass < HTTP_PASSES; pass++) {
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

static void ask_all(struct bench_report *r, struct side *few, struct side *many, const char *program) {
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        measure(r, few, many, &questions[i], questions[i].name, false);
    measure(r, few, many, NULL, "detail", false);
    measure(r, few, many, NULL, "detail of any order", true);
    serve_side(few, program);
    serve_side(many, program);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        measure_http(r, few, many, &questions[i], questions[i].name);
    measure_http(r, few, many, NULL, "detail of any order");
    bench_unserve(&few->served);
    bench_unserve(&many->served);
}

static void run(struct bench_report *r, const struct mt_postgres *cluster, int64_t orders, const char *program) {
    struct side few, many;
    char *of_few = cluster != NULL ? mt_postgres_database(cluster, "few") : NULL;
    char *of_many = cluster != NULL ? mt_postgres_database(cluster, "many") : NULL;
    side_open(&few, FEW, of_few);
    const int64_t start = bench_now();
    side_open(&many, orders, of_many);
    bench_limit(r, "orders loaded", (double)orders, "");
    bench_limit(r, "loading them", (double)(bench_now() - start) / 1e9, "s");
    ask_all(r, &few, &many, program);
    side_close(&few);
    side_close(&many);
    free(of_few);
    free(of_many);
}

/* Ours from here on, and what we start. */
static void take_one_processor(void) {
    cpu_set_t all, one;
    size_t last = 0;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof all, &all) != 0)
        bench_die("no processor");
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        last = CPU_ISSET(i, &all) ? i : last;
    CPU_SET(last, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0)
        bench_die("no processor of our own");
}

int main(int argc, char **argv) {
    const char *text = getenv("MT_BENCH_ORDERS"), *engine = getenv("MT_BENCH_DB");
    const bool postgres = engine != NULL && strcmp(engine, "postgres") == 0;
    int64_t orders = MANY;
    struct mt_postgres cluster;
    struct bench_report *r = bench_report_new(postgres ? "million-postgres" : "million");
    if (r == NULL || mt_crypto_init() != MT_OK || (text != NULL && mt_sv_int(mt_sv(text), &orders) != MT_OK) || orders < FEW)
        bench_die("MT_BENCH_ORDERS is a number from 10000");
    if (engine != NULL && !postgres && strcmp(engine, "sqlite") != 0)
        bench_die("MT_BENCH_DB is sqlite or postgres");
    if (postgres)
        take_one_processor();
    if (postgres && !mt_postgres_start_own(&cluster, false))
        return MT_POSTGRES_SKIP;
    run(r, postgres ? &cluster : NULL, orders, argc > 0 ? argv[0] : "");
    if (postgres)
        mt_postgres_stop(&cluster);
    return bench_report_end(r);
}
