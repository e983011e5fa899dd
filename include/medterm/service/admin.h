/* What an administrator does to the service: stores, registers, staff, clients, catalogue, stock. On a write session, one
 * transaction each, with audit and change rows, while the service runs or not. */
#ifndef MEDTERM_SERVICE_ADMIN_H
#define MEDTERM_SERVICE_ADMIN_H

#include <medterm/service/service.h>

MT_MUST enum mt_rc mt_admin_store_add(struct mt_session *x, const char *name, const char *currency, struct mt_id *store_id,
                                      struct mt_err *err);
/* One-time code, valid for MT_ENROL_MINUTES. For a register that exists the command gives a new code (re-enrolment of a frozen or
 * lost till under the same register is not allowed: codes are never reissued, so MT_CONFLICT). */
#define MT_ENROL_MINUTES 60
MT_MUST enum mt_rc mt_admin_register_add(struct mt_session *x, const struct mt_id *store_id, const char *code,
                                         struct mt_id *register_id, char enrolment_code[15], struct mt_err *err);
/* verifier: made by mt_pin_verifier. */
MT_MUST enum mt_rc mt_admin_staff_add(struct mt_session *x, const struct mt_id *store_id, const char *name, enum mt_role role,
                                      const char *verifier, struct mt_id *staff_id, struct mt_err *err);
/* What is to change about a person; NULL and false: stays. MT_NOTFOUND when there is no such person. */
struct mt_staff_change {
    const char *name, *verifier;
    bool has_role, has_active;
    enum mt_role role;
    bool active; /* somebody who left can't sign in, and stays in the books */
};
MT_MUST enum mt_rc mt_admin_staff_set(struct mt_session *x, const struct mt_id *staff_id, const struct mt_staff_change *change,
                                      int64_t *version, struct mt_err *err);
MT_MUST enum mt_rc mt_admin_client_add(struct mt_session *x, const struct mt_id *store_id, enum mt_role role, char token[65],
                                       char code[MT_REGISTER_CODE_TEXT], struct mt_id *client_id, struct mt_err *err);
/* Of these three *id may hold the code instead, and becomes the id. A new token for a client; the old one is answered with 401 from
 * then on. MT_CONFLICT for one that was revoked. */
MT_MUST enum mt_rc mt_admin_client_rotate(struct mt_session *x, struct mt_id *client_id, char token[65],
                                          char code[MT_REGISTER_CODE_TEXT], struct mt_err *err);
/* From then on the client, or the register, is answered with 401. Again is no change. What it did stands. */
MT_MUST enum mt_rc mt_admin_client_revoke(struct mt_session *x, struct mt_id *client_id, char code[MT_REGISTER_CODE_TEXT],
                                          struct mt_err *err);
MT_MUST enum mt_rc mt_admin_register_revoke(struct mt_session *x, struct mt_id *register_id, char code[MT_REGISTER_CODE_TEXT],
                                            struct mt_err *err);

/* Catalogue: open, put each row, close; one transaction. A row that equals what is stored changes nothing (no new version).
 * The drug's id derives from its code. */
MT_MUST enum mt_rc mt_admin_import_begin(struct mt_session *x, struct mt_err *err);
MT_MUST enum mt_rc mt_admin_import_drug(struct mt_session *x, const struct mt_drug *drug, bool *changed, struct mt_err *err);
MT_MUST enum mt_rc mt_admin_import_end(struct mt_session *x, bool keep, struct mt_err *err);
/* Goods in, by drug code; may stand inside an import. MT_NOTFOUND for an unknown store or code. */
MT_MUST enum mt_rc mt_admin_stock_receive(struct mt_session *x, const struct mt_id *store_id, struct mt_sv code, const char *lot_no,
                                          struct mt_date expires_on, int64_t quantity, int64_t *on_hand, struct mt_err *err);

/* A copy of the database as it stands, beside the running service, in a file that is not there yet. MT_INVALID on PostgreSQL. */
MT_MUST enum mt_rc mt_admin_backup(struct mt_session *x, const char *path, struct mt_err *err);
MT_MUST enum mt_rc mt_admin_epoch(struct mt_session *x, char epoch[MT_ID_TEXT], struct mt_err *err);
/* For a database that was put back to an older state: callers compare everything, and what the service numbers itself jumps by
 * 1,000,000. */
MT_MUST enum mt_rc mt_admin_epoch_renew(struct mt_session *x, char epoch[MT_ID_TEXT], struct mt_err *err);

/* What `old`, the database that is replaced, holds beyond `kept`, the one that is put back, and what no till can send again: what
 * clients did, who was enrolled or added, what administrators did. In the order in which it happened. Texts are borrowed for the
 * call, and hold no patient data. */
struct mt_lost {
    const char *kind;          /* "operation" "enrolment" "client" "staff" "store" "stock" "catalogue" …: what it is about */
    const char *action;        /* what was done: "order.create", "enrol", "add" … */
    const char *register_code; /* whose, or "" */
    const char *id, *order_no; /* or "" */
    const char *outcome;       /* of an operation, "" otherwise */
    struct mt_id register_id, store_id; /* of an enrolment; "" otherwise */
    int64_t count;                      /* of things that are told as one; 1 */
    mt_time at;                         /* of the first */
};
MT_MUST enum mt_rc mt_admin_lost(struct mt_session *old, struct mt_session *kept,
                                 enum mt_rc (*tell)(void *ctx, const struct mt_lost *lost, struct mt_err *err), void *ctx,
                                 struct mt_err *err);
/* What the service numbered itself in `old` is numbered on in `kept`, also when the same backup is put back twice; `kept`
 * takes the epoch of `old` for one that everybody knows is over. */
MT_MUST enum mt_rc mt_admin_numbers_keep(struct mt_session *old, struct mt_session *kept, struct mt_err *err);
/* An enrolment or a client that was lost: the code is not given to another, and a register comes back with
 * mt_admin_register_recover. */
MT_MUST enum mt_rc mt_admin_register_expect(struct mt_session *x, const struct mt_lost *lost, struct mt_err *err);
/* Admits a register again whose enrolment was lost when the database was put back: a one-time code for the same register, with the
 * same code, whose till keeps its numbering and sends again what it keeps. One that is here is bound to its instance still; one
 * that is not, nor expected, needs its store (NULL: not given; MT_INVALID). */
MT_MUST enum mt_rc mt_admin_register_recover(struct mt_session *x, const char *code, const struct mt_id *store_id,
                                             struct mt_id *register_id, char enrolment_code[15], struct mt_err *err);

/* Proves ledger sums and invariants, read-only; each violation is one line through say(). */
MT_MUST enum mt_rc mt_admin_check(struct mt_session *x, void (*say)(void *ctx, const char *line), void *ctx, int64_t *violations,
                                  struct mt_err *err);

/* The audit's chain. broken: the first row that does not fit, 0 when all do. head: the last row's hash, 64 zeros before the first:
 * noted elsewhere and given as `against` (NULL: not given) it proves that the end was not cut off (found). */
struct mt_audit_report {
    int64_t rows, broken;
    char head[65];
    bool found;
};
MT_MUST enum mt_rc mt_admin_audit_verify(struct mt_session *x, const char *against, struct mt_audit_report *out,
                                         struct mt_err *err);

#endif
