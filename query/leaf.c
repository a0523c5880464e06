#include "query/leaf.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "query/quantity.h"
#include "segmenter/normal.h"
#include "segmenter/whole_value.h"

/* ICU cuts scripts below this code point by local rules; Thai, the first above it,
 * and others up to Han and kana by a dictionary, whose cuts inside a run may
 * depend on what stands around it. */
enum { FIRST_DICTIONARY_SCRIPT = 0x0E00 };

/* Leaves of a query that may have a regular expression as an automaton, which takes up to some
 * megabytes. */
enum { SCANS_MOST = 16 };

typedef struct traits {
    size_t n_chars, n_han;
    bool has_word; /* a letter, digit or Han character */
    bool has_barrier;
    bool by_rules; /* no character that ICU cuts by a dictionary */
} traits;

static traits look_at(sy_slice normal)
{
    traits t = {.by_rules = true, .n_han = sy_count_han(normal.data, normal.len)};
    for (size_t i = 0; i < normal.len; t.n_chars++) {
        uint32_t cp;
        i += sy_utf8_decode(normal.data + i, normal.len - i, &cp);
        t.has_word |= sy_cp_is_letter(cp) || sy_cp_is_digit(cp) || sy_cp_is_han(cp);
        t.has_barrier |= cp == SY_BARRIER;
        t.by_rules &= cp < FIRST_DICTIONARY_SCRIPT;
    }
    return t;
}

/* The normal form of the leaf's text, in `memory`. */
static sy_status normalize(const sy_tools *tools, sy_query_memory *memory, sy_slice text,
                           sy_slice *out, sy_error *err)
{
    sy_buf buf = SY_BUF_INIT;
    sy_status st =
        sy_normalize(tools->index->info.norm_flags, text.data, text.len, &buf, NULL, err);
    if (st == SY_OK)
        st = sy_buf_status(&buf, err);
    if (st == SY_OK) {
        char *copy = sy_query_memory_take(memory, buf.len, 1);
        if (!copy)
            st = sy_fail_nomem(err);
        else if (buf.len > 0)
            memcpy(copy, buf.data, buf.len);
        *out = (sy_slice){copy, buf.len};
    }
    sy_buf_release(&buf);
    return st;
}

static sy_slice trim_spaces(sy_slice s)
{
    while (s.len > 0 && s.data[s.len - 1] == ' ')
        s.len--;
    while (s.len > 0 && s.data[0] == ' ') {
        s.data++;
        s.len--;
    }
    return s;
}

static bool is_one_han(sy_slice text, const sy_token *t)
{
    return t->kind == SY_TOKEN_HAN && sy_utf8_count(text.data + t->start, t->end - t->start) == 1;
}

/* The words of a term for rule 2: Han words, in which single characters that
 * stand side by side are one, Latin words and numbers; no marks. */
static sy_status take_words(sy_query_memory *memory, const sy_token *tokens, size_t n_tokens,
                            sy_leaf *leaf, sy_error *err)
{
    sy_slice text = leaf->text.text;
    sy_leaf_word *words = sy_query_memory_take(memory, n_tokens, sizeof *words);
    if (!words)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    size_t n = 0;
    for (size_t i = 0; i < n_tokens && st == SY_OK; i++) {
        if (tokens[i].kind == SY_TOKEN_MARK)
            continue;
        size_t last = i;
        if (is_one_han(text, &tokens[i]))
            while (last + 1 < n_tokens && tokens[last + 1].start == tokens[last].end &&
                   is_one_han(text, &tokens[last + 1]))
                last++;
        sy_slice word = {text.data + tokens[i].start, tokens[last].end - tokens[i].start};
        words[n].whole = tokens[i].kind != SY_TOKEN_HAN;
        st = sy_needle_init(&words[n++].needle, word, err);
        i = last;
    }
    /* One word that is the text adds nothing to looking for the text. */
    if (n != 1 || words[0].needle.text.len != text.len) {
        leaf->words = words;
        leaf->n_words = n;
    }
    return st;
}

