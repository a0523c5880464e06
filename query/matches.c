/* The places that matched in a hit, as ranges of the original values. */
#include <stdlib.h>

#include "base/alloc.h"
#include "query/search_internal.h"

void sy_matches_release(sy_matches *m)
{
    sy_free(m->items);
    *m = (sy_matches){0};
}

static int by_start(const void *a, const void *b)
{
    const sy_span *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->end > y->end) - (x->end < y->end);
}

/* By place; two leaves at one place in the order typed. */
static int by_place(const void *a, const void *b)
{
    const sy_match *x = a, *y = b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    if (x->ordinal != y->ordinal)
        return x->ordinal < y->ordinal ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

/* The map of a value's normal form, made once for all leaves that match it. */
static sy_status make_map(sy_search *s, sy_slice original, sy_error *err)
{
    sy_buf_reset(&s->normal);
    sy_status st = sy_normalize(s->index->info.norm_flags, original.data, original.len, &s->normal,
                                &s->map, err);
    return st == SY_OK ? sy_buf_status(&s->normal, err) : st;
}

/* Adds s->spans, places of one leaf in one value, with what overlaps in the
 * original joined. */
static sy_status add_places(sy_search *s, const sy_stored_value *value, uint32_t leaf,
                            sy_matches *out, sy_error *err)
{
    const sy_spans *spans = &s->spans;
    size_t first = out->n;
    if (spans->n > 1)
        qsort(spans->items, spans->n, sizeof *spans->items, by_start);
    for (size_t i = 0; i < spans->n; i++) {
        sy_span span = spans->items[i];
        uint32_t start = s->map.start[span.start], end = s->map.end[span.end - 1];
        sy_match *before = out->n > first ? &out->items[out->n - 1] : NULL;
        if (before && start < before->end) {
            before->end = end > before->end ? end : before->end;
            continue;
        }
        if (!sy_grow((void **)&out->items, out->n, &out->cap, sizeof *out->items))
            return sy_fail_nomem(err);
        out->items[out->n++] = (sy_match){.field = value->field,
                                          .ordinal = value->ordinal,
                                          .start = start,
                                          .end = end,
                                          .leaf = leaf,
                                          .via_group = spans->via_group};
    }
    return SY_OK;
}

static sy_status match_value(sy_search *s, size_t i, sy_matches *out, sy_error *err)
{
    sy_stored_value value = sy_record_text_value(&s->record, i);
    bool mapped = false;
    sy_status st = SY_OK;
    for (size_t k = 0; k < s->query->n_leaves && st == SY_OK; k++) {
        sy_text *text;
        bool yes;
        if (!s->positive[k] || !sy_leaf_looks_at(&s->leaves[k], value.field))
            continue;
        st = sy_record_text_normal(&s->record, i, &text, err);
        if (st == SY_OK)
            st = sy_match_text(&s->leaves[k], &s->tools, value.field, text, &yes, &s->spans, err);
        if (st != SY_OK || s->spans.n == 0)
            continue;
        sy_slice original;
        if (!mapped)
            st = sy_record_text_original(&s->record, i, &original, err);
        if (!mapped && st == SY_OK)
            st = make_map(s, original, err);
        mapped = true;
        if (st == SY_OK)
            st = add_places(s, &value, (uint32_t)k, out, err);
    }
    return st;
}

sy_status sy_search_matches(sy_search *s, const sy_hit *hit, const sy_stored *record,
                            sy_matches *out, sy_error *err)
{
    (void)record; /* s->record holds the same */
    out->n = 0;
    sy_status st = sy_record_text_load(&s->record, hit->segment, hit->docid, err);
    for (size_t i = 0; st == SY_OK && i < sy_record_text_count(&s->record); i++)
        st = match_value(s, i, out, err);
    if (st != SY_OK)
        out->n = 0;
    else if (out->n > 1)
        qsort(out->items, out->n, sizeof *out->items, by_place);
    return st;
}
