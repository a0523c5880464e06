#include "segmenter/cut.h"

#include <unicode/ubrk.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/icu_words.h"
#include "segmenter/normal.h"

/* ICU counts UTF-16 units in int32. */
#define TEXT_MOST ((size_t)1 << 30)

typedef struct token_list {
    sy_token *items;
    size_t n, cap;
} token_list;

/* The best way on from one byte of a cluster of lexicon words: see best_path. */
typedef struct path_step {
    uint32_t left;   /* characters to the end of the cluster            */
    uint32_t inside; /* of these, in lexicon words on the best path     */
    uint32_t words;  /* lexicon words on it                             */
    uint32_t end;    /* of the word that starts here, or 0: none does   */
} path_step;

struct sy_cutter {
    const sy_lexicon *lexicon; /* NULL: none */
    UBreakIterator *breaks;    /* NULL until it is needed */
    UChar *units;              /* the text for ICU */
    size_t cap_units;
    token_list by_icu; /* ICU's cut */
    token_list chosen; /* lexicon words on the best path */
    token_list tokens; /* the two together */
    path_step *steps;  /* of one cluster, by byte */
    size_t cap_steps;
    sy_icu_words words; /* opened by the first sy_subwords */
    bool words_open;
    token_list subs;
};

sy_status sy_cutter_new(const sy_lexicon *lexicon, sy_cutter **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    if (!*out)
        return sy_fail_nomem(err);
    (*out)->lexicon = lexicon && lexicon->n_words > 0 ? lexicon : NULL;
    return SY_OK;
}

void sy_cutter_free(sy_cutter *c)
{
    if (!c)
        return;
    if (c->breaks)
        ubrk_close(c->breaks);
    sy_icu_words_close(&c->words);
    sy_free(c->units);
    sy_free(c->by_icu.items);
    sy_free(c->chosen.items);
    sy_free(c->tokens.items);
    sy_free(c->subs.items);
    sy_free(c->steps);
    sy_free(c);
}

const char *sy_icu_version(void)
{
    return U_ICU_VERSION;
}

static sy_status add_token(token_list *list, size_t start, size_t end, sy_token_kind kind,
                           sy_error *err)
{
    if (!sy_grow((void **)&list->items, list->n, &list->cap, sizeof *list->items))
        return sy_fail_nomem(err);
    list->items[list->n++] = (sy_token){(uint32_t)start, (uint32_t)end, kind};
    return SY_OK;
}

static bool is_gap(uint32_t cp)
{
    return cp == ' ' || cp == SY_BARRIER;
}

/* A token has the greatest kind of its characters. */
static sy_token_kind kind_of(uint32_t cp)
{
    if (sy_cp_is_han(cp))
        return SY_TOKEN_HAN;
    if (sy_cp_is_letter(cp))
        return SY_TOKEN_WORD;
    return sy_cp_is_digit(cp) ? SY_TOKEN_NUMBER : SY_TOKEN_MARK;
}

static sy_token_kind kind_of_text(const char *text, size_t start, size_t end)
{
    sy_token_kind kind = SY_TOKEN_MARK;
    while (start < end) {
        uint32_t cp;
        start += sy_utf8_decode(text + start, end - start, &cp);
        sy_token_kind own = kind_of(cp);
        kind = own > kind ? own : kind;
    }
    return kind;
}

/* ---- ICU's cut ------------------------------------------------------------ */

static sy_status open_breaks(sy_cutter *c, sy_error *err)
{
    if (c->breaks)
        return SY_OK;
    UErrorCode code = U_ZERO_ERROR;
    c->breaks = ubrk_open(UBRK_WORD, "zh", NULL, 0, &code);
    if (U_SUCCESS(code))
        return SY_OK;
    c->breaks = NULL;
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return sy_fail_nomem(err);
    return sy_fail(err, SY_E_IO, NULL, "cannot open ICU's rules for Chinese words (%s)",
                   u_errorName(code));
}

/* Writes text[len] as UTF-16 to c->units. ICU cuts this faster than UTF-8 through
 * UText, the conversion included. */
static sy_status to_units(sy_cutter *c, const char *text, size_t len, size_t *n_units,
                          sy_error *err)
{
    *n_units = 0;
    if (len > c->cap_units) { /* no character has more units than bytes */
        UChar *units = sy_alloc(len, sizeof *units);
        if (!units)
            return sy_fail_nomem(err);
        sy_free(c->units);
        c->units = units;
        c->cap_units = len;
    }
    UChar *to = c->units;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += sy_utf8_decode(text + i, len - i, &cp);
        if (cp >= 0x10000)
            *to++ = (UChar)(0xD7C0 + (cp >> 10)); /* 0xD800 - (0x10000 >> 10) */
        *to++ = (UChar)(cp < 0x10000 ? cp : 0xDC00 | (cp & 0x3FF));
    }
    *n_units = (size_t)(to - c->units);
    return SY_OK;
}

