#include "base/hash_internal.h"

#include <xxhash.h>

uint64_t sy_hash64(const void *bytes, size_t len)
{
#ifdef SY_X86
    enum { LONG = 256 }; /* bytes, from which on vectors are used */
    if (len >= LONG && SY_HAS_AVX2)
        return sy_hash64_avx2(bytes, len);
#endif
    return XXH3_64bits(bytes, len);
}
