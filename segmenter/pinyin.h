/* segmenter/pinyin.h - pinyin: how Han characters are read, and where a text can be read
 * as somebody typed it (zijin or zj for 资金).
 *
 * Which readings there are and what a term means is defined in docs/segmentation.md,
 * "Pinyin", and docs/query-language.md. The readings are tables in the program, made from
 * ICU's data when it is built (segmenter/pinyin_gen.c); nothing here calls ICU. */
#ifndef SY_SEGMENTER_PINYIN_H
#define SY_SEGMENTER_PINYIN_H

#include "base/buf.h"
#include "base/slice.h"

enum { SY_PINYIN_MAX = 64 }; /* letters of a term: a set of places in it is one number */

/* The i-th reading of a character of a normal form, from 0 on, the usual one first:
 * letters from a to z without tone, ü being v, but u after j, q, x and y, as pinyin writes it.
 * NULL past the last. */
const char *sy_pinyin_reading(uint32_t cp, size_t i);

/* A term made ready. */
typedef struct sy_pinyin {
    char letters[SY_PINYIN_MAX];
    uint8_t reach[SY_PINYIN_MAX]; /* [i]: where the character that is read from letter i on
                                     must end at last */
    size_t n;                     /* letters; at least 1 */
    bool begins;                  /* its last reading may go on (zij*) */
    bool whole;                   /* the whole text must be read */
} sy_pinyin;

typedef enum sy_pinyin_fault {
    SY_PINYIN_GOOD,
    SY_PINYIN_LONG,  /* more than SY_PINYIN_MAX letters            */
    SY_PINYIN_OTHER, /* something else than letters and what divides them */
    SY_PINYIN_EMPTY  /* nothing but what divides them              */
} sy_pinyin_fault;

/* Reads a term's normal form: letters a to z and digits; tones are passed over, ü is also v or
 * u:; blanks and apostrophes divide syllables. *out is filled if the answer is GOOD. */
sy_pinyin_fault sy_pinyin_read(sy_slice normal, sy_pinyin *out);

/* A walk over the places of a text that can be read as a term: neighbouring characters
 * whose full readings, or whose initials, one behind the other are the term, ü being
 * typed as v or u. A Latin letter or digit is read as itself; any other character ends what is
 * before it. Behind each character at most one place ends, the shortest.
 *
 * For both ways of reading, `held` has a bit for each number of letters that some
 * characters up to here are read as, and `starts` where the last of such runs starts. */
typedef struct sy_pinyin_walk {
    const sy_pinyin *term;
    sy_slice text;
    size_t at;     /* the next character */
    unsigned turn; /* which half of `starts` is filled */
    uint64_t held[2];
    uint32_t starts[2][2][SY_PINYIN_MAX];
} sy_pinyin_walk;

/* Both are borrowed until the walk is done; `text` is a normal form. */
void sy_pinyin_begin(sy_pinyin_walk *w, const sy_pinyin *term, sy_slice text);
/* The next place, [*start, *end) in bytes; false after the last. A walk costs at most the
 * product of the text's characters and the term's letters, and about the former if few
 * places begin like the term. */
bool sy_pinyin_next(sy_pinyin_walk *w, size_t *start, size_t *end);

/* Appends the usual reading of each character of a text, one behind the other; what cannot
 * be read is left out. */
void sy_pinyin_spell(sy_slice normal, sy_buf *out);

#endif
