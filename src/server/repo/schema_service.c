/* SQLite: what the whole order service keeps beyond the first sale. SQLite can't change a CHECK, so the two ledgers that learnt new
 * words are copied into tables that know them; nothing refers to them, and their triggers are made anew. */
#include "schema_parts.h"

const char mt_schema_wider_ledgers[] =
    "CREATE TABLE mt_stock_move_wider("
    " move_id INTEGER PRIMARY KEY AUTOINCREMENT, store_id TEXT NOT NULL, drug_id TEXT NOT NULL, lot_no TEXT NOT NULL,"
    " kind TEXT NOT NULL CHECK(kind IN ('receive','sale','restock','return','adjust','count')),"
    " quantity INTEGER NOT NULL CHECK(quantity <> 0), order_id TEXT, line INTEGER, op_id TEXT, at INTEGER NOT NULL,"
    " CHECK(kind <> 'sale' OR quantity < 0), CHECK(kind NOT IN ('receive','restock','return') OR quantity > 0),"
    " FOREIGN KEY(store_id, drug_id, lot_no) REFERENCES mt_lot(store_id, drug_id, lot_no)) STRICT;"
    "INSERT INTO mt_stock_move_wider SELECT * FROM mt_stock_move;"
    "DROP TABLE mt_stock_move;"
    "ALTER TABLE mt_stock_move_wider RENAME TO mt_stock_move;"
    "CREATE TRIGGER mt_stock_move_stands BEFORE UPDATE ON mt_stock_move BEGIN SELECT RAISE(ABORT, 'stock moves stand'); END;"
    "CREATE TRIGGER mt_stock_move_stays BEFORE DELETE ON mt_stock_move BEGIN SELECT RAISE(ABORT, 'stock moves stand'); END;"

    "CREATE TABLE mt_event_wider("
    " event_id INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL REFERENCES mt_order(order_id),"
    " version INTEGER NOT NULL CHECK(version >= 1),"
    " kind TEXT NOT NULL CHECK(kind IN ('status','payment','refund','return','exception')),"
    " from_status TEXT NOT NULL, to_status TEXT NOT NULL, register_id TEXT NOT NULL, staff_id TEXT NOT NULL,"
    " op_id TEXT NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " UNIQUE(order_id, version)) STRICT;"
    "INSERT INTO mt_event_wider SELECT * FROM mt_event;"
    "DROP TABLE mt_event;"
    "ALTER TABLE mt_event_wider RENAME TO mt_event;"
    "CREATE TRIGGER mt_event_stands BEFORE UPDATE ON mt_event BEGIN SELECT RAISE(ABORT, 'events stand'); END;"
    "CREATE TRIGGER mt_event_stays BEFORE DELETE ON mt_event BEGIN SELECT RAISE(ABORT, 'events stand'); END;";

const char mt_schema_money_back[] =
    "CREATE TABLE mt_refund("
    " refund_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL REFERENCES mt_payment(payment_id),"
    " order_id TEXT NOT NULL REFERENCES mt_order(order_id), amount INTEGER NOT NULL CHECK(amount > 0),"
    " status TEXT NOT NULL CHECK(status IN ('created','pending','succeeded','failed')), reason TEXT NOT NULL,"
    " op_id TEXT NOT NULL, at INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_refund_by_order ON mt_refund(order_id);"
    "CREATE INDEX mt_refund_by_payment ON mt_refund(payment_id);"
    "CREATE INDEX mt_order_unpaid ON mt_order(register_id, created_at) WHERE status = 'pending_payment';"
    "CREATE TRIGGER mt_refund_stands BEFORE UPDATE ON mt_refund WHEN OLD.status IN ('succeeded','failed')"
    " OR NEW.refund_id <> OLD.refund_id OR NEW.payment_id <> OLD.payment_id OR NEW.order_id <> OLD.order_id"
    " OR NEW.amount <> OLD.amount BEGIN SELECT RAISE(ABORT, 'a refund that has ended stands'); END;"
    "CREATE TRIGGER mt_refund_stays BEFORE DELETE ON mt_refund BEGIN SELECT RAISE(ABORT, 'refunds are never deleted'); END;"
    "CREATE TABLE mt_refund_line("
    " refund_id TEXT NOT NULL REFERENCES mt_refund(refund_id), line INTEGER NOT NULL CHECK(line >= 1),"
    " quantity INTEGER NOT NULL CHECK(quantity >= 1), PRIMARY KEY(refund_id, line)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE mt_return_line("
    " return_id TEXT NOT NULL, order_id TEXT NOT NULL, line INTEGER NOT NULL, lot_no TEXT NOT NULL,"
    " quantity INTEGER NOT NULL CHECK(quantity >= 1), fate TEXT NOT NULL CHECK(fate IN ('resale','quarantine')),"
    " reason TEXT NOT NULL, op_id TEXT NOT NULL, at INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " PRIMARY KEY(return_id, line, lot_no), FOREIGN KEY(order_id, line) REFERENCES mt_order_item(order_id, line))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_return_line_by_order ON mt_return_line(order_id);"
    "CREATE TRIGGER mt_return_line_stands BEFORE UPDATE ON mt_return_line BEGIN SELECT RAISE(ABORT, 'returns stand'); END;"
    "CREATE TRIGGER mt_return_line_stays BEFORE DELETE ON mt_return_line BEGIN SELECT RAISE(ABORT, 'returns stand'); END;";

