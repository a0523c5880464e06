#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "query/query_internal.h"
#include "segmenter/pinyin.h"
#include "tests/support/check.h"

static sy_schema schema = SY_SCHEMA_INIT;

static void add_field(const char *name, const char *alias, sy_field_kind kind)
{
    sy_field_id id;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_schema_add(&schema, name, strlen(name), NULL, kind, &id, &err), &err);
    check_ok(sy_schema_alias(&schema, id, alias, strlen(alias), &err), &err);
}

static int set_up(void **state)
{
    (void)state;
    add_field("unit", "责任单位", SY_FIELD_NAMES);
    add_field("status", "存在问题", SY_FIELD_TEXT);
    add_field("progress", "完成情况", SY_FIELD_TEXT);
    add_field("no", "序号", SY_FIELD_NUMBER);
    add_field("start date", "开始日期", SY_FIELD_DATE);
    schema.fields[0].pinyin = true;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sy_schema_release(&schema);
    return 0;
}

static sy_status parse(const char *expr, bool any, sy_query *q, sy_query_error *where,
                       sy_error *err)
{
    sy_query_options options = {.any = any};
    sy_error_clear(err);
    return sy_query_parse(&expr, 1, &schema, &options, q, where, err);
}

typedef struct tree_case {
    const char *expr, *tree;
} tree_case;

static void check_trees(const tree_case *cases, size_t n, bool any)
{
    for (size_t i = 0; i < n; i++) {
        sy_query q;
        sy_query_error where;
        sy_error err;
        sy_status status = parse(cases[i].expr, any, &q, &where, &err);
        if (status != SY_OK)
            fail_msg("%s: %s (at %u)", cases[i].expr, err.msg, where.start);
        sy_buf out = SY_BUF_INIT;
        sy_query_print(&q, &schema, &out);
        if (strcmp(sy_buf_cstr(&out), cases[i].tree) != 0)
            fail_msg("%s\n got %s\nwant %s", cases[i].expr, sy_buf_cstr(&out), cases[i].tree);
        sy_buf_release(&out);
        sy_query_release(&q);
    }
}

#define CHECK_TREES(cases, any) check_trees((cases), sizeof(cases) / sizeof *(cases), (any))

static void test_terms(void **state)
{
    (void)state;
    static const tree_case cases[] = {
        {"资金", "(term * 资金)"},
        {"  资金\t\n", "(term * 资金)"},
        {"\xEF\xBB\xBF资金", "(term * 资金)"},
        {"*", "(all)"},
        {"＊", "(all)"},
        {"gov*", "(prefix * gov)"},
        {"gov＊", "(prefix * gov)"},
        {"1-11月", "(term * 1-11月)"},
        {"300MW/1800MWh", "(term * 300MW/1800MWh)"},
        {"资*金 *金 a? 资** a\\**b", "(and (wild * 资*金) (wild * *金) (wild * a?) (wild * 资**) "
                                     "(wild * \"a\\\\**b\"))"},
        {"资金短缺~1 gov～２", "(and (fuzzy * 资金短缺 1) (fuzzy * gov 2))"},
        {"\"资金 短缺\"~5", "(near * \"资金 短缺\" 5)"},
        {"line:1..20", "(range line 1..20)"},
        {"a^2 gov*^2.5 资*金^3 资金短缺~1^2 \"a\"^2 \"a b\"~3^2",
         "(and (term * a) (prefix * gov) (wild * 资*金) (fuzzy * 资金短缺 1) (quoted * a) "
         "(near * \"a b\" 3))"},
        {"{status,unit}:资金 -{status，unit}=无",
         "(and (or (term status 资金) (term unit 资金)) (not (or (equal status 无) (equal unit "
         "无))))"},
        {"{unit,unit}:a", "(term unit a)"},
        {"{status, unit}：(a OR b)",
         "(or (term status a) (term status b) (term unit a) (term unit b))"},
        {"2..建立", "(term * 2..建立)"},
        {"1...5", "(term * 1...5)"},
        {"5..", "(term * 5..)"},
        {"it's", "(term * it's)"},
        {"为什么？", "(term * 为什么？)"},
        {"1～11月", "(term * 1～11月)"},
        {"a^", "(term * a^)"},
        {"a^b", "(term * a^b)"},
        {"{a}", "(term * {a})"},
        {"10.1%", "(term * 10.1%)"},
        {"①", "(term * ①)"},
        {"and or not", "(and (term * and) (term * or) (term * not))"},
        {"ANDY", "(term * ANDY)"},
        {"\\AND", "(term * AND)"},
        {"\\-a \\(b\\) c\\ d", "(and (term * -a) (term * \"(b)\") (term * \"c d\"))"},
        {"a\\* \\*", "(and (term * a*) (term * *))"},
        {"a\\**", "(prefix * a*)"},
        {"a\\~1 1\\..5 a\\^2 \\/x/", "(and (term * a~1) (term * 1..5) (term * a^2) (term * /x/))"},
        {"what\\?", "(term * what?)"},
        {"10\\:30", "(term * 10:30)"},
        {"\\\\", "(term * \"\\\\\")"},
        {"—", "(term * —)"},
    };
    CHECK_TREES(cases, false);
}