/* A piece of text[start, …) between two of ICU's boundaries, as tokens. Only a
 * combining mark can make one piece of a space or enclosed number and more. */
static sy_status add_piece(token_list *out, const char *text, size_t len, size_t start,
                           size_t n_units, size_t *end, sy_error *err)
{
    size_t at = start;
    sy_token_kind kind = SY_TOKEN_MARK;
    sy_status st = SY_OK;
    while (st == SY_OK && n_units > 0) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text + at, len - at, &cp);
        n_units -= cp < 0x10000 ? 1 : 2;
        if (is_gap(cp) || sy_cp_is_enclosed_number(cp)) {
            if (start < at)
                st = add_token(out, start, at, kind, err);
            if (st == SY_OK && !is_gap(cp))
                st = add_token(out, at, at + n, SY_TOKEN_MARK, err);
            start = at + n;
            kind = SY_TOKEN_MARK;
        } else {
            sy_token_kind own = kind_of(cp);
            kind = own > kind ? own : kind;
        }
        at += n;
    }
    *end = at;
    return st == SY_OK && start < at ? add_token(out, start, at, kind, err) : st;
}

/* Appends ICU's words of text[from, to) to `out`. */
static sy_status cut_by_icu(sy_cutter *c, const char *text, size_t from, size_t to, token_list *out,
                            sy_error *err)
{
    size_t at = from, n_units;
    uint32_t cp;
    if (from + sy_utf8_decode(text + from, to - from, &cp) == to) /* 无, 一, %: no need of ICU */
        return add_piece(out, text, to, from, cp < 0x10000 ? 1 : 2, &at, err);
    sy_status st = open_breaks(c, err);
    if (st == SY_OK)
        st = to_units(c, text + from, to - from, &n_units, err);
    if (st != SY_OK)
        return st;
    UErrorCode code = U_ZERO_ERROR;
    ubrk_setText(c->breaks, c->units, (int32_t)n_units, &code);
    int32_t last = 0, next;
    while (st == SY_OK && U_SUCCESS(code) && (next = ubrk_next(c->breaks)) != UBRK_DONE) {
        st = add_piece(out, text, to, at, (size_t)(next - last), &at, err);
        last = next;
    }
    /* The iterator has no way to report a failed allocation but to stop early. */
    return st == SY_OK && at != to ? sy_fail_nomem(err) : st;
}

/* ---- the lexicon's words -------------------------------------------------- */

