/* segmenter/width.h - how many columns text takes on a terminal, so that Chinese
 * lines up in tables and under carets.
 *
 * Wide and full-width characters take two columns, combining and other invisible
 * ones none. Ambiguous characters (①, “, …, ―) count one, as terminals draw them
 * unless told otherwise. An emoji made of several code points counts as the sum
 * of its parts, as most terminals draw it. Source: Unicode Standard Annex 11,
 * from ICU's data. Thread-safe. */
#ifndef SY_SEGMENTER_WIDTH_H
#define SY_SEGMENTER_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/* 0, 1 or 2. Control characters are 0: print something visible instead. */
int sy_cp_width(uint32_t cp);
/* The sum over utf8[len]; each ill-formed part counts as one U+FFFD. */
size_t sy_text_width(const char *utf8, size_t len);

#endif
