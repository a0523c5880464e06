#include "base/catalogue.h"

#include <string.h>

#include "base/bytes.h"

enum { MAGIC = (int)0x950412de, HEADER_LEN = 20, ENTRY_LEN = 8, ARGS_MOST = 16 };

static bool table_fits(uint32_t at, uint32_t n, size_t len)
{
    return at <= len && n <= (len - at) / ENTRY_LEN;
}

bool sy_catalogue_open(const void *mo, size_t len, sy_catalogue *out)
{
    *out = (sy_catalogue){0};
    const uint8_t *bytes = mo;
    if (len < HEADER_LEN || sy_get_u32(bytes) != (uint32_t)MAGIC ||
        sy_get_u32(bytes + 4) >> 16 != 0)
        return false;
    uint32_t n = sy_get_u32(bytes + 8);
    uint32_t originals = sy_get_u32(bytes + 12), translations = sy_get_u32(bytes + 16);
    if (!table_fits(originals, n, len) || !table_fits(translations, n, len))
        return false;
    *out = (sy_catalogue){bytes, len, n, originals, translations};
    return true;
}

/* The i-th text of a table, or NULL if it does not lie in the file with its NUL. */
static const char *text_at(const sy_catalogue *c, uint32_t table, uint32_t i)
{
    const uint8_t *entry = c->mo + table + (size_t)i * ENTRY_LEN;
    uint32_t len = sy_get_u32(entry), at = sy_get_u32(entry + 4);
    if (at >= c->len || len >= c->len - at || c->mo[at + len] != '\0')
        return NULL;
    return (const char *)c->mo + at;
}

/* The arguments that a format takes: args[i] is the i-th one's conversion with its length, as
 * bytes of a number ("zu" is 'z' << 8 | 'u'); 0: none. */
typedef struct format_args {
    uint32_t args[ARGS_MOST];
    size_t next; /* of conversions without a position */
} format_args;

/* Skips digits and "$", and gives their number less one; else the next in order. */
static const char *read_position(const char *p, format_args *f, size_t *at)
{
    size_t number = 0;
    const char *end = p;
    for (; *end >= '0' && *end <= '9'; end++)
        number = number > ARGS_MOST ? number : number * 10 + (size_t)(*end - '0');
    bool given = end > p && *end == '$';
    *at = given ? number - 1 : f->next;
    return given ? end + 1 : p;
}

static bool take(format_args *f, size_t at, uint32_t kind)
{
    if (at >= ARGS_MOST || (f->args[at] != 0 && f->args[at] != kind))
        return false;
    f->args[at] = kind;
    f->next = at + 1;
    return true;
}

/* A width or precision; "*" takes an argument. */
static const char *read_size(const char *p, format_args *f, bool *good)
{
    if (*p != '*')
        return p + strspn(p, "0123456789");
    size_t at;
    p = read_position(p + 1, f, &at);
    *good &= take(f, at, '*');
    return p;
}

/* False for a format that cannot be compared: %n, too many arguments, one of two kinds. A '%'
 * that begins no conversion takes nothing: the text is no format. */
static bool read_format(const char *p, format_args *f)
{
    bool good = true;
    *f = (format_args){{0}, 0};
    while (good && (p = strchr(p, '%')) != NULL) {
        if (*++p == '%') {
            p++;
            continue;
        }
        size_t at;
        const char *start = p;
        p = read_position(p, f, &at);
        bool in_order = p == start;
        p += strspn(p, "-+ #0'");
        p = read_size(p, f, &good);
        if (*p == '.')
            p = read_size(p + 1, f, &good);
        uint32_t kind = 0;
        for (; *p != '\0' && strchr("hlLqjzt", *p); p++)
            kind = kind << 8 | (uint8_t)*p;
        if (*p == 'n')
            return false;
        if (*p == '\0' || !strchr("diouxXeEfFgGaAcsp", *p))
            continue;
        good &= take(f, in_order ? f->next : at, kind << 8 | (uint8_t)*p++);
    }
    return good;
}

static bool same_arguments(const char *a, const char *b)
{
    format_args of_a, of_b;
    return read_format(a, &of_a) && read_format(b, &of_b) &&
           memcmp(of_a.args, of_b.args, sizeof of_a.args) == 0;
}

const char *sy_catalogue_find(const sy_catalogue *c, const char *text)
{
    if (*text == '\0') /* the catalogue's own head */
        return NULL;
    for (uint32_t low = 0, high = c->n; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        const char *original = text_at(c, c->originals, middle);
        int order = original ? strcmp(text, original) : 0;
        if (!original)
            return NULL;
        if (order == 0) {
            const char *found = text_at(c, c->translations, middle);
            return found && *found != '\0' && same_arguments(text, found) ? found : NULL;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
