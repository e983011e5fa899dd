/* What an administrator sets up: stores, registers with their one-time codes, staff, clients, and goods that come in. Each is
 * one transaction with its audit row and, where tills show it, its place in the feed; goods may also come inside an import. */
#include "recover.h"

#include <medterm/domain/scan.h>
#include <medterm/domain/stock.h>
#include <medterm/repo/goods.h>
#include <medterm/service/admin.h>

#include <stdio.h>
#include <string.h>

static enum mt_rc audit(struct mt_session *x, const char *action, const char *entity, const char *id, struct mt_err *err) {
    struct mt_repo_audit row = {.at = service_now(x),
                                .actor = "admin",
                                .staff_id = "",
                                .action = action,
                                .entity = entity,
                                .entity_id = id,
                                .op_id = "",
                                .version = 1};
    return trail_audit(x, &row, err);
}

static enum mt_rc begin(struct mt_session *x, struct mt_err *err) {
    mt_arena_reset(&x->scratch);
    return service_begin(x, MT_HERE, err);
}

static enum mt_rc end(struct mt_session *x, enum mt_rc rc, struct mt_err *err) {
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

static bool currency_ok(const char *text) {
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

enum mt_rc mt_admin_store_add(struct mt_session *x, const char *name, const char *currency, struct mt_id *store_id,
                              struct mt_err *err) {
    struct mt_repo_store store = {.store_id = mt_id_new(&x->ids), .created_at = service_now(x)};
    if (mt_sv_trim(mt_sv(name)).n == 0 || mt_sv_copy(mt_sv(name), store.name, sizeof store.name) != MT_OK)
        return mt_fail(err, MT_INVALID, "a store needs a name of at most 255 bytes");
    if (!currency_ok(currency) || mt_sv_copy(mt_sv(currency), store.currency, sizeof store.currency) != MT_OK)
        return mt_fail(err, MT_INVALID, "a currency is three capital letters such as CNY (ISO 4217)");
    enum mt_rc rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_store_insert(x->db, &store, err);
    if (rc == MT_OK)
        rc = audit(x, "add", "store", store.store_id.s, err);
    *store_id = store.store_id;
    return end(x, rc, err);
}

static enum mt_rc demand_store(struct mt_session *x, const struct mt_id *store_id, struct mt_err *err) {
    struct mt_repo_store store;
    enum mt_rc rc = mt_repo_store_get(x->db, store_id, &store, err);
    return rc == MT_NOTFOUND ? mt_fail(err, MT_NOTFOUND, "there is no store %s", store_id->s) : rc;
}

enum mt_rc mt_admin_register_add(struct mt_session *x, const struct mt_id *store_id, const char *code, struct mt_id *register_id,
                                 char enrolment_code[15], struct mt_err *err) {
    struct mt_repo_register r = {.register_id = mt_id_new(&x->ids), .store_id = *store_id};
    char hash[MT_HASH_TEXT];
    if (!mt_register_code_ok(mt_sv(code)) || mt_sv_copy(mt_sv(code), r.code, sizeof r.code) != MT_OK)
        return mt_fail(err, MT_INVALID, "a register's code is 2 to 8 capital letters and digits, a letter first, such as A03");
    mt_enrol_code_new(&x->service->random, enrolment_code);
    mt_hash_hex(mt_sv(enrolment_code), hash);
    const mt_time now = service_now(x);
    r.enrol_expires = now + (mt_time)MT_ENROL_MINUTES * 60000;
    enum mt_rc rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    bool reserved = false;
    rc = demand_store(x, store_id, err);
    if (rc == MT_OK)
        rc = recover_reserved(x, code, &reserved, err);
    if (rc == MT_OK && reserved)
        rc = mt_fail(err, MT_CONFLICT,
                     "the code %s belongs to a register whose enrolment was lost; bring it back with register recover", code);
    else if (rc == MT_OK)
        rc = mt_repo_register_insert(x->db, &r, NULL, hash, now, err);
    if (rc == MT_CONFLICT && !reserved)
        rc = mt_fail(err, MT_CONFLICT, "the code %s is in use; codes are never given out again", code);
    if (rc == MT_OK)
        rc = audit(x, "add", "register", r.register_id.s, err);
    *register_id = r.register_id;
    return end(x, rc, err);
}

enum mt_rc mt_admin_staff_add(struct mt_session *x, const struct mt_id *store_id, const char *name, enum mt_role role,
                              const char *verifier, struct mt_id *staff_id, struct mt_err *err) {
    struct mt_staff staff = {
        .staff_id = mt_id_new(&x->ids), .name = name, .role = role, .verifier = verifier, .active = true, .version = 1};
    if (mt_sv_trim(mt_sv(name)).n == 0 || mt_sv(name).n > 255)
        return mt_fail(err, MT_INVALID, "a person needs a name of at most 255 bytes");
    enum mt_rc rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    rc = demand_store(x, store_id, err);
    if (rc == MT_OK)
        rc = mt_repo_staff_insert(x->db, store_id, &staff, service_now(x), err);
    if (rc == MT_OK)
        rc = trail_change(x, store_id->s, MT_ENTITY_STAFF, staff.staff_id.s, err);
    if (rc == MT_OK)
        rc = audit(x, "add", "staff", staff.staff_id.s, err);
    *staff_id = staff.staff_id;
    return end(x, rc, err);
}

static void change_staff(struct mt_staff *staff, const struct mt_staff_change *change) {
    if (change->name != NULL)
        staff->name = change->name;
    if (change->verifier != NULL)
        staff->verifier = change->verifier;
    if (change->has_role)
        staff->role = change->role;
    if (change->has_active)
        staff->active = change->active;
    staff->version++;
}

enum mt_rc mt_admin_staff_set(struct mt_session *x, const struct mt_id *staff_id, const struct mt_staff_change *change,
                              int64_t *version, struct mt_err *err) {
    struct mt_staff staff;
    struct mt_id store_id;
    if (change->name != NULL && (mt_sv_trim(mt_sv(change->name)).n == 0 || mt_sv(change->name).n > 255))
        return mt_fail(err, MT_INVALID, "a person needs a name of at most 255 bytes");
    enum mt_rc rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_staff_get(x->db, staff_id->s, &x->scratch, &staff, &store_id, err);
    if (rc == MT_NOTFOUND)
        rc = mt_fail(err, MT_NOTFOUND, "there is nobody with the id %s", staff_id->s);
    if (rc == MT_OK) {
        change_staff(&staff, change);
        *version = staff.version;
        rc = mt_repo_staff_update(x->db, &staff, err);
    }
    if (rc == MT_OK)
        rc = trail_change(x, store_id.s, MT_ENTITY_STAFF, staff_id->s, err);
    if (rc == MT_OK) {
        struct mt_repo_audit row = {.at = service_now(x),
                                    .actor = "admin",
                                    .staff_id = "",
                                    .action = "set",
                                    .entity = "staff",
                                    .entity_id = staff_id->s,
                                    .op_id = "",
                                    .version = staff.version};
        rc = trail_audit(x, &row, err);
    }
    return end(x, rc, err);
}

/* W01, W02 … : the first free one, also when a till was given a code of that form. */
static enum mt_rc client_insert(struct mt_session *x, struct mt_repo_register *r, const char *token_hash, struct mt_err *err) {
    int64_t number = 0;
    enum mt_rc rc = mt_repo_client_count(x->db, &number, err);
    if (rc != MT_OK)
        return rc;
    do {
        number++;
        int n = snprintf(r->code, sizeof r->code, "W%02lld", (long long)number);
        if (n < 0 || (size_t)n >= sizeof r->code)
            return mt_fail(err, MT_LIMIT, "there are no client codes left");
        bool reserved = false;
        rc = recover_reserved(x, r->code, &reserved, err);
        if (rc == MT_OK && reserved) {
            rc = MT_CONFLICT;
            continue;
        }
        if (rc == MT_OK)
            rc = service_savepoint(x, err);
        if (rc != MT_OK)
            return rc;
        rc = mt_repo_register_insert(x->db, r, token_hash, NULL, service_now(x), err);
        enum mt_rc ended = rc == MT_OK ? service_release(x, err) : service_rollback_to(x, err);
        if (ended != MT_OK)
            return ended;
    } while (rc == MT_CONFLICT);
    return rc;
}

enum mt_rc mt_admin_client_add(struct mt_session *x, const struct mt_id *store_id, enum mt_role role, char token[65],
                               char code[MT_REGISTER_CODE_TEXT], struct mt_id *client_id, struct mt_err *err) {
    struct mt_repo_register r = {.register_id = mt_id_new(&x->ids), .store_id = *store_id, .is_client = true, .role = role};
    char hash[MT_HASH_TEXT];
    mt_token_new(&x->service->random, token);
    mt_hash_hex(mt_sv(token), hash);
    enum mt_rc rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    rc = demand_store(x, store_id, err);
    if (rc == MT_OK)
        rc = client_insert(x, &r, hash, err);
    if (rc == MT_OK)
        rc = audit(x, "add", "client", r.register_id.s, err);
    memcpy(code, r.code, MT_REGISTER_CODE_TEXT);
    *client_id = r.register_id;
    return end(x, rc, err);
}

static enum mt_rc receive(struct mt_session *x, const struct mt_repo_packs *p, struct mt_date expires_on, int64_t *on_hand,
                          struct mt_err *err) {
    enum mt_rc rc = mt_repo_stock_receive(x->db, p, expires_on, on_hand, err);
    if (rc == MT_OK)
        rc = mt_repo_stock_touch(x->db, p->store_id, p->drug_id, err);
    if (rc == MT_OK)
        rc = trail_change(x, p->store_id, MT_ENTITY_STOCK, p->drug_id, err);
    return rc == MT_OK ? audit(x, "receive", "stock", p->drug_id, err) : rc;
}

enum mt_rc mt_admin_stock_receive(struct mt_session *x, const struct mt_id *store_id, struct mt_sv code, const char *lot_no,
                                  struct mt_date expires_on, int64_t quantity, int64_t *on_hand, struct mt_err *err) {
    if (quantity < 1 || quantity > 1000000)
        return mt_fail(err, MT_INVALID, "a quantity is from 1 to 1,000,000 packs");
    if (!mt_lot_no_ok(mt_sv(lot_no)) || mt_sv(lot_no).n > 64)
        return mt_fail(err, MT_INVALID,
                       "goods come in with a lot number of at most 64 bytes, without control characters or blanks at its ends");
    const bool alone = !mt_db_in_transaction(x->db);
    enum mt_rc rc = alone ? begin(x, err) : MT_OK;
    if (rc != MT_OK)
        return rc;
    char normal[15];
    struct mt_drug drug;
    rc = demand_store(x, store_id, err);
    if (rc == MT_OK) {
        if (mt_gtin_normalise(code, normal) == MT_OK)
            code = mt_sv(normal);
        rc = mt_repo_drug_by_code(x->db, code, &x->scratch, &drug, err);
        if (rc == MT_NOTFOUND)
            rc = mt_fail(err, MT_NOTFOUND, "there is no drug with the code %.*s", (int)(code.n < 32 ? code.n : 32), code.p);
    }
    if (rc == MT_OK) {
        struct mt_repo_packs p = {.store_id = store_id->s,
                                  .drug_id = drug.drug_id.s,
                                  .lot_no = lot_no,
                                  .quantity = quantity,
                                  .order_id = "",
                                  .op_id = "",
                                  .at = service_now(x)};
        rc = receive(x, &p, expires_on, on_hand, err);
    }
    return alone ? end(x, rc, err) : rc;
}
