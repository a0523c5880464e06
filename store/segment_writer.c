#include "store/segment_writer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "store/segment_part.h"
#include "store/segment_writer_internal.h"
#include "store/term_key.h"

/* Sections are written one after the other; what belongs to a section that comes
 * later is gathered in a buffer:
 *
 *   phrases: phrases
 *   record:  records      -> bases, starts, facts
 *   key:     -> keys, key bases
 *   docs:    keys, starts, facts -> documents, document strings
 *   parts of bigrams: bigram lists -> entries, rows
 *   end of bigrams:   entries, rows
 *   parts of terms:   term lists -> term blocks, term index
 *   finish:  term blocks, term index; key bases, bases, field sets, documents, document strings:
 *            what every reader looks at, together, where the block sums and the table are, too */

sy_status sy_segment_writer_open(const char *path, const uint8_t uuid[16], uint64_t number,
                                 sy_segment_writer **out, sy_error *err)
{
    *out = NULL;
    sy_segment_writer *w = sy_calloc(1, sizeof *w);
    if (!w)
        return sy_fail_nomem(err);
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
    if (w->stage == SY_STAGE_PHRASES)
        sy_file_begin(&w->file, SY_SECTION_RECORDS);
    w->stage = SY_STAGE_RECORDS;
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

static void end_key_group(sy_segment_writer *w)
{
    if (w->key_lengths.status != SY_OK || w->group_keys.status != SY_OK)
        w->status = SY_E_NOMEM;
    sy_buf_append(&w->keys, w->key_lengths.data, w->key_lengths.len);
    sy_buf_append(&w->keys, w->group_keys.data, w->group_keys.len);
    sy_buf_reset(&w->key_lengths);
    sy_buf_reset(&w->group_keys);
}

void sy_segment_writer_key(sy_segment_writer *w, sy_slice key)
{
    if (w->n_keys++ % SY_RECORDS_PER_BASE == 0) {
        end_key_group(w);
        sy_buf_put_u64(&w->key_bases, w->keys.len);
    }
    sy_buf_put_varint(&w->key_lengths, key.len);
    sy_buf_append(&w->group_keys, key.data, key.len);
}

static size_t set_at(const sy_segment_writer *w, uint64_t fields)
{
    size_t at = (size_t)(fields * 0x9e3779b97f4a7c15u >> 54) % SY_SET_SLOTS;
    while (w->set_slots[at].fields != 0 && w->set_slots[at].fields != fields)
        at = (at + 1) % SY_SET_SLOTS;
    return at;
}

void sy_segment_writer_fields(sy_segment_writer *w, const uint8_t *weights, const uint64_t *sets,
                              size_t n)
{
    memcpy(w->weights, weights, sizeof w->weights);
    for (size_t i = 0; i < n && w->n_sets < SY_FIELD_SETS_MAX; i++) {
        sy_set_slot *slot = &w->set_slots[set_at(w, sets[i])];
        if (sets[i] == 0 || slot->fields != 0)
            continue;
        w->sets[w->n_sets++] = sets[i];
        *slot = (sy_set_slot){sets[i], (uint8_t)w->n_sets};
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
    sy_file_begin(&w->file, SY_SECTION_RECORD_FACTS);
    sy_file_put(&w->file, w->lengths.data, w->lengths.len);
    sy_file_put(&w->file, w->longest.data, w->longest.len);
    if (w->lengths.status != SY_OK || w->longest.status != SY_OK)
        w->status = SY_E_NOMEM;
}

static void put_field_sets(sy_segment_writer *w)
{
    sy_buf sets = SY_BUF_INIT;
    sy_buf_put_u64(&sets, w->total_length);
    sy_buf_append(&sets, w->weights, sizeof w->weights);
    for (size_t i = 0; i < w->n_sets; i++)
        sy_buf_put_u64(&sets, w->sets[i]);
    put_section(w, SY_SECTION_FIELD_SETS, &sets);
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

static uint8_t bound_of(const sy_segment_writer *w, sy_docid doc, sy_mark mark)
{
    int extra = mark.set == SY_SET_LONGEST ? w->field_extra[(uint8_t)w->longest.data[doc] & 63]
                                           : w->set_extra[mark.set];
    int quarters = (int)sy_tf_of(mark.tf) * SY_WEIGHT_ONE + extra;
    uint8_t length = (uint8_t)w->lengths.data[doc];
    return quarters >= 0 && quarters < SY_SHARES ? w->shares[quarters][length]
                                                 : share_bound(w, quarters, length);
}

uint8_t sy_segment_bound(const void *writer, const sy_docid *docs, const sy_mark *marks, uint32_t n)
{
    const sy_segment_writer *w = writer;
    uint8_t most = 0;
    if (n > 0 && docs[n - 1] >= w->n_records) /* there is no such record */
        return UINT8_MAX;
    for (uint32_t i = 0; i < n; i++) {
        bool plain = marks[i].tf == 0 && marks[i].set == SY_SET_LONGEST;
        uint8_t bound = plain ? w->plain_bounds[docs[i]] : bound_of(w, docs[i], marks[i]);
        most = bound > most ? bound : most;
    }
    return most;
}

bool sy_segment_count_fields(const void *writer, const sy_docid *docs, const sy_mark *marks,
                             uint32_t n, uint32_t *counts)
{
    const sy_segment_writer *w = writer;
    if (n > 0 && docs[n - 1] >= w->n_records)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (marks[i].set == SY_SET_LONGEST) {
            counts[w->longest.data[docs[i]] & 63]++;
            continue;
        }
        if (marks[i].set == SY_SET_UNKNOWN)
            return false;
        for (uint64_t left = w->sets[marks[i].set - 1]; left != 0; left &= left - 1)
            counts[__builtin_ctzll(left)]++;
    }
    return true;
}

/* All that the bounds of postings are made of. */
static void make_shares(sy_segment_writer *w)
{
    for (int q = 0; q < SY_SHARES; q++) {
        for (unsigned length = 0; length <= UINT8_MAX; length++)
            w->shares[q][length] = share_bound(w, q, (uint8_t)length);
    }
    for (size_t i = 0; i < w->n_sets; i++)
        w->set_extra[i + 1] = sy_field_extra(w->sets[i], w->weights);
    for (unsigned bit = 0; bit < SY_FIELD_BITS; bit++)
        w->field_extra[bit] = sy_field_extra(UINT64_C(1) << bit, w->weights);
    if (w->lengths.status == SY_OK && w->longest.status == SY_OK)
        w->plain_bounds = sy_alloc(w->n_records, 1);
    if (!w->plain_bounds) {
        w->status = SY_E_NOMEM;
        return;
    }
    sy_mark none = {0, SY_SET_LONGEST};
    for (uint32_t i = 0; i < w->n_records; i++)
        w->plain_bounds[i] = bound_of(w, i, none);
}

void sy_segment_writer_docs(sy_segment_writer *w, const sy_segment_doc *docs, size_t n)
{
    begin_records(w);
    sy_buf_put_u64(&w->bases, sy_file_section_len(&w->file));
    assert(w->n_keys == w->n_records);
    end_key_group(w);
    sy_buf_put_u64(&w->key_bases, w->keys.len);
    put_section(w, SY_SECTION_KEYS, &w->keys);
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
    sy_file_begin(&w->file, SY_SECTION_BIGRAM_LISTS);
    w->stage = SY_STAGE_BIGRAMS;
}

sy_mark sy_segment_writer_mark(const sy_segment_writer *w, uint32_t tf, uint64_t fields)
{
    sy_mark mark = {sy_tf_code(tf), SY_SET_LONGEST};
    if (fields != 0) {
        const sy_set_slot *slot = &w->set_slots[set_at(w, fields)];
        mark.set = slot->fields != 0 ? slot->code : SY_SET_UNKNOWN;
    }
    return mark;
}

/* ---- grams to come ---- */

sy_kept *sy_kept_slot(const sy_segment_writer *w, uint64_t key)
{
    size_t mask = w->kept_slots - 1, at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & mask;
    while (w->kept[at].key != 0 && w->kept[at].key != key)
        at = (at + 1) & mask;
    return &w->kept[at];
}

void sy_each_bigram(sy_slice gram, void (*fn)(void *ctx, uint64_t key), void *ctx)
{
    uint32_t before = 0, cp;
    for (size_t i = 0; i < gram.len; before = cp) {
        bool first = i == 0;
        i += sy_utf8_decode(gram.data + i, gram.len - i, &cp);
        if (!first)
            fn(ctx, ((uint64_t)before << 21 | cp) + 1);
    }
}

static void expect(void *ctx, uint64_t key)
{
    sy_kept_slot(ctx, key)->key = key;
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
        sy_each_bigram(grams[i], expect, w);
    for (size_t i = 0; i < n_watched; i++) {
        expect(w, watched[i] + 1);
        sy_kept_slot(w, watched[i] + 1)->watched = true;
    }
}

/* ---- parts of bigrams ---- */

void sy_bigram_entry_put(sy_buf *out, uint32_t second, uint64_t place)
{
    sy_buf_putc(out, (char)second);
    sy_buf_putc(out, (char)(second >> 8));
    sy_buf_putc(out, (char)(second >> 16));
    sy_buf_put_u32(out, (uint32_t)place);
}

/* The part's rows, whose lists begin at `base` among those of w. */
static void join_rows(sy_segment_writer *w, const sy_segment_part *part, uint64_t base)
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
    if (part->n_entries >= UINT32_MAX - w->n_entries)
        w->status = SY_E_LIMIT;
    w->n_entries += part->n_entries;
}

/* What the part has for the terms: where its lists are that grams may want, and its characters. */
static void join_kept(sy_segment_writer *w, const sy_segment_part *part, uint64_t base)
{
    for (size_t i = 0; i < part->n_kept; i++) {
        sy_kept *k = &w->kept[part->kept[i].slot];
        k->df = part->kept[i].df;
        k->at = base + part->kept[i].at;
        k->len = part->kept[i].len;
    }
    for (size_t i = 0; i < part->n_chars; i++) {
        if (!sy_grow((void **)&w->chars, w->n_chars, &w->cap_chars, sizeof *w->chars)) {
            w->status = SY_E_NOMEM;
            return;
        }
        w->chars[w->n_chars] = part->chars[i];
        w->chars[w->n_chars++].at += w->char_lists.len;
    }
    sy_buf_append(&w->char_lists, part->char_lists.data, part->char_lists.len);
}

/* ---- terms ---- */

static size_t shared_prefix(sy_slice a, sy_slice b)
{
    size_t n = 0, most = a.len < b.len ? a.len : b.len;
    while (n < most && a.data[n] == b.data[n])
        n++;
    return n;
}

/* Writes the term's key and df; `list` is where its list would begin in term lists. */
static void begin_term(sy_segment_writer *w, sy_slice key, uint64_t n, uint64_t list)
{
    sy_buf *out = &w->term_blocks;
    if (w->in_block % SY_TERMS_PER_BLOCK == 0) {
        sy_buf_put_u64(&w->term_index, out->len);
        sy_buf_put_varint(out, list);
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
        const sy_char_list *c = &w->chars[i];
        sy_term_key_char(&key, c->cp);
        begin_term(w, (sy_slice){sy_buf_cstr(&key), key.len}, c->df, sy_file_section_len(&w->file));
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
    uint8_t end[SY_BIGRAM_ROW_LEN] = {0};
    uint64_t len = sy_file_section_len(&w->file);
    sy_put_u32(end, SY_BIGRAM_ROWS_END);
    sy_put_u32(end + 4, w->n_entries);
    sy_put_u32(end + 8, (uint32_t)len);
    end[12] = (uint8_t)(len >> 32);
    sy_buf_append(&w->rows, end, sizeof end);
    if (len >> 40 != 0)
        w->status = SY_E_LIMIT;
    put_section(w, SY_SECTION_BIGRAM_ENTRIES, &w->entries);
    put_section(w, SY_SECTION_BIGRAM_ROWS, &w->rows);
    sy_file_begin(&w->file, SY_SECTION_TERM_LISTS);
    w->stage = SY_STAGE_TERMS;
    put_chars(w);
}

/* What was met while writing. */
static sy_status failure(const sy_segment_writer *w, sy_error *err)
{
    if (w->status == SY_OK)
        return SY_OK;
    return w->status == SY_E_LIMIT
               ? sy_fail(err, SY_E_LIMIT, w->file.path, "too much for one segment")
               : sy_fail_nomem(err);
}

sy_status sy_segment_writer_end_bigrams(sy_segment_writer *w, sy_error *err)
{
    uint64_t lists = w->file.sections[w->file.n_sections - 1].offset;
    end_bigrams(w);
    sy_status st = failure(w, err);
    if (st != SY_OK || w->kept_slots == 0)
        return st;
    st = sy_file_flush(&w->file, err);
    if (st == SY_OK)
        st = sy_map_open(w->file.path, &w->lists_map, err);
    w->lists = w->lists_map.data ? w->lists_map.data + lists : NULL;
    return st;
}

/* The part's terms, whose lists begin at `base` among those of w. */
static void join_terms(sy_segment_writer *w, const sy_segment_part *part, uint64_t base)
{
    const uint8_t *at = (const uint8_t *)part->terms.data, *end = at + part->terms.len;
    while (at && at < end && w->status == SY_OK) {
        uint64_t key_len, df, rest, list_len = 0;
        at = sy_varint_get(at, end, &key_len);
        sy_slice key = {(const char *)at, (size_t)key_len};
        at = sy_varint_get(at + key_len, end, &df);
        at = sy_varint_get(at, end, &rest);
        begin_term(w, key, df, base);
        sy_buf_append(&w->term_blocks, at, (size_t)rest);
        if (df > 1)
            sy_varint_get(at, end, &list_len);
        base += list_len;
        at += rest;
    }
}

void sy_segment_writer_join(sy_segment_writer *w, sy_segment_part *part)
{
    sy_segment_part_end(part);
    if (w->status == SY_OK)
        w->status = part->status;
    if (w->status != SY_OK)
        return;
    uint64_t base = sy_file_section_len(&w->file);
    join_rows(w, part, base);
    join_kept(w, part, base);
    if (part->terms.len > 0)
        join_terms(w, part, base);
    sy_file_put(&w->file, part->lists.data, part->lists.len);
}

static void release(sy_segment_writer *w)
{
    sy_buf *all[] = {&w->bases,       &w->starts,      &w->docs,       &w->doc_strings,
                     &w->lengths,     &w->longest,     &w->rows,       &w->entries,
                     &w->term_blocks, &w->term_index,  &w->last_key,   &w->char_lists,
                     &w->keys,        &w->key_lengths, &w->group_keys, &w->key_bases};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sy_buf_release(all[i]);
    sy_map_close(&w->lists_map);
    sy_free(w->plain_bounds);
    sy_free(w->chars);
    sy_free(w->kept);
    sy_free(w);
}

sy_status sy_segment_writer_finish(sy_segment_writer *w, uint64_t *len, uint64_t *checksum,
                                   sy_error *err)
{
    if (w->stage == SY_STAGE_BIGRAMS)
        end_bigrams(w);
    sy_buf_put_u64(&w->term_index, w->term_blocks.len);
    put_section(w, SY_SECTION_TERM_BLOCKS, &w->term_blocks);
    put_section(w, SY_SECTION_TERM_INDEX, &w->term_index);
    put_section(w, SY_SECTION_KEY_BASES, &w->key_bases);
    put_section(w, SY_SECTION_RECORD_BASES, &w->bases);
    put_field_sets(w);
    put_section(w, SY_SECTION_DOCUMENTS, &w->docs);
    put_section(w, SY_SECTION_DOCUMENT_STRINGS, &w->doc_strings);
    sy_status st = failure(w, err);
    if (st == SY_OK)
        st = sy_file_finish(&w->file, len, checksum, err);
    else
        sy_file_abandon(&w->file);
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
