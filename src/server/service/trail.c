/* The trail an order's change leaves: its event and its audit row, and the exceptions that a person must settle. */
#include "apply.h"

#include <medterm/repo/orders.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum mt_rc order_event(struct apply *a, const struct mt_order *o, const char *kind, const char *from, const char *to,
                       int64_t version, mt_time at, const char *note) {
    struct mt_repo_event event = {.order_id = o->order_id.s,
                                  .kind = kind,
                                  .version = version,
                                  .from_status = from,
                                  .to_status = to,
                                  .register_id = a->lane.register_id.s,
                                  .staff_id = a->op->staff_id.s,
                                  .op_id = a->op->op_id.s,
                                  .note = note,
                                  .at = at,
                                  .created_at = a->now};
    enum mt_rc rc = mt_repo_event_insert(a->db, &event, &a->err);
    if (rc == MT_OK && strcmp(kind, "status") == 0)
        rc = notify_order(a, o, from, to, version, at);
    if (rc != MT_OK)
        return rc;
    struct mt_repo_audit audit = {.at = a->now,
                                  .actor = a->lane.code,
                                  .staff_id = a->op->staff_id.s,
                                  .action = to,
                                  .entity = "order",
                                  .entity_id = o->order_id.s,
                                  .op_id = a->op->op_id.s,
                                  .version = version};
    return trail_audit(a->x, &audit, &a->err);
}

void order_step(struct mt_order *o, enum mt_order_status to, mt_time at, mt_time now) {
    o->status = to;
    *mt_order_stamp(o, to) = at;
    o->version++;
    o->updated_at = now;
}

enum mt_rc order_moved(struct apply *a, struct mt_order *o, enum mt_order_status to, mt_time at, const char *note) {
    enum mt_order_status from = o->status;
    if (mt_order_edge(from, to) == NULL)
        return mt_fail(&a->err, MT_BUG, "no edge from %s to %s", mt_order_status_name(from), mt_order_status_name(to));
    order_step(o, to, at, a->now);
    enum mt_rc rc = mt_repo_order_update(a->db, o, &a->err);
    if (rc != MT_OK)
        return rc;
    return order_event(a, o, "status", mt_order_status_name(from), mt_order_status_name(to), o->version, at, note);
}

enum mt_rc order_noted(struct apply *a, struct mt_order *o, const char *kind, const char *note) {
    o->version++;
    o->updated_at = a->now;
    enum mt_rc rc = mt_repo_order_update(a->db, o, &a->err);
    const char *status = mt_order_status_name(o->status);
    return rc == MT_OK ? order_event(a, o, kind, status, status, o->version, a->op->at, note) : rc;
}

enum mt_rc open_exception(struct apply *a, enum mt_exception_kind kind, const struct mt_order *o, const struct mt_id *drug_id,
                          int32_t line, int64_t quantity, const char *format, ...) {
    char detail[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    if (n < 0)
        return mt_fail(&a->err, MT_BUG, "an exception without words");
    struct mt_exception x = {.exception_id = mt_id_new(&a->x->ids),
                             .kind = kind,
                             .op_id = a->op->op_id,
                             .quantity = quantity,
                             .detail = detail,
                             .open = true,
                             .created_at = a->now,
                             .version = 1};
    enum mt_rc rc = MT_OK;
    a->told = true;
    a->went_out_short += kind == MT_EXC_STOCK_SHORTFALL;
    if (o != NULL) {
        x.order_id = o->order_id;
        rc = mt_sv_copy(mt_sv(o->order_no), x.order_no, sizeof x.order_no);
    }
    if (drug_id != NULL)
        x.drug_id = *drug_id;
    if (rc == MT_OK)
        rc = mt_repo_exception_insert(a->db, a->lane.store_id.s, line, &x, &a->err);
    if (rc == MT_OK)
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_EXCEPTION, x.exception_id.s, &a->err);
    if (rc != MT_OK)
        return rc;
    struct mt_repo_audit audit = {.at = a->now,
                                  .actor = a->lane.code,
                                  .staff_id = a->op->staff_id.s,
                                  .action = mt_exception_kind_name(kind),
                                  .entity = "exception",
                                  .entity_id = x.exception_id.s,
                                  .op_id = a->op->op_id.s,
                                  .version = 1};
    return trail_audit(a->x, &audit, &a->err);
}
