/* Group commit. All writes that wait go into one transaction, each operation in a savepoint of its own, and one commit makes
 * them durable together: the disk is asked once for many. A caller who meets a fault of ours hears so, the others do not
 * suffer; when the disk fails nothing is stored, and every caller hears that the outcome is open and sends again.
 *
 * Where several programs write (PostgreSQL), a batch names the stores it changes and runs beside batches of other stores; what may
 * touch more than its caller's store runs alone. A batch that meets another writer all the same is undone and tried again as a
 * whole, so each try starts from clean answers. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

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
    enum mt_rc rc = service_savepoint(x, err);
    if (rc != MT_OK)
        return rc;
    rc = enrol_apply(x, &w->request.enrolment, &w->answer.enrolled, &w->problem, err);
    if (rc == MT_OK)
        return service_release(x, err);
    enum mt_rc undone = service_rollback_to(x, err);
    return undone == MT_OK ? rc : undone;
}

static enum mt_rc dispatch(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    switch (w->kind) {
    case MT_WRITE_PUSH:
        return push_apply(x, w, err);
    case MT_WRITE_ENROL:
        return enrol(x, w, err);
    case MT_WRITE_REST:
        return rest_apply(x, w, err);
    }
    return mt_fail(err, MT_BUG, "a write of no kind");
}

/* MT_OK: the write has its answer, whatever it is. */
static enum mt_rc apply_write(struct mt_session *x, struct mt_write *w, struct mt_err *err) {
    mt_problem_init(&w->problem);
    mt_session_about(x, w->request_id, w->trace_id);
    memset(&w->answer, 0, sizeof w->answer);
    enum mt_rc rc = dispatch(x, w, err);
    if (rc == MT_CONFLICT && x->suspects_others)
        rc = MT_BUSY;
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

/* What may touch rows of any store. */
static bool wants_whole(const struct mt_write *w) {
    switch (w->kind) {
    case MT_WRITE_ENROL:
        return true;
    case MT_WRITE_PUSH:
        for (size_t i = 0; i < w->request.push.count; i++)
            if (w->request.push.ops[i].op.kind == MT_OP_LOT_RECALL)
                return true;
        return !mt_id_is(&w->caller.store_id);
    case MT_WRITE_REST:
        return w->request.rest.op.kind == MT_OP_LOT_RECALL;
    }
    return true;
}

static enum mt_rc begin(struct mt_session *x, struct mt_write *const *writes, size_t count, struct mt_err *err) {
    bool whole = x->wants_whole || mt_db_engine(x->db) == MT_ENGINE_SQLITE;
    for (size_t i = 0; !whole && i < count; i++)
        whole = wants_whole(writes[i]);
    if (whole)
        return service_begin(x, MT_HERE, err);
    const char **stores = calloc(count > 0 ? count : 1, sizeof *stores);
    if (stores == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a batch");
    for (size_t i = 0; i < count; i++)
        stores[i] = writes[i]->caller.store_id.s;
    enum mt_rc rc = service_begin_for(x, stores, count, MT_HERE, err);
    free((void *)stores);
    return rc;
}

/* *met: another writer was in the way, and the same batch may go through when it is tried again. */
static enum mt_rc try_once(struct mt_session *x, struct mt_write *const *writes, size_t count, bool *met, struct mt_err *err) {
    *met = false;
    enum mt_rc rc = begin(x, writes, count, err);
    if (rc != MT_OK)
        return rc; /* the place was waited for long enough */
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = apply_write(x, writes[i], err);
    if (rc == MT_OK)
        rc = service_commit(x, err);
    else
        service_rollback(x);
    if (rc != MT_OK)
        mt_metrics_move(x->tally, NULL);
    *met = mt_db_try_again(rc) || (rc == MT_CONFLICT && x->suspects_others);
    return rc;
}

/* Others that are in the way now are done soon. A constraint that is still broken at the third try is our fault. */
#define TRIES 10
#define TRIES_SUSPECTING 2

static enum mt_rc apply_together(struct mt_session *x, struct mt_write *const *writes, size_t count, bool *feed_moved,
                                 struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    bool met = true;
    x->wants_whole = false;
    for (int tries = 0; met && tries < TRIES; tries++) {
        x->suspects_others = mt_db_engine(x->db) == MT_ENGINE_POSTGRES && tries < TRIES_SUSPECTING;
        rc = try_once(x, writes, count, &met, err);
    }
    x->suspects_others = false;
    if (rc != MT_OK)
        return rc;
    *feed_moved = *feed_moved || x->feed_moved;
    count_committed(x, writes, count);
    return MT_OK;
}

/* Nothing of these was stored, and it is not their fault. */
static void give_up(struct mt_session *x, struct mt_write *const *writes, size_t count, enum mt_rc rc, const struct mt_err *err) {
    count_undone(x);
    for (size_t i = 0; i < count; i++)
        overloaded(writes[i]);
    mt_log_event(x->service->log, MT_LOG_ERROR, "batch_failed", MT_L_INT("writes", (int64_t)count), MT_L_TEXT("rc", mt_rc_name(rc)),
                 MT_L_TEXT("detail", mt_err_text(err)));
}

/* A fault of ours in one caller's write may end the transaction of all, and would do so each time they are sent again: each goes by
 * itself, and only the one at fault hears of it. */
static enum mt_rc apply_apart(struct mt_session *x, struct mt_write *const *writes, size_t count, enum mt_rc rc, bool *feed_moved,
                              struct mt_err *err) {
    for (size_t i = 0; i < count; i++) {
        if (count > 1) /* one alone has been tried */
            rc = apply_together(x, &writes[i], 1, feed_moved, err);
        if (rc != MT_OK && service_disk_fault(rc)) {
            give_up(x, &writes[i], count - i, rc, err);
            return rc;
        }
        if (rc != MT_OK) {
            count_undone(x);
            faulty(x, writes[i], rc, err);
        }
    }
    return MT_OK;
}

enum mt_rc mt_service_apply(struct mt_session *x, struct mt_write *const *writes, size_t count, bool *feed_moved,
                            struct mt_err *err) {
    struct mt_err own = {.rc = MT_OK};
    *feed_moved = false;
    err = err != NULL ? err : &own; /* it is logged */
    enum mt_rc rc = service_same_file(x->service, err);
    if (rc == MT_OK)
        rc = take_checkpoints(x, err);
    const bool ready = rc == MT_OK;
    if (ready)
        rc = apply_together(x, writes, count, feed_moved, err);
    if (rc == MT_OK)
        return MT_OK;
    if (ready && !service_disk_fault(rc))
        return apply_apart(x, writes, count, rc, feed_moved, err);
    give_up(x, writes, count, rc, err);
    return rc;
}
