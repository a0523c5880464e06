/* Checks an index whole, by reading it as any reader does and by holding what was
 * read against the rules of docs/format.md. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "store/file.h"
#include "store/index.h"
#include "store/manifest.h"
#include "store/merged_list.h"
#include "store/scoring.h"
#include "store/term_key.h"

typedef struct verify {
    sy_fault_fn *fault;
    void *ctx;
    uint64_t n_faults;
    const sy_schema *schema;
    const sy_segment *seg;
    const sy_file *file; /* of seg */
    uint64_t *places;    /* of documents that count */
    size_t n_places, cap_places;
    uint64_t first_place; /* of the segment before */
    bool first_known;
} verify;

static void report(verify *v, const char *file, uint64_t offset, const char *what)
{
    v->n_faults++;
    if (v->fault)
        v->fault(v->ctx, file, offset, what);
}

static void report_segment(verify *v, uint64_t offset, const char *what)
{
    report(v, v->file->path, offset, what);
}

/* True, with the fault reported, unless st is OK; errors that are not the index's
 * own go up in *st. */
static bool is_fault(verify *v, sy_status *st, sy_error *why)
{
    if (*st == SY_OK)
        return false;
    if (*st == SY_E_NOMEM)
        return true;
    report(v, why->where, why->offset, why->msg);
    sy_error_clear(why);
    *st = SY_OK;
    return true;
}

static sy_status check_sections(verify *v, const sy_file *f)
{
    for (size_t i = 0; i < f->n_sections; i++) {
        const sy_section *s = &f->sections[i];
        sy_error why;
        sy_error_clear(&why);
        if (strcmp(sy_section_name(s->kind), "unknown section") == 0)
            report(v, f->path, s->offset, "a section of a kind that this version does not know");
        for (size_t k = 0; k < i; k++) {
            if (f->sections[k].kind == s->kind)
                report(v, f->path, s->offset, "a kind of section that stands twice");
        }
        sy_status st = sy_file_check(f, s, &why);
        is_fault(v, &st, &why);
        for (uint64_t at = s->offset + s->len; at < s->end; at++) {
            if (f->map.data[at] != 0)
                report(v, f->path, at, "a byte between sections is not zero");
        }
    }
    return SY_OK;
}

static void check_texts(verify *v, const sy_stored *r)
{
    for (size_t i = 0; i < r->n_values; i++) {
        const sy_stored_value *value = &r->values[i];
        uint64_t at = (uint64_t)((const uint8_t *)value->coded.data - v->file->map.data);
        if (value->field >= v->schema->n_fields)
            report_segment(v, at, "a record has a field that the schema lacks");
        if (sy_utf8_check(value->text.data, value->text.len) != value->text.len)
            report_segment(v, at, "a stored text is not UTF-8");
    }
}

static sy_status check_records(verify *v)
{
    sy_stored record = {0};
    sy_error why;
    sy_error_clear(&why);
    sy_status st = SY_OK;
    uint32_t n = sy_segment_n_records(v->seg);
    for (sy_docid d = 0; d < n && st == SY_OK; d++) {
        st = sy_segment_record(v->seg, d, &record, &why);
        if (!is_fault(v, &st, &why))
            check_texts(v, &record);
    }
    sy_stored_release(&record);
    return st;
}

/* What a list says of its fields, against what a walk counted; unknown: of some posting it does not
 * say which. */
static void check_counts(verify *v, const sy_postings_ref *ref, const uint32_t *counts,
                         bool unknown)
{
    for (unsigned bit = 0; bit < SY_FIELD_BITS; bit++) {
        sy_field_filter filter = {.wanted = UINT64_C(1) << bit, .exact = true};
        sy_postings_ref scoped = *ref;
        sy_postings p;
        uint32_t said;
        scoped.filter = &filter;
        sy_postings_init(&p, &scoped);
        if (!sy_postings_accepted(&p, &said))
            continue;
        if (unknown || said != counts[bit]) {
            report_segment(v, ref->offset, "a list says wrong numbers of records by field");
            return;
        }
    }
}

