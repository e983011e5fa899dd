/* What happens to orders afterwards: the board, the pick list, sync. */
#include "scenes.h"

#include <stdio.h>

/* ---- board ---- */

static void to_board(struct rig *r) {
    mt_time n = now_of(r);
    const struct mt_board_row rows[] = {
        {"A03-000410", "Wang Fang", MT_ORDER_PAID, 2, 3, 2, n - 12 * MINUTE, true, false},
        {"A04-000077", "Li Na", MT_ORDER_PAID, 2, 1, 1, n - 4 * MINUTE, false, false},
        {"A03-000415", "Walk-in", MT_ORDER_PAID, 0, 2, 2, n - MINUTE / 2, true, true},
        {"A03-000402", "Zhao Ming\x1b[31m 赵明", MT_ORDER_PREPARING, 3, 5, 4, n - 21 * MINUTE, true, false},
        {"A03-000381", "A name that is so long that it has to be cut somewhere in the middle of it", MT_ORDER_SHIPPED, 4, 1, 1,
         n - 65 * MINUTE, true, false},
        {"A03-000399", "Sun Li", MT_ORDER_PENDING, 1, 2, 1, n - 2880 * MINUTE, true, false},
    };
    rig_act(r, MT_ACT_FULFIL);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = rows, .board_count = sizeof rows / sizeof rows[0]});
}
void board_full(struct rig *r) {
    online(r);
    to_board(r);
}
/* Every group has waited so long that the ages do not fit beside the counts. */
void board_old(struct rig *r) {
    const mt_time n = r->now;
    const struct mt_board_row rows[] = {
        {"A03-000410", "Wang Fang", MT_ORDER_PAID, 2, 3, 2, n - 719 * MINUTE, true, false},
        {"A03-000402", "Li Na", MT_ORDER_PREPARING, 3, 5, 4, n - 701 * MINUTE, true, false},
        {"A03-000381", "Zhao Ming", MT_ORDER_SHIPPED, 4, 1, 1, n - 1339 * MINUTE, true, false},
        {"A03-000399", "Sun Li", MT_ORDER_PENDING, 1, 2, 1, n - 1421 * MINUTE, true, false},
    };
    online(r);
    rig_act(r, MT_ACT_FULFIL);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = rows, .board_count = sizeof rows / sizeof rows[0]});
}
void board_empty(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_FULFIL);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD});
}
void board_loading(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_FULFIL);
}
void board_offline(struct rig *r) {
    offline(r);
    to_board(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_ADVANCE);
}
void board_taken(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ADVANCE);
    struct mt_order now = {.status = MT_ORDER_PREPARING};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_COMMITTED, .rc = MT_STALE, .op_kind = MT_OP_ORDER_ADVANCE, .order = &now});
}
void board_advanced(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ADVANCE);
    rig_committed(r, MT_OK, NULL);
}
void board_finding(struct rig *r) {
    board_full(r);
    rig_type(r, "A03-0003");
}
void board_unpaid(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_END);
}

static void give_order(struct rig *r, const char *order_no, enum mt_order_status status, bool lots) {
    struct mt_lot_taken amox[] = {{"L2401", mt_date_from_civil(2027, 3, 31), 2, false},
                                  {"L2407", mt_date_from_civil(2027, 9, 30), 1, true}};
    struct mt_lot_taken metf[] = {{"M-118", mt_date_from_civil(2026, 12, 31), 1, false}};
    struct mt_order_item items[] = {
        {.line = 1,
         .drug_name = "Amoxicillin caps",
         .drug_spec = "0.25 g × 24",
         .quantity = 3,
         .lots = amox,
         .lot_count = lots ? 2 : 0},
        {.line = 2,
         .drug_name = "Metformin tabs",
         .drug_spec = "0.5 g × 48",
         .quantity = 1,
         .lots = metf,
         .lot_count = lots ? 1 : 0},
    };
    struct mt_order o = {.register_code = "A03",
                         .status = status,
                         .version = 1,
                         .user_id = "",
                         .user_name = "Wang Fang",
                         .user_phone = "555 0117",
                         .doctor_id = "",
                         .doctor_name = "Dr Li Wei",
                         .address_id = "",
                         .address_detail = "",
                         .currency = "CNY",
                         .pay_type = "",
                         .items = items,
                         .item_count = 2,
                         .remark = "Rings twice",
                         .printed_no = ""};
    memcpy(o.order_no, order_no, strlen(order_no) + 1);
    assert_int_equal(mt_money_from_minor(5940, &o.total_amount), MT_OK);
    o.paid_amount = status == MT_ORDER_PENDING ? mt_money_zero() : o.total_amount;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ORDER, .order = &o, .shelf = (const char *const[]){"A-12", "C-03"}});
}
void pick_open(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000410", MT_ORDER_PAID, true);
}
void pick_without_lots(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000410", MT_ORDER_PREPARING, false);
    rig_act(r, MT_ACT_DOWN);
}
void pick_loading(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
}
void pick_unpaid(struct rig *r) {
    board_unpaid(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000399", MT_ORDER_PENDING, false);
}
void pick_cancel(struct rig *r) {
    pick_unpaid(r);
    rig_act(r, MT_ACT_CANCEL);
}
void pay_standing(struct rig *r) {
    board_unpaid(r);
    rig_act(r, MT_ACT_PAY);
    give_order(r, "A03-000399", MT_ORDER_PENDING, false);
}
void help_board(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_HELP);
}

