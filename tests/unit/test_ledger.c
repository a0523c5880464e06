#include "indexer/readers/ledger_names.h"
#include "indexer/readers/ledger_numerals.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "tests/support/check.h"
#include "tests/support/collect.h"

static sy_collected got;

static void read_text(const char *text)
{
    sy_collected_release(&got);
    sy_collect(&got, text, strlen(text));
    check_ok(got.status, &got.err);
    assert_ptr_equal(got.reader, &sy_ledger_reader);
}

static int teardown(void **state)
{
    (void)state;
    sy_collected_release(&got);
    return 0;
}

#define check_keys(want)              assert_string_equal(sy_collected_keys(&got), want)
#define check_value(key, field, want) assert_string_equal(sy_collected_get(&got, key, field), want)
#define check_missing(key, field)     assert_null(sy_collected_get(&got, key, field))
#define check_reports(n)                                                                           \
    do {                                                                                           \
        if (got.n_reports != (n))                                                                  \
            for (size_t i_ = 0; i_ < got.n_reports; i_++)                                          \
                print_error("%u: %s\n", got.reports[i_].line, got.reports[i_].message);            \
        assert_int_equal(got.n_reports, n);                                                        \
    } while (0)

#define HEAD4 "\t序号\n\t事项\n\t年度任务目标\n\t责任单位\n\n"

/* The shapes of a real ledger, all on one small page. */
static const char page[] =
    "\n"
    "一、主要指标（共6项）\n"
    "\t序号\n\t年度奋斗目标\n\t年度工作目标\n\t责任单位\n\t完成情况\n\t存在问题\n"
    "\n"
    "\t1\n\t①甲增长9%。\n②乙增长8%。\n\t①甲增长7%。\n②乙增长6%。\n\t区发改局\n区财政局\n"
    "\t1.甲完成。\n[bookmark: _GoBack]2.乙完成。\n\t无\n"
    "\n"
    "\t2\n\t③丙。\n④丁。\n\t③戊。\n\t区商投局\n\t好。\n\t—\n"
    "\n"
    "\t3\n\t—\n\t⑤己。\n\t区统计局\n\t好。\n\t\n"
    " 二、“新”产业（共５项）\n"
    "\n"
    "\t序号\n\t事项\n\t年度任务目标\n\t责任单位\n\t完成情况\n\t存在问题\n"
    "\n"
    "\t4\n\t园区\n\t①建园。 \n\t开发区\n西集镇\n\t已建。\n\t资金不足。\n"
    "\n"
    "\t\n\t\n\t②扩园。\n\t区发改局\n\t未动。\n\t缺地。\n"
    "\n"
    "\t没有数\n"
    "\n"
    "\t\n\t③绿化。\n\t区林业事务\n服务中心\n\t在做。\n\t\n"
    "\n"
    "\t4\n\t园区\n\t④招商。\n\t区商投局\n\t谈了两家。\n"
    "\n"
    "\t找不到地。\n"
    "\n"
    "\t5\n\t道路\n\t①修路。\n②架桥。\n\t区交运局\n\t①修完。\n②架完。\n\t①无。\n②钢材涨价。\n"
    "\n\n\n";

