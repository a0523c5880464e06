/* segmenter/automaton.h - whether a regular expression matches a text, in one pass over its
 * characters: the states of all that could match so far, made when they are first reached.
 *
 * It answers what ICU's search for a match that is not empty answers. A state is a number; what
 * leads from it to the next for one character never changes, so that a caller may keep it. Source
 * of the way: Thompson, 1968; Cox, "Regular expression matching in the wild", 2010. One thread. */
#ifndef SY_SEGMENTER_AUTOMATON_H
#define SY_SEGMENTER_AUTOMATON_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/status.h"

enum {
    SY_STATE_FULL = 0,  /* more states than there is room or time for: ask ICU */
    SY_STATE_FOUND = 1, /* it matches, whatever follows */
    SY_STATES_MAX = 4096
};

typedef struct sy_automaton sy_automaton;

/* `folded` is what sy_regex_open accepts, unless the automaton is plain; borrowed until close. *out
 * is NULL for an expression that has to be left to ICU (segmenter/regex_program.h). NOMEM. */
SY_CHECKED sy_status sy_automaton_open(sy_slice folded, sy_automaton **out, sy_error *err);
void sy_automaton_close(sy_automaton *a); /* NULL is a no-op */

/* False: a text that is FOUND need not match, ICU has to be asked; one that is not does not. */
bool sy_automaton_exact(const sy_automaton *a);
/* True: the expression is one of ICU's, without asking. */
bool sy_automaton_plain(const sy_automaton *a);
/* What back references ask for of a text beside; borrowed. */
const struct sy_repetition *sy_automaton_repetition(const sy_automaton *a);
/* Whether atom `atom` of it has a character. If there is no telling, true, and *unsure is set. */
bool sy_automaton_atom_has(sy_automaton *a, uint8_t atom, uint32_t cp, bool *unsure);
/* The state before the first character; never FULL or FOUND. */
unsigned sy_automaton_start(const sy_automaton *a);
/* Characters that no state tells apart are of one class, 1 to 255; 0: FULL. */
unsigned sy_automaton_class(sy_automaton *a, uint32_t cp);
/* The state behind one more character, of a class that is not 0. FULL and FOUND stay. */
unsigned sy_automaton_step(sy_automaton *a, unsigned state, unsigned char_class);
/* FOUND, FULL or any other at the end of the text. */
unsigned sy_automaton_end(sy_automaton *a, unsigned state);
/* All of it for a text in normal form. */
unsigned sy_automaton_run(sy_automaton *a, sy_slice text);

#endif
