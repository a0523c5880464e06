#include "store/segment_writer.h"

#include "base/alloc.h"
#include "store/file.h"
#include "store/term_key.h"

/* Sections are written one after the other; what belongs to a section that comes
 * later is gathered in a buffer:
 *
 *   phrases: phrases
 *   record:  records      -> bases, starts
 *   docs:    bases, starts, documents, document strings
 *   bigram:  bigram lists -> entries, rows
 *   term:    entries, rows; term lists -> term blocks, term index
 *   finish:  term blocks, term index */

typedef enum stage { STAGE_PHRASES, STAGE_RECORDS, STAGE_BIGRAMS, STAGE_TERMS } stage;

struct sy_segment_writer {
    sy_file_writer file;
    sy_status status; /* NOMEM or LIMIT met while writing */
    stage stage;
    uint32_t n_records;
    uint64_t base; /* of the current group of records */
    sy_buf bases, starts, docs, doc_strings;
    sy_buf rows, entries, term_blocks, term_index;
    sy_buf list, last_key;
    uint32_t n_entries, row; /* the current first character */
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

void sy_segment_writer_record(sy_segment_writer *w, const void *bytes, size_t len)
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
    w->n_records++;
}

static void put_section(sy_segment_writer *w, sy_section_kind kind, sy_buf *b)
{
    sy_file_begin(&w->file, kind);
    sy_file_put(&w->file, b->data, b->len);
    if (b->status != SY_OK)
        w->status = b->status;
    sy_buf_release(b);
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

void sy_segment_writer_docs(sy_segment_writer *w, const sy_segment_doc *docs, size_t n)
{
    begin_records(w);
    sy_buf_put_u64(&w->bases, sy_file_section_len(&w->file));
    put_section(w, SY_SECTION_RECORD_BASES, &w->bases);
    put_section(w, SY_SECTION_RECORD_STARTS, &w->starts);
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
        sy_buf_put_u64(&w->docs, 0);
    }
    put_section(w, SY_SECTION_DOCUMENTS, &w->docs);
    put_section(w, SY_SECTION_DOCUMENT_STRINGS, &w->doc_strings);
    sy_file_begin(&w->file, SY_SECTION_BIGRAM_LISTS);
    w->stage = STAGE_BIGRAMS;
}

/* Encodes a list of more than one record and writes it; returns its offset. */
static uint64_t put_list(sy_segment_writer *w, const sy_docid *docs, const uint32_t *tfs,
                         uint32_t n)
{
    uint64_t at = sy_file_section_len(&w->file);
    sy_buf_reset(&w->list);
    sy_postings_encode(&w->list, docs, tfs, n);
    if (w->list.status != SY_OK)
        w->status = w->list.status;
    sy_file_put(&w->file, w->list.data, w->list.len);
    return at;
}

void sy_segment_writer_bigram(sy_segment_writer *w, uint32_t a, uint32_t b, const sy_docid *docs,
                              uint32_t n)
{
    if (a != w->row) {
        sy_buf_put_u32(&w->rows, a);
        sy_buf_put_u32(&w->rows, w->n_entries);
        w->row = a;
    }
    uint64_t place = n == 1 ? docs[0] : put_list(w, docs, NULL, n);
    if (place >> 40 != 0 || w->n_entries == UINT32_MAX)
        w->status = SY_E_LIMIT;
    sy_buf_putc(&w->entries, (char)b);
    sy_buf_putc(&w->entries, (char)(b >> 8));
    sy_buf_putc(&w->entries, (char)(b >> 16));
    sy_buf_put_u32(&w->entries, n);
    sy_buf_put_u32(&w->entries, (uint32_t)place);
    sy_buf_putc(&w->entries, (char)(place >> 32));
    w->n_entries++;
}

static void end_bigrams(sy_segment_writer *w)
{
    sy_buf_put_u32(&w->rows, 0x110000);
    sy_buf_put_u32(&w->rows, w->n_entries);
    put_section(w, SY_SECTION_BIGRAM_ENTRIES, &w->entries);
    put_section(w, SY_SECTION_BIGRAM_ROWS, &w->rows);
    sy_file_begin(&w->file, SY_SECTION_TERM_LISTS);
    w->stage = STAGE_TERMS;
}

static size_t shared_prefix(sy_slice a, sy_slice b)
{
    size_t n = 0, most = a.len < b.len ? a.len : b.len;
    while (n < most && a.data[n] == b.data[n])
        n++;
    return n;
}

void sy_segment_writer_term(sy_segment_writer *w, sy_slice key, const sy_docid *docs,
                            const uint32_t *tfs, uint32_t n)
{
    if (w->stage == STAGE_BIGRAMS)
        end_bigrams(w);
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
    if (n == 1) {
        sy_buf_put_varint(out, docs[0]);
        if (tfs)
            sy_buf_put_varint(out, tfs[0]);
    } else {
        uint64_t at = put_list(w, docs, tfs, n);
        sy_buf_put_varint(out, sy_file_section_len(&w->file) - at);
    }
    sy_buf_reset(&w->last_key);
    sy_buf_append(&w->last_key, key.data, key.len);
    w->in_block++;
}

static void release(sy_segment_writer *w)
{
    sy_buf *all[] = {&w->bases,   &w->starts,      &w->docs,       &w->doc_strings, &w->rows,
                     &w->entries, &w->term_blocks, &w->term_index, &w->list,        &w->last_key};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sy_buf_release(all[i]);
    sy_free(w);
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
    if (st != SY_OK || w->last_key.status != SY_OK) {
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
