#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "indexer/pieces.h"
#include "indexer/run.h"
#include "indexer/run_internal.h"
#include "store/term_key.h"

/* The keys, of bigrams first and then of terms, are cut into ranges, of which each thread merges
 * one after the other into a part of the segment. Where ranges end is told by the places of the
 * largest run; in each run a range is found by the run's own places. */

enum {
    RANGE = 2 << 20, /* bytes of runs in a range, at most about, */
    RANGES = 16,     /* but so many at least, if there are places for them */
    HELD = 8 << 20,  /* bytes of runs that are in memory, but of each at least, and at most: */
    HELD_LEAST = 8 << 10,
    HELD_MOST = 256 << 10,
    GRAM_START = 3 /* characters of the grams that no other one comes before */
};

/* A run on its way through a range. */
typedef struct cursor {
    const sy_run *run;
    uint8_t *bytes; /* bytes[cap]: what was read of it last, owned; not mapped, for the
                       system maps much around each place, and there may be thousands of runs */
    size_t cap;
    uint64_t behind; /* offset in the file of what comes next */
    const uint8_t *at, *end;
    bool done;       /* with the bigrams, or with the terms */
    uint64_t bigram; /* plus 1 */
    sy_buf key;
    uint32_t df;
    bool marked;
    const uint8_t *list;
} cursor;

/* What each thread has of its own. */
typedef struct scratch {
    cursor *cursors;
    sy_docid *docs; /* of the list in hand */
    sy_mark *marks;
    size_t cap;
    sy_buf key;
} scratch;

/* Ranges end before these: bigrams plus 1, or keys of terms. */
typedef struct border {
    uint64_t bigram;
    sy_slice key;
} border;

typedef struct merge {
    const sy_run *runs;
    size_t n;
    uint8_t **codes; /* codes[n]: of the field sets of each run, by number */
    sy_segment_writer *out;
    uint32_t n_records;
    border *borders; /* of bigrams, or of terms */
    size_t n_borders;
    bool terms;
    void (*progress)(void *ctx, uint64_t done);
    void *ctx;
    uint64_t done, bytes; /* of runs: merged before, and in the ranges */
    unsigned jobs;
} merge;

static sy_status spoilt(const sy_run *r, sy_error *err)
{
    return sy_fail(err, SY_E_IO, r->path, "a scratch file was changed while it was in use");
}

/* ---- reading runs ---- */

/* Has the next `len` bytes in memory, if there are so many. What was read before is gone. */
static sy_status have(cursor *c, size_t len, sy_error *err)
{
    size_t left = (size_t)(c->end - c->at), got;
    if (left >= len || c->behind == c->run->len)
        return SY_OK;
    if (left > 0)
        memmove(c->bytes, c->at, left);
    if (c->cap < len) {
        uint8_t *bytes = sy_resize(c->bytes, len, 1);
        if (!bytes)
            return sy_fail_nomem(err);
        c->bytes = bytes;
        c->cap = len;
    }
    uint64_t rest = c->run->len - c->behind;
    size_t more = c->cap - left < rest ? c->cap - left : (size_t)rest;
    sy_status st = sy_read_at(c->run->path, c->behind, c->bytes + left, more, &got, err);
    c->at = c->bytes;
    c->end = c->bytes + left + (st == SY_OK ? got : 0);
    c->behind += more;
    return st == SY_OK && got < more ? spoilt(c->run, err) : st;
}

/* The list at c->at, which is NULL if what stands before it is spoilt. */
static sy_status read_list(cursor *c, sy_error *err)
{
    uint64_t head;
    c->at = c->at ? sy_varint_get(c->at, c->end, &head) : NULL;
    if (!c->at || head < 2 || head >> 1 > SY_RUN_RECORDS)
        return spoilt(c->run, err);
    c->df = (uint32_t)(head >> 1);
    c->marked = head & 1;
    size_t len = (size_t)c->df * (c->marked ? 4 : 2);
    sy_status st = have(c, len, err);
    if (st == SY_OK && (size_t)(c->end - c->at) < len)
        st = spoilt(c->run, err);
    c->list = c->at;
    c->at += st == SY_OK ? len : 0;
    return st;
}

