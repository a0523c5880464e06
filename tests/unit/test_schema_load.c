#include <stdio.h>

#include "base/alloc.h"
#include "base/io.h"
#include "indexer/reader.h"
#include "tests/support/check.h"

static sy_schema schema;
static char path[512];

static int teardown(void **state)
{
    (void)state;
    sy_schema_release(&schema);
    return 0;
}

static sy_status load(const char *text, sy_error *err)
{
    snprintf(path, sizeof path, "%s/schema.json", sy_scratch_dir());
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    sy_schema_release(&schema);
    sy_error_clear(err);
    return sy_schema_load(path, &schema, err);
}

static sy_field_id find(const char *name)
{
    sy_field_id id;
    if (!sy_schema_find(&schema, name, strlen(name), &id))
        fail_msg("no field '%s'", name);
    return id;
}

static void test_shipped(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"板块", "section"},
        {"序号", "no"},
        {"事项", "item"},
        {"工作任务", "item"},
        {"年度奋斗目标", "stretch"},
        {"年度工作目标", "target"},
        {"年度任务目标", "target"},
        {"责任单位", "unit"},
        {"承办单位", "unit"},
        {"完成情况", "progress"},
        {"工作进展", "progress"},
        {"存在问题", "status"},
        {"problem", "status"},
        {"存在的问题", "status"},
        {"下步打算", "next"},
        {"下一步工作打算", "next"},
        {"目标号", "mark"},
        {"备注", "note"},
        {"责任单位(部门)", "unit"},
        {"牵头单位", "unit"},
        {"责任单位及责任人", "unit"},
        {"配合单位", "support"},
        {"完成时限", "due"},
    };
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_schema_load(NULL, &schema, &err), &err);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(sy_schema_name(&schema, find(names[i][0])), names[i][1]);
    assert_int_equal(schema.fields[find("unit")].kind, SY_FIELD_NAMES);
    assert_int_equal(schema.fields[find("no")].kind, SY_FIELD_KEYWORD);
    for (size_t i = 0; i < schema.n_fields; i++) {
        const char *name = schema.fields[i].name;
        bool want = strcmp(name, "unit") == 0 || strcmp(name, "support") == 0 ||
                    strcmp(name, "section") == 0;
        assert_int_equal(schema.fields[i].pinyin, want);
    }
    assert_string_equal(sy_schema_label(&schema, find("unit")), "责任单位");
}

static void test_user_file(void **state)
{
    (void)state;
    sy_error err;
    check_ok(load("\xEF\xBB\xBF{\"fields\": [\n"
                  "{\"name\": \"Leader\", \"label\": \"分管领导\", \"kind\": \"names\","
                  " \"aliases\": [\"牵头 领导\", \"ＬＤ\"]},\n"
                  "{\"name\": \"责任单位\", \"kind\": \"text\", \"aliases\": [\"主办单位\"]},\n"
                  "{\"name\": \"status\", \"label\": \"问题清单\"},\n"
                  "{\"aliases\": [], \"name\": \"经费\"}]}\n",
                  &err),
             &err);
    assert_string_equal(sy_schema_name(&schema, find("leader")), "leader");
    assert_string_equal(sy_schema_name(&schema, find("牵头领导")), "leader");
    assert_string_equal(sy_schema_name(&schema, find("ld")), "leader");
    assert_string_equal(sy_schema_name(&schema, find("分管领导")), "leader");
    assert_int_equal(schema.fields[find("leader")].kind, SY_FIELD_NAMES);
    assert_string_equal(sy_schema_name(&schema, find("主办单位")), "unit");
    assert_int_equal(schema.fields[find("unit")].kind, SY_FIELD_TEXT);
    assert_string_equal(sy_schema_label(&schema, find("status")), "问题清单");
    assert_string_equal(sy_schema_name(&schema, find("问题清单")), "status");
    assert_string_equal(sy_schema_label(&schema, find("经费")), "经费");
    check_ok(load("{\"fields\": [{\"name\": \"lead\", \"label\": \"牵头单位\"}]}", &err), &err);
    assert_string_equal(sy_schema_name(&schema, find("牵头单位")), "lead");
    assert_string_equal(sy_schema_name(&schema, find("牵头部门")), "unit");
    check_ok(load("{\"fields\":[]}", &err), &err);
    check_ok(load("{}", &err), &err);
}

