#include "indexer/build.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "indexer/inverter.h"
#include "indexer/record_coder.h"
#include "indexer/run.h"
#include "store/format.h"
#include "store/scoring.h"

enum {
    /* Below this much text a second thread costs more than it saves; with less memory
     * for each they would spill a run every few records. */
    TEXT_PER_JOB = 1 << 20,
    MEMORY_PER_JOB = 1 << 20,
    PROGRESS_STEP = 1 << 18,
    /* 8 MB leave the text 3 % larger than 24 MB do, and take a third of the time
     * (laws_articles and crud_news_dev). */
    SAMPLE_MAX = 8 << 20
};

static void tell(const sy_build *b, const char *stage, uint64_t done, uint64_t total)
{
    if (b->progress)
        b->progress(b->ctx, stage, done, total);
}

/* ---- inversion ---- */

/* What the threads share. Each takes a range of records, writes its runs and the
 * coded records; the first thread is the caller's, and tells how far all of them
 * are. */
typedef struct inversion {
    const sy_build *build;
    const sy_spool *spool;
    const sy_lexicon *lexicon;
    uint64_t lexicon_hash;
    const sy_record_coder *coder;
    const sy_grams *grams;
    size_t budget; /* bytes for each thread */
    _Atomic uint64_t done;
    atomic_bool stop;
} inversion;

typedef struct worker {
    inversion *all;
    unsigned index;
    size_t first, end; /* places of the spool */
    char **runs;       /* paths, in the order of docids */
    size_t n_runs, cap_runs;
    char *coded;    /* path of the coded records, each behind its length */
    sy_writer *out; /* to it */
    sy_coding coding;
    sy_buf bytes;        /* scratch */
    sy_field_sets *sets; /* met by its inverter */
    pthread_t thread;
    bool started;
    sy_status status;
    sy_error err;
} worker;

static sy_status scratch_path(const worker *w, const char *kind, size_t i, char **out,
                              sy_error *err)
{
    sy_buf path = SY_BUF_INIT;
    sy_buf_printf(&path, "%s/tmp-run-%s-%u-%zu", w->all->build->dir, kind, w->index, i);
    sy_status st = sy_buf_status(&path, err);
    *out = st == SY_OK ? sy_buf_detach(&path, NULL) : NULL;
    sy_buf_release(&path);
    return st;
}

static sy_status flush(worker *w, sy_inverter *inv, sy_error *err)
{
    if (!sy_grow((void **)&w->runs, w->n_runs, &w->cap_runs, sizeof *w->runs))
        return sy_fail_nomem(err);
    sy_status st = scratch_path(w, "lists", w->n_runs, &w->runs[w->n_runs], err);
    if (st != SY_OK)
        return st;
    return sy_inverter_flush(inv, w->runs[w->n_runs++], err);
}

/* Writes a record's facts and its coded bytes: put_records reads them. */
static sy_status code_record(worker *w, sy_stored *record, sy_record_facts facts, sy_error *err)
{
    uint8_t head[2 * SY_VARINT_MAX + 1];
    sy_buf_reset(&w->bytes);
    sy_status st = sy_record_code(w->all->coder, &w->coding, record, &w->bytes, err);
    if (st == SY_OK) {
        size_t n = sy_varint_put(head, facts.length);
        head[n++] = facts.longest;
        n += sy_varint_put(head + n, w->bytes.len);
        sy_writer_put(w->out, head, n);
        sy_writer_put(w->out, w->bytes.data, w->bytes.len);
    }
    return st;
}

static uint64_t text_len(const sy_stored *record)
{
    uint64_t len = 0;
    for (size_t i = 0; i < record->n_values; i++)
        len += record->values[i].text.len;
    return len;
}

