/* First start, sign-in, the order being taken, its payment. */
#include "scenes.h"

/* ---- first start, sign-in ---- */

void guide_empty(struct rig *r) {
    (void)r;
}
void guide_typed(struct rig *r) {
    rig_paste(r, "https://orders.riverside.example");
    rig_act(r, MT_ACT_ENTER);
    rig_type(r, "K7Q2-M4XX");
}
void guide_busy(struct rig *r) {
    guide_typed(r);
    rig_act(r, MT_ACT_ENTER);
}
void guide_refused(struct rig *r) {
    guide_busy(r);
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_ENROLLED, .rc = MT_DENIED, .text = MT_SV("the code is not known, or was used before")});
}
void guide_done(struct rig *r) {
    guide_busy(r);
    rig_send(r,
             (struct mt_msg){
                 .kind = MT_MSG_ENROLLED,
                 .rc = MT_OK,
                 .start = {
                     .enrolled = true, .store_name = "Riverside", .register_code = "A03", .currency = "CNY", .next_order_seq = 1}});
}
void sign_in_empty(struct rig *r) {
    rig_act(r, MT_ACT_LOCK);
}
void sign_in_typed(struct rig *r) {
    three_lines(r);
    rig_act(r, MT_ACT_LOCK);
    rig_type(r, "1234");
}
void sign_in_busy(struct rig *r) {
    sign_in_typed(r);
    rig_act(r, MT_ACT_ENTER);
}
void sign_in_wrong(struct rig *r) {
    sign_in_busy(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_DENIED, .tries_left = 1});
}
void sign_in_locked(struct rig *r) {
    sign_in_busy(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_DENIED, .locked_ms = 270000});
}
void sign_in_scan(struct rig *r) {
    rig_act(r, MT_ACT_LOCK);
    rig_burst(r, rig_codes[AMOX]);
}
void sign_in_no_staff(struct rig *r) {
    sign_in_busy(r);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_NOTFOUND});
}

/* ---- new order ---- */

void sale_empty(struct rig *r) {
    online(r);
}
void sale_three(struct rig *r) {
    online(r);
    three_lines(r);
    rig_type(r, "metf");
    hits(r, (int[]){METF, MORPHINE, UNPRICED, WITHDRAWN}, 4);
}
void sale_offline(struct rig *r) {
    three_lines(r);
    customer(r);
    offline(r);
}
void sale_connecting(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_CONNECTING, .unsent = 3});
}
void sale_frozen(struct rig *r) {
    three_lines(r);
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .frozen = true, .unsent = 4, .attention = 4});
}
void sale_paused(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_OFFLINE, .paused = true, .unsent = 4});
}
void sale_attention(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .attention = 1});
}
void sale_filling(struct rig *r) {
    line(r, (struct mt_link_state){.link = MT_LINK_ONLINE, .filling = true, .catalogue = 4000});
}
void sale_unknown(struct rig *r) {
    online(r);
    rig_scan(r, AMOX);
    rig_burst(r, rig_codes[IBU]);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    rig_answer_lookup(r, -1);
}
void sale_bad_check(struct rig *r) {
    online(r);
    rig_burst(r, "6901234567893");
    rig_act(r, MT_ACT_ENTER);
}
void sale_looking_up(struct rig *r) {
    online(r);
    rig_burst(r, rig_codes[IBU]);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
}
void sale_nothing(struct rig *r) {
    online(r);
    rig_type(r, "zzz");
    hits(r, NULL, 0);
}
void sale_expired(struct rig *r) {
    online(r);
    struct mt_found f = rig_drug(AMOX);
    struct mt_scan scan;
    mt_scan_read(MT_SV("(01)06901234567892(17)260331(10)L2401"), mt_till_today(r->t), &scan);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
}
void sale_short(struct rig *r) {
    online(r);
    struct mt_found f = rig_drug(METF);
    struct mt_scan scan;
    mt_scan_read(MT_SV("5901234123457"), mt_till_today(r->t), &scan);
    f.free = 0;
    f.expired = 3;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    rig_type(r, "m");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_FOUND, .generation = r->t->sale.generation, .found = &f, .found_count = 1});
}
void sale_pasted(struct rig *r) {
    char big[1000];
    online(r);
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    rig_paste(r, big);
}
void sale_many(struct rig *r) {
    online(r);
    for (int i = 0; i < 120; i++) {
        struct mt_found f = rig_drug(i % 4);
        struct mt_scan scan;
        f.drug.drug_id.s[0] = (char)('a' + i / 26);
        f.drug.drug_id.s[1] = (char)('a' + i % 26);
        mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    }
    rig_type(r, "*999");
    rig_act(r, MT_ACT_ENTER);
    for (int i = 0; i < 19; i++)
        rig_act(r, MT_ACT_UP);
}
void sale_hostile(struct rig *r) {
    static char longest[256];
    online(r);
    for (int i = 0; i < 5; i++) {
        static const char *const names[] = {"Evil\x1b[2J\x1b]0;x\x07 caps\rX", "\342\200\256desrever\342\200\254 tabs",
                                            "阿莫西林胶囊阿莫西林胶囊阿莫西林胶囊", "Zero\xe2\x80\x8bwidth\xef\xbb\xbf\ttabs",
                                            longest};
        struct mt_found f = rig_drug(AMOX);
        struct mt_scan scan;
        memset(longest, 'W', sizeof longest - 1);
        f.drug.name = names[i];
        f.drug.maker = "M\xc3\xbcller\x1b[31m";
        f.drug.drug_id.s[0] = (char)('a' + i);
        mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    }
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "王芳\xe2\x80\xae\x1b[0m");
    rig_act(r, MT_ACT_ENTER);
}
void sale_not_selling(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_LOCK);
    rig_sign_in(r, MT_ROLE_FULFILMENT);
    rig_burst(r, rig_codes[AMOX]);
    rig_act(r, MT_ACT_ENTER);
}
void help_sale(struct rig *r) {
    sale_three(r);
    rig_act(r, MT_ACT_HELP);
}
void ask_clear(struct rig *r) {
    online(r);
    three_lines(r);
    rig_act(r, MT_ACT_CLEAR);
}

