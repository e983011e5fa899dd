/* A whole pharmacy in a throw-away folder: the real service on a free port, a store with staff and a small catalogue, and tills
 * in pseudo terminals. Everything fails the test where it goes wrong. */
#ifndef MEDTERM_TESTS_SHOP_H
#define MEDTERM_TESTS_SHOP_H

#include "http.h"
#include "pty.h"
#include "server.h"
#include <cjson/cJSON.h>
#include <stdint.h>

/* The catalogue of mt_shop_open. Stock in packs. */
#define AMOXICILLIN "6901000000011" /* 12.80, two lots: NEAR with 1 in 60 days, FAR with 50 in 400 days */
#define IBUPROFEN "6901000000028"   /* 18.50, 500 */
#define METFORMIN "6901000000035"   /* 21.00, 500 */
#define LAST_PACK "6901000000042"   /* 35.00, 1 */
#define HOSTILE "6901000000059"     /* 5.00, 50: a name with CJK, a right-to-left override and more */
#define MORPHINE "6901000000066"    /* 88.00, 10, prescription only */
#define UNKNOWN_CODE "6901000000073"
#define PIN "2580"

struct mt_shop {
    struct mt_server server;
    char *dir; /* borrowed from it */
    int port;
    char url[96];
    char store[64], staff[64], token[300];
};
void mt_shop_open(struct mt_shop *s);       /* and starts the service */
void mt_shop_open_empty(struct mt_shop *s); /* without the catalogue */
/* On an empty database of the caller's. The service keeps its key below XDG_STATE_HOME then. */
void mt_shop_open_at(struct mt_shop *s, const char *db_url);
void mt_shop_close(struct mt_shop *s);
void mt_shop_serve(struct mt_shop *s); /* on the port it had before, or any */
void mt_shop_kill(struct mt_shop *s);  /* -9 */
/* An administrator's command, words as arguments; --db and --json are added. Owned. */
#define mt_shop_admin(s, ...) mt_shop_admin_words((s), (const char *const[]){__VA_ARGS__, NULL})
cJSON *mt_shop_admin_words(struct mt_shop *s, const char *const *words);
cJSON *mt_shop_get(struct mt_shop *s, const char *path); /* 200 expected; owned */
/* POST with an Idempotency-Key nobody has used; token NULL: the shop's own. */
struct mt_http mt_shop_post(struct mt_shop *s, const char *token, const char *path, const char *body);
/* A register the test itself speaks for, under this instance; its token. */
#define MT_SHOP_INSTANCE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
void mt_shop_register(struct mt_shop *s, const char *code, char token[300]);
/* The order; NULL when there is none yet. */
cJSON *mt_shop_order(struct mt_shop *s, const char *order_no);
int mt_shop_orders(struct mt_shop *s, int64_t *total); /* how many there are, and the sum of their totals */
void mt_shop_check(struct mt_shop *s);                 /* every sum and invariant of the service holds */
void mt_shop_drug_id(struct mt_shop *s, const char *code, char drug_id[64]);
int64_t mt_shop_on_hand(struct mt_shop *s, const char *code);

struct mt_counter {
    struct mt_shop *shop;
    char *dir, *home; /* owned: state directory, and the folder above */
    char url[96];     /* the service as this till reaches it */
    struct mt_pty *screen;
};
/* A register at this shop, enrolled; the till is not started. */
void mt_counter_enrol(struct mt_counter *c, struct mt_shop *s, const char *code, const char *url);
void mt_counter_close(struct mt_counter *c);
void mt_counter_start(struct mt_counter *c);   /* the screens, up to the PIN */
void mt_counter_sign_in(struct mt_counter *c); /* up to New order */
void mt_counter_quit(struct mt_counter *c);    /* Ctrl-Q, and waits for the end */
void mt_counter_kill(struct mt_counter *c);    /* -9 */
/* Types a code as a scanner does, and waits until its name is in the cart. */
void mt_counter_scan(struct mt_counter *c, const char *code, const char *name);
/* F4, Enter, and waits for the saved order; its number into order_no. */
void mt_counter_pay(struct mt_counter *c, char order_no[32]);
/* A command without the screens, words as arguments; --json, --state-dir and --server are added. *status may be NULL: then 0 is
 * expected. Owned; NULL when nothing was printed. */
#define mt_counter_run(c, status, ...) mt_counter_run_words((c), (status), (const char *const[]){__VA_ARGS__, NULL})
cJSON *mt_counter_run_words(struct mt_counter *c, int *status, const char *const *words);
/* Waits for a receipt (a *.txt below the till's folder) with that text in it; owned. */
char *mt_counter_receipt(struct mt_counter *c, const char *part);

const char *mt_text_of(const cJSON *object, const char *key); /* "" when it is no string */
int64_t mt_number_of(const cJSON *object, const char *key);   /* -1 when it is no number */

#endif
