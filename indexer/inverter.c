#include "indexer/inverter.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "indexer/occurrences.h"
#include "indexer/run.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "segmenter/whole_value.h"
#include "store/scoring.h"
#include "store/term_key.h"

/* Pairs of characters, terms and grams are noted one behind the other as they are met, and
 * become lists when a run is written. The field of an occurrence is noted as how many bits it
 * is above the longest of its record, so that nothing else is to be known of most. */

typedef struct term_entry {
    uint64_t hash;
    uint64_t key_at; /* in keys */
    uint32_t key_len;
} term_entry;

typedef struct slots {
    uint32_t *items; /* entry + 1, or 0 */
    size_t n;        /* a power of two, or 0 */
} slots;

/* A value of the record in hand: its normal form in `normal`, and as characters in `cps`. */
typedef struct span {
    size_t start, len;
    size_t first, n;
    sy_field_id field;
} span;

struct sy_inverter {
    unsigned norm_flags;
    const sy_schema *schema;
    size_t budget;
    const sy_grams *grams;
    sy_docid first, docid; /* of the run; the record being added */
    sy_buf longest;        /* the longest field of each record of the run, as a bit's number */
    sy_occurrences pairs, words, strings; /* of characters; terms; grams */
    sy_spare spare;
    uint16_t *list_docs; /* the list on its way into a run: list_docs[df] */
    sy_run_mark *list_marks;
    uint32_t df;
    uint32_t *cps;
    size_t n_cps, cap_cps;
    span *spans;
    size_t n_spans, cap_spans;
    sy_cutter *cutter;
    term_entry *terms;
    size_t n_terms, cap_terms;
    slots term_slots;
    uint64_t *trigrams; /* [n_trigrams] of two watched pairs, as their three characters */
    size_t n_trigrams, cap_trigrams;
    slots trigram_slots;
    uint32_t *chars; /* of a character that is a word: its entry + 1, or 0; chars[CHARS]; NULL: of
                        the run none yet, or there is too little memory */
    sy_buf keys;     /* of the terms */
    sy_buf normal, key;
    sy_field_sets sets;
    bool failed; /* no memory for a gram */
};

enum {
    FIRST_SLOTS = 1 << 10,
    CHARS = 0x110000,
    CHARS_BYTES =
        CHARS * (int)sizeof(uint32_t), /* of which a run may have a quarter of the budget */
    PIECE = 1 << 16,                   /* characters, of which the pairs are noted at once */
    TRIGRAM_BYTES = 12,
    TRIGRAM_FLUSH = 52 /* bytes that a trigram takes on top of it when a run is written */
};

/* Occurrences of a run are counted in 32 bits. */
static const size_t BUDGET_MOST = (size_t)16 << 30;

sy_status sy_inverter_new(unsigned norm_flags, const sy_lexicon *lexicon, const sy_grams *grams,
                          const sy_schema *schema, size_t budget, sy_inverter **out, sy_error *err)
{
    *out = NULL;
    sy_inverter *inv = sy_calloc(1, sizeof *inv);
    if (!inv)
        return sy_fail_nomem(err);
    inv->norm_flags = norm_flags;
    inv->schema = schema;
    inv->budget = budget < BUDGET_MOST ? budget : BUDGET_MOST;
    inv->grams = grams;
    sy_status st = sy_cutter_new(lexicon, &inv->cutter, err);
    if (st != SY_OK)
        sy_inverter_free(inv);
    else
        *out = inv;
    return st;
}

static bool slots_grow(sy_inverter *inv)
{
    slots *s = &inv->term_slots;
    if ((inv->n_terms + 1) * 3 <= s->n * 2)
        return true;
    size_t size = s->n ? s->n * 2 : FIRST_SLOTS;
    uint32_t *items = sy_calloc(size, sizeof *items);
    if (!items)
        return false;
    for (size_t i = 0; i < inv->n_terms; i++) {
        size_t at = (size_t)inv->terms[i].hash & (size - 1);
        while (items[at] != 0)
            at = (at + 1) & (size - 1);
        items[at] = (uint32_t)(i + 1);
    }
    sy_free(s->items);
    *s = (slots){items, size};
    return true;
}

/* An occurrence in the record in hand, in the field of a bit. */
static uint64_t here(const sy_inverter *inv, uint64_t key, unsigned bit)
{
    unsigned longest = (unsigned char)inv->longest.data[inv->longest.len - 1];
    return sy_occurrence(key, inv->docid - inv->first, (bit - longest) % SY_FIELD_BITS);
}

