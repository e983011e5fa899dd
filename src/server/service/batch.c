/* Group commit. All writes that wait go into one transaction, each operation in a savepoint of its own, and one commit makes
 * them durable together: the disk is asked once for many. A caller who meets a fault of ours hears so, the others do not
 * suffer; when the disk fails nothing is stored, and every caller hears that the outcome is open and sends again. */
#include "core.h"

static void overloaded(struct mt_write *w) {
    (void)mt_problem_set(&w->problem, MT_P_OVERLOADED, "%s", "The service can not store anything now. It is safe to send again.");
    w->problem.retry_after = 2;
}

/* A fault of ours that no quarantine could hold. Operations before it stand, and are answered as repeats when sent again. */
static void faulty(struct mt_session *x, struct mt_write *w, enum mt_rc rc, const struct mt_err *err) {
    (void)mt_problem_set(&w->problem, MT_P_INTERNAL, "%s", "A fault of the service. It is safe to send again.");
    mt_log_event(x->service->log, MT_LOG_ERROR, "write_failed", SERVICE_ABOUT(x), MT_L_TEXT("caller", w->caller.code),
                 MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(err)));
}

static enum mt_rc enrol(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    enum mt_rc rc = mt_db_savepoint(x->db, err);
    if (rc != MT_OK)
        return rc;
    rc = enrol_apply(x, &w->request.enrolment, &w->answer.enrolled, &w->problem, err);
    if (rc == MT_OK)
        return mt_db_release(x->db, err);
    trail_undone(x);
    enum mt_rc undone = mt_db_rollback_to(x->db, err);
    return undone == MT_OK ? rc : undone;
}

static enum mt_rc dispatch(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    switch (w->kind) {
    case MT_WRITE_PUSH:
        return push_apply(x, w, err);
    case MT_WRITE_ENROL:
        return enrol(x, w, err);
    }
    return mt_fail(err, MT_BUG, "a write of no kind");
}

/* MT_OK: the write has its answer, whatever it is. */
static enum mt_rc apply_write(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    mt_problem_init(&w->problem);
    mt_session_about(x, w->request_id, w->trace_id);
    enum mt_rc rc = dispatch(x, w, err);
    if (rc == MT_OK || service_disk_fault(rc))
        return rc;
    if (rc == MT_NOMEM)
        overloaded(w);
    else
        faulty(x, w, rc, err);
    return MT_OK;
}

#define CHECKPOINT_PAGES 8000 /* 32 MiB of log: a page that many orders touch is carried over once, not every few commits */

/* Only one connection may checkpoint (SQLite before 3.51.3 has a race between two): the one that applies batches. Commands that
 * run beside it leave their pages in the log. */
static enum mt_rc take_checkpoints(struct mt_session *x, struct mt_err *err) {
    if (x->batches)
        return MT_OK;
    enum mt_rc rc = mt_db_checkpoint_at(x->db, CHECKPOINT_PAGES, err);
    x->batches = rc == MT_OK;
    return rc;
}

enum mt_rc mt_service_apply(struct mt_session *x, struct mt_write *const *writes, size_t count, bool *feed_moved,
                            struct mt_err *err) {
    x->feed_moved = false;
    *feed_moved = false;
    enum mt_rc rc = service_same_file(x->service, err);
    if (rc == MT_OK)
        rc = take_checkpoints(x, err);
    if (rc == MT_OK)
        rc = mt_db_begin(x->db, MT_DB_WRITE, MT_HERE, err);
    trail_undone(x);
    x->alone = rc == MT_OK;
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = apply_write(x, writes[i], err);
    x->alone = false;
    if (rc == MT_OK)
        rc = mt_db_commit(x->db, err);
    if (rc == MT_OK) {
        *feed_moved = x->feed_moved;
        count_committed(x, writes, count);
        return MT_OK;
    }
    mt_db_rollback(x->db);
    count_undone(x);
    for (size_t i = 0; i < count; i++)
        overloaded(writes[i]);
    mt_log_event(x->service->log, MT_LOG_ERROR, "batch_failed", MT_L_INT("writes", (int64_t)count), MT_L_TEXT("rc", mt_rc_name(rc)),
                 MT_L_TEXT("detail", mt_err_text(err)));
    return rc;
}
