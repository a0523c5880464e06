#include "segmenter/array_gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_FIRST = 1 << 16,
    TRIES_MOST = 4000 /* free slots looked at for one node's children */
};

void *sy_gen_grown(void *p, size_t n, size_t size)
{
    void *more = realloc(p, n * size);
    if (!more) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return more;
}

sy_gen_word *sy_gen_words_add(sy_gen_words *list)
{
    if (list->n == list->cap) {
        list->cap = list->cap > 0 ? 2 * list->cap : 1 << 18;
        list->items = sy_gen_grown(list->items, list->cap, sizeof *list->items);
    }
    return &list->items[list->n++];
}

static int by_codes(const void *a, const void *b)
{
    const sy_gen_word *x = a, *y = b;
    for (size_t i = 0; i < x->n && i < y->n; i++)
        if (x->codes[i] != y->codes[i])
            return x->codes[i] < y->codes[i] ? -1 : 1;
    return x->n - y->n;
}

typedef struct array {
    uint64_t *nodes;
    uint32_t *next; /* of a free slot: the next free one */
    uint8_t *taken; /* bit 0: holds a node; bit 1: is some node's base */
    uint32_t n;     /* slots there are */
    uint32_t code_most;
    uint32_t n_used;   /* one more than the last node */
    uint32_t first[2]; /* the first free slot worth looking at: for one child, for more */
} array;

static void more_slots(array *a, uint32_t least)
{
    uint32_t n = a->n > 0 ? a->n : SLOTS_FIRST;
    while (n < least)
        n *= 2;
    a->nodes = sy_gen_grown(a->nodes, n, sizeof *a->nodes);
    a->next = sy_gen_grown(a->next, n, sizeof *a->next);
    a->taken = sy_gen_grown(a->taken, n, 1);
    for (uint32_t i = a->n; i < n; i++) {
        a->nodes[i] = SY_TRIE_NO_WORD;
        a->next[i] = i + 1;
        a->taken[i] = 0;
    }
    a->n = n;
}

/* The next free slot from i on, with the way there made short. */
static uint32_t free_slot(array *a, uint32_t i)
{
    uint32_t at = i;
    while (at < a->n && (a->taken[at] & 1))
        at = a->next[at];
    for (uint32_t step = i; step < at;) {
        uint32_t next = a->next[step];
        a->next[step] = at;
        step = next;
    }
    return at;
}

static bool fits(array *a, uint32_t base, const uint16_t *codes, size_t n)
{
    if (a->taken[base] & 2)
        return false;
    for (size_t i = 0; i < n; i++)
        if (base + codes[i] < a->n && (a->taken[base + codes[i]] & 1))
            return false;
    return true;
}

static uint32_t find_base(array *a, const uint16_t *codes, size_t n)
{
    uint32_t *first = &a->first[n > 1];
    uint32_t slot = *first = free_slot(a, *first);
    for (uint32_t tries = 0;; tries++) {
        while (slot >= a->n)
            more_slots(a, a->n + 1);
        if (slot > codes[0] && fits(a, slot - codes[0], codes, n))
            break;
        if (tries == TRIES_MOST) /* these slots are too crowded: leave them */
            *first = slot;
        slot = free_slot(a, slot + 1);
    }
    return slot - codes[0];
}

/* Puts words[low, high), which share their first `depth` codes, below node `at`. */
static void put_words(array *a, const sy_gen_word *words, size_t low, size_t high, size_t depth,
                      uint32_t at)
{
    if (low < high && words[low].n == depth) {
        a->nodes[at] = (a->nodes[at] & ~(uint64_t)0xFFFF) | words[low].cost;
        low++;
    }
    if (low == high)
        return;
    size_t n = 0;
    uint16_t *codes = sy_gen_grown(NULL, high - low, sizeof *codes);
    for (size_t i = low; i < high; i++)
        if (n == 0 || codes[n - 1] != words[i].codes[depth])
            codes[n++] = words[i].codes[depth];
    uint32_t base = find_base(a, codes, n);
    more_slots(a, base + a->code_most + 1);
    a->taken[base] |= 2;
    a->nodes[at] |= (uint64_t)base << 32;
    for (size_t i = 0; i < n; i++) {
        uint32_t slot = base + codes[i];
        a->taken[slot] |= 1;
        a->nodes[slot] = (uint64_t)codes[i] << 16 | SY_TRIE_NO_WORD;
        a->n_used = slot >= a->n_used ? slot + 1 : a->n_used;
    }
    for (size_t i = 0, start = low; i < n; i++) {
        size_t end = start;
        while (end < high && words[end].codes[depth] == codes[i])
            end++;
        put_words(a, words, start, end, depth + 1, base + codes[i]);
        start = end;
    }
    free(codes);
}

uint64_t *sy_gen_array(sy_gen_words *list, uint32_t code_most, uint32_t *n_nodes)
{
    array a = {NULL, NULL, NULL, 0, code_most, 1, {1, 1}};
    qsort(list->items, list->n, sizeof *list->items, by_codes);
    more_slots(&a, SLOTS_FIRST);
    a.taken[0] = 3;
    put_words(&a, list->items, 0, list->n, 0, 0);
    *n_nodes = a.n_used + code_most + 1;
    more_slots(&a, *n_nodes);
    free(a.next);
    free(a.taken);
    return a.nodes;
}
