/* indexer/index_paths.h - the main job: paths in, a committed index out. */
#ifndef SY_INDEXER_INDEX_PATHS_H
#define SY_INDEXER_INDEX_PATHS_H

#include "indexer/reader.h"
#include "indexer/tiers.h"

/* What records are and what their sections declare, of a document or of all. */
typedef struct sy_record_counts {
    uint64_t of_kind[SY_N_RECORD_KINDS];
    uint64_t declared, found; /* of the sections that declare a number of goals */
} sy_record_counts;

/* What became of one document that was read. Borrowed for the call. */
typedef struct sy_index_document {
    const char *source;
    const char *reader;   /* "ledger", "docx" ...          */
    const char *encoding; /* of text; NULL for other files */
    uint64_t bytes, records;
    sy_record_counts counts;
    uint64_t notes, replaced, skipped; /* reports about it */
} sy_index_document;

typedef struct sy_index_options {
    const char *dir;                  /* the index folder; made if missing                  */
    const char *schema_path;          /* NULL: what the index has, or the shipped default   */
    const char *const *lexicon_paths; /* n_lexicons files; none: what the index has    */
    size_t n_lexicons;
    const char *aliases_path; /* NULL: what the index has                           */
    const char *written_path; /* a file that is no document, as the caller writes it; or NULL */
    unsigned memory_mib;      /* 0: 256                                             */
    unsigned jobs;            /* 0: one per core                                    */
    bool keep_variants;
    bool rebuild;         /* drop what the index holds                          */
    sy_tiers tiers;       /* which segments are merged                          */
    sy_read_options read; /* if not all zero, unchanged documents are read again too    */
    void *ctx;            /* for the functions below; each may be NULL  */
    /* Called on the calling thread. `source` is NULL when it is about the run. */
    void (*report)(void *ctx, sy_report_kind kind, const char *source, uint32_t line,
                   const char *message);
    void (*progress)(void *ctx, const char *stage, uint64_t done, uint64_t total);
    void (*document)(void *ctx, const sy_index_document *document);
    void (*section)(void *ctx, const char *source, const sy_section_count *section);
} sy_index_options;

typedef struct sy_index_summary {
    uint64_t documents, records;             /* read in this run         */
    uint64_t kept_documents, kept_records;   /* from before    */
    uint64_t replaced_documents;             /* read again               */
    uint64_t removed_documents;              /* gone from below the paths */
    uint64_t skipped;                        /* documents left out       */
    uint64_t replaced;                       /* REPLACED reports         */
    uint64_t no_documents;                   /* pictures, programs ...   */
    uint64_t text_bytes;                     /* of the documents read    */
    uint64_t names;                          /* distinct names learned   */
    uint64_t total_documents, total_records; /* in the index now */
    sy_record_counts counts;                 /* of those read in this run ... */
    struct {
        uint64_t documents, records;
    } by_reader[SY_N_READERS]; /* ... and by sy_readers[] */
} sy_index_summary;

/* Reads the documents below the paths ("-": standard input, JSON Lines or a ledger)
 * that are new or changed, and commits an index of them together with what the index
 * held: documents that did not change (by size and time, else by content), that lie
 * elsewhere, or that cannot be read now. Those that are gone from below the paths
 * are dropped. Corpus order: documents as they came into the index, a changed one in
 * its old place. A path that does not exist is SY_E_INPUT before anything is
 * written. On failure the index is as it was. */
SY_CHECKED sy_status sy_index_paths(const sy_index_options *options, const char *const *paths,
                                    size_t n_paths, sy_index_summary *out, sy_error *err);

#endif
