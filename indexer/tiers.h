/* indexer/tiers.h - which segments a run merges with what it has read.
 *
 * A segment is of tier t if its size lies in [least * factor^t, least * factor^(t + 1));
 * smaller ones are of tier 0. Where a run would leave `factor` segments of one tier, it writes
 * them as one, which is of a higher tier then, and so on. So there are at most factor - 1
 * segments a tier, and a record is written again once a tier: about log(size) / log(factor)
 * times in all, whatever the number of runs. A segment of which a third or more is deleted is
 * written again too: what is gained is then at least half of what it costs.
 * Source: O'Neil and others, "The Log-Structured Merge-Tree", 1996; in this form
 * the tiered merges of Lucene and Cassandra. */
#ifndef SY_INDEXER_TIERS_H
#define SY_INDEXER_TIERS_H

#include "base/status.h"

typedef struct sy_tiers {
    unsigned factor; /* >= 2; 0: 8 */
    uint64_t least;  /* bytes; 0: 64 KiB */
    uint64_t recut;  /* bytes; 0: 16 MiB, about two seconds of work */
} sy_tiers;          /* all 0: the usual */

typedef struct sy_tier_segment {
    uint64_t bytes; /* of the file */
    uint64_t n_records, n_deleted;
    bool merge; /* its records that count go into the new segment: set before, it stays so */
} sy_tier_segment;

/* new_bytes: about the size of what was read; 0: nothing was. Sets `merge` of segments. */
void sy_tiers_choose(const sy_tiers *tiers, uint64_t new_bytes, sy_tier_segment *segments,
                     size_t n);
/* Whether a segment of so many bytes is written again when the lexicon has changed words that it
 * has. In a larger one words are found by their characters until it is merged. */
bool sy_tiers_recut(const sy_tiers *tiers, uint64_t bytes);

#endif
