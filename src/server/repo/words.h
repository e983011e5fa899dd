/* The tables of words, as the files of this folder write and ask them. */
#ifndef MEDTERM_REPO_WORDS_H
#define MEDTERM_REPO_WORDS_H

#include <medterm/db/db.h>
#include <medterm/domain/drug.h>
#include <medterm/domain/order.h>
#include <medterm/domain/person.h>
#include <medterm/domain/words.h>

/* What stands before a word of an order or a patient tells what it is: a word of the patient's name, digits of the telephone, a
 * drug_id. Words of drugs have nothing before them. A telephone of four digits or more has two words, both written from its last
 * digit to its first: the last four, which many share, and all of them, so that any longer end is the beginning of a word. */
#define WORD_NAME "n:"
#define WORD_PHONE "p:"
#define WORD_DRUG "d:"
#define WORD_PHONE_DIGITS 4
#define WORD_ROW_TEXT (2 + (MT_ID_TEXT > MT_WORD_TEXT ? MT_ID_TEXT : MT_WORD_TEXT))

/* "p:" and at most so many digits of the telephone, from its last one; "" when it has fewer than four. */
void word_of_phone(struct mt_sv phone, size_t digits, char out[WORD_ROW_TEXT]);
/* Words of a drug: name, generic, maker, code, pinyin, spec. */
void words_of_drug(const struct mt_drug *d, struct mt_words *words);

/* Rows of a new order; of a drug or a patient whatever they had before is replaced. */
MT_MUST enum mt_rc words_put_order(struct mt_db *db, const struct mt_order *o, struct mt_err *err);
MT_MUST enum mt_rc words_put_drug(struct mt_db *db, const struct mt_drug *d, struct mt_err *err);
MT_MUST enum mt_rc words_put_user(struct mt_db *db, const char *store_id, const struct mt_user *u, struct mt_err *err);

/* Which kept words a question is about: those that begin with one of the words asked for, the rarest of them. */
enum word_table { WORDS_OF_ORDERS, WORDS_OF_USERS, WORDS_OF_DRUGS };
#define WORDS_SPREAD 64
struct word_choice {
    const char *words[WORDS_SPREAD]; /* in the arena, with what stands before them */
    size_t count;                    /* 0 and not common: nothing can match */
    bool common; /* more than WORDS_SPREAD kept words begin with it: whoever asks looks at everything, page by page */
};
/* scope: the store; nothing for drugs. before: WORD_NAME or "". Costs the same however many rows there are. */
MT_MUST enum mt_rc words_choose(struct mt_db *db, enum word_table table, const char *scope, const char *before,
                                const struct mt_words *asked, struct mt_arena *arena, struct word_choice *out, struct mt_err *err);
/* The same for the end of a telephone. Only of one that more than WORDS_SPREAD telephones end with, the rows have to be looked at.
 */
MT_MUST enum mt_rc words_choose_phone(struct mt_db *db, enum word_table table, const char *scope, struct mt_sv end,
                                      struct mt_arena *arena, struct word_choice *out, struct mt_err *err);
/* Whether a telephone ends with the digits of a text. */
bool word_phone_ends(const char *phone, struct mt_sv end);

#endif
