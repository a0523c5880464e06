/* Numbers of lists and headings in OpenDocument, and the rest of its text. */
#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/read.h"

#define P(x)     "<text:p>" x "</text:p>"
#define H(n, x)  "<text:h text:outline-level=\"" #n "\">" x "</text:h>"
#define L(a, x)  "<text:list " a ">" x "</text:list>"
#define I(x)     "<text:list-item>" x "</text:list-item>"
#define START(n) "<text:list-item text:start-value=\"" #n "\">"
#define STYLE(s) "text:style-name=\"" s "\""
#define CONTINUE " text:continue-numbering=\"true\""
#define LEVEL(n, format, before, after, more)                                                      \
    "<text:list-level-style-number text:level=\"" #n "\" style:num-format=\"" format               \
    "\" style:num-prefix=\"" before "\" style:num-suffix=\"" after "\" " more "/>"
#define JOINED(n, format, before, after)                                                           \
    "<text:list-level-style-number text:level=\"" #n "\" style:num-format=\"" format               \
    "\" style:num-prefix=\"" before "\" style:num-suffix=\"" after                                 \
    "\"><style:list-level-properties><style:list-level-label-alignment "                           \
    "text:label-followed-by=\"nothing\"/></style:list-level-properties>"                           \
    "</text:list-level-style-number>"

/* D: 1. and 1.1; G: ① and what is of it; H: 一、 in styles.xml; P: by pattern. */
static const char automatic[] = "<text:list-style style:name=\"D\">" LEVEL(1, "1", "", ".", "")
    LEVEL(2, "1", "", "", "text:display-levels=\"2\"") LEVEL(
        3, "a", "（", "）",
        "text:start-value=\"3\"") "</text:list-style>"
                                  "<text:list-style style:name=\"G\">" JOINED(
                                      1, "①, ②, ③, ...", "",
                                      "") "</text:list-style>"
                                          "<text:list-style "
                                          "style:name=\"B\"><text:list-level-style-"
                                          "bullet text:level=\"1\" "
                                          "text:bullet-char=\"–\"/"
                                          "><text:list-level-style-bullet "
                                          "text:level=\"2\" "
                                          "text:bullet-char=\"\xEF\x82\xB7\"/"
                                          "><text:list-level-style-image "
                                          "text:level=\"3\"/>"
                                          "</text:list-style>"
                                          "<text:list-style "
                                          "style:name=\"P\"><text:list-level-style-"
                                          "number text:level=\"1\" "
                                          "style:num-format=\"I\" "
                                          "style:num-suffix=\".\" "
                                          "loext:num-list-format=\"第%1%条\"/>"
                                          "<text:list-level-style-number "
                                          "text:level=\"2\" style:num-format=\"1\" "
                                          "loext:num-list-format=\"%1%-%2%%3%\"/></"
                                          "text:list-style>"
                                          "<text:list-style "
                                          "style:name=\"A\">" LEVEL(1, "a", "", ")",
                                                                    "text:start-value=\"26\"")
                                              LEVEL(2, "A", "", ")",
                                                    "text:start-value=\"26\" "
                                                    "style:num-letter-sync="
                                                    "\"true\"") "</text:list-style>"
                                                                "<text:list-style "
                                                                "style:name="
                                                                "\"N\">" LEVEL(1, "", "", "", "")
                                                                    LEVEL(2, "", "#", "",
                                                                          "") "</"
                                                                              "text:"
                                                                              "list-"
                                                                              "style"
                                                                              ">";
static const char styles[] = "<office:styles><text:list-style style:name=\"H\">" JOINED(
    1, "一, 二, 三, ...", "", "、") JOINED(2, "一, 二, 三, ...", "（", "）")
    LEVEL(3, "1", "", ".",
          "") "</text:list-style>"
              "<text:outline-style style:name=\"Outline\">"
              "<text:outline-level-style text:level=\"1\" style:num-format=\"一, 二, 三, ...\" "
              "style:num-suffix=\"、\"/><text:outline-level-style text:level=\"2\" "
              "style:num-format=\"1\" "
              "text:display-levels=\"2\"/><text:outline-level-style text:level=\"3\" "
              "style:num-format=\"\"/>"
              "</text:outline-style></office:styles>"
              "<office:automatic-styles><text:list-style style:name=\"G\">" LEVEL(
                  1, "1", "", "错", "") "</text:list-style></office:automatic-styles>";

typedef struct odf_case {
    const char *body, *want;
} odf_case;

