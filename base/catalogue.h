/* base/catalogue.h - reads a catalogue of translations as msgfmt writes it (.mo).
 *
 * Not by the C library's gettext: that translates only in a locale that the system has
 * generated, which a small system has not, and a static program would bring its own copy
 * of the locale code. Format: GNU gettext manual, "The Format of GNU MO Files", little-endian,
 * revision 0, sorted; the hash table is not used. Lookups are by binary search. Any bytes are
 * safe to read. Thread-safe. */
#ifndef SY_BASE_CATALOGUE_H
#define SY_BASE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: a catalogue without texts. */
typedef struct sy_catalogue {
    const uint8_t *mo; /* borrowed */
    size_t len;
    uint32_t n;            /* texts */
    uint32_t originals;    /* offset of their table, sorted */
    uint32_t translations; /* and of that of the translations */
} sy_catalogue;

/* Borrows mo[len]. False, and *out is empty, if that is no catalogue. */
bool sy_catalogue_open(const void *mo, size_t len, sy_catalogue *out);

/* The translation of a text (of one with plurals: the first), or NULL if there is none. One
 * whose printf conversions differ from the text's is none: it could read what is not there. */
const char *sy_catalogue_find(const sy_catalogue *c, const char *text);

#endif
