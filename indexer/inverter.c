#include "indexer/inverter.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "indexer/posting_pool.h"
#include "indexer/run.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "segmenter/whole_value.h"
#include "store/scoring.h"
#include "store/term_key.h"

/* A record's bigrams are first counted in a table of its own, which stays in the
 * processor's caches; then each goes once to the table of all bigrams. There nearly
 * every look misses the caches, so the misses of a group are started together.
 * Terms are fewer: they go to their table one by one, and the posting of the record
 * in hand waits in the entry until the next record. */

typedef struct bigram_entry {
    uint64_t bigram;
    sy_growing_list list;
} bigram_entry;

typedef struct term_entry {
    uint64_t hash;
    uint64_t key_at; /* in keys */
    uint32_t key_len;
    bool waits;       /* `posting` is not in the list yet */
    uint64_t longest; /* bit of the longest field of its record */
    sy_posting posting;
    sy_growing_list list;
} term_entry;

typedef struct slots {
    uint32_t *items; /* entry + 1, or 0 */
    size_t n;        /* a power of two, or 0 */
} slots;

/* A bigram of the record in hand. */
typedef struct found {
    uint64_t bigram, fields;
    uint32_t tf;
} found;

/* A value of the record in hand: its normal form in `normal`. */
typedef struct span {
    size_t start, len;
    sy_field_id field;
} span;

struct sy_inverter {
    unsigned norm_flags;
    const sy_schema *schema;
    size_t budget;
    const sy_grams *grams;
    sy_growing_list *gram_lists; /* of each gram */
    sy_docid docid;              /* the record being added */
    uint64_t longest;            /* bit of its longest field */
    span *spans;
    size_t n_spans, cap_spans;
    found *found;
    size_t n_found, cap_found;
    slots found_slots;
    sy_cutter *cutter;
    sy_posting_pool pool;
    bigram_entry *bigrams;
    size_t n_bigrams, cap_bigrams;
    slots bigram_slots;
    term_entry *terms;
    size_t n_terms, cap_terms;
    slots term_slots;
    sy_buf keys; /* of the terms */
    sy_buf normal, key;
    sy_field_sets sets;
};

enum {
    FIRST_SLOTS = 1 << 10,
    GROUP = 32, /* bigrams whose cache misses overlap */
    FOUND_KEPT = 1 << 18
};

sy_status sy_inverter_new(unsigned norm_flags, const sy_lexicon *lexicon, const sy_grams *grams,
                          const sy_schema *schema, size_t budget, sy_inverter **out, sy_error *err)
{
    *out = NULL;
    sy_inverter *inv = sy_calloc(1, sizeof *inv);
    if (!inv)
        return sy_fail_nomem(err);
    inv->norm_flags = norm_flags;
    inv->schema = schema;
    inv->budget = budget;
    inv->grams = grams;
    inv->gram_lists = sy_calloc(grams->n, sizeof *inv->gram_lists);
    sy_status st = inv->gram_lists ? sy_cutter_new(lexicon, &inv->cutter, err) : sy_fail_nomem(err);
    if (st != SY_OK)
        sy_inverter_free(inv);
    else
        *out = inv;
    return st;
}

static uint64_t mix(uint64_t key)
{
    key *= 0x9e3779b97f4a7c15u; /* 2^64 over the golden ratio */
    return key ^ key >> 32;
}

/* Makes room in `s` for `more` than n entries; `hash_of` gives each one's hash. */
static bool slots_grow(slots *s, size_t n, size_t more,
                       uint64_t (*hash_of)(const void *entries, size_t i), const void *entries)
{
    if ((n + more) * 3 <= s->n * 2)
        return true;
    size_t size = s->n ? s->n * 2 : FIRST_SLOTS;
    uint32_t *items = sy_calloc(size, sizeof *items);
    if (!items)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)hash_of(entries, i) & (size - 1);
        while (items[at] != 0)
            at = (at + 1) & (size - 1);
        items[at] = (uint32_t)(i + 1);
    }
    sy_free(s->items);
    *s = (slots){items, size};
    return true;
}

