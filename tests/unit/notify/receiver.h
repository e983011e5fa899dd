/* A web address that is told of orders: one request a connection, answered as the test says. */
#ifndef MEDTERM_TESTS_UNIT_NOTIFY_RECEIVER_H
#define MEDTERM_TESTS_UNIT_NOTIFY_RECEIVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { RECEIVED_MAX = 16 };

struct receiver {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t heard;
    int fd, port;
    const char *const *answers; /* what is sent back, one a request, the last for all that follow; NULL: nothing, ever */
    size_t answer_count, count;
    char *requests[RECEIVED_MAX]; /* head and body, owned */
    bool stopping;
};
void receiver_start(struct receiver *r, const char *const *answers, size_t count);
void receiver_stop(struct receiver *r);
/* Waits until so many requests have been heard; the test fails when they do not come. */
void receiver_await(struct receiver *r, size_t count);
/* The value of a header of the request, up to the line's end; owned; NULL when it is not there. */
char *receiver_header(const struct receiver *r, size_t request, const char *name);
const char *receiver_body(const struct receiver *r, size_t request);

#endif
