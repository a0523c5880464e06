#include "query/best_hits.h"

#include <stdlib.h>

#include "base/alloc.h"

/* The place in corpus order of the document that has a record. */
static uint64_t place_of(const sy_segment *seg, sy_docid docid)
{
    sy_segment_doc doc;
    sy_segment_doc_at(seg, sy_segment_doc_of(seg, docid), &doc);
    return doc.place;
}

/* Whether a is worse than b: less, or as good and behind it. */
static bool worse(const sy_hit *a, const sy_hit *b)
{
    if (a->score != b->score)
        return a->score < b->score;
    if (a->segment_ordinal != b->segment_ordinal)
        return place_of(a->segment, a->docid) > place_of(b->segment, b->docid);
    return a->docid > b->docid;
}

static void sift(sy_hit *heap, size_t n, size_t i)
{
    sy_hit moved = heap[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && worse(&heap[child + 1], &heap[child]))
            child++;
        if (!worse(&heap[child], &moved))
            break;
        heap[i] = heap[child];
    }
    heap[i] = moved;
}

sy_status sy_best_keep(sy_best_hits *b, sy_hit hit, sy_error *err)
{
    if (sy_best_hopeless(b, hit.score))
        return SY_OK;
    if (b->n == b->k) {
        if (worse(&hit, &b->items[0]))
            return SY_OK;
        b->items[0] = hit;
        sift(b->items, b->n, 0);
        return SY_OK;
    }
    if ((b->n & (b->n - 1)) == 0) { /* it grows at each power of two */
        sy_hit *bigger = sy_resize(b->items, b->n == 0 ? 1 : b->n * 2, sizeof *bigger);
        if (!bigger)
            return sy_fail_nomem(err);
        b->items = bigger;
    }
    b->items[b->n++] = hit;
    if (b->n == b->k) {
        for (size_t i = b->n / 2; i-- > 0;)
            sift(b->items, b->n, i);
    }
    return SY_OK;
}

static int best_first(const void *a, const void *b)
{
    return worse(a, b) ? 1 : worse(b, a) ? -1 : 0;
}

void sy_best_order(sy_best_hits *b, size_t n)
{
    if (n > 1)
        qsort(b->items, n, sizeof *b->items, best_first);
}
