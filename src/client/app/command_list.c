/* Commands that send or show what is here: sync, outbox, orders, export-outbox. */
#include "command_impl.h"

#include <medterm/store/files.h>

#include <string.h>

#define ONCE_MS 600000
#define ORDERS_MOST 1000

int command_sync(struct command *c) {
    if (mt_register_enrolled(mt_app_register(c->app)) == NULL) {
        (void)mt_fail(&c->err, MT_INVALID, "This till is not enrolled. Enrol it with a code from the service.");
        return command_failed(c);
    }
    const enum mt_rc rc = mt_app_sync(c->app, MT_SYNC_ALL, ONCE_MS, &c->err);
    struct mt_sync_state s;
    struct mt_outbox_sum sum;
    struct mt_err err = {0};
    mt_app_sync_state(c->app, &s);
    if (mt_register_sum(mt_app_register(c->app), &sum, &err) != MT_OK) {
        c->err = err;
        return command_failed(c);
    }
    if (!command_json(c)) {
        (void)fprintf(c->line->out, "pushed %lld  pulled %lld  unsent %lld  needs attention %lld\n", (long long)s.pushed,
                      (long long)s.pulled, (long long)sum.unsent, (long long)sum.attention);
    }
    struct mt_doc *d = mt_doc_new();
    struct mt_node *root = mt_doc_root(d);
    mt_node_int(d, root, "pushed", s.pushed);
    mt_node_int(d, root, "pulled", s.pulled);
    mt_node_int(d, root, "unsent", sum.unsent);
    mt_node_int(d, root, "attention", sum.attention);
    if (rc != MT_OK) {
        (void)command_failed(c);
    }
    return command_print(c, d, rc == MT_OK ? MT_EXIT_DONE : MT_EXIT_FAILED);
}

static void list_op(struct command *c, struct mt_doc *d, struct mt_node *list, const struct mt_outbox_op *o) {
    char at[MT_TIME_TEXT];
    mt_time_format(o->at, at);
    if (!command_json(c)) {
        (void)fprintf(c->line->out, "%6lld  %-14s %-14s %-11s %s  %lld tries  %s\n", (long long)o->seq, mt_op_kind_name(o->kind),
                      o->order_no, mt_outbox_state_name(o->state), at, (long long)o->attempts, o->words);
        return;
    }
    struct mt_node *n = mt_node_object(d, list, NULL);
    mt_node_int(d, n, "register_seq", o->seq);
    mt_node_text(d, n, "op_id", o->op_id.s);
    mt_node_text(d, n, "kind", mt_op_kind_name(o->kind));
    mt_node_text(d, n, "order_no", o->order_no[0] != '\0' ? o->order_no : NULL);
    mt_node_text(d, n, "at", at);
    mt_node_text(d, n, "state", mt_outbox_state_name(o->state));
    mt_node_int(d, n, "attempts", o->attempts);
    mt_node_text(d, n, "why", o->words);
}

int command_outbox(struct command *c) {
    struct mt_outbox_op *ops = NULL;
    size_t count = 0;
    struct mt_outbox_sum sum;
    enum mt_rc rc = mt_register_sum(mt_app_register(c->app), &sum, &c->err);
    if (rc == MT_OK) {
        rc = mt_register_outbox(mt_app_register(c->app), MT_PICK_OPEN, 0, &c->arena, &ops, &count, &c->err);
    }
    if (rc != MT_OK) {
        return command_failed(c);
    }
    const struct mt_enrolled *e = mt_register_enrolled(mt_app_register(c->app));
    struct mt_doc *d = mt_doc_new();
    struct mt_node *root = mt_doc_root(d);
    mt_node_int(d, root, "unsent", sum.unsent);
    mt_node_int(d, root, "attention", sum.attention);
    mt_node_bool(d, root, "frozen", e != NULL && e->frozen);
    mt_node_text(d, root, "why", e != NULL ? e->why : "");
    struct mt_node *list = mt_node_array(d, root, "operations");
    for (size_t i = 0; i < count; i++) {
        list_op(c, d, list, &ops[i]);
    }
    if (!command_json(c)) {
        (void)fprintf(c->line->out, "unsent %lld  needs attention %lld\n", (long long)sum.unsent, (long long)sum.attention);
        if (e != NULL && e->frozen) {
            (void)fprintf(c->line->out, "%s\n", e->why);
        }
    }
    return command_print(c, d, MT_EXIT_DONE);
}

static void list_order(struct command *c, struct mt_doc *d, struct mt_node *list, const struct mt_local_order *o) {
    if (!command_json(c)) {
        char total[MT_MONEY_TEXT], at[MT_TIME_TEXT];
        mt_money_format(o->order.total_amount, total);
        mt_time_format(o->order.taken_at, at);
        (void)fprintf(c->line->out, "%-14s %-16s %12s  %s%s\n", o->order.order_no,
                      o->refused ? "refused" : mt_order_status_name(o->order.status), total, at, o->unsent > 0 ? "  unsent" : "");
        return;
    }
    struct mt_buf json;
    mt_buf_init(&json, 1u << 20);
    mt_order_print(&o->order, MT_ORDER_FULL, &json);
    if (mt_buf_rc(&json) == MT_OK) {
        mt_node_raw(d, list, NULL, mt_buf_view(&json));
    }
    mt_buf_fini(&json);
}

int command_orders(struct command *c) {
    const char *text = command_option(c, "status");
    enum mt_order_status status = MT_ORDER_PENDING;
    if (text != NULL && mt_order_status_parse(mt_sv(text), &status) != MT_OK) {
        return command_usage(c, "There is no such status.");
    }
    struct mt_local_order *orders = NULL;
    size_t count = 0;
    if (mt_orders_pick(mt_app_register(c->app), mt_app_reader(c->app), text != NULL ? MT_ORDERS_STATUS : MT_ORDERS_ALL, status,
                       ORDERS_MOST, &c->arena, &orders, &count, &c->err) != MT_OK) {
        return command_failed(c);
    }
    struct mt_doc *d = mt_doc_new();
    struct mt_node *list = mt_node_array(d, mt_doc_root(d), "orders");
    for (size_t i = 0; i < count; i++) {
        list_order(c, d, list, &orders[i]);
    }
    return command_print(c, d, MT_EXIT_DONE);
}

int command_export(struct command *c) {
    struct mt_buf json;
    size_t count = 0;
    mt_buf_init(&json, 512u << 20);
    enum mt_rc rc = mt_app_export(c->app, &json, &count, &c->err);
    if (rc == MT_OK) {
        rc = mt_file_write(c->line->words[1], mt_buf_view(&json), &c->err);
    }
    mt_buf_fini(&json);
    if (rc != MT_OK) {
        return command_failed(c);
    }
    if (!command_json(c)) {
        (void)fprintf(c->line->out, "%zu operations written to %s\n", count, c->line->words[1]);
    }
    struct mt_doc *d = mt_doc_new();
    mt_node_int(d, mt_doc_root(d), "operations", (int64_t)count);
    return command_print(c, d, MT_EXIT_DONE);
}