/* A recall holds in every store, also for packs that come in later. */
const char mt_schema_recalls[] =
    "CREATE TABLE mt_recall("
    " drug_id TEXT NOT NULL REFERENCES mt_drug(drug_id), lot_no TEXT NOT NULL CHECK(lot_no <> ''), reason TEXT NOT NULL,"
    " op_id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(drug_id, lot_no)) STRICT, WITHOUT ROWID;";

const char mt_schema_patients[] =
    "CREATE TABLE mt_user("
    " user_id TEXT PRIMARY KEY, store_id TEXT NOT NULL REFERENCES mt_store(store_id), name TEXT NOT NULL CHECK(name <> ''),"
    " phone TEXT NOT NULL, version INTEGER NOT NULL CHECK(version >= 1), created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_user_by_phone ON mt_user(store_id, phone, user_id) WHERE phone <> '';"
    "CREATE INDEX mt_user_newest ON mt_user(store_id, user_id);"
    "CREATE TABLE mt_address("
    " user_id TEXT NOT NULL REFERENCES mt_user(user_id), address_id TEXT NOT NULL, place INTEGER NOT NULL,"
    " detail TEXT NOT NULL CHECK(detail <> ''), PRIMARY KEY(user_id, address_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mt_user_word("
    " store_id TEXT NOT NULL, word TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES mt_user(user_id),"
    " PRIMARY KEY(store_id, word, user_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_user_word_by_user ON mt_user_word(user_id);"
    "CREATE TABLE mt_doctor("
    " doctor_id TEXT PRIMARY KEY, store_id TEXT NOT NULL REFERENCES mt_store(store_id), name TEXT NOT NULL CHECK(name <> ''),"
    " licence TEXT NOT NULL, active INTEGER NOT NULL CHECK(active IN (0, 1)), version INTEGER NOT NULL CHECK(version >= 1),"
    " created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_doctor_by_store ON mt_doctor(store_id, doctor_id);";

/* Words an order or a drug is found by; a search walks the rows of a word in their order and stops when its page is full, so it
 * costs the same however many there are. What an older version stored gets its words when the service first opens it. The sums of a
 * time are read off the index by status. */
const char mt_schema_search[] = "CREATE TABLE mt_order_word("
                                " store_id TEXT NOT NULL, word TEXT NOT NULL, created_at INTEGER NOT NULL, order_id TEXT NOT NULL,"
                                " PRIMARY KEY(store_id, word, created_at, order_id)) STRICT, WITHOUT ROWID;"
                                "CREATE INDEX mt_order_by_printed_no ON mt_order(printed_no) WHERE printed_no <> '';"
                                "CREATE INDEX mt_order_by_register ON mt_order(register_id, created_at, order_id);"
                                "DROP INDEX mt_order_by_status;"
                                "CREATE INDEX mt_order_by_status ON mt_order(store_id, status, created_at, order_id, total_amount);"
                                "CREATE INDEX mt_register_by_store ON mt_register(store_id);"
                                "CREATE INDEX mt_exception_newest ON mt_exception(store_id, exception_id);"
                                "CREATE TABLE mt_drug_word("
                                " word TEXT NOT NULL, name TEXT NOT NULL, drug_id TEXT NOT NULL REFERENCES mt_drug(drug_id),"
                                " PRIMARY KEY(word, name, drug_id)) STRICT, WITHOUT ROWID;"
                                "CREATE INDEX mt_drug_word_by_drug ON mt_drug_word(drug_id);"
                                "CREATE INDEX mt_drug_by_name ON mt_drug(name, drug_id);";