static bool key_equals(const sy_inverter *inv, const term_entry *e, sy_slice key)
{
    return e->key_len == key.len && memcmp(inv->keys.data + e->key_at, key.data, key.len) == 0;
}

/* The entry of the term in inv->key, made if needed; *i is its number. */
static bool find_term(sy_inverter *inv, uint32_t *i)
{
    sy_slice key = {inv->key.data, inv->key.len};
    if (inv->key.status != SY_OK)
        return false;
    uint64_t hash = sy_hash64(key.data, key.len);
    size_t mask = inv->term_slots.n - 1, at = (size_t)hash & mask;
    while (inv->term_slots.n > 0 && inv->term_slots.items[at] != 0) {
        *i = inv->term_slots.items[at] - 1;
        if (inv->terms[*i].hash == hash && key_equals(inv, &inv->terms[*i], key))
            return true;
        at = (at + 1) & mask;
    }
    if (!slots_grow(inv) ||
        !sy_grow((void **)&inv->terms, inv->n_terms, &inv->cap_terms, sizeof *inv->terms))
        return false;
    mask = inv->term_slots.n - 1;
    at = (size_t)hash & mask;
    while (inv->term_slots.items[at] != 0)
        at = (at + 1) & mask;
    *i = (uint32_t)inv->n_terms++;
    inv->term_slots.items[at] = *i + 1;
    inv->terms[*i] =
        (term_entry){.hash = hash, .key_at = inv->keys.len, .key_len = (uint32_t)key.len};
    sy_buf_append(&inv->keys, key.data, key.len);
    return inv->keys.status == SY_OK;
}

/* Notes the term in inv->key, which stands in the field of a bit. */
static bool add_term(sy_inverter *inv, unsigned bit)
{
    uint32_t i;
    return find_term(inv, &i) && sy_occurrences_add(&inv->words, here(inv, i, bit));
}

/* As add_term for a word; most are single characters, which are found without their hash. */
static bool add_word(sy_inverter *inv, sy_slice word, unsigned bit)
{
    uint32_t cp, i;
    bool single =
        inv->budget / 4 >= CHARS_BYTES && sy_utf8_decode(word.data, word.len, &cp) == word.len;
    if (single && !inv->chars)
        inv->chars = sy_calloc(CHARS, sizeof *inv->chars);
    if (single && !inv->chars)
        return false;
    if (single && inv->chars[cp] != 0)
        return sy_occurrences_add(&inv->words, here(inv, inv->chars[cp] - 1, bit));
    sy_term_key_word(&inv->key, word);
    if (!find_term(inv, &i))
        return false;
    if (single)
        inv->chars[cp] = i + 1;
    return sy_occurrences_add(&inv->words, here(inv, i, bit));
}

/* Each character of a normal form with the one behind it; the last before a
 * barrier and the last of all with the barrier. */
static bool add_characters(sy_inverter *inv, const uint32_t *cps, size_t n, unsigned bit)
{
    const uint64_t item = here(inv, 0, bit);
    for (size_t i = 0; i < n;) {
        size_t stop = n - i < PIECE ? n : i + PIECE;
        uint64_t *room = sy_occurrences_room(&inv->pairs, PIECE), *to = room;
        if (!room)
            return false;
        for (; i < stop; i++) {
            uint64_t pair = (uint64_t)cps[i] << SY_OCC_CHAR_BITS;
            pair |= i + 1 < n ? cps[i + 1] : SY_BARRIER;
            *to = item + sy_occurrence(pair, 0, 0);
            to += cps[i] != SY_BARRIER;
        }
        inv->pairs.n += (size_t)(to - room);
    }
    return true;
}

static size_t trigram_slot(const slots *s, uint64_t trigram)
{
    return (size_t)(trigram * 0x9e3779b97f4a7c15u >> 32) & (s->n - 1);
}

/* Makes room for one more trigram. */
static bool trigrams_grow(sy_inverter *inv)
{
    slots *s = &inv->trigram_slots;
    if (!sy_grow((void **)&inv->trigrams, inv->n_trigrams, &inv->cap_trigrams,
                 sizeof *inv->trigrams))
        return false;
    if ((inv->n_trigrams + 1) * 2 <= s->n)
        return true;
    slots bigger = {.n = s->n ? s->n * 2 : FIRST_SLOTS};
    bigger.items = sy_calloc(bigger.n, sizeof *bigger.items);
    if (!bigger.items)
        return false;
    for (size_t i = 0; i < inv->n_trigrams; i++) {
        size_t at = trigram_slot(&bigger, inv->trigrams[i]);
        while (bigger.items[at] != 0)
            at = (at + 1) & (bigger.n - 1);
        bigger.items[at] = (uint32_t)(i + 1);
    }
    sy_free(s->items);
    *s = bigger;
    return true;
}

