#include "segmenter/automaton.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "segmenter/regex_program.h"

/* A state is the set of instructions before which threads stand, and what stands before its place.
 * ^ and $ depend on the next character too, so threads pass them, and are found to match, only
 * when that is known: one character later, or at the end.
 *
 * At each place a new thread begins. Of it only what ICU would try before it settled for the empty
 * match counts: the instructions are followed in order, up to the match.
 *
 * Characters that are in the same atoms are one class. Which class, ICU is asked when the
 * character is first met. */

enum {
    CLASS_UNKNOWN = 0, /* of a character; in a row: the end of the text */
    CLASSES = 256,
    WORDS = (SY_PROGRAM_MAX + 63) / 64,
    ATOM_WORDS = (SY_ATOMS_MAX + 64) / 64, /* and one for line ends */
    FIRST_STATE = 2,
    STEPS_MAX = 1 << 17, /* that are made; each takes time that grows with the program */
    FIRST_SLOTS = 64,
    BLOCK = 256, /* code points whose classes stand together */
    BLOCKS = 0x110000 / BLOCK,
    FIRST_BLOCKS = 128 /* Han has 82; what is not touched costs nothing */
};

typedef enum place { INSIDE, TEXT_START, LINE_START } place;

typedef struct state {
    uint64_t *threads; /* bits of instructions */
    place before;
    uint16_t next[CLASSES]; /* 0: not known yet */
} state;

typedef struct char_class {
    uint64_t atoms[ATOM_WORDS];
    bool line_end;
} char_class;

/* Most expressions need little of what they may, and are tried on few texts: memory grows. */
struct sy_automaton {
    sy_regex_program program;
    size_t n_words; /* of a state's bits */
    state **states;
    size_t n_states, cap_states;
    uint16_t *table; /* table[n_slots]: states by their hash; 0: none */
    size_t n_slots;  /* a power of 2 */
    bool full;
    unsigned n_steps; /* that were made */
    char_class *classes;
    size_t n_classes, cap_classes;
    uint16_t block_of[BLOCKS];
    uint8_t (*blocks)[BLOCK]; /* [block_of[cp / BLOCK]][cp % BLOCK]; the first knows none */
    size_t n_blocks, cap_blocks;
    /* of one step */
    uint64_t seen[WORDS], threads[WORDS];
    uint16_t *list, *stack; /* list[program.n], stack[2 * program.n + 1] */
    size_t n_list;
};

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* ---- classes ---- */

/* NULL if there is no memory. */
static uint8_t *block_at(sy_automaton *a, uint32_t cp)
{
    uint16_t *block = &a->block_of[cp / BLOCK];
    if (*block == 0) {
        if (!sy_grow((void **)&a->blocks, a->n_blocks, &a->cap_blocks, sizeof *a->blocks))
            return NULL;
        memset(a->blocks[a->n_blocks], CLASS_UNKNOWN, BLOCK);
        *block = (uint16_t)a->n_blocks++;
    }
    return a->blocks[*block];
}

static uint8_t find_class(sy_automaton *a, uint32_t cp)
{
    char_class c = {.line_end = cp == SY_BARRIER};
    for (size_t i = 0; i < a->program.n_atoms; i++)
        if (sy_atom_has(&a->program.atoms[i], cp, &a->full))
            set_bit(c.atoms, i);
    size_t k = 1;
    while (k < a->n_classes && (memcmp(a->classes[k].atoms, c.atoms, sizeof c.atoms) != 0 ||
                                a->classes[k].line_end != c.line_end))
        k++;
    uint8_t *block = block_at(a, cp);
    a->full |= k == CLASSES || !block ||
               !sy_grow((void **)&a->classes, k, &a->cap_classes, sizeof *a->classes);
    if (a->full)
        return CLASS_UNKNOWN;
    a->classes[k] = c;
    a->n_classes += k == a->n_classes;
    return block[cp % BLOCK] = (uint8_t)k;
}

/* ---- states ---- */

static size_t slot_of(const sy_automaton *a, const uint64_t *threads, place before)
{
    uint64_t h = (uint64_t)before + 1;
    for (size_t i = 0; i < a->n_words; i++)
        h = (h ^ threads[i]) * UINT64_C(0x9E3779B97F4A7C15) ^ h >> 29;
    return (size_t)(h >> 32) % a->n_slots;
}

