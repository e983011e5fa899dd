/* How often one caller may ask: a token bucket each, in a table of a fixed size. A caller is told by a hash, of its token or of its
 * address, so the table holds neither. Its bucket stands in one of the WAYS places its hash points to; when all are taken, the one
 * that has been quiet longest goes. Who is forgotten so begins with a full bucket: a table too small is generous, never unjust.
 *
 * A bucket is counted in thousandths of a request. One request a second is then one thousandth a millisecond, so nothing is
 * rounded. */
#include "edge.h"

#include <medterm/crypto/crypto.h>

#include <stdlib.h>
#include <string.h>

enum { SETS = 512, WAYS = 8, ONE = 1000, BURST_SECONDS = 2 };

struct bucket {
    unsigned char who[RATE_KEY_BYTES];
    int64_t left; /* thousandths of a request */
    int64_t seen; /* monotonic milliseconds; 0: never used */
};

struct rate_table {
    struct bucket buckets[SETS][WAYS];
};

enum mt_rc rate_open(struct mt_http *h, struct mt_err *err) {
    if (h->o.limits.rate == 0)
        return MT_OK;
    h->rate.table = calloc(1, sizeof *h->rate.table);
    return h->rate.table ? MT_OK : mt_fail(err, MT_NOMEM, "not enough memory for the limits");
}

void rate_close(struct mt_http *h) {
    free(h->rate.table);
    (void)pthread_mutex_destroy(&h->rate.lock);
}

static void key_of(struct mt_sv bytes, struct rate_key *out) {
    char hash[MT_HASH_TEXT];
    mt_hash_hex(bytes, hash);
    memcpy(out->who, hash, sizeof out->who);
}

struct rate_key rate_by_address(const struct conn *c) {
    struct rate_key k;
    key_of(mt_sv_n((const char *)&c->from, sizeof c->from), &k);
    return k;
}

struct rate_key rate_by_caller(const struct conn *c, struct mt_sv authorization) {
    struct rate_key k;
    struct mt_sv token = mt_sv_trim(authorization);
    /* The token alone: more spaces or another case before it make no other caller. */
    for (size_t i = token.n; i > 0; i--)
        if (token.p[i - 1] == ' ' || token.p[i - 1] == '\t') {
            token = mt_sv_n(token.p + i, token.n - i);
            break;
        }
    if (!token.n)
        return rate_by_address(c);
    key_of(token, &k);
    return k;
}

/* Under the lock: the caller's bucket, or the place of the one that was quiet longest, filled anew. */
static struct bucket *bucket_of(struct rate_table *t, const struct rate_key *k, int64_t full) {
    size_t set = 0;
    for (size_t i = 0; i < sizeof k->who; i++) /* hexadecimal digits: each has a few bits */
        set = set * 31 + k->who[i];
    struct bucket *ways = t->buckets[set % SETS], *oldest = &ways[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (ways[i].seen && memcmp(ways[i].who, k->who, sizeof k->who) == 0)
            return &ways[i];
        if (ways[i].seen < oldest->seen)
            oldest = &ways[i];
    }
    memcpy(oldest->who, k->who, sizeof k->who);
    oldest->left = full;
    oldest->seen = 0;
    return oldest;
}

int rate_take(struct mt_http *h, const struct rate_key *k) {
    const int64_t rate = h->o.limits.rate, full = rate * BURST_SECONDS * ONE;
    if (!h->rate.table)
        return 0;
    int64_t now = edge_now(h);
    (void)pthread_mutex_lock(&h->rate.lock);
    struct bucket *b = bucket_of(h->rate.table, k, full);
    int64_t gone = b->seen && now > b->seen ? now - b->seen : 0;
    b->left = gone > full / rate || b->left + gone * rate > full ? full : b->left + gone * rate;
    b->seen = now > 0 ? now : 1;
    bool granted = b->left >= ONE;
    if (granted)
        b->left -= ONE;
    int64_t lacks = granted ? 0 : ONE - b->left;
    (void)pthread_mutex_unlock(&h->rate.lock);
    return granted ? 0 : (int)((lacks + rate * 1000 - 1) / (rate * 1000));
}
