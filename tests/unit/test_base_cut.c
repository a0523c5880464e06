/* The base cut against ICU's own iterator: the same tokens on every text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/cut_internal.h"
#include "segmenter/icu_words.h"
#include "segmenter/normal.h"
#include "segmenter/word_tables.h"
#include "tests/support/check.h"

typedef struct pair {
    sy_base_cut ours, icu;
    sy_token_list by_ours, by_icu;
    uint64_t n_tokens;
} pair;

static void set_up(pair *p)
{
    *p = (pair){.ours = {.trie = &sy_trie_icu}, .icu = {.only_icu = true}};
}

static void tear_down(pair *p)
{
    sy_base_release(&p->ours);
    sy_base_release(&p->icu);
    sy_free(p->by_ours.items);
    sy_free(p->by_icu.items);
}

static void fail_at(const pair *p, const char *text, size_t len, size_t i)
{
    size_t start = i > 0 ? p->by_icu.items[i - 1].start : 0,
           end = start + 60 < len ? start + 60 : len;
    sy_buf shown = SY_BUF_INIT;
    while (start > 0 && len - start < 60 && ((unsigned char)text[start] & 0xC0) == 0x80)
        start--;
    sy_buf_put_json(&shown, text + start, end - start);
    for (size_t at = start; at < end;) {
        uint32_t cp;
        at += sy_utf8_decode(text + at, end - at, &cp);
        sy_buf_printf(&shown, " %04X", (unsigned)cp);
    }
    for (size_t k = i; k < i + 3; k++)
        sy_buf_printf(&shown, " [%u,%u)%d not [%u,%u)%d", p->by_ours.items[k].start,
                      p->by_ours.items[k].end, (int)p->by_ours.items[k].kind,
                      p->by_icu.items[k].start, p->by_icu.items[k].end,
                      (int)p->by_icu.items[k].kind);
    fail_msg("token %zu differs near %s", i, sy_buf_cstr(&shown));
}

static void compare(pair *p, const char *text, size_t len)
{
    sy_error err;
    sy_error_clear(&err);
    p->by_ours.n = p->by_icu.n = 0;
    check_ok(sy_base_cut_text(&p->ours, text, 0, len, &p->by_ours, &err), &err);
    check_ok(sy_base_cut_text(&p->icu, text, 0, len, &p->by_icu, &err), &err);
    size_t n = p->by_icu.n;
    p->n_tokens += n;
    for (size_t i = 0; i < n && i < p->by_ours.n; i++)
        if (p->by_ours.items[i].start != p->by_icu.items[i].start ||
            p->by_ours.items[i].end != p->by_icu.items[i].end ||
            p->by_ours.items[i].kind != p->by_icu.items[i].kind)
            fail_at(p, text, len, i);
    assert_int_equal(p->by_ours.n, n);
}

/* A character chosen so that rules, not chance, decide most texts. */
static uint32_t random_cp(void)
{
    static const uint32_t likely[] = {
        'a',     'b',     '1',     '2',    '.',    ',',     '\'',   ':',    ';',    '_',    '"',
        ' ',     '\n',    '%',     '-',    '@',    0xB7,    0x2019, 0x3002, 0xFF0C, 0x300A, 0x2026,
        0x3005,  0x3007,  0x30FC,  0x30AB, 0x3042, 0xD55C,  0x0301, 0x200D, 0xAD,   0xFE0F, 0x1F600,
        0x1F1E8, 0x05D0,  0x0E01,  0x2460, 0x2488, 0x20000, 0xFF10, 0x660,  0x3231, 0x4E2D, 0x56FD,
        0x4EBA,  0x53D1,  0x5C55,  0x5E7F, 0x4E1C, 0x7701,  0x4E00, 0x4E0D, 0x0345, 0x2060, 0x3000,
        0x85,    0x1F468, 0x1F3FB, 0x200B, 0xE000, 0xFFFD,  0xFF67, 0x3099, 0xFF9E, 0x303B, 0x2E80};
    switch (sy_random_below(8)) {
    case 0:
        return sy_random_below(0x110000);
    case 1:
        return sy_random_below(0x3400);
    case 2:
    case 3:
        return 0x4E00 + sy_random_below(0x5200);
    default:
        return likely[sy_random_below(sizeof likely / sizeof *likely)];
    }
}