/* Makes room for one state more. */
static bool room_for_state(sy_automaton *a)
{
    if (a->n_states >= SY_STATES_MAX ||
        !sy_grow((void **)&a->states, a->n_states, &a->cap_states, sizeof *a->states))
        return false;
    if (a->n_slots >= 2 * (a->n_states + 1))
        return true;
    size_t n = a->n_slots == 0 ? FIRST_SLOTS : 4 * a->n_slots;
    uint16_t *table = sy_calloc(n, sizeof *table);
    if (!table)
        return false;
    sy_free(a->table);
    a->table = table;
    a->n_slots = n;
    for (size_t i = FIRST_STATE; i < a->n_states; i++) {
        size_t slot = slot_of(a, a->states[i]->threads, a->states[i]->before);
        while (table[slot] > 0)
            slot = (slot + 1) % n;
        table[slot] = (uint16_t)i;
    }
    return true;
}

/* The state of a->threads. */
static unsigned find_state(sy_automaton *a, place before)
{
    size_t bytes = a->n_words * sizeof *a->threads;
    bool room = room_for_state(a);
    size_t slot = a->n_slots > 0 ? slot_of(a, a->threads, before) : 0;
    for (; a->n_slots > 0 && a->table[slot] > 0; slot = (slot + 1) % a->n_slots) {
        const state *s = a->states[a->table[slot]];
        if (s->before == before && memcmp(s->threads, a->threads, bytes) == 0)
            return a->table[slot];
    }
    state *s = room ? sy_calloc(1, sizeof *s + bytes) : NULL;
    if (!s) {
        a->full = true;
        return SY_STATE_FULL;
    }
    s->threads = (uint64_t *)(s + 1);
    memcpy(s->threads, a->threads, bytes);
    s->before = before;
    a->states[a->n_states] = s;
    a->table[slot] = (uint16_t)a->n_states;
    return (unsigned)a->n_states++;
}

/* Follows an instruction to those that need a character, in order, and lists them. True if it
 * comes to the match, at which it stops if the order is to be kept. */
static bool follow(sy_automaton *a, uint16_t from, place before, bool ends, bool line_ends)
{
    size_t n = 0;
    bool found = false;
    a->stack[n++] = from;
    while (n > 0) {
        uint16_t at = a->stack[--n];
        const sy_instruction *i = &a->program.instructions[at];
        if (has_bit(a->seen, at))
            continue;
        set_bit(a->seen, at);
        bool start = before == TEXT_START || (before == LINE_START && !ends);
        switch (i->op) {
        case SY_OP_MATCH:
            found = true;
            n = a->program.exact ? 0 : n;
            break;
        case SY_OP_ATOM:
            a->list[a->n_list++] = at;
            break;
        case SY_OP_LINE_START:
            if (start)
                a->stack[n++] = i->next;
            break;
        case SY_OP_LINE_END:
            if (ends || line_ends)
                a->stack[n++] = i->next;
            break;
        case SY_OP_EITHER:
            a->stack[n++] = i->other;
            a->stack[n++] = i->next;
            break;
        }
    }
    return found;
}

/* The step that is not known yet; class 0 is the end of the text. */
static unsigned make_step(sy_automaton *a, unsigned from, size_t class_id)
{
    const state *s = a->states[from];
    const char_class *c = &a->classes[class_id];
    bool ends = class_id == CLASS_UNKNOWN;
    if (++a->n_steps > STEPS_MAX) {
        a->full = true;
        return SY_STATE_FULL;
    }
    memset(a->seen, 0, a->n_words * sizeof *a->seen);
    a->n_list = 0;
    for (size_t i = 0; i < a->program.n; i++)
        if (has_bit(s->threads, i) && follow(a, (uint16_t)i, s->before, ends, c->line_end))
            return SY_STATE_FOUND;
    if (ends) /* none that begins here matches a character */
        return from;
    follow(a, a->program.start, s->before, ends, c->line_end);
    memset(a->threads, 0, a->n_words * sizeof *a->threads);
    for (size_t i = 0; i < a->n_list; i++) {
        const sy_instruction *one = &a->program.instructions[a->list[i]];
        if (has_bit(c->atoms, one->atom))
            set_bit(a->threads, one->next);
    }
    return find_state(a, c->line_end && a->program.line_starts ? LINE_START : INSIDE);
}

