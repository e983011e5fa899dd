/* POST /v1/operations: request and answer, and single operations in their canonical form (RFC 8785). */
#ifndef MEDTERM_WIRE_PUSH_H
#define MEDTERM_WIRE_PUSH_H

#include <medterm/base/arena.h>
#include <medterm/wire/problem.h>

#define MT_PUSH_MAX_OPS 500
#define MT_PUSH_MAX_BYTES (4u << 20)
#define MT_BODY_MAX_BYTES (256u << 10)
#define MT_JSON_MAX_DEPTH 16

/* X(symbol, wire name) */
#define MT_OUTCOME_TABLE(X)                                                                                                        \
    X(MT_APPLIED, "applied")                                                                                                       \
    X(MT_REFUSED, "refused")                                                                                                       \
    X(MT_QUARANTINED, "quarantined")
enum mt_outcome {
#define MT_X(symbol, name) symbol,
    MT_OUTCOME_TABLE(MT_X)
#undef MT_X
};
const char *mt_outcome_name(enum mt_outcome o);
MT_MUST enum mt_rc mt_outcome_parse(struct mt_sv name, enum mt_outcome *out);

/* The operation without register_seq and prior, canonical: what the outbox keeps, what the hash is over. */
void mt_op_print(const struct mt_op *op, struct mt_buf *out);
/* Reads such bytes back (the till's own outbox, void's original). */
MT_MUST enum mt_rc mt_op_parse(struct mt_sv canonical, struct mt_arena *arena, struct mt_op *out, struct mt_problem *problem);

/* The batch a till sends; bytes are put in as they stand. */
struct mt_push_item {
    int64_t register_seq;
    struct mt_sv bytes; /* canonical, borrowed */
    struct mt_sv prior; /* JSON object of an answer before a restore, borrowed; empty: none */
};
/* The last operation whose answer the till has. Texts borrowed. */
struct mt_push_acked {
    int64_t seq;
    const char *op_id, *epoch; /* epoch: of the answer; "" is left out */
};
void mt_push_print(const char *instance_id, mt_time sent_at, const struct mt_push_acked *acked /* NULL: none */,
                   const struct mt_push_item *items, size_t count, struct mt_buf *out);

/* One operation as received. */
struct mt_push_op {
    struct mt_op op;        /* op_id and register_seq always; the rest when !unreadable */
    struct mt_sv canonical; /* owned by the arena */
    bool unreadable;        /* the body did not parse or validate: problem says why */
    bool unknown;           /* a kind or a field this version does not know: quarantine, whatever else is wrong */
    bool has_prior;         /* resent after a restore: what was answered then */
    struct {
        char epoch[MT_ID_TEXT];
        enum mt_outcome outcome;
        struct mt_sv result; /* JSON text, owned by the arena; empty: none */
    } prior;
    struct mt_problem *problem; /* set when unreadable or unknown; owned by the arena */
};
struct mt_push {
    char instance_id[65];
    mt_time sent_at;
    bool has_acked;
    int64_t acked_seq;
    struct mt_id acked_op_id;
    char acked_epoch[MT_ID_TEXT]; /* "" when the till did not say */
    struct mt_push_op *ops;       /* owned by the arena */
    size_t count;
};
/* MT_INVALID with problem when the envelope can not be read (400; 413 for more operations or values than are taken). A single bad
 * operation is flagged, not fatal: all its texts are set, and what could be read of it is there. Paths in problems count from the
 * document: "operations[0].body.items[2].price". `fact` left out by the sender is what kind and body say. */
MT_MUST enum mt_rc mt_push_parse(struct mt_sv json, struct mt_arena *arena, struct mt_push *out, struct mt_problem *problem);

struct mt_push_result {
    struct mt_id op_id;
    int64_t register_seq;
    enum mt_outcome outcome;
    bool replayed;
    struct mt_sv result;  /* JSON text of the order, or empty; service: as stored; till: owned by the arena */
    struct mt_sv problem; /* JSON text of the problem, or empty */
};
void mt_push_answer_print(const struct mt_push_result *results, size_t count, int64_t last_seq, const char *epoch,
                          struct mt_buf *out);
struct mt_push_answer {
    struct mt_push_result *results;
    size_t count;
    int64_t last_seq;
    char epoch[MT_ID_TEXT];
};
MT_MUST enum mt_rc mt_push_answer_parse(struct mt_sv json, struct mt_arena *arena, struct mt_push_answer *out, struct mt_err *err);

/* Enrolment. */
struct mt_enrolment {
    char code[33];
    char instance_id[65];
    char name[65];
};
MT_MUST enum mt_rc mt_enrolment_parse(struct mt_sv json, struct mt_enrolment *out, struct mt_problem *problem);
void mt_enrolment_print(const struct mt_enrolment *e, struct mt_buf *out);
struct mt_register_info {
    char token[65]; /* "" in GET /v1/register */
    struct mt_id register_id, store_id;
    char register_code[MT_REGISTER_CODE_TEXT];
    char store_name[256], currency[4], epoch[MT_ID_TEXT];
    int64_t last_seq; /* -1: not given */
};
void mt_register_info_print(const struct mt_register_info *i, struct mt_buf *out);
MT_MUST enum mt_rc mt_register_info_parse(struct mt_sv json, struct mt_register_info *out, struct mt_err *err);

#endif
