/* The service's migrations: an append-only list, each step with its text for both engines. A step that has been released never
 * changes; what comes later is a new step. */
#include "schema_parts.h"

static const struct mt_migration list[] = {
    {"people", mt_schema_people, NULL},
    {"goods", mt_schema_goods, NULL},
    {"orders", mt_schema_orders, NULL},
    {"lines", mt_schema_lines, NULL},
    {"operations", mt_schema_operations, NULL},
    {"ledgers", mt_schema_ledgers, NULL},
    {"wider ledgers", mt_schema_wider_ledgers, NULL},
    {"money back", mt_schema_money_back, NULL},
    {"recalls", mt_schema_recalls, NULL},
    {"patients", mt_schema_patients, NULL},
    {"search", mt_schema_search, NULL},
    {"rest", mt_schema_rest, NULL},
    {"webhooks", mt_schema_webhooks, NULL},
};

const struct mt_migration *mt_repo_migrations(size_t *count) {
    *count = sizeof list / sizeof list[0];
    return list;
}
