/* store/bitpack.h - 128 numbers of 0 to 32 bits, packed in four lanes.
 *
 * Layout: docs/format.md, 5.5. Source of the layout: Lemire and Boytsov,
 * "Decoding billions of integers per second through vectorization" (2015),
 * section 4.4; a compiler turns the inner loops over lanes into vector code. */
#ifndef SY_STORE_BITPACK_H
#define SY_STORE_BITPACK_H

#include <stddef.h>
#include <stdint.h>

enum { SY_PACK_COUNT = 128 };

/* Bytes that 128 numbers of `width` bits take. */
static inline size_t sy_pack_bytes(unsigned width)
{
    return (size_t)width * (SY_PACK_COUNT / 8);
}

/* Bits of the largest of numbers[128]. */
unsigned sy_pack_width(const uint32_t *numbers);
/* Writes sy_pack_bytes(width) bytes; width <= 32 and no number is wider. */
void sy_pack(const uint32_t *numbers, unsigned width, uint8_t *out);
/* Reads sy_pack_bytes(width) bytes into numbers[128]; width <= 32. */
void sy_unpack(const uint8_t *in, unsigned width, uint32_t *numbers);

#endif
