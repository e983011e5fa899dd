#include "scenes.h"

#define MINUTE INT64_C(60000)

/* ---- parts ---- */

static mt_time now_of(const struct rig *r) {
    return r->now + r->mono;
}

static void line(struct rig *r, struct mt_link_state state) {
    if (state.why == NULL)
        state.why = "";
    if (state.last_contact == 0)
        state.last_contact = now_of(r) - MINUTE;
    if (state.catalogue == 0)
        state.catalogue = 312;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &state});
}

static void online(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE});
}

static void offline(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_OFFLINE,
                                   .since = now_of(r) - 30 * MINUTE,
                                   .last_contact = now_of(r) - 30 * MINUTE,
                                   .unsent = 12,
                                   .oldest_unsent = now_of(r) - 29 * MINUTE,
                                   .attention = 1});
}

static void three_lines(struct rig *r) {
    rig_scan(r, AMOX);
    rig_scan(r, IBU);
    rig_scan(r, AMOX);
    rig_scan(r, METF);
}

static void customer(struct rig *r) {
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Dr Li Wei");
    rig_act(r, MT_ACT_ENTER);
    rig_type(r, "Wang Fang");
    rig_act(r, MT_ACT_ENTER);
}

static void hits(struct rig *r, const int *which, size_t count) {
    rig_found(r, r->t->sale.generation, which, count);
}

/* ---- first start, sign-in ---- */

static void guide_empty(struct rig *r) {
    (void)r;
}
static void guide_typed(struct rig *r) {
    rig_paste(r, "https://orders.riverside.example");
    rig_act(r, MT_ACT_ENTER);
    rig_type(r, "K7Q2-M4XX");
}
static void guide_busy(struct rig *r) {
    guide_typed(r);
    rig_act(r, MT_ACT_ENTER);
}
static void guide_refused(struct rig *r) {
    guide_busy(r);
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_ENROLLED, .rc = MT_DENIED, .text = MT_SV("the code is not known, or was used before")});
}
static void guide_done(struct rig *r) {
    guide_busy(r);
    rig_send(r,
             (struct mt_msg){
                 .kind = MT_MSG_ENROLLED,
                 .rc = MT_OK,
                 .start = {
                     .enrolled = true, .store_name = "Riverside", .register_code = "A03", .currency = "CNY", .next_order_seq = 1}});
}
static void sign_in_empty(struct rig *r) {
    rig_act(r, MT_ACT_LOCK);
}
static void sign_in_typed(struct rig *r) {
    three_lines(r);
    rig_act(r, MT_ACT_LOCK);
    rig_type(r, "1234");
}
static void sign_in_busy(struct rig *r) {
    sign_in_typed(r);
    rig_act(r, MT_ACT_ENTER);
}
static void sign_in_wrong(struct rig *r) {
    sign_in_busy(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_DENIED, .tries_left = 1});
}
static void sign_in_locked(struct rig *r) {
    sign_in_busy(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_DENIED, .locked_ms = 270000});
}
static void sign_in_scan(struct rig *r) {
    rig_act(r, MT_ACT_LOCK);
    rig_burst(r, rig_codes[AMOX]);
}
static void sign_in_no_staff(struct rig *r) {
    sign_in_busy(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_NOTFOUND});
}

/* ---- new order ---- */

