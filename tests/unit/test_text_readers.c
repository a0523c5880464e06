#include "indexer/decode.h"
#include "tests/support/check.h"
#include "tests/support/read.h"

typedef struct text_case {
    const char *name, *text, *want;
} text_case;

static const text_case cases[] = {
    /* CSV: RFC 4180, and what is met. */
    {"a.csv", "名,值\n甲,\"1,\n2\"\n\"乙\"\"丙\",3\n", "2:r2 名=甲 值=1,/2\n4:r3 名=乙\"丙 值=3\n"},
    {"a.csv", "名;值\r\n甲;1\r\n\r\n乙;2", "2:r2 名=甲 值=1\n4:r4 名=乙 值=2\n"},
    {"a.tsv", "名\t值\r甲\t1\r", "2:r2 名=甲 值=1\n"},
    {"a.csv", "名|值\n甲|\"未完\n乙|2\n", "2:r2 名=甲 值=\"未完\n3:r3 名=乙 值=2\n"},
    {"a.csv", "sep=;\n名;值\n甲,1;2\n", "3:r2 名=甲,1 值=2\n"},
    {"a.csv", "名,值\n甲,a\"b\n乙,\"c\"d\n", "2:r2 名=甲 值=a\"b\n3:r3 名=乙 值=cd\n"},
    {"a.csv", "id,名\nx1,甲\nx1,乙\n", "2:x1 id=x1 名=甲\n3:x1#2 id=x1 名=乙\n"},
    {"a.csv", "1,2\n3,4\n", "1:r1 c1=1 c2=2\n2:r2 c1=3 c2=4\n"},
    {"a.csv", "名,责任单位\n甲,区发改局、区财政局\n", "2:r2 名=甲 unit=区发改局|区财政局\n"},
    {"a.csv", "名\n甲\n", "1:r1 text=名\n2:r2 text=甲\n"},
    {"a", "甲,乙,丙\n1,2,3\n4,5,6\n", "2:r2 甲=1 乙=2 丙=3\n3:r3 甲=4 乙=5 丙=6\n"},
    {"a.csv", "名,值\n甲,\"\"\n", "2:r2 名=甲 值=\n"},
    /* Plain text: a line is a paragraph. */
    {"a.txt", "报告\n\n一、总则\n资金短缺。\n第二段。\n（一）细则\n第三段。\n二、空\n",
     "4:p3 title=报告 section=一、总则 text=资金短缺。\n5:p4 title=报告 section=一、总则 "
     "text=第二段。\n7:p6 title=报告 section=一、总则|（一）细则 text=第三段。\n8:p7 title=报告 "
     "section=二、空\n"},
    {"a.txt", "A line that is\nfolded here.\nNext one.\n",
     "1:p1 text=A line that is/folded here.\n3:p2 text=Next one.\n"},
    /* Markdown. */
    {"a.md", "# 题\n\n文\n字\n\n## 节 ##\n- 甲\n- 乙\n\n小节\n---\n```\n# 不是\n\n题\n```\n",
     "3:p2 title=题 text=文/字\n7:p4 title=题 section=节 text=- 甲\n8:p5 title=题 section=节 "
     "text=- "
     "乙\n13:p7 title=题 section=小节 text=# 不是//题\n"},
    {"a.md", "| 名 | 值 |\n|---|---|\n| 甲 | a\\|b |\n", "3:t1r2 名=甲 值=a|b\n"},
    /* HTML. */
    {"a.html",
     "<html><head><title>题</title><style>x</style></head><body><h1>节</h1>\n<p>资<b>金</b>\n短 "
     "缺<br>不足<script>y</script>\n<div>二&amp;三</div></body></html>",
     "2:p3 title=题 section=节 text=资金 短 缺/不足\n4:p4 title=题 section=节 text=二&三\n"},
    {"a.html",
     "<table><tr><td>布局</"
     "td><td><table><tr><th>序号<th>工作目标<th>责任单位<tr><td>1<td>修路。<td>区交通局"
     "</table></td></tr></table>",
     "1:1 no=1 target=修路。 unit=区交通局\n1:t1r1 text=布局\n"},
    {"a.html", "<table><tr><td>a<td>b<tr><td rowspan=0>1<td>2<tr><td>3</table>",
     "1:t1r2 a=1 b=2\n1:t1r3 a=1 b=3\n"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const text_case *c = &cases[i];
        sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
        sy_error err;
        sy_error_clear(&err);
        sy_buf_puts(&bytes, c->text);
        check_ok(sy_read_document(&(sy_read){.name = c->name, .lines = true}, &bytes, &out, &err),
                 &err);
        if (strcmp(sy_buf_cstr(&out), c->want) != 0)
            fail_msg("%s\ngives\n%s--- and not\n%s", c->text, sy_buf_cstr(&out), c->want);
        sy_buf_release(&bytes);
        sy_buf_release(&out);
    }
}

