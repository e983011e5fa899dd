/* The schema of register.db, one migration a version, append-only. What the design calls unique is unique here, what
 * it never deletes can not be deleted by a slip: triggers keep operations and audit. */
#include "orders.h"
#include "register_impl.h"

static const char first[] =
    "CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), secret TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;"
    /* One row an enrolment under a register_id; the youngest is the one worked on. */
    "CREATE TABLE lane ("
    " lane INTEGER PRIMARY KEY, register_id TEXT NOT NULL UNIQUE, register_code TEXT NOT NULL, store_id TEXT NOT NULL,"
    " store_name TEXT NOT NULL, currency TEXT NOT NULL, url TEXT NOT NULL, token TEXT NOT NULL, epoch TEXT NOT NULL,"
    " enrolled_at INTEGER NOT NULL, frozen INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT '',"
    " last_seq INTEGER NOT NULL DEFAULT 0, last_order INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE outbox ("
    " lane INTEGER NOT NULL REFERENCES lane, seq INTEGER NOT NULL CHECK (seq > 0), op_id TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL, bytes TEXT NOT NULL, order_id TEXT, order_no TEXT, staff_id TEXT, at INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('waiting','applied','refused','quarantined','frozen','settled')),"
    " attempts INTEGER NOT NULL DEFAULT 0, words TEXT NOT NULL DEFAULT '', result TEXT, problem TEXT,"
    " outcome TEXT, answered_at INTEGER, answered_epoch TEXT, original TEXT, salvaged_by TEXT, settled_by TEXT,"
    " PRIMARY KEY (lane, seq)) STRICT;"
    "CREATE INDEX outbox_open ON outbox (state, lane, seq) WHERE state IN ('waiting','refused','quarantined','frozen');"
    "CREATE INDEX outbox_order ON outbox (order_id) WHERE state IN ('waiting','frozen');"
    "CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'operations are kept'); END;"
    /* json: as shown here; base: the service's last word, null before the first. */
    "CREATE TABLE local_order ("
    " order_id TEXT PRIMARY KEY, order_no TEXT NOT NULL, own INTEGER NOT NULL, status TEXT NOT NULL,"
    " version INTEGER NOT NULL, epoch TEXT NOT NULL, taken_at INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0,"
    " json TEXT NOT NULL, base TEXT) STRICT;"
    /* Not unique: a copied till gives numbers again that the other printed, and must still show both. */
    "CREATE INDEX local_order_number ON local_order (order_no, taken_at);"
    "CREATE INDEX local_order_time ON local_order (taken_at);"
    /* The board reads what is open every few seconds; what is done is most of the file. */
    "CREATE INDEX local_order_open ON local_order (taken_at, order_no) WHERE " MT_ORDER_OPEN ";"
    /* Packs that left with operations not yet answered; the shown stock is lowered by them. */
    "CREATE TABLE pending_line ("
    " lane INTEGER NOT NULL, seq INTEGER NOT NULL, drug_id TEXT NOT NULL, quantity INTEGER NOT NULL,"
    " PRIMARY KEY (lane, seq, drug_id)) STRICT;"
    "CREATE INDEX pending_line_drug ON pending_line (drug_id);"
    "CREATE TABLE sold (drug_id TEXT PRIMARY KEY, packs INTEGER NOT NULL) STRICT;"
    "CREATE TABLE cart_line (at INTEGER PRIMARY KEY, drug TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0)) STRICT;"
    "CREATE TABLE cart_pack ("
    " line INTEGER NOT NULL REFERENCES cart_line ON UPDATE CASCADE ON DELETE CASCADE, n INTEGER NOT NULL,"
    " lot_no TEXT NOT NULL, serial TEXT NOT NULL, expires_on TEXT, PRIMARY KEY (line, n)) STRICT;"
    "CREATE TABLE cart_head ("
    " one INTEGER PRIMARY KEY CHECK (one = 1), user_name TEXT NOT NULL, user_phone TEXT NOT NULL, doctor_name TEXT NOT NULL,"
    " buyer_id_no TEXT NOT NULL, prescription TEXT NOT NULL, address_detail TEXT NOT NULL, remark TEXT NOT NULL,"
    " fulfilment TEXT NOT NULL) STRICT;"
    "CREATE TABLE staff ("
    " staff_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, verifier TEXT NOT NULL, active INTEGER NOT NULL,"
    " version INTEGER NOT NULL, epoch TEXT NOT NULL) STRICT;"
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE pin (one INTEGER PRIMARY KEY CHECK (one = 1), wrong INTEGER NOT NULL, locked_until INTEGER NOT NULL) STRICT;"
    "CREATE TABLE audit ("
    " n INTEGER PRIMARY KEY, at INTEGER NOT NULL, staff_id TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL) STRICT;"
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;"
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;";

const struct mt_migration mt_register_schema[] = {
    {.name = "register.db, first version", .sqlite = first},
};
const size_t mt_register_schema_count = sizeof mt_register_schema / sizeof mt_register_schema[0];
