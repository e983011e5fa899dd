#include <medterm/wire/notice.h>

#include "print.h"

void mt_notice_print(const struct mt_notice *n, struct mt_buf *out) {
    mt_buf_char(out, '{');
    print_text(out, "event", "order.status");
    print_text(out, "store_id", n->store_id);
    print_text(out, "order_no", n->order_no);
    print_text(out, "order_id", n->order_id);
    print_text_or_null(out, "from", n->from);
    print_text(out, "to", n->to);
    print_int(out, "version", n->version);
    print_time(out, "at", n->at);
    mt_buf_char(out, '}');
}
