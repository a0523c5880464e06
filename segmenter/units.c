#include "segmenter/units.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/word_tables.h"

/* Characters, and lists of words with a space on either side of each. */
enum {
    NAME_TOKENS_MOST = 32, /* of a foreign name */
    /* What binds two characters into a word that nobody lists, in steps of sy_char_bound: 1.3
     * nats each, 3.5 together. Chosen on the development sets of `make bench-words`. */
    BOUND_LEAST = 13 * SY_BOUND_SCALE / 10,
    BOUND_TOGETHER = 7 * SY_BOUND_SCALE / 2
};

static const char after_latin[] = "级类型股座区线站号版岗楼栋款轮形";
static const char units[] =
    " 元 万元 亿元 美元 欧元 日元 万美元 亿美元 米 千米 公里 厘米 毫米 微米 平方米 平方千米 "
    "平方公里 立方米 亩 万亩 公顷 吨 万吨 公斤 千克 克 毫克 升 毫升 度 千瓦 千瓦时 万千瓦 兆瓦 "
    "小时 分钟 秒 周岁 岁 倍 天 ";
static const char latin_units[] =
    " ug mg kg m m2 m3 km km2 cm mm mw mwh kw kwh gw gwh gb mb tb ml ha db hz mhz ghz pa mpa kv ";
static const char dates[] = " 年 月 日 月份 年度 ";
static const char ranges[] = " - ~ — – 至 ";

typedef struct reader {
    const char *text;
    const sy_token *tokens;
    size_t n;
} reader;

static sy_slice text_of(const reader *r, size_t i)
{
    return (sy_slice){r->text + r->tokens[i].start, r->tokens[i].end - r->tokens[i].start};
}

/* Whether token i touches the one before it. */
static bool touches(const reader *r, size_t i)
{
    return i > 0 && i < r->n && r->tokens[i].start == r->tokens[i - 1].end;
}

static bool is_kind(const reader *r, size_t i, sy_token_kind kind)
{
    return i < r->n && r->tokens[i].kind == kind;
}

static bool is_text(const reader *r, size_t i, const char *want)
{
    return i < r->n && sy_slice_equal(text_of(r, i), (sy_slice){want, strlen(want)});
}

/* Whether `list` has the character at s[len]. */
static bool has_character(const char *list, const char *s, size_t len)
{
    return len > 0 && memmem(list, strlen(list), s, len) != NULL;
}

/* Whether all characters of s have the flag, and how many they are. */
static bool all_are(uint8_t flag, sy_slice s, size_t *n_chars)
{
    *n_chars = 0;
    for (size_t at = 0; at < s.len; ++*n_chars) {
        uint32_t cp;
        at += sy_utf8_decode(s.data + at, s.len - at, &cp);
        if ((sy_break_entry(cp) & flag) == 0)
            return false;
    }
    return s.len > 0;
}

/* Whether the words of `list` have s among them. */
static bool has_word(const char *list, sy_slice s)
{
    if (s.len == 0 || s.len > 24)
        return false;
    char padded[28];
    padded[0] = ' ';
    memcpy(padded + 1, s.data, s.len);
    padded[s.len + 1] = ' ';
    return memmem(list, strlen(list), padded, s.len + 2) != NULL;
}

static bool is_numeral(const reader *r, size_t i)
{
    size_t n;
    return i < r->n && all_are(SY_CHAR_NUMERAL, text_of(r, i), &n);
}

/* ---- words ---------------------------------------------------------------- */

/* Whether number_end may find one at token i, as its first character tells: most tokens are
 * passed over here. */
static bool may_start_number(const reader *r, size_t i)
{
    const sy_token *t = &r->tokens[i];
    uint32_t cp;
    sy_utf8_decode(r->text + t->start, t->end - t->start, &cp);
    if (t->kind == SY_TOKEN_MARK)
        return cp == '-' || cp == '+' || cp == 0xB1;     /* ± */
    return t->kind == SY_TOKEN_NUMBER || cp == 0x7B2C || /* 第 */
           (sy_break_entry(cp) & SY_CHAR_NUMERAL) != 0;
}

