/* indexer/spool.h - the records of a run on their way from the readers to the
 * segment: a scratch file of stored records, document by document. Documents come in
 * any order and are taken in that of their places.
 *
 * Words can only be cut when all names are known, so records are read once into
 * the spool and taken from it as often as needed. Memory does not grow with text. */
#ifndef SY_INDEXER_SPOOL_H
#define SY_INDEXER_SPOOL_H

#include "base/io.h"
#include "indexer/record.h"
#include "store/segment.h"

enum { SY_RECORD_MAX = 64 << 20 }; /* bytes of one stored record */

typedef struct sy_spool_doc {
    sy_segment_doc doc;  /* source and reader are owned by the spool; first is set by finish */
    uint64_t start, end; /* bytes of the file */
    uint64_t text_bytes; /* of its values */
    /* set by finish */
    size_t ordinal;  /* which document it was as they came */
    uint64_t before; /* bytes of the documents before it */
} sy_spool_doc;

/* A record where reading can start: the first of a document, and one a MiB. */
typedef struct sy_spool_place {
    size_t doc;
    uint64_t offset; /* in the file */
    uint32_t record; /* ordinal in the document */
    uint64_t before; /* bytes of records before it, in all; set by finish */
} sy_spool_place;

typedef struct sy_spool {
    char *path;
    sy_writer *out;
    sy_map map;
    sy_spool_doc *docs;
    size_t n_docs, cap_docs;
    sy_spool_place *places; /* as documents came; in their order after finish */
    size_t n_places, cap_places;
    uint64_t n_records, text_bytes; /* of the documents kept */
    uint64_t bytes_kept;
    sy_spool_doc open;  /* the document that is being filled */
    size_t open_places; /* places before it */
    sy_buf bytes;       /* scratch */
    sy_stored stored;
} sy_spool;

/* Creates dir/tmp-records. On failure *spool is zeroed. */
SY_CHECKED sy_status sy_spool_open(const char *dir, sy_spool *spool, sy_error *err);
void sy_spool_begin(sy_spool *spool);
/* Adds a record to the document begun. SY_E_LIMIT, with nothing added, when it is
 * longer than SY_RECORD_MAX. */
SY_CHECKED sy_status sy_spool_add(sy_spool *spool, const sy_record *record, sy_error *err);
/* As sy_spool_add for a record whose texts are in `coded`. */
SY_CHECKED sy_status sy_spool_add_stored(sy_spool *spool, const sy_stored *record, sy_error *err);
/* Ends the document begun; its records count from now on. doc->first, n_records and
 * length are not looked at; strings are copied; no other document has its place. Without this
 * call before the next begin they are forgotten. */
SY_CHECKED sy_status sy_spool_keep(sy_spool *spool, const sy_segment_doc *doc, sy_error *err);
/* Copies a document's records from a segment. `each`, unless NULL, is called for every record. */
SY_CHECKED sy_status sy_spool_copy(
    sy_spool *spool, const sy_segment *seg, const sy_segment_doc *doc,
    sy_status (*each)(void *ctx, const sy_stored *record, sy_error *err), void *ctx, sy_error *err);
/* Ends writing: documents are put in order and get their docids, records can be taken. */
SY_CHECKED sy_status sy_spool_finish(sy_spool *spool, sy_error *err);
/* Removes the file. */
void sy_spool_release(sy_spool *spool);

/* Takes records in the order of docids. */
typedef struct sy_spool_reader {
    const sy_spool *spool;
    size_t doc;
    const uint8_t *at; /* NULL at the start of a document */
    const uint8_t *behind;
    sy_docid docid, end;
} sy_spool_reader;

/* From places[first] on to before places[end]; 0 and n_places give all. */
void sy_spool_read(const sy_spool *spool, size_t first, size_t end, sy_spool_reader *r);
/* The next record into `record`, its texts in both `text` and `coded`, borrowed from
 * the spool; *more is false after the last. */
SY_CHECKED sy_status sy_spool_next(sy_spool_reader *r, bool *more, sy_docid *docid,
                                   sy_stored *record, sy_error *err);

#endif
