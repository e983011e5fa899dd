/* PostgreSQL: the same tables, rules and steps as schema_first.c and schema_service.c hold for SQLite. Texts compare by their bytes
 * (COLLATE "C"), as SQLite's do, so that both engines page and search in the same order. Guards raise check_violation: to the
 * program a broken rule is one thing, whoever found it. */
#include "schema_parts.h"

/* Column types. */
#define TEXT "TEXT COLLATE \"C\""
#define INT "BIGINT"
/* A rule that a row must not break; words for the log. */
#define GUARD(name, event, table, condition, words)                                                                                \
    "CREATE TRIGGER " name " BEFORE " event " ON " table " FOR EACH ROW " condition " EXECUTE FUNCTION mt_refuse('" words "');"

const char mt_schema_postgres_people[] =
    "CREATE FUNCTION mt_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation'; END $$;"
    "CREATE TABLE mt_meta( key " TEXT " PRIMARY KEY, value " TEXT " NOT NULL);"
    "CREATE TABLE mt_store( store_id " TEXT " PRIMARY KEY, name " TEXT " NOT NULL CHECK(name <> ''), currency " TEXT " NOT NULL"
    " CHECK(length(currency) = 3), created_at " INT " NOT NULL);"
    "CREATE TABLE mt_register( register_id " TEXT " PRIMARY KEY, store_id " TEXT " NOT NULL REFERENCES mt_store(store_id),"
    " code " TEXT " NOT NULL UNIQUE CHECK(length(code) BETWEEN 2 AND 8), name " TEXT " NOT NULL DEFAULT '', token_hash " TEXT ""
    " UNIQUE, enrol_code_hash " TEXT " UNIQUE, enrol_expires " INT ", instance_id " TEXT ", last_seq " INT " NOT NULL"
    " DEFAULT 0 CHECK(last_seq >= 0), last_op_id " TEXT ", created_at " INT " NOT NULL, CHECK((last_seq = 0) ="
    " (last_op_id IS NULL)));"
    "CREATE TABLE mt_client( client_id " TEXT " PRIMARY KEY REFERENCES mt_register(register_id), role " TEXT " NOT NULL"
    " CHECK(role IN ('counter','fulfilment','pharmacist','manager')));"
    "CREATE TABLE mt_staff( staff_id " TEXT " PRIMARY KEY, store_id " TEXT " NOT NULL REFERENCES mt_store(store_id), name"
    " " TEXT " NOT NULL CHECK(name <> ''), role " TEXT " NOT NULL CHECK(role IN"
    " ('counter','fulfilment','pharmacist','manager')), verifier " TEXT " NOT NULL, active " INT " NOT NULL CHECK(active"
    " IN (0, 1)), version " INT " NOT NULL CHECK(version >= 1), created_at " INT " NOT NULL);";

