#include "store/segment_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "store/file.h"
#include "store/merged_list.h"
#include "store/scoring.h"
#include "store/term_key.h"

/* Sections are written one after the other; what belongs to a section that comes
 * later is gathered in a buffer:
 *
 *   phrases: phrases
 *   record:  records      -> bases, starts, facts
 *   fields:  facts, field sets
 *   docs:    bases, starts, documents, document strings
 *   bigram:  bigram lists -> entries, rows
 *   term:    entries, rows; term lists -> term blocks, term index
 *   finish:  term blocks, term index */

typedef enum stage { STAGE_PHRASES, STAGE_RECORDS, STAGE_BIGRAMS, STAGE_TERMS } stage;

/* A bigram whose list is wanted again for the grams that have it. */
typedef struct kept {
    uint64_t key; /* a << 21 | b, plus 1; 0: free */
    uint32_t df;  /* 0: the bigram was not written (yet) */
    bool watched;
    uint64_t at, len; /* of its list in kept_lists */
} kept;

/* A character whose row is long, with the list of its records. */
typedef struct char_list {
    uint32_t cp, df;
    sy_docid only;  /* its record, if it is one */
    size_t at, len; /* in char_lists */
} char_list;

/* The gram of some length that was written last. */
typedef struct prefix {
    sy_buf gram;
    sy_docid *docs;
    uint32_t n, cap;
} prefix;

/* Rare bigrams of a row, until there are enough for a list. */
typedef struct rare {
    sy_merged_posting postings[SY_MERGED_MAX]; /* bigram by bigram */
    uint32_t n, n_seconds;
    sy_buf entries; /* u24 first second character, u32 place, of the row's merged lists */
    sy_buf lists;   /* which come behind its others */
    uint32_t n_lists;
} rare;

/* Field sets to their codes: a table with open addressing. */
typedef struct set_slot {
    uint64_t fields; /* 0: free */
    uint8_t code;
} set_slot;

enum {
    /* Up to so many records a bigram is rare; docs/format.md, 5.3, has the measurement. */
    RARE_DF = 15,
    MERGED_LISTS_MAX = (1 << 24) - 1, /* of a row */
    SET_SLOTS = 1024,
    GRAM_CHARS = 16, /* longer grams are no parents */
    /* The union of lists with this many postings takes about .5 ms. */
    ROW_POSTINGS = 1 << 17,
    COPY = 1 << 20, /* bytes at once */
    SHARES = 64     /* quarters of frequency whose bounds are kept: nearly all there are */
};

struct sy_segment_writer {
    sy_file_writer file;
    sy_writer *part;  /* where the lists go instead, if this is only a part */
    sy_status status; /* NOMEM or LIMIT met while writing */
    stage stage;
    uint32_t n_records;
    uint64_t base; /* of the current group of records */
    sy_buf bases, starts, docs, doc_strings;
    sy_buf lengths, longest; /* of records */
    uint64_t total_length;
    uint8_t weights[SY_FIELD_BITS];
    uint8_t shares[SHARES][UINT8_MAX + 1]; /* share_bound of quarters and length codes */
    uint64_t sets[SY_FIELD_SETS_MAX];
    size_t n_sets;
    set_slot set_slots[SET_SLOTS];
    sy_buf rows, entries, term_blocks, term_index;
    sy_buf list, last_key;
    sy_docid *list_docs; /* of the list in hand, with its marks */
    sy_mark *list_marks;
    size_t cap_docs; /* of both */
    rare rare;
    uint64_t row_start; /* of its lists, in bigram lists */
    struct kept *kept;  /* bigrams of the grams to come; a table with open addressing */
    size_t n_kept, kept_slots;
    sy_buf kept_lists;
    prefix prefixes[GRAM_CHARS]; /* by number of characters */
    uint64_t *row_bits;          /* the records of the current row */
    uint64_t row_postings;       /* of its lists together */
    struct char_list *chars;     /* rows that get a list of their own */
    size_t n_chars, cap_chars;
    sy_buf char_lists;
    uint32_t n_entries, row; /* the current first character */
    uint32_t row_first;      /* its first entry */
    uint32_t in_block;
};

sy_status sy_segment_writer_open(const char *path, const uint8_t uuid[16], uint64_t number,
                                 sy_segment_writer **out, sy_error *err)
{
    *out = NULL;
    sy_segment_writer *w = sy_calloc(1, sizeof *w);
    if (!w)
        return sy_fail_nomem(err);
    w->row = UINT32_MAX;
    memset(w->weights, SY_WEIGHT_ONE, sizeof w->weights);
    sy_status st = sy_file_create(path, SY_FILE_SEGMENT, uuid, number, &w->file, err);
    if (st != SY_OK) {
        sy_free(w);
        return st;
    }
    sy_file_begin(&w->file, SY_SECTION_PHRASES);
    *out = w;
    return SY_OK;
}