static void take(struct rig *r, int which, const char *id) {
    struct mt_found f = rig_drug(which);
    struct mt_scan scan;
    assert_int_equal(mt_id_parse(mt_sv(id), &f.drug.drug_id), MT_OK);
    mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
}
void sale_not_sellable(struct rig *r) {
    online(r);
    rig_type(r, "novel");
    hits(r, (int[]){UNPRICED, WITHDRAWN}, 2);
    rig_act(r, MT_ACT_ENTER);
}
void sale_needs_pharmacist(struct rig *r) {
    online(r);
    rig_act(r, MT_ACT_LOCK);
    rig_sign_in(r, MT_ROLE_COUNTER);
    take(r, MORPHINE, "d-morph");
    customer(r);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "110101199003070000");
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_PAY);
}
void sale_over_cap(struct rig *r) {
    online(r);
    take(r, MORPHINE, "d-morph");
    customer(r);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "110101199003070000");
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_MORE);
    rig_act(r, MT_ACT_MORE);
    rig_act(r, MT_ACT_PAY);
}
void sale_left(struct rig *r) {
    three_lines(r);
    rig_act(r, MT_ACT_LOCK);
    rig_sign_in(r, MT_ROLE_COUNTER);
    online(r);
}
void help_guide(struct rig *r) {
    rig_act(r, MT_ACT_HELP);
}
void help_sign_in(struct rig *r) {
    rig_act(r, MT_ACT_LOCK);
    rig_act(r, MT_ACT_HELP);
}

/* ---- customer ---- */

void customer_open(struct rig *r) {
    online(r);
    three_lines(r);
    rig_act(r, MT_ACT_CUSTOMER);
    rig_type(r, "Dr Li Wei");
}
void customer_delivery(struct rig *r) {
    online(r);
    three_lines(r);
    customer(r);
    rig_act(r, MT_ACT_CUSTOMER);
    for (int i = 0; i < MT_FIELD_FULFILMENT; i++)
        rig_act(r, MT_ACT_NEXT_FIELD);
    rig_type(r, " ");
}
void sale_no_address(struct rig *r) {
    customer_delivery(r);
    rig_act(r, MT_ACT_ENTER);
    rig_act(r, MT_ACT_PAY);
}

