#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The only mutable globals of the library: the switch that tests use. */
static _Atomic unsigned long fail_at;
static _Atomic unsigned long calls;
static _Atomic bool fail_sticky;

static bool must_fail(void)
{
    unsigned long at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (at == 0)
        return false;
    unsigned long now = atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed) + 1;
    return now == at || (now > at && atomic_load_explicit(&fail_sticky, memory_order_relaxed));
}

unsigned long sy_alloc_fail_at(unsigned long n, bool sticky)
{
    atomic_store(&fail_at, n);
    atomic_store(&fail_sticky, sticky);
    return atomic_exchange(&calls, 0);
}

void *sy_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || must_fail())
        return NULL;
    return malloc(bytes ? bytes : 1);
}

void *sy_calloc(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || must_fail())
        return NULL;
    return calloc(1, bytes ? bytes : 1);
}

void *sy_resize(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || must_fail())
        return NULL;
    return realloc(p, bytes ? bytes : 1);
}

void *sy_alloc_large(size_t n, size_t size)
{
    const size_t page = 2 << 20;
    size_t bytes, rounded;
    if (__builtin_mul_overflow(n, size, &bytes) || __builtin_add_overflow(bytes, page, &rounded) ||
        must_fail())
        return NULL;
    if (bytes < page / 4)
        return malloc(bytes ? bytes : 1);
    rounded -= rounded % page;
    void *p = aligned_alloc(page, rounded);
    if (p)
        madvise(p, rounded, MADV_HUGEPAGE); /* only advice */
    return p;
}

void sy_free(void *p)
{
    free(p);
}

char *sy_strndup(const char *s, size_t len)
{
    if (len == SIZE_MAX)
        return NULL;
    char *copy = sy_alloc(len + 1, 1);
    if (!copy)
        return NULL;
    if (len > 0)
        memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

bool sy_grow(void **array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t want = *cap < 8 ? 8 : *cap + *cap / 2 + 1;
    void *bigger = sy_resize(*array, want, size);
    if (!bigger)
        return false;
    *array = bigger;
    *cap = want;
    return true;
}
