/* Paths of nodes for messages: names and indexes from the root down. Names come from the other side, so what is not
 * printable ASCII becomes '?' and the whole is cut to its buffer. */
#include "json.h"

#include <medterm/wire/push.h>

#include <stdio.h>

struct path {
    char *to;
    size_t n;
};

static void put(struct path *p, char c) {
    if (p->n + 1 < JSON_PATH_TEXT)
        p->to[p->n++] = c;
}

static void put_step(struct path *p, const struct json *node) {
    if (node->key == NULL) {
        char index[16];
        int n = snprintf(index, sizeof index, "[%u]", (unsigned)node->index);
        for (int i = 0; i < n && i < (int)sizeof index - 1; i++)
            put(p, index[i]);
        return;
    }
    if (p->n > 0)
        put(p, '.');
    for (uint32_t i = 0; i < node->key_n; i++)
        put(p, node->key[i] > ' ' && node->key[i] < 0x7F ? node->key[i] : '?');
}

void json_path(const struct json *node, char out[JSON_PATH_TEXT]) {
    const struct json *steps[MT_JSON_MAX_DEPTH + 1];
    size_t depth = 0;
    struct path p = {out, 0};
    for (; node != NULL && node->parent != NULL && depth < MT_JSON_MAX_DEPTH + 1; node = node->parent)
        steps[depth++] = node;
    while (depth > 0)
        put_step(&p, steps[--depth]);
    if (p.n == 0)
        put(&p, '$');
    out[p.n] = '\0';
}
