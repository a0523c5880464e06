/* The base cut: Unicode's rules for words, and the best path through Han.
 *
 * One scan goes over the text by the classes of segmenter/word_tables.h. Runs of
 * Han go to the best path; letters, digits and what joins them are cut here, by
 * the rules WB5 to WB13b of Unicode Standard Annex 29. Wherever a character of
 * another class stands (kana, combining marks, Hangul, emoji ...), ICU's iterator
 * cuts the text around it, up to characters that break on both sides whatever
 * stands there. So with ICU's costs the cut is ICU's, at several times its speed. */
#include <math.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/cut_internal.h"
#include "segmenter/normal.h"
#include "segmenter/word_tables.h"

sy_status sy_token_add(sy_token_list *list, size_t start, size_t end, sy_token_kind kind,
                       sy_error *err)
{
    if (!sy_grow((void **)&list->items, list->n, &list->cap, sizeof *list->items))
        return sy_fail_nomem(err);
    list->items[list->n++] = (sy_token){(uint32_t)start, (uint32_t)end, kind};
    return SY_OK;
}

sy_token_kind sy_kind_of(uint32_t cp)
{
    if (sy_cp_is_han(cp))
        return SY_TOKEN_HAN;
    if (sy_cp_is_letter(cp))
        return SY_TOKEN_WORD;
    return sy_cp_is_digit(cp) ? SY_TOKEN_NUMBER : SY_TOKEN_MARK;
}

sy_token_kind sy_kind_of_text(const char *text, size_t start, size_t end)
{
    sy_token_kind kind = SY_TOKEN_MARK;
    while (start < end) {
        uint32_t cp;
        start += sy_utf8_decode(text + start, end - start, &cp);
        sy_token_kind own = sy_kind_of(cp);
        kind = own > kind ? own : kind;
    }
    return kind;
}

void sy_base_release(sy_base_cut *b)
{
    if (b->breaks)
        ubrk_close(b->breaks);
    sy_free(b->units);
    sy_path_release(&b->path);
}

/* ---- by ICU's iterator ---------------------------------------------------- */

static sy_status open_breaks(sy_base_cut *b, sy_error *err)
{
    if (b->breaks)
        return SY_OK;
    UErrorCode code = U_ZERO_ERROR;
    b->breaks = ubrk_open(UBRK_WORD, "zh", NULL, 0, &code);
    if (U_SUCCESS(code))
        return SY_OK;
    b->breaks = NULL;
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return sy_fail_nomem(err);
    return sy_fail(err, SY_E_IO, NULL, "cannot open ICU's rules for Chinese words (%s)",
                   u_errorName(code));
}

/* Writes text[len] as UTF-16 to b->units. ICU cuts this faster than UTF-8 through
 * UText, the conversion included. */
static sy_status to_units(sy_base_cut *b, const char *text, size_t len, size_t *n_units,
                          sy_error *err)
{
    *n_units = 0;
    if (len > b->cap_units) { /* no character has more units than bytes */
        UChar *units = sy_alloc(len, sizeof *units);
        if (!units)
            return sy_fail_nomem(err);
        sy_free(b->units);
        b->units = units;
        b->cap_units = len;
    }
    UChar *to = b->units;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += sy_utf8_decode(text + i, len - i, &cp);
        if (cp >= 0x10000)
            *to++ = (UChar)(0xD7C0 + (cp >> 10)); /* 0xD800 - (0x10000 >> 10) */
        *to++ = (UChar)(cp < 0x10000 ? cp : 0xDC00 | (cp & 0x3FF));
    }
    *n_units = (size_t)(to - b->units);
    return SY_OK;
}

/* A piece of text[start, …) between two of ICU's boundaries, as tokens. Only a
 * combining mark can make one piece of a space or enclosed number and more. */
static sy_status add_piece(sy_token_list *out, const char *text, size_t len, size_t start,
                           size_t n_units, size_t *end, sy_error *err)
{
    size_t at = start;
    sy_token_kind kind = SY_TOKEN_MARK;
    sy_status st = SY_OK;
    while (st == SY_OK && n_units > 0) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text + at, len - at, &cp);
        n_units -= cp < 0x10000 ? 1 : 2;
        bool is_gap = cp == ' ' || cp == SY_BARRIER;
        if (is_gap || sy_cp_is_enclosed_number(cp)) {
            if (start < at)
                st = sy_token_add(out, start, at, kind, err);
            if (st == SY_OK && !is_gap)
                st = sy_token_add(out, at, at + n, SY_TOKEN_MARK, err);
            start = at + n;
            kind = SY_TOKEN_MARK;
        } else {
            sy_token_kind own = sy_kind_of(cp);
            kind = own > kind ? own : kind;
        }
        at += n;
    }
    *end = at;
    return st == SY_OK && start < at ? sy_token_add(out, start, at, kind, err) : st;
}

