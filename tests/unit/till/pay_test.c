#include "rig.h"
#include "suites.h"

#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static void to_pay(struct rig *r) {
    rig_scan(r, AMOX);
    rig_scan(r, IBU);
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
}

static void exact_cash_is_two_keys(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_COMMIT);
    assert_non_null(e);
    const struct mt_order *o = &e->op->body.create.order;
    assert_int_equal(e->op->kind, MT_OP_ORDER_CREATE);
    assert_true(e->op->fact);
    assert_string_equal(e->op->staff_id.s, "s-1");
    assert_int_equal(o->item_count, 2);
    assert_int_equal(o->payment_count, 1);
    assert_int_equal(mt_money_to_minor(o->total_amount), 3130);
    assert_int_equal(mt_money_to_minor(o->payments[0].amount), 3130);
    assert_false(o->payments[0].has_tendered);
    assert_false(e->op->body.create.handed_over);
    rig_committed(r, MT_OK, "A03-000417");
    assert_int_equal(r->t->screen, MT_SCREEN_PAID);
    assert_string_equal(rig_effect(r, MT_EFFECT_PRINT)->order_no, "A03-000417");
    assert_int_equal(r->t->cart.count, 0);
    assert_int_equal(r->t->next_order_seq, 418);
}

static void double_enter_pays_once(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    assert_int_equal(r->fx.count, 0);
    rig_committed(r, MT_OK, "A03-000417");
    assert_null(rig_effect(r, MT_EFFECT_COMMIT));
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER}); /* at once: the change stays on the screen */
    assert_int_equal(r->t->screen, MT_SCREEN_PAID);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->fx.count, 0);
}

static void change_is_reckoned(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_type(r, "20");
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "20.00 is less than the 31.30 due");
    assert_null(rig_effect(r, MT_EFFECT_COMMIT));
    rig_act(r, MT_ACT_RUBOUT);
    rig_act(r, MT_ACT_RUBOUT);
    rig_type(r, "1.2.3");
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "1.2.3 is not a sum");
    for (int i = 0; i < 5; i++)
        rig_act(r, MT_ACT_RUBOUT);
    rig_type(r, "50");
    rig_act(r, MT_ACT_HANDED_OVER);
    rig_act(r, MT_ACT_ENTER);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_COMMIT);
    assert_non_null(e);
    assert_true(e->op->body.create.handed_over);
    assert_int_equal(mt_money_to_minor(e->op->body.create.order.payments[0].change), 1870);
    rig_committed(r, MT_OK, "A03-000417");
    assert_int_equal(mt_money_to_minor(r->t->paid.change), 1870);
    assert_true(r->t->paid.handed_over);
    assert_false(r->t->pay.handed_over); /* the next sale starts from the store's setting */
}

static void a_failed_commit_keeps_the_cart(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    rig_committed(r, MT_FULL, NULL);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Not saved: the disk is full. The order is kept.");
    assert_int_equal(r->t->cart.count, 2);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
    assert_null(rig_effect(r, MT_EFFECT_PRINT));
    rig_act(r, MT_ACT_ENTER); /* and can be tried again */
    assert_non_null(rig_effect(r, MT_EFFECT_COMMIT));
    rig_send(r, (struct mt_msg){
                    .kind = MT_MSG_COMMITTED, .rc = MT_IO, .op_kind = MT_OP_ORDER_CREATE, .text = MT_SV("The disk is gone. ")});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Not saved: The disk is gone. The order is kept.");
    rig_act(r, MT_ACT_ENTER);
    rig_committed(r, MT_DOUBTFUL, NULL); /* "not saved" would be a guess, and a second sale a double one */
    ASSERT_SAYS(r, MT_NOTICE_BAD, "it is not known whether it was saved. An order that is then gone from this screen is saved.");
    assert_int_equal(r->t->cart.count, 2);
}

static void nothing_moves_while_a_commit_is_under_way(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    static const enum mt_action tried[] = {MT_ACT_NEW, MT_ACT_PAY, MT_ACT_PAY_LATER, MT_ACT_LOCK, MT_ACT_CLEAR, MT_ACT_QUIT};
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        rig_act(r, tried[i]);
        assert_int_equal(r->fx.count, 0);
        assert_int_equal(r->t->screen, MT_SCREEN_PAY);
    }
}