static sy_status next_bigram(cursor *c, sy_error *err)
{
    uint64_t step;
    sy_status st = have(c, 2 * SY_VARINT_MAX, err);
    if (st != SY_OK)
        return st;
    c->at = sy_varint_get(c->at, c->end, &step);
    if (!c->at)
        return spoilt(c->run, err);
    c->done = step == 0;
    c->bigram += step;
    return c->done ? SY_OK : read_list(c, err);
}

static sy_status next_term(cursor *c, sy_error *err)
{
    sy_status st = have(c, 3 * SY_VARINT_MAX + SY_TERM_KEY_MAX, err);
    c->done = c->at == c->end;
    if (st != SY_OK || c->done)
        return st;
    uint64_t shared, rest;
    c->at = sy_varint_get(c->at, c->end, &shared);
    c->at = c->at ? sy_varint_get(c->at, c->end, &rest) : NULL;
    if (!c->at || shared > c->key.len || rest > (uint64_t)(c->end - c->at) ||
        shared + rest > SY_TERM_KEY_MAX || shared + rest == 0)
        return spoilt(c->run, err);
    c->key.len = (size_t)shared;
    sy_buf_append(&c->key, c->at, (size_t)rest);
    c->at += rest;
    if (c->key.status != SY_OK)
        return sy_fail_nomem(err);
    return read_list(c, err);
}

static sy_slice key_of(const cursor *c)
{
    return (sy_slice){c->key.data, c->key.len};
}

/* Whether all that stands before a place is before the border. */
static bool is_before(const sy_run_place *place, const border *from, bool terms)
{
    if (!terms)
        return place->bigram < from->bigram;
    return sy_slice_compare((sy_slice){place->key, place->key_len}, from->key) < 0;
}

/* Puts the cursor on the first bigram or term that is not before the border; NULL: on the first. */
static sy_status seek(const merge *m, cursor *c, const border *from, sy_error *err)
{
    const sy_run *r = c->run;
    size_t start = m->terms ? r->n_bigram_places : 0;
    size_t end = m->terms ? r->n_places : r->n_bigram_places;
    while (from && start + 1 < end) {
        size_t mid = (start + end) / 2;
        if (is_before(&r->places[mid], from, m->terms))
            start = mid;
        else
            end = mid;
    }
    const sy_run_place *p = &r->places[start];
    c->behind = p->offset;
    c->at = c->end = c->bytes;
    c->bigram = p->bigram;
    sy_buf_reset(&c->key);
    sy_buf_append(&c->key, p->key, p->key_len);
    sy_status st = sy_buf_status(&c->key, err);
    bool before = true;
    while (st == SY_OK && before) {
        st = m->terms ? next_term(c, err) : next_bigram(c, err);
        before = st == SY_OK && !c->done && from &&
                 (m->terms ? sy_slice_compare(key_of(c), from->key) < 0 : c->bigram < from->bigram);
    }
    return st;
}

/* ---- lists ---- */

static bool need_postings(scratch *s, size_t n)
{
    if (n <= s->cap)
        return true;
    sy_docid *docs = sy_resize(s->docs, n * 2, sizeof *docs);
    s->docs = docs ? docs : s->docs;
    sy_mark *marks = docs ? sy_resize(s->marks, n * 2, sizeof *marks) : NULL;
    s->marks = marks ? marks : s->marks;
    s->cap = marks ? n * 2 : s->cap;
    return marks != NULL;
}

