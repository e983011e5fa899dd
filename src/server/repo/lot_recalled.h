/* When a lot is recalled, as SQL. */
#ifndef MEDTERM_REPO_LOT_RECALLED_H
#define MEDTERM_REPO_LOT_RECALLED_H

/* Two texts to compare: the recalled number, and a lot. What came back from customers ("L1 returned", "L1 returned 2") is of the
 * lot it was sold from. */
#define LOT_OF(recalled, lot)                                                                                                      \
    "(" lot " = " recalled " OR substr(" lot ", 1, length(" recalled ") + 9) = " recalled " || ' returned')"

/* drug, lot: parameters. */
#define LOT_RECALLED(drug, lot)                                                                                                    \
    "EXISTS (SELECT 1 FROM mt_recall r WHERE r.drug_id = CAST(" drug                                                               \
    " AS TEXT) AND " LOT_OF("r.lot_no", "CAST(" lot " AS TEXT)") ")"

#endif
