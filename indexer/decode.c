#include "indexer/decode.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucsdet.h>

#include "base/utf8.h"

/* Chinese documents without a mark are UTF-8, GB18030 or Big5. Nearly every text of the
 * first is ill-formed in the others, but a UTF-8 document with a few broken bytes should not
 * turn into GB18030 nonsense, so what is mostly UTF-8 is UTF-8.
 *
 * Texts may be longer than memory: they are walked in pieces, each passed once it is read, and
 * what is decoded goes into the spill piece by piece. */

enum {
    PIECE = 256 << 10, /* bytes */
    HAN_SEEN = 100000, /* by which two readings are compared */
    LONG = 200         /* bytes of a text that may have a fault in so many */
};

typedef enum byte_order { LITTLE, BIG } byte_order;

/* A text on its way: decoded bytes gather in `piece` and go to the spill. */
typedef struct decoder {
    const sy_extent *in;
    sy_spill *spill; /* NULL: it is only looked how well it decodes */
    sy_buf piece;
    size_t replaced, first;
    size_t faults_most; /* with more it is given up */
    bool given_up;
    size_t han, common; /* of the first HAN_SEEN; common ones, if they are counted */
    bool counts;
} decoder;

static size_t piece_end(const sy_extent *in, size_t at)
{
    sy_map_pass(in->behind, in->data + at);
    return in->len - at < PIECE ? in->len : at + PIECE;
}

static void replace(decoder *d, size_t at)
{
    if (d->replaced++ == 0)
        d->first = at;
    sy_buf_put_cp(&d->piece, SY_CP_REPLACEMENT);
    d->given_up |= d->replaced > d->faults_most;
}

/* How much of the Han of a text is of the hundred that are met most, simplified or
 * traditional. A wrong guess turns common characters into rare ones. */
static void count_han(decoder *d)
{
    static const char common[] =
        "的一是不了在人有我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
        "這個們來時為說國著裡後會對对發发開开學学業业項项實实現现"
        "责任单位工作完成情况问题资金建设目标推进項目責單況題資設標進";
    for (size_t at = 0; at < d->piece.len && d->han < HAN_SEEN;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(d->piece.data + at, d->piece.len - at, &cp);
        if (cp >= 0x4E00 && cp <= 0x9FFF) {
            char one[5] = {0};
            memcpy(one, d->piece.data + at, n);
            d->han++;
            d->common += strstr(common, one) != NULL;
        }
        at += n;
    }
}

/* Hands on what was decoded; done after each piece. */
static sy_status hand_on(decoder *d, sy_error *err)
{
    sy_status st = sy_buf_status(&d->piece, err);
    if (st == SY_OK && d->counts)
        count_han(d);
    if (st == SY_OK && d->spill && d->piece.len > 0)
        st = sy_spill_put(d->spill, d->piece.data, d->piece.len, err);
    sy_buf_reset(&d->piece);
    return st;
}

static uint32_t unit_at(const char *b, byte_order order)
{
    uint32_t first = (unsigned char)b[0], second = (unsigned char)b[1];
    return order == LITTLE ? first | second << 8 : first << 8 | second;
}

