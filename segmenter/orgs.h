/* segmenter/orgs.h - names of government bodies, recognised by their parts, and
 * the cells that run them together.
 *
 * A name ends as such names end (局 委 办 厅 部 中心 集团 镇 街道 ...). A responsibility
 * cell may set several without anything between (区发改局区自然资源局冯卯镇), and
 * may say who leads (牵头) and who supports (配合). Rules: docs/segmentation.md,
 * "Names of bodies". */
#ifndef SY_SEGMENTER_ORGS_H
#define SY_SEGMENTER_ORGS_H

#include "base/slice.h"
#include "base/status.h"

typedef enum sy_org_role {
    SY_ORG_PLAIN,  /* responsible, without more being said */
    SY_ORG_LEAD,   /* 牵头 */
    SY_ORG_SUPPORT /* 配合, 参与, 协助 */
} sy_org_role;

typedef struct sy_org {
    sy_slice name; /* a part of the cell */
    sy_org_role role;
    bool known; /* it ends as a name of a body ends; else it is prose */
} sy_org;

typedef struct sy_org_list {
    sy_org *items; /* sy_free */
    size_t n, cap;
} sy_org_list;

/* Whether a string reads as the name of one body. */
bool sy_is_org(sy_slice name);

/* Fills `out`, emptied first, with the bodies of a cell in order; each line and each
 * sentence of it has its own roles; slices point into
 * `cell`. Cost O(len). Errors: NOMEM. */
SY_CHECKED sy_status sy_orgs_split(sy_slice cell, sy_org_list *out, sy_error *err);

#endif
