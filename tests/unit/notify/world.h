/* A shop whose orders are told to subscribers: the real service and database, by a clock the test moves. */
#ifndef MEDTERM_TESTS_UNIT_NOTIFY_WORLD_H
#define MEDTERM_TESTS_UNIT_NOTIFY_WORLD_H

#include "../routes/rig.h"

#include <medterm/notify/notify.h>

#include <medterm/db/db.h>

#define SECOND INT64_C(1000)
#define DAY (86400 * SECOND)

struct world {
    struct rig rig; /* its sessions are of the service below */
    struct mt_service *own_service, *service;
    struct mt_session *own_write, *own_read;
    struct mt_session *worker;
    struct mt_db *look;
    mt_time now;
    int64_t seq;
    uint64_t random;
    struct mt_notify_options o;
};
void world_open(struct world *w, const char *db_url /* NULL: a file */);
void world_close(struct world *w); /* proves every invariant first */
/* A paid sale at the rig's register: two versions of a new order, pending_payment and paid. */
void world_sale(struct world *w);
int64_t world_int(struct world *w, const char *sql);
/* Subscribes the rig's store; secret may be NULL. */
struct mt_id world_subscribe(struct world *w, const char *url, char secret[MT_TOKEN_TEXT]);
bool world_step(struct world *w); /* whether there was work */

#endif
