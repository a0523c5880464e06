#include "indexer/run.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "indexer/posting_bytes.h"
#include "store/term_key.h"

/* A run:  bigram entries | 00 | term entries
 *   bigram  varint (bigram - the one before; the first: + 1), varint df, bytes list
 *   term    varint shared, bytes rest, varint df, bytes list
 * A difference of 0 ends the bigrams. It is our own scratch file, yet read with
 * checks: a full disk or another process may have spoilt it. */

sy_status sy_run_create(const char *path, sy_run_writer *w, sy_error *err)
{
    *w = (sy_run_writer){.head = SY_BUF_INIT, .last_key = SY_BUF_INIT};
    return sy_writer_open(path, &w->out, err);
}

static void put_list(sy_run_writer *w, uint32_t df, const sy_buf *list)
{
    sy_buf_put_varint(&w->head, df);
    sy_buf_put_varint(&w->head, list->len);
    /* Noted here, since a reset buffer forgets. */
    w->failed |= w->head.status != SY_OK || list->status != SY_OK;
    sy_writer_put(w->out, w->head.data, w->head.len);
    sy_writer_put(w->out, list->data, list->len);
}

void sy_run_bigram(sy_run_writer *w, uint64_t bigram, uint32_t df, const sy_buf *list)
{
    sy_buf_reset(&w->head);
    sy_buf_put_varint(&w->head, bigram + 1 - w->last_bigram);
    w->last_bigram = bigram + 1;
    put_list(w, df, list);
}

static void end_bigrams(sy_run_writer *w)
{
    if (!w->in_terms)
        sy_writer_put(w->out, "", 1);
    w->in_terms = true;
}

void sy_run_term(sy_run_writer *w, sy_slice key, uint32_t df, const sy_buf *list)
{
    end_bigrams(w);
    size_t shared = 0;
    while (shared < key.len && shared < w->last_key.len &&
           key.data[shared] == w->last_key.data[shared])
        shared++;
    sy_buf_reset(&w->head);
    sy_buf_put_varint(&w->head, shared);
    sy_buf_put_varint(&w->head, key.len - shared);
    sy_buf_append(&w->head, key.data + shared, key.len - shared);
    sy_buf_reset(&w->last_key);
    sy_buf_append(&w->last_key, key.data, key.len);
    put_list(w, df, list);
}

sy_status sy_run_close(sy_run_writer *w, sy_error *err)
{
    end_bigrams(w);
    sy_status st = w->failed ? sy_fail_nomem(err) : SY_OK;
    if (st == SY_OK) {
        sy_writer *out = w->out;
        w->out = NULL;
        st = sy_writer_close_scratch(out, err);
    }
    sy_run_abandon(w);
    return st;
}

void sy_run_abandon(sy_run_writer *w)
{
    sy_writer_abandon(w->out);
    w->out = NULL;
    sy_buf_release(&w->head);
    sy_buf_release(&w->last_key);
}

/* ---- merge ---- */

typedef struct run {
    const char *path;
    sy_map map;
    const uint8_t *at, *end, *behind;
    bool done; /* with the bigrams, then with the terms */
    uint64_t bigram;
    sy_buf key;
    uint32_t df;
    const uint8_t *list, *list_end;
} run;

typedef struct merge {
    run *runs;
    size_t n;
    sy_segment_writer *out;
    uint32_t n_records;
    sy_posting *list;
    size_t cap;
    void (*progress)(void *ctx, uint64_t done);
    void *ctx;
    uint64_t bytes, told;
} merge;

static sy_status spoilt(const run *r, sy_error *err)
{
    return sy_fail(err, SY_E_IO, r->path, "a scratch file was changed while it was in use");
}

static bool read_list(run *r)
{
    uint64_t len;
    r->at = r->at ? sy_varint_get32(r->at, r->end, &r->df) : NULL;
    r->at = r->at ? sy_varint_get(r->at, r->end, &len) : NULL;
    if (!r->at || len > (uint64_t)(r->end - r->at) || r->df == 0 || r->df > len)
        return false;
    r->list = r->at;
    r->list_end = r->at += len;
    return true;
}

static sy_status next_bigram(run *r, sy_error *err)
{
    uint64_t step;
    sy_map_pass(&r->behind, r->at);
    r->at = sy_varint_get(r->at, r->end, &step);
    if (!r->at)
        return spoilt(r, err);
    r->done = step == 0;
    r->bigram += step;
    return r->done || read_list(r) ? SY_OK : spoilt(r, err);
}

