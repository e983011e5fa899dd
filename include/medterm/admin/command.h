/* The administrator's commands: each is one function over a session; the program's table gives it its words and options.
 * A command fills a JSON document and a plain sentence; the program prints the one that was asked for. */
#ifndef MEDTERM_ADMIN_COMMAND_H
#define MEDTERM_ADMIN_COMMAND_H

#include <medterm/config/config.h>
#include <medterm/service/admin.h>
#include <medterm/wire/doc.h>

struct mt_command {
    const struct mt_option *options; /* as read; borrowed, like the words */
    size_t option_count;
    const char *const *words; /* operands behind the command's own words */
    size_t word_count;
    struct mt_session *session; /* NULL for a command that opens the database itself */
    const char *db_url;
    struct mt_arena *arena;
    struct mt_clock clock;
    struct mt_random random;
    /* A PIN from the environment or the terminal, never from argv; the program's. */
    enum mt_rc (*ask_pin)(char pin[MT_PIN_MAX + 1], struct mt_err *err);
    void (*say)(void *ctx, const char *line); /* progress and refusals, to stderr */
    void *ctx;
    /* out */
    struct mt_doc *doc;
    struct mt_buf sentence;
    bool usage;  /* the failure is the command line's: exit code 2 */
    bool failed; /* done, and the answer is bad news: exit code 1 */
};

MT_MUST enum mt_rc mt_command_check(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_audit_verify(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_backup(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_restore(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_epoch_renew(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_register_recover(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_store_add(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_register_add(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_staff_add(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_staff_set(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_client_add(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_client_rotate(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_client_revoke(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_register_revoke(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_subscription_add(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_subscription_list(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_subscription_remove(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_catalogue_import(struct mt_command *c, struct mt_err *err);
MT_MUST enum mt_rc mt_command_stock_receive(struct mt_command *c, struct mt_err *err);

#endif
