/* Documents built as a cJSON tree. Whole numbers are put in as text: cJSON would print large ones with an exponent. */
#include <medterm/wire/doc.h>

#include <medterm/base/utf8.h>

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct mt_doc {
    cJSON *root; /* owned */
    bool failed;
};

struct mt_doc *mt_doc_new(void) {
    struct mt_doc *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->root = cJSON_CreateObject();
    if (d->root == NULL) {
        free(d);
        return NULL;
    }
    return d;
}

void mt_doc_free(struct mt_doc *d) {
    if (d == NULL)
        return;
    cJSON_Delete(d->root);
    free(d);
}

struct mt_node *mt_doc_root(struct mt_doc *d) {
    return d != NULL ? (struct mt_node *)d->root : NULL;
}

/* Takes the item over; NULL says the allocation failed. */
static struct mt_node *put(struct mt_doc *d, struct mt_node *in, const char *key, cJSON *item) {
    cJSON *parent = (cJSON *)in;
    bool done = d != NULL && parent != NULL && item != NULL;
    if (done)
        done = key != NULL ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item);
    if (done)
        return (struct mt_node *)item;
    cJSON_Delete(item);
    if (d != NULL)
        d->failed = true;
    return NULL;
}

/* Text of unknown make: what is not UTF-8 becomes U+FFFD. */
static cJSON *text_item(const char *value) {
    if (mt_utf8_valid(mt_sv(value)))
        return cJSON_CreateString(value);
    struct mt_buf clean;
    struct mt_sv rest = mt_sv(value);
    mt_buf_init(&clean, rest.n * 3 + 1);
    while (rest.n > 0) {
        char bytes[4];
        mt_buf_add(&clean, bytes, mt_utf8_put(mt_utf8_next(&rest), bytes));
    }
    cJSON *item = mt_buf_rc(&clean) == MT_OK ? cJSON_CreateString(mt_buf_text(&clean)) : NULL;
    mt_buf_fini(&clean);
    return item;
}

void mt_node_text(struct mt_doc *d, struct mt_node *in, const char *key, const char *value) {
    if (d != NULL)
        (void)put(d, in, key, value != NULL ? text_item(value) : cJSON_CreateNull());
}

void mt_node_int(struct mt_doc *d, struct mt_node *in, const char *key, int64_t value) {
    char digits[24];
    if (d == NULL)
        return;
    int n = snprintf(digits, sizeof digits, "%" PRId64, value);
    (void)put(d, in, key, n > 0 && n < (int)sizeof digits ? cJSON_CreateRaw(digits) : NULL);
}

void mt_node_bool(struct mt_doc *d, struct mt_node *in, const char *key, bool value) {
    if (d != NULL)
        (void)put(d, in, key, cJSON_CreateBool(value));
}

void mt_node_raw(struct mt_doc *d, struct mt_node *in, const char *key, struct mt_sv json) {
    if (d == NULL)
        return;
    struct mt_buf copy;
    mt_buf_init(&copy, json.n + 1);
    mt_buf_sv(&copy, json);
    (void)put(d, in, key, mt_buf_rc(&copy) == MT_OK ? cJSON_CreateRaw(mt_buf_text(&copy)) : NULL);
    mt_buf_fini(&copy);
}

struct mt_node *mt_node_object(struct mt_doc *d, struct mt_node *in, const char *key) {
    return d != NULL ? put(d, in, key, cJSON_CreateObject()) : NULL;
}

struct mt_node *mt_node_array(struct mt_doc *d, struct mt_node *in, const char *key) {
    return d != NULL ? put(d, in, key, cJSON_CreateArray()) : NULL;
}

enum mt_rc mt_doc_print(struct mt_doc *d, struct mt_buf *out) {
    if (d == NULL || d->failed)
        return MT_NOMEM;
    char *text = cJSON_PrintUnformatted(d->root);
    if (text == NULL)
        return MT_NOMEM;
    mt_buf_str(out, text);
    cJSON_free(text);
    return mt_buf_rc(out);
}
