#include "query/record_text.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

enum {
    N_RESERVED = 2,   /* key, path */
    FIRST_UNITS = 64, /* codes that are spelt at first */
    REJOINED = 16,    /* bytes: a character, a space and a part of the next, and more */
    NEAR_MOST = 4,    /* clauses of a text that are cut by themselves */
    ASKED_MUCH = 4096 /* codes that are spelt for a string before a search over codes pays */
};

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

/* ---- a clause ---- */

/* A cut does not depend on what stands behind one of these, between Han: UAX 29 breaks on both
 * sides of them, and ICU's dictionary is asked for runs of Han only. */
static bool is_stop(const sy_tools *tools, uint32_t cp)
{
    bool mark = cp == ',' || cp == ';' || cp == 0x3001 || cp == 0x3002; /* 、 。 */
    return cp == ' ' || cp == SY_BARRIER || (mark && !tools->words_with_marks);
}

/* The character before byte `at`, which is above 0; *from is its first byte. */
static uint32_t char_before(sy_slice s, size_t at, size_t *from)
{
    uint32_t cp;
    *from = at - 1;
    while (*from > 0 && ((unsigned char)s.data[*from] & 0xC0) == 0x80)
        --*from;
    sy_utf8_decode(s.data + *from, s.len - *from, &cp);
    return cp;
}

/* Where the clause begins that has the byte `at`. */
static size_t clause_start(const sy_tools *tools, sy_slice s, size_t at)
{
    bool before_han = false; /* the character that begins at `at` is Han */
    while (at > 0) {
        size_t from, more;
        uint32_t cp = char_before(s, at, &from);
        if (before_han && is_stop(tools, cp) && from > 0 &&
            sy_cp_is_han(char_before(s, from, &more)))
            break;
        before_han = sy_cp_is_han(cp);
        at = from;
    }
    return at;
}

static size_t clause_end(const sy_tools *tools, sy_slice s, size_t at)
{
    bool han = false; /* the character before `at` */
    while (at < s.len) {
        uint32_t cp, next = 0;
        size_t n = sy_utf8_decode(s.data + at, s.len - at, &cp);
        if (at + n < s.len)
            sy_utf8_decode(s.data + at + n, s.len - at - n, &next);
        if (han && is_stop(tools, cp) && sy_cp_is_han(next))
            break;
        han = sy_cp_is_han(cp);
        at += n;
    }
    return at;
}

bool sy_tokens_break_at(const sy_token *tokens, size_t n, size_t place)
{
    size_t low = 0, high = n; /* tokens before low end at place or before */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (tokens[mid].end <= place)
            low = mid + 1;
        else
            high = mid;
    }
    return low == n || tokens[low].start >= place;
}

sy_status sy_text_near(sy_text *text, sy_tools *tools, size_t start, size_t end, bool *at_start,
                       bool *at_end, sy_error *err)
{
    sy_slice s = text->normal;
    const sy_token *tokens = NULL;
    size_t n = 0, from = 0;
    sy_status st = SY_OK;
    if (!tools->cutter) /* which then knows its lexicon */
        st = sy_tools_cut(tools, (sy_slice){"", 0}, &tokens, &n, err);
    /* How other characters are cut may depend on what stands far away, if ICU's rules are asked. */
    uint32_t first = 0;
    size_t last;
    if (start < s.len)
        sy_utf8_decode(s.data + start, s.len - start, &first);
    bool han = sy_cp_is_han(first) && end > start && sy_cp_is_han(char_before(s, end, &last));
    if (st == SY_OK && (!han || text->cut || ++text->n_near > NEAR_MOST)) {
        st = sy_text_cut(text, tools, err);
        tokens = text->tokens;
        n = text->n_tokens;
    } else if (st == SY_OK) {
        from = clause_start(tools, s, start);
        size_t to = clause_end(tools, s, end);
        st = sy_tools_cut(tools, (sy_slice){s.data + from, to - from}, &tokens, &n, err);
    }
    *at_start = st == SY_OK && sy_tokens_break_at(tokens, n, start - from);
    *at_end = st == SY_OK && sy_tokens_break_at(tokens, n, end - from);
    return st;
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
    for (size_t i = 0; i < n; i++) {
        r->texts[i].normalised = r->texts[i].cut = false;
        r->texts[i].n_near = 0;
    }
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
    return (sy_stored_value){.field = i == s->n_values ? SY_FIELD_KEY : SY_FIELD_SOURCE};
}

