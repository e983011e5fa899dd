/* From keys to messages. The tables are asked in order: what lies over the screen, the screen itself, the jobs that
 * F-keys switch to everywhere, editing. A character that is nobody's key is text. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static bool signed_in(const struct mt_till *t) {
    return t->signed_in;
}
static bool not_new(const struct mt_till *t) {
    return t->signed_in && t->screen != MT_SCREEN_NEW;
}
static bool sells(const struct mt_till *t) {
    return t->signed_in && mt_role_may_sell(t->staff.role);
}
static bool may_customer(const struct mt_till *t) {
    return sells(t) && (t->screen == MT_SCREEN_NEW || t->screen == MT_SCREEN_PAY);
}
static bool not_customer(const struct mt_till *t) {
    return sells(t) && t->screen != MT_SCREEN_CUSTOMER;
}
static bool may_pay(const struct mt_till *t) {
    return sells(t) && t->screen == MT_SCREEN_NEW && (t->cart.count > 0 || t->sale.lookups > 0);
}
/* Understood where it is not offered: the answer says what to do first. */
static bool may_try_to_pay(const struct mt_till *t) {
    return t->signed_in && t->screen != MT_SCREEN_PAY;
}
static bool not_board(const struct mt_till *t) {
    return t->signed_in && t->screen != MT_SCREEN_FULFIL;
}
static bool not_sync(const struct mt_till *t) {
    return t->signed_in && t->screen != MT_SCREEN_SYNC;
}
static bool may_quit(const struct mt_till *t) {
    return !t->signed_in || t->screen == MT_SCREEN_NEW;
}

static const struct screen_key jobs[] = {
    {MT_KEY_F1, 0, MT_ACT_HELP, NULL, "Help", NULL},
    {MT_KEY_F2, 0, MT_ACT_NEW, NULL, "New", not_new},
    {MT_KEY_F3, 0, MT_ACT_CUSTOMER, NULL, "Customer", may_customer},
    {MT_KEY_F4, 0, MT_ACT_PAY, NULL, "Pay", may_pay},
    {MT_KEY_F5, 0, MT_ACT_FULFIL, NULL, "Fulfil", not_board},
    {MT_KEY_F9, 0, MT_ACT_SYNC, NULL, "Sync", not_sync},
    {MT_KEY_F10, 0, MT_ACT_LOCK, NULL, "Lock", signed_in},
    {MT_KEY_F2, 0, MT_ACT_NEW, NULL, NULL, signed_in},
    {MT_KEY_F3, 0, MT_ACT_CUSTOMER, NULL, NULL, not_customer},
    {MT_KEY_F4, 0, MT_ACT_PAY, NULL, NULL, may_try_to_pay},
    {MT_KEY_CTRL, 'q', MT_ACT_QUIT, NULL, NULL, may_quit},
};
static const struct screen_key edit_keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, NULL, NULL},     {MT_KEY_ESC, 0, MT_ACT_BACK, NULL, NULL, NULL},
    {MT_KEY_TAB, 0, MT_ACT_NEXT_FIELD, NULL, NULL, NULL},  {MT_KEY_BACKTAB, 0, MT_ACT_PREV_FIELD, NULL, NULL, NULL},
    {MT_KEY_LEFT, 0, MT_ACT_LEFT, NULL, NULL, NULL},       {MT_KEY_RIGHT, 0, MT_ACT_RIGHT, NULL, NULL, NULL},
    {MT_KEY_HOME, 0, MT_ACT_HOME, NULL, NULL, NULL},       {MT_KEY_END, 0, MT_ACT_END, NULL, NULL, NULL},
    {MT_KEY_UP, 0, MT_ACT_UP, NULL, NULL, NULL},           {MT_KEY_DOWN, 0, MT_ACT_DOWN, NULL, NULL, NULL},
    {MT_KEY_PAGE_UP, 0, MT_ACT_PAGE_UP, NULL, NULL, NULL}, {MT_KEY_PAGE_DOWN, 0, MT_ACT_PAGE_DOWN, NULL, NULL, NULL},
    {MT_KEY_DELETE, 0, MT_ACT_DELETE, NULL, NULL, NULL},   {MT_KEY_BACKSPACE, 0, MT_ACT_RUBOUT, NULL, NULL, NULL},
};
static const struct screen_key help_keys[] = {
    {MT_KEY_ESC, 0, MT_ACT_BACK, NULL, "Close", NULL},
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, NULL, NULL},
};
static const struct screen_key ask_keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "No", NULL},
    {MT_KEY_ESC, 0, MT_ACT_BACK, NULL, NULL, NULL},
    {MT_KEY_CTRL, 'y', MT_ACT_YES, NULL, "Yes", NULL},
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct screen_key *find(const struct mt_till *t, const struct screen_key *keys, size_t count,
                                     const struct mt_key *key) {
    for (size_t i = 0; i < count; i++) {
        const struct screen_key *k = &keys[i];
        bool same = k->code == key->code && (key->code != MT_KEY_CHAR || (key->text[0] == k->ch && key->text[1] == '\0')) &&
                    (key->code != MT_KEY_CTRL || key->letter == k->ch);
        if (same && (k->now == NULL || k->now(t)))
            return k;
    }
    return NULL;
}

