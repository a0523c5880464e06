#include "segmenter/pinyin.h"

#include <string.h>

#include "base/utf8.h"
#include "segmenter/pinyin_internal.h"

#include "pinyin_tables.inc"

enum { FULL, INITIALS, N_WAYS };

/* The readings of a character as the tables have them. */
static const uint16_t *list_of(uint32_t cp)
{
    if (cp >= SY_PINYIN_END)
        return pinyin_lists;
    unsigned block = pinyin_index[cp >> SY_PINYIN_SHIFT];
    return pinyin_lists + pinyin_blocks[block << SY_PINYIN_SHIFT | (cp & SY_PINYIN_MASK)];
}

const char *sy_pinyin_reading(uint32_t cp, size_t i)
{
    const uint16_t *list = list_of(cp);
    return i < list[0] ? pinyin_syllables[list[i + 1]] : NULL;
}

/* ---- terms ---- */

static bool is_plain(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
}

/* A letter that bears a tone without it; ü, with or without, is v. */
static uint32_t without_tone(uint32_t cp)
{
    static const char *const rows[] = {"aāáǎà", "eēéěèê", "iīíǐì", "oōóǒò",
                                       "uūúǔù", "vüǖǘǚǜ", "nńňǹ",  "mḿ"};
    for (size_t r = 0; cp >= 0x80 && r < sizeof rows / sizeof *rows; r++)
        for (const char *at = rows[r] + 1, *end = at + strlen(at); at < end;) {
            uint32_t toned;
            at += sy_utf8_decode(at, (size_t)(end - at), &toned);
            if (toned == cp)
                return (unsigned char)rows[r][0];
        }
    return cp;
}

static bool divides(uint32_t cp)
{
    return cp == ' ' || cp == '\'' || cp == 0x2018 || cp == 0x2019; /* ‘ ’ */
}

sy_pinyin_fault sy_pinyin_read(sy_slice normal, sy_pinyin *out)
{
    bool divided = false; /* before the next letter */
    size_t first = 0;     /* letter behind the last division */
    *out = (sy_pinyin){.n = 0};
    for (size_t i = 0; i < normal.len;) {
        uint32_t cp;
        i += sy_utf8_decode(normal.data + i, normal.len - i, &cp);
        if (divides(cp)) {
            divided = true;
            continue;
        }
        if (cp == ':' && !divided && out->n > 0 && out->letters[out->n - 1] == 'u') {
            out->letters[out->n - 1] = 'v';
            continue;
        }
        cp = without_tone(cp);
        if (!is_plain(cp))
            return SY_PINYIN_OTHER;
        if (out->n == SY_PINYIN_MAX)
            return SY_PINYIN_LONG;
        if (divided) {
            memset(out->reach + first, (int)out->n, out->n - first);
            first = out->n;
        }
        out->letters[out->n++] = (char)cp;
        divided = false;
    }
    memset(out->reach + first, (int)out->n, out->n - first);
    return out->n > 0 ? SY_PINYIN_GOOD : SY_PINYIN_EMPTY;
}

/* ---- texts ---- */

void sy_pinyin_begin(sy_pinyin_walk *w, const sy_pinyin *term, sy_slice text)
{
    w->term = term;
    w->text = text;
    w->at = 0;
    w->turn = 0;
    w->held[FULL] = w->held[INITIALS] = 0;
}

/* What one character does to the runs before it, for one way of reading. */
typedef struct step {
    const sy_pinyin *term;
    const uint32_t *starts; /* of the runs before it */
    uint32_t *next;         /* of those with it */
    uint64_t held;          /* with it */
    bool ends;              /* a run with it can be read as the whole term, */
    uint32_t start;         /* the last of which starts here */
} step;

static void end_run(step *s, uint32_t start)
{
    if (!s->ends || start > s->start)
        s->start = start;
    s->ends = true;
}

/* The run of letters [0, from), which starts at byte `start`, with `len` more. */
static void go_on(step *s, size_t from, size_t len, uint32_t start)
{
    size_t to = from + len;
    if (to == s->term->n) {
        end_run(s, start);
        return;
    }
    uint64_t bit = UINT64_C(1) << to;
    if (!(s->held & bit) || start > s->next[to])
        s->next[to] = start;
    s->held |= bit;
}