sy_status sy_record_text_original(sy_record_text *r, size_t i, sy_slice *out, sy_error *err)
{
    if (i == r->stored.n_values)
        return sy_segment_key(r->segment, r->stored.docid, out, err);
    if (i > r->stored.n_values) {
        sy_segment_doc doc;
        sy_segment_doc_at(r->segment, r->stored.doc, &doc);
        *out = doc.source;
        return SY_OK;
    }
    sy_buf_reset(&r->original);
    sy_status st = sy_segment_text(r->segment, &r->stored.values[i], &r->original, err);
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

/* From where the text may change by what is appended to it. */
static size_t rejoined_from(const sy_buf *text)
{
    size_t from = text->len < REJOINED ? 0 : text->len - REJOINED;
    while (from > 0 && ((unsigned char)text->data[from] & 0xC0) == 0x80)
        from--;
    return from;
}

/* Appends more of a value's normal form. Spaces are joined again from a little before, since
 * what follows was not known then. Returns from where the text may have changed. */
static sy_status spell_more(sy_record_text *r, sy_stored_value *value, size_t units, sy_buf *out,
                            size_t *changed, sy_error *err)
{
    size_t bytes = units * SY_CODE_LEN < value->coded.len ? units * SY_CODE_LEN : value->coded.len;
    sy_stored_value part = *value;
    part.coded.len = bytes;
    value->coded.data += bytes;
    value->coded.len -= bytes;
    size_t from = rejoined_from(out);
    sy_status st = sy_segment_normal(r->segment, &part, out, err);
    if (st == SY_OK)
        sy_normal_join_spaces(out, from);
    *changed = from;
    return st == SY_OK ? sy_buf_status(out, err) : st;
}

static void forget_asked(sy_record_text *r)
{
    for (size_t i = 0; i < r->n_asked; i++)
        sy_code_search_free(r->asked[i].search);
    r->n_asked = 0;
    r->asked_of = r->segment;
}

/* Where the character of the string stands that the fewest records have. */
static sy_status find_anchor(const sy_segment *segment, sy_slice string, size_t *anchor,
                             sy_error *err)
{
    uint32_t fewest = UINT32_MAX, cp;
    sy_status st = SY_OK;
    *anchor = 0;
    for (size_t at = 0, n; at < string.len && st == SY_OK; at += n) {
        sy_bigram_row row;
        n = sy_utf8_decode(string.data + at, string.len - at, &cp);
        st = sy_segment_bigram_row(segment, cp, &row, err);
        if (st == SY_OK && row.df < fewest) {
            fewest = row.df;
            *anchor = at;
        }
    }
    return st;
}

/* The search for a string, once so many codes are asked for it that one pays; else *out is NULL. */
static sy_status find_search(sy_record_text *r, sy_slice string, size_t n_codes,
                             sy_code_search **out, sy_error *err)
{
    *out = NULL;
    if (r->asked_of != r->segment)
        forget_asked(r);
    if (!sy_code_search_takes(string))
        return SY_OK;
    size_t i = 0;
    while (i < r->n_asked && !sy_slice_equal(r->asked[i].string, string))
        i++;
    if (i == SY_CODE_SEARCHES)
        return SY_OK;
    sy_asked *a = &r->asked[i];
    if (i == r->n_asked) {
        r->n_asked++;
        a->n = 0;
        a->search = NULL;
        memcpy(a->copy, string.data, string.len);
        a->string = (sy_slice){a->copy, string.len};
    }
    sy_status st = SY_OK;
    a->n += a->search ? 0 : n_codes;
    if (!a->search && a->n > ASKED_MUCH) {
        size_t anchor;
        st = find_anchor(r->segment, string, &anchor, err);
        if (st == SY_OK)
            st =
                sy_code_search_new(sy_segment_phrases(r->segment), string, anchor, &a->search, err);
    }
    *out = a->search;
    return st;
}

sy_status sy_record_text_has(sy_record_text *r, size_t i, const sy_needle *string, bool *yes,
                             sy_error *err)
{
    sy_text *text = &r->texts[i];
    sy_slice wanted = string->text;
    sy_status st = SY_OK;
    bool by_codes = i < r->stored.n_values && r->stored.values[i].simple && !text->normalised &&
                    sy_segment_has_phrases(r->segment);
    *yes = false;
    if (!by_codes) {
        st = sy_record_text_normal(r, i, &text, err);
        *yes = st == SY_OK && wanted.len > 0 &&
               memmem(text->normal.data, text->normal.len, wanted.data, wanted.len);
        return st;
    }
    sy_stored_value rest = r->stored.values[i];
    sy_code_search *search;
    st = find_search(r, wanted, rest.coded.len / SY_CODE_LEN, &search, err);
    if (st != SY_OK)
        return st;
    sy_code_answer told = search ? sy_code_search_run(search, (const uint8_t *)rest.coded.data,
                                                      rest.coded.len / SY_CODE_LEN)
                                 : SY_CODES_DO_NOT_TELL;
    *yes = told == SY_CODES_HAVE;
    if (told != SY_CODES_DO_NOT_TELL)
        return SY_OK;
    sy_buf_reset(&text->buf);
    for (size_t units = FIRST_UNITS; rest.coded.len > 0 && !*yes; units *= 2) {
        size_t from;
        st = spell_more(r, &rest, units, &text->buf, &from, err);
        if (st != SY_OK)
            return st;
        /* A space at the end may vanish by what follows: what may change is looked at next time. */
        size_t sure = rest.coded.len == 0 ? text->buf.len : rejoined_from(&text->buf);
        from -= from < wanted.len ? from : wanted.len;
        *yes = wanted.len > 0 && sure > from &&
               memmem(text->buf.data + from, sure - from, wanted.data, wanted.len) != NULL;
    }
    text->normal = (sy_slice){sy_buf_cstr(&text->buf), text->buf.len};
    text->normalised = rest.coded.len == 0;
    return SY_OK;
}

void sy_record_text_release(sy_record_text *r)
{
    for (size_t i = 0; i < r->cap_texts; i++)
        sy_text_release(&r->texts[i]);
    forget_asked(r);
    sy_free(r->texts);
    sy_stored_release(&r->stored);
    sy_buf_release(&r->original);
    *r = (sy_record_text){.tools = r->tools};
}
