/* Two databases that a question is asked of in turn: one of few orders, one of many. Both hold the same kind of orders: two stores,
 * three registers, 500 drugs, two lines an order, one order in five of a known patient, most completed. Patients come back: each
 * has one order in a thousand, so that a page of ten of theirs is full at both sizes and both answer with as much. */
#ifndef MEDTERM_BENCH_MILLION_LOAD_H
#define MEDTERM_BENCH_MILLION_LOAD_H

#include "shop.h"

#include <medterm/service/service.h>

#define DRUGS 500
#define PATIENTS 200
#define FIRST_MS 1735689600000 /* 2025-01-01 */
#define APART_MS 30000

struct side {
    char dir[32], key[64]; /* the folder of the database (SQLite) and of the key for cursors */
    char url[160];
    int64_t orders;
    struct mt_service *service;
    struct mt_session *session;
    struct mt_id stores[2], registers[3];
    struct mt_caller caller;
    struct mt_buf out;
    struct bench_shop served; /* on the same database */
    char token[65];
};
/* url: an empty database on a server; NULL: a file of its own. */
void side_open(struct side *s, int64_t orders, const char *url);
void side_close(struct side *s);

/* What the n-th of them is called. */
const char *side_register(size_t n);
const char *side_surname(size_t n);
void side_drug_name(int n, char out[64]);
void side_drug_code(int n, char out[16]);
void side_patient(int n, char name[64], char phone[16]);

/* Ends the program with words. */
void bench_must(enum mt_rc rc, const struct mt_err *err);

#endif
