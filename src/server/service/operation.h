/* One operation: decided, logged, answered. */
#ifndef MEDTERM_SERVICE_OPERATION_H
#define MEDTERM_SERVICE_OPERATION_H

#include "apply.h"

/* row: its place in the log, where the answer goes; log writes it, inside the effect's savepoint. End what was begun. */
void operation_begin(struct apply *a, struct mt_session *x, const struct mt_repo_register *lane, const struct mt_push_op *p,
                     struct mt_repo_operation *row, enum mt_rc (*log)(struct apply *a), struct mt_problem *problem);
void operation_end(struct apply *a);
/* Applies and logs; when it is not going on afterwards nothing was written, and operation_keep is next. */
MT_MUST enum mt_rc operation_effect(struct apply *a);
/* Logs a refusal or quarantine. */
MT_MUST enum mt_rc operation_keep(struct apply *a);
/* Applies what waited for the order in its store. Empties the session's scratch. */
MT_MUST enum mt_rc waiting_apply(struct mt_session *x, const struct mt_id *order_id, const struct mt_id *store_id,
                                 struct mt_err *err);
/* Applies the sales that waited for drugs the catalogue did not have, and what waited for them. Empties the session's scratch. */
MT_MUST enum mt_rc waiting_for_drugs_apply(struct mt_session *x, struct mt_err *err);
/* Applies what was of a newer kind than the program that stored it. A transaction of its own; empties the session's scratch. */
MT_MUST enum mt_rc waiting_for_version_apply(struct mt_session *x, struct mt_err *err);
/* The log function of an operation that was kept: it gets its answer, and its exception ends. */
MT_MUST enum mt_rc waiting_answer(struct apply *a);
/* What an operation has to know of its push. */
struct push_of {
    const char *epoch;
    mt_time sent_at;
};
/* A new operation of the lane, the next in its sequence. An error fails the batch. The answer's texts live in `answer`. */
MT_MUST enum mt_rc operation_apply(struct mt_session *x, struct mt_repo_register *lane, const struct mt_push_op *p,
                                   const struct push_of *push, struct mt_arena *answer, struct mt_push_result *out,
                                   struct mt_err *err);
MT_MUST enum mt_rc operation_answer(const struct mt_repo_operation *row, bool replayed, struct mt_arena *answer,
                                    struct mt_push_result *out);

#endif
