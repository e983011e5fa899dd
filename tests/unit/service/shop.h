/* A shop for tests: the real service on a real database, a clock that stands still until it is moved, tills that send real JSON. */
#ifndef MEDTERM_TESTS_UNIT_SERVICE_SHOP_H
#define MEDTERM_TESTS_UNIT_SERVICE_SHOP_H

#include <medterm/crypto/crypto.h>
#include <medterm/db/db.h>
#include <medterm/service/admin.h>

#include <engine.h>

struct shop {
    struct mt_engine_tests *engine; /* borrowed */
    char dir[64], file[160];        /* file: the database's URL; SQLite: its path */
    char key[128];
    mt_time now;
    uint64_t random;
    struct mt_metrics *metrics; /* what its batches count */
    struct mt_service *service;
    struct mt_session *session; /* writes */
    struct mt_db *look;         /* reads beside it */
    struct mt_arena arena;
    struct mt_id store;
    struct mt_id clerk; /* of the counter */
    struct mt_id acts;  /* staff_id of the operations from here on, the clerk's at first; "": of somebody nobody knows */
    int64_t ids;
};

struct till {
    struct mt_caller caller;
    char instance[65], token[65];
    int64_t seq; /* last used */
};

int shop_setup(void **state);
int shop_teardown(void **state); /* proves every invariant first */
#define SHOP_TEST(f) cmocka_unit_test_setup_teardown(f, shop_setup, shop_teardown)
bool shop_on_postgres(const struct shop *s);
/* A copy of the shop's database as it stands; its URL, in the shop's arena. */
const char *shop_copy(struct shop *s);
void shop_reopen(struct shop *s);
/* SQLite: the database as it stands into a file, and back from there with nobody told. */
void shop_snapshot(struct shop *s);
void shop_put_back(struct shop *s);

struct till shop_till(struct shop *s, const char *code);
/* The drug's id, in the shop's arena. */
const char *shop_drug(struct shop *s, const char *code, const char *name, const char *spec, int64_t price, enum mt_rx rx);
void shop_goods(struct shop *s, const char *code, const char *lot, const char *expires, int64_t quantity);
struct mt_id shop_staff(struct shop *s, const char *name, enum mt_role role);

struct answer {
    enum mt_problem_code code; /* of the batch */
    int64_t last_seq;
    size_t count;
    struct mt_push_result *results;
    char epoch[MT_ID_TEXT];
    bool feed_moved;
};
/* Operations as JSON, with commas between. */
struct answer shop_push(struct shop *s, const struct till *t, const char *operations);
struct answer shop_push_acked(struct shop *s, const struct till *t, int64_t acked, const char *acked_op, const char *operations);
/* An operation's JSON with a new op_id and the till's next sequence. body: members, without braces. */
const char *shop_op(struct shop *s, struct till *t, const char *kind, bool fact, const char *body);
/* One operation, sent and answered. */
struct mt_push_result shop_send(struct shop *s, struct till *t, const char *kind, bool fact, const char *body);

const char *shop_fmt(struct shop *s, const char *format, ...) MT_PRINTF(2, 3);
/* UUIDs: order n, payment n. */
const char *shop_order_id(struct shop *s, int n);
const char *shop_payment_id(struct shop *s, int n);
/* Body of order n of till code: items as JSON, more members behind (starting with a comma) or "". */
const char *shop_create(struct shop *s, const char *code, int n, const char *items, const char *more);
const char *shop_item(struct shop *s, const char *drug_id, int quantity, int price);
const char *shop_cash(struct shop *s, int n, int amount); /* ,"payments":[…] */
/* Body of advance, cancel, payment for order n. */
const char *shop_about(struct shop *s, const char *code, int n, const char *more);

int64_t shop_int(struct shop *s, const char *sql);
void shop_exec(struct shop *s, const char *sql); /* behind the service's back */
/* A fault of ours: rows of the table that meet the condition (of NEW) break a rule from now on, until it is taken out again. */
void shop_plant(struct shop *s, const char *table, const char *condition);
void shop_unplant(struct shop *s, const char *table);
void shop_limit(struct shop *s, int64_t pages);                      /* SQLite: a disk of that size */
struct mt_order shop_order(struct shop *s, struct mt_push_result r); /* from an applied result */
enum mt_problem_code shop_code(struct mt_push_result r);             /* of a refused or quarantined one */
const char *shop_detail(struct shop *s, struct mt_push_result r);
int64_t shop_violations(struct shop *s);

#define assert_outcome(r, want) shop_assert_outcome((r), (want), __LINE__)
#define assert_refused(r, code) shop_assert_refused((r), (code), __LINE__)
void shop_assert_outcome(struct mt_push_result r, enum mt_outcome want, int line);
void shop_assert_refused(struct mt_push_result r, enum mt_problem_code want, int line);

#endif
