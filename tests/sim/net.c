/* The network. A request and its reply are one exchange each way, in the bytes that production makes. Each may be lost,
 * late, doubled or cut in the middle; replies overtake each other because their delays differ. Whoever waits gets a
 * timeout at its deadline, and a late reply still comes after it. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sim_exchange *free_exchange(struct sim_world *w) {
    for (size_t i = 0; i < SIM_EXCHANGES; i++)
        if (w->exchange[i].leg == SIM_FREE)
            return &w->exchange[i];
    return NULL;
}

static void put(struct sim_world *w, const struct sim_exchange *like, enum sim_leg leg, int64_t delay, struct mt_sv body) {
    struct sim_exchange *x = free_exchange(w);
    if (!x)
        return; /* a network that is full loses */
    *x = *like;
    x->leg = leg;
    x->at = w->now + delay;
    x->order = w->sent++;
    x->n = body.n;
    x->bytes = malloc(body.n + 1);
    if (!x->bytes)
        abort();
    if (body.n)
        memcpy(x->bytes, body.p, body.n);
    x->bytes[body.n] = '\0';
}

static int64_t delay(struct sim_world *w) {
    return sim_chance(&w->net, w->faults.slow) ? sim_between(&w->net, 200, 20000) : sim_between(&w->net, 1, 40);
}

void sim_net_send(struct sim_world *w, struct sim_till *t, const struct mt_sync_request *q) {
    struct sim_exchange x = {.till = t->index, .boot = t->boot, .lane = q->lane, .serial = q->serial};
    if ((size_t)snprintf(x.method, sizeof x.method, "%s", q->method) >= sizeof x.method ||
        (size_t)snprintf(x.path, sizeof x.path, "%s", q->path) >= sizeof x.path ||
        (size_t)snprintf(x.token, sizeof x.token, "%s", q->token ? q->token : "") >= sizeof x.token)
        abort();
    sim_trace(w, "send", t->index, q->body.p, q->body.n);
    t->due[q->lane] = q->serial;
    put(w, &x, SIM_TIMEOUT, q->timeout_ms, MT_SV(""));
    bool down = w->now < t->cut_until;
    if (down || sim_chance(&w->net, w->faults.lose))
        return;
    put(w, &x, SIM_REQUEST, delay(w), q->body);
    if (sim_chance(&w->net, w->faults.duplicate))
        put(w, &x, SIM_REQUEST, delay(w), q->body);
}

void sim_net_reply(struct sim_world *w, const struct sim_exchange *asked, int status, const char *content_type, int retry_after,
                   struct mt_sv body) {
    struct sim_exchange x = *asked;
    x.bytes = NULL;
    x.status = status;
    x.retry_after = retry_after;
    if ((size_t)snprintf(x.content_type, sizeof x.content_type, "%s", content_type) >= sizeof x.content_type)
        abort();
    if (w->now < w->till[asked->till].cut_until || sim_chance(&w->net, w->faults.lose))
        return;
    if (sim_chance(&w->net, w->faults.portal)) {
        x.status = 200;
        (void)snprintf(x.content_type, sizeof x.content_type, "text/html");
        put(w, &x, SIM_REPLY, delay(w), MT_SV("<html><body>Welcome to the hotel</body></html>"));
        return;
    }
    if (sim_chance(&w->net, w->faults.cut)) {
        x.status = 0;
        put(w, &x, SIM_REPLY, delay(w), mt_sv_n(body.p, body.n / 2));
        return;
    }
    put(w, &x, SIM_REPLY, delay(w), body);
    if (sim_chance(&w->net, w->faults.duplicate))
        put(w, &x, SIM_REPLY, delay(w), body);
}

struct sim_exchange *sim_net_next(struct sim_world *w) {
    struct sim_exchange *first = NULL;
    for (size_t i = 0; i < SIM_EXCHANGES; i++) {
        struct sim_exchange *x = &w->exchange[i];
        if (x->leg != SIM_FREE && (!first || x->at < first->at || (x->at == first->at && x->order < first->order)))
            first = x;
    }
    return first;
}

void sim_net_drop(struct sim_exchange *x) {
    free(x->bytes);
    *x = (struct sim_exchange){.leg = SIM_FREE};
}

void sim_net_clear(struct sim_world *w) {
    for (size_t i = 0; i < SIM_EXCHANGES; i++)
        sim_net_drop(&w->exchange[i]);
}
