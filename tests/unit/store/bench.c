#define _XOPEN_SOURCE 700 /* nftw */

#include "bench.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mt_time wall(void *ctx) {
    return ((struct bench *)ctx)->now;
}

static int64_t mono(void *ctx) {
    return ((struct bench *)ctx)->mono;
}

static void fill(void *ctx, void *bytes, size_t n) {
    struct bench *b = ctx;
    unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) {
        b->seed = b->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        p[i] = (unsigned char)(b->seed >> 56);
    }
}

struct mt_clock bench_clock(struct bench *b) {
    return (struct mt_clock){b, wall, mono};
}

struct mt_random bench_random(struct bench *b) {
    return (struct mt_random){b, fill};
}

int bench_setup(void **state) {
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    (void)snprintf(b->dir, sizeof b->dir, "/tmp/medterm-store-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    b->now = INT64_C(1800000000000);
    b->seed = 42;
    mt_arena_init(&b->arena, 256u << 20);
    *state = b;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

int bench_teardown(void **state) {
    struct bench *b = *state;
    mt_cache_reader_close(b->reader);
    mt_cache_close(b->cache);
    mt_register_close(b->reg);
    mt_arena_fini(&b->arena);
    assert_int_equal(nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(b);
    return 0;
}

struct mt_register_options bench_options(struct bench *b) {
    return (struct mt_register_options){.dir = b->dir, .lock = true, .clock = bench_clock(b), .random = bench_random(b)};
}

void bench_open(struct bench *b) {
    struct mt_err err = {0};
    const struct mt_register_options o = bench_options(b);
    if (mt_register_open(&o, &b->reg, &err) != MT_OK) {
        fail_msg("%s", err.text);
    }
}

void bench_enrol(struct bench *b, const char *code, const char *register_id) {
    struct mt_register_info info = {.token = "token", .store_name = "Riverside", .currency = "CNY", .epoch = "e1", .last_seq = 0};
    (void)snprintf(info.register_id.s, sizeof info.register_id.s, "%s", register_id);
    (void)snprintf(info.store_id.s, sizeof info.store_id.s, "store-1");
    (void)snprintf(info.register_code, sizeof info.register_code, "%s", code);
    assert_int_equal(mt_register_enrol(b->reg, "http://127.0.0.1:1", &info, NULL), MT_OK);
}

void bench_cache(struct bench *b) {
    struct mt_err err = {0};
    const struct mt_cache_options o = {.dir = b->dir, .clock = bench_clock(b)};
    if (mt_cache_open(&o, &b->cache, &err) != MT_OK) {
        fail_msg("%s", err.text);
    }
    bench_read_again(b);
}

void bench_read_again(struct bench *b) {
    const struct mt_cache_options o = {.dir = b->dir, .clock = bench_clock(b)};
    mt_cache_reader_close(b->reader);
    assert_int_equal(mt_cache_reader_open(&o, &b->reader, NULL), MT_OK);
}

struct mt_cache_applied bench_page(struct bench *b, const char *json) {
    struct mt_cache_applied applied;
    struct mt_err err = {0};
    char asked[600];
    (void)snprintf(asked, sizeof asked, "%s", mt_cache_cursor(b->cache));
    if (mt_cache_apply(b->cache, asked, mt_sv(json), &applied, &err) != MT_OK) {
        fail_msg("%s", err.text);
    }
    if (applied.swapped) {
        bench_read_again(b);
    }
    return applied;
}

void bench_sale(struct bench_sale *s, int64_t packs, bool paid) {
    memset(s, 0, sizeof *s);
    assert_int_equal(mt_money_from_minor(1280, &s->item.price), MT_OK);
    (void)snprintf(s->item.drug_id.s, sizeof s->item.drug_id.s, "drug-1");
    s->item.drug_name = "Amoxicillin caps";
    s->item.drug_spec = "0.25 g × 24";
    s->item.quantity = packs;
    s->op.kind = MT_OP_ORDER_CREATE;
    (void)snprintf(s->op.staff_id.s, sizeof s->op.staff_id.s, "staff-1");
    struct mt_order *o = &s->op.body.create.order;
    mt_op_order_create_blank(&s->op.body.create);
    o->items = &s->item;
    o->item_count = 1;
    assert_int_equal(mt_order_total(o), MT_OK);
    if (paid) {
        s->payment = (struct mt_payment){.method = MT_PAY_CASH, .amount = o->total_amount, .reference = "", .has_tendered = true};
        assert_int_equal(mt_money_from_minor(mt_money_to_minor(o->total_amount) + 500, &s->payment.tendered), MT_OK);
        o->payments = &s->payment;
        o->payment_count = 1;
    }
}

enum mt_rc bench_commit(struct bench *b, struct bench_sale *s, struct mt_order *order, struct mt_err *err) {
    const struct mt_commit c = {.op = &s->op, .clear_cart = true};
    return mt_register_commit(b->reg, &c, &b->arena, order, err);
}

struct mt_outbox_sum bench_sum(struct bench *b) {
    struct mt_outbox_sum sum;
    assert_int_equal(mt_register_sum(b->reg, &sum, NULL), MT_OK);
    return sum;
}

struct mt_push_result bench_result(struct bench *b, int64_t seq, enum mt_outcome outcome, const char *result, const char *problem) {
    struct mt_outbox_op *ops;
    size_t count;
    assert_int_equal(mt_register_outbox(b->reg, MT_PICK_ALL, 0, &b->arena, &ops, &count, NULL), MT_OK);
    for (size_t i = 0; i < count; i++) {
        if (ops[i].seq == seq && ops[i].lane == mt_register_enrolled(b->reg)->lane) {
            return (struct mt_push_result){ops[i].op_id, seq, outcome, false, mt_sv(result), mt_sv(problem)};
        }
    }
    fail_msg("no operation %d", (int)seq);
    return (struct mt_push_result){.register_seq = 0};
}
