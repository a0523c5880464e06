/* query/pattern.h - find the places of a text that a term with wildcards, or with
 * edits, describes. One pass over the text for each pattern. */
#ifndef SY_QUERY_PATTERN_H
#define SY_QUERY_PATTERN_H

#include "base/status.h"

/* Longer patterns are refused, so that a pass costs at most this much a character. */
#define SY_PATTERN_MAX 64

/* Besides characters, an atom is one of these. Both stand for letters, digits and
 * Han characters only. */
#define SY_ATOM_ONE 0x110000u /* one of them         */
#define SY_ATOM_RUN 0x110001u /* any number, also none */

typedef struct sy_pattern {
    uint32_t atoms[SY_PATTERN_MAX];
    size_t n;
    unsigned edits;  /* characters put in, left out or replaced; without wildcards */
    bool word_start; /* a match begins where a word does */
    bool word_end;   /* and ends where one does          */
} sy_pattern;

/* A pass. Bytes are those of the text. */
typedef struct sy_pattern_pass {
    const sy_pattern *pattern;
    /* For each beginning of the pattern: the fewest edits with which it ends here,
     * and the byte where that starts. */
    unsigned cost[SY_PATTERN_MAX + 1];
    uint32_t start[SY_PATTERN_MAX + 1];
} sy_pattern_pass;

void sy_pattern_begin(sy_pattern_pass *pass, const sy_pattern *pattern);
/* The place `byte`, before the next character: `open` if a match may start there. */
void sy_pattern_place(sy_pattern_pass *pass, uint32_t byte, bool open);
/* Reads the next character of the text. */
void sy_pattern_read(sy_pattern_pass *pass, uint32_t cp);
/* True if a match ends behind the last character; it starts at *start. */
bool sy_pattern_ends(const sy_pattern_pass *pass, uint32_t *start);

#endif
