/* tests/support/files.h - files in the scratch folder, and files of an index as bytes. */
#ifndef SY_TESTS_SUPPORT_FILES_H
#define SY_TESTS_SUPPORT_FILES_H

#include "base/buf.h"

/* Puts the scratch folder into memory where the system has such a place and TMPDIR
 * says nothing else: a test that commits a thousand times need not wait for a disk.
 * Call first in main. */
void sy_files_in_memory(void);
/* scratch folder/name; one of eight places that are used in turn. */
const char *sy_files_path(const char *name);
/* The same below a folder. */
const char *sy_files_join(const char *dir, const char *name);

void sy_files_write(const char *path, const void *bytes, size_t len);
/* The bytes, given: free(). Exactly len of them, so that a sanitizer sees a read
 * behind the end. A missing file fails the test. */
uint8_t *sy_files_read(const char *path, size_t *len);
bool sy_files_exists(const char *path);
/* A fresh empty folder in the scratch folder; its path is good for ever. */
const char *sy_files_folder(const char *name);
/* Removes a folder with all that is in it, or nothing. */
void sy_files_remove(const char *path);
/* Copies the files of a folder into a fresh one. */
void sy_files_copy(const char *from, const char *to);
/* Files whose names start with `prefix`. */
size_t sy_files_count(const char *dir, const char *prefix);
/* The only segment file of an index. */
const char *sy_files_segment(const char *dir);

/* Makes every checksum of a manifest or segment fit its bytes again, as far as its
 * table can be found. */
void sy_files_reseal(uint8_t *bytes, size_t len);

/* SY_ROUNDS in the environment, or `usual`. */
unsigned sy_rounds(unsigned usual);

#endif
