#include "store/index.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "store/file.h"
#include "store/manifest.h"

/* A writer may commit and remove a segment between our reading of the manifest and
 * our mapping of its segments; then the new manifest is read. A writer commits
 * seldom, so a few tries are enough; a segment that is missing for another reason
 * stays missing. */
enum { OPEN_TRIES = 8 };

static sy_status check_segment(const sy_segment *seg, const sy_segment_ref *ref, sy_error *err)
{
    const sy_file *f = sy_segment_file(seg);
    if (f->number == ref->number && f->map.len == ref->len && f->checksum == ref->checksum &&
        sy_segment_n_records(seg) == ref->n_records && sy_segment_n_docs(seg) == ref->n_docs)
        return SY_OK;
    return sy_fail(err, SY_E_CORRUPT, f->path, "damaged: not the segment that the manifest names");
}

/* What counts of segment i. */
static sy_status count_live(sy_index *index, size_t i, sy_error *err)
{
    const sy_segment_ref *ref = &index->manifest->segments[i];
    sy_live *live = &index->live[i];
    sy_status st = sy_live_init(index->segments[i], ref->deleted, ref->n_deleted, live, err);
    if (st != SY_OK)
        return st;
    live->other_words = ref->lexicon_hash != index->info.lexicon_hash;
    index->n_records += live->n_records;
    index->n_documents += live->n_docs;
    index->deleted_records += ref->n_records - live->n_records;
    index->deleted_documents += ref->n_deleted;
    return SY_OK;
}

static sy_status open_segments(sy_index *index, sy_error *err)
{
    const sy_manifest *m = index->manifest;
    sy_buf path = SY_BUF_INIT;
    sy_status st = SY_OK;
    index->segments = sy_calloc(m->n_segments, sizeof *index->segments);
    index->live = sy_calloc(m->n_segments, sizeof *index->live);
    if (!index->segments || !index->live)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < m->n_segments && st == SY_OK; i++) {
        const sy_segment_ref *ref = &m->segments[i];
        st = sy_segment_path(index->dir, ref->number, &path, err);
        if (st == SY_OK)
            st = sy_segment_open(path.data, m->info.uuid, &index->segments[i], err);
        if (st == SY_OK) {
            index->n_segments++;
            st = check_segment(index->segments[i], ref, err);
        }
        if (st == SY_OK)
            st = count_live(index, i, err);
    }
    sy_buf_release(&path);
    return st;
}

static sy_status open_once(const char *dir, sy_index **out, uint64_t *generation, sy_error *err)
{
    sy_index *index = sy_calloc(1, sizeof *index);
    if (!index)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    index->dir = sy_strndup(dir, strlen(dir));
    index->manifest = sy_calloc(1, sizeof *index->manifest);
    if (!index->dir || !index->manifest)
        st = sy_fail_nomem(err);
    if (st == SY_OK)
        st = sy_manifest_read(dir, index->manifest, err);
    if (st == SY_OK) {
        sy_manifest *m = index->manifest;
        *generation = m->info.generation;
        index->info = m->info;
        index->schema = m->schema;
        m->schema = (sy_schema)SY_SCHEMA_INIT;
        index->aliases = m->aliases;
        index->user_words = m->user_words;
        index->lexicon = m->lexicon;
        st = open_segments(index, err);
    }
    if (st != SY_OK) {
        sy_index_close(index);
        index = NULL;
    }
    *out = index;
    return st;
}

sy_status sy_index_open(const char *dir, sy_index **out, sy_error *err)
{
    uint64_t before = UINT64_MAX;
    for (int tries = 0;; tries++) {
        sy_error why;
        sy_error_clear(&why);
        uint64_t generation = UINT64_MAX;
        sy_status st = open_once(dir, out, &generation, &why);
        if (st == SY_OK)
            return st;
        /* Only a segment that is gone after the manifest was read is worth a retry,
         * and only while the manifest changes. */
        bool gone = generation != UINT64_MAX && why.status == SY_E_IO && why.sys == ENOENT;
        if (!gone || generation == before || tries == OPEN_TRIES) {
            if (err && err->status == SY_OK)
                *err = why;
            return st;
        }
        before = generation;
    }
}

void sy_index_close(sy_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->n_segments; i++)
        sy_segment_close(index->segments[i]);
    for (size_t i = 0; index->live && i < index->n_segments; i++)
        sy_live_release(&index->live[i]);
    sy_free(index->segments);
    sy_free(index->live);
    sy_schema_release(&index->schema);
    if (index->manifest)
        sy_manifest_release(index->manifest);
    sy_free(index->manifest);
    sy_free(index->dir);
    sy_free(index);
}
