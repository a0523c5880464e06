#include "indexer/readers/reader_text.h"

#include <strings.h>

#include "base/utf8.h"

size_t sy_space_at(const char *s, size_t len)
{
    if (len == 0)
        return 0;
    if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        return 1;
    if ((unsigned char)*s < 0x80)
        return 0;
    uint32_t cp;
    size_t n = sy_utf8_decode(s, len, &cp);
    bool space = cp == 0x85 || cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x2028 ||
                 cp == 0x2029 || cp == 0x202F || cp == 0x3000 || cp == 0xFEFF;
    return space ? n : 0;
}

/* Bytes of the last character of s[len], which is well-formed. */
static size_t last_char(const char *s, size_t len)
{
    size_t n = 1;
    while (n < len && n < 4 && ((unsigned char)s[len - n] & 0xC0) == 0x80)
        n++;
    return n;
}

sy_slice sy_trim(sy_slice s)
{
    size_t n;
    while ((n = sy_space_at(s.data, s.len)) > 0) {
        s.data += n;
        s.len -= n;
    }
    while (s.len > 0) {
        n = last_char(s.data, s.len);
        if (sy_space_at(s.data + s.len - n, n) == 0)
            break;
        s.len -= n;
    }
    return s;
}

bool sy_ends_with_any(sy_slice s, const char *const *list)
{
    for (; *list; list++) {
        size_t n = strlen(*list);
        if (n <= s.len && memcmp(s.data + s.len - n, *list, n) == 0)
            return true;
    }
    return false;
}

bool sy_starts_with_any(sy_slice s, const char *const *list)
{
    for (; *list; list++) {
        size_t n = strlen(*list);
        if (n <= s.len && memcmp(s.data, *list, n) == 0)
            return true;
    }
    return false;
}

bool sy_name_ends(const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);
    return n > e && strcasecmp(name + n - e, ending) == 0;
}

bool sy_is_table_rule(sy_slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '\0' || !strchr("|-: ", line.data[i]))
            return false;
    }
    return line.len > 0 && memchr(line.data, '-', line.len) && memchr(line.data, '|', line.len);
}

void sy_quote(sy_buf *out, sy_slice s)
{
    enum { SHOWN_MAX = 60 };
    size_t len = s.len;
    if (len > SHOWN_MAX) {
        len = SHOWN_MAX;
        while (len > 0 && ((unsigned char)s.data[len] & 0xC0) == 0x80)
            len--;
    }
    sy_buf_putc(out, '\'');
    for (size_t i = 0; i < len; i++)
        sy_buf_putc(out, (unsigned char)s.data[i] < ' ' ? ' ' : s.data[i]);
    sy_buf_puts(out, len < s.len ? "…'" : "'");
}
