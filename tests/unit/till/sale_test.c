#include "rig.h"
#include "suites.h"

#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static void typing_searches_with_generations(void **state) {
    struct rig *r = *state;
    rig_type(r, "m");
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_SEARCH);
    assert_non_null(e);
    assert_string_equal(e->text, "m");
    uint64_t first = e->generation;
    rig_type(r, "e");
    e = rig_effect(r, MT_EFFECT_SEARCH);
    assert_non_null(e);
    assert_string_equal(e->text, "me");
    uint64_t second = e->generation;
    assert_true(second > first);
    rig_found(r, first, (int[]){IBU}, 1);
    assert_int_equal(r->t->sale.found_count, 0); /* stale */
    rig_found(r, second, (int[]){METF, MORPHINE}, 2);
    assert_int_equal(r->t->sale.found_count, 2);
    rig_found(r, second, (int[]){IBU}, 1); /* answered twice */
    assert_int_equal(r->t->sale.found_count, 2);
}

static void enter_takes_the_shown_suggestion(void **state) {
    struct rig *r = *state;
    rig_type(r, "3*me");
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_SEARCH);
    assert_non_null(e);
    assert_string_equal(e->text, "me");
    rig_found(r, e->generation, (int[]){METF, MORPHINE}, 2);
    rig_act(r, MT_ACT_DOWN);
    assert_int_equal(r->t->sale.selected, 1);
    rig_act(r, MT_ACT_UP);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.count, 1);
    assert_int_equal(r->t->cart.lines[0].quantity, 3);
    assert_string_equal(r->t->cart.lines[0].drug.name, "Metformin tabs");
    assert_int_equal(r->t->sale.input.n, 0);
    assert_non_null(rig_effect(r, MT_EFFECT_CART_LINE));
}

static void enter_before_the_answer_takes_only_a_single_hit(void **state) {
    struct rig *r = *state;
    rig_type(r, "me");
    uint64_t g = rig_effect(r, MT_EFFECT_SEARCH)->generation;
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.count, 0);
    rig_found(r, g, (int[]){METF, MORPHINE}, 2);
    assert_int_equal(r->t->cart.count, 0);
    ASSERT_SAYS(r, MT_NOTICE_INFO, "2 packs match");
    rig_type(r, "t");
    g = rig_effect(r, MT_EFFECT_SEARCH)->generation;
    rig_act(r, MT_ACT_ENTER);
    rig_found(r, g, (int[]){METF}, 1);
    assert_int_equal(r->t->cart.count, 1);
}

static void an_exact_code_never_takes_a_suggestion(void **state) {
    struct rig *r = *state;
    rig_type(r, rig_codes[AMOX]); /* by hand, so it is searched too */
    rig_found(r, r->t->sale.generation, (int[]){IBU}, 1);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.count, 0);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_LOOKUP);
    assert_non_null(e);
    assert_string_equal(e->scan.gtin, rig_codes[AMOX]);
    rig_answer_lookup(r, -1);
    assert_int_equal(r->t->cart.count, 0);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Unknown code 6901234567892");
    assert_non_null(rig_effect(r, MT_EFFECT_BELL));
}

static void digits_that_are_no_code_take_nothing(void **state) {
    struct rig *r = *state;
    rig_type(r, "690123456");
    rig_found(r, r->t->sale.generation, (int[]){AMOX}, 1);
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->cart.count, 0);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Unknown code 690123456");
}

static void a_bad_check_digit_is_shown_and_gives_way(void **state) {
    struct rig *r = *state;
    rig_burst(r, "6901234567893");
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "6901234567893 has a wrong check digit");
    assert_non_null(rig_effect(r, MT_EFFECT_BELL));
    assert_null(rig_effect(r, MT_EFFECT_LOOKUP));
    assert_true(r->t->sale.spent);
    rig_scan(r, AMOX); /* replaces what was refused */
    assert_int_equal(r->t->cart.count, 1);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "check digit"); /* stays until read */
    rig_act(r, MT_ACT_BACK);
    assert_int_equal(r->t->notice.kind, MT_NOTICE_NONE);
}

