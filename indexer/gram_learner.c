#include "indexer/gram_learner.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

/* The sample as characters of the normal form; ids[i] names the string of the current
 * length that starts at character i, 0 if it is not frequent. The strings of the next
 * length are the pairs (ids[i], ids[i + 1]). Nothing goes across a barrier, at which
 * all ids are 0. */
typedef struct learner {
    const sy_sample *sample;
    uint32_t *chars, *ids;
    uint32_t *ends; /* ends[sample->n]: of the texts, where the next begins */
    size_t n, cap, cap_ids;
    uint32_t least, least_watched; /* records of the sample */
} learner;

typedef struct pair {
    uint64_t key;      /* 0: free */
    uint32_t df, last; /* records; the last one, plus 1 */
    uint32_t id;
    uint32_t at; /* a place where it starts */
} pair;

typedef struct level {
    pair *items;
    size_t n, n_slots;
} level;

enum { BATCH = 32 }; /* pairs that are looked up at once, so that they wait for memory together */

static size_t first_slot(const level *l, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (l->n_slots - 1);
}

static pair *slot_of(const level *l, uint64_t key)
{
    size_t at = first_slot(l, key);
    while (l->items[at].key != 0 && l->items[at].key != key)
        at = (at + 1) & (l->n_slots - 1);
    return &l->items[at];
}

static void level_release(level *l)
{
    sy_free_large(l->items, l->n_slots, sizeof *l->items);
}

/* Makes room for `more` pairs. */
static bool grow(level *l, size_t more)
{
    if ((l->n + more) * 3 <= l->n_slots * 2)
        return true;
    level bigger = {.n = l->n, .n_slots = l->n_slots ? l->n_slots * 2 : 1 << 12};
    bigger.items = sy_alloc_large(bigger.n_slots, sizeof(pair));
    if (!bigger.items)
        return false;
    memset(bigger.items, 0, bigger.n_slots * sizeof(pair));
    for (size_t i = 0; i < l->n_slots; i++) {
        if (l->items[i].key != 0)
            *slot_of(&bigger, l->items[i].key) = l->items[i];
    }
    level_release(l);
    *l = bigger;
    return true;
}

/* Where a pair of frequent strings starts from i on; s->n if nowhere. */
static size_t next_pair(const learner *s, size_t i)
{
    while (i + 1 < s->n && (s->ids[i] == 0 || s->ids[i + 1] == 0))
        i++;
    return i + 1 < s->n ? i : s->n;
}

static uint64_t pair_at(const learner *s, size_t i)
{
    return (uint64_t)s->ids[i] << 32 | s->ids[i + 1];
}

static bool count(const learner *s, level *l)
{
    uint32_t places[BATCH], records[BATCH]; /* a record, plus 1 */
    size_t text = 0;
    for (size_t i = next_pair(s, 0); i < s->n;) {
        size_t n = 0;
        if (!grow(l, BATCH))
            return false;
        for (; n < BATCH && i < s->n; i = next_pair(s, i + 1)) {
            while (s->ends[text] <= i)
                text++;
            records[n] = s->sample->records[text] + 1;
            places[n++] = (uint32_t)i;
            __builtin_prefetch(&l->items[first_slot(l, pair_at(s, i))], 1);
        }
        for (size_t k = 0; k < n; k++) {
            uint64_t key = pair_at(s, places[k]);
            pair *p = slot_of(l, key);
            if (p->key == 0) {
                p->key = key;
                p->at = places[k];
                l->n++;
            }
            p->df += p->last != records[k];
            p->last = records[k];
        }
    }
    return true;
}

/* Numbers the frequent pairs and puts their numbers in the place of ids. */
static uint32_t keep_frequent(learner *s, level *l)
{
    uint32_t n = 0;
    for (size_t i = 0; i < l->n_slots; i++) {
        if (l->items[i].df >= s->least)
            l->items[i].id = ++n;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (i + BATCH < s->n && l->n_slots > 0)
            __builtin_prefetch(&l->items[first_slot(l, pair_at(s, i + BATCH - 1))]);
        bool both = i + 1 < s->n && s->ids[i] != 0 && s->ids[i + 1] != 0;
        s->ids[i] = both ? slot_of(l, pair_at(s, i))->id : 0;
    }
    return n;
}

static bool watch(const learner *s, const level *l, sy_watched_pairs *out)
{
    bool good = true;
    for (size_t i = 0; i < l->n_slots && good; i++) {
        const pair *p = &l->items[i];
        if (p->key != 0 && p->df >= s->least_watched)
            good = sy_watched_add(out, s->chars[p->at], s->chars[p->at + 1]);
    }
    return good;
}

static bool push(learner *s, uint32_t cp)
{
    if (!sy_grow((void **)&s->chars, s->n, &s->cap, sizeof *s->chars) ||
        !sy_grow((void **)&s->ids, s->n, &s->cap_ids, sizeof *s->ids))
        return false;
    s->chars[s->n] = cp;
    s->ids[s->n++] = cp == SY_BARRIER ? 0 : cp + 1;
    return true;
}

