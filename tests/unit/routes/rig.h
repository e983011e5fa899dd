/* A real service in a throw-away folder with two stores, for tests of the routes and of the edge. */
#ifndef MEDTERM_TESTS_UNIT_ROUTES_RIG_H
#define MEDTERM_TESTS_UNIT_ROUTES_RIG_H

#include <medterm/crypto/crypto.h>
#include <medterm/routes/routes.h>
#include <medterm/service/admin.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define RIG_CODE "6901000000011"
#define RIG_INSTANCE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct rig {
    char *dir, db_url[300], key_path[300];
    struct mt_metrics *metrics; /* what the service and an edge over it count */
    struct mt_service *service;
    struct mt_session *write, *read;
    struct mt_arena arena; /* of the last answer */
    struct mt_id store, other_store, drug;
    struct mt_id clerk;              /* of store's counter */
    char token[MT_TOKEN_TEXT];       /* register A03 of store */
    char other_token[MT_TOKEN_TEXT]; /* register B01 of other_store */
    char client[MT_TOKEN_TEXT];      /* manager's client of store */
    struct mt_id client_id;          /* its id */
    char spare_code[15];             /* an enrolment code not used yet */
};
void rig_open(struct rig *r);
void rig_open_at(struct rig *r, const char *db_url); /* on an empty database of the caller's */
void rig_close(struct rig *r);

/* One exchange as the edge does it: begin, apply, finish. next (may be NULL): what begin said. The caller calls mt_response_fini.
 */
struct mt_response rig_ask(struct rig *r, const struct mt_request *q, enum mt_route_next *next);
struct mt_response rig_send(struct rig *r, const char *method, const char *target, const char *token, const char *body);

/* A push of one cash sale of `quantity` packs as sequence `seq`, numbered <code>-<seq>; owned. */
char *rig_sale(const struct rig *r, const char *register_code, int64_t seq, int64_t quantity);
/* The text between "key":" and the next quote; owned; the test fails when it is not there. */
char *rig_text(const char *json, const char *key);

#endif
