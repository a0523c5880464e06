/* store/segment.h - read one immutable segment of an index.
 *
 * Everything read from the mapping is checked against its sum, when it is first read, and
 * against its bounds; what does not hold is SY_E_CORRUPT, never a crash or an answer. Bytes:
 * docs/format.md, "Segment". A segment is immutable and may be shared between threads. */
#ifndef SY_STORE_SEGMENT_H
#define SY_STORE_SEGMENT_H

#include "base/slice.h"
#include "store/format.h"
#include "store/phrases.h"
#include "store/postings.h"
#include "store/schema.h"

typedef struct sy_segment sy_segment;

/* A document that has records here: [first, first + n_records). */
typedef struct sy_segment_doc {
    sy_slice source; /* the path as it was given to `suoyin index` */
    sy_slice reader; /* "ledger", "jsonl" */
    sy_docid first;
    uint32_t n_records;
    uint64_t size;    /* bytes of the file */
    int64_t mtime_ns; /* of the file, nanoseconds since 1970; 0 for standard input */
    uint64_t hash;    /* sy_hash64 of its bytes */
    uint64_t place;   /* in corpus order, over all segments; ascends in a segment */
    uint64_t length;  /* characters of the normal forms of its records */
} sy_segment_doc;

/* One value of a stored record. */
typedef struct sy_stored_value {
    sy_field_id field;
    uint32_t ordinal; /* which value of its field, from 0 */
    bool simple;      /* its normal form can be spelt (sy_segment_normal) */
    sy_slice coded;   /* as it is stored */
    sy_slice text;    /* original text, UTF-8; empty in a record that is not spelt out */
} sy_stored_value;

/* A stored record, filled by sy_segment_record and reused from record to record.
 * Slices are borrowed until the next fill or until the segment is closed. */
typedef struct sy_stored {
    sy_docid docid;
    uint32_t doc; /* ordinal of its document in the segment */
    uint32_t line, row;
    sy_slice key;            /* empty in a record that is not spelt out */
    sy_stored_value *values; /* by field id, then order in the document */
    size_t n_values, cap_values;
    sy_buf spelt; /* holds texts that are not in the mapping */
} sy_stored;

void sy_stored_release(sy_stored *s);

uint32_t sy_segment_n_records(const sy_segment *seg);
size_t sy_segment_n_docs(const sy_segment *seg);
/* i < n_docs. */
void sy_segment_doc_at(const sy_segment *seg, size_t i, sy_segment_doc *out);
/* The ordinal of the document that has a record; docid < n_records. Cost: O(log n_docs). */
uint32_t sy_segment_doc_of(const sy_segment *seg, sy_docid docid);
SY_CHECKED sy_status sy_segment_record(const sy_segment *seg, sy_docid docid, sy_stored *out,
                                       sy_error *err);
/* As sy_segment_record, but the key is left out and no text is spelt: for looking at few of them.
 */
SY_CHECKED sy_status sy_segment_coded(const sy_segment *seg, sy_docid docid, sy_stored *out,
                                      sy_error *err);
/* docs[n] are going to be read: fetches the beginnings of their records, or each would be waited
 * for. What does not hold is passed over. */
void sy_segment_expect(const sy_segment *seg, const sy_docid *docs, uint32_t n);
/* The key of a record; borrowed until the segment is closed. Keys lie by themselves, so that those
 * of many records are on few pages. */
SY_CHECKED sy_status sy_segment_key(const sy_segment *seg, sy_docid docid, sy_slice *out,
                                    sy_error *err);
/* The keys of records that follow each other in a segment. */
typedef struct sy_key_group {
    const sy_segment *segment; /* NULL: none */
    sy_docid first;
    uint32_t n;
    const char *keys;                   /* one behind the other */
    uint32_t ends[SY_RECORDS_PER_BASE]; /* ends[n] */
} sy_key_group;                         /* {.segment = NULL} to start with */
/* As sy_segment_key, for the keys of many records: *group is the one that was read last. */
SY_CHECKED sy_status sy_segment_key_near(const sy_segment *seg, sy_docid docid, sy_key_group *group,
                                         sy_slice *out, sy_error *err);
enum { SY_CODE_LEN = 2 };
/* False: texts are stored as they are. Else `coded` is codes of SY_CODE_LEN bytes, any run of which
 * may be spelt by itself. */
bool sy_segment_has_phrases(const sy_segment *seg);
/* Its dictionary, for sy_phrases_need; borrowed. An empty one if it has none. */
const sy_phrases *sy_segment_phrases(const sy_segment *seg);
/* Appends a value's original text to out. */
SY_CHECKED sy_status sy_segment_text(const sy_segment *seg, const sy_stored_value *value,
                                     sy_buf *out, sy_error *err);
/* Appends the normal form of a value that is simple, but for its spaces: to be joined by
 * sy_normal_join_spaces. */
SY_CHECKED sy_status sy_segment_normal(const sy_segment *seg, const sy_stored_value *value,
                                       sy_buf *out, sy_error *err);

