/* The door of the till: every message comes in here, is dated, and goes to the job it belongs to. What is typed goes to
 * the screen by the table below; F-keys switch jobs from anywhere; a question or the help over a screen is answered
 * first. While a commit is under way nothing but typing is taken, and that is kept for after it. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MOST = 4 * 1024 * 1024, RELOAD_MS = 3000, PAID_ENTER_MS = 300 };

static const struct till_screen *const screens[MT_SCREENS] = {
    [MT_SCREEN_GUIDE] = &till_guide, [MT_SCREEN_SIGN_IN] = &till_sign_in,   [MT_SCREEN_NEW] = &till_sale,
    [MT_SCREEN_PAY] = &till_pay,     [MT_SCREEN_CUSTOMER] = &till_customer, [MT_SCREEN_PAID] = &till_paid,
    [MT_SCREEN_PICK] = &till_pick,   [MT_SCREEN_FULFIL] = &till_board,      [MT_SCREEN_SYNC] = &till_sync,
};

static const char *const action_help[] = {
#define MT_X(symbol, help) help,
    MT_ACTION_TABLE(MT_X)
#undef MT_X
};

const char *mt_action_help(enum mt_action a) {
    return (size_t)a < sizeof action_help / sizeof action_help[0] ? action_help[a] : "";
}

struct mt_till *mt_till_new(void) {
    struct mt_till *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    struct mt_arena *arenas[] = {&t->found_arena, &t->cart_arena, &t->op_arena, &t->board_arena, &t->pick_arena, &t->sync_arena};
    for (size_t i = 0; i < sizeof arenas / sizeof arenas[0]; i++)
        mt_arena_init(arenas[i], ARENA_MOST);
    t->screen = MT_SCREEN_GUIDE;
    t->link.why = t->link_why;
    t->sign_in.tries_left = -1;
    t->sync.cursor = t->sync.epoch = "";
    return t;
}

void mt_till_free(struct mt_till *t) {
    if (t == NULL)
        return;
    mt_arena_fini(&t->found_arena);
    mt_arena_fini(&t->cart_arena);
    mt_arena_fini(&t->op_arena);
    mt_arena_fini(&t->board_arena);
    mt_arena_fini(&t->pick_arena);
    mt_arena_fini(&t->sync_arena);
    till_edit_wipe(&t->sign_in.pin);
    for (int i = 0; i < MT_CUSTOMER_FIELDS; i++)
        till_edit_wipe(&t->customer.text[i]);
    free(t);
}

struct mt_effect *till_effect(struct mt_effects *fx, enum mt_effect_kind kind) {
    if (fx->count == MT_EFFECTS_MAX) /* no message asks for so much; the last one gives way rather than memory */
        fx->count--;
    struct mt_effect *e = &fx->at[fx->count++];
    *e = (struct mt_effect){.kind = kind, .text = "", .text2 = "", .order_no = ""};
    return e;
}

void till_set(char *to, size_t size, const char *text) {
    size_t n = text == NULL ? 0 : strlen(text);
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xC0u) == 0x80u)
            n--;
    }
    if (n > 0)
        memcpy(to, text, n);
    to[n] = '\0';
}

struct mt_date mt_till_today(const struct mt_till *t) {
    mt_time told = t->link.service_time;
    return mt_date_of((t->now > told ? t->now : told) + t->utc_offset_minutes * 60000);
}

bool mt_till_typing(const struct mt_till *t) {
    return t->sale.input.n > 0 && !t->sale.spent;
}

void till_take_start(struct mt_till *t, const struct mt_msg *msg) {
    t->started = true;
    t->enrolled = msg->start.enrolled;
    till_set(t->store_name, sizeof t->store_name, msg->start.store_name);
    till_set(t->register_code, sizeof t->register_code, msg->start.register_code);
    till_set(t->currency, sizeof t->currency, msg->start.currency);
    t->next_order_seq = msg->start.next_order_seq;
    t->utc_offset_minutes = msg->start.utc_offset_minutes;
    t->handed_over_default = t->pay.handed_over = msg->start.handed_over_default;
    t->idle_lock_ms = msg->start.idle_lock_ms;
    t->link.service_time = msg->start.service_time;
    t->screen = t->enrolled ? MT_SCREEN_SIGN_IN : MT_SCREEN_GUIDE;
    if (till_cart_restore(t, msg->start.cart, msg->start.cart_count, msg->start.head) != MT_OK)
        till_say(t, MT_NOTICE_BAD, "The kept cart could not be read in full: not enough memory. Start medterm again.");
    else if (msg->start.cart_unread)
        till_say(t, MT_NOTICE_BAD, "The order that was being taken could not be read. Take it again.");
}

static void start(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_take_start(t, msg);
    if (!t->enrolled && t->guide.url.n == 0) {
        char url[MT_EDIT_MAX];
        if (mt_sv_copy(msg->text, url, sizeof url) == MT_OK)
            till_edit_set(&t->guide.url, url);
        t->guide.field = t->guide.url.n > 0 ? 1 : 0;
    }
}

