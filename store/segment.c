#include "store/segment.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "store/file.h"
#include "store/merged_list.h"
#include "store/phrases.h"
#include "store/record_code.h"
#include "store/scoring.h"
#include "store/subset.h"
#include "store/term_key.h"

enum {
    ROW_LEN = SY_BIGRAM_ROW_LEN,
    DF_MOST = 5,      /* bytes of a varint */
    CODES_MANY = 4000 /* have phrases from nearly everywhere, and asking for each takes 5 ns */
};

struct sy_segment {
    sy_file *file;
    uint32_t n_records;
    size_t n_docs;
    const sy_section *docs, *doc_strings, *bases, *starts, *records, *keys, *key_bases;
    const sy_section *rows, *entries, *bigram_lists;
    const sy_section *term_index, *term_blocks, *term_lists, *facts, *sets;
    sy_phrases phrases;
    const sy_section *phrase_section;
    atomic_uint n_codes;                  /* that were spelt; CODES_MANY: all phrases are sound */
    uint64_t n_rows, n_entries, n_blocks; /* rows without the last one */
    size_t n_sets;
};

static sy_status damaged(const sy_segment *seg, const sy_section *s, uint64_t offset,
                         const char *what, sy_error *err)
{
    return sy_fail_at(err, SY_E_CORRUPT, seg->file->path, s->offset + offset, "damaged: %s",
                      sy_tr(what));
}

/* Before bytes [offset, offset + len) of a section, which are in it, are read. */
static sy_status need(const sy_segment *seg, const sy_section *s, uint64_t offset, uint64_t len,
                      sy_error *err)
{
    return sy_file_need(seg->file, s->data + offset, len, err);
}

static sy_status find_sections(sy_segment *seg, sy_error *err)
{
    const struct {
        sy_section_kind kind;
        const sy_section **at;
    } wanted[] = {
        {SY_SECTION_DOCUMENTS, &seg->docs},
        {SY_SECTION_DOCUMENT_STRINGS, &seg->doc_strings},
        {SY_SECTION_RECORD_BASES, &seg->bases},
        {SY_SECTION_RECORD_STARTS, &seg->starts},
        {SY_SECTION_RECORDS, &seg->records},
        {SY_SECTION_KEYS, &seg->keys},
        {SY_SECTION_KEY_BASES, &seg->key_bases},
        {SY_SECTION_BIGRAM_ROWS, &seg->rows},
        {SY_SECTION_BIGRAM_ENTRIES, &seg->entries},
        {SY_SECTION_BIGRAM_LISTS, &seg->bigram_lists},
        {SY_SECTION_TERM_INDEX, &seg->term_index},
        {SY_SECTION_TERM_BLOCKS, &seg->term_blocks},
        {SY_SECTION_TERM_LISTS, &seg->term_lists},
        {SY_SECTION_PHRASES, &seg->phrase_section},
        {SY_SECTION_RECORD_FACTS, &seg->facts},
        {SY_SECTION_FIELD_SETS, &seg->sets},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        sy_status st = sy_file_section(seg->file, wanted[i].kind, wanted[i].at, err);
        if (st != SY_OK)
            return st;
    }
    const sy_section *phrases = seg->phrase_section;
    sy_status st = need(seg, phrases, 0, phrases->len < 4 ? phrases->len : 4, err);
    if (st == SY_OK && !sy_phrases_open(phrases->data, phrases->len, &seg->phrases))
        return damaged(seg, phrases, 0, "the phrases have a broken length", err);
    seg->phrases.file = seg->file;
    return st;
}

static uint64_t base_at(const sy_section *bases, uint64_t i)
{
    return sy_get_u64(bases->data + i * 8);
}

static sy_status check_docs(sy_segment *seg, sy_error *err)
{
    if (seg->docs->len % SY_DOC_ENTRY_LEN != 0)
        return damaged(seg, seg->docs, 0, "the documents have a broken length", err);
    seg->n_docs = (size_t)(seg->docs->len / SY_DOC_ENTRY_LEN);
    sy_status st = need(seg, seg->docs, 0, seg->docs->len, err);
    if (st == SY_OK)
        st = need(seg, seg->doc_strings, 0, seg->doc_strings->len, err);
    if (st == SY_OK)
        st = need(seg, seg->sets, 0, seg->sets->len, err);
    if (st != SY_OK)
        return st;
    uint64_t next = 0, left = sy_segment_total_length(seg), place = 0;
    for (size_t i = 0; i < seg->n_docs; i++) {
        const uint8_t *e = seg->docs->data + i * SY_DOC_ENTRY_LEN;
        bool strings_fit =
            (uint64_t)sy_get_u32(e + 32) + sy_get_u32(e + 36) <= seg->doc_strings->len &&
            (uint64_t)sy_get_u32(e + 40) + sy_get_u32(e + 44) <= seg->doc_strings->len;
        bool behind = i == 0 || sy_get_u64(e + 48) > place;
        if (sy_get_u32(e) != next || !strings_fit || !behind || sy_get_u64(e + 56) > left)
            return damaged(seg, seg->docs, i * SY_DOC_ENTRY_LEN, "a document's entry does not hold",
                           err);
        next += sy_get_u32(e + 4);
        place = sy_get_u64(e + 48);
        left -= sy_get_u64(e + 56);
    }
    if (next != seg->n_records || left != 0)
        return damaged(seg, seg->docs, 0, "the documents do not add up to the records", err);
    return SY_OK;
}

