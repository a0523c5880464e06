#include "query/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "query/list_meet.h"

/* AND leaps: the operand with the fewest records proposes, the others seek to the
 * proposal, and the first that lies behind it makes the next one. Operands that are lists are one
 * operand, MEET, which looks for what they have in common a window at a time. OR keeps its operands
 * in a heap. A union of lists, of which there may be thousands, sets bits for one window of docids
 * after the other; lists without a record there are not touched. */

enum { WINDOW = 1 << 16 };

typedef enum cursor_kind { LIST, UNION, RANGES, MEET, AND, OR, NOT, CHECK } cursor_kind;

typedef struct list_union {
    size_t n;
    sy_postings_ref *refs;     /* of a row NULL until it is moved */
    const sy_segment *segment; /* of a row, or NULL */
    sy_bigram_row row;
    uint32_t from; /* the first of its lists */
    const sy_field_filter *filter;
    sy_docid *next; /* next[n]: no record of the list that is still to come lies before */
    bool filled;    /* the bits are those of the window at `base` */
    sy_docid base;
    sy_postings walk; /* of the list being read */
    uint64_t bits[WINDOW / 64];
} list_union;

typedef struct range_set {
    sy_doc_range *items;
    size_t n, at; /* those before `at` are behind the cursor */
} range_set;

typedef struct operands {
    sy_cursor **items; /* AND: by cost; OR: a heap by doc once started */
    size_t n;
    bool heaped;
    /* AND under a CHECK: what each operand was asked, and how often it said no. One that says so
     * hardly ever costs more than the checks it saves, and is left out. */
    struct tally {
        uint32_t asked, refused;
    } * tallies;
} operands;

typedef struct checked {
    sy_cursor *candidates;
    const void *leaf;
} checked;

struct sy_cursor {
    cursor_kind kind;
    bool exact, started;
    sy_docid doc; /* where it stands, once started */
    uint64_t cost;
    sy_cursor_env *env;
    union {
        sy_postings *list;
        list_union *lists;
        range_set ranges;
        sy_list_meet *meet;
        operands of;
        sy_cursor *child;
        checked check;
    } u;
};

static sy_cursor *new_cursor(sy_cursor_env *env, cursor_kind kind, bool exact, uint64_t cost)
{
    sy_cursor *c = sy_query_memory_take(env->memory, 1, sizeof *c);
    if (c)
        *c = (sy_cursor){.kind = kind, .exact = exact, .cost = cost, .env = env};
    return c;
}

/* A list of which df counts postings, some of one record. */
static bool counts_postings(const sy_postings_ref *ref)
{
    return ref->merged && ref->second == SY_MERGED_ALL;
}

sy_cursor *sy_cursor_list(sy_cursor_env *env, const sy_postings_ref *ref)
{
    sy_cursor *c = new_cursor(env, LIST, true, ref->df);
    sy_postings *list = c ? sy_query_memory_take(env->memory, 1, sizeof *list) : NULL;
    if (!list)
        return NULL;
    sy_postings_init(list, ref);
    c->u.list = list;
    return c;
}

sy_cursor *sy_cursor_union(sy_cursor_env *env, const sy_postings_ref *refs, size_t n)
{
    static const sy_postings_ref none = {0};
    if (n < 2 && !(n == 1 && counts_postings(refs)))
        return sy_cursor_list(env, n == 1 ? refs : &none);
    uint64_t cost = 0;
    for (size_t i = 0; i < n; i++)
        cost += refs[i].df;
    sy_cursor *c = new_cursor(env, UNION, true, cost);
    list_union *u = c ? sy_query_memory_take(env->memory, 1, sizeof *u) : NULL;
    if (!u)
        return NULL;
    u->n = n;
    u->filled = false;
    u->segment = NULL;
    u->refs = sy_query_memory_take(env->memory, n, sizeof *refs);
    u->next = sy_query_memory_take(env->memory, n, sizeof *u->next);
    if (!u->refs || !u->next)
        return NULL;
    memcpy(u->refs, refs, n * sizeof *refs);
    memset(u->next, 0, n * sizeof *u->next);
    c->u.lists = u;
    return c;
}