/* Whether letter i of a reading may be typed so: ü as v or u, also where pinyin writes it u. */
static bool typed_as(const char *reading, size_t i, char typed)
{
    if (reading[i] == 'v')
        return typed == 'v' || typed == 'u';
    bool dotted = reading[i] == 'u' && i == 1 && strchr("jqxy", reading[0]);
    return reading[i] == typed || (dotted && typed == 'v');
}

static void read_full(step *s, const char *reading, size_t from, uint32_t start)
{
    const sy_pinyin *term = s->term;
    size_t room = term->reach[from] - from, len = 0;
    while (len < room && typed_as(reading, len, term->letters[from + len]))
        len++;
    if (reading[len] == '\0')
        go_on(s, from, len, start);
    else if (term->begins && from + len == term->n)
        end_run(s, start);
}

/* zh, ch and sh are given by one letter or both. */
static void read_initial(step *s, const char *reading, size_t from, uint32_t start)
{
    const sy_pinyin *term = s->term;
    if (reading[0] != term->letters[from])
        return;
    go_on(s, from, 1, start);
    if (reading[1] == 'h' && strchr("zcs", reading[0]) && from + 1 < term->reach[from] &&
        term->letters[from + 1] == 'h')
        go_on(s, from, 2, start);
}

/* A character of the text. */
typedef struct character {
    char plain;           /* itself if it is read so, else NUL */
    const uint16_t *list; /* its readings */
} character;

static character look_up(uint32_t cp)
{
    return is_plain(cp) ? (character){(char)cp, pinyin_lists} : (character){'\0', list_of(cp)};
}

/* All readings of a character behind the run of `from` letters. */
static void read_char(step *s, unsigned way, const character *c, size_t from, uint32_t start)
{
    char letter = s->term->letters[from];
    if (c->plain == letter)
        go_on(s, from, 1, start);
    for (unsigned i = 1; i <= c->list[0]; i++) {
        const char *reading = pinyin_syllables[c->list[i]];
        if (reading[0] != letter)
            continue;
        if (way == FULL)
            read_full(s, reading, from, start);
        else
            read_initial(s, reading, from, start);
    }
}

/* Whether the character can begin the term, by its first letter. */
static bool can_begin(const sy_pinyin *term, const character *c)
{
    bool can = c->plain == term->letters[0];
    for (unsigned i = 1; i <= c->list[0]; i++)
        can |= pinyin_syllables[c->list[i]][0] == term->letters[0];
    return can;
}

/* One character at byte `here`. */
static void take(sy_pinyin_walk *w, unsigned way, const character *c, uint32_t here, step *s)
{
    *s = (step){
        .term = w->term, .starts = w->starts[w->turn][way], .next = w->starts[!w->turn][way]};
    if (!w->term->whole || here == 0)
        read_char(s, way, c, 0, here);
    for (uint64_t bits = w->held[way]; bits; bits &= bits - 1) {
        size_t from = (unsigned)__builtin_ctzll(bits);
        read_char(s, way, c, from, s->starts[from]);
    }
    w->held[way] = s->held;
}

bool sy_pinyin_next(sy_pinyin_walk *w, size_t *start, size_t *end)
{
    while (w->at < w->text.len) {
        uint32_t cp;
        size_t here = w->at;
        step steps[N_WAYS];
        w->at += sy_utf8_decode(w->text.data + here, w->text.len - here, &cp);
        character c = look_up(cp);
        if (!(w->held[FULL] | w->held[INITIALS]) && !can_begin(w->term, &c))
            continue; /* the usual case: nothing begun before, and nothing begins */
        for (unsigned way = 0; way < N_WAYS; way++)
            take(w, way, &c, (uint32_t)here, &steps[way]);
        w->turn = !w->turn;
        const step *full = &steps[FULL], *initials = &steps[INITIALS];
        if ((!full->ends && !initials->ends) || (w->term->whole && w->at < w->text.len))
            continue;
        bool by_initials = initials->ends && (!full->ends || initials->start > full->start);
        *start = by_initials ? initials->start : full->start;
        *end = w->at;
        return true;
    }
    return false;
}

void sy_pinyin_spell(sy_slice normal, sy_buf *out)
{
    for (size_t i = 0; i < normal.len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(normal.data + i, normal.len - i, &cp);
        const char *reading = sy_pinyin_reading(cp, 0);
        if (reading)
            sy_buf_puts(out, reading);
        else if (is_plain(cp))
            sy_buf_append(out, normal.data + i, n);
        i += n;
    }
}