/* Where the lists of a row start in bigram lists. */
static uint64_t row_base(const uint8_t *row)
{
    return (uint64_t)sy_get_u32(row + 8) | (uint64_t)row[12] << 32;
}

sy_status sy_segment_check_ends(const sy_segment *seg, sy_error *err)
{
    uint64_t last = seg->bases->len - 8, last_row = seg->n_rows * ROW_LEN;
    sy_status st = need(seg, seg->bases, last, 8, err);
    if (st == SY_OK)
        st = need(seg, seg->key_bases, last, 8, err);
    if (st == SY_OK)
        st = need(seg, seg->rows, last_row, ROW_LEN, err);
    if (st != SY_OK)
        return st;
    if (sy_get_u64(seg->bases->data + last) != seg->records->len)
        return damaged(seg, seg->bases, last, "the record bases do not fit the records", err);
    if (sy_get_u64(seg->key_bases->data + last) != seg->keys->len)
        return damaged(seg, seg->key_bases, last, "the key bases do not fit the keys", err);
    const uint8_t *row = seg->rows->data + last_row;
    if (sy_get_u32(row + 4) != seg->n_entries || row_base(row) != seg->bigram_lists->len)
        return damaged(seg, seg->rows, last_row, "the bigram rows do not fit their entries", err);
    return SY_OK;
}

static uint32_t get_u24(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
}

/* The lengths of sections; what is in them is looked at when it is read. */
static sy_status check_shape(sy_segment *seg, sy_error *err)
{
    uint64_t n = seg->starts->len / 4;
    if (seg->starts->len % 4 != 0 || n >= SY_DOC_END)
        return damaged(seg, seg->starts, 0, "the record starts have a broken length", err);
    seg->n_records = (uint32_t)n;
    uint64_t n_bases = (n + SY_RECORDS_PER_BASE - 1) / SY_RECORDS_PER_BASE;
    if (seg->bases->len != (n_bases + 1) * 8)
        return damaged(seg, seg->bases, 0, "the record bases have a broken length", err);
    if (seg->key_bases->len != (n_bases + 1) * 8)
        return damaged(seg, seg->key_bases, 0, "the key bases have a broken length", err);
    if (seg->rows->len % ROW_LEN != 0 || seg->rows->len == 0 ||
        seg->entries->len % SY_BIGRAM_ENTRY_LEN != 0)
        return damaged(seg, seg->rows, 0, "the bigram dictionary has a broken length", err);
    seg->n_rows = seg->rows->len / ROW_LEN - 1;
    seg->n_entries = seg->entries->len / SY_BIGRAM_ENTRY_LEN;
    if (seg->n_entries > UINT32_MAX)
        return damaged(seg, seg->rows, 0, "the bigram rows do not fit their entries", err);
    if (seg->facts->len != 2 * n)
        return damaged(seg, seg->facts, 0, "the facts of records have a broken length", err);
    seg->n_sets = (size_t)(seg->sets->len / 8) - SY_SETS_HEAD_LEN / 8;
    if (seg->sets->len < SY_SETS_HEAD_LEN || seg->sets->len % 8 != 0 ||
        seg->n_sets > SY_FIELD_SETS_MAX)
        return damaged(seg, seg->sets, 0, "the field sets have a broken length", err);
    if (seg->term_index->len % 8 != 0 || seg->term_index->len == 0)
        return damaged(seg, seg->term_index, 0, "the term index has a broken length", err);
    seg->n_blocks = seg->term_index->len / 8 - 1;
    return check_docs(seg, err);
}

sy_status sy_segment_open(const char *path, const uint8_t uuid[16], sy_segment **out, sy_error *err)
{
    *out = NULL;
    sy_segment *seg = sy_calloc(1, sizeof *seg);
    if (!seg)
        return sy_fail_nomem(err);
    sy_status st = sy_file_open(path, SY_FILE_SEGMENT, uuid, &seg->file, err);
    if (st == SY_OK)
        st = find_sections(seg, err);
    if (st == SY_OK)
        st = check_shape(seg, err);
    if (st != SY_OK) {
        sy_segment_close(seg);
        return st;
    }
    *out = seg;
    return SY_OK;
}

void sy_segment_close(sy_segment *seg)
{
    if (!seg)
        return;
    sy_file_close(seg->file);
    sy_free(seg);
}

const sy_file *sy_segment_file(const sy_segment *seg)
{
    return seg->file;
}

uint32_t sy_segment_n_records(const sy_segment *seg)
{
    return seg->n_records;
}

size_t sy_segment_n_docs(const sy_segment *seg)
{
    return seg->n_docs;
}