void sy_segment_writer_phrases(sy_segment_writer *w, const void *bytes, size_t len)
{
    sy_file_put(&w->file, bytes, len);
}

static void begin_records(sy_segment_writer *w)
{
    if (w->stage == STAGE_PHRASES)
        sy_file_begin(&w->file, SY_SECTION_RECORDS);
    w->stage = STAGE_RECORDS;
}

void sy_segment_writer_record(sy_segment_writer *w, const void *bytes, size_t len,
                              sy_record_facts facts)
{
    begin_records(w);
    uint64_t at = sy_file_section_len(&w->file);
    if (w->n_records % SY_RECORDS_PER_BASE == 0) {
        w->base = at;
        sy_buf_put_u64(&w->bases, at);
    }
    if (w->n_records + 1 >= SY_DOC_END || at - w->base > UINT32_MAX)
        w->status = SY_E_LIMIT;
    sy_buf_put_u32(&w->starts, (uint32_t)(at - w->base));
    sy_file_put(&w->file, bytes, len);
    sy_buf_putc(&w->lengths, (char)sy_length_code(facts.length));
    sy_buf_putc(&w->longest, (char)facts.longest);
    w->total_length += facts.length;
    w->n_records++;
}

uint32_t sy_segment_writer_n_records(const sy_segment_writer *w)
{
    return w->n_records;
}

static set_slot *set_at(sy_segment_writer *w, uint64_t fields)
{
    size_t at = (size_t)(fields * 0x9e3779b97f4a7c15u >> 54) % SET_SLOTS;
    while (w->set_slots[at].fields != 0 && w->set_slots[at].fields != fields)
        at = (at + 1) % SET_SLOTS;
    return &w->set_slots[at];
}

void sy_segment_writer_fields(sy_segment_writer *w, const uint8_t *weights, const uint64_t *sets,
                              size_t n)
{
    memcpy(w->weights, weights, sizeof w->weights);
    for (size_t i = 0; i < n && w->n_sets < SY_FIELD_SETS_MAX; i++) {
        set_slot *slot = set_at(w, sets[i]);
        if (sets[i] == 0 || slot->fields != 0)
            continue;
        w->sets[w->n_sets++] = sets[i];
        *slot = (set_slot){sets[i], (uint8_t)w->n_sets};
    }
}

static void put_section(sy_segment_writer *w, sy_section_kind kind, sy_buf *b)
{
    sy_file_begin(&w->file, kind);
    sy_file_put(&w->file, b->data, b->len);
    if (b->status != SY_OK)
        w->status = b->status;
    sy_buf_release(b);
}

static void put_facts(sy_segment_writer *w)
{
    sy_buf head = SY_BUF_INIT;
    sy_buf_put_u64(&head, w->total_length);
    sy_buf_append(&head, w->weights, sizeof w->weights);
    sy_buf_append(&head, w->lengths.data, w->lengths.len);
    sy_buf_append(&head, w->longest.data, w->longest.len);
    if (w->lengths.status != SY_OK || w->longest.status != SY_OK)
        w->status = SY_E_NOMEM;
    put_section(w, SY_SECTION_RECORD_FACTS, &head);
    for (size_t i = 0; i < w->n_sets; i++)
        sy_buf_put_u64(&head, w->sets[i]);
    put_section(w, SY_SECTION_FIELD_SETS, &head);
}

/* Appends s to the document strings; returns its offset. */
static uint32_t add_string(sy_segment_writer *w, sy_slice s)
{
    uint64_t at = w->doc_strings.len;
    if (at + s.len > UINT32_MAX)
        w->status = SY_E_LIMIT;
    sy_buf_append(&w->doc_strings, s.data, s.len);
    return (uint32_t)at;
}

static uint8_t share_bound(const sy_segment_writer *w, int quarters, uint8_t length)
{
    double average = w->n_records > 0 ? (double)w->total_length / w->n_records : 0;
    return (uint8_t)ceil(sy_score_share(quarters, sy_length_of(length), average) * UINT8_MAX);
}

static void make_shares(sy_segment_writer *w)
{
    for (int q = 0; q < SHARES; q++) {
        for (unsigned length = 0; length <= UINT8_MAX; length++)
            w->shares[q][length] = share_bound(w, q, (uint8_t)length);
    }
}

