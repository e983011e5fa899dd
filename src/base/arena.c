/* A chain of blocks, newest first; the head is the one filled up next. What does not fit a common block gets a
 * block of its own behind the head, so one large text does not waste the room left there. */
#include <medterm/base/arena.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mt_arena_block {
    struct mt_arena_block *next; /* owned */
    size_t size, used;
    max_align_t bytes[];
};

enum { BLOCK_BYTES = 16 * 1024, ALIGN = _Alignof(max_align_t) };

void mt_arena_init(struct mt_arena *a, size_t max) {
    *a = (struct mt_arena){.max = max};
}

static void free_chain(struct mt_arena_block *b) {
    while (b) {
        struct mt_arena_block *next = b->next;
        free(b);
        b = next;
    }
}

void mt_arena_fini(struct mt_arena *a) {
    free_chain(a->head);
    *a = (struct mt_arena){.max = a->max};
}

void mt_arena_reset(struct mt_arena *a) {
    if (a->head) {
        free_chain(a->head->next);
        a->head->next = NULL;
        a->head->used = 0;
    }
    a->used = 0;
}

static struct mt_arena_block *new_block(size_t size) {
    struct mt_arena_block *b = malloc(sizeof *b + size);
    if (b) {
        b->next = NULL;
        b->size = size;
        b->used = 0;
    }
    return b;
}

/* A block with room for size bytes, or NULL. */
static struct mt_arena_block *room(struct mt_arena *a, size_t size) {
    struct mt_arena_block *head = a->head;
    if (head && size <= head->size - head->used)
        return head;
    bool own = size > BLOCK_BYTES / 2;
    struct mt_arena_block *b = new_block(own ? size : (size_t)BLOCK_BYTES);
    if (!b)
        return NULL;
    if (own && head) {
        b->next = head->next;
        head->next = b;
    } else {
        b->next = head;
        a->head = b;
    }
    return b;
}

void *mt_arena_alloc(struct mt_arena *a, size_t size) {
    if (size > SIZE_MAX - sizeof(struct mt_arena_block) - ALIGN)
        return NULL;
    size_t whole = size ? (size + ALIGN - 1) / ALIGN * ALIGN : (size_t)ALIGN;
    if (whole > a->max - a->used)
        return NULL;
    struct mt_arena_block *b = room(a, whole);
    if (!b)
        return NULL;
    void *p = (char *)b->bytes + b->used;
    b->used += whole;
    a->used += whole;
    memset(p, 0, whole);
    return p;
}

void *mt_arena_array(struct mt_arena *a, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size)
        return NULL;
    return mt_arena_alloc(a, count * size);
}

char *mt_arena_sv(struct mt_arena *a, struct mt_sv text) {
    if (text.n == SIZE_MAX)
        return NULL;
    char *p = mt_arena_alloc(a, text.n + 1);
    if (p && text.n)
        memcpy(p, text.p, text.n);
    return p;
}

char *mt_arena_str(struct mt_arena *a, const char *text) {
    return mt_arena_sv(a, mt_sv(text));
}

char *mt_arena_fmt(struct mt_arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : mt_arena_alloc(a, (size_t)n + 1);
    if (!p)
        return NULL;
    va_start(args, format);
    int put = vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return put == n ? p : NULL;
}
