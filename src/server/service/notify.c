/* Webhooks, the service's part: subscriptions, the notice a status change leaves, and the leases under which notices are delivered.
 *
 * Most stores have no subscriber: a transaction asks once whether there is any at all. */
#include "apply.h"

#include <medterm/service/notify.h>
#include <medterm/wire/notice.h>

#include <string.h>

enum { URL_MAX = 2000 };

static bool is_here(struct mt_sv host) {
    return mt_sv_is(host, "localhost") || mt_sv_is(host, "[::1]") ||
           (mt_sv_starts(host, MT_SV("127.")) && strspn(host.p, "0123456789.") >= host.n);
}

bool mt_subscription_url_ok(struct mt_sv url) {
    const bool secure = mt_sv_starts(url, MT_SV("https://"));
    struct mt_sv rest = url;
    if (url.n > URL_MAX || (!secure && !mt_sv_starts(url, MT_SV("http://"))))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] >= 0x7f || strchr("#\\\"<>", url.p[i]))
            return false;
    rest = mt_sv_n(url.p + (secure ? 8 : 7), url.n - (secure ? 8 : 7));
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
        end++;
    struct mt_sv authority = mt_sv_n(rest.p, end), host = authority;
    for (size_t i = 0; i < authority.n; i++)
        if (authority.p[i] == '@')
            return false;
    for (size_t i = authority.n; i > 0; i--) /* a port goes, but not the colons of [::1] */
        if (authority.p[i - 1] == ':') {
            host = mt_sv_n(authority.p, i - 1);
            break;
        } else if (authority.p[i - 1] == ']') {
            break;
        }
    return host.n > 0 && (secure || is_here(host));
}

static enum mt_rc audit(struct mt_session *x, const char *action, const char *id, struct mt_err *err) {
    struct mt_repo_audit row = {.at = service_now(x),
                                .actor = "admin",
                                .staff_id = "",
                                .action = action,
                                .entity = "subscription",
                                .entity_id = id,
                                .op_id = "",
                                .version = 1};
    return trail_audit(x, &row, err);
}

