#include <errno.h>
#include <iconv.h>

#include "base/utf8.h"
#include "indexer/reader.h"

/* Chinese documents without a mark are UTF-8 or GB18030. Nearly every text of the one
 * is ill-formed in the other, but a UTF-8 document with a few broken bytes should not
 * turn into GB18030 nonsense, so what is mostly UTF-8 is UTF-8. */

typedef enum byte_order { LITTLE, BIG } byte_order;

typedef struct decoded {
    size_t replaced, first;
} decoded;

static void replace(sy_buf *out, decoded *d, size_t at)
{
    if (d->replaced++ == 0)
        d->first = at;
    sy_buf_put_cp(out, SY_CP_REPLACEMENT);
}

static uint32_t unit_at(const char *b, byte_order order)
{
    uint32_t first = (unsigned char)b[0], second = (unsigned char)b[1];
    return order == LITTLE ? first | second << 8 : first << 8 | second;
}

static void decode_utf16(const char *b, size_t len, byte_order order, size_t at, sy_buf *out,
                         decoded *d)
{
    while (at + 1 < len) {
        uint32_t unit = unit_at(b + at, order);
        size_t from = at;
        at += 2;
        if (unit < 0xD800 || unit > 0xDFFF) {
            sy_buf_put_cp(out, unit);
            continue;
        }
        uint32_t low = unit <= 0xDBFF && at + 1 < len ? unit_at(b + at, order) : 0;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            sy_buf_put_cp(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
            at += 2;
        } else {
            replace(out, d, from);
        }
    }
    if (at < len)
        replace(out, d, at);
}

/* Whether b[len] is UTF-8 with some broken bytes: characters of three bytes and more,
 * as Han have, far outnumber the faults. Text in GB18030 or UTF-16 has hardly any by
 * chance. */
static bool is_mostly_utf8(const char *b, size_t len)
{
    size_t han = 0, faults = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(b + at, len - at, &cp);
        bool fault = cp == SY_CP_REPLACEMENT && !(n == 3 && memcmp(b + at, "\xEF\xBF\xBD", 3) == 0);
        faults += fault;
        han += !fault && n >= 3;
        at += n;
    }
    return han > 0 && han >= 4 * faults;
}

/* How many units of `order` with a zero byte are plain ASCII; 0 if one of them is
 * neither that nor what text has with a zero at its other byte: Han (一 is U+4E00) and
 * the ideographic space. In the wrong order line ends, spaces and digits are no such
 * characters. */
static size_t count_ascii_units(const char *b, size_t len, byte_order order)
{
    size_t ascii = 0;
    for (size_t i = 0; i + 1 < len; i += 2) {
        if (b[i] != '\0' && b[i + 1] != '\0')
            continue;
        uint32_t unit = unit_at(b + i, order);
        bool plain =
            (unit >= ' ' && unit <= 0xFF && unit != 0x7F) || (unit >= '\t' && unit <= '\r');
        if (!plain && unit != 0x3000 && (unit < 0x3400 || unit > 0x9F00))
            return 0;
        ascii += unit < 0x7F;
    }
    return ascii;
}

/* UTF-16 without a mark shows in the zero bytes of its ASCII (line ends, tabs,
 * digits). A stray NUL in a text of bytes is something else: there are few of them,
 * or the text is UTF-8. */
static bool looks_like_utf16(const char *b, size_t len, byte_order *order)
{
    if (len < 4 || len % 2 != 0)
        return false;
    size_t zeros = 0, high = 0;
    for (size_t i = 0; i < len; i++) {
        zeros += b[i] == '\0';
        high += (unsigned char)b[i] >= 0x80;
    }
    if (zeros == 0 || (high == 0 && zeros < len / 4))
        return false;
    size_t little = count_ascii_units(b, len, LITTLE), big = count_ascii_units(b, len, BIG);
    *order = little >= big ? LITTLE : BIG;
    return little + big > 0 && !is_mostly_utf8(b, len);
}

/* Decodes the whole, or nothing: *done says which. */
static sy_status decode_gb18030(const char *b, size_t len, sy_buf *out, bool *done, sy_error *err)
{
    *done = false;
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1)
        return SY_OK;                /* a system without it: the caller goes on with UTF-8 */
    char *in = (char *)(uintptr_t)b; /* iconv does not write to it */
    size_t left = len, keep = out->len, result = 0;
    while (left > 0) {
        size_t room = left / 2 * 3 + 16;
        char *to = sy_buf_reserve(out, room), *at = to;
        if (!to)
            break;
        result = iconv(cd, &in, &left, &at, &room);
        out->len += (size_t)(at - to);
        if (result == (size_t)-1 && errno != E2BIG)
            break;
    }
    iconv_close(cd);
    *done = left == 0 && out->status == SY_OK;
    if (!*done)
        out->len = keep;
    if (out->data)
        out->data[out->len] = '\0';
    return sy_buf_status(out, err);
}

static sy_status binary(const char *name, sy_error *err, size_t at)
{
    return sy_fail_at(err, SY_E_INPUT, name, at, "not text: it has a NUL character");
}

static sy_status decode_as_utf16(const char *name, const char *b, size_t len, byte_order order,
                                 size_t at, sy_buf *out, decoded *d, sy_error *err)
{
    for (size_t i = at; i + 1 < len; i += 2) {
        if (unit_at(b + i, order) == 0)
            return binary(name, err, i);
    }
    decode_utf16(b, len, order, at, out, d);
    return sy_buf_status(out, err);
}

static sy_status decode_bytes(const char *name, const char *b, size_t len, sy_buf *out,
                              const char **encoding, decoded *d, sy_error *err)
{
    bool done = false;
    size_t mark = len >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const char *nul = memchr(b, '\0', len);
    if (nul)
        return binary(name, err, (size_t)(nul - b));
    if (mark == 0 && sy_utf8_check(b, len) < len && !is_mostly_utf8(b, len)) {
        sy_status st = decode_gb18030(b, len, out, &done, err);
        if (st != SY_OK)
            return st;
    }
    *encoding = done ? "GB18030" : "UTF-8";
    if (!done) {
        d->replaced = sy_utf8_repair(b + mark, len - mark, out, &d->first);
        d->first += mark;
    }
    return sy_buf_status(out, err);
}

sy_status sy_decode_document(const char *name, const char *bytes, size_t len, sy_buf *out,
                             const char **encoding, size_t *n_replaced, size_t *first,
                             sy_error *err)
{
    decoded d = {0, 0};
    byte_order order = LITTLE;
    size_t mark = 0;
    sy_status st = SY_OK;
    *encoding = "UTF-8";
    if (len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        mark = 2;
        order = bytes[0] == '\xFF' ? LITTLE : BIG;
    }
    if (len == 0) {
        st = SY_OK;
    } else if (mark > 0 || looks_like_utf16(bytes, len, &order)) {
        *encoding = order == LITTLE ? "UTF-16LE" : "UTF-16BE";
        st = decode_as_utf16(name, bytes, len, order, mark, out, &d, err);
    } else {
        st = decode_bytes(name, bytes, len, out, encoding, &d, err);
    }
    *n_replaced = st == SY_OK ? d.replaced : 0;
    *first = d.first;
    return st;
}
