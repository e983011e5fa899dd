/* Who asks: tokens and enrolment. Tokens and codes are stored as hashes only. A code works once, for one instance, within
 * its hour; the same code from the same instance again gives a new token and revokes the old, so a lost reply costs
 * nothing. All other tries get the one same answer. */
#include "core.h"

#include <string.h>

enum mt_rc mt_session_authenticate(struct mt_session *x, struct mt_sv token, struct mt_caller *out, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_register r;
    char hash[MT_HASH_TEXT];
    *out = (struct mt_caller){.kind = MT_CALLER_NOBODY};
    mt_hash_hex(token, hash);
    enum mt_rc rc = token.n > 0 ? mt_repo_register_by_token(x->db, hash, &r, &err) : MT_NOTFOUND;
    if (rc == MT_NOTFOUND) {
        (void)mt_problem_set(problem, MT_P_UNAUTHENTICATED, "%s", "This needs the token of a register or client.");
        return MT_DENIED;
    }
    if (rc != MT_OK) {
        (void)mt_problem_set(problem, MT_P_OVERLOADED, "%s", "The service can not answer now.");
        return rc;
    }
    out->kind = r.is_client ? MT_CALLER_CLIENT : MT_CALLER_REGISTER;
    out->id = r.register_id;
    out->store_id = r.store_id;
    out->role = r.role;
    memcpy(out->code, r.code, sizeof out->code);
    return MT_OK;
}

static enum mt_rc turn_down(struct mt_problem *problem) {
    (void)mt_problem_set(problem, MT_P_FORBIDDEN, "%s", "This code is not valid, has run out or was used. Ask for a new one.");
    return MT_OK;
}

static enum mt_rc info_of(struct mt_session *x, const struct mt_repo_register *r, struct mt_register_info *out,
                          struct mt_err *err) {
    struct mt_repo_store store;
    enum mt_rc rc = mt_repo_store_get(x->db, &r->store_id, &store, err);
    if (rc != MT_OK)
        return rc;
    *out = (struct mt_register_info){.register_id = r->register_id, .store_id = r->store_id, .last_seq = r->last_seq};
    memcpy(out->register_code, r->code, sizeof out->register_code);
    memcpy(out->store_name, store.name, sizeof out->store_name);
    memcpy(out->currency, store.currency, sizeof out->currency);
    return service_epoch(x, out->epoch, err);
}

enum mt_rc enrol_apply(struct mt_session *x, const struct mt_enrolment *e, struct mt_register_info *out, struct mt_problem *problem,
                       struct mt_err *err) {
    char code[MT_ENROL_CODE_TEXT], code_hash[MT_HASH_TEXT], token_hash[MT_HASH_TEXT];
    struct mt_repo_register r;
    if (mt_enrol_code_normalise(mt_sv(e->code), code) != MT_OK || e->instance_id[0] == '\0')
        return turn_down(problem);
    mt_hash_hex(mt_sv(code), code_hash);
    enum mt_rc rc = mt_repo_register_by_code_hash(x->db, code_hash, &r, err);
    if (rc == MT_NOTFOUND)
        return turn_down(problem);
    if (rc != MT_OK)
        return rc;
    if (service_now(x) > r.enrol_expires || (r.instance_id[0] != '\0' && strcmp(r.instance_id, e->instance_id) != 0))
        return turn_down(problem);
    rc = info_of(x, &r, out, err);
    if (rc != MT_OK)
        return rc;
    out->last_seq = -1; /* the contract names it for GET /v1/register only */
    mt_token_new(&x->service->random, out->token);
    mt_hash_hex(mt_sv(out->token), token_hash);
    struct mt_repo_audit audit = {.at = service_now(x),
                                  .actor = r.code,
                                  .staff_id = "",
                                  .action = "enrol",
                                  .entity = "register",
                                  .entity_id = r.register_id.s,
                                  .op_id = ""};
    rc = mt_repo_register_enrol(x->db, &r.register_id, token_hash, e->instance_id, e->name, err);
    return rc == MT_OK ? trail_audit(x, &audit, err) : rc;
}

enum mt_rc mt_query_register(struct mt_session *x, const struct mt_caller *c, struct mt_buf *out, struct mt_problem *problem) {
    struct mt_repo_register r;
    struct mt_register_info info;
    struct mt_err err = {.rc = MT_OK};
    enum mt_rc rc = c->kind == MT_CALLER_NOBODY ? MT_NOTFOUND : mt_repo_register_get(x->db, &c->id, &r, &err);
    if (rc == MT_OK)
        rc = info_of(x, &r, &info, &err);
    if (rc == MT_NOTFOUND) {
        (void)mt_problem_set(problem, MT_P_UNAUTHENTICATED, "%s", "This register is not known any more.");
        return MT_DENIED;
    }
    if (rc != MT_OK) {
        (void)mt_problem_set(problem, MT_P_OVERLOADED, "%s", "The service can not answer now.");
        return rc;
    }
    mt_register_info_print(&info, out);
    return mt_buf_rc(out);
}
