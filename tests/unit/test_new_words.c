#include "segmenter/new_words.h"

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
        assert_true(words[i].count >= least);
        assert_true(i == 0 || words[i - 1].score >= words[i].score);
        found = found || strcmp(words[i].text, want) == 0;
        if (strcmp(words[i].text, want) == 0)
            assert_non_null(strstr(words[i].context, "【"));
        if (strcmp(words[i].text, never) == 0)
            fail_msg("%s is no word", never);
    }
    return found;
}

/* 批而未供 in many surroundings is a word; its parts are none. */
static void test_found(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "处置批而未供土地",   "消化批而未供的存量", "清理批而未供问题",     "化解批而未供地块",
        "对批而未供开展排查", "推动批而未供盘活",   "全市批而未供面积下降", "严控批而未供",
        "批而未供整改完成",   "今年批而未供任务",   "压减批而未供规模",     "盘点批而未供情况",
        "土地供应加快",       "面积下降明显",       "问题整改到位",         "规模扩大"};
    fixture f;
    set_up(&f);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(&f, texts[i]);
    for (int i = 0; i < 100; i++) { /* cohesion is told against much other text */
        add(&f, "土地供应加快面积下降明显问题整改到位规模扩大");
        add(&f, "财政收入增长城市建设推进农业生产稳定");
    }
    assert_true(finds(&f, 8, "批而未供", "而未供"));
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
        add(&f, "区区区区区区区区区区区区区区区区区区区区");
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_found), cmocka_unit_test(test_nothing),
                                       cmocka_unit_test(test_odd_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
