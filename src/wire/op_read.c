/* Operations out of a tree: what is common, then the body by its kind, then the domain's validator, whose paths get the body's in
 * front. Members nobody asked for are unknown ones, at every level; they are not errors, but reason to wait for a newer version. */
#include "op_read.h"
#include "op_body.h"

#include "tree.h"

#include <stdio.h>

void note_unknown(const struct json *object, bool *unknown) {
    if (field_unknown(object) != NULL)
        *unknown = true;
}

static void packs_read(struct fields *f, struct json *item, struct mt_order_item *out, bool *unknown) {
    const struct json *list = field_array(f, item, "packs", MAY);
    out->packs = tree_array(f, list, sizeof *out->packs, &out->pack_count);
    struct json *n = out->packs != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_pack *pack = &out->packs[i];
        (void)field_expect(f, n, JSON_OBJECT);
        pack->lot_no = field_text(f, n, "lot_no", MAY);
        pack->expires_on = field_date(f, n, "expires_on", MAY);
        pack->serial = field_text(f, n, "serial", MAY);
        note_unknown(n, unknown);
    }
}

static void items_read(struct fields *f, struct json *body, struct mt_order *out, bool *unknown) {
    const struct json *list = field_array(f, body, "items", MUST);
    if (list != NULL && list->count > MT_ITEMS_MAX) {
        field_wrong(f, list, "are too many");
        return;
    }
    out->items = tree_array(f, list, sizeof *out->items, &out->item_count);
    struct json *n = out->items != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_order_item *item = &out->items[i];
        (void)field_expect(f, n, JSON_OBJECT);
        item->line = (int32_t)i + 1;
        item->drug_name = item->drug_spec = "";
        field_id(f, n, "drug_id", MUST, &item->drug_id);
        item->quantity = field_int(f, n, "quantity", MUST, 0);
        item->price = field_money(f, n, "price", MUST, NULL);
        packs_read(f, n, item, unknown);
        note_unknown(n, unknown);
    }
}

static void payment_read(struct fields *f, struct json *n, mt_time at, struct mt_payment *out) {
    *out = (struct mt_payment){.status = MT_PAY_SUCCEEDED, .at = at};
    field_uuid(f, n, "payment_id", MUST, &out->payment_id);
    FIELD_NAME(f, n, "method", MUST, mt_pay_method_parse, &out->method);
    out->amount = field_money(f, n, "amount", MUST, NULL);
    out->tendered = field_money(f, n, "tendered", MAY, &out->has_tendered);
    out->reference = field_text(f, n, "reference", MAY);
    if (out->has_tendered && mt_money_cmp(out->tendered, out->amount) >= 0 &&
        mt_money_sub(out->tendered, out->amount, &out->change) != MT_OK)
        field_wrong_at(f, n, "tendered", "is too large");
}

static void payments_read(struct fields *f, struct json *body, mt_time at, struct mt_order *out, bool *unknown) {
    const struct json *list = field_array(f, body, "payments", MAY);
    out->payments = tree_array(f, list, sizeof *out->payments, &out->payment_count);
    struct json *n = out->payments != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        (void)field_expect(f, n, JSON_OBJECT);
        payment_read(f, n, at, &out->payments[i]);
        note_unknown(n, unknown);
    }
}

void order_ref_read(struct fields *f, struct json *body, struct mt_id *order_id, char order_no[MT_ORDER_NO_TEXT]) {
    field_uuid(f, body, "order_id", MUST, order_id);
    field_copy(f, body, "order_no", MUST, order_no, MT_ORDER_NO_TEXT);
}

static void create_read(struct fields *f, struct json *body, const struct mt_op *op, struct mt_op_order_create *out,
                        bool *unknown) {
    struct mt_order *o = &out->order;
    order_ref_read(f, body, &o->order_id, o->order_no);
    FIELD_NAME(f, body, "fulfilment", MAY, mt_fulfilment_parse, &o->fulfilment);
    o->user_id = field_text(f, body, "user_id", MAY);
    o->user_name = field_text(f, body, "user_name", MAY);
    o->user_phone = field_text(f, body, "user_phone", MAY);
    o->doctor_id = field_text(f, body, "doctor_id", MAY);
    o->doctor_name = field_text(f, body, "doctor_name", MAY);
    o->address_id = field_text(f, body, "address_id", MAY);
    o->address_detail = field_text(f, body, "address_detail", MAY);
    items_read(f, body, o, unknown);
    payments_read(f, body, op->at, o, unknown);
    out->handed_over = field_bool(f, body, "handed_over", MAY, false);
    o->discount_amount = field_money(f, body, "discount_amount", MAY, NULL);
    o->remark = field_text(f, body, "remark", MAY);
    out->prescription = field_text(f, body, "prescription", MAY);
    out->buyer_id_no = field_text(f, body, "buyer_id_no", MAY);
    field_id(f, body, "approved_by", MAY, &out->approved_by);
    o->taken_at = op->at;
    o->register_code = o->currency = o->pay_type = o->printed_no = "";
}

/* Versions begin at 1: 0 stands for one that was not given from here on, and must not pass for it. */
static int64_t if_version_read(struct fields *f, struct json *body) {
    const int64_t version = field_int(f, body, "if_version", MAY, INT64_MIN);
    if (version == INT64_MIN)
        return 0;
    if (version < 1)
        field_wrong_at(f, body, "if_version", "must be 1 or more");
    return version;
}

