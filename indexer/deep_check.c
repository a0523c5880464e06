#include "indexer/deep_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/messages.h"
#include "indexer/build.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "store/file.h"

enum { MEMORY = 256 << 20 };

typedef struct check {
    const sy_index *index;
    sy_buf dir; /* of what is made */
    sy_fault_fn *fault;
    void *ctx;
    uint64_t n_faults;
} check;

static sy_status make_folder(check *c, sy_error *err)
{
    const char *base = getenv("TMPDIR");
    uint8_t random[8];
    sy_status st = sy_random_bytes(random, sizeof random, err);
    if (st != SY_OK)
        return st;
    sy_buf_printf(&c->dir, "%s/suoyin-verify-", base && *base ? base : "/tmp");
    for (size_t i = 0; i < sizeof random; i++)
        sy_buf_printf(&c->dir, "%02x", random[i]);
    st = sy_buf_status(&c->dir, err);
    return st == SY_OK ? sy_make_dirs(c->dir.data, err) : st;
}

/* Makes the segment anew from its records, those of deleted documents too. */
static sy_status make_again(check *c, const sy_segment *seg, sy_segment_ref *out, sy_error *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const sy_index *index = c->index;
    sy_build b = {.dir = c->dir.data,
                  .number = sy_segment_file(seg)->number,
                  .norm_flags = index->info.norm_flags,
                  .schema = &index->schema,
                  .memory = MEMORY,
                  .jobs = cores < 1 ? 1 : (unsigned)cores};
    sy_spool spool;
    memcpy(b.uuid, index->info.uuid, sizeof b.uuid);
    sy_status st = sy_spool_open(b.dir, &spool, err);
    if (st != SY_OK)
        return st;
    for (size_t i = 0; i < sy_segment_n_docs(seg) && st == SY_OK; i++) {
        sy_segment_doc doc;
        sy_segment_doc_at(seg, i, &doc);
        st = sy_spool_copy(&spool, seg, &doc, NULL, NULL, err);
    }
    if (st == SY_OK)
        st = sy_spool_finish(&spool, err);
    if (st == SY_OK)
        st = sy_build_segment(&b, &spool, index->lexicon, out, err);
    sy_spool_release(&spool);
    return st;
}

/* Tells the first section that differs. */
static void compare(check *c, const sy_file *is, const sy_file *made)
{
    const char *what = N_("its bytes are not those that its records make");
    sy_buf message = SY_BUF_INIT;
    uint64_t offset = 0;
    if (is->map.len == made->map.len && memcmp(is->map.data, made->map.data, is->map.len) == 0)
        return;
    for (size_t i = 0; i < is->n_sections && i < made->n_sections && message.len == 0; i++) {
        const sy_section *a = &is->sections[i], *b = &made->sections[i];
        if (a->kind == b->kind && a->len == b->len &&
            (a->len == 0 || memcmp(a->data, b->data, (size_t)a->len) == 0))
            continue;
        offset = a->offset;
        sy_buf_printf(&message, _("the %s are not those that its records make"),
                      sy_section_name(a->kind));
    }
    c->n_faults++;
    if (c->fault)
        c->fault(c->ctx, is->path, offset, message.len > 0 ? sy_buf_cstr(&message) : what);
    sy_buf_release(&message);
}

static sy_status check_segment(check *c, const sy_segment *seg, sy_error *err)
{
    sy_segment_ref ref;
    sy_file *made = NULL;
    sy_buf path = SY_BUF_INIT;
    sy_status st = sy_segment_path(c->dir.data, sy_segment_file(seg)->number, &path, err);
    if (st == SY_OK)
        st = make_again(c, seg, &ref, err);
    if (st == SY_OK)
        st = sy_file_open(path.data, SY_FILE_SEGMENT, c->index->info.uuid, &made, err);
    if (st == SY_OK)
        compare(c, sy_segment_file(seg), made);
    sy_file_close(made);
    if (path.len > 0 && sy_remove_file(path.data, NULL) != SY_OK && st == SY_OK)
        st = sy_fail(err, SY_E_IO, path.data, "a scratch file cannot be removed");
    sy_buf_release(&path);
    return st;
}

static sy_status same_rules(const sy_index_info *info, sy_error *err)
{
    if (strcmp(info->icu_version, sy_icu_version()) == 0 &&
        info->rules_hash == sy_normal_rules_hash(info->norm_flags))
        return SY_OK;
    return sy_fail(err, SY_E_INPUT, NULL,
                   "the index was made with other rules for words than this program has: index "
                   "anew, then check");
}

sy_status sy_index_deep_check(const char *dir, sy_fault_fn *fault, void *ctx, uint64_t *n_faults,
                              size_t *n_passed_over, sy_error *err)
{
    sy_index *index;
    check c = {.fault = fault, .ctx = ctx};
    *n_faults = 0;
    *n_passed_over = 0;
    sy_status st = sy_index_open(dir, &index, err);
    if (st != SY_OK)
        return st;
    c.index = index;
    st = same_rules(&index->info, err);
    if (st == SY_OK)
        st = make_folder(&c, err);
    for (size_t i = 0; i < index->n_segments && st == SY_OK; i++) {
        if (index->live[i].other_words)
            ++*n_passed_over;
        else
            st = check_segment(&c, index->segments[i], err);
    }
    if (c.dir.len > 0)
        sy_remove_empty_folder(sy_buf_cstr(&c.dir));
    sy_buf_release(&c.dir);
    sy_index_close(index);
    *n_faults = c.n_faults;
    return st;
}
