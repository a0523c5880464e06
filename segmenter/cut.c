#include "segmenter/cut.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/cut_internal.h"
#include "segmenter/icu_words.h"
#include "segmenter/normal.h"
#include "segmenter/word_tables.h"

/* ICU counts UTF-16 units in int32. */
#define TEXT_MOST ((size_t)1 << 30)

/* The best way on from one byte of a cluster of lexicon words: see best_path. */
typedef struct path_step {
    uint32_t left;   /* characters to the end of the cluster            */
    uint32_t inside; /* of these, in lexicon words on the best path     */
    uint32_t words;  /* lexicon words on it                             */
    uint32_t end;    /* of the word that starts here, or 0: none does   */
} path_step;

/* Threads make their cutters one after the other, so these lie side by side in memory. Were two
 * in one line of the cache, each word that one thread finds would cost the other. */
enum { CACHE_LINE = 64 };

struct sy_cutter {
    char apart_before[CACHE_LINE];
    const sy_lexicon *lexicon; /* NULL: none */
    sy_base_cut base;
    sy_token_list plain;  /* the base cut */
    sy_token_list chosen; /* lexicon words on the best path */
    sy_token_list tokens; /* the two together */
    path_step *steps;     /* of one cluster, by byte */
    size_t cap_steps;
    sy_icu_words words; /* opened by the first sy_subwords */
    bool words_open;
    sy_token_list subs;
    char apart_behind[CACHE_LINE];
};

sy_status sy_cutter_new(const sy_lexicon *lexicon, sy_cutter **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    if (!*out)
        return sy_fail_nomem(err);
    (*out)->base.trie = &sy_trie_learned;
    (*out)->lexicon = lexicon && lexicon->n_words > 0 ? lexicon : NULL;
    (*out)->base.weighed = (*out)->lexicon && lexicon->weights ? lexicon : NULL;
    return SY_OK;
}

void sy_cutter_free(sy_cutter *c)
{
    if (!c)
        return;
    sy_base_release(&c->base);
    sy_icu_words_close(&c->words);
    sy_free(c->plain.items);
    sy_free(c->chosen.items);
    sy_free(c->tokens.items);
    sy_free(c->subs.items);
    sy_free(c->steps);
    sy_free(c);
}

bool sy_icu_words_are_compiled(void)
{
    sy_icu_words words;
    sy_icu_words_open(&words);
    bool same = words.item != NULL && sy_icu_words_hash(&words) == sy_trie_icu.hash;
    sy_icu_words_close(&words);
    return same;
}

void sy_cutter_use_icu(sy_cutter *c)
{
    c->base.trie = &sy_trie_icu;
    c->base.weighed = NULL; /* ICU's costs have another measure */
    c->base.only_icu = !sy_icu_words_are_compiled();
}

uint64_t sy_word_costs_hash(void)
{
    return sy_trie_learned.hash;
}

const char *sy_icu_version(void)
{
    return U_ICU_VERSION;
}

/* ---- the lexicon's words -------------------------------------------------- */

/* The token of the base cut that ends behind byte `at`, the first of them. */
static size_t token_behind(const sy_token_list *list, size_t at)
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
    size_t i = token_behind(&c->plain, at);
    return i == c->plain.n || c->plain.items[i].start >= at ||
           c->plain.items[i].kind == SY_TOKEN_HAN;
}

/* The longest word of the lexicon from `i` on its chain of shorter ones that may
 * stand at text[at] and that no cost is to decide on, or SY_LEXICON_NONE. */
static uint32_t allowed_word(const sy_cutter *c, uint32_t i, const char *text, size_t len,
                             size_t at)
{
    while (i != SY_LEXICON_NONE &&
           ((c->base.weighed && sy_lexicon_weight(c->lexicon, i) != SY_LEXICON_ALWAYS) ||
            !may_divide(c, text, len, at + sy_lexicon_word(c->lexicon, i).len)))
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
            st = sy_token_add(&c->chosen, at, word_end, sy_kind_of_text(text, at, word_end), err);
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

/* The first token of the base cut behind the run of Han that token i is of, as far as
 * it starts before `to`; i + 1 if it is of none. */
static size_t run_end(const sy_token_list *list, size_t i, size_t to)
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
 * the base cut's token i on, the first that ends behind `from`. A run of Han that a lexicon
 * word cuts off inside a token is cut again, as if it stood alone. (A run that
 * ends on its boundaries would come out the same: a part of a best path is a
 * best path.) */
static sy_status add_between(sy_cutter *c, const char *text, size_t from, size_t to, size_t i,
                             sy_error *err)
{
    const sy_token_list *all = &c->plain;
    sy_status st = SY_OK;
    while (st == SY_OK && i < all->n && all->items[i].start < to) {
        size_t behind = run_end(all, i, to);
        size_t start = all->items[i].start, end = all->items[behind - 1].end;
        if (start < from || end > to)
            st = sy_base_cut_text(&c->base, text, start < from ? from : start, end < to ? end : to,
                                  &c->tokens, err);
        else
            for (size_t t = i; st == SY_OK && t < behind; t++)
                st = sy_token_add(&c->tokens, all->items[t].start, all->items[t].end,
                                  all->items[t].kind, err);
        i = behind;
    }
    return st;
}

/* Fills c->tokens from c->plain and c->chosen. */
static sy_status join(sy_cutter *c, const char *text, size_t len, sy_error *err)
{
    size_t at = 0, i = 0;
    sy_status st = SY_OK;
    c->tokens.n = 0;
    for (size_t w = 0; st == SY_OK && w <= c->chosen.n; w++) {
        const sy_token *word = w < c->chosen.n ? &c->chosen.items[w] : NULL;
        while (i < c->plain.n && c->plain.items[i].end <= at)
            i++;
        size_t to = word ? word->start : len;
        if (at < to)
            st = add_between(c, text, at, to, i, err);
        if (st == SY_OK && word)
            st = sy_token_add(&c->tokens, word->start, word->end, word->kind, err);
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
    const sy_token_list *result = &c->plain;
    c->plain.n = 0;
    sy_status st = sy_base_cut_text(&c->base, normal, 0, len, &c->plain, err);
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
    sy_token_kind kind = sy_kind_of(cp);
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
            st = sy_token_add(&c->subs, start, start + len, SY_TOKEN_HAN, err);
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
