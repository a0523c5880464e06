/* tests/support/naive_pinyin.h - pinyin by trying everything. */
#ifndef SY_TESTS_SUPPORT_NAIVE_PINYIN_H
#define SY_TESTS_SUPPORT_NAIVE_PINYIN_H

#include "segmenter/pinyin.h"

/* The start of the shortest place of a text, a normal form, that ends at byte `end` and can be
 * read as the term; SIZE_MAX if there is none. Exponential in bad cases: for short texts. */
size_t naive_pinyin_start(const sy_pinyin *term, sy_slice text, size_t end);
/* Letters somewhere from a text: full readings, initials, or nearly; "" if it has none. Now and
 * then divided by apostrophes. */
void naive_pinyin_term(sy_slice text, char *out, size_t cap);

#endif
