#include "tests/support/naive_inverter.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "store/scoring.h"
#include "store/term_key.h"
#include "tests/support/check.h"

/* One occurrence of a term, or of a pair of characters as eight bytes. */
typedef struct seen {
    sy_slice key;
    sy_docid doc;
    unsigned bit; /* of its field */
} seen;

typedef struct heap {
    sy_model *m;
    unsigned bit; /* of the value being looked at */
    seen *items;
    size_t n, cap;
} heap;

static void note(heap *h, const void *key, size_t len, sy_docid doc)
{
    assert_true(sy_grow((void **)&h->items, h->n, &h->cap, sizeof *h->items));
    char *copy = sy_model_alloc(h->m, len);
    memcpy(copy, key, len);
    h->items[h->n++] = (seen){{copy, len}, doc, h->bit};
}

static int compare(const void *x, const void *y)
{
    const seen *a = x, *b = y;
    int order = sy_slice_compare(a->key, b->key);
    return order != 0 ? order : (a->doc > b->doc) - (a->doc < b->doc);
}

static void note_pair(heap *h, uint32_t a, uint32_t b, sy_docid doc)
{
    uint8_t key[8]; /* big-endian, so that bytes sort as numbers do */
    for (int i = 0; i < 4; i++) {
        key[i] = (uint8_t)(a >> (24 - 8 * i));
        key[4 + i] = (uint8_t)(b >> (24 - 8 * i));
    }
    note(h, key, sizeof key, doc);
}

static void note_pairs(heap *h, sy_slice normal, sy_docid doc)
{
    uint32_t *cps = malloc((normal.len + 1) * sizeof *cps);
    assert_non_null(cps);
    size_t n = 0;
    for (size_t at = 0; at < normal.len; n++)
        at += sy_utf8_decode(normal.data + at, normal.len - at, &cps[n]);
    cps[n] = '\n';
    for (size_t i = 0; i < n; i++) {
        if (cps[i] != '\n')
            note_pair(h, cps[i], cps[i + 1], doc);
    }
    free(cps);
}

static bool is_white(char c)
{
    return c == ' ' || c == '\n';
}

static sy_slice whole(sy_slice s)
{
    while (s.len > 0 && is_white(s.data[0]))
        s = (sy_slice){s.data + 1, s.len - 1};
    for (int round = 0; round < 2; round++) {
        while (s.len > 0 && is_white(s.data[s.len - 1]))
            s.len--;
        if (round == 0 && s.len > 3 && memcmp(s.data + s.len - 3, "。", 3) == 0)
            s.len -= 3;
        else
            break;
    }
    return s;
}

static void note_term(heap *h, sy_buf *key, sy_field_id field, sy_docid doc)
{
    if (key->len > 1024)
        sy_term_key_overlong(key, field);
    note(h, key->data, key->len, doc);
}

static void note_value(heap *h, sy_cutter *cutter, const sy_schema *schema, sy_field_id field,
                       sy_slice normal, sy_docid doc)
{
    sy_buf key = SY_BUF_INIT;
    sy_slice all = whole(normal);
    sy_field_kind kind = schema->fields[field].kind;
    if (all.len > 0) {
        sy_term_key_presence(&key, field);
        note_term(h, &key, field, doc);
    }
    if (all.len > 0 && (kind == SY_FIELD_NAMES || kind == SY_FIELD_KEYWORD)) {
        sy_term_key_value(&key, field, all);
        note_term(h, &key, field, doc);
    }
    const sy_token *tokens;
    size_t n;
    check_ok(sy_cut(cutter, normal.data, normal.len, &tokens, &n, NULL), NULL);
    for (size_t i = 0; i < n; i++) {
        sy_slice word = {normal.data + tokens[i].start, tokens[i].end - tokens[i].start};
        if (tokens[i].kind == SY_TOKEN_MARK)
            continue;
        size_t n_cps = 0, n_han = 0;
        for (size_t at = 0; at < word.len; n_cps++) {
            uint32_t cp;
            at += sy_utf8_decode(word.data + at, word.len - at, &cp);
            n_han += sy_cp_is_han(cp);
        }
        if (n_cps > 1 && n_han == n_cps)
            continue;
        sy_term_key_word(&key, word);
        note_term(h, &key, field, doc);
    }
    sy_buf_release(&key);
}

