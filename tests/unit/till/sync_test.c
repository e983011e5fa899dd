#include "rig.h"
#include "suites.h"

#define OPEN(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)

static const struct mt_outbox_row rows[] = {
    {.seq = 8, .kind = MT_OP_ORDER_CREATE, .order_no = "A03-000008", .state = "waiting", .why = ""},
    {.seq = 5, .kind = MT_OP_ORDER_CREATE, .order_no = "A03-000005", .state = "refused", .why = "Not enough stock"},
    {.seq = 7, .kind = MT_OP_ORDER_ADVANCE, .order_no = "A03-000004", .state = "waiting", .why = ""},
};

static void to_sync(struct rig *r) {
    rig_act(r, MT_ACT_SYNC);
    assert_non_null(rig_effect(r, MT_EFFECT_LOAD_SYNC));
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = rows, .outbox_count = 3, .cursor = "c-1", .epoch = "e-1"});
}

static void attention_comes_first(void **state) {
    struct rig *r = *state;
    to_sync(r);
    assert_int_equal(r->t->sync.rows[0].seq, 5);
    assert_int_equal(r->t->sync.rows[1].seq, 7);
    assert_int_equal(r->t->sync.rows[2].seq, 8);
    assert_string_equal(r->t->sync.epoch, "e-1");
}

static void settling(void **state) {
    struct rig *r = *state;
    to_sync(r);
    rig_act(r, MT_ACT_AGAIN);
    assert_int_equal(rig_effect(r, MT_EFFECT_SETTLE)->seq, 5);
    assert_int_equal(rig_effect(r, MT_EFFECT_SETTLE)->settle, MT_SETTLE_AGAIN);
    assert_int_equal(r->t->notice.kind, MT_NOTICE_NONE); /* nothing is said before it is saved */
    struct mt_msg answer = {.kind = MT_MSG_SETTLED, .settle = MT_SETTLE_AGAIN, .order_no = "A03-000005"};
    answer.rc = MT_FULL;
    rig_send(r, answer);
    ASSERT_SAYS(r, MT_NOTICE_BAD, "A03-000005 stays in the list: the disk is full.");
    answer.rc = MT_OK;
    rig_act(r, MT_ACT_HOME); /* read */
    rig_send(r, answer);
    ASSERT_SAYS(r, MT_NOTICE_GOOD, "A03-000005 is sent again.");
    rig_act(r, MT_ACT_DROP);
    assert_int_equal(r->t->ask, MT_ASK_DROP);
    rig_act(r, MT_ACT_YES);
    assert_int_equal(rig_effect(r, MT_EFFECT_SETTLE)->settle, MT_SETTLE_DROP);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_DROP); /* waits for the line, not for a person */
    assert_int_equal(r->t->ask, MT_ASK_NONE);
}

static void quarantined_is_not_sent_again(void **state) {
    struct rig *r = *state;
    struct mt_outbox_row kept = rows[1];
    kept.state = "quarantined";
    to_sync(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = &kept, .outbox_count = 1, .cursor = "", .epoch = ""});
    rig_act(r, MT_ACT_AGAIN);
    assert_null(rig_effect(r, MT_EFFECT_SETTLE));
    rig_act(r, MT_ACT_DROP); /* a manager may still have seen to it */
    assert_int_equal(r->t->ask, MT_ASK_DROP);
}

static void a_row_settled_meanwhile_is_left_alone(void **state) {
    struct rig *r = *state;
    struct mt_outbox_row other = rows[1];
    other.seq = 6;
    to_sync(r);
    rig_act(r, MT_ACT_DROP);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = &other, .outbox_count = 1, .cursor = "", .epoch = ""});
    rig_act(r, MT_ACT_YES);
    assert_null(rig_effect(r, MT_EFFECT_SETTLE));
}

static void try_now_and_export(void **state) {
    struct rig *r = *state;
    to_sync(r);
    rig_act(r, MT_ACT_SYNC_NOW);
    assert_non_null(rig_effect(r, MT_EFFECT_SYNC_NOW));
    rig_act(r, MT_ACT_EXPORT);
    assert_non_null(rig_effect(r, MT_EFFECT_EXPORT));
    rig_send(r, (struct mt_msg){.kind = MT_MSG_EXPORTED, .rc = MT_OK, .path = "/tmp/outbox.json"});
    ASSERT_SAYS(r, MT_NOTICE_GOOD, "/tmp/outbox.json");
}

static void news_of_the_line_reload_the_screen(void **state) {
    struct rig *r = *state;
    to_sync(r);
    rig_link(r, MT_LINK_ONLINE);
    assert_null(rig_effect(r, MT_EFFECT_LOAD_SYNC)); /* nothing new */
    rig_link(r, MT_LINK_OFFLINE);
    assert_non_null(rig_effect(r, MT_EFFECT_LOAD_SYNC));
    rig_act(r, MT_ACT_BACK);
    assert_int_equal(r->t->screen, MT_SCREEN_NEW);
}

int run_sync(void) {
    const struct CMUnitTest tests[] = {
        OPEN(attention_comes_first),
        OPEN(settling),
        OPEN(quarantined_is_not_sent_again),
        OPEN(a_row_settled_meanwhile_is_left_alone),
        OPEN(try_now_and_export),
        OPEN(news_of_the_line_reload_the_screen),
    };
    return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
