/* query/needle.h - find all places of a string in a text, overlapping ones too,
 * in time linear in both. */
#ifndef SY_QUERY_NEEDLE_H
#define SY_QUERY_NEEDLE_H

#include "base/slice.h"
#include "base/status.h"

typedef struct sy_needle {
    sy_slice text; /* borrowed */
    size_t period; /* the least distance > 0 at which it can overlap itself */
} sy_needle;

/* Cost O(len), with 4 bytes of scratch memory a byte. NOMEM. */
SY_CHECKED sy_status sy_needle_init(sy_needle *n, sy_slice text, sy_error *err);

/* The places of a needle in a text. */
typedef struct sy_finder {
    const sy_needle *needle;
    const char *at, *end; /* the place found last; at first, where to begin */
    bool found;
} sy_finder;

void sy_finder_init(sy_finder *f, const sy_needle *needle, sy_slice text);
/* The next place; NULL after the last. An empty needle has none. */
const char *sy_finder_next(sy_finder *f);

#endif
