#include "base/hash.h"

#include <xxhash.h>

uint64_t sy_hash64(const void *bytes, size_t len)
{
    return XXH3_64bits(bytes, len);
}
