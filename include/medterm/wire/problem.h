/* Problems: the one shape of every error answer, application/problem+json (RFC 9457). */
#ifndef MEDTERM_WIRE_PROBLEM_H
#define MEDTERM_WIRE_PROBLEM_H

#include <medterm/domain/operation.h>

/* X(symbol, code on the wire, HTTP status, title) */
#define MT_PROBLEM_TABLE(X)                                                                                                        \
    X(MT_P_NONE, "", 200, "")                                                                                                      \
    X(MT_P_VALIDATION_FAILED, "VALIDATION_FAILED", 400, "The request is not valid")                                                \
    X(MT_P_MALFORMED, "MALFORMED", 400, "The request can not be read")                                                             \
    X(MT_P_UNAUTHENTICATED, "UNAUTHENTICATED", 401, "No valid token")                                                              \
    X(MT_P_FORBIDDEN, "FORBIDDEN", 403, "Not allowed for this caller")                                                             \
    X(MT_P_NOT_FOUND, "NOT_FOUND", 404, "No such resource")                                                                        \
    X(MT_P_ORDER_NOT_FOUND, "ORDER_NOT_FOUND", 404, "No such order")                                                               \
    X(MT_P_METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", 405, "No such method here")                                                   \
    X(MT_P_SEQUENCE_GAP, "SEQUENCE_GAP", 409, "Operations are missing before this one")                                            \
    X(MT_P_REGISTER_CLONED, "REGISTER_CLONED", 409, "Another machine uses this register")                                          \
    X(MT_P_REQUEST_IN_FLIGHT, "REQUEST_IN_FLIGHT", 409, "The same request is under way")                                           \
    X(MT_P_VERSION_CONFLICT, "VERSION_CONFLICT", 412, "The order has changed meanwhile")                                           \
    X(MT_P_TOO_LARGE, "TOO_LARGE", 413, "The body is too large")                                                                   \
    X(MT_P_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", 415, "The body is not JSON")                                                      \
    X(MT_P_IDEMPOTENCY_KEY_REUSED, "IDEMPOTENCY_KEY_REUSED", 422, "The same id with other content")                                \
    X(MT_P_INSUFFICIENT_STOCK, "INSUFFICIENT_STOCK", 422, "Not enough stock")                                                      \
    X(MT_P_INVALID_ORDER_STATUS, "INVALID_ORDER_STATUS", 422, "The order's status does not allow it")                              \
    X(MT_P_PAYMENT_FAILED, "PAYMENT_FAILED", 422, "The payment failed")                                                            \
    X(MT_P_INVENTORY_UPDATE_FAILED, "INVENTORY_UPDATE_FAILED", 422, "The stock could not be changed")                              \
    X(MT_P_PRICE_CHANGED, "PRICE_CHANGED", 422, "The price has changed")                                                           \
    X(MT_P_DRUG_NOT_SELLABLE, "DRUG_NOT_SELLABLE", 422, "The drug can not be sold")                                                \
    X(MT_P_DRUG_NOT_FOUND, "DRUG_NOT_FOUND", 422, "No such drug")                                                                  \
    X(MT_P_RX_RULE, "RX_RULE", 422, "A prescription rule is not met")                                                              \
    X(MT_P_STALE, "STALE", 422, "It came too late to make sense")                                                                  \
    X(MT_P_TOO_MANY, "TOO_MANY_REQUESTS", 429, "Too many requests")                                                                \
    X(MT_P_HEADERS_TOO_LARGE, "HEADERS_TOO_LARGE", 431, "The headers are too large")                                               \
    X(MT_P_INTERNAL, "INTERNAL", 500, "A fault of the service")                                                                    \
    X(MT_P_OVERLOADED, "OVERLOADED", 503, "The service can not answer now")
enum mt_problem_code {
#define MT_X(symbol, code, status, title) symbol,
    MT_PROBLEM_TABLE(MT_X)
#undef MT_X
};
const char *mt_problem_code_name(enum mt_problem_code c);
int mt_problem_status(enum mt_problem_code c);
const char *mt_problem_title(enum mt_problem_code c);
enum mt_problem_code mt_problem_code_parse(struct mt_sv name); /* MT_P_INTERNAL when unknown */

#define MT_REQUEST_ID_TEXT 65
struct mt_problem {
    enum mt_problem_code code; /* MT_P_NONE: no problem */
    char detail[256];          /* a sentence for a person: what happened, what to do; no patient data */
    char request_id[MT_REQUEST_ID_TEXT];
    struct mt_field_errors errors;
    int64_t last_seq; /* -1: not given; printed for operations' batch problems */
    int retry_after;  /* seconds, 0 none */
};
void mt_problem_init(struct mt_problem *p);
/* Sets code and detail, returns MT_INVALID so that a caller can return it. */
enum mt_rc mt_problem_set(struct mt_problem *p, enum mt_problem_code code, const char *format, ...) MT_PRINTF(3, 4);
void mt_problem_print(const struct mt_problem *p, struct mt_buf *out);
/* MT_INVALID when it is not a problem document with a known shape. */
MT_MUST enum mt_rc mt_problem_parse(struct mt_sv json, struct mt_problem *out);

#endif
