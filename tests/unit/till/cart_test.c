#include "rig.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static struct mt_scan scan_of(const char *text) {
    struct mt_scan scan;
    mt_scan_read(mt_sv(text), mt_date_from_civil(2026, 11, 23), &scan);
    assert_int_equal(scan.kind, MT_SCAN_CODE);
    return scan;
}

static void looked_up(struct rig *r, const char *text, int which) {
    struct mt_found f = rig_drug(which);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan_of(text), .found = &f, .found_count = 1});
}

static void money(struct mt_money m, const char *want) {
    char text[MT_MONEY_TEXT];
    mt_money_format(m, text);
    assert_string_equal(text, want);
}

static void a_second_scan_adds_one_and_is_journaled(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    rig_scan(r, IBU);
    rig_scan(r, AMOX);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_CART_LINE);
    assert_non_null(e);
    assert_int_equal(e->index, 0);
    assert_int_equal(e->line->quantity, 2);
    assert_int_equal(r->t->cart.count, 2);
    assert_int_equal(r->t->cart.current, 0);
    money(r->t->cart.total, "44.10");
}

static void quantities_before_and_after(void **state) {
    struct rig *r = *state;
    rig_burst(r, "3*6901234567892");
    rig_act(r, MT_ACT_ENTER);
    rig_answer_lookup(r, AMOX);
    assert_int_equal(r->t->cart.lines[0].quantity, 3);
    rig_type(r, "*12");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.lines[0].quantity, 12);
    assert_int_equal(r->t->sale.input.n, 0);
    rig_type(r, "*999");
    rig_act(r, MT_ACT_ENTER);
    rig_scan(r, AMOX);
    assert_int_equal(r->t->cart.lines[0].quantity, 999);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "at most 999 packs");
}

static void plus_minus_del_only_on_an_empty_input(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    rig_scan(r, IBU);
    rig_act(r, MT_ACT_UP);
    assert_int_equal(r->t->cart.current, 0);
    rig_act(r, MT_ACT_MORE);
    assert_int_equal(r->t->cart.lines[0].quantity, 2);
    rig_act(r, MT_ACT_LESS);
    rig_act(r, MT_ACT_LESS);
    assert_int_equal(r->t->cart.lines[0].quantity, 1);
    ASSERT_SAYS(r, MT_NOTICE_INFO, "Del takes the line out");
    rig_type(r, "ab");
    rig_act(r, MT_ACT_MORE);
    rig_act(r, MT_ACT_DELETE);
    rig_act(r, MT_ACT_UP);
    assert_int_equal(r->t->cart.count, 2);
    assert_int_equal(r->t->cart.lines[0].quantity, 1);
    rig_act(r, MT_ACT_RUBOUT);
    rig_act(r, MT_ACT_RUBOUT);
    rig_act(r, MT_ACT_DELETE);
    assert_int_equal(r->t->cart.count, 1);
    assert_int_equal(rig_effect(r, MT_EFFECT_CART_CUT)->index, 0);
    money(r->t->cart.total, "18.50");
}

static void what_can_not_be_sold_is_refused(void **state) {
    struct rig *r = *state;
    rig_scan(r, UNPRICED);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "has no price");
    assert_non_null(rig_effect(r, MT_EFFECT_BELL));
    rig_act(r, MT_ACT_BACK);
    rig_scan(r, WITHDRAWN);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "off the market");
    assert_int_equal(r->t->cart.count, 0);
}

static void an_expired_scanned_lot_is_refused(void **state) {
    struct rig *r = *state;
    looked_up(r, "(01)06901234567892(17)260331(10)L2401", AMOX);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Expired 2026-03-31: Amoxicillin caps 0.25 g × 24, lot L2401");
    assert_int_equal(r->t->cart.count, 0);
    looked_up(r, "(01)06901234567892(17)261123(10)L2402", AMOX); /* good to the end of its day */
    assert_int_equal(r->t->cart.count, 1);
    assert_string_equal(r->t->cart.lines[0].packs[0].lot_no, "L2402");
}

static void expiry_is_judged_by_the_later_of_clock_and_contact(void **state) {
    struct rig *r = *state;
    r->now -= INT64_C(400) * 86400000; /* a clock that went back */
    looked_up(r, "(01)06901234567892(17)260331(10)L2401", AMOX);
    assert_int_equal(r->t->cart.count, 0);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Expired");
}

/* A clock that was wrong all along: the service's is known from its answers. */
static void expiry_is_judged_by_the_clock_of_the_service(void **state) {
    struct rig *r = *state;
    const int64_t slow = INT64_C(400) * 86400000;
    r->now -= slow;
    const struct mt_link_state link = {.link = MT_LINK_ONLINE, .why = "", .last_contact = r->now, .service_time = r->now + slow};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &link});
    looked_up(r, "(01)06901234567892(17)260331(10)L2401", AMOX);
    assert_int_equal(r->t->cart.count, 0);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Expired");
}