const char mt_schema_postgres_goods[] =
    "CREATE TABLE mt_drug( drug_id " TEXT " PRIMARY KEY, code " TEXT " NOT NULL UNIQUE, name " TEXT " NOT NULL CHECK(name <>"
    " ''), spec " TEXT " NOT NULL, form " TEXT " NOT NULL, maker " TEXT " NOT NULL, generic " TEXT " NOT NULL, pinyin " TEXT
    " NOT NULL,"
    " shelf " TEXT " NOT NULL, price " INT " CHECK(price >= 0), sellable " INT " NOT NULL CHECK(sellable IN (0, 1)), rx"
    " " TEXT " NOT NULL CHECK(rx IN ('none','rx','controlled')), vat_bp " INT " NOT NULL CHECK(vat_bp BETWEEN 0 AND"
    " 10000), version " INT " NOT NULL CHECK(version >= 1), CHECK(sellable = 0 OR price IS NOT NULL));"
    "CREATE TABLE mt_lot( store_id " TEXT " NOT NULL REFERENCES mt_store(store_id), drug_id " TEXT " NOT NULL REFERENCES"
    " mt_drug(drug_id), lot_no " TEXT " NOT NULL, expires_on " TEXT ", state " TEXT " NOT NULL CHECK(state IN"
    " ('ok','quarantined','recalled')), on_hand " INT " NOT NULL CHECK(on_hand >= 0), reserved " INT " NOT NULL"
    " CHECK(reserved BETWEEN 0 AND on_hand), PRIMARY KEY(store_id, drug_id, lot_no));"
    "CREATE TABLE mt_stock_version( store_id " TEXT " NOT NULL, drug_id " TEXT " NOT NULL, version " INT " NOT NULL"
    " CHECK(version >= 1), PRIMARY KEY(store_id, drug_id));"
    "CREATE TABLE mt_stock_move( move_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, store_id " TEXT " NOT NULL,"
    " drug_id " TEXT " NOT NULL, lot_no " TEXT " NOT NULL, kind " TEXT " NOT NULL CONSTRAINT mt_stock_move_kind CHECK(kind IN"
    " ('receive','sale','restock')), quantity " INT " NOT NULL CHECK(quantity <> 0), order_id " TEXT ", line " INT ","
    " op_id " TEXT ", at " INT " NOT NULL, CONSTRAINT mt_stock_move_sign CHECK((kind = 'sale') = (quantity < 0)),"
    " FOREIGN KEY(store_id, drug_id, lot_no) REFERENCES mt_lot(store_id, drug_id, lot_no));";

const char mt_schema_postgres_orders[] =
    "CREATE TABLE mt_order( order_id " TEXT " PRIMARY KEY, order_no " TEXT " NOT NULL UNIQUE, store_id " TEXT " NOT NULL"
    " REFERENCES mt_store(store_id), register_id " TEXT " NOT NULL REFERENCES mt_register(register_id), status " TEXT " NOT"
    " NULL CHECK(status IN ('pending_payment','paid','preparing','shipped','completed','cancelled')), version"
    " " INT " NOT NULL CHECK(version >= 1), user_id " TEXT " NOT NULL, user_name " TEXT " NOT NULL, user_phone " TEXT " NOT"
    " NULL, doctor_id " TEXT " NOT NULL, doctor_name " TEXT " NOT NULL, address_id " TEXT " NOT NULL, address_detail " TEXT " NOT"
    " NULL, fulfilment " TEXT " NOT NULL CHECK(fulfilment IN ('pickup','delivery')), currency " TEXT " NOT NULL,"
    " original_amount " INT " NOT NULL CHECK(original_amount >= 0), discount_amount " INT " NOT NULL"
    " CHECK(discount_amount BETWEEN 0 AND original_amount), total_amount " INT " NOT NULL CHECK(total_amount ="
    " original_amount - discount_amount), paid_amount " INT " NOT NULL CHECK(paid_amount >= 0), refunded_amount"
    " " INT " NOT NULL CHECK(refunded_amount >= 0), pay_type " TEXT " NOT NULL, taken_offline " INT " NOT NULL"
    " CHECK(taken_offline IN (0, 1)), taken_at " INT " NOT NULL, created_at " INT " NOT NULL, updated_at " INT " NOT"
    " NULL, pay_time " INT ", drug_time " INT ", send_time " INT ", finish_time " INT ", cancel_time " INT ", remark"
    " " TEXT " NOT NULL, printed_no " TEXT " NOT NULL, prescription " TEXT " NOT NULL, buyer_id_no " TEXT " NOT NULL, approved_by"
    " " TEXT " NOT NULL, create_op_id " TEXT " NOT NULL UNIQUE, CHECK(status <> 'paid' OR paid_amount >= total_amount));"
    "CREATE INDEX mt_order_newest ON mt_order(store_id, created_at, order_id);"
    "CREATE INDEX mt_order_by_status ON mt_order(store_id, status, created_at, order_id);"
    "CREATE INDEX mt_order_by_user ON mt_order(user_id, created_at, order_id) WHERE user_id <> '';"
    "CREATE INDEX mt_order_by_phone ON mt_order(user_phone, created_at, order_id) WHERE user_phone <> '';" GUARD(
        "mt_order_moves_forward", "UPDATE", "mt_order",
        "WHEN (NEW.order_id <> OLD.order_id OR NEW.order_no <> OLD.order_no OR NEW.store_id <> OLD.store_id OR NEW.version <> "
        "OLD.version + 1 OR (OLD.status IN ('completed','cancelled') AND NEW.status <> OLD.status))",
        "an order keeps its number, its version rises by one, and final is final")
        GUARD("mt_order_stays", "DELETE", "mt_order", "", "orders are never deleted");

