/* A sale from Enter to durable: what the till does before it says "saved", beside one bare SQLite FULL transaction with
 * an order's statements, in the same run and on the same disk. */
#include "limit.h"

#include <medterm/crypto/crypto.h>
#include <medterm/store/register.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SALES 2000

static void die(const char *what) {
    (void)fprintf(stderr, "benchmark: %s\n", what);
    exit(1);
}

static void item(struct mt_order_item *at, int line, struct mt_id_source *ids) {
    *at = (struct mt_order_item){
        .line = line, .drug_id = mt_id_new(ids), .drug_name = "Amoxicillin caps", .drug_spec = "0.25 g × 24", .quantity = 2};
    if (mt_money_from_minor(1280, &at->price) != MT_OK)
        die("no price");
}

static void sell(struct mt_register *reg, struct mt_id_source *ids) {
    struct mt_arena arena;
    struct mt_order_item items[3];
    struct mt_payment pay = {.method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .reference = ""};
    struct mt_op op = {.kind = MT_OP_ORDER_CREATE, .staff_id = mt_id_new(ids)};
    struct mt_op_order_create *b = &op.body.create;
    mt_op_order_create_blank(b);
    for (int i = 0; i < 3; i++)
        item(&items[i], i + 1, ids);
    b->order.items = items;
    b->order.item_count = 3;
    if (mt_order_total(&b->order) != MT_OK)
        die("no total");
    pay.amount = b->order.total_amount;
    b->order.payments = &pay;
    b->order.payment_count = 1;
    struct mt_commit c = {.op = &op, .clear_cart = true};
    struct mt_order saved;
    struct mt_err err = {0};
    mt_arena_init(&arena, 4u << 20);
    if (mt_register_commit(reg, &c, &arena, &saved, &err) != MT_OK)
        die(mt_err_text(&err));
    mt_arena_fini(&arena);
}

static void enrol(struct mt_register *reg, struct mt_id_source *ids) {
    struct mt_register_info info = {.token = "t",
                                    .register_id = mt_id_new(ids),
                                    .store_id = mt_id_new(ids),
                                    .register_code = "A01",
                                    .store_name = "Bench",
                                    .currency = "CNY",
                                    .last_seq = 0};
    struct mt_err err = {0};
    (void)snprintf(info.epoch, sizeof info.epoch, "%s", mt_id_new(ids).s);
    if (mt_register_enrol(reg, "http://127.0.0.1:1", &info, &err) != MT_OK)
        die(mt_err_text(&err));
}

int main(void) {
    char dir[] = "/tmp/medterm-bench-XXXXXX", command[64];
    struct bench_samples bare = {0}, sales = {0};
    struct bench_report *r = bench_report_new("sale");
    struct mt_register *reg = NULL;
    struct mt_err err = {0};
    struct mt_id_source ids;
    if (!r || mt_crypto_init() != MT_OK || !mkdtemp(dir))
        die("no folder to work in");
    struct mt_register_options o = {.dir = dir, .clock = mt_clock_system(), .random = mt_random_system()};
    mt_id_source_init(&ids, o.clock, o.random);
    if (mt_register_open(&o, &reg, &err) != MT_OK)
        die(mt_err_text(&err));
    enrol(reg, &ids);
    if (bench_sqlite_orders(dir, 1, 4, &bare) <= 0)
        die("no limit");
    for (int i = 0; i < SALES; i++) {
        int64_t begin = bench_now();
        sell(reg, &ids);
        bench_sample(&sales, bench_now() - begin);
    }
    double p50 = bench_percentile(&bare, 0.5) / 1e6, p99 = bench_percentile(&bare, 0.99) / 1e6;
    bench_limit(r, "sqlite_full_transaction_p50", p50, "ms");
    bench_limit(r, "sqlite_full_transaction_p99", p99, "ms");
    bench_figure(r, "sale_to_durable_p50", bench_percentile(&sales, 0.5) / 1e6, "ms", p50, BENCH_AT_MOST, 1.5);
    bench_figure(r, "sale_to_durable_p99", bench_percentile(&sales, 0.99) / 1e6, "ms", p99, BENCH_AT_MOST, 1.5);
    mt_register_close(reg);
    bench_samples_free(&bare);
    bench_samples_free(&sales);
    (void)snprintf(command, sizeof command, "rm -r '%s'", dir);
    if (system(command) != 0)
        (void)fprintf(stderr, "%s is left behind\n", dir);
    return bench_report_end(r);
}
