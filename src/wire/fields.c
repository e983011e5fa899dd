#include "fields.h"

#include <medterm/base/utf8.h>

#include <stdio.h>
#include <string.h>

struct fields fields_begin(struct mt_arena *arena, struct mt_field_errors *errors) {
    errors->count = 0;
    return (struct fields){.arena = arena, .errors = errors, .failed = MT_OK};
}

static void record(struct fields *f, const char *path, const char *message) {
    mt_field_error(f->errors, path, "%s", message);
    if (f->failed == MT_OK)
        f->failed = MT_INVALID;
}

void field_wrong(struct fields *f, const struct json *node, const char *message) {
    char path[JSON_PATH_TEXT];
    json_path(node, path);
    record(f, path, message);
}

void field_wrong_at(struct fields *f, const struct json *in, const char *key, const char *message) {
    char path[JSON_PATH_TEXT], full[2 * JSON_PATH_TEXT];
    json_path(in, path);
    bool root = in == NULL || in->parent == NULL;
    int n = snprintf(full, sizeof full, "%s%s%s", root ? "" : path, root ? "" : ".", key);
    record(f, n > 0 ? full : key, message);
}

static const char *expected(enum json_type type) {
    switch (type) {
    case JSON_NULL:
        return "must be null";
    case JSON_BOOL:
        return "must be true or false";
    case JSON_NUMBER:
        return "must be a number";
    case JSON_STRING:
        return "must be a text";
    case JSON_ARRAY:
        return "must be a list";
    case JSON_OBJECT:
        return "must be an object";
    }
    return "has the wrong type";
}

bool field_expect(struct fields *f, struct json *node, enum json_type type) {
    if (node->type == type)
        return true;
    field_wrong(f, node, expected(type));
    return false;
}

static struct json *typed(struct fields *f, struct json *in, const char *key, enum need need, enum json_type type) {
    struct json *node = json_get(in, key);
    if (node == NULL || node->type == JSON_NULL) {
        if (need == MUST)
            field_wrong_at(f, in, key, "is missing");
        return NULL;
    }
    return field_expect(f, node, type) ? node : NULL;
}

struct json *field_object(struct fields *f, struct json *in, const char *key, enum need need) {
    return typed(f, in, key, need, JSON_OBJECT);
}

struct json *field_array(struct fields *f, struct json *in, const char *key, enum need need) {
    return typed(f, in, key, need, JSON_ARRAY);
}

const char *field_text(struct fields *f, struct json *in, const char *key, enum need need) {
    struct json *node = typed(f, in, key, need, JSON_STRING);
    if (node == NULL || node->n == 0)
        return "";
    const char *text = json_text(node, f->arena);
    if (text == NULL)
        f->failed = MT_NOMEM;
    return text != NULL ? text : "";
}

void field_copy(struct fields *f, struct json *in, const char *key, enum need need, char *to, size_t size) {
    to[0] = '\0';
    struct json *node = typed(f, in, key, need, JSON_STRING);
    if (node == NULL)
        return;
    if (need == MUST && node->n == 0) {
        field_wrong(f, node, "must not be empty");
        return;
    }
    size_t n = 0;
    for (struct mt_sv rest = mt_sv_n(node->p, node->n); rest.n > 0;) {
        char bytes[4];
        size_t width = 1;
        bytes[0] = rest.p[0];
        if (node->escaped) {
            width = mt_utf8_put(json_next(&rest), bytes);
        } else {
            rest = mt_sv_n(rest.p + 1, rest.n - 1);
        }
        if (n + width >= size) {
            to[0] = '\0';
            field_wrong(f, node, "is too long");
            return;
        }
        memcpy(to + n, bytes, width);
        n += width;
    }
    to[n] = '\0';
}

/* Ids, names and times are plain ASCII, which nobody needs to escape; a text that does is none of them. */
static struct mt_sv raw(const struct json *node) {
    return node->escaped ? mt_sv_n(NULL, 0) : mt_sv_n(node->p, node->n);
}

void field_id(struct fields *f, struct json *in, const char *key, enum need need, struct mt_id *out) {
    out->s[0] = '\0';
    struct json *node = typed(f, in, key, need, JSON_STRING);
    if (node == NULL || (need == MAY && node->n == 0))
        return;
    if (mt_id_parse(raw(node), out) != MT_OK) {
        out->s[0] = '\0';
        field_wrong(f, node, "is not an id: 1 to 36 printable characters without space");
    }
}

void field_uuid(struct fields *f, struct json *in, const char *key, enum need need, struct mt_id *out) {
    out->s[0] = '\0';
    struct json *node = typed(f, in, key, need, JSON_STRING);
    if (node == NULL || (need == MAY && node->n == 0))
        return;
    if (mt_id_parse_uuid(raw(node), out) != MT_OK) {
        out->s[0] = '\0';
        field_wrong(f, node, "is not a UUID in lower case");
    }
}

