#include "query/nearness.h"

#include <string.h>

#include "base/utf8.h"

enum { CONTAINED = 100, NOT_NEAR = 1000 };

/* Counts the characters of well-formed UTF-8, *n, and marks them, without decoding. */
static uint64_t mark(sy_slice s, size_t *n)
{
    uint64_t marks = 0;
    *n = 0;
    for (size_t i = 0; i < s.len; ++*n) {
        uint32_t h = (unsigned char)s.data[i++];
        while (i < s.len && ((unsigned char)s.data[i] & 0xC0) == 0x80)
            h = h << 6 ^ (unsigned char)s.data[i++];
        marks |= UINT64_C(1) << (h * 0x9E3779B1u >> 26);
    }
    return marks;
}

sy_near_name sy_near_read(sy_slice s)
{
    sy_near_name name;
    size_t n;
    name.n = 0;
    name.marks = mark(s, &n);
    if (n > SY_NEAR_CHARS_MAX)
        return name;
    for (size_t i = 0; i < s.len && name.n < SY_NEAR_CHARS_MAX;)
        i += sy_utf8_decode(s.data + i, s.len - i, &name.cps[name.n++]);
    return name;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edit distance in which two neighbours that changed places count once (optimal
 * string alignment): transposed letters are the commonest slip of typing. */
static unsigned distance(const sy_near_name *a, const sy_near_name *b)
{
    unsigned rows[3][SY_NEAR_CHARS_MAX + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b->n; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a->n; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b->n; j++) {
            bool same = a->cps[i - 1] == b->cps[j - 1];
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a->cps[i - 1] == b->cps[j - 2] &&
                a->cps[i - 2] == b->cps[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b->n];
}

static bool contains(const sy_near_name *big, const sy_near_name *small)
{
    for (size_t i = 0; i + small->n <= big->n; i++)
        if (memcmp(big->cps + i, small->cps, small->n * sizeof *small->cps) == 0)
            return true;
    return false;
}

static unsigned edits_allowed(size_t longer)
{
    return longer < 2 ? 0 : longer < 5 ? 1 : longer < 9 ? 2 : 3;
}

/* False for most names that are not near, at the cost of reading them: each character that only
 * one of two names has is an edit, and a name that is part of another has none of its own. */
static bool may_be_near(const sy_nearest *nearest, sy_slice name)
{
    const sy_near_name *typed = &nearest->typed;
    size_t n;
    uint64_t marks = mark(name, &n);
    if (typed->n == 0 || n == 0 || n > SY_NEAR_CHARS_MAX)
        return false;
    int missing = __builtin_popcountll(typed->marks & ~marks);
    int more = __builtin_popcountll(marks & ~typed->marks);
    size_t longer = typed->n > n ? typed->n : n, apart = 2 * longer - typed->n - n;
    size_t allowed = edits_allowed(longer);
    bool edits = apart <= allowed && (size_t)missing <= allowed && (size_t)more <= allowed;
    return edits || (!nearest->edits_only && (missing == 0 || more == 0));
}

static unsigned score_of(const sy_nearest *nearest, const sy_near_name *other)
{
    const sy_near_name *typed = &nearest->typed;
    size_t longer = typed->n > other->n ? typed->n : other->n;
    size_t shorter = typed->n < other->n ? typed->n : other->n;
    unsigned allowed = edits_allowed(longer);
    unsigned d = longer - shorter <= allowed ? distance(typed, other) : NOT_NEAR;
    if (d <= allowed)
        return d;
    bool part = contains(other, typed) || (other->n > 1 && contains(typed, other));
    return part && !nearest->edits_only ? (unsigned)(CONTAINED + longer - shorter) : NOT_NEAR;
}

void sy_nearest_offer(sy_nearest *nearest, sy_slice name, uint32_t weight)
{
    if (!may_be_near(nearest, name))
        return;
    sy_near_name other = sy_near_read(name);
    unsigned score = score_of(nearest, &other);
    size_t at = nearest->n;
    if (score == NOT_NEAR)
        return;
    for (size_t i = 0; i < nearest->n; i++)
        if (nearest->items[i].len == name.len &&
            memcmp(nearest->items[i].text, name.data, name.len) == 0)
            return;
    while (at > 0 &&
           (nearest->items[at - 1].score > score ||
            (nearest->items[at - 1].score == score && nearest->items[at - 1].weight < weight)))
        at--;
    if (at == SY_NEAREST)
        return;
    size_t last = nearest->n < SY_NEAREST ? nearest->n++ : SY_NEAREST - 1;
    memmove(&nearest->items[at + 1], &nearest->items[at], (last - at) * sizeof nearest->items[0]);
    nearest->items[at].score = score;
    nearest->items[at].weight = weight;
    nearest->items[at].len = name.len;
    memcpy(nearest->items[at].text, name.data, name.len);
}

void sy_nearest_put(const sy_nearest *nearest, sy_buf *out)
{
    for (size_t i = 0; i < nearest->n; i++) {
        sy_buf_puts(out, i == 0 ? "" : ", ");
        sy_buf_append(out, nearest->items[i].text, nearest->items[i].len);
    }
}
