#include "query/record_text.h"

#include "base/alloc.h"
#include "segmenter/normal.h"

enum { N_RESERVED = 2 /* key, path */ };

sy_status sy_text_cut(sy_text *text, sy_tools *tools, sy_error *err)
{
    if (text->cut)
        return SY_OK;
    const sy_token *tokens;
    size_t n;
    sy_status st = sy_tools_cut(tools, text->normal, &tokens, &n, err);
    if (st != SY_OK)
        return st;
    if (n > text->cap_tokens) {
        sy_token *grown = sy_resize(text->tokens, n, sizeof *grown);
        if (!grown)
            return sy_fail_nomem(err);
        text->tokens = grown;
        text->cap_tokens = n;
    }
    if (n > 0)
        memcpy(text->tokens, tokens, n * sizeof *tokens);
    text->n_tokens = n;
    text->cut = true;
    return SY_OK;
}

void sy_text_release(sy_text *text)
{
    sy_buf_release(&text->buf);
    sy_free(text->tokens);
    *text = (sy_text){0};
}

sy_status sy_record_text_load(sy_record_text *r, const sy_segment *segment, sy_docid docid,
                              sy_error *err)
{
    if (r->segment == segment && r->stored.docid == docid)
        return SY_OK;
    r->segment = NULL;
    sy_status st = sy_segment_coded(segment, docid, &r->stored, err);
    if (st != SY_OK)
        return st;
    size_t n = r->stored.n_values + N_RESERVED;
    if (n > r->cap_texts) {
        sy_text *grown = sy_resize(r->texts, n, sizeof *grown);
        if (!grown)
            return sy_fail_nomem(err);
        memset(grown + r->cap_texts, 0, (n - r->cap_texts) * sizeof *grown);
        r->texts = grown;
        r->cap_texts = n;
    }
    for (size_t i = 0; i < n; i++)
        r->texts[i].normalised = r->texts[i].cut = false;
    r->segment = segment;
    return SY_OK;
}

size_t sy_record_text_count(const sy_record_text *r)
{
    return r->stored.n_values + N_RESERVED;
}

sy_stored_value sy_record_text_value(const sy_record_text *r, size_t i)
{
    const sy_stored *s = &r->stored;
    if (i < s->n_values)
        return s->values[i];
    if (i == s->n_values)
        return (sy_stored_value){.field = SY_FIELD_KEY, .text = s->key};
    sy_segment_doc doc;
    sy_segment_doc_at(r->segment, s->doc, &doc);
    return (sy_stored_value){.field = SY_FIELD_SOURCE, .text = doc.source};
}

sy_status sy_record_text_original(sy_record_text *r, size_t i, sy_slice *out, sy_error *err)
{
    sy_stored_value value = sy_record_text_value(r, i);
    *out = value.text;
    if (i >= r->stored.n_values)
        return SY_OK;
    sy_buf_reset(&r->original);
    sy_status st = sy_segment_text(r->segment, &value, &r->original, err);
    *out = (sy_slice){sy_buf_cstr(&r->original), r->original.len};
    return st;
}

/* The normal form of the i-th text: spelt by the segment where it can be, else made
 * from the original. */
static sy_status fill_normal(sy_record_text *r, size_t i, sy_buf *out, sy_error *err)
{
    if (i < r->stored.n_values && r->stored.values[i].simple) {
        size_t from = out->len;
        sy_status st = sy_segment_normal(r->segment, &r->stored.values[i], out, err);
        sy_normal_join_spaces(out, from);
        return st;
    }
    sy_slice text;
    sy_status st = sy_record_text_original(r, i, &text, err);
    return st == SY_OK
               ? sy_normalize(r->tools->index->info.norm_flags, text.data, text.len, out, NULL, err)
               : st;
}

sy_status sy_record_text_normal(sy_record_text *r, size_t i, sy_text **out, sy_error *err)
{
    sy_text *text = *out = &r->texts[i];
    if (text->normalised)
        return SY_OK;
    sy_buf_reset(&text->buf);
    sy_status st = fill_normal(r, i, &text->buf, err);
    if (st == SY_OK)
        st = sy_buf_status(&text->buf, err);
    text->normal = (sy_slice){sy_buf_cstr(&text->buf), text->buf.len};
    text->normalised = st == SY_OK;
    return st;
}

void sy_record_text_release(sy_record_text *r)
{
    for (size_t i = 0; i < r->cap_texts; i++)
        sy_text_release(&r->texts[i]);
    sy_free(r->texts);
    sy_stored_release(&r->stored);
    sy_buf_release(&r->original);
    *r = (sy_record_text){.tools = r->tools};
}