static void test_pinyin(void **state)
{
    (void)state;
    sy_error err;
    check_ok(load("{\"fields\": ["
                  "{\"name\": \"a\", \"pinyin\": true, \"kind\": \"keyword\"},"
                  "{\"name\": \"b\", \"kind\": \"names\"},"
                  "{\"name\": \"c\", \"pinyin\": false},"
                  "{\"name\": \"no\", \"pinyin\": true},"
                  "{\"name\": \"unit\", \"aliases\": [\"d\"]},"
                  "{\"name\": \"support\", \"kind\": \"text\"},"
                  "{\"name\": \"section\", \"pinyin\": false}]}",
                  &err),
             &err);
    static const struct {
        const char *name;
        bool pinyin;
    } cases[] = {{"a", true},    {"b", false},       {"c", false},      {"no", true},
                 {"unit", true}, {"support", false}, {"section", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (schema.fields[find(cases[i].name)].pinyin != cases[i].pinyin)
            fail_msg("%s", cases[i].name);
    sy_schema copy = SY_SCHEMA_INIT;
    check_ok(sy_schema_copy(&schema, &copy, &err), &err);
    assert_true(sy_schema_equal(&schema, &copy));
    copy.fields[find("a")].pinyin = false;
    assert_false(sy_schema_equal(&schema, &copy));
    sy_schema_release(&copy);
}

static void test_weight(void **state)
{
    (void)state;
    sy_error err;
    check_ok(
        load("{\"fields\": [{\"name\": \"a\", \"weight\": 0.25}, {\"name\": \"b\", \"weight\": 16},"
             "{\"name\": \"c\", \"weight\": 1.50}, {\"name\": \"d\", \"weight\": 2.5},"
             "{\"name\": \"a\"}, {\"name\": \"status\", \"weight\": 2}]}",
             &err),
        &err);
    static const struct {
        const char *name;
        unsigned quarters;
    } cases[] = {{"a", 1}, {"b", 64}, {"c", 6}, {"d", 10}, {"status", 8}, {"unit", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(schema.fields[find(cases[i].name)].weight, cases[i].quarters);
    static const char *const wrong[] = {
        "0",     "-1",    "0.3", "0.125", "16.25", "17", "1e1", "25", "100000000000000000000",
        "0.000", "1.0000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[96], message[128];
        snprintf(text, sizeof text, "{\"fields\": [{\"name\": \"a\", \"weight\": %s}]}", wrong[i]);
        snprintf(message, sizeof message, "line 1: a weight is .25 to 16 in steps of .25, not '%s'",
                 wrong[i]);
        assert_int_equal(load(text, &err), SY_E_INPUT);
        assert_string_equal(err.msg, message);
    }
    sy_buf many = SY_BUF_INIT;
    sy_buf_puts(&many, "{\"fields\": [");
    for (int i = 0; i < 64; i++)
        sy_buf_printf(&many, "{\"name\": \"f%d\"}, ", i);
    sy_buf_puts(&many, "{\"name\": \"f63\", \"weight\": 1}, {\"name\": \"f63\", \"weight\": 2}]}");
    assert_int_equal(load(sy_buf_cstr(&many), &err), SY_E_INPUT);
    assert_string_equal(err.msg, "line 1: only the first 63 fields can have a weight, not 'f63'");
    sy_buf_release(&many);
}

/* Over the schema of an index: what the file says is added, and nothing that an
 * earlier file said is undone. */
static void test_later_file(void **state)
{
    (void)state;
    sy_error err;
    sy_field_id id;
    check_ok(load("{\"fields\": [{\"name\": \"status\", \"label\": \"问题清单\","
                  " \"kind\": \"keyword\"}]}",
                  &err),
             &err);
    check_ok(sy_schema_add(&schema, "主要困难", strlen("主要困难"), NULL, SY_FIELD_TEXT, &id, &err),
             &err);
    sy_schema index = schema;
    schema = (sy_schema)SY_SCHEMA_INIT;
    check_ok(load("{\"fields\": [{\"name\": \"leader\"}]}", &err), &err);
    sy_schema_release(&schema);
    schema = index;
    check_ok(sy_schema_load(path, &schema, &err), &err);
    assert_string_equal(sy_schema_name(&schema, find("leader")), "leader");
    assert_string_equal(sy_schema_label(&schema, find("status")), "问题清单");
    assert_int_equal(schema.fields[find("status")].kind, SY_FIELD_KEYWORD);

    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs("{\"fields\": [{\"name\": \"status\", \"aliases\": [\"主要困难\"]}]}", f) >=
                0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(sy_schema_load(path, &schema, &err), SY_E_INPUT);
    assert_string_equal(err.msg, "line 1: --rebuild is needed: another field of the index has the"
                                 " name '主要困难'");
}

static void test_recognise(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_schema;
    } cases[] = {
        {"{\"fields\": [{\"name\": \"a\", \"kind\": \"names\"}]}", true},
        {"{\"fields\": [{\"name\": \"a\", \"value\": \"1\"}]}", false},
        {"{\"fields\": []}", false},
        {"{\"id\": 1, \"fields\": [{\"name\": \"a\"}]}", false},
        {"{}", false},
        {"", false},
        {"\t序号\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_error err;
        sy_error_clear(&err);
        bool is_schema = !cases[i].is_schema;
        check_ok(sy_schema_recognise(cases[i].text, strlen(cases[i].text), &is_schema, &err), &err);
        assert_int_equal(is_schema, cases[i].is_schema);
    }
}

static void test_bad_files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "line 1: it ends where a value should be"},
        {"{\"fields\": [\n{\"name\": }]}", "line 2: expected a value"},
        {"{\"fields\": [{\"name\": \"a\"}]} x", "line 1: there is text behind the schema"},
        {"{\"field\": []}", "line 1: there is no member 'field'"},
        {"{\"fields\": [{\"name\": \"a\", \"alias\": []}]}", "line 1: there is no member 'alias'"},
        {"{\"fields\": [{\"label\": \"a\"}]}", "line 1: a field has no name"},
        {"{\"fields\": [{\"name\": \" \"}]}", "line 1: the name of a field is empty"},
        {"{\"fields\": [{\"name\": \"a\", \"aliases\": [\"\"]}]}", "line 1: an alias is empty"},
        {"{\"fields\": [\n\n{\"name\": \"a\", \"aliases\": [\"责任单位\"]}]}",
         "line 3: another field has the alias '责任单位'"},
        {"{\"fields\": [{\"name\": \"Key\"}]}",
         "line 1: every record has this, so no field can be named 'Key'"},
        {"{\"fields\": [{\"name\": \"a\", \"kind\": \"name\"}]}",
         "line 1: kinds are text, names, number, date and keyword, not 'name'"},
        {"{\"fields\": [{\"name\": \"a\", \"pinyin\": true}]}",
         "line 1: \"pinyin\" needs the kind names or keyword in field 'a'"},
        {"{\"fields\": [{\"name\": \"a\", \"kind\": \"date\", \"pinyin\": true}]}",
         "line 1: \"pinyin\" needs the kind names or keyword in field 'a'"},
        {"{\"fields\": [{\"name\": \"a\", \"pinyin\": \"true\"}]}",
         "line 1: there is no text here, but 'true'"},
        {"{\"fields\": [{\"name\": true}]}", "line 1: this has no place in a schema 'true'"},
        {"{\"fields\": [{\"name\": 1}]}", "line 1: this has no place in a schema '1'"},
        {"{\"fields\": {\"a\": 1}}", "line 1: this has no place in a schema '{'"},
        {"{\"fields\": \"a\"}", "line 1: there is no text here, but 'a'"},
        {"[]", "line 1: this has no place in a schema '['"},
        {"{\"fields\": [{\"name\": \"a\\u0000\"}]}", "line 1: a text holds a NUL character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_error err;
        assert_int_equal(load(cases[i].text, &err), SY_E_INPUT);
        assert_string_equal(err.msg, cases[i].message);
        assert_string_equal(err.where, path);
    }
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_schema_load("/nonexistent/schema.json", &schema, &err), SY_E_IO);
    assert_int_equal(load("\xEF\xBB\xBF{\"fields\": \"\xFF\"}", &err), SY_E_INPUT);
}

static void test_no_memory(void **state)
{
    (void)state;
    sy_error err;
    check_ok(
        load("{\"fields\": [{\"name\": \"a\", \"label\": \"乙\", \"aliases\": [\"丙\"]}]}", &err),
        &err);
    for (unsigned long n = 1;; n++) {
        sy_schema_release(&schema);
        sy_error_clear(&err);
        sy_alloc_fail_at(n, false);
        sy_status st = sy_schema_load(path, &schema, &err);
        if (sy_alloc_fail_at(0, false) < n)
            break;
        assert_int_equal(st, SY_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),    cmocka_unit_test(test_user_file),
        cmocka_unit_test(test_pinyin),     cmocka_unit_test(test_weight),
        cmocka_unit_test(test_later_file), cmocka_unit_test(test_recognise),
        cmocka_unit_test(test_bad_files),  cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
