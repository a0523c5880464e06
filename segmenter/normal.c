#include "segmenter/normal.h"

#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "normal_tables.inc"
#include "segmenter/normal_internal.h"
#include "segmenter/word_tables.h"

/* Two loops share the work. `copy_plain` takes runs of characters that stay as
 * they are, or fold within ASCII, and look at no neighbour: nearly all of Chinese
 * text. `step` takes one of the others: white space, replacements from the
 * tables, and clusters.
 *
 * A cluster is a character that may compose, with the joining ones behind it. It
 * does not go through ICU's own normaliser, whose insertion of marks takes
 * quadratic time when there are very many, but through the same four steps in
 * linear time: decompose, order, fold, compose (UAX 15; Unicode 3.11 and 3.13).
 * Folding the decomposed characters is the same as folding the composed ones. */

enum {
    SLACK = 64,           /* room beyond the bytes still to read, so that growth is rare */
    FIRST_JOINING = 0xCC, /* no character whose first byte is lower joins: see normal_gen.c */
    DECOMPOSED_MAX = 32   /* code points and UTF-16 units of one character; U+FDFA has 18 */
};

/* A character inside a cluster: its combining class above its code point, so
 * that one array is enough. */
typedef uint32_t classed;
enum { CLASS_SHIFT = 24, CP_MASK = (1 << CLASS_SHIFT) - 1 };

typedef struct classed_list {
    classed *at;
    size_t n, cap;
} classed_list;

typedef struct normalizer {
    unsigned flags;
    const char *text;
    size_t len;
    sy_buf *out;
    sy_norm_map *map; /* NULL: not wanted */
    size_t base;      /* bytes in `out` before us */
    char *to;         /* out->data + base */
    size_t n, room;   /* bytes written and writable at `to`, and map entries */
    bool failed;      /* no memory */

    bool after_han; /* the last character written is Han */
    bool in_space;  /* a run of white space is not written yet, from ... */
    size_t space_start, space_end;

    const UNormalizer2 *nfkc; /* NULL until a cluster needs it */
    classed_list marks, other;
} normalizer;

static unsigned value_of(uint32_t cp)
{
    return normal_blocks[(uint32_t)normal_index[cp >> SY_NORMAL_SHIFT] << SY_NORMAL_SHIFT |
                         (cp & SY_NORMAL_MASK)];
}

static uint32_t entry_of(uint32_t cp)
{
    return cp > 0x10FFFF ? 0 : normal_entries[value_of(cp)];
}

/* -- Writing -- */

/* Makes room for `need` more bytes and map entries. */
static bool make_room(normalizer *z, size_t need)
{
    if (z->failed)
        return false;
    z->out->len = z->base + z->n;
    if (!sy_buf_reserve(z->out, need)) {
        z->failed = true;
        return false;
    }
    size_t room = z->out->cap - 1 - z->base;
    z->to = z->out->data + z->base;
    if (z->map && z->map->cap < room) {
        uint32_t *start = sy_resize(z->map->start, room, sizeof *start);
        if (start)
            z->map->start = start;
        uint32_t *end = start ? sy_resize(z->map->end, room, sizeof *end) : NULL;
        if (!end) {
            z->failed = true;
            return false;
        }
        z->map->end = end;
        z->map->cap = room;
    }
    z->room = room;
    return true;
}

static void put(normalizer *z, const void *bytes, size_t len, size_t start, size_t end)
{
    if (z->room - z->n < len && !make_room(z, len))
        return;
    memcpy(z->to + z->n, bytes, len);
    for (size_t i = 0; z->map && i < len; i++) {
        z->map->start[z->n + i] = (uint32_t)start;
        z->map->end[z->n + i] = (uint32_t)end;
    }
    z->n += len;
}

static void add_space(normalizer *z, size_t start, size_t end)
{
    if (!z->in_space)
        z->space_start = start;
    z->in_space = true;
    z->space_end = end;
}

