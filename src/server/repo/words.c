/* Words of orders, patients and drugs, and how a question finds the kept words it is about. The distinct words with a beginning are
 * found by skipping from one to the next through the index, so that a word with a million rows costs one step. Of several words
 * asked for, the one with the fewest rows leads (none is counted further than it takes to compare); what the rows it leads to
 * really hold is looked at by whoever asked. */
#include "words.h"

#include "row.h"

#include <stdio.h>

/* Rows of a word are counted up to here: beyond it a word is common, and which of two is commoner hardly matters. */
#define COUNTED "64"

struct table {
    const char *spread, *rows;
};

#define SPREAD(table, scope)                                                                                                       \
    "WITH RECURSIVE w(word) AS (SELECT min(word) FROM " table " WHERE " scope "word >= ?2 AND word < ?3"                           \
    " UNION ALL SELECT (SELECT min(word) FROM " table " WHERE " scope "word > w.word AND word < ?3) FROM w"                        \
    " WHERE w.word IS NOT NULL) SELECT word FROM w WHERE word IS NOT NULL LIMIT ?4"
#define ROWS(table, scope)                                                                                                         \
    "SELECT count(*) FROM (SELECT 1 AS one FROM " table " WHERE " scope "word = ?2 LIMIT " COUNTED ") counted"

static const struct table tables[] = {
    [WORDS_OF_ORDERS] = {SPREAD("mt_order_word", "store_id = ?1 AND "), ROWS("mt_order_word", "store_id = ?1 AND ")},
    [WORDS_OF_USERS] = {SPREAD("mt_user_word", "store_id = ?1 AND "), ROWS("mt_user_word", "store_id = ?1 AND ")},
    [WORDS_OF_DRUGS] = {SPREAD("mt_drug_word", ""), ROWS("mt_drug_word", "")},
};

void word_of_phone(struct mt_sv phone, size_t digits, char out[WORD_ROW_TEXT]) {
    char all[MT_PHONE_DIGITS];
    const size_t n = mt_phone_digits(phone, all);
    size_t at = 0;
    if (n >= WORD_PHONE_DIGITS) {
        out[at++] = WORD_PHONE[0];
        out[at++] = WORD_PHONE[1];
        for (size_t i = 0; i < n && i < digits; i++)
            out[at++] = all[n - 1 - i];
    }
    out[at] = '\0';
}

bool word_phone_ends(const char *phone, struct mt_sv end) {
    char have[MT_PHONE_DIGITS], want[MT_PHONE_DIGITS];
    const size_t h = mt_phone_digits(mt_sv(phone), have), w = mt_phone_digits(end, want);
    return w > 0 && h >= w && strcmp(have + h - w, want) == 0;
}

void words_of_drug(const struct mt_drug *d, struct mt_words *words) {
    const char *texts[] = {d->name, d->code, d->generic, d->pinyin, d->spec, d->maker};
    *words = (struct mt_words){.count = 0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        mt_words_add(words, mt_sv(texts[i]), MT_WORDS_KEPT);
}

static enum mt_rc put_order_word(struct mt_db *db, const struct mt_order *o, const char *before, const char *word,
                                 struct mt_err *err) {
    char row[WORD_ROW_TEXT];
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_order_word(store_id, word, created_at, order_id) VALUES (?1, ?2, ?3, ?4)"
                               " ON CONFLICT(store_id, word, created_at, order_id) DO NOTHING",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    if (snprintf(row, sizeof row, "%s%s", before, word) < 0)
        return mt_fail(err, MT_BUG, "a word of an order");
    mt_bind_text(s, 1, o->store_id.s);
    mt_bind_text(s, 2, row);
    mt_bind_int(s, 3, o->created_at);
    mt_bind_text(s, 4, o->order_id.s);
    return mt_stmt_later(s, err);
}

/* Digits of the two words of a telephone. */
static const size_t phone_words[] = {WORD_PHONE_DIGITS, MT_PHONE_DIGITS};

static enum mt_rc put_order_phone(struct mt_db *db, const struct mt_order *o, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < sizeof phone_words / sizeof phone_words[0]; i++) {
        char word[WORD_ROW_TEXT];
        word_of_phone(mt_sv(o->user_phone), phone_words[i], word);
        if (word[0] != '\0')
            rc = put_order_word(db, o, "", word, err);
    }
    return rc;
}

static bool drug_seen(const struct mt_order *o, size_t before) {
    for (size_t i = 0; i < before; i++)
        if (mt_id_eq(&o->items[i].drug_id, &o->items[before].drug_id))
            return true;
    return false;
}

enum mt_rc words_put_order(struct mt_db *db, const struct mt_order *o, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    struct mt_words words = {.count = 0};
    if (o->user_name[0] != '\0')
        mt_words_add(&words, mt_sv(o->user_name), MT_WORDS_KEPT);
    for (size_t i = 0; rc == MT_OK && i < words.count; i++)
        rc = put_order_word(db, o, WORD_NAME, words.at[i], err);
    if (rc == MT_OK && o->user_phone[0] != '\0')
        rc = put_order_phone(db, o, err);
    for (size_t i = 0; rc == MT_OK && i < o->item_count; i++)
        if (!drug_seen(o, i))
            rc = put_order_word(db, o, WORD_DRUG, o->items[i].drug_id.s, err);
    return rc;
}

/* Runs a statement of one text, ?1. */
static enum mt_rc forget(struct mt_db *db, const char *sql, const char *id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, id);
    return mt_stmt_later(s, err);
}

