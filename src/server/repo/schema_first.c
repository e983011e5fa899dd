/* SQLite: the schema of the first version. Every unique rule of the design is a UNIQUE or CHECK here
 * too, so that a fault of ours ends in a refused statement and never in a wrong row. Ledgers (stock moves, events,
 * audit, operations) take no update and no delete. Times are milliseconds, dates ISO texts, money minor units.
 * Lookups that the screens and the feed make have an index; others have none, because each one costs every order.
 *
 * Narrow rows stand in the order of their key (WITHOUT ROWID). Orders and operations are wider than SQLite advises for that: whole
 * rows in the inner pages of a tree make it deep, and one row of a million dear to reach. */
#include "schema_parts.h"

const char mt_schema_people[] =
    "CREATE TABLE mt_meta("
    " key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE mt_store("
    " store_id TEXT PRIMARY KEY, name TEXT NOT NULL CHECK(name <> ''),"
    " currency TEXT NOT NULL CHECK(length(currency) = 3), created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

    /* Tills and REST clients: whoever has a code and a numbered lane of operations. */
    "CREATE TABLE mt_register("
    " register_id TEXT PRIMARY KEY, store_id TEXT NOT NULL REFERENCES mt_store(store_id),"
    " code TEXT NOT NULL UNIQUE CHECK(length(code) BETWEEN 2 AND 8), name TEXT NOT NULL DEFAULT '',"
    " token_hash TEXT UNIQUE, enrol_code_hash TEXT UNIQUE, enrol_expires INTEGER, instance_id TEXT,"
    " last_seq INTEGER NOT NULL DEFAULT 0 CHECK(last_seq >= 0), last_op_id TEXT, created_at INTEGER NOT NULL,"
    " CHECK((last_seq = 0) = (last_op_id IS NULL))) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mt_client("
    " client_id TEXT PRIMARY KEY REFERENCES mt_register(register_id),"
    " role TEXT NOT NULL CHECK(role IN ('counter','fulfilment','pharmacist','manager'))) STRICT, WITHOUT ROWID;"

    "CREATE TABLE mt_staff("
    " staff_id TEXT PRIMARY KEY, store_id TEXT NOT NULL REFERENCES mt_store(store_id), name TEXT NOT NULL CHECK(name <> ''),"
    " role TEXT NOT NULL CHECK(role IN ('counter','fulfilment','pharmacist','manager')), verifier TEXT NOT NULL,"
    " active INTEGER NOT NULL CHECK(active IN (0, 1)), version INTEGER NOT NULL CHECK(version >= 1),"
    " created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const char mt_schema_goods[] =
    "CREATE TABLE mt_drug("
    " drug_id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL CHECK(name <> ''), spec TEXT NOT NULL,"
    " form TEXT NOT NULL, maker TEXT NOT NULL, generic TEXT NOT NULL, pinyin TEXT NOT NULL, shelf TEXT NOT NULL,"
    " price INTEGER CHECK(price >= 0), sellable INTEGER NOT NULL CHECK(sellable IN (0, 1)),"
    " rx TEXT NOT NULL CHECK(rx IN ('none','rx','controlled')), vat_bp INTEGER NOT NULL CHECK(vat_bp BETWEEN 0 AND 10000),"
    " version INTEGER NOT NULL CHECK(version >= 1), CHECK(sellable = 0 OR price IS NOT NULL)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE mt_lot("
    " store_id TEXT NOT NULL REFERENCES mt_store(store_id), drug_id TEXT NOT NULL REFERENCES mt_drug(drug_id),"
    " lot_no TEXT NOT NULL, expires_on TEXT, state TEXT NOT NULL CHECK(state IN ('ok','quarantined','recalled')),"
    " on_hand INTEGER NOT NULL CHECK(on_hand >= 0), reserved INTEGER NOT NULL CHECK(reserved BETWEEN 0 AND on_hand),"
    " PRIMARY KEY(store_id, drug_id, lot_no)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mt_stock_version("
    " store_id TEXT NOT NULL, drug_id TEXT NOT NULL, version INTEGER NOT NULL CHECK(version >= 1),"
    " PRIMARY KEY(store_id, drug_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mt_stock_move("
    " move_id INTEGER PRIMARY KEY AUTOINCREMENT, store_id TEXT NOT NULL, drug_id TEXT NOT NULL, lot_no TEXT NOT NULL,"
    " kind TEXT NOT NULL CHECK(kind IN ('receive','sale','restock')), quantity INTEGER NOT NULL CHECK(quantity <> 0),"
    " order_id TEXT, line INTEGER, op_id TEXT, at INTEGER NOT NULL,"
    " CHECK((kind = 'sale') = (quantity < 0)),"
    " FOREIGN KEY(store_id, drug_id, lot_no) REFERENCES mt_lot(store_id, drug_id, lot_no)) STRICT;";

