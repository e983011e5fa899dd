/* Rows of what happened: operations with their answers, events, audit, exceptions, and the changes feed. Conventions: people.h. */
#ifndef MEDTERM_REPO_LOG_H
#define MEDTERM_REPO_LOG_H

#include <medterm/db/db.h>
#include <medterm/domain/change.h>

/* An operation and its answer. Texts borrowed when written, in the arena when read. */
struct mt_repo_operation {
    struct mt_id op_id, register_id;
    int64_t register_seq;
    char hash[65];
    const char *kind;
    struct mt_id order_id;
    struct mt_sv bytes;           /* canonical */
    const char *outcome;          /* "applied" "refused" "quarantined" */
    struct mt_sv result, problem; /* JSON; one of them is empty */
    const char *waits;            /* why it is quarantined: "version" "order" "operation" "person"; "" otherwise */
    mt_time received_at;
};
MT_MUST enum mt_rc mt_repo_operation_insert(struct mt_db *db, const struct mt_repo_operation *o, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_operation_get(struct mt_db *db, const char *op_id, struct mt_arena *arena, struct mt_repo_operation *out,
                                         struct mt_err *err);
MT_MUST enum mt_rc mt_repo_operation_at(struct mt_db *db, const char *register_id, int64_t seq, struct mt_arena *arena,
                                        struct mt_repo_operation *out, struct mt_err *err);
/* Looks at what a store's registers sent about an order; what other stores sent about its id does not count. */
/* The refused order.create of an order that never came to be. */
MT_MUST enum mt_rc mt_repo_operation_refused_create(struct mt_db *db, const char *order_id, const char *store_id,
                                                    struct mt_arena *arena, struct mt_repo_operation *out, struct mt_err *err);
/* Whether an operation on the order lies in quarantine; those that only wait for the order itself do not count when to_create. */
MT_MUST enum mt_rc mt_repo_operation_waiting(struct mt_db *db, const char *order_id, const char *store_id, bool to_create,
                                             bool *waiting, struct mt_err *err);
/* Whether a cancellation of the order does. */
MT_MUST enum mt_rc mt_repo_operation_cancel_waiting(struct mt_db *db, const char *order_id, const char *store_id, bool *waiting,
                                                    struct mt_err *err);
/* The oldest quarantined operation on the order, whatever it waits for. */
MT_MUST enum mt_rc mt_repo_operation_next_waiting(struct mt_db *db, const char *order_id, const char *store_id,
                                                  struct mt_arena *arena, struct mt_repo_operation *out, struct mt_err *err);
/* The first sale or move of goods behind op_id ("": from the start), of any store, that lies in quarantine for a drug the catalogue
 * did not have. */
MT_MUST enum mt_rc mt_repo_operation_next_lacking_drug(struct mt_db *db, const char *op_id, struct mt_arena *arena,
                                                       struct mt_repo_operation *out, struct mt_err *err);
/* Answers a quarantined one. */
MT_MUST enum mt_rc mt_repo_operation_answer(struct mt_db *db, const struct mt_repo_operation *o, struct mt_err *err);

/* What an operation came to in an earlier epoch; of those that went to quarantine when they came again. */
struct mt_repo_prior {
    const char *epoch, *outcome; /* "applied" "refused" "quarantined" */
    struct mt_sv result;         /* JSON or empty */
};
MT_MUST enum mt_rc mt_repo_prior_insert(struct mt_db *db, const char *op_id, const struct mt_repo_prior *prior, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_prior_get(struct mt_db *db, const char *op_id, struct mt_arena *arena, struct mt_repo_prior *out,
                                     struct mt_err *err);
/* The oldest quarantined operation on the order that others may wait for: it brings the order or its money. */
MT_MUST enum mt_rc mt_repo_operation_next_awaited(struct mt_db *db, const char *order_id, const char *store_id,
                                                  struct mt_arena *arena, struct mt_repo_operation *out, struct mt_err *err);

struct mt_repo_event {
    const char *order_id, *kind; /* "status" "payment" "exception" */
    int64_t version;
    const char *from_status, *to_status, *register_id, *staff_id, *op_id, *note;
    mt_time at, created_at;
    const char *register_code; /* only when read */
};
MT_MUST enum mt_rc mt_repo_event_insert(struct mt_db *db, const struct mt_repo_event *e, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_events(struct mt_db *db, const char *order_id, struct mt_arena *arena, struct mt_repo_event **out,
                                  size_t *count, struct mt_err *err);

struct mt_repo_audit {
    mt_time at;
    const char *actor, *staff_id, *action, *entity, *entity_id, *op_id;
    int64_t version;
    char prev[65], hash[65];
};
/* The hash of the last row; 64 zeros before the first. Behind mt_db_order when a row is to follow. */
MT_MUST enum mt_rc mt_repo_audit_head(struct mt_db *db, char hash[65], struct mt_err *err);
/* Not waited for (mt_stmt_later). */
/* The last row and its hash; MT_NOTFOUND before the first. With at > 0: that row. */
MT_MUST enum mt_rc mt_repo_audit_link(struct mt_db *db, int64_t at, int64_t *audit_id, char hash[65], struct mt_err *err);
MT_MUST enum mt_rc mt_repo_audit_insert(struct mt_db *db, const struct mt_repo_audit *a, struct mt_err *err);
/* The row behind audit_id (0: the first); *audit_id moves to it. */
MT_MUST enum mt_rc mt_repo_audit_next(struct mt_db *db, int64_t *audit_id, struct mt_arena *arena, struct mt_repo_audit *out,
                                      struct mt_err *err);

MT_MUST enum mt_rc mt_repo_exception_insert(struct mt_db *db, const char *store_id, int32_t line, const struct mt_exception *x,
                                            struct mt_err *err);
MT_MUST enum mt_rc mt_repo_exception_get(struct mt_db *db, const char *exception_id, struct mt_arena *arena,
                                         struct mt_exception *out, struct mt_err *err);
/* state: "open", "resolved" or "" for all; newest first, behind the one named after ("": from the newest), at most limit. */
MT_MUST enum mt_rc mt_repo_exceptions(struct mt_db *db, const char *store_id, struct mt_sv state, struct mt_sv after, int64_t limit,
                                      struct mt_arena *arena, struct mt_exception **out, size_t *count, struct mt_err *err);

/* Resolves the quarantine or salvage of an operation that has its answer; *resolved gets the exception's id, "" when none was open.
 */
MT_MUST enum mt_rc mt_repo_exception_resolve(struct mt_db *db, const char *op_id, mt_time now, struct mt_id *resolved,
                                             struct mt_err *err);

/* Ends the open shortfalls of an order whose packs never have to leave any more; of one line, or of all when line is 0. ids: in the
 * arena. */
MT_MUST enum mt_rc mt_repo_shortfalls_end(struct mt_db *db, const char *order_id, int32_t line, mt_time now, struct mt_arena *arena,
                                          struct mt_id **ids, size_t *count, struct mt_err *err);

/* The feed. scope: a store's id, or "" for what all stores share. The entity moves to the place seq, which is behind every other;
 * ask for the last one behind mt_db_order, and keep it no longer than the transaction. Not waited for (mt_stmt_later). */
MT_MUST enum mt_rc mt_repo_change_put(struct mt_db *db, const char *scope, enum mt_entity entity, const char *id, int64_t seq,
                                      struct mt_err *err);
struct mt_repo_change {
    int64_t seq;
    struct mt_change change; /* drug, stock, order, staff, exception: loaded */
};
/* At most limit changes behind seq, of the store's scope and the shared one, each with its data. */
MT_MUST enum mt_rc mt_repo_changes(struct mt_db *db, const char *store_id, int64_t seq, int64_t limit, struct mt_arena *arena,
                                   struct mt_repo_change **out, size_t *count, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_change_last(struct mt_db *db, int64_t *seq,
                                       struct mt_err *err); /* the newest there is; 0 when there is none */

#endif
