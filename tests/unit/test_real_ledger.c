/* The figures of the real ledger, counted by hand: ../shared/ledger. */
#include <stdio.h>

#include "base/hash.h"
#include "base/io.h"
#include "indexer/readers/string_table.h"
#include "tests/support/check.h"
#include "tests/support/collect.h"

static sy_collected got;

static int setup(void **state)
{
    (void)state;
    const char *dir = sy_shared_dir();
    if (!dir)
        return 0;
    char path[512];
    sy_buf bytes = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    snprintf(path, sizeof path, "%s/ledger/shanting-2023.txt", dir);
    if (sy_read_file(path, 1u << 20, &bytes, &err) != SY_OK) {
        print_message("skipped: there is no '%s'\n", path);
        return 0;
    }
    sy_collect(&got, bytes.data, bytes.len);
    sy_buf_release(&bytes);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sy_collected_release(&got);
    return 0;
}

static void need_ledger(void)
{
    if (!got.reader)
        skip();
    check_ok(got.status, &got.err);
}

/* Calls for each "field=value" of a record; counts those of `field`. */
static size_t count_values(const sy_collected_record *r, const char *field, sy_string_table *names)
{
    size_t n = 0, len = strlen(field);
    for (const char *at = r->values; *at != '\0'; at = strchr(at, '\n') + 1) {
        if (strncmp(at, field, len) != 0 || at[len] != '=')
            continue;
        n++;
        const char *value = at + len + 1;
        if (names)
            ++*sy_string_table_at(names, (sy_slice){value, (size_t)(strchr(value, '\n') - value)});
    }
    return n;
}

static void test_figures(void **state)
{
    (void)state;
    need_ledger();
    sy_string_table sections = SY_STRING_TABLE_INIT, names = SY_STRING_TABLE_INIT;
    size_t shared = 0, most = 0;
    for (size_t i = 0; i < got.n_records; i++) {
        const sy_collected_record *r = &got.records[i];
        assert_int_equal(count_values(r, "section", &sections), 1);
        assert_int_equal(count_values(r, "no", NULL), 1);
        assert_int_equal(count_values(r, "mark", NULL), 1);
        size_t units = count_values(r, "unit", &names);
        assert_in_range(units, 1, 6);
        shared += units > 1;
        most = units > most ? units : most;
        assert_null(strstr(r->values, "bookmark"));
    }
    assert_int_equal(got.n_records, 81);
    assert_int_equal(got.records[80].row, 72);
    assert_int_equal(sections.n, 6);
    static const uint32_t goals[] = {13, 18, 19, 15, 9, 7};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(sections.entries[i].value, goals[i]);
    assert_int_equal(names.n, 52);
    assert_int_equal(shared, 50);
    assert_int_equal(most, 6);
    /* Of each name, how many goals it has: the hash of the 52 figures in order. */
    sy_buf figures = SY_BUF_INIT;
    for (size_t i = 0; i < names.n; i++)
        sy_buf_printf(&figures, "%u ", (unsigned)names.entries[i].value);
    assert_string_equal(sy_buf_cstr(&figures),
                        "13 3 15 13 5 1 2 8 4 7 1 7 3 1 3 4 4 5 1 1 1 2 10 2 1 1 3 1 3 3 1 1 2 1 "
                        "2 1 1 1 2 5 3 3 3 2 1 8 1 1 1 2 1 1 ");
    sy_buf_release(&figures);
    sy_string_table_release(&sections);
    sy_string_table_release(&names);
}

static void test_keys(void **state)
{
    (void)state;
    need_ledger();
    assert_string_equal(
        sy_collected_keys(&got),
        "1① 1② 1③ 2④ 3⑤ 3⑥ 4⑦ 4⑧ 4⑨ 5⑩ 5⑪ 6⑫ 7⑪ 8① 8② 8③ 8④ 8⑤ 9① 9② 9③ 9④ 10① 10② 10③ 10④ "
        "11① 11② 11③ 11④ 11⑤ 12① 12② 13① 13② 13③ 13④ 13⑤ 13⑥ 13⑦ 13⑧ 14① 15① 15② 15③ 15④ 15⑤ "
        "15⑥ 16① 17① 18① 18② 18③ 18④ 18⑤ 19① 19② 19③ 19④ 20① 20② 20③ 20④ 20⑤ 20⑥ 21① 21② 21③ "
        "21④ 22① 22② 23① 23② 24① 25① 26① 26② 26③ 27① 27② 27③");
}