static bool covered(const struct mt_till *t) {
    return t->help || t->ask != MT_ASK_NONE;
}

static const struct screen_key *find_key(const struct mt_till *t, const struct mt_key *key) {
    const struct screen *s = screen_of(t);
    const struct screen_key *k = NULL;
    if (t->help)
        k = find(t, help_keys, COUNT(help_keys), key);
    else if (t->ask != MT_ASK_NONE)
        k = find(t, ask_keys, COUNT(ask_keys), key);
    else
        k = find(t, s->keys, s->key_count, key);
    if (k == NULL)
        k = find(t, jobs, COUNT(jobs), key);
    if (k == NULL && !covered(t))
        k = find(t, edit_keys, COUNT(edit_keys), key);
    return k;
}

bool mt_screen_message(const struct mt_till *t, const struct mt_key *key, mt_time now, int64_t mono, struct mt_msg *out) {
    const struct screen_key *k = find_key(t, key);
    *out = (struct mt_msg){.now = now, .mono = mono, .rc = MT_OK};
    if (key->code == MT_KEY_PASTE) {
        out->kind = MT_MSG_PASTE;
        out->text = key->paste;
        out->truncated = key->truncated;
        return true;
    }
    out->kind = MT_MSG_ACTION;
    if (k != NULL)
        out->action = k->action;
    else if (key->code == MT_KEY_CHAR) {
        out->kind = MT_MSG_TEXT;
        out->text = mt_sv(key->text);
    } else if (key->code == MT_KEY_CTRL && key->letter == ']') { /* the separator in a GS1 code */
        out->kind = MT_MSG_TEXT;
        out->text = MT_SV("\x1d");
    } else if (screen_of(t)->any_key && key->code != MT_KEY_NONE)
        out->action = MT_ACT_BACK;
    else
        return false;
    return true;
}

/* ---- as shown ---- */

static void write_key(const struct screen_key *k, char out[16]) {
    int n;
    if (k->shown != NULL)
        n = snprintf(out, 16, "%s", k->shown);
    else if (k->code == MT_KEY_CTRL)
        n = snprintf(out, 16, "Ctrl-%c", k->ch - 'a' + 'A');
    else if (k->code == MT_KEY_CHAR)
        n = snprintf(out, 16, "%c", k->ch);
    else
        n = snprintf(out, 16, "%s", mt_key_name(k->code));
    if (n < 0)
        out[0] = '\0';
}

static void add_hints(const struct mt_till *t, const struct screen_key *keys, size_t count, struct key_hints *out) {
    for (size_t i = 0; i < count && out->count < HINTS_MAX; i++) {
        if (keys[i].label == NULL || (keys[i].now != NULL && !keys[i].now(t)))
            continue;
        write_key(&keys[i], out->shown[out->count]);
        bool there = false; /* a screen may say where a job's key stands */
        for (size_t j = 0; j < out->count && !there; j++)
            there = strcmp(out->shown[j], out->shown[out->count]) == 0;
        if (there)
            continue;
        out->at[out->count] = (struct mt_hint){out->shown[out->count], keys[i].label};
        out->count++;
    }
}

void keys_footer(const struct mt_till *t, struct key_hints *out) {
    const struct screen *s = screen_of(t);
    out->count = 0;
    if (t->commit.busy)
        return; /* no key works until it is answered */
    if (t->help)
        add_hints(t, help_keys, COUNT(help_keys), out);
    else if (t->ask != MT_ASK_NONE)
        add_hints(t, ask_keys, COUNT(ask_keys), out);
    else if (t->screen == MT_SCREEN_NEW) { /* the picture everybody knows: F-keys first */
        add_hints(t, jobs, COUNT(jobs), out);
        add_hints(t, s->keys, s->key_count, out);
    } else {
        add_hints(t, s->keys, s->key_count, out);
        add_hints(t, jobs, COUNT(jobs), out);
    }
}

static void add_help(const struct screen_key *keys, size_t count, struct mt_buf *out, bool *listed) {
    for (size_t i = 0; i < count; i++) {
        char shown[16];
        if (keys[i].shown != NULL && keys[i].shown[0] == '\0')
            continue; /* told by the row it belongs to */
        if (listed[keys[i].action])
            continue;
        listed[keys[i].action] = true;
        write_key(&keys[i], shown);
        int pad = 10 - mt_text_width(mt_sv(shown));
        mt_buf_fmt(out, "%s%*s%s\n", shown, pad > 0 ? pad : 1, "", mt_action_help(keys[i].action));
    }
}

void keys_help(const struct mt_till *t, struct mt_buf *out) {
    const struct screen *s = screen_of(t);
    bool listed[MT_ACT_QUIT + 1] = {false};
    listed[MT_ACT_HELP] = true;
    add_help(s->keys, s->key_count, out, listed);
    for (size_t i = 0; i < COUNT(jobs); i++)
        if (jobs[i].action == MT_ACT_QUIT ? may_quit(t) : t->signed_in)
            add_help(&jobs[i], 1, out, listed);
    if (s->help[0] != '\0')
        mt_buf_fmt(out, "\n%s", s->help);
}
