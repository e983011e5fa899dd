/* Rows of what waits for somebody: sales that went out short, exceptions a person settles, operations that are kept. Conventions:
 * people.h. */
#ifndef MEDTERM_REPO_SETTLE_H
#define MEDTERM_REPO_SETTLE_H

#include <medterm/repo/log.h>

/* Lines that went out, or were promised, short of packs; in the order they happened. */
struct mt_repo_shortfall {
    struct mt_id exception_id, order_id;
    int32_t line;
    int64_t quantity;
    bool unpaid; /* the order is: its packs are still to be reserved, not gone */
};
MT_MUST enum mt_rc mt_repo_shortfalls_open(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_arena *arena,
                                           struct mt_repo_shortfall **out, size_t *count, struct mt_err *err);
/* So many of its packs have been found; with the last one it is resolved. */
MT_MUST enum mt_rc mt_repo_shortfall_cover(struct mt_db *db, const char *exception_id, int64_t quantity, mt_time now,
                                           struct mt_err *err);

/* No more than so many packs of a cancelled order's line are owed to the ledger. *changed: the exception, "" when it owes no more.
 */
MT_MUST enum mt_rc mt_repo_shortfall_owes(struct mt_db *db, const char *order_id, int32_t line, int64_t quantity,
                                          struct mt_id *changed, struct mt_err *err);

MT_MUST enum mt_rc mt_repo_exception_store(struct mt_db *db, const char *exception_id, struct mt_id *store_id, struct mt_err *err);
/* Ends an open exception: what was decided, and by whom (a person's id, or a client's code). MT_CONFLICT when it is not open. */
MT_MUST enum mt_rc mt_repo_exception_settle(struct mt_db *db, const char *exception_id, const char *resolution, const char *by,
                                            mt_time now, struct mt_err *err);
/* The first kept operation behind op_id ("": from the start), of any store, that came before the program knew its kind or its
 * fields. */
MT_MUST enum mt_rc mt_repo_operation_next_of_version(struct mt_db *db, const char *op_id, struct mt_arena *arena,
                                                     struct mt_repo_operation *out, struct mt_err *err);

#endif
