#include "indexer/pieces.h"

#include "base/alloc.h"

/* A place in `waiting` is NULL until its piece is made, so make gives something else. */

sy_status sy_pieces_init(sy_pieces *p, sy_error *err)
{
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->told, NULL);
    p->waiting = sy_calloc(SY_PIECES_WAITING, sizeof *p->waiting);
    return p->waiting ? SY_OK : sy_fail_nomem(err);
}

static void tell(sy_pieces *p, bool *what)
{
    pthread_mutex_lock(&p->lock);
    *what = true;
    pthread_cond_broadcast(&p->told);
    pthread_mutex_unlock(&p->lock);
}

void sy_pieces_open(sy_pieces *p)
{
    tell(p, &p->open);
}

void sy_pieces_stop(sy_pieces *p)
{
    tell(p, &p->stopped);
}

static void **place_of(sy_pieces *p, size_t i)
{
    return &p->waiting[i % SY_PIECES_WAITING];
}

static bool can_take(sy_pieces *p)
{
    return p->open && !p->taking && !p->stopped && p->turn < p->n && *place_of(p, p->turn);
}

/* Takes the pieces whose turn it is; the lock is held before and after. */
static sy_status take_some(sy_pieces *p, sy_error *err)
{
    sy_status st = SY_OK;
    while (can_take(p) && st == SY_OK) {
        size_t i = p->turn;
        void *made = *place_of(p, i);
        p->taking = true;
        pthread_mutex_unlock(&p->lock);
        st = p->take(p->ctx, i, made, err);
        p->drop(made);
        pthread_mutex_lock(&p->lock);
        *place_of(p, i) = NULL;
        p->taking = false;
        p->turn++;
        pthread_cond_broadcast(&p->told);
    }
    return st;
}

/* Makes the next piece; the lock is held before and after. */
static sy_status make_one(sy_pieces *p, void *scratch, sy_error *err)
{
    size_t i = p->next++;
    void *made = NULL;
    pthread_mutex_unlock(&p->lock);
    sy_status st = p->make(p->ctx, scratch, i, &made, err);
    pthread_mutex_lock(&p->lock);
    *place_of(p, i) = made;
    return st;
}

sy_status sy_pieces_work(sy_pieces *p, void *scratch, sy_error *err)
{
    sy_status st = SY_OK;
    pthread_mutex_lock(&p->lock);
    while (st == SY_OK && !p->stopped) {
        if (can_take(p))
            st = take_some(p, err);
        else if (p->next < p->n && p->next - p->turn < SY_PIECES_WAITING)
            st = make_one(p, scratch, err);
        else if (p->turn < p->n)
            pthread_cond_wait(&p->told, &p->lock);
        else
            break;
    }
    if (st != SY_OK) {
        p->stopped = true;
        pthread_cond_broadcast(&p->told);
    }
    pthread_mutex_unlock(&p->lock);
    return st;
}

typedef struct helper {
    sy_pieces *pieces;
    void *scratch;
    pthread_t thread;
    bool started;
    sy_status status;
    sy_error err;
} helper;

static void *help(void *arg)
{
    helper *h = arg;
    h->status = sy_pieces_work(h->pieces, h->scratch, &h->err);
    return NULL;
}

/* Threads that are not to be had are not needed: each does all that is left. */
sy_status sy_pieces_run(sy_pieces *p, unsigned jobs, void **scratches, sy_error *err)
{
    helper *helpers = sy_calloc(jobs, sizeof *helpers);
    if (!helpers)
        return sy_fail_nomem(err);
    sy_pieces_open(p);
    for (unsigned i = 1; i < jobs && i < p->n; i++) {
        helper *h = &helpers[i];
        h->pieces = p;
        h->scratch = scratches[i];
        sy_error_clear(&h->err);
        h->started = pthread_create(&h->thread, NULL, help, h) == 0;
    }
    sy_status st = sy_pieces_work(p, scratches[0], err);
    for (unsigned i = 1; i < jobs; i++) {
        helper *h = &helpers[i];
        if (!h->started)
            continue;
        pthread_join(h->thread, NULL);
        if (h->status != SY_OK && st == SY_OK) {
            st = h->status;
            if (err && err->status == SY_OK)
                *err = h->err;
        }
    }
    sy_free(helpers);
    return st;
}

void sy_pieces_release(sy_pieces *p)
{
    for (size_t i = 0; p->waiting && i < SY_PIECES_WAITING; i++) {
        if (p->waiting[i])
            p->drop(p->waiting[i]);
    }
    sy_free((void *)p->waiting);
    pthread_cond_destroy(&p->told);
    pthread_mutex_destroy(&p->lock);
}