static void sale_empty(struct rig *r) {
    online(r);
}
static void sale_three(struct rig *r) {
    online(r);
    three_lines(r);
    rig_type(r, "metf");
    hits(r, (int[]){METF, MORPHINE, UNPRICED, WITHDRAWN}, 4);
}
static void sale_offline(struct rig *r) {
    three_lines(r);
    customer(r);
    offline(r);
}
static void sale_connecting(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_CONNECTING, .unsent = 3});
}
static void sale_frozen(struct rig *r) {
    three_lines(r);
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .frozen = true, .unsent = 4, .attention = 4});
}
static void sale_paused(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_OFFLINE, .paused = true, .unsent = 4});
}
static void sale_attention(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .attention = 1});
}
static void sale_filling(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .filling = true, .catalogue = 4000});
}
static void sale_unknown(struct rig *r) {
    online(r);
    rig_scan(r, AMOX);
    rig_burst(r, rig_codes[IBU]);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    rig_answer_lookup(r, -1);
}
static void sale_bad_check(struct rig *r) {
    online(r);
    rig_burst(r, "6901234567893");
    rig_act(r, MT_ACT_ENTER);
}
static void sale_looking_up(struct rig *r) {
    online(r);
    rig_burst(r, rig_codes[IBU]);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
}
static void sale_nothing(struct rig *r) {
    online(r);
    rig_type(r, "zzz");
    hits(r, NULL, 0);
}
static void sale_expired(struct rig *r) {
    online(r);
    struct mt_found f = rig_drug(AMOX);
    struct mt_scan scan;
    mt_scan_read(MT_SV("(01)06901234567892(17)260331(10)L2401"), mt_till_today(r->t), &scan);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
}
static void sale_short(struct rig *r) {
    online(r);
    struct mt_found f = rig_drug(METF);
    struct mt_scan scan;
    mt_scan_read(MT_SV("5901234123457"), mt_till_today(r->t), &scan);
    f.free = 0;
    f.expired = 3;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    rig_type(r, "m");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_FOUND, .generation = r->t->sale.generation, .found = &f, .found_count = 1});
}
static void sale_pasted(struct rig *r) {
    char big[1000];
    online(r);
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    rig_paste(r, big);
}
static void sale_many(struct rig *r) {
    online(r);
    for (int i = 0; i < 120; i++) {
        struct mt_found f = rig_drug(i % 4);
        struct mt_scan scan;
        f.drug.drug_id.s[0] = (char)('a' + i / 26);
        f.drug.drug_id.s[1] = (char)('a' + i % 26);
        mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    }
    rig_type(r, "*999");
    rig_act(r, MT_ACT_ENTER);
    for (int i = 0; i < 19; i++)
        rig_act(r, MT_ACT_UP);
}
static void sale_hostile(struct rig *r) {
    static char longest[256];
    online(r);
    for (int i = 0; i < 5; i++) {
        static const char *const names[] = {"Evil\x1b[2J\x1b]0;x\x07 caps\rX",
                                            "\xe2\x80\xae"
                                            "desrever\xe2\x80\xac tabs",
                                            "阿莫西林胶囊阿莫西林胶囊阿莫西林胶囊", "Zero\xe2\x80\x8bwidth\xef\xbb\xbf\ttabs",
                                            longest};
        struct mt_found f = rig_drug(AMOX);
        struct mt_scan scan;
        memset(longest, 'W', sizeof longest - 1);
        f.drug.name = names[i];
        f.drug.maker = "M\xc3\xbcller\x1b[31m";
        f.drug.drug_id.s[0] = (char)('a' + i);
        mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    }
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "王芳\xe2\x80\xae\x1b[0m");
    rig_act(r, MT_ACT_ENTER);
}
static void sale_not_selling(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_LOCK);
    rig_sign_in(r, MT_ROLE_FULFILMENT);
    rig_burst(r, rig_codes[AMOX]);
    rig_act(r, MT_ACT_ENTER);
}
static void help_sale(struct rig *r) {
    sale_three(r);
    rig_act(r, MT_ACT_HELP);
}
static void ask_clear(struct rig *r) {
    online(r);
    three_lines(r);
    rig_act(r, MT_ACT_CLEAR);
}

/* ---- customer ---- */

static void customer_open(struct rig *r) {
    online(r);
    three_lines(r);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Dr Li Wei");
}
static void customer_delivery(struct rig *r) {
    online(r);
    three_lines(r);
    customer(r);
    rig_act(r, MT_ACT_CUSTOMER);
    for (int i = 0; i < MT_FIELD_FULFILMENT; i++)
        rig_act(r, MT_ACT_NEXT_FIELD);
    rig_type(r, " ");
}
static void sale_no_address(struct rig *r) {
    customer_delivery(r);
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_PAY);
}

/* ---- pay ---- */