void sy_segment_writer_docs(sy_segment_writer *w, const sy_segment_doc *docs, size_t n)
{
    begin_records(w);
    sy_buf_put_u64(&w->bases, sy_file_section_len(&w->file));
    put_section(w, SY_SECTION_RECORD_BASES, &w->bases);
    put_section(w, SY_SECTION_RECORD_STARTS, &w->starts);
    put_facts(w);
    make_shares(w);
    for (size_t i = 0; i < n; i++) {
        sy_buf_put_u32(&w->docs, docs[i].first);
        sy_buf_put_u32(&w->docs, docs[i].n_records);
        sy_buf_put_u64(&w->docs, docs[i].size);
        sy_buf_put_u64(&w->docs, (uint64_t)docs[i].mtime_ns);
        sy_buf_put_u64(&w->docs, docs[i].hash);
        sy_buf_put_u32(&w->docs, add_string(w, docs[i].source));
        sy_buf_put_u32(&w->docs, (uint32_t)docs[i].source.len);
        sy_buf_put_u32(&w->docs, add_string(w, docs[i].reader));
        sy_buf_put_u32(&w->docs, (uint32_t)docs[i].reader.len);
        sy_buf_put_u64(&w->docs, docs[i].place);
        sy_buf_put_u64(&w->docs, docs[i].length);
    }
    put_section(w, SY_SECTION_DOCUMENTS, &w->docs);
    put_section(w, SY_SECTION_DOCUMENT_STRINGS, &w->doc_strings);
    sy_file_begin(&w->file, SY_SECTION_BIGRAM_LISTS);
    w->stage = STAGE_BIGRAMS;
}

/* ---- lists ---- */

static bool need_docs(sy_segment_writer *w, uint32_t n)
{
    if (n <= w->cap_docs)
        return true;
    size_t cap = (size_t)n * 2;
    sy_docid *docs = sy_resize(w->list_docs, cap, sizeof *docs);
    w->list_docs = docs ? docs : w->list_docs;
    sy_mark *marks = docs ? sy_resize(w->list_marks, cap, sizeof *marks) : NULL;
    w->list_marks = marks ? marks : w->list_marks;
    if (!docs || !marks) {
        w->status = SY_E_NOMEM;
        return false;
    }
    w->cap_docs = cap;
    return true;
}

static uint8_t set_code(sy_segment_writer *w, uint64_t fields)
{
    if (fields == 0)
        return SY_SET_LONGEST;
    const set_slot *slot = set_at(w, fields);
    return slot->fields != 0 ? slot->code : SY_SET_UNKNOWN;
}

/* Splits a list into w->list_docs and w->list_marks. False if there is no memory. */
static bool take_list(sy_segment_writer *w, const sy_posting *list, uint32_t n)
{
    if (w->status != SY_OK || !need_docs(w, n)) /* the facts of records may be short */
        return false;
    for (uint32_t i = 0; i < n; i++) {
        w->list_docs[i] = list[i].doc;
        w->list_marks[i] = (sy_mark){sy_tf_code(list[i].tf), set_code(w, list[i].fields)};
    }
    return true;
}

/* The fields of a posting, as bits; 0 if they are not known. */
static uint64_t fields_of(const void *ctx, sy_docid doc, sy_mark mark)
{
    const sy_segment_writer *w = ctx;
    if (doc >= w->n_records || mark.set == SY_SET_UNKNOWN)
        return 0;
    return mark.set == SY_SET_LONGEST ? UINT64_C(1) << (w->longest.data[doc] & 63)
                                      : w->sets[mark.set - 1];
}

/* The share that a posting can get of a term's weight, rounded up. */
static uint8_t bound(const void *ctx, sy_docid doc, sy_mark mark)
{
    const sy_segment_writer *w = ctx;
    if (doc >= w->n_records)
        return UINT8_MAX;
    int extra = sy_field_extra(fields_of(w, doc, mark), w->weights);
    int quarters = (int)sy_tf_of(mark.tf) * SY_WEIGHT_ONE + extra;
    uint8_t length = (uint8_t)w->lengths.data[doc];
    return quarters >= 0 && quarters < SHARES ? w->shares[quarters][length]
                                              : share_bound(w, quarters, length);
}

/* Encodes the list that take_list took into w->list. */
static void encode_list(sy_segment_writer *w, uint32_t n, bool marked)
{
    sy_bounder bounder = {bound, fields_of, w};
    sy_postings_encode(&w->list, w->list_docs, marked ? w->list_marks : NULL, n, &bounder);
    if (w->list.status != SY_OK)
        w->status = w->list.status;
}

/* ---- grams ---- */

static kept *kept_slot(const sy_segment_writer *w, uint64_t key)
{
    size_t mask = w->kept_slots - 1, at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & mask;
    while (w->kept[at].key != 0 && w->kept[at].key != key)
        at = (at + 1) & mask;
    return &w->kept[at];
}

/* Calls fn for each bigram of a gram. */
static void each_bigram(sy_segment_writer *w, sy_slice gram,
                        void (*fn)(sy_segment_writer *w, uint64_t key, void *ctx), void *ctx)
{
    uint32_t before = 0, cp;
    for (size_t i = 0; i < gram.len; before = cp) {
        bool first = i == 0;
        i += sy_utf8_decode(gram.data + i, gram.len - i, &cp);
        if (!first)
            fn(w, ((uint64_t)before << 21 | cp) + 1, ctx);
    }
}

static void expect(sy_segment_writer *w, uint64_t key, void *ctx)
{
    (void)ctx;
    kept *k = kept_slot(w, key);
    w->n_kept += k->key == 0;
    k->key = key;
}

