#include "query/match.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "query/quantity.h"
#include "segmenter/normal.h"
#include "segmenter/whole_value.h"

typedef struct matcher {
    const sy_leaf *leaf;
    sy_tools *tools;
    sy_text *text;
    sy_spans *spans; /* NULL: only whether it matches */
    sy_error *err;
} matcher;

void sy_spans_release(sy_spans *s)
{
    sy_free(s->items);
    *s = (sy_spans){0};
}

static sy_status add_span(const matcher *m, const char *at, size_t len)
{
    sy_spans *s = m->spans;
    if (!s)
        return SY_OK;
    if (!sy_grow((void **)&s->items, s->n, &s->cap, sizeof *s->items))
        return sy_fail_nomem(m->err);
    uint32_t start = (uint32_t)(at - m->text->normal.data);
    s->items[s->n++] = (sy_span){start, start + (uint32_t)len};
    return SY_OK;
}

/* The needle anywhere in `where`, a part of the text. */
static sy_status find_part(const matcher *m, const sy_needle *needle, sy_slice where, bool *yes)
{
    sy_finder f;
    sy_finder_init(&f, needle, where);
    sy_status st = SY_OK;
    *yes = false;
    for (const char *at; st == SY_OK && (at = sy_finder_next(&f)) != NULL;) {
        *yes = true;
        if (!m->spans)
            break;
        st = add_span(m, at, needle->text.len);
    }
    return st;
}

static bool is_boundary(const sy_text *text, size_t place)
{
    return sy_tokens_break_at(text->tokens, text->n_tokens, place);
}

/* The needle where it begins at a word and, unless `begins`, ends at one. */
static sy_status find_words(const matcher *m, const sy_needle *needle, bool begins, bool *yes)
{
    sy_slice where = m->text->normal;
    sy_finder f;
    sy_finder_init(&f, needle, where);
    sy_status st = SY_OK;
    *yes = false;
    for (const char *at; st == SY_OK && (at = sy_finder_next(&f)) != NULL;) {
        size_t start = (size_t)(at - where.data);
        bool at_start, at_end;
        st = sy_text_near(m->text, m->tools, start, start + needle->text.len, &at_start, &at_end,
                          m->err);
        if (st != SY_OK || !at_start || (!begins && !at_end))
            continue;
        *yes = true;
        if (!m->spans)
            break;
        st = add_span(m, at, needle->text.len);
    }
    return st;
}

/* Rule 2: the whole, else every word. */
static sy_status find_spread(const matcher *m, bool *yes)
{
    const sy_leaf *leaf = m->leaf;
    sy_status st = find_part(m, &leaf->text, m->text->normal, yes);
    if (st != SY_OK || *yes || leaf->n_words == 0)
        return st;
    *yes = true;
    for (size_t i = 0; i < leaf->n_words && *yes && st == SY_OK; i++) {
        const sy_leaf_word *word = &leaf->words[i];
        st = word->whole ? find_words(m, &word->needle, false, yes)
                         : find_part(m, &word->needle, m->text->normal, yes);
    }
    if (!*yes && m->spans)
        m->spans->n = 0;
    return st;
}

static sy_status match_name(const matcher *m, bool *yes)
{
    const sy_needle *term = &m->leaf->name;
    sy_slice name = sy_whole_value(m->text->normal);
    const sy_aliases *aliases;
    *yes = false;
    sy_status st = sy_tools_aliases(m->tools, &aliases, m->err);
    if (st != SY_OK)
        return st;
    sy_name_match how = sy_name_matches(aliases, term->text, name);
    *yes = how != SY_NAME_NO;
    if (!*yes || !m->spans)
        return SY_OK;
    if (how == SY_NAME_PART)
        return find_part(m, term, name, yes);
    m->spans->via_group = how == SY_NAME_GROUP;
    return add_span(m, name.data, name.len);
}

static sy_status match_equal(const matcher *m, bool *yes)
{
    sy_slice whole = sy_whole_value(m->text->normal);
    *yes = sy_slice_equal(whole, m->leaf->text.text);
    return *yes ? add_span(m, whole.data, whole.len) : SY_OK;
}

/* Wildcards and edits: the shortest match behind each character. */
static sy_status find_pattern(const matcher *m, bool *yes)
{
    const sy_pattern *p = &m->leaf->pattern;
    sy_slice text = m->text->normal;
    bool words = p->word_start || p->word_end;
    sy_status st = words ? sy_text_cut(m->text, m->tools, m->err) : SY_OK;
    sy_pattern_pass pass;
    sy_pattern_begin(&pass, p);
    *yes = false;
    for (size_t i = 0; i < text.len && st == SY_OK;) {
        uint32_t cp, start;
        sy_pattern_place(&pass, (uint32_t)i, !p->word_start || is_boundary(m->text, i));
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        sy_pattern_read(&pass, cp);
        sy_pattern_place(&pass, (uint32_t)i, false); /* leaves out the rest of the pattern */
        if (!sy_pattern_ends(&pass, &start) || (p->word_end && !is_boundary(m->text, i)))
            continue;
        *yes = true;
        if (!m->spans)
            break;
        st = add_span(m, text.data + start, i - start);
    }
    return st;
}

