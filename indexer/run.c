#include "indexer/run.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "indexer/run_internal.h"

/* A run:  bigram entries | 00 | term entries
 *   bigram  varint (bigram - the one before; the first: + 1), list
 *   term    varint shared, bytes rest, list
 *   list    varint 2·df + (1 if marked), u16 record × df, if marked u16 marks × df
 * A difference of 0 ends the bigrams. It is our own scratch file, yet read with
 * checks: a full disk or another process may have spoilt it. Numbers of 16 bits take more room
 * than the gaps would, but are written and read in a fraction of the time. */

enum { PLACE_EVERY = 8 << 10 /* bytes */ };

void sy_run_release(sy_run *run)
{
    for (size_t i = 0; i < run->n_places; i++)
        sy_free(run->places[i].key);
    sy_free(run->places);
    if (run->path) {
        sy_status left = sy_remove_file(run->path, NULL);
        (void)left; /* the next writer's sweep takes it */
    }
    sy_free(run->path);
    *run = (sy_run){0};
}

/* Notes where the next bigram or term stands and what is before it, if the last such place is far
 * enough behind or there must be one. */
static void add_place(sy_run_writer *w, bool must)
{
    sy_run *r = w->run;
    uint64_t offset = sy_writer_offset(w->out);
    if (!must && offset - r->places[r->n_places - 1].offset < PLACE_EVERY)
        return;
    sy_run_place place = {.offset = offset, .bigram = w->last_bigram};
    if (w->in_terms) {
        place.key_len = w->last_key.len;
        place.key = sy_strndup(sy_buf_cstr(&w->last_key), w->last_key.len);
    }
    if ((w->in_terms && !place.key) ||
        !sy_grow((void **)&r->places, r->n_places, &w->cap_places, sizeof *r->places)) {
        sy_free(place.key);
        w->failed = true;
        return;
    }
    r->places[r->n_places++] = place;
}

sy_status sy_run_create(sy_run *run, sy_run_writer *w, sy_error *err)
{
    *w = (sy_run_writer){.run = run, .head = SY_BUF_INIT, .last_key = SY_BUF_INIT};
    sy_status st = sy_writer_open(run->path, &w->out, err);
    if (st == SY_OK)
        add_place(w, true);
    if (w->failed) {
        sy_run_abandon(w);
        st = sy_fail_nomem(err);
    }
    return st;
}

static void put_list(sy_run_writer *w, const uint16_t *docs, const sy_run_mark *marks, uint32_t n)
{
    bool marked = false;
    for (uint32_t i = 0; marks && i < n && !marked; i++)
        marked = marks[i] != 0;
    sy_buf_put_varint(&w->head, (uint64_t)n << 1 | marked);
    /* Noted here, since a reset buffer forgets. */
    w->failed |= w->head.status != SY_OK;
    sy_writer_put(w->out, w->head.data, w->head.len);
    sy_writer_put(w->out, docs, n * sizeof *docs);
    if (marked)
        sy_writer_put(w->out, marks, n * sizeof *marks);
}

void sy_run_bigram(sy_run_writer *w, uint64_t bigram, const uint16_t *docs,
                   const sy_run_mark *marks, uint32_t n)
{
    add_place(w, false);
    sy_buf_reset(&w->head);
    sy_buf_put_varint(&w->head, bigram + 1 - w->last_bigram);
    w->last_bigram = bigram + 1;
    put_list(w, docs, marks, n);
}

static void end_bigrams(sy_run_writer *w)
{
    if (w->in_terms)
        return;
    sy_writer_put(w->out, "", 1);
    w->in_terms = true;
    w->run->n_bigram_places = w->run->n_places;
    add_place(w, true);
}

void sy_run_term(sy_run_writer *w, sy_slice key, const uint16_t *docs, const sy_run_mark *marks,
                 uint32_t n)
{
    end_bigrams(w);
    add_place(w, false);
    size_t shared = 0;
    while (shared < key.len && shared < w->last_key.len &&
           key.data[shared] == w->last_key.data[shared])
        shared++;
    sy_buf_reset(&w->head);
    sy_buf_put_varint(&w->head, shared);
    sy_buf_put_varint(&w->head, key.len - shared);
    sy_buf_append(&w->head, key.data + shared, key.len - shared);
    w->last_key.len = shared;
    sy_buf_append(&w->last_key, key.data + shared, key.len - shared);
    w->failed |= w->last_key.status != SY_OK;
    put_list(w, docs, marks, n);
}

sy_status sy_run_close(sy_run_writer *w, sy_error *err)
{
    end_bigrams(w);
    sy_status st = w->failed ? sy_fail_nomem(err) : SY_OK;
    if (st == SY_OK) {
        sy_writer *out = w->out;
        w->out = NULL;
        w->run->len = sy_writer_offset(out);
        st = sy_writer_close_scratch(out, err);
    }
    sy_run_abandon(w);
    return st;
}

void sy_run_abandon(sy_run_writer *w)
{
    sy_writer_abandon(w->out);
    w->out = NULL;
    sy_buf_release(&w->head);
    sy_buf_release(&w->last_key);
}