static void test_quotes(void **state)
{
    (void)state;
    static const tree_case cases[] = {
        {"\"资金 短缺\"", "(quoted * \"资金 短缺\")"},
        {"“资金”", "(quoted * 资金)"},
        {"“资金\"", "(quoted * 资金)"},
        {"「资金」", "(quoted * 资金)"},
        {"『资金』", "(quoted * 资金)"},
        {"＂资金＂", "(quoted * 资金)"},
        {"\"“四新”方向\"", "(quoted * “四新”方向)"},
        {"“「四新”", "(quoted * 「四新)"},
        {"\"a\\\"b\"", "(quoted * \"a\\\"b\")"},
        {"\"a\\\\\"", "(quoted * \"a\\\\\")"},
        {"「a\\」b」", "(quoted * a」b)"},
        {"\"a*b? ~1 /x/ AND\"", "(quoted * \"a*b? ~1 /x/ AND\")"},
        {"a\"b\"c", "(and (term * a) (quoted * b) (term * c))"},
        {"\"a\"\"b\"", "(and (quoted * a) (quoted * b))"},
        {"-\"a\"", "(not (quoted * a))"},
        {"\"%\"", "(quoted * %)"},
    };
    CHECK_TREES(cases, false);
}

static void test_fields(void **state)
{
    (void)state;
    static const tree_case cases[] = {
        {"unit:区商投局 status:无", "(and (term unit 区商投局) (term status 无))"},
        {"unit：区商投局　status：无", "(and (term unit 区商投局) (term status 无))"},
        {"责任单位:区商投局 存在问题＝无", "(and (term unit 区商投局) (equal status 无))"},
        {"ＵＮＩＴ:x Unit=y", "(and (term unit x) (equal unit y))"},
        {"unit: 区商投局 status:　无", "(and (term unit 区商投局) (term status 无))"},
        {"unit= 区商投局", "(equal unit 区商投局)"},
        {"status:*", "(exists status)"},
        {"status=*", "(exists status)"},
        {"status：＊", "(exists status)"},
        {"-status:*", "(not (exists status))"},
        {"－status:*", "(not (exists status))"},
        {"status=\"无\"", "(equal status 无)"},
        {"status:\"资金 \"", "(quoted status \"资金 \")"},
        {"status:“资金”", "(quoted status 资金)"},
        {"status:资*", "(prefix status 资)"},
        {"status:(a OR b)", "(or (term status a) (term status b))"},
        {"status：（a ｜ b）", "(or (term status a) (term status b))"},
        {"status: (a -b)", "(and (term status a) (not (term status b)))"},
        {"status:(a unit:b (c \"d\" *))",
         "(and (term status a) (term unit b) (term status c) (quoted status d) (exists status))"},
        {"status:(a unit:(b c))", "(and (term status a) (term unit b) (term unit c))"},
        {"source:http://x/y", "(term source http://x/y)"},
        {"key:4⑦ line:12 source=a.txt", "(and (term key 4⑦) (term line 12) (equal source a.txt))"},
        {"no:-5 no:-5.2% status=- status:-",
         "(and (term no -5) (term no -5.2%) (equal status -) (term status -))"},
        {"status=-x", "(equal status -x)"},
        {"status:a=b", "(term status a=b)"},
        {"start\\ date:x 开始\\ 日期:x", "(and (term \"start date\" x) (term \"start date\" x))"},
        {"unit:\\AND", "(term unit AND)"},
    };
    /* A name with a space is printed as it is. */
    tree_case copy[sizeof cases / sizeof *cases];
    memcpy(copy, cases, sizeof cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strncmp(copy[i].expr, "start", 5) == 0)
            copy[i].tree = "(and (term start date x) (term start date x))";
    CHECK_TREES(copy, false);
}

