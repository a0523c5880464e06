/* query/code_search.h - whether texts have a string, told from the codes that they are stored as.
 *
 * One character of the string, the rarest, is its anchor. Which codes can have the anchor of the
 * string, by what stands around it in them, is worked out in advance. So most of a text costs a
 * look into a table a code; about the others the text is read, as a machine that looks for the
 * string would read it. */
#ifndef SY_QUERY_CODE_SEARCH_H
#define SY_QUERY_CODE_SEARCH_H

#include "query/needle.h"
#include "store/phrases.h"

enum { SY_CODE_SEARCH_MAX = 240 }; /* bytes of the string */

typedef struct sy_code_search sy_code_search;

/* Whether a string in normal form can be looked for in this way: it is short and has no space,
 * since spaces of a text are joined after it is spelt. */
bool sy_code_search_takes(sy_slice string);
/* Copies the string, borrows the phrases, all of which are held against the sums of their file.
 * `anchor`: the bytes of the string before its rarest character; any other serves, but slower.
 * NOMEM, CORRUPT. Takes 64 KiB. Cost: a run over the dictionary,
 * about 50 us of a large one. */
SY_CHECKED sy_status sy_code_search_new(const sy_phrases *phrases, sy_slice string, size_t anchor,
                                        sy_code_search **out, sy_error *err);
void sy_code_search_free(sy_code_search *s); /* NULL is a no-op */

typedef enum sy_code_answer {
    SY_CODES_HAVE_NOT,
    SY_CODES_HAVE,
    SY_CODES_DO_NOT_TELL
} sy_code_answer;

/* Whether the normal form of what codes[n_codes] spell has the string. It is not told of codes that
 * do not hold, and where bytes of a rare character stand behind a space: spell the text then. */
sy_code_answer sy_code_search_run(const sy_code_search *s, const uint8_t *codes, size_t n_codes);

#endif