void sy_segment_doc_at(const sy_segment *seg, size_t i, sy_segment_doc *out)
{
    const uint8_t *e = seg->docs->data + i * SY_DOC_ENTRY_LEN;
    const char *strings = (const char *)seg->doc_strings->data;
    *out = (sy_segment_doc){
        .source = {strings + sy_get_u32(e + 32), sy_get_u32(e + 36)},
        .reader = {strings + sy_get_u32(e + 40), sy_get_u32(e + 44)},
        .first = sy_get_u32(e),
        .n_records = sy_get_u32(e + 4),
        .size = sy_get_u64(e + 8),
        .mtime_ns = (int64_t)sy_get_u64(e + 16),
        .hash = sy_get_u64(e + 24),
        .place = sy_get_u64(e + 48),
        .length = sy_get_u64(e + 56),
    };
}

/* The last document whose first docid is <= docid and that is not empty. */
uint32_t sy_segment_doc_of(const sy_segment *seg, sy_docid docid)
{
    size_t low = 0, high = seg->n_docs;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (sy_get_u32(seg->docs->data + mid * SY_DOC_ENTRY_LEN) <= docid)
            low = mid;
        else
            high = mid;
    }
    return (uint32_t)low;
}

/* Where a record starts; docid == n_records gives the end of the last one. */
static uint64_t record_start(const sy_segment *seg, uint64_t docid)
{
    if (docid == seg->n_records)
        return seg->records->len;
    return base_at(seg->bases, docid / SY_RECORDS_PER_BASE) +
           sy_get_u32(seg->starts->data + docid * 4);
}

sy_status sy_segment_coded(const sy_segment *seg, sy_docid docid, sy_stored *out, sy_error *err)
{
    if (docid >= seg->n_records)
        return damaged(seg, seg->starts, 0, "a list names a record that does not exist", err);
    bool last = docid + 1 == seg->n_records;
    sy_status st = need(seg, seg->starts, (uint64_t)docid * 4, last ? 4 : 8, err);
    if (st == SY_OK) /* the base of the next record is there, if only as the end */
        st = need(seg, seg->bases, (uint64_t)docid / SY_RECORDS_PER_BASE * 8, 16, err);
    if (st != SY_OK)
        return st;
    uint64_t start = record_start(seg, docid), end = record_start(seg, (uint64_t)docid + 1);
    if (start > end || end > seg->records->len)
        return damaged(seg, seg->starts, (uint64_t)docid * 4, "a record lies outside the records",
                       err);
    st = need(seg, seg->records, start, end - start, err);
    if (st != SY_OK)
        return st;
    bool nomem;
    unsigned unit = seg->phrases.n > 0 ? 2 : 1;
    if (!sy_record_decode(seg->records->data + start, (size_t)(end - start), unit, out, &nomem))
        return nomem ? sy_fail_nomem(err)
                     : damaged(seg, seg->records, start, "a stored record does not hold", err);
    out->docid = docid;
    out->key = (sy_slice){"", 0};
    out->doc = sy_segment_doc_of(seg, docid);
    return SY_OK;
}

void sy_segment_expect(const sy_segment *seg, const sy_docid *docs, uint32_t n)
{
    enum { LINE = 64, LINES = 4 };
    for (uint32_t i = 0; i < n && docs[i] < seg->n_records; i++) {
        uint64_t start = record_start(seg, docs[i]);
        for (uint64_t at = start; at < start + LINE * LINES && at < seg->records->len; at += LINE)
            __builtin_prefetch(seg->records->data + at);
    }
}

static sy_status read_key_group(const sy_segment *seg, sy_docid docid, sy_key_group *out,
                                sy_error *err)
{
    out->segment = NULL;
    if (docid >= seg->n_records)
        return damaged(seg, seg->key_bases, 0, "a list names a record that does not exist", err);
    uint32_t group = docid / SY_RECORDS_PER_BASE, first = group * SY_RECORDS_PER_BASE;
    uint32_t n = seg->n_records - first;
    out->first = first;
    out->n = n < SY_RECORDS_PER_BASE ? n : SY_RECORDS_PER_BASE;
    sy_status st = need(seg, seg->key_bases, (uint64_t)group * 8, 16, err);
    if (st != SY_OK)
        return st;
    uint64_t start = base_at(seg->key_bases, group), end = base_at(seg->key_bases, group + 1u);
    if (start > end || end > seg->keys->len || (group == 0 && start != 0))
        return damaged(seg, seg->key_bases, (uint64_t)group * 8, "keys lie outside their section",
                       err);
    st = need(seg, seg->keys, start, end - start, err);
    if (st == SY_OK && !sy_key_group_decode(seg->keys->data + start, (size_t)(end - start), out))
        return damaged(seg, seg->keys, start, "the keys of some records do not hold", err);
    if (st == SY_OK)
        out->segment = seg;
    return st;
}

sy_status sy_segment_key_near(const sy_segment *seg, sy_docid docid, sy_key_group *group,
                              sy_slice *out, sy_error *err)
{
    *out = (sy_slice){"", 0};
    bool there = group->segment == seg && docid >= group->first && docid - group->first < group->n;
    sy_status st = there ? SY_OK : read_key_group(seg, docid, group, err);
    if (st == SY_OK)
        *out = sy_key_group_at(group, docid - group->first);
    return st;
}