static void test_page(void **state)
{
    (void)state;
    read_text(page);
    check_keys("1① 1② 2③ 2④ 3⑤ 4① 4② 4③ 4④ 5① 5②");
    check_value("1①", "section", "主要指标");
    check_value("1①", "no", "1");
    check_value("1①", "mark", "①");
    check_value("1①", "stretch", "①甲增长9%。");
    check_value("1②", "target", "②乙增长6%。");
    check_value("1②", "unit", "区发改局|区财政局");
    check_value("1②", "progress", "1.甲完成。⏎2.乙完成。");
    check_missing("1①", "item");
    /* One number, two texts; and a goal that only one column has. */
    check_value("2③", "stretch", "③丙。");
    check_value("2③", "target", "③戊。");
    check_value("2④", "stretch", "④丁。");
    check_missing("2④", "target");
    /* 无, —, empty and missing are four things. */
    check_value("1①", "status", "无");
    check_value("2③", "status", "—");
    check_value("3⑤", "status", "");
    check_value("3⑤", "stretch", "—");
    check_value("4①", "section", "“新”产业");
    check_value("4①", "target", "①建园。");
    check_value("4①", "unit", "开发区|西集镇");
    check_value("4②", "no", "4");
    check_value("4②", "item", "园区");
    check_value("4③", "note", "没有数");
    check_value("4③", "no", "4");
    check_value("4③", "unit", "区林业事务服务中心");
    check_missing("4②", "note");
    check_value("4④", "progress", "谈了两家。");
    check_value("4④", "status", "找不到地。");
    check_value("5①", "progress", "修完。");
    check_value("5①", "status", "无。");
    check_value("5②", "status", "钢材涨价。");
    assert_int_equal(sy_collected_key(&got, "1②")->line, 10);
    assert_int_equal(sy_collected_key(&got, "1②")->row, 1);
    assert_int_equal(sy_collected_key(&got, "5②")->row, 8);
    check_reports(2);
    assert_int_equal(got.reports[0].line, 2);
    assert_string_equal(got.reports[0].message, "section '主要指标' declares 6 goals, found 5");
    assert_string_equal(got.reports[1].message, "section '“新”产业' declares 5 goals, found 6");
    assert_int_equal(got.reports[0].kind, SY_REPORT_NEWS);
}

/* The same page with Windows line ends, and without its last line end. */
static void test_line_ends(void **state)
{
    (void)state;
    read_text(page);
    size_t n = got.n_records;
    char *values[16];
    for (size_t i = 0; i < n; i++)
        values[i] = strdup(got.records[i].values);
    char windows[2 * sizeof page], *to = windows;
    for (const char *p = page; *p; p++) {
        if (*p == '\n')
            *to++ = '\r';
        *to++ = *p;
    }
    *to = '\0';
    for (int variant = 0; variant < 3; variant++) {
        if (variant == 1)
            while (to[-1] == '\n' || to[-1] == '\r')
                *--to = '\0';
        if (variant == 2)
            for (char *p = windows, *q = windows; (*q = *p) != '\0'; p++)
                q += *q != '\n'; /* old Macintosh: CR alone */
        read_text(windows);
        assert_int_equal(got.n_records, n);
        for (size_t i = 0; i < n; i++)
            assert_string_equal(got.records[i].values, values[i]);
        assert_int_equal(sy_collected_key(&got, "1②")->line, 10);
    }
    for (size_t i = 0; i < n; i++)
        free(values[i]);
}

