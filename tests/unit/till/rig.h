/* A till on the bench: messages are one call each, effects are looked at by kind. */
#ifndef TESTS_UNIT_TILL_RIG_H
#define TESTS_UNIT_TILL_RIG_H

#include <medterm/till/till.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

struct rig {
    struct mt_till *t;
    struct mt_effects fx; /* of the last message */
    int64_t mono;
    mt_time now;
};

/* Drugs of the test catalogue. */
enum { AMOX, IBU, METF, MORPHINE, UNPRICED, WITHDRAWN, DRUGS };
struct mt_found rig_drug(int which);
extern const char *const rig_codes[DRUGS];

/* setup and teardown: a till that is started, enrolled and signed in as a pharmacist; *state is a struct rig. */
int rig_open(void **state);
int rig_open_fresh(void **state); /* started, not enrolled */
int rig_close(void **state);

void rig_start(struct rig *r, bool enrolled, const struct mt_cart_line *cart, size_t count);
void rig_sign_in(struct rig *r, enum mt_role role);
void rig_send(struct rig *r, struct mt_msg msg); /* dates it */
void rig_act(struct rig *r, enum mt_action a);
void rig_type(struct rig *r, const char *text);  /* by hand: 150 ms a character */
void rig_burst(struct rig *r, const char *text); /* by scanner: 2 ms a character, no Enter */
void rig_paste(struct rig *r, const char *text);
void rig_link(struct rig *r, enum mt_link link);
/* Answers the LOOKUP among the last effects with that drug (-1: none). */
void rig_answer_lookup(struct rig *r, int which);
void rig_found(struct rig *r, uint64_t generation, const int *which, size_t count);
/* A scan with Enter, answered. */
void rig_scan(struct rig *r, int which);
void rig_committed(struct rig *r, enum mt_rc rc, const char *order_no);

/* The only effect of that kind; NULL when there is none. Fails when there are several. */
const struct mt_effect *rig_effect(const struct rig *r, enum mt_effect_kind kind);
bool rig_says(const struct rig *r, enum mt_notice_kind kind, const char *part); /* the message line contains it */

#define ASSERT_SAYS(r, want_kind, part)                                                                                            \
    do {                                                                                                                           \
        if (!rig_says((r), (want_kind), (part)))                                                                                   \
            fail_msg("message line is [%d] \"%s\", wanted \"%s\"", (int)(r)->t->notice.kind, (r)->t->notice.text, (part));         \
    } while (0)

#endif
