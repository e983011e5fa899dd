/* `medtermd epoch renew`: for a database that was put back by other means than `medtermd restore`, such as PostgreSQL's own. */
#include "arguments.h"

enum mt_rc mt_command_epoch_renew(struct mt_command *c, struct mt_err *err) {
    char epoch[MT_ID_TEXT];
    enum mt_rc rc = mt_admin_epoch_renew(c->session, epoch, err);
    if (rc != MT_OK)
        return rc;
    mt_node_text(c->doc, mt_doc_root(c->doc), "epoch", epoch);
    mt_buf_fmt(&c->sentence, "Epoch %s begins: tills send again what they keep, and fetch everything anew.", epoch);
    return MT_OK;
}
