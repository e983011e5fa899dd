/* New order: one input line for scans, codes and letters. A code is looked up and the line is free for the next scan at
 * once; the answers come in order and each adds its line. Letters search with every character; an answer to an older
 * text is dropped by its generation. Enter takes a suggestion only for letters, and only one that was on the screen. */
#include "parts.h"

#include <string.h>

static void forget_found(struct mt_till *t) {
    t->sale.generation++; /* whatever is under way is out of date */
    t->sale.found_count = t->sale.selected = 0;
    t->sale.searching = t->sale.enter_waits = t->sale.picked = false;
    t->sale.asked[0] = '\0';
}

static void clear_input(struct mt_till *t) {
    till_edit_wipe(&t->sale.input);
    t->sale.spent = false;
    forget_found(t);
}

void till_open_new(struct mt_till *t) {
    t->screen = MT_SCREEN_NEW;
}

static void read_input(const struct mt_till *t, struct mt_scan *scan) {
    mt_scan_read(mt_sv_n(t->sale.input.s, t->sale.input.n), mt_till_today(t), scan);
}

static bool digits_only(struct mt_sv text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n > 0;
}

/* ---- searching ---- */

static void search(struct mt_till *t, struct mt_sv text, struct mt_effects *fx) {
    t->sale.enter_waits = t->sale.picked = false;
    if (mt_sv_copy(text, t->sale.asked, sizeof t->sale.asked) != MT_OK || text.n == 0) {
        forget_found(t);
        return;
    }
    struct mt_effect *e = till_effect(fx, MT_EFFECT_SEARCH);
    e->text = t->sale.asked;
    e->generation = ++t->sale.generation;
    e->limit = MT_SUGGESTIONS_MAX;
    t->sale.searching = true;
}

/* A scanner's digits are not worth a search each. */
static bool scanning(const struct mt_till *t, struct mt_sv text) {
    return till_burst_is(&t->burst) && text.n > 0 && (digits_only(text) || text.p[0] == ']' || text.p[0] == '(');
}

static void typed(struct mt_till *t, struct mt_effects *fx) {
    struct mt_scan scan;
    if (t->sale.spent)
        return;
    read_input(t, &scan);
    if (mt_sv_is(scan.rest, t->sale.asked) && scan.rest.n > 0)
        return;
    if (scanning(t, scan.rest))
        forget_found(t);
    else
        search(t, scan.rest, fx);
}

static void character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    (void)fx;
    if (t->sale.spent)
        clear_input(t);
    if (code == ' ' && t->sale.input.n == 0)
        return;
    if (!till_edit_insert(&t->sale.input, code, MT_PASTE_CHARS) && !mt_utf8_harmful(code))
        till_say(t, MT_NOTICE_WARN, "Input truncated: %d characters are kept.", MT_PASTE_CHARS);
}

/* ---- taking ---- */

/* The input stays readable under the refusal and gives way to the next character. */
static void spend(struct mt_till *t) {
    t->sale.spent = true;
    t->sale.input.cursor = t->sale.input.n;
    forget_found(t);
}

static void take(struct mt_till *t, size_t which, struct mt_effects *fx) {
    struct mt_scan scan;
    read_input(t, &scan);
    till_hush(t);
    if (till_cart_add(t, &t->sale.found[which], NULL, scan.quantity, fx))
        clear_input(t);
}

static void take_text(struct mt_till *t, const struct mt_scan *scan, struct mt_effects *fx) {
    struct mt_sv text = scan->rest;
    if (text.n == 0) {
        if (!scan->has_quantity)
            return;
        if (t->cart.count == 0)
            till_say(t, MT_NOTICE_INFO, "There is no line yet to take %d of. Scan a pack or type a name.", scan->quantity);
        else
            till_cart_quantity(t, t->cart.current, scan->quantity, fx);
        clear_input(t);
    } else if (digits_only(text) && !t->sale.picked) {
        till_refuse(t, fx, "Unknown code %.*s, nothing added. Scan again or type the name.", (int)text.n, text.p);
        spend(t);
    } else if (!t->sale.searching && mt_sv_is(text, t->sale.asked)) {
        if (t->sale.found_count > 0)
            take(t, t->sale.selected, fx);
        else {
            till_refuse(t, fx, "Nothing matches \"%.*s\", nothing added. Type another part of the name.", (int)text.n, text.p);
            spend(t);
        }
    } else {
        if (!mt_sv_is(text, t->sale.asked))
            search(t, text, fx);
        t->sale.enter_waits = true;
    }
}

static void look_up(struct mt_till *t, struct mt_scan *scan, struct mt_effects *fx) {
    scan->rest = mt_sv_n(NULL, 0); /* borrowed from the input, which is cleared */
    struct mt_effect *e = till_effect(fx, MT_EFFECT_LOOKUP);
    e->scan = *scan;
    e->generation = ++t->sale.lookup_generation;
    t->sale.lookups++;
    t->sale.looked_up_at = t->mono;
    clear_input(t);
}

