#include "segmenter/names.h"

#include <stdio.h>

#include "base/alloc.h"
#include "tests/support/check.h"

static sy_aliases *parse(const char *text, size_t len)
{
    sy_error err;
    sy_error_clear(&err);
    sy_aliases *a = NULL;
    check_ok(sy_aliases_parse(0, "aliases", text, len, &a, &err), &err);
    assert_non_null(a);
    return a;
}

typedef struct match_case {
    const char *term, *name;
    sy_name_match want;
} match_case;

static void check_matches(const sy_aliases *a, const match_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sy_slice term = sy_slice_of(cases[i].term), name = sy_slice_of(cases[i].name);
        sy_name_match got = sy_name_matches(a, term, name);
        if (got != cases[i].want)
            fail_msg("'%s' and '%s': %d, not %d", cases[i].term, cases[i].name, (int)got,
                     (int)cases[i].want);
        /* Being one bureau does not depend on who asks. */
        sy_name_match turned = sy_name_matches(a, name, term);
        if ((got == SY_NAME_SAME || got == SY_NAME_ALIAS) && turned != got)
            fail_msg("'%s' and '%s' turned: %d, not %d", cases[i].term, cases[i].name, (int)turned,
                     (int)got);
    }
}

#define CHECK_MATCHES(a, cases) check_matches(a, cases, sizeof(cases) / sizeof *(cases))

static void test_rule(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {"区商投局", "区商投局", SY_NAME_SAME},
        {"商投局", "区商投局", SY_NAME_SAME},
        {"区商投局", "商投局", SY_NAME_SAME},
        {"县商投局", "商投局", SY_NAME_SAME},
        {"市商投局", "商投局", SY_NAME_SAME},
        {"区發改局", "發改局", SY_NAME_SAME},
        {"區發改局", "区發改局", SY_NAME_SAME},
        {"区发改局", "市发改局", SY_NAME_NO},
        {"县发改局", "市发改局", SY_NAME_NO},
        {"商投", "区商投局", SY_NAME_PART},
        {"投", "区商投局", SY_NAME_PART},
        {"区商", "区商投局", SY_NAME_PART},
        {"区商投", "商投局", SY_NAME_NO},
        {"区商投局", "区商投局办公室", SY_NAME_PART},
        {"区商投局办公室", "区商投局", SY_NAME_NO},
        {"", "区商投局", SY_NAME_NO},
        {"区商投局", "", SY_NAME_NO},
        {"", "", SY_NAME_NO},
        /* nothing, or one character, would be left */
        {"区", "区", SY_NAME_SAME},
        {"局", "市局", SY_NAME_PART},
        {"市局", "局", SY_NAME_NO},
        {"市局", "区局", SY_NAME_NO},
        {"区", "市", SY_NAME_NO},
        /* 市 and 区 that belong to a word */
        {"市场监管局", "区市场监管局", SY_NAME_SAME},
        {"区市场监管局", "县市场监管局", SY_NAME_NO},
        {"场监管局", "市场监管局", SY_NAME_PART},
        {"区域合作办", "市区域合作办", SY_NAME_SAME},
        /* only one prefix is removed */
        {"市区城管局", "区城管局", SY_NAME_SAME},
        {"市区城管局", "城管局", SY_NAME_NO},
        {"a区", "区a区", SY_NAME_SAME},
        {"gdp", "gdp", SY_NAME_SAME},
    };
    sy_aliases *none = parse("", 0);
    CHECK_MATCHES(NULL, cases);
    CHECK_MATCHES(none, cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sy_name_same(sy_slice_of(cases[i].term), sy_slice_of(cases[i].name)) &&
                             cases[i].term[0] != '\0',
                         cases[i].want == SY_NAME_SAME);
    sy_aliases_free(none);
}

