/* indexer/readers/number_format.h - numbers as a spreadsheet shows them: the format
 * codes of ISO/IEC 29500-1, 18.8.30 and 18.8.31, as in Chinese editions of Excel. */
#ifndef SY_INDEXER_READERS_NUMBER_FORMAT_H
#define SY_INDEXER_READERS_NUMBER_FORMAT_H

#include "base/buf.h"
#include "base/slice.h"

/* The code of a format that has a number but no code in the file; "" is General. */
const char *sy_number_format_builtin(uint32_t id);
/* Appends the number `text` as `code` shows it; `text` itself if it is no number.
 * Dates count from 1900, or from 1904. Widths, colours and fill are left out. */
void sy_number_format_put(sy_buf *out, sy_slice code, sy_slice text, bool from_1904);

#endif
