/* indexer/spill.h - bytes that come front to back and are then read as one run: in memory while
 * they are few, in a scratch file when they are many. */
#ifndef SY_INDEXER_SPILL_H
#define SY_INDEXER_SPILL_H

#include "base/io.h"

typedef struct sy_spill {
    const char *dir; /* of the scratch file; NULL: all stays in memory. Borrowed */
    uint64_t len;    /* bytes put */
    bool failed;     /* there was no memory, or the scratch file could not be written */
    sy_buf held;     /* the bytes, unless they are in the file */
    char *path;
    sy_writer *out;
    sy_map map;
    const uint8_t *behind;
} sy_spill;

/* All zero but for `dir` is an empty one. */
SY_CHECKED sy_status sy_spill_put(sy_spill *s, const void *bytes, size_t len, sy_error *err);
/* Ends writing. *all is good until clear or release; its hash, XXH3, goes to *hash unless NULL. The
 * scratch file is mapped and has no name any more. */
SY_CHECKED sy_status sy_spill_end(sy_spill *s, sy_extent *all, uint64_t *hash, sy_error *err);
/* Forgets the bytes; it can be filled again. */
void sy_spill_clear(sy_spill *s);
void sy_spill_release(sy_spill *s); /* a zeroed one is a no-op */

#endif
