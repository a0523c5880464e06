#include "query/leaf.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "segmenter/whole_value.h"

/* ICU cuts scripts below this code point by local rules; Thai, the first above it,
 * and others up to Han and kana by a dictionary, whose cuts inside a run may
 * depend on what stands around it. */
enum { FIRST_DICTIONARY_SCRIPT = 0x0E00 };

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

sy_status sy_leaf_prepare(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                          sy_leaf *out, sy_error *err)
{
    *out = (sy_leaf){.field = node->field};
    switch (node->kind) {
    case SY_NODE_ALL:
        out->rule = SY_RULE_ALL;
        return SY_OK;
    case SY_NODE_EXISTS:
        out->rule = SY_RULE_EXISTS;
        return SY_OK;
    default:
        return prepare_text(tools, memory, node, out, err);
    }
}

bool sy_leaf_looks_at(const sy_leaf *leaf, sy_field_id field)
{
    return leaf->field == field || (leaf->field == SY_FIELD_ANY && field < SY_FIELDS_MAX);
}