static uint64_t bigram_hash(const void *entries, size_t i)
{
    return mix(((const bigram_entry *)entries)[i].bigram);
}

static uint64_t term_hash(const void *entries, size_t i)
{
    return ((const term_entry *)entries)[i].hash;
}

/* The fields of a posting as they are written: 0 for the longest alone. */
static uint64_t named_fields(sy_inverter *inv, uint64_t fields, uint64_t longest)
{
    if (fields == longest)
        return 0;
    sy_field_sets_add(&inv->sets, fields, 1);
    return fields;
}

static uint64_t found_hash(const void *entries, size_t i)
{
    return mix(((const found *)entries)[i].bigram);
}

/* Counts a bigram of the record in hand. */
static bool find_bigram(sy_inverter *inv, uint64_t bigram, uint64_t field)
{
    size_t mask = inv->found_slots.n - 1, at = (size_t)mix(bigram) & mask;
    for (; inv->found_slots.n > 0 && inv->found_slots.items[at] != 0; at = (at + 1) & mask) {
        found *f = &inv->found[inv->found_slots.items[at] - 1];
        if (f->bigram == bigram) {
            f->fields |= field;
            f->tf++;
            return true;
        }
    }
    if (!slots_grow(&inv->found_slots, inv->n_found, 1, found_hash, inv->found) ||
        !sy_grow((void **)&inv->found, inv->n_found, &inv->cap_found, sizeof *inv->found))
        return false;
    mask = inv->found_slots.n - 1;
    for (at = (size_t)mix(bigram) & mask; inv->found_slots.items[at] != 0;)
        at = (at + 1) & mask;
    inv->found_slots.items[at] = (uint32_t)(inv->n_found + 1);
    inv->found[inv->n_found++] = (found){.bigram = bigram, .fields = field, .tf = 1};
    return true;
}

/* The entry of a bigram, or where it is to be: a free slot. */
static size_t bigram_slot(const sy_inverter *inv, uint64_t bigram)
{
    size_t mask = inv->bigram_slots.n - 1, at = (size_t)mix(bigram) & mask;
    while (inv->bigram_slots.items[at] != 0 &&
           inv->bigrams[inv->bigram_slots.items[at] - 1].bigram != bigram)
        at = (at + 1) & mask;
    return at;
}

/* Adds up to GROUP bigrams of the record to their lists. */
static bool add_group(sy_inverter *inv, const found *group, size_t n)
{
    uint32_t entries[GROUP];
    if (!slots_grow(&inv->bigram_slots, inv->n_bigrams, n, bigram_hash, inv->bigrams))
        return false;
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(
            &inv->bigram_slots.items[(size_t)mix(group[i].bigram) & (inv->bigram_slots.n - 1)]);
    for (size_t i = 0; i < n; i++) {
        uint32_t entry =
            inv->bigram_slots.items[(size_t)mix(group[i].bigram) & (inv->bigram_slots.n - 1)];
        if (entry != 0)
            __builtin_prefetch(&inv->bigrams[entry - 1]);
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = bigram_slot(inv, group[i].bigram);
        if (inv->bigram_slots.items[at] == 0) {
            if (!sy_grow((void **)&inv->bigrams, inv->n_bigrams, &inv->cap_bigrams,
                         sizeof *inv->bigrams))
                return false;
            inv->bigrams[inv->n_bigrams++] = (bigram_entry){.bigram = group[i].bigram};
            inv->bigram_slots.items[at] = (uint32_t)inv->n_bigrams;
        }
        entries[i] = inv->bigram_slots.items[at] - 1;
        sy_posting_pool_prefetch(&inv->pool, &inv->bigrams[entries[i]].list);
    }
    for (size_t i = 0; i < n; i++) {
        sy_posting posting = {inv->docid, group[i].tf,
                              named_fields(inv, group[i].fields, inv->longest)};
        sy_posting_pool_add(&inv->pool, &inv->bigrams[entries[i]].list, &posting, true);
    }
    return true;
}