/* Walks a list to its end; df postings below n_records are wanted. */
static void check_list(verify *v, const sy_postings_ref *ref)
{
    uint32_t counts[SY_FIELD_BITS] = {0};
    bool unknown = false;
    sy_postings p;
    sy_error why;
    sy_error_clear(&why);
    sy_postings_init(&p, ref);
    uint32_t n = 0;
    bool strange = false;
    sy_docid last = 0;
    for (sy_docid d = sy_postings_next(&p); d != SY_DOC_END; d = sy_postings_next(&p)) {
        uint8_t set = ref->marked ? sy_postings_mark(&p).set : SY_SET_UNKNOWN;
        uint64_t fields = sy_segment_fields(v->seg, d, set);
        strange |= fields == 0;
        unknown |= set == SY_SET_UNKNOWN;
        for (; ref->marked && !unknown && fields != 0; fields &= fields - 1)
            counts[__builtin_ctzll(fields)]++;
        last = d;
        n++;
    }
    sy_status st = sy_postings_status(&p, v->file->path, &why);
    if (is_fault(v, &st, &why))
        return;
    if (n != ref->df || last >= sy_segment_n_records(v->seg))
        report_segment(v, ref->offset, "a list of records does not hold what its head says");
    if (strange)
        report_segment(v, ref->offset, "a posting has a set of fields that does not exist");
    else if (ref->marked && ref->at)
        check_counts(v, ref, counts, unknown);
}

/* Lists lie one behind the other, in the order of their dictionary. */
static void check_place(verify *v, const sy_postings_ref *ref, uint64_t *last)
{
    if (!ref->at)
        return;
    if (*last != 0 && ref->offset <= *last)
        report_segment(v, ref->offset, "lists of records do not follow each other");
    *last = ref->offset;
}

/* Returns the greatest second character of a merged list. */
static uint32_t check_merged(verify *v, const sy_postings_ref *ref)
{
    sy_merged_posting postings[SY_MERGED_MAX];
    if (sy_merged_get(ref->at, ref->end, ref->n_all, ref->n_records, ref->first, postings))
        return postings[ref->n_all - 1].second;
    report_segment(v, ref->offset, "a list of rare bigrams does not hold what its head says");
    return ref->first;
}

/* The two parts of a row, each ascending by second character. */
static sy_status check_row(verify *v, uint32_t a, uint64_t offset, uint64_t *last_list,
                           sy_error *why)
{
    sy_bigram_row row;
    sy_status st = sy_segment_bigram_row(v->seg, a, &row, why);
    uint32_t last_b = 0;
    for (uint32_t i = row.first; i < row.end && st == SY_OK; i++) {
        sy_postings_ref ref;
        uint32_t b;
        st = sy_segment_bigram_at(v->seg, &row, i, &b, &ref, why);
        if (i != row.first && i != row.merged && b <= last_b)
            report_segment(v, offset, "the bigrams of a row are out of order");
        last_b = b;
        if (is_fault(v, &st, why))
            continue;
        check_place(v, &ref, last_list);
        if (ref.merged)
            last_b = check_merged(v, &ref);
        else
            check_list(v, &ref);
    }
    is_fault(v, &st, why);
    return st;
}

static sy_status check_bigrams(verify *v, sy_error *err)
{
    const sy_section *rows;
    sy_status st = sy_file_section(v->file, SY_SECTION_BIGRAM_ROWS, &rows, err);
    sy_error why;
    sy_error_clear(&why);
    uint64_t n_rows = st == SY_OK ? rows->len / SY_BIGRAM_ROW_LEN : 0, last_list = 0;
    uint32_t last_a = 0, last_first = 0;
    for (uint64_t r = 0; r < n_rows && st == SY_OK; r++) {
        const uint8_t *at = rows->data + r * SY_BIGRAM_ROW_LEN;
        uint32_t a = sy_get_u32(at), first = sy_get_u32(at + 4);
        if (r == 0 ? first != 0 : a <= last_a || first <= last_first)
            report_segment(v, rows->offset + r * SY_BIGRAM_ROW_LEN,
                           "the bigram rows are out of order");
        if ((r + 1 == n_rows) != (a == SY_BIGRAM_ROWS_END))
            report_segment(v, rows->offset + r * SY_BIGRAM_ROW_LEN, "the bigram rows have no end");
        last_a = a;
        last_first = first;
        if (r + 1 < n_rows)
            st = check_row(v, a, rows->offset + r * SY_BIGRAM_ROW_LEN, &last_list, &why);
    }
    return st;
}

/* Sets the bits of a list's records, which are below n_records; returns how many were not set. */
static uint32_t set_bits(uint8_t *bits, uint32_t n_records, const sy_postings_ref *ref)
{
    sy_postings p;
    uint32_t n = 0;
    sy_postings_init(&p, ref);
    for (sy_docid d = sy_postings_next(&p); d < n_records; d = sy_postings_next(&p)) {
        n += !(bits[d / 8] >> d % 8 & 1);
        bits[d / 8] = (uint8_t)(bits[d / 8] | 1u << d % 8);
    }
    return n;
}

