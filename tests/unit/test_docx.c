#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/read.h"

#define P(x)   "<w:p>" x "</w:p>"
#define R(x)   "<w:r>" x "</w:r>"
#define T(x)   "<w:r><w:t>" x "</w:t></w:r>"
#define FLD(x) "<w:r><w:fldChar w:fldCharType=\"" x "\"/></w:r>"

typedef struct docx_case {
    const char *body, *want, *deleted; /* NULL: the same */
} docx_case;

static const docx_case cases[] = {
    {P(T("资金") T("短缺")), "p1 text=资金短缺\n", NULL},
    /* Tracked changes: runs, the end of a paragraph, a row of a table. */
    {P(T("资金") "<w:ins>" T("很") "</w:ins><w:del>" R("<w:delText>不</w:delText>") "</w:del>" T(
         "足")),
     "p1 text=资金很足\n", "p1 text=资金不足\n"},
    {P("<w:moveFrom>" T("旧") "</w:moveFrom><w:moveTo>" T("新") "</w:moveTo>"), "p1 text=新\n",
     "p1 text=旧\n"},
    {P("<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" T("上")) P(T("下")), "p1 text=上下\n",
     "p1 text=上\np2 text=下\n"},
    {P("<w:pPr><w:pPrChange><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:pPrChange>"
       "</w:pPr>" T("甲")),
     "p1 text=甲\n", NULL},
    {"<w:tbl><w:tr>"
     "<w:tc>" P(T("名")) "</w:tc><w:tc>" P(
         T("号")) "</w:tc></w:tr>"
                  "<w:tr><w:trPr><w:del/></w:trPr><w:tc>" P(T("甲")) "</w:tc><w:tc>" P(
                      T("一")) "</w:tc></w:tr>"
                               "<w:tr><w:tc>" P(T("乙")) "</w:tc><w:tc>" P(
                                   T("二")) "</w:tc></w:tr></w:tbl>",
     "t1r2 名=乙 号=二\n", "t1r2 名=甲 号=一\nt1r3 名=乙 号=二\n"},
    /* Fields: the result is text, the instruction is not, also in one another. */
    {P(T("第") FLD("begin") R("<w:instrText>PAGE</w:instrText>") FLD("separate") T("3") FLD("end")
           T("页")),
     "p1 text=第3页\n", NULL},
    {P(FLD("begin") R("<w:instrText>IF </w:instrText>") FLD("begin")
           R("<w:instrText>X</w:instrText>") FLD("separate") T("内") FLD("end") FLD("separate")
               T("外") FLD("end")),
     "p1 text=外\n", NULL},
    {P("<w:fldSimple w:instr=\"DATE\">" T("今天") "</w:fldSimple>"), "p1 text=今天\n", NULL},
    {P("<w:hyperlink r:id=\"x\" xmlns:r=\"y\">" T(
         "链接") "</w:hyperlink>"
                 "<w:bookmarkStart w:id=\"0\" w:name=\"_GoBack\"/>"),
     "p1 text=链接\n", NULL},
    /* Tabs, breaks, hyphens, symbols. */
    {P("<w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr>" R(
         "<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:softHyphen/>"
         "<w:t>d\xC2\xAD"
         "e</w:t>")),
     "p1 text=a\tb/c-de\n", NULL},
    {P(R("<w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/>")
           R("<w:sym w:font=\"宋体\" w:char=\"2460\"/>")),
     "p1 text=☑①\n", NULL},
    {P("<w:ruby><w:rt>" T("zī") "</w:rt><w:rubyBase>" T("资") "</w:rubyBase></w:ruby>"),
     "p1 text=资\n", NULL},
    /* A text box, which the fallback repeats. */
    {P(T("外") R("<mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:txbxContent>" P(
         T("框")) "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>" P(T("框")) "</"
                                                                                        "w:"
                                                                                        "txbxConten"
                                                                                        "t></"
                                                                                        "mc:"
                                                                                        "Fallback><"
                                                                                        "/mc:"
                                                                                        "AlternateC"
                                                                                        "ontent>")),
     "p1 text=框\np2 text=外\n", NULL},
    {"<w:sdt><w:sdtPr><w:alias w:val=\"x\"/></w:sdtPr><w:sdtContent>" P(
         T("控件")) "</w:sdtContent></w:sdt>",
     "p1 text=控件\n", NULL},
    /* Headings and numbers. */
    {P("<w:pPr><w:pStyle w:val=\"a\"/></w:pPr>" T("总则")) P(T("甲"))
         P("<w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr>" T("细则")) P(T("乙")),
     "p2 section=总则 text=甲\np4 section=总则|细则 text=乙\n", NULL},
    {P("<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>" T("甲。")) P(
         "<w:pPr><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>" T("乙。"))
         P("<w:pPr><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>" T(
             "丙。")) P("<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId "
                        "w:val=\"1\"/></w:numPr></w:pPr>" T("丁。"))
             P("<w:pPr><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>" T(
                 "戊。")) P("<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId "
                            "w:val=\"2\"/></w:numPr></w:pPr>" T("己。")),
     "p1 text=①甲。\np2 text=1.1 乙。\np3 text=1.2 丙。\np4 text=②丁。\np5 text=2.1 戊。\np6 "
     "text=⑤己。\n",
     NULL},
    /* A table in a cell is text of the cell, unless it is the ledger. */
    {"<w:tbl><w:tr><w:tc>" P(T("名")) "</w:tc><w:tc>" P(T("表")) "</w:tc></w:tr><w:tr><w:tc>" P(T(
         "甲")) "</w:tc><w:tc><w:tbl><w:tr><w:tc>" P(T("a")) "</w:tc><w:tc>" P(T("b")) "</w:tc></"
                                                                                       "w:tr></"
                                                                                       "w:tbl>" P(
                                                                                           "") "</"
                                                                                               "w:"
                                                                                               "tc>"
                                                                                               "</"
                                                                                               "w:"
                                                                                               "tr>"
                                                                                               "</"
                                                                                               "w:"
                                                                                               "tbl"
                                                                                               ">",
     "t1r2 名=甲 表=a\tb\n", NULL},
};