unsigned sy_automaton_class(sy_automaton *a, uint32_t cp)
{
    uint8_t id = a->blocks[a->block_of[cp / BLOCK]][cp % BLOCK];
    return id != CLASS_UNKNOWN ? id : find_class(a, cp);
}

unsigned sy_automaton_step(sy_automaton *a, unsigned from, unsigned id)
{
    if (from < FIRST_STATE || a->full)
        return from == SY_STATE_FOUND ? from : SY_STATE_FULL;
    state *s = a->states[from];
    if (s->next[id] == 0)
        s->next[id] = (uint16_t)make_step(a, from, id);
    return s->next[id];
}

unsigned sy_automaton_end(sy_automaton *a, unsigned from)
{
    if (from < FIRST_STATE)
        return from;
    state *s = a->states[from];
    if (s->next[CLASS_UNKNOWN] == 0)
        s->next[CLASS_UNKNOWN] = (uint16_t)make_step(a, from, CLASS_UNKNOWN);
    return s->next[CLASS_UNKNOWN];
}

bool sy_automaton_exact(const sy_automaton *a)
{
    return a->program.exact;
}

bool sy_automaton_plain(const sy_automaton *a)
{
    return a->program.plain;
}

const sy_repetition *sy_automaton_repetition(const sy_automaton *a)
{
    return &a->program.repetition;
}

bool sy_automaton_atom_has(sy_automaton *a, uint8_t atom, uint32_t cp, bool *unsure)
{
    unsigned id = sy_automaton_class(a, cp);
    *unsure |= id == CLASS_UNKNOWN;
    return id == CLASS_UNKNOWN || has_bit(a->classes[id].atoms, atom);
}

unsigned sy_automaton_start(const sy_automaton *a)
{
    (void)a;
    return FIRST_STATE;
}

unsigned sy_automaton_run(sy_automaton *a, sy_slice text)
{
    unsigned at = FIRST_STATE;
    for (size_t i = 0; i < text.len && at >= FIRST_STATE;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        at = sy_automaton_step(a, at, sy_automaton_class(a, cp));
    }
    return sy_automaton_end(a, at);
}

sy_status sy_automaton_open(sy_slice folded, sy_automaton **out, sy_error *err)
{
    *out = NULL;
    sy_regex_program program;
    sy_status st = sy_regex_program_make(folded, &program, err);
    if (st != SY_OK || program.n == 0)
        return st;
    sy_automaton *a = sy_calloc(1, sizeof *a);
    if (!a) {
        sy_regex_program_release(&program);
        return sy_fail_nomem(err);
    }
    a->program = program;
    a->n_words = (program.n + 63) / 64;
    a->n_states = FIRST_STATE;
    a->list = sy_alloc(program.n, sizeof *a->list);
    a->stack = sy_alloc(2 * program.n + 1, sizeof *a->stack);
    a->blocks = sy_alloc(FIRST_BLOCKS, sizeof *a->blocks);
    a->cap_blocks = FIRST_BLOCKS;
    bool room = a->list && a->stack && a->blocks &&
                sy_grow((void **)&a->classes, 0, &a->cap_classes, sizeof *a->classes);
    if (room) { /* the end of the text, and what is not known */
        a->classes[a->n_classes++] = (char_class){.line_end = false};
        memset(a->blocks[a->n_blocks++], CLASS_UNKNOWN, BLOCK);
    }
    if (!room || find_state(a, program.line_starts ? TEXT_START : INSIDE) != FIRST_STATE) {
        sy_automaton_close(a);
        return sy_fail_nomem(err);
    }
    *out = a;
    return SY_OK;
}

void sy_automaton_close(sy_automaton *a)
{
    if (!a)
        return;
    sy_regex_program_release(&a->program);
    for (size_t i = FIRST_STATE; i < a->n_states; i++)
        sy_free(a->states[i]);
    sy_free(a->states);
    sy_free(a->table);
    sy_free(a->classes);
    sy_free(a->blocks);
    sy_free(a->list);
    sy_free(a->stack);
    sy_free(a);
}
