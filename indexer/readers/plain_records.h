/* indexer/readers/plain_records.h - records of what is no ledger: paragraphs under
 * their headings, and tables whose fields are named by their first row. */
#ifndef SY_INDEXER_READERS_PLAIN_RECORDS_H
#define SY_INDEXER_READERS_PLAIN_RECORDS_H

#include "indexer/readers/ledger_goals.h"
#include "indexer/readers/table_header.h"

enum { SY_HEADING_LEVELS = 10, SY_TEXT_MAX = 64 << 20 };

/* A paragraph outside the tables. */
typedef struct sy_loose {
    sy_buf text;
    int level;
    uint32_t line, ordinal;
} sy_loose;

/* The columns of a table that is no ledger. */
typedef struct sy_plain_table {
    size_t n_columns;
    sy_field_id *fields; /* fields[n_columns] */
    size_t *order;       /* columns, those of one field next to each other */
    bool has_names, has_id, told_wide;
    sy_field_id id; /* whose value is the record's key */
} sy_plain_table;

typedef struct sy_plain {
    sy_schema *schema;
    const sy_sink *sink;
    sy_ledger_goals *goals; /* of the same document */
    sy_field_id f_title, f_section, f_text, f_place, f_hidden, f_note;
    sy_buf title, sections[SY_HEADING_LEVELS];
    bool pending;        /* a heading that nothing stood under yet ... */
    int pending_level;   /* ... of this rank */
    sy_loose pending_at; /* where; without its text */
    bool any_id;         /* keys may repeat */
    sy_record_value *values;
    size_t n_values, cap_values;
    sy_buf key, place, names, scratch;
} sy_plain;

/* Where a row is: set by who knows. */
typedef struct sy_row_at {
    sy_slice place;     /* empty: the document has lines */
    const char *hidden; /* "", "row", "sheet" */
    sy_slice key;
} sy_row_at;

/* All zero but schema, sink and goals, which are borrowed. Adds its fields. */
SY_CHECKED sy_status sy_plain_init(sy_plain *p, sy_error *err);
void sy_plain_release(sy_plain *p);
void sy_plain_begin(sy_plain *p); /* a walk */
/* A paragraph: a heading, or the text under one. */
SY_CHECKED sy_status sy_plain_paragraph(sy_plain *p, const sy_loose *at, sy_error *err);
/* A heading with nothing under it is a record of its own, so that it is found. */
SY_CHECKED sy_status sy_plain_end_heading(sy_plain *p, sy_error *err);
/* A row that is none of a table: a box of text, a title above a table. */
SY_CHECKED sy_status sy_plain_text_row(sy_plain *p, const sy_table_row *row, const sy_row_at *at,
                                       sy_error *err);

/* Names the columns from the first of the rows that has at least two short texts and
 * no number; *from is the row after it, or 0 and fields c1, c2 … if there is none. */
SY_CHECKED sy_status sy_plain_name_columns(sy_plain *p, sy_plain_table *t, const sy_kept_rows *kept,
                                           size_t *from, sy_error *err);
SY_CHECKED sy_status sy_plain_row(sy_plain *p, sy_plain_table *t, const sy_table_row *row,
                                  const sy_row_at *at, sy_error *err);
/* The first walk: takes note of names. */
SY_CHECKED sy_status sy_plain_observe(sy_plain *p, const sy_plain_table *t, const sy_table_row *row,
                                      sy_error *err);
void sy_plain_table_release(sy_plain_table *t);

#endif
