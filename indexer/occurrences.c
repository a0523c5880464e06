#include "indexer/occurrences.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Sorted is by digits, the lowest first: each pass puts the items into the order of one digit
 * and keeps the order of equal ones. Source: Knuth, "The Art of Computer Programming" 3,
 * 5.2.5. As many streams are written as a digit has values; more would not stay in a
 * processor's first cache. */
enum {
    DIGIT_BITS = 9,
    DIGITS = (64 + DIGIT_BITS - 1) / DIGIT_BITS,
    CHARS = 1 << SY_OCC_CHAR_BITS,
    FIRST = 1 << 10,
    RECORD_MOST = 1 << 20 /* occurrences in one record, before they are counted */
};
static const uint64_t key_mask = ~(uint64_t)0 << SY_OCC_KEY_AT;

static unsigned bits_of(uint64_t most)
{
    return most == 0 ? 0 : 64 - (unsigned)__builtin_clzll(most);
}

/* Sorts items[n] by the bits [low, high). `other` is as long; returns the one of both that
 * has the result. */
static uint64_t *sort_bits(uint64_t *items, uint64_t *other, size_t n, unsigned low, unsigned high)
{
    size_t counts[DIGITS][1 << DIGIT_BITS];
    unsigned passes = (high - low + DIGIT_BITS - 1) / DIGIT_BITS;
    unsigned bits = passes > 0 ? (high - low + passes - 1) / passes : 0;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    memset(counts, 0, passes * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        for (unsigned p = 0; p < passes; p++)
            counts[p][items[i] >> (low + p * bits) & mask]++;
    }
    for (unsigned p = 0; p < passes; p++) {
        size_t *to = counts[p], before = 0;
        for (size_t d = 0; d <= mask; d++) {
            size_t here = to[d];
            to[d] = before;
            before += here;
        }
        for (size_t i = 0; i < n; i++)
            other[to[items[i] >> (low + p * bits) & mask]++] = items[i];
        uint64_t *sorted = other;
        other = items;
        items = sorted;
    }
    return items;
}

/* ---- a huge record ---- */

static int by_item(const void *a, const void *b)
{
    const sy_counted *x = a, *y = b;
    return (x->item > y->item) - (x->item < y->item);
}

/* Sorts the counted ones and puts the equal ones together. */
static void put_together(sy_occurrences *o)
{
    size_t n = 0;
    if (o->n_counted > 1)
        qsort(o->counted, o->n_counted, sizeof *o->counted, by_item);
    for (size_t i = 0; i < o->n_counted; i++) {
        const sy_counted *c = &o->counted[i];
        if (n > 0 && o->counted[n - 1].item == c->item) {
            uint32_t sum = o->counted[n - 1].n + c->n;
            o->counted[n - 1].n = sum < c->n ? UINT32_MAX : sum;
        } else {
            o->counted[n++] = *c;
        }
    }
    o->n_counted = o->n_distinct = n;
}

/* Counts the occurrences of the record in hand. */
static bool count_record(sy_occurrences *o)
{
    size_t n = o->n - o->record;
    uint64_t *other = sy_alloc(n, sizeof *other);
    if (!other)
        return false;
    const uint64_t *sorted = sort_bits(o->items + o->record, other, n, 0, 64);
    bool good = true;
    for (size_t i = 0, end; i < n && good; i = end) {
        for (end = i + 1; end < n && sorted[end] == sorted[i];)
            end++;
        good = sy_grow((void **)&o->counted, o->n_counted, &o->cap_counted, sizeof *o->counted);
        if (good)
            o->counted[o->n_counted++] = (sy_counted){sorted[i], (uint32_t)(end - i)};
    }
    sy_free(other);
    o->n = o->record;
    if (o->n_counted > 2 * o->n_distinct + RECORD_MOST)
        put_together(o);
    return good;
}

/* ---- noting ---- */

uint64_t *sy_occurrences_room(sy_occurrences *o, size_t n)
{
    if (o->n - o->record > RECORD_MOST && !count_record(o))
        return NULL;
    if (o->cap - o->n < n) {
        size_t cap = o->cap > 0 ? 4 * o->cap : FIRST; /* what is not used yet takes no memory */
        while (cap - o->n < n)
            cap *= 2;
        uint64_t *items = sy_alloc_large(cap, sizeof *items);
        if (!items)
            return NULL;
        if (o->n > 0)
            memcpy(items, o->items, o->n * sizeof *items);
        sy_free_large(o->items, o->cap, sizeof *items);
        o->items = items;
        o->cap = cap;
    }
    return o->items + o->n;
}

/* ---- sorting ---- */