/* Notes a trigram. Their numbers are above those of the grams that were learned. */
static bool add_trigram(sy_inverter *inv, uint64_t trigram)
{
    if (!trigrams_grow(inv))
        return false;
    const slots *s = &inv->trigram_slots;
    size_t at = trigram_slot(s, trigram);
    while (s->items[at] != 0 && inv->trigrams[s->items[at] - 1] != trigram)
        at = (at + 1) & (s->n - 1);
    if (s->items[at] == 0) {
        inv->trigrams[inv->n_trigrams++] = trigram;
        s->items[at] = (uint32_t)inv->n_trigrams;
    }
    uint64_t number = inv->grams->n + s->items[at] - 1;
    return sy_occurrences_add(&inv->strings, sy_occurrence(number, inv->docid - inv->first, 0));
}

/* Each string of three of cps[n] whose pairs are both watched. */
static bool add_trigrams(sy_inverter *inv, const uint32_t *cps, size_t n)
{
    const sy_watched_pairs *watched = &inv->grams->watched;
    bool before = false;
    for (size_t i = 1; i < n; i++) {
        bool both = sy_watched_has(watched, cps[i - 1], cps[i]);
        if (both && before &&
            !add_trigram(inv, ((uint64_t)cps[i - 2] << SY_OCC_CHAR_BITS | cps[i - 1])
                                      << SY_OCC_CHAR_BITS |
                                  cps[i]))
            return false;
        before = both;
    }
    return true;
}

static void add_grams(void *ctx, const uint32_t *numbers, size_t n)
{
    sy_inverter *inv = ctx;
    uint64_t *to = sy_occurrences_room(&inv->strings, n);
    inv->failed |= !to;
    for (size_t i = 0; to && i < n; i++)
        to[i] = sy_occurrence(numbers[i] - SY_PHRASE_BYTES, inv->docid - inv->first, 0);
    inv->strings.n += to ? n : 0;
}

static bool add_overlong(sy_inverter *inv, sy_field_id field)
{
    sy_term_key_overlong(&inv->key, field);
    return add_term(inv, 0);
}

static sy_status add_words(sy_inverter *inv, sy_field_id field, sy_slice normal, sy_error *err)
{
    const sy_token *tokens;
    size_t n;
    sy_status st = sy_cut(inv->cutter, normal.data, normal.len, &tokens, &n, err);
    if (st != SY_OK)
        return st;
    bool good = true;
    for (size_t i = 0; i < n && good; i++) {
        sy_slice word = {normal.data + tokens[i].start, tokens[i].end - tokens[i].start};
        if (tokens[i].kind == SY_TOKEN_MARK || sy_is_han_word(word.data, word.len))
            continue;
        good = word.len >= SY_TERM_KEY_MAX ? add_overlong(inv, field)
                                           : add_word(inv, word, sy_field_bit(field));
    }
    return good ? SY_OK : sy_fail_nomem(err);
}

/* The terms that stand for the value as a whole. */
static bool add_whole(sy_inverter *inv, sy_field_id field, sy_slice normal)
{
    sy_slice whole = sy_whole_value(normal);
    if (whole.len == 0)
        return true;
    sy_term_key_presence(&inv->key, field);
    if (!add_term(inv, 0))
        return false;
    sy_field_kind kind = inv->schema->fields[field].kind;
    if (!sy_field_has_values(kind))
        return true;
    sy_term_key_value(&inv->key, field, whole);
    return inv->key.len > SY_TERM_KEY_MAX ? add_overlong(inv, field) : add_term(inv, 0);
}

/* Room for n characters behind those of the record so far. */
static uint32_t *cps_room(sy_inverter *inv, size_t n)
{
    if (inv->cap_cps - inv->n_cps < n + 1) {
        size_t cap = (inv->n_cps + n + 1) * 2;
        uint32_t *cps = sy_resize(inv->cps, cap, sizeof *cps);
        if (!cps)
            return NULL;
        inv->cps = cps;
        inv->cap_cps = cap;
    }
    return inv->cps + inv->n_cps;
}