static void test_headers(void **state)
{
    (void)state;
    /* Other order, other names, spaces and line ends in headings, brackets, own fields. */
    read_text("二〇二三年台账\n区督查室\n\n"
              "\t责 任\n单位\n\t编号\n\t存在的困难（截至11月）\n\t分管领导\n\t工作目标\n\n"
              "\t区发改局\n\t１\n\t无\n\t张三\n\t①甲。\n②乙。\n\n"
              "\t责任单位\n\t编号\n\t存在的困难\n\t分管领导\n\t工作目标\n\n"
              "\t区商投局\n\t\n\t无\n\t李四\n\t③丙。\n\n"
              "附表\n\n"
              "\t序号\n\t进展\n\t备注\n\n"
              "\t9\n\t完成\n\t看附件\n\n"
              "\t(见另表)\n\t未动\n\t再议\n"
              "注：以上为自报数据。\n\n联系人：王五\n");
    check_keys("1① 1② 1③ 9 9#2");
    check_value("1①", "unit", "区发改局");
    check_value("1①", "status", "无");
    check_value("1②", "分管领导", "张三");
    check_value("1③", "no", "1");
    check_missing("1①", "section");
    check_missing("9", "mark");
    check_missing("9", "unit");
    check_value("9", "note", "看附件");
    check_value("9#2", "note", "再议⏎注：以上为自报数据。|(见另表)");
    check_reports(4);
    assert_string_equal(got.reports[0].message,
                        "text outside the tables is left out: '二〇二三年台账' and 1 more line");
    assert_int_equal(got.reports[0].line, 1);
    assert_string_equal(got.reports[1].message, "text outside the tables is left out: '附表'");
    assert_int_equal(sy_collected_count(&got, SY_REPORT_NEWS, "'9#2'"), 1);
    assert_int_equal(sy_collected_count(&got, SY_REPORT_NEWS, "联系人"), 1);
    /* Headings without a name, or with a reserved one. */
    read_text("\t序号\n\t责任单位\n\t工作目标\n\t\n\tkey\n\n\t1\n\t甲局\n\t乙\n\t丙\n\t丁\n");
    check_value("1", "_", "丙");
    check_value("1", "_key", "丁");
    check_reports(2);
    /* Headings that no record has: of a table with a column for sections, and of no row. */
    read_text("一、交通\n\t板块\n\t序号\n\t工作目标\n\n\t城建\n\t1\n\t修路\n\n"
              "二、水利\n\t序号\n\t工作目标\n\n");
    check_value("1", "section", "城建");
    check_reports(2);
    assert_string_equal(got.reports[0].message, "text outside the tables is left out: '交通'");
    assert_string_equal(got.reports[1].message, "text outside the tables is left out: '水利'");
    /* Several columns of one field: several values. */
    read_text("\t序号\n\t牵头单位\n\t责任单位\n\t工作目标\n\t责任部门\n\n\t1\n\t甲局\n\t乙局\n\t丙"
              "\n\t丁局\n");
    check_value("1", "unit", "甲局|乙局|丁局");
    /* Fields that only other formats fill are not there. */
    sy_field_id none;
    assert_false(sy_schema_find(&got.schema, "place", 5, &none));
    assert_false(sy_schema_find(&got.schema, "hidden", 6, &none));
    /* A header of two rows. */
    read_text("\t序号\n\t年度目标\n\t责任单位\n\t进展\n\n\t\n\t奋斗目标\n\t工作目标\n\t\n\t\n\n"
              "\t1\n\t甲\n\t乙\n\t丙局\n\t丁\n");
    check_keys("1");
    check_value("1", "stretch", "甲");
    check_value("1", "target", "乙");
    check_value("1", "unit", "丙局");
    check_value("1", "progress", "丁");
    check_reports(0);
    /* No blank lines at all. */
    read_text("\t序号\n\t工作目标\n\t责任单位\n\t1\n\t甲\n\t乙局\n丙局\n\t2\n\t丁\n\t戊局\n");
    check_keys("1 2");
    check_value("1", "unit", "乙局|丙局");
    check_value("2", "target", "丁");
}

static void test_sections(void **state)
{
    (void)state;
    static const struct {
        const char *line, *title;
        int declared; /* -1: none */
    } cases[] = {
        {"一、主要经济指标（共14项）", "主要经济指标", 14},
        {" 二、“四新”方向(共１８项)", "“四新”方向", 18},
        {"6、 惠民水平提升（共7项）", "惠民水平提升", 7},
        {"（一）经济指标", "经济指标", -1},
        {"(十二) 经济指标 共3条", "经济指标", 3},
        {"1.经济指标", "经济指标", -1},
        {"１．经济指标：共14条", "经济指标", 14},
        {"第一部分 经济指标", "经济指标", -1},
        {"第2章、经济指标（二十一项）", "经济指标", 21},
        {"经济指标（共计9项任务）", "经济指标", 9},
        {"三．经济（产业）指标（15个）", "经济（产业）指标", 15},
        {"㈡经济指标", "经济指标", -1},
        {"Ⅱ、经济指标", "经济指标", -1},
        {"贰、经济指标【共2项】", "经济指标", 2},
        {"４．经济指标〔共11项〕", "经济指标", 11},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_heading h;
        assert_true(sy_heading_parse(sy_slice_of(cases[i].line), &h));
        check_slice(h.title, cases[i].title);
        assert_int_equal(h.counted ? (int)h.declared : -1, cases[i].declared);
        char text[512];
        snprintf(text, sizeof text, "%s\n" HEAD4 "\t1\n\t甲\n\t①乙\n\t丙局\n", cases[i].line);
        read_text(text);
        check_value("1①", "section", cases[i].title);
        check_reports(cases[i].declared < 0 ? 0u : 1u);
    }
    static const char *const none[] = {
        "经济指标", "1.5亿元",  "2,000人",    "一、加强领导。",  "一", "（共3项）", "一、",
        "3 项",     "十分重视", "第一次会议", "一共有14个人在场"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        sy_heading h;
        if (sy_heading_parse(sy_slice_of(none[i]), &h))
            fail_msg("'%s' is no heading", none[i]);
    }
}