static const odf_case cases[] = {
    {P("甲<office:annotation><dc:creator xmlns:dc=\"d\">人</dc:creator>" P(
         "批注") "</office:annotation>"),
     "p1 text=甲\nnote: 1 comment is left out\n"},
    {P("资金") P(" 短  缺<text:s text:c=\"2\"/>。"), "p1 text=资金\np2 text=短 缺  。\n"},
    /* An item has one number, on its first paragraph. */
    {L(STYLE("D"), I(P("甲") P("续")) I(P("乙"))), "p1 text=1. 甲\np2 text=续\np3 text=2. 乙\n"},
    {L(STYLE("G"), I(P(" 修路。")) I(P(""))), "p1 text=①修路。\np2 text=②\n"},
    /* Lists in one another; the inner ones begin anew, unless they continue. */
    {L(STYLE("D"),
       I(P("甲") L("", I(P("子")) I(P("丑") L("", I(P("深")))))) I(P("乙") L("", I(P("寅"))))),
     "p1 text=1. 甲\np2 text=1.1 子\np3 text=1.2 丑\np4 text=（c） 深\np5 text=2. 乙\n"
     "p6 text=2.1 寅\n"},
    {L(STYLE("D"), I(P("甲") L("", I(P("子"))) P("中") L("", I(P("丑"))) L(CONTINUE, I(P("寅"))))),
     "p1 text=1. 甲\np2 text=1.1 子\np3 text=中\np4 text=1.1 丑\np5 text=1.2 寅\n"},
    /* An inner list goes on where text stood between: the item around it is the same. */
    {L(STYLE("D"), I(P("甲") L("", I(P("子"))))) P("中")
         L(STYLE("D") CONTINUE, I(L(CONTINUE, I(P("丑")))) I(P("乙"))),
     "p1 text=1. 甲\np2 text=1.1 子\np3 text=中\np4 text=1.2 丑\np5 text=2. 乙\n"},
    {L(STYLE("D"), I(L("", I(P("子")))) I(P("乙"))), "p1 text=1.1 子\np2 text=2. 乙\n"},
    /* Lists that continue: the last one of the style, or the one that is named. */
    {L(STYLE("D"), I(P("甲"))) L(STYLE("G"), I(P("圈"))) L(STYLE("D") CONTINUE, I(P("乙")))
         L(STYLE("D"), I(P("新"))),
     "p1 text=1. 甲\np2 text=①圈\np3 text=2. 乙\np4 text=1. 新\n"},
    {L(STYLE("D") " xml:id=\"x\"", I(P("甲"))) L(STYLE("D") " xml:id=\"y\"", I(P("子")))
         L(STYLE("D") " xml:id=\"z\" text:continue-list=\"x\"", I(P("乙")))
             L(STYLE("D") " text:continue-list=\"y\"", I(P("丑")))
                 L(STYLE("D") " text:continue-list=\"z\"", I(P("丙")))
                     L(STYLE("D") " text:continue-list=\"none\"", I(P("新"))),
     "p1 text=1. 甲\np2 text=1. 子\np3 text=2. 乙\np4 text=2. 丑\np5 text=3. 丙\np6 text=1. 新\n"},
    /* Start values, headers, another style for an item or an inner list. */
    {L(STYLE("D"), "<text:list-header>" P("题") "</text:list-header>" START(5)
                       P("甲") "</text:list-item>" I(P("乙")) START(0) P("零") "</text:list-item>"),
     "p1 text=题\np2 text=5. 甲\np3 text=6. 乙\np4 text=0. 零\n"},
    {L(STYLE("H"),
       I(P("甲") L(STYLE("D"), I(P("子")))) "<text:list-item text:style-override=\"G\">" P(
           "乙") "</text:list-item>"),
     "p2 section=一、甲 text=1.1 子\np3 section=一、甲 text=②乙\n"},
    /* Other numerals; bullets; none. */
    {L(STYLE("A"), I(P("甲") L("", I(P("子")) I(P("丑")))) I(P("乙"))),
     "p1 text=z) 甲\np2 text=Z) 子\np3 text=AA) 丑\np4 text=aa) 乙\n"},
    {L(STYLE("A"), I(P("甲")) I(P("乙")) I(P("丙"))),
     "p1 text=z) 甲\np2 text=aa) 乙\np3 text=ab) 丙\n"},
    {L(STYLE("P"), I(P("甲") L("", I(P("子"))))), "p1 text=第I条 甲\np2 text=I-1%3% 子\n"},
    {L(STYLE("B"), I(P("甲") L("", I(P("子") L("", I(P("深"))))))),
     "p1 text=– 甲\np2 text=• 子\np3 text=深\n"},
    {L(STYLE("N"), I(P("甲") L("", I(P("子"))))), "p1 text=甲\np2 text=# 子\n"},
    {L("", I(P("甲"))) L(STYLE("没有"), I(P("乙"))), "p1 text=甲\np2 text=乙\n"},
    /* Text boxes and cells have lists of their own. */
    {L(STYLE("D"), I(P("外<draw:frame><draw:text-box>" P("无")
                           L(STYLE("G"), I(P("内"))) "</draw:text-box></draw:frame>")) I(P("乙"))),
     "p1 text=无\np2 text=①内\np3 text=1. 外\np4 text=2. 乙\n"},
    {"<table:table><table:table-row><table:table-cell>" P(
         "名") "</table:table-cell>"
               "<table:table-cell>" P(
                   "事") "</table:table-cell></table:table-row>"
                         "<table:table-row><table:table-cell>" L(
                             STYLE("D"),
                             I(P(""))) "</table:table-cell>"
                                       "<table:table-cell>" L(
                                           STYLE("G"),
                                           I(P("甲")) I(P(
                                               "乙"))) "</table:table-cell></"
                                                       "table:table-row><table:table-row><table:"
                                                       "table-cell>" L(
                                                           STYLE("D") CONTINUE,
                                                           I(P(""))) "</"
                                                                     "table:table-cell>"
                                                                     "<table:table-"
                                                                     "cell>" L(
                                                                         STYLE("G"),
                                                                         I(P("丙"))) "</"
                                                                                     "table:table-"
                                                                                     "cell></"
                                                                                     "table:table-"
                                                                                     "row></"
                                                                                     "table:table>",
     "t1r2 名=1. 事=①甲/②乙\nt1r3 名=2. 事=①丙\n"},
    /* Headings by the outline style; what other programs wrote as the number gives way. */
    {H(1, "总则") P("文") H(2, "目标") P("文") H(2, "措施") P("文") H(1, "附则") P("文"),
     "p2 section=一、 总则 text=文\np4 section=一、 总则|一.1 目标 text=文\n"
     "p6 section=一、 总则|一.2 措施 text=文\np8 section=二、 附则 text=文\n"},
    {H(1, "<text:number>错</text:number>总则") P("文") H(3, "<text:number>(9)</text:number>细则")
         P("文"),
     "p2 section=一、 总则 text=文\np4 section=一、 总则|(9) 细则 text=文\n"},
    {"<text:h text:outline-level=\"1\" text:is-list-header=\"true\">题</text:h>"
     "<text:h text:outline-level=\"1\" text:restart-numbering=\"true\" "
     "text:start-value=\"4\">甲</text:h>" H(1, "乙") "<text:h text:outline-level=\"1\" "
                                                     "text:restart-numbering=\"true\">丙</"
                                                     "text:h>" L(STYLE("D"), I(H(1, "丁"))),
     "p1 section=题\np2 section=四、 甲\np3 section=五、 乙\np4 section=一、 丙\np5 section=1. "
     "丁\n"},
};

