/* base/buf.h - a growable run of bytes with a sticky status.
 *
 * Appending never fails visibly: after the first failed allocation every call
 * is a no-op and sy_buf_status says so, so a caller checks once at the end.
 * `data` is always followed by a NUL byte when data is not NULL. */
#ifndef SY_BASE_BUF_H
#define SY_BASE_BUF_H

#include "base/status.h"

typedef struct sy_buf {
    char *data;
    size_t len; /* bytes in use */
    size_t cap; /* bytes owned, or 0 */
    sy_status status;
} sy_buf;

#define SY_BUF_INIT                                                                                \
    {                                                                                              \
        NULL, 0, 0, SY_OK                                                                          \
    }

void sy_buf_release(sy_buf *b);
/* Empties but keeps the memory; forgets an earlier failure. */
void sy_buf_reset(sy_buf *b);
/* SY_OK or SY_E_NOMEM, recorded in err. */
SY_CHECKED sy_status sy_buf_status(const sy_buf *b, sy_error *err);
/* Room for `extra` more bytes; NULL on failure, else where they go. The caller
 * writes up to `extra` bytes there and adds what it wrote to b->len. */
char *sy_buf_reserve(sy_buf *b, size_t extra);
void sy_buf_append(sy_buf *b, const void *bytes, size_t len);
void sy_buf_putc(sy_buf *b, char c);
void sy_buf_puts(sy_buf *b, const char *s);
void sy_buf_printf(sy_buf *b, const char *fmt, ...) SY_PRINTF(2, 3);
/* One code point as UTF-8; surrogates and numbers past U+10FFFF as U+FFFD. */
void sy_buf_put_cp(sy_buf *b, uint32_t cp);
void sy_buf_put_u16(sy_buf *b, uint16_t v); /* little-endian, as all on disk */
void sy_buf_put_u32(sy_buf *b, uint32_t v);
void sy_buf_put_u64(sy_buf *b, uint64_t v);
void sy_buf_put_varint(sy_buf *b, uint64_t v);
/* `s[len]` as a JSON string with its quotes. Bytes that are not UTF-8 become
 * U+FFFD; control characters, quote and backslash are escaped. */
void sy_buf_put_json(sy_buf *b, const char *s, size_t len);
/* Hands the memory to the caller (sy_free); the buffer is empty afterwards. */
char *sy_buf_detach(sy_buf *b, size_t *len);
/* The content as a NUL-terminated string, "" when nothing was ever written. */
const char *sy_buf_cstr(const sy_buf *b);

#endif
