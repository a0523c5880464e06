/* indexer/sample.h - an even sample of the spool's texts, for what is learned from
 * the corpus before it is indexed: phrases and frequent strings. */
#ifndef SY_INDEXER_SAMPLE_H
#define SY_INDEXER_SAMPLE_H

#include "indexer/spool.h"

typedef struct sy_sample {
    sy_slice *texts; /* copies, in the chunks */
    size_t n, cap;
    uint64_t taken, total; /* bytes of text: in the sample, in the spool */
    uint32_t n_records;    /* in the sample */
    uint32_t *records;     /* records[n]: the ordinal of each text's record */
    size_t cap_records;
    char **chunks; /* chunks[n_chunks], of which the last is filled */
    size_t n_chunks, cap_chunks;
    size_t used, chunk_len; /* bytes of the last */
} sy_sample;

/* Takes whole records, up to about `most` bytes, at even distances: always the same
 * ones for the same spool. NOMEM, IO. The texts are copied, for pages of a large spool that
 * were touched here and there would all count as memory. */
SY_CHECKED sy_status sy_sample_take(const sy_spool *spool, uint64_t most, sy_sample *out,
                                    sy_error *err);
void sy_sample_release(sy_sample *s);

#endif
