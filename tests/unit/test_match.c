#include "query/match.h"

#include <string.h>

#include "base/alloc.h"
#include "segmenter/normal.h"
#include "tests/support/check.h"

/* One leaf against one value. What matches is marked [so] in the value's normal
 * form; no mark: it does not match. */
typedef struct match_case {
    sy_node_kind kind;
    const char *field; /* "" for any; the value is of this field, or of `text` */
    const char *term, *value, *marked;
} match_case;

enum { TEXT_FIELD, UNIT_FIELD };

typedef struct fixture {
    sy_index index;
    sy_tools tools;
    sy_query_memory *memory;
    sy_buf lexicon;
    sy_error err;
} fixture;

static const char aliases[] = "发改局 = 发展和改革局, 发改委\n"
                              "[groups]\n"
                              "各镇街 = 山城街道, 冯卯镇\n";

static void make_fixture(fixture *f)
{
    sy_field_id id;
    *f = (fixture){.lexicon = SY_BUF_INIT};
    sy_error_clear(&f->err);
    check_ok(sy_schema_add(&f->index.schema, "text", 4, NULL, SY_FIELD_TEXT, &id, &f->err),
             &f->err);
    check_ok(sy_schema_add(&f->index.schema, "unit", 4, NULL, SY_FIELD_NAMES, &id, &f->err),
             &f->err);
    sy_lexicon_builder *b;
    check_ok(sy_lexicon_builder_new(&b, &f->err), &f->err);
    check_ok(sy_lexicon_builder_add(b, 0, "商投局", strlen("商投局"), SY_LEXICON_ALWAYS, &f->err),
             &f->err);
    check_ok(sy_lexicon_builder_finish(b, &f->lexicon, &f->err), &f->err);
    sy_lexicon_builder_free(b);
    f->index.lexicon = (sy_slice){f->lexicon.data, f->lexicon.len};
    f->index.aliases = sy_slice_of(aliases);
    f->tools.index = &f->index;
    check_ok(sy_query_memory_new(&f->memory, &f->err), &f->err);
}

static void free_fixture(fixture *f)
{
    sy_tools_release(&f->tools);
    sy_schema_release(&f->index.schema);
    sy_query_memory_free(f->memory);
    sy_buf_release(&f->lexicon);
}

static sy_field_id field_of(const fixture *f, const char *name)
{
    sy_field_id id = SY_FIELD_ANY;
    if (*name)
        assert_true(sy_schema_find(&f->index.schema, name, strlen(name), &id));
    return id;
}

/* Marks each byte that a span covers, so the order of spans does not matter. */
static void mark(const sy_text *text, const sy_spans *spans, sy_buf *out)
{
    bool inside = false;
    sy_buf_reset(out);
    for (size_t i = 0; i <= text->normal.len; i++) {
        bool covered = false;
        for (size_t k = 0; k < spans->n; k++)
            covered |= i >= spans->items[k].start && i < spans->items[k].end;
        if (covered != inside)
            sy_buf_putc(out, covered ? '[' : ']');
        inside = covered;
        if (i < text->normal.len)
            sy_buf_putc(out, text->normal.data[i]);
    }
}

static void run_case(fixture *f, const match_case *c, bool value_in_unit)
{
    sy_node node = {.kind = c->kind, .field = field_of(f, c->field), .text = sy_slice_of(c->term)};
    sy_leaf leaf;
    sy_text text = {.buf = SY_BUF_INIT};
    sy_buf marked = SY_BUF_INIT;
    sy_spans spans = {0};
    bool yes, only;
    check_ok(sy_leaf_prepare(&f->tools, f->memory, &node, &leaf, &f->err), &f->err);
    check_ok(sy_normalize(0, c->value, strlen(c->value), &text.buf, NULL, &f->err), &f->err);
    text.normal = (sy_slice){sy_buf_cstr(&text.buf), text.buf.len};
    sy_field_id field = value_in_unit ? UNIT_FIELD : TEXT_FIELD;
    check_ok(sy_match_text(&leaf, &f->tools, field, &text, &yes, &spans, &f->err), &f->err);
    check_ok(sy_match_text(&leaf, &f->tools, field, &text, &only, NULL, &f->err), &f->err);
    assert_int_equal(yes, only);
    mark(&text, &spans, &marked);
    if (strcmp(sy_buf_cstr(&marked), c->marked) != 0 || yes != (strchr(c->marked, '[') != NULL))
        fail_msg("\"%s\" in \"%s\": got \"%s\", not \"%s\"", c->term, c->value,
                 sy_buf_cstr(&marked), c->marked);
    sy_spans_release(&spans);
    sy_text_release(&text);
    sy_buf_release(&marked);
}

static void run_cases(const match_case *cases, size_t n, bool value_in_unit)
{
    fixture f;
    make_fixture(&f);
    for (size_t i = 0; i < n; i++)
        run_case(&f, &cases[i], value_in_unit);
    free_fixture(&f);
}

#define RUN(cases, in_unit) run_cases(cases, sizeof(cases) / sizeof *(cases), in_unit)