sy_status sy_segment_key(const sy_segment *seg, sy_docid docid, sy_slice *out, sy_error *err)
{
    sy_key_group group = {.segment = NULL};
    return sy_segment_key_near(seg, docid, &group, out, err);
}

/* The phrases of a text; all at once when many were read, so that no more need be asked for. */
static sy_status need_phrases(const sy_segment *seg, const sy_stored_value *value, sy_error *err)
{
    /* The segment stays as it is: this is what is known of it. */
    atomic_uint *known = &((sy_segment *)(uintptr_t)seg)->n_codes;
    unsigned n = atomic_load_explicit(known, memory_order_relaxed);
    uint64_t more = value->coded.len / SY_CODE_LEN;
    if (n == CODES_MANY)
        return SY_OK;
    bool many = n + more >= CODES_MANY;
    sy_status st =
        many ? need(seg, seg->phrase_section, 0, seg->phrase_section->len, err)
             : sy_phrases_need(&seg->phrases, (const uint8_t *)value->coded.data, more, err);
    if (st == SY_OK)
        atomic_store_explicit(known, many ? CODES_MANY : n + (unsigned)more, memory_order_relaxed);
    return st;
}

bool sy_segment_has_phrases(const sy_segment *seg)
{
    return seg->phrases.n > 0;
}

const sy_phrases *sy_segment_phrases(const sy_segment *seg)
{
    return &seg->phrases;
}

static sy_status spell(const sy_segment *seg, const sy_stored_value *value, bool normal,
                       sy_buf *out, sy_error *err)
{
    sy_status st = seg->phrases.n > 0 ? need_phrases(seg, value, err) : SY_OK;
    if (st != SY_OK)
        return st;
    if (seg->phrases.n == 0) {
        sy_buf_append(out, value->coded.data, value->coded.len);
    } else if (!sy_phrases_spell(&seg->phrases, (const uint8_t *)value->coded.data,
                                 value->coded.len / 2, normal, out)) {
        uint64_t at = (uint64_t)((const uint8_t *)value->coded.data - seg->records->data);
        return damaged(seg, seg->records, at, "a text has a phrase that does not exist", err);
    }
    return sy_buf_status(out, err);
}

sy_status sy_segment_text(const sy_segment *seg, const sy_stored_value *value, sy_buf *out,
                          sy_error *err)
{
    return spell(seg, value, false, out, err);
}

sy_status sy_segment_normal(const sy_segment *seg, const sy_stored_value *value, sy_buf *out,
                            sy_error *err)
{
    return spell(seg, value, true, out, err);
}

sy_status sy_segment_record(const sy_segment *seg, sy_docid docid, sy_stored *out, sy_error *err)
{
    sy_status st = sy_segment_coded(seg, docid, out, err);
    if (st == SY_OK)
        st = sy_segment_key(seg, docid, &out->key, err);
    sy_buf_reset(&out->spelt);
    /* The buffer may move while it grows: lengths first, then pointers. */
    for (size_t i = 0; i < out->n_values && st == SY_OK; i++) {
        size_t before = out->spelt.len;
        if (seg->phrases.n > 0)
            st = sy_segment_text(seg, &out->values[i], &out->spelt, err);
        out->values[i].text.len = out->spelt.len - before;
    }
    const char *at = sy_buf_cstr(&out->spelt);
    for (size_t i = 0; i < out->n_values && st == SY_OK; i++) {
        sy_stored_value *v = &out->values[i];
        if (seg->phrases.n == 0) {
            v->text = v->coded;
        } else {
            v->text.data = at;
            at += v->text.len;
        }
    }
    return st;
}

/* ---- character layer ---- */

static const uint8_t *entry_at(const sy_segment *seg, uint64_t i)
{
    return seg->entries->data + i * SY_BIGRAM_ENTRY_LEN;
}

/* The second character of an entry. */
static uint32_t second_of(const uint8_t *entry)
{
    return get_u24(entry) & ~(uint32_t)SY_BIGRAM_WATCHED;
}

sy_status sy_segment_bigram_row(const sy_segment *seg, uint32_t a, sy_bigram_row *out,
                                sy_error *err)
{
    uint64_t low = 0, high = seg->n_rows;
    *out = (sy_bigram_row){0};
    while (low < high) {
        uint64_t mid = (low + high) / 2;
        sy_status st = need(seg, seg->rows, mid * ROW_LEN, ROW_LEN, err);
        if (st != SY_OK)
            return st;
        if (sy_get_u32(seg->rows->data + mid * ROW_LEN) < a)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == seg->n_rows)
        return SY_OK;
    const uint8_t *at = seg->rows->data + low * ROW_LEN;
    sy_status st = need(seg, seg->rows, low * ROW_LEN, 2 * ROW_LEN, err);
    if (st != SY_OK || sy_get_u32(at) != a)
        return st;
    *out = (sy_bigram_row){.base = row_base(at),
                           .lists_end = row_base(at + ROW_LEN),
                           .first = sy_get_u32(at + 4),
                           .end = sy_get_u32(at + ROW_LEN + 4),
                           .df = sy_get_u32(at + 16)};
    uint32_t n_merged = get_u24(at + 13);
    if (out->first >= out->end || out->end > seg->n_entries || n_merged > out->end - out->first ||
        out->df == 0 || out->df > seg->n_records || out->base > out->lists_end ||
        out->lists_end > seg->bigram_lists->len)
        return damaged(seg, seg->rows, low * ROW_LEN, "a bigram row lies outside its entries", err);
    out->merged = out->end - n_merged;
    return SY_OK;
}

