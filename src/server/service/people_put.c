/* user.put and doctor.put: a patient or a doctor as the sender's store keeps them, written whole; addresses that are not named any
 * more are gone. An id that another store keeps is answered like one that nobody has. Names, phones and addresses stand in their
 * tables and in the answer, nowhere else. */
#include "people_put.h"

#include <medterm/repo/patients.h>

static enum mt_rc audit(struct apply *a, const char *entity, const char *id, int64_t version) {
    const struct mt_repo_audit row = {.at = a->now,
                                      .actor = a->lane.code,
                                      .staff_id = a->op->staff_id.s,
                                      .action = "put",
                                      .entity = entity,
                                      .entity_id = id,
                                      .op_id = a->op->op_id.s,
                                      .version = version};
    return trail_audit(a->x, &row, &a->err);
}

/* What the look at the stored row said: new, the sender's own, or another store's. */
static enum mt_rc judge(struct apply *a, enum mt_rc found, const struct mt_id *store_id, const char *field, int64_t *version) {
    if (found == MT_NOTFOUND) {
        *version = 1;
        return MT_OK;
    }
    if (found == MT_OK && !mt_id_eq(store_id, &a->lane.store_id))
        return refuse_field(a, MT_P_NOT_FOUND, field, "There is nobody with this id in this store.");
    ++*version;
    return found;
}

enum mt_rc apply_user_put(struct apply *a) {
    struct mt_user user = a->op->body.user.user, stored = {.version = 0};
    struct mt_id store_id = {""};
    enum mt_rc rc = demand_right(a, MT_RIGHT_KEEP_PEOPLE, NULL);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = mt_repo_user_get(a->db, user.user_id.s, a->arena, &stored, &store_id, &a->err);
    user.version = stored.version;
    rc = judge(a, rc, &store_id, "user_id", &user.version);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = mt_repo_user_put(a->db, a->lane.store_id.s, &user, a->now, &a->err);
    if (rc == MT_OK)
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_USER, user.user_id.s, &a->err);
    if (rc == MT_OK)
        rc = audit(a, "user", user.user_id.s, user.version);
    if (rc != MT_OK)
        return rc;
    mt_user_print(&user, &a->result);
    return mt_buf_rc(&a->result);
}

enum mt_rc apply_doctor_put(struct apply *a) {
    struct mt_doctor doctor = a->op->body.doctor.doctor, stored = {.version = 0};
    struct mt_id store_id = {""};
    enum mt_rc rc = demand_right(a, MT_RIGHT_KEEP_PEOPLE, NULL);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = mt_repo_doctor_get(a->db, doctor.doctor_id.s, a->arena, &stored, &store_id, &a->err);
    doctor.version = stored.version;
    rc = judge(a, rc, &store_id, "doctor_id", &doctor.version);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = mt_repo_doctor_put(a->db, a->lane.store_id.s, &doctor, a->now, &a->err);
    if (rc == MT_OK)
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_DOCTOR, doctor.doctor_id.s, &a->err);
    if (rc == MT_OK)
        rc = audit(a, "doctor", doctor.doctor_id.s, doctor.version);
    if (rc != MT_OK)
        return rc;
    mt_doctor_print(&doctor, &a->result);
    return mt_buf_rc(&a->result);
}
