/* PostgreSQL empties a table whole without asking the triggers that guard its rows. Every table whose rows are guarded against
 * DELETE is guarded against TRUNCATE too, which SQLite does not have. */
#include "schema_parts.h"

/* X(table, words for the log) */
#define GUARDED(X)                                                                                                                 \
    X("mt_order", "orders are never deleted")                                                                                      \
    X("mt_reservation", "a reservation that has ended stands")                                                                     \
    X("mt_operation", "operations are never deleted")                                                                              \
    X("mt_operation_prior", "what was answered stands")                                                                            \
    X("mt_stock_move", "stock moves stand")                                                                                        \
    X("mt_event", "events stand")                                                                                                  \
    X("mt_audit", "the audit stands")                                                                                              \
    X("mt_refund", "refunds stand")                                                                                                \
    X("mt_return_line", "returns stand")                                                                                           \
    X("mt_rest_key", "keys stand")

#define REFUSE(words) " FOR EACH STATEMENT EXECUTE FUNCTION mt_refuse('" words "');"
#define STANDS(table, words) "CREATE TRIGGER " table "_stays_whole BEFORE TRUNCATE ON " table REFUSE(words)

const char mt_schema_whole[] = "";
const char mt_schema_postgres_whole[] = GUARDED(STANDS);