/* Started without a line, by a clock that was set back since the last run. */
static void expiry_is_judged_by_the_last_run_too(void **state) {
    struct rig *r = *state;
    const mt_time told = r->now;
    r->now -= INT64_C(400) * 86400000;
    r->t->link.service_time = 0;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_START,
                                .start = {.enrolled = true,
                                          .store_name = "Riverside",
                                          .register_code = "A03",
                                          .currency = "CNY",
                                          .next_order_seq = 1,
                                          .service_time = told}});
    rig_sign_in(r, MT_ROLE_PHARMACIST);
    const struct mt_link_state offline = {.link = MT_LINK_OFFLINE, .why = ""};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &offline});
    looked_up(r, "(01)06901234567892(17)260331(10)L2401", AMOX);
    assert_int_equal(r->t->cart.count, 0);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Expired");
}

static void a_repeated_serial_is_refused(void **state) {
    struct rig *r = *state;
    looked_up(r, "(01)06901234567892(17)270331(10)L1(21)S1", AMOX);
    looked_up(r, "(01)06901234567892(17)270331(10)L1(21)S2", AMOX);
    assert_int_equal(r->t->cart.lines[0].quantity, 2);
    looked_up(r, "(01)06901234567892(17)270331(10)L1(21)S1", AMOX);
    assert_int_equal(r->t->cart.lines[0].quantity, 2);
    assert_int_equal(r->t->cart.lines[0].pack_count, 2);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "serial S1");
    assert_non_null(rig_effect(r, MT_EFFECT_BELL));
    rig_act(r, MT_ACT_BACK);
    looked_up(r, "3*(01)06901234567892(17)270331(10)L1(21)S3", AMOX);
    assert_int_equal(r->t->cart.lines[0].quantity, 3);
    ASSERT_SAYS(r, MT_NOTICE_WARN, "A serial number is one pack");
    rig_act(r, MT_ACT_LESS); /* the pack scanned last goes back, and may come again */
    assert_int_equal(rig_effect(r, MT_EFFECT_CART_LINE)->line->pack_count, 2);
    looked_up(r, "(01)06901234567892(17)270331(10)L1(21)S3", AMOX);
    assert_int_equal(r->t->cart.lines[0].pack_count, 3);
}

static void more_than_stock_is_said_and_sold(void **state) {
    struct rig *r = *state;
    struct mt_found f = rig_drug(AMOX);
    f.free = 0;
    f.expired = 3;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan_of("6901234567892"), .found = &f, .found_count = 1});
    assert_int_equal(r->t->cart.count, 1);
    ASSERT_SAYS(r, MT_NOTICE_WARN, "3 expired");
}

static void the_order_says_what_it_lacks(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    rig_scan(r, METF);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_DOCTOR);
    assert_int_equal(r->t->cart.lack_line, 1);
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Line 2 needs a prescriber (F3)");
    rig_act(r, MT_ACT_CUSTOMER);
    assert_int_equal(r->t->customer.field, MT_FIELD_DOCTOR);
    rig_type(r, "Dr Li");
    rig_act(r, MT_ACT_PREV_FIELD);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_CART_HEAD);
    assert_non_null(e);
    assert_string_equal(e->head->doctor_name, "Dr Li");
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_PATIENT);
    rig_type(r, "555 0117");
    rig_act(r, MT_ACT_BACK); /* Esc loses nothing */
    assert_string_equal(rig_effect(r, MT_EFFECT_CART_HEAD)->head->user_phone, "555 0117");
    rig_act(r, MT_ACT_CUSTOMER);
    assert_int_equal(r->t->customer.field, MT_FIELD_PATIENT);
    rig_type(r, "Wang Fang");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_NOTHING);
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
}

static void enter_goes_on_to_what_is_asked_for(void **state) {
    struct rig *r = *state;
    rig_scan(r, METF);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Dr Li");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->screen, MT_SCREEN_CUSTOMER);
    assert_int_equal(r->t->customer.field, MT_FIELD_PATIENT);
    rig_act(r, MT_ACT_ENTER); /* left empty: back to the order, which says what it lacks */
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_PATIENT);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Wang Fang");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_NOTHING);
}

static void controlled_drugs_need_a_pharmacist_and_a_cap(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_LOCK);
    assert_non_null(rig_effect(r, MT_EFFECT_SIGN_OUT));
    rig_sign_in(r, MT_ROLE_COUNTER);
    rig_scan(r, MORPHINE);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Dr Li");
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Wang Fang");
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_CUSTOMER);
    assert_int_equal(r->t->customer.field, MT_FIELD_BUYER_ID);
    rig_burst(r, "110101199003070000");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER}); /* a scanned card goes on */
    assert_int_equal(r->t->screen, MT_SCREEN_CUSTOMER);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_PHARMACIST);
    rig_act(r, MT_ACT_LOCK);
    rig_sign_in(r, MT_ROLE_PHARMACIST);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_NOTHING);
    rig_act(r, MT_ACT_MORE);
    rig_act(r, MT_ACT_MORE);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_CAP);
    rig_act(r, MT_ACT_LESS);
    rig_act(r, MT_ACT_PAY);
    rig_act(r, MT_ACT_ENTER);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_COMMIT);
    assert_non_null(e);
    assert_string_equal(e->op->body.create.approved_by.s, "s-1");
    assert_string_equal(e->op->body.create.buyer_id_no, "110101199003070000");
}

