#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/read.h"

#define C1(text)                                                                                   \
    {                                                                                              \
        text, 1, 1                                                                                 \
    }
#define GONE                                                                                       \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

/* A ledger with a header of two rows, a cell over two rows, one over two columns, a
 * repeated header, an empty row, a heading across the table, and a total. */
static const sy_doc_cell ledger_cells[] = {{"序号", 1, 2},
                                           {"重点工作", 1, 2},
                                           {"目标", 2, 1},
                                           GONE,
                                           {"责任单位", 1, 2},
                                           {"存在问题", 1, 2},
                                           GONE,
                                           GONE,
                                           C1("年度奋斗目标"),
                                           C1("年度工作目标"),
                                           GONE,
                                           GONE,
                                           {"1", 1, 2},
                                           {"招商引资", 1, 2},
                                           C1("走在前"),
                                           C1("①签约10个。\n②开工5个。"),
                                           {"区商投局\n区财政局", 1, 2},
                                           C1("无"),
                                           GONE,
                                           GONE,
                                           {"③到位资金8亿元。", 2, 1},
                                           GONE,
                                           GONE,
                                           C1("资金短缺"),
                                           {"", 1, 1},
                                           C1(""),
                                           C1(""),
                                           C1(""),
                                           C1(""),
                                           C1(""),
                                           {"序号", 1, 2},
                                           {"重点工作", 1, 2},
                                           {"目标", 2, 1},
                                           GONE,
                                           {"责任单位", 1, 2},
                                           {"存在问题", 1, 2},
                                           GONE,
                                           GONE,
                                           C1("年度奋斗目标"),
                                           C1("年度工作目标"),
                                           GONE,
                                           GONE,
                                           C1("2"),
                                           C1("城市更新"),
                                           C1(""),
                                           C1("改造\"老旧\"小区<3>个, 含A&B"),
                                           C1("区住建局"),
                                           C1("—"),
                                           C1("合 计"),
                                           C1(""),
                                           C1("9"),
                                           C1(""),
                                           C1(""),
                                           C1("")};
static const char *const ledger_before[] = {"2023年度台账", "一、经济指标（共5项）"};
static const sy_doc_table ledger = {ledger_before, 2, ledger_cells, 9, 6};

static const char ledger_records[] =
    "note: text outside the tables is left out: '2023年度台账'\n"
    "1① section=经济指标 no=1 item=招商引资 stretch=走在前 target=①签约10个。 "
    "unit=区商投局|区财政局 "
    "status=无 mark=①\n"
    "1② section=经济指标 no=1 item=招商引资 stretch=走在前 target=②开工5个。 "
    "unit=区商投局|区财政局 "
    "status=无 mark=②\n"
    "1③ section=经济指标 no=1 item=招商引资 stretch=③到位资金8亿元。 target=③到位资金8亿元。 "
    "unit=区商投局|区财政局 status=资金短缺 mark=③\n"
    "2 section=经济指标 no=2 item=城市更新 stretch= target=改造\"老旧\"小区<3>个, 含A&B "
    "unit=区住建局 "
    "status=—\n"
    "note: a row that sums up is no goal and is left out: '合 计 9'\n"
    "note: section '经济指标' declares 5 goals, found 4\n";

static void check_records(const sy_read *how, const sy_buf *bytes, const char *want)
{
    sy_buf out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_read_document(how, bytes, &out, &err), &err);
    if (strcmp(sy_buf_cstr(&out), want) != 0)
        fail_msg("%s gives\n%s--- and not\n%s", how->name, sy_buf_cstr(&out), want);
    sy_buf_release(&out);
}

typedef struct format {
    const char *name;
    void (*write)(const sy_doc_table *t, sy_buf *out);
} format;
static const format formats[] = {{"a.docx", sy_doc_docx}, {"a.xlsx", sy_doc_xlsx},
                                 {"a.odt", sy_doc_odt},   {"a.ods", sy_doc_ods},
                                 {"a.html", sy_doc_html}, {"a.csv", sy_doc_csv}};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static void test_ledger_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FORMATS; i++) {
        sy_buf bytes = SY_BUF_INIT;
        sy_read how = {.name = formats[i].name};
        formats[i].write(&ledger, &bytes);
        check_records(&how, &bytes, ledger_records);
        sy_buf_release(&bytes);
    }
}

