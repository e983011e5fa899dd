/* The commit: everything an operation does here, in one transaction with synchronous=FULL. The order number is taken
 * inside it, so a crash can waste a number but never use one twice; the canonical bytes are made inside it and kept,
 * so that every later try sends exactly them. When the disk fails while committing, nobody knows whether the
 * transaction stands: the connection is then not used for writing again until the till is restarted and has looked. */
#include "orders.h"
#include "register_impl.h"

#include <medterm/store/view.h>

#include <string.h>

enum mt_rc mt_register_take_seq(struct mt_register *r, int64_t *seq, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE lane SET last_seq = last_seq + 1 WHERE lane = ?1 RETURNING last_seq", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *seq = mt_col_int(s, 0);
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? mt_fail(err, MT_BUG, "The till's numbering is missing.") : rc;
}

enum mt_rc mt_register_next_order(struct mt_register *r, int64_t *sequence, struct mt_err *err) {
    *sequence = 1;
    if (!r->is_enrolled) {
        return MT_OK;
    }
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT last_order + 1 FROM lane WHERE lane = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        *sequence = mt_col_int(s, 0);
    }
    mt_stmt_done(s);
    return rc;
}

#ifdef MT_PLANT_NUMBER_REUSED
static enum mt_rc take_order_no(struct mt_register *r, char out[MT_ORDER_NO_TEXT], struct mt_err *err) {
    if (r->planted_order == 0) {
        enum mt_rc rc = mt_register_next_order(r, &r->planted_order, err);
        if (rc != MT_OK) {
            return rc;
        }
    }
    return mt_order_no_make(r->enrolled.info.register_code, r->planted_order++, out); /* a crash forgets it */
}
#else
static enum mt_rc take_order_no(struct mt_register *r, char out[MT_ORDER_NO_TEXT], struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "UPDATE lane SET last_order = last_order + 1 WHERE lane = ?1 RETURNING last_order", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        rc = mt_order_no_make(r->enrolled.info.register_code, mt_col_int(s, 0), out);
    }
    mt_stmt_done(s);
    return rc;
}
#endif

static const char *order_no_of(const struct mt_op *op) {
    switch (op->kind) {
    case MT_OP_ORDER_CREATE:
        return op->body.create.order.order_no;
    case MT_OP_ORDER_ADVANCE:
        return op->body.advance.order_no;
    case MT_OP_ORDER_CANCEL:
        return op->body.cancel.order_no;
    case MT_OP_PAYMENT_RECORD:
        return op->body.payment.order_no;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
        return op->body.refund.order_no;
    case MT_OP_RETURN_RECORD:
        return op->body.returned.order_no;
    case MT_OP_PAYMENT_START:
        return op->body.start.order_no;
    case MT_OP_PAYMENT_CANCEL:
        return op->body.payment_cancel.order_no;
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
    return "";
}

static void bind_or_null(struct mt_stmt *s, int at, const char *text) {
    mt_bind_text(s, at, text != NULL && text[0] != '\0' ? text : NULL);
}

enum mt_rc mt_register_put_op(struct mt_register *r, const struct mt_op *op, struct mt_sv bytes, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db,
                               "INSERT INTO outbox (lane, seq, op_id, kind, bytes, order_id, order_no, staff_id, at, state)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    const struct mt_id *order_id = mt_op_order_id(op);
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, op->register_seq);
    mt_bind_text(s, 3, op->op_id.s);
    mt_bind_text(s, 4, mt_op_kind_name(op->kind));
    mt_bind_sv(s, 5, bytes);
    bind_or_null(s, 6, order_id != NULL ? order_id->s : NULL);
    bind_or_null(s, 7, order_no_of(op));
    bind_or_null(s, 8, op->staff_id.s);
    mt_bind_int(s, 9, op->at);
    mt_bind_text(s, 10, mt_outbox_state_name(r->enrolled.frozen ? MT_OUT_FROZEN : MT_OUT_WAITING));
    return mt_stmt_run(s, NULL, err);
}

static void copy_no(char to[MT_ORDER_NO_TEXT], const struct mt_order *base) {
    if (to[0] == '\0') {
        memcpy(to, base->order_no, MT_ORDER_NO_TEXT);
    }
}

/* Ids and times the caller left empty. */
static void fill_in(struct mt_register *r, const struct mt_commit *c) {
    struct mt_op *op = c->op;
    op->kind_name = mt_op_kind_name(op->kind);
    if (!mt_id_is(&op->op_id)) {
        op->op_id = mt_id_new(&r->ids);
    }
    if (op->at == 0) {
        op->at = r->clock.wall(r->clock.ctx);
    }
    if (op->kind == MT_OP_ORDER_CREATE) {
        struct mt_order *o = &op->body.create.order;
        if (!mt_id_is(&o->order_id)) {
            o->order_id = mt_id_new(&r->ids);
        }
        for (size_t i = 0; i < o->payment_count; i++) {
            if (!mt_id_is(&o->payments[i].payment_id)) {
                o->payments[i].payment_id = mt_id_new(&r->ids);
            }
        }
        return;
    }
    if (op->kind == MT_OP_PAYMENT_RECORD && !mt_id_is(&op->body.payment.payment.payment_id)) {
        op->body.payment.payment.payment_id = mt_id_new(&r->ids);
    }
    if (c->base == NULL) {
        return;
    }
    if (op->kind == MT_OP_ORDER_ADVANCE) {
        op->body.advance.order_id = c->base->order_id;
        copy_no(op->body.advance.order_no, c->base);
    } else if (op->kind == MT_OP_ORDER_CANCEL) {
        op->body.cancel.order_id = c->base->order_id;
        copy_no(op->body.cancel.order_no, c->base);
    } else if (op->kind == MT_OP_PAYMENT_RECORD) {
        op->body.payment.order_id = c->base->order_id;
        copy_no(op->body.payment.order_no, c->base);
    }
}

