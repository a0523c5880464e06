#include "segmenter/cut.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/utf8.h"
#include "segmenter/icu_words.h"
#include "segmenter/normal.h"
#include "segmenter/word_tables.h"
#include "tests/support/check.h"

typedef struct fixture {
    sy_buf image;
    sy_lexicon lx;
    sy_cutter *c;
    sy_buf shown;
} fixture;

/* A cutter whose lexicon has the words of `lines`, one a line. */
static void set_up(fixture *f, const char *lines)
{
    sy_error err;
    sy_error_clear(&err);
    *f = (fixture){.image = SY_BUF_INIT, .shown = SY_BUF_INIT};
    sy_lexicon_builder *b = NULL;
    check_ok(sy_lexicon_builder_new(&b, &err), &err);
    check_ok(sy_lexicon_builder_add_lines(b, 0, lines, strlen(lines), &err), &err);
    check_ok(sy_lexicon_builder_finish(b, &f->image, &err), &err);
    sy_lexicon_builder_free(b);
    check_ok(sy_lexicon_open((const uint8_t *)f->image.data, f->image.len, &f->lx, &err), &err);
    check_ok(sy_cutter_new(&f->lx, &f->c, &err), &err);
}

static void tear_down(fixture *f)
{
    sy_cutter_free(f->c);
    sy_buf_release(&f->image);
    sy_buf_release(&f->shown);
}

static void cut(fixture *f, const char *text, size_t len, const sy_token **tokens, size_t *n)
{
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_cut(f->c, text, len, tokens, n, &err), &err);
}

static void show(fixture *f, const char *text, const sy_token *tokens, size_t n)
{
    sy_buf_reset(&f->shown);
    for (size_t i = 0; i < n; i++) {
        sy_buf_puts(&f->shown, i > 0 ? "|" : "");
        sy_buf_append(&f->shown, text + tokens[i].start, tokens[i].end - tokens[i].start);
    }
}

/* The tokens of a normal form, with | between them. */
static const char *words_of(fixture *f, const char *text)
{
    const sy_token *tokens;
    size_t n;
    cut(f, text, strlen(text), &tokens, &n);
    show(f, text, tokens, n);
    return sy_buf_cstr(&f->shown);
}

static const char *subs_of(fixture *f, const char *token_text)
{
    sy_token token = {0, (uint32_t)strlen(token_text), SY_TOKEN_HAN};
    const sy_token *subs;
    size_t n;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_subwords(f->c, token_text, &token, &subs, &n, &err), &err);
    show(f, token_text, subs, n);
    return sy_buf_cstr(&f->shown);
}

typedef struct cut_case {
    const char *text, *want;
} cut_case;

#define CHECK_CUTS(f, cases)                                                                       \
    for (size_t i = 0; i < sizeof(cases) / sizeof *(cases); i++)                                   \
    assert_string_equal(words_of((f), (cases)[i].text), (cases)[i].want)

static void test_icu_words(void **state)
{
    (void)state;
    static const cut_case cases[] = {
        {"", ""},
        {" ", ""},
        {"\n", ""},
        {"无", "无"},
        {"①", "①"},
        {"资金短缺", "资金|短缺"},
        {"资金\n短缺", "资金|短缺"},
        {"资\n金", "资|金"},
        {"a b", "a|b"},
        {"①10.1%,abc", "①|10.1|%|,|abc"},
        {"②1,000万元", "②|1,000|万|元"},
        {"①②", "①|②"},
        {"①\xE2\x83\x9D", "①|\xE2\x83\x9D"}, /* a combining circle */
        {" \xCC\x81"
         "a",
         "\xCC\x81|a"},
        {"pm2.5浓度", "pm2.5|浓度"},
        {"can't", "can't"},
        {"1-11月", "1|-|11|月"},
        {"5;3家", "5|;|3|家"},
        {"epc:ppp", "epc|:|ppp"},
        {"2,2023ア", "2|,|2023|ア"},
        {"1,000ア", "1,000|ア"},
        {"𠀀𠀁", "𠀀|𠀁"},
        {"abc公司2024年", "abc|公司|2024|年"},
        {"区商投局", "区|商|投|局"},
    };
    fixture f;
    set_up(&f, "");
    CHECK_CUTS(&f, cases);
    tear_down(&f);
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        sy_token_kind kind;
    } cases[] = {
        {"资金", SY_TOKEN_HAN}, {"〇", SY_TOKEN_HAN},      {"𠀀", SY_TOKEN_HAN},
        {"abc", SY_TOKEN_WORD}, {"pm2.5", SY_TOKEN_WORD},  {"한국어", SY_TOKEN_WORD},
        {"ガ", SY_TOKEN_WORD},  {"10.1", SY_TOKEN_NUMBER}, {"1,000", SY_TOKEN_NUMBER},
        {"%", SY_TOKEN_MARK},   {"。", SY_TOKEN_MARK},     {"①", SY_TOKEN_MARK},
        {"😀", SY_TOKEN_MARK},   {"5g基站", SY_TOKEN_HAN},  {"c++", SY_TOKEN_WORD},
    };
    fixture f;
    set_up(&f, "5g基站\nc++");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sy_token *tokens;
        size_t n;
        cut(&f, cases[i].text, strlen(cases[i].text), &tokens, &n);
        assert_int_equal(n, 1);
        assert_int_equal(tokens[0].kind, cases[i].kind);
    }
    tear_down(&f);
}

