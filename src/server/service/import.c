/* The catalogue's way in: one transaction for a whole file. A row is compared with what is stored, so that importing a file
 * twice moves nothing, and tills fetch only what is new. A drug's id comes from its code: any service that imports the
 * same file gives the same ids. Sales that waited for a drug are applied in the same transaction. */
#include "operation.h"

#include <medterm/repo/goods.h>
#include <medterm/service/admin.h>

#include <stdio.h>
#include <string.h>

enum mt_rc mt_admin_import_begin(struct mt_session *x, struct mt_err *err) {
    mt_arena_reset(&x->scratch);
    return service_begin(x, MT_HERE, err);
}

static bool same(const struct mt_drug *a, const struct mt_drug *b) {
    const char *left[] = {a->name, a->spec, a->form, a->maker, a->generic, a->pinyin, a->shelf};
    const char *right[] = {b->name, b->spec, b->form, b->maker, b->generic, b->pinyin, b->shelf};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (strcmp(left[i], right[i]) != 0)
            return false;
    return a->has_price == b->has_price && (!a->has_price || mt_money_cmp(a->price, b->price) == 0) && a->sellable == b->sellable &&
           a->rx == b->rx && a->vat_bp == b->vat_bp;
}

static enum mt_rc put(struct mt_session *x, struct mt_drug *drug, int64_t version, struct mt_err *err) {
    drug->version = version;
    drug->sellable = drug->sellable && drug->has_price;
    enum mt_rc rc = mt_repo_drug_put(x->db, drug, err);
    return rc == MT_OK ? trail_change(x, "", MT_ENTITY_DRUG, drug->drug_id.s, err) : rc;
}

enum mt_rc mt_admin_import_drug(struct mt_session *x, const struct mt_drug *drug, bool *changed, struct mt_err *err) {
    char cause[64];
    struct mt_drug row = *drug, stored;
    *changed = false;
    mt_arena_reset(&x->scratch);
    int n = snprintf(cause, sizeof cause, "drug:%s", drug->code);
    if (n < 0 || (size_t)n >= sizeof cause || drug->code[0] == '\0')
        return mt_fail(err, MT_INVALID, "a drug needs a code");
    if (drug->name[0] == '\0')
        return mt_fail(err, MT_INVALID, "the drug %s has no name", drug->code);
    enum mt_rc rc = mt_id_from_cause(mt_sv(cause), &row.drug_id);
    if (rc != MT_OK)
        return mt_fail(err, rc, "no memory for the id of drug %s", drug->code);
    row.sellable = drug->sellable && drug->has_price;
    rc = mt_repo_drug_get(x->db, row.drug_id.s, &x->scratch, &stored, err);
    if (rc == MT_NOTFOUND) {
        *changed = true;
        return put(x, &row, 1, err);
    }
    if (rc != MT_OK || same(&row, &stored))
        return rc;
    *changed = true;
    return put(x, &row, stored.version + 1, err);
}

enum mt_rc mt_admin_import_end(struct mt_session *x, bool keep, struct mt_err *err) {
    if (!keep) {
        service_rollback(x);
        return MT_OK;
    }
    struct mt_repo_audit row = {.at = service_now(x),
                                .actor = "admin",
                                .staff_id = "",
                                .action = "import",
                                .entity = "catalogue",
                                .entity_id = "",
                                .op_id = "",
                                .version = 1};
    enum mt_rc rc = trail_audit(x, &row, err);
    if (rc == MT_OK)
        rc = waiting_for_drugs_apply(x, err);
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}
