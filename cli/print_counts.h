/* cli/print_counts.h - how many records have which values: --count-by of one field, or of two as
 * a cross table. */
#ifndef SY_CLI_PRINT_COUNTS_H
#define SY_CLI_PRINT_COUNTS_H

#include "query/search.h"

typedef enum sy_counts_form {
    SY_COUNTS_LINES, /* a count, a tab and the values, as in a pipe */
    SY_COUNTS_CARD,  /* the same, but two fields as a table for the eye */
    SY_COUNTS_TSV,   /* a table with a row of names, as are those for programs */
    SY_COUNTS_CSV,
    SY_COUNTS_JSON
} sy_counts_form;

typedef struct sy_counts {
    sy_field_id fields[2];
    size_t n_fields; /* 1 or 2 */
    sy_counts_form form;
    bool terminal;  /* the output is one: values are made visible */
    bool bom;       /* of CSV */
    unsigned width; /* of the terminal */
    char end;
    uint64_t offset, limit; /* of values of the first field; limit 0: all */
} sy_counts;

/* Counts a search's records, to its end, and appends what is to be printed; says on standard error
 * what the counts are not. *any: whether there was a record. */
SY_CHECKED sy_status sy_print_counts(sy_search *search, const sy_schema *schema,
                                     const sy_counts *how, sy_buf *out, bool *any, sy_error *err);

#endif