const char mt_schema_postgres_lines[] =
    "CREATE TABLE mt_order_item( order_id " TEXT " NOT NULL REFERENCES mt_order(order_id), line " INT " NOT NULL"
    " CHECK(line >= 1), drug_id " TEXT " NOT NULL REFERENCES mt_drug(drug_id), drug_name " TEXT " NOT NULL, drug_spec " TEXT ""
    " NOT NULL, quantity " INT " NOT NULL CHECK(quantity BETWEEN 1 AND 999), price " INT " NOT NULL CHECK(price >="
    " 0), subtotal " INT " NOT NULL CHECK(subtotal = price * quantity), PRIMARY KEY(order_id, line));"
    "CREATE TABLE mt_order_item_lot( order_id " TEXT " NOT NULL, line " INT " NOT NULL, lot_no " TEXT " NOT NULL,"
    " expires_on " TEXT ", quantity " INT " NOT NULL CHECK(quantity >= 1), scanned " INT " NOT NULL CHECK(scanned IN (0,"
    " 1)), PRIMARY KEY(order_id, line, lot_no), FOREIGN KEY(order_id, line) REFERENCES mt_order_item(order_id,"
    " line));"
    "CREATE TABLE mt_reservation( order_id " TEXT " NOT NULL, line " INT " NOT NULL, lot_no " TEXT " NOT NULL, store_id"
    " " TEXT " NOT NULL, drug_id " TEXT " NOT NULL, quantity " INT " NOT NULL CHECK(quantity >= 1), state " TEXT " NOT NULL"
    " CHECK(state IN ('held','reduced','released')), created_at " INT " NOT NULL, ended_at " INT ", CHECK((state ="
    " 'held') = (ended_at IS NULL)), PRIMARY KEY(order_id, line, lot_no), FOREIGN KEY(order_id, line, lot_no)"
    " REFERENCES mt_order_item_lot(order_id, line, lot_no), FOREIGN KEY(store_id, drug_id, lot_no) REFERENCES"
    " mt_lot(store_id, drug_id, lot_no));" GUARD("mt_reservation_ends_once", "UPDATE", "mt_reservation",
                                                 "WHEN (OLD.state <> 'held')", "a reservation ends once")
        GUARD("mt_reservation_stays", "DELETE", "mt_reservation", "",
              "reservations are never deleted") "CREATE TABLE mt_payment( payment_id " TEXT " PRIMARY KEY, order_id " TEXT
                                                " NOT NULL REFERENCES mt_order(order_id),"
                                                " method " TEXT
                                                " NOT NULL CHECK(method IN ('cash','bank_card','wechat','alipay')), status " TEXT
                                                " NOT NULL"
                                                " CHECK(status IN "
                                                "('created','pending','cancelling','succeeded','failed','cancelled')), amount " INT
                                                " NOT NULL"
                                                " CHECK(amount > 0), tendered " INT " CHECK(tendered >= amount), change " INT
                                                " NOT NULL CHECK(change >= 0),"
                                                " reference " TEXT " NOT NULL, at " INT " NOT NULL, op_id " TEXT
                                                " NOT NULL, created_at " INT " NOT NULL);"
                                                "CREATE INDEX mt_payment_by_order ON mt_payment(order_id, created_at, payment_id, "
                                                "method,"
                                                " status, amount, tendered, change, reference, at);"
                                                "CREATE TABLE mt_serial( drug_id " TEXT " NOT NULL, serial " TEXT
                                                " NOT NULL CHECK(serial <> ''), order_id " TEXT " NOT"
                                                " NULL REFERENCES mt_order(order_id), line " INT
                                                " NOT NULL, PRIMARY KEY(drug_id, serial));"
                                                "CREATE INDEX mt_serial_by_order ON mt_serial(order_id);";

