/* Effects run one after the other; each answers with at most one message, which waits in the loop's queue until all
 * effects of an update are run, because effects point into the model. What goes wrong is answered in words; nothing
 * here ends the till. */
#include "loop_impl.h"

#include <medterm/store/cart.h>
#include <medterm/store/files.h>

#include <stdlib.h>
#include <string.h>

#define IDLE_LOCK_MS INT64_C(300000)

struct mt_msg *loop_answer(struct loop *l, enum mt_msg_kind kind) {
    if (l->count == LOOP_MESSAGES) {
        return NULL;
    }
    struct mt_msg *m = &l->queue[(l->first + l->count++) % LOOP_MESSAGES];
    const struct mt_clock *c = &l->app->o.clock;
    *m = (struct mt_msg){.kind = kind, .now = c->wall(c->ctx), .mono = c->mono(c->ctx)};
    return m;
}

void loop_words(struct loop *l, struct mt_msg *m, enum mt_rc rc, const struct mt_err *err) {
    m->rc = rc;
    if (rc != MT_OK) {
        const char *text = mt_arena_str(&l->arena, mt_err_text(err));
        m->text = mt_sv(text != NULL ? text : mt_rc_text(rc));
    }
}

static const char *kept(struct loop *l, const char *text) {
    const char *copy = text != NULL ? mt_arena_str(&l->arena, text) : NULL;
    return copy != NULL ? copy : "";
}

