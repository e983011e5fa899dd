/* Read sessions belong to one thread at a time, not to one thread for ever: they are lent and given back. */
#include "edge.h"

enum mt_rc pool_open(struct pool *p, struct mt_service *service, size_t count, struct mt_err *err) {
    for (size_t i = 0; i < count && i < THREADS_MAX; i++) {
        enum mt_rc rc = mt_session_open(service, false, &p->free[i], err);
        if (rc != MT_OK)
            return rc;
        p->free_count++;
    }
    return MT_OK;
}

void pool_close(struct pool *p) {
    for (size_t i = 0; i < p->free_count; i++)
        mt_session_close(p->free[i]);
    p->free_count = 0;
    (void)pthread_cond_destroy(&p->returned);
    (void)pthread_mutex_destroy(&p->lock);
}

struct mt_session *pool_take(struct pool *p) {
    (void)pthread_mutex_lock(&p->lock);
    while (p->free_count == 0)
        (void)pthread_cond_wait(&p->returned, &p->lock);
    struct mt_session *s = p->free[--p->free_count];
    (void)pthread_mutex_unlock(&p->lock);
    return s;
}

void pool_give(struct pool *p, struct mt_session *s) {
    (void)pthread_mutex_lock(&p->lock);
    p->free[p->free_count++] = s;
    (void)pthread_cond_signal(&p->returned);
    (void)pthread_mutex_unlock(&p->lock);
}