static enum mt_rc number(struct mt_register *r, struct mt_op *op, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    if (op->kind == MT_OP_ORDER_CREATE) {
        struct mt_order *o = &op->body.create.order;
        rc = take_order_no(r, o->order_no, err);
        o->store_id = r->enrolled.info.store_id;
        o->register_code = r->enrolled.info.register_code;
        o->currency = r->enrolled.info.currency;
    }
    if (rc == MT_OK) {
        rc = mt_register_take_seq(r, &op->register_seq, err);
    }
    op->fact = mt_op_is_fact(op, true);
    return rc;
}

static enum mt_rc validate(const struct mt_op *op, struct mt_err *err) {
    struct mt_field_errors errors = {0};
    enum mt_rc rc = mt_op_validate(op, &errors);
    if (rc == MT_OK) {
        return MT_OK;
    }
    if (errors.count == 0) {
        return mt_fail(err, rc, "The operation is not valid.");
    }
    return mt_fail(err, rc, "%s: %s", errors.at[0].field, errors.at[0].message);
}

static enum mt_rc note_pending(struct mt_register *r, const struct mt_op *op, const struct mt_order_item *item,
                               struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db,
                               "INSERT INTO pending_line (lane, seq, drug_id, quantity) VALUES (?1, ?2, ?3, ?4)"
                               " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->enrolled.lane);
    mt_bind_int(s, 2, op->register_seq);
    mt_bind_text(s, 3, item->drug_id.s);
    mt_bind_int(s, 4, item->quantity);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc note_sold(struct mt_register *r, const struct mt_order_item *item, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db,
                               "INSERT INTO sold (drug_id, packs) VALUES (?1, ?2)"
                               " ON CONFLICT DO UPDATE SET packs = packs + excluded.packs",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, item->drug_id.s);
    mt_bind_int(s, 2, item->quantity);
    return mt_stmt_run(s, NULL, err);
}

/* What an order.create writes beside its outbox row and order. */
static enum mt_rc note_packs(struct mt_register *r, const struct mt_op *op, struct mt_err *err) {
    if (op->kind != MT_OP_ORDER_CREATE) {
        return MT_OK;
    }
    const struct mt_order *o = &op->body.create.order;
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; i < o->item_count && rc == MT_OK; i++) {
        rc = note_pending(r, op, &o->items[i], err);
        if (rc == MT_OK) {
            rc = note_sold(r, &o->items[i], err);
        }
    }
    return rc;
}

static enum mt_rc put_outbox(struct mt_register *r, const struct mt_op *op, struct mt_err *err) {
    struct mt_buf bytes;
    mt_buf_init(&bytes, MT_OP_MAX_BYTES);
    mt_op_print(op, &bytes);
    enum mt_rc rc = mt_buf_rc(&bytes);
    if (rc == MT_OK) {
        rc = mt_register_put_op(r, op, mt_buf_view(&bytes), err);
    } else {
        rc = mt_fail(err, rc, "The operation can not be written down: %s.", mt_rc_text(rc));
    }
    mt_buf_fini(&bytes);
    return rc;
}

static enum mt_rc write_all(struct mt_register *r, const struct mt_commit *c, struct mt_arena *arena, struct mt_order *order,
                            struct mt_err *err) {
    struct mt_op *op = c->op;
    enum mt_rc rc = number(r, op, err);
    if (rc == MT_OK) {
        rc = validate(op, err);
    }
    if (rc == MT_OK) {
        rc = mt_order_predict(op, c->base, arena, order, err);
    }
    if (rc == MT_OK && op->kind == MT_OP_ORDER_CREATE) {
        order->taken_offline = c->offline;
    }
#ifndef MT_PLANT_OUTBOX_OUTSIDE_TX
    if (rc == MT_OK) {
        rc = put_outbox(r, op, err);
    }
#endif
    if (rc == MT_OK) {
        rc = mt_local_order_put(r, order, c->base, err);
    }
    if (rc == MT_OK) {
        rc = note_packs(r, op, err);
    }
    if (rc == MT_OK && c->clear_cart) {
        rc = mt_register_cart_empty(r, err);
    }
    return rc == MT_OK ? mt_register_audit(r, op->staff_id.s, mt_op_kind_name(op->kind), order_no_of(op), err) : rc;
}

static enum mt_rc doubt(struct mt_err *err) {
    return mt_fail(
        err, MT_DOUBTFUL,
        "The disk failed, and it is not known whether the last change was saved. Start medterm again: it shows what stands.");
}

enum mt_rc mt_register_commit(struct mt_register *r, const struct mt_commit *c, struct mt_arena *arena, struct mt_order *order,
                              struct mt_err *err) {
    struct mt_order saved;
    const struct mt_op before = *c->op;
    enum mt_rc rc = mt_register_need_lane(r, err);
    if (rc == MT_OK && r->doubtful) {
        rc = doubt(err);
    }
    if (rc == MT_OK) {
        rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    fill_in(r, c);
    rc = write_all(r, c, arena, &saved, err);
    if (rc == MT_OK && order != NULL) { /* before the commit: what stands must not be answered with a failure */
        rc = mt_order_own(&saved, arena, order, err);
    }
    const bool committing = rc == MT_OK;
    rc = mt_register_end(r, rc, err);
    if (committing && rc == MT_IO) {
        r->doubtful = true;
        rc = doubt(err);
    }
#ifdef MT_PLANT_OUTBOX_OUTSIDE_TX
    if (rc == MT_OK) {
        rc = put_outbox(r, c->op, err);
    }
#endif
    if (rc != MT_OK) {
        *c->op = before;
    }
    return rc;
}