static sy_status prepare_spread(sy_tools *tools, sy_query_memory *memory, const traits *t,
                                sy_leaf *leaf, sy_error *err)
{
    leaf->rule = SY_RULE_SPREAD;
    sy_status st = SY_OK;
    /* Two Han characters are one word or two single ones, which count as one. */
    if (t->n_chars > 2) {
        const sy_token *tokens;
        size_t n_tokens;
        st = sy_tools_cut(tools, leaf->text.text, &tokens, &n_tokens, err);
        if (st == SY_OK)
            st = take_words(memory, tokens, n_tokens, leaf, err);
    }
    if (t->has_barrier)
        leaf->text.text.len = 0;
    return st;
}

static sy_status prepare_whole(sy_tools *tools, const traits *t, sy_leaf *leaf, sy_error *err)
{
    leaf->rule = SY_RULE_WHOLE;
    /* A single Han character is a token wherever it stands as a whole word. */
    leaf->one_token = t->n_chars == 1 && t->n_han == 1;
    if (leaf->one_token)
        return SY_OK;
    const sy_token *tokens;
    size_t n_tokens;
    sy_status st = sy_tools_cut(tools, leaf->text.text, &tokens, &n_tokens, err);
    if (st == SY_OK)
        leaf->one_token = n_tokens == 1 && tokens[0].start == 0 &&
                          tokens[0].end == leaf->text.text.len && tokens[0].kind != SY_TOKEN_MARK &&
                          (t->n_chars == 1 || t->by_rules);
    return st;
}

/* A bare term, with or without a star. */
static sy_status prepare_bare(sy_tools *tools, sy_query_memory *memory, bool begins, sy_leaf *leaf,
                              sy_error *err)
{
    traits t = look_at(leaf->text.text);
    leaf->n_chars = t.n_chars;
    if (!t.has_word) {
        leaf->rule = t.has_barrier ? SY_RULE_NOTHING : SY_RULE_PART;
        return SY_OK;
    }
    leaf->by_name = true;
    sy_slice name = trim_spaces(leaf->text.text);
    if (t.has_barrier)
        name.len = 0;
    sy_status st = sy_needle_init(&leaf->name, name, err);
    if (st != SY_OK)
        return st;
    if (sy_tools_is_names(tools, leaf->field)) {
        leaf->rule = SY_RULE_NAME;
        return SY_OK;
    }
    if (t.n_han >= 2)
        return prepare_spread(tools, memory, &t, leaf, err);
    if (t.has_barrier) {
        leaf->rule = SY_RULE_NOTHING;
        return SY_OK;
    }
    if (begins) {
        leaf->rule = SY_RULE_BEGIN;
        return SY_OK;
    }
    return prepare_whole(tools, &t, leaf, err);
}

/* The number of a line: digits, without zeros before it. */
static void prepare_line(bool begins, sy_leaf *leaf)
{
    sy_slice text = sy_whole_value(leaf->text.text);
    bool digits = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        digits &= text.data[i] >= '0' && text.data[i] <= '9';
    while (text.len > 1 && text.data[0] == '0') {
        text.data++;
        text.len--;
    }
    leaf->text.text = text;
    leaf->begins = begins;
    leaf->rule = digits ? SY_RULE_LINE : SY_RULE_NOTHING;
}

/* ---- wildcards, edits, proximity, ranges ---- */

static sy_status add_word(sy_leaf *leaf, sy_slice text, sy_error *err)
{
    leaf->words[leaf->n_words].whole = false;
    return sy_needle_init(&leaf->words[leaf->n_words++].needle, text, err);
}

static sy_status add_atoms(sy_leaf *leaf, sy_slice text, sy_error *err)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (leaf->pattern.n == SY_PATTERN_MAX)
            return sy_fail(err, SY_E_LIMIT, NULL,
                           "a term with wildcards or edits has more than %d characters",
                           SY_PATTERN_MAX);
        leaf->pattern.atoms[leaf->pattern.n++] = cp;
    }
    return SY_OK;
}

/* A text between wildcards, its escapes undone in `scratch`. */
static sy_status add_piece(sy_tools *tools, sy_query_memory *memory, sy_buf *scratch, sy_leaf *leaf,
                           size_t *n_han, sy_error *err)
{
    sy_slice text;
    sy_status st = sy_buf_status(scratch, err);
    if (st == SY_OK)
        st = normalize(tools, memory, (sy_slice){sy_buf_cstr(scratch), scratch->len}, &text, err);
    sy_buf_reset(scratch);
    if (st != SY_OK || text.len == 0)
        return st;
    traits t = look_at(text);
    *n_han += t.n_han;
    if (t.has_barrier)
        leaf->rule = SY_RULE_NOTHING;
    st = add_atoms(leaf, text, err);
    return st == SY_OK ? add_word(leaf, text, err) : st;
}