/* Ends a run of white space: one space, or none between Han and Han. */
static void flush_space(normalizer *z, bool before_han)
{
    if (!z->in_space)
        return;
    z->in_space = false;
    if (!(z->after_han && before_han))
        put(z, " ", 1, z->space_start, z->space_end);
}

/* Characters that are all Han or all not. */
static void put_chars(normalizer *z, const void *bytes, size_t len, bool han, size_t start,
                      size_t end)
{
    flush_space(z, han);
    put(z, bytes, len, start, end);
    z->after_han = han;
}

/* One character that is its own normal form, or a space. */
static void put_cp(normalizer *z, uint32_t cp, size_t start, size_t end)
{
    uint32_t entry = entry_of(cp);
    if (entry & SY_NORMAL_SPACE) {
        add_space(z, start, end);
        return;
    }
    char bytes[4];
    put_chars(z, bytes, sy_utf8_encode(cp, bytes), entry & SY_NORMAL_HAN, start, end);
}

static void put_barrier(normalizer *z, size_t start, size_t end)
{
    char barrier = SY_BARRIER;
    put_chars(z, &barrier, 1, false, start, end);
}

/* -- One character -- */

/* The normal form of one character as the tables have it: *len bytes, or NULL if
 * it is the character itself. */
static const char *form_of(unsigned flags, uint32_t entry, size_t *len)
{
    uint32_t offset = entry >> SY_NORMAL_FLAG_BITS;
    if (offset == 0 || (entry & SY_NORMAL_ENCLOSED))
        return NULL;
    const uint8_t *form = normal_pool + offset;
    if ((entry & SY_NORMAL_VARIANT) && (flags & SY_NORM_KEEP_VARIANTS))
        form += 1 + form[0];
    *len = form[0];
    return *len ? (const char *)form + 1 : NULL;
}

static void put_form(normalizer *z, uint32_t cp, uint32_t entry, size_t start, size_t end)
{
    size_t len;
    const char *form = form_of(z->flags, entry, &len);
    if (!form) {
        put_cp(z, cp, start, end);
    } else if (entry & SY_NORMAL_MIXED) {
        for (size_t i = 0; i < len;) {
            i += sy_utf8_decode(form + i, len - i, &cp);
            put_cp(z, cp, start, end);
        }
    } else {
        put_chars(z, form, len, entry & SY_NORMAL_HAN_FORM, start, end);
    }
}

/* -- Clusters -- */

static void add_classed(normalizer *z, classed_list *list, uint32_t cp)
{
    if (!z->failed && sy_grow((void **)&list->at, list->n, &list->cap, sizeof *list->at)) {
        uint32_t ccc = unorm2_getCombiningClass(z->nfkc, (UChar32)cp);
        list->at[list->n++] = cp | ccc << CLASS_SHIFT;
    } else {
        z->failed = true;
    }
}

static void decompose(normalizer *z, size_t start, size_t end)
{
    z->marks.n = 0;
    for (size_t i = start; i < end;) {
        uint32_t cp;
        i += sy_utf8_decode(z->text + i, end - i, &cp);
        UErrorCode status = U_ZERO_ERROR;
        UChar utf16[DECOMPOSED_MAX];
        UChar32 cps[DECOMPOSED_MAX];
        int32_t n = 0;
        int32_t len = unorm2_getDecomposition(z->nfkc, (UChar32)cp, utf16, DECOMPOSED_MAX, &status);
        if (len < 0)
            add_classed(z, &z->marks, cp);
        else
            u_strToUTF32(cps, DECOMPOSED_MAX, &n, utf16, len, &status);
        for (int32_t k = 0; k < n; k++)
            add_classed(z, &z->marks, (uint32_t)cps[k]);
    }
}

/* Makes room for n characters in z->other. */
static bool have_spare(normalizer *z, size_t n)
{
    if (z->other.cap < n) {
        classed *bigger = sy_resize(z->other.at, n, sizeof *bigger);
        z->failed = !bigger;
        z->other.at = bigger ? bigger : z->other.at;
        z->other.cap = bigger ? n : z->other.cap;
    }
    return !z->failed;
}

/* Sorts at[n], all of class above 0, by class; those of one class keep their
 * order. `spare` has room for n. */
