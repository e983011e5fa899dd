/* What main.c and the longer of its commands share. Private to the program. */
#ifndef MEDTERM_SERVER_PROGRAM_H
#define MEDTERM_SERVER_PROGRAM_H

#include <medterm/admin/command.h>

/* Serves until SIGTERM or SIGINT; SIGHUP reads the certificate again. Prints the address on stdout once ready. */
MT_MUST enum mt_rc program_serve(struct mt_command *c, struct mt_service *service, struct mt_metrics *metrics, const struct mt_log *log,
                            struct mt_err *err);
/* Asks on the controlling terminal, twice, with echo off. MT_NOTFOUND: there is no terminal; MT_DENIED: given up. */
MT_MUST enum mt_rc program_ask_pin(char pin[MT_PIN_MAX + 1], struct mt_err *err);

#endif
