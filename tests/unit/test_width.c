#include "segmenter/width.h"

#include <string.h>

#include "tests/support/check.h"

typedef struct width_case {
    const char *text;
    size_t width;
} width_case;

static void test_text(void **state)
{
    (void)state;
    static const width_case cases[] = {
        {"", 0},
        {"a", 1},
        {"资金", 4},
        {"ＡＢＣ", 6},
        {"a资b", 4},
        {"ｶ", 1},              /* half-width katakana */
        {"𠀀", 2},             /* extension B */
        {"①“…”", 4},           /* ambiguous ones */
        {"e\xCC\x81", 1},      /* e and an acute accent */
        {"か\xE3\x82\x99", 2}, /* a sound mark that combines */
        {"😀", 2},
        {"a\xE2\x80\x8B"
         "b",
         2},             /* zero-width space */
        {"\xC2\xAD", 1}, /* soft hyphen */
        {"\t\n\x7F", 0},
        {"한", 2},
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2}, /* the same, decomposed */
        {"\xFF", 1},
        {"资\xE8\xB5", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (sy_text_width(cases[i].text, strlen(cases[i].text)) != cases[i].width)
            fail_msg("case %zu: \"%s\"", i, cases[i].text);
    assert_int_equal(sy_text_width("资金", 3), 2);
}

static void test_range(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x110100; cp++) {
        int width = sy_cp_width(cp);
        assert_true(width >= 0 && width <= 2);
    }
    assert_int_equal(sy_cp_width(UINT32_MAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_range)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
