#include "hands.h"

#include <medterm/store/view.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

void mt_hands_open(struct mt_hands *h, const struct mt_counter *till) {
    struct mt_err err = {.rc = MT_OK};
    *h = (struct mt_hands){.reg = NULL};
    char *cache = mt_path(till->dir, "cache");
    const struct mt_register_options o = {.dir = till->dir, .lock = true, .clock = mt_clock_system(), .random = mt_random_system()};
    const struct mt_cache_options c = {.dir = cache, .clock = mt_clock_system()};
    mt_arena_init(&h->arena, (size_t)64 << 20);
    if (mt_register_open(&o, &h->reg, &err) != MT_OK || mt_cache_reader_open(&c, &h->reader, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    assert_int_equal(mt_id_parse(mt_sv(till->shop->staff), &h->staff), MT_OK);
    free(cache);
}

void mt_hands_close(struct mt_hands *h) {
    mt_cache_reader_close(h->reader);
    mt_register_close(h->reg);
    mt_arena_fini(&h->arena);
    *h = (struct mt_hands){.reg = NULL};
}

static void commit(struct mt_hands *h, struct mt_op *op, const struct mt_order *base, struct mt_order *saved) {
    struct mt_err err = {.rc = MT_OK};
    const struct mt_commit c = {.op = op, .base = base};
    op->staff_id = h->staff;
    if (mt_register_commit(h->reg, &c, &h->arena, saved, &err) != MT_OK)
        fail_msg("%s: %s", mt_op_kind_name(op->kind), mt_err_text(&err));
}

void mt_hands_sell(struct mt_hands *h, const char *code, int64_t quantity, bool paid, bool handed_over,
                   char order_no[MT_ORDER_NO_TEXT]) {
    struct mt_cached_drug drug;
    struct mt_op op = {.kind = MT_OP_ORDER_CREATE};
    struct mt_order saved, *o = &op.body.create.order;
    mt_arena_reset(&h->arena);
    assert_int_equal(mt_cache_by_code(h->reader, code, mt_date_of(0), &h->arena, &drug, NULL), MT_OK);
    mt_op_order_create_blank(&op.body.create);
    struct mt_order_item item = {.line = 1,
                                 .drug_id = drug.drug.drug_id,
                                 .drug_name = drug.drug.name,
                                 .drug_spec = drug.drug.spec,
                                 .quantity = quantity,
                                 .price = drug.drug.price};
    o->items = &item;
    o->item_count = 1;
    assert_int_equal(mt_order_total(o), MT_OK);
    struct mt_payment payment = {.method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .amount = o->total_amount, .reference = ""};
    o->payments = &payment;
    o->payment_count = paid ? 1 : 0;
    op.body.create.handed_over = handed_over;
    commit(h, &op, NULL, &saved);
    if (order_no != NULL)
        memcpy(order_no, saved.order_no, MT_ORDER_NO_TEXT);
}

static struct mt_local_order find(struct mt_hands *h, const char *order_no) {
    struct mt_local_order found;
    struct mt_err err = {.rc = MT_OK};
    mt_arena_reset(&h->arena);
    if (mt_order_pick(h->reg, h->reader, order_no, &h->arena, &found, &err) != MT_OK)
        fail_msg("%s: %s", order_no, mt_err_text(&err));
    return found;
}

void mt_hands_pay(struct mt_hands *h, const char *order_no) {
    struct mt_local_order base = find(h, order_no);
    struct mt_op op = {.kind = MT_OP_PAYMENT_RECORD};
    op.body.payment.order_id = base.order.order_id;
    memcpy(op.body.payment.order_no, base.order.order_no, sizeof op.body.payment.order_no);
    op.body.payment.payment =
        (struct mt_payment){.method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .amount = base.order.total_amount, .reference = ""};
    commit(h, &op, &base.order, NULL);
}

void mt_hands_advance(struct mt_hands *h, const char *order_no, enum mt_order_status to) {
    struct mt_local_order base = find(h, order_no);
    struct mt_op op = {.kind = MT_OP_ORDER_ADVANCE};
    op.body.advance = (struct mt_op_order_advance){.order_id = base.order.order_id, .to = to};
    memcpy(op.body.advance.order_no, base.order.order_no, sizeof op.body.advance.order_no);
    commit(h, &op, &base.order, NULL);
}

void mt_hands_cancel(struct mt_hands *h, const char *order_no) {
    struct mt_local_order base = find(h, order_no);
    struct mt_op op = {.kind = MT_OP_ORDER_CANCEL};
    op.body.cancel = (struct mt_op_order_cancel){.order_id = base.order.order_id, .reason = "changed their mind"};
    memcpy(op.body.cancel.order_no, base.order.order_no, sizeof op.body.cancel.order_no);
    commit(h, &op, &base.order, NULL);
}
