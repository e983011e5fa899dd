/* Kinds of operations, and whether one tells a fact or asks for something. */
#include <medterm/domain/operation.h>

#include "names.h"

#include <stdio.h>

static const char *const kind_names[] = {
#define MT_X(symbol, name, words) name,
    MT_OP_TABLE(MT_X)
#undef MT_X
};
static const char *const kind_words[] = {
#define MT_X(symbol, name, words) words,
    MT_OP_TABLE(MT_X)
#undef MT_X
};

const char *mt_op_kind_name(enum mt_op_kind k) {
    return name_at(kind_names, NAME_COUNT(kind_names), (size_t)k);
}

const char *mt_op_kind_words(enum mt_op_kind k) {
    return name_at(kind_words, NAME_COUNT(kind_words), (size_t)k);
}

enum mt_op_kind mt_op_kind_parse(struct mt_sv name) {
    size_t at = name_find(kind_names, NAME_COUNT(kind_names), name);
    return at < NAME_COUNT(kind_names) ? (enum mt_op_kind)at : MT_OP_UNKNOWN;
}

bool mt_op_is_fact(const struct mt_op *op, bool from_register) {
    switch (op->kind) {
    case MT_OP_PAYMENT_RECORD:
        return true;
    case MT_OP_REFUND_RECORD:
    case MT_OP_RETURN_RECORD:
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
        return from_register;
    case MT_OP_ORDER_CREATE:
        return from_register && (op->body.create.order.payment_count > 0 || op->body.create.handed_over);
    case MT_OP_ORDER_ADVANCE:
        return from_register && (op->body.advance.to == MT_ORDER_SHIPPED || op->body.advance.to == MT_ORDER_COMPLETED);
    case MT_OP_ORDER_CANCEL:
    case MT_OP_REFUND_START:
    case MT_OP_PAYMENT_START:
    case MT_OP_PAYMENT_CANCEL:
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
    case MT_OP_USER_PUT:
    case MT_OP_DOCTOR_PUT:
    case MT_OP_EXCEPTION_RESOLVE:
        return false;
    case MT_OP_VOID:
    case MT_OP_SALVAGE:
    case MT_OP_UNKNOWN:
        break;
    }
    /* These carry an operation that nobody may read here, so the sender's word about it stands. */
    return op->fact;
}

const struct mt_id *mt_op_order_id(const struct mt_op *op) {
    static const struct mt_id none = {""};
    switch (op->kind) {
    case MT_OP_ORDER_CREATE:
        return &op->body.create.order.order_id;
    case MT_OP_ORDER_ADVANCE:
        return &op->body.advance.order_id;
    case MT_OP_ORDER_CANCEL:
        return &op->body.cancel.order_id;
    case MT_OP_PAYMENT_RECORD:
        return &op->body.payment.order_id;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
        return &op->body.refund.order_id;
    case MT_OP_RETURN_RECORD:
        return &op->body.returned.order_id;
    case MT_OP_PAYMENT_START:
        return &op->body.start.order_id;
    case MT_OP_PAYMENT_CANCEL:
        return &op->body.payment_cancel.order_id;
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
    case MT_OP_USER_PUT:
    case MT_OP_DOCTOR_PUT:
    case MT_OP_EXCEPTION_RESOLVE:
    case MT_OP_VOID:
    case MT_OP_SALVAGE:
    case MT_OP_UNKNOWN:
        break;
    }
    return &none;
}

void mt_field_error(struct mt_field_errors *errors, const char *field, const char *format, ...) {
    if (errors->count == MT_FIELD_ERRORS_MAX)
        return;
    char *to = errors->at[errors->count].field, *message = errors->at[errors->count].message;
    va_list args;
    va_start(args, format);
    int n = snprintf(to, sizeof errors->at[0].field, "%s", field);
    int m = vsnprintf(message, sizeof errors->at[0].message, format, args);
    va_end(args);
    /* Both are for a person to read: cut is better than lost. */
    if (n >= 0 && m >= 0)
        errors->count++;
}

void mt_op_order_create_blank(struct mt_op_order_create *c) {
    *c = (struct mt_op_order_create){.prescription = "", .buyer_id_no = ""};
    mt_order_blank(&c->order);
}
