/* The simulator: real tills (the model's update, store and sync) and the real service (routes, service, repo) in one process and
 * one thread, over a network, a disk and a clock that a seed decides. A world runs with faults, heals, and is judged by an oracle
 * that keeps its own model in memory. The same seed gives the same run to the byte: the trace hash proves it. */
#ifndef MEDTERM_SIM_SIM_H
#define MEDTERM_SIM_SIM_H

#include "disk.h"

#include <medterm/routes/routes.h>
#include <medterm/service/admin.h>
#include <medterm/store/view.h>
#include <medterm/sync/sync.h>
#include <medterm/till/till.h>

#define SIM_VFS "medterm-sim"
#define SIM_TILLS 3 /* two, and the third is a fork: a copy of the first one's files */
#define SIM_DRUGS 6
#define SIM_EXCHANGES 256
#define SIM_OPS 2048
#define SIM_NEVER INT64_MAX

/* ---- chance ---- */

struct sim_rng {
    uint64_t s;
};
struct sim_rng sim_rng(uint64_t seed, uint64_t concern);
uint64_t sim_draw(struct sim_rng *r);
int64_t sim_between(struct sim_rng *r, int64_t low, int64_t high); /* both included */
bool sim_chance(struct sim_rng *r, unsigned per_mille);

/* ---- what is on its way ---- */

enum sim_leg { SIM_FREE, SIM_REQUEST, SIM_REPLY, SIM_TIMEOUT };
struct sim_exchange {
    enum sim_leg leg;
    int64_t at;
    uint64_t order; /* ties are broken by who was sent first */
    int till;
    unsigned boot; /* of the till: what a dead process had asked, nobody hears */
    enum mt_lane lane;
    uint64_t serial;
    char method[8], path[2048], token[65];
    char *bytes; /* owned: the body as production makes it */
    size_t n;
    int status; /* 0: the line broke, words of the transport */
    char content_type[48];
    int retry_after;
};

/* ---- the oracle's model ---- */

enum sim_known { SIM_ACKNOWLEDGED, SIM_MAYBE /* the crash struck during the commit: it may be there, once, or not */ };
struct sim_op { /* one intent of a person at a till */
    enum sim_known known;
    int till;
    bool forked; /* made on a lane that exists twice */
    struct mt_id op_id, order_id;
    enum mt_op_kind kind;
    bool fact;
    char order_no[MT_ORDER_NO_TEXT];
    char hash[65];
    int64_t lane, seq, total /* of a refund: its amount */, packs[SIM_DRUGS];
    int first_drug; /* of line 1 of an order, with its packs */
    int64_t first_packs;
    enum mt_outcome outcome; /* as the till had been told when the service was put back */
    bool answered;
};
struct sim_seen { /* the highest version of an order that a till has shown */
    struct mt_id order_id;
    int64_t version;
};

/* ---- nodes ---- */

struct sim_world;
struct sim_till {
    struct sim_world *world;
    int index;
    char node[16], dir[16];
    bool exists, up;
    unsigned boot;
    int64_t restart_at, next_work, cut_until; /* outage of this till's line */
    struct sim_rng random;
    struct mt_register *reg;
    struct mt_cache *cache;
    struct mt_cache_reader *reader;
    struct mt_sync *sync;
    struct mt_till *model;
    int64_t typed;                                       /* keys are never at the same moment */
    int64_t cart_sure[SIM_DRUGS], cart_maybe[SIM_DRUGS]; /* packs in the cart as journaled; and if the last change stands */
    uint64_t due[MT_LANE_COUNT];                         /* serial of the request that has no reply yet, 0: none */
    struct sim_seen seen[512];
    size_t seen_count;
};
struct sim_waiter {
    bool used;
    struct sim_exchange asked;
    int64_t until;
};
struct sim_pending { /* a write that waits for the batch */
    struct sim_exchange asked;
    struct mt_arena arena;
    struct mt_write *write;
};
struct sim_service {
    bool up;
    int64_t restart_at, apply_at;
    struct sim_rng random;
    struct mt_service *service;
    struct mt_session *write, *read;
    struct sim_waiter waiters[16];
    struct sim_pending pending[32];
    size_t pending_count;
};

