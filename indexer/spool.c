#include "indexer/spool.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "store/record_code.h"

enum { PLACE_EVERY = 1 << 20 }; /* bytes */

sy_status sy_spool_open(const char *dir, sy_spool *spool, sy_error *err)
{
    *spool = (sy_spool){0};
    sy_buf path = SY_BUF_INIT;
    sy_buf_printf(&path, "%s/tmp-records", dir);
    sy_status st = sy_buf_status(&path, err);
    if (st == SY_OK) {
        spool->path = sy_buf_detach(&path, NULL);
        st = sy_writer_open(spool->path, &spool->out, err);
    }
    if (st != SY_OK) {
        sy_free(spool->path);
        spool->path = NULL;
    }
    sy_buf_release(&path);
    return st;
}

void sy_spool_begin(sy_spool *spool)
{
    spool->n_places = spool->open_places; /* those of a document that was not kept go */
    spool->open = (sy_spool_doc){.start = sy_writer_offset(spool->out)};
    spool->open_places = spool->n_places;
}

/* Notes a place before the next record if the last one is far enough behind. */
static bool add_place(sy_spool *spool)
{
    uint64_t offset = sy_writer_offset(spool->out);
    uint32_t record = spool->open.doc.n_records;
    if (record > 0 && offset - spool->places[spool->n_places - 1].offset < PLACE_EVERY)
        return true;
    if (!sy_grow((void **)&spool->places, spool->n_places, &spool->cap_places,
                 sizeof *spool->places))
        return false;
    spool->places[spool->n_places++] =
        (sy_spool_place){.doc = spool->n_docs, .offset = offset, .record = record};
    return true;
}

sy_status sy_spool_add_stored(sy_spool *spool, const sy_stored *record, sy_error *err)
{
    uint64_t text = record->key.len;
    for (size_t i = 0; i < record->n_values; i++)
        text += record->values[i].coded.len;
    if (text > SY_RECORD_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "longer than the limit of %d MiB",
                       SY_RECORD_MAX >> 20);
    sy_buf_reset(&spool->bytes);
    sy_record_put_key(&spool->bytes, record->key);
    sy_record_encode(&spool->bytes, record, 1);
    sy_status st = sy_buf_status(&spool->bytes, err);
    if (st != SY_OK)
        return st;
    if (spool->n_records + spool->open.doc.n_records + 2 >= SY_DOC_END)
        return sy_fail(err, SY_E_LIMIT, NULL, "more than %u records", SY_DOC_END - 2);
    if (!add_place(spool))
        return sy_fail_nomem(err);
    uint8_t head[SY_VARINT_MAX];
    sy_writer_put(spool->out, head, sy_varint_put(head, spool->bytes.len));
    sy_writer_put(spool->out, spool->bytes.data, spool->bytes.len);
    spool->open.doc.n_records++;
    spool->open.text_bytes += text;
    return SY_OK;
}

static sy_stored_value plain_value(const sy_record_value *v)
{
    return (sy_stored_value){.field = v->field, .text = v->text, .coded = v->text};
}

/* Copies the values in the order of fields; few values, mostly in order. */
static bool sort_values(const sy_record *record, sy_stored *out)
{
    if (record->n_values > out->cap_values) {
        sy_stored_value *bigger = sy_resize(out->values, record->n_values, sizeof *bigger);
        if (!bigger)
            return false;
        out->values = bigger;
        out->cap_values = record->n_values;
    }
    size_t n = 0;
    for (uint32_t field = 0; n < record->n_values; field++) {
        uint32_t next = UINT32_MAX;
        for (size_t i = 0; i < record->n_values; i++) {
            uint32_t f = record->values[i].field;
            if (f == field)
                out->values[n++] = plain_value(&record->values[i]);
            else if (f > field && f < next)
                next = f;
        }
        if (next == UINT32_MAX)
            break;
        field = next - 1;
    }
    out->n_values = n;
    return true;
}

