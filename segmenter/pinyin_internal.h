/* segmenter/pinyin_internal.h - what the generator of the readings and their reader
 * must agree on.
 *
 * A code point below SY_PINYIN_END has its readings at
 *
 *     list = pinyin_lists + pinyin_blocks[pinyin_index[cp >> SHIFT] << SHIFT | (cp & MASK)]
 *
 * list[0] is their number and list[1], … are rows of pinyin_syllables, the usual one
 * first; list 0 is that of characters without any. A syllable is letters from a to z, ü
 * being v, and ends with a NUL. */
#ifndef SY_SEGMENTER_PINYIN_INTERNAL_H
#define SY_SEGMENTER_PINYIN_INTERNAL_H

enum {
    SY_PINYIN_SHIFT = 6,
    SY_PINYIN_MASK = (1 << SY_PINYIN_SHIFT) - 1,
    SY_PINYIN_END = 0x40000, /* planes 0, 2 and 3 have all Han */
    SY_SYLLABLE_BYTES = 8,   /* zhuang, and its end */
    SY_READINGS_MAX = 8
};

#endif
