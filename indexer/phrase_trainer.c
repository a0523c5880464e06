#include "indexer/phrase_trainer.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "indexer/readers/string_table.h"
#include "store/phrase_matcher.h"

enum {
    ROUNDS = 5,
    JOINS_PER_ROUND = 24000,
    JOIN_COUNT_LEAST = 4, /* in the sample */
    PRUNINGS = 2,
    BATCH = 32,      /* pairs that are looked up at once, so that they wait for memory together */
    ENTRY_BYTES = 8, /* of a phrase in the dictionary, beside its text */
    CODE_BYTES = 2
};

/* Symbol 0 stands between texts and for characters that occur once; symbol i + 1
 * is candidate i, a character or a string of them. */
typedef struct trainer {
    uint32_t *symbols; /* the sample */
    size_t n, cap;
    sy_string_table strings; /* candidate -> its uses, in order of making */
    uint8_t *chars;          /* characters of each candidate */
    size_t cap_chars;
} trainer;

/* Two symbols, 21 bits each, which is enough for all characters and what is joined of them. */
enum { SYMBOL_BITS = 21, COUNT_BITS = 64 - 2 * SYMBOL_BITS, COUNT_MOST = (1 << COUNT_BITS) - 1 };

/* How often each pair stands in the sample: of millions, so an item is the pair, above COUNT_BITS,
 * and the count, up to COUNT_MOST; 0: free. */
typedef struct counts {
    uint64_t *items;
    size_t n, n_slots; /* a power of two, or 0 */
} counts;

/* Which pairs become which symbols. */
typedef struct join {
    uint64_t pair; /* 0: free */
    uint32_t symbol;
} join;

typedef struct joins {
    join *items;
    size_t n, n_slots; /* a power of two */
} joins;

static uint64_t pair_of(uint32_t a, uint32_t b)
{
    return (uint64_t)a << SYMBOL_BITS | b;
}

/* ---- pairs ---- */

static size_t first_slot(uint64_t pair, size_t n_slots)
{
    return (size_t)(pair * 0x9e3779b97f4a7c15u >> 24) & (n_slots - 1);
}

static uint64_t *count_slot(const counts *c, uint64_t pair)
{
    size_t at = first_slot(pair, c->n_slots);
    while (c->items[at] != 0 && c->items[at] >> COUNT_BITS != pair)
        at = (at + 1) & (c->n_slots - 1);
    return &c->items[at];
}

static void counts_release(counts *c)
{
    sy_free_large(c->items, c->n_slots, sizeof *c->items);
}

/* Makes room for `more` pairs. */
static bool counts_grow(counts *c, size_t more)
{
    if ((c->n + more) * 3 <= c->n_slots * 2)
        return true;
    counts bigger = {.n = c->n, .n_slots = c->n_slots ? c->n_slots * 2 : 1 << 12};
    while ((c->n + more) * 3 > bigger.n_slots * 2)
        bigger.n_slots *= 2;
    bigger.items = sy_alloc_large(bigger.n_slots, sizeof *bigger.items);
    if (!bigger.items)
        return false;
    memset(bigger.items, 0, bigger.n_slots * sizeof *bigger.items);
    for (size_t i = 0; i < c->n_slots; i++) {
        if (c->items[i] != 0)
            *count_slot(&bigger, c->items[i] >> COUNT_BITS) = c->items[i];
    }
    counts_release(c);
    *c = bigger;
    return true;
}

/* The pair at symbols[i], or 0 if it is none that may be joined. */
static uint64_t pair_at(const trainer *t, size_t i)
{
    uint32_t a = t->symbols[i], b = t->symbols[i + 1];
    if (a == 0 || b == 0 || t->chars[a - 1] + t->chars[b - 1] > SY_PHRASE_CHARS_MAX)
        return 0;
    return pair_of(a, b);
}