static sy_status decode_utf16(decoder *d, byte_order order, size_t at, sy_error *err)
{
    const char *b = d->in->data;
    size_t len = d->in->len;
    sy_status st = SY_OK;
    while (st == SY_OK && at + 1 < len) {
        for (size_t end = piece_end(d->in, at); at + 1 < len && at < end;) {
            uint32_t unit = unit_at(b + at, order);
            size_t from = at;
            at += 2;
            if (unit < 0xD800 || unit > 0xDFFF) {
                sy_buf_put_cp(&d->piece, unit);
                continue;
            }
            uint32_t low = unit <= 0xDBFF && at + 1 < len ? unit_at(b + at, order) : 0;
            if (low >= 0xDC00 && low <= 0xDFFF) {
                sy_buf_put_cp(&d->piece, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                at += 2;
            } else {
                replace(d, from);
            }
        }
        st = hand_on(d, err);
    }
    if (at < len)
        replace(d, at);
    return st == SY_OK ? hand_on(d, err) : st;
}

/* The end of a piece of UTF-8 that splits no character. A part that is ill-formed never goes on
 * past a byte that is no continuation, so none is split either. */
static size_t whole_end(const sy_extent *in, size_t at, size_t end)
{
    size_t back = end;
    while (back < in->len && back > at && end - back < 3 && (in->data[back] & 0xC0) == 0x80)
        back--;
    return back < in->len && (in->data[back] & 0xC0) == 0x80 ? end : back;
}

static sy_status decode_utf8(decoder *d, size_t at, sy_error *err)
{
    sy_status st = SY_OK;
    while (st == SY_OK && at < d->in->len) {
        size_t end = whole_end(d->in, at, piece_end(d->in, at)), first;
        size_t n = sy_utf8_repair(d->in->data + at, end - at, &d->piece, &first);
        if (n > 0 && d->replaced == 0)
            d->first = at + first;
        d->replaced += n;
        at = end;
        st = hand_on(d, err);
    }
    return st;
}

/* Whether the text is well-formed UTF-8 from `at` on. */
static bool is_utf8(const sy_extent *in, size_t at)
{
    while (at < in->len) {
        size_t end = whole_end(in, at, piece_end(in, at));
        if (sy_utf8_check(in->data + at, end - at) < end - at)
            return false;
        at = end;
    }
    return true;
}

/* Whether the text is UTF-8 with some broken bytes: characters of three bytes and more,
 * as Han have, far outnumber the faults. Text in GB18030 or UTF-16 has hardly any by
 * chance. */
static bool is_mostly_utf8(const sy_extent *in)
{
    size_t han = 0, faults = 0;
    for (size_t at = 0; at < in->len;) {
        for (size_t end = piece_end(in, at); at < end;) {
            const char *p = in->data + at;
            uint32_t cp;
            size_t n = sy_utf8_decode(p, in->len - at, &cp);
            bool fault = cp == SY_CP_REPLACEMENT && !(n == 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0);
            faults += fault;
            han += !fault && n >= 3;
            at += n;
        }
    }
    return han > 0 && han >= 4 * faults;
}

/* Whether the text can be UTF-16 of this order without a mark: units with a zero byte are
 * plain ASCII, or what else text has with a zero at its other byte: Han (一 is U+4E00) and
 * the ideographic space. In the wrong order line ends, spaces and digits are no such
 * characters. *ascii: units that are ASCII. */
static bool may_be_utf16(const sy_extent *in, byte_order order, size_t *ascii)
{
    *ascii = 0;
    for (size_t i = 0; i + 1 < in->len;) {
        for (size_t end = piece_end(in, i); i < end && i + 1 < in->len; i += 2) {
            const char *b = in->data + i;
            if (b[0] != '\0' && b[1] != '\0')
                continue;
            uint32_t unit = unit_at(b, order);
            bool plain =
                (unit >= ' ' && unit <= 0xFF && unit != 0x7F) || (unit >= '\t' && unit <= '\r');
            if (!plain && unit != 0x3000 && (unit < 0x3400 || unit > 0x9F00))
                return false;
            *ascii += unit < 0x7F;
        }
    }
    return true;
}

/* The first NUL of the text from `at` on, or its length. */
static size_t find_nul(const sy_extent *in, size_t at)
{
    while (at < in->len) {
        size_t end = piece_end(in, at);
        const char *nul = memchr(in->data + at, '\0', end - at);
        if (nul)
            return (size_t)(nul - in->data);
        at = end;
    }
    return in->len;
}

/* UTF-16 without a mark shows in the zero bytes of its ASCII (line ends, tabs,
 * digits). A stray NUL in a text of bytes is something else: there are few of them,
 * or the text is UTF-8. */
static bool looks_like_utf16(const sy_extent *in, byte_order *order)
{
    if (in->len < 4 || in->len % 2 != 0 || find_nul(in, 0) == in->len)
        return false;
    size_t zeros = 0, high = 0;
    for (size_t i = 0; i < in->len;) {
        for (size_t end = piece_end(in, i); i < end; i++) {
            zeros += in->data[i] == '\0';
            high += (unsigned char)in->data[i] >= 0x80;
        }
    }
    if (zeros == 0 || (high == 0 && zeros < in->len / 4))
        return false;
    size_t little, big;
    if (!may_be_utf16(in, LITTLE, &little))
        little = 0;
    if (!may_be_utf16(in, BIG, &big))
        big = 0;
    *order = little >= big ? LITTLE : BIG;
    return little + big > 0 && !is_mostly_utf8(in);
}

/* Decodes with iconv; what is ill-formed becomes U+FFFD, one a byte, and is counted.
 * *known: the system has the encoding. */
static sy_status decode_by_name(decoder *d, const char *encoding, bool *known, sy_error *err)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    *known = cd != (iconv_t)-1;
    if (!*known)
        return SY_OK;
    char *in = (char *)(uintptr_t)d->in->data; /* iconv does not write to it */
    size_t left = d->in->len;
    sy_status st = SY_OK;
    while (st == SY_OK && left > 0 && !d->given_up) {
        size_t room = (left < PIECE ? left : PIECE) / 2 * 3 + 16;
        char *to = sy_buf_reserve(&d->piece, room), *at = to;
        if (!to) {
            st = sy_fail_nomem(err);
            break;
        }
        size_t result = iconv(cd, &in, &left, &at, &room);
        int sys = errno;
        d->piece.len += (size_t)(at - to);
        d->piece.data[d->piece.len] = '\0';
        if (result == (size_t)-1 && sys != E2BIG) {
            replace(d, d->in->len - left);
            size_t bad = sys == EINVAL ? left : 1; /* EINVAL: cut at the end */
            in += bad;
            left -= bad;
        }
        if (d->piece.len >= PIECE || left == 0) {
            sy_map_pass(d->in->behind, in);
            st = hand_on(d, err);
        }
    }
    iconv_close(cd);
    return st;
}

