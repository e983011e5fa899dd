/* A line that can be made bad: a TCP proxy in front of the service, on a loopback port the kernel picks. */
#ifndef MEDTERM_TESTS_PROXY_H
#define MEDTERM_TESTS_PROXY_H

#include <stddef.h>

enum mt_proxy_mode {
    MT_PROXY_PASS,
    MT_PROXY_DROP,     /* passes requests on and drops the reply to pushes that carry operations; see mt_proxy_drop */
    MT_PROXY_HALF,     /* cuts every reply to a push after 20 bytes */
    MT_PROXY_HTML,     /* a captive portal: 200 and a page, nothing is passed on */
    MT_PROXY_REDIRECT, /* 302 to somewhere */
    MT_PROXY_JSON,     /* 200 with JSON of another kind */
    MT_PROXY_BUSY,     /* 503 with Retry-After: 1 */
    MT_PROXY_DENIED,   /* 401: the token is not accepted */
    MT_PROXY_RESET,    /* closes every connection at once */
    MT_PROXY_STALL     /* takes the request and says nothing */
};

struct mt_proxy;
/* To 127.0.0.1:port. */
struct mt_proxy *mt_proxy_start(int port);
void mt_proxy_stop(struct mt_proxy *p);
int mt_proxy_port(const struct mt_proxy *p);
void mt_proxy_mode(struct mt_proxy *p, enum mt_proxy_mode mode); /* open connections are closed */
void mt_proxy_target(struct mt_proxy *p, int port);              /* the service has moved */
void mt_proxy_drop(struct mt_proxy *p, int replies);             /* drop that many replies, then pass */
int mt_proxy_dropped(struct mt_proxy *p);                        /* how many were */
int mt_proxy_served(struct mt_proxy *p);                         /* connections taken */

#endif
