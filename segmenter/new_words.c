#include "segmenter/new_words.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

enum {
    TEXT_MOST = 1 << 24,
    SMALL_TEXT = 1 << 17, /* characters */
    LEAST = 8,            /* occurrences, unless others are asked for */
    LEAST_OF_SMALL = 5,
    CHARS_LEAST = 2,
    CHARS_MOST = 8,
    CONTEXT_CHARS = 6, /* on each side */
    QUOTED_COUNTS = 4  /* a place in quotes counts as so many */
};

/* What a new word has at least. Chosen by reading what comes out of government
 * reports and a ledger. */
static const double cohesion_least = 3.0;   /* nats */
static const double entropy_least = 1.0;    /* nats, on either side */
static const double at_tokens_least = 0.75; /* of its occurrences start and end with tokens */
static const double known_most = 0.3;       /* of its occurrences that are one token */
static const double inside_most = 0.7;      /* of its occurrences inside one longer new word */
static const double opened_least = 0.7;     /* of what follows an opener stands behind it */

static const double quoted_least = 0.25;   /* of its occurrences, if they say that it is a word */
static const double quoted_cohesion = 6.0; /* nats: what this is worth in the order */
static const double measured_most = 0.5;   /* of its occurrences behind a number */
static const double free_most = 3.0;       /* nats: more entropy makes no better word */

/* A new word neither starts nor ends with these. */
static const char never_first[] =
    "的了是在和与及或等为对将以有不也都就而被把从于之其这那我他她它们着地得又并很更"
    "最还到上下中各每某该此但却则已曾正使让向由所者要会能可应须十百千万亿年月日来去再"
    "才只共约达近超了";
static const char never_last[] =
    "的了是在和与及或等为对将以有不也都就而被把从于之其这那我他她它们着地得又并很更最还"
    "到下中内各每某该此但却则已曾正使让向由所要可应须说十百千亿来去再才只年月日一二三"
    "四五六七八九两";

/* Nor does it start with these behind a number: 5家以上, 3A级景区, but 个转企. */
static const char measures[] = "个家级项条批名处位座只件次种类";

/* Words that open a phrase, not a name of a thing. */
static const char *const openers[] = {
    "关于", "认真", "深入", "积极", "严格", "大力",   "扎实", "稳步", "努力",   "切实",
    "充分", "广泛", "牢牢", "必须", "一定", "采取",   "表示", "争取", "请予",   "今后",
    "高度", "继续", "不断", "加快", "促进", "提高",   "加强", "反对", "坚决",   "进一步",
    "具有", "全力", "着力", "有效", "逐步", "更加",   "相",   "比",   "比上年", "较",
    "取得", "走出", "始终", "永远", "适当", "大幅度", "一些", "本",   "你",     "按",
    "当今", "当代", "决不", "今年", "去年", "明年"};
/* Words that do so unless most of what stands behind them stands there: 维护世界和平 is a
 * phrase, 全面建成小康社会 is a term. */
static const char *const mostly_openers[] = {
    "维护", "推进", "推动", "改善", "减轻", "防止", "创造", "抓住", "抓紧", "抓好", "全面",
    "扩大", "深化", "贯彻", "注重", "坚定", "牢固", "初步", "密切", "紧密", "严厉", "严肃",
    "集中", "增加", "减少", "保持", "保证", "实现", "完成", "加大", "强化", "做好", "搞好",
    "落实", "坚持", "鼓励", "引导", "发挥", "形成", "确保", "依靠", "按照", "根据", "通过",
    "围绕", "面向", "增强", "提升", "优化", "完善", "健全", "建立", "巩固", "解决", "制定",
    "实施", "开展", "带动", "避免", "大幅", "大大", "迅速", "明显", "显著", "普遍", "正确",
    "主动", "自觉", "及时", "全国", "全体", "整个", "广大", "各级", "各类", "降低", "持续",
    "紧紧", "合理", "成功", "转变", "调整", "引进", "普及", "平均"};

typedef struct gram {
    uint32_t at, n; /* in the text; n == 0: an empty slot */
    uint32_t count;
    bool pruned; /* a longer new word has most of it */
} gram;

