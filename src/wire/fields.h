/* Taking typed values out of a JSON tree; private to the wire. Errors collect with the path of the field, reading goes on, so
 * every fault is told at once; the caller looks at errors->count (or failed) at the end. Every out-parameter is always set. */
#ifndef MEDTERM_SRC_WIRE_FIELDS_H
#define MEDTERM_SRC_WIRE_FIELDS_H

#include "json.h"

#include <medterm/wire/problem.h>

enum need { MAY, MUST }; /* MAY: absent or null gives the empty value */

struct fields {
    struct mt_arena *arena; /* of the texts taken; borrowed */
    struct mt_field_errors *errors;
    enum mt_rc failed; /* MT_OK, MT_INVALID (see errors) or MT_NOMEM */
};
struct fields fields_begin(struct mt_arena *arena, struct mt_field_errors *errors);

void field_wrong(struct fields *f, const struct json *node, const char *message);
/* A fault of the member `key` of `in`, whether it is there or not. */
void field_wrong_at(struct fields *f, const struct json *in, const char *key, const char *message);

/* The member when it has the type; NULL when absent, null or wrong. */
struct json *field_object(struct fields *f, struct json *in, const char *key, enum need need);
struct json *field_array(struct fields *f, struct json *in, const char *key, enum need need);
bool field_expect(struct fields *f, struct json *node, enum json_type type);

const char *field_text(struct fields *f, struct json *in, const char *key, enum need need); /* "" when absent; NULL never */
void field_copy(struct fields *f, struct json *in, const char *key, enum need need, char *to, size_t size);
void field_id(struct fields *f, struct json *in, const char *key, enum need need, struct mt_id *out);
void field_uuid(struct fields *f, struct json *in, const char *key, enum need need, struct mt_id *out);
int64_t field_int(struct fields *f, struct json *in, const char *key, enum need need, int64_t absent);
struct mt_money field_money(struct fields *f, struct json *in, const char *key, enum need need,
                            bool *given); /* given may be NULL */
bool field_bool(struct fields *f, struct json *in, const char *key, enum need need, bool absent);
mt_time field_time(struct fields *f, struct json *in, const char *key, enum need need);
struct mt_date field_date(struct fields *f, struct json *in, const char *key, enum need need);
/* A name of a table: the word's parser gets the text. */
#define FIELD_NAME(f, in, key, need, parse, out)                                                                                   \
    do {                                                                                                                           \
        struct json *field_node_ = field_named((f), (in), (key), (need));                                                          \
        if (field_node_ != NULL && parse(mt_sv_n(field_node_->p, field_node_->n), (out)) != MT_OK)                                 \
            field_wrong((f), field_node_, "is not one of the words known here");                                                   \
    } while (0)
struct json *field_named(struct fields *f, struct json *in, const char *key, enum need need);

/* The first member nobody has asked for, NULL when there is none. */
const struct json *field_unknown(const struct json *object);
/* Each such member is an error (request envelopes and REST bodies). */
void field_no_others(struct fields *f, const struct json *object);

/* The fault of a document that could not be read, as a problem. Returns MT_INVALID, or MT_NOMEM. */
enum mt_rc fields_problem_of_fault(const struct json_fault *fault, struct mt_problem *problem);
/* The same of the errors collected in problem->errors. */
enum mt_rc fields_problem(const struct fields *f, struct mt_problem *problem);
/* Reads an answer of the other side, an object, into out; what is wrong with it comes as one line. */
typedef void fields_reader(struct fields *f, struct json *root, void *out);
enum mt_rc fields_answer(struct mt_sv json, struct mt_arena *arena, fields_reader *read, void *out, struct mt_err *err);

#endif
