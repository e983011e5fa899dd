/* A till's files in a directory of their own, with a clock and randomness the test holds in its hand. */
#ifndef MEDTERM_TESTS_STORE_BENCH_H
#define MEDTERM_TESTS_STORE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <medterm/store/cache.h>
#include <medterm/store/cart.h>
#include <medterm/store/files.h>
#include <medterm/store/staff.h>
#include <medterm/store/view.h>

struct bench {
    char dir[64];
    mt_time now;
    int64_t mono;
    uint64_t seed;
    struct mt_arena arena;
    struct mt_register *reg;
    struct mt_cache *cache;
    struct mt_cache_reader *reader;
};

int bench_setup(void **state);
int bench_teardown(void **state);
#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

struct mt_clock bench_clock(struct bench *b);
struct mt_random bench_random(struct bench *b);
struct mt_register_options bench_options(struct bench *b);
void bench_open(struct bench *b); /* register.db */
void bench_enrol(struct bench *b, const char *code, const char *register_id);
void bench_cache(struct bench *b);                                     /* cache.db, writer and reader */
void bench_read_again(struct bench *b);                                /* a fresh reader */
struct mt_cache_applied bench_page(struct bench *b, const char *json); /* applies with the cursor asked for */

/* An order.create of `lines` packs of one drug at 12.80, paid in cash unless unpaid. Ids of an order are filled by the commit. */
struct bench_sale {
    struct mt_op op;
    struct mt_order_item item;
    struct mt_payment payment;
};
void bench_sale(struct bench_sale *s, int64_t packs, bool paid);
enum mt_rc bench_commit(struct bench *b, struct bench_sale *s, struct mt_order *order, struct mt_err *err);
struct mt_outbox_sum bench_sum(struct bench *b);
/* An answer for seq of the present lane with the op_id as in the outbox. */
struct mt_push_result bench_result(struct bench *b, int64_t seq, enum mt_outcome outcome, const char *result, const char *problem);

#endif