/* The list of a character holds the records of all lists in its row, and no others. */
static sy_status check_char(verify *v, sy_slice text, const sy_postings_ref *ref, sy_error *why)
{
    uint32_t n_records = sy_segment_n_records(v->seg), a, n = 0;
    uint8_t *bits = sy_calloc((size_t)n_records / 8 + 1, 1);
    sy_bigram_row row = {0};
    if (!bits)
        return sy_fail_nomem(why);
    bool whole = text.len > 0 && sy_utf8_decode(text.data, text.len, &a) == text.len;
    sy_status st = whole ? sy_segment_bigram_row(v->seg, a, &row, why) : SY_OK;
    for (uint32_t i = row.first; whole && i < row.end && st == SY_OK; i++) {
        sy_postings_ref list;
        uint32_t b;
        st = sy_segment_bigram_at(v->seg, &row, i, &b, &list, why);
        if (st == SY_OK)
            n += set_bits(bits, n_records, &list);
    }
    if (st == SY_OK && (n != ref->df || set_bits(bits, n_records, ref) > 0))
        report_segment(v, ref->offset, "the list of a character is not that of its bigrams");
    sy_free(bits);
    return st;
}

/* A record that holds a string holds each two characters that follow each other in it. */
static sy_status check_gram(verify *v, sy_slice text, const sy_postings_ref *ref, sy_error *why)
{
    uint32_t before = 0, cp;
    for (size_t i = 0; i < text.len; before = cp) {
        bool first = i == 0;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (first)
            continue;
        sy_postings_ref pair;
        sy_postings p, of_pair;
        sy_status st = sy_segment_bigram(v->seg, before, cp, &pair, why);
        if (st != SY_OK)
            return st;
        if (pair.at && pair.at == ref->at) /* it is given as some of this very list */
            continue;
        sy_postings_init(&p, ref);
        sy_postings_init(&of_pair, &pair);
        for (sy_docid d = sy_postings_next(&p); d != SY_DOC_END; d = sy_postings_next(&p)) {
            if (sy_postings_seek(&of_pair, d) != d) {
                report_segment(v, ref->offset, "the list of a string has more than its bigrams");
                return SY_OK;
            }
        }
    }
    return SY_OK;
}

/* A term's list by itself, and against the bigrams where it says what they say. */
static sy_status check_term_list(verify *v, sy_slice key, const sy_postings_ref *ref, sy_error *why)
{
    uint64_t before = v->n_faults;
    sy_slice text = {key.data + 1, key.len - 1};
    check_list(v, ref);
    if (v->n_faults > before) /* what a damaged list holds says nothing */
        return SY_OK;
    if (key.data[0] == SY_TERM_CHAR)
        return check_char(v, text, ref, why);
    return key.data[0] == SY_TERM_GRAM ? check_gram(v, text, ref, why) : SY_OK;
}

static void check_key(verify *v, sy_slice key, sy_slice before, uint64_t offset)
{
    char space;
    sy_field_id field;
    sy_slice text;
    if (!sy_term_key_parse(key, &space, &field, &text))
        report_segment(v, offset, "a term has no known form");
    else if (field != SY_FIELD_ANY && field >= v->schema->n_fields)
        report_segment(v, offset, "a term has a field that the schema lacks");
    if (before.len > 0 && sy_slice_compare(before, key) >= 0)
        report_segment(v, offset, "the terms are out of order");
}

static sy_status check_terms(verify *v, sy_error *err)
{
    sy_term_walk walk;
    sy_buf before = SY_BUF_INIT, bits = SY_BUF_INIT;
    sy_error why;
    sy_error_clear(&why);
    uint64_t last_list = 0;
    bool more = true;
    sy_status st = sy_term_walk_open(v->seg, (sy_slice){NULL, 0}, &walk, &why);
    while (st == SY_OK && more) {
        sy_slice key;
        sy_postings_ref ref;
        st = sy_term_walk_next(&walk, &more, &key, &ref, &why);
        if (st != SY_OK || !more)
            break;
        check_key(v, key, (sy_slice){before.data, before.len}, ref.offset);
        bool gram = key.data[0] == SY_TERM_GRAM;
        check_place(v, &ref, &last_list);
        if (gram)
            st = sy_segment_gram(v->seg, (sy_slice){key.data + 1, key.len - 1}, &bits, &ref, &why);
        if (!is_fault(v, &st, &why) && st == SY_OK) {
            st = check_term_list(v, key, &ref, &why);
            is_fault(v, &st, &why);
        }
        if (st != SY_OK)
            break;
        sy_buf_reset(&before);
        sy_buf_append(&before, key.data, key.len);
        st = sy_buf_status(&before, err);
    }
    if (is_fault(v, &st, &why) && st == SY_E_NOMEM)
        st = sy_fail_nomem(err);
    sy_term_walk_close(&walk);
    sy_buf_release(&before);
    sy_buf_release(&bits);
    return st;
}

