/* store/subset.h - subsets of subsets, as bits. */
#ifndef SY_STORE_SUBSET_H
#define SY_STORE_SUBSET_H

#include <stddef.h>
#include <stdint.h>

/* The k-th set bit of all[n_all] stays set in `out` where bit k of part[n_part] is; other bits are
 * cleared. Lengths are in bits, the first is the lowest of its byte; all and out have
 * ceil(n_all / 8) bytes. Cost O(n_all / 64) words, and the bits that are set in `all` where the
 * processor has no instruction for it. */
void sy_subset_expand(const uint8_t *all, size_t n_all, const uint8_t *part, uint64_t n_part,
                      uint8_t *out);
/* The same, for every processor. */
void sy_subset_expand_portable(const uint8_t *all, size_t n_all, const uint8_t *part,
                               uint64_t n_part, uint8_t *out);

#endif
