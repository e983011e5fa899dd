#include "rig.h"
#include "suites.h"

#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static const struct mt_board_row rows[] = {
    {.order_no = "A03-000003",
     .who = "Walk-in",
     .status = MT_ORDER_SHIPPED,
     .version = 4,
     .packs = 1,
     .lines = 1,
     .since = 100,
     .own = true},
    {.order_no = "A03-000002",
     .who = "Wang Fang",
     .status = MT_ORDER_PAID,
     .version = 2,
     .packs = 3,
     .lines = 2,
     .since = 300,
     .own = true},
    {.order_no = "A04-000009", .who = "Li Na", .status = MT_ORDER_PAID, .version = 2, .packs = 1, .lines = 1, .since = 200},
    {.order_no = "A03-000005",
     .who = "Zhao",
     .status = MT_ORDER_PENDING,
     .version = 1,
     .packs = 1,
     .lines = 1,
     .since = 50,
     .own = true},
    {.order_no = "A03-000001", .who = "Old", .status = MT_ORDER_COMPLETED, .version = 5, .since = 10, .own = true},
};

static void to_board(struct rig *r) {
    rig_act(r, MT_ACT_FULFIL);
    assert_non_null(rig_effect(r, MT_EFFECT_LOAD_BOARD));
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = rows, .board_count = sizeof rows / sizeof rows[0]});
    assert_int_equal(r->t->board.count, 4);
}

static void give_order(struct rig *r, const char *order_no, enum mt_order_status status) {
    struct mt_order_item item = {.line = 1, .drug_name = "Amoxicillin caps", .drug_spec = "0.25 g × 24", .quantity = 1};
    struct mt_order o = {.register_code = "A03",
                         .status = status,
                         .version = 1,
                         .user_id = "",
                         .user_name = "Zhao",
                         .user_phone = "",
                         .doctor_id = "",
                         .doctor_name = "",
                         .address_id = "",
                         .address_detail = "",
                         .currency = "CNY",
                         .pay_type = "",
                         .items = &item,
                         .item_count = 1,
                         .remark = "",
                         .printed_no = ""};
    memcpy(o.order_no, order_no, strlen(order_no) + 1);
    assert_int_equal(mt_money_from_minor(1280, &o.total_amount), MT_OK);
    assert_int_equal(mt_id_parse(mt_sv("o-1"), &o.order_id), MT_OK);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ORDER, .order = &o, .shelf = (const char *const[]){"B-2"}});
}

static void oldest_first_within_a_status(void **state) {
    struct rig *r = *state;
    to_board(r);
    static const char *const want[] = {"A04-000009", "A03-000002", "A03-000003", "A03-000005"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(r->t->board.rows[i].order_no, want[i]);
}

static void space_moves_an_order_on_once(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_ADVANCE);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_COMMIT);
    assert_non_null(e);
    assert_int_equal(e->op->kind, MT_OP_ORDER_ADVANCE);
    assert_int_equal(e->op->body.advance.to, MT_ORDER_PREPARING);
    assert_int_equal(e->op->body.advance.if_version, 2);
    assert_string_equal(e->op->body.advance.order_no, "A03-000002");
    rig_act(r, MT_ACT_ADVANCE);
    assert_int_equal(r->fx.count, 0);
    rig_committed(r, MT_OK, "A03-000002");
    ASSERT_SAYS(r, MT_NOTICE_GOOD, "A03-000002 is being prepared");
    assert_non_null(rig_effect(r, MT_EFFECT_LOAD_BOARD));
}

static void somebody_was_faster(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_act(r, MT_ACT_ADVANCE);
    struct mt_order now = {.status = MT_ORDER_PREPARING};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_COMMITTED, .rc = MT_STALE, .op_kind = MT_OP_ORDER_ADVANCE, .order = &now});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "A04-000009 is already preparing.");
    rig_act(r, MT_ACT_BACK);
    to_board(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_REFUSED, .order_no = "A04-000009", .text = MT_SV("A04 was faster.")});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "A04-000009 was refused: A04 was faster.");
    assert_non_null(rig_effect(r, MT_EFFECT_LOAD_BOARD));
}

static void offline_and_not_ours_warns_first(void **state) {
    struct rig *r = *state;
    rig_link(r, MT_LINK_OFFLINE);
    to_board(r);
    rig_act(r, MT_ACT_ADVANCE);
    assert_int_equal(r->t->ask, MT_ASK_ADVANCE);
    assert_string_equal(r->t->ask_no, "A04-000009");
    rig_act(r, MT_ACT_ENTER);
    assert_int_equal(r->t->ask, MT_ASK_NONE);
    assert_null(rig_effect(r, MT_EFFECT_COMMIT));
    rig_act(r, MT_ACT_ADVANCE);
    rig_act(r, MT_ACT_YES);
    assert_non_null(rig_effect(r, MT_EFFECT_COMMIT));
    rig_committed(r, MT_OK, "A04-000009");
    to_board(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_ADVANCE); /* our own: no question */
    assert_non_null(rig_effect(r, MT_EFFECT_COMMIT));
}

