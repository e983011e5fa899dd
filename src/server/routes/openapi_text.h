/* The contract as it is served, made of openapi.json when the program is built. Private to the routes. */
#ifndef MEDTERM_SERVER_ROUTES_OPENAPI_TEXT_H
#define MEDTERM_SERVER_ROUTES_OPENAPI_TEXT_H

#include <stddef.h>

extern const unsigned char openapi_text[]; /* UTF-8 JSON, no NUL at the end */
extern const size_t openapi_text_size;
extern const char openapi_text_etag[]; /* quoted; another one for another text */

#endif