static void check_text(const char *body, const char *want)
{
    sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_read how = {.name = "a.odt"};
    sy_error err;
    sy_error_clear(&err);
    sy_doc_writer(body, automatic, styles, &bytes);
    check_ok(sy_read_document(&how, &bytes, &out, &err), &err);
    if (strcmp(sy_buf_cstr(&out), want) != 0)
        fail_msg("%s\ngives\n%s--- and not\n%s", body, sy_buf_cstr(&out), want);
    sy_buf_release(&bytes);
    sy_buf_release(&out);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_text(cases[i].body, cases[i].want);
}

/* A ledger whose numbers and marks are automatic gives the goals of one that has them
 * as text. */
static void test_ledger(void **state)
{
    (void)state;
#define CELL(x)      "<table:table-cell>" x "</table:table-cell>"
#define ROW(a, b, c) "<table:table-row>" CELL(a) CELL(b) CELL(c) "</table:table-row>"
    check_text(L(STYLE("H"), I(P("城建（共3项）"))) "<table:table>" ROW(P("序号"), P("工作目标"),
                                                                        P("责任单位"))
                   ROW(L(STYLE("D"), I(P(""))), L(STYLE("G"), I(P("修路。")) I(P("架桥。"))),
                       P("区交通局")) ROW(L(STYLE("D") CONTINUE, I(P(""))), P("植树。"),
                                          P("区林业局")) "</table:table>",
               "1① section=城建 no=1 target=①修路。 unit=区交通局 mark=①\n"
               "1② section=城建 no=1 target=②架桥。 unit=区交通局 mark=②\n"
               "2 section=城建 no=2 target=植树。 unit=区林业局\n");
}

