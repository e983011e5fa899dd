/* The service's migrations: an append-only list, each step with its text for both engines. A step that has been released never
 * changes; what comes later is a new step. */
#include "schema_parts.h"

static const struct mt_migration list[] = {
    {"people", mt_schema_people, mt_schema_postgres_people},
    {"goods", mt_schema_goods, mt_schema_postgres_goods},
    {"orders", mt_schema_orders, mt_schema_postgres_orders},
    {"lines", mt_schema_lines, mt_schema_postgres_lines},
    {"operations", mt_schema_operations, mt_schema_postgres_operations},
    {"ledgers", mt_schema_ledgers, mt_schema_postgres_ledgers},
    {"wider ledgers", mt_schema_wider_ledgers, mt_schema_postgres_wider_ledgers},
    {"money back", mt_schema_money_back, mt_schema_postgres_money_back},
    {"recalls", mt_schema_recalls, mt_schema_postgres_recalls},
    {"patients", mt_schema_patients, mt_schema_postgres_patients},
    {"search", mt_schema_search, mt_schema_postgres_search},
    {"rest", mt_schema_rest, mt_schema_postgres_rest},
    {"webhooks", mt_schema_webhooks, mt_schema_postgres_webhooks},
    {"settling", mt_schema_settling, mt_schema_postgres_settling},
    {"priors", mt_schema_priors, mt_schema_postgres_priors},
    {"silent subscribers", mt_schema_silent, mt_schema_postgres_silent},
    {"no truncate", mt_schema_whole, mt_schema_postgres_whole},
};

const struct mt_migration *mt_repo_migrations(size_t *count) {
    *count = sizeof list / sizeof list[0];
    return list;
}