void sy_segment_writer_expect(sy_segment_writer *w, const sy_slice *grams, size_t n,
                              const uint64_t *watched, size_t n_watched)
{
    size_t most =
        2 * n_watched; /* bigrams, at most one a byte; so that half of the slots are free */
    for (size_t i = 0; i < n; i++)
        most += grams[i].len;
    if (most == 0)
        return;
    for (w->kept_slots = 64; w->kept_slots < most;)
        w->kept_slots *= 2;
    w->kept = sy_calloc(w->kept_slots, sizeof *w->kept);
    if (!w->kept) {
        w->kept_slots = 0;
        w->status = SY_E_NOMEM;
        return;
    }
    for (size_t i = 0; i < n; i++)
        each_bigram(w, grams[i], expect, NULL);
    for (size_t i = 0; i < n_watched; i++) {
        expect(w, watched[i] + 1, NULL);
        kept_slot(w, watched[i] + 1)->watched = true;
    }
}

/* Remembers the list that stands in w->list, if a gram may want it. True if the pair is watched. */
static bool keep_list(sy_segment_writer *w, uint32_t a, uint32_t b, uint32_t n)
{
    if (w->kept_slots == 0)
        return false;
    kept *k = kept_slot(w, ((uint64_t)a << 21 | b) + 1);
    if (k->key == 0)
        return false;
    uint64_t at = w->kept_lists.len;
    sy_buf_append(&w->kept_lists, w->list.data, w->list.len);
    if (w->kept_lists.status != SY_OK)
        w->status = SY_E_NOMEM; /* and there is nothing to read later */
    else
        *k = (kept){k->key, n, k->watched, at, w->list.len};
    return k->watched;
}

static void choose_rarer(sy_segment_writer *w, uint64_t key, void *ctx)
{
    const kept **rarest = ctx, *k = kept_slot(w, key);
    if (!*rarest || k->df < (*rarest)->df)
        *rarest = k;
}

/* Writes to w->list which of the n_all ascending docids `all` gives one by one are
 * among docs[n]: a bit each, or their places, whatever is shorter. *kind says which. */
static bool mark_subset(sy_segment_writer *w, sy_docid (*next)(void *all), void *all,
                        uint32_t n_all, const sy_docid *docs, uint32_t n, char *kind)
{
    sy_docid *places = sy_alloc(n, sizeof *places);
    uint32_t found = 0;
    for (uint32_t i = 0; places && i < n_all && found < n; i++) {
        if (next(all) == docs[found])
            places[found++] = i;
    }
    sy_buf_reset(&w->list);
    if (found == n)
        sy_postings_encode(&w->list, places, NULL, n, NULL);
    size_t bytes = ((size_t)n_all + 7) / 8;
    *kind = SY_GRAM_PLACES;
    if (found == n && w->list.len >= bytes) {
        *kind = SY_GRAM_SUBSET;
        sy_buf_reset(&w->list);
        char *bits = sy_buf_reserve(&w->list, bytes);
        if (bits)
            memset(bits, 0, bytes);
        for (uint32_t i = 0; bits && i < n; i++)
            bits[places[i] / 8] = (char)((unsigned char)bits[places[i] / 8] | 1u << places[i] % 8);
        w->list.len = bits ? bytes : 0;
    }
    sy_free(places);
    return found == n && w->list.status == SY_OK;
}

static sy_docid next_posting(void *list)
{
    return sy_postings_next(list);
}

static sy_docid next_of_array(void *at)
{
    const sy_docid **docs = at;
    return *(*docs)++;
}

/* ---- frequent characters ---- */

/* Counts the records of the current row; if it is long they become the list of its
 * character. */
static uint32_t end_characters(sy_segment_writer *w)
{
    size_t words = ((size_t)w->n_records + 63) / 64;
    uint32_t n = 0;
    for (size_t i = 0; i < words && w->row_postings > 0 && w->row_bits; i++)
        n += (uint32_t)__builtin_popcountll(w->row_bits[i]);
    if (w->row_postings < ROW_POSTINGS) {
        if (w->row_postings > 0 && w->row_bits)
            memset(w->row_bits, 0, words * sizeof *w->row_bits);
        w->row_postings = 0;
        return n;
    }
    w->row_postings = 0;
    if (!need_docs(w, n) || !w->row_bits ||
        !sy_grow((void **)&w->chars, w->n_chars, &w->cap_chars, sizeof *w->chars)) {
        w->status = SY_E_NOMEM;
        return n;
    }
    n = 0;
    for (size_t i = 0; i < words; i++) {
        for (uint64_t left = w->row_bits[i]; left != 0; left &= left - 1)
            w->list_docs[n++] = (sy_docid)(i * 64 + (unsigned)__builtin_ctzll(left));
        w->row_bits[i] = 0;
    }
    char_list *c = &w->chars[w->n_chars++];
    *c = (char_list){.cp = w->row, .df = n, .at = w->char_lists.len};
    c->only = w->list_docs[0];
    sy_postings_encode(&w->char_lists, w->list_docs, NULL, n, NULL);
    c->len = w->char_lists.len - c->at;
    return n;
}