/* A name with a remark is a bureau; a term with one asks for just that. */
static void test_remarks(void **state)
{
    (void)state;
    static const match_case cases[] = {
        {"区商投局", "商投局(张三)", SY_NAME_SAME},
        {"区商投局", "商投局 (张三)", SY_NAME_SAME},
        {"商投局", "区商投局(张三)", SY_NAME_PART},
        {"区商投局", "市商投局(张三)", SY_NAME_NO},
        {"区商务局", "商投局(张三)", SY_NAME_ALIAS},
        {"冯卯镇", "各镇街(西集镇除外)", SY_NAME_GROUP},
        {"张三", "商投局(张三)", SY_NAME_PART},
        {"区商投局", "(商投局)", SY_NAME_NO},
        {"商投局(张三)", "商投局(张三)", SY_NAME_SAME},
        {"商投局(张三)", "商投局", SY_NAME_NO},
    };
    static const char text[] = "商投局 = 商务局\n[groups]\n各镇街 = 冯卯镇\n";
    sy_aliases *a = parse(text, sizeof text - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sy_name_matches(a, sy_slice_of(cases[i].term), sy_slice_of(cases[i].name)),
                         cases[i].want);
    sy_aliases_free(a);
}

static void test_aliases(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF# bureaus\r\n"
                               "发改局 ＝ 发展和改革局， 发改委\r\n"
                               "\r\n"
                               "  計委：发改委、 计 划 委,\r\n"
                               "区住建局 = 区建设局\r\n"
                               "市场监管局 = 市场监督管理局, 工商局\r\n"
                               "区政府办 = 市委办\r\n"
                               "文旅局 = 区文化和旅游局";
    sy_aliases *a = parse(text, sizeof text - 1);
    static const match_case cases[] = {
        {"发改局", "发展和改革局", SY_NAME_ALIAS},
        {"发改委", "发展和改革局", SY_NAME_ALIAS},
        {"计委", "发展和改革局", SY_NAME_ALIAS}, /* over two lines */
        {"计划委", "发改局", SY_NAME_ALIAS},
        {"区发改委", "区发改局", SY_NAME_ALIAS}, /* the rule on top */
        {"区发改委", "发展和改革局", SY_NAME_ALIAS},
        {"发改委", "县计划委", SY_NAME_ALIAS},
        {"市发改委", "市发展和改革局", SY_NAME_ALIAS},
        {"区发改委", "市发改局", SY_NAME_NO},
        {"区发改局", "市发改局", SY_NAME_NO},
        {"区发改局", "发改局", SY_NAME_SAME},
        {"发展和改革", "发展和改革局", SY_NAME_PART}, /* a part is no alias */
        {"发展和改革", "发改局", SY_NAME_NO},
        {"建设局", "住建局", SY_NAME_ALIAS}, /* a line about 区 speaks for all */
        {"建设局", "区住建局", SY_NAME_ALIAS},
        {"市建设局", "市住建局", SY_NAME_ALIAS},
        {"市建设局", "区住建局", SY_NAME_NO},
        {"区市场监管局", "市场监督管理局", SY_NAME_ALIAS},
        {"区工商局", "市场监管局", SY_NAME_ALIAS},
        {"区工商局", "县市场监管局", SY_NAME_NO},
        {"区政府办", "市委办", SY_NAME_ALIAS}, /* two prefixes: these very names */
        {"政府办", "市委办", SY_NAME_ALIAS},
        {"区政府办", "区委办", SY_NAME_NO},
        {"市政府办", "市委办", SY_NAME_NO},
        {"市文旅局", "区文化和旅游局", SY_NAME_NO}, /* with and without: one prefix */
        {"市文旅局", "市文化和旅游局", SY_NAME_ALIAS},
        {"文旅局", "文化和旅游局", SY_NAME_ALIAS},
        {"商投局", "发改局", SY_NAME_NO},
        {"住建局", "区发改局", SY_NAME_NO},
    };
    CHECK_MATCHES(a, cases);
    sy_aliases_free(a);
}

