/* Durable orders a second through HTTP: 32 registers, each pushing one three-line cash sale a request over its own
 * connection, all checks on, beside what bare SQLite commits into the same schema in the same run. */
#include "limit.h"
#include "load.h"
#include "shop.h"

#include <medterm/wire/changes.h>
#include <medterm/wire/push.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGISTERS 32
#define DRUGS 200
#define SECONDS 8.0

struct counter {
    char token[65], instance[65];
    int64_t seq;
};
struct sales {
    struct counter at[REGISTERS];
    struct mt_id drug[DRUGS];
    struct mt_id_source ids;
    const char *staff;
    struct mt_clock clock;
};

static void enrol(struct sales *x, const struct bench_shop *s, int n) {
    struct mt_enrolment e = {.name = "bench"};
    char code[16];
    struct mt_buf body, request, answer;
    mt_buf_init(&body, 4096);
    mt_buf_init(&request, 8192);
    mt_buf_init(&answer, 8192);
    bench_shop_register(s, n, code);
    (void)snprintf(e.code, sizeof e.code, "%s", code);
    (void)snprintf(e.instance_id, sizeof e.instance_id, "%064d", n);
    mt_enrolment_print(&e, &body);
    bench_request(&request, "POST", "/v1/enrolments", NULL, mt_buf_view(&body));
    struct mt_register_info info;
    if (bench_ask(s->port, mt_buf_view(&request), &answer) != 201 ||
        mt_register_info_parse(mt_buf_view(&answer), &info, NULL) != MT_OK)
        bench_die("a register can not enrol");
    (void)snprintf(x->at[n].token, sizeof x->at[n].token, "%s", info.token);
    (void)snprintf(x->at[n].instance, sizeof x->at[n].instance, "%s", e.instance_id);
    mt_buf_fini(&body);
    mt_buf_fini(&request);
    mt_buf_fini(&answer);
}

static void learn_drugs(struct sales *x, const struct bench_shop *s) {
    struct mt_buf request, answer;
    struct mt_arena arena;
    struct mt_changes_page page;
    mt_buf_init(&request, 4096);
    mt_buf_init(&answer, 8u << 20);
    mt_arena_init(&arena, 64u << 20);
    bench_request(&request, "GET", "/v1/changes?limit=1000", x->at[0].token, MT_SV(""));
    if (bench_ask(s->port, mt_buf_view(&request), &answer) != 200 ||
        mt_changes_parse(mt_buf_view(&answer), &arena, &page, NULL) != MT_OK)
        bench_die("no catalogue comes");
    size_t n = 0;
    for (size_t i = 0; i < page.count; i++)
        if (page.changes[i].entity == MT_ENTITY_DRUG && n < DRUGS)
            x->drug[n++] = page.changes[i].data.drug.drug_id;
    if (n < DRUGS)
        bench_die("the catalogue is not whole");
    mt_arena_fini(&arena);
    mt_buf_fini(&request);
    mt_buf_fini(&answer);
}

static void sale(struct sales *x, int who, struct mt_buf *out) {
    struct counter *c = &x->at[who];
    struct mt_order_item items[3];
    struct mt_payment pay = {.payment_id = mt_id_new(&x->ids), .method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .reference = ""};
    struct mt_op op = {.op_id = mt_id_new(&x->ids), .kind = MT_OP_ORDER_CREATE, .fact = true, .at = x->clock.wall(x->clock.ctx)};
    struct mt_op_order_create *b = &op.body.create;
    mt_op_order_create_blank(b);
    op.register_seq = ++c->seq;
    (void)snprintf(op.staff_id.s, sizeof op.staff_id.s, "%s", x->staff);
    b->order.order_id = mt_id_new(&x->ids);
    char code[MT_REGISTER_CODE_TEXT];
    (void)snprintf(code, sizeof code, "R%02d", who);
    if (mt_order_no_make(code, c->seq, b->order.order_no) != MT_OK)
        bench_die("no number");
    for (int i = 0; i < 3; i++) {
        items[i] = (struct mt_order_item){.line = i + 1,
                                          .drug_id = x->drug[(c->seq * 7 + who * 13 + i * 31) % DRUGS],
                                          .drug_name = "",
                                          .drug_spec = "",
                                          .quantity = 1};
        if (mt_money_from_minor(1280, &items[i].price) != MT_OK)
            bench_die("no price");
    }
    b->order.items = items;
    b->order.item_count = 3;
    if (mt_order_total(&b->order) != MT_OK)
        bench_die("no total");
    pay.amount = b->order.total_amount;
    pay.at = op.at;
    b->order.payments = &pay;
    b->order.payment_count = 1;
    mt_op_print(&op, out);
}

