/* A REST body is an operation's body with holes: the caller does not number or name what the service makes. What fills the holes is
 * put into the tree as if it had been sent, and then the one reader of operations reads it, so that a rule about a body stands in
 * one place. Only after that it is known which members nobody asked for. */
#include <medterm/wire/rest.h>

#include "canonical.h"
#include "op_read.h"

#include <string.h>

/* A member at the front of the object. */
static void put_in(struct fields *f, struct json_doc *doc, struct json *object, const struct mt_rest_member *m) {
    struct json *node = mt_arena_alloc(&doc->arena, sizeof *node);
    const char *value = mt_arena_str(f->arena, m->value);
    if (node == NULL || value == NULL) {
        f->failed = MT_NOMEM;
        return;
    }
    *node = (struct json){.parent = object,
                          .next = object->is.child,
                          .key = m->name,
                          .key_n = (uint32_t)strlen(m->name),
                          .p = value,
                          .n = (uint32_t)strlen(value),
                          .type = JSON_STRING};
    object->is.child = node;
    object->count++;
}

static void fill(struct fields *f, struct json_doc *doc, struct json *object, const struct mt_rest_member *m) {
    const struct json *sent = json_get(object, m->name);
    if (sent == NULL)
        put_in(f, doc, object, m);
    else if (!m->may_give)
        field_wrong(f, sent, "is said by the address or made by the service");
}

static void fill_list(struct fields *f, struct json_doc *doc, const struct mt_rest_given *given) {
    struct json *element = NULL;
    const char *list = NULL;
    for (size_t i = 0; i < given->count; i++) {
        const struct mt_rest_member *m = &given->members[i];
        if (m->list == NULL)
            continue;
        if (list == NULL || strcmp(list, m->list) != 0) {
            struct json *found = json_get(doc->root, m->list);
            element = found != NULL && found->type == JSON_ARRAY ? found->is.child : NULL;
            list = m->list;
        }
        if (element == NULL)
            continue;
        if (element->type == JSON_OBJECT)
            fill(f, doc, element, m);
        element = element->next;
    }
    if (element != NULL) /* there is a filling for as many as a list may have */
        field_wrong(f, element->parent, "are too many");
}

/* Members nobody has asked for, at every level; what is inside of one is not looked at. */
static void no_others(struct fields *f, const struct json *node) {
    if (node->type != JSON_OBJECT && node->type != JSON_ARRAY)
        return;
    for (const struct json *c = node->is.child; c != NULL; c = c->next) {
        if (node->type == JSON_OBJECT && !c->seen)
            field_wrong(f, c, "is not a field known here");
        else
            no_others(f, c);
    }
}

/* Money that was taken already is recorded; anything else has to be asked for. */
static enum mt_op_kind kind_of(struct json *body, enum mt_op_kind kind) {
    if (kind != MT_OP_PAYMENT_START)
        return kind;
    const struct json *method = json_get(body, "method"), *slip = json_get(body, "reference");
    if (method == NULL || method->type != JSON_STRING)
        return kind;
    const struct mt_sv word = mt_sv_n(method->p, method->n);
    const bool has_slip = slip != NULL && slip->type == JSON_STRING && slip->n > 0;
    const bool taken =
        mt_sv_is(word, mt_pay_method_name(MT_PAY_CASH)) || (mt_sv_is(word, mt_pay_method_name(MT_PAY_BANK_CARD)) && has_slip);
    return taken ? MT_OP_PAYMENT_RECORD : kind;
}

/* An order over REST is unpaid: its money comes behind it. */
static void no_sale(struct fields *f, struct json *body) {
    static const char *const of_tills[] = {"payments", "handed_over"};
    for (size_t i = 0; i < sizeof of_tills / sizeof of_tills[0]; i++) {
        const struct json *sent = json_get(body, of_tills[i]);
        if (sent != NULL)
            field_wrong(f, sent, "is for tills; pay the order with POST /v1/orders/{order_no}/payments");
    }
}

static enum mt_rc keep_canonical(struct json_doc *doc, struct mt_arena *arena, struct mt_sv *out) {
    struct mt_buf bytes;
    mt_buf_init(&bytes, (size_t)doc->root->n * 4 + 64); /* an escape may grow from two bytes to six */
    enum mt_rc rc = canonical_print(doc->root, NULL, &doc->arena, &bytes);
    if (rc == MT_OK) {
        const struct mt_sv view = mt_buf_view(&bytes);
        const char *copy = mt_arena_sv(arena, view);
        rc = copy != NULL ? MT_OK : MT_NOMEM;
        if (copy != NULL)
            *out = mt_sv_n(copy, view.n);
    }
    mt_buf_fini(&bytes);
    return rc;
}

static void body_into(struct fields *f, struct json_doc *doc, const struct mt_rest_given *given, struct mt_op *out,
                      struct mt_sv *canonical) {
    bool unknown = false;
    if (!field_expect(f, doc->root, JSON_OBJECT))
        return;
    if (keep_canonical(doc, f->arena, canonical) != MT_OK) {
        f->failed = MT_NOMEM;
        return;
    }
    out->kind = kind_of(doc->root, given->kind);
    out->kind_name = mt_op_kind_name(out->kind);
    out->at = given->at;
    for (size_t i = 0; i < given->count; i++)
        if (given->members[i].list == NULL)
            fill(f, doc, doc->root, &given->members[i]);
    fill_list(f, doc, given);
    if (out->kind == MT_OP_ORDER_CREATE)
        no_sale(f, doc->root);
    op_body_read(f, doc->root, out, &unknown);
    no_others(f, doc->root);
    out->fact = mt_op_is_fact(out, false);
    if (f->failed == MT_OK)
        op_validate(f, doc->root, out, "");
}

enum mt_rc mt_rest_parse(struct mt_sv json, const struct mt_rest_given *given, struct mt_arena *arena, struct mt_op *out,
                         struct mt_sv *canonical, struct mt_problem *problem) {
    struct json_doc doc;
    *out = (struct mt_op){.kind = MT_OP_UNKNOWN, .kind_name = ""};
    *canonical = MT_SV("");
    enum mt_rc rc = json_read(&doc, json.n > 0 ? json : MT_SV("{}"));
    if (rc != MT_OK) {
        rc = fields_problem_of_fault(&doc.fault, problem);
    } else {
        struct fields f = fields_begin(arena, &problem->errors);
        body_into(&f, &doc, given, out, canonical);
        if (f.failed != MT_OK)
            rc = fields_problem(&f, problem);
    }
    json_free(&doc);
    return rc;
}

int64_t mt_rest_order_version(struct mt_sv json) {
    struct json_doc doc;
    int64_t version = 0;
    if (json_read(&doc, json) == MT_OK) {
        const struct json *of_order = json_get(doc.root, "order_no"), *v = json_get(doc.root, "version");
        if (of_order != NULL && v != NULL && v->type == JSON_NUMBER && v->exact == JSON_WHOLE)
            version = v->is.number;
    }
    json_free(&doc);
    return version;
}
