/* A question is tried as everything it can be: an order's number or its sequence, the end of a telephone number, words of a name, a
 * drug. Each meaning gives sources of rows, newest first. Numbers are looked up at once; a telephone and a name lead to rows that
 * may match and are looked at again; a drug's rows match as they are. */
#include "order_search.h"

#include <medterm/repo/goods.h>

#include "row.h"

#include <stdio.h>

/* Where a row was found. */
enum { BY_NUMBER = 1, BY_DRUG = 2, BY_PHONE = 4, BY_NAME = 8 };

#define DRUGS_MAX 50
#define DRUGS_LOOKED_AT 200
#define NUMBERS_MAX 64

static const char by_word[] = "SELECT created_at, '', order_id FROM mt_order_word WHERE store_id = ?1 AND word = ?2"
                              " AND created_at >= ?3 AND (created_at, order_id) < (?4, ?6)"
                              " ORDER BY created_at DESC, order_id DESC LIMIT ?7";
static const char by_time[] = "SELECT created_at, '', order_id FROM mt_order WHERE store_id = ?1"
                              " AND created_at >= ?3 AND (created_at, order_id) < (?4, ?6)"
                              " ORDER BY created_at DESC, order_id DESC LIMIT ?7";

/* Adds the orders that a statement with ?1 and ?2 finds. */
static enum mt_rc numbers(struct order_search *q, const char *sql, const char *first, const char *second, struct mt_err *err) {
    struct walk_key keys[NUMBERS_MAX];
    size_t count = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(q->walk.db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, first);
    mt_bind_text(s, 2, second);
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW && count < NUMBERS_MAX)
        keys[count++] = (struct walk_key){.at = mt_col_int(s, 0), .name = "", .id = col_id(s, 1)};
    rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : MT_OK;
    mt_stmt_done(s);
    return rc == MT_OK && count > 0 ? walk_add_keys(&q->walk, keys, count, BY_NUMBER, err) : rc;
}

/* The whole number, the one printed on paper, or a sequence: that order of every register of the store. */
static enum mt_rc add_numbers(struct order_search *q, struct mt_sv text, struct mt_err *err) {
    char number[MT_ORDER_NO_TEXT];
    int64_t sequence;
    enum mt_rc rc = MT_OK;
    if (mt_sv_copy(text, number, sizeof number) == MT_OK) {
        for (char *c = number; *c != '\0'; c++)
            *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        rc = numbers(q,
                     "SELECT created_at, order_id FROM mt_order WHERE order_no = ?1 UNION"
                     " SELECT created_at, order_id FROM mt_order WHERE printed_no = ?2 AND printed_no <> ''",
                     number, number, err);
    }
    if (rc != MT_OK || mt_sv_int(text, &sequence) != MT_OK || mt_order_no_make("A0", sequence, number) != MT_OK)
        return rc;
    return numbers(q,
                   "SELECT o.created_at, o.order_id FROM mt_register r JOIN mt_order o ON o.order_no = r.code || CAST(?2 AS TEXT)"
                   " WHERE r.store_id = ?1",
                   q->scope, strchr(number, '-'), err);
}

static enum mt_rc add_phone(struct order_search *q, struct mt_err *err) {
    struct word_choice choice;
    enum mt_rc rc = words_choose_phone(q->walk.db, WORDS_OF_ORDERS, q->scope, q->text, q->walk.arena, &choice, err);
    for (size_t i = 0; rc == MT_OK && i < choice.count; i++)
        rc = walk_add(&q->walk, by_word, choice.words[i], BY_PHONE, err);
    return rc;
}

static bool has_letter(const struct mt_words *words) {
    for (size_t i = 0; i < words->count; i++)
        if (words->at[i][0] < '0' || words->at[i][0] > '9')
            return true;
    return false;
}

/* A beginning that many words have is no help: then every order is looked at, newest first, and the first ones will do. */
static enum mt_rc add_names(struct order_search *q, struct mt_err *err) {
    struct word_choice choice;
    enum mt_rc rc = words_choose(q->walk.db, WORDS_OF_ORDERS, q->scope, WORD_NAME, &q->names, q->walk.arena, &choice, err);
    for (size_t i = 0; rc == MT_OK && i < choice.count; i++)
        rc = walk_add(&q->walk, by_word, choice.words[i], BY_NAME, err);
    return rc == MT_OK && choice.common ? walk_add(&q->walk, by_time, NULL, BY_NAME, err) : rc;
}

static enum mt_rc add_drug(struct order_search *q, const struct mt_drug *drug, struct mt_err *err) {
    const char *word = mt_arena_fmt(q->walk.arena, WORD_DRUG "%s", drug->drug_id.s);
    return word != NULL ? walk_add(&q->walk, by_word, word, BY_DRUG, err) : mt_fail(err, MT_NOMEM, "no memory for a search");
}

/* words: its name is looked for too. A bare number is none: half the catalogue has some number in its strength. */
static enum mt_rc add_drugs(struct order_search *q, struct mt_sv text, bool words, struct mt_err *err) {
    struct mt_drug drug;
    enum mt_rc rc = mt_repo_drug_by_code(q->walk.db, text, q->walk.arena, &drug, err);
    if (rc == MT_OK)
        return add_drug(q, &drug, err);
    if (rc != MT_NOTFOUND || !words)
        return rc == MT_NOTFOUND ? MT_OK : rc;
    struct mt_repo_drug_filter f = {.q = text, .limit = DRUGS_MAX, .look_at = DRUGS_LOOKED_AT};
    struct mt_repo_drug_page page;
    rc = mt_repo_drugs(q->walk.db, &f, q->walk.arena, &page, err);
    for (size_t i = 0; rc == MT_OK && i < page.count; i++)
        rc = add_drug(q, &page.drugs[i], err);
    return rc;
}

enum mt_rc order_search_begin(struct order_search *q, const struct mt_repo_order_filter *f, struct mt_err *err) {
    const struct mt_sv text = mt_sv_trim(f->q);
    q->names = (struct mt_words){.count = 0};
    enum mt_rc rc = mt_sv_copy(f->store_id, q->scope, sizeof q->scope);
    if (rc != MT_OK)
        return mt_fail(err, MT_BUG, "a search without a store");
    q->walk.scope = q->scope;
    mt_words_add(&q->names, text, MT_WORDS_ASKED);
    q->text = mt_words_digits(&q->names, text);
    const bool letters = has_letter(&q->names);
    rc = add_numbers(q, q->text, err);
    if (rc == MT_OK)
        rc = add_phone(q, err);
    if (rc == MT_OK && q->names.count > 0)
        rc = add_names(q, err);
    if (rc == MT_OK)
        rc = add_drugs(q, q->text, letters, err);
    q->walk.first = q->walk.count > 0 ? (size_t)f->limit / q->walk.count + 2 : 0;
    return rc;
}

bool order_search_matches(const struct order_search *q, unsigned tags, const struct mt_order *o) {
    if ((tags & (BY_NUMBER | BY_DRUG)) != 0 || ((tags & BY_PHONE) != 0 && word_phone_ends(o->user_phone, q->text)))
        return true;
    struct mt_words kept = {.count = 0};
    if ((tags & BY_NAME) == 0)
        return false;
    mt_words_add(&kept, mt_sv(o->user_name), MT_WORDS_KEPT);
    return mt_words_match(&kept, &q->names);
}