/* ICU's opinion, 0 to 100, of a text being in an encoding. */
static int opinion(const sy_extent *in, const char *encoding)
{
    enum { SEEN = 64 << 10 };
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    int best = 0;
    UCharsetDetector *detector = ucsdet_open(&status);
    ucsdet_setText(detector, in->data, (int32_t)(in->len < SEEN ? in->len : SEEN), &status);
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
    decoder d;
    bool fits;
} candidate;

/* Thousandths of common Han. */
static size_t common_share(const decoder *d)
{
    return d->han > 0 ? d->common * 1000 / d->han : 0;
}

/* Whether `a` is the better reading: of the one that decodes whole; by ICU's opinion,
 * where it is clear; by common Han. */
static bool is_better(const candidate *a, const candidate *b)
{
    enum { CLEAR = 30 };
    if (a->fits != b->fits)
        return a->fits;
    if ((a->d.replaced == 0) != (b->d.replaced == 0))
        return a->d.replaced == 0;
    int for_a = opinion(a->d.in, a->name), for_b = opinion(b->d.in, b->name);
    if (for_a - for_b > CLEAR || for_b - for_a > CLEAR)
        return for_a > for_b;
    return common_share(&a->d) > common_share(&b->d);
}

static sy_status try_candidate(candidate *c, sy_error *err)
{
    bool known;
    sy_status st = decode_by_name(&c->d, c->iconv_name, &known, err);
    c->fits = known && !c->d.given_up;
    sy_buf_release(&c->d.piece);
    return st;
}

/* Tries the double-byte encodings of Chinese. A file fits if it decodes whole, or, if
 * it is long, but for one character in a hundred. The first is kept as it is decoded; the
 * second, which most texts of the first are not, is given up at the fault by which it loses. */
static sy_status decode_chinese(decoder *d, const char **encoding, bool *done, sy_error *err)
{
    size_t most = d->in->len >= LONG ? d->in->len / LONG - 1 : 0;
    decoder fresh = {.in = d->in, .counts = true, .faults_most = most};
    candidate gb = {"GB18030", "GB18030", fresh, false},
              big5 = {"Big5", "BIG5-HKSCS", fresh, false};
    gb.d.spill = d->spill;
    sy_status st = try_candidate(&gb, err);
    if (gb.fits && gb.d.replaced == 0)
        big5.d.faults_most = 0;
    if (st == SY_OK)
        st = try_candidate(&big5, err);
    bool second = st == SY_OK && big5.fits && is_better(&big5, &gb);
    *done = st == SY_OK && (gb.fits || second);
    if (second || !*done)
        sy_spill_clear(d->spill);
    if (second) {
        big5.d = fresh;
        big5.d.spill = d->spill;
        st = try_candidate(&big5, err);
    }
    const candidate *best = second ? &big5 : &gb;
    if (*done) {
        *encoding = best->name;
        d->replaced = best->d.replaced;
        d->first = best->d.first;
    }
    return st;
}

static sy_status binary(const char *name, sy_error *err, size_t at)
{
    return sy_fail_at(err, SY_E_INPUT, name, at, "not text: it has a NUL character");
}

static sy_status decode_as_utf16(decoder *d, const char *name, byte_order order, size_t at,
                                 sy_error *err)
{
    for (size_t i = at; i + 1 < d->in->len;) {
        for (size_t end = piece_end(d->in, i); i < end && i + 1 < d->in->len; i += 2) {
            if (unit_at(d->in->data + i, order) == 0)
                return binary(name, err, i);
        }
    }
    return decode_utf16(d, order, at, err);
}