/* Brings the values to their normal forms and says how long they are. */
static sy_status take_values(sy_inverter *inv, const sy_stored *record, sy_record_facts *facts,
                             sy_error *err)
{
    uint64_t lengths[SY_FIELD_BITS] = {0}, total = 0;
    sy_buf_reset(&inv->normal);
    inv->n_spans = inv->n_cps = 0;
    for (size_t i = 0; i < record->n_values; i++) {
        const sy_stored_value *value = &record->values[i];
        size_t start = inv->normal.len;
        sy_status st = sy_normalize(inv->norm_flags, value->text.data, value->text.len,
                                    &inv->normal, NULL, err);
        if (st != SY_OK)
            return st;
        if (!sy_grow((void **)&inv->spans, inv->n_spans, &inv->cap_spans, sizeof *inv->spans))
            return sy_fail_nomem(err);
        size_t len = inv->normal.len - start;
        uint32_t *cps = cps_room(inv, len);
        if (!cps)
            return sy_fail_nomem(err);
        size_t n = sy_utf8_decode_all(sy_buf_cstr(&inv->normal) + start, len, cps);
        inv->spans[inv->n_spans++] = (span){start, len, inv->n_cps, n, value->field};
        inv->n_cps += n;
        lengths[sy_field_bit(value->field)] += sy_normal_length(cps, n);
    }
    unsigned longest = 0;
    for (unsigned bit = 0; bit < SY_FIELD_BITS; bit++) {
        total += lengths[bit];
        longest = lengths[bit] > lengths[longest] ? bit : longest;
    }
    *facts = (sy_record_facts){total < UINT32_MAX ? (uint32_t)total : UINT32_MAX, (uint8_t)longest};
    sy_buf_putc(&inv->longest, (char)longest);
    return sy_buf_status(&inv->longest, err);
}

const sy_field_sets *sy_inverter_sets(const sy_inverter *inv)
{
    return &inv->sets;
}

sy_status sy_inverter_add(sy_inverter *inv, sy_docid docid, const sy_stored *record,
                          sy_record_facts *facts, sy_error *err)
{
    if (inv->longest.len == 0)
        inv->first = docid;
    inv->docid = docid;
    sy_occurrences_begin(&inv->pairs);
    sy_occurrences_begin(&inv->words);
    sy_occurrences_begin(&inv->strings);
    sy_status st = take_values(inv, record, facts, err);
    for (size_t i = 0; i < inv->n_spans && st == SY_OK; i++) {
        const span *s = &inv->spans[i];
        sy_slice normal = {sy_buf_cstr(&inv->normal) + s->start, s->len};
        const uint32_t *cps = inv->cps + s->first;
        if (!add_characters(inv, cps, s->n, sy_field_bit(s->field)) ||
            !add_whole(inv, s->field, normal))
            st = sy_fail_nomem(err);
        if (st == SY_OK && inv->grams->n > 0)
            sy_phrase_matcher_find(inv->grams->matcher, cps, s->n, add_grams, inv);
        if (st == SY_OK && inv->grams->watched.n > 0 && !add_trigrams(inv, cps, s->n))
            st = sy_fail_nomem(err);
        if (st == SY_OK)
            st = add_words(inv, s->field, normal, err);
    }
    return st == SY_OK && inv->failed ? sy_fail_nomem(err) : st;
}

bool sy_inverter_empty(const sy_inverter *inv)
{
    return inv->longest.len == 0;
}

/* Memory in use, with what flushing needs on top: room to sort, the order of the terms. */
bool sy_inverter_full(const sy_inverter *inv)
{
    size_t bytes = (inv->chars ? CHARS_BYTES : 0) + sy_occurrences_bytes(&inv->pairs) +
                   sy_occurrences_bytes(&inv->words) + sy_occurrences_bytes(&inv->strings) +
                   inv->longest.cap + inv->keys.cap +
                   inv->cap_terms * (sizeof(term_entry) + 2 * sizeof(uint32_t)) +
                   inv->term_slots.n * sizeof(uint32_t) +
                   inv->cap_trigrams * (sizeof(uint64_t) + TRIGRAM_FLUSH) +
                   inv->trigram_slots.n * sizeof(uint32_t);
    return bytes >= inv->budget || inv->longest.len == SY_OCC_RECORDS;
}

static sy_slice key_of(const sy_inverter *inv, uint32_t i)
{
    return (sy_slice){inv->keys.data + inv->terms[i].key_at, inv->terms[i].key_len};
}

