/* Operations that are kept for a person and change nothing here: a void, which stands for bytes that no service could
 * read, and a salvage, which brings a sale of a till that worked from a copied file. */
#include "apply.h"
#include "words.h"

#include <string.h>

/* A fact must not vanish with its void. The original could not be sent, but it may still be readable; when it is not, its
 * own flag is looked for. */
static bool was_fact(struct apply *a, const char *original) {
    struct mt_op op;
    struct mt_problem problem;
    mt_problem_init(&problem);
    if (a->op->fact)
        return true;
    if (original[0] != '\0' && mt_op_parse(mt_sv(original), a->arena, &op, &problem) == MT_OK)
        return mt_op_is_fact(&op, true);
    return strstr(original, "\"fact\":true") != NULL;
}

enum mt_rc apply_void(struct apply *a) {
    const struct mt_op_void *body = &a->op->body.voided;
    if (was_fact(a, body->original))
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "Something that happened could not be read: %.*s",
                         words_fit(body->reason, 120), body->reason);
    return refuse(a, MT_P_VALIDATION_FAILED, "It could not be read and was voided: %.*s", words_fit(body->reason, 120),
                  body->reason);
}

enum mt_rc apply_salvage(struct apply *a) {
    const struct mt_op_salvage *body = &a->op->body.salvage;
    a->exception = MT_EXC_SALVAGE;
    return set_aside(a, "person", MT_P_REGISTER_CLONED, "Operation %lld of register %s, from a copied file; a manager settles it.",
                     (long long)body->register_seq, body->register_code);
}