static sy_status read_sample(learner *s, const sy_sample *sample, unsigned flags, sy_error *err)
{
    sy_buf normal = SY_BUF_INIT;
    s->sample = sample;
    s->ends = sy_alloc(sample->n, sizeof *s->ends);
    sy_status st = s->ends ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < sample->n && st == SY_OK; i++) {
        sy_buf_reset(&normal);
        st = sy_normalize(flags, sample->texts[i].data, sample->texts[i].len, &normal, NULL, err);
        for (size_t at = 0; at < normal.len && st == SY_OK;) {
            uint32_t cp;
            at += sy_utf8_decode(normal.data + at, normal.len - at, &cp);
            if (!push(s, cp))
                st = sy_fail_nomem(err);
        }
        if (st == SY_OK && !push(s, SY_BARRIER))
            st = sy_fail_nomem(err);
        s->ends[i] = (uint32_t)s->n;
    }
    sy_buf_release(&normal);
    return st;
}

/* Appends the strings of one level; their lengths go to `ends`. */
static bool emit(const learner *s, const level *l, unsigned chars, sy_grams *out, size_t **ends,
                 size_t *cap)
{
    for (size_t i = 0; i < l->n_slots; i++) {
        const pair *p = &l->items[i];
        const uint32_t *at = &s->chars[p->at];
        if (p->id == 0 || (chars == 3 && sy_watched_has(&out->watched, at[0], at[1]) &&
                           sy_watched_has(&out->watched, at[1], at[2])))
            continue;
        if (!sy_grow((void **)ends, out->n, cap, sizeof **ends))
            return false;
        for (unsigned k = 0; k < chars; k++)
            sy_buf_put_cp(&out->bytes, at[k]);
        (*ends)[out->n++] = out->bytes.len;
    }
    return out->bytes.status == SY_OK;
}

static int compare(const void *a, const void *b)
{
    return sy_slice_compare(*(const sy_slice *)a, *(const sy_slice *)b);
}

static sy_status finish(sy_grams *g, const size_t *ends, sy_error *err)
{
    if (g->n == 0)
        return SY_OK;
    g->items = sy_alloc(g->n, sizeof *g->items);
    if (!g->items)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < g->n; i++) {
        size_t start = i == 0 ? 0 : ends[i - 1];
        g->items[i] = (sy_slice){g->bytes.data + start, ends[i] - start};
    }
    qsort(g->items, g->n, sizeof *g->items, compare);
    sy_status st = sy_phrase_matcher_new(&g->matcher, err);
    for (size_t i = 0; i < g->n && st == SY_OK; i++)
        st = sy_phrase_matcher_add(g->matcher, g->items[i].data, g->items[i].len,
                                   (uint32_t)i + SY_PHRASE_BYTES, err);
    return st == SY_OK ? sy_phrase_matcher_build(g->matcher, err) : st;
}

static bool learn(learner *s, sy_grams *out, size_t **ends)
{
    size_t cap = 0;
    bool good = true;
    uint32_t n = 1;
    for (unsigned chars = 2; chars <= SY_GRAM_CHARS_MAX && n > 0 && good; chars++) {
        level l = {0};
        good = count(s, &l);
        n = good ? keep_frequent(s, &l) : 0;
        if (good && chars == 2)
            good = watch(s, &l, &out->watched);
        if (good && chars > 2)
            good = emit(s, &l, chars, out, ends, &cap);
        level_release(&l);
    }
    return good;
}

sy_status sy_grams_learn(const sy_sample *sample, unsigned norm_flags, sy_grams *out, sy_error *err)
{
    *out = (sy_grams){.bytes = SY_BUF_INIT};
    learner s = {0};
    size_t *ends = NULL;
    double part = sample->total > 0 ? (double)sample->taken / (double)sample->total : 0;
    /* What a list saves is the reading of texts: the longer records are, the fewer are many. */
    double length = sample->n_records > 0 ? (double)sample->taken / sample->n_records : 0;
    double longer = length > SY_GRAM_RECORD ? length / SY_GRAM_RECORD : 1;
    s.least = (uint32_t)(SY_GRAM_DF_LEAST * part / longer);
    if (s.least < 8) /* too few to tell: the corpus is small or the sample thin */
        s.least = 8;
    double share = (double)sample->n_records / SY_WATCHED_SHARE;
    double watched = SY_WATCHED_DF_LEAST * part / longer;
    s.least_watched = (uint32_t)(watched > share ? watched : share);
    if (s.least_watched < s.least)
        s.least_watched = s.least;
    if (sample->n_records < SY_GRAM_DF_LEAST)
        return SY_OK;
    sy_status st = read_sample(&s, sample, norm_flags, err);
    if (st == SY_OK && !learn(&s, out, &ends))
        st = sy_fail_nomem(err);
    sy_free(s.chars);
    sy_free(s.ids);
    sy_free(s.ends);
    if (st == SY_OK)
        st = finish(out, ends, err);
    sy_free(ends);
    if (st != SY_OK)
        sy_grams_release(out);
    return st;
}

void sy_grams_found(sy_grams *g)
{
    sy_phrase_matcher_free(g->matcher);
    g->matcher = NULL;
}

void sy_grams_release(sy_grams *g)
{
    sy_phrase_matcher_free(g->matcher);
    sy_free(g->items);
    sy_buf_release(&g->bytes);
    sy_watched_release(&g->watched);
    *g = (sy_grams){.bytes = SY_BUF_INIT};
}
