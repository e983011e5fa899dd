/* What the files of the app share. */
#ifndef MEDTERM_APP_APP_IMPL_H
#define MEDTERM_APP_APP_IMPL_H

#include "jobs.h"

#include <medterm/app/app.h>
#include <medterm/net/net.h>

enum slot { SLOT_PUSH = MT_LANE_PUSH, SLOT_PULL = MT_LANE_PULL, SLOT_ENROL };

struct mt_app {
    struct mt_app_options o; /* strings owned below */
    char *state_dir, *cache_dir, *server;
    struct mt_register *reg;
    struct mt_cache_reader *reader; /* NULL: no cache yet */
    struct mt_sync *sync;           /* NULL when reading */
    struct mt_net *net;             /* NULL when reading */
    struct helper *helper;          /* NULL when reading */
    char instance_id[65];
    uint64_t serial[MT_LANE_COUNT]; /* of the requests under way */
    bool left_alone[MT_LANE_COUNT]; /* lanes a command does not use */
    /* Enrolment under way. */
    struct mt_buf enrol_body;
    char enrol_url[MT_URL_TEXT];
    bool enrolling, enrol_done;
    struct mt_reply enrol_reply; /* views are copied below */
    struct mt_buf enrol_answer;
    char enrol_type[128];
    struct job *finished, **finished_last; /* PIN and receipt jobs, for the screens' loop */
    bool changed;                          /* something that the link state or the lists show */
    bool staff_moved;                      /* somebody's name, role or PIN came, or somebody left */
    bool filling;                          /* the first or a second fill is not complete */
    mt_time service_time;                  /* the service's clock when it last told it, in this run or one before; 0: never */
    bool filled;                           /* pages came: the number of packs may differ */
};

MT_MUST enum mt_rc app_reader_open(struct mt_app *a, struct mt_err *err);
void app_give(struct mt_app *a, struct job *j);
/* Starts an enrolment; what came of it by app_enrol_end once a->enrol_done. */
MT_MUST enum mt_rc app_enrol_begin(struct mt_app *a, const char *url, const char *code, struct mt_err *err);
MT_MUST enum mt_rc app_enrol_end(struct mt_app *a, struct mt_err *err);
/* Tells the cache what sold. */
void app_rank(struct mt_app *a, struct mt_sold *sold /* owned by the callee */, size_t count);
/* A finished job that the loop asked for, or NULL. */
struct job *app_finished(struct mt_app *a);

#endif
