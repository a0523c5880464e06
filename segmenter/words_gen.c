/* segmenter/words_gen.c - prints word_tables.inc, what the cutter knows of
 * characters and words, from the ICU data of the machine that builds.
 *
 * A program of the build, not of the library. What the tables mean is said in
 * segmenter/word_tables.h and segmenter/trie.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "base/hash.h"
#include "segmenter/array_gen.h"
#include "segmenter/icu_words.h"
#include "segmenter/word_tables.h"

enum {
    CODE_POINTS = 0x110000,
    BLOCK = 1 << SY_BREAK_SHIFT,
    N_CPS = SY_TRIE_CP_END - SY_TRIE_CP_FIRST
};

static const UNormalizer2 *nfkc;
static UBreakIterator *breaks;
static uint8_t class_of[CODE_POINTS];
static uint16_t code_of[N_CPS];
static uint32_t n_codes;

static void die(const char *what)
{
    fprintf(stderr, "words_gen: %s\n", what);
    exit(1);
}

static void check_icu(UErrorCode status)
{
    if (U_FAILURE(status))
        die(u_errorName(status));
}

/* ---- classes of characters ------------------------------------------------ */

/* Whether ICU leaves the text `before` + cp + `after` whole. */
static bool is_whole(const char *before, UChar32 cp, const char *after)
{
    UChar text[16];
    int32_t n = 0;
    UErrorCode status = U_ZERO_ERROR;
    for (const char *c = before; *c; c++)
        text[n++] = (UChar)(unsigned char)*c;
    if (cp >= 0x10000)
        text[n++] = U16_LEAD(cp);
    text[n++] = cp >= 0x10000 ? U16_TRAIL(cp) : (UChar)cp;
    for (const char *c = after; *c; c++)
        text[n++] = (UChar)(unsigned char)*c;
    ubrk_setText(breaks, text, n, &status);
    check_icu(status);
    return ubrk_next(breaks) == n;
}

/* Scripts and properties whose rules look further than a neighbour. */
static bool is_left_to_icu(UChar32 cp)
{
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(cp, &status);
    return script == USCRIPT_HANGUL || script == USCRIPT_HEBREW || script == USCRIPT_HIRAGANA ||
           script == USCRIPT_KATAKANA ||
           u_getIntPropertyValue(cp, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT ||
           u_hasBinaryProperty(cp, UCHAR_EXTENDED_PICTOGRAPHIC) ||
           u_hasBinaryProperty(cp, UCHAR_REGIONAL_INDICATOR);
}

static sy_break_class ask_class(UChar32 cp)
{
    static const struct {
        const char *before, *after;
    } asked[] = {{"a", ""},     {"", "a"},  {"1", ""},  {"", "1"},   {"_", ""},
                 {"", "_"},     {"a", "a"}, {"1", "1"}, {"a'", "a"}, {"1'", "1"},
                 {"a\xB7", ""}, {"1,", ""}, {".", ""},  {"", "."}};
    /* The answers of each class, in the order above. */
    static const struct {
        sy_break_class is;
        const char *answers;
    } known[] = {{SY_BREAK_ALONE, "00000000000000"},      {SY_BREAK_LETTER, "11111111101000"},
                 {SY_BREAK_DIGIT, "11111111010100"},      {SY_BREAK_JOINER, "11111111000000"},
                 {SY_BREAK_MID_LETTER, "00000010000000"}, {SY_BREAK_MID_DIGIT, "00000001000000"},
                 {SY_BREAK_MID_BOTH, "00000011000000"}};
    char answers[sizeof asked / sizeof *asked + 1];
    size_t n = 0;
    for (; n < sizeof asked / sizeof *asked; n++)
        answers[n] = is_whole(asked[n].before, cp, asked[n].after) ? '1' : '0';
    answers[n] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(answers, known[i].answers) == 0)
            return known[i].is;
    return SY_BREAK_BY_ICU;
}