static sy_status add_wildcard(sy_leaf *leaf, bool run, sy_error *err)
{
    sy_pattern *p = &leaf->pattern;
    if (run && p->n > 0 && p->atoms[p->n - 1] == SY_ATOM_RUN)
        return SY_OK;
    if (p->n == SY_PATTERN_MAX)
        return add_atoms(leaf, (sy_slice){"*", 1}, err); /* says that it is too long */
    p->atoms[p->n++] = run ? SY_ATOM_RUN : SY_ATOM_ONE;
    return SY_OK;
}

static bool is_sign(uint32_t cp, bool *run)
{
    *run = cp == '*' || cp == 0xFF0A;
    return *run || cp == '?';
}

static sy_status prepare_wild(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                              sy_leaf *leaf, sy_error *err)
{
    sy_slice text = node->text;
    sy_buf piece = SY_BUF_INIT;
    size_t n_han = 0;
    bool run = false;
    leaf->rule = SY_RULE_PATTERN;
    leaf->words = sy_query_memory_take(memory, SY_PATTERN_MAX + 1, sizeof *leaf->words);
    sy_status st = leaf->words ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < text.len && st == SY_OK;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool sign = is_sign(cp, &run);
        if (cp == '\\') {
            i += n;
            n = sy_utf8_decode(text.data + i, text.len - i, &cp);
        }
        if (sign) {
            st = add_piece(tools, memory, &piece, leaf, &n_han, err);
            if (st == SY_OK)
                st = add_wildcard(leaf, run, err);
        } else {
            sy_buf_append(&piece, text.data + i, n);
        }
        i += n;
    }
    if (st == SY_OK)
        st = add_piece(tools, memory, &piece, leaf, &n_han, err);
    sy_buf_release(&piece);
    sy_pattern *p = &leaf->pattern;
    bool first = p->n > 0 && p->atoms[0] == SY_ATOM_RUN;
    if (first)
        memmove(p->atoms, p->atoms + 1, --p->n * sizeof *p->atoms);
    bool last = p->n > 0 && p->atoms[p->n - 1] == SY_ATOM_RUN;
    p->n -= last;
    bool words = n_han < 2 && leaf->field != SY_FIELD_KEY && leaf->field != SY_FIELD_SOURCE;
    p->word_start = words && !first;
    p->word_end = words && !last;
    if (leaf->n_words == 0)
        leaf->rule = SY_RULE_NOTHING;
    return st;
}

/* With k edits one of k + 1 pieces is left whole (the pigeonhole principle). */
static sy_status prepare_fuzzy(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                               sy_leaf *leaf, sy_error *err)
{
    sy_slice text;
    sy_status st = normalize(tools, memory, node->text, &text, err);
    if (st == SY_OK)
        st = add_atoms(leaf, text, err);
    if (st != SY_OK)
        return st;
    traits t = look_at(text);
    leaf->rule = t.has_barrier || t.n_chars <= node->number ? SY_RULE_NOTHING : SY_RULE_PATTERN;
    leaf->pattern.edits = node->number;
    leaf->pattern.word_start = leaf->pattern.word_end =
        t.n_han == 0 && leaf->field != SY_FIELD_KEY && leaf->field != SY_FIELD_SOURCE;
    size_t n_pieces = node->number + 1;
    leaf->words = sy_query_memory_take(memory, n_pieces, sizeof *leaf->words);
    if (!leaf->words)
        return sy_fail_nomem(err);
    size_t at = 0, done = 0;
    for (size_t k = 1; k <= n_pieces && st == SY_OK && leaf->rule == SY_RULE_PATTERN; k++) {
        size_t from = at;
        for (; done < t.n_chars * k / n_pieces; done++) {
            uint32_t cp;
            at += sy_utf8_decode(text.data + at, text.len - at, &cp);
        }
        st = add_word(leaf, (sy_slice){text.data + from, at - from}, err);
    }
    return st;
}

