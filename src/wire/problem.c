/* Problems as application/problem+json. The type is a URN made of the code, so that a reader who knows the code needs
 * nothing else; about:blank where the status says all (RFC 9457, 4.2.1). */
#include <medterm/base/utf8.h>
#include <medterm/wire/problem.h>

#include "fields.h"
#include "print.h"

#include <stdio.h>

static const struct {
    const char *code, *title;
    int status;
} codes[] = {
#define MT_X(symbol, code, status, title) {code, title, status},
    MT_PROBLEM_TABLE(MT_X)
#undef MT_X
};
#define CODE_COUNT (sizeof codes / sizeof codes[0])

static size_t row(enum mt_problem_code c) {
    return (size_t)c < CODE_COUNT ? (size_t)c : (size_t)MT_P_INTERNAL;
}

const char *mt_problem_code_name(enum mt_problem_code c) {
    return codes[row(c)].code;
}

int mt_problem_status(enum mt_problem_code c) {
    return codes[row(c)].status;
}

const char *mt_problem_title(enum mt_problem_code c) {
    return codes[row(c)].title;
}

enum mt_problem_code mt_problem_code_parse(struct mt_sv name) {
    for (size_t i = 1; i < CODE_COUNT; i++)
        if (mt_sv_is(name, codes[i].code))
            return (enum mt_problem_code)i;
    return MT_P_INTERNAL;
}

void mt_problem_init(struct mt_problem *p) {
    *p = (struct mt_problem){.code = MT_P_NONE, .last_seq = -1};
}

enum mt_rc mt_problem_set(struct mt_problem *p, enum mt_problem_code code, const char *format, ...) {
    va_list args;
    p->code = code;
    va_start(args, format);
    if (vsnprintf(p->detail, sizeof p->detail, format, args) < 0)
        p->detail[0] = '\0';
    va_end(args);
    return MT_INVALID;
}

static void print_errors(const struct mt_field_errors *errors, struct mt_buf *out) {
    print_key(out, "errors");
    print_open(out, '[');
    for (size_t i = 0; i < errors->count; i++) {
        print_open(out, '{');
        print_text(out, "field", errors->at[i].field);
        print_text(out, "message", errors->at[i].message);
        print_close(out, '}');
    }
    print_close(out, ']');
}

/* A text cut to its buffer may end inside a character, which a printer would show as U+FFFD: the stump goes. */
static struct mt_sv whole_characters(const char *text, size_t size) {
    struct mt_sv all = mt_sv(text);
    size_t n = all.n;
    if (n + 1 < size || mt_utf8_valid(all))
        return all;
    for (size_t cut = 0; cut < 3 && n > 0; cut++) {
        n--;
        if (mt_utf8_valid(mt_sv_n(text, n)))
            return mt_sv_n(text, n);
    }
    return all;
}

void mt_problem_print(const struct mt_problem *p, struct mt_buf *out) {
    print_open(out, '{');
    print_key(out, "type");
    mt_buf_fmt(out, "\"urn:medterm:problem:%s\"", mt_problem_code_name(p->code));
    print_text(out, "title", mt_problem_title(p->code));
    print_int(out, "status", mt_problem_status(p->code));
    print_text(out, "code", mt_problem_code_name(p->code));
    if (p->detail[0] != '\0') {
        print_key(out, "detail");
        print_string(out, whole_characters(p->detail, sizeof p->detail));
    }
    print_text_if(out, "request_id", p->request_id);
    if (p->errors.count > 0)
        print_errors(&p->errors, out);
    if (p->last_seq >= 0)
        print_int(out, "last_seq", p->last_seq);
    print_close(out, '}');
}

static void take_errors(struct fields *f, struct json *root, struct mt_field_errors *to) {
    struct json *list = field_array(f, root, "errors", MAY);
    for (struct json *e = list != NULL ? list->is.child : NULL; e != NULL; e = e->next)
        if (field_expect(f, e, JSON_OBJECT))
            mt_field_error(to, field_text(f, e, "field", MAY), "%s", field_text(f, e, "message", MAY));
}

/* Reads a problem that stands in a larger document or alone. Texts are cut to the struct. */
static enum mt_rc problem_read(struct fields *f, struct json *root, struct mt_problem *out) {
    mt_problem_init(out);
    if (!field_expect(f, root, JSON_OBJECT))
        return MT_INVALID;
    const char *code = field_text(f, root, "code", MUST);
    if (snprintf(out->detail, sizeof out->detail, "%s", field_text(f, root, "detail", MAY)) < 0 ||
        snprintf(out->request_id, sizeof out->request_id, "%s", field_text(f, root, "request_id", MAY)) < 0)
        return MT_INVALID;
    out->last_seq = field_int(f, root, "last_seq", MAY, -1);
    take_errors(f, root, &out->errors);
    out->code = mt_problem_code_parse(mt_sv(code));
    return f->failed;
}

enum mt_rc mt_problem_parse(struct mt_sv json, struct mt_problem *out) {
    struct json_doc doc;
    struct mt_arena texts;
    struct mt_field_errors errors;
    mt_problem_init(out);
    mt_arena_init(&texts, json.n * 2 + 4096);
    enum mt_rc rc = json_read(&doc, json);
    if (rc == MT_OK) {
        struct fields f = fields_begin(&texts, &errors);
        rc = problem_read(&f, doc.root, out);
    }
    if (rc != MT_OK)
        mt_problem_init(out);
    json_free(&doc);
    mt_arena_fini(&texts);
    return rc == MT_OK || rc == MT_NOMEM ? rc : MT_INVALID;
}