static void test_operators(void **state)
{
    (void)state;
    static const tree_case cases[] = {
        {"a b c", "(and (term * a) (term * b) (term * c))"},
        {"a AND b", "(and (term * a) (term * b))"},
        {"a ＡＮＤ b ＯＲ ＮＯＴ c", "(or (and (term * a) (term * b)) (not (term * c)))"},
        {"a|b｜c", "(or (term * a) (term * b) (term * c))"},
        {"a OR b c", "(or (term * a) (and (term * b) (term * c)))"},
        {"a (b (c d)) e", "(and (term * a) (term * b) (term * c) (term * d) (term * e))"},
        {"(a OR b) OR (c | d)", "(or (term * a) (term * b) (term * c) (term * d))"},
        {"（a OR b） c", "(and (or (term * a) (term * b)) (term * c))"},
        {"-a", "(not (term * a))"},
        {"NOT a", "(not (term * a))"},
        {"a NOT b", "(and (term * a) (not (term * b)))"},
        {"--a", "(not (not (term * a)))"},
        {"NOT NOT a", "(not (not (term * a)))"},
        {"-(a b)", "(not (and (term * a) (term * b)))"},
        {"-unit:(a b)", "(not (and (term unit a) (term unit b)))"},
        {"((a))", "(term * a)"},
        {"a AND -b", "(and (term * a) (not (term * b)))"},
        {"NOT a b", "(and (not (term * a)) (term * b))"},
    };
    CHECK_TREES(cases, false);
}

static void test_any(void **state)
{
    (void)state;
    static const tree_case cases[] = {
        {"a", "(term * a)"},
        {"a b", "(or (term * a) (term * b))"},
        {"a b -c", "(and (or (term * a) (term * b)) (not (term * c)))"},
        {"-c a NOT d", "(and (term * a) (not (term * c)) (not (term * d)))"},
        {"-a -b", "(and (not (term * a)) (not (term * b)))"},
        {"-a", "(not (term * a))"},
        {"a AND b", "(and (term * a) (term * b))"},
        {"a AND b c", "(or (and (term * a) (term * b)) (term * c))"},
        {"a AND b -c", "(and (term * a) (term * b) (not (term * c)))"},
        {"(a b) c", "(or (and (term * a) (term * b)) (term * c))"},
        {"status:(a b) c", "(or (and (term status a) (term status b)) (term * c))"},
        {"a b OR c", "(or (term * a) (term * b) (term * c))"},
        {"a -x OR c", "(or (and (term * a) (not (term * x))) (term * c))"},
        {"(a OR b) c", "(or (term * a) (term * b) (term * c))"},
    };
    CHECK_TREES(cases, true);

    sy_query q;
    sy_error err;
    check_ok(parse("a b -c", true, &q, NULL, &err), &err);
    assert_true(q.leaves[0]->optional && q.leaves[1]->optional);
    assert_false(q.leaves[2]->optional);
    sy_query_release(&q);
}

static void check_joined(bool any, const char *want)
{
    const char *exprs[] = {"a OR b", "c -d", "e"};
    sy_query_options options = {.any = any};
    sy_query q;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_query_parse(exprs, 3, &schema, &options, &q, NULL, &err), &err);
    sy_buf out = SY_BUF_INIT;
    sy_query_print(&q, &schema, &out);
    assert_string_equal(sy_buf_cstr(&out), want);
    assert_int_equal(q.n_leaves, 5);
    assert_int_equal(q.leaves[4]->expr, 2);
    assert_int_equal(q.leaves[3]->start, 3);
    sy_buf_release(&out);
    sy_query_release(&q);
}

static void test_several_expressions(void **state)
{
    (void)state;
    check_joined(false, "(and (or (term * a) (term * b)) (term * c) (not (term * d)) (term * e))");
    check_joined(true, "(and (or (term * a) (term * b) (term * c) (term * e)) (not (term * d)))");

    const char *bad[] = {"a", "unit:("};
    sy_query q;
    sy_query_error where;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_query_parse(bad, 2, &schema, NULL, &q, &where, &err), SY_E_INPUT);
    assert_int_equal(where.expr, 1);
    assert_int_equal(where.start, 6);
    sy_error_clear(&err);
    assert_int_equal(sy_query_parse(NULL, 0, &schema, NULL, &q, &where, &err), SY_E_INPUT);
    assert_null(q.root);
}