/* Empties the record's table: each bigram stands in the run of full slots that begins
 * where its hash points. */
static void clear_found(sy_inverter *inv)
{
    size_t mask = inv->found_slots.n - 1;
    for (size_t i = 0; i < inv->n_found; i++) {
        size_t at = (size_t)mix(inv->found[i].bigram) & mask;
        for (; inv->found_slots.items[at] != 0; at = (at + 1) & mask)
            inv->found_slots.items[at] = 0;
    }
    inv->n_found = 0;
    if (inv->cap_found > FOUND_KEPT) { /* one huge record is not a reason to keep so much */
        sy_free(inv->found);
        sy_free(inv->found_slots.items);
        inv->found = NULL;
        inv->cap_found = 0;
        inv->found_slots = (slots){NULL, 0};
    }
}

/* Adds what was found in the record. */
static bool add_found(sy_inverter *inv)
{
    bool good = true;
    for (size_t i = 0; i < inv->n_found && good; i += GROUP)
        good = add_group(inv, inv->found + i, inv->n_found - i < GROUP ? inv->n_found - i : GROUP);
    clear_found(inv);
    return good;
}

static bool key_equals(const sy_inverter *inv, const term_entry *e, sy_slice key)
{
    return e->key_len == key.len && memcmp(inv->keys.data + e->key_at, key.data, key.len) == 0;
}

static void put_waiting(sy_inverter *inv, term_entry *e)
{
    bool marked = inv->keys.data[e->key_at] == SY_TERM_WORD;
    if (e->waits && marked)
        e->posting.fields = named_fields(inv, e->posting.fields, e->longest);
    if (e->waits)
        sy_posting_pool_add(&inv->pool, &e->list, &e->posting, marked);
    e->waits = false;
}

static void add_occurrence(sy_inverter *inv, term_entry *e, uint64_t field)
{
    if (e->waits && e->posting.doc == inv->docid) {
        e->posting.tf += e->posting.tf < UINT32_MAX;
        e->posting.fields |= field;
        return;
    }
    put_waiting(inv, e);
    e->posting = (sy_posting){inv->docid, 1, field};
    e->longest = inv->longest;
    e->waits = true;
}

/* Counts the term in inv->key, which stands in a field. */
static bool add_term(sy_inverter *inv, uint64_t field)
{
    sy_slice key = {inv->key.data, inv->key.len};
    if (inv->key.status != SY_OK)
        return false;
    uint64_t hash = sy_hash64(key.data, key.len);
    size_t mask = inv->term_slots.n - 1, at = (size_t)hash & mask;
    while (inv->term_slots.n > 0 && inv->term_slots.items[at] != 0) {
        term_entry *e = &inv->terms[inv->term_slots.items[at] - 1];
        if (e->hash == hash && key_equals(inv, e, key)) {
            add_occurrence(inv, e, field);
            return true;
        }
        at = (at + 1) & mask;
    }
    if (!slots_grow(&inv->term_slots, inv->n_terms, 1, term_hash, inv->terms) ||
        !sy_grow((void **)&inv->terms, inv->n_terms, &inv->cap_terms, sizeof *inv->terms))
        return false;
    mask = inv->term_slots.n - 1;
    at = (size_t)hash & mask;
    while (inv->term_slots.items[at] != 0)
        at = (at + 1) & mask;
    inv->term_slots.items[at] = (uint32_t)(inv->n_terms + 1);
    term_entry *e = &inv->terms[inv->n_terms++];
    *e = (term_entry){.hash = hash, .key_at = inv->keys.len, .key_len = (uint32_t)key.len};
    sy_buf_append(&inv->keys, key.data, key.len);
    if (inv->keys.status != SY_OK)
        return false;
    add_occurrence(inv, e, field);
    return true;
}

/* Each character of the normal form with the one behind it; the last before a
 * barrier and the last of all with the barrier. */
