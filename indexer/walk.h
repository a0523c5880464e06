/* indexer/walk.h - from the paths that a user gave to the documents below them. */
#ifndef SY_INDEXER_WALK_H
#define SY_INDEXER_WALK_H

#include "base/io.h"
#include "indexer/record.h"

typedef struct sy_found {
    char *path; /* as the user gave it, without ./ and doubled slashes; "-" is standard input */
    uint64_t size;
    int64_t mtime_ns;
    uint64_t dev, ino; /* together: which file it is, under all its names */
    bool missed;       /* it could not be looked at, and that was reported */
} sy_found;

typedef struct sy_walk {
    sy_found *items; /* in the order of the paths, below a folder by name; each file once, also
                        if paths spell it in several ways */
    size_t n, cap;
    size_t *by_file; /* by_file[n]: places in items, by dev and ino */
    char **roots;    /* the given paths, as above */
    bool *empty;     /* empty[n_roots]: no document was found there */
    size_t n_roots;
    sy_path_info *ignored; /* files that are no documents: aliases, schema, lexicons, the index */
    size_t n_ignored, cap_ignored;
} sy_walk;

/* Called for what is left out on the way: links, devices, folders that cannot be
 * read. Hidden names are not told. */
typedef void sy_walk_report_fn(void *ctx, const char *path, const char *message);

/* A file or folder that is not to be walked into; one that is not there is fine. */
SY_CHECKED sy_status sy_walk_ignore(sy_walk *w, const char *path, sy_error *err);
/* Finds the documents. A given path that does not exist is SY_E_INPUT; a given
 * link is followed, links below folders are not. Names that start with a dot are
 * left out below folders. */
SY_CHECKED sy_status sy_walk_paths(sy_walk *w, const char *const *paths, size_t n_paths,
                                   sy_walk_report_fn *report, void *ctx, sy_error *err);
/* True if a path is one of the given ones or lies below one. */
bool sy_walk_covers(const sy_walk *w, sy_slice path);
/* Whether a document that was found is the file at `path` under another spelling, such as a
 * relative path for an absolute one: its place in *at. */
SY_CHECKED sy_status sy_walk_same(const sy_walk *w, const char *path, bool *same, size_t *at,
                                  sy_error *err);
void sy_walk_release(sy_walk *w);

#endif
