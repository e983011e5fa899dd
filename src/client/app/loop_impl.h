/* What the files of the screens' loop share. */
#ifndef MEDTERM_APP_LOOP_IMPL_H
#define MEDTERM_APP_LOOP_IMPL_H

#include "app_impl.h"

#include <medterm/app/loop.h>

#define LOOP_MESSAGES 64

struct loop {
    struct mt_app *app;
    struct mt_till *till;
    const struct mt_screen_port *port;
    struct mt_arena arena;              /* what the queued messages point to */
    struct mt_msg queue[LOOP_MESSAGES]; /* answers to effects, in order */
    size_t first, count;
    struct mt_staff staff; /* who is signed in; "" nobody */
    int64_t catalogue;
    struct mt_link_state told;
    bool quit, painted, more_keys;
    bool behind; /* a change of the cart could not be journaled: the next one writes all of it */
};

/* A message to answer with, stamped with the clocks; queued as it is returned. NULL when the queue is full. */
struct mt_msg *loop_answer(struct loop *l, enum mt_msg_kind kind);
void loop_words(struct loop *l, struct mt_msg *m, enum mt_rc rc, const struct mt_err *err);
void loop_start_of(struct loop *l, struct mt_msg *m);
void loop_effect(struct loop *l, const struct mt_effect *e);

/* Loads for the screens. */
void loop_load_board(struct loop *l);
void loop_load_order(struct loop *l, const char *order_no);
void loop_load_sync(struct loop *l);
void loop_search(struct loop *l, const struct mt_effect *e);
void loop_lookup(struct loop *l, const struct mt_effect *e);

#endif