static bool add_characters(sy_inverter *inv, sy_slice normal, uint64_t field)
{
    uint32_t before = SY_BARRIER;
    for (size_t i = 0; i <= normal.len;) {
        uint32_t cp = SY_BARRIER;
        i += i < normal.len ? sy_utf8_decode(normal.data + i, normal.len - i, &cp) : 1;
        if (before != SY_BARRIER && !find_bigram(inv, (uint64_t)before << 21 | cp, field))
            return false;
        before = cp;
    }
    return true;
}

static void add_gram(void *ctx, uint32_t number)
{
    sy_inverter *inv = ctx;
    sy_growing_list *list = &inv->gram_lists[number - SY_PHRASE_BYTES];
    if (list->df == 0 || list->next <= inv->docid)
        sy_posting_pool_add(&inv->pool, list, &(sy_posting){inv->docid, 1, 0}, false);
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
        sy_term_key_word(&inv->key, word);
        good = inv->key.len > SY_TERM_KEY_MAX ? add_overlong(inv, field)
                                              : add_term(inv, UINT64_C(1) << sy_field_bit(field));
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

/* Brings the values to their normal forms and says how long they are. */
static sy_status take_values(sy_inverter *inv, const sy_stored *record, sy_record_facts *facts,
                             sy_error *err)
{
    uint64_t lengths[SY_FIELD_BITS] = {0}, total = 0;
    sy_buf_reset(&inv->normal);
    inv->n_spans = 0;
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
        inv->spans[inv->n_spans++] = (span){start, len, value->field};
        lengths[sy_field_bit(value->field)] +=
            sy_normal_length(sy_buf_cstr(&inv->normal) + start, len);
    }
    unsigned longest = 0;
    for (unsigned bit = 0; bit < SY_FIELD_BITS; bit++) {
        total += lengths[bit];
        longest = lengths[bit] > lengths[longest] ? bit : longest;
    }
    *facts = (sy_record_facts){total < UINT32_MAX ? (uint32_t)total : UINT32_MAX, (uint8_t)longest};
    inv->longest = UINT64_C(1) << longest;
    return SY_OK;
}

const sy_field_sets *sy_inverter_sets(const sy_inverter *inv)
{
    return &inv->sets;
}

sy_status sy_inverter_add(sy_inverter *inv, sy_docid docid, const sy_stored *record,
                          sy_record_facts *facts, sy_error *err)
{
    inv->docid = docid;
    sy_status st = take_values(inv, record, facts, err);
    for (size_t i = 0; i < inv->n_spans && st == SY_OK; i++) {
        const span *s = &inv->spans[i];
        sy_slice normal = {sy_buf_cstr(&inv->normal) + s->start, s->len};
        if (!add_characters(inv, normal, UINT64_C(1) << sy_field_bit(s->field)) ||
            !add_whole(inv, s->field, normal))
            st = sy_fail_nomem(err);
        if (st == SY_OK && inv->grams->n > 0)
            sy_phrase_matcher_find(inv->grams->matcher, normal.data, normal.len, add_gram, inv);
        if (st == SY_OK)
            st = add_words(inv, s->field, normal, err);
    }
    if (!add_found(inv) && st == SY_OK)
        st = sy_fail_nomem(err);
    return st == SY_OK && inv->pool.failed ? sy_fail_nomem(err) : st;
}

bool sy_inverter_empty(const sy_inverter *inv)
{
    return inv->n_bigrams == 0 && inv->n_terms == 0;
}

/* Memory in use, with what flushing needs on top: an order of the entries. */
bool sy_inverter_full(const sy_inverter *inv)
{
    size_t bytes = sy_posting_pool_bytes(&inv->pool) +
                   inv->cap_bigrams * (sizeof(bigram_entry) + sizeof(uint32_t)) +
                   inv->cap_terms * (sizeof(term_entry) + sizeof(uint32_t)) + inv->keys.cap +
                   (inv->bigram_slots.n + inv->term_slots.n) * sizeof(uint32_t);
    return bytes >= inv->budget;
}