/* Behind the number at token i: digits or numerals, sign before, % behind; i if
 * there is none. */
static size_t number_end(const reader *r, size_t i)
{
    size_t at = i;
    if (is_text(r, at, "百分之") || is_text(r, at, "第"))
        at++;
    else if ((is_text(r, at, "-") || is_text(r, at, "+") || is_text(r, at, "±")) &&
             is_kind(r, at + 1, SY_TOKEN_NUMBER) &&
             (!touches(r, at) || is_text(r, at - 1, "(") || is_text(r, at - 1, ",")))
        at++;
    if (at > i && !touches(r, at))
        return i;
    size_t first = at;
    if (is_kind(r, at, SY_TOKEN_NUMBER))
        at++;
    /* ○ is a numeral among others only. */
    while (is_numeral(r, at) && (at == first || touches(r, at)) &&
           !(at == first && is_text(r, at, "○")))
        at++;
    if (at == first)
        return i;
    if (touches(r, at) && (is_text(r, at, "%") || is_text(r, at, "‰")))
        return at + 1;
    while (is_text(r, at, "+") && touches(r, at) && touches(r, at + 1) &&
           is_kind(r, at + 1, SY_TOKEN_NUMBER))
        at += 2;
    return at;
}

/* Whether s is a grade: one letter again and again, as in AA+. */
static bool is_grade(sy_slice s)
{
    size_t same = 1;
    while (same < s.len && s.data[same] == s.data[0])
        same++;
    return same >= 2 && same == s.len && s.data[0] >= 'a' && s.data[0] <= 'd';
}

/* Behind the + that belong to the Latin word before token `at`: one that adds a number or
 * something in Han to a word (EPC+运营) belongs to neither, but to a grade it does. */
static size_t plus_end(const reader *r, size_t at)
{
    size_t end = at;
    while (touches(r, end) && is_text(r, end, "+"))
        end++;
    bool adds =
        touches(r, end) && (is_kind(r, end, SY_TOKEN_NUMBER) || is_kind(r, end, SY_TOKEN_HAN));
    return end == at + 1 && adds && !is_grade(text_of(r, at - 1)) ? at : end;
}

/* Behind the Latin word at token i with what is joined to it. */
static size_t latin_end(const reader *r, size_t i)
{
    size_t at = i + 1;
    for (; touches(r, at) && touches(r, at + 1) && is_kind(r, at + 1, SY_TOKEN_WORD) &&
           (is_text(r, at, "+") || is_text(r, at, "&") || is_text(r, at, "-"));
         at += 2)
        ;
    at = plus_end(r, at);
    sy_slice next = touches(r, at) ? text_of(r, at) : (sy_slice){NULL, 0};
    return next.len == 3 && has_character(after_latin, next.data, next.len) ? at + 1 : at;
}

/* Behind the run of the same mark at token i. */
static size_t mark_end(const reader *r, size_t i)
{
    static const char repeated[] = " — - . = * ~ _ ! ? · ";
    sy_slice mark = text_of(r, i);
    size_t at = i + 1;
    while (touches(r, at) && sy_slice_equal(text_of(r, at), mark) && has_word(repeated, mark))
        at++;
    return at;
}

/* Behind a foreign name that starts at token i: three or more characters of
 * sounds, most of which are tokens alone, or five with one alone; parts may be
 * joined by ·. */
