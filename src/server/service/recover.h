/* Codes of registers whose enrolment was lost. */
#ifndef MEDTERM_SERVICE_RECOVER_H
#define MEDTERM_SERVICE_RECOVER_H

#include "core.h"

/* *reserved: the code belongs to a register that was lost and may come back. */
MT_MUST enum mt_rc recover_reserved(struct mt_session *x, const char *code, bool *reserved, struct mt_err *err);

#endif
