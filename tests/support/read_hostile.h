/* tests/support/read_hostile.h - reads all there is in an index that may be anything. */
#ifndef SY_TESTS_SUPPORT_READ_HOSTILE_H
#define SY_TESTS_SUPPORT_READ_HOSTILE_H

#include "store/index.h"

enum { SY_PROBES_MOST = 64 };

/* What to look up, taken from an index that is sound. */
typedef struct sy_probes {
    uint32_t firsts[SY_PROBES_MOST]; /* first characters of bigrams */
    sy_buf keys[SY_PROBES_MOST];     /* of terms */
    size_t n_firsts, n_keys;
} sy_probes;

void sy_probes_gather(const char *dir, sy_probes *out);
void sy_probes_release(sy_probes *p);

/* Opens the index, reads every record, list and term that it lets us, and verifies it. Any
 * status but NOMEM will do; what the headers of store/ promise of answers is asserted. */
void sy_read_hostile(const char *dir, const sy_probes *p);

#endif
