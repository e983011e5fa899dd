/* RFC 8259, nothing else and not all of it: one pass by recursive descent over at most MT_JSON_MAX_DEPTH levels. Refused beside
 * bad grammar: bad UTF-8, NUL, lone surrogates, a key that stands twice, too many levels. Nodes only point into the source;
 * a string is decoded when somebody takes it. Whole numbers are worked out from the digits as written, so no rounding hides a
 * fraction or a number beyond 2^53. The nodes' arena is bounded by the size of the source, so a document of a million
 * commas ends as "too many values" and not as all memory. */
#include "json.h"

#include <medterm/base/utf8.h>
#include <medterm/wire/push.h>

#include <stdlib.h>
#include <string.h>

#define NODE_BYTES_PER_BYTE 24
#define NODE_BYTES_LEAST (256u << 10)
#define NODE_BYTES_MOST (64u << 20)
#define QUADRATIC_KEYS 12

struct scan {
    struct json_doc *doc;
    const char *at, *end;
    struct json *node; /* the value being read, for the path of a fault */
    unsigned depth;
};

static enum mt_rc fail(struct scan *s, enum mt_rc rc, bool grammar, const char *message) {
    struct json_fault *f = &s->doc->fault;
    f->rc = rc;
    f->grammar = grammar;
    f->message = message;
    json_path(s->node, f->path);
    return rc;
}

static enum mt_rc malformed(struct scan *s, const char *message) {
    return fail(s, MT_INVALID, true, message);
}

static enum mt_rc refused(struct scan *s, const char *message) {
    return fail(s, MT_INVALID, false, message);
}

