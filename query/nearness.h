/* query/nearness.h - which of many names is most like what was typed. */
#ifndef SY_QUERY_NEARNESS_H
#define SY_QUERY_NEARNESS_H

#include "base/buf.h"
#include "base/slice.h"

enum { SY_NEAR_CHARS_MAX = 32, SY_NEAREST = 3 };

typedef struct sy_near_name {
    uint32_t cps[SY_NEAR_CHARS_MAX];
    size_t n;       /* 0: empty, or too long to compare */
    uint64_t marks; /* a bit for each of them, by its hash */
} sy_near_name;

/* The best offered so far, best first. All zero but `typed` to start with. */
typedef struct sy_nearest {
    sy_near_name typed;
    struct {
        unsigned score; /* smaller is nearer */
        uint32_t weight;
        size_t len;
        char text[SY_NEAR_CHARS_MAX * 4];
    } items[SY_NEAREST];
    size_t n;
    bool edits_only; /* a name that contains the other is not near by that */
} sy_nearest;

sy_near_name sy_near_read(sy_slice name);
/* Takes a name if it is near: a few edits away (insertions, deletions, other characters, two
 * neighbours changed; one up to four characters, then two, three from nine on), or one contains the
 * other. Of names as near the one that weighs more comes first, then the one offered first.
 * A name is taken once. Cost: that of reading it, and the product of the lengths only if they and
 * the characters that one has and the other has not allow nearness. */
void sy_nearest_offer(sy_nearest *nearest, sy_slice name, uint32_t weight);
/* Appends them, separated by ", ". */
void sy_nearest_put(const sy_nearest *nearest, sy_buf *out);

#endif