static sy_status cut_by_icu(sy_base_cut *b, const char *text, size_t from, size_t to,
                            sy_token_list *out, sy_error *err)
{
    size_t at = from, n_units;
    sy_status st = open_breaks(b, err);
    if (st == SY_OK)
        st = to_units(b, text + from, to - from, &n_units, err);
    if (st != SY_OK)
        return st;
    UErrorCode code = U_ZERO_ERROR;
    ubrk_setText(b->breaks, b->units, (int32_t)n_units, &code);
    int32_t last = 0, next;
    while (st == SY_OK && U_SUCCESS(code) && (next = ubrk_next(b->breaks)) != UBRK_DONE) {
        st = add_piece(out, text, to, at, (size_t)(next - last), &at, err);
        last = next;
    }
    /* The iterator has no way to report a failed allocation but to stop early. */
    return st == SY_OK && at != to ? sy_fail_nomem(err) : st;
}

/* ---- by our own scan ------------------------------------------------------ */

/* As sy_token_add; there is room mostly, and this runs for every word. */
static inline sy_status add(sy_token_list *list, size_t start, size_t end, sy_token_kind kind,
                            sy_error *err)
{
    if (list->n == list->cap)
        return sy_token_add(list, start, end, kind, err);
    list->items[list->n++] = (sy_token){(uint32_t)start, (uint32_t)end, kind};
    return SY_OK;
}

typedef struct scan {
    const char *text;
    size_t from, to;
    bool as_icu; /* , and ; join digits, : letters wherever they stand */
} scan;

/* Whether the comma in [at, at + 1) parts thousands: three digits follow, and one to
 * three are before. */
static bool parts_thousands(const scan *s, size_t at)
{
    size_t before = 0, behind = 0;
    while (before < 4 && at - before > s->from && s->text[at - before - 1] >= '0' &&
           s->text[at - before - 1] <= '9')
        before++;
    while (behind < 4 && at + 1 + behind < s->to && s->text[at + 1 + behind] >= '0' &&
           s->text[at + 1 + behind] <= '9')
        behind++;
    return before >= 1 && before <= 3 && behind == 3;
}

/* Whether a mark that joins by Unicode's rules is none of those here: it was a full-width one
 * in the original mostly. */
static bool is_punctuation(const scan *s, size_t at, uint32_t cp)
{
    return cp == ';' || cp == ':' || (cp == ',' && !parts_thousands(s, at));
}

/* The class of the character at `at`, and its end; ALONE at the end of the text, and for
 * punctuation as above. So that ends a stretch for ICU, too, and what ICU cuts before it is
 * what it would cut without what stands behind. */
static sy_break_class class_at(const scan *s, size_t at, size_t *end, uint32_t *cp)
{
    if (at >= s->to) {
        *end = at;
        return SY_BREAK_ALONE;
    }
    *end = at + sy_utf8_decode(s->text + at, s->to - at, cp);
    sy_break_class class = sy_break_class_of(*cp);
    return class > SY_BREAK_JOINER && !s->as_icu && is_punctuation(s, at, *cp) ? SY_BREAK_ALONE
                                                                               : class;
}

static bool is_left_to_icu(const scan *s, size_t at)
{
    size_t end;
    uint32_t cp;
    return class_at(s, at, &end, &cp) == SY_BREAK_BY_ICU;
}

/* Where the stretch around a character of class BY_ICU ends: before a character
 * that breaks on both sides, if the next one that does not is no such character
 * either. `at` is the start of the stretch. */
static size_t stretch_end(const scan *s, size_t at)
{
    size_t stop = SIZE_MAX, end;
    bool seen = false;
    for (; at < s->to; at = end) {
        uint32_t cp;
        sy_break_class class = class_at(s, at, &end, &cp);
        if (class == SY_BREAK_BY_ICU) {
            seen = true;
            stop = SIZE_MAX;
        } else if (class == SY_BREAK_GAP || class == SY_BREAK_ALONE) {
            stop = seen && stop == SIZE_MAX ? at : stop;
        } else if (stop != SIZE_MAX) {
            return stop;
        }
    }
    return s->to;
}

static bool is_joined(sy_break_class class)
{
    return class == SY_BREAK_LETTER || class == SY_BREAK_DIGIT || class == SY_BREAK_JOINER;
}

