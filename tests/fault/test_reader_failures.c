/* Every allocation of a reading fails once, and every one from the n-th on, for a small
 * document of each format. A failure says so and is no other fault of the document; what
 * was read without one is all there. What leaks is told by the address sanitizer.
 *
 * Memory that libxml2 and libzip ask for comes through their own doors: libxml2's is
 * failed as well. */
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/read.h"

static const sy_doc_cell cells[] = {
    {"序号", 1, 2}, {"目标", 2, 1},         {NULL, 0, 0},           {"责任单位", 1, 2},
    {NULL, 0, 0},   {"年度奋斗目标", 1, 1}, {"年度工作目标", 1, 1}, {NULL, 0, 0},
    {"1", 1, 2},    {"走在前", 1, 1},       {"①甲。\n②乙。", 1, 1}, {"区商投局、区财政局", 1, 2},
    {NULL, 0, 0},   {"③丙。", 2, 1},        {NULL, 0, 0},           {NULL, 0, 0}};
static const char *const above[] = {"2023年度台账", "一、经济指标（共5项）"};
static const sy_doc_table ledger = {above, 2, cells, 4, 4};

static const sy_doc_cell plain_cells[] = {{"姓名", 1, 1},    {"电话", 1, 1}, {"甲", 1, 2},
                                          {"\"1,2\"", 1, 1}, {NULL, 0, 0},   {"3", 1, 1}};
static const sy_doc_table plain = {above, 1, plain_cells, 3, 2};

typedef void write_fn(const sy_doc_table *t, sy_buf *out);

static void write_markdown(const sy_doc_table *t, sy_buf *out)
{
    (void)t;
    sy_buf_puts(out, "# 报告\n\n## 资金\n\n资金短缺。\n\n| 名 | 号 |\n|--|--|\n| 甲 | 1 |\n");
}

static void write_jsonl(const sy_doc_table *t, sy_buf *out)
{
    (void)t;
    sy_buf_puts(
        out,
        "{\"id\":7,\"item\":[\"甲\",\"\\u4e59\"],\"x\":{\"y\":1.50}}\n{\"id\":7,\"item\":null}\n");
}

static void write_gb18030(const sy_doc_table *t, sy_buf *out)
{
    (void)t;
    sy_buf_puts(out, "\xD7\xCA\xBD\xF0\xB6\xCC\xC8\xB1\xA1\xA3\n");
}

static void write_word(const sy_doc_table *t, sy_buf *out)
{
    static const char numbering[] =
        "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\">"
        "<w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/><w:lvlText "
        "w:val=\"%1、\"/></w:lvl>"
        "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>";
    static const char styles[] =
        "<w:styles xmlns:w=\"w\"><w:style w:type=\"paragraph\" w:styleId=\"a\"><w:name "
        "w:val=\"heading "
        "1\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style></w:styles>";
    static const char notes[] =
        "<w:footnotes xmlns:w=\"w\"><w:footnote w:id=\"2\"><w:p><w:r><w:t>注"
        "</w:t></w:r></w:p></w:footnote></w:footnotes>";
    (void)t;
    sy_doc_word(
        "<w:p><w:pPr><w:pStyle w:val=\"a\"/></w:pPr><w:r><w:t>总则</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>乙</w:delText></w:r></w:del>"
        "<w:r><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:r></w:p>",
        numbering, styles, notes, out);
}

static void write_tabs(const sy_doc_table *t, sy_buf *out)
{
    (void)t;
    sy_buf_puts(out, "台账\n\n序号\t工作目标\t责任单位\n1\t①修路。\n②架桥。\t区交通局\n二、城建\n"
                     "2\t植树。\t区林业局\n\n完。\n");
}

static void write_lists(const sy_doc_table *t, sy_buf *out)
{
    (void)t;
    sy_doc_writer(
        "<text:h text:outline-level=\"1\">总则</text:h><text:list xml:id=\"a\" "
        "text:style-name=\"L\"><text:list-item><text:p>甲</text:p><text:list><text:list-item>"
        "<text:p>子</text:p></text:list-item></text:list></text:list-item></text:list>"
        "<text:list text:continue-list=\"a\" text:style-name=\"L\"><text:list-item><text:p>乙"
        "</text:p></text:list-item></text:list>",
        "<text:list-style style:name=\"L\"><text:list-level-style-number text:level=\"1\" "
        "style:num-format=\"1\" style:num-suffix=\".\"/><text:list-level-style-bullet "
        "text:level=\"2\" text:bullet-char=\"–\"/></text:list-style>",
        "<office:styles><text:outline-style style:name=\"O\"><text:outline-level-style "
        "text:level=\"1\" style:num-format=\"一, 二, 三, ...\" "
        "loext:num-list-format=\"%1%、\"/></text:outline-style></office:styles>",
        out);
}

static void write_excel(const sy_doc_table *t, sy_buf *out)
{
    static const sy_doc_sheet sheets[] = {
        {"一",
         "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
         "t=\"s\"><v>1</v></c></row>"
         "<row r=\"2\" hidden=\"1\"><c r=\"A2\" s=\"1\"><v>45000</v></c><c r=\"B2\" "
         "t=\"inlineStr\">"
         "<is><r><t>甲</t></r></is></c></row></sheetData>",
         true}};
    (void)t;
    sy_doc_excel(
        sheets, 1,
        "<sst><si><t>日期</t></si><si><r><t>姓</t></r><r><t>名_x000D_</t></r></si></sst>",
        "<styleSheet><numFmts><numFmt numFmtId=\"200\" "
        "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
        "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>",
        out);
}