void pick_ready(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000410", MT_ORDER_SHIPPED, true);
}
void pick_finding(struct rig *r) {
    pick_open(r);
    rig_type(r, "A03-0003");
}
void board_many(struct rig *r) {
    enum { ROWS = 60 };
    struct mt_board_row rows[ROWS];
    char no[ROWS][MT_ORDER_NO_TEXT];
    online(r);
    for (int i = 0; i < ROWS; i++) {
        assert_in_range(snprintf(no[i], sizeof no[i], "A03-%06d", 300 + i), 1, MT_ORDER_NO_TEXT - 1);
        rows[i] = (struct mt_board_row){no[i],
                                        "Walk-in",
                                        i % 3 == 0 ? MT_ORDER_PAID : MT_ORDER_PREPARING,
                                        2,
                                        i % 7 + 1,
                                        i % 9 + 1,
                                        now_of(r) - (ROWS - i) * MINUTE,
                                        true,
                                        false};
    }
    rig_act(r, MT_ACT_FULFIL);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD, .board = rows, .board_count = ROWS});
    rig_act(r, MT_ACT_PAGE_DOWN);
    rig_act(r, MT_ACT_PAGE_DOWN);
    rig_act(r, MT_ACT_PAGE_DOWN);
}
void help_pick(struct rig *r) {
    pick_open(r);
    rig_act(r, MT_ACT_HELP);
}

/* ---- sync ---- */

#define SYNC_EPOCH "0193a5c7-1b22-7c3d-9e10-5f6a7b8c9d0e"
#define SYNC_CURSOR "c:" SYNC_EPOCH ":20917.kq3XyR0mVt1Zc8aLd5sJxw"

