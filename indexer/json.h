/* indexer/json.h - reads JSON (RFC 8259) as a stream of events.
 *
 * Written here rather than taken from a library because a document must not lose
 * anything silently: numbers keep their spelling, NUL inside strings survives,
 * lone surrogates are counted, and a failed allocation is a status. */
#ifndef SY_INDEXER_JSON_H
#define SY_INDEXER_JSON_H

#include "base/buf.h"
#include "base/slice.h"

enum { SY_JSON_DEPTH_MAX = 64 };

typedef enum sy_json_event {
    SY_JSON_OBJECT,
    SY_JSON_OBJECT_END,
    SY_JSON_ARRAY,
    SY_JSON_ARRAY_END,
    SY_JSON_KEY,    /* decoded            */
    SY_JSON_STRING, /* decoded            */
    SY_JSON_NUMBER, /* as it is written   */
    SY_JSON_BOOL,   /* "true" or "false"  */
    SY_JSON_NULL
} sy_json_event;

/* `text` is good for the call; `offset` is where the event starts. A status other
 * than SY_OK ends the reading and is returned. */
typedef sy_status sy_json_fn(void *ctx, sy_json_event event, sy_slice text, size_t offset,
                             sy_error *err);

/* Reads one value from text[len], which is well-formed UTF-8, with white space
 * around it. *used is where reading stopped: behind the value and its white space,
 * or where the fault is. *lone counts escaped surrogates without a partner, which
 * become U+FFFD. Errors: INPUT with the offset and what was wrong (*used == len
 * if the text ends too early), LIMIT past SY_JSON_DEPTH_MAX, NOMEM, and what fn
 * returns. Cost O(len). */
SY_CHECKED sy_status sy_json_read(const char *text, size_t len, sy_json_fn *fn, void *ctx,
                                  size_t *used, size_t *lone, sy_error *err);

#endif