/* WB6, WB7, WB11, WB12: whether `mid` between two of the same class breaks nothing. */
static bool is_middle(sy_break_class before, sy_break_class mid, sy_break_class behind)
{
    if (before != behind)
        return false;
    return (before == SY_BREAK_LETTER &&
            (mid == SY_BREAK_MID_LETTER || mid == SY_BREAK_MID_BOTH)) ||
           (before == SY_BREAK_DIGIT && (mid == SY_BREAK_MID_DIGIT || mid == SY_BREAK_MID_BOTH));
}

/* The token of letters, digits and what joins them that starts at `at`. */
static size_t latin_end(const scan *s, size_t at, sy_token_kind *kind)
{
    size_t end, next_end;
    uint32_t cp = 0, next_cp = 0;
    sy_break_class class = class_at(s, at, &end, &cp);
    *kind = sy_kind_of(cp);
    while (is_joined(class)) {
        sy_break_class next = class_at(s, end, &next_end, &next_cp);
        if (next > SY_BREAK_JOINER) {
            size_t far_end;
            uint32_t far_cp = 0;
            sy_break_class far = class_at(s, next_end, &far_end, &far_cp);
            if (!is_middle(class, next, far))
                return end;
            next = far;
            next_end = far_end;
            next_cp = far_cp;
        }
        if (!is_joined(next))
            return end;
        sy_token_kind own = sy_kind_of(next_cp);
        *kind = own > *kind ? own : *kind;
        class = next;
        end = next_end;
    }
    return end;
}

/* Behind the characters of the classes from LETTER on that begin at `at`. */
static size_t latin_run_end(const scan *s, size_t at)
{
    size_t end;
    uint32_t cp;
    while (at < s->to && class_at(s, at, &end, &cp) >= SY_BREAK_LETTER)
        at = end;
    return at;
}

static sy_status cut_latin(const scan *s, size_t at, size_t end, sy_token_list *out, sy_error *err)
{
    sy_status st = SY_OK;
    scan part = {s->text, s->from, end, s->as_icu};
    while (st == SY_OK && at < end) {
        sy_token_kind kind;
        size_t token_end = latin_end(&part, at, &kind);
        st = add(out, at, token_end, kind, err);
        at = token_end;
    }
    return st;
}

/* Reads the run of class HAN at `at` into the path. */
static sy_status read_han(const scan *s, sy_path *path, size_t at, size_t *end, sy_error *err)
{
    path->n = 0;
    while (at < s->to) {
        const unsigned char *c = (const unsigned char *)s->text + at;
        uint32_t cp;
        size_t n = 3;
        if (*c >= 0xE3 && *c <= 0xE9 && s->to - at >= 3 && (c[1] & 0xC0) == 0x80 &&
            (c[2] & 0xC0) == 0x80)
            cp = (uint32_t)(c[0] & 0x0F) << 12 | (uint32_t)(c[1] & 0x3F) << 6 | (c[2] & 0x3F);
        else
            n = sy_utf8_decode(s->text + at, s->to - at, &cp);
        if (sy_break_class_of(cp) != SY_BREAK_HAN)
            break;
        if (path->n + 1 >= path->cap && !sy_path_grow(path))
            return sy_fail_nomem(err);
        path->codes[path->n++] = sy_trie_code(cp);
        at += n;
    }
    *end = at;
    return SY_OK;
}

/* What a word of a lexicon costs: one of weight 1 as much as a word that the text the costs
 * were learned from has not, one of weight n as if it were n times as frequent. */
static uint32_t cost_of_weight(const sy_trie *trie, uint32_t weight)
{
    double cost = trie->rare - SY_TRIE_COST_SCALE * log(weight);
    return cost > 1 ? (uint32_t)lround(cost) : 1;
}

/* Adds the weighed words that start at text[at], character `i` of a run that ends at `end`. */
static sy_status add_weighed(sy_base_cut *b, const char *text, size_t at, size_t end, size_t i,
                             sy_error *err)
{
    const sy_lexicon *lx = b->weighed;
    sy_path *path = &b->path;
    for (uint32_t w = sy_lexicon_find(lx, text + at, end - at); w != SY_LEXICON_NONE;
         w = sy_lexicon_shorter(lx, w)) {
        uint32_t weight = sy_lexicon_weight(lx, w);
        sy_slice word = sy_lexicon_word(lx, w);
        if (weight == SY_LEXICON_ALWAYS)
            continue;
        if (!sy_grow((void **)&path->words, path->n_words, &path->cap_words, sizeof *path->words))
            return sy_fail_nomem(err);
        path->words[path->n_words++] = (sy_path_word){
            i, (uint8_t)sy_utf8_count(word.data, word.len), cost_of_weight(b->trie, weight)};
    }
    return SY_OK;
}