const char mt_schema_postgres_operations[] =
    "CREATE TABLE mt_operation( op_id " TEXT " PRIMARY KEY, register_id " TEXT " NOT NULL REFERENCES"
    " mt_register(register_id), register_seq " INT " NOT NULL CHECK(register_seq >= 1), hash " TEXT " NOT NULL"
    " CHECK(length(hash) = 64), kind " TEXT " NOT NULL, order_id " TEXT " NOT NULL, bytes " TEXT " NOT NULL, received_at " INT ""
    " NOT NULL, outcome " TEXT " NOT NULL CHECK(outcome IN ('applied','refused','quarantined')), result " TEXT ", problem"
    " " TEXT ", waits " TEXT " NOT NULL CHECK(waits IN ('','version','order','operation','person')), UNIQUE(register_id,"
    " register_seq), CHECK((outcome = 'applied') = (result IS NOT NULL)), CHECK((outcome = 'applied') = (problem IS"
    " NULL)), CHECK((outcome = 'quarantined') = (waits <> '')));"
    "CREATE INDEX mt_operation_waiting ON mt_operation(order_id) WHERE outcome = 'quarantined' AND order_id <> '';"
    "CREATE INDEX mt_operation_refused ON mt_operation(order_id) WHERE outcome = 'refused' AND kind ="
    " 'order.create';" GUARD("mt_operation_stands", "UPDATE", "mt_operation",
                             "WHEN (OLD.outcome <> 'quarantined' OR NEW.op_id <> OLD.op_id OR NEW.register_id <> OLD.register_id "
                             "OR NEW.register_seq <> OLD.register_seq OR NEW.hash <> OLD.hash OR NEW.bytes <> OLD.bytes)",
                             "an answered operation stands")
        GUARD("mt_operation_stays", "DELETE", "mt_operation", "", "operations are never deleted");

const char mt_schema_postgres_ledgers[] =
    "CREATE TABLE mt_event( event_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id " TEXT " NOT NULL"
    " REFERENCES mt_order(order_id), version " INT " NOT NULL CHECK(version >= 1), kind " TEXT " NOT NULL CONSTRAINT"
    " mt_event_kind CHECK(kind IN ('status','payment','exception')), from_status " TEXT " NOT NULL, to_status " TEXT " NOT"
    " NULL, register_id " TEXT " NOT NULL, staff_id " TEXT " NOT NULL, op_id " TEXT " NOT NULL, note " TEXT " NOT NULL, at " INT ""
    " NOT NULL, created_at " INT " NOT NULL, UNIQUE(order_id, version));"
    "CREATE TABLE mt_audit( audit_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at " INT " NOT NULL, actor"
    " " TEXT " NOT NULL, staff_id " TEXT " NOT NULL, action " TEXT " NOT NULL, entity " TEXT " NOT NULL, entity_id " TEXT
    " NOT NULL,"
    " version " INT " NOT NULL, op_id " TEXT " NOT NULL, prev " TEXT " NOT NULL, hash " TEXT
    " NOT NULL);" GUARD("mt_stock_move_stands", "UPDATE", "mt_stock_move", "",
                        "stock moves stand") GUARD("mt_stock_move_stays", "DELETE", "mt_stock_move", "", "stock moves stand")
        GUARD("mt_event_stands", "UPDATE", "mt_event", "", "events stand") GUARD("mt_event_stays", "DELETE", "mt_event", "",
                                                                                 "events stand")
            GUARD("mt_audit_stands", "UPDATE", "mt_audit", "", "the audit stands") GUARD(
                "mt_audit_stays", "DELETE", "mt_audit", "",
                "the audit stands") "CREATE TABLE mt_exception( exception_id " TEXT " PRIMARY KEY, store_id " TEXT
                                    " NOT NULL REFERENCES"
                                    " mt_store(store_id), kind " TEXT " NOT NULL, order_id " TEXT " NOT NULL, order_no " TEXT
                                    " NOT NULL, line " INT " NOT NULL,"
                                    " op_id " TEXT " NOT NULL, drug_id " TEXT " NOT NULL, quantity " INT
                                    " NOT NULL CHECK(quantity >= 0), detail " TEXT " NOT"
                                    " NULL, state " TEXT " NOT NULL CHECK(state IN ('open','resolved')), created_at " INT
                                    " NOT NULL, resolved_at"
                                    " " INT ", version " INT
                                    " NOT NULL CHECK(version >= 1), CHECK((state = 'open') = (resolved_at IS NULL)));"
                                    "CREATE UNIQUE INDEX mt_exception_one_a_short_line ON mt_exception(order_id, line) WHERE kind ="
                                    " 'stock_shortfall';"
                                    "CREATE INDEX mt_exception_by_state ON mt_exception(store_id, state, exception_id);"
                                    "CREATE INDEX mt_exception_by_order ON mt_exception(order_id) WHERE order_id <> '';"
                                    "CREATE TABLE mt_change( scope " TEXT " NOT NULL, entity " TEXT " NOT NULL, id " TEXT
                                    " NOT NULL, seq " INT " NOT NULL"
                                    " CHECK(seq >= 1), PRIMARY KEY(scope, entity, id));"
                                    "CREATE UNIQUE INDEX mt_change_by_scope ON mt_change(scope, seq);";

