/* query/by_segment.h - what a search over stored codes learns of each segment, made when the
 * segment is first met: codes mean something else in each. */
#ifndef SY_QUERY_BY_SEGMENT_H
#define SY_QUERY_BY_SEGMENT_H

#include "store/segment.h"

/* All zero at first. */
typedef struct sy_by_segment {
    struct sy_of_segment {
        const sy_segment *segment;
        void *known;
    } * items;
    size_t n, cap, last; /* last: the one that was asked for before */
} sy_by_segment;

/* What is known of a segment: `size` zeroed bytes when it is first asked for, which stay where they
 * are until the release. NULL if there is no memory. Cost: segments change seldom; then O(n). */
void *sy_by_segment_get(sy_by_segment *all, const sy_segment *segment, size_t size);
/* Calls end (which may be NULL) for all that is known, and frees it. */
void sy_by_segment_release(sy_by_segment *all, void (*end)(void *known));

#endif
