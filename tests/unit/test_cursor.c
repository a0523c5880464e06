#include "query/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/check.h"

/* A random tree of cursors, and beside each cursor the set of records that it
 * must find, worked out naively. */
enum { N_DOCS_MAX = 200000, N_LISTS = 40, SET_BYTES = N_DOCS_MAX };

typedef struct world {
    sy_cursor_env env;
    sy_buf bytes[N_LISTS];
    sy_postings_ref refs[N_LISTS];
    bool *sets[N_LISTS]; /* sets[i][doc] */
    sy_docid *docs;
    unsigned n_checks;
} world;

typedef struct node {
    sy_cursor *cursor;
    bool *set; /* given */
} node;

static bool *new_set(void)
{
    bool *set = calloc(SET_BYTES, sizeof *set);
    assert_non_null(set);
    return set;
}

/* The leaf is the set of records that match; it is only asked about candidates. */
static sy_status check(void *ctx, const void *leaf, sy_docid doc, bool *yes, sy_error *err)
{
    world *w = ctx;
    (void)err;
    w->n_checks++;
    *yes = ((const bool *)leaf)[doc];
    return SY_OK;
}

static void make_list(world *w, size_t i)
{
    /* From every record to one in 30,000. */
    static const uint32_t steps[] = {1, 2, 3, 10, 100, 1000, 30000};
    uint32_t step = steps[sy_random_below(7)];
    uint32_t n = 0;
    w->sets[i] = new_set();
    for (uint32_t doc = sy_random_below(step); doc < w->env.n_records;
         doc += 1 + sy_random_below(2 * step - 1)) {
        w->sets[i][doc] = true;
        w->docs[n++] = doc;
    }
    w->bytes[i] = (sy_buf)SY_BUF_INIT;
    w->refs[i] = (sy_postings_ref){.df = n};
    if (n == 1) {
        w->refs[i].only = w->docs[0];
    } else if (n > 1) {
        sy_postings_encode(&w->bytes[i], w->docs, NULL, n, NULL);
        w->refs[i].at = (const uint8_t *)w->bytes[i].data;
        w->refs[i].end = w->refs[i].at + w->bytes[i].len;
    }
}

static void make_world(world *w)
{
    static const uint32_t sizes[] = {0, 1, 64, 127, 129, 3000, 65536, 65537, N_DOCS_MAX};
    sy_error err;
    sy_error_clear(&err);
    *w = (world){.env = {.where = "test", .check = check}};
    w->env.ctx = w;
    w->env.n_records = sizes[sy_random_below(9)];
    w->docs = calloc(N_DOCS_MAX, sizeof *w->docs);
    assert_non_null(w->docs);
    check_ok(sy_query_memory_new(&w->env.memory, &err), &err);
    for (size_t i = 0; i < N_LISTS; i++)
        make_list(w, i);
}

static void free_world(world *w)
{
    for (size_t i = 0; i < N_LISTS; i++) {
        free(w->sets[i]);
        sy_buf_release(&w->bytes[i]);
    }
    free(w->docs);
    sy_query_memory_free(w->env.memory);
}

static node make_list_node(world *w)
{
    size_t i = sy_random_below(N_LISTS);
    node out = {sy_cursor_list(&w->env, &w->refs[i]), new_set()};
    memcpy(out.set, w->sets[i], SET_BYTES);
    return out;
}

static node make_union(world *w)
{
    sy_postings_ref refs[N_LISTS];
    size_t n = sy_random_below(N_LISTS);
    node out = {NULL, new_set()};
    for (size_t i = 0; i < n; i++) {
        size_t k = sy_random_below(N_LISTS);
        refs[i] = w->refs[k];
        for (uint32_t doc = 0; doc < w->env.n_records; doc++)
            out.set[doc] |= w->sets[k][doc];
    }
    out.cursor = sy_cursor_union(&w->env, refs, n);
    return out;
}

