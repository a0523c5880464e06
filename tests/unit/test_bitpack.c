#include "store/bitpack.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

/* The rule of docs/format.md, 5.5, one bit at a time. */
static void pack_slowly(const uint32_t *numbers, unsigned width, uint8_t *out)
{
    memset(out, 0, sy_pack_bytes(width));
    for (unsigned i = 0; i < SY_PACK_COUNT; i++) {
        for (unsigned bit = 0; bit < width; bit++) {
            unsigned place = i / 4 * width + bit; /* in the lane */
            unsigned byte = 16 * (place / 32) + 4 * (i % 4) + place % 32 / 8;
            out[byte] = (uint8_t)(out[byte] | (numbers[i] >> bit & 1) << place % 8);
        }
    }
}

static void test_all_widths(void **state)
{
    (void)state;
    for (unsigned width = 0; width <= 32; width++) {
        uint32_t numbers[SY_PACK_COUNT], back[SY_PACK_COUNT];
        uint32_t top = width == 0 ? 0 : UINT32_MAX >> (32 - width);
        for (unsigned i = 0; i < SY_PACK_COUNT; i++)
            numbers[i] = (uint32_t)sy_random() & top;
        numbers[sy_random_below(SY_PACK_COUNT)] = top;
        assert_int_equal(sy_pack_width(numbers), width);
        size_t len = sy_pack_bytes(width);
        assert_int_equal(len, 16 * width);
        uint8_t *bytes = malloc(len ? len : 1), *want = malloc(len ? len : 1);
        sy_pack(numbers, width, bytes);
        pack_slowly(numbers, width, want);
        assert_memory_equal(bytes, want, len);
        memset(back, 0xA5, sizeof back);
        sy_unpack(bytes, width, back);
        assert_memory_equal(back, numbers, sizeof back);
        free(bytes);
        free(want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_widths)};
    sy_random_init("test_bitpack");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