static void link(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    if (msg->link == NULL)
        return;
    bool news = msg->link->unsent != t->link.unsent || msg->link->attention != t->link.attention || msg->link->link != t->link.link;
    mt_time told = msg->link->service_time != 0 ? msg->link->service_time : t->link.service_time;
    t->link = *msg->link;
    t->link.service_time = told;
    till_set(t->link_why, sizeof t->link_why, msg->link->why);
    t->link.why = t->link_why;
    if (news && t->screen == MT_SCREEN_SYNC)
        till_sync_load(t, fx);
    if (news && t->screen == MT_SCREEN_FULFIL)
        till_board_load(t, fx);
}

void till_lock(struct mt_till *t, struct mt_effects *fx) {
    till_customer_journal(t, fx);
    t->signed_in = false;
    t->screen = MT_SCREEN_SIGN_IN;
    t->help = false;
    t->ask = MT_ASK_NONE;
    t->sign_in.tries_left = -1;
    till_edit_wipe(&t->sign_in.pin);
    (void)till_effect(fx, MT_EFFECT_SIGN_OUT);
}

static void tick(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)msg;
    if (t->sign_in.locked_until > 0 && t->mono >= t->sign_in.locked_until) {
        t->sign_in.locked_until = 0;
        till_hush(t);
    }
    till_lookups_overdue(t, fx);
    const bool idle = t->idle_lock_ms > 0 && t->mono - t->last_key >= t->idle_lock_ms;
    if (t->signed_in && !t->commit.busy && (idle || t->staff.left)) {
        till_hush(t);
        till_lock(t, fx);
        if (t->staff.left)
            till_say(t, MT_NOTICE_BAD, "%s is not on the staff any more. The cart and every sale are safe.", t->staff.name);
    } else if (t->screen == MT_SCREEN_FULFIL && t->mono - t->board.loaded_at >= RELOAD_MS)
        till_board_load(t, fx);
    else if (t->screen == MT_SCREEN_SYNC && t->mono - t->sync.loaded_at >= RELOAD_MS)
        till_sync_load(t, fx);
}

static void refused(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    struct mt_sv why = till_why(msg);
    till_say(t, MT_NOTICE_BAD, "%s was refused: %.*s. F9 shows what to do.", msg->order_no != NULL ? msg->order_no : "An operation",
             (int)why.n, why.p);
    if (t->screen == MT_SCREEN_FULFIL)
        till_board_load(t, fx);
    if (t->screen == MT_SCREEN_SYNC)
        till_sync_load(t, fx);
}

/* ---- what is typed ---- */

void till_feed(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    const struct till_screen *s = screens[t->screen];
    if (code == '\n') {
        if (s->typed)
            s->typed(t, fx);
        s->action(t, MT_ACT_ENTER, fx);
    } else if (s->character)
        s->character(t, code, fx);
}

/* A key that belongs to what is below closes what is over it: a scan is never lost in a question, and its answer is no. */
static void uncover(struct mt_till *t) {
    t->help = false;
    t->ask = MT_ASK_NONE;
}

static void fade(struct mt_till *t) {
    if (t->notice.kind == MT_NOTICE_GOOD || t->notice.kind == MT_NOTICE_INFO)
        till_hush(t);
}

static void text(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    struct mt_sv rest = msg->text;
    t->last_key = t->mono;
    fade(t);
    uncover(t);
    while (rest.n > 0) {
        uint32_t code = mt_utf8_next(&rest);
        till_burst_char(&t->burst, t->mono);
        if (code == '\n' || code == '\r')
            continue;
        if (t->commit.busy)
            till_hold_typed(t, code);
        else
            till_feed(t, code, fx);
    }
    if (!t->commit.busy && screens[t->screen]->typed)
        screens[t->screen]->typed(t, fx);
}

/* A paste is text and nothing else: controls become spaces, so it can not press Enter or any other key. */
static void paste(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    t->last_key = t->mono;
    fade(t);
    if (t->commit.busy)
        return;
    uncover(t);
    t->burst.count = 0;
    if (t->screen == MT_SCREEN_PAID)
        till_open_new(t);
    if (!screens[t->screen]->takes_paste) {
        till_say(t, MT_NOTICE_WARN, "A paste is not taken here. Type it by hand.");
        return;
    }
    struct mt_sv rest = mt_sv_trim(msg->text);
    bool cut = msg->truncated;
    size_t taken = 0;
    while (rest.n > 0 && taken < MT_PASTE_CHARS) {
        uint32_t code = mt_utf8_next(&rest);
        if (code == '\n' || code == '\r' || code == '\t')
            code = ' ';
        if (mt_utf8_harmful(code) || code == MT_REPLACEMENT)
            continue;
        screens[t->screen]->character(t, code, fx);
        taken++;
    }
    if (screens[t->screen]->typed)
        screens[t->screen]->typed(t, fx);
    if (cut || rest.n > 0)
        till_say(t, MT_NOTICE_WARN, "Input truncated: %d characters of the paste are kept.", MT_PASTE_CHARS);
}