static void test_quoted(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {SY_NODE_QUOTED, "", "资金", "缺资金，资金少", "缺[资金],[资金]少"},
        {SY_NODE_QUOTED, "", "資 金", "缺资金", "缺[资金]"},
        {SY_NODE_QUOTED, "", "10", "2010年", "20[10]年"},
        {SY_NODE_QUOTED, "", "％）", "(10.1%)", "(10.1[%)]"},
        {SY_NODE_QUOTED, "", "资资", "资资资", "[资资资]"},
        {SY_NODE_QUOTED, "", "①", "①1", "[①]1"},
        {SY_NODE_QUOTED, "", "资金短缺", "资金\n短缺", "资金\n短缺"},
        {SY_NODE_QUOTED, "", "资\n金", "资\n金", "资\n金"},
        {SY_NODE_QUOTED, "", " a", "b a", "b[ a]"},
        {SY_NODE_QUOTED, "text", "𠮷", "𠮷野家", "[𠮷]野家"},
        {SY_NODE_QUOTED, "", "abc", "ab", "ab"},
        {SY_NODE_QUOTED, "", "资金", "", ""},
    };
    RUN(cases, false);
}

static void test_spread(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {SY_NODE_TERM, "", "资金短缺", "资金短缺", "[资金短缺]"},
        {SY_NODE_TERM, "", "资金短缺", "资金出现短缺", "[资金]出现[短缺]"},
        {SY_NODE_TERM, "", "资金短缺", "短缺的资金", "[短缺]的[资金]"},
        {SY_NODE_TERM, "", "资金短缺", "资金\n短缺", "[资金]\n[短缺]"},
        {SY_NODE_TERM, "", "资金\n短缺", "资金\n短缺", "[资金]\n[短缺]"},
        {SY_NODE_TERM, "", "资金短缺", "资金短缺，资金", "[资金短缺],资金"},
        {SY_NODE_TERM, "", "资金短缺", "资金出现", "资金出现"},
        {SY_NODE_TERM, "", "资金，短缺", "短缺资金", "[短缺资金]"},
        {SY_NODE_TERM, "", "冯卯厝", "冯家的卯厝", "冯家的卯厝"},
        {SY_NODE_TERM, "", "商投局资金", "资金归商投局", "[资金]归[商投局]"},
        {SY_NODE_TERM, "", "GDP增长", "增长的是gdp", "[增长]的是[gdp]"},
        {SY_NODE_TERM, "", "GDP增长", "增长的是agdp", "增长的是agdp"},
        {SY_NODE_TERM, "", "GDP增长", "agdp增长", "a[gdp增长]"},
        {SY_NODE_PREFIX, "", "资金短缺", "资金出现短缺", "[资金]出现[短缺]"},
    };
    RUN(cases, false);
}

static void test_whole_words(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {SY_NODE_TERM, "", "无", "无。", "[无]。"},
        {SY_NODE_TERM, "", "无", "无法", "无法"},
        {SY_NODE_TERM, "", "10", "2010", "2010"},
        {SY_NODE_TERM, "", "10", "10个", "[10]个"},
        {SY_NODE_TERM, "", "10.1", "增长10.1%", "增长[10.1]%"},
        {SY_NODE_TERM, "", "10", "增长10.1%", "增长10.1%"},
        {SY_NODE_TERM, "", "GDP", "GDP、ＧＤＰ", "[gdp]、[gdp]"},
        {SY_NODE_TERM, "", "300MW/1800MWh", "约300mw/1800mwh的", "约[300mw/1800mwh]的"},
        {SY_NODE_TERM, "", "300MW/1800MW", "约300mw/1800mwh的", "约300mw/1800mwh的"},
        {SY_NODE_TERM, "", "①", "a①b", "a[①]b"},
        {SY_NODE_TERM, "", "%", "10.1%", "10.1[%]"},
        {SY_NODE_PREFIX, "", "gov", "governance of gov", "[gov]ernance of [gov]"},
        {SY_NODE_PREFIX, "", "gov", "egov", "egov"},
        {SY_NODE_PREFIX, "", "无", "无法", "[无]法"},
        {SY_NODE_TERM, "", "a\nb", "a\nb", "a\nb"},
    };
    RUN(cases, false);
}

static void test_whole_values(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {SY_NODE_EQUAL, "text", "无", "无", "[无]"},
        {SY_NODE_EQUAL, "text", "无", " 无。\n", " [无]。\n"},
        {SY_NODE_EQUAL, "text", "无。", "无", "[无]"},
        {SY_NODE_EQUAL, "text", "无", "无。。", "无。。"},
        {SY_NODE_EQUAL, "text", "无。。", "无。。", "[无。]。"},
        {SY_NODE_EQUAL, "text", "无", "无法", "无法"},
        {SY_NODE_EQUAL, "text", "。", "。", "[。]"},
        {SY_NODE_EQUAL, "text", "。", "", ""},
        {SY_NODE_EQUAL, "text", "a\nb", "a\nb", "[a\nb]"},
    };
    RUN(cases, false);
}

