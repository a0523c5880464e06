/* tests/support/small_index.h - small indexes on disk, and what they hold. */
#ifndef SY_TESTS_SUPPORT_SMALL_INDEX_H
#define SY_TESTS_SUPPORT_SMALL_INDEX_H

#include "base/buf.h"
#include "indexer/index_paths.h"
#include "store/index.h"

/* scratch/name into a buffer that the caller gives, made anew. */
const char *sy_scratch_path(char out[static 320], const char *name);
/* Writes a file whole, over one that is there; fails the test if it cannot. */
void sy_test_write(const char *path, const void *bytes, size_t len);
void sy_test_read(const char *path, sy_buf *out);
/* Removes a folder and the files in it; one that is not there is fine. */
void sy_test_remove(const char *dir);
/* A fresh copy of a folder of files. */
void sy_test_copy(const char *from, const char *to);
/* How sy_test_index merges; all 0 to begin with: the usual. */
extern sy_tiers sy_test_tiers;
/* Indexes one path with one thread. */
sy_status sy_test_index(const char *dir, const char *docs, sy_index_summary *sum, sy_error *err);
/* The names in a folder, joined by spaces, with seg-N as "seg". */
const char *sy_test_listing(const char *dir);
/* The index that segments and records make, as a number: equal for the same
 * documents, keys, places, and values, in any order. Fails the test unless verify is content. */
uint64_t sy_test_fingerprint(const char *dir);

/* Reads everything that can be read: all records, lists, terms, and the answers to some
 * queries (*hits in all). The first status that is not OK. */
sy_status sy_test_read_all(const char *dir, uint64_t *hits, sy_error *err);

#endif
