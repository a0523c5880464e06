#include "store/postings.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/check.h"

/* Every size at which a block begins or ends, then larger ones. */
static const uint32_t sizes[] = {1, 2, 127, 128, 129, 255, 256, 257, 383, 384, 1000, 5000};

typedef struct list {
    sy_docid *docs;
    sy_mark *marks;
    uint32_t n;
    sy_buf bytes;
    sy_postings_ref ref;
} list;

/* What the bounds of a list are the most of. */
static uint8_t bound_of(sy_docid doc, sy_mark mark)
{
    return (uint8_t)(doc * 31 + mark.tf * 7 + mark.set);
}

static uint8_t bound(const void *ctx, const sy_docid *docs, const sy_mark *marks, uint32_t n)
{
    (void)ctx;
    uint8_t most = 0;
    for (uint32_t i = 0; i < n; i++)
        most = bound_of(docs[i], marks[i]) > most ? bound_of(docs[i], marks[i]) : most;
    return most;
}

/* Field 2 + code modulo 5, and field 9 for a third of the codes; of code 0 that of the record. */
static uint64_t fields(sy_docid doc, sy_mark mark)
{
    if (mark.set == SY_SET_UNKNOWN)
        return 0;
    if (mark.set == SY_SET_LONGEST)
        return UINT64_C(1) << doc % 3;
    return UINT64_C(1) << (2 + mark.set % 5) | (mark.set % 3 == 0 ? UINT64_C(1) << 9 : 0);
}
static bool count(const void *ctx, const sy_docid *docs, const sy_mark *marks, uint32_t n,
                  uint32_t *counts)
{
    (void)ctx;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t left = fields(docs[i], marks[i]);
        if (left == 0)
            return false;
        for (; left != 0; left &= left - 1)
            counts[__builtin_ctzll(left)]++;
    }
    return true;
}

static const sy_bounder bounder = {bound, count, NULL};

/* Marks of one of several kinds: alike, rare, of few codes, of any. */
static sy_mark random_mark(unsigned kind)
{
    static const uint32_t codes[] = {1, 1, 3, 256};
    sy_mark mark = {0, 0};
    if (kind == 0 || sy_random_below(kind == 1 ? 30 : 2) == 0)
        mark.set = kind == 0 ? 7 : (uint8_t)sy_random_below(codes[kind] + (kind < 3));
    if (kind != 0 && sy_random_below(4) == 0)
        mark.tf = (uint8_t)sy_random_below(16);
    return mark;
}

/* n docids with gaps of at most `gap`, the last one the largest docid there is if wanted. */
static void make_list(list *l, uint32_t n, uint32_t gap, bool marked, bool to_end)
{
    *l = (list){.n = n};
    l->docs = malloc(n * sizeof *l->docs);
    l->marks = malloc(n * sizeof *l->marks);
    sy_docid at = sy_random_below(gap);
    unsigned kind = sy_random_below(4);
    for (uint32_t i = 0; i < n; i++, at += 1 + sy_random_below(gap)) {
        l->docs[i] = at;
        if (i % 128 == 0)
            kind = sy_random_below(4);
        l->marks[i] = random_mark(kind);
    }
    if (to_end)
        l->docs[n - 1] = SY_DOC_END - 1;
    sy_postings_encode(&l->bytes, l->docs, marked ? l->marks : NULL, n, &bounder);
    assert_int_equal(l->bytes.status, SY_OK);
    /* Copied to its exact size, so that a sanitizer sees a read behind the end. */
    uint8_t *exact = malloc(l->bytes.len);
    memcpy(exact, l->bytes.data, l->bytes.len);
    l->ref = (sy_postings_ref){.df = n, .marked = marked, .at = exact, .end = exact + l->bytes.len};
}

static void free_list(list *l)
{
    free((void *)(uintptr_t)l->ref.at);
    free(l->docs);
    free(l->marks);
    sy_buf_release(&l->bytes);
}