static void test_status(void **state)
{
    (void)state;
    need_ledger();
    size_t none = 0, empty = 0, problems = 0;
    for (size_t i = 0; i < got.n_records; i++) {
        const char *status = sy_collected_get(&got, got.records[i].key, "status");
        assert_non_null(status);
        if (strcmp(status, "无") == 0 || strcmp(status, "无。") == 0)
            none++;
        else if (*status == '\0')
            empty++;
        else
            problems++;
    }
    assert_int_equal(none, 58);
    assert_int_equal(empty, 7);
    assert_int_equal(problems, 16);
}

static size_t length_of(const char *key, const char *field)
{
    const char *value = sy_collected_get(&got, key, field);
    assert_non_null(value);
    return strlen(value);
}

static void test_oddities(void **state)
{
    (void)state;
    need_ledger();
    /* Declared 14, found 13; nothing else to report. */
    assert_int_equal(got.n_reports, 1);
    assert_int_equal(got.reports[0].kind, SY_REPORT_NEWS);
    assert_int_equal(got.reports[0].line, 2);
    assert_non_null(strstr(got.reports[0].message, "declares 14 goals, found 13"));
    /* A mark that only one of two target columns has. */
    assert_null(sy_collected_get(&got, "5⑪", "target"));
    assert_string_equal(sy_collected_get(&got, "6⑫", "target"), "—");
    assert_string_equal(sy_collected_get(&got, "7⑪", "stretch"), "—");
    assert_null(sy_collected_get(&got, "8①", "stretch"));
    assert_null(sy_collected_get(&got, "1①", "item"));
    /* The stray text in the number column. */
    assert_string_equal(sy_collected_get(&got, "13③", "note"), "（工信）");
    assert_string_equal(sy_collected_get(&got, "13③", "no"), "13");
    /* A blank line inside a row. */
    assert_int_equal(length_of("15②", "status"), 159);
    assert_int_equal(length_of("15②", "next"), 190);
    /* A number repeated after a page break. */
    assert_int_equal(length_of("13⑤", "item"), length_of("13①", "item"));
    assert_int_equal(length_of("10③", "item"), length_of("10①", "item"));
    /* A name over two lines, and two names on two lines. */
    assert_int_equal(length_of("15⑥", "unit"), strlen("区国资事务服务中心"));
    assert_string_equal(sy_collected_get(&got, "8②", "unit"), "开发区|西集镇");
    /* Three goals with their own progress, status and next step. */
    static const char *const keys[] = {"19①", "19②", "19③"};
    static const size_t lengths[][3] = {{273, 15, 39}, {162, 6, 6}, {197, 152, 192}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(sy_collected_key(&got, keys[i])->row, 50);
        assert_int_equal(length_of(keys[i], "progress"), lengths[i][0]);
        assert_int_equal(length_of(keys[i], "status"), lengths[i][1]);
        assert_int_equal(length_of(keys[i], "next"), lengths[i][2]);
    }
    assert_string_equal(sy_collected_get(&got, "19②", "status"), "无。");
    assert_string_equal(sy_collected_get(&got, "19①", "status"), "资金短缺。");
}

/* Every field of every goal, read against the source by eye once; this is its hash. */
static void test_everything(void **state)
{
    (void)state;
    need_ledger();
    sy_buf all = SY_BUF_INIT;
    for (size_t i = 0; i < got.n_records; i++) {
        const sy_collected_record *r = &got.records[i];
        sy_buf_printf(&all, "%s %u %u\n%s\n", r->key, (unsigned)r->line, (unsigned)r->row,
                      r->values);
    }
    uint64_t hash = sy_hash64(all.data, all.len);
    if (hash != UINT64_C(0x521e9fd141049d0f))
        fail_msg("the records' hash is 0x%016llx", (unsigned long long)hash);
    sy_buf_release(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_status),     cmocka_unit_test(test_oddities),
        cmocka_unit_test(test_everything),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