sy_cursor *sy_cursor_row(sy_cursor_env *env, const sy_segment *segment, const sy_bigram_row *row,
                         uint32_t from, uint32_t to, const sy_field_filter *filter)
{
    sy_cursor *c = new_cursor(env, UNION, true, row->df);
    list_union *u = c ? sy_query_memory_take(env->memory, 1, sizeof *u) : NULL;
    if (!u)
        return NULL;
    u->n = to - from;
    u->from = from;
    u->refs = NULL;
    u->next = NULL;
    u->filled = false;
    u->segment = segment;
    u->row = *row;
    u->filter = filter;
    c->u.lists = u;
    return c;
}

sy_cursor *sy_cursor_ranges(sy_cursor_env *env, const sy_doc_range *ranges, size_t n)
{
    uint64_t cost = 0;
    for (size_t i = 0; i < n; i++)
        cost += ranges[i].end - ranges[i].start;
    sy_cursor *c = new_cursor(env, RANGES, true, cost);
    sy_doc_range *items = c ? sy_query_memory_take(env->memory, n, sizeof *items) : NULL;
    if (!items)
        return NULL;
    if (n > 0)
        memcpy(items, ranges, n * sizeof *items);
    c->u.ranges = (range_set){.items = items, .n = n};
    return c;
}

sy_cursor *sy_cursor_all(sy_cursor_env *env)
{
    return sy_cursor_ranges(env, &(sy_doc_range){0, env->n_records}, 1);
}

static int by_cost(const void *a, const void *b)
{
    const sy_cursor *x = *(sy_cursor *const *)a, *y = *(sy_cursor *const *)b;
    return (x->cost > y->cost) - (x->cost < y->cost);
}

static sy_cursor *new_set(sy_cursor_env *env, cursor_kind kind, sy_cursor *const *children,
                          size_t n)
{
    if (n == 1)
        return children[0];
    sy_cursor *c = new_cursor(env, kind, true, 0);
    sy_cursor **items = c ? sy_query_memory_take(env->memory, n, sizeof *items) : NULL;
    if (!items)
        return NULL;
    memcpy(items, children, n * sizeof *items);
    for (size_t i = 0; i < n; i++) {
        c->exact &= items[i]->exact;
        c->cost += items[i]->cost;
    }
    c->u.of = (operands){.items = items, .n = n};
    return c;
}

/* Makes the lists among items[*n], which stand by cost, one item. False: no memory. */
static bool meet_lists(sy_cursor_env *env, sy_cursor **items, size_t *n)
{
    sy_postings **lists = sy_query_memory_take(env->memory, *n, sizeof(sy_postings *));
    size_t n_lists = 0, kept = 0, shortest = 0;
    if (!lists)
        return false;
    for (size_t i = 0; i < *n; i++) {
        bool list = items[i]->kind == LIST;
        if (list)
            lists[n_lists++] = items[i]->u.list;
        if (list && n_lists == 1)
            shortest = kept;
        if (!list || n_lists == 1)
            items[kept++] = items[i];
    }
    if (n_lists < 2)
        return true;
    sy_cursor *c = new_cursor(env, MEET, true, lists[0]->ref.df);
    if (!c || !(c->u.meet = sy_list_meet_new(env->memory, lists, n_lists, env->n_records)))
        return false;
    items[shortest] = c;
    *n = kept;
    return true;
}

sy_cursor *sy_cursor_and(sy_cursor_env *env, sy_cursor *const *children, size_t n)
{
    sy_cursor **items = sy_query_memory_take(env->memory, n, sizeof *items);
    if (!items)
        return NULL;
    memcpy(items, children, n * sizeof *items);
    qsort(items, n, sizeof *items, by_cost);
    if (!meet_lists(env, items, &n))
        return NULL;
    sy_cursor *c = new_set(env, AND, items, n);
    if (c && n > 1)
        c->cost = items[0]->cost;
    return c;
}

