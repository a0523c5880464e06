/* indexer/word_change.h - whether a change of the lexicon changes the words of a segment.
 *
 * A word of the lexicon changes only the cut of a run of Han that it stands in. So where no
 * record has a word that is new or gone or has another weight, the lists of words are as if they
 * had been cut with the new lexicon, and need not be made again. */
#ifndef SY_INDEXER_WORD_CHANGE_H
#define SY_INDEXER_WORD_CHANGE_H

#include "segmenter/lexicon.h"
#include "store/segment.h"

/* *touches: a record may have a word that the two lexicons do not both have with one weight: it has
 * all its pairs of characters. Cost: for each such word the look-up of its pairs, and their lists
 * while they meet. CORRUPT, NOMEM. */
SY_CHECKED sy_status sy_word_change_touches(const sy_segment *seg, const sy_lexicon *before,
                                            const sy_lexicon *after, bool *touches, sy_error *err);

#endif
