#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/alloc.h"

enum { WRITE_BUFFER = 1 << 18 };

static _Atomic unsigned long fail_at;
static _Atomic unsigned long calls;
static _Atomic int fail_errno;

unsigned long sy_io_fail_at(unsigned long n, int sys)
{
    atomic_store(&fail_at, n);
    atomic_store(&fail_errno, sys);
    return atomic_exchange(&calls, 0);
}

/* True, with errno set, when a test wants this operation to fail. */
static bool must_fail(void)
{
    unsigned long at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (at == 0 || atomic_fetch_add(&calls, 1) + 1 != at)
        return false;
    errno = atomic_load(&fail_errno);
    if (errno == SY_IO_DIE)
        raise(SIGKILL);
    return true;
}

static int open_file(const char *path, int flags)
{
    if (must_fail())
        return -1;
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Reads up to `len` bytes of an open file; *got is less if the file has become shorter. */
static sy_status read_all(int fd, const char *path, uint8_t *to, size_t len, size_t *got,
                          sy_error *err)
{
    ssize_t n = 1;
    for (*got = 0; *got < len && n != 0; *got += n > 0 ? (size_t)n : 0) {
        n = must_fail() ? -1 : read(fd, to + *got, len - *got);
        if (n < 0 && errno != EINTR)
            return sy_fail_sys(err, path, errno, "cannot read");
    }
    return SY_OK;
}

sy_status sy_read_at(const char *path, uint64_t offset, uint8_t *to, size_t len, size_t *got,
                     sy_error *err)
{
    *got = 0;
    int fd = open_file(path, O_RDONLY);
    if (fd < 0)
        return sy_fail_sys(err, path, errno, "cannot open");
    sy_status st = lseek(fd, (off_t)offset, SEEK_SET) < 0
                       ? sy_fail_sys(err, path, errno, "cannot read")
                       : read_all(fd, path, to, len, got, err);
    close(fd);
    return st;
}

static sy_status copy_file(int fd, const char *path, size_t len, sy_map *out, sy_error *err)
{
    uint8_t *bytes = sy_alloc(len, 1);
    size_t got;
    if (!bytes)
        return sy_fail_nomem(err);
    sy_status st = read_all(fd, path, bytes, len, &got, err);
    if (st == SY_OK && got > 0)
        *out = (sy_map){bytes, got, true};
    else
        sy_free(bytes);
    return st;
}

static sy_status open_map(const char *path, off_t copied, sy_map *out, sy_error *err)
{
    *out = (sy_map){NULL, 0, false};
    int fd = open_file(path, O_RDONLY);
    if (fd < 0)
        return sy_fail_sys(err, path, errno, "cannot open");
    sy_status st = SY_OK;
    struct stat info;
    if (must_fail() || fstat(fd, &info) != 0) {
        st = sy_fail_sys(err, path, errno, "cannot read its size");
    } else if (!S_ISREG(info.st_mode)) {
        st = sy_fail(err, SY_E_INPUT, path, "not a regular file");
    } else if (info.st_size > 0 && info.st_size <= copied) {
        st = copy_file(fd, path, (size_t)info.st_size, out, err);
    } else if (info.st_size > 0) {
        void *at = must_fail() ? MAP_FAILED
                               : mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED)
            st = sy_fail_sys(err, path, errno, "cannot map");
        else
            *out = (sy_map){at, (size_t)info.st_size, false};
    }
    close(fd);
    return st;
}

sy_status sy_map_open(const char *path, sy_map *out, sy_error *err)
{
    return open_map(path, 0, out, err);
}

sy_status sy_map_load(const char *path, sy_map *out, sy_error *err)
{
    return open_map(path, SY_MAP_COPIED, out, err);
}

void sy_map_close(sy_map *map)
{
    if (map->copied)
        sy_free((void *)(uintptr_t)map->data);
    else if (map->len > 0)
        munmap((void *)(uintptr_t)map->data, map->len);
    *map = (sy_map){NULL, 0, false};
}

void sy_map_pass(const uint8_t **behind, const void *place)
{
    sy_map_pass_by(behind, place, 4 << 20);
}

