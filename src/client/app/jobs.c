/* A queue in, a queue out, one lock. A byte in a pipe wakes the loop when something is finished; a full pipe means it
 * will wake anyway. Stopping lets the thread finish what it was given, so that no page is left half known. */
#include "jobs.h"

#include <medterm/crypto/crypto.h>
#include <medterm/store/files.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct queue {
    struct job *first, **last;
};

struct helper {
    struct mt_cache *cache; /* owned; the thread's alone once it runs */
    bool threaded, stopping;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct queue todo, done; /* under lock */
    int wake[2];
};

static void put(struct queue *q, struct job *j) {
    j->next = NULL;
    *q->last = j;
    q->last = &j->next;
}

static struct job *get(struct queue *q) {
    struct job *j = q->first;
    if (j != NULL) {
        q->first = j->next;
        if (q->first == NULL) {
            q->last = &q->first;
        }
    }
    return j;
}

struct job *job_new(enum job_kind kind) {
    struct job *j = calloc(1, sizeof *j);
    if (j != NULL) {
        j->kind = kind;
        mt_buf_init(&j->path, 4096);
        mt_buf_init(&j->text, 1u << 20);
        mt_arena_init(&j->arena, 4u << 20);
    }
    return j;
}

void job_free(struct job *j) {
    if (j == NULL) {
        return;
    }
    explicit_bzero(j->pin, sizeof j->pin);
    mt_buf_fini(&j->path);
    mt_buf_fini(&j->text);
    mt_arena_fini(&j->arena);
    free(j->sold);
    free(j);
}

static void check_pin(struct job *j) {
    for (j->match = 0; j->match < j->staff_count; j->match++) {
        if (mt_pin_check(mt_sv(j->pin), j->staff[j->match].verifier)) {
            break;
        }
    }
    explicit_bzero(j->pin, sizeof j->pin);
}

static void run(struct mt_cache *cache, struct job *j) {
    switch (j->kind) {
    case JOB_PAGE:
        j->rc = mt_cache_apply(cache, j->asked, j->page, &j->applied, &j->err);
        break;
    case JOB_RESTART:
        j->rc = mt_cache_restart(cache, &j->err);
        break;
    case JOB_RANK:
        j->rc = mt_cache_rank(cache, j->sold, j->sold_count, &j->err);
        break;
    case JOB_PIN:
        check_pin(j);
        break;
    case JOB_RECEIPT:
        j->rc = mt_file_write(mt_buf_text(&j->path), mt_buf_view(&j->text), &j->err);
        break;
    }
    if ((j->kind == JOB_PAGE || j->kind == JOB_RESTART) &&
        mt_sv_copy(mt_sv(mt_cache_cursor(cache)), j->cursor, sizeof j->cursor) != MT_OK) {
        j->cursor[0] = '\0';
    }
}

static void *work(void *ctx) {
    struct helper *h = ctx;
    (void)pthread_mutex_lock(&h->lock);
    for (;;) {
        struct job *j = get(&h->todo);
        if (j == NULL && h->stopping) {
            break;
        }
        if (j == NULL) {
            (void)pthread_cond_wait(&h->more, &h->lock);
            continue;
        }
        (void)pthread_mutex_unlock(&h->lock);
        run(h->cache, j);
        (void)pthread_mutex_lock(&h->lock);
        put(&h->done, j);
        const char one = 1;
        while (write(h->wake[1], &one, 1) < 0 && errno == EINTR) {
        }
    }
    (void)pthread_mutex_unlock(&h->lock);
    return NULL;
}

static enum mt_rc start_thread(struct helper *h, struct mt_err *err) {
    if (pipe(h->wake) != 0) {
        h->wake[0] = h->wake[1] = -1;
        return mt_fail(err, MT_IO, "The till can not start: no pipe (%s).", strerror(errno));
    }
    for (int i = 0; i < 2; i++) {
        if (fcntl(h->wake[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(h->wake[i], F_SETFD, FD_CLOEXEC) != 0) {
            return mt_fail(err, MT_IO, "The till can not start: no pipe (%s).", strerror(errno));
        }
    }
    const int e = pthread_create(&h->thread, NULL, work, h);
    h->threaded = e == 0;
    return e == 0 ? MT_OK : mt_fail(err, MT_NOMEM, "The till can not start: no thread (%s).", strerror(e));
}

enum mt_rc helper_start(struct mt_cache *cache, bool threaded, struct helper **out, struct mt_err *err) {
    *out = NULL;
    struct helper *h = calloc(1, sizeof *h);
    if (h == NULL) {
        mt_cache_close(cache);
        return mt_fail(err, MT_NOMEM, "The till can not start: not enough memory.");
    }
    h->cache = cache;
    h->wake[0] = h->wake[1] = -1;
    h->todo.last = &h->todo.first;
    h->done.last = &h->done.first;
    (void)pthread_mutex_init(&h->lock, NULL); /* default attributes: can not fail on Linux */
    (void)pthread_cond_init(&h->more, NULL);
    enum mt_rc rc = threaded ? start_thread(h, err) : MT_OK;
    if (rc != MT_OK) {
        helper_stop(h);
        return rc;
    }
    *out = h;
    return MT_OK;
}

void helper_stop(struct helper *h) {
    if (h == NULL) {
        return;
    }
    if (h->threaded) {
        (void)pthread_mutex_lock(&h->lock);
        h->stopping = true;
        (void)pthread_cond_signal(&h->more);
        (void)pthread_mutex_unlock(&h->lock);
        (void)pthread_join(h->thread, NULL);
    }
    struct job *j;
    while ((j = get(&h->done)) != NULL || (j = get(&h->todo)) != NULL) {
        job_free(j);
    }
    for (int i = 0; i < 2; i++) {
        if (h->wake[i] >= 0) {
            (void)close(h->wake[i]);
        }
    }
    (void)pthread_cond_destroy(&h->more);
    (void)pthread_mutex_destroy(&h->lock);
    mt_cache_close(h->cache);
    free(h);
}

void helper_give(struct helper *h, struct job *j) {
    if (!h->threaded) {
        run(h->cache, j);
        put(&h->done, j);
        return;
    }
    (void)pthread_mutex_lock(&h->lock);
    put(&h->todo, j);
    (void)pthread_cond_signal(&h->more);
    (void)pthread_mutex_unlock(&h->lock);
}

struct job *helper_take(struct helper *h) {
    if (!h->threaded) {
        return get(&h->done);
    }
    char bytes[64];
    while (read(h->wake[0], bytes, sizeof bytes) > 0) {
    }
    (void)pthread_mutex_lock(&h->lock);
    struct job *j = get(&h->done);
    (void)pthread_mutex_unlock(&h->lock);
    return j;
}

int helper_fd(const struct helper *h) {
    return h->wake[0];
}

const struct mt_cache *helper_cache(const struct helper *h) {
    return h->cache;
}