/* Counts a list of the current row in. */
static void add_to_row(sy_segment_writer *w, uint32_t n)
{
    if (!w->row_bits)
        w->row_bits = sy_calloc(((size_t)w->n_records + 63) / 64, sizeof *w->row_bits);
    if (!w->row_bits) {
        w->status = SY_E_NOMEM;
        return;
    }
    w->row_postings += n;
    for (uint32_t i = 0; i < n; i++)
        w->row_bits[w->list_docs[i] / 64] |= UINT64_C(1) << w->list_docs[i] % 64;
}

/* ---- where the lists of bigrams go ---- */

static uint64_t lists_len(const sy_segment_writer *w)
{
    return w->part ? sy_writer_offset(w->part) : sy_file_section_len(&w->file);
}

static void put_lists(sy_segment_writer *w, const void *bytes, size_t len)
{
    if (w->part)
        sy_writer_put(w->part, bytes, len);
    else
        sy_file_put(&w->file, bytes, len);
}

/* ---- rare bigrams ---- */

static void put_entry(sy_buf *out, uint32_t b, uint64_t place)
{
    sy_buf_putc(out, (char)b);
    sy_buf_putc(out, (char)(b >> 8));
    sy_buf_putc(out, (char)(b >> 16));
    sy_buf_put_u32(out, (uint32_t)place);
}

/* The rare bigrams gathered so far become one list. */
static void end_rare(sy_segment_writer *w)
{
    rare *r = &w->rare;
    if (r->n == 0)
        return;
    put_entry(&r->entries, r->postings[0].second, r->lists.len);
    sy_buf_put_varint(&r->lists, r->n);
    sy_merged_put(&r->lists, r->postings, r->n, w->n_records);
    r->n_lists++;
    r->n = r->n_seconds = 0;
}

static void add_rare(sy_segment_writer *w, uint32_t b, uint32_t n)
{
    rare *r = &w->rare;
    if (r->n + n > SY_MERGED_MAX || r->n_seconds == sy_merged_seconds_max(w->n_records))
        end_rare(w);
    r->n_seconds++;
    for (uint32_t i = 0; i < n; i++)
        r->postings[r->n++] = (sy_merged_posting){b, w->list_docs[i]};
}

/* ---- rows ---- */

/* The entries of merged lists count from the row's start, behind its other lists. */
static void put_merged(sy_segment_writer *w)
{
    rare *r = &w->rare;
    end_rare(w);
    uint64_t before = lists_len(w) - w->row_start;
    if (before + r->lists.len > UINT32_MAX || r->n_lists > MERGED_LISTS_MAX)
        w->status = SY_E_LIMIT;
    if (r->entries.status != SY_OK || r->lists.status != SY_OK) {
        w->status = SY_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < r->n_lists; i++) {
        uint8_t *entry = (uint8_t *)r->entries.data + (size_t)i * SY_BIGRAM_ENTRY_LEN;
        sy_put_u32(entry + 3, (uint32_t)(sy_get_u32(entry + 3) + before));
    }
    sy_buf_append(&w->entries, r->entries.data, r->entries.len);
    put_lists(w, r->lists.data, r->lists.len);
    w->n_entries += r->n_lists;
}

static void end_row(sy_segment_writer *w)
{
    if (w->row == UINT32_MAX)
        return;
    put_merged(w);
    uint32_t df = end_characters(w);
    uint32_t n_merged = w->rare.n_lists;
    sy_buf_put_u32(&w->rows, w->row);
    sy_buf_put_u32(&w->rows, w->row_first);
    sy_buf_put_u32(&w->rows, (uint32_t)w->row_start);
    sy_buf_putc(&w->rows, (char)(w->row_start >> 32));
    for (unsigned shift = 0; shift < 24; shift += 8)
        sy_buf_putc(&w->rows, (char)(n_merged >> shift));
    sy_buf_put_u32(&w->rows, df);
    if (w->row_start >> 40 != 0)
        w->status = SY_E_LIMIT;
    sy_buf_reset(&w->rare.entries);
    sy_buf_reset(&w->rare.lists);
    w->rare.n_lists = 0;
}

static void begin_row(sy_segment_writer *w, uint32_t a)
{
    w->row = a;
    w->row_first = w->n_entries;
    w->row_start = lists_len(w);
}

