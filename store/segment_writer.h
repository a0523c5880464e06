/* store/segment_writer.h - write one segment: all records and their keys, then the documents,
 * then bigrams, then terms, each in order. Bytes: docs/format.md, 5.
 *
 * Sticky: after a failure calls do nothing, finish reports the first. Memory: the
 * keys, 8 bytes a record, 7 a frequent bigram, about 10 a term; lists go straight to the file. */
#ifndef SY_STORE_SEGMENT_WRITER_H
#define SY_STORE_SEGMENT_WRITER_H

#include "store/segment.h"

typedef struct sy_segment_writer sy_segment_writer;
typedef struct sy_segment_part sy_segment_part; /* store/segment_part.h */

/* What is kept of a record for marks and ranking. */
typedef struct sy_record_facts {
    uint32_t length; /* sy_normal_length of its values */
    uint8_t longest; /* bit of the field with most of them, the lowest of equal ones */
} sy_record_facts;

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
/* The key of the next record, in their order: once for each, before the documents. */
void sy_segment_writer_key(sy_segment_writer *w, sy_slice key);
/* Once, behind the records: the weights of fields by bit, in quarters
 * ([SY_FIELD_BITS]), and the n sets of fields in which marked postings stand, the most
 * frequent first; those past SY_FIELD_SETS_MAX have no code. Both are copied. */
void sy_segment_writer_fields(sy_segment_writer *w, const uint8_t *weights, const uint64_t *sets,
                              size_t n);
/* All documents, in order; their record counts add up to the records written. */
void sy_segment_writer_docs(sy_segment_writer *w, const sy_segment_doc *docs, size_t n);
/* The marks of a posting: tf >= 1 occurrences, in the fields of these bits; 0 stands for the
 * record's longest field alone. Behind the fields. */
sy_mark sy_segment_writer_mark(const sy_segment_writer *w, uint32_t tf, uint64_t fields);
/* The strings that may come as grams (n of them) and the watched pairs, as first << 21 | second
 * (docs/format.md, 5.4: strings of three characters of which both pairs are watched all come as
 * grams), before the first part. NOMEM is told by finish. */
void sy_segment_writer_expect(sy_segment_writer *w, const sy_slice *grams, size_t n,
                              const uint64_t *watched, size_t n_watched);
/* Appends a part (store/segment_part.h), which then only has to be freed. Those of bigrams come
 * first, each with greater first characters than the one before; those of terms likewise by keys.
 * Cost: that of copying. */
void sy_segment_writer_join(sy_segment_writer *w, sy_segment_part *part);
/* Behind the last part of bigrams and before the first of terms. IO; and what finish would tell of
 * what was done so far. */
SY_CHECKED sy_status sy_segment_writer_end_bigrams(sy_segment_writer *w, sy_error *err);
/* Ends the file. *len and *checksum name its content in the manifest. Frees w. */
SY_CHECKED sy_status sy_segment_writer_finish(sy_segment_writer *w, uint64_t *len,
                                              uint64_t *checksum, sy_error *err);
/* Removes the file and frees w; NULL is a no-op. */
void sy_segment_writer_abandon(sy_segment_writer *w);

#endif