/* All words inside a window: from each place of a word as its start, the next
 * places of the others end first. */
static sy_status find_near(const matcher *m, bool *yes)
{
    const sy_leaf *leaf = m->leaf;
    sy_finder finders[SY_NEAR_WORDS_MAX];
    const char *at[SY_NEAR_WORDS_MAX];
    sy_status st = SY_OK;
    bool more = true;
    *yes = false;
    for (size_t i = 0; i < leaf->n_words && more; i++) {
        sy_finder_init(&finders[i], &leaf->words[i].needle, m->text->normal);
        at[i] = sy_finder_next(&finders[i]);
        more = at[i] != NULL;
    }
    while (more && st == SY_OK) {
        const char *start = at[0], *end = at[0];
        for (size_t i = 0; i < leaf->n_words; i++) {
            const char *own_end = at[i] + leaf->words[i].needle.text.len;
            start = at[i] < start ? at[i] : start;
            end = own_end > end ? own_end : end;
        }
        size_t len = (size_t)(end - start);
        if (len <= leaf->window * 4 && sy_utf8_count(start, len) <= leaf->window &&
            !memchr(start, SY_BARRIER, len)) {
            *yes = true;
            if (!m->spans)
                break;
            st = add_span(m, start, len);
        }
        for (size_t i = 0; i < leaf->n_words && more; i++)
            if (at[i] == start) {
                at[i] = sy_finder_next(&finders[i]);
                more = at[i] != NULL;
            }
    }
    return st;
}

static sy_status search_regex(const matcher *m, bool *yes)
{
    sy_regex *re = m->leaf->regex;
    sy_slice text = m->text->normal;
    sy_regex_set_limit(re, m->tools->regex_most_ns - (m->spans ? 0 : m->tools->regex_ns));
    sy_status st = sy_regex_start(re, text, m->err);
    while (st == SY_OK) {
        bool found;
        size_t start, end;
        st = sy_regex_next(re, &found, &start, &end, m->err);
        if (st != SY_OK || !found)
            break;
        *yes = true;
        if (!m->spans)
            break;
        st = add_span(m, text.data + start, end - start);
    }
    return st;
}

/* Searching has a limit of time for the whole query; showing, record by record, has the same for
 * each text. */
static sy_status find_regex(const matcher *m, bool *yes)
{
    sy_tools *tools = m->tools;
    sy_scanned known = SY_SCANNED_NOT;
    if (m->spans)
        return search_regex(m, yes);
    if (m->leaf->literal)
        return find_part(m, &m->leaf->text, m->text->normal, yes);
    if (m->leaf->scan)
        known = sy_regex_scan_text(m->leaf->scan, m->text->normal);
    *yes = known == SY_SCANNED_YES;
    if (known != SY_SCANNED_NOT)
        return SY_OK;
    int64_t start = sy_clock_ns();
    sy_status st = search_regex(m, yes);
    tools->regex_ns += sy_clock_ns() - start;
    if ((st != SY_OK && st != SY_E_LIMIT) || tools->regex_ns <= tools->regex_most_ns)
        return st;
    if (m->err)
        sy_error_clear(m->err); /* ICU's reason is that it was stopped */
    return sy_fail(m->err, SY_E_LIMIT, NULL,
                   "regular expressions took more than the %lld s of a query; make them "
                   "simpler, add a term that few records match, or raise --regex-time",
                   (long long)(tools->regex_most_ns / 1000000000));
}

static sy_status find_pinyin(const matcher *m, bool *yes)
{
    sy_slice text = sy_whole_value(m->text->normal);
    sy_pinyin_walk walk;
    size_t start, end;
    sy_status st = SY_OK;
    *yes = false;
    sy_pinyin_begin(&walk, m->leaf->pinyin, text);
    while (st == SY_OK && sy_pinyin_next(&walk, &start, &end)) {
        *yes = true;
        if (!m->spans)
            break;
        st = add_span(m, text.data + start, end - start);
    }
    return st;
}

static sy_status match_range(const matcher *m, bool *yes)
{
    sy_slice whole = sy_whole_value(m->text->normal);
    double value;
    *yes = sy_quantity(whole, m->leaf->dates, false, &value) && value >= m->leaf->low &&
           value <= m->leaf->high;
    return *yes ? add_span(m, whole.data, whole.len) : SY_OK;
}