static void test_lexicon_words(void **state)
{
    (void)state;
    static const cut_case cases[] = {
        {"区商投局", "区商投局"},
        {"全区商投局负责", "全|区商投局|负责"}, /* ICU has 全区 */
        {"由区商投局、区发改局负责", "由|区商投局|、|区发改局|负责"},
        {"区商投局区发改局", "区商投局|区发改局"},
        {"商投局", "商投局"},
        {"区商\n投局", "区|商|投|局"}, /* a barrier keeps apart */
        {"5g基站建设", "5g基站|建设"},
        {"15g基站建设", "15g|基站|建设"}, /* not inside a word */
        {"main ai 区ai局", "main|ai|区|ai|局"},
        {"10.1", "10.1"},
        {"1-11月", "1-11月"},
        {"1-11月11日", "1-11月|11|日"},
        {"c++", "c++"},
        {"c+++", "c++|+"},
        {"北京大学生", "北京|大学生"},
    };
    fixture f;
    set_up(&f, "区商投局\n商投局\n区发改局\n5G基站\nai\n10\n1-11月\nC++\n投局负");
    CHECK_CUTS(&f, cases);
    tear_down(&f);
}

/* The most characters in lexicon words; then few words; then leftmost, longest. */
static void test_choice(void **state)
{
    (void)state;
    static const struct {
        const char *lexicon, *text, *want;
    } cases[] = {
        {"区商\n区商投\n投资局", "区商投资局", "区商|投资局"},
        {"甲乙\n乙丙丁", "甲乙丙丁", "甲|乙丙丁"},
        {"甲乙\n丙丁\n甲乙丙丁", "甲乙丙丁", "甲乙丙丁"},
        {"甲乙\n乙丙", "甲乙丙", "甲乙|丙"},
        {"甲乙丙\n丙丁\n甲乙\n丙丁戊", "甲乙丙丁戊", "甲乙|丙丁戊"},
        {"甲乙丙\n丁戊\n甲乙\n丙丁戊", "甲乙丙丁戊", "甲乙丙|丁戊"},
        {"甲甲", "甲甲甲甲甲", "甲甲|甲甲|甲"},
        {"甲甲\n甲甲甲", "甲甲甲甲甲", "甲甲甲|甲甲"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        set_up(&f, cases[i].lexicon);
        assert_string_equal(words_of(&f, cases[i].text), cases[i].want);
        tear_down(&f);
    }
}

/* The real ledger, cut by ICU's iterator itself. */
static void test_equals_icu(void **state)
{
    (void)state;
    const char *shared = sy_shared_dir();
    if (!shared)
        skip();
    sy_error err;
    sy_error_clear(&err);
    sy_buf raw = SY_BUF_INIT, text = SY_BUF_INIT;
    char path[512];
    snprintf(path, sizeof path, "%s/ledger/shanting-2023.txt", shared);
    check_ok(sy_read_file(path, 1 << 26, &raw, &err), &err);
    check_ok(sy_normalize(0, raw.data, raw.len, &text, NULL, &err), &err);
    fixture f;
    set_up(&f, "");
    sy_cutter_use_icu(f.c);
    const sy_token *tokens;
    size_t n, i = 0;
    cut(&f, text.data, text.len, &tokens, &n);
    UChar *units = sy_alloc(text.len, sizeof *units);
    assert_non_null(units);
    int32_t n_units, start = 0, end;
    UErrorCode code = U_ZERO_ERROR;
    u_strFromUTF8(units, (int32_t)text.len, &n_units, text.data, (int32_t)text.len, &code);
    UBreakIterator *breaks = ubrk_open(UBRK_WORD, "zh", units, n_units, &code);
    assert_true(U_SUCCESS(code));
    ubrk_first(breaks);
    for (; (end = ubrk_next(breaks)) != UBRK_DONE; start = end) {
        char word[1024];
        int32_t len;
        u_strToUTF8(word, sizeof word, &len, units + start, end - start, &code);
        assert_true(U_SUCCESS(code));
        if (word[0] == ' ' || word[0] == SY_BARRIER)
            continue;
        assert_true(i < n);
        sy_slice got = {text.data + tokens[i].start, tokens[i].end - tokens[i].start};
        check_slice(got, word);
        i++;
    }
    assert_int_equal(i, n);
    ubrk_close(breaks);
    sy_free(units);
    sy_buf_release(&raw);
    sy_buf_release(&text);
    tear_down(&f);
}

/* ---- the choice against all choices ---------------------------------------- */

enum { CHARS = 9 }; /* of a random text; three bytes each */

typedef struct choice {
    uint32_t inside, words;
    uint32_t end[CHARS]; /* of the word that starts at a character, or 0 */
} choice;

static bool is_better(const choice *a, const choice *b)
{
    if (a->inside != b->inside)
        return a->inside > b->inside;
    if (a->words != b->words)
        return a->words < b->words;
    for (size_t i = 0; i < CHARS; i++)
        if (a->end[i] != b->end[i])
            return a->end[i] > b->end[i];
    return false;
}

static void try_all(const sy_lexicon *lx, const char *text, uint32_t n, uint32_t at, choice *now,
                    choice *best)
{
    if (at == n) {
        if (is_better(now, best))
            *best = *now;
        return;
    }
    try_all(lx, text, n, at + 1, now, best);
    for (uint32_t end = at + 2; end <= n; end++) {
        if (!sy_lexicon_has(lx, text + 3 * (size_t)at, 3 * (size_t)(end - at)))
            continue;
        now->end[at] = end;
        now->inside += end - at;
        now->words++;
        try_all(lx, text, n, end, now, best);
        now->end[at] = 0;
        now->inside -= end - at;
        now->words--;
    }
}

static uint32_t random_chars(char *out, uint32_t n)
{
    static const char *const letters[] = {"区", "发", "改", "展"};
    out[0] = '\0';
    for (uint32_t i = 0; i < n; i++)
        memcpy(out + 3 * (size_t)i, letters[sy_random_below(4)], 4);
    return n;
}

static void test_best_choice(void **state)
{
    (void)state;
    sy_random_init("test_cut choice");
    fixture plain;
    set_up(&plain, "");
    for (int round = 0; round < 1500; round++) {
        sy_buf lines = SY_BUF_INIT;
        for (uint32_t i = 1 + sy_random_below(6); i > 0; i--) {
            char word[3 * CHARS + 1];
            random_chars(word, 2 + sy_random_below(3));
            sy_buf_printf(&lines, "%s\n", word);
        }
        fixture f;
        set_up(&f, sy_buf_cstr(&lines));
        char text[3 * CHARS + 1];
        uint32_t n = random_chars(text, 1 + sy_random_below(CHARS));
        choice now = {0}, best = {0};
        try_all(&f.lx, text, n, 0, &now, &best);
        /* What is wanted: the best choice, and ICU's cut of each stretch between. */
        sy_buf want = SY_BUF_INIT;
        for (uint32_t at = 0; at < n;) {
            uint32_t end = best.end[at];
            char part[3 * CHARS + 1];
            if (end == 0)
                for (end = at + 1; end < n && best.end[end] == 0;)
                    end++;
            snprintf(part, sizeof part, "%.*s", (int)(3 * (end - at)), text + 3 * (size_t)at);
            sy_buf_printf(&want, "%s%s", at > 0 ? "|" : "",
                          best.end[at] != 0 ? part : words_of(&plain, part));
            at = end;
        }
        if (strcmp(words_of(&f, text), sy_buf_cstr(&want)) != 0)
            fail_msg("lexicon %s text %s: %s, not %s", sy_buf_cstr(&lines), text,
                     sy_buf_cstr(&f.shown), sy_buf_cstr(&want));
        sy_buf_release(&want);
        sy_buf_release(&lines);
        tear_down(&f);
    }
    tear_down(&plain);
}

/* ---- words with a weight ------------------------------------------------------ */

/* They are words where they cost less than what else the text may be. */
static void test_weights(void **state)
{
    (void)state;
    static const struct {
        const char *lexicon, *text, *want;
    } cases[] = {
        /* The more, the stronger; without one, the strongest. */
        {"和平\t1", "装修和平台", "装修|和|平台"},
        {"和平", "装修和平台", "装修|和平|台"},
        {"发展中\t1", "发展中地区", "发展|中|地区"},
        {"发展中\t1000", "发展中地区", "发展中|地区"},
        /* Instead of the dictionary's own cost, also a greater one. */
        {"", "和平发展", "和平|发展"},
        {"和平\t1", "和平发展", "和|平|发展"},
        /* Against each other. */
        {"甲乙\t900\n乙丙\t5", "甲乙丙", "甲乙|丙"},
        {"甲乙\t5\n乙丙\t900", "甲乙丙", "甲|乙丙"},
        {"区商投\t1\n投局\t90000", "区商投局", "区|商|投局"},
        {"区商投\t90000\n投局\t1", "区商投局", "区商投|局"},
        /* Words without one come first, whatever a weight is. */
        {"区商投\t4294967294\n投局", "区商投局", "区|商|投局"},
        {"区商投\t50\n商投局\n投局负\t50", "区商投局负", "区|商投局|负"},
        {"甲乙\t9", "甲\n乙", "甲|乙"},
        {"甲乙\t9", "a甲乙1", "a|甲乙|1"},
        {"甲乙\t9", "ガ甲乙ガ", "ガ|甲乙|ガ"}, /* beside what ICU cuts */
        {"𠀀𠀁\t9", "𠀀𠀁𠀀", "𠀀𠀁|𠀀"},      /* characters that no dictionary word has */
        {"5g基站\t1", "5g基站建设", "5g基站|建设"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        set_up(&f, cases[i].lexicon);
        assert_string_equal(words_of(&f, cases[i].text), cases[i].want);
        tear_down(&f);
    }
    fixture f;
    set_up(&f, "和平\t1"); /* ICU's costs have another measure */
    sy_cutter_use_icu(f.c);
    assert_string_equal(words_of(&f, "装修和平台"), "装修|和平|台");
    tear_down(&f);
}

/* The cost of text[start, end) as one word, UINT64_MAX if it is none. */
static uint64_t cost_alone(const sy_lexicon *lx, const char *text, uint32_t start, uint32_t end)
{
    const sy_trie *trie = &sy_trie_learned;
    uint64_t node = trie->nodes[0];
    uint32_t i = sy_lexicon_find(lx, text + start, end - start);
    if (i != SY_LEXICON_NONE && sy_lexicon_word(lx, i).len == end - start)
        return (uint64_t)lround(trie->rare - SY_TRIE_COST_SCALE * log(sy_lexicon_weight(lx, i)));
    for (uint32_t at = start; at < end; at += 3) {
        uint32_t cp;
        sy_utf8_decode(text + at, 3, &cp);
        node = sy_trie_step(trie, node, sy_trie_code(cp));
    }
    if (sy_trie_cost(node) != SY_TRIE_NO_WORD)
        return sy_trie_cost(node);
    return end - start == 3 ? trie->unknown : UINT64_MAX;
}

/* The cut costs as little as the cheapest of all, on random lexicons and texts. */
static void test_least_cost(void **state)
{
    (void)state;
    sy_random_init("test_cut cost");
    for (int round = 0; round < 1500; round++) {
        sy_buf lines = SY_BUF_INIT;
        for (uint32_t i = 1 + sy_random_below(6); i > 0; i--) {
            char word[3 * CHARS + 1];
            random_chars(word, 2 + sy_random_below(3));
            sy_buf_printf(&lines, "%s\t%u\n", word, 1u << sy_random_below(16));
        }
        fixture f;
        set_up(&f, sy_buf_cstr(&lines));
        char text[3 * CHARS + 1];
        uint32_t len = 3 * random_chars(text, 1 + sy_random_below(CHARS));
        uint64_t least[3 * CHARS + 1] = {0}, cost = 0;
        for (uint32_t end = 3; end <= len; end += 3) {
            least[end] = UINT64_MAX;
            for (uint32_t start = 0; start < end; start += 3) {
                uint64_t own = cost_alone(&f.lx, text, start, end);
                if (own != UINT64_MAX && least[start] + own < least[end])
                    least[end] = least[start] + own;
            }
        }
        const sy_token *tokens;
        size_t n;
        cut(&f, text, len, &tokens, &n);
        for (size_t i = 0; i < n; i++)
            cost += cost_alone(&f.lx, text, tokens[i].start, tokens[i].end);
        if (cost != least[len])
            fail_msg("lexicon %s text %s: %s", sy_buf_cstr(&lines), text, words_of(&f, text));
        sy_buf_release(&lines);
        tear_down(&f);
    }
}

/* ---- laws on any text -------------------------------------------------------- */

static void random_text(sy_buf *out, bool ill_formed)
{
    static const char *const pieces[] = {"区",
                                         "商",
                                         "投",
                                         "局",
                                         "发展",
                                         "改革",
                                         "全区",
                                         "𠀀",
                                         "〇",
                                         "a",
                                         "main",
                                         "5g",
                                         "10",
                                         ".",
                                         ",",
                                         "%",
                                         "-",
                                         " ",
                                         "\n",
                                         "①",
                                         "⑵",
                                         "\xCC\x81",
                                         "\xE2\x80\x8D",
                                         "\xF3\xA0\x84\x80",
                                         "😀",
                                         "🇨🇳",
                                         "ガ",
                                         "る",
                                         "ー",
                                         "한",
                                         "ไทย",
                                         "'",
                                         "。",
                                         "、",
                                         "\xEF\xBF\xBD",
                                         "\x01",
                                         "\xEE\x80\x80",
                                         "\xCD\xB8",
                                         "々",
                                         "\r"};
    sy_buf_reset(out);
    for (uint32_t n = sy_random_below(40); n > 0; n--) {
        if (sy_random_below(8) == 0)
            sy_buf_put_cp(out, sy_random_below(0x110000));
        else
            sy_buf_puts(out, pieces[sy_random_below(sizeof pieces / sizeof *pieces)]);
        if (ill_formed && sy_random_below(4) == 0)
            sy_buf_putc(out, (char)sy_random());
    }
}

static bool is_gap(char c)
{
    return c == ' ' || c == SY_BARRIER;
}

/* In order, apart, on characters, covering all but gaps; enclosed numbers alone. */
static void check_tokens(const char *text, size_t len, const sy_token *tokens, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i <= n; i++) {
        size_t start = i < n ? tokens[i].start : len;
        assert_true(start >= at && start <= len);
        for (; at < start; at++)
            assert_true(is_gap(text[at]));
        if (i == n)
            break;
        assert_true(tokens[i].end > start && tokens[i].end <= len);
        size_t n_chars = 0, enclosed = 0;
        for (; at < tokens[i].end; n_chars++) {
            uint32_t cp;
            assert_false(is_gap(text[at]));
            at += sy_utf8_decode(text + at, len - at, &cp);
            enclosed += sy_cp_is_enclosed_number(cp);
        }
        assert_int_equal(at, tokens[i].end);
        assert_true(enclosed == 0 || (n_chars == 1 && tokens[i].kind == SY_TOKEN_MARK));
    }
}

static void test_laws(void **state)
{
    (void)state;
    sy_random_init("test_cut laws");
    fixture f;
    set_up(&f, "区商投局\n商投局\n局发展\n5g区\nai\n展改\n局a\n𠀀区\n改革全\n"
               "投局\t9\n革全区\t9\n区𠀀\t9");
    sy_buf text = SY_BUF_INIT, wrapped = SY_BUF_INIT;
    for (int round = 0; round < 4000; round++) {
        random_text(&text, round % 2 == 1);
        const sy_token *tokens;
        size_t n;
        /* a copy of the exact size, so that a sanitizer sees any read past it */
        char *exact = sy_alloc(text.len, 1);
        assert_non_null(exact);
        if (text.len > 0)
            memcpy(exact, text.data, text.len);
        cut(&f, exact, text.len, &tokens, &n);
        check_tokens(exact, text.len, tokens, n);
        size_t n_all = n, total = 0;
        for (size_t i = 0; i < n; i++) {
            const sy_token *subs;
            size_t n_subs;
            sy_error err;
            sy_error_clear(&err);
            check_ok(sy_subwords(f.c, exact, &tokens[i], &subs, &n_subs, &err), &err);
            for (size_t s = 0; s < n_subs; s++) {
                assert_true(subs[s].start >= tokens[i].start && subs[s].end <= tokens[i].end);
                assert_true(subs[s].end - subs[s].start < tokens[i].end - tokens[i].start);
                assert_true(s == 0 || subs[s - 1].start < subs[s].start ||
                            (subs[s - 1].start == subs[s].start && subs[s - 1].end < subs[s].end));
            }
        }
        /* Parts between barriers are cut as if they were alone. */
        for (size_t at = 0; at < text.len;) {
            const char *stop = memchr(exact + at, SY_BARRIER, text.len - at);
            size_t len = stop ? (size_t)(stop - exact) - at : text.len - at;
            cut(&f, exact + at, len, &tokens, &n);
            total += n;
            at += len + 1;
        }
        assert_int_equal(total, n_all);
        sy_free(exact);
    }
    sy_buf_release(&text);
    sy_buf_release(&wrapped);
    tear_down(&f);
}

/* A text gives the same tokens whatever stands around it. */
static void test_context(void **state)
{
    (void)state;
    static const char *const around[] = {"", "。", "资金,", " ", "\n", "①", "(", "a ", "10%"};
    static const char *const texts[] = {"全区商投局负责发展和改革", "北京大学生活动中心",
                                        "中华人民共和国成立了", "区商", "一二三四五六七"};
    fixture f;
    set_up(&f, "区商投局\n展和\n局发\t5\n改革\t1");
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        sy_buf alone = SY_BUF_INIT, text = SY_BUF_INIT;
        sy_buf_puts(&alone, words_of(&f, texts[t]));
        for (size_t a = 0; a < 81; a++) {
            const char *left = around[a / 9], *right = around[a % 9];
            sy_buf_reset(&text);
            sy_buf_printf(&text, "%s%s%s", left, texts[t], right);
            const sy_token *tokens;
            size_t n, first = 0;
            cut(&f, text.data, text.len, &tokens, &n);
            while (first < n && tokens[first].start < strlen(left))
                first++;
            while (n > first && tokens[n - 1].start >= strlen(left) + strlen(texts[t]))
                n--;
            show(&f, text.data, tokens + first, n - first);
            assert_string_equal(sy_buf_cstr(&f.shown), sy_buf_cstr(&alone));
        }
        sy_buf_release(&alone);
        sy_buf_release(&text);
    }
    tear_down(&f);
}

