/* What every query has around it: one snapshot, and a problem for what went wrong. */
#include "query.h"

enum mt_rc query_begin(struct mt_session *x, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    mt_arena_reset(&x->scratch);
    enum mt_rc rc = service_same_file(x->service, &err);
    if (rc != MT_OK)
        return query_end(x, MT_IO, &err, problem); /* MT_NOTFOUND would be the caller's */
    rc = mt_db_begin(x->db, MT_DB_READ, MT_HERE, &err);
    return rc == MT_OK ? MT_OK : query_end(x, rc, &err, problem);
}

enum mt_rc query_end(struct mt_session *x, enum mt_rc rc, const struct mt_err *err, struct mt_problem *problem) {
    mt_db_rollback(x->db); /* it has only read */
    if (rc == MT_OK || problem->code != MT_P_NONE)
        return rc;
    (void)mt_problem_set(problem, rc == MT_BUSY || rc == MT_IO || rc == MT_NOMEM ? MT_P_OVERLOADED : MT_P_INTERNAL, "%s",
                         "The service can not answer now.");
    mt_log_event(x->service->log, MT_LOG_ERROR, "query_failed", SERVICE_ABOUT(x), MT_L_TEXT("rc", mt_rc_name(rc)),
                 MT_L_TEXT("detail", mt_err_text(err)));
    return rc;
}

enum mt_rc query_invalid(struct mt_problem *problem, const char *field, const char *message) {
    (void)mt_problem_set(problem, MT_P_VALIDATION_FAILED, "%s %s.", field, message);
    mt_field_error(&problem->errors, field, "%s", message);
    return MT_INVALID;
}
