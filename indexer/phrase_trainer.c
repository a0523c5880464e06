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

typedef struct pair {
    uint64_t key; /* left << 32 | right; 0: free */
    uint32_t count;
    uint32_t joined; /* the symbol it becomes */
} pair;

typedef struct pairs {
    pair *items;
    size_t n, n_slots; /* a power of two, or 0 */
} pairs;

/* ---- pairs ---- */

static size_t first_slot(const pairs *p, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 24) & (p->n_slots - 1);
}

static pair *pair_slot(const pairs *p, uint64_t key)
{
    size_t at = first_slot(p, key);
    while (p->items[at].key != 0 && p->items[at].key != key)
        at = (at + 1) & (p->n_slots - 1);
    return &p->items[at];
}

static void pairs_release(pairs *p)
{
    sy_free_large(p->items, p->n_slots, sizeof *p->items);
}

/* Makes room for `more` pairs. */
static bool pairs_grow(pairs *p, size_t more)
{
    if ((p->n + more) * 3 <= p->n_slots * 2)
        return true;
    pairs bigger = {.n = p->n, .n_slots = p->n_slots ? p->n_slots * 2 : 1 << 12};
    while ((p->n + more) * 3 > bigger.n_slots * 2)
        bigger.n_slots *= 2;
    bigger.items = sy_alloc_large(bigger.n_slots, sizeof(pair));
    if (!bigger.items)
        return false;
    memset(bigger.items, 0, bigger.n_slots * sizeof(pair));
    for (size_t i = 0; i < p->n_slots; i++) {
        if (p->items[i].key != 0)
            *pair_slot(&bigger, p->items[i].key) = p->items[i];
    }
    pairs_release(p);
    *p = bigger;
    return true;
}

/* The pair at symbols[i], or 0 if it is none that may be joined. */
static uint64_t pair_at(const trainer *t, size_t i)
{
    uint32_t a = t->symbols[i], b = t->symbols[i + 1];
    if (a == 0 || b == 0 || t->chars[a - 1] + t->chars[b - 1] > SY_PHRASE_CHARS_MAX)
        return 0;
    return (uint64_t)a << 32 | b;
}

static bool count_pairs(const trainer *t, pairs *p)
{
    uint64_t keys[BATCH];
    if (!pairs_grow(p, t->n / 4))
        return false;
    for (size_t i = 0; i + 1 < t->n;) {
        size_t n = 0;
        if (!pairs_grow(p, BATCH))
            return false;
        for (; n < BATCH && i + 1 < t->n; i++) {
            keys[n] = pair_at(t, i);
            __builtin_prefetch(&p->items[first_slot(p, keys[n])], 1);
            n += keys[n] != 0;
        }
        for (size_t k = 0; k < n; k++) {
            pair *slot = pair_slot(p, keys[k]);
            p->n += slot->key == 0;
            slot->key = keys[k];
            slot->count++;
        }
    }
    return true;
}

static int by_count(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return (x->key > y->key) - (x->key < y->key);
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
static bool choose_joins(trainer *t, pairs *counted, pairs *joins)
{
    size_t n = 0;
    for (size_t i = 0; i < counted->n_slots; i++) {
        if (counted->items[i].count >= JOIN_COUNT_LEAST)
            counted->items[n++] = counted->items[i];
    }
    if (n > 1)
        qsort(counted->items, n, sizeof(pair), by_count);
    if (n > JOINS_PER_ROUND)
        n = JOINS_PER_ROUND;
    sy_buf joined = SY_BUF_INIT;
    bool good = true;
    for (size_t i = 0; i < n && good; i++) {
        uint32_t a = (uint32_t)(counted->items[i].key >> 32), b = (uint32_t)counted->items[i].key;
        sy_slice left = string_of(t, a - 1), right = string_of(t, b - 1);
        sy_buf_reset(&joined);
        sy_buf_append(&joined, left.data, left.len);
        sy_buf_append(&joined, right.data, right.len);
        good = joined.status == SY_OK && pairs_grow(joins, 1);
        if (!good)
            break;
        pair *slot = pair_slot(joins, counted->items[i].key);
        *slot = counted->items[i];
        joins->n++;
        slot->joined = symbol_of(t, (sy_slice){joined.data, joined.len},
                                 t->chars[a - 1] + (unsigned)t->chars[b - 1]);
        good = slot->joined != 0;
    }
    sy_buf_release(&joined);
    return good;
}

static void apply_joins(trainer *t, const pairs *joins)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n;) {
        if (i + BATCH < t->n) {
            uint64_t later = (uint64_t)t->symbols[i + BATCH - 1] << 32 | t->symbols[i + BATCH];
            __builtin_prefetch(&joins->items[first_slot(joins, later)]);
        }
        uint32_t a = t->symbols[i], b = i + 1 < t->n ? t->symbols[i + 1] : 0;
        const pair *slot = a != 0 && b != 0 ? pair_slot(joins, (uint64_t)a << 32 | b) : NULL;
        bool join = slot && slot->key != 0;
        t->symbols[n++] = join ? slot->joined : a;
        i += join ? 2 : 1;
    }
    t->n = n;
}

static bool join_round(trainer *t, bool *any)
{
    pairs counted = {0}, joins = {0};
    bool good = count_pairs(t, &counted) && choose_joins(t, &counted, &joins);
    *any = joins.n > 0;
    if (good && *any)
        apply_joins(t, &joins);
    pairs_release(&counted);
    pairs_release(&joins);
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