static bool is_empty(const sy_cursor *c)
{
    return c->kind == LIST && c->u.list->ref.df == 0;
}

/* Empty lists are left out: one operand needs no heap and may be counted at once. */
sy_cursor *sy_cursor_or(sy_cursor_env *env, sy_cursor *const *children, size_t n)
{
    sy_cursor **full = sy_query_memory_take(env->memory, n, sizeof *full);
    size_t n_full = 0;
    for (size_t i = 0; full && i < n; i++) {
        if (!is_empty(children[i]))
            full[n_full++] = children[i];
    }
    if (!full)
        return NULL;
    return n_full > 0 ? new_set(env, OR, full, n_full) : children[0];
}

sy_cursor *sy_cursor_not(sy_cursor_env *env, sy_cursor *child)
{
    uint64_t excluded = child->exact && child->cost < env->n_records ? child->cost : 0;
    sy_cursor *c = new_cursor(env, NOT, child->exact, env->n_records - excluded);
    if (c)
        c->u.child = child;
    return c;
}

static void be_thrifty(sy_cursor *c)
{
    if (c->kind != MEET)
        return;
    sy_list_meet_be_thrifty(c->u.meet);
    c->exact = false;
}

sy_cursor *sy_cursor_check(sy_cursor_env *env, sy_cursor *candidates, const void *leaf)
{
    if (candidates->kind == AND) {
        operands *of = &candidates->u.of;
        of->tallies = sy_query_memory_take(env->memory, of->n, sizeof *of->tallies);
        if (!of->tallies)
            return NULL;
        memset(of->tallies, 0, of->n * sizeof *of->tallies);
        candidates->exact = false;
        for (size_t i = 0; i < of->n; i++)
            be_thrifty(of->items[i]);
    }
    be_thrifty(candidates);
    sy_cursor *c = new_cursor(env, CHECK, false, candidates->cost);
    if (c)
        c->u.check = (checked){.candidates = candidates, .leaf = leaf};
    return c;
}

uint64_t sy_cursor_cost(const sy_cursor *c)
{
    return c->cost;
}

bool sy_cursor_exact(const sy_cursor *c)
{
    return c->exact;
}

static void note_damage(sy_cursor_env *env, const sy_postings *p)
{
    if (env->status == SY_OK)
        env->status = sy_postings_status(p, env->where, &env->err);
}

static sy_docid seek_list(sy_cursor *c, sy_docid target)
{
    sy_docid doc = sy_postings_seek(c->u.list, target);
    if (doc == SY_DOC_END)
        note_damage(c->env, c->u.list);
    return doc;
}

static sy_docid seek_meet(sy_cursor *c, sy_docid target)
{
    sy_docid doc = sy_list_meet_seek(c->u.meet, target);
    const sy_postings *damaged = sy_list_meet_damaged(c->u.meet);
    if (damaged)
        note_damage(c->env, damaged);
    const sy_docid *docs;
    uint32_t n = c->exact || !c->env->expect ? 0 : sy_list_meet_ahead(c->u.meet, &docs);
    if (n > 0)
        c->env->expect(c->env->ctx, docs, n);
    return doc;
}

