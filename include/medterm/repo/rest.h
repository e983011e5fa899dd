/* Rows of REST callers: the keys they sent, the numbers of their orders. Conventions: people.h. */
#ifndef MEDTERM_REPO_REST_H
#define MEDTERM_REPO_REST_H

#include <medterm/db/db.h>
#include <medterm/domain/order.h>

/* What a client asked under a key; it stands for ever. */
struct mt_repo_rest_key {
    struct mt_id client_id, op_id;
    struct mt_sv key; /* borrowed; not set when read */
    char hash[65];    /* of method, path and body */
    mt_time created_at;
};
MT_MUST enum mt_rc mt_repo_rest_key_get(struct mt_db *db, const char *client_id, struct mt_sv key, struct mt_repo_rest_key *out,
                                        struct mt_err *err);
MT_MUST enum mt_rc mt_repo_rest_key_insert(struct mt_db *db, const struct mt_repo_rest_key *k, struct mt_err *err);

/* The next number of the client's orders, from 1; it is used up by asking. */
MT_MUST enum mt_rc mt_repo_client_next_order(struct mt_db *db, const char *client_id, int64_t *number, struct mt_err *err);

/* Which order a number or a payment belongs to. */
struct mt_repo_order_place {
    struct mt_id order_id, store_id;
    char order_no[MT_ORDER_NO_TEXT];
};
MT_MUST enum mt_rc mt_repo_order_place(struct mt_db *db, struct mt_sv order_no, struct mt_repo_order_place *out,
                                       struct mt_err *err);
MT_MUST enum mt_rc mt_repo_payment_place(struct mt_db *db, struct mt_sv payment_id, struct mt_repo_order_place *out,
                                         struct mt_err *err);
MT_MUST enum mt_rc mt_repo_order_version(struct mt_db *db, const char *order_id, int64_t *version, struct mt_err *err);

#endif