static size_t name_end(const reader *r, size_t i)
{
    size_t at = i, alone = 0, together = 0, n;
    for (; at < r->n && at < i + NAME_TOKENS_MOST && (at == i || touches(r, at)); at++) {
        if (at > i && is_text(r, at, "·") && touches(r, at + 1) &&
            all_are(SY_CHAR_SOUND, text_of(r, at + 1), &n))
            continue;
        if (!all_are(SY_CHAR_SOUND, text_of(r, at), &n) || n > 4)
            break;
        alone += n == 1;
        together += n > 1;
    }
    size_t least = alone + 2 * together; /* characters */
    return (alone >= 2 && least >= 3 && alone >= together) || (alone >= 1 && least >= 5) ? at : i;
}

/* How bound the character is that token i is; 0 if it is no single one of class HAN. */
static unsigned bound_of(const reader *r, size_t i)
{
    uint32_t cp;
    if (!is_kind(r, i, SY_TOKEN_HAN))
        return 0;
    sy_slice s = text_of(r, i);
    if (sy_utf8_decode(s.data, s.len, &cp) < s.len || sy_break_class_of(cp) != SY_BREAK_HAN)
        return 0;
    return sy_char_bound[sy_trie_code(cp)];
}

/* How much tokens i and i + 1 are one word, two characters that are hardly words alone; 0 if
 * they are not. */
static unsigned pair_strength(const reader *r, size_t i)
{
    unsigned a = bound_of(r, i), b = touches(r, i + 1) ? bound_of(r, i + 1) : 0;
    return a >= BOUND_LEAST && b >= BOUND_LEAST && a + b > BOUND_TOGETHER ? a + b : 0;
}

/* Behind the word of two characters at token i; i if there is none, or a stronger one
 * starts at the next token, or a foreign name. */
static size_t pair_end(const reader *r, size_t i)
{
    unsigned strength = pair_strength(r, i);
    if (strength == 0 || pair_strength(r, i + 1) > strength || name_end(r, i + 1) > i + 1)
        return i;
    return i + 2;
}

static size_t unit_end(const reader *r, size_t i, sy_unit_kind *kind)
{
    size_t end = may_start_number(r, i) ? number_end(r, i) : i;
    if (end > i + 1 || is_kind(r, i, SY_TOKEN_NUMBER)) {
        *kind = SY_UNIT_NUMBER;
        return end > i ? end : i + 1;
    }
    switch (r->tokens[i].kind) {
    case SY_TOKEN_WORD:
        *kind = SY_UNIT_LATIN;
        return latin_end(r, i);
    case SY_TOKEN_HAN:
        end = name_end(r, i);
        *kind = end > i ? SY_UNIT_NAME : SY_UNIT_WORD;
        end = end > i ? end : pair_end(r, i);
        return end > i ? end : i + 1;
    default:
        *kind = SY_UNIT_PUNCTUATION;
        return mark_end(r, i);
    }
}

/* ---- quantities and dates -------------------------------------------------- */

typedef struct joiner {
    const char *text;
    const sy_unit *items;
    size_t n;
} joiner;

static sy_slice unit_text(const joiner *j, size_t i)
{
    return (sy_slice){j->text + j->items[i].start, j->items[i].end - j->items[i].start};
}

static bool joins(const joiner *j, size_t i)
{
    return i > 0 && i < j->n && j->items[i].start == j->items[i - 1].end;
}

static bool is_number(const joiner *j, size_t i)
{
    size_t n;
    return i < j->n &&
           (j->items[i].kind == SY_UNIT_NUMBER ||
            (j->items[i].kind == SY_UNIT_WORD && all_are(SY_CHAR_NUMERAL, unit_text(j, i), &n)));
}

/* Whether unit i is one of `words` and touches the one before. */
static bool follows(const joiner *j, size_t i, const char *words)
{
    return joins(j, i) && has_word(words, unit_text(j, i));
}

/* A number and a Latin unit in one token: 45ug. */
static bool is_latin_quantity(const joiner *j, size_t i)
{
    if (i >= j->n || j->items[i].kind != SY_UNIT_LATIN)
        return false;
    sy_slice s = unit_text(j, i);
    size_t digits = 0;
    while (digits < s.len &&
           ((s.data[digits] >= '0' && s.data[digits] <= '9') || s.data[digits] == '.'))
        digits++;
    return digits > 0 && has_word(latin_units, (sy_slice){s.data + digits, s.len - digits});
}

