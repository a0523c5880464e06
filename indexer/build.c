#include "indexer/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "indexer/run.h"
#include "indexer/workers.h"
#include "store/format.h"
#include "store/scoring.h"

/* The facts of records, in the order of docids. */
typedef struct facts_reader {
    const sy_worker *worker, *end;
    size_t at; /* in its facts */
} facts_reader;

static bool next_facts(facts_reader *r, sy_record_facts *out)
{
    while (r->worker < r->end && r->at == r->worker->facts.len) {
        r->worker++;
        r->at = 0;
    }
    if (r->worker == r->end)
        return false;
    const uint8_t *start = (const uint8_t *)r->worker->facts.data;
    const uint8_t *at = sy_varint_get32(start + r->at, start + r->worker->facts.len, &out->length);
    out->longest = *at++;
    r->at = (size_t)(at - start);
    return true;
}

/* Copies one chunk of coded records, and adds their lengths up by document: docs[*doc] has the
 * next one, or one behind it. */
static sy_status put_records(sy_segment_writer *w, const char *path, facts_reader *facts_of,
                             sy_segment_doc *docs, size_t *doc, sy_error *err)
{
    sy_map map;
    sy_status st = sy_map_open(path, &map, err);
    const uint8_t *at = map.data, *end = map.data ? map.data + map.len : NULL, *behind = at;
    while (st == SY_OK && at != end) {
        sy_map_pass(&behind, at);
        uint64_t len;
        sy_record_facts facts = {0};
        at = sy_varint_get(at, end, &len);
        if (!at || len > (uint64_t)(end - at) || !next_facts(facts_of, &facts)) {
            st = sy_fail(err, SY_E_IO, path, "a scratch file was changed while it was in use");
            break;
        }
        uint32_t docid = sy_segment_writer_n_records(w);
        while (docid - docs[*doc].first >= docs[*doc].n_records)
            ++*doc;
        docs[*doc].length += facts.length;
        sy_segment_writer_record(w, at, (size_t)len, facts);
        at += len;
    }
    sy_map_close(&map);
    return st;
}

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

static void put_learned(sy_segment_writer *w, const sy_workers *all)
{
    sy_slice phrases = sy_record_coder_phrases(all->coder);
    sy_segment_writer_phrases(w, phrases.data, phrases.len);
    const sy_watched_pairs *watched = &all->grams.watched;
    sy_segment_writer_expect(w, all->grams.items, all->grams.n, watched->pairs, watched->n);
}

static sy_status write_segment(const sy_build *b, const sy_spool *spool, const sy_workers *all,
                               char *const *runs, size_t n_runs, sy_segment_ref *out, sy_error *err)
{
    sy_buf path = SY_BUF_INIT, part = SY_BUF_INIT;
    sy_segment_writer *w = NULL;
    sy_segment_doc *docs = sy_alloc(spool->n_docs, sizeof *docs);
    if (!docs)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < spool->n_docs; i++) {
        docs[i] = spool->docs[i].doc;
        docs[i].length = 0;
    }
    facts_reader facts = {all->items, all->items + all->n, 0};
    size_t doc = 0;
    sy_status st = sy_segment_path(b->dir, b->number, &path, err);
    sy_buf_printf(&part, "%s/tmp-run-part", b->dir);
    if (st == SY_OK)
        st = sy_buf_status(&part, err);
    if (st == SY_OK)
        st = sy_segment_writer_open(path.data, b->uuid, b->number, &w, err);
    if (st == SY_OK)
        put_learned(w, all);
    for (size_t i = 0; i < all->n_chunks && st == SY_OK; i++)
        st = put_records(w, all->coded[i], &facts, docs, &doc, err);
    if (st == SY_OK)
        st = put_fields(b, w, all, err);
    if (st == SY_OK)
        sy_segment_writer_docs(w, docs, spool->n_docs);
    if (st == SY_OK) /* one thread made the lists if there are few */
        st = sy_runs_merge(runs, n_runs, w, all->n > 1 ? part.data : NULL, on_merged,
                           (void *)(uintptr_t)b, err);
    *out = (sy_segment_ref){
        .number = b->number, .n_records = spool->n_records, .n_docs = spool->n_docs};
    if (st == SY_OK)
        st = sy_segment_writer_finish(w, &out->len, &out->checksum, err);
    else
        sy_segment_writer_abandon(w);
    sy_free(docs);
    sy_buf_release(&path);
    sy_buf_release(&part);
    return st;
}

/* What all workers made, in the order of docids, written as a segment. */
static sy_status gather(const sy_build *b, const sy_spool *spool, const sy_workers *all,
                        sy_segment_ref *out, sy_error *err)
{
    size_t n_runs = 0, at = 0;
    for (unsigned i = 0; i < all->n; i++)
        n_runs += all->items[i].n_runs;
    char **runs = sy_alloc(n_runs, sizeof *runs);
    if (!runs)
        return sy_fail_nomem(err);
    for (unsigned i = 0; i < all->n; i++) {
        for (size_t k = 0; k < all->items[i].n_runs; k++)
            runs[at++] = all->items[i].runs[k];
    }
    sy_status st = write_segment(b, spool, all, runs, n_runs, out, err);
    sy_free((void *)runs);
    return st;
}

sy_status sy_build_segment(const sy_build *b, const sy_spool *spool, sy_slice lexicon,
                           sy_segment_ref *out, sy_error *err)
{
    sy_lexicon words;
    sy_workers all;
    sy_status st = sy_lexicon_open((const uint8_t *)lexicon.data, lexicon.len, &words, err);
    if (st != SY_OK)
        return st;
    st = sy_workers_run(&all, b, spool, &words, err);
    if (st == SY_OK)
        st = gather(b, spool, &all, out, err);
    out->lexicon_hash = sy_hash64(lexicon.data, lexicon.len);
    sy_workers_release(&all);
    return st;
}