static sy_status invert_records(worker *w, sy_inverter *inv, sy_error *err)
{
    inversion *all = w->all;
    sy_stored record = {0};
    sy_spool_reader r;
    sy_spool_read(all->spool, w->first, w->end, &r);
    uint64_t since = 0;
    sy_status st = SY_OK;
    while (st == SY_OK && !atomic_load(&all->stop)) {
        bool more;
        sy_docid docid;
        st = sy_spool_next(&r, &more, &docid, &record, err);
        if (st != SY_OK || !more)
            break;
        if (sy_inverter_full(inv))
            st = flush(w, inv, err);
        sy_record_facts facts;
        if (st == SY_OK)
            st = sy_inverter_add(inv, docid, &record, &facts, err);
        if (st == SY_OK)
            st = code_record(w, &record, facts, err);
        since += text_len(&record);
        if (since >= PROGRESS_STEP) {
            uint64_t done = atomic_fetch_add(&all->done, since) + since;
            since = 0;
            if (w->index == 0)
                tell(all->build, "cutting", done, all->spool->text_bytes);
        }
    }
    atomic_fetch_add(&all->done, since);
    sy_stored_release(&record);
    return st;
}

static void *work(void *arg)
{
    worker *w = arg;
    const sy_build *b = w->all->build;
    sy_inverter *inv = NULL;
    w->status = scratch_path(w, "records", 0, &w->coded, &w->err);
    if (w->status == SY_OK)
        w->status = sy_writer_open(w->coded, &w->out, &w->err);
    if (w->status == SY_OK)
        w->status = sy_inverter_new(b->norm_flags, w->all->lexicon, w->all->grams, b->schema,
                                    w->all->budget, &inv, &w->err);
    if (w->status == SY_OK)
        w->status = invert_records(w, inv, &w->err);
    if (w->status == SY_OK && !sy_inverter_empty(inv))
        w->status = flush(w, inv, &w->err);
    if (w->status == SY_OK)
        w->sets = sy_alloc(1, sizeof *w->sets);
    if (w->sets)
        *w->sets = *sy_inverter_sets(inv);
    else if (w->status == SY_OK)
        w->status = sy_fail_nomem(&w->err);
    if (w->status == SY_OK) {
        w->status = sy_writer_close_scratch(w->out, &w->err);
        w->out = NULL;
    }
    if (w->status != SY_OK)
        atomic_store(&w->all->stop, true);
    sy_writer_abandon(w->out);
    w->out = NULL;
    sy_inverter_free(inv);
    sy_coding_release(&w->coding);
    sy_buf_release(&w->bytes);
    return NULL;
}

/* Cuts the records into ranges of about the same length, one a worker. */
static void share_out(const sy_spool *spool, worker *workers, unsigned n)
{
    size_t at = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t until = spool->bytes_kept / n * (i + 1);
        workers[i].first = at;
        while (at < spool->n_places && (i + 1 == n || spool->places[at].before < until))
            at++;
        workers[i].end = at;
    }
}