int64_t field_int(struct fields *f, struct json *in, const char *key, enum need need, int64_t absent) {
    struct json *node = typed(f, in, key, need, JSON_NUMBER);
    if (node == NULL)
        return absent;
    switch ((enum json_number)node->exact) {
    case JSON_WHOLE:
        return node->is.number;
    case JSON_FRACTION:
        field_wrong(f, node, "must be a whole number");
        break;
    case JSON_HUGE:
        field_wrong(f, node, "is beyond 2^53 - 1");
        break;
    }
    return absent;
}

struct mt_money field_money(struct fields *f, struct json *in, const char *key, enum need need, bool *given) {
    struct mt_money money = mt_money_zero();
    const struct json *node = json_get(in, key);
    int64_t minor = field_int(f, in, key, need, 0);
    if (given != NULL)
        *given = node != NULL && node->type == JSON_NUMBER && node->exact == JSON_WHOLE;
    if (mt_money_from_minor(minor, &money) != MT_OK)
        field_wrong_at(f, in, key, "is beyond 2^53 - 1");
    return money;
}

bool field_bool(struct fields *f, struct json *in, const char *key, enum need need, bool absent) {
    const struct json *node = typed(f, in, key, need, JSON_BOOL);
    return node != NULL ? node->is.truth : absent;
}

mt_time field_time(struct fields *f, struct json *in, const char *key, enum need need) {
    mt_time t = 0;
    const struct json *node = typed(f, in, key, need, JSON_STRING);
    if (node != NULL && mt_time_parse(raw(node), &t) != MT_OK) {
        t = 0;
        field_wrong(f, node, "is not a time such as 2027-03-31T14:32:05.123Z");
    }
    return t;
}

struct mt_date field_date(struct fields *f, struct json *in, const char *key, enum need need) {
    struct mt_date date = MT_NO_DATE;
    const struct json *node = typed(f, in, key, need, JSON_STRING);
    if (node == NULL || (need == MAY && node->n == 0))
        return date;
    if (mt_date_parse(raw(node), &date) != MT_OK) {
        date = MT_NO_DATE;
        field_wrong(f, node, "is not a date such as 2027-03-31");
    }
    return date;
}

struct json *field_named(struct fields *f, struct json *in, const char *key, enum need need) {
    return typed(f, in, key, need, JSON_STRING);
}

const struct json *field_unknown(const struct json *object) {
    const struct json *c = object->type == JSON_OBJECT ? object->is.child : NULL;
    while (c != NULL && c->seen)
        c = c->next;
    return c;
}

void field_no_others(struct fields *f, const struct json *object) {
    for (const struct json *c = field_unknown(object); c != NULL; c = c->next)
        if (!c->seen)
            field_wrong(f, c, "is not a field known here");
}

enum mt_rc fields_problem_of_fault(const struct json_fault *fault, struct mt_problem *problem) {
    if (fault->rc == MT_LIMIT)
        return mt_problem_set(problem, MT_P_TOO_LARGE, "The document %s.", fault->message);
    problem->errors.count = 0;
    mt_field_error(&problem->errors, fault->path, "%s", fault->message);
    return mt_problem_set(problem, fault->grammar ? MT_P_MALFORMED : MT_P_VALIDATION_FAILED, "%s %s.",
                          fault->path[0] == '$' ? "The document" : fault->path, fault->message);
}

enum mt_rc fields_problem(const struct fields *f, struct mt_problem *problem) {
    if (f->failed == MT_NOMEM) {
        (void)mt_problem_set(problem, MT_P_OVERLOADED, "There is not enough memory to read this now.");
        return MT_NOMEM;
    }
    if (f->errors->count == 0)
        return mt_problem_set(problem, MT_P_VALIDATION_FAILED, "The document is not valid.");
    return mt_problem_set(problem, MT_P_VALIDATION_FAILED, "%s %s.", f->errors->at[0].field, f->errors->at[0].message);
}

static enum mt_rc fields_err_of_fault(const struct json_fault *fault, struct mt_err *err) {
    return mt_fail(err, fault->rc, "%s %s", fault->path[0] == '$' ? "the answer" : fault->path, fault->message);
}

static enum mt_rc fields_err(const struct fields *f, struct mt_err *err) {
    if (f->failed == MT_NOMEM)
        return mt_fail(err, MT_NOMEM, "not enough memory to read the answer");
    if (f->errors->count == 0)
        return mt_fail(err, f->failed, "the answer is not valid");
    return mt_fail(err, f->failed, "%s %s", f->errors->at[0].field, f->errors->at[0].message);
}

enum mt_rc fields_answer(struct mt_sv json, struct mt_arena *arena, fields_reader *read, void *out, struct mt_err *err) {
    struct json_doc doc;
    struct mt_field_errors errors;
    enum mt_rc rc = json_read(&doc, json);
    if (rc != MT_OK) {
        rc = fields_err_of_fault(&doc.fault, err);
    } else {
        struct fields f = fields_begin(arena, &errors);
        (void)field_expect(&f, doc.root, JSON_OBJECT);
        read(&f, doc.root, out);
        rc = f.failed == MT_OK ? MT_OK : fields_err(&f, err);
    }
    json_free(&doc);
    return rc;
}