/* Appends up to five pieces that ICU's rules treat in different ways. */
static void random_mixed(sy_buf *out)
{
    static const char *const pieces[] = {
        "1",    "10",    "2023", "000", "万", "年", "ア",       "カタカナ", "の",       "ー",
        "10.5", "1,000", ",",    ".",   "a",  "_",  "中国",     "区商投局", "々",       "한",
        "ไทย",  "'",     "·",    "①",   "%",  "-",  "改革",     "三",       "十",       "ﾊ",
        ":",    "/",     "😀",    "🇨🇳",  "的", "を", "\xCC\x81", "゙",         "\xC2\xAD", "5g"};
    sy_buf_reset(out);
    for (uint32_t n = 1 + sy_random_below(5); n > 0; n--)
        sy_buf_puts(out, pieces[sy_random_below(sizeof pieces / sizeof *pieces)]);
}

static size_t digits_to(const sy_buf *b)
{
    size_t n = 0;
    while (n < b->len && b->data[b->len - 1 - n] >= '0' && b->data[b->len - 1 - n] <= '9')
        n++;
    return n;
}

/* Whether a text begins with a character that belongs to the one before it. */
static bool begins_with_mark(const char *s)
{
    return strncmp(s, "\xCC\x81", 2) == 0 || strncmp(s, "゙", 3) == 0 ||
           strncmp(s, "\xC2\xAD", 2) == 0;
}

