/* Batches of operations. The envelope is all or nothing; what is wrong inside one operation only flags that one, as long as its
 * op_id and register_seq can be answered to. Canonical bytes are made from the tree as received, whatever it holds. */
#include <medterm/wire/push.h>

#include "canonical.h"
#include "op_read.h"
#include "print.h"
#include "tree.h"

#include <string.h>

static const char *const outcome_names[] = {
#define MT_X(symbol, name) name,
    MT_OUTCOME_TABLE(MT_X)
#undef MT_X
};
#define OUTCOME_COUNT (sizeof outcome_names / sizeof outcome_names[0])

const char *mt_outcome_name(enum mt_outcome o) {
    return (size_t)o < OUTCOME_COUNT ? outcome_names[o] : "";
}

enum mt_rc mt_outcome_parse(struct mt_sv name, enum mt_outcome *out) {
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        if (mt_sv_is(name, outcome_names[i])) {
            *out = (enum mt_outcome)i;
            return MT_OK;
        }
    return MT_INVALID;
}

static void print_item(const struct mt_push_item *item, struct mt_buf *out) {
    print_open(out, '{');
    print_int(out, "register_seq", item->register_seq);
    if (item->prior.n > 0) {
        print_key(out, "prior");
        mt_buf_sv(out, item->prior);
    }
    /* The kept bytes are an object with members of its own: they follow behind a comma, without their brace. */
    if (item->bytes.n > 2) {
        mt_buf_char(out, ',');
        mt_buf_add(out, item->bytes.p + 1, item->bytes.n - 1);
    } else {
        print_close(out, '}');
    }
}

void mt_push_print(const char *instance_id, mt_time sent_at, const struct mt_push_acked *acked, const struct mt_push_item *items,
                   size_t count, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "instance_id", instance_id);
    print_time(out, "sent_at", sent_at);
    print_key(out, "acked");
    if (acked != NULL) {
        print_open(out, '{');
        print_int(out, "register_seq", acked->seq);
        print_text(out, "op_id", acked->op_id);
        if (acked->epoch[0] != '\0')
            print_text(out, "epoch", acked->epoch);
        print_close(out, '}');
    } else {
        mt_buf_str(out, "null");
    }
    print_key(out, "operations");
    print_open(out, '[');
    for (size_t i = 0; i < count; i++)
        print_item(&items[i], out);
    print_close(out, ']');
    print_close(out, '}');
}

static void acked_read(struct fields *f, struct json *root, struct mt_push *out) {
    struct json *acked = field_object(f, root, "acked", MAY);
    if (acked == NULL)
        return;
    out->has_acked = true;
    out->acked_seq = field_int(f, acked, "register_seq", MUST, 0);
    field_id(f, acked, "op_id", MUST, &out->acked_op_id);
    field_copy(f, acked, "epoch", MAY, out->acked_epoch, sizeof out->acked_epoch);
    field_no_others(f, acked);
    if (out->acked_seq < 0)
        field_wrong_at(f, acked, "register_seq", "must not be below zero");
}

static void instance_read(struct fields *f, struct json *root, char *to, size_t size) {
    field_copy(f, root, "instance_id", MUST, to, size);
    for (const char *p = to; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~') {
            field_wrong_at(f, root, "instance_id", "must be printable ASCII without space");
            return;
        }
}

static void prior_read(struct fields *f, struct json *node, struct mt_push_op *out) {
    struct json *prior = field_object(f, node, "prior", MAY);
    if (prior == NULL)
        return;
    out->has_prior = true;
    field_copy(f, prior, "epoch", MUST, out->prior.epoch, sizeof out->prior.epoch);
    FIELD_NAME(f, prior, "outcome", MUST, mt_outcome_parse, &out->prior.outcome);
    const struct json *result = json_get(prior, "result");
    if (result != NULL && result->type == JSON_OBJECT) {
        const char *copy = mt_arena_sv(f->arena, mt_sv_n(result->p, result->n));
        if (copy == NULL)
            f->failed = MT_NOMEM;
        out->prior.result = copy != NULL ? mt_sv_n(copy, result->n) : mt_sv_n(NULL, 0);
    }
}

/* The canonical bytes, kept by the arena. */
static enum mt_rc canonical_keep(const struct json *node, struct json_doc *doc, struct mt_arena *arena, struct mt_sv *out) {
    static const char *const without[] = {"register_seq", "prior", NULL};
    struct mt_buf bytes;
    /* An escape may grow from two bytes to six ("\b" does not, a raw U+0001 can not be), numbers shrink: the source bounds it. */
    mt_buf_init(&bytes, (size_t)node->n * 4 + 64);
    enum mt_rc rc = canonical_print(node, without, &doc->arena, &bytes);
    if (rc == MT_OK) {
        struct mt_sv view = mt_buf_view(&bytes);
        const char *copy = mt_arena_sv(arena, view);
        rc = copy != NULL ? MT_OK : MT_NOMEM;
        if (copy != NULL)
            *out = mt_sv_n(copy, view.n);
    }
    mt_buf_fini(&bytes);
    return rc;
}

