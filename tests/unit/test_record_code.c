#include "store/record_code.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/format.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static bool decode_copy(const void *bytes, size_t len, unsigned unit, sy_stored *out, bool *nomem,
                        uint8_t **copy)
{
    *copy = malloc(len ? len : 1); /* just as long: a sanitizer sees a read past it */
    assert_non_null(*copy);
    memcpy(*copy, bytes, len);
    return sy_record_decode(*copy, len, unit, out, nomem);
}

static void check_same(const sy_stored *got, const sy_stored *want)
{
    assert_int_equal(got->line, want->line);
    assert_int_equal(got->row, want->row);
    assert_int_equal(got->n_values, want->n_values);
    uint32_t ordinal = 0;
    for (size_t i = 0; i < want->n_values; i++) {
        ordinal = i > 0 && want->values[i].field == want->values[i - 1].field ? ordinal + 1 : 0;
        assert_int_equal(got->values[i].field, want->values[i].field);
        assert_int_equal(got->values[i].ordinal, ordinal);
        assert_true(sy_slice_equal(got->values[i].coded, want->values[i].coded));
        assert_int_equal(got->values[i].simple, want->values[i].simple);
    }
}

static void check_round_trip(const sy_stored *record, unsigned unit)
{
    sy_buf bytes = SY_BUF_INIT;
    sy_stored got = {0};
    uint8_t *copy;
    bool nomem;
    sy_record_encode(&bytes, record, unit);
    check_ok(sy_buf_status(&bytes, NULL), NULL);
    assert_true(decode_copy(bytes.data, bytes.len, unit, &got, &nomem, &copy));
    check_same(&got, record);
    free(copy);
    /* One byte less or more is no record. */
    for (size_t len = 0; len < bytes.len; len++) {
        assert_false(decode_copy(bytes.data, len, unit, &got, &nomem, &copy));
        assert_false(nomem);
        free(copy);
    }
    sy_buf_putc(&bytes, '\0');
    assert_false(decode_copy(bytes.data, bytes.len, unit, &got, &nomem, &copy));
    free(copy);
    sy_buf_release(&bytes);
    sy_stored_release(&got);
}

static void test_round_trip(void **state)
{
    (void)state;
    sy_stored_value values[] = {
        {.field = 0, .coded = {"", 0}},      {.field = 0, .coded = {"资金", 6}, .simple = true},
        {.field = 0, .coded = {"\0x", 2}},   {.field = 7, .coded = {"", 0}, .simple = true},
        {.field = 4095, .coded = {"zz", 2}}, {.field = 4095, .coded = {"z", 1}}};
    for (unsigned unit = 1; unit <= 2; unit++) {
        check_round_trip(&(sy_stored){0}, unit);
        check_round_trip(&(sy_stored){.line = UINT32_MAX, .row = 0}, unit);
        check_round_trip(&(sy_stored){.line = 0, .row = UINT32_MAX}, unit);
        check_round_trip(&(sy_stored){.line = UINT32_MAX, .row = UINT32_MAX}, unit);
        for (size_t n = 0; n <= 7 - unit; n++) /* the last has no whole number of units of 2 */
            check_round_trip(&(sy_stored){.line = 3, .values = values, .n_values = n}, unit);
    }
}

/* Known bytes: docs/format.md, 5.2. */
static void test_bytes(void **state)
{
    (void)state;
    sy_stored_value values[] = {{.field = 1, .coded = {"ab", 2}},
                                {.field = 300, .coded = {"cd", 2}, .simple = true}};
    sy_stored r = {.line = 200, .row = 2, .values = values, .n_values = 2};
    sy_buf bytes = SY_BUF_INIT;
    sy_record_encode(&bytes, &r, 1);
    static const uint8_t want[] = {0xC8, 1, 0x8B, 3, 2, 2, 2, 0xD9, 4, 2, 'a', 'b', 'c', 'd'};
    assert_int_equal(bytes.len, sizeof want);
    assert_memory_equal(bytes.data, want, sizeof want);
    sy_buf_reset(&bytes);
    sy_record_encode(&bytes, &r, 2);
    static const uint8_t halves[] = {2, 1, 0xD9, 4, 1}; /* counts of codes, not of bytes */
    assert_int_equal(bytes.len, sizeof want);
    assert_memory_equal(bytes.data + 5, halves, sizeof halves);
    sy_buf_release(&bytes);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        size_t len;
        uint8_t bytes[12];
    } cases[] = {
        {"fields descend", 7, {0, 0, 2, 4, 0, 3, 0}},
        {"a field past the last", 6, {0, 0, 1, 0x80, 0x40, 0}},
        {"more values than bytes", 3, {0, 0, 100}},
        {"a text past the end", 6, {0, 0, 1, 0, 2, 'x'}},
        {"bytes that belong to nothing", 4, {0, 0, 0, 'x'}},
        {"a row below 0", 3, {0, 1, 0}},
        {"a row past 2^32", 7, {2, 0xFC, 0xFF, 0xFF, 0xFF, 0x1F, 0}},
        {"a line past 2^32", 7, {0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0, 0}},
        {"more values than numbers", 8, {0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0}},
    };
    sy_stored got = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool nomem;
        uint8_t *copy;
        if (decode_copy(cases[i].bytes, cases[i].len, 1, &got, &nomem, &copy) || nomem)
            fail_msg("%s", cases[i].why);
        free(copy);
    }
    sy_stored_release(&got);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0, 0, 1, 0, 1, 'x'};
    sy_stored got = {0};
    bool nomem;
    sy_alloc_fail_at(1, false);
    assert_false(sy_record_decode(bytes, sizeof bytes, 1, &got, &nomem));
    sy_alloc_fail_at(0, false);
    assert_true(nomem);
    assert_int_equal(got.n_values, 0);
    assert_true(sy_record_decode(bytes, sizeof bytes, 1, &got, &nomem));
    sy_alloc_fail_at(1, false); /* the memory is there from before */
    assert_true(sy_record_decode(bytes, sizeof bytes, 1, &got, &nomem));
    sy_alloc_fail_at(0, false);
    sy_stored_release(&got);
    assert_null(got.values);
}