struct sim_faults { /* per mille */
    unsigned lose, duplicate, cut, portal, slow;
    bool calm; /* faults have stopped */
};

struct sim_world {
    uint64_t seed, trace;
    int64_t now;   /* virtual milliseconds since the start */
    uint64_t sent; /* exchanges so far */
    struct sim_disk *disk;
    const char *key_path;
    struct sim_rng net, work, crash;
    struct sim_faults faults;
    struct sim_till till[SIM_TILLS];
    struct sim_service service;
    struct sim_exchange exchange[SIM_EXCHANGES];
    struct sim_op *op; /* SIM_OPS */
    size_t op_count;
    int64_t next_crash, fork_at, fork_taken_at;
    int64_t snapshot_at, put_back_at; /* the service's disk is kept, and comes back later with nobody told */
    bool put_back;
    struct mt_id store_id, drug_id[SIM_DRUGS], staff_id;
    char code[SIM_DRUGS][16];
    bool verbose;
    char violation[512]; /* "" while all holds: "I5: …" */
};

/* world.c */
void sim_trace(struct sim_world *w, const char *event, int node, const void *bytes, size_t n);
/* Keeps the first violation. */
void sim_violated(struct sim_world *w, const char *format, ...) MT_PRINTF(2, 3);
struct mt_clock sim_clock(struct sim_world *w);
struct mt_random sim_random(struct sim_rng *r);
/* Runs one seed; the violation, if any, stays in w. */
void sim_run(struct sim_world *w);

/* base.c: the images every seed starts from, made once: a service with a store, drugs and lots, and two enrolled tills. */
bool sim_base_make(struct sim_world *w, struct mt_err *err);
bool sim_base_use(struct sim_world *w);

/* net.c */
void sim_net_send(struct sim_world *w, struct sim_till *t, const struct mt_sync_request *q);
void sim_net_reply(struct sim_world *w, const struct sim_exchange *asked, int status, const char *content_type, int retry_after,
                   struct mt_sv body);
struct sim_exchange *sim_net_next(struct sim_world *w); /* earliest, NULL: none */
void sim_net_drop(struct sim_exchange *x);
void sim_net_clear(struct sim_world *w);

/* service.c */
bool sim_service_up(struct sim_world *w);
void sim_service_down(struct sim_world *w);
void sim_service_take(struct sim_world *w, const struct sim_exchange *x);
void sim_service_step(struct sim_world *w); /* applies a batch that is due, ends long polls */
int64_t sim_service_wake(const struct sim_world *w);

/* till.c */
bool sim_till_up(struct sim_world *w, struct sim_till *t);
void sim_till_down(struct sim_world *w, struct sim_till *t);
void sim_till_take(struct sim_world *w, struct sim_till *t, const struct sim_exchange *x);
void sim_till_pump(struct sim_world *w, struct sim_till *t);
/* True when an armed crash has just killed the till; it is down then. */
bool sim_till_struck(struct sim_world *w, struct sim_till *t);

/* hands.c: a person at the screens. */
void sim_hands_begin(struct sim_world *w, struct sim_till *t); /* after the till is up: its kept cart, signed in */
void sim_hands_sell(struct sim_world *w, struct sim_till *t, bool paid);

/* work.c: what people do at the till. */
void sim_work(struct sim_world *w, struct sim_till *t);
/* Tells the oracle of the intent, commits it, and tells the oracle what the till said. Fills op_id and order_id. */
enum mt_rc sim_commit(struct sim_world *w, struct sim_till *t, struct mt_op *op, const struct mt_order *base,
                      struct mt_arena *arena, struct mt_order *saved);

/* oracle.c */
void sim_check_till(struct sim_world *w, struct sim_till *t);                                /* after a restart: I1, I9 */
void sim_check_shown(struct sim_world *w, struct sim_till *t, const struct mt_order *shown); /* I7 */
void sim_note_told(struct sim_world *w); /* the service is put back now: what was answered must come to the same again */
void sim_check_end(struct sim_world *w);
struct sim_op *sim_op_find(struct sim_world *w, const char *op_id);

#endif
