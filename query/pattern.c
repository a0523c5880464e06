#include "query/pattern.h"

#include "segmenter/normal.h"

/* Dynamic programming over the beginnings of the pattern (Sellers, 1980): column j
 * of a place is made from columns j - 1 and j of the place before. Wildcards are
 * moves without cost, edits moves of cost one. */

enum { NEVER = 1000 };

static bool is_wild(uint32_t cp)
{
    return sy_cp_is_letter(cp) || sy_cp_is_digit(cp) || sy_cp_is_han(cp);
}

void sy_pattern_begin(sy_pattern_pass *pass, const sy_pattern *pattern)
{
    pass->pattern = pattern;
    for (size_t j = 0; j <= pattern->n; j++) {
        pass->cost[j] = NEVER;
        pass->start[j] = 0;
    }
}

/* Of two ways of equal cost the later start is the shorter match. */
static void offer(sy_pattern_pass *pass, size_t j, unsigned cost, uint32_t start)
{
    if (cost < pass->cost[j] || (cost == pass->cost[j] && start > pass->start[j])) {
        pass->cost[j] = cost;
        pass->start[j] = start;
    }
}

void sy_pattern_place(sy_pattern_pass *pass, uint32_t byte, bool open)
{
    const sy_pattern *p = pass->pattern;
    if (open)
        offer(pass, 0, 0, byte);
    for (size_t j = 0; j < p->n; j++) {
        if (p->atoms[j] == SY_ATOM_RUN)
            offer(pass, j + 1, pass->cost[j], pass->start[j]);
        else if (p->edits > 0 && pass->cost[j] < NEVER)
            offer(pass, j + 1, pass->cost[j] + 1, pass->start[j]);
    }
}

void sy_pattern_read(sy_pattern_pass *pass, uint32_t cp)
{
    const sy_pattern *p = pass->pattern;
    bool wild = is_wild(cp);
    if (cp == SY_BARRIER) {
        sy_pattern_begin(pass, p);
        return;
    }
    for (size_t j = p->n + 1; j-- > 0;) {
        unsigned cost = NEVER; /* of column j behind cp */
        uint32_t start = 0;
        bool stays = j < p->n && p->atoms[j] == SY_ATOM_RUN && wild;
        unsigned same = pass->cost[j];
        if (same < NEVER && (stays || p->edits > 0)) {
            cost = stays ? same : same + 1;
            start = pass->start[j];
        }
        pass->cost[j] = cost;
        pass->start[j] = start;
        if (j == 0 || pass->cost[j - 1] >= NEVER)
            continue;
        uint32_t atom = p->atoms[j - 1];
        if (atom == cp || (atom == SY_ATOM_ONE && wild))
            offer(pass, j, pass->cost[j - 1], pass->start[j - 1]);
        else if (p->edits > 0)
            offer(pass, j, pass->cost[j - 1] + 1, pass->start[j - 1]);
    }
}

bool sy_pattern_ends(const sy_pattern_pass *pass, uint32_t *start)
{
    *start = pass->start[pass->pattern->n];
    return pass->cost[pass->pattern->n] <= pass->pattern->edits;
}
