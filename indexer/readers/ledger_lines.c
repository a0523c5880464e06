#include "indexer/readers/ledger_lines.h"

#include "base/bytes.h"
#include "indexer/readers/reader_text.h"

/* Bytes of the mark of the word processor that s[len] starts with, or 0. Names
 * of bookmarks are short, so a bracket that is never closed costs little. */
static size_t debris_at(const char *s, size_t len)
{
    static const char start[] = "[bookmark:";
    enum { START = sizeof start - 1, LONGEST = 256 };
    if (len < START || memcmp(s, start, START) != 0)
        return 0;
    const char *close = memchr(s + START, ']', len < LONGEST ? len - START : LONGEST - START);
    return close ? (size_t)(close - s) + 1 : 0;
}

static bool is_blank(sy_slice s)
{
    while (s.len > 0) {
        size_t n = sy_space_at(s.data, s.len);
        if (n == 0)
            n = debris_at(s.data, s.len);
        if (n == 0)
            return false;
        s.data += n;
        s.len -= n;
    }
    return true;
}

static const char *line_end(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t bytes = sy_get_u64(at);
        if (sy_bytes_equal(bytes, '\n') | sy_bytes_equal(bytes, '\r'))
            break;
        at += 8;
    }
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    return at;
}

bool sy_lines_next(sy_lines *lines, sy_line *out)
{
    if (lines->at == lines->end)
        return false;
    const char *from = lines->at, *p = line_end(from, lines->end);
    out->text = (sy_slice){from, (size_t)(p - from)};
    if (p < lines->end && *p == '\r' && p + 1 < lines->end && p[1] == '\n')
        p++;
    lines->at = p < lines->end ? p + 1 : p;
    out->number = ++lines->number;
    if (out->text.len > 0 && *from == '\t') {
        out->kind = SY_LINE_CELL;
        out->text.data++;
        out->text.len--;
    } else {
        out->kind = is_blank(out->text) ? SY_LINE_BLANK : SY_LINE_TEXT;
    }
    return true;
}

void sy_line_append(sy_buf *out, sy_slice text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len;) {
        const char *bracket = memchr(text.data + i, '[', text.len - i);
        if (!bracket)
            break;
        i = (size_t)(bracket - text.data);
        size_t n = debris_at(bracket, text.len - i);
        if (n == 0) {
            i++;
            continue;
        }
        sy_buf_append(out, text.data + from, i - from);
        from = i += n;
    }
    if (from < text.len)
        sy_buf_append(out, text.data + from, text.len - from);
}
