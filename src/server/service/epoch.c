/* Epochs: each names one run of the service's history. When a database was put back to an older state, what callers saw since then
 * is no longer true here, and a new epoch says so to everybody: tills send again what they keep, caches are filled anew, versions
 * are compared only within one. What the service numbers itself jumps far ahead with it, so that no number of the lost time is ever
 * given to something else. */
#include "core.h"

#include <medterm/service/admin.h>

#include <stdio.h>
#include <string.h>

/* More than a chain's clients can have used up between a backup and its return. */
#define NUMBERS_JUMP 1000000

enum mt_rc service_epoch(struct mt_session *x, char epoch[MT_ID_TEXT], struct mt_err *err) {
    enum mt_rc rc = mt_repo_meta_get(x->db, "epoch", epoch, MT_ID_TEXT, err);
    return rc == MT_NOTFOUND ? mt_fail(err, MT_CORRUPT, "%s: it has no epoch", mt_db_path(x->db)) : rc;
}

#define KEY_TEXT (8 + MT_ID_TEXT)

static enum mt_rc key_of(const char *epoch, char key[KEY_TEXT], struct mt_err *err) {
    const int n = snprintf(key, KEY_TEXT, "epoch:%s", epoch);
    return n >= 0 && n < KEY_TEXT ? MT_OK : mt_fail(err, MT_BUG, "an epoch's id is too long");
}

enum mt_rc service_epoch_known(struct mt_session *x, const char *epoch, struct mt_err *err) {
    char key[KEY_TEXT], nothing[1];
    enum mt_rc rc = key_of(epoch, key, err);
    return rc == MT_OK ? mt_repo_meta_get(x->db, key, nothing, sizeof nothing, err) : rc;
}

enum mt_rc service_epoch_note(struct mt_session *x, const char *epoch, struct mt_err *err) {
    char key[KEY_TEXT];
    enum mt_rc rc = key_of(epoch, key, err);
    return rc == MT_OK ? mt_repo_meta_put(x->db, key, "", err) : rc;
}

enum mt_rc service_epoch_renew(struct mt_session *x, struct mt_err *err) {
    struct mt_id epoch = mt_id_new(&x->ids);
    char before[MT_ID_TEXT] = "";
    struct mt_repo_audit row = {.at = service_now(x),
                                .actor = "service",
                                .staff_id = "",
                                .action = "epoch",
                                .entity = "service",
                                .entity_id = epoch.s,
                                .op_id = ""};
    enum mt_rc rc = service_alone(x, err); /* it is everybody's */
    if (rc == MT_OK)
        rc = mt_repo_meta_get(x->db, "epoch", before, sizeof before, err);
    if (rc == MT_OK)
        rc = service_epoch_note(x, before, err);
    if (rc == MT_OK)
        rc = mt_repo_clients_jump(x->db, NUMBERS_JUMP, &epoch, err);
    if (rc == MT_OK || rc == MT_NOTFOUND) /* the first one: there is no lost time */
        rc = mt_repo_meta_put(x->db, "epoch", epoch.s, err);
    if (before[0] != '\0')
        mt_log_event(x->service->log, MT_LOG_WARN, "epoch", MT_L_TEXT("epoch", epoch.s), MT_L_TEXT("before", before));
    return rc == MT_OK ? trail_audit(x, &row, err) : rc;
}

static enum mt_rc end_epoch(struct mt_session *x, const char *epoch, struct mt_err *err) {
    char now[MT_ID_TEXT];
    enum mt_rc rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = service_epoch(x, now, err);
    if (rc == MT_OK && strcmp(now, epoch) == 0)
        rc = service_epoch_renew(x, err);
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

enum mt_rc service_epoch_end(struct mt_service *s, const char *epoch, struct mt_err *err) {
    struct mt_session *x = NULL;
    enum mt_rc rc = mt_session_open(s, true, &x, err);
    if (rc == MT_OK)
        rc = end_epoch(x, epoch, err);
    mt_session_close(x);
    return rc;
}

/* ---- what an administrator asks for ---- */

enum mt_rc mt_admin_epoch(struct mt_session *x, char epoch[MT_ID_TEXT], struct mt_err *err) {
    return service_epoch(x, epoch, err);
}

enum mt_rc mt_admin_epoch_renew(struct mt_session *x, char epoch[MT_ID_TEXT], struct mt_err *err) {
    enum mt_rc rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = service_epoch_renew(x, err);
    if (rc == MT_OK)
        rc = service_epoch(x, epoch, err);
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

static enum mt_rc keep_numbers(struct mt_session *old, struct mt_session *kept, struct mt_err *err) {
    struct mt_repo_numbers n = {.client_id = {""}};
    enum mt_rc rc;
    while ((rc = mt_repo_numbers_next(old->db, &n, err)) == MT_OK) {
        rc = mt_repo_numbers_at_least(kept->db, &n, err);
        if (rc != MT_OK)
            return rc;
    }
    if (rc == MT_NOTFOUND)
        rc = mt_repo_numbers_base(old->db, &n.last_order_no, err);
    n.client_id = (struct mt_id){""};
    return rc == MT_OK ? mt_repo_numbers_at_least(kept->db, &n, err) : rc;
}

/* What tills were answered in it is lost by a restore that everybody knows of. */
static enum mt_rc note_replaced(struct mt_session *old, struct mt_session *kept, struct mt_err *err) {
    char epoch[MT_ID_TEXT];
    enum mt_rc rc = service_epoch(old, epoch, err);
    return rc == MT_OK ? service_epoch_note(kept, epoch, err) : rc;
}

enum mt_rc mt_admin_numbers_keep(struct mt_session *old, struct mt_session *kept, struct mt_err *err) {
    enum mt_rc rc = service_begin(kept, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = keep_numbers(old, kept, err);
    if (rc == MT_OK)
        rc = note_replaced(old, kept, err);
    if (rc == MT_OK)
        return service_commit(kept, err);
    service_rollback(kept);
    return rc;
}

enum mt_rc mt_admin_backup(struct mt_session *x, const char *path, struct mt_err *err) {
    return mt_db_backup(x->db, path, err);
}