static const char numbering[] =
    "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"7\">"
    "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimalEnclosedCircleChinese\"/>"
    "<w:suff w:val=\"nothing\"/><w:lvlText w:val=\"%1\"/></w:lvl>"
    "<w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/><w:isLgl/>"
    "<w:lvlText w:val=\"%1.%2\"/></w:lvl></w:abstractNum>"
    "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num>"
    "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\">"
    "<w:startOverride w:val=\"5\"/></w:lvlOverride></w:num></w:numbering>";
static const char styles[] =
    "<w:styles xmlns:w=\"w\"><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"n\"><w:name "
    "w:val=\"Normal\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"b\"><w:name "
    "w:val=\"heading "
    "1\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"a\"><w:name w:val=\"x\"/><w:basedOn "
    "w:val=\"b\"/></w:style></w:styles>";

static void check_text(const char *body, const char *notes, bool deleted, const char *want)
{
    sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_read how = {.name = "a.docx", .options = {.deleted = deleted}};
    sy_error err;
    sy_error_clear(&err);
    sy_doc_word(body, numbering, styles, notes, &bytes);
    check_ok(sy_read_document(&how, &bytes, &out, &err), &err);
    if (strcmp(sy_buf_cstr(&out), want) != 0)
        fail_msg("%s\ngives\n%s--- and not\n%s", body, sy_buf_cstr(&out), want);
    sy_buf_release(&bytes);
    sy_buf_release(&out);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const docx_case *c = &cases[i];
        check_text(c->body, NULL, false, c->want);
        check_text(c->body, NULL, true, c->deleted ? c->deleted : c->want);
    }
}

static void test_footnotes(void **state)
{
    (void)state;
    check_text(
        P(T("正文") R("<w:footnoteReference w:id=\"1\"/>")),
        "<w:footnote w:type=\"separator\">" P(T("x")) "</w:footnote><w:footnote w:id=\"1\">" P(
            R("<w:footnoteRef/>") T("脚注")) "</w:footnote>",
        false, "p1 text=正文\np2 text=脚注\n");
}

