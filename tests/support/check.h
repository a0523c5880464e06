/* tests/support/check.h - cmocka, wrapped once: every unit test includes this. */
#ifndef SY_TESTS_SUPPORT_CHECK_H
#define SY_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs those four first. */
#include <cmocka.h>

#include "base/slice.h"
#include "base/status.h"

/* Fails with the error's text unless the status is SY_OK. */
#define check_ok(status, err) sy_check_ok((status), (err), __FILE__, __LINE__)
/* Slice against a C string, byte for byte. */
#define check_slice(slice, want) sy_check_slice((slice), (want), __FILE__, __LINE__)

void sy_check_ok(sy_status status, const sy_error *err, const char *file, int line);
void sy_check_slice(sy_slice got, const char *want, const char *file, int line);

/* The folder with the real ledger and the collections, or NULL with a line that
 * says so: the test then calls skip(). */
const char *sy_shared_dir(void);
/* A fresh empty folder below $TMPDIR; borrowed until the process ends. */
const char *sy_scratch_dir(void);
void sy_scratch_remove(void);

/* Random numbers with a printed seed; SY_SEED in the environment sets it. */
void sy_random_init(const char *test);
uint64_t sy_random(void);
/* 0 <= result < n. */
uint32_t sy_random_below(uint32_t n);

#endif