static void scans_come_faster_than_answers(void **state) {
    struct rig *r = *state;
    struct mt_scan asked[20];
    for (int i = 0; i < 20; i++) {
        rig_burst(r, rig_codes[i % 2 == 0 ? AMOX : IBU]);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
        const struct mt_effect *e = rig_effect(r, MT_EFFECT_LOOKUP);
        assert_non_null(e);
        assert_null(e->scan.rest.p); /* nothing borrowed from the input that is gone */
        asked[i] = e->scan;
        assert_int_equal(r->t->sale.input.n, 0);
    }
    rig_act(r, MT_ACT_PAY); /* waits for the answers */
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    for (int i = 0; i < 20; i++) {
        struct mt_found f = rig_drug(i % 2 == 0 ? AMOX : IBU);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = asked[i], .found = &f, .found_count = 1});
    }
    assert_int_equal(r->t->cart.count, 2);
    assert_int_equal(r->t->cart.lines[0].quantity, 10);
    assert_int_equal(r->t->cart.lines[1].quantity, 10);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
}

static void a_lost_answer_does_not_hold_up_the_payment(void **state) {
    struct rig *r = *state;
    rig_scan(r, AMOX);
    rig_burst(r, rig_codes[IBU]);
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    r->mono += 5000;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "scan again what is missing");
    rig_act(r, MT_ACT_PAY);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
}

static void a_burst_of_digits_is_not_searched(void **state) {
    struct rig *r = *state;
    rig_burst(r, "69012345678");
    rig_burst(r, "9");
    rig_act(r, MT_ACT_RUBOUT);
    (void)rig_effect(r, MT_EFFECT_SEARCH);
    rig_act(r, MT_ACT_CLEAR);
    int searches = 0;
    r->mono += 1000;
    for (const char *p = "4006381333931"; *p != '\0'; p++) {
        r->mono += 2;
        rig_send(r, (struct mt_msg){.kind = MT_MSG_TEXT, .text = mt_sv_n(p, 1)});
        searches += rig_effect(r, MT_EFFECT_SEARCH) != NULL;
    }
    assert_in_range(searches, 0, MT_BURST_CHARS);
}

static void unknown_text_says_so(void **state) {
    struct rig *r = *state;
    rig_type(r, "zzz");
    rig_found(r, r->t->sale.generation, NULL, 0);
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "Nothing matches \"zzz\"");
    assert_int_equal(r->t->cart.count, 0);
}

static void a_paste_is_text_and_nothing_else(void **state) {
    struct rig *r = *state;
    char big[5001];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    memcpy(big, "6901234567892\r\n\x1bOP", 18);
    rig_paste(r, big);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
    assert_int_equal(r->t->cart.count, 0);
    assert_null(rig_effect(r, MT_EFFECT_LOOKUP));
    assert_int_equal(r->t->sale.input.n, MT_PASTE_CHARS);
    assert_null(strchr(r->t->sale.input.s, '\x1b'));
    assert_null(strchr(r->t->sale.input.s, '\r'));
    ASSERT_SAYS(r, MT_NOTICE_WARN, "Input truncated: 200 characters of the paste");
}

static void an_order_number_is_not_a_pack(void **state) {
    struct rig *r = *state;
    rig_burst(r, "A03-000001");
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_WARN, "A03-000001 is an order");
    assert_int_equal(r->t->cart.count, 0);
}

static void help_and_questions_never_swallow_a_scan(void **state) {
    struct rig *r = *state;
    rig_act(r, MT_ACT_HELP);
    assert_true(r->t->help);
    rig_scan(r, AMOX);
    assert_false(r->t->help);
    assert_int_equal(r->t->cart.count, 1);
    rig_act(r, MT_ACT_CLEAR);
    assert_int_equal(r->t->ask, MT_ASK_CLEAR_CART);
    rig_scan(r, IBU);
    assert_int_equal(r->t->ask, MT_ASK_NONE);
    assert_int_equal(r->t->cart.count, 2);
}