static sy_status entry_ref(const sy_segment *seg, const sy_bigram_row *r, uint32_t i,
                           sy_postings_ref *out, sy_error *err)
{
    const uint8_t *e = entry_at(seg, i);
    sy_status st = need(seg, seg->entries, (uint64_t)i * SY_BIGRAM_ENTRY_LEN,
                        (i + 1 < r->end ? 2 : 1) * (uint64_t)SY_BIGRAM_ENTRY_LEN, err);
    if (st != SY_OK)
        return st;
    uint64_t place = r->base + sy_get_u32(e + 3), end = r->lists_end;
    if (i + 1 < r->end)
        end = r->base + sy_get_u32(e + SY_BIGRAM_ENTRY_LEN + 3);
    bool merged = i >= r->merged;
    *out = (sy_postings_ref){.merged = merged,
                             .marked = !merged,
                             .watched = !merged && (get_u24(e) & SY_BIGRAM_WATCHED),
                             .first = second_of(e),
                             .second = SY_MERGED_ALL,
                             .n_records = seg->n_records,
                             .file = seg->file};
    if (place < end && end <= r->lists_end) {
        st =
            need(seg, seg->bigram_lists, place, end - place < DF_MOST ? end - place : DF_MOST, err);
        if (st != SY_OK)
            return st;
        out->end = seg->bigram_lists->data + end;
        out->at = sy_varint_get32(seg->bigram_lists->data + place, out->end, &out->df);
    }
    uint32_t most = merged ? SY_MERGED_MAX : seg->n_records;
    if (!out->at || out->df == 0 || out->df > most)
        return damaged(seg, seg->entries, (uint64_t)i * SY_BIGRAM_ENTRY_LEN,
                       "a bigram's entry does not hold", err);
    out->n_all = out->df;
    out->offset = seg->bigram_lists->offset + place;
    return SY_OK;
}

sy_status sy_segment_bigram_at(const sy_segment *seg, const sy_bigram_row *row, uint32_t i,
                               uint32_t *b, sy_postings_ref *out, sy_error *err)
{
    sy_status st = entry_ref(seg, row, i, out, err);
    *b = second_of(entry_at(seg, i));
    return st;
}

/* *low becomes the first of the entries [*low, high) whose second character is above b. */
static sy_status entry_above(const sy_segment *seg, uint32_t *low, uint32_t high, uint32_t b,
                             sy_error *err)
{
    while (*low < high) {
        uint32_t mid = *low + (high - *low) / 2;
        sy_status st =
            need(seg, seg->entries, (uint64_t)mid * SY_BIGRAM_ENTRY_LEN, SY_BIGRAM_ENTRY_LEN, err);
        if (st != SY_OK)
            return st;
        if (second_of(entry_at(seg, mid)) <= b)
            *low = mid + 1;
        else
            high = mid;
    }
    return SY_OK;
}

/* Of a merged list the postings of b. */
static sy_status pick_second(const sy_segment *seg, uint32_t b, sy_postings_ref *out, sy_error *err)
{
    sy_merged_posting postings[SY_MERGED_MAX];
    sy_status st = sy_file_need(seg->file, out->at, (uint64_t)(out->end - out->at), err);
    if (st != SY_OK)
        return st;
    if (!sy_merged_get(out->at, out->end, out->n_all, seg->n_records, out->first, postings))
        return sy_fail_at(err, SY_E_CORRUPT, seg->file->path, out->offset,
                          "damaged: a list of rare bigrams does not hold");
    out->df = 0;
    for (uint32_t i = 0; i < out->n_all; i++)
        out->df += postings[i].second == b;
    out->second = b;
    return SY_OK;
}

sy_status sy_segment_bigram(const sy_segment *seg, uint32_t a, uint32_t b, sy_postings_ref *out,
                            sy_error *err)
{
    *out = (sy_postings_ref){0};
    sy_bigram_row r;
    sy_status st = sy_segment_bigram_row(seg, a, &r, err);
    if (st != SY_OK || r.first == r.end)
        return st;
    uint32_t i = r.first;
    st = entry_above(seg, &i, r.merged, b, err);
    if (st == SY_OK && i > r.first && second_of(entry_at(seg, i - 1)) == b)
        return entry_ref(seg, &r, i - 1, out, err);
    i = r.merged;
    if (st == SY_OK)
        st = entry_above(seg, &i, r.end, b, err);
    if (st != SY_OK || i == r.merged)
        return st;
    st = entry_ref(seg, &r, i - 1, out, err);
    return st == SY_OK ? pick_second(seg, b, out, err) : st;
}

/* ---- marks and ranking ---- */