/* What follows a row's last cell: a paragraph of it, a heading, or neither. */
static void test_last_cell(void **state)
{
    (void)state;
    /* A list in the cell does not make an entry of the heading below the blank line. */
    read_text("1. 甲\n" HEAD4 "\t1\n\t子\n\t①丑\n\t1.寅局\n2.卯局\n\n"
              "2. 乙\n" HEAD4 "\t2\n\t子\n\t①丑\n\t辰局\n");
    check_value("1①", "section", "甲");
    check_value("2①", "section", "乙");
    check_reports(0);
    read_text("一、甲\n" HEAD4 "\t1\n\t子\n\t①丑\n\t寅局\n"
              "二、乙\n\n" HEAD4 "\t2\n\t子\n\t①丑\n\t一、加强领导\n二、狠抓落实\n\n" HEAD4
              "\t3\n\t子\n\t①丑\n\t寅局\n\n卯局\n\n\t4\n\t子\n\t①丑\n\t寅局\n\n第三部分 丙\n\n"
              "\t5\n\t子\n\t①丑\n\t寅局\n\n四、丁（共2项）\n");
    check_keys("1① 2① 3① 4① 5①");
    check_value("1①", "section", "甲");
    check_value("1①", "unit", "寅局");
    check_value("2①", "section", "乙");
    check_value("2①", "unit", "一|加强领导|二|狠抓落实");
    check_value("3①", "section", "乙");
    check_value("3①", "unit", "寅局|卯局");
    check_value("4①", "section", "乙");
    check_value("5①", "section", "丙");
    check_reports(1);
    assert_int_equal(sy_collected_count(&got, SY_REPORT_NEWS, "'丁' declares 2 goals, found 0"), 1);
    /* A heading in a cell across the table. */
    read_text(
        HEAD4
        "\t一、甲（共1项）\n\n\t1\n\t子\n\t①丑\n\t寅局\n\n\t二、乙\n\n\t1\n\t子\n\t①丑\n\t寅局\n");
    check_keys("1① 1①#2");
    check_value("1①", "section", "甲");
    check_value("1①#2", "section", "乙");
    check_reports(1);
}

static void test_cut_rows(void **state)
{
    (void)state;
    read_text(HEAD4
              "\t1\n\t子\n\t①丑\n\n\t2\n\t子\n\t①丑\n\t寅局\n\n"
              "\t3\n\t子\n\t①丑\n\t寅局\n\t多出\n\n\t4\n\t子\n\n\t①丑\n\t寅局\n\n\t5\n\t子\n");
    check_keys("1① 2① 3① 4① 5");
    check_missing("1①", "unit");
    check_value("1①", "target", "①丑");
    check_value("3①", "unit", "寅局");
    check_value("3①", "note", "多出");
    check_value("4①", "unit", "寅局");
    check_value("5", "item", "子");
    check_missing("5", "target");
    check_reports(3);
    assert_string_equal(got.reports[0].message, "row 1 is cut: it has 3 of 4 cells");
    assert_int_equal(got.reports[0].kind, SY_REPORT_REPLACED);
    assert_string_equal(got.reports[1].message,
                        "row 3 has 5 cells for 4 columns: the rest is kept as a note");
    assert_string_equal(got.reports[2].message, "row 5 is cut: it has 2 of 4 cells");
    /* Cells before any header; rows without a number; empty rows. */
    read_text("\t甲\n乙\n\t丙\n\n\t工作目标\n\t责任单位\n\n\t修路\n\t甲局\n\n\t\n\t\n\n\t①架桥；②造"
              "船。\n\t乙局\n");
    check_keys("r1 r2① r2②");
    check_value("r1", "target", "修路");
    check_missing("r1", "no");
    check_value("r2①", "target", "①架桥；");
    check_value("r2②", "target", "②造船。");
    check_reports(2);
    assert_int_equal(sy_collected_count(&got, SY_REPORT_SKIPPED, "2 cells before"), 1);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *number, *rest;
    } cases[] = {
        {"8", "8", ""},
        {"８", "8", ""},
        {" 8. ", "8", ""},
        {"(8)", "8", ""},
        {"（１２）", "12", ""},
        {"1-2", "1-2", ""},
        {"3.1", "3.1", ""},
        {"GX01", "GX01", ""},
        {"第8项", "8", ""},
        {"十二", "十二", ""},
        {"⑧", "8", ""},
        {"8、", "8", ""},
        {"8（工信）", "8", "（工信）"},
        {"8\n（工信）", "8", "（工信）"},
        {"（工信）", "", "（工信）"},
        {"合计", "", "合计"},
        {"", "", ""},
        {"2023年考核", "", "2023年考核"},
        {"A", "", "A"},
        {"-", "", "-"},
    };
    sy_buf number = SY_BUF_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_slice rest;
        bool found = sy_row_number(sy_slice_of(cases[i].cell), &number, &rest);
        assert_string_equal(sy_buf_cstr(&number), cases[i].number);
        check_slice(rest, cases[i].rest);
        assert_int_equal(found, cases[i].number[0] != '\0');
    }
    sy_buf_release(&number);
    read_text(HEAD4 "\t１０．\n\t子\n\t①丑\n\t寅局\n\n\t十一（新增）\n\t子\n\t丑\n\t寅局\n");
    check_keys("10① 十一");
    check_value("10①", "no", "10");
    check_value("十一", "note", "（新增）");
}