static void set_bit(list_union *u, sy_docid doc)
{
    sy_docid bit = doc - u->base;
    u->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Of all bigrams of a merged list: their records are not in order, which bits do not mind. */
static void fill_from_merged(sy_cursor *c, size_t i)
{
    list_union *u = c->u.lists;
    sy_docid docs[SY_MERGED_MAX], end = u->base + WINDOW;
    uint32_t n = sy_postings_merged(&u->refs[i], docs);
    u->next[i] = SY_DOC_END;
    for (uint32_t k = 0; k < n; k++) {
        if (docs[k] >= u->base && docs[k] < end)
            set_bit(u, docs[k]);
        else if (docs[k] >= end && docs[k] < u->next[i])
            u->next[i] = docs[k];
    }
    if (n == 0) {
        sy_postings_init(&u->walk, &u->refs[i]);
        sy_postings_next(&u->walk); /* finds the damage too */
        note_damage(c->env, &u->walk);
    }
}

/* Looks up the lists of a row. A failure is noted, and the row is empty then. */
static void look_up_row(sy_cursor *c)
{
    list_union *u = c->u.lists;
    sy_cursor_env *env = c->env;
    size_t n = u->n;
    u->n = 0;
    u->refs = sy_query_memory_take(env->memory, n, sizeof *u->refs);
    u->next = sy_query_memory_take(env->memory, n, sizeof *u->next);
    if (env->status == SY_OK && (!u->refs || !u->next))
        env->status = sy_fail_nomem(&env->err);
    for (size_t i = 0; i < n && env->status == SY_OK; i++) {
        uint32_t b;
        env->status = sy_segment_bigram_at(u->segment, &u->row, u->from + (uint32_t)i, &b,
                                           &u->refs[i], &env->err);
        u->refs[i].filter = u->filter;
        u->next[i] = 0;
    }
    u->n = env->status == SY_OK ? n : 0;
}

/* Sets the bits of one list in the window that starts at u->base. */
static void fill_from(sy_cursor *c, size_t i)
{
    list_union *u = c->u.lists;
    sy_docid end = u->base + WINDOW;
    if (counts_postings(&u->refs[i])) {
        fill_from_merged(c, i);
        return;
    }
    sy_postings_init(&u->walk, &u->refs[i]);
    sy_docid doc = sy_postings_seek(&u->walk, u->base);
    while (doc < end) {
        const sy_docid *docs;
        uint32_t n = sy_postings_docs(&u->walk, end, &docs);
        for (uint32_t k = 0; k < n; k++)
            set_bit(u, docs[k]);
        doc = sy_postings_next(&u->walk);
    }
    if (doc == SY_DOC_END)
        note_damage(c->env, &u->walk);
    u->next[i] = doc;
}

/* The first record of the window that is >= target, or SY_DOC_END. */
static sy_docid find_bit(const list_union *u, sy_docid target)
{
    sy_docid bit = target - u->base;
    uint64_t word = u->bits[bit / 64] >> bit % 64 << bit % 64;
    for (sy_docid i = bit / 64;;) {
        if (word != 0)
            return u->base + i * 64 + (sy_docid)__builtin_ctzll(word);
        if (++i == WINDOW / 64)
            return SY_DOC_END;
        word = u->bits[i];
    }
}

static sy_docid seek_union(sy_cursor *c, sy_docid target)
{
    list_union *u = c->u.lists;
    if (!u->refs)
        look_up_row(c);
    while (target < SY_DOC_END) {
        if (u->filled && target >= u->base && target - u->base < WINDOW) {
            sy_docid doc = find_bit(u, target);
            if (doc != SY_DOC_END)
                return doc;
            target = u->base + WINDOW;
        }
        sy_docid least = SY_DOC_END; /* nothing lies between target and it */
        for (size_t i = 0; i < u->n; i++) {
            sy_docid next = u->next[i] < target ? target : u->next[i];
            least = next < least ? next : least;
        }
        if (least == SY_DOC_END)
            break;
        target = least;
        u->base = target / WINDOW * WINDOW;
        memset(u->bits, 0, sizeof u->bits);
        u->filled = true;
        for (size_t i = 0; i < u->n; i++)
            if (u->next[i] < u->base + WINDOW)
                fill_from(c, i);
    }
    return SY_DOC_END;
}

static sy_docid seek_ranges(range_set *r, sy_docid target)
{
    size_t low = r->at, high = r->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->items[mid].end <= target)
            low = mid + 1;
        else
            high = mid;
    }
    r->at = low;
    if (low == r->n || r->items[low].start >= r->items[low].end)
        return SY_DOC_END;
    return r->items[low].start > target ? r->items[low].start : target;
}