/* A table with a header of one row, and its dump as text. */
static void test_dump_is_the_same(void **state)
{
    (void)state;
    static const sy_doc_cell cells[] = {C1("序号"),
                                        C1("工作任务"),
                                        C1("年度工作目标"),
                                        C1("责任部门"),
                                        C1("完成情况"),
                                        C1("备注"),
                                        C1("1（工信）"),
                                        C1("项目建设"),
                                        C1("①一个。\n②两个。"),
                                        C1("区发改局、区工信局"),
                                        C1("①已完成。\n②推进中。"),
                                        C1(""),
                                        {"2", 1, 2},
                                        {"民生", 1, 2},
                                        C1("修路。"),
                                        C1("区国资事务\n服务中心"),
                                        C1("无"),
                                        C1("甲"),
                                        GONE,
                                        GONE,
                                        C1("修桥。"),
                                        C1("各镇街"),
                                        C1("无。"),
                                        C1("")};
    static const char *const before[] = {"一、重点项目（共4项）"};
    static const sy_doc_table t = {before, 1, cells, 4, 6};
    sy_buf dump = SY_BUF_INIT, want = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_doc_dump(&t, &dump);
    check_ok(sy_read_document(&(sy_read){.name = "a.txt"}, &dump, &want, &err), &err);
    assert_non_null(
        strstr(sy_buf_cstr(&want), "1① section=重点项目 no=1 item=项目建设 target=①一个。"));
    for (size_t i = 0; i < N_FORMATS; i++) {
        sy_buf bytes = SY_BUF_INIT;
        sy_read how = {.name = formats[i].name};
        formats[i].write(&t, &bytes);
        check_records(&how, &bytes, sy_buf_cstr(&want));
        sy_buf_release(&bytes);
    }
    sy_buf_release(&dump);
    sy_buf_release(&want);
}

/* No known header: the first row names the fields. */
static void test_plain_tables(void **state)
{
    (void)state;
    static const sy_doc_cell cells[] = {{"姓名", 1, 1}, {"电话", 2, 1}, GONE,
                                        {"甲", 1, 2},   C1("1"),        C1("2"),
                                        GONE,           C1("3"),        C1("")};
    static const sy_doc_table t = {NULL, 0, cells, 3, 3};
    static const char *const keys[] = {"t1r", "s1r", "t1r", "s1r", "t1r", "r"};
    for (size_t i = 0; i < N_FORMATS; i++) {
        sy_buf bytes = SY_BUF_INIT, want = SY_BUF_INIT;
        sy_read how = {.name = formats[i].name};
        formats[i].write(&t, &bytes);
        sy_buf_printf(&want, "%s2 姓名=甲 电话=1|2\n%s3 姓名=甲 电话=3|\n", keys[i], keys[i]);
        check_records(&how, &bytes, want.data);
        sy_buf_release(&bytes);
        sy_buf_release(&want);
    }
}

/* Where the record of row 2 is said to be. */
static void test_places(void **state)
{
    (void)state;
    static const char *const places[] = {"0:2 section=经济指标", "place=台账!10",
                                         "place=table 1/row 8",  "place=台账!10",
                                         "12:2 section",         "13:2 section"};
    for (size_t i = 0; i < N_FORMATS; i++) {
        sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
        sy_error err;
        sy_error_clear(&err);
        formats[i].write(&ledger, &bytes);
        sy_read how = {.name = formats[i].name, .lines = true, .places = true};
        check_ok(sy_read_document(&how, &bytes, &out, &err), &err);
        if (!strstr(sy_buf_cstr(&out), places[i]))
            fail_msg("%s: no %s in\n%s", formats[i].name, places[i], sy_buf_cstr(&out));
        sy_buf_release(&bytes);
        sy_buf_release(&out);
    }
}

static void test_damage(void **state)
{
    (void)state;
    sy_random_init("test_damage");
    for (size_t i = 0; i < N_FORMATS; i++) {
        sy_buf bytes = SY_BUF_INIT;
        sy_read how = {.name = formats[i].name};
        formats[i].write(&ledger, &bytes);
        sy_read_damaged(&how, &bytes);
        sy_buf_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_is_the_same),
        cmocka_unit_test(test_dump_is_the_same),
        cmocka_unit_test(test_plain_tables),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