/* Appends the postings of c's list behind the n that are there. */
static sy_status take_list(const merge *m, scratch *s, const cursor *c, size_t n, sy_error *err)
{
    if (!need_postings(s, n + c->df))
        return sy_fail_nomem(err);
    const uint8_t *codes = m->codes[c->run - m->runs], *at = c->list;
    sy_docid *docs = s->docs + n, first = c->run->first;
    sy_mark *marks = s->marks + n;
    int64_t before = n > 0 ? (int64_t)docs[-1] : -1;
    bool ascend = true;
    for (uint32_t i = 0; i < c->df; i++) {
        docs[i] = first + sy_get_u16(at + 2 * i);
        ascend &= docs[i] > before;
        before = docs[i];
    }
    if (!ascend || before >= m->n_records)
        return spoilt(c->run, err);
    if (!c->marked) {
        memset(marks, 0, c->df * sizeof *marks);
        return SY_OK;
    }
    at += 2 * (size_t)c->df;
    for (uint32_t i = 0; i < c->df; i++) {
        uint16_t mark = sy_get_u16(at + 2 * i);
        marks[i] = (sy_mark){mark & ((1u << SY_RUN_SET_AT) - 1), codes[mark >> SY_RUN_SET_AT]};
    }
    return SY_OK;
}

/* Merges the bigrams from where the cursors are up to the border; NULL: to the end. */
static sy_status merge_bigrams(const merge *m, scratch *s, const border *to, sy_segment_part *part,
                               sy_error *err)
{
    for (;;) {
        uint64_t least = to ? to->bigram : UINT64_MAX, end = least;
        for (size_t i = 0; i < m->n; i++) {
            if (!s->cursors[i].done && s->cursors[i].bigram < least)
                least = s->cursors[i].bigram;
        }
        if (least == end)
            return SY_OK;
        size_t n = 0;
        for (size_t i = 0; i < m->n; i++) {
            cursor *c = &s->cursors[i];
            if (c->done || c->bigram != least)
                continue;
            sy_status st = take_list(m, s, c, n, err);
            n += c->df;
            if (st == SY_OK)
                st = next_bigram(c, err);
            if (st != SY_OK)
                return st;
        }
        sy_segment_part_bigram(part, (uint32_t)((least - 1) >> 21),
                               (uint32_t)((least - 1) & 0x1FFFFF), s->docs, s->marks, (uint32_t)n);
    }
}

/* The least term of all cursors into s->key; *any is false if there is none before the border. */
static sy_status least_term(const merge *m, scratch *s, const border *to, bool *any, sy_error *err)
{
    const cursor *least = NULL;
    for (size_t i = 0; i < m->n; i++) {
        const cursor *c = &s->cursors[i];
        if (!c->done && (!least || sy_slice_compare(key_of(c), key_of(least)) < 0))
            least = c;
    }
    *any = least && !(to && sy_slice_compare(key_of(least), to->key) >= 0);
    sy_buf_reset(&s->key);
    if (*any)
        sy_buf_append(&s->key, least->key.data, least->key.len);
    return sy_buf_status(&s->key, err);
}

static sy_status merge_terms(const merge *m, scratch *s, const border *to, sy_segment_part *part,
                             sy_error *err)
{
    bool any;
    sy_status st;
    while ((st = least_term(m, s, to, &any, err)) == SY_OK && any) {
        sy_slice key = {s->key.data, s->key.len};
        size_t n = 0;
        for (size_t i = 0; i < m->n && st == SY_OK; i++) {
            cursor *c = &s->cursors[i];
            if (c->done || !sy_slice_equal(key_of(c), key))
                continue;
            st = take_list(m, s, c, n, err);
            n += c->df;
            if (st == SY_OK)
                st = next_term(c, err);
        }
        if (st != SY_OK)
            break;
        if (key.data[0] == SY_TERM_GRAM)
            sy_segment_part_gram(part, (sy_slice){key.data + 1, key.len - 1}, s->docs, (uint32_t)n);
        else
            sy_segment_part_term(part, key, s->docs, s->marks, (uint32_t)n);
    }
    return st;
}

/* ---- ranges ---- */