/* The list of the items [from, to), which have one key. */
static sy_model_list gather(sy_model *m, const seen *items, size_t from, size_t to, bool marked)
{
    sy_model_list l = {0};
    l.docs = sy_model_alloc(m, (to - from) * sizeof *l.docs);
    l.tfs = marked ? sy_model_alloc(m, (to - from) * sizeof *l.tfs) : NULL;
    l.fields = marked ? sy_model_alloc(m, (to - from) * sizeof *l.fields) : NULL;
    for (size_t i = from; i < to; i++) {
        if (i == from || items[i].doc != items[i - 1].doc)
            l.docs[l.n++] = items[i].doc;
        if (marked) {
            l.tfs[l.n - 1]++;
            l.fields[l.n - 1] |= UINT64_C(1) << items[i].bit;
        }
    }
    return l;
}

static uint32_t big_endian(const char *at)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 8 | (uint8_t)at[i];
    return v;
}

static void take_all(heap *h, bool pairs)
{
    sy_model *m = h->m;
    if (h->n > 1)
        qsort(h->items, h->n, sizeof *h->items, compare);
    if (pairs)
        m->bigrams = sy_model_alloc(m, h->n * sizeof *m->bigrams);
    else
        m->terms = sy_model_alloc(m, h->n * sizeof *m->terms);
    for (size_t from = 0, to; from < h->n; from = to) {
        sy_slice key = h->items[from].key;
        for (to = from; to < h->n && sy_slice_equal(h->items[to].key, key);)
            to++;
        sy_model_list list = gather(m, h->items, from, to, pairs || key.data[0] == 'w');
        if (pairs)
            m->bigrams[m->n_bigrams++] =
                (sy_model_bigram){big_endian(key.data), big_endian(key.data + 4), false, list};
        else
            m->terms[m->n_terms++] = (sy_model_term){key, list};
    }
    free(h->items);
}

/* Han characters, and other letters and digits that none comes before. */
static uint32_t count_length(sy_slice text)
{
    uint32_t n = 0;
    char before = ' ';
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        char kind = ' ';
        if (sy_cp_is_letter(cp) || sy_cp_is_digit(cp))
            kind = sy_cp_is_han(cp) ? 'h' : 'o';
        if (sy_cp_is_han(cp))
            kind = 'h';
        n += kind == 'h' || (kind == 'o' && before != 'o');
        before = kind;
    }
    return n;
}

/* How long a record is and which field is the longest. */
static void note_lengths(sy_record_facts *facts, const uint64_t *lengths)
{
    *facts = (sy_record_facts){0};
    for (uint8_t bit = 0; bit < 64; bit++) {
        facts->length += (uint32_t)lengths[bit];
        if (lengths[bit] > lengths[facts->longest])
            facts->longest = bit;
    }
}

void sy_naive_invert(sy_model *m, const sy_schema *schema, unsigned norm_flags,
                     const sy_lexicon *lexicon)
{
    heap pairs = {.m = m}, terms = {.m = m};
    sy_cutter *cutter;
    sy_buf normal = SY_BUF_INIT;
    check_ok(sy_cutter_new(lexicon, &cutter, NULL), NULL);
    m->facts = sy_model_alloc(m, m->n_records * sizeof *m->facts);
    memset(m->weights, 4, sizeof m->weights);
    for (sy_docid d = 0; d < m->n_records; d++) {
        uint64_t lengths[64] = {0};
        for (size_t i = 0; i < m->records[d].n_values; i++) {
            const sy_stored_value *v = &m->records[d].values[i];
            sy_buf_reset(&normal);
            check_ok(sy_normalize(norm_flags, v->text.data, v->text.len, &normal, NULL, NULL),
                     NULL);
            sy_slice text = {sy_buf_cstr(&normal), normal.len};
            pairs.bit = terms.bit = v->field < 63 ? v->field : 63;
            lengths[pairs.bit] += count_length(text);
            note_pairs(&pairs, text, d);
            note_value(&terms, cutter, schema, v->field, text, d);
        }
        note_lengths(&m->facts[d], lengths);
    }
    sy_buf_release(&normal);
    sy_cutter_free(cutter);
    m->n_bigrams = m->n_terms = 0;
    take_all(&pairs, true);
    take_all(&terms, false);
}

void sy_naive_compare(const sy_model *got, const sy_model *want)
{
    for (uint32_t d = 0; d < want->n_records; d++) {
        assert_int_equal(got->facts[d].longest, want->facts[d].longest);
        assert_int_equal(got->facts[d].length, sy_length_of(sy_length_code(want->facts[d].length)));
    }
    assert_memory_equal(got->weights, want->weights, 64);
    sy_model_compare_bigrams(got->bigrams, got->n_bigrams, want->bigrams, want->n_bigrams);
    assert_int_equal(got->n_terms, want->n_terms);
    for (size_t i = 0; i < want->n_terms; i++) {
        assert_true(sy_slice_equal(got->terms[i].key, want->terms[i].key));
        sy_model_compare_lists(&got->terms[i].list, &want->terms[i].list);
    }
}