#define CELL(x)      "<w:tc>" P(T(x)) "</w:tc>"
#define ROW(a, b, c) "<w:tr>" CELL(a) CELL(b) CELL(c) "</w:tr>"
#define LEDGER                                                                                     \
    "<w:tbl>" ROW("序号", "工作目标", "责任单位") ROW("1", "修路。", "区交通局") "</w:tbl>"

/* Paragraphs of a document with a ledger: few are named and left out, many are prose. */
static void test_prose_beside_a_ledger(void **state)
{
    (void)state;
    check_text(P(T("标题")) LEDGER P(T("注：完。")), NULL, false,
               "note: text outside the tables is left out: '标题'\n1 no=1 target=修路。 "
               "unit=区交通局\nnote: text outside the tables is left out: '注：完。'\n");
    sy_buf body = SY_BUF_INIT, want = SY_BUF_INIT;
    for (int i = 1; i <= 12; i++) {
        sy_buf_printf(&body, P(T("第%d段。")), i);
        sy_buf_printf(&want, "p%d text=第%d段。\n", i, i);
    }
    sy_buf_puts(&body, P(T("一、基础（共2项）")) LEDGER);
    sy_buf_puts(&want, "1 section=基础 no=1 target=修路。 unit=区交通局\n"
                       "note: section '基础' declares 2 goals, found 1\n");
    check_text(sy_buf_cstr(&body), NULL, false, sy_buf_cstr(&want));
    sy_buf_release(&body);
    sy_buf_release(&want);
}

static sy_status read_xml(const char *xml, sy_error *err)
{
    sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_doc_part parts[] = {{"word/document.xml", xml}};
    sy_error_clear(err);
    sy_doc_zip(parts, 1, &bytes);
    sy_status st = sy_read_document(&(sy_read){.name = "a.docx"}, &bytes, &out, err);
    sy_buf_release(&bytes);
    sy_buf_release(&out);
    return st;
}

static void test_refused(void **state)
{
    (void)state;
    sy_error err;
    sy_buf deep = SY_BUF_INIT;
    assert_int_equal(
        read_xml("<!DOCTYPE d [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><d>&b;</d>", &err),
        SY_E_INPUT);
    assert_non_null(strstr(err.msg, "document type"));
    assert_int_equal(read_xml("<d><p>", &err), SY_E_INPUT);
    assert_non_null(strstr(err.msg, "not sound XML"));
    for (int i = 0; i < 5000; i++)
        sy_buf_puts(&deep, "<p>");
    assert_int_not_equal(read_xml(sy_buf_cstr(&deep), &err), SY_OK);
    assert_int_not_equal(err.msg[0], '\0');
    sy_buf_release(&deep);
}

/* Which of two parts of one name is meant cannot be told. */
static void test_part_twice(void **state)
{
    (void)state;
    static const sy_doc_part parts[] = {{"word/document.xml", "<d><p><t>甲</t></p></d>"},
                                        {"Word/Document.XML", "<d><p><t>乙</t></p></d>"}};
    sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_doc_zip(parts, 2, &bytes);
    assert_int_equal(sy_read_document(&(sy_read){.name = "a.docx"}, &bytes, &out, &err),
                     SY_E_INPUT);
    assert_non_null(strstr(err.msg, "there are two word/document.xml in the archive"));
    sy_buf_release(&bytes);
    sy_buf_release(&out);
}

/* What stands beside the text is left out and told; a part that is damaged, or has
 * nothing but the number of the page, is no loss. */
