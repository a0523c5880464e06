#include "indexer/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "tests/support/check.h"
#include "tests/support/collect.h"

static sy_collected got;

static void read_bytes(const char *text, size_t len)
{
    sy_collected_release(&got);
    sy_collect(&got, text, len);
    check_ok(got.status, &got.err);
    assert_ptr_equal(got.reader, &sy_jsonl_reader);
}

static void read_text(const char *text)
{
    read_bytes(text, strlen(text));
}

static int teardown(void **state)
{
    (void)state;
    sy_collected_release(&got);
    return 0;
}

#define check_keys(want)        assert_string_equal(sy_collected_keys(&got), want)
#define check_values(key, want) assert_string_equal(sy_collected_key(&got, key)->values, want)
#define check_report(i, want_line, want)                                                           \
    do {                                                                                           \
        assert_true((i) < got.n_reports);                                                          \
        assert_string_equal(got.reports[i].message, want);                                         \
        assert_int_equal(got.reports[i].line, want_line);                                          \
    } while (0)

static void test_values(void **state)
{
    (void)state;
    read_text(
        "{\"id\":\"甲\",\"责任单位\":[\"区发改局\",\"区财政局\"],\"unit\":\"西集镇\",\"n\":1.50e3}"
        "\n"
        "\n"
        "{\"id\":7,\"ok\":true,\"no\":false,\"nil\":null,\"empty\":\"\",\"none\":[],\"o\":{}}\r\n"
        "  {\"a\":{\"b\":1,\"c\":{\"d\":[2,[3,null]]}},\"l\":[{\"x\":1,\"y\":2},{\"x\":3}]}\n"
        "{\"id\":{\"z\":1},\"a\":\"\\u8d44\\u91d1\\n\\ud840\\udc0b\\\"\\/\"}");
    check_keys("甲 7 4 5");
    check_values("甲", "unit=区发改局\nunit=区财政局\nunit=西集镇\nn=1.50e3\n");
    check_values("7", "ok=true\nno=false\nempty=\n");
    check_values("4", "a.b=1\na.c.d=2\na.c.d=3\nl.x=1\nl.x=3\nl.y=2\n");
    check_values("5", "id.z=1\na=资金⏎𠀋\"/\n");
    assert_int_equal(got.n_reports, 0);
    assert_int_equal(sy_collected_key(&got, "4")->line, 4);
    assert_int_equal(sy_collected_key(&got, "4")->row, 3);
}

static void test_oddities(void **state)
{
    (void)state;
    read_text("{\"id\":1,\"a\":\"x\",\"a\":\"y\",\"b\":\"z\",\"a\":\"w\",\"id\":2}\n"
              "{\"id\":\"1\",\"key\":\"k\",\"\":\"e\"}\n"
              "{\"id\":1}\n"
              "{\"id\":\"\",\"a\":\"\\ud800\\u0041\\udc00\\ud800\"}\n"
              "{\"id\":null,\"a\":\"p\\u0000q\"}\n");
    check_keys("1 1#2 1#3 4 5");
    check_values("1", "a=x\na=y\na=w\nb=z\nid=2\n");
    check_values("1#2", "_key=k\n_=e\n");
    check_values("4", "a=\xEF\xBF\xBD"
                      "A\xEF\xBF\xBD\xEF\xBF\xBD\n");
    check_values("5", "a=p␀q\n");
    check_report(0, 2, "the name 'key' is not for fields: it is called '_key'");
    check_report(1, 2, "the name '' is not for fields: it is called '_'");
    check_report(2, 2,
                 "this id is there already: the record is named '1#2', so are all that repeat");
    check_report(3, 4, "3 escaped surrogates without a partner became U+FFFD");
    assert_int_equal(got.reports[3].kind, SY_REPORT_REPLACED);
    assert_int_equal(got.n_reports, 4);
}

static void test_bad_lines(void **state)
{
    (void)state;
    read_text("{\"id\":1}\n"
              "{\"资金\":12,}\n"
              "[1,2]\n"
              "7\n"
              "{\"id\":2\n"
              "{\"id\":3} {\"id\":4} x\n"
              "{\"id\":01}\n"
              "{\"a\":\"\t\"}\n"
              "{\"a\":\"\\x\"}\n"
              "{\"a\":tru}\n"
              "{\"id\":5}\n"
              "{\"id\":6");
    check_keys("1 3 4 5");
    check_report(0, 2, "no record here: expected a key in quotes (column 10)");
    check_report(1, 3, "no record here: expected an object (column 1)");
    check_report(2, 4, "no record here: expected an object (column 1)");
    check_report(3, 5, "no record here: it ends where ',' or '}' should be (column 8)");
    check_report(4, 6, "no record here: expected a value (column 19)");
    check_report(5, 7, "no record here: expected ',' or '}' (column 8)");
    assert_int_equal(got.n_reports, 10);
    assert_int_equal(sy_collected_count(&got, SY_REPORT_SKIPPED, NULL), 10);
}

/* Objects over several lines, and one array for the whole document. */
static void test_layouts(void **state)
{
    (void)state;
    read_text("{\n  \"id\": \"a\",\n  \"unit\": [\n \"甲局\"\n ]\n}\n{\n\"b\": 1\n}\n");
    check_keys("a 7");
    check_values("a", "unit=甲局\n");
    assert_int_equal(got.n_reports, 0);
    read_text("\n[\n {\"id\": 1, \"a\": \"x\"},\n {\"a\": [\"y\"]}, {\"a\":\"z\"}\n]\n");
    check_keys("1 4 4#2");
    assert_int_equal(sy_collected_key(&got, "4")->line, 4);
    read_text("[{\"id\":1},\n {\"id\":2},\n 3, {\"id\":4}]");
    check_keys("1 2");
    check_report(0, 3, "the array is left out from here on: expected an object (column 2)");
    read_text("[{\"id\":1}] []");
    check_report(0, 1, "text behind the array is left out");
    read_text("[]");
    assert_int_equal(got.n_records, 0);
    static const char *const others[] = {"",      "  \n", "资金", "{资金}", "[1]",
                                         "\"a\"", "{",    "[",    "#{}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        sy_collected_release(&got);
        sy_collect(&got, others[i], strlen(others[i]));
        assert_null(got.reader);
    }
}

