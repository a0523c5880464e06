#include "indexer/workers.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "indexer/inverter.h"
#include "store/record_code.h"

enum {
    /* Below this much text a second thread costs more than it saves; with less memory
     * for each they would spill a run every few records. */
    TEXT_PER_JOB = 1 << 20,
    MEMORY_PER_JOB = 1 << 20,
    OTHERS = 32 << 20, /* bytes of memory that are not for lists; of little memory half is */
    PROGRESS_STEP = 1 << 18,
    LEARN_APART = 128 << 20, /* with less memory one thing is learned at a time */
    CHUNK = 4 << 20,         /* bytes of the spool that are coded at once; see SY_PIECES_WAITING */
    /* 8 MB leave the text 3 % larger than 24 MB do, and take a third of the time
     * (laws_articles and crud_news_dev). */
    SAMPLE_MAX = 8 << 20
};

static void tell(const sy_build *b, const char *stage, uint64_t done, uint64_t total)
{
    if (b->progress)
        b->progress(b->ctx, stage, done, total);
}

static sy_status run_path(const sy_worker *w, char **out, sy_error *err)
{
    sy_buf path = SY_BUF_INIT;
    sy_buf_printf(&path, "%s/tmp-run-%u-%zu", w->all->build->dir, w->index, w->n_runs);
    sy_status st = sy_buf_status(&path, err);
    *out = st == SY_OK ? sy_buf_detach(&path, NULL) : NULL;
    sy_buf_release(&path);
    return st;
}

/* ---- waiting for each other ---- */

static void announce(sy_workers *all, bool *ready)
{
    pthread_mutex_lock(&all->lock);
    *ready = true;
    pthread_cond_broadcast(&all->told);
    pthread_mutex_unlock(&all->lock);
}

static void stop(sy_workers *all)
{
    pthread_mutex_lock(&all->lock);
    atomic_store(&all->stop, true);
    pthread_cond_broadcast(&all->told);
    pthread_mutex_unlock(&all->lock);
    sy_pieces_stop(&all->chunks);
}

/* False if another thread failed. */
static bool await(sy_workers *all, const bool *ready)
{
    pthread_mutex_lock(&all->lock);
    while (!*ready && !atomic_load(&all->stop))
        pthread_cond_wait(&all->told, &all->lock);
    pthread_mutex_unlock(&all->lock);
    return !atomic_load(&all->stop);
}

/* ---- learning ---- */

/* Whoever has learned last lets go of the sample, and of what learning left behind. */
static void forget_sample(sy_workers *all)
{
    if (atomic_fetch_add(&all->learned, 1) == 0)
        return;
    sy_sample_release(&all->sample);
    sy_alloc_settle();
}

/* Learns the frequent strings, unless another thread does. */
static sy_status learn_grams(sy_worker *w, sy_error *err)
{
    sy_workers *all = w->all;
    if (atomic_flag_test_and_set(&all->grams_taken))
        return SY_OK;
    sy_status st = sy_grams_learn(&all->sample, all->build->norm_flags, &all->grams, err);
    if (st == SY_OK)
        announce(all, &all->grams_ready);
    forget_sample(all);
    return st;
}

/* The first thread learns phrases; whoever comes first the frequent strings. With little memory
 * one is learned after the other, and before lists are made. */
static sy_status learn(sy_worker *w, sy_error *err)
{
    sy_workers *all = w->all;
    unsigned flags = all->build->norm_flags;
    sy_status st = SY_OK;
    if (all->build->memory < LEARN_APART) {
        st = learn_grams(w, err);
        if (st != SY_OK || !await(all, &all->grams_ready))
            return st;
    }
    if (w->index == 0) {
        st = sy_record_coder_new(&all->sample, flags, &all->coder, err);
        if (st == SY_OK)
            announce(all, &all->coder_ready);
        forget_sample(all);
    }
    if (st == SY_OK)
        st = learn_grams(w, err);
    if (st == SY_OK && all->build->memory < LEARN_APART)
        (void)await(all, &all->coder_ready); /* who makes lists looks whether another failed */
    return st;
}

