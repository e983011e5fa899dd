/* What both the screens and the commands do: commit, look up, receipt, export. */
#include "app_impl.h"

#include <medterm/base/utf8.h>
#include <medterm/print/receipt.h>
#include <medterm/store/files.h>
#include <medterm/wire/doc.h>

#include <stdlib.h>
#include <string.h>

static const char *order_no_of(const struct mt_op *op) {
    switch (op->kind) {
    case MT_OP_ORDER_ADVANCE:
        return op->body.advance.order_no;
    case MT_OP_ORDER_CANCEL:
        return op->body.cancel.order_no;
    case MT_OP_PAYMENT_RECORD:
        return op->body.payment.order_no;
    case MT_OP_ORDER_CREATE:
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
    case MT_OP_RETURN_RECORD:
    case MT_OP_PAYMENT_START:
    case MT_OP_PAYMENT_CANCEL:
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

/* Ranks what was sold, by the register's own counts, which the commit has just raised. */
static void after_sale(struct mt_app *a, const struct mt_op *op) {
    const struct mt_order *o = &op->body.create.order;
    struct mt_sold *list = op->kind == MT_OP_ORDER_CREATE ? calloc(o->item_count + 1, sizeof *list) : NULL;
    size_t n = 0;
    for (size_t i = 0; list != NULL && i < o->item_count; i++) {
        list[n].drug_id = o->items[i].drug_id;
        if (mt_register_sold_one(a->reg, &list[n].drug_id, &list[n].packs, NULL) == MT_OK) {
            n++;
        }
    }
    app_rank(a, list, n);
}

static enum mt_rc may_touch(const struct mt_app *a, const struct mt_op *op, const struct mt_local_order *base, struct mt_err *err) {
    if (op->kind == MT_OP_PAYMENT_RECORD && !base->own && !mt_app_online(a)) {
        return mt_fail(err, MT_DENIED, "Order %s was taken at another register. Taking money for it needs the line.",
                       base->order.order_no);
    }
    if (op->kind == MT_OP_ORDER_ADVANCE && op->body.advance.to == base->order.status) {
        return mt_fail(err, MT_CONFLICT, "Order %s is already there.", base->order.order_no); /* somebody was faster */
    }
    return MT_OK;
}

enum mt_rc mt_app_commit(struct mt_app *a, struct mt_op *op, bool clear_cart, struct mt_arena *arena, struct mt_order *order,
                         struct mt_err *err) {
    struct mt_local_order base = {0};
    struct mt_sync_state line;
    mt_app_sync_state(a, &line);
    struct mt_commit c = {.op = op, .offline = line.link == MT_SYNC_OFFLINE, .clear_cart = clear_cart};
    enum mt_rc rc = MT_OK;
    if (op->kind != MT_OP_ORDER_CREATE) {
        rc = mt_order_pick(a->reg, a->reader, order_no_of(op), arena, &base, err);
        if (rc == MT_OK) {
            rc = may_touch(a, op, &base, err);
            if (order != NULL) {
                *order = base.order; /* what stands in the way, when it is refused */
            }
        }
        c.base = &base.order;
    }
    if (rc == MT_OK) {
        rc = mt_register_commit(a->reg, &c, arena, order, err);
    }
    if (rc == MT_OK) {
        after_sale(a, op);
        mt_sync_poke(a->sync);
        a->changed = true;
    }
    return rc;
}

static enum mt_rc set_free(struct mt_app *a, struct mt_shelf_drug *d, struct mt_err *err) {
    int64_t unsynced = 0;
    enum mt_rc rc = mt_register_unsynced(a->reg, &d->cached.drug.drug_id, &unsynced, err);
    d->free = d->cached.free - unsynced;
    return rc;
}

enum mt_rc mt_app_by_code(struct mt_app *a, const char *code, struct mt_arena *arena, struct mt_shelf_drug *out,
                          struct mt_err *err) {
    if (a->reader == NULL) {
        return mt_fail(err, MT_NOTFOUND, "There is no catalogue here yet. It is fetched when the line is up.");
    }
    enum mt_rc rc = mt_cache_by_code(a->reader, code, mt_app_today(a), arena, &out->cached, err);
    if (rc == MT_NOTFOUND) {
        return mt_fail(err, rc, "No pack with the code %.31s is in the catalogue.", code);
    }
    return rc == MT_OK ? set_free(a, out, err) : rc;
}

enum mt_rc mt_app_search(struct mt_app *a, struct mt_sv text, size_t limit, struct mt_arena *arena, struct mt_shelf_drug **out,
                         size_t *count, struct mt_err *err) {
    struct mt_cached_drug *found = NULL;
    size_t n = 0;
    *count = 0;
    *out = mt_arena_array(arena, limit + 1, sizeof **out);
    enum mt_rc rc = *out != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory for the search.");
    if (rc == MT_OK && a->reader != NULL) {
        rc = mt_cache_search(a->reader, text, mt_app_today(a), limit, arena, &found, &n, err);
    }
    for (size_t i = 0; i < n && rc == MT_OK; i++) {
        (*out)[i].cached = found[i];
        rc = set_free(a, &(*out)[i], err);
    }
    *count = rc == MT_OK ? n : 0;
    return rc;
}

/* NULL when one of the drugs is not in the cache any more. */
static const int32_t *vat_of(struct mt_app *a, const struct mt_order *o, struct mt_arena *arena) {
    int32_t *bp = a->reader != NULL ? mt_arena_array(arena, o->item_count + 1, sizeof *bp) : NULL;
    for (size_t i = 0; bp != NULL && i < o->item_count; i++) {
        struct mt_cached_drug d;
        if (mt_cache_by_id(a->reader, &o->items[i].drug_id, mt_app_today(a), arena, &d, NULL) != MT_OK) {
            return NULL;
        }
        bp[i] = d.drug.vat_bp;
    }
    return bp;
}

enum mt_rc mt_app_receipt(struct mt_app *a, const char *order_no, bool copy, bool offline, struct mt_buf *text, struct mt_buf *path,
                          struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 16u << 20);
    struct mt_local_order o;
    const struct mt_enrolled *e = mt_register_enrolled(a->reg);
    mt_buf_fmt(path, "%s/receipts", a->state_dir);
    enum mt_rc rc = mt_buf_rc(path) == MT_OK ? mt_dir_make(mt_buf_text(path), err) : MT_LIMIT;
    if (rc == MT_OK) {
        rc = mt_order_pick(a->reg, a->reader, order_no, &arena, &o, err);
    }
    if (rc == MT_OK) {
        const struct mt_receipt r = {
            .order = &o.order,
            .store_name = e != NULL ? e->info.store_name : "",
            .register_code = o.order.register_code,
            .staff_name = "",
            .vat_bp = vat_of(a, &o.order, &arena),
            .utc_offset_minutes = a->o.utc_offset_minutes,
            .offline = offline || o.order.taken_offline,
            .copy = copy,
        };
        mt_receipt_text(&r, text);
        mt_buf_fmt(path, copy ? "/%s-copy.txt" : "/%s.txt", o.order.order_no);
        rc = mt_buf_rc(text) == MT_OK ? mt_buf_rc(path) : mt_buf_rc(text);
    }
    mt_arena_fini(&arena);
    return rc;
}

static void export_op(struct mt_doc *d, struct mt_node *list, const struct mt_outbox_op *o) {
    struct mt_node *n = mt_node_object(d, list, NULL);
    mt_node_int(d, n, "register_seq", o->seq);
    mt_node_text(d, n, "op_id", o->op_id.s);
    mt_node_text(d, n, "state", mt_outbox_state_name(o->state));
    mt_node_text(d, n, "why", o->words);
    if (mt_utf8_valid(o->bytes)) {
        mt_node_raw(d, n, "operation", o->bytes);
    }
}

enum mt_rc mt_app_export(struct mt_app *a, struct mt_buf *json, size_t *count, struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 512u << 20);
    struct mt_outbox_op *ops = NULL;
    enum mt_rc rc = mt_register_outbox(a->reg, MT_PICK_OPEN, 0, &arena, &ops, count, err);
    if (rc == MT_OK) {
        const struct mt_enrolled *e = mt_register_enrolled(a->reg);
        struct mt_doc *d = mt_doc_new();
        struct mt_node *root = mt_doc_root(d);
        mt_node_text(d, root, "register", e != NULL ? e->info.register_code : "");
        mt_node_text(d, root, "register_id", e != NULL ? e->info.register_id.s : "");
        struct mt_node *list = mt_node_array(d, root, "operations");
        for (size_t i = 0; i < *count; i++) {
            export_op(d, list, &ops[i]);
        }
        rc = mt_doc_print(d, json);
        mt_doc_free(d);
        if (rc != MT_OK) {
            (void)mt_fail(err, rc, "The unsent operations can not be written: %s.", mt_rc_text(rc));
        }
    }
    mt_arena_fini(&arena);
    return rc;
}