static void check_mark(const list *l, sy_postings *p, uint32_t i)
{
    sy_mark want = l->ref.marked ? l->marks[i] : (sy_mark){0, SY_SET_UNKNOWN};
    sy_mark got = sy_postings_mark(p);
    assert_int_equal(got.tf, want.tf);
    assert_int_equal(got.set, want.set);
}

/* The bound of the block in which posting i stands. */
static void check_bound(const list *l, const sy_postings *p, uint32_t i)
{
    sy_docid last;
    uint8_t most = 0, got = sy_postings_bound(p, l->docs[i], &last);
    uint32_t first = i / 128 * 128, end = first + 128 < l->n ? first + 128 : l->n;
    if (!l->ref.marked) {
        assert_true(got == UINT8_MAX && last == SY_DOC_END);
        return;
    }
    for (uint32_t k = first; k < end; k++) {
        uint8_t one = bound_of(l->docs[k], l->marks[k]);
        most = one > most ? one : most;
    }
    assert_int_equal(got, most);
    assert_int_equal(last, end == first + 128 ? l->docs[end - 1] : SY_DOC_END);
}

static void check_end(sy_postings *p)
{
    assert_int_equal(sy_postings_next(p), SY_DOC_END);
    assert_int_equal(sy_postings_next(p), SY_DOC_END);
    assert_int_equal(sy_postings_seek(p, 0), SY_DOC_END);
    assert_int_equal(sy_postings_seek(p, SY_DOC_END), SY_DOC_END);
    assert_int_equal(sy_postings_status(p, "list", NULL), SY_OK);
}

static void check_walk(const list *l)
{
    sy_postings p;
    sy_postings_init(&p, &l->ref);
    for (uint32_t i = 0; i < l->n; i++) {
        assert_int_equal(sy_postings_next(&p), l->docs[i]);
        if (i % 3 != 1) /* marks are read when they are asked for */
            check_mark(l, &p, i);
        check_bound(l, &p, i);
    }
    check_end(&p);
}

static void check_one_seek(const list *l, sy_docid target, uint32_t want)
{
    sy_postings p;
    sy_postings_init(&p, &l->ref);
    sy_docid doc = want < l->n ? l->docs[want] : SY_DOC_END;
    assert_int_equal(sy_postings_seek(&p, target), doc);
    assert_int_equal(sy_postings_seek(&p, target), doc); /* a no-op */
    assert_int_equal(sy_postings_seek(&p, 0), doc);      /* never back */
    if (want >= l->n) {
        check_end(&p);
        return;
    }
    check_mark(l, &p, want);
    assert_int_equal(sy_postings_next(&p), want + 1 < l->n ? l->docs[want + 1] : SY_DOC_END);
}

/* From the start to each target at, before and behind a docid. */
static void check_seeks(const list *l)
{
    for (uint32_t i = 0; i < l->n; i++) {
        check_one_seek(l, l->docs[i], i);
        check_one_seek(l, l->docs[i] + 1,
                       i + 1 < l->n && l->docs[i] + 1 > l->docs[i] ? i + 1 : l->n);
        if (l->docs[i] > 0 && (i == 0 || l->docs[i - 1] < l->docs[i] - 1))
            check_one_seek(l, l->docs[i] - 1, i);
    }
    check_one_seek(l, SY_DOC_END, l->n);
}

/* Random moves of one cursor. */
static void check_mixed(const list *l)
{
    sy_postings p;
    sy_postings_init(&p, &l->ref);
    for (int64_t i = -1; i < (int64_t)l->n;) {
        sy_docid got;
        if (i < 0 || sy_random_below(2)) {
            i++;
            got = sy_postings_next(&p);
        } else {
            uint32_t step = sy_random_below(2) ? 4 : 700;
            sy_docid target = l->docs[i] + sy_random_below(step * 3);
            while (i < (int64_t)l->n && l->docs[i] < target)
                i++;
            got = sy_postings_seek(&p, target);
        }
        assert_int_equal(got, i < (int64_t)l->n ? l->docs[i] : SY_DOC_END);
        if (i < (int64_t)l->n)
            check_mark(l, &p, (uint32_t)i);
    }
    check_end(&p);
}

