/* An alias file; its names against each other; the names in its lines as cells. */
#include <stdlib.h>

#include "base/alloc.h"
#include "segmenter/names.h"
#include "segmenter/orgs.h"
#include "tests/fuzz/fuzz.h"

enum { NAMES_MOST = 24 };

typedef struct names {
    sy_slice items[NAMES_MOST];
    size_t n;
} names;

static sy_status keep(void *ctx, sy_slice name, sy_error *err)
{
    names *x = ctx;
    (void)err;
    sy_fuzz_text(name);
    if (x->n < NAMES_MOST)
        x->items[x->n++] = name;
    return SY_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = sy_fuzz_copy(data, size);
    sy_aliases *a = NULL;
    sy_org_list orgs = {0};
    sy_error err;
    names x = {.n = 0};
    sy_error_clear(&err);
    sy_status st = sy_aliases_parse(0, "fuzz", copy, size, &a, &err);
    sy_fuzz_status(st, &err);
    if (st == SY_OK)
        check_ok(sy_aliases_each(a, keep, &x, NULL), NULL);
    for (size_t i = 0; i < x.n; i++) {
        for (size_t k = 0; k < x.n; k++) {
            sy_name_match m = sy_name_matches(a, x.items[i], x.items[k]);
            assert_true(i != k || m == SY_NAME_SAME);
            assert_true(sy_name_same(x.items[i], x.items[k]) ==
                        sy_name_same(x.items[k], x.items[i]));
        }
    }
    sy_aliases_free(a);
    check_ok(sy_orgs_split((sy_slice){copy, size}, &orgs, NULL), NULL);
    for (size_t i = 0; i < orgs.n; i++)
        assert_true(orgs.items[i].name.data >= copy &&
                    orgs.items[i].name.data + orgs.items[i].name.len <= copy + size);
    sy_free(orgs.items);
    free(copy);
    return 0;
}