static void test_leaf_places(void **state)
{
    (void)state;
    sy_query q;
    sy_error err;
    const char *expr = "a -unit:“b” status:(c* OR =";
    char text[64];
    snprintf(text, sizeof text, "%.*s\\=)", (int)strlen(expr) - 1, expr);
    check_ok(parse(text, false, &q, NULL, &err), &err);
    static const char *const want[] = {"a", "unit:“b”", "c*", "\\="};
    assert_int_equal(q.n_leaves, 4);
    for (size_t i = 0; i < 4; i++)
        check_slice(((sy_slice){text + q.leaves[i]->start, q.leaves[i]->end - q.leaves[i]->start}),
                    want[i]);
    check_slice(q.leaves[2]->text, "c");
    sy_query_release(&q);
}

typedef struct error_case {
    const char *expr;
    uint32_t start, end;
    const char *msg, *expected; /* parts of the texts */
} error_case;

static void check_errors(const error_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const error_case *c = &cases[i];
        sy_query q;
        sy_query_error where;
        sy_error err;
        sy_status status = parse(c->expr, false, &q, &where, &err);
        bool right = status == SY_E_INPUT && where.start == c->start && where.end == c->end &&
                     strstr(err.msg, c->msg) && strstr(where.expected, c->expected) &&
                     err.offset == c->start && strcmp(err.where, "query") == 0 && !q.root;
        if (!right)
            fail_msg("%s: status %d at [%u,%u) \"%s\" expected \"%s\"", c->expr, (int)status,
                     where.start, where.end, err.msg, where.expected);
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const error_case cases[] = {
        {"", 0, 0, "empty query", "unit:区商投局"},
        {"   ", 3, 3, "empty query", "a term"},
        {"　", 3, 3, "empty query", "a term"},
        {"unit:", 5, 5, "no value after 'unit:'", "a value"},
        {"unit: ", 6, 6, "no value after 'unit:'", "a value"},
        {"unit:(", 6, 6, "nothing follows '('", "a term and ')'"},
        {"unit:(a", 7, 7, "no ')' for '(a'", "')'"},
        {"unit:()", 6, 7, "nothing between", "a term"},
        {"unit: status:无", 6, 12, "no value after 'unit:'", "a value"},
        {"unit:OR b", 5, 7, "no value after 'unit:'", "quotes"},
        {"unit:|b", 5, 6, "no value after 'unit:'", "a value"},
        {"(", 1, 1, "nothing follows '('", "a term"},
        {")", 0, 1, "')' has no '('", "backslash"},
        {"a )", 2, 3, "')' has no '('", "backslash"},
        {"a ））", 2, 5, "')' has no '('", "backslash"},
        {"\"abc", 0, 4, "not closed", "a closing \""},
        {"a 「abc\"", 2, 9, "not closed", "」"},
        {"\"abc\\\"", 0, 6, "not closed", "a closing \""},
        {"\"abc\\", 0, 5, "not closed", "a closing \""},
        {"a”", 1, 4, "no opening quote", "an opening quote"},
        {"AND", 0, 3, "no term before 'AND'", "a term before"},
        {"AND a", 0, 3, "no term before 'AND'", "a term before"},
        {"| a", 0, 1, "no term before '|'", "a term before"},
        {"a OR", 4, 4, "no term after 'OR'", "a term"},
        {"a OR AND b", 5, 8, "no term after 'OR'", "a term"},
        {"(a OR)", 5, 6, "no term after 'OR'", "a term"},
        {"NOT", 3, 3, "no term after 'NOT'", "a term"},
        {"-", 0, 1, "'-' stands alone", "a term right behind"},
        {"a － b", 2, 5, "'－' stands alone", "a term right behind"},
        {"\"\"", 0, 2, "the quoted text is empty", "-field:*"},
        {"“”", 0, 6, "the quoted text is empty", "text"},
        {"\" \"", 0, 3, "nothing but spaces", "other characters"},
        {"a\\", 1, 2, "backslash at the end", "two backslashes"},
        {"\\ ", 0, 2, "nothing but spaces", "other characters"},
        {"untt:a", 0, 4, "no field 'untt'", "unit; or quotes"},
        {"nuit:a", 0, 4, "no field 'nuit'", "unit; or quotes"},
        {"单位:a", 0, 6, "no field '单位'", "责任单位"},
        {"责任单未：a", 0, 12, "no field", "责任单位; or quotes around the text if the '：'"},
        {"10:30", 0, 2, "no field '10'", "quotes"},
        {"unit :a", 5, 6, "no field stands right before ':'", "without a space"},
        {"unit::a", 5, 6, "a second ':'", "quotes"},
        {"unit:-a", 5, 6, "'-' cannot follow 'unit:'", "in front of the field"},
        {"unit=(a)", 5, 6, "one value", "':'"},
        {"unit=a*", 5, 7, "whole value", "':'"},
        {"资金~1", 0, 8, "too short", "three or more"},
        {"资金短缺~3", 0, 14, "one or two edits", "~1 or ~2"},
        {"资金～", 0, 9, "one or two edits", "quotes"},
        {"unit:资金~", 5, 12, "one or two edits", "quotes"},
        {"\"a b\"~", 5, 6, "how many characters", "0 to 1000"},
        {"\"a b\"~1001", 5, 10, "how many characters", "0 to 1000"},
        {"\"a\"*", 3, 4, "a star cannot follow", "no star"},
        {"(a b)^2", 5, 7, "the boost stands alone", "right before"},
        {"/资.金", 0, 8, "is not closed", "a closing /"},
        {"unit:/x\\/", 5, 9, "is not closed", "a closing /"},
        {"//", 0, 2, "expression is empty", "between the slashes"},
        {"/a/b", 0, 4, "'b' stands right behind", "a space behind"},
        {"unit=/a/", 5, 8, "whole value", "':'"},
        {"line:/1/", 5, 8, "lines are asked for by number", "low..high"},
        {"~资金", 0, 7, "concepts (~资金)", "quotes"},
        {"2020..2023", 0, 10, "a range needs a field", "numbers or dates"},
        {"unit:1..2", 5, 9, "a range needs a field", "numbers or dates"},
        {"{unit,b}:x", 6, 7, "no field 'b'", "quotes"},
        {"{unit}:({unit}:x)", 8, 15, "a list of fields cannot stand inside", "one field"},
        {"{}:x", 1, 1, "no field ''", "quotes"},
        {"unit=a*b", 5, 8, "whole value", "':'"},
        {"line:1*2", 5, 8, "lines are asked for by number", "low..high"},
        {"?", 0, 1, "nothing but wildcards", "beside"},
        {"**", 0, 2, "nothing but wildcards", "beside"},
        {"ab\xFF", 2, 3, "byte 2 of the query (0xFF)", "UTF-8"},
        {"资\xE8\xB5", 3, 4, "not valid UTF-8", "UTF-8"},
    };
    check_errors(cases, sizeof cases / sizeof *cases);
}

