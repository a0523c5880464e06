/* store/manifest.h - the last commit of an index, as a file. Bytes and the commit
 * protocol: docs/format.md, 4 and 6. */
#ifndef SY_STORE_MANIFEST_H
#define SY_STORE_MANIFEST_H

#include "store/index.h"

typedef struct sy_segment_ref {
    uint64_t number;   /* of its name */
    uint64_t len;      /* bytes of the file */
    uint64_t checksum; /* its footer's */
    uint64_t n_records, n_docs;
    uint64_t lexicon_hash;   /* of the lexicon that its words were cut with */
    const uint32_t *deleted; /* deleted[n_deleted]: ordinals of its documents, ascending */
    size_t n_deleted;
} sy_segment_ref;

typedef struct sy_manifest {
    sy_index_info info;
    sy_schema schema;
    sy_slice aliases, user_words, lexicon; /* borrowed from file when read */
    sy_segment_ref *segments;              /* by the place of their first document */
    size_t n_segments;
    uint32_t *deleted;    /* of all segments, when read, else NULL */
    struct sy_file *file; /* likewise */
} sy_manifest;

/* Reads dir/manifest, checking every byte. IO (sys ENOENT: there is no index),
 * VERSION, CORRUPT. On failure *out is zeroed. */
SY_CHECKED sy_status sy_manifest_read(const char *dir, sy_manifest *out, sy_error *err);
void sy_manifest_release(sy_manifest *m);
/* Commits: steps 3 and 4 of the protocol. On failure the old commit stands. */
SY_CHECKED sy_status sy_manifest_commit(const char *dir, const sy_manifest *m, sy_error *err);
/* Whether a file of this name in the folder of an index is part of it. */
bool sy_index_owns(const char *name);
/* Removes what a writer that died has left: tmp-… files, and segments that m does not
 * name (m NULL: none, since nothing says which are live). What cannot be removed
 * is left. */
void sy_index_sweep(const char *dir, const sy_manifest *m);

/* The N of a name seg-N; false if it is no such name. */
bool sy_segment_number(const char *name, uint64_t *number);
/* dir/seg-N into out. */
SY_CHECKED sy_status sy_segment_path(const char *dir, uint64_t number, sy_buf *out, sy_error *err);
/* dir/name into out. */
SY_CHECKED sy_status sy_index_path(const char *dir, const char *name, sy_buf *out, sy_error *err);

#endif
