#include "query/regex_scan.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "query/by_segment.h"
#include "query/repeat_scan.h"
#include "segmenter/normal.h"

/* What the phrases of a text spell is its normal form but for its spaces: a run is one space, and
 * none between two Han characters (sy_normal_join_spaces). So where a text is read to, a place, is
 * a state of the automaton and what the next character has to know: whether a space waits to be
 * read, and whether the character before it is Han.
 *
 * Phrases that do the same to every place have one shape: the classes of their characters, and
 * which of them are Han where that matters. There are some hundred shapes, and mostly few places,
 * so the table of them stays near the processor. It has a column of places for each shape: which
 * shape comes next does not depend on the place, so the processor can look ahead for it. */

enum {
    SPACE = 1,
    HAN = 2,
    MARKS = 4, /* states * MARKS: places as they are written out */
    UNKNOWN = 0,
    FOUND = 1,
    FIRST_PLACE = 2,
    CODES = 65536,
    SHAPE_MAX = 40, /* characters of a phrase, which has 40 bytes */
    IS_HAN = 0x100, /* beside the class of a character in a shape */
    IS_SPACE = 0x200,
    SHAPES_MAX = 16384,
    SLOTS = 2 * SHAPES_MAX,
    FIRST_COLUMN = 32,
    TABLE_MAX = 1 << 22 /* entries of two bytes */
};

typedef struct shape {
    uint32_t at, n; /* u16s of `characters` */
} shape;

/* Of one segment. */
typedef struct code_shapes {
    uint16_t of[CODES]; /* 0: not known yet, or part of a character */
} code_shapes;

/* Made when the first stored text is read. */
typedef struct place_tables {
    uint16_t slots[SLOTS];                    /* shapes by their hash */
    uint16_t place_of[SY_STATES_MAX * MARKS]; /* [state * MARKS + marks]; 0: none yet */
    uint16_t places[SY_STATES_MAX * MARKS];   /* what that is of */
    uint8_t ends[SY_STATES_MAX * MARKS]; /* of places: 1 + what is known at the end; 0: not yet */
} place_tables;

struct sy_regex_scan {
    sy_automaton *automaton;
    place_tables *tables;
    sy_repeat_scan *repeats; /* NULL: no back reference asks for one */
    sy_by_segment shapes_of; /* code_shapes */

    uint16_t *characters; /* of all shapes */
    size_t n_characters, cap_characters;
    shape *shapes; /* shapes[0] is none */
    size_t n_shapes, cap_shapes;

    size_t n_places, start;

    uint16_t *table;        /* table[shape * column + place]: the place behind it */
    size_t column, columns; /* places of a column; columns that there is room for */
    bool full;
    sy_buf spelt; /* scratch */
};

/* ---- characters and places ---- */

static sy_scanned known(const sy_regex_scan *s, unsigned state)
{
    if (state == SY_STATE_FULL || (state == SY_STATE_FOUND && !sy_automaton_exact(s->automaton)))
        return SY_SCANNED_NOT;
    return state == SY_STATE_FOUND ? SY_SCANNED_YES : SY_SCANNED_NO;
}

/* What it means whether something repeats; NOT: the automaton has to read the text as well. */
static sy_scanned repeats(const sy_regex_scan *s, bool found)
{
    return !found                             ? SY_SCANNED_NO
           : sy_repeat_scan_whole(s->repeats) ? SY_SCANNED_YES
                                              : SY_SCANNED_NOT;
}

sy_scanned sy_regex_scan_text(sy_regex_scan *s, sy_slice normal)
{
    sy_scanned told = SY_SCANNED_NOT;
    if (s->repeats)
        told = repeats(s, sy_repeat_scan_text(s->repeats, normal));
    return told != SY_SCANNED_NOT ? told : known(s, sy_automaton_run(s->automaton, normal));
}

