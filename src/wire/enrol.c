/* Enrolment: a one-time code for a register's identity. */
#include <medterm/wire/push.h>

#include "fields.h"
#include "print.h"

static void printable(struct fields *f, const struct json *root, const char *key, const char *text) {
    for (const char *p = text; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~') {
            field_wrong_at(f, root, key, "must be printable ASCII without space");
            return;
        }
}

enum mt_rc mt_enrolment_parse(struct mt_sv json, struct mt_enrolment *out, struct mt_problem *problem) {
    struct json_doc doc;
    *out = (struct mt_enrolment){.code = ""};
    mt_problem_init(problem);
    enum mt_rc rc = json_read(&doc, json);
    if (rc != MT_OK) {
        rc = fields_problem_of_fault(&doc.fault, problem);
    } else {
        struct fields f = fields_begin(NULL, &problem->errors);
        if (field_expect(&f, doc.root, JSON_OBJECT)) {
            field_copy(&f, doc.root, "code", MUST, out->code, sizeof out->code);
            field_copy(&f, doc.root, "instance_id", MUST, out->instance_id, sizeof out->instance_id);
            field_copy(&f, doc.root, "name", MAY, out->name, sizeof out->name);
            printable(&f, doc.root, "code", out->code);
            printable(&f, doc.root, "instance_id", out->instance_id);
            field_no_others(&f, doc.root);
        }
        rc = f.failed == MT_OK ? MT_OK : fields_problem(&f, problem);
    }
    json_free(&doc);
    return rc;
}

void mt_enrolment_print(const struct mt_enrolment *e, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "code", e->code);
    print_text(out, "instance_id", e->instance_id);
    print_text_if(out, "name", e->name);
    print_close(out, '}');
}

void mt_register_info_print(const struct mt_register_info *i, struct mt_buf *out) {
    print_open(out, '{');
    print_text_if(out, "token", i->token);
    print_text(out, "register_id", i->register_id.s);
    print_text(out, "register", i->register_code);
    print_text(out, "store_id", i->store_id.s);
    print_text(out, "store_name", i->store_name);
    print_text(out, "currency", i->currency);
    print_text(out, "epoch", i->epoch);
    if (i->last_seq >= 0)
        print_int(out, "last_seq", i->last_seq);
    print_close(out, '}');
}

static void info_read(struct fields *f, struct json *root, void *to) {
    struct mt_register_info *out = to;
    field_copy(f, root, "token", MAY, out->token, sizeof out->token);
    field_id(f, root, "register_id", MUST, &out->register_id);
    field_copy(f, root, "register", MUST, out->register_code, sizeof out->register_code);
    field_id(f, root, "store_id", MUST, &out->store_id);
    field_copy(f, root, "store_name", MAY, out->store_name, sizeof out->store_name);
    field_copy(f, root, "currency", MUST, out->currency, sizeof out->currency);
    field_copy(f, root, "epoch", MUST, out->epoch, sizeof out->epoch);
    out->last_seq = field_int(f, root, "last_seq", MAY, -1);
}

enum mt_rc mt_register_info_parse(struct mt_sv json, struct mt_register_info *out, struct mt_err *err) {
    *out = (struct mt_register_info){.last_seq = -1};
    return fields_answer(json, NULL, info_read, out, err);
}
