/* Writes: the body is read here, on the thread that received it; the batch applies it; mt_route_finish prints the answer. */
#include "route.h"

struct mt_write *route_write(struct exchange *x, enum mt_write_kind kind) {
    struct mt_write *w = mt_arena_alloc(x->arena, sizeof *w);
    if (!w)
        return NULL;
    w->kind = kind;
    w->caller = x->caller;
    w->arena = x->arena;
    mt_problem_init(&w->problem);
    return w;
}

enum mt_route_next route_queue(struct exchange *x, struct mt_write *w, enum mt_rc rc) {
    if (rc != MT_OK)
        return route_refuse(x, rc);
    x->write = w;
    return MT_ROUTE_WRITE;
}

enum mt_route_next post_operations(struct exchange *x) {
    struct mt_write *w = route_write(x, MT_WRITE_PUSH);
    if (!w)
        return route_refuse(x, MT_NOMEM);
    return route_queue(x, w, mt_push_parse(x->request->body, x->arena, &w->request.push, &x->problem));
}

enum mt_route_next post_enrolments(struct exchange *x) {
    struct mt_write *w = route_write(x, MT_WRITE_ENROL);
    if (!w)
        return route_refuse(x, MT_NOMEM);
    return route_queue(x, w, mt_enrolment_parse(x->request->body, &w->request.enrolment, &x->problem));
}

/* The answer of a write that the batch has applied. */
static enum mt_rc print_answer(const struct mt_write *w, struct mt_response *r) {
    switch (w->kind) {
    case MT_WRITE_PUSH:
        r->status = 200;
        mt_push_answer_print(w->answer.push.results, w->answer.push.count, w->answer.push.last_seq, w->answer.push.epoch, &r->body);
        break;
    case MT_WRITE_ENROL:
        r->status = 201;
        mt_register_info_print(&w->answer.enrolled, &r->body);
        if (mt_sv_copy(MT_SV("/v1/register"), r->location, sizeof r->location) != MT_OK)
            return MT_BUG; /* it fits */
        break;
    case MT_WRITE_REST:
        return rest_answer(w, r);
    }
    return mt_buf_rc(&r->body);
}

void mt_route_finish(const struct mt_write *write, struct mt_response *r) {
    if (write->problem.code != MT_P_NONE) {
        mt_route_problem(&write->problem, r);
        return;
    }
    if (print_answer(write, r) == MT_OK)
        return;
    struct mt_problem p;
    mt_problem_init(&p);
    (void)mt_problem_set(&p, MT_P_INTERNAL, "The change is stored, but its answer could not be printed. Send it again to read it.");
    mt_route_problem(&p, r);
}