static void test_pinyin(void **state)
{
    (void)state;
    static const tree_case trees[] = {
        {"py:zijin", "(term py zijin)"},
        {"ｐｙ：ＺＩＪＩＮ", "(term py ＺＩＪＩＮ)"},
        {"PinYin:zj 拼音＝zj", "(and (term py zj) (equal py zj))"},
        {"py:zij* py:zij＊ py:zij*^2", "(and (prefix py zij) (prefix py zij) (prefix py zij))"},
        {"py:\"zi jin\" py=“zi jin” py: xi'an",
         "(and (quoted py \"zi jin\") (equal py \"zi jin\") (term py xi'an))"},
        {"py:(a OR unit:b -c)", "(or (term py a) (and (term unit b) (not (term py c))))"},
        {"{py,status}:zj", "(or (term py zj) (term status zj))"},
        {"{py,拼音}:zj", "(term py zj)"},
        {"py:lu:e py:zījīn py:lǜ", "(and (term py lu:e) (term py zījīn) (term py lǜ))"},
        {"py", "(term * py)"},
    };
    static const error_case errors[] = {
        {"py:", 3, 3, "no value after 'py:'", "a value"},
        {"py:*", 3, 4, "one * behind them at most", "py:zij*"},
        {"py=*", 3, 4, "one * behind them at most", "py:zij*"},
        {"py:z*n", 3, 6, "one * behind them at most", "py:zij*"},
        {"py:zijin~1", 3, 10, "one * behind them at most", "py:zij*"},
        {"py:1..2", 3, 7, "one * behind them at most", "py:zij*"},
        {"py:\"a b\"~3", 3, 10, "one * behind them at most", "py:zij*"},
        {"py:/zi/", 3, 7, "one * behind them at most", "py:zij*"},
        {"py=zij*", 3, 7, "whole value", "':'"},
        {"py:资金", 3, 9, "this is no pinyin", "a to z"},
        {"py:zi-jin", 3, 9, "this is no pinyin", "a to z"},
        {"{status,py}:资金", 12, 18, "this is no pinyin", "a to z"},
        {"py:(zi 金)", 7, 10, "this is no pinyin", "a to z"},
        {"py:'", 3, 4, "this is no pinyin", "a to z"},
        {"p:zj", 0, 1, "no field 'p'", "py, progress; or quotes"},
    };
    static const error_case closed[] = {
        {"py:zj", 3, 5, "no field of this index can be asked for by pinyin", "--rebuild"}};
    CHECK_TREES(trees, false);
    check_errors(errors, sizeof errors / sizeof *errors);
    schema.fields[0].pinyin = false;
    check_errors(closed, 1);
    schema.fields[0].pinyin = true;

    const char *expr = "py:zj unit:zj";
    sy_query_options words = {.words = true};
    sy_query q;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_query_parse(&expr, 1, &schema, &words, &q, NULL, &err), &err);
    assert_true(!q.leaves[0]->whole && q.leaves[1]->whole);
    sy_query_release(&q);
}

