/* A JSON document to print, for the commands' --json and small answers: a thin face of cJSON.
 * Building is sticky like mt_buf: a failed allocation is told once, by mt_doc_print. */
#ifndef MEDTERM_WIRE_DOC_H
#define MEDTERM_WIRE_DOC_H

#include <medterm/domain/money.h>

struct mt_doc;  /* owned: the root object */
struct mt_node; /* borrowed from its document: an object or an array */

struct mt_doc *mt_doc_new(void); /* NULL: no memory (all functions below take NULL) */
void mt_doc_free(struct mt_doc *d);
struct mt_node *mt_doc_root(struct mt_doc *d);
/* key is NULL inside an array. Text is copied. */
void mt_node_text(struct mt_doc *d, struct mt_node *in, const char *key, const char *value); /* NULL value: null */
void mt_node_int(struct mt_doc *d, struct mt_node *in, const char *key, int64_t value);
void mt_node_bool(struct mt_doc *d, struct mt_node *in, const char *key, bool value);
void mt_node_raw(struct mt_doc *d, struct mt_node *in, const char *key, struct mt_sv json); /* put in as it stands */
struct mt_node *mt_node_object(struct mt_doc *d, struct mt_node *in, const char *key);
struct mt_node *mt_node_array(struct mt_doc *d, struct mt_node *in, const char *key);
MT_MUST enum mt_rc mt_doc_print(struct mt_doc *d, struct mt_buf *out);

#endif
