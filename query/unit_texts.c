#include "query/unit_texts.h"

#include <string.h>

#include "store/file.h"
#include "store/scoring.h"

/* How often a pair stands in a text; overlapping ones count. */
static uint32_t occurrences(sy_slice pair, sy_slice text)
{
    uint32_t n = 0;
    size_t step = 1;
    for (size_t at = 0; at + pair.len <= text.len; at += step) {
        const char *found = memmem(text.data + at, text.len - at, pair.data, pair.len);
        if (!found)
            break;
        n++;
        at = (size_t)(found - text.data);
    }
    return n;
}

/* How often a word stands in a text, as a token. */
static sy_status count_tokens(sy_ranker *r, sy_slice word, sy_text *text, uint32_t *n,
                              sy_error *err)
{
    *n = 0;
    if (text->normal.len < word.len ||
        !memmem(text->normal.data, text->normal.len, word.data, word.len))
        return SY_OK;
    sy_status st = sy_text_cut(text, &r->s->tools, err);
    for (size_t i = 0; st == SY_OK && i < text->n_tokens; i++) {
        const sy_token *t = &text->tokens[i];
        sy_slice token = {text->normal.data + t->start, t->end - t->start};
        *n += t->kind != SY_TOKEN_MARK && sy_slice_equal(token, word);
    }
    return st;
}

sy_status sy_unit_read(sy_ranker *r, const sy_unit *u, sy_docid doc, uint32_t *tf, uint64_t *fields,
                       sy_error *err)
{
    sy_record_text *record = &r->s->record;
    *tf = 0;
    *fields = 0;
    sy_status st = sy_record_text_load(record, r->seg, doc, err);
    for (size_t i = 0; st == SY_OK && i < record->stored.n_values; i++) {
        sy_text *text;
        st = sy_record_text_normal(record, i, &text, err);
        uint32_t n = 0;
        if (st == SY_OK && u->kind == SY_UNIT_WORD)
            st = count_tokens(r, u->text, text, &n, err);
        else if (st == SY_OK)
            n = occurrences(u->text, text->normal);
        *tf += n;
        if (n > 0)
            *fields |= UINT64_C(1) << sy_field_bit(record->stored.values[i].field);
    }
    return st;
}

sy_status sy_source_read(sy_ranker *r, sy_score_source *src, sy_cursor *cursor, uint64_t *df,
                         sy_error *err)
{
    uint64_t most = sy_cursor_cost(cursor);
    most = most < r->live->n_records ? most : r->live->n_records;
    src->listed = false;
    src->docs = sy_query_memory_take(r->s->memory, (size_t)most, sizeof *src->docs);
    src->quarters = sy_query_memory_take(r->s->memory, (size_t)most, sizeof *src->quarters);
    if (!src->docs || !src->quarters)
        return sy_fail_nomem(err);
    for (sy_docid d = 0;; d++) {
        uint32_t tf;
        uint64_t fields;
        sy_status st = sy_search_candidate(r->s, cursor, d, &d, err);
        if (st == SY_OK && d != SY_DOC_END)
            st = sy_unit_read(r, src->unit, d, &tf, &fields, err);
        if (st != SY_OK || d == SY_DOC_END)
            return st;
        *df += tf > 0;
        if (tf == 0 || !(fields & src->unit->wanted))
            continue;
        if (src->n == most)
            return sy_fail(err, SY_E_CORRUPT, sy_segment_file(r->seg)->path,
                           "a list is longer than it says");
        src->docs[src->n] = d;
        src->quarters[src->n++] =
            (int)sy_tf_of(sy_tf_code(tf)) * SY_WEIGHT_ONE + sy_field_extra(fields, r->weights);
    }
}