static void test_names(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {SY_NODE_TERM, "unit", "商投局", "区商投局", "[区商投局]"},
        {SY_NODE_TERM, "unit", "区商投局", "商投局", "[商投局]"},
        {SY_NODE_TERM, "unit", "区发改局", "市发改局", "市发改局"},
        {SY_NODE_TERM, "unit", "商投", "区商投局", "区[商投]局"},
        {SY_NODE_TERM, "unit", "发改委", "发展和改革局", "[发展和改革局]"},
        {SY_NODE_TERM, "", "发改委", "发展和改革局", "[发展和改革局]"},
        {SY_NODE_TERM, "unit", "冯卯镇", "各镇街", "[各镇街]"},
        {SY_NODE_TERM, "unit", "区商投局", " 区商投局。", " [区商投局]。"},
        {SY_NODE_TERM, "unit", "发展改革", "发展和改革局", "发展和改革局"},
        {SY_NODE_TERM, "unit", "局", "区商投局", "区商投[局]"},
        {SY_NODE_PREFIX, "unit", "商", "区商投局", "区[商]投局"},
        {SY_NODE_QUOTED, "unit", "商投", "区商投局", "区[商投]局"},
        {SY_NODE_QUOTED, "unit", "发改委", "发展和改革局", "发展和改革局"},
        {SY_NODE_EQUAL, "unit", "商投局", "区商投局", "区商投局"},
        {SY_NODE_EQUAL, "unit", "商投局", "商投局", "[商投局]"},
    };
    RUN(cases, true);
}

static void test_group(void **state)
{
    (void)state;
    fixture f;
    make_fixture(&f);
    sy_node node = {.kind = SY_NODE_TERM, .field = UNIT_FIELD, .text = sy_slice_of("冯卯镇")};
    sy_leaf leaf;
    sy_text text = {.normal = sy_slice_of("各镇街")};
    sy_spans spans = {0};
    bool yes;
    check_ok(sy_leaf_prepare(&f.tools, f.memory, &node, &leaf, &f.err), &f.err);
    check_ok(sy_match_text(&leaf, &f.tools, UNIT_FIELD, &text, &yes, &spans, &f.err), &f.err);
    assert_true(yes && spans.via_group);
    text.normal = sy_slice_of("冯卯镇");
    check_ok(sy_match_text(&leaf, &f.tools, UNIT_FIELD, &text, &yes, &spans, &f.err), &f.err);
    assert_true(yes && !spans.via_group);
    sy_spans_release(&spans);
    free_fixture(&f);
}

/* ICU stays closed where the lists and the rules need no words. */
static void test_no_words_needed(void **state)
{
    (void)state;
    static const struct {
        sy_node_kind kind;
        const char *field, *text;
    } cases[] = {{SY_NODE_TERM, "", "资金"},           {SY_NODE_TERM, "", "无"},
                 {SY_NODE_QUOTED, "", "资金短缺问题"}, {SY_NODE_TERM, "unit", "区商投局"},
                 {SY_NODE_EQUAL, "text", "无法开工"},  {SY_NODE_PREFIX, "", "gov"},
                 {SY_NODE_EXISTS, "text", ""},         {SY_NODE_TERM, "key", "4⑦"}};
    fixture f;
    make_fixture(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_node node = {.kind = cases[i].kind,
                        .field = field_of(&f, cases[i].field),
                        .text = sy_slice_of(cases[i].text)};
        sy_leaf leaf;
        check_ok(sy_leaf_prepare(&f.tools, f.memory, &node, &leaf, &f.err), &f.err);
        assert_null(f.tools.cutter);
    }
    free_fixture(&f);
}

static void test_line(void **state)
{
    (void)state;
    static const struct {
        sy_node_kind kind;
        const char *text;
        uint32_t line;
        bool yes;
    } cases[] = {
        {SY_NODE_TERM, "120", 120, true},    {SY_NODE_TERM, "12", 120, false},
        {SY_NODE_TERM, "１２０", 120, true}, {SY_NODE_EQUAL, "0120", 120, true},
        {SY_NODE_PREFIX, "12", 120, true},   {SY_NODE_PREFIX, "20", 120, false},
        {SY_NODE_TERM, "x", 120, false},     {SY_NODE_TERM, "0", 0, false},
        {SY_NODE_EXISTS, "", 1, true},       {SY_NODE_EXISTS, "", 0, false},
    };
    fixture f;
    make_fixture(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_node node = {
            .kind = cases[i].kind, .field = SY_FIELD_LINE, .text = sy_slice_of(cases[i].text)};
        sy_leaf leaf;
        sy_record_text record = {.tools = &f.tools, .stored = {.line = cases[i].line}};
        bool yes;
        check_ok(sy_leaf_prepare(&f.tools, f.memory, &node, &leaf, &f.err), &f.err);
        check_ok(sy_match_record(&leaf, &record, &yes, &f.err), &f.err);
        if (yes != cases[i].yes)
            fail_msg("case %zu", i);
    }
    free_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quoted),          cmocka_unit_test(test_spread),
        cmocka_unit_test(test_whole_words),     cmocka_unit_test(test_whole_values),
        cmocka_unit_test(test_names),           cmocka_unit_test(test_group),
        cmocka_unit_test(test_no_words_needed), cmocka_unit_test(test_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
