#include "query/second_look.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "store/scoring.h"

/* Measured on the judged questions of four collections (docs/benchmarks.md). */
static const double ACROSS = .8, LATIN = .3;

enum {
    FEW_WORDS = 16,       /* so many are looked for in a text before it is cut */
    MOST_TIMES = 1 << 24, /* one term is not counted further in one record */
    CP_BITS = 21
};

/* ---- scored terms ---- */

/* A letter or digit that is not Han. */
static bool is_other(uint32_t cp)
{
    return sy_cp_is_letter(cp) || sy_cp_is_digit(cp);
}

/* Whether a word ends at byte `at`; *token moves along. */
static bool ends_word(const sy_token *tokens, size_t n, size_t *token, size_t at)
{
    while (*token < n && tokens[*token].end < at)
        ++*token;
    return *token < n && tokens[*token].end == at;
}

sy_status sy_second_look_units(sy_search *s, sy_slice text, uint64_t wanted, double boost,
                               sy_units *units, sy_error *err)
{
    const sy_token *tokens;
    size_t n_tokens, token = 0, before = 0;
    bool before_han = false;
    sy_status st = sy_tools_cut(&s->tools, text, &tokens, &n_tokens, err);
    for (size_t i = 0; i < text.len && st == SY_OK;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool han = sy_cp_is_han(cp), other = !han && is_other(cp);
        sy_slice pair = {text.data + i - before, before + n};
        if (han)
            st = sy_units_put(s, (sy_slice){text.data + i, n}, SY_UNIT_CHARACTER, wanted, boost,
                              units, err);
        if (st == SY_OK && han && before > 0 && before_han) {
            bool across = ends_word(tokens, n_tokens, &token, i);
            st = sy_units_put(s, pair, SY_UNIT_PAIR, wanted, across ? boost * ACROSS : boost, units,
                              err);
        }
        if (st == SY_OK && other && before > 0 && !before_han)
            st = sy_units_put(s, pair, SY_UNIT_LATIN, wanted, boost * LATIN, units, err);
        before = han || other ? n : 0;
        before_han = han;
        i += n;
    }
    for (size_t i = 0; i < n_tokens && st == SY_OK; i++) {
        sy_slice word = {text.data + tokens[i].start, tokens[i].end - tokens[i].start};
        if (tokens[i].kind != SY_TOKEN_MARK && sy_count_han(word.data, word.len) * 3 < word.len)
            st = sy_units_put(s, word, SY_UNIT_WORD, wanted, boost, units, err);
    }
    return st;
}

/* ---- counting ---- */

/* How often a text that is scored stands in the record in hand, and in which fields. */
typedef struct count {
    uint64_t key;
    sy_slice word; /* of a word; else empty */
    uint32_t times;
    uint64_t fields;
} count;

typedef struct look {
    sy_search *s;
    const sy_units *units;
    double average;
    const uint8_t *weights; /* of the segment's fields */
    uint32_t *slots;        /* slots[mask + 1]: count + 1, or 0 */
    size_t mask;
    count *counts;
    size_t n;
    uint32_t *of_unit; /* of_unit[units->n]: its count */
    const sy_slice *words[FEW_WORDS];
    size_t n_words;
    uint64_t length; /* of the record in hand */
} look;

/* The key of one or two characters. */
static uint64_t key_of(uint32_t first, uint32_t second)
{
    return (uint64_t)first << CP_BITS | second;
}

static uint64_t key_of_unit(const sy_unit *u)
{
    uint32_t a = 0, b = 0;
    if (u->kind == SY_UNIT_WORD)
        return sy_hash64(u->text.data, u->text.len) | UINT64_C(1) << 63;
    size_t n = sy_utf8_decode(u->text.data, u->text.len, &a);
    if (n == u->text.len)
        return key_of(0, a);
    sy_utf8_decode(u->text.data + n, u->text.len - n, &b);
    return key_of(a, b);
}

/* The slot of a key (of a word, if word.len > 0), or the free one where it is to be. */
static uint32_t *slot_of(const look *l, uint64_t key, sy_slice word)
{
    size_t at =
        (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & l->mask; /* 2^64 over the golden ratio */
    for (; l->slots[at] != 0; at = (at + 1) & l->mask) {
        const count *c = &l->counts[l->slots[at] - 1];
        if (c->key == key && sy_slice_equal(c->word, word))
            break;
    }
    return &l->slots[at];
}

static sy_status open_look(look *l, sy_error *err)
{
    size_t size = 64;
    while (size < l->units->n * 4)
        size *= 2;
    l->mask = size - 1;
    l->slots = sy_calloc(size, sizeof *l->slots);
    l->counts = sy_calloc(l->units->n, sizeof *l->counts);
    l->of_unit = sy_calloc(l->units->n, sizeof *l->of_unit);
    if (!l->slots || !l->counts || !l->of_unit)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < l->units->n; i++) {
        const sy_unit *u = &l->units->items[i];
        bool is_word = u->kind == SY_UNIT_WORD;
        uint64_t key = key_of_unit(u);
        sy_slice word = is_word ? u->text : (sy_slice){"", 0};
        uint32_t *slot = slot_of(l, key, word);
        if (*slot == 0) {
            l->counts[l->n++] = (count){.key = key, .word = word};
            *slot = (uint32_t)l->n;
            if (is_word && l->n_words++ < FEW_WORDS)
                l->words[l->n_words - 1] = &u->text;
        }
        l->of_unit[i] = *slot - 1;
    }
    return SY_OK;
}

