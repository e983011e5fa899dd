/* Commands that write: enrol, sell, advance. They commit first and then try the line once for a few seconds; no command
 * fails because nobody answered, since what was committed is sent later. */
#include "command_impl.h"

#include <medterm/domain/rx.h>
#include <medterm/domain/scan.h>
#include <medterm/store/files.h>

#include <string.h>

#define TRY_MS 3000
#define FIRST_FILL_MS 600000

int command_enroll(struct command *c) {
    const char *url = command_option(c, "server"), *code = command_option(c, "code");
    if (mt_app_enrol(c->app, url, code, &c->err) != MT_OK) {
        return command_failed(c);
    }
    const struct mt_enrolled *e = mt_register_enrolled(mt_app_register(c->app));
    struct mt_err later = {0};
    if (mt_app_sync(c->app, MT_SYNC_ALL, FIRST_FILL_MS, &later) != MT_OK) {
        (void)fprintf(c->line->err, "medterm: enrolled, but the catalogue is not here yet: %s\n", mt_err_text(&later));
    }
    if (!command_json(c)) {
        (void)fprintf(c->line->out, "Enrolled as %s at %s.\n", e->info.register_code, e->info.store_name);
    }
    struct mt_doc *d = mt_doc_new();
    mt_node_text(d, mt_doc_root(d), "register", e->info.register_code);
    mt_node_text(d, mt_doc_root(d), "store_id", e->info.store_id.s);
    return command_print(c, d, MT_EXIT_DONE);
}

/* The member of staff named by --staff. MT_EXIT_DONE when it may. */
static int need_staff(struct command *c, bool (*may)(enum mt_role), struct mt_staff *out) {
    const char *text = command_option(c, "staff");
    struct mt_id id;
    if (mt_id_parse(mt_sv(text), &id) != MT_OK) {
        return command_usage(c, "--staff is not an id.");
    }
    enum mt_rc rc = mt_register_staff_one(mt_app_register(c->app), &id, &c->arena, out, &c->err);
    if (rc == MT_OK && (!out->active || !may(out->role))) {
        rc = mt_fail(&c->err, MT_DENIED, "%.100s may not do this.", out->name);
    }
    return rc == MT_OK ? MT_EXIT_DONE : command_failed(c);
}

static enum mt_rc read_item(struct command *c, struct mt_sv text, struct mt_order_item *item, enum mt_rx *rx) {
    struct mt_sv rest = text;
    char code[15];
    struct mt_sv gtin = mt_sv_trim(mt_sv_cut(&rest, '*'));
    item->quantity = 1;
    if (gtin.n < text.n &&
        (mt_sv_int(mt_sv_trim(rest), &item->quantity) != MT_OK || item->quantity < 1 || item->quantity > MT_QUANTITY_MAX)) {
        return mt_fail(&c->err, MT_INVALID, "The quantity of %.*s is not a number from 1 to %d.", (int)(gtin.n < 20 ? gtin.n : 20),
                       gtin.p, MT_QUANTITY_MAX);
    }
    if (mt_gtin_normalise(gtin, code) != MT_OK) {
        return mt_fail(&c->err, MT_INVALID, "%.*s is not a code with a right check digit.", (int)(gtin.n < 20 ? gtin.n : 20),
                       gtin.p);
    }
    struct mt_shelf_drug d;
    enum mt_rc rc = mt_app_by_code(c->app, code, &c->arena, &d, &c->err);
    if (rc != MT_OK) {
        return rc;
    }
    const struct mt_drug *drug = &d.cached.drug;
    if (!drug->sellable || !drug->has_price) {
        return mt_fail(&c->err, MT_DENIED, "%.100s can not be sold: it has no price or is no longer marketed.", drug->name);
    }
    item->drug_id = drug->drug_id;
    item->drug_name = drug->name;
    item->drug_spec = drug->spec;
    item->price = drug->price;
    *rx = drug->rx;
    return MT_OK;
}