struct sy_new_words {
    uint32_t *text;  /* code points; SY_BARRIER for all that is not Han */
    uint8_t *starts; /* whether a token starts there; 1 + n if one of n characters in quotes */
    size_t n, cap, cap_starts;
    size_t quote;   /* in `text`: behind the last opening mark, or SIZE_MAX */
    uint64_t *seen; /* a hash table, open, of a power of two: hashes of values, 0: empty */
    size_t n_seen, seen_size;
    uint32_t *order; /* places in the order of what stands there */
    gram *grams;     /* a hash table, open, of a power of two: all frequent strings */
    size_t n_grams, size;
    sy_new_word *words;
    uint32_t *word_at; /* where in the text words[i] stands */
    size_t n_words, cap_words, cap_word_at;
    uint32_t *beside; /* scratch: what stands beside a string */
    size_t cap_beside;
};

sy_status sy_new_words_new(sy_new_words **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    return *out ? SY_OK : sy_fail_nomem(err);
}

void sy_new_words_free(sy_new_words *w)
{
    if (!w)
        return;
    sy_free(w->text);
    sy_free(w->starts);
    sy_free(w->seen);
    sy_free(w->order);
    sy_free(w->grams);
    sy_free(w->words);
    sy_free(w->word_at);
    sy_free(w->beside);
    sy_free(w);
}

/* ---- text ------------------------------------------------------------------ */

enum { OPENS = 1, CLOSES = 2 };

/* What a quotation mark does. */
static unsigned quote_of(uint32_t cp)
{
    if (cp == '"')
        return OPENS | CLOSES;
    if (cp == 0x201C || cp == 0x2018 || cp == 0x300C || cp == 0x300E)
        return OPENS;
    return cp == 0x201D || cp == 0x2019 || cp == 0x300D || cp == 0x300F ? CLOSES : 0;
}

/* Notes whether the text just before the mark `cp`, which was put as a barrier at w->n - 1,
 * stands in quotes, and is no longer than a word. */
static void note_quote(sy_new_words *w, uint32_t cp)
{
    unsigned quote = quote_of(cp);
    size_t n = w->quote < w->n ? w->n - 1 - w->quote : 0;
    bool han = n >= CHARS_LEAST && n <= CHARS_MOST;
    for (size_t i = 0; han && i < n; i++)
        han = w->text[w->quote + i] != SY_BARRIER;
    if (han && (quote & CLOSES) != 0)
        w->starts[w->quote] = (uint8_t)(1 + n);
    bool closed = (quote & CLOSES) != 0 && w->quote != SIZE_MAX; /* a straight one does either */
    w->quote = (quote & OPENS) != 0 && !closed ? w->n : SIZE_MAX;
}

static sy_status put(sy_new_words *w, uint32_t cp, bool start, sy_error *err)
{
    if (!sy_grow((void **)&w->text, w->n, &w->cap, sizeof *w->text) ||
        !sy_grow((void **)&w->starts, w->n, &w->cap_starts, sizeof *w->starts))
        return sy_fail_nomem(err);
    w->text[w->n] = cp;
    w->starts[w->n++] = start;
    return SY_OK;
}

/* The slot of a hash in w->seen. */
static uint64_t *find_seen(const sy_new_words *w, uint64_t hash)
{
    size_t slot = hash & (w->seen_size - 1);
    while (w->seen[slot] != 0 && w->seen[slot] != hash)
        slot = (slot + 1) & (w->seen_size - 1);
    return &w->seen[slot];
}

/* Whether the text was added before; now it is. */
static sy_status was_seen(sy_new_words *w, const char *text, size_t len, bool *seen, sy_error *err)
{
    if (2 * (w->n_seen + 1) > w->seen_size) {
        uint64_t *old = w->seen;
        size_t old_size = w->seen_size;
        size_t size = old_size > 0 ? 2 * old_size : 1 << 10;
        uint64_t *table = sy_calloc(size, sizeof *table);
        if (!table)
            return sy_fail_nomem(err);
        w->seen = table;
        w->seen_size = size;
        for (size_t i = 0; i < old_size; i++)
            if (old[i] != 0)
                *find_seen(w, old[i]) = old[i];
        sy_free(old);
    }
    uint64_t hash = sy_hash64(text, len), *slot;
    hash += hash == 0;
    slot = find_seen(w, hash);
    *seen = *slot != 0;
    w->n_seen += !*seen;
    *slot = hash;
    return SY_OK;
}

