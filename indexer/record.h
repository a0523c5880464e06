/* indexer/record.h - what a reader makes of a document: records, and reports of
 * what it saw. Every reader fills these; nothing behind them knows formats. */
#ifndef SY_INDEXER_RECORD_H
#define SY_INDEXER_RECORD_H

#include "base/slice.h"
#include "store/schema.h"

typedef struct sy_record_value {
    sy_field_id field;
    sy_slice text; /* as the document has it, well-formed UTF-8; may be empty */
} sy_record_value;

/* What a record was in its document. */
typedef enum sy_record_kind {
    SY_RECORD_GOAL,      /* of a ledger                  */
    SY_RECORD_ROW,       /* of another table             */
    SY_RECORD_PARAGRAPH, /* or a text that stands alone  */
    SY_RECORD_OBJECT,    /* of JSON                      */
    SY_N_RECORD_KINDS
} sy_record_kind;

/* One record. Everything is borrowed for the call it is passed to. A field with
 * several values has several entries, in order, next to each other; a missing
 * field has none; an empty cell has one empty value. */
typedef struct sy_record {
    sy_slice key;  /* unique within its document (the reader sees to it) */
    bool made_key; /* the document has none: every other may have the same */
    uint32_t line; /* where its row starts, from 1; 0 if the format has no lines */
    uint32_t row;  /* ordinal of its row in the document, from 1: goals of one row share it */
    const sy_record_value *values;
    size_t n_values;
    sy_record_kind kind;
} sy_record;

typedef enum sy_report_kind {
    SY_REPORT_NEWS,     /* worth knowing, nothing lost: declared 14, found 13    */
    SY_REPORT_REPLACED, /* something was changed to fit: bytes to U+FFFD, cut row */
    SY_REPORT_SKIPPED   /* something was left out, and why                       */
} sy_report_kind;

/* A section of a ledger whose heading declares how many goals it has. */
typedef struct sy_section_count {
    sy_slice title; /* without numeral and count; borrowed for the call */
    uint32_t line;  /* of the heading; 0 if the format has no lines */
    uint32_t declared, found;
} sy_section_count;

/* Where a reader puts what it finds. All functions are called on the reader's
 * thread. `record` may refuse (NOMEM, LIMIT, IO): the reader then stops and
 * returns that status. `message` is one lower-case clause, no full stop. */
typedef struct sy_sink {
    void *ctx;
    sy_status (*record)(void *ctx, const sy_record *record, sy_error *err);
    void (*report)(void *ctx, sy_report_kind kind, uint32_t line, const char *message);
    void (*section)(void *ctx, const sy_section_count *section); /* NULL: nobody counts */
} sy_sink;

#endif
