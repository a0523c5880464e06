#include "indexer/readers/field_name.h"

#include "base/alloc.h"
#include "tests/support/check.h"

static void check_field(sy_schema *s, const char *heading, const char *name, const char *label,
                        bool want_renamed)
{
    sy_buf scratch = SY_BUF_INIT;
    sy_field_id id;
    sy_error err;
    bool renamed;
    sy_error_clear(&err);
    check_ok(sy_field_of(s, sy_slice_of(heading), &scratch, &id, &renamed, &err), &err);
    assert_string_equal(sy_schema_name(s, id), name);
    assert_string_equal(sy_schema_label(s, id), label);
    assert_int_equal(renamed, want_renamed);
    sy_buf_release(&scratch);
}

static void test_names(void **state)
{
    (void)state;
    sy_schema s = SY_SCHEMA_INIT;
    sy_field_id unit;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_schema_add(&s, "unit", 4, "责任单位", SY_FIELD_NAMES, &unit, &err), &err);
    check_ok(sy_schema_alias(&s, unit, "责任单位", strlen("责任单位"), &err), &err);
    check_field(&s, "责任单位", "unit", "责任单位", false);
    check_field(&s, "责任\n单位", "unit", "责任单位", false);
    check_field(&s, "  责 任\r\n单 位 ", "unit", "责任单位", false);
    check_field(&s, "責任單位", "unit", "责任单位", false);
    check_field(&s, "ＵＮＩＴ", "unit", "责任单位", false);
    /* Others are added once, under their normal form. */
    check_field(&s, "分管\n领导", "分管领导", "分管领导", false);
    check_field(&s, "Start Date", "start date", "Start Date", false);
    check_field(&s, "ＳＴＡＲＴ date", "start date", "Start Date", false);
    assert_int_equal(s.n_fields, 3);
    check_field(&s, "", "_", "_", true);
    check_field(&s, " \n", "_", "_", true);
    check_field(&s, "Key", "_key", "_key", true);
    check_field(&s, "line", "_line", "_line", true);
    sy_schema_release(&s);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        sy_schema s = SY_SCHEMA_INIT;
        sy_buf scratch = SY_BUF_INIT;
        sy_field_id id;
        sy_alloc_fail_at(n, false);
        sy_status st = sy_field_of(&s, sy_slice_of("分管 领导"), &scratch, &id, NULL, NULL);
        bool reached = sy_alloc_fail_at(0, false) >= n;
        sy_buf_release(&scratch);
        sy_schema_release(&s);
        assert_int_equal(st, reached ? SY_E_NOMEM : SY_OK);
        if (!reached)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
