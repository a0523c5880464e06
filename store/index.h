/* store/index.h - an open index: the manifest's snapshot and its segments.
 *
 * Opening reads the manifest and maps the segments it names; later commits do
 * not touch this snapshot. Immutable once open: share freely. */
#ifndef SY_STORE_INDEX_H
#define SY_STORE_INDEX_H

#include "store/live.h"

/* What the index was made with: kept in the manifest, shown by `suoyin info`. */
typedef struct sy_index_info {
    uint8_t uuid[16];
    uint64_t generation;  /* commits so far */
    int64_t committed_ns; /* time of the commit, nanoseconds since 1970 */
    uint32_t norm_flags;  /* SY_NORM_... */
    char icu_version[32];
    uint64_t rules_hash, lexicon_hash, aliases_hash;
    uint64_t next_segment; /* number that no segment has had */
} sy_index_info;

typedef struct sy_index {
    char *dir;
    sy_index_info info;
    sy_schema schema;
    sy_slice aliases;      /* text of the alias file, borrowed from the mapping  */
    sy_slice user_words;   /* text of the user's lexicon files, likewise         */
    sy_slice lexicon;      /* lexicon image, likewise                            */
    sy_segment **segments; /* by the place of their first document */
    sy_live *live;         /* live[n_segments]: which of their records count */
    size_t n_segments;
    uint64_t n_records, n_documents;             /* that count */
    uint64_t deleted_records, deleted_documents; /* that still lie in segments */
    struct sy_manifest *manifest;                /* owns what is borrowed above */
} sy_index;

/* Opens the index in folder `dir`. IO if it is missing or unreadable, VERSION if
 * a newer suoyin wrote it, CORRUPT if it is damaged. */
SY_CHECKED sy_status sy_index_open(const char *dir, sy_index **out, sy_error *err);
void sy_index_close(sy_index *index);

/* Checks every byte and every cross-reference. Calls `fault` for each fault found
 * and goes on where it can; *n_faults counts them. A status other than OK means
 * that the check itself could not be done. */
typedef void sy_fault_fn(void *ctx, const char *file, uint64_t offset, const char *what);
SY_CHECKED sy_status sy_index_verify(const char *dir, sy_fault_fn *fault, void *ctx,
                                     uint64_t *n_faults, sy_error *err);

#endif
