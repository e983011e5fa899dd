#include <medterm/domain/payment.h>

#include "names.h"

static const char *const method_names[] = {
#define MT_X(symbol, name, words, offline) name,
    MT_PAY_METHOD_TABLE(MT_X)
#undef MT_X
};
static const char *const method_words[] = {
#define MT_X(symbol, name, words, offline) words,
    MT_PAY_METHOD_TABLE(MT_X)
#undef MT_X
};
static const bool method_offline[] = {
#define MT_X(symbol, name, words, offline) offline,
    MT_PAY_METHOD_TABLE(MT_X)
#undef MT_X
};
static const char *const status_names[] = {
#define MT_X(symbol, name) name,
    MT_PAY_STATUS_TABLE(MT_X)
#undef MT_X
};

const char *mt_pay_method_name(enum mt_pay_method m) {
    return name_at(method_names, NAME_COUNT(method_names), (size_t)m);
}

const char *mt_pay_method_words(enum mt_pay_method m) {
    return name_at(method_words, NAME_COUNT(method_words), (size_t)m);
}

bool mt_pay_method_offline(enum mt_pay_method m) {
    return (size_t)m < NAME_COUNT(method_offline) && method_offline[m];
}

enum mt_rc mt_pay_method_parse(struct mt_sv name, enum mt_pay_method *out) {
    size_t at = name_find(method_names, NAME_COUNT(method_names), name);
    if (at == NAME_COUNT(method_names))
        return MT_INVALID;
    *out = (enum mt_pay_method)at;
    return MT_OK;
}

const char *mt_pay_status_name(enum mt_pay_status s) {
    return name_at(status_names, NAME_COUNT(status_names), (size_t)s);
}

enum mt_rc mt_pay_status_parse(struct mt_sv name, enum mt_pay_status *out) {
    size_t at = name_find(status_names, NAME_COUNT(status_names), name);
    if (at == NAME_COUNT(status_names))
        return MT_INVALID;
    *out = (enum mt_pay_status)at;
    return MT_OK;
}