const char mt_schema_postgres_wider_ledgers[] =
    "ALTER TABLE mt_stock_move DROP CONSTRAINT mt_stock_move_kind, DROP CONSTRAINT mt_stock_move_sign,"
    " ADD CONSTRAINT mt_stock_move_kind CHECK(kind IN ('receive','sale','restock','return','adjust','count')),"
    " ADD CONSTRAINT mt_stock_move_sign CHECK((kind <> 'sale' OR quantity < 0)"
    " AND (kind NOT IN ('receive','restock','return') OR quantity > 0));"
    "ALTER TABLE mt_event DROP CONSTRAINT mt_event_kind,"
    " ADD CONSTRAINT mt_event_kind CHECK(kind IN ('status','payment','refund','return','exception'));";

const char mt_schema_postgres_money_back[] =
    "CREATE TABLE mt_refund( refund_id " TEXT " PRIMARY KEY, payment_id " TEXT " NOT NULL REFERENCES"
    " mt_payment(payment_id), order_id " TEXT " NOT NULL REFERENCES mt_order(order_id), amount " INT " NOT NULL"
    " CHECK(amount > 0), status " TEXT " NOT NULL CHECK(status IN ('created','pending','succeeded','failed')), reason"
    " " TEXT " NOT NULL, op_id " TEXT " NOT NULL, at " INT " NOT NULL, created_at " INT " NOT NULL);"
    "CREATE INDEX mt_refund_by_order ON mt_refund(order_id);"
    "CREATE INDEX mt_refund_by_payment ON mt_refund(payment_id);"
    "CREATE INDEX mt_order_unpaid ON mt_order(register_id, created_at) WHERE status = 'pending_payment';" GUARD(
        "mt_refund_stands", "UPDATE", "mt_refund",
        "WHEN (OLD.status IN ('succeeded','failed') OR NEW.refund_id <> OLD.refund_id OR NEW.payment_id <> OLD.payment_id OR "
        "NEW.order_id <> OLD.order_id OR NEW.amount <> OLD.amount)",
        "a refund that has ended stands")
        GUARD("mt_refund_stays", "DELETE", "mt_refund", "",
              "refunds are never deleted") "CREATE TABLE mt_refund_line( refund_id " TEXT
                                           " NOT NULL REFERENCES mt_refund(refund_id), line " INT " NOT NULL"
                                           " CHECK(line >= 1), quantity " INT
                                           " NOT NULL CHECK(quantity >= 1), PRIMARY KEY(refund_id, line));"
                                           "CREATE TABLE mt_return_line( return_id " TEXT " NOT NULL, order_id " TEXT
                                           " NOT NULL, line " INT " NOT NULL, lot_no"
                                           " " TEXT " NOT NULL, quantity " INT " NOT NULL CHECK(quantity >= 1), fate " TEXT
                                           " NOT NULL CHECK(fate IN"
                                           " ('resale','quarantine')), reason " TEXT " NOT NULL, op_id " TEXT " NOT NULL, at " INT
                                           " NOT NULL, created_at " INT ""
                                           " NOT NULL, PRIMARY KEY(return_id, line, lot_no), FOREIGN KEY(order_id, line) "
                                           "REFERENCES mt_order_item(order_id,"
                                           " line));"
                                           "CREATE INDEX mt_return_line_by_order ON mt_return_line(order_id);" GUARD(
                                               "mt_return_line_stands", "UPDATE", "mt_return_line", "", "returns stand")
                                               GUARD("mt_return_line_stays", "DELETE", "mt_return_line", "", "returns stand");