/* Runs a statement of three texts, ?1 to ?3. */
static enum mt_rc put_word(struct mt_db *db, const char *sql, const char *first, const char *word, const char *last,
                           struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, first);
    mt_bind_text(s, 2, word);
    mt_bind_text(s, 3, last);
    return mt_stmt_later(s, err);
}

enum mt_rc words_put_drug(struct mt_db *db, const struct mt_drug *d, struct mt_err *err) {
    struct mt_words words;
    words_of_drug(d, &words);
    enum mt_rc rc = forget(db, "DELETE FROM mt_drug_word WHERE drug_id = ?1", d->drug_id.s, err);
    for (size_t i = 0; rc == MT_OK && i < words.count; i++)
        rc = put_word(db, "INSERT INTO mt_drug_word(word, name, drug_id) VALUES (?2, ?1, ?3)", d->name, words.at[i], d->drug_id.s,
                      err);
    return rc;
}

enum mt_rc words_put_user(struct mt_db *db, const char *store_id, const struct mt_user *u, struct mt_err *err) {
    static const char sql[] = "INSERT INTO mt_user_word(store_id, word, user_id) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT(store_id, word, user_id) DO NOTHING";
    struct mt_words words = {.count = 0};
    char row[WORD_ROW_TEXT];
    mt_words_add(&words, mt_sv(u->name), MT_WORDS_KEPT);
    enum mt_rc rc = forget(db, "DELETE FROM mt_user_word WHERE user_id = ?1", u->user_id.s, err);
    for (size_t i = 0; rc == MT_OK && i < words.count; i++)
        rc = snprintf(row, sizeof row, WORD_NAME "%s", words.at[i]) > 0 ? put_word(db, sql, store_id, row, u->user_id.s, err)
                                                                        : mt_fail(err, MT_BUG, "a word of a patient");
    for (size_t i = 0; rc == MT_OK && i < sizeof phone_words / sizeof phone_words[0]; i++) {
        word_of_phone(mt_sv(u->phone), phone_words[i], row);
        if (row[0] != '\0')
            rc = put_word(db, sql, store_id, row, u->user_id.s, err);
    }
    return rc;
}

/* The kept words that begin with the text. U+10FFFF, which no word holds, ends the beginning's range. */
static enum mt_rc spread(struct mt_db *db, const struct table *table, const char *scope, const char *text, struct mt_arena *arena,
                         struct word_choice *out, struct mt_err *err) {
    char end[WORD_ROW_TEXT + 8];
    struct mt_stmt *s;
    *out = (struct word_choice){.count = 0};
    enum mt_rc rc = mt_db_stmt(db, table->spread, &s, err);
    if (rc != MT_OK)
        return rc;
    if (snprintf(end, sizeof end, "%s\xF4\x8F\xBF\xBF", text) < 0)
        return mt_fail(err, MT_BUG, "a word asked for");
    mt_bind_text(s, 1, scope);
    mt_bind_text(s, 2, text);
    mt_bind_text(s, 3, end);
    mt_bind_int(s, 4, WORDS_SPREAD + 1);
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW && out->count < WORDS_SPREAD && rc == MT_OK)
        out->words[out->count++] = col_text(s, 0, arena, &rc);
    out->common = step == MT_STEP_ROW && rc == MT_OK;
    if (step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc add_rows(struct mt_db *db, const struct table *table, const char *scope, const char *word, int64_t *rows,
                           struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, table->rows, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, scope);
    mt_bind_text(s, 2, word);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    *rows += mt_col_int(s, 0);
    mt_stmt_done(s);
    return MT_OK;
}

enum mt_rc words_choose(struct mt_db *db, enum word_table table, const char *scope, const char *before,
                        const struct mt_words *asked, struct mt_arena *arena, struct word_choice *out, struct mt_err *err) {
    int64_t least = INT64_MAX;
    enum mt_rc rc = MT_OK;
    *out = (struct word_choice){.common = asked->count > 0};
    for (size_t i = 0; rc == MT_OK && i < asked->count && least > 0; i++) {
        struct word_choice one;
        char text[WORD_ROW_TEXT];
        int64_t rows = 0;
        if (snprintf(text, sizeof text, "%s%s", before, asked->at[i]) < 0)
            return mt_fail(err, MT_BUG, "a word asked for");
        rc = spread(db, &tables[table], scope, text, arena, &one, err);
        for (size_t k = 0; rc == MT_OK && asked->count > 1 && !one.common && k < one.count && rows < least; k++)
            rc = add_rows(db, &tables[table], scope, one.words[k], &rows, err);
        if (rc != MT_OK || one.common || (rows >= least && asked->count > 1))
            continue;
        *out = one;
        least = rows;
    }
    return rc;
}

/* Four digits are a word themselves; so they are when more digits lead to too many. */
enum mt_rc words_choose_phone(struct mt_db *db, enum word_table table, const char *scope, struct mt_sv end, struct mt_arena *arena,
                              struct word_choice *out, struct mt_err *err) {
    char text[WORD_ROW_TEXT];
    *out = (struct word_choice){.count = 0};
    word_of_phone(end, MT_PHONE_DIGITS, text);
    if (text[0] == '\0' || !mt_phone_like(end))
        return MT_OK;
    if (strlen(text) > strlen(WORD_PHONE) + WORD_PHONE_DIGITS) {
        enum mt_rc rc = spread(db, &tables[table], scope, text, arena, out, err);
        if (rc != MT_OK || !out->common)
            return rc;
    }
    word_of_phone(end, WORD_PHONE_DIGITS, text);
    *out = (struct word_choice){.words = {mt_arena_str(arena, text)}, .count = 1};
    return out->words[0] != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "no memory for a search");
}
