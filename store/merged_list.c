#include "store/merged_list.h"

#include "base/bytes.h"
#include "store/block_code.h"

enum { CHARACTER_MAX = 0x10FFFF };

uint32_t sy_merged_seconds_max(uint32_t n_records)
{
    uint32_t most = INT32_MAX / (n_records > 0 ? n_records : 1);
    return most < SY_MERGED_MAX ? most : SY_MERGED_MAX;
}

/* The postings of the j-th second character, from 0, are the numbers j * n_records + docid. */
void sy_merged_put(sy_buf *out, const sy_merged_posting *postings, uint32_t n, uint32_t n_records)
{
    uint32_t steps[SY_MERGED_MAX], gaps[SY_MERGED_MAX] = {0}, n_seconds = 1;
    int64_t before = -1;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && postings[i].second != postings[i - 1].second)
            steps[n_seconds++ - 1] = postings[i].second - postings[i - 1].second - 1;
        int64_t number = (int64_t)(n_seconds - 1) * n_records + postings[i].docid;
        gaps[i] = (uint32_t)(number - before - 1);
        before = number;
    }
    sy_buf_put_varint(out, n_seconds);
    if (n_seconds > 1)
        sy_gaps_put(out, steps, n_seconds - 1);
    sy_gaps_put(out, gaps, n);
}

bool sy_merged_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint32_t n_records,
                   uint32_t first_second, sy_merged_posting *postings)
{
    uint32_t seconds[SY_MERGED_MAX] = {first_second}, numbers[SY_MERGED_MAX], n_seconds, j = 0;
    at = sy_varint_get32(at, end, &n_seconds);
    if (!at || n_records == 0 || n_seconds == 0 || n_seconds > n || n > SY_MERGED_MAX ||
        n_seconds > sy_merged_seconds_max(n_records))
        return false;
    if (n_seconds > 1)
        at = sy_gaps_get(at, end, n_seconds - 1, first_second + 1, seconds + 1);
    at = sy_gaps_get(at, end, n, 0, numbers);
    if (at != end || seconds[n_seconds - 1] > CHARACTER_MAX ||
        numbers[n - 1] / n_records + 1 != n_seconds)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        while (numbers[i] >= (j + 1) * n_records)
            j++;
        postings[i] = (sy_merged_posting){seconds[j], numbers[i] - j * n_records};
    }
    return true;
}
