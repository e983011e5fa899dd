/* Money: a whole number of minor units (fen, cents) of the store's one currency. Only this layer touches
 * .minor; others add, subtract, compare and format. Overflow is an error, never a wrap. */
#ifndef MEDTERM_DOMAIN_MONEY_H
#define MEDTERM_DOMAIN_MONEY_H

#include <medterm/base/buf.h>

struct mt_money {
    int64_t minor;
};

/* Largest amount accepted anywhere: what JSON carries exactly (RFC 8259 section 6), 2^53 - 1. */
#define MT_MONEY_MAX INT64_C(9007199254740991)

struct mt_money mt_money_zero(void);
/* For the edges that store and print whole minor units (wire, repo, store). MT_LIMIT beyond ±MT_MONEY_MAX. */
MT_MUST enum mt_rc mt_money_from_minor(int64_t minor, struct mt_money *out);
int64_t mt_money_to_minor(struct mt_money m);
MT_MUST enum mt_rc mt_money_add(struct mt_money a, struct mt_money b, struct mt_money *out);
MT_MUST enum mt_rc mt_money_sub(struct mt_money a, struct mt_money b, struct mt_money *out);
MT_MUST enum mt_rc mt_money_times(struct mt_money price, int64_t quantity, struct mt_money *out);
int mt_money_cmp(struct mt_money a, struct mt_money b); /* <0, 0, >0 */
bool mt_money_is_zero(struct mt_money a);
bool mt_money_is_negative(struct mt_money a);
/* "65.10", "-0.05"; two decimals, no symbol, no grouping. */
#define MT_MONEY_TEXT 24
void mt_money_format(struct mt_money m, char out[MT_MONEY_TEXT]);
/* A person's or a file's decimal: "65", "65.1", "65.10"; at most two decimals, no sign, no grouping. */
MT_MUST enum mt_rc mt_money_parse(struct mt_sv text, struct mt_money *out);
/* VAT contained in a gross amount at vat_bp basis points, half up. */
struct mt_money mt_money_vat_part(struct mt_money gross, int32_t vat_bp);

#endif
