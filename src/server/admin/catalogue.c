/* The commands that bring goods and their descriptions in. */
#include "arguments.h"

#include <medterm/admin/import.h>
#include <medterm/domain/scan.h>
#include <medterm/domain/stock.h>

static enum mt_rc read_files(struct mt_command *c, struct mt_import *in, struct mt_err *err) {
    const char *format = mt_config_get(c->options, c->option_count, "format");
    enum mt_import_format f = mt_import_format_guess(c->words[0]);
    if (format && mt_import_format_parse(mt_sv(format), &f) != MT_OK)
        return argument_bad(c, err, "--format is csv or bdpm.");
    if (f == MT_IMPORT_BDPM)
        return mt_import_read_bdpm(in, c->words, c->word_count, err);
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; i < c->word_count && rc == MT_OK; i++)
        rc = mt_import_read_csv(in, c->words[i], mt_date_of(c->clock.wall(c->clock.ctx)), err);
    return rc;
}

enum mt_rc mt_command_catalogue_import(struct mt_command *c, struct mt_err *err) {
    struct mt_import in;
    struct mt_import_result done;
    struct mt_id store;
    bool has_store = mt_config_get(c->options, c->option_count, "store") != NULL;
    enum mt_rc rc = has_store ? argument_id(c, "store", &store, err) : MT_OK;
    if (rc != MT_OK)
        return rc;
    mt_import_init(&in, c->say, c->ctx);
    rc = read_files(c, &in, err);
    if (rc == MT_OK)
        rc = mt_import_apply(&in, c->session, has_store ? &store : NULL, &done, err);
    if (rc == MT_OK) {
        struct mt_node *root = mt_doc_root(c->doc);
        mt_node_int(c->doc, root, "read", in.read);
        mt_node_int(c->doc, root, "imported", done.imported);
        mt_node_int(c->doc, root, "rejected", in.rejected);
        mt_node_int(c->doc, root, "unpriced", done.unpriced);
        mt_node_int(c->doc, root, "changed", done.changed);
        mt_node_int(c->doc, root, "lots", done.lots);
        mt_buf_fmt(&c->sentence,
                   "%lld rows read: %lld imported (%lld new or changed, %lld without a price), %lld rejected, %lld lots received.",
                   (long long)in.read, (long long)done.imported, (long long)done.changed, (long long)done.unpriced,
                   (long long)in.rejected, (long long)done.lots);
    }
    mt_import_fini(&in);
    return rc;
}

enum { LOT_MAX = 20, RECEIPT_MAX = 1000000 };

enum mt_rc mt_command_stock_receive(struct mt_command *c, struct mt_err *err) {
    struct mt_id store;
    struct mt_date expires;
    int64_t quantity, on_hand = 0;
    char code[15];
    const char *lot = argument(c, "lot");
    enum mt_rc rc = argument_id(c, "store", &store, err);
    if (rc != MT_OK)
        return rc;
    if (mt_gtin_normalise(mt_sv(argument(c, "drug")), code) != MT_OK)
        return argument_bad(c, err, "--drug is a code of 8, 12, 13 or 14 digits with a right check digit.");
    if (!mt_lot_no_ok(mt_sv(lot)) || mt_sv(lot).n > LOT_MAX)
        return argument_bad(c, err, "--lot is a lot number of 1 to 20 characters, none a control character, no blank at its ends.");
    if (mt_import_date(mt_sv(argument(c, "expires")), mt_date_of(c->clock.wall(c->clock.ctx)), &expires) != MT_OK)
        return argument_bad(c, err, "--expires is a date such as 2027-03-31.");
    if (mt_sv_int(mt_sv(argument(c, "quantity")), &quantity) != MT_OK || quantity < 1 || quantity > RECEIPT_MAX)
        return argument_bad(c, err, "--quantity is a whole number of packs from 1 to 1000000.");
    rc = mt_admin_stock_receive(c->session, &store, mt_sv(code), lot, expires, quantity, &on_hand, err);
    mt_node_int(c->doc, mt_doc_root(c->doc), "on_hand", on_hand);
    mt_buf_fmt(&c->sentence, "%lld packs of %s received; the store now has %lld.", (long long)quantity, code, (long long)on_hand);
    return rc;
}
