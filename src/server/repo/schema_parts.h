/* The migrations' texts, one engine a file; private to the schema. */
#ifndef MEDTERM_REPO_SCHEMA_PARTS_H
#define MEDTERM_REPO_SCHEMA_PARTS_H

#include <medterm/repo/schema.h>

/* SQLite: schema_first.c, schema_service.c */
extern const char mt_schema_people[], mt_schema_goods[], mt_schema_orders[], mt_schema_lines[], mt_schema_operations[],
    mt_schema_ledgers[];
extern const char mt_schema_wider_ledgers[], mt_schema_money_back[], mt_schema_recalls[], mt_schema_patients[], mt_schema_search[],
    mt_schema_rest[], mt_schema_webhooks[], mt_schema_settling[];
/* PostgreSQL: schema_postgres.c */
extern const char mt_schema_postgres_people[], mt_schema_postgres_goods[], mt_schema_postgres_orders[], mt_schema_postgres_lines[],
    mt_schema_postgres_operations[], mt_schema_postgres_ledgers[], mt_schema_postgres_wider_ledgers[],
    mt_schema_postgres_money_back[], mt_schema_postgres_recalls[], mt_schema_postgres_patients[], mt_schema_postgres_search[],
    mt_schema_postgres_rest[], mt_schema_postgres_webhooks[], mt_schema_postgres_settling[];
/* Both: schema_prior.c */
extern const char mt_schema_priors[], mt_schema_postgres_priors[];
/* Both: schema_silent.c */
extern const char mt_schema_silent[], mt_schema_postgres_silent[];
/* Both: schema_whole.c */
extern const char mt_schema_whole[], mt_schema_postgres_whole[];

#endif