static void delivery_needs_an_address(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    rig_act(r, MT_ACT_CUSTOMER);
    for (int i = 0; i < MT_FIELD_FULFILMENT; i++)
        rig_act(r, MT_ACT_NEXT_FIELD);
    rig_type(r, " ");
    assert_int_equal(r->t->customer.fulfilment, MT_DELIVERY);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.lack, MT_RX_LACK_ADDRESS);
    rig_act(r, MT_ACT_PAY);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "delivery needs an address (F3)");
}

static void throwing_away_asks_once(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_CLEAR);
    assert_int_equal(r->t->ask, MT_ASK_NONE); /* nothing to throw away */
    rig_scan(r, AMOX);
    rig_act(r, MT_ACT_CLEAR);
    rig_act(r, MT_ACT_ENTER); /* the safe answer */
    assert_int_equal(r->t->cart.count, 1);
    rig_act(r, MT_ACT_CLEAR);
    rig_act(r, MT_ACT_YES);
    assert_int_equal(r->t->cart.count, 0);
    assert_non_null(rig_effect(r, MT_EFFECT_CART_CLEAR));
}

static void a_cart_is_bounded(void **state) {
    struct rig *r = *state;
    for (int i = 0; i <= MT_ITEMS_MAX; i++) {
        struct mt_found f = rig_drug(AMOX);
        char id[16];
        assert_in_range(snprintf(id, sizeof id, "d%d", i), 2, 15);
        assert_int_equal(mt_id_parse(mt_sv(id), &f.drug.drug_id), MT_OK);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan_of("6901234567892"), .found = &f, .found_count = 1});
    }
    assert_int_equal(r->t->cart.count, MT_ITEMS_MAX);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "at most 200 lines");
}

static void a_total_too_large_is_taken_back(void **state) {
    struct rig *r = *state;
    struct mt_found f = rig_drug(AMOX);
    assert_int_equal(mt_money_from_minor(MT_MONEY_MAX, &f.drug.price), MT_OK);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan_of("6901234567892"), .found = &f, .found_count = 1});
    assert_int_equal(r->t->cart.count, 1);
    rig_act(r, MT_ACT_MORE);
    assert_int_equal(r->t->cart.lines[0].quantity, 1);
    rig_scan(r, IBU);
    assert_int_equal(r->t->cart.count, 1);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "total would be too large");
}

static void a_journaled_cart_comes_back(void **state) {
    struct rig *r = *state;
    struct mt_pack pack = {.lot_no = "L1", .serial = "S1", .expires_on = mt_date_from_civil(2027, 3, 31)};
    struct mt_cart_line lines[] = {{.drug = rig_drug(AMOX).drug, .quantity = 2, .packs = &pack, .pack_count = 1},
                                   {.drug = rig_drug(IBU).drug, .quantity = 1}};
    rig_act(r, MT_ACT_LOCK);
    rig_start(r, true, lines, 2);
    memset(&pack, 0, sizeof pack); /* it is the till's own copy */
    assert_int_equal(r->t->screen, MT_SCREEN_SIGN_IN);
    rig_sign_in(r, MT_ROLE_COUNTER);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    assert_int_equal(r->t->cart.count, 2);
    money(r->t->cart.total, "44.10");
    assert_string_equal(r->t->cart.lines[0].packs[0].serial, "S1");
    ASSERT_SAYS(r, MT_NOTICE_INFO, "2 lines");
}

int run_cart(void) {
    const struct CMUnitTest tests[] = {
        OPEN(a_second_scan_adds_one_and_is_journaled),
        OPEN(quantities_before_and_after),
        OPEN(plus_minus_del_only_on_an_empty_input),
        OPEN(what_can_not_be_sold_is_refused),
        OPEN(an_expired_scanned_lot_is_refused),
        OPEN(expiry_is_judged_by_the_later_of_clock_and_contact),
        OPEN(expiry_is_judged_by_the_clock_of_the_service),
        OPEN(expiry_is_judged_by_the_last_run_too),
        OPEN(a_repeated_serial_is_refused),
        OPEN(more_than_stock_is_said_and_sold),
        OPEN(the_order_says_what_it_lacks),
        OPEN(controlled_drugs_need_a_pharmacist_and_a_cap),
        OPEN(delivery_needs_an_address),
        OPEN(throwing_away_asks_once),
        OPEN(a_cart_is_bounded),
        OPEN(a_total_too_large_is_taken_back),
        OPEN(enter_goes_on_to_what_is_asked_for),
        OPEN(a_journaled_cart_comes_back),
    };
    return cmocka_run_group_tests_name("cart", tests, NULL, NULL);
}