static void advance_read(struct fields *f, struct json *body, struct mt_op_order_advance *out) {
    order_ref_read(f, body, &out->order_id, out->order_no);
    FIELD_NAME(f, body, "to", MUST, mt_order_status_parse, &out->to);
    out->if_version = if_version_read(f, body);
}

static void cancel_read(struct fields *f, struct json *body, struct mt_op_order_cancel *out) {
    order_ref_read(f, body, &out->order_id, out->order_no);
    out->reason = field_text(f, body, "reason", MUST);
    out->if_version = if_version_read(f, body);
}

static void salvage_read(struct fields *f, struct json *body, struct mt_op_salvage *out) {
    out->register_code = field_text(f, body, "register", MUST);
    out->register_seq = field_int(f, body, "register_seq", MUST, 0);
    field_id(f, body, "op_id", MUST, &out->op_id);
    out->original = field_text(f, body, "original", MUST);
}

void op_body_read(struct fields *f, struct json *body, struct mt_op *out, bool *unknown) {
    switch (out->kind) {
    case MT_OP_ORDER_CREATE:
        create_read(f, body, out, &out->body.create, unknown);
        break;
    case MT_OP_ORDER_ADVANCE:
        advance_read(f, body, &out->body.advance);
        break;
    case MT_OP_ORDER_CANCEL:
        cancel_read(f, body, &out->body.cancel);
        break;
    case MT_OP_PAYMENT_RECORD:
        order_ref_read(f, body, &out->body.payment.order_id, out->body.payment.order_no);
        payment_read(f, body, out->at, &out->body.payment.payment);
        break;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
        refund_read(f, body, out->kind == MT_OP_REFUND_START, &out->body.refund, unknown);
        break;
    case MT_OP_RETURN_RECORD:
        return_read(f, body, &out->body.returned, unknown);
        break;
    case MT_OP_PAYMENT_START:
        payment_start_read(f, body, &out->body.start);
        break;
    case MT_OP_PAYMENT_CANCEL:
        order_ref_read(f, body, &out->body.payment_cancel.order_id, out->body.payment_cancel.order_no);
        field_uuid(f, body, "payment_id", MUST, &out->body.payment_cancel.payment_id);
        break;
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
        stock_op_read(f, body, out->kind, &out->body.stock, unknown);
        break;
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
        lot_op_read(f, body, out->kind == MT_OP_LOT_QUARANTINE, &out->body.lot);
        break;
    case MT_OP_USER_PUT:
        user_op_read(f, body, &out->body.user, unknown);
        break;
    case MT_OP_DOCTOR_PUT:
        doctor_op_read(f, body, &out->body.doctor);
        break;
    case MT_OP_EXCEPTION_RESOLVE:
        resolve_read(f, body, &out->body.resolve);
        break;
    case MT_OP_VOID:
        out->body.voided.reason = field_text(f, body, "reason", MUST);
        out->body.voided.original = field_text(f, body, "original", MAY);
        break;
    case MT_OP_SALVAGE:
        salvage_read(f, body, &out->body.salvage);
        break;
    case MT_OP_UNKNOWN:
        *unknown = true;
        return;
    }
    if (body != NULL)
        note_unknown(body, unknown);
}

/* The domain's own rules; only of a body that could be read, where they say something new. */
void op_validate(struct fields *f, const struct json *node, const struct mt_op *op, const char *under) {
    struct mt_field_errors found = {.count = 0};
    char base[JSON_PATH_TEXT], full[2 * JSON_PATH_TEXT];
    if (mt_op_validate(op, &found) == MT_OK)
        return;
    f->failed = MT_INVALID;
    json_path(node, base);
    for (size_t i = 0; i < found.count; i++) {
        int n = snprintf(full, sizeof full, "%s%s%s%s", node->parent != NULL ? base : "", node->parent != NULL ? "." : "", under,
                         found.at[i].field);
        mt_field_error(f->errors, n > 0 ? full : found.at[i].field, "%s", found.at[i].message);
    }
}

/* What the sender says, or what kind and body say when it says nothing. */
static void fact_read(struct fields *f, struct json *node, struct mt_op *out) {
    out->fact = false;
    bool derived = mt_op_is_fact(out, true);
    out->fact = field_bool(f, node, "fact", MAY, derived);
}

void op_read(struct fields *f, struct json *node, struct mt_op *out, bool *unknown) {
    out->kind_name = field_text(f, node, "kind", MUST);
    out->kind = mt_op_kind_parse(mt_sv(out->kind_name));
    if (out->kind_name[0] == '\0')
        out->kind = MT_OP_UNKNOWN;
    field_id(f, node, "staff_id", MAY, &out->staff_id);
    out->at = field_time(f, node, "at", MUST);
    struct json *body = field_object(f, node, "body", MUST);
    /* Without a body its members are not missing one by one; reading nothing still sets every text. */
    struct mt_field_errors ignored;
    struct fields nothing = fields_begin(f->arena, &ignored);
    op_body_read(body != NULL ? f : &nothing, body, out, unknown);
    fact_read(f, node, out);
    note_unknown(node, unknown);
    if (f->failed == MT_OK)
        op_validate(f, node, out, "body.");
}
