#include "scenes.h"

mt_time now_of(const struct rig *r) {
    return r->now + r->mono;
}

void line(struct rig *r, struct mt_link_state state) {
    if (state.why == NULL)
        state.why = "";
    if (state.last_contact == 0)
        state.last_contact = now_of(r) - MINUTE;
    if (state.catalogue == 0)
        state.catalogue = 312;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &state});
}

void online(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE});
}

void offline(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_OFFLINE,
                                   .since = now_of(r) - 30 * MINUTE,
                                   .last_contact = now_of(r) - 30 * MINUTE,
                                   .unsent = 12,
                                   .oldest_unsent = now_of(r) - 29 * MINUTE,
                                   .attention = 1});
}

void three_lines(struct rig *r) {
    rig_scan(r, AMOX);
    rig_scan(r, IBU);
    rig_scan(r, AMOX);
    rig_scan(r, METF);
}

void customer(struct rig *r) {
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Dr Li Wei");
    rig_act(r, MT_ACT_ENTER);
    rig_type(r, "Wang Fang");
    rig_act(r, MT_ACT_ENTER);
}

void hits(struct rig *r, const int *which, size_t count) {
    rig_found(r, r->t->sale.generation, which, count);
}

#define SCENE(name) {#name, name, false, false},
#define ASCII(name) {#name, name, false, true},
#define FIRST(name) {#name, name, true, false},
const struct scene scenes[] = {SCENE_TABLE(SCENE, ASCII, FIRST)};
const size_t scene_count = sizeof scenes / sizeof scenes[0];
