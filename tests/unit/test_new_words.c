#include "segmenter/new_words.h"

#include <stdio.h>
#include <stdlib.h>

#include "segmenter/normal.h"
#include "tests/support/check.h"

typedef struct fixture {
    sy_cutter *c;
    sy_new_words *w;
} fixture;

static void set_up(fixture *f)
{
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_cutter_new(NULL, &f->c, &err), &err);
    check_ok(sy_new_words_new(&f->w, &err), &err);
}

static void tear_down(fixture *f)
{
    sy_cutter_free(f->c);
    sy_new_words_free(f->w);
}

static void add(fixture *f, const char *text)
{
    sy_error err;
    sy_error_clear(&err);
    const sy_token *tokens;
    size_t n;
    bool full;
    check_ok(sy_cut(f->c, text, strlen(text), &tokens, &n, &err), &err);
    check_ok(sy_new_words_add(f->w, text, tokens, n, &full, &err), &err);
    assert_false(full);
}

static bool finds(fixture *f, uint32_t least, const char *want, const char *never)
{
    sy_error err;
    sy_error_clear(&err);
    const sy_new_word *words;
    size_t n;
    bool found = false;
    check_ok(sy_new_words_find(f->w, least, &words, &n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        assert_true(4 * words[i].count >= least); /* in quotes one counts as four */
        assert_true(i == 0 || words[i - 1].score >= words[i].score);
        found = found || strcmp(words[i].text, want) == 0;
        if (strcmp(words[i].text, want) == 0)
            assert_non_null(strstr(words[i].context, "【"));
        if (strcmp(words[i].text, never) == 0)
            fail_msg("%s is no word", never);
    }
    return found;
}

/* Other text, against which cohesion is told: 200 values, none of which is there twice. */
static void add_background(fixture *f)
{
    static const char *const parts[] = {"土地供应加快", "面积下降明显", "问题整改到位", "规模扩大",
                                        "财政收入增长", "城市建设推进", "农业生产稳定"};
    enum { N = sizeof parts / sizeof *parts };
    for (size_t i = 0; i < 200; i++) {
        char text[200] = "";
        for (size_t k = 0, code = i + N * N * N; code > 0; k++, code /= N)
            strcat(text, parts[code % N]);
        add(f, text);
    }
}

/* Each verb and each end around the word. */
static void add_around(fixture *f, const char *word, const char *const *around, size_t n)
{
    for (size_t i = 0; i < n; i += 2) {
        char text[100];
        snprintf(text, sizeof text, "%s%s%s", around[i], word, around[i + 1]);
        add(f, text);
    }
}

static const char *const around[] = {"处置", "土地",     "消化", "的存量",   "清理", "问题",
                                     "化解", "地块",     "对",   "开展排查", "推动", "盘活",
                                     "全市", "面积下降", "严控", "",         "",     "整改完成",
                                     "今年", "任务",     "压减", "规模",     "盘点", "情况"};
enum { N_AROUND = sizeof around / sizeof *around };

/* 批而未供 in many surroundings is a word; its parts are none. */
static void test_found(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    add_around(&f, "批而未供", around, N_AROUND);
    add_background(&f);
    assert_true(finds(&f, 8, "批而未供", "而未供"));
    tear_down(&f);
}

/* A value that is there again says nothing new. */
static void test_repeated_values(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    add_around(&f, "批而未供", around, 8);
    for (int i = 0; i < 20; i++)
        add(&f, "整改批而未供土地");
    add_background(&f);
    assert_false(finds(&f, 8, "批而未供", "而未供"));
    tear_down(&f);
}

/* A place in quotes counts as four, and says where a word ends, whatever it starts with. */
static void test_quoted(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    add_background(&f);
    add(&f, "开展“个转企”工作");
    add(&f, "推动「个转企」,扩大规模");
    assert_true(finds(&f, 8, "个转企", "转企"));
    tear_down(&f);
    set_up(&f);
    add_background(&f);
    add(&f, "开展“个转企”工作");
    add(&f, "推动个转企工作");
    assert_false(finds(&f, 8, "个转企", "转企"));
    tear_down(&f);
    set_up(&f); /* marks that are not two, or have more between them than a word */
    add_background(&f);
    for (int i = 0; i < 9; i++) {
        static const char *const odd[] = {"”个转企“",  "“个转企",   "个转企”",
                                          "““”个转企", "“个 转企”", "“个转企和九个字以上”",
                                          "“个1转企”", "\"个转企",  "「”"};
        add(&f, odd[i]);
    }
    assert_false(finds(&f, 30, "个转企", "转企"));
    tear_down(&f);
    set_up(&f); /* what stands between two texts in straight marks is in none */
    add_background(&f);
    add(&f, "开展\"小升规\"个转企\"规上\"工作");
    add(&f, "推动\"小升规\"个转企\"规上\",扩大规模");
    assert_true(finds(&f, 8, "小升规", "个转企"));
    tear_down(&f);
}

/* What a verb opens is a phrase, unless most of what stands behind it stands there; behind
 * a number a measure word opens none. */
static void test_phrases(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    add_background(&f);
    add_around(&f, "维护和平", around, N_AROUND);
    for (size_t i = 0; i < N_AROUND; i += 2) {
        char text[60];
        snprintf(text, sizeof text, "%s和平%s", around[i], around[i + 1]);
        add(&f, text);
    }
    add_around(&f, "5家以上", around, N_AROUND);
    assert_false(finds(&f, 8, "维护和平", "家以上"));
    tear_down(&f);
    set_up(&f);
    add_background(&f);
    add_around(&f, "全面小康", around, N_AROUND);
    assert_true(finds(&f, 8, "全面小康", "小康"));
    tear_down(&f);
}

static void test_nothing(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    assert_false(finds(&f, 2, "一", "二"));
    tear_down(&f);
    set_up(&f);
    add(&f, "10.1%");
    add(&f, "资");
    add(&f, "资金");
    assert_false(finds(&f, 2, "资金", "资"));
    tear_down(&f);
    sy_new_words_free(NULL);
}

/* One string again and again, and random ones: no failure, no word that is not there. */
static void test_odd_texts(void **state)
{
    (void)state;
    static const char some[] = "的一是区商投局发展𠀀𠀁〇";
    sy_random_init("test_new_words odd");
    fixture f;
    set_up(&f);
    for (int i = 0; i < 300; i++)
        add(&f, i % 2 ? "区区区区区区区区区区区区区区区区区区区区" : "“区区”“区”\"区\"");
    for (int i = 0; i < 2000; i++) {
        char text[64] = "";
        for (uint32_t n = sy_random_below(10); n > 0; n--)
            strncat(text, some + 3 * (size_t)sy_random_below(10), 3);
        add(&f, text);
    }
    finds(&f, 2, "", "资金");
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),   cmocka_unit_test(test_repeated_values),
        cmocka_unit_test(test_quoted),  cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_odd_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