void sy_segment_writer_bigram(sy_segment_writer *w, uint32_t a, uint32_t b, const sy_posting *list,
                              uint32_t n)
{
    if (a != w->row) {
        end_row(w);
        begin_row(w, a);
    }
    if (!take_list(w, list, n))
        return;
    add_to_row(w, n);
    if (n <= RARE_DF) {
        add_rare(w, b, n);
        return;
    }
    uint64_t place = lists_len(w) - w->row_start;
    if (place > UINT32_MAX || w->n_entries >= UINT32_MAX - MERGED_LISTS_MAX)
        w->status = SY_E_LIMIT;
    sy_buf_reset(&w->list);
    encode_list(w, n, true);
    bool watched = keep_list(w, a, b, n);
    put_entry(&w->entries, watched ? b | SY_BIGRAM_WATCHED : b, place);
    uint8_t head[SY_VARINT_MAX];
    put_lists(w, head, sy_varint_put(head, n));
    put_lists(w, w->list.data, w->list.len);
    w->n_entries++;
}

static void release(sy_segment_writer *w)
{
    sy_buf *all[] = {&w->bases,   &w->starts,   &w->docs,         &w->doc_strings, &w->lengths,
                     &w->longest, &w->rows,     &w->entries,      &w->term_blocks, &w->term_index,
                     &w->list,    &w->last_key, &w->rare.entries, &w->rare.lists};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sy_buf_release(all[i]);
    for (size_t i = 0; i < GRAM_CHARS; i++) {
        sy_buf_release(&w->prefixes[i].gram);
        sy_free(w->prefixes[i].docs);
    }
    sy_buf_release(&w->kept_lists);
    sy_buf_release(&w->char_lists);
    sy_free(w->list_docs);
    sy_free(w->list_marks);
    sy_free(w->row_bits);
    sy_free(w->chars);
    sy_free(w->kept);
    sy_free(w);
}

void sy_segment_writer_drop(sy_segment_writer *part)
{
    if (!part)
        return;
    sy_writer_abandon(part->part);
    part->lengths = part->longest = (sy_buf)SY_BUF_INIT; /* borrowed */
    release(part);
}

/* ---- a part of the rows, made beside the others ---- */

sy_status sy_segment_writer_part(const sy_segment_writer *w, const char *path,
                                 sy_segment_writer **out, sy_error *err)
{
    *out = NULL;
    sy_segment_writer *part = sy_alloc(1, sizeof *part);
    kept *own = part ? sy_alloc(w->kept_slots, sizeof *own) : NULL;
    if (!own) {
        sy_free(part);
        return sy_fail_nomem(err);
    }
    if (w->kept_slots > 0)
        memcpy(own, w->kept, w->kept_slots * sizeof *own);
    *part = *w;
    part->kept = own;
    sy_status st = sy_writer_open(path, &part->part, err);
    if (st == SY_OK)
        *out = part;
    else
        sy_segment_writer_drop(part);
    return st;
}

/* The part's rows, whose lists begin at `base` among those of w. */
static void join_rows(sy_segment_writer *w, const sy_segment_writer *part, uint64_t base)
{
    for (size_t at = 0; at + SY_BIGRAM_ROW_LEN <= part->rows.len; at += SY_BIGRAM_ROW_LEN) {
        const uint8_t *row = (const uint8_t *)part->rows.data + at;
        uint64_t start = base + (sy_get_u32(row + 8) | (uint64_t)row[12] << 32);
        sy_buf_append(&w->rows, row, 4);
        sy_buf_put_u32(&w->rows, sy_get_u32(row + 4) + w->n_entries);
        sy_buf_put_u32(&w->rows, (uint32_t)start);
        sy_buf_putc(&w->rows, (char)(start >> 32));
        sy_buf_append(&w->rows, row + 13, SY_BIGRAM_ROW_LEN - 13);
        if (start >> 40 != 0)
            w->status = SY_E_LIMIT;
    }
    sy_buf_append(&w->entries, part->entries.data, part->entries.len);
    if (part->n_entries >= UINT32_MAX - MERGED_LISTS_MAX - w->n_entries)
        w->status = SY_E_LIMIT;
    w->n_entries += part->n_entries;
}

/* The lists that the part keeps for later. */
static void join_kept(sy_segment_writer *w, const sy_segment_writer *part)
{
    for (size_t i = 0; i < w->kept_slots; i++) {
        if (part->kept[i].df == 0)
            continue;
        w->kept[i] = part->kept[i];
        w->kept[i].at += w->kept_lists.len;
    }
    sy_buf_append(&w->kept_lists, part->kept_lists.data, part->kept_lists.len);
    for (size_t i = 0; i < part->n_chars; i++) {
        if (!sy_grow((void **)&w->chars, w->n_chars, &w->cap_chars, sizeof *w->chars)) {
            w->status = SY_E_NOMEM;
            return;
        }
        w->chars[w->n_chars] = part->chars[i];
        w->chars[w->n_chars++].at += w->char_lists.len;
    }
    sy_buf_append(&w->char_lists, part->char_lists.data, part->char_lists.len);
    const sy_buf *all[] = {&part->rows, &part->entries, &part->kept_lists, &part->char_lists,
                           &w->kept_lists};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i]->status != SY_OK)
            w->status = all[i]->status;
    }
}

