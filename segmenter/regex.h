/* segmenter/regex.h - ICU's regular expressions over normal forms in UTF-8.
 *
 * An expression is brought to normal form where its letters stand for themselves, so that
 * what is typed in Traditional, full-width or capitals finds what a search for the text
 * would. Its syntax is that of ICU:
 * https://unicode-org.github.io/icu/userguide/strings/regexp.html. One thread. */
#ifndef SY_SEGMENTER_REGEX_H
#define SY_SEGMENTER_REGEX_H

#include "base/buf.h"
#include "base/slice.h"

enum { SY_REGEX_MAX = 4096 /* bytes of an expression */ };

/* Appends the expression with its plain characters in normal form: letters fold, a character that
 * becomes several is a group, one that becomes a sign of the syntax is escaped. What
 * stands behind a backslash, and names of groups and properties, stay. A first (?i) is left out
 * where it says nothing new, since texts are folded too. NOMEM. */
SY_CHECKED sy_status sy_regex_fold(unsigned norm_flags, sy_slice expr, sy_buf *out, sy_error *err);

typedef struct sy_regex sy_regex;

/* `folded` is what sy_regex_fold gave. ^ and $ match at the ends of lines too. INPUT with ICU's
 * reason, LIMIT past SY_REGEX_MAX. */
SY_CHECKED sy_status sy_regex_open(sy_slice folded, sy_regex **out, sy_error *err);
/* Whether it can be opened. */
SY_CHECKED sy_status sy_regex_check(sy_slice folded, sy_error *err);
/* As sy_regex_open, for an expression that is surely one (sy_automaton_plain), which it borrows
 * until close: ICU reads it when it is first needed, for which it makes tables that cost
 * milliseconds. */
SY_CHECKED sy_status sy_regex_open_later(sy_slice folded, sy_regex **out, sy_error *err);
void sy_regex_close(sy_regex *re); /* NULL is a no-op */
/* How long the search of each text that is started from now on may take in all; 0: any time. */
void sy_regex_set_limit(sy_regex *re, int64_t ns);

/* Begins with a text, normal form, borrowed until the next call. NOMEM; those of opening. */
SY_CHECKED sy_status sy_regex_start(sy_regex *re, sy_slice text, sy_error *err);
/* The next match that is not empty, [*start, *end) in bytes; *found is false after the last.
 * LIMIT when it takes too long (about half a second for one match, or what was set) or too much
 * memory. */
SY_CHECKED sy_status sy_regex_next(sy_regex *re, bool *found, size_t *start, size_t *end,
                                   sy_error *err);

#endif
