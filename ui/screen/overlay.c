/* What lies over a screen: the help, or one question that names the thing and the amount. It stands at the bottom, where
 * the message and the keys are, and takes whole rows: nothing beside it is cut in the middle of a word. */
#include "parts.h"

enum { TEXT_MAX = 4096 };

static void paint_low(struct mt_grid *g, struct mt_rect r, const struct mt_dialog *dialog) {
    struct mt_rect rows = mt_rect_bottom(&r, mt_dialog_rows(dialog, r.cols));
    mt_grid_fill(g, rows, MT_NORMAL);
    mt_dialog_view(g, rows, dialog);
}

static void paint_help(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    struct mt_buf text, title;
    mt_buf_init(&text, TEXT_MAX);
    mt_buf_init(&title, TEXT_MAX);
    keys_help(t, &text);
    mt_buf_fmt(&title, "Keys: %s", screen_of(t)->name);
    paint_low(g, r, &(struct mt_dialog){.title = mt_buf_text(&title), .text = mt_buf_text(&text)});
    mt_buf_fini(&title);
    mt_buf_fini(&text);
}

/* False when there is nothing to ask any more. */
static bool ask_drop(const struct mt_till *t, struct mt_buf *out) {
    for (size_t i = 0; i < t->sync.count; i++) {
        const struct mt_outbox_row *row = &t->sync.rows[i];
        if (row->seq != t->ask_seq)
            continue;
        mt_buf_fmt(out, "%s %s was %s: %s\n\nTake it off this list as settled? It stays in the log.", mt_op_kind_words(row->kind),
                   row->order_no, row->state, row->why);
        return true;
    }
    mt_buf_str(out, "It was answered meanwhile. There is nothing left to settle.");
    return false;
}

static const char *question(const struct mt_till *t, struct mt_buf *out, const char **title) {
    char money[MT_MONEY_TEXT];
    switch (t->ask) {
    case MT_ASK_NONE:
        break;
    case MT_ASK_CLEAR_CART:
        *title = "Throw the order away";
        mt_money_format(t->cart.total, money);
        mt_buf_fmt(out, "Throw away this order of %zu %s, %s %s?", t->cart.count,
                   words_plural((int64_t)t->cart.count, "line", "lines"), money, t->currency);
        return "Enter Keep it   Ctrl-Y Throw it away";
    case MT_ASK_ADVANCE:
        *title = "Offline";
        mt_buf_fmt(out,
                   "%s belongs to another counter and this till is offline. Somebody there may be preparing it already.\n\n"
                   "Prepare it here all the same?",
                   t->ask_no);
        return "Enter Leave it   Ctrl-Y Prepare it here";
    case MT_ASK_CANCEL:
        *title = "Cancel the order";
        mt_money_format(t->pick.order.total_amount, money);
        mt_buf_fmt(out, "Cancel %s, %s %s unpaid? Its packs are free again.", t->ask_no, money, t->pick.order.currency);
        return "Enter Keep it   Ctrl-Y Cancel it";
    case MT_ASK_DROP:
        *title = "Settled";
        return ask_drop(t, out) ? "Enter Keep it   Ctrl-Y Settled" : "Enter Back";
    }
    return "";
}

void overlay_paint(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    mt_rect_bottom(&r, frame_message_over(t, g));
    if (t->help) {
        paint_help(t, r, g);
        return;
    }
    if (t->ask == MT_ASK_NONE)
        return;
    struct mt_buf text;
    const char *title = "";
    mt_buf_init(&text, TEXT_MAX);
    const char *keys = question(t, &text, &title);
    paint_low(g, r, &(struct mt_dialog){.title = title, .text = mt_buf_text(&text), .keys = keys});
    mt_buf_fini(&text);
}
