/* base/io.h - files: mapping, reading, writing that is checked to the last byte.
 *
 * Every file operation of the library goes through here, so that tests can make
 * the n-th one fail. EINTR and short reads and writes are retried. */
#ifndef SY_BASE_IO_H
#define SY_BASE_IO_H

#include "base/buf.h"

/* A file mapped read-only, or copied into memory. data is NULL when len is 0. */
typedef struct sy_map {
    const uint8_t *data;
    size_t len;
    bool copied;
} sy_map;
enum { SY_MAP_COPIED = 8192 }; /* bytes of the largest file that is copied */

SY_CHECKED sy_status sy_map_open(const char *path, sy_map *out, sy_error *err);
/* The same, but a small file is copied, which costs less. No pages of it can be given back. */
SY_CHECKED sy_status sy_map_load(const char *path, sy_map *out, sy_error *err);
void sy_map_close(sy_map *map); /* a zeroed map is a no-op */
/* For who reads a map forwards, again and again: gives back the pages from *behind to `at`, once
 * they are many, and moves *behind there. They would count as the process's memory; read again,
 * they come back. `behind` is NULL where nothing is mapped: copied memory would be lost. */
void sy_map_pass(const uint8_t **behind, const void *at);
/* The same with another measure of many bytes. */
void sy_map_pass_by(const uint8_t **behind, const void *at, size_t many);

/* Gives back all pages of a map from sy_map_open; they come back when they are read. */
void sy_map_rest(const sy_map *map);

/* Reads up to len bytes from `offset` on; *got is less where the file ends. Opens the file each
 * time: for who reads pieces of more files than can be open, and wants no pages of them mapped. */
SY_CHECKED sy_status sy_read_at(const char *path, uint64_t offset, uint8_t *to, size_t len,
                                size_t *got, sy_error *err);

/* Bytes that are read forwards, in memory or in a map; borrowed. */
typedef struct sy_extent {
    const char *data;
    size_t len;
    const uint8_t **behind; /* of the map, for sy_map_pass; NULL: in memory */
} sy_extent;

/* Calls fn with the whole file in pieces of at most SY_READ_PIECE bytes; "-" is what is left of
 * standard input. More than `limit` bytes are SY_E_LIMIT, a directory SY_E_IO with sys EISDIR. A
 * regular file that is too long is refused before it is read. A status of fn other than SY_OK
 * ends the reading and is returned. */
enum { SY_READ_PIECE = 1 << 16 };
typedef sy_status sy_read_fn(void *ctx, const char *bytes, size_t len, sy_error *err);
SY_CHECKED sy_status sy_read_pieces(const char *path, uint64_t limit, sy_read_fn *fn, void *ctx,
                                    sy_error *err);
/* Appends the whole file to out, as above. */
SY_CHECKED sy_status sy_read_file(const char *path, uint64_t limit, sy_buf *out, sy_error *err);

/* A buffered file that is written front to back and remembers the checksum of
 * what was written since the last sy_writer_checksum. Sticky like sy_buf:
 * writes after a failure do nothing, sy_writer_close reports it. */
typedef struct sy_writer sy_writer;

/* Creates `path`, which must not exist; it is removed again unless the writer
 * is closed with success. Borrows path until close. */
SY_CHECKED sy_status sy_writer_open(const char *path, sy_writer **out, sy_error *err);
void sy_writer_put(sy_writer *w, const void *bytes, size_t len);
/* Bytes written so far: the offset of the next one. */
uint64_t sy_writer_offset(const sy_writer *w);
/* XXH3 of the bytes since the last call of this function (or the start). */
uint64_t sy_writer_checksum(sy_writer *w);
/* Hands on what is buffered: whoever opens the file has it. On failure the writer stays, as
 * failed. */
SY_CHECKED sy_status sy_writer_flush(sy_writer *w, sy_error *err);
/* Flushes, fsyncs and closes. On failure the file is removed. Frees w. */
SY_CHECKED sy_status sy_writer_close(sy_writer *w, sy_error *err);
/* As sy_writer_close for a scratch file: nothing is forced to disk. */
SY_CHECKED sy_status sy_writer_close_scratch(sy_writer *w, sy_error *err);
/* Closes and removes the file. Frees w; NULL is a no-op. */
void sy_writer_abandon(sy_writer *w);

/* rename(2), then fsync of the folder `dir` that both names lie in. */
SY_CHECKED sy_status sy_replace_file(const char *dir, const char *from, const char *to,
                                     sy_error *err);
SY_CHECKED sy_status sy_fsync_dir(const char *dir, sy_error *err);
/* Makes the folder and those above it; an existing one is fine. */
SY_CHECKED sy_status sy_make_dirs(const char *path, sy_error *err);
/* Removes a file; one that is not there is fine. */
SY_CHECKED sy_status sy_remove_file(const char *path, sy_error *err);
/* Removes a folder if it is empty; else it stays. */
void sy_remove_empty_folder(const char *path);
/* Fills out[len] with random bytes of the system, len <= 256. */
SY_CHECKED sy_status sy_random_bytes(uint8_t *out, size_t len, sy_error *err);
/* Nanoseconds since 1970. */
int64_t sy_time_now_ns(void);

typedef enum sy_path_kind {
    SY_PATH_NONE, /* nothing is there */
    SY_PATH_FILE, /* a regular file   */
    SY_PATH_FOLDER,
    SY_PATH_LINK, /* a symbolic link, not followed */
    SY_PATH_OTHER /* a device, socket, pipe        */
} sy_path_kind;

typedef struct sy_path_info {
    sy_path_kind kind;
    uint64_t size;     /* bytes */
    int64_t mtime_ns;  /* last change, nanoseconds since 1970 */
    uint64_t dev, ino; /* together: which file it is, under all its names */
} sy_path_info;

/* What lies at a path. Nothing there is SY_OK with SY_PATH_NONE. */
SY_CHECKED sy_status sy_path_look(const char *path, bool follow, sy_path_info *out, sy_error *err);

/* The path without links, "." and ".."; *out is NULL if nothing lies there. Caller frees it with
 * sy_free. */
SY_CHECKED sy_status sy_path_real(const char *path, char **out, sy_error *err);

typedef struct sy_names {
    char **items; /* NUL-terminated */
    size_t n, cap;
} sy_names;

/* The names in a folder but . and .., in byte order. On failure *out is zeroed. */
SY_CHECKED sy_status sy_list_folder(const char *path, sy_names *out, sy_error *err);
void sy_names_release(sy_names *names);

/* Takes the one writer's lock on the file `path` (made if missing) without
 * waiting; the kernel drops it when the process ends in any way. SY_E_LOCKED
 * when another process has it. */
SY_CHECKED sy_status sy_lock_take(const char *path, int *fd, sy_error *err);
void sy_lock_drop(int fd); /* a negative fd is a no-op */

/* For tests: as sy_alloc_fail_at, for operations on files; the failing one ends
 * with errno `sys`, or kills the process as kill -9 does when sys is SY_IO_DIE. */
#define SY_IO_DIE (-1)
unsigned long sy_io_fail_at(unsigned long n, int sys);

#endif
