/* Canonical bodies of the kinds whose operations the tests write as text: the fullest one of each, and the smallest where it
 * differs. */
#ifndef MEDTERM_TESTS_WIRE_BODIES_H
#define MEDTERM_TESTS_WIRE_BODIES_H

#include "samples.h"

#define ORDER_REF "\"order_id\":\"" UUID("0002") "\",\"order_no\":\"A03-000417\""

static const struct body_sample {
    enum mt_op_kind kind;
    bool fact;
    const char *body; /* members */
} body_samples[] = {
    {MT_OP_REFUND_RECORD, true,
     "\"amount\":500,\"lines\":[{\"line\":1,\"quantity\":2}]," ORDER_REF
     ",\"payment_id\":\"" UUID("0003") "\",\"reason\":\"wrong pack\",\"refund_id\":\"" UUID("0007") "\""},
    {MT_OP_REFUND_START, false,
     "\"amount\":500,\"lines\":[{\"line\":1,\"quantity\":2},{\"line\":3,\"quantity\":1}]," ORDER_REF
     ",\"payment_id\":\"" UUID("0003") "\",\"reason\":\"wrong pack\",\"refund_id\":\"" UUID("0007") "\",\"valid_for\":60"},
    {MT_OP_REFUND_START, false,
     "\"amount\":1," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\",\"reason\":\"x\",\"refund_id\":\"" UUID("0007") "\""},
    {MT_OP_RETURN_RECORD, true,
     "\"lines\":[{\"line\":1,\"lot_no\":\"L1\",\"quantity\":1,\"to\":\"quarantine\"},{\"line\":2,\"quantity\":1,\"to\":\"resale\"}]"
     "," ORDER_REF ",\"reason\":\"opened\",\"return_id\":\"" UUID("0008") "\""},
    {MT_OP_PAYMENT_START, false,
     "\"amount\":100,\"method\":\"wechat\"," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\",\"valid_for\":90"},
    {MT_OP_PAYMENT_START, false, "\"amount\":100,\"method\":\"alipay\"," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\""},
    {MT_OP_PAYMENT_CANCEL, false, ORDER_REF ",\"payment_id\":\"" UUID("0003") "\""},
    {MT_OP_STOCK_RECEIVE, true,
     "\"lines\":[{\"drug_id\":\"drug-1\",\"expires_on\":\"2028-01-31\",\"lot_no\":\"L1\",\"quantity\":5},{\"drug_id\":\"drug-2\","
     "\"lot_no\":\"L2\",\"quantity\":1000000}],\"reference\":\"DN\\u001b1\""},
    {MT_OP_STOCK_RECEIVE, true, "\"lines\":[{\"drug_id\":\"drug-1\",\"lot_no\":\"L1\",\"quantity\":1}]"},
    {MT_OP_STOCK_ADJUST, true, "\"lines\":[{\"change\":-2,\"drug_id\":\"drug-1\",\"lot_no\":\"L1\"}],\"reason\":\"broken\""},
    {MT_OP_STOCK_COUNT, true,
     "\"lines\":[{\"counted\":0,\"drug_id\":\"drug-1\",\"expires_on\":\"2028-01-31\",\"lot_no\":\"L1\"},{\"counted\":7,\"drug_id\":"
     "\"drug-1\",\"lot_no\":\"L2\"}]"},
    {MT_OP_LOT_RECALL, false, "\"drug_id\":\"drug-1\",\"lot_no\":\"L1\",\"reason\":\"notice 12\""},
    {MT_OP_LOT_QUARANTINE, false, "\"drug_id\":\"drug-1\",\"lot_no\":\"L1\",\"reason\":\"wet\""},
    {MT_OP_LOT_QUARANTINE, false, "\"drug_id\":\"drug-1\",\"lot_no\":\"L1\",\"reason\":\"dry\",\"release\":true"},
    {MT_OP_USER_PUT, false,
     "\"addresses\":[{\"address_id\":\"" UUID("0010") "\",\"detail\":\"1 River Road\"},{\"address_id\":\"" UUID(
         "0011") "\",\"detail\":\"路\"}],\"name\":\"李雷\",\"phone\":\"13800138000\",\"user_id\":\"" UUID("0012") "\""},
    {MT_OP_USER_PUT, false, "\"name\":\"Li Lei\",\"user_id\":\"" UUID("0012") "\""},
    {MT_OP_DOCTOR_PUT, false, "\"active\":false,\"doctor_id\":\"" UUID("0013") "\",\"licence\":\"110-7\",\"name\":\"Dr Wu\""},
    {MT_OP_DOCTOR_PUT, false, "\"doctor_id\":\"" UUID("0013") "\",\"name\":\"Dr Wu\""},
    {MT_OP_EXCEPTION_RESOLVE, false, "\"action\":\"apply\",\"exception_id\":\"" UUID("0014") "\",\"note\":\"seen to\""},
};
#define BODY_SAMPLES (sizeof body_samples / sizeof body_samples[0])

/* A whole operation around a body, canonical when the body is; in the arena. */
static inline const char *body_operation(struct mt_arena *a, enum mt_op_kind kind, bool fact, const char *body) {
    const char *text =
        mt_arena_fmt(a,
                     "{\"at\":\"2027-03-31T14:32:05.123Z\",\"body\":{%s},\"fact\":%s,\"kind\":\"%s\",\"op_id\":\"" UUID(
                         "0001") "\",\"staff_id\":\"staff-1\"}",
                     body, fact ? "true" : "false", mt_op_kind_name(kind));
    assert_non_null(text);
    return text;
}

#endif