static void test_groups(void **state)
{
    (void)state;
    static const char text[] = "冯卯镇 = 冯卯\n"
                               "[ Groups ]\n"
                               "各镇街 = 山城街道, 冯卯镇、 区水泉镇\n"
                               "两个街道 = 山城街道\n"
                               "全部 = 各镇街\n"
                               "[ALIASES]\n"
                               "各镇街 = 各镇（街道）\n";
    sy_aliases *a = parse(text, sizeof text - 1);
    static const match_case cases[] = {
        {"冯卯镇", "各镇街", SY_NAME_GROUP},
        {"山城街道", "各镇街", SY_NAME_GROUP},
        {"山城街道", "两个街道", SY_NAME_GROUP},
        {"冯卯镇", "两个街道", SY_NAME_NO},
        {"冯卯", "各镇街", SY_NAME_GROUP}, /* an alias of a member */
        {"区山城街道", "各镇街", SY_NAME_GROUP},
        {"冯卯镇", "区各镇街", SY_NAME_GROUP},
        {"冯卯镇", "各镇(街道)", SY_NAME_GROUP}, /* an alias of the group */
        {"水泉镇", "各镇街", SY_NAME_GROUP},
        {"市水泉镇", "各镇街", SY_NAME_NO},
        {"各镇街", "冯卯镇", SY_NAME_NO}, /* a group does not name its members */
        {"各镇街", "全部", SY_NAME_GROUP},
        {"冯卯镇", "全部", SY_NAME_NO}, /* no groups of groups */
        {"山城", "各镇街", SY_NAME_NO}, /* part of a member */
        {"镇街", "各镇街", SY_NAME_PART},
        {"冯卯镇", "冯卯镇", SY_NAME_SAME},
    };
    CHECK_MATCHES(a, cases);
    sy_aliases_free(a);
}

static sy_status collect(void *ctx, sy_slice name, sy_error *err)
{
    (void)err;
    sy_buf_append(ctx, name.data, name.len);
    sy_buf_putc(ctx, '|');
    return SY_OK;
}

static sy_status refuse(void *ctx, sy_slice name, sy_error *err)
{
    (void)name;
    ++*(int *)ctx;
    return sy_fail(err, SY_E_LIMIT, NULL, "enough");
}

static void test_each(void **state)
{
    (void)state;
    static const char text[] = "区发改局 = 發改委\n[groups]\n各镇街 = 区冯卯镇";
    sy_aliases *a = parse(text, sizeof text - 1);
    sy_buf all = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_aliases_each(a, collect, &all, &err), &err);
    assert_string_equal(sy_buf_cstr(&all), "区发改局|发改委|各镇街|区冯卯镇|");
    int calls = 0;
    assert_int_equal(sy_aliases_each(a, refuse, &calls, &err), SY_E_LIMIT);
    assert_int_equal(calls, 1);
    sy_buf_release(&all);
    sy_aliases_free(a);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"发改局", "line 1: expected 'name = name, name'"},
        {"# x\r\n\r\n= 发改局", "line 3: expected 'name = name, name'"},
        {"a = b\nc = \n", "line 2: no name after '='"},
        {"a = ,、\n", "line 1: no name after '='"},
        {"a, b = c", "line 1: expected one name before '='"},
        {"a = b = c", "line 1: more than one '=' or ':'"},
        {"a：b：c", "line 1: more than one '=' or ':'"},
        {"[group]\n", "line 1: expected [groups] or [aliases]"},
        {"a = b\n\n[groups", "line 3: expected [groups] or [aliases]"},
        {"[", "line 1: expected [groups] or [aliases]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_error err;
        sy_error_clear(&err);
        sy_aliases *a = NULL;
        sy_status st =
            sy_aliases_parse(0, "my.txt", cases[i].text, strlen(cases[i].text), &a, &err);
        assert_int_equal(st, SY_E_INPUT);
        assert_null(a);
        assert_string_equal(err.where, "my.txt");
        assert_string_equal(err.msg, cases[i].message);
    }
}

