/* Tokens that are replaced or taken back. Only hashes are stored, so an old token is simply found no more; what its holder did, and
 * the numbers it used, stand. */
#include "core.h"

#include <medterm/service/admin.h>

#include <string.h>

static enum mt_rc audit(struct mt_session *x, const char *action, const struct mt_repo_register *r, struct mt_err *err) {
    const struct mt_repo_audit row = {.at = service_now(x),
                                      .actor = "admin",
                                      .staff_id = "",
                                      .action = action,
                                      .entity = r->is_client ? "client" : "register",
                                      .entity_id = r->register_id.s,
                                      .op_id = "",
                                      .version = 1};
    return trail_audit(x, &row, err);
}

/* In a transaction of its own; nothing is open when it fails. A code is what stands on a till's screen: who has to shut out a
 * stolen one may have nothing else. */
static enum mt_rc begin(struct mt_session *x, struct mt_id *id, bool client, struct mt_repo_register *r, struct mt_err *err) {
    mt_arena_reset(&x->scratch);
    enum mt_rc rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_register_get(x->db, id, r, err);
    if (rc == MT_NOTFOUND)
        rc = mt_repo_register_by_code(x->db, id->s, r, err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && r->is_client != client))
        rc = mt_fail(err, MT_NOTFOUND, "there is no %s %s", client ? "client" : "register", id->s);
    if (rc == MT_OK)
        *id = r->register_id;
    else
        service_rollback(x);
    return rc;
}

static enum mt_rc end(struct mt_session *x, enum mt_rc rc, struct mt_err *err) {
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

enum mt_rc mt_admin_client_rotate(struct mt_session *x, struct mt_id *client_id, char token[65], char code[MT_REGISTER_CODE_TEXT],
                                  struct mt_err *err) {
    struct mt_repo_register r;
    char hash[MT_HASH_TEXT];
    enum mt_rc rc = begin(x, client_id, true, &r, err);
    if (rc != MT_OK)
        return rc;
    memcpy(code, r.code, MT_REGISTER_CODE_TEXT);
    if (r.revoked)
        return end(x, mt_fail(err, MT_CONFLICT, "client %s was revoked; add a new one", r.code), err);
    mt_token_new(&x->service->random, token);
    mt_hash_hex(mt_sv(token), hash);
    rc = mt_repo_register_token_put(x->db, client_id, hash, err);
    if (rc == MT_OK)
        rc = audit(x, "rotate", &r, err);
    return end(x, rc, err);
}

static enum mt_rc revoke(struct mt_session *x, struct mt_id *id, bool client, char code[MT_REGISTER_CODE_TEXT],
                         struct mt_err *err) {
    struct mt_repo_register r;
    enum mt_rc rc = begin(x, id, client, &r, err);
    if (rc != MT_OK)
        return rc;
    memcpy(code, r.code, MT_REGISTER_CODE_TEXT);
    if (!r.revoked) {
        rc = mt_repo_register_revoke(x->db, id, service_now(x), err);
        if (rc == MT_OK)
            rc = audit(x, "revoke", &r, err);
    }
    return end(x, rc, err);
}

enum mt_rc mt_admin_client_revoke(struct mt_session *x, struct mt_id *client_id, char code[MT_REGISTER_CODE_TEXT],
                                  struct mt_err *err) {
    return revoke(x, client_id, true, code, err);
}

enum mt_rc mt_admin_register_revoke(struct mt_session *x, struct mt_id *register_id, char code[MT_REGISTER_CODE_TEXT],
                                    struct mt_err *err) {
    return revoke(x, register_id, false, code, err);
}
