/* store/segment_writer.h - write one segment: all records, then the documents,
 * then bigrams, then terms, each in order. Bytes: docs/format.md, 5.
 *
 * Sticky: after a failure calls do nothing, finish reports the first. Memory: 7
 * bytes a record, 7 a frequent bigram, about 10 a term; lists go straight to the file. */
#ifndef SY_STORE_SEGMENT_WRITER_H
#define SY_STORE_SEGMENT_WRITER_H

#include "store/segment.h"

typedef struct sy_segment_writer sy_segment_writer;

/* What is kept of a record for marks and ranking. */
typedef struct sy_record_facts {
    uint32_t length; /* sy_normal_length of its values */
    uint8_t longest; /* bit of the field with most of them, the lowest of equal ones */
} sy_record_facts;

/* One posting as it comes from inversion. */
typedef struct sy_posting {
    sy_docid doc;
    uint32_t tf;     /* occurrences in all fields, >= 1 */
    uint64_t fields; /* bits of those; 0: the record's longest field alone */
} sy_posting;

/* Creates the file `path` (borrowed until finish or abandon). */
SY_CHECKED sy_status sy_segment_writer_open(const char *path, const uint8_t uuid[16],
                                            uint64_t number, sy_segment_writer **out,
                                            sy_error *err);
/* The dictionary of the texts (store/phrases.h), before all records; empty or not
 * called: texts are stored as they are. */
void sy_segment_writer_phrases(sy_segment_writer *w, const void *bytes, size_t len);
/* The next record, given as the bytes of store/record_code.h. */
void sy_segment_writer_record(sy_segment_writer *w, const void *bytes, size_t len,
                              sy_record_facts facts);
uint32_t sy_segment_writer_n_records(const sy_segment_writer *w); /* so far */
/* Once, behind the records: the weights of fields by bit, in quarters
 * ([SY_FIELD_BITS]), and the n sets of fields in which marked postings stand, the most
 * frequent first; those past SY_FIELD_SETS_MAX have no code. Both are copied. */
void sy_segment_writer_fields(sy_segment_writer *w, const uint8_t *weights, const uint64_t *sets,
                              size_t n);
/* All documents, in order; their record counts add up to the records written. */
void sy_segment_writer_docs(sy_segment_writer *w, const sy_segment_doc *docs, size_t n);
/* The strings that may come as grams (n of them) and the watched pairs, as first << 21 | second
 * (docs/format.md, 5.4: strings of three characters of which both pairs are watched all come as
 * grams), before the first bigram: the lists of their bigrams are kept in memory, about 1.5
 * bytes a posting. NOMEM is told by finish. */
void sy_segment_writer_expect(sy_segment_writer *w, const sy_slice *grams, size_t n,
                              const uint64_t *watched, size_t n_watched);
/* The next bigram, ascending by a, then b: list[n], n >= 1. */
void sy_segment_writer_bigram(sy_segment_writer *w, uint32_t a, uint32_t b, const sy_posting *list,
                              uint32_t n);
/* A writer for some of the rows of bigrams, that another thread may fill meanwhile: it takes
 * bigrams only, all by a first character above those that w gets before the join. Behind the
 * documents and before the first bigram of w. Its lists go to the scratch file `path` (borrowed
 * until join or drop). NOMEM, IO. */
SY_CHECKED sy_status sy_segment_writer_part(const sy_segment_writer *w, const char *path,
                                            sy_segment_writer **out, sy_error *err);
/* Appends what the part holds to w and frees it; the file is left. What comes out is the same as
 * if w had got all. IO. */
SY_CHECKED sy_status sy_segment_writer_join(sy_segment_writer *w, sy_segment_writer *part,
                                            const char *path, sy_error *err);
void sy_segment_writer_drop(sy_segment_writer *part); /* frees a part; NULL is a no-op */
/* The next term, ascending by key; of words the marks are kept. */
void sy_segment_writer_term(sy_segment_writer *w, sy_slice key, const sy_posting *list, uint32_t n);
/* A gram among the terms, after the grams that it begins with: its records. */
void sy_segment_writer_gram(sy_segment_writer *w, sy_slice gram, const sy_posting *list,
                            uint32_t n);
/* Ends the file. *len and *checksum name its content in the manifest. Frees w. */
SY_CHECKED sy_status sy_segment_writer_finish(sy_segment_writer *w, uint64_t *len,
                                              uint64_t *checksum, sy_error *err);
/* Removes the file and frees w; NULL is a no-op. */
void sy_segment_writer_abandon(sy_segment_writer *w);

#endif
