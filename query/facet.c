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
    sy_field_id field;
    bucket *buckets; /* in order of first appearance */
    size_t n, cap;
    uint32_t *slots; /* slots[n_slots]: 1 + index of a bucket, or 0; a power of two */
    size_t n_slots;
    uint64_t n_hits, without;
    uint32_t *own; /* own[n_own]: the buckets of the current hit */
    size_t n_own, cap_own;
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
    if (b->last_hit == c->n_hits)
        return SY_OK;
    if (!sy_grow((void **)&c->own, c->n_own, &c->cap_own, sizeof *c->own))
        return sy_fail_nomem(c->err);
    c->own[c->n_own++] = *slot - 1;
    b->count++;
    b->last_hit = c->n_hits;
    return SY_OK;
}

/* Counts the values of the counter's field in the record that s->record holds. */
static sy_status count_hit(sy_search *s, counter *c)
{
    sy_status st = SY_OK;
    c->n_hits++;
    c->n_own = 0;
    if (c->field == SY_FIELD_LINE && s->record.stored.line > 0) {
        char digits[16];
        int len = snprintf(digits, sizeof digits, "%u", s->record.stored.line);
        sy_slice line = {digits, (size_t)len};
        st = count_value(c, line, line);
    }
    size_t n = sy_record_text_count(&s->record);
    for (size_t i = 0; i < n && st == SY_OK; i++) {
        sy_stored_value value = sy_record_text_value(&s->record, i);
        if (value.field != c->field)
            continue;
        sy_text *text;
        st = sy_record_text_normal(&s->record, i, &text, c->err);
        if (st != SY_OK)
            break;
        sy_slice whole = sy_whole_value(text->normal);
        if (whole.len == 0)
            continue;
        sy_slice original;
        st = sy_record_text_original(&s->record, i, &original, c->err);
        if (st == SY_OK)
            st = count_value(c, whole, original);
    }
    c->without += c->n_own == 0;
    return st;
}

static int by_count(const void *a, const void *b)
{
    const bucket *x = *(const bucket *const *)a, *y = *(const bucket *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return (x > y) - (x < y); /* they lie in order of first appearance */
}

/* Hands the buckets out in order; the facets own the memory then. places[n] (may be NULL): where
 * each bucket went. */
static sy_status hand_out(counter *c, sy_facets *out, uint32_t *places)
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
    for (size_t i = 0; i < c->n; i++) {
        out->items[i] = (sy_facet){.value = order[i]->shown, .count = order[i]->count};
        if (places)
            places[order[i] - c->buckets] = (uint32_t)i;
    }
    out->n = c->n;
    out->without = c->without;
    out->memory->texts = c->memory;
    c->memory = NULL;
done:
    sy_free(order);
    return st;
}

static sy_status open_counter(counter *c, sy_field_id field, sy_error *err)
{
    *c = (counter){.field = field, .err = err};
    return sy_query_memory_new(&c->memory, err);
}

static void close_counter(counter *c)
{
    sy_query_memory_free(c->memory);
    sy_free(c->buckets);
    sy_free(c->slots);
    sy_free(c->own);
}

/* Goes to the search's next record; *more is false behind the last. */
static sy_status next_record(sy_search *s, bool *more, sy_error *err)
{
    sy_hit hit;
    sy_status st = sy_search_next(s, more, &hit, err);
    return st == SY_OK && *more ? sy_record_text_load(&s->record, hit.segment, hit.docid, err) : st;
}

