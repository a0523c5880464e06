/* indexer/posting_bytes.h - a posting in the scratch file of a run. */
#ifndef SY_INDEXER_POSTING_BYTES_H
#define SY_INDEXER_POSTING_BYTES_H

#include "base/bytes.h"
#include "store/segment_writer.h"

enum { SY_POSTING_BYTES_MAX = 3 * SY_VARINT_MAX };

/* Writes a posting to out[SY_POSTING_BYTES_MAX], the docids before it being below `next`, and
 * returns its bytes: varint gap, or if marked
 *   varint 4*gap + (1 if tf > 1) + (2 if fields are named), varint tf - 2, varint fields */
size_t sy_posting_put(const sy_posting *posting, bool marked, uint32_t next, uint8_t *out);
/* Reads one. NULL if the bytes do not hold. */
const uint8_t *sy_posting_get(const uint8_t *at, const uint8_t *end, bool marked, uint32_t next,
                              sy_posting *out);

#endif