const char mt_schema_postgres_recalls[] =
    "CREATE TABLE mt_recall( drug_id " TEXT " NOT NULL REFERENCES mt_drug(drug_id), lot_no " TEXT " NOT NULL CHECK(lot_no"
    " <> ''), reason " TEXT " NOT NULL, op_id " TEXT " NOT NULL, at " INT " NOT NULL, PRIMARY KEY(drug_id, lot_no));";

const char mt_schema_postgres_patients[] =
    "CREATE TABLE mt_user( user_id " TEXT " PRIMARY KEY, store_id " TEXT " NOT NULL REFERENCES mt_store(store_id), name"
    " " TEXT " NOT NULL CHECK(name <> ''), phone " TEXT " NOT NULL, version " INT " NOT NULL CHECK(version >= 1), created_at"
    " " INT " NOT NULL, updated_at " INT " NOT NULL);"
    "CREATE INDEX mt_user_by_phone ON mt_user(store_id, phone, user_id) WHERE phone <> '';"
    "CREATE INDEX mt_user_newest ON mt_user(store_id, user_id);"
    "CREATE TABLE mt_address( user_id " TEXT " NOT NULL REFERENCES mt_user(user_id), address_id " TEXT " NOT NULL, place"
    " " INT " NOT NULL, detail " TEXT " NOT NULL CHECK(detail <> ''), PRIMARY KEY(user_id, address_id));"
    "CREATE TABLE mt_user_word( store_id " TEXT " NOT NULL, word " TEXT " NOT NULL, user_id " TEXT " NOT NULL REFERENCES"
    " mt_user(user_id), PRIMARY KEY(store_id, word, user_id));"
    "CREATE INDEX mt_user_word_by_user ON mt_user_word(user_id);"
    "CREATE TABLE mt_doctor( doctor_id " TEXT " PRIMARY KEY, store_id " TEXT " NOT NULL REFERENCES mt_store(store_id), name"
    " " TEXT " NOT NULL CHECK(name <> ''), licence " TEXT " NOT NULL, active " INT " NOT NULL CHECK(active IN (0, 1)),"
    " version " INT " NOT NULL CHECK(version >= 1), created_at " INT " NOT NULL, updated_at " INT " NOT NULL);"
    "CREATE INDEX mt_doctor_by_store ON mt_doctor(store_id, doctor_id);";

const char mt_schema_postgres_search[] =
    "CREATE TABLE mt_order_word( store_id " TEXT " NOT NULL, word " TEXT " NOT NULL, created_at " INT " NOT NULL, order_id"
    " " TEXT " NOT NULL, PRIMARY KEY(store_id, word, created_at, order_id));"
    "CREATE INDEX mt_order_by_printed_no ON mt_order(printed_no) WHERE printed_no <> '';"
    "CREATE INDEX mt_order_by_register ON mt_order(register_id, created_at, order_id);"
    "DROP INDEX mt_order_by_status;"
    "CREATE INDEX mt_order_by_status ON mt_order(store_id, status, created_at, order_id, total_amount);"
    "CREATE INDEX mt_register_by_store ON mt_register(store_id);"
    "CREATE INDEX mt_exception_newest ON mt_exception(store_id, exception_id);"
    "CREATE TABLE mt_drug_word( word " TEXT " NOT NULL, name " TEXT " NOT NULL, drug_id " TEXT " NOT NULL REFERENCES"
    " mt_drug(drug_id), PRIMARY KEY(word, name, drug_id));"
    "CREATE INDEX mt_drug_word_by_drug ON mt_drug_word(drug_id);"
    "CREATE INDEX mt_drug_by_name ON mt_drug(name, drug_id);";

