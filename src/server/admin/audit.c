/* `medtermd audit verify`: is the chain whole, and does what somebody noted of it still stand in it. */
#include "arguments.h"

#include <string.h>

static bool is_hash(const char *text) {
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

enum mt_rc mt_command_audit_verify(struct mt_command *c, struct mt_err *err) {
    struct mt_audit_report r;
    const char *against = mt_config_get(c->options, c->option_count, "against");
    if (against != NULL && !is_hash(against))
        return argument_bad(c, err, "--against is a head as `medtermd audit verify` prints it: 64 of 0-9 and a-f.");
    enum mt_rc rc = mt_admin_audit_verify(c->session, against, &r, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *root = mt_doc_root(c->doc);
    mt_node_int(c->doc, root, "rows", r.rows);
    mt_node_text(c->doc, root, "head", r.head);
    if (r.broken != 0)
        mt_node_int(c->doc, root, "broken", r.broken);
    else
        mt_node_text(c->doc, root, "broken", NULL);
    if (against != NULL)
        mt_node_bool(c->doc, root, "found", r.found);
    if (r.broken != 0)
        mt_buf_fmt(&c->sentence, "The audit is broken at row %lld: what stands there or before it was changed.",
                   (long long)r.broken);
    else if (against != NULL && !r.found)
        mt_buf_fmt(&c->sentence, "The chain of %lld rows is whole, but the head you noted is not in it: its end was cut off.",
                   (long long)r.rows);
    else
        mt_buf_fmt(&c->sentence, "All %lld rows hold. The head is %s", (long long)r.rows, r.head);
    c->failed = r.broken != 0 || (against != NULL && !r.found);
    return MT_OK;
}
