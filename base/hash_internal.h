/* base/hash_internal.h - the same hash, for processors with AVX2. */
#ifndef SY_BASE_HASH_INTERNAL_H
#define SY_BASE_HASH_INTERNAL_H

#include "base/cpu.h"
#include "base/hash.h"

#ifdef SY_X86
/* Only where SY_HAS_AVX2. */
uint64_t sy_hash64_avx2(const void *bytes, size_t len);
#endif

#endif