static node make_ranges(world *w)
{
    sy_doc_range ranges[8];
    size_t n = 0;
    sy_docid at = 0;
    node out = {NULL, new_set()};
    while (n < 8 && at < w->env.n_records) {
        sy_docid start = at + sy_random_below(w->env.n_records - at),
                 end = start + 1 + sy_random_below(w->env.n_records - start);
        ranges[n++] = (sy_doc_range){start, end};
        for (sy_docid doc = start; doc < end; doc++)
            out.set[doc] = true;
        at = end;
    }
    out.cursor = sy_cursor_ranges(&w->env, ranges, n);
    return out;
}

static node make_node(world *w, unsigned depth);

static node make_set(world *w, unsigned depth, bool is_and)
{
    sy_cursor *children[6];
    size_t n = 1 + sy_random_below(6);
    node out = {NULL, NULL};
    for (size_t i = 0; i < n; i++) {
        node child = make_node(w, depth);
        children[i] = child.cursor;
        for (uint32_t doc = 0; out.set && doc < w->env.n_records; doc++)
            out.set[doc] = is_and ? out.set[doc] && child.set[doc] : out.set[doc] || child.set[doc];
        if (out.set)
            free(child.set);
        else
            out.set = child.set;
    }
    out.cursor = is_and ? sy_cursor_and(&w->env, children, n) : sy_cursor_or(&w->env, children, n);
    return out;
}

/* Candidates of which some do not match: the leaf is another list's set. */
static node make_check(world *w, unsigned depth)
{
    node out = make_node(w, depth);
    if (!sy_cursor_exact(out.cursor))
        return out; /* a leaf's candidates are always exact cursors */
    const bool *truth = w->sets[sy_random_below(N_LISTS)];
    out.cursor = sy_cursor_check(&w->env, out.cursor, truth);
    for (uint32_t doc = 0; doc < w->env.n_records; doc++)
        out.set[doc] = out.set[doc] && truth[doc];
    return out;
}

static node make_not(world *w, unsigned depth)
{
    node out = make_node(w, depth);
    out.cursor = sy_cursor_not(&w->env, out.cursor);
    for (uint32_t doc = 0; doc < w->env.n_records; doc++)
        out.set[doc] = !out.set[doc];
    return out;
}

static node make_node(world *w, unsigned depth)
{
    switch (sy_random_below(depth == 0 ? 4 : 9)) {
    case 0:
        return make_union(w);
    case 1:
        return make_ranges(w);
    case 2:
    case 3:
        return make_list_node(w);
    case 4:
        return make_check(w, 0);
    case 5:
        return make_not(w, depth - 1);
    case 6:
        return make_set(w, depth - 1, true);
    default:
        return make_set(w, depth - 1, false);
    }
}

/* The records found by walking, leaping over some of them now and then. */
static void compare(world *w, const node *n)
{
    sy_error err;
    sy_error_clear(&err);
    bool leap = sy_random_below(2) == 0;
    sy_docid from = 0;
    for (;;) {
        if (leap && sy_random_below(3) == 0)
            from += sy_random_below(w->env.n_records / 4 + 1);
        sy_docid doc = sy_cursor_seek(n->cursor, from);
        assert_true(doc >= from);
        for (sy_docid skipped = from; skipped < doc && skipped < w->env.n_records; skipped++)
            assert_false(n->set[skipped]);
        if (doc == SY_DOC_END)
            break;
        assert_true(doc < w->env.n_records);
        bool yes;
        check_ok(sy_cursor_confirm(n->cursor, &yes, &err), &err);
        assert_int_equal(yes, n->set[doc]);
        if (sy_cursor_exact(n->cursor))
            assert_true(yes);
        from = doc + 1;
    }
    assert_int_equal(sy_cursor_seek(n->cursor, 0), SY_DOC_END);
    assert_int_equal(w->env.status, SY_OK);
}

static void test_random_trees(void **state)
{
    (void)state;
    const char *rounds = getenv("SY_ROUNDS");
    int n_worlds = rounds ? atoi(rounds) : 9;
    sy_random_init("cursor");
    for (int i = 0; i < n_worlds; i++) {
        world w;
        make_world(&w);
        for (int k = 0; k < 6; k++) {
            node n = make_node(&w, 3);
            assert_non_null(n.cursor);
            compare(&w, &n);
            free(n.set);
        }
        free_world(&w);
    }
}

