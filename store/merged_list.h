/* store/merged_list.h - the list that the rare bigrams of a row share: which second characters,
 * and the records of each. Bytes: docs/format.md, 5.3. */
#ifndef SY_STORE_MERGED_LIST_H
#define SY_STORE_MERGED_LIST_H

#include "base/buf.h"

enum { SY_MERGED_MAX = 127 /* postings of a list */ };

/* A posting of the bigram with this second character. */
typedef struct sy_merged_posting {
    uint32_t second, docid;
} sy_merged_posting;

/* Second characters that a list can have, at least 1, in a segment of n_records. */
uint32_t sy_merged_seconds_max(uint32_t n_records);

/* Appends n postings (1 to SY_MERGED_MAX), ascending by second character, then docid, none twice,
 * of a segment of n_records. The least second character is not written: its reader must know it. */
void sy_merged_put(sy_buf *out, const sy_merged_posting *postings, uint32_t n, uint32_t n_records);

/* Reads n postings (1 to SY_MERGED_MAX) from all bytes [at, end); false if they do not hold. */
bool sy_merged_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint32_t n_records,
                   uint32_t first_second, sy_merged_posting *postings);

#endif
