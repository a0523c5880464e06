#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static void test_fixed(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88};
    assert_int_equal(sy_get_u16(bytes), 0x8201);
    assert_int_equal(sy_get_u32(bytes), 0x84038201);
    assert_true(sy_get_u64(bytes) == 0x8807860584038201);
    uint8_t out[10] = {0};
    sy_put_u64(out + 1, 0x8807860584038201);
    assert_memory_equal(out + 1, bytes, 8);
    assert_int_equal(out[0] | out[9], 0);
    memset(out, 0, sizeof out);
    sy_put_u32(out + 3, 0x84038201);
    assert_memory_equal(out + 3, bytes, 4);
    assert_int_equal(out[2] | out[7], 0);
}

typedef struct varint_case {
    uint64_t v;
    size_t len;
    uint8_t bytes[SY_VARINT_MAX];
} varint_case;

static void test_worked(void **state)
{
    (void)state;
    static const varint_case cases[] = {
        {0, 1, {0}},
        {127, 1, {0x7F}},
        {128, 2, {0x80, 0x01}},
        {300, 2, {0xAC, 0x02}},
        {16383, 2, {0xFF, 0x7F}},
        {16384, 3, {0x80, 0x80, 0x01}},
        {UINT32_MAX, 5, {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}},
        {(uint64_t)1 << 63, 10, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}},
        {UINT64_MAX, 10, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const varint_case *c = &cases[i];
        uint8_t out[SY_VARINT_MAX];
        assert_int_equal(sy_varint_put(out, c->v), c->len);
        assert_memory_equal(out, c->bytes, c->len);
        uint64_t v = 1;
        const uint8_t *end = c->bytes + c->len;
        assert_ptr_equal(sy_varint_get(c->bytes, end, &v), end);
        assert_true(v == c->v);
        /* Cut short at every length. */
        for (size_t len = 0; len < c->len; len++) {
            v = 1;
            assert_null(sy_varint_get(c->bytes, c->bytes + len, &v));
            assert_true(v == 0);
        }
        uint32_t narrow = 1;
        const uint8_t *got = sy_varint_get32(c->bytes, end, &narrow);
        assert_ptr_equal(got, c->v <= UINT32_MAX ? end : NULL);
        assert_int_equal(narrow, c->v <= UINT32_MAX ? c->v : 0);
    }
}

static void test_too_large(void **state)
{
    (void)state;
    uint8_t bytes[12];
    uint64_t v = 1;
    memset(bytes, 0xFF, sizeof bytes);
    assert_null(sy_varint_get(bytes, bytes + sizeof bytes, &v)); /* no end in sight */
    bytes[9] = 0x02;                                             /* bit 64 */
    assert_null(sy_varint_get(bytes, bytes + 10, &v));
    bytes[9] = 0x81; /* an eleventh byte */
    bytes[10] = 0;
    assert_null(sy_varint_get(bytes, bytes + 11, &v));
    assert_true(v == 0);
    /* One past 2^32 - 1. */
    uint32_t narrow = 1;
    size_t len = sy_varint_put(bytes, (uint64_t)UINT32_MAX + 1);
    assert_null(sy_varint_get32(bytes, bytes + len, &narrow));
    assert_int_equal(narrow, 0);
}

static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_bytes");
    for (int round = 0; round < 20000; round++) {
        uint64_t want = sy_random() >> sy_random_below(64), got;
        uint8_t out[SY_VARINT_MAX];
        size_t len = sy_varint_put(out, want);
        /* On the heap, so that a sanitizer sees one byte too many. */
        uint8_t *exact = malloc(len);
        assert_non_null(exact);
        memcpy(exact, out, len);
        assert_ptr_equal(sy_varint_get(exact, exact + len, &got), exact + len);
        free(exact);
        assert_true(got == want);
        sy_put_u64(out, want);
        assert_true(sy_get_u64(out) == want);
        assert_int_equal(sy_get_u32(out), (uint32_t)want);
    }
}

/* Eight bytes at once against one by one, close to each bound. */
static void test_eight_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[8], limit = (uint8_t)(1 + sy_random_below(128));
        uint8_t wanted = (uint8_t)sy_random();
        bool equal = false, below = false;
        for (int i = 0; i < 8; i++) {
            uint8_t near = (uint8_t)((sy_random_below(2) ? limit : wanted) + sy_random_below(4));
            bytes[i] = sy_random_below(8) ? (uint8_t)(near | 0x80) : near;
            equal |= bytes[i] == wanted;
            below |= bytes[i] < limit;
        }
        uint64_t all = sy_get_u64(bytes);
        assert_int_equal(sy_bytes_equal(all, wanted) != 0, equal);
        assert_int_equal(sy_bytes_below(all, limit) != 0, below);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed),         cmocka_unit_test(test_worked),
        cmocka_unit_test(test_too_large),     cmocka_unit_test(test_random),
        cmocka_unit_test(test_eight_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