static void test_lists(void **state)
{
    (void)state;
    static const uint32_t gaps[] = {1, 2, 50, 100000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (size_t g = 0; g < 4; g++) {
            for (int variant = 0; variant < 4; variant++) {
                list l;
                make_list(&l, sizes[s], gaps[g], variant & 1, variant & 2);
                check_walk(&l);
                check_seeks(&l);
                check_mixed(&l);
                free_list(&l);
            }
        }
    }
}

static void test_empty_and_inlined(void **state)
{
    (void)state;
    sy_postings p;
    sy_postings_ref none = {.df = 0};
    sy_postings_init(&p, &none);
    assert_int_equal(sy_postings_seek(&p, 5), SY_DOC_END);
    check_end(&p);
    sy_postings_init(&p, &none);
    check_end(&p);
    sy_postings_ref one = {.df = 1, .marked = true, .only = 7, .only_mark = {9, 3}};
    sy_postings_init(&p, &one);
    assert_int_equal(sy_postings_next(&p), 7);
    assert_int_equal(sy_postings_mark(&p).tf, 9);
    assert_int_equal(sy_postings_mark(&p).set, 3);
    check_end(&p);
    sy_postings_init(&p, &one);
    assert_int_equal(sy_postings_seek(&p, 7), 7);
    assert_int_equal(sy_postings_seek(&p, 8), SY_DOC_END);
    check_end(&p);
    one.only = SY_DOC_END;
    sy_postings_init(&p, &one);
    assert_int_equal(sy_postings_next(&p), SY_DOC_END);
    assert_int_equal(sy_postings_status(&p, "list", NULL), SY_E_CORRUPT);
}

/* The example bytes of docs/format.md, 5.5: three records without marks, two with. */
static void test_bytes(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    const sy_docid docs[] = {0, 5, 300};
    const sy_mark marks[] = {{0, 0}, {2, 4}};
    sy_postings_encode(&b, docs, NULL, 3, NULL);
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.data, "\x46\x00\xA1\x02\x43", 5);
    sy_buf_reset(&b);
    sy_postings_encode(&b, docs, marks, 2, &bounder);
    assert_int_equal(b.len, 12);
    assert_memory_equal(b.data, "\xAD\x41\x00\x09\x06\x01\x01\x04\x02\x01\x02\x02", 12);
    sy_buf_release(&b);
}

/* A filter and a subset let through just what they should. */
static void test_thinned(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        list l;
        make_list(&l, sizes[sy_random_below(12)], 9, round % 4 != 0, false);
        uint32_t n_records = l.docs[l.n - 1] + 1 - (round % 5 == 0);
        uint8_t *longest = malloc(n_records + 1), *subset = malloc(l.n / 8 + 1);
        sy_field_filter filter = {
            .wanted = sy_random() | 1, .longest = longest, .n_records = n_records};
        for (uint32_t d = 0; d < n_records; d++)
            longest[d] = (uint8_t)sy_random_below(64);
        for (size_t i = 0; i < l.n / 8 + 1; i++)
            subset[i] = round & 8 ? (uint8_t)sy_random() : 0;
        for (size_t i = 1; i < 256; i++)
            filter.accept[i] = sy_random_below(2);
        sy_postings_ref ref = l.ref;
        ref.filter = round & 1 ? &filter : NULL;
        if (round & 2) {
            ref.subset = subset;
            ref.n_all = l.n;
        }
        sy_postings p;
        sy_postings_init(&p, &ref);
        sy_docid doc = sy_postings_next(&p);
        for (uint32_t i = 0; i < l.n; i++) {
            sy_mark m = l.marks[i];
            bool in = !ref.subset || (subset[i / 8] >> i % 8 & 1);
            if (ref.filter && ref.marked && m.set != 0)
                in &= filter.accept[m.set];
            else if (ref.filter && ref.marked)
                in &= l.docs[i] < n_records && (filter.wanted >> longest[l.docs[i]] & 1);
            if (!in)
                continue;
            assert_int_equal(doc, l.docs[i]);
            check_mark(&l, &p, i);
            doc = sy_random_below(3) ? sy_postings_next(&p) : sy_postings_seek(&p, doc + 1);
        }
        assert_int_equal(doc, SY_DOC_END);
        check_end(&p);
        free(longest);
        free(subset);
        free_list(&l);
    }
}

