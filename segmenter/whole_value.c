#include "segmenter/whole_value.h"

#include "segmenter/normal.h"

static bool is_white(char c)
{
    return c == ' ' || c == SY_BARRIER;
}

static sy_slice trim_end(sy_slice s)
{
    while (s.len > 0 && is_white(s.data[s.len - 1]))
        s.len--;
    return s;
}

sy_slice sy_whole_value(sy_slice normal)
{
    static const char stop[] = "。";
    const size_t stop_len = sizeof stop - 1;
    sy_slice s = trim_end(normal);
    while (s.len > 0 && is_white(s.data[0])) {
        s.data++;
        s.len--;
    }
    if (s.len <= stop_len || memcmp(s.data + s.len - stop_len, stop, stop_len) != 0)
        return s;
    return trim_end((sy_slice){s.data, s.len - stop_len});
}