static void space(struct scan *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool is(const struct scan *s, char c) {
    return s->at < s->end && *s->at == c;
}

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four hex digits at p; false when there are not four. */
static bool unit(const char *p, const char *end, uint32_t *out) {
    if (end - p < 4)
        return false;
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex(p[i]);
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* Behind "\u": the digits, and the second half of a pair. */
static enum mt_rc scan_unicode(struct scan *s) {
    uint32_t high, low;
    if (!unit(s->at, s->end, &high))
        return malformed(s, "holds an escape that is none");
    s->at += 4;
    if (high == 0)
        return refused(s, "holds a NUL");
    if (high < 0xD800 || high > 0xDFFF)
        return MT_OK;
    if (high >= 0xDC00 || s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u' || !unit(s->at + 2, s->end, &low) ||
        low < 0xDC00 || low > 0xDFFF)
        return refused(s, "holds half of a surrogate pair");
    s->at += 6;
    return MT_OK;
}

static enum mt_rc scan_escape(struct scan *s) {
    s->at++;
    if (s->at == s->end)
        return malformed(s, "ends inside a text");
    char c = *s->at++;
    if (c == 'u')
        return scan_unicode(s);
    if (memchr("\"\\/bfnrt", c, 8) == NULL)
        return malformed(s, "holds an escape that is none");
    return MT_OK;
}

/* At the opening quote; gives the bytes between the quotes. */
static enum mt_rc scan_string(struct scan *s, struct mt_sv *out, bool *escaped) {
    const char *from = ++s->at;
    bool ascii = true;
    *escaped = false;
    while (s->at < s->end && *s->at != '"') {
        unsigned char c = (unsigned char)*s->at;
        if (c == 0)
            return refused(s, "holds a NUL");
        if (c < 0x20)
            return malformed(s, "holds a control character that is not escaped");
        if (c == '\\') {
            enum mt_rc rc = scan_escape(s);
            if (rc != MT_OK)
                return rc;
            *escaped = true;
        } else {
            ascii = ascii && c < 0x80;
            s->at++;
        }
    }
    if (s->at == s->end)
        return malformed(s, "ends inside a text");
    *out = mt_sv_n(from, (size_t)(s->at - from));
    if (!ascii && !mt_utf8_valid(*out))
        return malformed(s, "is not UTF-8");
    s->at++;
    return MT_OK;
}

uint32_t json_next(struct mt_sv *rest) {
    static const char names[] = "\"\\/bfnrt", codes[] = "\"\\/\b\f\n\r\t";
    if (rest->n < 2 || rest->p[0] != '\\')
        return mt_utf8_next(rest);
    const char *end = rest->p + rest->n;
    uint32_t code = MT_REPLACEMENT, low = 0;
    size_t used = 2;
    if (rest->p[1] != 'u') {
        const char *name = memchr(names, rest->p[1], sizeof names - 1);
        code = name != NULL ? (uint32_t)(unsigned char)codes[name - names] : MT_REPLACEMENT;
    } else if (unit(rest->p + 2, end, &code)) {
        used = 6;
        if (code >= 0xD800 && code <= 0xDBFF && rest->n >= 12 && unit(rest->p + 8, end, &low)) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            used = 12;
        }
    }
    *rest = mt_sv_n(rest->p + used, rest->n - used);
    return code;
}

/* Decodes into memory of at least raw.n bytes: no escape is shorter than what it stands for. */
static size_t decode(struct mt_sv raw, char *to) {
    size_t n = 0;
    while (raw.n > 0) {
        char bytes[4];
        size_t width = mt_utf8_put(json_next(&raw), bytes);
        memcpy(to + n, bytes, width);
        n += width;
    }
    return n;
}

const char *json_text(const struct json *string, struct mt_arena *arena) {
    struct mt_sv raw = mt_sv_n(string->p, string->n);
    if (!string->escaped)
        return mt_arena_sv(arena, raw);
    char *text = mt_arena_alloc(arena, raw.n + 1);
    if (text != NULL)
        text[decode(raw, text)] = '\0';
    return text;
}

static bool digits(struct scan *s) {
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > from;
}

/* The whole number a lexeme stands for: digits times a power of ten, with the zeros at the digits' end taken into the power. */
static enum json_number whole(const char *p, const char *end, int64_t *out) {
    int64_t value = 0, power = 0, zeros = 0, exponent = 0;
    bool negative = *p == '-', point = false, huge = false;
    if (negative)
        p++;
    for (; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        power -= point;
        if (*p == '0') {
            zeros += value != 0 || huge;
            continue;
        }
        for (; zeros >= 0 && !huge; zeros--) {
            huge = value > INT64_MAX / 10 - 1;
            value = huge ? value : value * 10;
        }
        zeros = 0;
        value += huge ? 0 : *p - '0';
    }
    if (value == 0) {
        *out = 0;
        return JSON_WHOLE;
    }
    if (p < end) {
        bool below = *++p == '-';
        for (p += *p == '-' || *p == '+'; p < end; p++)
            exponent = exponent < 100000000 ? exponent * 10 + (*p - '0') : exponent;
        exponent = below ? -exponent : exponent;
    }
    power += zeros + exponent;
    if (power < 0)
        return JSON_FRACTION;
    for (; power > 0 && !huge; power--) {
        huge = value > MT_MONEY_MAX / 10;
        value = huge ? value : value * 10;
    }
    *out = negative ? -value : value;
    return huge || value > MT_MONEY_MAX ? JSON_HUGE : JSON_WHOLE;
}

static enum mt_rc scan_number(struct scan *s) {
    const char *from = s->at;
    if (is(s, '-'))
        s->at++;
    if (is(s, '0'))
        s->at++;
    else if (!digits(s))
        return malformed(s, "is not a JSON value");
    if (is(s, '.')) {
        s->at++;
        if (!digits(s))
            return malformed(s, "is not a JSON number");
    }
    if (is(s, 'e') || is(s, 'E')) {
        s->at++;
        if (is(s, '+') || is(s, '-'))
            s->at++;
        if (!digits(s))
            return malformed(s, "is not a JSON number");
    }
    if (s->at < s->end && ((*s->at >= '0' && *s->at <= '9') || *s->at == '.'))
        return malformed(s, "is not a JSON number");
    s->node->type = JSON_NUMBER;
    s->node->exact = (uint8_t)whole(from, s->at, &s->node->is.number);
    return MT_OK;
}

static enum mt_rc scan_word(struct scan *s, const char *word, enum json_type type, bool truth) {
    size_t n = strlen(word);
    if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
        return malformed(s, "is not a JSON value");
    s->at += n;
    s->node->type = (uint8_t)type;
    s->node->is.truth = truth;
    return MT_OK;
}

static struct json *new_node(struct scan *s, struct json *parent, struct json **link) {
    struct json *n = mt_arena_alloc(&s->doc->arena, sizeof *n);
    if (n == NULL)
        return NULL;
    n->parent = parent;
    if (parent != NULL)
        n->index = parent->count++;
    *link = n;
    return n;
}

static enum mt_rc no_room(struct scan *s) {
    return fail(s, MT_LIMIT, false, "holds too many values");
}

static enum mt_rc scan_value(struct scan *s);

static enum mt_rc scan_array(struct scan *s) {
    struct json *array = s->node, **link = &array->is.child;
    array->type = JSON_ARRAY;
    s->at++;
    space(s);
    while (!is(s, ']')) {
        if (array->count > 0) {
            if (!is(s, ','))
                return malformed(s, "has something where a comma or the end should be");
            s->at++;
            space(s);
        }
        s->node = array;
        struct json *n = new_node(s, array, link);
        if (n == NULL)
            return no_room(s);
        s->node = n;
        enum mt_rc rc = scan_value(s);
        if (rc != MT_OK)
            return rc;
        link = &n->next;
        s->node = array;
        space(s);
    }
    s->at++;
    return MT_OK;
}

static int by_key(const void *a, const void *b) {
    const struct json *x = *(const struct json *const *)a, *y = *(const struct json *const *)b;
    if (x->key_n != y->key_n)
        return x->key_n < y->key_n ? -1 : 1;
    return x->key_n > 0 ? memcmp(x->key, y->key, x->key_n) : 0;
}

/* Finds a key that stands twice: few keys by comparing all, many by sorting, so that no document costs the square of its size. */
static enum mt_rc check_keys(struct scan *s, struct json *object) {
    struct json *few[QUADRATIC_KEYS], **list = few;
    size_t n = 0;
    if (object->count > QUADRATIC_KEYS)
        list = mt_arena_array(&s->doc->arena, object->count, sizeof(struct json *));
    if (list == NULL)
        return no_room(s);
    for (struct json *c = object->is.child; c != NULL; c = c->next)
        list[n++] = c;
    if (n > QUADRATIC_KEYS)
        qsort(list, n, sizeof(struct json *), by_key);
    for (size_t i = 1; i < n; i++)
        for (size_t k = n > QUADRATIC_KEYS ? i - 1 : 0; k < i; k++)
            if (by_key(&list[i], &list[k]) == 0) {
                s->node = list[i];
                return refused(s, "stands twice");
            }
    return MT_OK;
}

/* A key and its colon, into the new node. */
static enum mt_rc scan_key(struct scan *s, struct json *n) {
    struct mt_sv raw;
    bool escaped;
    if (!is(s, '"'))
        return malformed(s, "has something where a field name should be");
    enum mt_rc rc = scan_string(s, &raw, &escaped);
    if (rc != MT_OK)
        return rc;
    n->key = raw.p;
    n->key_n = (uint32_t)raw.n;
    if (escaped) {
        char *key = mt_arena_alloc(&s->doc->arena, raw.n + 1);
        if (key == NULL)
            return no_room(s);
        n->key = key;
        n->key_n = (uint32_t)decode(raw, key);
    }
    space(s);
    if (!is(s, ':'))
        return malformed(s, "has something where a colon should be");
    s->at++;
    space(s);
    return MT_OK;
}

static enum mt_rc scan_object(struct scan *s) {
    struct json *object = s->node, **link = &object->is.child;
    object->type = JSON_OBJECT;
    s->at++;
    space(s);
    while (!is(s, '}')) {
        if (object->count > 0) {
            if (!is(s, ','))
                return malformed(s, "has something where a comma or the end should be");
            s->at++;
            space(s);
        }
        struct json *n = new_node(s, object, link);
        if (n == NULL)
            return no_room(s);
        enum mt_rc rc = scan_key(s, n);
        s->node = n;
        if (rc == MT_OK)
            rc = scan_value(s);
        if (rc != MT_OK)
            return rc;
        link = &n->next;
        s->node = object;
        space(s);
    }
    s->at++;
    return check_keys(s, object);
}

static enum mt_rc scan_nested(struct scan *s) {
    if (s->depth == MT_JSON_MAX_DEPTH)
        return refused(s, "is nested too deeply");
    s->depth++;
    enum mt_rc rc = is(s, '{') ? scan_object(s) : scan_array(s);
    s->depth--;
    return rc;
}

static enum mt_rc scan_text(struct scan *s) {
    struct mt_sv raw = {NULL, 0};
    enum mt_rc rc = scan_string(s, &raw, &s->node->escaped);
    s->node->type = JSON_STRING;
    s->node->p = raw.p;
    s->node->n = (uint32_t)raw.n;
    return rc;
}

static enum mt_rc scan_value(struct scan *s) {
    struct json *n = s->node;
    const char *from = s->at;
    enum mt_rc rc;
    if (s->at == s->end)
        return malformed(s, "ends too early");
    switch (*s->at) {
    case '{':
    case '[':
        rc = scan_nested(s);
        break;
    case '"':
        return scan_text(s);
    case 't':
        rc = scan_word(s, "true", JSON_BOOL, true);
        break;
    case 'f':
        rc = scan_word(s, "false", JSON_BOOL, false);
        break;
    case 'n':
        rc = scan_word(s, "null", JSON_NULL, false);
        break;
    default:
        rc = scan_number(s);
    }
    n->p = from;
    n->n = (uint32_t)(s->at - from);
    return rc;
}

static size_t node_limit(size_t bytes) {
    size_t limit = bytes > NODE_BYTES_MOST / NODE_BYTES_PER_BYTE ? NODE_BYTES_MOST : bytes * NODE_BYTES_PER_BYTE;
    return limit < NODE_BYTES_LEAST ? NODE_BYTES_LEAST : limit;
}

enum mt_rc json_read(struct json_doc *doc, struct mt_sv source) {
    *doc = (struct json_doc){.fault = {.rc = MT_OK, .message = "", .path = "$"}};
    mt_arena_init(&doc->arena, node_limit(source.n));
    struct scan s = {.doc = doc, .at = source.p, .end = source.p + source.n};
    if (source.n == 0)
        return malformed(&s, "is empty");
    if (source.n > UINT32_MAX)
        return fail(&s, MT_LIMIT, false, "is too large");
    space(&s);
    struct json *root = new_node(&s, NULL, &doc->root);
    if (root == NULL)
        return no_room(&s);
    s.node = root;
    enum mt_rc rc = scan_value(&s);
    s.node = rc == MT_OK ? root : s.node;
    space(&s);
    if (rc == MT_OK && s.at < s.end)
        rc = malformed(&s, "has something behind its end");
    return rc;
}

void json_free(struct json_doc *doc) {
    mt_arena_fini(&doc->arena);
    doc->root = NULL;
}

struct json *json_get(struct json *in, const char *key) {
    if (in == NULL || in->type != JSON_OBJECT)
        return NULL;
    size_t n = strlen(key);
    for (struct json *c = in->is.child; c != NULL; c = c->next)
        if (c->key_n == n && memcmp(c->key, key, n) == 0) {
            c->seen = true;
            return c;
        }
    return NULL;
}