/* Classes and groups against a closure computed by brute force: pairs of names
 * with their prefixes, joined until nothing changes. */
enum { BARE = 8, NODES = BARE * 4 };

static const char *const prefixes[4] = {"", "区", "县", "市"};
static const char *const bares[BARE] = {"甲局", "乙局", "丙局", "丁局",
                                        "戊局", "己局", "庚局", "辛局"};

typedef struct closure {
    bool one[NODES][NODES];
    bool group[NODES][NODES]; /* [group][member] by exact nodes */
} closure;

static void add_random_line(closure *c, sy_buf *text, bool group)
{
    size_t n = 2 + sy_random_below(2), nodes[3];
    bool seen[4] = {false};
    for (size_t i = 0; i < n; i++) {
        nodes[i] = sy_random_below(BARE) * 4 + (sy_random_below(2) ? 0 : sy_random_below(4));
        seen[nodes[i] % 4] = true;
        sy_buf_printf(text, "%s%s%s",
                      i == 0   ? ""
                      : i == 1 ? " = "
                               : ",",
                      prefixes[nodes[i] % 4], bares[nodes[i] / 4]);
    }
    sy_buf_putc(text, '\n');
    bool conflict = seen[1] + seen[2] + seen[3] > 1;
    for (size_t i = 1; i < n; i++)
        for (size_t p = 0; p < 4; p++) {
            size_t a = conflict ? nodes[0] : nodes[0] / 4 * 4 + p;
            size_t b = conflict ? nodes[i] : nodes[i] / 4 * 4 + p;
            if (group)
                c->group[nodes[0]][nodes[i]] = true;
            else
                c->one[a][b] = c->one[b][a] = true;
        }
}

static bool stands_for(size_t name, size_t node)
{
    return name / 4 == node / 4 && (name % 4 == 0 || name == node);
}

/* Whether the two may be one bureau: some reading of each is in one class. */
static bool may_be_one(const closure *c, size_t a, size_t b)
{
    for (size_t x = 0; x < NODES; x++)
        for (size_t y = 0; y < NODES; y++)
            if (stands_for(a, x) && stands_for(b, y) && c->one[x][y])
                return true;
    return false;
}

static bool is_member(const closure *c, size_t term, size_t name)
{
    for (size_t g = 0; g < NODES; g++)
        for (size_t m = 0; m < NODES; m++)
            if (c->group[g][m] && may_be_one(c, name, g) && may_be_one(c, term, m))
                return true;
    return false;
}

static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_names");
    for (int round = 0; round < 60; round++) {
        static closure c;
        memset(&c, 0, sizeof c);
        sy_buf text = SY_BUF_INIT;
        for (uint32_t n = sy_random_below(5); n > 0; n--)
            add_random_line(&c, &text, false);
        sy_buf_puts(&text, "[groups]\n");
        for (uint32_t n = sy_random_below(3); n > 0; n--)
            add_random_line(&c, &text, true);
        for (size_t k = 0; k < NODES; k++)
            c.one[k][k] = true;
        for (size_t k = 0; k < NODES; k++)
            for (size_t i = 0; i < NODES; i++)
                for (size_t j = 0; j < NODES; j++)
                    c.one[i][j] = c.one[i][j] || (c.one[i][k] && c.one[k][j]);
        sy_aliases *a = parse(sy_buf_cstr(&text), text.len);
        for (size_t t = 0; t < NODES; t++)
            for (size_t n = 0; n < NODES; n++) {
                char term[32], name[32];
                snprintf(term, sizeof term, "%s%s", prefixes[t % 4], bares[t / 4]);
                snprintf(name, sizeof name, "%s%s", prefixes[n % 4], bares[n / 4]);
                sy_name_match got = sy_name_matches(a, sy_slice_of(term), sy_slice_of(name));
                sy_name_match want = SY_NAME_NO;
                if (t / 4 == n / 4 && (t == n || t % 4 == 0 || n % 4 == 0))
                    want = SY_NAME_SAME;
                else if (may_be_one(&c, t, n))
                    want = SY_NAME_ALIAS;
                else if (is_member(&c, t, n))
                    want = SY_NAME_GROUP;
                if (got != want)
                    fail_msg("%s%s and %s: %d, not %d", sy_buf_cstr(&text), term, name, (int)got,
                             (int)want);
            }
        sy_aliases_free(a);
        sy_buf_release(&text);
    }
}