static size_t utf8_mark(const sy_extent *in)
{
    return in->len >= 3 && memcmp(in->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static size_t utf16_mark(const char *b, size_t len)
{
    return len >= 2 && (memcmp(b, "\xFF\xFE", 2) == 0 || memcmp(b, "\xFE\xFF", 2) == 0) ? 2 : 0;
}

/* UTF-8 behind its mark; without a copy if it is as it should be. */
static sy_status take_utf8(decoder *d, size_t mark, sy_decoded *out, sy_error *err)
{
    const sy_extent *in = d->in;
    if (!is_utf8(in, mark))
        return decode_utf8(d, mark, err);
    out->text = (sy_extent){in->data + mark, in->len - mark, in->behind};
    return SY_OK;
}

/* Text without NUL that is UTF-8 or an encoding of bytes that is detected. */
static sy_status decode_bytes(decoder *d, const char *name, sy_decoded *out, sy_error *err)
{
    const sy_extent *in = d->in;
    bool done = false;
    size_t mark = utf8_mark(in), nul = find_nul(in, 0);
    if (nul < in->len)
        return binary(name, err, nul);
    sy_status st = SY_OK;
    if (mark == 0 && !is_utf8(in, 0) && !is_mostly_utf8(in))
        st = decode_chinese(d, &out->encoding, &done, err);
    return st == SY_OK && !done ? take_utf8(d, mark, out, err) : st;
}

static sy_status decode_detected(decoder *d, const char *name, sy_decoded *out, sy_error *err)
{
    const sy_extent *in = d->in;
    size_t mark = utf16_mark(in->data, in->len);
    byte_order order = mark > 0 && in->data[0] == '\xFE' ? BIG : LITTLE;
    out->encoding = "UTF-8";
    if (mark == 0 && !looks_like_utf16(in, &order))
        return decode_bytes(d, name, out, err);
    out->encoding = order == LITTLE ? "UTF-16LE" : "UTF-16BE";
    return decode_as_utf16(d, name, order, mark, err);
}

/* UTF-16 without an order is told by its mark, else it is little-endian. */
static bool utf16_order(const char *encoding, const sy_extent *in, byte_order *order)
{
    *order = strcasecmp(encoding, "UTF-16BE") == 0 ||
                     (in->len >= 2 && memcmp(in->data, "\xFE\xFF", 2) == 0)
                 ? BIG
                 : LITTLE;
    return strncasecmp(encoding, "UTF-16", 6) == 0;
}

static sy_status decode_named(decoder *d, const char *name, sy_decoded *out, sy_error *err)
{
    const sy_extent *in = d->in;
    const char *encoding = out->encoding;
    byte_order order;
    bool known = true;
    if (utf16_order(encoding, in, &order))
        return decode_as_utf16(d, name, order, utf16_mark(in->data, in->len), err);
    if (strcasecmp(encoding, "UTF-8") == 0)
        return take_utf8(d, utf8_mark(in), out, err);
    size_t nul = find_nul(in, 0);
    if (nul < in->len)
        return binary(name, err, nul);
    sy_status st = decode_by_name(d, encoding, &known, err);
    return known ? st : sy_fail(err, SY_E_INPUT, name, "no encoding '%s' is known", encoding);
}

sy_status sy_decode(const char *encoding, const char *name, const sy_extent *bytes, sy_spill *spill,
                    sy_decoded *out, sy_error *err)
{
    decoder d = {.in = bytes, .spill = spill, .faults_most = SIZE_MAX};
    *out = (sy_decoded){.encoding = encoding ? encoding : "UTF-8"};
    if (bytes->len == 0) {
        out->text = (sy_extent){"", 0, NULL};
        return SY_OK;
    }
    sy_status st =
        encoding ? decode_named(&d, name, out, err) : decode_detected(&d, name, out, err);
    if (st == SY_OK && !out->text.data)
        st = sy_spill_end(spill, &out->text, NULL, err);
    out->replaced = d.replaced;
    out->first = d.first;
    sy_buf_release(&d.piece);
    return st;
}

sy_status sy_decode_check_head(const char *name, const char *head, size_t len, sy_error *err)
{
    sy_extent in = {head, len, NULL};
    size_t nul = find_nul(&in, 0), ascii;
    if (nul == len || utf16_mark(head, len) > 0 || may_be_utf16(&in, LITTLE, &ascii) ||
        may_be_utf16(&in, BIG, &ascii))
        return SY_OK;
    return binary(name, err, nul);
}

bool sy_encoding_known(const char *encoding)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1)
        return false;
    iconv_close(cd);
    return true;
}