/* An AND of random lists, made as often as asked; out: what all of them have. */
static sy_cursor *and_of_lists(world *w, const size_t *chosen, size_t n, bool *set)
{
    sy_cursor *lists[6];
    for (size_t i = 0; i < n; i++)
        lists[i] = sy_cursor_list(&w->env, &w->refs[chosen[i]]);
    for (uint32_t doc = 0; doc < w->env.n_records; doc++) {
        set[doc] = true;
        for (size_t i = 0; i < n; i++)
            set[doc] &= w->sets[chosen[i]][doc];
    }
    return sy_cursor_and(&w->env, lists, n);
}

/* Records that lists have in common: counted, taken in runs with leaps in between, and checked. */
static void test_common_records(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    sy_live live = {0};
    bool *set = new_set();
    sy_random_init("common records");
    for (int round = 0; round < 12; round++) {
        world w;
        make_world(&w);
        w.env.live = &live;
        size_t chosen[6], n = 2 + sy_random_below(5), in_all = 0;
        for (size_t i = 0; i < n; i++)
            chosen[i] = sy_random_below(N_LISTS);
        uint64_t counted;
        assert_true(sy_cursor_count(and_of_lists(&w, chosen, n, set), &counted));
        for (uint32_t doc = 0; doc < w.env.n_records; doc++)
            in_all += set[doc];
        assert_int_equal(counted, in_all);

        sy_cursor *c = and_of_lists(&w, chosen, n, set);
        sy_docid from = 0;
        for (sy_docid doc; (doc = sy_cursor_seek(c, from)) != SY_DOC_END;) {
            const sy_docid *docs;
            sy_docid end = doc + 1 + sy_random_below(20000);
            uint32_t n_run = sy_cursor_run(c, end, &docs);
            assert_true(n_run > 0 && docs[0] == doc && docs[n_run - 1] < end);
            for (uint32_t i = 0; i < n_run; from = docs[i++] + 1) {
                assert_true(set[docs[i]]);
                for (sy_docid skipped = from; skipped < docs[i]; skipped++)
                    assert_false(set[skipped]);
            }
            from += sy_random_below(4) == 0 ? sy_random_below(20000) : 0;
        }
        const bool *truth = w.sets[sy_random_below(N_LISTS)];
        node checked = {sy_cursor_check(&w.env, and_of_lists(&w, chosen, n, set), truth), set};
        for (uint32_t doc = 0; doc < w.env.n_records; doc++)
            set[doc] &= truth[doc];
        compare(&w, &checked);
        free_world(&w);
    }
    free(set);
}

/* The exact operands of an OR settle it without a look at the text, and AND asks
 * only about what all its lists have. */
static void test_checks_are_few(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    world w = {.env = {.n_records = 1000, .check = check}};
    w.env.ctx = &w;
    check_ok(sy_query_memory_new(&w.env.memory, &err), &err);
    sy_doc_range all = {0, w.env.n_records}, few = {10, 20}, other = {15, 30};
    bool *yes_set = new_set();
    memset(yes_set, 1, SET_BYTES);
    sy_cursor *both[] = {
        sy_cursor_check(&w.env, sy_cursor_ranges(&w.env, &all, 1), yes_set),
        sy_cursor_ranges(&w.env, &few, 1),
        sy_cursor_ranges(&w.env, &other, 1),
    };
    sy_cursor *c = sy_cursor_and(&w.env, both, 3);
    bool yes;
    unsigned n = 0;
    for (sy_docid doc = 0; (doc = sy_cursor_seek(c, doc)) != SY_DOC_END; doc++, n++)
        check_ok(sy_cursor_confirm(c, &yes, &err), &err);
    assert_int_equal(n, 5);
    assert_int_equal(w.n_checks, 5);

    w.n_checks = 0;
    sy_cursor *any[] = {
        sy_cursor_check(&w.env, sy_cursor_ranges(&w.env, &other, 1), yes_set),
        sy_cursor_ranges(&w.env, &few, 1),
    };
    c = sy_cursor_or(&w.env, any, 2);
    for (sy_docid doc = 0; (doc = sy_cursor_seek(c, doc)) != SY_DOC_END; doc++)
        check_ok(sy_cursor_confirm(c, &yes, &err), &err);
    assert_int_equal(w.n_checks, 10);
    free(yes_set);
    sy_query_memory_free(w.env.memory);
}