sy_status sy_new_words_add(sy_new_words *w, const char *normal, const sy_token *tokens,
                           size_t n_tokens, bool *full, sy_error *err)
{
    *full = w->n > TEXT_MOST;
    bool seen = n_tokens == 0;
    if (*full || seen)
        return SY_OK;
    size_t from = tokens[0].start, len = tokens[n_tokens - 1].end - from;
    sy_status st = was_seen(w, normal + from, len, &seen, err);
    if (st != SY_OK || seen)
        return st;
    w->quote = SIZE_MAX;
    st = put(w, SY_BARRIER, true, err);
    for (size_t i = 0; st == SY_OK && i < n_tokens; i++) {
        if (i > 0 && tokens[i].start != tokens[i - 1].end)
            st = put(w, SY_BARRIER, true, err);
        bool start = true;
        for (size_t at = tokens[i].start; st == SY_OK && at < tokens[i].end; start = false) {
            uint32_t cp;
            at += sy_utf8_decode(normal + at, tokens[i].end - at, &cp);
            bool han = sy_cp_is_han(cp);
            if (han || w->text[w->n - 1] != SY_BARRIER)
                st = put(w, han ? cp : SY_BARRIER, start || !han, err);
            if (st == SY_OK && quote_of(cp) != 0)
                note_quote(w, cp);
        }
    }
    return st;
}

/* ---- frequent strings ------------------------------------------------------- */

static int compare_places(const void *a, const void *b, void *ctx)
{
    const uint32_t *x = (const uint32_t *)ctx + *(const uint32_t *)a;
    const uint32_t *y = (const uint32_t *)ctx + *(const uint32_t *)b;
    for (size_t i = 0; i <= CHARS_MOST; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
        if (x[i] == SY_BARRIER)
            return 0;
    }
    return 0;
}

static sy_status sort_places(sy_new_words *w, size_t *n, sy_error *err)
{
    w->order = sy_alloc(w->n + 1, sizeof *w->order);
    w->beside = sy_alloc(w->n + 1, sizeof *w->beside);
    if (!w->order || !w->beside)
        return sy_fail_nomem(err);
    *n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (w->text[i] != SY_BARRIER)
            w->order[(*n)++] = (uint32_t)i;
    qsort_r(w->order, *n, sizeof *w->order, compare_places, w->text);
    return SY_OK;
}

static bool same_text(const sy_new_words *w, uint32_t a, uint32_t b, uint32_t n)
{
    return memcmp(w->text + a, w->text + b, n * sizeof *w->text) == 0;
}

/* The slot of text[at, at + n). */
static gram *find_gram(const sy_new_words *w, uint32_t at, uint32_t n)
{
    uint64_t hash = n;
    for (uint32_t i = 0; i < n; i++)
        hash = (hash ^ w->text[at + i]) * 0x9E3779B97F4A7C15u;
    size_t slot = (hash ^ hash >> 32) & (w->size - 1);
    while (w->grams[slot].n != 0 &&
           (w->grams[slot].n != n || !same_text(w, w->grams[slot].at, at, n)))
        slot = (slot + 1) & (w->size - 1);
    return &w->grams[slot];
}

static sy_status add_gram(sy_new_words *w, uint32_t at, uint32_t n, uint32_t count, sy_error *err)
{
    if (2 * (w->n_grams + 1) > w->size) {
        gram *old = w->grams;
        size_t old_size = w->size;
        size_t size = old_size > 0 ? 2 * old_size : 1 << 12;
        gram *grams = sy_calloc(size, sizeof *grams);
        if (!grams)
            return sy_fail_nomem(err);
        w->grams = grams;
        w->size = size;
        for (size_t i = 0; i < old_size; i++)
            if (old[i].n != 0)
                *find_gram(w, old[i].at, old[i].n) = old[i];
        sy_free(old);
    }
    *find_gram(w, at, n) = (gram){at, n, count, false};
    w->n_grams++;
    return SY_OK;
}

