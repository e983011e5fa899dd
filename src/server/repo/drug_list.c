/* Pages of the catalogue. Without a search by drug_id, straight from the table. With one, the rows of the kept words it is about
 * are walked by name; each drug they lead to is held against all words asked for. */
#include <medterm/repo/goods.h>

#include "row.h"
#include "rows.h"
#include "walk.h"
#include "words.h"

/* Rows a page looks at beyond those it shows. */
#define LOOKED_AT 2000

static const char by_word[] = "SELECT 0, name, drug_id FROM mt_drug_word WHERE word = ?2 AND (name, drug_id) > (?5, ?6)"
                              " ORDER BY name, drug_id LIMIT ?7";
static const char by_name[] =
    "SELECT 0, name, drug_id FROM mt_drug WHERE (name, drug_id) > (?5, ?6) ORDER BY name, drug_id LIMIT ?7";

static enum mt_rc add(struct mt_repo_drug_page *page, const struct mt_drug *drug, struct mt_arena *arena, struct mt_err *err) {
    struct mt_drug *drugs = row_grow(arena, page->drugs, page->count, sizeof *drugs);
    if (drugs == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a list of drugs");
    page->drugs = drugs;
    drugs[page->count++] = *drug;
    page->after_name = drug->name;
    page->after_id = drug->drug_id;
    return MT_OK;
}

static enum mt_rc catalogue(struct mt_db *db, const struct mt_repo_drug_filter *f, struct mt_arena *arena,
                            struct mt_repo_drug_page *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "SELECT " MT_DRUG_COLUMNS " FROM mt_drug d WHERE d.drug_id > ?1 ORDER BY d.drug_id LIMIT ?2", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_sv(s, 1, f->after_id.n > 0 ? f->after_id : MT_SV(""));
    mt_bind_int(s, 2, f->limit + 1);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_drug drug;
        out->more = out->count == (size_t)f->limit && step == MT_STEP_ROW;
        if (out->more)
            break;
        rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_row_drug(s, 0, arena, &drug);
        if (rc == MT_OK)
            rc = add(out, &drug, arena, err);
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc search_begin(struct walk *w, const struct mt_repo_drug_filter *f, const struct mt_words *asked,
                               struct mt_err *err) {
    struct word_choice choice;
    enum mt_rc rc = words_choose(w->db, WORDS_OF_DRUGS, "", "", asked, w->arena, &choice, err);
    if (rc == MT_OK && f->after_id.n > 0) {
        w->behind.name = mt_arena_sv(w->arena, f->after_name);
        if (w->behind.name == NULL)
            return mt_fail(err, MT_NOMEM, "no memory for a search");
        rc = mt_sv_copy(f->after_id, w->behind.id.s, sizeof w->behind.id.s);
    }
    w->first = choice.count > 0 ? (size_t)f->limit / choice.count + 2 : (size_t)f->limit + 1;
    for (size_t i = 0; rc == MT_OK && i < choice.count; i++)
        rc = walk_add(w, by_word, choice.words[i], 1, err);
    return rc == MT_OK && choice.common ? walk_add(w, by_name, NULL, 1, err) : rc;
}

static enum mt_rc search(struct walk *w, const struct mt_repo_drug_filter *f, const struct mt_words *asked,
                         struct mt_repo_drug_page *out, struct mt_err *err) {
    const int64_t look_at = f->limit + (f->look_at > 0 ? f->look_at : LOOKED_AT);
    enum mt_rc rc = search_begin(w, f, asked, err);
    for (int64_t seen = 1; rc == MT_OK; seen++) {
        struct walk_key key;
        unsigned tags;
        bool found;
        struct mt_drug drug;
        struct mt_words kept;
        rc = walk_next(w, &key, &tags, &found, err);
        if (rc != MT_OK || !found)
            break;
        rc = mt_repo_drug_get(w->db, key.id.s, w->arena, &drug, err);
        if (rc != MT_OK)
            break;
        words_of_drug(&drug, &kept);
        const bool matches = mt_words_match(&kept, asked);
        out->more = (matches && out->count == (size_t)f->limit) || seen >= look_at;
        if (matches && out->count < (size_t)f->limit)
            rc = add(out, &drug, w->arena, err);
        else if (seen >= look_at && !matches) {
            out->after_name = drug.name;
            out->after_id = drug.drug_id;
        }
        if (out->more)
            break;
    }
    return rc;
}

enum mt_rc mt_repo_drugs(struct mt_db *db, const struct mt_repo_drug_filter *f, struct mt_arena *arena,
                         struct mt_repo_drug_page *out, struct mt_err *err) {
    *out = (struct mt_repo_drug_page){.after_name = ""};
    if (f->q.n == 0)
        return catalogue(db, f, arena, out, err);
    struct walk *w = mt_arena_alloc(arena, sizeof *w);
    struct mt_words *asked = mt_arena_alloc(arena, sizeof *asked);
    if (w == NULL || asked == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a search");
    *w = (struct walk){.db = db, .arena = arena, .order = WALK_BY_NAME, .scope = "", .behind = walk_start(WALK_BY_NAME)};
    mt_words_add(asked, f->q, MT_WORDS_ASKED);
    return asked->count > 0 ? search(w, f, asked, out, err) : MT_OK;
}