/* Why one operation can not be applied, in an arena of the caller's. */
static enum mt_rc flag(struct mt_push_op *op, const struct fields *f, struct mt_arena *arena) {
    if (!op->unreadable && !op->unknown)
        return MT_OK;
    op->problem = mt_arena_alloc(arena, sizeof *op->problem);
    if (op->problem == NULL)
        return MT_NOMEM;
    mt_problem_init(op->problem);
    if (op->unreadable) {
        op->problem->errors = *f->errors;
        (void)fields_problem(f, op->problem);
    } else {
        (void)mt_problem_set(op->problem, MT_P_VALIDATION_FAILED,
                             "The operation has a kind or a field that this service does not know yet.");
    }
    return MT_OK;
}

/* Reads operation `node`; errors that concern the whole batch go to `envelope`, its own ones to its problem. */
static enum mt_rc push_op_read(struct fields *envelope, struct json *node, struct json_doc *doc, struct mt_push_op *out) {
    struct mt_field_errors errors;
    struct fields own = fields_begin(envelope->arena, &errors);
    out->op.kind_name = "";
    if (!field_expect(envelope, node, JSON_OBJECT))
        return MT_OK;
    field_uuid(envelope, node, "op_id", MUST, &out->op.op_id);
    out->op.register_seq = field_int(envelope, node, "register_seq", MUST, 0);
    const struct json *seq = json_get(node, "register_seq");
    if (seq != NULL && seq->type == JSON_NUMBER && seq->exact == JSON_WHOLE && out->op.register_seq < 1)
        field_wrong(envelope, seq, "must be at least 1");
    prior_read(envelope, node, out);
    op_read(&own, node, &out->op, &out->unknown);
    if (own.failed == MT_NOMEM)
        return MT_NOMEM;
    out->unreadable = own.failed != MT_OK;
    enum mt_rc rc = flag(out, &own, envelope->arena);
    return rc == MT_OK ? canonical_keep(node, doc, envelope->arena, &out->canonical) : rc;
}

static enum mt_rc envelope_read(struct fields *f, struct json_doc *doc, struct mt_push *out) {
    struct json *root = doc->root;
    if (!field_expect(f, root, JSON_OBJECT))
        return f->failed;
    instance_read(f, root, out->instance_id, sizeof out->instance_id);
    out->sent_at = field_time(f, root, "sent_at", MUST);
    acked_read(f, root, out);
    const struct json *list = field_array(f, root, "operations", MUST);
    field_no_others(f, root);
    out->ops = tree_array(f, list, sizeof *out->ops, &out->count);
    struct json *n = out->ops != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL && f->failed != MT_NOMEM; n = n->next, i++) {
        enum mt_rc rc = push_op_read(f, n, doc, &out->ops[i]);
        if (rc != MT_OK)
            f->failed = rc;
    }
    return f->failed;
}

static bool too_many(struct json *root) {
    const struct json *list = json_get(root, "operations");
    return list != NULL && list->type == JSON_ARRAY && list->count > MT_PUSH_MAX_OPS;
}

enum mt_rc mt_push_parse(struct mt_sv json, struct mt_arena *arena, struct mt_push *out, struct mt_problem *problem) {
    struct json_doc doc;
    *out = (struct mt_push){.count = 0};
    mt_problem_init(problem);
    enum mt_rc rc = json_read(&doc, json);
    if (rc != MT_OK) {
        rc = fields_problem_of_fault(&doc.fault, problem);
    } else if (too_many(doc.root)) {
        mt_field_error(&problem->errors, "operations", "are more than %d", MT_PUSH_MAX_OPS);
        rc = mt_problem_set(problem, MT_P_TOO_LARGE, "A batch holds at most %d operations.", MT_PUSH_MAX_OPS);
    } else {
        struct fields f = fields_begin(arena, &problem->errors);
        rc = envelope_read(&f, &doc, out);
        if (rc != MT_OK)
            rc = fields_problem(&f, problem);
    }
    json_free(&doc);
    return rc;
}

enum mt_rc mt_op_parse(struct mt_sv canonical, struct mt_arena *arena, struct mt_op *out, struct mt_problem *problem) {
    struct json_doc doc;
    bool unknown = false;
    *out = (struct mt_op){.kind = MT_OP_UNKNOWN, .kind_name = ""};
    mt_problem_init(problem);
    enum mt_rc rc = json_read(&doc, canonical);
    if (rc != MT_OK) {
        rc = fields_problem_of_fault(&doc.fault, problem);
    } else {
        struct fields f = fields_begin(arena, &problem->errors);
        if (field_expect(&f, doc.root, JSON_OBJECT)) {
            field_uuid(&f, doc.root, "op_id", MUST, &out->op_id);
            out->register_seq = field_int(&f, doc.root, "register_seq", MAY, 0);
            op_read(&f, doc.root, out, &unknown);
        }
        if (f.failed != MT_OK)
            rc = fields_problem(&f, problem);
        else if (unknown)
            rc = mt_problem_set(problem, MT_P_VALIDATION_FAILED, "The operation has a kind or a field that is not known here.");
    }
    json_free(&doc);
    return rc;
}
