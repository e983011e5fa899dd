/* Order numbers have one spelling each: the sequence is padded to six digits and never more, so that equal
 * numbers are equal texts. */
#include <medterm/domain/order.h>

#include <inttypes.h>
#include <stdio.h>

bool mt_register_code_ok(struct mt_sv code) {
    if (code.n < 2 || code.n >= MT_REGISTER_CODE_TEXT || code.p[0] < 'A' || code.p[0] > 'Z')
        return false;
    for (size_t i = 1; i < code.n; i++)
        if (!((code.p[i] >= 'A' && code.p[i] <= 'Z') || (code.p[i] >= '0' && code.p[i] <= '9')))
            return false;
    return true;
}

enum mt_rc mt_order_no_make(const char *register_code, int64_t sequence, char out[MT_ORDER_NO_TEXT]) {
    out[0] = '\0';
    if (!mt_register_code_ok(mt_sv(register_code)) || sequence < 1)
        return MT_INVALID;
    int n = snprintf(out, MT_ORDER_NO_TEXT, "%s-%06" PRId64, register_code, sequence);
    return n > 0 && n < MT_ORDER_NO_TEXT ? MT_OK : MT_BUG;
}

enum mt_rc mt_order_no_parse(struct mt_sv text, char code[MT_REGISTER_CODE_TEXT], int64_t *sequence) {
    struct mt_sv digits = text;
    struct mt_sv head = mt_sv_cut(&digits, '-');
    if (!mt_register_code_ok(head) || digits.n < 6 || digits.n > 18 || (digits.n > 6 && digits.p[0] == '0'))
        return MT_INVALID;
    int64_t value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return MT_INVALID;
        value = value * 10 + (digits.p[i] - '0');
    }
    if (value < 1)
        return MT_INVALID;
    enum mt_rc rc = mt_sv_copy(head, code, MT_REGISTER_CODE_TEXT);
    if (rc == MT_OK)
        *sequence = value;
    return rc;
}
