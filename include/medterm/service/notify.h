/* Webhooks: a subscription is told each status change of its store's orders. What is to be told is queued in the transaction of the
 * change and stays until it is delivered or given up; whoever delivers takes rows under a lease, on a write session of its own. */
#ifndef MEDTERM_SERVICE_NOTIFY_H
#define MEDTERM_SERVICE_NOTIFY_H

#include <medterm/crypto/crypto.h>
#include <medterm/repo/delivery.h>
#include <medterm/service/service.h>

/* https:// to any host, http:// to this machine only (localhost, 127.0.0.0/8, [::1]); without a user, a fragment or anything that
 * is not visible ASCII; at most 2,000 bytes. */
bool mt_subscription_url_ok(struct mt_sv url);
/* secret: what the signatures are made with; shown once, stored as it is. MT_INVALID for a URL that is not taken, MT_NOTFOUND for
 * an unknown store. */
MT_MUST enum mt_rc mt_admin_subscription_add(struct mt_session *x, const struct mt_id *store_id, const char *url,
                                             struct mt_id *subscription_id, char secret[MT_TOKEN_TEXT], struct mt_err *err);
/* What it was not told yet is given up. MT_NOTFOUND. */
MT_MUST enum mt_rc mt_admin_subscription_remove(struct mt_session *x, const struct mt_id *subscription_id, struct mt_err *err);
/* The store's active subscriptions, the oldest first; owned by the arena. MT_NOTFOUND for an unknown store. */
MT_MUST enum mt_rc mt_admin_subscription_list(struct mt_session *x, const struct mt_id *store_id, struct mt_arena *arena,
                                              struct mt_repo_subscription_line **list, size_t *count, struct mt_err *err);

/* One delivery that is leased, and what came of it. */
enum mt_delivered { MT_DELIVERED_RELEASE /* not tried */, MT_DELIVERED_YES, MT_DELIVERED_RETRY, MT_DELIVERED_GIVE_UP };
struct mt_delivery {
    struct mt_repo_delivery row;
    enum mt_delivered result;
    mt_time next_at;      /* of a retry */
    mt_time silent_until; /* of one that failed: for all that waits for its subscription */
};
/* Leases up to `limit` deliveries that are due, for lease_ms. *count 0: nothing is due. */
MT_MUST enum mt_rc mt_delivery_claim(struct mt_session *x, size_t limit, int64_t lease_ms, struct mt_arena *arena,
                                     struct mt_delivery **list, size_t *count, struct mt_err *err);
/* Writes down what came of them, in one transaction; rows given up by age alone go with a retry (older than keep_ms). */
MT_MUST enum mt_rc mt_delivery_settle(struct mt_session *x, const struct mt_delivery *list, size_t count, int64_t keep_ms,
                                      struct mt_err *err);

/* Forgets some of what ended longer than this ago; *more: there may be more. */
MT_MUST enum mt_rc mt_delivery_forget(struct mt_session *x, int64_t age_ms, bool *more, struct mt_err *err);

#endif