static void the_next_scan_is_not_lost(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    rig_burst(r, rig_codes[AMOX]); /* while it is being saved */
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    rig_committed(r, MT_OK, "A03-000417");
    assert_non_null(rig_effect(r, MT_EFFECT_LOOKUP));
    rig_answer_lookup(r, AMOX);
    assert_int_equal(r->t->cart.count, 1);

    rig_act(r, MT_ACT_PAY);
    rig_act(r, MT_ACT_ENTER);
    rig_committed(r, MT_OK, "A03-000418");
    assert_int_equal(r->t->screen, MT_SCREEN_PAID);
    rig_scan(r, IBU); /* over the change */
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    assert_int_equal(r->t->cart.count, 1);
    assert_string_equal(r->t->cart.lines[0].drug.name, "Ibuprofen SR caps");
}

static void more_scans_than_can_be_kept_are_said(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    for (int i = 0; i < 20; i++) {
        rig_burst(r, rig_codes[AMOX]);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    }
    rig_committed(r, MT_OK, "A03-000417");
    assert_in_range(r->fx.count, 2, MT_EFFECTS_MAX);
    size_t asked = 0;
    for (size_t i = 0; i < r->fx.count; i++)
        asked += r->fx.at[i].kind == MT_EFFECT_LOOKUP;
    assert_int_equal(asked, r->t->sale.lookups); /* none is waited for that was not asked */
    ASSERT_SAYS(r, MT_NOTICE_BAD, "More scans came while saving");
}

static void a_scan_never_becomes_money(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_type(r, "5");
    rig_burst(r, rig_codes[IBU]);
    r->mono += 2;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    assert_null(rig_effect(r, MT_EFFECT_COMMIT));
    assert_string_equal(r->t->pay.cash.s, "5");
    ASSERT_SAYS(r, MT_NOTICE_BAD, "A scan came in while paying");
    rig_paste(r, "1000");
    assert_string_equal(r->t->pay.cash.s, "5");
}

static void pay_later_saves_a_request(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_PAY_LATER);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_COMMIT);
    assert_non_null(e);
    assert_false(e->op->fact);
    assert_int_equal(e->op->body.create.order.payment_count, 0);
    rig_committed(r, MT_OK, "A03-000417");
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    assert_null(rig_effect(r, MT_EFFECT_PRINT));
    ASSERT_SAYS(r, MT_NOTICE_GOOD, "A03-000417 is saved unpaid, 31.30 due");
}

static void esc_keeps_what_was_typed(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_type(r, "50");
    rig_act(r, MT_ACT_BACK);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    rig_act(r, MT_ACT_PAY);
    assert_string_equal(r->t->pay.cash.s, "50");
    rig_act(r, MT_ACT_BACK);
    rig_act(r, MT_ACT_MORE); /* another sum: the old cash is not its payment */
    rig_act(r, MT_ACT_PAY);
    assert_string_equal(r->t->pay.cash.s, "");
}

static void an_empty_order_is_not_paid(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    ASSERT_SAYS(r, MT_NOTICE_INFO, "nothing to pay");
}

static void fulfilment_staff_do_not_sell(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_LOCK);
    rig_sign_in(r, MT_ROLE_FULFILMENT);
    rig_burst(r, rig_codes[AMOX]);
    rig_act(r, MT_ACT_ENTER);
    assert_null(rig_effect(r, MT_EFFECT_LOOKUP));
    ASSERT_SAYS(r, MT_NOTICE_BAD, "not part of the role fulfilment");
}

static void a_printer_never_touches_the_sale(void **state) {
    struct rig *r = *state;
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PRINTED, .rc = MT_IO, .order_no = "A03-000417"});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "The sale is saved");
    assert_int_equal(r->t->paid.receipt, MT_RECEIPT_FAILED);
    rig_act(r, MT_ACT_REPRINT);
    assert_true(rig_effect(r, MT_EFFECT_PRINT)->copy);
}

int run_pay(void) {
    const struct CMUnitTest tests[] = {
        OPEN(exact_cash_is_two_keys),
        OPEN(double_enter_pays_once),
        OPEN(change_is_reckoned),
        OPEN(a_failed_commit_keeps_the_cart),
        OPEN(nothing_moves_while_a_commit_is_under_way),
        OPEN(the_next_scan_is_not_lost),
        OPEN(more_scans_than_can_be_kept_are_said),
        OPEN(a_scan_never_becomes_money),
        OPEN(pay_later_saves_a_request),
        OPEN(esc_keeps_what_was_typed),
        OPEN(an_empty_order_is_not_paid),
        OPEN(fulfilment_staff_do_not_sell),
        OPEN(a_printer_never_touches_the_sale),
    };
    return cmocka_run_group_tests_name("pay", tests, NULL, NULL);
}