/* ---- lists ---- */

static sy_status flush(sy_worker *w, sy_inverter *inv, sy_error *err)
{
    if (!sy_grow((void **)&w->runs, w->n_runs, &w->cap_runs, sizeof *w->runs))
        return sy_fail_nomem(err);
    sy_run *run = &w->runs[w->n_runs];
    *run = (sy_run){.sets = w->sets};
    sy_status st = run_path(w, &run->path, err);
    if (st != SY_OK)
        return st;
    w->n_runs++;
    return sy_inverter_flush(inv, run, err);
}

static uint64_t text_len(const sy_stored *record)
{
    uint64_t len = 0;
    for (size_t i = 0; i < record->n_values; i++)
        len += record->values[i].text.len;
    return len;
}

static void add_done(const sy_worker *w, uint64_t *since)
{
    uint64_t done = atomic_fetch_add(&w->all->done, *since) + *since;
    *since = 0;
    if (w->index == 0)
        tell(w->all->build, "cutting", done, w->all->spool->text_bytes);
}

static sy_status invert_records(sy_worker *w, sy_inverter *inv, sy_error *err)
{
    sy_stored record = {0};
    sy_spool_reader r;
    sy_spool_read(w->all->spool, w->first, w->end, &r);
    uint64_t since = 0;
    sy_status st = SY_OK;
    while (st == SY_OK && !atomic_load(&w->all->stop)) {
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
        if (st == SY_OK) {
            sy_buf_put_varint(&w->facts, facts.length);
            sy_buf_putc(&w->facts, (char)facts.longest);
        }
        since += text_len(&record);
        if (since >= PROGRESS_STEP)
            add_done(w, &since);
    }
    add_done(w, &since);
    sy_stored_release(&record);
    return st == SY_OK ? sy_buf_status(&w->facts, err) : st;
}

static sy_status invert(sy_worker *w, sy_error *err)
{
    sy_workers *all = w->all;
    sy_inverter *inv = NULL;
    w->sets = sy_calloc(1, sizeof *w->sets);
    sy_status st = w->sets ? sy_inverter_new(all->build->norm_flags, all->lexicon, &all->grams,
                                             all->build->schema, all->budget, &inv, err)
                           : sy_fail_nomem(err);
    if (st == SY_OK)
        st = invert_records(w, inv, err);
    if (st == SY_OK && !sy_inverter_empty(inv))
        st = flush(w, inv, err);
    if (st == SY_OK) {
        *w->sets = *sy_inverter_sets(inv);
        if (atomic_fetch_add(&all->inverted, 1) + 1 == all->n)
            sy_pieces_open(&all->chunks);
    }
    sy_inverter_free(inv);
    return st;
}

/* The first thread does the share of those that were not to be had, too. */
static sy_status invert_shares(sy_worker *w, sy_error *err)
{
    sy_status st = invert(w, err);
    for (unsigned i = 1; w->index == 0 && i < w->all->n && st == SY_OK; i++) {
        if (!w->all->items[i].started)
            st = invert(&w->all->items[i], err);
    }
    return st;
}

/* ---- records ---- */

/* Codes the records of a chunk, each behind its length. */
static sy_status code_records(sy_worker *w, sy_spool_reader *r, sy_buf *out, sy_error *err)
{
    sy_stored record = {0};
    sy_status st = SY_OK;
    while (st == SY_OK && !atomic_load(&w->all->stop)) {
        bool more;
        sy_docid docid;
        st = sy_spool_next(r, &more, &docid, &record, err);
        if (st != SY_OK || !more)
            break;
        sy_buf_reset(&w->bytes);
        st = sy_record_code(w->all->coder, &w->coding, &record, &w->bytes, err);
        sy_buf_put_varint(out, w->bytes.len);
        sy_buf_append(out, w->bytes.data, w->bytes.len);
    }
    sy_stored_release(&record);
    return st == SY_OK ? sy_buf_status(out, err) : st;
}

