/* A raw HTTP client: the test writes the bytes, and reads one answer at a time, each with a deadline. */
#ifndef MEDTERM_TESTS_UNIT_HTTP_CLIENT_H
#define MEDTERM_TESTS_UNIT_HTTP_CLIENT_H

#include "../routes/rig.h"

#include <medterm/http/http.h>

struct answer {
    int status; /* 0: the connection ended instead */
    char *head; /* owned; status line and headers */
    char *body; /* owned, NUL-terminated */
    size_t body_n;
};
void answer_free(struct answer *a);
bool answer_has(const struct answer *a, const char *header_line_start); /* in any case */

struct edge {
    struct rig *rig;
    struct mt_http *http;
    int port;
};
void edge_start(struct edge *e, struct rig *rig, const struct mt_http_limits *limits /* NULL: default */);
/* The same with a clock and a log of the test's own; either may be NULL. */
void edge_start_with(struct edge *e, struct rig *rig, const struct mt_http_limits *limits, const struct mt_clock *clock,
                     const struct mt_log *log);
void edge_stop(struct edge *e);

int dial(const struct edge *e);                /* a connected socket */
void put(int fd, const char *bytes, size_t n); /* all of it; a reset by the peer is no failure */
void put_text(int fd, const char *text);
struct answer take_answer(int fd);       /* with its body */
struct answer take_head_answer(int fd);  /* an answer to HEAD: no body follows */
struct answer take_late(int fd, int ms); /* as take_answer, but gives up after ms: status -1 */
bool at_end(int fd, int ms);             /* the peer closed within ms, whatever it said before */
/* One request with what its method needs; body may be NULL. */
void put_request(int fd, const char *method, const char *target, const char *token, const char *extra, const char *body);
struct answer ask(const struct edge *e, const char *method, const char *target, const char *token, const char *extra,
                  const char *body);
char *number_text(char out[32], int64_t number);

#endif