/* However a record is cut at punctuation, spaces or barriers, its tokens stay the same: kana,
 * emoji, marks or digits on the other side change nothing. A comma parts, too, unless it parts
 * thousands. */
static void test_parts(void **state)
{
    (void)state;
    static const char *const between[] = {"。", "、", "!", " ", "\n", "(", "《", ";", ":", ","};
    sy_random_init("test_cut parts");
    fixture f;
    set_up(&f, "区商投局\n改革\t1\n5g");
    sy_buf left = SY_BUF_INIT, right = SY_BUF_INIT, whole = SY_BUF_INIT, want = SY_BUF_INIT;
    for (int round = 0; round < 20000; round++) {
        const char *mark = between[sy_random_below(sizeof between / sizeof *between)];
        random_mixed(&left);
        random_mixed(&right);
        size_t before = digits_to(&left), behind = strspn(sy_buf_cstr(&right), "0123456789");
        if (begins_with_mark(sy_buf_cstr(&right)) ||
            (*mark == ',' && before >= 1 && before <= 3 && behind == 3))
            continue;
        bool is_token = *mark != ' ' && *mark != '\n';
        sy_buf_reset(&want);
        sy_buf_printf(&want, "%s|", words_of(&f, sy_buf_cstr(&left)));
        sy_buf_printf(&want, "%s%s", is_token ? mark : "", is_token ? "|" : "");
        sy_buf_puts(&want, words_of(&f, sy_buf_cstr(&right)));
        sy_buf_reset(&whole);
        sy_buf_printf(&whole, "%s%s%s", sy_buf_cstr(&left), mark, sy_buf_cstr(&right));
        if (strcmp(words_of(&f, sy_buf_cstr(&whole)), sy_buf_cstr(&want)) != 0)
            fail_msg("%s: %s, not %s", sy_buf_cstr(&whole), sy_buf_cstr(&f.shown),
                     sy_buf_cstr(&want));
    }
    sy_buf_release(&left);
    sy_buf_release(&right);
    sy_buf_release(&whole);
    sy_buf_release(&want);
    tear_down(&f);
}

