#include "store/live.h"

#include "base/alloc.h"

sy_status sy_live_init(const sy_segment *seg, const uint32_t *deleted, size_t n, sy_live *out,
                       sy_error *err)
{
    *out = (sy_live){.n_records = sy_segment_n_records(seg),
                     .n_docs = sy_segment_n_docs(seg) - n,
                     .length = sy_segment_total_length(seg)};
    if (n == 0)
        return SY_OK;
    out->dead = sy_alloc(n, sizeof *out->dead);
    if (!out->dead)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        sy_segment_doc doc;
        sy_segment_doc_at(seg, deleted[i], &doc);
        sy_doc_range range = {doc.first, doc.first + doc.n_records};
        out->n_records -= doc.n_records;
        out->length -= doc.length;
        if (range.start == range.end)
            continue;
        if (out->n_dead > 0 && out->dead[out->n_dead - 1].end == range.start)
            out->dead[out->n_dead - 1].end = range.end;
        else
            out->dead[out->n_dead++] = range;
    }
    return SY_OK;
}

void sy_live_release(sy_live *live)
{
    sy_free(live->dead);
    *live = (sy_live){0};
}

/* The first range that ends behind docid, or n_dead. */
static size_t range_at(const sy_live *live, sy_docid docid)
{
    size_t low = 0, high = live->n_dead;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (live->dead[mid].end <= docid)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

sy_docid sy_live_from(const sy_live *live, sy_docid docid)
{
    size_t i = range_at(live, docid);
    return i < live->n_dead && live->dead[i].start <= docid ? live->dead[i].end : docid;
}

sy_docid sy_live_until(const sy_live *live, sy_docid docid)
{
    size_t i = range_at(live, docid);
    return i < live->n_dead ? live->dead[i].start : SY_DOC_END;
}

sy_status sy_live_df(const sy_live *live, const sy_postings_ref *ref, const char *where,
                     uint32_t *df, sy_error *err)
{
    sy_postings list;
    *df = ref->df;
    if (live->n_dead == 0 || ref->df == 0)
        return SY_OK;
    sy_postings_init(&list, ref);
    for (size_t i = 0; i < live->n_dead;) {
        const sy_doc_range *range = &live->dead[i];
        sy_docid doc = sy_postings_seek(&list, range->start);
        for (; doc < range->end; doc = sy_postings_next(&list))
            --*df;
        if (doc == SY_DOC_END)
            break;
        i = range_at(live, doc);
    }
    return sy_postings_status(&list, where, err);
}
