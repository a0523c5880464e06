/* The reader of ledger dumps: what a program that turns Word files into text makes
 * of the tables of a goal ledger.
 *
 * The format. Lines starting with a tab start a cell; lines without one are further
 * paragraphs of the cell before. A row is its cells one below the other, then a
 * blank line:
 *
 *     一、主要经济指标（共14项）            a section's heading, with a count
 *     <tab>序号                             the header: cells whose names the
 *     <tab>年度工作目标                     schema knows, up to a blank line
 *     <tab>责任单位
 *
 *     <tab>1                                a row of three cells
 *     <tab>①增长6%以上。                    two goals in one cell
 *     ②增长15%以上。
 *     <tab>区发改局
 *     区财政局
 *
 * What makes it hard, and what is done:
 * - An empty paragraph in a cell is a blank line inside the row. So a row does not
 *   end at a blank line but when its columns are filled; if cells are missing, the
 *   number of cells up to the next blank line tells a rest of the row from a new row.
 * - A heading may follow the last cell without a blank line, and a last cell may go
 *   on after one. Text between two rows of a table belongs to the cell; before a
 *   header it is a heading if it has the form of one.
 * - Cells merged over several rows are empty in all but the first: number, item and
 *   section are carried down. The first page break repeats number and item.
 * - Row numbers have strays (工信) beside them, names are broken over lines.
 *
 * ledger_rows.c finds rows, headers and headings, ledger_numerals.c reads numbers
 * and marks, ledger_names.c the names; ledger_goals.c makes records of rows. The
 * document is walked twice: names are told apart by what stands elsewhere in it.
 * For users: docs/ledgers.md. */
#include "indexer/reader.h"
#include "indexer/readers/ledger_goals.h"

static sy_status read_ledger(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    sy_ledger_goals *goals;
    sy_status st = sy_ledger_goals_new(doc->schema, sink, &goals, err);
    for (int walk = 0; walk < 2 && st == SY_OK; walk++) {
        sy_ledger_goals_begin(goals, walk == 0);
        st = sy_ledger_walk(doc, sy_ledger_goals_events(goals), err);
    }
    if (st == SY_OK)
        st = sy_ledger_goals_end(goals, err);
    sy_ledger_goals_free(goals);
    return st;
}

static int recognise_ledger(const sy_document *doc)
{
    size_t n;
    if (sy_ledger_first_header(doc, &n, NULL) != SY_OK)
        return SY_SURE_NO_MEMORY;
    return n > 0 ? 90 : 0;
}

const sy_reader sy_ledger_reader = {"ledger", recognise_ledger, read_ledger, false};