/* A character as shapes have it. */
static uint16_t mark(sy_regex_scan *s, uint32_t cp)
{
    unsigned id = sy_automaton_class(s->automaton, cp);
    s->full |= id == 0;
    return (uint16_t)(id | (cp == ' ' ? IS_SPACE : 0) | (sy_cp_is_han(cp) ? IS_HAN : 0));
}

/* state * MARKS + marks behind one character more. */
static unsigned read_char(sy_regex_scan *s, unsigned at, unsigned marked)
{
    unsigned state = at / MARKS;
    bool han = marked & IS_HAN;
    if (marked & IS_SPACE)
        return at | SPACE;
    if (at & SPACE && !(at & HAN && han))
        state = sy_automaton_step(s->automaton, state, sy_automaton_class(s->automaton, ' '));
    return sy_automaton_step(s->automaton, state, marked & 0xFF) * MARKS + (han ? HAN : 0);
}

/* The number of a place; FULL and FOUND are such places too. UNKNOWN if it is none. */
static unsigned place_at(sy_regex_scan *s, unsigned at)
{
    if (at / MARKS == SY_STATE_FOUND)
        return FOUND;
    s->full |= at / MARKS == SY_STATE_FULL;
    if (s->full)
        return UNKNOWN;
    if (s->tables->place_of[at] == 0) {
        s->tables->places[s->n_places] = (uint16_t)at;
        s->tables->place_of[at] = (uint16_t)s->n_places++;
    }
    return s->tables->place_of[at];
}

static unsigned read_marked(sy_regex_scan *s, unsigned place, const uint16_t *marked, size_t n)
{
    unsigned at = s->tables->places[place];
    for (size_t i = 0; i < n && at / MARKS > SY_STATE_FOUND; i++)
        at = read_char(s, at, marked[i]);
    return place_at(s, at);
}

/* ---- shapes ---- */

/* Marks the characters of s->spelt. A Han character is told from others only where a space stands
 * or may stand beside it. */
static size_t mark_spelt(sy_regex_scan *s, uint16_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->spelt.len && n < SHAPE_MAX; n++) {
        uint32_t cp;
        i += sy_utf8_decode(s->spelt.data + i, s->spelt.len - i, &cp);
        out[n] = mark(s, cp);
    }
    for (size_t i = 1; i + 1 < n; i++)
        if (!((out[i - 1] | out[i + 1]) & IS_SPACE))
            out[i] &= (uint16_t)~IS_HAN;
    return n;
}

static bool room_for_shape(sy_regex_scan *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!sy_grow((void **)&s->characters, s->n_characters + i, &s->cap_characters,
                     sizeof *s->characters))
            return false;
    }
    if (s->n_shapes == 0) {
        if (!sy_grow((void **)&s->shapes, 0, &s->cap_shapes, sizeof *s->shapes))
            return false;
        s->n_shapes = 1;
    }
    return sy_grow((void **)&s->shapes, s->n_shapes, &s->cap_shapes, sizeof *s->shapes);
}

