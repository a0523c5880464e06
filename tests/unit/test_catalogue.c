/* Catalogues: what msgfmt writes is found, what is broken is not followed, and a translation
 * that would read other arguments than its text has is not used. */
#include "base/catalogue.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "tests/support/check.h"

typedef struct pair {
    const char *text, *translation;
} pair;

static void put_u32(sy_buf *b, uint32_t v)
{
    char bytes[4];
    sy_put_u32(bytes, v);
    sy_buf_append(b, bytes, sizeof bytes);
}

/* A catalogue of pairs in order, as the gettext manual draws it. */
static void make(const pair *pairs, uint32_t n, sy_buf *mo)
{
    uint32_t at = 28 + 16 * n;
    sy_buf_reset(mo);
    put_u32(mo, 0x950412de);
    put_u32(mo, 0);
    put_u32(mo, n);
    put_u32(mo, 28);
    put_u32(mo, 28 + 8 * n);
    put_u32(mo, 0);
    put_u32(mo, 0);
    for (int side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < n; i++) {
            uint32_t len = (uint32_t)strlen(side == 0 ? pairs[i].text : pairs[i].translation);
            put_u32(mo, len);
            put_u32(mo, at);
            at += len + 1;
        }
    }
    for (int side = 0; side < 2; side++)
        for (uint32_t i = 0; i < n; i++) {
            const char *s = side == 0 ? pairs[i].text : pairs[i].translation;
            sy_buf_append(mo, s, strlen(s) + 1);
        }
    assert_int_equal(mo->status, SY_OK);
}

static const pair pairs[] = {{"", "Language: zh_CN\n"},
                             {"'%s' of %zu", "%2$zu 中的 '%1$s'"},
                             {"cannot open", "无法打开"},
                             {"empty", ""},
                             {"record", "条记录"}};
enum { N_PAIRS = sizeof pairs / sizeof *pairs };

static void test_texts_are_found(void **state)
{
    (void)state;
    sy_buf mo = SY_BUF_INIT;
    sy_catalogue c;
    make(pairs, N_PAIRS, &mo);
    assert_true(sy_catalogue_open(mo.data, mo.len, &c));
    assert_string_equal(sy_catalogue_find(&c, "cannot open"), "无法打开");
    assert_string_equal(sy_catalogue_find(&c, "'%s' of %zu"), "%2$zu 中的 '%1$s'");
    assert_string_equal(sy_catalogue_find(&c, "record"), "条记录");
    assert_null(sy_catalogue_find(&c, "empty"));
    assert_null(sy_catalogue_find(&c, ""));
    assert_null(sy_catalogue_find(&c, "a"));
    assert_null(sy_catalogue_find(&c, "zzz"));
    assert_null(sy_catalogue_find(&(sy_catalogue){0}, "record"));
    sy_buf_release(&mo);
}

static bool fits(const char *text, const char *translation)
{
    const pair one = {text, translation};
    sy_buf mo = SY_BUF_INIT;
    sy_catalogue c;
    make(&one, 1, &mo);
    assert_true(sy_catalogue_open(mo.data, mo.len, &c));
    bool found = sy_catalogue_find(&c, text) != NULL;
    sy_buf_release(&mo);
    return found;
}

static void test_only_the_same_arguments_fit(void **state)
{
    (void)state;
    assert_true(fits("%s of %d", "%2$d：%1$s"));
    assert_true(fits("%d%%", "百分之 %d"));
    assert_true(fits("%.*s then %s", "%3$s 在 %2$.*1$s 之后"));
    assert_true(fits("%-8s|%08.3f", "%s|%f"));
    assert_true(fits("as 10.1 and %, where", "如 10.1 与 %，而"));
    assert_false(fits("%s", "%d"));
    assert_false(fits("%d", "%ld"));
    assert_false(fits("%zu", "%u"));
    assert_false(fits("%s of %s", "%s"));
    assert_false(fits("%s", "%s %s"));
    assert_false(fits("plain", "%s"));
    assert_false(fits("%s of %d", "%1$s %1$d"));
    assert_false(fits("%s", "%2$s"));
    assert_false(fits("%s", "%0$s"));
    assert_false(fits("%s", "%99999999999999999999$s"));
    assert_false(fits("%.*s", "%s"));
    assert_false(fits("%s", "%n"));
    assert_false(fits("%n", "%n"));
    assert_true(fits("50%", "一半%"));
}

/* Whatever stands in the file, no lookup leaves it: each has a block of its own, whose end the
 * sanitizer sees. */
static void look_through(const char *bytes, size_t len)
{
    char *own = sy_alloc(len > 0 ? len : 1, 1);
    sy_catalogue c;
    assert_non_null(own);
    memcpy(own, bytes, len);
    if (sy_catalogue_open(own, len, &c))
        for (size_t i = 0; i < N_PAIRS; i++)
            (void)sy_catalogue_find(&c, pairs[i].text);
    else
        assert_int_equal(c.n, 0);
    sy_free(own);
}

static void test_any_bytes_are_safe(void **state)
{
    (void)state;
    sy_buf mo = SY_BUF_INIT;
    sy_random_init("catalogue");
    make(pairs, N_PAIRS, &mo);
    for (size_t len = 0; len <= mo.len; len++)
        look_through(mo.data, len);
    for (int round = 0; round < 20000; round++) {
        make(pairs, N_PAIRS, &mo);
        for (uint32_t n = 1 + sy_random_below(3); n > 0; n--)
            mo.data[sy_random_below((uint32_t)mo.len)] = (char)sy_random_below(256);
        look_through(mo.data, mo.len);
    }
    sy_buf_release(&mo);
}

/* The one that the program has: what it would refuse would stay English. */
static void test_ours_fits_whole(void **state)
{
    (void)state;
    char path[4096];
    sy_map file;
    sy_catalogue c;
    ssize_t len = readlink("/proc/self/exe", path, sizeof path);
    assert_in_range(len, 1, sizeof path - 1);
    path[len] = '\0';
    sy_buf name = SY_BUF_INIT;
    *strrchr(path, '/') = '\0';
    sy_buf_printf(&name, "%s/../../locale/zh_CN/LC_MESSAGES/suoyin.mo", path);
    if (sy_map_open(sy_buf_cstr(&name), &file, NULL) != SY_OK) {
        print_message("no catalogue was built beside the programs\n");
        sy_buf_release(&name);
        skip();
    }
    assert_true(sy_catalogue_open(file.data, file.len, &c));
    assert_true(c.n > 500);
    for (uint32_t i = 1; i < c.n; i++) {
        const char *text = (const char *)c.mo + sy_get_u32(c.mo + c.originals + i * 8 + 4);
        if (!sy_catalogue_find(&c, text))
            fail_msg("its translation does not fit: %s", text);
    }
    sy_map_close(&file);
    sy_buf_release(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_found), cmocka_unit_test(test_only_the_same_arguments_fit),
        cmocka_unit_test(test_any_bytes_are_safe), cmocka_unit_test(test_ours_fits_whole)};
    return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