static sy_break_class find_class(UChar32 cp)
{
    UErrorCode status = U_ZERO_ERROR;
    if (cp == ' ' || cp == '\n')
        return SY_BREAK_GAP;
    int8_t type = u_charType(cp);
    if (type == U_UNASSIGNED || type == U_SURROGATE || type == U_PRIVATE_USE_CHAR ||
        u_getIntPropertyValue(cp, UCHAR_WORD_BREAK) == U_WB_WSEGSPACE || is_left_to_icu(cp))
        return SY_BREAK_BY_ICU;
    if (uscript_getScript(cp, &status) != USCRIPT_HAN)
        return ask_class(cp);
    /* A Han character with letters' rules besides (as 々 has) is left to ICU, and one
     * that its dictionary engine would normalise. */
    return ask_class(cp) == SY_BREAK_ALONE && unorm2_isInert(nfkc, cp) ? SY_BREAK_HAN
                                                                       : SY_BREAK_BY_ICU;
}

/* Characters of numbers, and those that write foreign names by their sound. */
static const char numerals[] = "〇零一二三四五六七八九十百千万亿两廿○";
static const char sounds[] =
    "阿埃艾安奥巴班邦贝本比彼毕别宾波伯博勃布查达戴丹德登邓迪丁杜顿多俄厄恩尔法凡菲费芬弗夫福盖甘"
    "冈戈格根古瓜圭哈海汉豪赫亨华霍基吉加贾杰金卡凯坎康科克肯库夸拉莱赖兰朗劳勒雷里理力利莉"
    "连廉列林琳龙隆卢鲁路伦罗洛吕马玛迈麦曼芒梅门蒙米密敏明莫墨默姆穆拿娜纳奈南内尼妮涅宁诺努欧帕"
    "潘庞佩彭蓬皮珀普奇齐琪恰乔切丘热日茹儒若撒萨塞赛桑瑟森沙山尚舍申圣施什史士斯思苏孙索塔"
    "泰坦汤唐特腾提图托瓦万旺威韦维魏温文沃乌伍武西希席锡夏显肖谢辛休雅亚延扬耶叶依伊因英尤于约"
    "泽扎詹哲芝朱兹佐丝娅蒂莎嘉妲芙萝蕾黛";

static void set_flag(const char *list, uint8_t flag)
{
    UChar units[1024];
    int32_t n;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(units, 1024, &n, list, -1, &status);
    check_icu(status);
    for (int32_t i = 0; i < n; i++)
        class_of[units[i]] |= flag;
}

static void print_classes(void)
{
    static uint16_t index[CODE_POINTS / BLOCK];
    static uint8_t blocks[1024][BLOCK];
    size_t n = 0;
    for (uint32_t i = 0; i < CODE_POINTS / BLOCK; i++) {
        size_t b = 0;
        while (b < n && memcmp(blocks[b], class_of + i * BLOCK, BLOCK) != 0)
            b++;
        if (b == 1024)
            die("too many different blocks of classes");
        if (b == n)
            memcpy(blocks[n++], class_of + i * BLOCK, BLOCK);
        index[i] = (uint16_t)b;
    }
    printf("const uint16_t sy_break_index[0x110000 >> SY_BREAK_SHIFT] = {");
    for (uint32_t i = 0; i < CODE_POINTS / BLOCK; i++)
        printf("%s%u,", i % 32 ? "" : "\n", index[i]);
    printf("};\nconst uint8_t sy_break_blocks[][1 << SY_BREAK_SHIFT] = {");
    for (size_t b = 0; b < n; b++)
        for (uint32_t i = 0; i < BLOCK; i++)
            printf("%s%u%s", i ? "," : "\n{", blocks[b][i], i + 1 == BLOCK ? "}," : "");
    printf("};\n");
}

/* ---- words ---------------------------------------------------------------- */

/* A word of ICU's dictionary that its engine can find in a run of class HAN. */
static void take_icu_word(void *ctx, const uint16_t *units, size_t n, uint32_t cost)
{
    if (n > SY_TRIE_WORD_MOST)
        return;
    for (size_t i = 0; i < n; i++)
        if (units[i] < SY_TRIE_CP_FIRST || units[i] >= SY_TRIE_CP_END ||
            (class_of[units[i]] & SY_BREAK_CLASS_MASK) != SY_BREAK_HAN)
            return;
    if (cost >= SY_TRIE_NO_WORD)
        die("a cost of ICU's dictionary is too great");
    sy_gen_word *w = sy_gen_words_add(ctx);
    memcpy(w->codes, units, n * sizeof *units);
    w->n = (uint8_t)n;
    w->cost = (uint16_t)cost;
}

static uint32_t uses[N_CPS];

