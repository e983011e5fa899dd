/* REST bodies: those of the operations, without what the service and the address say. */
#ifndef MEDTERM_WIRE_REST_H
#define MEDTERM_WIRE_REST_H

#include <medterm/base/arena.h>
#include <medterm/wire/problem.h>

/* One member the body lacks. It is put in before the body is read; a body that has it all the same is not valid, unless the caller
 * may give it. In a list: a member that each object of it has. */
struct mt_rest_member {
    const char *list; /* name of the list; NULL: of the body itself */
    const char *name, *value;
    bool may_give;
};
#define MT_REST_MEMBERS_MAX 32

struct mt_rest_given {
    enum mt_op_kind kind; /* payment.start is payment.record when its body tells of money that was taken at the counter: cash, or a
                           * card with the slip's reference */
    mt_time at;
    const struct mt_rest_member *members; /* those of a list: one for each of its objects, in their order */
    size_t count;
};
/* Reads and validates; *out is a request without op_id and register_seq, its texts in the arena. An empty body is an empty object.
 * *canonical: the body as it was sent, in its canonical form (RFC 8785). Every field not known here is an error. */
MT_MUST enum mt_rc mt_rest_parse(struct mt_sv json, const struct mt_rest_given *given, struct mt_arena *arena, struct mt_op *out,
                                 struct mt_sv *canonical, struct mt_problem *problem);
/* The version of an order in an answer; 0 when it shows no order. */
int64_t mt_rest_order_version(struct mt_sv json);

#endif
