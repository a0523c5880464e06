/* tests/support/model.h - what a segment holds, as plain arrays: made at random,
 * written through sy_segment_writer, and compared with what a reader reads. */
#ifndef SY_TESTS_SUPPORT_MODEL_H
#define SY_TESTS_SUPPORT_MODEL_H

#include "store/segment_writer.h"

typedef struct sy_model_list {
    uint32_t n;
    sy_docid *docs;
    uint32_t *tfs;    /* NULL: no marks */
    uint64_t *fields; /* with tfs: bits, never 0; ~0 as read: not known */
} sy_model_list;

typedef struct sy_model_bigram {
    uint32_t a, b;
    bool merged; /* as read: it shares its list with others, and has no marks */
    sy_model_list list;
} sy_model_bigram;

typedef struct sy_model_term {
    sy_slice key;
    sy_model_list list;
} sy_model_term;

typedef struct sy_model {
    sy_segment_doc *docs;
    size_t n_docs;
    sy_stored *records;
    sy_record_facts *facts; /* of records; their length as read is rounded */
    uint32_t n_records;
    uint64_t total_length; /* as read */
    uint8_t weights[64];
    uint64_t sets[254]; /* of fields, which have codes */
    size_t n_sets;
    sy_model_bigram *bigrams; /* ascending */
    size_t n_bigrams;
    sy_model_term *terms; /* ascending */
    size_t n_terms;
    void **chunks; /* all memory */
    size_t n_chunks, cap_chunks;
} sy_model;

/* Sizes of a random model; documents without records are strewn in. */
typedef struct sy_model_sizes {
    uint32_t n_records;
    size_t n_docs, n_bigrams, n_terms; /* at most: doubles are dropped */
} sy_model_sizes;

extern const uint8_t sy_model_uuid[16];

void sy_model_random(const sy_model_sizes *sizes, sy_model *out);
/* Memory that lives as long as the model. */
void *sy_model_alloc(sy_model *m, size_t bytes);
/* Writes the file `path` with sy_model_uuid. */
void sy_model_write(const sy_model *m, const char *path, uint64_t number);
/* The same, where it may fail. */
sy_status sy_model_try_write(const sy_model *m, const char *path, uint64_t number, sy_error *err);
/* What comes first in a segment: all records, then the documents. */
sy_status sy_model_put_front(const sy_model *m, sy_segment_writer *w);
void sy_model_free(sy_model *m);

/* Fails the test unless the segment holds just this. */
void sy_model_check(const sy_model *m, const sy_segment *seg);
/* Fails unless the bigrams as read say of each wanted one just what they should. */
void sy_model_compare_bigrams(const sy_model_bigram *got, size_t n_got, const sy_model_bigram *want,
                              size_t n_want);
/* Fails unless the lists are the same, frequencies to the accuracy of their codes. */
void sy_model_compare_lists(const sy_model_list *got, const sy_model_list *want);
/* Fails unless the list that `ref` names is `want`. */
void sy_model_check_list(const sy_segment *seg, const sy_postings_ref *ref,
                         const sy_model_list *want);
const sy_model_bigram *sy_model_find_bigram(const sy_model *m, uint32_t a, uint32_t b);

#endif
