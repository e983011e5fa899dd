/* Patients with their addresses, and doctors, as a store keeps them. */
#ifndef MEDTERM_DOMAIN_PERSON_H
#define MEDTERM_DOMAIN_PERSON_H

#include <medterm/base/id.h>
#include <medterm/base/time.h>

#define MT_ADDRESSES_MAX 20 /* a patient */

/* Texts: NUL-terminated valid UTF-8, "" when unknown, never NULL; borrowed from the arena that made the person. */
struct mt_address {
    struct mt_id address_id;
    const char *detail;
};
struct mt_user {
    struct mt_id user_id;
    const char *name, *phone;
    struct mt_address *addresses; /* owned by the arena, in the order they were given */
    size_t address_count;
    int64_t version; /* rises by one with every change at the service; 0: known only here */
};
struct mt_doctor {
    struct mt_id doctor_id;
    const char *name, *licence;
    bool active;
    int64_t version;
};

/* Nothing in it, every text "". */
void mt_user_blank(struct mt_user *u);
void mt_doctor_blank(struct mt_doctor *d);

#endif