/* Any bytes parse or fail cleanly, and matching them is safe. */
static void test_hostile(void **state)
{
    (void)state;
    sy_random_init("test_names hostile");
    static const char *const pieces[] = {
        "区", "市",       "局", "a", "=",    "＝",       ",",  "、", "\n",           "\r",
        " ",  "[groups]", "[",  "#", "\xFF", "\xE5\x8C", "\0", "：", "\xE2\x80\xA8", "①"};
    for (int round = 0; round < 3000; round++) {
        sy_buf text = SY_BUF_INIT;
        for (uint32_t n = sy_random_below(30); n > 0; n--) {
            const char *piece = pieces[sy_random_below(sizeof pieces / sizeof *pieces)];
            sy_buf_append(&text, piece, *piece ? strlen(piece) : 1);
        }
        sy_aliases *a = NULL;
        sy_error err;
        sy_error_clear(&err);
        sy_status st = sy_aliases_parse(0, "x", sy_buf_cstr(&text), text.len, &a, &err);
        assert_true(st == SY_OK || st == SY_E_INPUT);
        assert_true((st == SY_OK) == (a != NULL));
        size_t cut = text.len > 0 ? sy_random_below((uint32_t)text.len) : 0;
        sy_slice whole = {sy_buf_cstr(&text), text.len}, part = {whole.data, cut};
        sy_name_matches(a, part, whole);
        sy_name_matches(a, whole, part);
        sy_aliases_free(a);
        sy_buf_release(&text);
    }
}

/* One class of many names, and many classes: parsing stays linear. */
static void test_large(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT;
    for (int i = 0; i < 30000; i++)
        sy_buf_printf(&text, "局%d = 局%d, 办%d\n", i, i + 1, i);
    sy_buf_puts(&text, "[groups]\n全部 = 办0");
    for (int i = 1; i < 30000; i++)
        sy_buf_printf(&text, "、办%d", i);
    sy_aliases *a = parse(text.data, text.len);
    assert_int_equal(sy_name_matches(a, sy_slice_of("区局0"), sy_slice_of("办29999")),
                     SY_NAME_ALIAS);
    assert_int_equal(sy_name_matches(a, sy_slice_of("局777"), sy_slice_of("全部")), SY_NAME_GROUP);
    sy_aliases_free(a);
    sy_buf_release(&text);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char text[] = "发改局 = 发改委, 计委\n[groups]\n各镇街 = 冯卯镇, 水泉镇";
    sy_status st = SY_E_NOMEM;
    for (unsigned long n = 1; st != SY_OK; n++) {
        sy_aliases *a = NULL;
        sy_error err;
        sy_error_clear(&err);
        sy_alloc_fail_at(n, false);
        st = sy_aliases_parse(0, "x", text, sizeof text - 1, &a, &err);
        sy_alloc_fail_at(0, false);
        assert_true(st == SY_OK || st == SY_E_NOMEM);
        assert_true((st == SY_OK) == (a != NULL));
        sy_aliases_free(a);
    }
    sy_aliases_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),    cmocka_unit_test(test_remarks),
        cmocka_unit_test(test_aliases), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_each),    cmocka_unit_test(test_errors),
        cmocka_unit_test(test_random),  cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_large),   cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
