#include "query/plan.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "store/scoring.h"
#include "store/term_key.h"

/* Where the candidates of a leaf come from:
 *
 *   rule              text fields                                 exact if
 *   PART    n = 1     all bigrams that begin with it              any field
 *           n = 2     the bigram                                  it is not rare
 *           n > 2     its rarest bigrams and grams together       a gram, any field
 *   SPREAD            the rarest bigrams of all its words         two characters, not rare
 *   WHOLE   one token its word list, if it is to be trusted       always
 *           more      as PART                                     never
 *   BEGIN             as PART                                     never
 *   EQUAL             its value list, or bigrams with its end     value list
 *   PATTERN wildcards the rarest bigrams of its literal texts     never
 *           edits     those of one piece of it or another         never
 *   NEAR              the rarest bigrams of all its words         never
 *   REGEX   literal   as PART                                     as PART
 *           more      what its parts need, joined as they are     never
 *   RANGE             the presence list                           never
 *   EXISTS            the presence list                           always
 *
 * and in name fields, for bare terms: the value lists of all names that the name
 * rule accepts. Bigrams and words say in which fields they stand, so a leaf of one
 * field walks no other records; exact is then only what the filter is sure of. The
 * word lists of a segment that was cut with another lexicon are not to be trusted: there
 * a token is looked for as PART is, and checked. PINYIN: the value lists of all values
 * that can be read so. */

enum {
    LISTS_MAX = 16, /* the rarest bigrams say nearly all; the rest is left to the check */
    ROWS_MAX = 4,
    /* Looking for grams costs as much as verifying about this many records. */
    GRAMS_FROM = 64,
    /* The list of a gram of n characters in so many records is put together from those of n - 2
     * others in the time in which n - 2 records are verified. */
    GRAM_COST = 100
};

static const uint32_t STOP = 0x3002; /* 。, which whole values ignore at the end */

/* The rarest bigrams seen so far, by the length of their lists. */
typedef struct bigram {
    uint32_t a, b;
    sy_postings_ref ref;
} bigram;

/* A frequent string. */
typedef struct gram {
    sy_slice text;
    uint32_t df, n_chars;
} gram;

typedef struct bigrams {
    bigram items[LISTS_MAX];
    size_t n;
    gram grams[LISTS_MAX]; /* the rarest; their lists are put together only if that pays */
    size_t n_grams;
    const sy_field_filter *filter; /* or NULL: any field */
    bool none;                     /* a part was not there at all: nothing matches */
    bool whole;                    /* the text has a list of its own: the first  */
} bigrams;

/* A cursor and whether it is the answer. */
typedef struct part {
    sy_cursor *cursor;
    bool exact;
} part;

static sy_status made(sy_cursor *c, sy_cursor **out, sy_error *err)
{
    *out = c;
    return c ? SY_OK : sy_fail_nomem(err);
}

static sy_status add_ref(sy_plan *p, const sy_postings_ref *ref, sy_error *err)
{
    if (ref->df == 0)
        return SY_OK;
    if (!sy_grow((void **)&p->refs, p->n_refs, &p->cap_refs, sizeof *p->refs))
        return sy_fail_nomem(err);
    p->refs[p->n_refs++] = *ref;
    return SY_OK;
}

/* The union of the lists gathered so far. */
static sy_status take_refs(sy_plan *p, sy_cursor **out, sy_error *err)
{
    size_t n = p->n_refs;
    p->n_refs = 0;
    return made(sy_cursor_union(p->env, p->refs, n), out, err);
}

/* ---- the character layer ---- */

/* Puts a list among the rarest. */
static void add_list(bigrams *set, const bigram *one)
{
    size_t i = set->n;
    if (set->n < LISTS_MAX)
        set->n++;
    else if (set->items[--i].ref.df <= one->ref.df)
        return;
    for (; i > 0 && set->items[i - 1].ref.df > one->ref.df; i--)
        set->items[i] = set->items[i - 1];
    set->items[i] = *one;
}

static sy_status add_bigram(sy_plan *p, bigrams *set, uint32_t a, uint32_t b, sy_error *err)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->items[i].a == a && set->items[i].b == b)
            return SY_OK;
    bigram one = {.a = a, .b = b};
    sy_status st = sy_segment_bigram(p->segment, a, b, &one.ref, err);
    if (st != SY_OK)
        return st;
    one.ref.filter = set->filter;
    set->none |= one.ref.df == 0;
    add_list(set, &one);
    return SY_OK;
}

