#include "tests/support/files.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "tests/support/check.h"

enum { N_PLACES = 8, N_FOLDERS = 64, PLACE_LEN = 1024 };

void sy_files_in_memory(void)
{
    if (!getenv("TMPDIR") && access("/dev/shm", W_OK | X_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
}

const char *sy_files_join(const char *dir, const char *name)
{
    static char places[N_PLACES][PLACE_LEN];
    static unsigned turn;
    char *place = places[turn++ % N_PLACES];
    int len = snprintf(place, PLACE_LEN, "%s/%s", dir, name);
    assert_in_range(len, 1, PLACE_LEN - 1);
    return place;
}

const char *sy_files_path(const char *name)
{
    return sy_files_join(sy_scratch_dir(), name);
}

void sy_files_write(const char *path, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        fail_msg("cannot create '%s'", path);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

uint8_t *sy_files_read(const char *path, size_t *len)
{
    struct stat info;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &info) != 0)
        fail_msg("cannot read '%s'", path);
    *len = (size_t)info.st_size;
    uint8_t *bytes = malloc(*len ? *len : 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *len, f), *len);
    fclose(f);
    return bytes;
}

bool sy_files_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

void sy_files_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *sy_files_folder(const char *name)
{
    static char kept[N_FOLDERS][PLACE_LEN];
    const char *path = sy_files_path(name);
    size_t i = 0;
    while (i < N_FOLDERS && kept[i][0] != '\0' && strcmp(kept[i], path) != 0)
        i++;
    assert_true(i < N_FOLDERS);
    strcpy(kept[i], path);
    sy_files_remove(path);
    assert_int_equal(mkdir(path, 0777), 0);
    return kept[i];
}

void sy_files_copy(const char *from, const char *to)
{
    sy_files_remove(to);
    assert_int_equal(mkdir(to, 0777), 0);
    DIR *d = opendir(from);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        size_t len;
        uint8_t *bytes = sy_files_read(sy_files_join(from, e->d_name), &len);
        sy_files_write(sy_files_join(to, e->d_name), bytes, len);
        free(bytes);
    }
    closedir(d);
}

size_t sy_files_count(const char *dir, const char *prefix)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        n += strncmp(e->d_name, prefix, strlen(prefix)) == 0;
    if (d)
        closedir(d);
    return n;
}

const char *sy_files_segment(const char *dir)
{
    const char *path = NULL;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (strncmp(e->d_name, "seg-", 4) != 0)
            continue;
        assert_null(path);
        path = sy_files_join(dir, e->d_name);
    }
    closedir(d);
    assert_non_null(path);
    return path;
}

enum { HEADER = 48, FOOTER = 48, ENTRY = 32, SUMS = 30, BLOCK = 4096 };

static void put_sum(uint8_t *at, const uint8_t *bytes, uint64_t from, uint64_t to)
{
    sy_put_u32(at, (uint32_t)sy_hash64(bytes + from, (size_t)(to - from)));
}

/* The sums of blocks, where the last entry of the table is of such a section and its length
 * fits what lies before it: docs/format.md, 3.2. */
static void reseal_blocks(uint8_t *bytes, size_t len, const uint8_t *entry)
{
    uint64_t from = sy_get_u64(entry + 8), size = sy_get_u64(entry + 16);
    uint64_t n = (from + BLOCK - 1) / BLOCK, n_above = (n * 4 + BLOCK - 1) / BLOCK;
    if (sy_get_u32(entry) != SUMS || from < HEADER || from > len || size > len - from ||
        size != (n + n_above) * 4 + 8)
        return;
    uint8_t *sums = bytes + from, *above = sums + n * 4;
    for (uint64_t i = 0; i < n; i++)
        put_sum(sums + i * 4, bytes, i == 0 ? HEADER : i * BLOCK,
                i + 1 < n ? (i + 1) * BLOCK : from);
    for (uint64_t i = 0; i < n_above; i++)
        put_sum(above + i * 4, sums, i * BLOCK, i + 1 < n_above ? (i + 1) * BLOCK : n * 4);
    sy_put_u64(above + n_above * 4, sy_hash64(above, (size_t)n_above * 4));
}

void sy_files_reseal(uint8_t *bytes, size_t len)
{
    if (len < HEADER + FOOTER)
        return;
    uint8_t *foot = bytes + len - FOOTER;
    uint64_t table = sy_get_u64(foot), n = sy_get_u32(foot + 8), end = len - FOOTER;
    sy_put_u64(bytes + 40, sy_hash64(bytes, 40));
    if (table <= end && n <= (end - table) / ENTRY) {
        if (n > 0)
            reseal_blocks(bytes, len, bytes + table + (n - 1) * ENTRY);
        for (uint64_t i = 0; i < n; i++) {
            uint8_t *e = bytes + table + i * ENTRY;
            uint64_t from = sy_get_u64(e + 8);
            uint64_t to = i + 1 < n ? sy_get_u64(e + ENTRY + 8) : table;
            if (from <= to && to <= len)
                sy_put_u64(e + 24, sy_hash64(bytes + from, (size_t)(to - from)));
        }
        sy_put_u64(foot + 24, sy_hash64(bytes + table, (size_t)(n * ENTRY)));
    }
    sy_put_u64(foot + 32, sy_hash64(foot, 32));
}

unsigned sy_rounds(unsigned usual)
{
    const char *set = getenv("SY_ROUNDS");
    return set ? (unsigned)strtoul(set, NULL, 10) : usual;
}
