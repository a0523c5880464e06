#include "query/repeat_scan.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "query/by_segment.h"
#include "segmenter/normal.h"
#include "segmenter/regex_program.h"

/* A text's characters are put one behind the other, code by code, and compared as they come. Of
 * spaces the codes have more than the normal form (sy_normal_join_spaces): a run is one, and there
 * is none between two Han characters; so a space waits for the character behind it. */

enum {
    CODES = 65536,
    CODE_CHARS = SY_PHRASE_LEN_MAX, /* at most, of one code */
    CHARS = 4096,                   /* of a text, at a time */
    AHEAD = 12,                     /* codes */
    /* of what is known of a code */
    KNOWN = 1,
    SPACED = 2,
    COUNT_SHIFT = 2,
    COUNT_MASK = 63,
    PLACE_SHIFT = 8
};
/* Beside a character. */
#define HAN (UINT32_C(1) << 31)

/* Of one segment: of[code] is a place in `chars`, how many there are, and marks. */
typedef struct code_chars {
    uint32_t of[CODES];
    uint32_t *chars;
    size_t n, cap;
} code_chars;

struct sy_repeat_scan {
    sy_automaton *automaton;
    const sy_repetition *repetition;
    sy_by_segment chars_of; /* code_chars */
    /* of one text */
    uint32_t chars[CHARS];
    size_t n;
    size_t compared; /* it begins at none of chars[0 .. compared) */
    bool space;      /* waits */
    bool unsure;     /* of some character the atoms are not known */
    sy_buf spelt;    /* scratch */
};

/* ---- comparing ---- */

/* What the first pair does not tell. */
static bool fits(sy_repeat_scan *s, const uint32_t *at)
{
    const sy_repetition *r = s->repetition;
    for (size_t k = 1; k < r->n_pairs; k++)
        if (at[r->pairs[k].a] != at[r->pairs[k].b])
            return false;
    for (size_t k = 0; k < r->n; k++)
        if (r->atoms[k] < SY_ATOMS_MAX &&
            !sy_automaton_atom_has(s->automaton, r->atoms[k], at[k] & ~HAN, &s->unsure))
            return false;
    return true;
}

/* Compares from each place on from which enough characters have come. */
static bool compare(sy_repeat_scan *s)
{
    size_t n = s->repetition->n, i = s->compared;
    size_t a = s->repetition->pairs[0].a, b = s->repetition->pairs[0].b;
    for (const uint32_t *c = s->chars; i + n <= s->n; i++)
        if (c[i + a] == c[i + b] && fits(s, c + i))
            return true;
    s->compared = i;
    return false;
}

/* ---- the characters of a text ---- */

static void start_text(sy_repeat_scan *s)
{
    s->n = s->compared = 0;
    s->space = false;
}

/* Makes room for the characters of one code more, and two spaces: what was compared goes, but for
 * the last ones, with which a repetition can still begin. */
static void make_room(sy_repeat_scan *s)
{
    if (CHARS - s->n >= CODE_CHARS + 2)
        return;
    s->n -= s->compared;
    memmove(s->chars, s->chars + s->compared, s->n * sizeof *s->chars);
    s->compared = 0;
}

static void read_char(sy_repeat_scan *s, uint32_t c)
{
    if (c == ' ') {
        s->space = true;
        return;
    }
    if (s->space && !(s->n > 0 && s->chars[s->n - 1] & c & HAN))
        s->chars[s->n++] = ' ';
    s->space = false;
    s->chars[s->n++] = c;
}

static void read_end(sy_repeat_scan *s)
{
    if (s->space)
        s->chars[s->n++] = ' ';
}

static uint32_t decode(const char *at, size_t n, size_t *len)
{
    uint32_t cp;
    *len = sy_utf8_decode(at, n, &cp);
    return sy_cp_is_han(cp) ? cp | HAN : cp;
}

bool sy_repeat_scan_text(sy_repeat_scan *s, sy_slice normal)
{
    bool found = false;
    start_text(s);
    for (size_t i = 0, len; i < normal.len && !found; i += len) {
        make_room(s);
        s->chars[s->n++] = decode(normal.data + i, normal.len - i, &len) & ~HAN;
        found = compare(s);
    }
    return found;
}

/* ---- codes ---- */

/* Spells a run of codes into s->spelt. */
static sy_status spell(sy_repeat_scan *s, const sy_segment *segment, const uint8_t *codes, size_t n,
                       sy_error *err)
{
    sy_stored_value part = {.simple = true, .coded = {(const char *)codes, n * SY_CODE_LEN}};
    sy_buf_reset(&s->spelt);
    sy_status st = sy_segment_normal(segment, &part, &s->spelt, err);
    return st == SY_OK ? sy_buf_status(&s->spelt, err) : st;
}