static sy_status make_part(void *ctx, void *arg, size_t i, void **made, sy_error *err)
{
    const merge *m = ctx;
    scratch *s = arg;
    sy_segment_part *part;
    const border *from = i > 0 ? &m->borders[i - 1] : NULL;
    const border *to = i < m->n_borders ? &m->borders[i] : NULL;
    sy_status st = sy_segment_part_new(m->out, &part, err);
    for (size_t k = 0; k < m->n && st == SY_OK; k++)
        st = seek(m, &s->cursors[k], from, err);
    if (st == SY_OK)
        st = m->terms ? merge_terms(m, s, to, part, err) : merge_bigrams(m, s, to, part, err);
    if (st == SY_OK)
        *made = part;
    else
        sy_segment_part_free(part);
    return st;
}

static sy_status take_part(void *ctx, size_t i, void *made, sy_error *err)
{
    merge *m = ctx;
    (void)err;
    sy_segment_writer_join(m->out, made);
    if (m->progress)
        m->progress(m->ctx, m->done + m->bytes * (i + 1) / (m->n_borders + 1));
    return SY_OK;
}

static void drop_part(void *made)
{
    sy_segment_part_free(made);
}

/* The border before what stands at a place, moved to where a range may end: before a row, and
 * before the grams that begin alike. */
static border border_at(const merge *m, const sy_run_place *p)
{
    if (!m->terms)
        return (border){.bigram = p->bigram == 0 ? 0 : ((p->bigram - 1) >> 21 << 21) + 1};
    sy_slice key = {p->key, p->key_len};
    if (key.len > 0 && key.data[0] == SY_TERM_GRAM) {
        size_t at = 1;
        for (int i = 0; i < GRAM_START && at < key.len; i++) {
            uint32_t cp;
            at += sy_utf8_decode(key.data + at, key.len - at, &cp);
        }
        key.len = at;
    }
    return (border){.key = key};
}

/* Cuts the bigrams or the terms into ranges, by the places of the largest run. */
static sy_status find_borders(merge *m, sy_error *err)
{
    const sy_run *largest = m->runs;
    uint64_t all = 0;
    for (size_t i = 0; i < m->n; i++) {
        all += m->runs[i].len;
        largest = m->runs[i].len > largest->len ? &m->runs[i] : largest;
    }
    size_t at = m->terms ? largest->n_bigram_places : 0;
    size_t end = m->terms ? largest->n_places : largest->n_bigram_places;
    uint64_t range = all / RANGES < RANGE ? all / RANGES : RANGE;
    uint64_t share = range * largest->len / all, begin = largest->places[at].offset;
    uint64_t behind = end < largest->n_places ? largest->places[end].offset : largest->len;
    border last = {.key = {"", 0}};
    m->bytes = (uint64_t)((double)(behind - begin) / (double)largest->len * (double)all);
    m->n_borders = 0;
    m->borders = sy_alloc(end - at, sizeof *m->borders);
    if (!m->borders)
        return sy_fail_nomem(err);
    for (; at < end; at++) {
        const sy_run_place *p = &largest->places[at];
        border b = border_at(m, p);
        bool ascends = m->terms ? sy_slice_compare(b.key, last.key) > 0 : b.bigram > last.bigram;
        if (p->offset == begin || p->offset - begin < share || !ascends)
            continue;
        begin = p->offset;
        m->borders[m->n_borders++] = last = b;
    }
    return SY_OK;
}

static sy_status merge_all(merge *m, bool terms, void **scratches, sy_error *err)
{
    sy_pieces pieces = {.ctx = m, .make = make_part, .take = take_part, .drop = drop_part};
    m->terms = terms;
    sy_status st = find_borders(m, err);
    if (st != SY_OK)
        return st;
    pieces.n = m->n_borders + 1;
    st = sy_pieces_init(&pieces, err);
    if (st == SY_OK)
        st = sy_pieces_run(&pieces, m->jobs, scratches, err);
    sy_pieces_release(&pieces);
    sy_free(m->borders);
    m->done += m->bytes;
    return st;
}

/* ---- all ---- */

