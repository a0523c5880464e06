/* store/record_code.h - one stored record as bytes, and back: docs/format.md, 5.2.
 *
 * The indexer's scratch files of records use the same bytes as a segment, behind the key. */
#ifndef SY_STORE_RECORD_CODE_H
#define SY_STORE_RECORD_CODE_H

#include "store/segment.h"

/* Appends a record with its values' `coded` bytes, which take `unit` bytes a piece: 2
 * in a segment with phrases, else 1. Values are by field id, not descending; `docid`,
 * `doc`, `key`, `text` and the ordinals of values are not written. */
void sy_record_encode(sy_buf *out, const sy_stored *record, unsigned unit);
/* Fills everything but docid, doc, the key and the texts from bytes[len], which must be used
 * up. Slices point into bytes. False if they hold no record; the caller says where.
 * *nomem tells a lack of memory apart. */
bool sy_record_decode(const uint8_t *bytes, size_t len, unsigned unit, sy_stored *out, bool *nomem);

/* The key in front of a record, for scratch files. */
void sy_record_put_key(sy_buf *out, sy_slice key);
/* *out points into the bytes from `at` to `end`. Returns where the record begins; NULL if the key
 * does not hold. */
const uint8_t *sy_record_get_key(const uint8_t *at, const uint8_t *end, sy_slice *out);

/* The keys of up to SY_RECORDS_PER_BASE records, one group of the keys of a segment
 * (docs/format.md, 5.2): out->n of them in bytes[len], which must be used up. Sets out->keys, which
 * points into the bytes, and the ends. False if they do not hold. */
bool sy_key_group_decode(const uint8_t *bytes, size_t len, sy_key_group *out);
static inline sy_slice sy_key_group_at(const sy_key_group *group, uint32_t i)
{
    uint32_t start = i > 0 ? group->ends[i - 1] : 0;
    return (sy_slice){group->keys + start, group->ends[i] - start};
}

#endif
