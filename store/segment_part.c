#include "store/segment_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "store/merged_list.h"
#include "store/segment_writer_internal.h"
#include "store/term_key.h"

/* The gram of some length that was written last. */
typedef struct sy_prefix {
    sy_buf gram;
    sy_docid *docs;
    uint32_t n, cap;
} prefix;

/* Rare bigrams of a row, until there are enough for a list. */
typedef struct sy_rare {
    sy_merged_posting postings[SY_MERGED_MAX]; /* bigram by bigram */
    uint32_t n, n_seconds;
    sy_buf entries; /* u24 first second character, u32 place, of the row's merged lists */
    sy_buf lists;   /* which come behind its others */
    uint32_t n_lists;
} rare;

enum {
    /* Up to so many records a bigram is rare; docs/format.md, 5.3, has the measurement. */
    RARE_DF = 15,
    MERGED_LISTS_MAX = (1 << 24) - 1, /* of a row */
    GRAM_CHARS = 16,                  /* longer grams are no parents */
    READ_AROUND = 64 << 10,           /* bytes of a file that come with those that are read */
    LISTS_READ_MOST = 8 << 20,        /* of bigram lists, before they are given back */
    /* The union of lists with this many postings takes about .5 ms. */
    ROW_POSTINGS = 1 << 17
};

sy_status sy_segment_part_new(const sy_segment_writer *w, sy_segment_part **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    if (!*out)
        return sy_fail_nomem(err);
    (*out)->w = w;
    (*out)->status = w->plain_bounds ? SY_OK : SY_E_NOMEM;
    (*out)->row = UINT32_MAX;
    return SY_OK;
}

static void encode(sy_segment_part *p, sy_buf *out, const sy_docid *docs, const sy_mark *marks,
                   uint32_t n)
{
    sy_bounder bounder = {sy_segment_bound, sy_segment_count_fields, p->w};
    sy_postings_encode(out, docs, marks, n, &bounder);
    if (out->status != SY_OK)
        p->status = out->status;
}

/* ---- frequent characters ---- */

/* Gives the character of the current row, which is long, a list of its n records. */
static void add_char_list(sy_segment_part *p, uint32_t n, size_t words)
{
    if (!p->row_docs)
        p->row_docs = sy_alloc(p->w->n_records, sizeof *p->row_docs);
    if (!p->row_docs || !sy_grow((void **)&p->chars, p->n_chars, &p->cap_chars, sizeof *p->chars)) {
        p->status = SY_E_NOMEM;
        return;
    }
    uint32_t at = 0;
    for (size_t i = 0; i < words; i++) {
        for (uint64_t left = p->row_bits[i]; left != 0; left &= left - 1)
            p->row_docs[at++] = (sy_docid)(i * 64 + (unsigned)__builtin_ctzll(left));
    }
    sy_char_list *c = &p->chars[p->n_chars++];
    *c = (sy_char_list){.cp = p->row, .df = n, .only = p->row_docs[0], .at = p->char_lists.len};
    encode(p, &p->char_lists, p->row_docs, NULL, n);
    c->len = p->char_lists.len - c->at;
}

/* Counts the records of the current row; if it is long they become the list of its
 * character. */
static uint32_t end_characters(sy_segment_part *p)
{
    size_t words = ((size_t)p->w->n_records + 63) / 64;
    uint32_t n = 0;
    if (p->row_postings == 0 || !p->row_bits)
        return 0;
    for (size_t i = 0; i < words; i++)
        n += (uint32_t)__builtin_popcountll(p->row_bits[i]);
    if (p->row_postings >= ROW_POSTINGS)
        add_char_list(p, n, words);
    memset(p->row_bits, 0, words * sizeof *p->row_bits);
    p->row_postings = 0;
    return n;
}

/* Counts a list of the current row in. */
static void add_to_row(sy_segment_part *p, const sy_docid *docs, uint32_t n)
{
    size_t words = ((size_t)p->w->n_records + 63) / 64;
    if (!p->row_bits)
        p->row_bits = sy_calloc(words, sizeof *p->row_bits);
    if (!p->row_bits) {
        p->status = SY_E_NOMEM;
        return;
    }
    p->row_postings += n;
    while (n > 0 && docs[n - 1] / 64 >= words) /* there is no such record, which verify tells */
        n--;
    for (uint32_t i = 0; i < n; i++)
        p->row_bits[docs[i] / 64] |= UINT64_C(1) << docs[i] % 64;
}

/* ---- rare bigrams ---- */

