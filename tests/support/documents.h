/* tests/support/documents.h - office documents for tests, written from one table. */
#ifndef SY_TESTS_SUPPORT_DOCUMENTS_H
#define SY_TESTS_SUPPORT_DOCUMENTS_H

#include "base/buf.h"
#include "base/slice.h"

/* A cell of a table: its text (paragraphs end in \n), and what it covers. */
typedef struct sy_doc_cell {
    const char *text;       /* NULL: covered by another cell */
    unsigned columns, rows; /* 0 counts as 1 */
} sy_doc_cell;

typedef struct sy_doc_table {
    const char *const *before; /* paragraphs above it: before[n_before] */
    size_t n_before;
    const sy_doc_cell *cells; /* cells[n_rows][n_columns] */
    size_t n_rows, n_columns;
} sy_doc_table;

/* Each appends a whole document. */
void sy_doc_docx(const sy_doc_table *t, sy_buf *out);
void sy_doc_xlsx(const sy_doc_table *t, sy_buf *out);
void sy_doc_odt(const sy_doc_table *t, sy_buf *out);
void sy_doc_ods(const sy_doc_table *t, sy_buf *out);
void sy_doc_html(const sy_doc_table *t, sy_buf *out);
/* Covered cells are written out in full, since CSV cannot merge. */
void sy_doc_csv(const sy_doc_table *t, sy_buf *out);
/* A dump of the table as text: indexer/readers/ledger.c. */
void sy_doc_dump(const sy_doc_table *t, sy_buf *out);

typedef struct sy_doc_part {
    const char *name, *content;
} sy_doc_part;
/* Appends a zip archive of parts[n]. */
void sy_doc_zip(const sy_doc_part *parts, size_t n, sy_buf *out);
/* A .docx whose body is this XML, with the parts numbering.xml, styles.xml and
 * footnotes.xml where these are not NULL. */
void sy_doc_word(const char *body, const char *numbering, const char *styles, const char *footnotes,
                 sy_buf *out);
/* A .odt whose body is this XML, with styles of its own in the head (NULL: none) and
 * what is inside <office:document-styles> of styles.xml (NULL: no such part). */
void sy_doc_writer(const char *body, const char *automatic, const char *styles, sy_buf *out);
/* A .xlsx of sheets[n], XML inside <worksheet>, with these shared strings and styles. */
typedef struct sy_doc_sheet {
    const char *name, *xml;
    bool hidden;
} sy_doc_sheet;
void sy_doc_excel(const sy_doc_sheet *sheets, size_t n, const char *strings, const char *styles,
                  sy_buf *out);

#endif
