/* `medtermd register recover`: a till whose enrolment was lost with the state that was replaced comes back under its own code. */
#include "arguments.h"

enum mt_rc mt_command_register_recover(struct mt_command *c, struct mt_err *err) {
    struct mt_id store, id;
    char enrolment_code[15];
    const char *code = argument(c, "code");
    const bool has_store = mt_config_get(c->options, c->option_count, "store") != NULL;
    enum mt_rc rc = has_store ? argument_id(c, "store", &store, err) : MT_OK;
    if (rc != MT_OK)
        return rc;
    if (!mt_register_code_ok(mt_sv(code)))
        return argument_bad(c, err, "--code is 2 to 8 of A-Z and 0-9 and begins with a letter, such as A03.");
    rc = mt_admin_register_recover(c->session, code, has_store ? &store : NULL, &id, enrolment_code, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *root = mt_doc_root(c->doc);
    mt_node_text(c->doc, root, "register_id", id.s);
    mt_node_text(c->doc, root, "enrolment_code", enrolment_code);
    mt_buf_fmt(&c->sentence,
               "Register %s may come back. Within %d minutes, type on its own machine: medterm enroll --server URL --code %s", code,
               MT_ENROL_MINUTES, enrolment_code);
    return MT_OK;
}