/* The rare bigrams gathered so far become one list. */
static void end_rare(sy_segment_part *p)
{
    rare *r = p->rare;
    if (r->n == 0)
        return;
    sy_bigram_entry_put(&r->entries, r->postings[0].second, r->lists.len);
    sy_buf_put_varint(&r->lists, r->n);
    sy_merged_put(&r->lists, r->postings, r->n, p->w->n_records);
    r->n_lists++;
    r->n = r->n_seconds = 0;
}

static void add_rare(sy_segment_part *p, uint32_t b, const sy_docid *docs, uint32_t n)
{
    rare *r = p->rare;
    if (r->n + n > SY_MERGED_MAX || r->n_seconds == sy_merged_seconds_max(p->w->n_records))
        end_rare(p);
    r->n_seconds++;
    for (uint32_t i = 0; i < n; i++)
        r->postings[r->n++] = (sy_merged_posting){b, docs[i]};
}

/* ---- rows ---- */

/* The entries of merged lists count from the row's start, behind its other lists. */
static void put_merged(sy_segment_part *p)
{
    rare *r = p->rare;
    end_rare(p);
    uint64_t before = p->lists.len - p->row_start;
    if (before + r->lists.len > UINT32_MAX || r->n_lists > MERGED_LISTS_MAX)
        p->status = SY_E_LIMIT;
    if (r->entries.status != SY_OK || r->lists.status != SY_OK) {
        p->status = SY_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < r->n_lists; i++) {
        uint8_t *entry = (uint8_t *)r->entries.data + (size_t)i * SY_BIGRAM_ENTRY_LEN;
        sy_put_u32(entry + 3, (uint32_t)(sy_get_u32(entry + 3) + before));
    }
    sy_buf_append(&p->entries, r->entries.data, r->entries.len);
    sy_buf_append(&p->lists, r->lists.data, r->lists.len);
    p->n_entries += r->n_lists;
}

static void end_row(sy_segment_part *p)
{
    if (p->row == UINT32_MAX)
        return;
    put_merged(p);
    uint32_t df = end_characters(p);
    uint32_t n_merged = p->rare->n_lists;
    sy_buf_put_u32(&p->rows, p->row);
    sy_buf_put_u32(&p->rows, p->row_first);
    sy_buf_put_u32(&p->rows, (uint32_t)p->row_start);
    sy_buf_putc(&p->rows, (char)(p->row_start >> 32));
    for (unsigned shift = 0; shift < 24; shift += 8)
        sy_buf_putc(&p->rows, (char)(n_merged >> shift));
    sy_buf_put_u32(&p->rows, df);
    sy_buf_reset(&p->rare->entries);
    sy_buf_reset(&p->rare->lists);
    p->rare->n_lists = 0;
}

static bool begin_row(sy_segment_part *p, uint32_t a)
{
    if (!p->rare)
        p->rare = sy_calloc(1, sizeof *p->rare);
    if (!p->rare) {
        p->status = SY_E_NOMEM;
        return false;
    }
    p->row = a;
    p->row_first = p->n_entries;
    p->row_start = p->lists.len;
    return true;
}

/* Notes where the list is that was just written from `at` on, if a gram may want it. True if the
 * pair is watched. */
static bool keep_list(sy_segment_part *p, uint32_t a, uint32_t b, uint32_t n, size_t at)
{
    if (p->w->kept_slots == 0)
        return false;
    const sy_kept *k = sy_kept_slot(p->w, ((uint64_t)a << 21 | b) + 1);
    if (k->key == 0)
        return false;
    if (!sy_grow((void **)&p->kept, p->n_kept, &p->cap_kept, sizeof *p->kept))
        p->status = SY_E_NOMEM;
    else
        p->kept[p->n_kept++] = (sy_part_kept){(size_t)(k - p->w->kept), n, at, p->lists.len - at};
    return k->watched;
}

void sy_segment_part_bigram(sy_segment_part *p, uint32_t a, uint32_t b, const sy_docid *docs,
                            const sy_mark *marks, uint32_t n)
{
    if (p->status != SY_OK)
        return;
    if (a != p->row) {
        end_row(p);
        if (!begin_row(p, a))
            return;
    }
    add_to_row(p, docs, n);
    if (n <= RARE_DF) {
        add_rare(p, b, docs, n);
        return;
    }
    uint64_t place = p->lists.len - p->row_start;
    if (place > UINT32_MAX || p->n_entries >= UINT32_MAX - MERGED_LISTS_MAX)
        p->status = SY_E_LIMIT;
    sy_buf_put_varint(&p->lists, n);
    size_t at = p->lists.len;
    encode(p, &p->lists, docs, marks, n);
    bool watched = keep_list(p, a, b, n, at);
    sy_bigram_entry_put(&p->entries, watched ? b | SY_BIGRAM_WATCHED : b, place);
    p->n_entries++;
}

/* ---- terms ---- */