/* Notes an operand's answer; true if it is left out from now on. */
static bool leave_out(operands *of, size_t i, bool refused)
{
    enum { ENOUGH = 128, RARELY = 32 };
    struct tally *t = &of->tallies[i];
    t->refused += refused;
    if (++t->asked < ENOUGH)
        return false;
    bool out = t->refused < ENOUGH / RARELY;
    *t = (struct tally){0};
    if (out) {
        of->n--;
        memmove(of->items + i, of->items + i + 1, (of->n - i) * sizeof *of->items);
        memmove(t, t + 1, (of->n - i) * sizeof *t);
    }
    return out;
}

static sy_docid seek_and(operands *of, sy_docid target)
{
    sy_docid doc = sy_cursor_seek(of->items[0], target);
    for (size_t i = 1; i < of->n && doc != SY_DOC_END;) {
        sy_docid other = sy_cursor_seek(of->items[i], doc);
        bool out = of->tallies && leave_out(of, i, other != doc);
        if (other == doc) {
            i += !out;
        } else {
            doc = sy_cursor_seek(of->items[0], other);
            i = 1;
        }
    }
    return doc;
}

static void sift_down(operands *of, size_t i)
{
    sy_cursor *moved = of->items[i];
    for (size_t child; (child = 2 * i + 1) < of->n; i = child) {
        if (child + 1 < of->n && of->items[child + 1]->doc < of->items[child]->doc)
            child++;
        if (of->items[child]->doc >= moved->doc)
            break;
        of->items[i] = of->items[child];
    }
    of->items[i] = moved;
}

static sy_docid seek_or(operands *of, sy_docid target)
{
    if (!of->heaped) {
        for (size_t i = 0; i < of->n; i++)
            sy_cursor_seek(of->items[i], target);
        for (size_t i = of->n / 2; i-- > 0;)
            sift_down(of, i);
        of->heaped = true;
    }
    while (of->items[0]->doc < target) {
        sy_cursor_seek(of->items[0], target);
        sift_down(of, 0);
    }
    return of->items[0]->doc;
}

static sy_docid seek_not(const sy_cursor *c, sy_docid target)
{
    sy_docid end = c->env->n_records;
    if (c->u.child->exact)
        while (target < end && sy_cursor_seek(c->u.child, target) == target)
            target++;
    return target < end ? target : SY_DOC_END;
}

static sy_docid seek(sy_cursor *c, sy_docid target)
{
    switch (c->kind) {
    case LIST:
        return seek_list(c, target);
    case UNION:
        return seek_union(c, target);
    case RANGES:
        return seek_ranges(&c->u.ranges, target);
    case MEET:
        return seek_meet(c, target);
    case AND:
        return seek_and(&c->u.of, target);
    case OR:
        return seek_or(&c->u.of, target);
    case NOT:
        return seek_not(c, target);
    case CHECK:
        return sy_cursor_seek(c->u.check.candidates, target);
    }
    return SY_DOC_END;
}

sy_docid sy_cursor_seek(sy_cursor *c, sy_docid target)
{
    if (!c->started || c->doc < target) {
        c->doc = seek(c, target);
        c->started = true;
    }
    return c->doc;
}

uint32_t sy_cursor_run(sy_cursor *c, sy_docid end, const sy_docid **docs)
{
    if ((c->kind != LIST && !(c->kind == MEET && c->exact)) || !c->started || c->doc >= end)
        return 0;
    uint32_t n = c->kind == LIST ? sy_postings_docs(c->u.list, end, docs)
                                 : sy_list_meet_run(c->u.meet, end, docs);
    c->doc = (*docs)[n - 1];
    return n;
}