static void hostile_letters_stay_out_of_the_line(void **state) {
    struct rig *r = *state;
    rig_type(r, "a\xe2\x80\xae"
                "b\x1b\xff"
                "阿");
    assert_string_equal(r->t->sale.input.s, "ab阿");
    rig_act(r, MT_ACT_RUBOUT);
    assert_string_equal(r->t->sale.input.s, "ab");
}

static void random_messages_hold_the_model_together(void **state) {
    struct rig *r = *state;
    static const char *const texts[] = {"3", "*", "6901234567892", "metf", " ", "\xff", "A03-000009", "+", "99", "é"};
    uint32_t x = 12345;
    for (int i = 0; i < 20000; i++) {
        x = x * 1664525u + 1013904223u;
        unsigned dice = (x >> 16) % 40;
        r->mono += (x >> 8) % 3 == 0 ? 1 : 200;
        if (dice < 14)
            rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = (enum mt_action)((x >> 4) % (MT_ACT_QUIT + 1))});
        else if (dice < 24)
            rig_send(r, (struct mt_msg){.kind = MT_MSG_TEXT, .text = mt_sv(texts[(x >> 5) % 10])});
        else if (dice < 26)
            rig_paste(r, texts[(x >> 5) % 10]);
        else if (dice < 29)
            rig_found(r, r->t->sale.generation, (int[]){(int)((x >> 7) % DRUGS), METF}, 2);
        else if (dice < 33) {
            struct mt_found f = rig_drug((int)((x >> 7) % DRUGS));
            struct mt_scan scan;
            mt_scan_read(mt_sv(texts[(x >> 5) % 10]), mt_till_today(r->t), &scan);
            rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = (x >> 9) % 2});
        } else if (dice < 36)
            rig_committed(r, (x >> 6) % 3 == 0 ? MT_FULL : MT_OK, "A03-000417");
        else if (dice < 38)
            rig_send(r, (struct mt_msg){.kind = MT_MSG_TICK});
        else if (dice < 39)
            rig_sign_in(r, (enum mt_role)((x >> 6) % 4));
        else
            rig_link(r, (enum mt_link)((x >> 6) % 3));
        assert_true(r->t->cart.count <= MT_ITEMS_MAX);
        assert_true(r->t->cart.count == 0 ? r->t->cart.current == 0 : r->t->cart.current < r->t->cart.count);
        assert_true(r->t->sale.found_count == 0 || r->t->sale.selected < r->t->sale.found_count);
        struct mt_money sum = mt_money_zero();
        for (size_t j = 0; j < r->t->cart.count; j++) {
            struct mt_money part;
            assert_in_range(r->t->cart.lines[j].quantity, 1, MT_QUANTITY_MAX);
            assert_int_equal(mt_money_times(r->t->cart.lines[j].drug.price, r->t->cart.lines[j].quantity, &part), MT_OK);
            assert_int_equal(mt_money_add(sum, part, &sum), MT_OK);
        }
        assert_int_equal(mt_money_cmp(sum, r->t->cart.total), 0);
    }
}

int run_sale(void) {
    const struct CMUnitTest tests[] = {
        OPEN(typing_searches_with_generations),
        OPEN(enter_takes_the_shown_suggestion),
        OPEN(enter_before_the_answer_takes_only_a_single_hit),
        OPEN(an_exact_code_never_takes_a_suggestion),
        OPEN(digits_that_are_no_code_take_nothing),
        OPEN(a_bad_check_digit_is_shown_and_gives_way),
        OPEN(scans_come_faster_than_answers),
        OPEN(a_lost_answer_does_not_hold_up_the_payment),
        OPEN(a_burst_of_digits_is_not_searched),
        OPEN(unknown_text_says_so),
        OPEN(a_paste_is_text_and_nothing_else),
        OPEN(an_order_number_is_not_a_pack),
        OPEN(help_and_questions_never_swallow_a_scan),
        OPEN(hostile_letters_stay_out_of_the_line),
        OPEN(random_messages_hold_the_model_together),
    };
    return cmocka_run_group_tests_name("sale", tests, NULL, NULL);
}