static void drop_chunk(void *made)
{
    sy_buf_release(made);
    sy_free(made);
}

static sy_status make_chunk(void *ctx, void *scratch, size_t i, void **made, sy_error *err)
{
    sy_workers *all = ctx;
    sy_spool_reader r;
    sy_buf *out = sy_calloc(1, sizeof *out);
    if (!out)
        return sy_fail_nomem(err);
    sy_spool_read(all->spool, i > 0 ? all->ends[i - 1] : 0, all->ends[i], &r);
    sy_status st = code_records(scratch, &r, out, err);
    sy_map_pass_by(&r.behind, r.at, 1); /* no other chunk begins here */
    if (st == SY_OK)
        *made = out;
    else
        drop_chunk(out);
    return st;
}

static sy_record_facts next_facts(sy_workers *all)
{
    sy_record_facts facts = {0};
    while (all->facts_at == all->items[all->facts_of].facts.len) {
        all->facts_of++;
        all->facts_at = 0;
    }
    const sy_buf *b = &all->items[all->facts_of].facts;
    const uint8_t *start = (const uint8_t *)b->data;
    const uint8_t *at = sy_varint_get32(start + all->facts_at, start + b->len, &facts.length);
    facts.longest = *at++;
    all->facts_at = (size_t)(at - start);
    return facts;
}

/* Writes the records of a chunk, and adds their lengths up by document. */
static sy_status take_chunk(void *ctx, size_t i, void *made, sy_error *err)
{
    sy_workers *all = ctx;
    const sy_buf *b = made;
    const uint8_t *at = (const uint8_t *)b->data, *end = at + b->len;
    (void)err;
    if (i == 0) {
        sy_slice phrases = sy_record_coder_phrases(all->coder);
        sy_segment_writer_phrases(all->out, phrases.data, phrases.len);
    }
    while (at < end) {
        uint64_t len;
        sy_slice key;
        at = sy_varint_get(at, end, &len);
        const uint8_t *behind = at + len, *record = sy_record_get_key(at, behind, &key);
        sy_record_facts facts = next_facts(all);
        uint32_t docid = sy_segment_writer_n_records(all->out);
        while (docid - all->docs[all->doc].first >= all->docs[all->doc].n_records)
            all->doc++;
        all->docs[all->doc].length += facts.length;
        sy_segment_writer_key(all->out, key);
        sy_segment_writer_record(all->out, record, (size_t)(behind - record), facts);
        at = behind;
    }
    return SY_OK;
}

/* ---- threads ---- */

static void *work(void *arg)
{
    sy_worker *w = arg;
    w->status = learn(w, &w->err);
    if (w->status == SY_OK && await(w->all, &w->all->grams_ready))
        w->status = invert_shares(w, &w->err);
    if (w->status == SY_OK && await(w->all, &w->all->coder_ready))
        w->status = sy_pieces_work(&w->all->chunks, w, &w->err);
    if (w->status != SY_OK)
        stop(w->all);
    sy_coding_release(&w->coding);
    sy_buf_release(&w->bytes);
    return NULL;
}

/* Cuts the records into ranges, one a worker, and into chunks. The first worker's share is the
 * smaller by as much as learning takes, which is about as long as the lists of the sample. */
static void share_out(sy_workers *all)
{
    const sy_spool *spool = all->spool;
    uint64_t late =
        all->n > 1 && all->build->memory >= LEARN_APART ? (all->n - 1) * all->sample.taken : 0;
    uint64_t first =
        (spool->bytes_kept - (late < spool->bytes_kept ? late : spool->bytes_kept)) / all->n;
    size_t at = 0;
    for (unsigned i = 0; i < all->n; i++) {
        uint64_t until = first;
        if (i > 0)
            until += (spool->bytes_kept - first) / (all->n - 1) * i;
        all->items[i].all = all;
        all->items[i].index = i;
        all->items[i].first = at;
        while (at < spool->n_places && (i + 1 == all->n || spool->places[at].before < until))
            at++;
        all->items[i].end = at;
        sy_error_clear(&all->items[i].err);
    }
    uint64_t before = 0;
    for (at = 0; at < spool->n_places; at++) {
        if (at > 0 && spool->places[at].before - before < CHUNK)
            continue;
        before = spool->places[at].before;
        if (at > 0)
            all->ends[all->chunks.n++] = at;
    }
    if (spool->n_places > 0)
        all->ends[all->chunks.n++] = spool->n_places;
}

