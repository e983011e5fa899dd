/* Which copy of an order to show. Both copies may lag: the cache by what the feed has not brought, the local one by
 * what other registers did. Versions of one epoch tell who knows more; at the same version the local copy counts while
 * something of it is unsent, because it holds what was done here. */
#include <medterm/store/view.h>

#include <stdlib.h>
#include <string.h>

bool mt_order_prefer_local(const struct mt_local_order *local, const struct mt_order *cached, const char *cache_epoch) {
    if (!mt_id_eq(&local->order.order_id, &cached->order_id)) {
        return true; /* the same printed number on a copied till: ours is the one meant here */
    }
    if (local->order.version == 0) {
        return false; /* the service knows it by now, and has told */
    }
    if (strcmp(local->epoch, cache_epoch) != 0) {
        return false;
    }
    if (local->order.version != cached->version) {
        return local->order.version > cached->version;
    }
    return local->unsent > 0;
}

enum mt_rc mt_order_pick(struct mt_register *r, struct mt_cache_reader *cache, const char *order_no, struct mt_arena *arena,
                         struct mt_local_order *out, struct mt_err *err) {
    struct mt_cache_facts facts = {.cursor = ""};
    struct mt_order cached;
    enum mt_rc here = mt_register_order(r, order_no, arena, out, err);
    enum mt_rc there = MT_NOTFOUND;
    if (cache != NULL && mt_cache_facts(cache, arena, &facts, NULL) == MT_OK) {
        there = mt_cache_order(cache, order_no, arena, &cached, NULL);
    }
    if (here == MT_OK && there == MT_OK && !mt_order_prefer_local(out, &cached, facts.epoch)) {
        out->order = cached;
        out->refused = false;
        memcpy(out->epoch, facts.epoch, sizeof out->epoch);
    } else if (here == MT_NOTFOUND && there == MT_OK) {
        *out = (struct mt_local_order){.order = cached};
        memcpy(out->epoch, facts.epoch, sizeof out->epoch);
        here = MT_OK;
    }
    return here;
}

static bool shown(const struct mt_local_order *o, enum mt_orders_wanted wanted, enum mt_order_status status) {
    switch (wanted) {
    case MT_ORDERS_ALL:
        return true;
    case MT_ORDERS_OPEN:
        return !o->refused && !mt_order_status_final(o->order.status);
    case MT_ORDERS_STATUS:
        break;
    }
    return !o->refused && o->order.status == status;
}

static int newest_first(const void *a, const void *b) {
    const struct mt_local_order *x = a, *y = b;
    if (x->order.taken_at != y->order.taken_at) {
        return x->order.taken_at > y->order.taken_at ? -1 : 1;
    }
    return strcmp(y->order.order_no, x->order.order_no);
}

static int by_id(const void *a, const void *b) {
    return strcmp((*(const struct mt_local_order *const *)a)->order.order_id.s,
                  (*(const struct mt_local_order *const *)b)->order.order_id.s);
}

static void take_cached(struct mt_local_order *to, const struct mt_order *cached, const char *epoch) {
    to->order = *cached;
    to->refused = false;
    memcpy(to->epoch, epoch, strlen(epoch) + 1);
}

/* An order wanted for its status here may have gone on in the cache, where only those in that status were read. */
static void follow(struct mt_cache_reader *cache, struct mt_local_order *list, size_t count, const char *epoch,
                   struct mt_arena *arena) {
    for (size_t i = 0; i < count; i++) {
        struct mt_order cached;
        if (mt_cache_order(cache, list[i].order.order_no, arena, &cached, NULL) == MT_OK &&
            !mt_order_prefer_local(&list[i], &cached, epoch)) {
            take_cached(&list[i], &cached, epoch);
        }
    }
}

/* A cached order that is not in the list may still be known here, and further on: a final one is not listed as open. */
static enum mt_rc add_cached(struct mt_register *r, const struct mt_order *cached, const char *epoch, struct mt_arena *arena,
                             struct mt_local_order *to, struct mt_err *err) {
    struct mt_local_order local;
    *to = (struct mt_local_order){.order = *cached};
    memcpy(to->epoch, epoch, strlen(epoch) + 1);
    enum mt_rc rc = mt_register_order(r, cached->order_no, arena, &local, err);
    if (rc == MT_OK && mt_id_eq(&local.order.order_id, &cached->order_id)) {
        to->own = local.own;
        to->unsent = local.unsent;
        if (mt_order_prefer_local(&local, cached, epoch)) {
            *to = local;
        }
    }
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* Lays the cached orders over the local ones; those not listed here are added. */
static enum mt_rc merge(struct mt_register *r, struct mt_local_order *list, size_t *count, const struct mt_order *cached,
                        size_t cached_count, const char *epoch, struct mt_arena *arena, struct mt_err *err) {
    const size_t local_count = *count;
    struct mt_local_order **index = mt_arena_array(arena, local_count + 1, sizeof *index);
    if (index == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the orders.");
    }
    for (size_t i = 0; i < local_count; i++) {
        index[i] = &list[i];
    }
    qsort(index, local_count, sizeof *index, by_id);
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < cached_count; i++) {
        const struct mt_local_order key = {.order = {.order_id = cached[i].order_id}};
        const struct mt_local_order *wanted = &key;
        struct mt_local_order **hit = local_count > 0 ? bsearch(&wanted, index, local_count, sizeof *index, by_id) : NULL;
        if (hit == NULL) {
            rc = add_cached(r, &cached[i], epoch, arena, &list[(*count)++], err);
        } else if (!mt_order_prefer_local(*hit, &cached[i], epoch)) {
            take_cached(*hit, &cached[i], epoch);
        }
    }
    return rc;
}

enum mt_rc mt_orders_pick(struct mt_register *r, struct mt_cache_reader *cache, enum mt_orders_wanted wanted,
                          enum mt_order_status status, size_t limit, struct mt_arena *arena, struct mt_local_order **out,
                          size_t *count, struct mt_err *err) {
    struct mt_local_order *local = NULL;
    struct mt_order *cached = NULL;
    struct mt_cache_facts facts = {.cursor = ""};
    size_t n = 0, cached_count = 0;
    *count = 0;
    *out = NULL;
    enum mt_rc rc = mt_register_orders(r, wanted, status, limit, arena, &local, &n, err);
    if (rc == MT_OK && cache != NULL) {
        rc = mt_cache_facts(cache, arena, &facts, err);
        if (rc == MT_OK) {
            rc = mt_cache_orders(cache, wanted, status, limit, arena, &cached, &cached_count, err);
        }
        if (rc == MT_OK && wanted != MT_ORDERS_ALL) {
            follow(cache, local, n, facts.epoch, arena);
        }
    }
    struct mt_local_order *list = rc == MT_OK ? mt_arena_array(arena, n + cached_count + 1, sizeof *list) : NULL;
    if (list == NULL) {
        return rc != MT_OK ? rc : mt_fail(err, MT_NOMEM, "Not enough memory for the orders.");
    }
    if (n > 0) {
        memcpy(list, local, n * sizeof *list);
    }
    rc = merge(r, list, &n, cached, cached_count, facts.epoch, arena, err);
    if (rc != MT_OK) {
        return rc;
    }
    qsort(list, n, sizeof *list, newest_first);
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < limit; i++) {
        if (shown(&list[i], wanted, status)) {
            list[kept++] = list[i];
        }
    }
    *out = list;
    *count = kept;
    return MT_OK;
}