static sy_status next_term(run *r, sy_error *err)
{
    r->done = r->at == r->end;
    if (r->done)
        return SY_OK;
    uint64_t shared, rest;
    sy_map_pass(&r->behind, r->at);
    r->at = sy_varint_get(r->at, r->end, &shared);
    r->at = r->at ? sy_varint_get(r->at, r->end, &rest) : NULL;
    if (!r->at || shared > r->key.len || rest > (uint64_t)(r->end - r->at) ||
        shared + rest > SY_TERM_KEY_MAX)
        return spoilt(r, err);
    r->key.len = (size_t)shared;
    sy_buf_append(&r->key, r->at, (size_t)rest);
    r->at += rest;
    if (r->key.status != SY_OK)
        return sy_fail_nomem(err);
    return read_list(r) ? SY_OK : spoilt(r, err);
}

/* Appends the postings of r's list behind the n that are there. */
static sy_status take_list(merge *m, run *r, size_t n, bool marked, sy_error *err)
{
    if (n + r->df > m->cap) {
        size_t cap = (n + r->df) * 2;
        sy_posting *list = sy_resize(m->list, cap, sizeof *list);
        if (!list)
            return sy_fail_nomem(err);
        m->list = list;
        m->cap = cap;
    }
    const uint8_t *at = r->list;
    uint32_t next = 0;
    for (uint32_t i = 0; i < r->df; i++) {
        sy_posting *p = &m->list[n + i];
        at = sy_posting_get(at, r->list_end, marked, next, p);
        if (!at || p->doc >= m->n_records || (n + i > 0 && p->doc <= p[-1].doc))
            return spoilt(r, err);
        next = p->doc + 1;
    }
    m->bytes += (uint64_t)(r->list_end - r->list);
    if (m->progress && m->bytes - m->told > 1 << 20) {
        m->progress(m->ctx, m->bytes);
        m->told = m->bytes;
    }
    return SY_OK;
}

/* Merges the bigrams with numbers from `from` on and below `to`. */
static sy_status merge_bigrams(merge *m, uint64_t from, uint64_t to, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < m->n && st == SY_OK; i++) {
        do
            st = next_bigram(&m->runs[i], err);
        while (st == SY_OK && !m->runs[i].done && m->runs[i].bigram < from);
    }
    while (st == SY_OK) {
        uint64_t least = to;
        for (size_t i = 0; i < m->n; i++) {
            if (!m->runs[i].done && m->runs[i].bigram < least)
                least = m->runs[i].bigram;
        }
        if (least == to)
            return SY_OK;
        size_t n = 0;
        for (size_t i = 0; i < m->n && st == SY_OK; i++) {
            run *r = &m->runs[i];
            if (r->done || r->bigram != least)
                continue;
            st = take_list(m, r, n, true, err);
            n += r->df;
            if (st == SY_OK)
                st = next_bigram(r, err);
        }
        if (st == SY_OK) /* numbers in a run are one up: 0 ends it */
            sy_segment_writer_bigram(m->out, (uint32_t)((least - 1) >> 21),
                                     (uint32_t)((least - 1) & 0x1FFFFF), m->list, (uint32_t)n);
    }
    return st;
}

static sy_status merge_terms(merge *m, sy_error *err)
{
    sy_buf key = SY_BUF_INIT;
    sy_status st = SY_OK;
    for (size_t i = 0; i < m->n && st == SY_OK; i++)
        st = next_term(&m->runs[i], err);
    while (st == SY_OK) {
        const run *least = NULL;
        for (size_t i = 0; i < m->n; i++) {
            const run *r = &m->runs[i];
            if (!r->done &&
                (!least || sy_slice_compare((sy_slice){r->key.data, r->key.len},
                                            (sy_slice){least->key.data, least->key.len}) < 0))
                least = r;
        }
        if (!least)
            break;
        sy_buf_reset(&key);
        sy_buf_append(&key, least->key.data, least->key.len);
        st = sy_buf_status(&key, err);
        sy_slice wanted = {key.data, key.len};
        bool marked = key.len > 0 && key.data[0] == SY_TERM_WORD;
        size_t n = 0;
        for (size_t i = 0; i < m->n && st == SY_OK; i++) {
            run *r = &m->runs[i];
            if (r->done || !sy_slice_equal((sy_slice){r->key.data, r->key.len}, wanted))
                continue;
            st = take_list(m, r, n, marked, err);
            n += r->df;
            if (st == SY_OK)
                st = next_term(r, err);
        }
        if (st == SY_OK && wanted.data[0] == SY_TERM_GRAM)
            sy_segment_writer_gram(m->out, (sy_slice){wanted.data + 1, wanted.len - 1}, m->list,
                                   (uint32_t)n);
        else if (st == SY_OK)
            sy_segment_writer_term(m->out, wanted, m->list, (uint32_t)n);
    }
    sy_buf_release(&key);
    return st;
}