sy_status sy_segment_writer_join(sy_segment_writer *w, sy_segment_writer *part, const char *path,
                                 sy_error *err)
{
    sy_map map = {0};
    end_row(w);
    end_row(part);
    w->row = UINT32_MAX;
    sy_writer *out = part->part;
    part->part = NULL;
    sy_status st = sy_writer_close_scratch(out, err);
    if (st == SY_OK)
        st = sy_map_open(path, &map, err);
    if (st == SY_OK) {
        const uint8_t *behind = map.data;
        join_rows(w, part, sy_file_section_len(&w->file));
        join_kept(w, part);
        for (size_t at = 0; at < map.len; at += COPY) {
            sy_file_put(&w->file, map.data + at, map.len - at < COPY ? map.len - at : COPY);
            sy_map_pass(&behind, map.data + at);
        }
        w->status = w->status == SY_OK ? part->status : w->status;
    }
    sy_map_close(&map);
    sy_segment_writer_drop(part);
    return st;
}

static size_t shared_prefix(sy_slice a, sy_slice b)
{
    size_t n = 0, most = a.len < b.len ? a.len : b.len;
    while (n < most && a.data[n] == b.data[n])
        n++;
    return n;
}

/* Writes the term's key and df; its list is to follow. */
static void begin_term(sy_segment_writer *w, sy_slice key, uint32_t n)
{
    sy_buf *out = &w->term_blocks;
    if (w->in_block % SY_TERMS_PER_BLOCK == 0) {
        sy_buf_put_u64(&w->term_index, out->len);
        sy_buf_put_varint(out, sy_file_section_len(&w->file));
        sy_buf_reset(&w->last_key);
        w->in_block = 0;
    }
    size_t shared = shared_prefix((sy_slice){w->last_key.data, w->last_key.len}, key);
    sy_buf_put_varint(out, shared);
    sy_buf_put_varint(out, key.len - shared);
    sy_buf_append(out, key.data + shared, key.len - shared);
    sy_buf_put_varint(out, n);
    sy_buf_reset(&w->last_key);
    sy_buf_append(&w->last_key, key.data, key.len);
    if (w->last_key.status != SY_OK)
        w->status = SY_E_NOMEM; /* the next term forgets it */
    w->in_block++;
}

/* The frequent characters are the first terms. */
static void put_chars(sy_segment_writer *w)
{
    sy_buf key = SY_BUF_INIT;
    for (size_t i = 0; i < w->n_chars; i++) {
        const char_list *c = &w->chars[i];
        sy_term_key_char(&key, c->cp);
        begin_term(w, (sy_slice){sy_buf_cstr(&key), key.len}, c->df);
        if (c->df > 1) {
            sy_buf_put_varint(&w->term_blocks, c->len);
            sy_file_put(&w->file, w->char_lists.data + c->at, c->len);
        } else { /* one record can have them all */
            sy_buf_put_varint(&w->term_blocks, c->only);
        }
    }
    if (key.status != SY_OK || w->char_lists.status != SY_OK)
        w->status = SY_E_NOMEM;
    sy_buf_release(&key);
}

static void end_bigrams(sy_segment_writer *w)
{
    end_row(w);
    begin_row(w, SY_BIGRAM_ROWS_END);
    end_row(w);
    put_section(w, SY_SECTION_BIGRAM_ENTRIES, &w->entries);
    put_section(w, SY_SECTION_BIGRAM_ROWS, &w->rows);
    sy_file_begin(&w->file, SY_SECTION_TERM_LISTS);
    w->stage = STAGE_TERMS;
    put_chars(w);
}

void sy_segment_writer_term(sy_segment_writer *w, sy_slice key, const sy_posting *list, uint32_t n)
{
    if (w->stage == STAGE_BIGRAMS)
        end_bigrams(w);
    if (!take_list(w, list, n))
        return;
    begin_term(w, key, n);
    bool marked = key.len > 0 && key.data[0] == SY_TERM_WORD;
    if (n == 1) {
        sy_buf_put_varint(&w->term_blocks, list[0].doc);
        if (marked) {
            sy_buf_putc(&w->term_blocks, (char)w->list_marks[0].tf);
            sy_buf_putc(&w->term_blocks, (char)w->list_marks[0].set);
        }
        return;
    }
    sy_buf_reset(&w->list);
    encode_list(w, n, marked);
    sy_buf_put_varint(&w->term_blocks, w->list.len);
    sy_file_put(&w->file, w->list.data, w->list.len);
}

