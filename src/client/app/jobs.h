/* The helper: one thread for what may be slow, so that the one that draws never waits. It owns the cache's writer; PIN
 * hashing and the writing of receipts happen here too. Jobs are done in the order they were given. */
#ifndef MEDTERM_APP_JOBS_H
#define MEDTERM_APP_JOBS_H

#include <medterm/domain/staff.h>
#include <medterm/store/cache.h>

enum job_kind { JOB_PAGE, JOB_RESTART, JOB_RANK, JOB_PIN, JOB_RECEIPT };

struct job {
    enum job_kind kind;
    struct job *next;
    /* PAGE: borrowed from sync until it is told the page is done */
    const char *asked;
    struct mt_sv page;
    struct mt_cache_applied applied;
    char cursor[512];
    /* RANK */
    struct mt_sold *sold; /* owned */
    size_t sold_count;
    /* PIN: staff owned by the arena; the PIN is wiped when it was checked */
    char pin[MT_PIN_MAX + 1];
    struct mt_staff *staff;
    size_t staff_count, match; /* match == staff_count: nobody's */
    /* RECEIPT */
    struct mt_buf path, text;
    char order_no[MT_ORDER_NO_TEXT];
    /* what came of it */
    struct mt_arena arena;
    enum mt_rc rc;
    struct mt_err err;
};

struct job *job_new(enum job_kind kind); /* NULL: no memory */
void job_free(struct job *j);            /* NULL is fine */

struct helper;
/* cache: owned from now on. threaded false: jobs are done when they are given. */
MT_MUST enum mt_rc helper_start(struct mt_cache *cache, bool threaded, struct helper **out, struct mt_err *err);
void helper_stop(struct helper *h);                          /* finishes the jobs it has, closes the cache; NULL is fine */
void helper_give(struct helper *h, struct job *j);           /* owned by the helper until taken back */
struct job *helper_take(struct helper *h);                   /* a finished one, or NULL */
int helper_fd(const struct helper *h);                       /* readable when one is finished; -1 without a thread */
const struct mt_cache *helper_cache(const struct helper *h); /* before the first job only */

#endif