static void test_beside_the_text(void **state)
{
    (void)state;
#define REL(id, type, part) "<Relationship Id=\"" id "\" Type=\"x/" type "\" Target=\"" part "\"/>"
    static const sy_doc_part parts[] = {
        {"word/document.xml", "<d><p><t>正文</t></p></d>"},
        {"word/_rels/document.xml.rels",
         "<Relationships>" REL("a", "header", "h1.xml") REL("b", "header", "h2.xml")
             REL("c", "footer", "f.xml") REL("d", "comments", "c.xml")
                 REL("e", "footer", "none.xml") "</Relationships>"},
        {"word/h1.xml",
         "<hdr><p><t>内部资料</t></p><tbl><tr><tc><p><t>区政府</t></p></tc></tr></tbl>"
         "</hdr>"},
        {"word/h2.xml", "<hdr><p><t>坏"},
        {"word/f.xml", "<ftr><p><t>— 第 </t><fldSimple><t>3</t></fldSimple><t>页 —</t></p></ftr>"},
        {"word/c.xml", "<comments><comment><p><t>请核实</t></p></comment></comments>"}};
    for (size_t n = 2; n <= 6; n++) {
        sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
        sy_error err;
        sy_error_clear(&err);
        sy_doc_zip(parts, n, &bytes);
        check_ok(sy_read_document(&(sy_read){.name = "a.docx"}, &bytes, &out, &err), &err);
        assert_string_equal(
            sy_buf_cstr(&out),
            n == 2  ? "p1 text=正文\n"
            : n < 6 ? "p1 text=正文\nnote: comments, page headers and footers are left out: "
                      "'内部资料' and 1 more paragraph\n"
                    : "p1 text=正文\nnote: comments, page headers and footers are left out: "
                      "'内部资料' and 2 more paragraphs\n");
        sy_buf_release(&bytes);
        sy_buf_release(&out);
    }
}

static void test_damage(void **state)
{
    (void)state;
    sy_random_init("test_damage");
    sy_buf bytes = SY_BUF_INIT, body = SY_BUF_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        sy_buf_puts(&body, cases[i].body);
    sy_doc_word(sy_buf_cstr(&body), numbering, styles, NULL, &bytes);
    sy_read_damaged(&(sy_read){.name = "a.docx"}, &bytes);
    /* Without the checksum of the archive in the way: the XML itself. */
    for (int round = 0; round < 300; round++) {
        sy_buf bad = SY_BUF_INIT, out = SY_BUF_INIT;
        sy_error err;
        sy_error_clear(&err);
        sy_buf_append(&bad, body.data, body.len);
        for (uint32_t n = 1 + sy_random_below(3); n > 0; n--) {
            size_t at = sy_random_below((uint32_t)bad.len);
            bad.data[at] = "<>/\"= wptx"[sy_random_below(10)];
        }
        sy_buf_reset(&bytes);
        sy_doc_word(sy_buf_cstr(&bad), numbering, styles, NULL, &bytes);
        sy_status st = sy_read_document(&(sy_read){.name = "a.docx"}, &bytes, &out, &err);
        assert_true(st == SY_OK || st == SY_E_INPUT || st == SY_E_LIMIT);
        sy_buf_release(&bad);
        sy_buf_release(&out);
    }
    sy_buf_release(&bytes);
    sy_buf_release(&body);
}

/* What stands around numbers is bounded, for it stands in each paragraph. */
static void test_long_numbers(void **state)
{
    (void)state;
    for (int n = 253; n <= 254; n++) { /* and %1 */
        sy_buf list = SY_BUF_INIT, bytes = SY_BUF_INIT, out = SY_BUF_INIT, want = SY_BUF_INIT;
        sy_error err;
        sy_error_clear(&err);
        sy_buf_puts(&list, "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"7\"><w:lvl "
                           "w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"");
        sy_buf_puts(&want, "p1 text=");
        for (int i = 0; i < n; i++) {
            sy_buf_putc(&list, 'x');
            sy_buf_puts(&want, n == 253 ? "x" : "");
        }
        sy_buf_puts(&list, "%1\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId "
                           "w:val=\"7\"/></w:num></w:numbering>");
        sy_buf_puts(&want, n == 253 ? "1 甲\n" : "甲\n");
        sy_doc_word(P("<w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr>" T("甲")),
                    sy_buf_cstr(&list), NULL, NULL, &bytes);
        check_ok(sy_read_document(&(sy_read){.name = "a.docx"}, &bytes, &out, &err), &err);
        assert_string_equal(sy_buf_cstr(&out), sy_buf_cstr(&want));
        sy_buf_release(&list);
        sy_buf_release(&bytes);
        sy_buf_release(&out);
        sy_buf_release(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_footnotes),
        cmocka_unit_test(test_prose_beside_a_ledger),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_part_twice),
        cmocka_unit_test(test_beside_the_text),
        cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