static enum mt_rc end(struct mt_session *x, enum mt_rc rc, struct mt_err *err) {
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

/* The store is there. */
static enum mt_rc demand_store(struct mt_session *x, const struct mt_id *store_id, struct mt_err *err) {
    struct mt_repo_store store;
    enum mt_rc rc = mt_repo_store_get(x->db, store_id, &store, err);
    return rc == MT_NOTFOUND ? mt_fail(err, rc, "there is no store %s", store_id->s) : rc;
}

enum mt_rc mt_admin_subscription_add(struct mt_session *x, const struct mt_id *store_id, const char *url,
                                     struct mt_id *subscription_id, char secret[MT_TOKEN_TEXT], struct mt_err *err) {
    if (!mt_subscription_url_ok(mt_sv(url)))
        return mt_fail(err, MT_INVALID, "a webhook goes to https://…, or to http:// on this machine, without a user in it");
    mt_token_new(&x->service->random, secret);
    *subscription_id = mt_id_new(&x->ids);
    enum mt_rc rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = demand_store(x, store_id, err);
    if (rc == MT_OK) {
        const struct mt_repo_subscription row = {
            .subscription_id = *subscription_id, .store_id = *store_id, .url = url, .secret = secret, .created_at = service_now(x)};
        rc = mt_repo_subscription_insert(x->db, &row, err);
    }
    if (rc == MT_OK)
        rc = audit(x, "add", subscription_id->s, err);
    return end(x, rc, err);
}

enum mt_rc mt_admin_subscription_list(struct mt_session *x, const struct mt_id *store_id, struct mt_arena *arena,
                                      struct mt_repo_subscription_line **list, size_t *count, struct mt_err *err) {
    *count = 0;
    enum mt_rc rc = demand_store(x, store_id, err);
    return rc == MT_OK ? mt_repo_subscription_list(x->db, store_id, arena, list, count, err) : rc;
}

enum mt_rc mt_admin_subscription_remove(struct mt_session *x, const struct mt_id *subscription_id, struct mt_err *err) {
    enum mt_rc rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_subscription_end(x->db, subscription_id, service_now(x), err);
    if (rc == MT_OK)
        rc = audit(x, "remove", subscription_id->s, err);
    return end(x, rc, err);
}

enum mt_rc notify_order(struct apply *a, const struct mt_order *o, const char *from, const char *to, int64_t version, mt_time at) {
    struct mt_session *x = a->x;
    if (x->subscribers == SUBSCRIBERS_UNKNOWN) {
        bool any;
        enum mt_rc rc = mt_repo_subscribed(a->db, &any, &a->err);
        if (rc != MT_OK)
            return rc;
        x->subscribers = any ? SUBSCRIBERS_SOME : SUBSCRIBERS_NONE;
    }
    if (x->subscribers == SUBSCRIBERS_NONE)
        return MT_OK;
    const struct mt_notice n = {.store_id = a->lane.store_id.s,
                                .order_id = o->order_id.s,
                                .order_no = o->order_no,
                                .from = from,
                                .to = to,
                                .version = version,
                                .at = at};
    struct mt_buf body;
    mt_buf_init(&body, 4096);
    mt_notice_print(&n, &body);
    enum mt_rc rc = mt_buf_rc(&body);
    if (rc == MT_OK)
        rc = mt_repo_notice_put(a->db, n.store_id, n.order_id, version, a->op->op_id.s, mt_buf_view(&body), a->now, &a->err);
    mt_buf_fini(&body);
    return rc;
}

/* Deliveries are bookkeeping of the service's own: no till is told of them, so they stand outside of feed and audit, and no store's
 * writer has to wait. */
static const char *const no_store[] = {NULL};

static enum mt_rc lease_all(struct mt_session *x, struct mt_delivery *list, size_t *count, mt_time now, int64_t lease_ms,
                            struct mt_err *err) {
    size_t mine = 0;
    enum mt_rc rc = mt_db_begin_for(x->db, no_store, 0, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    for (size_t i = 0; rc == MT_OK && i < *count; i++) {
        bool won = false;
        rc = mt_repo_delivery_lease(x->db, list[i].row.delivery_id, now, now + lease_ms, &won, err);
        list[i].row.leased_until = now + lease_ms;
        if (won)
            list[mine++] = list[i];
    }
    if (rc == MT_OK)
        rc = mt_db_commit(x->db, err);
    else
        mt_db_rollback(x->db);
    *count = rc == MT_OK ? mine : 0;
    return rc;
}

enum mt_rc mt_delivery_claim(struct mt_session *x, size_t limit, int64_t lease_ms, struct mt_arena *arena,
                             struct mt_delivery **list, size_t *count, struct mt_err *err) {
    struct mt_repo_delivery *due;
    const mt_time now = service_now(x);
    *count = 0;
    enum mt_rc rc = service_same_file(x->service, err);
    if (rc == MT_OK) /* a look first: mostly there is nothing, and nobody's place is taken for it */
        rc = mt_repo_deliveries_due(x->db, now, (int64_t)limit, arena, &due, count, err);
    if (rc != MT_OK || *count == 0)
        return rc;
    *list = mt_arena_array(arena, *count, sizeof **list);
    if (!*list) {
        *count = 0;
        return mt_fail(err, MT_NOMEM, "no memory for deliveries");
    }
    for (size_t i = 0; i < *count; i++)
        (*list)[i] = (struct mt_delivery){.row = due[i]};
    return lease_all(x, *list, count, now, lease_ms, err);
}

static enum mt_rc settle_one(struct mt_session *x, const struct mt_delivery *d, mt_time now, int64_t keep_ms, struct mt_err *err) {
    enum mt_rc rc = MT_BUG;
    switch (d->result) {
    case MT_DELIVERED_RELEASE:
        return mt_repo_delivery_release(x->db, &d->row, err);
    case MT_DELIVERED_YES:
        rc = mt_repo_delivery_end(x->db, &d->row, true, now, err);
        return rc == MT_OK ? mt_repo_subscription_answers(x->db, &d->row.subscription_id, err) : rc;
    case MT_DELIVERED_GIVE_UP:
        rc = mt_repo_delivery_end(x->db, &d->row, false, now, err);
        break;
    case MT_DELIVERED_RETRY:
        rc = mt_repo_delivery_retry(x->db, &d->row, d->next_at, err);
        break;
    }
    return rc == MT_OK ? mt_repo_deliveries_postpone(x->db, &d->row.subscription_id, d->silent_until, now - keep_ms, now, err) : rc;
}

static enum mt_rc settle_once(struct mt_session *x, const struct mt_delivery *list, size_t count, int64_t keep_ms,
                              struct mt_err *err) {
    const mt_time now = service_now(x);
    enum mt_rc rc = mt_db_begin_for(x->db, no_store, 0, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = settle_one(x, &list[i], now, keep_ms, err);
    if (rc == MT_OK)
        return mt_db_commit(x->db, err);
    mt_db_rollback(x->db);
    return rc;
}

enum { SETTLE_TRIES = 3 };

/* Two programs that postpone the rows of one subscriber may wait for each other. What was posted has to be noted all the same: it
 * would go out again. */
enum mt_rc mt_delivery_settle(struct mt_session *x, const struct mt_delivery *list, size_t count, int64_t keep_ms,
                              struct mt_err *err) {
    enum mt_rc rc = MT_BUSY;
    for (int tries = 0; mt_db_try_again(rc) && tries < SETTLE_TRIES; tries++)
        rc = settle_once(x, list, count, keep_ms, err);
    return rc;
}

enum { FORGET_AT_ONCE = 500 };

enum mt_rc mt_delivery_forget(struct mt_session *x, int64_t age_ms, bool *more, struct mt_err *err) {
    const mt_time before = service_now(x) - age_ms;
    int64_t forgotten = 0;
    bool any = false;
    *more = false;
    enum mt_rc rc = mt_repo_deliveries_old(x->db, before, &any, err);
    if (rc != MT_OK || !any)
        return rc;
    rc = mt_db_begin_for(x->db, no_store, 0, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_deliveries_forget(x->db, before, FORGET_AT_ONCE, &forgotten, err);
    if (rc != MT_OK) {
        mt_db_rollback(x->db);
        return rc;
    }
    *more = forgotten == FORGET_AT_ONCE;
    return mt_db_commit(x->db, err);
}
