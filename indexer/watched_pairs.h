/* indexer/watched_pairs.h - the pairs of neighbouring characters that are so frequent that every
 * string of two of them one behind the other, abc for ab and bc, gets a list of its own: the lists
 * of two frequent pairs have many records in common that the string is not in, and each would
 * have to be verified. */
#ifndef SY_INDEXER_WATCHED_PAIRS_H
#define SY_INDEXER_WATCHED_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SY_WATCHED_CHAR_BITS = 21 };

/* All zero: none. */
typedef struct sy_watched_pairs {
    uint64_t *pairs; /* [n]: first << 21 | second */
    size_t n, cap;
    uint64_t *slots; /* a table of them with open addressing, plus 1; 0: free */
    size_t n_slots;  /* a power of two, or 0 */
} sy_watched_pairs;

/* Adds a pair that is not there. False if there is no memory. */
bool sy_watched_add(sy_watched_pairs *w, uint32_t a, uint32_t b);
void sy_watched_release(sy_watched_pairs *w);

static inline uint64_t sy_watched_key(uint32_t a, uint32_t b)
{
    return (uint64_t)a << SY_WATCHED_CHAR_BITS | b;
}

/* It is asked for each pair of every text. */
static inline bool sy_watched_has(const sy_watched_pairs *w, uint32_t a, uint32_t b)
{
    uint64_t key = sy_watched_key(a, b) + 1;
    size_t mask = w->n_slots - 1, at = (size_t)(key * 0x9e3779b97f4a7c15u >> 40) & mask;
    if (w->n_slots == 0)
        return false;
    while (w->slots[at] != 0 && w->slots[at] != key)
        at = (at + 1) & mask;
    return w->slots[at] == key;
}

#endif
