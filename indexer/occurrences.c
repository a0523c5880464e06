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
    KEYS_AT_ONCE = 1 << 17,
    RECORD_MOST = 1 << 20 /* occurrences in one record, before they are counted */
};
static const uint64_t key_mask = ~(uint64_t)0 << SY_OCC_KEY_AT;

static unsigned bits_of(uint64_t most)
{
    return most == 0 ? 0 : 64 - (unsigned)__builtin_clzll(most);
}

/* Pairs of characters are sorted by the second, then by the first, whatever their number: there
 * are thousands of streams then, but a few hundred characters are most of a text. */

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

/* Room for n items. */
static bool need_spare(sy_spare *spare, size_t n)
{
    if (spare->cap >= n)
        return true;
    sy_spare_release(spare);
    spare->items = sy_alloc_large(2 * n, sizeof *spare->items); /* what is not used is no memory */
    spare->cap = spare->items ? 2 * n : 0;
    return spare->items != NULL;
}

void sy_spare_release(sy_spare *spare)
{
    sy_free_large(spare->items, spare->cap, sizeof *spare->items);
    *spare = (sy_spare){0};
}

/* Turns numbers per key into where each one's items begin. */
static void begin_each(uint32_t *counts, size_t n_keys)
{
    uint32_t before = 0;
    for (size_t key = 0; key < n_keys; key++) {
        uint32_t here = counts[key];
        counts[key] = before;
        before += here;
    }
}

/* In one pass: a few keys are most of the items here, too. */
static bool sort_at_once(sy_occurrences *o, uint64_t n_keys, sy_spare *spare)
{
    uint32_t *counts = sy_calloc((size_t)n_keys, sizeof *counts);
    if (!counts)
        return false;
    memcpy(spare->items, o->items, o->n * sizeof *o->items);
    for (size_t i = 0; i < o->n; i++)
        counts[o->items[i] >> SY_OCC_KEY_AT]++;
    begin_each(counts, (size_t)n_keys);
    for (size_t i = 0; i < o->n; i++)
        o->items[counts[spare->items[i] >> SY_OCC_KEY_AT]++] = spare->items[i];
    sy_free(counts);
    return true;
}

bool sy_occurrences_sort(sy_occurrences *o, uint64_t n_keys, sy_spare *spare)
{
    o->at = o->at_count = 0;
    put_together(o);
    if (o->n < 2 || n_keys < 2)
        return true;
    if (!need_spare(spare, o->n))
        return false;
    unsigned high = SY_OCC_KEY_AT + bits_of(n_keys - 1);
    if (n_keys <= KEYS_AT_ONCE && o->n <= UINT32_MAX && o->n >= n_keys)
        return sort_at_once(o, n_keys, spare);
    if (sort_bits(o->items, spare->items, o->n, SY_OCC_KEY_AT, high) != o->items)
        memcpy(o->items, spare->items, o->n * sizeof *o->items);
    return true;
}

static uint32_t first_of(uint64_t item)
{
    return (uint32_t)(item >> (SY_OCC_KEY_AT + SY_OCC_CHAR_BITS));
}

static uint32_t second_of(uint64_t item)
{
    return item >> SY_OCC_KEY_AT & (CHARS - 1);
}

bool sy_occurrences_sort_pairs(sy_occurrences *o, sy_spare *spare)
{
    o->at = o->at_count = 0;
    put_together(o);
    if (o->n < 2)
        return true;
    uint32_t *seconds = sy_calloc((size_t)2 * CHARS, sizeof *seconds), most = 0;
    if (!seconds || o->n > UINT32_MAX || !need_spare(spare, o->n)) {
        sy_free(seconds);
        return false;
    }
    uint32_t *firsts = seconds + CHARS;
    for (size_t i = 0; i < o->n; i++) {
        uint32_t first = first_of(o->items[i]), second = second_of(o->items[i]);
        most = first > most ? first : most;
        most = second > most ? second : most;
        firsts[first]++;
        seconds[second]++;
    }
    begin_each(seconds, (size_t)most + 1);
    begin_each(firsts, (size_t)most + 1);
    for (size_t i = 0; i < o->n; i++)
        spare->items[seconds[second_of(o->items[i])]++] = o->items[i];
    for (size_t i = 0; i < o->n; i++)
        o->items[firsts[first_of(spare->items[i])]++] = spare->items[i];
    sy_free(seconds);
    return true;
}

/* ---- reading ---- */

static void add(sy_found *to, uint64_t item, uint32_t n)
{
    to->n = to->n + n < n ? UINT32_MAX : to->n + n;
    to->fields |= UINT64_C(1) << (item & ((1u << SY_OCC_FIELD_BITS) - 1));
}

bool sy_occurrences_next_counted(sy_occurrences *o, sy_found *out)
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

void sy_occurrences_reset(sy_occurrences *o)
{
    sy_free(o->counted);
    *o = (sy_occurrences){.items = o->items, .cap = o->cap};
}

void sy_occurrences_release(sy_occurrences *o)
{
    sy_free_large(o->items, o->cap, sizeof *o->items);
    sy_free(o->counted);
    *o = (sy_occurrences){0};
}