static uint64_t set_at(const sy_segment *seg, size_t code)
{
    return code <= seg->n_sets ? sy_get_u64(seg->sets->data + SY_SETS_HEAD_LEN + (code - 1) * 8)
                               : 0;
}

static const uint8_t *longest_fields(const sy_segment *seg)
{
    return seg->facts->data + seg->n_records;
}

sy_status sy_segment_filter(const sy_segment *seg, uint64_t wanted, sy_field_filter *out,
                            sy_error *err)
{
    *out = (sy_field_filter){
        .wanted = wanted, .longest = longest_fields(seg), .n_records = seg->n_records};
    for (size_t code = 1; code < SY_SET_UNKNOWN; code++)
        out->accept[code] = (set_at(seg, code) & wanted) != 0;
    out->accept[SY_SET_UNKNOWN] = true;
    /* While there is room for another set, none is unknown. */
    out->exact = seg->n_sets < SY_FIELD_SETS_MAX && !(wanted >> SY_OTHER_FIELDS);
    return need(seg, seg->facts, seg->n_records, seg->n_records, err);
}

uint64_t sy_segment_fields(const sy_segment *seg, sy_docid docid, uint8_t set)
{
    if (set == SY_SET_UNKNOWN || docid >= seg->n_records)
        return UINT64_MAX;
    return set == SY_SET_LONGEST ? UINT64_C(1) << (longest_fields(seg)[docid] & 63)
                                 : set_at(seg, set);
}

sy_status sy_segment_need_facts(const sy_segment *seg, sy_error *err)
{
    return need(seg, seg->facts, 0, 2 * (uint64_t)seg->n_records, err);
}

const uint8_t *sy_segment_lengths(const sy_segment *seg)
{
    return seg->facts->data;
}

uint64_t sy_segment_total_length(const sy_segment *seg)
{
    return sy_get_u64(seg->sets->data);
}

const uint8_t *sy_segment_weights(const sy_segment *seg)
{
    return seg->sets->data + 8;
}

/* ---- term dictionary ---- */

/* The walk is at its end afterwards. */
static sy_status bad_block(sy_term_walk *w, sy_error *err)
{
    w->at = w->end = NULL;
    return damaged(w->seg, w->seg->term_index, w->block * 8, "a block of terms does not hold", err);
}

/* The bytes of a block behind its list offset; *at NULL past the last block. */
static sy_status open_block(sy_term_walk *w, uint64_t block, sy_error *err)
{
    const sy_segment *seg = w->seg;
    w->block = block;
    w->in_block = 0;
    w->at = w->end = NULL;
    if (block >= seg->n_blocks)
        return SY_OK;
    sy_status st = need(seg, seg->term_index, block * 8, 16, err);
    if (st != SY_OK)
        return st;
    uint64_t start = sy_get_u64(seg->term_index->data + block * 8);
    uint64_t end = sy_get_u64(seg->term_index->data + block * 8 + 8);
    if (start >= end || end > seg->term_blocks->len)
        return bad_block(w, err);
    st = need(seg, seg->term_blocks, start, end - start, err);
    if (st != SY_OK)
        return st;
    w->end = seg->term_blocks->data + end;
    w->at = sy_varint_get(seg->term_blocks->data + start, w->end, &w->list_offset);
    return w->at ? SY_OK : bad_block(w, err);
}

/* Reads where the list of the term in w->key is. */
static bool read_ref(sy_term_walk *w)
{
    const sy_segment *seg = w->seg;
    sy_postings_ref *ref = &w->ref;
    *ref = (sy_postings_ref){.marked = w->key.data[0] == SY_TERM_WORD, .file = seg->file};
    w->at = sy_varint_get32(w->at, w->end, &ref->df);
    if (!w->at || ref->df == 0 || ref->df > seg->n_records)
        return false;
    if (ref->df == 1) {
        w->at = sy_varint_get32(w->at, w->end, &ref->only);
        if (w->at && ref->marked) {
            if (w->end - w->at < 2 || w->at[0] >= SY_TF_CODES)
                return false;
            ref->only_mark = (sy_mark){w->at[0], w->at[1]};
            w->at += 2;
        }
        return w->at && ref->only < seg->n_records;
    }
    uint64_t len;
    w->at = sy_varint_get(w->at, w->end, &len);
    if (!w->at || w->list_offset > seg->term_lists->len ||
        len > seg->term_lists->len - w->list_offset)
        return false;
    ref->at = seg->term_lists->data + w->list_offset;
    ref->end = ref->at + len;
    ref->offset = seg->term_lists->offset + w->list_offset;
    w->list_offset += len;
    return len > 0;
}

