/* store/record_code.h - one stored record as bytes, and back: docs/format.md, 5.2.
 *
 * The indexer's scratch file of records uses the same bytes as a segment. */
#ifndef SY_STORE_RECORD_CODE_H
#define SY_STORE_RECORD_CODE_H

#include "store/segment.h"

/* Appends a record with its values' `coded` bytes, which take `unit` bytes a piece: 2
 * in a segment with phrases, else 1. Values are by field id, not descending; `docid`,
 * `doc`, `text` and the ordinals of values are not written. */
void sy_record_encode(sy_buf *out, const sy_stored *record, unsigned unit);
/* Fills everything but docid, doc and the texts from bytes[len], which must be used
 * up. Slices point into bytes. False if they hold no record; the caller says where.
 * *nomem tells a lack of memory apart. */
bool sy_record_decode(const uint8_t *bytes, size_t len, unsigned unit, sy_stored *out, bool *nomem);

#endif
