/* base/slice.h - a borrowed run of bytes: a pointer and a length. */
#ifndef SY_BASE_SLICE_H
#define SY_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct sy_slice {
    const char *data; /* borrowed; not NUL-terminated */
    size_t len;       /* bytes */
} sy_slice;

static inline sy_slice sy_slice_of(const char *s)
{
    return (sy_slice){s, strlen(s)};
}

static inline bool sy_slice_equal(sy_slice a, sy_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Byte order, a shorter prefix first: <0, 0, >0. */
static inline int sy_slice_compare(sy_slice a, sy_slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n == 0 ? 0 : memcmp(a.data, b.data, n);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

#endif