/* The codes that the sets of a run's records have in the segment, by number. */
static uint8_t *codes_of(const sy_run *r, const sy_segment_writer *w)
{
    enum { CODES = (UINT16_MAX >> SY_RUN_SET_AT) + 1 };
    uint8_t *codes = sy_alloc(CODES, 1);
    if (!codes)
        return NULL;
    memset(codes, SY_SET_UNKNOWN, CODES);
    codes[0] = SY_SET_LONGEST;
    for (size_t i = 0; r->sets && i < SY_FIELD_SETS_SLOTS; i++) {
        if (r->sets->fields[i] != 0)
            codes[r->sets->numbers[i]] = sy_segment_writer_mark(w, 1, r->sets->fields[i]).set;
    }
    return codes;
}

static sy_status open_runs(merge *m, sy_error *err)
{
    m->codes = sy_calloc(m->n, sizeof *m->codes);
    if (!m->codes)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    for (size_t i = 0; i < m->n && st == SY_OK; i++) {
        sy_path_info info;
        st = sy_path_look(m->runs[i].path, true, &info, err);
        if (st == SY_OK && (info.kind != SY_PATH_FILE || info.size != m->runs[i].len))
            st = spoilt(&m->runs[i], err);
        m->codes[i] = st == SY_OK ? codes_of(&m->runs[i], m->out) : NULL;
        if (st == SY_OK && !m->codes[i])
            st = sy_fail_nomem(err);
    }
    return st;
}

static void close_runs(merge *m)
{
    for (size_t i = 0; m->codes && i < m->n; i++)
        sy_free(m->codes[i]);
    sy_free((void *)m->codes);
}

static sy_status make_scratch(const merge *m, void **out, sy_error *err)
{
    scratch *s = *out = sy_calloc(1, sizeof *s);
    if (s)
        s->cursors = sy_calloc(m->n, sizeof *s->cursors);
    if (!s || !s->cursors)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < m->n; i++) {
        s->cursors[i].run = &m->runs[i];
        size_t held = HELD / m->jobs / m->n;
        held = held < HELD_LEAST ? HELD_LEAST : held > HELD_MOST ? HELD_MOST : held;
        s->cursors[i].bytes = sy_alloc(held, 1);
        s->cursors[i].cap = held;
        if (!s->cursors[i].bytes)
            return sy_fail_nomem(err);
    }
    return SY_OK;
}

static void free_scratch(const merge *m, scratch *s)
{
    if (!s)
        return;
    for (size_t i = 0; s->cursors && i < m->n; i++) {
        sy_free(s->cursors[i].bytes);
        sy_buf_release(&s->cursors[i].key);
    }
    sy_free(s->cursors);
    sy_free(s->docs);
    sy_free(s->marks);
    sy_buf_release(&s->key);
    sy_free(s);
}

sy_status sy_runs_merge(const sy_run *runs, size_t n_runs, sy_segment_writer *w, unsigned jobs,
                        void (*progress)(void *ctx, uint64_t done), void *ctx, sy_error *err)
{
    merge m = {.runs = runs,
               .n = n_runs,
               .out = w,
               .n_records = sy_segment_writer_n_records(w),
               .progress = progress,
               .ctx = ctx,
               .jobs = jobs};
    if (n_runs == 0)
        return SY_OK;
    void **scratches = sy_calloc(jobs, sizeof *scratches);
    sy_status st = scratches ? open_runs(&m, err) : sy_fail_nomem(err);
    for (unsigned i = 0; i < jobs && st == SY_OK; i++)
        st = make_scratch(&m, &scratches[i], err);
    if (st == SY_OK)
        st = merge_all(&m, false, scratches, err);
    if (st == SY_OK)
        st = sy_segment_writer_end_bigrams(w, err);
    if (st == SY_OK)
        st = merge_all(&m, true, scratches, err);
    for (unsigned i = 0; scratches && i < jobs; i++)
        free_scratch(&m, scratches[i]);
    sy_free((void *)scratches);
    close_runs(&m);
    return st;
}