/* ---- sub-words ----------------------------------------------------------------- */

static void test_subwords(void **state)
{
    (void)state;
    fixture f;
    set_up(&f, "");
    assert_string_equal(subs_of(&f, "资金"), "");
    assert_string_equal(subs_of(&f, "共和国"), "共和|和国");
    assert_string_equal(subs_of(&f, "区商投局"), "");
    assert_string_equal(subs_of(&f, "发展和改革局"), "发展|改革");
    assert_string_equal(subs_of(&f, "无"), "");
    sy_token number = {0, 4, SY_TOKEN_NUMBER};
    const sy_token *subs;
    size_t n;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_subwords(f.c, "2010", &number, &subs, &n, &err), &err);
    assert_int_equal(n, 0);
    tear_down(&f);
    set_up(&f, "商投局\n区商投局\n5G基站\n5g\nm2\n开发区pm2.5监测站\n开发区pm2");
    assert_string_equal(subs_of(&f, "区商投局"), "商投局");
    assert_string_equal(subs_of(&f, "区5g基站"), "5g基站");
    /* a lexicon word that would divide pm2.5's letters and digits is none */
    assert_string_equal(subs_of(&f, "开发区pm25"), "开发");
    tear_down(&f);
}

/* The dictionary as ICU shows it: where ICU, given a string alone, cuts it as one
 * token, the string is a word; and our reader walks every word of real text. */
