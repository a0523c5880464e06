/* The normal form: it is one, and its map leads back into the original. */
#include <stdlib.h>

#include "segmenter/normal.h"
#include "tests/fuzz/fuzz.h"

static void check_map(const sy_norm_map *map, const sy_buf *normal, size_t size)
{
    assert_int_equal(map->len, normal->len);
    for (size_t i = 0; i < map->len; i++) {
        assert_true(map->start[i] < map->end[i] && map->end[i] <= size);
        assert_true(i == 0 ||
                    (map->start[i] >= map->start[i - 1] && map->end[i] >= map->end[i - 1]));
        bool inside = ((unsigned char)normal->data[i] & 0xC0) == 0x80;
        assert_true(!inside ||
                    (map->start[i] == map->start[i - 1] && map->end[i] == map->end[i - 1]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned flags = data[0] & SY_NORM_KEEP_VARIANTS;
    char *copy = sy_fuzz_copy(data + 1, size - 1);
    sy_buf normal = SY_BUF_INIT, plain = SY_BUF_INIT, again = SY_BUF_INIT;
    sy_norm_map map = {0};
    check_ok(sy_normalize(flags, copy, size - 1, &normal, &map, NULL), NULL);
    check_ok(sy_normalize(flags, copy, size - 1, &plain, NULL, NULL), NULL);
    sy_fuzz_text((sy_slice){sy_buf_cstr(&normal), normal.len});
    assert_true(sy_slice_equal((sy_slice){sy_buf_cstr(&normal), normal.len},
                               (sy_slice){sy_buf_cstr(&plain), plain.len}));
    check_map(&map, &normal, size - 1);
    /* A normal form is its own normal form. */
    check_ok(sy_normalize(flags, sy_buf_cstr(&normal), normal.len, &again, NULL, NULL), NULL);
    assert_true(sy_slice_equal((sy_slice){sy_buf_cstr(&normal), normal.len},
                               (sy_slice){sy_buf_cstr(&again), again.len}));
    sy_norm_map_release(&map);
    sy_buf_release(&normal);
    sy_buf_release(&plain);
    sy_buf_release(&again);
    free(copy);
    return 0;
}
