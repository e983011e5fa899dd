/* People without content. */
#include <medterm/domain/person.h>

void mt_user_blank(struct mt_user *u) {
    *u = (struct mt_user){.name = "", .phone = ""};
}

void mt_doctor_blank(struct mt_doctor *d) {
    *d = (struct mt_doctor){.name = "", .licence = "", .active = true};
}
