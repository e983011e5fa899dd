/* Readers of whole rows that more than one file of this folder needs; s stands on a row with the columns named. */
#ifndef MEDTERM_REPO_ROWS_H
#define MEDTERM_REPO_ROWS_H

#include <medterm/db/db.h>
#include <medterm/domain/change.h>

#define MT_DRUG_COLUMNS                                                                                                            \
    "d.drug_id, d.code, d.name, d.spec, d.form, d.maker, d.generic, d.pinyin, d.shelf, d.price, d.sellable, d.rx, d.vat_bp,"       \
    " d.version"
MT_MUST enum mt_rc mt_row_drug(struct mt_stmt *s, int col, struct mt_arena *arena, struct mt_drug *out);
MT_MUST enum mt_rc mt_row_exception(struct mt_stmt *s, struct mt_arena *arena, struct mt_exception *x);

#endif
