/* Who is told of orders: subscription add and remove. */
#include "arguments.h"

#include <medterm/service/notify.h>

enum mt_rc mt_command_subscription_add(struct mt_command *c, struct mt_err *err) {
    struct mt_id store, id;
    char secret[MT_TOKEN_TEXT];
    const char *url = argument(c, "url");
    enum mt_rc rc = argument_id(c, "store", &store, err);
    if (rc != MT_OK)
        return rc;
    if (!mt_subscription_url_ok(mt_sv(url)))
        return argument_bad(c, err, "--url is https://HOST/…, or http:// to this machine, without a user in it.");
    rc = mt_admin_subscription_add(c->session, &store, url, &id, secret, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *root = mt_doc_root(c->doc);
    mt_node_text(c->doc, root, "subscription_id", id.s);
    mt_node_text(c->doc, root, "secret", secret);
    mt_buf_fmt(&c->sentence, "Subscription %s added. The secret its deliveries are signed with, shown only now: %s", id.s, secret);
    return MT_OK;
}

enum mt_rc mt_command_subscription_remove(struct mt_command *c, struct mt_err *err) {
    struct mt_id id;
    enum mt_rc rc = argument_id(c, "id", &id, err);
    if (rc == MT_OK)
        rc = mt_admin_subscription_remove(c->session, &id, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "subscription_id", id.s);
    mt_buf_str(&c->sentence, "The subscription is removed. What it was not told yet is given up.");
    return MT_OK;
}