static void sort_by_class(classed *at, classed *spare, size_t n)
{
    size_t begin[257] = {0};
    for (size_t i = 0; i < n; i++)
        begin[(at[i] >> CLASS_SHIFT) + 1]++;
    for (size_t i = 1; i < 257; i++)
        begin[i] += begin[i - 1];
    for (size_t i = 0; i < n; i++)
        spare[begin[at[i] >> CLASS_SHIFT]++] = at[i];
    memcpy(at, spare, n * sizeof *at);
}

/* Puts the marks between two characters of class 0 into canonical order. */
static void order(normalizer *z)
{
    classed *at = z->marks.at;
    for (size_t i = 0; i < z->marks.n && !z->failed;) {
        size_t end = i;
        bool sorted = true;
        while (end < z->marks.n && at[end] >> CLASS_SHIFT != 0) {
            sorted &= end == i || at[end - 1] >> CLASS_SHIFT <= at[end] >> CLASS_SHIFT;
            end++;
        }
        if (!sorted && have_spare(z, end - i))
            sort_by_class(at + i, z->other.at, end - i);
        i = end + 1;
    }
}

/* z->marks -> z->other, each character folded. */
static void fold(normalizer *z)
{
    z->other.n = 0;
    for (size_t i = 0; i < z->marks.n; i++) {
        uint32_t cp = z->marks.at[i] & CP_MASK;
        size_t len;
        const char *form = form_of(z->flags, entry_of(cp), &len);
        if (!form)
            add_classed(z, &z->other, cp);
        for (size_t k = 0; form && k < len;) {
            k += sy_utf8_decode(form + k, len - k, &cp);
            add_classed(z, &z->other, cp);
        }
    }
}

/* Composes z->other in place. A character joins the last one of class 0 unless
 * one between them has its class or a higher one, or any between has class 0. */
static void compose(normalizer *z)
{
    classed *at = z->other.at;
    size_t n = 0, starter = SIZE_MAX; /* written; the last of class 0 among them */
    for (size_t i = 0; i < z->other.n; i++) {
        uint32_t cp = at[i] & CP_MASK, ccc = at[i] >> CLASS_SHIFT;
        bool next_to = starter != SIZE_MAX && starter + 1 == n;
        if (next_to || (starter != SIZE_MAX && at[n - 1] >> CLASS_SHIFT < ccc)) {
            UChar32 both =
                unorm2_composePair(z->nfkc, (UChar32)(at[starter] & CP_MASK), (UChar32)cp);
            if (both >= 0) {
                at[starter] = (classed)both;
                continue;
            }
        }
        if (ccc == 0)
            starter = n;
        at[n++] = at[i];
    }
    z->other.n = n;
}

/* Writes the normal form of text[start, end), one cluster. Cost O(end - start). */
static void put_cluster(normalizer *z, size_t start, size_t end)
{
    if (!z->nfkc) {
        UErrorCode status = U_ZERO_ERROR;
        z->nfkc = unorm2_getNFKCInstance(&status);
        if (U_FAILURE(status)) { /* ICU's data are linked in: only memory can lack */
            z->failed = true;
            return;
        }
    }
    decompose(z, start, end);
    order(z);
    fold(z);
    compose(z);
    for (size_t i = 0; i < z->other.n; i++)
        put_cp(z, z->other.at[i] & CP_MASK, start, end);
}

/* The end of the joining characters that begin at text[i]. */
static size_t joining_end(const normalizer *z, size_t i)
{
    while (i < z->len && (unsigned char)z->text[i] >= FIRST_JOINING) {
        uint32_t cp;
        size_t n = sy_utf8_decode(z->text + i, z->len - i, &cp);
        if (!(entry_of(cp) & SY_NORMAL_JOINS))
            break;
        i += n;
    }
    return i;
}

/* -- The text -- */