/* The token of ICU's cut that ends behind byte `at`, the first of them. */
static size_t token_behind(const token_list *list, size_t at)
{
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (list->items[mid].end <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* A lexicon word may start or end anywhere but inside a number or a word of
 * another script: `ai` is not in `main`, nor `10` in `10.1`. */
static bool may_divide(const sy_cutter *c, const char *text, size_t len, size_t at)
{
    uint32_t cp;
    if (at == len)
        return true;
    sy_utf8_decode(text + at, len - at, &cp);
    if (sy_cp_is_han(cp))
        return true;
    size_t i = token_behind(&c->by_icu, at);
    return i == c->by_icu.n || c->by_icu.items[i].start >= at ||
           c->by_icu.items[i].kind == SY_TOKEN_HAN;
}

/* The longest word of the lexicon from `i` on its chain of shorter ones that may
 * stand at text[at], or SY_LEXICON_NONE. */
static uint32_t allowed_word(const sy_cutter *c, uint32_t i, const char *text, size_t len,
                             size_t at)
{
    while (i != SY_LEXICON_NONE &&
           !may_divide(c, text, len, at + sy_lexicon_word(c->lexicon, i).len))
        i = sy_lexicon_shorter(c->lexicon, i);
    return i;
}

static uint32_t longest_word(const sy_cutter *c, const char *text, size_t len, size_t at)
{
    uint32_t i = sy_lexicon_find(c->lexicon, text + at, len - at);
    if (i == SY_LEXICON_NONE || !may_divide(c, text, len, at))
        return SY_LEXICON_NONE;
    return allowed_word(c, i, text, len, at);
}

/* The best way on from text[at], when the best ways from all later places in the
 * cluster are known. */
static path_step best_step(const sy_cutter *c, const char *text, size_t len, size_t at,
                           const path_step *steps, const path_step *next)
{
    path_step best = {next->left + 1, next->inside, next->words, 0};
    uint32_t i = longest_word(c, text, len, at);
    while (i != SY_LEXICON_NONE) {
        size_t word_len = sy_lexicon_word(c->lexicon, i).len;
        const path_step *rest = &steps[word_len];
        path_step way = {best.left, best.left - rest->left + rest->inside, rest->words + 1,
                         (uint32_t)(at + word_len)};
        bool equal = way.inside == best.inside && way.words == best.words;
        if (way.inside > best.inside || (way.inside == best.inside && way.words < best.words) ||
            (equal && best.end == 0))
            best = way;
        i = allowed_word(c, sy_lexicon_shorter(c->lexicon, i), text, len, at);
    }
    return best;
}

/* Appends the words of the best path through text[start, end) to c->chosen. */
static sy_status take_path(sy_cutter *c, const char *text, size_t start, size_t end, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t at = start; st == SY_OK && at < end;) {
        size_t word_end = c->steps[at - start].end;
        uint32_t cp;
        if (word_end != 0) {
            st = add_token(&c->chosen, at, word_end, kind_of_text(text, at, word_end), err);
            at = word_end;
        } else {
            at += sy_utf8_decode(text + at, end - at, &cp);
        }
    }
    return st;
}

/* Chooses among the overlapping lexicon words of text[start, end), a cluster: no
 * word crosses its edges. The best choice has the most characters inside lexicon
 * words, then the fewest words, then its words leftmost and longest. Dynamic
 * programming from right to left; a cluster is well-formed UTF-8, as words are. */
static sy_status best_path(sy_cutter *c, const char *text, size_t len, size_t start, size_t end,
                           sy_error *err)
{
    size_t n = end - start + 1;
    if (n > c->cap_steps) {
        path_step *steps = sy_alloc(n, sizeof *steps);
        if (!steps)
            return sy_fail_nomem(err);
        sy_free(c->steps);
        c->steps = steps;
        c->cap_steps = n;
    }
    path_step *next = &c->steps[n - 1];
    *next = (path_step){0, 0, 0, 0};
    for (size_t at = end; at-- > start;) {
        if (((unsigned char)text[at] & 0xC0) == 0x80)
            continue;
        path_step *step = &c->steps[at - start];
        *step = best_step(c, text, len, at, step, next);
        next = step;
    }
    return take_path(c, text, start, end, err);
}

/* Fills c->chosen: finds the clusters from left to right. */
static sy_status choose_words(sy_cutter *c, const char *text, size_t len, sy_error *err)
{
    size_t start = 0, end = 0; /* of the cluster; none if they are equal */
    sy_status st = SY_OK;
    c->chosen.n = 0;
    for (size_t at = 0; st == SY_OK && at < len;) {
        if (at >= end && start < end) {
            st = best_path(c, text, len, start, end, err);
            start = end;
        }
        uint32_t i = longest_word(c, text, len, at);
        if (i != SY_LEXICON_NONE) {
            size_t word_end = at + sy_lexicon_word(c->lexicon, i).len;
            if (start >= end)
                start = at;
            end = word_end > end ? word_end : end;
        }
        uint32_t cp;
        at += sy_utf8_decode(text + at, len - at, &cp);
    }
    return st == SY_OK && start < end ? best_path(c, text, len, start, end, err) : st;
}

/* ---- both together -------------------------------------------------------- */

/* The first of ICU's tokens behind the run of Han that token i is of, as far as
 * it starts before `to`; i + 1 if it is of none. */
static size_t run_end(const token_list *list, size_t i, size_t to)
{
    const sy_token *items = list->items;
    size_t behind = i + 1;
    while (behind < list->n && items[i].kind == SY_TOKEN_HAN &&
           items[behind].kind == SY_TOKEN_HAN && items[behind].start < to &&
           items[behind].start == items[behind - 1].end)
        behind++;
    return behind;
}

/* Appends the tokens of text[from, to), a part between two lexicon words, from
 * ICU's token i on, the first that ends behind `from`. A run of Han that a lexicon
 * word cuts off inside a token is cut again, as if it stood alone. (A run that
 * ends on ICU's boundaries would come out the same: a part of a best path is a
 * best path.) */
static sy_status add_between(sy_cutter *c, const char *text, size_t from, size_t to, size_t i,
                             sy_error *err)
{
    const token_list *all = &c->by_icu;
    sy_status st = SY_OK;
    while (st == SY_OK && i < all->n && all->items[i].start < to) {
        size_t behind = run_end(all, i, to);
        size_t start = all->items[i].start, end = all->items[behind - 1].end;
        if (start < from || end > to)
            st = cut_by_icu(c, text, start < from ? from : start, end < to ? end : to, &c->tokens,
                            err);
        else
            for (size_t t = i; st == SY_OK && t < behind; t++)
                st = add_token(&c->tokens, all->items[t].start, all->items[t].end,
                               all->items[t].kind, err);
        i = behind;
    }
    return st;
}

/* Fills c->tokens from c->by_icu and c->chosen. */
static sy_status join(sy_cutter *c, const char *text, size_t len, sy_error *err)
{
    size_t at = 0, i = 0;
    sy_status st = SY_OK;
    c->tokens.n = 0;
    for (size_t w = 0; st == SY_OK && w <= c->chosen.n; w++) {
        const sy_token *word = w < c->chosen.n ? &c->chosen.items[w] : NULL;
        while (i < c->by_icu.n && c->by_icu.items[i].end <= at)
            i++;
        size_t to = word ? word->start : len;
        if (at < to)
            st = add_between(c, text, at, to, i, err);
        if (st == SY_OK && word)
            st = add_token(&c->tokens, word->start, word->end, word->kind, err);
        at = word ? word->end : len;
    }
    return st;
}

sy_status sy_cut(sy_cutter *c, const char *normal, size_t len, const sy_token **tokens,
                 size_t *n_tokens, sy_error *err)
{
    *tokens = NULL;
    *n_tokens = 0;
    if (len == 0)
        return SY_OK;
    if (len > TEXT_MOST)
        return sy_fail(err, SY_E_LIMIT, NULL, "a text of more than 1 GiB");
    const token_list *result = &c->by_icu;
    c->by_icu.n = 0;
    sy_status st = cut_by_icu(c, normal, 0, len, &c->by_icu, err);
    if (st == SY_OK && c->lexicon) {
        st = choose_words(c, normal, len, err);
        if (st == SY_OK && c->chosen.n > 0) {
            st = join(c, normal, len, err);
            result = &c->tokens;
        }
    }
    if (st != SY_OK)
        return st;
    *tokens = result->items;
    *n_tokens = result->n;
    return SY_OK;
}

/* ---- sub-words ------------------------------------------------------------ */

static bool is_foreign(uint32_t cp)
{
    sy_token_kind kind = kind_of(cp);
    return kind == SY_TOKEN_WORD || kind == SY_TOKEN_NUMBER;
}

/* Whether text[at] and the character before it belong to one number or word of
 * another script, which sub-words leave whole. */
static bool divides_foreign(uint32_t before, const char *text, size_t at, size_t to)
{
    uint32_t cp;
    if (at == to || !is_foreign(before))
        return false;
    sy_utf8_decode(text + at, to - at, &cp);
    return is_foreign(cp);
}

/* Appends the sub-words of up to `longest` bytes that start at text[start], in a
 * token that ends at text[to]. */
static sy_status add_subs(sy_cutter *c, const char *text, size_t start, size_t to, size_t longest,
                          sy_error *err)
{
    sy_icu_walk walk = sy_icu_walk_from(&c->words);
    sy_icu_step step = SY_ICU_START;
    size_t in_lexicon = c->lexicon ? sy_lexicon_longest(c->lexicon, text + start, to - start) : 0;
    bool han = false;
    uint32_t cp;
    size_t first = sy_utf8_decode(text + start, to - start, &cp), len = 0;
    sy_status st = SY_OK;
    while (st == SY_OK && start + len < to && (step != SY_ICU_NONE || len < in_lexicon)) {
        len += sy_utf8_decode(text + start + len, to - start - len, &cp);
        step = sy_icu_walk_on(&walk, cp);
        han = han || sy_cp_is_han(cp);
        if (!han || len <= first || len > longest || divides_foreign(cp, text, start + len, to))
            continue;
        if (step == SY_ICU_WORD ||
            (len <= in_lexicon && sy_lexicon_has(c->lexicon, text + start, len)))
            st = add_token(&c->subs, start, start + len, SY_TOKEN_HAN, err);
    }
    return st;
}

sy_status sy_subwords(sy_cutter *c, const char *normal, const sy_token *token,
                      const sy_token **subs, size_t *n_subs, sy_error *err)
{
    *subs = NULL;
    *n_subs = 0;
    c->subs.n = 0;
    if (token->kind != SY_TOKEN_HAN)
        return SY_OK;
    if (!c->words_open) {
        sy_icu_words_open(&c->words);
        c->words_open = true;
    }
    uint32_t before = SY_BARRIER;
    size_t longest = token->end - token->start - 1; /* the token itself is none */
    for (size_t at = token->start; at < token->end;) {
        sy_status st = SY_OK;
        if (!divides_foreign(before, normal, at, token->end))
            st = add_subs(c, normal, at, token->end, longest, err);
        if (st != SY_OK)
            return st;
        at += sy_utf8_decode(normal + at, token->end - at, &before);
    }
    *subs = c->subs.items;
    *n_subs = c->subs.n;
    return SY_OK;
}
