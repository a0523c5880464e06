#include <errno.h>
#include <iconv.h>
#include <strings.h>
#include <unicode/ucsdet.h>

#include "base/utf8.h"
#include "indexer/reader.h"

/* Chinese documents without a mark are UTF-8, GB18030 or Big5. Nearly every text of the
 * first is ill-formed in the others, but a UTF-8 document with a few broken bytes should not
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

/* Decodes with iconv; what is ill-formed becomes U+FFFD, one a byte, and is counted.
 * *known: the system has the encoding. */
static sy_status decode_by_name(const char *encoding, const char *b, size_t len, sy_buf *out,
                                decoded *d, bool *known, sy_error *err)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    *known = cd != (iconv_t)-1;
    if (!*known)
        return SY_OK;
    char *in = (char *)(uintptr_t)b; /* iconv does not write to it */
    size_t left = len;
    while (left > 0) {
        size_t room = left / 2 * 3 + 16;
        char *to = sy_buf_reserve(out, room), *at = to;
        if (!to)
            break;
        size_t result = iconv(cd, &in, &left, &at, &room);
        int sys = errno;
        out->len += (size_t)(at - to);
        out->data[out->len] = '\0';
        if (result != (size_t)-1 || sys == E2BIG)
            continue;
        replace(out, d, len - left);
        size_t bad = sys == EINVAL ? left : 1; /* EINVAL: cut at the end */
        in += bad;
        left -= bad;
    }
    iconv_close(cd);
    return sy_buf_status(out, err);
}

/* How much of the Han of a text is of the hundred that are met most, simplified or
 * traditional: thousandths. A wrong guess turns common characters into rare ones. */
static size_t common_han(const sy_buf *text)
{
    static const char common[] =
        "的一是不了在人有我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
        "這個們來時為說國著裡後會對對発發開开學学業业項项實实現现"
        "责任单位工作完成情况问题资金建设目标推进項目責單況題資設標進";
    size_t han = 0, hits = 0;
    for (size_t at = 0; at < text->len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text->data + at, text->len - at, &cp);
        if (cp >= 0x4E00 && cp <= 0x9FFF) {
            char one[5] = {0};
            memcpy(one, text->data + at, n);
            han++;
            hits += strstr(common, one) != NULL;
        }
        at += n;
    }
    return han > 0 ? hits * 1000 / han : 0;
}

/* ICU's opinion, 0 to 100, of a text being in an encoding. */
static int opinion(const char *b, size_t len, const char *encoding)
{
    enum { SEEN = 64 << 10 };
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    int best = 0;
    UCharsetDetector *detector = ucsdet_open(&status);
    ucsdet_setText(detector, b, (int32_t)(len < SEEN ? len : SEEN), &status);
    const UCharsetMatch **all = ucsdet_detectAll(detector, &n, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < n; i++) {
        const char *name = ucsdet_getName(all[i], &status);
        int32_t sure = ucsdet_getConfidence(all[i], &status);
        if (name && strcmp(name, encoding) == 0 && sure > best)
            best = sure;
    }
    ucsdet_close(detector);
    return best;
}

typedef struct candidate {
    const char *name, *iconv_name;
    sy_buf text;
    decoded faults;
    bool fits;
    size_t common;
    int opinion;
} candidate;

/* Whether `a` is the better reading: of the one that decodes whole; by ICU's opinion,
 * where it is clear; by common Han. */
static bool is_better(const candidate *a, const candidate *b)
{
    enum { CLEAR = 30 };
    if (a->fits != b->fits)
        return a->fits;
    if ((a->faults.replaced == 0) != (b->faults.replaced == 0))
        return a->faults.replaced == 0;
    if (a->opinion - b->opinion > CLEAR || b->opinion - a->opinion > CLEAR)
        return a->opinion > b->opinion;
    return a->common > b->common;
}

/* Tries the double-byte encodings of Chinese. A file fits if it decodes whole, or, if
 * it is long, but for one character in a hundred. */
static sy_status decode_chinese(const char *b, size_t len, sy_buf *out, decoded *d,
                                const char **encoding, bool *done, sy_error *err)
{
    enum { LONG = 200 };
    candidate two[] = {{.name = "GB18030", .iconv_name = "GB18030"},
                       {.name = "Big5", .iconv_name = "BIG5-HKSCS"}};
    sy_status st = SY_OK;
    for (size_t i = 0; i < 2 && st == SY_OK; i++) {
        candidate *c = &two[i];
        bool known;
        st = decode_by_name(c->iconv_name, b, len, &c->text, &c->faults, &known, err);
        c->fits =
            known && (c->faults.replaced == 0 || (len >= LONG && c->faults.replaced < len / 200));
        if (st == SY_OK && c->fits) {
            c->common = common_han(&c->text);
            c->opinion = opinion(b, len, c->name);
        }
    }
    const candidate *best = is_better(&two[1], &two[0]) ? &two[1] : &two[0];
    *done = st == SY_OK && best->fits;
    if (*done) {
        *encoding = best->name;
        *d = best->faults;
        sy_buf_append(out, best->text.data, best->text.len);
        st = sy_buf_status(out, err);
    }
    sy_buf_release(&two[0].text);
    sy_buf_release(&two[1].text);
    return st;
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
        sy_status st = decode_chinese(b, len, out, d, encoding, &done, err);
        if (st != SY_OK)
            return st;
    }
    if (!done) {
        *encoding = "UTF-8";
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

bool sy_encoding_known(const char *encoding_name)
{
    iconv_t cd = iconv_open("UTF-8", encoding_name);
    if (cd == (iconv_t)-1)
        return false;
    iconv_close(cd);
    return true;
}

/* UTF-16 without an order is told by its mark, else it is little-endian. */
static bool utf16_order(const char *encoding, const char *b, size_t len, byte_order *order)
{
    *order = strcasecmp(encoding, "UTF-16BE") == 0 || (len >= 2 && memcmp(b, "\xFE\xFF", 2) == 0)
                 ? BIG
                 : LITTLE;
    return strncasecmp(encoding, "UTF-16", 6) == 0;
}

sy_status sy_decode_as(const char *encoding_name, const char *name, const char *bytes, size_t len,
                       sy_buf *out, const char **encoding, size_t *n_replaced, size_t *first,
                       sy_error *err)
{
    decoded d = {0, 0};
    byte_order order;
    bool known = true;
    sy_status st = SY_OK;
    if (!encoding_name || len == 0)
        return sy_decode_document(name, bytes, len, out, encoding, n_replaced, first, err);
    *encoding = encoding_name;
    if (strcasecmp(encoding_name, "UTF-8") == 0) {
        size_t mark = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        d.replaced = sy_utf8_repair(bytes + mark, len - mark, out, &d.first);
        d.first += mark;
        st = sy_buf_status(out, err);
    } else if (utf16_order(encoding_name, bytes, len, &order)) {
        bool mark =
            len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
        st = decode_as_utf16(name, bytes, len, order, mark ? 2 : 0, out, &d, err);
    } else if (memchr(bytes, '\0', len)) {
        st = binary(name, err, (size_t)((const char *)memchr(bytes, '\0', len) - bytes));
    } else {
        st = decode_by_name(encoding_name, bytes, len, out, &d, &known, err);
    }
    if (!known)
        st = sy_fail(err, SY_E_INPUT, name, "no encoding '%s' is known", encoding_name);
    *n_replaced = st == SY_OK ? d.replaced : 0;
    *first = d.first;
    return st;
}
