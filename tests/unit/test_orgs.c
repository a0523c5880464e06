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

/* Names without anything between are divided where a name may start, and nowhere else. */
static void test_run_together(void **state)
{
    (void)state;
    check_cell("区发改局各镇街", "区发改局|?各镇街");
    check_cell("区人民医院区妇幼保健院", "区人民医院|区妇幼保健院");
    check_cell("桑村镇城头镇山城街道办事处", "桑村镇|城头镇|山城街道办事处");
    check_cell("区农业农村局冯卯镇人民政府区水利局", "区农业农村局|冯卯镇人民政府|区水利局");
    check_cell("区财政局国家税务总局山亭区税务局", "区财政局|国家税务总局山亭区税务局");
    /* One name each. */
    static const char *const whole[] = {
        "区委组织部",           "区委政法委",           "市委老干部局",
        "中央军委政治工作部",   "区市场监管局",         "区发改局区域中心",
        "区公安局刑侦大队",     "区税务局第一税务所",   "冯卯镇财政所",
        "区卫健局乡镇卫生院",   "区住建局城乡建设中心", "区行政审批局市民中心",
        "国家市场监督管理总局", "山东能源集团山东公司", "工业和信息化部办公厅"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        check_cell(whole[i], whole[i]);
}

/* Long cells take no more for each name. */
static void test_linear(void **state)
{
    (void)state;
    static const char *const parts[] = {"冯卯镇",       "区发改局", "区", "牵头",
                                        "区发改局牵头", "等和局",   "等"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        sy_error err;
        sy_error_clear(&err);
        sy_org_list list = {NULL, 0, 0};
        sy_buf cell = SY_BUF_INIT;
        for (int n = 0; n < 60000; n++)
            sy_buf_puts(&cell, parts[i]);
        check_ok(sy_orgs_split((sy_slice){sy_buf_cstr(&cell), cell.len}, &list, &err), &err);
        assert_true(list.n > 0);
        sy_free(list.items);
        sy_buf_release(&cell);
    }
}

static void test_roles(void **state)
{
    (void)state;
    check_cell("财政部、税务总局负责，海关总署配合", "财政部|税务总局|-海关总署");
    check_cell("区发改局（牵头）、区财政局、区住建局（配合）", "+区发改局|区财政局|-区住建局");
    check_cell("区发改局（牵头），区财政局、区住建局配合", "+区发改局|-区财政局|-区住建局");
    check_cell("牵头：区发改局\n配合：区财政局", "+区发改局|-区财政局");
    check_cell("区发改局、区财政局共同牵头；各镇街、有关单位积极配合",
               "+区发改局|+区财政局|-?各镇街|-?有关单位");
    check_cell("区发改局\n区财政局牵头", "区发改局|+区财政局");
    check_cell("区发改局牵头区财政局、区住建局配合", "+区发改局|-区财政局|-区住建局");
    check_cell("区发改局负责区财政局", "区发改局|区财政局");
    check_cell("财政部、人力资源社会保障部负责。列第一位者为牵头单位，下同",
               "+财政部|人力资源社会保障部|?列第一位者为牵头单位|?下同");
    check_cell("国家发展改革委会同有关部门负责", "国家发展改革委|?有关部门");
    check_cell("商务部、海关总署等有关部门负责", "商务部|海关总署|?有关部门");
    check_cell("商务部等和各有关省级人民政府负责", "商务部|各有关省级人民政府");
    /* Words of roles alone, and where they are no tail. */
    check_cell("负责", "?负责");
    check_cell("牵头", "?牵头");
    check_cell("牵头单位：", "");
    check_cell("张三配合", "?张三配合");
    check_cell("等", "?等");
}

/* Random strings of the parts: every byte in one name, a separator or a tail. */
static void test_random(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "区",     "发改局", "财政", "局", "、", "负责", "牵头",     "配合", "等",   "镇",    "街道",
        "委员会", "\xFF",   "a",    "。", "由", "区",   "（牵头）", "等和", "会同", "第一位"};
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells), cmocka_unit_test(test_run_together),
        cmocka_unit_test(test_roles), cmocka_unit_test(test_linear), cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
