#include "indexer/field_sets.h"

#include <stdlib.h>

uint16_t sy_field_sets_add(sy_field_sets *sets, uint64_t fields, uint64_t n)
{
    size_t at = (size_t)(fields * 0x9e3779b97f4a7c15u >> 32) % SY_FIELD_SETS_SLOTS;
    while (sets->fields[at] != 0 && sets->fields[at] != fields)
        at = (at + 1) % SY_FIELD_SETS_SLOTS;
    if (sets->fields[at] == 0) {
        if (sets->n == SY_FIELD_SETS_COUNTED)
            return SY_FIELD_SETS_UNCOUNTED;
        sets->fields[at] = fields;
        sets->numbers[at] = (uint16_t)++sets->n;
    }
    sets->counts[at] += n;
    return sets->numbers[at];
}

void sy_field_sets_merge(sy_field_sets *sets, const sy_field_sets *from)
{
    for (size_t i = 0; i < SY_FIELD_SETS_SLOTS; i++) {
        if (from->fields[i] != 0)
            sy_field_sets_add(sets, from->fields[i], from->counts[i]);
    }
}

/* Whether slot a comes before slot b. */
static bool before(const sy_field_sets *s, size_t a, size_t b)
{
    return s->counts[a] != s->counts[b] ? s->counts[a] > s->counts[b] : s->fields[a] < s->fields[b];
}

static int compare(const void *a, const void *b, void *ctx)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x == y ? 0 : before(ctx, x, y) ? -1 : 1;
}

size_t sy_field_sets_top(const sy_field_sets *sets, uint64_t *out, size_t most)
{
    size_t order[SY_FIELD_SETS_COUNTED], n = 0;
    for (size_t i = 0; i < SY_FIELD_SETS_SLOTS && n < SY_FIELD_SETS_COUNTED; i++) {
        if (sets->fields[i] != 0)
            order[n++] = i;
    }
    qsort_r(order, n, sizeof *order, compare, (void *)(uintptr_t)sets);
    n = n < most ? n : most;
    for (size_t i = 0; i < n; i++)
        out[i] = sets->fields[order[i]];
    return n;
}