/* Character layer. The records in which character b follows a directly inside a
 * value's normal form; b is SY_BIGRAM_END where a value or paragraph ends.
 * out->df is 0 if there is none. */
#define SY_BIGRAM_END 10u /* the barrier, U+000A */
SY_CHECKED sy_status sy_segment_bigram(const sy_segment *seg, uint32_t a, uint32_t b,
                                       sy_postings_ref *out, sy_error *err);
/* The row of a: the lists [first, end) together are the records that have a; from
 * `merged` on they are of rare bigrams. first is end if there is none. */
typedef struct sy_bigram_row {
    uint64_t base, lists_end; /* of its lists, in bigram lists */
    uint32_t first, merged, end;
    uint32_t df; /* records that have a */
} sy_bigram_row;
SY_CHECKED sy_status sy_segment_bigram_row(const sy_segment *seg, uint32_t a, sy_bigram_row *out,
                                           sy_error *err);
/* List i of a row. *b: its second character; if out->merged the first of them, and the list is
 * that of all, of which out->df counts the postings, not the records. */
SY_CHECKED sy_status sy_segment_bigram_at(const sy_segment *seg, const sy_bigram_row *row,
                                          uint32_t i, uint32_t *b, sy_postings_ref *out,
                                          sy_error *err);

/* What marks and ranking need; the longest field of each record is held against its sum. `wanted`
 * has the bits (sy_field_bit) of the fields that are wanted; *out borrows the segment. */
SY_CHECKED sy_status sy_segment_filter(const sy_segment *seg, uint64_t wanted, sy_field_filter *out,
                                       sy_error *err);
/* The fields of a posting, as bits; ~0 if they are not known. */
uint64_t sy_segment_fields(const sy_segment *seg, sy_docid docid, uint8_t set);
/* To be called before fields of postings or lengths are asked for: holds what they are
 * read from against its sums. CORRUPT. */
SY_CHECKED sy_status sy_segment_need_facts(const sy_segment *seg, sy_error *err);
/* The codes of the records' lengths (store/scoring.h), [n_records]; borrowed. */
const uint8_t *sy_segment_lengths(const sy_segment *seg);
uint64_t sy_segment_total_length(const sy_segment *seg); /* length of all records */
/* Of each field bit, in quarters: [SY_FIELD_BITS]. The bounds of lists hold for these. */
const uint8_t *sy_segment_weights(const sy_segment *seg);

/* Term dictionary: words, whole values and field presence, each a byte
 * key (store/term_key.h) with a list of records, in byte order of keys. */
SY_CHECKED sy_status sy_segment_term(const sy_segment *seg, sy_slice key, sy_postings_ref *out,
                                     sy_error *err);

/* The records that hold a frequent string of three or more characters in some value;
 * out->df is 0 if the string has no list of its own. The subset of *out may lie in
 * `bits`, whose content is replaced: the caller keeps it as long as *out. */
SY_CHECKED sy_status sy_segment_gram(const sy_segment *seg, sy_slice gram, sy_buf *bits,
                                     sy_postings_ref *out, sy_error *err);

/* Walks the terms that start with a prefix. The lists of grams are only to be had by
 * sy_segment_gram: here `at` is how they are coded. */
typedef struct sy_term_walk {
    const sy_segment *seg;
    sy_buf key; /* the current key */
    sy_buf prefix;
    uint64_t block;          /* index of the current block */
    uint32_t in_block;       /* terms of it that were read */
    uint64_t list_offset;    /* where the next list of the block starts */
    const uint8_t *at, *end; /* what is left of the block */
    bool held;               /* `key` and `ref` are the next answer already */
    sy_postings_ref ref;
} sy_term_walk;

/* To be closed after a failure too. */
SY_CHECKED sy_status sy_term_walk_open(const sy_segment *seg, sy_slice prefix, sy_term_walk *walk,
                                       sy_error *err);
/* *key is borrowed until the next call; *more false at the end. After a failure the
 * walk is at its end. */
SY_CHECKED sy_status sy_term_walk_next(sy_term_walk *walk, bool *more, sy_slice *key,
                                       sy_postings_ref *out, sy_error *err);
void sy_term_walk_close(sy_term_walk *walk);

/* Sizes for `suoyin info`. */
typedef struct sy_region_size {
    const char *name;
    uint64_t bytes;
} sy_region_size;
size_t sy_segment_regions(const sy_segment *seg, sy_region_size *out, size_t cap);

/* For verify: the last entries of dictionaries, which say where their lists end. CORRUPT. */
SY_CHECKED sy_status sy_segment_check_ends(const sy_segment *seg, sy_error *err);

/* For store/index.c: maps `path` and checks the envelope and every section's
 * bounds. Given to the caller: sy_segment_close. */
SY_CHECKED sy_status sy_segment_open(const char *path, const uint8_t uuid[16], sy_segment **out,
                                     sy_error *err);
void sy_segment_close(sy_segment *seg);
/* The file under a segment, borrowed: for its path and sections. */
const struct sy_file *sy_segment_file(const sy_segment *seg);

#endif
