#include "indexer/sample.h"

#include <string.h>

#include "base/alloc.h"

enum { CHUNK = 1 << 20 };

static char *copy(sy_sample *s, sy_slice text)
{
    if (s->n_chunks == 0 || s->chunk_len - s->used < text.len) {
        size_t len = text.len > CHUNK ? text.len : CHUNK;
        if (!sy_grow((void **)&s->chunks, s->n_chunks, &s->cap_chunks, sizeof *s->chunks))
            return NULL;
        char *chunk = sy_alloc(len, 1);
        if (!chunk)
            return NULL;
        s->chunks[s->n_chunks++] = chunk;
        s->chunk_len = len;
        s->used = 0;
    }
    char *at = s->chunks[s->n_chunks - 1] + s->used;
    if (text.len > 0)
        memcpy(at, text.data, text.len);
    s->used += text.len;
    return at;
}

static sy_status add_text(sy_sample *s, sy_slice text, sy_error *err)
{
    char *at = copy(s, text);
    if (!at)
        return sy_fail_nomem(err);
    if (!sy_grow((void **)&s->texts, s->n, &s->cap, sizeof *s->texts) ||
        !sy_grow((void **)&s->records, s->n, &s->cap_records, sizeof *s->records))
        return sy_fail_nomem(err);
    s->texts[s->n] = (sy_slice){at, text.len};
    s->records[s->n++] = s->n_records;
    s->taken += text.len;
    return SY_OK;
}

sy_status sy_sample_take(const sy_spool *spool, uint64_t most, sy_sample *out, sy_error *err)
{
    *out = (sy_sample){.total = spool->text_bytes};
    sy_stored record = {0};
    sy_spool_reader r;
    sy_spool_read(spool, 0, spool->n_places, &r);
    /* The part of what was seen that the sample may have; a record is taken while the
     * sample has less. */
    double part = spool->text_bytes > most ? (double)most / (double)spool->text_bytes : 1.0;
    uint64_t seen = 0;
    sy_status st = SY_OK;
    for (;;) {
        bool more;
        sy_docid docid;
        st = sy_spool_next(&r, &more, &docid, &record, err);
        if (st != SY_OK || !more)
            break;
        bool take = (double)out->taken <= (double)seen * part;
        for (size_t i = 0; i < record.n_values; i++) {
            seen += record.values[i].text.len;
            if (take && st == SY_OK)
                st = add_text(out, record.values[i].text, err);
        }
        out->n_records += take;
        if (st != SY_OK)
            break;
    }
    sy_stored_release(&record);
    return st;
}

void sy_sample_release(sy_sample *s)
{
    for (size_t i = 0; i < s->n_chunks; i++)
        sy_free(s->chunks[i]);
    sy_free((void *)s->chunks);
    sy_free(s->texts);
    sy_free(s->records);
    *s = (sy_sample){0};
}