void customer_full(struct rig *r) {
    static const char *const texts[MT_CUSTOMER_FIELDS] = {
        [MT_FIELD_PATIENT] = "A patient whose name is so long that the field has to move along with the cursor",
        [MT_FIELD_PHONE] = "555 0117",
        [MT_FIELD_DOCTOR] = "Dr 李伟",
        [MT_FIELD_PRESCRIPTION] = "RX-2026-11-23-000417",
        [MT_FIELD_BUYER_ID] = "110101199003070000",
        [MT_FIELD_ADDRESS] = "上海市浦东新区世纪大道一百号二栋三单元四零五室，门铃坏了，请打电话",
        [MT_FIELD_REMARK] = "Rings twice",
    };
    online(r);
    three_lines(r);
    rig_act(r, MT_ACT_CUSTOMER);
    while (r->t->customer.field != MT_FIELD_PATIENT)
        rig_act(r, MT_ACT_PREV_FIELD);
    for (int f = 0; f < MT_CUSTOMER_FIELDS; f++) {
        rig_type(r, texts[f] != NULL ? texts[f] : " ");
        if (f + 1 < MT_CUSTOMER_FIELDS)
            rig_act(r, MT_ACT_NEXT_FIELD);
    }
}
void help_customer(struct rig *r) {
    customer_open(r);
    rig_act(r, MT_ACT_HELP);
}

/* ---- pay ---- */

void to_pay(struct rig *r) {
    online(r);
    three_lines(r);
    customer(r);
    rig_act(r, MT_ACT_PAY);
}
void pay_typed(struct rig *r) {
    to_pay(r);
    rig_type(r, "70");
    rig_act(r, MT_ACT_HANDED_OVER);
}
void pay_too_little(struct rig *r) {
    to_pay(r);
    rig_type(r, "50");
    rig_act(r, MT_ACT_ENTER);
}
void pay_scan(struct rig *r) {
    to_pay(r);
    rig_burst(r, rig_codes[IBU]);
}
void pay_saving(struct rig *r) {
    pay_typed(r);
    rig_act(r, MT_ACT_ENTER);
}
void pay_failed(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_FULL, NULL);
}
void paid_change(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PRINTED, .rc = MT_OK, .order_no = "A03-000417", .path = "receipts/A03-000417.txt"});
}
void paid_long_path(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r,
             (struct mt_msg){.kind = MT_MSG_PRINTED,
                             .rc = MT_OK,
                             .order_no = "A03-000417",
                             .path = "/home/riverside/.local/state/medterm/of the first till at the door/receipts/A03-000417.txt"});
}
void paid_printing(struct rig *r) {
    pay_saving(r);
    rig_committed(r, MT_OK, "A03-000417");
}
void paid_exact_unprinted(struct rig *r) {
    to_pay(r);
    rig_act(r, MT_ACT_ENTER);
    rig_committed(r, MT_OK, "A03-000417");
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PRINTED, .rc = MT_IO, .order_no = "A03-000417"});
}
void paid_later(struct rig *r) {
    to_pay(r);
    rig_act(r, MT_ACT_PAY_LATER);
    rig_committed(r, MT_OK, "A03-000417");
}
void pay_many(struct rig *r) {
    online(r);
    for (int i = 0; i < 30; i++) {
        struct mt_found f = rig_drug(i % 2);
        struct mt_scan scan;
        f.drug.drug_id.s[0] = (char)('a' + i % 26);
        f.drug.drug_id.s[1] = (char)('a' + i / 26);
        mt_scan_read(mt_sv(rig_codes[AMOX]), mt_till_today(r->t), &scan);
        rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP, .scan = scan, .found = &f, .found_count = 1});
    }
    rig_act(r, MT_ACT_PAY);
}
void pay_hostile(struct rig *r) {
    sale_hostile(r);
    rig_act(r, MT_ACT_PAY);
}
void help_pay(struct rig *r) {
    to_pay(r);
    rig_act(r, MT_ACT_HELP);
}
void help_paid(struct rig *r) {
    paid_change(r);
    rig_act(r, MT_ACT_HELP);
}
