/* indexer/build.h - from a spool of records to a segment: records are inverted by several
 * threads, runs are merged. */
#ifndef SY_INDEXER_BUILD_H
#define SY_INDEXER_BUILD_H

#include "indexer/spool.h"
#include "store/manifest.h"

typedef struct sy_build {
    const char *dir;
    uint8_t uuid[16];
    uint64_t number; /* of the segment */
    unsigned norm_flags;
    const sy_schema *schema;
    size_t memory; /* bytes for all inverters together */
    unsigned jobs; /* threads at most, >= 1 */
    void (*progress)(void *ctx, const char *stage, uint64_t done, uint64_t total); /* or NULL */
    void *ctx;
} sy_build;

/* Writes the segment. The spool has at least one record. `lexicon` is an image. */
SY_CHECKED sy_status sy_build_segment(const sy_build *build, const sy_spool *spool,
                                      sy_slice lexicon, sy_segment_ref *out, sy_error *err);

#endif
