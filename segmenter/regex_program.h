/* segmenter/regex_program.h - a regular expression as a program over characters.
 *
 * What it finds is what ICU finds: the sets of characters are ICU's, asked for one character
 * at a time; the order of instructions is that in which ICU tries them. What programs cannot say
 * is left out of them: look-around and \b hold everywhere, a back reference is whatever its group
 * can match, and possessive repetitions and atomic groups give back. Such a program is not exact:
 * where it finds nothing ICU does not either. Source of the form: Thompson, "Regular expression
 * search algorithm", 1968. */
#ifndef SY_SEGMENTER_REGEX_PROGRAM_H
#define SY_SEGMENTER_REGEX_PROGRAM_H

#include "base/slice.h"
#include "base/status.h"

enum {
    SY_PROGRAM_MAX = 2000, /* instructions */
    SY_ATOMS_MAX = 255,    /* distinct characters and sets */
    SY_REPETITION_MAX = 64 /* characters */
};

typedef enum sy_op {
    SY_OP_ATOM,       /* one character of the atom `atom`, then `next` */
    SY_OP_EITHER,     /* `next`, else `other` */
    SY_OP_LINE_START, /* ^, then `next` */
    SY_OP_LINE_END,   /* $, then `next` */
    SY_OP_MATCH
} sy_op;

typedef struct sy_instruction {
    sy_op op;
    uint16_t next, other;
    uint8_t atom;
} sy_instruction;

/* One character, or a set in ICU's spelling. */
typedef struct sy_atom {
    uint32_t cp;   /* if `set` is empty */
    sy_slice set;  /* borrowed from the expression */
    bool plain;    /* [a-z资金], [^a], . */
    void *matcher; /* of the others; a URegularExpression */
} sy_atom;

/* What back references ask for: n characters one behind the other, some of them the same.
 * `(.)(.)\2\1` has n = 4 and the pairs 1, 2 and 0, 3. */
typedef struct sy_repetition {
    uint8_t n, n_pairs; /* 0: nothing is known */
    struct {
        uint8_t a, b;
    } pairs[SY_REPETITION_MAX];
    uint8_t atoms[SY_REPETITION_MAX]; /* atoms[n], or SY_ATOMS_MAX: any character */
    bool whole;                       /* where it stands the expression matches */
} sy_repetition;

typedef struct sy_regex_program {
    sy_instruction *instructions;
    size_t n; /* 0: the expression is none; flags, some escapes, and what is too long */
    uint16_t start;
    bool line_starts; /* there is a ^ */
    bool exact;
    bool plain; /* only what is surely an expression of ICU's, and needs none of its tables */
    sy_repetition repetition;
    sy_atom *atoms;
    size_t n_atoms;
} sy_regex_program;

/* `folded` as for sy_regex_open, which must accept it unless the program is plain; borrowed until
 * release. NOMEM. */
SY_CHECKED sy_status sy_regex_program_make(sy_slice folded, sy_regex_program *out, sy_error *err);
/* Whether an atom has a character. Sets *failed if ICU has no memory to say. */
bool sy_atom_has(const sy_atom *atom, uint32_t cp, bool *failed);
void sy_regex_program_release(sy_regex_program *p);

#endif