static void put_term(sy_segment_part *p, sy_slice key, uint32_t df, const void *rest, size_t len)
{
    sy_buf_put_varint(&p->terms, key.len);
    sy_buf_append(&p->terms, key.data, key.len);
    sy_buf_put_varint(&p->terms, df);
    sy_buf_put_varint(&p->terms, len);
    sy_buf_append(&p->terms, rest, len);
}

/* A term whose list was written behind `before` bytes of lists. */
static void put_listed(sy_segment_part *p, sy_slice key, uint32_t df, size_t before)
{
    uint8_t len[SY_VARINT_MAX];
    put_term(p, key, df, len, sy_varint_put(len, p->lists.len - before));
}

void sy_segment_part_term(sy_segment_part *p, sy_slice key, const sy_docid *docs,
                          const sy_mark *marks, uint32_t n)
{
    if (p->status != SY_OK)
        return;
    bool marked = key.len > 0 && key.data[0] == SY_TERM_WORD;
    if (n == 1) {
        uint8_t only[SY_VARINT_MAX + 2];
        size_t len = sy_varint_put(only, docs[0]);
        if (marked) {
            only[len++] = marks[0].tf;
            only[len++] = marks[0].set;
        }
        put_term(p, key, 1, only, len);
        return;
    }
    size_t before = p->lists.len;
    encode(p, &p->lists, docs, marked ? marks : NULL, n);
    put_listed(p, key, n, before);
}

/* ---- grams ---- */

typedef struct choice {
    const sy_segment_writer *w;
    const sy_kept *rarest;
} choice;

static void choose_rarer(void *ctx, uint64_t key)
{
    choice *c = ctx;
    const sy_kept *k = sy_kept_slot(c->w, key);
    if (!c->rarest || k->df < c->rarest->df)
        c->rarest = k;
}

/* Writes to p->list which of the n_all ascending docids `all` gives one by one are
 * among docs[n]: a bit each, or their places, whatever is shorter. *kind says which. */
