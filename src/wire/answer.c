/* The answer to a batch. Results and problems are kept as JSON text: the service stores and repeats them unchanged, the till reads
 * them when it applies them. */
#include <medterm/wire/push.h>

#include "print.h"
#include "tree.h"

void mt_push_answer_print(const struct mt_push_result *results, size_t count, int64_t last_seq, const char *epoch,
                          struct mt_buf *out) {
    print_open(out, '{');
    print_key(out, "results");
    print_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct mt_push_result *r = &results[i];
        print_open(out, '{');
        print_text(out, "op_id", r->op_id.s);
        print_int(out, "register_seq", r->register_seq);
        print_text(out, "outcome", mt_outcome_name(r->outcome));
        print_bool(out, "replayed", r->replayed);
        if (r->result.n > 0) {
            print_key(out, "result");
            mt_buf_sv(out, r->result);
        }
        if (r->problem.n > 0) {
            print_key(out, "problem");
            mt_buf_sv(out, r->problem);
        }
        print_close(out, '}');
    }
    print_close(out, ']');
    print_int(out, "last_seq", last_seq);
    print_text(out, "epoch", epoch);
    print_close(out, '}');
}

/* The object's bytes as they stand, kept by the arena; empty when absent or null. */
static struct mt_sv raw_object(struct fields *f, struct json *in, const char *key) {
    const struct json *node = field_object(f, in, key, MAY);
    if (node == NULL)
        return mt_sv_n(NULL, 0);
    const char *copy = mt_arena_sv(f->arena, mt_sv_n(node->p, node->n));
    if (copy == NULL) {
        f->failed = MT_NOMEM;
        return mt_sv_n(NULL, 0);
    }
    return mt_sv_n(copy, node->n);
}

static void result_read(struct fields *f, struct json *n, struct mt_push_result *out) {
    (void)field_expect(f, n, JSON_OBJECT);
    field_id(f, n, "op_id", MUST, &out->op_id);
    out->register_seq = field_int(f, n, "register_seq", MUST, 0);
    FIELD_NAME(f, n, "outcome", MUST, mt_outcome_parse, &out->outcome);
    out->replayed = field_bool(f, n, "replayed", MAY, false);
    out->result = raw_object(f, n, "result");
    out->problem = raw_object(f, n, "problem");
}

static void answer_read(struct fields *f, struct json *root, void *to) {
    struct mt_push_answer *out = to;
    out->last_seq = field_int(f, root, "last_seq", MUST, 0);
    field_copy(f, root, "epoch", MUST, out->epoch, sizeof out->epoch);
    const struct json *list = field_array(f, root, "results", MUST);
    out->results = tree_array(f, list, sizeof *out->results, &out->count);
    struct json *n = out->results != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++)
        result_read(f, n, &out->results[i]);
}

enum mt_rc mt_push_answer_parse(struct mt_sv json, struct mt_arena *arena, struct mt_push_answer *out, struct mt_err *err) {
    *out = (struct mt_push_answer){.count = 0};
    return fields_answer(json, arena, answer_read, out, err);
}
