/* cache.db: what can be fetched again. Catalogue with search, stock, open orders and the last 30 days, exceptions,
 * staff, and the feed's cursor. The writer belongs to the helper thread, a reader to the thread that draws.
 * May be deleted at any moment.
 *
 * A new epoch fills a second file beside the last complete one; when it is complete it takes its place and readers
 * must be opened again (mt_cache_applied.swapped). */
#ifndef MEDTERM_STORE_CACHE_H
#define MEDTERM_STORE_CACHE_H

#include <medterm/base/ports.h>
#include <medterm/store/register.h>
#include <medterm/wire/changes.h>

struct mt_cache; /* the writer */
struct mt_cache_reader;

struct mt_cache_options {
    const char *dir; /* cache directory; must exist */
    const char *vfs; /* NULL: the system's */
    struct mt_clock clock;
};
/* A damaged or unreadable cache is thrown away and begun afresh; what remains an error is the disk's. */
MT_MUST enum mt_rc mt_cache_open(const struct mt_cache_options *o, struct mt_cache **out, struct mt_err *err);
void mt_cache_close(struct mt_cache *c); /* NULL is fine */

/* The cursor to ask the feed with ("": from the start); borrowed until the next apply. */
const char *mt_cache_cursor(const struct mt_cache *c);
/* The epoch of the current file, "" when none. Borrowed. */
const char *mt_cache_epoch(const struct mt_cache *c);

struct mt_cache_applied {
    size_t changes;
    bool more;    /* ask again at once */
    bool swapped; /* readers: open again */
    bool staff;   /* staff or settings came: mt_register_adopt */
    bool filling; /* the first or a second fill is not complete */
};
/* Applies one page (the body of GET /v1/changes asked with `asked`) and its cursor in one transaction. A page of
 * another epoch than the file's begins a second fill. MT_INVALID: not such a document, nothing changed. */
MT_MUST enum mt_rc mt_cache_apply(struct mt_cache *c, const char *asked, struct mt_sv page, struct mt_cache_applied *out,
                                  struct mt_err *err);
/* The service did not understand the cursor: fetch all again, beside the present file. */
MT_MUST enum mt_rc mt_cache_restart(struct mt_cache *c, struct mt_err *err);
/* Packs sold here: moves those drugs to their place in the ranking. */
MT_MUST enum mt_rc mt_cache_rank(struct mt_cache *c, const struct mt_sold *sold, size_t count, struct mt_err *err);

/* Reading. MT_NOTFOUND when there is no cache yet. */
MT_MUST enum mt_rc mt_cache_reader_open(const struct mt_cache_options *o, struct mt_cache_reader **out, struct mt_err *err);
void mt_cache_reader_close(struct mt_cache_reader *r); /* NULL is fine */
/* Reads the head of the search index once, so that the first key is as fast as the next. */
void mt_cache_warm(struct mt_cache_reader *r);

struct mt_cached_drug {
    struct mt_drug drug;
    int64_t free;                /* packs in sellable lots, not reserved; own unsynced ones not yet taken off */
    struct mt_date first_expiry; /* MT_NO_DATE: none free */
    int64_t expired;             /* packs past their expiry day */
};
/* Type-ahead, most sold first; every word by prefix, in any order. A text of four digits or more finds codes too, by prefix.
 * Nothing found is MT_OK with 0. */
MT_MUST enum mt_rc mt_cache_search(struct mt_cache_reader *r, struct mt_sv text, struct mt_date today, size_t limit,
                                   struct mt_arena *arena, struct mt_cached_drug **out, size_t *count, struct mt_err *err);
MT_MUST enum mt_rc mt_cache_by_code(struct mt_cache_reader *r, const char *code, struct mt_date today, struct mt_arena *arena,
                                    struct mt_cached_drug *out, struct mt_err *err);
MT_MUST enum mt_rc mt_cache_by_id(struct mt_cache_reader *r, const struct mt_id *drug_id, struct mt_date today,
                                  struct mt_arena *arena, struct mt_cached_drug *out, struct mt_err *err);
MT_MUST enum mt_rc mt_cache_stock(struct mt_cache_reader *r, const struct mt_id *drug_id, struct mt_arena *arena,
                                  struct mt_stock *out, struct mt_err *err);
MT_MUST enum mt_rc mt_cache_order(struct mt_cache_reader *r, const char *order_no, struct mt_arena *arena, struct mt_order *out,
                                  struct mt_err *err);
/* Newest first, at most limit; `status` for MT_ORDERS_STATUS only. */
MT_MUST enum mt_rc mt_cache_orders(struct mt_cache_reader *r, enum mt_orders_wanted wanted, enum mt_order_status status,
                                   size_t limit, struct mt_arena *arena, struct mt_order **out, size_t *count, struct mt_err *err);
MT_MUST enum mt_rc mt_cache_exceptions(struct mt_cache_reader *r, struct mt_arena *arena, struct mt_exception **out, size_t *count,
                                       struct mt_err *err); /* open ones */

struct mt_cache_facts {
    char epoch[MT_ID_TEXT];
    const char *cursor; /* owned by the arena */
    int64_t drugs;
    bool complete;
};
MT_MUST enum mt_rc mt_cache_facts(struct mt_cache_reader *r, struct mt_arena *arena, struct mt_cache_facts *out,
                                  struct mt_err *err);

/* FTS query for what a person typed; nothing of the text but letters and digits reaches it, all inside quotes.
 * Empty output: there is nothing to search for. */
void mt_search_query(struct mt_sv typed, struct mt_buf *out);
/* The words of a catalogue text as they are indexed: CJK one character a token, digits apart from letters. */
void mt_search_terms(struct mt_sv text, struct mt_buf *out);

#endif