/* What only records and runs were made with: merging needs the memory. */
static void forget_makers(sy_workers *all)
{
    sy_record_coder_free(all->coder);
    all->coder = NULL;
    sy_grams_found(&all->grams);
    sy_alloc_settle();
}

static sy_status run_threads(sy_workers *all, sy_error *err)
{
    for (unsigned i = 1; i < all->n; i++) {
        sy_worker *w = &all->items[i];
        w->started = pthread_create(&w->thread, NULL, work, w) == 0;
    }
    work(&all->items[0]);
    sy_status st = SY_OK;
    for (unsigned i = 0; i < all->n; i++) {
        sy_worker *w = &all->items[i];
        if (w->started)
            pthread_join(w->thread, NULL);
        if (w->status != SY_OK && st == SY_OK) {
            st = w->status;
            if (err && err->status == SY_OK)
                *err = w->err;
        }
    }
    return st;
}

sy_status sy_workers_run(sy_workers *all, const sy_build *build, const sy_spool *spool,
                         const sy_lexicon *lexicon, sy_segment_writer *out, sy_segment_doc *docs,
                         sy_error *err)
{
    *all = (sy_workers){.build = build,
                        .spool = spool,
                        .lexicon = lexicon,
                        .n = build->jobs,
                        .out = out,
                        .docs = docs};
    all->chunks =
        (sy_pieces){.ctx = all, .make = make_chunk, .take = take_chunk, .drop = drop_chunk};
    all->grams.bytes = (sy_buf)SY_BUF_INIT;
    atomic_flag_clear(&all->grams_taken);
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->told, NULL);
    if (all->n > spool->text_bytes / TEXT_PER_JOB + 1)
        all->n = (unsigned)(spool->text_bytes / TEXT_PER_JOB + 1);
    if (all->n > build->memory / MEMORY_PER_JOB)
        all->n = build->memory < MEMORY_PER_JOB ? 1 : (unsigned)(build->memory / MEMORY_PER_JOB);
    /* The rest is for what inverters do not count: what was learned, pages of scratch files. */
    all->budget =
        (build->memory / 2 < OTHERS ? build->memory / 2 : build->memory - OTHERS) / all->n;
    tell(build, "learning", 0, 0);
    sy_status st = sy_pieces_init(&all->chunks, err);
    if (st == SY_OK)
        st = sy_sample_take(spool, SAMPLE_MAX, &all->sample, err);
    all->items = sy_calloc(all->n, sizeof *all->items);
    all->ends = sy_alloc(spool->n_places, sizeof *all->ends);
    if (st == SY_OK && (!all->items || !all->ends))
        st = sy_fail_nomem(err);
    if (st == SY_OK) {
        share_out(all);
        st = run_threads(all, err);
    }
    sy_sample_release(&all->sample);
    forget_makers(all);
    return st;
}

void sy_workers_release(sy_workers *all)
{
    for (unsigned i = 0; all->items && i < all->n; i++) {
        sy_worker *w = &all->items[i];
        for (size_t k = 0; k < w->n_runs; k++)
            sy_run_release(&w->runs[k]);
        sy_free(w->runs);
        sy_free(w->sets);
        sy_buf_release(&w->facts);
    }
    sy_pieces_release(&all->chunks);
    sy_free(all->ends);
    sy_free(all->items);
    sy_grams_release(&all->grams);
    pthread_cond_destroy(&all->told);
    pthread_mutex_destroy(&all->lock);
}