const char mt_schema_postgres_rest[] =
    "CREATE TABLE mt_rest_key( client_id " TEXT " NOT NULL REFERENCES mt_client(client_id), key " TEXT " NOT NULL CHECK(key"
    " <> ''), hash " TEXT " NOT NULL CHECK(length(hash) = 64), op_id " TEXT " NOT NULL REFERENCES mt_operation(op_id),"
    " created_at " INT
    " NOT NULL, PRIMARY KEY(client_id, key));" GUARD("mt_rest_key_stands", "UPDATE", "mt_rest_key", "", "keys stand")
        GUARD("mt_rest_key_stays", "DELETE", "mt_rest_key", "",
              "keys stand") "ALTER TABLE mt_client ADD COLUMN last_order_no " INT " NOT NULL DEFAULT 0 CHECK(last_order_no >= 0);"
                            "ALTER TABLE mt_register ADD COLUMN revoked_at " INT ";"
                            "ALTER TABLE mt_exception ADD COLUMN resolution " TEXT " NOT NULL DEFAULT '';"
                            "ALTER TABLE mt_exception ADD COLUMN resolved_by " TEXT " NOT NULL DEFAULT '';";

const char mt_schema_postgres_webhooks[] =
    "CREATE TABLE mt_subscription( subscription_id " TEXT " PRIMARY KEY, store_id " TEXT " NOT NULL REFERENCES"
    " mt_store(store_id), url " TEXT " NOT NULL CHECK(url <> ''), secret " TEXT " NOT NULL CHECK(secret <> ''), active"
    " " INT " NOT NULL CHECK(active IN (0, 1)), created_at " INT " NOT NULL);"
    "CREATE INDEX mt_subscription_by_store ON mt_subscription(store_id) WHERE active = 1;"
    "CREATE TABLE mt_delivery( delivery_id " TEXT " PRIMARY KEY, subscription_id " TEXT " NOT NULL REFERENCES"
    " mt_subscription(subscription_id), order_id " TEXT " NOT NULL, order_version " INT " NOT NULL, body " TEXT " NOT NULL,"
    " state " TEXT " NOT NULL CHECK(state IN ('waiting','delivered','given_up')), attempts " INT " NOT NULL"
    " CHECK(attempts >= 0), next_at " INT " NOT NULL, leased_until " INT " NOT NULL, created_at " INT " NOT NULL,"
    " ended_at " INT ", UNIQUE(subscription_id, order_id, order_version), CHECK((state = 'waiting') = (ended_at IS"
    " NULL)));"
    "CREATE INDEX mt_delivery_due ON mt_delivery(next_at) WHERE state = 'waiting';"
    "CREATE INDEX mt_delivery_ended ON mt_delivery(ended_at) WHERE state <> 'waiting';";

const char mt_schema_postgres_settling[] = "DROP TRIGGER mt_reservation_stays ON mt_reservation;" GUARD(
    "mt_reservation_stays", "DELETE", "mt_reservation", "WHEN (OLD.state <> 'held')",
    "a reservation that has ended stands") "CREATE INDEX mt_reservation_by_lot ON mt_reservation(store_id, drug_id, lot_no) WHERE "
                                           "state = 'held';"
                                           "CREATE INDEX mt_exception_short ON mt_exception(store_id, drug_id, created_at)"
                                           " WHERE kind = 'stock_shortfall' AND state = 'open';"
                                           "CREATE INDEX mt_exception_by_op ON mt_exception(op_id) WHERE kind IN "
                                           "('quarantined','salvage') AND state = 'open';"
                                           "CREATE INDEX mt_operation_kept ON mt_operation(op_id) WHERE outcome = 'quarantined';";
