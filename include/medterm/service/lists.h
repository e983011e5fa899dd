/* Lists, searches and figures: more of the queries of service.h, with the same manners. *next_cursor: "" at the end, otherwise
 * where the next page begins, valid until the session's next query. A page may be short, or empty, and still have a next one: what
 * one question looks at is bounded, so that it costs the same however much there is. */
#ifndef MEDTERM_SERVICE_LISTS_H
#define MEDTERM_SERVICE_LISTS_H

#include <medterm/service/service.h>

/* Values as they came; borrowed; an empty view: not given. They are checked here. */
struct mt_list_filter {
    struct mt_sv q, phone, state, limit, cursor;
};
MT_MUST enum mt_rc mt_query_drugs(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *f,
                                  struct mt_buf *out, const char **next_cursor, struct mt_problem *problem);
MT_MUST enum mt_rc mt_query_users(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *f,
                                  struct mt_buf *out, const char **next_cursor, struct mt_problem *problem);
/* Summaries of a patient's orders, newest first. */
MT_MUST enum mt_rc mt_query_user_orders(struct mt_session *x, const struct mt_caller *c, struct mt_sv user_id,
                                        const struct mt_list_filter *f, struct mt_buf *out, const char **next_cursor,
                                        struct mt_problem *problem);
/* Exceptions of the caller's store, newest first; state "open", "resolved" or empty. */
MT_MUST enum mt_rc mt_query_exceptions(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *f,
                                       struct mt_buf *out, const char **next_cursor, struct mt_problem *problem);

/* Counts and sums of the orders created in a time of at most 366 days, days or points in time; from and to both empty: today (UTC).
 */
MT_MUST enum mt_rc mt_query_stats(struct mt_session *x, const struct mt_caller *c, struct mt_sv store_id, struct mt_sv from,
                                  struct mt_sv to, struct mt_buf *out, struct mt_problem *problem);
MT_MUST enum mt_rc mt_query_payment(struct mt_session *x, const struct mt_caller *c, struct mt_sv payment_id, struct mt_buf *out,
                                    struct mt_problem *problem);

#endif