static int by_use(const void *a, const void *b)
{
    uint16_t i = *(const uint16_t *)a, k = *(const uint16_t *)b;
    return uses[i] != uses[k] ? (uses[i] < uses[k] ? 1 : -1) : i - k;
}

/* Codes from 1 on, the characters of many words first: that keeps arrays short. */
static void give_codes(const sy_gen_words *list)
{
    static uint16_t order[N_CPS];
    for (size_t i = 0; i < list->n; i++)
        for (size_t k = 0; k < list->items[i].n; k++)
            uses[list->items[i].codes[k] - SY_TRIE_CP_FIRST]++;
    for (uint16_t i = 0; i < N_CPS; i++)
        order[i] = i;
    qsort(order, N_CPS, sizeof *order, by_use);
    for (uint32_t i = 0; i < N_CPS && uses[order[i]] > 0; i++)
        code_of[order[i]] = (uint16_t)(n_codes = i + 1);
    printf("const uint16_t sy_trie_codes[SY_TRIE_CP_END - SY_TRIE_CP_FIRST] = {");
    for (uint32_t i = 0; i < N_CPS; i++)
        printf("%s%u,", i % 16 ? "" : "\n", code_of[i]);
    printf("};\n");
}

/* These make no word with the character beside them that nobody lists: numerals, function
 * words, places, auxiliaries, negations, and what follows a verb. */
static const char unbound[] =
    "一二三四五六七八九十百千万亿两几多之所其即既且乃皆亦各该此是在了着过来去"
    "到上下里外前后中内再先没便就都每使"
    "出得能会可应无未非莫勿难如若些件全又仍诸进回起开变往作用";

/* Sums the probabilities of the learned words that each character is in, and is alone. */
static void print_bound(const sy_gen_words *list)
{
    static double in_words[N_CPS], alone[N_CPS];
    static uint8_t bound[N_CPS + 1];
    for (size_t i = 0; i < list->n; i++) {
        const sy_gen_word *w = &list->items[i];
        double p = exp(-(double)w->cost / SY_TRIE_COST_SCALE);
        for (size_t k = 0; k < w->n && w->cost != SY_TRIE_NO_WORD; k++) {
            in_words[w->codes[k] - SY_TRIE_CP_FIRST] += p;
            alone[w->codes[k] - SY_TRIE_CP_FIRST] += w->n == 1 ? p : 0;
        }
    }
    bound[0] = SY_BOUND_MOST; /* of a character that no word has */
    for (uint32_t i = 0; i < N_CPS; i++) {
        double most = (double)SY_BOUND_MOST / SY_BOUND_SCALE;
        double b = alone[i] > 0 ? -log(alone[i] / in_words[i]) : most;
        bound[code_of[i]] = (uint8_t)lround((b < most ? b : most) * SY_BOUND_SCALE);
    }
    UChar units[128];
    int32_t n;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(units, 128, &n, unbound, -1, &status);
    check_icu(status);
    for (int32_t i = 0; i < n; i++)
        bound[code_of[units[i] - SY_TRIE_CP_FIRST]] = 0;
    printf("const uint8_t sy_char_bound[] = {");
    for (uint32_t i = 0; i <= n_codes; i++)
        printf("%s%u,", i % 32 ? "" : "\n", bound[i]);
    printf("};\n");
}

static void print_trie(const char *name, sy_gen_words *list, uint32_t unknown, uint32_t rare,
                       uint64_t hash)
{
    for (size_t i = 0; i < list->n; i++)
        for (size_t k = 0; k < list->items[i].n; k++)
            list->items[i].codes[k] = code_of[list->items[i].codes[k] - SY_TRIE_CP_FIRST];
    uint32_t n;
    uint64_t *nodes = sy_gen_array(list, n_codes, &n);
    printf("static const uint64_t %s_nodes[%u] = {", name, (unsigned)n);
    for (uint32_t i = 0; i < n; i++)
        printf("%s%#llx,", i % 8 ? "" : "\n", (unsigned long long)nodes[i]);
    printf("};\nconst sy_trie %s = {%s_nodes, %u, %u, %zu, %#llxu};\n", name, name,
           (unsigned)unknown, (unsigned)rare, list->n, (unsigned long long)hash);
    free(nodes);
}

/* ---- learned costs -------------------------------------------------------- */

enum { DROPPED = SY_TRIE_NO_WORD }; /* the cost of a word of ICU's dictionary that is none */

