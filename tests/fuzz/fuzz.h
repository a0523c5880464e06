/* tests/fuzz/fuzz.h - what the fuzz targets share. Each target is one program with one
 * function, which takes any bytes: under libFuzzer (`make fuzz`), or with tests/fuzz/replay.c,
 * which feeds it the files of the folders it is given (`make check`).
 *
 * What may not happen ends the program: a failed assert_true, or what a sanitizer sees. */
#ifndef SY_TESTS_FUZZ_FUZZ_H
#define SY_TESTS_FUZZ_FUZZ_H

#include "base/buf.h"
#include "base/slice.h"
#include "tests/support/check.h"

/* The target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A status of a reader of hostile bytes: OK, or a failure that says what is wrong. */
void sy_fuzz_status(sy_status st, const sy_error *err);
/* The text is well-formed UTF-8. */
void sy_fuzz_text(sy_slice text);
/* Bytes are read, so that a sanitizer sees where they end. */
void sy_fuzz_touch(const void *bytes, size_t len);
/* A copy of exactly these bytes, which a sanitizer fences in: free(). */
char *sy_fuzz_copy(const uint8_t *data, size_t size);

struct sy_reader;
/* Reads the input with a reader of documents: a text after what is ill-formed in it was
 * replaced; for the readers of archives an archive, or a text that one is made of (`parts`). */
int sy_fuzz_reader(const struct sy_reader *reader, bool parts, const uint8_t *data, size_t size);

/* Writes to `path` the file of an index whose sections the input lists, each as its kind (u8),
 * its length (u24, little-endian) and its bytes. Envelope and checksums are right, whatever the
 * fuzzer does to the rest. Past SY_SECTIONS_MAX they are left out. */
void sy_fuzz_file(const char *path, int kind, uint64_t number, const uint8_t uuid[16],
                  const uint8_t *data, size_t size);
/* The other way: appends the sections of a sound file. */
void sy_fuzz_sections(const char *path, int kind, sy_buf *out);

typedef struct sy_index sy_index;
typedef struct sy_query sy_query;
/* The folder of a small index that is sound, with names, aliases and a group. */
const char *sy_fuzz_index(void);
/* Runs a query for its records, their matches, its count, and its explanation. In an index that is
 * not `hostile` nothing is corrupt and the count is that of the records. */
void sy_fuzz_search(const struct sy_index *index, const struct sy_query *query, bool hostile);

#endif