static void test_damage(void **state)
{
    (void)state;
    sy_random_init("test_damage");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_buf bytes = SY_BUF_INIT;
        sy_buf_puts(&bytes, cases[i].text);
        for (int round = 0; round < 100; round++) {
            sy_buf bad = SY_BUF_INIT, out = SY_BUF_INIT;
            sy_error err;
            sy_error_clear(&err);
            sy_buf_append(&bad, bytes.data, sy_random_below((uint32_t)bytes.len + 1));
            for (uint32_t n = sy_random_below(6); n > 0 && bad.len > 0; n--)
                bad.data[sy_random_below((uint32_t)bad.len)] =
                    "\"\n\r,\t<>|#/\xE8"[sy_random_below(11)];
            sy_status st = sy_read_document(&(sy_read){.name = cases[i].name}, &bad, &out, &err);
            assert_true(st == SY_OK || st == SY_E_INPUT || st == SY_E_LIMIT);
            sy_buf_release(&bad);
            sy_buf_release(&out);
        }
        sy_buf_release(&bytes);
    }
}

static void check_encoding(const char *bytes, size_t len, const char *forced, const char *encoding,
                           const char *text)
{
    sy_spill spill = {.dir = NULL};
    sy_extent all = {bytes, len, NULL};
    sy_decoded d;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_decode(forced, "x", &all, &spill, &d, &err), &err);
    assert_string_equal(d.encoding, encoding);
    check_slice(((sy_slice){d.text.data, d.text.len}), text);
    sy_spill_release(&spill);
}

static void test_encodings(void **state)
{
    (void)state;
    /* 責任單位的資金問題 in Big5 decodes as GB18030 too: common characters tell. */
    static const char big5[] =
        "\xB3\x64\xA5\xF4\xB3\xE6\xA6\xEC\xAA\xBA\xB8\xEA\xAA\xF7\xB0\xDD\xC3\x44";
    check_encoding(big5, sizeof big5 - 1, NULL, "Big5", "責任單位的資金問題");
    check_encoding(big5, sizeof big5 - 1, "Big5", "Big5", "責任單位的資金問題");
    check_encoding("\xD7\xCA\xBD\xF0", 4, NULL, "GB18030", "资金");
    check_encoding("\xD7\xCA\xFF\xBD\xF0", 5, "GBK", "GBK", "资\xEF\xBF\xBD金");
    check_encoding("\x44\x8D", 2, "UTF-16", "UTF-16", "资");
    check_encoding("\x8D\x44", 2, "UTF-16BE", "UTF-16BE", "资");
    assert_true(sy_encoding_known("GB2312"));
    assert_false(sy_encoding_known("no-such"));
    sy_spill spill = {.dir = NULL};
    sy_extent one = {"a", 1, NULL};
    sy_decoded d;
    assert_int_equal(sy_decode("no-such", "x", &one, &spill, &d, NULL), SY_E_INPUT);
    sy_spill_release(&spill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
