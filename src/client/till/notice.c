/* The one message line. A refusal is not overwritten by anything milder, so that the third of twenty scans which was
 * refused is still on the screen when the person looks up. */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>

static void say(struct mt_till *t, enum mt_notice_kind kind, const char *format, va_list args) {
    if (t->notice.kind == MT_NOTICE_BAD && kind != MT_NOTICE_BAD)
        return;
    char text[sizeof t->notice.text * 2];
    if (vsnprintf(text, sizeof text, format, args) < 0)
        text[0] = '\0';
    t->notice.kind = kind;
    till_set(t->notice.text, sizeof t->notice.text, text);
}

void till_say(struct mt_till *t, enum mt_notice_kind kind, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(t, kind, format, args);
    va_end(args);
}

void till_refuse(struct mt_till *t, struct mt_effects *fx, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(t, MT_NOTICE_BAD, format, args);
    va_end(args);
    (void)till_effect(fx, MT_EFFECT_BELL);
}

void till_hush(struct mt_till *t) {
    t->notice = (struct mt_notice){.kind = MT_NOTICE_NONE};
}

struct mt_sv till_why(const struct mt_msg *msg) {
    struct mt_sv why = mt_sv_trim(msg->text.n > 0 ? msg->text : mt_sv(mt_rc_text(msg->rc)));
    while (why.n > 0 && why.p[why.n - 1] == '.')
        why.n--;
    return why;
}