static void test_dictionary(void **state)
{
    (void)state;
    static const char *const words[] = {"资金", "中华", "人民", "共和国", "发展", "大学生", "负责"};
    static const char *const others[] = {"区商投局", "商投", "资金短缺", "金短", "𠀀𠀁"};
    sy_icu_words dictionary;
    sy_icu_words_open(&dictionary);
    if (!dictionary.item) {
        print_message("skipped: this ICU has no dictionary that we can read\n");
        skip();
    }
    for (size_t i = 0; i < 12; i++) {
        const char *text = i < 7 ? words[i] : others[i - 7];
        sy_icu_walk walk = sy_icu_walk_from(&dictionary);
        sy_icu_step step = SY_ICU_NONE;
        for (size_t at = 0; at < strlen(text);) {
            uint32_t cp;
            at += sy_utf8_decode(text + at, strlen(text) - at, &cp);
            step = sy_icu_walk_on(&walk, cp);
        }
        assert_int_equal(step == SY_ICU_WORD, i < 7);
    }
    /* Walks that leave the trie stay outside; any code point is safe. */
    sy_random_init("test_cut dictionary");
    for (int round = 0; round < 20000; round++) {
        sy_icu_walk walk = sy_icu_walk_from(&dictionary);
        bool over = false;
        for (int i = 0; i < 6; i++) {
            uint32_t cp =
                sy_random_below(4) ? 0x4E00 + sy_random_below(0x5200) : sy_random_below(0x110000);
            sy_icu_step step = sy_icu_walk_on(&walk, cp);
            assert_true(!over || step == SY_ICU_NONE);
            over = over || step == SY_ICU_NONE;
        }
    }
    sy_icu_words_close(&dictionary);
    sy_icu_words_close(&dictionary);
}

