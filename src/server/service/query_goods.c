/* A drug and its stock, and pages of the catalogue. */
#include "query.h"

#include <medterm/repo/goods.h>
#include <medterm/service/lists.h>

static enum mt_rc find_drug(struct mt_session *x, struct mt_sv drug_id, struct mt_drug *out, struct mt_problem *problem,
                            struct mt_err *err) {
    struct mt_id id;
    enum mt_rc rc = mt_id_parse(drug_id, &id) == MT_OK ? mt_repo_drug_get(x->db, id.s, &x->scratch, out, err) : MT_NOTFOUND;
    if (rc == MT_NOTFOUND)
        (void)mt_problem_set(problem, MT_P_NOT_FOUND, "%s", "There is no such drug.");
    return rc;
}

enum mt_rc mt_query_drug(struct mt_session *x, const struct mt_caller *c, struct mt_sv drug_id, struct mt_buf *out,
                         struct mt_problem *problem) {
    (void)c; /* the catalogue is shared by all stores */
    struct mt_err err = {.rc = MT_OK};
    struct mt_drug drug;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = find_drug(x, drug_id, &drug, problem, &err);
    if (rc == MT_OK) {
        mt_drug_print(&drug, out);
        rc = mt_buf_rc(out);
    }
    return query_end(x, rc, &err, problem);
}

enum mt_rc mt_query_drug_stock(struct mt_session *x, const struct mt_caller *c, struct mt_sv drug_id, struct mt_buf *out,
                               struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_drug drug;
    struct mt_stock stock;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = find_drug(x, drug_id, &drug, problem, &err);
    if (rc == MT_OK)
        rc = mt_repo_stock_load(x->db, c->store_id.s, drug.drug_id.s, &x->scratch, &stock, &err);
    if (rc == MT_OK) {
        mt_stock_print(&stock, out);
        rc = mt_buf_rc(out);
    }
    return query_end(x, rc, &err, problem);
}

/* The page by name begins behind a drug whose name may have changed since: it is looked up. */
static enum mt_rc read_place(struct mt_session *x, const struct mt_list_filter *in, struct mt_repo_drug_filter *f,
                             struct mt_problem *problem, struct mt_err *err) {
    struct mt_drug last;
    enum mt_rc rc = query_cursor(x, in->cursor, f->q.n > 0 ? "n" : "d", &f->after_id, problem);
    if (rc != MT_OK || f->after_id.n == 0 || f->q.n == 0)
        return rc;
    const char *id = mt_arena_sv(&x->scratch, f->after_id);
    if (id == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a cursor");
    rc = mt_repo_drug_get(x->db, id, &x->scratch, &last, err);
    if (rc == MT_NOTFOUND)
        return query_invalid(problem, "cursor", "is not one this list gave");
    f->after_name = mt_sv(last.name);
    return rc;
}

enum mt_rc mt_query_drugs(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *in, struct mt_buf *out,
                          const char **next_cursor, struct mt_problem *problem) {
    (void)c; /* the catalogue is shared by all stores */
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_drug_filter f = {.q = mt_sv_trim(in->q)};
    struct mt_repo_drug_page page = {.count = 0};
    enum mt_rc rc = query_page(x, next_cursor, in->limit, &f.limit, problem);
    if (rc == MT_OK)
        rc = query_text(in->q, "q", problem);
    if (rc == MT_OK)
        rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = read_place(x, in, &f, problem, &err);
    if (rc == MT_OK)
        rc = mt_repo_drugs(x->db, &f, &x->scratch, &page, &err);
    if (rc == MT_OK) {
        mt_buf_str(out, "{\"drugs\":[");
        for (size_t i = 0; i < page.count; i++) {
            query_comma(out, i);
            mt_drug_print(&page.drugs[i], out);
        }
        rc = query_list_end(x, out, page.more ? (f.q.n > 0 ? "n" : "d") : "", page.after_id.s);
    }
    return query_end(x, rc, &err, problem);
}
