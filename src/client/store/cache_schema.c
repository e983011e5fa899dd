/* The schema of cache.db. A drug's rowid is its place in the ranking: what sells most comes first, and a search that
 * reads the index in rowid order needs no sorting. The index keeps no text of its own (content is the drug table). */
#include "cache_impl.h"
#include "orders.h"

static const char first[] =
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, cursor TEXT NOT NULL, complete INTEGER NOT "
    "NULL,"
    " generation INTEGER NOT NULL, next_tie INTEGER NOT NULL, drugs INTEGER NOT NULL) STRICT;"
    "INSERT INTO meta VALUES (1, '', '', 0, 0, 0, 0);"
    "CREATE TABLE drug ("
    " rank INTEGER PRIMARY KEY, drug_id TEXT NOT NULL UNIQUE, code TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL,"
    " form TEXT NOT NULL, maker TEXT NOT NULL, generic TEXT NOT NULL, pinyin TEXT NOT NULL, shelf TEXT NOT NULL, price INTEGER,"
    " sellable INTEGER NOT NULL, rx TEXT NOT NULL, vat_bp INTEGER NOT NULL, version INTEGER NOT NULL, terms TEXT NOT NULL) STRICT;"
    "CREATE INDEX drug_code ON drug (code);"
    "CREATE VIRTUAL TABLE drug_fts USING fts5(terms, content='drug', content_rowid='rank', prefix='1 2 3',"
    " tokenize=\"unicode61 remove_diacritics 2\", columnsize=0);"
    "CREATE TABLE sold (drug_id TEXT PRIMARY KEY, packs INTEGER NOT NULL) STRICT;"
    "CREATE TABLE stock (drug_id TEXT PRIMARY KEY, version INTEGER NOT NULL, on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL) "
    "STRICT;"
    "CREATE TABLE lot ("
    " drug_id TEXT NOT NULL, expires_on TEXT NOT NULL, lot_no TEXT NOT NULL, state TEXT NOT NULL, on_hand INTEGER NOT NULL,"
    " reserved INTEGER NOT NULL, PRIMARY KEY (drug_id, expires_on, lot_no)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE order_copy ("
    " order_id TEXT PRIMARY KEY, order_no TEXT NOT NULL UNIQUE, status TEXT NOT NULL, version INTEGER NOT NULL,"
    " taken_at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;"
    "CREATE INDEX order_copy_time ON order_copy (taken_at);"
    "CREATE INDEX order_copy_open ON order_copy (taken_at, order_no) WHERE " MT_ORDER_OPEN ";"
    "CREATE TABLE exception_copy ("
    " exception_id TEXT PRIMARY KEY, version INTEGER NOT NULL, open INTEGER NOT NULL, kind TEXT NOT NULL, order_id TEXT NOT NULL,"
    " order_no TEXT NOT NULL, drug_id TEXT NOT NULL, quantity INTEGER NOT NULL, detail TEXT NOT NULL, created_at INTEGER NOT NULL) "
    "STRICT;"
    "CREATE TABLE staff_copy ("
    " staff_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, verifier TEXT NOT NULL, active INTEGER NOT NULL,"
    " version INTEGER NOT NULL) STRICT;"
    "CREATE TABLE setting_copy (name TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL) STRICT;";

const struct mt_migration mt_cache_schema[] = {
    {.name = "cache.db, first version", .sqlite = first},
};
const size_t mt_cache_schema_count = sizeof mt_cache_schema / sizeof mt_cache_schema[0];