/* Any bytes end the walk, with docids ascending until there. */
static void test_garbage(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        list l;
        make_list(&l, sizes[sy_random_below(11)], 20, round & 1, false);
        size_t len = l.bytes.len, cut = round % 3 ? len : sy_random_below((uint32_t)len + 1);
        uint8_t *bytes = malloc(cut ? cut : 1);
        memcpy(bytes, l.ref.at, cut);
        for (int i = 0; i < 3 && cut > 0; i++)
            bytes[sy_random_below((uint32_t)cut)] = (uint8_t)sy_random();
        sy_postings_ref ref = l.ref;
        ref.at = bytes;
        ref.end = bytes + cut;
        sy_postings p;
        sy_postings_init(&p, &ref);
        int64_t last = -1;
        uint32_t n = 0;
        for (sy_docid d;
             (d = sy_random_below(8) ? sy_postings_next(&p)
                                     : sy_postings_seek(&p, (sy_docid)last + 90)) != SY_DOC_END;
             n++) {
            assert_true((int64_t)d > last);
            sy_postings_mark(&p);
            last = d;
        }
        assert_true(n <= l.n);
        free(bytes);
        free_list(&l);
    }
}

/* A long list says how many of its postings are in a field, as a walk finds. */
static void test_accepted(void **state)
{
    (void)state;
    enum { RECORDS = 4000 };
    static uint8_t longest[RECORDS];
    for (uint32_t d = 0; d < RECORDS; d++)
        longest[d] = (uint8_t)(d % 3);
    for (int round = 0; round < 60; round++) {
        uint32_t n = 400 + sy_random_below(400);
        bool unknown = false;
        list l;
        make_list(&l, n, 4, false, false);
        for (uint32_t i = 0; i < n; i++)
            l.marks[i] = random_mark(2);
        if (sy_random_below(4) == 0)
            l.marks[sy_random_below(n)].set = SY_SET_UNKNOWN;
        for (uint32_t i = 0; i < n; i++)
            unknown |= l.marks[i].set == SY_SET_UNKNOWN;
        sy_buf_reset(&l.bytes);
        sy_postings_encode(&l.bytes, l.docs, l.marks, n, &bounder);
        free((void *)(uintptr_t)l.ref.at);
        uint8_t *exact = malloc(l.bytes.len);
        memcpy(exact, l.bytes.data, l.bytes.len);
        l.ref = (sy_postings_ref){.df = n, .marked = true, .at = exact, .end = exact + l.bytes.len};
        for (unsigned bit = 0; bit < 12; bit++) {
            sy_field_filter filter = {.wanted = UINT64_C(1) << bit,
                                      .longest = longest,
                                      .n_records = RECORDS,
                                      .exact = true};
            for (unsigned code = 1; code < 256; code++)
                filter.accept[code] = fields(0, (sy_mark){0, (uint8_t)code}) >> bit & 1;
            sy_postings p;
            uint32_t said, walked = 0;
            l.ref.filter = &filter;
            sy_postings_init(&p, &l.ref);
            bool told = sy_postings_accepted(&p, &said);
            assert_int_equal(told, n >= 512 && !unknown);
            while (sy_postings_next(&p) != SY_DOC_END)
                walked++;
            check_ok(sy_postings_status(&p, "test", NULL), NULL);
            if (told)
                assert_int_equal(said, walked);
            filter.wanted |= 1 << 20;
            sy_postings_init(&p, &l.ref);
            assert_false(sy_postings_accepted(&p, &said));
        }
        free_list(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),    cmocka_unit_test(test_empty_and_inlined),
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_thinned),
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_garbage)};
    sy_random_init("test_postings");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
