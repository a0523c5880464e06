/* query/regex_parts.h - the texts without which a regular expression cannot match.
 *
 * They tell which records can match at all, so that only these are read. Source of the
 * idea: Cox, "Regular expression matching with a trigram index", 2012. */
#ifndef SY_QUERY_REGEX_PARTS_H
#define SY_QUERY_REGEX_PARTS_H

#include "query/query_internal.h"

typedef enum sy_parts_kind {
    SY_PARTS_ANY,  /* nothing is known: every text can match */
    SY_PARTS_TEXT, /* it stands in each text that matches    */
    SY_PARTS_AND,
    SY_PARTS_OR
} sy_parts_kind;

typedef struct sy_parts {
    sy_parts_kind kind;
    sy_slice text;                    /* one character or more */
    const struct sy_parts **children; /* n_children */
    size_t n_children;
} sy_parts;

/* Reads an expression as sy_regex_fold gave it; what is not understood counts as ANY. All is in
 * `memory`. Never refuses: whether the expression is one, ICU says. NOMEM. Cost: linear. */
SY_CHECKED sy_status sy_regex_parts(sy_slice folded, sy_query_memory *memory, const sy_parts **out,
                                    sy_error *err);

/* The longest text that all matches have, or an empty one. */
sy_slice sy_parts_longest(const sy_parts *parts);

#endif