const char mt_schema_orders[] =
    "CREATE TABLE mt_order("
    " order_id TEXT PRIMARY KEY, order_no TEXT NOT NULL UNIQUE, store_id TEXT NOT NULL REFERENCES mt_store(store_id),"
    " register_id TEXT NOT NULL REFERENCES mt_register(register_id),"
    " status TEXT NOT NULL CHECK(status IN ('pending_payment','paid','preparing','shipped','completed','cancelled')),"
    " version INTEGER NOT NULL CHECK(version >= 1), user_id TEXT NOT NULL, user_name TEXT NOT NULL, user_phone TEXT NOT NULL,"
    " doctor_id TEXT NOT NULL, doctor_name TEXT NOT NULL, address_id TEXT NOT NULL, address_detail TEXT NOT NULL,"
    " fulfilment TEXT NOT NULL CHECK(fulfilment IN ('pickup','delivery')), currency TEXT NOT NULL,"
    " original_amount INTEGER NOT NULL CHECK(original_amount >= 0),"
    " discount_amount INTEGER NOT NULL CHECK(discount_amount BETWEEN 0 AND original_amount),"
    " total_amount INTEGER NOT NULL CHECK(total_amount = original_amount - discount_amount),"
    " paid_amount INTEGER NOT NULL CHECK(paid_amount >= 0),"
    " refunded_amount INTEGER NOT NULL CHECK(refunded_amount >= 0), pay_type TEXT NOT NULL,"
    " taken_offline INTEGER NOT NULL CHECK(taken_offline IN (0, 1)), taken_at INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL, pay_time INTEGER, drug_time INTEGER, send_time INTEGER, finish_time INTEGER,"
    " cancel_time INTEGER, remark TEXT NOT NULL, printed_no TEXT NOT NULL, prescription TEXT NOT NULL,"
    " buyer_id_no TEXT NOT NULL, approved_by TEXT NOT NULL, create_op_id TEXT NOT NULL UNIQUE,"
    " CHECK(status <> 'paid' OR paid_amount >= total_amount)) STRICT;"
    "CREATE INDEX mt_order_newest ON mt_order(store_id, created_at, order_id);"
    "CREATE INDEX mt_order_by_status ON mt_order(store_id, status, created_at, order_id);"
    "CREATE INDEX mt_order_by_user ON mt_order(user_id, created_at, order_id) WHERE user_id <> '';"
    "CREATE INDEX mt_order_by_phone ON mt_order(user_phone, created_at, order_id) WHERE user_phone <> '';"
    "CREATE TRIGGER mt_order_moves_forward BEFORE UPDATE ON mt_order WHEN NEW.order_id <> OLD.order_id"
    " OR NEW.order_no <> OLD.order_no OR NEW.store_id <> OLD.store_id OR NEW.version <> OLD.version + 1"
    " OR (OLD.status IN ('completed','cancelled') AND NEW.status <> OLD.status)"
    " BEGIN SELECT RAISE(ABORT, 'an order keeps its number, its version rises by one, and final is final'); END;"
    "CREATE TRIGGER mt_order_stays BEFORE DELETE ON mt_order BEGIN SELECT RAISE(ABORT, 'orders are never deleted'); END;";

