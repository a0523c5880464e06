/* Counts of the hits of a search by the values of a field. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "query/search_internal.h"
#include "segmenter/whole_value.h"

/* A distinct value. Two are one if they are equal as whole values, so that a
 * count is what `field=value` finds. */
typedef struct bucket {
    uint64_t hash;
    sy_slice whole; /* in the memory, as is the text to show */
    sy_slice shown;
    uint64_t count;
    uint64_t last_hit; /* ordinal of the hit counted last, from 1 */
} bucket;

typedef struct counter {
    sy_query_memory *memory;
    bucket *buckets; /* in order of first appearance */
    size_t n, cap;
    uint32_t *slots; /* slots[n_slots]: 1 + index of a bucket, or 0; a power of two */
    size_t n_slots;
    uint64_t n_hits, without;
    sy_error *err;
} counter;

struct sy_facets_memory {
    sy_query_memory *texts;
};

static sy_status copy(const counter *c, sy_slice text, sy_slice *out)
{
    char *at = sy_query_memory_take(c->memory, text.len, 1);
    if (!at)
        return sy_fail_nomem(c->err);
    if (text.len > 0)
        memcpy(at, text.data, text.len);
    *out = (sy_slice){at, text.len};
    return SY_OK;
}

/* The slot where the value is, or would be. */
static uint32_t *find_slot(const counter *c, uint64_t hash, sy_slice whole)
{
    for (size_t i = hash & (c->n_slots - 1);; i = (i + 1) & (c->n_slots - 1)) {
        uint32_t *slot = &c->slots[i];
        if (*slot == 0)
            return slot;
        const bucket *b = &c->buckets[*slot - 1];
        if (b->hash == hash && sy_slice_equal(b->whole, whole))
            return slot;
    }
}

/* Keeps at least half of the slots free. */
static sy_status grow_slots(counter *c)
{
    if (c->n < c->n_slots / 2)
        return SY_OK;
    if (c->n >= UINT32_MAX / 4)
        return sy_fail(c->err, SY_E_LIMIT, NULL, "too many distinct values to count");
    size_t n_slots = c->n_slots > 0 ? c->n_slots * 2 : 64;
    uint32_t *slots = sy_calloc(n_slots, sizeof *slots);
    if (!slots)
        return sy_fail_nomem(c->err);
    sy_free(c->slots);
    c->slots = slots;
    c->n_slots = n_slots;
    for (size_t i = 0; i < c->n; i++)
        *find_slot(c, c->buckets[i].hash, c->buckets[i].whole) = (uint32_t)(i + 1);
    return SY_OK;
}

/* Counts a value of the current hit, once. */
static sy_status count_value(counter *c, sy_slice whole, sy_slice shown)
{
    sy_status st = grow_slots(c);
    if (st != SY_OK)
        return st;
    uint64_t hash = sy_hash64(whole.data, whole.len);
    uint32_t *slot = find_slot(c, hash, whole);
    if (*slot == 0) {
        bucket b = {.hash = hash};
        if (!sy_grow((void **)&c->buckets, c->n, &c->cap, sizeof *c->buckets))
            return sy_fail_nomem(c->err);
        st = copy(c, whole, &b.whole);
        if (st == SY_OK)
            st = copy(c, shown, &b.shown);
        if (st != SY_OK)
            return st;
        c->buckets[c->n++] = b;
        *slot = (uint32_t)c->n;
    }
    bucket *b = &c->buckets[*slot - 1];
    b->count += b->last_hit != c->n_hits;
    b->last_hit = c->n_hits;
    return SY_OK;
}

/* Counts the values of the field in the record that s->record holds. */
static sy_status count_hit(sy_search *s, counter *c, sy_field_id field)
{
    bool any = false;
    sy_status st = SY_OK;
    c->n_hits++;
    if (field == SY_FIELD_LINE && s->record.stored.line > 0) {
        char digits[16];
        int len = snprintf(digits, sizeof digits, "%u", s->record.stored.line);
        sy_slice line = {digits, (size_t)len};
        any = true;
        st = count_value(c, line, line);
    }
    size_t n = sy_record_text_count(&s->record);
    for (size_t i = 0; i < n && st == SY_OK; i++) {
        sy_stored_value value = sy_record_text_value(&s->record, i);
        if (value.field != field)
            continue;
        sy_text *text;
        st = sy_record_text_normal(&s->record, i, &text, c->err);
        if (st != SY_OK)
            break;
        sy_slice whole = sy_whole_value(text->normal);
        if (whole.len == 0)
            continue;
        any = true;
        sy_slice original;
        st = sy_record_text_original(&s->record, i, &original, c->err);
        if (st == SY_OK)
            st = count_value(c, whole, original);
    }
    c->without += !any;
    return st;
}

static int by_count(const void *a, const void *b)
{
    const bucket *x = *(const bucket *const *)a, *y = *(const bucket *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return (x > y) - (x < y); /* they lie in order of first appearance */
}

/* Hands the buckets out in order; the facets own the memory then. */
static sy_status hand_out(counter *c, sy_facets *out)
{
    const bucket **order = sy_alloc(c->n, sizeof *order);
    out->items = sy_alloc(c->n, sizeof *out->items);
    out->memory = sy_alloc(1, sizeof *out->memory);
    sy_status st = SY_OK;
    if (!order || !out->items || !out->memory) {
        sy_free(out->items);
        sy_free(out->memory);
        *out = (sy_facets){0};
        st = sy_fail_nomem(c->err);
        goto done;
    }
    for (size_t i = 0; i < c->n; i++)
        order[i] = &c->buckets[i];
    if (c->n > 1)
        qsort(order, c->n, sizeof *order, by_count);
    for (size_t i = 0; i < c->n; i++)
        out->items[i] = (sy_facet){.value = order[i]->shown, .count = order[i]->count};
    out->n = c->n;
    out->without = c->without;
    out->memory->texts = c->memory;
    c->memory = NULL;
done:
    sy_free(order);
    return st;
}

sy_status sy_search_count_by(sy_search *s, sy_field_id field, sy_facets *out, sy_error *err)
{
    *out = (sy_facets){0};
    counter c = {.err = err};
    sy_status st = sy_query_memory_new(&c.memory, err);
    while (st == SY_OK) {
        bool more;
        sy_hit hit;
        st = sy_search_next(s, &more, &hit, err);
        if (st != SY_OK || !more)
            break;
        st = sy_record_text_load(&s->record, hit.segment, hit.docid, err);
        if (st == SY_OK)
            st = count_hit(s, &c, field);
    }
    if (st == SY_OK)
        st = hand_out(&c, out);
    sy_query_memory_free(c.memory);
    sy_free(c.buckets);
    sy_free(c.slots);
    return st;
}

void sy_facets_release(sy_facets *f)
{
    if (f->memory)
        sy_query_memory_free(f->memory->texts);
    sy_free(f->memory);
    sy_free(f->items);
    *f = (sy_facets){0};
}
