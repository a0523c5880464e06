#include "segmenter/orgs.h"

#include "base/alloc.h"
#include "base/utf8.h"

enum { NAME_BYTES_LEAST = 6, NAME_BYTES_MOST = 90 };

/* How names of bodies end. */
static const char *const ends[] = {
    "局",   "委",     "办",   "厅",     "部",   "署",   "院",   "会",   "中心", "集团",
    "公司", "镇",     "乡",   "街道",   "政府", "总队", "支队", "大队", "银行", "大学",
    "学校", "医院",   "公室", "办事处", "协会", "联",   "站",   "所",   "处",   "党校",
    "园区", "开发区", "专班", "指挥部", "行",   "党组", "中央", "总社"};
/* A new name starts behind these without anything between, unless what follows
 * belongs to the name (镇 of 冯卯镇人民政府). */
static const char *const breaks[] = {"局",   "委",   "办",   "厅",   "镇", "乡",
                                     "街道", "中心", "集团", "公司", "署"};
static const char *const goes_on[] = {"员",   "公",   "事",   "人民", "建设", "政府", "党",
                                      "机关", "有限", "股份", "有关", "村",   "长",   "卫生",
                                      "财政", "管",   "法",   "办",   "服务", "集团", "公司"};
/* A name also starts with these behind 部, 会, 院 and the other ends. */
static const char *const starts[] = {"区",   "县",   "市",   "省",  "各镇",
                                     "国家", "全国", "中国", "中央"};
static const char *const separators[] = {"、", "，", ",", "；", ";",    "。",     "\n",
                                         "\t", "\r", " ", "　", "等和", "等有关", "以及"};
/* What ends a piece and is no part of a name, with the role it gives. */
static const struct {
    const char *text;
    sy_org_role role;
    bool says_role;
} tails[] = {{"按职责分工负责", SY_ORG_PLAIN, false},
             {"分别牵头负责", SY_ORG_LEAD, true},
             {"牵头负责", SY_ORG_LEAD, true},
             {"等配合", SY_ORG_SUPPORT, true},
             {"牵头落实", SY_ORG_LEAD, true},
             {"会同有关部门", SY_ORG_PLAIN, false},
             {"指导", SY_ORG_SUPPORT, true},
             {"分别负责", SY_ORG_PLAIN, false},
             {"共同负责", SY_ORG_PLAIN, false},
             {"负责落实", SY_ORG_PLAIN, false},
             {"牵头", SY_ORG_LEAD, true},
             {"配合", SY_ORG_SUPPORT, true},
             {"参与", SY_ORG_SUPPORT, true},
             {"参加", SY_ORG_SUPPORT, true},
             {"协助", SY_ORG_SUPPORT, true},
             {"协同", SY_ORG_SUPPORT, true},
             {"负责", SY_ORG_PLAIN, false},
             {"等", SY_ORG_PLAIN, false}};
/* What stands before the names of a role. */
static const struct {
    const char *text;
    sy_org_role role;
} heads[] = {{"牵头单位", SY_ORG_LEAD},    {"牵头部门", SY_ORG_LEAD},  {"配合单位", SY_ORG_SUPPORT},
             {"配合部门", SY_ORG_SUPPORT}, {"责任单位", SY_ORG_PLAIN}, {"由", SY_ORG_PLAIN}};

static bool ends_with(sy_slice s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && memcmp(s.data + s.len - len, end, len) == 0;
}

static bool starts_with(sy_slice s, const char *start)
{
    size_t len = strlen(start);
    return s.len >= len && memcmp(s.data, start, len) == 0;
}

/* Bytes of the first of `list` that s starts with, or 0. */
static size_t any_start(sy_slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (starts_with(s, list[i]))
            return strlen(list[i]);
    return 0;
}

static bool any_end(sy_slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ends_with(s, list[i]))
            return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

bool sy_is_org(sy_slice name)
{
    return name.len >= NAME_BYTES_LEAST && name.len <= NAME_BYTES_MOST &&
           any_end(name, ends, COUNT(ends));
}

