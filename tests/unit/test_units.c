#include "segmenter/units.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "tests/support/check.h"

typedef struct fixture {
    sy_cutter *c;
    sy_unit_list units;
    sy_buf form, shown;
} fixture;

static void set_up(fixture *f)
{
    sy_error err;
    sy_error_clear(&err);
    *f = (fixture){.form = SY_BUF_INIT, .shown = SY_BUF_INIT};
    check_ok(sy_cutter_new(NULL, &f->c, &err), &err);
}

static void tear_down(fixture *f)
{
    sy_cutter_free(f->c);
    sy_free(f->units.items);
    sy_buf_release(&f->form);
    sy_buf_release(&f->shown);
}

/* The units of a text with | between them, each with the first letter of its kind. */
static const char *units_of(fixture *f, const char *text, bool joined, bool kinds)
{
    sy_error err;
    sy_error_clear(&err);
    const sy_token *tokens;
    size_t n, first = 0;
    sy_buf_reset(&f->form);
    sy_buf_reset(&f->shown);
    check_ok(sy_normalize(0, text, strlen(text), &f->form, NULL, &err), &err);
    check_ok(sy_cut(f->c, f->form.data, f->form.len, &tokens, &n, &err), &err);
    check_ok(sy_units(f->form.data, tokens, n, joined, &f->units, &err), &err);
    for (size_t i = 0; i < f->units.n; i++) {
        const sy_unit *u = &f->units.items[i];
        assert_int_equal(u->first, first);
        assert_true(u->n_tokens > 0);
        assert_int_equal(u->start, tokens[first].start);
        first += u->n_tokens;
        assert_int_equal(u->end, tokens[first - 1].end);
        sy_buf_puts(&f->shown, i > 0 ? "|" : "");
        if (kinds)
            sy_buf_printf(&f->shown, "%c:", *sy_unit_kind_name(u->kind));
        sy_buf_append(&f->shown, f->form.data + u->start, u->end - u->start);
    }
    assert_int_equal(first, n);
    return sy_buf_cstr(&f->shown);
}

/* Two single characters that are hardly words alone are one; function words are in none. */
static void test_pairs(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"区商投局", "区|商投|局"},  {"乘港铁前往", "乘|港铁|前往"},
        {"批而未供", "批|而|未|供"}, {"他也是来了", "他|也|是|来|了"},
        {"商\n投", "商|投"},         {"商、投", "商|、|投"},
        {"𠀀𠀁𠀂", "𠀀𠀁|𠀂"},
    };
    fixture f;
    set_up(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(units_of(&f, cases[i][0], true, false), cases[i][1]);
    tear_down(&f);
}

/* Tokens of sounds that make no name cost no more in a long run of them. */
static void test_linear(void **state)
{
    (void)state;
    enum { TIMES = 300000 };
    fixture f;
    set_up(&f);
    sy_buf text = SY_BUF_INIT;
    for (int i = 0; i < TIMES; i++)
        sy_buf_puts(&text, "巴西");
    units_of(&f, sy_buf_cstr(&text), true, false);
    assert_int_equal(f.units.n, TIMES);
    sy_buf_release(&text);
    tear_down(&f);
}

static void test_joined(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"增长10.1%。", "w:增长|n:10.1%|p:。"},
        {"投资9.2亿元", "w:投资|q:9.2亿元"},
        {"300MW/1800MWh", "q:300mw/1800mwh"},
        {"1-11月", "d:1-11月"},
        {"45ug/m3", "q:45ug/m3"},
        {"PM2.5", "l:pm2.5"},
        {"AA+企业", "l:aa+|w:企业"},
        {"AAA+级债券", "l:aaa+级|w:债券"},
        {"EPC+运营", "l:epc|p:+|w:运营"},
        {"A+3", "l:a|p:+|n:3"},
        {"C++开发", "l:c++|w:开发"},
        {"AA+，", "l:aa+|p:,"},
        {"EPC+F+O", "l:epc+f+o"},
        {"3+2", "n:3+2"},
        {"2023年1月5日", "d:2023年1月5日"},
        {"2023-01-05", "d:2023-01-05"},
        {"10:30开会", "d:10:30|w:开会"},
        {"二〇二三年", "d:二〇二三年"},
        {"A级G104", "l:a级|l:g104"},
        {"5G基站", "l:5g|w:基站"},
        {"①目标", "p:①|w:目标"},
        {"卡斯帕罗夫", "n:卡斯帕罗夫"},
        {"——", "p:——"},
        {"(-5%)", "p:(|n:-5%|p:)"},
        {"3-5%", "n:3|p:-|n:5%"},
        {"3，2023年", "n:3|p:,|d:2023年"},
        {"1,000吨", "q:1,000吨"},
        {"《宪法》", "p:《|w:宪法|p:》"},
    };
    fixture f;
    set_up(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(units_of(&f, cases[i].text, true, true), cases[i].want);
    tear_down(&f);
}

static void test_parts(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    assert_string_equal(units_of(&f, "2023年1月", false, false), "2023|年|1|月");
    assert_string_equal(units_of(&f, "10.1%", false, false), "10.1%");
    assert_string_equal(units_of(&f, "9.2亿元", false, false), "9.2亿|元");
    tear_down(&f);
}

/* Any text: every token in one unit, whatever stands where. */
static void test_random(void **state)
{
    (void)state;
    static const char *const pieces[] = {"10", "1,000", "%",  "+",    "-",      "/", "亿", "元",
                                         "年", "月",    "日", "第",   "百分之", "○", "克", "斯",
                                         "·",  "a",     "ug", "级",   "5g",     " ", "\n", "—",
                                         ".",  ":",     "①",  "中国", "万"};
    fixture f;
    set_up(&f);
    sy_random_init("test_units random");
    sy_buf text = SY_BUF_INIT;
    for (int round = 0; round < 20000; round++) {
        sy_buf_reset(&text);
        for (uint32_t n = 1 + sy_random_below(12); n > 0; n--)
            sy_buf_puts(&text, pieces[sy_random_below(sizeof pieces / sizeof *pieces)]);
        units_of(&f, text.data, round % 2 == 0, false);
    }
    sy_buf_release(&text);
    tear_down(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    fixture f;
    set_up(&f);
    sy_token tokens[] = {{0, 3, SY_TOKEN_HAN}};
    sy_error err;
    sy_error_clear(&err);
    sy_alloc_fail_at(1, false);
    assert_int_equal(sy_units("一", tokens, 1, true, &f.units, &err), SY_E_NOMEM);
    sy_alloc_fail_at(0, false);
    check_ok(sy_units("一", tokens, 1, true, &f.units, &err), &err);
    assert_int_equal(f.units.n, 1);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),  cmocka_unit_test(test_linear),
        cmocka_unit_test(test_joined), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_random), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