void sy_occurrences_number(sy_occurrences *o, const uint32_t *numbers)
{
    for (size_t i = 0; i < o->n; i++) {
        uint64_t key = numbers[o->items[i] >> SY_OCC_KEY_AT];
        o->items[i] = key << SY_OCC_KEY_AT | (o->items[i] & ~key_mask);
    }
    for (size_t i = 0; i < o->n_counted; i++) {
        uint64_t *item = &o->counted[i].item, key = numbers[*item >> SY_OCC_KEY_AT];
        *item = key << SY_OCC_KEY_AT | (*item & ~key_mask);
    }
}

/* Marks the characters of a pair; returns the greater one, or `most` if that is greater. */
static uint32_t mark_chars(uint32_t *places, uint64_t item, uint32_t most)
{
    uint32_t first = (uint32_t)(item >> (SY_OCC_KEY_AT + SY_OCC_CHAR_BITS));
    uint32_t second = item >> SY_OCC_KEY_AT & (CHARS - 1);
    places[first] = places[second] = 1;
    most = first > most ? first : most;
    return second > most ? second : most;
}

static uint64_t pack(const uint32_t *places, size_t n, uint64_t item)
{
    uint64_t key = (uint64_t)places[item >> (SY_OCC_KEY_AT + SY_OCC_CHAR_BITS)] * n +
                   places[item >> SY_OCC_KEY_AT & (CHARS - 1)];
    return key << SY_OCC_KEY_AT | (item & ~key_mask);
}

bool sy_occurrences_pack(sy_occurrences *o, uint32_t **chars, size_t *n)
{
    uint32_t *places = sy_calloc(CHARS, sizeof *places), most = 0;
    *chars = NULL;
    *n = 0;
    for (size_t i = 0; places && i < o->n; i++)
        most = mark_chars(places, o->items[i], most);
    for (size_t i = 0; places && i < o->n_counted; i++)
        most = mark_chars(places, o->counted[i].item, most);
    for (size_t cp = 0; places && cp <= most; cp++)
        *n += places[cp];
    *chars = places ? sy_alloc(*n, sizeof **chars) : NULL;
    if (!*chars) {
        sy_free(places);
        return false;
    }
    for (uint32_t cp = 0, place = 0; cp <= most; cp++) {
        if (places[cp] == 0)
            continue;
        (*chars)[place] = cp;
        places[cp] = place++;
    }
    for (size_t i = 0; i < o->n; i++)
        o->items[i] = pack(places, *n, o->items[i]);
    for (size_t i = 0; i < o->n_counted; i++)
        o->counted[i].item = pack(places, *n, o->counted[i].item);
    sy_free(places);
    return true;
}

bool sy_occurrences_sort(sy_occurrences *o, uint64_t n_keys)
{
    o->at = o->at_count = 0;
    put_together(o);
    if (o->n < 2 || n_keys < 2)
        return true;
    uint64_t *other = sy_alloc_large(o->n, sizeof *other);
    if (!other)
        return false;
    unsigned high = SY_OCC_KEY_AT + bits_of(n_keys - 1);
    uint64_t *sorted = sort_bits(o->items, other, o->n, SY_OCC_KEY_AT, high);
    if (sorted == other) {
        sy_free_large(o->items, o->cap, sizeof *other);
        o->items = sorted;
        o->cap = o->n;
    } else {
        sy_free_large(other, o->n, sizeof *other);
    }
    return true;
}

/* ---- reading ---- */

static void add(sy_found *to, uint64_t item, uint32_t n)
{
    to->n = to->n + n < n ? UINT32_MAX : to->n + n;
    to->fields |= UINT64_C(1) << (item & ((1u << SY_OCC_FIELD_BITS) - 1));
}

bool sy_occurrences_next(sy_occurrences *o, sy_found *out)
{
    uint64_t first = UINT64_MAX; /* key and record; no item is so high */
    if (o->at < o->n)
        first = o->items[o->at] >> SY_OCC_FIELD_BITS;
    if (o->at_count < o->n_counted && o->counted[o->at_count].item >> SY_OCC_FIELD_BITS < first)
        first = o->counted[o->at_count].item >> SY_OCC_FIELD_BITS;
    if (first == UINT64_MAX)
        return false;
    *out = (sy_found){.key = first >> SY_OCC_RECORD_BITS,
                      .record = (uint32_t)first & (SY_OCC_RECORDS - 1)};
    for (; o->at < o->n && o->items[o->at] >> SY_OCC_FIELD_BITS == first; o->at++)
        add(out, o->items[o->at], 1);
    for (; o->at_count < o->n_counted; o->at_count++) {
        const sy_counted *c = &o->counted[o->at_count];
        if (c->item >> SY_OCC_FIELD_BITS != first)
            break;
        add(out, c->item, c->n);
    }
    return true;
}

size_t sy_occurrences_bytes(const sy_occurrences *o)
{
    return 2 * o->n * sizeof *o->items + o->cap_counted * sizeof *o->counted;
}

void sy_occurrences_release(sy_occurrences *o)
{
    sy_free_large(o->items, o->cap, sizeof *o->items);
    sy_free(o->counted);
    *o = (sy_occurrences){0};
}
