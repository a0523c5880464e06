/* indexer/occurrences.h - where things stand in records, noted as they are met and sorted
 * when lists are wanted.
 *
 * A thing is a number, its key: a pair of characters, a term, a frequent string. To note it
 * is to write a number of 64 bits behind the last one; a table of growing lists would wait
 * for memory three times for each. Records are added one after the other, and the sort keeps
 * their order, so only keys are sorted by. An occurrence:
 *
 *     63                22 21        6 5     0
 *     +-------------------+-----------+-------+
 *     |        key        |  record   | field |
 *     +-------------------+-----------+-------+
 *
 * One huge record does not need memory by its length: its occurrences are counted when there
 * are many. */
#ifndef SY_INDEXER_OCCURRENCES_H
#define SY_INDEXER_OCCURRENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SY_OCC_FIELD_BITS = 6,
    SY_OCC_RECORD_BITS = 16,
    SY_OCC_KEY_AT = SY_OCC_FIELD_BITS + SY_OCC_RECORD_BITS,
    SY_OCC_RECORDS = 1 << SY_OCC_RECORD_BITS, /* records are numbered below this */
    SY_OCC_CHAR_BITS = 21                     /* a pair: first << 21 | second */
};

/* Some occurrences that were counted. */
typedef struct sy_counted {
    uint64_t item;
    uint32_t n;
} sy_counted;

/* All zero at first. */
typedef struct sy_occurrences {
    uint64_t *items;
    size_t n, cap;
    size_t record; /* where the record in hand begins */
    sy_counted *counted;
    size_t n_counted, cap_counted;
    size_t n_distinct;   /* of those, when they were last put together */
    size_t at, at_count; /* what sy_occurrences_next gives next */
} sy_occurrences;

/* Room to sort in, for several one after the other; all zero at first. */
typedef struct sy_spare {
    uint64_t *items;
    size_t cap;
} sy_spare;

/* All of a key in one record. */
typedef struct sy_found {
    uint64_t key, fields; /* bits */
    uint32_t record, n;   /* how often; UINT32_MAX at most */
} sy_found;

static inline uint64_t sy_occurrence(uint64_t key, uint32_t record, unsigned field)
{
    return key << SY_OCC_KEY_AT | (uint64_t)record << SY_OCC_FIELD_BITS | field;
}

/* From here on occurrences are of another record, with a higher number. */
static inline void sy_occurrences_begin(sy_occurrences *o)
{
    o->record = o->n;
}

/* Makes room for n more and returns where they go; the caller adds to o->n what it wrote.
 * NULL if there is no memory. */
uint64_t *sy_occurrences_room(sy_occurrences *o, size_t n);
/* False if there is no memory. */
static inline bool sy_occurrences_add(sy_occurrences *o, uint64_t item)
{
    if (o->n == o->cap && !sy_occurrences_room(o, 1))
        return false;
    o->items[o->n++] = item;
    return true;
}

/* Replaces each key by numbers[key]. */
void sy_occurrences_number(sy_occurrences *o, const uint32_t *numbers);
/* Sorts by key; all keys are below n_keys. Takes as much room again as the items. False if
 * there is none. Cost O(n log n_keys / 9). */
bool sy_occurrences_sort(sy_occurrences *o, uint64_t n_keys, sy_spare *spare);
/* The same for keys that are pairs of characters. Cost O(n + greatest character). */
bool sy_occurrences_sort_pairs(sy_occurrences *o, sy_spare *spare);
void sy_spare_release(sy_spare *spare);
/* The next of the sorted by key, then record; false behind the last. */
static inline bool sy_occurrences_next(sy_occurrences *o, sy_found *out);
/* The same, if some were counted. */
bool sy_occurrences_next_counted(sy_occurrences *o, sy_found *out);
static inline bool sy_occurrences_empty(const sy_occurrences *o)
{
    return o->n == 0 && o->n_counted == 0;
}
/* Bytes of memory that they take while they are sorted. */
size_t sy_occurrences_bytes(const sy_occurrences *o);
/* Forgets all, but keeps the memory of the items for others. */
void sy_occurrences_reset(sy_occurrences *o);
/* Forgets all and frees the memory. */
void sy_occurrences_release(sy_occurrences *o);

static inline bool sy_occurrences_next(sy_occurrences *o, sy_found *out)
{
    if (o->n_counted > 0)
        return sy_occurrences_next_counted(o, out);
    if (o->at == o->n)
        return false;
    const uint64_t first = o->items[o->at] >> SY_OCC_FIELD_BITS;
    size_t start = o->at;
    uint64_t fields = 0;
    do
        fields |= UINT64_C(1) << (o->items[o->at++] & ((1u << SY_OCC_FIELD_BITS) - 1));
    while (o->at < o->n && o->items[o->at] >> SY_OCC_FIELD_BITS == first);
    *out = (sy_found){first >> SY_OCC_RECORD_BITS, fields, (uint32_t)first & (SY_OCC_RECORDS - 1),
                      (uint32_t)(o->at - start)};
    return true;
}

#endif