/* A field of the name comes first. */
static void test_field_named_py(void **state)
{
    (void)state;
    static const tree_case cases[] = {{"py:资金 pinyin:zj", "(and (term py 资金) (term py zj))"}};
    sy_schema copy = SY_SCHEMA_INIT;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_schema_copy(&schema, &copy, &err), &err);
    add_field("py", "批阅", SY_FIELD_TEXT);
    CHECK_TREES(cases, false);
    sy_schema_release(&schema);
    schema = copy;
}

/* n times `unit`, then `tail`. */
static char *repeat(const char *unit, size_t n, const char *tail)
{
    size_t len = strlen(unit), tail_len = strlen(tail);
    char *text = malloc(n * len + tail_len + 1);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, unit, len);
    memcpy(text + n * len, tail, tail_len + 1);
    return text;
}

static void check_repeated(const char *unit, size_t n, const char *tail, sy_status want)
{
    char *text = repeat(unit, n, tail);
    sy_query q;
    sy_query_error where;
    sy_error err;
    sy_status status = parse(text, false, &q, &where, &err);
    if (status != want)
        fail_msg("%zu times '%s': status %d, %s", n, unit, (int)status, err.msg);
    if (status != SY_OK)
        assert_true(where.start <= where.end && where.end <= strlen(text));
    sy_query_release(&q);
    free(text);
}

static void check_letters(size_t n, sy_status want)
{
    char *letters = repeat("a", n, ""), *text = repeat("py:", 1, letters);
    check_repeated(text, 1, "", want);
    free(text);
    free(letters);
}

static void test_limits(void **state)
{
    (void)state;
    check_repeated("-", 64, "a", SY_OK);
    check_repeated("-", 65, "a", SY_E_LIMIT);
    check_repeated("NOT ", 65, "a", SY_E_LIMIT);
    check_repeated("(", 65, "", SY_E_LIMIT);
    check_repeated("(", 64, "a", SY_E_INPUT);
    check_repeated("unit:(", 100000, "", SY_E_LIMIT);
    check_repeated("a ", SY_QUERY_NODES_MAX - 1, "", SY_OK);
    check_repeated("a ", SY_QUERY_NODES_MAX, "", SY_E_LIMIT);
    check_repeated("(a b) ", SY_QUERY_NODES_MAX / 2 - 2, "", SY_OK);
    check_repeated("a", SY_QUERY_LEN_MAX, "", SY_OK);
    check_repeated("a", SY_QUERY_LEN_MAX, "a", SY_E_LIMIT);
    /* Long input of every kind that looks ahead or measures takes linear time. */
    check_repeated("{ ", SY_QUERY_LEN_MAX / 2, "", SY_E_LIMIT);
    check_repeated("..1", SY_QUERY_LEN_MAX / 3, "", SY_OK);
    check_repeated("\\\"", SY_QUERY_LEN_MAX / 2, "", SY_OK);
    check_repeated("~1", SY_QUERY_LEN_MAX / 2 - 1, "", SY_E_INPUT);
    check_repeated("a", SY_QUERY_LEN_MAX - 1, ":", SY_E_INPUT);
    check_repeated(" ", SY_QUERY_LEN_MAX, "", SY_E_INPUT);
    check_repeated("/", SY_QUERY_LEN_MAX, "", SY_E_INPUT);
    check_letters(SY_PINYIN_MAX, SY_OK);
    check_letters(SY_PINYIN_MAX + 1, SY_E_LIMIT);
    check_letters(SY_QUERY_LEN_MAX - 3, SY_E_LIMIT);
}

