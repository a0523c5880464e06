#include "indexer/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Folders are nested no deeper than a path can be long; what lies deeper is
 * reported like a folder that cannot be read. */
enum { DEPTH_MAX = 256 };

typedef struct pass {
    sy_walk *walk;
    sy_walk_report_fn *report;
    void *ctx;
} pass;

sy_status sy_walk_ignore(sy_walk *w, const char *path, sy_error *err)
{
    sy_path_info info;
    sy_status st = sy_path_look(path, true, &info, err);
    if (st != SY_OK || info.kind == SY_PATH_NONE)
        return st;
    if (!sy_grow((void **)&w->ignored, w->n_ignored, &w->cap_ignored, sizeof *w->ignored))
        return sy_fail_nomem(err);
    w->ignored[w->n_ignored++] = info;
    return SY_OK;
}

static bool is_ignored(const sy_walk *w, const sy_path_info *info)
{
    for (size_t i = 0; i < w->n_ignored; i++) {
        if (w->ignored[i].dev == info->dev && w->ignored[i].ino == info->ino)
            return true;
    }
    return false;
}

/* The path without "./", doubled slashes and a slash at its end: one spelling, so
 * that a document is known again. Links make .. ambiguous: it stays. Given. */
static char *tidy_path(const char *path)
{
    size_t len = strlen(path), n = 0;
    char *out = sy_alloc(len + 2, 1);
    if (!out)
        return NULL;
    if (path[0] == '/')
        out[n++] = '/';
    for (const char *p = path; *p;) {
        size_t part = strcspn(p, "/");
        bool skip = part == 0 || (part == 1 && *p == '.');
        if (!skip) {
            if (n > 0 && out[n - 1] != '/')
                out[n++] = '/';
            memcpy(out + n, p, part);
            n += part;
        }
        p += part + (p[part] == '/');
    }
    if (n == 0)
        out[n++] = '.';
    out[n] = '\0';
    return out;
}

static sy_status add_found(sy_walk *w, const char *path, const sy_path_info *info, bool missed,
                           sy_error *err)
{
    if (!sy_grow((void **)&w->items, w->n, &w->cap, sizeof *w->items))
        return sy_fail_nomem(err);
    char *copy = sy_strndup(path, strlen(path));
    if (!copy)
        return sy_fail_nomem(err);
    w->items[w->n++] = (sy_found){.path = copy,
                                  .size = info->size,
                                  .mtime_ns = info->mtime_ns,
                                  .dev = info->dev,
                                  .ino = info->ino,
                                  .missed = missed};
    return SY_OK;
}

static sy_status walk_folder(pass *p, const char *folder, unsigned depth, sy_error *err);

/* A name in a folder. What is left out is reported; only memory ends the walk. */
static sy_status walk_name(pass *p, const char *path, unsigned depth, sy_error *err)
{
    sy_path_info info;
    sy_error why;
    sy_error_clear(&why);
    if (sy_path_look(path, false, &info, &why) != SY_OK) {
        p->report(p->ctx, path, why.msg);
        return add_found(p->walk, path, &info, true, err);
    }
    if (is_ignored(p->walk, &info))
        return SY_OK;
    switch (info.kind) {
    case SY_PATH_FILE:
        return add_found(p->walk, path, &info, false, err);
    case SY_PATH_FOLDER:
        return walk_folder(p, path, depth + 1, err);
    case SY_PATH_LINK:
        p->report(p->ctx, path,
                  "a link; links below a folder are not followed, name it to read it");
        return SY_OK;
    case SY_PATH_OTHER:
        p->report(p->ctx, path, "not a regular file");
        return SY_OK;
    case SY_PATH_NONE: /* gone since the folder was listed */
        return SY_OK;
    }
    return SY_OK;
}

static sy_status walk_folder(pass *p, const char *folder, unsigned depth, sy_error *err)
{
    sy_names names;
    sy_error why;
    sy_error_clear(&why);
    sy_status st = depth > DEPTH_MAX ? sy_fail(&why, SY_E_LIMIT, folder, "folders nested too deep")
                                     : sy_list_folder(folder, &names, &why);
    if (st == SY_E_NOMEM)
        return sy_fail_nomem(err);
    if (st != SY_OK) {
        p->report(p->ctx, folder, why.msg);
        return add_found(p->walk, folder, &(sy_path_info){0}, true, err);
    }
    sy_buf path = SY_BUF_INIT;
    for (size_t i = 0; i < names.n && st == SY_OK; i++) {
        if (names.items[i][0] == '.')
            continue;
        sy_buf_reset(&path);
        if (strcmp(folder, ".") != 0)
            sy_buf_printf(&path, "%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/");
        sy_buf_puts(&path, names.items[i]);
        st = sy_buf_status(&path, err);
        if (st == SY_OK)
            st = walk_name(p, path.data, depth, err);
    }
    sy_buf_release(&path);
    sy_names_release(&names);
    return st;
}

