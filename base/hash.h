/* base/hash.h - the one checksum and hash of the project: XXH3, 64 bits. */
#ifndef SY_BASE_HASH_H
#define SY_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t sy_hash64(const void *bytes, size_t len);

#endif
