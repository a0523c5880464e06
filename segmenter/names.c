#include "segmenter/names.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

/* Classes are found on nodes: a node is a bare name with one of the prefixes,
 * number 4 * entry + prefix. A name without a prefix stands for all four. */
typedef enum name_prefix { NO_PREFIX, DISTRICT, COUNTY, CITY, N_PREFIXES } name_prefix;

typedef struct split_name {
    name_prefix prefix;
    sy_slice bare;
} split_name;

typedef struct alias_name {
    uint32_t entry;
    name_prefix prefix;
} alias_name;

#define NOT_LISTED UINT32_MAX

struct sy_aliases {
    sy_buf text;     /* normal form of the file; the slices below lie in it */
    sy_slice *names; /* as written, in the file's order */
    size_t n_names, cap_names;
    sy_slice *entries; /* distinct bare names */
    size_t n_entries, cap_entries;
    uint32_t *slots; /* hash table: entry + 1, or 0; a power of two */
    size_t n_slots;
    uint32_t *classes; /* of each node: a node of the same class, once parsed the
                          one that stands for it */
    uint64_t *members; /* class of a group << 32 | class of a member, ascending */
    size_t n_members;
};

/* ---- the rule ------------------------------------------------------------- */

static name_prefix prefix_of(uint32_t cp)
{
    switch (cp) {
    case 0x533A: /* 区 */
    case 0x5340: /* 區 */
        return DISTRICT;
    case 0x53BF: /* 县 */
    case 0x7E23: /* 縣 */
        return COUNTY;
    case 0x5E02: /* 市 */
        return CITY;
    default:
        return NO_PREFIX;
    }
}

/* 市场, 市容, 市域, 县域, 区域, 区划, 区块: no body's bare name starts with these. */
static bool makes_word(uint32_t cp)
{
    static const uint32_t second[] = {0x573A, 0x5834, /* 场 場 */
                                      0x5BB9, 0x57DF, /* 容 域 */
                                      0x5212, 0x5283, /* 划 劃 */
                                      0x5757, 0x584A /* 块 塊 */};
    for (size_t i = 0; i < sizeof second / sizeof *second; i++)
        if (cp == second[i])
            return true;
    return false;
}

static split_name split(sy_slice name)
{
    uint32_t cp;
    split_name whole = {NO_PREFIX, name};
    if (name.len == 0)
        return whole;
    size_t n = sy_utf8_decode(name.data, name.len, &cp);
    name_prefix prefix = prefix_of(cp);
    if (prefix == NO_PREFIX || n == name.len)
        return whole;
    sy_slice bare = {name.data + n, name.len - n};
    if (sy_utf8_decode(bare.data, bare.len, &cp) == bare.len || makes_word(cp))
        return whole;
    return (split_name){prefix, bare};
}

static bool same(sy_slice a, split_name a_split, sy_slice b, split_name b_split)
{
    if (a_split.prefix == b_split.prefix)
        return sy_slice_equal(a_split.bare, b_split.bare);
    return sy_slice_equal(a_split.bare, b) || sy_slice_equal(a, b_split.bare);
}

bool sy_name_same(sy_slice a, sy_slice b)
{
    return same(a, split(a), b, split(b));
}

/* ---- entries and classes -------------------------------------------------- */

/* The slot that holds the entry `bare`, or the empty one where it belongs. */
static uint32_t *slot_of(const sy_aliases *a, sy_slice bare)
{
    size_t at = sy_hash64(bare.data, bare.len) & (a->n_slots - 1);
    while (a->slots[at] != 0 && !sy_slice_equal(a->entries[a->slots[at] - 1], bare))
        at = (at + 1) & (a->n_slots - 1);
    return &a->slots[at];
}

/* Keeps the table at most half full. */
static bool make_room(sy_aliases *a)
{
    if (2 * (a->n_entries + 1) <= a->n_slots)
        return true;
    size_t bigger = a->n_slots > 0 ? 2 * a->n_slots : 64;
    uint32_t *slots = sy_calloc(bigger, sizeof *slots);
    if (!slots)
        return false;
    sy_free(a->slots);
    a->slots = slots;
    a->n_slots = bigger;
    for (size_t i = 0; i < a->n_entries; i++)
        *slot_of(a, a->entries[i]) = (uint32_t)i + 1;
    return true;
}

