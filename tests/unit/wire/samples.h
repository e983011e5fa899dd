/* Operations the tests print and read. */
#ifndef MEDTERM_TESTS_WIRE_SAMPLES_H
#define MEDTERM_TESTS_WIRE_SAMPLES_H

#include "check.h"

#include <medterm/wire/push.h>

#define UUID(tail) "01890f3e-7b1c-7cc3-98c4-dc0c0c07" tail
#define NASTY "\x1b[2J\r\n\t\xe2\x80\xae李\"\\/\x01\xf0\x9f\x98\x80"

static inline struct mt_id sample_id(const char *text) {
    struct mt_id out = {""};
    assert_true(snprintf(out.s, sizeof out.s, "%s", text) < MT_ID_TEXT);
    return out;
}

static inline struct mt_op sample_base(enum mt_op_kind kind, bool fact) {
    return (struct mt_op){.op_id = sample_id(UUID("0001")),
                          .kind = kind,
                          .kind_name = mt_op_kind_name(kind),
                          .staff_id = sample_id("staff-1"),
                          .at = INT64_C(1806503525123),
                          .fact = fact};
}

/* The smallest order: one line, unpaid, nobody's name. */
static inline struct mt_op sample_unpaid(void) {
    static struct mt_order_item item;
    struct mt_op op = sample_base(MT_OP_ORDER_CREATE, false);
    struct mt_order *o = &op.body.create.order;
    item = (struct mt_order_item){.drug_id = sample_id("drug-1"), .quantity = 1, .price = yuan(1280)};
    o->order_id = sample_id(UUID("0002"));
    (void)snprintf(o->order_no, sizeof o->order_no, "A03-000417");
    o->user_id = o->user_name = o->user_phone = o->doctor_id = o->doctor_name = o->address_id = o->address_detail = o->remark = "";
    op.body.create.prescription = op.body.create.buyer_id_no = "";
    o->items = &item;
    o->item_count = 1;
    return op;
}

/* Everything an order can carry. */
static inline struct mt_op sample_full(void) {
    static struct mt_order_item items[2];
    static struct mt_pack packs[2];
    static struct mt_payment payments[2];
    struct mt_op op = sample_unpaid();
    struct mt_op_order_create *c = &op.body.create;
    struct mt_order *o = &c->order;
    op.fact = true;
    packs[0] = (struct mt_pack){.lot_no = "L2401", .serial = "S1", .expires_on = mt_date_from_civil(2027, 3, 31)};
    packs[1] = (struct mt_pack){.lot_no = "", .serial = "", .expires_on = MT_NO_DATE};
    items[0] =
        (struct mt_order_item){.drug_id = sample_id("drug-1"), .quantity = 2, .price = yuan(1280), .packs = packs, .pack_count = 2};
    items[1] = (struct mt_order_item){.drug_id = sample_id("drug-2"), .quantity = 1, .price = yuan(0)};
    payments[0] = (struct mt_payment){.payment_id = sample_id(UUID("0003")),
                                      .method = MT_PAY_CASH,
                                      .amount = yuan(1500),
                                      .has_tendered = true,
                                      .tendered = yuan(2000),
                                      .reference = ""};
    payments[1] = (struct mt_payment){
        .payment_id = sample_id(UUID("0004")), .method = MT_PAY_BANK_CARD, .amount = yuan(1000), .reference = "slip 9"};
    o->items = items;
    o->item_count = 2;
    o->payments = payments;
    o->payment_count = 2;
    o->user_id = "u1";
    o->user_name = NASTY;
    o->user_phone = "13800138000";
    o->doctor_id = "d1";
    o->doctor_name = "Dr Wu";
    o->address_id = "a1";
    o->address_detail = "1 River Road";
    o->fulfilment = MT_DELIVERY;
    o->discount_amount = yuan(60);
    o->remark = "ring twice";
    c->handed_over = true;
    c->prescription = "RX-1";
    c->buyer_id_no = "110101";
    c->approved_by = sample_id("staff-2");
    return op;
}

static inline struct mt_op sample_advance(int64_t if_version) {
    struct mt_op op = sample_base(MT_OP_ORDER_ADVANCE, true);
    op.body.advance = (struct mt_op_order_advance){
        .order_id = sample_id(UUID("0002")), .order_no = "A03-000417", .to = MT_ORDER_SHIPPED, .if_version = if_version};
    return op;
}

static inline struct mt_op sample_cancel(void) {
    struct mt_op op = sample_base(MT_OP_ORDER_CANCEL, false);
    op.body.cancel =
        (struct mt_op_order_cancel){.order_id = sample_id(UUID("0002")), .order_no = "A03-000417", .reason = "expired"};
    return op;
}

static inline struct mt_op sample_payment(void) {
    struct mt_op op = sample_base(MT_OP_PAYMENT_RECORD, true);
    op.body.payment = (struct mt_op_payment_record){
        .order_id = sample_id(UUID("0002")),
        .order_no = "A03-000417",
        .payment = {.payment_id = sample_id(UUID("0005")),
                    .method = MT_PAY_CASH,
                    .amount = yuan(1280),
                    .has_tendered = true,
                    .tendered = yuan(1280),
                    .reference = ""},
    };
    return op;
}

static inline struct mt_op sample_void(void) {
    struct mt_op op = sample_base(MT_OP_VOID, true);
    op.body.voided = (struct mt_op_void){.reason = "could not be read", .original = "{\"op_id\":\"" NASTY "\"}"};
    return op;
}

static inline struct mt_op sample_salvage(void) {
    struct mt_op op = sample_base(MT_OP_SALVAGE, false);
    op.body.salvage =
        (struct mt_op_salvage){.register_code = "A02", .register_seq = 12, .op_id = sample_id(UUID("0006")), .original = "{}"};
    return op;
}

#endif
