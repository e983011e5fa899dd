/* A walk along the audit's chain of hashes. */
#ifndef MEDTERM_SERVICE_AUDIT_H
#define MEDTERM_SERVICE_AUDIT_H

#include "core.h"

struct audit_link {
    int64_t audit_id;
    const struct mt_repo_audit *row; /* borrowed until the next one */
    bool holds;                      /* it fits to its own content and to the row before */
};
/* Every row from the first, inside a read transaction of the caller. Empties the session's scratch. */
MT_MUST enum mt_rc audit_walk(struct mt_session *x, void (*see)(void *ctx, const struct audit_link *link), void *ctx,
                              struct mt_err *err);

#endif
