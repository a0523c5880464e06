/* store/postings.h - lists of records: how they lie on disk and how to walk them.
 *
 * A cursor yields docids in strictly ascending order. It starts before the first
 * posting; past the last one it rests on SY_DOC_END, where moves are legal and
 * stay put. Bytes: docs/format.md, "Posting list". One cursor per thread; a
 * cursor is a plain struct that owns nothing and borrows the segment. */
#ifndef SY_STORE_POSTINGS_H
#define SY_STORE_POSTINGS_H

#include "base/buf.h"
#include "store/block_code.h"
#include "store/merged_list.h"

typedef uint32_t sy_docid;                /* dense, segment-local, from 0 */
#define SY_DOC_END ((sy_docid)0x7fffffff) /* survives a signed SIMD compare */

enum {
    SY_POSTINGS_BLOCK = SY_BLOCK,
    SY_POSTINGS_COUNTED = 4 /* full blocks of a marked list that says how many are in each field */
};
#define SY_MERGED_ALL UINT32_MAX

/* Which postings of a marked list are wanted: those in one of some fields. Made by
 * sy_segment_filter; borrowed by cursors. */
typedef struct sy_field_filter {
    bool accept[256];       /* by field code; [0] is not used */
    uint64_t wanted;        /* bits of fields */
    const uint8_t *longest; /* of each record, the bit of its longest field; what code 0 means */
    uint32_t n_records;
    bool exact; /* what is accepted is in a wanted field for certain */
} sy_field_filter;

/* Where a list lies. df 0: an empty list. */
typedef struct sy_postings_ref {
    uint32_t df;                /* records in the list */
    bool marked;                /* frequencies and fields are stored */
    bool merged;                /* a list that rare bigrams share: at most SY_MERGED_MAX postings,
                                   some of one record */
    bool watched;               /* of a pair: each string of it and another such pair has a list */
    uint32_t first, second;     /* merged: its least second character, and the one that is wanted,
                                   whose postings df counts; SY_MERGED_ALL for all */
    uint32_t n_records;         /* then: of the segment */
    const uint8_t *at;          /* NULL for a list of one record, which is inlined: */
    const uint8_t *end;         /* bound for reading */
    sy_docid only;              /* that record */
    sy_mark only_mark;          /* and its marks */
    uint64_t offset;            /* of `at` in its file, for messages */
    const struct sy_file *file; /* what is read of it is held against its sums; NULL: it is sound */
    const uint8_t *subset;      /* not NULL: only postings with their bit here; df counts those */
    uint32_t n_all;             /* of a subset or merged list: postings of the list at `at` */
    const sy_field_filter *filter; /* not NULL: of those only the ones it accepts; df is then
                                      the most there can be */
} sy_postings_ref;

typedef struct sy_postings {
    sy_postings_ref ref;
    uint32_t n_all;       /* postings of the list, with those that are left out */
    uint32_t n_full;      /* full blocks */
    uint32_t block;       /* index of the block that is decoded */
    uint32_t in_block, i; /* docids in it that are not left out; the current one */
    bool corrupt;
    bool marks_decoded;
    bool thinned; /* some are left out: places says where the others stand in the block, and where
                     their marks are until those are decoded */
    const uint8_t *skips, *bounds, *counts, *blocks; /* counts: of each field, or NULL */
    const uint8_t *marks_at;                         /* of the block */
    sy_docid docs[SY_POSTINGS_BLOCK];
    uint8_t tfs[SY_POSTINGS_BLOCK], sets[SY_POSTINGS_BLOCK], places[SY_POSTINGS_BLOCK];
} sy_postings;

/* The records of a merged list, of all its postings or of the bigram wanted, in no order and some
 * more than once, into docs[SY_MERGED_MAX]. Returns how many; 0 if it is damaged: a walk then finds
 * the damage. */
uint32_t sy_postings_merged(const sy_postings_ref *ref, sy_docid *docs);

/* Never fails: a list whose head is damaged starts at its end, with the status. */
void sy_postings_init(sy_postings *p, const sy_postings_ref *ref);
sy_docid sy_postings_next(sy_postings *p); /* amortised O(1) */
/* First docid >= target; a no-op if already there; never moves back. Skips whole
 * blocks undecoded. */
sy_docid sy_postings_seek(sy_postings *p, sy_docid target);
/* The marks at the current record: tf code 0 and SY_SET_UNKNOWN where none are stored. */
sy_mark sy_postings_mark(sy_postings *p);
/* The postings from the current one, which is below `end`, on, as far as they are in one block and
 * below `end`: one at least. Returns how many; the cursor moves to the last of them, and they are
 * borrowed until it moves again. */
uint32_t sy_postings_docs(sy_postings *p, sy_docid end, const sy_docid **docs);
/* Postings one behind the other. */
typedef struct sy_posting_run {
    const sy_docid *docs;
    const uint8_t *tfs, *sets;
    uint32_t n;
} sy_posting_run;
/* The same with their marks. */
void sy_postings_run(sy_postings *p, sy_docid end, sy_posting_run *out);
/* The most that a posting of the block with the first docid >= target adds to a score,
 * in 255ths of the term's full weight (docs/format.md, 5.7); *last is the last docid
 * for which that holds. target is at or behind the cursor, which does not move. */
uint8_t sy_postings_bound(const sy_postings *p, sy_docid target, sy_docid *last);
/* The same for the whole list. */
uint8_t sy_postings_max(const sy_postings *p);
/* How many postings of a list that was not moved its filter accepts, where the list says so: it is
 * long, and the filter wants one field. A damaged list may say anything. */
bool sy_postings_accepted(const sy_postings *p, uint32_t *n);
/* A bad block ends the walk at SY_DOC_END and is remembered here, so the hot
 * loop tests one thing. Ask once after every walk. */
SY_CHECKED sy_status sy_postings_status(const sy_postings *p, const char *where, sy_error *err);

/* What any of n postings adds to a score at most, for sy_postings_encode; and how many of them are
 * in each field, added to counts[SY_FIELD_BITS]: false if that is not known. */
typedef struct sy_bounder {
    uint8_t (*bound)(const void *ctx, const sy_docid *docs, const sy_mark *marks, uint32_t n);
    bool (*count)(const void *ctx, const sy_docid *docs, const sy_mark *marks, uint32_t n,
                  uint32_t *counts);
    const void *ctx;
} sy_bounder;

/* Appends a list of n >= 1 strictly ascending docids, with marks[n] and bounds
 * unless marks is NULL. */
void sy_postings_encode(sy_buf *out, const sy_docid *docs, const sy_mark *marks, uint32_t n,
                        const sy_bounder *bounder);

#endif
