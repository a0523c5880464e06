#include "tests/support/check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void sy_check_ok(sy_status status, const sy_error *err, const char *file, int line)
{
    if (status == SY_OK)
        return;
    print_error("status %d: '%s': %s\n", (int)status, err ? err->where : "", err ? err->msg : "");
    _fail(file, line);
}

void sy_check_slice(sy_slice got, const char *want, const char *file, int line)
{
    if (sy_slice_equal(got, sy_slice_of(want)))
        return;
    print_error("got  \"%.*s\"\nwant \"%s\"\n", (int)got.len, got.len ? got.data : "", want);
    _fail(file, line);
}

const char *sy_shared_dir(void)
{
    const char *dir = getenv("SY_SHARED");
    if (!dir)
        dir = "../shared";
    struct stat info;
    if (stat(dir, &info) == 0 && S_ISDIR(info.st_mode))
        return dir;
    print_message("skipped: no folder '%s' with the real ledger (set SY_SHARED)\n", dir);
    return NULL;
}

static char scratch[256];

const char *sy_scratch_dir(void)
{
    if (scratch[0] == '\0') {
        const char *tmp = getenv("TMPDIR");
        snprintf(scratch, sizeof scratch, "%s/suoyin-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
        if (!mkdtemp(scratch)) {
            perror("mkdtemp");
            exit(2);
        }
        atexit(sy_scratch_remove);
    }
    return scratch;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

void sy_scratch_remove(void)
{
    if (scratch[0] != '\0')
        nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    scratch[0] = '\0';
}

static uint64_t random_state = 1;

void sy_random_init(const char *test)
{
    const char *set = getenv("SY_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed =
        set ? strtoull(set, NULL, 10) : (uint64_t)now.tv_sec * 1000003u ^ (uint64_t)now.tv_nsec;
    print_message("%s: SY_SEED=%llu\n", test, (unsigned long long)seed);
    random_state = seed;
}

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators). */
uint64_t sy_random(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t sy_random_below(uint32_t n)
{
    return (uint32_t)(sy_random() % n);
}