static sy_status walk_root(pass *p, const char *root, sy_error *err)
{
    sy_path_info info = {0};
    if (strcmp(root, "-") == 0)
        return add_found(p->walk, root, &info, false, err);
    sy_status st = sy_path_look(root, true, &info, err);
    if (st != SY_OK)
        return st;
    switch (info.kind) {
    case SY_PATH_FOLDER:
        return walk_folder(p, root, 0, err);
    case SY_PATH_FILE:
        return add_found(p->walk, root, &info, false, err);
    case SY_PATH_OTHER: /* a named pipe can be read like standard input */
        return add_found(p->walk, root, &info, false, err);
    case SY_PATH_NONE:
    case SY_PATH_LINK:
        break;
    }
    return sy_fail(err, SY_E_INPUT, root, "no such file or folder");
}

static int compare_paths(const void *a, const void *b)
{
    const sy_found *const *x = a, *const *y = b;
    int order = strcmp((*x)->path, (*y)->path);
    return order != 0 ? order : (*x > *y) - (*x < *y);
}

static int compare_numbers(uint64_t x, uint64_t y)
{
    return (x > y) - (x < y);
}

static int compare_files(const void *a, const void *b)
{
    const sy_found *const *x = a, *const *y = b;
    int order = compare_numbers((*x)->dev, (*y)->dev);
    order = order != 0 ? order : compare_numbers((*x)->ino, (*y)->ino);
    return order != 0 ? order : (*x > *y) - (*x < *y);
}

/* NULL: the name cannot be told, so that it is like no other. */
static sy_status real_name(const char *path, char **out, sy_error *err)
{
    sy_status st = sy_path_real(path, out, NULL);
    return st == SY_E_NOMEM ? sy_fail_nomem(err) : SY_OK;
}

/* Two paths of one file are two documents if they are names of it in folders (hard links), and
 * one if they only spell the way to a name in two ways. */
static sy_status same_name(const char *a, const char *b, bool *same, sy_error *err)
{
    char *x = NULL, *y = NULL;
    sy_status st = real_name(a, &x, err);
    if (st == SY_OK)
        st = real_name(b, &y, err);
    *same = st == SY_OK && x && y && strcmp(x, y) == 0;
    sy_free(x);
    sy_free(y);
    return st;
}

static bool is_file(const sy_found *f)
{
    return !f->missed && f->ino != 0;
}

/* Takes out all but the first of equal paths in sorted[n]. */
static void mark_equal_paths(sy_found **sorted, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        if (strcmp(sorted[i]->path, sorted[i - 1]->path) == 0) {
            sy_free(sorted[i]->path);
            sorted[i]->path = NULL;
        }
    }
}

static bool are_one_file(const sy_found *a, const sy_found *b)
{
    return is_file(a) && a->dev == b->dev && a->ino == b->ino;
}

/* Takes out all but the first of the paths of one file, group[n], that spell one name. */
static sy_status mark_equal_names(sy_found **group, size_t n, sy_error *err)
{
    char **names = sy_calloc(n, sizeof *names);
    sy_status st = names ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < n && st == SY_OK; i++) {
        st = real_name(group[i]->path, &names[i], err);
        bool same = false;
        for (size_t k = 0; k < i && !same && names[i]; k++)
            same = names[k] && strcmp(names[k], names[i]) == 0;
        if (same) {
            sy_free(group[i]->path);
            group[i]->path = NULL;
        }
    }
    for (size_t i = 0; i < n && names; i++)
        sy_free(names[i]);
    sy_free((void *)names);
    return st;
}

static sy_status mark_spellings(sy_found **sorted, size_t n, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0, end; i < n && st == SY_OK; i = end) {
        for (end = i + 1; end < n && are_one_file(sorted[i], sorted[end]);)
            end++;
        if (end - i > 1)
            st = mark_equal_names(sorted + i, end - i, err);
    }
    return st;
}

