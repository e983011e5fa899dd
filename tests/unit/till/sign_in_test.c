#include "rig.h"
#include "suites.h"

#define FRESH(f) cmocka_unit_test_setup_teardown(f, rig_open_fresh, rig_close)
#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static void the_guide_enrols(void **state) {
    struct rig *r = *state;
    assert_int_equal(r->t->screen, MT_SCREEN_GUIDE);
    rig_act(r, MT_ACT_NEW); /* nobody is signed in */
    assert_int_equal(r->t->screen, MT_SCREEN_GUIDE);
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_INFO, "address of the order service");
    rig_paste(r, "http://127.0.0.1:8080\n");
    rig_act(r, MT_ACT_ENTER);
    rig_type(r, "K7Q-2M");
    rig_act(r, MT_ACT_ENTER);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_ENROL);
    assert_non_null(e);
    assert_string_equal(e->text, "http://127.0.0.1:8080");
    assert_string_equal(e->text2, "K7Q-2M");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->fx.count, 0); /* once */
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ENROLLED, .rc = MT_DENIED, .text = MT_SV("the code is not known")});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Not enrolled: the code is not known");
    assert_string_equal(r->t->guide.code.s, "K7Q-2M");
    rig_act(r, MT_ACT_ENTER);
    rig_send(r,
             (struct mt_msg){
                 .kind = MT_MSG_ENROLLED,
                 .rc = MT_OK,
                 .start = {
                     .enrolled = true, .store_name = "Riverside", .register_code = "A03", .currency = "CNY", .next_order_seq = 1}});
    assert_int_equal(r->t->screen, MT_SCREEN_SIGN_IN);
    ASSERT_SAYS(r, MT_NOTICE_GOOD, "A03 at Riverside");
}

static void digits_and_enter_sign_in(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_LOCK);
    rig_type(r, "12a34");
    rig_act(r, MT_ACT_ENTER);
    assert_string_equal(rig_effect(r, MT_EFFECT_CHECK_PIN)->text, "1234");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->fx.count, 0);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_DENIED, .tries_left = 4});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "4 tries left");
    assert_int_equal(r->t->sign_in.pin.n, 0);
    for (size_t i = 0; i < sizeof r->t->sign_in.pin.s; i++)
        assert_int_equal(r->t->sign_in.pin.s[i], 0);
    rig_sign_in(r, MT_ROLE_COUNTER);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
}

static void a_lock_counts_down(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_LOCK);
    rig_type(r, "1234");
    rig_act(r, MT_ACT_ENTER);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_DENIED, .locked_ms = 60000});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Locked");
    rig_type(r, "1234");
    assert_int_equal(r->t->sign_in.pin.n, 0);
    r->mono += 60000;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
    rig_type(r, "1234");
    assert_int_equal(r->t->sign_in.pin.n, 4);
}

static void a_scan_is_no_pin(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_LOCK);
    rig_burst(r, rig_codes[AMOX]);
    r->mono += 2;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    assert_null(rig_effect(r, MT_EFFECT_CHECK_PIN));
    assert_int_equal(r->t->sign_in.pin.n, 0);
    rig_paste(r, "1234");
    assert_int_equal(r->t->sign_in.pin.n, 0);
    rig_type(r, "12");
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "4 to 8 digits");
}

static void locking_keeps_everything(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Wang");
    rig_act(r, MT_ACT_LOCK);
    assert_string_equal(rig_effect(r, MT_EFFECT_CART_HEAD)->head->user_name, "Wang");
    assert_false(r->t->signed_in);
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_SIGN_IN);
    rig_sign_in(r, MT_ROLE_COUNTER);
    assert_int_equal(r->t->cart.count, 1);
    assert_string_equal(mt_till_head(r->t).user_name, "Wang");
}

static void tell_staff(struct rig *r, enum mt_role role, bool active) {
    const struct mt_staff who = {
        .staff_id = r->t->staff.staff_id, .name = "Chen Mei", .role = role, .verifier = "", .active = active};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_STAFF, .staff = &who});
}

static void another_role(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    tell_staff(r, r->t->staff.role, true);
    assert_int_equal(r->t->notice.kind, MT_NOTICE_NONE);
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
    tell_staff(r, MT_ROLE_FULFILMENT, true);
    ASSERT_SAYS(r, MT_NOTICE_INFO, "Chen Mei has the role fulfilment from now on.");
    rig_act(r, MT_ACT_PAY);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "not part of the role fulfilment");
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
}

static void who_leaves_is_locked_out(void **state) {
    struct rig *r = *state;
    struct mt_staff other = {.name = "Lin", .role = MT_ROLE_COUNTER, .verifier = "", .active = false};
    assert_int_equal(mt_id_parse(mt_sv("s-2"), &other.staff_id), MT_OK);
    rig_scan(r, AMOX);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_STAFF, .staff = &other});
    assert_true(r->t->signed_in);
    r->t->commit.busy = true;
    tell_staff(r, MT_ROLE_PHARMACIST, false);
    assert_true(r->t->signed_in);
    r->t->commit.busy = false;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
    assert_false(r->t->signed_in);
    assert_int_equal(r->t->screen, MT_SCREEN_SIGN_IN);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Chen Mei is not on the staff any more");
    assert_int_equal(r->t->cart.count, 1);
    rig_sign_in(r, MT_ROLE_COUNTER);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
    assert_true(r->t->signed_in);
}

static void idle_locks(void **state) {
    struct rig *r = *state;
    r->t->idle_lock_ms = 60000;
    rig_scan(r, AMOX);
    r->mono += 59000;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
    assert_true(r->t->signed_in);
    r->mono += 1000;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
    assert_false(r->t->signed_in);
    assert_int_equal(r->t->cart.count, 1);
}

int run_sign_in(void) {
    const struct CMUnitTest tests[] = {
        FRESH(the_guide_enrols),        OPEN(digits_and_enter_sign_in),
        OPEN(a_lock_counts_down),       OPEN(a_scan_is_no_pin),
        OPEN(locking_keeps_everything), OPEN(another_role),
        OPEN(who_leaves_is_locked_out), OPEN(idle_locks),
    };
    return cmocka_run_group_tests_name("sign_in", tests, NULL, NULL);
}
