/* Who is told of orders: subscription add, list and remove. */
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

enum mt_rc mt_command_subscription_list(struct mt_command *c, struct mt_err *err) {
    struct mt_id store;
    struct mt_repo_subscription_line *list;
    size_t count;
    enum mt_rc rc = argument_id(c, "store", &store, err);
    if (rc == MT_OK)
        rc = mt_admin_subscription_list(c->session, &store, c->arena, &list, &count, err);
    if (rc != MT_OK)
        return rc;
    struct mt_node *all = mt_node_array(c->doc, mt_doc_root(c->doc), "subscriptions");
    mt_buf_str(&c->sentence, count > 0 ? "These are told of the store's orders:" : "Nobody is told of the store's orders.");
    for (size_t i = 0; i < count; i++) {
        struct mt_node *one = mt_node_object(c->doc, all, NULL);
        char at[MT_TIME_TEXT];
        mt_time_format(list[i].created_at, at);
        mt_node_text(c->doc, one, "subscription_id", list[i].subscription_id.s);
        mt_node_text(c->doc, one, "url", list[i].url);
        mt_node_text(c->doc, one, "created_at", at);
        mt_node_int(c->doc, one, "waiting", list[i].waiting);
        mt_buf_fmt(&c->sentence, "\n%s  %s  since %s, %lld waiting", list[i].subscription_id.s, list[i].url, at,
                   (long long)list[i].waiting);
    }
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
