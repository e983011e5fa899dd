/* Rows of patients with their addresses, and of doctors, as a store keeps them. Conventions: people.h. */
#ifndef MEDTERM_REPO_PATIENTS_H
#define MEDTERM_REPO_PATIENTS_H

#include <medterm/db/db.h>
#include <medterm/domain/person.h>

/* Inserts, or replaces the row of the same user_id with its addresses and the words it is found by. The version is the caller's.
 * MT_CONFLICT when another store has the id. */
MT_MUST enum mt_rc mt_repo_user_put(struct mt_db *db, const char *store_id, const struct mt_user *user, mt_time now,
                                    struct mt_err *err);
/* store_id gets the patient's store. */
MT_MUST enum mt_rc mt_repo_user_get(struct mt_db *db, const char *user_id, struct mt_arena *arena, struct mt_user *out,
                                    struct mt_id *store_id, struct mt_err *err);
/* As for patients. */
MT_MUST enum mt_rc mt_repo_doctor_put(struct mt_db *db, const char *store_id, const struct mt_doctor *doctor, mt_time now,
                                      struct mt_err *err);
MT_MUST enum mt_rc mt_repo_doctor_get(struct mt_db *db, const char *doctor_id, struct mt_arena *arena, struct mt_doctor *out,
                                      struct mt_id *store_id, struct mt_err *err);

/* Newest first. Views borrowed; an empty one does not filter. */
struct mt_repo_user_filter {
    const char *store_id;
    struct mt_sv phone; /* the whole number as it is kept */
    struct mt_sv q;     /* the beginnings of words of the name, or the last digits of the number */
    struct mt_sv after; /* user_id of the last one seen */
    int64_t limit;
};
struct mt_repo_user_page {
    struct mt_user *users; /* in the arena, with addresses */
    size_t count;
    struct mt_id after; /* where the next page begins; "" at the end */
};
/* A page may be short, and still be followed by another: what one request looks at is bounded. */
MT_MUST enum mt_rc mt_repo_users(struct mt_db *db, const struct mt_repo_user_filter *f, struct mt_arena *arena,
                                 struct mt_repo_user_page *out, struct mt_err *err);

#endif
