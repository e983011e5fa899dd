/* Keys become messages by the tables; the same key may be text or an action, depending on what is on the screen. */
#include "../unit/till/rig.h"

#include <medterm/ui/screen.h>

int run_keys(void);

#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static struct mt_key chr(const char *text) {
    struct mt_key k = {.code = MT_KEY_CHAR};
    memcpy(k.text, text, strlen(text) + 1);
    return k;
}
static struct mt_key ctrl(char letter) {
    return (struct mt_key){.code = MT_KEY_CTRL, .letter = letter};
}

/* Presses a key; false when it means nothing. */
static bool press(struct rig *r, struct mt_key key) {
    struct mt_msg msg;
    r->mono += 200;
    if (!mt_screen_message(r->t, &key, r->now + r->mono, r->mono, &msg))
        return false;
    mt_till_update(r->t, &msg, &r->fx);
    return true;
}
static bool press_code(struct rig *r, enum mt_key_code code) {
    return press(r, (struct mt_key){.code = code});
}

static void a_sale_by_keys(void **state) {
    struct rig *r = *state;
    for (const char *p = "6901234567892"; *p != '\0'; p++)
        assert_true(press(r, chr((char[]){*p, '\0'})));
    assert_true(press_code(r, MT_KEY_ENTER));
    rig_answer_lookup(r, AMOX);
    assert_int_equal(r->t->cart.count, 1);
    assert_true(press_code(r, MT_KEY_F4));
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
    assert_true(press_code(r, MT_KEY_ENTER));
    assert_non_null(rig_effect(r, MT_EFFECT_COMMIT));
}

static void plus_is_a_key_only_when_nothing_is_typed(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    press(r, chr("+"));
    assert_int_equal(r->t->cart.lines[0].quantity, 2);
    press(r, chr("-"));
    assert_int_equal(r->t->cart.lines[0].quantity, 1);
    press(r, chr("b"));
    press(r, chr("+"));
    press(r, chr("-"));
    assert_string_equal(r->t->sale.input.s, "b+-");
    assert_int_equal(r->t->cart.lines[0].quantity, 1);
    press_code(r, MT_KEY_LEFT);
    press_code(r, MT_KEY_DELETE);
    assert_string_equal(r->t->sale.input.s, "b+");
    assert_int_equal(r->t->cart.count, 1);
}

static void unknown_keys_do_nothing(void **state) {
    struct rig *r = *state;
    static const enum mt_key_code none[] = {MT_KEY_F6, MT_KEY_F7, MT_KEY_F8, MT_KEY_F11, MT_KEY_F12, MT_KEY_INSERT, MT_KEY_NONE};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(press_code(r, none[i]));
    assert_false(press(r, ctrl('z')));
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
}

static void a_paste_keeps_its_truncation(void **state) {
    struct rig *r = *state;
    press(r, (struct mt_key){.code = MT_KEY_PASTE, .paste = MT_SV("ab\rcd"), .truncated = true});
    assert_string_equal(r->t->sale.input.s, "ab cd");
    ASSERT_SAYS(r, MT_NOTICE_WARN, "Input truncated");
}

static void the_separator_of_a_gs1_code_arrives(void **state) {
    struct rig *r = *state;
    press(r, chr("1"));
    press(r, ctrl(']'));
    assert_int_equal(r->t->sale.input.s[1], 0x1d);
}

static void space_advances_on_the_board_only(void **state) {
    struct rig *r = *state;
    press(r, chr("a"));
    press(r, chr(" "));
    assert_string_equal(r->t->sale.input.s, "a ");
    press_code(r, MT_KEY_F5);
    const struct mt_board_row row = {"A03-000410", "Wang", MT_ORDER_PAID, 2, 3, 2, 1, true, false};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = &row, .board_count = 1});
    press(r, chr(" "));
    assert_non_null(rig_effect(r, MT_EFFECT_COMMIT));
}

static void only_ctrl_y_says_yes(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    press(r, ctrl('x'));
    assert_int_equal(r->t->ask, MT_ASK_CLEAR_CART);
    assert_true(press(r, chr("y"))); /* text: the question is answered no, the letter is typed */
    assert_int_equal(r->t->ask, MT_ASK_NONE);
    assert_int_equal(r->t->cart.count, 1);
    assert_string_equal(r->t->sale.input.s, "y");
    press(r, ctrl('x'));
    press_code(r, MT_KEY_ENTER);
    assert_int_equal(r->t->cart.count, 1);
    press(r, ctrl('x'));
    press(r, ctrl('y'));
    assert_int_equal(r->t->cart.count, 0);
}

static void f1_shows_and_hides(void **state) {
    struct rig *r = *state;
    press_code(r, MT_KEY_F1);
    assert_true(r->t->help);
    press_code(r, MT_KEY_F1);
    assert_false(r->t->help);
    press_code(r, MT_KEY_F1);
    press_code(r, MT_KEY_ESC);
    assert_false(r->t->help);
    press_code(r, MT_KEY_F1);
    press_code(r, MT_KEY_F9);
    assert_false(r->t->help);
    assert_int_equal(r->t->screen, MT_SCREEN_SYNC);
}

static void any_key_leaves_the_change(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    press_code(r, MT_KEY_F4);
    press_code(r, MT_KEY_ENTER);
    rig_committed(r, MT_OK, "A03-000417");
    assert_int_equal(r->t->screen, MT_SCREEN_PAID);
    assert_true(press_code(r, MT_KEY_F12));
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
}

static void quitting_is_not_in_the_middle_of_a_payment(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    press_code(r, MT_KEY_F4);
    assert_false(press(r, ctrl('q')));
    press_code(r, MT_KEY_ESC);
    assert_true(press(r, ctrl('q')));
    assert_non_null(rig_effect(r, MT_EFFECT_QUIT));
}

int run_keys(void) {
    const struct CMUnitTest tests[] = {
        OPEN(a_sale_by_keys),
        OPEN(plus_is_a_key_only_when_nothing_is_typed),
        OPEN(unknown_keys_do_nothing),
        OPEN(a_paste_keeps_its_truncation),
        OPEN(the_separator_of_a_gs1_code_arrives),
        OPEN(space_advances_on_the_board_only),
        OPEN(only_ctrl_y_says_yes),
        OPEN(f1_shows_and_hides),
        OPEN(any_key_leaves_the_change),
        OPEN(quitting_is_not_in_the_middle_of_a_payment),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