static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_record_code");
    sy_stored got = {0};
    unsigned rounds = sy_rounds(20000);
    for (unsigned round = 0; round < rounds; round++) {
        uint8_t bytes[24], *copy;
        size_t len = sy_random_below(sizeof bytes + 1);
        unsigned unit = 1 + round % 2;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)(i < 3 || sy_random_below(3) ? sy_random_below(6) : sy_random());
        bool nomem;
        if (decode_copy(bytes, len, unit, &got, &nomem, &copy)) {
            /* All that is accepted comes out as it went in, but for long varints. */
            sy_buf again = SY_BUF_INIT;
            sy_record_encode(&again, &got, unit);
            assert_true(again.len <= len);
            sy_buf_release(&again);
        }
        free(copy);
    }
    sy_stored_release(&got);
}

static bool key_of_group(const uint8_t *bytes, size_t len, uint32_t n, uint32_t i, sy_slice *out)
{
    sy_key_group group = {.n = n};
    bool holds = sy_key_group_decode(bytes, len, &group);
    if (holds)
        *out = sy_key_group_at(&group, i);
    return holds;
}

/* Keys of all lengths, in groups of all sizes; each is read from a copy of just its group. */
static void test_keys(void **state)
{
    (void)state;
    sy_random_init("test_keys");
    unsigned rounds = sy_rounds(2000);
    for (unsigned round = 0; round < rounds; round++) {
        sy_slice keys[SY_RECORDS_PER_BASE], got;
        static char text[SY_RECORDS_PER_BASE][300];
        sy_buf bytes = SY_BUF_INIT;
        uint32_t n = 1 + sy_random_below(SY_RECORDS_PER_BASE);
        uint32_t most = round % 3 == 0 ? 300 : round % 3 == 1 ? 128 : 8;
        for (uint32_t i = 0; i < n; i++) {
            keys[i] = (sy_slice){text[i], sy_random_below(most)};
            memset(text[i], (int)('a' + i), keys[i].len);
            sy_buf_put_varint(&bytes, keys[i].len);
        }
        for (uint32_t i = 0; i < n; i++)
            sy_buf_append(&bytes, keys[i].data, keys[i].len);
        check_ok(sy_buf_status(&bytes, NULL), NULL);
        uint8_t *copy = malloc(bytes.len);
        assert_non_null(copy);
        memcpy(copy, bytes.data, bytes.len);
        for (uint32_t i = 0; i < n; i++) {
            assert_true(key_of_group(copy, bytes.len, n, i, &got));
            assert_true(sy_slice_equal(got, keys[i]));
        }
        /* What is cut short does not hold, and is not read past its end. */
        size_t cut = sy_random_below((uint32_t)bytes.len);
        uint8_t *less = malloc(cut ? cut : 1);
        assert_non_null(less);
        memcpy(less, copy, cut);
        assert_false(key_of_group(less, cut, n, n - 1, &got));
        free(less);
        free(copy);
        sy_buf_release(&bytes);
    }
}

static void test_key_bytes(void **state)
{
    (void)state;
    sy_slice key;
    static const uint8_t huge[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 'x'};
    assert_false(key_of_group(huge, sizeof huge, 2, 0, &key));
    assert_false(key_of_group(huge, sizeof huge, 2, 1, &key));
    static const uint8_t more[] = {1, 1, 'x', 'y', 'z'};
    assert_false(key_of_group(more, sizeof more, 2, 0, &key));
    assert_true(key_of_group(more, sizeof more - 1, 2, 1, &key));
    assert_true(sy_slice_equal(key, sy_slice_of("y")));
    sy_buf scratch = SY_BUF_INIT;
    sy_record_put_key(&scratch, sy_slice_of("4⑦"));
    const uint8_t *at = (const uint8_t *)scratch.data, *end = at + scratch.len;
    assert_ptr_equal(sy_record_get_key(at, end, &key), end);
    assert_true(sy_slice_equal(key, sy_slice_of("4⑦")));
    assert_null(sy_record_get_key(at, end - 1, &key));
    assert_null(sy_record_get_key(at, at, &key));
    sy_buf_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_random),     cmocka_unit_test(test_keys),
        cmocka_unit_test(test_key_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
