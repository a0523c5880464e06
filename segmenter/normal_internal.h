/* segmenter/normal_internal.h - what the generator of the normal form's tables
 * and their reader must agree on.
 *
 * A code point's value is found in two steps,
 *
 *     value = normal_blocks[normal_index[cp >> SHIFT] << SHIFT | (cp & MASK)]
 *     entry = normal_entries[value]
 *
 * and its entry holds flags in the low SY_NORMAL_FLAG_BITS and an offset into
 * normal_pool above them. Offset 0: the normal form is the character itself.
 * Else the pool holds there one byte of length and the normal form in UTF-8, and,
 * for SY_NORMAL_VARIANT, once more so for the form with variants kept (length 0:
 * the character itself). An enclosed number has its value instead of the offset.
 * Values below SY_NORMAL_PLAIN equal their entry: characters that stay as they
 * are, whatever stands beside them. */
#ifndef SY_SEGMENTER_NORMAL_INTERNAL_H
#define SY_SEGMENTER_NORMAL_INTERNAL_H

enum {
    SY_NORMAL_SHIFT = 6,
    SY_NORMAL_BLOCK = 1 << SY_NORMAL_SHIFT,
    SY_NORMAL_MASK = SY_NORMAL_BLOCK - 1,
    SY_NORMAL_FLAG_BITS = 12,
    /* Part of every index: raise it when the rules change and the tables may not. */
    SY_NORMAL_RULES_VERSION = 1
};

enum {
    SY_NORMAL_HAN_FORM = 1 << 0, /* its normal form is Han all through              */
    SY_NORMAL_HAN = 1 << 1,      /* of script Han itself                            */
    SY_NORMAL_LETTER = 1 << 2,
    SY_NORMAL_DIGIT = 1 << 3,
    SY_NORMAL_PLAIN = 1 << 4,    /* not a flag: the first bit above the plain ones  */
    SY_NORMAL_SPACE = 1 << 4,    /* white space inside a paragraph                  */
    SY_NORMAL_BARRIER = 1 << 5,  /* ends a paragraph                                */
    SY_NORMAL_ENCLOSED = 1 << 6, /* an enclosed number                              */
    SY_NORMAL_VARIANT = 1 << 7,  /* has another form where variants are kept        */
    SY_NORMAL_MIXED = 1 << 8,    /* its form has spaces, or Han and others          */
    SY_NORMAL_COMPOSES = 1 << 9, /* the normaliser may join it with a joining one   */
    SY_NORMAL_JOINS = 1 << 10    /* may join with, or move before, what precedes it */
};

/* normal_ascii[c]: the normal form of an ASCII character, with the high bit set
 * if it composes, or this where it is white space or a barrier. */
enum { SY_NORMAL_ASCII_COMPOSES = 0x80, SY_NORMAL_ASCII_SPECIAL = 0xFF };

#endif
