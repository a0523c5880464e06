/* query/tools.h - what looking at text needs beside the text: the cutter with
 * the index's lexicon, and its aliases. Opened when first needed, so a query that
 * needs no words never opens ICU. One thread. */
#ifndef SY_QUERY_TOOLS_H
#define SY_QUERY_TOOLS_H

#include "segmenter/cut.h"
#include "segmenter/names.h"
#include "store/index.h"

typedef struct sy_tools {
    const sy_index *index; /* borrowed */
    sy_lexicon lexicon;
    bool opened;           /* the lexicon */
    bool words_with_marks; /* of the lexicon: with a mark that ends a clause */
    sy_cutter *cutter;
    sy_aliases *aliases;
    int64_t regex_ns, regex_most_ns; /* that ICU took for regular expressions, and may take */
} sy_tools;                          /* {.index = index} to start with */

/* The lexicon of the index, checked once. *out is borrowed until release. */
SY_CHECKED sy_status sy_tools_lexicon(sy_tools *t, const sy_lexicon **out, sy_error *err);
/* As sy_cut. */
SY_CHECKED sy_status sy_tools_cut(sy_tools *t, sy_slice normal, const sy_token **tokens,
                                  size_t *n_tokens, sy_error *err);
/* *out is borrowed until release. */
SY_CHECKED sy_status sy_tools_aliases(sy_tools *t, const sy_aliases **out, sy_error *err);
/* Whether `id` is a field of names. */
bool sy_tools_is_names(const sy_tools *t, sy_field_id id);
void sy_tools_release(sy_tools *t);

#endif