/* Whether n characters of Han stand at `at`. */
static bool has_han(const sy_new_words *w, uint32_t at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (w->text[at + i] == SY_BARRIER)
            return false;
    return true;
}

/* Behind the places from order[i] on that start with the same n characters. */
static size_t group_end(const sy_new_words *w, size_t i, size_t n_places, uint32_t n)
{
    size_t end = i + 1;
    while (end < n_places && same_text(w, w->order[i], w->order[end], n))
        end++;
    return end;
}

/* The places of a group that stand in quotes. */
static size_t count_quoted(const sy_new_words *w, size_t first, size_t end, uint32_t n)
{
    size_t quoted = 0;
    for (size_t i = first; n >= CHARS_LEAST && i < end; i++)
        quoted += w->starts[w->order[i]] == 1 + n;
    return quoted;
}

/* Whether a group has places enough, those in quotes counted higher. */
static bool are_enough(const sy_new_words *w, size_t first, size_t end, uint32_t n, uint32_t least)
{
    size_t count = end - first;
    return has_han(w, w->order[first], n) &&
           (count >= least ||
            (QUOTED_COUNTS * count >= least &&
             count + (QUOTED_COUNTS - 1) * count_quoted(w, first, end, n) >= least));
}

static sy_status count_grams(sy_new_words *w, size_t n_places, uint32_t least, sy_error *err)
{
    sy_status st = SY_OK;
    for (uint32_t n = 1; st == SY_OK && n <= CHARS_MOST; n++)
        for (size_t i = 0, end; st == SY_OK && i < n_places; i = end) {
            end = group_end(w, i, n_places, n);
            if (are_enough(w, i, end, n, least))
                st = add_gram(w, w->order[i], n, (uint32_t)(end - i), err);
        }
    return st;
}

/* ---- evidence ----------------------------------------------------------------- */

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Entropy in nats of the characters that stand `by` from each place of a group; a
 * barrier differs from everything. */
static double entropy(sy_new_words *w, size_t first, size_t end, ptrdiff_t by)
{
    size_t n = end - first;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        w->beside[i] = w->text[(ptrdiff_t)w->order[first + i] + by];
    qsort(w->beside, n, sizeof *w->beside, compare_u32);
    for (size_t i = 0, next; i < n; i = next) {
        next = i + 1;
        while (next < n && w->beside[next] == w->beside[i])
            next++;
        double count = (double)(next - i);
        sum += w->beside[i] == SY_BARRIER ? 0 : count * log(count);
    }
    return log((double)n) - sum / (double)n;
}

/* A part that is too rare to be counted, as only those of a rare quoted string are, says
 * nothing. */
static double cohesion(const sy_new_words *w, uint32_t at, uint32_t n, double count)
{
    double least = INFINITY;
    for (uint32_t i = 1; i < n; i++) {
        double left = find_gram(w, at, i)->count, right = find_gram(w, at + i, n - i)->count;
        if (left == 0 || right == 0)
            continue;
        double own = log(count * (double)w->n / (left * right));
        least = own < least ? own : least;
    }
    return least < INFINITY ? least : cohesion_least;
}

/* Whether a character is in a list of characters. */
static bool is_in(const char *list, uint32_t cp)
{
    char bytes[5] = {0};
    sy_utf8_encode(cp, bytes);
    return strstr(list, bytes) != NULL;
}

/* Shares of the group's places where the string starts and ends with tokens, and
 * where it is one token. */
static void compare_with_tokens(const sy_new_words *w, size_t first, size_t end, uint32_t n,
                                double *at_tokens, double *one_token)
{
    size_t n_at = 0, n_one = 0;
    for (size_t i = first; i < end; i++) {
        const uint8_t *starts = w->starts + w->order[i];
        if (!starts[0] || !starts[n])
            continue;
        n_at++;
        n_one += memchr(starts + 1, 1, n - 1) == NULL;
    }
    *at_tokens = (double)n_at / (double)(end - first);
    *one_token = (double)n_one / (double)(end - first);
}

