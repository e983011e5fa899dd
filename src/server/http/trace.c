/* traceparent, W3C Trace Context level 1 section 3.2: version "-" trace-id "-" parent-id "-" flags, all in lower-case hex. A
 * version we do not know is read as far as this one goes; one that breaks the form is ignored, as the text demands. */
#include "edge.h"

enum { VERSION_N = 2, PARENT_N = 16, FLAGS_N = 2 };

/* Cuts n hex digits off; *zero: all of them are 0. */
static bool cut_hex(struct mt_sv *rest, size_t n, struct mt_sv *out, bool *zero) {
    if (rest->n < n)
        return false;
    *zero = true;
    for (size_t i = 0; i < n; i++) {
        char c = rest->p[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
        *zero = *zero && c == '0';
    }
    *out = mt_sv_n(rest->p, n);
    *rest = mt_sv_n(rest->p + n, rest->n - n);
    return true;
}

static bool cut_dash(struct mt_sv *rest) {
    bool there = mt_sv_starts(*rest, MT_SV("-"));
    if (there)
        *rest = mt_sv_n(rest->p + 1, rest->n - 1);
    return there;
}

void trace_read(struct mt_sv header, char out[TRACE_ID_TEXT]) {
    struct mt_sv rest = mt_sv_trim(header), version, trace, parent, flags;
    bool first, no_trace, no_parent, no_flags;
    out[0] = '\0';
    if (!cut_hex(&rest, VERSION_N, &version, &first) || mt_sv_is(version, "ff") || !cut_dash(&rest) ||
        !cut_hex(&rest, TRACE_ID_TEXT - 1, &trace, &no_trace) || no_trace || !cut_dash(&rest) ||
        !cut_hex(&rest, PARENT_N, &parent, &no_parent) || no_parent || !cut_dash(&rest) ||
        !cut_hex(&rest, FLAGS_N, &flags, &no_flags))
        return;
    if (rest.n && (first || rest.p[0] != '-')) /* only a later version may say more */
        return;
    if (mt_sv_copy(trace, out, TRACE_ID_TEXT) != MT_OK)
        out[0] = '\0';
}