static sy_gen_words learned;
static uint32_t other, unknown; /* costs: of words that were not learned, of no words */
static uint64_t learned_hash;

static int by_text(const void *a, const void *b)
{
    const sy_gen_word *x = a, *y = b;
    for (size_t i = 0; i < x->n && i < y->n; i++)
        if (x->codes[i] != y->codes[i])
            return x->codes[i] < y->codes[i] ? -1 : 1;
    return x->n - y->n;
}

/* A line of word_costs.tsv: word, tab, cost or "-". */
static void read_line(char *line)
{
    char *tab = strchr(line, '\t');
    if (!tab)
        die("a line of the word costs has no tab");
    *tab = '\0';
    unsigned long cost = tab[1] == '-' ? DROPPED : strtoul(tab + 1, NULL, 10);
    if (cost > DROPPED)
        die("a learned cost is too great");
    if (strcmp(line, "#other") == 0) {
        other = (uint32_t)cost;
    } else if (strcmp(line, "#unknown") == 0) {
        unknown = (uint32_t)cost;
    } else {
        UChar units[SY_TRIE_WORD_MOST];
        int32_t n;
        UErrorCode status = U_ZERO_ERROR;
        u_strFromUTF8(units, SY_TRIE_WORD_MOST, &n, line, -1, &status);
        check_icu(status);
        for (int32_t i = 0; i < n; i++)
            if (units[i] < SY_TRIE_CP_FIRST || units[i] >= SY_TRIE_CP_END ||
                (class_of[units[i]] & SY_BREAK_CLASS_MASK) != SY_BREAK_HAN)
                return; /* another ICU: the characters are not Han to it */
        sy_gen_word *w = sy_gen_words_add(&learned);
        memcpy(w->codes, units, (size_t)n * sizeof *units);
        w->n = (uint8_t)n;
        w->cost = (uint16_t)cost;
    }
}

static void read_costs(const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in)
        die("cannot open the word costs");
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; (n = getline(&line, &cap, in)) > 0;) {
        uint64_t parts[2] = {learned_hash, sy_hash64(line, (size_t)n)};
        learned_hash = sy_hash64(parts, sizeof parts);
        read_line(line);
    }
    free(line);
    fclose(in);
    qsort(learned.items, learned.n, sizeof *learned.items, by_text);
}

/* Adds the words of ICU's dictionary that were not learned; takes the dropped away. */
static void complete(const sy_gen_words *of_icu)
{
    size_t n_learned = learned.n, n = 0;
    for (size_t i = 0; i < of_icu->n; i++) {
        const sy_gen_word *w = &of_icu->items[i];
        if (bsearch(w, learned.items, n_learned, sizeof *w, by_text))
            continue;
        sy_gen_word *more = sy_gen_words_add(&learned);
        *more = *w;
        more->cost = (uint16_t)other;
    }
    for (size_t i = 0; i < learned.n; i++)
        if (learned.items[i].cost != DROPPED)
            learned.items[n++] = learned.items[i];
    learned.n = n;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("one argument is needed: the file of word costs");
    UErrorCode status = U_ZERO_ERROR;
    nfkc = unorm2_getNFKCInstance(&status);
    breaks = ubrk_open(UBRK_WORD, "zh", NULL, 0, &status);
    check_icu(status);
    for (UChar32 cp = 0; cp < CODE_POINTS; cp++)
        class_of[cp] = (uint8_t)find_class(cp);
    ubrk_close(breaks);
    set_flag(numerals, SY_CHAR_NUMERAL);
    set_flag(sounds, SY_CHAR_SOUND);
    print_classes();
    sy_gen_words of_icu = {NULL, 0, 0};
    sy_icu_words words;
    sy_icu_words_open(&words);
    uint64_t hash = sy_icu_words_hash(&words);
    sy_icu_words_each(&words, take_icu_word, &of_icu);
    sy_icu_words_close(&words);
    read_costs(argv[1]);
    sy_gen_words seen = {NULL, 0, 0};
    for (size_t i = 0; i < learned.n; i++)
        *sy_gen_words_add(&seen) = learned.items[i];
    complete(&of_icu);
    give_codes(&learned);
    print_bound(&seen);
    free(seen.items);
    print_trie("sy_trie_learned", &learned, unknown, other, learned_hash);
    print_trie("sy_trie_icu", &of_icu, 255, 255, hash);
    free(of_icu.items);
    free(learned.items);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