static sy_status confirm_and(const operands *of, bool *yes, sy_error *err)
{
    sy_status st = SY_OK;
    *yes = true;
    for (size_t i = 0; i < of->n && *yes && st == SY_OK; i++)
        st = sy_cursor_confirm(of->items[i], yes, err);
    return st;
}

static sy_status confirm_or(const sy_cursor *c, bool *yes, sy_error *err)
{
    const operands *of = &c->u.of;
    sy_status st = SY_OK;
    *yes = false;
    /* What the lists settle saves looking at the text. */
    for (size_t i = 0; i < of->n && !*yes; i++)
        *yes = of->items[i]->doc == c->doc && of->items[i]->exact;
    for (size_t i = 0; i < of->n && !*yes && st == SY_OK; i++)
        if (of->items[i]->doc == c->doc)
            st = sy_cursor_confirm(of->items[i], yes, err);
    return st;
}

static sy_status confirm_not(const sy_cursor *c, bool *yes, sy_error *err)
{
    sy_status st = SY_OK;
    bool excluded = false;
    if (sy_cursor_seek(c->u.child, c->doc) == c->doc)
        st = sy_cursor_confirm(c->u.child, &excluded, err);
    *yes = !excluded;
    return st;
}

sy_status sy_cursor_confirm(sy_cursor *c, bool *yes, sy_error *err)
{
    *yes = true;
    if (c->exact)
        return SY_OK;
    switch (c->kind) {
    case MEET: /* of a leaf that is checked */
        return SY_OK;
    case AND:
        return confirm_and(&c->u.of, yes, err);
    case OR:
        return confirm_or(c, yes, err);
    case NOT:
        return confirm_not(c, yes, err);
    default:
        return c->env->check(c->env->ctx, c->u.check.leaf, c->doc, yes, err);
    }
}

/* Clears the bits of deleted records. */
static void clear_dead(list_union *u, const sy_live *live)
{
    for (size_t i = 0; i < live->n_dead; i++) {
        sy_docid from = live->dead[i].start, to = live->dead[i].end;
        if (from >= u->base + WINDOW)
            break;
        from = from > u->base ? from - u->base : 0;
        to = to > u->base ? to - u->base : 0;
        for (to = to < WINDOW ? to : WINDOW; from < to; from++)
            u->bits[from / 64] &= ~(UINT64_C(1) << from % 64);
    }
}

/* Window by window, without looking at single records. */
static uint64_t count_union(sy_cursor *c)
{
    list_union *u = c->u.lists;
    uint64_t n = 0;
    bool whole = u->segment && u->n == u->row.end - u->row.first;
    if (whole && !u->filter && c->env->live->n_dead == 0)
        return u->row.df;
    sy_docid doc = seek_union(c, 0);
    while (doc != SY_DOC_END) {
        clear_dead(u, c->env->live);
        for (size_t i = 0; i < WINDOW / 64; i++)
            n += (uint64_t)__builtin_popcountll(u->bits[i]);
        doc = u->base < SY_DOC_END - WINDOW ? seek_union(c, u->base + WINDOW) : SY_DOC_END;
    }
    return n;
}

/* What a filter lets through has to be walked. */
static uint64_t count_list(sy_cursor *c)
{
    sy_postings *list = c->u.list;
    sy_cursor_env *env = c->env;
    if (!list->ref.filter || !list->ref.marked) {
        uint32_t df = 0;
        if (env->status == SY_OK)
            env->status = sy_live_df(env->live, &list->ref, env->where, &df, &env->err);
        return df;
    }
    uint32_t said;
    if (env->live->n_dead == 0 && sy_postings_accepted(list, &said))
        return said;
    uint64_t n = 0;
    for (sy_docid doc = sy_postings_next(list); doc != SY_DOC_END;) {
        const sy_docid *docs;
        sy_docid from = sy_live_from(env->live, doc), end = sy_live_until(env->live, from);
        if (from == doc)
            n += sy_postings_docs(list, end, &docs);
        doc = from == doc ? sy_postings_next(list) : sy_postings_seek(list, from);
    }
    note_damage(env, list);
    return n;
}

