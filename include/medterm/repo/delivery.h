/* Who wants to be told of order statuses, and what is still to be told: a durable queue, written in the transaction of the change.
 */
#ifndef MEDTERM_REPO_DELIVERY_H
#define MEDTERM_REPO_DELIVERY_H

#include <medterm/base/id.h>
#include <medterm/db/db.h>

struct mt_repo_subscription {
    struct mt_id subscription_id, store_id;
    const char *url, *secret; /* borrowed */
    mt_time created_at;
};
/* MT_CONFLICT when the store is not there. */
MT_MUST enum mt_rc mt_repo_subscription_insert(struct mt_db *db, const struct mt_repo_subscription *s, struct mt_err *err);
/* Ends it, and gives up what still waits for it. MT_NOTFOUND when there is none that is active. */
MT_MUST enum mt_rc mt_repo_subscription_end(struct mt_db *db, const struct mt_id *subscription_id, mt_time now, struct mt_err *err);
/* An active subscription as an administrator sees it: without its secret. */
struct mt_repo_subscription_line {
    struct mt_id subscription_id;
    const char *url; /* owned by the arena */
    mt_time created_at;
    int64_t waiting; /* notices it was not told yet */
};
/* Those of a store, the oldest first. */
MT_MUST enum mt_rc mt_repo_subscription_list(struct mt_db *db, const struct mt_id *store_id, struct mt_arena *arena,
                                             struct mt_repo_subscription_line **list, size_t *count, struct mt_err *err);
/* Whether anybody subscribes to anything. */
MT_MUST enum mt_rc mt_repo_subscribed(struct mt_db *db, bool *any, struct mt_err *err);

/* Puts `body` into the queue, once for each active subscription of the store; a version of an order that is queued already stays as
 * it is. op_id, of the operation that made the version, is part of the notice's id: where the service was put back, the same
 * version made by something else is another notice, and the same operation sent again the same one. */
MT_MUST enum mt_rc mt_repo_notice_put(struct mt_db *db, const char *store_id, const char *order_id, int64_t version,
                                      const char *op_id, struct mt_sv body, mt_time now, struct mt_err *err);

struct mt_repo_delivery {
    const char *delivery_id, *url, *secret, *body; /* owned by the arena */
    struct mt_id subscription_id;
    int64_t attempts, failures;       /* of this one; of its subscription, in a row, whatever was sent */
    mt_time created_at, leased_until; /* of the lease that is held, 0: none */
};
/* Rows whose time has come, and their subscription's, and nobody works on, the longest due first and of these the least tried; of
 * an order only the lowest version that waits, so that a subscriber hears them in their order. */
MT_MUST enum mt_rc mt_repo_deliveries_due(struct mt_db *db, mt_time now, int64_t limit, struct mt_arena *arena,
                                          struct mt_repo_delivery **list, size_t *count, struct mt_err *err);
/* Takes the row until then; *won: nobody was faster, and no other is out to a subscription that has failed last. */
MT_MUST enum mt_rc mt_repo_delivery_lease(struct mt_db *db, const char *delivery_id, mt_time now, mt_time until, bool *won,
                                          struct mt_err *err);
/* The three below do nothing when the lease has passed to somebody else meanwhile. */
MT_MUST enum mt_rc mt_repo_delivery_end(struct mt_db *db, const struct mt_repo_delivery *d, bool delivered, mt_time now,
                                        struct mt_err *err);
MT_MUST enum mt_rc mt_repo_delivery_retry(struct mt_db *db, const struct mt_repo_delivery *d, mt_time next_at, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_delivery_release(struct mt_db *db, const struct mt_repo_delivery *d, struct mt_err *err);
/* The subscription answers: what waits for it goes out as it comes. */
MT_MUST enum mt_rc mt_repo_subscription_answers(struct mt_db *db, const struct mt_id *subscription_id, struct mt_err *err);
/* It has failed once more: all that wait for it, and what comes meanwhile, not before next_at; what is older than `too_old` is
 * given up. */
MT_MUST enum mt_rc mt_repo_deliveries_postpone(struct mt_db *db, const struct mt_id *subscription_id, mt_time next_at,
                                               mt_time too_old, mt_time now, struct mt_err *err);

/* Forgets up to `limit` rows that ended before then, the oldest first; *forgotten: how many. */
MT_MUST enum mt_rc mt_repo_deliveries_forget(struct mt_db *db, mt_time before, int64_t limit, int64_t *forgotten,
                                             struct mt_err *err);
/* Whether there is such a row. */
MT_MUST enum mt_rc mt_repo_deliveries_old(struct mt_db *db, mt_time before, bool *any, struct mt_err *err);

#endif
