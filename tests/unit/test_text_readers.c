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
    {"a.tsv", "名册\n甲\t乙\n", "1:r1 c1=名册 c2=\n2:r2 c1=甲 c2=乙\n"},
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
    /* Titles above a table do not hide how its cells are separated. */
    {"a.csv", "台账\n（单位：个）\n序号,工作目标,责任单位\n1,修路。,区交通局\n",
     "note: text outside the tables is left out: '台账' and 1 more line\n4:1 no=1 target=修路。 "
     "unit=区交通局\n"},
    {"a.tsv", "台账\n\n名\t值\n甲\t1\n", "1:r1 text=台账\n4:r4 名=甲 值=1\n"},
    {"a.txt", "台账\n名\t值\n甲\t1\n乙\t2\n", "1:r1 text=台账\n3:r3 名=甲 值=1\n4:r4 名=乙 值=2\n"},
    {"a.txt", "前文\n名\t值\n", "1:p1 text=前文\n2:p2 text=名\t值\n"},
    /* Headings of a ledger without any row are text like the rest, in both forms. */
    {"a.txt", "前文。\n\n事项\t责任单位\n正文甲。\n\n正文乙。\n",
     "3:t1r1 title=前文。 text=事项|责任单位\n4:p2 title=前文。 text=正文甲。\n"
     "6:p3 title=前文。 text=正文乙。\n"},
    {"a.txt", "议题：\n\t序号\n\t责任单位\n\t工作目标\n\n\t \n散会。\n",
     "1:p1 text=议题：\n2:p2 text=序号\n3:p3 text=责任单位\n4:p4 text=工作目标\n"
     "7:p5 text=散会。\n"},
    /* Ledgers in text, cells between tabs: sections, totals, text around them; rows that
     * lack their last cells or go on one above, a header that comes again. */
    {"a.txt",
     "台账\n\n一、指标（共2项）\n序号\t工作目标\t责任单位\t存在问题\n1\t①增长6%。②增长9%"
     "。\t区发改局\t①无。②缺钱。\n\n二、城建（共3项）\n序号\t工作目标\t责任单位\t存在问题\n2\t修路"
     "。\t区交通局\n\t架桥。\t区财政局\t无\n合计\t2\n\n注：完。\n经办：甲\t日期：1月\n",
     "note: text outside the tables is left out: '台账'\n5:1① section=指标 no=1 target=①增长6%。 "
     "unit=区发改局 status=无。 mark=①\n5:1② section=指标 no=1 target=②增长9%。 unit=区发改局 "
     "status=缺钱。 mark=②\n9:2 section=城建 no=2 target=修路。 unit=区交通局 status=\nnote: key "
     "'2' stands here again and is named '2#2', so are all that repeat\n10:2#2 section=城建 no=2 "
     "target=架桥。 unit=区财政局 status=无\nnote: a row that sums up is no goal and is left out: "
     "'合计 2'\nnote: text outside the tables is left out: '注：完。' and 1 more line\nnote: "
     "section '城建' declares 3 goals, found 2\n"},
    {"a.md",
     "# "
     "台账\n\n序号\t工作目标\t责任单位\t存在问题\n1\t修路。\t区交通局\t无\n二、城建\n2\t架桥。\t区"
     "交通局\t无\n\n# 说明\n\n文\n",
     "note: text outside the tables is left out: '台账'\n4:1 no=1 target=修路。 unit=区交通局 "
     "status=无\n6:2 section=城建 no=2 target=架桥。 unit=区交通局 status=无\nnote: text outside "
     "the tables is left out: '说明' and 1 more line\n"},
    {"a",
     "序号\t工作目标\t责任单位\t存在问题\n\n1\t修路。\t区交通局\t无\n\n\n\n2\t架桥。\t区交通局\t无"
     "\n序号\t工作目标\t责任单位\t存在问题\n3\t植树。\t区林业局\t无",
     "3:1 no=1 target=修路。 unit=区交通局 status=无\n7:2 no=2 target=架桥。 unit=区交通局 "
     "status=无\n9:3 no=3 target=植树。 unit=区林业局 status=无\n"},
    {"a.txt",
     "序号\t工作目标\t责任单位\t存在问题\n1\t修路。\t区交通局\t无\n\n完成时限\t工作目标\t责任单位\n"
     "6月\t架桥。\t区财政局\n",
     "2:1 no=1 target=修路。 unit=区交通局 status=无\n5:r2 due=6月 target=架桥。 unit=区财政局\n"},
    /* Cells of several paragraphs, indented rows, cells behind the last column. */
    {"a.txt",
     "\t序号\t工作目标\t责任单位\n\t1\t①修路。\n②架桥。\n\n\t2\t①植树。\n②除草。\t区林业局\n区财政"
     "局\n\t3\t清淤。\t区水务局\t多\n区河长办\n",
     "2:1① no=1 target=①修路。 unit= mark=①\n2:1② no=1 target=②架桥。 unit= mark=②\n5:2① no=2 "
     "target=①植树。 unit=区林业局|区财政局 mark=①\n5:2② no=2 target=②除草。 "
     "unit=区林业局|区财政局 mark=②\nreplaced: row 3 has 4 cells for 3 columns: the rest is kept "
     "as a note\n8:3 no=3 target=清淤。 unit=区水务局 note=多\nnote: text outside the tables is "
     "left out: '区河长办'\n"},
    {"a.txt",
     "序号\t工作目标\t责任单位\t存在问题\n1\t修路。\n①南路。\t区交通局\n区财政局\t缺钱。\n急需。\n2"
     "\t架桥。\t区交通局\t无\n",
     "2:1① no=1 target=修路。/①南路。 unit=区交通局|区财政局 status=缺钱。/急需。 mark=①\n6:2 no=2 "
     "target=架桥。 unit=区交通局 status=无\n"},
    /* No header of a ledger: text stays text. */
    {"a.txt", "姓名\t工作目标\n甲\t升职\n文\n",
     "1:p1 text=姓名\t工作目标\n2:p2 text=甲\t升职\n3:p3 text=文\n"},
    {"a.txt", "文。\n责任单位\t区交通局\n完。\n",
     "1:p1 text=文。\n2:p2 text=责任单位\t区交通局\n3:p3 text=完。\n"},
    {"a.md", "```\n序号\t工作目标\t责任单位\t存在问题\n```\n",
     "2:p1 text=序号\t工作目标\t责任单位\t存在问题\n"},
    /* Between bars, by the rule below the header, whatever the name. */
    {"a.txt",
     "台账\n\n| 序号 | 工作目标 | 责任单位 |\n|:--|---|---|\n| 1 | ①修路。<br>②架\\|桥。<BR/>急 | "
     "区交通局 |\n完。\n",
     "note: text outside the tables is left out: '台账'\n5:1① no=1 target=①修路。 unit=区交通局 "
     "mark=①\n5:1② no=1 target=②架|桥。/急 unit=区交通局 mark=②\nnote: text outside the tables is "
     "left out: '完。'\n"},
    {"a.txt",
     "| 序号 | 工作目标 | 责任单位 |\n|---|---|---|\n| 1 | 修路。 | 区交通局 |\n| 2 | 架桥。 | "
     "区交通局 |\n",
     "3:1 no=1 target=修路。 unit=区交通局\n4:2 no=2 target=架桥。 unit=区交通局\n"},
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