/* Adds the bigrams inside a text. A barrier ends what stands before it. */
static sy_status add_bigrams(sy_plan *p, bigrams *set, sy_slice text, sy_error *err)
{
    uint32_t before = SY_BARRIER;
    sy_status st = SY_OK;
    for (size_t i = 0; i < text.len && !set->none && st == SY_OK;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (before != SY_BARRIER)
            st = add_bigram(p, set, before, cp, err);
        before = cp;
    }
    return st;
}

/* A subset that was put together lies in p->bits until the next gram: it goes to the
 * memory of the cursors. */
static sy_status keep_subset(sy_plan *p, sy_postings_ref *ref, sy_error *err)
{
    if (!ref->subset || ref->subset != (const uint8_t *)p->bits.data)
        return SY_OK;
    size_t bytes = ((size_t)ref->n_all + 7) / 8;
    uint8_t *copy = sy_query_memory_take(p->env->memory, bytes, 1);
    if (!copy)
        return sy_fail_nomem(err);
    memcpy(copy, ref->subset, bytes);
    ref->subset = copy;
    return SY_OK;
}

/* Whether both pairs of three characters are watched: such a string that has no list stands
 * nowhere. */
static sy_status pairs_watched(sy_plan *p, sy_slice three, bool *yes, sy_error *err)
{
    uint32_t a, b, c;
    sy_postings_ref first, second;
    size_t at = sy_utf8_decode(three.data, three.len, &a);
    at += sy_utf8_decode(three.data + at, three.len - at, &b);
    sy_utf8_decode(three.data + at, three.len - at, &c);
    sy_status st = sy_segment_bigram(p->segment, a, b, &first, err);
    *yes = st == SY_OK && first.watched;
    if (!*yes)
        return st;
    st = sy_segment_bigram(p->segment, b, c, &second, err);
    *yes = st == SY_OK && second.watched;
    return st;
}

/* The longest gram that starts at `at`: they come with all their beginnings of three
 * characters and more, so its end is found step by step. out->df is 0 if there is none. *none: the
 * text's three characters there stand nowhere. */
static sy_status longest_gram(sy_plan *p, sy_slice text, size_t at, gram *out, bool *none,
                              sy_error *err)
{
    size_t len = at;
    *out = (gram){.df = 0};
    for (uint32_t chars = 1; len < text.len; chars++) {
        uint32_t cp;
        sy_postings_ref term;
        len += sy_utf8_decode(text.data + len, text.len - len, &cp);
        if (cp == SY_BARRIER)
            break;
        if (chars < 3)
            continue;
        sy_slice string = {text.data + at, len - at};
        sy_term_key_gram(&p->key, string);
        sy_status st = sy_buf_status(&p->key, err);
        if (st == SY_OK)
            st = sy_segment_term(p->segment, (sy_slice){p->key.data, p->key.len}, &term, err);
        if (st == SY_OK && term.df == 0 && chars == 3)
            st = pairs_watched(p, string, none, err);
        if (st != SY_OK)
            return st;
        if (term.df == 0)
            break;
        *out = (gram){string, term.df, chars};
    }
    return SY_OK;
}

/* Puts a gram among the rarest, once. */
static void note_gram(bigrams *set, const gram *one)
{
    size_t i = set->n_grams;
    for (size_t k = 0; k < i; k++) {
        if (sy_slice_equal(set->grams[k].text, one->text))
            return;
    }
    if (set->n_grams < LISTS_MAX)
        set->n_grams++;
    else if (set->grams[--i].df <= one->df)
        return;
    for (; i > 0 && set->grams[i - 1].df > one->df; i--)
        set->grams[i] = set->grams[i - 1];
    set->grams[i] = *one;
}

/* Notes the grams inside a text; *whole: it is one itself. */
static sy_status find_grams(sy_plan *p, bigrams *set, sy_slice text, bool *whole, sy_error *err)
{
    *whole = false;
    const char *reached =
        text.data; /* the end of the grams so far: what lies within says no more */
    for (size_t at = 0; at < text.len;) {
        gram one;
        uint32_t cp;
        sy_status st = longest_gram(p, text, at, &one, &set->none, err);
        if (st != SY_OK || set->none)
            return st;
        if (one.df > 0 && one.text.data + one.text.len > reached) {
            *whole = one.text.len == text.len;
            reached = one.text.data + one.text.len;
            note_gram(set, &one);
        }
        at += sy_utf8_decode(text.data + at, text.len - at, &cp);
    }
    return SY_OK;
}