/* Behind the number at i, or the range of two or more. */
static size_t numbers_end(const joiner *j, size_t i)
{
    size_t at = i + 1;
    while (follows(j, at, ranges) && joins(j, at + 1) && is_number(j, at + 1))
        at += 2;
    return at;
}

/* Behind 2023-01-05, 2023/1/5 or 10:30, or i. */
static size_t digits_date_end(const joiner *j, size_t i)
{
    size_t at = i + 1;
    sy_slice year = unit_text(j, i);
    const char *mark = follows(j, at, " : ") ? " : " : follows(j, at, " - ") ? " - " : " / ";
    while (at < i + 5 && follows(j, at, mark) && joins(j, at + 1) && is_number(j, at + 1) &&
           unit_text(j, at + 1).len <= 2)
        at += 2;
    if (*(mark + 1) == ':')
        return at > i + 1 && year.len <= 2 ? at : i;
    return at == i + 5 && year.len == 4 ? at : i;
}

/* Behind the quantity or date that starts at i; i + 1 if none does. */
static size_t joined_end(const joiner *j, size_t i, sy_unit_kind *kind)
{
    *kind = j->items[i].kind;
    bool latin = is_latin_quantity(j, i);
    if (!latin && !is_number(j, i))
        return i + 1;
    size_t at = latin ? i : digits_date_end(j, i);
    if (at > i) {
        *kind = SY_UNIT_DATE;
        return at;
    }
    at = latin ? i + 1 : numbers_end(j, i);
    if (!latin && follows(j, at, dates)) {
        *kind = SY_UNIT_DATE;
        for (at++; joins(j, at) && is_number(j, at) && follows(j, numbers_end(j, at), dates);)
            at = numbers_end(j, at) + 1;
        return at;
    }
    if (!latin && !follows(j, at, units))
        return i + 1;
    *kind = SY_UNIT_QUANTITY;
    at += latin ? 0 : 1;
    while (follows(j, at, " / ") && joins(j, at + 1) &&
           (j->items[at + 1].kind == SY_UNIT_LATIN || j->items[at + 1].kind == SY_UNIT_WORD))
        at += 2;
    return at;
}

static void join_units(const char *text, sy_unit_list *list)
{
    joiner j = {text, list->items, list->n};
    size_t n = 0;
    for (size_t i = 0; i < j.n;) {
        sy_unit_kind kind;
        size_t end = joined_end(&j, i, &kind);
        sy_unit unit = list->items[i];
        const sy_unit *last = &list->items[end - 1];
        unit.end = last->end;
        unit.n_tokens = last->first + last->n_tokens - unit.first;
        unit.kind = kind;
        list->items[n++] = unit; /* n <= i: what is ahead stays as it was */
        i = end;
    }
    list->n = n;
}

const char *sy_unit_kind_name(sy_unit_kind kind)
{
    static const char *const names[] = {"punctuation", "number",   "latin", "word",
                                        "name",        "quantity", "date"};
    return names[kind];
}

sy_status sy_units(const char *normal, const sy_token *tokens, size_t n, bool joined,
                   sy_unit_list *out, sy_error *err)
{
    reader r = {normal, tokens, n};
    out->n = 0;
    for (size_t i = 0; i < n;) {
        sy_unit_kind kind;
        size_t end = unit_end(&r, i, &kind);
        if (!sy_grow((void **)&out->items, out->n, &out->cap, sizeof *out->items))
            return sy_fail_nomem(err);
        out->items[out->n++] =
            (sy_unit){tokens[i].start, tokens[end - 1].end, (uint32_t)i, (uint32_t)(end - i), kind};
        i = end;
    }
    if (joined)
        join_units(normal, out);
    return SY_OK;
}
