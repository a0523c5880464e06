#include "store/term_key.h"

#include <string.h>

#include "tests/support/check.h"

static sy_slice slice_of(const sy_buf *b)
{
    return (sy_slice){b->data, b->len};
}

static void check_parse(const sy_buf *key, char space, sy_field_id field, const char *text)
{
    char got_space;
    sy_field_id got_field;
    sy_slice got;
    assert_true(sy_term_key_parse(slice_of(key), &got_space, &got_field, &got));
    assert_int_equal(got_space, space);
    assert_int_equal(got_field, field);
    check_slice(got, text);
}

static void test_round_trip(void **state)
{
    (void)state;
    static const sy_field_id fields[] = {0, 1, 255, 256, 4095, 0xFFFF};
    sy_buf key = SY_BUF_INIT;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        sy_term_key_word(&key, sy_slice_of("资金"));
        check_parse(&key, SY_TERM_WORD, SY_FIELD_ANY, "资金");
        sy_term_key_value(&key, fields[i], sy_slice_of("区发改局"));
        check_parse(&key, SY_TERM_VALUE, fields[i], "区发改局");
        sy_term_key_presence(&key, fields[i]);
        check_parse(&key, SY_TERM_PRESENCE, fields[i], "");
        sy_term_key_overlong(&key, fields[i]);
        check_parse(&key, SY_TERM_OVERLONG, fields[i], "");
    }
    sy_buf_release(&key);
}

static void test_bytes(void **state)
{
    (void)state;
    sy_buf key = SY_BUF_INIT;
    sy_term_key_word(&key, sy_slice_of("ab"));
    assert_int_equal(key.len, 3);
    assert_memory_equal(key.data, "wab", 3);
    sy_term_key_value(&key, 0x0102, sy_slice_of("ab"));
    assert_memory_equal(key.data,
                        "v\x01\x02"
                        "ab",
                        5);
    sy_term_key_presence(&key, 0xFF);
    assert_memory_equal(key.data, "f\x00\xFF", 3);
    sy_term_key_overlong(&key, 2);
    assert_memory_equal(key.data, "l\x00\x02", 3);
    assert_int_equal(key.len, 3);
    sy_buf_release(&key);
}

static void test_no_key(void **state)
{
    (void)state;
    static char longest[SY_TERM_KEY_MAX + 1];
    memset(longest, 'x', sizeof longest);
    longest[0] = 'v';
    char space;
    sy_field_id field;
    sy_slice text;
    assert_true(sy_term_key_parse((sy_slice){longest, SY_TERM_KEY_MAX}, &space, &field, &text));
    assert_false(
        sy_term_key_parse((sy_slice){longest, SY_TERM_KEY_MAX + 1}, &space, &field, &text));
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {{"", 0},    {"c", 1},     {"w", 1},      {"g", 1},       {"f\0", 2}, {"v\0", 2},
                 {"l\0", 2}, {"x\0\0", 3}, {"f\0\0y", 4}, {"l\0\0\0", 4}, {"W资", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_slice key = {cases[i].bytes, cases[i].len};
        if (sy_term_key_parse(key, &space, &field, &text))
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
