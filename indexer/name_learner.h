/* indexer/name_learner.h - the lexicon of an index: the user's words, the names of the
 * alias file, and those that stand in name fields.
 *
 * Names are told while documents are read, and count when their document is kept; so
 * the lexicon is that of the documents which the index will hold, and of no others. */
#ifndef SY_INDEXER_NAME_LEARNER_H
#define SY_INDEXER_NAME_LEARNER_H

#include "indexer/readers/string_table.h"
#include "segmenter/lexicon.h"

typedef struct sy_name_learner {
    unsigned norm_flags;
    sy_lexicon_builder *words;
    sy_string_table names;   /* that count */
    sy_string_table pending; /* of the document begun */
    sy_buf normal;           /* scratch */
} sy_name_learner;

/* `aliases` and `user_words` are the texts of the files. INPUT on a broken alias text. Even
 * after a failure the learner is to be released. */
SY_CHECKED sy_status sy_name_learner_open(unsigned norm_flags, sy_slice aliases,
                                          sy_slice user_words, sy_name_learner *out, sy_error *err);
/* Begins a document: the names of one that was not kept are forgotten. */
void sy_name_learner_begin(sy_name_learner *l);
/* A name of it, as it stands there. */
SY_CHECKED sy_status sy_name_learner_add(sy_name_learner *l, sy_slice text, sy_error *err);
/* Its names count. */
SY_CHECKED sy_status sy_name_learner_keep(sy_name_learner *l, sy_error *err);
/* A name in normal form, without what whole values ignore, counts. */
SY_CHECKED sy_status sy_name_learner_know(sy_name_learner *l, sy_slice name, sy_error *err);
/* Appends the lexicon image to `image`. */
SY_CHECKED sy_status sy_name_learner_finish(sy_name_learner *l, sy_buf *image, sy_error *err);
void sy_name_learner_release(sy_name_learner *l);

#endif