static bool count_pairs(const trainer *t, counts *c)
{
    uint64_t pairs[BATCH];
    if (!counts_grow(c, t->n / 4))
        return false;
    for (size_t i = 0; i + 1 < t->n;) {
        size_t n = 0;
        if (!counts_grow(c, BATCH))
            return false;
        for (; n < BATCH && i + 1 < t->n; i++) {
            pairs[n] = pair_at(t, i);
            __builtin_prefetch(&c->items[first_slot(pairs[n], c->n_slots)], 1);
            n += pairs[n] != 0;
        }
        for (size_t k = 0; k < n; k++) {
            uint64_t *slot = count_slot(c, pairs[k]);
            c->n += *slot == 0;
            *slot = *slot == 0 ? pairs[k] << COUNT_BITS : *slot;
            *slot += (*slot & COUNT_MOST) < COUNT_MOST;
        }
    }
    return true;
}

/* The most frequent first. */
static int by_count(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    if ((x & COUNT_MOST) != (y & COUNT_MOST))
        return (x & COUNT_MOST) < (y & COUNT_MOST) ? 1 : -1;
    return (x > y) - (x < y);
}

/* Room for all joins of a round. */
static bool joins_init(joins *j)
{
    j->n_slots = 1;
    while (j->n_slots * 2 < (size_t)JOINS_PER_ROUND * 3)
        j->n_slots *= 2;
    j->items = sy_calloc(j->n_slots, sizeof *j->items);
    return j->items != NULL;
}

static join *join_slot(const joins *j, uint64_t pair)
{
    size_t at = first_slot(pair, j->n_slots);
    while (j->items[at].pair != 0 && j->items[at].pair != pair)
        at = (at + 1) & (j->n_slots - 1);
    return &j->items[at];
}

/* ---- candidates ---- */

static sy_slice string_of(const trainer *t, uint32_t candidate)
{
    const sy_string_entry *e = &t->strings.entries[candidate];
    return (sy_slice){t->strings.bytes.data + e->off, e->len};
}

/* The symbol of a string, made if needed; 0 when there is no memory. */
static uint32_t symbol_of(trainer *t, sy_slice s, unsigned chars)
{
    size_t before = t->strings.n;
    uint32_t *value = sy_string_table_at(&t->strings, s);
    if (!value)
        return 0;
    if (t->strings.n > before) {
        if (!sy_grow((void **)&t->chars, before, &t->cap_chars, 1))
            return 0;
        t->chars[before] = (uint8_t)chars;
        *value = (uint32_t)before;
    }
    return *value + 1;
}

static bool push(trainer *t, uint32_t symbol)
{
    if (!sy_grow((void **)&t->symbols, t->n, &t->cap, sizeof *t->symbols))
        return false;
    t->symbols[t->n++] = symbol;
    return true;
}

/* The sample as characters; known[cp] is the symbol of one that was met. */
static bool read_texts(trainer *t, const sy_slice *texts, size_t n_texts, uint32_t *known)
{
    for (size_t i = 0; i < n_texts; i++) {
        for (size_t at = 0; at < texts[i].len;) {
            uint32_t cp;
            size_t len = sy_utf8_decode(texts[i].data + at, texts[i].len - at, &cp);
            uint32_t symbol = known[cp];
            if (symbol == 0)
                symbol = symbol_of(t, (sy_slice){texts[i].data + at, len}, 1);
            if (symbol == 0 || !push(t, symbol))
                return false;
            if (cp != SY_CP_REPLACEMENT) /* that also stands for what is ill-formed */
                known[cp] = symbol;
            at += len;
        }
        if (!push(t, 0))
            return false;
    }
    return true;
}

static bool read_sample(trainer *t, const sy_slice *texts, size_t n_texts)
{
    uint32_t *known = sy_calloc(0x110000, sizeof *known);
    bool good = known && read_texts(t, texts, n_texts, known);
    sy_free(known);
    return good;
}