/* Puts the lists of grams together, as far as that takes less time than to verify the records that
 * the rarest list so far has. */
static sy_status add_grams(sy_plan *p, bigrams *set, sy_error *err)
{
    uint64_t cost = 0;
    for (size_t i = 0; i < set->n_grams; i++) {
        const gram *g = &set->grams[i];
        cost += (uint64_t)(g->n_chars - 2) * g->df / GRAM_COST;
        if (!set->whole && cost > set->items[0].ref.df)
            break;
        bigram one = {.a = 0};
        sy_status st = sy_segment_gram(p->segment, g->text, &p->bits, &one.ref, err);
        if (st == SY_OK)
            st = keep_subset(p, &one.ref, err);
        if (st != SY_OK)
            return st;
        one.ref.filter = set->filter;
        add_list(set, &one);
        if (set->whole)
            break;
    }
    return SY_OK;
}

/* The records that have character `a`. */
static sy_status row(sy_plan *p, uint32_t a, const sy_field_filter *filter, sy_cursor **out,
                     sy_error *err)
{
    sy_bigram_row r;
    sy_postings_ref own = {0};
    sy_status st = SY_OK;
    sy_term_key_char(&p->key, a);
    if (!filter) /* lists of characters do not say in which fields */
        st = sy_segment_term(p->segment, (sy_slice){sy_buf_cstr(&p->key), p->key.len}, &own, err);
    if (st != SY_OK)
        return st;
    if (own.df > 0) /* a frequent character has a list of its own */
        return made(sy_cursor_list(p->env, &own), out, err);
    st = sy_segment_bigram_row(p->segment, a, &r, err);
    if (st == SY_OK && r.df == 0)
        return made(sy_cursor_list(p->env, &own), out, err);
    return st == SY_OK
               ? made(sy_cursor_row(p->env, p->segment, &r, r.first, r.end, filter), out, err)
               : st;
}

/* The records that have character `a` in the leaf's field: those of its frequent bigrams for
 * certain, as the filter is exact; those that have it in rare ones alone, which do not say in which
 * field, are checked. */
static sy_status row_in_field(sy_plan *p, uint32_t a, const sy_leaf *leaf,
                              const sy_field_filter *filter, sy_cursor **out, sy_error *err)
{
    sy_bigram_row r;
    sy_cursor *parts[2], *rare;
    size_t n = 0;
    sy_status st = sy_segment_bigram_row(p->segment, a, &r, err);
    if (st != SY_OK)
        return st;
    if (r.first < r.merged)
        st = made(sy_cursor_row(p->env, p->segment, &r, r.first, r.merged, filter), &parts[n++],
                  err);
    if (st == SY_OK && r.merged < r.end) {
        st = made(sy_cursor_row(p->env, p->segment, &r, r.merged, r.end, NULL), &rare, err);
        if (st == SY_OK)
            st = made(sy_cursor_check(p->env, rare, leaf), &parts[n++], err);
    }
    if (st == SY_OK && n == 0)
        return take_refs(p, out, err); /* of no lists */
    return st == SY_OK ? made(sy_cursor_or(p->env, parts, n), out, err) : st;
}

static sy_status all_bigrams(sy_plan *p, const bigrams *set, sy_cursor *more, sy_cursor **out,
                             sy_error *err)
{
    if (set->none)
        return take_refs(p, out, err); /* of no lists */
    sy_cursor *lists[LISTS_MAX + 1];
    size_t n = 0;
    if (more)
        lists[n++] = more;
    for (size_t i = 0; i < set->n; i++) {
        sy_status st = made(sy_cursor_list(p->env, &set->items[i].ref), &lists[n++], err);
        if (st != SY_OK)
            return st;
    }
    return made(sy_cursor_and(p->env, lists, n), out, err);
}