static int compare_terms(const void *a, const void *b, void *ctx)
{
    const sy_inverter *inv = ctx;
    return sy_slice_compare(key_of(inv, *(const uint32_t *)a), key_of(inv, *(const uint32_t *)b));
}

/* ---- a run ---- */

/* Adds a posting to the list in hand. The marks of most are 0. */
static inline void list_add(sy_inverter *inv, const sy_found *f, bool marked)
{
    sy_run_mark mark = 0;
    if (marked && (f->n > 1 || f->fields != 1)) {
        uint16_t set = 0;
        if (f->fields != 1) {
            unsigned longest = (unsigned char)inv->longest.data[f->record];
            uint64_t fields =
                f->fields << longest | f->fields >> (SY_FIELD_BITS - longest) % SY_FIELD_BITS;
            set = sy_field_sets_add(&inv->sets, fields, 1);
        }
        mark = sy_run_mark_of(sy_tf_code(f->n), set);
    }
    inv->list_docs[inv->df] = (uint16_t)f->record;
    inv->list_marks[inv->df++] = mark;
}

static bool write_pairs(sy_inverter *inv, sy_run_writer *w)
{
    bool good = sy_occurrences_sort_pairs(&inv->pairs, &inv->spare), more = good;
    sy_found f;
    for (more = more && sy_occurrences_next(&inv->pairs, &f); more;) {
        uint64_t key = f.key;
        for (inv->df = 0; more && f.key == key; more = sy_occurrences_next(&inv->pairs, &f))
            list_add(inv, &f, true);
        sy_run_bigram(w, key, inv->list_docs, inv->list_marks, inv->df);
    }
    sy_occurrences_reset(&inv->pairs);
    return good;
}

/* Grams that were learned and trigrams, in byte order. */
typedef struct gram_order {
    sy_buf spelt; /* of the trigrams */
    sy_slice *items;
    size_t n;
} gram_order;

static int compare_grams(const void *a, const void *b, void *ctx)
{
    const sy_slice *items = ctx;
    return sy_slice_compare(items[*(const uint32_t *)a], items[*(const uint32_t *)b]);
}

/* Fills *out and numbers the occurrences by it. False if there is no memory; to be released then,
 * too. */
static bool order_grams(sy_inverter *inv, gram_order *out)
{
    size_t n_learned = inv->grams->n, n = n_learned + inv->n_trigrams;
    uint32_t mask = (1u << SY_OCC_CHAR_BITS) - 1;
    sy_slice *items = sy_alloc(n, sizeof *items);
    uint32_t *order = sy_alloc(n, sizeof *order), *numbers = sy_alloc(n, sizeof *numbers);
    out->n = n;
    out->items = sy_alloc(n, sizeof *out->items);
    bool good = items && order && numbers && out->items &&
                sy_buf_reserve(&out->spelt, TRIGRAM_BYTES * inv->n_trigrams + 1);
    for (size_t i = 0; i < n && good; i++) {
        order[i] = (uint32_t)i;
        if (i < n_learned) {
            items[i] = inv->grams->items[i];
            continue;
        }
        uint64_t trigram = inv->trigrams[i - n_learned];
        size_t start = out->spelt.len;
        for (int k = 2; k >= 0; k--)
            sy_buf_put_cp(&out->spelt, (uint32_t)(trigram >> k * SY_OCC_CHAR_BITS) & mask);
        items[i] = (sy_slice){out->spelt.data + start, out->spelt.len - start};
    }
    if (good)
        qsort_r(order, n, sizeof *order, compare_grams, items);
    for (size_t i = 0; i < n && good; i++) {
        numbers[order[i]] = (uint32_t)i;
        out->items[i] = items[order[i]];
    }
    if (good)
        sy_occurrences_number(&inv->strings, numbers);
    sy_free(items);
    sy_free(order);
    sy_free(numbers);
    return good;
}

/* Writes the grams, which stand between the terms below and those above them in byte order. */
static bool write_grams(sy_inverter *inv, sy_run_writer *w)
{
    sy_found f;
    gram_order order = {.spelt = SY_BUF_INIT};
    bool good =
        order_grams(inv, &order) && sy_occurrences_sort(&inv->strings, order.n, &inv->spare);
    bool more = good;
    for (more = more && sy_occurrences_next(&inv->strings, &f); more;) {
        uint64_t key = f.key;
        for (inv->df = 0; more && f.key == key; more = sy_occurrences_next(&inv->strings, &f))
            list_add(inv, &f, false);
        sy_term_key_gram(&inv->key, order.items[key]);
        sy_run_term(w, (sy_slice){sy_buf_cstr(&inv->key), inv->key.len}, inv->list_docs, NULL,
                    inv->df);
    }
    sy_occurrences_reset(&inv->strings);
    sy_buf_release(&order.spelt);
    sy_free(order.items);
    return good;
}

