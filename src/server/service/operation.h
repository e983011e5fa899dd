/* One operation: decided, logged, answered. */
#ifndef MEDTERM_SERVICE_OPERATION_H
#define MEDTERM_SERVICE_OPERATION_H

#include "apply.h"

void operation_begin(struct apply *a, struct mt_session *x, const struct mt_repo_register *lane, const struct mt_push_op *p,
                     struct mt_problem *problem);
/* Effect, outcome and answer, not yet in the log: outcome, result, problem and waits of the row are set and live in the buffers. */
MT_MUST enum mt_rc operation_decide(struct apply *a, const struct mt_push_op *p, struct mt_repo_operation *row,
                                    struct mt_buf *result, struct mt_buf *problem);
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