static void to_pay(struct rig *r) {
    online(r);
    three_lines(r);
    customer(r);
    rig_act(r, MT_ACT_PAY);
}
static void pay_typed(struct rig *r) {
    to_pay(r);
    rig_type(r, "70");
    rig_act(r, MT_ACT_HANDED_OVER);
}
static void pay_too_little(struct rig *r) {
    to_pay(r);
    rig_type(r, "50");
    rig_act(r, MT_ACT_ENTER);
}
static void pay_scan(struct rig *r) {
    to_pay(r);
    rig_burst(r, rig_codes[IBU]);
}
static void pay_saving(struct rig *r) {
    pay_typed(r);
    rig_act(r, MT_ACT_ENTER);
}
static void pay_failed(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_FULL, NULL);
}
static void paid_change(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PRINTED, .rc = MT_OK, .order_no = "A03-000417", .path = "receipts/A03-000417.txt"});
}
static void paid_long_path(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_PRINTED,
                             .rc = MT_OK,
                             .order_no = "A03-000417",
                             .path = "/home/riverside/.local/state/medterm/of the first till at the door/receipts/A03-000417.txt"});
}
static void paid_printing(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_OK, "A03-000417");
}
static void paid_exact_unprinted(struct rig *r) {
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PRINTED, .rc = MT_IO, .order_no = "A03-000417"});
}
static void paid_later(struct rig *r) {
    to_pay(r);
    rig_act(r, MT_ACT_PAY_LATER);
    rig_committed(r, MT_OK, "A03-000417");
}
static void pay_many(struct rig *r) {
    online(r);
    for (int i = 0; i < 30; i++) {
        struct mt_found f = rig_drug(i % 2);
        struct mt_scan scan;
        f.drug.drug_id.s[0] = (char)('a' + i % 26);
        f.drug.drug_id.s[1] = (char)('a' + i / 26);
        mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    }
    rig_act(r, MT_ACT_PAY);
}

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
static void board_full(struct rig *r) {
    online(r);
    to_board(r);
}
static void board_empty(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_FULFIL);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_BOARD});
}
static void board_loading(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_FULFIL);
}
static void board_offline(struct rig *r) {
    offline(r);
    to_board(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_ADVANCE);
}
static void board_taken(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ADVANCE);
    struct mt_order now = {.status = MT_ORDER_PREPARING};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_COMMITTED, .rc = MT_STALE, .op_kind = MT_OP_ORDER_ADVANCE, .order = &now});
}
static void board_advanced(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ADVANCE);
    rig_committed(r, MT_OK, NULL);
}
static void board_finding(struct rig *r) {
    board_full(r);
    rig_type(r, "A03-0003");
}
static void board_unpaid(struct rig *r) {
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
static void pick_open(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000410", MT_ORDER_PAID, true);
}
static void pick_without_lots(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000410", MT_ORDER_PREPARING, false);
    rig_act(r, MT_ACT_DOWN);
}
static void pick_loading(struct rig *r) {
    board_full(r);
    rig_act(r, MT_ACT_ENTER);
}
static void pick_unpaid(struct rig *r) {
    board_unpaid(r);
    rig_act(r, MT_ACT_ENTER);
    give_order(r, "A03-000399", MT_ORDER_PENDING, false);
}
static void pick_cancel(struct rig *r) {
    pick_unpaid(r);
    rig_act(r, MT_ACT_CANCEL);
}
static void pay_standing(struct rig *r) {
    board_unpaid(r);
    rig_act(r, MT_ACT_PAY);
    give_order(r, "A03-000399", MT_ORDER_PENDING, false);
}
static void help_board(struct rig *r) {
    board_full(r);
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
static void sync_offline(struct rig *r) {
    offline(r);
    rows_of_sync(r);
}
static void sync_second(struct rig *r) {
    offline(r);
    rows_of_sync(r);
    rig_act(r, MT_ACT_DOWN);
    rig_act(r, MT_ACT_DOWN);
}
static void sync_long_reason(struct rig *r) {
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
static void sync_exported(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_EXPORT);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_EXPORTED, .rc = MT_OK, .path = "/var/lib/medterm/export/A03-unsent-20261123.json"});
}
static void sync_empty(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_SYNC);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_SYNC, .cursor = SYNC_CURSOR, .epoch = SYNC_EPOCH});
}
static void sync_never(struct rig *r) {
    struct mt_link_state state = {.link = MT_LINK_CONNECTING, .why = ""};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &state});
    rig_act(r, MT_ACT_SYNC);
}
static void sync_frozen(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE,
                                   .frozen = true,
                                   .unsent = 4,
                                   .attention = 2,
                                   .skew_ms = -90000,
                                   .why = "This till's files were copied: the service has operations under its name that it never "
                                          "made. Nothing is lost and nothing more is sent. Enrol it again with a new code."});
    rows_of_sync(r);
}
static void sync_frozen_clean(struct rig *r) {
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
static void sync_paused(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_OFFLINE, .paused = true, .unsent = 4, .attention = 2, .skew_ms = 45000});
    rows_of_sync(r);
}
static void sync_drop(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_DROP);
}
static void sync_trying(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_SYNC_NOW);
}
static void help_sync(struct rig *r) {
    sync_offline(r);
    rig_act(r, MT_ACT_HELP);
}