/* The next term in dictionary order into w->key and w->ref. *more false at the end. */
static sy_status next_term(sy_term_walk *w, bool *more, sy_error *err)
{
    *more = false;
    if (w->at == w->end) {
        if (w->at && (w->in_block != SY_TERMS_PER_BLOCK && w->block + 1 < w->seg->n_blocks))
            return bad_block(w, err);
        sy_status st = w->at ? open_block(w, w->block + 1, err) : SY_OK;
        if (st != SY_OK || !w->at)
            return st;
    }
    uint64_t shared, rest;
    w->at = sy_varint_get(w->at, w->end, &shared);
    w->at = w->at ? sy_varint_get(w->at, w->end, &rest) : NULL;
    size_t before = w->in_block == 0 ? 0 : w->key.len;
    if (!w->at || shared > before || rest == 0 || rest > (uint64_t)(w->end - w->at) ||
        shared + rest > SY_TERM_KEY_MAX || w->in_block >= SY_TERMS_PER_BLOCK)
        return bad_block(w, err);
    w->key.len = (size_t)shared;
    sy_buf_append(&w->key, w->at, (size_t)rest);
    w->at += rest;
    w->in_block++;
    if (w->key.status != SY_OK)
        return sy_fail_nomem(err);
    if (!read_ref(w))
        return bad_block(w, err);
    *more = true;
    return SY_OK;
}

/* Puts the walk before the first term >= prefix. */
static sy_status seek_term(sy_term_walk *w, sy_error *err)
{
    sy_slice target = {w->prefix.data, w->prefix.len};
    uint64_t low = 0, high = w->seg->n_blocks; /* the last block whose first term is <= target */
    bool more;
    while (high - low > 1) {
        uint64_t mid = low + (high - low) / 2;
        sy_status st = open_block(w, mid, err);
        if (st == SY_OK)
            st = next_term(w, &more, err);
        if (st != SY_OK)
            return st;
        if (sy_slice_compare((sy_slice){w->key.data, w->key.len}, target) <= 0)
            low = mid;
        else
            high = mid;
    }
    sy_status st = open_block(w, low, err);
    while (st == SY_OK) {
        st = next_term(w, &more, err);
        if (st != SY_OK || !more)
            return st;
        if (sy_slice_compare((sy_slice){w->key.data, w->key.len}, target) >= 0) {
            w->held = true;
            return SY_OK;
        }
    }
    return st;
}

sy_status sy_term_walk_open(const sy_segment *seg, sy_slice prefix, sy_term_walk *walk,
                            sy_error *err)
{
    *walk = (sy_term_walk){.seg = seg, .key = SY_BUF_INIT, .prefix = SY_BUF_INIT};
    sy_buf_append(&walk->prefix, prefix.data, prefix.len);
    sy_status st = sy_buf_status(&walk->prefix, err);
    return st == SY_OK ? seek_term(walk, err) : st;
}

sy_status sy_term_walk_next(sy_term_walk *walk, bool *more, sy_slice *key, sy_postings_ref *out,
                            sy_error *err)
{
    sy_status st = SY_OK;
    *more = walk->held;
    if (!walk->held)
        st = next_term(walk, more, err);
    walk->held = false;
    *key = (sy_slice){walk->key.data, walk->key.len};
    *out = walk->ref;
    if (*more &&
        (key->len < walk->prefix.len ||
         (walk->prefix.len > 0 && memcmp(key->data, walk->prefix.data, walk->prefix.len) != 0))) {
        *more = false;
        walk->at = walk->end = NULL;
    }
    return st;
}

void sy_term_walk_close(sy_term_walk *walk)
{
    sy_buf_release(&walk->key);
    sy_buf_release(&walk->prefix);
}

sy_status sy_segment_term(const sy_segment *seg, sy_slice key, sy_postings_ref *out, sy_error *err)
{
    sy_term_walk w;
    *out = (sy_postings_ref){0};
    sy_status st = sy_term_walk_open(seg, key, &w, err);
    if (st == SY_OK && w.held && sy_slice_equal((sy_slice){w.key.data, w.key.len}, key))
        *out = w.ref;
    sy_term_walk_close(&w);
    return st;
}

/* The bigram of a gram that the fewest records have, the first of equal ones. */
static sy_status rarest_bigram(const sy_segment *seg, sy_slice gram, sy_postings_ref *out,
                               sy_error *err)
{
    uint32_t before = 0, cp;
    *out = (sy_postings_ref){0};
    for (size_t i = 0; i < gram.len;) {
        bool first = i == 0;
        i += sy_utf8_decode(gram.data + i, gram.len - i, &cp);
        if (!first) {
            sy_postings_ref ref;
            sy_status st = sy_segment_bigram(seg, before, cp, &ref, err);
            if (st != SY_OK)
                return st;
            if (out->df == 0 || ref.df < out->df)
                *out = ref;
        }
        before = cp;
    }
    return SY_OK;
}

static sy_status bad_gram(const sy_segment *seg, uint64_t offset, sy_error *err)
{
    return sy_fail_at(err, SY_E_CORRUPT, seg->file->path, offset,
                      "damaged: the list of a frequent string does not hold");
}

/* As sy_subset_expand; false if there is no memory. */
static bool expand(const uint8_t *all, const uint8_t *part, uint64_t part_bits, uint32_t n_all,
                   sy_buf *out)
{
    size_t bytes = ((size_t)n_all + 7) / 8;
    sy_buf_reset(out);
    uint8_t *to = (uint8_t *)sy_buf_reserve(out, bytes);
    if (!to)
        return false;
    sy_subset_expand(all, n_all, part, part_bits, to);
    out->len = bytes;
    return true;
}

static void swap(sy_buf *a, sy_buf *b)
{
    sy_buf held = *a;
    *a = *b;
    *b = held;
}