/* Gives the most frequent pairs a symbol; the others are forgotten. */
static bool choose_joins(trainer *t, counts *counted, joins *out)
{
    size_t n = 0;
    for (size_t i = 0; i < counted->n_slots; i++) {
        if ((counted->items[i] & COUNT_MOST) >= JOIN_COUNT_LEAST)
            counted->items[n++] = counted->items[i];
    }
    if (n > 1)
        qsort(counted->items, n, sizeof *counted->items, by_count);
    if (n > JOINS_PER_ROUND)
        n = JOINS_PER_ROUND;
    sy_buf joined = SY_BUF_INIT;
    bool good = joins_init(out);
    for (size_t i = 0; i < n && good; i++) {
        uint64_t pair = counted->items[i] >> COUNT_BITS;
        uint32_t a = (uint32_t)(pair >> SYMBOL_BITS),
                 b = (uint32_t)pair & ((1u << SYMBOL_BITS) - 1);
        sy_slice left = string_of(t, a - 1), right = string_of(t, b - 1);
        sy_buf_reset(&joined);
        sy_buf_append(&joined, left.data, left.len);
        sy_buf_append(&joined, right.data, right.len);
        join *slot = join_slot(out, pair);
        slot->pair = pair;
        slot->symbol = joined.status == SY_OK
                           ? symbol_of(t, (sy_slice){joined.data, joined.len},
                                       t->chars[a - 1] + (unsigned)t->chars[b - 1])
                           : 0;
        out->n++;
        good = slot->symbol != 0;
    }
    sy_buf_release(&joined);
    return good;
}

static void apply_joins(trainer *t, const joins *j)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n;) {
        uint32_t a = t->symbols[i], b = i + 1 < t->n ? t->symbols[i + 1] : 0;
        const join *slot = a != 0 && b != 0 ? join_slot(j, pair_of(a, b)) : NULL;
        bool joined = slot && slot->pair != 0;
        t->symbols[n++] = joined ? slot->symbol : a;
        i += joined ? 2 : 1;
    }
    t->n = n;
}

static bool join_round(trainer *t, bool *any)
{
    counts counted = {0};
    joins j = {0};
    bool good = count_pairs(t, &counted) && choose_joins(t, &counted, &j);
    counts_release(&counted);
    *any = j.n > 0;
    if (good && *any)
        apply_joins(t, &j);
    sy_free(j.items);
    return good;
}

/* ---- pruning ---- */

typedef struct ranked {
    uint32_t candidate;
    uint32_t uses;
    int64_t gain; /* bytes saved in the whole corpus, less its own */
} ranked;

static int by_gain(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->gain != y->gain)
        return x->gain < y->gain ? 1 : -1;
    return (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

static int by_uses(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->uses != y->uses)
        return x->uses < y->uses ? 1 : -1;
    return (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

/* Counts how often the shortest spelling of the sample uses each candidate. */
static sy_status count_uses(const trainer *t, const ranked *kept, size_t n_kept,
                            const sy_slice *texts, size_t n_texts, uint32_t *uses, sy_error *err)
{
    sy_phrase_matcher *m;
    sy_phrase_parse parse = {0};
    sy_status st = sy_phrase_matcher_new(&m, err);
    for (size_t i = 0; i < n_kept && st == SY_OK; i++) {
        sy_slice s = string_of(t, kept[i].candidate);
        st = sy_phrase_matcher_add(m, s.data, s.len, kept[i].candidate + SY_PHRASE_BYTES, err);
    }
    if (st == SY_OK)
        st = sy_phrase_matcher_build(m, err);
    memset(uses, 0, t->strings.n * sizeof *uses);
    for (size_t i = 0; i < n_texts && st == SY_OK; i++) {
        st = sy_phrase_matcher_parse(m, texts[i].data, texts[i].len, &parse, err);
        for (size_t k = 0; k < parse.n && st == SY_OK; k++) {
            if (parse.codes[k] >= SY_PHRASE_BYTES)
                uses[parse.codes[k] - SY_PHRASE_BYTES]++;
        }
    }
    sy_phrase_parse_release(&parse);
    sy_phrase_matcher_free(m);
    return st;
}

/* A phrase of several characters stands for two codes at least, a character for its
 * bytes; `scale` turns uses in the sample into uses in the corpus. */
static int64_t gain_of(const trainer *t, uint32_t candidate, uint32_t uses, double scale)
{
    sy_slice s = string_of(t, candidate);
    double saved = t->chars[candidate] > 1 ? 1.0 : (double)s.len - 1.0;
    if (t->chars[candidate] == 1 && s.len == 1)
        return -1; /* a byte has a code anyway */
    return (int64_t)(saved * CODE_BYTES * scale * uses) - ENTRY_BYTES - (int64_t)s.len;
}

static size_t prune(const trainer *t, ranked *kept, size_t n, const uint32_t *uses, double scale)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = kept[i].candidate;
        int64_t gain = gain_of(t, c, uses[c], scale);
        if (gain > 0)
            kept[left++] = (ranked){c, uses[c], gain};
    }
    if (left > 1)
        qsort(kept, left, sizeof *kept, by_gain);
    return left < SY_PHRASES_MAX ? left : SY_PHRASES_MAX;
}

