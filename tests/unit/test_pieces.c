/* Pieces that threads make are taken in order, each once, whatever fails or is missing. */
#include "indexer/pieces.h"

#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/check.h"

enum { MOST = 200, JOBS = 4 };

typedef struct work {
    size_t numbers[MOST]; /* what is made of piece i is a pointer to numbers[i] */
    atomic_size_t made, dropped;
    size_t taken;
    size_t fail_make, fail_take; /* pieces that fail */
    atomic_size_t ahead;         /* the most that were made before their turn */
} work;

static sy_status make(void *ctx, void *scratch, size_t i, void **made, sy_error *err)
{
    work *w = ctx;
    *(size_t *)scratch += 1; /* nobody else has this one */
    if (i == w->fail_make)
        return sy_fail(err, SY_E_INPUT, NULL, "not made");
    w->numbers[i] = i;
    *made = &w->numbers[i];
    w->made++;
    return SY_OK;
}

static sy_status take(void *ctx, size_t i, void *made, sy_error *err)
{
    work *w = ctx;
    assert_int_equal(i, w->taken);
    assert_int_equal(*(size_t *)made, i);
    size_t ahead = atomic_load(&w->made) - w->taken;
    if (ahead > atomic_load(&w->ahead))
        w->ahead = ahead;
    w->taken++;
    return i == w->fail_take ? sy_fail(err, SY_E_IO, NULL, "not taken") : SY_OK;
}

static work *dropping;

static void drop(void *made)
{
    (void)made;
    dropping->dropped++;
}

static sy_status run(work *w, size_t n, unsigned jobs, size_t fail_make, size_t fail_take)
{
    size_t counts[JOBS] = {0}, all = 0;
    void *scratches[JOBS];
    sy_error err;
    sy_error_clear(&err);
    memset(w, 0, sizeof *w);
    w->fail_make = fail_make;
    w->fail_take = fail_take;
    dropping = w;
    for (size_t i = 0; i < JOBS; i++)
        scratches[i] = &counts[i];
    sy_pieces p = {.n = n, .ctx = w, .make = make, .take = take, .drop = drop};
    sy_status st = sy_pieces_init(&p, &err);
    if (st == SY_OK)
        st = sy_pieces_run(&p, jobs, scratches, &err);
    sy_pieces_release(&p);
    for (size_t i = 0; i < JOBS; i++)
        all += counts[i];
    assert_int_equal(all, w->made + (fail_make < n && st == SY_E_INPUT));
    assert_int_equal(w->made, w->dropped);
    assert_true(w->ahead <= SY_PIECES_WAITING + jobs);
    assert_true(st == SY_OK || st == SY_E_NOMEM || err.msg[0] == 'n');
    return st;
}

static void test_order(void **state)
{
    (void)state;
    static work w;
    static const size_t sizes[] = {0, 1, 2, SY_PIECES_WAITING, SY_PIECES_WAITING + 1, MOST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (unsigned jobs = 1; jobs <= JOBS; jobs++) {
            assert_int_equal(run(&w, sizes[i], jobs, SIZE_MAX, SIZE_MAX), SY_OK);
            assert_int_equal(w.taken, sizes[i]);
        }
    }
}

static void test_failures(void **state)
{
    (void)state;
    static work w;
    for (unsigned jobs = 1; jobs <= JOBS; jobs++) {
        for (size_t i = 0; i < MOST; i += 13) {
            assert_int_equal(run(&w, MOST, jobs, i, SIZE_MAX), SY_E_INPUT);
            assert_true(w.taken <= i);
            assert_int_equal(run(&w, MOST, jobs, SIZE_MAX, i), SY_E_IO);
            assert_int_equal(w.taken, i + 1);
        }
    }
    for (unsigned long n = 1; n <= 2; n++) {
        sy_alloc_fail_at(n, false);
        sy_status st = run(&w, 3, 2, SIZE_MAX, SIZE_MAX);
        sy_alloc_fail_at(0, false);
        assert_int_equal(st, SY_E_NOMEM);
    }
}

typedef struct waiting {
    sy_pieces *pieces;
    size_t count;
} waiting;

static void *work_for(void *arg)
{
    waiting *w = arg;
    sy_status st = sy_pieces_work(w->pieces, &w->count, NULL);
    assert_int_equal(st, SY_OK);
    return NULL;
}

/* Before they are open pieces are made, as many as may wait, and none is taken. */
static void test_closed(void **state)
{
    (void)state;
    static work w;
    memset(&w, 0, sizeof w);
    w.fail_make = w.fail_take = SIZE_MAX;
    dropping = &w;
    for (int stop = 0; stop < 2; stop++) {
        sy_pieces p = {.n = MOST, .ctx = &w, .make = make, .take = take, .drop = drop};
        waiting thread = {&p, 0};
        pthread_t id;
        w.made = w.dropped = w.taken = 0;
        check_ok(sy_pieces_init(&p, NULL), NULL);
        assert_int_equal(pthread_create(&id, NULL, work_for, &thread), 0);
        while (atomic_load(&w.made) < SY_PIECES_WAITING)
            continue;
        assert_int_equal(w.taken, 0);
        if (stop)
            sy_pieces_stop(&p);
        else
            sy_pieces_open(&p);
        pthread_join(id, NULL);
        assert_int_equal(w.taken, stop ? 0 : MOST);
        sy_pieces_release(&p);
        assert_int_equal(w.dropped, w.made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
