/* Patients and doctors of a store. Beside apply.h. */
#ifndef MEDTERM_SERVICE_PEOPLE_PUT_H
#define MEDTERM_SERVICE_PEOPLE_PUT_H

#include "apply.h"

MT_MUST enum mt_rc apply_user_put(struct apply *a);
MT_MUST enum mt_rc apply_doctor_put(struct apply *a);

#endif
