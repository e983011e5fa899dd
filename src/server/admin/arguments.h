/* A command's options as values, and the refusal of one. Private to the commands. */
#ifndef MEDTERM_SERVER_ADMIN_ARGUMENTS_H
#define MEDTERM_SERVER_ADMIN_ARGUMENTS_H

#include <medterm/admin/command.h>

const char *argument(const struct mt_command *c, const char *name); /* "" when not given */
/* Marks the failure as the command line's; returns MT_INVALID. */
enum mt_rc argument_bad(struct mt_command *c, struct mt_err *err, const char *text);
MT_MUST enum mt_rc argument_id(struct mt_command *c, const char *name, struct mt_id *out, struct mt_err *err);
/* --name: a name a person gave, as one harmless line in the command's arena. */
MT_MUST enum mt_rc argument_name(struct mt_command *c, const char **out, struct mt_err *err);
MT_MUST enum mt_rc argument_role(struct mt_command *c, enum mt_role *out, struct mt_err *err);

#endif
