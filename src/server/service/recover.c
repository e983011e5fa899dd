/* Registers whose enrolment went with the state that was replaced. Their code is theirs: it stands aside ("lost_code:<code>", with
 * the ids it had, or the word for a client's, which never comes back) and is given to no other. The till that enrols with the new
 * one-time code finds its own lane, empty or shorter than its own, and sends again what it keeps. */
#include "recover.h"
#include "core.h"

#include <medterm/service/admin.h>

#include <stdio.h>
#include <string.h>

#define KEY_TEXT (sizeof "lost_code:" + MT_REGISTER_CODE_TEXT)
#define VALUE_TEXT (2 * MT_ID_TEXT)
static const char came_back[] = "back", of_client[] = "client";

static enum mt_rc key_of(const char *code, char key[KEY_TEXT], struct mt_err *err) {
    int n = snprintf(key, KEY_TEXT, "lost_code:%s", code);
    return n > 0 && (size_t)n < KEY_TEXT ? MT_OK : mt_fail(err, MT_INVALID, "a register's code is too long");
}

static enum mt_rc look_up(struct mt_session *x, const char *code, char value[VALUE_TEXT], struct mt_err *err) {
    char key[KEY_TEXT];
    enum mt_rc rc = key_of(code, key, err);
    return rc == MT_OK ? mt_repo_meta_get(x->db, key, value, VALUE_TEXT, err) : rc;
}

/* The ids a lost register had; MT_NOTFOUND when no such code was lost. */
static enum mt_rc expected(struct mt_session *x, const char *code, struct mt_repo_register *r, struct mt_err *err) {
    char value[VALUE_TEXT];
    enum mt_rc rc = look_up(x, code, value, err);
    if (rc != MT_OK)
        return rc;
    if (strcmp(value, of_client) == 0)
        return mt_fail(err, MT_INVALID, "%s was a client: `medtermd client add` makes a new one.", code);
    struct mt_sv rest = mt_sv(value), id = mt_sv_cut(&rest, ' ');
    if (mt_id_parse(id, &r->register_id) != MT_OK || mt_id_parse(rest, &r->store_id) != MT_OK)
        return MT_NOTFOUND; /* it has come back */
    return MT_OK;
}

enum mt_rc recover_reserved(struct mt_session *x, const char *code, bool *reserved, struct mt_err *err) {
    char value[VALUE_TEXT];
    enum mt_rc rc = look_up(x, code, value, err);
    *reserved = rc == MT_OK && strcmp(value, came_back) != 0;
    return rc == MT_NOTFOUND ? MT_OK : rc;
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

enum mt_rc mt_admin_register_expect(struct mt_session *x, const struct mt_lost *lost, struct mt_err *err) {
    char key[KEY_TEXT], value[VALUE_TEXT];
    struct mt_repo_register r;
    enum mt_rc rc = key_of(lost->register_code, key, err);
    int n = strcmp(lost->kind, "client") == 0 ? snprintf(value, sizeof value, "%s", of_client)
                                              : snprintf(value, sizeof value, "%s %s", lost->register_id.s, lost->store_id.s);
    if (rc == MT_OK && n < 0)
        rc = mt_fail(err, MT_BUG, "a register without ids");
    if (rc == MT_OK)
        rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_register_by_code(x->db, lost->register_code, &r, err);
    if (rc == MT_NOTFOUND)
        rc = mt_repo_meta_put(x->db, key, value, err);
    return end(x, rc, err);
}

/* The row of a register that is not here: as it was, or new in the store that was named. */
static enum mt_rc bring_back(struct mt_session *x, const char *code, const struct mt_id *store_id, const char *hash,
                             struct mt_repo_register *r, struct mt_err *err) {
    char key[KEY_TEXT];
    struct mt_repo_store store;
    const mt_time expires = r->enrol_expires;
    enum mt_rc rc = expected(x, code, r, err);
    if (rc == MT_NOTFOUND) {
        if (store_id == NULL)
            return mt_fail(err, MT_INVALID, "Register %s is not in this database: name its store with --store.", code);
        *r = (struct mt_repo_register){.register_id = mt_id_new(&x->ids), .store_id = *store_id};
        rc = MT_OK;
    }
    r->enrol_expires = expires;
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_sv(code), r->code, sizeof r->code);
    if (rc == MT_OK)
        rc = mt_repo_store_get(x->db, &r->store_id, &store, err);
    if (rc == MT_NOTFOUND)
        return mt_fail(err, MT_NOTFOUND, "There is no store %s in this database.", r->store_id.s);
    if (rc == MT_OK)
        rc = mt_repo_register_insert(x->db, r, NULL, hash, service_now(x), err);
    if (rc == MT_OK)
        rc = key_of(code, key, err);
    return rc == MT_OK ? mt_repo_meta_put(x->db, key, came_back, err) : rc;
}

static enum mt_rc recover(struct mt_session *x, const char *code, const struct mt_id *store_id, const char *hash,
                          struct mt_repo_register *r, struct mt_err *err) {
    const mt_time expires = service_now(x) + (mt_time)MT_ENROL_MINUTES * 60000;
    enum mt_rc rc = mt_repo_register_by_code(x->db, code, r, err);
    if (rc == MT_OK && r->is_client)
        return mt_fail(err, MT_INVALID, "%s is a client: `medtermd client add` makes a new token.", code);
    if (rc == MT_OK)
        rc = mt_repo_register_code_put(x->db, &r->register_id, hash, expires, err);
    else if (rc == MT_NOTFOUND) {
        *r = (struct mt_repo_register){.enrol_expires = expires};
        rc = bring_back(x, code, store_id, hash, r, err);
    }
    struct mt_repo_audit row = {.at = service_now(x),
                                .actor = "admin",
                                .staff_id = "",
                                .action = "recover",
                                .entity = "register",
                                .entity_id = r->register_id.s,
                                .op_id = "",
                                .version = 1};
    return rc == MT_OK ? trail_audit(x, &row, err) : rc;
}

enum mt_rc mt_admin_register_recover(struct mt_session *x, const char *code, const struct mt_id *store_id,
                                     struct mt_id *register_id, char enrolment_code[15], struct mt_err *err) {
    struct mt_repo_register r;
    char hash[MT_HASH_TEXT];
    if (!mt_register_code_ok(mt_sv(code)))
        return mt_fail(err, MT_INVALID, "a register's code is 2 to 8 capital letters and digits, a letter first, such as A03");
    mt_enrol_code_new(&x->service->random, enrolment_code);
    mt_hash_hex(mt_sv(enrolment_code), hash);
    enum mt_rc rc = begin(x, err);
    if (rc != MT_OK)
        return rc;
    rc = recover(x, code, store_id, hash, &r, err);
    if (rc == MT_OK)
        *register_id = r.register_id;
    return end(x, rc, err);
}
