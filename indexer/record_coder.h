/* indexer/record_coder.h - from a record with its texts to the bytes that a segment
 * stores: the phrases are learned from a sample of the spool, then every text is spelt
 * with as few of them as possible. */
#ifndef SY_INDEXER_RECORD_CODER_H
#define SY_INDEXER_RECORD_CODER_H

#include "indexer/sample.h"

typedef struct sy_record_coder sy_record_coder; /* immutable once made: share freely */

/* Learns from a sample of the spool. Below 64 KiB of text, or where it would not pay,
 * there is no dictionary, and texts are stored as they are. NOMEM, IO. */
SY_CHECKED sy_status sy_record_coder_new(const sy_sample *sample, unsigned norm_flags,
                                         sy_record_coder **out, sy_error *err);
void sy_record_coder_free(sy_record_coder *c); /* NULL is a no-op */
/* The dictionary as a segment has it; borrowed. */
sy_slice sy_record_coder_phrases(const sy_record_coder *c);

/* Scratch of one thread; {0} to start with. */
typedef struct sy_coding {
    struct sy_phrase_parse *parse;
    sy_buf codes, normal, spelt;
} sy_coding;

/* Appends the key of a record and its coded form (store/record_code.h) to out; its texts are in
 * `text`. */
SY_CHECKED sy_status sy_record_code(const sy_record_coder *c, sy_coding *scratch, sy_stored *record,
                                    sy_buf *out, sy_error *err);
void sy_coding_release(sy_coding *scratch);

#endif