/* Takes the character at text[i], with what joins it, and returns the end. */
static size_t step(normalizer *z, size_t i)
{
    uint32_t cp;
    size_t end = i + sy_utf8_decode(z->text + i, z->len - i, &cp);
    uint32_t entry = entry_of(cp);
    if (entry & SY_NORMAL_SPACE) {
        add_space(z, i, end);
        return end;
    }
    if (entry & SY_NORMAL_BARRIER) {
        if (cp == '\r' && end < z->len && z->text[end] == '\n')
            end++;
        put_barrier(z, i, end);
        return end;
    }
    if (entry & (SY_NORMAL_COMPOSES | SY_NORMAL_JOINS)) {
        size_t cluster_end = joining_end(z, end);
        if (cluster_end > end) {
            put_cluster(z, i, cluster_end);
            return cluster_end;
        }
    }
    put_form(z, cp, entry, i, end);
    return end;
}

static void note(uint32_t *start, uint32_t *end, size_t n, size_t i, uint32_t len)
{
    for (size_t k = 0; k < len; k++) {
        start[n + k] = (uint32_t)i;
        end[n + k] = (uint32_t)i + len;
    }
}

/* Copies plain characters from text[i] on and returns where they end. There is
 * room for the rest of the text, and no white space waits to be written. */
static inline __attribute__((always_inline)) size_t copy_plain(normalizer *z, size_t i, bool mapped)
{
    const unsigned char *text = (const unsigned char *)z->text;
    size_t len = z->len, n = z->n;
    char *to = z->to;
    uint32_t *start = mapped ? z->map->start : NULL, *end = mapped ? z->map->end : NULL;
    bool after_han = z->after_han;
    while (i < len) {
        if (text[i] < 0x80) {
            unsigned c = normal_ascii[text[i]];
            if (c == SY_NORMAL_ASCII_SPECIAL ||
                ((c & SY_NORMAL_ASCII_COMPOSES) && i + 1 < len && text[i + 1] >= FIRST_JOINING))
                break;
            to[n] = (char)(c & 0x7F);
            if (mapped)
                note(start, end, n, i, 1);
            after_han = false;
            n++;
            i++;
            continue;
        }
        /* U+1000 to U+CFFF, so no shorter form and no surrogate can hide in it. */
        if (text[i] < 0xE1 || text[i] > 0xEC || len - i < 3 || (text[i + 1] & 0xC0) != 0x80 ||
            (text[i + 2] & 0xC0) != 0x80)
            break;
        unsigned value =
            value_of((text[i] & 0x0Fu) << 12 | (text[i + 1] & 0x3Fu) << 6 | (text[i + 2] & 0x3Fu));
        if (value >= SY_NORMAL_PLAIN)
            break;
        memcpy(to + n, text + i, 3);
        if (mapped)
            note(start, end, n, i, 3);
        after_han = value & SY_NORMAL_HAN;
        n += 3;
        i += 3;
    }
    z->n = n;
    z->after_han = after_han;
    return i;
}

static void normalize_all(normalizer *z)
{
    size_t i = 0;
    while (i < z->len) {
        if (z->room - z->n < z->len - i && !make_room(z, z->len - i + SLACK))
            return;
        if (!z->in_space) {
            i = z->map ? copy_plain(z, i, true) : copy_plain(z, i, false);
            if (i == z->len)
                return;
        }
        i = step(z, i);
        if (z->failed)
            return;
    }
    flush_space(z, false);
}

sy_status sy_normalize(unsigned flags, const char *text, size_t len, sy_buf *out, sy_norm_map *map,
                       sy_error *err)
{
    normalizer z = {
        .flags = flags, .text = text, .len = len, .out = out, .map = map, .base = out->len};
    if (map)
        map->len = 0;
    if (make_room(&z, len + SLACK))
        normalize_all(&z);
    sy_free(z.marks.at);
    sy_free(z.other.at);
    out->len = z.failed ? z.base : z.base + z.n;
    if (out->data)
        out->data[out->len] = '\0';
    if (z.failed)
        return sy_fail_nomem(err);
    if (map)
        map->len = z.n;
    return SY_OK;
}

void sy_norm_map_release(sy_norm_map *map)
{
    sy_free(map->start);
    sy_free(map->end);
    *map = (sy_norm_map){0};
}