static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_base_cut random");
    pair p;
    set_up(&p);
    sy_buf text = SY_BUF_INIT, form = SY_BUF_INIT;
    for (int round = 0; round < 40000; round++) {
        sy_error err;
        sy_error_clear(&err);
        sy_buf_reset(&text);
        sy_buf_reset(&form);
        for (uint32_t n = 1 + sy_random_below(30); n > 0; n--)
            sy_buf_put_cp(&text, random_cp());
        compare(&p, text.data, text.len);
        check_ok(sy_normalize(0, text.data, text.len, &form, NULL, &err), &err);
        if (form.len > 0)
            compare(&p, form.data, form.len);
    }
    sy_buf_release(&text);
    sy_buf_release(&form);
    tear_down(&p);
}

/* Each code point between neighbours of every class. */
static void test_each_character(void **state)
{
    (void)state;
    static const char *const around[] = {"a",    "1",  "_", "'",  ".",  ",",
                                         "中国", "。", " ", "\n", "ア", "\xCC\x81"};
    enum { N = sizeof around / sizeof *around };
    pair p;
    set_up(&p);
    sy_buf text = SY_BUF_INIT;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if ((cp >= 0x3400 && cp < 0xD800 && cp % 16 != 0) || (cp >= 0xD800 && cp < 0xE000) ||
            (cp >= 0x20000 && cp % 64 != 0))
            continue;
        sy_buf_reset(&text);
        for (uint32_t i = 0; i < N; i++) {
            sy_buf_puts(&text, around[i]);
            sy_buf_put_cp(&text, cp);
            sy_buf_puts(&text, around[(i + cp) % N]);
            sy_buf_puts(&text, "。中");
        }
        compare(&p, text.data, text.len);
    }
    sy_buf_release(&text);
    tear_down(&p);
}

/* Random strings of a few frequent characters make many ways of the same cost. */
static void test_ties(void **state)
{
    (void)state;
    sy_random_init("test_base_cut ties");
    pair p;
    set_up(&p);
    sy_buf text = SY_BUF_INIT;
    static const char some[] =
        "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以"
        "生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看";
    for (int round = 0; round < 300; round++) {
        sy_buf_reset(&text);
        size_t kinds = 2 + sy_random_below(sizeof some / 3 - 2);
        for (int i = 0; i < 2000; i++)
            sy_buf_append(&text, some + 3 * (size_t)sy_random_below((uint32_t)kinds), 3);
        compare(&p, text.data, text.len);
    }
    sy_buf_release(&text);
    tear_down(&p);
}

/* The collections, all of each with SY_LONG in the environment, else their first
 * part. Lines are cut as they are: JSON around the text is text too. */
static void test_collections(void **state)
{
    (void)state;
    const char *shared = sy_shared_dir();
    if (!shared)
        skip();
    static const char *const names[] = {"gov_work_reports", "laws_articles", "crud_news_dev",
                                        "xwlb_dev",         "poetry_dev",    "gov_tasks",
                                        "gov_policy"};
    size_t most = getenv("SY_LONG") ? SIZE_MAX : (size_t)2 << 20;
    pair p;
    set_up(&p);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char command[1024];
        snprintf(command, sizeof command, "zstd -dcq '%s/corpora/text/%s.jsonl.zst' 2>/dev/null",
                 shared, names[i]);
        FILE *lines = popen(command, "r");
        assert_non_null(lines);
        char *line = NULL;
        size_t cap = 0, done = 0;
        sy_buf form = SY_BUF_INIT;
        for (ssize_t n; done < most && (n = getline(&line, &cap, lines)) > 0; done += (size_t)n) {
            sy_error err;
            sy_error_clear(&err);
            sy_buf_reset(&form);
            check_ok(sy_normalize(0, line, (size_t)n, &form, NULL, &err), &err);
            compare(&p, form.data, form.len);
        }
        free(line);
        sy_buf_release(&form);
        pclose(lines);
        if (done == 0)
            print_message("skipped: %s cannot be unpacked\n", names[i]);
    }
    print_message("%llu tokens are equal\n", (unsigned long long)p.n_tokens);
    tear_down(&p);
}

/* The compiled dictionary is that of the ICU we run with. */
static void test_dictionary(void **state)
{
    (void)state;
    sy_icu_words words;
    sy_icu_words_open(&words);
    assert_int_equal(sy_icu_words_hash(&words), sy_trie_icu.hash);
    assert_true(words.item == NULL || sy_trie_icu.n_words > 100000);
    sy_icu_words_close(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dictionary), cmocka_unit_test(test_random),
        cmocka_unit_test(test_each_character), cmocka_unit_test(test_ties),
        cmocka_unit_test(test_collections)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