/* The records that can have all of some texts, n >= 1, each somewhere. */
static sy_status contain(sy_plan *p, const sy_slice *texts, size_t n, bigrams *set, sy_cursor **out,
                         sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < n && st == SY_OK; i++)
        st = add_bigrams(p, set, texts[i], err);
    bool grams = st == SY_OK && !set->none && set->n > 0 && set->items[0].ref.df >= GRAMS_FROM;
    for (size_t i = 0; i < n && grams && !set->none && st == SY_OK; i++) {
        bool one;
        st = find_grams(p, set, texts[i], &one, err);
        set->whole |= one && n == 1;
    }
    if (st == SY_OK && !set->none)
        st = add_grams(p, set, err);
    if (st != SY_OK)
        return st;
    if (set->whole) { /* nothing but its own list, which is the rarest of all */
        return made(sy_cursor_list(p->env, &set->items[0].ref), out, err);
    }
    if (set->n > 0)
        return all_bigrams(p, set, NULL, out, err);
    /* Single characters only. */
    sy_cursor *rows[ROWS_MAX];
    size_t n_rows = n < ROWS_MAX ? n : ROWS_MAX;
    for (size_t i = 0; i < n_rows && st == SY_OK; i++) {
        uint32_t cp;
        sy_utf8_decode(texts[i].data, texts[i].len, &cp);
        st = row(p, cp, set->filter, &rows[i], err);
    }
    return st == SY_OK ? made(sy_cursor_and(p->env, rows, n_rows), out, err) : st;
}

sy_status sy_plan_text(sy_plan *p, sy_slice text, sy_cursor **out, sy_error *err)
{
    bigrams set = {.n = 0};
    *out = NULL;
    p->n_refs = 0;
    return contain(p, &text, 1, &set, out, err);
}

/* What the leaf's field lets through, or NULL for any field. In the memory of the
 * cursors. */
static sy_status make_filter(sy_plan *p, uint64_t wanted, const sy_field_filter **out,
                             sy_error *err)
{
    sy_field_filter *filter = sy_query_memory_take(p->env->memory, 1, sizeof *filter);
    *out = filter;
    if (!filter)
        return sy_fail_nomem(err);
    return sy_segment_filter(p->segment, wanted, filter, err);
}

static sy_status leaf_filter(sy_plan *p, const sy_leaf *leaf, const sy_field_filter **out,
                             sy_error *err)
{
    *out = NULL;
    if (leaf->field == SY_FIELD_ANY)
        return SY_OK;
    return make_filter(p, UINT64_C(1) << sy_field_bit(leaf->field), out, err);
}

static sy_status contain_text(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    bigrams set = {.n = 0};
    sy_status st = leaf_filter(p, leaf, &set.filter, err);
    bool sure = set.filter == NULL;
    bool by_row = leaf->n_chars == 1 && leaf->rule == SY_RULE_PART && !sure && set.filter->exact;
    if (st == SY_OK && by_row) {
        uint32_t cp;
        sy_utf8_decode(leaf->text.text.data, leaf->text.text.len, &cp);
        st = row_in_field(p, cp, leaf, set.filter, &out->cursor, err);
    } else if (st == SY_OK) {
        st = contain(p, &leaf->text.text, 1, &set, &out->cursor, err);
    }
    if (leaf->n_chars == 1)
        out->exact = sure || by_row;
    else if (leaf->n_chars == 2)
        out->exact = set.none || sure || (set.items[0].ref.marked && set.filter->exact);
    else
        out->exact = set.whole && sure;
    out->exact &= leaf->rule != SY_RULE_WHOLE && leaf->rule != SY_RULE_BEGIN;
    return st;
}

static sy_status contain_words(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    if (leaf->n_words == 0)
        return contain_text(p, leaf, out, err);
    bigrams set = {.n = 0};
    sy_slice *texts = sy_alloc(leaf->n_words, sizeof *texts);
    if (!texts)
        return sy_fail_nomem(err);
    /* Where the whole stands, all its words do, so these are its candidates too. */
    for (size_t i = 0; i < leaf->n_words; i++)
        texts[i] = leaf->words[i].needle.text;
    sy_status st = leaf_filter(p, leaf, &set.filter, err);
    if (st == SY_OK)
        st = contain(p, texts, leaf->n_words, &set, &out->cursor, err);
    sy_free(texts);
    return st;
}

/* The records that can have one of the words. */
static sy_status contain_one(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_cursor *cursors[ROWS_MAX];
    const sy_field_filter *filter;
    sy_status st = leaf_filter(p, leaf, &filter, err);
    size_t n = 0;
    for (; n < leaf->n_words && n < ROWS_MAX && st == SY_OK; n++) {
        bigrams set = {.filter = filter};
        st = contain(p, &leaf->words[n].needle.text, 1, &set, &cursors[n], err);
    }
    out->exact = false;
    return st == SY_OK ? made(sy_cursor_or(p->env, cursors, n), &out->cursor, err) : st;
}

