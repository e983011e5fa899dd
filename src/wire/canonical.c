/* Members sorted by the UTF-16 code units of their names, strings with the fewest escapes, whole numbers as plain digits (RFC 8785,
 * 3.2). A number that is not whole, or beyond 2^53, stands as it was written: no operation that holds one is ever applied,
 * its bytes serve only to know it again. */
#include "canonical.h"

#include "print.h"

#include <medterm/base/utf8.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* First UTF-16 unit of a code point, and a rank among equals. */
static uint32_t first_unit(uint32_t code) {
    return code < 0x10000 ? code : 0xD800 + ((code - 0x10000) >> 10);
}

static int by_units(const void *a, const void *b) {
    const struct json *x = *(const struct json *const *)a, *y = *(const struct json *const *)b;
    struct mt_sv left = mt_sv_n(x->key, x->key_n), right = mt_sv_n(y->key, y->key_n);
    while (left.n > 0 && right.n > 0) {
        uint32_t c = mt_utf8_next(&left), d = mt_utf8_next(&right);
        if (c == d)
            continue;
        uint32_t u = first_unit(c), v = first_unit(d);
        if (u == v)
            return c < d ? -1 : 1;
        return u < v ? -1 : 1;
    }
    return (left.n > 0) - (right.n > 0);
}

static bool left_out(const struct json *member, const char *const *without) {
    for (; without != NULL && *without != NULL; without++)
        if (mt_sv_is(mt_sv_n(member->key, member->key_n), *without))
            return true;
    return false;
}

static void print_node_string(const struct json *node, struct mt_buf *out) {
    struct mt_sv rest = mt_sv_n(node->p, node->n);
    mt_buf_char(out, '"');
    if (!node->escaped) {
        /* Without a backslash in the source nothing needs one here. */
        mt_buf_sv(out, rest);
        rest.n = 0;
    }
    while (rest.n > 0)
        print_code(out, json_next(&rest));
    mt_buf_char(out, '"');
}

static enum mt_rc print_members(const struct json *object, const char *const *without, struct mt_arena *arena, struct mt_buf *out) {
    const struct json **sorted = mt_arena_array(arena, object->count + 1u, sizeof(const struct json *));
    size_t n = 0;
    if (sorted == NULL)
        return MT_NOMEM;
    for (const struct json *c = object->is.child; c != NULL; c = c->next)
        if (!left_out(c, without))
            sorted[n++] = c;
    qsort(sorted, n, sizeof sorted[0], by_units);
    mt_buf_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            mt_buf_char(out, ',');
        print_string(out, mt_sv_n(sorted[i]->key, sorted[i]->key_n));
        mt_buf_char(out, ':');
        enum mt_rc rc = canonical_print(sorted[i], NULL, arena, out);
        if (rc != MT_OK)
            return rc;
    }
    mt_buf_char(out, '}');
    return MT_OK;
}

static enum mt_rc print_elements(const struct json *array, struct mt_arena *arena, struct mt_buf *out) {
    mt_buf_char(out, '[');
    for (const struct json *c = array->is.child; c != NULL; c = c->next) {
        if (c->index > 0)
            mt_buf_char(out, ',');
        enum mt_rc rc = canonical_print(c, NULL, arena, out);
        if (rc != MT_OK)
            return rc;
    }
    mt_buf_char(out, ']');
    return MT_OK;
}

enum mt_rc canonical_print(const struct json *node, const char *const *without, struct mt_arena *arena, struct mt_buf *out) {
    switch ((enum json_type)node->type) {
    case JSON_OBJECT:
        return print_members(node, without, arena, out);
    case JSON_ARRAY:
        return print_elements(node, arena, out);
    case JSON_STRING:
        print_node_string(node, out);
        break;
    case JSON_NUMBER:
        if (node->exact == JSON_WHOLE)
            mt_buf_fmt(out, "%" PRId64, node->is.number);
        else
            mt_buf_add(out, node->p, node->n);
        break;
    case JSON_BOOL:
    case JSON_NULL:
        mt_buf_add(out, node->p, node->n);
        break;
    }
    return mt_buf_rc(out);
}