/* Enters what a code spells. */
static sy_status learn(sy_repeat_scan *s, const sy_segment *segment, code_chars *known,
                       const uint8_t *code, sy_error *err)
{
    sy_status st = spell(s, segment, code, 1, err);
    uint32_t marks = KNOWN;
    size_t first = known->n;
    for (size_t i = 0, len; i < s->spelt.len && st == SY_OK; i += len) {
        uint32_t c = decode(s->spelt.data + i, s->spelt.len - i, &len);
        if (!sy_grow((void **)&known->chars, known->n, &known->cap, sizeof *known->chars))
            return sy_fail_nomem(err);
        known->chars[known->n++] = c;
        marks |= c == ' ' ? SPACED : 0;
    }
    if (st == SY_OK)
        known->of[sy_get_u16(code)] =
            marks | (uint32_t)(known->n - first) << COUNT_SHIFT | (uint32_t)first << PLACE_SHIFT;
    return st;
}

/* A character that is spelt byte by byte; *n codes of those that are left. */
static sy_status read_bytes(sy_repeat_scan *s, const sy_segment *segment, const uint8_t *codes,
                            size_t left, size_t *n, sy_error *err)
{
    *n = 1;
    while (*n < 4 && *n < left && sy_get_u16(codes + *n * SY_CODE_LEN) >= 0x80 &&
           sy_get_u16(codes + *n * SY_CODE_LEN) < 0xC0)
        ++*n;
    sy_status st = spell(s, segment, codes, *n, err);
    for (size_t i = 0, len; i < s->spelt.len && st == SY_OK; i += len)
        read_char(s, decode(s->spelt.data + i, s->spelt.len - i, &len));
    return st;
}

static void read_code(sy_repeat_scan *s, const code_chars *known, uint32_t entry)
{
    const uint32_t *chars = known->chars + (entry >> PLACE_SHIFT);
    size_t n = entry >> COUNT_SHIFT & COUNT_MASK;
    if (!s->space && !(entry & SPACED)) {
        for (size_t i = 0; i < n; i++)
            s->chars[s->n + i] = chars[i];
        s->n += n;
        return;
    }
    for (size_t i = 0; i < n; i++)
        read_char(s, chars[i]);
}

sy_status sy_repeat_scan_value(sy_repeat_scan *s, const sy_segment *segment,
                               const sy_stored_value *value, bool *found, sy_error *err)
{
    const uint8_t *codes = (const uint8_t *)value->coded.data;
    size_t n = value->coded.len / SY_CODE_LEN, whole = 1;
    code_chars *known = sy_by_segment_get(&s->chars_of, segment, sizeof *known);
    sy_status st = known ? SY_OK : sy_fail_nomem(err);
    *found = false;
    start_text(s);
    for (size_t i = 0; i < n && st == SY_OK && !*found; i += whole) {
        const uint8_t *at = codes + i * SY_CODE_LEN;
        unsigned code = sy_get_u16(at);
        whole = 1;
        make_room(s);
        if (i + AHEAD < n) /* the characters of codes lie anywhere */
            __builtin_prefetch(known->chars +
                               (known->of[sy_get_u16(at + AHEAD * SY_CODE_LEN)] >> PLACE_SHIFT));
        if (code >= 0x80 && code < SY_PHRASE_BYTES) {
            st = read_bytes(s, segment, at, n - i, &whole, err);
        } else {
            st = known->of[code] & KNOWN ? SY_OK : learn(s, segment, known, at, err);
            if (st == SY_OK)
                read_code(s, known, known->of[code]);
        }
        *found = st == SY_OK && compare(s);
    }
    if (st == SY_OK && !*found) {
        read_end(s);
        *found = compare(s);
    }
    return st;
}

/* ---- open, close ---- */

bool sy_repeat_scan_whole(const sy_repeat_scan *s)
{
    return s->repetition->whole && !s->unsure;
}

sy_status sy_repeat_scan_open(sy_automaton *a, sy_repeat_scan **out, sy_error *err)
{
    const sy_repetition *repetition = sy_automaton_repetition(a);
    *out = NULL;
    if (repetition->n_pairs == 0)
        return SY_OK;
    *out = sy_calloc(1, sizeof **out);
    if (!*out)
        return sy_fail_nomem(err);
    (*out)->automaton = a;
    (*out)->repetition = repetition;
    return SY_OK;
}

static void end_chars(void *known)
{
    sy_free(((code_chars *)known)->chars);
}

void sy_repeat_scan_close(sy_repeat_scan *s)
{
    if (!s)
        return;
    sy_by_segment_release(&s->chars_of, end_chars);
    sy_buf_release(&s->spelt);
    sy_free(s);
}
