#include "store/schema.h"

#include <stdio.h>

#include "base/alloc.h"
#include "tests/support/check.h"

static sy_field_id add(sy_schema *s, const char *name, const char *label, sy_field_kind kind)
{
    sy_field_id id;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_schema_add(s, name, strlen(name), label, kind, &id, &err), &err);
    return id;
}

static void test_fields(void **state)
{
    (void)state;
    sy_schema s = SY_SCHEMA_INIT;
    sy_field_id id;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(add(&s, "unit", "责任单位", SY_FIELD_NAMES), 0);
    assert_int_equal(add(&s, "经费", NULL, SY_FIELD_TEXT), 1);
    /* A field that is there stays as it is. */
    assert_int_equal(add(&s, "unit", "x", SY_FIELD_TEXT), 0);
    assert_int_equal(s.fields[0].kind, SY_FIELD_NAMES);
    assert_string_equal(sy_schema_label(&s, 0), "责任单位");
    assert_string_equal(sy_schema_label(&s, 1), "经费");
    check_ok(sy_schema_alias(&s, 0, "部门", strlen("部门"), &err), &err);
    assert_true(sy_schema_find(&s, "部门", strlen("部门"), &id));
    assert_int_equal(id, 0);
    /* Aliases never take what another has, and a name goes before an alias. */
    check_ok(sy_schema_alias(&s, 1, "部门", strlen("部门"), &err), &err);
    assert_int_equal(s.fields[1].n_aliases, 0);
    add(&s, "部门", NULL, SY_FIELD_TEXT);
    assert_true(sy_schema_find(&s, "部门", strlen("部门"), &id));
    assert_int_equal(id, 2);
    assert_false(sy_schema_find(&s, "部", strlen("部"), &id));
    assert_false(sy_schema_find(&s, "unit ", 5, &id));
    assert_false(sy_schema_find(&s, "unit\0", 5, &id));
    assert_false(sy_schema_find(&s, "", 0, &id));
    assert_int_equal(sy_schema_alias(&s, 9, "z", 1, &err), SY_E_INPUT);
    sy_schema_release(&s);
}

static void test_reserved(void **state)
{
    (void)state;
    sy_schema s = SY_SCHEMA_INIT;
    sy_field_id id;
    assert_true(sy_schema_find(&s, "key", 3, &id));
    assert_int_equal(id, SY_FIELD_KEY);
    assert_true(sy_schema_find(&s, "line", 4, &id));
    assert_string_equal(sy_schema_name(&s, id), "line");
    assert_string_equal(sy_schema_label(&s, SY_FIELD_SOURCE), "source");
    assert_string_equal(sy_schema_name(&s, SY_FIELD_ANY), "*");
    assert_string_equal(sy_schema_name(&s, 7), "");
    assert_int_equal(sy_schema_add(&s, "source", 6, NULL, SY_FIELD_TEXT, &id, NULL), SY_E_INPUT);
    assert_int_equal(sy_schema_add(&s, "a\0b", 3, NULL, SY_FIELD_TEXT, &id, NULL), SY_E_INPUT);
    assert_int_equal(s.n_fields, 0);
    sy_schema_release(&s);
}

static void test_kinds(void **state)
{
    (void)state;
    for (int k = SY_FIELD_TEXT; k <= SY_FIELD_KEYWORD; k++) {
        sy_field_kind kind;
        assert_true(sy_field_kind_parse(sy_field_kind_name((sy_field_kind)k), &kind));
        assert_int_equal(kind, k);
    }
    sy_field_kind kind;
    assert_false(sy_field_kind_parse("name", &kind));
    assert_string_equal(sy_field_kind_name((sy_field_kind)99), "text");
}

static void test_limits(void **state)
{
    (void)state;
    sy_schema s = SY_SCHEMA_INIT;
    sy_field_id id;
    char name[32];
    for (int i = 0; i < SY_FIELDS_MAX; i++) {
        snprintf(name, sizeof name, "f%d", i);
        assert_int_equal(add(&s, name, NULL, SY_FIELD_TEXT), i);
    }
    assert_int_equal(sy_schema_add(&s, "more", 4, NULL, SY_FIELD_TEXT, &id, NULL), SY_E_LIMIT);
    assert_int_equal(add(&s, "f4095", NULL, SY_FIELD_TEXT), 4095);
    sy_schema_release(&s);
    for (unsigned long n = 1; n <= 4; n++) {
        sy_alloc_fail_at(n, true);
        sy_status st = sy_schema_add(&s, "a", 1, "b", SY_FIELD_TEXT, &id, NULL);
        sy_alloc_fail_at(0, false);
        assert_int_equal(st, n <= 3 ? SY_E_NOMEM : SY_OK);
        assert_int_equal(s.n_fields, n <= 3 ? 0 : 1);
        sy_schema_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_reserved),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