static int compare_bigrams(const void *a, const void *b, void *ctx)
{
    const sy_inverter *inv = ctx;
    uint64_t x = inv->bigrams[*(const uint32_t *)a].bigram;
    uint64_t y = inv->bigrams[*(const uint32_t *)b].bigram;
    return (x > y) - (x < y);
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

/* Writes the grams from *next on, which is all of them the first time: they stand
 * between the terms below and those above them in byte order. */
static void write_grams(sy_inverter *inv, sy_run_writer *w, size_t *next, sy_buf *list)
{
    for (; *next < inv->grams->n; ++*next) {
        sy_growing_list *growing = &inv->gram_lists[*next];
        if (growing->df == 0)
            continue;
        sy_term_key_gram(&inv->key, inv->grams->items[*next]);
        sy_buf_reset(list);
        sy_posting_pool_finish(&inv->pool, growing, list);
        sy_run_term(w, (sy_slice){sy_buf_cstr(&inv->key), inv->key.len}, growing->df, list);
        *growing = (sy_growing_list){0};
    }
}

static void write_lists(sy_inverter *inv, sy_run_writer *w, uint32_t *order)
{
    sy_buf list = SY_BUF_INIT;
    for (size_t i = 0; i < inv->n_bigrams; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, inv->n_bigrams, sizeof *order, compare_bigrams, inv);
    for (size_t i = 0; i < inv->n_bigrams; i++) {
        bigram_entry *e = &inv->bigrams[order[i]];
        sy_buf_reset(&list);
        sy_posting_pool_finish(&inv->pool, &e->list, &list);
        sy_run_bigram(w, e->bigram, e->list.df, &list);
    }
    size_t gram = 0;
    for (size_t i = 0; i < inv->n_terms; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, inv->n_terms, sizeof *order, compare_terms, inv);
    for (size_t i = 0; i < inv->n_terms; i++) {
        term_entry *e = &inv->terms[order[i]];
        sy_slice key = key_of(inv, order[i]);
        if (key.data[0] > SY_TERM_GRAM)
            write_grams(inv, w, &gram, &list);
        sy_buf_reset(&list);
        put_waiting(inv, e);
        sy_posting_pool_finish(&inv->pool, &e->list, &list);
        sy_run_term(w, key, e->list.df, &list);
    }
    write_grams(inv, w, &gram, &list);
    if (list.status != SY_OK || inv->pool.failed)
        w->failed = true; /* told by sy_run_close */
    sy_buf_release(&list);
}

/* Frees the tables: kept, they alone might fill the budget, and from then on every
 * record would become a run of its own. */
static void forget(sy_inverter *inv)
{
    sy_posting_pool_reset(&inv->pool);
    sy_free(inv->bigrams);
    sy_free(inv->terms);
    sy_free(inv->bigram_slots.items);
    sy_free(inv->term_slots.items);
    inv->bigrams = NULL;
    inv->terms = NULL;
    inv->n_bigrams = inv->cap_bigrams = inv->n_terms = inv->cap_terms = 0;
    inv->bigram_slots = inv->term_slots = (slots){NULL, 0};
    sy_buf_release(&inv->keys);
}

sy_status sy_inverter_flush(sy_inverter *inv, const char *path, sy_error *err)
{
    size_t most = inv->n_bigrams > inv->n_terms ? inv->n_bigrams : inv->n_terms;
    uint32_t *order = sy_alloc(most, sizeof *order);
    if (!order)
        return sy_fail_nomem(err);
    sy_run_writer w;
    sy_status st = sy_run_create(path, &w, err);
    if (st == SY_OK) {
        write_lists(inv, &w, order);
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
    sy_free(inv->spans);
    sy_free(inv->found);
    sy_free(inv->found_slots.items);
    sy_cutter_free(inv->cutter);
    sy_posting_pool_release(&inv->pool);
    sy_free(inv->gram_lists);
    sy_buf_release(&inv->normal);
    sy_buf_release(&inv->key);
    sy_free(inv);
}