static bool setting_on(struct loop *l, const char *name) {
    const char *value = "";
    return mt_register_setting(l->app->reg, name, &l->arena, &value, NULL) == MT_OK &&
           (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static void start_cart(struct loop *l, struct mt_msg *m) {
    struct mt_journal_line *lines = NULL;
    struct mt_journal_head head;
    size_t count = 0;
    struct mt_err err = {0};
    if (mt_cart_load(l->app->reg, &l->arena, &lines, &count, &head, &err) != MT_OK) {
        mt_log_event(l->app->o.log, MT_LOG_ERROR, "cart", MT_L_TEXT("why", mt_err_text(&err)));
        m->start.cart_unread = l->behind = true; /* the next line must not stand among lines nobody sees */
        return;
    }
    struct mt_cart_line *cart = mt_arena_array(&l->arena, count + 1, sizeof *cart);
    struct mt_cart_head *h = mt_arena_alloc(&l->arena, sizeof *h);
    if (cart == NULL || h == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        cart[i] = (struct mt_cart_line){lines[i].drug, lines[i].quantity, lines[i].packs, lines[i].pack_count};
    }
    *h = (struct mt_cart_head){head.user_name,    head.user_phone,     head.doctor_name, head.buyer_id_no,
                               head.prescription, head.address_detail, head.remark,      head.fulfilment};
    m->start.cart = cart;
    m->start.cart_count = count;
    m->start.head = h;
}

void loop_start_of(struct loop *l, struct mt_msg *m) {
    const struct mt_enrolled *e = mt_register_enrolled(l->app->reg);
    m->start.enrolled = e != NULL;
    m->start.store_name = e != NULL ? kept(l, e->info.store_name) : "";
    m->start.register_code = e != NULL ? kept(l, e->info.register_code) : "";
    m->start.currency = e != NULL ? kept(l, e->info.currency) : "";
    m->start.utc_offset_minutes = l->app->o.utc_offset_minutes;
    m->start.handed_over_default = setting_on(l, "handed_over");
    m->start.idle_lock_ms = IDLE_LOCK_MS;
    m->start.service_time = l->app->service_time;
    if (mt_register_next_order(l->app->reg, &m->start.next_order_seq, NULL) != MT_OK) {
        m->start.next_order_seq = 1; /* a forecast only; the commit takes the real one */
    }
    start_cart(l, m);
}

static struct mt_journal_line journal_line(const struct mt_cart_line *l) {
    return (struct mt_journal_line){l->drug, l->quantity, l->packs, l->pack_count};
}

static struct mt_journal_head journal_head(const struct mt_cart_head *h) {
    return (struct mt_journal_head){h->user_name,    h->user_phone,     h->doctor_name, h->buyer_id_no,
                                    h->prescription, h->address_detail, h->remark,      h->fulfilment};
}

static enum mt_rc journal_change(struct mt_register *r, const struct mt_effect *e, struct mt_err *err) {
    if (e->kind == MT_EFFECT_CART_LINE) {
        const struct mt_journal_line line = journal_line(e->line);
        return mt_cart_put_line(r, e->index, &line, err);
    }
    if (e->kind == MT_EFFECT_CART_CUT) {
        return mt_cart_cut_line(r, e->index, err);
    }
    if (e->kind == MT_EFFECT_CART_HEAD) {
        const struct mt_journal_head head = journal_head(e->head);
        return mt_cart_put_head(r, &head, err);
    }
    return mt_cart_clear(r, err);
}

static enum mt_rc journal_all(struct loop *l, struct mt_err *err) {
    const struct mt_till *t = l->till;
    const struct mt_cart_head shown = mt_till_head(t);
    const struct mt_journal_head head = journal_head(&shown);
    struct mt_journal_line *lines = mt_arena_array(&l->arena, t->cart.count + 1, sizeof *lines);
    if (lines == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the order.");
    }
    for (size_t i = 0; i < t->cart.count; i++) {
        lines[i] = journal_line(&t->cart.lines[i]);
    }
    return mt_cart_put_all(l->app->reg, lines, t->cart.count, &head, err);
}

static void journal(struct loop *l, const struct mt_effect *e) {
    struct mt_err err = {0};
    const enum mt_rc rc = l->behind ? journal_all(l, &err) : journal_change(l->app->reg, e, &err);
    l->behind = rc != MT_OK;
    struct mt_msg *m = rc != MT_OK ? loop_answer(l, MT_MSG_NOT_KEPT) : NULL;
    if (m != NULL) {
        loop_words(l, m, rc, &err);
        mt_log_event(l->app->o.log, MT_LOG_ERROR, "cart_journal", MT_L_TEXT("why", mt_err_text(&err)));
    }
}

static void commit(struct loop *l, const struct mt_effect *e) {
    struct mt_op op = *e->op;
    struct mt_err err = {0};
    struct mt_order *order = mt_arena_alloc(&l->arena, sizeof *order);
    struct mt_payment *payments = mt_arena_array(&l->arena, MT_PAYMENTS_MAX, sizeof *payments);
    const bool create = op.kind == MT_OP_ORDER_CREATE;
    enum mt_rc rc = order != NULL && payments != NULL ? MT_OK : mt_fail(&err, MT_NOMEM, "not enough memory");
    if (rc == MT_OK && create && op.body.create.order.payment_count > 0) { /* ids are filled in: not in the model's own rows */
        struct mt_order *o = &op.body.create.order;
        o->payment_count = o->payment_count < MT_PAYMENTS_MAX ? o->payment_count : MT_PAYMENTS_MAX;
        memcpy(payments, o->payments, o->payment_count * sizeof *payments);
        o->payments = payments;
    }
    if (rc == MT_OK) {
        rc = mt_app_commit(l->app, &op, create, &l->arena, order, &err);
    }
    l->behind = l->behind && !(create && rc == MT_OK); /* the sale emptied the journal */
    struct mt_msg *m = loop_answer(l, MT_MSG_COMMITTED);
    if (m == NULL) {
        return;
    }
    loop_words(l, m, rc, &err);
    m->op_kind = op.kind;
    if (rc == MT_OK || rc == MT_CONFLICT) {
        m->order = order;
        m->order_no = order->order_no;
    }
}

static void print(struct loop *l, const struct mt_effect *e) {
    struct job *j = job_new(JOB_RECEIPT);
    struct mt_err err = {0};
    enum mt_rc rc = j != NULL ? mt_sv_copy(mt_sv(e->order_no), j->order_no, sizeof j->order_no) : MT_NOMEM;
    if (rc == MT_OK) {
        rc = mt_app_receipt(l->app, e->order_no, e->copy, false, &j->text, &j->path, &err);
    }
    if (rc == MT_OK) {
        app_give(l->app, j);
        return;
    }
    job_free(j);
    struct mt_msg *m = loop_answer(l, MT_MSG_PRINTED);
    if (m != NULL) {
        loop_words(l, m, rc, &err);
        m->order_no = kept(l, e->order_no);
    }
}

static void settle(struct loop *l, const struct mt_effect *e) {
    struct mt_err err = {0};
    const char *staff = l->staff.staff_id.s;
    enum mt_rc rc = e->settle == MT_SETTLE_AGAIN ? mt_register_again(l->app->reg, e->seq, staff, &err)
                                                 : mt_register_settle(l->app->reg, e->seq, staff, &err);
    struct mt_msg *m = loop_answer(l, MT_MSG_SETTLED);
    if (m != NULL) {
        loop_words(l, m, rc, &err);
        m->settle = e->settle;
        m->order_no = kept(l, e->order_no);
    }
    mt_sync_poke(l->app->sync);
    l->app->changed = true;
    loop_load_sync(l);
}

/* The job gets its own copy of the staff: the register's thread is this one. */
static enum mt_rc pin_job(struct loop *l, const char *pin, struct job **out, struct mt_err *err) {
    struct job *j = job_new(JOB_PIN);
    *out = j;
    enum mt_rc rc =
        j != NULL ? mt_sv_copy(mt_sv(pin), j->pin, sizeof j->pin) : mt_fail(err, MT_NOMEM, "Not enough memory to check the PIN.");
    if (rc == MT_OK) {
        rc = mt_register_staff(l->app->reg, &j->arena, &j->staff, &j->staff_count, err);
    }
    return rc == MT_OK && j->staff_count == 0 ? MT_NOTFOUND : rc;
}

static void check_pin(struct loop *l, const struct mt_effect *e) {
    struct mt_err err = {0};
    struct job *j = NULL;
    int64_t locked_ms = 0;
    enum mt_rc rc = pin_job(l, e->text, &j, &err);
    if (rc == MT_OK) {
        rc = mt_register_pin_try(l->app->reg, &locked_ms, &err);
    }
    if (rc == MT_OK) {
        app_give(l->app, j);
        return;
    }
    job_free(j);
    struct mt_msg *m = loop_answer(l, MT_MSG_PIN);
    if (m != NULL) {
        m->rc = rc;
        m->locked_ms = locked_ms;
    }
}

static void enrol(struct loop *l, const struct mt_effect *e) {
    struct mt_err err = {0};
    enum mt_rc rc = app_enrol_begin(l->app, e->text, e->text2, &err);
    if (rc != MT_OK) {
        struct mt_msg *m = loop_answer(l, MT_MSG_ENROLLED);
        if (m != NULL) {
            loop_words(l, m, rc, &err);
        }
    }
}

static void export(struct loop *l) {
    struct mt_err err = {0};
    struct mt_buf json, path;
    size_t count = 0;
    char when[MT_TIME_TEXT];
    mt_time_format(l->app->o.clock.wall(l->app->o.clock.ctx), when);
    mt_buf_init(&json, 512u << 20);
    mt_buf_init(&path, 4096);
    mt_buf_fmt(&path, "%s/outbox-%.19s.json", l->app->state_dir, when);
    enum mt_rc rc = mt_app_export(l->app, &json, &count, &err);
    if (rc == MT_OK) {
        rc = mt_file_write(mt_buf_text(&path), mt_buf_view(&json), &err);
    }
    struct mt_msg *m = loop_answer(l, MT_MSG_EXPORTED);
    if (m != NULL) {
        loop_words(l, m, rc, &err);
        m->path = kept(l, mt_buf_text(&path));
    }
    mt_buf_fini(&json);
    mt_buf_fini(&path);
}

void loop_effect(struct loop *l, const struct mt_effect *e) {
    switch (e->kind) {
    case MT_EFFECT_SEARCH:
        loop_search(l, e);
        break;
    case MT_EFFECT_LOOKUP:
        loop_lookup(l, e);
        break;
    case MT_EFFECT_CART_LINE:
    case MT_EFFECT_CART_CUT:
    case MT_EFFECT_CART_HEAD:
    case MT_EFFECT_CART_CLEAR:
        journal(l, e);
        break;
    case MT_EFFECT_COMMIT:
        commit(l, e);
        break;
    case MT_EFFECT_PRINT:
        print(l, e);
        break;
    case MT_EFFECT_LOAD_BOARD:
        loop_load_board(l);
        break;
    case MT_EFFECT_LOAD_ORDER:
        loop_load_order(l, e->order_no);
        break;
    case MT_EFFECT_LOAD_SYNC:
        loop_load_sync(l);
        break;
    case MT_EFFECT_SYNC_NOW:
        mt_sync_now(l->app->sync);
        break;
    case MT_EFFECT_SETTLE:
        settle(l, e);
        break;
    case MT_EFFECT_CHECK_PIN:
        check_pin(l, e);
        break;
    case MT_EFFECT_SIGN_OUT:
        l->staff = (struct mt_staff){.name = "", .verifier = ""};
        break;
    case MT_EFFECT_ENROL:
        enrol(l, e);
        break;
    case MT_EFFECT_EXPORT:
        export(l);
        break;
    case MT_EFFECT_BELL:
        l->port->bell(l->port->ctx);
        break;
    case MT_EFFECT_QUIT:
        l->quit = true;
        break;
    }
}
