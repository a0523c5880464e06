#include "segmenter/orgs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "tests/support/check.h"

/* The names of a cell with | between them; + leads, - supports, ? is prose. */
static void check_cell(const char *cell, const char *want)
{
    sy_error err;
    sy_error_clear(&err);
    sy_org_list list = {NULL, 0, 0};
    sy_buf shown = SY_BUF_INIT;
    check_ok(sy_orgs_split((sy_slice){cell, strlen(cell)}, &list, &err), &err);
    for (size_t i = 0; i < list.n; i++) {
        sy_buf_puts(&shown, i > 0 ? "|" : "");
        sy_buf_puts(&shown, list.items[i].role == SY_ORG_LEAD      ? "+"
                            : list.items[i].role == SY_ORG_SUPPORT ? "-"
                                                                   : "");
        sy_buf_puts(&shown, list.items[i].known ? "" : "?");
        sy_buf_append(&shown, list.items[i].name.data, list.items[i].name.len);
    }
    assert_string_equal(sy_buf_cstr(&shown), want);
    sy_buf_release(&shown);
    sy_free(list.items);
}

static void test_cells(void **state)
{
    (void)state;
    check_cell("", "");
    check_cell("区商投局", "区商投局");
    check_cell("区发改局区自然资源局冯卯镇", "区发改局|区自然资源局|冯卯镇");
    check_cell("山城街道冯卯镇", "山城街道|冯卯镇");
    check_cell("冯卯镇人民政府", "冯卯镇人民政府");
    check_cell("税务总局、财政部、海关总署负责", "税务总局|财政部|海关总署");
    check_cell("国家发展和改革委员会", "国家发展和改革委员会");
    check_cell("工业和信息化部、发展改革委等负责", "工业和信息化部|发展改革委");
    check_cell("区发改局牵头，区财政局、各镇街配合", "+区发改局|-区财政局|-?各镇街");
    check_cell("牵头单位：区发改局；配合单位：区财政局、区住建局", "+区发改局|-区财政局|-区住建局");
    check_cell("区政府办公室区行政审批服务局", "区政府办公室|区行政审批服务局");
    check_cell("市场监管总局、海关总署负责", "市场监管总局|海关总署");
    check_cell("由人力资源社会保障部负责", "人力资源社会保障部");
    check_cell("各有关方面按职责分工负责", "?各有关方面");
}

/* Random strings of the parts: every byte in one name, a separator or a tail. */
static void test_random(void **state)
{
    (void)state;
    static const char *const parts[] = {"区",   "发改局", "财政", "局", "、",   "负责",
                                        "牵头", "配合",   "等",   "镇", "街道", "委员会",
                                        "\xFF", "a",      "。",   "由"};
    sy_random_init("test_orgs random");
    for (int round = 0; round < 20000; round++) {
        sy_error err;
        sy_error_clear(&err);
        sy_org_list list = {NULL, 0, 0};
        sy_buf cell = SY_BUF_INIT;
        for (uint32_t n = sy_random_below(30); n > 0; n--)
            sy_buf_puts(&cell, parts[sy_random_below(sizeof parts / sizeof *parts)]);
        check_ok(sy_orgs_split((sy_slice){sy_buf_cstr(&cell), cell.len}, &list, &err), &err);
        const char *at = sy_buf_cstr(&cell);
        for (size_t i = 0; i < list.n; i++) {
            assert_true(list.items[i].name.len > 0 && list.items[i].name.data >= at);
            at = list.items[i].name.data + list.items[i].name.len;
            assert_true(at <= cell.data + cell.len);
        }
        sy_free(list.items);
        sy_buf_release(&cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells), cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
