/* The cart's journal survives, line by line, and a sale empties it in the same transaction. PIN tries survive too. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static struct mt_journal_line line(const char *name, int64_t quantity) {
    struct mt_journal_line l = {.quantity = quantity};
    (void)snprintf(l.drug.drug_id.s, sizeof l.drug.drug_id.s, "drug-1");
    l.drug.code = "6901234567892";
    l.drug.name = name;
    l.drug.spec = l.drug.form = l.drug.maker = l.drug.generic = l.drug.pinyin = l.drug.shelf = "";
    l.drug.has_price = l.drug.sellable = true;
    assert_int_equal(mt_money_from_minor(1280, &l.drug.price), MT_OK);
    l.drug.version = 3;
    return l;
}

static void put(struct bench *b, size_t index, const char *name, int64_t quantity) {
    const struct mt_journal_line l = line(name, quantity);
    assert_int_equal(mt_cart_put_line(b->reg, index, &l, NULL), MT_OK);
}

static struct mt_journal_line *load(struct bench *b, size_t *count, struct mt_journal_head *head) {
    struct mt_journal_line *lines;
    struct mt_journal_head h;
    struct mt_err err = {0};
    if (mt_cart_load(b->reg, &b->arena, &lines, count, head != NULL ? head : &h, &err) != MT_OK) {
        fail_msg("%s", err.text);
    }
    return lines;
}

static void test_lines(void **state) {
    struct bench *b = *state;
    size_t count;
    bench_open(b);
    put(b, 0, "a", 1);
    put(b, 1, "b", 2);
    put(b, 2, "c", 3);
    put(b, 1, "b", 5);
    assert_int_equal(mt_cart_cut_line(b->reg, 0, NULL), MT_OK);
    mt_register_close(b->reg);
    bench_open(b);
    const struct mt_journal_line *l = load(b, &count, NULL);
    assert_int_equal(count, 2);
    assert_string_equal(l[0].drug.name, "b");
    assert_int_equal(l[0].quantity, 5);
    assert_string_equal(l[1].drug.name, "c");
    assert_int_equal(mt_money_to_minor(l[1].drug.price), 1280);
    put(b, 2, "d", 1); /* the place behind the last is free again */
    (void)load(b, &count, NULL);
    assert_int_equal(count, 3);
}

/* After a change that could not be written the numbers in the file have gaps; all of the cart makes them whole. */
static void test_whole_cart(void **state) {
    struct bench *b = *state;
    struct mt_journal_head head;
    size_t count = 0;
    bench_open(b);
    put(b, 0, "Amoxicillin", 1);
    put(b, 5, "Left over", 1);
    const struct mt_journal_line now[] = {line("Amoxicillin", 2), line("Ibuprofen", 1)};
    const struct mt_journal_head given = {"", "", "Dr Wu", "", "", "", "", MT_DELIVERY};
    assert_int_equal(mt_cart_put_all(b->reg, now, 2, &given, NULL), MT_OK);
    const struct mt_journal_line *lines = load(b, &count, &head);
    assert_int_equal(count, 2);
    assert_int_equal(lines[0].quantity, 2);
    assert_string_equal(lines[1].drug.name, "Ibuprofen");
    assert_string_equal(head.doctor_name, "Dr Wu");
    assert_int_equal(head.fulfilment, MT_DELIVERY);
}

static void test_packs_and_head(void **state) {
    struct bench *b = *state;
    size_t count;
    struct mt_pack packs[2] = {{"L1", "S1", mt_date_from_civil(2027, 3, 31)}, {"L2", "", MT_NO_DATE}};
    struct mt_journal_line l = line("阿莫西林 \x1b[31m", 2);
    struct mt_journal_head head = {"Ann", "1", "Dr Li", "", "P7", "", "", MT_DELIVERY}, back;
    bench_open(b);
    l.packs = packs;
    l.pack_count = 2;
    put(b, 0, "x", 1);
    assert_int_equal(mt_cart_put_line(b->reg, 1, &l, NULL), MT_OK);
    assert_int_equal(mt_cart_put_head(b->reg, &head, NULL), MT_OK);
    assert_int_equal(mt_cart_cut_line(b->reg, 0, NULL), MT_OK); /* the packs move up with their line */
    const struct mt_journal_line *got = load(b, &count, &back);
    assert_int_equal(count, 1);
    assert_string_equal(got[0].drug.name, "阿莫西林 \x1b[31m");
    assert_int_equal(got[0].pack_count, 2);
    assert_string_equal(got[0].packs[0].lot_no, "L1");
    assert_string_equal(got[0].packs[0].serial, "S1");
    assert_int_equal(got[0].packs[0].expires_on.day, mt_date_from_civil(2027, 3, 31).day);
    assert_false(mt_date_is(got[0].packs[1].expires_on));
    assert_string_equal(back.user_name, "Ann");
    assert_string_equal(back.prescription, "P7");
    assert_int_equal(back.fulfilment, MT_DELIVERY);
}

static void test_sale_empties_it(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    size_t count;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    put(b, 0, "a", 1);
    bench_sale(&s, 1, true);
    s.item.quantity = -1;
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_INVALID);
    (void)load(b, &count, NULL);
    assert_int_equal(count, 1); /* a refused sale leaves the cart */
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
    (void)load(b, &count, NULL);
    assert_int_equal(count, 0);
    put(b, 0, "a", 1);
    assert_int_equal(mt_cart_clear(b->reg, NULL), MT_OK);
    (void)load(b, &count, NULL);
    assert_int_equal(count, 0);
}

static void test_pin_tries(void **state) {
    struct bench *b = *state;
    int64_t locked = 0;
    int left = 0;
    const struct mt_id me = {.s = "staff-1"};
    bench_open(b);
    for (int i = 0; i < MT_PIN_TRIES; i++) {
        assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_OK);
        mt_register_close(b->reg); /* a kill between the try and the check gains nothing */
        bench_open(b);
        assert_int_equal(mt_register_pin_wrong(b->reg, &left, &locked, NULL), MT_OK);
        assert_int_equal(left, MT_PIN_TRIES - 1 - i);
    }
    assert_true(locked > 0);
    assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_DENIED);
    const int64_t first_lock = locked;
    b->now += locked;
    assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_OK);
    assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_DENIED);
    assert_true(locked > first_lock);             /* each further one locks for longer */
    b->now -= INT64_C(1000) * 60 * 60 * 24 * 365; /* a clock that jumps back can not lock for a year */
    assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_DENIED);
    assert_true(locked <= 900000);
    b->now += INT64_C(1000) * 60 * 60 * 24 * 366;
    assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_OK);
    assert_int_equal(mt_register_pin_right(b->reg, &me, NULL), MT_OK);
    assert_int_equal(mt_register_pin_try(b->reg, &locked, NULL), MT_OK);
    assert_int_equal(mt_register_pin_wrong(b->reg, &left, &locked, NULL), MT_OK);
    assert_int_equal(left, MT_PIN_TRIES - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_lines),           BENCH_TEST(test_whole_cart), BENCH_TEST(test_packs_and_head),
        BENCH_TEST(test_sale_empties_it), BENCH_TEST(test_pin_tries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