static void the_selection_follows_the_order(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_act(r, MT_ACT_DOWN);
    assert_string_equal(mt_till_board_row(r->t)->order_no, "A03-000002");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = rows, .board_count = 2});
    assert_string_equal(mt_till_board_row(r->t)->order_no, "A03-000002");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = NULL, .board_count = 0});
    assert_null(mt_till_board_row(r->t));
}

static void enter_opens_the_pick_list(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_ENTER);
    assert_string_equal(rig_effect(r, MT_EFFECT_LOAD_ORDER)->order_no, "A03-000002");
    assert_int_equal(r->t->screen, MT_SCREEN_PICK);
    give_order(r, "A03-000009", MT_ORDER_PAID); /* of an older question */
    assert_false(r->t->pick.loaded);
    give_order(r, "A03-000002", MT_ORDER_PAID);
    assert_true(r->t->pick.loaded);
    assert_string_equal(r->t->pick.shelf[0], "B-2");
    rig_act(r, MT_ACT_ADVANCE);
    assert_string_equal(rig_effect(r, MT_EFFECT_COMMIT)->op->body.advance.order_id.s, "o-1");
}

static void a_receipt_scan_jumps(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_burst(r, "A03-000003");
    rig_act(r, MT_ACT_ENTER);
    assert_string_equal(mt_till_board_row(r->t)->order_no, "A03-000003");
    rig_burst(r, rig_codes[AMOX]);
    rig_act(r, MT_ACT_ENTER);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "is no order number");
    rig_burst(r, "A03-000001");
    rig_act(r, MT_ACT_ENTER);
    assert_string_equal(rig_effect(r, MT_EFFECT_LOAD_ORDER)->order_no, "A03-000001");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ORDER, .rc = MT_NOTFOUND, .order_no = "A03-000001"});
    ASSERT_SAYS(r, MT_NOTICE_BAD, "not known at this till");
    assert_int_equal(r->t->screen, MT_SCREEN_FULFIL);
}

static void an_unpaid_order_is_paid_from_the_board(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_act(r, MT_ACT_END);
    rig_act(r, MT_ACT_ADVANCE);
    ASSERT_SAYS(r, MT_NOTICE_INFO, "is not paid. F4");
    rig_act(r, MT_ACT_PAY);
    give_order(r, "A03-000005", MT_ORDER_PENDING);
    assert_int_equal(r->t->screen, MT_SCREEN_PAY);
    assert_int_equal(mt_money_to_minor(r->t->pay.due), 1280);
    rig_type(r, "20");
    rig_act(r, MT_ACT_ENTER);
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_COMMIT);
    assert_non_null(e);
    assert_int_equal(e->op->kind, MT_OP_PAYMENT_RECORD);
    assert_string_equal(e->op->body.payment.order_no, "A03-000005");
    rig_committed(r, MT_OK, NULL);
    assert_int_equal(r->t->screen, MT_SCREEN_PAID);
    assert_int_equal(mt_money_to_minor(r->t->paid.change), 720);
    assert_string_equal(rig_effect(r, MT_EFFECT_PRINT)->order_no, "A03-000005");
}

static void cancelling_asks_once(void **state) {
    struct rig *r = *state;
    to_board(r);
    rig_act(r, MT_ACT_END);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000005", MT_ORDER_PENDING);
    rig_act(r, MT_ACT_CANCEL);
    assert_int_equal(r->t->ask, MT_ASK_CANCEL);
    rig_act(r, MT_ACT_BACK);
    assert_int_equal(r->t->ask, MT_ASK_NONE);
    rig_act(r, MT_ACT_CANCEL);
    rig_act(r, MT_ACT_YES);
    assert_int_equal(rig_effect(r, MT_EFFECT_COMMIT)->op->kind, MT_OP_ORDER_CANCEL);
    rig_committed(r, MT_OK, NULL);
    ASSERT_SAYS(r, MT_NOTICE_GOOD, "A03-000005 is cancelled");
}

int run_board(void) {
    const struct CMUnitTest tests[] = {
        OPEN(oldest_first_within_a_status),
        OPEN(space_moves_an_order_on_once),
        OPEN(somebody_was_faster),
        OPEN(offline_and_not_ours_warns_first),
        OPEN(the_selection_follows_the_order),
        OPEN(enter_opens_the_pick_list),
        OPEN(a_receipt_scan_jumps),
        OPEN(an_unpaid_order_is_paid_from_the_board),
        OPEN(cancelling_asks_once),
    };
    return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