static sy_status put_phrases(const trainer *t, ranked *kept, size_t n, sy_phrase_list *out,
                             sy_error *err)
{
    if (n > 1)
        qsort(kept, n, sizeof *kept, by_uses);
    for (size_t i = 0; i < n; i++) {
        sy_slice s = string_of(t, kept[i].candidate);
        sy_buf_append(&out->bytes, s.data, s.len);
        if (!sy_grow((void **)&out->ends, out->n, &out->cap, sizeof *out->ends))
            return sy_fail_nomem(err);
        out->ends[out->n++] = (uint32_t)out->bytes.len;
    }
    return sy_buf_status(&out->bytes, err);
}

static sy_status choose(const trainer *t, const sy_slice *texts, size_t n_texts, double scale,
                        sy_phrase_list *out, sy_error *err)
{
    size_t n = t->strings.n;
    sy_status st = SY_OK;
    ranked *kept = sy_alloc(n, sizeof *kept);
    uint32_t *uses = sy_alloc(n, sizeof *uses);
    if (!kept || !uses)
        st = sy_fail_nomem(err);
    for (size_t i = 0; i < n && st == SY_OK; i++)
        kept[i] = (ranked){.candidate = (uint32_t)i};
    for (int i = 0; i < PRUNINGS && st == SY_OK; i++) {
        st = count_uses(t, kept, n, texts, n_texts, uses, err);
        if (st == SY_OK)
            n = prune(t, kept, n, uses, scale);
    }
    if (st == SY_OK)
        st = put_phrases(t, kept, n, out, err);
    sy_free(kept);
    sy_free(uses);
    return st;
}

sy_status sy_phrases_learn(const sy_slice *texts, size_t n_texts, uint64_t total,
                           sy_phrase_list *out, sy_error *err)
{
    *out = (sy_phrase_list){.bytes = SY_BUF_INIT};
    trainer t = {.strings = SY_STRING_TABLE_INIT};
    uint64_t sampled = 0;
    for (size_t i = 0; i < n_texts; i++)
        sampled += texts[i].len;
    if (sampled == 0)
        return SY_OK;
    bool good = read_sample(&t, texts, n_texts), any = true;
    for (int round = 0; round < ROUNDS && good && any; round++)
        good = join_round(&t, &any);
    sy_free(t.symbols);
    t.symbols = NULL;
    sy_status st = good ? choose(&t, texts, n_texts, (double)total / (double)sampled, out, err)
                        : sy_fail_nomem(err);
    sy_string_table_release(&t.strings);
    sy_free(t.chars);
    if (st != SY_OK)
        sy_phrase_list_release(out);
    return st;
}

void sy_phrase_list_release(sy_phrase_list *list)
{
    sy_buf_release(&list->bytes);
    sy_free(list->ends);
    *list = (sy_phrase_list){.bytes = SY_BUF_INIT};
}