/* Finds the best path through text[at, end), which was read into it. */
static sy_status find_path(sy_base_cut *b, const char *text, size_t at, size_t end, sy_error *err)
{
    sy_status st = SY_OK;
    b->path.n_words = 0;
    for (size_t i = 0; b->weighed && st == SY_OK && at < end; i++) {
        uint32_t cp;
        st = add_weighed(b, text, at, end, i, err);
        at += sy_utf8_decode(text + at, end - at, &cp);
    }
    if (st == SY_OK)
        sy_path_find(&b->path, b->trie);
    return st;
}

/* Adds the words of the path, which starts at `at`. Han take three bytes, those
 * beyond U+FFFF four. */
static sy_status add_path(const scan *s, const sy_path *path, size_t at, sy_token_list *out,
                          sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; st == SY_OK && i < path->n;) {
        size_t start = at;
        for (size_t word_end = i + path->lens[i]; i < word_end; i++)
            at += (unsigned char)s->text[at] >= 0xF0 ? 4 : 3;
        st = add(out, start, at, SY_TOKEN_HAN, err);
    }
    return st;
}

/* Whether all of text[start, end) is of class HAN. */
static bool is_all_han(const scan *s, size_t start, size_t end)
{
    uint32_t cp;
    while (start < end && class_at(s, start, &start, &cp) == SY_BREAK_HAN)
        if (start == end)
            return true;
    return false;
}

/* Cuts the runs of Han among the tokens from list[first] on anew, by our costs. */
static sy_status recut_han(sy_base_cut *b, const scan *s, size_t first, sy_token_list *out,
                           sy_error *err)
{
    sy_token_list icu = {NULL, 0, 0};
    sy_status st = SY_OK;
    for (size_t i = first; st == SY_OK && i < out->n; i++) {
        const sy_token *t = &out->items[i];
        st = add(&icu, t->start, t->end, t->kind, err);
    }
    out->n = first;
    for (size_t i = 0; st == SY_OK && i < icu.n;) {
        size_t start = icu.items[i].start, end = icu.items[i].end, next = i + 1;
        bool han = is_all_han(s, start, end);
        while (han && next < icu.n && icu.items[next].start == end &&
               is_all_han(s, end, icu.items[next].end))
            end = icu.items[next++].end;
        if (!han) {
            st = add(out, start, end, icu.items[i].kind, err);
        } else {
            scan part = {s->text, s->from, end, s->as_icu};
            st = read_han(&part, &b->path, start, &end, err);
            if (st == SY_OK)
                st = find_path(b, s->text, start, end, err);
            if (st == SY_OK)
                st = add_path(s, &b->path, start, out, err);
        }
        i = next;
    }
    sy_free(icu.items);
    return st;
}

/* Cuts what begins at *at up to a place where the cut is safe to go on: one
 * character that stands alone, a run of Han, a run of Latin, or a stretch for ICU. */
static sy_status cut_some(sy_base_cut *b, const scan *s, size_t *at, sy_token_list *out,
                          sy_error *err)
{
    size_t start = *at, end;
    uint32_t cp = 0;
    sy_break_class class = class_at(s, start, &end, &cp);
    sy_status st = SY_OK;
    if (class == SY_BREAK_HAN)
        st = read_han(s, &b->path, start, &end, err);
    else if (class >= SY_BREAK_LETTER)
        end = latin_run_end(s, start);
    if (st != SY_OK)
        return st;
    if (class == SY_BREAK_BY_ICU || is_left_to_icu(s, end)) {
        size_t first = out->n;
        *at = stretch_end(s, start);
        st = cut_by_icu(b, s->text, start, *at, out, err);
        return st == SY_OK && b->trie != &sy_trie_icu ? recut_han(b, s, first, out, err) : st;
    }
    *at = end;
    if (class == SY_BREAK_GAP)
        return SY_OK;
    if (class == SY_BREAK_ALONE)
        return add(out, start, end, sy_kind_of(cp), err);
    if (class >= SY_BREAK_LETTER)
        return cut_latin(s, start, end, out, err);
    st = find_path(b, s->text, start, end, err);
    return st == SY_OK ? add_path(s, &b->path, start, out, err) : st;
}

sy_status sy_base_cut_text(sy_base_cut *b, const char *text, size_t from, size_t to,
                           sy_token_list *out, sy_error *err)
{
    if (b->only_icu)
        return from < to ? cut_by_icu(b, text, from, to, out, err) : SY_OK;
    scan s = {text, from, to, b->trie == &sy_trie_icu};
    sy_status st = SY_OK;
    for (size_t at = from; st == SY_OK && at < to;)
        st = cut_some(b, &s, &at, out, err);
    return st;
}
