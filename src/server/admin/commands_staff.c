/* People who work at a store: added, and changed. A PIN is asked for on the terminal or comes from the environment, and only its
 * verifier is kept. */
#include "arguments.h"

#include <medterm/crypto/crypto.h>

#include <string.h>

static enum mt_rc new_verifier(struct mt_command *c, char verifier[MT_PIN_VERIFIER_TEXT], struct mt_err *err) {
    char pin[MT_PIN_MAX + 1];
    enum mt_rc rc = c->ask_pin(pin, err);
    if (rc != MT_OK) {
        c->usage = rc == MT_INVALID || rc == MT_NOTFOUND; /* a bad PIN, or nowhere to ask for one */
        return rc;
    }
    rc = mt_pin_verifier(mt_sv(pin), MT_PIN_COST_NORMAL, verifier);
    explicit_bzero(pin, sizeof pin);
    return rc == MT_OK ? MT_OK : mt_fail(err, rc, "The PIN could not be hashed: not enough memory.");
}

enum mt_rc mt_command_staff_add(struct mt_command *c, struct mt_err *err) {
    struct mt_id store, id;
    enum mt_role role;
    const char *name;
    char verifier[MT_PIN_VERIFIER_TEXT];
    enum mt_rc rc = argument_id(c, "store", &store, err);
    if (rc == MT_OK)
        rc = argument_name(c, &name, err);
    if (rc == MT_OK)
        rc = argument_role(c, &role, err);
    if (rc != MT_OK)
        return rc;
    rc = new_verifier(c, verifier, err);
    if (rc == MT_OK)
        rc = mt_admin_staff_add(c->session, &store, name, role, verifier, &id, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "staff_id", id.s);
    mt_buf_fmt(&c->sentence, "%s added as %s: %s", name, mt_role_name(role), id.s);
    return MT_OK;
}

static enum mt_rc argument_yes_no(struct mt_command *c, const char *name, bool *given, bool *out, struct mt_err *err) {
    const struct mt_sv text = mt_sv(argument(c, name));
    *given = text.n > 0;
    *out = mt_sv_is(text, "yes");
    return !*given || *out || mt_sv_is(text, "no") ? MT_OK : argument_bad(c, err, "--active is yes or no.");
}

enum mt_rc mt_command_staff_set(struct mt_command *c, struct mt_err *err) {
    struct mt_id id;
    struct mt_staff_change change = {.name = NULL};
    char verifier[MT_PIN_VERIFIER_TEXT];
    int64_t version = 0;
    const bool new_pin = argument(c, "new-pin")[0] != '\0';
    enum mt_rc rc = argument_id(c, "id", &id, err);
    if (rc == MT_OK && argument(c, "name")[0] != '\0')
        rc = argument_name(c, &change.name, err);
    change.has_role = argument(c, "role")[0] != '\0';
    if (rc == MT_OK && change.has_role)
        rc = argument_role(c, &change.role, err);
    if (rc == MT_OK)
        rc = argument_yes_no(c, "active", &change.has_active, &change.active, err);
    if (rc == MT_OK && change.name == NULL && !change.has_role && !change.has_active && !new_pin)
        rc = argument_bad(c, err, "Say what is to change: --name, --role, --active or --new-pin.");
    if (rc == MT_OK && new_pin) {
        rc = new_verifier(c, verifier, err);
        change.verifier = verifier;
    }
    if (rc == MT_OK)
        rc = mt_admin_staff_set(c->session, &id, &change, &version, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "staff_id", id.s);
    mt_node_int(c->doc, mt_doc_root(c->doc), "version", version);
    mt_buf_fmt(&c->sentence, "Changed. The tills know as soon as they have a line.");
    return MT_OK;
}
