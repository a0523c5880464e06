#include <stdio.h>

#include "indexer/readers/number_format.h"
#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/read.h"

static void test_number_formats(void **state)
{
    (void)state;
    static const struct {
        const char *code, *number, *want;
    } cases[] = {
        {"", "1", "1"},
        {"", "0.30000000000000004", "0.3"},
        {"", "123456789012345", "123456789012345"},
        {"", "-2.5", "-2.5"},
        {"General", "3", "3"},
        {"0", "2.5", "3"},
        {"0.00", "1.005", "1.01"},
        {"0.00", "-1.5", "-1.50"},
        {"#,##0", "1234567", "1,234,567"},
        {"#,##0.00", "-1234.5", "-1,234.50"},
        {"0%", "0.101", "10%"},
        {"0.0%", "0.101", "10.1%"},
        {"0.00E+00", "12345", "1.23E+04"},
        {"000", "7", "007"},
        {"#", "0", ""},
        {"#", "10", "10"},
        {"#,##0", "0", "0"},
        {"#%", "0", "%"},
        {"[=0]?;0%", "0", ""},
        {"0.##", "1.5", "1.5"},
        {"\"第\"0\"号\"", "5", "第5号"},
        {"0\"万元\"", "12", "12万元"},
        {"¥#,##0.00", "5", "¥5.00"},
        {"[$¥-804]#,##0", "5000", "¥5,000"},
        {"0;[Red]-0", "-3", "-3"},
        {"0;(0);\"零\"", "-3", "(3)"},
        {"0;(0);\"零\"", "0", "零"},
        {"[>=100]\"多\";\"少\"", "150", "多"},
        {"[>=100]\"多\";\"少\"", "50", "少"},
        {"0,", "12345", "12"},
        {"@", "5", "5"},
        {"yyyy/m/d", "45000", "2023/3/15"},
        {"yyyy\"年\"m\"月\"d\"日\"", "45000", "2023年3月15日"},
        {"yyyy-mm-dd hh:mm:ss", "45000.75", "2023-03-15 18:00:00"},
        {"yyyy/m/d", "60", "1900/2/29"},
        {"yyyy/m/d", "1", "1900/1/1"},
        {"h:mm AM/PM", "0.5", "12:00 PM"},
        {"上午/下午h\"时\"mm\"分\"", "0.25", "上午6时00分"},
        {"[h]:mm", "1.5", "36:00"},
        {"mm:ss", "0.0001", "00:09"},
        {"yyyy/m/d aaaa", "45000", "2023/3/15 星期三"},
        {"mmm d, yyyy", "45000", "Mar 15, 2023"},
        {"yyyy/m/d", "-1", "-1"},
        {"0.00", "无", "无"},
        {"\"", "1", ""},
        {"[", "1", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_buf out = SY_BUF_INIT;
        sy_number_format_put(&out, sy_slice_of(cases[i].code), sy_slice_of(cases[i].number), false);
        if (strcmp(sy_buf_cstr(&out), cases[i].want) != 0)
            fail_msg("%s as %s is %s, not %s", cases[i].number, cases[i].code, sy_buf_cstr(&out),
                     cases[i].want);
        sy_buf_release(&out);
    }
    sy_buf out = SY_BUF_INIT;
    sy_number_format_put(&out, sy_slice_of("yyyy/m/d"), sy_slice_of("0"), true);
    assert_string_equal(sy_buf_cstr(&out), "1904/1/1");
    sy_buf_release(&out);
}

static void test_random_formats(void **state)
{
    (void)state;
    static const char set[] = "0#?.,%/E+-ymdhs[]\"\\_*@;$>=1 年AP";
    sy_random_init("test_random_formats");
    for (int round = 0; round < 20000; round++) {
        char code[24], number[32];
        sy_buf out = SY_BUF_INIT;
        size_t n = sy_random_below(sizeof code - 1);
        for (size_t i = 0; i < n; i++)
            code[i] = set[sy_random_below(sizeof set - 1)];
        int len = snprintf(number, sizeof number, "%.*g", (int)sy_random_below(17),
                           ((double)sy_random() - 9e18) / (double)(1 + sy_random_below(1u << 30)));
        sy_number_format_put(&out, (sy_slice){code, n}, (sy_slice){number, (size_t)len}, false);
        sy_buf_release(&out);
    }
}

static const char strings[] =
    "<sst><si><t>名称</t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t>文本</t></r>"
    "<rPh sb=\"0\" eb=\"1\"><t>pinyin</t></rPh></si><si><t>a_x000D_\nb_x5F20_</t></si><si/></sst>";
static const char formats[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"176\" formatCode=\"0&quot;万元&quot;\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf "
    "numFmtId=\"176\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
static const sy_doc_sheet sheets[] = {
    {"一&amp;二",
     "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
     "t=\"inlineStr\"><is><t>值</t></is></c>"
     "</row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" "
     "s=\"1\"><f>1+2</f><v>3</v></c></row>"
     "<row r=\"4\" hidden=\"1\"><c r=\"A4\" t=\"s\"><v>2</v></c><c r=\"B4\" "
     "s=\"2\"><v>45000</v></c></row>"
     "<row r=\"5\"><c r=\"A5\" t=\"b\"><v>1</v></c><c r=\"B5\" t=\"e\"><v>#N/A</v></c></row>"
     "<row r=\"6\"><c r=\"A6\" t=\"str\"><f>x</f><v>公式</v></c><c r=\"B6\"/></row>"
     "<row r=\"7\"><c r=\"A7\" t=\"s\"><v>99</v></c><c t=\"s\"><v>3</v></c></row></sheetData>",
     false},
    {"藏", "<sheetData><row r=\"3\"><c r=\"C3\"><v>8</v></c></row></sheetData>", true}};

static void test_cells(void **state)
{
    (void)state;
    sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_doc_excel(sheets, 2, strings, formats, &bytes);
    check_ok(sy_read_document(&(sy_read){.name = "a.xlsx", .places = true}, &bytes, &out, &err),
             &err);
    assert_string_equal(sy_buf_cstr(&out), "s1r2 名称=富文本 值=3万元 place=一&二!2\n"
                                           "s1r4 名称=a/b张 值=2023/3/15 place=一&二!4 hidden=row\n"
                                           "s1r5 名称=TRUE 值=#N/A place=一&二!5\n"
                                           "s1r6 名称=公式 值= place=一&二!6\n"
                                           "s2r3 text=8 place=藏!3 hidden=sheet\n");
    sy_buf_release(&bytes);
    sy_buf_release(&out);
}

/* A few long strings that many cells show must not fill the memory. */
static void test_growth(void **state)
{
    (void)state;
    sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT, text = SY_BUF_INIT, rows = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_buf_puts(&text, "<sst><si><t>");
    for (int i = 0; i < 1 << 19; i++)
        sy_buf_puts(&text, "ab");
    sy_buf_puts(&text, "</t></si></sst>");
    sy_buf_puts(&rows, "<sheetData>");
    for (int i = 0; i < 2000; i++)
        sy_buf_puts(&rows, "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c></row>");
    sy_buf_puts(&rows, "</sheetData>");
    sy_doc_sheet sheet = {"x", sy_buf_cstr(&rows), false};
    sy_doc_excel(&sheet, 1, sy_buf_cstr(&text), NULL, &bytes);
    sy_status st = sy_read_document(&(sy_read){.name = "a.xlsx"}, &bytes, &out, &err);
    assert_int_equal(st, SY_E_LIMIT);
    sy_buf_release(&bytes);
    sy_buf_release(&out);
    sy_buf_release(&text);
    sy_buf_release(&rows);
}

static void test_damage(void **state)
{
    (void)state;
    sy_random_init("test_damage");
    sy_buf bytes = SY_BUF_INIT;
    sy_doc_excel(sheets, 2, strings, formats, &bytes);
    sy_read_damaged(&(sy_read){.name = "a.xlsx"}, &bytes);
    sy_buf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_formats), cmocka_unit_test(test_random_formats),
        cmocka_unit_test(test_cells),          cmocka_unit_test(test_growth),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
