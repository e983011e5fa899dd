/* Each rule asks for what must not be there. They read the tables only, never the code that wrote them, and no rule leans on
 * a constraint of the schema: a database that somebody mended by hand is what this is for. */
#include "check.h"

static const struct check_rule rules[] = {
    {"I3", "SELECT 'register ' || r.code || ': last sequence ' || r.last_seq || ', but ' || count(o.op_id) || ' operations up to '"
           " || coalesce(max(o.register_seq), 0) FROM mt_register r LEFT JOIN mt_operation o ON o.register_id = r.register_id"
           " LEFT JOIN mt_client c ON c.client_id = r.register_id GROUP BY r.register_id, c.client_id"
           " HAVING c.client_id IS NULL AND (r.last_seq <> count(o.op_id) OR r.last_seq <> coalesce(max(o.register_seq), 0))"},
    /* The service numbers for clients, and jumps when it was put back. */
    {"I3",
     "SELECT 'client ' || r.code || ': last sequence ' || r.last_seq || ', but operations up to ' || max(o.register_seq)"
     " FROM mt_register r JOIN mt_client c ON c.client_id = r.register_id JOIN mt_operation o ON o.register_id = r.register_id"
     " GROUP BY r.register_id HAVING r.last_seq < max(o.register_seq)"},
    {"I3",
     "SELECT 'register ' || r.code || ': its last operation is not the one at its last sequence' FROM mt_register r"
     " LEFT JOIN mt_operation o ON o.register_id = r.register_id AND o.register_seq = r.last_seq"
     " LEFT JOIN mt_client c ON c.client_id = r.register_id WHERE r.last_seq > 0 AND (c.client_id IS NULL OR o.op_id IS NOT NULL)"
     " AND coalesce(o.op_id, '') <> coalesce(r.last_op_id, '')"},
    {"I2", "SELECT 'order ' || o.order_no || ': no order.create operation made it' FROM mt_order o"
           " LEFT JOIN mt_operation p ON p.op_id = o.create_op_id"
           " AND ((p.kind = 'order.create' AND p.order_id = o.order_id) OR (p.kind = 'salvage' AND o.printed_no <> ''))"
           " WHERE p.op_id IS NULL"},
    {"I2",
     "SELECT 'operation ' || p.op_id || ': applied, but its order is not there' FROM mt_operation p"
     " LEFT JOIN mt_order o ON o.order_id = p.order_id WHERE p.outcome = 'applied' AND p.order_id <> '' AND o.order_id IS NULL"},
    {"I5", "SELECT 'lot ' || l.lot_no || ' of drug ' || l.drug_id || ': on hand ' || l.on_hand || ', moves ' || coalesce(m.sum, 0)"
           " FROM mt_lot l LEFT JOIN (SELECT store_id, drug_id, lot_no, sum(quantity) AS sum FROM mt_stock_move"
           " GROUP BY store_id, drug_id, lot_no) m ON m.store_id = l.store_id AND m.drug_id = l.drug_id AND m.lot_no = l.lot_no"
           " WHERE l.on_hand <> coalesce(m.sum, 0)"},
    {"I5", "SELECT 'lot ' || lot_no || ' of drug ' || drug_id || ': on hand ' || on_hand || ', reserved ' || reserved FROM mt_lot"
           " WHERE reserved < 0 OR reserved > on_hand"},
    {"I5", "SELECT 'lot ' || l.lot_no || ' of drug ' || l.drug_id || ': reserved ' || l.reserved || ', reservations '"
           " || coalesce(h.sum, 0) FROM mt_lot l LEFT JOIN (SELECT store_id, drug_id, lot_no, sum(quantity) AS sum"
           " FROM mt_reservation WHERE state = 'held' GROUP BY store_id, drug_id, lot_no) h ON h.store_id = l.store_id"
           " AND h.drug_id = l.drug_id AND h.lot_no = l.lot_no WHERE l.reserved <> coalesce(h.sum, 0)"},
    {"I5", "SELECT 'order ' || o.order_no || ': ' || o.status || ' with a reservation ' || v.state FROM mt_reservation v"
           " JOIN mt_order o ON o.order_id = v.order_id WHERE (o.status = 'pending_payment') <> (v.state = 'held')"
           " OR (o.status = 'cancelled' AND v.state = 'reduced' AND NOT EXISTS (SELECT 1 FROM mt_stock_move m"
           " WHERE m.order_id = o.order_id AND m.line = v.line AND m.kind IN ('restock', 'return')))"},
    {"I5",
     "SELECT 'order ' || o.order_no || ', line ' || i.line || ': ' || i.quantity || ' sold, lots and shortfall make '"
     " || (coalesce(l.sum, 0) + coalesce(x.sum, 0)) FROM mt_order_item i JOIN mt_order o ON o.order_id = i.order_id"
     " LEFT JOIN (SELECT order_id, line, sum(quantity) AS sum FROM mt_order_item_lot GROUP BY order_id, line) l"
     " ON l.order_id = i.order_id AND l.line = i.line LEFT JOIN (SELECT order_id, line, sum(quantity) AS sum FROM mt_exception"
     " WHERE kind = 'stock_shortfall' GROUP BY order_id, line) x ON x.order_id = i.order_id AND x.line = i.line"
     " WHERE i.quantity < coalesce(l.sum, 0) + coalesce(x.sum, 0)"
     " OR (o.status <> 'cancelled' AND i.quantity > coalesce(l.sum, 0) + coalesce(x.sum, 0))"},
    {"I5",
     "SELECT 'order ' || o.order_no || ', line ' || l.line || ', lot ' || l.lot_no || ': ' || l.quantity || ' taken, moves '"
     " || coalesce(m.sum, 0) FROM mt_order_item_lot l JOIN mt_order o ON o.order_id = l.order_id LEFT JOIN (SELECT order_id, line,"
     " lot_no, sum(quantity) AS sum FROM mt_stock_move WHERE kind = 'sale' GROUP BY order_id, line, lot_no) m"
     " ON m.order_id = l.order_id AND m.line = l.line AND m.lot_no = l.lot_no WHERE coalesce(m.sum, 0) <>"
     " CASE WHEN o.status = 'pending_payment' OR (o.status = 'cancelled' AND m.sum IS NULL) THEN 0 ELSE -l.quantity END"},
    /* A cancelled order has nothing outside; packs that came back though no lot had given them stay in until their shortfall is
     * settled. */
    {"I5",
     "SELECT 'order ' || o.order_no || ', line ' || i.line || ': lots gave ' || coalesce(l.sum, 0) || ', ' || coalesce(b.sum, 0)"
     " || ' came back, moves ' || coalesce(m.sum, 0) FROM mt_order_item i JOIN mt_order o ON o.order_id = i.order_id"
     " LEFT JOIN (SELECT order_id, line, sum(quantity) AS sum FROM mt_order_item_lot GROUP BY order_id, line) l"
     " ON l.order_id = i.order_id AND l.line = i.line LEFT JOIN (SELECT order_id, line, sum(quantity) AS sum FROM mt_return_line"
     " GROUP BY order_id, line) b ON b.order_id = i.order_id AND b.line = i.line LEFT JOIN (SELECT order_id, line,"
     " sum(quantity) AS sum FROM mt_stock_move WHERE order_id IS NOT NULL GROUP BY order_id, line) m"
     " ON m.order_id = i.order_id AND m.line = i.line WHERE coalesce(m.sum, 0) <> CASE WHEN o.status = 'pending_payment' THEN 0"
     " WHEN o.status = 'cancelled' THEN CASE WHEN coalesce(b.sum, 0) > coalesce(l.sum, 0)"
     " THEN coalesce(b.sum, 0) - coalesce(l.sum, 0) ELSE 0 END ELSE coalesce(b.sum, 0) - coalesce(l.sum, 0) END"},
    {"I5",
     "SELECT 'order ' || b.order_id || ', line ' || b.line || ': ' || b.sum || ' packs came back, their moves say '"
     " || coalesce(m.sum, 0) FROM (SELECT order_id, line, sum(quantity) AS sum FROM mt_return_line GROUP BY order_id, line) b"
     " LEFT JOIN (SELECT order_id, line, sum(quantity) AS sum FROM mt_stock_move WHERE kind = 'return' GROUP BY order_id, line) m"
     " ON m.order_id = b.order_id AND m.line = b.line WHERE b.sum <> coalesce(m.sum, 0)"},
    {"I5", "SELECT 'order ' || i.order_id || ', line ' || i.line || ': ' || i.quantity || ' sold, ' || b.sum || ' came back'"
           " FROM mt_order_item i JOIN (SELECT order_id, line, sum(quantity) AS sum FROM mt_return_line GROUP BY order_id, line) b"
           " ON b.order_id = i.order_id AND b.line = i.line WHERE b.sum > i.quantity"},
    {"I5", "SELECT 'order ' || o.order_no || ', line ' || l.line || ', lot ' || l.lot_no || ': ' || l.quantity || ' taken, '"
           " || v.quantity || ' reserved' FROM mt_reservation v JOIN mt_order_item_lot l ON l.order_id = v.order_id"
           " AND l.line = v.line AND l.lot_no = v.lot_no JOIN mt_order o ON o.order_id = v.order_id"
           " WHERE v.state = 'held' AND v.quantity <> l.quantity"},
    {"I5", "SELECT 'stock move ' || move_id || ': ' || kind || CASE WHEN order_id IS NULL THEN ' without' ELSE ' with' END"
           " || ' an order' FROM mt_stock_move WHERE (kind IN ('sale', 'restock', 'return')) <> (order_id IS NOT NULL)"},
    {"I5", "SELECT 'exception ' || exception_id || ': open, and nothing is short any more' FROM mt_exception"
           " WHERE kind = 'stock_shortfall' AND state = 'open' AND quantity = 0"},
    /* What customers brought back of a recalled lot lies beside it, in quarantine at least. */
    {"I13", "SELECT 'lot ' || l.lot_no || ' of drug ' || l.drug_id || ': recalled, but ' || l.state FROM mt_lot l"
            " JOIN mt_recall r ON r.drug_id = l.drug_id WHERE (l.lot_no = r.lot_no AND l.state <> 'recalled')"
            " OR (l.state = 'ok' AND substr(l.lot_no, 1, length(r.lot_no) + 9) = r.lot_no || ' returned')"},
    {"I13", "SELECT 'lot ' || l.lot_no || ' of drug ' || l.drug_id || ': recalled by nobody' FROM mt_lot l"
            " WHERE l.state = 'recalled' AND NOT EXISTS (SELECT 1 FROM mt_recall r WHERE r.drug_id = l.drug_id"
            " AND (l.lot_no = r.lot_no OR substr(l.lot_no, 1, length(r.lot_no) + 9) = r.lot_no || ' returned'))"},
    {"I4", "SELECT 'order ' || o.order_no || ': ' || count(*) || ' payments under way' FROM mt_payment p"
           " JOIN mt_order o ON o.order_id = p.order_id WHERE p.status IN ('created', 'pending', 'cancelling')"
           " GROUP BY o.order_id, o.order_no HAVING count(*) > 1"},
    {"I4", "SELECT 'payment ' || p.payment_id || ': ' || p.amount || ' captured, ' || r.sum || ' refunded, and nobody was told'"
           " FROM mt_payment p JOIN (SELECT payment_id, sum(amount) AS sum FROM mt_refund WHERE status <> 'failed'"
           " GROUP BY payment_id) r ON r.payment_id = p.payment_id WHERE (r.sum > p.amount OR p.status <> 'succeeded')"
           " AND NOT EXISTS (SELECT 1 FROM mt_exception x WHERE x.order_id = p.order_id AND x.kind = 'refund_differs')"},
    {"I4", "SELECT 'refund ' || r.refund_id || ': of another order than its payment' FROM mt_refund r"
           " JOIN mt_payment p ON p.payment_id = r.payment_id WHERE p.order_id <> r.order_id"},
    {"I4",
     "SELECT 'order ' || i.order_id || ', line ' || i.line || ': ' || i.quantity || ' sold, ' || l.sum || ' refunded'"
     " FROM mt_order_item i JOIN (SELECT r.order_id, l.line, sum(l.quantity) AS sum FROM mt_refund r JOIN mt_refund_line l"
     " ON l.refund_id = r.refund_id WHERE r.status <> 'failed' GROUP BY r.order_id, l.line) l ON l.order_id = i.order_id"
     " AND l.line = i.line WHERE l.sum > i.quantity AND NOT EXISTS (SELECT 1 FROM mt_exception x WHERE x.order_id = i.order_id"
     " AND x.kind = 'refund_differs')"},
    {"I6", "SELECT 'order ' || o.order_no || ': refunded ' || o.refunded_amount || ', refunds ' || coalesce(r.sum, 0)"
           " FROM mt_order o LEFT JOIN (SELECT order_id, sum(amount) AS sum FROM mt_refund WHERE status = 'succeeded'"
           " GROUP BY order_id) r ON r.order_id = o.order_id WHERE o.refunded_amount <> coalesce(r.sum, 0)"},
    {"I6", "SELECT 'order ' || o.order_no || ': refunded ' || o.refunded_amount || ' of ' || o.paid_amount"
           " || ', and nobody was told' FROM mt_order o WHERE o.refunded_amount > o.paid_amount AND NOT EXISTS (SELECT 1"
           " FROM mt_exception x WHERE x.order_id = o.order_id AND x.kind = 'refund_differs')"},
    {"I6", "SELECT 'order ' || o.order_no || ': cancelled, and holds ' || (o.paid_amount - o.refunded_amount)"
           " || ' that nobody was told of' FROM mt_order o WHERE o.status = 'cancelled' AND o.paid_amount > o.refunded_amount"
           " AND NOT EXISTS (SELECT 1 FROM mt_exception x WHERE x.order_id = o.order_id AND x.kind = 'status_conflict')"},
    {"I6",
     "SELECT 'order ' || o.order_no || ': total ' || o.total_amount || ', lines ' || i.sum || ', discount ' || o.discount_amount"
     " FROM mt_order o JOIN (SELECT order_id, sum(subtotal) AS sum FROM mt_order_item GROUP BY order_id) i"
     " ON i.order_id = o.order_id WHERE o.original_amount <> i.sum OR o.total_amount <> i.sum - o.discount_amount"},
    {"I6", "SELECT 'order ' || o.order_no || ': paid ' || o.paid_amount || ', payments ' || coalesce(p.sum, 0) FROM mt_order o"
           " LEFT JOIN (SELECT order_id, sum(amount) AS sum FROM mt_payment WHERE status = 'succeeded' GROUP BY order_id) p"
           " ON p.order_id = o.order_id WHERE o.paid_amount <> coalesce(p.sum, 0)"},
    {"I6",
     "SELECT 'order ' || order_no || ': ' || status || ' with ' || paid_amount || ' of ' || total_amount || ' paid' FROM mt_order"
     " WHERE status NOT IN ('pending_payment', 'cancelled') AND paid_amount < total_amount"},
    {"I7", "SELECT 'order ' || o.order_no || ': version ' || o.version || ', but ' || count(e.event_id) || ' events up to '"
           " || coalesce(max(e.version), 0) FROM mt_order o LEFT JOIN mt_event e ON e.order_id = o.order_id GROUP BY o.order_id"
           " HAVING o.version <> count(e.event_id) OR o.version <> coalesce(max(e.version), 0)"},
    {"I7", "SELECT 'order ' || o.order_no || ': ' || o.status || ', but its last event says ' || e.to_status FROM mt_order o"
           " JOIN mt_event e ON e.order_id = o.order_id AND e.version = o.version WHERE e.to_status <> o.status"},
    {"I8",
     "SELECT 'order ' || e.order_id || ', version ' || e.version || ': ' || count(a.audit_id) || ' audit rows' FROM mt_event e"
     " LEFT JOIN mt_audit a ON a.entity = 'order' AND a.entity_id = e.order_id AND a.version = e.version"
     " AND a.action = e.to_status GROUP BY e.event_id HAVING count(a.audit_id) <> 1"},
    {"I8", "SELECT 'audit row ' || a.audit_id || ': no event of its order' FROM mt_audit a LEFT JOIN mt_event e ON e.order_id = "
           "a.entity_id"
           " AND e.version = a.version WHERE a.entity = 'order' AND e.event_id IS NULL"},
    {"I9", "SELECT 'order number ' || order_no || ' stands ' || count(*) || ' times' FROM mt_order GROUP BY order_no HAVING "
           "count(*) > 1"},
    {"I9", "SELECT 'order ' || o.order_no || ': not a number of register ' || r.code FROM mt_order o JOIN mt_register r"
           " ON r.register_id = o.register_id WHERE substr(o.order_no, 1, length(r.code) + 1) <> r.code || '-'"},
    {"feed", "SELECT 'order ' || o.order_no || ' is not in the feed' FROM mt_order o LEFT JOIN mt_change c ON c.scope = o.store_id"
             " AND c.entity = 'order' AND c.id = o.order_id WHERE c.seq IS NULL"},
    {"feed", "SELECT 'drug ' || d.code || ' is not in the feed' FROM mt_drug d LEFT JOIN mt_change c ON c.scope = ''"
             " AND c.entity = 'drug' AND c.id = d.drug_id WHERE c.seq IS NULL"},
};

const struct check_rule *check_rules(size_t *count) {
    *count = sizeof rules / sizeof rules[0];
    return rules;
}