typedef struct sample {
    const char *name;
    write_fn *write;
    const sy_doc_table *table;
} sample;

static const sample samples[] = {
    {"ledger.docx", sy_doc_docx, &ledger}, {"ledger.xlsx", sy_doc_xlsx, &ledger},
    {"ledger.odt", sy_doc_odt, &ledger},   {"ledger.ods", sy_doc_ods, &ledger},
    {"ledger.html", sy_doc_html, &ledger}, {"ledger.csv", sy_doc_csv, &ledger},
    {"ledger.txt", sy_doc_dump, &ledger},  {"plain.docx", sy_doc_docx, &plain},
    {"plain.xlsx", sy_doc_xlsx, &plain},   {"plain.html", sy_doc_html, &plain},
    {"plain.csv", sy_doc_csv, &plain},     {"a.md", write_markdown, NULL},
    {"a.jsonl", write_jsonl, NULL},        {"gb18030.txt", write_gb18030, NULL},
    {"word.docx", write_word, NULL},       {"excel.xlsx", write_excel, NULL},
    {"lists.odt", write_lists, NULL},      {"tabs.txt", write_tabs, NULL}};

/* ---- memory of libxml2 ---- */

static unsigned long xml_calls, xml_fail_at;

static bool xml_fails(void)
{
    return xml_fail_at > 0 && ++xml_calls == xml_fail_at;
}

static void *xml_malloc(size_t n)
{
    return xml_fails() ? NULL : malloc(n);
}

static void *xml_realloc(void *p, size_t n)
{
    return xml_fails() ? NULL : realloc(p, n);
}

static char *xml_strdup(const char *s)
{
    return xml_fails() ? NULL : strdup(s);
}

/* ---- the runs ---- */

typedef enum failing { ONCE, FROM_THEN_ON, OF_XML, N_FAILING } failing;
static const char *const failing_names[] = {"an allocation", "all allocations", "one of libxml2"};

static void arm(failing f, unsigned long n)
{
    if (f == OF_XML) {
        xml_calls = 0;
        xml_fail_at = n;
    } else {
        sy_alloc_fail_at(n, f == FROM_THEN_ON);
    }
}

/* Ends failing; true if the n-th call was reached. */
static bool disarm(failing f, unsigned long n)
{
    bool reached = f == OF_XML ? xml_calls >= n : sy_alloc_fail_at(0, false) >= n;
    xml_fail_at = 0;
    return reached;
}

static void fail_everywhere(const sample *s, const sy_buf *bytes, const sy_buf *whole, failing f)
{
    bool reached = true;
    unsigned long n = 1;
    for (; reached; n++) {
        sy_buf out = SY_BUF_INIT;
        sy_read how = {.name = s->name, .places = true};
        sy_error err;
        sy_error_clear(&err);
        /* What the test itself gathers must not be what fails. */
        assert_non_null(sy_buf_reserve(&out, whole->len + 4096));
        arm(f, n);
        sy_status st = sy_read_document(&how, bytes, &out, &err);
        reached = disarm(f, n);
        if (st == SY_OK && strcmp(sy_buf_cstr(&out), sy_buf_cstr(whole)) != 0)
            fail_msg("%s, %s %lu: success, but\n%s--- and not\n%s", s->name, failing_names[f], n,
                     sy_buf_cstr(&out), sy_buf_cstr(whole));
        /* libxml2 takes some of its own failures for faults of the document. */
        bool right = st == SY_E_NOMEM || (f == OF_XML && st == SY_E_INPUT);
        if (st != SY_OK && (!right || err.status != st || err.msg[0] == '\0'))
            fail_msg("%s, %s %lu: status %d, %s", s->name, failing_names[f], n, (int)st, err.msg);
        sy_buf_release(&out);
    }
    print_message("%s, %s: %lu calls\n", s->name, failing_names[f], n - 2);
}

static void test_allocations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const sample *s = &samples[i];
        sy_buf bytes = SY_BUF_INIT, whole = SY_BUF_INIT;
        sy_read how = {.name = s->name, .places = true};
        sy_error err;
        sy_error_clear(&err);
        s->write(s->table, &bytes);
        check_ok(sy_read_document(&how, &bytes, &whole, &err), &err);
        /* The HTML parser of libxml2 itself may not come to an end without memory. */
        failing n = s->write == sy_doc_html ? OF_XML : N_FAILING;
        for (failing f = ONCE; f < n; f++)
            fail_everywhere(s, &bytes, &whole, f);
        sy_buf_release(&bytes);
        sy_buf_release(&whole);
    }
}

static void say_nothing(void *ctx, const char *format, ...)
{
    (void)ctx, (void)format;
}

int main(void)
{
    xmlSetGenericErrorFunc(NULL, say_nothing);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_allocations)};
    if (xmlMemSetup(free, xml_malloc, xml_realloc, xml_strdup) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
