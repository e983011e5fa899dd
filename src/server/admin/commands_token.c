/* Tokens that are replaced or taken back, while the service runs: the next request with the old one is turned away. */
#include "arguments.h"

#include <medterm/crypto/crypto.h>

enum mt_rc mt_command_client_rotate(struct mt_command *c, struct mt_err *err) {
    struct mt_id id;
    char token[MT_TOKEN_TEXT], code[MT_REGISTER_CODE_TEXT];
    enum mt_rc rc = argument_id(c, "id", &id, err);
    if (rc == MT_OK)
        rc = mt_admin_client_rotate(c->session, &id, token, code, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *root = mt_doc_root(c->doc);
    mt_node_text(c->doc, root, "token", token);
    mt_node_text(c->doc, root, "code", code);
    mt_node_text(c->doc, root, "client_id", id.s);
    mt_buf_fmt(&c->sentence, "Client %s has a new token, shown only now: %s. The old one is turned away.", code, token);
    return MT_OK;
}

enum mt_rc mt_command_client_revoke(struct mt_command *c, struct mt_err *err) {
    struct mt_id id;
    char code[MT_REGISTER_CODE_TEXT];
    enum mt_rc rc = argument_id(c, "id", &id, err);
    if (rc == MT_OK)
        rc = mt_admin_client_revoke(c->session, &id, code, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "client_id", id.s);
    mt_node_text(c->doc, mt_doc_root(c->doc), "code", code);
    mt_buf_fmt(&c->sentence, "Client %s is shut out. What it did stands.", code);
    return MT_OK;
}

enum mt_rc mt_command_register_revoke(struct mt_command *c, struct mt_err *err) {
    struct mt_id id;
    char code[MT_REGISTER_CODE_TEXT];
    enum mt_rc rc = argument_id(c, "id", &id, err);
    if (rc == MT_OK)
        rc = mt_admin_register_revoke(c->session, &id, code, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "register_id", id.s);
    mt_node_text(c->doc, mt_doc_root(c->doc), "code", code);
    mt_buf_fmt(&c->sentence, "Register %s is shut out. It keeps what it has not sent; `medtermd register recover` admits it again.",
               code);
    return MT_OK;
}
