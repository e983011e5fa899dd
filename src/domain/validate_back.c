/* Bodies about money and goods that go back, and about payments that a provider takes. */
#include "validate.h"

/* Without a lot a line may take from any of its lots. */
static bool same_packs(const char *a, const char *b) {
    return a[0] == '\0' || b[0] == '\0' || mt_sv_eq(mt_sv(a), mt_sv(b));
}

static void check_back_line(const struct mt_back_line *lines, size_t i, struct mt_field_errors *errors) {
    struct place p = body_line(errors, "lines", i);
    if (lines[i].line < 1)
        body_wrong(&p, "line", "must be at least 1");
    for (size_t k = 0; k < i; k++)
        if (lines[k].line == lines[i].line && same_packs(lines[k].lot_no, lines[i].lot_no)) {
            body_wrong(&p, "line", "stands twice; put its packs in one line, or name the lot of each");
            break;
        }
    if (lines[i].quantity < 1 || lines[i].quantity > MT_QUANTITY_MAX)
        body_wrong(&p, "quantity", "must be from 1 to 999");
    body_lot_no(&p, "lot_no", lines[i].lot_no, false);
}

static void check_back_lines(const struct mt_back_line *lines, size_t count, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    if (count > MT_ITEMS_MAX)
        body_wrong(&body, "lines", "has more than 200 lines");
    for (size_t i = 0; i < count && i < MT_ITEMS_MAX; i++)
        check_back_line(lines, i, errors);
}

static void check_valid_for(const struct place *body, int64_t seconds) {
    if (seconds < 0 || seconds > MT_VALID_FOR_MAX_S)
        body_wrong(body, "valid_for", "must be from 1 to 86400 seconds");
}

static void check_amount(const struct place *body, struct mt_money amount) {
    if (mt_money_cmp(amount, mt_money_zero()) <= 0)
        body_wrong(body, "amount", "must be more than zero");
}

void check_refund(const struct mt_op_refund *r, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &r->order_id, r->order_no);
    body_id(&body, "refund_id", &r->refund_id);
    body_id(&body, "payment_id", &r->payment_id);
    check_amount(&body, r->amount);
    body_text(&body, "reason", r->reason, NAME_MAX_POINTS, true);
    check_valid_for(&body, r->valid_for);
    check_back_lines(r->lines, r->line_count, errors);
}

void check_return(const struct mt_op_return *r, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &r->order_id, r->order_no);
    body_id(&body, "return_id", &r->return_id);
    body_text(&body, "reason", r->reason, NAME_MAX_POINTS, true);
    if (r->line_count == 0)
        body_wrong(&body, "lines", "is empty");
    check_back_lines(r->lines, r->line_count, errors);
}

void check_payment_start(const struct mt_op_payment_start *s, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &s->order_id, s->order_no);
    body_id(&body, "payment_id", &s->payment_id);
    if (s->method == MT_PAY_CASH)
        body_wrong(&body, "method", "is cash, which no provider takes; record it");
    check_amount(&body, s->amount);
    check_valid_for(&body, s->valid_for);
}

void check_payment_cancel(const struct mt_op_payment_cancel *c, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &c->order_id, c->order_no);
    body_id(&body, "payment_id", &c->payment_id);
}
