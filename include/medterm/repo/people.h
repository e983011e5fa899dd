/* Rows of stores, registers (tills and REST clients), staff, and the database's own facts (epoch).
 *
 * All functions of this layer: MT_NOTFOUND when there is no such row (err untouched), MT_CONFLICT for a broken unique rule
 * or check, otherwise what the database says. They run inside the caller's transaction. Texts read are copied to the arena. */
#ifndef MEDTERM_REPO_PEOPLE_H
#define MEDTERM_REPO_PEOPLE_H

#include <medterm/db/db.h>
#include <medterm/domain/order.h>
#include <medterm/domain/staff.h>

MT_MUST enum mt_rc mt_repo_meta_get(struct mt_db *db, const char *key, char *value, size_t size, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_meta_put(struct mt_db *db, const char *key, const char *value, struct mt_err *err);

struct mt_repo_store {
    struct mt_id store_id;
    char name[256], currency[4];
    mt_time created_at;
};
MT_MUST enum mt_rc mt_repo_store_insert(struct mt_db *db, const struct mt_repo_store *store, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_store_get(struct mt_db *db, const struct mt_id *store_id, struct mt_repo_store *out, struct mt_err *err);

struct mt_repo_register {
    struct mt_id register_id, store_id;
    char code[MT_REGISTER_CODE_TEXT];
    char instance_id[65];  /* "" until it has enrolled */
    mt_time enrol_expires; /* 0: no code is out */
    int64_t last_seq;
    bool is_client, revoked;
    enum mt_role role; /* of a client */
};
/* Hashes are hexadecimal SHA-256; NULL for none. */
MT_MUST enum mt_rc mt_repo_register_insert(struct mt_db *db, const struct mt_repo_register *r, const char *token_hash,
                                           const char *enrol_code_hash, mt_time now, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_register_get(struct mt_db *db, const struct mt_id *register_id, struct mt_repo_register *out,
                                        struct mt_err *err);
/* A revoked one is not found. */
MT_MUST enum mt_rc mt_repo_register_by_token(struct mt_db *db, const char *token_hash, struct mt_repo_register *out,
                                             struct mt_err *err);
MT_MUST enum mt_rc mt_repo_register_by_code_hash(struct mt_db *db, const char *enrol_code_hash, struct mt_repo_register *out,
                                                 struct mt_err *err);
/* Binds the instance and replaces the token: the old one is revoked by that. Whoever was revoked is admitted again by a new code.
 */
MT_MUST enum mt_rc mt_repo_register_enrol(struct mt_db *db, const struct mt_id *register_id, const char *token_hash,
                                          const char *instance_id, const char *name, struct mt_err *err);
/* last_seq = seq; MT_CONFLICT unless seq is the next one. */
MT_MUST enum mt_rc mt_repo_register_advance(struct mt_db *db, const struct mt_id *register_id, int64_t seq,
                                            const struct mt_id *op_id, struct mt_err *err);
/* Another token; the old one is good for nothing from then on. */
MT_MUST enum mt_rc mt_repo_register_token_put(struct mt_db *db, const struct mt_id *register_id, const char *token_hash,
                                              struct mt_err *err);
/* Neither its token nor a code that is out is good for anything from then on. */
MT_MUST enum mt_rc mt_repo_register_revoke(struct mt_db *db, const struct mt_id *register_id, mt_time now, struct mt_err *err);
/* By its code, which is unique in the chain. */
MT_MUST enum mt_rc mt_repo_register_by_code(struct mt_db *db, const char *code, struct mt_repo_register *out, struct mt_err *err);
/* Another one-time code for a register that is there; its instance stays bound and its token good until the code is used. */
MT_MUST enum mt_rc mt_repo_register_code_put(struct mt_db *db, const struct mt_id *register_id, const char *enrol_code_hash,
                                             mt_time expires, struct mt_err *err);
/* What the service numbers itself (operations and orders of clients) goes on `by` further; cause: stands for the last operation. */
MT_MUST enum mt_rc mt_repo_clients_jump(struct mt_db *db, int64_t by, const struct mt_id *cause, struct mt_err *err);
/* How far a client's numbers have come; and where those of a new one begin. */
struct mt_repo_numbers {
    struct mt_id client_id;
    int64_t last_order_no, last_seq;
};
MT_MUST enum mt_rc mt_repo_numbers_next(struct mt_db *db, struct mt_repo_numbers *n,
                                        struct mt_err *err); /* the one behind client_id */
MT_MUST enum mt_rc mt_repo_numbers_base(struct mt_db *db, int64_t *base, struct mt_err *err);
/* Another database of the same history has come this far: ours go on behind it. */
MT_MUST enum mt_rc mt_repo_numbers_at_least(struct mt_db *db, const struct mt_repo_numbers *n, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_client_count(struct mt_db *db, int64_t *count, struct mt_err *err);

MT_MUST enum mt_rc mt_repo_staff_insert(struct mt_db *db, const struct mt_id *store_id, const struct mt_staff *staff, mt_time now,
                                        struct mt_err *err);
/* Name, role, verifier, active and version; MT_STALE unless the row stands at version - 1. */
MT_MUST enum mt_rc mt_repo_staff_update(struct mt_db *db, const struct mt_staff *staff, struct mt_err *err);
/* store_id gets the person's store. */
MT_MUST enum mt_rc mt_repo_staff_get(struct mt_db *db, const char *staff_id, struct mt_arena *arena, struct mt_staff *out,
                                     struct mt_id *store_id, struct mt_err *err);

#endif
