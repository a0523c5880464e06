#include "indexer/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "indexer/run.h"
#include "indexer/workers.h"
#include "store/format.h"
#include "store/scoring.h"

/* The weights of fields, and the sets of fields that all workers met. */
static sy_status put_fields(const sy_build *b, sy_segment_writer *w, const sy_workers *all,
                            sy_error *err)
{
    uint8_t weights[SY_FIELD_BITS];
    uint64_t top[SY_FIELD_SETS_MAX];
    sy_field_sets *sets = sy_calloc(1, sizeof *sets);
    if (!sets)
        return sy_fail_nomem(err);
    memset(weights, SY_WEIGHT_ONE, sizeof weights);
    for (size_t i = 0; i < b->schema->n_fields && i < SY_OTHER_FIELDS; i++)
        weights[i] = b->schema->fields[i].weight;
    for (unsigned i = 0; i < all->n; i++)
        sy_field_sets_merge(sets, all->items[i].sets);
    sy_segment_writer_fields(w, weights, top, sy_field_sets_top(sets, top, SY_FIELD_SETS_MAX));
    sy_free(sets);
    return SY_OK;
}

static void on_merged(void *ctx, uint64_t done)
{
    const sy_build *b = ctx;
    if (b->progress)
        b->progress(b->ctx, "merging", done, 0);
}

/* What all workers made, in the order of docids. */
static sy_status merge(const sy_build *b, const sy_workers *all, sy_segment_writer *w,
                       sy_error *err)
{
    size_t n_runs = 0, at = 0;
    for (unsigned i = 0; i < all->n; i++)
        n_runs += all->items[i].n_runs;
    sy_run *runs = sy_alloc(n_runs, sizeof *runs);
    if (!runs)
        return sy_fail_nomem(err);
    for (unsigned i = 0; i < all->n; i++) {
        for (size_t k = 0; k < all->items[i].n_runs; k++)
            runs[at++] = all->items[i].runs[k];
    }
    const sy_watched_pairs *watched = &all->grams.watched;
    sy_segment_writer_expect(w, all->grams.items, all->grams.n, watched->pairs, watched->n);
    sy_status st = sy_runs_merge(runs, n_runs, w, all->n, on_merged, (void *)(uintptr_t)b, err);
    sy_free(runs);
    return st;
}

static sy_status fill_segment(const sy_build *b, const sy_spool *spool, const sy_lexicon *words,
                              sy_segment_doc *docs, sy_segment_writer *w, sy_error *err)
{
    sy_workers all;
    sy_status st = sy_workers_run(&all, b, spool, words, w, docs, err);
    if (st == SY_OK)
        st = put_fields(b, w, &all, err);
    if (st == SY_OK)
        sy_segment_writer_docs(w, docs, spool->n_docs);
    if (st == SY_OK)
        st = merge(b, &all, w, err);
    sy_workers_release(&all);
    return st;
}

static sy_status write_segment(const sy_build *b, const sy_spool *spool, const sy_lexicon *words,
                               sy_segment_ref *out, sy_error *err)
{
    sy_buf path = SY_BUF_INIT;
    sy_segment_writer *w = NULL;
    sy_segment_doc *docs = sy_alloc(spool->n_docs, sizeof *docs);
    if (!docs)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < spool->n_docs; i++) {
        docs[i] = spool->docs[i].doc;
        docs[i].length = 0;
    }
    sy_status st = sy_segment_path(b->dir, b->number, &path, err);
    if (st == SY_OK)
        st = sy_segment_writer_open(path.data, b->uuid, b->number, &w, err);
    if (st == SY_OK)
        st = fill_segment(b, spool, words, docs, w, err);
    if (st == SY_OK)
        st = sy_segment_writer_finish(w, &out->len, &out->checksum, err);
    else
        sy_segment_writer_abandon(w);
    sy_free(docs);
    sy_buf_release(&path);
    return st;
}

sy_status sy_build_segment(const sy_build *b, const sy_spool *spool, sy_slice lexicon,
                           sy_segment_ref *out, sy_error *err)
{
    sy_lexicon words;
    *out = (sy_segment_ref){
        .number = b->number, .n_records = spool->n_records, .n_docs = spool->n_docs};
    sy_status st = sy_lexicon_open((const uint8_t *)lexicon.data, lexicon.len, &words, err);
    if (st == SY_OK)
        st = write_segment(b, spool, &words, out, err);
    out->lexicon_hash = sy_hash64(lexicon.data, lexicon.len);
    return st;
}
