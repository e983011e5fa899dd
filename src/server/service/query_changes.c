/* The changes feed, page by page. A cursor holds the epoch, the last seq that was read, and the last link of the audit chain when
 * it was given, sealed. One of another epoch starts afresh: what it stood behind may never have been. One of this epoch whose link
 * is not in the chain proves that the database was put back to an older state and nobody said so, even when the feed has grown past
 * it since: a new epoch begins, and the page is the first one of it. */
#include "query.h"

#include <string.h>

#define LINK_TEXT 17 /* sixteen digits of a hash are enough to tell two histories apart */

struct place {
    char epoch[MT_ID_TEXT];
    int64_t seq;
    int64_t link; /* a row of the audit, 0: none */
    char hash[65];
};

/* "c:<epoch>:<seq>:<link>:<hash>"; an older program left out the last two. Of another epoch: nothing. */
static enum mt_rc read_cursor(struct mt_session *x, struct mt_sv cursor, struct place *p, struct mt_problem *problem) {
    struct mt_sv plain;
    int64_t seq = 0, link = 0;
    p->seq = p->link = 0;
    if (cursor.n == 0)
        return MT_OK;
    if (mt_unseal(x->service->key, cursor, &plain) != MT_OK)
        return query_invalid(problem, "cursor", "is not one this service gave");
    struct mt_sv head = mt_sv_cut(&plain, ':'), epoch = mt_sv_cut(&plain, ':'), at = mt_sv_cut(&plain, ':'),
                 of = mt_sv_cut(&plain, ':');
    const bool linked = of.n > 0;
    if (!mt_sv_is(head, "c") || mt_sv_int(at, &seq) != MT_OK || seq < 0 ||
        (linked && (mt_sv_int(of, &link) != MT_OK || link < 0 || mt_sv_copy(plain, p->hash, LINK_TEXT) != MT_OK)))
        return query_invalid(problem, "cursor", "is not one the changes gave");
    if (mt_sv_is(epoch, p->epoch)) {
        p->seq = seq;
        p->link = link;
    }
    return MT_OK;
}

/* Whether what the cursor was given behind is still so. */
static enum mt_rc same_history(struct mt_session *x, const struct place *p, bool *same, struct mt_err *err) {
    int64_t last = 0, link = 0;
    char hash[65];
    enum mt_rc rc = mt_repo_change_last(x->db, &last, err);
    *same = rc == MT_OK && p->seq <= last;
    if (rc != MT_OK || !*same || p->link == 0)
        return rc;
    rc = mt_repo_audit_link(x->db, p->link, &link, hash, err);
    *same = rc == MT_OK && strncmp(hash, p->hash, LINK_TEXT - 1) == 0;
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc seal_place(struct mt_session *x, struct place *p, struct mt_buf *sealed, struct mt_err *err) {
    struct mt_buf plain;
    enum mt_rc rc = mt_repo_audit_link(x->db, 0, &p->link, p->hash, err);
    if (rc == MT_NOTFOUND) { /* nothing was ever done here */
        p->link = 0;
        p->hash[0] = '\0';
    } else if (rc != MT_OK) {
        return rc;
    }
    mt_buf_init(&plain, 256);
    mt_buf_fmt(&plain, "c:%s:%lld:%lld:%.*s", p->epoch, (long long)p->seq, (long long)p->link, LINK_TEXT - 1, p->hash);
    rc = mt_buf_rc(&plain);
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
                             size_t count, int64_t limit, struct mt_buf *out, struct mt_err *err) {
    const bool more = count > (size_t)limit;
    const size_t shown = more ? (size_t)limit : count;
    if (shown > 0)
        p->seq = page[shown - 1].seq;
    struct mt_buf sealed;
    mt_buf_init(&sealed, 512);
    enum mt_rc rc = seal_place(x, p, &sealed, err);
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

/* *put_back: the cursor proves it, and nothing was answered. */
static enum mt_rc one_page(struct mt_session *x, const struct mt_caller *c, struct mt_sv cursor, int64_t limit, struct place *p,
                           bool *put_back, struct mt_buf *out, bool *empty, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_change *page = NULL;
    size_t count = 0;
    bool same = true;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = service_epoch(x, p->epoch, &err);
    if (rc == MT_OK)
        rc = read_cursor(x, cursor, p, problem);
    if (rc == MT_OK)
        rc = same_history(x, p, &same, &err);
    *put_back = rc == MT_OK && !same;
    if (rc == MT_OK && same)
        rc = mt_repo_changes(x->db, c->store_id.s, p->seq, limit + 1, &x->scratch, &page, &count, &err);
    if (rc == MT_OK && same) {
        *empty = count == 0;
        rc = print_page(x, c, p, page, count, limit, out, &err);
    }
    return query_end(x, rc, &err, problem);
}

enum mt_rc mt_query_changes(struct mt_session *x, const struct mt_caller *c, struct mt_sv cursor, int64_t limit, struct mt_buf *out,
                            bool *empty, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct place p = {.seq = 0};
    bool put_back = false;
    *empty = true;
    if (limit < 1 || limit > 1000)
        return query_invalid(problem, "limit", "must be a number from 1 to 1000");
    enum mt_rc rc = one_page(x, c, cursor, limit, &p, &put_back, out, empty, problem);
    if (rc == MT_OK && put_back)
        rc = service_epoch_end(x->service, p.epoch, &err);
    if (put_back && rc != MT_OK)
        return query_end(x, rc, &err, problem);
    return put_back ? one_page(x, c, mt_sv(""), limit, &p, &put_back, out, empty, problem) : rc;
}
