#include <medterm/domain/change.h>

#include "names.h"

static const char *const entity_names[] = {
#define MT_X(symbol, name) name,
    MT_ENTITY_TABLE(MT_X)
#undef MT_X
};
static const char *const exception_names[] = {
#define MT_X(symbol, name, words) name,
    MT_EXCEPTION_TABLE(MT_X)
#undef MT_X
};
static const char *const exception_words[] = {
#define MT_X(symbol, name, words) words,
    MT_EXCEPTION_TABLE(MT_X)
#undef MT_X
};

const char *mt_entity_name(enum mt_entity e) {
    return name_at(entity_names, NAME_COUNT(entity_names), (size_t)e);
}

enum mt_entity mt_entity_parse(struct mt_sv name) {
    size_t at = name_find(entity_names, NAME_COUNT(entity_names), name);
    return at < NAME_COUNT(entity_names) ? (enum mt_entity)at : MT_ENTITY_UNKNOWN;
}

const char *mt_exception_kind_name(enum mt_exception_kind k) {
    return name_at(exception_names, NAME_COUNT(exception_names), (size_t)k);
}

const char *mt_exception_kind_words(enum mt_exception_kind k) {
    return name_at(exception_words, NAME_COUNT(exception_words), (size_t)k);
}

enum mt_rc mt_exception_kind_parse(struct mt_sv name, enum mt_exception_kind *out) {
    size_t at = name_find(exception_names, NAME_COUNT(exception_names), name);
    if (at == NAME_COUNT(exception_names))
        return MT_INVALID;
    *out = (enum mt_exception_kind)at;
    return MT_OK;
}
