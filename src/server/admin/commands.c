/* Stores, registers, clients, and the check of a database. */
#include "arguments.h"

#include <medterm/base/utf8.h>
#include <medterm/crypto/crypto.h>

#include <string.h>

const char *argument(const struct mt_command *c, const char *name) {
    const char *value = mt_config_get(c->options, c->option_count, name);
    return value ? value : "";
}

enum mt_rc argument_bad(struct mt_command *c, struct mt_err *err, const char *text) {
    c->usage = true;
    return mt_fail(err, MT_INVALID, "%s", text);
}

enum mt_rc argument_id(struct mt_command *c, const char *name, struct mt_id *out, struct mt_err *err) {
    if (mt_id_parse(mt_sv(argument(c, name)), out) == MT_OK)
        return MT_OK;
    c->usage = true;
    return mt_fail(err, MT_INVALID, "--%s is an id as medtermd printed it when it was added.", name);
}

enum mt_rc argument_role(struct mt_command *c, enum mt_role *out, struct mt_err *err) {
    if (mt_role_parse(mt_sv(argument(c, "role")), out) == MT_OK)
        return MT_OK;
    return argument_bad(c, err, "--role is counter, fulfilment, pharmacist or manager.");
}

enum { NAME_MAX_BYTES = 255 };

enum mt_rc argument_name(struct mt_command *c, const char **out, struct mt_err *err) {
    struct mt_sv raw = mt_sv(argument(c, "name"));
    struct mt_buf clean;
    mt_buf_init(&clean, NAME_MAX_BYTES);
    mt_utf8_clean(&clean, mt_sv_trim(raw));
    bool good = mt_utf8_valid(raw) && mt_buf_rc(&clean) == MT_OK && clean.n > 0;
    *out = good ? mt_arena_sv(c->arena, mt_buf_view(&clean)) : NULL;
    mt_buf_fini(&clean);
    return *out ? MT_OK : argument_bad(c, err, "--name is a name of 1 to 255 bytes in UTF-8.");
}

enum mt_rc mt_command_store_add(struct mt_command *c, struct mt_err *err) {
    const char *name, *currency = argument(c, "currency");
    struct mt_id store;
    enum mt_rc rc = argument_name(c, &name, err);
    if (rc != MT_OK)
        return rc;
    if (strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return argument_bad(c, err, "--currency is a code of three capital letters, such as CNY.");
    rc = mt_admin_store_add(c->session, name, currency, &store, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "store_id", store.s);
    mt_buf_fmt(&c->sentence, "Store %s added: %s", name, store.s);
    return MT_OK;
}

enum mt_rc mt_command_register_add(struct mt_command *c, struct mt_err *err) {
    struct mt_id store, id;
    char enrolment_code[15];
    const char *code = argument(c, "code");
    enum mt_rc rc = argument_id(c, "store", &store, err);
    if (rc != MT_OK)
        return rc;
    if (!mt_register_code_ok(mt_sv(code)))
        return argument_bad(c, err, "--code is 2 to 8 of A-Z and 0-9 and begins with a letter, such as A03.");
    rc = mt_admin_register_add(c->session, &store, code, &id, enrolment_code, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *root = mt_doc_root(c->doc);
    mt_node_text(c->doc, root, "register_id", id.s);
    mt_node_text(c->doc, root, "enrolment_code", enrolment_code);
    mt_buf_fmt(&c->sentence, "Register %s added. Within %d minutes, type on its machine: medterm enroll --server URL --code %s",
               code, MT_ENROL_MINUTES, enrolment_code);
    return MT_OK;
}

enum mt_rc mt_command_client_add(struct mt_command *c, struct mt_err *err) {
    struct mt_id store, client;
    enum mt_role role;
    char token[MT_TOKEN_TEXT], code[MT_REGISTER_CODE_TEXT];
    enum mt_rc rc = argument_id(c, "store", &store, err);
    if (rc == MT_OK)
        rc = argument_role(c, &role, err);
    if (rc == MT_OK)
        rc = mt_admin_client_add(c->session, &store, role, token, code, &client, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *root = mt_doc_root(c->doc);
    mt_node_text(c->doc, root, "token", token);
    mt_node_text(c->doc, root, "code", code);
    mt_node_text(c->doc, root, "client_id", client.s);
    mt_buf_fmt(&c->sentence, "Client %s added: %s. Its token, shown only now: %s", code, client.s, token);
    return MT_OK;
}

enum mt_rc mt_command_check(struct mt_command *c, struct mt_err *err) {
    int64_t violations = 0;
    enum mt_rc rc = mt_admin_check(c->session, c->say, c->ctx, &violations, err);
    if (rc != MT_OK)
        return rc;
    mt_node_int(c->doc, mt_doc_root(c->doc), "violations", violations);
    if (violations)
        mt_buf_fmt(&c->sentence, "%lld violations.", (long long)violations);
    else
        mt_buf_str(&c->sentence, "Every sum and invariant holds.");
    c->failed = violations > 0;
    return MT_OK;
}