static sy_status prepare_near(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                              sy_leaf *leaf, sy_error *err)
{
    sy_slice text = node->text;
    leaf->rule = SY_RULE_NEAR;
    leaf->window = node->number;
    leaf->words = sy_query_memory_take(memory, SY_NEAR_WORDS_MAX, sizeof *leaf->words);
    sy_status st = leaf->words ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < text.len && st == SY_OK;) {
        size_t from = i, n = 0;
        uint32_t cp = 0;
        while (i < text.len) {
            n = sy_utf8_decode(text.data + i, text.len - i, &cp);
            if (sy_query_is_space(cp))
                break;
            i += n;
        }
        sy_slice word;
        st = normalize(tools, memory, (sy_slice){text.data + from, i - from}, &word, err);
        i += i < text.len ? n : 0;
        if (st != SY_OK || word.len == 0)
            continue;
        if (leaf->n_words == SY_NEAR_WORDS_MAX)
            return sy_fail(err, SY_E_LIMIT, NULL, "quoted text with ~ has more than %d words",
                           SY_NEAR_WORDS_MAX);
        leaf->window += sy_utf8_count(word.data, word.len);
        st = add_word(leaf, word, err);
    }
    if (st == SY_OK && leaf->n_words == 0)
        leaf->rule = SY_RULE_NOTHING;
    return st;
}

static sy_status prepare_range(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                               sy_leaf *leaf, sy_error *err)
{
    const sy_schema *schema = &tools->index->schema;
    sy_slice low = {node->text.data, node->number}, high = node->text;
    high.data += node->number + 2;
    high.len -= node->number + 2;
    leaf->dates =
        leaf->field < schema->n_fields && schema->fields[leaf->field].kind == SY_FIELD_DATE;
    sy_status st = normalize(tools, memory, low, &low, err);
    if (st == SY_OK)
        st = normalize(tools, memory, high, &high, err);
    bool good = st == SY_OK && sy_quantity(low, leaf->dates, false, &leaf->low) &&
                sy_quantity(high, leaf->dates, true, &leaf->high);
    leaf->rule = good ? SY_RULE_RANGE : SY_RULE_NOTHING;
    return st;
}

/* Whether an expression stands for itself alone: a text to be found by its lists. */
static bool is_literal(sy_slice text)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool plain = (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || sy_cp_is_han(cp);
        if (!plain)
            return false;
    }
    return text.len > 0;
}

static sy_status prepare_regex(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                               sy_leaf *leaf, sy_error *err)
{
    sy_buf folded = SY_BUF_INIT;
    leaf->rule = SY_RULE_REGEX;
    sy_status st = sy_regex_fold(tools->index->info.norm_flags, node->text, &folded, err);
    char *copy = st == SY_OK ? sy_query_memory_take(memory, folded.len, 1) : NULL;
    sy_slice text = {copy, folded.len};
    if (copy)
        memcpy(copy, sy_buf_cstr(&folded), folded.len);
    else if (st == SY_OK)
        st = sy_fail_nomem(err);
    sy_buf_release(&folded);
    if (st == SY_OK)
        st = sy_regex_parts(text, memory, &leaf->parts, err);
    sy_slice needed = st == SY_OK ? sy_parts_longest(leaf->parts) : (sy_slice){"", 0};
    if (sy_utf8_count(needed.data, needed.len) >= 2)
        st = sy_needle_init(&leaf->needed, needed, err);
    leaf->literal = st == SY_OK && is_literal(text);
    if (leaf->literal) {
        leaf->n_chars = sy_utf8_count(text.data, text.len);
        st = sy_needle_init(&leaf->text, text, err);
    }
    if (st == SY_OK && !leaf->literal && node->leaf < SCANS_MOST)
        st = sy_regex_scan_open(text, &leaf->scan, err);
    if (st != SY_OK)
        return st;
    bool later = leaf->literal || (leaf->scan && sy_regex_scan_plain(leaf->scan));
    return later ? sy_regex_open_later(text, &leaf->regex, err)
                 : sy_regex_open(text, &leaf->regex, err);
}

void sy_leaf_release(sy_leaf *leaf)
{
    sy_regex_close(leaf->regex);
    sy_regex_scan_close(leaf->scan);
    leaf->regex = NULL;
    leaf->scan = NULL;
}