sy_status sy_spool_add(sy_spool *spool, const sy_record *record, sy_error *err)
{
    sy_stored *s = &spool->stored;
    s->line = record->line;
    s->row = record->row;
    s->key = record->key;
    if (!sort_values(record, s))
        return sy_fail_nomem(err);
    return sy_spool_add_stored(spool, s, err);
}

static bool copy_slice(sy_slice *s)
{
    s->data = sy_strndup(s->data, s->len);
    return s->data != NULL;
}

sy_status sy_spool_keep(sy_spool *spool, const sy_segment_doc *doc, sy_error *err)
{
    if (!sy_grow((void **)&spool->docs, spool->n_docs, &spool->cap_docs, sizeof *spool->docs))
        return sy_fail_nomem(err);
    sy_spool_doc *d = &spool->docs[spool->n_docs];
    uint32_t n = spool->open.doc.n_records;
    *d = spool->open;
    d->doc = *doc;
    d->doc.n_records = n;
    d->end = sy_writer_offset(spool->out);
    bool copied = copy_slice(&d->doc.source);
    if (!copied || !copy_slice(&d->doc.reader)) {
        if (copied)
            sy_free((char *)(uintptr_t)d->doc.source.data);
        return sy_fail_nomem(err);
    }
    spool->n_docs++;
    spool->open_places = spool->n_places;
    spool->bytes_kept += d->end - d->start;
    spool->n_records += n;
    spool->text_bytes += d->text_bytes;
    return SY_OK;
}

sy_status sy_spool_copy(sy_spool *spool, const sy_segment *seg, const sy_segment_doc *doc,
                        sy_status (*each)(void *ctx, const sy_stored *record, sy_error *err),
                        void *ctx, sy_error *err)
{
    sy_stored record = {0};
    sy_status st = SY_OK;
    sy_spool_begin(spool);
    for (uint32_t i = 0; i < doc->n_records && st == SY_OK; i++) {
        st = sy_segment_record(seg, doc->first + i, &record, err);
        for (size_t v = 0; v < record.n_values; v++)
            record.values[v].coded = record.values[v].text;
        if (st == SY_OK && each)
            st = each(ctx, &record, err);
        if (st == SY_OK)
            st = sy_spool_add_stored(spool, &record, err);
    }
    sy_stored_release(&record);
    return st == SY_OK ? sy_spool_keep(spool, doc, err) : st;
}

static int by_place(const void *a, const void *b)
{
    const sy_spool_doc *x = a, *y = b;
    return (x->doc.place > y->doc.place) - (x->doc.place < y->doc.place);
}

static int by_doc(const void *a, const void *b)
{
    const sy_spool_place *x = a, *y = b;
    if (x->doc != y->doc)
        return x->doc < y->doc ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

/* Puts documents into the order of their places, and with them where reading can start. */
static sy_status put_in_order(sy_spool *spool, sy_error *err)
{
    size_t *to = sy_alloc(spool->n_docs, sizeof *to); /* where each document goes */
    uint64_t first = 0, before = 0;
    if (!to)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < spool->n_docs; i++)
        spool->docs[i].ordinal = i;
    if (spool->n_docs > 1)
        qsort(spool->docs, spool->n_docs, sizeof *spool->docs, by_place);
    for (size_t i = 0; i < spool->n_docs; i++) {
        sy_spool_doc *d = &spool->docs[i];
        to[d->ordinal] = i;
        d->doc.first = (sy_docid)first;
        d->before = before;
        first += d->doc.n_records;
        before += d->end - d->start;
    }
    for (size_t i = 0; i < spool->n_places; i++) {
        sy_spool_place *p = &spool->places[i];
        p->doc = to[p->doc];
        p->before = spool->docs[p->doc].before + p->offset - spool->docs[p->doc].start;
    }
    if (spool->n_places > 1)
        qsort(spool->places, spool->n_places, sizeof *spool->places, by_doc);
    sy_free(to);
    return SY_OK;
}

