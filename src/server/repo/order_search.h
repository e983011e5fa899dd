/* What a search among orders may mean, as sources of a walk. */
#ifndef MEDTERM_REPO_ORDER_SEARCH_H
#define MEDTERM_REPO_ORDER_SEARCH_H

#include <medterm/repo/orders.h>

#include "walk.h"
#include "words.h"

struct order_search {
    struct walk walk; /* db, arena, order, from, behind: filled by the caller */
    struct mt_words names;
    struct mt_sv text; /* what is asked, borrowed */
    char scope[MT_ID_TEXT];
};
MT_MUST enum mt_rc order_search_begin(struct order_search *q, const struct mt_repo_order_filter *f, struct mt_err *err);
/* Whether a row of the walk is really what was asked for. */
bool order_search_matches(const struct order_search *q, unsigned tags, const struct mt_order *o);

#endif