static void put_text(const sy_new_words *w, size_t from, size_t to, sy_buf *out)
{
    for (size_t i = from; i < to; i++)
        sy_buf_put_cp(out, w->text[i]);
}

static sy_status add_word(sy_new_words *w, sy_new_word *word, uint32_t at, uint32_t n,
                          sy_error *err)
{
    sy_buf text = SY_BUF_INIT;
    size_t from = at, to = at + n;
    put_text(w, at, at + n, &text);
    memcpy(word->text, sy_buf_cstr(&text), text.len + 1);
    sy_buf_reset(&text);
    while (from > 0 && at - from < CONTEXT_CHARS && w->text[from - 1] != SY_BARRIER)
        from--;
    while (to < w->n && to - at - n < CONTEXT_CHARS && w->text[to] != SY_BARRIER)
        to++;
    put_text(w, from, at, &text);
    sy_buf_puts(&text, "【");
    put_text(w, at, at + n, &text);
    sy_buf_puts(&text, "】");
    put_text(w, at + n, to, &text);
    sy_status st = sy_buf_status(&text, err);
    if (st == SY_OK && text.len < sizeof word->context)
        memcpy(word->context, sy_buf_cstr(&text), text.len + 1);
    sy_buf_release(&text);
    if (st != SY_OK)
        return st;
    if (!sy_grow((void **)&w->words, w->n_words, &w->cap_words, sizeof *w->words) ||
        !sy_grow((void **)&w->word_at, w->n_words, &w->cap_word_at, sizeof *w->word_at))
        return sy_fail_nomem(err);
    w->word_at[w->n_words] = at;
    w->words[w->n_words++] = *word;
    return SY_OK;
}

/* Characters of the word of `list` that text[at, at + n) starts with, a whole token, or 0. */
static uint32_t opener_length(const sy_new_words *w, const char *const *list, size_t n_list,
                              uint32_t at, uint32_t n)
{
    for (size_t k = 0; k < n_list; k++) {
        uint32_t i = 0;
        size_t len = strlen(list[k]);
        for (size_t byte = 0; byte < len && i < n; i++) {
            uint32_t cp;
            byte += sy_utf8_decode(list[k] + byte, len - byte, &cp);
            if (cp != w->text[at + i])
                break;
            if (byte == len && w->starts[at + i + 1])
                return i + 1;
        }
    }
    return 0;
}

/* Whether text[at, at + n) starts with an opener and what follows does not need it. */
static bool is_opened(const sy_new_words *w, uint32_t at, uint32_t n)
{
    if (opener_length(w, openers, sizeof openers / sizeof *openers, at, n) > 0)
        return true;
    uint32_t opener =
        opener_length(w, mostly_openers, sizeof mostly_openers / sizeof *mostly_openers, at, n);
    if (opener == 0 || opener == n)
        return opener > 0;
    double behind = find_gram(w, at + opener, n - opener)->count;
    return find_gram(w, at, n)->count < opened_least * behind;
}

/* Whether text[at, at + n) reads as a phrase: an opener, a conjunction or pronoun between
 * tokens, or a numeral with a measure word. */
static bool is_phrase(const sy_new_words *w, uint32_t at, uint32_t n)
{
    if (n == 2 && is_in("一二三四五六七八九十两几多", w->text[at]))
        return true;
    for (uint32_t i = 1; i + 1 < n; i++)
        if (w->starts[at + i] &&
            (is_in("这那", w->text[at + i]) ||
             (w->starts[at + i + 1] && is_in("的和与及也或为在", w->text[at + i]))))
            return true;
    return is_opened(w, at, n);
}

/* Share of the group's places where a number stands before the string. */
static double behind_numbers(const sy_new_words *w, size_t first, size_t end)
{
    size_t n = 0;
    for (size_t i = first; i < end; i++) {
        uint32_t before = w->text[w->order[i] - 1];
        n += before == SY_BARRIER || is_in("一二三四五六七八九十百千万两几多", before);
    }
    return (double)n / (double)(end - first);
}