/* The same without styles.xml, with long texts around numbers, and past the limits. */
static void test_limits(void **state)
{
    (void)state;
    sy_buf body = SY_BUF_INIT, style = SY_BUF_INIT, bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_read how = {.name = "a.odt"};
    sy_error err;
    sy_error_clear(&err);
    sy_buf_puts(&style, "<text:list-style style:name=\"D\">");
    sy_buf_puts(&style, "<text:list-level-style-number text:level=\"1\" style:num-format=\"1\" "
                        "style:num-suffix=\"");
    for (int i = 0; i < 256; i++)
        sy_buf_putc(&style, 'x');
    sy_buf_puts(&style, "\"/></text:list-style>");
    sy_buf_puts(&body, L(STYLE("D"), I(P("甲"))) H(1, "题"));
    for (int i = 0; i < 12; i++)
        sy_buf_puts(&body, "<text:list " STYLE("D") "><text:list-item>");
    sy_buf_puts(&body, P("深"));
    for (int i = 0; i < 12; i++)
        sy_buf_puts(&body, "</text:list-item></text:list>");
    sy_doc_writer(sy_buf_cstr(&body), sy_buf_cstr(&style), NULL, &bytes);
    check_ok(sy_read_document(&how, &bytes, &out, &err), &err);
    assert_string_equal(sy_buf_cstr(&out), "p1 text=1 甲\np3 section=题 text=深\n");
    sy_buf_release(&bytes);
    sy_buf_release(&body);
    sy_buf_release(&style);
    sy_buf_release(&out);
}

/* More lists than are told apart: the numbers of the last are those of one list. */
static void test_many_lists(void **state)
{
    (void)state;
    sy_buf body = SY_BUF_INIT, bytes = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    for (int i = 0; i < 100010; i++)
        sy_buf_puts(&body, "<text:list text:style-name=\"D\"/>");
    sy_buf_puts(&body, L(STYLE("D"), I(P("甲")) I(P("乙"))));
    sy_doc_writer(sy_buf_cstr(&body), automatic, NULL, &bytes);
    check_ok(sy_read_document(&(sy_read){.name = "a.odt"}, &bytes, &out, &err), &err);
    assert_string_equal(sy_buf_cstr(&out), "p1 text=1. 甲\np2 text=2. 乙\n");
    sy_buf_release(&bytes);
    sy_buf_release(&body);
    sy_buf_release(&out);
}

static void test_damage(void **state)
{
    (void)state;
    sy_random_init("test_damage");
    sy_buf bytes = SY_BUF_INIT, body = SY_BUF_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        sy_buf_puts(&body, cases[i].body);
    sy_doc_writer(sy_buf_cstr(&body), automatic, styles, &bytes);
    sy_read_damaged(&(sy_read){.name = "a.odt"}, &bytes);
    /* Without the checksum of the archive in the way: the XML itself. */
    for (int round = 0; round < 300; round++) {
        sy_buf bad[2] = {SY_BUF_INIT, SY_BUF_INIT}, out = SY_BUF_INIT;
        sy_error err;
        sy_error_clear(&err);
        sy_buf_append(&bad[0], body.data, body.len);
        sy_buf_puts(&bad[1], automatic);
        for (uint32_t n = 1 + sy_random_below(3); n > 0; n--) {
            sy_buf *b = &bad[sy_random_below(2)];
            b->data[sy_random_below((uint32_t)b->len)] = "<>/\"=9%, t"[sy_random_below(10)];
        }
        sy_buf_reset(&bytes);
        sy_doc_writer(sy_buf_cstr(&bad[0]), sy_buf_cstr(&bad[1]), styles, &bytes);
        sy_status st = sy_read_document(&(sy_read){.name = "a.odt"}, &bytes, &out, &err);
        assert_true(st == SY_OK || st == SY_E_INPUT || st == SY_E_LIMIT);
        sy_buf_release(&bad[0]);
        sy_buf_release(&bad[1]);
        sy_buf_release(&out);
    }
    sy_buf_release(&bytes);
    sy_buf_release(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_ledger),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_many_lists),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
