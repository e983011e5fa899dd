/* UUIDv5 under any namespace, so that the RFC's own example can be tried. */
#ifndef MEDTERM_CRYPTO_UUID5_H
#define MEDTERM_CRYPTO_UUID5_H

#include <medterm/base/id.h>

/* MT_NOMEM: libcrypto had no memory. */
MT_MUST enum mt_rc mt_uuid5(const unsigned char space[16], struct mt_sv name, struct mt_id *out);

#endif