static void test_marks(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        size_t n, first, last; /* values */
    } cases[] = {
        {"①甲\n②乙\n③丙", 3, 1, 3},
        {"⑲甲\n⑳乙\n㉑丙\n㊱丁\n㊿戊", 5, 19, 50},
        {"①甲；②乙；③丙。", 3, 1, 3},
        {"甲\n①乙\n②丙", 2, 1, 2},
        {"完成第①项", 0, 0, 0},
        {"①完成第②项", 1, 1, 1},
        {"①甲\n②乙\n①子\n②丑\n③丙", 3, 1, 3},
        {"①甲\n⑴子\n⑵丑\n②乙", 2, 1, 2},
        {"⑴甲\n⑵乙", 2, 1, 2},
        {"(1)甲\n（２）乙\n(10)丙", 3, 1, 10},
        {"(1)甲\n乙\n(2)丙", 0, 0, 0},
        {"前言\n(1)甲\n(2)乙", 0, 0, 0},
        {"1.甲\n2.乙", 0, 0, 0},
        {"", 0, 0, 0},
        {"①", 1, 1, 1},
        {"(0)甲", 0, 0, 0},
        {"(123)甲", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_mark marks[SY_MARKS_MAX];
        size_t n = sy_marks_find(sy_slice_of(cases[i].cell), marks);
        if (n != cases[i].n)
            fail_msg("'%s': %zu marks", cases[i].cell, n);
        if (n > 0) {
            assert_int_equal(marks[0].value, cases[i].first);
            assert_int_equal(marks[n - 1].value, cases[i].last);
        }
    }
    /* A neighbour is split only by exactly the same marks; text before the first
     * mark belongs to every goal. */
    read_text(
        "\t序号\n\t工作目标\n\t完成情况\n\t存在问题\n\t责任单位\n\n"
        "\t1\n\t全年：\n①甲\n②乙\n\t①子\n②丑\n③寅\n\t总体：\n①子\n②丑\n\t①卯局\n②辰局、巳局\n\n"
        "\t2\n\t（1）甲\n（2）乙\n\t(1)子\n(2)丑\n\t①子\n②丑\n\t卯局\n");
    check_keys("1① 1② 2(1) 2(2)");
    check_value("1②", "target", "全年：⏎②乙");
    check_value("1①", "progress", "①子⏎②丑⏎③寅");
    check_value("1①", "status", "总体：⏎①子⏎②丑");
    check_value("1①", "unit", "卯局");
    check_value("1②", "unit", "辰局|巳局");
    check_value("2(1)", "mark", "(1)");
    check_value("2(2)", "target", "（2）乙");
    check_value("2(2)", "progress", "丑");
    check_value("2(2)", "status", "①子⏎②丑");
    /* The marks of a neighbour need no stop between them, but references are none. */
    read_text("\t序号\n\t工作目标\n\t存在问题\n\t完成情况\n\t下步打算\n\t责任单位\n\n"
              "\t1\n\t①甲。②乙。③丙。\n\t①无②无 ③资金短缺\n\t①子。②丑③寅\n\t①②③均无\n\t①卯②辰\n\n"
              "\t2\n\t①甲\n②乙\n\t①完成第②项\n\t①见②\n\t①和②：无\n\t①卯局②辰局\n");
    check_value("1①", "status", "无");
    check_value("1②", "status", "无");
    check_value("1③", "status", "资金短缺");
    check_value("1②", "progress", "丑");
    check_value("1②", "next", "①②③均无");
    check_value("1②", "unit", "①卯②辰");
    check_value("2①", "status", "①完成第②项");
    check_value("2①", "progress", "①见②");
    check_value("2①", "next", "①和②：无");
    check_value("2②", "unit", "辰局");
    /* Without a goal column the marks of the item count. */
    read_text("\t序号\n\t工作任务\n\t责任单位\n\n\t1\n\t①甲\n②乙\n\t丙局\n");
    check_keys("1① 1②");
    check_value("1②", "item", "②乙");
}