static sy_status run_workers(inversion *all, worker *workers, unsigned n, sy_error *err)
{
    share_out(all->spool, workers, n);
    for (unsigned i = 0; i < n; i++) {
        workers[i].all = all;
        workers[i].index = i;
        sy_error_clear(&workers[i].err);
    }
    for (unsigned i = 1; i < n; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    work(&workers[0]);
    sy_status st = SY_OK;
    for (unsigned i = 0; i < n; i++) {
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
        else if (i > 0) /* no thread was to be had: its share is done here */
            work(&workers[i]);
        if (workers[i].status != SY_OK && st == SY_OK) {
            st = workers[i].status;
            if (err && err->status == SY_OK)
                *err = workers[i].err;
        }
    }
    return st;
}

/* ---- the segment ---- */

/* Copies one worker's coded records, and adds their lengths up by document: docs[*doc] has the
 * next one, or one behind it. */
static sy_status put_records(sy_segment_writer *w, const char *path, sy_segment_doc *docs,
                             size_t *doc, sy_error *err)
{
    sy_map map;
    sy_status st = sy_map_open(path, &map, err);
    const uint8_t *at = map.data, *end = map.data ? map.data + map.len : NULL, *behind = at;
    while (st == SY_OK && at != end) {
        sy_map_pass(&behind, at);
        uint64_t len;
        sy_record_facts facts = {0};
        at = sy_varint_get32(at, end, &facts.length);
        if (at && at < end)
            facts.longest = *at++;
        at = at ? sy_varint_get(at, end, &len) : NULL;
        if (!at || len > (uint64_t)(end - at) || facts.longest >= SY_FIELD_BITS) {
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
static sy_status put_fields(const sy_build *b, sy_segment_writer *w, const worker *workers,
                            unsigned n, sy_error *err)
{
    uint8_t weights[SY_FIELD_BITS];
    uint64_t top[SY_FIELD_SETS_MAX];
    sy_field_sets *sets = sy_calloc(1, sizeof *sets);
    if (!sets)
        return sy_fail_nomem(err);
    memset(weights, SY_WEIGHT_ONE, sizeof weights);
    for (size_t i = 0; i < b->schema->n_fields && i < SY_OTHER_FIELDS; i++)
        weights[i] = b->schema->fields[i].weight;
    for (unsigned i = 0; i < n; i++)
        sy_field_sets_merge(sets, workers[i].sets);
    sy_segment_writer_fields(w, weights, top, sy_field_sets_top(sets, top, SY_FIELD_SETS_MAX));
    sy_free(sets);
    return SY_OK;
}

static void on_merged(void *ctx, uint64_t done)
{
    tell(ctx, "merging", done, 0);
}

static void put_learned(sy_segment_writer *w, const inversion *all)
{
    sy_slice phrases = sy_record_coder_phrases(all->coder);
    sy_segment_writer_phrases(w, phrases.data, phrases.len);
    sy_segment_writer_expect(w, all->grams->items, all->grams->n);
}

static sy_status write_segment(const sy_build *b, const sy_spool *spool, const inversion *all,
                               const worker *workers, unsigned n, char *const *runs, size_t n_runs,
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
    size_t doc = 0;
    sy_status st = sy_segment_path(b->dir, b->number, &path, err);
    if (st == SY_OK)
        st = sy_segment_writer_open(path.data, b->uuid, b->number, &w, err);
    if (st == SY_OK)
        put_learned(w, all);
    for (unsigned i = 0; i < n && st == SY_OK; i++)
        st = put_records(w, workers[i].coded, docs, &doc, err);
    if (st == SY_OK)
        st = put_fields(b, w, workers, n, err);
    if (st == SY_OK)
        sy_segment_writer_docs(w, docs, spool->n_docs);
    if (st == SY_OK)
        st = sy_runs_merge(runs, n_runs, w, on_merged, (void *)(uintptr_t)b, err);
    *out = (sy_segment_ref){.number = b->number,
                            .n_records = spool->n_records,
                            .n_docs = spool->n_docs,
                            .lexicon_hash = all->lexicon_hash};
    if (st == SY_OK)
        st = sy_segment_writer_finish(w, &out->len, &out->checksum, err);
    else
        sy_segment_writer_abandon(w);
    sy_free(docs);
    sy_buf_release(&path);
    return st;
}

/* What all workers made, in the order of docids, written as a segment. */
static sy_status gather(const sy_build *b, const sy_spool *spool, const inversion *all,
                        const worker *workers, unsigned n, sy_segment_ref *out, sy_error *err)
{
    size_t n_runs = 0, at = 0;
    for (unsigned i = 0; i < n; i++)
        n_runs += workers[i].n_runs;
    char **runs = sy_alloc(n_runs, sizeof *runs);
    if (!runs)
        return sy_fail_nomem(err);
    for (unsigned i = 0; i < n; i++) {
        for (size_t k = 0; k < workers[i].n_runs; k++)
            runs[at++] = workers[i].runs[k];
    }
    sy_status st = write_segment(b, spool, all, workers, n, runs, n_runs, out, err);
    sy_free((void *)runs);
    return st;
}

static void remove_scratch(char *path)
{
    if (path) {
        sy_status left = sy_remove_file(path, NULL);
        (void)left; /* the next writer's sweep takes it */
    }
    sy_free(path);
}

/* What is learned from a sample before the records are inverted. */
typedef struct learned {
    sy_record_coder *coder;
    sy_grams grams;
} learned;

/* Frequent strings, learned beside the phrases. */
typedef struct gram_job {
    const sy_sample *sample;
    unsigned norm_flags;
    sy_grams *out;
    sy_status status;
    sy_error err;
} gram_job;

static void *learn_grams(void *arg)
{
    gram_job *j = arg;
    j->status = sy_grams_learn(j->sample, j->norm_flags, j->out, &j->err);
    return NULL;
}

static sy_status learn(const sy_build *b, const sy_spool *spool, learned *out, sy_error *err)
{
    sy_sample sample;
    gram_job job = {.sample = &sample, .norm_flags = b->norm_flags, .out = &out->grams};
    pthread_t thread;
    *out = (learned){0};
    tell(b, "learning", 0, 0);
    sy_status st = sy_sample_take(spool, SAMPLE_MAX, &sample, err);
    if (st == SY_OK) {
        sy_error_clear(&job.err);
        bool beside = b->jobs > 1 && sample.total >= TEXT_PER_JOB &&
                      pthread_create(&thread, NULL, learn_grams, &job) == 0;
        st = sy_record_coder_new(&sample, b->norm_flags, &out->coder, err);
        if (beside)
            pthread_join(thread, NULL);
        else if (st == SY_OK)
            learn_grams(&job);
    }
    if (st == SY_OK && job.status != SY_OK) {
        st = job.status;
        if (err && err->status == SY_OK)
            *err = job.err;
    }
    sy_sample_release(&sample);
    return st;
}

static void forget(learned *l)
{
    sy_record_coder_free(l->coder);
    sy_grams_release(&l->grams);
}

sy_status sy_build_segment(const sy_build *b, const sy_spool *spool, sy_slice lexicon,
                           sy_segment_ref *out, sy_error *err)
{
    sy_lexicon words;
    learned learnt;
    sy_status st = sy_lexicon_open((const uint8_t *)lexicon.data, lexicon.len, &words, err);
    if (st != SY_OK)
        return st;
    st = learn(b, spool, &learnt, err);
    if (st != SY_OK) {
        forget(&learnt);
        return st;
    }
    unsigned n = b->jobs;
    if (n > spool->text_bytes / TEXT_PER_JOB + 1)
        n = (unsigned)(spool->text_bytes / TEXT_PER_JOB + 1);
    if (n > b->memory / MEMORY_PER_JOB)
        n = b->memory < MEMORY_PER_JOB ? 1 : (unsigned)(b->memory / MEMORY_PER_JOB);
    inversion all = {.build = b,
                     .spool = spool,
                     .lexicon = &words,
                     .lexicon_hash = sy_hash64(lexicon.data, lexicon.len),
                     .coder = learnt.coder,
                     .grams = &learnt.grams,
                     .budget = b->memory / n};
    worker *workers = sy_calloc(n, sizeof *workers);
    st = workers ? run_workers(&all, workers, n, err) : sy_fail_nomem(err);
    if (st == SY_OK)
        st = gather(b, spool, &all, workers, n, out, err);
    for (unsigned i = 0; workers && i < n; i++) {
        for (size_t k = 0; k < workers[i].n_runs; k++)
            remove_scratch(workers[i].runs[k]);
        sy_free((void *)workers[i].runs);
        remove_scratch(workers[i].coded);
        sy_free(workers[i].sets);
    }
    sy_free(workers);
    forget(&learnt);
    return st;
}