sy_status sy_spool_finish(sy_spool *spool, sy_error *err)
{
    spool->n_places = spool->open_places;
    sy_status st = put_in_order(spool, err);
    if (st != SY_OK)
        return st;
    sy_writer *out = spool->out;
    spool->out = NULL;
    st = sy_writer_close_scratch(out, err);
    return st == SY_OK ? sy_map_open(spool->path, &spool->map, err) : st;
}

void sy_spool_release(sy_spool *spool)
{
    if (spool->out) {
        sy_writer_abandon(spool->out);
    } else if (spool->path) {
        sy_map_close(&spool->map);
        sy_status left = sy_remove_file(spool->path, NULL);
        (void)left; /* the next writer's sweep takes it */
    }
    for (size_t i = 0; i < spool->n_docs; i++) {
        sy_free((char *)(uintptr_t)spool->docs[i].doc.source.data);
        sy_free((char *)(uintptr_t)spool->docs[i].doc.reader.data);
    }
    sy_free(spool->docs);
    sy_free(spool->places);
    sy_free(spool->path);
    sy_buf_release(&spool->bytes);
    sy_stored_release(&spool->stored);
    *spool = (sy_spool){0};
}

static sy_docid docid_at(const sy_spool *spool, size_t place)
{
    if (place >= spool->n_places)
        return (sy_docid)spool->n_records;
    const sy_spool_place *p = &spool->places[place];
    return spool->docs[p->doc].doc.first + p->record;
}

void sy_spool_read(const sy_spool *spool, size_t first, size_t end, sy_spool_reader *r)
{
    *r = (sy_spool_reader){
        .spool = spool, .docid = docid_at(spool, first), .end = docid_at(spool, end)};
    if (first >= spool->n_places || !spool->map.data)
        return;
    r->doc = spool->places[first].doc;
    r->at = spool->map.data + spool->places[first].offset;
}

static sy_status spoilt(const sy_spool *spool, sy_error *err)
{
    return sy_fail(err, SY_E_IO, spool->path, "a scratch file was changed while it was in use");
}

/* Fills the record from its bytes, which we wrote ourselves. */
static sy_status decode(const sy_spool *spool, const uint8_t *bytes, size_t len, sy_stored *out,
                        sy_error *err)
{
    bool nomem = false;
    const uint8_t *end = bytes + len;
    bytes = sy_record_get_key(bytes, end, &out->key);
    if (!bytes || !sy_record_decode(bytes, (size_t)(end - bytes), 1, out, &nomem))
        return nomem ? sy_fail_nomem(err) : spoilt(spool, err);
    for (size_t i = 0; i < out->n_values; i++)
        out->values[i].text = out->values[i].coded;
    return SY_OK;
}

sy_status sy_spool_next(sy_spool_reader *r, bool *more, sy_docid *docid, sy_stored *record,
                        sy_error *err)
{
    const sy_spool *spool = r->spool;
    *docid = r->docid;
    *more = r->docid < r->end;
    record->n_values = 0;
    if (!*more)
        return SY_OK;
    /* The next document that has records, once this one's are used up: it may lie anywhere. */
    while (r->doc < spool->n_docs && r->at == spool->map.data + spool->docs[r->doc].end) {
        if (++r->doc < spool->n_docs)
            r->at = spool->map.data + spool->docs[r->doc].start;
    }
    if (r->doc >= spool->n_docs || spool->docs[r->doc].end > spool->map.len)
        return spoilt(spool, err);
    uint64_t n;
    sy_map_pass(&r->behind, r->at);
    const uint8_t *end = spool->map.data + spool->docs[r->doc].end;
    const uint8_t *at = sy_varint_get(r->at, end, &n);
    if (!at || n > (uint64_t)(end - at))
        return spoilt(spool, err);
    r->at = at + n;
    r->docid++;
    return decode(spool, at, (size_t)n, record, err);
}