/* The places of a list as bits, of n_all. */
static sy_status mark_places(const sy_segment *seg, const sy_postings_ref *places, uint32_t n_all,
                             sy_buf *out, sy_error *err)
{
    size_t bytes = ((size_t)n_all + 7) / 8;
    sy_buf_reset(out);
    uint8_t *to = (uint8_t *)sy_buf_reserve(out, bytes);
    if (!to)
        return sy_fail_nomem(err);
    memset(to, 0, bytes);
    out->len = bytes;
    sy_postings p;
    sy_postings_init(&p, places);
    for (sy_docid i = sy_postings_next(&p); i != SY_DOC_END; i = sy_postings_next(&p)) {
        const sy_docid *at;
        if (i >= n_all)
            return bad_gram(seg, places->offset, err);
        uint32_t n = sy_postings_docs(&p, n_all, &at);
        for (uint32_t k = 0; k < n; k++)
            to[at[k] / 8] = (uint8_t)(to[at[k] / 8] | 1u << at[k] % 8);
    }
    return sy_postings_status(&p, seg->file->path, err);
}

/* Fills *out for a gram of `chars` characters. bits[0] to bits[2] are scratch; the
 * subset, where it had to be put together, is in bits[0]. */
static sy_status resolve_gram(const sy_segment *seg, sy_slice gram, size_t chars, sy_buf *key,
                              sy_buf *bits, sy_postings_ref *out, sy_error *err)
{
    sy_postings_ref own, parent;
    *out = (sy_postings_ref){0};
    sy_term_key_gram(key, gram);
    sy_status st = sy_buf_status(key, err);
    if (st == SY_OK)
        st = sy_segment_term(seg, (sy_slice){key->data, key->len}, &own, err);
    if (st != SY_OK || own.df == 0)
        return st;
    *out = own;
    if (!own.at) /* one record */
        return SY_OK;
    *out = (sy_postings_ref){0};
    st = sy_file_need(seg->file, own.at, 1, err);
    if (st != SY_OK)
        return st;
    uint8_t kind = *own.at++;
    if (kind == SY_GRAM_LIST) {
        *out = own;
        return SY_OK;
    }
    size_t len = gram.len;
    while (chars > 3 && len > 0 && ((unsigned char)gram.data[--len] & 0xC0) == 0x80)
        continue;
    st = chars > 3
             ? resolve_gram(seg, (sy_slice){gram.data, len}, chars - 1, key, bits, &parent, err)
             : rarest_bigram(seg, gram, &parent, err);
    if (st != SY_OK)
        return st;
    bool fits =
        kind == SY_GRAM_SAME ? own.df == parent.df
        : kind == SY_GRAM_PLACES
            ? true
            : kind == SY_GRAM_SUBSET && (size_t)(own.end - own.at) == ((size_t)parent.df + 7) / 8;
    if (!parent.at || parent.merged || own.df > parent.df || !fits)
        return bad_gram(seg, own.offset, err);
    st = sy_file_need(seg->file, own.at, (uint64_t)(own.end - own.at), err);
    if (st != SY_OK)
        return st;
    *out = parent;
    out->df = own.df;
    if (kind == SY_GRAM_SAME)
        return SY_OK;
    out->n_all = parent.subset ? parent.n_all : parent.df;
    out->subset = own.at;
    if (kind == SY_GRAM_PLACES) {
        st = mark_places(seg, &own, parent.df, &bits[1], err);
        if (st != SY_OK)
            return st;
        swap(&bits[1], parent.subset ? &bits[2] : &bits[0]);
        out->subset = (const uint8_t *)bits[parent.subset ? 2 : 0].data;
    }
    if (parent.subset) {
        if (!expand(parent.subset, out->subset, parent.df, out->n_all, &bits[1]))
            return sy_fail_nomem(err);
        swap(&bits[0], &bits[1]);
        out->subset = (const uint8_t *)bits[0].data;
    }
    return SY_OK;
}

sy_status sy_segment_gram(const sy_segment *seg, sy_slice gram, sy_buf *bits, sy_postings_ref *out,
                          sy_error *err)
{
    sy_buf key = SY_BUF_INIT, scratch[3] = {*bits, SY_BUF_INIT, SY_BUF_INIT};
    size_t chars = sy_utf8_count(gram.data, gram.len);
    *out = (sy_postings_ref){0};
    sy_status st = SY_OK;
    if (chars >= 3 && gram.len < SY_TERM_KEY_MAX)
        st = resolve_gram(seg, gram, chars, &key, scratch, out, err);
    *bits = scratch[0];
    sy_buf_release(&scratch[1]);
    sy_buf_release(&scratch[2]);
    sy_buf_release(&key);
    return st;
}

size_t sy_segment_regions(const sy_segment *seg, sy_region_size *out, size_t cap)
{
    size_t n = seg->file->n_sections < cap ? seg->file->n_sections : cap;
    for (size_t i = 0; i < n; i++)
        out[i] = (sy_region_size){sy_section_name(seg->file->sections[i].kind),
                                  seg->file->sections[i].len};
    return n;
}