static sy_cursor *damaged_list(sy_cursor_env *env, const sy_postings_ref *refs)
{
    return sy_cursor_list(env, refs);
}

static sy_cursor *damaged_union(sy_cursor_env *env, const sy_postings_ref *refs)
{
    return sy_cursor_union(env, refs, 2);
}

/* The sound half of the damaged list says yes to all, for which a list may be left out. */
static sy_cursor *damaged_and(sy_cursor_env *env, const sy_postings_ref *refs)
{
    sy_cursor *lists[] = {sy_cursor_list(env, refs), sy_cursor_list(env, refs + 2)};
    return sy_cursor_and(env, lists, 2);
}

static sy_cursor *damaged_candidates(sy_cursor_env *env, const sy_postings_ref *refs)
{
    bool *all = sy_query_memory_take(env->memory, 3000, sizeof *all);
    assert_non_null(all);
    memset(all, true, 3000);
    return sy_cursor_check(env, damaged_and(env, refs), all);
}

/* Cuts a list short: its cursor ends, and the environment says why. */
static void expect_damage(sy_cursor *(*make)(sy_cursor_env *, const sy_postings_ref *))
{
    world w;
    sy_docid docs[1000];
    sy_buf bytes = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    for (sy_docid i = 0; i < 1000; i++)
        docs[i] = i * 3;
    sy_postings_encode(&bytes, docs, NULL, 1000, NULL);
    w = (world){.env = {.n_records = 3000, .where = "seg", .check = check, .ctx = &w}};
    sy_error_clear(&w.env.err);
    check_ok(sy_query_memory_new(&w.env.memory, &err), &err);
    sy_postings_ref refs[] = {{.df = 1000, .at = (const uint8_t *)bytes.data},
                              {.df = 1, .only = 2999},
                              {.df = 1000, .at = (const uint8_t *)bytes.data}};
    refs[0].end = refs[0].at + bytes.len / 2;
    refs[2].end = refs[2].at + bytes.len;
    sy_cursor *c = sy_cursor_not(&w.env, make(&w.env, refs));
    bool yes;
    for (sy_docid doc = 0; (doc = sy_cursor_seek(c, doc)) != SY_DOC_END; doc++) {
        check_ok(sy_cursor_confirm(c, &yes, &err), &err);
        if (w.env.status != SY_OK)
            break;
    }
    assert_int_equal(w.env.status, SY_E_CORRUPT);
    assert_int_equal(w.env.err.status, SY_E_CORRUPT);
    assert_string_equal(w.env.err.where, "seg");
    sy_query_memory_free(w.env.memory);
    sy_buf_release(&bytes);
}

static void test_damage(void **state)
{
    (void)state;
    expect_damage(damaged_list);
    expect_damage(damaged_union);
    expect_damage(damaged_and);
    expect_damage(damaged_candidates);
}

static void test_no_memory(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    for (unsigned long n = 1;; n++) {
        sy_cursor_env env = {.n_records = 10, .check = check};
        check_ok(sy_query_memory_new(&env.memory, &err), &err);
        sy_postings_ref refs[] = {{.df = 1, .only = 3}, {.df = 1, .only = 4}};
        sy_alloc_fail_at(n, false);
        sy_cursor *lists[] = {sy_cursor_union(&env, refs, 2), sy_cursor_all(&env)};
        sy_cursor *c = lists[0] && lists[1] ? sy_cursor_and(&env, lists, 2) : NULL;
        unsigned long calls = sy_alloc_fail_at(0, false);
        if (c)
            assert_int_equal(sy_cursor_seek(c, 0), 3);
        sy_query_memory_free(env.memory);
        if (calls < n)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_trees),   cmocka_unit_test(test_common_records),
        cmocka_unit_test(test_checks_are_few), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