/* ---- the word layer ---- */

/* True for fields whose texts the leaf looks at other than by the name rule. */
static bool is_text_of(const sy_plan *p, const sy_leaf *leaf, sy_field_id field)
{
    return sy_leaf_looks_at(leaf, field) && !(leaf->by_name && sy_tools_is_names(p->tools, field));
}

static sy_status add_term(sy_plan *p, sy_error *err)
{
    sy_postings_ref ref;
    sy_status st = sy_buf_status(&p->key, err);
    if (st == SY_OK)
        st = sy_segment_term(p->segment, (sy_slice){p->key.data, p->key.len}, &ref, err);
    return st == SY_OK ? add_ref(p, &ref, err) : st;
}

/* The fields whose texts the leaf looks at; *all if no record has a value in another. */
static sy_status text_fields(sy_plan *p, const sy_leaf *leaf, uint64_t *wanted, bool *all,
                             sy_error *err)
{
    sy_status st = SY_OK;
    *wanted = 0;
    *all = true;
    for (size_t i = 0; i < p->tools->index->schema.n_fields && st == SY_OK; i++) {
        if (is_text_of(p, leaf, (sy_field_id)i)) {
            *wanted |= UINT64_C(1) << sy_field_bit((unsigned)i);
        } else if (*all) {
            sy_postings_ref present;
            sy_term_key_presence(&p->key, (sy_field_id)i);
            st = sy_segment_term(p->segment, (sy_slice){sy_buf_cstr(&p->key), p->key.len}, &present,
                                 err);
            *all = present.df == 0;
        }
    }
    return st;
}

/* A leaf that is one token wherever it matches. */
static sy_status one_token(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_term_key_word(&p->key, leaf->text.text);
    if (p->key.len > SY_TERM_KEY_MAX || p->env->live->other_words)
        return contain_text(p, leaf, out, err);
    uint64_t wanted;
    bool all;
    const sy_field_filter *filter = NULL;
    sy_postings_ref ref;
    sy_status st = text_fields(p, leaf, &wanted, &all, err);
    if (st == SY_OK && !all)
        st = make_filter(p, wanted, &filter, err);
    sy_term_key_word(&p->key, leaf->text.text);
    if (st == SY_OK)
        st = sy_segment_term(p->segment, (sy_slice){sy_buf_cstr(&p->key), p->key.len}, &ref, err);
    if (st != SY_OK)
        return st;
    ref.filter = filter;
    out->exact = !filter || filter->exact;
    return made(sy_cursor_list(p->env, &ref), &out->cursor, err);
}

/* Whether a word of the lexicon begins with a character of ASCII; they are in byte order. */
static bool begins_word(const sy_lexicon *lx, char c)
{
    uint32_t low = 0, high = lx->n_words;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if ((unsigned char)sy_lexicon_word(lx, mid).data[0] < (unsigned char)c)
            low = mid + 1;
        else
            high = mid;
    }
    return low < lx->n_words && sy_lexicon_word(lx, low).data[0] == c;
}

/* True if each word that begins with the text has a list under its first character: ASCII letters
 * and digits are never cut from each other, and no word of the lexicon, which could go on in Han,
 * begins like it. */
static sy_status words_have_lists(sy_plan *p, sy_slice text, bool *yes, sy_error *err)
{
    const sy_lexicon *lx;
    sy_term_walk walk;
    sy_slice key;
    sy_postings_ref ref;
    bool overlong = true;
    *yes = !p->env->live->other_words;
    for (size_t i = 0; i < text.len && *yes; i++) {
        char c = text.data[i];
        *yes = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    }
    if (!*yes)
        return SY_OK;
    sy_status st = sy_tools_lexicon(p->tools, &lx, err);
    if (st != SY_OK)
        return st;
    *yes = !begins_word(lx, text.data[0]);
    st = sy_term_walk_open(p->segment, (sy_slice){"l", 1}, &walk, err);
    if (st == SY_OK)
        st = sy_term_walk_next(&walk, &overlong, &key, &ref, err);
    sy_term_walk_close(&walk);
    *yes &= !overlong;
    return st;
}

