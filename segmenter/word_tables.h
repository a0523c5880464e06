/* segmenter/word_tables.h - what the cutter knows of characters and words,
 * compiled into the program by segmenter/words_gen.c. */
#ifndef SY_SEGMENTER_WORD_TABLES_H
#define SY_SEGMENTER_WORD_TABLES_H

#include "segmenter/trie.h"

/* How ICU's word rules treat a character. The generator finds it out by asking
 * ICU's iterator, so that the rules are those of the ICU at hand. */
typedef enum sy_break_class {
    SY_BREAK_BY_ICU, /* anything not said below: the iterator itself cuts around it  */
    SY_BREAK_GAP,    /* space and barrier                                            */
    SY_BREAK_ALONE,  /* breaks from all but characters of class BY_ICU               */
    SY_BREAK_HAN,    /* the dictionary cuts runs of them                             */
    SY_BREAK_LETTER,
    SY_BREAK_DIGIT,
    SY_BREAK_JOINER,     /* as _: joins letters, digits and joiners                  */
    SY_BREAK_MID_LETTER, /* one between two letters breaks nothing                   */
    SY_BREAK_MID_DIGIT,  /* one between two digits                                   */
    SY_BREAK_MID_BOTH    /* either of the two                                        */
} sy_break_class;

enum { SY_BREAK_SHIFT = 7 }; /* entry = blocks[index[cp >> SHIFT]][cp & MASK] */

/* An entry is the class and what else units.h asks of a character. */
enum {
    SY_BREAK_CLASS_MASK = 0x0F,
    SY_CHAR_NUMERAL = 0x10, /* 一 〇 万; ○ stands for 〇 */
    SY_CHAR_SOUND = 0x20    /* writes foreign names by sound: 克 斯 */
};

extern const uint16_t sy_break_index[0x110000 >> SY_BREAK_SHIFT];
extern const uint8_t sy_break_blocks[][1 << SY_BREAK_SHIFT];
/* The codes of the tries, for code points from SY_TRIE_CP_FIRST on. */
extern const uint16_t sy_trie_codes[SY_TRIE_CP_END - SY_TRIE_CP_FIRST];

/* How bound a character is, by its code: -ln of the share of its occurrences in which it is a
 * word itself, by the learned costs, in steps of 1 / SY_BOUND_SCALE, SY_BOUND_MOST at most;
 * 0 for function words and numerals. */
enum { SY_BOUND_SCALE = 32, SY_BOUND_MOST = 6 * SY_BOUND_SCALE };
extern const uint8_t sy_char_bound[];

/* ICU's Chinese dictionary with ICU's costs: its words of class HAN. The hash is
 * that of the dictionary as ICU keeps it (sy_icu_words_hash). */
extern const sy_trie sy_trie_icu;
/* The same words and more with costs learned from raw text, without those that are
 * two words to a reader: segmenter/word_costs.tsv. The hash is that of the file. */
extern const sy_trie sy_trie_learned;

static inline uint8_t sy_break_entry(uint32_t cp)
{
    return sy_break_blocks[sy_break_index[cp >> SY_BREAK_SHIFT]][cp & ((1 << SY_BREAK_SHIFT) - 1)];
}

static inline sy_break_class sy_break_class_of(uint32_t cp)
{
    return (sy_break_class)(sy_break_entry(cp) & SY_BREAK_CLASS_MASK);
}

static inline uint16_t sy_trie_code(uint32_t cp)
{
    return cp - SY_TRIE_CP_FIRST < SY_TRIE_CP_END - SY_TRIE_CP_FIRST
               ? sy_trie_codes[cp - SY_TRIE_CP_FIRST]
               : 0;
}

#endif
