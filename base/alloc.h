/* base/alloc.h - the one door to the heap, so that tests can make any call fail.
 *
 * Sizes multiply under an overflow check. Results are given to the caller, who
 * frees them with sy_free. Thread-safe as malloc is. */
#ifndef SY_BASE_ALLOC_H
#define SY_BASE_ALLOC_H

#include "base/status.h"

/* Uninitialised memory for n objects of `size` bytes; NULL if there is none.
 * A request for nothing gives one byte, so NULL always means failure. */
void *sy_alloc(size_t n, size_t size);
/* As sy_alloc, filled with zero bytes. */
void *sy_calloc(size_t n, size_t size);
/* As sy_alloc, for what is looked at all over, and much of it: on pages of 2 MiB if the system
 * has them to give (with pages of 4 kB nearly every look waits for the page table as well), and
 * given back to the system at once when it is freed, with the same n and size. */
void *sy_alloc_large(size_t n, size_t size);
void sy_free_large(void *p, size_t n, size_t size); /* NULL is a no-op */
/* realloc with checked sizes; on failure NULL, and `p` stays as it was. */
void *sy_resize(void *p, size_t n, size_t size);
/* NULL is a no-op. */
void sy_free(void *p);
/* Gives memory that was freed back to the system, where the C library can: for when work that took
 * much is done. */
void sy_alloc_settle(void);
/* A NUL-terminated copy of s[len], or NULL. */
char *sy_strndup(const char *s, size_t len);

/* Makes room for one more element: if n == *cap, the array grows by half (at
 * least to 8). Returns false, with the array as it was, when there is no memory. */
bool sy_grow(void **array, size_t n, size_t *cap, size_t size);

/* For tests: the n-th allocation from now (1 = the next) fails, and all after
 * it while `sticky`; 0 turns failing off. Returns the calls seen since the last
 * setting (counted only while failing is on). Not for use while other threads allocate. */
unsigned long sy_alloc_fail_at(unsigned long n, bool sticky);

#endif
