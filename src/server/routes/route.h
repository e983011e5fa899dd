/* What the parts of the routes share: one exchange, its row of the table, the answers. Private. */
#ifndef MEDTERM_SERVER_ROUTES_ROUTE_H
#define MEDTERM_SERVER_ROUTES_ROUTE_H

#include "query.h"

#include <medterm/routes/routes.h>

#define ROUTE_LIMIT_DEFAULT 100
#define ROUTE_LIMIT_MAX 1000
#define ROUTE_WAIT_MAX_S 30

struct exchange {
    struct mt_session *read; /* borrowed; may be NULL */
    const struct mt_request *request;
    struct mt_arena *arena;
    struct mt_caller caller;
    struct mt_sv name;              /* what stands for {} in the path, decoded */
    struct mt_sv values[QUERY_MAX]; /* of the row's query names, in their order */
    bool given[QUERY_MAX];
    struct mt_problem problem;
    struct mt_response *response;
    struct mt_write *write;
    int64_t wait_ms;
};

/* Ends the exchange with its problem; rc fills it when nobody has. */
enum mt_route_next route_refuse(struct exchange *x, enum mt_rc rc);
/* Ends it with the JSON in the response's body. */
enum mt_route_next route_answer(struct exchange *x, enum mt_rc rc, int status);
/* Ends it with 200 and the body, or with 304 when the caller holds what the response's etag names. */
enum mt_route_next route_answer_tagged(struct exchange *x);
/* An order's ETag. */
void route_version_tag(int64_t version, char etag[32]);
/* A write of the caller's, in the arena; NULL without memory. And: ends the exchange with it, or with what was wrong. */
struct mt_write *route_write(struct exchange *x, enum mt_write_kind kind);
enum mt_route_next route_queue(struct exchange *x, struct mt_write *w, enum mt_rc rc);
/* limit as given in values[at]: 1 to 1000, 100 when absent. */
MT_MUST enum mt_rc route_limit(struct exchange *x, size_t at, int64_t *limit);

/* reads.c; the names beside each are the queries it takes. */
extern const char *const orders_query[], *const changes_query[];
enum mt_route_next get_register(struct exchange *x);
enum mt_route_next get_orders(struct exchange *x);
enum mt_route_next get_order(struct exchange *x);
enum mt_route_next get_order_events(struct exchange *x);
enum mt_route_next get_changes(struct exchange *x);
enum mt_route_next get_drug(struct exchange *x);
enum mt_route_next get_drug_stock(struct exchange *x);
enum mt_route_next get_livez(struct exchange *x);
enum mt_route_next get_openapi(struct exchange *x);
enum mt_route_next get_readyz(struct exchange *x);
enum mt_route_next get_metrics(struct exchange *x);

/* reads_lists.c */
/* Link: rel="next" (RFC 8288): the same question with the next cursor; left out when it would be longer than a header should be,
 * the body has the cursor too. */
void route_link_next(struct exchange *x, const char *const *names, size_t cursor_at, const char *next);
extern const char *const drugs_query[], *const users_query[], *const page_query[], *const exceptions_query[], *const stats_query[];
enum mt_route_next get_drugs(struct exchange *x);
enum mt_route_next get_users(struct exchange *x);
enum mt_route_next get_user_orders(struct exchange *x);
enum mt_route_next get_exceptions(struct exchange *x);
enum mt_route_next get_stats(struct exchange *x);
enum mt_route_next get_payment(struct exchange *x);

/* writes.c */
enum mt_route_next post_operations(struct exchange *x);
enum mt_route_next post_enrolments(struct exchange *x);

/* rest_post.c */
enum mt_route_next post_orders(struct exchange *x);
enum mt_route_next post_order_status(struct exchange *x);
enum mt_route_next post_order_cancel(struct exchange *x);
enum mt_route_next post_order_payments(struct exchange *x);
enum mt_route_next post_order_returns(struct exchange *x);
enum mt_route_next post_payment_cancel(struct exchange *x);
enum mt_route_next post_payment_refunds(struct exchange *x);
enum mt_route_next post_stock_receipts(struct exchange *x);
enum mt_route_next post_stock_adjustments(struct exchange *x);
enum mt_route_next post_stock_counts(struct exchange *x);
enum mt_route_next post_stock_recalls(struct exchange *x);
enum mt_route_next post_stock_quarantines(struct exchange *x);
enum mt_route_next post_users(struct exchange *x);
enum mt_route_next post_doctors(struct exchange *x);
enum mt_route_next post_exception_resolve(struct exchange *x);
enum mt_route_next post_payment_callback(struct exchange *x);
/* The answer of a REST write that the batch has applied. */
MT_MUST enum mt_rc rest_answer(const struct mt_write *w, struct mt_response *r);

#endif
