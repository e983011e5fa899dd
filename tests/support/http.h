/* One HTTP request, for tests that ask the service what it knows. */
#ifndef MEDTERM_TESTS_HTTP_H
#define MEDTERM_TESTS_HTTP_H

struct mt_http {
    long status; /* 0: no answer at all */
    char *body;  /* owned, NUL-terminated */
};
/* token, body may be NULL; extra: one more header or NULL; a body is JSON unless it says otherwise. Follows nothing, retries
 * nothing. */
struct mt_http mt_http(const char *method, const char *base, const char *path, const char *token, const char *extra,
                       const char *body);
void mt_http_free(struct mt_http *answer);

#endif