/* Whether the edges of a group's string, and what opens it, are those of a word. */
static bool has_edges(const sy_new_words *w, size_t first, size_t end, uint32_t n)
{
    uint32_t at = w->order[first];
    if (is_in(never_first, w->text[at]) || is_in(never_last, w->text[at + n - 1]) ||
        is_phrase(w, at, n))
        return false;
    return !(is_in(measures, w->text[at]) && w->starts[at + 1] &&
             behind_numbers(w, first, end) >= measured_most);
}

/* Adds the string of a group to the words if it is one. Who puts it in quotes says that it
 * is, and where it ends. */
static sy_status judge(sy_new_words *w, size_t first, size_t end, uint32_t n, sy_error *err)
{
    uint32_t at = w->order[first];
    double at_tokens, one_token;
    sy_new_word word = {.count = (uint32_t)(end - first)};
    bool quoted = (double)count_quoted(w, first, end, n) >= quoted_least * word.count;
    if (!quoted && !has_edges(w, first, end, n))
        return SY_OK;
    compare_with_tokens(w, first, end, n, &at_tokens, &one_token);
    if ((!quoted && at_tokens < at_tokens_least) || one_token > known_most)
        return SY_OK;
    word.cohesion = cohesion(w, at, n, word.count);
    word.left = entropy(w, first, end, -1);
    word.right = entropy(w, first, end, (ptrdiff_t)n);
    double free = word.left < word.right ? word.left : word.right;
    if (!quoted && (word.cohesion < cohesion_least || free < entropy_least))
        return SY_OK;
    double firm = quoted && word.cohesion < quoted_cohesion ? quoted_cohesion : word.cohesion;
    word.score = log(word.count) * firm * (quoted || free > free_most ? free_most : free);
    return add_word(w, &word, at, n, err);
}

/* ---- pruning -------------------------------------------------------------------- */

static size_t n_chars(const sy_new_word *word)
{
    return sy_utf8_count(word->text, strlen(word->text));
}

/* Marks the strings that mostly stand inside one longer new word. */
static void prune(sy_new_words *w)
{
    for (size_t i = 0; i < w->n_words; i++) {
        uint32_t n = (uint32_t)n_chars(&w->words[i]);
        for (uint32_t part = CHARS_LEAST; part < n; part++)
            for (uint32_t from = 0; from + part <= n; from++) {
                gram *g = find_gram(w, w->word_at[i] + from, part);
                g->pruned = g->pruned || (g->n > 0 && w->words[i].count >= inside_most * g->count);
            }
    }
}

static int by_score(const void *a, const void *b)
{
    const sy_new_word *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return strcmp(x->text, y->text);
}

sy_status sy_new_words_find(sy_new_words *w, uint32_t least, const sy_new_word **out, size_t *n,
                            sy_error *err)
{
    *out = NULL;
    *n = 0;
    size_t n_places = 0, kept = 0;
    sy_status st = SY_OK;
    for (int i = 0; st == SY_OK && i <= CHARS_MOST; i++) /* no string reads past the end */
        st = put(w, SY_BARRIER, true, err);
    if (least == 0)
        least = w->n < SMALL_TEXT ? LEAST_OF_SMALL : LEAST;
    if (st == SY_OK)
        st = sort_places(w, &n_places, err);
    if (st == SY_OK)
        st = count_grams(w, n_places, least, err);
    for (uint32_t len = CHARS_LEAST; st == SY_OK && len <= CHARS_MOST; len++)
        for (size_t i = 0, end; st == SY_OK && i < n_places; i = end) {
            end = group_end(w, i, n_places, len);
            if (are_enough(w, i, end, len, least))
                st = judge(w, i, end, len, err);
        }
    if (st != SY_OK)
        return st;
    prune(w);
    for (size_t i = 0; i < w->n_words; i++)
        if (!find_gram(w, w->word_at[i], (uint32_t)n_chars(&w->words[i]))->pruned)
            w->words[kept++] = w->words[i];
    w->n_words = kept;
    if (kept > 0)
        qsort(w->words, kept, sizeof *w->words, by_score);
    *out = w->words;
    *n = kept;
    return SY_OK;
}
