/* store/segment_writer_internal.h - what a writer of a segment and its parts share. Parts only read
 * it: they are made by several threads at once. */
#ifndef SY_STORE_SEGMENT_WRITER_INTERNAL_H
#define SY_STORE_SEGMENT_WRITER_INTERNAL_H

#include "store/file.h"
#include "store/scoring.h"
#include "store/segment_writer.h"

/* A bigram whose list is wanted again for the grams that have it. */
typedef struct sy_kept {
    uint64_t key;     /* a << 21 | b, plus 1; 0: free */
    uint32_t df;      /* 0: the bigram was not written (yet), or is rare */
    bool watched;     /* docs/format.md, 5.4 */
    uint64_t at, len; /* of its list in bigram lists */
} sy_kept;

/* A character whose row is long, with the list of its records. */
typedef struct sy_char_list {
    uint32_t cp, df;
    sy_docid only;  /* its record, if it is one */
    size_t at, len; /* in char_lists */
} sy_char_list;

/* Field sets to their codes: a table with open addressing. */
typedef struct sy_set_slot {
    uint64_t fields; /* 0: free */
    uint8_t code;
} sy_set_slot;

enum {
    SY_SET_SLOTS = 1024,
    SY_SHARES = 64 /* quarters of frequency whose bounds are kept: nearly all there are */
};

typedef enum sy_writer_stage {
    SY_STAGE_PHRASES,
    SY_STAGE_RECORDS,
    SY_STAGE_BIGRAMS,
    SY_STAGE_TERMS
} sy_writer_stage;

struct sy_segment_writer {
    sy_file_writer file;
    sy_status status; /* NOMEM or LIMIT met while writing */
    sy_writer_stage stage;
    uint32_t n_records;
    uint64_t base; /* of the current group of records */
    sy_buf bases, starts, docs, doc_strings;
    sy_buf keys, key_bases, key_lengths, group_keys; /* the last two of the group in hand */
    uint32_t n_keys;
    sy_buf lengths, longest; /* of records */
    uint64_t total_length;

    uint8_t weights[SY_FIELD_BITS];
    uint64_t sets[SY_FIELD_SETS_MAX];
    size_t n_sets;
    sy_set_slot set_slots[SY_SET_SLOTS];
    /* For bounds: what the fields of a code add, code 0 but for those of the longest field, by its
     * bit; share_bound of quarters and length codes; and the bound of a posting without marks for
     * each record. */
    int set_extra[UINT8_MAX + 1], field_extra[SY_FIELD_BITS];
    uint8_t shares[SY_SHARES][UINT8_MAX + 1];
    uint8_t *plain_bounds;

    sy_buf rows, entries;
    uint32_t n_entries;
    sy_kept *kept; /* bigrams of the grams to come; a table with open addressing */
    size_t kept_slots;
    sy_map lists_map; /* of the file as far as bigram lists go, once they are all there */
    const uint8_t *lists;
    sy_char_list *chars; /* rows that get a list of their own */
    size_t n_chars, cap_chars;
    sy_buf char_lists;

    sy_buf term_blocks, term_index, last_key;
    uint32_t in_block;
};

/* The slot of a bigram that a gram to come has; its key is 0 if there is none. */
sy_kept *sy_kept_slot(const sy_segment_writer *w, uint64_t key);
/* The greatest share that any of n postings can get of a term's weight, rounded up. */
uint8_t sy_segment_bound(const void *writer, const sy_docid *docs, const sy_mark *marks,
                         uint32_t n);
/* Adds to counts[SY_FIELD_BITS] how many of n postings are in each field; false if it is not known
 * of one of them. */
bool sy_segment_count_fields(const void *writer, const sy_docid *docs, const sy_mark *marks,
                             uint32_t n, uint32_t *counts);
/* Calls fn for the key of each bigram of a gram. */
void sy_each_bigram(sy_slice gram, void (*fn)(void *ctx, uint64_t key), void *ctx);
/* An entry of a bigram or merged list. */
void sy_bigram_entry_put(sy_buf *out, uint32_t second, uint64_t place);

/* What a part made, which the writer appends: store/segment_part.c. */
typedef struct sy_part_kept {
    size_t slot;
    uint32_t df;
    uint64_t at, len; /* in lists */
} sy_part_kept;

struct sy_segment_part {
    const sy_segment_writer *w;
    sy_status status;
    sy_buf lists; /* those of bigrams, or of terms */

    sy_buf rows, entries;    /* as on disk, but counted from the start of the part */
    uint32_t n_entries, row; /* the current first character */
    uint32_t row_first;      /* its first entry */
    uint64_t row_start;      /* of its lists */
    struct sy_rare *rare;    /* its rare bigrams */
    uint64_t *row_bits;      /* its records */
    uint64_t row_postings;   /* of its lists together */
    sy_docid *row_docs;      /* scratch: row_docs[n_records] */
    sy_part_kept *kept;
    size_t n_kept, cap_kept;
    sy_char_list *chars;
    size_t n_chars, cap_chars;
    sy_buf char_lists;

    sy_buf terms; /* for each: bytes key, varint df, bytes what follows in its block */
    sy_buf list;
    uint64_t lists_read;        /* of bigrams, since their pages were given back */
    struct sy_prefix *prefixes; /* grams written last, by number of characters */
};

/* Ends the row in hand and frees what is not for the writer. */
void sy_segment_part_end(sy_segment_part *part);

#endif