static sy_status enter_name(sy_aliases *a, sy_slice name, alias_name *out, sy_error *err)
{
    split_name parts = split(name);
    if (!sy_grow((void **)&a->names, a->n_names, &a->cap_names, sizeof *a->names) || !make_room(a))
        return sy_fail_nomem(err);
    a->names[a->n_names++] = name;
    uint32_t *slot = slot_of(a, parts.bare);
    if (*slot == 0) {
        if (!sy_grow((void **)&a->entries, a->n_entries, &a->cap_entries, sizeof *a->entries))
            return sy_fail_nomem(err);
        a->entries[a->n_entries++] = parts.bare;
        *slot = (uint32_t)a->n_entries;
    }
    *out = (alias_name){*slot - 1, parts.prefix};
    return SY_OK;
}

static uint32_t node_of(alias_name name, unsigned prefix)
{
    return name.entry * N_PREFIXES + prefix;
}

/* The node that stands for the class of `node` (union-find with path halving:
 * Tarjan and van Leeuwen, JACM 31, 1984). */
static uint32_t find_class(uint32_t *classes, uint32_t node)
{
    while (classes[node] != node)
        node = classes[node] = classes[classes[node]];
    return node;
}

/* The smaller node stands for both, so the result does not depend on the order. */
static void unite(uint32_t *classes, uint32_t a, uint32_t b)
{
    a = find_class(classes, a);
    b = find_class(classes, b);
    if (a < b)
        classes[b] = a;
    else
        classes[a] = b;
}

/* Joins the names of one line: with every prefix, unless they have two. */
static void unite_line(uint32_t *classes, const alias_name *names, size_t n)
{
    name_prefix only = NO_PREFIX;
    bool conflict = false;
    for (size_t i = 0; i < n; i++) {
        if (names[i].prefix != NO_PREFIX && only == NO_PREFIX)
            only = names[i].prefix;
        conflict = conflict || (names[i].prefix != NO_PREFIX && names[i].prefix != only);
    }
    for (size_t i = 1; i < n; i++) {
        if (conflict)
            unite(classes, node_of(names[0], names[0].prefix), node_of(names[i], names[i].prefix));
        for (unsigned p = 0; !conflict && p < N_PREFIXES; p++)
            unite(classes, node_of(names[0], p), node_of(names[i], p));
    }
}

/* ---- the file ------------------------------------------------------------- */

/* The names of one line, items [first, first + n) of a parser's names. */
typedef struct alias_line {
    size_t first, n;
    bool is_group; /* the first name is a group, the others its members */
} alias_line;

typedef struct alias_parser {
    sy_aliases *a;
    const char *where;
    size_t number; /* of the line, from 1 */
    bool in_groups;
    alias_name *names;
    size_t n_names, cap_names;
    alias_line *lines;
    size_t n_lines, cap_lines;
} alias_parser;

static sy_slice trim(const char *start, const char *end)
{
    while (start < end && *start == ' ')
        start++;
    while (end > start && end[-1] == ' ')
        end--;
    return (sy_slice){start, (size_t)(end - start)};
}

static sy_status add_name(alias_parser *p, sy_slice name, sy_error *err)
{
    if (!sy_grow((void **)&p->names, p->n_names, &p->cap_names, sizeof *p->names))
        return sy_fail_nomem(err);
    sy_status st = enter_name(p->a, name, &p->names[p->n_names], err);
    if (st == SY_OK)
        p->n_names++;
    return st;
}

/* Bytes of the separator of names that s[len] starts with, or 0. */
static size_t separator_len(const char *s, size_t len)
{
    if (*s == ',')
        return 1;
    return len >= 3 && memcmp(s, "、", 3) == 0 ? 3 : 0;
}

/* Adds the names of a list; empty ones are skipped. */
static sy_status add_list(alias_parser *p, const char *at, const char *end, sy_error *err)
{
    sy_status st = SY_OK;
    while (st == SY_OK && at < end) {
        const char *stop = at;
        size_t gap = 0;
        while (stop < end && (gap = separator_len(stop, (size_t)(end - stop))) == 0)
            stop++;
        sy_slice name = trim(at, stop);
        if (name.len > 0)
            st = add_name(p, name, err);
        at = stop + gap;
    }
    return st;
}

static sy_status broken(const alias_parser *p, const char *why, sy_error *err)
{
    return sy_fail(err, SY_E_INPUT, p->where, "line %zu: %s", p->number, sy_tr(why));
}

static const char *find_equals(const char *at, const char *end)
{
    while (at < end && *at != '=' && *at != ':')
        at++;
    return at;
}

