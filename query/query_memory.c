#include "query/query_internal.h"

#include <stdalign.h>

#include "base/alloc.h"

/* Most queries need little: memory that is touched first costs a page fault a page. */
enum { FIRST_BYTES = 1000, CHUNK_BYTES = 4096 };

typedef struct chunk {
    struct chunk *next;
    size_t used, cap; /* bytes of data */
    alignas(max_align_t) char data[];
} chunk;

struct sy_query_memory {
    chunk *chunks; /* the one being filled first */
};

sy_status sy_query_memory_new(sy_query_memory **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    return *out ? SY_OK : sy_fail_nomem(err);
}

static chunk *add_chunk(sy_query_memory *m, size_t bytes)
{
    size_t least = m->chunks ? CHUNK_BYTES : FIRST_BYTES;
    size_t cap = bytes > least ? bytes : least;
    chunk *c = sy_alloc(1, sizeof *c + cap);
    if (!c)
        return NULL;
    c->next = m->chunks;
    c->used = 0;
    c->cap = cap;
    m->chunks = c;
    return c;
}

void *sy_query_memory_take(sy_query_memory *m, size_t n, size_t size)
{
    size_t bytes;
    size_t align = alignof(max_align_t);
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2)
        return NULL;
    bytes = (bytes + align - 1) / align * align;
    chunk *c = m->chunks;
    if (!c || c->cap - c->used < bytes)
        c = add_chunk(m, bytes);
    if (!c)
        return NULL;
    void *at = c->data + c->used;
    c->used += bytes;
    return at;
}

void sy_query_memory_free(sy_query_memory *m)
{
    if (!m)
        return;
    for (chunk *c = m->chunks; c;) {
        chunk *next = c->next;
        sy_free(c);
        c = next;
    }
    sy_free(m);
}