static enum mt_rc read_items(struct command *c, const char *text, struct mt_order *o, enum mt_rx *rx) {
    struct mt_sv rest = mt_sv(text);
    o->items = mt_arena_array(&c->arena, MT_ITEMS_MAX, sizeof *o->items);
    if (o->items == NULL) {
        return mt_fail(&c->err, MT_NOMEM, "Not enough memory for the order.");
    }
    while (rest.n > 0) {
        if (o->item_count == MT_ITEMS_MAX) {
            return mt_fail(&c->err, MT_LIMIT, "An order has at most %d lines.", MT_ITEMS_MAX);
        }
        enum mt_rc rc = read_item(c, mt_sv_cut(&rest, ','), &o->items[o->item_count], &rx[o->item_count]);
        if (rc != MT_OK) {
            return rc;
        }
        o->item_count++;
    }
    return o->item_count > 0 ? MT_OK : mt_fail(&c->err, MT_INVALID, "There is nothing to sell.");
}

/* --pay cash, cash=70.00 or none. */
static enum mt_rc read_payment(struct command *c, const char *pay, struct mt_order *o, struct mt_payment *p) {
    if (strcmp(pay, "none") == 0) {
        return MT_OK;
    }
    *p = (struct mt_payment){.method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .amount = o->total_amount, .reference = ""};
    if (strncmp(pay, "cash=", 5) == 0) {
        if (mt_money_parse(mt_sv(pay + 5), &p->tendered) != MT_OK) {
            return mt_fail(&c->err, MT_INVALID, "%.20s is not an amount of money.", pay + 5);
        }
        if (mt_money_cmp(p->tendered, p->amount) < 0) {
            return mt_fail(&c->err, MT_DENIED, "That is less than the order comes to.");
        }
        p->has_tendered = true;
    }
    o->payments = p;
    o->payment_count = 1;
    return MT_OK;
}

static enum mt_rc check_rules(struct command *c, const struct mt_op *op, const enum mt_rx *rx) {
    size_t item = 0;
    const enum mt_rx_lack lack = mt_rx_check(&op->body.create, rx, mt_rx_limits_default(), false, &item);
    if (lack == MT_RX_LACK_NOTHING) {
        return MT_OK;
    }
    const struct mt_order *o = &op->body.create.order;
    return mt_fail(&c->err, MT_DENIED, "%.100s %s. Use the screens.", item < o->item_count ? o->items[item].drug_name : "The order",
                   mt_rx_lack_words(lack));
}

/* The receipt's file; what goes wrong there never touches the sale. */
static void write_receipt(struct command *c, const char *order_no, bool offline) {
    struct mt_buf text, path;
    struct mt_err err = {0};
    mt_buf_init(&text, 1u << 20);
    mt_buf_init(&path, 4096);
    if (mt_app_receipt(c->app, order_no, false, offline, &text, &path, &err) != MT_OK ||
        mt_file_write(mt_buf_text(&path), mt_buf_view(&text), &err) != MT_OK) {
        (void)fprintf(c->line->err, "medterm: the sale stands, the receipt could not be written: %s\n", mt_err_text(&err));
    }
    mt_buf_fini(&text);
    mt_buf_fini(&path);
}

/* One try of the line. True when everything was sent. */
static bool try_line(struct command *c, struct mt_outbox_sum *sum) {
    struct mt_err err = {0};
    const enum mt_rc rc = mt_app_sync(c->app, MT_SYNC_PUSH, TRY_MS, &err);
    if (rc == MT_CLONED || rc == MT_DENIED) {
        (void)fprintf(c->line->err, "medterm: %s\n", mt_err_text(&err));
    }
    if (mt_register_sum(mt_app_register(c->app), sum, NULL) != MT_OK) {
        *sum = (struct mt_outbox_sum){0};
    }
    return rc == MT_OK;
}

static int tell_sale(struct command *c, const struct mt_order *o) {
    struct mt_outbox_sum sum;
    const bool online = try_line(c, &sum);
    write_receipt(c, o->order_no, !online);
    const struct mt_money change = o->payment_count > 0 ? o->payments[0].change : mt_money_zero();
    if (!command_json(c)) {
        char total[MT_MONEY_TEXT], back[MT_MONEY_TEXT];
        mt_money_format(o->total_amount, total);
        mt_money_format(change, back);
        (void)fprintf(c->line->out, "%s  total %s  change %s  unsent %lld\n", o->order_no, total, back, (long long)sum.unsent);
    }
    struct mt_doc *d = mt_doc_new();
    struct mt_node *root = mt_doc_root(d);
    mt_node_text(d, root, "order_no", o->order_no);
    mt_node_int(d, root, "total_amount", mt_money_to_minor(o->total_amount));
    mt_node_int(d, root, "change", mt_money_to_minor(change));
    mt_node_int(d, root, "unsent", sum.unsent);
    (void)command_print(c, d, MT_EXIT_DONE);
    return MT_EXIT_DONE; /* the sale stands also when it could not be printed: nobody may take it again */
}

