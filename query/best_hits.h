/* query/best_hits.h - the k best hits so far of a ranked search: by score, then in the order of the
 * documents. */
#ifndef SY_QUERY_BEST_HITS_H
#define SY_QUERY_BEST_HITS_H

#include "query/search.h"

typedef struct sy_best_hits {
    sy_hit *items; /* [n]; where n is k, items[0] is the worst of them */
    size_t n, k;   /* k >= 1, set by the caller; else all zero at first */
    bool behind;   /* the records that come next are behind all that were kept, in the order of the
                      documents, but for those of their own segment; the caller's */
} sy_best_hits;

/* True if a record behind those seen of its segment, with this score at most, cannot be among the
 * best. */
static inline bool sy_best_hopeless(const sy_best_hits *b, uint64_t score)
{
    return b->n == b->k && (score < b->items[0].score || (score == b->items[0].score && b->behind));
}

/* The least score that is not hopeless. */
static inline uint64_t sy_best_least(const sy_best_hits *b)
{
    return b->n == b->k ? b->items[0].score + b->behind : 0;
}

/* Keeps a hit if it is among the best. NOMEM. O(log k). */
SY_CHECKED sy_status sy_best_keep(sy_best_hits *b, sy_hit hit, sy_error *err);
/* Puts the first n kept in order, the best first; then no more can be kept. */
void sy_best_order(sy_best_hits *b, size_t n);

#endif