/* Who leads and who supports has a field of its own besides, unless the table has one. */
static void test_roles(void **state)
{
    (void)state;
    read_text("\t序号\n\t重点工作\n\t责任单位\n\n\t1\n\t甲\n\t区发改局牵头，区财政局、冯卯镇配合\n"
              "\t2\n\t乙\n\t区财政局区住建局负责\n");
    check_value("1", "unit", "区发改局|区财政局|冯卯镇");
    check_value("1", "lead", "区发改局");
    check_value("1", "support", "区财政局|冯卯镇");
    check_value("2", "unit", "区财政局|区住建局");
    assert_null(sy_collected_get(&got, "2", "lead"));
    assert_null(sy_collected_get(&got, "2", "support"));
    read_text("\t序号\n\t重点工作\n\t责任单位\n\t配合单位\n\n\t1\n\t甲\n\t区发改局，区财政局配合\n"
              "\t区水利局\n");
    check_value("1", "unit", "区发改局|区财政局");
    check_value("1", "support", "区水利局");
}

/* + stands before a lead, - before one that supports. */
static sy_status append_name(void *ctx, sy_slice name, sy_org_role role, sy_error *err)
{
    static const char *const signs[] = {
        [SY_ORG_PLAIN] = "", [SY_ORG_LEAD] = "+", [SY_ORG_SUPPORT] = "-"};
    sy_buf *all = ctx;
    if (all->len > 0)
        sy_buf_putc(all, '|');
    sy_buf_puts(all, signs[role]);
    sy_buf_append(all, name.data, name.len);
    return sy_buf_status(all, err);
}

/* Observes all cells, then splits the first. */
static void check_cells(const char *const *cells, bool bodies, const char *want)
{
    sy_error err;
    sy_error_clear(&err);
    sy_ledger_names names = SY_LEDGER_NAMES_INIT;
    sy_buf all = SY_BUF_INIT;
    for (size_t i = 0; cells[i]; i++)
        check_ok(sy_ledger_names_observe(&names, sy_slice_of(cells[i]), bodies, &err), &err);
    check_ok(sy_ledger_names_split(&names, sy_slice_of(cells[0]), bodies, append_name, &all, &err),
             &err);
    assert_string_equal(sy_buf_cstr(&all), want);
    sy_buf_release(&all);
    sy_ledger_names_release(&names);
}