static void rows_of_sync(struct rig *r) {
    mt_time n = now_of(r);
    const struct mt_outbox_row rows[] = {
        {418, MT_OP_ORDER_CREATE, "A03-000412", n - 29 * MINUTE, 3, "waiting", ""},
        {419, MT_OP_ORDER_ADVANCE, "A03-000402", n - 11 * MINUTE, 0, "waiting", ""},
        {402, MT_OP_ORDER_CREATE, "A03-000399", n - 180 * MINUTE, 1, "refused",
         "Not enough stock: Metformin tabs 0.5 g × 48, 2 wanted, 1 left. Change the order and send it, or settle it with the "
         "customer."},
        {405, MT_OP_PAYMENT_RECORD, "A03-000390", n - 2000 * MINUTE, 2, "quarantined", "The service does not know this order yet."},
    };
    rig_act(r, MT_ACT_SYNC);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC,
                                .outbox = rows,
                                .outbox_count = sizeof rows / sizeof rows[0],
                                .cursor = SYNC_CURSOR,
                                .epoch = SYNC_EPOCH});
}
void sync_offline(struct rig *r) {
    offline(r);
    rows_of_sync(r);
}
void sync_second(struct rig *r) {
    offline(r);
    rows_of_sync(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_DOWN);
}
void sync_long_reason(struct rig *r) {
    mt_time n = now_of(r);
    const struct mt_outbox_row rows[] = {
        {402, MT_OP_ORDER_CREATE, "A03-000399", n - 180 * MINUTE, 1, "refused",
         "Not enough stock: Metformin tabs 0.5 g × 48, 2 wanted, 1 left; Amoxicillin caps 0.25 g × 24, 12 wanted, none left, the "
         "next delivery is not known; Ibuprofen SR caps 0.3 g × 20, 3 wanted, 2 left. Change the order and send it, or settle it "
         "with the customer, who was told that the packs would be kept until the evening."},
        {405, MT_OP_PAYMENT_RECORD, "A03-000390", n - 20 * MINUTE, 2, "refused", "The order is cancelled."},
    };
    online(r);
    rig_act(r, MT_ACT_SYNC);
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = rows, .outbox_count = 2, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
}
void sync_exported(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_EXPORT);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_EXPORTED, .rc = MT_OK, .path = "/var/lib/medterm/export/A03-unsent-20261123.json"});
}
void sync_empty(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_SYNC);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
}
void sync_never(struct rig *r) {
    struct mt_link_state state = {.link = MT_LINK_CONNECTING, .why = ""};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &state});
    rig_act(r, MT_ACT_SYNC);
}
void sync_frozen(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE,
                                   .frozen = true,
                                   .unsent = 4,
                                   .attention = 2,
                                   .skew_ms = -90000,
                                   .why = "This till's files were copied: the service has operations under its name that it never "
                                          "made. Nothing is lost and nothing more is sent. Enrol it again with a new code."});
    rows_of_sync(r);
}
void sync_frozen_clean(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE,
                                   .frozen = true,
                                   .unsent = 1,
                                   .why = "Another machine works as this register. Nothing is lost and nothing more is sent. Enrol "
                                          "this till again with a new "
                                          "code."});
    const struct mt_outbox_row rows[] = {{418, MT_OP_ORDER_CREATE, "A03-000412", now_of(r) - 29 * MINUTE, 3, "frozen", ""}};
    rig_act(r, MT_ACT_SYNC);
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = rows, .outbox_count = 1, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
}
void sync_stuck(struct rig *r) {
    static const char why[] = "The service takes operation 418 in no form, and what comes after it waits. Nothing is lost.";
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .unsent = 2, .why = why});
    const struct mt_outbox_row rows[] = {{418, MT_OP_VOID, "A03-000412", now_of(r) - 29 * MINUTE, 7, "waiting", why},
                                         {419, MT_OP_ORDER_CREATE, "A03-000413", now_of(r) - 11 * MINUTE, 0, "waiting", ""}};
    rig_act(r, MT_ACT_SYNC);
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = rows, .outbox_count = 2, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
}
void sync_paused(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_OFFLINE, .paused = true, .unsent = 4, .attention = 2, .skew_ms = 45000});
    rows_of_sync(r);
}
void sync_drop(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_DROP);
}
void sync_trying(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_SYNC_NOW);
}
void help_sync(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_HELP);
}
void sync_drop_gone(struct rig *r) {
    sync_drop(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
}
void sync_many(struct rig *r) {
    enum { ROWS = 50 };
    struct mt_outbox_row rows[ROWS];
    offline(r);
    for (int i = 0; i < ROWS; i++)
        rows[i] = (struct mt_outbox_row){500 + i,
                                         MT_OP_ORDER_CREATE,
                                         "A03-000412",
                                         now_of(r) - (90 - i) * MINUTE,
                                         i % 4,
                                         "waiting",
                                         i % 4 > 0 ? "The service can not be reached." : ""};
    rig_act(r, MT_ACT_SYNC);
    rig_send(
        r, (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = rows, .outbox_count = ROWS, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
    for (int i = 0; i < 4; i++)
        rig_act(r, MT_ACT_PAGE_DOWN);
}
void sync_hostile(struct rig *r) {
    const struct mt_outbox_row row = {
        402,
        MT_OP_ORDER_CREATE,
        "A03-000399",
        now_of(r) - MINUTE,
        1,
        "refused",
        "Not enough stock: Evil\x1b[2J\x1b]0;x\x07 caps\r\n\342\200\256desrever\342\200\254 阿莫西林胶囊, 2 wanted, 1 left."};
    online(r);
    rig_act(r, MT_ACT_SYNC);
    rig_send(
        r, (struct mt_msg){.kind = MT_MSG_SYNC, .outbox = &row, .outbox_count = 1, .cursor = "x\x1b[1m:12", .epoch = "e\r\x1b[2J"});
}
