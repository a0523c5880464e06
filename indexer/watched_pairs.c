#include "indexer/watched_pairs.h"

#include "base/alloc.h"

enum { FIRST_SLOTS = 256, SPARSE = 4 }; /* slots for each pair, at least half of that */

static void put(sy_watched_pairs *w, uint64_t pair)
{
    uint64_t key = pair + 1;
    size_t mask = w->n_slots - 1, at = (size_t)(key * 0x9e3779b97f4a7c15u >> 40) & mask;
    while (w->slots[at] != 0)
        at = (at + 1) & mask;
    w->slots[at] = key;
}

bool sy_watched_add(sy_watched_pairs *w, uint32_t a, uint32_t b)
{
    if (!sy_grow((void **)&w->pairs, w->n, &w->cap, sizeof *w->pairs))
        return false;
    if ((w->n + 1) * SPARSE / 2 > w->n_slots) {
        size_t n_slots = w->n_slots ? w->n_slots * 2 : FIRST_SLOTS;
        uint64_t *slots = sy_calloc(n_slots, sizeof *slots);
        if (!slots)
            return false;
        sy_free(w->slots);
        w->slots = slots;
        w->n_slots = n_slots;
        for (size_t i = 0; i < w->n; i++)
            put(w, w->pairs[i]);
    }
    w->pairs[w->n] = sy_watched_key(a, b);
    put(w, w->pairs[w->n++]);
    return true;
}

void sy_watched_release(sy_watched_pairs *w)
{
    sy_free(w->pairs);
    sy_free(w->slots);
    *w = (sy_watched_pairs){0};
}