static void check_names(const char *const *cells, const char *want)
{
    check_cells(cells, false, want);
    check_cells(cells, true, want);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"区发改局", "区发改局"},
        {"", ""},
        {"—", "—"},
        {"区发改局\n冯卯镇", "区发改局|冯卯镇"},
        {"开发区\n西集镇", "开发区|西集镇"},
        {"区文旅局\n百味山亭公司", "区文旅局|百味山亭公司"},
        {"区金融服务中心\n弘道财金", "区金融服务中心|弘道财金"},
        {"弘道财金\n区发改局", "弘道财金|区发改局"},
        {"翼龙文旅\n西集镇", "翼龙文旅|西集镇"},
        {"区残联\n区人社局", "区残联|区人社局"},
        {"区发改局、区财政局，区商投局,区住建局；西集镇;山城街道",
         "区发改局|区财政局|区商投局|区住建局|西集镇|山城街道"},
        {"区发改局 区财政局　西集镇", "区发改局|区财政局|西集镇"},
        {"区 财 政 局\n区发改局", "区 财 政 局|区发改局"},
        {"财 政 局 区发改局", "财 政 局|区发改局"},
        {"区住建局（人防办、城建科）\n区财政局", "区住建局（人防办、城建科）|区财政局"},
        {"区国资事务\n服务中心", "区国资事务服务中心"},
        {"区国资事务\n服务中心\n区发改局", "区国资事务服务中心|区发改局"},
        {"区发改局、区国资事务\n服务中心、西集镇", "区发改局|区国资事务服务中心|西集镇"},
        {"综合行政\n执法局", "综合行政执法局"},
        {"区市场监督\n管理局", "区市场监督管理局"},
        {"区交通\n运输局", "区交通运输局"},
        {"区文化\n和旅游局", "区文化和旅游局"},
        {"山城街道\n办事处", "山城街道办事处"},
        {"各镇\n街道", "各镇|街道"},
        {"体育事业\n发展中心", "体育事业发展中心"},
        {"区发改局\n\n区财政局、", "区发改局|区财政局"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *cells[] = {cases[i][0], NULL};
        check_names(cells, cases[i][1]);
    }
    /* What stands elsewhere decides: for joining, and against it. */
    check_names((const char *const[]){"区委\n组织部", "区委组织部", NULL}, "区委组织部");
    check_names((const char *const[]){"区委\n组织部", NULL}, "区委|组织部");
    check_names((const char *const[]){"区发改\n住建局", "区发改、住建局", NULL}, "区发改|住建局");
    check_names((const char *const[]){"区发改\n运输局", "区发改", NULL}, "区发改|运输局");
    check_names((const char *const[]){"甲局\n乙局", "甲局乙局", "甲局", "乙局", NULL}, "甲局|乙局");
}

