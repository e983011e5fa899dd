/* A subscriber that does not answer is tried by one of its deliveries at a time: how often in a row it was in vain, and when it may
 * be asked again, stand with the subscription. Which of its deliveries are out is looked up among the few that are leased. */
#include "schema_parts.h"

const char mt_schema_silent[] = "ALTER TABLE mt_subscription ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK(failures >= 0);"
                                "ALTER TABLE mt_subscription ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0;"
                                "CREATE INDEX mt_delivery_leased ON mt_delivery(subscription_id) WHERE leased_until > 0;";

const char mt_schema_postgres_silent[] =
    "ALTER TABLE mt_subscription ADD COLUMN failures BIGINT NOT NULL DEFAULT 0 CHECK(failures >= 0);"
    "ALTER TABLE mt_subscription ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;"
    "CREATE INDEX mt_delivery_leased ON mt_delivery(subscription_id) WHERE leased_until > 0;";