int command_sell(struct command *c) {
    const char *items = command_option(c, "items"), *pay = command_option(c, "pay");
    struct mt_staff staff;
    if (strcmp(pay, "none") != 0 && strcmp(pay, "cash") != 0 && strncmp(pay, "cash=", 5) != 0) {
        return command_usage(c, "--pay is cash, cash=TENDERED or none.");
    }
    int code = need_staff(c, mt_role_may_sell, &staff);
    if (code != MT_EXIT_DONE) {
        return code;
    }
    enum mt_rx rx[MT_ITEMS_MAX] = {MT_RX_NONE};
    struct mt_payment payment;
    struct mt_op op = {.kind = MT_OP_ORDER_CREATE, .staff_id = staff.staff_id};
    struct mt_order *o = &op.body.create.order, saved;
    mt_op_order_create_blank(&op.body.create);
    enum mt_rc rc = read_items(c, items, o, rx);
    if (rc == MT_OK) {
        rc = mt_order_total(o);
        rc = rc == MT_OK ? MT_OK : mt_fail(&c->err, rc, "The total is too large.");
    }
    if (rc == MT_OK) {
        rc = read_payment(c, pay, o, &payment);
    }
    if (rc == MT_OK) {
        rc = check_rules(c, &op, rx);
    }
    if (rc == MT_OK) {
        rc = mt_app_commit(c->app, &op, false, &c->arena, &saved, &c->err);
    }
    return rc == MT_OK ? tell_sale(c, &saved) : command_failed(c);
}

static int tell_advance(struct command *c, const char *order_no) {
    struct mt_outbox_sum sum;
    struct mt_sync_refused refused;
    struct mt_local_order o;
    (void)try_line(c, &sum);
    const bool no = mt_app_refused(c->app, &refused);
    if (no) {
        (void)fprintf(c->line->err, "medterm: %s\n", refused.words);
    }
    if (mt_order_pick(mt_app_register(c->app), mt_app_reader(c->app), order_no, &c->arena, &o, &c->err) != MT_OK) {
        return command_failed(c);
    }
    if (!command_json(c)) {
        (void)fprintf(c->line->out, "%s  %s\n", o.order.order_no, mt_order_status_name(o.order.status));
    }
    struct mt_doc *d = mt_doc_new();
    mt_node_text(d, mt_doc_root(d), "order_no", o.order.order_no);
    mt_node_text(d, mt_doc_root(d), "status", mt_order_status_name(o.order.status));
    return command_print(c, d, no ? MT_EXIT_FAILED : MT_EXIT_DONE);
}

int command_advance(struct command *c) {
    struct mt_op op = {.kind = MT_OP_ORDER_ADVANCE};
    struct mt_staff staff;
    const char *order_no = c->line->words[1];
    if (mt_order_status_parse(mt_sv(c->line->words[2]), &op.body.advance.to) != MT_OK) {
        return command_usage(c, "There is no such status.");
    }
    if (mt_sv_copy(mt_sv(order_no), op.body.advance.order_no, sizeof op.body.advance.order_no) != MT_OK) {
        return command_usage(c, "That is not an order number.");
    }
    int code = need_staff(c, mt_role_may_fulfil, &staff);
    if (code != MT_EXIT_DONE) {
        return code;
    }
    op.staff_id = staff.staff_id;
    enum mt_rc rc = mt_app_commit(c->app, &op, false, &c->arena, NULL, &c->err);
    if (rc != MT_OK && rc != MT_CONFLICT) { /* where it is already, a repeat tells the present state */
        return command_failed(c);
    }
    return tell_advance(c, order_no);
}
