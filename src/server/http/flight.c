/* Keys under way. While a REST request waits for the writer or is being applied, the same client's request under the same key is
 * told so at once (409) instead of waiting behind it. It is held in memory only: a program that dies forgets it, and what it has
 * stored answers the repeat. Where several programs share a database each looks after its own; the database lets the second wait,
 * and it then finds the key. */
#include "edge.h"

static bool same(const struct mt_write *a, const struct mt_write *b) {
    return mt_id_eq(&a->caller.id, &b->caller.id) && mt_sv_eq(a->request.rest.key, b->request.rest.key);
}

bool flight_begins(struct call *c) {
    struct flight *f = &c->http->flight;
    if (c->write->kind != MT_WRITE_REST)
        return true;
    (void)pthread_mutex_lock(&f->lock);
    const struct call *other = f->first;
    while (other && !same(other->write, c->write))
        other = other->flight_next;
    if (!other) {
        c->flight_next = f->first;
        f->first = c;
        c->in_flight = true;
    }
    (void)pthread_mutex_unlock(&f->lock);
    return !other;
}

void flight_ends(struct call *c) {
    struct flight *f = &c->http->flight;
    if (!c->in_flight)
        return;
    (void)pthread_mutex_lock(&f->lock);
    struct call **at = &f->first;
    while (*at && *at != c)
        at = &(*at)->flight_next;
    if (*at)
        *at = c->flight_next;
    (void)pthread_mutex_unlock(&f->lock);
    c->in_flight = false;
}