/* -w: where words begin and end, in names too. */
static sy_status prepare_whole_words(sy_tools *tools, sy_leaf *leaf, sy_error *err)
{
    traits t = look_at(leaf->text.text);
    leaf->n_chars = t.n_chars;
    leaf->rule = SY_RULE_NOTHING;
    if (leaf->text.text.len == 0 || t.has_barrier)
        return SY_OK;
    sy_status st = prepare_whole(tools, &t, leaf, err);
    /* Words of several Han characters have no lists. */
    leaf->one_token &= !sy_is_han_word(leaf->text.text.data, leaf->text.text.len);
    return st;
}

static sy_status prepare_text(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                              sy_leaf *leaf, sy_error *err)
{
    sy_slice text;
    sy_status st = normalize(tools, memory, node->text, &text, err);
    if (st == SY_OK && node->kind == SY_NODE_EQUAL)
        text = sy_whole_value(text);
    if (st == SY_OK)
        st = sy_needle_init(&leaf->text, text, err);
    if (st != SY_OK)
        return st;
    if (node->whole && leaf->field != SY_FIELD_LINE && leaf->field != SY_FIELD_KEY &&
        leaf->field != SY_FIELD_SOURCE)
        return prepare_whole_words(tools, leaf, err);
    bool bare = node->kind == SY_NODE_TERM || node->kind == SY_NODE_PREFIX;
    if (leaf->field == SY_FIELD_LINE) {
        prepare_line(node->kind == SY_NODE_PREFIX, leaf);
        return SY_OK;
    }
    if (bare && leaf->field != SY_FIELD_KEY && leaf->field != SY_FIELD_SOURCE)
        return prepare_bare(tools, memory, node->kind == SY_NODE_PREFIX, leaf, err);
    traits t = look_at(text);
    leaf->n_chars = t.n_chars;
    if (node->kind == SY_NODE_EQUAL)
        leaf->rule = text.len == 0 ? SY_RULE_NOTHING : SY_RULE_EQUAL;
    else
        leaf->rule = text.len == 0 || t.has_barrier ? SY_RULE_NOTHING : SY_RULE_PART;
    return SY_OK;
}

static sy_status prepare_pinyin(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                                sy_leaf *leaf, sy_error *err)
{
    sy_slice text;
    sy_status st = normalize(tools, memory, node->text, &text, err);
    sy_pinyin *pinyin = sy_query_memory_take(memory, 1, sizeof *pinyin);
    if (st != SY_OK || !pinyin)
        return st == SY_OK ? sy_fail_nomem(err) : st;
    leaf->rule = sy_pinyin_read(text, pinyin) == SY_PINYIN_GOOD ? SY_RULE_PINYIN : SY_RULE_NOTHING;
    pinyin->begins = node->kind == SY_NODE_PREFIX;
    pinyin->whole = node->kind == SY_NODE_EQUAL;
    leaf->pinyin = pinyin;
    leaf->schema = &tools->index->schema;
    return SY_OK;
}

sy_status sy_leaf_prepare(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                          sy_leaf *out, sy_error *err)
{
    *out = (sy_leaf){.field = node->field};
    if (node->field == SY_FIELD_PINYIN)
        return prepare_pinyin(tools, memory, node, out, err);
    switch (node->kind) {
    case SY_NODE_ALL:
        out->rule = SY_RULE_ALL;
        return SY_OK;
    case SY_NODE_EXISTS:
        out->rule = SY_RULE_EXISTS;
        return SY_OK;
    case SY_NODE_WILD:
        return prepare_wild(tools, memory, node, out, err);
    case SY_NODE_FUZZY:
        return prepare_fuzzy(tools, memory, node, out, err);
    case SY_NODE_NEAR:
        return prepare_near(tools, memory, node, out, err);
    case SY_NODE_RANGE:
        return prepare_range(tools, memory, node, out, err);
    case SY_NODE_REGEX:
        return prepare_regex(tools, memory, node, out, err);
    default:
        return prepare_text(tools, memory, node, out, err);
    }
}

bool sy_leaf_looks_at(const sy_leaf *leaf, sy_field_id field)
{
    if (leaf->rule == SY_RULE_PINYIN)
        return field < leaf->schema->n_fields && leaf->schema->fields[field].pinyin;
    return leaf->field == field || (leaf->field == SY_FIELD_ANY && field < SY_FIELDS_MAX);
}
