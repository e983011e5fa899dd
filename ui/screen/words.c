/* Times, ages and counts in words, the same on every screen. */
#include "parts.h"

#include <stdio.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static void put(char out[WORDS_MAX], int written) {
    if (written < 0)
        out[0] = '\0';
}

void words_age(int64_t ms, char out[WORDS_MAX]) {
    if (ms < MINUTE)
        put(out, snprintf(out, WORDS_MAX, "under 1 min"));
    else if (ms < HOUR)
        put(out, snprintf(out, WORDS_MAX, "%d min", (int)(ms / MINUTE)));
    else if (ms < DAY)
        put(out, snprintf(out, WORDS_MAX, "%d h %02d min", (int)(ms / HOUR), (int)(ms % HOUR / MINUTE)));
    else
        put(out, snprintf(out, WORDS_MAX, "%lld %s", (long long)(ms / DAY), ms < 2 * (int64_t)DAY ? "day" : "days"));
}

void words_age_short(int64_t ms, char out[WORDS_MAX]) {
    if (ms < MINUTE)
        out[0] = '\0';
    else if (ms < HOUR)
        put(out, snprintf(out, WORDS_MAX, "%d min", (int)(ms / MINUTE)));
    else if (ms < 2 * (int64_t)DAY)
        put(out, snprintf(out, WORDS_MAX, "%d h", (int)(ms / HOUR)));
    else
        put(out, snprintf(out, WORDS_MAX, "%lld d", (long long)(ms / DAY)));
}

void words_rest(int64_t ms, char out[WORDS_MAX]) {
    int64_t s = (ms + SECOND - 1) / SECOND;
    if (s < 60)
        put(out, snprintf(out, WORDS_MAX, "%d s", (int)(s < 0 ? 0 : s)));
    else
        put(out, snprintf(out, WORDS_MAX, "%lld min %02d s", (long long)(s / 60), (int)(s % 60)));
}

void words_clock(const struct mt_till *t, mt_time at, char out[WORDS_MAX]) {
    mt_time local = at + t->utc_offset_minutes * MINUTE;
    mt_time today = t->now + t->utc_offset_minutes * MINUTE;
    int64_t in_day = ((local % DAY) + DAY) % DAY;
    char day[MT_DATE_TEXT] = "";
    if (mt_date_of(local).day != mt_date_of(today).day)
        mt_date_format(mt_date_of(local), day);
    put(out, snprintf(out, WORDS_MAX, "%s%s%02d:%02d", day, day[0] != '\0' ? " " : "", (int)(in_day / HOUR),
                      (int)(in_day % HOUR / MINUTE)));
}

const char *words_plural(int64_t n, const char *one, const char *many) {
    return n == 1 ? one : many;
}

const char *words_who(const struct mt_till *t) {
    const char *name = t->customer.text[MT_FIELD_PATIENT].s;
    return name[0] != '\0' ? name : "Walk-in";
}

const char *words_handover(enum mt_fulfilment f) {
    return f == MT_DELIVERY ? "Delivery" : "Pickup";
}

void words_order_no(const struct mt_till *t, char out[MT_ORDER_NO_TEXT]) {
    if (mt_order_no_make(t->register_code, t->next_order_seq, out) != MT_OK)
        out[0] = '\0';
}

int64_t words_packs(const struct mt_till *t) {
    int64_t packs = 0;
    for (size_t i = 0; i < t->cart.count; i++)
        packs += t->cart.lines[i].quantity;
    return packs;
}