static bool next(void *ctx, int who, struct mt_buf *out) {
    struct sales *x = ctx;
    struct mt_buf op, body;
    mt_buf_init(&op, 65536);
    mt_buf_init(&body, 65536);
    sale(x, who, &op);
    struct mt_push_item item = {.register_seq = x->at[who].seq, .bytes = mt_buf_view(&op)};
    mt_push_print(x->at[who].instance, x->clock.wall(x->clock.ctx), NULL, &item, 1, &body);
    bench_request(out, "POST", "/v1/operations", x->at[who].token, mt_buf_view(&body));
    mt_buf_fini(&op);
    mt_buf_fini(&body);
    return true;
}

static bool look(void *ctx, int who, int status, struct mt_sv body) {
    (void)ctx, (void)who;
    bool good = status == 200 && body.n && memmem(body.p, body.n, "\"outcome\":\"applied\"", 19);
    if (!good && status != 0)
        (void)fprintf(stderr, "%d %.*s\n", status, body.n > 300 ? 300 : (int)body.n, body.p);
    return good;
}

static void measure(struct sales *x, const struct bench_shop *s, struct bench_report *r, int connections, double limit,
                    double goal) {
    struct bench_loaded done;
    char name[64];
    if (bench_load(
            &(struct bench_load){
                .port = s->port, .connections = connections, .seconds = SECONDS, .next = next, .look = look, .ctx = x},
            &done) ||
        done.failed)
        bench_die("orders failed");
    (void)snprintf(name, sizeof name, "orders_%d_connections", connections);
    bench_figure(r, name, (double)done.answered / done.seconds, "1/s", limit, BENCH_AT_LEAST, goal);
    (void)snprintf(name, sizeof name, "orders_%d_connections_p99", connections);
    bench_figure(r, name, bench_percentile(&done.samples, 0.99) / 1e6, "ms", 10.0, BENCH_AT_MOST, 1.0);
    bench_samples_free(&done.samples);
}

int main(int argc, char **argv) {
    (void)argc;
    struct bench_shop shop;
    struct sales *x = calloc(1, sizeof *x);
    struct bench_report *r = bench_report_new("orders");
    if (!x || !r)
        bench_die("no memory");
    bench_shop_open(&shop, argv[0]);
    bench_shop_stock(&shop, DRUGS);
    x->clock = mt_clock_system();
    x->staff = shop.staff;
    mt_id_source_init(&x->ids, x->clock, mt_random_system());
    for (int i = 0; i < REGISTERS; i++)
        enrol(x, &shop, i);
    learn_drugs(x, &shop);
    double one = bench_sqlite_orders(shop.dir, 1, 4, NULL), many = bench_sqlite_orders(shop.dir, 32, 4, NULL);
    bench_limit(r, "sqlite_full_1_a_transaction", one, "1/s");
    bench_limit(r, "sqlite_full_32_a_transaction", many, "1/s");
    measure(x, &shop, r, 32, many, 0.6);
    measure(x, &shop, r, 1, one, 0.55);
    bench_shop_close(&shop);
    free(x);
    return bench_report_end(r);
}