/* Any bytes give either a tree or an error with a place inside the text. */
static void check_bytes(const char *text)
{
    for (int any = 0; any < 2; any++) {
        sy_query q;
        sy_query_error where;
        sy_error err;
        sy_status status = parse(text, any == 1, &q, &where, &err);
        if (status == SY_OK) {
            assert_non_null(q.root);
            assert_true(q.n_leaves > 0);
            for (size_t i = 0; i < q.n_leaves; i++)
                assert_true(q.leaves[i]->start < q.leaves[i]->end &&
                            q.leaves[i]->end <= strlen(text) &&
                            (i == 0 || q.leaves[i - 1]->end <= q.leaves[i]->start));
            sy_buf out = SY_BUF_INIT;
            sy_query_print(&q, &schema, &out);
            sy_buf_release(&out);
        } else {
            assert_null(q.root);
            assert_true(where.start <= where.end && where.end <= strlen(text));
            assert_true(err.msg[0] != '\0');
        }
        sy_query_release(&q);
    }
}

static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_query_parse");
    static const char *const parts[] = {
        "unit", "责任单位", ":",  "：", "=",   "(",  ")",  "（", "）",  "\"", "“",  "”",
        "「",   "」",       " ",  "　", "AND", "OR", "|",  "-",  "NOT", "*",  "?",  "~",
        "1",    "资金",     "..", "/",  "\\",  "{",  "}",  "^",  ",",   "a",  "\t", "\xFF",
        "无",   "status:",  "b ", "c ", "d ",  "e ", "(f", "g)", "py:", "zi", "'"};
    char text[256];
    for (int round = 0; round < 40000; round++) {
        text[0] = '\0';
        uint32_t n = sy_random_below(16);
        for (uint32_t i = 0; i < n; i++)
            strcat(text, parts[sy_random_below(sizeof parts / sizeof *parts)]);
        check_bytes(text);
        size_t len = sy_random_below(40);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)(1 + sy_random_below(255));
        text[len] = '\0';
        check_bytes(text);
    }
}

static void test_mutations(void **state)
{
    (void)state;
    const char *seed = "unit：区商投局 -status:(“资金” OR 无*) AND \"a\\\"b\" | 完成情况=x";
    char text[128];
    for (int round = 0; round < 20000; round++) {
        size_t len = strlen(seed);
        memcpy(text, seed, len + 1);
        for (uint32_t i = 0; i <= sy_random_below(3); i++)
            text[sy_random_below((uint32_t)len)] = (char)(1 + sy_random_below(127));
        text[sy_random_below((uint32_t)len) + 1] = '\0';
        check_bytes(text);
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    static const char *const exprs[] = {
        "unit:区商投局 -status:(“资金” OR 无*) AND a b c d e f g h i j k l m (n o | p)",
        "py:zijin py:zhs* {py,status}:a", "untt:x", "a ("};
    sy_query_options options = {.any = false};
    for (size_t e = 0; e < sizeof exprs / sizeof *exprs; e++)
        for (int any = 0; any < 2; any++) {
            options.any = any == 1;
            sy_status status = SY_E_NOMEM;
            for (unsigned long n = 1; status == SY_E_NOMEM; n++) {
                sy_query q;
                sy_error err;
                sy_error_clear(&err);
                assert_true(n < 1000);
                sy_alloc_fail_at(n, n % 2 == 0);
                status = sy_query_parse(&exprs[e], 1, &schema, &options, &q, NULL, &err);
                sy_alloc_fail_at(0, false);
                assert_true(status == SY_OK || !q.root);
                sy_query_release(&q);
            }
            assert_int_equal(status, e < 2 ? SY_OK : SY_E_INPUT);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),       cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_fields),      cmocka_unit_test(test_operators),
        cmocka_unit_test(test_any),         cmocka_unit_test(test_several_expressions),
        cmocka_unit_test(test_leaf_places), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_pinyin),      cmocka_unit_test(test_field_named_py),
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_random),
        cmocka_unit_test(test_mutations),   cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
