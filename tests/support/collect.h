/* tests/support/collect.h - reads a document with the reader that recognises it and
 * keeps what it gave, for tests of readers. */
#ifndef SY_TESTS_SUPPORT_COLLECT_H
#define SY_TESTS_SUPPORT_COLLECT_H

#include "indexer/reader.h"

typedef struct sy_collected_record {
    char *key;
    uint32_t line, row;
    char *values; /* "field=value\n…" in order, line ends inside values as ⏎ */
} sy_collected_record;

typedef struct sy_collected_report {
    sy_report_kind kind;
    uint32_t line;
    char *message;
} sy_collected_report;

typedef struct sy_collected {
    const sy_reader *reader; /* NULL: none recognised the document */
    sy_status status;
    sy_error err;
    sy_schema schema; /* the shipped one, and what the document added */
    sy_collected_record *records;
    size_t n_records, cap_records;
    sy_collected_report *reports;
    size_t n_reports, cap_reports;
    size_t refuse_at; /* the sink refuses this record (from 1) with SY_E_LIMIT; 0: none */
    char found[4096]; /* what sy_collected_get gave last */
} sy_collected;

/* Reads text[len], which need not end with a NUL byte. */
void sy_collect(sy_collected *c, const char *text, size_t len);
void sy_collected_release(sy_collected *c);

/* The record with this key; fails the test if there is none. */
const sy_collected_record *sy_collected_key(const sy_collected *c, const char *key);
/* The values of a field joined by |, or NULL if the record does not have it. */
const char *sy_collected_get(sy_collected *c, const char *key, const char *field);
/* All keys joined by spaces; good until the next call. */
const char *sy_collected_keys(sy_collected *c);
/* Reports of a kind; those of which the message holds `part` (NULL: any). */
size_t sy_collected_count(const sy_collected *c, sy_report_kind kind, const char *part);

#endif