static sy_status parse_names(alias_parser *p, sy_slice line, sy_error *err)
{
    const char *end = line.data + line.len, *equals = find_equals(line.data, end);
    sy_slice left = trim(line.data, equals);
    if (equals == end || left.len == 0)
        return broken(p, "expected 'name = name, name'", err);
    if (find_equals(equals + 1, end) < end)
        return broken(p, "more than one '=' or ':'", err);
    if (!sy_grow((void **)&p->lines, p->n_lines, &p->cap_lines, sizeof *p->lines))
        return sy_fail_nomem(err);
    size_t first = p->n_names;
    sy_status st = add_list(p, left.data, left.data + left.len, err);
    if (st == SY_OK && p->n_names != first + 1)
        return broken(p, "expected one name before '='", err);
    if (st == SY_OK)
        st = add_list(p, equals + 1, end, err);
    if (st == SY_OK && p->n_names == first + 1)
        return broken(p, "no name after '='", err);
    if (st == SY_OK)
        p->lines[p->n_lines++] = (alias_line){first, p->n_names - first, p->in_groups};
    return st;
}

static sy_status parse_heading(alias_parser *p, sy_slice line, sy_error *err)
{
    sy_slice title = {NULL, 0};
    if (line.data[line.len - 1] == ']')
        title = trim(line.data + 1, line.data + line.len - 1);
    if (sy_slice_equal(title, sy_slice_of("groups")))
        p->in_groups = true;
    else if (sy_slice_equal(title, sy_slice_of("aliases")))
        p->in_groups = false;
    else
        return broken(p, "expected [groups] or [aliases]", err);
    return SY_OK;
}

static sy_status parse_lines(alias_parser *p, sy_error *err)
{
    const char *at = sy_buf_cstr(&p->a->text), *end = at + p->a->text.len;
    sy_status st = SY_OK;
    for (p->number = 1; st == SY_OK && at < end; p->number++) {
        const char *stop = memchr(at, SY_BARRIER, (size_t)(end - at));
        if (!stop)
            stop = end;
        sy_slice line = trim(at, stop);
        if (line.len > 0 && line.data[0] == '[')
            st = parse_heading(p, line, err);
        else if (line.len > 0 && line.data[0] != '#')
            st = parse_names(p, line, err);
        at = stop + 1;
    }
    return st;
}

static sy_status make_classes(alias_parser *p, sy_error *err)
{
    sy_aliases *a = p->a;
    size_t n_nodes = a->n_entries * N_PREFIXES;
    a->classes = sy_alloc(n_nodes, sizeof *a->classes);
    if (!a->classes)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < n_nodes; i++)
        a->classes[i] = (uint32_t)i;
    for (size_t i = 0; i < p->n_lines; i++)
        if (!p->lines[i].is_group)
            unite_line(a->classes, &p->names[p->lines[i].first], p->lines[i].n);
    for (size_t i = 0; i < n_nodes; i++)
        a->classes[i] = find_class(a->classes, (uint32_t)i);
    return SY_OK;
}

static bool may_have(alias_name name, unsigned prefix)
{
    return name.prefix == NO_PREFIX || name.prefix == prefix;
}

static uint64_t member_key(const sy_aliases *a, alias_name group, unsigned group_prefix,
                           alias_name member, unsigned member_prefix)
{
    return (uint64_t)a->classes[node_of(group, group_prefix)] << 32 |
           a->classes[node_of(member, member_prefix)];
}

static int compare_keys(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* All pairs of a class of a group and a class of a member. */
static sy_status make_members(alias_parser *p, sy_error *err)
{
    sy_aliases *a = p->a;
    size_t n = 0;
    for (size_t i = 0; i < p->n_lines; i++)
        n += p->lines[i].is_group ? p->lines[i].n - 1 : 0;
    if (n == 0)
        return SY_OK;
    a->members = sy_alloc(n, N_PREFIXES * N_PREFIXES * sizeof *a->members);
    if (!a->members)
        return sy_fail_nomem(err);
    n = 0;
    for (size_t i = 0; i < p->n_lines; i++) {
        const alias_name *names = &p->names[p->lines[i].first];
        for (size_t m = 1; p->lines[i].is_group && m < p->lines[i].n; m++)
            for (unsigned k = 0; k < N_PREFIXES * N_PREFIXES; k++)
                if (may_have(names[0], k / N_PREFIXES) && may_have(names[m], k % N_PREFIXES))
                    a->members[n++] =
                        member_key(a, names[0], k / N_PREFIXES, names[m], k % N_PREFIXES);
    }
    qsort(a->members, n, sizeof *a->members, compare_keys);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || a->members[i] != a->members[a->n_members - 1])
            a->members[a->n_members++] = a->members[i];
    return SY_OK;
}