/* The number of a shape, UNKNOWN if there are too many. */
static uint16_t find_shape(sy_regex_scan *s, const uint16_t *marked, size_t n)
{
    uint32_t h = (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        h = (h ^ marked[i]) * 0x9E3779B1u;
    size_t slot = (h >> 15) % SLOTS;
    for (; s->tables->slots[slot] > 0; slot = (slot + 1) % SLOTS) {
        const shape *one = &s->shapes[s->tables->slots[slot]];
        if (one->n == n && memcmp(s->characters + one->at, marked, n * sizeof *marked) == 0)
            return s->tables->slots[slot];
    }
    if (s->n_shapes == SHAPES_MAX || !room_for_shape(s, n))
        return UNKNOWN;
    memcpy(s->characters + s->n_characters, marked, n * sizeof *marked);
    s->shapes[s->n_shapes] = (shape){(uint32_t)s->n_characters, (uint32_t)n};
    s->n_characters += n;
    s->tables->slots[slot] = (uint16_t)s->n_shapes;
    return (uint16_t)s->n_shapes++;
}

/* False if there is no memory. */
static bool make_tables(sy_regex_scan *s)
{
    if (s->tables)
        return true;
    s->tables = sy_calloc(1, sizeof *s->tables);
    if (!s->tables)
        return false;
    s->n_places = FIRST_PLACE;
    s->start = place_at(s, sy_automaton_start(s->automaton) * MARKS);
    return true;
}

/* ---- the table ---- */

/* Makes room for a shape and a place in the table. False if that is too much. */
static bool room_in_table(sy_regex_scan *s, size_t a_shape, size_t place)
{
    size_t column = s->column > 0 ? s->column : FIRST_COLUMN, columns = s->columns;
    while (column <= place)
        column *= 2;
    while (columns <= a_shape)
        columns = columns > 0 ? columns * 2 : 256;
    if (column == s->column && columns == s->columns)
        return true;
    uint16_t *bigger =
        column * columns <= TABLE_MAX ? sy_calloc(column * columns, sizeof *bigger) : NULL;
    if (!bigger)
        return false;
    for (size_t i = 0; i < s->columns && s->table; i++)
        memcpy(bigger + i * column, s->table + i * s->column, s->column * sizeof *bigger);
    sy_free(s->table);
    s->table = bigger;
    s->column = column;
    s->columns = columns;
    return true;
}

/* Follows the table as far as it is known; `rest` is what is left then. */
static unsigned follow(const sy_regex_scan *s, const code_shapes *shapes, sy_stored_value *rest,
                       unsigned place)
{
    const uint8_t *at = (const uint8_t *)rest->coded.data, *end = at + rest->coded.len;
    const uint16_t *table = s->table;
    size_t column = s->column;
    while (at < end && place < column) {
        unsigned next = table[shapes->of[sy_get_u16(at)] * column + place];
        if (next == UNKNOWN)
            break;
        place = next;
        at += SY_CODE_LEN;
    }
    rest->coded = (sy_slice){(const char *)at, (size_t)(end - at)};
    return place;
}

/* How many codes at codes[n] spell whole characters: one, or the bytes of one character. */
static size_t whole(const uint8_t *codes, size_t n)
{
    size_t k = 1;
    if (sy_get_u16(codes) < 0xC0 || sy_get_u16(codes) > 0xFF)
        return k;
    while (k < 4 && k < n && sy_get_u16(codes + 2 * k) >= 0x80 && sy_get_u16(codes + 2 * k) < 0xC0)
        k++;
    return k;
}

/* A code whose shape is known: from another place it need not be spelt again. */
static void read_shape(sy_regex_scan *s, unsigned number, sy_stored_value *rest, unsigned *place)
{
    const shape *one = &s->shapes[number];
    unsigned from = *place;
    rest->coded.data += SY_CODE_LEN;
    rest->coded.len -= SY_CODE_LEN;
    *place = read_marked(s, from, s->characters + one->at, one->n);
    if (!s->full && room_in_table(s, number, from))
        s->table[number * s->column + from] = (uint16_t)*place;
}

/* Reads the next code of a value, of which `rest` is left, and enters it in the table. */
static sy_status read_code(sy_regex_scan *s, const sy_segment *segment, code_shapes *shapes,
                           sy_stored_value *rest, unsigned *place, sy_error *err)
{
    uint16_t marked[SHAPE_MAX];
    unsigned code = sy_get_u16((const uint8_t *)rest->coded.data), from = *place;
    if (shapes->of[code] > 0) {
        read_shape(s, shapes->of[code], rest, place);
        return SY_OK;
    }
    sy_stored_value part = *rest;
    part.coded.len =
        SY_CODE_LEN * whole((const uint8_t *)rest->coded.data, rest->coded.len / SY_CODE_LEN);
    rest->coded.data += part.coded.len;
    rest->coded.len -= part.coded.len;
    sy_buf_reset(&s->spelt);
    sy_status st = sy_segment_normal(segment, &part, &s->spelt, err);
    if (st != SY_OK)
        return st;
    size_t n = mark_spelt(s, marked);
    *place = s->full ? UNKNOWN : read_marked(s, from, marked, n);
    if (s->full || part.coded.len > SY_CODE_LEN || (code >= 0x80 && code < 0x100))
        return SY_OK;
    shapes->of[code] = find_shape(s, marked, n);
    if (shapes->of[code] > 0 && room_in_table(s, shapes->of[code], from))
        s->table[shapes->of[code] * s->column + from] = (uint16_t)*place;
    return SY_OK;
}

/* What is known where a text ends. */
static sy_scanned end_at(sy_regex_scan *s, unsigned place)
{
    if (place < FIRST_PLACE)
        return known(s, place == FOUND ? SY_STATE_FOUND : SY_STATE_FULL);
    if (s->tables->ends[place] == 0) {
        unsigned at = s->tables->places[place], state = at / MARKS;
        if (at & SPACE)
            state = sy_automaton_step(s->automaton, state, sy_automaton_class(s->automaton, ' '));
        s->tables->ends[place] = (uint8_t)(1 + known(s, sy_automaton_end(s->automaton, state)));
    }
    return (sy_scanned)(s->tables->ends[place] - 1);
}

sy_status sy_regex_scan_value(sy_regex_scan *s, const sy_segment *segment,
                              const sy_stored_value *value, sy_scanned *out, sy_error *err)
{
    sy_stored_value rest = *value;
    code_shapes *shapes = NULL;
    if (make_tables(s))
        shapes = sy_by_segment_get(&s->shapes_of, segment, sizeof *shapes);
    sy_status st = shapes ? SY_OK : sy_fail_nomem(err);
    if (st == SY_OK && s->repeats) {
        bool found;
        st = sy_repeat_scan_value(s->repeats, segment, value, &found, err);
        *out = st == SY_OK ? repeats(s, found) : SY_SCANNED_NOT;
        if (st != SY_OK || *out != SY_SCANNED_NOT)
            return st;
    }
    unsigned place = s->full ? UNKNOWN : (unsigned)s->start;
    rest.coded.len -= rest.coded.len % SY_CODE_LEN;
    *out = SY_SCANNED_NOT;
    while (st == SY_OK && place >= FIRST_PLACE) {
        place = s->table ? follow(s, shapes, &rest, place) : place;
        if (rest.coded.len == 0 || place == FOUND)
            break;
        st = read_code(s, segment, shapes, &rest, &place, err);
    }
    if (st == SY_OK)
        *out = end_at(s, place);
    return st;
}

/* ---- open, close ---- */

sy_status sy_regex_scan_open(sy_slice folded, sy_regex_scan **out, sy_error *err)
{
    *out = NULL;
    sy_automaton *a;
    sy_status st = sy_automaton_open(folded, &a, err);
    if (st != SY_OK || !a)
        return st;
    sy_regex_scan *s = sy_calloc(1, sizeof *s);
    st = s ? sy_repeat_scan_open(a, &s->repeats, err) : sy_fail_nomem(err);
    if (st != SY_OK) {
        sy_free(s);
        sy_automaton_close(a);
        return st;
    }
    s->automaton = a;
    *out = s;
    return SY_OK;
}

void sy_regex_scan_close(sy_regex_scan *s)
{
    if (!s)
        return;
    sy_by_segment_release(&s->shapes_of, NULL);
    sy_free(s->characters);
    sy_free(s->shapes);
    sy_free(s->tables);
    sy_free(s->table);
    sy_buf_release(&s->spelt);
    sy_repeat_scan_close(s->repeats);
    sy_automaton_close(s->automaton);
    sy_free(s);
}

bool sy_regex_scan_plain(const sy_regex_scan *s)
{
    return sy_automaton_plain(s->automaton);
}
