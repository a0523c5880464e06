/* cli/print_html.h - hits as one page for a browser that needs nothing beside it. */
#ifndef SY_CLI_PRINT_HTML_H
#define SY_CLI_PRINT_HTML_H

#include "cli/print.h"

/* What stands above the hits. All borrowed. */
typedef struct sy_html_head {
    const char *const *exprs; /* the question */
    size_t n_exprs;
    uint64_t count;          /* records that match */
    const sy_facets *facets; /* of the field `label`; NULL: no chart */
    const char *label;
} sy_html_head;

void sy_print_html_head(const sy_printer *p, const sy_html_head *head);
void sy_print_html(const sy_printer *p, const sy_shown *hits, size_t n);
void sy_print_html_foot(const sy_printer *p);

#endif
