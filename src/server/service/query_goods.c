/* A drug, its stock, the exceptions of a store, and whether the service is ready. */
#include "query.h"

#include <medterm/repo/goods.h>

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

#define EXCEPTIONS_SHOWN 1000

enum mt_rc mt_query_exceptions(struct mt_session *x, const struct mt_caller *c, struct mt_sv state, struct mt_buf *out,
                               struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_exception *list = NULL;
    size_t count = 0;
    if (state.n > 0 && !mt_sv_is(state, "open") && !mt_sv_is(state, "resolved"))
        return query_invalid(problem, "state", "must be open or resolved");
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_exceptions(x->db, c->store_id.s, state, EXCEPTIONS_SHOWN, &x->scratch, &list, &count, &err);
    if (rc == MT_OK) {
        mt_buf_str(out, "{\"exceptions\":[");
        for (size_t i = 0; i < count; i++) {
            if (i > 0)
                mt_buf_char(out, ',');
            mt_exception_print(&list[i], out);
        }
        mt_buf_str(out, "],\"next_cursor\":null}");
        rc = mt_buf_rc(out);
    }
    return query_end(x, rc, &err, problem);
}
