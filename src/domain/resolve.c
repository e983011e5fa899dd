/* Names of what a person decides about an exception. */
#include <medterm/domain/operation.h>

#include "names.h"

static const char *const names[] = {
#define MT_X(symbol, name, words) name,
    MT_RESOLVE_TABLE(MT_X)
#undef MT_X
};

const char *mt_resolve_name(enum mt_resolve r) {
    return name_at(names, NAME_COUNT(names), (size_t)r);
}

enum mt_rc mt_resolve_parse(struct mt_sv name, enum mt_resolve *out) {
    size_t at = name_find(names, NAME_COUNT(names), name);
    if (at == NAME_COUNT(names))
        return MT_INVALID;
    *out = (enum mt_resolve)at;
    return MT_OK;
}