static bool mark_subset(sy_segment_part *p, sy_docid (*next)(void *all), void *all, uint32_t n_all,
                        const sy_docid *docs, uint32_t n, char *kind)
{
    sy_docid *places = sy_alloc(n, sizeof *places);
    uint32_t found = 0;
    for (uint32_t i = 0; places && i < n_all && found < n; i++) {
        if (next(all) == docs[found])
            places[found++] = i;
    }
    sy_buf_reset(&p->list);
    if (found == n)
        sy_postings_encode(&p->list, places, NULL, n, NULL);
    size_t bytes = ((size_t)n_all + 7) / 8;
    *kind = SY_GRAM_PLACES;
    if (found == n && p->list.len >= bytes) {
        *kind = SY_GRAM_SUBSET;
        sy_buf_reset(&p->list);
        char *bits = sy_buf_reserve(&p->list, bytes);
        if (bits)
            memset(bits, 0, bytes);
        for (uint32_t i = 0; bits && i < n; i++)
            bits[places[i] / 8] = (char)((unsigned char)bits[places[i] / 8] | 1u << places[i] % 8);
        p->list.len = bits ? bytes : 0;
    }
    sy_free(places);
    return found == n && p->list.status == SY_OK;
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

/* Remembers the records of a gram for those that begin with it, which come next. */
static bool remember(sy_segment_part *part, sy_slice gram, size_t chars, const sy_docid *docs,
                     uint32_t n)
{
    if (chars >= GRAM_CHARS)
        return true;
    prefix *p = &part->prefixes[chars];
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

/* Gives back what was read of the bigrams' lists, which would all count as memory. */
static void rest_lists(sy_segment_part *p)
{
    if (p->lists_read > 0)
        sy_map_rest(&p->w->lists_map);
    p->lists_read = 0;
}

/* Fills p->list with the subset of the parent: for three characters the rarest
 * bigram, else the gram without its last character. *n_all is 0 if there is none. */
static bool subset_of_parent(sy_segment_part *p, sy_slice gram, size_t chars, const sy_docid *docs,
                             uint32_t n, uint32_t *n_all, char *kind)
{
    *n_all = 0;
    if (chars > 3) {
        size_t len = gram.len - 1; /* to the start of the last character */
        while (((unsigned char)gram.data[len] & 0xC0) == 0x80)
            len--;
        if (chars - 1 >= GRAM_CHARS)
            return true;
        const prefix *before = &p->prefixes[chars - 1];
        if (!sy_slice_equal((sy_slice){before->gram.data, before->gram.len},
                            (sy_slice){gram.data, len}))
            return true;
        *n_all = before->n;
        const sy_docid *at = before->docs;
        return mark_subset(p, next_of_array, &at, before->n, docs, n, kind);
    }
    choice of_bigrams = {p->w, NULL};
    if (p->w->kept_slots > 0)
        sy_each_bigram(gram, choose_rarer, &of_bigrams);
    const sy_kept *rarest = of_bigrams.rarest;
    if (!rarest || rarest->df == 0) /* a rare bigram: it has no list of its own */
        return true;
    sy_postings list;
    const uint8_t *at = p->w->lists + rarest->at;
    sy_postings_init(
        &list,
        &(sy_postings_ref){.df = rarest->df, .marked = true, .at = at, .end = at + rarest->len});
    *n_all = rarest->df;
    bool good = mark_subset(p, next_posting, &list, rarest->df, docs, n, kind);
    p->lists_read += rarest->len + READ_AROUND;
    if (p->lists_read > LISTS_READ_MOST)
        rest_lists(p);
    return good;
}

/* Behind what was written of the gram's own list from `before` on: puts the subset in its place if
 * that is shorter. */
static void put_gram(sy_segment_part *p, sy_slice key, uint32_t n, uint32_t n_all, char kind,
                     size_t before)
{
    size_t own = p->lists.len - before - 1;
    if (n_all == n) {
        kind = SY_GRAM_SAME;
        p->lists.len = before + 1;
    } else if (n_all != 0 && p->list.len < own) {
        memcpy(p->lists.data + before + 1, p->list.data, p->list.len);
        p->lists.len = before + 1 + p->list.len;
    } else {
        kind = SY_GRAM_LIST;
    }
    p->lists.data[before] = kind;
    put_listed(p, key, n, before);
}

/* A gram that one record has. Frees the key. */
static void put_single(sy_segment_part *p, sy_buf *key, sy_docid doc)
{
    uint8_t only[SY_VARINT_MAX];
    if (key->status != SY_OK)
        p->status = SY_E_NOMEM;
    else
        put_term(p, (sy_slice){key->data, key->len}, 1, only, sy_varint_put(only, doc));
    sy_buf_release(key);
}

void sy_segment_part_gram(sy_segment_part *p, sy_slice gram, const sy_docid *docs, uint32_t n)
{
    size_t chars = sy_utf8_count(gram.data, gram.len);
    uint32_t n_all;
    if (n < 1 || chars < 3 || p->status != SY_OK)
        return;
    if (!p->prefixes)
        p->prefixes = sy_calloc(GRAM_CHARS, sizeof *p->prefixes);
    sy_buf key = SY_BUF_INIT;
    char kind = SY_GRAM_LIST;
    size_t before = p->lists.len;
    sy_term_key_gram(&key, gram);
    if (n == 1) { /* nothing is a subset of it */
        put_single(p, &key, docs[0]);
        return;
    }
    sy_buf_putc(&p->lists, kind);
    sy_postings_encode(&p->lists, docs, NULL, n, NULL);
    bool good = p->prefixes && key.status == SY_OK && p->lists.status == SY_OK &&
                subset_of_parent(p, gram, chars, docs, n, &n_all, &kind) &&
                remember(p, gram, chars, docs, n);
    if (good)
        put_gram(p, (sy_slice){key.data, key.len}, n, n_all, kind, before);
    else
        p->status = SY_E_NOMEM;
    sy_buf_release(&key);
}

/* ---- the end ---- */

static void free_scratch(sy_segment_part *p)
{
    for (size_t i = 0; p->prefixes && i < GRAM_CHARS; i++) {
        sy_buf_release(&p->prefixes[i].gram);
        sy_free(p->prefixes[i].docs);
    }
    if (p->rare) {
        sy_buf_release(&p->rare->entries);
        sy_buf_release(&p->rare->lists);
    }
    sy_free(p->prefixes);
    sy_free(p->rare);
    sy_free(p->row_bits);
    sy_free(p->row_docs);
    sy_buf_release(&p->list);
    p->prefixes = NULL;
    p->rare = NULL;
    p->row_bits = NULL;
    p->row_docs = NULL;
}

void sy_segment_part_end(sy_segment_part *p)
{
    const sy_buf *all[] = {&p->lists, &p->rows, &p->entries, &p->char_lists, &p->terms};
    end_row(p);
    rest_lists(p);
    p->row = UINT32_MAX;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i]->status != SY_OK)
            p->status = all[i]->status;
    }
    free_scratch(p);
}

void sy_segment_part_free(sy_segment_part *p)
{
    if (!p)
        return;
    sy_buf *all[] = {&p->lists, &p->rows, &p->entries, &p->char_lists, &p->terms};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sy_buf_release(all[i]);
    free_scratch(p);
    sy_free(p->kept);
    sy_free(p->chars);
    sy_free(p);
}