/* A leaf that matches where a word begins with it. */
static sy_status begin(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    bool listed, all, more = true;
    uint64_t wanted;
    const sy_field_filter *filter = NULL;
    sy_term_walk walk;
    sy_status st = words_have_lists(p, leaf->text.text, &listed, err);
    if (st != SY_OK || !listed)
        return st == SY_OK ? contain_text(p, leaf, out, err) : st;
    st = text_fields(p, leaf, &wanted, &all, err);
    if (st == SY_OK && !all)
        st = make_filter(p, wanted, &filter, err);
    sy_term_key_word(&p->key, leaf->text.text);
    if (st == SY_OK)
        st = sy_buf_status(&p->key, err);
    if (st != SY_OK)
        return st;
    st = sy_term_walk_open(p->segment, (sy_slice){p->key.data, p->key.len}, &walk, err);
    while (st == SY_OK && more) {
        sy_slice key;
        sy_postings_ref ref;
        st = sy_term_walk_next(&walk, &more, &key, &ref, err);
        ref.filter = filter;
        if (st == SY_OK && more)
            st = add_ref(p, &ref, err);
    }
    sy_term_walk_close(&walk);
    out->exact = !filter || filter->exact;
    return st == SY_OK ? take_refs(p, &out->cursor, err) : st;
}

/* The value's bigrams, and what may stand behind its last character: the end,
 * white space, or the 。 that whole values ignore. */
static sy_status equal_by_text(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_slice text = leaf->text.text;
    uint32_t last = 0;
    for (size_t i = 0; i < text.len;)
        i += sy_utf8_decode(text.data + i, text.len - i, &last);
    const uint32_t behind[] = {SY_BIGRAM_END, ' ', STOP};
    const sy_field_filter *filter;
    sy_status st = leaf_filter(p, leaf, &filter, err);
    for (size_t i = 0; i < 3 && st == SY_OK; i++) {
        sy_postings_ref ref;
        st = sy_segment_bigram(p->segment, last, behind[i], &ref, err);
        ref.filter = filter;
        if (st == SY_OK)
            st = add_ref(p, &ref, err);
    }
    bigrams set = {.filter = filter};
    sy_cursor *end;
    if (st == SY_OK)
        st = take_refs(p, &end, err);
    if (st == SY_OK)
        st = add_bigrams(p, &set, text, err);
    out->exact = false;
    return st == SY_OK ? all_bigrams(p, &set, end, &out->cursor, err) : st;
}

static sy_status equal(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    const sy_schema *schema = &p->tools->index->schema;
    sy_field_kind kind =
        leaf->field < schema->n_fields ? schema->fields[leaf->field].kind : SY_FIELD_TEXT;
    sy_term_key_value(&p->key, leaf->field, leaf->text.text);
    if (!sy_field_has_values(kind) || p->key.len > SY_TERM_KEY_MAX)
        return equal_by_text(p, leaf, out, err);
    sy_status st = add_term(p, err);
    out->exact = true;
    return st == SY_OK ? take_refs(p, &out->cursor, err) : st;
}

static sy_status exists(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_term_key_presence(&p->key, leaf->field);
    sy_status st = add_term(p, err);
    out->exact = true;
    return st == SY_OK ? take_refs(p, &out->cursor, err) : st;
}

/* ---- regular expressions ---- */

/* What a part needs; NULL in *out: nothing, so any record will do. */
static sy_status parts_cursor(sy_plan *p, const sy_parts *parts, const sy_field_filter *filter,
                              sy_cursor **out, sy_error *err)
{
    *out = NULL;
    if (parts->kind == SY_PARTS_ANY)
        return SY_OK;
    if (parts->kind == SY_PARTS_TEXT) {
        bigrams set = {.filter = filter};
        p->n_refs = 0;
        return contain(p, &parts->text, 1, &set, out, err);
    }
    sy_cursor **children = sy_alloc(parts->n_children, sizeof *children);
    sy_status st = children ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < parts->n_children && st == SY_OK; i++)
        st = parts_cursor(p, parts->children[i], filter, &children[i], err);
    if (st == SY_OK)
        st = made(parts->kind == SY_PARTS_AND ? sy_cursor_and(p->env, children, parts->n_children)
                                              : sy_cursor_or(p->env, children, parts->n_children),
                  out, err);
    sy_free(children);
    return st;
}

static sy_status need_parts(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    const sy_field_filter *filter;
    sy_status st = leaf_filter(p, leaf, &filter, err);
    if (st == SY_OK)
        st = parts_cursor(p, leaf->parts, filter, &out->cursor, err);
    out->exact = false;
    if (st != SY_OK || out->cursor)
        return st;
    return made(sy_cursor_all(p->env), &out->cursor, err);
}