/* Random bytes in place of the trie end every walk without a read past them. */
static void test_hostile_dictionary(void **state)
{
    (void)state;
    sy_random_init("test_cut hostile dictionary");
    for (int round = 0; round < 3000; round++) {
        size_t n = sy_random_below(60);
        uint16_t *units = sy_alloc(n, sizeof *units);
        assert_non_null(units);
        for (size_t i = 0; i < n; i++)
            units[i] = (uint16_t)(sy_random_below(3) ? sy_random_below(0x80) : sy_random());
        sy_icu_words noise = {NULL, units, n};
        for (int t = 0; t < 20; t++) {
            sy_icu_walk walk = sy_icu_walk_from(&noise);
            for (int i = 0; i < 50; i++)
                sy_icu_walk_on(&walk, sy_random_below(0x80));
        }
        sy_free(units);
    }
}

/* ---- size and memory ------------------------------------------------------------ */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double time_of_cut(fixture *f, const char *piece, size_t len)
{
    sy_buf text = SY_BUF_INIT;
    while (text.len < len)
        sy_buf_puts(&text, piece);
    const sy_token *tokens;
    size_t n;
    double start = seconds();
    cut(f, text.data, text.len, &tokens, &n);
    double used = seconds() - start;
    check_tokens(text.data, text.len, tokens, n);
    sy_buf_release(&text);
    return used;
}

