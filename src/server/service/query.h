/* What the query files share. */
#ifndef MEDTERM_SERVICE_QUERY_H
#define MEDTERM_SERVICE_QUERY_H

#include "core.h"

/* A snapshot for several reads; the scratch is emptied. */
MT_MUST enum mt_rc query_begin(struct mt_session *x, struct mt_problem *problem);
/* Ends it and passes rc on; a fault of the database gets its problem and log line. */
MT_MUST enum mt_rc query_end(struct mt_session *x, enum mt_rc rc, const struct mt_err *err, struct mt_problem *problem);
/* 400 for a value of the query string. */
enum mt_rc query_invalid(struct mt_problem *problem, const char *field, const char *message);

#endif
