/* indexer/reader.h - the readers of documents, one per format, chosen by content
 * first and by name second. */
#ifndef SY_INDEXER_READER_H
#define SY_INDEXER_READER_H

#include "base/io.h"
#include "indexer/record.h"

/* How documents are read; all zero is what most want. */
typedef struct sy_read_options {
    const char *encoding; /* of text, by its name; NULL: detected */
    bool deleted;         /* tracked changes: what was there before them */
} sy_read_options;

/* A document as a reader gets it: whole, as well-formed UTF-8 without BOM, or, for
 * the readers of files that are no text, as its bytes. */
typedef struct sy_document {
    const char *name; /* path as the user gave it, for messages */
    const char *text; /* text[len], not NUL-terminated */
    size_t len;
    const uint8_t **behind; /* as that of sy_extent, of which text and len are the rest */
    bool binary;            /* text is the file's bytes */
    sy_read_options options;
    /* Headings are looked up in normal form (no flags); readers add the ones
     * that are not there under their own name. */
    sy_schema *schema;
} sy_document;

enum { SY_SURE_NO_MEMORY = -1 };

typedef struct sy_reader {
    const char *name; /* "ledger", "jsonl" */
    /* How sure the reader is that this is its format, 0 (not) to 100, or
     * SY_SURE_NO_MEMORY. */
    int (*recognise)(const sy_document *doc);
    SY_CHECKED sy_status (*read)(const sy_document *doc, const sy_sink *sink, sy_error *err);
    bool binary; /* it takes the bytes of files that are no text */
} sy_reader;

enum { SY_N_READERS = 8 };
extern const sy_reader *const sy_readers[SY_N_READERS]; /* all of them */

/* The reader for a document, or NULL if no reader recognises it. If there is no memory
 * to tell, one whose read fails with NOMEM. */
const sy_reader *sy_reader_for(const sy_document *doc);

extern const sy_reader sy_ledger_reader; /* indexer/readers/ledger.c */
extern const sy_reader sy_jsonl_reader;  /* indexer/readers/jsonl.c  */
extern const sy_reader sy_docx_reader;   /* indexer/readers/docx.c   */
extern const sy_reader sy_xlsx_reader;   /* indexer/readers/xlsx.c   */
extern const sy_reader sy_odf_reader;    /* indexer/readers/odf.c    */
extern const sy_reader sy_html_reader;   /* indexer/readers/html.c   */
extern const sy_reader sy_csv_reader;    /* indexer/readers/csv.c    */
extern const sy_reader sy_prose_reader;  /* indexer/readers/prose.c  */

/* Fills an empty schema with the shipped default (indexer/schema.json, compiled
 * in); then come the fields of the file `path` unless NULL. The file adds fields and
 * aliases and may change labels and kinds. Syntax: docs/architecture.md, "Schema".
 * INPUT on a bad file. */
SY_CHECKED sy_status sy_schema_load(const char *path, sy_schema *schema, sy_error *err);
/* Whether a text is a schema file that names a field. Stops at the first member
 * that a schema does not have. NOMEM. */
SY_CHECKED sy_status sy_schema_recognise(const char *text, size_t len, bool *is_schema,
                                         sy_error *err);

#endif