/* ---- names and pinyin: by the distinct values ---- */

static bool accepts(const sy_leaf *leaf, const sy_aliases *aliases, sy_slice value)
{
    if (leaf->rule != SY_RULE_PINYIN)
        return sy_name_matches(aliases, leaf->name.text, value) != SY_NAME_NO;
    sy_pinyin_walk walk;
    size_t start, end;
    sy_pinyin_begin(&walk, leaf->pinyin, value);
    return sy_pinyin_next(&walk, &start, &end);
}

/* Gathers the lists of the values of one field that the term means. */
static sy_status add_values(sy_plan *p, const sy_leaf *leaf, sy_field_id id, sy_error *err)
{
    const sy_aliases *aliases = NULL;
    sy_status st = leaf->by_name ? sy_tools_aliases(p->tools, &aliases, err) : SY_OK;
    sy_term_key_value(&p->key, id, (sy_slice){"", 0});
    if (st == SY_OK)
        st = sy_buf_status(&p->key, err);
    if (st != SY_OK)
        return st;
    sy_term_walk walk;
    st = sy_term_walk_open(p->segment, (sy_slice){p->key.data, p->key.len}, &walk, err);
    while (st == SY_OK) {
        sy_slice key, value;
        sy_postings_ref ref;
        char space;
        sy_field_id field;
        bool more;
        st = sy_term_walk_next(&walk, &more, &key, &ref, err);
        if (st != SY_OK || !more)
            break;
        if (sy_term_key_parse(key, &space, &field, &value) && accepts(leaf, aliases, value))
            st = add_ref(p, &ref, err);
    }
    sy_term_walk_close(&walk);
    return st;
}

/* The records with a value that the leaf means: of the name fields it looks at, by the name
 * rule; of all it looks at, by pinyin. */
static sy_status values(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_status st = SY_OK;
    out->exact = true;
    size_t n_fields = p->tools->index->schema.n_fields;
    for (size_t i = 0; i < n_fields && st == SY_OK; i++) {
        sy_field_id id = (sy_field_id)i;
        bool wanted = leaf->rule == SY_RULE_PINYIN || sy_tools_is_names(p->tools, id);
        if (!wanted || !sy_leaf_looks_at(leaf, id))
            continue;
        st = add_values(p, leaf, id, err);
        size_t n = p->n_refs;
        if (st == SY_OK) {
            sy_term_key_overlong(&p->key, id);
            st = add_term(p, err);
        }
        out->exact &= p->n_refs == n;
    }
    return st == SY_OK ? take_refs(p, &out->cursor, err) : st;
}

/* ---- reserved fields ---- */

/* The documents whose path matches. */
static sy_status source(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_doc_range *ranges = NULL;
    size_t n = 0, cap = 0, n_docs = sy_segment_n_docs(p->segment);
    sy_text text = {.cut = false};
    sy_status st = SY_OK;
    for (size_t i = 0; i < n_docs && st == SY_OK; i++) {
        sy_segment_doc doc;
        bool yes = false;
        sy_segment_doc_at(p->segment, i, &doc);
        sy_buf_reset(&text.buf);
        st = sy_normalize(p->tools->index->info.norm_flags, doc.source.data, doc.source.len,
                          &text.buf, NULL, err);
        if (st == SY_OK)
            st = sy_buf_status(&text.buf, err);
        text.normal = (sy_slice){sy_buf_cstr(&text.buf), text.buf.len};
        if (st == SY_OK && doc.n_records > 0)
            st = sy_match_text(leaf, p->tools, SY_FIELD_SOURCE, &text, &yes, NULL, err);
        if (!yes)
            continue;
        if (!sy_grow((void **)&ranges, n, &cap, sizeof *ranges))
            st = sy_fail_nomem(err);
        else
            ranges[n++] = (sy_doc_range){doc.first, doc.first + doc.n_records};
    }
    out->exact = true;
    if (st == SY_OK)
        st = made(sy_cursor_ranges(p->env, ranges, n), &out->cursor, err);
    sy_text_release(&text);
    sy_free(ranges);
    return st;
}

/* ---- leaves and operators ---- */