static uint64_t count_ranges(const range_set *r, const sy_live *live)
{
    uint64_t n = 0;
    for (size_t i = 0, k = 0; i < r->n; i++) {
        n += r->items[i].end - r->items[i].start;
        for (; k < live->n_dead && live->dead[k].start < r->items[i].end; k++) {
            const sy_doc_range *dead = &live->dead[k];
            sy_docid from = dead->start > r->items[i].start ? dead->start : r->items[i].start;
            sy_docid to = dead->end < r->items[i].end ? dead->end : r->items[i].end;
            n -= from < to ? to - from : 0;
            if (dead->end > r->items[i].end) /* it may reach into the next one */
                break;
        }
    }
    return n;
}

static uint64_t count_meet(sy_cursor *c)
{
    uint64_t n = sy_list_meet_count(c->u.meet);
    seek_meet(c, SY_DOC_END); /* finds the damage */
    return n;
}

bool sy_cursor_count(sy_cursor *c, uint64_t *n)
{
    *n = 0;
    if (c->started || (c->kind == MEET && (!c->exact || c->env->live->n_dead > 0)))
        return false;
    switch (c->kind) {
    case LIST:
        *n = count_list(c);
        break;
    case RANGES:
        *n = count_ranges(&c->u.ranges, c->env->live);
        break;
    case UNION:
        *n = count_union(c);
        break;
    case MEET:
        *n = count_meet(c);
        break;
    default:
        return false;
    }
    c->started = true;
    c->doc = SY_DOC_END;
    return true;
}

enum { PRINTED_MOST = 8 };

static void print_lists(const sy_list_meet *meet, size_t *printed, sy_buf *out)
{
    sy_postings *const *lists;
    size_t n = sy_list_meet_lists(meet, &lists);
    for (size_t i = 0; i < n; i++)
        if ((*printed)++ < PRINTED_MOST)
            sy_buf_printf(out, " (list %llu)", (unsigned long long)lists[i]->ref.df);
}

/* The lists that an AND has as one operand are printed like its others. */
static void print_set(const char *name, sy_cursor *const *items, size_t n, bool is_and, sy_buf *out)
{
    size_t printed = 0;
    sy_buf_printf(out, "(%s", name);
    for (size_t i = 0; i < n; i++) {
        if (is_and && items[i]->kind == MEET) {
            print_lists(items[i]->u.meet, &printed, out);
        } else if (printed++ < PRINTED_MOST) {
            sy_buf_putc(out, ' ');
            sy_cursor_print(items[i], out);
        }
    }
    if (printed > PRINTED_MOST)
        sy_buf_printf(out, " +%zu", printed - PRINTED_MOST);
    sy_buf_putc(out, ')');
}

void sy_cursor_print(const sy_cursor *c, sy_buf *out)
{
    unsigned long long cost = c->cost;
    switch (c->kind) {
    case LIST:
        sy_buf_printf(out, "(list %llu)", cost);
        break;
    case UNION:
        sy_buf_printf(out, "(lists %llu in %zu)", cost, c->u.lists->n);
        break;
    case RANGES:
        sy_buf_printf(out, cost == c->env->n_records ? "(all %llu)" : "(documents %llu)", cost);
        break;
    case MEET:
        print_set("and", (sy_cursor *const[]){(sy_cursor *)(uintptr_t)c}, 1, true, out);
        break;
    case AND:
        print_set("and", c->u.of.items, c->u.of.n, true, out);
        break;
    case OR:
        print_set("or", c->u.of.items, c->u.of.n, false, out);
        break;
    case NOT:
        print_set("not", &c->u.child, 1, false, out);
        break;
    case CHECK:
        print_set("check", &c->u.check.candidates, 1, false, out);
        break;
    }
}
