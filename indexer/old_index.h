/* indexer/old_index.h - the index that a run finds: its documents in corpus order, and
 * what becomes of its segments.
 *
 * Documents that changed or are gone are dropped: their segments stay, and the next
 * manifest says that they are deleted. Segments may be taken instead: their documents
 * that count go into the spool, and with it into the new segment. */
#ifndef SY_INDEXER_OLD_INDEX_H
#define SY_INDEXER_OLD_INDEX_H

#include "indexer/name_learner.h"
#include "indexer/repeated_keys.h"
#include "indexer/spool.h"
#include "indexer/tiers.h"
#include "store/manifest.h"

typedef struct sy_old_doc {
    uint32_t segment, ordinal; /* which document of which segment */
    uint64_t place;
} sy_old_doc;

typedef struct sy_old_segment {
    const sy_segment *segment;
    sy_segment_ref ref; /* as the next manifest has it, but for its deleted documents */
    bool *dropped;      /* dropped[n_docs]: before or in this run */
    uint32_t n_dropped; /* documents */
    uint32_t dropped_records;
    bool recut; /* its words are those of another lexicon, and it is small */
    bool taken;
} sy_old_segment;

typedef struct sy_old_index {
    const sy_index *index; /* borrowed; NULL: there is none */
    sy_old_segment *segments;
    size_t n_segments;
    sy_old_doc *docs; /* that count when the run begins, in corpus order */
    size_t n_docs;
    uint64_t next_place; /* behind all documents */
    uint32_t *deleted;   /* of sy_old_index_refs */
} sy_old_index;

/* index NULL: an empty one. Even after a failure it is to be released. */
SY_CHECKED sy_status sy_old_index_open(const sy_index *index, sy_old_index *out, sy_error *err);
void sy_old_index_release(sy_old_index *old);

/* What the index has of docs[i]; strings are borrowed from its segment. */
void sy_old_index_doc(const sy_old_index *old, size_t i, sy_segment_doc *out);
/* docs[i] counts no longer. Not twice. */
void sy_old_index_drop(sy_old_index *old, size_t i);
bool sy_old_index_dropped(const sy_old_index *old, size_t i);
/* Notes the keys of the documents that count still, docs[i] as document i. */
SY_CHECKED sy_status sy_old_index_keys(const sy_old_index *old, sy_seen_keys *keys, sy_error *err);
/* Copies the records of docs[i] into the spool. `names`, unless NULL, learns its names. */
SY_CHECKED sy_status sy_old_index_spool(const sy_old_index *old, size_t i, const sy_schema *schema,
                                        sy_spool *spool, sy_name_learner *names, sy_error *err);
/* Compares the words of each segment with those of the new lexicon, an image: after this a
 * segment's reference says whether they are the same (docs/format.md, 5). */
SY_CHECKED sy_status sy_old_index_compare_words(sy_old_index *old, const sy_tiers *tiers,
                                                sy_slice lexicon, sy_error *err);
/* Takes segments as sy_tiers_choose says and those that are to be cut again, and spools their
 * documents that count; their names are not learned here. */
SY_CHECKED sy_status sy_old_index_merge(sy_old_index *old, const sy_tiers *tiers,
                                        const sy_schema *schema, sy_spool *spool, sy_error *err);
/* Takes all segments, whose documents that count are in the spool already. */
void sy_old_index_take_all(sy_old_index *old);
/* Teaches the names of all documents that count, from the lists of whole values. Cost: the
 * distinct names, and the lists of those that deleted documents have. */
SY_CHECKED sy_status sy_old_index_learn(const sy_old_index *old, const sy_schema *schema,
                                        sy_name_learner *names, sy_error *err);
/* The place of the first document in the segment of a number. */
uint64_t sy_old_index_first_place(const sy_old_index *old, uint64_t number);
/* Appends the segments that stay to refs[*n]; room for n_segments. Their lists of deleted documents
 * are borrowed from `old`. */
SY_CHECKED sy_status sy_old_index_refs(sy_old_index *old, sy_segment_ref *refs, size_t *n,
                                       sy_error *err);

#endif