void sy_map_pass_by(const uint8_t **behind, const void *place, size_t many)
{
    const uint8_t *at = place;
    if (!behind)
        return;
    if (!*behind || at < *behind)
        *behind = at;
    if ((size_t)(at - *behind) < many)
        return;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)*behind + page - 1) / page * page;
    uintptr_t to = (uintptr_t)at / page * page;
    /* What is refused stays mapped, which costs memory only. */
    if (from < to)
        (void)madvise((void *)from, to - from, MADV_DONTNEED);
    *behind = at;
}

void sy_map_rest(const sy_map *map)
{
    if (map->len > 0)
        (void)madvise((void *)(uintptr_t)map->data, map->len, MADV_DONTNEED);
}

static sy_status too_long(const char *path, uint64_t limit, sy_error *err)
{
    return sy_fail(err, SY_E_LIMIT, path, "longer than the limit of %llu bytes",
                   (unsigned long long)limit);
}

/* The next piece of a file, after EINTR again; 0 bytes are its end. */
static sy_status read_piece(int fd, const char *path, char *to, size_t *len, sy_error *err)
{
    ssize_t n;
    do
        n = must_fail() ? -1 : read(fd, to, SY_READ_PIECE);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return sy_fail_sys(err, path, errno, "cannot read");
    *len = (size_t)n;
    return SY_OK;
}

sy_status sy_read_pieces(const char *path, uint64_t limit, sy_read_fn *fn, void *ctx, sy_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    char *piece = sy_alloc(SY_READ_PIECE, 1);
    if (!piece)
        return sy_fail_nomem(err);
    int fd = standard ? STDIN_FILENO : open_file(path, O_RDONLY);
    sy_status st = fd < 0 ? sy_fail_sys(err, path, errno, "cannot open") : SY_OK;
    struct stat info;
    /* A file that is known to be too long is refused before memory is filled with it. Standard
     * input may stand behind the start of its file. */
    if (st == SY_OK && !standard && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
        (uint64_t)info.st_size > limit)
        st = too_long(path, limit, err);
    uint64_t total = 0;
    for (size_t len = 1; st == SY_OK && len > 0;) {
        st = read_piece(fd, path, piece, &len, err);
        if (st == SY_OK && (total += len) > limit)
            st = too_long(path, limit, err);
        if (st == SY_OK && len > 0)
            st = fn(ctx, piece, len, err);
    }
    if (fd >= 0 && !standard)
        close(fd);
    sy_free(piece);
    return st;
}

static sy_status append_piece(void *ctx, const char *bytes, size_t len, sy_error *err)
{
    sy_buf_append(ctx, bytes, len);
    return sy_buf_status(ctx, err);
}

sy_status sy_read_file(const char *path, uint64_t limit, sy_buf *out, sy_error *err)
{
    return sy_read_pieces(path, limit, append_piece, out, err);
}

struct sy_writer {
    int fd;
    int sys; /* errno of the first failed write, or 0 */
    const char *path;
    uint64_t offset;
    size_t used, hashed; /* bytes of the buffer */
    XXH3_state_t *hash;
    char buffer[WRITE_BUFFER];
};

/* Bytes are hashed by the buffer: many of them come a few at a time. */
static void hash_buffer(sy_writer *w)
{
    XXH3_64bits_update(w->hash, w->buffer + w->hashed, w->used - w->hashed);
    w->hashed = w->used;
}

sy_status sy_writer_open(const char *path, sy_writer **out, sy_error *err)
{
    *out = NULL;
    sy_writer *w = sy_alloc(1, sizeof *w);
    if (!w)
        return sy_fail_nomem(err);
    w->hash = XXH3_createState();
    if (!w->hash) {
        sy_free(w);
        return sy_fail_nomem(err);
    }
    XXH3_64bits_reset(w->hash);
    w->fd = open_file(path, O_WRONLY | O_CREAT | O_EXCL);
    if (w->fd < 0) {
        sy_status st = sy_fail_sys(err, path, errno, "cannot create");
        XXH3_freeState(w->hash);
        sy_free(w);
        return st;
    }
    w->sys = 0;
    w->path = path;
    w->offset = 0;
    w->used = w->hashed = 0;
    *out = w;
    return SY_OK;
}

