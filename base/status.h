/* base/status.h - how a fallible function anywhere in the tree fails.
 *
 * A fallible function returns sy_status and puts its results in output
 * parameters, which are NULL or zero on failure. Detail for people goes to an
 * optional sy_error, written by whoever fails first and untouched on success. Formats
 * are English; the functions below translate them (base/messages.h). */
#ifndef SY_BASE_STATUS_H
#define SY_BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SY_CHECKED           __attribute__((warn_unused_result))
#define SY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define SY_CHECKED
#define SY_PRINTF(fmt, args)
#endif

typedef enum sy_status {
    SY_OK = 0,
    SY_E_NOMEM,   /* allocation failed                             */
    SY_E_IO,      /* the OS refused; sy_error.sys holds errno      */
    SY_E_CORRUPT, /* bytes on disk contradict docs/format.md       */
    SY_E_VERSION, /* sound file, but a version we do not read      */
    SY_E_INPUT,   /* the user's document, query or option is wrong */
    SY_E_LIMIT,   /* sound, but past a limit in docs/format.md     */
    SY_E_LOCKED   /* another writer holds the index                */
} sy_status;

#define SY_NO_OFFSET UINT64_MAX

typedef struct sy_error {
    sy_status status;
    int sys;         /* errno at the failing call, or 0             */
    uint64_t offset; /* offending byte in `where`, or SY_NO_OFFSET  */
    char where[512]; /* file name or "query"; UTF-8, NUL-terminated */
    char msg[512];   /* one lower-case clause, no full stop         */
} sy_error;

/* Makes *err hold no failure. Call before the first use of an sy_error. */
void sy_error_clear(sy_error *err);

/* Records a failure and returns `status`. Does nothing but return when err is
 * NULL or already holds a failure: the first one is what people need. `where`
 * may be NULL. The text is cut at a code-point boundary if it does not fit. */
sy_status sy_fail(sy_error *err, sy_status status, const char *where, const char *fmt, ...)
    SY_PRINTF(4, 5);

/* As sy_fail, with the offending byte's offset in `where`. */
sy_status sy_fail_at(sy_error *err, sy_status status, const char *where, uint64_t offset,
                     const char *fmt, ...) SY_PRINTF(5, 6);

/* SY_E_IO for a failed system call: the text is followed by sy_strerror(sys). */
sy_status sy_fail_sys(sy_error *err, const char *where, int sys, const char *fmt, ...)
    SY_PRINTF(4, 5);

/* SY_E_NOMEM with its usual text. */
sy_status sy_fail_nomem(sy_error *err);

#endif
