/* What an operation that waits in quarantine came to before the service was put back; the log has only what it comes to now. */
#include "schema_parts.h"

const char mt_schema_priors[] =
    "CREATE TABLE mt_operation_prior("
    " op_id TEXT PRIMARY KEY REFERENCES mt_operation(op_id), epoch TEXT NOT NULL CHECK(epoch <> ''),"
    " outcome TEXT NOT NULL CHECK(outcome IN ('applied','refused','quarantined')), result TEXT) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER mt_operation_prior_stands BEFORE UPDATE ON mt_operation_prior"
    " BEGIN SELECT RAISE(ABORT, 'what was answered stands'); END;"
    "CREATE TRIGGER mt_operation_prior_stays BEFORE DELETE ON mt_operation_prior"
    " BEGIN SELECT RAISE(ABORT, 'what was answered stands'); END;";

#define TEXT "TEXT COLLATE \"C\""
const char mt_schema_postgres_priors[] =
    "CREATE TABLE mt_operation_prior("
    " op_id " TEXT " PRIMARY KEY REFERENCES mt_operation(op_id), epoch " TEXT " NOT NULL CHECK(epoch <> ''),"
    " outcome " TEXT " NOT NULL CHECK(outcome IN ('applied','refused','quarantined')), result " TEXT ");"
    "CREATE TRIGGER mt_operation_prior_stands BEFORE UPDATE ON mt_operation_prior FOR EACH ROW"
    " EXECUTE FUNCTION mt_refuse('what was answered stands');"
    "CREATE TRIGGER mt_operation_prior_stays BEFORE DELETE ON mt_operation_prior FOR EACH ROW"
    " EXECUTE FUNCTION mt_refuse('what was answered stands');";
