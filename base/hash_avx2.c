#include "base/hash_internal.h"

/* libxxhash is built for the oldest x86-64; its header has all of it, too. 4 KiB that lie in a
 * cache take .2 us this way instead of .5. */
#ifdef SY_X86
#include <immintrin.h>
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define XXH_INLINE_ALL
#define XXH_VECTOR 2 /* XXH_AVX2, which is defined below */
#include <xxhash.h>

uint64_t sy_hash64_avx2(const void *bytes, size_t len)
{
    return XXH3_64bits(bytes, len);
}
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
