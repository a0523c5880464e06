#include "indexer/spill.h"

#include "base/alloc.h"
#include "base/hash.h"

enum { HELD_MOST = 4 << 20 }; /* bytes in memory */

/* Moves what is held into a scratch file. */
static sy_status open_file(sy_spill *s, sy_error *err)
{
    sy_buf path = SY_BUF_INIT;
    sy_buf_printf(&path, "%s/tmp-document", s->dir);
    sy_status st = sy_buf_status(&path, err);
    if (st == SY_OK) {
        s->path = sy_buf_detach(&path, NULL);
        st = sy_writer_open(s->path, &s->out, err);
    }
    if (st == SY_OK) {
        sy_writer_put(s->out, s->held.data, s->held.len);
        sy_buf_release(&s->held);
    }
    sy_buf_release(&path);
    return st;
}

sy_status sy_spill_put(sy_spill *s, const void *bytes, size_t len, sy_error *err)
{
    sy_status st = SY_OK;
    if (!s->out && s->dir && s->held.len + len > HELD_MOST)
        st = open_file(s, err);
    if (st == SY_OK && s->out) {
        sy_writer_put(s->out, bytes, len);
    } else if (st == SY_OK) {
        sy_buf_append(&s->held, bytes, len);
        st = sy_buf_status(&s->held, err);
    }
    s->failed |= st != SY_OK;
    s->len += len;
    return st;
}

/* Maps the file and takes its name away: whatever ends the process, nothing is left. */
static sy_status map_file(sy_spill *s, uint64_t *hash, sy_error *err)
{
    uint64_t sum = sy_writer_checksum(s->out);
    sy_status st = sy_writer_close_scratch(s->out, err);
    s->out = NULL;
    if (st == SY_OK)
        st = sy_map_open(s->path, &s->map, err);
    sy_status gone = sy_remove_file(s->path, st == SY_OK ? err : NULL);
    if (hash)
        *hash = sum;
    return st == SY_OK ? gone : st;
}

sy_status sy_spill_end(sy_spill *s, sy_extent *all, uint64_t *hash, sy_error *err)
{
    sy_status st = SY_OK;
    if (s->out) {
        st = map_file(s, hash, err);
        s->failed |= st != SY_OK;
        *all = (sy_extent){(const char *)s->map.data, s->map.len, &s->behind};
    } else {
        *all = (sy_extent){sy_buf_cstr(&s->held), s->held.len, NULL};
        if (hash)
            *hash = sy_hash64(all->data, all->len);
    }
    return st;
}

void sy_spill_clear(sy_spill *s)
{
    sy_writer_abandon(s->out);
    sy_map_close(&s->map);
    sy_free(s->path);
    sy_buf_reset(&s->held);
    *s = (sy_spill){.dir = s->dir, .held = s->held};
}

void sy_spill_release(sy_spill *s)
{
    sy_spill_clear(s);
    sy_buf_release(&s->held);
}