static void repeat(sy_buf *b, const char *s, int n)
{
    for (int i = 0; i < n; i++)
        sy_buf_puts(b, s);
}

static void test_limits(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    /* 64 brackets are fine, 65 are not. */
    for (int depth = 63; depth <= 64; depth++) {
        repeat(&b, "{\"a\":", 1);
        repeat(&b, "[", depth);
        sy_buf_puts(&b, "1");
        repeat(&b, "]", depth);
        sy_buf_puts(&b, "}\n");
    }
    sy_buf_puts(&b, "{\"id\":\"");
    repeat(&b, "x", 5000);
    sy_buf_puts(&b, "\"}\n{\"");
    repeat(&b, "y", 5000);
    sy_buf_puts(&b, "\":1}\n{\"id\":\"z\"}\n");
    read_bytes(b.data, b.len);
    check_keys("1 z");
    check_report(0, 2, "no record here: nested more than 64 deep (column 69)");
    check_report(1, 3, "no record here: an id of more than 4096 bytes");
    check_report(2, 4, "no record here: a field's name of more than 4096 bytes");
    /* More fields than a schema holds: the records that need no new one are read. */
    sy_buf_reset(&b);
    for (int i = 0; i < 5000; i++)
        sy_buf_printf(&b, "{\"f%d\":1}\n", i);
    sy_buf_puts(&b, "{\"id\":\"last\",\"f1\":2}\n");
    read_bytes(b.data, b.len);
    check_values("last", "f1=2\n");
    assert_int_equal(sy_collected_count(&got, SY_REPORT_SKIPPED, "more than 4096 fields"),
                     5001 - got.n_records);
    /* A million brackets, and a million unclosed objects, take a moment. */
    sy_buf_reset(&b);
    repeat(&b, "{\"a\":[", 1000000);
    sy_collected_release(&got);
    sy_collect(&got, b.data, b.len);
    assert_int_equal(got.n_reports, 1);
    sy_buf_reset(&b);
    repeat(&b, "{\"a\":[\n", 100000);
    sy_collected_release(&got);
    sy_collect(&got, b.data, b.len);
    assert_int_equal(got.n_reports, 100000);
    sy_buf_release(&b);
}

static const char page[] =
    "{\"id\":\"甲\",\"unit\":[\"区发改局\",\"\\u4e00\\ud840\\udc0b\"],\"a\":{\"b\":[1,-2.5e-3]}}\n"
    "{\"status\":\"无\",\"x\":true,\"y\":null,\"x\":false}\n"
    "{\n\"id\":3\n}\n";

static void test_truncated(void **state)
{
    (void)state;
    sy_collected whole = {0};
    sy_collect(&whole, page, sizeof page - 1);
    assert_int_equal(whole.n_records, 3);
    for (size_t len = 0; len < sizeof page; len++) {
        sy_buf text = SY_BUF_INIT;
        size_t first;
        sy_utf8_repair(page, len, &text, &first);
        sy_collected_release(&got);
        sy_collect(&got, sy_buf_cstr(&text), text.len);
        check_ok(got.status, &got.err);
        for (size_t i = 0; i < got.n_records; i++)
            assert_string_equal(got.records[i].values, whole.records[i].values);
        sy_buf_release(&text);
    }
    sy_collected_release(&whole);
}

static void test_mutated(void **state)
{
    (void)state;
    sy_random_init("test_mutated");
    static const char bytes[] = "{}[]\",:\\u0d8\n\t 1-.e";
    for (int round = 0; round < 5000; round++) {
        char copy[sizeof page];
        memcpy(copy, page, sizeof page);
        for (unsigned n = 1 + sy_random_below(6); n > 0; n--)
            copy[sy_random_below(sizeof page - 1)] =
                bytes[sy_random_below((uint32_t)(sizeof bytes - 1))];
        sy_buf text = SY_BUF_INIT;
        size_t first;
        sy_utf8_repair(copy, sizeof page - 1, &text, &first);
        sy_collected_release(&got);
        sy_collect(&got, sy_buf_cstr(&text), text.len);
        check_ok(got.status, &got.err);
        sy_buf_release(&text);
    }
}

static void test_failures(void **state)
{
    (void)state;
    sy_collected_release(&got);
    for (unsigned long n = 1;; n++) {
        sy_alloc_fail_at(n, false);
        sy_collect(&got, page, sizeof page - 1);
        bool reached = sy_alloc_fail_at(0, false) >= n;
        sy_status st = got.status;
        size_t n_records = got.n_records;
        sy_collected_release(&got);
        if (!reached) {
            assert_int_equal(n_records, 3);
            break;
        }
        assert_true(st == SY_E_NOMEM || (st == SY_OK && n_records == 3));
    }
    got.refuse_at = 2;
    sy_collect(&got, page, sizeof page - 1);
    assert_int_equal(got.status, SY_E_LIMIT);
    assert_string_equal(got.err.msg, "refused");
    assert_int_equal(got.n_records, 1);
    assert_int_equal(got.n_reports, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_oddities),
        cmocka_unit_test(test_bad_lines), cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_limits),    cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_mutated),   cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
