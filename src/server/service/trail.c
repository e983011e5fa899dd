/* The trail every change leaves: its place in the feed, its event, and its link of the audit chain. A link's hash covers
 * the link before, so that a row changed or taken out later breaks every hash behind it. */
#include "apply.h"

#include <medterm/repo/orders.h>

#include <stdarg.h>
#include <stdio.h>

enum mt_rc trail_change(struct mt_session *x, const char *scope, enum mt_entity entity, const char *id, struct mt_err *err) {
    x->feed_moved = true;
    if (!x->alone)
        x->feed_last = 0;
    return mt_repo_change_put(x->db, scope, entity, id, &x->feed_last, err);
}

enum mt_rc trail_audit_hash(const struct mt_repo_audit *a, char hash[MT_HASH_TEXT]) {
    struct mt_buf text;
    mt_buf_init(&text, 64u << 10);
    /* 0x1f can not stand in an id, a code or a hash, so two different rows never read the same. */
    mt_buf_fmt(&text, "%s\x1f%lld\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%lld\x1f%s", a->prev, (long long)a->at, a->actor, a->staff_id,
               a->action, a->entity, a->entity_id, (long long)a->version, a->op_id);
    enum mt_rc rc = mt_buf_rc(&text);
    if (rc == MT_OK)
        mt_hash_hex(mt_buf_view(&text), hash);
    mt_buf_fini(&text);
    return rc;
}

enum mt_rc trail_audit(struct mt_session *x, struct mt_repo_audit *a, struct mt_err *err) {
    const bool known = x->alone && x->audit_head[0] != '\0';
    enum mt_rc rc = known ? mt_sv_copy(mt_sv(x->audit_head), a->prev, sizeof a->prev) : mt_repo_audit_head(x->db, a->prev, err);
    if (rc == MT_OK)
        rc = trail_audit_hash(a, a->hash);
    if (rc == MT_OK)
        rc = mt_repo_audit_insert(x->db, a, err);
    return rc == MT_OK ? mt_sv_copy(mt_sv(a->hash), x->audit_head, sizeof x->audit_head) : rc;
}

void trail_undone(struct mt_session *x) {
    x->audit_head[0] = '\0';
    x->feed_last = 0;
}

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