/* -- Properties -- */

bool sy_cp_is_han(uint32_t cp)
{
    return entry_of(cp) & SY_NORMAL_HAN;
}

bool sy_cp_is_letter(uint32_t cp)
{
    return entry_of(cp) & SY_NORMAL_LETTER;
}

bool sy_cp_is_digit(uint32_t cp)
{
    return entry_of(cp) & SY_NORMAL_DIGIT;
}

bool sy_cp_is_enclosed_number(uint32_t cp)
{
    return entry_of(cp) & SY_NORMAL_ENCLOSED;
}

unsigned sy_cp_enclosed_value(uint32_t cp)
{
    uint32_t entry = entry_of(cp);
    return entry & SY_NORMAL_ENCLOSED ? entry >> SY_NORMAL_FLAG_BITS : 0;
}

static bool ends_in_han(const char *text, size_t len)
{
    size_t at = len;
    uint32_t cp;
    while (at > 0 && ((unsigned char)text[--at] & 0xC0) == 0x80)
        continue;
    return at < len && sy_utf8_decode(text + at, len - at, &cp) > 0 && sy_cp_is_han(cp);
}

void sy_normal_join_spaces(sy_buf *normal, size_t from)
{
    char *text = normal->data;
    size_t end = normal->len, to = from;
    for (size_t at = from; at < end;) {
        const char *space = memchr(text + at, ' ', end - at);
        size_t stop = space ? (size_t)(space - text) : end;
        if (to != at)
            memmove(text + to, text + at, stop - at);
        to += stop - at;
        for (at = stop; at < end && text[at] == ' ';)
            at++;
        uint32_t cp = 0;
        if (at < end)
            sy_utf8_decode(text + at, end - at, &cp);
        if (at > stop && !(at < end && sy_cp_is_han(cp) && ends_in_han(text + from, to - from)))
            text[to++] = ' ';
    }
    normal->len = to;
}

size_t sy_normal_length(const uint32_t *cps, size_t n)
{
    size_t count = 0;
    bool in_run = false;
    for (size_t i = 0; i < n; i++) {
        uint32_t entry = entry_of(cps[i]);
        bool han = entry & SY_NORMAL_HAN;
        bool other = !han && entry & (SY_NORMAL_LETTER | SY_NORMAL_DIGIT);
        count += han || (other && !in_run);
        in_run = other;
    }
    return count;
}

size_t sy_count_han(const char *normal, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += sy_utf8_decode(normal + i, len - i, &cp);
        count += sy_cp_is_han(cp);
    }
    return count;
}

bool sy_is_han_pair(const char *normal, size_t len)
{
    uint32_t a, b;
    size_t n = len > 0 ? sy_utf8_decode(normal, len, &a) : len;
    if (n == len || !sy_cp_is_han(a))
        return false;
    return n + sy_utf8_decode(normal + n, len - n, &b) == len && sy_cp_is_han(b);
}

/* U+4E00 to U+8FFF: all of these are Han, and nearly all Han are of these. */
static bool is_usual_han(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    return len >= 3 && p[0] >= 0xE4 && p[0] <= 0xE8 && (p[0] > 0xE4 || p[1] >= 0xB8) &&
           (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

bool sy_is_han_word(const char *normal, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; n++) {
        uint32_t cp;
        if (is_usual_han(normal + i, len - i)) {
            i += 3;
            continue;
        }
        i += sy_utf8_decode(normal + i, len - i, &cp);
        if (!sy_cp_is_han(cp))
            return false;
    }
    return n >= 2;
}

uint64_t sy_normal_rules_hash(unsigned flags)
{
    uint8_t bytes[24];
    sy_put_u64(bytes, normal_tables_hash);
    sy_put_u32(bytes + 8, SY_NORMAL_RULES_VERSION);
    sy_put_u32(bytes + 12, flags);
    sy_put_u64(bytes + 16, sy_trie_learned.hash); /* words are cut by it */
    return sy_hash64(bytes, sizeof bytes);
}
