/* What main.c and the longer of its commands share. Private to the program. */
#ifndef MEDTERM_SERVER_PROGRAM_H
#define MEDTERM_SERVER_PROGRAM_H

#include <medterm/admin/command.h>

#include <pthread.h>

/* Serves until SIGTERM or SIGINT; SIGHUP reads the certificate again. Prints the address on stdout once ready. */
MT_MUST enum mt_rc program_serve(struct mt_command *c, struct mt_service *service, struct mt_metrics *metrics,
                                 const struct mt_log *log, struct mt_err *err);
/* Lets unpaid orders of REST clients expire, on a thread and a session of its own, about every half minute; ends with expiry_stop.
 */
struct expiry {
    struct mt_service *service; /* borrowed; NULL: not started */
    const struct mt_log *log;   /* borrowed, may be NULL */
    int64_t unpaid_minutes;
    pthread_t thread;
    int stop_fd;
};
MT_MUST enum mt_rc expiry_start(struct expiry *e, struct mt_service *service, int64_t unpaid_minutes, const struct mt_log *log,
                                struct mt_err *err);
void expiry_stop(struct expiry *e); /* fine when it was not started */
/* Asks on the controlling terminal, twice, with echo off. MT_NOTFOUND: there is no terminal; MT_DENIED: given up. */
MT_MUST enum mt_rc program_ask_pin(char pin[MT_PIN_MAX + 1], struct mt_err *err);

#endif