/* Remembers the records of a gram for those that begin with it, which come next. */
static bool remember(sy_segment_writer *w, sy_slice gram, size_t chars, const sy_docid *docs,
                     uint32_t n)
{
    if (chars >= GRAM_CHARS)
        return true;
    prefix *p = &w->prefixes[chars];
    sy_buf_reset(&p->gram);
    sy_buf_append(&p->gram, gram.data, gram.len);
    if (n > p->cap) {
        sy_docid *bigger = sy_resize(p->docs, n, sizeof *bigger);
        if (!bigger)
            return false;
        p->docs = bigger;
        p->cap = n;
    }
    memcpy(p->docs, docs, n * sizeof *docs);
    p->n = n;
    return p->gram.status == SY_OK;
}

/* Fills w->list with the subset of the parent: for three characters the rarest
 * bigram, else the gram without its last character. *n_all is 0 if there is none. */
static bool subset_of_parent(sy_segment_writer *w, sy_slice gram, size_t chars,
                             const sy_docid *docs, uint32_t n, uint32_t *n_all, char *kind)
{
    *n_all = 0;
    if (chars > 3) {
        const prefix *p = &w->prefixes[chars - 1];
        size_t len = gram.len - 1; /* to the start of the last character */
        while (((unsigned char)gram.data[len] & 0xC0) == 0x80)
            len--;
        if (chars - 1 >= GRAM_CHARS ||
            !sy_slice_equal((sy_slice){p->gram.data, p->gram.len}, (sy_slice){gram.data, len}))
            return true;
        *n_all = p->n;
        const sy_docid *at = p->docs;
        return mark_subset(w, next_of_array, &at, p->n, docs, n, kind);
    }
    const kept *rarest = NULL;
    if (w->kept_slots > 0)
        each_bigram(w, gram, choose_rarer, &rarest);
    if (!rarest || rarest->df == 0) /* a rare bigram: it has no list of its own */
        return true;
    sy_postings list;
    const uint8_t *at = (const uint8_t *)w->kept_lists.data + rarest->at;
    sy_postings_init(
        &list,
        &(sy_postings_ref){.df = rarest->df, .marked = true, .at = at, .end = at + rarest->len});
    *n_all = rarest->df;
    return mark_subset(w, next_posting, &list, rarest->df, docs, n, kind);
}

void sy_segment_writer_gram(sy_segment_writer *w, sy_slice gram, const sy_posting *postings,
                            uint32_t n)
{
    size_t chars = sy_utf8_count(gram.data, gram.len);
    uint32_t n_all;
    if (n < 1 || chars < 3 || !take_list(w, postings, n))
        return;
    const sy_docid *docs = w->list_docs;
    if (w->stage == STAGE_BIGRAMS)
        end_bigrams(w);
    sy_buf key = SY_BUF_INIT, list = SY_BUF_INIT;
    char kind = SY_GRAM_LIST;
    sy_term_key_gram(&key, gram);
    if (n == 1) { /* nothing is a subset of it */
        if (key.status != SY_OK)
            w->status = SY_E_NOMEM;
        begin_term(w, (sy_slice){sy_buf_cstr(&key), key.len}, n);
        sy_buf_put_varint(&w->term_blocks, docs[0]);
        sy_buf_release(&key);
        return;
    }
    sy_postings_encode(&list, docs, NULL, n, NULL);
    bool good = subset_of_parent(w, gram, chars, docs, n, &n_all, &kind) &&
                remember(w, gram, chars, docs, n);
    if (!good || key.status != SY_OK || list.status != SY_OK) {
        w->status = SY_E_NOMEM;
    } else {
        bool own = n_all == 0 || list.len <= w->list.len;
        kind = n_all == n ? SY_GRAM_SAME : own ? SY_GRAM_LIST : kind;
        const sy_buf *bytes = own ? &list : &w->list;
        size_t len = kind == SY_GRAM_SAME ? 0 : bytes->len;
        begin_term(w, (sy_slice){key.data, key.len}, n);
        sy_buf_put_varint(&w->term_blocks, len + 1);
        sy_file_put(&w->file, &kind, 1);
        sy_file_put(&w->file, bytes->data, len);
    }
    sy_buf_release(&key);
    sy_buf_release(&list);
}

sy_status sy_segment_writer_finish(sy_segment_writer *w, uint64_t *len, uint64_t *checksum,
                                   sy_error *err)
{
    if (w->stage == STAGE_BIGRAMS)
        end_bigrams(w);
    sy_buf_put_u64(&w->term_index, w->term_blocks.len);
    put_section(w, SY_SECTION_TERM_BLOCKS, &w->term_blocks);
    put_section(w, SY_SECTION_TERM_INDEX, &w->term_index);
    sy_status st = w->status;
    if (st != SY_OK) {
        st = st == SY_E_LIMIT ? sy_fail(err, st, w->file.path, "too much for one segment")
                              : sy_fail_nomem(err);
        sy_file_abandon(&w->file);
    } else {
        st = sy_file_finish(&w->file, len, checksum, err);
    }
    release(w);
    return st;
}

void sy_segment_writer_abandon(sy_segment_writer *w)
{
    if (!w)
        return;
    sy_file_abandon(&w->file);
    release(w);
}
