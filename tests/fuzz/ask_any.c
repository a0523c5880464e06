#include "indexer/index_paths.h"
#include "query/search.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

enum { RECORDS = 40, EXPLAINED_LEAVES = 40 };

/* Records that differ, with all kinds of fields and characters. */
static void put_record(sy_buf *out, int i)
{
    static const char *const units[] = {"区发改局", "发展和改革局", "山城街道", "各镇街",
                                        "区商投局(张三)"};
    static const char *const states[] = {"资金短缺", "无", "资金出现短缺，人手不足", "—",
                                         "缺乏资金\\n土地 GDP 10.1%"};
    sy_buf_printf(out,
                  "{\"id\":\"%d①\",\"unit\":[\"%s\",\"%s\"],\"status\":\"%s\",\"no\":%d,"
                  "\"item\":\"第%d项 ＡＢＣ 資金 𠮷野家 pm2.5\",\"备注\":\"%s%s\"}\n",
                  i, units[i % 5], units[i * 3 % 5], states[i % 5], i, i, i % 2 ? "民事诉讼法" : "",
                  i % 3 ? "有限责任公司" : "");
}

const char *sy_fuzz_index(void)
{
    static const char aliases[] =
        "发改局 = 发展和改革局, 发改委\n[groups]\n各镇街 = 山城街道, 冯卯镇\n";
    const char *dir = sy_files_folder("index"), *docs = sy_files_folder("docs");
    sy_buf text = SY_BUF_INIT;
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    for (int i = 0; i < RECORDS; i++)
        put_record(&text, i);
    sy_files_write(sy_files_join(docs, "a.jsonl"), text.data, text.len);
    sy_buf_release(&text);
    const char *path = sy_files_join(dir, "aliases.txt");
    sy_files_write(path, aliases, sizeof aliases - 1);
    sy_index_options o = {.dir = dir, .jobs = 1, .aliases_path = path};
    check_ok(sy_index_paths(&o, &docs, 1, &sum, &err), &err);
    assert_int_equal(sum.total_records, RECORDS);
    return dir;
}

static void explain(const sy_index *index, const sy_query *query, bool hostile, sy_error *err)
{
    sy_leaf_count counts[EXPLAINED_LEAVES];
    if (query->n_leaves > EXPLAINED_LEAVES)
        return;
    sy_status st = sy_search_explain(index, query, counts, err);
    assert_true(st == SY_OK || (hostile && st == SY_E_CORRUPT));
    sy_buf plan = SY_BUF_INIT;
    st = st == SY_OK ? sy_search_plan(index, query, &plan, err) : st;
    assert_true(st == SY_OK || (hostile && st == SY_E_CORRUPT));
    sy_buf_release(&plan);
}

/* The places that matched are in the record. */
static void check_matches(const sy_query *query, const sy_stored *record, const sy_matches *m)
{
    for (size_t i = 0; i < m->n; i++) {
        assert_true(m->items[i].start < m->items[i].end && m->items[i].leaf < query->n_leaves);
        for (size_t k = 0; k < record->n_values; k++) {
            const sy_stored_value *v = &record->values[k];
            if (v->field == m->items[i].field && v->ordinal == m->items[i].ordinal)
                assert_true(m->items[i].end <= v->text.len);
        }
    }
}

void sy_fuzz_search(const sy_index *index, const sy_query *query, bool hostile)
{
    sy_search *search = NULL;
    sy_matches matches = {0};
    sy_hit hit;
    const sy_stored *record;
    uint64_t n = 0, count = 0;
    bool more = true;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_search_open(index, query, &search, &err);
    while (st == SY_OK) {
        st = sy_search_next(search, &more, &hit, &err);
        if (st != SY_OK || !more)
            break;
        n++;
        st = sy_search_record(search, &hit, &record, &err);
        if (st == SY_OK)
            st = sy_search_matches(search, &hit, record, &matches, &err);
        if (st == SY_OK)
            check_matches(query, record, &matches);
    }
    bool whole = st == SY_OK;
    assert_true(whole || (hostile && st == SY_E_CORRUPT) || st == SY_E_LIMIT);
    sy_matches_release(&matches);
    sy_search_close(search);
    search = NULL;
    sy_error_clear(&err);
    st = sy_search_open(index, query, &search, &err);
    if (st == SY_OK)
        st = sy_search_count(search, &count, &err);
    sy_search_close(search);
    assert_true(hostile || st != SY_OK || !whole || count == n);
    sy_error_clear(&err);
    explain(index, query, hostile, &err);
}
