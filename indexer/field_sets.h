/* indexer/field_sets.h - in which fields together terms stand, and how often: the most
 * frequent sets get a code in the segment. */
#ifndef SY_INDEXER_FIELD_SETS_H
#define SY_INDEXER_FIELD_SETS_H

#include "base/status.h"

enum {
    /* Wide records could have very many; a set that is first met past these gets no
     * code, which only costs looking at its records' texts. */
    SY_FIELD_SETS_COUNTED = 2048,
    SY_FIELD_SETS_UNCOUNTED = SY_FIELD_SETS_COUNTED + 1,
    SY_FIELD_SETS_SLOTS = 2 * SY_FIELD_SETS_COUNTED
};

typedef struct sy_field_sets {
    uint64_t fields[SY_FIELD_SETS_SLOTS]; /* 0: free */
    uint64_t counts[SY_FIELD_SETS_SLOTS];
    uint16_t numbers[SY_FIELD_SETS_SLOTS]; /* from 1 on, as sets were met */
    size_t n;
} sy_field_sets;

/* Counts a set (bits of fields, not 0) n times more. Returns its number, or
 * SY_FIELD_SETS_UNCOUNTED if there are too many. */
uint16_t sy_field_sets_add(sy_field_sets *sets, uint64_t fields, uint64_t n);
/* Adds the counts of `from`. */
void sy_field_sets_merge(sy_field_sets *sets, const sy_field_sets *from);
/* Writes the most frequent to out[most], of equal ones the least first; returns their
 * number. */
size_t sy_field_sets_top(const sy_field_sets *sets, uint64_t *out, size_t most);

#endif
