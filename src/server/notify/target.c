/* Where webhooks may go. The address is judged when it is connected to, not when the name is read: a name may mean another address
 * a moment later. */
#include <medterm/notify/notify.h>

#include <netinet/in.h>
#include <string.h>

struct block {
    uint32_t net;
    unsigned bits;
};

static bool within(uint32_t address, const struct block *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if ((address >> (32 - list[i].bits)) == (list[i].net >> (32 - list[i].bits)))
            return true;
    return false;
}
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

enum place { PLACE_HERE, PLACE_PRIVATE, PLACE_PUBLIC, PLACE_NOWHERE };

static enum place place_of_4(uint32_t a) {
    static const struct block private_nets[] = {
        {0x0a000000, 8}, {0xac100000, 12}, {0xc0a80000, 16}, {0x64400000, 10}, {0xa9fe0000, 16}}; /* RFC 1918, 6598, 3927 */
    static const struct block nowhere[] = {{0x00000000, 8}, {0xe0000000, 3}, {0xc0000000, 24}, {0xc6120000, 15}}; /* RFC 6890 */
    if ((a >> 24) == 127)
        return PLACE_HERE;
    if (within(a, nowhere, COUNT_OF(nowhere)))
        return PLACE_NOWHERE;
    return within(a, private_nets, COUNT_OF(private_nets)) ? PLACE_PRIVATE : PLACE_PUBLIC;
}

/* An IPv4 address reached through a gateway: there, 127.0.0.1 is not this machine. */
static enum place place_behind_gateway(uint32_t a) {
    const enum place place = place_of_4(a);
    return place == PLACE_HERE ? PLACE_NOWHERE : place;
}

static uint32_t four_at(const struct in6_addr *a, size_t at) {
    return (uint32_t)a->s6_addr[at] << 24 | (uint32_t)a->s6_addr[at + 1] << 16 | (uint32_t)a->s6_addr[at + 2] << 8 |
           a->s6_addr[at + 3];
}

static enum place place_of_6(const struct in6_addr *a) {
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b}; /* RFC 6052 */
    if (IN6_IS_ADDR_LOOPBACK(a))
        return PLACE_HERE;
    if (IN6_IS_ADDR_V4MAPPED(a))
        return place_of_4(four_at(a, 12));
    if (memcmp(a->s6_addr, nat64, sizeof nat64) == 0)
        return place_behind_gateway(four_at(a, 12));
    if (a->s6_addr[0] == 0x20 && a->s6_addr[1] == 0x02) /* 6to4, RFC 3056 */
        return place_behind_gateway(four_at(a, 2));
    if ((a->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_SITELOCAL(a)) /* RFC 4193, 4291 */
        return PLACE_PRIVATE;
    return (a->s6_addr[0] & 0xe0) == 0x20 ? PLACE_PUBLIC : PLACE_NOWHERE; /* 2000::/3 is all that is given out */
}

bool mt_notify_target_ok(const struct sockaddr *to, bool tls, bool allow_private) {
    enum place place = PLACE_NOWHERE;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (to->sa_family == AF_INET) {
        memcpy(&in, to, sizeof in);
        place = place_of_4(ntohl(in.sin_addr.s_addr));
    } else if (to->sa_family == AF_INET6) {
        memcpy(&in6, to, sizeof in6);
        place = place_of_6(&in6.sin6_addr);
    }
    switch (place) {
    case PLACE_HERE:
        return true;
    case PLACE_PRIVATE:
        return tls && allow_private;
    case PLACE_PUBLIC:
        return tls;
    case PLACE_NOWHERE:
        break;
    }
    return false;
}
