/* Exceptions that a person settles. Beside apply.h. */
#ifndef MEDTERM_SERVICE_SETTLE_H
#define MEDTERM_SERVICE_SETTLE_H

#include "apply.h"

MT_MUST enum mt_rc apply_exception_resolve(struct apply *a);

/* Applies an operation that was kept for a person, as part of the one that settles it: it gets its answer. When it still can't be
 * applied, a is refused in its words. */
MT_MUST enum mt_rc kept_apply(struct apply *a, struct mt_repo_operation *row);

#endif