static sy_status open_runs(merge *m, char *const *paths, sy_error *err)
{
    sy_status st = SY_OK;
    m->runs = sy_calloc(m->n, sizeof *m->runs);
    if (!m->runs)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < m->n && st == SY_OK; i++) {
        run *r = &m->runs[i];
        r->path = paths[i];
        st = sy_map_open(paths[i], &r->map, err);
        r->at = r->behind = r->map.data;
        r->end = r->at + r->map.len;
        if (st == SY_OK && r->map.len == 0)
            st = spoilt(r, err);
    }
    return st;
}

static void close_runs(merge *m)
{
    for (size_t i = 0; m->runs && i < m->n; i++) {
        sy_map_close(&m->runs[i].map);
        sy_buf_release(&m->runs[i].key);
    }
    sy_free(m->runs);
    sy_free(m->list);
}

/* ---- two halves ---- */

/* The rows from some character on are merged by a thread of their own, into a part of the
 * segment. */
typedef struct half {
    merge m;
    uint64_t from; /* number of the first bigram that there may be in the row */
    pthread_t thread;
    sy_status status;
    sy_error err;
} half;

static void *merge_half(void *arg)
{
    half *h = arg;
    h->status = merge_bigrams(&h->m, h->from, UINT64_MAX, &h->err);
    return NULL;
}

/* The row in which about half of the bigrams' bytes of a run are behind; they are two thirds of
 * all. 0 if there is none. */
static sy_status find_half(const run *first, uint64_t *from, sy_error *err)
{
    run r = *first;
    sy_status st = next_bigram(&r, err);
    while (st == SY_OK && !r.done && (size_t)(r.at - r.map.data) < r.map.len / 3)
        st = next_bigram(&r, err);
    *from = r.done ? 0 : ((r.bigram - 1) >> 21 << 21) + 1;
    return st;
}

/* Both halves at once. Each run of m is left behind its bigrams. */
static sy_status merge_halves(merge *m, half *h, const char *path, sy_error *err)
{
    sy_status st = sy_segment_writer_part(m->out, path, &h->m.out, err);
    if (st != SY_OK)
        return st;
    bool started = pthread_create(&h->thread, NULL, merge_half, h) == 0;
    st = merge_bigrams(m, 0, h->from, err);
    if (started)
        pthread_join(h->thread, NULL);
    else if (st == SY_OK)
        merge_half(h);
    if (st == SY_OK && h->status != SY_OK) {
        st = h->status;
        if (err && err->status == SY_OK)
            *err = h->err;
    }
    if (st == SY_OK)
        st = sy_segment_writer_join(m->out, h->m.out, path, err);
    else
        sy_segment_writer_drop(h->m.out);
    for (size_t i = 0; i < m->n && st == SY_OK; i++) {
        run *r = &m->runs[i];
        r->at = r->behind = r->map.data + (h->m.runs[i].at - h->m.runs[i].map.data);
    }
    sy_status left = sy_remove_file(path, NULL);
    (void)left; /* the next writer's sweep takes it */
    return st;
}

static sy_status merge_all_bigrams(merge *m, char *const *paths, const char *part, sy_error *err)
{
    half h = {.m = {.n = m->n, .n_records = m->n_records}};
    sy_status st = SY_OK;
    sy_error_clear(&h.err);
    if (part && m->n > 0)
        st = open_runs(&h.m, paths, err);
    if (h.m.runs && st == SY_OK)
        st = find_half(&h.m.runs[0], &h.from, err);
    if (st == SY_OK)
        st = h.from > 1 ? merge_halves(m, &h, part, err) : merge_bigrams(m, 0, UINT64_MAX, err);
    close_runs(&h.m);
    return st;
}

sy_status sy_runs_merge(char *const *paths, size_t n_runs, sy_segment_writer *w, const char *part,
                        void (*progress)(void *ctx, uint64_t done), void *ctx, sy_error *err)
{
    merge m = {.n = n_runs,
               .out = w,
               .n_records = sy_segment_writer_n_records(w),
               .progress = progress,
               .ctx = ctx};
    sy_status st = open_runs(&m, paths, err);
    if (st == SY_OK)
        st = merge_all_bigrams(&m, paths, part, err);
    if (st == SY_OK)
        st = merge_terms(&m, err);
    close_runs(&m);
    return st;
}