const char mt_schema_lines[] =
    "CREATE TABLE mt_order_item("
    " order_id TEXT NOT NULL REFERENCES mt_order(order_id), line INTEGER NOT NULL CHECK(line >= 1),"
    " drug_id TEXT NOT NULL REFERENCES mt_drug(drug_id), drug_name TEXT NOT NULL, drug_spec TEXT NOT NULL,"
    " quantity INTEGER NOT NULL CHECK(quantity BETWEEN 1 AND 999), price INTEGER NOT NULL CHECK(price >= 0),"
    " subtotal INTEGER NOT NULL CHECK(subtotal = price * quantity), PRIMARY KEY(order_id, line)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mt_order_item_lot("
    " order_id TEXT NOT NULL, line INTEGER NOT NULL, lot_no TEXT NOT NULL, expires_on TEXT,"
    " quantity INTEGER NOT NULL CHECK(quantity >= 1), scanned INTEGER NOT NULL CHECK(scanned IN (0, 1)),"
    " PRIMARY KEY(order_id, line, lot_no),"
    " FOREIGN KEY(order_id, line) REFERENCES mt_order_item(order_id, line)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mt_reservation("
    " order_id TEXT NOT NULL, line INTEGER NOT NULL, lot_no TEXT NOT NULL, store_id TEXT NOT NULL, drug_id TEXT NOT NULL,"
    " quantity INTEGER NOT NULL CHECK(quantity >= 1), state TEXT NOT NULL CHECK(state IN ('held','reduced','released')),"
    " created_at INTEGER NOT NULL, ended_at INTEGER, CHECK((state = 'held') = (ended_at IS NULL)),"
    " PRIMARY KEY(order_id, line, lot_no),"
    " FOREIGN KEY(order_id, line, lot_no) REFERENCES mt_order_item_lot(order_id, line, lot_no),"
    " FOREIGN KEY(store_id, drug_id, lot_no) REFERENCES mt_lot(store_id, drug_id, lot_no)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER mt_reservation_ends_once BEFORE UPDATE ON mt_reservation WHEN OLD.state <> 'held'"
    " BEGIN SELECT RAISE(ABORT, 'a reservation ends once'); END;"
    "CREATE TRIGGER mt_reservation_stays BEFORE DELETE ON mt_reservation"
    " BEGIN SELECT RAISE(ABORT, 'reservations are never deleted'); END;"

    "CREATE TABLE mt_payment("
    " payment_id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES mt_order(order_id),"
    " method TEXT NOT NULL CHECK(method IN ('cash','bank_card','wechat','alipay')),"
    " status TEXT NOT NULL CHECK(status IN ('created','pending','cancelling','succeeded','failed','cancelled')),"
    " amount INTEGER NOT NULL CHECK(amount > 0), tendered INTEGER CHECK(tendered >= amount),"
    " change INTEGER NOT NULL CHECK(change >= 0), reference TEXT NOT NULL, at INTEGER NOT NULL, op_id TEXT NOT NULL,"
    " created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    /* holds all that an order tells of its payments: one lookup less an order */
    "CREATE INDEX mt_payment_by_order ON mt_payment(order_id, created_at, payment_id, method, status, amount, tendered, change,"
    " reference, at);"
    "CREATE TABLE mt_serial("
    " drug_id TEXT NOT NULL, serial TEXT NOT NULL CHECK(serial <> ''), order_id TEXT NOT NULL REFERENCES mt_order(order_id),"
    " line INTEGER NOT NULL, PRIMARY KEY(drug_id, serial)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mt_serial_by_order ON mt_serial(order_id);";

const char mt_schema_operations[] =
    "CREATE TABLE mt_operation("
    " op_id TEXT PRIMARY KEY, register_id TEXT NOT NULL REFERENCES mt_register(register_id),"
    " register_seq INTEGER NOT NULL CHECK(register_seq >= 1), hash TEXT NOT NULL CHECK(length(hash) = 64),"
    " kind TEXT NOT NULL, order_id TEXT NOT NULL, bytes TEXT NOT NULL, received_at INTEGER NOT NULL,"
    " outcome TEXT NOT NULL CHECK(outcome IN ('applied','refused','quarantined')), result TEXT, problem TEXT,"
    " waits TEXT NOT NULL CHECK(waits IN ('','version','order','operation','person')),"
    " UNIQUE(register_id, register_seq), CHECK((outcome = 'applied') = (result IS NOT NULL)),"
    " CHECK((outcome = 'applied') = (problem IS NULL)), CHECK((outcome = 'quarantined') = (waits <> ''))) STRICT;"
    "CREATE INDEX mt_operation_waiting ON mt_operation(order_id) WHERE outcome = 'quarantined' AND order_id <> '';"
    "CREATE INDEX mt_operation_refused ON mt_operation(order_id) WHERE outcome = 'refused' AND kind = 'order.create';"
    "CREATE TRIGGER mt_operation_stands BEFORE UPDATE ON mt_operation WHEN OLD.outcome <> 'quarantined'"
    " OR NEW.op_id <> OLD.op_id OR NEW.register_id <> OLD.register_id OR NEW.register_seq <> OLD.register_seq"
    " OR NEW.hash <> OLD.hash OR NEW.bytes <> OLD.bytes"
    " BEGIN SELECT RAISE(ABORT, 'an answered operation stands'); END;"
    "CREATE TRIGGER mt_operation_stays BEFORE DELETE ON mt_operation"
    " BEGIN SELECT RAISE(ABORT, 'operations are never deleted'); END;";

