/* The changes feed, page by page. A cursor holds the epoch and the last seq that was read, sealed. One of another epoch starts
 * afresh: what it stood behind may never have been. So does one that is ahead of the feed, which only a database that was put
 * back can cause. */
#include "query.h"

struct place {
    char epoch[MT_ID_TEXT];
    int64_t seq;
};

/* "c:<epoch>:<seq>" */
static enum mt_rc read_cursor(struct mt_session *x, struct mt_sv cursor, struct place *p, struct mt_problem *problem) {
    struct mt_sv plain;
    int64_t seq = 0;
    p->seq = 0;
    if (cursor.n == 0)
        return MT_OK;
    if (mt_unseal(x->service->key, cursor, &plain) != MT_OK)
        return query_invalid(problem, "cursor", "is not one this service gave");
    struct mt_sv head = mt_sv_cut(&plain, ':'), epoch = mt_sv_cut(&plain, ':');
    if (!mt_sv_is(head, "c") || mt_sv_int(plain, &seq) != MT_OK || seq < 0)
        return query_invalid(problem, "cursor", "is not one the changes gave");
    if (mt_sv_is(epoch, p->epoch))
        p->seq = seq;
    return MT_OK;
}

static enum mt_rc seal_place(struct mt_session *x, const struct place *p, struct mt_buf *sealed) {
    struct mt_buf plain;
    mt_buf_init(&plain, 128);
    mt_buf_fmt(&plain, "c:%s:%lld", p->epoch, (long long)p->seq);
    enum mt_rc rc = mt_buf_rc(&plain);
    if (rc == MT_OK)
        rc = mt_seal(x->service->key, mt_buf_view(&plain), sealed);
    mt_buf_fini(&plain);
    return rc;
}

/* PIN verifiers are for the tills that check PINs, not for whoever has a client's token. */
static bool for_caller(const struct mt_caller *c, const struct mt_change *change) {
    return change->entity != MT_ENTITY_STAFF || c->kind == MT_CALLER_REGISTER;
}

static enum mt_rc print_page(struct mt_session *x, const struct mt_caller *c, struct place *p, const struct mt_repo_change *page,
                             size_t count, int64_t limit, struct mt_buf *out) {
    const bool more = count > (size_t)limit;
    const size_t shown = more ? (size_t)limit : count;
    if (shown > 0)
        p->seq = page[shown - 1].seq;
    struct mt_buf sealed;
    mt_buf_init(&sealed, 512);
    enum mt_rc rc = seal_place(x, p, &sealed);
    if (rc == MT_OK) {
        mt_changes_begin(out, p->epoch);
        for (size_t i = 0; i < shown; i++)
            if (for_caller(c, &page[i].change))
                mt_changes_add(out, &page[i].change);
        mt_changes_end(out, mt_buf_text(&sealed), more);
        rc = mt_buf_rc(out);
    }
    mt_buf_fini(&sealed);
    return rc;
}

enum mt_rc mt_query_changes(struct mt_session *x, const struct mt_caller *c, struct mt_sv cursor, int64_t limit, struct mt_buf *out,
                            bool *empty, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct place p;
    struct mt_repo_change *page = NULL;
    size_t count = 0;
    int64_t last = 0;
    *empty = true;
    if (limit < 1 || limit > 1000)
        return query_invalid(problem, "limit", "must be a number from 1 to 1000");
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = service_epoch(x, p.epoch, &err);
    if (rc == MT_OK)
        rc = read_cursor(x, cursor, &p, problem);
    if (rc == MT_OK)
        rc = mt_repo_change_last(x->db, &last, &err);
    if (rc == MT_OK && p.seq > last)
        p.seq = 0;
    if (rc == MT_OK)
        rc = mt_repo_changes(x->db, c->store_id.s, p.seq, limit + 1, &x->scratch, &page, &count, &err);
    if (rc == MT_OK) {
        *empty = count == 0;
        rc = print_page(x, c, &p, page, count, limit, out);
    }
    return query_end(x, rc, &err, problem);
}