/* Cells of bodies: what says a role is no part of a name, and names may run together. */
static void test_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *cells[4];
        const char *want;
    } cases[] = {
        {{"区发改局区自然资源局冯卯镇"}, "区发改局|区自然资源局|冯卯镇"},
        {{"税务总局、财政部、海关总署负责"}, "税务总局|财政部|海关总署"},
        {{"区发改局牵头，区财政局、各镇街配合"}, "+区发改局|-区财政局|-各镇街"},
        {{"区发改局（牵头）\n区财政局"}, "+区发改局|区财政局"},
        /* A name broken by a line end, with a role behind; the role reaches over the break. */
        {{"区财政局、区国资事务\n服务中心牵头", "区国资事务服务中心"},
         "+区财政局|+区国资事务服务中心"},
        {{"区财政局\n区住建局牵头"}, "区财政局|+区住建局"},
        {{"牵头单位：\n区发改局\n区财政局\n配合单位：区住建局"}, "+区发改局|+区财政局|-区住建局"},
        {{"财政部、商务部负责。列第一位者为牵头单位，下同"},
         "+财政部|商务部|列第一位者为牵头单位|下同"},
        {{"商务部等和各有关省级人民政府负责。"}, "商务部|各有关省级人民政府负责。"},
        /* Names that stand by themselves elsewhere need no 区 to be divided. */
        {{"财政部税务总局", "财政部", "税务总局"}, "财政部|税务总局"},
        {{"财政部税务总局", "财政部"}, "财政部税务总局"},
        {{"区住建局（区人防办、区城建中心）牵头"}, "+区住建局（区人防办、区城建中心）"},
        {{"财 政 局"}, "财 政 局"},
        {{"负责"}, "负责"},
        {{"牵头单位："}, ""},
        {{"牵头单位： 财 政 局"}, "+财 政 局"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_cells(cases[i].cells, true, cases[i].want);
}

static void check_same_start(const sy_collected *whole, const sy_collected *cut)
{
    for (size_t i = 0; i + 3 < cut->n_records; i++) {
        assert_string_equal(cut->records[i].key, whole->records[i].key);
        assert_string_equal(cut->records[i].values, whole->records[i].values);
    }
}

/* Cut at every byte: the records before the row that is cut stay as they are. Before the
 * first row the page is no ledger but text. */
static void test_truncated(void **state)
{
    (void)state;
    read_text(page);
    sy_collected cut = {0};
    bool ledger = false;
    for (size_t len = 0; len < sizeof page; len++) {
        sy_buf text = SY_BUF_INIT;
        size_t first;
        sy_utf8_repair(page, len, &text, &first);
        sy_collect(&cut, sy_buf_cstr(&text), text.len);
        check_ok(cut.status, &cut.err);
        ledger |= cut.n_records > 0 && strcmp(cut.records[0].key, got.records[0].key) == 0;
        if (ledger)
            check_same_start(&got, &cut);
        sy_collected_release(&cut);
        sy_buf_release(&text);
    }
    assert_true(ledger);
}

/* Bytes of the page deleted, doubled and swapped for others that matter. */
static void test_mutated(void **state)
{
    (void)state;
    sy_random_init("test_mutated");
    static const char *const bits[] = {"\n",        "\t",   "\r\n", "①",           "②",    "、",
                                       "（共3项）", "一、", "(1)",  "[bookmark: ", "序号", " ",
                                       "　",        "\n\n", "\t\n", "8",           ""};
    for (int round = 0; round < 1500; round++) {
        sy_buf text = SY_BUF_INIT, whole = SY_BUF_INIT;
        size_t first, at = 0;
        unsigned n = 1 + sy_random_below(8);
        for (unsigned i = 0; i < n; i++) {
            size_t to = at + sy_random_below((uint32_t)(sizeof page - 1 - at) + 1);
            sy_buf_append(&text, page + at, to - at);
            sy_buf_puts(&text, bits[sy_random_below(sizeof bits / sizeof *bits)]);
            at = to + sy_random_below(3);
            if (at >= sizeof page - 1 || sy_random_below(20) == 0)
                at = sy_random_below(sizeof page - 1);
        }
        sy_buf_append(&text, page + at, sizeof page - 1 - at);
        sy_utf8_repair(sy_buf_cstr(&text), text.len, &whole, &first);
        sy_collected c = {0};
        sy_collect(&c, sy_buf_cstr(&whole), whole.len);
        check_ok(c.status, &c.err);
        for (size_t i = 0; i < c.n_records; i++) {
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(c.records[i].key, c.records[k].key);
        }
        sy_collected_release(&c);
        sy_buf_release(&text);
        sy_buf_release(&whole);
    }
}

static void test_failures(void **state)
{
    (void)state;
    sy_collected_release(&got);
    for (unsigned long n = 1;; n++) {
        sy_alloc_fail_at(n, false);
        sy_collect(&got, page, sizeof page - 1);
        bool reached = sy_alloc_fail_at(0, false) >= n;
        if (got.status != SY_OK && got.status != SY_E_NOMEM)
            fail_msg("allocation %lu: status %d: '%s': %s", n, (int)got.status, got.err.where,
                     got.err.msg);
        sy_status st = got.status;
        sy_collected_release(&got);
        if (!reached) {
            assert_int_equal(st, SY_OK);
            break;
        }
    }
    got.refuse_at = 3;
    sy_collect(&got, page, sizeof page - 1);
    assert_int_equal(got.status, SY_E_LIMIT);
    assert_int_equal(got.n_records, 2);
}

/* Shapes that could make the reader slow or greedy: all done in a moment. */
static void test_large(void **state)
{
    (void)state;
    static const char *const parts[] = {"\t1\n\t甲\n\t①乙\n\t丙局\n",
                                        "\t目标\n",
                                        "\t序号\n\t目标\n",
                                        "一、甲\n",
                                        "\n",
                                        "\t\n",
                                        "①甲",
                                        "(",
                                        "[bookmark:",
                                        "甲、",
                                        "甲\n",
                                        "\t1\n\n",
                                        "（共3项）",
                                        "二、乙\n\n",
                                        "\t甲\n一、乙\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        sy_buf text = SY_BUF_INIT;
        sy_buf_puts(&text, HEAD4 "\t1\n\t甲\n\t");
        for (int k = 0; k < 30000; k++)
            sy_buf_puts(&text, parts[i]);
        sy_collected c = {0};
        sy_collect(&c, sy_buf_cstr(&text), text.len);
        check_ok(c.status, &c.err);
        assert_true(c.n_records > 0);
        sy_collected_release(&c);
        sy_buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),      cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_headers),   cmocka_unit_test(test_sections),
        cmocka_unit_test(test_last_cell), cmocka_unit_test(test_cut_rows),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_marks),
        cmocka_unit_test(test_names),     cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_roles),     cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_mutated),   cmocka_unit_test(test_failures),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
