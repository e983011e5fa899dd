/* lot.quarantine and lot.recall. A quarantine is one store's and can be taken back; a recall holds everywhere at once, for packs
 * that come in later too, and is for ever. Either way what unpaid orders hold of the lot goes over to other lots. */
#include "give_back.h"
#include "goods.h"
#include "words.h"

#include <medterm/repo/goods.h>

#include <string.h>

static enum mt_rc find_drug(struct apply *a, const struct mt_id *drug_id) {
    struct mt_drug drug;
    enum mt_rc rc = mt_repo_drug_get(a->db, drug_id->s, a->arena, &drug, &a->err);
    return rc == MT_NOTFOUND ? refuse_field(a, MT_P_DRUG_NOT_FOUND, "drug_id", "This drug is not in the catalogue.") : rc;
}

static enum mt_rc find_lot(struct apply *a, const struct mt_op_lot *body, struct mt_lot *out) {
    struct mt_stock stock;
    enum mt_rc rc = mt_repo_stock_lots(a->db, a->lane.store_id.s, body->drug_id.s, a->arena, &stock, &a->err);
    for (size_t i = 0; rc == MT_OK && i < stock.lot_count; i++)
        if (strcmp(stock.lots[i].lot_no, body->lot_no) == 0) {
            *out = stock.lots[i];
            return MT_OK;
        }
    return rc == MT_OK ? refuse_field(a, MT_P_NOT_FOUND, "lot_no", "This store never had lot %.*s of the drug.",
                                      words_fit(body->lot_no, 40), body->lot_no)
                       : rc;
}

static enum mt_rc set_state(struct apply *a, const struct mt_id *drug_id, const char *lot_no, enum mt_lot_state state,
                            const char *action) {
    enum mt_rc rc = mt_repo_lot_state(a->db, a->lane.store_id.s, drug_id->s, lot_no, state, &a->err);
    if (rc == MT_OK && state != MT_LOT_OK)
        rc = holdings_move(a, drug_id->s, lot_no);
    if (rc == MT_OK)
        rc = stock_touched(a, drug_id->s);
    return rc == MT_OK ? goods_audit(a, action, "stock", drug_id->s) : rc;
}

static enum mt_rc release(struct apply *a, const struct mt_op_lot *body, const struct mt_lot *lot) {
    bool recalled = false;
    enum mt_rc rc = mt_repo_lot_recalled(a->db, body->drug_id.s, body->lot_no, &recalled, &a->err);
    if (rc != MT_OK)
        return rc;
    if (recalled || lot->state == MT_LOT_RECALLED)
        return refuse_field(a, MT_P_INVENTORY_UPDATE_FAILED, "lot_no", "Lot %.*s is recalled; send it back instead.",
                            words_fit(body->lot_no, 40), body->lot_no);
    return lot->state == MT_LOT_QUARANTINED ? set_state(a, &body->drug_id, body->lot_no, MT_LOT_OK, "release") : MT_OK;
}

enum mt_rc apply_lot_quarantine(struct apply *a) {
    const struct mt_op_lot *body = &a->op->body.lot;
    struct mt_lot lot = {.lot_no = ""};
    enum mt_rc rc = demand_right(a, MT_RIGHT_CORRECT_STOCK, NULL);
    if (rc == MT_OK && going_on(a))
        rc = find_drug(a, &body->drug_id);
    if (rc == MT_OK && going_on(a))
        rc = find_lot(a, body, &lot);
    if (rc == MT_OK && going_on(a) && body->release)
        rc = release(a, body, &lot);
    else if (rc == MT_OK && going_on(a) && lot.state == MT_LOT_OK)
        rc = set_state(a, &body->drug_id, body->lot_no, MT_LOT_QUARANTINED, "quarantine");
    return rc == MT_OK && going_on(a) ? stock_answer(a, &body->drug_id, 1) : rc;
}

/* In the store that has the lot, as if that store had been asked. */
static enum mt_rc recall_at(struct apply *a, const struct mt_repo_lot_at *at) {
    struct apply there = *a;
    there.lane.store_id = at->store_id;
    enum mt_rc rc = set_state(&there, &a->op->body.lot.drug_id, at->lot_no, MT_LOT_RECALLED, "recall");
    if (rc != MT_OK)
        a->err = there.err;
    return rc;
}

enum mt_rc apply_lot_recall(struct apply *a) {
    const struct mt_op_lot *body = &a->op->body.lot;
    struct mt_repo_lot_at *lots = NULL;
    size_t count = 0;
    enum mt_rc rc = demand_right(a, MT_RIGHT_RECALL, NULL);
    if (rc == MT_OK && going_on(a))
        rc = find_drug(a, &body->drug_id);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = service_alone(a->x, &a->err);
    if (rc == MT_OK)
        rc = mt_repo_recall_insert(a->db, body->drug_id.s, body->lot_no, body->reason, a->op->op_id.s, a->now, &a->err);
    if (rc == MT_OK)
        rc = goods_audit(a, "recall", "drug", body->drug_id.s);
    if (rc == MT_OK)
        rc = mt_repo_lots_to_recall(a->db, body->drug_id.s, body->lot_no, a->arena, &lots, &count, &a->err);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = recall_at(a, &lots[i]);
    return rc == MT_OK ? stock_answer(a, &body->drug_id, 1) : rc;
}