sy_status sy_search_count_by(sy_search *s, sy_field_id field, sy_facets *out, sy_error *err)
{
    counter c;
    bool more = true;
    *out = (sy_facets){0};
    sy_status st = open_counter(&c, field, err);
    while (st == SY_OK) {
        st = next_record(s, &more, err);
        if (st != SY_OK || !more)
            break;
        st = count_hit(s, &c);
    }
    if (st == SY_OK)
        st = hand_out(&c, out, NULL);
    close_counter(&c);
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

/* ---- two fields ---- */

/* The cells by buckets: a table with open addressing, which is put in order at the end. */
typedef struct cross {
    sy_cross_cell *cells; /* cells[n_slots]; count 0: free */
    size_t n, n_slots;    /* a power of two */
} cross;

static sy_cross_cell *find_cell(const cross *x, uint32_t row, uint32_t column)
{
    uint64_t key = (uint64_t)row << 32 | column;
    size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (x->n_slots - 1);
    while (x->cells[i].count != 0 && (x->cells[i].row != row || x->cells[i].column != column))
        i = (i + 1) & (x->n_slots - 1);
    return &x->cells[i];
}

/* Keeps at least half of the cells free. */
static bool grow_cells(cross *x)
{
    if (x->n < x->n_slots / 2)
        return true;
    cross bigger = {.n = x->n, .n_slots = x->n_slots > 0 ? x->n_slots * 2 : 64};
    bigger.cells = sy_calloc(bigger.n_slots, sizeof *bigger.cells);
    if (!bigger.cells)
        return false;
    for (size_t i = 0; i < x->n_slots; i++) {
        if (x->cells[i].count != 0)
            *find_cell(&bigger, x->cells[i].row, x->cells[i].column) = x->cells[i];
    }
    sy_free(x->cells);
    *x = bigger;
    return true;
}

/* Counts each pair of the values that the current hit has. */
static sy_status count_pairs(cross *x, const counter *rows, const counter *columns, sy_error *err)
{
    for (size_t r = 0; r < rows->n_own; r++) {
        for (size_t c = 0; c < columns->n_own; c++) {
            if (x->n == SY_CROSS_CELLS_MAX)
                return sy_fail(err, SY_E_LIMIT, NULL,
                               "more than %zu pairs of values come together; narrow the query",
                               SY_CROSS_CELLS_MAX);
            if (!grow_cells(x))
                return sy_fail_nomem(err);
            sy_cross_cell *cell = find_cell(x, rows->own[r], columns->own[c]);
            x->n += cell->count == 0;
            *cell = (sy_cross_cell){rows->own[r], columns->own[c], cell->count + 1};
        }
    }
    return SY_OK;
}

static int compare_cells(const void *a, const void *b)
{
    const sy_cross_cell *x = a, *y = b;
    if (x->row != y->row)
        return x->row > y->row ? 1 : -1;
    return (x->column > y->column) - (x->column < y->column);
}

static sy_status finish_cross(cross *x, counter *rows, counter *columns, sy_cross *out,
                              sy_error *err)
{
    uint32_t *row_of = sy_alloc(rows->n, sizeof *row_of);
    uint32_t *column_of = sy_alloc(columns->n, sizeof *column_of);
    sy_status st = row_of && column_of ? SY_OK : sy_fail_nomem(err);
    if (st == SY_OK)
        st = hand_out(rows, &out->rows, row_of);
    if (st == SY_OK)
        st = hand_out(columns, &out->columns, column_of);
    for (size_t i = 0; i < x->n_slots && st == SY_OK; i++) {
        sy_cross_cell cell = x->cells[i];
        if (cell.count != 0)
            x->cells[out->n_cells++] =
                (sy_cross_cell){row_of[cell.row], column_of[cell.column], cell.count};
    }
    if (out->n_cells > 1)
        qsort(x->cells, out->n_cells, sizeof *x->cells, compare_cells);
    out->cells = x->cells;
    out->n_records = rows->n_hits;
    x->cells = NULL;
    sy_free(row_of);
    sy_free(column_of);
    return st;
}

sy_status sy_search_cross(sy_search *s, sy_field_id row, sy_field_id column, sy_cross *out,
                          sy_error *err)
{
    counter rows, columns;
    cross x = {0};
    bool more = true;
    *out = (sy_cross){0};
    sy_status st = open_counter(&rows, row, err), st2 = open_counter(&columns, column, err);
    st = st == SY_OK ? st2 : st;
    while (st == SY_OK) {
        st = next_record(s, &more, err);
        if (st != SY_OK || !more)
            break;
        st = count_hit(s, &rows);
        if (st == SY_OK)
            st = count_hit(s, &columns);
        if (st == SY_OK)
            st = count_pairs(&x, &rows, &columns, err);
    }
    if (st == SY_OK)
        st = finish_cross(&x, &rows, &columns, out, err);
    close_counter(&rows);
    close_counter(&columns);
    sy_free(x.cells);
    if (st != SY_OK)
        sy_cross_release(out);
    return st;
}

void sy_cross_release(sy_cross *c)
{
    sy_facets_release(&c->rows);
    sy_facets_release(&c->columns);
    sy_free(c->cells);
    *c = (sy_cross){0};
}
