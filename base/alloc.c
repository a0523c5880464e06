#include "base/alloc.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
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

enum { LARGE_PAGE = 2 << 20, LARGE_LEAST = LARGE_PAGE / 4 };

/* Bytes to the next multiple of a large page. */
static size_t to_page(uintptr_t at)
{
    return (size_t)(-at & (LARGE_PAGE - 1));
}

void *sy_alloc_large(size_t n, size_t size)
{
    size_t bytes, mapped;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2 || must_fail())
        return NULL;
    if (bytes < LARGE_LEAST)
        return malloc(bytes ? bytes : 1);
    bytes += to_page(bytes);
    mapped = bytes + LARGE_PAGE;
    char *p = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    size_t before = to_page((uintptr_t)p), behind = mapped - before - bytes;
    if (before > 0)
        munmap(p, before);
    if (behind > 0)
        munmap(p + before + bytes, behind);
    madvise(p + before, bytes, MADV_HUGEPAGE); /* only advice */
    return p + before;
}

void sy_free_large(void *p, size_t n, size_t size)
{
    size_t bytes = n * size;
    if (bytes < LARGE_LEAST)
        free(p);
    else if (p)
        munmap(p, bytes + to_page(bytes));
}

void sy_free(void *p)
{
    free(p);
}

void sy_alloc_settle(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
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