static void flush(sy_writer *w)
{
    size_t done = 0;
    hash_buffer(w);
    while (done < w->used && w->sys == 0) {
        ssize_t n = must_fail() ? -1 : write(w->fd, w->buffer + done, w->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            w->sys = errno;
    }
    w->used = w->hashed = 0;
}

void sy_writer_put(sy_writer *w, const void *bytes, size_t len)
{
    if (w->sys != 0 || len == 0)
        return;
    w->offset += len;
    const char *p = bytes;
    while (len > 0) {
        if (w->used == WRITE_BUFFER)
            flush(w);
        size_t n = WRITE_BUFFER - w->used < len ? WRITE_BUFFER - w->used : len;
        memcpy(w->buffer + w->used, p, n);
        w->used += n;
        p += n;
        len -= n;
    }
}

uint64_t sy_writer_offset(const sy_writer *w)
{
    return w->offset;
}

uint64_t sy_writer_checksum(sy_writer *w)
{
    hash_buffer(w);
    uint64_t sum = XXH3_64bits_digest(w->hash);
    XXH3_64bits_reset(w->hash);
    return sum;
}

sy_status sy_writer_flush(sy_writer *w, sy_error *err)
{
    flush(w);
    return w->sys == 0 ? SY_OK : sy_fail_sys(err, w->path, w->sys, "cannot write");
}

static sy_status close_writer(sy_writer *w, bool durable, sy_error *err)
{
    flush(w);
    if (durable && w->sys == 0 && (must_fail() || fsync(w->fd) != 0))
        w->sys = errno;
    if ((close(w->fd) != 0 || must_fail()) && w->sys == 0)
        w->sys = errno;
    sy_status st = SY_OK;
    if (w->sys != 0) {
        st = sy_fail_sys(err, w->path, w->sys, "cannot write");
        unlink(w->path);
    }
    XXH3_freeState(w->hash);
    sy_free(w);
    return st;
}

sy_status sy_writer_close(sy_writer *w, sy_error *err)
{
    return close_writer(w, true, err);
}

sy_status sy_writer_close_scratch(sy_writer *w, sy_error *err)
{
    return close_writer(w, false, err);
}

void sy_writer_abandon(sy_writer *w)
{
    if (!w)
        return;
    close(w->fd);
    unlink(w->path);
    XXH3_freeState(w->hash);
    sy_free(w);
}

sy_status sy_fsync_dir(const char *dir, sy_error *err)
{
    int fd = open_file(dir, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return sy_fail_sys(err, dir, errno, "cannot open the folder");
    sy_status st = SY_OK;
    if (must_fail() || fsync(fd) != 0)
        st = sy_fail_sys(err, dir, errno, "cannot flush the folder to disk");
    close(fd);
    return st;
}

sy_status sy_replace_file(const char *dir, const char *from, const char *to, sy_error *err)
{
    if (must_fail() || rename(from, to) != 0)
        return sy_fail_sys(err, from, errno, "cannot rename to '%s'", to);
    return sy_fsync_dir(dir, err);
}

sy_status sy_make_dirs(const char *path, sy_error *err)
{
    size_t len = strlen(path);
    char *copy = sy_strndup(path, len);
    if (!copy)
        return sy_fail_nomem(err);
    sy_status st = SY_OK;
    for (size_t i = 1; i <= len && st == SY_OK; i++) {
        if (copy[i] != '/' && copy[i] != '\0')
            continue;
        char held = copy[i];
        copy[i] = '\0';
        if (must_fail() || mkdir(copy, 0777) != 0) {
            int sys = errno;
            struct stat info;
            if (sys != EEXIST || stat(copy, &info) != 0 || !S_ISDIR(info.st_mode))
                st = sy_fail_sys(err, copy, sys, "cannot make the folder");
        }
        copy[i] = held;
    }
    sy_free(copy);
    return st;
}

sy_status sy_remove_file(const char *path, sy_error *err)
{
    if ((must_fail() || unlink(path) != 0) && errno != ENOENT)
        return sy_fail_sys(err, path, errno, "cannot remove");
    return SY_OK;
}

void sy_remove_empty_folder(const char *path)
{
    rmdir(path);
}

sy_status sy_random_bytes(uint8_t *out, size_t len, sy_error *err)
{
    if (must_fail() || getentropy(out, len) != 0)
        return sy_fail_sys(err, NULL, errno, "the system gives no random bytes");
    return SY_OK;
}

int64_t sy_time_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static sy_path_kind kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return SY_PATH_FILE;
    if (S_ISDIR(mode))
        return SY_PATH_FOLDER;
    return S_ISLNK(mode) ? SY_PATH_LINK : SY_PATH_OTHER;
}

sy_status sy_path_look(const char *path, bool follow, sy_path_info *out, sy_error *err)
{
    struct stat info;
    *out = (sy_path_info){.kind = SY_PATH_NONE};
    if (must_fail() || (follow ? stat(path, &info) : lstat(path, &info)) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return SY_OK;
        return sy_fail_sys(err, path, errno, "cannot look at");
    }
    out->kind = kind_of(info.st_mode);
    out->size = info.st_size > 0 ? (uint64_t)info.st_size : 0;
    out->mtime_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    out->dev = (uint64_t)info.st_dev;
    out->ino = (uint64_t)info.st_ino;
    return SY_OK;
}

sy_status sy_path_real(const char *path, char **out, sy_error *err)
{
    *out = NULL;
    char *real = must_fail() ? NULL : realpath(path, NULL);
    if (!real && (errno == ENOENT || errno == ENOTDIR))
        return SY_OK;
    if (!real)
        return sy_fail_sys(err, path, errno, "cannot look at");
    *out = sy_strndup(real, strlen(real));
    free(real);
    return *out ? SY_OK : sy_fail_nomem(err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void sy_names_release(sy_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        sy_free(names->items[i]);
    sy_free(names->items);
    *names = (sy_names){NULL, 0, 0};
}

/* Reads one entry; *end when there are no more. */
static sy_status next_name(DIR *d, const char *path, sy_names *out, bool *end, sy_error *err)
{
    errno = 0;
    struct dirent *e = must_fail() ? NULL : readdir(d);
    *end = e == NULL;
    if (!e)
        return errno == 0 ? SY_OK : sy_fail_sys(err, path, errno, "cannot read the folder");
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
        return SY_OK;
    if (!sy_grow((void **)&out->items, out->n, &out->cap, sizeof *out->items))
        return sy_fail_nomem(err);
    char *name = sy_strndup(e->d_name, strlen(e->d_name));
    if (!name)
        return sy_fail_nomem(err);
    out->items[out->n++] = name;
    return SY_OK;
}

sy_status sy_list_folder(const char *path, sy_names *out, sy_error *err)
{
    *out = (sy_names){NULL, 0, 0};
    DIR *d = must_fail() ? NULL : opendir(path);
    if (!d)
        return sy_fail_sys(err, path, errno, "cannot open the folder");
    bool end = false;
    sy_status st = SY_OK;
    while (st == SY_OK && !end)
        st = next_name(d, path, out, &end, err);
    closedir(d);
    if (st != SY_OK)
        sy_names_release(out);
    else if (out->n > 1)
        qsort(out->items, out->n, sizeof *out->items, compare_names);
    return st;
}

/* Opens the lock file and locks it: 0, or errno. The file may be removed between the
 * two, by a writer that takes back a folder it had made: *stale says so. */
static int try_lock(const char *path, int *fd, bool *stale)
{
    *stale = false;
    *fd = open_file(path, O_RDWR | O_CREAT);
    if (*fd < 0)
        return errno;
    int rc;
    do
        rc = must_fail() ? -1 : flock(*fd, LOCK_EX | LOCK_NB);
    while (rc != 0 && errno == EINTR);
    struct stat held, there;
    int sys = rc != 0 || fstat(*fd, &held) != 0 ? errno : 0;
    if (sys == 0)
        *stale =
            stat(path, &there) != 0 || there.st_ino != held.st_ino || there.st_dev != held.st_dev;
    if (sys != 0 || *stale) {
        close(*fd);
        *fd = -1;
    }
    return sys;
}

sy_status sy_lock_take(const char *path, int *fd, sy_error *err)
{
    bool stale;
    int sys;
    do
        sys = try_lock(path, fd, &stale);
    while (sys == 0 && stale);
    if (sys == 0)
        return SY_OK;
    if (sys == EWOULDBLOCK)
        return sy_fail(err, SY_E_LOCKED, path, "another suoyin is writing this index");
    return sy_fail_sys(err, path, sys, "cannot lock");
}

void sy_lock_drop(int fd)
{
    if (fd >= 0)
        close(fd);
}
