/* indexer/readers/list_numerals.h - the automatic numbers of lists, as they are written. */
#ifndef SY_INDEXER_READERS_LIST_NUMERALS_H
#define SY_INDEXER_READERS_LIST_NUMERALS_H

#include "base/buf.h"

/* Appends `value` as a numeral format of ISO/IEC 29500-1, 17.18.59 writes it; one
 * that is not known here as a decimal number. */
void sy_numeral_put(sy_buf *out, const char *format, uint32_t value);
/* Appends a bullet, or • for a sign of the symbol fonts, whose characters are private. */
void sy_bullet_put(sy_buf *out, const char *text);

/* Longer texts of a list's style, which stand in each of its entries, are none: they
 * would make a small document boundless. */
enum { SY_LIST_LABEL_MAX = 255 };

#endif