/* Notes the places of the documents that count; they are compared when all are there. */
static sy_status note_places(verify *v, const sy_segment_ref *ref, sy_error *err)
{
    size_t next = 0;
    for (size_t i = 0; i < sy_segment_n_docs(v->seg); i++) {
        sy_segment_doc doc;
        sy_segment_doc_at(v->seg, i, &doc);
        if (i == 0 && v->first_known && doc.place < v->first_place)
            report(v, v->file->path, 0, "the segment comes before the one before it");
        if (i == 0)
            v->first_place = doc.place;
        v->first_known = true;
        if (next < ref->n_deleted && ref->deleted[next] == i) {
            next++;
            continue;
        }
        if (!sy_grow((void **)&v->places, v->n_places, &v->cap_places, sizeof *v->places))
            return sy_fail_nomem(err);
        v->places[v->n_places++] = doc.place;
    }
    return SY_OK;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void check_places(verify *v, const char *manifest)
{
    if (v->n_places > 1)
        qsort(v->places, v->n_places, sizeof *v->places, ascending);
    for (size_t i = 1; i < v->n_places; i++) {
        if (v->places[i - 1] == v->places[i]) {
            report(v, manifest, 0, "two documents that count have one place");
            return;
        }
    }
}

/* With its envelope sound, a segment is checked section by section first: faults of
 * structure behind a bad checksum are told as well, since they say what is lost. */
static sy_status check_segment(verify *v, const sy_manifest *m, const sy_segment_ref *ref,
                               const char *path, sy_error *err)
{
    sy_file *f = NULL;
    sy_segment *seg = NULL;
    sy_error why;
    sy_error_clear(&why);
    sy_status st = sy_file_open(path, SY_FILE_SEGMENT, m->info.uuid, &f, &why);
    if (is_fault(v, &st, &why))
        goto done;
    if (f->number != ref->number || f->map.len != ref->len || f->checksum != ref->checksum)
        report(v, path, 0, "not the segment that the manifest names");
    uint64_t before = v->n_faults;
    st = check_sections(v, f);
    if (st == SY_OK)
        st = sy_segment_open(path, m->info.uuid, &seg, &why);
    if (st != SY_OK && v->n_faults > before) { /* said already */
        st = SY_OK;
        goto done;
    }
    if (is_fault(v, &st, &why))
        goto done;
    v->seg = seg;
    v->file = sy_segment_file(seg);
    v->schema = &m->schema;
    if (sy_segment_n_records(seg) != ref->n_records || sy_segment_n_docs(seg) != ref->n_docs)
        report(v, path, 0, "not as many records or documents as the manifest says");
    st = note_places(v, ref, err);
    if (st == SY_OK) {
        st = sy_segment_check_ends(seg, &why);
        is_fault(v, &st, &why);
    }
    if (st == SY_OK)
        st = check_records(v);
    if (st == SY_OK)
        st = check_bigrams(v, err);
    if (st == SY_OK)
        st = check_terms(v, err);
done:
    sy_segment_close(seg);
    sy_file_close(f);
    return st;
}

sy_status sy_index_verify(const char *dir, sy_fault_fn *fault, void *ctx, uint64_t *n_faults,
                          sy_error *err)
{
    verify v = {.fault = fault, .ctx = ctx};
    sy_manifest m;
    sy_buf path = SY_BUF_INIT;
    sy_error why;
    sy_error_clear(&why);
    *n_faults = 0;
    sy_status st = sy_manifest_read(dir, &m, &why);
    if (st == SY_E_CORRUPT) {
        report(&v, why.where, why.offset, why.msg);
        st = SY_OK;
        goto done;
    }
    if (st != SY_OK) { /* no index, or another version: nothing that could be checked */
        if (err && err->status == SY_OK)
            *err = why;
        goto done;
    }
    st = check_sections(&v, m.file);
    for (size_t i = 0; i < m.n_segments && st == SY_OK; i++) {
        st = sy_segment_path(dir, m.segments[i].number, &path, err);
        if (st == SY_OK)
            st = check_segment(&v, &m, &m.segments[i], path.data, err);
    }
    if (st == SY_OK)
        check_places(&v, m.file->path);
    if (st == SY_E_NOMEM)
        st = sy_fail_nomem(err);
done:
    sy_free(v.places);
    *n_faults = v.n_faults;
    sy_manifest_release(&m);
    sy_buf_release(&path);
    return st;
}