/* REST callers: their keys, the numbers the service gives their orders, and tokens that can be taken back. */
const char mt_schema_rest[] =
    "CREATE TABLE mt_rest_key("
    " client_id TEXT NOT NULL REFERENCES mt_client(client_id), key TEXT NOT NULL CHECK(key <> ''),"
    " hash TEXT NOT NULL CHECK(length(hash) = 64), op_id TEXT NOT NULL REFERENCES mt_operation(op_id),"
    " created_at INTEGER NOT NULL, PRIMARY KEY(client_id, key)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER mt_rest_key_stands BEFORE UPDATE ON mt_rest_key BEGIN SELECT RAISE(ABORT, 'keys stand'); END;"
    "CREATE TRIGGER mt_rest_key_stays BEFORE DELETE ON mt_rest_key BEGIN SELECT RAISE(ABORT, 'keys stand'); END;"
    "ALTER TABLE mt_client ADD COLUMN last_order_no INTEGER NOT NULL DEFAULT 0 CHECK(last_order_no >= 0);"
    "ALTER TABLE mt_register ADD COLUMN revoked_at INTEGER;"
    "ALTER TABLE mt_exception ADD COLUMN resolution TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE mt_exception ADD COLUMN resolved_by TEXT NOT NULL DEFAULT '';";

const char mt_schema_webhooks[] =
    "CREATE TABLE mt_subscription("
    " subscription_id TEXT PRIMARY KEY, store_id TEXT NOT NULL REFERENCES mt_store(store_id), url TEXT NOT NULL CHECK(url <> ''),"
    " secret TEXT NOT NULL CHECK(secret <> ''), active INTEGER NOT NULL CHECK(active IN (0, 1)), created_at INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_subscription_by_store ON mt_subscription(store_id) WHERE active = 1;"
    "CREATE TABLE mt_delivery("
    " delivery_id TEXT PRIMARY KEY, subscription_id TEXT NOT NULL REFERENCES mt_subscription(subscription_id),"
    " order_id TEXT NOT NULL, order_version INTEGER NOT NULL, body TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK(state IN ('waiting','delivered','given_up')), attempts INTEGER NOT NULL CHECK(attempts >= 0),"
    " next_at INTEGER NOT NULL, leased_until INTEGER NOT NULL, created_at INTEGER NOT NULL, ended_at INTEGER,"
    " UNIQUE(subscription_id, order_id, order_version), CHECK((state = 'waiting') = (ended_at IS NULL))) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_delivery_due ON mt_delivery(next_at) WHERE state = 'waiting';"
    "CREATE INDEX mt_delivery_ended ON mt_delivery(ended_at) WHERE state <> 'waiting';";

/* Packs held of a lot that may not be sold any more move to another one, so a reservation that has not ended may give up its row.
 * What waits for somebody has indexes of its own: short sales for goods, kept operations for a newer program or a person. */
const char mt_schema_settling[] =
    "DROP TRIGGER mt_reservation_stays;"
    "CREATE TRIGGER mt_reservation_stays BEFORE DELETE ON mt_reservation WHEN OLD.state <> 'held'"
    " BEGIN SELECT RAISE(ABORT, 'a reservation that has ended stands'); END;"
    "CREATE INDEX mt_reservation_by_lot ON mt_reservation(store_id, drug_id, lot_no) WHERE state = 'held';"
    "CREATE INDEX mt_exception_short ON mt_exception(store_id, drug_id, created_at)"
    " WHERE kind = 'stock_shortfall' AND state = 'open';"
    "CREATE INDEX mt_exception_by_op ON mt_exception(op_id) WHERE kind IN ('quarantined','salvage') AND state = 'open';"
    "CREATE INDEX mt_operation_kept ON mt_operation(op_id) WHERE outcome = 'quarantined';";