/* ---- actions ---- */

static void go_new(struct mt_till *t, struct mt_effects *fx) {
    (void)fx;
    till_open_new(t);
}

static void go_customer(struct mt_till *t, struct mt_effects *fx) {
    (void)fx;
    till_customer_open(t);
}

static void go_pay(struct mt_till *t, struct mt_effects *fx) {
    if (t->screen == MT_SCREEN_FULFIL || t->screen == MT_SCREEN_PICK)
        till_board_pay(t, fx);
    else if (t->screen != MT_SCREEN_PAY)
        till_pay_open(t, fx);
}

static void quit(struct mt_till *t, struct mt_effects *fx) {
    till_customer_journal(t, fx);
    t->quitting = true;
    (void)till_effect(fx, MT_EFFECT_QUIT);
}

/* The keys that switch jobs, the same on every screen. */
static const struct {
    enum mt_action action;
    void (*go)(struct mt_till *t, struct mt_effects *fx);
    bool signed_in; /* only then */
} jobs[] = {
    {MT_ACT_NEW, go_new, true},          {MT_ACT_CUSTOMER, go_customer, true},
    {MT_ACT_PAY, go_pay, true},          {MT_ACT_FULFIL, till_board_open, true},
    {MT_ACT_SYNC, till_sync_open, true}, {MT_ACT_LOCK, till_lock, true},
    {MT_ACT_QUIT, quit, false},
};

static bool switch_job(struct mt_till *t, enum mt_action action, struct mt_effects *fx) {
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        if (jobs[i].action != action)
            continue;
        if (jobs[i].signed_in && !t->signed_in)
            return true;
        uncover(t);
        till_hush(t);
        till_customer_journal(t, fx);
        jobs[i].go(t, fx);
        return true;
    }
    return false;
}

/* What the message line says goes with the key that shows it was read. A scanner's Enter shows nothing. */
static void read_notice(struct mt_till *t, enum mt_action action) {
    fade(t);
    bool scanner = action == MT_ACT_ENTER && till_burst_ends(&t->burst, t->mono);
    bool kept = scanner || (t->screen == MT_SCREEN_NEW && action != MT_ACT_BACK);
    if (!kept && action != MT_ACT_RUBOUT)
        till_hush(t);
}

static void action(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    t->last_key = t->mono;
    if (t->commit.busy) {
        if (msg->action == MT_ACT_ENTER)
            till_hold_typed(t, '\n');
        return;
    }
    if (t->screen == MT_SCREEN_PAID && msg->action == MT_ACT_ENTER && t->mono - t->paid.since < PAID_ENTER_MS)
        return; /* the second half of a double Enter must not wipe the change off the screen */
    if (msg->action == MT_ACT_HELP) {
        t->ask = MT_ASK_NONE;
        t->help = !t->help;
        return;
    }
    if (switch_job(t, msg->action, fx))
        return;
    if (t->help) {
        t->help = false;
        return;
    }
    if (t->ask != MT_ASK_NONE) {
        till_answer(t, msg->action, fx);
        return;
    }
    read_notice(t, msg->action);
    screens[t->screen]->action(t, msg->action, fx);
}

static void board(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_board_take(t, msg);
}
static void order(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_pick_take(t, msg);
}
static void sync_rows(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_sync_take(t, msg);
}
static void printed(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_printed(t, msg);
}
static void pin(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_pin(t, msg);
}
static void staff(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    till_staff(t, msg);
    tick(t, msg, fx);
}
static void enrolled(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_enrolled(t, msg);
}
static void settled(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_settled(t, msg);
}
static void exported(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    (void)fx;
    till_exported(t, msg);
}

static void (*const takers[])(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) = {
    [MT_MSG_START] = start,
    [MT_MSG_ACTION] = action,
    [MT_MSG_TEXT] = text,
    [MT_MSG_PASTE] = paste,
    [MT_MSG_TICK] = tick,
    [MT_MSG_LINK] = link,
    [MT_MSG_FOUND] = till_found,
    [MT_MSG_LOOKED_UP] = till_looked_up,
    [MT_MSG_COMMITTED] = till_committed,
    [MT_MSG_PRINTED] = printed,
    [MT_MSG_BOARD] = board,
    [MT_MSG_ORDER] = order,
    [MT_MSG_SYNC] = sync_rows,
    [MT_MSG_PIN] = pin,
    [MT_MSG_STAFF] = staff,
    [MT_MSG_ENROLLED] = enrolled,
    [MT_MSG_EXPORTED] = exported,
    [MT_MSG_SETTLED] = settled,
    [MT_MSG_NOT_KEPT] = till_not_kept,
    [MT_MSG_REFUSED] = refused,
};

void mt_till_update(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    fx->count = 0;
    t->now = msg->now;
    if (msg->mono > t->mono)
        t->mono = msg->mono;
    if ((size_t)msg->kind < sizeof takers / sizeof takers[0] && takers[msg->kind] != NULL)
        takers[msg->kind](t, msg, fx);
}