static sy_status text_part(sy_plan *p, const sy_leaf *leaf, part *out, sy_error *err)
{
    sy_status st;
    switch (leaf->rule) {
    case SY_RULE_ALL:
        out->exact = true;
        return made(sy_cursor_all(p->env), &out->cursor, err);
    case SY_RULE_EXISTS:
        return exists(p, leaf, out, err);
    case SY_RULE_PART:
        return contain_text(p, leaf, out, err);
    case SY_RULE_SPREAD:
        return contain_words(p, leaf, out, err);
    case SY_RULE_WHOLE:
        return leaf->one_token ? one_token(p, leaf, out, err) : contain_text(p, leaf, out, err);
    case SY_RULE_BEGIN:
        return begin(p, leaf, out, err);
    case SY_RULE_EQUAL:
        return equal(p, leaf, out, err);
    case SY_RULE_PATTERN:
        return leaf->pattern.edits > 0 ? contain_one(p, leaf, out, err)
                                       : contain_words(p, leaf, out, err);
    case SY_RULE_NEAR:
        return contain_words(p, leaf, out, err);
    case SY_RULE_RANGE:
        st = exists(p, leaf, out, err);
        out->exact = false;
        return st;
    case SY_RULE_REGEX:
        return leaf->literal ? contain_text(p, leaf, out, err) : need_parts(p, leaf, out, err);
    case SY_RULE_NOTHING:
    case SY_RULE_NAME:
    case SY_RULE_LINE:
    case SY_RULE_PINYIN:
        break;
    }
    out->exact = true;
    return take_refs(p, &out->cursor, err); /* of no lists */
}

static sy_status plan_leaf(sy_plan *p, const sy_leaf *leaf, sy_cursor **out, sy_error *err)
{
    part parts[2] = {0};
    size_t n = 1;
    sy_status st;
    p->n_refs = 0;
    if (leaf->rule == SY_RULE_NOTHING) {
        st = text_part(p, leaf, &parts[0], err);
    } else if (leaf->field == SY_FIELD_SOURCE) {
        st = source(p, leaf, &parts[0], err);
    } else if (leaf->field == SY_FIELD_KEY || leaf->field == SY_FIELD_LINE) {
        st = made(sy_cursor_all(p->env), &parts[0].cursor, err); /* no list has them */
    } else if (leaf->rule == SY_RULE_NAME || leaf->rule == SY_RULE_PINYIN) {
        st = values(p, leaf, &parts[0], err);
    } else {
        st = text_part(p, leaf, &parts[0], err);
        if (st == SY_OK && leaf->by_name)
            st = values(p, leaf, &parts[n++], err);
    }
    if (st != SY_OK)
        return st;
    bool exact = parts[0].exact && (n == 1 || parts[1].exact);
    sy_cursor *both[] = {parts[0].cursor, parts[1].cursor};
    sy_cursor *candidates = sy_cursor_or(p->env, both, n);
    if (candidates && !exact)
        candidates = sy_cursor_check(p->env, candidates, leaf);
    return made(candidates, out, err);
}

static sy_status plan_children(sy_plan *p, const sy_node *node, sy_cursor **out, sy_error *err)
{
    size_t n = node->n_children;
    if (n == 0)
        return made(sy_cursor_all(p->env), out, err);
    sy_cursor **children = sy_alloc(n, sizeof *children);
    if (!children)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    for (size_t i = 0; i < n && st == SY_OK; i++)
        st = sy_plan_node(p, node->children[i], &children[i], err);
    if (st == SY_OK)
        st = made(node->kind == SY_NODE_AND ? sy_cursor_and(p->env, children, n)
                                            : sy_cursor_or(p->env, children, n),
                  out, err);
    sy_free(children);
    return st;
}

sy_status sy_plan_node(sy_plan *p, const sy_node *node, sy_cursor **out, sy_error *err)
{
    *out = NULL;
    sy_status st;
    switch (node->kind) {
    case SY_NODE_AND:
    case SY_NODE_OR:
        return plan_children(p, node, out, err);
    case SY_NODE_NOT: {
        sy_cursor *child;
        st = sy_plan_node(p, node->children[0], &child, err);
        return st == SY_OK ? made(sy_cursor_not(p->env, child), out, err) : st;
    }
    default:
        return plan_leaf(p, &p->leaves[node->leaf], out, err);
    }
}

void sy_plan_release(sy_plan *p)
{
    sy_buf_release(&p->key);
    sy_buf_release(&p->bits);
    sy_free(p->refs);
    *p = (sy_plan){0};
}
