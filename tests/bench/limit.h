/* Limits of this machine in this run, that figures are held against. */
#ifndef MEDTERM_BENCH_LIMIT_H
#define MEDTERM_BENCH_LIMIT_H

#include "report.h"

/* Orders a second that bare SQLite (WAL, synchronous=FULL) commits into the service's own schema in `dir`: order, 3 items,
 * 3 stock updates, idempotency row, event; `each` orders a transaction, time-ordered keys. Takes about `seconds`.
 * When samples is given, each transaction's time goes there. 0: it could not be measured. */
double bench_sqlite_orders(const char *dir, int each, double seconds, struct bench_samples *samples);

#endif