#define SCENE(f)                                                                                                                   \
    { #f, f, false, false }
#define ASCII(f)                                                                                                                   \
    { #f, f, false, true }
#define FIRST(f)                                                                                                                   \
    { #f, f, true, false }
/* clang-format off */
const struct scene scenes[] = {
    FIRST(guide_empty),
    FIRST(guide_typed),
    FIRST(guide_busy),
    FIRST(guide_refused),
    FIRST(guide_done),
    SCENE(sign_in_empty),
    ASCII(sign_in_typed),
    SCENE(sign_in_busy),
    SCENE(sign_in_wrong),
    SCENE(sign_in_locked),
    SCENE(sign_in_scan),
    SCENE(sign_in_no_staff),
    SCENE(sale_empty),
    ASCII(sale_three),
    ASCII(sale_offline),
    SCENE(sale_connecting),
    SCENE(sale_frozen),
    SCENE(sale_paused),
    SCENE(sale_attention),
    SCENE(sale_filling),
    SCENE(sale_unknown),
    SCENE(sale_bad_check),
    SCENE(sale_looking_up),
    SCENE(sale_nothing),
    SCENE(sale_expired),
    SCENE(sale_short),
    SCENE(sale_pasted),
    SCENE(sale_many),
    SCENE(sale_hostile),
    SCENE(sale_not_selling),
    SCENE(sale_no_address),
    SCENE(help_sale),
    SCENE(ask_clear),
    SCENE(customer_open),
    SCENE(customer_delivery),
    ASCII(to_pay),
    ASCII(pay_typed),
    SCENE(pay_too_little),
    SCENE(pay_scan),
    SCENE(pay_saving),
    SCENE(pay_failed),
    SCENE(pay_many),
    SCENE(pay_standing),
    SCENE(paid_printing),
    SCENE(paid_change),
    SCENE(paid_long_path),
    SCENE(paid_exact_unprinted),
    SCENE(paid_later),
    ASCII(board_full),
    SCENE(board_empty),
    SCENE(board_loading),
    SCENE(board_offline),
    SCENE(board_taken),
    SCENE(board_advanced),
    SCENE(board_finding),
    SCENE(board_unpaid),
    SCENE(help_board),
    SCENE(pick_open),
    SCENE(pick_without_lots),
    SCENE(pick_loading),
    SCENE(pick_unpaid),
    SCENE(pick_cancel),
    ASCII(sync_offline),
    SCENE(sync_second),
    SCENE(sync_long_reason),
    SCENE(sync_empty),
    SCENE(sync_exported),
    SCENE(sync_never),
    SCENE(sync_frozen),
    SCENE(sync_frozen_clean),
    SCENE(sync_paused),
    SCENE(sync_drop),
    SCENE(sync_trying),
    SCENE(help_sync),
};
/* clang-format on */
const size_t scene_count = sizeof scenes / sizeof scenes[0];