sy_status sy_match_text(const sy_leaf *leaf, sy_tools *tools, sy_field_id field, sy_text *text,
                        bool *yes, sy_spans *spans, sy_error *err)
{
    matcher m = {.leaf = leaf, .tools = tools, .text = text, .spans = spans, .err = err};
    if (spans) {
        spans->n = 0;
        spans->via_group = false;
    }
    *yes = false;
    if (leaf->by_name && sy_tools_is_names(tools, field))
        return match_name(&m, yes);
    switch (leaf->rule) {
    case SY_RULE_ALL:
        *yes = true;
        return SY_OK;
    case SY_RULE_EXISTS:
        *yes = sy_whole_value(text->normal).len > 0;
        return SY_OK;
    case SY_RULE_PART:
        return find_part(&m, &leaf->text, text->normal, yes);
    case SY_RULE_SPREAD:
        return find_spread(&m, yes);
    case SY_RULE_WHOLE:
        return find_words(&m, &leaf->text, false, yes);
    case SY_RULE_BEGIN:
        return find_words(&m, &leaf->text, true, yes);
    case SY_RULE_EQUAL:
        return match_equal(&m, yes);
    case SY_RULE_PATTERN:
        return find_pattern(&m, yes);
    case SY_RULE_NEAR:
        return find_near(&m, yes);
    case SY_RULE_RANGE:
        return match_range(&m, yes);
    case SY_RULE_REGEX:
        return find_regex(&m, yes);
    case SY_RULE_PINYIN:
        return find_pinyin(&m, yes);
    case SY_RULE_NOTHING:
    case SY_RULE_NAME:
    case SY_RULE_LINE:
        break;
    }
    return SY_OK;
}

/* A record whose document has no lines has line 0, which is none. */
static bool match_line(const sy_leaf *leaf, uint32_t line)
{
    if (leaf->rule == SY_RULE_EXISTS || leaf->rule == SY_RULE_NOTHING || line == 0)
        return leaf->rule == SY_RULE_EXISTS && line > 0;
    if (leaf->rule == SY_RULE_RANGE)
        return line >= leaf->low && line <= leaf->high;
    char digits[16];
    int len = snprintf(digits, sizeof digits, "%u", line);
    sy_slice text = leaf->text.text;
    return (leaf->begins ? text.len <= (size_t)len : text.len == (size_t)len) &&
           memcmp(digits, text.data, text.len) == 0;
}

/* A regular expression on the values as they are stored, where that will do. *first is the first
 * text that it will not do for: none before it matches. */
static sy_status scan_stored(const sy_leaf *leaf, const sy_record_text *record, bool *yes,
                             size_t *first, sy_error *err)
{
    const sy_stored *stored = &record->stored;
    sy_scanned known = SY_SCANNED_NO;
    sy_status st = SY_OK;
    for (*first = 0; *first < stored->n_values && known == SY_SCANNED_NO && st == SY_OK;) {
        const sy_stored_value *value = &stored->values[*first];
        if (!value->simple || !sy_segment_has_phrases(record->segment))
            return SY_OK;
        if (sy_leaf_looks_at(leaf, value->field))
            st = sy_regex_scan_value(leaf->scan, record->segment, value, &known, err);
        *yes = known == SY_SCANNED_YES;
        *first += known == SY_SCANNED_NO;
    }
    return st;
}

sy_status sy_match_record(const sy_leaf *leaf, sy_record_text *record, bool *yes, sy_error *err)
{
    *yes = leaf->rule == SY_RULE_ALL;
    if (leaf->field == SY_FIELD_LINE) {
        *yes = match_line(leaf, record->stored.line);
        return SY_OK;
    }
    sy_status st = SY_OK;
    size_t n = sy_record_text_count(record), i = 0;
    bool rare = leaf->needed.text.len > 0;
    if (leaf->scan && !rare)
        st = scan_stored(leaf, record, yes, &i, err);
    for (; i < n && !*yes && st == SY_OK; i++) {
        sy_field_id field = sy_record_text_value(record, i).field;
        sy_text *text;
        if (!sy_leaf_looks_at(leaf, field))
            continue;
        if ((leaf->rule == SY_RULE_PART && !leaf->by_name) || leaf->literal) {
            st = sy_record_text_has(record, i, &leaf->text, yes, err);
            continue;
        }
        bool has = true;
        if (rare) /* most texts that lists name have not what a regular expression needs */
            st = sy_record_text_has(record, i, &leaf->needed, &has, err);
        if (st == SY_OK && has)
            st = sy_record_text_normal(record, i, &text, err);
        if (st == SY_OK && has)
            st = sy_match_text(leaf, record->tools, field, text, yes, NULL, err);
    }
    return st;
}