/* Ten times the text (with SY_LONG a line of 64 MiB) takes about ten times as long, punctuation
 * or none, whatever characters and lexicon. The bound leaves room for a busy machine; a quadratic
 * cost would be 100 times. */
static void test_linear(void **state)
{
    (void)state;
    static const struct {
        const char *lexicon, *piece;
    } cases[] = {
        {"", "全区商投局负责发展和改革"},
        {"区商投局\n商投\n局负\n责发\n展和", "全区商投局负责发展和改革"},
        {"区区\n区区区\n区区区区区区区区区区区区", "区"},
        {"责全区商投局负\n区商投局", "全区商投局负责"},
        {"aa", "a"},
        {"①区", "①"},
        {"", "\xEE\x80\x80\xF3\xB0\x80\x80"},         /* private use */
        {"", "\xCD\xB8\xF3\xA0\xBF\xBF\xEF\xB7\x90"}, /* unassigned, no character */
        {"", "\xED\xA0\x80\xED\xBF\xBF\x80"},         /* surrogates, no UTF-8 */
        {"", "資金カタカナのひらがな"},
        {"", "e\xCC\x81\xCC\x81한국어"},
    };
    size_t most = getenv("SY_LONG") ? (size_t)64 << 20 : 1000000;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        set_up(&f, cases[i].lexicon);
        time_of_cut(&f, cases[i].piece, 10000);
        double small = time_of_cut(&f, cases[i].piece, 100000);
        double large = time_of_cut(&f, cases[i].piece, most);
        double times = (double)most / 100000;
        if (large > 4 * times * small + 0.2)
            fail_msg("%s: %.3f s and %.3f s", cases[i].piece, small, large);
        tear_down(&f);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char text[] = "全区商投局负责,发展和改革局";
    fixture f;
    set_up(&f, "区商投局\n发展和改革局");
    sy_status st = SY_E_NOMEM;
    for (unsigned long n = 1; st != SY_OK; n++) {
        sy_cutter *c = NULL;
        sy_error err;
        const sy_token *tokens = NULL, *subs;
        size_t n_tokens = 0, n_subs;
        sy_error_clear(&err);
        sy_alloc_fail_at(n, false);
        st = sy_cutter_new(&f.lx, &c, &err);
        if (st == SY_OK)
            st = sy_cut(c, text, sizeof text - 1, &tokens, &n_tokens, &err);
        if (st == SY_OK)
            st = sy_subwords(c, text, &tokens[n_tokens - 1], &subs, &n_subs, &err);
        sy_alloc_fail_at(0, false);
        assert_true(st == SY_OK || st == SY_E_NOMEM);
        if (st != SY_OK)
            assert_int_equal(err.status, SY_E_NOMEM);
        sy_error_clear(&err);
        if (c) { /* it works again afterwards */
            check_ok(sy_cut(c, text, sizeof text - 1, &tokens, &n_tokens, &err), &err);
            assert_int_equal(n_tokens, 5);
        }
        sy_cutter_free(c);
    }
    sy_cutter_free(NULL);
    tear_down(&f);
}

static void test_version(void **state)
{
    (void)state;
    assert_true(atoi(sy_icu_version()) >= 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_icu_words),     cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_lexicon_words), cmocka_unit_test(test_choice),
        cmocka_unit_test(test_best_choice),   cmocka_unit_test(test_weights),
        cmocka_unit_test(test_least_cost),    cmocka_unit_test(test_equals_icu),
        cmocka_unit_test(test_laws),          cmocka_unit_test(test_context),
        cmocka_unit_test(test_parts),         cmocka_unit_test(test_subwords),
        cmocka_unit_test(test_dictionary),    cmocka_unit_test(test_hostile_dictionary),
        cmocka_unit_test(test_linear),        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_version)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