static void count_one(look *l, uint64_t key, sy_slice word, uint64_t field)
{
    uint32_t slot = *slot_of(l, key, word);
    if (slot == 0)
        return;
    count *c = &l->counts[slot - 1];
    c->times += c->times < MOST_TIMES;
    c->fields |= field;
}

static void count_characters(look *l, sy_slice text, uint64_t field)
{
    static const sy_slice no_word = {"", 0};
    uint32_t before = 0; /* the character before if a pair goes with it, else 0 */
    bool before_han = false;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool han = sy_cp_is_han(cp), other = !han && is_other(cp);
        if (han)
            count_one(l, key_of(0, cp), no_word, field);
        if (before > 0 && (han ? before_han : other && !before_han))
            count_one(l, key_of(before, cp), no_word, field);
        l->length += han || (other && (before == 0 || before_han));
        before = han || other ? cp : 0;
        before_han = han;
    }
}

/* Whether it pays to cut the text: a word may stand in it. */
static bool has_words(const look *l, sy_slice text)
{
    bool has = l->n_words > FEW_WORDS;
    for (size_t i = 0; i < l->n_words && !has; i++)
        has = text.len >= l->words[i]->len &&
              memmem(text.data, text.len, l->words[i]->data, l->words[i]->len);
    return has;
}

static sy_status count_words(look *l, sy_text *text, uint64_t field, sy_error *err)
{
    if (!has_words(l, text->normal))
        return SY_OK;
    sy_status st = sy_text_cut(text, &l->s->tools, err);
    for (size_t i = 0; st == SY_OK && i < text->n_tokens; i++) {
        const sy_token *t = &text->tokens[i];
        sy_slice word = {text->normal.data + t->start, t->end - t->start};
        if (t->kind != SY_TOKEN_MARK)
            count_one(l, sy_hash64(word.data, word.len) | UINT64_C(1) << 63, word, field);
    }
    return st;
}

static sy_status count_record(look *l, const sy_hit *hit, sy_error *err)
{
    sy_record_text *record = &l->s->record;
    for (size_t i = 0; i < l->n; i++) {
        l->counts[i].times = 0;
        l->counts[i].fields = 0;
    }
    l->length = 0;
    sy_status st = sy_record_text_load(record, hit->segment, hit->docid, err);
    for (size_t i = 0; st == SY_OK && i < record->stored.n_values; i++) {
        sy_text *text;
        uint64_t field = UINT64_C(1) << sy_field_bit(record->stored.values[i].field);
        st = sy_record_text_normal(record, i, &text, err);
        if (st != SY_OK)
            break;
        count_characters(l, text->normal, field);
        if (l->n_words > 0)
            st = count_words(l, text, field, err);
    }
    return st;
}

static uint64_t score_of(const look *l, uint64_t bonus)
{
    double norm = sy_score_norm((double)l->length, l->average);
    uint64_t score = bonus;
    for (size_t i = 0; i < l->units->n; i++) {
        const sy_unit *u = &l->units->items[i];
        const count *c = &l->counts[l->of_unit[i]];
        if (!(c->fields & u->wanted))
            continue;
        int quarters = (int)c->times * SY_WEIGHT_ONE + sy_field_extra(c->fields, l->weights);
        score += (uint64_t)(u->full * sy_score_share_of(quarters, norm) + .5);
    }
    return score;
}

sy_status sy_second_look(sy_search *s, const sy_units *units, double average, sy_hit *hits,
                         size_t n, sy_error *err)
{
    look l = {.s = s, .units = units, .average = average};
    sy_status st = open_look(&l, err);
    for (size_t i = 0; i < n && st == SY_OK; i++) {
        l.weights = sy_segment_weights(hits[i].segment);
        st = count_record(&l, &hits[i], err);
        hits[i].score = score_of(&l, hits[i].bonus);
    }
    sy_free(l.slots);
    sy_free(l.counts);
    sy_free(l.of_unit);
    return st;
}