const char mt_schema_ledgers[] =
    "CREATE TABLE mt_event("
    " event_id INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL REFERENCES mt_order(order_id),"
    " version INTEGER NOT NULL CHECK(version >= 1), kind TEXT NOT NULL CHECK(kind IN ('status','payment','exception')),"
    " from_status TEXT NOT NULL, to_status TEXT NOT NULL, register_id TEXT NOT NULL, staff_id TEXT NOT NULL,"
    " op_id TEXT NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL, created_at INTEGER NOT NULL,"
    " UNIQUE(order_id, version)) STRICT;"
    "CREATE TABLE mt_audit("
    " audit_id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, staff_id TEXT NOT NULL,"
    " action TEXT NOT NULL, entity TEXT NOT NULL, entity_id TEXT NOT NULL, version INTEGER NOT NULL, op_id TEXT NOT NULL,"
    " prev TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
    "CREATE TRIGGER mt_stock_move_stands BEFORE UPDATE ON mt_stock_move BEGIN SELECT RAISE(ABORT, 'stock moves stand'); END;"
    "CREATE TRIGGER mt_stock_move_stays BEFORE DELETE ON mt_stock_move BEGIN SELECT RAISE(ABORT, 'stock moves stand'); END;"
    "CREATE TRIGGER mt_event_stands BEFORE UPDATE ON mt_event BEGIN SELECT RAISE(ABORT, 'events stand'); END;"
    "CREATE TRIGGER mt_event_stays BEFORE DELETE ON mt_event BEGIN SELECT RAISE(ABORT, 'events stand'); END;"
    "CREATE TRIGGER mt_audit_stands BEFORE UPDATE ON mt_audit BEGIN SELECT RAISE(ABORT, 'the audit stands'); END;"
    "CREATE TRIGGER mt_audit_stays BEFORE DELETE ON mt_audit BEGIN SELECT RAISE(ABORT, 'the audit stands'); END;"

    "CREATE TABLE mt_exception("
    " exception_id TEXT PRIMARY KEY, store_id TEXT NOT NULL REFERENCES mt_store(store_id), kind TEXT NOT NULL,"
    " order_id TEXT NOT NULL, order_no TEXT NOT NULL, line INTEGER NOT NULL, op_id TEXT NOT NULL, drug_id TEXT NOT NULL,"
    " quantity INTEGER NOT NULL CHECK(quantity >= 0), detail TEXT NOT NULL, state TEXT NOT NULL CHECK(state IN "
    "('open','resolved')),"
    " created_at INTEGER NOT NULL, resolved_at INTEGER, version INTEGER NOT NULL CHECK(version >= 1),"
    " CHECK((state = 'open') = (resolved_at IS NULL))) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX mt_exception_one_a_short_line ON mt_exception(order_id, line) WHERE kind = 'stock_shortfall';"
    "CREATE INDEX mt_exception_by_state ON mt_exception(store_id, state, exception_id);"
    "CREATE INDEX mt_exception_by_order ON mt_exception(order_id) WHERE order_id <> '';"

    /* The compacted feed: one row an entity, at the place of its last change. */
    "CREATE TABLE mt_change("
    " scope TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL CHECK(seq >= 1),"
    " PRIMARY KEY(scope, entity, id)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX mt_change_by_scope ON mt_change(scope, seq);";
