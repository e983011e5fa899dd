/* What the files of the restore share. */
#ifndef MEDTERM_SERVER_ADMIN_RESTORE_H
#define MEDTERM_SERVER_ADMIN_RESTORE_H

#include <medterm/admin/command.h>

/* A database opened beside the one of the command. */
struct restore_side {
    struct mt_service *service; /* owned */
    struct mt_session *session; /* owned */
};
/* key_path: as in mt_service_options, not read when !write. */
MT_MUST enum mt_rc restore_open(struct mt_command *c, const char *path, const char *key_path, bool write, struct restore_side *out,
                                struct mt_err *err);
void restore_close(struct restore_side *side);

struct restore_report {
    struct mt_node *list; /* of what is lost, in the command's document */
    int64_t lost;
    bool compared; /* with a database that was replaced */
    char epoch[MT_ID_TEXT];
};
/* Lists what `old` (a path; NULL: there is none) holds and the stage does not, and keeps the codes of lost registers theirs. One
 * that can not be read is no failure: it is not compared. */
MT_MUST enum mt_rc restore_tell_lost(struct mt_command *c, const char *old, struct restore_side *stage,
                                     struct restore_report *report, struct mt_err *err);

#endif