static void take_out(sy_walk *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->items[i].path)
            w->items[n++] = w->items[i];
    }
    w->n = n;
}

static void sort(sy_walk *w, sy_found **sorted, int (*compare)(const void *, const void *))
{
    for (size_t i = 0; i < w->n; i++)
        sorted[i] = &w->items[i];
    if (w->n > 1)
        qsort((void *)sorted, w->n, sizeof *sorted, compare);
}

static sy_status drop_doubles(sy_walk *w, sy_error *err)
{
    sy_found **sorted = sy_alloc(w->n, sizeof(sy_found *));
    if (!sorted)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    sort(w, sorted, compare_paths);
    mark_equal_paths(sorted, w->n);
    take_out(w);
    if (w->n_roots > 1) { /* below one path nothing is spelt twice */
        sort(w, sorted, compare_files);
        st = mark_spellings(sorted, w->n, err);
        take_out(w);
    }
    w->by_file = st == SY_OK ? sy_alloc(w->n, sizeof *w->by_file) : NULL;
    if (st == SY_OK && !w->by_file)
        st = sy_fail_nomem(err);
    if (st == SY_OK)
        sort(w, sorted, compare_files);
    for (size_t i = 0; i < w->n && st == SY_OK; i++)
        w->by_file[i] = (size_t)(sorted[i] - w->items);
    sy_free((void *)sorted);
    return st;
}

sy_status sy_walk_same(const sy_walk *w, const char *path, bool *same, size_t *at, sy_error *err)
{
    sy_path_info info;
    *same = false;
    if (sy_path_look(path, true, &info, NULL) != SY_OK || info.kind != SY_PATH_FILE)
        return SY_OK; /* what cannot be looked at is no other document */
    size_t low = 0, high = w->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const sy_found *f = &w->items[w->by_file[mid]];
        int order = compare_numbers(f->dev, info.dev);
        order = order != 0 ? order : compare_numbers(f->ino, info.ino);
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    sy_status st = SY_OK;
    for (; low < w->n && !*same && st == SY_OK; low++) {
        const sy_found *f = &w->items[w->by_file[low]];
        if (f->dev != info.dev || f->ino != info.ino)
            break;
        *at = w->by_file[low];
        if (is_file(f))
            st = same_name(f->path, path, same, err);
    }
    return st;
}

sy_status sy_walk_paths(sy_walk *w, const char *const *paths, size_t n_paths,
                        sy_walk_report_fn *report, void *ctx, sy_error *err)
{
    pass p = {w, report, ctx};
    w->roots = sy_calloc(n_paths, sizeof *w->roots);
    w->empty = sy_calloc(n_paths, sizeof *w->empty);
    if (!w->roots || !w->empty)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    for (size_t i = 0; i < n_paths && st == SY_OK; i++) {
        w->roots[i] = tidy_path(paths[i]);
        if (!w->roots[i])
            return sy_fail_nomem(err);
        w->n_roots++;
        size_t before = w->n;
        st = paths[i][0] == '\0' ? sy_fail(err, SY_E_INPUT, NULL, "an empty path was given")
                                 : walk_root(&p, w->roots[i], err);
        w->empty[i] = w->n == before;
    }
    return st == SY_OK ? drop_doubles(w, err) : st;
}

bool sy_walk_covers(const sy_walk *w, sy_slice path)
{
    for (size_t i = 0; i < w->n_roots; i++) {
        sy_slice root = sy_slice_of(w->roots[i]);
        if (sy_slice_equal(root, path))
            return true;
        if (strcmp(w->roots[i], ".") == 0 && path.len > 0 && path.data[0] != '/' &&
            !sy_slice_equal(path, sy_slice_of("-")))
            return true;
        bool below = path.len > root.len && memcmp(path.data, root.data, root.len) == 0;
        if (below && (path.data[root.len] == '/' || root.data[root.len - 1] == '/'))
            return true;
    }
    return false;
}

void sy_walk_release(sy_walk *w)
{
    for (size_t i = 0; i < w->n; i++)
        sy_free(w->items[i].path);
    for (size_t i = 0; i < w->n_roots; i++)
        sy_free(w->roots[i]);
    sy_free(w->items);
    sy_free(w->by_file);
    sy_free(w->roots);
    sy_free(w->empty);
    sy_free(w->ignored);
    *w = (sy_walk){0};
}