static sy_status add(sy_org_list *out, sy_slice name, sy_org_role role, sy_error *err)
{
    if (!sy_grow((void **)&out->items, out->n, &out->cap, sizeof *out->items))
        return sy_fail_nomem(err);
    out->items[out->n++] = (sy_org){name, role, sy_is_org(name)};
    return SY_OK;
}

/* Bytes of the first name of a piece without separators; all of it if it is one
 * name or prose. */
static size_t first_name(sy_slice s)
{
    size_t most = s.len < NAME_BYTES_MOST ? s.len : NAME_BYTES_MOST;
    for (size_t at = 0; at < most;) {
        uint32_t cp;
        at += sy_utf8_decode(s.data + at, s.len - at, &cp);
        sy_slice name = {s.data, at}, rest = {s.data + at, s.len - at};
        if (!sy_is_org(name) || rest.len < NAME_BYTES_LEAST ||
            any_start(rest, goes_on, COUNT(goes_on)) > 0)
            continue;
        if (any_end(name, breaks, COUNT(breaks)) || any_start(rest, starts, COUNT(starts)) > 0)
            return at;
    }
    return s.len;
}

/* Adds the names of a piece. Only if all of it is names is it divided. */
static sy_status add_names(sy_org_list *out, sy_slice piece, sy_org_role role, sy_error *err)
{
    if (!sy_is_org(piece) && piece.len <= NAME_BYTES_MOST)
        return add(out, piece, role, err);
    if (!any_end(piece, ends, COUNT(ends)))
        return add(out, piece, role, err);
    sy_status st = SY_OK;
    while (st == SY_OK && piece.len > 0) {
        size_t n = first_name(piece);
        st = add(out, (sy_slice){piece.data, n}, role, err);
        piece = (sy_slice){piece.data + n, piece.len - n};
    }
    return st;
}

/* Takes the tails off a piece; *role is what they say, and *says whether they do. */
static sy_slice without_tails(sy_slice piece, sy_org_role *role, bool *says)
{
    for (size_t i = 0; i < COUNT(tails); i++) {
        if (!ends_with(piece, tails[i].text))
            continue;
        piece.len -= strlen(tails[i].text);
        if (tails[i].says_role) {
            *role = tails[i].role;
            *says = true;
        }
        i = SIZE_MAX; /* there may be one more: 等负责 */
    }
    return piece;
}

static sy_slice without_head(sy_slice piece, sy_org_role *role)
{
    for (size_t i = 0; i < COUNT(heads); i++) {
        if (!starts_with(piece, heads[i].text))
            continue;
        size_t n = strlen(heads[i].text);
        *role = heads[i].role;
        piece = (sy_slice){piece.data + n, piece.len - n};
        if (starts_with(piece, "："))
            piece = (sy_slice){piece.data + 3, piece.len - 3};
        else if (starts_with(piece, ":"))
            piece = (sy_slice){piece.data + 1, piece.len - 1};
        break;
    }
    return piece;
}

sy_status sy_orgs_split(sy_slice cell, sy_org_list *out, sy_error *err)
{
    size_t open = 0; /* from here on names wait for a role to be said behind them */
    sy_org_role role = SY_ORG_PLAIN;
    sy_status st = SY_OK;
    out->n = 0;
    for (size_t at = 0; st == SY_OK && at < cell.len;) {
        size_t end = at, gap = 0;
        for (; end < cell.len; end++) {
            gap = any_start((sy_slice){cell.data + end, cell.len - end}, separators,
                            COUNT(separators));
            if (gap > 0)
                break;
        }
        sy_slice piece = without_head((sy_slice){cell.data + at, end - at}, &role);
        bool says = false;
        sy_org_role said = role;
        piece = without_tails(piece, &said, &says);
        if (piece.len > 0)
            st = add_names(out, piece, role, err);
        for (size_t i = open; says && i < out->n; i++)
            out->items[i].role = said;
        if (says)
            open = out->n;
        if (end < cell.len &&
            (cell.data[end] == '\n' || starts_with((sy_slice){cell.data + end, gap}, "。"))) {
            open = out->n; /* a sentence or line has its own roles */
            role = SY_ORG_PLAIN;
        }
        at = end + gap;
    }
    return st;
}