sy_status sy_aliases_parse(unsigned norm_flags, const char *where, const char *text, size_t len,
                           sy_aliases **out, sy_error *err)
{
    *out = NULL;
    if (len > (size_t)1 << 30)
        return sy_fail(err, SY_E_LIMIT, where, "more than 1 GiB of aliases");
    alias_parser p = {.where = where};
    p.a = sy_calloc(1, sizeof *p.a);
    if (!p.a)
        return sy_fail_nomem(err);
    size_t skip = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    sy_status st = sy_normalize(norm_flags, text + skip, len - skip, &p.a->text, NULL, err);
    if (st == SY_OK)
        st = parse_lines(&p, err);
    if (st == SY_OK)
        st = make_classes(&p, err);
    if (st == SY_OK)
        st = make_members(&p, err);
    sy_free(p.names);
    sy_free(p.lines);
    if (st == SY_OK)
        *out = p.a;
    else
        sy_aliases_free(p.a);
    return st;
}

void sy_aliases_free(sy_aliases *a)
{
    if (!a)
        return;
    sy_buf_release(&a->text);
    sy_free(a->names);
    sy_free(a->entries);
    sy_free(a->slots);
    sy_free(a->classes);
    sy_free(a->members);
    sy_free(a);
}

sy_status sy_aliases_each(const sy_aliases *a, sy_name_fn *fn, void *ctx, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; st == SY_OK && i < a->n_names; i++)
        st = fn(ctx, a->names[i], err);
    return st;
}

/* ---- matching ------------------------------------------------------------- */

static alias_name look_up(const sy_aliases *a, split_name name)
{
    uint32_t slot = a->n_slots > 0 ? *slot_of(a, name.bare) : 0;
    return (alias_name){slot == 0 ? NOT_LISTED : slot - 1, name.prefix};
}

static sy_name_match match_listed(const sy_aliases *a, alias_name term, alias_name name)
{
    bool is_member = false;
    for (unsigned t = 0; t < N_PREFIXES; t++)
        for (unsigned n = 0; may_have(term, t) && n < N_PREFIXES; n++) {
            if (!may_have(name, n))
                continue;
            if (a->classes[node_of(term, t)] == a->classes[node_of(name, n)])
                return SY_NAME_ALIAS;
            uint64_t key = member_key(a, name, n, term, t);
            is_member = is_member || (a->n_members > 0 && bsearch(&key, a->members, a->n_members,
                                                                  sizeof key, compare_keys));
        }
    return is_member ? SY_NAME_GROUP : SY_NAME_NO;
}

static sy_name_match match_whole(const sy_aliases *a, sy_slice term, sy_slice name)
{
    if (term.len == 0 || name.len == 0)
        return SY_NAME_NO;
    split_name term_split = split(term), name_split = split(name);
    if (same(term, term_split, name, name_split))
        return SY_NAME_SAME;
    alias_name t = {NOT_LISTED, NO_PREFIX}, n = t;
    if (a)
        t = look_up(a, term_split);
    if (t.entry != NOT_LISTED)
        n = look_up(a, name_split);
    sy_name_match match = SY_NAME_NO;
    if (n.entry != NOT_LISTED)
        match = match_listed(a, t, n);
    if (match == SY_NAME_NO && memmem(name.data, name.len, term.data, term.len))
        match = SY_NAME_PART;
    return match;
}

/* 发改局 of 发改局(张三); the name itself if no remark in brackets ends it. */
static sy_slice without_remark(sy_slice name)
{
    if (name.len == 0 || name.data[name.len - 1] != ')')
        return name;
    size_t at = name.len - 1;
    while (at > 0 && name.data[at] != '(')
        at--;
    while (at > 0 && name.data[at - 1] == ' ')
        at--;
    return at > 0 ? (sy_slice){name.data, at} : name;
}

sy_name_match sy_name_matches(const sy_aliases *a, sy_slice term, sy_slice name)
{
    sy_name_match match = match_whole(a, term, name);
    if (match != SY_NAME_NO)
        return match;
    sy_slice bare = without_remark(name);
    return bare.len < name.len ? match_whole(a, term, bare) : SY_NAME_NO;
}