static void enter(struct mt_till *t, struct mt_effects *fx) {
    struct mt_scan scan;
    if (t->sale.spent || t->sale.input.n == 0)
        return;
    if (!mt_role_may_sell(t->staff.role)) {
        till_refuse(t, fx, "Selling is not part of the role %s. F10 switches staff, F5 opens the board.",
                    mt_role_name(t->staff.role));
        return;
    }
    read_input(t, &scan);
    switch (scan.kind) {
    case MT_SCAN_NONE:
        take_text(t, &scan, fx);
        break;
    case MT_SCAN_CODE:
        look_up(t, &scan, fx);
        break;
    case MT_SCAN_ORDER_NO:
        till_say(t, MT_NOTICE_WARN, "%s is an order, not a pack. F5 opens the board.", scan.order_no);
        spend(t);
        break;
    case MT_SCAN_BAD_CHECK:
        till_refuse(t, fx, "%.*s has a wrong check digit, nothing added. Scan again.", (int)scan.rest.n, scan.rest.p);
        spend(t);
        break;
    case MT_SCAN_BAD_GS1:
        till_refuse(t, fx, "The code could not be read in full, nothing added. Scan again.");
        spend(t);
        break;
    }
}

/* ---- answers ---- */

void till_found(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    if (msg->generation != t->sale.generation || !t->sale.searching)
        return;
    mt_arena_reset(&t->found_arena);
    t->sale.searching = false;
    t->sale.found_count = t->sale.selected = 0;
    for (size_t i = 0; i < msg->found_count && i < MT_SUGGESTIONS_MAX; i++) {
        t->sale.found[i] = msg->found[i];
        if (till_copy_drug(&t->found_arena, &msg->found[i].drug, &t->sale.found[i].drug) != MT_OK)
            break;
        t->sale.found_count++;
    }
    if (!t->sale.enter_waits)
        return;
    t->sale.enter_waits = false;
    if (t->sale.found_count > 1)
        till_say(t, MT_NOTICE_INFO, "%zu packs match. The arrows choose, Enter takes.", t->sale.found_count);
    else
        enter(t, fx);
}

void till_looked_up(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    bool added = false;
    if (t->sale.lookups > 0)
        t->sale.lookups--;
    t->sale.looked_up_at = t->mono;
    if (msg->found_count == 0)
        till_refuse(t, fx, "Unknown code %s, nothing added. Scan again or type the name.", msg->scan.gtin);
    else {
        struct mt_scan scan = msg->scan;
        bool one = scan.serial[0] != '\0' && scan.quantity > 1;
        added = till_cart_add(t, &msg->found[0], &scan, one ? 1 : scan.quantity, fx);
        if (added && one)
            till_say(t, MT_NOTICE_WARN, "A serial number is one pack: 1 was added, not %d. Scan each pack.", scan.quantity);
    }
    if (!added)
        t->sale.pay_waits = false;
    if (t->sale.pay_waits && t->sale.lookups == 0) {
        t->sale.pay_waits = false;
        till_pay_open(t, fx);
    }
}

/* A lost answer must not hold up the payment for ever. */
void till_lookups_overdue(struct mt_till *t, struct mt_effects *fx) {
    enum { PATIENCE_MS = 5000 };
    if (t->sale.lookups == 0 || t->mono - t->sale.looked_up_at < PATIENCE_MS)
        return;
    t->sale.lookups = 0;
    t->sale.pay_waits = false;
    till_refuse(t, fx, "The catalogue did not answer to the last scan. Check the lines and scan again what is missing.");
}

/* ---- keys ---- */

static size_t step(size_t at, size_t count, int by) {
    if (count == 0)
        return 0;
    if (by < 0)
        return at < (size_t)-by ? 0 : at - (size_t)-by;
    return at + (size_t)by >= count ? count - 1 : at + (size_t)by;
}

static void move(struct mt_till *t, int by) {
    if (!mt_till_typing(t))
        t->cart.current = step(t->cart.current, t->cart.count, by);
    else if (t->sale.found_count > 0) {
        t->sale.selected = step(t->sale.selected, t->sale.found_count, by);
        t->sale.picked = true;
    }
}

static void edit(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    t->sale.spent = false;
    if (till_edit_action(&t->sale.input, a))
        typed(t, fx);
    if (t->sale.input.n == 0)
        clear_input(t);
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    enum { PAGE = 8 };
    bool typing = mt_till_typing(t);
    if (a == MT_ACT_ENTER)
        enter(t, fx);
    else if (a == MT_ACT_UP || a == MT_ACT_DOWN)
        move(t, a == MT_ACT_UP ? -1 : 1);
    else if (a == MT_ACT_PAGE_UP || a == MT_ACT_PAGE_DOWN)
        move(t, a == MT_ACT_PAGE_UP ? -PAGE : PAGE);
    else if (a == MT_ACT_MORE && !typing && t->cart.count > 0)
        till_cart_quantity(t, t->cart.current, t->cart.lines[t->cart.current].quantity + 1, fx);
    else if (a == MT_ACT_LESS && !typing && t->cart.count > 0)
        till_cart_quantity(t, t->cart.current, t->cart.lines[t->cart.current].quantity - 1, fx);
    else if (a == MT_ACT_DELETE && !typing && t->cart.count > 0)
        till_cart_cut(t, t->cart.current, fx);
    else if (a == MT_ACT_CLEAR && t->cart.count > 0)
        till_ask(t, MT_ASK_CLEAR_CART, "");
    else if (a == MT_ACT_BACK && t->sale.spent)
        clear_input(t);
    else if (t->sale.input.n > 0)
        edit(t, a, fx);
}

const struct till_screen till_sale = {.character = character, .typed = typed, .action = action, .takes_paste = true};