/* order[n_terms], as the keys are, and the terms' occurrences by it. */
static bool sort_terms(sy_inverter *inv, uint32_t *order)
{
    uint32_t *numbers = sy_alloc(inv->n_terms, sizeof *numbers);
    if (!numbers)
        return false;
    for (size_t i = 0; i < inv->n_terms; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, inv->n_terms, sizeof *order, compare_terms, inv);
    for (size_t i = 0; i < inv->n_terms; i++)
        numbers[order[i]] = (uint32_t)i;
    sy_occurrences_number(&inv->words, numbers);
    sy_free(numbers);
    return sy_occurrences_sort(&inv->words, inv->n_terms, &inv->spare);
}

static bool write_terms(sy_inverter *inv, sy_run_writer *w, const uint32_t *order)
{
    sy_found f;
    bool grams = false, good = true, more = sy_occurrences_next(&inv->words, &f);
    while (more && good) {
        uint64_t place = f.key;
        sy_slice key = key_of(inv, order[place]);
        if (!grams && key.data[0] > SY_TERM_GRAM) {
            good = write_grams(inv, w);
            grams = true;
        }
        bool marked = key.data[0] == SY_TERM_WORD;
        for (inv->df = 0; more && f.key == place; more = sy_occurrences_next(&inv->words, &f))
            list_add(inv, &f, marked);
        sy_run_term(w, key, inv->list_docs, inv->list_marks, inv->df);
    }
    return good && (grams || write_grams(inv, w));
}

/* Frees the tables: kept, they alone might fill the budget, and from then on every
 * record would become a run of its own. The room of occurrences counts when it is filled. */
static void forget(sy_inverter *inv)
{
    sy_occurrences_reset(&inv->pairs);
    sy_occurrences_reset(&inv->words);
    sy_occurrences_reset(&inv->strings);
    sy_free(inv->terms);
    sy_free(inv->term_slots.items);
    sy_free(inv->chars);
    sy_free(inv->trigrams);
    sy_free(inv->trigram_slots.items);
    inv->trigrams = NULL;
    inv->n_trigrams = inv->cap_trigrams = 0;
    inv->trigram_slots = (slots){NULL, 0};
    inv->terms = NULL;
    inv->chars = NULL;
    inv->n_terms = inv->cap_terms = 0;
    inv->term_slots = (slots){NULL, 0};
    sy_buf_release(&inv->keys);
    sy_buf_reset(&inv->longest);
}

static bool need_lists(sy_inverter *inv)
{
    if (!inv->list_docs)
        inv->list_docs = sy_alloc(SY_RUN_RECORDS, sizeof *inv->list_docs);
    if (!inv->list_marks)
        inv->list_marks = sy_alloc(SY_RUN_RECORDS, sizeof *inv->list_marks);
    return inv->list_docs && inv->list_marks;
}

sy_status sy_inverter_flush(sy_inverter *inv, sy_run *run, sy_error *err)
{
    uint32_t *order = sy_alloc(inv->n_terms, sizeof *order);
    sy_run_writer w;
    run->first = inv->first;
    sy_status st = order && need_lists(inv) ? sy_run_create(run, &w, err) : sy_fail_nomem(err);
    if (st == SY_OK) {
        if (!write_pairs(inv, &w) || !sort_terms(inv, order) || !write_terms(inv, &w, order))
            w.failed = true; /* told by sy_run_close */
        st = sy_run_close(&w, err);
    }
    forget(inv);
    sy_free(order);
    return st;
}

void sy_inverter_free(sy_inverter *inv)
{
    if (!inv)
        return;
    forget(inv);
    sy_occurrences_release(&inv->pairs);
    sy_occurrences_release(&inv->words);
    sy_occurrences_release(&inv->strings);
    sy_spare_release(&inv->spare);
    sy_free(inv->list_docs);
    sy_free(inv->list_marks);
    sy_free(inv->spans);
    sy_free(inv->cps);
    sy_cutter_free(inv->cutter);
    sy_buf_release(&inv->longest);
    sy_buf_release(&inv->normal);
    sy_buf_release(&inv->key);
    sy_free(inv);
}
